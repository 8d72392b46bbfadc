#include <string.h>
#include <unistd.h>

#include "cli/dossier_encrypt.h"
#include "cli/encrypt.h"
#include "os/file.h"

static bool
obliges_to_encrypt(const struct cm_disclosure *d)
{
	for (size_t i = 0; i < d->terms.n_obliges; i++)
		if (strcmp(d->terms.obliges[i], "encrypt") == 0)
			return true;
	return false;
}

enum cm_result
cm_dossier_eyes(const struct cm_dossier_wish *w, const struct cm_disclosure *d, struct cm_dossier_eyes *out,
    struct cm_err *err)
{
	const struct cm_member *to = w->governing == NULL ? NULL : w->governing->to;

	*out = (struct cm_dossier_eyes) { .only = w->encrypt || obliges_to_encrypt(d) };
	if (!out->only)
		return CM_OK;
	if (to == NULL)
		return cm_err_set(err, CM_E_REFUSED, "it has to go out encrypted, and there is no member to encrypt it to");
	if (to->recipient == NULL)
		return cm_err_set(err, CM_E_REFUSED, "it has to go out encrypted, and the line of %s in the charter has no key for "
		    "that: it makes one with `comity key age', and a new version of the charter names it", to->name);
	return cm_age_recipient_parse(cm_span_str(to->recipient), &out->to, err);
}

static CM_RESULT
encrypt(const struct cm_dossier_wish *w, const struct cm_dossier_eyes *eyes, const char *out, struct cm_err *err)
{
	struct cm_encrypt e = { .out = out, .mode = { w->replace ? CM_WRITE_REPLACE : CM_WRITE_NEW, 0644 }, .to = &eyes->to,
		.n = 1 };
	struct cm_file *file;
	enum cm_result rc = cm_file_open(w->out, &file, err);

	if (rc != CM_OK)
		return rc;
	e.in = cm_file_raw(file);
	rc = cm_encrypt_file(&e, err);
	cm_file_close(file);
	return rc;
}

const char *
cm_dossier_encrypt(const struct cm_context *ctx, const struct cm_dossier_wish *w, const struct cm_dossier_eyes *eyes)
{
	const char *out = cm_arena_printf(w->arena, "%s.age", w->out);
	struct cm_err err = { 0 };
	enum cm_result rc = out == NULL ? cm_err_set(&err, CM_E_NOMEM, "out of memory") : encrypt(w, eyes, out, &err);

	/* the plain one must not be sent in its place */
	if (unlink(w->out) != 0)
		cm_cli_say(ctx, "%s is there unencrypted, and can not be removed: do not hand it out", w->out);
	if (rc == CM_OK)
		return out;
	(void)cm_cli_error(ctx, w->out, &err, "it was stated, could not be encrypted, and is removed; `comity disclose' makes it anew");
	return NULL;
}
