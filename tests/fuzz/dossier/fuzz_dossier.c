/* The verifier over any bytes: it says no, or it says why it holds. */
#include "dossier/load.h"
#include "dossier/verify.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_verify_in in = { .dossier = cm_span_of(data, size) };
	struct cm_verified out = { 0 };
	struct cm_arena arena;
	struct cm_loaded held = { .arena = &arena };
	struct cm_err err = { 0 };
	struct cm_buf report = { 0 };
	enum cm_result rc;

	cm_arena_init(&arena, (size_t)64 << 20);
	rc = cm_verify(&in, &held, &out, &err);
	if (rc == CM_OK) {
		/* nobody is known here */
		must(out.end == CM_VERIFY_REFUSED && out.line != NULL && out.n_signers > 0);
		rc = cm_verify_report(&out, &report);
		must(rc == CM_OK || rc == CM_E_NOMEM);
	} else {
		must(err.text[0] != '\0');
	}
	cm_buf_release(&report);
	cm_verify_release(&held);
	cm_arena_fini(&arena);
	return 0;
}
