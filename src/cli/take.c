/* `comity take': brings in what other members sent. */
#include <string.h>

#include "cli/commands.h"
#include "cli/publish.h"
#include "cli/team.h"
#include "crypto/sha256.h"
#include "os/clock.h"
#include "os/private.h"
#include "store/ledger.h"

#define JSON ".json"
#define SIG_MAX ((size_t)1 << 20)

enum { OPT_JSON = CM_OPT };

static const struct cm_option options[] = {
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

/* One file and what lies beside it. */
struct piece {
	const char *path;
	struct cm_buf json, sigs, receipt;
	bool is_charter, done, checked;
	enum cm_taken taken;
	struct cm_key_print twice;
	uint8_t digest[32];
	struct cm_err err;
	enum cm_exit code;
};

struct take {
	struct cm_cli_team t;
	struct piece *piece;
	size_t n;
	bool lost; /* not all could be said of what was taken */
};

static enum cm_result
read_beside(const struct piece *p, const char *stem_tail, size_t cut, struct cm_buf *out, struct cm_err *err)
{
	struct cm_buf path = { 0 };
	enum cm_result r;

	cm_buf_add(&path, p->path, strlen(p->path) - cut);
	cm_buf_add_str(&path, stem_tail);
	r = cm_buf_cstr(&path) == NULL ? cm_err_set(err, CM_E_NOMEM, "out of memory")
				       : cm_whole_read(cm_buf_cstr(&path), SIG_MAX, out, err);
	cm_buf_release(&path);
	return r;
}

static bool
is_json(const char *path)
{
	size_t len = strlen(path), end = strlen(JSON);

	return len > end && strcmp(path + len - end, JSON) == 0;
}

/* A charter has NAME.json.sigs beside it, all else NAME.json.sig and perhaps NAME.tlog-proof. */
static enum cm_result
read_piece(struct piece *p)
{
	struct cm_err none = { 0 };
	enum cm_result r;

	if (!is_json(p->path))
		return cm_err_set(&p->err, CM_E_USAGE, "not a NAME.json; its signature is looked for beside it");
	r = cm_whole_read(p->path, CM_CLI_TEAM_FILE, &p->json, &p->err);
	if (r != CM_OK)
		return r;
	r = read_beside(p, ".sigs", 0, &p->sigs, &none);
	p->is_charter = r == CM_OK;
	if (r == CM_E_NOTFOUND)
		r = read_beside(p, ".sig", 0, &p->sigs, &p->err);
	else if (r != CM_OK)
		p->err = none;
	if (r != CM_OK || p->is_charter)
		return r;
	none = (struct cm_err) { 0 };
	r = read_beside(p, ".tlog-proof", strlen(JSON), &p->receipt, &none);
	return r == CM_OK || r == CM_E_NOTFOUND ? CM_OK : cm_err_set(&p->err, r, "%s", none.text);
}

static enum cm_result
take_one(struct take *k, struct piece *p)
{
	p->err = (struct cm_err) { 0 };
	if (p->is_charter)
		return cm_case_charter_take(k->t.c, cm_buf_span(&p->json), cm_buf_span(&p->sigs), cm_clock_now(), &p->taken, &p->twice,
		    &p->err);
	return cm_case_said_take(k->t.c, cm_buf_span(&p->json), cm_buf_span(&p->sigs), cm_buf_span(&p->receipt), cm_clock_now(),
	    &p->taken, &p->err);
}

/* In whatever order they are named: what must come first comes first. */
static void
take_all(struct take *k)
{
	bool more = true;

	for (size_t i = 0; i < k->n; i++) {
		struct piece *p = &k->piece[i];

		if (read_piece(p) != CM_OK)
			p->code = cm_cli_error(k->t.ctx, p->path, &p->err, "nothing of it was taken");
		else
			p->code = cm_cli_look(k->t.ctx, p->path, cm_buf_span(&p->json), cm_buf_span(&p->sigs), p->is_charter);
		p->checked = p->code == CM_EXIT_OK;
		cm_sha256(p->json.ptr, p->json.len, p->digest);
	}
	while (more) {
		more = false;
		for (size_t i = 0; i < k->n; i++) {
			struct piece *p = &k->piece[i];

			if (!p->checked || p->done || take_one(k, p) != CM_OK)
				continue;
			p->done = more = true;
		}
	}
	for (size_t i = 0; i < k->n; i++)
		if (k->piece[i].checked && !k->piece[i].done)
			k->piece[i].code = cm_cli_error(k->t.ctx, k->piece[i].path, &k->piece[i].err, "nothing of it was taken");
}

static const char *
taken_word(enum cm_taken t)
{
	return t == CM_TAKEN_NEW ? "new" : t == CM_TAKEN_MORE ? "more signatures" : "known already";
}

static const struct cm_said *
said_of(const struct cm_team *t, const uint8_t digest[32])
{
	for (size_t i = 0; i < t->n_said; i++)
		if (memcmp(t->said[i].digest, digest, 32) == 0)
			return &t->said[i];
	return NULL;
}

static void
print_charter(struct take *k, const struct piece *p, FILE *f)
{
	const struct cm_team_charter *c = cm_team_find(&k->t.team, p->digest);
	size_t all = c == NULL ? 0 : c->file.head.n_signers;

	if (c == NULL)
		return;
	fprintf(f, "charter, version %u: %s; %zu of %zu signed, %s\n", c->version, taken_word(p->taken), all - c->sigs.n_missing, all,
	    cm_charter_state_word(c->state));
	if (p->twice.text[0] != '\0')
		cm_cli_say(k->t.ctx, "\"%s\" signed it a second time; the first signature stays", cm_cli_team_name(&k->t, p->twice.text));
	for (size_t i = 0; i < k->t.team.n_forks; i++) {
		const struct cm_team_fork *fork = &k->t.team.fork[i];

		if (fork->a == c || fork->b == c)
			cm_cli_say(k->t.ctx, "\"%s\" signed two charters in one place; both are kept, and %s", cm_cli_team_name(&k->t, fork->by),
			    fork->complete ? "neither is in force" : "only one that all sign can bind");
	}
}

/* Two statements of one key with one number: a fork, both are kept. */
static void
say_numbers(struct take *k, const struct cm_said *s)
{
	for (size_t i = 0; i < k->t.team.n_said; i++) {
		const struct cm_said *o = &k->t.team.said[i];

		if (strcmp(o->head.by, s->head.by) == 0 && o->head.number == s->head.number && memcmp(o->digest, s->digest, 32) != 0)
			cm_cli_say(k->t.ctx, "\"%s\" numbered two statements %llu: a fork; both are kept", cm_cli_team_name(&k->t, s->head.by),
			    (unsigned long long)s->head.number);
	}
}

/* What there is to say of a receipt; "": nothing, or there is no memory for it, which ends the command with that. */
static const char *
note_of(struct take *k, const struct piece *p, const struct cm_said *s)
{
	const char *note = "";

	if (s != NULL && s->head.type == CM_PREDICATE_RECEIPT &&
	    cm_case_receipt_note(k->t.c, p->digest, &k->t.arena, &note, &k->t.err) != CM_OK) {
		k->lost = true;
		return "";
	}
	return note;
}

static enum cm_exit
print_text(struct take *k)
{
	FILE *f = k->t.ctx->out;

	for (size_t i = 0; i < k->n; i++) {
		const struct piece *p = &k->piece[i];
		const struct cm_said *s = said_of(&k->t.team, p->digest);

		if (!p->done)
			continue;
		cm_cli_text(f, cm_span_str(p->path));
		fprintf(f, "  ");
		if (p->is_charter)
			print_charter(k, p, f);
		else if (s != NULL)
			fprintf(f, "%s by \"%s\": %s\n", cm_predicate_word(s->head.type), cm_cli_team_name(&k->t, s->head.by),
			    taken_word(p->taken));
		if (s != NULL && p->taken == CM_TAKEN_NEW)
			say_numbers(k, s);
		if (note_of(k, p, s)[0] != '\0')
			cm_cli_say(k->t.ctx, "%s: %s", p->path, note_of(k, p, s));
	}
	return CM_EXIT_OK;
}

static void
put_piece(struct take *k, const struct piece *p, struct cm_jsonw *w)
{
	const struct cm_team_charter *c = cm_team_find(&k->t.team, p->digest);
	const struct cm_said *s = said_of(&k->t.team, p->digest);

	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "file", p->path);
	cm_jsonw_kbool(w, "taken", p->done);
	if (p->done) {
		cm_jsonw_khex(w, "digest", cm_span_of(p->digest, 32));
		cm_jsonw_kstr(w, "news", taken_word(p->taken));
		cm_jsonw_kstr(w, "type", p->is_charter ? "charter" : s != NULL ? cm_predicate_word(s->head.type) : NULL);
		if (s != NULL)
			cm_jsonw_kstr(w, "by", cm_cli_team_name(&k->t, s->head.by));
		if (note_of(k, p, s)[0] != '\0')
			cm_jsonw_kstr(w, "note", note_of(k, p, s));
		if (p->is_charter && c != NULL) {
			cm_jsonw_kstr(w, "state", cm_charter_state_word(c->state));
			cm_jsonw_kuint(w, "missing", c->sigs.n_missing);
		}
	} else if (p->err.text[0] != '\0') {
		cm_jsonw_kstr(w, "error", p->err.text);
	}
	cm_jsonw_object_end(w);
}

static enum cm_exit
print_json(struct take *k)
{
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);

	cm_jsonw_object(&w);
	cm_jsonw_key(&w, "files");
	cm_jsonw_array(&w);
	for (size_t i = 0; i < k->n; i++)
		put_piece(k, &k->piece[i], &w);
	cm_jsonw_array_end(&w);
	cm_jsonw_object_end(&w);
	return cm_cli_json(k->t.ctx, &b);
}

static enum cm_exit
take(struct take *k, char **operand)
{
	enum cm_exit code = cm_cli_team_begin(&k->t), worst = CM_EXIT_OK;

	if (code != CM_EXIT_OK)
		return code;
	k->piece = cm_arena_array(&k->t.arena, k->n, sizeof(*k->piece));
	if (k->piece == NULL) {
		cm_cli_say(k->t.ctx, "out of memory");
		return CM_EXIT_CANNOT;
	}
	for (size_t i = 0; i < k->n; i++)
		k->piece[i].path = operand[i];
	take_all(k);
	if (cm_cli_team_again(&k->t) != CM_OK)
		return cm_cli_error(k->t.ctx, NULL, &k->t.err, NULL);
	code = k->t.json ? print_json(k) : print_text(k);
	if (k->lost)
		code = cm_cli_error(k->t.ctx, NULL, &k->t.err, "it was taken");
	for (size_t i = 0; i < k->n; i++)
		if (k->piece[i].code > worst)
			worst = k->piece[i].code;
	/* An own signature that came back from another copy of the case is logged, too. */
	if (worst == CM_EXIT_OK)
		worst = cm_cli_publish_usual(k->t.ctx, k->t.c, true);
	return code != CM_EXIT_OK ? code : worst;
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_take, argc, argv, ctx);
	struct take k = { .t = { .ctx = ctx } };
	enum cm_exit code;

	if (!cm_args_json(&a, OPT_JSON, &k.t.json))
		return CM_EXIT_USAGE;
	if (a.n == 0)
		return cm_cli_usage(ctx, &cm_command_take, "which file?");
	k.n = (size_t)a.n;
	code = take(&k, a.operand);
	for (size_t i = 0; k.piece != NULL && i < k.n; i++) {
		cm_buf_release(&k.piece[i].json);
		cm_buf_release(&k.piece[i].sigs);
		cm_buf_release(&k.piece[i].receipt);
	}
	cm_cli_team_end(&k.t);
	return code;
}

const struct cm_command cm_command_take = {
	.name = "take",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Brings in what other members sent: charters, signatures, consent, receipts",
	.operands = "FILE...",
	.options = options,
	.more = "FILE is a NAME.json; beside it lie the signatures, NAME.json.sigs of a charter, else\n"
		"NAME.json.sig, and perhaps NAME.tlog-proof.  What is not of this case, not signed by a\n"
		"member or not over these bytes is refused, and nothing of it kept.  Taking a file twice\n"
		"changes nothing.\n",
};
