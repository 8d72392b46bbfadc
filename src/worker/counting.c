#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "os/lane.h"
#include "worker/counting.h"

#define BATCH 256u
#define BATCH_BYTES ((size_t)128 << 10) /* of payloads, of them all */
#define GLANCE 16u /* of a payload that is no HTTP: what says so */
#define BATCHES (CM_LANE_JOBS + 2)

struct batch {
	struct cm_counting *of;
	struct cm_packet packet[BATCH];
	size_t n, used;
	uint8_t bytes[BATCH_BYTES];
};

struct cm_counting {
	struct cm_traffic *traffic;
	struct cm_visits *visits;
	struct cm_lane *lane;
	struct batch *batch[BATCHES]; /* made when they are first needed */
	size_t at;		      /* the one that is filled */
	atomic_int failed;	      /* enum cm_result of the first failure */
};

/* HTTP's methods are of capital letters, as its answers' beginnings are. */
static bool
may_ask(const struct cm_packet *p)
{
	return p->proto == 6 && p->payload.len > 0 && p->payload.ptr[0] >= 'A' && p->payload.ptr[0] <= 'Z';
}

/* ---- in the lane ---- */

static CM_RESULT
count_one(struct cm_counting *c, const struct cm_packet *p)
{
	struct cm_request r;
	enum cm_result rc = cm_traffic_packet(c->traffic, p);

	if (rc != CM_OK || !may_ask(p) || !cm_request_of_packet(p, &r))
		return rc;
	return cm_visits_request(c->visits, &r);
}

static void
count_batch(void *job)
{
	struct batch *b = job;
	enum cm_result rc = CM_OK;
	size_t i;

	for (i = 0; rc == CM_OK && i < b->n; i++) {
		if (i % CM_TRAFFIC_AHEAD == 0)
			cm_traffic_expect(b->of->traffic, &b->packet[i], b->n - i);
		rc = count_one(b->of, &b->packet[i]);
	}
	b->n = b->used = 0;
	if (rc != CM_OK)
		atomic_store(&b->of->failed, (int)rc);
}

/* ---- before it ---- */

CM_RESULT
cm_counting_new(struct cm_traffic *traffic, struct cm_visits *visits, bool alone, struct cm_counting **out)
{
	struct cm_counting *c = calloc(1, sizeof(*c));

	if (c == NULL || cm_lane_new(count_batch, alone, &c->lane) != CM_OK) {
		free(c);
		return CM_E_NOMEM;
	}
	c->traffic = traffic;
	c->visits = visits;
	*out = c;
	return CM_OK;
}

/* How much of its payload counting looks at. */
static size_t
bytes_of(const struct cm_packet *p)
{
	size_t len = p->payload.len;
	bool whole;

	if (len == 0)
		return 0;
	if (p->proto == 17)
		whole = p->sport == 67 || p->sport == 68 || p->dport == 67 || p->dport == 68;
	else
		whole = may_ask(p);
	if (!whole)
		return p->proto != 6 ? 0 : len < GLANCE ? len : GLANCE;
	return len < CM_REQUEST_HEAD_MAX ? len : CM_REQUEST_HEAD_MAX;
}

static void
hand_over(struct cm_counting *c)
{
	struct batch *b = c->batch[c->at];

	if (b == NULL || b->n == 0)
		return;
	cm_lane_put(c->lane, b);
	c->at = (c->at + 1) % BATCHES; /* so many are put, so this one is done */
}

static struct batch *
current(struct cm_counting *c)
{
	struct batch *b = c->batch[c->at];

	if (b != NULL)
		return b;
	b = c->batch[c->at] = malloc(sizeof(*b));
	if (b != NULL) {
		b->of = c;
		b->n = b->used = 0;
	}
	return b;
}

CM_RESULT
cm_counting_packet(struct cm_counting *c, const struct cm_packet *p)
{
	size_t len = bytes_of(p);
	struct batch *b = current(c);

	if (b != NULL && b->used + len > BATCH_BYTES) {
		hand_over(c);
		b = current(c);
	}
	if (b == NULL)
		return CM_E_NOMEM;
	b->packet[b->n] = *p;
	b->packet[b->n].payload = cm_span_of(b->bytes + b->used, len);
	if (len > 0)
		memcpy(b->bytes + b->used, p->payload.ptr, len);
	b->used += len;
	if (++b->n == BATCH)
		hand_over(c);
	return (enum cm_result)atomic_load(&c->failed);
}

CM_RESULT
cm_counting_request(struct cm_counting *c, const struct cm_request *r)
{
	enum cm_result rc = cm_traffic_request(c->traffic, r);

	return rc == CM_OK ? cm_visits_request(c->visits, r) : rc;
}

CM_RESULT
cm_counting_end(struct cm_counting *c)
{
	hand_over(c);
	cm_lane_wait(c->lane);
	return (enum cm_result)atomic_load(&c->failed);
}

void
cm_counting_free(struct cm_counting *c)
{
	size_t i;

	if (c == NULL)
		return;
	cm_lane_free(c->lane);
	for (i = 0; i < BATCHES; i++)
		free(c->batch[i]);
	free(c);
}
