/* Any file as the dossier of a fork: another one, malformed, or the one file that its parts have; and
 * what is proven is proven by two notes of one key. */
#include <string.h>

#include "dossier/fork.h"
#include "fuzz.h"

static void
check_spelling(const struct cm_fork *f, struct cm_span file)
{
	struct cm_buf again = { 0 };

	must(cm_fork_pack(f, &again, NULL) == CM_OK);
	must(cm_span_eq(cm_buf_span(&again), file));
	cm_buf_release(&again);
}

static void
check_proven(const struct cm_fork *f, const struct cm_forked *k, struct cm_arena *arena)
{
	struct cm_checkpoint c;

	must(cm_checkpoint_open(f->one, &f->key, arena, &c, NULL, NULL) == CM_OK);
	must(cm_checkpoint_open(f->two, &f->key, arena, &c, NULL, NULL) == CM_OK);
	must(strcmp(k->small.origin, f->key.name) == 0 && strcmp(k->large.origin, f->key.name) == 0);
	must(k->small.size <= k->large.size);
	if (k->small.size == k->large.size)
		must(memcmp(k->small.root, k->large.root, 32) != 0);
	else
		must(f->has_root && memcmp(k->small.root, f->root, 32) != 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_span file = cm_span_of(data, size);
	struct cm_fork f = { 0 };
	struct cm_forked k;
	struct cm_arena arena;
	struct cm_err err = { 0 };
	enum cm_result r;

	cm_arena_init(&arena, (size_t)16 << 20);
	r = cm_fork_unpack(file, &arena, &f, &err);
	if (r == CM_OK)
		check_spelling(&f, file);
	else if (r != CM_E_NOTFOUND)
		must(err.code == r && err.text[0] != 0);
	if (r == CM_OK && cm_fork_check(&f, &arena, &k, &err) == CM_OK)
		check_proven(&f, &k, &arena);
	cm_arena_fini(&arena);
	return 0;
}
