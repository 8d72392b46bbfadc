#include <string.h>

#include "base/buf.h"
#include "codec/json_read.h"
#include "dossier/recount.h"

#define MEMORY_MIN (UINT64_C(1) << 20)
#define GUESS_BYTES ((size_t)64 << 10) /* of the first lines */

#define DHCP_SERVER 67
#define DHCP_CLIENT 68

static bool
is_lease(const struct cm_packet *p)
{
	return p->proto == 17 && p->transport &&
	    (p->sport == DHCP_SERVER || p->sport == DHCP_CLIENT || p->dport == DHCP_SERVER || p->dport == DHCP_CLIENT);
}

bool
cm_counted_may_read(enum cm_traffic_kind kind, const struct cm_packet *p)
{
	if (p->payload_len == 0 || p->fragment)
		return false;
	return kind == CM_TRAFFIC_LEASES ? is_lease(p) : kind == CM_TRAFFIC_HTTP && p->proto == 6;
}

bool
cm_counted_reads(enum cm_traffic_kind kind, const struct cm_packet *p)
{
	struct cm_request r;

	return cm_counted_may_read(kind, p) && (kind != CM_TRAFFIC_HTTP || cm_request_of_packet(p, &r));
}

struct cm_counted
cm_counted_of(enum cm_traffic_kind kind, const struct cm_packet *p)
{
	struct cm_counted c = { .packet = *p };
	bool payload = cm_counted_reads(kind, p);

	c.packet.offset = 0;
	c.packet.open = CM_OPEN_HEADERS | CM_OPEN_ADDRESSES;
	c.packet.checksum = CM_CSUM_UNKNOWN;
	c.packet.parts = NULL;
	c.packet.n_parts = 0;
	c.packet.keep = NULL;
	c.packet.place = (struct cm_flow_place) { 0 };
	if (payload)
		c.packet.open |= CM_OPEN_PAYLOAD;
	else
		c.packet.payload = cm_span_of(NULL, 0);
	return c;
}

/* By the first lines of the draw, as far as they are lines. */
static CM_RESULT
guess(const struct cm_counted *row, size_t n, enum cm_weblog_form *out)
{
	struct cm_buf head = { 0 };
	enum cm_result rc;
	size_t i;

	for (i = 0; i < n && head.len < GUESS_BYTES; i++)
		if (row[i].is_line)
			cm_buf_add_span(&head, cm_span_part(row[i].line, 0, GUESS_BYTES - head.len));
	rc = cm_buf_ok(&head) ? CM_OK : CM_E_NOMEM;
	if (rc == CM_OK)
		*out = cm_weblog_guess(cm_buf_span(&head));
	cm_buf_release(&head);
	return rc;
}

CM_RESULT
cm_counted_log(const struct cm_counted *row, size_t n, struct cm_weblog **out)
{
	enum cm_weblog_form form = CM_WEBLOG_NONE;
	enum cm_result rc = guess(row, n, &form);

	*out = NULL;
	return rc == CM_OK && form != CM_WEBLOG_NONE ? cm_weblog_new(form, out) : rc;
}

CM_RESULT
cm_counted_request(struct cm_weblog *log, const struct cm_counted *row, struct cm_request *out)
{
	enum cm_result rc;

	if (!row->is_line)
		return !row->packet.fragment && cm_request_of_packet(&row->packet, out) ? CM_OK : CM_E_NOTFOUND;
	*out = (struct cm_request) { .took_ns = -1 };
	rc = log == NULL ? CM_E_MALFORMED : cm_weblog_line(log, row->line, out, NULL);
	out->id = row->packet.id;
	return rc == CM_OK || rc == CM_E_NOMEM ? rc : CM_E_NOTFOUND;
}

static CM_RESULT
count_row(struct cm_traffic *t, struct cm_weblog *log, const struct cm_counted *row)
{
	struct cm_request r;
	enum cm_result rc;

	if (!row->is_line)
		return cm_traffic_packet(t, &row->packet);
	rc = cm_counted_request(log, row, &r);
	if (rc == CM_OK)
		rc = cm_traffic_request(t, &r);
	return rc == CM_E_NOTFOUND ? CM_OK : rc;
}

static CM_RESULT
count_all(struct cm_traffic *t, struct cm_weblog *log, const struct cm_counted *row, size_t n)
{
	enum cm_result rc = CM_OK;
	size_t i;

	for (i = 0; rc == CM_OK && i < n; i++)
		rc = count_row(t, log, &row[i]);
	return rc == CM_OK ? cm_traffic_finish(t) : rc;
}

CM_RESULT
cm_recount(const struct cm_counted *row, size_t n, uint64_t thin, uint64_t memory, struct cm_traffic **out)
{
	struct cm_traffic_params params = cm_traffic_params_default();
	struct cm_weblog *log = NULL;
	struct cm_traffic *t = NULL;
	enum cm_result rc = cm_counted_log(row, n, &log);

	params.thin = thin;
	if (memory < params.memory)
		params.memory = (size_t)(memory < MEMORY_MIN ? MEMORY_MIN : memory);
	if (rc == CM_OK)
		rc = cm_traffic_new(&params, &t);
	if (rc == CM_OK)
		rc = count_all(t, log, row, n);
	cm_weblog_free(log);
	if (rc != CM_OK) {
		cm_traffic_free(t);
		return rc;
	}
	*out = t;
	return CM_OK;
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
is_like(const struct cm_traffic_finding *a, const struct cm_traffic_finding *b, bool target)
{
	if (a->kind != b->kind || a->verdict != b->verdict || a->port != b->port || a->proto != b->proto ||
	    !same_text(a->service, b->service))
		return false;
	return !target || (cm_host_eq(&a->target, &b->target) && cm_host_eq(&a->source, &b->source));
}

/* As a statement has them: nothing before 1970, nothing beyond what JSON can say. */
static int64_t
stated_time(int64_t t_ns)
{
	return t_ns < 0 ? 0 : t_ns;
}

static uint64_t
stated(uint64_t n)
{
	return n > (uint64_t)CM_JSON_INT_MAX ? (uint64_t)CM_JSON_INT_MAX : n;
}

bool
cm_recount_same_figures(const struct cm_traffic_finding *a, const struct cm_traffic_finding *b)
{
	return stated_time(a->from_ns) == stated_time(b->from_ns) && stated_time(a->to_ns) == stated_time(b->to_ns) &&
	    stated(a->packets) == stated(b->packets) && stated(a->bytes) == stated(b->bytes) &&
	    stated(a->peak_per_s) == stated(b->peak_per_s) && stated(a->mean_per_s) == stated(b->mean_per_s);
}

const struct cm_traffic_finding *
cm_recount_match(const struct cm_traffic *t, const struct cm_traffic_finding *like, bool target)
{
	const struct cm_traffic_finding *best = NULL, *f;
	size_t i;

	for (i = 0; i < cm_traffic_n(t); i++) {
		f = cm_traffic_at(t, i);
		if (!is_like(f, like, target))
			continue;
		if (cm_recount_same_figures(f, like))
			return f;
		if (best == NULL || f->packets > best->packets)
			best = f;
	}
	return best;
}
