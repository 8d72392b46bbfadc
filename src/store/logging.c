#include <inttypes.h>
#include <string.h>

#include "log/entry.h"
#include "log/tiles.h"
#include "store/case_state.h"
#include "store/logging.h"

/* A statement without a place, and what stands in the log for it. */
struct waiting {
	uint8_t statement[32];
	struct cm_entry entry;
	bool found;
	uint64_t place;
};

struct logging {
	struct cm_case *c;
	struct cm_log_files *l;
	struct cm_arena arena;
	struct waiting *item;
	size_t n;
	struct cm_err *err;
};

static enum cm_result
read_one(struct logging *g, const struct cm_case_statement *s, struct waiting *out)
{
	memcpy(out->statement, s->digest, 32);
	memcpy(out->entry.key, s->by, sizeof(out->entry.key));
	return cm_case_entry(g->c, s->digest, out->entry.digest, g->err);
}

static enum cm_result
read_all(struct logging *g)
{
	struct cm_case_statements all;
	enum cm_result r = cm_case_unlogged(g->c, &g->arena, &all, g->err);
	size_t i;

	if (r != CM_OK)
		return r;
	g->item = cm_arena_array(&g->arena, all.n + 1, sizeof(g->item[0]));
	if (g->item == NULL)
		return cm_err_set(g->err, CM_E_NOMEM, "out of memory");
	for (i = 0; r == CM_OK && i < all.n; i++)
		r = read_one(g, &all.item[i], &g->item[i]);
	g->n = all.n;
	return r;
}

static void
match(struct logging *g, struct cm_span text, uint64_t place)
{
	struct cm_entry e;
	size_t i;

	if (cm_entry_parse(text, &e, NULL) != CM_OK)
		return;
	for (i = 0; i < g->n; i++) {
		if (g->item[i].found || memcmp(g->item[i].entry.digest, e.digest, 32) != 0)
			continue;
		g->item[i].found = true;
		g->item[i].place = place;
		return;
	}
}

/* What a crash left: entries whose place was not stored. */
static enum cm_result
look_behind(struct logging *g, uint64_t from)
{
	const struct cm_checkpoint *head = cm_log_files_head(g->l);
	struct cm_tile_source source = cm_log_files_source(g->l);
	struct cm_tiles *tiles = NULL;
	struct cm_span text;
	enum cm_result r = CM_OK;

	if (from == head->size || g->n == 0)
		return CM_OK;
	if (cm_tiles_new(&source, head->size, head->root, &tiles) != CM_OK)
		return cm_err_set(g->err, CM_E_NOMEM, "out of memory");
	for (; r == CM_OK && from < head->size; from++) {
		r = cm_tiles_entry(tiles, from, &text, g->err);
		if (r == CM_OK)
			match(g, text, from);
	}
	cm_tiles_free(tiles);
	return r;
}

static enum cm_result
append_rest(struct logging *g, size_t *n)
{
	struct cm_span *entry = cm_arena_array(&g->arena, g->n + 1, sizeof(*entry));
	struct cm_buf text = { 0 };
	uint64_t first = 0;
	size_t *at = cm_arena_array(&g->arena, g->n + 1, sizeof(*at)), i;
	enum cm_result r = CM_OK;

	*n = 0;
	if (entry == NULL || at == NULL)
		return cm_err_set(g->err, CM_E_NOMEM, "out of memory");
	for (i = 0; i < g->n; i++) {
		at[i] = text.len;
		if (!g->item[i].found)
			cm_entry_write(&g->item[i].entry, &text);
	}
	at[g->n] = text.len;
	if (!cm_buf_ok(&text))
		r = cm_err_set(g->err, CM_E_NOMEM, "out of memory");
	for (i = 0; r == CM_OK && i < g->n; i++)
		if (!g->item[i].found)
			entry[(*n)++] = cm_span_of(text.ptr + at[i], at[i + 1] - at[i]);
	if (r == CM_OK && *n > 0)
		r = cm_log_files_append(g->l, entry, *n, &first, g->err);
	cm_buf_release(&text);
	for (i = 0; r == CM_OK && i < g->n; i++)
		if (!g->item[i].found)
			g->item[i].place = first++;
	return r;
}

/* Behind its end a log has nothing more. */
static enum cm_result
check_not_ended(const struct logging *g)
{
	struct cm_ssh_public key = cm_ssh_public_of(cm_log_files_key(g->l)->key);
	char fingerprint[CM_FINGERPRINT_LEN + 1];
	bool ended = false;
	enum cm_result r;

	cm_ssh_fingerprint(&key, fingerprint);
	r = cm_case_ended_has(g->c, fingerprint, &ended, g->err);
	if (r == CM_OK && ended)
		r = cm_err_set(g->err, CM_E_REFUSED, "the key of this log has ended: nothing more is logged in it");
	return r;
}

static enum cm_result
store_places(struct logging *g)
{
	enum cm_result r = cm_case_begin(g->c, g->err);
	size_t i;

	if (r == CM_OK)
		r = check_not_ended(g); /* meanwhile */
	for (i = 0; r == CM_OK && i < g->n; i++)
		r = cm_case_logged_add(g->c, g->item[i].statement, g->item[i].place, g->err);
	if (r == CM_OK)
		r = cm_case_ended_logged(g->c, cm_log_files_head(g->l)->origin, g->err);
	if (r == CM_OK)
		return cm_case_commit(g->c, g->err);
	cm_case_rollback(g->c);
	return r;
}

static enum cm_result
check_places(const struct logging *g, uint64_t next)
{
	uint64_t size = cm_log_files_head(g->l)->size;

	if (next <= size)
		return CM_OK;
	return cm_err_set(g->err, CM_E_REFUSED,
	    "the case has a statement in place %" PRIu64 " of the log, which has only %" PRIu64
	    " entries: the log's folder is an older copy, and nothing was logged.  Put the newest one back; if it is "
	    "lost, move this one away, and `comity log init' makes another log", next - 1, size);
}

enum cm_result
cm_logging_run(struct cm_case *c, struct cm_log_files *l, size_t *n, struct cm_err *err)
{
	struct logging g = { .c = c, .l = l, .err = err };
	uint64_t next = 0;
	enum cm_result r;

	*n = 0;
	cm_arena_init(&g.arena, 0);
	r = check_not_ended(&g);
	if (r == CM_OK)
		r = cm_case_logged_next(c, &next, err);
	if (r == CM_OK)
		r = check_places(&g, next);
	if (r == CM_OK)
		r = read_all(&g);
	if (r == CM_OK)
		r = look_behind(&g, next);
	if (r == CM_OK)
		r = append_rest(&g, n);
	if (r == CM_OK && g.n > 0)
		r = store_places(&g);
	cm_arena_fini(&g.arena);
	return r;
}
