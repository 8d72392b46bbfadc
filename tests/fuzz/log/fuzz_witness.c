/* A request to a witness: an error, or the one spelling of what it asks, and a ruling that never
 * cosigns what is not signed or does not follow.  The same bytes are also read as an answer. */
#include <string.h>

#include "../../unit/log/made.h"
#include "fuzz.h"
#include "log/witness.h"

static void
check_ruling(const struct cm_witness_request *q, const struct cm_vkey *log,
    const struct cm_witness_held *held)
{
	struct cm_witness_ruling out = { 0 };

	if (cm_witness_rule(q, log, held, &out, NULL) != CM_OK) {
		must(false);
		return;
	}
	must(out.status == 200 || out.status == 400 || out.status == 403 || out.status == 404 ||
	     out.status == 409 || out.status == 422);
	must(out.stored == held->size && out.reason != NULL);
	must(!out.fork || (out.status != 200 && q->checkpoint.size == held->size));
	if (out.status == 409)
		must(q->old != held->size);
	if (out.status == 200 || out.fork)
		must(cm_note_verify(&q->note, log, NULL) == CM_OK);
	if (out.status == 200)
		must(q->old == held->size && q->checkpoint.size >= held->size);
}

static void
check_request(const struct cm_witness_request *q, struct cm_span whole)
{
	const struct made_key log = made_key("A", CM_NOTE_ED25519, 1);
	struct cm_witness_held held = { .size = q->old };
	struct cm_witness_ruling out;
	struct cm_buf again = { 0 };

	must(q->old <= INT64_MAX && q->proof.n <= CM_PROOF_MAX);
	cm_witness_request_write(q->old, &q->proof, q->note_bytes, &again);
	must(cm_span_eq(cm_buf_span(&again), whole));
	cm_buf_release(&again);
	if (q->proof.n > 0)
		memcpy(held.root, q->proof.hash[0], sizeof(held.root));
	check_ruling(q, &log.v, &held);
	memcpy(held.root, q->checkpoint.root, sizeof(held.root));
	check_ruling(q, &log.v, &held);
	held.size = q->checkpoint.size;
	check_ruling(q, &log.v, &held);
	held.root[0] ^= 1;
	check_ruling(q, &log.v, &held);
	must(cm_witness_rule(q, NULL, &held, &out, NULL) == CM_OK && out.status == 404);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_span in = cm_span_of(data, size);
	struct cm_witness_request q;
	struct cm_err err = { 0 };
	struct cm_arena arena;
	uint64_t stored = 0;
	enum cm_result r;

	cm_arena_init(&arena, (size_t)4 << 20);
	r = cm_witness_request_parse(in, &arena, &q, &err);
	must(err.code == r && (!err.has_offset || err.offset <= size));
	if (r == CM_OK)
		check_request(&q, in);
	must((cm_witness_answer_of(200, in, &stored) == CM_WITNESS_COSIGNED) ==
	     cm_note_lines_ok(in));
	if (cm_witness_answer_of(409, in, &stored) == CM_WITNESS_OTHER_SIZE)
		must(stored <= INT64_MAX && size <= 20);
	cm_arena_fini(&arena);
	return 0;
}
