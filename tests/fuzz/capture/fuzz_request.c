/* Any bytes as the payload of a segment: what is said of a request lies in it, in its first part, and an answer's
 * status is one. */
#include "capture/request.h"
#include "fuzz.h"

static void
within(struct cm_span part, struct cm_span whole)
{
	if (part.ptr == NULL)
		return;
	must(part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_packet p = { .proto = 6, .payload = cm_span_of(data, size) };
	struct cm_span head = cm_span_part(p.payload, 0, CM_REQUEST_HEAD_MAX);
	struct cm_request r;
	uint16_t status = cm_answer_status(p.payload);

	must(status == 0 || (status >= 100 && status < 600));
	within(cm_url_host(p.payload), p.payload);
	r = (struct cm_request) { 0 };
	if (cm_request_of_line(p.payload, &r))
		must(r.method.len > 0);
	if (!cm_request_of_packet(&p, &r))
		return 0;
	must(status == 0 && r.method.len > 0 && r.took_ns < 0);
	within(r.method, head);
	within(r.target, head);
	within(r.host, head);
	within(r.referer, head);
	within(r.agent, head);
	must(!r.has_cookie || r.cookie_known);
	return 0;
}
