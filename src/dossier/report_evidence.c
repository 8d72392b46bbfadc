#include "dossier/evidence.h"
#include "dossier/html.h"
#include "dossier/report_parts.h"

static void
put_text(struct cm_buf *out, struct cm_buf *text)
{
	cm_html_span(out, cm_buf_span(text));
	out->failed |= !cm_buf_ok(text);
	cm_buf_clear(text);
}

static void
put_all(struct cm_buf *out, const struct cm_registry *r, const struct cm_evidence_used *used, size_t n)
{
	struct cm_buf text = { 0 };

	cm_buf_add_str(out, "<section id=\"evidence\"><h2>What kinds of evidence these are</h2>\n<dl class=\"gloss\">\n");
	for (size_t i = 0; i < n; i++) {
		cm_buf_add_str(out, "<dt>");
		cm_words_evidence_name(&text, r, used[i].id);
		put_text(out, &text);
		cm_buf_add_str(out, "</dt><dd>");
		cm_words_evidence(&text, r, used[i].id);
		put_text(out, &text);
		cm_buf_add_str(out, " <small>Here: ");
		cm_words_evidence_used(&text, &used[i]);
		put_text(out, &text);
		cm_buf_add_str(out, ".</small></dd>\n");
	}
	cm_buf_add_str(out, "</dl>\n<p class=\"note\">A forge class says how easily somebody could plant such evidence to make another "
			    "look guilty. It is a judgement, not a measurement.</p></section>\n");
	cm_buf_release(&text);
}

void
cm_report_evidence(struct cm_buf *out, const struct cm_dossier *d)
{
	struct cm_evidence_used *used = NULL;
	struct cm_registry r;
	struct cm_arena arena;
	size_t n = 0;

	cm_arena_init(&arena, 0);
	if (cm_registry_builtin(&arena, &r, NULL) == CM_OK && cm_dossier_evidence(d, &arena, &used, &n) == CM_OK)
		put_all(out, &r, used, n);
	else
		out->failed = true;
	cm_arena_fini(&arena);
}

void
cm_report_evidence_of(struct cm_buf *out, struct cm_evidence_said s)
{
	cm_buf_add_str(out, " &middot; <a href=\"#evidence\">evidence type ");
	cm_html_text(out, s.id);
	cm_buf_add_str(out, "</a>");
}
