#include <limits.h>
#include <string.h>

#include "cli/keys.h"
#include "codec/json_write.h"
#include "os/private.h"
#include "statement/keyring.h"

#define VKEY_BYTES 1024u

enum cm_result
cm_cli_vkey(const char *folder, const char *part, struct cm_vkey *out, struct cm_err *err)
{
	struct cm_buf path = { 0 }, text = { 0 };
	struct cm_span line;
	enum cm_result r = CM_OK;

	cm_buf_printf(&path, "%s/%s/vkey", folder, part);
	if (cm_buf_cstr(&path) == NULL)
		r = cm_err_set(err, CM_E_NOMEM, "out of memory");
	else
		r = cm_whole_read(cm_buf_cstr(&path), VKEY_BYTES, &text, err);
	line = cm_buf_span(&text);
	if (line.len > 0 && line.ptr[line.len - 1] == '\n')
		line.len--;
	if (r == CM_OK)
		r = cm_vkey_parse(line, out, err);
	cm_buf_release(&path);
	cm_buf_release(&text);
	return r;
}

static enum cm_result
own_statement(struct cm_case *c, struct cm_trust_key *out, struct cm_err *err)
{
	struct cm_buf path = { 0 };
	struct cm_ssh_public key;
	enum cm_result r = CM_E_NOMEM;

	cm_buf_printf(&path, "%s.pub", cm_case_self(c)->key_path);
	if (cm_buf_cstr(&path) != NULL)
		r = cm_keyring_public(cm_buf_cstr(&path), &key, err);
	cm_buf_release(&path);
	if (r != CM_OK)
		return r;
	*out = (struct cm_trust_key) { CM_TRUST_STATEMENT, cm_case_self(c)->name, true, { 0 } };
	memcpy(out->point, key.point, 32);
	return CM_OK;
}

/* A key that is not there is no fault. */
static enum cm_result
own_vkey(struct cm_case *c, const char *part, enum cm_trust_role role, struct cm_arena *arena,
    struct cm_trust_key *out, size_t *n, struct cm_err *err)
{
	struct cm_trust_key *k = &out[*n];
	struct cm_err why = { 0 };
	struct cm_vkey key;
	enum cm_result r = cm_cli_vkey(cm_case_folder(c), part, &key, &why);

	if (r == CM_E_NOTFOUND)
		return CM_OK;
	if (r != CM_OK)
		return cm_err_set(err, r, "the key of the own %s: %s", part, why.text);
	*k = (struct cm_trust_key) { role, cm_arena_copy(arena, key.name, strlen(key.name) + 1), true, { 0 } };
	memcpy(k->point, key.key, 32);
	if (k->name == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	(*n)++;
	return CM_OK;
}

enum cm_result
cm_cli_own_keys(struct cm_case *c, struct cm_arena *arena, struct cm_trust_key out[CM_CLI_OWN_KEYS],
    size_t *n, struct cm_err *err)
{
	enum cm_result r = own_statement(c, &out[0], err);

	*n = 1;
	if (r == CM_OK)
		r = own_vkey(c, "log", CM_TRUST_LOG, arena, out, n, err);
	if (r == CM_OK)
		r = own_vkey(c, "witness", CM_TRUST_WITNESS, arena, out, n, err);
	return r;
}

void
cm_cli_fingerprint(const uint8_t point[32], char out[CM_FINGERPRINT_LEN + 1])
{
	struct cm_ssh_public key = cm_ssh_public_of(point);

	cm_ssh_fingerprint(&key, out);
}

/* The party's name as one word, for its witness in others' trust files; two words mean something
 * else there. */
static void
put_word(const char *name, struct cm_buf *out)
{
	if (strcmp(name, "none") == 0 || strcmp(name, CM_TRUST_GROUP) == 0)
		cm_buf_add_str(out, "party-");
	for (; *name != '\0'; name++)
		cm_buf_add_u8(out, *name == ' ' ? '-' : (uint8_t)*name);
}

enum cm_result
cm_cli_own_line(
    struct cm_case *c, const char *part, const char *url, struct cm_buf *out, struct cm_err *err)
{
	struct cm_vkey key;
	enum cm_result r = cm_cli_vkey(cm_case_folder(c), part, &key, err);

	if (r != CM_OK)
		return r;
	cm_buf_printf(out, "%s ", part);
	if (key.type == CM_NOTE_COSIGNATURE) {
		put_word(cm_case_self(c)->name, out);
		cm_buf_add_str(out, " ");
	}
	cm_vkey_write(&key, out);
	if (url != NULL)
		cm_buf_printf(out, " %s", url);
	return cm_buf_ok(out) ? CM_OK : cm_err_set(err, CM_E_NOMEM, "out of memory");
}

enum cm_result
cm_cli_own_lines(struct cm_case *c, const struct cm_cli_lines *in, struct cm_buf *out, struct cm_err *err)
{
	enum cm_result r = cm_cli_own_line(c, "log", in->log_url, out, err);

	cm_buf_add_str(out, "\n");
	if (r == CM_OK)
		r = cm_cli_own_line(c, "witness", in->witness_url, out, err);
	cm_buf_add_str(out, "\n");
	if (r == CM_OK)
		r = cm_case_signers_line(c, out, err);
	if (r == CM_OK && !cm_buf_ok(out))
		r = cm_err_set(err, CM_E_NOMEM, "out of memory");
	return r;
}

static void
print_role_text(const struct cm_context *ctx, const struct cm_vkey *key, struct cm_span line)
{
	char fingerprint[CM_FINGERPRINT_LEN + 1];

	cm_cli_fingerprint(key->key, fingerprint);
	fprintf(ctx->out, "name           ");
	cm_cli_text(ctx->out, cm_span_str(key->name));
	fprintf(ctx->out, "\nfingerprint    %s\n\nGive this line to the other parties:\n\n", fingerprint);
	cm_cli_text(ctx->out, line);
	fputc('\n', ctx->out);
}

static enum cm_exit
print_role_json(const struct cm_context *ctx, const struct cm_vkey *key, const char *line)
{
	char fingerprint[CM_FINGERPRINT_LEN + 1];
	struct cm_buf vkey = { 0 }, b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);

	cm_cli_fingerprint(key->key, fingerprint);
	cm_vkey_write(key, &vkey);
	cm_jsonw_object(&w);
	cm_jsonw_kstr(&w, "name", key->name);
	cm_jsonw_kstr(&w, "fingerprint", fingerprint);
	cm_jsonw_kbuf(&w, "vkey", &vkey);
	cm_jsonw_kstr(&w, "line", line);
	cm_jsonw_object_end(&w);
	cm_buf_release(&vkey);
	return cm_cli_json(ctx, &b);
}

enum cm_exit
cm_cli_print_role(const struct cm_context *ctx, struct cm_case *c, const char *part, bool json)
{
	struct cm_buf line = { 0 };
	struct cm_err err = { 0 };
	struct cm_vkey key;
	enum cm_exit code = CM_EXIT_OK;
	enum cm_result r = cm_cli_vkey(cm_case_folder(c), part, &key, &err);

	if (r == CM_OK)
		r = cm_cli_own_line(c, part, NULL, &line, &err);
	if (r == CM_OK && cm_buf_cstr(&line) == NULL)
		r = cm_err_set(&err, CM_E_NOMEM, "out of memory");
	if (r != CM_OK)
		code = cm_cli_error(ctx, NULL, &err, NULL);
	else if (json)
		code = print_role_json(ctx, &key, cm_buf_cstr(&line));
	else
		print_role_text(ctx, &key, cm_buf_span(&line));
	cm_buf_release(&line);
	return code;
}
