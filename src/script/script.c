#include "script/held.h"
#include "script/layers.h"
#include "script/targets.h"
#include "script/uses.h"

/* A page that does little but lead on. */
#define LEADS_ON_MAX ((size_t)4096)

static void
say_cut(struct cm_script *out, const char *why)
{
	if (out->cut == NULL)
		out->cut = why;
}

/* What a text as a whole does. */
static void
note_uses(const struct cm_uses *u, struct cm_script *out)
{
	out->repeats |= u->timer;
	if (u->period_ms != 0 && (out->period_ms == 0 || u->period_ms < out->period_ms))
		out->period_ms = u->period_ms;
	out->busts_caches |= u->no_cache || (u->open_query && u->clock);
	out->is_script |= u->is_script;
}

/* What the text of ${layer} does, and its URLs as targets.  ${open}: it goes on where nobody looks. */
static void
read_text(
    struct cm_span text, bool open, unsigned layer, struct cm_aims *t, struct cm_script *out)
{
	struct cm_rewrite rw;
	struct cm_held held;
	struct cm_uses uses;
	struct cm_url_walk w = { .text = text, .open = open };
	struct cm_url u;
	size_t part = 0;
	bool gone = false;

	cm_rewrite_begin(&rw, text, CM_SCRIPT_BYTES);
	cm_uses_find(cm_rewrite_words(&rw), &uses);
	cm_held_find(&rw, &held);
	t->nomem |= cm_rewrite_failed(&rw);
	while (!t->nomem && !t->full && cm_url_next(&w, &u)) {
		bool is_held;

		while (part < held.n && held.part[part].to <= u.from)
			part++;
		is_held = part < held.n && held.part[part].from <= u.from;
		cm_aims_add(t, &u, layer, cm_uses_of(text, &u, &uses, is_held, &gone));
	}
	note_uses(&uses, out);
	out->redirects |= gone && text.len <= LEADS_ON_MAX;
	out->looked += rw.looked + w.looked;
	cm_rewrite_release(&rw);
}

/* In which layer each target stood first. */
static void
find_layers(const struct cm_layers *l, const struct cm_aims *t, struct cm_script *out)
{
	for (unsigned i = l->n - 1; i-- > 0 && !t->nomem;) {
		struct cm_url_walk w = { .text = l->text[i] };
		struct cm_script_target *known;
		struct cm_url u;

		while (cm_url_next(&w, &u)) {
			known = cm_aims_find(t, &u);
			if (known != NULL)
				known->layer = i < known->layer ? i : known->layer;
		}
		out->looked += w.looked;
	}
}

/* Where the head leads: there is nothing around it that says more. */
static void
add_location(struct cm_span location, struct cm_aims *t)
{
	struct cm_url_walk w = { .text = cm_span_part(location, 0, CM_SCRIPT_URL) };
	struct cm_url u;

	if (cm_url_next(&w, &u) && u.from == 0)
		cm_aims_add(t, &u, 0, CM_SCRIPT_NAVIGATED);
}

/* The last text, which has all that the ones before it had, but what a bound cut from it. */
static void
read_layers(const struct cm_layers *l, bool open, struct cm_aims *t, struct cm_script *out)
{
	unsigned last = l->n - 1;

	read_text(l->text[last], open || l->truncated, last, t, out);
	if (l->truncated)
		read_text(l->text[last - 1], open, last - 1, t, out);
	find_layers(l, t, out);
	for (; out->n_layers < last; out->n_layers++)
		out->layers[out->n_layers] = l->name[out->n_layers];
	out->looked += l->looked;
	if (l->cut != NULL)
		say_cut(out, l->cut);
	if (t->full)
		say_cut(out, "URLs beyond the 256th");
}

static enum cm_result
read_answer(const struct cm_script_answer *a, struct cm_arena *arena, struct cm_script *out)
{
	bool open = a->cut != NULL || a->body.len > CM_SCRIPT_BYTES;
	struct cm_layers layers;
	struct cm_aims t;
	enum cm_result r;

	*out = (struct cm_script) { .cut = a->cut, .redirects = a->location.len > 0 };
	if (a->body.len > CM_SCRIPT_BYTES)
		say_cut(out, "what the body has beyond 8 MiB");
	r = cm_layers_make(cm_span_part(a->body, 0, CM_SCRIPT_BYTES), &layers);
	if (r == CM_OK)
		r = cm_aims_init(&t, arena);
	if (r == CM_OK) {
		add_location(a->location, &t);
		read_layers(&layers, open, &t, out);
		out->targets = t.list;
		out->n_targets = t.n;
		r = t.nomem ? CM_E_NOMEM : CM_OK;
	}
	cm_layers_release(&layers);
	return r;
}

enum cm_result
cm_script_read(struct cm_span body, struct cm_arena *arena, struct cm_script *out)
{
	return read_answer(&(struct cm_script_answer) { .body = body }, arena, out);
}

enum cm_result
cm_script_of(struct cm_span stream, struct cm_arena *arena, struct cm_script *out)
{
	struct cm_script_answer a;
	enum cm_result r = cm_script_body(stream, arena, &a);

	return r == CM_OK ? read_answer(&a, arena, out) : r;
}

const char *
cm_script_how_word(enum cm_script_how how)
{
	switch (how) {
	case CM_SCRIPT_NAVIGATED:
		return "navigated";
	case CM_SCRIPT_LOADED:
		return "loaded";
	case CM_SCRIPT_REPEATED:
		return "repeated";
	default:
		return "mentioned";
	}
}
