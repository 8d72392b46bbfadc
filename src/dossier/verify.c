#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "crypto/sha256.h"
#include "dossier/facts.h"
#include "dossier/load.h"
#include "dossier/opened_write.h"
#include "dossier/pairs.h"
#include "dossier/redo_assessment.h"
#include "dossier/redo_chain.h"
#include "dossier/redo_traffic.h"
#include "dossier/refer.h"
#include "dossier/report.h"
#include "codec/rfc3339.h"
#include "dossier/verdict.h"
#include "dossier/verify.h"
#include "dossier/verify_terms.h"
#include "statement/sequence.h"

struct verifying {
	const struct cm_verify_in *in;
	struct cm_loaded *l;
	struct cm_arena *arena;
	struct cm_zip zip;
	struct cm_lines done, notes;
	struct cm_verify_signer *signer;
	struct cm_logged *logged;
	struct cm_redone *redone, *traffic, *chains, *assessments;
	const char *unknown; /* fingerprint of the first signer nobody knows */
	const char *void_signer; /* what is wrong with a known one */
	bool same_program;
	uint8_t (*digest)[32]; /* of each entry */
	struct cm_obeyed obeyed;
	struct cm_err *err;
};

static CM_RESULT
no_memory(struct verifying *v)
{
	return cm_err_set(v->err, CM_E_NOMEM, "no memory to verify the dossier");
}

static CM_RESULT __attribute__((format(printf, 3, 4)))
say(struct verifying *v, struct cm_lines *to, const char *fmt, ...)
{
	va_list ap;
	enum cm_result rc;

	va_start(ap, fmt);
	rc = cm_lines_vsay(to, fmt, ap);
	va_end(ap);
	return rc == CM_OK ? CM_OK : no_memory(v);
}

/* The SHA-256 of every entry, while the statements are read. */
static void
digest_files(void *arg)
{
	struct verifying *v = arg;
	size_t i;

	for (i = 0; i < v->zip.n; i++)
		cm_sha256(v->zip.entry[i].data.ptr, v->zip.entry[i].data.len, v->digest[i]);
}

/* 3: the list of files is exactly the other entries, but for those that prove themselves. */
static CM_RESULT
check_files(struct verifying *v)
{
	const struct cm_disclosure *d = &v->l->disclosure;
	const struct cm_zip_entry *e;
	size_t i, k = 0;

	for (i = 0; i < v->zip.n; i++) {
		e = &v->zip.entry[i];
		if (cm_span_eq(e->name, cm_span_str("disclosure.json")) ||
		    cm_span_eq(e->name, cm_span_str("disclosure.json.sig")) || cm_load_is_unlisted(e->name))
			continue;
		if (k == d->n_files || !cm_span_eq(e->name, cm_span_str(d->files[k].name)))
			return cm_err_set(v->err, CM_E_REFUSED, "%.*s is not in the disclosure's list, or one "
			    "of the list is missing", (int)e->name.len, (const char *)e->name.ptr);
		if (e->data.len != d->files[k].bytes || memcmp(v->digest[i], d->files[k].sha256, 32) != 0)
			return cm_err_set(v->err, CM_E_REFUSED, "%s is not the file that the disclosure lists",
			    d->files[k].name);
		k++;
	}
	if (k != d->n_files)
		return cm_err_set(v->err, CM_E_REFUSED, "%s is listed by the disclosure, but not there",
		    d->files[k].name);
	return say(v, &v->done, "%zu files are those that the disclosure lists", k);
}

/* The digest of part ${i} of those of one kind. */
typedef const uint8_t *digest_fn(const struct cm_dossier *d, size_t i);

static const uint8_t *
digest_of_seal(const struct cm_dossier *d, size_t i)
{
	return i < d->n_exhibits ? d->exhibits[i].statement : NULL;
}

static const uint8_t *
digest_of_finding(const struct cm_dossier *d, size_t i)
{
	return i < d->n_findings ? d->findings[i].statement : NULL;
}

static const uint8_t *
digest_of_traffic(const struct cm_dossier *d, size_t i)
{
	return i < d->n_traffic ? d->traffic[i].statement : NULL;
}

static const uint8_t *
digest_of_chain(const struct cm_dossier *d, size_t i)
{
	return i < d->n_chains ? d->chains[i].statement : NULL;
}

static const uint8_t *
digest_of_assessment(const struct cm_dossier *d, size_t i)
{
	return i < d->n_assessments ? d->assessments[i].statement : NULL;
}

static bool
digests_are(uint8_t (*digest)[32], size_t n, const struct cm_dossier *d, digest_fn *there)
{
	const uint8_t *of;
	size_t i;

	for (i = 0; i < n; i++) {
		of = there(d, i);
		if (of == NULL || memcmp(digest[i], of, 32) != 0)
			return false;
	}
	return there(d, n) == NULL;
}

static CM_RESULT
check_named(struct verifying *v)
{
	const struct cm_disclosure *x = &v->l->disclosure;
	const struct {
		uint8_t (*digest)[32];
		size_t n;
		digest_fn *there;
		const char *what;
	} kind[] = { { x->seals, x->n_seals, digest_of_seal, "seals" },
		{ x->findings, x->n_findings, digest_of_finding, "findings" },
		{ x->traffic, x->n_traffic, digest_of_traffic, "statements about traffic" },
		{ x->chains, x->n_chains, digest_of_chain, "chains" },
		{ x->assessments, x->n_assessments, digest_of_assessment, "assessments" } };
	size_t i;

	for (i = 0; i < sizeof(kind) / sizeof(kind[0]); i++)
		if (!digests_are(kind[i].digest, kind[i].n, &v->l->dossier, kind[i].there))
			return cm_err_set(v->err, CM_E_REFUSED, "disclosure.json names other %s than the dossier has",
			    kind[i].what);
	return CM_OK;
}

static CM_RESULT
check_disclosure(struct verifying *v, const struct cm_statement *head)
{
	const struct cm_dossier *d = &v->l->dossier;
	const struct cm_disclosure *x = &v->l->disclosure;
	enum cm_result rc = check_named(v);
	size_t k;

	if (rc != CM_OK)
		return rc;
	if (head->n_subject != d->n_exhibits)
		return cm_err_set(v->err, CM_E_REFUSED, "disclosure.json: `subject' and `seals' differ");
	for (k = 0; k < d->n_exhibits; k++) {
		if (memcmp(head->subject[k].exhibit, d->exhibits[k].exhibit, 32) != 0 ||
		    memcmp(head->subject[k].root, d->exhibits[k].root, 32) != 0)
			return cm_err_set(v->err, CM_E_REFUSED, "disclosure.json: `subject' and `seals' differ");
		if (!cm_shows_eq(&x->shows[k], &d->exhibits[k].shows))
			return cm_err_set(v->err, CM_E_REFUSED,
			    "disclosure.json says of seal %zu that it shows something else than it does", k + 1);
	}
	return CM_OK;
}

static CM_RESULT
check_signer(struct verifying *v, const struct cm_loaded_part *p, struct cm_verify_signer *out)
{
	const struct cm_signer_line *line = NULL;
	struct cm_err why = { 0 };
	enum cm_result rc = CM_E_NOTFOUND;

	*out = (struct cm_verify_signer) { p->name, p->doc.head.by, NULL, NULL };
	if (v->in->signers != NULL)
		rc = cm_signers_find(v->in->signers, &p->key, p->doc.head.made, &line, &why);
	if (rc == CM_OK) {
		out->principals = line->principals;
		return CM_OK;
	}
	if (rc == CM_E_NOTFOUND) {
		out->principals = cm_receiver_member(&v->in->receiver, out->fingerprint);
		if (out->principals == NULL && v->unknown == NULL)
			v->unknown = out->fingerprint;
		return CM_OK;
	}
	out->trouble = cm_arena_printf(v->arena, "%s", why.text);
	if (v->void_signer == NULL)
		v->void_signer = out->trouble;
	return out->trouble != NULL ? CM_OK : no_memory(v);
}

static CM_RESULT
check_signers(struct verifying *v)
{
	enum cm_result rc = CM_OK;
	size_t i;

	v->signer = cm_arena_array(v->arena, v->l->n_parts + 1, sizeof(v->signer[0]));
	if (v->signer == NULL)
		return no_memory(v);
	for (i = 0; rc == CM_OK && i < v->l->n_parts; i++)
		rc = check_signer(v, &v->l->part[i], &v->signer[i]);
	if (rc != CM_OK)
		return rc;
	return say(v, &v->done, "%zu statements, each signed by the key it names", v->l->n_parts);
}

static CM_RESULT
say_chain(struct verifying *v, const struct cm_sequence_note *n)
{
	const struct cm_loaded_part *p = v->l->part;

	if (n->kind == CM_SEQUENCE_GAP)
		return say(v, &v->notes, "statements %" PRIu64 " to %" PRIu64
					 " of key %s are not here: withheld, or about something else",
		    n->first, n->last, p[n->a].doc.head.by);
	return say(v, &v->notes, "%s (%s, %s)", cm_sequence_word(n->kind), p[n->a].name, p[n->b].name);
}

/* 4: number and previous among the statements of one key. */
static CM_RESULT
check_chain(struct verifying *v)
{
	struct cm_sequence_item *item = cm_arena_array(v->arena, v->l->n_parts + 1, sizeof(*item));
	struct cm_sequence chain;
	enum cm_result rc;
	size_t i;

	if (item == NULL)
		return no_memory(v);
	for (i = 0; i < v->l->n_parts; i++) {
		item[i].head = &v->l->part[i].doc.head;
		memcpy(item[i].digest, v->l->part[i].doc.digest, 32);
	}
	rc = cm_sequence_check(item, v->l->n_parts, v->arena, &chain, v->err);
	for (i = 0; rc == CM_OK && i < chain.n; i++)
		rc = say_chain(v, &chain.note[i]);
	if (rc == CM_OK && chain.refused)
		return cm_err_set(v->err, CM_E_REFUSED, "%s",
		    v->notes.n > 0 ? v->notes.line[0] : "the statements of a key do not fit together");
	return rc;
}

/* Since when each statement existed at the latest. */
static CM_RESULT
check_logged(struct verifying *v)
{
	const struct cm_logged_in in = { &v->zip, v->l->part, v->l->n_parts, v->in->policy, v->in->tsa,
		v->in->receiver.ended };
	size_t receipts = 0, stamps = 0, i;
	enum cm_result rc;

	v->logged = cm_arena_array(v->arena, v->l->n_parts + 1, sizeof(v->logged[0]));
	if (v->logged == NULL)
		return no_memory(v);
	rc = cm_logged_check(&in, v->arena, v->logged, &v->l->at, v->err);
	for (i = 0; rc == CM_OK && i < v->l->n_parts; i++) {
		receipts += v->logged[i].receipt != NULL;
		stamps += v->logged[i].stamp != NULL;
	}
	if (rc == CM_OK && receipts > 0)
		rc = say(v, &v->done, "%zu receipts, each proving that its statement is under the checkpoint in it", receipts);
	if (rc == CM_OK && stamps > 0)
		rc = say(v, &v->done, "%zu time stamps, each over the checkpoint of its receipt", stamps);
	return rc;
}

/* What the receiver knows by himself: keys that ended, and since when it can not be older. */
static CM_RESULT
check_receiver(struct verifying *v)
{
	const struct cm_own_head *head;
	char when[CM_RFC3339_LEN + 1];
	size_t i;

	for (i = 0; i < v->l->n_parts; i++) {
		struct cm_logged *l = &v->logged[i];
		const char *no = cm_receiver_trouble(&v->in->receiver, v->signer[i].fingerprint, l);

		if (no != NULL && v->signer[i].principals != NULL) {
			v->signer[i].trouble = no;
			v->void_signer = v->void_signer != NULL ? v->void_signer : no;
		}
		head = cm_receiver_head(&v->in->receiver, &v->l->part[i].doc.head);
		if (head == NULL)
			continue;
		l->not_earlier = head->made;
		cm_rfc3339_format(head->made, when);
		l->text = cm_arena_printf(v->arena, "%s; not earlier than %s, when your own log had the %" PRIu64
						    " entries that it names", l->text, when, head->size);
		if (l->text == NULL)
			return no_memory(v);
	}
	return CM_OK;
}

/* One exhibit has one table.  Whoever seals it twice may have shown others the other one. */
static CM_RESULT
look_for_twins(struct verifying *v)
{
	const struct cm_dossier *d = &v->l->dossier;
	enum cm_result rc = CM_OK;
	size_t i, k;

	for (i = 1; i < d->n_exhibits; i++) {
		for (k = 0; rc == CM_OK && k < i; k++) {
			if (memcmp(d->exhibits[i].exhibit, d->exhibits[k].exhibit, 32) != 0 ||
			    memcmp(d->exhibits[i].root, d->exhibits[k].root, 32) == 0 ||
			    strcmp(d->exhibits[i].by, d->exhibits[k].by) != 0)
				continue;
			rc = say(v, &v->notes, "seal-%zu and seal-%zu are two different tables of one exhibit, both sealed by %s",
			    k + 1, i + 1, d->exhibits[i].by);
		}
	}
	return rc;
}

/* Takes bytes that are to be those of a file: what would be longer, by long names of columns
 * that stand in every row, ends where the file does. */
struct comparing {
	struct cm_span left;
};

static enum cm_result
compare(void *arg, const void *ptr, size_t len)
{
	struct comparing *c = arg;

	if (len > c->left.len || memcmp(c->left.ptr, ptr, len) != 0)
		return CM_E_REFUSED;
	c->left = cm_span_part(c->left, len, c->left.len - len);
	return CM_OK;
}

/* 7: the opened rows for other tools, and the report, made again. */
static CM_RESULT
check_opened(struct verifying *v, uint32_t k, enum cm_kind kind)
{
	const struct cm_shown_exhibit *x = &v->l->dossier.exhibits[k];
	bool expected = x->has_opening && x->schema->kind == kind;
	struct comparing c = { { 0 } };
	struct cm_sink again = { compare, &c };
	char name[40];
	enum cm_result rc;

	snprintf(name, sizeof(name), "seal-%" PRIu32 "%s", k + 1, cm_opened_ending(kind));
	rc = cm_zip_find(&v->zip, name, &c.left);
	if ((rc == CM_OK) != expected)
		return cm_err_set(v->err, CM_E_REFUSED, "%s is %s", name,
		    expected ? "missing" : "there, and should not be");
	if (!expected)
		return CM_OK;
	rc = cm_opened_write(&v->l->dossier, k, &again);
	if (rc == CM_E_NOMEM)
		return no_memory(v);
	if (rc != CM_OK || c.left.len != 0)
		rc = cm_err_set(v->err, CM_E_REFUSED, "%s does not hold the %s that are opened", name,
		    kind == CM_KIND_CAPTURE ? "packets" : "rows");
	if (rc == CM_OK)
		rc = say(v, &v->done, "%s, made again from the opened cells, is the same", name);
	return rc;
}

static CM_RESULT
check_opened_all(struct verifying *v)
{
	enum cm_result rc = CM_OK;
	uint32_t k;
	int kind;

	for (k = 0; k < v->l->dossier.n_exhibits; k++) {
		for (kind = CM_KIND_CAPTURE; rc == CM_OK && kind <= CM_KIND_BLOB; kind++)
			rc = check_opened(v, k, (enum cm_kind)kind);
	}
	return rc;
}

static CM_RESULT
say_opening(struct verifying *v, uint32_t k)
{
	const struct cm_shown_exhibit *x = &v->l->dossier.exhibits[k];
	enum cm_result rc = CM_OK;

	if (!x->has_opening)
		return CM_OK;
	if (x->n_pairs_opened > 0)
		rc = say(v, &v->done, "seal-%" PRIu32 CM_PAIRS_ENDING ": how many rows %zu pair%s of hosts %s, proven to be what was "
		    "sealed", k + 1, x->n_pairs_opened, x->n_pairs_opened == 1 ? "" : "s", x->n_pairs_opened == 1 ? "has" : "have");
	if (rc != CM_OK)
		return rc;
	return say(v, &v->done, "seal-%" PRIu32 ".opening: %" PRIu64 " of %" PRIu64 " rows, proven to be sealed ones%s",
	    k + 1, x->shows.rows, x->table_rows,
	    x->whole ? "; that is the whole file, with the SHA-256 that was sealed" : "");
}

/* 7: the report, looked at beside all that needs the arena. */
struct report_check {
	const struct verifying *v;
	bool missing; /* and may be */
	enum cm_result rc;
	struct cm_err err;
};

static CM_RESULT
compare_report(struct report_check *c, struct cm_span html, struct cm_span facts)
{
	struct cm_buf again = { 0 };
	struct cm_span there;
	enum cm_result rc;

	if (c->v->same_program) {
		rc = cm_report_render(&c->v->l->dossier, facts, NULL, &again);
		if (rc == CM_OK && !cm_span_eq(cm_buf_span(&again), html))
			rc = cm_err_set(&c->err, CM_E_REFUSED, "report.html is not what this evidence gives");
		cm_buf_release(&again);
		return rc;
	}
	if (cm_report_facts(html, &there) != CM_OK || !cm_span_eq(there, facts))
		return cm_err_set(&c->err, CM_E_REFUSED, "report.html states other facts than the evidence");
	return CM_OK;
}

static void
check_report(void *arg)
{
	struct report_check *c = arg;
	struct cm_buf facts = { 0 };
	struct cm_span html;

	if (cm_zip_find(&c->v->zip, "report.html", &html) != CM_OK) {
		c->missing = true;
		c->rc = cm_terms_withhold(c->v->l->dossier.terms, "picture") ? CM_OK : cm_err_set(&c->err, CM_E_REFUSED, "report.html is missing");
		return;
	}
	c->rc = cm_facts_write(&c->v->l->dossier, &facts);
	if (c->rc == CM_OK)
		c->rc = compare_report(c, html, cm_buf_span(&facts));
	cm_buf_release(&facts);
}

static CM_RESULT
say_report(struct verifying *v, const struct report_check *c)
{
	enum cm_result rc;

	if (c->rc != CM_OK)
		return c->err.code == CM_OK ? c->rc : cm_err_set(v->err, c->rc, "%s", c->err.text);
	if (c->missing)
		return say(v, &v->done, "there is no report.html: the charter did not let it out");
	if (v->same_program)
		return say(v, &v->done, "report.html, made again, is the same");
	rc = say(v, &v->done, "report.html states the facts of this evidence");
	if (rc == CM_OK)
		rc = say(v, &v->notes, "report.html was made by another version of the program: its prose is the "
				       "sender's word");
	return rc;
}

/* 8 */
static CM_RESULT
redo_all(struct verifying *v)
{
	const struct cm_dossier *d = &v->l->dossier;
	struct cm_redo_chains_in in = { .dossier = d };
	enum cm_result rc;

	v->redone = cm_arena_array(v->arena, d->n_findings + 1, sizeof(v->redone[0]));
	v->traffic = cm_arena_array(v->arena, d->n_traffic + 1, sizeof(v->traffic[0]));
	v->chains = cm_arena_array(v->arena, d->n_chains + 1, sizeof(v->chains[0]));
	v->assessments = cm_arena_array(v->arena, d->n_assessments + 1, sizeof(v->assessments[0]));
	if (v->redone == NULL || v->traffic == NULL || v->chains == NULL || v->assessments == NULL)
		return no_memory(v);
	rc = cm_redo_all(d, v->arena, v->redone);
	if (rc == CM_OK)
		rc = cm_redo_traffic(d, v->arena, v->traffic);
	in.findings = v->redone;
	in.traffic = v->traffic;
	if (rc == CM_OK)
		rc = cm_redo_chains(&in, v->arena, v->chains);
	if (rc == CM_OK)
		rc = cm_redo_assessments(&(struct cm_redo_assessments_in) { d, v->redone, v->traffic, v->chains }, v->arena, v->assessments);
	return rc == CM_E_NOMEM ? no_memory(v) : rc;
}

struct again {
	struct verifying *v;
	enum cm_result rc, redone;
};

static void
make_again(void *arg)
{
	struct again *a = arg;

	a->rc = check_opened_all(a->v);
	a->redone = a->rc == CM_OK ? redo_all(a->v) : CM_OK;
}

/* 7 and 8: what is in the dossier twice, and the findings. */
static CM_RESULT
check_made(struct verifying *v)
{
	struct again a = { .v = v };
	struct report_check r = { .v = v };
	enum cm_result rc;

	cm_together_do(v->in->together, check_report, &r, make_again, &a);
	rc = a.rc;
	if (rc == CM_OK)
		rc = say_report(v, &r);
	return rc == CM_OK ? a.redone : rc;
}

/* 3 to 6: all parts, by the list of files if that holds. */
static CM_RESULT
load(struct verifying *v)
{
	struct cm_err why = { 0 };
	const char *at;
	enum cm_result rc, loaded;

	v->digest = cm_arena_array(v->arena, v->zip.n + 1, 32);
	if (v->digest == NULL)
		return no_memory(v);
	v->l->together = v->in->together;
	v->l->beside = digest_files;
	v->l->beside_arg = v;
	loaded = cm_load(v->l, &v->zip, &why);
	at = v->l->at;
	v->l->at = NULL;
	rc = check_files(v);
	if (rc == CM_OK)
		rc = cm_load_names(v->l, &v->zip, v->err);
	v->l->at = rc == CM_OK ? at : NULL;
	if (rc == CM_OK && loaded != CM_OK) {
		*v->err = why;
		rc = loaded;
	}
	return rc;
}

static CM_RESULT
check_terms(struct verifying *v)
{
	const struct cm_verify_terms in = { v->l, &v->zip, &v->in->receiver, v->in->policy, &v->logged[0], &v->done,
		&v->notes };

	return cm_verify_terms(&in, v->arena, &v->obeyed, v->err);
}

static CM_RESULT
check_all(struct verifying *v)
{
	const struct cm_statement *head;
	enum cm_result rc;
	uint32_t k;

	rc = cm_zip_read(v->in->dossier, v->arena, &v->zip, v->err);
	if (rc == CM_OK)
		rc = say(v, &v->done, "a ZIP of the one form that is allowed, %zu files", v->zip.n);
	if (rc == CM_OK)
		rc = cm_load_disclosure(v->l, &v->zip, v->err);
	if (rc != CM_OK)
		return rc;
	head = &v->l->part[0].doc.head;
	rc = load(v);
	if (rc == CM_OK)
		rc = cm_refer_parts(v->l, v->err);
	if (rc == CM_OK)
		rc = check_signers(v);
	if (rc == CM_OK)
		rc = check_chain(v);
	if (rc == CM_OK)
		rc = check_logged(v);
	if (rc == CM_OK)
		rc = check_receiver(v);
	if (rc == CM_OK)
		rc = look_for_twins(v);
	for (k = 0; rc == CM_OK && k < v->l->dossier.n_exhibits; k++)
		rc = say_opening(v, k);
	if (rc == CM_OK)
		rc = check_disclosure(v, head);
	if (rc == CM_OK)
		rc = check_terms(v);
	v->same_program = memcmp(v->l->disclosure.tool_source, v->in->source, 32) == 0;
	return rc == CM_OK ? check_made(v) : rc;
}

static struct cm_tally
tally_findings(const struct verifying *v)
{
	struct cm_tally t = { 0 };
	size_t i;

	for (i = 0; i < v->l->dossier.n_findings; i++)
		cm_tally_add(&t, v->redone[i].outcome);
	for (i = 0; i < v->l->dossier.n_traffic; i++)
		cm_tally_add(&t, v->traffic[i].outcome);
	for (i = 0; i < v->l->dossier.n_chains; i++)
		cm_tally_add(&t, v->chains[i].outcome);
	return t;
}

static struct cm_tally
tally_assessments(const struct verifying *v)
{
	struct cm_tally t = { 0 };

	for (size_t i = 0; i < v->l->dossier.n_assessments; i++)
		cm_tally_add(&t, v->assessments[i].outcome);
	return t;
}

/* The disclosure is not counted among the statements that should be logged, here as elsewhere. */
static CM_RESULT
conclude(struct verifying *v, struct cm_verified *out)
{
	struct cm_verdict_in in = { .findings = tally_findings(v), .assessments = tally_assessments(v),
		.unknown = v->unknown, .void_signer = v->void_signer,
		.unlogged = cm_logged_lacking(v->in->policy, v->logged, v->l->n_parts), .statements = v->l->n_parts - 1,
		.breaches = v->obeyed.n_breaches };

	return cm_verdict(&in, v->arena, &out->end, &out->line) == CM_OK ? CM_OK : no_memory(v);
}

CM_RESULT
cm_verify(const struct cm_verify_in *in, struct cm_loaded *held, struct cm_verified *out,
    struct cm_err *err)
{
	struct verifying v = { .in = in, .l = held, .arena = held->arena, .err = err,
		.done = { .arena = held->arena }, .notes = { .arena = held->arena } };
	struct cm_err first = { 0 };
	enum cm_result rc;

	v.err = &first;
	rc = check_all(&v);
	if (rc == CM_OK)
		rc = conclude(&v, out);
	if (rc != CM_OK) {
		if (first.has_offset)
			return cm_err_at(err, rc, first.offset, "%s%s%s", held->at != NULL ? held->at : "",
			    held->at != NULL ? ": " : "", first.text);
		return cm_err_set(err, rc, "%s%s%s", held->at != NULL ? held->at : "",
		    held->at != NULL ? ": " : "", first.text);
	}
	out->done = v.done.line;
	out->n_done = v.done.n;
	out->notes = v.notes.line;
	out->n_notes = v.notes.n;
	out->signers = v.signer;
	out->n_signers = held->n_parts;
	out->logged = v.logged;
	out->policy = in->policy != NULL;
	out->findings = v.redone;
	out->traffic = v.traffic;
	out->chains = v.chains;
	out->assessments = v.assessments;
	out->dossier = &held->dossier;
	out->obeyed = v.obeyed;
	return CM_OK;
}

void
cm_verify_release(struct cm_loaded *held)
{
	cm_loaded_release(held);
}

bool
cm_verified_speaks_of_logs(const struct cm_verified *v)
{
	bool any = v->policy;
	size_t i;

	for (i = 0; i < v->n_signers; i++)
		any |= v->logged[i].receipt != NULL;
	return any;
}

CM_RESULT
cm_verify_report(const struct cm_verified *v, struct cm_buf *out)
{
	struct cm_report_checks checks = { .verdict = v->line, .notes = v->notes, .n_notes = v->n_notes,
		.logged = v->logged, .n_logged = cm_verified_speaks_of_logs(v) ? v->n_signers : 0 };
	const struct cm_redo_assessments_in behind = { v->dossier, v->findings, v->traffic, v->chains };
	struct cm_buf facts = { 0 }, signer = { 0 };
	const char *outcome[CM_ZIP_ENTRIES], *traffic[CM_DOSSIER_TRAFFIC_MAX], *chain[CM_DOSSIER_CHAINS_MAX],
	    *assessment[CM_DOSSIER_ASSESSMENTS_MAX];
	enum cm_result rc;
	size_t i;

	for (i = 0; i < v->dossier->n_findings; i++)
		outcome[i] = v->findings[i].text;
	for (i = 0; i < v->dossier->n_traffic; i++)
		traffic[i] = v->traffic[i].text;
	for (i = 0; i < v->dossier->n_chains; i++)
		chain[i] = v->chains[i].text;
	for (i = 0; i < v->dossier->n_assessments; i++)
		assessment[i] = v->assessments[i].text;
	checks.behind = &behind;
	checks.outcome = outcome;
	checks.traffic = traffic;
	checks.chains = chain;
	checks.assessments = assessment;
	if (v->signers[0].principals != NULL)
		cm_buf_printf(&signer, "Known to the receiver as: %s", v->signers[0].principals);
	else
		cm_buf_add_str(&signer, "UNKNOWN SIGNER: no key of the receiver's list");
	checks.signer = cm_buf_cstr(&signer);
	rc = cm_facts_write(v->dossier, &facts);
	if (rc == CM_OK)
		rc = cm_report_render(v->dossier, cm_buf_span(&facts), &checks, out);
	cm_buf_release(&facts);
	cm_buf_release(&signer);
	return rc;
}
