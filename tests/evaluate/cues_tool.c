/* Every mark of every flow of a capture, also those that come to no verdict: what base rates
 * are counted from (tests/evaluate/fit.py).
 *
 *	cues_tool FILE          lines, tabs between
 *	cues_tool --kinds       name and base rate of each cue
 *
 *	D flow dir sender data resets synacks answers anchored   a direction, and what it has
 *	P flow dir frame kind                                     a packet that can be accused
 *	M flow dir frame kind cue bits                            a mark, and on what
 *	S frame status                                            suspect or forged
 *	A cue frame bits status                                   an accused frame, had it not been for that cue
 *
 * Read three times: for the models of the hosts, for hands known by a fixed identification,
 * and to judge every flow with both.  The engine judges only what is odd by itself, and of
 * long flows what lies around the odd places; nothing is left out here.  A cue is taken away
 * after the detectors have marked, before what the marks add up to is decided: the second
 * pass of the detector's own baseline is as it was. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/source.h"
#include "capture/decode.h"
#include "capture/fragment.h"
#include "capture/host.h"
#include "capture/reader.h"
#include "detect/judge.h"

#define HANDS 256u
#define MIB ((size_t)1 << 20)

enum pass { MODELS, FIND_HANDS, TELL };

struct tool {
	enum pass pass;
	struct cm_params params;
	struct cm_hosts *hosts;
	struct cm_judge judge;
	struct cm_group groups[CM_GROUPS_MAX];
	struct cm_hand hands[HANDS];
	size_t n_hands;
};

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "cues_tool: %s\n", what);
	exit(2);
}

static struct cm_span
slurp(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct cm_buf buf = { 0 };
	uint8_t part[65536];
	size_t n;

	if (f == NULL)
		die(path);
	while ((n = fread(part, 1, sizeof part, f)) > 0)
		cm_buf_add(&buf, part, n);
	fclose(f);
	if (!cm_buf_ok(&buf) || buf.len == 0)
		die(path);
	return cm_buf_span(&buf);
}

static const char *
status_word(uint8_t status)
{
	static const char *const words[] = { "clear", "suspect", "forged" };

	return words[status];
}

static const char *
kind_word(const struct cm_judge *j, uint32_t seg)
{
	if (j->v->proto == 17)
		return "dns";
	switch (j->kind[seg]) {
	case CM_SEG_DATA:
	case CM_SEG_FIN:
		return "data";
	case CM_SEG_RST:
		return "rst";
	case CM_SEG_SYN:
		return (j->v->segs[seg].flags & CM_TCP_ACK) != 0 ? "synack" : "other";
	default:
		return "other";
	}
}

/* ---- what is told of a flow ---- */

static void
tell_direction(const struct cm_judge *j, unsigned dir)
{
	const struct cm_flow_view *v = j->v;
	uint32_t data = 0, resets = 0, synacks = 0, answers = 0;
	char text[CM_HOST_TEXT];

	for (uint32_t i = v->from; i < v->n; i++) {
		if (v->segs[i].dir != dir)
			continue;
		if (v->proto == 17) {
			answers += v->end[dir].port == 53;
			continue;
		}
		data += j->kind[i] == CM_SEG_DATA || j->kind[i] == CM_SEG_FIN;
		resets += j->kind[i] == CM_SEG_RST;
		synacks += j->kind[i] == CM_SEG_SYN && (v->segs[i].flags & CM_TCP_ACK) != 0;
	}
	cm_host_text(&v->end[dir].host, text);
	printf("D\t%" PRIu64 "\t%u\t%s\t%u\t%u\t%u\t%u\t%u\n", v->serial, dir, text, data, resets, synacks,
	    answers, j->side[dir].syn != CM_NONE);
}

static void
tell_packets(const struct cm_judge *j)
{
	const struct cm_flow_view *v = j->v;

	for (uint32_t i = v->from; i < v->n; i++) {
		const char *kind = kind_word(j, i);

		if (strcmp(kind, "other") != 0)
			printf("P\t%" PRIu64 "\t%u\t%" PRIu64 "\t%s\n", v->serial, v->segs[i].dir,
			    cm_packet_frame(v->segs[i].id), kind);
	}
}

static void
tell_marks(const struct cm_judge *j)
{
	const struct cm_flow_view *v = j->v;

	for (size_t k = 0; k < j->n_marks; k++) {
		const struct cm_mark *m = &j->marks[k];
		const struct cm_segment *g = &v->segs[m->seg];

		if (m->seg >= v->from)
			printf("M\t%" PRIu64 "\t%u\t%" PRIu64 "\t%s\t%s\t%d\n", v->serial, g->dir,
			    cm_packet_frame(g->id), kind_word(j, m->seg), cm_cue_kinds[m->cue].name, m->bits);
	}
	for (uint32_t i = v->from; i < v->n; i++)
		if (j->status[i] != CM_CLEAR)
			printf("S\t%" PRIu64 "\t%s\n", cm_packet_frame(v->segs[i].id), status_word(j->status[i]));
}

/* Takes every mark of ${cue} away. */
static void
drop(struct cm_judge *j, unsigned cue)
{
	size_t n = 0;

	for (size_t k = 0; k < j->n_marks; k++) {
		const struct cm_mark m = j->marks[k];

		if (m.cue == cue)
			j->bits[m.seg] = (int16_t)(j->bits[m.seg] - m.bits);
		else
			j->marks[n++] = m;
	}
	j->n_marks = n;
	for (uint32_t i = 0; i < j->v->n; i++)
		j->cues[i] &= ~(UINT64_C(1) << cue);
}

static void
judge(struct tool *t, const struct cm_flow_view *v)
{
	if (cm_judge_flow(&t->judge, v) != CM_OK)
		die("no memory");
	(void)cm_verdict_groups(&t->judge, t->groups);
}

/* Judges ${v} again without each cue that stands against an accused segment. */
static void
tell_without(struct tool *t, const struct cm_flow_view *v)
{
	struct cm_judge *j = &t->judge;
	bool *accused = calloc(v->n, sizeof(*accused));
	uint64_t cues = 0;

	if (accused == NULL)
		die("no memory");
	for (uint32_t i = v->from; i < v->n; i++) {
		accused[i] = j->status[i] != CM_CLEAR;
		cues |= accused[i] ? j->cues[i] : 0;
	}
	for (unsigned c = 0; c < CM_CUE_COUNT; c++) {
		if ((cues >> c & 1) == 0 || c == CM_CUE_SAME_HAND)
			continue;
		if (cm_judge_flow(j, v) != CM_OK)
			die("no memory");
		drop(j, c);
		(void)cm_verdict_groups(j, t->groups);
		for (uint32_t i = 0; i < v->n; i++)
			if (accused[i])
				printf("A\t%s\t%" PRIu64 "\t%d\t%s\n", cm_cue_kinds[c].name,
				    cm_packet_frame(v->segs[i].id), j->bits[i], status_word(j->status[i]));
	}
	free(accused);
}

/* As the engine knows them: forged, with an identification that is constant. */
static void
find_hands(struct tool *t)
{
	const struct cm_judge *j = &t->judge;

	if (j->v->proto != 6 || j->corrupt)
		return;
	for (size_t k = 0; k < j->n_marks && t->n_hands < HANDS; k++) {
		const struct cm_segment *g = &j->v->segs[j->marks[k].seg];

		if (j->marks[k].cue == CM_CUE_IPID_CONSTANT && j->status[j->marks[k].seg] == CM_FORGED)
			t->hands[t->n_hands++] = (struct cm_hand) { j->v->end[g->dir].host, g->id, g->ipid,
				g->window, g->df };
	}
}

static enum cm_result
flow_over(void *ctx, const struct cm_flow_view *v)
{
	struct tool *t = ctx;
	bool any = false;

	if (t->pass == MODELS)
		return cm_hosts_add(t->hosts, v);
	t->judge.hosts = t->hosts;
	t->judge.params = &t->params;
	t->judge.hands = t->hands;
	t->judge.n_hands = t->pass == TELL ? t->n_hands : 0;
	judge(t, v);
	if (t->pass == FIND_HANDS) {
		find_hands(t);
		return CM_OK;
	}
	tell_direction(&t->judge, 0);
	tell_direction(&t->judge, 1);
	tell_packets(&t->judge);
	tell_marks(&t->judge);
	for (uint32_t i = v->from; i < v->n && !any; i++)
		any = t->judge.status[i] != CM_CLEAR;
	if (any)
		tell_without(t, v);
	return CM_OK;
}

/* ---- the capture ---- */

static void
feed(struct cm_flow_table *table, const struct cm_packet *p, bool stable)
{
	if (p->fragment || p->quoted || (p->proto != 6 && p->proto != 17))
		return;
	if (cm_flow_table_packet(table, p, stable) != CM_OK)
		die("no memory");
}

static void
feed_record(struct cm_flow_table *table, struct cm_fragments *parts, const struct cm_record *record)
{
	struct cm_frame f = cm_frame_of(record, 0), whole;
	struct cm_layers layers;
	struct cm_packet p;

	switch (cm_decode(&f, &p, &layers)) {
	case CM_DECODED_PACKET:
		feed(table, &p, true);
		break;
	case CM_DECODED_FRAGMENT:
		if (cm_fragments_add(parts, &f, &layers, &whole) == CM_OK &&
		    cm_decode(&whole, &p, &layers) == CM_DECODED_PACKET)
			feed(table, &p, false);
		break;
	default:
		break;
	}
}

static void
pass(struct tool *t, const struct cm_span *file, enum pass which)
{
	struct cm_flow_limits limits = { 1024 * MIB, t->params.window, 0 };
	struct cm_flow_table *table;
	struct cm_fragments *parts;
	struct cm_reader *reader;
	struct cm_record record;
	struct cm_err err = { 0 };

	t->pass = which;
	if (cm_flow_table_new(&limits, flow_over, t, &table) != CM_OK ||
	    cm_fragments_new(16 * MIB, &parts) != CM_OK)
		die("no memory");
	if (cm_reader_new(cm_source_of_memory(file), "capture", &reader, &err) != CM_OK)
		die(err.text);
	while (cm_reader_next(reader, &record, &err) == CM_OK)
		if (record.is_frame)
			feed_record(table, parts, &record);
	if (cm_flow_table_finish(table) != CM_OK)
		die("no memory");
	cm_reader_free(reader);
	cm_fragments_free(parts);
	cm_flow_table_free(table);
	if (which == MODELS)
		cm_hosts_settle(t->hosts);
}

static int
tell_kinds(void)
{
	for (unsigned c = 0; c < CM_CUE_COUNT; c++)
		printf("%s\t%s\n", cm_cue_kinds[c].name, cm_cue_kinds[c].base_rate);
	return 0;
}

int
main(int argc, char **argv)
{
	struct tool *t = calloc(1, sizeof(*t));
	struct cm_span file;

	if (argc != 2 || t == NULL)
		die("usage: cues_tool FILE | --kinds");
	if (strcmp(argv[1], "--kinds") == 0) {
		free(t);
		return tell_kinds();
	}
	file = slurp(argv[1]);
	t->params = cm_params_default();
	if (cm_hosts_new(256 * MIB, 0, &t->hosts) != CM_OK)
		die("no memory");
	pass(t, &file, MODELS);
	pass(t, &file, FIND_HANDS);
	pass(t, &file, TELL);
	cm_judge_release(&t->judge);
	cm_hosts_free(t->hosts);
	free((void *)(uintptr_t)file.ptr);
	free(t);
	return 0;
}
