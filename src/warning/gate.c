#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "warning/gate.h"
#include "warning/state.h"

/* Of one value: more lists than these need not be named. */
#define MATCHES 16

struct cm_gate {
	const struct cm_warnings *w;
	struct cm_arena arena;
	struct cm_gate_hit hit[CM_GATE_HITS]; /* sorted */
	size_t n;
	uint64_t lost;
};

struct cm_gate *
cm_gate_new(const struct cm_warnings *w)
{
	struct cm_gate *g = calloc(1, sizeof(*g));

	if (g == NULL)
		return NULL;
	g->w = w;
	cm_arena_init(&g->arena, 0);
	return g;
}

void
cm_gate_free(struct cm_gate *g)
{
	if (g == NULL)
		return;
	cm_arena_fini(&g->arena);
	free(g);
}

void
cm_warning_sentence(struct cm_buf *out, const char *value, const struct cm_warning_match *m)
{
	if (m->list->blunder != NULL) {
		cm_buf_printf(out, "%s %s", value, m->list->blunder);
		return;
	}
	cm_buf_printf(out, "%s is on the warning list \"%s\"", value, m->list->name);
	if (strcmp(value, m->entry) != 0)
		cm_buf_printf(out, " (as %s)", m->entry);
}

static int
cmp(const struct cm_gate_hit *h, enum cm_warning_kind kind, const char *value, const struct cm_warning_list *list)
{
	int d;

	if (h->kind != kind)
		return h->kind < kind ? -1 : 1;
	d = strcmp(h->value, value);
	if (d != 0)
		return d;
	/* lists of one set lie side by side */
	return h->list == list ? 0 : h->list < list ? -1 : 1;
}

static CM_RESULT
fill(struct cm_gate *g, struct cm_gate_hit *h, const char *value, const struct cm_warning_match *m)
{
	struct cm_buf text = { 0 };

	cm_warning_sentence(&text, value, m);
	h->value = cm_arena_copy(&g->arena, value, strlen(value) + 1);
	h->sentence = cm_buf_cstr(&text) == NULL ? NULL : cm_arena_copy(&g->arena, text.ptr, text.len + 1);
	cm_buf_release(&text);
	return h->value == NULL || h->sentence == NULL ? CM_E_NOMEM : CM_OK;
}

static CM_RESULT
note(struct cm_gate *g, enum cm_warning_kind kind, const char *value, const struct cm_warning_match *m, bool accused,
    uint64_t place)
{
	struct cm_gate_hit h = { .kind = kind, .list = m->list, .entry = m->entry, .accused = accused, .times = 1,
		.place = place };
	size_t low = 0, high = g->n, mid;
	enum cm_result rc;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (cmp(&g->hit[mid], kind, value, m->list) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < g->n && cmp(&g->hit[low], kind, value, m->list) == 0) {
		g->hit[low].times++;
		g->hit[low].accused |= accused;
		return CM_OK;
	}
	if (g->n == CM_GATE_HITS) {
		g->lost++;
		return CM_OK;
	}
	rc = fill(g, &h, value, m);
	if (rc != CM_OK)
		return rc;
	memmove(&g->hit[low + 1], &g->hit[low], (g->n - low) * sizeof(h));
	g->hit[low] = h;
	g->n++;
	return CM_OK;
}

static CM_RESULT
take(struct cm_gate *g, enum cm_warning_kind kind, const char *value, struct cm_warning_match *m, size_t n, bool accused,
    uint64_t place)
{
	enum cm_result rc = CM_OK;

	for (size_t i = 0; rc == CM_OK && i < n && i < MATCHES; i++) {
		size_t k = 0;

		/* a list that has the value in several entries counts once, by the first */
		while (m[k].list != m[i].list)
			k++;
		if (k == i)
			rc = note(g, kind, value, &m[i], accused, place);
	}
	return rc;
}

CM_RESULT
cm_gate_address(struct cm_gate *g, struct cm_span addr, bool accused, uint64_t place)
{
	struct cm_warning_match m[MATCHES];
	char text[INET6_ADDRSTRLEN] = "";
	size_t n = cm_warning_check_address(g->w, addr, m, MATCHES);

	if (n == 0 || inet_ntop(addr.len == 4 ? AF_INET : AF_INET6, addr.ptr, text, sizeof(text)) == NULL)
		return CM_OK;
	return take(g, CM_WARNING_ADDRESS, text, m, n, accused, place);
}

CM_RESULT
cm_gate_host(struct cm_gate *g, struct cm_span name, bool accused, uint64_t place)
{
	struct cm_warning_match m[MATCHES];
	char text[CM_WARNING_VALUE + 1];
	size_t n = cm_warning_check_host(g->w, name, m, MATCHES);

	if (n == 0)
		return CM_OK;
	text[cm_warning_fold(name, text)] = '\0';
	return take(g, CM_WARNING_HOST, text, m, n, accused, place);
}

CM_RESULT
cm_gate_hash(struct cm_gate *g, struct cm_span hash, bool accused, uint64_t place)
{
	struct cm_warning_match m[MATCHES];
	char text[CM_WARNING_VALUE + 1];
	size_t n = cm_warning_check_hash(g->w, hash, m, MATCHES);

	if (n == 0)
		return CM_OK;
	text[cm_warning_fold(hash, text)] = '\0';
	return take(g, CM_WARNING_HASH, text, m, n, accused, place);
}

size_t
cm_gate_n(const struct cm_gate *g)
{
	return g->n;
}

const struct cm_gate_hit *
cm_gate_at(const struct cm_gate *g, size_t i)
{
	return &g->hit[i];
}

uint64_t
cm_gate_lost(const struct cm_gate *g)
{
	return g->lost;
}
