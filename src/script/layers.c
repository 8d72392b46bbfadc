#include <string.h>

#include "script/layers.h"
#include "script/rewrite.h"

static const struct pass {
	const char *name;
	cm_pass_fn *run;
	const char *needs[3]; /* a text without any of these has nothing for it */
} passes[] = {
	{ "packer", cm_pass_packer, { "split" } },
	{ "escapes", cm_pass_escapes, { "\\" } },
	{ "percent", cm_pass_percent, { "unescape", "decodeURI" } },
	{ "character codes", cm_pass_codes, { "fromCharCode" } },
	{ "base64", cm_pass_base64, { "atob" } },
	{ "members", cm_pass_members, { "[" } },
	{ "joined", cm_pass_joined, { "+", "(", "concat" } },
	{ "reversed", cm_pass_turned, { "reverse" } },
	{ "replaced", cm_pass_replaced, { "replace", "split" } },
	{ "names", cm_pass_names, { "=" } },
	{ "written", cm_pass_written, { "(", "=", ":" } },
	{ "data URL", cm_pass_data, { "data:" } },
	{ "entities", cm_pass_entities, { "&" } },
};

#define PASSES (sizeof(passes) / sizeof(passes[0]))

static void
say_cut(struct cm_layers *l, const char *why)
{
	if (l->cut == NULL)
		l->cut = why;
}

static bool
may_apply(const struct pass *p, struct cm_span text)
{
	for (size_t i = 0; i < 3 && p->needs[i] != NULL; i++)
		if (text.len > 0 &&
		    memmem(text.ptr, text.len, p->needs[i], strlen(p->needs[i])) != NULL)
			return true;
	return false;
}

/* Whether a bound stopped the pass; else, if it failed, no memory did. */
static bool
is_over(const struct cm_rewrite *rw)
{
	return rw->out.over || rw->a.over || rw->b.over || rw->ab.over;
}

/* One pass over the last text; ${changed}: it made another one. */
static CM_RESULT
run_pass(struct cm_layers *l, const struct pass *p, bool *changed)
{
	struct cm_rewrite rw;

	*changed = false;
	l->looked += l->text[l->n - 1].len;
	if (!may_apply(p, l->text[l->n - 1]))
		return CM_OK;
	cm_rewrite_begin(&rw, l->text[l->n - 1], CM_SCRIPT_BYTES - l->made);
	p->run(&rw);
	*changed = cm_rewrite_end(&rw);
	l->looked += rw.looked;
	if (rw.left != NULL)
		say_cut(l, rw.left);
	if (is_over(&rw))
		say_cut(l, "what it unpacks to beyond 8 MiB");
	if (cm_rewrite_failed(&rw) && !is_over(&rw)) {
		cm_rewrite_release(&rw);
		return CM_E_NOMEM;
	}
	if (*changed && l->n > CM_SCRIPT_LAYERS) {
		l->full = true;
		say_cut(l, "what is packed in more than 32 layers");
	} else if (*changed) {
		l->truncated = is_over(&rw);
		l->name[l->n - 1] = p->name;
		l->own[l->n] = rw.out;
		l->text[l->n++] = cm_buf_span(&rw.out);
		l->made += rw.out.len;
		rw.out = (struct cm_buf) { 0 };
	}
	cm_rewrite_release(&rw);
	return CM_OK;
}

enum cm_result
cm_layers_make(struct cm_span body, struct cm_layers *out)
{
	size_t idle = 0;
	bool changed;

	*out = (struct cm_layers) { .n = 1 };
	out->text[0] = body;
	for (size_t at = 0; idle < PASSES && !out->truncated && !out->full; at++) {
		if (run_pass(out, passes + at % PASSES, &changed) != CM_OK)
			return CM_E_NOMEM;
		idle = changed ? 0 : idle + 1;
	}
	return CM_OK;
}

void
cm_layers_release(struct cm_layers *l)
{
	for (unsigned i = 0; i < l->n; i++)
		cm_buf_release(&l->own[i]);
}
