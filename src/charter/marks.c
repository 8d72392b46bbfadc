#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "charter/marks.h"

const char *const cm_tlp_word[CM_TLP_N] = { "clear", "green", "amber", "amber+strict", "red" };
const char *const cm_pap_word[CM_PAP_N] = { "clear", "green", "amber", "red" };

struct reading {
	struct cm_span rest; /* of the line */
	size_t line;
	struct cm_arena *arena;
	struct cm_err *err;
	struct cm_mark_exhibit *exhibit;
	struct cm_mark_prefix *prefix;
	struct cm_mark_name *name;
	struct cm_mark_rows *exploit;
	struct cm_marks out;
};

static CM_RESULT
find_word(const char *const *words, int n, const char *word, int *out)
{
	for (int i = 0; i < n; i++) {
		if (strcmp(words[i], word) != 0)
			continue;
		*out = i;
		return CM_OK;
	}
	return CM_E_NOTFOUND;
}

CM_RESULT
cm_tlp_of(const char *word, enum cm_tlp *out)
{
	int i = 0;
	enum cm_result rc = find_word(cm_tlp_word, CM_TLP_N, word, &i);

	if (rc == CM_OK)
		*out = (enum cm_tlp)i;
	return rc;
}

CM_RESULT
cm_pap_of(const char *word, enum cm_pap *out)
{
	int i = 0;
	enum cm_result rc = find_word(cm_pap_word, CM_PAP_N, word, &i);

	if (rc == CM_OK)
		*out = (enum cm_pap)i;
	return rc;
}

static CM_RESULT
expected(struct reading *r, const char *what)
{
	return cm_err_set(r->err, CM_E_MALFORMED, "line %zu: expected %s", r->line, what);
}

static CM_RESULT
no_memory(struct reading *r)
{
	return cm_err_set(r->err, CM_E_NOMEM, "no memory for the marks");
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void
skip_blanks(struct reading *r)
{
	while (r->rest.len > 0 && is_blank(r->rest.ptr[0]))
		r->rest = cm_span_part(r->rest, 1, r->rest.len);
	if (r->rest.len > 0 && r->rest.ptr[0] == '#')
		r->rest.len = 0;
}

/* The next word of the line into ${out}; empty at its end.  False: it is longer than that. */
static bool
next_word(struct reading *r, char *out, size_t cap)
{
	size_t n = 0;

	skip_blanks(r);
	while (n < r->rest.len && !is_blank(r->rest.ptr[n]))
		n++;
	if (n >= cap)
		return false;
	memcpy(out, r->rest.ptr == NULL ? (const uint8_t *)"" : r->rest.ptr, n);
	out[n] = 0;
	r->rest = cm_span_part(r->rest, n, r->rest.len);
	return true;
}

/* Digits and nothing else. */
static bool
read_number(const char *text, const char **end, uint64_t *out)
{
	uint64_t n = 0;

	*end = text;
	for (; **end >= '0' && **end <= '9'; (*end)++) {
		if (n > (UINT64_C(1) << 48))
			return false;
		n = 10 * n + (uint64_t)(**end - '0');
	}
	*out = n;
	return *end != text;
}

static struct cm_mark_exhibit
cautious(uint64_t id)
{
	return (struct cm_mark_exhibit) { .id = id, .tlp = CM_TLP_AMBER_STRICT, .pap = CM_PAP_AMBER };
}

static struct cm_mark_exhibit *
exhibit_of(struct reading *r, uint64_t id)
{
	size_t i;

	for (i = 0; i < r->out.n_exhibits && r->exhibit[i].id != id; i++)
		;
	if (i == r->out.n_exhibits) {
		r->exhibit[i] = cautious(id);
		r->out.n_exhibits++;
	}
	return &r->exhibit[i];
}

static CM_RESULT
read_type(struct reading *r, struct cm_mark_exhibit *x)
{
	char word[16];

	if (!next_word(r, word, sizeof(word)) || word[0] == 0)
		return expected(r, "a type of evidence, like N1");
	x->type = cm_arena_printf(r->arena, "%s", word);
	return x->type != NULL ? CM_OK : no_memory(r);
}

static CM_RESULT
read_tlp(struct reading *r, struct cm_mark_exhibit *x)
{
	char word[16];

	if (!next_word(r, word, sizeof(word)) || cm_tlp_of(word, &x->tlp) != CM_OK)
		return expected(r, "tlp clear, green, amber, amber+strict or red");
	return CM_OK;
}

static CM_RESULT
read_pap(struct reading *r, struct cm_mark_exhibit *x)
{
	char word[16];

	if (!next_word(r, word, sizeof(word)) || cm_pap_of(word, &x->pap) != CM_OK)
		return expected(r, "pap clear, green, amber or red");
	return CM_OK;
}

/* "rows 10-40", "no", or nothing: all of it. */
static CM_RESULT
read_exploit(struct reading *r, struct cm_mark_exhibit *x)
{
	struct cm_mark_rows rows = { x->id, 0, UINT64_MAX };
	char word[48];
	const char *end;

	if (!next_word(r, word, sizeof(word)))
		return expected(r, "exploit, exploit no, or exploit rows 10-40");
	if (strcmp(word, "no") == 0) {
		x->harmless = true;
		return CM_OK;
	}
	if (strcmp(word, "rows") == 0) {
		if (!next_word(r, word, sizeof(word)) || !read_number(word, &end, &rows.from))
			return expected(r, "rows like 10-40");
		rows.to = rows.from;
		if (*end == '-' && !read_number(end + 1, &end, &rows.to))
			return expected(r, "rows like 10-40");
		if (*end != 0 || rows.to < rows.from)
			return expected(r, "rows like 10-40");
		rows.to++;
	} else if (word[0] != 0) {
		return expected(r, "exploit, exploit no, or exploit rows 10-40");
	}
	r->exploit[r->out.n_exploits++] = rows;
	return CM_OK;
}

static CM_RESULT
read_exhibit(struct reading *r)
{
	struct cm_mark_exhibit *x;
	char word[32];
	const char *end;
	uint64_t id;
	enum cm_result rc = CM_OK;

	if (!next_word(r, word, sizeof(word)) || !read_number(word, &end, &id) || *end != 0 || id == 0)
		return expected(r, "the number of an exhibit");
	x = exhibit_of(r, id);
	while (rc == CM_OK) {
		if (!next_word(r, word, sizeof(word)))
			return expected(r, "type, tlp, pap or exploit");
		if (word[0] == 0)
			return CM_OK;
		if (strcmp(word, "type") == 0)
			rc = read_type(r, x);
		else if (strcmp(word, "tlp") == 0)
			rc = read_tlp(r, x);
		else if (strcmp(word, "pap") == 0)
			rc = read_pap(r, x);
		else if (strcmp(word, "exploit") == 0)
			rc = read_exploit(r, x);
		else
			return expected(r, "type, tlp, pap or exploit");
	}
	return rc;
}

static CM_RESULT
read_prefix(struct reading *r, enum cm_mark_who who)
{
	struct cm_mark_prefix p = { .who = who };
	char word[64], *slash;
	const char *end;
	uint64_t bits;
	unsigned i;

	if (!next_word(r, word, sizeof(word)))
		return expected(r, "an address or a prefix");
	slash = strchr(word, '/');
	if (slash != NULL)
		*slash = 0;
	if (inet_pton(AF_INET, word, p.addr) == 1)
		p.len = 4;
	else if (inet_pton(AF_INET6, word, p.addr) == 1)
		p.len = 16;
	else
		return expected(r, who == CM_MARK_VICTIM ? "an address, a prefix, or a name in quotes" :
							   "an address or a prefix");
	bits = 8u * p.len;
	if (slash != NULL && (!read_number(slash + 1, &end, &bits) || *end != 0 || bits > 8u * p.len))
		return expected(r, "the length of a prefix");
	if (bits < (p.len == 4 ? CM_MARKS_BITS_MIN : 2 * CM_MARKS_BITS_MIN))
		return expected(r, "a prefix of at least 16 bits (IPv6: 32), since a wider one is found by chance everywhere");
	p.bits = (uint8_t)bits;
	for (i = p.bits; i < 8u * p.len; i++)
		p.addr[i / 8] &= (uint8_t)~(0x80u >> i % 8);
	r->prefix[r->out.n_prefixes++] = p;
	return CM_OK;
}

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

static CM_RESULT
read_name(struct reading *r)
{
	struct cm_span text;
	size_t n, i;
	char *name;

	for (n = 1; n < r->rest.len && r->rest.ptr[n] != '"'; n++)
		if (r->rest.ptr[n] < ' ' || r->rest.ptr[n] == 0x7f)
			return expected(r, "a name in quotes");
	if (n >= r->rest.len)
		return expected(r, "the quote that ends the name");
	text = cm_span_part(r->rest, 1, n - 1);
	r->rest = cm_span_part(r->rest, n + 1, r->rest.len);
	if (text.len > 0 && text.ptr[text.len - 1] == '.')
		text.len--;
	if (text.len < CM_MARKS_NAME_MIN || text.len > CM_MARKS_NAME_MAX)
		return expected(r, "a name of 4 to 253 bytes: a shorter one is found everywhere");
	name = cm_arena_alloc(r->arena, text.len + 1);
	if (name == NULL)
		return no_memory(r);
	for (i = 0; i < text.len; i++)
		name[i] = (char)lower(text.ptr[i]);
	name[text.len] = 0;
	r->name[r->out.n_names++] = (struct cm_mark_name) { name, text.len };
	return CM_OK;
}

static CM_RESULT
read_line(struct reading *r)
{
	char word[16];
	enum cm_result rc;

	if (!next_word(r, word, sizeof(word)))
		return expected(r, "exhibit, victim, own or known");
	if (word[0] == 0)
		return CM_OK;
	if (strcmp(word, "exhibit") == 0)
		return read_exhibit(r);
	skip_blanks(r);
	if (strcmp(word, "victim") == 0)
		rc = r->rest.len > 0 && r->rest.ptr[0] == '"' ? read_name(r) : read_prefix(r, CM_MARK_VICTIM);
	else if (strcmp(word, "own") == 0)
		rc = read_prefix(r, CM_MARK_OWN);
	else if (strcmp(word, "known") == 0)
		rc = read_prefix(r, CM_MARK_KNOWN);
	else
		return expected(r, "exhibit, victim, own or known");
	if (rc != CM_OK)
		return rc;
	skip_blanks(r);
	return r->rest.len == 0 ? CM_OK : expected(r, "nothing more in this line");
}

static CM_RESULT
begin(struct reading *r)
{
	r->exhibit = cm_arena_array(r->arena, CM_MARKS_MAX, sizeof(r->exhibit[0]));
	r->prefix = cm_arena_array(r->arena, CM_MARKS_MAX, sizeof(r->prefix[0]));
	r->name = cm_arena_array(r->arena, CM_MARKS_MAX, sizeof(r->name[0]));
	/* a line may say it several times: "exploit rows 1 exploit rows 2" */
	r->exploit = cm_arena_array(r->arena, CM_MARKS_MAX, sizeof(r->exploit[0]));
	return r->exhibit != NULL && r->prefix != NULL && r->name != NULL && r->exploit != NULL ? CM_OK : no_memory(r);
}

/* Every line adds at most one item of each kind, but for `exploit`. */
static bool
is_full(const struct reading *r)
{
	return r->out.n_exhibits == CM_MARKS_MAX || r->out.n_prefixes == CM_MARKS_MAX ||
	    r->out.n_names == CM_MARKS_MAX || r->out.n_exploits >= CM_MARKS_MAX / 2;
}

CM_RESULT
cm_marks_read(struct cm_span text, struct cm_arena *arena, struct cm_marks *out, struct cm_err *err)
{
	struct reading r = { .arena = arena, .err = err };
	enum cm_result rc;
	size_t at = 0, n;

	if (text.len > CM_MARKS_BYTES)
		return cm_err_set(err, CM_E_LIMIT, "more than a mebibyte of marks");
	rc = begin(&r);
	while (rc == CM_OK && at < text.len) {
		for (n = at; n < text.len && text.ptr[n] != '\n'; n++)
			;
		r.rest = cm_span_part(text, at, n - at);
		r.line++;
		if (r.rest.len > 4096 || is_full(&r))
			return cm_err_set(err, CM_E_LIMIT, "line %zu: more marks than are read", r.line);
		rc = read_line(&r);
		at = n + 1;
	}
	r.out.exhibit = r.exhibit;
	r.out.prefix = r.prefix;
	r.out.name = r.name;
	r.out.exploit = r.exploit;
	if (rc == CM_OK)
		*out = r.out;
	return rc;
}

struct cm_mark_exhibit
cm_marks_exhibit(const struct cm_marks *m, uint64_t id)
{
	for (size_t i = 0; i < m->n_exhibits; i++)
		if (m->exhibit[i].id == id)
			return m->exhibit[i];
	return cautious(id);
}

static bool
is_in(const struct cm_mark_prefix *p, struct cm_span addr)
{
	unsigned whole = p->bits / 8u, left = p->bits % 8u;

	if (addr.len != p->len || memcmp(addr.ptr, p->addr, whole) != 0)
		return false;
	return left == 0 || (uint8_t)(addr.ptr[whole] >> (8 - left)) == (uint8_t)(p->addr[whole] >> (8 - left));
}

bool
cm_marks_has(const struct cm_marks *m, enum cm_mark_who who, struct cm_span addr)
{
	for (size_t i = 0; i < m->n_prefixes; i++)
		if (m->prefix[i].who == who && is_in(&m->prefix[i], addr))
			return true;
	return false;
}

bool
cm_marks_exploit(const struct cm_marks *m, uint64_t exhibit, uint64_t row)
{
	for (size_t i = 0; i < m->n_exploits; i++)
		if (m->exploit[i].exhibit == exhibit && row >= m->exploit[i].from && row < m->exploit[i].to)
			return true;
	return false;
}

/* In packets DNS has the length of the label that follows where text has a dot. */
static bool
is_here(const struct cm_mark_name *n, const uint8_t *at)
{
	for (size_t i = 0; i < n->len; i++) {
		if (lower(at[i]) == (uint8_t)n->text[i])
			continue;
		if (n->text[i] != '.' || at[i] != strcspn(n->text + i + 1, "."))
			return false;
	}
	return true;
}

/* Its first letter may be upper or lower case: memchr looks for each. */
static bool
has_from(const struct cm_mark_name *n, struct cm_span value, uint8_t first)
{
	const uint8_t *at = value.ptr, *end = value.ptr + value.len;

	while ((size_t)(end - at) >= n->len) {
		at = memchr(at, first, (size_t)(end - at) - n->len + 1);
		if (at == NULL)
			return false;
		if (is_here(n, at))
			return true;
		at++;
	}
	return false;
}

static bool
is_in_value(const struct cm_mark_name *n, struct cm_span value)
{
	uint8_t first = (uint8_t)n->text[0];

	if (value.len < n->len)
		return false;
	return has_from(n, value, first) || (first >= 'a' && first <= 'z' && has_from(n, value, (uint8_t)(first - 32)));
}

bool
cm_marks_names(const struct cm_marks *m, struct cm_span value)
{
	for (size_t k = 0; k < m->n_names; k++)
		if (is_in_value(&m->name[k], value))
			return true;
	return false;
}
