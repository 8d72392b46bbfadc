#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "codec/rfc3339.h"
#include "crypto/sha256.h"
#include "dossier/assessed.h"
#include "dossier/load.h"
#include "dossier/pairs.h"
#include "dossier/refer.h"
#include "dossier/view.h"

#define NAME_MAX_LEN 48

static CM_RESULT
no_memory(struct cm_err *err)
{
	return cm_err_set(err, CM_E_NOMEM, "no memory to read the dossier");
}

/* Files "WORD-1.json", "WORD-2.json", ... */
static size_t
count_files(const struct cm_zip *zip, const char *word)
{
	char name[NAME_MAX_LEN];
	struct cm_span data;
	size_t n = 0;

	for (;;) {
		snprintf(name, sizeof(name), "%s-%zu.json", word, n + 1);
		if (cm_zip_find(zip, name, &data) != CM_OK)
			return n;
		n++;
	}
}

/* "seal-12.json" with ${word} "seal", ${tail} ".json" and a number 1..${n}. */
static bool
is_numbered(struct cm_span name, const char *word, const char *tail, size_t n)
{
	char buf[CM_ZIP_NAME + 1], expect[CM_ZIP_NAME + 1];
	unsigned long k;

	if (name.len > CM_ZIP_NAME || name.len <= strlen(word) + 1)
		return false;
	memcpy(buf, name.ptr, name.len);
	buf[name.len] = 0;
	if (strncmp(buf, word, strlen(word)) != 0)
		return false;
	k = strtoul(buf + strlen(word) + 1, NULL, 10);
	if (k == 0 || k > n)
		return false;
	snprintf(expect, sizeof(expect), "%s-%lu%s", word, k, tail);
	return strcmp(buf, expect) == 0;
}

static bool
is_known(const struct cm_zip *zip, struct cm_span name)
{
	static const char *const single[] = { "disclosure.json", "disclosure.json.sig", "report.html",
		"disclosure" CM_RECEIPT_ENDING, "disclosure" CM_STAMP_ENDING, CM_CHARTER_FILE, CM_CHARTER_SIGS_FILE,
		"charter" CM_RECEIPT_ENDING, "charter" CM_STAMP_ENDING };
	static const char *const word[] = { "seal", "finding", "traffic", "chain", "assessment", "custody", "consent" };
	static const char *const of_statement[] = { ".json", ".json.sig", CM_RECEIPT_ENDING, CM_STAMP_ENDING };
	static const char *const of_seal[] = { ".opening", CM_PAIRS_ENDING, ".pcapng", ".txt", ".jsonl", ".hex" };
	size_t i, k, n;

	for (i = 0; i < sizeof(single) / sizeof(single[0]); i++) {
		if (cm_span_eq(name, cm_span_str(single[i])))
			return true;
	}
	for (i = 0; i < sizeof(word) / sizeof(word[0]); i++) {
		n = count_files(zip, word[i]);
		for (k = 0; k < sizeof(of_statement) / sizeof(of_statement[0]); k++)
			if (is_numbered(name, word[i], of_statement[k], n))
				return true;
	}
	for (i = 0; i < sizeof(of_seal) / sizeof(of_seal[0]); i++) {
		if (is_numbered(name, "seal", of_seal[i], count_files(zip, "seal")))
			return true;
	}
	return false;
}

static bool
ends_with(struct cm_span name, const char *ending)
{
	size_t len = strlen(ending);

	return name.len > len && memcmp(name.ptr + name.len - len, ending, len) == 0;
}

bool
cm_load_is_unlisted(struct cm_span name)
{
	return ends_with(name, CM_RECEIPT_ENDING) || ends_with(name, CM_STAMP_ENDING);
}

CM_RESULT
cm_load_names(struct cm_loaded *l, const struct cm_zip *zip, struct cm_err *err)
{
	size_t i;

	l->at = NULL;
	for (i = 0; i < zip->n; i++) {
		if (!is_known(zip, zip->entry[i].name))
			return cm_err_set(err, CM_E_REFUSED, "a file that a dossier does not have: %.*s",
			    (int)zip->entry[i].name.len, (const char *)zip->entry[i].name.ptr);
	}
	return CM_OK;
}

/* Signatures of the parts, in order, up to the first that is not right. */
struct signatures {
	struct signature {
		const char *name;
		struct cm_span text, armour;
	} *part;
	size_t n, failed;
	enum cm_result rc; /* of that one */
	struct cm_err err;
	const struct cm_loaded *l; /* for what is to be done behind it */
};

static CM_RESULT
list_signatures(struct signatures *s, const struct cm_zip *zip, struct cm_arena *arena, const char *word,
    size_t n)
{
	struct signature *p;
	size_t i;

	for (i = 0; i < n; i++) {
		p = &s->part[s->n++];
		p->name = cm_arena_printf(arena, "%s-%zu.json.sig", word, i + 1);
		/* without the file there is nothing to check, which is said where it is read */
		if (p->name == NULL)
			return CM_E_NOMEM;
		(void)!cm_zip_find(zip, p->name, &p->armour);
		p->name = cm_arena_printf(arena, "%s-%zu.json", word, i + 1);
		if (p->name == NULL)
			return CM_E_NOMEM;
		(void)!cm_zip_find(zip, p->name, &p->text);
	}
	return CM_OK;
}

static void
check_signatures(void *arg)
{
	struct signatures *s = arg;
	const struct signature *p;
	struct cm_sshsig sig;

	for (s->failed = 0; s->rc == CM_OK && s->failed < s->n; s->failed++) {
		p = &s->part[s->failed];
		s->rc = cm_sshsig_parse(p->armour, &sig, &s->err);
		if (s->rc == CM_OK)
			s->rc = cm_sshsig_verify(&sig, p->text, &s->err);
		if (s->rc != CM_OK)
			break;
	}
	if (s->l->beside != NULL)
		s->l->beside(s->l->beside_arg);
}

/* Reads NAME and NAME.sig, and checks the one by the other. */
static CM_RESULT
read_part(struct cm_loaded *l, const struct cm_zip *zip, const char *name, enum cm_predicate type,
    struct cm_err *err)
{
	struct cm_loaded_part *p = &l->part[l->n_parts];
	char sig_name[NAME_MAX_LEN + 4], by[CM_FINGERPRINT_LEN + 1];
	struct cm_span text, armour;
	struct cm_sshsig sig;
	enum cm_result rc;

	l->reading = l->n_parts;
	p->name = l->at = cm_arena_printf(l->arena, "%s", name);
	if (p->name == NULL)
		return no_memory(err);
	snprintf(sig_name, sizeof(sig_name), "%s.sig", name);
	if (cm_zip_find(zip, name, &text) != CM_OK || cm_zip_find(zip, sig_name, &armour) != CM_OK)
		return cm_err_set(err, CM_E_REFUSED, "statement or signature is missing");
	rc = cm_sshsig_parse(armour, &sig, err);
	if (rc == CM_OK && !l->apart)
		rc = cm_sshsig_verify(&sig, text, err);
	if (rc == CM_OK)
		rc = cm_statement_read(text, l->arena, &p->doc, err);
	if (rc != CM_OK)
		return rc;
	l->n_parts++;
	p->key = sig.key;
	cm_ssh_fingerprint(&sig.key, by);
	if (strcmp(by, p->doc.head.by) != 0)
		return cm_err_set(err, CM_E_REFUSED, "it says it is by %s, but is signed by %s",
		    p->doc.head.by, by);
	if (p->doc.head.type != type)
		return cm_err_set(err, CM_E_REFUSED, "expected a %s statement, it is a %s",
		    cm_predicate_word(type), cm_predicate_word(p->doc.head.type));
	return CM_OK;
}

static CM_RESULT
make_room(struct cm_loaded *l, size_t n, struct cm_err *err)
{
	if (l->part != NULL)
		return CM_OK;
	l->cap_parts = n > CM_ZIP_ENTRIES ? CM_ZIP_ENTRIES : n;
	l->part = cm_arena_array(l->arena, l->cap_parts + 1, sizeof(l->part[0]));
	return l->part != NULL ? CM_OK : no_memory(err);
}

static const char *
made_text(struct cm_loaded *l, int64_t made)
{
	char text[CM_RFC3339_LEN + 1];

	cm_rfc3339_format(made, text);
	return cm_arena_printf(l->arena, "%s", text);
}

static CM_RESULT
add_claim(struct cm_loaded *l, struct cm_claim *to, size_t *n, const char *name,
    const struct cm_claim_text *c)
{
	struct cm_claim *out = &to[*n];
	char *hex;

	if (c->text == NULL && !c->is_shut)
		return CM_OK;
	*out = (struct cm_claim) { .name = name, .text = c->is_shut ? NULL : c->text };
	if (c->is_shut) {
		hex = cm_arena_alloc(l->arena, 65);
		if (hex == NULL)
			return CM_E_NOMEM;
		cm_hex_encode(cm_span_of(c->shut, 32), hex);
		out->shut = hex;
	}
	(*n)++;
	return CM_OK;
}

static CM_RESULT
fill_exhibit(struct cm_loaded *l, const struct cm_seal_v1 *s, const struct cm_loaded_part *p,
    struct cm_shown_exhibit *x)
{
	struct cm_claim *claims = cm_arena_array(l->arena, CM_COLLECTED_N, sizeof(*claims));
	enum cm_result rc = CM_OK;
	size_t i;

	if (claims == NULL)
		return CM_E_NOMEM;
	memcpy(x->statement, p->doc.digest, 32);
	memcpy(x->exhibit, s->seal.x, 32);
	memcpy(x->root, s->seal.root, 32);
	x->kind = cm_kind_word(s->seal.schema.kind);
	x->schema = &s->seal.schema;
	x->by = p->doc.head.by;
	x->made = made_text(l, p->doc.head.made);
	x->table_rows = s->seal.rows;
	x->has_pairs = s->seal.has_pairs;
	x->collected = claims;
	x->shows.capture = s->seal.schema.kind == CM_KIND_CAPTURE;
	for (i = 0; rc == CM_OK && i < CM_COLLECTED_N; i++)
		rc = add_claim(l, claims, &x->n_collected, cm_collected_word((enum cm_collected)i),
		    &s->collected[i]);
	return x->made == NULL ? CM_E_NOMEM : rc;
}

static CM_RESULT
load_seals(struct cm_loaded *l, const struct cm_zip *zip, size_t n, struct cm_err *err)
{
	struct cm_shown_exhibit *x = cm_arena_array(l->arena, n + 1, sizeof(*x));
	char name[NAME_MAX_LEN];
	enum cm_result rc;
	size_t k;

	l->seal = cm_arena_array(l->arena, n + 1, sizeof(l->seal[0]));
	l->opening = cm_arena_array(l->arena, n + 1, sizeof(l->opening[0]));
	if (x == NULL || l->seal == NULL || l->opening == NULL)
		return no_memory(err);
	l->dossier.exhibits = x;
	for (k = 0; k < n; k++) {
		snprintf(name, sizeof(name), "seal-%zu.json", k + 1);
		rc = read_part(l, zip, name, CM_PREDICATE_SEAL, err);
		if (rc == CM_OK)
			rc = cm_seal_v1_read(&l->part[l->n_parts - 1].doc, l->arena, &l->seal[k], err);
		if (rc != CM_OK)
			return rc;
		memcpy(l->seal[k].seal.statement, l->part[l->n_parts - 1].doc.digest, 32);
		if (fill_exhibit(l, &l->seal[k], &l->part[l->n_parts - 1], &x[k]) != CM_OK)
			return no_memory(err);
		l->dossier.n_exhibits++;
	}
	return CM_OK;
}

static CM_RESULT
load_findings(struct cm_loaded *l, const struct cm_zip *zip, size_t n, struct cm_err *err)
{
	struct cm_shown_finding *shown = cm_arena_array(l->arena, n + 1, sizeof(*shown));
	const struct cm_loaded_part *p;
	char name[NAME_MAX_LEN];
	enum cm_result rc;
	size_t i;

	l->finding = cm_arena_array(l->arena, n + 1, sizeof(l->finding[0]));
	if (shown == NULL || l->finding == NULL)
		return no_memory(err);
	l->dossier.findings = shown;
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "finding-%zu.json", i + 1);
		rc = read_part(l, zip, name, CM_PREDICATE_FINDING, err);
		if (rc != CM_OK)
			return rc;
		p = &l->part[l->n_parts - 1];
		rc = cm_statement_only(&p->doc, cm_finding_members, err);
		if (rc == CM_OK)
			rc = cm_finding_read(p->doc.predicate, l->arena, &l->finding[i], err);
		if (rc == CM_OK)
			rc = cm_refer_finding(l, &l->finding[i], &p->doc.head, err);
		if (rc != CM_OK)
			return rc;
		memcpy(shown[i].statement, p->doc.digest, 32);
		shown[i].by = p->doc.head.by;
		shown[i].made = made_text(l, p->doc.head.made);
		shown[i].body = &l->finding[i];
		if (shown[i].made == NULL)
			return no_memory(err);
		l->dossier.n_findings++;
	}
	return CM_OK;
}

/* Of all statements together no more rows than these are gone through; of the others it is said
 * about how many are drawn. */
#define LOOK_UP_MAX (UINT64_C(1) << 23)

static void
count_draw(struct cm_loaded *l, struct cm_shown_traffic *t)
{
	const struct cm_traffic_v1 *b = t->body;
	const struct cm_traffic_range *r;
	size_t k;

	for (k = 0; k < l->dossier.n_exhibits; k++)
		t->rows += b->range[k].any ? b->range[k].last - b->range[k].first + 1 : 0;
	t->drawn_known = b->thin == 1 || t->rows <= LOOK_UP_MAX - l->looked_up;
	if (b->thin > 1 && t->drawn_known)
		l->looked_up += t->rows;
	for (k = 0; t->drawn_known && k < l->dossier.n_exhibits; k++) {
		r = &b->range[k];
		t->drawn += !r->any ? 0 : cm_draw_count(l->dossier.exhibits[k].statement, b->thin, r->first, r->last);
	}
	if (!t->drawn_known)
		t->drawn = t->rows / b->thin > b->support.n ? t->rows / b->thin : b->support.n;
}

static CM_RESULT
read_traffic(struct cm_loaded *l, const struct cm_loaded_part *p, size_t i, struct cm_shown_traffic *shown,
    struct cm_err *err)
{
	enum cm_result rc = cm_statement_only(&p->doc, cm_traffic_v1_members, err);

	if (rc == CM_OK)
		rc = cm_traffic_v1_read(p->doc.predicate, l->arena, &l->traffic[i], err);
	if (rc == CM_OK)
		rc = cm_refer_traffic(l, &l->traffic[i], &p->doc.head, err);
	if (rc != CM_OK)
		return rc;
	memcpy(shown->statement, p->doc.digest, 32);
	shown->by = p->doc.head.by;
	shown->made = made_text(l, p->doc.head.made);
	shown->body = &l->traffic[i];
	count_draw(l, shown);
	return shown->made != NULL ? CM_OK : no_memory(err);
}

static CM_RESULT
load_traffic(struct cm_loaded *l, const struct cm_zip *zip, size_t n, struct cm_err *err)
{
	struct cm_shown_traffic *shown = cm_arena_array(l->arena, n + 1, sizeof(*shown));
	char name[NAME_MAX_LEN];
	enum cm_result rc = CM_OK;
	size_t i;

	l->traffic = cm_arena_array(l->arena, n + 1, sizeof(l->traffic[0]));
	if (shown == NULL || l->traffic == NULL)
		return no_memory(err);
	if (n > CM_DOSSIER_TRAFFIC_MAX)
		return cm_err_set(err, CM_E_LIMIT, "more than %d statements about traffic", CM_DOSSIER_TRAFFIC_MAX);
	l->dossier.traffic = shown;
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "traffic-%zu.json", i + 1);
		rc = read_part(l, zip, name, CM_PREDICATE_TRAFFIC, err);
		if (rc == CM_OK)
			rc = read_traffic(l, &l->part[l->n_parts - 1], i, &shown[i], err);
		if (rc != CM_OK)
			return rc;
		l->dossier.n_traffic++;
	}
	return CM_OK;
}

static CM_RESULT
read_chain(struct cm_loaded *l, const struct cm_loaded_part *p, size_t i, struct cm_shown_chain *shown,
    struct cm_err *err)
{
	enum cm_result rc = cm_statement_only(&p->doc, cm_chain_v1_members, err);

	if (rc == CM_OK)
		rc = cm_chain_v1_read(p->doc.predicate, l->arena, &l->chain[i], err);
	if (rc == CM_OK)
		rc = cm_refer_chain(l, &l->chain[i], &p->doc.head, shown, err);
	if (rc != CM_OK)
		return rc;
	memcpy(shown->statement, p->doc.digest, 32);
	shown->by = p->doc.head.by;
	shown->made = made_text(l, p->doc.head.made);
	shown->body = &l->chain[i];
	return shown->made != NULL ? CM_OK : no_memory(err);
}

static CM_RESULT
load_chains(struct cm_loaded *l, const struct cm_zip *zip, size_t n, struct cm_err *err)
{
	struct cm_shown_chain *shown = cm_arena_array(l->arena, n + 1, sizeof(*shown));
	char name[NAME_MAX_LEN];
	enum cm_result rc;
	size_t i;

	l->chain = cm_arena_array(l->arena, n + 1, sizeof(l->chain[0]));
	if (shown == NULL || l->chain == NULL)
		return no_memory(err);
	if (n > CM_DOSSIER_CHAINS_MAX)
		return cm_err_set(err, CM_E_LIMIT, "more than %d chains", CM_DOSSIER_CHAINS_MAX);
	l->dossier.chains = shown;
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "chain-%zu.json", i + 1);
		rc = read_part(l, zip, name, CM_PREDICATE_CHAIN, err);
		if (rc == CM_OK)
			rc = read_chain(l, &l->part[l->n_parts - 1], i, &shown[i], err);
		if (rc != CM_OK)
			return rc;
		l->dossier.n_chains++;
	}
	return CM_OK;
}

static CM_RESULT
read_assessment(struct cm_loaded *l, const struct cm_loaded_part *p, size_t i, struct cm_shown_assessment *shown,
    struct cm_err *err)
{
	enum cm_result rc = cm_statement_only(&p->doc, cm_assessment_v1_members, err);

	if (rc == CM_OK)
		rc = cm_assessment_v1_read(p->doc.predicate, l->arena, &l->assessment[i], err);
	if (rc == CM_OK)
		rc = cm_refer_assessment(l, &l->assessment[i], &p->doc.head, &shown->exhibit, err);
	if (rc != CM_OK)
		return rc;
	memcpy(shown->statement, p->doc.digest, 32);
	shown->by = p->doc.head.by;
	shown->made = made_text(l, p->doc.head.made);
	shown->body = &l->assessment[i];
	shown->supersedes = p->doc.head.has_supersedes ? p->doc.head.supersedes : NULL;
	return shown->made != NULL ? CM_OK : no_memory(err);
}

static CM_RESULT
load_assessments(struct cm_loaded *l, const struct cm_zip *zip, size_t n, struct cm_err *err)
{
	char name[NAME_MAX_LEN];
	enum cm_result rc;
	size_t i;

	l->assessment = cm_arena_array(l->arena, n + 1, sizeof(l->assessment[0]));
	l->shown_assessment = cm_arena_array(l->arena, n + 1, sizeof(l->shown_assessment[0]));
	if (l->assessment == NULL || l->shown_assessment == NULL)
		return no_memory(err);
	if (n > CM_DOSSIER_ASSESSMENTS_MAX)
		return cm_err_set(err, CM_E_LIMIT, "more than %d assessments", CM_DOSSIER_ASSESSMENTS_MAX);
	l->dossier.assessments = l->shown_assessment;
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "assessment-%zu.json", i + 1);
		rc = read_part(l, zip, name, CM_PREDICATE_ASSESSMENT, err);
		if (rc == CM_OK)
			rc = read_assessment(l, &l->part[l->n_parts - 1], i, &l->shown_assessment[i], err);
		if (rc != CM_OK)
			return rc;
		l->dossier.n_assessments++;
	}
	return CM_OK;
}

static CM_RESULT
fill_handover(struct cm_loaded *l, const struct cm_custody *c, const struct cm_loaded_part *p,
    struct cm_handover *h)
{
	struct cm_claim *claims = cm_arena_array(l->arena, 3, sizeof(*claims));
	enum cm_result rc;

	if (claims == NULL)
		return CM_E_NOMEM;
	memcpy(h->statement, p->doc.digest, 32);
	h->by = p->doc.head.by;
	h->made = made_text(l, p->doc.head.made);
	h->at = c->at.is_shut ? NULL : c->at.text;
	h->claims = claims;
	rc = add_claim(l, claims, &h->n_claims, "from", &c->from);
	if (rc == CM_OK)
		rc = add_claim(l, claims, &h->n_claims, "to", &c->to_whom);
	if (rc == CM_OK)
		rc = add_claim(l, claims, &h->n_claims, "how", &c->how);
	return h->made == NULL ? CM_E_NOMEM : rc;
}

static CM_RESULT
load_custody(struct cm_loaded *l, const struct cm_zip *zip, size_t n, struct cm_err *err)
{
	struct cm_handover *h = cm_arena_array(l->arena, n + 1, sizeof(*h));
	const struct cm_loaded_part *p;
	char name[NAME_MAX_LEN];
	enum cm_result rc;
	size_t i;

	l->custody = cm_arena_array(l->arena, n + 1, sizeof(l->custody[0]));
	if (h == NULL || l->custody == NULL)
		return no_memory(err);
	l->dossier.handovers = h;
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "custody-%zu.json", i + 1);
		rc = read_part(l, zip, name, CM_PREDICATE_CUSTODY, err);
		if (rc != CM_OK)
			return rc;
		p = &l->part[l->n_parts - 1];
		rc = cm_custody_read(&p->doc, l->arena, &l->custody[i], err);
		if (rc != CM_OK)
			return rc;
		rc = cm_refer_custody(l, &l->custody[i], &p->doc.head, err);
		if (rc != CM_OK)
			return rc;
		if (fill_handover(l, &l->custody[i], p, &h[i]) != CM_OK)
			return no_memory(err);
		l->dossier.n_handovers++;
	}
	return CM_OK;
}

/* What they say is asked with the charter (dossier/obeyed.h). */
static CM_RESULT
load_consents(struct cm_loaded *l, const struct cm_zip *zip, size_t n, struct cm_err *err)
{
	char name[NAME_MAX_LEN];
	enum cm_result rc = CM_OK;

	for (size_t i = 0; rc == CM_OK && i < n; i++) {
		snprintf(name, sizeof(name), "consent-%zu.json", i + 1);
		rc = read_part(l, zip, name, CM_PREDICATE_CONSENT, err);
	}
	return rc;
}

/* All row sets of one use: of findings their support, of which all others are a part
 * (dossier/refer); or what is counted. */
static const struct cm_ids *
cited_set(const struct cm_loaded *l, size_t i, bool counted)
{
	const struct cm_dossier *d = &l->dossier;

	if (!counted)
		return i < d->n_findings ? &l->finding[i].support : NULL;
	if (i < d->n_traffic)
		return &l->traffic[i].support;
	return i - d->n_traffic < d->n_chains ? &l->chain[i - d->n_traffic].clients : NULL;
}

/* The rows of exhibit ${k} that statements cite, ascending; the caller's to free. */
static uint64_t *
cited_rows(const struct cm_loaded *l, size_t k, bool counted, size_t *n)
{
	const struct cm_ids *set;
	uint64_t *row;
	size_t all = 0, i, j;

	for (i = 0; (set = cited_set(l, i, counted)) != NULL; i++)
		all += set->n;
	row = calloc(all + 1, sizeof(*row));
	if (row == NULL)
		return NULL;
	for (i = all = 0; (set = cited_set(l, i, counted)) != NULL; i++)
		for (j = 0; j < set->n; j++)
			if (cm_packet_file(set->id[j]) == k)
				row[all++] = cm_packet_frame(set->id[j]);
	*n = cm_numbers_sort(row, all);
	return row;
}

static CM_RESULT
view_opening(struct cm_loaded *l, size_t k, struct cm_shown_exhibit *x, struct cm_err *err)
{
	struct cm_view_in in = { .opening = l->opening[k], .schema = &l->seal[k].seal.schema,
		.seal = (uint32_t)k };
	uint64_t *keep = cited_rows(l, k, false, &in.n_keep), *count = cited_rows(l, k, true, &in.n_count);
	enum cm_result rc;

	in.keep = keep;
	in.count = count;
	rc = keep == NULL || count == NULL ? no_memory(err) : cm_view_read(&in, l->arena, x, err);
	free(keep);
	free(count);
	return rc;
}

static CM_RESULT
load_opening(struct cm_loaded *l, const struct cm_zip *zip, size_t k, struct cm_shown_exhibit *x,
    struct cm_err *err)
{
	const struct cm_seal *seal = &l->seal[k].seal;
	struct cm_name_book book = { 0 };
	struct cm_span bytes;
	enum cm_result rc;

	l->at = cm_arena_printf(l->arena, "seal-%zu.opening", k + 1);
	if (l->at == NULL)
		return no_memory(err);
	if (cm_zip_find(zip, l->at, &bytes) != CM_OK) {
		x->shows.capture = seal->schema.kind == CM_KIND_CAPTURE;
		return cm_view_nothing(&seal->schema, l->arena, &x->shows) == CM_OK ? CM_OK : no_memory(err);
	}
	x->has_opening = true;
	rc = cm_opening_new(seal, bytes, NULL, &book, &l->opening[k], err);
	if (rc == CM_OK && book.conflict)
		rc = cm_err_set(err, CM_E_REFUSED,
		    "row %" PRIu64 ": one address under two names: whoever made this seal (%s) lied in it",
		    book.conflict_row, x->by);
	cm_name_book_release(&book);
	if (rc == CM_OK)
		rc = view_opening(l, k, x, err);
	if (rc == CM_OK)
		x->whole = cm_opening_stats(l->opening[k])->whole;
	if (rc == CM_OK && x->shows.rows == 0)
		return cm_err_set(err, CM_E_REFUSED, "it opens nothing, and should not be there");
	return rc;
}

CM_RESULT
cm_load_openings(struct cm_loaded *l, const struct cm_zip *zip, struct cm_err *err)
{
	size_t n = l->dossier.n_exhibits, k;
	struct cm_shown_exhibit *x;
	enum cm_result rc = CM_OK;

	x = cm_arena_copy(l->arena, l->dossier.exhibits, (n + 1) * sizeof(*x));
	if (x == NULL)
		return no_memory(err);
	l->dossier.exhibits = x;
	for (k = 0; rc == CM_OK && k < n; k++) {
		x[k].shows = (struct cm_shows) { .capture = l->seal[k].seal.schema.kind == CM_KIND_CAPTURE };
		rc = load_opening(l, zip, k, &x[k], err);
	}
	if (rc == CM_OK)
		rc = cm_load_pairs(l, zip, err);
	return rc == CM_OK ? cm_assessed_fill(l, err) : rc;
}

/* What cm_load does beside the signatures. */
struct statements {
	struct cm_loaded *l;
	const struct cm_zip *zip;
	size_t seals, findings, traffic, chains, assessments, handovers, consents;
	enum cm_result rc;
	struct cm_err err;
};

static void
load_statements(void *arg)
{
	struct statements *s = arg;

	s->rc = load_seals(s->l, s->zip, s->seals, &s->err);
	if (s->rc == CM_OK)
		s->rc = load_findings(s->l, s->zip, s->findings, &s->err);
	if (s->rc == CM_OK)
		s->rc = load_traffic(s->l, s->zip, s->traffic, &s->err);
	if (s->rc == CM_OK)
		s->rc = load_chains(s->l, s->zip, s->chains, &s->err);
	if (s->rc == CM_OK)
		s->rc = load_assessments(s->l, s->zip, s->assessments, &s->err);
	if (s->rc == CM_OK)
		s->rc = load_custody(s->l, s->zip, s->handovers, &s->err);
	if (s->rc == CM_OK)
		s->rc = load_consents(s->l, s->zip, s->consents, &s->err);
}

/* Signatures and statements, together.  What went wrong first is said: of one part the
 * signature comes before what it signs. */
static CM_RESULT
load_together(struct statements *s, struct signatures *sig, struct cm_err *err)
{
	struct cm_loaded *l = s->l;
	size_t first = l->n_parts;

	l->apart = true;
	cm_together_do(l->together, check_signatures, sig, load_statements, s);
	l->apart = false;
	if (sig->rc != CM_OK && (s->rc == CM_OK || sig->failed <= l->reading - first)) {
		l->at = sig->part[sig->failed].name;
		s->rc = sig->rc;
		s->err = sig->err;
	}
	if (s->rc != CM_OK && err != NULL && err->code == CM_OK)
		*err = s->err;
	return s->rc;
}

CM_RESULT
cm_load(struct cm_loaded *l, const struct cm_zip *zip, struct cm_err *err)
{
	struct statements s = { .l = l, .zip = zip, .seals = count_files(zip, "seal"),
		.findings = count_files(zip, "finding"), .traffic = count_files(zip, "traffic"),
		.chains = count_files(zip, "chain"), .assessments = count_files(zip, "assessment"), .handovers = count_files(zip, "custody"),
		.consents = count_files(zip, "consent") };
	size_t n = s.seals + s.findings + s.traffic + s.chains + s.assessments + s.handovers + s.consents;
	struct signatures sig = { .l = l };
	enum cm_result rc;

	sig.part = cm_arena_array(l->arena, n + 1, sizeof(sig.part[0]));
	rc = sig.part == NULL ? no_memory(err) : make_room(l, n + 1, err);
	if (rc == CM_OK && (list_signatures(&sig, zip, l->arena, "seal", s.seals) != CM_OK ||
			    list_signatures(&sig, zip, l->arena, "finding", s.findings) != CM_OK ||
			    list_signatures(&sig, zip, l->arena, "traffic", s.traffic) != CM_OK ||
			    list_signatures(&sig, zip, l->arena, "chain", s.chains) != CM_OK ||
			    list_signatures(&sig, zip, l->arena, "assessment", s.assessments) != CM_OK ||
			    list_signatures(&sig, zip, l->arena, "custody", s.handovers) != CM_OK ||
			    list_signatures(&sig, zip, l->arena, "consent", s.consents) != CM_OK))
		rc = no_memory(err);
	if (rc != CM_OK) {
		if (l->beside != NULL)
			l->beside(l->beside_arg);
		return rc;
	}
	rc = load_together(&s, &sig, err);
	return rc == CM_OK ? cm_load_openings(l, zip, err) : rc;
}

CM_RESULT
cm_load_disclosure(struct cm_loaded *l, const struct cm_zip *zip, struct cm_err *err)
{
	const struct cm_loaded_part *p;
	enum cm_result rc;

	rc = make_room(l, zip->n, err);
	if (rc == CM_OK)
		rc = read_part(l, zip, "disclosure.json", CM_PREDICATE_DISCLOSURE, err);
	if (rc != CM_OK)
		return rc;
	p = &l->part[l->n_parts - 1];
	rc = cm_statement_only(&p->doc, cm_disclosure_members, err);
	if (rc == CM_OK)
		rc = cm_disclosure_read(p->doc.predicate, l->arena, &l->disclosure, err);
	if (rc != CM_OK)
		return rc;
	l->dossier.by = p->doc.head.by;
	l->dossier.made = made_text(l, p->doc.head.made);
	l->dossier.to = p->doc.head.to;
	l->dossier.hides = l->disclosure.hides;
	l->dossier.leaks_accepted = l->disclosure.leaks_accepted;
	l->dossier.terms = l->disclosure.has_terms ? &l->disclosure.terms : NULL;
	l->dossier.version = l->disclosure.tool_version;
	return l->dossier.made != NULL ? CM_OK : no_memory(err);
}

void
cm_loaded_release(struct cm_loaded *l)
{
	size_t i;

	for (i = 0; i < l->n_parts; i++)
		cm_statement_release(&l->part[i].doc);
	for (i = 0; i < l->dossier.n_exhibits; i++)
		cm_view_free(l->dossier.exhibits[i].view);
	for (i = 0; l->opening != NULL && i < l->dossier.n_exhibits; i++)
		cm_opening_free(l->opening[i]);
	*l = (struct cm_loaded) { 0 };
}
