#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "cli/dossier.h"
#include "cli/governing.h"
#include "os/clock.h"
#include "statement/evidence.h"
#include "store/marks.h"


struct begin {
	const struct cm_context *ctx;
	struct cm_dossier_wish *wish;
	struct cm_governing *g;
	struct cm_arena *arena;
	int64_t now;
	bool *used; /* of the consents: relied on */
	struct cm_err err;
};

static CM_RESULT
no_memory(struct begin *b)
{
	return cm_err_set(&b->err, CM_E_NOMEM, "out of memory");
}

static CM_RESULT
refused(struct begin *b, const char *name, const char *what)
{
	return cm_err_set(&b->err, CM_E_REFUSED, "%s %s", name, what);
}

/* ---- the charter ---- */

static CM_RESULT
read_charter(struct begin *b)
{
	struct cm_governing *g = b->g;
	const struct cm_team_charter *c;
	struct cm_weighed weighed;
	enum cm_result rc = cm_case_team(b->wish->c, b->arena, &g->team, &b->err);

	c = rc == CM_OK ? g->team.in_force : NULL;
	if (rc == CM_OK && c == NULL)
		return cm_err_set(&b->err, CM_E_REFUSED, "no charter is in force any more: `comity charter show'");
	if (rc == CM_OK)
		rc = cm_charter_weigh(c->file.text, b->arena, &weighed, &b->err);
	if (rc != CM_OK)
		return rc;
	g->says = weighed.says;
	g->registry = weighed.registry;
	g->title = g->says.title;
	g->charter = c->file.json;
	g->sigs = c->sigs_text;
	return cm_case_marks(cm_case_folder(b->wish->c), b->arena, &g->marks, &b->err);
}

/* ---- who, to whom, what for ---- */

static CM_RESULT
find_members(struct begin *b)
{
	struct cm_governing *g = b->g;
	const struct cm_members *m = &g->says.members;
	const char *to = b->wish->to;

	g->self = cm_members_keyed(m, cm_case_self(b->wish->c)->fingerprint);
	if (g->self == NULL)
		return refused(b, cm_case_self(b->wish->c)->name, "is no member of the charter in force with the key it has now");
	if (cm_team_is_gone(&g->team, g->self->print.text))
		return refused(b, g->self->name, "has withdrawn from the charter: it discloses nothing under it any more");
	if (to == NULL)
		return cm_err_set(&b->err, CM_E_USAGE, "a charter governs this case: to which member?  --to NAME, or --to public");
	if (strcmp(to, "public") == 0)
		return CM_OK;
	g->to = cm_members_named(m, to);
	if (g->to == NULL)
		return refused(b, to, "is no member of the charter: it knows its members, and the public");
	if (cm_team_is_gone(&g->team, g->to->print.text))
		return refused(b, to, "has withdrawn from the charter: nothing is disclosed to it any more");
	if (g->to == g->self)
		return refused(b, to, "is you: `comity investigate' makes a dossier for your own use");
	return CM_OK;
}

static int64_t
member_index(const struct cm_members *m, const struct cm_member *of)
{
	return of == NULL ? (int64_t)m->n : (int64_t)(of - m->item);
}

static CM_RESULT
set_purpose(struct begin *b)
{
	const struct cm_attribute *p = &b->g->says.vocabulary->attribute[CM_ASKS_PURPOSE];
	struct cm_buf words = { 0 };
	enum cm_result rc = CM_OK;

	if (b->wish->purpose != NULL &&
	    cm_ask_set(&b->g->in.base, b->g->says.vocabulary, "purpose", b->wish->purpose) == CM_OK)
		return CM_OK;
	for (size_t i = 0; i < p->n_words; i++)
		cm_buf_printf(&words, "%s%s", i > 0 ? ", " : "", p->words[i]);
	rc = cm_err_set(&b->err, CM_E_USAGE, "what for?  --purpose is one of %s", cm_buf_cstr(&words) != NULL ? cm_buf_cstr(&words) : "");
	cm_buf_release(&words);
	return rc;
}

static CM_RESULT
set_approved(struct begin *b)
{
	const struct cm_dossier_wish *w = b->wish;
	uint8_t (*what)[32] = cm_arena_array(b->arena, w->n_findings + w->n_traffic + w->n_chains + w->n_assessments + 1, 32);
	struct cm_approval_request q = { .recipient = w->to, .purpose = w->purpose, .from = b->g->self->print.text,
		.charter = b->g->team.in_force->file.digest };
	size_t n = 0;

	if (what == NULL)
		return no_memory(b);
	for (size_t i = 0; i < w->n_findings; i++)
		memcpy(what[n++], w->findings[i], 32);
	for (size_t i = 0; i < w->n_traffic; i++)
		memcpy(what[n++], w->traffic[i], 32);
	for (size_t i = 0; i < w->n_chains; i++)
		memcpy(what[n++], w->chains[i], 32);
	for (size_t i = 0; i < w->n_assessments; i++)
		memcpy(what[n++], w->assessments[i], 32);
	q.what = (const uint8_t (*)[32])what;
	q.n_what = n;
	b->g->in.base.value[CM_ASKS_APPROVED] = cm_approval_find(&b->g->says.members, b->g->team.gone.item,
	    b->g->team.gone.n, b->g->team.approval, b->g->team.n_approvals, &q, NULL, NULL);
	return CM_OK;
}

static CM_RESULT
set_base(struct begin *b)
{
	struct cm_governing *g = b->g;
	int64_t *value = g->in.base.value;
	enum cm_result rc;

	g->in.base = cm_ask_unknown();
	rc = set_purpose(b);
	if (rc == CM_OK)
		rc = set_approved(b);
	if (rc != CM_OK)
		return rc;
	g->in.action = g->to == NULL ? CM_ACTION_PUBLISH : CM_ACTION_RELEASE;
	value[CM_ASKS_FROM] = g->self->role;
	value[CM_ASKS_FROM_MEMBER] = member_index(&g->says.members, g->self);
	value[CM_ASKS_TO] = g->to == NULL ? CM_MEMBER_ROLES : (int64_t)g->to->role;
	value[CM_ASKS_TO_MEMBER] = member_index(&g->says.members, g->to);
	value[CM_ASKS_PHASE] = g->team.phase;
	value[CM_ASKS_DATE] = b->now / CM_TIME_DAY;
	return CM_OK;
}

/* ---- the types, and the victim's consent to each ---- */

static CM_RESULT
set_types(struct begin *b)
{
	struct cm_governing *g = b->g;
	struct cm_release_type *type = cm_arena_array(b->arena, g->registry.n_types + 1, sizeof(*type));
	size_t *used = cm_arena_array(b->arena, g->team.n_consents + 1, sizeof(*used)), n, i, k;

	b->used = cm_arena_array(b->arena, g->team.n_consents + 1, sizeof(b->used[0]));
	if (type == NULL || used == NULL || b->used == NULL)
		return no_memory(b);
	for (i = 0; i < g->registry.n_types; i++) {
		struct cm_consent_request q = { g->registry.type[i].id, b->wish->purpose, b->wish->to, b->now };

		n = 0;
		type[i].id = g->registry.type[i].id;
		type[i].cost = g->registry.type[i].cost_hi;
		type[i].consent = cm_consent_find(&g->says.members, g->team.consent, g->team.n_consents, &q, used, &n);
		for (k = 0; k < n; k++)
			b->used[used[k]] = true;
	}
	g->in.type = type;
	g->in.n_types = g->registry.n_types;
	return CM_OK;
}

static const struct cm_said *
said_by_digest(const struct cm_team *t, const uint8_t digest[32])
{
	for (size_t i = 0; i < t->n_said; i++)
		if (memcmp(t->said[i].digest, digest, 32) == 0)
			return &t->said[i];
	return NULL;
}

/* Statements of one key go into a dossier by their number. */
static int
by_number(const void *a, const void *b)
{
	const struct cm_said *const *x = a, *const *y = b;

	return (*x)->head.number < (*y)->head.number ? -1 : (*x)->head.number > (*y)->head.number;
}

/* The consents that count go along, so that the recipient sees them. */
static CM_RESULT
take_consents(struct begin *b)
{
	struct cm_governing *g = b->g;
	struct cm_pack_text *text = cm_arena_array(b->arena, g->team.n_consents + 1, sizeof(*text));
	uint8_t (*digest)[32] = cm_arena_array(b->arena, g->team.n_consents + 1, 32);
	const struct cm_said **said = cm_arena_array(b->arena, g->team.n_consents + 1, sizeof(*said));
	size_t n = 0;

	if (text == NULL || digest == NULL || said == NULL)
		return no_memory(b);
	for (size_t i = 0; i < g->team.n_consents; i++) {
		said[n] = b->used[i] ? said_by_digest(&g->team, g->team.consent[i].digest) : NULL;
		n += said[n] != NULL;
	}
	qsort(said, n, sizeof(*said), by_number);
	for (; g->n_consents < n; g->n_consents++) {
		text[g->n_consents] = (struct cm_pack_text) { .json = said[g->n_consents]->json, .sig = said[g->n_consents]->sig };
		memcpy(digest[g->n_consents], said[g->n_consents]->digest, 32);
	}
	g->consents = text;
	g->governed.terms.consent = digest;
	g->governed.terms.n_consent = g->n_consents;
	return CM_OK;
}

/* ---- the exhibits ---- */

static const char *
usual_type(const char *kind)
{
	enum cm_kind k = CM_KIND_BLOB;

	(void)!cm_kind_parse(cm_span_str(kind), &k);
	return cm_evidence_of_exhibit(k);
}

static CM_RESULT
set_exhibits(struct begin *b)
{
	struct cm_governing *g = b->g;
	const struct cm_dossier_wish *w = b->wish;
	struct cm_terms_exhibit *stated = cm_arena_array(b->arena, w->n_exhibits + 1, sizeof(*stated));

	g->exhibit = cm_arena_array(b->arena, w->n_exhibits + 1, sizeof(g->exhibit[0]));
	if (stated == NULL || g->exhibit == NULL)
		return no_memory(b);
	for (size_t i = 0; i < w->n_exhibits; i++) {
		struct cm_mark_exhibit *mark = &g->exhibit[i].mark;

		*mark = cm_marks_exhibit(&g->marks, w->exhibits[i].id);
		if (mark->type == NULL)
			mark->type = usual_type(w->exhibits[i].kind);
		g->exhibit[i].type = cm_weighed_type(&g->registry, mark->type);
		if (g->exhibit[i].type == SIZE_MAX)
			return refused(b, mark->type, "is no type of evidence, and the marks give it to an exhibit: `comity types' lists those that there are");
		stated[i] = (struct cm_terms_exhibit) { mark->type, cm_tlp_word[mark->tlp], cm_pap_word[mark->pap] };
	}
	g->governed.terms.exhibit = stated;
	g->governed.terms.n_exhibits = w->n_exhibits;
	return CM_OK;
}

/* What is known before anything is asked. */
static void
set_terms(struct begin *b)
{
	struct cm_governing *g = b->g;
	struct cm_terms *t = &g->governed.terms;

	t->use = CM_TERMS_CHARTER;
	memcpy(t->charter, g->team.in_force->file.digest, 32);
	t->action = cm_action_word[g->in.action];
	t->purpose = b->wish->purpose;
	t->from = g->self->name;
	t->from_role = cm_member_role_word(g->self->role);
	t->to = g->to == NULL ? "" : g->to->name;
	t->to_role = g->to == NULL ? "public" : cm_member_role_word(g->to->role);
	t->phase = cm_phase_word(g->team.phase);
	t->approved = g->says.vocabulary->attribute[CM_ASKS_APPROVED].words[g->in.base.value[CM_ASKS_APPROVED]];
}

static CM_RESULT
make_ready(struct begin *b)
{
	struct cm_governing *g = b->g;
	struct cm_released_in in = { .marks = &g->marks };

	g->in.rules = g->says.rules;
	if (cm_release_new(&g->in, &g->release) != CM_OK)
		return no_memory(b);
	in.release = g->release;
	in.exhibit = g->exhibit;
	g->governed.n_exhibits = b->wish->n_exhibits;
	return cm_released_init(&g->governed.released, &in) == CM_OK ? CM_OK : no_memory(b);
}

/* ---- the statements that were chosen ---- */

static CM_RESULT
about(const struct cm_dossier_wish *w, const struct cm_statement *head, struct cm_arena *arena,
    struct cm_governed_statement *out, struct cm_err *err)
{
	size_t *list = cm_arena_array(arena, w->n_exhibits + 1, sizeof(*list));

	if (list == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	for (size_t k = 0; k < w->n_exhibits; k++)
		for (size_t i = 0; i < head->n_subject; i++)
			if (memcmp(head->subject[i].exhibit, w->exhibits[k].x, 32) == 0) {
				list[out->n_about++] = k;
				break;
			}
	out->about = list;
	return CM_OK;
}

/* Which type of evidence a statement is: what it says, or that of the first exhibit it is about.  One of an older
 * program does not say: where a rule asks for types, it stays here. */
static CM_RESULT
find_type(const struct cm_governing *g, const struct cm_statement_doc *doc, struct cm_arena *arena,
    struct cm_governed_statement *s, struct cm_err *err)
{
	const char *id = NULL;
	enum cm_result rc = CM_OK;

	s->counts = doc->head.type == CM_PREDICATE_TRAFFIC || doc->head.type == CM_PREDICATE_CHAIN;
	if (s->counts || doc->head.type == CM_PREDICATE_FINDING || doc->head.type == CM_PREDICATE_ASSESSMENT) {
		rc = cm_evidence_read(doc->predicate, arena, &id, err);
		s->type = cm_weighed_type(&g->registry, id);
	} else {
		s->type = s->n_about > 0 ? g->exhibit[s->about[0]].type : SIZE_MAX;
	}
	return rc;
}

enum cm_result
cm_governing_may(
    struct cm_governing *g, const struct cm_dossier_wish *wish, struct cm_span json, bool *out, struct cm_err *err)
{
	struct cm_governed_statement s = { .json = json };
	struct cm_statement_doc doc = { 0 };
	enum cm_result rc = cm_statement_read(json, wish->arena, &doc, err);

	if (rc == CM_OK)
		rc = about(wish, &doc.head, wish->arena, &s, err);
	if (rc == CM_OK)
		rc = find_type(g, &doc, wish->arena, &s, err);
	if (rc == CM_OK)
		rc = cm_governed_may(&g->governed, &s, out);
	cm_statement_release(&doc);
	return rc;
}

static CM_RESULT
may(struct begin *b, const uint8_t digest[32], bool *out)
{
	struct cm_buf json = { 0 };
	enum cm_result rc = cm_case_statement_text(b->wish->c, digest, &json, NULL, &b->err);

	if (rc == CM_OK)
		rc = cm_governing_may(b->g, b->wish, cm_buf_span(&json), out, &b->err);
	cm_buf_release(&json);
	return rc;
}

/* Leaves in a list what may leave. */
static CM_RESULT
sift(struct begin *b, const uint8_t (**list)[32], size_t *n)
{
	uint8_t (*left)[32] = cm_arena_array(b->arena, *n + 1, 32);
	enum cm_result rc = left != NULL ? CM_OK : no_memory(b);
	size_t k = 0, i;
	bool yes;

	for (i = 0; rc == CM_OK && i < *n; i++) {
		rc = may(b, (*list)[i], &yes);
		if (rc == CM_OK && yes)
			memcpy(left[k++], (*list)[i], 32);
	}
	*list = (const uint8_t (*)[32])left;
	*n = k;
	return rc;
}

static CM_RESULT
ask_seals(struct begin *b)
{
	enum cm_result rc = CM_OK;
	bool yes = true;

	for (size_t i = 0; rc == CM_OK && i < b->wish->n_exhibits; i++) {
		rc = may(b, b->wish->exhibits[i].statement, &yes);
		if (rc == CM_OK && !yes)
			return cm_err_set(&b->err, CM_E_REFUSED, "the charter does not let the seal of exhibit %llu go to %s for %s, "
			    "and without it nothing of the exhibit can be shown", (unsigned long long)b->wish->exhibits[i].id,
			    b->wish->to, b->wish->purpose);
	}
	return rc;
}

static CM_RESULT
ask_statements(struct begin *b)
{
	struct cm_dossier_wish *w = b->wish;
	size_t chains = w->n_chains, traffic = w->n_traffic, findings = w->n_findings, assessments = w->n_assessments;
	enum cm_result rc = ask_seals(b);

	if (rc == CM_OK)
		rc = sift(b, &w->findings, &w->n_findings);
	if (rc == CM_OK)
		rc = sift(b, &w->traffic, &w->n_traffic);
	if (rc == CM_OK)
		rc = sift(b, &w->chains, &w->n_chains);
	if (rc == CM_OK)
		rc = sift(b, &w->assessments, &w->n_assessments);
	/* a chain is nothing without what it joins */
	if (rc == CM_OK && (w->n_findings < findings || w->n_traffic < traffic))
		w->n_chains = 0;
	if (rc == CM_OK && chains + traffic + findings + assessments > 0 &&
	    w->n_chains + w->n_traffic + w->n_findings + w->n_assessments == 0 && (w->select.rows == NULL || assessments > 0) && !w->select.all)
		return cm_err_set(&b->err, CM_E_REFUSED, "the charter lets none of these statements go to %s for %s", w->to,
		    w->purpose);
	return rc;
}

static CM_RESULT
begin(struct begin *b)
{
	enum cm_result rc = read_charter(b);

	if (rc == CM_OK)
		rc = find_members(b);
	if (rc == CM_OK)
		rc = set_base(b);
	if (rc == CM_OK)
		rc = set_types(b);
	if (rc == CM_OK)
		rc = take_consents(b);
	if (rc == CM_OK)
		rc = set_exhibits(b);
	if (rc != CM_OK)
		return rc;
	set_terms(b);
	rc = make_ready(b);
	return rc == CM_OK ? ask_statements(b) : rc;
}

/* What was asked before it was refused, so that the reason is seen. */
static enum cm_exit
say_no(struct begin *b, enum cm_result rc)
{
	struct cm_dossier_told told = { .ctx = b->ctx, .governed = &b->g->governed, .title = b->g->title,
		.exhibits = b->wish->exhibits, .n_exhibits = b->wish->n_exhibits, .explain = b->wish->explain };

	if (rc == CM_E_USAGE)
		return cm_cli_usage(b->ctx, b->wish->command, "%s", b->err.text);
	if (b->g->release != NULL && !b->wish->json)
		cm_dossier_tell_terms(&told);
	(void)cm_cli_error(b->ctx, NULL, &b->err, "nothing was disclosed");
	return rc == CM_E_REFUSED ? CM_EXIT_REFUSED : CM_EXIT_CANNOT;
}

enum cm_governing_end
cm_governing_begin(
    const struct cm_context *ctx, struct cm_dossier_wish *wish, struct cm_governing *out, enum cm_exit *code)
{
	struct begin b = { .ctx = ctx, .wish = wish, .g = out, .arena = wish->arena, .now = cm_clock_now() };
	uint8_t case_id[32], charter[32];
	enum cm_result rc;

	*out = (struct cm_governing) { 0 };
	rc = cm_case_governed(wish->c, case_id, charter, &b.err);
	if (rc == CM_E_NOTFOUND)
		return CM_GOVERNING_NONE;
	if (rc == CM_OK)
		rc = begin(&b);
	if (rc == CM_OK)
		return CM_GOVERNING_READY;
	*code = say_no(&b, rc);
	return CM_GOVERNING_NO;
}

/* Everything that answers rest on and that others can bring in. */
static bool
is_same_team(const struct cm_team *a, const struct cm_team *b)
{
	return a->in_force != NULL && b->in_force != NULL &&
	    memcmp(a->in_force->file.digest, b->in_force->file.digest, 32) == 0 && a->n_consents == b->n_consents &&
	    a->n_approvals == b->n_approvals && a->gone.n == b->gone.n && a->phase == b->phase;
}

enum cm_result
cm_governing_still(const struct cm_dossier_wish *wish, struct cm_err *err)
{
	uint8_t case_id[32], charter[32];
	struct cm_team now;
	struct cm_err none = { 0 };
	enum cm_result rc = cm_case_governed(wish->c, case_id, charter, &none);

	if (wish->governing == NULL && (rc == CM_E_NOTFOUND || wish->terms.use == CM_TERMS_OWN))
		return CM_OK;
	if (wish->governing != NULL && rc == CM_OK) {
		rc = cm_case_team(wish->c, wish->arena, &now, err);
		if (rc != CM_OK || is_same_team(&wish->governing->team, &now))
			return rc;
	}
	return cm_err_set(err, CM_E_REFUSED, "the charter, a consent or the members have changed while this was made: run it again");
}

void
cm_governing_fini(struct cm_governing *g)
{
	cm_release_free(g->release);
	cm_released_fini(&g->governed.released);
}
