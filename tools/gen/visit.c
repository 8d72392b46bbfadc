/* People who look at pages: what they ask, how a site under load answers. */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS ((int64_t)GEN_MS)
#define SEC ((int64_t)GEN_SEC)

static const char *const agents[] = {
	("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
	 "Chrome/120.0.0.0 Safari/537.36"),
	("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
	 "Chrome/119.0.0.0 Safari/537.36 Edg/119.0.0.0"),
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:121.0) Gecko/20100101 Firefox/121.0",
	"Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0",
	("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
	 "Version/17.2 Safari/605.1.15"),
	("Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
	 "Gecko) Version/17.2 Mobile/15E148 Safari/604.1"),
	("Mozilla/5.0 (Linux; Android 13; SM-A536B) AppleWebKit/537.36 (KHTML, like Gecko) "
	 "Chrome/120.0.0.0 Mobile Safari/537.36"),
	("Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko"),
};

const char *
gen_agent(uint32_t n)
{
	return agents[n * 2654435761u >> 29];
}

bool
gen_visit_open(struct gen_world *w, struct gen_conn *c, uint32_t tries)
{
	struct gen_sim *s = w->s;

	for (uint32_t i = 0; i < tries; i++) {
		uint32_t level = gen_load_at(&w->site.load, c->now);
		struct gen_seg seg;

		if (!gen_rng_chance(&s->rng, level * w->site.load.syn_lost / 1000, 1000)) {
			gen_conn_handshake(c);
			return true;
		}
		seg = gen_conn_next(c, GEN_CLIENT, GEN_SYN);
		seg.syn_opts = true;
		seg.ts = c->e[GEN_CLIENT].host->stack->ts;
		gen_conn_put(&seg);
		c->now += SEC << i;
	}
	return false;
}

static size_t
capped(int n, size_t size)
{
	if (n < 0)
		return 0;
	return (size_t)n < size ? (size_t)n : size - 1;
}

static size_t
add_field(char *out, size_t size, size_t at, const char *name, const char *value)
{
	if (value == NULL)
		return at;
	return at + capped(snprintf(out + at, size - at, "%s: %s\r\n", name, value), size - at);
}

size_t
gen_ask_write(char *out, size_t size, const struct gen_ask *a)
{
	size_t n = capped(snprintf(out, size, "%s %s HTTP/1.1\r\nHost: %s\r\n",
			      a->method == NULL ? "GET" : a->method, a->target, a->host),
	    size);

	n = add_field(out, size, n, "User-Agent", a->agent);
	n = add_field(out, size, n, "Accept", a->accept == NULL ? "*/*" : a->accept);
	n = add_field(out, size, n, "Accept-Language", a->agent == NULL ? NULL : "en-US,en;q=0.5");
	n = add_field(out, size, n, "Referer", a->referer);
	n = add_field(out, size, n, "Cookie", a->cookie);
	n = add_field(out, size, n, "Connection", a->close ? "close" : "keep-alive");
	return n + capped(snprintf(out + n, size - n, "\r\n"), size - n);
}

/* Waits for the server, then its answer. */
static void
answer(struct gen_world *w, struct gen_conn *c, const struct gen_ask *a, struct gen_asked *got)
{
	static const char busy[] = "<html><body><h1>503 Service Unavailable</h1></body></html>\n";
	struct gen_sim *s = w->s;
	struct gen_http h = { .body = a->body,
		.type = a->type,
		.status = got->status,
		.set_cookie = a->set_cookie,
		.server = "nginx",
		.close = a->close };
	size_t size = a->body + 2048;
	char *out;

	if (got->status == 503) {
		h = (struct gen_http) {
			.text = busy, .status = 503, .server = "nginx", .close = a->close
		};
		size = 2048;
	}
	out = malloc(size);
	if (out == NULL) {
		s->failed = true;
		return;
	}
	got->bytes = h.text != NULL ? sizeof(busy) - 1 : a->body;
	gen_conn_send(c, GEN_SERVER, out, gen_http_response(s, &h, out, size));
	free(out);
}

/* For the story: what lies outside of the capture does not count. */
static void
count_ask(struct gen_world *w, const struct gen_conn *c, const struct gen_asked *got)
{
	struct gen_sim *s = w->s;
	struct gen_plant *p;

	if (c->plant[GEN_CLIENT] == 0 || got->t < s->since || (s->until != 0 && got->t >= s->until))
		return;
	p = gen_story_at(&s->story, c->plant[GEN_CLIENT]);
	p->requests++;
	p->answered += got->status != 0;
}

struct gen_asked
gen_visit_ask(struct gen_world *w, struct gen_conn *c, const struct gen_ask *a)
{
	struct gen_sim *s = w->s;
	uint32_t level = gen_load_at(&w->site.load, c->now);
	struct gen_asked got = { .status = 200, .t = c->now };
	char head[2048];

	gen_conn_send(c, GEN_CLIENT, head, gen_ask_write(head, sizeof(head), a));
	got.took = gen_rng_range(&s->rng, 2000, 30000) * (int64_t)GEN_US;
	if (level > 0)
		got.took +=
		    w->site.load.slower / 1000 * level / 1000 * gen_rng_range(&s->rng, 500, 1500);
	if (gen_rng_chance(&s->rng, level * w->site.load.silent / 1000, 1000)) {
		got.status = 0;
		got.took = gen_rng_range(&s->rng, 5000, 15000) * MS;
		c->now += got.took;
		gen_conn_reset(c, GEN_CLIENT);
	} else {
		if (gen_rng_chance(&s->rng, level * w->site.load.errors / 1000, 1000))
			got.status = 503;
		c->now += got.took;
		answer(w, c, a, &got);
	}
	if (w->asked != NULL)
		w->asked(w, c, a, &got);
	count_ask(w, c, &got);
	return got;
}

static void
draw_visitor(struct gen_world *w, struct gen_visitor *v)
{
	static const char *const referers[] = { NULL, NULL, "https://search.example/",
		"https://search.example/", "https://links.example.net/" };
	struct gen_sim *s = w->s;
	bool again = v->again;

	*v = (struct gen_visitor) { .again = again, .seed = (uint32_t)gen_rng_next(&s->rng) };
	v->host = gen_host_far(s, w->next_client++, w->site.host.addr.v6);
	v->pages = gen_rng_range(&s->rng, 1, 6);
	v->referer = referers[gen_rng_below(&s->rng, 5)];
	v->known = gen_rng_chance(&s->rng, 1, 2);
	v->think_ms = 8000;
}

struct view {
	struct gen_visitor *v;
	struct gen_conn c;
	char page[64], referer[128], cookie[48];
	bool ok;
};

static void
choose_page(struct gen_world *w, struct view *x)
{
	static const char *const kinds[] = { "news", "articles", "about", "photos" };
	struct gen_visitor *v = x->v;
	uint32_t n = gen_rng_below(&w->s->rng, 40);

	if (v->last[0] == '\0' && v->landing != NULL)
		snprintf(x->page, sizeof(x->page), "%s", v->landing);
	else if (n < 8)
		snprintf(x->page, sizeof(x->page), "/");
	else
		snprintf(x->page, sizeof(x->page), "/%s/%u", kinds[n % 4], n);
	if (v->last[0] != '\0')
		snprintf(x->referer, sizeof(x->referer), "http://%s%s", w->site.name, v->last);
	else if (v->referer != NULL)
		snprintf(x->referer, sizeof(x->referer), "%s", v->referer);
	snprintf(x->cookie, sizeof(x->cookie), "sid=%08x%08x", v->seed, v->seed * 2654435761u);
}

/* What belongs to a page; what a known visitor has in its cache it does not ask for. */
static void
ask_parts(struct gen_world *w, struct view *x)
{
	static const struct {
		const char *target, *type, *accept;
	} parts[] = { { "/static/site.css", "text/css", "text/css,*/*;q=0.1" },
		{ "/static/app.js", "text/javascript", "*/*" },
		{ "/img/logo.png", "image/png", "image/avif,image/webp,*/*" },
		{ NULL, "image/jpeg", "image/avif,image/webp,*/*" } };
	struct gen_sim *s = w->s;
	char here[128], photo[64];
	struct gen_ask a = { .host = w->site.name,
		.agent = gen_agent(x->v->seed),
		.referer = here,
		.cookie = x->cookie };

	snprintf(here, sizeof(here), "http://%s%s", w->site.name, x->page);
	for (uint32_t i = x->v->last[0] != '\0' ? 3 : 0; i < 5 && x->ok; i++) {
		uint32_t k = i < 3 ? i : 3;

		snprintf(photo, sizeof(photo), "/img/photo-%u.jpg", gen_rng_below(&s->rng, 60));
		a.target = k == 3 ? photo : parts[k].target;
		a.type = parts[k].type;
		a.accept = parts[k].accept;
		a.body = gen_rng_range(&s->rng, 800, k == 3 ? 24000 : 6000);
		x->ok = gen_visit_ask(w, &x->c, &a).status != 0;
	}
}

static void
look(struct gen_world *w, struct view *x)
{
	struct gen_sim *s = w->s;
	struct gen_visitor *v = x->v;
	struct gen_ask a = { .host = w->site.name,
		.target = x->page,
		.agent = gen_agent(v->seed),
		.referer = x->referer[0] == '\0' ? NULL : x->referer,
		.cookie = v->known ? x->cookie : NULL,
		.set_cookie = v->known ? NULL : x->cookie,
		.accept = "text/html,application/xhtml+xml,*/*;q=0.8",
		.body = gen_rng_range(&s->rng, 3000, 14000) };

	x->ok = gen_visit_open(w, &x->c, 3);
	if (!x->ok)
		return;
	x->ok = gen_visit_ask(w, &x->c, &a).status != 0;
	v->known = v->known || x->ok;
	if (x->ok)
		ask_parts(w, x);
	if (!x->ok)
		return;
	snprintf(v->last, sizeof(v->last), "%s", x->page);
	gen_conn_wait(&x->c, gen_rng_range(&s->rng, 1000, 5000) * MS);
	gen_conn_close(&x->c, gen_rng_chance(&s->rng, 1, 2) ? GEN_CLIENT : GEN_SERVER);
}

static void
view_page(struct gen_world *w, void *who)
{
	struct gen_sim *s = w->s;
	struct view x = { .v = who };
	int64_t think;

	if (x.v->pages == 0) /* only now: with its last packets the one before counts as it did */
		draw_visitor(w, x.v);
	think = gen_rng_range(&s->rng, 200, 1800) * x.v->think_ms * (int64_t)GEN_US;
	gen_conn_start(&x.c, s, &x.v->host, &w->site.host, w->site.port);
	x.c.plant[GEN_CLIENT] = x.v->plant;
	choose_page(w, &x);
	look(w, &x);
	x.v->pages--;
	if ((x.v->pages > 0 || x.v->again) && x.c.now + think < w->end)
		gen_agenda_add(&w->agenda, x.c.now + think, view_page, x.v);
}

void
gen_visitor_come(struct gen_world *w, struct gen_visitor *v, int64_t t)
{
	gen_agenda_add(&w->agenda, t, view_page, v);
}
