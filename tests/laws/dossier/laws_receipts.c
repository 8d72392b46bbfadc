/* What receipts and time stamps beside statements show, what they do not, and that nothing in
 * them makes a statement older than it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dossier/load.h"
#include "made.h"
#include "receipts.h"
#include "statement/key.h"

static struct cm_buf capture;
static struct made made; /* with one seal, a finding, a hand-over, a disclosure */

static const char *const statements[] = { "seal-1.json", "finding-1.json", "custody-1.json", "disclosure.json" };

/* One dossier, judged by a receiver who knows the signer. */
struct seen {
	struct cm_arena arena;
	struct cm_loaded held;
	struct cm_policy policy;
	struct cm_verified v;
	struct cm_err err;
	enum cm_result rc;
};

static void
see(struct cm_span dossier, const char *trust, struct cm_timestamp_ca *tsa, struct seen *s)
{
	static const uint8_t seed[32] = { 42 };
	struct cm_signer_line line = { .principals = "maker" };
	struct cm_signers signers = { &line, 1, 0 };
	struct cm_verify_in in = { .dossier = dossier, .signers = &signers, .tsa = tsa };
	struct cm_key key;

	*s = (struct seen) { 0 };
	cm_arena_init(&s->arena, 0);
	s->held.arena = &s->arena;
	assert_int_equal(cm_key_of_seed(seed, &key), CM_OK);
	line.key = key.pub;
	if (trust != NULL) {
		assert_int_equal(cm_policy_parse(cm_span_str(trust), &s->arena, &s->policy, &s->err), CM_OK);
		in.policy = &s->policy;
	}
	s->rc = cm_verify(&in, &s->held, &s->v, &s->err);
}

static void
unsee(struct seen *s)
{
	cm_verify_release(&s->held);
	cm_arena_fini(&s->arena);
}

static const struct cm_logged *
logged(const struct seen *s, const char *file)
{
	for (size_t i = 0; s->rc == CM_OK && i < s->v.n_signers; i++)
		if (strcmp(s->v.logged[i].file, file) == 0)
			return &s->v.logged[i];
	fail_msg("%s: %s", file, s->err.text);
	return NULL;
}

static const char *
trust_of(unsigned k, struct cm_buf *out)
{
	cm_buf_clear(out);
	receipts_trust(k, out);
	return cm_buf_cstr(out);
}

/* The dossier with receipts, judged by a quorum of ${k}; 0: none is asked for. */
static void
see_with(const struct receipts_how *how, unsigned k, struct cm_timestamp_ca *tsa, struct seen *s)
{
	struct cm_buf dossier = { 0 }, trust = { 0 };

	receipts_add(cm_buf_span(&made.dossier), how, &dossier);
	see(cm_buf_span(&dossier), trust_of(k, &trust), tsa, s);
	cm_buf_release(&dossier);
	cm_buf_release(&trust);
}

static void
a_quorum_says_since_when_a_statement_existed_at_the_latest(void **state)
{
	static const struct receipts_how how = { .before = 3, .behind = 2, .witnesses = 3 };
	const struct cm_logged *l;
	struct seen s;

	(void)state;
	for (unsigned k = 1; k <= 3; k++) {
		see_with(&how, k, NULL, &s);
		for (size_t i = 0; i < 4; i++) {
			l = logged(&s, statements[i]);
			assert_int_equal(l->how, CM_LOGGED_ENOUGH);
			assert_int_equal(l->not_later, RECEIPTS_TIME + 100 * k);
			assert_int_equal(l->n_witnesses, 3);
			assert_int_equal(l->size, 9);
			assert_string_equal(l->origin, RECEIPTS_ORIGIN);
		}
		/* files stand by name: custody, disclosure, finding, seal */
		assert_int_equal(logged(&s, "custody-1.json")->index, 3);
		assert_int_equal(logged(&s, "seal-1.json")->index, 6);
		assert_int_equal(s.v.end, CM_VERIFY_HOLDS);
		unsee(&s);
	}
	see_with(&how, 2, NULL, &s);
	assert_string_equal(logged(&s, "seal-1.json")->text,
	    "existed not later than 2025-06-15T15:10:00Z (witnesses w1, w2): entry 6 of 9 in the log log.example/a");
	unsee(&s);
}

static void
too_few_witnesses_are_said_and_hold_in_part(void **state)
{
	static const struct receipts_how one = { .witnesses = 1 }, none = { 0 };
	struct seen s;

	(void)state;
	see_with(&one, 2, NULL, &s);
	assert_int_equal(logged(&s, "seal-1.json")->how, CM_LOGGED_FEW);
	assert_int_equal(logged(&s, "seal-1.json")->not_later, 0);
	assert_string_equal(logged(&s, "seal-1.json")->text,
	    "logged: entry 3 of 4 in the log log.example/a, cosigned by 1 of 2 needed: w1");
	assert_int_equal(s.v.end, CM_VERIFY_PARTLY);
	assert_non_null(strstr(s.v.line, "not shown to be logged as your trust file asks: 3 of 3 statements"));
	unsee(&s);
	see_with(&none, 1, NULL, &s);
	assert_int_equal(s.v.end, CM_VERIFY_PARTLY);
	unsee(&s);
}

static void
a_quorum_of_none_takes_the_log_s_word_and_no_time(void **state)
{
	static const struct receipts_how how = { .witnesses = 2 };
	struct seen s;

	(void)state;
	see_with(&how, 0, NULL, &s);
	assert_int_equal(logged(&s, "seal-1.json")->how, CM_LOGGED_ENOUGH);
	assert_int_equal(logged(&s, "seal-1.json")->not_later, 0);
	assert_int_equal(s.v.end, CM_VERIFY_HOLDS);
	unsee(&s);
}

static void
a_statement_without_a_receipt_holds_in_part(void **state)
{
	struct receipts_how how = { .witnesses = 3 };
	struct seen s;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		how.not = statements[i];
		see_with(&how, 2, NULL, &s);
		assert_int_equal(logged(&s, statements[i])->how, CM_LOGGED_NOT);
		assert_string_equal(logged(&s, statements[i])->text, "not shown to be logged");
		/* who reads the disclosure knows that it exists */
		assert_int_equal(s.v.end, i == 3 ? CM_VERIFY_HOLDS : CM_VERIFY_PARTLY);
		unsee(&s);
		see_with(&how, 0, NULL, &s); /* nothing is asked for */
		assert_int_equal(s.v.end, CM_VERIFY_HOLDS);
		unsee(&s);
	}
}

static void
a_log_that_nobody_knows_counts_for_nothing(void **state)
{
	static const struct receipts_how other = { .origin = "log.example/other", .witnesses = 3 }, how = { .witnesses = 3 };
	struct cm_buf dossier = { 0 };
	struct seen s;

	(void)state;
	see_with(&other, 2, NULL, &s);
	assert_int_equal(logged(&s, "seal-1.json")->how, CM_LOGGED_UNKNOWN);
	assert_non_null(strstr(logged(&s, "seal-1.json")->text, "log.example/other"));
	assert_int_equal(s.v.end, CM_VERIFY_PARTLY);
	unsee(&s);
	receipts_add(cm_buf_span(&made.dossier), &how, &dossier);
	see(cm_buf_span(&dossier), NULL, NULL, &s);
	assert_int_equal(logged(&s, "seal-1.json")->how, CM_LOGGED_UNKNOWN);
	assert_non_null(strstr(logged(&s, "seal-1.json")->text, "no trust file was given"));
	assert_int_equal(s.v.end, CM_VERIFY_HOLDS);
	unsee(&s);
	cm_buf_release(&dossier);
}

/* ---- what is false refuses ---- */

static struct cm_span
file_of(struct cm_span dossier, const char *name, struct cm_arena *arena)
{
	struct cm_span data;
	struct cm_zip zip;

	assert_int_equal(cm_zip_read(dossier, arena, &zip, NULL), CM_OK);
	assert_int_equal(cm_zip_find(&zip, name, &data), CM_OK);
	return data;
}

static void
expect_refusal(struct cm_span dossier, const char *trust, struct cm_timestamp_ca *tsa, const char *says)
{
	struct seen s;

	see(dossier, trust, tsa, &s);
	if (s.rc != CM_E_REFUSED || strstr(s.err.text, says) == NULL)
		fail_msg("expected %s, got %d: %s", says, s.rc, s.err.text);
	unsee(&s);
}

static void
a_receipt_of_another_statement_refuses(void **state)
{
	static const struct receipts_how how = { .witnesses = 3 };
	struct cm_buf dossier = { 0 }, swapped = { 0 }, trust = { 0 };
	struct cm_arena arena;

	(void)state;
	cm_arena_init(&arena, 0);
	receipts_add(cm_buf_span(&made.dossier), &how, &dossier);
	receipts_replace(cm_buf_span(&dossier), "seal-1.tlog-proof",
	    file_of(cm_buf_span(&dossier), "finding-1.tlog-proof", &arena), &swapped);
	expect_refusal(cm_buf_span(&swapped), trust_of(2, &trust), NULL, "seal-1.tlog-proof: it does not prove that seal-1.json");
	expect_refusal(cm_buf_span(&swapped), NULL, NULL, "does not prove"); /* that is sure without trust */
	cm_arena_fini(&arena);
	cm_buf_release(&dossier);
	cm_buf_release(&swapped);
	cm_buf_release(&trust);
}

/* Another letter in the middle of a signature line that begins so. */
static void
spoil(const struct cm_buf *dossier, const char *begins, struct cm_buf *out)
{
	struct cm_arena arena;
	struct cm_buf receipt = { 0 };
	uint8_t *line;

	cm_arena_init(&arena, 0);
	cm_buf_add_span(&receipt, file_of(cm_buf_span(dossier), "seal-1.tlog-proof", &arena));
	line = memmem(receipt.ptr, receipt.len, begins, strlen(begins));
	assert_non_null(line);
	line[strlen(begins) + 40] = line[strlen(begins) + 40] == 'A' ? 'B' : 'A';
	cm_buf_clear(out);
	receipts_replace(cm_buf_span(dossier), "seal-1.tlog-proof", cm_buf_span(&receipt), out);
	cm_buf_release(&receipt);
	cm_arena_fini(&arena);
}

static void
a_false_signature_of_a_known_key_refuses(void **state)
{
	static const struct receipts_how how = { .witnesses = 3 }, other = { .origin = "log.example/other", .witnesses = 3 };
	static const char *const begins[] = { "\xe2\x80\x94 log.example/a ", "\xe2\x80\x94 w3.example " };
	struct cm_buf dossier = { 0 }, spoilt = { 0 }, trust = { 0 };
	struct seen s;

	(void)state;
	receipts_add(cm_buf_span(&made.dossier), &how, &dossier);
	for (size_t i = 0; i < 2; i++) { /* w3 is not even needed */
		spoil(&dossier, begins[i], &spoilt);
		expect_refusal(cm_buf_span(&spoilt), trust_of(2, &trust), NULL, "seal-1.tlog-proof");
		see(cm_buf_span(&spoilt), NULL, NULL, &s); /* whose it is, nobody here knows */
		assert_int_equal(s.rc, CM_OK);
		unsee(&s);
	}
	cm_buf_clear(&dossier);
	receipts_add(cm_buf_span(&made.dossier), &other, &dossier);
	spoil(&dossier, begins[1], &spoilt);
	expect_refusal(cm_buf_span(&spoilt), trust_of(2, &trust), NULL, "seal-1.tlog-proof");
	cm_buf_release(&dossier);
	cm_buf_release(&spoilt);
	cm_buf_release(&trust);
}

/* It bears the name of the log that is known, and not its signature. */
static void
a_checkpoint_that_its_log_did_not_sign_refuses(void **state)
{
	static const struct receipts_how how = { .witnesses = 3 };
	static const char line[] = "\xe2\x80\x94 log.example/a ";
	struct cm_buf dossier = { 0 }, unsigned_one = { 0 }, receipt = { 0 }, trust = { 0 };
	struct cm_arena arena;
	uint8_t *at, *end;

	(void)state;
	cm_arena_init(&arena, 0);
	receipts_add(cm_buf_span(&made.dossier), &how, &dossier);
	cm_buf_add_span(&receipt, file_of(cm_buf_span(&dossier), "seal-1.tlog-proof", &arena));
	at = memmem(receipt.ptr, receipt.len, line, strlen(line));
	end = (uint8_t *)memchr(at, '\n', receipt.len - (size_t)(at - receipt.ptr)) + 1;
	memmove(at, end, receipt.len - (size_t)(end - receipt.ptr));
	receipt.len -= (size_t)(end - at);
	receipts_replace(cm_buf_span(&dossier), "seal-1.tlog-proof", cm_buf_span(&receipt), &unsigned_one);
	expect_refusal(cm_buf_span(&unsigned_one), trust_of(2, &trust), NULL, "did not sign it");
	cm_arena_fini(&arena);
	cm_buf_release(&dossier);
	cm_buf_release(&unsigned_one);
	cm_buf_release(&receipt);
	cm_buf_release(&trust);
}

static void
files_that_do_not_belong_refuse(void **state)
{
	static const struct receipts_how how = { .witnesses = 3 };
	static const char *const names[] = { "seal-2.tlog-proof", "seal-01.tlog-proof", "seal-1.tlog-proofs",
		"report.tlog-proof", "seal-1.json.tlog-proof", "finding-2.tsr", "disclosure.tsrx" };
	struct cm_buf dossier = { 0 }, more = { 0 };
	struct cm_arena arena;
	struct seen s;

	(void)state;
	cm_arena_init(&arena, 0);
	receipts_add(cm_buf_span(&made.dossier), &how, &dossier);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		cm_buf_clear(&more);
		receipts_replace(cm_buf_span(&dossier), names[i],
		    file_of(cm_buf_span(&dossier), "seal-1.tlog-proof", &arena), &more);
		see(cm_buf_span(&more), NULL, NULL, &s);
		assert_int_equal(s.rc, CM_E_REFUSED);
		unsee(&s);
	}
	cm_arena_fini(&arena);
	cm_buf_release(&dossier);
	cm_buf_release(&more);
}

/* Two trees under one key; the statements' receipts are divided between them. */
static void
two_histories(const struct receipts_how *a, const struct receipts_how *b, struct cm_buf *out)
{
	struct cm_buf first = { 0 };

	receipts_add(cm_buf_span(&made.dossier), a, &first);
	receipts_add(cm_buf_span(&first), b, out);
	cm_buf_release(&first);
}

static void
a_log_with_two_histories_is_named_and_refused(void **state)
{
	/* one size and two roots; and two sizes, where one place has two entries */
	static const struct receipts_how seal = { .only = "seal-1.json", .before = 5, .behind = 2 },
					 same_size = { .only = "finding-1.json", .before = 6, .behind = 1 },
					 same_place = { .only = "finding-1.json", .before = 5, .behind = 9 },
					 other_log = { .only = "finding-1.json", .origin = "log.example/b", .before = 6,
						 .behind = 1 };
	struct cm_buf dossier = { 0 }, trust = { 0 };
	struct seen s;

	(void)state;
	two_histories(&seal, &same_size, &dossier);
	expect_refusal(cm_buf_span(&dossier), trust_of(0, &trust), NULL, "FORK: seal-1.tlog-proof and finding-1.tlog-proof");
	expect_refusal(cm_buf_span(&dossier), trust_of(0, &trust), NULL, "keep this file, it proves that the log log.example/a");
	see(cm_buf_span(&dossier), NULL, NULL, &s); /* without the key nothing is proven */
	assert_int_equal(s.rc, CM_OK);
	unsee(&s);
	cm_buf_clear(&dossier);
	two_histories(&seal, &same_place, &dossier);
	expect_refusal(cm_buf_span(&dossier), trust_of(0, &trust), NULL, "FORK");
	cm_buf_clear(&dossier);
	two_histories(&seal, &other_log, &dossier);
	see(cm_buf_span(&dossier), trust_of(0, &trust), NULL, &s);
	assert_int_equal(s.rc, CM_OK);
	unsee(&s);
	cm_buf_release(&dossier);
	cm_buf_release(&trust);
}

/* ---- time stamps ---- */

static struct cm_timestamp_ca *
ca_of(struct tsa *tsa)
{
	struct cm_timestamp_ca *ca = NULL;
	struct cm_buf pem = { 0 };

	tsa_root(tsa, &pem);
	assert_int_equal(cm_timestamp_ca_new(cm_buf_span(&pem), &ca, NULL), CM_OK);
	cm_buf_release(&pem);
	return ca;
}

static void
a_time_stamp_says_so_whoever_the_log_is(void **state)
{
	struct tsa *tsa = tsa_new(1700000000, 1800000000);
	struct cm_timestamp_ca *ca = ca_of(tsa);
	struct receipts_how how = { .witnesses = 1, .tsa = tsa };
	const struct cm_logged *l;
	struct seen s;

	(void)state;
	see_with(&how, 1, ca, &s);
	l = logged(&s, "finding-1.json");
	assert_non_null(l->stamp);
	assert_int_equal(l->stamp->not_later, RECEIPTS_TIME + 50);
	assert_non_null(strstr(l->text, "; time-stamped not later than 2025-06-15T15:07:30Z by CN=TSA of a test"));
	unsee(&s);
	how.origin = "log.example/other";
	see_with(&how, 1, ca, &s);
	assert_int_equal(logged(&s, "finding-1.json")->how, CM_LOGGED_UNKNOWN);
	assert_non_null(logged(&s, "finding-1.json")->stamp);
	unsee(&s);
	see_with(&how, 1, NULL, &s);
	assert_null(logged(&s, "finding-1.json")->stamp);
	assert_non_null(strstr(logged(&s, "finding-1.json")->text, "no certificates were given"));
	unsee(&s);
	cm_timestamp_ca_free(ca);
	tsa_free(tsa);
}

static void
a_false_or_lonely_time_stamp_refuses(void **state)
{
	struct tsa *tsa = tsa_new(1700000000, 1800000000);
	struct cm_timestamp_ca *ca = ca_of(tsa);
	struct receipts_how how = { .only = "seal-1.json", .tsa = tsa, .stamped = "another text\n" };
	struct cm_buf dossier = { 0 }, lonely = { 0 };

	(void)state;
	receipts_add(cm_buf_span(&made.dossier), &how, &dossier);
	expect_refusal(cm_buf_span(&dossier), NULL, ca, "seal-1.tsr: it stamps another text");
	expect_refusal(cm_buf_span(&dossier), NULL, NULL, "seal-1.tsr: it stamps another text");
	receipts_without(cm_buf_span(&dossier), "seal-1.tlog-proof", &lonely);
	expect_refusal(cm_buf_span(&lonely), NULL, ca, "receipt that is not there");
	cm_buf_release(&dossier);
	cm_buf_release(&lonely);
	cm_timestamp_ca_free(ca);
	tsa_free(tsa);
}

/* ---- the law ---- */

/* Is nothing claimed that was not claimed before? */
static bool
is_no_more(const struct cm_logged *now, const struct cm_logged *was)
{
	if (now->how > was->how)
		return false;
	if (now->how >= CM_LOGGED_FEW &&
	    (now->index != was->index || now->size != was->size || strcmp(now->origin, was->origin) != 0 ||
		memcmp(now->root, was->root, 32) != 0))
		return false;
	return now->not_later == 0 || now->not_later >= was->not_later;
}

struct flipping {
	struct seen s;
	struct cm_timestamp_ca *ca;
	struct cm_zip zip;
	size_t refused, same;
};

static void
look_again(struct flipping *f, const char *what, size_t at)
{
	const struct cm_logged_in in = { &f->zip, f->s.held.part, f->s.held.n_parts, &f->s.policy, f->ca,
		{ NULL, 0 } };
	struct cm_logged now[8];
	struct cm_arena scratch;
	const char *where;
	enum cm_result rc;

	cm_arena_init(&scratch, 0);
	rc = cm_logged_check(&in, &scratch, now, &where, NULL);
	for (size_t i = 0; rc == CM_OK && i < f->s.held.n_parts; i++)
		if (!is_no_more(&now[i], &f->s.v.logged[i]))
			fail_msg("%s, byte %zu: %s", what, at, now[i].text);
	f->refused += rc != CM_OK;
	f->same += rc == CM_OK;
	cm_arena_fini(&scratch);
}

static void
flip(struct flipping *f, struct cm_span dossier, const char *file)
{
	static const uint8_t by[] = { 0x01, 0x02, 0x04, 0x10, 0x20, 0x80 };
	struct cm_zip_entry *e = NULL;
	uint8_t *bytes;

	assert_int_equal(cm_zip_read(dossier, &f->s.arena, &f->zip, NULL), CM_OK);
	for (size_t i = 0; i < f->zip.n; i++)
		if (cm_span_eq(f->zip.entry[i].name, cm_span_str(file)))
			e = (struct cm_zip_entry *)(uintptr_t)&f->zip.entry[i];
	bytes = e == NULL ? NULL : malloc(e->data.len);
	if (bytes == NULL) {
		fail_msg("no file %s, or no memory", file);
		return;
	}
	memcpy(bytes, e->data.ptr, e->data.len);
	e->data.ptr = bytes;
	for (size_t at = 0; at < e->data.len * sizeof(by); at++) {
		bytes[at / sizeof(by)] ^= by[at % sizeof(by)];
		look_again(f, file, at / sizeof(by));
		bytes[at / sizeof(by)] ^= by[at % sizeof(by)];
	}
	free(bytes);
}

/* Each byte of a receipt and of a stamp, in several ways: refused, or it says no more. */
static void
a_changed_byte_never_says_more(void **state)
{
	struct tsa *tsa = tsa_new(1700000000, 1800000000);
	struct receipts_how how = { .before = 1, .behind = 2, .witnesses = 3, .tsa = tsa };
	struct flipping f = { .ca = ca_of(tsa) };
	struct cm_buf dossier = { 0 }, trust = { 0 };

	(void)state;
	receipts_add(cm_buf_span(&made.dossier), &how, &dossier);
	see(cm_buf_span(&dossier), trust_of(2, &trust), f.ca, &f.s);
	assert_int_equal(logged(&f.s, "seal-1.json")->not_later, RECEIPTS_TIME + 200);
	flip(&f, cm_buf_span(&dossier), "seal-1.tlog-proof");
	flip(&f, cm_buf_span(&dossier), "seal-1.tsr");
	assert_true(f.refused > 3 * f.same);
	unsee(&f.s);
	cm_timestamp_ca_free(f.ca);
	tsa_free(tsa);
	cm_buf_release(&dossier);
	cm_buf_release(&trust);
}

/* What makes a dossier takes receipts along as they are; the disclosure does not list them. */
static void
a_receipt_is_carried_and_not_listed(void **state)
{
	const struct made_how how = { .receipt = cm_span_str("a receipt"), .stamp = cm_span_str("a stamp") };
	struct cm_buf without = { 0 }, less = { 0 };
	struct made m;
	struct cm_arena arena;
	struct seen s;

	(void)state;
	cm_arena_init(&arena, 0);
	assert_true(made_dossier(cm_buf_span(&capture), &how, &m));
	assert_true(cm_span_eq(file_of(cm_buf_span(&m.dossier), "seal-1.tlog-proof", &arena), how.receipt));
	assert_true(cm_span_eq(file_of(cm_buf_span(&m.dossier), "seal-1.tsr", &arena), how.stamp));
	see(cm_buf_span(&m.dossier), NULL, NULL, &s);
	assert_int_equal(s.rc, CM_E_MALFORMED);
	assert_non_null(strstr(s.err.text, "seal-1.tlog-proof"));
	unsee(&s);
	receipts_without(cm_buf_span(&m.dossier), "seal-1.tlog-proof", &less);
	receipts_without(cm_buf_span(&less), "seal-1.tsr", &without);
	see(cm_buf_span(&without), NULL, NULL, &s);
	assert_int_equal(s.rc, CM_OK);
	unsee(&s);
	made_release(&m);
	cm_buf_release(&without);
	cm_buf_release(&less);
	cm_arena_fini(&arena);
}

/* Receipts come and go without a new signature. */
static void
a_receipt_can_be_taken_away_or_made_anew(void **state)
{
	static const struct receipts_how early = { .witnesses = 1 }, later = { .before = 0, .behind = 20, .witnesses = 3 };
	struct cm_buf dossier = { 0 }, newer = { 0 }, both = { 0 }, trust = { 0 };
	struct cm_arena arena;
	struct seen s;

	(void)state;
	cm_arena_init(&arena, 0);
	receipts_add(cm_buf_span(&made.dossier), &early, &dossier);
	receipts_add(cm_buf_span(&made.dossier), &later, &newer);
	receipts_replace(cm_buf_span(&dossier), "seal-1.tlog-proof",
	    file_of(cm_buf_span(&newer), "seal-1.tlog-proof", &arena), &both);
	see(cm_buf_span(&both), trust_of(2, &trust), NULL, &s);
	assert_int_equal(logged(&s, "seal-1.json")->how, CM_LOGGED_ENOUGH);
	assert_int_equal(logged(&s, "seal-1.json")->size, 24);
	assert_int_equal(logged(&s, "finding-1.json")->how, CM_LOGGED_FEW);
	unsee(&s);
	cm_arena_fini(&arena);
	cm_buf_release(&dossier);
	cm_buf_release(&newer);
	cm_buf_release(&both);
	cm_buf_release(&trust);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_quorum_says_since_when_a_statement_existed_at_the_latest),
		cmocka_unit_test(too_few_witnesses_are_said_and_hold_in_part),
		cmocka_unit_test(a_quorum_of_none_takes_the_log_s_word_and_no_time),
		cmocka_unit_test(a_statement_without_a_receipt_holds_in_part),
		cmocka_unit_test(a_log_that_nobody_knows_counts_for_nothing),
		cmocka_unit_test(a_receipt_of_another_statement_refuses),
		cmocka_unit_test(a_false_signature_of_a_known_key_refuses),
		cmocka_unit_test(a_checkpoint_that_its_log_did_not_sign_refuses),
		cmocka_unit_test(files_that_do_not_belong_refuse),
		cmocka_unit_test(a_log_with_two_histories_is_named_and_refused),
		cmocka_unit_test(a_time_stamp_says_so_whoever_the_log_is),
		cmocka_unit_test(a_false_or_lonely_time_stamp_refuses),
		cmocka_unit_test(a_changed_byte_never_says_more),
		cmocka_unit_test(a_receipt_is_carried_and_not_listed),
		cmocka_unit_test(a_receipt_can_be_taken_away_or_made_anew),
	};
	static const struct made_how how = { .custody = true };
	int failed;

	if (argc != 2)
		return 2;
	capture = made_read(argv[1]);
	if (!made_dossier(cm_buf_span(&capture), &how, &made)) {
		fprintf(stderr, "%s: no dossier: %s\n", argv[1], made.why);
		return 1;
	}
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	made_release(&made);
	cm_buf_release(&capture);
	return failed;
}
