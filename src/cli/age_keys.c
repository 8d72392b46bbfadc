#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "cli/age_keys.h"
#include "codec/rfc3339.h"
#include "os/clock.h"
#include "os/private.h"
#include "os/random.h"
#include "statement/key.h"

#define FILE_NAME "age"

static enum cm_result
path_of(const struct cm_case *c, char out[PATH_MAX], struct cm_err *err)
{
	int n = snprintf(out, PATH_MAX, "%s/" FILE_NAME, cm_case_folder(c));

	return n >= 0 && n < PATH_MAX ? CM_OK : cm_err_set(err, CM_E_IO, "a path that is too long");
}

/* As age-keygen writes it. */
static void
put_file(const struct cm_age_identity *k, struct cm_buf *out)
{
	char recipient[CM_AGE_RECIPIENT_TEXT], identity[CM_AGE_IDENTITY_TEXT], time[CM_RFC3339_LEN + 1];

	cm_rfc3339_format(cm_clock_now(), time);
	cm_age_recipient_text(&k->to, recipient);
	cm_age_identity_text(k, identity);
	cm_buf_printf(out, "# created: %s\n# public key: %s\n", time, recipient);
	cm_buf_add_str(out, identity);
	cm_buf_add_str(out, "\n");
	explicit_bzero(identity, sizeof(identity));
}

static enum cm_result
make_one(const char *path, struct cm_err *err)
{
	struct cm_write_mode mode = { CM_WRITE_NEW, 0600 };
	struct cm_age_identity k = { 0 };
	struct cm_buf file = { 0 };
	uint8_t secret[32];
	enum cm_result r = cm_random(secret, sizeof(secret));

	if (r != CM_OK)
		return cm_err_set(err, r, "the system gives no randomness");
	r = cm_age_identity_of_secret(secret, &k);
	/* Room for all at once: a buffer that moves would leave a copy behind. */
	if (r == CM_OK && !cm_buf_reserve(&file, 512))
		r = cm_err_set(err, CM_E_NOMEM, "out of memory");
	if (r == CM_OK) {
		put_file(&k, &file);
		r = cm_whole_write(path, cm_buf_span(&file), mode, err);
	}
	explicit_bzero(secret, sizeof(secret));
	cm_age_identity_wipe(&k);
	cm_private_wipe(&file);
	return r;
}

enum cm_result
cm_age_keys_own(struct cm_case *c, bool make, struct cm_age_identity *out, bool *made, struct cm_err *err)
{
	struct cm_age_identities all = { .n = 0 };
	char path[PATH_MAX];
	enum cm_result r = path_of(c, path, err);

	*made = false;
	if (r == CM_OK && !cm_path_exists(path)) {
		if (!make)
			return cm_err_set(err, CM_E_NOTFOUND, "the case has no key of age: `comity key age' makes it");
		r = make_one(path, err);
		*made = r == CM_OK;
	}
	if (r == CM_OK)
		r = cm_age_keys_of_file(path, &all, err);
	if (r == CM_OK)
		*out = all.item[0];
	cm_age_identities_wipe(&all);
	return r;
}

static bool
is_openssh(struct cm_span file)
{
	static const char begin[] = "-----BEGIN OPENSSH";

	return cm_span_eq(cm_span_part(file, 0, strlen(begin)), cm_span_str(begin));
}

static enum cm_result
parse_openssh(struct cm_span file, struct cm_age_identities *out, struct cm_err *err)
{
	struct cm_key key;
	enum cm_result r = cm_key_parse(file, &key, err);

	if (r != CM_OK)
		return r;
	r = cm_age_identity_of_seed(key.seed, &out->item[0]);
	out->n = r == CM_OK ? 1 : 0;
	cm_key_wipe(&key);
	return r;
}

enum cm_result
cm_age_keys_of_file(const char *file, struct cm_age_identities *out, struct cm_err *err)
{
	struct cm_buf text = { 0 };
	struct cm_err why = { 0 };
	enum cm_result r = cm_private_read(file, CM_AGE_IDENTITIES_BYTES, &text, err);

	out->n = 0;
	if (r == CM_OK) {
		r = is_openssh(cm_buf_span(&text)) ? parse_openssh(cm_buf_span(&text), out, &why)
						   : cm_age_identities_parse(cm_buf_span(&text), out, &why);
		if (r != CM_OK)
			r = cm_err_set(err, r, "%s: %s", file, why.code != CM_OK ? why.text : cm_result_word(r));
	}
	cm_private_wipe(&text);
	return r;
}

/* The statement key, if it can be had. */
static enum cm_result
add_statement_key(struct cm_case *c, struct cm_age_identities *out, bool *locked, struct cm_err *err)
{
	struct cm_age_identities one = { .n = 0 };
	struct cm_err why = { 0 };
	enum cm_result r = cm_age_keys_of_file(cm_case_self(c)->key_path, &one, &why);

	if (r == CM_OK && out->n < CM_AGE_IDENTITIES)
		out->item[out->n++] = one.item[0];
	cm_age_identities_wipe(&one);
	/* With an agent, in hardware, or ended. */
	*locked = r == CM_E_UNSUPPORTED || r == CM_E_NOTFOUND;
	if (*locked)
		return CM_OK;
	return r == CM_OK ? r : cm_err_set(err, r, "%s", why.text);
}

/* Those it had before, as far as their secret halves are still there: what was sent to them stays readable. */
static enum cm_result
add_former_keys(const struct cm_case *c, struct cm_age_identities *out, struct cm_err *err)
{
	struct cm_age_identities one = { .n = 0 };
	char path[PATH_MAX];
	enum cm_result r = CM_OK;

	for (unsigned i = 1; r == CM_OK && out->n < CM_AGE_IDENTITIES; i++) {
		int n = snprintf(path, PATH_MAX, "%s/key.ended-%u", cm_case_folder(c), i);
		struct cm_err why = { 0 };

		if (n < 0 || n >= PATH_MAX || !cm_path_exists(path))
			break;
		r = cm_age_keys_of_file(path, &one, &why);
		if (r == CM_OK)
			out->item[out->n++] = one.item[0];
		else if (r != CM_E_NOMEM)
			r = CM_OK; /* of no use here */
	}
	cm_age_identities_wipe(&one);
	return r == CM_OK ? r : cm_err_set(err, r, "out of memory");
}

static enum cm_result
read_case(const char *folder, struct cm_age_identities *out, bool *locked, struct cm_err *err)
{
	struct cm_case *c = NULL;
	char path[PATH_MAX];
	enum cm_result r = cm_case_open(folder, &c, err);

	if (r == CM_OK)
		r = path_of(c, path, err);
	if (r == CM_OK && cm_path_exists(path))
		r = cm_age_keys_of_file(path, out, err);
	if (r == CM_OK)
		r = add_statement_key(c, out, locked, err);
	if (r == CM_OK)
		r = add_former_keys(c, out, err);
	cm_case_close(c);
	return r;
}

enum cm_result
cm_age_keys_here(
    const struct cm_context *ctx, struct cm_age_identities *out, bool *locked, struct cm_err *err)
{
	struct cm_buf folder = { 0 };
	struct cm_err why = { 0 };
	enum cm_result r = cm_case_find(ctx->case_folder, ".", &folder, &why);

	out->n = 0;
	*locked = false;
	if (r == CM_OK)
		r = cm_buf_cstr(&folder) != NULL ? read_case(cm_buf_cstr(&folder), out, locked, &why) : CM_E_NOMEM;
	else if (r != CM_E_NOMEM)
		why = (struct cm_err) { 0 }; /* no case, and none is needed */
	cm_buf_release(&folder);
	if (r == CM_E_NOMEM)
		return cm_err_set(err, r, "out of memory");
	if (why.code != CM_OK)
		cm_cli_say(ctx, "keys of the case here are left aside: %s", why.text);
	return CM_OK;
}
