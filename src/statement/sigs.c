#include <string.h>

#include "statement/sigs.h"

#define END "-----END SSH SIGNATURE-----\n"

/* How long the first armour of ${text} is: up to its last line; all of it if it has none. */
static size_t
first_armour(struct cm_span text)
{
	const size_t end = sizeof(END) - 1;

	for (size_t at = 0; at + end <= text.len; at++) {
		const uint8_t *nl = memchr(text.ptr + at, '\n', text.len - at);

		if (nl == NULL)
			break;
		if (memcmp(text.ptr + at, END, end) == 0)
			return at + end;
		at = (size_t)(nl - text.ptr);
	}
	return text.len;
}

static enum cm_result
read_one(struct cm_span armour, size_t place, struct cm_sig *out, struct cm_err *err)
{
	struct cm_err why = { 0 };
	enum cm_result r = cm_sshsig_parse(armour, &out->sig, &why);

	if (r != CM_OK)
		return cm_err_set(err, r, "signature %zu: %s", place + 1, why.text);
	out->armour = armour;
	cm_ssh_fingerprint(&out->sig.key, out->by.text);
	return CM_OK;
}

static enum cm_result
check_order(const struct cm_sig *before, const struct cm_sig *s, size_t place, struct cm_err *err)
{
	int order = strcmp(before->by.text, s->by.text);

	if (order == 0)
		return cm_err_set(err, CM_E_MALFORMED, "signature %zu: %s signed twice", place + 1, s->by.text);
	if (order > 0)
		return cm_err_set(
		    err, CM_E_MALFORMED, "signature %zu: the fingerprints of the signatures do not ascend", place + 1);
	return CM_OK;
}

enum cm_result
cm_sigs_read(struct cm_span text, struct cm_arena *arena, struct cm_sigs *out, struct cm_err *err)
{
	struct cm_sig *item = NULL;
	size_t n = 0, room = 0;

	while (text.len > 0) {
		size_t len = first_armour(text);
		enum cm_result r;

		if (n == CM_STATEMENT_SIGNERS)
			return cm_err_set(err, CM_E_LIMIT, "more than %u signatures", CM_STATEMENT_SIGNERS);
		if (n == room) {
			struct cm_sig *more = cm_arena_array(arena, room == 0 ? 4 : 2 * room, sizeof(*more));

			if (more == NULL)
				return cm_err_set(err, CM_E_NOMEM, "out of memory");
			if (n > 0)
				memcpy(more, item, n * sizeof(*more));
			item = more;
			room = room == 0 ? 4 : 2 * room;
		}
		r = read_one(cm_span_part(text, 0, len), n, &item[n], err);
		if (r == CM_OK && n > 0)
			r = check_order(&item[n - 1], &item[n], n, err);
		if (r != CM_OK)
			return r;
		n++;
		text = cm_span_part(text, len, text.len);
	}
	*out = (struct cm_sigs) { item, n };
	return CM_OK;
}

enum cm_result
cm_sigs_verify(const struct cm_sigs *s, struct cm_span message, struct cm_err *err)
{
	for (size_t i = 0; i < s->n; i++) {
		enum cm_result r = cm_sshsig_verify(&s->item[i].sig, message, NULL);

		if (r == CM_E_REFUSED)
			return cm_err_set(err, r, "the signature of %s is not over these bytes", s->item[i].by.text);
		if (r != CM_OK)
			return cm_err_set(err, r, "out of memory");
	}
	return CM_OK;
}

enum cm_result
cm_sigs_with(const struct cm_sigs *s, const struct cm_sig *more, struct cm_buf *out, struct cm_err *err)
{
	bool placed = false;

	if (cm_sigs_of(s, more->by.text) != NULL)
		return cm_err_set(err, CM_E_USAGE, "%s has signed already", more->by.text);
	for (size_t i = 0; i < s->n; i++) {
		if (!placed && strcmp(more->by.text, s->item[i].by.text) < 0) {
			cm_buf_add_span(out, more->armour);
			placed = true;
		}
		cm_buf_add_span(out, s->item[i].armour);
	}
	if (!placed)
		cm_buf_add_span(out, more->armour);
	return cm_buf_ok(out) ? CM_OK : cm_err_set(err, CM_E_NOMEM, "out of memory");
}

const struct cm_sig *
cm_sigs_of(const struct cm_sigs *s, const char *fingerprint)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->item[i].by.text, fingerprint) == 0)
			return &s->item[i];
	return NULL;
}
