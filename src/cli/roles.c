/* Making the log and the witness of a case, with a key each. */
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "cli/keys.h"
#include "cli/log.h"
#include "crypto/ed25519.h"
#include "crypto/sha256.h"
#include "os/private.h"
#include "os/random.h"
#include "store/witness_files.h"

/* Nobody's names on the network: origins are public to all witnesses' monitors. */
#define LOG_NAME "comity.invalid/log/%k"
#define WITNESS_NAME "comity.invalid/witness/%k"
#define SHORT 16 /* digits of %k */

/* Secret while it lives. */
struct fresh_key {
	uint8_t seed[32];
	uint32_t check;
	struct cm_buf name, folder;
};

/* ${pattern} with the key's hash in place of "%h", or as much of it as sets names apart for "%k". */
static enum cm_result
name_key(const char *pattern, struct fresh_key *k, struct cm_err *err)
{
	const char *whole = strstr(pattern, "%h"), *at = whole != NULL ? whole : strstr(pattern, "%k");
	uint8_t point[32], digest[32];
	char hex[65] = { 0 };

	if (cm_ed25519_public(k->seed, point) != CM_OK)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	cm_sha256(point, sizeof(point), digest);
	cm_hex_encode(cm_span_of(digest, sizeof(digest)), hex);
	if (whole == NULL)
		hex[SHORT] = '\0';
	if (at == NULL)
		cm_buf_add_str(&k->name, pattern);
	else
		cm_buf_printf(&k->name, "%.*s%s%s", (int)(at - pattern), pattern, hex, at + 2);
	return cm_buf_cstr(&k->name) != NULL ? CM_OK : cm_err_set(err, CM_E_NOMEM, "out of memory");
}

static enum cm_result
begin(const struct cm_case *c, const char *part, const char *pattern, struct fresh_key *k, struct cm_err *err)
{
	*k = (struct fresh_key) { 0 };
	cm_buf_printf(&k->folder, "%s/%s", cm_case_folder(c), part);
	if (cm_buf_cstr(&k->folder) == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	if (cm_random(k->seed, sizeof(k->seed)) != CM_OK || cm_random(&k->check, sizeof(k->check)) != CM_OK)
		return cm_err_set(err, CM_E_IO, "the system gives no randomness");
	return name_key(pattern, k, err);
}

static void
end(struct fresh_key *k)
{
	explicit_bzero(k->seed, sizeof(k->seed));
	cm_buf_release(&k->name);
	cm_buf_release(&k->folder);
}

static enum cm_result
make_log(struct cm_case *c, const char *origin, struct cm_err *err)
{
	struct fresh_key k;
	enum cm_result r = begin(c, "log", origin != NULL ? origin : LOG_NAME, &k, err);
	struct cm_log_new fresh = { .seed = k.seed, .check = k.check };

	if (r == CM_OK) {
		fresh.folder = cm_buf_cstr(&k.folder);
		fresh.origin = cm_buf_cstr(&k.name);
		/* Places in a log that is lost are none in this one, which gets everything anew. */
		if (!cm_path_exists(fresh.folder))
			r = cm_case_logged_forget(c, err);
	}
	if (r == CM_OK)
		r = cm_log_files_create(cm_disk_here(), &fresh, err);
	end(&k);
	return r;
}

static enum cm_result
make_witness(struct cm_case *c, const char *name, struct cm_err *err)
{
	struct fresh_key k;
	enum cm_result r = begin(c, "witness", name != NULL ? name : WITNESS_NAME, &k, err);
	struct cm_witness_new fresh = { .seed = k.seed, .check = k.check };

	if (r == CM_OK) {
		fresh.folder = cm_buf_cstr(&k.folder);
		fresh.name = cm_buf_cstr(&k.name);
		r = cm_witness_files_create(cm_disk_here(), &fresh, err);
	}
	end(&k);
	return r;
}

/* For each log that the old witness knows. */
struct carrying {
	struct cm_witness_files *to;
	enum cm_result r;
	struct cm_err *err;
};

static void
carry_one(void *arg, const struct cm_vkey *log, const struct cm_witness_held *held, uint64_t time)
{
	struct carrying *c = arg;

	(void)held;
	(void)time;
	if (c->r == CM_OK)
		c->r = cm_witness_files_add_log(c->to, log, c->err);
}

static enum cm_result
carry_logs(struct cm_case *c, const char *to, struct cm_err *err)
{
	struct cm_witness_files *old = NULL, *new = NULL;
	struct carrying carrying = { .err = err };
	struct cm_buf from = { 0 };
	enum cm_result r = CM_E_NOMEM;

	cm_buf_printf(&from, "%s/witness", cm_case_folder(c));
	if (cm_buf_cstr(&from) != NULL)
		r = cm_witness_files_look(cm_disk_here(), cm_buf_cstr(&from), &old, err);
	if (r == CM_OK)
		r = cm_witness_files_open(cm_disk_here(), to, &new, err);
	carrying.to = new;
	if (r == CM_OK)
		r = cm_witness_files_each(old, carry_one, &carrying, err);
	cm_witness_files_close(old);
	cm_witness_files_close(new);
	cm_buf_release(&from);
	return r == CM_OK ? carrying.r : r;
}

static enum cm_result
make_next(struct cm_case *c, bool log, const char *name, struct cm_err *err)
{
	struct fresh_key k;
	enum cm_result r = begin(c, name, log ? LOG_NAME : WITNESS_NAME, &k, err);
	struct cm_log_new fresh_log = { .seed = k.seed, .check = k.check };
	struct cm_witness_new fresh = { .seed = k.seed, .check = k.check };

	if (r == CM_OK) {
		fresh_log.folder = fresh.folder = cm_buf_cstr(&k.folder);
		fresh_log.origin = fresh.name = cm_buf_cstr(&k.name);
		if (cm_path_exists(fresh.folder))
			r = CM_OK; /* of a rotation that was not finished: nobody knows it yet */
		else
			r = log ? cm_log_files_create(cm_disk_here(), &fresh_log, err)
				: cm_witness_files_create(cm_disk_here(), &fresh, err);
	}
	if (r == CM_OK && !log)
		r = carry_logs(c, fresh.folder, err);
	end(&k);
	return r;
}

enum cm_result
cm_cli_roles_next(struct cm_case *c, const char *part, struct cm_vkey *out, struct cm_err *err)
{
	bool log = strcmp(part, "log") == 0;
	const char *name = log ? "log.next" : "witness.next";
	enum cm_result r = make_next(c, log, name, err);

	return r == CM_OK ? cm_cli_vkey(cm_case_folder(c), name, out, err) : r;
}

/* So that what is stated here verifies here, and what the own witness saw counts. */
static enum cm_result
trust_own(struct cm_case *c, const char *part, struct cm_err *err)
{
	struct cm_buf line = { 0 };
	enum cm_result r = cm_cli_own_line(c, part, NULL, &line, err);

	if (r == CM_OK)
		r = cm_trust_add(cm_case_folder(c), cm_buf_span(&line), NULL, 0, err);
	cm_buf_release(&line);
	return r;
}

enum cm_result
cm_cli_roles_make(struct cm_case *c, const struct cm_cli_roles *in, struct cm_err *err)
{
	enum cm_result r = in->witness_only ? CM_OK : make_log(c, in->origin, err);

	if (r == CM_OK && !in->witness_only)
		r = trust_own(c, "log", err);
	if (r == CM_OK && !in->log_only)
		r = make_witness(c, in->witness, err);
	if (r == CM_OK && !in->log_only)
		r = trust_own(c, "witness", err);
	return r;
}
