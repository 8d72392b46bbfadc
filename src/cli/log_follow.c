/* `comity log follow`: watches another party's log, and keeps the proof if it forks. */
#include <inttypes.h>
#include <string.h>

#include "base/hex.h"
#include "cli/case.h"
#include "cli/commands.h"
#include "cli/keys.h"
#include "cli/monitor.h"
#include "codec/rfc3339.h"
#include "node/log_fetch.h"
#include "os/clock.h"
#include "os/private.h"
#include "os/progress.h"
#include "os/stop.h"

enum { OPT_KEY = CM_OPT, OPT_ONCE, OPT_EVERY, OPT_WAIT, OPT_JSON, OPT_NO_CONFINE };

#define WAIT_S 10u

static const struct cm_option options[] = {
	{ OPT_KEY, "key", "VKEY", "the log's verifier key (default: from the trust file of the case)" },
	{ OPT_ONCE, "once", NULL, "look once, and end (the default)" },
	{ OPT_EVERY, "every", "SECONDS", "look again and again, until SIGINT or SIGTERM; says what changes" },
	{ OPT_WAIT, "wait", "SECONDS", "for each file of the log (default: 10)" },
	{ OPT_JSON, "json", NULL, "print one JSON object, with --every one a line" },
	{ OPT_NO_CONFINE, "no-confine", NULL, "read dossiers without confining the reader (for debugging)" },
	{ 0 },
};

struct watch {
	struct cm_monitor m;
	const char *key;
	bool once, json, first, stopped;
	uint64_t every, wait; /* seconds; every 0: once */
	struct cm_http_client *http;
	struct cm_progress progress;
	/* what was said last */
	enum cm_follow_how how;
	char text[sizeof(((struct cm_followed *)0)->text)];
	bool lacking;
};

/* ---- which log ---- */

static size_t
without_slash(const char *url)
{
	size_t n = strlen(url);

	while (n > 0 && url[n - 1] == '/')
		n--;
	return n;
}

static const struct cm_policy_log *
by_url(const struct cm_policy *p, const char *url)
{
	size_t n = without_slash(url), i;

	for (i = 0; i < p->n_logs; i++)
		if (p->log[i].url != NULL && without_slash(p->log[i].url) == n &&
		    memcmp(p->log[i].url, url, n) == 0)
			return &p->log[i];
	return NULL;
}

/* The log that shows itself there, if the trust file has it. */
static enum cm_result
by_origin(struct watch *g, const struct cm_policy_log **out)
{
	struct cm_monitor *m = &g->m;
	struct cm_log_fetch f = { g->http, m->url, (unsigned)g->wait * 1000 };
	struct cm_buf note = { 0 };
	struct cm_checkpoint c;
	enum cm_result r = cm_log_fetch_checkpoint(&f, &note, &m->err);

	if (r == CM_OK)
		r = cm_checkpoint_read(cm_buf_span(&note), 0, &m->round, &c, NULL, &m->err);
	if (r == CM_OK) {
		*out = cm_policy_find_log(&m->trust.policy, c.origin);
		if (*out == NULL)
			r = cm_err_set(&m->err, CM_E_NOTFOUND,
			    "the trust file has no log %s: `comity trust add' its line, or give its key with --key",
			    c.origin);
	}
	cm_buf_release(&note);
	return r;
}

static enum cm_result
find_key(struct watch *g)
{
	struct cm_monitor *m = &g->m;
	const struct cm_policy_log *log = cm_policy_find_log(&m->trust.policy, m->url);
	enum cm_result r = CM_OK;

	if (log != NULL && log->url != NULL)
		m->url = log->url; /* it was called by its name */
	if (g->key != NULL) {
		r = cm_vkey_parse(cm_span_str(g->key), &m->key, &m->err);
		if (r == CM_OK && m->key.type != CM_NOTE_ED25519)
			r = cm_err_set(&m->err, CM_E_USAGE, "--key: this is a witness's key, not a log's");
		return r;
	}
	if (log == NULL)
		log = by_url(&m->trust.policy, m->url);
	if (log == NULL)
		r = by_origin(g, &log);
	if (r == CM_OK && log != NULL)
		m->key = log->key;
	return r;
}

/* ---- what it needs ---- */

static enum cm_result
open_mirror(struct watch *g)
{
	struct cm_monitor *m = &g->m;
	const char *peers = cm_arena_printf(&m->arena, "%s/peers", cm_case_folder(m->c));
	const char *folder;
	uint8_t hash[32];
	enum cm_result r = CM_OK;

	cm_sha256(m->key.name, strlen(m->key.name), hash);
	cm_hex_encode(cm_span_of(hash, 8), m->hash);
	folder = cm_arena_printf(&m->arena, "%s/peers/%s", cm_case_folder(m->c), m->hash);
	if (peers == NULL || folder == NULL)
		return cm_err_set(&m->err, CM_E_NOMEM, "out of memory");
	if (!cm_path_exists(peers))
		r = cm_private_mkdir(peers, &m->err);
	return r == CM_OK ? cm_mirror_files_open(cm_disk_here(), folder, &m->key, &m->mirror, &m->err) : r;
}

static enum cm_result
prepare(struct watch *g)
{
	static const struct cm_http_client_new usual = { .connect_ms = 0 };
	struct cm_monitor *m = &g->m;
	struct cm_vkey own;
	enum cm_result r = cm_trust_read(cm_case_folder(m->c), &m->arena, &m->trust, &m->err);

	if (r == CM_OK)
		r = cm_monitor_know_signers(m);
	if (r == CM_OK)
		r = cm_http_client_new(&usual, &g->http, &m->err);
	if (r == CM_OK)
		r = find_key(g);
	if (r == CM_OK)
		r = open_mirror(g);
	if (r == CM_OK)
		m->is_own = cm_cli_vkey(cm_case_folder(m->c), "log", &own, NULL) == CM_OK &&
		    memcmp(own.key, m->key.key, sizeof(own.key)) == 0;
	return r;
}

/* ---- one round ---- */

static bool
step(void *arg, uint64_t done, uint64_t all)
{
	struct watch *g = arg;

	g->progress.total = all;
	cm_progress_at(&g->progress, done);
	g->stopped = g->stopped || (g->every > 0 && cm_stop_wait_for(0));
	return !g->stopped;
}

static enum cm_result
look(struct watch *g, struct cm_followed *f)
{
	struct cm_monitor *m = &g->m;
	struct cm_follow in = { m->url, &m->key, m->mirror, (unsigned)g->wait * 1000, step, g };
	enum cm_result r;

	g->progress = cm_progress_of(fileno(m->ctx->err), "following the log", 0);
	g->progress.unit = "entries";
	g->progress.each = 1;
	r = cm_follow(g->http, &in, &m->round, f, &m->err);
	cm_progress_end(&g->progress);
	return r;
}

/* From now on own statements name it: they can not be older.  A log knows its own age. */
static enum cm_result
remember(struct cm_monitor *m, const struct cm_followed *f)
{
	const struct cm_checkpoint *head = cm_mirror_files_head(m->mirror);
	struct cm_after after = { .origin = head->origin, .size = head->size };

	if (m->is_own || head->size == 0 || (f->how != CM_FOLLOW_GROWN && f->how != CM_FOLLOW_SAME))
		return CM_OK;
	memcpy(after.root, head->root, sizeof(after.root));
	return cm_case_known_set(m->c, &after, cm_clock_now(), &m->err);
}

/* A fork that the log showed now, or that a receipt in a dossier shows. */
static enum cm_result
keep_fork(struct cm_monitor *m, struct cm_followed *f, struct cm_monitor_round *say)
{
	struct cm_followed other = { 0 };
	bool found = false;
	enum cm_result r = cm_monitor_compare(m, &other, &found);

	if (r == CM_OK && found && f->how != CM_FOLLOW_FORK) {
		f->how = CM_FOLLOW_FORK;
		f->fork = other.fork;
		memcpy(f->text, other.text, sizeof(f->text));
	}
	if (r != CM_OK || f->how != CM_FOLLOW_FORK)
		return r;
	return cm_monitor_keep_fork(m, &f->fork, &say->fork_path, &say->fork_again);
}

/* Is there anything that was not said in the round before?  That nothing is new is worth a word only
 * behind trouble. */
static bool
is_news(const struct watch *g, const struct cm_followed *f)
{
	bool grown = cm_mirror_files_head(g->m.mirror)->size > f->from;

	if (g->first || grown)
		return true;
	if (f->how == CM_FOLLOW_SAME)
		return g->how != CM_FOLLOW_SAME && g->how != CM_FOLLOW_GROWN;
	return f->how != g->how || strcmp(f->text, g->text) != 0;
}

static enum cm_result
say(struct watch *g, struct cm_followed *f, struct cm_monitor_round *round)
{
	struct cm_monitor *m = &g->m;
	char when[CM_RFC3339_LEN + 1];
	bool news = is_news(g, f);
	enum cm_result r;

	g->how = f->how;
	memcpy(g->text, f->text, sizeof(g->text));
	if (!news)
		return CM_OK;
	cm_rfc3339_format(cm_clock_now(), when);
	round->when = g->every > 0 ? when : NULL;
	round->shown = m->n_shown > 0;
	r = cm_monitor_know_own(m);
	if (r == CM_OK)
		r = cm_monitor_say(round);
	if (round->shown)
		g->lacking = round->lacking;
	return r;
}

static enum cm_exit
code_of(const struct watch *g, const struct cm_followed *f)
{
	if (f->how == CM_FOLLOW_FORK || g->m.n_forks > 0)
		return CM_EXIT_REFUSED;
	if (f->how == CM_FOLLOW_BROKEN || f->how == CM_FOLLOW_UNSIGNED)
		return CM_EXIT_MALFORMED;
	if (f->how == CM_FOLLOW_UNANSWERED)
		return CM_EXIT_CANNOT;
	return g->lacking ? CM_EXIT_PARTLY : CM_EXIT_OK;
}

static enum cm_exit
one_round(struct watch *g)
{
	struct cm_monitor *m = &g->m;
	struct cm_followed f = { 0 };
	struct cm_monitor_round round = { .m = m, .f = &f, .json = g->json };
	enum cm_result r;

	cm_arena_reset(&m->round);
	r = cm_monitor_find_forks(m);
	if (r == CM_OK)
		r = look(g, &f);
	if (r == CM_OK)
		r = remember(m, &f);
	if (r == CM_OK)
		r = keep_fork(m, &f, &round);
	if (r == CM_OK)
		r = say(g, &f, &round);
	if (r != CM_OK)
		return cm_cli_error(m->ctx, NULL, &m->err, NULL) == CM_EXIT_USAGE ? CM_EXIT_USAGE : CM_EXIT_CANNOT;
	g->first = false;
	return code_of(g, &f);
}

/* Again and again, counted from when a round began; trouble of ours ends it. */
static enum cm_exit
watch(struct watch *g)
{
	enum cm_exit code;
	int64_t next;

	do {
		next = cm_clock_ms() + (int64_t)g->every * 1000;
		code = one_round(g);
		if (g->every == 0 || g->m.err.code != CM_OK)
			return code;
		next -= cm_clock_ms();
		g->stopped = g->stopped || cm_stop_wait_for(next > 0 ? next : 0);
	} while (!g->stopped);
	return code;
}

/* ---- the command ---- */

static bool
take_option(struct watch *g, const struct cm_args *a, int id)
{
	switch (id) {
	case OPT_KEY:
		g->key = a->value;
		return true;
	case OPT_ONCE:
		g->once = true;
		return true;
	case OPT_EVERY:
		return cm_args_number(a, "every", 1000000, &g->every);
	case OPT_WAIT:
		return cm_args_number(a, "wait", 100000, &g->wait);
	case OPT_JSON:
		g->json = true;
		return true;
	case OPT_NO_CONFINE:
		g->m.no_confine = true;
		return true;
	default:
		return false;
	}
}

static enum cm_exit
follow(struct watch *g, const struct cm_args *a)
{
	struct cm_monitor *m = &g->m;
	enum cm_exit code = CM_EXIT_OK;

	if (!cm_cli_case(m->ctx, &m->c, &code))
		return code;
	code = cm_monitor_read_dossiers(m, a->operand + 1, a->n - 1);
	if (code != CM_EXIT_OK)
		return code;
	if (g->every > 0 && cm_stop_begin() != CM_OK)
		return cm_cli_error(m->ctx, NULL, &m->err, NULL);
	if (cm_monitor_know_shown(m) != CM_OK || prepare(g) != CM_OK)
		return cm_cli_error(m->ctx, NULL, &m->err, NULL);
	return watch(g);
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_log_follow, argc, argv, ctx);
	struct watch g = { .m.ctx = ctx, .first = true, .wait = WAIT_S };
	enum cm_exit code;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END)
		if (!take_option(&g, &a, id))
			return CM_EXIT_USAGE;
	if (a.n == 0)
		return cm_cli_usage(ctx, a.command, "which log?  Its URL is wanted");
	if (g.wait == 0 || (g.once && g.every > 0))
		return cm_cli_usage(ctx, a.command, g.wait == 0 ? "--wait 0 waits for nothing" : "once, or every so often?");
	g.m.url = a.operand[0];
	cm_arena_init(&g.m.arena, 0);
	cm_arena_init(&g.m.round, 0);
	code = follow(&g, &a);
	cm_http_client_free(g.http);
	cm_mirror_files_close(g.m.mirror);
	cm_case_close(g.m.c);
	cm_leaf_places_fini(&g.m.place);
	cm_leaf_places_fini(&g.m.own_place);
	cm_leaf_places_fini(&g.m.shown_place);
	cm_arena_fini(&g.m.round);
	cm_arena_fini(&g.m.arena);
	return code;
}

const struct cm_command cm_command_log_follow = {
	.name = "log follow",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Watches another party's log: what is new, and whether it ever forks",
	.operands = "URL [DOSSIER...]",
	.options = options,
	.more = "Keeps a mirror of the log in the case (peers/), every hash of it made here, and says of\n"
		"each new entry whose it is.  URL may also be the name (origin) of a log whose URL the\n"
		"trust file has.  Of each statement in the DOSSIERs it says where it is logged, or that\n"
		"it is not, and of each of their signers how many statements are logged that the\n"
		"dossiers do not show.  The receipts in them are held against the mirror, too: who was\n"
		"shown another history has the proof.\n"
		"\n"
		"If the log signed two histories, both signed notes and the proof are kept in the case\n"
		"(forks/), for `comity verify', and every later run says so first.  A server that can\n"
		"not bear out what the log signed accuses nobody; its word is kept, and held against\n"
		"the log when that has grown so far.  Own statements name the newest checkpoint seen.\n"
		"\n"
		"Exits 0 if all is well, 1 if the log has forked, now or before, 3 if there was no\n"
		"answer, or it could not do its work, 4 if what was served is not what a log signed, 5\n"
		"if a statement that was shown is not in this log.\n",
};
