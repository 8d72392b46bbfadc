#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dossier/needs.h"

/* Rows 0 to 3 are of the finding's flow, 4 and 5 fix a host model. */
#define ROWS 6

struct fixture {
	struct cm_shown_row row[ROWS];
	cm_packet_id id[ROWS], accused;
	struct cm_finding_cue cue;
	struct cm_shown_exhibit exhibit;
	struct cm_dossier dossier;
	struct cm_finding finding;
	struct cm_needs needs;
};

/* Everything open, nothing in parts. */
static void
whole(struct fixture *x)
{
	size_t i;

	memset(x, 0, sizeof(*x));
	for (i = 0; i < ROWS; i++) {
		x->id[i] = i;
		x->row[i].row = i;
		x->row[i].is_packet = x->row[i].has_packet = true;
		x->row[i].packet.open = CM_OPEN_ALL;
	}
	x->accused = 2;
	x->cue = (struct cm_finding_cue) { .name = "rst-ipid", .bits = 2, .rests = CM_RESTS_FLOW,
		.reads = CM_OPEN_HEADERS, .rows = { &x->accused, 1 } };
	x->exhibit = (struct cm_shown_exhibit) { .rows = x->row, .n_rows = ROWS };
	x->dossier = (struct cm_dossier) { .exhibits = &x->exhibit, .n_exhibits = 1 };
	x->finding = (struct cm_finding) { .type = CM_INCIDENT_RESET, .n_seals = 1,
		.support = { x->id, ROWS }, .support_host = { x->id + 4, 2 }, .cues = &x->cue, .n_cues = 1 };
}

static bool
excused(struct fixture *x)
{
	x->needs = cm_needs_of(&x->dossier, &x->finding);
	return cm_needs_excuse(&x->needs, &x->dossier, &x->finding, &x->cue);
}

static void
nothing_shut_excuses_nothing(void **state)
{
	struct cm_incident in = { 0 };
	struct cm_buf text = { 0 };
	struct fixture x;

	(void)state;
	whole(&x);
	assert_false(excused(&x));
	assert_false(cm_needs_excuse_rest(&x.needs, &x.finding, &in, true));
	x.row[4].packet.open = CM_OPEN_HEADERS | CM_OPEN_ADDRESSES; /* as a host's rows are shown */
	x.row[0].packet.fragment = x.row[5].packet.fragment = true;
	assert_false(excused(&x));
	cm_needs_say(&x.needs, &text);
	assert_int_equal(text.len, 0);
}

static void
a_part_without_payload_takes_its_datagram_away(void **state)
{
	struct cm_buf text = { 0 };
	struct fixture x;

	(void)state;
	whole(&x);
	x.row[0].packet.fragment = true;
	x.row[0].packet.open = CM_OPEN_HEADERS | CM_OPEN_ADDRESSES;
	assert_true(excused(&x));
	assert_int_equal(x.needs.parts, 1);
	assert_int_equal(x.needs.unsure + x.needs.checksums + x.needs.host_parts, 0);
	cm_needs_say(&x.needs, &text);
	assert_string_equal(cm_buf_cstr(&text),
	    "shut in its rows: 1 part of a datagram, which is not put together without it");
	cm_buf_release(&text);
}

static void
a_host_s_part_matters_to_signs_of_the_host_only(void **state)
{
	struct fixture x;

	(void)state;
	whole(&x);
	x.row[5].packet.fragment = true;
	x.row[5].packet.open = CM_OPEN_HEADERS | CM_OPEN_ADDRESSES;
	assert_false(excused(&x));
	assert_int_equal(x.needs.host_parts, 1);
	x.cue.name = "ttl-far";
	x.cue.rests = CM_RESTS_HOST;
	assert_true(excused(&x));
}

static void
a_checksum_matters_where_detectors_look_at_it(void **state)
{
	struct fixture x;

	(void)state;
	whole(&x);
	x.row[1].packet.open = x.row[4].packet.open = CM_OPEN_ALL & ~CM_OPEN_MASK;
	assert_true(excused(&x));
	assert_int_equal(x.needs.checksums, 1);
	x.row[1].packet.fragment = true;
	assert_true(excused(&x));
	assert_int_equal(x.needs.unsure, 1);
	assert_int_equal(x.needs.checksums + x.needs.parts, 0);
	x.finding.type = CM_INCIDENT_DNS;
	x.cue.name = "dns-conflict";
	x.row[4].packet.open = CM_OPEN_ALL;
	assert_false(excused(&x));
}

static void
bits_are_what_the_signs_add_up_to(void **state)
{
	struct cm_incident in = { .verdict = CM_VERDICT_FORGED, .bits = 7 };
	struct fixture x;

	(void)state;
	whole(&x);
	x.row[1].packet.open = CM_OPEN_ALL & ~CM_OPEN_MASK;
	x.finding.bits = 8;
	x.finding.verdict = CM_VERDICT_FORGED;
	assert_true(excused(&x));
	assert_false(cm_needs_excuse_rest(&x.needs, &x.finding, &in, false));
	assert_true(cm_needs_excuse_rest(&x.needs, &x.finding, &in, true));
	x.finding.bits = 7;
	assert_true(cm_needs_excuse_rest(&x.needs, &x.finding, &in, false));
	in.verdict = CM_VERDICT_STACK_BREAK;
	assert_false(cm_needs_excuse_rest(&x.needs, &x.finding, &in, false));
	x.finding.verdict = CM_VERDICT_UNDECIDABLE; /* that many checksums are bad */
	assert_true(cm_needs_excuse_rest(&x.needs, &x.finding, &in, false));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_shut_excuses_nothing),
		cmocka_unit_test(a_part_without_payload_takes_its_datagram_away),
		cmocka_unit_test(a_host_s_part_matters_to_signs_of_the_host_only),
		cmocka_unit_test(a_checksum_matters_where_detectors_look_at_it),
		cmocka_unit_test(bits_are_what_the_signs_add_up_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
