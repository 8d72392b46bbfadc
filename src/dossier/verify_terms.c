#include <string.h>

#include "charter/obligation.h"
#include "dossier/verify_terms.h"

const char *
cm_receiver_member(const struct cm_receiver *r, const char *fingerprint)
{
	const struct cm_member *m = r->members == NULL ? NULL : cm_members_keyed(r->members, fingerprint);

	return m == NULL ? NULL : m->name;
}

bool
cm_terms_withhold(const struct cm_terms *t, const char *content)
{
	if (t == NULL || t->use != CM_TERMS_CHARTER)
		return false;
	for (size_t i = 0; i < t->n_withheld; i++)
		if (strcmp(t->withheld[i].content, content) == 0)
			return true;
	return false;
}

/* Does the receiver know better which charter is in force, and which consents hold? */
static CM_RESULT
compare(const struct cm_verify_terms *in)
{
	const struct cm_receiver *own = in->receiver;
	const struct cm_terms *t = in->l->dossier.terms;
	enum cm_result rc = CM_OK;

	if (own->charter != NULL && memcmp(own->charter, t->charter, 32) != 0)
		rc = cm_lines_say(in->notes, "it is under another charter, or another version, than the one in force for you");
	for (size_t i = 0; i < t->n_consent; i++)
		for (size_t k = 0; rc == CM_OK && k < own->n_revoked; k++)
			if (memcmp(t->consent[i], own->revoked[k], 32) == 0)
				rc = cm_lines_say(in->notes, "a consent of the victim that it relies on has been revoked, as you know "
				    "from elsewhere; whether before this disclosure, logs can show");
	return rc;
}

static CM_RESULT
say_obligation(const struct cm_verify_terms *in, const char *text)
{
	struct cm_buf says = { 0 };
	enum cm_result rc;

	cm_obligation_say(text, &says);
	rc = cm_buf_cstr(&says) == NULL ? CM_E_NOMEM :
		 cm_lines_say(in->notes, "it obliges to this: %s (%s)", cm_buf_cstr(&says), text);
	cm_buf_release(&says);
	return rc;
}

static CM_RESULT
say_charter(const struct cm_verify_terms *in, const struct cm_obeyed *o)
{
	const struct cm_terms *t = in->l->dossier.terms;
	enum cm_result rc = cm_lines_say(in->done, "the charter `%s', with the signatures of all %zu who have to sign; its "
	    "rules, asked again for what is open: %s", o->title, o->signatures, o->n_breaches == 0 ?
	    "nothing against them, as far as can be seen" : "NOT OBEYED");

	for (size_t i = 0; rc == CM_OK && i < o->n_breaches; i++)
		rc = cm_lines_say(in->notes, "AGAINST ITS CHARTER: %s", o->breach[i]);
	for (size_t i = 0; rc == CM_OK && i < o->changes.n; i++)
		rc = cm_lines_say(in->notes, "this case weighs %s otherwise: %s is %s, not %s, because %s", o->changes.item[i].id,
		    o->changes.item[i].what, o->changes.item[i].now, o->changes.item[i].was, o->changes.item[i].why);
	if (rc == CM_OK && strcmp(t->approved, "none") != 0)
		rc = cm_lines_say(in->notes, "that `%s' approved it is the sender's word: approvals are not in a dossier", t->approved);
	if (rc == CM_OK)
		rc = compare(in);
	for (size_t i = 0; rc == CM_OK && i < t->n_obliges; i++)
		rc = say_obligation(in, t->obliges[i]);
	return rc;
}

/* The receipt of the discloser's own signature on the charter: what stands behind it in that log was said by one
 * bound by it. */
static CM_RESULT
check_order(const struct cm_verify_terms *in, struct cm_arena *arena, const struct cm_obeyed *o, struct cm_err *err)
{
	struct cm_loaded_part own = { .name = CM_CHARTER_FILE, .armour = o->armour };
	const struct cm_logged_in logged = { .zip = in->zip, .part = &own, .n = 1, .policy = in->policy,
		.ended = in->receiver->ended };
	const struct cm_logged *d = in->disclosed;
	struct cm_logged l = { 0 };
	const char *at = NULL;
	enum cm_result rc;

	memcpy(own.doc.head.by, in->l->dossier.by, strlen(in->l->dossier.by) + 1);
	rc = cm_logged_check(&logged, arena, &l, &at, err);
	if (rc != CM_OK || l.receipt == NULL || d->receipt == NULL || strcmp(l.origin, d->origin) != 0)
		return rc;
	if (l.index < d->index)
		rc = cm_lines_say(in->done, "the discloser signed this charter before the disclosure: entries %llu and %llu of the "
		    "log %s", (unsigned long long)l.index, (unsigned long long)d->index, l.origin);
	else
		rc = cm_lines_say(in->notes, "the discloser's log has its signature on the charter behind the disclosure: it "
		    "disclosed first, and signed then");
	return rc;
}

enum cm_result
cm_verify_terms(const struct cm_verify_terms *in, struct cm_arena *arena, struct cm_obeyed *out, struct cm_err *err)
{
	const struct cm_terms *t = in->l->dossier.terms;
	enum cm_result rc = cm_obeyed_check(in->l, in->zip, arena, out, err);

	if (rc != CM_OK)
		return rc;
	if (out->governed) {
		rc = say_charter(in, out);
		if (rc == CM_OK)
			rc = check_order(in, arena, out, err);
	} else if (t != NULL && t->use == CM_TERMS_OWN) {
		rc = cm_lines_say(in->notes, "its owner made it for his own use: nobody stated that it was disclosed to anybody");
	} else {
		rc = cm_lines_say(in->notes, "no charter governed this disclosure%s", in->receiver->charter != NULL &&
		    cm_receiver_member(in->receiver, in->l->dossier.by) != NULL ?
		    ", though its sender signed one that is in force for you" : "");
	}
	return rc == CM_OK ? CM_OK : cm_err_set(err, rc, "no memory to verify the dossier");
}
