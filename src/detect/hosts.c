#include <stdlib.h>
#include <string.h>

#include "detect/hosts_parts.h"

#define BUCKETS_FIRST 64u
#define BUCKETS_MANY 4096u
#define IDS_PER_FLOW 256u
#define IDS_FIRST 8u
#define IDS_WORTH 1024u /* slots that are not in the cache anyway */
#define PINNED_PASSED 16u /* pinned models passed over to forget one */
#define IDS_MAX 131072u
#define CLASSES 4u /* (TTL, DF) classes of one flow that are told apart */

struct cm_hosts {
	size_t memory, used;
	uint64_t seed;
	struct cm_host_model **bucket;
	size_t n_buckets, n; /* powers of two; models */
	struct cm_host_model *oldest, *newest;
	uint64_t forgotten; /* models */
};

CM_RESULT
cm_hosts_new(size_t memory, uint64_t hash_seed, struct cm_hosts **out)
{
	struct cm_hosts *h = calloc(1, sizeof(*h));

	if (h == NULL)
		return CM_E_NOMEM;
	h->memory = memory;
	h->seed = hash_seed;
	h->n_buckets = BUCKETS_FIRST;
	h->bucket = calloc(h->n_buckets, sizeof(struct cm_host_model *));
	if (h->bucket == NULL) {
		free(h);
		return CM_E_NOMEM;
	}
	h->used = h->n_buckets * sizeof(struct cm_host_model *);
	*out = h;
	return CM_OK;
}

/* ---- models ---- */

static uint64_t
host_hash(uint64_t seed, const struct cm_host *host, uint8_t proto)
{
	uint64_t h = seed ^ UINT64_C(0x9e3779b97f4a7c15) * proto;

	for (unsigned i = 0; i < sizeof(host->addr); i += 8) {
		uint64_t v;

		memcpy(&v, host->addr + i, sizeof(v));
		h = (h ^ v) * UINT64_C(0x9fb21c651e98df25);
		h ^= h >> 32;
	}
	h *= UINT64_C(0xff51afd7ed558ccd); /* the last bytes of an IPv6 address sit on top of v: carry them down */
	return h ^ h >> 33;
}

static void
model_unlink(struct cm_hosts *h, struct cm_host_model *m)
{
	if (m->older != NULL)
		m->older->newer = m->newer;
	else
		h->oldest = m->newer;
	if (m->newer != NULL)
		m->newer->older = m->older;
	else
		h->newest = m->older;
}

static void
model_link(struct cm_hosts *h, struct cm_host_model *m)
{
	m->older = h->newest;
	m->newer = NULL;
	if (h->newest != NULL)
		h->newest->newer = m;
	else
		h->oldest = m;
	h->newest = m;
}

static void
model_free(struct cm_hosts *h, struct cm_host_model *m)
{
	struct cm_host_model **at = &h->bucket[m->hash & (h->n_buckets - 1)];

	while (*at != m)
		at = &(*at)->next;
	*at = m->next;
	model_unlink(h, m);
	for (unsigned i = 0; i < m->n_pairs; i++)
		cm_exemplars_free(&m->pair[i].show, &h->used);
	for (unsigned i = 0; i < m->n_singles; i++)
		cm_exemplars_free(&m->single[i].show, &h->used);
	cm_exemplars_free(&m->plain, &h->used);
	cm_exemplars_free(&m->dns_show, &h->used);
	h->used -= sizeof(*m) + m->ids_cap * sizeof(*m->ids);
	if (m->answers != NULL)
		h->used -= CM_HOST_ANSWERS * sizeof(*m->answers);
	if (m->pair != NULL)
		h->used -= CM_HOST_PAIRS * sizeof(*m->pair);
	if (m->single != NULL)
		h->used -= CM_HOST_SINGLES * sizeof(*m->single);
	free(m->pair);
	free(m->single);
	free(m->answers);
	free(m->ids);
	free(m);
	h->n--;
}

void
cm_hosts_free(struct cm_hosts *h)
{
	if (h == NULL)
		return;
	while (h->oldest != NULL)
		model_free(h, h->oldest);
	free(h->bucket);
	free(h);
}

void
cm_hosts_reset(struct cm_hosts *h)
{
	while (h->oldest != NULL)
		model_free(h, h->oldest);
	if (h->n_buckets > BUCKETS_FIRST)
		h->n_buckets = BUCKETS_FIRST;
	h->used = h->n_buckets * sizeof(struct cm_host_model *);
	h->forgotten = 0;
}

static struct cm_host_model *
find_hashed(const struct cm_hosts *h, uint64_t hash, const struct cm_host *host, uint8_t proto)
{
	struct cm_host_model *m = h->bucket[hash & (h->n_buckets - 1)];

	while (m != NULL && (m->hash != hash || m->proto != proto || !cm_host_eq(&m->host, host)))
		m = m->next;
	return m;
}

static struct cm_host_model *
find(const struct cm_hosts *h, const struct cm_host *host, uint8_t proto)
{
	return find_hashed(h, host_hash(h->seed, host, proto), host, proto);
}

const struct cm_host_model *
cm_hosts_find(const struct cm_hosts *h, const struct cm_host *host, uint8_t proto)
{
	return h == NULL ? NULL : find(h, host, proto);
}

void
cm_hosts_pin(struct cm_hosts *h, const struct cm_flow_view *v)
{
	for (unsigned d = 0; d < 2; d++) {
		struct cm_host_model *m = find(h, &v->end[d].host, v->proto);

		if (m != NULL)
			m->pinned = true;
	}
}

/* Forgets the models that were quiet longest; pinned ones only if it must. */
static void
forget(struct cm_hosts *h)
{
	unsigned passed = 0;

	while (h->used > h->memory && h->oldest != NULL) {
		struct cm_host_model *m = h->oldest;

		if (!m->pinned || passed == PINNED_PASSED) {
			model_free(h, m);
			h->forgotten++;
			passed = 0;
			continue;
		}
		model_unlink(h, m);
		model_link(h, m);
		passed++;
	}
}

uint64_t
cm_hosts_forgotten(const struct cm_hosts *h)
{
	return h->forgotten;
}

/* More buckets, if there is memory for them; a long chain is slow, not wrong. */
static void
grow_buckets(struct cm_hosts *h)
{
	size_t n = h->n_buckets * 2;
	struct cm_host_model **bucket;

	if (h->n < h->n_buckets)
		return;
	bucket = calloc(n, sizeof(struct cm_host_model *));
	if (bucket == NULL)
		return;
	for (struct cm_host_model *m = h->oldest; m != NULL; m = m->newer) {
		m->next = bucket[m->hash & (n - 1)];
		bucket[m->hash & (n - 1)] = m;
	}
	free(h->bucket);
	h->used += (n - h->n_buckets) * sizeof(struct cm_host_model *);
	h->bucket = bucket;
	h->n_buckets = n;
}

static enum cm_result
model_for(struct cm_hosts *h, uint64_t hash, const struct cm_host *host, uint8_t proto,
    struct cm_host_model **out)
{
	struct cm_host_model *m = find_hashed(h, hash, host, proto);

	if (m != NULL) {
		model_unlink(h, m);
		model_link(h, m);
		*out = m;
		return CM_OK;
	}
	forget(h);
	grow_buckets(h);
	m = calloc(1, sizeof(*m));
	if (m == NULL)
		return CM_E_NOMEM;
	m->host = *host;
	m->proto = proto;
	m->plain.few = true;
	m->hash = hash;
	m->next = h->bucket[m->hash & (h->n_buckets - 1)];
	h->bucket[m->hash & (h->n_buckets - 1)] = m;
	h->used += sizeof(*m);
	h->n++;
	model_link(h, m);
	*out = m;
	return CM_OK;
}

/* ---- IP identifications ---- */

/* Eight numbers in a row have their slots in one line of memory: most stacks count. */
static uint32_t
first_slot(uint32_t cap, uint16_t id)
{
	return ((id / 8u * UINT32_C(0x9e3779b1)) * 8u + id % 8u) & (cap - 1);
}

static struct cm_host_id *
id_slot(struct cm_host_id *ids, uint32_t cap, uint16_t id)
{
	uint32_t i = first_slot(cap, id);

	while (ids[i].flows != 0 && ids[i].id != id)
		i = (i + 1) & (cap - 1);
	return &ids[i];
}

static void
ids_grow(struct cm_hosts *h, struct cm_host_model *m)
{
	uint32_t cap = m->ids_cap == 0 ? IDS_FIRST : m->ids_cap * 2;
	struct cm_host_id *ids;

	if (m->n_ids * 2 < m->ids_cap)
		return;
	if (m->ids_cap == IDS_MAX)
		return; /* holds all 65,535 */
	if (cap > 1024 && h->used + cap * sizeof(*ids) > h->memory) {
		m->ids_full = true;
		return;
	}
	ids = calloc(cap, sizeof(*ids));
	if (ids == NULL) {
		m->ids_full = true;
		return;
	}
	for (uint32_t i = 0; i < m->ids_cap; i++)
		if (m->ids[i].flows != 0)
			*id_slot(ids, cap, m->ids[i].id) = m->ids[i];
	free(m->ids);
	h->used += (cap - m->ids_cap) * sizeof(*ids);
	m->ids = ids;
	m->ids_cap = cap;
}

static void
count_id(struct cm_hosts *h, struct cm_host_model *m, uint16_t id, uint64_t serial)
{
	struct cm_host_id *s;

	ids_grow(h, m);
	if (m->ids_full || m->ids_cap == 0)
		return;
	s = id_slot(m->ids, m->ids_cap, id);
	if (s->flows != 0 && s->last == (uint32_t)serial)
		return;
	if (s->flows == 0)
		m->n_ids++;
	s->id = id;
	s->last = (uint32_t)serial;
	if (s->flows < UINT16_MAX)
		s->flows++;
}

static void
settle_ids(struct cm_host_model *m)
{
	m->ids_most = m->ids_next = 0;
	for (uint32_t i = 0; i < m->ids_cap; i++) {
		uint32_t flows = m->ids[i].flows;

		if (flows > m->ids_most) {
			m->ids_next = m->ids_most;
			m->ids_most = flows;
			m->ids_top = m->ids[i].id;
		} else if (flows > m->ids_next) {
			m->ids_next = flows;
		}
	}
}

void
cm_hosts_settle(struct cm_hosts *h)
{
	for (struct cm_host_model *m = h->oldest; m != NULL; m = m->newer)
		settle_ids(m);
}

bool
cm_host_id_constant(const struct cm_host_model *m, uint16_t id)
{
	uint32_t mine, most;

	if (m == NULL || m->ids_full || m->ids_cap == 0 || id == 0)
		return false;
	mine = id_slot(m->ids, m->ids_cap, id)->flows;
	if (mine < 2)
		return false;
	most = mine == m->ids_most && id == m->ids_top ? m->ids_next : m->ids_most;
	if (mine == 2)
		return most < 2 && m->n_ids < 256; /* birthday: n^2 / 131072 < 0.5 */
	return mine >= 3 * most;
}

/* ---- TTL and DF ---- */

struct shown { /* what one direction of a flow shows */
	uint16_t class[CLASSES];
	uint32_t at[CLASSES]; /* first segment of the class */
	unsigned n;
	uint32_t first_data; /* or n_segs */
	uint32_t segments;
};

static void
look(const struct cm_flow_view *v, unsigned dir, struct shown *s)
{
	*s = (struct shown) { .first_data = v->n };
	for (uint32_t i = v->from; i < v->n; i++) {
		const struct cm_segment *g = &v->segs[i];
		unsigned k = 0;

		if (g->dir != dir || (g->flags & CM_TCP_RST) != 0)
			continue;
		s->segments++;
		if (g->payload_len > 1 && s->first_data == v->n)
			s->first_data = i;
		while (k < s->n && s->class[k] != cm_ttl_class(g))
			k++;
		if (k < s->n || s->n == CLASSES)
			continue;
		s->class[s->n] = cm_ttl_class(g);
		s->at[s->n++] = i;
	}
}

static struct cm_host_pair *
pair_for(struct cm_hosts *h, struct cm_host_model *m, uint16_t low, uint16_t high)
{
	if (m->pair == NULL) {
		m->pair = calloc(CM_HOST_PAIRS, sizeof(*m->pair));
		if (m->pair == NULL)
			return NULL;
		h->used += CM_HOST_PAIRS * sizeof(*m->pair);
	}
	for (unsigned i = 0; i < m->n_pairs; i++)
		if (m->pair[i].low == low && m->pair[i].high == high)
			return &m->pair[i];
	if (m->n_pairs == CM_HOST_PAIRS)
		return NULL;
	m->pair[m->n_pairs] = (struct cm_host_pair) { .low = low, .high = high };
	return &m->pair[m->n_pairs++];
}

static enum cm_result
count_pair(struct cm_hosts *h, struct cm_host_model *m, const struct cm_flow_view *v,
    const struct shown *s, unsigned a, unsigned b)
{
	uint16_t low = s->class[a] < s->class[b] ? s->class[a] : s->class[b];
	uint16_t high = s->class[a] < s->class[b] ? s->class[b] : s->class[a];
	struct cm_host_pair *p = pair_for(h, m, low, high);
	uint32_t at[2] = { s->at[a], s->at[b] };

	if (p == NULL)
		return m->pair == NULL ? CM_E_NOMEM : CM_OK;
	p->flows++;
	return cm_exemplars_add(&p->show, v, at, 2, &h->used);
}

static void
count_class(struct cm_host_model *m, uint16_t class)
{
	unsigned i = 0;

	while (i < m->n_classes && m->class[i].class != class)
		i++;
	if (i == CM_HOST_PAIRS)
		return;
	if (i == m->n_classes)
		m->class[m->n_classes++] = (struct cm_host_class) { class, 0 };
	m->class[i].flows++;
}

uint32_t
cm_host_shows(const struct cm_host_model *m, uint16_t class)
{
	for (unsigned i = 0; m != NULL && i < m->n_classes; i++)
		if (m->class[i].class == class)
			return m->class[i].flows;
	return 0;
}

/* The segment after ${at} that the same side sent; v->n: there is none. */
static uint32_t
next_of_side(const struct cm_flow_view *v, uint32_t at)
{
	uint32_t i = at + 1;

	while (i < v->n && v->segs[i].dir != v->segs[at].dir)
		i++;
	return i;
}

static enum cm_result
count_classes(struct cm_hosts *h, struct cm_host_model *m, const struct cm_flow_view *v,
    const struct shown *s)
{
	enum cm_result r = CM_OK;

	if (s->segments < 2 || !v->first)
		return CM_OK;
	m->flows++;
	for (unsigned k = 0; k < s->n; k++)
		count_class(m, s->class[k]);
	if (s->n == 1) {
		uint32_t at[2] = { s->at[0], next_of_side(v, s->at[0]) };

		return cm_exemplars_add(&m->plain, v, at, at[1] == v->n ? 1 : 2, &h->used);
	}
	for (unsigned a = 0; a < s->n && r == CM_OK; a++)
		for (unsigned b = a + 1; b < s->n && r == CM_OK; b++)
			r = count_pair(h, m, v, s, a, b);
	return r;
}

bool
cm_host_balances(const struct cm_host_model *m, uint16_t class_a, uint16_t class_b,
    uint32_t *showing, uint32_t *flows)
{
	uint16_t low = class_a < class_b ? class_a : class_b;
	uint16_t high = class_a < class_b ? class_b : class_a;

	*showing = 0;
	*flows = m == NULL ? 0 : m->flows;
	if (m == NULL)
		return false;
	for (unsigned i = 0; i < m->n_pairs; i++)
		if (m->pair[i].low == low && m->pair[i].high == high)
			*showing = m->pair[i].flows;
	return *flows >= 5 && *showing >= 2 && (uint64_t)*showing * 5 >= *flows;
}

/* ---- flows ---- */

/* A sender worth a model: one that sent data or answered a SYN. */
static bool
worth(const struct cm_flow_view *v, unsigned dir)
{
	for (uint32_t i = v->from; i < v->n; i++) {
		const struct cm_segment *g = &v->segs[i];

		if (g->dir == dir &&
		    (g->payload_len > 1 ||
			(g->flags & (CM_TCP_SYN | CM_TCP_ACK)) == (CM_TCP_SYN | CM_TCP_ACK)))
			return true;
	}
	return false;
}

static bool
shows_id(const struct cm_segment *g, unsigned dir)
{
	return g->dir == dir && g->ipid != 0 && !g->ipv6;
}

/* Whether a slot is taken can not be foreseen: were it not for this, each would be waited for. */
static void
expect_ids(const struct cm_host_model *m, const struct cm_flow_view *v, unsigned dir)
{
	unsigned ids = 0;

	for (uint32_t i = v->from; m->ids_cap >= IDS_WORTH && i < v->n && ids < IDS_PER_FLOW; i++) {
		if (!shows_id(&v->segs[i], dir))
			continue;
		__builtin_prefetch(&m->ids[first_slot(m->ids_cap, v->segs[i].ipid)], 1);
		ids++;
	}
}

static enum cm_result
add_side(struct cm_hosts *h, uint64_t hash, const struct cm_flow_view *v, unsigned dir)
{
	struct cm_host_model *m;
	struct shown s;
	enum cm_result r;
	unsigned ids = 0;

	if (!worth(v, dir))
		return CM_OK;
	r = model_for(h, hash, &v->end[dir].host, v->proto, &m);
	if (r != CM_OK)
		return r;
	if (v->last)
		m->packets += v->packets[dir];
	look(v, dir, &s);
	expect_ids(m, v, dir);
	r = count_classes(h, m, v, &s);
	for (uint32_t i = v->from; r == CM_OK && i < v->n && ids < IDS_PER_FLOW; i++) {
		const struct cm_segment *g = &v->segs[i];

		if (!shows_id(g, dir))
			continue;
		count_id(h, m, g->ipid, v->serial);
		ids++;
	}
	for (uint32_t i = v->from; r == CM_OK && v->proto == 17 && i < v->n; i++)
		if (v->segs[i].dir == dir && v->end[dir].port == 53)
			r = cm_host_dns_add(m, v, i, &h->used);
	return r;
}

/* What adding a flow reads and writes. */
static void
expect_model(const struct cm_host_model *m)
{
	__builtin_prefetch(m, 1);
	__builtin_prefetch(&m->hash, 1);
	__builtin_prefetch(&m->n_classes, 1);
	__builtin_prefetch(&m->ids, 1);
}

void
cm_hosts_expect(const struct cm_hosts *h, const struct cm_flow_end end[2], uint8_t proto, bool soon)
{
	/* Few lie in the cache. */
	for (unsigned d = 0; d < 2 && h->n_buckets >= BUCKETS_MANY; d++) {
		struct cm_host_model *const *at = &h->bucket[host_hash(h->seed, &end[d].host, proto) &
		    (h->n_buckets - 1)];

		if (!soon)
			__builtin_prefetch(at);
		else if (*at != NULL)
			expect_model(*at);
	}
}

CM_RESULT
cm_hosts_add(struct cm_hosts *h, const struct cm_flow_view *v)
{
	uint64_t hash[2];
	unsigned client;
	enum cm_result r;

	/* Both are fetched while the first is looked at. */
	for (unsigned d = 0; d < 2; d++) {
		hash[d] = host_hash(h->seed, &v->end[d].host, v->proto);
		__builtin_prefetch(&h->bucket[hash[d] & (h->n_buckets - 1)]);
	}
	client = cm_flow_client(v);
	for (unsigned d = 0; d < 2; d++) {
		const struct cm_host_model *first = h->bucket[hash[d] & (h->n_buckets - 1)];

		if (first != NULL)
			__builtin_prefetch(&first->hash);
	}
	r = add_side(h, hash[client], v, client);
	return r == CM_OK ? add_side(h, hash[!client], v, !client) : r;
}
