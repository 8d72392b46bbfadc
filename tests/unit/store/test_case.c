/* The case folder: made whole, found from below, refused if others can read it, and no
 * number used twice whatever happens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/private.h"
#include "statement/sequence.h"
#include "statement/seal_v1.h"
#include "store/case.h"
#include "store/db.h"

static char folder[64], place[80], here[4096];
static struct cm_case *c;
static struct cm_keyring keyring;
static struct cm_arena arena;

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static enum cm_result
make(const char *at, const char *name, const char *role)
{
	uint8_t seed[32] = { 1 };
	struct cm_case_new fresh = { .folder = at,
		.name = name,
		.role = role,
		.seed = seed,
		.check = 3,
		.now = 1795475200 };

	return cm_case_create(&fresh, NULL);
}

static int
set_up(void **state)
{
	(void)state;
	if (getcwd(here, sizeof(here)) == NULL)
		return -1;
	strcpy(folder, "/tmp/comity-test-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(place, sizeof(place), "%s/.comity", folder);
	cm_arena_init(&arena, 0);
	return make(place, "CERT Alpha", "government") == CM_OK &&
		       cm_case_open(place, &c, NULL) == CM_OK &&
		       cm_case_keyring(c, NULL, &keyring, NULL) == CM_OK
		   ? 0
		   : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	cm_keyring_close(&keyring);
	cm_case_close(c);
	c = NULL;
	cm_arena_fini(&arena);
	if (chdir(here) != 0)
		return -1;
	return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void
nothing(void *arg, struct cm_jsonw *w)
{
	(void)arg;
	(void)w;
}

static enum cm_result
state_one(struct cm_case *in, struct cm_case_stated *out)
{
	static const struct cm_subject subject = { { 1 }, { 2 } };
	struct cm_case_draft d = { .type = CM_PREDICATE_SEAL,
		.subject = &subject,
		.n_subject = 1,
		.made = 1795475200,
		.body = nothing };

	return cm_case_state(in, &keyring.signer, &d, out, NULL);
}

static struct cm_case_statements
list(void)
{
	struct cm_case_statements s;

	assert_int_equal(cm_case_statements(c, &arena, &s, NULL), CM_OK);
	return s;
}

static mode_t
mode_of(const char *name)
{
	char path[160];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", place, name);
	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 0777;
}

static void
a_new_case_is_its_owner_s_alone(void **state)
{
	char path[160];

	(void)state;
	assert_int_equal(mode_of("."), 0700);
	assert_int_equal(mode_of("case.db"), 0600);
	assert_int_equal(mode_of("key"), 0600);
	assert_int_equal(mode_of("statements"), 0700);
	assert_int_equal(mode_of("index"), 0700);
	snprintf(path, sizeof(path), "%s.new", place);
	assert_false(cm_path_exists(path));
	assert_string_equal(cm_case_self(c)->name, "CERT Alpha");
	assert_string_equal(cm_case_self(c)->role, "government");
	assert_int_equal(make(place, "Other", NULL), CM_E_USAGE);
}

static void
what_others_can_read_is_refused(void **state)
{
	static const char *const names[] = { ".", "case.db", "key" };
	struct cm_case *again = NULL;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		mode_t before = mode_of(names[i]);
		struct cm_err err = { 0 };
		char path[160];

		snprintf(path, sizeof(path), "%s/%s", place, names[i]);
		assert_int_equal(chmod(path, before | 0040), 0);
		assert_int_equal(cm_case_open(place, &again, &err), CM_E_REFUSED);
		assert_non_null(strstr(err.text, "chmod"));
		assert_int_equal(chmod(path, before), 0);
	}
	assert_int_equal(cm_case_open(place, &again, NULL), CM_OK);
	cm_case_close(again);
}

static void
a_case_is_found_from_below_or_by_its_name(void **state)
{
	struct cm_buf b = { 0 };
	struct cm_err err = { 0 };
	char below[120];

	(void)state;
	snprintf(below, sizeof(below), "%s/a", folder);
	assert_int_equal(cm_case_find(NULL, folder, &b, NULL), CM_OK);
	assert_string_equal(cm_buf_cstr(&b), place);
	assert_int_equal(mkdir(below, 0755), 0);
	cm_buf_clear(&b);
	assert_int_equal(cm_case_find(NULL, below, &b, NULL), CM_OK);
	assert_string_equal(cm_buf_cstr(&b), place);
	cm_buf_clear(&b);
	assert_int_equal(cm_case_find(place, "/", &b, NULL), CM_OK);
	assert_string_equal(cm_buf_cstr(&b), place);
	cm_buf_clear(&b);
	assert_int_equal(cm_case_find(folder, "/", &b, NULL), CM_OK);
	assert_string_equal(cm_buf_cstr(&b), place);
	cm_buf_clear(&b);
	assert_int_equal(cm_case_find(below, folder, &b, &err), CM_E_NOTFOUND);
	assert_non_null(strstr(err.text, "COMITY_CASE"));
	err = (struct cm_err) { 0 };
	assert_int_equal(cm_case_find(NULL, "/", &b, &err), CM_E_NOTFOUND);
	assert_non_null(strstr(err.text, "comity init"));
	assert_int_equal(b.len, 0);
	cm_buf_release(&b);
}

static void
names_and_roles_that_can_not_be_are_refused(void **state)
{
	static const char *const bad[] = { "", " a", "a ", "a\"b", "a,b", "a*", "!a", "#a", "a\nb",
		"a\x7f" };
	char other[100];

	(void)state;
	snprintf(other, sizeof(other), "%s/other", folder);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(make(other, bad[i], NULL), CM_E_USAGE);
	assert_int_equal(make(other, "fine", "king"), CM_E_USAGE);
	assert_false(cm_path_exists(other));
	assert_int_equal(make(other, "fine", NULL), CM_OK);
}

static void
what_a_broken_init_left_is_cleared_away(void **state)
{
	char unfinished[140], key[160], other[100];

	(void)state;
	snprintf(other, sizeof(other), "%s/other", folder);
	snprintf(unfinished, sizeof(unfinished), "%s.new", other);
	snprintf(key, sizeof(key), "%s/key", unfinished);
	assert_int_equal(mkdir(unfinished, 0700), 0);
	assert_int_equal(cm_whole_write(key, cm_span_str("x"),
			     (struct cm_write_mode) { CM_WRITE_NEW, 0600 }, NULL),
	    CM_OK);
	assert_int_equal(make(other, "fine", NULL), CM_OK);
	assert_false(cm_path_exists(unfinished));
}

static void
statements_are_numbered_chained_signed_and_copied_out(void **state)
{
	struct cm_sequence_item items[3];
	struct cm_statement_doc doc[3] = { 0 };
	struct cm_case_statements all;
	struct cm_sequence chain;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct cm_case_stated s;

		assert_int_equal(state_one(c, &s), CM_OK);
		assert_int_equal(s.number, i + 1);
	}
	all = list();
	assert_int_equal(all.n, 3);
	for (size_t i = 0; i < 3; i++) {
		struct cm_buf json = { 0 }, sig = { 0 }, copy = { 0 };
		struct cm_sshsig parsed;
		char path[200];

		assert_int_equal(
		    cm_case_statement_text(c, all.item[i].digest, &json, &sig, NULL), CM_OK);
		assert_int_equal(cm_sshsig_parse(cm_buf_span(&sig), &parsed, NULL), CM_OK);
		assert_int_equal(cm_sshsig_verify(&parsed, cm_buf_span(&json), NULL), CM_OK);
		snprintf(path, sizeof(path), "%s/%s", place, all.item[i].path);
		assert_int_equal(cm_whole_read(path, 10000, &copy, NULL), CM_OK);
		assert_true(cm_span_eq(cm_buf_span(&copy), cm_buf_span(&json)));
		assert_int_equal(
		    cm_statement_read(cm_buf_span(&json), &arena, &doc[i], NULL), CM_OK);
		items[i].head = &doc[i].head;
		memcpy(items[i].digest, all.item[i].digest, 32);
		cm_buf_release(&json);
		cm_buf_release(&sig);
		cm_buf_release(&copy);
	}
	assert_int_equal(cm_sequence_check(items, 3, &arena, &chain, NULL), CM_OK);
	assert_int_equal(chain.n, 0);
	for (size_t i = 0; i < 3; i++)
		cm_statement_release(&doc[i]);
}

static void
bad_body(void *arg, struct cm_jsonw *w)
{
	(void)arg;
	cm_jsonw_kint(w, "number", 7);
}

static void
what_can_not_be_read_again_is_not_signed(void **state)
{
	static const struct cm_subject subject = { { 1 }, { 2 } };
	struct cm_case_draft d = {
		.type = CM_PREDICATE_SEAL, .subject = &subject, .n_subject = 1, .body = bad_body
	};
	struct cm_case_stated s;
	struct cm_err err = { 0 };

	(void)state;
	assert_int_equal(cm_case_state(c, &keyring.signer, &d, &s, &err), CM_E_USAGE);
	assert_non_null(strstr(err.text, "twice"));
	assert_int_equal(list().n, 0);
	assert_int_equal(state_one(c, &s), CM_OK);
	assert_int_equal(s.number, 1);
}

static enum cm_result
sign_nothing(void *arg, struct cm_span data, struct cm_buf *out, struct cm_err *err)
{
	(void)arg;
	(void)data;
	(void)out;
	return cm_err_set(err, CM_E_REFUSED, "no");
}

static void
what_was_rolled_back_or_not_signed_leaves_no_number(void **state)
{
	struct cm_case_stated s;
	struct cm_signer signer = keyring.signer;

	(void)state;
	assert_int_equal(cm_case_begin(c, NULL), CM_OK);
	assert_int_equal(cm_case_begin(c, NULL), CM_E_USAGE);
	assert_int_equal(state_one(c, &s), CM_OK);
	assert_int_equal(state_one(c, &s), CM_OK);
	assert_int_equal(s.number, 2);
	cm_case_rollback(c);
	keyring.signer.sign = sign_nothing;
	assert_int_equal(state_one(c, &s), CM_E_REFUSED);
	keyring.signer = signer;
	assert_int_equal(list().n, 0);
	assert_int_equal(cm_case_begin(c, NULL), CM_OK);
	assert_int_equal(state_one(c, &s), CM_OK);
	assert_int_equal(s.number, 1);
	assert_int_equal(cm_case_commit(c, NULL), CM_OK);
	assert_int_equal(list().n, 1);
}

/* Three processes state at once; each dies without a word after its last one. */
static void
several_processes_never_take_one_number_twice(void **state)
{
	pid_t child[3];
	struct cm_case_statements all;

	(void)state;
	cm_case_close(c);
	c = NULL;
	for (size_t i = 0; i < 3; i++) {
		child[i] = fork();
		assert_true(child[i] >= 0);
		if (child[i] != 0)
			continue;
		for (int n = 0; n < 5; n++) {
			struct cm_case *mine = NULL;
			struct cm_case_stated s;

			if (cm_case_open(place, &mine, NULL) != CM_OK)
				_exit(1);
			if (state_one(mine, &s) != CM_OK)
				_exit(3);
			/* The next round begins as if this one had crashed: with a transaction open. */
			if (n == 4 &&
			    (cm_case_begin(mine, NULL) != CM_OK || state_one(mine, &s) != CM_OK))
				_exit(2);
			if (n == 4)
				_exit(0);
			cm_case_close(mine);
		}
	}
	for (size_t i = 0; i < 3; i++) {
		int status;

		assert_int_equal(waitpid(child[i], &status, 0), child[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(cm_case_open(place, &c, NULL), CM_OK);
	all = list();
	assert_int_equal(all.n, 15);
	for (size_t i = 0; i < all.n; i++)
		assert_int_equal(all.item[i].number, i + 1);
}

static void
a_copy_that_a_crash_prevented_is_made_up_for(void **state)
{
	struct cm_case_stated s;
	char path[200];

	(void)state;
	assert_int_equal(state_one(c, &s), CM_OK);
	snprintf(path, sizeof(path), "%s/%s", place, list().item[0].path);
	assert_int_equal(unlink(path), 0);
	cm_case_close(c);
	{
		struct cm_db db;
		char name[120];

		snprintf(name, sizeof(name), "%s/case.db", place);
		assert_int_equal(cm_db_open(name, &db, NULL), CM_OK);
		assert_int_equal(cm_db_exec(&db, "UPDATE statement SET exported = 0", NULL), CM_OK);
		cm_db_close(&db);
	}
	assert_int_equal(cm_case_open(place, &c, NULL), CM_OK);
	assert_true(cm_path_exists(path));
}

static void
copies_that_can_not_be_made_wait_and_hinder_nothing(void **state)
{
	struct cm_case_stated s;
	char copies[200], aside[200], path[200];

	(void)state;
	snprintf(copies, sizeof(copies), "%s/statements", place);
	snprintf(aside, sizeof(aside), "%s/aside", place);
	assert_int_equal(rename(copies, aside), 0);
	assert_int_equal(state_one(c, &s), CM_OK);
	cm_case_close(c);
	assert_int_equal(cm_case_open(place, &c, NULL), CM_OK);
	assert_int_equal(list().n, 1);
	snprintf(path, sizeof(path), "%s/%s", place, list().item[0].path);
	assert_false(cm_path_exists(path));
	assert_int_equal(rename(aside, copies), 0);
	cm_case_close(c);
	assert_int_equal(cm_case_open(place, &c, NULL), CM_OK);
	assert_true(cm_path_exists(path));
}

static void
exhibits_keep_their_secret_and_need_their_seal(void **state)
{
	struct cm_case_exhibit e = { .x = { 1 },
		.path = "/captures/a.pcap",
		.size = 100,
		.has_sha256 = true,
		.sha256 = { 2 },
		.kind = "capture/1",
		.rows = 5,
		.root = { 3 } };
	struct cm_seal_secret secret = { .x = { 1 }, .s = { 9 } }, got = { 0 };
	uint8_t unknown[32] = { 77 };
	struct cm_case_exhibits all;
	struct cm_case_stated s;

	(void)state;
	assert_int_equal(
	    cm_case_exhibit_add(c, &e, &secret, NULL), CM_E_USAGE); /* no such statement */
	assert_int_equal(cm_case_begin(c, NULL), CM_OK);
	assert_int_equal(state_one(c, &s), CM_OK);
	memcpy(e.statement, s.digest, 32);
	assert_int_equal(cm_case_exhibit_add(c, &e, &secret, NULL), CM_OK);
	assert_int_equal(cm_case_commit(c, NULL), CM_OK);
	assert_int_equal(cm_case_exhibit_add(c, &e, &secret, NULL), CM_E_USAGE); /* twice */
	secret.x[0] = 2;
	assert_int_equal(cm_case_exhibit_add(c, &e, &secret, NULL), CM_E_USAGE);
	assert_int_equal(cm_case_exhibits(c, &arena, &all, NULL), CM_OK);
	assert_int_equal(all.n, 1);
	assert_int_equal(all.item[0].id, 1);
	assert_string_equal(all.item[0].path, "/captures/a.pcap");
	assert_string_equal(all.item[0].kind, "capture/1");
	assert_int_equal(all.item[0].size, 100);
	assert_int_equal(all.item[0].rows, 5);
	assert_memory_equal(all.item[0].statement, s.digest, 32);
	assert_int_equal(cm_case_secret(c, e.x, &got, NULL), CM_OK);
	assert_int_equal(got.s[0], 9);
	assert_int_equal(cm_case_secret(c, unknown, &got, NULL), CM_E_NOTFOUND);
}

static int64_t
schema_version(void)
{
	struct cm_db db;
	int64_t version = 0;
	char name[120];

	snprintf(name, sizeof(name), "%s/case.db", place);
	assert_int_equal(cm_db_open(name, &db, NULL), CM_OK);
	assert_int_equal(cm_db_int(&db, "PRAGMA user_version", &version, NULL), CM_OK);
	cm_db_close(&db);
	return version;
}

/* A case of the first schema, as an older program leaves it, is brought up to date. */
static void
an_older_case_is_brought_up_to_date(void **state)
{
	char name[120];
	struct cm_db db;
	uint64_t next = 7;

	(void)state;
	cm_case_close(c);
	c = NULL;
	snprintf(name, sizeof(name), "%s/case.db", place);
	assert_int_equal(cm_db_open(name, &db, NULL), CM_OK);
	assert_int_equal(
	    cm_db_exec(&db, "DROP TABLE logged; DROP TABLE known; PRAGMA user_version = 1", NULL), CM_OK);
	cm_db_close(&db);
	assert_int_equal(cm_case_open(place, &c, NULL), CM_OK);
	assert_int_equal(schema_version(), 5);
	assert_int_equal(cm_case_logged_next(c, &next, NULL), CM_OK);
	assert_int_equal(next, 0);
}

static void
a_place_in_the_log_is_given_once(void **state)
{
	struct cm_case_statements left;
	uint64_t place_of = 0, next = 0;
	struct cm_case_stated one, two;

	(void)state;
	assert_int_equal(state_one(c, &one), CM_OK);
	assert_int_equal(state_one(c, &two), CM_OK);
	assert_int_equal(cm_case_unlogged(c, &arena, &left, NULL), CM_OK);
	assert_int_equal(left.n, 2);
	assert_memory_equal(left.item[0].digest, one.digest, 32);
	assert_int_equal(cm_case_logged_add(c, one.digest, 41, NULL), CM_OK);
	assert_int_equal(cm_case_logged_add(c, one.digest, 42, NULL), CM_E_USAGE);
	assert_int_equal(cm_case_logged_add(c, two.digest, 41, NULL), CM_E_USAGE);
	assert_int_equal(cm_case_logged_at(c, one.digest, &place_of, NULL), CM_OK);
	assert_int_equal(place_of, 41);
	assert_int_equal(cm_case_logged_at(c, two.digest, &place_of, NULL), CM_E_NOTFOUND);
	assert_int_equal(cm_case_logged_next(c, &next, NULL), CM_OK);
	assert_int_equal(next, 42);
	assert_int_equal(cm_case_unlogged(c, &arena, &left, NULL), CM_OK);
	assert_int_equal(left.n, 1);
	assert_memory_equal(left.item[0].digest, two.digest, 32);
}

/* Of every log the largest checkpoint seen; every statement made later names it. */
static void
statements_name_what_is_known_of_others(void **state)
{
	static const struct cm_after older = { "log.example/b", 5, { 1 } }, newer = { "log.example/b", 9, { 2 } };
	struct cm_statement_doc doc = { 0 };
	struct cm_buf json = { 0 };
	struct cm_case_stated one;

	(void)state;
	assert_int_equal(cm_case_known_set(c, &newer, 1795475200, NULL), CM_OK);
	assert_int_equal(cm_case_known_set(c, &older, 1795475300, NULL), CM_OK);
	assert_int_equal(state_one(c, &one), CM_OK);
	assert_int_equal(cm_case_statement_text(c, one.digest, &json, NULL, NULL), CM_OK);
	assert_int_equal(cm_statement_read(cm_buf_span(&json), &arena, &doc, NULL), CM_OK);
	assert_int_equal(doc.head.n_after, 1);
	assert_string_equal(doc.head.after[0].origin, "log.example/b");
	assert_int_equal(doc.head.after[0].size, 9);
	assert_int_equal(doc.head.after[0].root[0], 2);
	cm_statement_release(&doc);
	cm_buf_release(&json);
}

static void
an_index_appears_only_when_it_is_kept(void **state)
{
	struct cm_buf path = { 0 };
	uint8_t x[32] = { 0xab };
	int fd = -1;

	(void)state;
	assert_int_equal(cm_case_index_path(c, x, &path), CM_OK);
	assert_int_equal(cm_case_index_begin(c, x, &fd, NULL), CM_OK);
	assert_int_equal(write(fd, "index", 5), 5);
	assert_false(cm_path_exists(cm_buf_cstr(&path)));
	assert_int_equal(cm_case_index_keep(c, x, fd, NULL), CM_OK);
	assert_true(cm_path_exists(cm_buf_cstr(&path)));
	close(fd);
	cm_buf_release(&path);
}

static void
findings_disclosures_and_shut_texts_are_kept(void **state)
{
	struct cm_case_finding f = {
		.type = "injection", .verdict = "forged", .bits = 40, .forged = 1, .support = 9
	};
	struct cm_case_disclosure d = {
		.to = "them", .path = "/x.dossier", .bytes = 7, .sha256 = { 5 }
	};
	struct cm_case_disclosures ds;
	struct cm_case_findings fs;
	struct cm_case_stated s;
	uint8_t shut[32] = { 1 }, r[32] = { 2 }, got[32];
	const char *text;

	(void)state;
	assert_int_equal(state_one(c, &s), CM_OK);
	memcpy(f.statement, s.digest, 32);
	memcpy(d.statement, s.digest, 32);
	assert_int_equal(cm_case_finding_add(c, &f, NULL), CM_OK);
	assert_int_equal(cm_case_disclosure_add(c, &d, NULL), CM_OK);
	assert_int_equal(cm_case_findings(c, &arena, &fs, NULL), CM_OK);
	assert_int_equal(fs.n, 1);
	assert_string_equal(fs.item[0].verdict, "forged");
	assert_int_equal(fs.item[0].bits, 40);
	assert_int_equal(cm_case_disclosures(c, &arena, &ds, NULL), CM_OK);
	assert_int_equal(ds.n, 1);
	assert_string_equal(ds.item[0].path, "/x.dossier");
	assert_int_equal(cm_case_shut_text(c, shut, &arena, got, &text, NULL), CM_E_NOTFOUND);
	assert_int_equal(cm_case_shut_add(c, shut, r, "hidden", NULL), CM_OK);
	assert_int_equal(cm_case_shut_text(c, shut, &arena, got, &text, NULL), CM_OK);
	assert_string_equal(text, "hidden");
	assert_memory_equal(got, r, 32);
}

static void
a_database_of_another_kind_or_version_is_refused(void **state)
{
	static const char *const changes[] = { "PRAGMA user_version = 6",
		"PRAGMA application_id = 1" };
	static const enum cm_result want[] = { CM_E_UNSUPPORTED, CM_E_MALFORMED };
	struct cm_write_mode mode = { CM_WRITE_REPLACE, 0600 };
	struct cm_case *again = NULL;
	char name[120];

	(void)state;
	snprintf(name, sizeof(name), "%s/case.db", place);
	cm_case_close(c);
	c = NULL;
	for (size_t i = 0; i < 2; i++) {
		struct cm_db db;

		assert_int_equal(cm_db_open(name, &db, NULL), CM_OK);
		assert_int_equal(cm_db_exec(&db, changes[i], NULL), CM_OK);
		assert_int_equal(cm_db_exec(&db, "nonsense", NULL), CM_E_IO);
		cm_db_close(&db);
		assert_int_equal(cm_case_open(place, &again, NULL), want[i]);
	}
	assert_int_equal(cm_whole_write(name,
			     cm_span_str("this is no database, whatever it is called"), mode, NULL),
	    CM_OK);
	assert_int_equal(cm_case_open(place, &again, NULL), CM_E_MALFORMED);
	assert_int_equal(unlink(name), 0);
	assert_int_equal(cm_case_open(place, &again, NULL), CM_E_NOTFOUND);
}

static void
a_key_put_in_place_of_the_case_s_own_is_refused(void **state)
{
	uint8_t seed[32] = { 2 };
	struct cm_key_new other = { cm_case_self(c)->key_path, "x", seed, 1 };
	struct cm_keyring k = { 0 };
	struct cm_key key;
	char pub[200];

	(void)state;
	snprintf(pub, sizeof(pub), "%s.pub", other.path);
	assert_int_equal(unlink(other.path), 0);
	assert_int_equal(unlink(pub), 0);
	assert_int_equal(cm_keyring_create(&other, &key, NULL), CM_OK);
	assert_int_equal(cm_case_keyring(c, NULL, &k, NULL), CM_E_REFUSED);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_case_is_its_owner_s_alone),
		TEST(what_others_can_read_is_refused),
		TEST(a_case_is_found_from_below_or_by_its_name),
		TEST(names_and_roles_that_can_not_be_are_refused),
		TEST(what_a_broken_init_left_is_cleared_away),
		TEST(statements_are_numbered_chained_signed_and_copied_out),
		TEST(what_can_not_be_read_again_is_not_signed),
		TEST(what_was_rolled_back_or_not_signed_leaves_no_number),
		TEST(several_processes_never_take_one_number_twice),
		TEST(a_copy_that_a_crash_prevented_is_made_up_for),
		TEST(copies_that_can_not_be_made_wait_and_hinder_nothing),
		TEST(exhibits_keep_their_secret_and_need_their_seal),
		TEST(an_older_case_is_brought_up_to_date),
		TEST(a_place_in_the_log_is_given_once),
		TEST(statements_name_what_is_known_of_others),
		TEST(an_index_appears_only_when_it_is_kept),
		TEST(findings_disclosures_and_shut_texts_are_kept),
		TEST(a_database_of_another_kind_or_version_is_refused),
		TEST(a_key_put_in_place_of_the_case_s_own_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
