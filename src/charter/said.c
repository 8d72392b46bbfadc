/* What is said under a charter: read, admitted, collected. */
#include <string.h>

#include "charter/team_parts.h"

static enum cm_result
check_signature(struct cm_said *s, struct cm_err *err)
{
	struct cm_sshsig sig;
	char by[CM_FINGERPRINT_LEN + 1];
	enum cm_result r = cm_sshsig_parse(s->sig, &sig, err);

	if (r != CM_OK)
		return r;
	cm_ssh_fingerprint(&sig.key, by);
	if (strcmp(by, s->head.by) != 0)
		return cm_err_set(err, CM_E_REFUSED, "it says it is by %s, and %s signed it", s->head.by, by);
	return cm_sshsig_verify(&sig, s->json, err);
}

static enum cm_result
read_body(const struct cm_statement_doc *d, struct cm_arena *arena, struct cm_said *s, struct cm_err *err)
{
	if (d->head.type == CM_PREDICATE_CONSENT)
		return cm_consent_v1_read(d, arena, &s->as.consent, err);
	if (d->head.type == CM_PREDICATE_WITHDRAWAL)
		return cm_withdrawal_v1_read(d, arena, &s->as.withdrawal, err);
	if (d->head.type == CM_PREDICATE_APPROVAL)
		return cm_approval_v1_read(d, arena, &s->as.approval, err);
	if (d->head.type == CM_PREDICATE_CLOSE)
		return cm_close_v1_read(d, arena, &s->as.close, err);
	if (d->head.type == CM_PREDICATE_RECEIPT)
		return cm_receipt_v1_read(d, &s->as.receipt, err);
	return cm_err_set(err, CM_E_MALFORMED, "a statement of type %s/v1, which is not made under a charter",
	    cm_predicate_word(d->head.type));
}

enum cm_result
cm_said_read(struct cm_team_said_text text, struct cm_arena *arena, struct cm_said *out, struct cm_err *err)
{
	struct cm_statement_doc doc = { 0 };
	struct cm_said s = { .json = text.json, .sig = text.sig };
	enum cm_result r = cm_statement_read(text.json, arena, &doc, err);

	if (r != CM_OK)
		return r;
	s.head = doc.head;
	memcpy(s.digest, doc.digest, 32);
	r = read_body(&doc, arena, &s, err);
	if (r == CM_OK)
		r = check_signature(&s, err);
	cm_statement_release(&doc);
	if (r == CM_OK)
		*out = s;
	return r;
}

/* The charter it is under: all but a receipt name it, in the same place. */
static const uint8_t *
charter_of(const struct cm_said *s)
{
	switch (s->head.type) {
	case CM_PREDICATE_CONSENT:
		return s->as.consent.charter;
	case CM_PREDICATE_WITHDRAWAL:
		return s->as.withdrawal.charter;
	case CM_PREDICATE_APPROVAL:
		return s->as.approval.charter;
	case CM_PREDICATE_CLOSE:
		return s->as.close.charter;
	case CM_PREDICATE_RECEIPT:
	case CM_PREDICATE_CHARTER:
	case CM_PREDICATE_SEAL:
	case CM_PREDICATE_FINDING:
	case CM_PREDICATE_CUSTODY:
	case CM_PREDICATE_DISCLOSURE:
	case CM_PREDICATE_KEY:
	case CM_PREDICATE_TRAFFIC:
	case CM_PREDICATE_CHAIN:
	case CM_PREDICATE_ASSESSMENT:
	case CM_PREDICATE_COMPARISON:
		break;
	}
	return NULL;
}

/* Whom the consent is for must be members, else a slip of the pen is a consent for nobody. */
static enum cm_result
check_names(const struct cm_words *to, const struct cm_members *m, struct cm_err *err)
{
	for (size_t i = 0; i < to->n; i++)
		if (cm_members_named(m, to->word[i]) == NULL)
			return cm_err_set(
			    err, CM_E_REFUSED, "a consent for \"%s\", who is no member of the charter that it names", to->word[i]);
	return CM_OK;
}

static enum cm_result
check_consent(const struct cm_said *s, const struct cm_member *by, const struct cm_members *m, struct cm_err *err)
{
	if (by->role != CM_MEMBER_VICTIM)
		return cm_err_set(err, CM_E_REFUSED, "a consent by \"%s\", which is not the victim but %s", by->name,
		    cm_member_role_word(by->role));
	return check_names(&s->as.consent.to, m, err);
}

enum cm_result
cm_team_admits(const struct cm_team *t, const struct cm_said *s, struct cm_arena *arena, struct cm_err *err)
{
	const struct cm_team_charter *c;
	const struct cm_member *by;
	const uint8_t *charter = charter_of(s);

	(void)arena;
	if (t->in_force == NULL)
		return cm_err_set(err, CM_E_REFUSED, "no charter is in force here, so nobody is known to be a member");
	if (s->head.has_case && memcmp(s->head.case_id, t->case_id, 32) != 0)
		return cm_err_set(err, CM_E_REFUSED, "it is of another case");
	c = charter == NULL ? t->in_force : cm_team_find(t, charter);
	if (c == NULL || !cm_team_in_chain(t, c->file.digest))
		return cm_err_set(err, CM_E_REFUSED, "it names a charter that is none of this case's versions in force until now");
	by = cm_members_keyed(&c->file.says.members, s->head.by);
	if (by == NULL)
		return cm_err_set(err, CM_E_REFUSED, "signed by %s, who is no member", s->head.by);
	return s->head.type == CM_PREDICATE_CONSENT ? check_consent(s, by, &c->file.says.members, err) : CM_OK;
}

static bool
counts(const struct cm_team *t, const struct cm_said *s, enum cm_predicate type)
{
	return s->head.type == type && s->head.has_case && memcmp(s->head.case_id, t->case_id, 32) == 0;
}

static enum cm_result
collect_consents(struct cm_team *t, struct cm_arena *arena, struct cm_err *err)
{
	struct cm_consent_token *list = cm_arena_array(arena, t->n_said + 1, sizeof(*list));

	if (list == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	for (size_t i = 0; i < t->n_said; i++) {
		const struct cm_said *s = &t->said[i];
		const struct cm_team_charter *c;
		struct cm_consent_token *k = &list[t->n_consents];

		if (!counts(t, s, CM_PREDICATE_CONSENT))
			continue;
		c = cm_team_find(t, s->as.consent.charter);
		memcpy(k->digest, s->digest, 32);
		memcpy(k->by.text, s->head.by, sizeof(k->by.text));
		k->has_supersedes = s->head.has_supersedes;
		memcpy(k->supersedes, s->head.supersedes, 32);
		k->says = s->as.consent;
		k->members = c != NULL && cm_team_in_chain(t, c->file.digest) ? &c->file.says.members : NULL;
		t->n_consents++;
	}
	t->consent = list;
	return CM_OK;
}

static enum cm_result
collect_approvals(struct cm_team *t, struct cm_arena *arena, struct cm_err *err)
{
	struct cm_approval_token *list = cm_arena_array(arena, t->n_said + 1, sizeof(*list));

	if (list == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	for (size_t i = 0; i < t->n_said; i++) {
		const struct cm_said *s = &t->said[i];
		struct cm_approval_token *k = &list[t->n_approvals];

		if (!counts(t, s, CM_PREDICATE_APPROVAL))
			continue;
		memcpy(k->digest, s->digest, 32);
		memcpy(k->by.text, s->head.by, sizeof(k->by.text));
		k->says = s->as.approval;
		t->n_approvals++;
	}
	t->approval = list;
	return CM_OK;
}

bool
cm_team_has_closed(const struct cm_team *t, const char *fingerprint)
{
	for (size_t i = 0; i < t->n_said; i++)
		if (counts(t, &t->said[i], CM_PREDICATE_CLOSE) && strcmp(t->said[i].head.by, fingerprint) == 0 &&
		    memcmp(t->said[i].as.close.charter, t->in_force->file.digest, 32) == 0)
			return true;
	return false;
}

/* Who is left decides; a charter whose members all withdrew is closed. */
static enum cm_phase
find_phase(const struct cm_team *t)
{
	const struct cm_members *m = &t->in_force->file.says.members;
	size_t closed = 0, left = 0;

	for (size_t i = 0; i < m->n; i++) {
		bool has = cm_team_has_closed(t, m->item[i].print.text);

		if (!cm_team_is_gone(t, m->item[i].print.text))
			left++;
		else
			has = false;
		closed += has;
	}
	if (closed == left)
		return CM_PHASE_CLOSED;
	return closed > 0 ? CM_PHASE_CLOSING : CM_PHASE_OPEN;
}

enum cm_result
cm_team_collect(struct cm_team *t, struct cm_arena *arena, struct cm_err *err)
{
	enum cm_result r = collect_consents(t, arena, err);

	if (r == CM_OK)
		r = collect_approvals(t, arena, err);
	if (r == CM_OK)
		t->phase = find_phase(t);
	return r;
}
