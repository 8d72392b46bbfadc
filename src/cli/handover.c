/* `comity handover`: states that exhibits were handed to somebody. */
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "cli/case.h"
#include "cli/commands.h"
#include "cli/publish.h"
#include "codec/rfc3339.h"
#include "os/clock.h"
#include "os/random.h"
#include "statement/custody.h"

enum { OPT_TO = CM_OPT, OPT_HOW, OPT_FROM, OPT_AT, OPT_JSON };

static const struct cm_option options[] = {
	{ OPT_TO, "to", "WHO", "who received them" },
	{ OPT_HOW, "how", "TEXT", "by which way, in what state, under which seal" },
	{ OPT_FROM, "from", "WHO", "who gave them (default: the party of this case)" },
	{ OPT_AT, "at", "TIME", "when, as 2026-01-31T23:59:59Z (default: now)" },
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

struct handover {
	const char *to, *how, *from, *at;
	bool json;
	struct cm_case *c;
	struct cm_keyring keyring;
	struct cm_arena arena;
	struct cm_custody custody;
	struct cm_subject *subject;
	struct cm_err err;
};

static bool
take_option(struct handover *h, const struct cm_args *a, int id)
{
	switch (id) {
	case OPT_TO:
		h->to = a->value;
		return true;
	case OPT_HOW:
		h->how = a->value;
		return true;
	case OPT_FROM:
		h->from = a->value;
		return true;
	case OPT_AT:
		h->at = a->value;
		return true;
	case OPT_JSON:
		h->json = true;
		return true;
	default:
		return false;
	}
}

static void
write_body(void *arg, struct cm_jsonw *w)
{
	const struct handover *h = arg;

	cm_custody_write(w, &h->custody);
}

static bool
is_chosen(const struct cm_args *a, uint64_t id)
{
	char text[24];
	int i;

	snprintf(text, sizeof(text), "%llu", (unsigned long long)id);
	for (i = 0; i < a->n; i++) {
		if (strcmp(a->operand[i], text) == 0)
			return true;
	}
	return a->n == 0;
}

/* All exhibits, or those whose numbers are operands. */
static CM_RESULT
choose(struct handover *h, const struct cm_args *a)
{
	struct cm_case_exhibits all;
	struct cm_digests *seals = &h->custody.seals;
	size_t i;
	enum cm_result rc = cm_case_exhibits(h->c, &h->arena, &all, &h->err);

	if (rc != CM_OK)
		return rc;
	seals->digest = cm_arena_array(&h->arena, all.n + 1, 32);
	h->subject = cm_arena_array(&h->arena, all.n + 1, sizeof(h->subject[0]));
	if (seals->digest == NULL || h->subject == NULL)
		return cm_err_set(&h->err, CM_E_NOMEM, "out of memory");
	for (i = 0; i < all.n; i++) {
		if (!is_chosen(a, all.item[i].id))
			continue;
		memcpy(h->subject[seals->n].exhibit, all.item[i].x, 32);
		memcpy(h->subject[seals->n].root, all.item[i].root, 32);
		memcpy(seals->digest[seals->n++], all.item[i].statement, 32);
	}
	if (seals->n == 0 || (a->n > 0 && seals->n != (size_t)a->n))
		return cm_err_set(&h->err, CM_E_NOTFOUND, "no such exhibit; `comity show exhibits' lists them");
	return CM_OK;
}

static CM_RESULT
state(struct handover *h, const struct cm_args *a, struct cm_case_stated *out)
{
	struct cm_case_draft d = { .type = CM_PREDICATE_CUSTODY, .made = cm_clock_now(), .body = write_body,
		.arg = h };
	char now[CM_RFC3339_LEN + 1];
	int64_t when;
	enum cm_result rc = choose(h, a);

	if (rc != CM_OK)
		return rc;
	cm_rfc3339_format(d.made, now);
	if (h->at != NULL && cm_rfc3339_parse(cm_span_str(h->at), &when) != CM_OK)
		return cm_err_set(&h->err, CM_E_USAGE, "--at is a time like %s", now);
	h->custody.at.text = h->at != NULL ? h->at : now;
	h->custody.from.text = h->from != NULL ? h->from : cm_case_self(h->c)->name;
	h->custody.to_whom.text = h->to;
	h->custody.how.text = h->how;
	d.subject = h->subject;
	d.n_subject = h->custody.seals.n;
	rc = cm_random(d.nonce, sizeof(d.nonce));
	if (rc == CM_OK)
		rc = cm_case_keyring(h->c, a->ctx->agent, &h->keyring, &h->err);
	return rc == CM_OK ? cm_case_state(h->c, &h->keyring.signer, &d, out, &h->err) : rc;
}

/* What was stated, and where it stands. */
static enum cm_exit
print_json(const struct handover *h, const struct cm_context *ctx, const struct cm_case_stated *stated)
{
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);
	enum cm_exit code = CM_EXIT_OK;

	cm_jsonw_object(&w);
	cm_jsonw_kuint(&w, "number", stated->number);
	cm_jsonw_khex(&w, "statement", cm_span_of(stated->digest, 32));
	cm_custody_write(&w, &h->custody);
	cm_jsonw_object_end(&w);
	cm_buf_add_str(&b, "\n");
	if (cm_buf_ok(&b)) {
		fwrite(b.ptr, 1, b.len, ctx->out);
	} else {
		cm_cli_say(ctx, "it is stated, but there is no memory to print it");
		code = CM_EXIT_CANNOT;
	}
	cm_buf_release(&b);
	return code;
}

static enum cm_exit
hand_over(struct handover *h, const struct cm_args *a)
{
	struct cm_case_stated stated;
	char hex[65] = { 0 };
	enum cm_exit code;
	enum cm_result rc;

	if (!cm_cli_case(a->ctx, &h->c, &code))
		return code;
	rc = state(h, a, &stated);
	if (rc == CM_E_USAGE)
		return cm_cli_usage(a->ctx, &cm_command_handover, "%s", h->err.text);
	if (rc != CM_OK) {
		(void)cm_err_set(&h->err, rc, "nothing was stated: %s", cm_result_word(rc));
		(void)cm_cli_error(a->ctx, NULL, &h->err, NULL);
		return CM_EXIT_CANNOT;
	}
	code = cm_cli_publish_usual(a->ctx, h->c, true);
	if (h->json)
		return print_json(h, a->ctx, &stated) == CM_EXIT_OK ? code : CM_EXIT_CANNOT;
	cm_hex_encode(cm_span_of(stated.digest, 32), hex);
	fprintf(a->ctx->out, "Stated as number %llu: %zu exhibit%s handed to ", (unsigned long long)stated.number,
	    h->custody.seals.n, h->custody.seals.n == 1 ? "" : "s");
	cm_cli_text(a->ctx->out, cm_span_str(h->to));
	fprintf(a->ctx->out, "\n%s\n", hex);
	return code;
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_handover, argc, argv, ctx);
	struct handover h = { 0 };
	enum cm_exit code;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END)
		if (!take_option(&h, &a, id))
			return CM_EXIT_USAGE;
	if (h.to == NULL || h.how == NULL)
		return cm_cli_usage(ctx, &cm_command_handover, "--to and --how are needed");
	cm_arena_init(&h.arena, 0);
	code = hand_over(&h, &a);
	cm_keyring_close(&h.keyring);
	cm_case_close(h.c);
	cm_arena_fini(&h.arena);
	return code;
}

const struct cm_command cm_command_handover = {
	.name = "handover",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "States that exhibits were handed to somebody",
	.operands = "[EXHIBIT]...",
	.options = options,
	.more = "EXHIBIT is a number as `comity show exhibits' lists them; without one all are meant.\n"
		"The statement goes into every dossier that shows one of them, and its report prints\n"
		"the chain.  Only what is claimed is stated: no file is moved.\n"
		"\n"
		"Exits 0 when stated, 2 for wrong use, 3 if it could not.\n",
};
