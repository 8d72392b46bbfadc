/* Any bytes as a script: bounded in layers, bytes and work, targets that are well-formed, and the
 * unpacked text read again has the same ones. */
#include "../fuzz.h"

#include <string.h>

#include "codec/utf8.h"
#include "script/layers.h"
#include "script/script.h"

/* Of all passes and looks ahead, for each byte of each text. */
#define WORK 256u

static void
check_text(const char *s)
{
	size_t len = strlen(s), n;

	must(len <= CM_SCRIPT_URL);
	for (size_t i = 0; i < len; i += n) {
		n = cm_utf8_len(cm_span_of(s + i, len - i));
		must(n > 0 && (uint8_t)s[i] > ' ' && s[i] != 0x7f);
		n += n == 0;
	}
}

static void
check_target(const struct cm_script *s, const struct cm_script_target *t)
{
	must(t->host[0] != '\0' && t->path[0] == '/');
	must(t->layer <= s->n_layers && t->how <= CM_SCRIPT_REPEATED);
	must(strcspn(t->host, "ABCDEFGHIJKLMNOPQRSTUVWXYZ/\"'") == strlen(t->host));
	check_text(t->host);
	check_text(t->path);
	check_text(t->query);
}

static bool
same_target(const struct cm_script_target *a, const struct cm_script_target *b)
{
	return strcmp(a->scheme, b->scheme) == 0 && strcmp(a->host, b->host) == 0 &&
	       a->port == b->port && strcmp(a->path, b->path) == 0 &&
	       strcmp(a->query, b->query) == 0 && a->how == b->how;
}

/* ${s} is what was read of the body, ${l} its layers. */
static void
check_again(const struct cm_script *s, const struct cm_layers *l, struct cm_arena *arena)
{
	struct cm_script again;
	size_t all = 0;

	for (unsigned i = 0; i < l->n; i++)
		all += l->text[i].len;
	must(l->made <= CM_SCRIPT_BYTES && s->looked <= WORK * (all + 64));
	if (s->cut != NULL || cm_script_read(l->text[l->n - 1], arena, &again) != CM_OK)
		return;
	must(again.n_layers == 0 && again.n_targets == s->n_targets);
	for (size_t i = 0; i < again.n_targets && i < s->n_targets; i++)
		must(same_target(again.targets + i, s->targets + i));
	must(again.repeats == s->repeats && again.period_ms == s->period_ms);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_span body = cm_span_of(data, size);
	struct cm_arena arena = { 0 };
	struct cm_layers layers;
	struct cm_script s;
	enum cm_result r = cm_script_read(body, &arena, &s);

	must(r == CM_OK);
	if (r == CM_OK) {
		must(s.n_layers <= CM_SCRIPT_LAYERS && s.n_targets <= CM_SCRIPT_TARGETS);
		for (size_t i = 0; i < s.n_targets; i++)
			check_target(&s, s.targets + i);
		if (cm_layers_make(body, &layers) == CM_OK)
			check_again(&s, &layers, &arena);
		cm_layers_release(&layers);
	}
	cm_arena_fini(&arena);
	return 0;
}
