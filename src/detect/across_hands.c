/* Whose packets are alike (8.4): incidents by the rules of their fingerprints. */
#include <stdlib.h>
#include <string.h>

#include "capture/mix.h"
#include "detect/across_parts.h"

#define SLOTS (2 * CM_ACROSS_HANDS)
#define RESETS 8u

enum { IPID, DF, TTL, WINDOW, OPTIONS, FIN, RULES };

struct rules {
	const char *word[RULES];
};

/* Different ones, by hash. */
struct tally {
	uint64_t of[CM_ACROSS_EXAMPLES];
	uint32_t n;
};

struct hand {
	struct rules rules;
	struct cm_across_hand *out;
	struct tally servers, clients, files;
	cm_packet_id forged[CM_ACROSS_EXAMPLES];
	size_t n_forged;
	uint16_t window;
	uint8_t ttl;
	bool windows_differ, ttls_differ, single, steps;
};

struct hands {
	struct cm_maker *m;
	struct cm_across_hand *out;
	struct hand *hand[CM_ACROSS_HANDS];
	size_t n;
	uint16_t slot[SLOTS]; /* number + 1 */
};

/* ---- rules ---- */

static const char *
ipid_rule(const char *word)
{
	if (strncmp(word, "constant", 8) == 0 || strcmp(word, "zero") == 0)
		return word;
	if (strncmp(word, "copies", 6) == 0)
		return "copied";
	return strncmp(word, "none", 4) == 0 ? "none" : "other";
}

/* A reset's window may be drawn at random. */
static const char *
window_rule(const struct cm_incident *x)
{
	const char *word = x->fingerprint.window;

	if (x->type != CM_INCIDENT_RESET || strcmp(word, "0") == 0)
		return word;
	return "other";
}

static struct rules
rules_of(const struct cm_incident *x)
{
	const struct cm_fingerprint *f = &x->fingerprint;

	return (struct rules) { { [IPID] = ipid_rule(f->ipid), [DF] = f->df,
	    [TTL] = strncmp(f->ttl, "rises", 5) == 0 ? "rises" : "level",
	    [WINDOW] = window_rule(x), [OPTIONS] = f->options, [FIN] = f->fin } };
}

static bool
rules_eq(const struct rules *a, const struct rules *b)
{
	for (unsigned i = 0; i < RULES; i++)
		if (strcmp(a->word[i], b->word[i]) != 0)
			return false;
	return true;
}

static const char *
text_of(struct cm_arena *a, const struct rules *r)
{
	return cm_arena_printf(a, "comity hand v1\nipid %s\ndf %s\nttl %s\nwindow %s\noptions %s\n"
	    "fin %s\n", r->word[IPID], r->word[DF], r->word[TTL], r->word[WINDOW],
	    r->word[OPTIONS], r->word[FIN]);
}

/* ---- counting ---- */

static void
count_one(struct tally *t, uint64_t it)
{
	for (uint32_t i = 0; i < t->n; i++)
		if (t->of[i] == it)
			return;
	if (t->n < CM_ACROSS_EXAMPLES)
		t->of[t->n++] = it;
}

/* The second type of published RST hands: three with ACK, at X, X + 1460 and X + 4380. */
static bool
has_steps(const struct cm_found *f)
{
	const struct cm_ids *forged = &f->incident.forged;
	uint32_t first = 0;
	bool one = false, three = false;

	for (size_t i = 0; i < forged->n && i < RESETS; i++) {
		uint32_t at = cm_candidate_place(f->from, forged->id[i]);

		if (at == CM_NONE || (f->from->segs[at].flags & CM_TCP_ACK) == 0)
			return false;
		if (i == 0)
			first = f->from->segs[at].seq;
		one |= f->from->segs[at].seq - first == 1460;
		three |= f->from->segs[at].seq - first == 4380;
	}
	return one && three;
}

static void
look_at_reset(struct hand *h, const struct cm_found *f)
{
	const struct cm_segment *g;
	uint32_t at;

	if (f->incident.type != CM_INCIDENT_RESET)
		return;
	at = cm_candidate_place(f->from, f->incident.forged.id[0]);
	if (at == CM_NONE)
		return;
	g = &f->from->segs[at];
	h->single = (h->out->incidents == 1 || h->single) && f->incident.forged.n == 1 &&
	    (g->flags & CM_TCP_ACK) == 0;
	h->windows_differ |= h->out->incidents > 1 && g->window != h->window;
	h->ttls_differ |= h->out->incidents > 1 && g->ttl != h->ttl;
	h->window = g->window;
	h->ttl = g->ttl;
	h->steps |= has_steps(f);
}

static void
count(struct hand *h, const struct cm_found *f, uint64_t seed)
{
	const struct cm_incident *x = &f->incident;
	struct cm_across_hand *o = h->out;

	o->incidents++;
	o->packets += x->forged.n;
	if (o->incidents == 1 || x->t_ns < o->first_ns)
		o->first_ns = x->t_ns;
	if (o->incidents == 1 || x->t_ns > o->last_ns)
		o->last_ns = x->t_ns;
	if (o->name == NULL)
		o->name = x->fingerprint.name;
	count_one(&h->servers, cm_mix_host(seed, &x->flow.server));
	count_one(&h->clients, cm_mix_host(seed, &x->flow.client));
	if (x->forged.n == 0)
		return;
	count_one(&h->files, cm_packet_file(x->forged.id[0]));
	look_at_reset(h, f);
	if (h->n_forged < CM_ACROSS_EXAMPLES)
		h->forged[h->n_forged++] = x->forged.id[0];
}

/* ---- which hand ---- */

static enum cm_result
hand_of(struct hands *s, const struct rules *r, struct hand **out)
{
	uint64_t hash = 0;
	size_t i;

	*out = NULL;
	for (unsigned k = 0; k < RULES; k++)
		hash = cm_mix_span(hash, cm_span_str(r->word[k]));
	for (i = hash % SLOTS; s->slot[i] != 0; i = (i + 1) % SLOTS) {
		*out = s->hand[s->slot[i] - 1];
		if (rules_eq(&(*out)->rules, r))
			return CM_OK;
	}
	*out = NULL;
	if (s->n == CM_ACROSS_HANDS)
		return CM_OK;
	*out = calloc(1, sizeof(**out));
	if (*out == NULL)
		return CM_E_NOMEM;
	(*out)->rules = *r;
	(*out)->out = &s->out[s->n];
	s->hand[s->n] = *out;
	s->slot[i] = (uint16_t)++s->n;
	return CM_OK;
}

static enum cm_result
settle(struct hands *s, struct hand *h)
{
	struct cm_across_hand *o = h->out;

	o->servers = h->servers.n;
	o->clients = h->clients.n;
	o->files = h->files.n;
	if (h->steps)
		o->name = "GFW-like (RST and ACK at several sequence numbers)";
	else if (o->name == NULL && h->single && h->windows_differ && h->ttls_differ)
		o->name = "GFW-like (one RST, TTL and window as chance has it)";
	o->text = text_of(s->m->a, &h->rules);
	for (size_t i = 0; i < h->n_forged; i++)
		cm_id_list_add(&s->m->ids, h->forged[i]);
	return o->text == NULL ? CM_E_NOMEM : cm_id_list_take(&s->m->ids, s->m->a, &o->forged);
}

static int
by_number(const void *a, const void *b)
{
	const struct cm_across_hand *x = a, *y = b;

	if (x->incidents != y->incidents)
		return x->incidents > y->incidents ? -1 : 1;
	return x->forged.id[0] < y->forged.id[0] ? -1 : x->forged.id[0] > y->forged.id[0];
}

static enum cm_result
group(struct hands *s)
{
	enum cm_result r = CM_OK;

	for (size_t i = 0; i < s->m->e->n_found && r == CM_OK; i++) {
		const struct cm_found *f = &s->m->e->found[i];
		struct hand *h;
		struct rules rules;

		if (!f->incident.fingerprint.known || f->incident.forged.n == 0)
			continue;
		rules = rules_of(&f->incident);
		r = hand_of(s, &rules, &h);
		if (h != NULL)
			count(h, f, s->m->e->params.hash_seed);
		else if (r == CM_OK)
			s->m->out->left_off++;
	}
	for (size_t i = 0; i < s->n && r == CM_OK; i++)
		r = settle(s, s->hand[i]);
	return r;
}

CM_RESULT
cm_across_make_hands(struct cm_maker *m)
{
	struct hands *s = calloc(1, sizeof(*s));
	struct cm_across_hand *out = cm_arena_array(m->a, CM_ACROSS_HANDS, sizeof(*out));
	enum cm_result r = CM_E_NOMEM;

	if (s != NULL && out != NULL) {
		s->m = m;
		s->out = out;
		m->out->hands = out;
		r = group(s);
		m->out->n_hands = s->n;
		if (r == CM_OK && s->n > 1)
			qsort(out, s->n, sizeof(*out), by_number);
	}
	for (size_t i = 0; s != NULL && i < s->n; i++)
		free(s->hand[i]);
	free(s);
	return r;
}
