/* `comity verify' of the dossier of a fork. */
#include <inttypes.h>
#include <string.h>

#include "base/hex.h"
#include "cli/keys.h"
#include "cli/verify.h"
#include "dossier/fork.h"

static enum cm_exit
say_no(const struct cm_verify_fork *in, const struct cm_err *err)
{
	bool no = err->code == CM_E_REFUSED || err->code == CM_E_NOTFOUND;
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);

	if (!no && err->code != CM_E_MALFORMED && err->code != CM_E_UNSUPPORTED && err->code != CM_E_LIMIT)
		return cm_cli_error(in->ctx, NULL, err, NULL);
	if (in->json) {
		cm_jsonw_object(&w);
		cm_jsonw_kstr(&w, "verdict", no ? "refused" : "malformed");
		cm_jsonw_kstr(&w, "line", err->text);
		cm_jsonw_object_end(&w);
		if (cm_cli_json(in->ctx, &b) != CM_EXIT_OK)
			return CM_EXIT_CANNOT;
	} else {
		fprintf(in->ctx->out, "%s: ", no ? "REFUSED" : "MALFORMED");
		cm_cli_text(in->ctx->out, cm_span_str(err->text));
		fputc('\n', in->ctx->out);
	}
	return no ? CM_EXIT_REFUSED : CM_EXIT_MALFORMED;
}

static void
put_checkpoint(const struct cm_verify_fork *in, const struct cm_checkpoint *c)
{
	char hex[65] = { 0 };

	cm_hex_encode(cm_span_of(c->root, 32), hex);
	fprintf(in->ctx->out, "  %12" PRIu64 " entries, root %s\n", c->size, hex);
}

static enum cm_exit
print_text(const struct cm_verify_fork *in, const struct cm_fork *f, const struct cm_forked *k, bool known)
{
	char fingerprint[CM_FINGERPRINT_LEN + 1];

	cm_cli_fingerprint(f->key.key, fingerprint);
	fprintf(in->ctx->out, known ? "HOLDS: the log " : "PARTLY: the key below, for the log ");
	cm_cli_text(in->ctx->out, cm_span_str(k->small.origin));
	fprintf(in->ctx->out, known ? " signed two histories:\n" : ", signed two histories:\n");
	put_checkpoint(in, &k->small);
	put_checkpoint(in, &k->large);
	fprintf(in->ctx->out, "by the key %s%s\n", fingerprint,
	    known ? ", which your trust file has for it" : ", which your trust file does not have: compare it");
	fprintf(in->ctx->out, "This does not say which of them is true, nor who holds the key now.\n");
	return known ? CM_EXIT_OK : CM_EXIT_PARTLY;
}

static enum cm_exit
print_json(const struct cm_verify_fork *in, const struct cm_fork *f, const struct cm_forked *k, bool known)
{
	const struct cm_checkpoint *both[2] = { &k->small, &k->large };
	char fingerprint[CM_FINGERPRINT_LEN + 1];
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);
	enum cm_exit code;
	size_t i;

	cm_cli_fingerprint(f->key.key, fingerprint);
	cm_jsonw_object(&w);
	cm_jsonw_kstr(&w, "verdict", known ? "holds" : "unknown key");
	cm_jsonw_kstr(&w, "kind", "fork");
	cm_jsonw_kstr(&w, "origin", k->small.origin);
	cm_jsonw_kstr(&w, "fingerprint", fingerprint);
	cm_jsonw_kbool(&w, "known", known);
	cm_jsonw_key(&w, "checkpoints");
	cm_jsonw_array(&w);
	for (i = 0; i < 2; i++) {
		cm_jsonw_object(&w);
		cm_jsonw_kuint(&w, "size", both[i]->size);
		cm_jsonw_khex(&w, "root", cm_span_of(both[i]->root, 32));
		cm_jsonw_object_end(&w);
	}
	cm_jsonw_array_end(&w);
	cm_jsonw_object_end(&w);
	code = cm_cli_json(in->ctx, &b);
	return code != CM_EXIT_OK ? code : known ? CM_EXIT_OK : CM_EXIT_PARTLY;
}

bool
cm_verify_fork(const struct cm_verify_fork *in, enum cm_exit *code)
{
	const struct cm_policy_log *log;
	struct cm_err err = { 0 };
	struct cm_arena arena;
	struct cm_forked k;
	struct cm_fork f;
	enum cm_result r;
	bool known;

	cm_arena_init(&arena, 0);
	r = cm_fork_unpack(in->file, &arena, &f, &err);
	if (r == CM_OK) {
		r = cm_fork_check(&f, &arena, &k, &err);
		log = in->policy != NULL ? cm_policy_find_log(in->policy, f.key.name) : NULL;
		known = log != NULL && memcmp(log->key.key, f.key.key, 32) == 0;
		*code = r != CM_OK ? say_no(in, &err)
		    : in->json	   ? print_json(in, &f, &k, known)
				   : print_text(in, &f, &k, known);
		cm_arena_fini(&arena);
		return true;
	}
	cm_arena_fini(&arena);
	/* Another dossier, or none at all: whoever reads those says so. */
	return false;
}
