/* What has to hold of every dossier: nothing in it changes unseen, what an honest sender
 * finds a receiver finds again, and no cheat passes as a plain "reproduced". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "made.h"

static const char *const *captures; /* arguments; the first is a small one with a finding */
static size_t n_captures;
static const char *balancer;

static struct made
make(const char *path, const struct made_how *how)
{
	struct cm_buf bytes = made_read(path);
	struct made m;

	assert_true(bytes.len > 0);
	if (!made_dossier(cm_buf_span(&bytes), how, &m))
		fail_msg("%s: no dossier: %s", path, m.why);
	cm_buf_release(&bytes);
	return m;
}

static struct made_verdict
make_and_verify(const char *path, const struct made_how *how)
{
	struct made m = make(path, how);
	struct made_verdict v = made_verify(cm_buf_span(&m.dossier), true);

	made_release(&m);
	return v;
}

static void
every_finding_of_every_capture_is_found_again(void **state)
{
	static const struct made_how how[] = { { 0 }, { .whole_host = true }, { .tie_all = true },
		{ .hides = CM_HIDE_ADDRESSES, .leak_ok = true } };
	struct made_verdict v;
	size_t i, k, findings = 0;

	(void)state;
	for (i = 0; i < n_captures; i++) {
		for (k = 0; k < sizeof(how) / sizeof(how[0]); k++) {
			v = make_and_verify(captures[i], &how[k]);
			findings += v.findings;
			if (v.rc != CM_OK || v.worst > CM_OUTCOME_AS_SHOWN || v.end != CM_VERIFY_HOLDS)
				fail_msg("%s, way %zu: %s", captures[i], k, v.text);
		}
	}
	assert_true(findings > 0);
}

/* What is read of an exhibit changes nothing in what is said of it. */
static void
an_index_changes_no_byte(void **state)
{
	static const cm_packet_id some[] = { 1, 2, 7, 9, 300, 301, 5000 };
	static const struct cm_ids rows = { some, 7 };
	static const struct made_how how[] = { { 0 }, { .whole_host = true }, { .tie_all = true },
		{ .hides = CM_HIDE_ADDRESSES, .leak_ok = true }, { .rows = &rows },
		{ .rows = &rows, .frames = true }, { .rows = &rows, .hides = CM_HIDE_PAYLOAD } };
	struct made_how with;
	struct made one, two;
	size_t i, k;

	(void)state;
	for (i = 0; i < n_captures; i++) {
		for (k = 0; k < sizeof(how) / sizeof(how[0]); k++) {
			with = how[k];
			with.index = with.turned = true;
			one = make(captures[i], &how[k]);
			two = make(captures[i], &with);
			if (!cm_span_eq(cm_buf_span(&one.dossier), cm_buf_span(&two.dossier)))
				fail_msg("%s, way %zu", captures[i], k);
			made_release(&one);
			made_release(&two);
		}
	}
}

static void
shut_payload_leaves_things_undone_but_contradicts_nothing(void **state)
{
	static const struct made_how how[] = { { .hides = CM_HIDE_PAYLOAD },
		{ .hides = CM_HIDE_PAYLOAD | CM_HIDE_ADDRESSES, .tie_all = true } };
	struct made_verdict v;
	size_t i, k;

	(void)state;
	for (i = 0; i < n_captures; i++) {
		for (k = 0; k < sizeof(how) / sizeof(how[0]); k++) {
			v = make_and_verify(captures[i], &how[k]);
			if (v.rc != CM_OK || v.end == CM_VERIFY_REFUSED)
				fail_msg("%s, way %zu: %s", captures[i], k, v.text);
		}
	}
}

static void
every_byte_changed_is_refused(void **state)
{
	struct made m = make(captures[0], &(struct made_how) { 0 });
	struct made_verdict v;
	size_t i;

	(void)state;
	assert_true(m.findings > 0);
	for (i = 0; i < m.dossier.len; i++) {
		m.dossier.ptr[i] ^= (uint8_t)(1u << (i % 8));
		v = made_verify(cm_buf_span(&m.dossier), true);
		m.dossier.ptr[i] ^= (uint8_t)(1u << (i % 8));
		if (v.end != CM_VERIFY_REFUSED || v.rc == CM_OK)
			fail_msg("byte %zu changed: %s", i, v.text);
	}
	for (i = 0; i < m.dossier.len; i += 97) {
		v = made_verify(cm_span_of(m.dossier.ptr, i), true);
		assert_int_equal(v.rc, CM_E_MALFORMED);
	}
	made_release(&m);
}

/* The same by somebody who makes the checksums of the ZIP fit. */
static void
every_byte_of_every_file_is_bound_by_a_signature(void **state)
{
	struct made m = make(captures[0], &(struct made_how) { 0 });
	struct cm_arena arena;
	struct cm_err err = { 0 };
	struct cm_zip_entry entry[64];
	struct made_verdict v;
	struct cm_zip zip;
	size_t i, k;

	(void)state;
	cm_arena_init(&arena, 0);
	assert_int_equal(cm_zip_read(cm_buf_span(&m.dossier), &arena, &zip, &err), CM_OK);
	assert_true(zip.n <= 64);
	for (k = 0; k < zip.n; k++) {
		uint8_t *copy = cm_arena_copy(&arena, zip.entry[k].data.ptr, zip.entry[k].data.len);

		for (i = k; i < zip.entry[k].data.len; i += zip.entry[k].data.len < 1000 ? 1 : 23) {
			struct cm_buf out = { 0 };
			struct cm_sink sink = cm_sink_of_buf(&out);

			memcpy(entry, zip.entry, zip.n * sizeof(entry[0]));
			entry[k].data.ptr = copy;
			copy[i] ^= (uint8_t)(1u << (i % 8));
			assert_int_equal(cm_zip_write(entry, zip.n, &sink, &err), CM_OK);
			v = made_verify(cm_buf_span(&out), true);
			copy[i] ^= (uint8_t)(1u << (i % 8));
			if (v.end != CM_VERIFY_REFUSED)
				fail_msg("%.*s, byte %zu: %s", (int)zip.entry[k].name.len,
				    (const char *)zip.entry[k].name.ptr, i, v.text);
			cm_buf_release(&out);
		}
	}
	cm_arena_fini(&arena);
	made_release(&m);
}

static void
more_bits(struct cm_finding *f)
{
	f->bits += 5;
}

static void
no_longer_forged(struct cm_finding *f)
{
	f->verdict = f->verdict == CM_VERDICT_FORGED ? CM_VERDICT_STACK_BREAK : CM_VERDICT_FORGED;
}

static void
other_rows(struct cm_finding *f)
{
	const struct cm_ids was = f->forged;

	f->forged = f->genuine;
	f->genuine = was;
}

static void
a_sign_with_other_bits(struct cm_finding *f)
{
	struct cm_finding_cue *c = (struct cm_finding_cue *)(uintptr_t)f->cues;

	c[0].bits += 1;
	f->bits += 1;
}

static void
a_sign_called_local(struct cm_finding *f)
{
	struct cm_finding_cue *c = (struct cm_finding_cue *)(uintptr_t)f->cues;
	size_t i;

	for (i = 0; i < f->n_cues; i++)
		c[i].rests = CM_RESTS_LOCAL;
}

static void
a_sign_more(struct cm_finding *f)
{
	static struct cm_finding_cue cue[64];

	assert_true(f->n_cues > 0 && f->n_cues < 63);
	memcpy(cue, f->cues, f->n_cues * sizeof(cue[0]));
	cue[f->n_cues] = cue[f->n_cues - 1];
	cue[f->n_cues].name = "zz-made-up";
	f->cues = cue;
	f->n_cues++;
	f->bits += cue[0].bits;
}

static void
a_sign_less(struct cm_finding *f)
{
	f->n_cues--;
}

static void
another_hand(struct cm_finding *f)
{
	f->fingerprint.known = true;
	f->fingerprint.ipid = f->fingerprint.df = f->fingerprint.ttl = "made up";
	f->fingerprint.window = f->fingerprint.options = f->fingerprint.fin = "made up";
	f->fingerprint.name = "somebody we do not like";
}

static void
what_a_finding_says_falsely_is_contradicted(void **state)
{
	static const struct {
		void (*cheat)(struct cm_finding *f);
		const char *name;
	} cheats[] = { { more_bits, "more bits" }, { no_longer_forged, "verdict" }, { other_rows, "rows" },
		{ a_sign_with_other_bits, "bits of a sign" }, { a_sign_called_local, "called local" },
		{ a_sign_more, "a sign more" }, { a_sign_less, "a sign less" },
		{ another_hand, "another hand" } };
	struct made_verdict v;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cheats) / sizeof(cheats[0]); i++) {
		v = make_and_verify(captures[0], &(struct made_how) { .finding = cheats[i].cheat });
		if (v.rc != CM_OK || v.worst != CM_OUTCOME_CONTRADICTED || v.end != CM_VERIFY_REFUSED)
			fail_msg("%s: %s", cheats[i].name, v.text);
	}
}

static void
odd_parameter(struct cm_finding *f)
{
	f->forged_bits = 1;
}

static void
doctored_version(struct cm_finding *f)
{
	f->version += 1;
}

static void
doctored_name(struct cm_finding *f)
{
	f->detector = "comity-injection-plus";
}

static void
terms_that_are_not_ours_are_never_plainly_reproduced(void **state)
{
	static void (*const cheats[])(struct cm_finding *f) = { odd_parameter, doctored_version,
		doctored_name };
	struct made_verdict v;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cheats) / sizeof(cheats[0]); i++) {
		v = make_and_verify(captures[0], &(struct made_how) { .finding = cheats[i] });
		if (v.rc != CM_OK || v.best < CM_OUTCOME_FOREIGN || v.end == CM_VERIFY_HOLDS)
			fail_msg("terms %zu: %s", i, v.text);
	}
}

static uint64_t odd;

static void
odd_window(struct cm_finding *f)
{
	f->window = odd;
}

static void
odd_memory(struct cm_finding *f)
{
	f->memory = odd;
}

/* Whatever a sender writes there, it is his terms, and never our wrong use. */
static void
parameters_without_sense_are_not_redone(void **state)
{
	static const uint64_t value[] = { 0, 1, 2, 63, 64, 65536, 65537, UINT32_MAX, CM_JSON_INT_MAX };
	struct made_verdict v;
	size_t i, k;

	(void)state;
	for (i = 0; i < 2 * sizeof(value) / sizeof(value[0]); i++) {
		k = i / 2;
		odd = i % 2 == 0 && value[k] > UINT32_MAX ? UINT32_MAX : value[k];
		v = make_and_verify(captures[0],
		    &(struct made_how) { .finding = i % 2 == 0 ? odd_window : odd_memory });
		if (v.rc != CM_OK || v.best != CM_OUTCOME_FOREIGN || v.end != CM_VERIFY_PARTLY)
			fail_msg("%s %llu: %d, %s", i % 2 == 0 ? "window" : "memory", (unsigned long long)odd,
			    (int)v.rc, v.text);
	}
}

/* The sender's half reads what it packs as a receiver does: this cheat may end there already. */
static void
is_refused(const struct made_how *how, const char *why)
{
	struct cm_buf bytes = made_read(captures[0]);
	struct made m;
	struct made_verdict v;

	if (!made_dossier(cm_buf_span(&bytes), how, &m)) {
		if (strstr(m.why, why) == NULL)
			fail_msg("not %s: %s", why, m.why);
	} else {
		v = made_verify(cm_buf_span(&m.dossier), true);
		if (v.rc != CM_E_REFUSED || strstr(v.text, why) == NULL)
			fail_msg("not %s: %d, %s", why, (int)v.rc, v.text);
	}
	made_release(&m);
	cm_buf_release(&bytes);
}

static cm_packet_id lone;
static struct cm_ids lone_set = { &lone, 1 };

static void
host_rows_elsewhere(struct cm_finding *f)
{
	lone = 0;
	f->support_host = lone_set;
}

static void
against_elsewhere(struct cm_finding *f)
{
	lone = 0;
	f->against = lone_set;
}

static void
accused_elsewhere(struct cm_finding *f)
{
	lone = 0;
	f->forged = lone_set;
}

static void
suspect_elsewhere(struct cm_finding *f)
{
	lone = 0;
	f->suspect = lone_set;
}

static void
trigger_elsewhere(struct cm_finding *f)
{
	lone = 0;
	f->trigger = lone_set;
}

static void
frames_backwards(struct cm_finding *f)
{
	uint64_t *frame = (uint64_t *)(uintptr_t)f->frames, last = frame[f->support.n - 1];

	frame[f->support.n - 1] = frame[0];
	frame[0] = last;
}

static void
frames_too_far(struct cm_finding *f)
{
	uint64_t *frame = (uint64_t *)(uintptr_t)f->frames;
	size_t i;

	for (i = 0; i < f->support.n; i++)
		frame[i] += 5;
}

static void
frames_of_nothing(struct cm_finding *f)
{
	uint64_t *frame = (uint64_t *)(uintptr_t)f->frames;

	frame[0] = 0;
}

static void
a_finding_that_contradicts_itself_is_refused(void **state)
{
	static const struct {
		void (*cheat)(struct cm_finding *f);
		const char *why;
	} cheats[] = { { host_rows_elsewhere, "support_host has rows" }, { against_elsewhere, "against has rows" },
		{ accused_elsewhere, "forged has rows" }, { suspect_elsewhere, "suspect has rows" },
		{ trigger_elsewhere, "trigger has rows" }, { frames_backwards, "can not be frame" },
		{ frames_too_far, "can not be frame" }, { frames_of_nothing, "can not be frame 0" } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cheats) / sizeof(cheats[0]); i++)
		is_refused(&(struct made_how) { .finding = cheats[i].cheat }, cheats[i].why);
}

static void
two_cases(struct cm_statement *s)
{
	s->has_case = true;
	memset(s->case_id, s->number == 1 ? 1 : 2, 32);
}

static void
one_case(struct cm_statement *s)
{
	s->has_case = s->number != 2;
	memset(s->case_id, 1, 32);
}

static void
statements_of_two_cases_are_refused(void **state)
{
	struct made_verdict v = make_and_verify(captures[0], &(struct made_how) { .head = one_case });

	(void)state;
	assert_int_equal(v.rc, CM_OK);
	is_refused(&(struct made_how) { .head = two_cases }, "names another case");
}

static void
another_root(struct cm_subject *s)
{
	s->root[0] ^= 1;
}

static void
another_exhibit(struct cm_subject *s)
{
	s->exhibit[0] ^= 1;
}

static void
a_hand_over_of_something_else_is_refused(void **state)
{
	static void (*const cheats[])(struct cm_subject *s) = { another_root, another_exhibit };
	struct made_verdict v = make_and_verify(captures[0], &(struct made_how) { .custody = true });
	size_t i;

	(void)state;
	if (v.rc != CM_OK || v.end != CM_VERIFY_HOLDS)
		fail_msg("an honest one: %s", v.text);
	for (i = 0; i < sizeof(cheats) / sizeof(cheats[0]); i++)
		is_refused(&(struct made_how) { .custody = true, .handed = cheats[i] },
		    "name different exhibits");
}

static const char *wanted;

static void
change_file(struct cm_zip_entry *e, size_t n)
{
	static uint8_t copy[1 << 20];
	const uint8_t *at;
	size_t i;

	for (i = 0; i < n; i++) {
		if (!cm_span_eq(e[i].name, cm_span_str(wanted)))
			continue;
		assert_true(e[i].data.len <= sizeof(copy));
		memcpy(copy, e[i].data.ptr, e[i].data.len);
		at = memmem(copy, e[i].data.len, "\"bits\": ", 8);
		copy[at != NULL ? (size_t)(at - copy) + 8 : e[i].data.len / 2] ^= 1;
		e[i].data.ptr = copy;
	}
}

static void
pcapng_and_report_are_made_again(void **state)
{
	static const char *const name[] = { "seal-1.pcapng", "report.html", "seal-1.opening" };
	struct made_verdict v;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		wanted = name[i];
		v = make_and_verify(captures[0], &(struct made_how) { .files = change_file });
		if (v.rc == CM_OK)
			fail_msg("%s: %s", name[i], v.text);
	}
}

static void
a_fork_of_numbers_is_refused(void **state)
{
	struct made_verdict v = make_and_verify(captures[0], &(struct made_how) { .fork = 2 });

	(void)state;
	assert_int_equal(v.rc, CM_E_REFUSED);
}

static void
a_key_found_only_inside_is_not_trusted(void **state)
{
	struct made m = make(captures[0], &(struct made_how) { 0 });
	struct made_verdict v = made_verify(cm_buf_span(&m.dossier), false);

	(void)state;
	assert_int_equal(v.rc, CM_OK);
	assert_int_equal(v.end, CM_VERIFY_REFUSED);
	made_release(&m);
}

static bool
is_hex(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* Digests, and nothing else, may differ in a text. */
static void
differ_in_digests_only(const char *name, struct cm_span a, struct cm_span b)
{
	size_t i;

	if (a.len != b.len)
		fail_msg("%s: %zu and %zu bytes", name, a.len, b.len);
	for (i = 0; i < a.len; i++) {
		if (a.ptr[i] != b.ptr[i] && (!is_hex(a.ptr[i]) || !is_hex(b.ptr[i])))
			fail_msg("%s differs at %zu: %.20s", name, i, (const char *)a.ptr + i);
	}
}

static void
compare_entries(const struct cm_zip *a, const struct cm_zip *b)
{
	char name[CM_ZIP_NAME + 1];
	size_t i;

	assert_int_equal(a->n, b->n);
	for (i = 0; i < a->n; i++) {
		const struct cm_zip_entry *x = &a->entry[i], *y = &b->entry[i];

		snprintf(name, sizeof(name), "%.*s", (int)x->name.len, (const char *)x->name.ptr);
		assert_true(cm_span_eq(x->name, y->name));
		assert_int_equal(x->data.len, y->data.len);
		if (strstr(name, ".pcapng") != NULL)
			assert_true(cm_span_eq(x->data, y->data));
		else if (strstr(name, ".sig") == NULL && strstr(name, ".opening") == NULL)
			differ_in_digests_only(name, x->data, y->data);
	}
}

/* Secrets, nonces and times are fixed here, so commitments are all that may differ. */
static void
shut_cells_leave_no_trace(void **state)
{
	struct cm_buf bytes = made_read(captures[0]);
	struct made one, two;
	struct cm_zip a, b;
	struct cm_arena arena;
	struct cm_err err = { 0 };

	(void)state;
	cm_arena_init(&arena, 0);
	assert_true(made_dossier(cm_buf_span(&bytes), &(struct made_how) { .hides = CM_HIDE_PAYLOAD }, &one));
	assert_true(one.findings > 0);
	bytes.ptr[bytes.len - 1] ^= 0x5a; /* payload of the last packet */
	assert_true(made_dossier(cm_buf_span(&bytes), &(struct made_how) { .hides = CM_HIDE_PAYLOAD }, &two));
	assert_int_equal(cm_zip_read(cm_buf_span(&one.dossier), &arena, &a, &err), CM_OK);
	assert_int_equal(cm_zip_read(cm_buf_span(&two.dossier), &arena, &b, &err), CM_OK);
	assert_false(cm_span_eq(cm_buf_span(&one.dossier), cm_buf_span(&two.dossier)));
	compare_entries(&a, &b);
	made_release(&one);
	made_release(&two);
	cm_buf_release(&bytes);
	cm_arena_fini(&arena);
}

/* A load balancer, of which a cheat's detectors never see what exonerates it. */
static void
leaving_out_what_exonerates_is_never_plainly_reproduced(void **state)
{
	struct cm_buf bytes = made_read(balancer);
	struct made_verdict v;
	struct made m;
	uint64_t to;
	size_t seen = 0;

	(void)state;
	for (to = 4; to < 60; to++) {
		if (!made_dossier(cm_buf_span(&bytes), &(struct made_how) { .only_to = to }, &m))
			fail_msg("no dossier");
		v = made_verify(cm_buf_span(&m.dossier), true);
		seen += v.findings;
		if (v.findings > 0 && v.best == CM_OUTCOME_REPRODUCED)
			fail_msg("up to frame %d: %s", (int)to, v.text);
		made_release(&m);
	}
	(void)seen; /* how many depends on the rules; none may pass */
	cm_buf_release(&bytes);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_finding_of_every_capture_is_found_again),
		cmocka_unit_test(an_index_changes_no_byte),
		cmocka_unit_test(shut_payload_leaves_things_undone_but_contradicts_nothing),
		cmocka_unit_test(every_byte_changed_is_refused),
		cmocka_unit_test(every_byte_of_every_file_is_bound_by_a_signature),
		cmocka_unit_test(what_a_finding_says_falsely_is_contradicted),
		cmocka_unit_test(terms_that_are_not_ours_are_never_plainly_reproduced),
		cmocka_unit_test(parameters_without_sense_are_not_redone),
		cmocka_unit_test(a_finding_that_contradicts_itself_is_refused),
		cmocka_unit_test(statements_of_two_cases_are_refused),
		cmocka_unit_test(a_hand_over_of_something_else_is_refused),
		cmocka_unit_test(pcapng_and_report_are_made_again),
		cmocka_unit_test(a_fork_of_numbers_is_refused),
		cmocka_unit_test(a_key_found_only_inside_is_not_trusted),
		cmocka_unit_test(shut_cells_leave_no_trace),
		cmocka_unit_test(leaving_out_what_exonerates_is_never_plainly_reproduced),
	};

	if (argc < 3)
		return 77;
	balancer = argv[1];
	captures = (const char *const *)(argv + 2);
	n_captures = (size_t)(argc - 2);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
