/* The files that say whom a party trusts: what was written by hand stays, what is refused changes
 * nothing, and how many witnesses are enough follows the rule or whoever chose. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../log/made.h"
#include "os/private.h"
#include "store/trust.h"

#define HEAD "# Whose logs count, whose witnesses are asked, how many of them are enough (C2SP tlog-policy).\n"

static char folder[64];
static struct cm_arena arena;
static struct cm_err err;

static int
set_up(void **state)
{
	(void)state;
	cm_arena_init(&arena, 0);
	err = (struct cm_err) { 0 };
	strcpy(folder, "/tmp/comity-trust-XXXXXX");
	return mkdtemp(folder) == NULL ? -1 : 0;
}

static const char *
path_of(const char *name)
{
	return cm_arena_printf(&arena, "%s/%s", folder, name);
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(path_of("trust"));
	unlink(path_of("signers"));
	cm_arena_fini(&arena);
	return rmdir(folder);
}

/* The key of A is made of 1, that of B of 2, ... */
static const char *
vkey(const char *name, enum cm_note_type type, uint8_t n)
{
	struct made_key k = made_key(name, type, n);
	struct cm_buf b = { 0 };
	const char *out;

	cm_vkey_write(&k.v, &b);
	out = cm_arena_printf(&arena, "%s", cm_buf_cstr(&b));
	cm_buf_release(&b);
	return out;
}

static const char *
log_line(uint8_t n)
{
	char name[16];

	snprintf(name, sizeof(name), "log.example/%u", n);
	return cm_arena_printf(&arena, "log %s", vkey(name, CM_NOTE_ED25519, n));
}

static const char *
witness_line(const char *name, uint8_t n)
{
	return cm_arena_printf(&arena, "witness %s %s", name, vkey(name, CM_NOTE_COSIGNATURE, n));
}

static const char *
signer_line(const char *name, uint8_t n)
{
	struct made_key k = made_key("x", CM_NOTE_ED25519, n);
	struct cm_ssh_public key = cm_ssh_public_of(k.v.key);
	struct cm_buf b = { 0 };
	const char *out;

	cm_signers_line(name, &key, &b);
	out = cm_arena_printf(&arena, "%.*s", (int)b.len - 1, (const char *)b.ptr);
	cm_buf_release(&b);
	return out;
}

static enum cm_result
add(const char *lines)
{
	err = (struct cm_err) { 0 };
	return cm_trust_add(folder, cm_span_str(lines), NULL, 0, &err);
}

static void
must_add(const char *lines)
{
	if (add(lines) != CM_OK)
		fail_msg("%s: %s", lines, err.text);
}

static enum cm_result
quorum(const char *many)
{
	err = (struct cm_err) { 0 };
	return cm_trust_quorum(folder, many, &err);
}

static void
put_text(const char *name, const char *text)
{
	struct cm_write_mode mode = { CM_WRITE_REPLACE, 0600 };

	assert_int_equal(cm_whole_write(path_of(name), cm_span_str(text), mode, NULL), CM_OK);
}

static const char *
text_of(const char *name)
{
	struct cm_buf b = { 0 };
	const char *out = "";

	if (cm_path_exists(path_of(name)))
		assert_int_equal(cm_whole_read(path_of(name), 1 << 21, &b, NULL), CM_OK);
	if (b.len > 0)
		out = cm_arena_printf(&arena, "%.*s", (int)b.len, (const char *)b.ptr);
	cm_buf_release(&b);
	return out;
}

static struct cm_trust
read_all(void)
{
	struct cm_trust t;

	err = (struct cm_err) { 0 };
	if (cm_trust_read(folder, &arena, &t, &err) != CM_OK)
		fail_msg("%s", err.text);
	return t;
}

/* ${r}, a reason, and both files as they were. */
#define REFUSED(r, call) \
	do { \
		const char *trust_ = text_of("trust"), *signers_ = text_of("signers"); \
		assert_int_equal(call, r); \
		assert_true(err.text[0] != '\0'); \
		assert_string_equal(text_of("trust"), trust_); \
		assert_string_equal(text_of("signers"), signers_); \
	} while (0)

/* So many of so many, or none (0). */
static void
check_quorum(unsigned k, size_t n)
{
	struct cm_trust t = read_all();

	assert_int_equal(t.policy.has_quorum, k > 0);
	if (k == 0)
		return;
	assert_string_equal(t.policy.member[t.policy.quorum].name, "witnesses");
	assert_int_equal(t.policy.member[t.policy.quorum].k, k);
	assert_int_equal(t.policy.member[t.policy.quorum].n_part, n);
}

static void
absent_files_trust_nobody(void **state)
{
	struct cm_trust t = read_all();

	(void)state;
	assert_int_equal(t.policy.n_logs + t.policy.n_members + t.signers.n, 0);
	assert_false(t.policy.has_quorum);
	REFUSED(CM_E_USAGE, quorum("1"));
}

static void
lines_stand_in_the_order_in_which_they_came(void **state)
{
	const char *log = log_line(1), *w = witness_line("A", 2), *x = witness_line("B", 3);

	(void)state;
	must_add(log);
	assert_string_equal(text_of("trust"), cm_arena_printf(&arena, HEAD "%s\nquorum none\n", log));
	must_add(w);
	must_add(x);
	assert_string_equal(text_of("trust"),
	    cm_arena_printf(&arena, HEAD "%s\n%s\n%s\ngroup witnesses 1 A B\nquorum witnesses\n", log, w, x));
	assert_string_equal(text_of("signers"), "");
	must_add(signer_line("Party A", 4));
	must_add(signer_line("Party B", 5));
	assert_string_equal(text_of("signers"), cm_arena_printf(&arena, "%s\n%s\n", signer_line("Party A", 4),
	    signer_line("Party B", 5)));
}

static void
what_is_there_already_changes_nothing(void **state)
{
	const char *all = cm_arena_printf(&arena, "%s\n%s\n%s\n", log_line(1), witness_line("A", 2),
	    signer_line("Party A", 3));
	const char *trust, *signers;

	(void)state;
	must_add(all);
	trust = text_of("trust");
	signers = text_of("signers");
	must_add(all);
	must_add(cm_arena_printf(&arena, "%s\r\n\r\n  \t\n# a comment\n%s  \n", log_line(1), signer_line("Party A", 3)));
	must_add("");
	assert_string_equal(text_of("trust"), trust);
	assert_string_equal(text_of("signers"), signers);
}

static void
all_lines_are_added_or_none(void **state)
{
	(void)state;
	must_add(log_line(1));
	REFUSED(CM_E_MALFORMED, add(cm_arena_printf(&arena, "%s\n%s\nnonsense\n", log_line(2), signer_line("B", 3))));
	REFUSED(CM_E_REFUSED, add(cm_arena_printf(&arena, "%s\n%s", witness_line("B", 4), signer_line("B", 4))));
	must_add(cm_arena_printf(&arena, "%s\n%s", witness_line("B", 4), signer_line("B", 5)));
}

static void
enough_witnesses_follow_the_rule_until_somebody_chooses(void **state)
{
	static const unsigned usual[] = { 0, 0, 1, 2, 2, 2 };
	uint8_t n;

	(void)state;
	for (n = 1; n <= 5; n++) {
		must_add(witness_line(cm_arena_printf(&arena, "w%u", n), n));
		must_add(log_line((uint8_t)(n + 100))); /* logs change nothing of it */
		check_quorum(usual[n], n);
	}
}

static void
a_number_that_was_chosen_stays(void **state)
{
	static const struct {
		const char *many;
		unsigned then;
	} chosen[] = { { "1", 1 }, { "3", 3 }, { "all", 4 }, { "none", 0 }, { "007", 0 } };
	size_t i;
	uint8_t n;

	(void)state;
	for (i = 0; i < 4; i++) {
		for (n = 1; n <= 3; n++)
			must_add(witness_line(cm_arena_printf(&arena, "w%u", n), n));
		check_quorum(2, 3);
		assert_int_equal(quorum(chosen[i].many), CM_OK);
		check_quorum(i == 2 ? 3 : chosen[i].then, 3);
		must_add(witness_line("w4", 4));
		check_quorum(chosen[i].then, 4);
		must_add(log_line(9));
		check_quorum(chosen[i].then, 4);
		unlink(path_of("trust"));
	}
	must_add(cm_arena_printf(&arena, "%s\n%s", witness_line("a", 1), witness_line("b", 2)));
	assert_int_equal(quorum("002"), CM_OK); /* in the one spelling that the file has */
	check_quorum(2, 2);
	REFUSED(CM_E_USAGE, quorum("3"));
	REFUSED(CM_E_USAGE, quorum("0"));
	REFUSED(CM_E_USAGE, quorum(""));
	REFUSED(CM_E_USAGE, quorum("-1"));
	REFUSED(CM_E_USAGE, quorum("any"));
	REFUSED(CM_E_USAGE, quorum("18446744073709551617"));
	REFUSED(CM_E_USAGE, quorum("1 a\nquorum none"));
}

static void
what_was_written_by_hand_stays(void **state)
{
	const char *head = cm_arena_printf(&arena, "# ours\n\n%s\n\twitness\tB  %s\n%s\n", witness_line("A", 1),
	    vkey("B", CM_NOTE_COSIGNATURE, 2), witness_line("C", 3));
	const char *const by_hand[] = { "group two all A B\ngroup all any two C\nquorum all\n# end\n",
		"group\twitnesses all A B\nquorum witnesses\n", "group two all A B\nquorum none\n", "quorum A\n",
		"group two all A B\ngroup witnesses 1 two C\nquorum witnesses\n" };
	const char *before;
	size_t i;

	(void)state;
	for (i = 0; i < 5; i++) {
		before = cm_arena_printf(&arena, "%s%s", head, by_hand[i]);
		put_text("trust", before);
		read_all();
		REFUSED(CM_E_REFUSED, quorum("1"));
		must_add(witness_line("D", 4));
		must_add(log_line(5));
		assert_string_equal(text_of("trust"),
		    cm_arena_printf(&arena, "%s%s\n%s\n", before, witness_line("D", 4), log_line(5)));
	}
	/* a group of all and the quorum of it are kept up to date, whatever blanks they are written with */
	put_text("trust", cm_arena_printf(&arena, "%s group\twitnesses  1 A B  C\n\tquorum  witnesses\n# end\n", head));
	must_add(witness_line("D", 4));
	check_quorum(1, 4);
	assert_non_null(strstr(text_of("trust"), "# end\n"));
	assert_int_equal(strncmp(text_of("trust"), head, strlen(head)), 0);
}

static void
one_key_in_two_roles_or_under_two_names_is_refused(void **state)
{
	struct cm_trust_key own = { .role = CM_TRUST_WITNESS, .name = "mine", .own = true };
	struct made_key k = made_key("x", CM_NOTE_ED25519, 9);

	(void)state;
	memcpy(own.point, k.v.key, 32);
	must_add(cm_arena_printf(&arena, "%s\n%s\n%s", log_line(1), witness_line("A", 2), signer_line("A", 3)));
	REFUSED(CM_E_REFUSED, add(witness_line("B", 1)));
	REFUSED(CM_E_REFUSED, add(signer_line("B", 1)));
	REFUSED(CM_E_REFUSED, add(witness_line("B", 2)));
	REFUSED(CM_E_REFUSED, add(log_line(2)));
	REFUSED(CM_E_REFUSED, add(signer_line("A", 2)));
	REFUSED(CM_E_REFUSED, add(signer_line("B", 3)));
	REFUSED(CM_E_REFUSED, add(log_line(3)));
	err = (struct cm_err) { 0 };
	REFUSED(CM_E_REFUSED, cm_trust_add(folder, cm_span_str(signer_line("B", 9)), &own, 1, &err));
	assert_non_null(strstr(err.text, "yours"));
	assert_int_equal(cm_trust_add(folder, cm_span_str(witness_line("own", 9)), &own, 1, &err), CM_OK);
}

static void
a_file_that_does_not_hold_is_not_made_whole(void **state)
{
	const char *cut = cm_arena_printf(&arena, "%s\nquorum none", log_line(1));
	char *huge;

	(void)state;
	put_text("trust", cut);
	REFUSED(CM_E_MALFORMED, add(witness_line("A", 2)));
	REFUSED(CM_E_MALFORMED, add(signer_line("A", 3)));
	put_text("trust", cm_arena_printf(&arena, "%s\r\nquorum none\r\n", log_line(1)));
	REFUSED(CM_E_MALFORMED, add(witness_line("A", 2)));
	put_text("trust", "log\n");
	REFUSED(CM_E_MALFORMED, add(witness_line("A", 2)));
	assert_non_null(strstr(err.text, "trust: "));
	unlink(path_of("trust"));
	put_text("signers", "nonsense\n");
	REFUSED(CM_E_MALFORMED, add(log_line(1)));
	assert_non_null(strstr(err.text, "signers: "));
	unlink(path_of("signers"));
	huge = cm_arena_alloc(&arena, (2 << 20) + 1);
	memset(huge, '#', 2 << 20);
	huge[2 << 20] = '\0';
	put_text("trust", huge);
	assert_int_equal(add(log_line(1)), CM_E_LIMIT);
	unlink(path_of("trust"));
	put_text("signers", huge);
	assert_int_equal(add(log_line(1)), CM_E_LIMIT);
	assert_false(cm_path_exists(path_of("trust")));
}

/* Other programs, and people, leave the last line without an end: the next one must not become
 * part of its comment. */
static void
a_signer_behind_a_line_without_an_end_has_a_line_of_its_own(void **state)
{
	struct cm_trust t;

	(void)state;
	put_text("signers", cm_arena_printf(&arena, "%s a comment", signer_line("A", 1)));
	must_add(signer_line("B", 2));
	t = read_all();
	assert_int_equal(t.signers.n, 2);
	assert_string_equal(t.signers.line[1].principals, "B");
	put_text("signers", cm_arena_printf(&arena, "%s\r\n# ours\r\n", signer_line("A", 1)));
	must_add(signer_line("B", 2));
	t = read_all();
	assert_int_equal(t.signers.n, 2);
}

static void
lines_that_are_none_say_so(void **state)
{
	static const char *const bad[] = { "quorum none", "group g any A", "log", "witness A", "log nonsense",
		"A ssh-ed25519 AAAA\033[2J", "none" };
	size_t i;

	(void)state;
	must_add(witness_line("A", 1));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		REFUSED(CM_E_MALFORMED, add(bad[i]));
	REFUSED(CM_E_UNSUPPORTED, add("ssh-ed25519 AAAA")); /* a key of nobody */
	REFUSED(CM_E_UNSUPPORTED, add("log x+00000000+AAAA"));
	/* names that the file has for something else */
	REFUSED(CM_E_MALFORMED, add(witness_line("none", 2)));
	REFUSED(CM_E_MALFORMED, add(witness_line("witnesses", 2)));
	REFUSED(CM_E_MALFORMED, add(witness_line("A", 2)));
	/* the last line is short of its end: it is the operand that ends */
	must_add(witness_line("Größe-\xe2\x80\xae", 2));
	check_quorum(1, 2);
}

static void
who_has_moved_is_reached_at_the_new_address(void **state)
{
	const char *w = witness_line("A", 1), *log = log_line(2), *other = witness_line("B", 3);

	(void)state;
	must_add(cm_arena_printf(&arena, "%s http://127.0.0.1:1/\n%s\n%s", w, log, other));
	must_add(cm_arena_printf(&arena, "%s http://127.0.0.1:2/\n%s http://127.0.0.1:3/", w, log));
	assert_string_equal(text_of("trust"),
	    cm_arena_printf(&arena,
		HEAD "%s http://127.0.0.1:2/\n%s http://127.0.0.1:3/\n%s\ngroup witnesses 1 A B\nquorum witnesses\n", w,
		log, other));
	must_add(cm_arena_printf(&arena, "%s\n%s", w, log)); /* no address says nothing of it */
	assert_non_null(strstr(text_of("trust"), ":2/"));
	assert_non_null(strstr(text_of("trust"), ":3/"));
	REFUSED(CM_E_MALFORMED, add(cm_arena_printf(&arena, "%s http://127.0.0.1:2/ more", w)));
	REFUSED(CM_E_REFUSED, add(witness_line("C", 1))); /* another name for the same key is something else */
}

static void
a_signer_whose_key_signs_nothing_here_is_not_added_in_vain(void **state)
{
	const char *line = signer_line("A", 1), *key = strstr(line, "ssh-");

	(void)state;
	assert_non_null(key);
	REFUSED(CM_E_UNSUPPORTED, add(cm_arena_printf(&arena, "A namespaces=\"git\" %s", key)));
	REFUSED(CM_E_UNSUPPORTED, add(cm_arena_printf(&arena, "A cert-authority %s", key)));
	must_add(cm_arena_printf(&arena, "A %s", key));
}

static enum cm_result
succeed(const char *name, enum cm_note_type type, uint8_t old, const char *next_name, uint8_t next)
{
	struct made_key from = made_key(name, type, old), to = made_key(next_name, type, next);

	err = (struct cm_err) { 0 };
	return cm_trust_succeed(folder, &from.v, &to.v, &err);
}

static void
a_log_that_follows_has_its_line_beside_the_old_one(void **state)
{
	(void)state;
	must_add(log_line(1));
	assert_int_equal(succeed("log.example/1", CM_NOTE_ED25519, 1, "log.example/2", 2), CM_OK);
	assert_int_equal(succeed("log.example/1", CM_NOTE_ED25519, 1, "log.example/2", 2), CM_OK);
	assert_string_equal(text_of("trust"),
	    cm_arena_printf(&arena, HEAD "%s\n%s\nquorum none\n", log_line(1), log_line(2)));
}

static void
a_witness_that_follows_counts_once_with_the_old_one(void **state)
{
	const char *a = witness_line("A", 2), *b = witness_line("B", 3), *c = witness_line("C", 4), *url = "http://w/";

	(void)state;
	must_add(cm_arena_printf(&arena, "%s %s", a, url));
	must_add(b);
	assert_int_equal(succeed("A", CM_NOTE_COSIGNATURE, 2, "new", 9), CM_OK);
	assert_string_equal(text_of("trust"),
	    cm_arena_printf(&arena, HEAD "%s\nwitness A-2 %s %s\ngroup A-keys any A A-2\n%s\n"
	    "group witnesses 1 A-keys B\nquorum witnesses\n", a, vkey("new", CM_NOTE_COSIGNATURE, 9), url, b));
	check_quorum(1, 2);
	REFUSED(CM_E_USAGE, quorum("3"));
	must_add(c);
	check_quorum(2, 3);
	assert_int_equal(succeed("A", CM_NOTE_COSIGNATURE, 2, "new", 9), CM_OK); /* as it is */
	check_quorum(2, 3);
	assert_int_equal(succeed("new", CM_NOTE_COSIGNATURE, 9, "newer", 10), CM_OK);
	check_quorum(2, 3);
	assert_int_equal(quorum("all"), CM_OK);
	check_quorum(3, 3);
	REFUSED(CM_E_NOTFOUND, succeed("X", CM_NOTE_COSIGNATURE, 20, "newest", 21));
}

static void
groups_made_by_hand_get_both_keys_too(void **state)
{
	const char *a = witness_line("A", 2), *b = witness_line("B", 3);

	(void)state;
	put_text("trust", cm_arena_printf(&arena, "%s\n%s\ngroup mine all A B\nquorum mine\n", a, b));
	assert_int_equal(succeed("B", CM_NOTE_COSIGNATURE, 3, "new", 9), CM_OK);
	assert_string_equal(text_of("trust"),
	    cm_arena_printf(&arena, "%s\n%s\nwitness B-2 %s\ngroup B-keys any B B-2\n"
	    "group mine all A B-keys\nquorum mine\n", a, b, vkey("new", CM_NOTE_COSIGNATURE, 9)));
	/* A witness alone, whose new key is one that is trusted for something else. */
	put_text("trust", cm_arena_printf(&arena, "%s\n%s\nquorum A\n", a, log_line(7)));
	REFUSED(CM_E_REFUSED, succeed("A", CM_NOTE_COSIGNATURE, 2, "new", 7));
	assert_int_equal(succeed("A", CM_NOTE_COSIGNATURE, 2, "new", 9), CM_OK);
	assert_string_equal(read_all().policy.member[read_all().policy.quorum].name, "A-keys");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(absent_files_trust_nobody),
		TEST(lines_stand_in_the_order_in_which_they_came),
		TEST(what_is_there_already_changes_nothing),
		TEST(all_lines_are_added_or_none),
		TEST(enough_witnesses_follow_the_rule_until_somebody_chooses),
		TEST(a_number_that_was_chosen_stays),
		TEST(what_was_written_by_hand_stays),
		TEST(one_key_in_two_roles_or_under_two_names_is_refused),
		TEST(a_file_that_does_not_hold_is_not_made_whole),
		TEST(a_signer_behind_a_line_without_an_end_has_a_line_of_its_own),
		TEST(who_has_moved_is_reached_at_the_new_address),
		TEST(a_signer_whose_key_signs_nothing_here_is_not_added_in_vain),
		TEST(lines_that_are_none_say_so),
		TEST(a_log_that_follows_has_its_line_beside_the_old_one),
		TEST(a_witness_that_follows_counts_once_with_the_old_one),
		TEST(groups_made_by_hand_get_both_keys_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
