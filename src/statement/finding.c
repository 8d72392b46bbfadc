#include <string.h>

#include "statement/detector.h"
#include "statement/evidence.h"
#include "statement/finding.h"
#include "statement/statement.h"

const char *const cm_finding_members[] = { "seals", "detector", "evidence", "parameters", "type", "verdict", "bits",
	"forged", "genuine", "suspect", "support", "support_host", "against", "frames", "trigger", "cues",
	"fingerprint", "alternatives", "explained_by", NULL };

static const char *const read_words[] = { "headers", "addresses", "mask", "payload" };

#define ROW_MAX ((UINT64_C(1) << 40) - 1)
#define FRAME_MAX ((UINT64_C(1) << 44) - 1)

void
cm_rowset_write(struct cm_jsonw *w, const char *name, const struct cm_ids *set, size_t n_seals)
{
	size_t i = 0, k;

	cm_jsonw_key(w, name);
	cm_jsonw_array(w);
	for (k = 0; k < n_seals; k++) {
		cm_jsonw_array(w);
		for (; i < set->n && cm_packet_file(set->id[i]) == k; i++)
			cm_jsonw_uint(w, cm_packet_frame(set->id[i]));
		cm_jsonw_array_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
write_frames(struct cm_jsonw *w, const struct cm_finding *f)
{
	size_t i = 0, k;

	cm_jsonw_key(w, "frames");
	cm_jsonw_array(w);
	for (k = 0; k < f->n_seals; k++) {
		cm_jsonw_array(w);
		for (; i < f->support.n && cm_packet_file(f->support.id[i]) == k; i++)
			cm_jsonw_uint(w, f->frames[i]);
		cm_jsonw_array_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
write_cue(struct cm_jsonw *w, const struct cm_finding_cue *c, size_t n_seals)
{
	size_t i;

	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "name", c->name);
	cm_jsonw_kint(w, "bits", c->bits);
	cm_jsonw_kstr(w, "base_rate", c->base_rate);
	cm_jsonw_kstr(w, "rests_on", cm_rests_word(c->rests));
	cm_jsonw_key(w, "reads");
	cm_jsonw_array(w);
	for (i = 0; i < 4; i++) {
		if (c->reads & 1u << i)
			cm_jsonw_str(w, read_words[i]);
	}
	cm_jsonw_array_end(w);
	cm_rowset_write(w, "rows", &c->rows, n_seals);
	cm_jsonw_object_end(w);
}

static void
write_fingerprint(struct cm_jsonw *w, const struct cm_fingerprint *p)
{
	cm_jsonw_key(w, "fingerprint");
	cm_jsonw_object(w);
	if (p->known) {
		cm_jsonw_kstr(w, "ipid", p->ipid);
		cm_jsonw_kstr(w, "df", p->df);
		cm_jsonw_kstr(w, "ttl", p->ttl);
		cm_jsonw_kstr(w, "window", p->window);
		cm_jsonw_kstr(w, "options", p->options);
		cm_jsonw_kstr(w, "fin", p->fin);
		if (p->name != NULL)
			cm_jsonw_kstr(w, "name", p->name);
	}
	cm_jsonw_object_end(w);
}

static void
write_head(struct cm_jsonw *w, const struct cm_finding *f)
{
	cm_seals_write(w, f->seals, f->n_seals);
	cm_detector_write(w, f->detector, f->version, f->source);
	cm_evidence_write(w, f->evidence);
	cm_jsonw_key(w, "parameters");
	cm_jsonw_object(w);
	cm_jsonw_kuint(w, "memory", f->memory);
	cm_jsonw_kuint(w, "window", f->window);
	cm_jsonw_kint(w, "forged_bits", f->forged_bits);
	cm_jsonw_kint(w, "break_bits", f->break_bits);
	cm_jsonw_object_end(w);
	cm_jsonw_kstr(w, "type", cm_incident_type_word(f->type));
	cm_jsonw_kstr(w, "verdict", cm_verdict_word(f->verdict));
	cm_jsonw_kint(w, "bits", f->bits);
}

void
cm_finding_write(struct cm_jsonw *w, const struct cm_finding *f)
{
	size_t i;

	write_head(w, f);
	cm_rowset_write(w, "forged", &f->forged, f->n_seals);
	cm_rowset_write(w, "genuine", &f->genuine, f->n_seals);
	cm_rowset_write(w, "suspect", &f->suspect, f->n_seals);
	cm_rowset_write(w, "support", &f->support, f->n_seals);
	cm_rowset_write(w, "support_host", &f->support_host, f->n_seals);
	cm_rowset_write(w, "against", &f->against, f->n_seals);
	write_frames(w, f);
	cm_rowset_write(w, "trigger", &f->trigger, f->n_seals);
	cm_jsonw_key(w, "cues");
	cm_jsonw_array(w);
	for (i = 0; i < f->n_cues; i++)
		write_cue(w, &f->cues[i], f->n_seals);
	cm_jsonw_array_end(w);
	write_fingerprint(w, &f->fingerprint);
	cm_jsonw_key(w, "alternatives");
	cm_jsonw_array(w);
	for (i = 0; i < f->n_alternatives; i++) {
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "name", f->alternatives[i].name);
		cm_jsonw_kbool(w, "holds", f->alternatives[i].holds);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
	if (f->explained_by != NULL)
		cm_jsonw_kstr(w, "explained_by", f->explained_by);
}

struct reading {
	struct cm_arena *arena;
	struct cm_err *err;
	size_t n_seals;
};

static CM_RESULT
read_text(const struct reading *r, struct cm_json v, const char *name, const char **out)
{
	return cm_statement_text(v, name, r->arena, out, r->err);
}

/* The number of items of all lists of ${sets}, which must be one for each seal. */
static CM_RESULT
count_rows(struct cm_json sets, const char *name, size_t n_seals, size_t max, size_t *out,
    struct cm_err *err)
{
	size_t k, n = 0;

	if (cm_json_len(sets) != n_seals)
		return cm_err_set(err, CM_E_MALFORMED, "%s: expected one list for each of %zu seals", name,
		    n_seals);
	for (k = 0; k < n_seals; k++) {
		if (cm_json_type(cm_json_at(sets, k)) != CM_JSON_LIST)
			return cm_err_set(err, CM_E_MALFORMED, "%s: expected lists of rows", name);
		n += cm_json_len(cm_json_at(sets, k));
	}
	if (n > max)
		return cm_err_set(err, CM_E_LIMIT, "%s: more than %zu rows", name, max);
	*out = n;
	return CM_OK;
}

CM_RESULT
cm_rowset_read(struct cm_json v, const char *name, size_t n_seals, size_t max, struct cm_arena *arena,
    struct cm_ids *out, struct cm_err *err)
{
	struct cm_json sets, list;
	enum cm_result rc;
	cm_packet_id *id;
	size_t k, i, n = 0, at = 0;
	uint64_t row;

	rc = cm_json_get_list(v, name, &sets, err);
	if (rc == CM_OK)
		rc = count_rows(sets, name, n_seals, max, &n, err);
	if (rc != CM_OK)
		return rc;
	id = cm_arena_array(arena, n + 1, sizeof(*id));
	if (id == NULL)
		return cm_err_set(err, CM_E_NOMEM, "no memory for the rows of a statement");
	for (k = 0; k < n_seals; k++) {
		list = cm_json_at(sets, k);
		for (i = 0; i < cm_json_len(list); i++) {
			rc = cm_json_u64(cm_json_at(list, i), name, ROW_MAX, &row, err);
			if (rc != CM_OK)
				return rc;
			id[at] = cm_packet_id_of((uint32_t)k, row);
			if (at > 0 && id[at] <= id[at - 1])
				return cm_err_set(err, CM_E_MALFORMED, "%s: rows must ascend, each once", name);
			at++;
		}
	}
	*out = (struct cm_ids) { id, at };
	return CM_OK;
}

static CM_RESULT
read_rows(const struct reading *r, struct cm_json v, const char *name, struct cm_ids *out)
{
	return cm_rowset_read(v, name, r->n_seals, CM_FINDING_ROWS_MAX, r->arena, out, r->err);
}

static CM_RESULT
read_frames(const struct reading *r, struct cm_json v, struct cm_finding *f)
{
	struct cm_json sets, list;
	enum cm_result rc;
	uint64_t *frame;
	size_t k, i, n = 0, at = 0;

	rc = cm_json_get_list(v, "frames", &sets, r->err);
	if (rc == CM_OK)
		rc = count_rows(sets, "frames", r->n_seals, CM_FINDING_ROWS_MAX, &n, r->err);
	if (rc != CM_OK)
		return rc;
	if (n != f->support.n)
		return cm_err_set(r->err, CM_E_MALFORMED, "frames: expected one for each row of support");
	frame = cm_arena_array(r->arena, n + 1, sizeof(*frame));
	if (frame == NULL)
		return cm_err_set(r->err, CM_E_NOMEM, "no memory for the finding");
	for (k = 0; k < r->n_seals; k++) {
		list = cm_json_at(sets, k);
		for (i = 0; i < cm_json_len(list); i++, at++) {
			rc = cm_json_u64(cm_json_at(list, i), "frames", FRAME_MAX, &frame[at], r->err);
			if (rc != CM_OK)
				return rc;
			if (cm_packet_file(f->support.id[at]) != k)
				return cm_err_set(r->err, CM_E_MALFORMED,
				    "frames: expected the shape of support");
		}
	}
	f->frames = frame;
	return CM_OK;
}

static CM_RESULT
read_reads(const struct reading *r, struct cm_json v, uint8_t *out)
{
	struct cm_json list;
	const char *word;
	size_t i, j;
	enum cm_result rc = cm_json_get_list(v, "reads", &list, r->err);

	*out = 0;
	for (i = 0; rc == CM_OK && i < cm_json_len(list); i++) {
		rc = cm_json_str(cm_json_at(list, i), "reads", &word, r->err);
		if (rc != CM_OK)
			return rc;
		for (j = 0; j < 4 && strcmp(word, read_words[j]) != 0; j++)
			;
		/* in this order, each once */
		if (j == 4 || *out >> j != 0)
			return cm_err_set(r->err, CM_E_MALFORMED, "reads: unknown word or order");
		*out |= (uint8_t)(1u << j);
	}
	return rc;
}

static CM_RESULT
read_cue(const struct reading *r, struct cm_json v, struct cm_finding_cue *out)
{
	static const char *const only[] = { "name", "bits", "base_rate", "rests_on", "reads", "rows", NULL };
	static const char *const rests[] = { "local", "flow", "host-model" };
	int64_t bits = 0;
	unsigned word = 0;
	enum cm_result rc;

	rc = cm_json_only(v, only, r->err);
	if (rc == CM_OK)
		rc = read_text(r, v, "name", &out->name);
	if (rc == CM_OK)
		rc = cm_json_get_int(v, "bits", -1000, 1000, &bits, r->err);
	if (rc == CM_OK)
		rc = read_text(r, v, "base_rate", &out->base_rate);
	if (rc == CM_OK)
		rc = cm_statement_word(v, "rests_on", rests, 3, &word, r->err);
	if (rc == CM_OK)
		rc = read_reads(r, v, &out->reads);
	if (rc == CM_OK)
		rc = read_rows(r, v, "rows", &out->rows);
	out->bits = (int)bits;
	out->rests = (enum cm_rests)word;
	return rc;
}

static CM_RESULT
read_cues(const struct reading *r, struct cm_json v, struct cm_finding *f)
{
	struct cm_finding_cue *cue;
	struct cm_json list;
	size_t i, n;
	int order;
	enum cm_result rc = cm_json_get_list(v, "cues", &list, r->err);

	if (rc != CM_OK)
		return rc;
	n = cm_json_len(list);
	if (n > CM_FINDING_CUES_MAX)
		return cm_err_set(r->err, CM_E_LIMIT, "cues: more than %d", CM_FINDING_CUES_MAX);
	cue = cm_arena_array(r->arena, n + 1, sizeof(*cue));
	if (cue == NULL)
		return cm_err_set(r->err, CM_E_NOMEM, "no memory for the finding");
	for (i = 0; i < n; i++) {
		rc = read_cue(r, cm_json_at(list, i), &cue[i]);
		if (rc != CM_OK)
			return rc;
		order = i == 0 ? -1 : strcmp(cue[i - 1].name, cue[i].name);
		if (cue[i].rows.n == 0 || order > 0 ||
		    (order == 0 && cue[i - 1].rows.id[0] > cue[i].rows.id[0]))
			return cm_err_set(r->err, CM_E_MALFORMED, "cues: expected by name, then first row");
	}
	f->cues = cue;
	f->n_cues = n;
	return CM_OK;
}

static CM_RESULT
read_fingerprint(const struct reading *r, struct cm_json v, struct cm_fingerprint *p)
{
	static const char *const only[] = { "ipid", "df", "ttl", "window", "options", "fin", "name", NULL };
	static const char *const none[] = { NULL };
	const char **const at[] = { &p->ipid, &p->df, &p->ttl, &p->window, &p->options, &p->fin };
	struct cm_json o;
	size_t i;
	enum cm_result rc = cm_json_get_object(v, "fingerprint", &o, r->err);

	if (rc != CM_OK)
		return rc;
	if (cm_json_only(o, none, NULL) == CM_OK)
		return CM_OK;
	rc = cm_json_only(o, only, r->err);
	for (i = 0; rc == CM_OK && i < 6; i++)
		rc = read_text(r, o, only[i], at[i]);
	if (rc == CM_OK && cm_json_has(o, "name"))
		rc = read_text(r, o, "name", &p->name);
	p->known = rc == CM_OK;
	return rc;
}

static CM_RESULT
read_alternatives(const struct reading *r, struct cm_json v, struct cm_finding *f)
{
	static const char *const only[] = { "name", "holds", NULL };
	struct cm_finding_alternative *a;
	struct cm_json list, o;
	size_t i, n;
	enum cm_result rc = cm_json_get_list(v, "alternatives", &list, r->err);

	if (rc != CM_OK)
		return rc;
	n = cm_json_len(list);
	if (n > CM_FINDING_CUES_MAX)
		return cm_err_set(r->err, CM_E_LIMIT, "alternatives: more than %d", CM_FINDING_CUES_MAX);
	a = cm_arena_array(r->arena, n + 1, sizeof(*a));
	if (a == NULL)
		return cm_err_set(r->err, CM_E_NOMEM, "no memory for the finding");
	for (i = 0; rc == CM_OK && i < n; i++) {
		o = cm_json_at(list, i);
		rc = cm_json_only(o, only, r->err);
		if (rc == CM_OK)
			rc = read_text(r, o, "name", &a[i].name);
		if (rc == CM_OK)
			rc = cm_json_get_bool(o, "holds", &a[i].holds, r->err);
	}
	f->alternatives = a;
	f->n_alternatives = n;
	return rc;
}

static CM_RESULT
read_parameters(const struct reading *r, struct cm_json v, struct cm_finding *f)
{
	static const char *const params[] = { "memory", "window", "forged_bits", "break_bits", NULL };
	int64_t forged = 0, strange = 0;
	struct cm_json o;
	enum cm_result rc = cm_json_get_object(v, "parameters", &o, r->err);

	if (rc == CM_OK)
		rc = cm_json_only(o, params, r->err);
	if (rc == CM_OK)
		rc = cm_json_get_u64(o, "memory", CM_JSON_INT_MAX, &f->memory, r->err);
	if (rc == CM_OK)
		rc = cm_json_get_u64(o, "window", UINT32_MAX, &f->window, r->err);
	if (rc == CM_OK)
		rc = cm_json_get_int(o, "forged_bits", -1000, 1000, &forged, r->err);
	if (rc == CM_OK)
		rc = cm_json_get_int(o, "break_bits", -1000, 1000, &strange, r->err);
	f->forged_bits = (int)forged;
	f->break_bits = (int)strange;
	return rc;
}

static CM_RESULT
read_what(const struct reading *r, struct cm_json v, struct cm_finding *f)
{
	static const char *const types[] = { "injection", "reset", "dns", "handshake" };
	static const char *const verdicts[] = { "forged", "stack-break", "undecidable", "explained" };
	unsigned type = 0, verdict = 0;
	int64_t bits = 0;
	enum cm_result rc;

	rc = cm_statement_word(v, "type", types, 4, &type, r->err);
	if (rc == CM_OK)
		rc = cm_statement_word(v, "verdict", verdicts, 4, &verdict, r->err);
	if (rc == CM_OK)
		rc = cm_json_get_int(v, "bits", -100000, 100000, &bits, r->err);
	f->type = (enum cm_incident_type)type;
	f->verdict = (enum cm_verdict)verdict;
	f->bits = (int)bits;
	return rc;
}

static CM_RESULT
read_sets(const struct reading *r, struct cm_json v, struct cm_finding *f)
{
	static const char *const name[] = { "forged", "genuine", "suspect", "support", "support_host",
		"against", "trigger" };
	struct cm_ids *const at[] = { &f->forged, &f->genuine, &f->suspect, &f->support, &f->support_host,
		&f->against, &f->trigger };
	enum cm_result rc = CM_OK;
	size_t i;

	for (i = 0; rc == CM_OK && i < sizeof(at) / sizeof(at[0]); i++)
		rc = read_rows(r, v, name[i], at[i]);
	if (rc == CM_OK && f->trigger.n > 1)
		return cm_err_set(r->err, CM_E_MALFORMED, "trigger: expected at most one row");
	return rc;
}

CM_RESULT
cm_finding_read(struct cm_json predicate, struct cm_arena *arena, struct cm_finding *out,
    struct cm_err *err)
{
	struct reading r = { arena, err, 0 };
	struct cm_finding f = { 0 };
	enum cm_result rc;

	rc = cm_seals_read(predicate, arena, &f.seals, &f.n_seals, err);
	r.n_seals = f.n_seals;
	if (rc == CM_OK)
		rc = cm_detector_read(predicate, arena, &f.detector, &f.version, f.source, err);
	if (rc == CM_OK)
		rc = cm_evidence_read(predicate, arena, &f.evidence, err);
	if (rc == CM_OK)
		rc = read_parameters(&r, predicate, &f);
	if (rc == CM_OK)
		rc = read_what(&r, predicate, &f);
	if (rc == CM_OK)
		rc = read_sets(&r, predicate, &f);
	if (rc == CM_OK)
		rc = read_frames(&r, predicate, &f);
	if (rc == CM_OK)
		rc = read_cues(&r, predicate, &f);
	if (rc == CM_OK)
		rc = read_fingerprint(&r, predicate, &f.fingerprint);
	if (rc == CM_OK)
		rc = read_alternatives(&r, predicate, &f);
	if (rc == CM_OK && cm_json_has(predicate, "explained_by"))
		rc = read_text(&r, predicate, "explained_by", &f.explained_by);
	if (rc == CM_OK)
		*out = f;
	return rc;
}
