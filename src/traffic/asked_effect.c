#include <stdlib.h>

#include "traffic/asked_parts.h"

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

#define WAYS 4u

/* Some places for each connection by its key; if all are taken the oldest goes, so time and memory are
 * bounded and an answer is never taken for another's but by one key in 2^64.  No seed has a say in it,
 * since who goes shows in the figures, and these are the same in every run; who crafts connections
 * that fall together hides answers to some of his own flood. */
struct cm_waiting {
	size_t mask;
	struct cm_wait place[];
};

struct cm_waiting *
cm_waiting_new(size_t memory)
{
	size_t n = 256;
	struct cm_waiting *w;

	while (n * 2 * sizeof(struct cm_wait) <= memory && n < (size_t)1 << 20)
		n *= 2;
	w = calloc(1, sizeof(*w) + n * sizeof(struct cm_wait));
	if (w == NULL)
		return NULL;
	w->mask = n / WAYS - 1;
	return w;
}

void
cm_waiting_free(struct cm_waiting *w)
{
	free(w);
}

static uint64_t
connection(const struct cm_host *client, uint16_t client_port, const struct cm_host *server, uint16_t server_port)
{
	uint64_t a = cm_key_of(cm_span_of(client->addr, sizeof(client->addr)), client_port);

	return cm_key_mix(a, cm_key_of(cm_span_of(server->addr, sizeof(server->addr)), server_port));
}

static struct cm_wait *
places_of(struct cm_waiting *w, uint64_t key)
{
	return &w->place[WAYS * (key * UINT64_C(0x9e3779b97f4a7c15) >> 24 & w->mask)];
}

/* Where this one waits, or will. */
static struct cm_wait *
place_of(struct cm_waiting *w, uint64_t key)
{
	struct cm_wait *at = places_of(w, key), *oldest = at;
	size_t i;

	for (i = 0; i < WAYS; i++)
		if (at[i].key == key)
			return &at[i];
	for (i = 0; i < WAYS; i++) {
		if (at[i].key == 0)
			return &at[i];
		if (at[i].t_ns < oldest->t_ns)
			oldest = &at[i];
	}
	return oldest;
}

void
cm_waiting_put(struct cm_waiting *w, const struct cm_request *r, struct cm_wait wait)
{
	wait.key = connection(&r->client, r->client_port, &r->server, r->server_port);
	*place_of(w, wait.key) = wait;
}

bool
cm_waiting_take(struct cm_waiting *w, const struct cm_packet *p, struct cm_wait *out)
{
	uint64_t key = connection(&p->dst, p->dport, &p->src, p->sport);
	struct cm_wait *here = place_of(w, key);

	if (here->key != key)
		return false;
	*out = *here;
	here->key = 0;
	return true;
}
