/* Reads a log of a web server from standard input and says what each line is, tabs between:
 *	client method target host referer agent status bytes took_ns t_ns
 * Bytes beyond the printable ones of ASCII, and the percent sign, as %HH; what is not known as "?"; "bad" and a reason for a line that is none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/host.h"
#include "weblog/weblog.h"

static void
put(struct cm_span s)
{
	if (s.ptr == NULL)
		putchar('?');
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] < 0x20 || s.ptr[i] > 0x7e || s.ptr[i] == '%')
			printf("%%%02X", s.ptr[i]);
		else
			putchar(s.ptr[i]);
	}
	putchar('\t');
}

static void
put_request(const struct cm_request *r)
{
	char client[CM_HOST_TEXT] = "?";

	if (r->client.net != 0)
		cm_host_text(&r->client, client);
	printf("%s\t", client);
	put(r->method);
	put(r->target);
	put(r->host);
	put(r->referer);
	put(r->agent);
	printf("%u\t%llu\t%lld\t%lld\n", r->status, (unsigned long long)r->answered, (long long)r->took_ns, (long long)r->t_ns);
}

static char *
slurp(size_t *len)
{
	size_t cap = 1 << 16, got;
	char *all = malloc(cap);

	*len = 0;
	while (all != NULL && (got = fread(all + *len, 1, cap - *len, stdin)) > 0) {
		*len += got;
		if (*len == cap)
			all = realloc(all, cap *= 2);
	}
	return all;
}

int
main(void)
{
	size_t len, n;
	char *all = slurp(&len), *at = all;
	enum cm_weblog_form form = cm_weblog_guess(cm_span_of(all, len));
	struct cm_weblog *w;

	printf("%s\n", cm_weblog_word(form));
	if (all == NULL || form == CM_WEBLOG_NONE || cm_weblog_new(form, &w) != CM_OK)
		return 1;
	for (; at < all + len; at += n + 1) {
		const char *end = memchr(at, '\n', (size_t)(all + len - at));
		struct cm_err why = { 0 };
		struct cm_request r;

		n = end != NULL ? (size_t)(end - at) : (size_t)(all + len - at);
		if (cm_weblog_line(w, cm_span_of(at, n), &r, &why) == CM_OK)
			put_request(&r);
		else
			printf("bad\t%s\n", why.text);
	}
	cm_weblog_free(w);
	free(all);
	return 0;
}
