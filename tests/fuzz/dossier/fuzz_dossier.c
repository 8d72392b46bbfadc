/* The verifier over any bytes: it says no, or it says why it holds. */
#include "dossier/load.h"
#include "dossier/verify.h"
#include "fuzz.h"

/* The log and the witnesses of the receipts in lines-logged; their keys are a test's. */
static const char trust[] =
    "# of a test\n"
    "log log.example/a+1c873df7+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs\n"
    "witness w1 w1.example+b212e3f5+BNYvAWoe/R5P33k+tCzYRHHhup8M8E0Sh7XMcfYWKHy4\n"
    "witness w2 w2.example+0a3e4ff2+BDS02QQxVsttzwvrCilJt1WclA0ry22+jFOpswJ446dG\n"
    "witness w3 w3.example+418d0384+BBKkFZLIt8F9QFnnspth6P+Wx0FfL4AzSPLwF+BbnqHa\n"
    "group some 2 w1 w2 w3\n"
    "quorum some\n";

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_verify_in in = { .dossier = cm_span_of(data, size) };
	struct cm_verified out = { 0 };
	struct cm_arena arena;
	struct cm_loaded held = { .arena = &arena };
	struct cm_policy policy = { 0 };
	struct cm_err err = { 0 };
	struct cm_buf report = { 0 };
	enum cm_result rc;

	cm_arena_init(&arena, (size_t)64 << 20);
	rc = cm_policy_parse(cm_span_str(trust), &arena, &policy, NULL);
	must(rc == CM_OK);
	if (rc == CM_OK)
		in.policy = &policy;
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
