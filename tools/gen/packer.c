/* p,a,c,k,e,r, the other way round from what unpackers do. */
#include "cannon.h"

#include <stdio.h>
#include <string.h>

#define WORDS 512u

struct word {
	const char *at;
	size_t len;
	uint32_t count;
};

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

static size_t
word_len(const char *p)
{
	size_t n = 0;

	while (is_word(p[n]))
		n++;
	return n;
}

static size_t
find_word(const struct word *w, size_t n, const char *at, size_t len)
{
	size_t i = 0;

	while (i < n && (w[i].len != len || memcmp(w[i].at, at, len) != 0))
		i++;
	return i;
}

/* The words by how often they stand there, then by where first. */
static size_t
count_words(const char *source, struct word *w)
{
	size_t n = 0;

	for (const char *p = source; *p != '\0';) {
		size_t len = word_len(p), i;

		if (len == 0) {
			p++;
			continue;
		}
		i = find_word(w, n, p, len);
		if (i == WORDS)
			return 0;
		if (i == n)
			w[n++] = (struct word) { p, len, 0 };
		w[i].count++;
		p += len;
	}
	for (size_t i = 1; i < n; i++) {
		struct word x = w[i];
		size_t k = i;

		for (; k > 0 && w[k - 1].count < x.count; k--)
			w[k] = w[k - 1];
		w[k] = x;
	}
	return n;
}

static void
encode(size_t n, char out[4])
{
	static const char digits[] =
	    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t at = 0;

	if (n >= 62)
		out[at++] = digits[n / 62];
	out[at++] = digits[n % 62];
	out[at] = '\0';
}

static void
put_payload(struct cm_buf *b, const char *source, const struct word *w, size_t n)
{
	char code[4];

	for (const char *p = source; *p != '\0';) {
		size_t len = word_len(p);

		if (len > 0) {
			encode(find_word(w, n, p, len), code);
			cm_buf_add_str(b, code);
			p += len;
			continue;
		}
		if (*p == '\'' || *p == '\\')
			cm_buf_add_u8(b, '\\');
		cm_buf_add_u8(b, (uint8_t)*p++);
	}
}

static void
put_table(struct cm_buf *b, const struct word *w, size_t n)
{
	char code[4];

	for (size_t i = 0; i < n; i++) {
		encode(i, code);
		if (i > 0)
			cm_buf_add_u8(b, '|');
		if (strlen(code) != w[i].len || memcmp(code, w[i].at, w[i].len) != 0)
			cm_buf_add(b, w[i].at, w[i].len);
	}
}

bool
gen_pack(const char *source, char *out, size_t size)
{
	static const char head[] =
	    "eval(function(p,a,c,k,e,r){e=function(c){return(c<a?'':e(parseInt(c/a)))+((c=c%a)>35?"
	    "String.fromCharCode(c+29):c.toString(36))};if(!''.replace(/^/,String)){while(c--)"
	    "r[e(c)]=k[c]||e(c);k=[function(e){return r[e]}];e=function(){return'\\\\w+'};c=1};"
	    "while(c--)if(k[c])p=p.replace(new RegExp('\\\\b'+e(c)+'\\\\b','g'),k[c]);return p}('";
	struct word w[WORDS];
	size_t n = count_words(source, w);
	struct cm_buf b = { .max = size - 1 };
	bool ok;

	cm_buf_add_str(&b, head);
	put_payload(&b, source, w, n);
	cm_buf_printf(&b, "',62,%zu,'", n);
	put_table(&b, w, n);
	cm_buf_add_str(&b, "'.split('|'),0,{}))\n");
	ok = n > 0 && cm_buf_ok(&b);
	if (ok) {
		memcpy(out, b.ptr, b.len);
		out[b.len] = '\0';
	}
	cm_buf_release(&b);
	return ok;
}
