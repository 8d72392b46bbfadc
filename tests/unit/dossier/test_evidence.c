/* Which types of evidence a dossier is made of, and whose word that is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dossier/evidence.h"
#include "dossier/report.h"
#include "made_up.h"

/* A dossier of a capture and a log, with one of everything; what a test changes lies open. */
struct made {
	struct cm_schema capture, lines;
	struct cm_shown_exhibit exhibit[2];
	struct cm_traffic_range range[2];
	struct cm_finding finding;
	struct cm_traffic_v1 traffic;
	struct cm_chain_v1 chain;
	struct cm_shown_finding shown_finding;
	struct cm_shown_traffic shown_traffic;
	struct cm_shown_chain shown_chain;
	struct cm_dossier d;
};

static void
make(struct made *m)
{
	*m = (struct made) { .capture = { .kind = CM_KIND_CAPTURE }, .lines = { .kind = CM_KIND_LINES } };
	m->exhibit[0].schema = &m->capture;
	m->exhibit[1].schema = &m->lines;
	m->traffic.range = m->range;
	m->shown_finding.body = &m->finding;
	m->shown_traffic.body = &m->traffic;
	m->shown_chain.body = &m->chain;
	m->d.exhibits = m->exhibit;
	m->d.n_exhibits = 2;
	m->d.findings = &m->shown_finding;
	m->d.traffic = &m->shown_traffic;
	m->d.chains = &m->shown_chain;
	m->d.n_findings = m->d.n_traffic = m->d.n_chains = 1;
}

static void
a_count_is_of_lines_only_if_all_that_it_rests_on_are(void **state)
{
	static const struct {
		bool capture, lines;
		const char *id;
	} ways[] = { { true, false, "N1" }, { false, true, "H2" }, { true, true, "N1" }, { false, false, "N1" } };
	struct made m;

	(void)state;
	make(&m);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		m.range[0].any = ways[i].capture;
		m.range[1].any = ways[i].lines;
		assert_string_equal(cm_dossier_evidence_traffic(&m.d, 0).id, ways[i].id);
		assert_false(cm_dossier_evidence_traffic(&m.d, 0).said);
	}
	m.traffic.evidence = "N2";
	assert_string_equal(cm_dossier_evidence_traffic(&m.d, 0).id, "N2");
	assert_string_equal(cm_dossier_evidence_traffic(&m.d, 0).ours, "N1");
	assert_true(cm_dossier_evidence_traffic(&m.d, 0).said);
}

static const struct cm_evidence_used *
find(const struct cm_evidence_used *u, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(u[i].id, id) == 0)
			return &u[i];
	fail_msg("%s is not among the types", id);
	return NULL;
}

static void
each_type_stands_once_with_what_is_of_it(void **state)
{
	struct cm_evidence_used *u;
	struct cm_arena a;
	struct made m;
	size_t n;

	(void)state;
	make(&m);
	m.range[0].any = true;
	m.finding.evidence = "N7";
	m.chain.evidence = "Q5";
	cm_arena_init(&a, 0);
	assert_int_equal(cm_dossier_evidence(&m.d, &a, &u, &n), CM_OK);
	assert_int_equal(n, 4);
	assert_int_equal(find(u, n, "N1")->exhibits, 1);
	assert_int_equal(find(u, n, "N1")->traffic, 1);
	assert_int_equal(find(u, n, "N1")->derived, 1);
	assert_int_equal(find(u, n, "N1")->other, 0);
	assert_int_equal(find(u, n, "H2")->exhibits, 1);
	assert_int_equal(find(u, n, "H2")->derived, 0);
	assert_int_equal(find(u, n, "N7")->findings, 1);
	assert_int_equal(find(u, n, "N7")->derived, 0);
	assert_int_equal(find(u, n, "N7")->other, 0);
	assert_int_equal(find(u, n, "Q5")->chains, 1);
	assert_int_equal(find(u, n, "Q5")->other, 1);
	cm_arena_fini(&a);
}

static void
words_say_what_it_supports_and_what_is_not_known(void **state)
{
	struct cm_registry r;
	struct cm_buf b = { 0 };
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	assert_int_equal(cm_registry_builtin(&a, &r, NULL), CM_OK);
	cm_words_evidence(&b, &r, "N2");
	assert_string_equal(cm_buf_cstr(&b), "Supports: path, volume, the next hop upstream (layer: machine). Forge class F2, disclosure cost "
		"D2: To have traffic pass through networks of one's choice takes machines there and time, and flow records show what a "
		"network's owner can see. (Comity's own judgement.)");
	cm_buf_clear(&b);
	cm_words_evidence_name(&b, &r, "N2");
	assert_string_equal(cm_buf_cstr(&b), "N2, flow records of relays");
	cm_buf_clear(&b);
	cm_words_evidence(&b, &r, "Q5");
	cm_words_evidence_name(&b, &r, "Q5");
	assert_non_null(strstr(cm_buf_cstr(&b), "this program can not say"));
	assert_non_null(strstr(cm_buf_cstr(&b), "Q5, a type of evidence that this program does not know"));
	cm_buf_clear(&b);
	cm_words_evidence_used(&b, &(struct cm_evidence_used) { .id = "N7", .exhibits = 1, .findings = 3, .derived = 2, .other = 1 });
	assert_string_equal(cm_buf_cstr(&b), "1 exhibit, 3 findings; 2 of the statements name no type, and this program takes them for it; "
		"1 of the statements names it where this program would name another");
	cm_buf_release(&b);
	cm_arena_fini(&a);
}

static void
the_report_has_a_section_on_it_and_each_finding_leads_there(void **state)
{
	struct cm_buf b = { 0 };
	const char *text, *at;
	size_t links = 0;

	(void)state;
	assert_int_equal(cm_report_render(made_up_dossier(0), cm_span_str("{}"), NULL, &b), CM_OK);
	text = cm_buf_cstr(&b);
	assert_non_null(strstr(text, "<section id=\"evidence\">"));
	assert_non_null(strstr(text, "N7, protocol anomaly"));
	assert_non_null(strstr(text, "N1, victim-side packet capture excerpt"));
	for (at = text; (at = strstr(at, "<a href=\"#evidence\">evidence type N7</a>")) != NULL; at++)
		links++;
	assert_int_equal(links, made_up_dossier(0)->n_findings);
	cm_buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_count_is_of_lines_only_if_all_that_it_rests_on_are),
		cmocka_unit_test(each_type_stands_once_with_what_is_of_it),
		cmocka_unit_test(words_say_what_it_supports_and_what_is_not_known),
		cmocka_unit_test(the_report_has_a_section_on_it_and_each_finding_leads_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
