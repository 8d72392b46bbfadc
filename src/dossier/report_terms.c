/* Under which terms the dossier was given: markings, charter, obligations, what stays shut and by which rule. */
#include <string.h>

#include "charter/obligation.h"
#include "dossier/html.h"
#include "dossier/report_parts.h"

/* "TLP:AMBER+STRICT" as it is written; amber+strict has the colour of amber.  These are words of a sender who may
 * lie: what is no marking is left out. */
static void
put_marking(struct cm_buf *out, const char *scheme, const char *word)
{
	size_t colour = word == NULL ? 0 : strcspn(word, "+");

	if (word == NULL || strlen(word) > 16 || strspn(word, "abcdefghijklmnopqrstuvwxyz+") != strlen(word))
		return;
	cm_buf_printf(out, "<span class=\"marking m-%.*s\">%s:", (int)colour, word, scheme);
	for (; *word != 0; word++)
		cm_buf_printf(out, "%c", *word == '+' ? '+' : *word - 32);
	cm_buf_add_str(out, "</span> ");
}

void
cm_report_marking(struct cm_buf *out, const struct cm_dossier *d)
{
	if (d->terms == NULL || (d->terms->tlp == NULL && d->terms->pap == NULL))
		return;
	cm_buf_add_str(out, "<p class=\"markings\">");
	put_marking(out, "TLP", d->terms->tlp);
	put_marking(out, "PAP", d->terms->pap);
	cm_buf_add_str(out, "</p>\n");
}

static void
put_list(struct cm_buf *out, const char *what, const char *const *text, size_t n)
{
	size_t i;

	cm_buf_printf(out, "<dt>%s</dt><dd>", what);
	for (i = 0; i < n; i++) {
		cm_buf_add_str(out, i > 0 ? "<br><code>" : "<code>");
		cm_html_text(out, text[i]);
		cm_buf_add_str(out, "</code>");
	}
	cm_buf_add_str(out, n == 0 ? "<em>none</em></dd>\n" : "</dd>\n");
}

static void
put_obligations(struct cm_buf *out, const struct cm_terms *t)
{
	struct cm_buf says = { 0 };

	cm_buf_add_str(out, "<dt>Obliges to</dt><dd>");
	for (size_t i = 0; i < t->n_obliges; i++) {
		says.len = 0;
		cm_obligation_say(t->obliges[i], &says);
		cm_buf_add_str(out, i > 0 ? "<br>" : "");
		cm_html_text(out, cm_buf_cstr(&says) != NULL ? cm_buf_cstr(&says) : "");
		cm_buf_add_str(out, " <small><code>");
		cm_html_text(out, t->obliges[i]);
		cm_buf_add_str(out, "</code></small>");
	}
	out->failed |= !cm_buf_ok(&says);
	cm_buf_release(&says);
	cm_buf_add_str(out, t->n_obliges == 0 ? "<em>nothing</em></dd>\n" : "</dd>\n");
}

static void
put_member(struct cm_buf *out, const char *what, const char *name, const char *role)
{
	cm_buf_printf(out, "<dt>%s</dt><dd>", what);
	if (name[0] != 0) {
		cm_html_text(out, name);
		cm_buf_add_str(out, ", ");
	}
	cm_html_text(out, role);
	cm_buf_add_str(out, "</dd>\n");
}

static const char *
reason_of(const char *by)
{
	if (strcmp(by, "default") == 0)
		return "no rule allows it";
	if (strcmp(by, "echo") == 0)
		return "it shows a value that a rule keeps hidden elsewhere";
	if (strcmp(by, "covers") == 0)
		return "it holds checksums over what is hidden";
	return NULL;
}

static void
put_withheld(struct cm_buf *out, const struct cm_terms *t)
{
	const char *reason;
	size_t i;

	cm_buf_add_str(out, "<dt>Withheld</dt><dd>");
	for (i = 0; i < t->n_withheld; i++) {
		cm_buf_add_str(out, i > 0 ? "<br>" : "");
		cm_html_text(out, t->withheld[i].content);
		reason = reason_of(t->withheld[i].by);
		cm_buf_add_str(out, reason != NULL ? ": " : ": rule <code>");
		cm_html_text(out, reason != NULL ? reason : t->withheld[i].by);
		cm_buf_add_str(out, reason != NULL ? "" : "</code> denies it");
	}
	cm_buf_add_str(out, t->n_withheld == 0 ? "<em>nothing that was asked for</em></dd>\n" :
						 "<br><small>of some of what was asked for, or of all of it</small></dd>\n");
}

static void
put_charter(struct cm_buf *out, const struct cm_terms *t)
{
	cm_buf_add_str(out, "<dl class=\"who\">\n<dt>Charter</dt><dd><code class=\"digest\">");
	cm_buf_add_hex(out, cm_span_of(t->charter, 32));
	cm_buf_add_str(out, "</code><br><small>The text, with the signatures of all members, is in the dossier: "
			    "<code>charter.json</code></small></dd>\n");
	put_member(out, "From", t->from, t->from_role);
	put_member(out, "To", t->to, t->to_role);
	cm_buf_add_str(out, "<dt>For</dt><dd>");
	cm_html_text(out, t->purpose);
	cm_buf_add_str(out, "</dd>\n");
	put_list(out, "Allowed by", t->rules, t->n_rules);
	put_obligations(out, t);
	put_withheld(out, t);
	cm_buf_add_str(out, "</dl>\n<p><small>Kinds, roles and markings of the exhibits are the sender's word. Which "
			    "rules there are, the charter shows; a receiver's program asks them again as far as it can "
			    "see.</small></p>\n");
}

void
cm_report_terms(struct cm_buf *out, const struct cm_dossier *d)
{
	if (d->terms == NULL)
		return;
	cm_buf_add_str(out, "<section id=\"terms\"><h2>Under which terms</h2>\n");
	if (d->terms->use == CM_TERMS_CHARTER)
		put_charter(out, d->terms);
	else if (d->terms->use == CM_TERMS_OWN)
		cm_buf_add_str(out, "<p>Its owner made this for his own use. Nobody stated that it was disclosed to "
				    "anybody.</p>\n");
	else
		cm_buf_add_str(out, "<p>No charter governed this disclosure: who may do what with it, nothing here "
				    "says.</p>\n");
	cm_buf_add_str(out, "</section>\n");
}
