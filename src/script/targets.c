#include <string.h>

#include "script/targets.h"

enum cm_result
cm_aims_init(struct cm_aims *t, struct cm_arena *arena)
{
	*t = (struct cm_aims) { .arena = arena };
	t->list = cm_arena_array(arena, CM_SCRIPT_TARGETS, sizeof(*t->list));
	t->sums = cm_arena_array(arena, CM_SCRIPT_TARGETS, sizeof(*t->sums));
	return t->list == NULL || t->sums == NULL ? CM_E_NOMEM : CM_OK;
}

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

	return strcmp(t->scheme, u->scheme) == 0 && t->port == u->port &&
	       strlen(t->host) == u->host.len &&
	       strncasecmp(t->host, (const char *)u->host.ptr, u->host.len) == 0 &&
	       cm_span_eq(cm_span_str(t->path), path) &&
	       cm_span_eq(cm_span_str(t->query), u->query);
}

struct cm_script_target *
cm_aims_find(const struct cm_aims *t, const struct cm_url *u)
{
	uint64_t sum = sum_url(u);

	for (size_t i = 0; i < t->n; i++)
		if (t->sums[i] == sum && is_same(t->list + i, u))
			return t->list + i;
	return NULL;
}

static const char *
keep(struct cm_aims *t, struct cm_span s)
{
	char *p = cm_arena_alloc(t->arena, s.len + 1);

	t->nomem |= p == NULL;
	if (p != NULL && s.len > 0)
		memcpy(p, s.ptr, s.len);
	return p;
}

static const char *
keep_host(struct cm_aims *t, struct cm_span s)
{
	char *p = cm_arena_alloc(t->arena, s.len + 1);

	t->nomem |= p == NULL;
	for (size_t i = 0; p != NULL && i < s.len; i++)
		p[i] = (char)fold(s.ptr[i]);
	return p;
}

void
cm_aims_add(struct cm_aims *t, const struct cm_url *u, unsigned layer, enum cm_script_how how)
{
	struct cm_script_target *known = cm_aims_find(t, u);

	if (known != NULL) {
		known->how = how > known->how ? how : known->how;
		return;
	}
	t->full |= t->n == CM_SCRIPT_TARGETS;
	if (t->full)
		return;
	t->sums[t->n] = sum_url(u);
	t->list[t->n++] = (struct cm_script_target) {
		.scheme = u->scheme,
		.host = keep_host(t, u->host),
		.port = u->port,
		.path = keep(t, u->path.len == 0 ? cm_span_str("/") : u->path),
		.query = keep(t, u->query),
		.layer = layer,
		.how = how,
	};
}
