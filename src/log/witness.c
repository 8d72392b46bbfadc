#include <inttypes.h>
#include <string.h>

#include "log/lines.h"
#include "log/witness.h"

enum cm_result
cm_witness_request_parse(
    struct cm_span body, struct cm_arena *arena, struct cm_witness_request *out, struct cm_err *err)
{
	struct cm_lines l = { .in = body };
	struct cm_witness_request q = { 0 };
	enum cm_result r;

	if (body.len > CM_WITNESS_REQUEST_BYTES)
		return cm_err_set(err, CM_E_LIMIT, "a request of %zu bytes; at most %zu", body.len,
		    CM_WITNESS_REQUEST_BYTES);
	r = cm_lines_number(&l, "old", &q.old, err);
	if (r == CM_OK)
		r = cm_lines_proof(&l, &q.proof, err);
	if (r != CM_OK)
		return r;
	q.note_bytes = cm_span_part(body, l.at, body.len);
	r = cm_checkpoint_read(q.note_bytes, l.at, arena, &q.checkpoint, &q.note, err);
	if (r == CM_OK)
		*out = q;
	return r;
}

void
cm_witness_request_write(
    uint64_t old, const struct cm_proof *proof, struct cm_span note, struct cm_buf *out)
{
	cm_buf_printf(out, "old %" PRIu64 "\n", old);
	cm_lines_put_proof(proof, out);
	cm_buf_add_span(out, note);
}

static struct cm_witness_ruling
ruling(int status, const struct cm_witness_held *held, const char *reason)
{
	return (
	    struct cm_witness_ruling) { .status = status, .stored = held->size, .reason = reason };
}

/* Does the checkpoint follow from what is held?  `old` is the size held. */
static struct cm_witness_ruling
rule_growth(const struct cm_witness_request *r, const struct cm_witness_held *held)
{
	const struct cm_checkpoint *c = &r->checkpoint;
	uint8_t none[CM_SHA256_LEN];
	const uint8_t *root = held->root;

	cm_sha256(NULL, 0, none);
	if (held->size == 0)
		root = none;
	if (c->size == 0 && memcmp(c->root, none, sizeof(none)) != 0)
		return ruling(422, held, "the root of an empty tree is the hash of nothing");
	if (c->size == held->size && memcmp(c->root, root, sizeof(none)) != 0)
		return ruling(
		    422, held, "a checkpoint of this size with another root was cosigned");
	if (cm_proof_check_consistency(held->size, root, c->size, c->root, &r->proof) != CM_OK)
		return ruling(422, held, "the consistency proof does not hold");
	return ruling(200, held, "cosigned");
}

static struct cm_witness_ruling
rule_signed(const struct cm_witness_request *r, const struct cm_witness_held *held)
{
	const struct cm_checkpoint *c = &r->checkpoint;
	struct cm_witness_ruling out;

	if (r->old > c->size)
		out = ruling(400, held, "the old size is beyond that of the checkpoint");
	else if (r->old != held->size)
		out = ruling(409, held, "the old size is not that of the checkpoint cosigned last");
	else
		out = rule_growth(r, held);
	/* Two notes are enough to show it, whatever else was asked. */
	out.fork = held->size != 0 && c->size == held->size &&
		   memcmp(c->root, held->root, sizeof(held->root)) != 0;
	return out;
}

enum cm_result
cm_witness_rule(const struct cm_witness_request *r, const struct cm_vkey *key,
    const struct cm_witness_held *held, struct cm_witness_ruling *out, struct cm_err *err)
{
	struct cm_err inner = { 0 };
	enum cm_result code;

	if (key == NULL || strcmp(key->name, r->checkpoint.origin) != 0) {
		*out = ruling(404, held, "the log is not known here");
		return CM_OK;
	}
	code = cm_note_verify(&r->note, key, &inner);
	if (code == CM_OK)
		*out = rule_signed(r, held);
	else if (code == CM_E_NOTFOUND)
		*out = ruling(403, held, "not signed by the key that is known of this log");
	else if (code == CM_E_REFUSED)
		*out = ruling(403, held, "the signature of the log does not hold");
	else
		return cm_err_set(err, code, "%s", inner.text);
	return CM_OK;
}

/* "<size>\n", as a 409 has it. */
static bool
read_size(struct cm_span body, uint64_t *out)
{
	struct cm_lines l = { .in = body };
	uint64_t size;

	if (cm_lines_number(&l, NULL, &size, NULL) != CM_OK || l.at != body.len)
		return false;
	*out = size;
	return true;
}

enum cm_witness_answer
cm_witness_answer_of(int status, struct cm_span body, uint64_t *stored)
{
	switch (status) {
	case 200:
		return cm_note_lines_ok(body) ? CM_WITNESS_COSIGNED : CM_WITNESS_NONSENSE;
	case 409:
		return read_size(body, stored) ? CM_WITNESS_OTHER_SIZE : CM_WITNESS_NONSENSE;
	case 404:
		return CM_WITNESS_UNKNOWN;
	case 429:
	case 503:
		return CM_WITNESS_PUSHBACK;
	case 400:
	case 403:
	case 422:
		return CM_WITNESS_REFUSED;
	default:
		return CM_WITNESS_NONSENSE;
	}
}
