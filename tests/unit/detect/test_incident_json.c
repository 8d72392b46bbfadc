#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "detect/incident_json.h"

static const char *const names[] = { "a.pcap", "b.pcap" };
static const struct cm_file_names files = { names, 2 };

/* One line of JSON; the caller releases ${buf}. */
static const char *
json(struct cm_buf *buf, const struct cm_incident *inc)
{
	struct cm_jsonw w = cm_jsonw_of(buf, 0);

	cm_incident_json(&w, inc, &files);
	return cm_buf_cstr(buf);
}

static void
has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("no %s in %s", part, text);
}

static void
frames_of_one_file_are_numbers(void **state)
{
	static const struct cm_cue_kind kind = { "ts-missing", "...", "3 of 13,810", CM_RESTS_FLOW, 1 };
	cm_packet_id forged[] = { cm_packet_id_of(0, 5) }, support[] = { cm_packet_id_of(0, 5),
		cm_packet_id_of(0, 9) };
	struct cm_cue cue = { &kind, 8, forged, 1 };
	struct cm_incident inc = { .verdict = CM_VERDICT_FORGED, .bits = 21, .forged = { forged, 1 },
		.support = { support, 2 }, .cues = &cue, .n_cues = 1,
		.flow = { .client = { .net = 4, .addr = { 10, 0, 0, 1 } }, .server = { .net = 4 },
		    .client_port = 4000, .server_port = 80, .proto = 6 } };
	struct cm_buf buf = { 0 };
	const char *text = json(&buf, &inc);

	(void)state;
	has(text, "{\"type\": \"injection\", \"verdict\": \"forged\", \"file\": \"a.pcap\", \"bits\": 21,");
	has(text, "\"forged\": [5], \"genuine\": [], \"suspect\": [], \"support\": [5, 9],");
	has(text, "\"trigger\": null, \"flow\": {\"proto\": \"tcp\", \"client\": \"10.0.0.1\", \"client_port\": 4000,");
	has(text, "{\"name\": \"ts-missing\", \"frames\": [5], \"bits\": 8, \"base_rate\": \"3 of 13,810\", "
		  "\"rests_on\": \"flow\"}");
	has(text, "\"fingerprint\": {}, \"alternatives\": [], \"explained_by\": null}");
	assert_null(strstr(text, "\"files\""));
	cm_buf_release(&buf);
}

static void
frames_of_another_file_name_it(void **state)
{
	cm_packet_id forged[] = { cm_packet_id_of(1, 2) }, support[] = { cm_packet_id_of(0, 7),
		cm_packet_id_of(1, 2) };
	struct cm_incident inc = { .forged = { forged, 1 }, .support = { support, 2 },
		.has_trigger = true, .trigger = support[0] };
	struct cm_buf buf = { 0 };
	const char *text = json(&buf, &inc);

	(void)state;
	has(text, "\"file\": \"b.pcap\", \"files\": [\"b.pcap\", \"a.pcap\"],");
	has(text, "\"forged\": [2],");
	has(text, "\"support\": [{\"file\": \"a.pcap\", \"frame\": 7}, 2],");
	has(text, "\"trigger\": {\"file\": \"a.pcap\", \"frame\": 7},");
	cm_buf_release(&buf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_of_one_file_are_numbers),
		cmocka_unit_test(frames_of_another_file_name_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
