/* Which findings speak of a row: the same as asking each of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dossier/cited.h"
#include "dossier/model.h"

#define FINDINGS 40u
#define ROWS 300u

struct speaking {
	cm_packet_id id[ROWS];
	struct cm_ids set;
};

static void
make_up(struct speaking *f, struct cm_cited *c)
{
	srand(7);
	for (uint32_t i = 0; i < FINDINGS; i++) {
		f[i].set = (struct cm_ids) { f[i].id, 0 };
		for (uint64_t row = 0; row < ROWS; row++)
			if (rand() % 30 == 0)
				f[i].id[f[i].set.n++] = row;
		assert_int_equal(cm_cited_add(c, &f[i].set, i, i % 3), CM_OK);
	}
	cm_cited_sort(c);
}

static void
asks_the_same(const struct speaking *f, struct cm_cited *c, uint64_t row)
{
	const struct cm_cited_row *of;
	size_t n = cm_cited_of(c, row, &of), k = 0;

	for (uint32_t i = 0; i < FINDINGS; i++) {
		if (!cm_ids_has(&f[i].set, row))
			continue;
		assert_true(k < n);
		assert_int_equal(of[k].finding, i);
		assert_int_equal(of[k].as, i % 3);
		k++;
	}
	assert_int_equal(k, n);
}

static void
it_says_what_each_finding_says_of_a_row_in_any_order(void **state)
{
	static struct speaking f[FINDINGS];
	struct cm_cited c = { 0 };

	(void)state;
	make_up(f, &c);
	for (uint64_t row = 0; row < ROWS + 5; row++)
		asks_the_same(f, &c, row);
	for (uint64_t row = 0; row < ROWS + 5; row++)
		asks_the_same(f, &c, row);
	for (int i = 0; i < 2000; i++)
		asks_the_same(f, &c, (uint64_t)rand() % (ROWS + 5));
	cm_cited_release(&c);
}

static void
an_empty_list_speaks_of_nothing(void **state)
{
	const struct cm_cited_row *of;
	struct cm_cited c = { 0 };

	(void)state;
	cm_cited_sort(&c);
	assert_int_equal(cm_cited_of(&c, 0, &of), 0);
	assert_int_equal(cm_cited_of(&c, UINT64_MAX, &of), 0);
	cm_cited_release(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_says_what_each_finding_says_of_a_row_in_any_order),
		cmocka_unit_test(an_empty_list_speaks_of_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
