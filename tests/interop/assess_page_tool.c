/* An assessment's text, or its rows, as the page that people read.
 *
 *	assess_page_tool text|rows FILE
 *	assess_page_tool pair FILE FILE		two texts */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assess/text.h"
#include "dossier/assess_page.h"

static bool
slurp(const char *path, struct cm_buf *out)
{
	FILE *f = fopen(path, "rb");
	uint8_t block[65536];
	size_t n;

	if (f == NULL)
		return false;
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		cm_buf_add(out, block, n);
	fclose(f);
	return cm_buf_ok(out);
}

static CM_RESULT
page_of(const char *how, struct cm_span text, struct cm_arena *arena, struct cm_buf *out, struct cm_err *err)
{
	struct cm_registry registry;
	struct cm_assess_read read;
	struct cm_assess_picture shown;
	enum cm_result r = cm_registry_builtin(arena, &registry, err);

	if (r != CM_OK)
		return r;
	if (strcmp(how, "rows") == 0)
		r = cm_assess_rows_parse(text, arena, &read, err);
	else
		r = cm_assess_text_read(text, &registry, arena, &read.a, NULL, err);
	if (r == CM_OK)
		r = cm_assess_picture_of(&read.a, &registry, arena, &shown, err);
	return r == CM_OK ? cm_assess_page(&shown, out) : r;
}

static CM_RESULT
pair_of(struct cm_span text, struct cm_span other, struct cm_arena *arena, struct cm_buf *out, struct cm_err *err)
{
	struct cm_registry registry;
	struct cm_assessment a, b;
	struct cm_assess_compared c[CM_LAYERS];
	size_t n = 0;
	enum cm_result r = cm_registry_builtin(arena, &registry, err);

	if (r == CM_OK)
		r = cm_assess_text_read(text, &registry, arena, &a, NULL, err);
	if (r == CM_OK)
		r = cm_assess_text_read(other, &registry, arena, &b, NULL, err);
	for (int layer = 0; r == CM_OK && layer < CM_LAYERS; layer++) {
		const struct cm_assess_compare_in in = { .a = &a, .b = &b, .layer = (enum cm_layer)layer, .view = CM_OF_ALL };

		if (cm_assess_has_layer(&a, in.layer) && cm_assess_has_layer(&b, in.layer))
			r = cm_assess_compare(&in, arena, &c[n++], err);
	}
	return r == CM_OK ? cm_assess_pair_page(c, n, out) : r;
}

int
main(int argc, char **argv)
{
	struct cm_buf text = { 0 }, other = { 0 }, page = { 0 };
	struct cm_arena arena;
	struct cm_err err = { 0 };
	int ok;

	if (argc < 3 || !slurp(argv[2], &text) || (argc == 4 && !slurp(argv[3], &other)))
		return 2;
	cm_arena_init(&arena, 0);
	ok = (argc == 4 ? pair_of(cm_buf_span(&text), cm_buf_span(&other), &arena, &page, &err) :
			  page_of(argv[1], cm_buf_span(&text), &arena, &page, &err)) == CM_OK;
	if (ok)
		fwrite(page.ptr, 1, page.len, stdout);
	else
		fprintf(stderr, "%s\n", err.text);
	cm_arena_fini(&arena);
	cm_buf_release(&text);
	cm_buf_release(&other);
	cm_buf_release(&page);
	return ok ? 0 : 1;
}
