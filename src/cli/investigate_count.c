/* What the confined half of `comity investigate` hands over of what was counted. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/investigate_looking.h"
#include "dossier/model.h"
#include "statement/chain_v1.h"
#include "statement/evidence.h"
#include "worker/draw_pass.h"

#define NOT_STATED SIZE_MAX

struct counting {
	struct looking *l;
	const struct cm_sink *sink;
	uint8_t (*seal)[32];	/* of each sealed file, in order of the files */
	uint32_t *seal_of;	/* of each file: its number among these */
	size_t n_seals;
	size_t *number[CM_SURVEY_VANTAGES]; /* of each finding of traffic: as it was handed over */
	size_t n_traffic, n_left, n_chains;
	struct cm_buf line;
};

/* ---- the seals ---- */

static CM_RESULT
hear(int fd, uint8_t *to, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = read(fd, to, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return CM_E_IO;
		to += n;
		len -= (size_t)n;
	}
	return CM_OK;
}

static CM_RESULT
hear_seals(struct counting *c)
{
	struct looking *l = c->l;
	size_t n = l->in->n_files, i;

	c->seal = cm_arena_array(&l->arena, n + 1, 32);
	c->seal_of = cm_arena_array(&l->arena, n + 1, sizeof(*c->seal_of));
	if (c->seal == NULL || c->seal_of == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < n; i++)
		c->seal_of[i] = l->seal_scan.file[i].yes ? (uint32_t)c->n_seals++ : UINT32_MAX;
	return hear(l->in->seals_fd, c->seal[0], c->n_seals * 32);
}

/* Those of one vantage's files. */
static CM_RESULT
seals_of(struct counting *c, size_t k, uint8_t (**out)[32], size_t *n)
{
	const struct cm_vantage *v = &c->l->survey.vantage[k];
	size_t i;

	*n = 0;
	*out = cm_arena_array(&c->l->arena, v->n_files + 1, 32);
	if (*out == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < v->n_files; i++)
		if (c->seal_of[v->file[i]] != UINT32_MAX)
			memcpy((*out)[(*n)++], c->seal[c->seal_of[v->file[i]]], 32);
	return CM_OK;
}

/* ---- floods and scans ---- */

/* Is all that is sealed of a vantage lines of logs? */
static bool
is_lines(const struct looking *l, size_t k)
{
	const struct cm_vantage *v = &l->survey.vantage[k];
	bool any = false;
	size_t i;

	for (i = 0; i < v->n_files; i++) {
		const struct cm_seal_scan_file *f = &l->seal_scan.file[v->file[i]];

		if (f->yes && f->kind != CM_KIND_LINES)
			return false;
		any |= f->yes;
	}
	return any;
}

static CM_RESULT
put_traffic(struct counting *c, size_t k, size_t i, struct cm_drawn *d)
{
	struct looking *l = c->l;
	struct cm_jsonw w = cm_jsonw_of(&c->line, 0);
	struct cm_traffic_v1 t;
	enum cm_result rc = cm_drawn_state(d, cm_traffic_params_default().memory, l->in->source, &l->arena, &t);

	if (rc == CM_E_NOTFOUND || (rc == CM_OK && c->n_traffic == CM_DOSSIER_TRAFFIC_MAX)) {
		c->n_left++;
		return CM_OK;
	}
	if (rc != CM_OK)
		return rc;
	cm_jsonw_object(&w);
	t.evidence = cm_evidence_of_traffic(t.drawn.kind, is_lines(l, k));
	cm_jsonw_kstr(&w, "what", "traffic");
	cm_look_put_cited(l, &w, k);
	cm_traffic_v1_write(&w, &t);
	cm_jsonw_object_end(&w);
	cm_buf_add_str(&c->line, "\n");
	c->number[k][i] = c->n_traffic++;
	return cm_look_send(c->sink, &c->line);
}

static CM_RESULT
draw(struct counting *c, size_t k, struct cm_drawn **drawn, size_t n)
{
	const struct cm_draw_pass pass = { &c->l->in->scan, &c->l->survey.summary, &c->l->survey.vantage[k],
		c->l->seal_scan.file, c->l->place[k].seal, drawn, n };
	uint8_t (*seals)[32];
	size_t n_seals, i;
	enum cm_result rc = seals_of(c, k, &seals, &n_seals);

	for (i = 0; rc == CM_OK && i < n; i++)
		rc = cm_drawn_new(cm_traffic_at(c->l->survey.vantage[k].traffic, i), (const uint8_t (*)[32])seals,
		    n_seals, &drawn[i]);
	if (rc == CM_OK)
		rc = cm_draw_pass(&pass, &c->l->err);
	for (i = 0; rc == CM_OK && i < n; i++)
		rc = put_traffic(c, k, i, drawn[i]);
	return rc;
}

static CM_RESULT
put_vantage(struct counting *c, size_t k)
{
	size_t n = cm_traffic_n(c->l->survey.vantage[k].traffic), i;
	struct cm_drawn **drawn = cm_arena_array(&c->l->arena, n + 1, sizeof(*drawn));
	enum cm_result rc;

	c->number[k] = cm_arena_array(&c->l->arena, n + 1, sizeof(c->number[k][0]));
	if (drawn == NULL || c->number[k] == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < n; i++)
		c->number[k][i] = NOT_STATED;
	if (n == 0 || c->l->place[k].n_seals == 0)
		return CM_OK;
	rc = draw(c, k, drawn, n);
	for (i = 0; i < n; i++)
		cm_drawn_free(drawn[i]);
	return rc;
}

/* ---- chains ---- */

static void
put_number(uint8_t digest[32], size_t number)
{
	memset(digest, 0, 32);
	for (unsigned i = 0; i < 8; i++)
		digest[i] = (uint8_t)((uint64_t)number >> (56 - 8 * i));
}

static int
by_number(const void *a, const void *b)
{
	const cm_packet_id *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* A frame or line as a row among all seals. */
static cm_packet_id
row_of(const struct counting *c, cm_packet_id id)
{
	uint32_t file = cm_packet_file(id);
	uint64_t row = cm_row_map_find(&c->l->seal_scan.file[file].map, cm_packet_frame(id));

	return row == UINT64_MAX || c->seal_of[file] == UINT32_MAX ? UINT64_MAX :
								     cm_packet_id_of(c->seal_of[file], row);
}

/* ${n} ids as rows, ascending, each once. */
static CM_RESULT
rows_of(const struct counting *c, const cm_packet_id *id, size_t n, struct cm_ids *out)
{
	cm_packet_id *row = cm_arena_array(&c->l->arena, n + 1, sizeof(*row));
	size_t i, m = 0, k = 0;

	if (row == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < n; i++) {
		row[m] = row_of(c, id[i]);
		m += row[m] != UINT64_MAX;
	}
	qsort(row, m, sizeof(*row), by_number);
	for (i = 0; i < m; i++)
		if (i == 0 || row[i] != row[k - 1])
			row[k++] = row[i];
	*out = (struct cm_ids) { row, k };
	return CM_OK;
}

static size_t
stated_number(const struct looking *l, size_t vantage, const struct cm_incident *x)
{
	size_t i;

	for (i = 0; i < l->n_stated; i++)
		if (l->stated[i].place == vantage && l->stated[i].incident == x)
			return i;
	return NOT_STATED;
}

/* Which of the script's targets is on that host. */
static uint64_t
target_of(const struct cm_script *s, const char *host)
{
	uint64_t i = 0;

	while (i < s->n_targets && strcmp(s->targets[i].host, host) != 0)
		i++;
	return i;
}

/* The packets from which the body was put together (detect/body.h). */
static CM_RESULT
rows_of_body(const struct counting *c, const struct cm_incident *x, struct cm_ids *out)
{
	cm_packet_id *id = cm_arena_array(&c->l->arena, x->forged.n + x->suspect.n + 1, sizeof(*id));
	size_t i, n = 0;

	if (id == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < x->forged.n; i++)
		id[n++] = x->forged.id[i];
	for (i = 0; i < x->suspect.n; i++)
		id[n++] = x->suspect.id[i];
	return rows_of(c, id, n, out);
}

static CM_RESULT
fill_scripts(const struct counting *c, const struct cm_chain *of, struct cm_chain_v1 *out)
{
	const struct cm_vantage *v = &c->l->survey.vantage[of->vantage];
	enum cm_result rc = CM_OK;
	size_t i;

	out->scripts = cm_arena_array(&c->l->arena, of->n_scripts + 1, sizeof(out->scripts[0]));
	if (out->scripts == NULL)
		return CM_E_NOMEM;
	for (i = 0; rc == CM_OK && i < of->n_scripts && out->n_scripts < CM_CHAIN_SCRIPTS_MAX; i++) {
		const struct cm_chain_script *s = &v->scripts[of->scripts[i]];
		const struct cm_incident *x = cm_engine_incident(v->engine, s->incident);
		struct cm_chain_v1_script *to = &out->scripts[out->n_scripts];
		size_t number = stated_number(c->l, of->vantage, x);

		if (number == NOT_STATED)
			continue;
		put_number(to->finding, number);
		to->target = target_of(&s->script, of->host);
		rc = rows_of_body(c, x, &to->rows);
		if (out->n_scripts == 0) {
			out->layers = s->script.layers;
			out->n_layers = s->script.n_layers;
		}
		out->n_scripts++;
	}
	return rc;
}

static CM_RESULT
fill_floods(const struct counting *c, const struct cm_chain *of, struct cm_chain_v1 *out)
{
	size_t i, number;

	out->floods = cm_arena_array(&c->l->arena, of->n_floods + 1, 32);
	if (out->floods == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < of->n_floods && out->n_floods < CM_CHAIN_FLOODS_MAX; i++) {
		if (!cm_chain_flood_has_clients(of, &of->floods[i]))
			continue;
		number = c->number[of->floods[i].vantage][of->floods[i].finding];
		if (number != NOT_STATED)
			put_number(out->floods[out->n_floods++], number);
	}
	return CM_OK;
}

static CM_RESULT
clock_of(const struct counting *c, const struct cm_chain *of, size_t vantage, struct cm_chain_v1_clock *out)
{
	static const enum cm_chain_clock_how how[] = { CM_CHAIN_CLOCK_UNKNOWN, CM_CHAIN_CLOCK_ONE_WAY,
		CM_CHAIN_CLOCK_BOTH_WAYS, CM_CHAIN_CLOCK_SECONDS };
	struct cm_offset o;

	*out = (struct cm_chain_v1_clock) { .how = CM_CHAIN_CLOCK_SAME };
	if (vantage == of->vantage)
		return CM_OK;
	o = cm_clock_offset(c->l->survey.vantage[of->vantage].clock, c->l->survey.vantage[vantage].clock);
	if (o.how == CM_OFFSET_UNKNOWN)
		*out = (struct cm_chain_v1_clock) { .how = CM_CHAIN_CLOCK_UNKNOWN };
	else
		*out = (struct cm_chain_v1_clock) { how[o.how], o.least_ns, o.most_ns, o.middle_ns, o.matched };
	return o.starved ? CM_E_NOMEM : CM_OK;
}

static CM_RESULT
fill_clocks(const struct counting *c, const struct cm_chain *of, struct cm_chain_v1 *out)
{
	const struct cm_survey *s = &c->l->survey;
	uint32_t *vantage = cm_arena_array(&c->l->arena, c->n_seals + 1, sizeof(*vantage));
	struct cm_chain_v1_clock *clock = cm_arena_array(&c->l->arena, s->n + 1, sizeof(*clock));
	enum cm_result rc;
	size_t i, k;

	if (vantage == NULL || clock == NULL)
		return CM_E_NOMEM;
	for (k = 0; k < s->n; k++) {
		rc = clock_of(c, of, k, &clock[k]);
		if (rc != CM_OK)
			return rc;
		for (i = 0; i < s->vantage[k].n_files; i++)
			if (c->seal_of[s->vantage[k].file[i]] != UINT32_MAX)
				vantage[c->seal_of[s->vantage[k].file[i]]] = (uint32_t)k;
	}
	out->vantage = vantage;
	out->clock = clock;
	out->n_clocks = s->n;
	return CM_OK;
}

/* Those of which the script is stated, too. */
static CM_RESULT
fill_clients(const struct counting *c, const struct cm_chain *of, struct cm_chain_v1 *out)
{
	cm_packet_id *id = cm_arena_array(&c->l->arena, of->n_clients + 1, sizeof(*id));
	const struct cm_vantage *v = &c->l->survey.vantage[of->vantage];
	const struct cm_incident *x;
	size_t i, n = 0;

	if (id == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < of->n_clients; i++) {
		x = cm_engine_incident(v->engine, v->scripts[of->clients[i].script].incident);
		if (stated_number(c->l, of->vantage, x) != NOT_STATED)
			id[n++] = of->clients[i].asked;
	}
	return rows_of(c, id, n, &out->clients);
}

static void
put_all_cited(struct counting *c, struct cm_jsonw *w)
{
	size_t i;

	cm_jsonw_key(w, "files");
	cm_jsonw_array(w);
	for (i = 0; i < c->l->in->n_files; i++)
		if (c->seal_of[i] != UINT32_MAX)
			cm_jsonw_uint(w, i);
	cm_jsonw_array_end(w);
}

static CM_RESULT
put_chain(struct counting *c, const struct cm_chain *of)
{
	struct cm_chain_v1 out = { .seals = c->seal, .n_seals = c->n_seals, .detector = CM_CHAIN_NAME,
		.version = CM_CHAIN_VERSION, .evidence = cm_evidence_of_chain(), .a = of->a, .b = of->b, .c = of->c, .d = of->d,
		.p_milli = of->fisher.milli, .before = of->before, .lags = of->lags,
		.lag_least_ns = of->lag_least_ns, .lag_median_ns = of->lag_median_ns,
		.lag_most_ns = of->lag_most_ns, .lag_unsure_ns = of->lag_unsure_ns };
	struct cm_jsonw w = cm_jsonw_of(&c->line, 0);
	enum cm_result rc = fill_scripts(c, of, &out);

	memcpy(out.source, c->l->in->source, 32);
	if (rc == CM_OK)
		rc = fill_floods(c, of, &out);
	if (rc != CM_OK || out.n_scripts == 0 || out.n_floods == 0 || of->a <= of->before)
		return rc; /* listed only */
	rc = fill_clocks(c, of, &out);
	if (rc == CM_OK)
		rc = fill_clients(c, of, &out);
	if (rc != CM_OK)
		return rc;
	cm_jsonw_object(&w);
	cm_jsonw_kstr(&w, "what", "chain");
	put_all_cited(c, &w);
	cm_chain_v1_write(&w, &out);
	cm_jsonw_object_end(&w);
	cm_buf_add_str(&c->line, "\n");
	c->n_chains++;
	return cm_look_send(c->sink, &c->line);
}

static bool
has_counted(const struct looking *l)
{
	size_t k;

	for (k = 0; k < l->survey.n; k++)
		if (cm_traffic_n(l->survey.vantage[k].traffic) > 0)
			return true;
	return false;
}

CM_RESULT
cm_look_hand_over_counted(struct looking *l, const struct cm_sink *sink)
{
	struct counting c = { .l = l, .sink = sink };
	enum cm_result rc;
	size_t i;

	if (!has_counted(l))
		return CM_OK;
	rc = hear_seals(&c);
	for (i = 0; rc == CM_OK && i < l->survey.n; i++)
		rc = put_vantage(&c, i);
	for (i = 0; rc == CM_OK && i < l->survey.chains.n && c.n_chains < CM_DOSSIER_CHAINS_MAX; i++)
		rc = put_chain(&c, &l->survey.chains.chain[i]);
	cm_buf_release(&c.line);
	if (rc == CM_OK && c.n_left > 0)
		cm_cli_say(l->in->ctx, "%zu flood%s or scan%s listed, but not stated: what is drawn of the rows "
				       "does not show them again", c.n_left, c.n_left == 1 ? "" : "s",
		    c.n_left == 1 ? " is" : "s are");
	return rc;
}
