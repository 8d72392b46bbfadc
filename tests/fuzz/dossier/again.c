#include "again.h"
#include "fuzz.h"

static bool
read_text(const struct again *kind, struct cm_span text, struct cm_json_doc *doc, struct cm_arena *arena, void *body)
{
	struct cm_err err = { 0 };

	return cm_json_parse(text, doc, &err) == CM_OK && kind->read(cm_json_root(doc), arena, body, &err) == CM_OK;
}

static bool
write_text(const struct again *kind, const void *body, struct cm_buf *out)
{
	struct cm_jsonw w = cm_jsonw_of(out, 0);

	cm_jsonw_object(&w);
	kind->write(&w, body);
	cm_jsonw_object_end(&w);
	return cm_buf_ok(out);
}

void
again(const struct again *kind, const uint8_t *data, size_t size, void *body)
{
	struct cm_json_doc doc = { 0 }, second_doc = { 0 };
	struct cm_buf first = { 0 }, second = { 0 };
	struct cm_arena arena, second_arena;

	cm_arena_init(&arena, (size_t)64 << 20);
	cm_arena_init(&second_arena, (size_t)64 << 20);
	if (read_text(kind, cm_span_of(data, size), &doc, &arena, body) && write_text(kind, body, &first)) {
		bool read = read_text(kind, cm_buf_span(&first), &second_doc, &second_arena, body);

		must(read);
		if (read && write_text(kind, body, &second))
			must(cm_span_eq(cm_buf_span(&first), cm_buf_span(&second)));
	}
	cm_json_release(&doc);
	cm_json_release(&second_doc);
	cm_buf_release(&first);
	cm_buf_release(&second);
	cm_arena_fini(&arena);
	cm_arena_fini(&second_arena);
}
