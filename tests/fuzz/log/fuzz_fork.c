/* Any text between two notes that a log signed, of 11 and of 30 entries, which do not agree: malformed,
 * or the one spelling of what it says; and only what the larger tree does begin with proves it. */
#include <string.h>

#include "fuzz.h"
#include "log/fork.h"

static const char one[] =
    "log.example/a\n"
    "11\n"
    "i98cPGRRcgCSZYV9Jo1oBEycUpokXGgEYcQU+KXleeI=\n"
    "\n"
    "\xe2\x80\x94 log.example/a hwgG+FkhwI5xDwrJDvnLirKZ6HTNoxS/Wj6g4W01TQ2CI3L3rPCNCZiGZIg1BI/KKTcPid5ngaxk6OxUbSHRriudsgM=\n";
static const char two[] =
    "log.example/a\n"
    "30\n"
    "aT0wxSF7IajNVzIIbORB0CIrvEUt12gnzWtOSql1K1c=\n"
    "\n"
    "\xe2\x80\x94 log.example/a hwgG+AZj3oNaxS5RRJELjIjCKD0LPYJA167Tiu+IfcPmc0vfbCxSDdJkSEIc+9QUBl5hsqiaf+iKqdfMtsb2itfODQg=\n";

/* The root of the first 11 of the 30. */
static const uint8_t begins[32] = { 0x55, 0x4d, 0x54, 0x7c, 0x0d, 0xaa, 0x7c, 0x22, 0x47, 0x30, 0x1d, 0x3f, 0x43, 0x42, 0xab, 0xe5,
	0x60, 0x18, 0x9a, 0xd7, 0xc1, 0x82, 0x76, 0x23, 0xfb, 0xac, 0x9c, 0x8c, 0xfa, 0xc4, 0x9c, 0x2d };

static void
check_spelling(const struct cm_fork *f, struct cm_span text)
{
	struct cm_buf again = { 0 };

	cm_fork_write(f, &again);
	must(cm_span_eq(cm_buf_span(&again), text));
	must(f->proof.n <= CM_PROOF_MAX && (f->has_root || f->proof.n == 0));
	cm_buf_release(&again);
}

static void
check_proven(const struct cm_fork *f, const struct cm_forked *k)
{
	must(strcmp(f->key.name, "log.example/a") == 0 && f->key.type == CM_NOTE_ED25519);
	must(k->small.size == 11 && k->large.size == 30);
	must(f->has_root && memcmp(f->root, begins, 32) == 0);
}

/* With both notes in either order, and twice with the same. */
static void
check(struct cm_fork *f, struct cm_arena *arena)
{
	const struct cm_span note[2] = { cm_span_str(one), cm_span_str(two) };
	enum cm_result proven[4];
	struct cm_forked k;
	unsigned i;

	for (i = 0; i < 4; i++) {
		struct cm_err err = { 0 };

		f->one = note[i & 1];
		f->two = note[i >> 1];
		proven[i] = cm_fork_check(f, arena, &k, &err);
		if (proven[i] == CM_OK)
			check_proven(f, &k);
		else
			must(err.code == proven[i] && err.text[0] != 0);
	}
	must(proven[0] != CM_OK && proven[3] != CM_OK && proven[1] == proven[2]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_span text = cm_span_of(data, size);
	struct cm_fork f = { 0 };
	struct cm_arena arena;
	struct cm_err err = { 0 };
	enum cm_result r;

	cm_arena_init(&arena, (size_t)16 << 20);
	r = cm_fork_parse(text, &f, &err);
	if (r == CM_OK) {
		check_spelling(&f, text);
		check(&f, &arena);
	} else {
		must(err.code == r && err.text[0] != 0 && (!err.has_offset || err.offset <= size));
	}
	cm_arena_fini(&arena);
	return 0;
}
