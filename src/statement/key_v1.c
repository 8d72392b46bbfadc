#include <string.h>

#include "crypto/sha256.h"
#include "statement/key_v1.h"

#define REVOKED "revoked"
#define SUCCEEDED "succeeded"

struct cm_subject
cm_key_v1_subject(const struct cm_ssh_public *key)
{
	struct cm_span blob = cm_ssh_public_blob(key);
	struct cm_subject s;

	cm_sha256(blob.ptr, blob.len, s.exhibit);
	memcpy(s.root, s.exhibit, 32);
	return s;
}

static void
put_key(struct cm_jsonw *w, const char *name, const struct cm_ssh_public *key)
{
	struct cm_buf text = { 0 };

	cm_ssh_public_text(key, &text);
	cm_jsonw_kstr(w, name, cm_buf_cstr(&text));
	if (!cm_buf_ok(&text))
		w->out->failed = true;
	cm_buf_release(&text);
}

void
cm_key_v1_write(struct cm_jsonw *w, const struct cm_key_v1 *k)
{
	put_key(w, "key", &k->key);
	cm_jsonw_kstr(w, "says", k->has_successor ? SUCCEEDED : REVOKED);
	if (k->has_successor)
		put_key(w, "successor", &k->successor);
	cm_statement_put_claim(w, "reason", &k->reason);
}

/* "ssh-ed25519 AAAA...", as in a .pub file, without a comment. */
static enum cm_result
read_key(struct cm_json v, const char *name, struct cm_ssh_public *out, struct cm_err *err)
{
	const char *text, *space;
	struct cm_err why = { 0 };
	enum cm_result r = cm_json_get_str(v, name, &text, err);

	if (r != CM_OK)
		return r;
	space = strchr(text, ' ');
	if (space == NULL)
		return cm_err_set(err, CM_E_MALFORMED, "`%s' is not a type and a key", name);
	r = cm_ssh_public_from_text(
	    cm_span_of(text, (size_t)(space - text)), cm_span_str(space + 1), out, &why);
	if (r == CM_OK || r == CM_E_NOMEM)
		return r;
	return cm_err_set(err, CM_E_MALFORMED, "`%s': %s", name, why.text);
}

static enum cm_result
read_says(struct cm_json v, struct cm_key_v1 *k, struct cm_err *err)
{
	const char *says;
	enum cm_result r = cm_json_get_str(v, "says", &says, err);

	if (r != CM_OK)
		return r;
	k->has_successor = strcmp(says, SUCCEEDED) == 0;
	if (!k->has_successor && strcmp(says, REVOKED) != 0)
		return cm_err_set(err, CM_E_MALFORMED, "`says' is neither " REVOKED " nor " SUCCEEDED);
	if (k->has_successor != cm_json_has(v, "successor"))
		return cm_err_set(err, CM_E_MALFORMED, "`successor' goes with " SUCCEEDED ", and with nothing else");
	if (!k->has_successor)
		return CM_OK;
	r = read_key(v, "successor", &k->successor, err);
	if (r == CM_OK && cm_ssh_public_same(&k->key, &k->successor))
		r = cm_err_set(err, CM_E_MALFORMED, "`successor' is `key' itself");
	return r;
}

enum cm_result
cm_key_v1_read(const struct cm_statement_doc *d, struct cm_arena *arena, struct cm_key_v1 *out,
    struct cm_err *err)
{
	static const char *const own[] = { "key", "says", "successor", "reason", NULL };
	struct cm_key_v1 k = { 0 };
	struct cm_subject want;
	enum cm_result r;

	if (d->head.type != CM_PREDICATE_KEY)
		return cm_err_set(err, CM_E_MALFORMED, "not about a key");
	r = cm_statement_only(d, own, err);
	if (r == CM_OK)
		r = read_key(d->predicate, "key", &k.key, err);
	if (r == CM_OK)
		r = read_says(d->predicate, &k, err);
	if (r == CM_OK)
		r = cm_statement_claim(d->predicate, "reason", arena, &k.reason, err);
	if (r != CM_OK)
		return r;
	want = cm_key_v1_subject(&k.key);
	if (d->head.n_subject != 1 || memcmp(&d->head.subject[0], &want, sizeof(want)) != 0)
		return cm_err_set(err, CM_E_MALFORMED, "`subject' is not this key");
	*out = k;
	return CM_OK;
}
