#include <string.h>

#include "charter/consent.h"

const char *
cm_consent_word(enum cm_consent c)
{
	static const char *const words[] = { "none", "given", "revoked" };

	return words[c];
}

/* Whom it is for: the named ones, or the members of its charter. */
static bool
covers_recipient(const struct cm_consent_token *t, const char *to)
{
	return cm_members_named(t->members, to) != NULL && cm_words_has(&t->says.to, to);
}

static bool
covers(const struct cm_consent_token *t, const struct cm_consent_request *q)
{
	return t->members != NULL && !t->says.revoked && cm_words_has(&t->says.types, q->type) &&
	    cm_words_has(&t->says.purposes, q->purpose) && covers_recipient(t, q->to) &&
	    (!t->says.has_until || q->when <= t->says.until);
}

const struct cm_consent_token *
cm_consent_ended(const struct cm_consent_token *t, const struct cm_consent_token *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (all[i].members != NULL && all[i].has_supersedes && strcmp(all[i].by.text, t->by.text) == 0 &&
		    memcmp(all[i].supersedes, t->digest, 32) == 0)
			return &all[i];
	return NULL;
}

/* What one victim says; marks the tokens that say so. */
static enum cm_consent
of_victim(const struct cm_member *victim, const struct cm_consent_token *token, size_t n,
    const struct cm_consent_request *q, bool mark(void *, size_t), void *arg)
{
	enum cm_consent state = CM_CONSENT_NONE;

	for (size_t i = 0; i < n; i++) {
		if (strcmp(token[i].by.text, victim->print.text) != 0 || !covers(&token[i], q))
			continue;
		if (cm_consent_ended(&token[i], token, n) == NULL) {
			state = CM_CONSENT_GIVEN;
			break;
		}
		state = CM_CONSENT_REVOKED;
	}
	for (size_t i = 0; i < n; i++) {
		const struct cm_consent_token *end;

		if (strcmp(token[i].by.text, victim->print.text) != 0 || !covers(&token[i], q))
			continue;
		end = cm_consent_ended(&token[i], token, n);
		if ((end == NULL) == (state == CM_CONSENT_GIVEN) && mark(arg, i) && end != NULL)
			(void)mark(arg, (size_t)(end - token));
	}
	return state;
}

struct used {
	size_t *place, *n;
};

/* Keeps places ascending, each once. */
static bool
mark_used(void *arg, size_t i)
{
	struct used *u = arg;
	size_t at = 0;

	if (u->place == NULL)
		return false;
	while (at < *u->n && u->place[at] < i)
		at++;
	if (at < *u->n && u->place[at] == i)
		return true;
	memmove(u->place + at + 1, u->place + at, (*u->n - at) * sizeof(*u->place));
	u->place[at] = i;
	(*u->n)++;
	return true;
}

enum cm_consent
cm_consent_find(const struct cm_members *members, const struct cm_consent_token *token, size_t n,
    const struct cm_consent_request *q, size_t *used, size_t *n_used)
{
	size_t none = 0, victims = 0, counted = 0;
	bool revoked = false;
	struct used u = { used, n_used == NULL ? &counted : n_used };

	*u.n = 0;
	for (size_t i = 0; i < members->n; i++) {
		enum cm_consent says;

		if (members->item[i].role != CM_MEMBER_VICTIM)
			continue;
		says = of_victim(&members->item[i], token, n, q, mark_used, &u);
		victims++;
		none += says == CM_CONSENT_NONE;
		revoked = revoked || says == CM_CONSENT_REVOKED;
	}
	if (revoked)
		return CM_CONSENT_REVOKED;
	return victims == 0 || none > 0 ? CM_CONSENT_NONE : CM_CONSENT_GIVEN;
}

static bool
is_approved(const struct cm_approval_token *t, const struct cm_approval_request *q)
{
	if (memcmp(t->says.charter, q->charter, 32) != 0 || strcmp(t->says.recipient, q->recipient) != 0 ||
	    strcmp(t->says.purpose, q->purpose) != 0)
		return false;
	for (size_t i = 0; i < q->n_what; i++) {
		size_t k = 0;

		while (k < t->says.what.n && memcmp(t->says.what.digest[k], q->what[i], 32) != 0)
			k++;
		if (k == t->says.what.n)
			return false;
	}
	return true;
}

static bool
is_asked(const struct cm_member *m, const struct cm_key_print *gone, size_t n_gone, const struct cm_approval_request *q)
{
	for (size_t i = 0; i < n_gone; i++)
		if (strcmp(gone[i].text, m->print.text) == 0)
			return false;
	return strcmp(m->name, q->recipient) != 0 && strcmp(m->print.text, q->from) != 0;
}

enum cm_approved
cm_approval_find(const struct cm_members *members, const struct cm_key_print *gone, size_t n_gone,
    const struct cm_approval_token *token, size_t n, const struct cm_approval_request *q, size_t *used,
    size_t *n_used)
{
	size_t asked = 0, said = 0, counted = 0;
	struct used u = { used, n_used == NULL ? &counted : n_used };

	*u.n = 0;
	for (size_t i = 0; i < members->n; i++) {
		const struct cm_member *m = &members->item[i];
		bool has = false;

		if (!is_asked(m, gone, n_gone, q))
			continue;
		asked++;
		for (size_t k = 0; k < n; k++) {
			if (strcmp(token[k].by.text, m->print.text) != 0 || !is_approved(&token[k], q))
				continue;
			has = true;
			(void)mark_used(&u, k);
		}
		said += has;
	}
	if (said == asked)
		return CM_APPROVED_ALL;
	return said > 0 ? CM_APPROVED_SOME : CM_APPROVED_NONE;
}
