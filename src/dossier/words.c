#include <inttypes.h>
#include <stdio.h>

#include "detect/cues.h"
#include "dossier/html.h"
#include "dossier/words.h"

const char *
cm_words_type(enum cm_incident_type type)
{
	switch (type) {
	case CM_INCIDENT_INJECTION:
		return "Data slipped into a connection";
	case CM_INCIDENT_RESET:
		return "A connection torn down";
	case CM_INCIDENT_DNS:
		return "A false answer to a name query";
	case CM_INCIDENT_HANDSHAKE:
		return "A false opening of a connection";
	}
	return "?";
}

const char *
cm_words_verdict(enum cm_verdict verdict)
{
	switch (verdict) {
	case CM_VERDICT_FORGED:
		return "The accused packets were made by somebody other than the host whose address "
		       "they bear.";
	case CM_VERDICT_STACK_BREAK:
		return "The accused packets are not built the way this host builds its packets. That "
		       "is odd, but too little to call them forged.";
	case CM_VERDICT_UNDECIDABLE:
		return "Two answers contradict each other. Nothing seen here says which of them is "
		       "forged, or whether either is.";
	case CM_VERDICT_EXPLAINED:
		return "Odd at first sight, but an ordinary cause fits.";
	}
	return "?";
}

const char *
cm_words_rests(enum cm_rests rests)
{
	switch (rests) {
	case CM_RESTS_LOCAL:
		return "these packets alone";
	case CM_RESTS_FLOW:
		return "other packets of the same connection";
	case CM_RESTS_HOST:
		return "how this host behaves elsewhere in the capture";
	}
	return "?";
}

const char *
cm_words_cue(const char *name)
{
	const struct cm_cue_kind *kind = cm_cue_kind_find(name);

	return kind != NULL ? kind->says : "(the program that made this report knows no such cue)";
}

void
cm_words_host(struct cm_buf *out, struct cm_span addr, const struct cm_pseudonym *alias)
{
	char text[CM_ADDR_TEXT];

	if (addr.len != 4 && addr.len != 16) {
		cm_addr_text(cm_span_of(alias->addr, alias->len), text);
		cm_buf_printf(out, "%s (a stand-in: the address is not shown)", text);
		return;
	}
	cm_addr_text(addr, text);
	cm_buf_add_str(out, text);
}

void
cm_words_rows(struct cm_buf *out, const struct cm_ids *set, uint32_t seal)
{
	size_t i = 0, j;
	bool any = false;

	while (i < set->n) {
		if (cm_packet_file(set->id[i]) != seal) {
			i++;
			continue;
		}
		j = i;
		while (j + 1 < set->n && set->id[j + 1] == set->id[j] + 1)
			j++;
		cm_buf_printf(out, "%s%" PRIu64, any ? ", " : "", cm_packet_frame(set->id[i]));
		if (j > i)
			cm_buf_printf(out, "%s%" PRIu64, j > i + 1 ? "-" : ", ",
			    cm_packet_frame(set->id[j]));
		any = true;
		i = j + 1;
	}
}

uint64_t
cm_finding_frame(const struct cm_finding *f, cm_packet_id row)
{
	size_t low = 0, high = f->support.n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (f->support.id[mid] < row)
			low = mid + 1;
		else
			high = mid;
	}
	return low < f->support.n && f->support.id[low] == row ? f->frames[low] : 0;
}

/* First row of ${set} whose packet can be shown. */
static const struct cm_shown_row *
first_shown(const struct cm_dossier *d, const struct cm_ids *set)
{
	const struct cm_shown_row *r;
	size_t i;

	for (i = 0; i < set->n; i++) {
		r = cm_dossier_row(d, set->id[i]);
		if (r != NULL && r->has_packet)
			return r;
	}
	return NULL;
}

static void
who(struct cm_buf *out, const struct cm_shown_row *r, bool src)
{
	cm_words_host(out, src ? r->src : r->dst, src ? &r->alias_src : &r->alias_dst);
}

static void
say_accused(struct cm_buf *out, const struct cm_finding *f, const struct cm_shown_row *r, uint64_t n)
{
	static const char *const what[] = { "carrying data", "ending the connection",
		"answering a name query", "opening the connection" };
	static const char *const claim[] = { "were not sent by it",
		"are not built the way it builds its packets", "contradict one another",
		"look odd, but have an ordinary cause" };
	static const char *const claim_one[] = { "was not sent by it",
		"is not built the way it builds its packets", "contradicts what else is there",
		"looks odd, but has an ordinary cause" };
	char num[CM_COUNT_TEXT], when[CM_HTML_TIME];
	const char *count = cm_count_text(n, num);

	cm_html_time(r->packet.t_ns, when);
	cm_buf_printf(out, "On %s, ", when);
	cm_buf_printf(out, "%s packet%s %s and bearing the address of ", count, n == 1 ? "" : "s",
	    what[f->type]);
	who(out, r, true);
	cm_buf_add_str(out, " went to ");
	who(out, r, false);
	cm_buf_printf(out, ". By this finding, %s %s.", n == 1 ? "it" : "they",
	    n == 1 ? claim_one[f->verdict] : claim[f->verdict]);
}

void
cm_words_incident(struct cm_buf *out, const struct cm_dossier *d, const struct cm_finding *f)
{
	const struct cm_ids *accused = f->forged.n != 0 ? &f->forged : &f->suspect;
	const struct cm_shown_row *r = first_shown(d, accused);
	char num[CM_COUNT_TEXT];

	if (r == NULL) {
		cm_buf_printf(out, "The accused packets (%s) are not among those shown. ",
		    cm_count_text(accused->n, num));
		cm_buf_add_str(out, cm_words_verdict(f->verdict));
		return;
	}
	say_accused(out, f, r, accused->n);
	if (f->verdict != CM_VERDICT_FORGED)
		return;
	if (f->genuine.n != 0)
		cm_buf_printf(out, " Beside %s, %s packet%s did come from that host.",
		    accused->n == 1 ? "it" : "them", cm_count_text(f->genuine.n, num),
		    f->genuine.n == 1 ? "" : "s");
	else
		cm_buf_add_str(out, " No other answer of that host to the same request was seen.");
}
