/* Laws of the warning lists: the fast search finds what a look at every entry finds, of addresses and of names, in
 * whatever order lists and entries come. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "../gen.h"
#include "base/buf.h"
#include "warning/warning.h"

#define ENTRIES 200

/* ---- addresses ---- */

struct prefix {
	uint8_t addr[16];
	size_t len;
	unsigned bits;
};

/* Few different bits, so that prefixes nest and values hit. */
static struct prefix
made_prefix(struct gen *g)
{
	struct prefix p = { .len = gen_one_in(g, 2) ? 4 : 16 };

	for (size_t i = 0; i < p.len; i++)
		p.addr[i] = (uint8_t)(gen_below(g, 2) << gen_below(g, 8));
	p.addr[0] |= 0x20; /* not one of IPv4 within IPv6 */
	p.bits = 1 + (unsigned)gen_below(g, 8 * p.len);
	return p;
}

static bool
has(const struct prefix *p, const struct prefix *value)
{
	if (p->len != value->len)
		return false;
	for (unsigned b = 0; b < p->bits; b++)
		if (((p->addr[b / 8] ^ value->addr[b / 8]) >> (7 - b % 8) & 1) != 0)
			return false;
	return true;
}

static bool
check_addresses(struct gen *g, struct cm_warnings *w, struct cm_buf *json)
{
	struct prefix p[ENTRIES];
	size_t n = 1 + gen_upto(g, g->size % (ENTRIES - 1)), want;
	char text[INET6_ADDRSTRLEN];

	cm_buf_add_str(json, "{\"name\":\"a\",\"type\":\"cidr\",\"list\":[");
	for (size_t i = 0; i < n; i++) {
		p[i] = made_prefix(g);
		inet_ntop(p[i].len == 4 ? AF_INET : AF_INET6, p[i].addr, text, sizeof(text));
		cm_buf_printf(json, "%s\"%s/%u\"", i > 0 ? "," : "", text, p[i].bits);
	}
	cm_buf_add_str(json, "]}");
	if (cm_warnings_add(w, cm_buf_span(json), NULL) != CM_OK)
		return gen_fail(g, "it is not taken");
	cm_warnings_end(w);
	for (unsigned k = 0; k < 50; k++) {
		struct prefix value = gen_one_in(g, 3) ? p[gen_below(g, n)] : made_prefix(g);
		struct cm_warning_match m[ENTRIES];

		want = 0;
		for (size_t i = 0; i < n; i++)
			want += has(&p[i], &value);
		if (cm_warning_check_address(w, cm_span_of(value.addr, value.len), m, ENTRIES) != want)
			return gen_fail(g, "not %zu of %zu prefixes are found", want, n);
	}
	return true;
}

static bool
every_prefix_that_has_an_address_is_found(struct gen *g)
{
	struct cm_warnings *w = cm_warnings_new();
	struct cm_buf json = { 0 };
	bool ok = w != NULL && check_addresses(g, w, &json);

	cm_buf_release(&json);
	cm_warnings_free(w);
	return ok;
}

/* ---- names ---- */

enum type { HOSTNAME, STRING, SUBSTRING };
static const char *const type_word[] = { "hostname", "string", "substring" };

struct name {
	char text[24];
	enum type type;
};

/* Few letters and labels. */
static void
made_name(struct gen *g, char out[24])
{
	size_t n = 1 + gen_below(g, 4), at = 0;

	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(out + at, 24 - at, "%s%c%s", i > 0 ? "." : "", "abAB"[gen_below(g, 4)], gen_one_in(g, 3) ? "b" : "");
}

static bool
name_has(const struct name *x, const char *value)
{
	size_t len = strlen(value), part = strlen(x->text);

	if (x->type == SUBSTRING)
		return strcasestr(value, x->text) != NULL;
	if (strcasecmp(x->text, value) == 0)
		return true;
	return x->type == HOSTNAME && part + 1 <= len && value[len - part - 1] == '.' && strcasecmp(value + len - part, x->text) == 0;
}

static bool
add_names(struct gen *g, struct cm_warnings *w, struct name *x, size_t n, struct cm_buf *json)
{
	for (unsigned t = HOSTNAME; t <= SUBSTRING; t++) {
		bool any = false;

		cm_buf_clear(json);
		cm_buf_printf(json, "{\"name\":\"%u\",\"type\":\"%s\",\"list\":[", t, type_word[t]);
		for (size_t i = 0; i < n; i++) {
			if (x[i].type != (enum type)t)
				continue;
			cm_buf_printf(json, "%s\"%s\"", any ? "," : "", x[i].text);
			any = true;
		}
		cm_buf_add_str(json, "]}");
		if (cm_warnings_add(w, cm_buf_span(json), NULL) != CM_OK)
			return gen_fail(g, "it is not taken");
	}
	cm_warnings_end(w);
	return true;
}

static bool
check_names(struct gen *g, struct cm_warnings *w, struct cm_buf *json)
{
	struct name x[ENTRIES];
	size_t n = 1 + gen_upto(g, g->size % (ENTRIES - 1)), want;
	struct cm_warning_match m[ENTRIES];

	for (size_t i = 0; i < n; i++) {
		made_name(g, x[i].text);
		x[i].type = (enum type)gen_below(g, 3);
	}
	if (!add_names(g, w, x, n, json))
		return false;
	for (unsigned k = 0; k < 50; k++) {
		char value[24];

		made_name(g, value);
		want = 0;
		for (size_t i = 0; i < n; i++)
			want += name_has(&x[i], value);
		if (cm_warning_check_host(w, cm_span_str(value), m, ENTRIES) != want)
			return gen_fail(g, "of %s not %zu of %zu names are found", value, want, n);
	}
	return true;
}

static bool
every_name_that_matches_is_found(struct gen *g)
{
	struct cm_warnings *w = cm_warnings_new();
	struct cm_buf json = { 0 };
	bool ok = w != NULL && check_names(g, w, &json);

	cm_buf_release(&json);
	cm_warnings_free(w);
	return ok;
}

int
main(void)
{
	static const struct law laws[] = {
		{ "every prefix that has an address is found, and no other", every_prefix_that_has_an_address_is_found, 400, 199 },
		{ "every name that matches is found, and no other", every_name_that_matches_is_found, 400, 199 },
	};

	return laws_hold(laws, sizeof(laws) / sizeof(laws[0]));
}
