/* The few figures of a flood or scan that a person looks for first. */
#include <inttypes.h>

#include "dossier/report_parts.h"

static void
begin_tile(struct cm_buf *out, uint64_t n)
{
	cm_buf_add_str(out, "<li><b>");
	cm_words_number(out, n);
	cm_buf_add_str(out, "</b>");
}

/* How many times as much as is usual, where that is known. */
static void
put_usual(struct cm_buf *out, const struct cm_traffic_finding *f)
{
	const struct cm_baseline *b = &f->baseline;
	uint64_t times;

	if (b->how != CM_BASELINE_NONE && b->milli < 100) {
		cm_buf_add_str(out, "; hardly any is usual</li>\n");
		return;
	}
	if (b->how == CM_BASELINE_NONE) {
		cm_buf_add_str(out, "; what is usual is not known</li>\n");
		return;
	}
	cm_buf_printf(out, "; usual for %s %" PRIu64 ".%" PRIu64, b->how == CM_BASELINE_BEFORE ? "it" : "others", b->milli / 1000,
	    b->milli / 100 % 10);
	times = b->milli == 0 || f->mean_per_s > UINT64_MAX / 1000 ? 0 : f->mean_per_s * 1000 / b->milli;
	if (times > 1) {
		cm_buf_add_str(out, ", so <strong>");
		cm_words_number(out, times);
		cm_buf_add_str(out, " times</strong> that in the mean");
	}
	cm_buf_add_str(out, "</li>\n");
}

static void
put_lasted(struct cm_buf *out, const struct cm_traffic_finding *f)
{
	uint64_t ns = f->to_ns > f->from_ns ? (uint64_t)f->to_ns - (uint64_t)f->from_ns : 0, s = ns / 1000000000;

	cm_buf_add_str(out, "<li><b>");
	if (s < 120)
		cm_buf_printf(out, "%" PRIu64 ".%" PRIu64 " s", s, ns / 100000000 % 10);
	else if (s < 7200)
		cm_buf_printf(out, "%" PRIu64 " min %" PRIu64 " s", s / 60, s % 60);
	else
		cm_buf_printf(out, "%" PRIu64 " h %" PRIu64 " min", s / 3600, s / 60 % 60);
	cm_buf_printf(out, "</b>%s%s</li>\n", f->cut_begin ? "at least: it began before the capture" : "from first to last",
	    f->cut_end ? ", and went on after it" : "");
}

static void
put_effect(struct cm_buf *out, const char *what, int64_t before, int64_t during, bool ms)
{
	if (during < 0)
		return;
	cm_buf_add_str(out, "<li><b>");
	if (ms)
		cm_buf_printf(out, "%" PRId64 " ms", during);
	else
		cm_words_ppm(out, during);
	cm_buf_printf(out, "</b>%s, before it ", what);
	if (before < 0)
		cm_buf_add_str(out, "not seen");
	else if (ms)
		cm_buf_printf(out, "%" PRId64 " ms", before);
	else
		cm_words_ppm(out, before);
	cm_buf_add_str(out, "</li>\n");
}

void
cm_report_tiles(struct cm_buf *out, const struct cm_traffic_finding *f)
{
	const struct cm_effect *e = &f->effect;
	bool scan = f->verdict == CM_TRAFFIC_SCAN;

	cm_buf_add_str(out, "<ul class=\"tiles\">\n");
	begin_tile(out, scan ? f->targets : f->peak_per_s);
	if (scan)
		cm_buf_add_str(out, "places tried</li>\n");
	else {
		cm_buf_add_str(out, "in the fullest second");
		put_usual(out, f);
	}
	begin_tile(out, f->packets);
	cm_buf_printf(out, "%s in all</li>\n", f->kind == CM_TRAFFIC_HTTP ? "requests" : "packets");
	begin_tile(out, f->sources);
	cm_buf_printf(out, "source%s, about</li>\n", f->sources == 1 ? "" : "s");
	put_lasted(out, f);
	if (!scan) {
		put_effect(out, "of the openings answered", e->syn_answered_ppm[0], e->syn_answered_ppm[1], false);
		put_effect(out, "of the answers are errors", e->errors_ppm[0], e->errors_ppm[1], false);
		put_effect(out, "until an answer begins, median", e->answer_ms[0], e->answer_ms[1], true);
	}
	cm_buf_add_str(out, "</ul>\n<p class=\"note\">Of the whole capture: the sender's word.</p>\n");
}
