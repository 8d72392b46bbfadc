/* What the way of a packet costs, step by step, and how inspection does with less memory.
 *
 *	bench_inspect steps FILE               seconds of each step, one more than the last
 *	bench_inspect inspect MIB FILE...      `comity inspect --json FILE...` with a budget of MIB
 *
 * Run by hand, and by budget.py.  Not confined: for captures of one's own making. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "capture/decode.h"
#include "capture/flow.h"
#include "capture/reader.h"
#include "worker/scan.h"
#include "worker/summary_json.h"

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void
must(enum cm_result r, const struct cm_err *err)
{
	if (r == CM_OK)
		return;
	fprintf(stderr, "%s %s\n", cm_result_word(r), err->text);
	exit(2);
}

enum step { STEP_READ, STEP_DECODE, STEP_FLOWS };

static enum cm_result
count_flow(void *arg, const struct cm_flow_view *v)
{
	uint64_t *n = arg;

	*n += v->n;
	return CM_OK;
}

static bool
is_segment(const struct cm_packet *p)
{
	return !p->fragment && !p->quoted && (p->proto == 6 || p->proto == 17);
}

/* Reads the file and does all up to ${step}; returns the packets. */
static uint64_t
walk(struct cm_file *file, enum step step, uint64_t *sum)
{
	struct cm_flow_limits limits = { (size_t)200 << 20, 2048, 0 };
	struct cm_flow_table *flows = NULL;
	struct cm_reader *reader;
	struct cm_source source;
	struct cm_record rec;
	struct cm_err err = { 0 };
	uint64_t packets = 0;

	must(cm_file_once(file, &source, &err), &err);
	must(cm_reader_new(source, cm_file_name(file), &reader, &err), &err);
	must(cm_flow_table_new(&limits, count_flow, sum, &flows), &err);
	while (cm_reader_next(reader, &rec, &err) == CM_OK) {
		struct cm_frame f = cm_frame_of(&rec, 0);
		struct cm_layers layers;
		struct cm_packet p;

		*sum += rec.cap_len;
		packets++;
		if (step == STEP_READ || !rec.is_frame || cm_decode(&f, &p, &layers) != CM_DECODED_PACKET)
			continue;
		*sum += p.checksum;
		if (step == STEP_FLOWS && is_segment(&p))
			must(cm_flow_table_packet(flows, &p, true), &err);
	}
	must(cm_flow_table_finish(flows), &err);
	cm_flow_table_free(flows);
	cm_reader_free(reader);
	return packets;
}

static void
say(const char *what, double from, uint64_t bytes, uint64_t packets)
{
	double t = seconds() - from;
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	printf("%-18s %6.3f s  %6.2f GB/s  %6.2f M packets/s  %6.1f ns a packet  peak %ld MiB, %ld faults\n", what,
	    t, (double)bytes / t * 1e-9, (double)packets / t * 1e-6, t * 1e9 / (double)packets,
	    u.ru_maxrss / 1024, u.ru_minflt);
}

static void
steps(const char *path, struct cm_file *file)
{
	static const char *const name[] = { "read", "and decode", "and follow flows" };
	struct cm_scan scan = { .files = &file, .n_files = 1 };
	struct cm_params params = cm_params_default();
	struct cm_scan_summary summary;
	struct cm_scan_sink sink;
	struct cm_engine *engine;
	struct cm_err err = { 0 };
	uint64_t sum = 0, packets = 0, bytes = cm_file_size(file);
	double from;

	printf("%s\n", path);
	for (unsigned step = STEP_READ; step <= STEP_FLOWS; step++) {
		from = seconds();
		packets = walk(file, (enum step)step, &sum);
		say(name[step], from, bytes, packets);
	}
	from = seconds();
	must(cm_engine_new(&params, &engine), &err);
	cm_scan_serve(&scan, engine);
	sink = cm_scan_sink_of_engine(engine);
	must(cm_scan_run(&scan, &sink, &summary, &err), &err);
	say("and models, judge", from, bytes, packets);
	must(cm_engine_finish(engine), &err);
	say("to the end", from, bytes, packets);
	cm_scan_summary_fini(&summary);
	cm_engine_free(engine);
}

static bool
put_line(struct cm_buf *line)
{
	bool ok = cm_buf_ok(line);

	if (ok)
		printf("%.*s\n", (int)line->len, (const char *)line->ptr);
	cm_buf_release(line);
	return ok;
}

static void
put_stats(const struct cm_engine_stats *s)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	printf("{\"evicted_flows\": %llu, \"evicted_candidates\": %llu, \"unsupported\": %llu, \"flows\": %llu, "
	       "\"peak_kib\": %ld, \"cpu\": %.3f}\n",
	    (unsigned long long)s->evicted_flows, (unsigned long long)s->evicted_candidates,
	    (unsigned long long)s->unsupported, (unsigned long long)(s->tcp_flows + s->udp_flows), u.ru_maxrss,
	    seconds());
}

/* Incidents as lines of JSON, and behind them what was evicted. */
static void
inspect(char **path, struct cm_file **file, size_t n, size_t memory)
{
	struct cm_scan scan = { .files = file, .n_files = n };
	struct cm_params params = cm_params_default();
	struct cm_file_names names = { (const char *const *)path, n };
	struct cm_scan_summary summary;
	struct cm_scan_sink sink;
	struct cm_engine *engine;
	struct cm_err err = { 0 };

	params.memory = memory << 20;
	must(cm_engine_new(&params, &engine), &err);
	cm_scan_serve(&scan, engine);
	sink = cm_scan_sink_of_engine(engine);
	must(cm_scan_run(&scan, &sink, &summary, &err), &err);
	must(cm_engine_finish(engine), &err);
	for (size_t i = 0; i < cm_engine_count(engine); i++) {
		struct cm_buf line = { 0 };
		struct cm_jsonw w = cm_jsonw_of(&line, 0);

		cm_incident_json(&w, cm_engine_incident(engine, i), &names);
		if (!put_line(&line))
			exit(2);
	}
	put_stats(cm_engine_stats(engine));
	cm_scan_summary_fini(&summary);
	cm_engine_free(engine);
}

#define FILES_MAX 8

int
main(int argc, char **argv)
{
	bool is_steps = argc == 3 && strcmp(argv[1], "steps") == 0;
	int first = is_steps ? 2 : 3, n = argc - first;
	struct cm_file *file[FILES_MAX];
	struct cm_err err = { 0 };

	if (n < 1 || n > FILES_MAX || (!is_steps && strcmp(argv[1], "inspect") != 0)) {
		fprintf(stderr, "usage: bench_inspect steps FILE | bench_inspect inspect MIB FILE...\n");
		return 2;
	}
	for (int i = 0; i < n; i++)
		must(cm_file_open(argv[first + i], &file[i], &err), &err);
	if (is_steps)
		steps(argv[2], file[0]);
	else
		inspect(argv + 3, file, (size_t)n, (size_t)strtoul(argv[2], NULL, 10));
	for (int i = 0; i < n; i++)
		cm_file_close(file[i]);
	return 0;
}
