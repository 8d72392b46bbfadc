/* A receipt from others: an error, or the one spelling of what it says; it proves that "entry" is
 * in the log A, or does not. */
#include "../../unit/log/made.h"
#include "fuzz.h"
#include "log/receipt.h"

static void
check_receipt(const struct cm_receipt *p, struct cm_arena *arena)
{
	const struct made_key log = made_key("A", CM_NOTE_ED25519, 1);
	struct cm_checkpoint c;
	struct cm_note n;
	enum cm_result r = cm_receipt_check(p, cm_span_str("entry"), &log.v, arena, &c, &n, NULL);

	must(r == CM_OK || r == CM_E_REFUSED || r == CM_E_NOTFOUND);
	if (r == CM_OK)
		must(p->index < c.size && n.n > 0);
	/* One leaf is not two entries. */
	if (r == CM_OK)
		must(cm_receipt_check(p, cm_span_str("other"), &log.v, arena, &c, NULL, NULL) ==
		     CM_E_REFUSED);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_buf again = { 0 };
	struct cm_err err = { 0 };
	struct cm_arena arena;
	struct cm_receipt p;
	enum cm_result r;

	cm_arena_init(&arena, (size_t)4 << 20);
	r = cm_receipt_parse(cm_span_of(data, size), &arena, &p, &err);
	must(err.code == r && (!err.has_offset || err.offset <= size));
	if (r == CM_OK) {
		must(p.index <= INT64_MAX && p.proof.n <= CM_PROOF_MAX);
		cm_receipt_write(&p, &again);
		must(cm_span_eq(cm_buf_span(&again), cm_span_of(data, size)));
		check_receipt(&p, &arena);
	}
	cm_buf_release(&again);
	cm_arena_fini(&arena);
	return 0;
}
