#include <inttypes.h>

#include "crypto/ed25519.h"
#include "log/checkpoint.h"
#include "log/cosignature.h"

/* The bytes that are signed. */
static void
put_message(struct cm_span text, uint64_t time, struct cm_buf *out)
{
	cm_buf_printf(out, CM_COSIGNATURE_HEAD "time %" PRIu64 "\n", time);
	cm_buf_add_span(out, text);
}

static enum cm_result
sign(struct cm_span text, const uint8_t seed[32], uint64_t time, uint8_t out[CM_COSIGNATURE_LEN])
{
	struct cm_buf message = { 0 };
	enum cm_result r = CM_E_NOMEM;

	put_message(text, time, &message);
	cm_put64(out, time);
	if (cm_buf_ok(&message))
		r = cm_ed25519_sign(seed, cm_buf_span(&message), out + 8);
	cm_buf_release(&message);
	return r;
}

enum cm_result
cm_cosign(struct cm_span text, const struct cm_vkey *key, const uint8_t seed[32], uint64_t time,
    struct cm_buf *out, struct cm_err *err)
{
	uint8_t signature[CM_COSIGNATURE_LEN];
	struct cm_checkpoint c;

	if (key->type != CM_NOTE_COSIGNATURE)
		return cm_err_set(err, CM_E_USAGE, "%s is no key of a cosigner", key->name);
	if (time == 0 || time > INT64_MAX)
		return cm_err_set(err, CM_E_USAGE, "no time to cosign at: %" PRIu64, time);
	if (cm_checkpoint_parse(text, &c, NULL) != CM_OK)
		return cm_err_set(err, CM_E_USAGE, "only checkpoints are cosigned");
	if (sign(text, seed, time, signature) != CM_OK)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	cm_note_put_line(key, cm_span_of(signature, sizeof(signature)), out);
	return cm_buf_ok(out) ? CM_OK : cm_err_set(err, CM_E_NOMEM, "out of memory");
}

static enum cm_result
check(struct cm_span text, const struct cm_note_signature *s, const struct cm_vkey *key,
    uint64_t *time)
{
	struct cm_buf message = { 0 };
	enum cm_result r = CM_E_NOMEM;

	if (s->bytes.len != CM_COSIGNATURE_LEN)
		return CM_E_REFUSED;
	*time = cm_get64(s->bytes.ptr);
	if (*time == 0 || *time > INT64_MAX)
		return CM_E_REFUSED;
	put_message(text, *time, &message);
	if (cm_buf_ok(&message))
		r = cm_ed25519_verify(key->key, cm_buf_span(&message), s->bytes.ptr + 8);
	cm_buf_release(&message);
	return r;
}

enum cm_result
cm_cosignature_times(const struct cm_note *n, const struct cm_vkey *key, uint64_t *earliest,
    uint64_t *latest, struct cm_err *err)
{
	uint64_t first = UINT64_MAX, last = 0, time = 0;
	enum cm_result r;

	if (key->type != CM_NOTE_COSIGNATURE)
		return cm_err_set(err, CM_E_USAGE, "%s is no key of a cosigner", key->name);
	for (size_t i = 0; i < n->n; i++) {
		if (!cm_note_is_of(&n->signature[i], key))
			continue;
		r = check(n->text, &n->signature[i], key, &time);
		if (r != CM_OK)
			return cm_err_set(err, r,
			    r == CM_E_REFUSED ? "the cosignature of %s does not hold"
					      : "the cosignature of %s: out of memory",
			    key->name);
		first = time < first ? time : first;
		last = time > last ? time : last;
	}
	if (last == 0)
		return cm_err_set(
		    err, CM_E_NOTFOUND, "no cosignature of %s+%08" PRIx32, key->name, key->id);
	*earliest = first;
	*latest = last;
	return CM_OK;
}

enum cm_result
cm_cosignature_verify(
    const struct cm_note *n, const struct cm_vkey *key, uint64_t *time, struct cm_err *err)
{
	uint64_t earliest;

	return cm_cosignature_times(n, key, &earliest, time, err);
}
