#include <string.h>

#include "base/hex.h"
#include "codec/base64.h"
#include "crypto/sha256.h"
#include "statement/key_v1.h"

#define REVOKED "revoked"
#define SUCCEEDED "succeeded"
#define LOG "log"
#define WITNESS "witness"

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
cm_key_v1_consent(const struct cm_ssh_public *key, const char *by, struct cm_buf *out)
{
	struct cm_subject s = cm_key_v1_subject(key);
	char hex[65] = { 0 };

	cm_hex_encode(cm_span_of(s.root, 32), hex);
	cm_buf_printf(out, "comity key/v1 witness ends\n%s\n%s\n", hex, by);
}

enum cm_result
cm_key_v1_vkey(const struct cm_key_v1 *k, bool successor, struct cm_vkey *out, struct cm_err *err)
{
	const char *name = successor ? k->successor_name : k->name;
	enum cm_note_type type = k->role == CM_KEY_LOG ? CM_NOTE_ED25519 : CM_NOTE_COSIGNATURE;

	return cm_vkey_of(cm_span_str(name), type, successor ? k->successor.point : k->key.point, out, err);
}

static void
put_role(struct cm_jsonw *w, const struct cm_key_v1 *k)
{
	char agreed[(CM_ED25519_SIGNATURE + 2) / 3 * 4 + 1] = { 0 };

	if (k->role == CM_KEY_STATEMENT)
		return;
	cm_jsonw_kstr(w, "role", k->role == CM_KEY_LOG ? LOG : WITNESS);
	cm_jsonw_kstr(w, "name", k->name);
	if (k->has_successor)
		cm_jsonw_kstr(w, "successor_name", k->successor_name);
	if (k->role == CM_KEY_LOG)
		return;
	cm_base64_encode_fixed(cm_span_of(k->agreed, sizeof(k->agreed)), agreed);
	cm_jsonw_kstr(w, "agreed", agreed);
}

void
cm_key_v1_write(struct cm_jsonw *w, const struct cm_key_v1 *k)
{
	put_key(w, "key", &k->key);
	put_role(w, k);
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

/* A name of a log's or witness's key. */
static enum cm_result
read_name(struct cm_json v, const char *member, struct cm_arena *arena, const char **out, struct cm_err *err)
{
	const char *text;
	enum cm_result r = cm_json_get_str(v, member, &text, err);

	if (r != CM_OK)
		return r;
	if (!cm_note_name_ok(cm_span_str(text)))
		return cm_err_set(err, CM_E_MALFORMED, "`%s' is no name of such a key", member);
	*out = cm_arena_copy(arena, text, strlen(text) + 1);
	return *out != NULL ? CM_OK : cm_err_set(err, CM_E_NOMEM, "out of memory");
}

/* Nobody ends a witness but who has its key. */
static enum cm_result
read_agreed(struct cm_json v, const char *by, struct cm_key_v1 *k, struct cm_err *err)
{
	const char *text;
	struct cm_buf message = { 0 };
	enum cm_result r = cm_json_get_str(v, "agreed", &text, err);

	if (r != CM_OK)
		return r;
	if (cm_base64_decode_fixed(cm_span_str(text), k->agreed, sizeof(k->agreed)) != CM_OK)
		return cm_err_set(err, CM_E_MALFORMED, "`agreed' is no signature in base64");
	cm_key_v1_consent(&k->key, by, &message);
	r = cm_buf_ok(&message) ? cm_ed25519_verify(k->key.point, cm_buf_span(&message), k->agreed) : CM_E_NOMEM;
	cm_buf_release(&message);
	if (r == CM_E_REFUSED)
		return cm_err_set(err, r, "`agreed' is not the signature of the witness key that ends");
	return r == CM_OK ? r : cm_err_set(err, r, "out of memory");
}

/* Each member with the roles that it goes with, and no other one. */
static enum cm_result
check_members(struct cm_json v, const struct cm_key_v1 *k, struct cm_err *err)
{
	bool named = k->role != CM_KEY_STATEMENT;

	if (cm_json_has(v, "name") != named)
		return cm_err_set(err, CM_E_MALFORMED, "`name' goes with a log or witness, and with nothing else");
	if (cm_json_has(v, "successor_name") != (named && k->has_successor))
		return cm_err_set(err, CM_E_MALFORMED,
		    "`successor_name' goes with the successor of a log or witness, and with nothing else");
	if (cm_json_has(v, "agreed") != (k->role == CM_KEY_WITNESS))
		return cm_err_set(err, CM_E_MALFORMED, "`agreed' goes with a witness, and with nothing else");
	return CM_OK;
}

static enum cm_result
check_names(const struct cm_key_v1 *k, struct cm_err *err)
{
	if (k->key.kind != CM_SSH_ED25519 || (k->has_successor && k->successor.kind != CM_SSH_ED25519))
		return cm_err_set(err, CM_E_MALFORMED, "`key' or `successor' is no ssh-ed25519 key, as those of logs and witnesses are");
	/* The line of the old one stays where the new one's comes, and a log has one key. */
	if (k->has_successor && strcmp(k->name, k->successor_name) == 0)
		return cm_err_set(err, CM_E_MALFORMED, "`successor_name' is `name' itself");
	return CM_OK;
}

/* `says' was read before. */
static enum cm_result
read_role(const struct cm_statement_doc *d, struct cm_arena *arena, struct cm_key_v1 *k, struct cm_err *err)
{
	struct cm_json v = d->predicate;
	const char *role = NULL;
	enum cm_result r = cm_json_has(v, "role") ? cm_json_get_str(v, "role", &role, err) : CM_OK;

	if (r != CM_OK)
		return r;
	if (role != NULL && strcmp(role, LOG) != 0 && strcmp(role, WITNESS) != 0)
		return cm_err_set(err, CM_E_MALFORMED, "`role' is neither " LOG " nor " WITNESS);
	k->role = role == NULL ? CM_KEY_STATEMENT : strcmp(role, LOG) == 0 ? CM_KEY_LOG : CM_KEY_WITNESS;
	r = check_members(v, k, err);
	if (r != CM_OK || role == NULL)
		return r;
	r = read_name(v, "name", arena, &k->name, err);
	if (r == CM_OK && k->has_successor)
		r = read_name(v, "successor_name", arena, &k->successor_name, err);
	if (r == CM_OK)
		r = check_names(k, err);
	return r == CM_OK && k->role == CM_KEY_WITNESS ? read_agreed(v, d->head.by, k, err) : r;
}

enum cm_result
cm_key_v1_read(const struct cm_statement_doc *d, struct cm_arena *arena, struct cm_key_v1 *out,
    struct cm_err *err)
{
	static const char *const own[] = { "key", "role", "name", "says", "successor", "successor_name",
		"agreed", "reason", NULL };
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
		r = read_role(d, arena, &k, err);
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
