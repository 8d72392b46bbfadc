/* Any bytes as the receipt of a statement: refused, or it says what the log and the witnesses signed. */
#include <string.h>

#include "dossier/logged.h"
#include "fuzz.h"

/* The keys are a test's; the one receipt that they signed is in the corpus. */
static const char trust[] =
    "log log.example/a+1c873df7+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs\n"
    "witness w1 w1.example+b212e3f5+BNYvAWoe/R5P33k+tCzYRHHhup8M8E0Sh7XMcfYWKHy4\n"
    "witness w2 w2.example+0a3e4ff2+BDS02QQxVsttzwvrCilJt1WclA0ry22+jFOpswJ446dG\n"
    "witness w3 w3.example+418d0384+BBKkFZLIt8F9QFnnspth6P+Wx0FfL4AzSPLwF+BbnqHa\n"
    "group some 2 w1 w2 w3\n"
    "quorum some\n";

static void
check(const struct cm_logged *l)
{
	if (l->how < CM_LOGGED_FEW)
		return;
	must(strcmp(l->origin, "log.example/a") == 0 && l->index == 1 && l->size == 3);
	must(l->n_witnesses <= 2 && (l->how == CM_LOGGED_ENOUGH) == (l->n_witnesses == 2));
	must(l->not_later == (l->how == CM_LOGGED_ENOUGH ? 1750000200 : 0));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_zip_entry file[] = { { cm_span_str("seal-1.json"), cm_span_str("a statement") },
		{ cm_span_str("seal-1.json.sig"), cm_span_str("its signature") },
		{ cm_span_str("seal-1.tlog-proof"), cm_span_of(data, size) } };
	struct cm_zip zip = { file, 3, NULL };
	struct cm_loaded_part part = { .name = "seal-1.json",
		.doc.head.by = "SHA256:7J+GzKPJnSOosis/xTFYzn3FD4IIbfNtYl56++SKP6A" };
	struct cm_policy policy = { 0 };
	struct cm_logged_in in = { .zip = &zip, .part = &part, .n = 1, .policy = &policy };
	struct cm_logged out;
	struct cm_arena arena;
	struct cm_err err = { 0 };
	const char *at;
	enum cm_result rc;

	cm_arena_init(&arena, (size_t)16 << 20);
	rc = cm_policy_parse(cm_span_str(trust), &arena, &policy, &err);
	must(rc == CM_OK);
	if (rc == CM_OK)
		rc = cm_logged_check(&in, &arena, &out, &at, &err);
	if (rc == CM_OK)
		check(&out);
	else
		must(err.code == rc && err.text[0] != 0);
	cm_arena_fini(&arena);
	return 0;
}
