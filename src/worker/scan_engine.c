/* The plainest sink of a scan: one engine. */
#include "worker/scan.h"

static enum cm_result
begin(void *arg, size_t file, enum cm_weblog_form form, bool has_time, int64_t t_ns)
{
	(void)arg, (void)file, (void)form, (void)has_time, (void)t_ns;
	return CM_OK;
}

static void
expect(void *arg, struct cm_packet *p, size_t n)
{
	cm_engine_expect(arg, p, n);
}

static enum cm_result
packet(void *arg, const struct cm_packet *p, bool stable)
{
	return cm_engine_packet(arg, p, stable);
}

static enum cm_result
request(void *arg, const struct cm_request *r)
{
	(void)arg, (void)r;
	return CM_OK;
}

struct cm_scan_sink
cm_scan_sink_of_engine(struct cm_engine *engine)
{
	return (struct cm_scan_sink) { engine, begin, expect, packet, request };
}
