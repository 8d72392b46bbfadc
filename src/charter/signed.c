#include <stdlib.h>
#include <string.h>

#include "charter/signed.h"
#include "statement/charter_v1.h"

static bool
is_signer(const struct cm_statement *head, const char *fingerprint)
{
	for (size_t i = 0; i < head->n_signers; i++)
		if (strcmp(head->signers[i].text, fingerprint) == 0)
			return true;
	return false;
}

/* Each member signs; of a first version nobody else does. */
static enum cm_result
check_by(const struct cm_charter_file *c, struct cm_err *err)
{
	const struct cm_members *m = &c->says.members;

	for (size_t i = 0; i < m->n; i++)
		if (!is_signer(&c->head, m->item[i].print.text))
			return cm_err_set(err, CM_E_MALFORMED, "`by' lacks the member \"%s\"", m->item[i].name);
	if (!c->head.has_supersedes && c->head.n_signers != m->n)
		return cm_err_set(err, CM_E_MALFORMED, "`by' has keys of others than the members");
	return CM_OK;
}

enum cm_result
cm_charter_file_read(
    struct cm_span json, struct cm_arena *arena, struct cm_charter_file *out, struct cm_err *err)
{
	struct cm_statement_doc doc = { 0 };
	struct cm_charter_v1 v = { 0 };
	struct cm_charter_file c = { .json = json };
	struct cm_err why = { 0 };
	enum cm_result r = cm_statement_read(json, arena, &doc, err);

	if (r != CM_OK)
		return r;
	r = cm_charter_v1_read(&doc, arena, &v, err);
	if (r == CM_OK) {
		memcpy(c.digest, doc.digest, 32);
		c.head = doc.head;
		c.text = v.text;
		r = cm_charter_members(v.text, arena, &c.says, &why);
		if (r != CM_OK)
			cm_err_set(err, r, "the charter's text, %s", why.text);
	}
	if (r == CM_OK)
		r = check_by(&c, err);
	cm_statement_release(&doc);
	if (r == CM_OK)
		*out = c;
	return r;
}

static bool
is_gone(struct cm_charter_withdrawn gone, const char *fingerprint)
{
	for (size_t i = 0; i < gone.n; i++)
		if (strcmp(gone.item[i].text, fingerprint) == 0)
			return true;
	return false;
}

const char *
cm_charter_who(const struct cm_charter_file *c, const struct cm_charter_file *before, const char *fingerprint,
    struct cm_arena *arena)
{
	const struct cm_member *m = cm_members_keyed(&c->says.members, fingerprint);

	if (m == NULL && before != NULL)
		m = cm_members_keyed(&before->says.members, fingerprint);
	if (m == NULL)
		return cm_arena_printf(arena, "%s", fingerprint);
	return cm_arena_printf(arena, "\"%s\" (%s)", m->name, fingerprint);
}

/* Does `by` name those of the version before that have a say, and nobody that is in neither? */
static enum cm_result
check_before(const struct cm_charter_file *c, const struct cm_charter_file *before, struct cm_charter_withdrawn gone,
    struct cm_err *err)
{
	const struct cm_members *old = &before->says.members;

	if (!c->head.has_supersedes || memcmp(c->head.supersedes, before->digest, 32) != 0)
		return cm_err_set(err, CM_E_REFUSED, "it does not supersede that charter");
	for (size_t i = 0; i < old->n; i++)
		if (!is_gone(gone, old->item[i].print.text) && !is_signer(&c->head, old->item[i].print.text))
			return cm_err_set(
			    err, CM_E_REFUSED, "`by' lacks \"%s\", a member of the version before", old->item[i].name);
	for (size_t i = 0; i < c->head.n_signers; i++)
		if (cm_members_keyed(&c->says.members, c->head.signers[i].text) == NULL &&
		    cm_members_keyed(old, c->head.signers[i].text) == NULL)
			return cm_err_set(
			    err, CM_E_REFUSED, "`by' has %s, a member of neither version", c->head.signers[i].text);
	return CM_OK;
}

static enum cm_result
check_signatures(const struct cm_charter_file *c, const struct cm_charter_file *before, struct cm_span text,
    struct cm_arena *arena, struct cm_sigs *out, struct cm_err *err)
{
	struct cm_sigs s = { 0 };
	enum cm_result r = cm_sigs_read(text, arena, &s, err);

	for (size_t i = 0; r == CM_OK && i < s.n; i++) {
		const char *by = s.item[i].by.text;
		const char *who = cm_charter_who(c, before, by, arena);

		if (who == NULL)
			return cm_err_set(err, CM_E_NOMEM, "out of memory");
		if (!is_signer(&c->head, by))
			return cm_err_set(err, CM_E_REFUSED, "a signature of %s, who is no member", who);
		r = cm_sshsig_verify(&s.item[i].sig, c->json, NULL);
		if (r == CM_E_REFUSED)
			cm_err_set(err, r, "the signature of %s is over another text", who);
		else if (r != CM_OK)
			cm_err_set(err, r, "out of memory");
	}
	if (r == CM_OK)
		*out = s;
	return r;
}

enum cm_result
cm_charter_check_signed(const struct cm_charter_file *c, struct cm_span sigs, const struct cm_charter_file *before,
    struct cm_charter_withdrawn gone, struct cm_arena *arena, struct cm_charter_signed *out, struct cm_err *err)
{
	struct cm_charter_signed s = { 0 };
	struct cm_key_print *missing = cm_arena_array(arena, c->head.n_signers, sizeof(*missing));
	enum cm_result r = CM_OK;

	if (missing == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	if (before != NULL)
		r = check_before(c, before, gone, err);
	else if (c->head.has_supersedes)
		r = cm_err_set(err, CM_E_REFUSED, "the charter that it supersedes is not here");
	if (r == CM_OK)
		r = check_signatures(c, before, sigs, arena, &s.sigs, err);
	for (size_t i = 0; r == CM_OK && i < c->head.n_signers; i++)
		if (cm_sigs_of(&s.sigs, c->head.signers[i].text) == NULL)
			missing[s.n_missing++] = c->head.signers[i];
	s.missing = missing;
	if (r == CM_OK)
		*out = s;
	return r;
}

static int
compare(const void *a, const void *b)
{
	const struct cm_key_print *x = a, *y = b;

	return strcmp(x->text, y->text);
}

enum cm_result
cm_charter_signers(const struct cm_charter *says, const struct cm_charter_file *before,
    struct cm_charter_withdrawn gone, struct cm_arena *arena, const struct cm_key_print **out, size_t *n,
    struct cm_err *err)
{
	size_t old = before == NULL ? 0 : before->says.members.n, k = 0;
	struct cm_key_print *list = cm_arena_array(arena, says->members.n + old, sizeof(*list));

	if (list == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	for (size_t i = 0; i < says->members.n; i++)
		list[k++] = says->members.item[i].print;
	for (size_t i = 0; i < old; i++) {
		const struct cm_key_print *p = &before->says.members.item[i].print;

		if (cm_members_keyed(&says->members, p->text) == NULL && !is_gone(gone, p->text))
			list[k++] = *p;
	}
	qsort(list, k, sizeof(*list), compare);
	*out = list;
	*n = k;
	return CM_OK;
}
