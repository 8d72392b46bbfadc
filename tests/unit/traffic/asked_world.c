#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asked_world.h"

#define AGENTS 60u

static double
chance(struct world *w)
{
	return (double)(gen_u64(w->g) >> 11) / 9007199254740992.0;
}

void
world_one(struct world *w, const struct world_request *r)
{
	if (w->n == w->max) {
		w->max = w->max == 0 ? 4096 : w->max * 2;
		w->all = realloc(w->all, w->max * sizeof(*w->all));
		if (w->all == NULL)
			abort();
	}
	w->all[w->n++] = *r;
}

static struct world_request
request(struct world *w, double s, uint32_t client)
{
	struct world_request r = { .t_ns = WORLD_BEGAN + (int64_t)(s * 1e9), .client = client, .took_ns = -1 };

	r.port = (uint16_t)(1024 + gen_below(w->g, 60000));
	snprintf(r.host, sizeof(r.host), "v.example");
	snprintf(r.agent, sizeof(r.agent), "agent/%u", client % AGENTS);
	return r;
}

static void
bust(struct world *w, struct world_request *r, enum world_buster how)
{
	size_t n = strlen(r->target), room = sizeof(r->target) - n;
	unsigned long long v = (unsigned long long)gen_u64(w->g);
	char *at = r->target + n;

	switch (how) {
	case WORLD_MS:
		snprintf(at, room, "?%lld", (long long)(r->t_ns / 1000000 - 40));
		break;
	case WORLD_RANDOM:
		snprintf(at, room, "?r=%llu", v % 1000000000);
		break;
	case WORLD_FRACTION:
		snprintf(at, room, "?_=0.%016llu", v % 10000000000000000);
		break;
	case WORLD_HEX:
		snprintf(at, room, "?id=%016llx", v);
		break;
	case WORLD_LETTERS:
		snprintf(at, room, "?%c%c%c%c=%c%c%c%c%c%c", 'A' + (char)(v % 26), 'A' + (char)(v / 26 % 26), 'A' + (char)(v / 676 % 26),
		    'A' + (char)(v / 17576 % 26), 'A' + (char)(v / 456976 % 26), 'A' + (char)(v / 11881376 % 26), 'A' + (char)(v / 308915776 % 26),
		    'A' + (char)(v / 8031810176 % 26), 'A' + (char)(v / 208827064576 % 26), 'A' + (char)(v / 5429503678976 % 26));
		break;
	default:
		break;
	}
}

void
world_flood(struct world *w, const struct world_flood *f)
{
	for (unsigned c = 0; c < f->clients; c++) {
		double at = f->from_s + chance(w) * f->period_s, end = f->to_s;
		unsigned referer = (unsigned)gen_below(w->g, f->referers + 1u), turn = 0;
		bool cookie = chance(w) < f->cookies;

		if (f->stay_s > 0) {
			at = f->from_s + chance(w) * (f->to_s - f->from_s - f->stay_s);
			end = at + f->stay_s;
		}
		for (; at < end; at += f->period_s * (1 + f->jitter * (2 * chance(w) - 1))) {
			struct world_request r = request(w, at, 0x0a000000u + c);

			snprintf(r.target, sizeof(r.target), "/path%u/", turn++ % (f->paths > 0 ? f->paths : 1));
			bust(w, &r, f->buster);
			if (f->referers > 0)
				snprintf(r.referer, sizeof(r.referer), "http://page%u.example/a/%u", referer % f->referers, c);
			if (f->agents > 0)
				snprintf(r.agent, sizeof(r.agent), "agent/%u", c % f->agents);
			r.cookie = cookie;
			world_one(w, &r);
		}
	}
}

static void
load_page(struct world *w, double at, uint32_t client, unsigned page, const char *from, bool known)
{
	static const char *const kind[] = { "css", "js", "png", "jpg", "woff2" };
	unsigned parts = 8 + (unsigned)gen_below(w->g, 20);
	struct world_request r = request(w, at, client);

	snprintf(r.target, sizeof(r.target), "/article/%u", page);
	snprintf(r.referer, sizeof(r.referer), "%s", from);
	r.cookie = known;
	world_one(w, &r);
	for (unsigned i = 0; i < parts; i++) {
		r = request(w, at + 0.05 + 0.8 * chance(w), client);
		snprintf(r.target, sizeof(r.target), "/static/%u.%s?v=17", i, kind[i % 5]);
		snprintf(r.referer, sizeof(r.referer), "http://v.example/article/%u", page);
		r.cookie = true;
		world_one(w, &r);
	}
}

void
world_people(struct world *w, double from_s, double to_s, double visits_per_s)
{
	for (double at = from_s; at < to_s; at += 2 * chance(w) / visits_per_s) {
		uint32_t client = 0x14000000u + (uint32_t)gen_below(w->g, 1u << 22);
		unsigned pages = 1 + (unsigned)gen_below(w->g, 4), page = (unsigned)gen_below(w->g, 40);
		bool known = gen_one_in(w->g, 3);
		const char *from = chance(w) < 0.7 ? "http://news.example/today" : chance(w) < 0.5 ? "http://search.example/?q=a" : "";
		double t = at;

		for (unsigned i = 0; i < pages && t < to_s; i++) {
			load_page(w, t, client, page, from, known || i > 0);
			page = (unsigned)gen_below(w->g, 40);
			from = "http://v.example/article/1";
			t += 4 + 40 * chance(w);
		}
	}
}

void
world_polling(struct world *w, double from_s, double to_s, unsigned clients, double period_s)
{
	for (unsigned c = 0; c < clients; c++) {
		double at = from_s + chance(w) * (to_s - from_s) / 4;

		load_page(w, at, 0x1e000000u + c, 1, "http://search.example/", true);
		for (; at < to_s; at += period_s * (0.97 + 0.06 * chance(w))) {
			struct world_request r = request(w, at, 0x1e000000u + c);

			snprintf(r.target, sizeof(r.target), "/api/state?_=%lld", (long long)(r.t_ns / 1000000));
			snprintf(r.referer, sizeof(r.referer), "http://v.example/live");
			r.cookie = true;
			world_one(w, &r);
		}
	}
}

void
world_mailing(struct world *w, double from_s, double to_s, unsigned letters)
{
	for (unsigned c = 0; c < letters; c++) {
		struct world_request r = request(w, from_s + chance(w) * (to_s - from_s), 0x28000000u + c);

		snprintf(r.target, sizeof(r.target), "/letter?u=%016llx", (unsigned long long)gen_u64(w->g));
		world_one(w, &r);
	}
}

void
world_test(struct world *w, double from_s, double to_s, double per_s, bool crawl)
{
	unsigned i = 0;

	for (double at = from_s; at < to_s; at += 1 / per_s, i++) {
		struct world_request r = request(w, at, 0x32000001);

		snprintf(r.target, sizeof(r.target), crawl ? "/article/%u" : "/start", i);
		world_one(w, &r);
	}
}

void
world_beacon(struct world *w, double from_s, double to_s, double per_s)
{
	for (double at = from_s; at < to_s; at += 2 * chance(w) / per_s) {
		uint32_t client = 0x3c000000u + (uint32_t)gen_below(w->g, 4000);
		struct world_request r = request(w, at, client);

		snprintf(r.target, sizeof(r.target), "/count.gif");
		bust(w, &r, WORLD_RANDOM);
		snprintf(r.referer, sizeof(r.referer), "http://page%u.example/", (unsigned)gen_below(w->g, 300));
		r.cookie = gen_one_in(w->g, 2);
		world_one(w, &r);
	}
}

static int
by_time(const void *a, const void *b)
{
	const struct world_request *x = a, *y = b;

	if (x->t_ns != y->t_ns)
		return x->t_ns < y->t_ns ? -1 : 1;
	return x->client != y->client ? (x->client < y->client ? -1 : 1) : strcmp(x->target, y->target);
}

void
world_sort(struct world *w)
{
	qsort(w->all, w->n, sizeof(*w->all), by_time);
}

void
world_release(struct world *w)
{
	free(w->all);
	w->all = NULL;
	w->n = w->max = 0;
}

static struct cm_span
text_or_none(const char *s)
{
	return s[0] == 0 ? cm_span_of(NULL, 0) : cm_span_str(s);
}

static struct cm_request
as_request(const struct world *w, size_t i)
{
	const struct world_request *from = &w->all[i];
	struct cm_request r = { .id = i + 1, .t_ns = from->t_ns, .took_ns = from->took_ns, .status = from->status };

	r.client.net = 4;
	cm_put32(r.client.addr, from->client);
	r.method = cm_span_str("GET");
	r.target = cm_span_str(from->target);
	if (!w->no_host)
		r.host = cm_span_str(from->host);
	r.agent = cm_span_str(from->agent);
	if (!w->no_referer)
		r.referer = text_or_none(from->referer);
	r.referer_known = !w->no_referer;
	r.cookie_known = !w->no_cookie;
	r.has_cookie = r.cookie_known && from->cookie;
	if (w->log)
		return r;
	r.server.net = 4;
	cm_put32(r.server.addr, 0xc0000250);
	r.client_port = from->port;
	r.server_port = 80;
	return r;
}

bool
world_feed(const struct world *w, const struct world_part *part, struct cm_arena *arena, struct world_found *out)
{
	struct cm_traffic_params params = cm_traffic_params_default();
	struct cm_asked *a;
	bool fine = true;

	memset(out, 0, sizeof(*out));
	params.thin = part->thin;
	params.hash_seed = part->hash_seed;
	params.memory = part->memory > 0 ? part->memory : params.memory;
	if (cm_asked_new(&params, &a) != CM_OK)
		return false;
	for (size_t i = 0; i < w->n && fine; i++) {
		struct cm_request r = as_request(w, i);

		if (part->to != 0 && (r.id < part->from || r.id > part->to))
			continue;
		if (part->host != NULL && strcmp(w->all[i].host, part->host) != 0)
			continue;
		if (part->thin > 1 && gen_u64(w->g) > UINT64_MAX / part->thin)
			continue;
		fine = cm_asked_request(a, &r) == CM_OK;
		out->fed++;
	}
	fine = fine && cm_asked_findings(a, arena, out->at, WORLD_FINDINGS, &out->n) == CM_OK;
	cm_asked_add_stats(a, &out->stats);
	cm_asked_free(a);
	return fine;
}

const struct cm_traffic_finding *
world_find(const struct world_found *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->at[i].http->name, name) == 0)
			return &f->at[i];
	return NULL;
}

bool
world_has_sign(const struct cm_traffic_finding *f, const char *name)
{
	for (size_t i = 0; i < f->n_signs; i++)
		if (strcmp(f->signs[i].kind->name, name) == 0)
			return true;
	return false;
}

static const char *
sign_missing(const struct cm_traffic_finding *a, const struct cm_traffic_finding *b)
{
	for (size_t i = 0; i < a->n_signs; i++)
		if (a->signs[i].kind->thins && !world_has_sign(b, a->signs[i].kind->name))
			return a->signs[i].kind->name;
	return NULL;
}

bool
world_same(const struct cm_traffic_finding *a, const struct cm_traffic_finding *b, char *why, size_t room)
{
	if (a->kind != b->kind || a->verdict != b->verdict || a->port != b->port || a->proto != b->proto)
		return snprintf(why, room, "verdict, port or protocol: %d %d", a->verdict, b->verdict), false;
	if (!cm_host_eq(&a->target, &b->target) || !cm_host_eq(&a->source, &b->source) || strcmp(a->http->name, b->http->name) != 0)
		return snprintf(why, room, "target, source or name"), false;
	if (sign_missing(a, b) != NULL)
		return snprintf(why, room, "%s is not in the draw", sign_missing(a, b)), false;
	if (sign_missing(b, a) != NULL)
		return snprintf(why, room, "%s is only in the draw", sign_missing(b, a)), false;
	return true;
}
