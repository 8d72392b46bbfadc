#include "capture/host.h"
#include "detect/across_json.h"
#include "detect/frames_json.h"

static void
ids(const struct cm_frames_json *o, const char *key, const struct cm_ids *set)
{
	cm_frames_json(o, key, set->id, set->n);
}

static void
host(struct cm_jsonw *w, const char *key, const struct cm_host *h)
{
	char text[CM_HOST_TEXT];

	cm_host_text(h, text);
	cm_jsonw_kstr(w, key, text);
}

static void
frame(const struct cm_frames_json *o, const char *key, bool there, cm_packet_id id)
{
	cm_jsonw_key(o->w, key);
	if (there)
		cm_frame_json(o, id);
	else
		cm_jsonw_null(o->w);
}

static void
known_int(struct cm_jsonw *w, const char *key, bool there, int64_t v)
{
	cm_jsonw_key(w, key);
	if (there)
		cm_jsonw_int(w, v);
	else
		cm_jsonw_null(w);
}

static void
share(struct cm_jsonw *w, const struct cm_share *s)
{
	cm_jsonw_key(w, "share");
	cm_jsonw_object(w);
	cm_jsonw_kuint(w, "k", s->k);
	cm_jsonw_kuint(w, "n", s->n);
	cm_jsonw_kuint(w, "ppm", s->ppm);
	cm_jsonw_kuint(w, "low_ppm", s->low_ppm);
	cm_jsonw_kuint(w, "high_ppm", s->high_ppm);
	cm_jsonw_object_end(w);
}

/* ---- incidents ---- */

static void
hand(const struct cm_frames_json *o, const struct cm_across_hand *h)
{
	cm_jsonw_object(o->w);
	cm_jsonw_kstr(o->w, "text", h->text);
	cm_jsonw_kstr(o->w, "name", h->name);
	cm_jsonw_kuint(o->w, "incidents", h->incidents);
	cm_jsonw_kuint(o->w, "packets", h->packets);
	cm_jsonw_kuint(o->w, "servers", h->servers);
	cm_jsonw_kuint(o->w, "clients", h->clients);
	cm_jsonw_kuint(o->w, "files", h->files);
	cm_jsonw_ktime(o->w, "first", true, h->first_ns);
	cm_jsonw_ktime(o->w, "last", true, h->last_ns);
	ids(o, "forged", &h->forged);
	cm_jsonw_object_end(o->w);
}

static void
reach(const struct cm_frames_json *o, const struct cm_across_reach *r)
{
	cm_jsonw_object(o->w);
	cm_jsonw_kuint(o->w, "incident", r->incident);
	cm_jsonw_kstr(o->w, "reached", cm_reached_word(r->reached));
	cm_jsonw_kstr(o->w, "by", cm_reach_by_word(r->by));
	ids(o, "frames", &r->frames);
	cm_jsonw_object_end(o->w);
}

static void
genuine(struct cm_jsonw *w, const struct cm_across_place *p)
{
	cm_jsonw_key(w, "genuine");
	if (!p->has_genuine) {
		cm_jsonw_null(w);
		return;
	}
	cm_jsonw_object(w);
	cm_jsonw_kuint(w, "ttl", p->genuine_ttl);
	cm_jsonw_kint(w, "hops", p->genuine_hops);
	cm_jsonw_kuint(w, "initial", p->genuine_initial);
	cm_jsonw_object_end(w);
}

static void
place(const struct cm_frames_json *o, const struct cm_across_place *p)
{
	cm_jsonw_object(o->w);
	cm_jsonw_kuint(o->w, "incident", p->incident);
	cm_jsonw_key(o->w, "ttl");
	cm_jsonw_array(o->w);
	cm_jsonw_uint(o->w, p->ttl_low);
	cm_jsonw_uint(o->w, p->ttl_high);
	cm_jsonw_array_end(o->w);
	cm_jsonw_kbool(o->w, "rising", p->rising);
	cm_jsonw_kint(o->w, "hops", p->hops);
	cm_jsonw_kuint(o->w, "initial", p->initial);
	genuine(o->w, p);
	known_int(o->w, "delay_ns", p->has_delay, p->delay_ns);
	known_int(o->w, "path_ns", p->has_path, p->path_ns);
	known_int(o->w, "at_most_permille", p->permille > 0, p->permille);
	ids(o, "frames", &p->frames);
	cm_jsonw_object_end(o->w);
}

/* ---- requests ---- */

static void
step(const struct cm_frames_json *o, const struct cm_across_step *s)
{
	cm_jsonw_object(o->w);
	cm_jsonw_kuint(o->w, "ttl", s->ttl);
	cm_jsonw_kuint(o->w, "asked", s->asked);
	cm_jsonw_kuint(o->w, "forged", s->forged);
	if (s->has_router)
		host(o->w, "router", &s->router);
	else
		cm_jsonw_kstr(o->w, "router", NULL);
	frame(o, "said", s->has_router, s->said);
	cm_jsonw_object_end(o->w);
}

static void
probe(const struct cm_frames_json *o, const struct cm_across_probe *p)
{
	cm_jsonw_object(o->w);
	host(o->w, "client", &p->client);
	host(o->w, "server", &p->server);
	known_int(o->w, "first_forged", p->first_forged > 0, p->first_forged);
	known_int(o->w, "last_without", p->last_without > 0, p->last_without);
	cm_jsonw_key(o->w, "steps");
	cm_jsonw_array(o->w);
	for (size_t i = 0; i < p->n_steps; i++)
		step(o, &p->step[i]);
	cm_jsonw_array_end(o->w);
	ids(o, "support", &p->support);
	cm_jsonw_object_end(o->w);
}

static void
rate(const struct cm_frames_json *o, const struct cm_across_rate *r)
{
	static const char *const of[] = { "server", "address", "client" };

	cm_jsonw_object(o->w);
	cm_jsonw_kstr(o->w, "of", of[r->of]);
	host(o->w, "host", &r->host);
	known_int(o->w, "port", r->of != CM_RATE_CLIENT, r->port);
	cm_jsonw_kstr(o->w, "name", r->name);
	cm_jsonw_kstr(o->w, "path", r->path);
	share(o->w, &r->share);
	cm_jsonw_kuint(o->w, "needed", r->needed);
	ids(o, "examples", &r->examples);
	cm_jsonw_object_end(o->w);
}

static void
side(const struct cm_frames_json *o, const struct cm_across_table *t, bool second)
{
	cm_jsonw_key(o->w, second ? "b" : "a");
	cm_jsonw_object(o->w);
	cm_jsonw_kstr(o->w, "what", cm_table_word(t->of, second));
	share(o->w, second ? &t->b : &t->a);
	ids(o, "examples", second ? &t->examples_b : &t->examples_a);
	cm_jsonw_object_end(o->w);
}

static void
table(const struct cm_frames_json *o, const struct cm_across_table *t)
{
	cm_jsonw_object(o->w);
	side(o, t, false);
	side(o, t, true);
	cm_jsonw_kuint(o->w, "p_exponent_milli", t->more.milli);
	cm_jsonw_kuint(o->w, "tried", t->tried);
	if (t->of == CM_TABLE_CLIENT)
		host(o->w, "client", &t->client);
	else
		cm_jsonw_kstr(o->w, "client", NULL);
	known_int(o->w, "port", t->of == CM_TABLE_PORT, t->port);
	cm_jsonw_object_end(o->w);
}

/* ---- answers ---- */

static void
rivals(struct cm_jsonw *w, const struct cm_rival *r, size_t n)
{
	cm_jsonw_key(w, "rivals");
	cm_jsonw_array(w);
	for (size_t i = 0; i < n; i++) {
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "name", r[i].name);
		cm_jsonw_kstr(w, "why", r[i].why);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static const char *const sign[] = { "address", "server", "accused", "stack" };

static void
member(const struct cm_frames_json *o, const struct cm_across_member *m)
{
	cm_jsonw_object(o->w);
	host(o->w, "server", &m->server);
	cm_jsonw_kstr(o->w, "name", m->name);
	cm_jsonw_kstr(o->w, "path", m->path);
	frame(o, "request", true, m->request);
	frame(o, "answer", true, m->answer);
	cm_jsonw_key(o->w, "signs");
	cm_jsonw_array(o->w);
	for (unsigned i = 0; i < 4; i++)
		if ((m->signs & 1u << i) != 0)
			cm_jsonw_str(o->w, sign[i]);
	cm_jsonw_array_end(o->w);
	frame(o, "other_request", m->has_other, m->other_request);
	frame(o, "other_answer", m->has_other, m->other_answer);
	cm_jsonw_object_end(o->w);
}

static void
same(const struct cm_frames_json *o, const struct cm_across_same *s)
{
	cm_jsonw_object(o->w);
	cm_jsonw_kstr(o->w, "points", cm_points_word(s->points));
	cm_jsonw_kstr(o->w, "to", s->to);
	cm_jsonw_kuint(o->w, "answers", s->answers);
	cm_jsonw_kuint(o->w, "servers", s->servers);
	cm_jsonw_kuint(o->w, "sites", s->sites);
	cm_jsonw_kuint(o->w, "clients", s->clients);
	cm_jsonw_kuint(o->w, "signed_by", s->signed_by);
	cm_jsonw_key(o->w, "with");
	cm_jsonw_object(o->w);
	for (unsigned i = 0; i < 4; i++)
		cm_jsonw_kuint(o->w, sign[i], s->with[i]);
	cm_jsonw_object_end(o->w);
	cm_jsonw_ktime(o->w, "first", true, s->first_ns);
	cm_jsonw_ktime(o->w, "last", true, s->last_ns);
	cm_jsonw_key(o->w, "members");
	cm_jsonw_array(o->w);
	for (size_t i = 0; i < s->n_members; i++)
		member(o, &s->member[i]);
	cm_jsonw_array_end(o->w);
	rivals(o->w, s->rivals, s->n_rivals);
	ids(o, "support", &s->support);
	cm_jsonw_object_end(o->w);
}

static void
bodies(const struct cm_frames_json *o, const struct cm_across_bodies *b)
{
	cm_jsonw_object(o->w);
	cm_jsonw_key(o->w, "at");
	member(o, &b->at);
	cm_jsonw_kstr(o->w, "points", cm_points_word(b->points));
	cm_jsonw_kstr(o->w, "to", b->to);
	cm_jsonw_kuint(o->w, "sent_away", b->sent_away);
	cm_jsonw_kuint(o->w, "other", b->other);
	rivals(o->w, b->rivals, b->n_rivals);
	ids(o, "support", &b->support);
	cm_jsonw_object_end(o->w);
}

/* ---- all ---- */

static void
begin(const struct cm_frames_json *o, const struct cm_across *a)
{
	cm_jsonw_kstr(o->w, "file", cm_frames_json_name(o, o->file));
	cm_jsonw_kuint(o->w, "requests", a->requests);
	cm_jsonw_kuint(o->w, "answers", a->answers);
	cm_jsonw_kuint(o->w, "every", a->every);
	cm_jsonw_kuint(o->w, "every_away", a->every_away);
	cm_jsonw_kuint(o->w, "quotes", a->quotes);
	cm_jsonw_kuint(o->w, "left_off", a->left_off);
}

static void
of_incidents(const struct cm_frames_json *o, const struct cm_across *a)
{
	cm_jsonw_key(o->w, "hands");
	cm_jsonw_array(o->w);
	for (size_t i = 0; i < a->n_hands; i++)
		hand(o, &a->hands[i]);
	cm_jsonw_array_end(o->w);
	cm_jsonw_key(o->w, "reach");
	cm_jsonw_array(o->w);
	for (size_t i = 0; i < a->n_reach; i++)
		reach(o, &a->reach[i]);
	cm_jsonw_array_end(o->w);
	cm_jsonw_key(o->w, "places");
	cm_jsonw_array(o->w);
	for (size_t i = 0; i < a->n_places; i++)
		place(o, &a->places[i]);
	cm_jsonw_array_end(o->w);
	cm_jsonw_key(o->w, "probes");
	cm_jsonw_array(o->w);
	for (size_t i = 0; i < a->n_probes; i++)
		probe(o, &a->probes[i]);
	cm_jsonw_array_end(o->w);
}

static void
of_requests(const struct cm_frames_json *o, const struct cm_across *a)
{
	cm_jsonw_key(o->w, "rates");
	cm_jsonw_array(o->w);
	for (size_t i = 0; i < a->n_rates; i++)
		rate(o, &a->rates[i]);
	cm_jsonw_array_end(o->w);
	cm_jsonw_key(o->w, "tables");
	cm_jsonw_array(o->w);
	for (size_t i = 0; i < a->n_tables; i++)
		table(o, &a->tables[i]);
	cm_jsonw_array_end(o->w);
	cm_jsonw_key(o->w, "same");
	cm_jsonw_array(o->w);
	for (size_t i = 0; i < a->n_same; i++)
		same(o, &a->same[i]);
	cm_jsonw_array_end(o->w);
	cm_jsonw_key(o->w, "bodies");
	cm_jsonw_array(o->w);
	for (size_t i = 0; i < a->n_bodies; i++)
		bodies(o, &a->bodies[i]);
	cm_jsonw_array_end(o->w);
}

void
cm_across_json(struct cm_jsonw *w, const struct cm_across *across, const struct cm_file_names *names,
    uint32_t file)
{
	struct cm_frames_json o = { w, names, file };

	cm_jsonw_object(w);
	begin(&o, across);
	of_incidents(&o, across);
	of_requests(&o, across);
	cm_jsonw_object_end(w);
}
