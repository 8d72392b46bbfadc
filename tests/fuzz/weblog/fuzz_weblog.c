/* Lines of a log in each form: a request or a refusal that says why, and text that is no longer than its line. */
#include "fuzz.h"
#include "weblog/weblog.h"

static size_t
touch(struct cm_span s)
{
	unsigned sum = 0;

	for (size_t i = 0; i < s.len; i++)
		sum += s.ptr[i];
	must(sum <= 255 * s.len);
	return s.len;
}

static void
take(struct cm_weblog *w, struct cm_span line)
{
	struct cm_request r;
	struct cm_err why = { 0 };
	enum cm_result rc = cm_weblog_line(w, line, &r, &why);

	if (rc != CM_OK) {
		must(rc == CM_E_MALFORMED && why.text[0] != 0);
		return;
	}
	must(touch(r.target) <= line.len && touch(r.referer) <= line.len && touch(r.agent) <= line.len);
	must(touch(r.method) <= line.len && touch(r.host) <= line.len);
	must(r.client.net == 0 || r.client.net == 4 || r.client.net == 6);
	must(r.status <= 999 && (!r.has_cookie || r.cookie_known));
}

static void
take_all(enum cm_weblog_form form, struct cm_span all)
{
	struct cm_weblog *w;

	if (cm_weblog_new(form, &w) != CM_OK)
		return;
	while (all.len > 0) {
		size_t n = 0;

		while (n < all.len && all.ptr[n] != '\n')
			n++;
		take(w, cm_span_of(all.ptr, n));
		n += n < all.len;
		all = cm_span_of(all.ptr + n, all.len - n);
	}
	cm_weblog_free(w);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_span all = cm_span_of(data, size);

	must(cm_weblog_guess(all) <= CM_WEBLOG_JSON);
	take_all(CM_WEBLOG_COMBINED, all);
	take_all(CM_WEBLOG_JSON, all);
	return 0;
}
