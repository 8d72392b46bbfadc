/* HTTP/1.1 heads and bodies, and records that look like TLS. */
#include "web.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const agents[] = {
	("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
	 "Chrome/120.0.0.0 Safari/537.36"),
	"Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0",
	("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
	 "Version/17.2 Safari/605.1.15"),
	"curl/7.88.1",
};

static const char *const servers[] = { "nginx", "Apache/2.4.57 (Debian)", "nginx/1.22.1",
	"openresty" };

static size_t
capped(int n, size_t size)
{
	if (n < 0)
		return 0;
	return (size_t)n < size ? (size_t)n : size - 1;
}

size_t
gen_http_request(struct gen_sim *s, const struct gen_http *h, char *out, size_t size)
{
	const char *agent = agents[gen_rng_below(&s->rng, 4)];
	int n = snprintf(out, size,
	    "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: %s\r\nAccept: */*\r\n"
	    "Accept-Language: en-US,en;q=0.5\r\nAccept-Encoding: identity\r\nConnection: "
	    "%s\r\n\r\n",
	    h->path, h->host, agent, h->close ? "close" : "keep-alive");

	return capped(n, size);
}

static size_t
date_text(struct gen_sim *s, char *out, size_t size)
{
	time_t t = (time_t)(s->t / GEN_SEC);
	struct tm tm;

	gmtime_r(&t, &tm);
	return strftime(out, size, "%a, %d %b %Y %H:%M:%S GMT", &tm);
}

static const char *
reason(uint16_t status)
{
	switch (status) {
	case 301:
		return "Moved Permanently";
	case 302:
		return "Found";
	case 304:
		return "Not Modified";
	case 307:
		return "Temporary Redirect";
	case 403:
		return "Forbidden";
	case 404:
		return "Not Found";
	case 503:
		return "Service Unavailable";
	default:
		return "OK";
	}
}

size_t
gen_http_response(struct gen_sim *s, const struct gen_http *h, char *out, size_t size)
{
	uint16_t status = h->status == 0 ? 200 : h->status;
	size_t body = h->text != NULL ? strlen(h->text) : h->body;
	char date[64];
	size_t at, room;

	date_text(s, date, sizeof(date));
	at = capped(
	    snprintf(out, size,
		"HTTP/1.1 %u %s\r\nServer: %s\r\nDate: %s\r\nContent-Type: %s\r\n"
		"Content-Length: %zu\r\nETag: \"%08x-%zx\"\r\n%s%s%s%s%s%sConnection: %s\r\n\r\n",
		(unsigned)status, reason(status),
		h->server != NULL ? h->server : servers[gen_rng_below(&s->rng, 4)], date,
		h->type == NULL ? "text/html; charset=utf-8" : h->type, body,
		(unsigned)(gen_rng_next(&s->rng) >> 32), body,
		h->location == NULL ? "" : "Location: ", h->location == NULL ? "" : h->location,
		h->location == NULL ? "" : "\r\n", h->set_cookie == NULL ? "" : "Set-Cookie: ",
		h->set_cookie == NULL ? "" : h->set_cookie,
		h->set_cookie == NULL ? "" : "; Path=/\r\n", h->close ? "close" : "keep-alive"),
	    size);
	if (h->text != NULL)
		return at + capped(snprintf(out + at, size - at, "%s", h->text), size - at);
	while (body > 0 && at < size) {
		uint32_t from = gen_rng_below(&s->rng, GEN_POOL / 2);

		room = GEN_POOL / 2 < body ? GEN_POOL / 2 : body;
		room = room < size - at ? room : size - at;
		memcpy(out + at, s->pool + from, room);
		at += room;
		body -= room;
	}
	return at;
}

void
gen_http_ask(struct gen_conn *c, const struct gen_http *h)
{
	char head[1400];
	size_t n = gen_http_request(c->sim, h, head, sizeof(head));

	gen_conn_send(c, GEN_CLIENT, head, n);
}

void
gen_http_reply(struct gen_conn *c, const struct gen_http *h)
{
	size_t size = h->body + 2048 + (h->text == NULL ? 0 : strlen(h->text));
	char *out = malloc(size);

	if (out == NULL) {
		c->sim->failed = true;
		return;
	}
	gen_conn_wait(c, gen_rng_range(&c->sim->rng, 200, 9000) * (int64_t)GEN_US);
	gen_conn_send(c, GEN_SERVER, out, gen_http_response(c->sim, h, out, size));
	free(out);
}

void
gen_http_exchange(struct gen_conn *c, const struct gen_http *h)
{
	gen_http_ask(c, h);
	gen_http_reply(c, h);
}

static size_t
tls_record(uint8_t *out, uint8_t type, uint8_t minor, size_t len)
{
	out[0] = type;
	out[1] = 3;
	out[2] = minor;
	cm_put16(out + 3, (uint16_t)len);
	return 5;
}

static size_t
put_bytes(uint8_t *out, const void *p, size_t len)
{
	memcpy(out, p, len);
	return len;
}

/* Version, random, session; then what the client offers, padded, or what the server takes. */
static size_t
hello_body(struct gen_rng *r, enum gen_side from, uint8_t *out, size_t pad)
{
	static const uint8_t offer[] = { 0, 4, 0x13, 0x01, 0x13, 0x02, 1, 0 };
	static const uint8_t name[] = { 0, 0, 0, 20, 0, 18, 0, 0, 15, 'w', 'w', 'w', '.', 'e', 'x',
		'a', 'm', 'p', 'l', 'e', '.', 'n', 'e', 't' };
	static const uint8_t taken[] = { 0x13, 0x01, 0, 0, 46, 0, 0x2b, 0, 2, 3, 4, 0, 0x33, 0,
		0x24, 0, 0x1d, 0, 0x20 };
	size_t at = 0;

	cm_put16(out, 0x0303);
	gen_rng_fill(r, out + 2, 32);
	out[34] = 32;
	gen_rng_fill(r, out + 35, 32);
	at = 67;
	if (from == GEN_SERVER) {
		at += put_bytes(out + at, taken, sizeof(taken));
		gen_rng_fill(r, out + at, 32);
		return at + 32;
	}
	at += put_bytes(out + at, offer, sizeof(offer));
	cm_put16(out + at, (uint16_t)(sizeof(name) + 4 + pad));
	at += 2;
	at += put_bytes(out + at, name, sizeof(name));
	cm_put16(out + at, 21); /* padding, RFC 7685 */
	cm_put16(out + at + 2, (uint16_t)pad);
	memset(out + at + 4, 0, pad);
	return at + 4 + pad;
}

static void
tls_hello(struct gen_conn *c, enum gen_side from, size_t pad)
{
	uint8_t out[1024];
	size_t len = hello_body(&c->sim->rng, from, out + 9, pad);

	tls_record(out, 22, from == GEN_CLIENT ? 1 : 3, len + 4);
	out[5] = from == GEN_CLIENT ? 1 : 2;
	out[6] = 0;
	cm_put16(out + 7, (uint16_t)len);
	gen_conn_send(c, from, out, len + 9);
}

static void
tls_data(struct gen_conn *c, enum gen_side from, size_t len)
{
	uint8_t *out = malloc(len + 5);

	if (out == NULL) {
		c->sim->failed = true;
		return;
	}
	gen_rng_fill(&c->sim->rng, out, len + 5);
	tls_record(out, 23, 3, len);
	gen_conn_send(c, from, out, len + 5);
	free(out);
}

void
gen_tls_session(struct gen_conn *c, size_t bytes)
{
	tls_hello(c, GEN_CLIENT, gen_rng_range(&c->sim->rng, 150, 500));
	gen_conn_wait(c, 2 * GEN_MS);
	tls_hello(c, GEN_SERVER, 0);
	tls_data(c, GEN_CLIENT, gen_rng_range(&c->sim->rng, 60, 400));
	while (bytes > 0) {
		size_t n = bytes < 16000 ? bytes : 16000;

		gen_conn_wait(c, GEN_MS);
		tls_data(c, GEN_SERVER, n);
		bytes -= n;
	}
}

void
gen_ordinary(struct gen_sim *s, struct gen_host *client, struct gen_host *server)
{
	struct gen_conn c;
	struct gen_http h = { .host = "www.example.net",
		.path = "/index.html",
		.body = gen_rng_range(&s->rng, 200, 1800) };

	gen_conn_start(&c, s, client, server, 80);
	gen_conn_handshake(&c);
	gen_http_exchange(&c, &h);
	if (gen_rng_chance(&s->rng, 1, 3)) {
		h.path = "/style.css";
		h.type = "text/css";
		gen_conn_wait(&c, 3 * GEN_MS);
		gen_http_exchange(&c, &h);
	}
	gen_conn_close(&c, gen_rng_chance(&s->rng, 1, 2) ? GEN_CLIENT : GEN_SERVER);
	gen_sim_advance(s, s->t + gen_rng_range(&s->rng, 15, 60) * (int64_t)GEN_MS);
}
