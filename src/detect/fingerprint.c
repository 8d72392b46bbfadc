/* The injector's hand: what its packets have in common (DESIGN 4.3). */
#include <string.h>

#include "detect/report.h"

struct hand {
	const struct cm_segment *seg[64];
	uint32_t at[64];
	unsigned n;
};

static void
collect(const struct cm_judge *j, uint32_t index, struct hand *h)
{
	h->n = 0;
	for (uint32_t i = 0; i < j->v->n && h->n < 64; i++) {
		if (j->group[i] != index || j->status[i] != CM_FORGED)
			continue;
		h->at[h->n] = i;
		h->seg[h->n++] = &j->v->segs[i];
	}
}

static bool
copies_ipid(const struct cm_judge *j, const struct hand *h)
{
	for (unsigned i = 0; i < h->n; i++) {
		uint32_t t = j->trigger[h->at[i]];

		if (t == CM_NONE || h->seg[i]->ipid == 0 || h->seg[i]->ipid != j->v->segs[t].ipid)
			return false;
	}
	return h->n > 0;
}

static const char *
ipid_word(const struct cm_judge *j, const struct hand *h, struct cm_arena *a)
{
	bool same = true, rising = true;

	if (h->seg[0]->ipv6)
		return "none (IPv6)";
	for (unsigned i = 1; i < h->n; i++) {
		same &= h->seg[i]->ipid == h->seg[0]->ipid;
		rising &= (uint16_t)(h->seg[i]->ipid - h->seg[i - 1]->ipid - 1) < 0x100;
	}
	if (same && h->seg[0]->ipid == 0)
		return "zero";
	if (copies_ipid(j, h))
		return j->v->proto == 17 ? "copies the query's" : "copies the trigger's";
	if (same && (h->n > 1 || cm_judge_has(j, h->at[0], CM_CUE_IPID_CONSTANT) ||
			cm_judge_has(j, h->at[0], CM_CUE_DNS_IPID_CONSTANT) || h->seg[0]->ipid == 1))
		return cm_arena_printf(a, "constant 0x%04x", (unsigned)h->seg[0]->ipid);
	if (h->n == 1)
		return cm_arena_printf(a, "0x%04x, seen once", (unsigned)h->seg[0]->ipid);
	return rising ? "rising" : "varies";
}

static const char *
df_word(const struct hand *h)
{
	if (h->seg[0]->ipv6)
		return "none (IPv6)";
	for (unsigned i = 1; i < h->n; i++)
		if (h->seg[i]->df != h->seg[0]->df)
			return "mixed";
	return h->seg[0]->df ? "1" : "0";
}

static const char *
ttl_word(const struct cm_judge *j, const struct hand *h, struct cm_arena *a)
{
	bool same = true, rising = h->n > 1;
	int base = j->v->proto == 6 ? cm_stack_baseline(j, h->at[0]) : -1;

	for (unsigned i = 1; i < h->n; i++) {
		same &= h->seg[i]->ttl == h->seg[0]->ttl;
		rising &= h->seg[i]->ttl == h->seg[i - 1]->ttl + 1;
	}
	if (rising)
		return "rises by 1 per packet";
	if (!same)
		return "varies";
	if (base >= 0 && base >> 1 == h->seg[0]->ttl)
		return "equal to the genuine";
	return cm_arena_printf(a, "%u", (unsigned)h->seg[0]->ttl);
}

static const char *
window_word(const struct cm_judge *j, const struct hand *h, struct cm_arena *a)
{
	if (j->v->proto != 6)
		return "none (UDP)";
	for (unsigned i = 1; i < h->n; i++)
		if (h->seg[i]->window != h->seg[0]->window)
			return "varies";
	return cm_arena_printf(a, "%u", (unsigned)h->seg[0]->window);
}

static const char *
options_word(const struct cm_judge *j, const struct hand *h)
{
	unsigned dir = h->seg[0]->dir;

	if (j->v->proto != 6)
		return "none (UDP)";
	for (unsigned i = 0; i < h->n; i++)
		if (h->seg[i]->opts != 0)
			return (h->seg[i]->opts & CM_OPT_TS) != 0 && j->side[dir].ts_agreed
			    ? "timestamps, as the genuine" : "some";
	return "none";
}

static const char *
fin_word(const struct cm_judge *j, const struct hand *h)
{
	unsigned with = 0, data = 0, rst = 0;

	if (j->v->proto != 6)
		return "none (UDP)";
	for (unsigned i = 0; i < h->n; i++) {
		with += (h->seg[i]->flags & CM_TCP_FIN) != 0 && h->seg[i]->payload_len > 0;
		data += h->seg[i]->payload_len > 0;
		rst += (h->seg[i]->flags & CM_TCP_RST) != 0;
	}
	if (with > 0)
		return "FIN with the data";
	if (rst == h->n)
		return (h->seg[0]->flags & CM_TCP_ACK) != 0 ? "RST with ACK" : "RST";
	return data > 0 ? "data without FIN" : "no data";
}

/* A likeness to published hands (detection.md 8.4), never a proof. */
static const char *
likeness(const struct cm_fingerprint *f, const struct hand *h)
{
	const struct cm_segment *g = h->seg[0];

	if (g->ipid == 0x3412 && !g->df && g->window == 32120)
		return "Sandvine-like";
	if (strcmp(f->ttl, "rises by 1 per packet") == 0 && h->n >= 3)
		return "Great-Cannon-like";
	if (g->ipid == 1 && !g->df && g->window == 8192 && g->opts == 0)
		return "scapy-like";
	if (strncmp(f->ipid, "copies", 6) == 0)
		return "in-place echo";
	return NULL;
}

struct cm_fingerprint
cm_report_fingerprint(const struct cm_judge *j, uint32_t index, struct cm_arena *a)
{
	struct cm_fingerprint f = { 0 };
	struct hand h;

	collect(j, index, &h);
	if (h.n == 0)
		return f;
	f.ipid = ipid_word(j, &h, a);
	f.df = df_word(&h);
	f.ttl = ttl_word(j, &h, a);
	f.window = window_word(j, &h, a);
	f.options = options_word(j, &h);
	f.fin = fin_word(j, &h);
	f.known = f.ipid != NULL && f.ttl != NULL && f.window != NULL;
	if (!f.known)
		return (struct cm_fingerprint) { 0 };
	f.name = likeness(&f, &h);
	return f;
}
