#include <string.h>

#include "script/held.h"
#include "script/rewrite.h"
#include "script/script.h"
#include "script/url.h"
#include "script/uses.h"

/* A page that does little but lead on. */
#define LEADS_ON_MAX ((size_t)4096)

static const struct pass {
	const char *name;
	cm_pass_fn *run;
} passes[] = {
	{ "packer", cm_pass_packer },
	{ "escapes", cm_pass_escapes },
	{ "percent", cm_pass_percent },
	{ "character codes", cm_pass_codes },
	{ "base64", cm_pass_base64 },
	{ "members", cm_pass_members },
	{ "joined", cm_pass_joined },
	{ "reversed", cm_pass_turned },
	{ "replaced", cm_pass_replaced },
	{ "names", cm_pass_names },
	{ "written", cm_pass_written },
	{ "data URL", cm_pass_data },
	{ "entities", cm_pass_entities },
};

#define PASSES (sizeof(passes) / sizeof(passes[0]))

/* The body and what each layer made of it. */
struct texts {
	struct cm_span text[CM_SCRIPT_LAYERS + 1];
	struct cm_buf own[CM_SCRIPT_LAYERS + 1];
	unsigned n;
	size_t made;   /* bytes of all but the first */
	bool open;     /* the last one goes on where nobody looks */
	bool truncated; /* the last one lacks what the one before it ends with */
	bool nomem;
};

static void
texts_release(struct texts *t)
{
	for (unsigned i = 0; i < t->n; i++)
		cm_buf_release(&t->own[i]);
}

static void
say_cut(struct cm_script *out, const char *why)
{
	if (out->cut == NULL)
		out->cut = why;
}

/* One pass over the last text; true if it made another one. */
static bool
run_pass(struct texts *t, const struct pass *p, struct cm_script *out)
{
	struct cm_rewrite rw;
	bool changed;

	cm_rewrite_begin(&rw, t->text[t->n - 1], CM_SCRIPT_BYTES - t->made);
	p->run(&rw);
	changed = cm_rewrite_end(&rw);
	out->looked += rw.looked;
	if (rw.left != NULL)
		say_cut(out, rw.left);
	if (cm_rewrite_failed(&rw) && (changed || !rw.out.over)) {
		t->truncated = t->open = rw.out.over || rw.a.over || rw.b.over || rw.ab.over;
		t->nomem = !t->truncated;
		say_cut(out, "what it unpacks to beyond 8 MiB");
	}
	if (!changed || t->nomem) {
		cm_rewrite_release(&rw);
		return false;
	}
	out->layers[out->n_layers++] = p->name;
	t->own[t->n] = rw.out;
	t->text[t->n++] = cm_buf_span(&rw.out);
	t->made += rw.out.len;
	rw.out = (struct cm_buf) { 0 };
	cm_rewrite_release(&rw);
	return true;
}

/* Passes in turn, until a whole round of them changes nothing. */
static void
unpack(struct texts *t, struct cm_script *out)
{
	for (size_t at = 0, idle = 0; idle < PASSES && !t->nomem && !t->truncated; at++) {
		if (out->n_layers == CM_SCRIPT_LAYERS) {
			say_cut(out, "what is packed in more than 32 layers");
			break;
		}
		idle = run_pass(t, passes + at % PASSES, out) ? 0 : idle + 1;
	}
}

/* ---- targets ---- */

struct found {
	struct cm_script_target *list;
	uint64_t *sums; /* of each, to tell most others from it */
	size_t n;
	struct cm_arena *arena;
	bool nomem, full;
};

static uint64_t
sum_text(uint64_t h, struct cm_span s)
{
	for (size_t i = 0; i < s.len; i++)
		h = (h ^ s.ptr[i]) * UINT64_C(0x100000001b3);
	return (h ^ 0xff) * UINT64_C(0x100000001b3);
}

static uint8_t
fold(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

static uint64_t
sum_url(const struct cm_url *u)
{
	uint64_t h = sum_text(UINT64_C(0xcbf29ce484222325), cm_span_str(u->scheme));

	for (size_t i = 0; i < u->host.len; i++)
		h = (h ^ fold(u->host.ptr[i])) * UINT64_C(0x100000001b3);
	h = (h ^ u->port) * UINT64_C(0x100000001b3);
	return sum_text(sum_text(h, u->path.len == 0 ? cm_span_str("/") : u->path), u->query);
}

static bool
is_same(const struct cm_script_target *t, const struct cm_url *u)
{
	struct cm_span path = u->path.len == 0 ? cm_span_str("/") : u->path;

	return t->scheme == u->scheme && t->port == u->port &&
	       strlen(t->host) == u->host.len &&
	       strncasecmp(t->host, (const char *)u->host.ptr, u->host.len) == 0 &&
	       cm_span_eq(cm_span_str(t->path), path) && cm_span_eq(cm_span_str(t->query), u->query);
}

static struct cm_script_target *
find(const struct found *f, const struct cm_url *u)
{
	uint64_t sum = sum_url(u);

	for (size_t i = 0; i < f->n; i++)
		if (f->sums[i] == sum && is_same(f->list + i, u))
			return f->list + i;
	return NULL;
}

static const char *
keep(struct found *f, struct cm_span s)
{
	char *p = cm_arena_alloc(f->arena, s.len + 1);

	f->nomem |= p == NULL;
	if (p != NULL && s.len > 0)
		memcpy(p, s.ptr, s.len);
	return p;
}

static const char *
keep_host(struct found *f, struct cm_span s)
{
	char *p = cm_arena_alloc(f->arena, s.len + 1);

	f->nomem |= p == NULL;
	for (size_t i = 0; p != NULL && i < s.len; i++)
		p[i] = (char)fold(s.ptr[i]);
	return p;
}

static void
add(struct found *f, const struct cm_url *u, unsigned layer, enum cm_script_how how)
{
	struct cm_script_target *t = find(f, u);

	if (t != NULL) {
		t->how = how > t->how ? how : t->how;
		return;
	}
	f->full |= f->n == CM_SCRIPT_TARGETS;
	if (f->full)
		return;
	f->sums[f->n] = sum_url(u);
	f->list[f->n++] = (struct cm_script_target) {
		.scheme = u->scheme,
		.host = keep_host(f, u->host),
		.port = u->port,
		.path = keep(f, u->path.len == 0 ? cm_span_str("/") : u->path),
		.query = keep(f, u->query),
		.layer = layer,
		.how = how,
	};
}

/* What the text does, and its URLs as targets. */
static void
read_text(struct cm_span text, bool open, unsigned layer, struct found *f, struct cm_script *out)
{
	struct cm_rewrite rw;
	struct cm_held held;
	struct cm_uses uses;
	struct cm_url u;
	size_t at = 0, part = 0;
	bool gone = false;

	cm_rewrite_begin(&rw, text, CM_SCRIPT_BYTES);
	cm_uses_find(cm_rewrite_words(&rw), &uses);
	cm_held_find(&rw, &held);
	f->nomem |= cm_rewrite_failed(&rw);
	while (!f->nomem && !f->full && cm_url_next(text, open, &at, &u)) {
		while (part < held.n && held.part[part].to <= u.from)
			part++;
		add(f, &u, layer,
		    cm_uses_of(text, &u, &uses, part < held.n && held.part[part].from <= u.from,
			&gone));
	}
	out->looked += rw.looked + text.len;
	cm_rewrite_release(&rw);
	out->repeats |= uses.timer;
	if (uses.period_ms != 0 && (out->period_ms == 0 || uses.period_ms < out->period_ms))
		out->period_ms = uses.period_ms;
	out->busts_caches |= uses.no_cache || (uses.open_query && uses.clock);
	out->is_script |= uses.is_script;
	out->redirects |= gone && text.len <= LEADS_ON_MAX;
}

/* In which layer each target stood first. */
static void
find_layers(const struct texts *t, struct found *f, struct cm_script *out)
{
	for (unsigned i = t->n - 1; i-- > 0;) {
		struct cm_url u;
		size_t at = 0;

		out->looked += t->text[i].len;
		while (cm_url_next(t->text[i], false, &at, &u)) {
			struct cm_script_target *target = find(f, &u);

			if (target != NULL && target->layer > i)
				target->layer = i;
		}
	}
}

/* Where the head leads: it has no layers and nothing around it. */
static void
add_location(struct cm_span location, struct found *f)
{
	struct cm_url u;
	size_t at = 0;

	if (cm_url_next(cm_span_part(location, 0, CM_SCRIPT_URL), false, &at, &u) && u.from == 0)
		add(f, &u, 0, CM_SCRIPT_NAVIGATED);
}

static enum cm_result
read_answer(const struct cm_script_answer *a, struct cm_arena *arena, struct cm_script *out)
{
	struct texts t = { .n = 1 };
	struct found f = { .arena = arena };

	*out = (struct cm_script) { .cut = a->cut, .redirects = a->location.len > 0 };
	f.list = cm_arena_array(arena, CM_SCRIPT_TARGETS, sizeof(*f.list));
	f.sums = cm_arena_array(arena, CM_SCRIPT_TARGETS, sizeof(*f.sums));
	if (f.list == NULL || f.sums == NULL)
		return CM_E_NOMEM;
	t.text[0] = cm_span_part(a->body, 0, CM_SCRIPT_BYTES);
	t.open = a->cut != NULL || a->body.len > CM_SCRIPT_BYTES;
	if (a->body.len > CM_SCRIPT_BYTES)
		say_cut(out, "what the body has beyond 8 MiB");
	unpack(&t, out);
	add_location(a->location, &f);
	read_text(t.text[t.n - 1], t.open, t.n - 1, &f, out);
	/* A text that ends for lack of room does not say what stood behind that. */
	if (t.truncated && t.n > 1)
		read_text(t.text[t.n - 2], t.n > 2 ? false : a->body.len > CM_SCRIPT_BYTES, t.n - 2, &f, out);
	find_layers(&t, &f, out);
	texts_release(&t);
	if (f.full)
		say_cut(out, "URLs beyond the 256th");
	out->targets = f.list;
	out->n_targets = f.n;
	return t.nomem || f.nomem ? CM_E_NOMEM : CM_OK;
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
