/* A cosignature says when, and only over the checkpoint it was made for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/ed25519.h"
#include "made.h"

/* Reads text || "\n" || lines. */
static struct cm_note
note_of(struct cm_span text, const struct cm_buf *lines, struct cm_buf *note, struct cm_arena *a)
{
	struct cm_note n;

	cm_buf_clear(note);
	cm_buf_add_span(note, text);
	cm_buf_add_u8(note, '\n');
	cm_buf_add_span(note, cm_buf_span(lines));
	assert_int_equal(cm_note_parse(cm_buf_span(note), a, &n, NULL), CM_OK);
	return n;
}

struct parts {
	struct cm_buf text, lines, note;
	struct cm_arena arena;
	struct made_key w;
};

static struct parts
begin(void)
{
	struct parts p = { .w = made_key("witness.example/w1", CM_NOTE_COSIGNATURE, 9) };

	cm_arena_init(&p.arena, 0);
	made_text("A", 5, 1, &p.text);
	return p;
}

static void
end(struct parts *p)
{
	cm_arena_fini(&p->arena);
	cm_buf_release(&p->text);
	cm_buf_release(&p->lines);
	cm_buf_release(&p->note);
}

static void
cosign(struct parts *p, uint64_t time)
{
	assert_int_equal(
	    cm_cosign(cm_buf_span(&p->text), &p->w.v, p->w.seed, time, &p->lines, NULL), CM_OK);
}

static void
what_is_signed_is_spelt_as_specified(void **state)
{
	struct parts p = begin();
	struct cm_buf message = { 0 };
	struct cm_note n;

	(void)state;
	cosign(&p, 1679315147);
	n = note_of(cm_buf_span(&p.text), &p.lines, &p.note, &p.arena);
	assert_int_equal(n.signature[0].bytes.len, 72);
	assert_int_equal(cm_get64(n.signature[0].bytes.ptr), 1679315147);
	cm_buf_add_str(&message, "cosignature/v1\ntime 1679315147\n"
				 "A\n5\nAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n");
	assert_int_equal(
	    cm_ed25519_verify(p.w.v.key, cm_buf_span(&message), n.signature[0].bytes.ptr + 8),
	    CM_OK);
	cm_buf_release(&message);
	end(&p);
}

static void
the_example_of_the_specification_has_its_time_and_id(void **state)
{
	/* C2SP tlog-cosignature.md does not say the key. */
	static const char text[] =
	    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/"
	    "Xajj7h2fB2MPA3j2jxq2I=\n\n"
	    "\xe2\x80\x94 example.com/behind-the-sofa "
	    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/"
	    "Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
	    "\xe2\x80\x94 witness.example.com/w1 "
	    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/"
	    "zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
	struct cm_arena a;
	struct cm_note n;

	(void)state;
	cm_arena_init(&a, 0);
	assert_int_equal(cm_note_parse(cm_span_str(text), &a, &n, NULL), CM_OK);
	assert_int_equal(n.n, 2);
	assert_int_equal(n.signature[1].id, 0x8d66cf3f);
	assert_int_equal(n.signature[1].bytes.len, CM_COSIGNATURE_LEN);
	assert_int_equal(cm_get64(n.signature[1].bytes.ptr), 1679315147);
	cm_arena_fini(&a);
}

static void
first_and_last_time_are_found_among_several(void **state)
{
	struct parts p = begin();
	uint64_t first = 0, last = 0, time = 0;
	struct cm_note n;

	(void)state;
	cosign(&p, 500);
	cosign(&p, 100);
	cosign(&p, 300);
	n = note_of(cm_buf_span(&p.text), &p.lines, &p.note, &p.arena);
	assert_int_equal(cm_cosignature_times(&n, &p.w.v, &first, &last, NULL), CM_OK);
	assert_int_equal(first, 100);
	assert_int_equal(last, 500);
	assert_int_equal(cm_cosignature_verify(&n, &p.w.v, &time, NULL), CM_OK);
	assert_int_equal(time, 500);
	end(&p);
}

static void
it_holds_for_no_other_checkpoint_and_no_other_time(void **state)
{
	struct parts p = begin();
	struct cm_buf other = { 0 };
	struct cm_note n;
	struct cm_note_signature s;
	uint8_t bytes[CM_COSIGNATURE_LEN];
	uint64_t time = 0;

	(void)state;
	cosign(&p, 500);
	made_text("A", 6, 1, &other);
	n = note_of(cm_buf_span(&other), &p.lines, &p.note, &p.arena);
	assert_int_equal(cm_cosignature_verify(&n, &p.w.v, &time, NULL), CM_E_REFUSED);
	n = note_of(cm_buf_span(&p.text), &p.lines, &p.note, &p.arena);
	s = n.signature[0];
	memcpy(bytes, s.bytes.ptr, sizeof(bytes));
	s.bytes.ptr = bytes;
	n.signature = &s;
	assert_int_equal(cm_cosignature_verify(&n, &p.w.v, &time, NULL), CM_OK);
	bytes[7] ^= 1;
	assert_int_equal(cm_cosignature_verify(&n, &p.w.v, &time, NULL), CM_E_REFUSED);
	bytes[7] ^= 1;
	s.bytes.len--;
	assert_int_equal(cm_cosignature_verify(&n, &p.w.v, &time, NULL), CM_E_REFUSED);
	cm_buf_release(&other);
	end(&p);
}

/* A line of ${w} whose signature holds, at a time that cm_cosign refuses. */
static void
put_line_at(struct parts *p, const char *time_text, uint64_t time)
{
	uint8_t signature[CM_COSIGNATURE_LEN];
	struct cm_buf message = { 0 };

	cm_buf_printf(&message, "cosignature/v1\ntime %s\n", time_text);
	cm_buf_add_span(&message, cm_buf_span(&p->text));
	cm_put64(signature, time);
	assert_int_equal(cm_ed25519_sign(p->w.seed, cm_buf_span(&message), signature + 8), CM_OK);
	cm_note_put_line(&p->w.v, cm_span_of(signature, sizeof(signature)), &p->lines);
	cm_buf_release(&message);
}

static void
times_that_can_not_be_are_neither_made_nor_believed(void **state)
{
	struct parts p = begin();
	struct cm_note n;
	uint64_t time = 0;

	(void)state;
	assert_int_equal(
	    cm_cosign(cm_buf_span(&p.text), &p.w.v, p.w.seed, 0, &p.lines, NULL), CM_E_USAGE);
	assert_int_equal(cm_cosign(cm_buf_span(&p.text), &p.w.v, p.w.seed, (uint64_t)INT64_MAX + 1,
			     &p.lines, NULL),
	    CM_E_USAGE);
	cosign(&p, INT64_MAX);
	cm_buf_clear(&p.lines);
	put_line_at(&p, "0", 0);
	n = note_of(cm_buf_span(&p.text), &p.lines, &p.note, &p.arena);
	assert_int_equal(cm_cosignature_verify(&n, &p.w.v, &time, NULL), CM_E_REFUSED);
	cm_buf_clear(&p.lines);
	put_line_at(&p, "9223372036854775808", (uint64_t)INT64_MAX + 1);
	n = note_of(cm_buf_span(&p.text), &p.lines, &p.note, &p.arena);
	assert_int_equal(cm_cosignature_verify(&n, &p.w.v, &time, NULL), CM_E_REFUSED);
	cm_buf_clear(&p.lines);
	put_line_at(&p, "9223372036854775807", INT64_MAX);
	n = note_of(cm_buf_span(&p.text), &p.lines, &p.note, &p.arena);
	assert_int_equal(cm_cosignature_verify(&n, &p.w.v, &time, NULL), CM_OK);
	end(&p);
}

static void
only_checkpoints_are_cosigned_and_only_by_cosigners(void **state)
{
	struct parts p = begin();
	struct made_key log = made_key("A", CM_NOTE_ED25519, 1);
	struct cm_note n;
	uint64_t time = 0;

	(void)state;
	assert_int_equal(
	    cm_cosign(cm_span_str("any text\n"), &p.w.v, p.w.seed, 1, &p.lines, NULL), CM_E_USAGE);
	assert_int_equal(
	    cm_cosign(cm_buf_span(&p.text), &log.v, log.seed, 1, &p.lines, NULL), CM_E_USAGE);
	assert_int_equal(
	    cm_note_sign(cm_buf_span(&p.text), &log.v, log.seed, &p.lines, NULL), CM_OK);
	n = note_of(cm_buf_span(&p.text), &p.lines, &p.note, &p.arena);
	assert_int_equal(cm_cosignature_verify(&n, &p.w.v, &time, NULL), CM_E_NOTFOUND);
	assert_int_equal(cm_cosignature_verify(&n, &log.v, &time, NULL), CM_E_USAGE);
	end(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_signed_is_spelt_as_specified),
		cmocka_unit_test(the_example_of_the_specification_has_its_time_and_id),
		cmocka_unit_test(first_and_last_time_are_found_among_several),
		cmocka_unit_test(it_holds_for_no_other_checkpoint_and_no_other_time),
		cmocka_unit_test(times_that_can_not_be_are_neither_made_nor_believed),
		cmocka_unit_test(only_checkpoints_are_cosigned_and_only_by_cosigners),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
