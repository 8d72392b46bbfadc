/* The page of an assessment: whole, the same for the same, nobody's markup, and an end when memory ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../starve.h"
#include "assess/text.h"
#include "dossier/assess_page.h"

/* Allocations until one fails, 0: none does. */
static unsigned long countdown;

bool
allocation_fails(void)
{
	return countdown > 0 && --countdown == 0;
}

#define EVIL "<script>alert(1)</script><b \xe2\x80\xae\" '&"
#define DIGEST "94ee059335e587e501cc4bf90613e0814f00a7b08bc7c648fd865a2af6a22cc2"

static const char head[] =
    "assessment 1\ntitle " EVIL "\nparty A\nabout " EVIL "\n"
    "hypothesis state A\n  text " EVIL "\n  prior 0.25 admits 0.1 to 0.4 because \"x\"\n"
    "hypothesis state B\n  prior 0.25\nhypothesis state B>A\n  prior 0.1\nhypothesis state other\n  prior 0.4\n";

static void
put_item(struct cm_buf *text, unsigned i)
{
	cm_buf_printf(text, "item i%u\n  text " EVIL "\n  because " EVIL "\n  type N4\n  group g%u\n  forge F%u\n  rests finding " DIGEST "\n  by P%u\n"
			    "  view %s\n  state A 0.%02u\n  state B 0.3 to 0.5\n  state other 0.01\n",
	    i, i % 7, i % 5, i % 3, i % 4 == 0 ? "public" : i % 4 == 1 ? "shared Q, R" : i % 4 == 2 ? "panel" : "own", 1 + i % 80);
}

struct made {
	struct cm_arena arena;
	struct cm_registry registry;
	struct cm_assessment a;
	struct cm_assess_picture shown;
};

static void
make(struct made *m, unsigned items)
{
	struct cm_buf text = { 0 };
	struct cm_err err = { 0 };

	cm_buf_add_str(&text, head);
	for (unsigned i = 0; i < items; i++)
		put_item(&text, i);
	cm_buf_add_str(&text, "item copy\n  type G1\n  group g0\n  rests report " DIGEST "\n  source B2\n  view public\n  repeats i0\n  state A 0.5\n  state B 0.1\n"
			      "  state other 0.1\nitem lone\n  type G1\n  rests report " DIGEST "\n  source C3\n  view public\n  state A 0.5\n  state B 0.1\n"
			      "  state other 0.1\nitem asked\n  type N4\n  rests finding " DIGEST "\n  state A ?\n");
	cm_arena_init(&m->arena, 0);
	assert_int_equal(cm_registry_builtin(&m->arena, &m->registry, &err), CM_OK);
	if (cm_assess_text_read(cm_buf_span(&text), &m->registry, &m->arena, &m->a, NULL, &err) != CM_OK)
		fail_msg("%s", err.text);
	assert_int_equal(cm_assess_picture_of(&m->a, &m->registry, &m->arena, &m->shown, &err), CM_OK);
	cm_buf_release(&text);
}

static size_t
times(const char *in, const char *what)
{
	size_t n = 0;

	for (in = strstr(in, what); in != NULL; in = strstr(in + 1, what))
		n++;
	return n;
}

static const char *
page(const struct cm_assess_picture *s, struct cm_buf *out)
{
	assert_int_equal(cm_assess_page(s, out), CM_OK);
	assert_non_null(cm_buf_cstr(out));
	return cm_buf_cstr(out);
}

static void
has_its_parts(void **state)
{
	static const char *const parts[] = { "script-src 'sha256-", "id=\"assessment-1-recomputed\"", "id=\"assessment-1-try\"",
		"type=\"application/json\" id=\"assessment-1\">{\"rows\":[", "elicited judgements", "A deceiver who is stronger", "That something was not found",
		"What speaks for whom", "What hangs on what", "What would turn the answer", "Who sees what", "shared", "confidence is",
		"no weight", "copy</td>", "none</td>", "Planted", "1 item says nothing at this layer" };
	struct made m;
	struct cm_buf out = { 0 };
	const char *html;

	(void)state;
	make(&m, 9);
	html = page(&m.shown, &out);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strstr(html, parts[i]) == NULL)
			fail_msg("no %s", parts[i]);
	cm_buf_release(&out);
	cm_arena_fini(&m.arena);
}

static void
texts_stay_texts(void **state)
{
	static const enum cm_assess_mark marks[16] = { CM_MARK_REDONE, CM_MARK_THERE, CM_MARK_SHUT, CM_MARK_CLAIMED };
	static const char *const claims[] = { EVIL };
	struct made m;
	struct cm_buf out = { 0 };
	const char *html;

	(void)state;
	make(&m, 9);
	m.shown.mark = marks;
	m.shown.claim = claims;
	m.shown.n_claims = 1;
	m.shown.shut = 2;
	html = page(&m.shown, &out);
	assert_int_equal(times(html, "<script"), 2);
	assert_int_equal(times(html, "</script>"), 2);
	assert_null(strstr(html, "<b \xe2\x80\xae"));
	assert_null(strstr(html, "<b \xef\xbf\xbd"));
	assert_true(times(html, "&lt;script&gt;alert(1)&lt;/script&gt;") > 10);
	assert_non_null(strstr(html, "2 items stay shut"));
	assert_non_null(strstr(html, "redone here"));
	assert_non_null(strstr(html, "claimed only"));
	cm_buf_release(&out);
	cm_arena_fini(&m.arena);
}

static void
the_same_gives_the_same(void **state)
{
	struct cm_buf one = { 0 }, two = { 0 };
	struct made m, n;

	(void)state;
	make(&m, 20);
	make(&n, 20);
	page(&m.shown, &one);
	page(&n.shown, &two);
	assert_true(cm_span_eq(cm_buf_span(&one), cm_buf_span(&two)));
	cm_buf_release(&one);
	cm_buf_release(&two);
	cm_arena_fini(&m.arena);
	cm_arena_fini(&n.arena);
}

static void
the_large_is_bounded(void **state)
{
	struct cm_buf out = { 0 };
	struct made m;
	const char *html;

	(void)state;
	make(&m, 300);
	html = page(&m.shown, &out);
	assert_non_null(strstr(html, "The 40 most telling items of 302 are shown; 262 are left out."));
	assert_true(times(html, "<th scope=\"col\" class=\"up\">") == 40);
	assert_true(times(html, "<tr id=\"a1-item-") <= 140);
	assert_non_null(strstr(html, "more items are in the rows of this page"));
	cm_buf_release(&out);
	cm_arena_fini(&m.arena);
}

/* Every column of a matrix leads to an item of the list. */
static void
links_lead_somewhere(void **state)
{
	struct cm_buf out = { 0 };
	struct made m;

	(void)state;
	make(&m, 300);
	for (const char *at = strstr(page(&m.shown, &out), "href=\"#a1-item-"); at != NULL; at = strstr(at + 1, "href=\"#a1-item-")) {
		char id[40] = "id=\"";

		strncat(id, at + 7, strcspn(at + 7, "\"") + 1);
		assert_non_null(strstr(cm_buf_cstr(&out), id));
	}
	cm_buf_release(&out);
	cm_arena_fini(&m.arena);
}

static void
memory_may_end_anywhere(void **state)
{
	struct made m;
	bool done = false;

	(void)state;
	make(&m, 9);
	for (unsigned long at = 1; !done && at < 10000; at++) {
		struct cm_buf out = { 0 };
		enum cm_result r;

		countdown = at;
		r = cm_assess_page(&m.shown, &out);
		done = countdown > 0;
		countdown = 0;
		assert_int_equal(r, done ? CM_OK : CM_E_NOMEM);
		cm_buf_release(&out);
	}
	assert_true(done);
	cm_arena_fini(&m.arena);
}

/* Two sides that differ in priors, in items, and in what they have. */
static void
a_pair_is_kept_apart(void **state)
{
	struct cm_buf out = { 0 }, again = { 0 };
	struct cm_assess_compared c;
	struct made m, n;
	bool done = false;

	(void)state;
	make(&m, 9);
	make(&n, 30);
	n.a.hypothesis[0].prior *= 2;
	n.a.party = NULL;
	assert_int_equal(cm_assess_compare(&(struct cm_assess_compare_in) { .a = &m.a, .b = &n.a, .layer = CM_LAYER_STATE, .view = CM_OF_ALL }, &m.arena, &c, NULL), CM_OK);
	assert_int_equal(cm_assess_pair_page(&c, 1, &out), CM_OK);
	assert_int_equal(times(cm_buf_cstr(&out), "<script"), 0);
	assert_non_null(strstr(cm_buf_cstr(&out), "nothing here is merged"));
	assert_non_null(strstr(cm_buf_cstr(&out), "the second side"));
	assert_non_null(strstr(cm_buf_cstr(&out), "elicited judgements"));
	for (unsigned long at = 1; !done && at < 10000; at++) {
		enum cm_result r;

		cm_buf_release(&again);
		countdown = at;
		r = cm_assess_pair_page(&c, 1, &again);
		done = countdown > 0;
		countdown = 0;
		assert_int_equal(r, done ? CM_OK : CM_E_NOMEM);
	}
	assert_true(done && cm_span_eq(cm_buf_span(&out), cm_buf_span(&again)));
	cm_buf_release(&out);
	cm_buf_release(&again);
	cm_arena_fini(&m.arena);
	cm_arena_fini(&n.arena);
}

static void
memory_may_end_while_computing(void **state)
{
	struct made m;
	bool done = false;

	(void)state;
	make(&m, 9);
	for (unsigned long at = 1; !done && at < 10000; at++) {
		struct cm_assess_picture shown;
		struct cm_arena arena;
		struct cm_err err = { 0 };
		enum cm_result r;

		cm_arena_init(&arena, 0);
		countdown = at;
		r = cm_assess_picture_of(&m.a, &m.registry, &arena, &shown, &err);
		done = countdown > 0;
		countdown = 0;
		assert_int_equal(r, done ? CM_OK : CM_E_NOMEM);
		cm_arena_fini(&arena);
	}
	assert_true(done);
	cm_arena_fini(&m.arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_its_parts),
		cmocka_unit_test(texts_stay_texts),
		cmocka_unit_test(the_same_gives_the_same),
		cmocka_unit_test(the_large_is_bounded),
		cmocka_unit_test(links_lead_somewhere),
		cmocka_unit_test(memory_may_end_anywhere),
		cmocka_unit_test(memory_may_end_while_computing),
		cmocka_unit_test(a_pair_is_kept_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
