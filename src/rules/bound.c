/* One obligation: read, written, said. */
#include <string.h>

#include "rules/reader.h"

static bool
is_words(const struct cm_obligation *o)
{
	return o->kind == CM_OBLIGATION_WORD_AT_MOST || o->kind == CM_OBLIGATION_WORD_AT_LEAST;
}

static const char *
comparison(const struct cm_obligation *o)
{
	return o->kind == CM_OBLIGATION_WORD_AT_LEAST ? ">=" : "<=";
}

static enum cm_result
no_such_bound(struct cm_reader *r, const struct cm_obligation *o)
{
	struct cm_buf b = { 0 };
	const char *text;
	enum cm_result rc;

	cm_buf_printf(&b, "for %s ", o->name);
	for (size_t i = 0; is_words(o) && i < o->n_words; i++)
		cm_buf_printf(&b, "%s%s", i == 0 ? "" : i + 1 < o->n_words ? ", " : " or ", o->words[i]);
	if (!is_words(o))
		cm_buf_add_str(&b, o->unit == 'd' ? "a number of days such as 30d" : o->unit == 'h' ? "a number of hours such as 24h" : "a number");
	text = cm_buf_cstr(&b);
	rc = cm_reader_expected(r, text != NULL ? text : o->name);
	cm_buf_release(&b);
	return rc;
}

static enum cm_result
read_value(struct cm_reader *r, const struct cm_obligation *o, struct cm_bound *out)
{
	out->bound = -1;
	if (is_words(o) && r->token.kind == CM_RULES_WORD) {
		for (size_t i = 0; i < o->n_words; i++)
			if (cm_span_eq(r->token.text, cm_span_str(o->words[i])))
				out->bound = (int64_t)i;
	} else if (!is_words(o) && r->token.kind == CM_RULES_NUMBER) {
		out->bound = cm_rules_number(r->token.text, o->unit);
	}
	return out->bound < 0 ? no_such_bound(r, o) : cm_reader_take(r);
}

enum cm_result
cm_reader_bound(struct cm_reader *r, size_t *obligation, struct cm_bound *out)
{
	size_t i = r->token.kind == CM_RULES_WORD ? cm_vocabulary_obligation(r->v, r->token.text) : CM_RULES_NONE;
	const struct cm_obligation *o;
	enum cm_result rc;

	if (i == CM_RULES_NONE)
		return cm_reader_expected(r, "an obligation");
	o = &r->v->obligation[i];
	*obligation = i;
	*out = (struct cm_bound) { true, 1 };
	rc = cm_reader_take(r);
	if (rc != CM_OK || o->kind == CM_OBLIGATION_FLAG)
		return rc;
	if (!cm_reader_at_mark(r, comparison(o)) && !(is_words(o) && cm_reader_at_mark(r, "=")))
		return cm_reader_expected(r, !is_words(o) ? "`<=`" : strcmp(comparison(o), "<=") == 0 ? "`=` or `<=`" : "`=` or `>=`");
	rc = cm_reader_take(r);
	return rc == CM_OK ? read_value(r, o, out) : rc;
}

enum cm_result
cm_bound_read(const struct cm_vocabulary *v, struct cm_span text, size_t *obligation, struct cm_bound *out,
    struct cm_err *err)
{
	struct cm_arena arena; /* for comments only */
	struct cm_reader r;
	enum cm_result rc;

	cm_arena_init(&arena, CM_RULES_MEMORY);
	rc = cm_reader_begin(&r, text, 1, v, &arena, err);
	if (rc == CM_OK)
		rc = cm_reader_bound(&r, obligation, out);
	if (rc == CM_OK && r.token.kind != CM_RULES_END)
		rc = cm_reader_expected(&r, "nothing behind the obligation");
	cm_arena_fini(&arena);
	return rc;
}

static void
write_value(const struct cm_obligation *o, int64_t bound, struct cm_buf *out)
{
	if (is_words(o) && bound >= 0 && (size_t)bound < o->n_words) {
		cm_buf_add_str(out, o->words[bound]);
		return;
	}
	cm_buf_printf(out, "%lld", (long long)bound);
	if (o->unit != 0)
		cm_buf_add_u8(out, (uint8_t)o->unit);
}

/* What can be no stricter is said with `=`. */
static bool
is_strictest(const struct cm_obligation *o, int64_t bound)
{
	return is_words(o) && bound == (o->kind == CM_OBLIGATION_WORD_AT_LEAST ? (int64_t)o->n_words - 1 : 0);
}

void
cm_bound_write(const struct cm_vocabulary *v, size_t obligation, const struct cm_bound *b, struct cm_buf *out)
{
	const struct cm_obligation *o = &v->obligation[obligation];

	cm_buf_add_str(out, o->name);
	if (o->kind == CM_OBLIGATION_FLAG)
		return;
	cm_buf_printf(out, " %s ", is_strictest(o, b->bound) ? "=" : comparison(o));
	write_value(o, b->bound, out);
}

static void
say_value(const struct cm_obligation *o, int64_t bound, struct cm_buf *out)
{
	const char *unit = o->unit == 'd' ? " day" : o->unit == 'h' ? " hour" : NULL;

	if (is_words(o) || unit == NULL)
		write_value(o, bound, out);
	else
		cm_buf_printf(out, "%lld%s%s", (long long)bound, unit, bound == 1 ? "" : "s");
}

void
cm_bound_say(const struct cm_vocabulary *v, size_t obligation, const struct cm_bound *b, struct cm_buf *out)
{
	const struct cm_obligation *o = &v->obligation[obligation];
	const char *place = strstr(o->says, "%s");

	if (place == NULL) {
		cm_buf_add_str(out, o->says);
		return;
	}
	cm_buf_add(out, o->says, (size_t)(place - o->says));
	say_value(o, b->bound, out);
	cm_buf_add_str(out, place + 2);
}
