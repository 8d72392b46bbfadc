/* The same body from servers that have nothing to do with one another: injected, and not.
 *
 * The injector here is in the path and makes no mistake: TTL, IP ids, DF, time stamps go on as
 * the server's own, and the request never arrives, so there is no second answer.  All that
 * tells is that one body comes from many unrelated servers, in place of theirs. */
#include "cannon.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS ((int64_t)GEN_MS)
#define HOSTS 48u

struct many {
	struct gen_sim *s;
	struct gen_host server[HOSTS], client[16];
	uint32_t bodies[HOSTS]; /* the genuine one of each server: its seed */
	struct gen_plant *plant;
	char forged[3072];
	uint32_t hit, asked;
};

static const char inert[] =
    "var u=[\"http://mirror.example/a/\",\"http://mirror.example/b/\"];function "
    "g(){if(true)return;new "
    "Image().src=u[0]+\"?\"+(new Date).getTime()}setInterval(g,2000);";

static void
mark_forged(struct gen_seg *seg, void *ctx)
{
	(void)ctx;
	if (seg->from == GEN_SERVER)
		gen_seg_mark(seg, GEN_FORGED, "in the server's manner, and not the server's");
}

static void
mark_trap(struct gen_seg *seg, void *ctx)
{
	(void)ctx;
	if (seg->from == GEN_SERVER)
		gen_seg_mark(seg, GEN_TRAP, "the same from many servers, and genuine");
}

/* A server's own script: the same each time, other than everybody else's. */
static const char *
own_script(struct many *m, uint32_t k, char *out, size_t size)
{
	size_t n = 400 + m->bodies[k] % 1500;
	int at = snprintf(out, size, "/* %08x */\n", m->bodies[k]);

	for (size_t i = (size_t)at; i < n; i++)
		out[i] = (char)m->s->pool[(m->bodies[k] + i) % GEN_POOL];
	out[n] = '\0';
	return out;
}

struct visit {
	uint32_t k; /* server */
	const char *path;
	struct gen_http answer;
	gen_seg_hook *hook;
};

static void
visit(struct many *m, const struct visit *v)
{
	struct gen_sim *s = m->s;
	struct gen_host *client = &m->client[gen_rng_below(&s->rng, 16)];
	char site[64], text[1024], out[40000];
	struct gen_ask ask = { .host = site,
		.target = v->path,
		.agent = gen_agent((uint32_t)(client - m->client)),
		.close = v->answer.close };
	struct gen_conn c;

	gen_site_name(site, sizeof(site), v->k);
	gen_conn_start(&c, s, client, &m->server[v->k], 80);
	gen_conn_handshake(&c);
	gen_conn_send(&c, GEN_CLIENT, text, gen_ask_write(text, sizeof(text), &ask));
	gen_conn_wait(&c, gen_rng_range(&s->rng, 400, 6000) * (int64_t)GEN_US);
	c.hook = v->hook;
	c.hook_ctx = m;
	gen_conn_send(&c, GEN_SERVER, out, gen_http_response(s, &v->answer, out, sizeof(out)));
	c.hook = NULL;
	gen_conn_close(&c, v->answer.close ? GEN_SERVER : GEN_CLIENT);
	m->asked++;
	m->hit += v->hook != NULL;
	gen_sim_advance(s, s->t + gen_rng_range(&s->rng, 20, 200) * MS);
}

static void
genuine(struct many *m, uint32_t k)
{
	char body[2048];
	struct visit v = { .k = k, .path = "/js/site.js" };

	v.answer.text = own_script(m, k, body, sizeof(body));
	v.answer.type = "text/javascript";
	visit(m, &v);
}

static void
start(struct many *m, struct gen_sim *s, const char *kind, const char *verdict)
{
	struct gen_plant p = { .kind = kind, .verdict = verdict, .name = s->episode };

	memset(m, 0, sizeof(*m));
	m->s = s;
	s->class = "inject-many";
	for (uint32_t i = 0; i < HOSTS; i++) {
		m->server[i] = *gen_host_server(s, i * 5, false);
		m->bodies[i] = (uint32_t)gen_rng_next(&s->rng) >> 1;
	}
	for (uint32_t i = 0; i < 16; i++)
		m->client[i] = *gen_host_client(s, i, false);
	if (!gen_pack(inert, m->forged, sizeof(m->forged)))
		s->failed = true;
	p.from = s->t;
	(void)gen_story_plant(&s->story, &p);
	m->plant = gen_story_at(&s->story, s->story.n);
}

static void
finish(struct many *m)
{
	gen_sim_advance(m->s, m->s->t + 5 * (int64_t)GEN_SEC);
	m->plant->to = m->s->t;
	gen_json_number(&m->plant->more, "answers", m->asked);
	gen_json_number(&m->plant->more, "same_body", m->hit);
}

static uint32_t
rounds(const struct many *m)
{
	return m->s->o.connections;
}

static void
run_script(struct gen_sim *s)
{
	struct many m;

	start(&m, s, "injection", "forged");
	for (uint32_t i = 0; i < rounds(&m); i++) {
		struct visit v = { .k = gen_rng_below(&s->rng, HOSTS),
			.path = "/js/site.js",
			.hook = mark_forged };

		if (!gen_rng_chance(&s->rng, 1, 8)) {
			genuine(&m, v.k);
			continue;
		}
		v.answer = (struct gen_http) {
			.text = m.forged, .type = "text/javascript", .server = "nginx"
		};
		visit(&m, &v);
	}
	finish(&m);
}

static void
run_redirect(struct gen_sim *s)
{
	struct many m;

	start(&m, s, "injection", "forged");
	for (uint32_t i = 0; i < rounds(&m); i++) {
		struct visit v = { .k = gen_rng_below(&s->rng, HOSTS),
			.path = "/js/site.js",
			.hook = mark_forged };

		if (!gen_rng_chance(&s->rng, 1, 8)) {
			genuine(&m, v.k);
			continue;
		}
		v.answer = (struct gen_http) { .text = "",
			.status = 302,
			.server = "nginx",
			.location = "http://elsewhere.example/update.exe",
			.close = true };
		visit(&m, &v);
	}
	finish(&m);
}

/* The library of the year, on every second site. */
static void
run_library(struct gen_sim *s)
{
	struct many m;
	const size_t size = 30001;
	char *body = calloc(1, size);

	start(&m, s, "look-alike", "benign");
	s->failed |= body == NULL;
	if (body != NULL) {
		int n =
		    snprintf(body, size, "/*! library v3.7.1 | (c) its authors | example.org */\n");

		memcpy(body + n, s->pool + 4711, size - 1 - (size_t)n);
	}
	for (uint32_t i = 0; i < rounds(&m) && body != NULL; i++) {
		struct visit v = { .k = gen_rng_below(&s->rng, HOSTS),
			.path = "/js/library-3.7.1.min.js",
			.hook = mark_trap };

		if (gen_rng_chance(&s->rng, 1, 2)) {
			genuine(&m, v.k);
			continue;
		}
		v.answer = (struct gen_http) { .text = body, .type = "text/javascript" };
		visit(&m, &v);
	}
	finish(&m);
	free(body);
}

/* A gateway answers for everybody until its terms are accepted: it is every server, and near. */
static void
run_portal(struct gen_sim *s)
{
	struct many m;

	start(&m, s, "look-alike", "benign");
	for (uint32_t i = 0; i < HOSTS; i++) {
		m.server[i].stack = gen_stack_get(GEN_LINUX_OLD);
		m.server[i].hops = 0;
		m.server[i].owd = 300 * (int64_t)GEN_US;
	}
	for (uint32_t i = 0; i < rounds(&m) / 2; i++) {
		struct visit v = {
			.k = gen_rng_below(&s->rng, HOSTS), .path = "/", .hook = mark_trap
		};

		v.answer = (struct gen_http) { .text = "",
			.status = 302,
			.server = "gateway",
			.location = "http://login.portal.example/?from=here",
			.close = true };
		visit(&m, &v);
	}
	finish(&m);
}

/* One name, several addresses, one file. */
static void
run_cdn(struct gen_sim *s)
{
	struct many m;
	char body[2048];

	start(&m, s, "look-alike", "benign");
	(void)own_script(&m, 0, body, sizeof(body));
	for (uint32_t i = 0; i < rounds(&m); i++) {
		struct visit v = { .k = 0, .path = "/js/site.js", .hook = mark_trap };

		m.server[0] = m.server[1 + i % 6];
		v.answer =
		    (struct gen_http) { .text = body, .type = "text/javascript", .server = "edge" };
		visit(&m, &v);
		gen_sim_advance(
		    s, s->t + 2 * (int64_t)GEN_SEC); /* its counters are lent, not shared */
		m.server[1 + i % 6] = m.server[0];
	}
	finish(&m);
}

const struct gen_episode gen_inject_episodes[] = {
	{ "inject-many", "script", run_script,
	    "one script in the answers of many servers, in their own manner" },
	{ "inject-many", "redirect", run_redirect, "one 302, likewise" },
	{ "inject-many", "library", run_library, "one library on many sites; genuine" },
	{ "inject-many", "portal", run_portal,
	    "a gateway that answers for everybody; no forgery of others' traffic" },
	{ "inject-many", "cdn", run_cdn, "one name with several addresses; genuine" },
	{ NULL, NULL, NULL, NULL },
};
