#include <string.h>

#include "age/decrypt.h"
#include "cli/age_keys.h"
#include "cli/encrypted.h"
#include "statement/sshkey.h"

/* Lines of armour, headers, tags of chunks: less than half as much again and what a header has. */
uint64_t
cm_encrypted_max(uint64_t plain)
{
	return plain + plain / 2 + ((uint64_t)1 << 20);
}

static enum cm_exit
read_keys(const struct cm_encrypted_in *in, struct cm_encrypted *e)
{
	struct cm_err err = { 0 };
	enum cm_result r = in->identity != NULL ? cm_age_keys_of_file(in->identity, &e->keys, &err)
						: cm_age_keys_here(in->ctx, &e->keys, &e->locked, &err);

	if (r == CM_OK)
		return CM_EXIT_OK;
	/* Not the fault of what is to be read: exit 3. */
	(void)cm_cli_error(in->ctx, NULL, &err, NULL);
	return CM_EXIT_CANNOT;
}

enum cm_exit
cm_encrypted_prepare(const struct cm_encrypted_in *in, struct cm_encrypted *e)
{
	const char *folder = in->ctx->tmp != NULL ? in->ctx->tmp : "/var/tmp";
	uint64_t max = in->file.len < in->max ? in->file.len : in->max;
	struct cm_err err = { 0 };
	enum cm_exit code;

	e->file = in->file;
	e->is = cm_age_is(in->file);
	if (!e->is)
		return CM_EXIT_OK;
	code = read_keys(in, e);
	if (code != CM_EXIT_OK)
		return code;
	if (cm_kept_begin(&e->plain, max, folder, &err) == CM_OK)
		return CM_EXIT_OK;
	(void)cm_cli_error(in->ctx, NULL, &err, NULL);
	return CM_EXIT_CANNOT;
}

int
cm_encrypted_fd(const struct cm_encrypted *e)
{
	return cm_kept_fd(&e->plain);
}

static void
say_with(const struct cm_context *ctx, const struct cm_age_recipient *to)
{
	char text[CM_AGE_RECIPIENT_TEXT], fingerprint[CM_FINGERPRINT_LEN + 1];
	struct cm_ssh_public key;

	if (to->kind == CM_AGE_X25519) {
		cm_age_recipient_text(to, text);
		cm_cli_say(ctx, "decrypted with %s", text);
		return;
	}
	key = cm_ssh_public_of(to->blob + sizeof(to->blob) - 32);
	cm_ssh_fingerprint(&key, fingerprint);
	cm_cli_say(ctx, "decrypted with the SSH key %s", fingerprint);
}

static enum cm_result
decrypt(struct cm_encrypted *e, size_t *which, struct cm_err *err)
{
	struct cm_sink out = cm_kept_sink(&e->plain);
	struct cm_age_decrypt in = { cm_source_of_memory(&e->file), e->keys.item, e->keys.n, &out };
	struct cm_age_decrypted done;
	enum cm_result r = cm_age_decrypt(&in, &done, err);

	*which = done.which;
	if (r == CM_OK)
		r = cm_kept_end(&e->plain, err);
	if (r == CM_E_IO)
		cm_err_set(err, r, "there is no room for what is decrypted: TMPDIR names another folder");
	if (r == CM_E_LIMIT)
		cm_err_set(err, r, "more comes out of it than can be");
	return r;
}

enum cm_result
cm_encrypted_open(const struct cm_context *ctx, struct cm_encrypted *e, struct cm_span *out, struct cm_err *err)
{
	size_t which;
	enum cm_result r;

	*out = e->file;
	if (!e->is)
		return CM_OK;
	r = decrypt(e, &which, err);
	if (r == CM_OK) {
		say_with(ctx, &e->keys.item[which].to);
		*out = cm_kept_bytes(&e->plain);
	}
	if (r == CM_E_NOTFOUND && e->locked)
		cm_cli_say(ctx, "the statement key of the case was not tried: it has a passphrase, or does not lie there, and an "
				"agent can not decrypt");
	cm_age_identities_wipe(&e->keys);
	return r;
}

void
cm_encrypted_release(struct cm_encrypted *e)
{
	cm_age_identities_wipe(&e->keys);
	cm_kept_fini(&e->plain);
}
