#include <string.h>

#include "age/armor.h"
#include "age/decrypt.h"
#include "age/stream.h"
#include "age/wrap.h"
#include "crypto/hkdf.h"

bool
cm_age_is(struct cm_span head)
{
	return cm_age_header_is(head) || cm_age_armor_is(head);
}

static enum cm_result
nobody(const struct cm_age_header *h, const struct cm_age_decrypt *in, struct cm_err *err)
{
	struct cm_buf whom = { 0 };
	const char *text;
	enum cm_result r;

	cm_age_header_whom(h, &whom);
	text = cm_buf_cstr(&whom);
	r = cm_err_set(err, text != NULL ? CM_E_NOTFOUND : CM_E_NOMEM,
	    "encrypted to %s, none of which is %s", text != NULL ? text : "others",
	    in->n == 0 ? "known here: there is no key" : in->n == 1 ? "the one key here" : "one of the keys here");
	cm_buf_release(&whom);
	return r;
}

/* Looks for a stanza that an identity opens. */
static enum cm_result
find_key(const struct cm_age_header *h, const struct cm_age_decrypt *in, uint8_t file_key[CM_AGE_FILE_KEY],
    size_t *which, struct cm_err *err)
{
	struct cm_age_stanza s;
	size_t at = 0;

	while (cm_age_header_next(h, &at, &s)) {
		for (size_t i = 0; i < in->n; i++) {
			enum cm_result r = cm_age_unwrap(&in->identity[i], &s, file_key, err);

			*which = i;
			if (r != CM_E_NOTFOUND)
				return r;
		}
	}
	return nobody(h, in, err);
}

/* Reads the header; ${*len} of it; gives the file key when its MAC has been checked. */
static enum cm_result
open_header(const struct cm_age_decrypt *in, uint8_t file_key[CM_AGE_FILE_KEY], uint64_t *len, size_t *which,
    struct cm_err *err)
{
	struct cm_age_header h;
	struct cm_span file;
	uint8_t mac[32];
	enum cm_result r = in->in.fill(in->in.arg, 0, CM_AGE_HEADER_BYTES, &file, err);

	if (r == CM_OK)
		r = cm_age_header_read(file, &h, err);
	if (r == CM_OK)
		r = find_key(&h, in, file_key, which, err);
	if (r != CM_OK)
		return r;
	*len = h.len;
	cm_age_mac(file_key, h.text, mac);
	if (!cm_same_secret(mac, h.mac, sizeof(mac)))
		return cm_err_at(err, CM_E_REFUSED, h.text.len, "the header is not as it was made: its MAC is not right");
	return CM_OK;
}

/* A payload on its way. */
struct payload {
	struct cm_age_stream s;
	uint64_t at;   /* of the box that is looked at */
	uint8_t *room; /* for a chunk */
};

#define CUT "the file ends here without its last chunk: it was cut"

/* A box that does not open: why. */
static enum cm_result
not_opened(struct payload *p, struct cm_span box, bool last, struct cm_err *err)
{
	enum cm_result r = cm_age_stream_open(&p->s, box, !last, p->room);

	if (r == CM_OK && last)
		return cm_err_at(err, CM_E_REFUSED, p->at + box.len, CUT);
	if (r == CM_OK)
		return cm_err_at(err, CM_E_REFUSED, p->at + box.len, "something stands behind the last chunk");
	if (r != CM_E_REFUSED)
		return r;
	return cm_err_at(
	    err, r, p->at, "the chunk here is not as it was made: changed%s", last ? ", or cut short" : "");
}

static enum cm_result
open_chunk(struct payload *p, struct cm_span box, bool last, struct cm_err *err)
{
	bool first = p->s.chunk == 0;
	enum cm_result r;

	if (box.len < CM_CHACHA_TAG)
		return cm_err_at(err, CM_E_REFUSED, p->at + box.len, CUT);
	r = cm_age_stream_open(&p->s, box, last, p->room);
	if (r == CM_E_REFUSED)
		return not_opened(p, box, last, err);
	if (r == CM_OK && box.len == CM_CHACHA_TAG && !first)
		r = cm_err_at(err, CM_E_REFUSED, p->at, "an empty last chunk, which no honest sender makes");
	return r;
}

static enum cm_result
open_payload(const struct cm_age_decrypt *in, struct payload *p, struct cm_err *err)
{
	struct cm_span box;
	bool last = false;
	enum cm_result r = CM_OK;

	while (r == CM_OK && !last) {
		r = in->in.fill(in->in.arg, p->at, CM_AGE_BOX + 1, &box, err);
		if (r != CM_OK)
			return r;
		last = box.len <= CM_AGE_BOX;
		box = cm_span_part(box, 0, CM_AGE_BOX);
		r = open_chunk(p, box, last, err);
		if (r == CM_OK)
			r = cm_sink_write(in->out, p->room, box.len - CM_CHACHA_TAG);
		p->at += box.len;
	}
	return r;
}

static enum cm_result
decrypt(const struct cm_age_decrypt *in, uint8_t *room, struct cm_age_decrypted *out, struct cm_err *err)
{
	uint8_t file_key[CM_AGE_FILE_KEY];
	struct payload p = { .room = room };
	struct cm_span nonce;
	enum cm_result r = open_header(in, file_key, &p.at, &out->which, err);

	if (r == CM_OK)
		r = in->in.fill(in->in.arg, p.at, CM_AGE_NONCE, &nonce, err);
	if (r == CM_OK && nonce.len < CM_AGE_NONCE)
		r = cm_err_at(err, CM_E_REFUSED, p.at + nonce.len, "the file ends here, behind its header: it was cut");
	if (r == CM_OK) {
		p.s = cm_age_stream_of(file_key, nonce.ptr);
		p.at += CM_AGE_NONCE;
		r = open_payload(in, &p, err);
	}
	explicit_bzero(file_key, sizeof(file_key));
	cm_age_stream_wipe(&p.s);
	return r;
}

/* Counts what goes through. */
struct counting {
	const struct cm_sink *to;
	uint64_t n;
};

static enum cm_result
count(void *arg, const void *ptr, size_t len)
{
	struct counting *c = arg;

	c->n += len;
	return cm_sink_write(c->to, ptr, len);
}

enum cm_result
cm_age_decrypt(const struct cm_age_decrypt *in, struct cm_age_decrypted *out, struct cm_err *err)
{
	struct counting counted = { in->out, 0 };
	struct cm_sink sink = { count, &counted };
	struct cm_age_decrypt job = *in;
	struct cm_buf room = { 0 };
	struct cm_age_armor armor;
	struct cm_span head;
	enum cm_result r = in->in.fill(in->in.arg, 0, 64, &head, err);

	*out = (struct cm_age_decrypted) { 0 };
	cm_age_armor_init(&armor, in->in);
	if (r == CM_OK && cm_age_armor_is(head))
		job.in = cm_age_armor_source(&armor);
	job.out = &sink;
	if (r == CM_OK)
		r = cm_buf_grow(&room, CM_AGE_BOX) != NULL ? decrypt(&job, room.ptr, out, err) : CM_E_NOMEM;
	out->bytes = counted.n;
	if (room.ptr != NULL)
		explicit_bzero(room.ptr, room.cap);
	cm_buf_release(&room);
	cm_age_armor_fini(&armor);
	return r == CM_E_NOMEM ? cm_err_set(err, r, "out of memory") : r;
}
