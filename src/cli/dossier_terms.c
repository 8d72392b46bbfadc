#include <inttypes.h>
#include <string.h>

#include "cli/dossier_terms.h"

static const struct cm_release *
release_of(const struct cm_dossier_told *t)
{
	return t->governed->released.in.release;
}

static const char *
type_id(const struct cm_dossier_told *t, const struct cm_object *o)
{
	const struct cm_vocabulary *v = cm_rules_vocabulary(cm_release_rules(release_of(t)));
	const struct cm_attribute *types = &v->attribute[CM_ASKS_TYPE];

	return o->type < types->n_words ? types->words[o->type] : "of a type not known";
}

static void
say_object(const struct cm_dossier_told *t, const struct cm_object *o)
{
	FILE *f = t->ctx->out;

	fprintf(f, "%s", cm_content_says(o->content));
	if (o->group < t->n_exhibits)
		fprintf(f, " of exhibit %" PRIu64, t->exhibits[o->group].id);
	fprintf(f, " (%s, TLP:%s%s%s)", type_id(t, o), cm_tlp_word[o->tlp], o->victim ? ", about the victim" : "",
	    o->exploit ? ", attacks as it is" : "");
}

/* The names of the rules that say so, with their reasons. */
static void
say_rules(const struct cm_dossier_told *t, const uint64_t *bits, const char *before)
{
	const struct cm_rules *rules = cm_release_rules(release_of(t));
	bool any = false;
	const char *because;

	for (size_t i = 0; i < cm_rules_count(rules); i++) {
		if (!(bits[i / 64] >> i % 64 & 1))
			continue;
		fprintf(t->ctx->out, "%s%s", any ? ", " : before, cm_rules_name(rules, i));
		because = cm_rules_because(rules, i);
		if (because[0] != 0) {
			fputs(" (", t->ctx->out);
			cm_cli_text(t->ctx->out, cm_span_str(because));
			fputs(")", t->ctx->out);
		}
		any = true;
	}
}

static void
say_why(const struct cm_dossier_told *t, const struct cm_release_answer *a)
{
	struct cm_buf text = { 0 };
	struct cm_ask q = cm_release_ask(release_of(t), &a->object);

	if (cm_rules_explain(cm_release_rules(release_of(t)), &q, &a->decision, &text) == CM_OK && text.len > 0) {
		fputs("      ", t->ctx->out);
		for (size_t i = 0; i < text.len; i++) {
			fputc(text.ptr[i], t->ctx->out);
			if (text.ptr[i] == '\n' && i + 1 < text.len)
				fputs("      ", t->ctx->out);
		}
		if (text.ptr[text.len - 1] != '\n')
			fputc('\n', t->ctx->out);
	}
	cm_buf_release(&text);
}

static void
say_hidden(const struct cm_dossier_told *t, const struct cm_release_answer *a, uint64_t n, const char *why)
{
	static const uint64_t none[CM_RULES_MAX / 64];
	FILE *f = t->ctx->out;

	if (n == 0)
		return;
	fprintf(f, "  hidden  %" PRIu64 " x ", n);
	say_object(t, &a->object);
	if (why != NULL)
		fprintf(f, ": %s", why);
	else if (memcmp(a->decision.denies, none, sizeof(none)) != 0)
		say_rules(t, a->decision.denies, ": denied by ");
	else
		fputs(": no rule allows it", f);
	fputc('\n', f);
	if (t->explain && why == NULL)
		say_why(t, a);
}

static void
say_answer(const struct cm_dossier_told *t, const struct cm_release_answer *a, bool shown)
{
	uint64_t left = a->n - a->echoes - a->covers;
	FILE *f = t->ctx->out;

	if (!shown) {
		say_hidden(t, a, a->decision.allowed ? 0 : a->n, NULL);
		say_hidden(t, a, a->echoes, "it shows what a rule keeps hidden elsewhere");
		say_hidden(t, a, a->covers, "its checksums cover what is hidden");
		return;
	}
	if (!a->decision.allowed || left == 0)
		return;
	fprintf(f, "  shown   %" PRIu64 " x ", left);
	say_object(t, &a->object);
	say_rules(t, a->decision.allows, ": allowed by ");
	fputc('\n', f);
	if (t->explain)
		say_why(t, a);
}

static void
say_obligations(const struct cm_dossier_told *t)
{
	const struct cm_release *r = release_of(t);
	const struct cm_vocabulary *v = cm_rules_vocabulary(cm_release_rules(r));
	struct cm_bound b[CM_RULES_OBLIGATIONS_MAX];
	struct cm_buf text = { 0 };
	bool any = false;

	cm_release_bounds(r, b);
	for (size_t i = 0; i < v->n_obligations; i++) {
		if (!b[i].set)
			continue;
		text.len = 0;
		cm_bound_say(v, i, &b[i], &text);
		fprintf(t->ctx->out, "%s  - ", any ? "" : "It obliges to this:\n");
		cm_cli_text(t->ctx->out, cm_buf_span(&text));
		fputc('\n', t->ctx->out);
		any = true;
	}
	cm_buf_release(&text);
}

void
cm_dossier_tell_terms(const struct cm_dossier_told *t)
{
	const struct cm_terms *terms = &t->governed->terms;
	const struct cm_release_answer *a;
	FILE *f = t->ctx->out;
	size_t n, i;

	a = cm_release_answers(release_of(t), &n);
	fputs("Asked of the charter `", f);
	cm_cli_text(f, cm_span_str(t->title));
	if (terms->to[0] == 0) {
		fprintf(f, "', to publish this for %s:\n", terms->purpose);
	} else {
		fputs("', to release this to ", f);
		cm_cli_text(f, cm_span_str(terms->to));
		fprintf(f, ", %s, for %s:\n", terms->to_role, terms->purpose);
	}
	for (i = 0; i < n; i++)
		say_answer(t, &a[i], true);
	for (i = 0; i < n; i++)
		say_answer(t, &a[i], false);
	say_obligations(t);
	fprintf(f, "Marked TLP:%s, PAP:%s\n", cm_tlp_word[cm_release_tlp(release_of(t))],
	    cm_pap_word[cm_release_pap(release_of(t))]);
}

static void
put_rules(struct cm_jsonw *w, const char *name, const struct cm_rules *rules, const uint64_t *bits)
{
	cm_jsonw_key(w, name);
	cm_jsonw_array(w);
	for (size_t i = 0; i < cm_rules_count(rules); i++)
		if (bits[i / 64] >> i % 64 & 1)
			cm_jsonw_str(w, cm_rules_name(rules, i));
	cm_jsonw_array_end(w);
}

static void
put_answer(struct cm_jsonw *w, const struct cm_dossier_told *t, const struct cm_release_answer *a)
{
	const struct cm_rules *rules = cm_release_rules(release_of(t));

	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "content", cm_content_word[a->object.content]);
	if (a->object.group < t->n_exhibits)
		cm_jsonw_kuint(w, "exhibit", t->exhibits[a->object.group].id);
	cm_jsonw_kstr(w, "type", type_id(t, &a->object));
	cm_jsonw_kstr(w, "tlp", cm_tlp_word[a->object.tlp]);
	cm_jsonw_kstr(w, "pap", cm_pap_word[a->object.pap]);
	cm_jsonw_kbool(w, "victim_data", a->object.victim);
	cm_jsonw_kbool(w, "third_party_data", a->object.third_party);
	cm_jsonw_kbool(w, "personal_data", a->object.personal);
	cm_jsonw_kbool(w, "exploit", a->object.exploit);
	cm_jsonw_kuint(w, "times", a->n);
	cm_jsonw_kuint(w, "echoes", a->echoes);
	cm_jsonw_kuint(w, "covers", a->covers);
	cm_jsonw_kbool(w, "allowed", a->decision.allowed);
	put_rules(w, "allows", rules, a->decision.allows);
	put_rules(w, "denies", rules, a->decision.denies);
	cm_jsonw_object_end(w);
}

void
cm_dossier_put_terms(struct cm_jsonw *w, const struct cm_dossier_told *t)
{
	const struct cm_release *r = release_of(t);
	const struct cm_vocabulary *v = cm_rules_vocabulary(cm_release_rules(r));
	struct cm_bound b[CM_RULES_OBLIGATIONS_MAX];
	struct cm_buf text = { 0 };
	const struct cm_release_answer *a;
	size_t n, i;

	a = cm_release_answers(r, &n);
	cm_jsonw_kstr(w, "charter", t->title);
	cm_jsonw_key(w, "asked");
	cm_jsonw_array(w);
	for (i = 0; i < n; i++)
		put_answer(w, t, &a[i]);
	cm_jsonw_array_end(w);
	cm_release_bounds(r, b);
	cm_jsonw_key(w, "obliges");
	cm_jsonw_array(w);
	for (i = 0; i < v->n_obligations; i++) {
		if (!b[i].set)
			continue;
		text.len = 0;
		cm_bound_write(v, i, &b[i], &text);
		cm_jsonw_span(w, cm_buf_span(&text));
	}
	cm_jsonw_array_end(w);
	cm_jsonw_kstr(w, "tlp", cm_tlp_word[cm_release_tlp(r)]);
	cm_jsonw_kstr(w, "pap", cm_pap_word[cm_release_pap(r)]);
	cm_buf_release(&text);
}
