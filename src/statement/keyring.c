#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "codec/sshwire.h"
#include "os/agent.h"
#include "os/private.h"
#include "statement/keyring.h"

/* draft-miller-ssh-agent, section 5.1 */
#define REQUEST_IDENTITIES 11
#define IDENTITIES_ANSWER 12
#define SIGN_REQUEST 13
#define SIGN_RESPONSE 14

static enum cm_result
pub_path(const char *path, char out[PATH_MAX], struct cm_err *err)
{
	int n = snprintf(out, PATH_MAX, "%s.pub", path);

	if (n < 0 || n >= PATH_MAX)
		return cm_err_set(err, CM_E_IO, "a path that is too long");
	return CM_OK;
}

enum cm_result
cm_keyring_create(const struct cm_key_new *in, struct cm_key *out, struct cm_err *err)
{
	struct cm_write_mode secret = { CM_WRITE_NEW, 0600 }, open = { CM_WRITE_NEW, 0644 };
	struct cm_buf file = { 0 }, pub = { 0 };
	char public_path[PATH_MAX];
	struct cm_key k;
	enum cm_result r = pub_path(in->path, public_path, err);

	if (r == CM_OK)
		r = cm_key_of_seed(in->seed, &k);
	if (r != CM_OK)
		return r;
	cm_key_write(&k, in->check, in->comment, &file);
	cm_ssh_public_text(&k.pub, &pub);
	cm_buf_printf(&pub, " %s\n", in->comment);
	r = cm_buf_ok(&file) && cm_buf_ok(&pub) ? CM_OK : CM_E_NOMEM;
	if (r == CM_OK)
		r = cm_whole_write(in->path, cm_buf_span(&file), secret, err);
	if (r == CM_OK)
		r = cm_whole_write(public_path, cm_buf_span(&pub), open, err);
	cm_private_wipe(&file);
	cm_buf_release(&pub);
	if (r == CM_OK)
		*out = k;
	cm_key_wipe(&k);
	return r;
}

/* Takes the next word off ${line}: up to a space or the end of the line. */
static struct cm_span
take_word(struct cm_span *line)
{
	struct cm_span word;
	size_t n = 0;

	while (n < line->len && line->ptr[n] != ' ' && line->ptr[n] != '\n')
		n++;
	word = cm_span_part(*line, 0, n);
	*line = cm_span_part(*line, n + 1, line->len);
	return word;
}

enum cm_result
cm_keyring_public(const char *path, struct cm_ssh_public *out, struct cm_err *err)
{
	struct cm_buf file = { 0 };
	enum cm_result r = cm_whole_read(path, CM_KEY_FILE_MAX, &file, err);

	if (r == CM_OK) {
		struct cm_span line = cm_buf_span(&file);
		struct cm_span type = take_word(&line);
		struct cm_span base64 = take_word(&line);

		r = cm_ssh_public_from_text(type, base64, out, err);
	}
	cm_buf_release(&file);
	return r;
}

enum cm_result
cm_agent_holds(struct cm_span answer, const struct cm_ssh_public *want, struct cm_err *err)
{
	struct cm_cursor c = cm_cursor_of(answer);
	uint8_t type = cm_cursor_u8(&c);
	uint32_t n = cm_cursor_u32(&c);

	if (c.bad || type != IDENTITIES_ANSWER)
		return cm_err_set(err, CM_E_MALFORMED, "the ssh-agent does not list its keys");
	for (uint32_t i = 0; i < n && i < CM_AGENT_KEYS; i++) {
		struct cm_span blob = cm_sshwire_string(&c);

		cm_sshwire_string(&c);
		if (c.bad)
			return cm_err_set(err, CM_E_MALFORMED, "the ssh-agent's list is cut short");
		if (cm_span_eq(blob, cm_ssh_public_blob(want)))
			return CM_OK;
	}
	return CM_E_NOTFOUND;
}

static enum cm_result
agent_look(const char *agent, const struct cm_ssh_public *want, struct cm_err *err)
{
	static const uint8_t request = REQUEST_IDENTITIES;
	struct cm_buf answer = { 0 };
	enum cm_result r = cm_agent_ask(agent, cm_span_of(&request, 1), &answer, err);

	if (r == CM_OK)
		r = cm_agent_holds(cm_buf_span(&answer), want, err);
	cm_buf_release(&answer);
	return r;
}

static enum cm_result
agent_sign(void *arg, struct cm_span data, struct cm_buf *out, struct cm_err *err)
{
	struct cm_keyring *k = arg;
	struct cm_buf request = { 0 }, answer = { 0 };
	struct cm_cursor c;
	enum cm_result r;
	uint8_t type;

	cm_buf_add_u8(&request, SIGN_REQUEST);
	cm_sshwire_put(&request, cm_ssh_public_blob(&k->signer.key));
	cm_sshwire_put(&request, data);
	cm_buf_add_u32(&request, 0);
	r = cm_buf_ok(&request) ? cm_agent_ask(k->agent, cm_buf_span(&request), &answer, err)
				: CM_E_NOMEM;
	c = cm_cursor_of(cm_buf_span(&answer));
	type = cm_cursor_u8(&c);
	cm_buf_add_span(out, cm_sshwire_string(&c));
	if (r == CM_OK && (type != SIGN_RESPONSE || !cm_sshwire_done(&c)))
		r = cm_err_set(err, CM_E_REFUSED, "the ssh-agent refuses to sign");
	cm_buf_release(&request);
	cm_buf_release(&answer);
	return r;
}

static enum cm_result
open_agent(const char *path, const char *agent, struct cm_keyring *out, struct cm_err *err)
{
	struct cm_err why = { 0 };
	char public_path[PATH_MAX];
	enum cm_result r = pub_path(path, public_path, err);

	if (r == CM_OK)
		r = cm_keyring_public(public_path, &out->signer.key, err);
	if (r != CM_OK)
		return r;
	r = agent == NULL ? CM_E_NOTFOUND : agent_look(agent, &out->signer.key, &why);
	if (r == CM_E_NOTFOUND)
		return cm_err_set(err, r,
		    "the key %s needs ssh-agent, which does not hold it: ssh-add %s", path, path);
	if (r != CM_OK)
		return cm_err_set(err, r, "%s", why.text);
	out->agent = agent;
	out->signer.sign = agent_sign;
	out->signer.arg = out;
	return CM_OK;
}

/* CM_E_UNSUPPORTED: it is there, but only an agent can use it. */
static enum cm_result
open_file(const char *path, struct cm_keyring *out, struct cm_err *err)
{
	struct cm_buf file = { 0 };
	struct cm_err why = { 0 };
	enum cm_result r = cm_private_read(path, CM_KEY_FILE_MAX, &file, err);

	if (r == CM_OK) {
		r = cm_key_parse(cm_buf_span(&file), &out->key, &why);
		if (r != CM_OK && r != CM_E_UNSUPPORTED)
			cm_err_set(err, r, "%s: %s", path, why.text);
	}
	cm_private_wipe(&file);
	return r;
}

enum cm_result
cm_keyring_open(const char *path, const char *agent, struct cm_keyring *out, struct cm_err *err)
{
	struct cm_err why = { 0 };
	enum cm_result r;

	*out = (struct cm_keyring) { 0 };
	r = open_file(path, out, &why);
	if (r == CM_OK) {
		out->signer = cm_key_signer(&out->key);
		return CM_OK;
	}
	/* A key in hardware, or one kept elsewhere: only the public half lies here. */
	if (r == CM_E_UNSUPPORTED || r == CM_E_NOTFOUND) {
		enum cm_result r2 = open_agent(path, agent, out, err);

		if (r2 != CM_OK)
			*out = (struct cm_keyring) { 0 };
		return r2;
	}
	return cm_err_set(err, r, "%s", why.text);
}

void
cm_keyring_close(struct cm_keyring *k)
{
	explicit_bzero(k, sizeof(*k));
}
