#include <stdlib.h>

#include "traffic/asked_parts.h"
#include "traffic/mix.h"

/* ---- answers ---- */

static unsigned
bin_of(int64_t took_ns)
{
	uint64_t v = (uint64_t)took_ns / 62500; /* sixteenths of a millisecond */
	unsigned power = 0;

	if (v < 4)
		return 0;
	while (v >= 8) {
		v >>= 1;
		power++;
	}
	power = power * 4 + (unsigned)(v - 4) + 1;
	return power < CM_ANSWER_BINS ? power : CM_ANSWER_BINS - 1;
}

/* The middle of a bin, in sixteenths of a millisecond. */
static uint64_t
middle_of(unsigned bin)
{
	if (bin == 0)
		return 2;
	bin--;
	return ((uint64_t)(4 + bin % 4) * 2 + 1) << (bin / 4) >> 1;
}

void
cm_answers_add_time(struct cm_answers *a, int64_t took_ns)
{
	if (took_ns < 0)
		return;
	a->timed++;
	a->bins[bin_of(took_ns)]++;
}

void
cm_answers_merge(struct cm_answers *a, const struct cm_answers *more)
{
	a->asked += more->asked;
	a->answered += more->answered;
	a->errors += more->errors;
	a->timed += more->timed;
	for (unsigned i = 0; i < CM_ANSWER_BINS; i++)
		a->bins[i] += more->bins[i];
}

int64_t
cm_answers_median_ms(const struct cm_answers *a)
{
	uint64_t seen = 0;

	for (unsigned i = 0; i < CM_ANSWER_BINS; i++) {
		seen += a->bins[i];
		if (seen > 0 && seen * 2 >= a->timed)
			return (int64_t)((middle_of(i) + 8) / 16);
	}
	return -1;
}

int32_t
cm_answers_error_ppm(const struct cm_answers *a)
{
	return a->answered == 0 ? -1 : (int32_t)(a->errors * 1000000 / a->answered);
}

int32_t
cm_answers_answered_ppm(const struct cm_answers *a)
{
	uint64_t n = a->answered < a->asked ? a->answered : a->asked;

	return a->asked == 0 || a->answered == 0 ? -1 : (int32_t)(n * 1000000 / a->asked);
}

/* ---- who waits ---- */

/* The newest ones, a ring: when it is full the one that has waited longest makes way, so time and
 * memory are bounded, who is forgotten depends on no hash, and an answer is never taken for another's
 * but by one key in 2^64. */
struct cm_waiting {
	uint64_t seed;
	size_t mask;
	size_t hand;	 /* where the next one goes */
	uint32_t *first; /* by place of the key: index + 1 in the ring; 0: none */
	uint32_t *next;	 /* of each of the ring, likewise */
	struct cm_wait ring[];
};

struct cm_waiting *
cm_waiting_new(size_t memory, uint64_t seed)
{
	size_t n = 256;
	struct cm_waiting *w;

	while (n * 2 * (sizeof(struct cm_wait) + 2 * sizeof(uint32_t)) <= memory && n < (size_t)1 << 20)
		n *= 2;
	w = calloc(1, sizeof(*w) + n * sizeof(struct cm_wait));
	if (w == NULL)
		return NULL;
	w->seed = seed;
	w->mask = n - 1;
	w->first = calloc(n, sizeof(*w->first));
	w->next = calloc(n, sizeof(*w->next));
	if (w->first != NULL && w->next != NULL)
		return w;
	cm_waiting_free(w);
	return NULL;
}

void
cm_waiting_free(struct cm_waiting *w)
{
	if (w == NULL)
		return;
	free(w->first);
	free(w->next);
	free(w);
}

static uint64_t
connection(const struct cm_host *client, uint16_t client_port, const struct cm_host *server, uint16_t server_port)
{
	uint64_t a = cm_key_of(cm_span_of(client->addr, sizeof(client->addr)), client_port);

	return cm_key_mix(a, cm_key_of(cm_span_of(server->addr, sizeof(server->addr)), server_port));
}

/* What points to the one with that key, or to nothing where it would be. */
static uint32_t *
link_to(struct cm_waiting *w, uint64_t key)
{
	uint32_t *at = &w->first[cm_place(key, w->seed) & w->mask];

	while (*at != 0 && w->ring[*at - 1].key != key)
		at = &w->next[*at - 1];
	return at;
}

static bool
take_out(struct cm_waiting *w, uint64_t key, struct cm_wait *out)
{
	uint32_t *at = link_to(w, key), i = *at;

	if (i == 0)
		return false;
	*at = w->next[i - 1];
	*out = w->ring[i - 1];
	w->ring[i - 1].key = 0;
	return true;
}

void
cm_waiting_put(struct cm_waiting *w, const struct cm_request *r, struct cm_wait wait)
{
	struct cm_wait gone;
	uint32_t *at;

	wait.key = connection(&r->client, r->client_port, &r->server, r->server_port);
	(void)take_out(w, wait.key, &gone);
	if (w->ring[w->hand].key != 0)
		(void)take_out(w, w->ring[w->hand].key, &gone);
	at = &w->first[cm_place(wait.key, w->seed) & w->mask];
	w->ring[w->hand] = wait;
	w->next[w->hand] = *at;
	*at = (uint32_t)w->hand + 1;
	w->hand = (w->hand + 1) & w->mask;
}

bool
cm_waiting_take(struct cm_waiting *w, const struct cm_packet *p, struct cm_wait *out)
{
	return take_out(w, connection(&p->dst, p->dport, &p->src, p->sport), out);
}
