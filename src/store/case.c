#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "charter/members.h"
#include "os/private.h"
#include "statement/signers.h"
#include "store/case_state.h"

/* 1: every exhibit has the digest of its file.  2: some do not.  3: where statements stand in the
 * log (logged.c).  4: what others sent (team.c).  5: what was
 * shown to whom (ledger.c).  An older case is brought up to date when it is opened. */
#define SCHEMA_FIRST 1
#define SCHEMA_LOG 3
#define SCHEMA_LAST 5
#define APPLICATION_ID 0x434d5459 /* "CMTY" */

static const char schema[] =
    "BEGIN;"
    "CREATE TABLE party (id INTEGER PRIMARY KEY, name TEXT NOT NULL, role TEXT,"
    " fingerprint TEXT NOT NULL UNIQUE, public_key BLOB NOT NULL, own INTEGER NOT NULL,"
    " added INTEGER NOT NULL) STRICT;"
    "CREATE TABLE statement (digest BLOB PRIMARY KEY, signer TEXT NOT NULL, number INTEGER NOT "
    "NULL,"
    " predicate TEXT NOT NULL, made INTEGER NOT NULL, path TEXT NOT NULL, json BLOB NOT NULL,"
    " sig BLOB NOT NULL, exported INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE INDEX statement_line ON statement (signer, number);"
    "CREATE TABLE exhibit (id INTEGER PRIMARY KEY, x BLOB NOT NULL UNIQUE, secret BLOB NOT NULL,"
    " path TEXT NOT NULL, size INTEGER NOT NULL, sha256 BLOB NOT NULL, kind TEXT NOT NULL,"
    " row_count INTEGER NOT NULL, root BLOB NOT NULL,"
    " statement BLOB NOT NULL UNIQUE REFERENCES statement (digest)) STRICT;"
    "CREATE TABLE finding (id INTEGER PRIMARY KEY,"
    " statement BLOB NOT NULL UNIQUE REFERENCES statement (digest), type TEXT NOT NULL,"
    " verdict TEXT NOT NULL, bits INTEGER NOT NULL, forged INTEGER NOT NULL, genuine INTEGER NOT "
    "NULL,"
    " suspect INTEGER NOT NULL, support INTEGER NOT NULL) STRICT;"
    "CREATE TABLE disclosure (id INTEGER PRIMARY KEY,"
    " statement BLOB NOT NULL UNIQUE REFERENCES statement (digest), whom TEXT NOT NULL,"
    " path TEXT NOT NULL, bytes INTEGER NOT NULL, sha256 BLOB NOT NULL) STRICT;"
    "CREATE TABLE shut (digest BLOB PRIMARY KEY, r BLOB NOT NULL, text TEXT NOT NULL) STRICT;"
    "PRAGMA user_version = 1;"
    "PRAGMA application_id = 0x434d5459;"
    "COMMIT;";

static const char schema_log[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE IF NOT EXISTS logged (statement BLOB PRIMARY KEY REFERENCES statement (digest),"
    " place INTEGER NOT NULL UNIQUE) STRICT;"
    "CREATE TABLE IF NOT EXISTS entry (statement BLOB PRIMARY KEY REFERENCES statement (digest),"
    " sha256 BLOB NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS known (origin TEXT PRIMARY KEY, size INTEGER NOT NULL,"
    " root BLOB NOT NULL, seen INTEGER NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS head (origin TEXT NOT NULL, size INTEGER NOT NULL,"
    " root BLOB NOT NULL, made INTEGER NOT NULL, PRIMARY KEY (origin, size)) STRICT;"
    "CREATE TABLE IF NOT EXISTS ended (fingerprint TEXT PRIMARY KEY, origin TEXT, place INTEGER,"
    " json BLOB NOT NULL, sig BLOB NOT NULL, receipt BLOB NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS seen (origin TEXT NOT NULL, size INTEGER NOT NULL,"
    " root BLOB NOT NULL, note BLOB NOT NULL, PRIMARY KEY (origin, size)) STRICT;"
    "PRAGMA user_version = 3;"
    "COMMIT;";

static const char schema_team[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE IF NOT EXISTS charter (digest BLOB PRIMARY KEY, json BLOB NOT NULL,"
    " taken INTEGER NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS charter_sig (charter BLOB NOT NULL REFERENCES charter (digest),"
    " signer TEXT NOT NULL, sig BLOB NOT NULL, taken INTEGER NOT NULL, PRIMARY KEY (charter, signer)) STRICT;"
    "CREATE TABLE IF NOT EXISTS told (digest BLOB PRIMARY KEY, signer TEXT NOT NULL, number INTEGER NOT NULL,"
    " predicate TEXT NOT NULL, made INTEGER NOT NULL, taken INTEGER NOT NULL, json BLOB NOT NULL,"
    " sig BLOB NOT NULL, receipt BLOB NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS governed (id INTEGER PRIMARY KEY CHECK (id = 1), case_id BLOB NOT NULL,"
    " charter BLOB NOT NULL REFERENCES charter (digest)) STRICT;"
    "PRAGMA user_version = 4;"
    "COMMIT;";

enum cm_result
cm_case_path(const char *folder, const char *name, char out[PATH_MAX], struct cm_err *err)
{
	int n = snprintf(out, PATH_MAX, "%s/%s", folder, name);

	if (n < 0 || n >= PATH_MAX)
		return cm_err_set(err, CM_E_IO, "a path that is too long");
	return CM_OK;
}

/* Finding it. */

static bool
is_case(const char *folder)
{
	char path[PATH_MAX];

	return cm_case_path(folder, "case.db", path, NULL) == CM_OK && cm_path_exists(path);
}

static enum cm_result
take(const char *folder, struct cm_buf *out)
{
	cm_buf_add_str(out, folder);
	return cm_buf_ok(out) ? CM_OK : CM_E_NOMEM;
}

static enum cm_result
find_named(const char *named, struct cm_buf *out, struct cm_err *err)
{
	char inner[PATH_MAX];

	if (is_case(named))
		return take(named, out);
	if (cm_case_path(named, CM_CASE_FOLDER, inner, NULL) == CM_OK && is_case(inner))
		return take(inner, out);
	return cm_err_set(err, CM_E_NOTFOUND,
	    "no case folder at %s, which COMITY_CASE names; comity init makes one", named);
}

enum cm_result
cm_case_find(const char *named, const char *from, struct cm_buf *out, struct cm_err *err)
{
	char at[PATH_MAX], inner[PATH_MAX];

	if (named != NULL)
		return find_named(named, out, err);
	if (realpath(from, at) == NULL)
		return cm_err_set(err, CM_E_IO, "%s: %s", from, strerror(errno));
	for (;;) {
		char *slash;

		if (cm_case_path(strcmp(at, "/") == 0 ? "" : at, CM_CASE_FOLDER, inner, NULL) ==
			CM_OK &&
		    is_case(inner))
			return take(inner, out);
		slash = strrchr(at, '/');
		if (slash == NULL || strcmp(at, "/") == 0)
			return cm_err_set(err, CM_E_NOTFOUND,
			    "no case folder here or above; make one: comity init --name NAME");
		slash[slash == at ? 1 : 0] = '\0';
	}
}

/* Making it. */

bool
cm_case_name_ok(const char *name)
{
	return cm_member_name_ok(name);
}

bool
cm_case_role_ok(const char *role)
{
	enum cm_member_role r;

	return cm_member_role_of_word(role, &r);
}

static enum cm_result
add_self(
    struct cm_db *db, const struct cm_case_new *in, const struct cm_key *key, struct cm_err *err)
{
	char fingerprint[CM_FINGERPRINT_LEN + 1];
	struct cm_query q =
	    cm_query_of(db, "INSERT INTO party (name, role, fingerprint, public_key, own, added)"
			    " VALUES (?, ?, ?, ?, 1, ?)");

	cm_ssh_fingerprint(&key->pub, fingerprint);
	cm_query_text(&q, 1, in->name);
	cm_query_text(&q, 2, in->role);
	cm_query_text(&q, 3, fingerprint);
	cm_query_blob(&q, 4, cm_ssh_public_blob(&key->pub));
	cm_query_int(&q, 5, in->now);
	return cm_query_run(&q, err);
}

/* The file comes first, for SQLite gives its own files the mode of this one. */
static enum cm_result
make_db(
    const char *folder, const struct cm_case_new *in, const struct cm_key *key, struct cm_err *err)
{
	struct cm_write_mode mode = { CM_WRITE_NEW, 0600 };
	struct cm_db db = { 0 };
	char path[PATH_MAX];
	enum cm_result r = cm_case_path(folder, "case.db", path, err);

	if (r == CM_OK)
		r = cm_whole_write(path, cm_span_of(NULL, 0), mode, err);
	if (r == CM_OK)
		r = cm_db_open(path, &db, err);
	if (r != CM_OK)
		return r;
	r = cm_db_exec(&db, schema, err);
	if (r == CM_OK)
		r = cm_db_exec(&db, schema_log, err);
	if (r == CM_OK)
		r = cm_db_exec(&db, schema_team, err);
	if (r == CM_OK)
		r = cm_db_exec(&db, cm_case_ledger_schema, err);
	if (r == CM_OK)
		r = add_self(&db, in, key, err);
	cm_db_close(&db);
	return r;
}

static enum cm_result
make_key(const char *folder, const struct cm_case_new *in, struct cm_key *key, struct cm_err *err)
{
	struct cm_write_mode mode = { CM_WRITE_NEW, 0644 };
	struct cm_key_new fresh = { .comment = in->name, .seed = in->seed, .check = in->check };
	struct cm_buf line = { 0 };
	char path[PATH_MAX];
	enum cm_result r = cm_case_path(folder, "key", path, err);

	fresh.path = path;
	if (r == CM_OK)
		r = cm_keyring_create(&fresh, key, err);
	if (r == CM_OK)
		r = cm_case_path(folder, "allowed_signers", path, err);
	if (r != CM_OK)
		return r;
	cm_signers_line(in->name, &key->pub, &line);
	r = cm_buf_ok(&line) ? cm_whole_write(path, cm_buf_span(&line), mode, err) : CM_E_NOMEM;
	cm_buf_release(&line);
	if (r == CM_OK)
		r = cm_case_path(folder, ".gitignore", path, err);
	return r == CM_OK ? cm_whole_write(path, cm_span_str("*\n"), mode, err) : r;
}

/* What a broken `init` left under the name that is not yet the case's. */
static void
remove_unfinished(const char *folder)
{
	static const char *const files[] = { "case.db", "case.db-journal", "case.db.tmp",
		"key", "key.tmp", "key.pub", "key.pub.tmp", "allowed_signers",
		"allowed_signers.tmp", ".gitignore", ".gitignore.tmp" };
	static const char *const folders[] = { "statements", "index" };
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (cm_case_path(folder, files[i], path, NULL) == CM_OK)
			unlink(path);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (cm_case_path(folder, folders[i], path, NULL) == CM_OK)
			rmdir(path);
	rmdir(folder);
}

static enum cm_result
make_all(const char *folder, const struct cm_case_new *in, struct cm_err *err)
{
	struct cm_key key = { 0 };
	char path[PATH_MAX];
	enum cm_result r = cm_private_mkdir(folder, err);

	if (r == CM_OK)
		r = cm_case_path(folder, "statements", path, err);
	if (r == CM_OK)
		r = cm_private_mkdir(path, err);
	if (r == CM_OK)
		r = cm_case_path(folder, "index", path, err);
	if (r == CM_OK)
		r = cm_private_mkdir(path, err);
	if (r == CM_OK)
		r = make_key(folder, in, &key, err);
	if (r == CM_OK)
		r = make_db(folder, in, &key, err);
	cm_key_wipe(&key);
	return r;
}

enum cm_result
cm_case_create(const struct cm_case_new *in, struct cm_err *err)
{
	char unfinished[PATH_MAX];
	int n = snprintf(unfinished, sizeof(unfinished), "%s.new", in->folder);
	enum cm_result r;

	if (n < 0 || (size_t)n >= sizeof(unfinished))
		return cm_err_set(err, CM_E_IO, "a path that is too long");
	if (!cm_case_name_ok(in->name))
		return cm_err_set(err, CM_E_USAGE,
		    "a name has 1 to %u bytes, without quotes, commas, control characters or "
		    "*?!#\\",
		    CM_CASE_NAME_MAX);
	if (in->role != NULL && !cm_case_role_ok(in->role))
		return cm_err_set(err, CM_E_USAGE, "a role is one of " CM_CASE_ROLES);
	if (cm_path_exists(in->folder))
		return cm_err_set(err, CM_E_USAGE, "%s exists already", in->folder);
	remove_unfinished(unfinished);
	r = make_all(unfinished, in, err);
	if (r == CM_OK)
		r = cm_private_place(unfinished, in->folder, err);
	if (r != CM_OK)
		remove_unfinished(unfinished);
	return r;
}

/* Opening it. */

static enum cm_result
check_version(struct cm_case *c, struct cm_err *err)
{
	int64_t version = 0, application = 0;
	enum cm_result r = cm_db_int(&c->db, "PRAGMA user_version", &version, err);

	if (r == CM_OK)
		r = cm_db_int(&c->db, "PRAGMA application_id", &application, err);
	if (r != CM_OK)
		return r;
	if (application != APPLICATION_ID)
		return cm_err_set(err, CM_E_MALFORMED, "%s: not a case database", c->db_path);
	if (version < SCHEMA_FIRST || version > SCHEMA_LAST)
		return cm_err_set(
		    err, CM_E_UNSUPPORTED, "%s: made by another version of comity", c->db_path);
	if (version < SCHEMA_LOG)
		r = cm_db_exec(&c->db, schema_log, err);
	if (r == CM_OK && version < 4)
		r = cm_db_exec(&c->db, schema_team, err);
	return r == CM_OK && version < SCHEMA_LAST ? cm_db_exec(&c->db, cm_case_ledger_schema, err) : r;
}

enum cm_result
cm_case_load_self(struct cm_case *c, struct cm_err *err)
{
	struct cm_query q =
	    cm_query_of(&c->db, "SELECT name, role, fingerprint FROM party WHERE own = 1");
	bool row = false;
	enum cm_result r = cm_query_step(&q, &row, err);

	if (r == CM_OK && !row)
		r = cm_err_set(err, CM_E_MALFORMED, "%s: no party", c->db_path);
	if (r == CM_OK)
		r = cm_column_text(&q, 0, &c->arena, &c->self.name, err);
	if (r == CM_OK)
		r = cm_column_text(&q, 1, &c->arena, &c->self.role, err);
	if (r == CM_OK)
		r = cm_column_text(&q, 2, &c->arena, &c->self.fingerprint, err);
	cm_query_end(&q);
	if (r != CM_OK)
		return r;
	c->self.key_path = cm_arena_printf(&c->arena, "%s/key", c->folder);
	return c->self.key_path != NULL ? CM_OK : CM_E_NOMEM;
}

/* The folder's mode alone would do, until somebody copies the file out of it. */
static enum cm_result
check_key(const struct cm_case *c, struct cm_err *err)
{
	char path[PATH_MAX];
	enum cm_result r = cm_case_path(c->folder, "key", path, err);

	/* A key in hardware leaves only its public half here. */
	return r != CM_OK || !cm_path_exists(path) ? r : cm_private_check(path, err);
}

static enum cm_result
open_in(struct cm_case *c, const char *folder, struct cm_err *err)
{
	enum cm_result r;

	/* The path is kept absolute, for messages and for a process that changes its folder. */
	if (realpath(folder, c->folder) == NULL)
		return cm_err_set(err, CM_E_NOTFOUND, "%s: %s", folder, strerror(errno));
	r = cm_case_path(c->folder, "case.db", c->db_path, err);
	if (r == CM_OK)
		r = cm_private_check(c->folder, err);
	if (r == CM_OK)
		r = cm_private_check(c->db_path, err);
	if (r == CM_OK)
		r = check_key(c, err);
	if (r == CM_OK)
		r = cm_db_open(c->db_path, &c->db, err);
	if (r == CM_OK)
		r = check_version(c, err);
	if (r == CM_OK)
		r = cm_case_load_self(c, err);
	if (r == CM_OK)
		r = cm_case_key_settle(c, err);
	if (r == CM_OK)
		cm_case_export(c);
	return r;
}

enum cm_result
cm_case_open(const char *folder, struct cm_case **out, struct cm_err *err)
{
	struct cm_case *c = calloc(1, sizeof(*c));
	enum cm_result r;

	if (c == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	cm_arena_init(&c->arena, 0);
	r = open_in(c, folder, err);
	if (r != CM_OK) {
		cm_case_close(c);
		return r;
	}
	*out = c;
	return CM_OK;
}

void
cm_case_close(struct cm_case *c)
{
	if (c == NULL)
		return;
	cm_case_rollback(c);
	cm_db_close(&c->db);
	cm_arena_fini(&c->arena);
	free(c);
}

enum cm_result
cm_case_signers_line(struct cm_case *c, struct cm_buf *out, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db, "SELECT public_key FROM party WHERE own = 1");
	struct cm_ssh_public key;
	bool row = false;
	enum cm_result r = cm_query_step(&q, &row, err);

	if (r == CM_OK)
		r = cm_ssh_public_parse(cm_column_blob(&q, 0), &key, err);
	cm_query_end(&q);
	if (r != CM_OK)
		return r;
	cm_signers_line(c->self.name, &key, out);
	return cm_buf_ok(out) ? CM_OK : cm_err_set(err, CM_E_NOMEM, "out of memory");
}

const char *
cm_case_folder(const struct cm_case *c)
{
	return c->folder;
}

const struct cm_case_self *
cm_case_self(const struct cm_case *c)
{
	return &c->self;
}

enum cm_result
cm_case_keyring(struct cm_case *c, const char *agent, struct cm_keyring *out, struct cm_err *err)
{
	char fingerprint[CM_FINGERPRINT_LEN + 1];
	enum cm_result r = cm_keyring_open(c->self.key_path, agent, out, err);

	if (r != CM_OK)
		return r;
	cm_ssh_fingerprint(&out->signer.key, fingerprint);
	if (strcmp(fingerprint, c->self.fingerprint) == 0)
		return CM_OK;
	cm_keyring_close(out);
	return cm_err_set(err, CM_E_REFUSED, "%s is not the key of this case, %s", c->self.key_path,
	    c->self.fingerprint);
}
