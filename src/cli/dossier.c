/* Making a dossier: plan, open and render in a confined child; sign, and verify in another
 * confined child, as a receiver would; write. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/build.h"
#include "cli/dossier.h"
#include "cli/dossier_apart.h"
#include "cli/dossier_draft.h"
#include "cli/dossier_encrypt.h"
#include "cli/dossier_warn.h"
#include "cli/publish.h"
#include "cli/verify.h"
#include "codec/rfc3339.h"
#include "crypto/sha256.h"
#include "dossier/load.h"
#include "dossier/words.h"
#include "ledger/due.h"
#include "os/clock.h"
#include "os/confine.h"
#include "os/file.h"
#include "os/pool.h"
#include "os/private.h"
#include "os/random.h"
#include "seal/pairs.h"
#include "worker/seal_exhibit.h"

#define INDEX_MAX ((size_t)8 << 30)

struct making {
	const struct cm_context *ctx;
	const struct cm_dossier_wish *wish;
	struct cm_err err;
	struct cm_pack_in in;
	struct cm_pack_exhibit *exhibit;
	struct cm_seal_secret *secret;
	struct cm_file **file;
	struct cm_buf *text; /* of statements, two each; then indexes */
	size_t n_text;
	int64_t now;
	char made[CM_RFC3339_LEN + 1];
	struct cm_buf files;	/* what the child made */
	struct cm_zip zip;	/* of the dossier; its bytes lie in files, json and sig */
	struct cm_zip_entry *entry; /* its list, with room for the disclosure */
	uint8_t (*digest)[32];		/* SHA-256 of each of its files but the last */
	struct cm_buf json, sig;	/* of the disclosure */
	struct cm_buf dossier;
	struct cm_disclosure disclosure;
	struct cm_dossier_eyes eyes;
	const char *path; /* of the dossier, in the end */
	struct cm_case_stated stated;
	uint8_t sha256[32]; /* of the dossier */
	struct cm_completes completes;
	struct cm_span map;	/* in files: what is opened, ... */
	struct cm_map more;	/* ... read again, for what is said of it */
	struct cm_buf contradicted; /* a byte a finding: 1 if a receiver would see it so */
	enum cm_exit (*meanwhile)(void *arg); /* of the wish, the first time; or NULL */
	int turn[2]; /* a pipe: the child that packs may speak when its other end is closed */
};

static CM_RESULT
no_memory(struct making *m)
{
	return cm_err_set(&m->err, CM_E_NOMEM, "out of memory");
}

/* Nobody else gets it, so nothing is completed. */
static bool
is_own_use(const struct making *m)
{
	return m->wish->terms.use == CM_TERMS_OWN && m->wish->governing == NULL;
}

static CM_RESULT
read_statement(struct making *m, const uint8_t digest[32], struct cm_pack_text *out)
{
	struct cm_buf *json = &m->text[m->n_text++], *sig = &m->text[m->n_text++];
	enum cm_result rc = cm_case_statement_text(m->wish->c, digest, json, sig, &m->err);

	if (rc == CM_OK)
		*out = (struct cm_pack_text) { .json = cm_buf_span(json), .sig = cm_buf_span(sig) };
	return rc;
}

static CM_RESULT
read_index(struct making *m, const struct cm_case_exhibit *x, struct cm_pack_exhibit *e)
{
	struct cm_buf path = { 0 }, *index = &m->text[m->n_text++];
	enum cm_result rc = cm_case_index_path(m->wish->c, x->x, &path);

	if (rc == CM_OK && cm_buf_cstr(&path) == NULL)
		rc = CM_E_NOMEM;
	/* without it, or with one of an older form, every row is read: slower, no more */
	if (rc == CM_OK && cm_path_exists(cm_buf_cstr(&path)))
		rc = cm_whole_read(cm_buf_cstr(&path), INDEX_MAX, index, &m->err);
	cm_buf_release(&path);
	if (rc == CM_OK && cm_index_is(cm_buf_span(index))) {
		e->index = cm_buf_span(index);
		rc = cm_pair_list_cut(&e->index, &e->pairs);
	}
	return rc == CM_E_MALFORMED ? cm_err_set(&m->err, rc, "the index of the case is damaged") : rc;
}

static CM_RESULT
open_bytes(struct making *m, const struct cm_case_exhibit *x, struct cm_file **out)
{
	struct cm_err why = { 0 };
	enum cm_result rc = cm_file_open(x->path, out, &why);

	if (rc == CM_OK)
		return CM_OK;
	return cm_err_set(&m->err, rc, "%s: %s: put it, or a link to it, where it lay when it was sealed",
	    x->path, why.text);
}

static CM_RESULT
open_exhibit(struct making *m, size_t k)
{
	const struct cm_case_exhibit *x = &m->wish->exhibits[k];
	struct cm_pack_exhibit *e = &m->exhibit[k];
	enum cm_result rc;

	rc = read_statement(m, x->statement, &e->seal);
	if (rc == CM_OK)
		rc = cm_case_secret(m->wish->c, x->x, &m->secret[k], &m->err);
	if (rc == CM_OK)
		rc = open_bytes(m, x, &m->file[k]);
	if (rc == CM_OK)
		rc = read_index(m, x, e);
	if (rc != CM_OK)
		return rc;
	if (e->index.len > 0)
		cm_file_read_apart(m->file[k]);
	e->source = cm_file_raw(m->file[k]);
	e->name = x->path;
	e->secret = &m->secret[k];
	return CM_OK;
}

/* Does this hand-over speak of an exhibit that is shown? */
static bool
is_about(const struct making *m, const struct cm_statement *head)
{
	size_t i, k;

	for (i = 0; i < head->n_subject; i++) {
		for (k = 0; k < m->wish->n_exhibits; k++) {
			if (memcmp(head->subject[i].exhibit, m->wish->exhibits[k].x, 32) == 0)
				return true;
		}
	}
	return false;
}

/* A hand-over comes along unasked: the charter has to let it. */
static bool
may_leave(struct making *m, struct cm_span json, enum cm_result *rc)
{
	bool yes = true;

	if (m->wish->governing != NULL)
		*rc = cm_governing_may(m->wish->governing, m->wish, json, &yes, &m->err);
	return yes;
}

static CM_RESULT
read_custody(struct making *m, const struct cm_case_statements *all, struct cm_pack_text *out, size_t *n)
{
	struct cm_statement_doc doc = { 0 };
	enum cm_result rc = CM_OK;
	size_t i;

	*n = 0;
	for (i = 0; rc == CM_OK && i < all->n; i++) {
		if (all->item[i].type != CM_PREDICATE_CUSTODY)
			continue;
		rc = read_statement(m, all->item[i].digest, &out[*n]);
		if (rc == CM_OK)
			rc = cm_statement_read(out[*n].json, m->wish->arena, &doc, &m->err);
		*n += rc == CM_OK && is_about(m, &doc.head) && may_leave(m, out[*n].json, &rc);
		cm_statement_release(&doc);
		doc = (struct cm_statement_doc) { 0 };
	}
	return rc;
}

static CM_RESULT
gather(struct making *m)
{
	const struct cm_dossier_wish *w = m->wish;
	struct cm_case_statements all;
	struct cm_pack_text *finding, *traffic, *chain, *assessment, *custody;
	enum cm_result rc = cm_case_statements(w->c, w->arena, &all, &m->err);
	size_t i, n_custody = 0;

	if (rc != CM_OK)
		return rc;
	m->exhibit = cm_arena_array(w->arena, w->n_exhibits + 1, sizeof(m->exhibit[0]));
	m->secret = cm_arena_array(w->arena, w->n_exhibits + 1, sizeof(m->secret[0]));
	m->file = cm_arena_array(w->arena, w->n_exhibits + 1, sizeof(m->file[0]));
	m->text = cm_arena_array(w->arena, 3 * w->n_exhibits + 2 * (w->n_findings + w->n_traffic + w->n_chains + w->n_assessments) +
	    2 * all.n + 1, sizeof(m->text[0]));
	finding = cm_arena_array(w->arena, w->n_findings + 1, sizeof(*finding));
	traffic = cm_arena_array(w->arena, w->n_traffic + 1, sizeof(*traffic));
	chain = cm_arena_array(w->arena, w->n_chains + 1, sizeof(*chain));
	assessment = cm_arena_array(w->arena, w->n_assessments + 1, sizeof(*assessment));
	custody = cm_arena_array(w->arena, all.n + 1, sizeof(*custody));
	if (m->exhibit == NULL || m->secret == NULL || m->file == NULL || m->text == NULL ||
	    finding == NULL || traffic == NULL || chain == NULL || assessment == NULL || custody == NULL)
		return no_memory(m);
	for (i = 0; rc == CM_OK && i < w->n_exhibits; i++)
		rc = open_exhibit(m, i);
	for (i = 0; rc == CM_OK && i < w->n_findings; i++)
		rc = read_statement(m, w->findings[i], &finding[i]);
	for (i = 0; rc == CM_OK && i < w->n_traffic; i++)
		rc = read_statement(m, w->traffic[i], &traffic[i]);
	for (i = 0; rc == CM_OK && i < w->n_chains; i++)
		rc = read_statement(m, w->chains[i], &chain[i]);
	for (i = 0; rc == CM_OK && i < w->n_assessments; i++)
		rc = read_statement(m, w->assessments[i], &assessment[i]);
	if (rc == CM_OK)
		rc = read_custody(m, &all, custody, &n_custody);
	m->in = (struct cm_pack_in) { .exhibits = m->exhibit, .n_exhibits = w->n_exhibits,
		.findings = finding, .n_findings = w->n_findings, .traffic = traffic,
		.n_traffic = w->n_traffic, .chains = chain, .n_chains = w->n_chains, .assessments = assessment, .n_assessments = w->n_assessments, .custody = custody,
		.n_custody = n_custody, .select = w->select, .leak_ok = w->leak_ok, .dry_run = w->dry_run,
		.by = cm_case_self(w->c)->fingerprint, .made = m->made, .to = w->to,
		.tool_name = cm_build_name(), .tool_version = cm_build_version(), .terms = w->terms };
	if (w->governing != NULL) {
		m->in.governed = &w->governing->governed;
		m->in.charter = w->governing->charter;
		m->in.charter_sigs = w->governing->sigs;
		m->in.consents = w->governing->consents;
		m->in.n_consents = w->governing->n_consents;
	}
	return rc == CM_OK ? cm_cli_source(m->in.tool_source) : rc;
}

static enum cm_exit
say_failure(struct making *m, const struct cm_pack_out *out)
{
	const struct cm_case_exhibit *x = &m->wish->exhibits[out->diff_exhibit];

	if (out->diff.differs) {
		cm_cli_say(m->ctx, "%s is not what was sealed: the first row that differs is %" PRIu64
				   "%s; nothing was disclosed", x->path, out->diff.first,
		    out->diff.last != out->diff.first ? " or soon after" : "");
		return CM_EXIT_CANNOT;
	}
	if (out->leaks.n != 0) {
		cm_dossier_say_leaks(m->ctx, m->wish, &out->leaks, true);
		return CM_EXIT_CANNOT;
	}
	(void)cm_cli_error(m->ctx, NULL, &m->err, "nothing was disclosed");
	return CM_EXIT_CANNOT;
}

static void
tell_terms(struct making *m)
{
	const struct cm_governing *g = m->wish->governing;
	struct cm_dossier_told told = { .ctx = m->ctx, .exhibits = m->wish->exhibits, .n_exhibits = m->wish->n_exhibits,
		.explain = m->wish->explain };

	if (g == NULL || m->wish->json)
		return;
	told.governed = &g->governed;
	told.title = g->title;
	cm_dossier_tell_terms(&told);
}

static enum cm_exit
say_plan(struct making *m, const struct cm_pack_out *out)
{
	if (m->wish->json)
		return cm_dossier_json_plan(m->ctx, m->wish, out, &m->completes) ? CM_EXIT_OK : CM_EXIT_CANNOT;
	cm_dossier_say_plan(m->ctx, m->wish, out);
	return CM_EXIT_OK;
}

static enum cm_exit
say_completes(struct making *m)
{
	if (is_own_use(m))
		return CM_EXIT_OK;
	cm_completes_say(m->ctx, &m->completes);
	if (!m->wish->no_completion || m->completes.gain->n == 0)
		return CM_EXIT_OK;
	cm_cli_say(m->ctx, "nothing was disclosed: --no-completion");
	return CM_EXIT_CANNOT;
}

/* Until the parent has said what comes first. */
static void
await_turn(const struct making *m)
{
	char nothing;

	while (m->turn[0] >= 0 && read(m->turn[0], &nothing, 1) < 0 && errno == EINTR)
		;
}

/* What is said of a plan that was made, in the child. */
static enum cm_exit
say_packed(struct making *m, const struct cm_dossier_warn *warn, const struct cm_pack_out *out)
{
	enum cm_exit code = CM_EXIT_OK;

	tell_terms(m);
	if (m->wish->dry_run)
		code = say_plan(m, out);
	else if (m->wish->say_compared)
		cm_dossier_say_compared(m->ctx, m->wish, out);
	cm_dossier_say_parted(m->ctx, m->wish, out);
	if (out->leaks.n != 0)
		cm_dossier_say_leaks(m->ctx, m->wish, &out->leaks, false);
	if (!cm_dossier_warn_say(warn, m->ctx, m->wish))
		return CM_EXIT_REFUSED;
	return code == CM_EXIT_OK ? say_completes(m) : code;
}

/* In the child. */
static int
pack(void *arg, int fd)
{
	struct making *m = arg;
	struct cm_pack_out out = { 0 };
	struct cm_fd_sink to = { fd, 0 };
	struct cm_sink files = cm_sink_of_fd(&to);
	struct cm_dossier_warn warn = { 0 };
	struct cm_together together;
	struct cm_pool *pool = NULL;
	struct cm_arena arena;
	enum cm_exit code;
	enum cm_result rc = cm_pool_new(m->wish->threads, &pool);

	cm_arena_init(&arena, 0);
	together = cm_pool_together(pool);
	m->in.files = &files;
	m->in.together = &together;
	if (rc == CM_OK)
		rc = cm_dossier_warn_init(&warn, m->wish, &m->err);
	m->in.select.gate = warn.gate;
	if (rc == CM_OK)
		rc = cm_pack(&m->in, &arena, &out, &m->err);
	cm_pool_free(pool);
	if (rc == CM_OK && !is_own_use(m))
		rc = cm_completes_find(&m->completes, &out.map, &m->err);
	await_turn(m);
	if (rc != CM_OK)
		(void)cm_err_set(&m->err, rc, "the dossier could not be made: %s", cm_result_word(rc));
	code = rc == CM_OK ? say_packed(m, &warn, &out) : say_failure(m, &out);
	cm_dossier_warn_fini(&warn);
	cm_pack_release(&out);
	cm_arena_fini(&arena);
	return (int)cm_cli_finish(m->ctx, code);
}

static CM_RESULT
start(struct making *m, int (*run)(void *, int), struct cm_buf *result, struct cm_confine_child *out)
{
	struct cm_confine_job job = { .run = run, .arg = m, .what = m->wish->out, .result = result,
		.unconfined = m->wish->no_confine, .quiet = true };
	int *fds = cm_arena_array(m->wish->arena, m->wish->n_exhibits + 2, sizeof(*fds));
	size_t i;

	if (fds == NULL)
		return no_memory(m);
	for (i = 0; i < m->wish->n_exhibits; i++) {
		if (m->file[i] != NULL && cm_file_fd(m->file[i]) >= 0)
			fds[job.n_keep++] = cm_file_fd(m->file[i]);
	}
	if (m->turn[0] >= 0)
		fds[job.n_keep++] = m->turn[0];
	job.keep = fds;
	fflush(m->ctx->out);
	fflush(m->ctx->err);
	return cm_confine_start(&job, out, &m->err);
}

static enum cm_exit
await(struct making *m, struct cm_confine_child *child)
{
	int status = CM_EXIT_CANNOT;

	if (cm_confine_end(child, &status, &m->err) == CM_OK)
		return (enum cm_exit)status;
	(void)cm_cli_error(m->ctx, NULL, &m->err, NULL);
	return CM_EXIT_CANNOT;
}

static void
close_turn(struct making *m)
{
	int i;

	for (i = 0; i < 2; i++) {
		if (m->turn[i] >= 0)
			close(m->turn[i]);
		m->turn[i] = -1;
	}
}

static CM_RESULT
read_draft(struct making *m)
{
	const struct cm_dossier_draft_in in = { cm_buf_span(&m->files), m->wish->threads, m->wish->arena };
	struct cm_dossier_draft draft = { 0 };
	enum cm_result rc = cm_dossier_draft(&in, &draft, &m->err);

	m->disclosure = draft.disclosure;
	m->zip = draft.zip;
	m->entry = draft.entry;
	m->digest = draft.digest;
	m->map = draft.map;
	return rc;
}

static void
write_body(void *arg, struct cm_jsonw *w)
{
	const struct making *m = arg;

	cm_disclosure_write(w, &m->disclosure);
}

/* Signs the disclosure; the dossier is whole then. */
static CM_RESULT
sign(struct making *m)
{
	const struct cm_dossier_wish *w = m->wish;
	struct cm_subject *subject = cm_arena_array(w->arena, w->n_exhibits + 1, sizeof(*subject));
	struct cm_case_draft draft = { .type = CM_PREDICATE_DISCLOSURE, .subject = subject,
		.n_subject = w->n_exhibits, .to = w->to, .made = m->now, .body = write_body, .arg = m };
	struct cm_sink sink = cm_sink_of_buf(&m->dossier);
	enum cm_result rc;
	size_t i;

	if (subject == NULL)
		return no_memory(m);
	for (i = 0; i < w->n_exhibits; i++) {
		memcpy(subject[i].exhibit, w->exhibits[i].x, 32);
		memcpy(subject[i].root, w->exhibits[i].root, 32);
	}
	rc = cm_governing_still(w, &m->err);
	if (rc == CM_OK)
		rc = read_draft(m);
	if (rc == CM_OK)
		rc = cm_dossier_eyes(w, &m->disclosure, &m->eyes, &m->err);
	if (rc == CM_OK && cm_random(draft.nonce, sizeof(draft.nonce)) != CM_OK)
		rc = cm_err_set(&m->err, CM_E_IO, "the system gives no randomness");
	if (rc == CM_OK)
		rc = cm_case_state(w->c, w->signer, &draft, &m->stated, &m->err);
	if (rc == CM_OK)
		rc = cm_case_statement_text(w->c, m->stated.digest, &m->json, &m->sig, &m->err);
	if (rc != CM_OK)
		return rc;
	/* their sums are not known yet */
	memcpy(m->digest[m->zip.n], m->stated.digest, 32);
	m->entry[m->zip.n++] = (struct cm_zip_entry) { cm_span_str("disclosure.json"), cm_buf_span(&m->json) };
	m->entry[m->zip.n++] = (struct cm_zip_entry) { cm_span_str("disclosure.json.sig"), cm_buf_span(&m->sig) };
	/* at once: it would be copied while it grows */
	(void)cm_buf_reserve(&m->dossier, m->files.len + m->json.len + m->sig.len + 4096);
	return cm_zip_write_summed(m->zip.entry, m->zip.sum, m->zip.n, &sink, &m->err);
}

/* In the child: what a receiver who knows us will see. */
static int
check(void *arg, int fd)
{
	struct making *m = arg;
	struct cm_arena arena;
	struct cm_loaded held = { .arena = &arena };
	struct cm_signer_line line = { .principals = "self", .key = m->wish->signer->key };
	struct cm_signers signers = { &line, 1, 0 };
	struct cm_pool *pool = NULL;
	struct cm_together together;
	struct cm_verify_in in = { .dossier = cm_buf_span(&m->dossier), .signers = &signers,
		.together = &together };
	struct cm_verified v = { 0 };
	enum cm_exit code = CM_EXIT_OK;
	enum cm_result rc = cm_pool_new(m->wish->threads, &pool);

	cm_arena_init(&arena, 0);
	together = cm_pool_together(pool);
	memcpy(in.source, m->in.tool_source, 32);
	if (m->wish->governing != NULL)
		in.receiver.members = &m->wish->governing->says.members;
	if (rc == CM_OK)
		rc = cm_verify(&in, &held, &v, &m->err);
	cm_pool_free(pool);
	if (rc != CM_OK) {
		cm_cli_say(m->ctx, "the dossier does not verify, and was not written: %s", m->err.text);
		code = CM_EXIT_CANNOT;
	} else if (v.end == CM_VERIFY_REFUSED && cm_apart(&v)) {
		cm_apart_say(m->ctx, &v, true);
		code = cm_apart_tell(&v, fd) ? CM_EXIT_PARTLY : CM_EXIT_CANNOT;
	} else {
		cm_apart_say(m->ctx, &v, false);
		if (v.end == CM_VERIFY_REFUSED) {
			cm_cli_say(m->ctx, "the dossier does not verify, and was not written: %s", v.line);
			code = CM_EXIT_CANNOT;
		}
	}
	cm_verify_release(&held);
	cm_arena_fini(&arena);
	return (int)cm_cli_finish(m->ctx, code);
}

/* Where the dossier will lie: its folder is there, it is not yet. */
static CM_RESULT
absolute(struct making *m, struct cm_buf *out)
{
	const char *slash = strrchr(m->wish->out, '/');
	char *folder, *real;

	folder = slash == NULL ? strdup(".") : strndup(m->wish->out, (size_t)(slash - m->wish->out) + 1);
	if (folder == NULL)
		return no_memory(m);
	real = realpath(folder, NULL);
	free(folder);
	if (real == NULL)
		return cm_err_set(&m->err, CM_E_IO, "%s: its folder is not there", m->wish->out);
	cm_buf_printf(out, "%s%s%s", real, strcmp(real, "/") == 0 ? "" : "/",
	    slash == NULL ? m->wish->out : slash + 1);
	free(real);
	return cm_buf_cstr(out) != NULL ? CM_OK : no_memory(m);
}

static CM_RESULT
store(struct making *m)
{
	struct cm_case_disclosure d = { .to = m->wish->to != NULL ? m->wish->to : "", .bytes = m->dossier.len };
	struct cm_buf path = { 0 };
	enum cm_result rc = absolute(m, &path);

	if (rc == CM_OK) {
		memcpy(d.statement, m->stated.digest, 32);
		memcpy(d.sha256, m->sha256, 32);
		d.path = cm_buf_cstr(&path);
		rc = cm_case_disclosure_add(m->wish->c, &d, &m->err);
	}
	if (rc == CM_OK)
		rc = cm_case_opened_add(m->wish->c, m->stated.digest, m->map, &m->err);
	cm_buf_release(&path);
	return rc;
}

/* The dossier gets its name only when the case knows of it for good: otherwise a crash in
 * between would leave a dossier with a number that the next statement gets, too. */
static CM_RESULT
keep(struct making *m, struct cm_write_mode mode)
{
	enum cm_result rc = store(m);

	if (rc == CM_OK)
		rc = cm_case_commit(m->wish->c, &m->err);
	return rc == CM_OK ? cm_whole_place(m->wish->out, mode, &m->err) : rc;
}

/* Has it checked while it is written beside its name, which it gets if it holds. */
static CM_RESULT
check_and_keep(struct making *m, enum cm_exit *code)
{
	struct cm_write_mode mode = { m->wish->replace ? CM_WRITE_REPLACE : CM_WRITE_NEW, 0644 };
	struct cm_confine_child child;
	enum cm_result rc = start(m, check, &m->contradicted, &child);

	if (rc != CM_OK)
		return rc;
	rc = cm_whole_stage(m->wish->out, cm_buf_span(&m->dossier), mode, &m->err);
	if (rc != CM_OK) {
		cm_confine_drop(&child);
		return rc;
	}
	cm_sha256(m->dossier.ptr, m->dossier.len, m->sha256);
	*code = await(m, &child);
	if (*code == CM_EXIT_OK)
		rc = keep(m, mode);
	if (*code != CM_EXIT_OK || rc != CM_OK)
		cm_whole_drop(m->wish->out);
	return rc;
}

/* From the signature to the file: all of it, or the number is not used. */
static enum cm_exit
finish(struct making *m)
{
	enum cm_exit code = CM_EXIT_OK;
	enum cm_result rc = cm_case_begin(m->wish->c, &m->err);

	if (rc == CM_OK && !is_own_use(m))
		rc = cm_completes_still(&m->completes, m->wish->c, m->wish->arena, &m->err);
	if (rc == CM_OK)
		rc = sign(m);
	if (rc == CM_OK)
		rc = check_and_keep(m, &code);
	if (rc != CM_OK) {
		(void)cm_cli_error(m->ctx, NULL, &m->err, "nothing was disclosed");
		code = rc == CM_E_REFUSED && m->wish->governing != NULL ? CM_EXIT_REFUSED : CM_EXIT_CANNOT;
	}
	if (code != CM_EXIT_OK)
		cm_case_rollback(m->wish->c);
	return code;
}

/* The log takes everything that was stated, and the dossier the receipts. */
static void
publish(const struct making *m, struct cm_published *out)
{
	struct cm_publish in = { .ctx = m->ctx, .c = m->wish->c, .wait_ms = CM_PUBLISH_WAIT_MS,
		.quiet = m->wish->json || m->wish->quiet, .disclosure = m->stated.digest, .zip = &m->zip, .digest = (const uint8_t (*)[32])m->digest };

	*m->wish->logged = cm_cli_publish(&in, m->wish->arena, out);
}

static enum cm_exit
print_made(struct making *m, const struct cm_published *p)
{
	struct cm_err err = { 0 };
	struct cm_dossier_made made = { .path = m->path, .bytes = m->dossier.len, .stated = m->stated,
		.leaks_accepted = m->disclosure.leaks_accepted, .completes = &m->completes };

	memcpy(made.sha256, m->sha256, 32);
	if (p->dossier.bytes > 0) {
		made.bytes = p->dossier.bytes;
		memcpy(made.sha256, p->dossier.sha256, 32);
	}
	if (!is_own_use(m) && (cm_map_read(m->map, &m->more, &err) != CM_OK || cm_completes_find(&m->completes, &m->more, &err) != CM_OK))
		return cm_cli_error(m->ctx, NULL, &err, "it was disclosed");
	return cm_dossier_json_made(m->ctx, &made) ? CM_EXIT_OK : CM_EXIT_CANNOT;
}

static void
clean_up(struct making *m)
{
	size_t i;

	for (i = 0; m->secret != NULL && i < m->wish->n_exhibits; i++)
		explicit_bzero(&m->secret[i], sizeof(m->secret[i]));
	for (i = 0; m->file != NULL && i < m->wish->n_exhibits; i++)
		cm_file_close(m->file[i]);
	for (i = 0; m->text != NULL && i < m->n_text; i++)
		cm_buf_release(&m->text[i]);
	cm_buf_release(&m->files);
	cm_buf_release(&m->json);
	cm_buf_release(&m->sig);
	cm_buf_release(&m->dossier);
	cm_buf_release(&m->contradicted);
	cm_completes_fini(&m->completes);
	cm_map_release(&m->more);
}

/* What the caller has to do in the meantime, once. */
static enum cm_exit
do_meanwhile(struct making *m)
{
	enum cm_exit code = m->meanwhile == NULL ? CM_EXIT_OK : m->meanwhile(m->wish->meanwhile_arg);

	fflush(m->ctx->out);
	close_turn(m);
	return code;
}

static enum cm_exit
pack_it(struct making *m)
{
	struct cm_confine_child child;
	enum cm_result rc = CM_OK;
	enum cm_exit code;

	if (m->meanwhile != NULL && pipe2(m->turn, O_CLOEXEC) != 0)
		rc = cm_err_set(&m->err, CM_E_IO, "no pipe: %s", strerror(errno));
	if (rc == CM_OK)
		rc = gather(m);
	if (rc == CM_OK && !is_own_use(m))
		rc = cm_completes_begin(&m->completes, m->wish->c, m->wish->to, m->wish->arena, &m->err);
	if (rc == CM_OK)
		rc = start(m, pack, &m->files, &child);
	code = do_meanwhile(m);
	if (code != CM_EXIT_OK) {
		if (rc == CM_OK)
			cm_confine_drop(&child);
		return code;
	}
	if (rc == CM_OK)
		return await(m, &child);
	(void)cm_cli_error(m->ctx, NULL, &m->err, "nothing was disclosed");
	return CM_EXIT_CANNOT;
}

static enum cm_exit
make(struct making *m)
{
	const struct cm_dossier_wish *wish = m->wish;
	struct cm_published published;
	enum cm_exit code = pack_it(m);

	if (code == CM_EXIT_OK && !wish->dry_run)
		code = finish(m);
	if (code != CM_EXIT_OK || wish->dry_run)
		return code;
	publish(m, &published);
	m->path = m->eyes.only ? cm_dossier_encrypt(m->ctx, wish, &m->eyes) : wish->out;
	if (m->path == NULL)
		return CM_EXIT_CANNOT;
	/* if this can not be noted, the ledger lists it as open, and its owner can note it */
	if (m->eyes.only && cm_case_settle(wish->c, m->stated.digest, cm_due_word(CM_DUE_ENCRYPT), cm_clock_now(), &m->err) != CM_OK)
		(void)cm_cli_error(m->ctx, NULL, &m->err, "that it was encrypted is not noted in the ledger");
	if (wish->written != NULL)
		*wish->written = m->path;
	return wish->json ? print_made(m, &published) : CM_EXIT_OK;
}

enum cm_exit
cm_cli_dossier(const struct cm_context *ctx, const struct cm_dossier_wish *wish)
{
	struct cm_dossier_wish now = *wish;
	struct cm_apart_list list[4];
	enum cm_exit code = CM_EXIT_PARTLY;
	size_t left = 0, at, i;

	if (!cm_apart_list(wish->arena, &now.findings, &now.n_findings, &list[0]) ||
	    !cm_apart_list(wish->arena, &now.traffic, &now.n_traffic, &list[1]) ||
	    !cm_apart_list(wish->arena, &now.chains, &now.n_chains, &list[2]) ||
	    !cm_apart_list(wish->arena, &now.assessments, &now.n_assessments, &list[3])) {
		cm_cli_say(ctx, "out of memory");
		return CM_EXIT_CANNOT;
	}
	/* Each turn shows fewer findings, until those that are left bear one another. */
	while (code == CM_EXIT_PARTLY) {
		struct making m = { .ctx = ctx, .wish = &now, .now = cm_clock_now(), .meanwhile = now.meanwhile,
			.turn = { -1, -1 } };

		cm_rfc3339_format(m.now, m.made);
		code = make(&m);
		now.meanwhile = NULL;
		for (i = at = 0; code == CM_EXIT_PARTLY && i < 4; i++)
			left += cm_apart_leave_out(&list[i], &m.contradicted, &at);
		clean_up(&m);
	}
	if (code == CM_EXIT_OK && left > 0)
		cm_cli_say(ctx, "%zu finding%s left out, since the rows shown for all together do not bear %s out; "
				"stated all the same: `comity disclose --finding` shows each by itself", left,
		    left == 1 ? " is" : "s are", left == 1 ? "it" : "them");
	return code;
}
