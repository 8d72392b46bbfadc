#include <stdlib.h>
#include <string.h>

#include "traffic/likeness.h"
#include "traffic/services.h"
#include "traffic/targets.h"

#define WATCHES_OF_A_HOST 8u
#define SECOND INT64_C(1000000000)
#define TELLING 64u /* packets in a second, from which on its rate is more than chance */
#define LOUDER 4u   /* times */

_Static_assert(sizeof(struct cm_target) == 128, "a target takes two cache lines");

/* Packets of a class to one host in a second, below 255, from which somebody looks closer: a fifth or
 * less of what a detector asks for. */
static const uint32_t watched_from[CM_CLASSES] = {
	[CM_CLASS_SYN] = 20,
	[CM_CLASS_ANSWER] = 50,
	[CM_CLASS_TCP] = 100,
	[CM_CLASS_SERVICE] = 20,
	[CM_CLASS_UDP] = 100,
	[CM_CLASS_ICMP] = 50,
	[CM_CLASS_LATER] = 50,
	[CM_CLASS_OTHER] = 100,
};

/* Those with a watch only make way when all do. */
static uint64_t
target_weight(const void *entry)
{
	const struct cm_target *h = entry;
	uint64_t w = h->watch != 0 ? UINT64_C(1) << 48 : 0;

	for (unsigned i = 0; i < CM_CLASSES; i++)
		w += (uint64_t)h->in[i] + h->out[i];
	return w;
}

static void
drop_watch(struct cm_targets *t, uint32_t number)
{
	t->n_watches--;
	free(t->watch[number]);
	t->watch[number] = NULL;
	t->evicted++;
}

static void
target_gone(void *arg, void *entry)
{
	struct cm_targets *t = arg;
	const struct cm_target *h = entry;
	uint32_t next;

	for (uint32_t w = h->watch; w != 0; w = next) {
		next = t->watch[w - 1]->next;
		drop_watch(t, w - 1);
	}
}

CM_RESULT
cm_targets_init(struct cm_targets *t, size_t memory, uint64_t seed, uint64_t thin)
{
	size_t watches = memory / 3 * 2 / (sizeof(struct cm_watch) + sizeof(struct cm_watch *));

	*t = (struct cm_targets) { .second = 1 };
	t->hosts.seed = seed;
	t->hosts.weight = target_weight;
	t->hosts.gone = target_gone;
	t->hosts.arg = t;
	for (unsigned i = 0; i < CM_CLASSES; i++)
		t->at_least[i] = thin >= watched_from[i] ? 1 : (uint32_t)(watched_from[i] / thin);
	t->max_watches = watches < 4 ? 4 : watches > 65536 ? 65536 : (uint32_t)watches;
	t->watch = calloc(t->max_watches, sizeof(struct cm_watch *));
	if (t->watch == NULL)
		return CM_E_NOMEM;
	return cm_roster_init(&t->hosts, sizeof(struct cm_target), memory / 3);
}

void
cm_targets_fini(struct cm_targets *t)
{
	for (uint32_t i = 0; t->watch != NULL && i < t->max_watches; i++)
		free(t->watch[i]);
	free(t->watch);
	t->watch = NULL;
	cm_roster_fini(&t->hosts);
}

/* ---- a watch ---- */

static void
unlink_watch(struct cm_targets *t, uint32_t number)
{
	const struct cm_watch *w = t->watch[number];
	struct cm_target *h = cm_roster_find(&t->hosts, &w->host, cm_mix_host(&w->host, t->hosts.seed));
	uint32_t *at = h == NULL ? NULL : &h->watch;

	while (at != NULL && *at != 0 && *at != number + 1)
		at = &t->watch[*at - 1]->next;
	if (at != NULL && *at != 0)
		*at = w->next;
}

/* A number that no watch has; the quietest of eight makes way. */
static uint32_t
room_for_watch(struct cm_targets *t)
{
	uint32_t quiet = CM_ROSTER_MAX;
	uint64_t least = UINT64_MAX;

	for (uint32_t k = 0; k < t->max_watches; k++) {
		uint32_t i = t->hand;

		t->hand = t->hand + 1 == t->max_watches ? 0 : t->hand + 1;
		if (t->watch[i] == NULL)
			return i;
		if (i + 1 != t->leases && t->watch[i]->in < least) {
			least = t->watch[i]->in;
			quiet = i;
		}
		if (k >= 8 && t->n_watches == t->max_watches && quiet != CM_ROSTER_MAX)
			break;
	}
	unlink_watch(t, quiet);
	drop_watch(t, quiet);
	return quiet;
}

/* What came before, as far as it was counted: in a bin of its own if it was not all in this
 * second.  Lengths were not: each is taken to be as long as this packet. */
static void
begin_watch(const struct cm_targets *t, struct cm_watch *w, const struct cm_target *h, const struct cm_seen *s)
{
	uint32_t now = h->now[w->kind], before = h->in[w->kind] - now;
	struct cm_bin *b = cm_bins_open(&w->bins, h->first_ns), *second = b;

	b->first = b->last = h->first;
	for (unsigned i = 0; i < CM_CLASSES; i++) {
		b->rest = cm_add_u32(b->rest, i == w->kind ? 0 : h->in[i]);
		b->out = cm_add_u32(b->out, h->out[i]);
	}
	b->opened = h->in[CM_CLASS_SYN];
	b->answered = h->out[CM_CLASS_ANSWER];
	b->a = w->kind == CM_CLASS_SYN ? h->out[CM_CLASS_ANSWER] :
	    w->kind == CM_CLASS_ANSWER ? h->out[CM_CLASS_SYN] : h->out[w->kind];
	b->b = w->kind == CM_CLASS_SYN || w->kind == CM_CLASS_ANSWER ? h->in[CM_CLASS_TCP] : 0;
	if (before > 0) {
		b->in = before;
		b->bytes = (uint64_t)before * s->p->ip_len;
		b->to_ns = t->second_ns > h->first_ns ? t->second_ns : h->first_ns;
		b->last = h->now_first;
		second = cm_bins_open(&w->bins, b->to_ns);
		second->first = second->last = h->now_first;
	}
	second->in = now - 1;
	second->bytes = (uint64_t)second->in * s->p->ip_len;
	second->to_ns = s->t_ns > second->from_ns ? s->t_ns : second->from_ns;
}

static CM_RESULT
add_watch(struct cm_targets *t, struct cm_target *h, const struct cm_seen *s)
{
	uint32_t number = room_for_watch(t);
	struct cm_watch *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return CM_E_NOMEM;
	t->watch[number] = w;
	t->n_watches++;
	w->kind = s->is;
	w->proto = s->p->proto;
	w->service = s->is == CM_CLASS_SERVICE ? s->p->sport : 0;
	w->host = h->at.host;
	w->second = t->second;
	w->now = h->now[s->is] - 1u;
	w->next = h->watch;
	h->watch = number + 1;
	begin_watch(t, w, h, s);
	return CM_OK;
}

static uint32_t
shape_of(const struct cm_packet *p)
{
	if (p->proto != 6)
		return p->payload_len;
	return (uint32_t)(cm_mix((uint64_t)p->window << 48 | (uint64_t)p->mss << 32 | (uint64_t)p->opt_layout << 16 |
	    (uint64_t)(p->wscale << 8 | p->flags)) >> 32);
}

static void
add_likes(struct cm_likes *k, const struct cm_packet *p)
{
	uint64_t source = cm_mix_host(&p->src, 0);

	k->n++;
	cm_hll_add(k->distinct, CM_SOURCES_BITS, source);
	cm_bump(&k->sources.bin[source & (CM_SPREAD - 1)]);
	cm_bump(&k->octets.bin[p->src.addr[0]]);
	cm_bump(&k->ports.bin[cm_mix(p->dport) & (CM_SPREAD - 1)]);
	cm_top_add(&k->port, p->dport);
	cm_top_add(&k->size, p->ip_len);
	if (p->proto != 6 || !p->transport)
		return;
	cm_top_add(&k->shape, shape_of(p));
	k->bare += p->opts == 0 && p->opt_layout == 0;
	k->resets += (p->flags & CM_TCP_RST) != 0;
	cm_likeness_count(k->likeness, p);
}

/* A flood is not like what came before and after it: where far more come than so far, all begins
 * anew; where far fewer come, they do not count.  False: this one does not. */
static bool
is_loud(struct cm_watch *w, bool first)
{
	struct cm_likes *k = &w->likes;
	uint64_t mean = k->seconds == 0 ? 0 : k->n / k->seconds;

	if (w->now >= TELLING && mean != 0 && w->now >= LOUDER * mean && k->seconds > 1)
		*k = (struct cm_likes) { .seconds = 1 };
	else if (mean >= TELLING && w->now < mean / LOUDER && w->last < mean / LOUDER)
		return false;
	else
		k->seconds += first;
	return true;
}

/* A packet of the watched class. */
static void
watch_in(const struct cm_targets *t, struct cm_watch *w, struct cm_bin *b, const struct cm_seen *s)
{
	bool first = w->second != t->second || w->likes.seconds == 0;

	if (w->second != t->second) {
		w->second = t->second;
		w->last = w->now;
		w->now = 0;
	}
	w->in++;
	if (++w->now > w->peak)
		w->peak = w->now;
	if (b->first == 0)
		b->first = s->p->id;
	b->last = s->p->id;
	b->bytes += s->p->ip_len;
	cm_bump(&b->in);
	if (is_loud(w, first))
		add_likes(&w->likes, s->p);
}

static void
watch_packet(const struct cm_targets *t, struct cm_watch *w, const struct cm_seen *s, bool to)
{
	unsigned role = to ? cm_role_to(w->kind, w->service, s->is, s->p) :
			     cm_role_from(w->kind, w->service, s->is, s->p);
	struct cm_bin *b = cm_bins_at(&w->bins, s->t_ns);

	if ((role & CM_ROLE_IN) != 0)
		watch_in(t, w, b, s);
	else if (to)
		cm_bump(&b->rest);
	if (!to)
		cm_bump(&b->out);
	b->a += (role & CM_ROLE_A) != 0;
	b->b += (role & CM_ROLE_B) != 0;
	b->c += (role & CM_ROLE_C) != 0;
	b->opened += to && s->is == CM_CLASS_SYN;
	b->answered += !to && s->is == CM_CLASS_ANSWER && (s->p->flags & CM_TCP_RST) == 0;
}

/* ---- DHCP, of all hosts together ---- */

static CM_RESULT
lease_packet(struct cm_targets *t, const struct cm_seen *s, unsigned role)
{
	const struct cm_packet *p = s->p;
	struct cm_watch *w;
	struct cm_bin *b;

	if (t->leases == 0) {
		uint32_t number = room_for_watch(t);

		w = calloc(1, sizeof(*w));
		if (w == NULL)
			return CM_E_NOMEM;
		t->watch[number] = w;
		t->n_watches++;
		t->leases = number + 1;
		w->kind = CM_CLASS_LEASES;
	}
	w = t->watch[t->leases - 1];
	b = cm_bins_at(&w->bins, s->t_ns);
	b->a += (role & CM_ROLE_A) != 0;
	b->b += (role & CM_ROLE_B) != 0;
	b->c += (role & CM_ROLE_C) != 0;
	if ((role & CM_ROLE_IN) == 0) {
		cm_bump(&b->out);
		return CM_OK;
	}
	watch_in(t, w, b, s);
	if ((p->open & CM_OPEN_PAYLOAD) != 0 && p->payload.len >= 34)
		cm_bump(&w->likes.clients.bin[cm_mix(cm_get64(p->payload.ptr + 26)) & (CM_SPREAD - 1)]);
	return CM_OK;
}

/* ---- every packet ---- */

static bool
watched(const struct cm_targets *t, const struct cm_target *h, const struct cm_seen *s)
{
	uint32_t n = 0;

	for (uint32_t w = h->watch; w != 0; w = t->watch[w - 1]->next, n++)
		if (t->watch[w - 1]->kind == s->is &&
		    (s->is != CM_CLASS_SERVICE || t->watch[w - 1]->service == s->p->sport))
			return true;
	return n >= WATCHES_OF_A_HOST;
}

static void
bump8(uint8_t *n)
{
	*n = (uint8_t)(*n + (*n != UINT8_MAX));
}

static void
this_second(const struct cm_targets *t, struct cm_target *h)
{
	if (h->second == t->second)
		return;
	h->second = t->second;
	h->now_first = 0;
	memset(h->now, 0, sizeof(h->now));
	memset(h->at.own, 0, sizeof(h->at.own));
}

/* Of UDP and TCP, which everybody gets much of: only where little is answered. */
static bool
one_way(const struct cm_target *h, enum cm_class is)
{
	if (is != CM_CLASS_UDP && is != CM_CLASS_TCP)
		return true;
	return h->at.own[is == CM_CLASS_UDP] <= h->now[is] / 4;
}

static CM_RESULT
count_to(struct cm_targets *t, struct cm_target *h, const struct cm_seen *s)
{
	enum cm_class is = s->is;

	this_second(t, h);
	if (h->now_first == 0)
		h->now_first = s->p->id;
	cm_bump(&h->in[is]);
	bump8(&h->now[is]);
	if (h->now[is] < t->at_least[is])
		return CM_OK;
	if (h->now[is] != t->at_least[is] && h->now[is] != 2 * t->at_least[is] && is != CM_CLASS_SERVICE)
		return CM_OK;
	if (watched(t, h, s) || !one_way(h, is))
		return CM_OK;
	return add_watch(t, h, s);
}

static void
count_from(struct cm_targets *t, struct cm_target *h, const struct cm_seen *s)
{
	this_second(t, h);
	cm_bump(&h->out[s->is]);
	if ((s->p->proto == 6 && (s->p->flags & CM_TCP_RST) == 0) || s->p->proto == 17)
		bump8(&h->at.own[s->p->proto == 17]);
	for (uint32_t w = h->watch; w != 0; w = t->watch[w - 1]->next)
		watch_packet(t, t->watch[w - 1], s, false);
}

static void
next_second(struct cm_targets *t, int64_t t_ns)
{
	t->second_ns = t_ns - t_ns % SECOND;
	t->second++;
}

CM_RESULT
cm_targets_packet(struct cm_targets *t, const struct cm_seen *s)
{
	const struct cm_packet *p = s->p;
	struct cm_target *to, *from;
	unsigned role;
	enum cm_result r;

	if (s->t_ns < t->second_ns - SECOND || s->t_ns - t->second_ns >= SECOND)
		next_second(t, s->t_ns);
	t->all[s->is]++;
	to = cm_roster_find(&t->hosts, &p->dst, s->dst);
	if (to == NULL) {
		to = cm_roster_add(&t->hosts, &p->dst, s->dst);
		to->first_ns = s->t_ns;
		to->first = p->id;
	}
	from = cm_roster_find(&t->hosts, &p->src, s->src);
	r = count_to(t, to, s);
	for (uint32_t w = to->watch; w != 0; w = t->watch[w - 1]->next)
		watch_packet(t, t->watch[w - 1], s, true);
	if (from != NULL)
		count_from(t, from, s);
	role = s->is == CM_CLASS_UDP || s->is == CM_CLASS_SERVICE ? cm_role_lease(p) : CM_ROLE_REST;
	if (role != CM_ROLE_REST && r == CM_OK)
		r = lease_packet(t, s, role);
	return r;
}
