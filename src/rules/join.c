/* One vocabulary of two, so that rules of two versions can be compared. */
#include <string.h>

#include "rules/checks.h"
#include "rules/parts.h"

static enum cm_result
no_memory(struct cm_err *err)
{
	return cm_err_set(err, CM_E_NOMEM, "out of memory to join two vocabularies");
}

static bool
same_words(const char *const *a, size_t n_a, const char *const *b, size_t n_b)
{
	if (n_a != n_b)
		return false;
	for (size_t i = 0; i < n_a; i++)
		if (strcmp(a[i], b[i]) != 0)
			return false;
	return true;
}

static void
add_words(const char **to, size_t *n, const char *const *words, size_t from, size_t n_words)
{
	for (size_t i = from; i < n_words; i++) {
		size_t k = 0;

		while (k < *n && strcmp(to[k], words[i]) != 0)
			k++;
		if (k == *n)
			to[(*n)++] = words[i];
	}
}

static enum cm_result
join_words(struct cm_attribute *a, const struct cm_attribute *b, struct cm_arena *arena, struct cm_err *err)
{
	const char **words = cm_arena_array(arena, a->n_words + b->n_words, sizeof(*words));
	size_t n = 0;

	if (words == NULL)
		return no_memory(err);
	add_words(words, &n, a->words, 0, a->n_words - a->n_bare);
	add_words(words, &n, b->words, 0, b->n_words - b->n_bare);
	for (size_t i = a->n_words - a->n_bare; i < a->n_words; i++)
		words[n++] = a->words[i];
	if (n > CM_RULES_WORDS_MAX)
		return cm_err_set(err, CM_E_LIMIT, "%s has %zu words in the two versions; at most %u can be compared", a->name, n,
		    CM_RULES_WORDS_MAX);
	a->words = words;
	a->n_words = n;
	return CM_OK;
}

static enum cm_result
join_attribute(struct cm_attribute *a, const struct cm_vocabulary *b, struct cm_arena *arena, struct cm_err *err)
{
	size_t i = cm_vocabulary_attribute(b, cm_span_str(a->name));
	const struct cm_attribute *o = i == CM_RULES_NONE ? NULL : &b->attribute[i];

	if (o == NULL || o->kind != a->kind || o->slot != a->slot || o->quoted != a->quoted || o->unit != a->unit ||
	    !same_words(a->words + a->n_words - a->n_bare, a->n_bare, o->words + o->n_words - o->n_bare, o->n_bare))
		return cm_err_set(err, CM_E_UNSUPPORTED, "%s is not the same attribute in both versions", a->name);
	if (a->kind == CM_ATTRIBUTE_WORD)
		return join_words(a, o, arena, err);
	if (!same_words(a->words, a->n_words, o->words, o->n_words))
		return cm_err_set(err, CM_E_UNSUPPORTED, "%s does not have the same order in both versions", a->name);
	return CM_OK;
}

static bool
same_obligations(const struct cm_vocabulary *a, const struct cm_vocabulary *b)
{
	if (a->n_obligations != b->n_obligations)
		return false;
	for (size_t i = 0; i < a->n_obligations; i++) {
		const struct cm_obligation *x = &a->obligation[i], *y = &b->obligation[i];

		if (strcmp(x->name, y->name) != 0 || x->kind != y->kind || x->unit != y->unit ||
		    !same_words(x->words, x->n_words, y->words, y->n_words))
			return false;
	}
	return true;
}

enum cm_result
cm_vocabulary_join(const struct cm_vocabulary *a, const struct cm_vocabulary *b, struct cm_arena *arena,
    const struct cm_vocabulary **out, struct cm_err *err)
{
	struct cm_vocabulary *v = cm_arena_copy(arena, a, sizeof(*a));
	struct cm_attribute *attribute = cm_arena_copy(arena, a->attribute, a->n_attributes * sizeof(*attribute));
	enum cm_result rc = CM_OK;

	if (v == NULL || attribute == NULL)
		return no_memory(err);
	if (a->n_attributes != b->n_attributes || !same_obligations(a, b))
		return cm_err_set(err, CM_E_UNSUPPORTED, "the two versions do not have the same attributes and obligations");
	for (size_t i = 0; rc == CM_OK && i < a->n_attributes; i++)
		rc = join_attribute(&attribute[i], b, arena, err);
	v->attribute = attribute;
	*out = v;
	return rc;
}

/* Does a test that is true of the bare word of its attribute know a name that only the other version has?  No: that
 * name is nobody here. */
static void
widen(struct cm_test *t, const struct cm_attribute *own, const struct cm_attribute *joined)
{
	size_t other = joined->n_words - 1;

	if (t->range || joined->n_bare != 1 || (t->is.word[other / 64] >> (other % 64) & 1) == 0)
		return;
	for (size_t i = 0; i < other; i++)
		if (cm_attribute_word(own, cm_span_str(joined->words[i]), true) < 0)
			t->is.word[i / 64] |= UINT64_C(1) << (i % 64);
}

enum cm_result
cm_rules_read_joined(struct cm_span text, size_t line, const struct cm_vocabulary *own,
    const struct cm_vocabulary *joined, struct cm_arena *arena, const struct cm_rules **out, struct cm_err *err)
{
	const struct cm_rules *r;
	enum cm_result rc = cm_rules_read(text, line, own, arena, &r, err);

	/* In its own words first: a name of the other version's is none here. */
	if (rc == CM_OK)
		rc = cm_rules_read(text, line, joined, arena, &r, err);
	for (size_t i = 0; rc == CM_OK && i < r->n_tests; i++)
		widen(&r->test[i], &own->attribute[r->test[i].attribute], &joined->attribute[r->test[i].attribute]);
	if (rc == CM_OK)
		*out = r;
	return rc;
}
