#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "say.h"
#include "script/layers.h"

static char said[65536];

static const char *
keep(struct cm_buf *b)
{
	const char *text = cm_buf_cstr(b);

	assert_non_null(text);
	assert_true(b->len < sizeof(said));
	memcpy(said, text, b->len + 1);
	cm_buf_release(b);
	return said;
}

const char *
say_targets(const struct cm_script *s)
{
	struct cm_buf b = { 0 };

	for (size_t i = 0; i < s->n_targets; i++) {
		const struct cm_script_target *t = s->targets + i;

		cm_buf_printf(&b, "%s%s %u %s://%s:%u%s", i > 0 ? " " : "",
		    cm_script_how_word(t->how), t->layer, t->scheme, t->host, t->port, t->path);
		if (t->query[0] != '\0')
			cm_buf_printf(&b, "?%s", t->query);
	}
	return keep(&b);
}

const char *
say_of(const char *text)
{
	struct cm_arena arena = { 0 };
	struct cm_script s;
	const char *out;

	assert_int_equal(cm_script_read(cm_span_str(text), &arena, &s), CM_OK);
	out = say_targets(&s);
	cm_arena_fini(&arena);
	return out;
}

const char *
say_layers(const char *text)
{
	struct cm_arena arena = { 0 };
	struct cm_buf b = { 0 };
	struct cm_script s;

	assert_int_equal(cm_script_read(cm_span_str(text), &arena, &s), CM_OK);
	for (unsigned i = 0; i < s.n_layers; i++)
		cm_buf_printf(&b, "%s%s", i > 0 ? " " : "", s.layers[i]);
	cm_arena_fini(&arena);
	return keep(&b);
}

const char *
say_unpacked(const char *text)
{
	struct cm_layers l;
	struct cm_buf b = { 0 };

	assert_int_equal(cm_layers_make(cm_span_str(text), &l), CM_OK);
	cm_buf_add_span(&b, l.text[l.n - 1]);
	cm_layers_release(&l);
	return keep(&b);
}
