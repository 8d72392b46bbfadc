#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dossier/redo_traffic.h"
#include "dossier/recounted.h"
#include "dossier/view.h"

/* What is known of a statement besides its support, from one pass over the rows shown. */
struct beside {
	const struct cm_shown_traffic *shown;
	struct cm_recounted again;
	uint64_t rest;	   /* drawn, in range, shown, and not in the support */
	uint64_t left_out; /* of these: touch it */
	cm_packet_id first;
};

/* So many statements at a time, since each takes some MiB to count again. */
#define AT_ONCE 16u

struct redoing {
	const struct cm_dossier *d;
	struct beside of[AT_ONCE]; /* each statement of these */
	size_t n;
	struct cm_weblog *log; /* of the exhibit that is gone through */
	struct cm_buf text;
};

/* Why something may not come out, though it is true. */
struct shut {
	uint64_t rows, addresses, payload;
};

static bool
lies_in(const struct cm_traffic_v1 *t, cm_packet_id id)
{
	const struct cm_traffic_range *r = &t->range[cm_packet_file(id)];

	return r->any && cm_packet_frame(id) >= r->first && cm_packet_frame(id) <= r->last;
}

/* A row that is shown, with its key: for which statements is it drawn, and not cited? */
static bool
is_beside(const struct beside *b, cm_packet_id id, uint64_t key)
{
	const struct cm_traffic_v1 *t = b->shown->body;

	return lies_in(t, id) && cm_draw_takes(key, t->thin) && !cm_ids_has(&t->support, id);
}

static void
note(struct beside *b, cm_packet_id id, bool touches)
{
	b->rest++;
	if (touches && b->left_out++ == 0)
		b->first = id;
}

static bool
any_range(const struct redoing *r, size_t exhibit)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (r->of[i].shown->body->range[exhibit].any)
			return true;
	return false;
}

static void
look_at_packet(struct redoing *r, const uint8_t *seal, const struct cm_shown_row *row, uint32_t exhibit)
{
	cm_packet_id id = cm_packet_id_of(exhibit, row->row);
	uint64_t key;
	size_t i;

	if (row->cell[CM_COL_HEADERS] != CM_CELL_OPEN)
		return;
	key = cm_draw_key(seal, row->row);
	for (i = 0; i < r->n; i++)
		if (is_beside(&r->of[i], id, key))
			note(&r->of[i], id, row->has_packet && r->of[i].again.found != NULL &&
						cm_traffic_touches(r->of[i].again.found, &row->packet));
}

static CM_RESULT
look_at_line(struct redoing *r, const uint8_t *seal, const struct cm_shown_cells *row, uint32_t exhibit)
{
	struct cm_counted c = { .packet = { .id = cm_packet_id_of(exhibit, row->row) }, .is_line = true,
		.line = row->value[0] };
	uint64_t key = cm_draw_key(seal, row->row);
	struct cm_request q;
	enum cm_result rc = cm_counted_request(r->log, &c, &q);
	size_t i;

	if (rc == CM_E_NOMEM)
		return rc;
	for (i = 0; i < r->n; i++)
		if (is_beside(&r->of[i], c.packet.id, key))
			note(&r->of[i], c.packet.id, rc == CM_OK && r->of[i].again.found != NULL &&
							 cm_traffic_touches_request(r->of[i].again.found, &q));
	return CM_OK;
}

/* What the lines shown look like. */
static CM_RESULT
guess_log(struct redoing *r, const struct cm_shown_exhibit *x)
{
	size_t n = x->n_cells < 256 ? x->n_cells : 256, i;
	struct cm_counted *row = calloc(n + 1, sizeof(*row));
	enum cm_result rc;

	if (row == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < n; i++)
		row[i] = (struct cm_counted) { .is_line = true, .line = x->cells[i].value[0] };
	rc = cm_counted_log(row, n, &r->log);
	free(row);
	return rc;
}

static CM_RESULT
look_at_log(struct redoing *r, const struct cm_shown_exhibit *x, uint32_t exhibit)
{
	enum cm_result rc = guess_log(r, x);
	size_t i;

	for (i = 0; rc == CM_OK && i < x->n_cells; i++)
		rc = look_at_line(r, x->statement, &x->cells[i], exhibit);
	cm_weblog_free(r->log);
	r->log = NULL;
	return rc;
}

static CM_RESULT
look_beside(struct redoing *r, uint32_t exhibit)
{
	const struct cm_shown_exhibit *x = &r->d->exhibits[exhibit];
	const struct cm_shown_row *row;
	struct cm_view_pass pass;
	enum cm_result rc;

	if (!any_range(r, exhibit))
		return CM_OK;
	if (x->schema != NULL && x->schema->kind == CM_KIND_LINES)
		return look_at_log(r, x, exhibit);
	pass = cm_view_begin(x);
	while (x->has_opening && (rc = cm_view_next(&pass, &row)) != CM_E_NOTFOUND) {
		if (rc != CM_OK)
			return rc;
		look_at_packet(r, x->statement, row, exhibit);
	}
	return CM_OK;
}

/* What is missing of the rows that it needs. */
static struct shut
count_shut(const struct cm_dossier *d, const struct beside *b)
{
	const struct cm_traffic_v1 *t = b->shown->body;
	struct shut s = { .rows = t->support.n - b->again.n };
	const struct cm_packet *p;
	size_t i;

	for (i = 0; i < b->again.n; i++) {
		if (b->again.row[i].is_line)
			continue;
		p = &cm_dossier_counted_row(d, b->again.row[i].packet.id)->packet;
		s.addresses += p->src.tied || p->dst.tied;
		s.payload += cm_counted_may_read(t->drawn.kind, p) && (p->open & CM_OPEN_PAYLOAD) == 0 &&
		    (t->drawn.port == 0 || p->dport == t->drawn.port);
	}
	return s;
}

static void
say_shut(struct cm_buf *text, const struct shut *s, size_t n)
{
	const char *sep = "";

	cm_buf_add_str(text, " (");
	if (s->rows != 0) {
		cm_buf_printf(text, "%" PRIu64 " of the %zu rows that it needs are shut", s->rows, n);
		sep = ", ";
	}
	if (s->addresses != 0) {
		cm_buf_printf(text, "%saddresses of %" PRIu64 " are hidden", sep, s->addresses);
		sep = ", ";
	}
	if (s->payload != 0)
		cm_buf_printf(text, "%sthe contents of %" PRIu64 " are shut", sep, s->payload);
	cm_buf_add_str(text, ")");
}

/* Which terms are not ours; false: none. */
static bool
is_foreign(const struct cm_traffic_v1 *t, struct cm_buf *text)
{
	size_t ours = cm_traffic_params_default().memory, before = text->len;

	if (strcmp(t->detector, CM_TRAFFIC_NAME) != 0 || t->version != CM_TRAFFIC_VERSION)
		cm_buf_printf(text, "made by detector %s version %" PRIu64 ", ours is %s version %d; ", t->detector,
		    t->version, CM_TRAFFIC_NAME, CM_TRAFFIC_VERSION);
	if (t->memory != ours)
		cm_buf_printf(text, "memory %" PRIu64 " is not the published %zu; ", t->memory, ours);
	return text->len != before;
}

static bool
same_sign(const struct cm_traffic_sign *a, const struct cm_traffic_sign *b)
{
	return a->value == b->value && a->limit == b->limit && a->kind->against == b->kind->against &&
	    strcmp(a->kind->base_rate, b->kind->base_rate) == 0 && strcmp(a->kind->unit, b->kind->unit) == 0;
}

/* A stated sign that does not come out as stated, or one more that does; NULL: none. */
static const char *
sign_differs(const struct cm_traffic_v1 *t, const struct cm_traffic_finding *f, const char **how)
{
	const struct cm_traffic_sign *s;
	size_t i;

	for (i = 0; i < t->drawn.n_signs; i++) {
		s = cm_traffic_sign_of(f->signs, f->n_signs, t->drawn.signs[i].kind->name);
		*how = s == NULL ? "does not come out" : "comes out differently";
		if (s == NULL || !same_sign(s, &t->drawn.signs[i]))
			return t->drawn.signs[i].kind->name;
	}
	*how = "comes out, too";
	for (i = 0; i < f->n_signs; i++) {
		s = &f->signs[i];
		if ((t->thin == 1 || s->kind->thins) &&
		    cm_traffic_sign_of(t->drawn.signs, t->drawn.n_signs, s->kind->name) == NULL)
			return s->kind->name;
	}
	return NULL;
}

/* Something is not as stated: is that excused by what is shut? */
static enum cm_outcome
judge_difference(struct redoing *r, const struct beside *b, const struct shut *s)
{
	if (s->rows + s->addresses + s->payload == 0)
		return CM_OUTCOME_CONTRADICTED;
	say_shut(&r->text, s, b->shown->body->support.n);
	return b->again.found == NULL ? CM_OUTCOME_NOT : CM_OUTCOME_PARTLY;
}

static uint64_t
shut_beside(const struct beside *b)
{
	uint64_t seen = b->again.n + b->rest;

	return b->shown->drawn > seen ? b->shown->drawn - seen : 0;
}

static void
say_drawn(struct redoing *r, const struct beside *b)
{
	uint64_t thin = b->shown->body->thin, shut = shut_beside(b);
	const char *about = b->shown->drawn_known ? "" : "about ";

	if (thin == 1)
		cm_buf_printf(&r->text, "all %" PRIu64 " rows in its range count", b->shown->drawn);
	else
		cm_buf_printf(&r->text, "of the %" PRIu64 " rows in its range the draw of one in %" PRIu64
					" gives %s%" PRIu64, b->shown->rows, thin, about, b->shown->drawn);
	cm_buf_printf(&r->text, ", %" PRIu64 " of them are shown", b->again.n + b->rest);
	if (shut != 0)
		cm_buf_printf(&r->text, "; %s%" PRIu64 " are shut: the sender says that they have nothing to do "
					"with it, and one who seals could leave out so what speaks against it", about, shut);
	cm_buf_add_str(&r->text, "; ");
	cm_words_share(&r->text, b->shown);
}

/* The draw and the figure of the whole must be of one size: k of a Poisson draw, 6 sigma.  Of a whole support,
 * too: what came before is not in it, so that a flood may begin or end a little elsewhere. */
static bool
fits_the_whole(const struct cm_traffic_v1 *t)
{
	uint64_t k = t->drawn.packets / t->thin, all = t->claimed.packets / t->thin, d = k > all ? k - all : all - k;

	return d < (UINT64_C(1) << 31) && d * d <= 36 * (k + 4);
}

/* N is the smallest for which no more than CM_DRAW_ROWS are drawn, so that about half as many are, if N is not 1. */
#define DRAWN_LEAST 1800u /* below the half by 7 sigma */

static enum cm_outcome
judge_same(struct redoing *r, const struct beside *b)
{
	const struct cm_traffic_v1 *t = b->shown->body;

	if (b->left_out != 0) {
		cm_buf_printf(&r->text, "row %" PRIu64 " of seal %u is drawn and shown and touches it, and its "
					"support leaves it out (as %" PRIu64 " in all)",
		    cm_packet_frame(b->first), cm_packet_file(b->first) + 1, b->left_out);
		return CM_OUTCOME_CONTRADICTED;
	}
	say_drawn(r, b);
	if (!fits_the_whole(t)) {
		cm_buf_printf(&r->text, "; the sender's figure of %" PRIu64 " in all does not fit the draw",
		    t->claimed.packets);
		return CM_OUTCOME_PARTLY;
	}
	if (t->thin > 1 && t->support.n < DRAWN_LEAST) {
		cm_buf_printf(&r->text, "; the draw is thinner than it has to be: %zu rows, where one in %" PRIu64 " would give no more than %u",
		    t->support.n, t->thin / 2, CM_DRAW_ROWS);
		return CM_OUTCOME_PARTLY;
	}
	return b->shown->drawn_known && shut_beside(b) == 0 ? CM_OUTCOME_REPRODUCED : CM_OUTCOME_AS_SHOWN;
}

static enum cm_outcome
judge(struct redoing *r, const struct beside *b)
{
	const struct cm_traffic_v1 *t = b->shown->body;
	const struct shut s = count_shut(r->d, b);
	const char *how = NULL, *sign;

	if (b->again.found == NULL) {
		cm_buf_add_str(&r->text, b->again.n == 0 ? "what it needs is shut" :
						     "the detectors find nothing of the kind in these rows");
		return judge_difference(r, b, &s);
	}
	sign = sign_differs(t, b->again.found, &how);
	if (sign != NULL) {
		cm_buf_printf(&r->text, "the sign %s %s", sign, how);
		return judge_difference(r, b, &s);
	}
	if (!cm_recount_same_figures(b->again.found, &t->drawn)) {
		cm_buf_add_str(&r->text, "other times, packets, bytes or rates come out");
		return judge_difference(r, b, &s);
	}
	return judge_same(r, b);
}

static CM_RESULT
conclude(struct redoing *r, const struct beside *b, struct cm_arena *arena, struct cm_redone *out)
{
	enum cm_outcome outcome;
	const char *text;
	bool foreign;

	r->text.len = 0;
	foreign = is_foreign(b->shown->body, &r->text);
	outcome = judge(r, b);
	if (foreign && (outcome < CM_OUTCOME_FOREIGN || outcome == CM_OUTCOME_CONTRADICTED))
		outcome = CM_OUTCOME_FOREIGN;
	text = cm_buf_cstr(&r->text);
	out->outcome = outcome;
	out->text = text == NULL ? NULL : cm_arena_printf(arena, "%s: %s", cm_outcome_word(outcome), text);
	return out->text != NULL ? CM_OK : CM_E_NOMEM;
}

static CM_RESULT
redo_some(struct redoing *r, size_t from, struct cm_arena *arena, struct cm_redone *out)
{
	enum cm_result rc = CM_OK;
	uint32_t k;
	size_t i;

	r->n = r->d->n_traffic - from < AT_ONCE ? r->d->n_traffic - from : AT_ONCE;
	for (i = 0; i < r->n; i++)
		r->of[i] = (struct beside) { .shown = &r->d->traffic[from + i] };
	for (i = 0; rc == CM_OK && i < r->n; i++)
		rc = cm_recount_shown(r->d, from + i, &r->of[i].again);
	for (k = 0; rc == CM_OK && k < r->d->n_exhibits; k++)
		rc = look_beside(r, k);
	for (i = 0; rc == CM_OK && i < r->n; i++)
		rc = conclude(r, &r->of[i], arena, &out[from + i]);
	for (i = 0; i < r->n; i++)
		cm_recounted_free(&r->of[i].again);
	return rc;
}

CM_RESULT
cm_redo_traffic(const struct cm_dossier *d, struct cm_arena *arena, struct cm_redone *out)
{
	struct redoing r = { .d = d };
	enum cm_result rc = CM_OK;
	size_t from;

	for (from = 0; rc == CM_OK && from < d->n_traffic; from += AT_ONCE)
		rc = redo_some(&r, from, arena, out);
	cm_buf_release(&r.text);
	return rc;
}
