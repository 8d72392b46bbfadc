#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../capture/make.h"
#include "worker/scan.h"
#include "worker/summary_json.h"

struct fixture {
	char *path[4];
	struct cm_file *file[4];
	size_t n;
	struct cm_engine *engine;
	struct cm_scan scan;
	struct cm_scan_summary sum;
};

static void
add_file(struct fixture *f, struct make *m)
{
	char *path = strdup("test_scan.XXXXXX");
	FILE *out = fdopen(mkstemp(path), "wb");

	assert_non_null(out);
	assert_true(cm_buf_ok(&m->out));
	assert_int_equal(fwrite(m->out.ptr, 1, m->out.len, out), m->out.len);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(cm_file_open(path, &f->file[f->n], NULL), CM_OK);
	f->path[f->n++] = path;
	cm_buf_release(&m->out);
}

static void
scan(struct fixture *f)
{
	struct cm_params params = cm_params_default();
	struct cm_scan_sink sink;

	f->scan.files = f->file;
	f->scan.n_files = f->n;
	assert_int_equal(cm_engine_new(&params, &f->engine), CM_OK);
	cm_scan_serve(&f->scan, f->engine);
	sink = cm_scan_sink_of_engine(f->engine);
	assert_int_equal(cm_scan_run(&f->scan, &sink, &f->sum, NULL), CM_OK);
	assert_int_equal(cm_engine_finish(f->engine), CM_OK);
}

static void
drop(struct fixture *f)
{
	cm_engine_free(f->engine);
	cm_scan_summary_fini(&f->sum);
	for (size_t i = 0; i < f->n; i++) {
		cm_file_close(f->file[i]);
		unlink(f->path[i]);
		free(f->path[i]);
	}
}

static struct cm_span
tcp(void)
{
	return cm_span_of(frame_tcp, sizeof(frame_tcp));
}

static void
several_files_are_one_capture(void **state)
{
	struct fixture f = { .n = 0 };
	struct make m = { .big = false };

	(void)state;
	pcap_header(&m, false, 1);
	pcap_record(&m, 1, 0, tcp(), sizeof(frame_tcp));
	add_file(&f, &m);
	pcap_header(&m, false, 1);
	pcap_record(&m, 2, 0, tcp(), sizeof(frame_tcp));
	pcap_record(&m, 3, 0, tcp(), sizeof(frame_tcp));
	add_file(&f, &m);
	scan(&f);
	assert_int_equal(f.sum.frames, 3);
	assert_int_equal(f.sum.file[1].frames, 2);
	assert_int_equal(f.sum.packets, 3);
	assert_int_equal(f.sum.first_ns, 1000000000);
	assert_int_equal(f.sum.last_ns, 3000000000);
	assert_int_equal(cm_engine_stats(f.engine)->tcp_flows, 1);
	assert_int_equal(cm_scan_state(&f.sum), CM_OK);
	drop(&f);
}

static void
what_is_damaged_is_counted_and_listed_once_a_run(void **state)
{
	struct fixture f = { .n = 0 };
	struct make m = { .big = false };
	uint8_t *big = calloc(1, 400000);

	(void)state;
	assert_non_null(big);
	pcap_header(&m, false, 1);
	pcap_record(&m, 1, 0, cm_span_of(big, 400000), 400000);
	pcap_record(&m, 1, 0, tcp(), sizeof(frame_tcp));
	put32(&m, 7);
	add_file(&f, &m);
	scan(&f);
	assert_int_equal(f.sum.frames, 1);
	assert_int_equal(f.sum.n_skipped, 2);
	assert_int_equal(f.sum.skipped[0].offset, 24);
	assert_int_equal(f.sum.skipped[0].bytes, 400016);
	assert_int_equal(f.sum.skipped[1].bytes, 4);
	assert_int_equal(f.sum.skipped_bytes, 400020);
	assert_int_equal(cm_scan_state(&f.sum), CM_E_MALFORMED);
	drop(&f);
	free(big);
}

static void
a_file_that_is_no_capture_does_not_stop_the_others(void **state)
{
	struct fixture f = { .n = 0 };
	struct make m = { .big = false };

	(void)state;
	put_data(&m, "snoop\0\0\0\0\0\0\2", 12);
	add_file(&f, &m);
	pcap_header(&m, false, 1);
	pcap_record(&m, 1, 0, tcp(), sizeof(frame_tcp));
	add_file(&f, &m);
	scan(&f);
	assert_int_equal(f.sum.file[0].refused.code, CM_E_UNSUPPORTED);
	assert_int_equal(f.sum.frames, 1);
	assert_int_equal(cm_scan_state(&f.sum), CM_E_UNSUPPORTED);
	drop(&f);
}

static void
filter_and_times_choose_the_frames(void **state)
{
	struct fixture f = { .n = 0 };
	struct make m = { .big = false };
	struct cm_bpf *bpf;

	(void)state;
	pcap_header(&m, false, 1);
	for (uint32_t t = 1; t <= 5; t++)
		pcap_record(&m, t, 0, tcp(), sizeof(frame_tcp));
	pcap_record(&m, 3, 0, cm_span_of(frame_ipv6, sizeof(frame_ipv6)), sizeof(frame_ipv6));
	add_file(&f, &m);
	assert_int_equal(cm_bpf_new("ip", cm_scan_linktypes, cm_scan_n_linktypes, &bpf, NULL), CM_OK);
	f.scan.filter = bpf;
	f.scan.has_from = f.scan.has_to = true;
	f.scan.from_ns = 2000000000;
	f.scan.to_ns = 4000000000;
	scan(&f);
	assert_int_equal(f.sum.frames, 6);
	assert_int_equal(f.sum.selected, 2);
	drop(&f);
	cm_bpf_free(bpf);
}

static void
what_is_not_understood_is_counted(void **state)
{
	static const uint8_t arp[42] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 6 };
	struct fixture f = { .n = 0 };
	struct make m = { .big = false };
	struct cm_buf text = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&text, 0);
	const char *const names[] = { "a", "b" };
	const struct cm_file_names files = { names, 2 };

	(void)state;
	pcap_header(&m, false, 147);
	pcap_record(&m, 1, 0, tcp(), sizeof(frame_tcp));
	add_file(&f, &m);
	pcap_header(&m, false, 1);
	pcap_record(&m, 1, 0, cm_span_of(arp, sizeof(arp)), sizeof(arp));
	pcap_record(&m, 1, 0, cm_span_of(frame_tcp, 60), sizeof(frame_tcp));
	add_file(&f, &m);
	scan(&f);
	assert_int_equal(f.sum.no_link, 1);
	assert_int_equal(f.sum.link[0].linktype, 147);
	assert_int_equal(f.sum.no_ip, 1);
	assert_int_equal(f.sum.headless, 1);
	assert_int_equal(f.sum.snapped, 1);
	assert_int_equal(f.sum.packets, 0);
	cm_scan_summary_json(&w, &f.sum, cm_engine_stats(f.engine), &files);
	assert_non_null(strstr(cm_buf_cstr(&text), "\"link_types\": [{\"link_type\": 147, \"frames\": 1}]"));
	cm_buf_release(&text);
	drop(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(several_files_are_one_capture),
		cmocka_unit_test(what_is_damaged_is_counted_and_listed_once_a_run),
		cmocka_unit_test(a_file_that_is_no_capture_does_not_stop_the_others),
		cmocka_unit_test(filter_and_times_choose_the_frames),
		cmocka_unit_test(what_is_not_understood_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
