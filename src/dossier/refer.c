#include <inttypes.h>
#include <string.h>

#include "dossier/refer.h"

/* Which exhibit has this seal statement; n_exhibits: none. */
static size_t
exhibit_of(const struct cm_loaded *l, const uint8_t digest[32])
{
	size_t k;

	for (k = 0; k < l->dossier.n_exhibits; k++) {
		if (memcmp(l->dossier.exhibits[k].statement, digest, 32) == 0)
			return k;
	}
	return l->dossier.n_exhibits;
}

static bool
is_of(const struct cm_subject *s, const struct cm_shown_exhibit *x)
{
	return memcmp(s->exhibit, x->exhibit, 32) == 0 && memcmp(s->root, x->root, 32) == 0;
}

static CM_RESULT
remap(struct cm_loaded *l, struct cm_ids *set, const size_t *exhibit, struct cm_err *err)
{
	cm_packet_id *id = cm_arena_array(l->arena, set->n + 1, sizeof(*id));
	uint32_t k;
	size_t i;

	if (id == NULL)
		return cm_err_set(err, CM_E_NOMEM, "no memory to read the dossier");
	for (i = 0; i < set->n; i++) {
		k = (uint32_t)exhibit[cm_packet_file(set->id[i])];
		if (cm_packet_frame(set->id[i]) >= l->dossier.exhibits[k].table_rows)
			return cm_err_set(err, CM_E_REFUSED, "row %" PRIu64 " is beyond the seal's rows",
			    cm_packet_frame(set->id[i]));
		id[i] = cm_packet_id_of(k, cm_packet_frame(set->id[i]));
	}
	set->id = id;
	return CM_OK;
}

static CM_RESULT
find_seals(const struct cm_loaded *l, uint8_t (*seals)[32], size_t n, const struct cm_statement *head,
    size_t *exhibit, struct cm_err *err)
{
	size_t i;

	if (head->n_subject != n)
		return cm_err_set(err, CM_E_REFUSED, "`subject' and `seals' name different exhibits");
	for (i = 0; i < n; i++) {
		exhibit[i] = exhibit_of(l, seals[i]);
		if (exhibit[i] == l->dossier.n_exhibits)
			return cm_err_set(err, CM_E_REFUSED, "it cites a seal that is not in the dossier");
		if (i > 0 && exhibit[i] <= exhibit[i - 1])
			return cm_err_set(err, CM_E_REFUSED, "its seals stand in another order than the dossier's");
		if (!is_of(&head->subject[i], &l->dossier.exhibits[exhibit[i]]))
			return cm_err_set(err, CM_E_REFUSED, "`subject' and `seals' name different exhibits");
	}
	return CM_OK;
}

static bool
is_part(const struct cm_ids *set, const struct cm_ids *of)
{
	size_t i;

	for (i = 0; i < set->n; i++) {
		if (!cm_ids_has(of, set->id[i]))
			return false;
	}
	return true;
}

static CM_RESULT
check_parts(const struct cm_finding *f, struct cm_err *err)
{
	const struct {
		const struct cm_ids *set;
		const char *name;
	} part[] = { { &f->forged, "forged" }, { &f->genuine, "genuine" }, { &f->suspect, "suspect" },
		{ &f->support_host, "support_host" }, { &f->against, "against" }, { &f->trigger, "trigger" } };
	size_t i;

	for (i = 0; i < sizeof(part) / sizeof(part[0]); i++) {
		if (!is_part(part[i].set, &f->support))
			return cm_err_set(err, CM_E_REFUSED, "%s has rows that are not in support", part[i].name);
	}
	for (i = 0; i < f->n_cues; i++) {
		if (!is_part(&f->cues[i].rows, &f->support))
			return cm_err_set(err, CM_E_REFUSED, "sign %s has rows that are not in support",
			    f->cues[i].name);
	}
	return CM_OK;
}

/* A row is one frame, or no frame, or a piece of one: frames count from 1 and never faster
 * than rows.  More can not be known of them without the rows between. */
static CM_RESULT
check_frames(const struct cm_finding *f, struct cm_err *err)
{
	uint64_t row, before = 0, frame = 0;
	uint32_t file = 0;
	size_t i;

	for (i = 0; i < f->support.n; i++) {
		if (i == 0 || cm_packet_file(f->support.id[i]) != file)
			before = frame = 0;
		file = cm_packet_file(f->support.id[i]);
		row = cm_packet_frame(f->support.id[i]);
		if (f->frames[i] <= frame || f->frames[i] - frame > row - before)
			return cm_err_set(err, CM_E_REFUSED, "row %" PRIu64 " can not be frame %" PRIu64, row,
			    f->frames[i]);
		before = row;
		frame = f->frames[i];
	}
	return CM_OK;
}

CM_RESULT
cm_refer_finding(struct cm_loaded *l, struct cm_finding *f, const struct cm_statement *head,
    struct cm_err *err)
{
	struct cm_ids *const set[] = { &f->forged, &f->genuine, &f->suspect, &f->support, &f->support_host,
		&f->against, &f->trigger };
	size_t exhibit[CM_FINDING_SEALS_MAX], i;
	struct cm_finding_cue *cue;
	enum cm_result rc = find_seals(l, f->seals, f->n_seals, head, exhibit, err);

	for (i = 0; rc == CM_OK && i < sizeof(set) / sizeof(set[0]); i++)
		rc = remap(l, set[i], exhibit, err);
	cue = cm_arena_array(l->arena, f->n_cues + 1, sizeof(*cue));
	if (rc == CM_OK && cue == NULL)
		rc = cm_err_set(err, CM_E_NOMEM, "no memory to read the dossier");
	for (i = 0; rc == CM_OK && i < f->n_cues; i++) {
		cue[i] = f->cues[i];
		rc = remap(l, &cue[i].rows, exhibit, err);
	}
	if (rc != CM_OK)
		return rc;
	f->cues = cue;
	rc = check_parts(f, err);
	return rc == CM_OK ? check_frames(f, err) : rc;
}

/* Ranges by exhibit of the dossier. */
static CM_RESULT
remap_range(struct cm_loaded *l, struct cm_traffic_v1 *t, const size_t *exhibit, struct cm_err *err)
{
	struct cm_traffic_range *range = cm_arena_array(l->arena, l->dossier.n_exhibits + 1, sizeof(*range));
	size_t i;

	if (range == NULL)
		return cm_err_set(err, CM_E_NOMEM, "no memory to read the dossier");
	for (i = 0; i < t->n_seals; i++) {
		if (t->range[i].any && t->range[i].last >= l->dossier.exhibits[exhibit[i]].table_rows)
			return cm_err_set(err, CM_E_REFUSED, "row %" PRIu64 " is beyond the seal's rows",
			    t->range[i].last);
		range[exhibit[i]] = t->range[i];
	}
	t->range = range;
	return CM_OK;
}

static CM_RESULT
check_draw(const struct cm_loaded *l, const struct cm_traffic_v1 *t, struct cm_err *err)
{
	size_t i;

	for (i = 0; i < t->support.n; i++) {
		const uint8_t *seal = l->dossier.exhibits[cm_packet_file(t->support.id[i])].statement;

		if (!cm_traffic_drawn(seal, t->thin, cm_packet_frame(t->support.id[i])))
			return cm_err_set(err, CM_E_REFUSED,
			    "support has row %" PRIu64 ", which the draw of one in %" PRIu64 " does not give",
			    cm_packet_frame(t->support.id[i]), t->thin);
	}
	return CM_OK;
}

CM_RESULT
cm_refer_traffic(struct cm_loaded *l, struct cm_traffic_v1 *t, const struct cm_statement *head,
    struct cm_err *err)
{
	size_t exhibit[CM_FINDING_SEALS_MAX];
	enum cm_result rc = find_seals(l, t->seals, t->n_seals, head, exhibit, err);

	if (rc == CM_OK)
		rc = remap(l, &t->support, exhibit, err);
	if (rc == CM_OK)
		rc = remap_range(l, t, exhibit, err);
	return rc == CM_OK ? check_draw(l, t, err) : rc;
}

/* One answer may come in packets of which some have fewer signs against them. */
static bool
is_accused(const struct cm_ids *rows, const struct cm_finding *f)
{
	size_t i;

	for (i = 0; i < rows->n; i++)
		if (!cm_ids_has(&f->forged, rows->id[i]) && !cm_ids_has(&f->suspect, rows->id[i]))
			return false;
	return true;
}

static CM_RESULT
find_scripts(struct cm_loaded *l, struct cm_chain_v1 *c, const size_t *exhibit, size_t *finding, struct cm_err *err)
{
	const struct cm_dossier *d = &l->dossier;
	enum cm_result rc;
	size_t i, k;

	for (i = 0; i < c->n_scripts; i++) {
		for (k = 0; k < d->n_findings && memcmp(d->findings[k].statement, c->scripts[i].finding, 32) != 0; k++)
			;
		if (k == d->n_findings)
			return cm_err_set(err, CM_E_REFUSED, "it joins a finding that is not in the dossier");
		rc = remap(l, &c->scripts[i].rows, exhibit, err);
		if (rc != CM_OK)
			return rc;
		if (!is_accused(&c->scripts[i].rows, d->findings[k].body))
			return cm_err_set(err, CM_E_REFUSED, "it takes rows for a script's that finding-%zu does not accuse", k + 1);
		if (d->findings[k].body->verdict != CM_VERDICT_FORGED)
			return cm_err_set(err, CM_E_REFUSED, "it takes rows for a script's that finding-%zu does not call forged", k + 1);
		finding[i] = k;
	}
	return CM_OK;
}

static CM_RESULT
find_floods(const struct cm_loaded *l, const struct cm_chain_v1 *c, size_t *traffic, struct cm_err *err)
{
	const struct cm_dossier *d = &l->dossier;
	size_t i, k;

	for (i = 0; i < c->n_floods; i++) {
		for (k = 0; k < d->n_traffic && memcmp(d->traffic[k].statement, c->floods[i], 32) != 0; k++)
			;
		if (k == d->n_traffic)
			return cm_err_set(err, CM_E_REFUSED, "it joins a flood that is not in the dossier");
		traffic[i] = k;
		for (k = 0; k < i; k++)
			if (traffic[k] == traffic[i])
				return cm_err_set(err, CM_E_REFUSED, "it joins a flood twice");
	}
	return CM_OK;
}

CM_RESULT
cm_refer_chain(struct cm_loaded *l, struct cm_chain_v1 *c, const struct cm_statement *head,
    struct cm_shown_chain *shown, struct cm_err *err)
{
	size_t exhibit[CM_FINDING_SEALS_MAX], i;
	size_t *finding = cm_arena_array(l->arena, c->n_scripts + 1, sizeof(*finding));
	size_t *traffic = cm_arena_array(l->arena, c->n_floods + 1, sizeof(*traffic));
	uint32_t *clock = cm_arena_array(l->arena, l->dossier.n_exhibits + 1, sizeof(*clock));
	enum cm_result rc = find_seals(l, c->seals, c->n_seals, head, exhibit, err);

	if (finding == NULL || traffic == NULL || clock == NULL)
		return cm_err_set(err, CM_E_NOMEM, "no memory to read the dossier");
	if (rc == CM_OK)
		rc = find_scripts(l, c, exhibit, finding, err);
	if (rc == CM_OK)
		rc = find_floods(l, c, traffic, err);
	if (rc == CM_OK)
		rc = remap(l, &c->clients, exhibit, err);
	if (rc != CM_OK)
		return rc;
	for (i = 0; i < l->dossier.n_exhibits; i++)
		clock[i] = UINT32_MAX;
	for (i = 0; i < c->n_seals; i++)
		clock[exhibit[i]] = c->vantage[i];
	shown->findings = finding;
	shown->traffic = traffic;
	shown->clock = clock;
	return CM_OK;
}

CM_RESULT
cm_refer_assessment(const struct cm_loaded *l, const struct cm_assessment_v1 *a, const struct cm_statement *head,
    size_t *exhibit, struct cm_err *err)
{
	uint8_t seal[1][32];
	enum cm_result rc;

	memcpy(seal[0], a->seal, 32);
	rc = find_seals(l, seal, 1, head, exhibit, err);
	if (rc == CM_OK && l->dossier.exhibits[*exhibit].schema->kind != CM_KIND_RECORDS)
		return cm_err_set(err, CM_E_REFUSED, "its seal is no table of records");
	return rc;
}

/* Of exhibits that the dossier does not have nothing is known. */
CM_RESULT
cm_refer_custody(const struct cm_loaded *l, const struct cm_custody *c, const struct cm_statement *head,
    struct cm_err *err)
{
	bool any = false;
	size_t i, k;

	for (i = 0; i < head->n_subject; i++) {
		k = exhibit_of(l, c->seals.digest[i]);
		if (k == l->dossier.n_exhibits)
			continue;
		if (!is_of(&head->subject[i], &l->dossier.exhibits[k]))
			return cm_err_set(err, CM_E_REFUSED, "`subject' and `seals' name different exhibits");
		any = true;
	}
	return any ? CM_OK : cm_err_set(err, CM_E_REFUSED, "it is about no exhibit of this dossier");
}

/* Of findings, of traffic, of chains, of assessments: does it follow an earlier one of its key? */
static bool
ascends(const struct cm_loaded *l, size_t i)
{
	const struct cm_statement *a = &l->part[i - 1].doc.head, *b = &l->part[i].doc.head;

	return a->type != b->type || a->type == CM_PREDICATE_SEAL || a->type == CM_PREDICATE_CUSTODY ||
	    strcmp(a->by, b->by) != 0 || a->number < b->number;
}

CM_RESULT
cm_refer_parts(const struct cm_loaded *l, struct cm_err *err)
{
	const struct cm_statement *head, *named = NULL;
	size_t i, k;

	for (i = 1; i < l->dossier.n_exhibits; i++) {
		for (k = 0; k < i; k++) {
			if (memcmp(l->dossier.exhibits[i].statement, l->dossier.exhibits[k].statement, 32) == 0)
				return cm_err_set(err, CM_E_REFUSED, "seal-%zu and seal-%zu are one", k + 1, i + 1);
		}
	}
	for (i = 0; i < l->n_parts; i++) {
		head = &l->part[i].doc.head;
		if (i > 0 && !ascends(l, i))
			return cm_err_set(err, CM_E_REFUSED, "%s does not ascend by number", l->part[i].name);
		if (!head->has_case)
			continue;
		if (named != NULL && memcmp(named->case_id, head->case_id, 32) != 0)
			return cm_err_set(err, CM_E_REFUSED, "%s names another case", l->part[i].name);
		named = head;
	}
	return CM_OK;
}
