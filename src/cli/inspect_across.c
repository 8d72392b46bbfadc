/* What only several flows or incidents together show, in words. */
#include <inttypes.h>

#include "capture/host.h"
#include "chain/chain_json.h"
#include "cli/inspect_places.h"
#include "detect/across.h"

enum { ROWS_SHOWN = 3, STEPS_SHOWN = 6 };

struct across {
	struct cm_paragraph *p;
	const struct cm_across *a;
};

static void
percent(struct cm_buf *b, uint32_t ppm)
{
	cm_buf_printf(b, "%" PRIu32 ".%02" PRIu32 " %%", ppm / 10000, ppm / 100 % 100);
}

/* "7 of 400 (1.75 %, with 95 %: 0.85 % to 3.56 %)" */
static void
share(struct cm_buf *b, const struct cm_share *s)
{
	cm_buf_printf(b, "%" PRIu64 " of %" PRIu64 " (", s->k, s->n);
	percent(b, s->ppm);
	cm_buf_add_str(b, ", with 95 % confidence ");
	percent(b, s->low_ppm);
	cm_buf_add_str(b, " to ");
	percent(b, s->high_ppm);
	cm_buf_add_str(b, ")");
}

static void
host(struct cm_buf *b, const struct cm_host *h)
{
	char text[CM_HOST_TEXT];

	cm_host_text(h, text);
	cm_buf_add_str(b, text);
}

/* The rules of a fingerprint, without its first line, on one. */
static void
rules(struct cm_buf *b, const char *text)
{
	struct cm_span s = cm_span_str(text);
	size_t i = 0;

	while (i < s.len && s.ptr[i] != '\n')
		i++;
	for (i++; i + 1 < s.len; i++) {
		if (s.ptr[i] == '\n')
			cm_buf_add_str(b, "; ");
		else
			cm_buf_add_u8(b, s.ptr[i]);
	}
}

static void
hands(struct across *x)
{
	for (size_t i = 0; i < x->a->n_hands; i++) {
		const struct cm_across_hand *h = &x->a->hands[i];

		if (h->incidents < 2 || i >= ROWS_SHOWN)
			continue;
		cm_buf_printf(&x->p->text, "One hand: %" PRIu64 " incidents, %" PRIu64 " packets, %" PRIu32 " server%s, %" PRIu32
					   " client%s: ", h->incidents, h->packets, h->servers, h->servers == 1 ? "" : "s",
		    h->clients, h->clients == 1 ? "" : "s");
		rules(&x->p->text, h->text);
		if (h->name != NULL)
			cm_buf_printf(&x->p->text, "; resembles %s (a likeness, no proof)", h->name);
		cm_buf_add_str(&x->p->text, ".");
		cm_paragraph_end(x->p, 3, 6);
	}
}

static void
reach(struct across *x)
{
	size_t n[3] = { 0 };

	for (size_t i = 0; i < x->a->n_reach; i++)
		n[x->a->reach[i].reached]++;
	if (n[CM_REACHED_YES] + n[CM_REACHED_NO] == 0)
		return;
	cm_buf_printf(&x->p->text, "Did the server see the request? It did not in %zu incident%s (somebody in the path kept it "
				   "back), it did in %zu, in %zu that can not be told.",
	    n[CM_REACHED_NO], n[CM_REACHED_NO] == 1 ? "" : "s", n[CM_REACHED_YES], n[CM_REACHED_UNKNOWN]);
	cm_paragraph_end(x->p, 3, 6);
}

/* The nearest bound that timing gives. */
static void
places(struct across *x)
{
	const struct cm_across_place *best = NULL;
	size_t rising = 0;

	for (size_t i = 0; i < x->a->n_places; i++) {
		const struct cm_across_place *p = &x->a->places[i];

		rising += p->rising;
		if (p->permille > 0 && (best == NULL || p->permille < best->permille))
			best = p;
	}
	if (best != NULL) {
		cm_buf_printf(&x->p->text, "Where? In the quickest case the forged answer came after %" PRIu32 ".%" PRIu32
					   " %% of the time that the server needs: whoever made it is no further than that "
					   "share of the way.", best->permille / 10, best->permille % 10);
		cm_paragraph_end(x->p, 3, 6);
	}
	if (rising == 0)
		return;
	cm_buf_printf(&x->p->text, "The TTL of %zu burst%s rises by one a packet: it is chosen, and tells no distance.", rising,
	    rising == 1 ? "" : "s");
	cm_paragraph_end(x->p, 3, 6);
}

static void
probes(struct across *x)
{
	for (size_t i = 0; i < x->a->n_probes && i < ROWS_SHOWN; i++) {
		const struct cm_across_probe *p = &x->a->probes[i];
		size_t routers = 0;

		if (p->first_forged == 0)
			continue;
		cm_buf_add_str(&x->p->text, "Probes of ");
		host(&x->p->text, &p->client);
		cm_buf_add_str(&x->p->text, " to ");
		host(&x->p->text, &p->server);
		cm_buf_printf(&x->p->text, " were answered by forged packets from TTL %u on", p->first_forged);
		if (p->last_without > 0)
			cm_buf_printf(&x->p->text, ", and not up to %u: the injector sits between those hops", p->last_without);
		for (size_t k = 0; k < p->n_steps; k++)
			routers += p->step[k].has_router;
		for (size_t k = 0, shown = 0; k < p->n_steps && shown < STEPS_SHOWN; k++) {
			if (!p->step[k].has_router || p->step[k].ttl + STEPS_SHOWN / 2 < p->first_forged)
				continue;
			cm_buf_printf(&x->p->text, "%s%u ", shown++ == 0 ? "; routers: " : ", ", p->step[k].ttl);
			host(&x->p->text, &p->step[k].router);
		}
		cm_buf_printf(&x->p->text, " (%zu routers said so).", routers);
		cm_paragraph_end(x->p, 3, 6);
	}
}

static void
rates(struct across *x)
{
	size_t shown = 0;

	for (size_t i = 0; i < x->a->n_rates && shown < ROWS_SHOWN; i++) {
		const struct cm_across_rate *r = &x->a->rates[i];

		if (r->of != CM_RATE_SERVER || r->share.k == 0)
			continue;
		cm_buf_add_str(&x->p->text, "How often: requests to ");
		host(&x->p->text, &r->host);
		cm_buf_printf(&x->p->text, " port %u answered by forged packets: ", r->port);
		share(&x->p->text, &r->share);
		if (r->needed > 1)
			cm_buf_printf(&x->p->text, "; %" PRIu64 " requests are needed to see one with 95 %% confidence", r->needed);
		cm_buf_add_str(&x->p->text, ".");
		cm_paragraph_end(x->p, 3, 6);
		shown++;
	}
}

static void
tables(struct across *x)
{
	char p[CM_FISHER_TEXT];

	for (size_t i = 0; i < x->a->n_tables; i++) {
		const struct cm_across_table *t = &x->a->tables[i];

		if (t->more.milli < 2000)
			continue;
		cm_fisher_text(t->more, p);
		cm_buf_printf(&x->p->text, "It depends: of %s ", cm_table_word(t->of, false));
		share(&x->p->text, &t->a);
		cm_buf_printf(&x->p->text, ", of %s ", cm_table_word(t->of, true));
		share(&x->p->text, &t->b);
		cm_buf_printf(&x->p->text, "; by chance at most %s%s.", p, t->tried > 1 ? " (the best of several)" : "");
		cm_paragraph_end(x->p, 3, 6);
	}
}

static void
rivals(struct cm_buf *b, const struct cm_rival *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cm_buf_printf(b, "%s%s", i == 0 ? "; it may also be: " : ", ", r[i].name);
}

static void
patterns(struct across *x)
{
	struct cm_buf *b = &x->p->text;

	for (size_t i = 0; i < x->a->n_same && i < ROWS_SHOWN; i++) {
		const struct cm_across_same *s = &x->a->same[i];

		cm_buf_printf(b, "Pattern: %" PRIu64 " times the same answer (%s%s%s) from %" PRIu32 " unrelated servers to %" PRIu32
				 " client%s; %" PRIu32 " of these servers answered otherwise, too, or not with this stack",
		    s->answers, cm_points_word(s->points), s->to != NULL ? " to " : "", s->to != NULL ? s->to : "", s->servers,
		    s->clients, s->clients == 1 ? "" : "s", s->signed_by);
		rivals(b, s->rivals, s->n_rivals);
		cm_buf_add_str(b, ".");
		cm_paragraph_end(x->p, 3, 6);
	}
	for (size_t i = 0; i < x->a->n_bodies && i < ROWS_SHOWN; i++) {
		const struct cm_across_bodies *s = &x->a->bodies[i];

		cm_buf_printf(b, "Pattern: %s%s answered %" PRIu64 " times with a small %s%s%s, and %" PRIu64 " times otherwise",
		    s->at.name != NULL ? s->at.name : "", s->at.path != NULL ? s->at.path : "", s->sent_away,
		    cm_points_word(s->points), s->to != NULL ? " to " : "", s->to != NULL ? s->to : "", s->other);
		rivals(b, s->rivals, s->n_rivals);
		cm_buf_add_str(b, ".");
		cm_paragraph_end(x->p, 3, 6);
	}
}

void
cm_inspect_across(struct cm_paragraph *p, const struct cm_paint *paint, const struct cm_across *a)
{
	struct across x = { p, a };

	if (!cm_inspect_across_says(a))
		return;
	fprintf(p->f, "%sTaken together%s\n", paint->bold, paint->plain);
	hands(&x);
	reach(&x);
	places(&x);
	probes(&x);
	rates(&x);
	tables(&x);
	patterns(&x);
	fputc('\n', p->f);
}

bool
cm_inspect_across_says(const struct cm_across *a)
{
	return a != NULL && (a->n_hands > 0 || a->n_reach > 0 || a->n_probes > 0 || a->n_same > 0 || a->n_bodies > 0);
}
