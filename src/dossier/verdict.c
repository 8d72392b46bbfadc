#include "dossier/verdict.h"

#include "base/buf.h"

void
cm_tally_add(struct cm_tally *t, enum cm_outcome outcome)
{
	t->all++;
	t->of[outcome]++;
}

static bool
has(const struct cm_verdict_in *in, enum cm_outcome outcome)
{
	return in->findings.of[outcome] + in->assessments.of[outcome] != 0;
}

static enum cm_verify_end
end_of(const struct cm_verdict_in *in)
{
	if (has(in, CM_OUTCOME_CONTRADICTED) || in->unknown != NULL || in->void_signer != NULL)
		return CM_VERIFY_REFUSED;
	if (has(in, CM_OUTCOME_PARTLY) || has(in, CM_OUTCOME_FOREIGN) || has(in, CM_OUTCOME_NOT) || in->unlogged != 0 ||
	    in->breaches != 0)
		return CM_VERIFY_PARTLY;
	return CM_VERIFY_HOLDS;
}

static void
add_word(struct cm_buf *b, const struct cm_verdict_in *in, enum cm_verify_end end)
{
	if (has(in, CM_OUTCOME_CONTRADICTED))
		cm_buf_add_str(b, "CONTRADICTED");
	else if (in->unknown != NULL)
		cm_buf_printf(b, "UNKNOWN SIGNER %s", in->unknown);
	else if (in->void_signer != NULL)
		cm_buf_printf(b, "REFUSED: %s", in->void_signer);
	else
		cm_buf_add_str(b, end == CM_VERIFY_HOLDS ? "HOLDS" : "HOLDS IN PART");
}

static void
add_tally(struct cm_buf *b, const struct cm_tally *t)
{
	bool any = false;

	for (int i = 0; i < 6; i++) {
		if (t->of[i] == 0)
			continue;
		cm_buf_printf(b, "%s%zu %s", any ? ", " : "", t->of[i], cm_outcome_word((enum cm_outcome)i));
		any = true;
	}
}

static void
add_tallies(struct cm_buf *b, const struct cm_verdict_in *in)
{
	cm_buf_add_str(b, in->findings.all == 0 ? "no findings are stated" : "");
	add_tally(b, &in->findings);
	cm_buf_add_str(b, in->assessments.all == 0 ? "" : "; assessments: ");
	add_tally(b, &in->assessments);
}

CM_RESULT
cm_verdict(const struct cm_verdict_in *in, struct cm_arena *a, enum cm_verify_end *end, const char **line)
{
	struct cm_buf b = { 0 };
	const char *text;

	*end = end_of(in);
	add_word(&b, in, *end);
	cm_buf_add_str(&b, ": signatures and openings hold; findings: ");
	add_tallies(&b, in);
	if (in->unlogged > 0)
		cm_buf_printf(&b, "; not shown to be logged as your trust file asks: %zu of %zu statements", in->unlogged,
		    in->statements);
	if (in->breaches != 0)
		cm_buf_printf(&b, "; AGAINST ITS CHARTER in %zu points", in->breaches);
	if (has(in, CM_OUTCOME_CONTRADICTED) && in->unknown != NULL)
		cm_buf_printf(&b, "; UNKNOWN SIGNER %s", in->unknown);
	text = cm_buf_cstr(&b);
	*line = text == NULL ? NULL : cm_arena_printf(a, "%s", text);
	cm_buf_release(&b);
	return *line != NULL ? CM_OK : CM_E_NOMEM;
}
