#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "charter/weighed.h"
#include "cli/case.h"
#include "cli/log.h"
#include "cli/publish.h"
#include "cli/receipts.h"
#include "cli/team.h"
#include "os/clock.h"
#include "os/random.h"

enum cm_exit
cm_cli_team_begin(struct cm_cli_team *t)
{
	enum cm_exit code = CM_EXIT_OK;

	cm_arena_init(&t->arena, 0);
	if (!cm_cli_case(t->ctx, &t->c, &code))
		return code;
	return cm_cli_team_again(t) == CM_OK ? CM_EXIT_OK : cm_cli_error(t->ctx, NULL, &t->err, NULL);
}

void
cm_cli_team_end(struct cm_cli_team *t)
{
	cm_case_close(t->c);
	cm_arena_fini(&t->arena);
}

enum cm_result
cm_cli_team_again(struct cm_cli_team *t)
{
	return cm_case_team(t->c, &t->arena, &t->team, &t->err);
}

enum cm_result
cm_cli_team_self(struct cm_cli_team *t, const struct cm_member **out)
{
	const struct cm_case_self *self = cm_case_self(t->c);

	if (t->team.in_force == NULL)
		return cm_err_set(&t->err, CM_E_REFUSED, "no charter is in force in this case");
	*out = cm_members_keyed(&t->team.in_force->file.says.members, self->fingerprint);
	if (*out == NULL)
		return cm_err_set(&t->err, CM_E_REFUSED, "this party's key, %s, is none of the charter's members", self->fingerprint);
	return CM_OK;
}

const char *
cm_cli_team_name(const struct cm_cli_team *t, const char *fingerprint)
{
	for (size_t i = t->team.n_charters; i > 0; i--) {
		const struct cm_member *m = cm_members_keyed(&t->team.charter[i - 1].file.says.members, fingerprint);

		if (m != NULL)
			return m->name;
	}
	return fingerprint;
}

enum cm_result
cm_cli_charter_read(struct cm_span text, struct cm_arena *arena, struct cm_charter *out, struct cm_err *err)
{
	struct cm_weighed w;
	enum cm_result r = cm_charter_weigh(text, arena, &w, err);

	if (r == CM_OK)
		*out = w.says;
	return r;
}

struct look {
	const char *path;
	struct cm_team_said_text text;
	bool is_charter;
};

static enum cm_result
look_at_charter(struct cm_team_said_text text, struct cm_arena *arena, struct cm_err *err)
{
	struct cm_charter_file f;
	struct cm_charter says;
	struct cm_sigs sigs;
	enum cm_result r = cm_charter_file_read(text.json, arena, &f, err);

	if (r == CM_OK)
		r = cm_cli_charter_read(f.text, arena, &says, err);
	if (r == CM_OK)
		r = cm_sigs_read(text.sig, arena, &sigs, err);
	return r == CM_OK ? cm_sigs_verify(&sigs, text.json, err) : r;
}

static enum cm_exit
look(void *arg, const struct cm_context *ctx)
{
	const struct look *l = arg;
	struct cm_said said;
	struct cm_arena arena;
	struct cm_err err = { 0 };
	enum cm_result r;

	cm_arena_init(&arena, 0);
	r = l->is_charter ? look_at_charter(l->text, &arena, &err) : cm_said_read(l->text, &arena, &said, &err);
	cm_arena_fini(&arena);
	return r == CM_OK ? CM_EXIT_OK : cm_cli_error(ctx, l->path, &err, "nothing of it was taken");
}

enum cm_exit
cm_cli_look(const struct cm_context *ctx, const char *path, struct cm_span json, struct cm_span sigs, bool is_charter)
{
	struct look l = { path, { json, sigs }, is_charter };
	struct cm_confined job = { .file = path, .run = look, .arg = &l };

	return cm_cli_confined(ctx, &job);
}

enum cm_result
cm_cli_out_ok(const char *name, struct cm_err *err)
{
	const char *slash = strrchr(name, '/');
	struct cm_buf folder = { 0 };
	enum cm_result r = CM_OK;

	if (slash == NULL)
		cm_buf_add_str(&folder, ".");
	else
		cm_buf_add(&folder, name, (size_t)(slash - name) + 1);
	if (cm_buf_cstr(&folder) == NULL)
		r = cm_err_set(err, CM_E_NOMEM, "out of memory");
	else if (access(cm_buf_cstr(&folder), W_OK | X_OK) != 0)
		r = cm_err_set(err, CM_E_IO, "%s: %s; --out says where the files go", cm_buf_cstr(&folder), strerror(errno));
	cm_buf_release(&folder);
	return r;
}

enum cm_result
cm_cli_write_out(const char *name, const char *tail, struct cm_span text, struct cm_err *err)
{
	struct cm_write_mode mode = { CM_WRITE_REPLACE, 0644 };
	struct cm_buf path = { 0 };
	enum cm_result r;

	cm_buf_add_str(&path, name);
	cm_buf_add_str(&path, tail);
	r = cm_buf_cstr(&path) != NULL ? cm_whole_write(cm_buf_cstr(&path), text, mode, err)
				       : cm_err_set(err, CM_E_NOMEM, "out of memory");
	cm_buf_release(&path);
	return r;
}

/* Nothing of an earlier one must lie beside this one. */
static enum cm_result
remove_out(const char *name, const char *tail, struct cm_err *err)
{
	struct cm_buf path = { 0 };
	enum cm_result r = CM_OK;

	cm_buf_add_str(&path, name);
	cm_buf_add_str(&path, tail);
	if (cm_buf_cstr(&path) == NULL)
		r = cm_err_set(err, CM_E_NOMEM, "out of memory");
	else if (unlink(cm_buf_cstr(&path)) != 0 && errno != ENOENT)
		r = cm_err_set(err, CM_E_IO, "%s: %s", cm_buf_cstr(&path), strerror(errno));
	cm_buf_release(&path);
	return r;
}

/* The receipt of the own log, if it is logged. */
static enum cm_result
prove(struct cm_cli_team *t, const uint8_t digest[32], struct cm_buf *out)
{
	struct cm_cli_log l = { .ctx = t->ctx };
	struct cm_receipts receipts = { 0 };
	struct cm_err none = { 0 };
	uint64_t place = 0;
	enum cm_result r = cm_case_logged_at(t->c, digest, &place, &none);

	if (r == CM_E_NOTFOUND)
		return CM_OK;
	if (r == CM_OK && cm_cli_log_open(&l, CM_LOG_READ) == CM_EXIT_OK)
		r = cm_receipts_begin(&receipts, l.files, &t->err);
	else
		r = cm_err_set(&t->err, CM_E_IO, "the log could not be read");
	if (r == CM_OK)
		r = cm_receipts_make(&receipts, place, out, &t->err);
	cm_receipts_end(&receipts);
	cm_cli_log_close(&l);
	return r;
}

static enum cm_result
write_files(struct cm_cli_team *t, struct cm_cli_saying *s)
{
	struct cm_buf json = { 0 }, sig = { 0 }, proof = { 0 };
	enum cm_result r = cm_case_statement_text(t->c, s->stated.digest, &json, &sig, &t->err);

	if (r == CM_OK)
		r = prove(t, s->stated.digest, &proof);
	s->logged = proof.len > 0;
	if (r == CM_OK)
		r = cm_cli_write_out(s->out, ".json", cm_buf_span(&json), &t->err);
	if (r == CM_OK)
		r = cm_cli_write_out(s->out, ".json.sig", cm_buf_span(&sig), &t->err);
	if (r == CM_OK)
		r = proof.len > 0 ? cm_cli_write_out(s->out, ".tlog-proof", cm_buf_span(&proof), &t->err)
				  : remove_out(s->out, ".tlog-proof", &t->err);
	cm_buf_release(&json);
	cm_buf_release(&sig);
	cm_buf_release(&proof);
	return r;
}

static enum cm_result
state(struct cm_cli_team *t, struct cm_cli_saying *s)
{
	struct cm_subject subject = cm_under_subject(s->charter);
	struct cm_case_draft d = { .type = s->type, .subject = &subject, .n_subject = 1, .supersedes = s->supersedes,
		.made = cm_clock_now(), .body = s->body, .arg = s->arg };
	struct cm_keyring keyring = { 0 };
	enum cm_result r = cm_cli_out_ok(s->out, &t->err);

	if (r == CM_OK && cm_random(d.nonce, sizeof(d.nonce)) != CM_OK)
		r = cm_err_set(&t->err, CM_E_IO, "the system gives no randomness");
	if (r == CM_OK)
		r = cm_case_keyring(t->c, t->ctx->agent, &keyring, &t->err);
	if (r == CM_OK)
		r = cm_case_state(t->c, &keyring.signer, &d, &s->stated, &t->err);
	cm_keyring_close(&keyring);
	return r;
}

enum cm_exit
cm_cli_team_say(struct cm_cli_team *t, struct cm_cli_saying *s)
{
	if (state(t, s) != CM_OK)
		return cm_cli_error(t->ctx, NULL, &t->err, "nothing was said");
	s->published = cm_cli_publish_usual(t->ctx, t->c, true);
	if (write_files(t, s) != CM_OK)
		return cm_cli_error(
		    t->ctx, NULL, &t->err, "it is said all the same: the statement is in .comity/statements");
	return CM_EXIT_OK;
}

enum cm_exit
cm_cli_team_said(struct cm_cli_team *t, const struct cm_cli_saying *s, const char *what)
{
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);
	enum cm_exit code;

	if (!t->json) {
		fprintf(t->ctx->out, "%s\n\nGive %s.json%s to the other members, for `comity take %s.json'.\n", what, s->out,
		    s->logged ? ", .json.sig and .tlog-proof" : " and .json.sig", s->out);
		return s->published;
	}
	cm_jsonw_object(&w);
	cm_jsonw_kstr(&w, "said", cm_predicate_word(s->type));
	cm_jsonw_khex(&w, "statement", cm_span_of(s->stated.digest, 32));
	cm_jsonw_khex(&w, "charter", cm_span_of(s->charter, 32));
	cm_jsonw_kbool(&w, "logged", s->logged);
	cm_jsonw_kstr(&w, "file", s->out);
	cm_jsonw_object_end(&w);
	code = cm_cli_json(t->ctx, &b);
	return code == CM_EXIT_OK ? s->published : code;
}
