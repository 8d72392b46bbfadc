#include "cli/assess_state.h"

#include <inttypes.h>
#include <string.h>

#include "assess/compare.h"
#include "cli/case.h"
#include "cli/publish.h"
#include "cli/state_seal.h"
#include "cli/verify.h"
#include "statement/comparison_v1.h"

struct stating {
	struct cm_comparison_v1 v;
	struct cm_subject subject[2];
	struct cm_case *c;
	const char *agent;
	struct cm_keyring keyring;
	struct cm_arena arena;
	struct cm_err err;
};

static void
write_body(void *arg, struct cm_jsonw *w)
{
	cm_comparison_v1_write(w, &((struct stating *)arg)->v);
}

static CM_RESULT
read_said(struct stating *s, struct cm_span said)
{
	struct cm_span text = cm_span_part(said, 64, said.len);
	char *result = cm_arena_alloc(&s->arena, text.len + 1);

	if (said.len <= 64)
		return cm_err_set(&s->err, CM_E_MALFORMED, "the confined reader's answer makes no sense");
	if (result == NULL)
		return cm_err_set(&s->err, CM_E_NOMEM, "out of memory");
	memcpy(result, text.ptr, text.len);
	s->subject[0] = cm_comparison_v1_subject(said.ptr);
	s->subject[1] = cm_comparison_v1_subject(said.ptr + 32);
	s->v = (struct cm_comparison_v1) { .engine = CM_COMPARISON_NAME, .version = CM_ASSESS_COMPARE_VERSION, .result = result };
	return cm_cli_source(s->v.source);
}

static CM_RESULT
state(struct stating *s, struct cm_case_stated *out)
{
	struct cm_case_draft d = { .type = CM_PREDICATE_COMPARISON, .subject = s->subject, .n_subject = 2, .body = write_body, .arg = s };
	struct cm_stating stating = { .c = s->c, .signer = &s->keyring.signer };
	enum cm_result rc = cm_case_keyring(s->c, s->agent, &s->keyring, &s->err);

	if (rc == CM_OK)
		rc = cm_case_begin(s->c, &s->err);
	if (rc != CM_OK)
		return rc;
	rc = cm_state(&stating, &d, out, &s->err);
	if (rc == CM_OK)
		return cm_case_commit(s->c, &s->err);
	cm_case_rollback(s->c);
	return rc;
}

static enum cm_exit
keep(struct stating *s, const struct cm_context *ctx, bool quiet)
{
	struct cm_case_stated stated;
	struct cm_buf hex = { 0 };

	if (state(s, &stated) != CM_OK) {
		(void)cm_cli_error(ctx, NULL, &s->err, "nothing was stated");
		return CM_EXIT_CANNOT;
	}
	cm_buf_add_hex(&hex, cm_span_of(stated.digest, 32));
	cm_cli_say(ctx, "statement %" PRIu64 ", a comparison: %s", stated.number, cm_buf_cstr(&hex) != NULL ? cm_buf_cstr(&hex) : "");
	cm_buf_release(&hex);
	return cm_cli_publish_usual(ctx, s->c, quiet);
}

enum cm_exit
cm_assess_state(const struct cm_context *ctx, struct cm_span said, bool quiet)
{
	struct stating s = { .agent = ctx->agent };
	enum cm_exit code = CM_EXIT_OK;

	cm_arena_init(&s.arena, 0);
	if (cm_cli_case(ctx, &s.c, &code)) {
		if (read_said(&s, said) == CM_OK)
			code = keep(&s, ctx, quiet);
		else
			code = cm_cli_error(ctx, NULL, &s.err, "nothing was stated");
	}
	cm_keyring_close(&s.keyring);
	cm_case_close(s.c);
	cm_arena_fini(&s.arena);
	return code;
}
