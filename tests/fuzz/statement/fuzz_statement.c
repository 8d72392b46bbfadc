/* A statement from others: an error, or a head and a body that come back when they are
 * written again. */
#include <string.h>

#include "fuzz.h"
#include "statement/assessment_v1.h"
#include "statement/charter_v1.h"
#include "statement/comparison_v1.h"
#include "statement/custody.h"
#include "statement/key_v1.h"
#include "statement/receipt_v1.h"
#include "statement/seal_v1.h"
#include "statement/under.h"

/* A charter, and what is said under one. */
static enum cm_result
read_agreed(const struct cm_statement_doc *d, struct cm_arena *a, struct cm_jsonw *w)
{
	union {
		struct cm_charter_v1 charter;
		struct cm_consent_v1 consent;
		struct cm_withdrawal_v1 withdrawal;
		struct cm_approval_v1 approval;
		struct cm_close_v1 close;
		struct cm_receipt_v1 receipt;
	} as;
	enum cm_predicate type = d->head.type;
	enum cm_result r = CM_E_UNSUPPORTED;

	if (type == CM_PREDICATE_CHARTER && (r = cm_charter_v1_read(d, a, &as.charter, NULL)) == CM_OK)
		cm_charter_v1_write(w, &as.charter);
	if (type == CM_PREDICATE_CONSENT && (r = cm_consent_v1_read(d, a, &as.consent, NULL)) == CM_OK)
		cm_consent_v1_write(w, &as.consent);
	if (type == CM_PREDICATE_WITHDRAWAL && (r = cm_withdrawal_v1_read(d, a, &as.withdrawal, NULL)) == CM_OK)
		cm_withdrawal_v1_write(w, &as.withdrawal);
	if (type == CM_PREDICATE_APPROVAL && (r = cm_approval_v1_read(d, a, &as.approval, NULL)) == CM_OK)
		cm_approval_v1_write(w, &as.approval);
	if (type == CM_PREDICATE_CLOSE && (r = cm_close_v1_read(d, a, &as.close, NULL)) == CM_OK)
		cm_close_v1_write(w, &as.close);
	if (type == CM_PREDICATE_RECEIPT && (r = cm_receipt_v1_read(d, &as.receipt, NULL)) == CM_OK)
		cm_receipt_v1_write(w, &as.receipt);
	return r;
}

/* An assessment, and two of them side by side. */
static enum cm_result
read_assessed(const struct cm_statement_doc *d, struct cm_arena *a, struct cm_jsonw *w)
{
	struct cm_assessment_v1 assessment;
	struct cm_comparison_v1 comparison;
	enum cm_result r;

	if (d->head.type == CM_PREDICATE_COMPARISON) {
		r = cm_comparison_v1_read(d, a, &comparison, NULL);
		if (r == CM_OK)
			cm_comparison_v1_write(w, &comparison);
		return r;
	}
	r = cm_statement_only(d, cm_assessment_v1_members, NULL);
	if (r == CM_OK)
		r = cm_assessment_v1_read(d->predicate, a, &assessment, NULL);
	if (r == CM_OK)
		cm_assessment_v1_write(w, &assessment);
	return r;
}

/* A seal, a hand-over, a key's end, and those above; of the other types the common part only. */
static enum cm_result
read_own(const struct cm_statement_doc *d, struct cm_arena *a, struct cm_jsonw *w)
{
	struct cm_seal_v1 seal;
	struct cm_custody custody;
	struct cm_key_v1 key;
	enum cm_result r;

	if (d->head.type == CM_PREDICATE_SEAL) {
		r = cm_seal_v1_read(d, a, &seal, NULL);
		if (r == CM_OK)
			cm_seal_v1_write(w, &seal);
		return r;
	}
	if (d->head.type == CM_PREDICATE_CUSTODY) {
		r = cm_custody_read(d, a, &custody, NULL);
		if (r == CM_OK)
			cm_custody_write(w, &custody);
		return r;
	}
	if (d->head.type == CM_PREDICATE_KEY) {
		r = cm_key_v1_read(d, a, &key, NULL);
		if (r == CM_OK)
			cm_key_v1_write(w, &key);
		return r;
	}
	if (d->head.type == CM_PREDICATE_ASSESSMENT || d->head.type == CM_PREDICATE_COMPARISON)
		return read_assessed(d, a, w);
	return read_agreed(d, a, w);
}

static enum cm_result
rewrite(struct cm_span text, struct cm_buf *out)
{
	struct cm_jsonw w = cm_jsonw_of(out, 2);
	struct cm_statement_doc d = { 0 };
	struct cm_arena arena;
	enum cm_result r;

	cm_arena_init(&arena, (size_t)64 << 20);
	r = cm_statement_read(text, &arena, &d, NULL);
	if (r == CM_OK) {
		cm_statement_begin(&w, &d.head);
		r = read_own(&d, &arena, &w);
		cm_statement_end(&w);
	}
	cm_statement_release(&d);
	cm_arena_fini(&arena);
	return r;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_buf one = { 0 }, two = { 0 };

	if (rewrite(cm_span_of(data, size), &one) == CM_OK) {
		must(rewrite(cm_buf_span(&one), &two) == CM_OK);
		must(cm_span_eq(cm_buf_span(&one), cm_buf_span(&two)));
	}
	cm_buf_release(&one);
	cm_buf_release(&two);
	return 0;
}
