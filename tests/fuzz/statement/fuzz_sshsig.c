/* A signature from others: an error, or the one spelling of what it says. */
#include "fuzz.h"
#include "statement/sshsig.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_buf again = { 0 };
	struct cm_err err = { 0 };
	struct cm_sshsig s;
	enum cm_result r = cm_sshsig_parse(cm_span_of(data, size), &s, &err);

	if (r != CM_OK) {
		must(r == CM_E_NOMEM || err.code == r);
		return 0;
	}
	cm_sshsig_write(&s, &again);
	must(cm_span_eq(cm_buf_span(&again), cm_span_of(data, size)));
	/* Whatever it signs, it is not its own armour. */
	must(cm_sshsig_verify(&s, cm_buf_span(&again), NULL) == CM_E_REFUSED);
	cm_buf_release(&again);
	return 0;
}
