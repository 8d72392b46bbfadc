/* The dossier of a fork: three files, no more and no fewer, which come back as they were. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../log/made.h"
#include "dossier/fork.h"
#include "dossier/pack.h"

static struct cm_arena arena;
static struct cm_buf one, two, file;
static struct made_key key;

static int
set_up(void **state)
{
	struct cm_buf text = { 0 };

	(void)state;
	cm_arena_init(&arena, 0);
	key = made_key("log.example/a", CM_NOTE_ED25519, 1);
	made_text("log.example/a", 9, 1, &text);
	made_note(cm_buf_span(&text), &key, &one);
	text.len = 0;
	made_text("log.example/a", 9, 2, &text);
	made_note(cm_buf_span(&text), &key, &two);
	cm_buf_release(&text);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	cm_buf_release(&one);
	cm_buf_release(&two);
	cm_buf_release(&file);
	cm_arena_fini(&arena);
	return 0;
}

static struct cm_fork
made_fork(void)
{
	return (struct cm_fork) { .key = key.v, .one = cm_buf_span(&one), .two = cm_buf_span(&two) };
}

static enum cm_result
unpack(struct cm_fork *out)
{
	struct cm_err err = { 0 };

	return cm_fork_unpack(cm_buf_span(&file), &arena, out, &err);
}

/* A file of these. */
static void
zip(const struct cm_zip_entry *entry, size_t n)
{
	struct cm_sink sink = cm_sink_of_buf(&file);

	file.len = 0;
	assert_int_equal(cm_zip_write(entry, n, &sink, NULL), CM_OK);
}

static void
it_comes_back_and_proves_by_itself(void **state)
{
	struct cm_fork f = made_fork(), g;
	struct cm_buf again = { 0 };
	struct cm_forked k;

	(void)state;
	assert_int_equal(cm_fork_pack(&f, &file, NULL), CM_OK);
	assert_true(file.len <= CM_FORK_DOSSIER_BYTES);
	assert_int_equal(unpack(&g), CM_OK);
	assert_true(cm_span_eq(g.one, f.one));
	assert_true(cm_span_eq(g.two, f.two));
	assert_int_equal(cm_fork_check(&g, &arena, &k, NULL), CM_OK);
	assert_int_equal(k.small.size, 9);
	assert_int_equal(k.small.root[0], 1);
	assert_int_equal(k.large.root[0], 2);
	assert_int_equal(cm_fork_pack(&g, &again, NULL), CM_OK);
	assert_true(cm_span_eq(cm_buf_span(&again), cm_buf_span(&file)));
	cm_buf_release(&again);
}

static void
the_longest_one_fits(void **state)
{
	struct cm_buf long_one = { 0 };
	struct cm_fork f = made_fork(), g;

	(void)state;
	f.has_root = true;
	f.proof.n = CM_PROOF_MAX;
	while (long_one.len < CM_NOTE_BYTES)
		cm_buf_add_u8(&long_one, 'x');
	f.one = f.two = cm_buf_span(&long_one);
	assert_int_equal(cm_fork_pack(&f, &file, NULL), CM_OK);
	assert_true(file.len <= CM_FORK_DOSSIER_BYTES);
	assert_int_equal(unpack(&g), CM_OK); /* its form holds; what it says does not */
	assert_int_equal(g.proof.n, CM_PROOF_MAX);
	assert_int_not_equal(cm_fork_check(&g, &arena, &(struct cm_forked) { 0 }, NULL), CM_OK);
	cm_buf_release(&long_one);
}

static void
another_dossier_is_not_one_of_a_fork(void **state)
{
	struct cm_zip_entry other[] = { { cm_span_str("disclosure.json"), cm_span_str("{}") },
		{ cm_span_str("one.note"), cm_buf_span(&one) } };
	struct cm_fork f;

	(void)state;
	zip(other, 2);
	assert_int_equal(unpack(&f), CM_E_NOTFOUND);
	zip(other, 0);
	assert_int_equal(unpack(&f), CM_E_NOTFOUND);
	file.len--;
	assert_int_equal(unpack(&f), CM_E_MALFORMED);
}

static void
fewer_or_more_files_are_malformed(void **state)
{
	struct cm_fork f = made_fork(), g = { .one = { (const uint8_t *)"as it was", 9 } };
	struct cm_buf text = { 0 };
	struct cm_zip_entry entry[4];

	(void)state;
	cm_fork_write(&f, &text);
	entry[0] = (struct cm_zip_entry) { cm_span_str("fork.txt"), cm_buf_span(&text) };
	entry[1] = (struct cm_zip_entry) { cm_span_str("one.note"), f.one };
	entry[2] = (struct cm_zip_entry) { cm_span_str("two.note"), f.two };
	entry[3] = (struct cm_zip_entry) { cm_span_str("readme"), cm_span_str("believe me") };
	zip(entry, 4);
	assert_int_equal(unpack(&g), CM_E_MALFORMED);
	zip(entry, 2);
	assert_int_equal(unpack(&g), CM_E_MALFORMED);
	zip(entry, 1);
	assert_int_equal(unpack(&g), CM_E_MALFORMED);
	entry[2].name = cm_span_str("tw0.note");
	zip(entry, 3);
	assert_int_equal(unpack(&g), CM_E_MALFORMED);
	entry[2].name = cm_span_str("two.note");
	entry[0].data.len--; /* cut */
	zip(entry, 3);
	assert_int_equal(unpack(&g), CM_E_MALFORMED);
	assert_int_equal(g.one.len, 9);
	cm_buf_release(&text);
}

/* A witness's key signs other bytes: what it cosigned is no second history of its own. */
static void
a_key_of_a_witness_proves_nothing(void **state)
{
	struct cm_fork f = made_fork(), g;

	(void)state;
	f.key = made_key("log.example/a", CM_NOTE_COSIGNATURE, 1).v;
	assert_int_equal(cm_fork_pack(&f, &file, NULL), CM_OK);
	if (unpack(&g) == CM_OK)
		assert_int_not_equal(cm_fork_check(&g, &arena, &(struct cm_forked) { 0 }, NULL), CM_OK);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_comes_back_and_proves_by_itself),
		TEST(the_longest_one_fits),
		TEST(another_dossier_is_not_one_of_a_fork),
		TEST(fewer_or_more_files_are_malformed),
		TEST(a_key_of_a_witness_proves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
