/* charter/v1 and what is stated under one: written, read, and nothing else read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hand.h"
#include "statement/charter_v1.h"
#include "statement/receipt_v1.h"
#include "statement/under.h"

static const uint8_t charter[32] = { 0xcc, 1 };
static struct cm_arena arena;

static int
set_up(void **state)
{
	(void)state;
	cm_arena_init(&arena, 0);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	cm_arena_fini(&arena);
	return 0;
}

struct way {
	const char *from, *to, *because;
};

static void
none_of_them_is_read(const struct cm_buf *b, const struct way *ways, size_t n, hand_reader *read, void *out)
{
	for (size_t i = 0; i < n; i++) {
		char *text = hand_swap((const char *)b->ptr, ways[i].from, ways[i].to);
		struct cm_err err = { 0 };
		enum cm_result r = hand_read(text, read, &arena, out, &err);

		if (r != CM_E_MALFORMED || strstr(err.text, ways[i].because) == NULL)
			fail_msg("%s for %s: expected \"%s\" in \"%s\"", ways[i].to, ways[i].from, ways[i].because, err.text);
		free(text);
	}
}

/* Charters. */

static struct cm_charter_v1 text = { { (const uint8_t *)"# A\n\n\"quoted\"\n", 14 } };

static void
write_charter(void *arg, struct cm_jsonw *w)
{
	cm_charter_v1_write(w, arg);
}

static enum cm_result
read_charter(const struct cm_statement_doc *d, struct cm_arena *a, void *out, struct cm_err *err)
{
	enum cm_result r = cm_charter_v1_read(d, a, out, err);

	if (r == CM_OK && d->head.n_signers != 2)
		return CM_E_LIMIT;
	return r;
}

static void
charter_text(struct cm_buf *out)
{
	static struct cm_key_print by[2];
	static struct cm_subject subject;
	struct cm_statement head = hand_head(CM_PREDICATE_CHARTER);
	struct cm_key a = hand_key(1), b = hand_key(2);

	cm_ssh_fingerprint(&a.pub, by[0].text);
	cm_ssh_fingerprint(&b.pub, by[1].text);
	if (strcmp(by[0].text, by[1].text) > 0) {
		struct cm_key_print other = by[0];

		by[0] = by[1];
		by[1] = other;
	}
	subject = cm_charter_v1_subject(text.text);
	head.subject = &subject;
	head.signers = by;
	head.n_signers = 2;
	head.has_case = false;
	head.to = NULL;
	head.number = 0;
	hand_text(&head, write_charter, &text, out);
}

static void
a_charter_has_all_its_signers_and_its_text(void **state)
{
	struct cm_buf b = { 0 };
	struct cm_charter_v1 out;
	struct cm_err err;

	(void)state;
	charter_text(&b);
	assert_int_equal(hand_read(cm_buf_cstr(&b), read_charter, &arena, &out, &err), CM_OK);
	assert_true(cm_span_eq(out.text, text.text));
	assert_null(strstr(cm_buf_cstr(&b), "number"));
	cm_buf_release(&b);
}

static void
a_charter_is_nobodys_alone(void **state)
{
	static const struct way ways[] = {
		{ "\"nonce\"", "\"number\": 1, \"nonce\"", "number" },
		{ "\"nonce\"", "\"previous\": \"0700000000000000000000000000000000000000000000000000000000000000\", \"nonce\"", "previous" },
		{ "\"nonce\"", "\"case\": \"0800000000000000000000000000000000000000000000000000000000000000\", \"nonce\"", "case" },
		{ "\"nonce\"", "\"to\": \"A\", \"nonce\"", "to" },
		{ "\"by\": [", "\"by\": [\"SHA256:zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzw\", ", "by" },
		{ "\"by\": [", "\"by\": [\"me\", ", "fingerprint" },
		{ "\"by\": [", "\"bye\": [", "by" },
		{ "# A", "# B", "subject" },
		{ "\"text\": ", "\"text\": 1, \"more\": ", "more" },
		{ "\"text\"", "\"members\"", "members" },
	};
	struct cm_buf b = { 0 };
	struct cm_charter_v1 out;

	(void)state;
	charter_text(&b);
	none_of_them_is_read(&b, ways, sizeof(ways) / sizeof(ways[0]), read_charter, &out);
	cm_buf_release(&b);
}

static void
by_ascends_each_key_once(void **state)
{
	struct cm_buf b = { 0 };
	struct cm_charter_v1 out;
	struct cm_err err;
	char *at, first[51], second[51];

	(void)state;
	charter_text(&b);
	at = strstr((char *)b.ptr, "SHA256:");
	memcpy(first, at, 50);
	at = strstr(at + 1, "SHA256:");
	memcpy(second, at, 50);
	memcpy(strstr((char *)b.ptr, "SHA256:"), second, 50);
	assert_int_equal(hand_read(cm_buf_cstr(&b), read_charter, &arena, &out, &err), CM_E_MALFORMED);
	assert_non_null(strstr(err.text, "does not ascend"));
	memcpy(at, first, 50);
	assert_int_equal(hand_read(cm_buf_cstr(&b), read_charter, &arena, &out, &err), CM_E_MALFORMED);
	cm_buf_release(&b);
}

/* Consent. */

static void
write_consent(void *arg, struct cm_jsonw *w)
{
	cm_consent_v1_write(w, arg);
}

static enum cm_result
read_consent(const struct cm_statement_doc *d, struct cm_arena *a, void *out, struct cm_err *err)
{
	return cm_consent_v1_read(d, a, out, err);
}

static void
under(enum cm_predicate type, void (*body)(void *, struct cm_jsonw *), void *arg, struct cm_buf *out)
{
	struct cm_statement head = hand_head(type);
	struct cm_subject subject = cm_under_subject(charter);

	head.subject = &subject;
	hand_text(&head, body, arg, out);
}

static struct cm_consent_v1
consent(void)
{
	static const char *const some[] = { "N1", "N3" }, *const purposes[] = { "attribution" }, *const names[] = { "A", "CERT B" };
	struct cm_consent_v1 c = { .types = { some, 2 }, .purposes = { purposes, 1 }, .to = { names, 2 }, .has_until = true,
		.until = 1795475200 };

	memcpy(c.charter, charter, 32);
	return c;
}

static void
a_consent_comes_back_as_it_was_written(void **state)
{
	struct cm_consent_v1 c = consent(), out;
	struct cm_buf b = { 0 };
	struct cm_err err;

	(void)state;
	under(CM_PREDICATE_CONSENT, write_consent, &c, &b);
	assert_int_equal(hand_read(cm_buf_cstr(&b), read_consent, &arena, &out, &err), CM_OK);
	assert_memory_equal(out.charter, charter, 32);
	assert_false(out.revoked);
	assert_int_equal(out.types.n, 2);
	assert_string_equal(out.types.word[1], "N3");
	assert_string_equal(out.to.word[1], "CERT B");
	assert_int_equal(out.until, 1795475200);
	assert_true(cm_words_has(&out.types, "N1"));
	assert_false(cm_words_has(&out.types, "N2"));
	cm_buf_clear(&b);
	c = (struct cm_consent_v1) { .revoked = true };
	memcpy(c.charter, charter, 32);
	under(CM_PREDICATE_CONSENT, write_consent, &c, &b);
	assert_int_equal(hand_read(cm_buf_cstr(&b), read_consent, &arena, &out, &err), CM_OK);
	assert_true(out.revoked);
	assert_true(cm_words_has(&out.types, "N2"));
	cm_buf_release(&b);
}

static void
a_consent_that_could_be_understood_in_two_ways_is_refused(void **state)
{
	static const struct way ways[] = {
		{ "\"given\"", "\"perhaps\"", "says" },
		{ "\"given\"", "\"revoked\"", "as a whole" },
		{ "\"N1\"", "\"N4\"", "types" },
		{ "\"N1\"", "\"N3\"", "types" },
		{ "\"N1\"", "\"\"", "types" },
		{ "\"N1\"", "1", "types" },
		{ "\"2026-11-23T23:06:40Z\"\n  }", "\"2026-11-23\"\n  }", "until" },
		{ "\"case\"", "\"cause\"", "cause" },
		{ "\"charter\": \"cc", "\"charter\": \"cd", "subject" },
		{ "\"says\"", "\"why\": 1, \"says\"", "why" },
		{ "consent/v1", "close/v1", "consent/v1" },
	};
	struct cm_consent_v1 c = consent(), out;
	struct cm_buf b = { 0 };

	(void)state;
	under(CM_PREDICATE_CONSENT, write_consent, &c, &b);
	cm_buf_cstr(&b);
	none_of_them_is_read(&b, ways, sizeof(ways) / sizeof(ways[0]), read_consent, &out);
	cm_buf_release(&b);
}

static void
any_is_said_by_leaving_it_out(void **state)
{
	static const struct way ways[] = { { "\"says\"", "\"types\": [], \"says\"", "leaving it out" } };
	struct cm_consent_v1 c = { 0 }, out;
	struct cm_buf b = { 0 };

	(void)state;
	memcpy(c.charter, charter, 32);
	under(CM_PREDICATE_CONSENT, write_consent, &c, &b);
	cm_buf_cstr(&b);
	none_of_them_is_read(&b, ways, 1, read_consent, &out);
	cm_buf_release(&b);
}

/* The others. */

static void
write_approval(void *arg, struct cm_jsonw *w)
{
	cm_approval_v1_write(w, arg);
}

static enum cm_result
read_approval(const struct cm_statement_doc *d, struct cm_arena *a, void *out, struct cm_err *err)
{
	return cm_approval_v1_read(d, a, out, err);
}

static void
an_approval_names_what_for_whom_and_why(void **state)
{
	static const struct way ways[] = { { "\"0100", "\"0300", "ascend" }, { "\"0100", "\"01", "what" },
		{ "\"recipient\": \"B\"", "\"recipient\": \"\"", "recipient" }, { "\"purpose\"", "\"porpoise\"", "porpoise" },
		{ "\"purpose\": \"defence\"", "\"purpose\": 7", "purpose" } };
	static uint8_t what[2][32] = { { 1 }, { 2 } };
	struct cm_approval_v1 v = { .what = { what, 2 }, .recipient = "B", .purpose = "defence" }, out;
	struct cm_buf b = { 0 };
	struct cm_err err;

	(void)state;
	memcpy(v.charter, charter, 32);
	under(CM_PREDICATE_APPROVAL, write_approval, &v, &b);
	assert_int_equal(hand_read(cm_buf_cstr(&b), read_approval, &arena, &out, &err), CM_OK);
	assert_int_equal(out.what.n, 2);
	assert_memory_equal(out.what.digest[1], what[1], 32);
	assert_string_equal(out.recipient, "B");
	assert_string_equal(out.purpose, "defence");
	none_of_them_is_read(&b, ways, sizeof(ways) / sizeof(ways[0]), read_approval, &out);
	v.what.n = 0;
	cm_buf_clear(&b);
	under(CM_PREDICATE_APPROVAL, write_approval, &v, &b);
	assert_int_equal(hand_read(cm_buf_cstr(&b), read_approval, &arena, &out, &err), CM_E_MALFORMED);
	cm_buf_release(&b);
}

static void
write_withdrawal(void *arg, struct cm_jsonw *w)
{
	cm_withdrawal_v1_write(w, arg);
}

static enum cm_result
read_withdrawal(const struct cm_statement_doc *d, struct cm_arena *a, void *out, struct cm_err *err)
{
	return cm_withdrawal_v1_read(d, a, out, err);
}

static void
write_close(void *arg, struct cm_jsonw *w)
{
	cm_close_v1_write(w, arg);
}

static enum cm_result
read_close(const struct cm_statement_doc *d, struct cm_arena *a, void *out, struct cm_err *err)
{
	return cm_close_v1_read(d, a, out, err);
}

static void
who_leaves_may_keep_the_reason_shut(void **state)
{
	static const struct way ways[] = { { "\"shut\"", "\"closed\"", "closed" }, { "\"reason\"", "\"season\"", "season" } };
	struct cm_withdrawal_v1 v = { .reason = { .is_shut = true, .shut = { 3 } } }, out;
	struct cm_close_v1 close = { { 0 } };
	struct cm_buf b = { 0 };
	struct cm_err err;

	(void)state;
	memcpy(v.charter, charter, 32);
	under(CM_PREDICATE_WITHDRAWAL, write_withdrawal, &v, &b);
	assert_int_equal(hand_read(cm_buf_cstr(&b), read_withdrawal, &arena, &out, &err), CM_OK);
	assert_true(out.reason.is_shut);
	assert_int_equal(out.reason.shut[0], 3);
	none_of_them_is_read(&b, ways, 2, read_withdrawal, &out);
	cm_buf_clear(&b);
	memcpy(close.charter, charter, 32);
	under(CM_PREDICATE_CLOSE, write_close, &close, &b);
	assert_int_equal(hand_read(cm_buf_cstr(&b), read_close, &arena, &close, &err), CM_OK);
	assert_int_equal(hand_read(cm_buf_cstr(&b), read_withdrawal, &arena, &out, &err), CM_E_MALFORMED);
	cm_buf_release(&b);
}

static void
write_receipt(void *arg, struct cm_jsonw *w)
{
	cm_receipt_v1_write(w, arg);
}

static enum cm_result
read_receipt(const struct cm_statement_doc *d, struct cm_arena *a, void *out, struct cm_err *err)
{
	(void)a;
	return cm_receipt_v1_read(d, out, err);
}

static void
a_receipt_says_what_came_and_whether_it_binds(void **state)
{
	static const struct way ways[] = { { "\"partly\"", "\"mostly\"", "found" }, { "\"accepts\": true", "\"accepts\": 1", "accepts" },
		{ "\"accepts\"", "\"takes\"", "takes" }, { "\"dossier\": \"02", "\"dossier\": \"0", "dossier" } };
	struct cm_receipt_v1 v = { { 1 }, { 2 }, CM_RECEIPT_PARTLY, true }, out;
	struct cm_statement head = hand_head(CM_PREDICATE_RECEIPT);
	struct cm_buf b = { 0 };
	struct cm_err err;

	(void)state;
	hand_text(&head, write_receipt, &v, &b);
	assert_int_equal(hand_read(cm_buf_cstr(&b), read_receipt, &arena, &out, &err), CM_OK);
	assert_memory_equal(&out.disclosure, &v.disclosure, 32);
	assert_memory_equal(&out.dossier, &v.dossier, 32);
	assert_int_equal(out.found, CM_RECEIPT_PARTLY);
	assert_true(out.accepts);
	none_of_them_is_read(&b, ways, sizeof(ways) / sizeof(ways[0]), read_receipt, &out);
	cm_buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_charter_has_all_its_signers_and_its_text),
		cmocka_unit_test(a_charter_is_nobodys_alone),
		cmocka_unit_test(by_ascends_each_key_once),
		cmocka_unit_test(a_consent_comes_back_as_it_was_written),
		cmocka_unit_test(a_consent_that_could_be_understood_in_two_ways_is_refused),
		cmocka_unit_test(any_is_said_by_leaving_it_out),
		cmocka_unit_test(an_approval_names_what_for_whom_and_why),
		cmocka_unit_test(who_leaves_may_keep_the_reason_shut),
		cmocka_unit_test(a_receipt_says_what_came_and_whether_it_binds),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
