#include <string.h>

#include "cli/consents.h"
#include "codec/rfc3339.h"
#include "os/clock.h"

const char *
cm_consent_state_word(const struct cm_team *t, size_t token, int64_t now)
{
	const struct cm_consent_token *k = &t->consent[token], *end = cm_consent_ended(k, t->consent, t->n_consents);

	if (k->members == NULL)
		return "does not count";
	if (end != NULL)
		return end->says.revoked ? "revoked" : "replaced";
	return k->says.has_until && now > k->says.until ? "expired" : "in force";
}

static void
print_words(const struct cm_words *l, const char *any, FILE *f)
{
	if (l->n == 0)
		fprintf(f, "%s", any);
	for (size_t i = 0; i < l->n; i++) {
		fprintf(f, "%s", i == 0 ? "" : ", ");
		cm_cli_text(f, cm_span_str(l->word[i]));
	}
}

static void
print_consent(const struct cm_cli_team *t, size_t i, FILE *f)
{
	const struct cm_consent_token *k = &t->team.consent[i];
	char until[CM_RFC3339_LEN + 1];

	fprintf(f, "consent        ");
	for (unsigned b = 0; b < 4; b++)
		fprintf(f, "%02x", k->digest[b]);
	fprintf(f, "  ");
	cm_cli_text(f, cm_span_str(cm_cli_team_name(t, k->by.text)));
	fprintf(f, ": ");
	print_words(&k->says.types, "any type", f);
	fprintf(f, " for ");
	print_words(&k->says.purposes, "any purpose", f);
	fprintf(f, " to ");
	print_words(&k->says.to, "any member", f);
	if (k->says.has_until) {
		cm_rfc3339_format(k->says.until, until);
		fprintf(f, " until %s", until);
	}
	fprintf(f, "; %s\n", cm_consent_state_word(&t->team, i, cm_clock_now()));
}

static void
print_said(const struct cm_cli_team *t, const struct cm_said *s, FILE *f)
{
	char made[CM_RFC3339_LEN + 1];

	if (s->head.type == CM_PREDICATE_CONSENT)
		return;
	cm_rfc3339_format(s->head.made, made);
	fprintf(f, "%-13s  ", cm_predicate_word(s->head.type));
	cm_cli_text(f, cm_span_str(cm_cli_team_name(t, s->head.by)));
	fprintf(f, ", %s", made);
	if (s->head.type == CM_PREDICATE_RECEIPT)
		fprintf(f, ": %s, obligations %s", cm_receipt_found_word(s->as.receipt.found),
		    s->as.receipt.accepts ? "accepted" : "not accepted");
	if (s->head.type == CM_PREDICATE_APPROVAL) {
		fprintf(f, ": to ");
		cm_cli_text(f, cm_span_str(s->as.approval.recipient));
		fprintf(f, " for ");
		cm_cli_text(f, cm_span_str(s->as.approval.purpose));
	}
	if (s->head.type == CM_PREDICATE_WITHDRAWAL && s->as.withdrawal.reason.text != NULL) {
		fprintf(f, ": ");
		cm_cli_text(f, cm_span_str(s->as.withdrawal.reason.text));
	}
	fputc('\n', f);
}

void
cm_consents_print(const struct cm_cli_team *t, FILE *f)
{
	for (size_t i = 0; i < t->team.n_consents; i++)
		if (!t->team.consent[i].says.revoked)
			print_consent(t, i, f);
	for (size_t i = 0; i < t->team.n_said; i++)
		print_said(t, &t->team.said[i], f);
}

static void
put_words(struct cm_jsonw *w, const char *name, const struct cm_words *l)
{
	cm_jsonw_key(w, name);
	if (l->n == 0) {
		cm_jsonw_str(w, "any");
		return;
	}
	cm_jsonw_array(w);
	for (size_t i = 0; i < l->n; i++)
		cm_jsonw_str(w, l->word[i]);
	cm_jsonw_array_end(w);
}

static void
put_consent(struct cm_jsonw *w, const struct cm_cli_team *t, size_t i)
{
	const struct cm_consent_token *k = &t->team.consent[i];
	char until[CM_RFC3339_LEN + 1];

	cm_rfc3339_format(k->says.until, until);
	cm_jsonw_object(w);
	cm_jsonw_khex(w, "digest", cm_span_of(k->digest, 32));
	cm_jsonw_kstr(w, "by", cm_cli_team_name(t, k->by.text));
	cm_jsonw_kstr(w, "state", cm_consent_state_word(&t->team, i, cm_clock_now()));
	put_words(w, "types", &k->says.types);
	put_words(w, "purposes", &k->says.purposes);
	put_words(w, "to", &k->says.to);
	cm_jsonw_kstr(w, "until", k->says.has_until ? until : NULL);
	cm_jsonw_object_end(w);
}

static void
put_said(struct cm_jsonw *w, const struct cm_cli_team *t, const struct cm_said *s)
{
	char made[CM_RFC3339_LEN + 1];

	cm_rfc3339_format(s->head.made, made);
	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "type", cm_predicate_word(s->head.type));
	cm_jsonw_khex(w, "digest", cm_span_of(s->digest, 32));
	cm_jsonw_kstr(w, "by", cm_cli_team_name(t, s->head.by));
	cm_jsonw_kstr(w, "made", made);
	if (s->head.type == CM_PREDICATE_RECEIPT) {
		cm_jsonw_khex(w, "disclosure", cm_span_of(s->as.receipt.disclosure, 32));
		cm_jsonw_kstr(w, "found", cm_receipt_found_word(s->as.receipt.found));
		cm_jsonw_kbool(w, "accepts", s->as.receipt.accepts);
	}
	if (s->head.type == CM_PREDICATE_APPROVAL) {
		cm_jsonw_kstr(w, "recipient", s->as.approval.recipient);
		cm_jsonw_kstr(w, "purpose", s->as.approval.purpose);
	}
	cm_jsonw_object_end(w);
}

void
cm_consents_put(struct cm_jsonw *w, const struct cm_cli_team *t)
{
	cm_jsonw_key(w, "consents");
	cm_jsonw_array(w);
	for (size_t i = 0; i < t->team.n_consents; i++)
		if (!t->team.consent[i].says.revoked)
			put_consent(w, t, i);
	cm_jsonw_array_end(w);
	cm_jsonw_key(w, "said");
	cm_jsonw_array(w);
	for (size_t i = 0; i < t->team.n_said; i++)
		if (t->team.said[i].head.type != CM_PREDICATE_CONSENT)
			put_said(w, t, &t->team.said[i]);
	cm_jsonw_array_end(w);
}
