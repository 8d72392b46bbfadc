/* Signatures of many over one file: an error, or those that, one after another, are the file. */
#include <string.h>

#include "fuzz.h"
#include "statement/sigs.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_span text = cm_span_of(data, size);
	struct cm_buf again = { 0 };
	struct cm_err err = { 0 };
	struct cm_sigs s = { 0 };
	struct cm_arena a;
	enum cm_result r;

	cm_arena_init(&a, (size_t)16 << 20);
	r = cm_sigs_read(text, &a, &s, &err);
	if (r != CM_OK)
		must(r == CM_E_NOMEM || err.text[0] != '\0');
	for (size_t i = 0; r == CM_OK && i < s.n; i++) {
		cm_sshsig_write(&s.item[i].sig, &again);
		must(i == 0 || strcmp(s.item[i - 1].by.text, s.item[i].by.text) < 0);
		must(cm_sigs_of(&s, s.item[i].by.text) == &s.item[i]);
	}
	if (r == CM_OK)
		must(cm_span_eq(cm_buf_span(&again), text));
	/* Whatever they sign, it is not themselves. */
	if (r == CM_OK && s.n > 0)
		must(cm_sigs_verify(&s, text, NULL) != CM_OK);
	cm_buf_release(&again);
	cm_arena_fini(&a);
	return 0;
}
