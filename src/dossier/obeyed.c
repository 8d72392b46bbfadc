#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "charter/consent.h"
#include "charter/release.h"
#include "charter/signed.h"
#include "charter/weighed.h"
#include "crypto/sha256.h"
#include "dossier/evidence.h"
#include "dossier/governed.h"
#include "dossier/obeyed.h"
#include "statement/sigs.h"


struct asking {
	const struct cm_loaded *l;
	const struct cm_zip *zip;
	struct cm_arena *arena;
	struct cm_err *err;
	const struct cm_terms *terms;
	const struct cm_loaded_part *disclosure;
	struct cm_charter_file file;
	struct cm_charter charter;
	struct cm_registry registry;
	struct cm_consent_token *token;
	size_t n_tokens;
	struct cm_ask base;
	struct cm_bound due[CM_RULES_OBLIGATIONS_MAX]; /* what it has to oblige to, whatever can not be seen */
	const char *lowest_tlp, *lowest_pap; /* of all exhibits: what a statement about one of them is marked at least */
	const char *highest_tlp, *highest_pap;
	struct cm_obeyed *out;
};

static CM_RESULT
no_memory(struct asking *a)
{
	return cm_err_set(a->err, CM_E_NOMEM, "no memory to ask the charter");
}

static CM_RESULT __attribute__((format(printf, 2, 3)))
breach(struct asking *a, const char *fmt, ...)
{
	char text[500];
	va_list ap;

	if (a->out->n_breaches == CM_BREACHES_MAX)
		return CM_OK;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	a->out->breach[a->out->n_breaches] = cm_arena_printf(a->arena, "%s", text);
	return a->out->breach[a->out->n_breaches++] != NULL ? CM_OK : no_memory(a);
}

/* ---- the charter itself ---- */

/* Has everybody signed who has to? */
static CM_RESULT
check_signatures(struct asking *a, struct cm_span sigs)
{
	struct cm_sigs s;
	const struct cm_sig *own;
	struct cm_err why = { 0 };
	enum cm_result rc = cm_sigs_read(sigs, a->arena, &s, &why);

	if (rc == CM_OK)
		rc = cm_sigs_verify(&s, a->file.json, &why);
	if (rc != CM_OK)
		return cm_err_set(a->err, rc, CM_CHARTER_SIGS_FILE ": %s", why.text);
	for (size_t i = 0; i < a->file.head.n_signers; i++)
		if (cm_sigs_of(&s, a->file.head.signers[i].text) == NULL)
			return cm_err_set(a->err, CM_E_REFUSED, CM_CHARTER_FILE ": the signature of %s is missing: it was not in force",
			    a->file.head.signers[i].text);
	if (s.n != a->file.head.n_signers)
		return cm_err_set(a->err, CM_E_REFUSED, CM_CHARTER_SIGS_FILE ": a signature of somebody who does not have to sign");
	a->out->signatures = s.n;
	own = cm_sigs_of(&s, a->disclosure->doc.head.by);
	a->out->armour = own == NULL ? cm_span_of(NULL, 0) : own->armour;
	return CM_OK;
}

static CM_RESULT
read_charter(struct asking *a)
{
	struct cm_weighed weighed;
	struct cm_span json, sigs;
	uint8_t digest[32];
	enum cm_result rc;

	if (cm_zip_find(a->zip, CM_CHARTER_FILE, &json) != CM_OK || cm_zip_find(a->zip, CM_CHARTER_SIGS_FILE, &sigs) != CM_OK)
		return cm_err_set(a->err, CM_E_REFUSED, "the disclosure names a charter, and " CM_CHARTER_FILE " is missing");
	cm_sha256(json.ptr, json.len, digest);
	if (memcmp(digest, a->terms->charter, 32) != 0)
		return cm_err_set(a->err, CM_E_REFUSED, CM_CHARTER_FILE " is another charter than the disclosure names");
	rc = cm_charter_file_read(json, a->arena, &a->file, a->err);
	if (rc == CM_OK)
		rc = check_signatures(a, sigs);
	if (rc == CM_OK)
		rc = cm_charter_weigh(a->file.text, a->arena, &weighed, a->err);
	if (rc != CM_OK)
		return rc;
	a->charter = weighed.says;
	a->registry = weighed.registry;
	a->out->changes = weighed.changes;
	return CM_OK;
}

/* ---- who asks ---- */

static const struct cm_loaded_part *
find_disclosure(const struct cm_loaded *l)
{
	for (size_t i = 0; i < l->n_parts; i++)
		if (l->part[i].doc.head.type == CM_PREDICATE_DISCLOSURE)
			return &l->part[i];
	return NULL;
}

static CM_RESULT
check_case(struct asking *a)
{
	const struct cm_statement *head = &a->disclosure->doc.head;

	a->out->first = !a->file.head.has_supersedes;
	if (!head->has_case)
		return cm_err_set(a->err, CM_E_REFUSED, "disclosure.json is under a charter and names no case");
	if (a->out->first && memcmp(head->case_id, a->file.digest, 32) != 0)
		return cm_err_set(a->err, CM_E_REFUSED, "disclosure.json is of another case than its charter");
	return CM_OK;
}

static CM_RESULT
check_members(struct asking *a)
{
	const struct cm_terms *t = a->terms;
	const struct cm_member *from = cm_members_keyed(&a->charter.members, a->disclosure->doc.head.by);
	const struct cm_member *to = t->to[0] != 0 ? cm_members_named(&a->charter.members, t->to) : NULL;

	if (from == NULL || strcmp(from->name, t->from) != 0)
		return cm_err_set(a->err, CM_E_REFUSED, "disclosure.json says it is from a member that its key is not");
	if (strcmp(cm_member_role_word(from->role), t->from_role) != 0 ||
	    (to != NULL && strcmp(cm_member_role_word(to->role), t->to_role) != 0))
		return cm_err_set(a->err, CM_E_REFUSED, "disclosure.json gives a member another role than the charter");
	if (to == NULL && strcmp(t->to_role, "public") != 0)
		return cm_err_set(a->err, CM_E_REFUSED, "disclosure.json is to somebody who is no member");
	if (to != NULL && a->disclosure->doc.head.to != NULL && strcmp(a->disclosure->doc.head.to, t->to) != 0)
		return cm_err_set(a->err, CM_E_REFUSED, "disclosure.json names two recipients");
	return CM_OK;
}

static CM_RESULT
set(struct asking *a, const char *attribute, const char *word)
{
	if (cm_ask_set(&a->base, a->charter.vocabulary, attribute, word) == CM_OK)
		return CM_OK;
	return cm_err_set(a->err, CM_E_REFUSED, "disclosure.json: terms: no such %s", attribute);
}

static CM_RESULT
set_base(struct asking *a)
{
	const struct cm_terms *t = a->terms;
	enum cm_result rc;

	a->base = cm_ask_unknown();
	rc = set(a, "purpose", t->purpose);
	if (rc == CM_OK)
		rc = set(a, "from", t->from_role);
	if (rc == CM_OK)
		rc = set(a, "from-member", t->from);
	if (rc == CM_OK)
		rc = set(a, "to", t->to_role);
	if (rc == CM_OK)
		rc = set(a, "phase", t->phase);
	if (rc == CM_OK)
		rc = set(a, "approved", t->approved);
	if (rc == CM_OK && t->to[0] != 0)
		rc = set(a, "to-member", t->to);
	else
		a->base.value[CM_ASKS_TO_MEMBER] = (int64_t)a->charter.members.n; /* other */
	a->base.value[CM_ASKS_DATE] = a->disclosure->doc.head.made / CM_TIME_DAY;
	if (strcmp(t->action, cm_action_word[CM_ACTION_RELEASE]) != 0 && strcmp(t->action, cm_action_word[CM_ACTION_PUBLISH]) != 0)
		return cm_err_set(a->err, CM_E_REFUSED, "disclosure.json: terms: no such action");
	return rc;
}

/* ---- the victim ---- */

static bool
is_relied_on(const struct cm_terms *t, const uint8_t digest[32])
{
	for (size_t i = 0; i < t->n_consent; i++)
		if (memcmp(t->consent[i], digest, 32) == 0)
			return true;
	return false;
}

static CM_RESULT
read_token(struct asking *a, const struct cm_loaded_part *p)
{
	const struct cm_member *m = cm_members_keyed(&a->charter.members, p->doc.head.by);
	struct cm_consent_token *t = &a->token[a->n_tokens];

	if (m == NULL || m->role != CM_MEMBER_VICTIM)
		return cm_err_set(a->err, CM_E_REFUSED, "%s is by a key that is no victim's of the charter", p->name);
	if (!is_relied_on(a->terms, p->doc.digest))
		return cm_err_set(a->err, CM_E_REFUSED, "%s is there, and the disclosure does not name it", p->name);
	memcpy(t->digest, p->doc.digest, 32);
	snprintf(t->by.text, sizeof(t->by.text), "%s", p->doc.head.by);
	t->has_supersedes = p->doc.head.has_supersedes;
	memcpy(t->supersedes, p->doc.head.supersedes, 32);
	t->members = &a->charter.members;
	a->n_tokens++;
	return cm_consent_v1_read(&p->doc, a->arena, &t->says, a->err);
}

static CM_RESULT
read_tokens(struct asking *a)
{
	enum cm_result rc = CM_OK;

	a->token = cm_arena_array(a->arena, a->l->n_parts + 1, sizeof(a->token[0]));
	if (a->token == NULL)
		return no_memory(a);
	for (size_t i = 0; rc == CM_OK && i < a->l->n_parts; i++)
		if (a->l->part[i].doc.head.type == CM_PREDICATE_CONSENT)
			rc = read_token(a, &a->l->part[i]);
	if (rc == CM_OK && a->n_tokens != a->terms->n_consent)
		return cm_err_set(a->err, CM_E_REFUSED, "the disclosure relies on a consent that is not there");
	return rc;
}

/* ---- the rules ---- */

static int64_t
type_of(const struct asking *a, const char *id)
{
	size_t at = cm_weighed_type(&a->registry, id);

	return at == SIZE_MAX ? CM_RULES_UNKNOWN : (int64_t)at;
}

struct content {
	enum cm_content content;
	const char *type, *tlp, *pap;
	unsigned form;
	const char *where;
	bool unsure; /* of its markings: they say nothing of what it obliges to */
};

static struct cm_ask
ask_of(const struct asking *a, const struct content *c)
{
	struct cm_ask q = a->base;
	struct cm_consent_request r = { c->type != NULL ? c->type : "", a->terms->purpose, a->terms->to,
		a->disclosure->doc.head.made };
	int64_t type = type_of(a, c->type);
	enum cm_tlp tlp = CM_TLP_RED;
	enum cm_pap pap = CM_PAP_RED;

	q.value[CM_ASKS_ACTION] = strcmp(a->terms->action, cm_action_word[CM_ACTION_PUBLISH]) == 0 ? CM_ACTION_PUBLISH : CM_ACTION_RELEASE;
	q.value[CM_ASKS_TYPE] = type;
	q.value[CM_ASKS_COST] = type == CM_RULES_UNKNOWN ? CM_RULES_UNKNOWN : a->registry.type[type].cost_hi;
	q.value[CM_ASKS_FORM] = (int64_t)c->form - 1;
	q.value[CM_ASKS_CONTENT] = c->content;
	q.value[CM_ASKS_CONSENT] = cm_consent_find(&a->charter.members, a->token, a->n_tokens, &r, NULL, NULL);
	if (cm_tlp_of(c->tlp, &tlp) == CM_OK)
		q.value[CM_ASKS_TLP] = tlp;
	if (cm_pap_of(c->pap, &pap) == CM_OK)
		q.value[CM_ASKS_PAP] = pap;
	return q;
}

/* What the receiver can not see, each way it can be: bit 0 victim, 1 third party, 2 personal, 3 attacks. */
static bool
is_possible(enum cm_content c, unsigned way)
{
	bool third = (way & 2) != 0, personal = (way & 4) != 0, attacks = (way & 8) != 0;

	switch (c) {
	case CM_CONTENT_ADDRESS:
		return personal && !attacks;
	case CM_CONTENT_HEADERS:
	case CM_CONTENT_PSEUDONYM:
	case CM_CONTENT_STATEMENT:
		return !third && !personal && !attacks;
	case CM_CONTENT_COUNT:
	case CM_CONTENT_PICTURE:
		return true;
	default:
		return third && personal;
	}
}

/* Is there a way in which it is allowed?  If not, ${why} is the decision of the kindest one; else ${why} obliges to what
 * all ways oblige to in which it is. */
static bool
may(const struct asking *a, const struct content *c, struct cm_decision *why)
{
	struct cm_ask q = ask_of(a, c);
	bool first = true, any = false;

	for (unsigned way = 0; way < 16; way++) {
		struct cm_decision d;

		if (!is_possible(c->content, way))
			continue;
		q.value[CM_ASKS_VICTIM_DATA] = (way & 1) != 0;
		q.value[CM_ASKS_THIRD_PARTY_DATA] = (way & 2) != 0;
		q.value[CM_ASKS_PERSONAL_DATA] = (way & 4) != 0;
		q.value[CM_ASKS_EXPLOIT] = (way & 8) != 0;
		q.value[CM_ASKS_FORM] = (way & 8) != 0 && c->form < CM_GOVERNED_FORM ? 0 : (int64_t)c->form - 1; /* as it is: C1 */
		cm_rules_decide(a->charter.rules, &q, &d);
		if (d.allowed && any)
			cm_bounds_meet(a->charter.vocabulary, why->oblige, d.oblige);
		else if (d.allowed || first)
			*why = d;
		any |= d.allowed;
		first = false;
	}
	return any;
}

static const char *
denying_rule(const struct asking *a, const struct cm_decision *d)
{
	for (size_t i = 0; i < cm_rules_count(a->charter.rules); i++)
		if (d->denies[i / 64] >> i % 64 & 1)
			return cm_rules_name(a->charter.rules, i);
	return NULL;
}

static CM_RESULT
check(struct asking *a, const struct content *c)
{
	struct cm_decision d = { 0 };
	const char *rule;

	if (may(a, c, &d)) {
		if (!c->unsure)
			cm_bounds_add(a->charter.vocabulary, a->due, d.oblige);
		return CM_OK;
	}
	rule = denying_rule(a, &d);
	if (rule != NULL)
		return breach(a, "%s, %s: rule %s of the charter denies it", c->where, cm_content_says(c->content), rule);
	return breach(a, "%s, %s: no rule of the charter allows it", c->where, cm_content_says(c->content));
}

static CM_RESULT
check_exhibit(struct asking *a, size_t k)
{
	const struct cm_shown_exhibit *x = &a->l->dossier.exhibits[k];
	const struct cm_terms_exhibit *t = &a->terms->exhibit[k];
	const struct cm_shows *s = &x->shows;
	char where[32];
	struct content c = { .type = t->type, .tlp = t->tlp, .pap = t->pap, .where = where };
	const uint64_t of_packets[][2] = { { CM_CONTENT_HEADERS, s->packets }, { CM_CONTENT_MASK, s->mask },
		{ CM_CONTENT_PAYLOAD, s->payload > s->rows - s->packets ? s->payload : 0 },
		{ CM_CONTENT_ADDRESS, s->src_named + s->dst_named }, { CM_CONTENT_PSEUDONYM, s->src_tied + s->dst_tied } };
	enum cm_result rc;

	snprintf(where, sizeof(where), "seal %zu", k + 1);
	c.content = CM_CONTENT_STATEMENT;
	c.form = CM_GOVERNED_FORM;
	rc = check(a, &c);
	c.form = x->schema->kind == CM_KIND_BLOB ? 1 : 2;
	if (!s->capture) {
		c.content = x->schema->kind == CM_KIND_BLOB ? CM_CONTENT_BYTES : CM_CONTENT_TEXT;
		return rc == CM_OK && s->rows > 0 ? check(a, &c) : rc;
	}
	for (size_t i = 0; rc == CM_OK && i < sizeof(of_packets) / sizeof(of_packets[0]); i++) {
		c.content = (enum cm_content)of_packets[i][0];
		if (of_packets[i][1] > 0)
			rc = check(a, &c);
	}
	return rc;
}

/* Nothing is marked lower than what it came from. */
static CM_RESULT
check_markings(struct asking *a)
{
	const struct cm_terms *t = a->terms;
	enum cm_tlp tlp, x_tlp, low = CM_TLP_RED, high = CM_TLP_CLEAR;
	enum cm_pap pap, x_pap, low_pap = CM_PAP_RED, high_pap = CM_PAP_CLEAR;

	if (cm_tlp_of(t->tlp, &tlp) != CM_OK || cm_pap_of(t->pap, &pap) != CM_OK)
		return cm_err_set(a->err, CM_E_REFUSED, "disclosure.json: terms: no such marking");
	for (size_t k = 0; k < t->n_exhibits; k++) {
		if (cm_tlp_of(t->exhibit[k].tlp, &x_tlp) != CM_OK || cm_pap_of(t->exhibit[k].pap, &x_pap) != CM_OK)
			return cm_err_set(a->err, CM_E_REFUSED, "disclosure.json: terms: no such marking");
		if ((x_tlp > tlp || x_pap > pap) &&
		    breach(a, "seal %zu is marked higher than what was made of it", k + 1) != CM_OK)
			return no_memory(a);
		low = x_tlp < low ? x_tlp : low;
		low_pap = x_pap < low_pap ? x_pap : low_pap;
		high = x_tlp > high ? x_tlp : high;
		high_pap = x_pap > high_pap ? x_pap : high_pap;
	}
	a->highest_tlp = cm_tlp_word[high];
	a->highest_pap = cm_pap_word[high_pap];
	a->lowest_tlp = cm_tlp_word[low];
	a->lowest_pap = cm_pap_word[low_pap];
	return CM_OK;
}

/* The report is made of all: as high as all of it, and not as what it obliges to may ask for; once for each type. */
static CM_RESULT
check_picture(struct asking *a)
{
	struct content c = { .content = CM_CONTENT_PICTURE, .tlp = a->highest_tlp, .pap = a->highest_pap, .form = CM_GOVERNED_FORM,
		.where = "report.html" };
	struct cm_span html;
	enum cm_result rc = CM_OK;

	if (cm_zip_find(a->zip, "report.html", &html) != CM_OK)
		return CM_OK;
	for (size_t k = 0; rc == CM_OK && k < a->terms->n_exhibits; k++) {
		c.type = a->terms->exhibit[k].type;
		rc = check(a, &c);
	}
	return rc;
}

/* A finding, flood, scan or chain: as a statement, and what is counted as a count.  What it is about is
 * marked at least as the lowest exhibit is. */
static CM_RESULT
check_statement(struct asking *a, const char *word, size_t i, struct cm_evidence_said said, bool counts)
{
	char where[48];
	struct content c = { .content = CM_CONTENT_STATEMENT, .type = said.ours != NULL ? said.ours : said.id,
		.tlp = a->lowest_tlp, .pap = a->lowest_pap,
		.form = CM_GOVERNED_FORM, .where = where,
		.unsure = a->lowest_tlp != a->highest_tlp || a->lowest_pap != a->highest_pap };
	enum cm_result rc;

	snprintf(where, sizeof(where), "%s %zu", word, i + 1);
	rc = check(a, &c);
	c.content = CM_CONTENT_COUNT;
	return rc == CM_OK && counts ? check(a, &c) : rc;
}

static CM_RESULT
check_statements(struct asking *a)
{
	const struct cm_dossier *d = &a->l->dossier;
	enum cm_result rc = CM_OK;
	size_t i;

	for (i = 0; rc == CM_OK && i < d->n_findings; i++)
		rc = check_statement(a, "finding", i, cm_dossier_evidence_finding(d, i), false);
	for (i = 0; rc == CM_OK && i < d->n_traffic; i++)
		rc = check_statement(a, "traffic", i, cm_dossier_evidence_traffic(d, i), true);
	for (i = 0; rc == CM_OK && i < d->n_chains; i++)
		rc = check_statement(a, "chain", i, cm_dossier_evidence_chain(d, i), true);
	for (i = 0; rc == CM_OK && i < d->n_assessments; i++)
		rc = check_statement(a, "assessment", i, cm_dossier_evidence_assessment(d, i), false);
	return rc;
}

/* Rules that are named are there, and allow; what they oblige to binds. */
static CM_RESULT
check_rules(struct asking *a)
{
	const struct cm_rules *rules = a->charter.rules;
	enum cm_result rc = CM_OK;
	size_t k;

	for (size_t i = 0; rc == CM_OK && i < a->terms->n_rules; i++) {
		for (k = 0; k < cm_rules_count(rules); k++)
			if (strcmp(cm_rules_name(rules, k), a->terms->rules[i]) == 0 && cm_rules_is_allow(rules, k))
				break;
		if (k == cm_rules_count(rules))
			rc = breach(a, "it calls on rule %s, and the charter has no such allowance", a->terms->rules[i]);
		else
			cm_bounds_add(a->charter.vocabulary, a->due, cm_rules_oblige(rules, k));
	}
	return rc;
}

/* ---- what it obliges to ---- */

static CM_RESULT
read_stated(struct asking *a, struct cm_bound stated[CM_RULES_OBLIGATIONS_MAX])
{
	struct cm_err why = { 0 };
	struct cm_bound b;
	size_t o;

	for (size_t i = 0; i < a->terms->n_obliges; i++) {
		if (cm_bound_read(a->charter.vocabulary, cm_span_str(a->terms->obliges[i]), &o, &b, &why) != CM_OK)
			return cm_err_set(a->err, CM_E_REFUSED, "disclosure.json: terms: obliges: %s", why.text);
		if (stated[o].set)
			return cm_err_set(a->err, CM_E_REFUSED, "disclosure.json: terms: obliges: one obligation twice");
		stated[o] = b;
	}
	return CM_OK;
}

static CM_RESULT
say_loose(struct asking *a, size_t obligation, bool stated)
{
	struct cm_buf text = { 0 };
	enum cm_result rc;

	cm_bound_write(a->charter.vocabulary, obligation, &a->due[obligation], &text);
	rc = cm_buf_cstr(&text) == NULL ? no_memory(a) : breach(a, stated ?
	    "it obliges its recipient less strictly than the charter asks: `%s'" : "it leaves out what the charter obliges to: `%s'",
	    cm_buf_cstr(&text));
	cm_buf_release(&text);
	return rc;
}

/* Marked as high as what it holds has to be marked? */
static CM_RESULT
check_marks_due(struct asking *a)
{
	const struct cm_bound *t = &a->due[CM_OBLIGES_MARK_TLP], *p = &a->due[CM_OBLIGES_MARK_PAP];
	enum cm_tlp tlp = CM_TLP_CLEAR;
	enum cm_pap pap = CM_PAP_CLEAR;

	if (cm_tlp_of(a->terms->tlp, &tlp) != CM_OK || cm_pap_of(a->terms->pap, &pap) != CM_OK)
		return CM_OK; /* said before */
	if ((!t->set || tlp >= t->bound) && (!p->set || pap >= p->bound))
		return CM_OK;
	return breach(a, "it is marked TLP:%s, PAP:%s, and the charter asks for more", a->terms->tlp, a->terms->pap);
}

static CM_RESULT
check_obligations(struct asking *a)
{
	const struct cm_vocabulary *v = a->charter.vocabulary;
	struct cm_bound stated[CM_RULES_OBLIGATIONS_MAX] = { 0 }, both[CM_RULES_OBLIGATIONS_MAX];
	enum cm_result rc = read_stated(a, stated);

	memcpy(both, stated, sizeof(both));
	cm_bounds_add(v, both, a->due);
	for (size_t i = 0; rc == CM_OK && i < v->n_obligations; i++)
		if (both[i].set != stated[i].set || both[i].bound != stated[i].bound)
			rc = say_loose(a, i, stated[i].set);
	return rc == CM_OK ? check_marks_due(a) : rc;
}

static CM_RESULT
ask_rules(struct asking *a)
{
	enum cm_result rc = check_markings(a);

	for (size_t k = 0; rc == CM_OK && k < a->terms->n_exhibits; k++)
		rc = check_exhibit(a, k);
	if (rc == CM_OK)
		rc = check_statements(a);
	if (rc == CM_OK)
		rc = check_picture(a);
	if (rc == CM_OK)
		rc = check_rules(a);
	return rc == CM_OK ? check_obligations(a) : rc;
}

CM_RESULT
cm_obeyed_check(const struct cm_loaded *l, const struct cm_zip *zip, struct cm_arena *arena, struct cm_obeyed *out,
    struct cm_err *err)
{
	struct asking a = { .l = l, .zip = zip, .arena = arena, .err = err, .out = out, .terms = l->dossier.terms,
		.disclosure = find_disclosure(l) };
	struct cm_span none;
	enum cm_result rc;

	*out = (struct cm_obeyed) { 0 };
	if (a.terms == NULL || a.terms->use != CM_TERMS_CHARTER)
		return cm_zip_find(zip, CM_CHARTER_FILE, &none) != CM_OK ? CM_OK :
			   cm_err_set(err, CM_E_REFUSED, CM_CHARTER_FILE " is there, and the disclosure is not under it");
	out->governed = true;
	rc = read_charter(&a);
	if (rc == CM_OK)
		rc = check_case(&a);
	if (rc == CM_OK)
		rc = check_members(&a);
	if (rc == CM_OK)
		rc = set_base(&a);
	if (rc == CM_OK)
		rc = read_tokens(&a);
	if (rc == CM_OK)
		rc = ask_rules(&a);
	out->title = a.charter.title;
	out->members = a.charter.members;
	return rc;
}
