/* What has to hold where a part of a datagram or a checksum is shut: an honest sender is not
 * contradicted, a cheat's finding is not reproduced; and where all is open he is contradicted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "made.h"
#include "parts.h"

static const char *quiet; /* arguments: one without a finding, and others */
static const char *const *captures;
static size_t n_captures;

static const struct parts_how shapes[] = { { 40, 0 }, { 40, 2 }, { 40, 5 }, { 0, 2 }, { 0, 5 } };
static const uint8_t hides[] = { CM_HIDE_PAYLOAD, CM_HIDE_ADDRESSES, CM_HIDE_PAYLOAD | CM_HIDE_ADDRESSES };

#define N_SHAPES (sizeof(shapes) / sizeof(shapes[0]))

static struct made_verdict
verdict_of(const char *path, const struct parts_how *shape, const struct made_how *how)
{
	struct cm_buf bytes = made_read(path), parts;
	struct made_verdict v;
	struct made m;

	assert_true(bytes.len > 0);
	parts = parts_made(cm_buf_span(&bytes), shape);
	if (!made_dossier(cm_buf_span(&parts), how, &m))
		fail_msg("%s: no dossier: %s", path, m.why);
	v = made_verify(cm_buf_span(&m.dossier), true);
	made_release(&m);
	cm_buf_release(&bytes);
	cm_buf_release(&parts);
	return v;
}

static void
honest_findings_are_never_contradicted(void **state)
{
	struct made_how how = { .leak_ok = true };
	struct made_verdict v;
	size_t i, k, h, findings = 0;

	(void)state;
	for (i = 0; i < n_captures * N_SHAPES; i++) {
		k = i % N_SHAPES;
		for (h = 0; h < 8; h++) {
			how.hides = h / 2 < 3 ? hides[h / 2] : 0;
			how.whole_host = h % 2 != 0;
			v = verdict_of(captures[i / N_SHAPES], &shapes[k], &how);
			findings += v.findings;
			if (v.rc != CM_OK || v.end == CM_VERIFY_REFUSED)
				fail_msg("%s, shape %zu, hides %d: %s", captures[i / N_SHAPES], k, how.hides,
				    v.text);
			/* signs of headers come out without the parts; what these hold may undo them */
			if (shapes[k].piece != 0 && (how.hides & CM_HIDE_PAYLOAD) != 0 && v.findings > 0 &&
			    v.best <= CM_OUTCOME_AS_SHOWN)
				fail_msg("%s, shape %zu: %s", captures[i / N_SHAPES], k, v.text);
		}
	}
	assert_true(findings > 0);
}

static void
a_sign_with_other_bits(struct cm_finding *f)
{
	struct cm_finding_cue *c = (struct cm_finding_cue *)(uintptr_t)f->cues;

	c[0].bits += 1;
	f->bits += 1;
}

static void
no_changed_sign_is_reproduced(void **state)
{
	struct made_how how = { .leak_ok = true, .finding = a_sign_with_other_bits };
	struct made_verdict v;
	size_t i, k, h;

	(void)state;
	for (i = 0; i < n_captures * N_SHAPES; i++) {
		k = i % N_SHAPES;
		for (h = 0; h < 4; h++) {
			how.hides = h < 3 ? hides[h] : 0;
			v = verdict_of(captures[i / N_SHAPES], &shapes[k], &how);
			/* in whole frames, with nothing hidden, all that is needed is open */
			if (v.rc != CM_OK || (v.findings > 0 && (v.best <= CM_OUTCOME_AS_SHOWN ||
			    (how.hides == 0 && shapes[k].piece == 0 && v.best != CM_OUTCOME_CONTRADICTED))))
				fail_msg("%s, shape %zu, hides %d: %s", captures[i / N_SHAPES], k, how.hides,
				    v.text);
		}
	}
}

/* The detectors of this cheat take a damaged copy for a forged packet. */
static void
a_damaged_copy_is_never_a_forged_one(void **state)
{
	static const size_t pieces[] = { 0, 40 };
	struct made_how honest = { 0 }, cheat = { .blind = true, .leak_ok = true };
	struct made_verdict v;
	size_t i, h, seen = 0;

	(void)state;
	for (i = 0; i < 40; i++) {
		struct parts_how shape = { pieces[i % 2], (uint32_t)(1 + i / 2) };

		assert_int_equal(verdict_of(quiet, &shape, &honest).findings, 0);
		for (h = 0; h < 4; h++) {
			cheat.hides = h < 3 ? hides[h] : 0;
			v = verdict_of(quiet, &shape, &cheat);
			seen += v.findings;
			if (v.findings > 0 && (v.best == CM_OUTCOME_REPRODUCED ||
			    (shape.piece != 0 && v.best <= CM_OUTCOME_AS_SHOWN) ||
			    (cheat.hides == 0 && shape.piece == 0 && v.best != CM_OUTCOME_CONTRADICTED)))
				fail_msg("copy %zu, pieces of %zu, hides %d: %s", 1 + i / 2, shape.piece,
				    cheat.hides, v.text);
		}
	}
	assert_true(seen > 0);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(honest_findings_are_never_contradicted),
		cmocka_unit_test(no_changed_sign_is_reproduced),
		cmocka_unit_test(a_damaged_copy_is_never_a_forged_one),
	};

	if (argc < 3)
		return 77;
	quiet = argv[1];
	captures = (const char *const *)(argv + 2);
	n_captures = (size_t)(argc - 2);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
