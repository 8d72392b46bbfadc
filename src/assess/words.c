/* Words of the text, and numbers by name. */
#include <string.h>

#include "assess/assess.h"

static const char *const kinds[CM_ASSESS_KINDS] = { NULL, "state", "state-sponsored", "criminal", "company",
	"activist", "individual", "unknown" };
static const char *const degrees[CM_ASSESS_DEGREES] = { "prohibited", "prohibited-but-inadequate", "ignored",
	"encouraged", "shaped", "coordinated", "ordered", "rogue-conducted", "executed", "integrated" };
static const char *const views[CM_VIEWS] = { "public", "shared", "panel", "own" };
static const char *const rests[CM_RESTS_KINDS] = { "finding", "traffic", "chain", "seal", "disclosure", "assessment",
	"report" };
static const char *const brief_fields[CM_BRIEF_FIELDS] = { "entity", "act", "measure", "reply", "lift", "law", "standard",
	"review" };

static const char *
word_of(const char *const *words, int n, int number)
{
	return number >= 0 && number < n ? words[number] : NULL;
}

static int
number_of(const char *const *words, int n, const char *word)
{
	for (int i = 0; i < n; i++)
		if (words[i] != NULL && strcmp(words[i], word) == 0)
			return i;
	return -1;
}

const char *
cm_assess_kind_word(enum cm_assess_kind kind)
{
	return word_of(kinds, CM_ASSESS_KINDS, (int)kind);
}

const char *
cm_assess_degree_word(int degree)
{
	return word_of(degrees, CM_ASSESS_DEGREES, degree);
}

const char *
cm_assess_view_word(enum cm_assess_view view)
{
	return word_of(views, CM_VIEWS, (int)view);
}

const char *
cm_rests_on_word(enum cm_rests_on what)
{
	return word_of(rests, CM_RESTS_KINDS, (int)what);
}

const char *
cm_brief_field_word(enum cm_brief_field field)
{
	return word_of(brief_fields, CM_BRIEF_FIELDS, (int)field);
}

int
cm_assess_kind_find(const char *word)
{
	return number_of(kinds, CM_ASSESS_KINDS, word);
}

int
cm_assess_degree_find(const char *word)
{
	return number_of(degrees, CM_ASSESS_DEGREES, word);
}

int
cm_assess_view_find(const char *word)
{
	return number_of(views, CM_VIEWS, word);
}

int
cm_rests_on_find(const char *word)
{
	return number_of(rests, CM_RESTS_KINDS, word);
}

int
cm_brief_field_find(const char *word)
{
	return number_of(brief_fields, CM_BRIEF_FIELDS, word);
}

int
cm_layer_find(const char *word)
{
	for (int i = 0; i < CM_LAYERS; i++)
		if (strcmp(cm_layer_word((enum cm_layer)i), word) == 0)
			return i;
	return -1;
}

static bool
letter_or_digit(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool
cm_assess_name_ok(struct cm_span name)
{
	if (name.len == 0 || name.len > CM_ASSESS_NAME || !letter_or_digit(name.ptr[0]))
		return false;
	for (size_t i = 1; i < name.len; i++)
		if (!letter_or_digit(name.ptr[i]) && name.ptr[i] != '-' && name.ptr[i] != '_' && name.ptr[i] != '.')
			return false;
	return true;
}

bool
cm_assess_has_layer(const struct cm_assessment *a, enum cm_layer layer)
{
	for (size_t i = 0; i < a->n_hypotheses; i++)
		if (a->hypothesis[i].layer == layer)
			return true;
	return false;
}

int64_t
cm_assess_prior_sum(const struct cm_assessment *a, enum cm_layer layer)
{
	int64_t sum = 0;

	for (size_t i = 0; i < a->n_hypotheses; i++)
		sum += a->hypothesis[i].layer == layer ? a->hypothesis[i].prior : 0;
	return sum;
}

bool
cm_assess_is_prior_sum(int64_t sum)
{
	return sum >= CM_ASSESS_ONE - CM_ASSESS_ONE / 1000 && sum <= CM_ASSESS_ONE + CM_ASSESS_ONE / 1000;
}

size_t
cm_assess_find_hypothesis(const struct cm_assessment *a, enum cm_layer layer, const char *name)
{
	for (size_t i = 0; i < a->n_hypotheses; i++)
		if (a->hypothesis[i].layer == layer && strcmp(a->hypothesis[i].name, name) == 0)
			return i;
	return CM_ASSESS_NONE;
}

size_t
cm_assess_find_item(const struct cm_assessment *a, const char *name)
{
	for (size_t i = 0; i < a->n_items; i++)
		if (strcmp(a->item[i].name, name) == 0)
			return i;
	return CM_ASSESS_NONE;
}

bool
cm_assess_item_speaks(const struct cm_assessment *a, size_t item, enum cm_layer layer)
{
	bool any = false;

	for (size_t i = 0; i < a->n_hypotheses; i++) {
		const struct cm_hypothesis *h = &a->hypothesis[i];

		if (h->layer != layer || cm_hypothesis_deceives(h))
			continue;
		if (a->item[item].cell[i].p.lo == 0)
			return false;
		any = true;
	}
	return any;
}

size_t
cm_assess_original(const struct cm_assessment *a, size_t item)
{
	for (size_t steps = 0; steps < a->n_items && a->item[item].repeats != CM_ASSESS_NONE; steps++)
		item = a->item[item].repeats;
	return item;
}
