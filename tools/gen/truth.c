#include "truth.h"

#include <stdlib.h>

uint32_t
gen_truth_mark(struct gen_truth *t, const struct gen_mark *m)
{
	if (t->n + 1 >= t->cap) {
		uint32_t cap = t->cap == 0 ? 256 : t->cap * 2;
		struct gen_mark *more = realloc(t->mark, cap * sizeof(*more));

		if (more == NULL)
			return 0;
		t->mark = more;
		t->cap = cap;
	}
	t->mark[++t->n] = *m;
	return t->n;
}

void
gen_truth_pair(struct gen_truth *t, uint32_t forged, uint32_t genuine)
{
	if (forged == 0 || genuine == 0)
		return;
	if (t->mark[forged].twin == 0)
		t->mark[forged].twin = genuine;
	if (t->mark[genuine].twin == 0)
		t->mark[genuine].twin = forged;
}

void
gen_truth_seen(struct gen_truth *t, uint32_t tag, uint64_t frame)
{
	if (tag != 0 && t->mark[tag].frame == 0)
		t->mark[tag].frame = frame;
}

struct line {
	uint64_t frame;
	uint32_t tag;
};

static int
by_frame(const void *a, const void *b)
{
	const struct line *x = a;
	const struct line *y = b;

	if (x->frame != y->frame)
		return x->frame < y->frame ? -1 : 1;
	return x->tag < y->tag ? -1 : x->tag > y->tag;
}

static void
write_line(const struct gen_truth *t, const struct gen_mark *m, FILE *f)
{
	static const char *const kinds[] = { "forged", "genuine", "benign-trap", "flood", "scan",
		"crowd" };
	uint64_t twin = m->twin == 0 ? 0 : t->mark[m->twin].frame;

	fprintf(f, "%llu\t%s\t%s\t%s\t", (unsigned long long)m->frame, m->class, kinds[m->kind],
	    m->flow);
	if (twin == 0)
		fputs("-", f);
	else
		fprintf(f, "%llu", (unsigned long long)twin);
	fprintf(f, "\t%s\n", m->note == NULL ? "-" : m->note);
}

bool
gen_truth_write(struct gen_truth *t, FILE *f, const char *command)
{
	struct line *lines = calloc((size_t)t->n + 1, sizeof(*lines));
	size_t n = 0;

	if (lines == NULL)
		return false;
	for (uint32_t i = 1; i <= t->n; i++)
		if (t->mark[i].frame != 0)
			lines[n++] = (struct line) { t->mark[i].frame, i };
	qsort(lines, n, sizeof(*lines), by_frame);
	fprintf(f, "# %s\nframe\tclass\tkind\tflow\ttwin\tnote\n", command);
	for (size_t i = 0; i < n; i++)
		write_line(t, &t->mark[lines[i].tag], f);
	free(lines);
	return ferror(f) == 0;
}

void
gen_truth_release(struct gen_truth *t)
{
	free(t->mark);
	*t = (struct gen_truth) { 0 };
}
