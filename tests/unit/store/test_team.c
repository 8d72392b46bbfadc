/* A case and what others send to it: taken in whole or refused, once, and logged where it is the party's own word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

#include "statement/charter_v1.h"
#include "statement/seal_v1.h"
#include "store/db.h"
#include "store/team.h"

enum { A, V, N };

struct place {
	char folder[80];
	struct cm_case *c;
	struct cm_keyring keys;
};

static char top[64];
static struct place at[N];
static struct cm_arena arena;
static struct cm_err err;
static const char *const names[N] = { "CERT A", "V" }, *const roles[N] = { "government", "victim" };

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int
set_up(void **state)
{
	(void)state;
	cm_arena_init(&arena, 0);
	strcpy(top, "/tmp/comity-test-XXXXXX");
	if (mkdtemp(top) == NULL)
		return -1;
	for (unsigned i = 0; i < N; i++) {
		uint8_t seed[32] = { (uint8_t)(i + 1) };
		struct cm_case_new fresh = { .folder = at[i].folder, .name = names[i], .role = roles[i], .seed = seed, .check = 3,
			.now = 1795475200 };

		snprintf(at[i].folder, sizeof(at[i].folder), "%s/%u", top, i);
		if (cm_case_create(&fresh, NULL) != CM_OK || cm_case_open(at[i].folder, &at[i].c, NULL) != CM_OK ||
		    cm_case_keyring(at[i].c, NULL, &at[i].keys, NULL) != CM_OK)
			return -1;
	}
	err = (struct cm_err) { 0 };
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	for (unsigned i = 0; i < N; i++) {
		cm_keyring_close(&at[i].keys);
		cm_case_close(at[i].c);
	}
	cm_arena_fini(&arena);
	return nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static struct cm_span
text(const char *says, unsigned n)
{
	struct cm_buf b = { 0 };
	struct cm_span out;

	cm_buf_printf(&b, "# Case\n%s\n## Members\n", says);
	for (unsigned i = 0; i < n; i++) {
		struct cm_member m = { .name = names[i], .key = at[i].keys.signer.key };

		assert_true(cm_member_role_of_word(roles[i], &m.role));
		cm_member_write(&m, &b);
		cm_buf_add_str(&b, "\n");
	}
	cm_buf_add_str(&b, "## Rules\n");
	out = cm_span_of(cm_arena_copy(&arena, b.ptr, b.len), b.len);
	cm_buf_release(&b);
	return out;
}

static enum cm_result
propose(unsigned who, const char *says, unsigned members, uint8_t digest[32])
{
	struct cm_case_charter_draft d = { .text = text(says, members), .nonce = { 1 }, .made = 1795475201 };

	err = (struct cm_err) { 0 };
	return cm_case_charter_propose(at[who].c, &at[who].keys.signer, &d, digest, &err);
}

static struct cm_team
team(unsigned who)
{
	struct cm_team t;

	assert_int_equal(cm_case_team(at[who].c, &arena, &t, NULL), CM_OK);
	return t;
}

/* What ${from} has of a charter goes to ${to}. */
static enum cm_result
send_charter(unsigned from, unsigned to, const uint8_t digest[32], enum cm_taken *taken)
{
	struct cm_team t = team(from);
	const struct cm_team_charter *c = cm_team_find(&t, digest);

	assert_non_null(c);
	err = (struct cm_err) { 0 };
	return cm_case_charter_take(at[to].c, c->file.json, c->sigs_text, 1795475202, taken, NULL, &err);
}

static void
agree(const char *says, uint8_t digest[32])
{
	enum cm_taken taken;

	assert_int_equal(propose(A, says, N, digest), CM_OK);
	assert_int_equal(send_charter(A, V, digest, &taken), CM_OK);
	assert_int_equal(cm_case_charter_sign(at[V].c, &at[V].keys.signer, digest, 1795475203, NULL), CM_OK);
	assert_int_equal(send_charter(V, A, digest, &taken), CM_OK);
	assert_int_equal(taken, CM_TAKEN_MORE);
}

static void
seal_members(void *arg, struct cm_jsonw *w)
{
	(void)arg;
	(void)w;
}

static struct cm_case_stated
state_something(unsigned who)
{
	static const struct cm_subject subject = { { 1 }, { 2 } };
	struct cm_case_draft d = { .type = CM_PREDICATE_CUSTODY, .subject = &subject, .n_subject = 1, .nonce = { 5 }, .made = 1795475204,
		.body = seal_members };
	struct cm_case_stated out;

	assert_int_equal(cm_case_state(at[who].c, &at[who].keys.signer, &d, &out, NULL), CM_OK);
	return out;
}

static bool
names_case(unsigned who, const uint8_t statement[32], const uint8_t case_id[32])
{
	struct cm_buf json = { 0 };
	struct cm_statement_doc doc = { 0 };
	bool same;

	assert_int_equal(cm_case_statement_text(at[who].c, statement, &json, NULL, NULL), CM_OK);
	assert_int_equal(cm_statement_read(cm_buf_span(&json), &arena, &doc, NULL), CM_OK);
	same = doc.head.has_case && memcmp(doc.head.case_id, case_id, 32) == 0;
	cm_statement_release(&doc);
	cm_buf_release(&json);
	return same;
}

static void
two_parties_agree_by_files_and_then_state_in_the_case(void **state)
{
	uint8_t digest[32], case_id[32], charter[32], entry[32];
	struct cm_case_statements waiting;
	struct cm_case_stated before = state_something(A), after;
	struct cm_team t;

	(void)state;
	assert_int_equal(cm_case_governed(at[A].c, case_id, charter, NULL), CM_E_NOTFOUND);
	assert_int_equal(propose(A, "one", N, digest), CM_OK);
	t = team(A);
	assert_null(t.in_force);
	assert_int_equal(t.charter[0].sigs.n_missing, 1);
	agree("two", digest);
	for (unsigned i = 0; i < N; i++) {
		t = team(i);
		assert_non_null(t.in_force);
		assert_memory_equal(t.in_force->file.digest, digest, 32);
		assert_int_equal(cm_case_governed(at[i].c, case_id, charter, NULL), CM_OK);
		assert_memory_equal(case_id, digest, 32);
		assert_memory_equal(charter, digest, 32);
	}
	after = state_something(A);
	assert_int_equal(after.number, 2);
	assert_true(names_case(A, after.digest, digest));
	assert_false(names_case(A, before.digest, digest));
	/* Its own signatures wait for the log like statements do: with the file, not with that of others. */
	assert_int_equal(cm_case_unlogged(at[V].c, &arena, &waiting, NULL), CM_OK);
	assert_int_equal(waiting.n, 1);
	assert_int_equal(waiting.item[0].type, CM_PREDICATE_CHARTER);
	assert_string_equal(waiting.item[0].by, cm_case_self(at[V].c)->fingerprint);
	assert_int_equal(cm_case_entry(at[V].c, digest, entry, NULL), CM_OK);
	assert_int_equal(cm_case_unlogged(at[A].c, &arena, &waiting, NULL), CM_OK);
	assert_int_equal(waiting.n, 4); /* two charters, two statements */
}

static void
what_is_refused_leaves_nothing_behind(void **state)
{
	uint8_t digest[32], alone[32];
	enum cm_taken taken;
	struct cm_team t;
	struct cm_buf bad = { 0 };

	(void)state;
	assert_int_equal(propose(A, "alone", 1, alone), CM_OK);
	assert_int_equal(send_charter(A, V, alone, &taken), CM_E_REFUSED);
	assert_non_null(strstr(err.text, "it is no member"));
	assert_int_equal(team(V).n_charters, 0);
	/* A's charter of one is in force there: the next one supersedes it, and V does not have that. */
	assert_int_equal(propose(A, "both", N, digest), CM_OK);
	assert_int_equal(send_charter(A, V, digest, &taken), CM_E_REFUSED);
	assert_non_null(strstr(err.text, "take that one first"));
	assert_int_equal(team(V).n_charters, 0);
	t = team(A);
	cm_buf_add_span(&bad, t.charter[0].file.json);
	cm_buf_add_u8(&bad, '\n');
	assert_int_not_equal(cm_case_charter_take(at[V].c, cm_buf_span(&bad), t.charter[0].sigs_text, 1, &taken, NULL, NULL), CM_OK);
	cm_buf_release(&bad);
	assert_int_equal(team(V).n_charters, 0);
}

static void
what_is_known_is_taken_again_without_a_change(void **state)
{
	uint8_t digest[32];
	enum cm_taken taken;
	struct cm_case_statements all;

	(void)state;
	agree("one", digest);
	assert_int_equal(send_charter(V, A, digest, &taken), CM_OK);
	assert_int_equal(taken, CM_TAKEN_KNOWN);
	assert_int_equal(cm_case_charter_sign(at[V].c, &at[V].keys.signer, digest, 1795475203, NULL), CM_E_USAGE);
	assert_int_equal(cm_case_statements(at[A].c, &arena, &all, NULL), CM_OK);
	assert_int_equal(all.n, 1);
	assert_int_equal(all.item[0].number, 0);
}

/* The file of another case can not take this one over. */
static void
a_first_charter_does_not_come_behind_one_in_force(void **state)
{
	uint8_t one[32], other[32];
	enum cm_taken taken;
	struct cm_team t;
	struct cm_case *spare;
	char folder[96];
	uint8_t seed[32] = { 1 };
	struct cm_case_new fresh = { .folder = folder, .name = "CERT A", .role = "government", .seed = seed, .check = 3, .now = 1 };
	struct cm_case_charter_draft d = { .text = text("another case", N), .nonce = { 1 }, .made = 1795475201 };

	(void)state;
	agree("one", one);
	snprintf(folder, sizeof(folder), "%s/spare", top);
	assert_int_equal(cm_case_create(&fresh, NULL), CM_OK);
	assert_int_equal(cm_case_open(folder, &spare, NULL), CM_OK);
	assert_int_equal(cm_case_charter_propose(spare, &at[A].keys.signer, &d, other, NULL), CM_OK);
	assert_int_equal(cm_case_team(spare, &arena, &t, NULL), CM_OK);
	err = (struct cm_err) { 0 };
	assert_int_equal(
	    cm_case_charter_take(at[V].c, t.charter[0].file.json, t.charter[0].sigs_text, 1, &taken, NULL, &err), CM_E_REFUSED);
	assert_non_null(strstr(err.text, "of another case"));
	cm_case_close(spare);
	assert_memory_equal(team(V).in_force->file.digest, one, 32);
}


static void
write_consent(void *arg, struct cm_jsonw *w)
{
	cm_consent_v1_write(w, arg);
}

static struct cm_case_stated
consents(unsigned who, const uint8_t charter[32], const uint8_t *revokes)
{
	struct cm_consent_v1 v = { .revoked = revokes != NULL };
	struct cm_subject subject = cm_under_subject(charter);
	struct cm_case_draft d = { .type = CM_PREDICATE_CONSENT, .subject = &subject, .n_subject = 1, .supersedes = revokes,
		.nonce = { 6 }, .made = 1795475205, .body = write_consent, .arg = &v };
	struct cm_case_stated out;

	memcpy(v.charter, charter, 32);
	assert_int_equal(cm_case_state(at[who].c, &at[who].keys.signer, &d, &out, NULL), CM_OK);
	return out;
}

static enum cm_result
send_said(unsigned from, unsigned to, const uint8_t digest[32], const char *receipt, enum cm_taken *taken)
{
	struct cm_buf json = { 0 }, sig = { 0 };
	enum cm_result r;

	assert_int_equal(cm_case_statement_text(at[from].c, digest, &json, &sig, NULL), CM_OK);
	err = (struct cm_err) { 0 };
	r = cm_case_said_take(at[to].c, cm_buf_span(&json), cm_buf_span(&sig), cm_span_str(receipt), 1795475206, taken, &err);
	cm_buf_release(&json);
	cm_buf_release(&sig);
	return r;
}

static enum cm_consent
ask(unsigned who)
{
	struct cm_consent_request q = { "N1", "attribution", "CERT A", 1795475210 };
	struct cm_team t = team(who);

	return cm_consent_find(&t.in_force->file.says.members, t.consent, t.n_consents, &q, NULL, NULL);
}

static void
the_victims_consent_travels_and_ends(void **state)
{
	uint8_t digest[32];
	enum cm_taken taken;
	struct cm_case_stated given, revoked, wrong;
	struct cm_buf receipt = { 0 };

	(void)state;
	agree("one", digest);
	assert_int_equal(ask(A), CM_CONSENT_NONE);
	given = consents(V, digest, NULL);
	assert_int_equal(ask(V), CM_CONSENT_GIVEN);
	assert_int_equal(send_said(V, A, given.digest, "", &taken), CM_OK);
	assert_int_equal(taken, CM_TAKEN_NEW);
	assert_int_equal(send_said(V, A, given.digest, "a receipt", &taken), CM_OK);
	assert_int_equal(taken, CM_TAKEN_KNOWN);
	assert_int_equal(cm_case_said_receipt(at[A].c, given.digest, &receipt, NULL), CM_OK);
	assert_string_equal(cm_buf_cstr(&receipt), "a receipt");
	cm_buf_release(&receipt);
	assert_int_equal(ask(A), CM_CONSENT_GIVEN);
	wrong = consents(A, digest, given.digest);
	assert_int_equal(send_said(A, V, wrong.digest, "", &taken), CM_E_REFUSED);
	assert_int_equal(ask(A), CM_CONSENT_GIVEN);
	revoked = consents(V, digest, given.digest);
	assert_int_equal(send_said(V, A, revoked.digest, "", &taken), CM_OK);
	assert_int_equal(ask(A), CM_CONSENT_REVOKED);
	assert_int_equal(ask(V), CM_CONSENT_REVOKED);
}

static void
a_case_of_before_is_brought_up_to_date(void **state)
{
	struct cm_db db;
	char path[96];
	int64_t version = 0;

	(void)state;
	cm_case_close(at[A].c);
	snprintf(path, sizeof(path), "%s/case.db", at[A].folder);
	assert_int_equal(cm_db_open(path, &db, NULL), CM_OK);
	assert_int_equal(cm_db_exec(&db, "DROP TABLE charter_sig; DROP TABLE governed; DROP TABLE told; DROP TABLE charter;"
					 "PRAGMA user_version = 3", NULL), CM_OK);
	cm_db_close(&db);
	assert_int_equal(cm_case_open(at[A].folder, &at[A].c, NULL), CM_OK);
	assert_int_equal(team(A).n_charters, 0);
	assert_int_equal(cm_db_open(path, &db, NULL), CM_OK);
	assert_int_equal(cm_db_int(&db, "PRAGMA user_version", &version, NULL), CM_OK);
	assert_int_equal(version, 5);
	cm_db_close(&db);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(two_parties_agree_by_files_and_then_state_in_the_case, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_refused_leaves_nothing_behind, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_known_is_taken_again_without_a_change, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_first_charter_does_not_come_behind_one_in_force, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_victims_consent_travels_and_ends, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_case_of_before_is_brought_up_to_date, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
