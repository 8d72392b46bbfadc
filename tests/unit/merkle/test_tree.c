/* The tree is that of Certificate Transparency: its reference tree of eight leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/hex.h"
#include "crypto/sha256.h"
#include "merkle/tree.h"

static const char *const leaves[8] = { "", "00", "10", "2021", "3031", "40414243",
	"5051525354555657", "606162636465666768696a6b6c6d6e6f" };

/* Roots over the first 1, 2, ... 8 of them. */
static const char *const roots[8] = {
	"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

static void
leaf_of(size_t i, uint8_t out[32])
{
	uint8_t m[17] = { 0x00 };
	size_t len = strlen(leaves[i]) / 2;

	assert_int_equal(cm_hex_decode(cm_span_str(leaves[i]), m + 1, len), CM_OK);
	cm_sha256(m, 1 + len, out);
}

static void
assert_root(struct cm_tree *t, const uint8_t *tail, const char *hex)
{
	uint8_t root[32];
	char text[65] = { 0 };

	cm_tree_root(t, tail, root);
	cm_hex_encode(cm_span_of(root, 32), text);
	assert_string_equal(text, hex);
}

static void
roots_are_those_of_the_reference_tree(void **state)
{
	struct cm_tree t = { 0 };
	uint8_t leaf[32];
	size_t i;

	(void)state;
	assert_root(&t, NULL, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	for (i = 0; i < 8; i++) {
		leaf_of(i, leaf);
		cm_tree_add(&t, 0, leaf);
		assert_root(&t, NULL, roots[i]);
	}
}

static void
subtrees_and_a_tail_stand_for_their_leaves(void **state)
{
	struct cm_tree all = { 0 }, four = { 0 }, three = { 0 };
	uint8_t leaf[32], node[32], tail[32];
	size_t i;

	(void)state;
	for (i = 0; i < 7; i++) {
		leaf_of(i, leaf);
		cm_tree_add(i < 4 ? &four : &three, 0, leaf);
	}
	cm_tree_root(&four, NULL, node);
	cm_tree_root(&three, NULL, tail);
	cm_tree_add_marked(&all, 2, node);
	assert_false(all.siblings);
	assert_root(&all, tail, roots[6]);
	assert_true(all.siblings); /* both are marked: they could have been one */
}

static void
marked_siblings_are_noticed_and_cousins_are_not(void **state)
{
	const uint8_t h[32] = { 1 };
	struct cm_tree t = { 0 };

	(void)state;
	cm_tree_add_marked(&t, 1, h);
	cm_tree_add(&t, 0, h);
	cm_tree_add_marked(&t, 0, h);
	cm_tree_add_marked(&t, 0, h);
	assert_false(t.siblings);
	cm_tree_add_marked(&t, 0, h);
	assert_true(t.siblings);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roots_are_those_of_the_reference_tree),
		cmocka_unit_test(subtrees_and_a_tail_stand_for_their_leaves),
		cmocka_unit_test(marked_siblings_are_noticed_and_cousins_are_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
