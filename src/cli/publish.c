#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/publish.h"
#include "cli/stamp.h"
#include "codec/rfc3339.h"
#include "node/gather.h"
#include "node/latest.h"
#include "os/clock.h"
#include "os/private.h"
#include "store/logging.h"

struct publishing {
	const struct cm_publish *in;
	struct cm_published *out;
	struct cm_arena *arena;
	const char *folder; /* of the log */
	struct cm_log_files *log;
	struct cm_trust trust;
	struct cm_http_client *http;   /* NULL: no witness has a URL */
	struct cm_policy_member *ask;  /* those of the policy, without URLs of the silent */
	uint64_t *known;
	struct cm_err err;
};

static size_t
count_urls(const struct cm_policy *p)
{
	size_t n = 0, i;

	for (i = 0; i < p->n_members; i++)
		n += !p->member[i].is_group && p->member[i].url != NULL;
	return n;
}

static enum cm_result
open_log(struct publishing *p, enum cm_log_open how)
{
	cm_log_files_close(p->log);
	p->log = NULL;
	return cm_log_files_open(cm_disk_here(), p->folder, how, &p->log, &p->err);
}

static enum cm_result
find_log(struct publishing *p)
{
	p->folder = cm_arena_printf(p->arena, "%s/log", cm_case_folder(p->in->c));
	if (p->folder == NULL)
		return cm_err_set(&p->err, CM_E_NOMEM, "out of memory");
	p->out->has_log = cm_path_exists(p->folder);
	return CM_OK;
}

/* Whom to ask, and with what. */
static enum cm_result
prepare(struct publishing *p)
{
	static const struct cm_http_client_new usual = { .connect_ms = 0 };
	const struct cm_policy *policy = &p->trust.policy;
	enum cm_result r = cm_trust_read(cm_case_folder(p->in->c), p->arena, &p->trust, &p->err);

	if (r != CM_OK)
		return r;
	p->ask = cm_arena_array(p->arena, policy->n_members + 1, sizeof(p->ask[0]));
	p->known = cm_arena_array(p->arena, policy->n_members + 1, sizeof(p->known[0]));
	if (p->ask == NULL || p->known == NULL)
		return cm_err_set(&p->err, CM_E_NOMEM, "out of memory");
	if (policy->n_members > 0)
		memcpy(p->ask, policy->member, policy->n_members * sizeof(p->ask[0]));
	return count_urls(policy) > 0 ? cm_http_client_new(&usual, &p->http, &p->err) : CM_OK;
}

/* What one witness holds, before anything is signed. */
static enum cm_result
take_latest(struct publishing *p, const struct cm_latest *l)
{
	if (l->how == CM_LATEST_AHEAD || l->how == CM_LATEST_ELSEWHERE) {
		cm_cli_say(p->in->ctx, "%s", l->text);
		return cm_err_set(&p->err, CM_E_REFUSED,
		    "a witness knows another history of this log than is here: an older copy was put back, or two "
		    "copies are in use.  Nothing was logged; put the newest copy of the log's folder back");
	}
	if (l->how == CM_LATEST_BEHIND)
		p->known[l->member] = l->size;
	if (l->how == CM_LATEST_LATE || l->how == CM_LATEST_UNREACHABLE) {
		p->ask[l->member].url = NULL; /* once is enough to wait */
		cm_cli_say(p->in->ctx, "%s", l->text);
	}
	return CM_OK;
}

/* A log that was moved may go on only if nobody can know more of it than it. */
static enum cm_result
check_resume(struct publishing *p, const struct cm_latest *l, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (l[i].how != CM_LATEST_NOT_ASKED && l[i].how != CM_LATEST_BEHIND && l[i].how != CM_LATEST_NOTHING)
			return cm_err_set(&p->err, CM_E_REFUSED,
			    "to go on with a copied log every witness has to say what it holds: %s", l[i].text);
	return CM_OK;
}

static enum cm_result
ask_latest(struct publishing *p)
{
	const struct cm_checkpoint *head = cm_log_files_head(p->log);
	struct cm_tile_source source = cm_log_files_source(p->log);
	struct cm_latest *l = cm_arena_array(p->arena, p->trust.policy.n_members + 1, sizeof(*l));
	struct cm_latest_ask ask = { .log = cm_log_files_key(p->log), .head = head,
		.policy = &p->trust.policy, .limit_ms = p->in->wait_ms };
	struct cm_tiles *tiles = NULL;
	struct cm_hashes hashes;
	struct cm_buf note = { 0 };
	enum cm_result r;
	size_t n = 0, i;

	if (p->http == NULL && p->in->resume)
		cm_cli_say(p->in->ctx, "no witness can be asked whether this is the newest copy of the log");
	if (p->http == NULL)
		return CM_OK;
	if (l == NULL || cm_tiles_new(&source, head->size, head->root, &tiles) != CM_OK)
		return cm_err_set(&p->err, CM_E_NOMEM, "out of memory");
	hashes = cm_tiles_hashes(tiles);
	ask.hashes = &hashes;
	r = cm_log_files_published(p->log, &note, &p->err);
	ask.note = cm_buf_span(&note);
	if (r == CM_OK)
		r = cm_latest_ask(p->http, &ask, p->arena, l, &n, &p->err);
	for (i = 0; r == CM_OK && i < n; i++)
		r = take_latest(p, &l[i]);
	if (r == CM_OK && p->in->resume)
		r = check_resume(p, l, n);
	cm_tiles_free(tiles);
	cm_buf_release(&note);
	return r;
}

static enum cm_result
keep_lines(struct publishing *p, struct cm_span lines)
{
	return lines.len == 0 ? CM_OK
			      : cm_log_files_cosigned(p->log, cm_log_files_head(p->log), lines, &p->err);
}

/* What came by hand, as if it were all that is under the checkpoint: a line of a known witness that is
 * about another checkpoint would make every receipt of this one worthless. */
static enum cm_result
judge_answer(struct publishing *p, struct cm_witnessed *out)
{
	struct cm_buf whole = { 0 };
	struct cm_err why = { 0 };
	struct cm_note n;
	enum cm_result r;

	cm_checkpoint_write(cm_log_files_head(p->log), &whole);
	cm_buf_add_str(&whole, "\n");
	cm_buf_add_span(&whole, p->in->answer);
	r = cm_buf_ok(&whole) ? cm_note_parse(cm_buf_span(&whole), p->arena, &n, &why) : CM_E_NOMEM;
	if (r == CM_OK)
		r = cm_policy_judge(&p->trust.policy, &n, p->arena, out, &why);
	cm_buf_release(&whole);
	return r == CM_OK ? r : cm_err_set(&p->err, r, "the answer: %s", r == CM_E_NOMEM ? "out of memory" : why.text);
}

static enum cm_result
keep_answer(struct publishing *p)
{
	struct cm_witnessed w = { 0 };
	enum cm_result r;

	if (p->in->answer.len == 0)
		return CM_OK;
	r = judge_answer(p, &w);
	p->out->answer_malformed = r == CM_E_MALFORMED;
	if (r == CM_E_REFUSED)
		cm_cli_say(p->in->ctx,
		    "the answer is not about the %" PRIu64 " entries that the log has now, if they grew meanwhile: "
		    "`comity log prove --from' asks anew", cm_log_files_head(p->log)->size);
	if (r == CM_OK && w.n == 0)
		r = cm_err_set(&p->err, CM_E_REFUSED, "the answer is of no witness that your trust file names");
	return r == CM_OK ? keep_lines(p, p->in->answer) : r;
}

static void
say_gathered(const struct publishing *p, const struct cm_gathered *g, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (g[i].how != CM_GATHER_COSIGNED && g[i].how != CM_GATHER_NOT_ASKED)
			cm_cli_say(p->in->ctx, "%s", g[i].text);
}

static enum cm_result
ask_cosignatures(struct publishing *p)
{
	struct cm_policy policy = p->trust.policy;
	struct cm_gathered *g = cm_arena_array(p->arena, policy.n_members + 1, sizeof(*g));
	struct cm_receipts now = { 0 };
	struct cm_buf lines = { 0 };
	struct cm_hashes hashes;
	struct cm_gather_ask ask;
	enum cm_result r;
	size_t n = 0;

	if (p->http == NULL)
		return CM_OK;
	if (g == NULL)
		return cm_err_set(&p->err, CM_E_NOMEM, "out of memory");
	policy.member = p->ask;
	r = cm_receipts_begin(&now, p->log, &p->err);
	if (r == CM_OK) {
		hashes = cm_tiles_hashes(now.tiles);
		ask = (struct cm_gather_ask) { cm_buf_span(&now.note), &hashes, &policy, p->known, p->in->wait_ms };
		r = cm_gather(p->http, &ask, g, &n, &lines, &p->err);
	}
	if (r == CM_OK) {
		say_gathered(p, g, n);
		r = keep_lines(p, cm_buf_span(&lines));
	}
	cm_receipts_end(&now);
	cm_buf_release(&lines);
	return r;
}

/* Who has cosigned what is published now? */
static enum cm_result
judge(struct publishing *p)
{
	struct cm_buf note = { 0 };
	struct cm_note n;
	enum cm_result r = cm_log_files_published(p->log, &note, &p->err);

	if (r == CM_OK)
		r = cm_note_parse(cm_buf_span(&note), p->arena, &n, &p->err);
	if (r == CM_OK)
		r = cm_policy_judge(&p->trust.policy, &n, p->arena, &p->out->witnessed, &p->err);
	p->out->size = cm_log_files_head(p->log)->size;
	cm_buf_release(&note);
	return r;
}

/* When the own clock says that this checkpoint was made, for statements that will name it. */
static enum cm_result
remember_head(struct publishing *p)
{
	const struct cm_checkpoint *head = cm_log_files_head(p->log);
	struct cm_after of = { .origin = head->origin, .size = head->size };

	memcpy(of.root, head->root, 32);
	return cm_case_head_add(p->in->c, &of, cm_clock_now(), &p->err);
}

static bool
is_wanted(const struct publishing *p, const struct cm_case_disclosure *d)
{
	return p->in->all || (p->in->disclosure != NULL && memcmp(p->in->disclosure, d->statement, 32) == 0);
}

static enum cm_result
get_stamp(struct publishing *p, const struct cm_receipts *receipts, struct cm_buf *out)
{
	struct cm_cli_stamp in = { p->in->ctx, cm_case_folder(p->in->c), { 0 }, p->in->wait_ms };
	struct cm_note note;
	enum cm_result r = cm_note_parse(cm_buf_span(&receipts->note), p->arena, &note, &p->err);

	in.text = note.text;
	return r == CM_OK ? cm_cli_stamp(&in, out, &p->err) : r;
}

static enum cm_result
refresh_dossiers(struct publishing *p)
{
	struct cm_receipts receipts = { 0 };
	struct cm_refresh in = { .c = p->in->c, .receipts = &receipts, .zip = p->in->zip,
		.digest = p->in->digest };
	struct cm_case_disclosures all;
	struct cm_buf stamp = { 0 };
	enum cm_result r;
	struct cm_refreshed one;
	size_t i;

	if (!p->in->all && p->in->disclosure == NULL)
		return CM_OK;
	r = cm_case_disclosures(p->in->c, p->arena, &all, &p->err);
	if (r == CM_OK)
		r = cm_receipts_begin(&receipts, p->log, &p->err);
	if (r == CM_OK)
		r = get_stamp(p, &receipts, &stamp);
	in.stamp = cm_buf_span(&stamp);
	for (i = 0; r == CM_OK && i < all.n; i++) {
		struct cm_err why = { 0 };

		if (!is_wanted(p, &all.item[i]))
			continue;
		r = cm_cli_refresh(&in, &all.item[i], &one, &why);
		if (r == CM_OK) {
			p->out->refreshed += one.changed;
			p->out->dossier = one;
		} else if (r == CM_E_NOTFOUND) {
			r = CM_OK; /* it was carried away: whoever has it can ask for receipts */
		} else {
			r = cm_err_set(&p->err, r, "%s", why.text);
		}
	}
	cm_receipts_end(&receipts);
	cm_buf_release(&stamp);
	return r;
}

static void
say_done(const struct publishing *p)
{
	const struct cm_witnessed *w = &p->out->witnessed;
	char when[CM_RFC3339_LEN + 1];
	FILE *f = p->in->ctx->out;

	if (p->in->quiet)
		return;
	if (p->out->logged > 0)
		fprintf(f, "Logged %zu statement%s: the log has %" PRIu64 " now", p->out->logged,
		    p->out->logged == 1 ? "" : "s", p->out->size);
	else
		fprintf(f, "The log has %" PRIu64 " statements", p->out->size);
	cm_rfc3339_format((int64_t)w->time, when);
	if (!p->trust.policy.has_quorum)
		fprintf(f, "; no witness is asked for (`comity trust').\n");
	else if (w->enough)
		fprintf(f, ", cosigned by %zu: not later than %s.\n", w->n, when);
	else
		fprintf(f, ", cosigned by %zu, which is not enough yet: `comity log checkpoint' asks again.\n", w->n);
}

static enum cm_result
publish(struct publishing *p)
{
	enum cm_result r = prepare(p);

	/* A log that was moved is only looked at until the witnesses have answered. */
	if (r == CM_OK)
		r = open_log(p, p->in->resume ? CM_LOG_READ : CM_LOG_APPEND);
	if (r == CM_OK)
		r = ask_latest(p);
	if (r == CM_OK && p->in->resume)
		r = open_log(p, CM_LOG_RESEAT);
	if (r == CM_OK)
		r = cm_logging_run(p->in->c, p->log, &p->out->logged, &p->err);
	if (r == CM_OK)
		r = remember_head(p);
	if (r == CM_OK)
		r = keep_answer(p);
	if (r == CM_OK)
		r = ask_cosignatures(p);
	if (r == CM_OK)
		r = judge(p);
	if (r == CM_OK)
		r = refresh_dossiers(p);
	if (r == CM_OK)
		say_done(p);
	return r;
}

static enum cm_exit
publish_once(const struct cm_publish *in, struct cm_arena *arena, struct cm_published *out)
{
	struct publishing p = { .in = in, .out = out, .arena = arena };
	enum cm_exit code = CM_EXIT_OK;
	enum cm_result r;

	*out = (struct cm_published) { 0 };
	r = find_log(&p);
	if (r == CM_OK && out->has_log)
		r = publish(&p);
	if (r != CM_OK) {
		(void)cm_cli_error(in->ctx, NULL, &p.err,
		    "what was stated stands; `comity log checkpoint' logs what is not logged yet");
		code = out->answer_malformed ? CM_EXIT_MALFORMED : CM_EXIT_CANNOT;
	}
	cm_http_client_free(p.http);
	cm_log_files_close(p.log);
	return code;
}

static enum cm_exit
settle(const struct cm_publish *in, bool *another)
{
	struct cm_err err = { 0 };

	if (cm_cli_roles_settle(in->c, another, &err) == CM_OK)
		return CM_EXIT_OK;
	return cm_cli_error(in->ctx, NULL, &err,
	    "log or witness, whose key has ended, could not leave its place to the next one; `comity log checkpoint' "
	    "tries again");
}

/* A log whose end was just logged is followed by another one, which gets everything anew. */
enum cm_exit
cm_cli_publish(const struct cm_publish *in, struct cm_arena *arena, struct cm_published *out)
{
	struct cm_publish again = *in;
	bool another = false;
	enum cm_exit code = settle(in, &another);

	*out = (struct cm_published) { 0 };
	if (code == CM_EXIT_OK)
		code = publish_once(in, arena, out);
	another = false;
	if (code == CM_EXIT_OK)
		code = settle(in, &another);
	if (code != CM_EXIT_OK || !another)
		return code;
	again.resume = false;
	again.zip = NULL; /* it has receipts of the old log now */
	again.digest = NULL;
	again.answer = cm_span_of(NULL, 0);
	return publish_once(&again, arena, out);
}

enum cm_exit
cm_cli_publish_usual(const struct cm_context *ctx, struct cm_case *c, bool quiet)
{
	struct cm_publish in = { .ctx = ctx, .c = c, .wait_ms = CM_PUBLISH_WAIT_MS, .quiet = quiet };
	struct cm_published out;
	struct cm_arena arena;
	enum cm_exit code;

	cm_arena_init(&arena, 0);
	code = cm_cli_publish(&in, &arena, &out);
	cm_arena_fini(&arena);
	return code;
}
