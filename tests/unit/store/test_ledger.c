/* What was opened, written, acknowledged, settled and owed: kept, and refused where it makes no sense. */
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

#include "os/private.h"
#include "store/db.h"
#include "store/ledger.h"

#define NOW 1795475200

static char folder[64];
static struct cm_arena arena;

struct party {
	char place[96];
	struct cm_case *c;
	struct cm_keyring keyring;
};
static struct party a, b, u;

static int
begin(struct party *p, const char *name, uint8_t key)
{
	uint8_t seed[32] = { key };
	struct cm_case_new fresh = { .folder = p->place, .name = name, .seed = seed, .check = 3, .now = NOW };

	snprintf(p->place, sizeof(p->place), "%s/%s", folder, name);
	return cm_case_create(&fresh, NULL) == CM_OK && cm_case_open(p->place, &p->c, NULL) == CM_OK &&
	    cm_case_keyring(p->c, NULL, &p->keyring, NULL) == CM_OK;
}

static void
end(struct party *p)
{
	cm_keyring_close(&p->keyring);
	cm_case_close(p->c);
	memset(p, 0, sizeof(*p));
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* A knows the keys of B and U. */
static int
set_up(void **state)
{
	struct cm_write_mode mode = { CM_WRITE_NEW, 0600 };
	struct cm_buf lines = { 0 };
	char path[128];
	bool ok;

	(void)state;
	strcpy(folder, "/tmp/comity-test-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	cm_arena_init(&arena, 0);
	ok = begin(&a, "A", 1) && begin(&b, "B", 2) && begin(&u, "U", 3) &&
	    cm_case_signers_line(b.c, &lines, NULL) == CM_OK && cm_case_signers_line(u.c, &lines, NULL) == CM_OK;
	snprintf(path, sizeof(path), "%s/signers", a.place);
	ok = ok && cm_whole_write(path, cm_buf_span(&lines), mode, NULL) == CM_OK;
	cm_buf_release(&lines);
	return ok ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	end(&a);
	end(&b);
	end(&u);
	cm_arena_fini(&arena);
	return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static const struct cm_subject subject = { { 1 }, { 2 } };

static void
nothing(void *arg, struct cm_jsonw *w)
{
	(void)arg;
	(void)w;
}

/* What the store keeps of a disclosure does not depend on what it says. */
static struct cm_case_stated
disclose(const char *to, uint8_t sha256)
{
	struct cm_case_draft d = { .type = CM_PREDICATE_DISCLOSURE, .subject = &subject, .n_subject = 1, .made = NOW,
		.body = nothing };
	struct cm_case_disclosure row = { .to = to, .path = "/nowhere", .bytes = 5, .sha256 = { sha256 } };
	struct cm_case_stated stated;

	assert_int_equal(cm_case_state(a.c, &a.keyring.signer, &d, &stated, NULL), CM_OK);
	memcpy(row.statement, stated.digest, 32);
	assert_int_equal(cm_case_disclosure_add(a.c, &row, NULL), CM_OK);
	return stated;
}

static void
write_receipt(void *arg, struct cm_jsonw *w)
{
	cm_receipt_v1_write(w, arg);
}

static enum cm_result
take(struct party *from, struct cm_receipt_v1 receipt, uint8_t digest[32], struct cm_err *err)
{
	struct cm_case_draft d = { .type = CM_PREDICATE_RECEIPT, .subject = &subject, .n_subject = 1, .made = NOW + 60,
		.body = write_receipt, .arg = &receipt };
	struct cm_buf json = { 0 }, sig = { 0 };
	struct cm_case_stated stated;
	enum cm_taken taken;
	enum cm_result r;

	assert_int_equal(cm_case_state(from->c, &from->keyring.signer, &d, &stated, NULL), CM_OK);
	assert_int_equal(cm_case_statement_text(from->c, stated.digest, &json, &sig, NULL), CM_OK);
	r = cm_case_said_take(a.c, cm_buf_span(&json), cm_buf_span(&sig), cm_span_of(NULL, 0), NOW + 90, &taken, err);
	cm_buf_release(&json);
	cm_buf_release(&sig);
	if (digest != NULL)
		memcpy(digest, stated.digest, 32);
	return r;
}

static struct cm_receipt_v1
receipt_for(const struct cm_case_stated *of, uint8_t sha256, enum cm_receipt_found found, bool accepts)
{
	struct cm_receipt_v1 r = { .dossier = { sha256 }, .found = found, .accepts = accepts };

	memcpy(r.disclosure, of->digest, 32);
	return r;
}

static const char *
note(const uint8_t digest[32])
{
	const char *text = NULL;

	assert_int_equal(cm_case_receipt_note(a.c, digest, &arena, &text, NULL), CM_OK);
	return text;
}

static void
maps_are_kept_and_what_is_none_is_refused(void **state)
{
	struct cm_case_stated d = disclose("B", 7), older = disclose("B", 8);
	struct cm_schema s = cm_schema_of(CM_KIND_CAPTURE);
	struct cm_map m = { 0 }, back = { 0 };
	struct cm_map_exhibit x;
	struct cm_buf bytes = { 0 };
	struct cm_err err = { 0 };
	uint8_t id[32] = { 9 };

	(void)state;
	assert_int_equal(cm_map_exhibit_of(&s, id, 10, &x), CM_OK);
	assert_int_equal(cm_plan_add(&x.open, (struct cm_plan_range) { 2, 5, 7, 6, false }), CM_OK);
	assert_int_equal(cm_map_put(&m, &x), CM_OK);
	assert_int_equal(cm_map_write(&m, &bytes, NULL), CM_OK);
	assert_int_equal(cm_case_opened_add(a.c, d.digest, cm_buf_span(&bytes), NULL), CM_OK);
	assert_int_equal(cm_case_opened(a.c, d.digest, &back, NULL), CM_OK);
	assert_int_equal(back.n, 1);
	assert_int_equal(back.exhibit[0].open.range[0].from, 2);
	assert_int_equal(back.exhibit[0].open.range[0].tied, 6);
	cm_map_release(&back);
	assert_int_equal(cm_case_opened(a.c, older.digest, &back, NULL), CM_E_NOTFOUND);
	assert_int_equal(cm_case_opened_add(a.c, older.digest, cm_span_str("no map"), &err), CM_E_MALFORMED);
	assert_int_equal(cm_case_opened(a.c, older.digest, &back, NULL), CM_E_NOTFOUND);
	/* only once */
	assert_int_equal(cm_case_opened_add(a.c, d.digest, cm_buf_span(&bytes), NULL), CM_E_USAGE);
	cm_map_release(&m);
	cm_buf_release(&bytes);
}

static void
every_file_that_a_dossier_was_is_known(void **state)
{
	struct cm_case_stated d = disclose("B", 7);
	uint8_t first[32] = { 7 }, next[32] = { 8 }, other[32] = { 9 };
	bool has = false;

	(void)state;
	assert_int_equal(cm_case_disclosure_renewed(a.c, d.digest, 6, next, NULL), CM_OK);
	assert_int_equal(cm_case_written_has(a.c, d.digest, first, &has, NULL), CM_OK);
	assert_true(has);
	assert_int_equal(cm_case_written_has(a.c, d.digest, next, &has, NULL), CM_OK);
	assert_true(has);
	assert_int_equal(cm_case_written_has(a.c, d.digest, other, &has, NULL), CM_OK);
	assert_false(has);
}

/* A case of a program without a ledger: its disclosures stay, and what they opened is not known. */
static void
a_case_without_a_ledger_gets_one(void **state)
{
	struct cm_case_stated d = disclose("B", 7);
	uint8_t first[32] = { 7 };
	struct cm_map m = { 0 };
	char path[128];
	struct cm_db db;
	bool has = false;

	(void)state;
	cm_case_close(a.c);
	a.c = NULL;
	snprintf(path, sizeof(path), "%s/case.db", a.place);
	assert_int_equal(cm_db_open(path, &db, NULL), CM_OK);
	assert_int_equal(cm_db_exec(&db, "DROP TABLE opened; DROP TABLE written; DROP TABLE settled; DROP TABLE owed;"
					 "PRAGMA user_version = 4", NULL), CM_OK);
	cm_db_close(&db);
	assert_int_equal(cm_case_open(a.place, &a.c, NULL), CM_OK);
	assert_int_equal(cm_case_opened(a.c, d.digest, &m, NULL), CM_E_NOTFOUND);
	assert_int_equal(cm_case_written_has(a.c, d.digest, first, &has, NULL), CM_OK);
	assert_true(has);
}

static void
a_receipt_counts_from_its_recipient_for_a_file_of_ours(void **state)
{
	struct cm_case_stated d = disclose("B", 7);
	struct cm_case_receipts all;
	uint8_t digest[32];

	(void)state;
	assert_int_equal(take(&b, receipt_for(&d, 7, CM_RECEIPT_HOLDS, true), digest, NULL), CM_OK);
	assert_string_equal(note(digest), "");
	assert_int_equal(cm_case_receipts(a.c, &arena, &all, NULL), CM_OK);
	assert_int_equal(all.n, 1);
	assert_true(all.item[0].ours && !all.item[0].differs && all.item[0].says.accepts);
	assert_int_equal(all.item[0].made, NOW + 60);
	assert_int_equal(all.item[0].taken, NOW + 90);
}

static void
a_receipt_by_somebody_else_or_for_nothing_of_ours_is_refused(void **state)
{
	struct cm_case_stated d = disclose("B", 7), never = { .digest = { 77 } };
	struct cm_case_receipts all;
	struct cm_err err = { 0 };

	(void)state;
	assert_int_equal(take(&u, receipt_for(&d, 7, CM_RECEIPT_HOLDS, true), NULL, &err), CM_E_REFUSED);
	assert_string_equal(err.text, "a receipt by \"U\", but the disclosure was made to \"B\"");
	err = (struct cm_err) { 0 };
	assert_int_equal(take(&b, receipt_for(&never, 7, CM_RECEIPT_HOLDS, true), NULL, &err), CM_E_REFUSED);
	assert_string_equal(err.text, "a receipt for a disclosure that this party never made");
	err = (struct cm_err) { 0 };
	assert_int_equal(take(&a, receipt_for(&d, 7, CM_RECEIPT_HOLDS, true), NULL, &err), CM_OK); /* its own: known */
	assert_int_equal(cm_case_receipts(a.c, &arena, &all, NULL), CM_OK);
	assert_int_equal(all.n, 0);
}

static void
a_receipt_by_an_unknown_key_is_refused(void **state)
{
	struct cm_case_stated d = disclose("", 7);
	struct cm_err err = { 0 };
	struct party x = { .c = NULL };

	(void)state;
	assert_true(begin(&x, "X", 5));
	assert_int_equal(take(&x, receipt_for(&d, 7, CM_RECEIPT_HOLDS, true), NULL, &err), CM_E_REFUSED);
	assert_non_null(strstr(err.text, "whose key this case does not know"));
	end(&x);
	/* what was addressed to nobody anybody may acknowledge who is known */
	assert_int_equal(take(&u, receipt_for(&d, 7, CM_RECEIPT_HOLDS, true), NULL, NULL), CM_OK);
}

static void
a_receipt_for_another_file_or_against_an_earlier_one_is_kept_and_said(void **state)
{
	struct cm_case_stated d = disclose("B", 7);
	uint8_t digest[32];

	(void)state;
	assert_int_equal(take(&b, receipt_for(&d, 66, CM_RECEIPT_HOLDS, true), digest, NULL), CM_OK);
	assert_non_null(strstr(note(digest), "another file"));
	assert_int_equal(take(&b, receipt_for(&d, 7, CM_RECEIPT_HOLDS, false), digest, NULL), CM_OK);
	assert_non_null(strstr(note(digest), "contradicts")); /* it accepted before */
	assert_int_equal(take(&b, receipt_for(&d, 7, CM_RECEIPT_HOLDS, true), digest, NULL), CM_OK);
	assert_string_equal(note(digest), ""); /* accepts after all */
	assert_int_equal(take(&b, receipt_for(&d, 7, CM_RECEIPT_REFUSED, true), digest, NULL), CM_OK);
	assert_non_null(strstr(note(digest), "contradicts"));
}

static void
what_was_settled_keeps_its_first_time(void **state)
{
	struct cm_case_stated d = disclose("B", 7);
	int64_t at = 0;

	(void)state;
	assert_int_equal(cm_case_settled(a.c, d.digest, "delete", &at, NULL), CM_E_NOTFOUND);
	assert_int_equal(cm_case_settle(a.c, d.digest, "delete", 5, NULL), CM_OK);
	assert_int_equal(cm_case_settle(a.c, d.digest, "delete", 9, NULL), CM_OK);
	assert_int_equal(cm_case_settled(a.c, d.digest, "delete", &at, NULL), CM_OK);
	assert_int_equal(at, 5);
	assert_int_equal(cm_case_settled(a.c, d.digest, "encrypt", &at, NULL), CM_E_NOTFOUND);
}

static void
a_later_receipt_of_one_disclosure_takes_the_place_of_what_is_owed(void **state)
{
	struct cm_case_owed owed = { .disclosure = { 1 }, .dossier = { 2 }, .receipt = { 3 }, .from = "B", .by = "SHA256:x",
		.made = 5, .purpose = "", .obliges = "receipt\n", .found = CM_RECEIPT_PARTLY };
	struct cm_case_owed_list all;

	(void)state;
	assert_int_equal(cm_case_owed_add(a.c, &owed, NULL), CM_OK);
	owed.accepts = true;
	owed.receipt[0] = 4;
	assert_int_equal(cm_case_owed_add(a.c, &owed, NULL), CM_OK);
	assert_int_equal(cm_case_owed(a.c, &arena, &all, NULL), CM_OK);
	assert_int_equal(all.n, 1);
	assert_true(all.item[0].accepts && all.item[0].receipt[0] == 4 && all.item[0].found == CM_RECEIPT_PARTLY);
	assert_string_equal(all.item[0].obliges, "receipt\n");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(maps_are_kept_and_what_is_none_is_refused),
		TEST(every_file_that_a_dossier_was_is_known),
		TEST(a_case_without_a_ledger_gets_one),
		TEST(a_receipt_counts_from_its_recipient_for_a_file_of_ours),
		TEST(a_receipt_by_somebody_else_or_for_nothing_of_ours_is_refused),
		TEST(a_receipt_by_an_unknown_key_is_refused),
		TEST(a_receipt_for_another_file_or_against_an_earlier_one_is_kept_and_said),
		TEST(what_was_settled_keeps_its_first_time),
		TEST(a_later_receipt_of_one_disclosure_takes_the_place_of_what_is_owed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
