#include <stdlib.h>
#include <string.h>

#include "crypto/sha256.h"
#include "worker/sealing.h"

#define BATCH_ROWS (4 * CM_TILE_ROWS)
#define BATCH_BYTES ((uint64_t)1 << 20) /* with so many a batch ends at the next tile, */
#define PIECES 16u /* of which rows are hashed: four tiles, or five; and where there is much to copy */

/* What cutting needs of a row: a quarter of a cm_record. */
struct row {
	const uint8_t *ptr;
	uint64_t tsoffset;
	uint32_t len;
	uint16_t linktype;
	uint8_t form, tsresol;
	bool cut, continues;
};

struct batch {
	struct cm_sealing *of;
	uint64_t first; /* row */
	size_t n;       /* rows */
	uint64_t offset, bytes; /* in the file */
	size_t n_pieces;
	struct cm_pane *pane[CM_SEALING_PANES]; /* held for it */
	size_t n_panes;
	atomic_bool hashed, digested;
	struct row row[BATCH_ROWS];
	struct cm_pair_of pair[BATCH_ROWS]; /* of each row, if pairs are counted */
	struct cm_tile_hash piece[PIECES];
};

/* Of one thread. */
struct hand {
	struct cm_tile_hasher *hasher;
	struct cm_tile tile;
};

struct cm_sealing {
	struct cm_sealing_job job;
	struct cm_committer committer;
	struct hand *hand; /* one a thread */
	struct batch *batch;
	size_t n_batches;
	size_t filling, oldest; /* they count on; a batch's place is the rest modulo n_batches */
	uint64_t rows, bytes;
	atomic_int failed; /* enum cm_result of the first thread that could not go on */
	struct cm_sha256 file;
	size_t digesting;      /* the next batch for `file` */
	atomic_size_t backlog; /* batches that wait for it */
	struct cm_pair_book *pairs; /* NULL: there is to be no table of them */
	struct cm_pair_list list;   /* what they came to */
};

static struct batch *
batch_at(const struct cm_sealing *s, size_t i)
{
	return &s->batch[i % s->n_batches];
}

/* ---- what threads do ---- */

static void
fail(struct cm_sealing *s, enum cm_result rc)
{
	int none = CM_OK;

	atomic_compare_exchange_strong(&s->failed, &none, (int)rc);
}

static enum cm_result
hash_tile(struct hand *h, struct batch *b)
{
	if (b->n_pieces == PIECES)
		return CM_E_LIMIT;
	cm_tile_hash(h->hasher, &h->tile, &b->piece[b->n_pieces++]);
	cm_tile_begin(&h->tile, h->tile.first + h->tile.n);
	return CM_OK;
}

/* Whom the row that was cut last is between. */
static struct cm_pair_of
pair_of(const struct cm_pair_book *book, const struct cm_tile *t)
{
	size_t last = t->n - 1;

	return cm_pair_of(book, cm_tile_value(t, last, CM_COL_SRC), cm_tile_value(t, last, CM_COL_DST));
}

static enum cm_result
hash_rows(struct hand *h, struct batch *b)
{
	const struct cm_schema *schema = b->of->job.schema;
	enum cm_result rc = CM_OK;
	size_t i, at = 0;

	b->n_pieces = 0;
	cm_tile_begin(&h->tile, b->first);
	for (i = 0; rc == CM_OK && i < b->n; i++) {
		const struct row *r = &b->row[i];
		const struct cm_record record = { .cut = r->cut, .form = r->form,
			.tsresol = r->tsresol, .linktype = r->linktype, .tsoffset = r->tsoffset };
		const struct cm_row row = { cm_span_of(r->ptr, r->len), b->offset + at,
			schema->kind == CM_KIND_CAPTURE ? &record : NULL, r->continues };

		rc = cm_cut_to_tile(schema, &row, true, &h->tile);
		if (rc == CM_OK && b->of->pairs != NULL)
			b->pair[i] = pair_of(b->of->pairs, &h->tile);
		if (rc == CM_OK && cm_tile_is_full(&h->tile))
			rc = hash_tile(h, b);
		at += r->len;
	}
	return rc == CM_OK && h->tile.n > 0 ? hash_tile(h, b) : rc;
}

static void
hash_batch(void *arg, unsigned thread)
{
	struct batch *b = arg;
	enum cm_result rc = hash_rows(&b->of->hand[thread], b);

	if (rc != CM_OK)
		fail(b->of, rc);
	atomic_store(&b->hashed, true);
}

/* Rows of one pane lie one behind the other: they are hashed in few pieces. */
static void
digest_batch(struct cm_sealing *s, const struct batch *b)
{
	size_t i, k, len;

	for (i = 0; i < b->n; i = k) {
		len = b->row[i].len;
		for (k = i + 1; k < b->n && b->row[k].ptr == b->row[i].ptr + len; k++)
			len += b->row[k].len;
		cm_sha256_add(&s->file, b->row[i].ptr, len);
	}
}

/* There is one such job while batches wait for it, and none else. */
static void
digest_batches(void *arg, unsigned thread)
{
	struct cm_sealing *s = arg;

	(void)thread;
	do {
		struct batch *b = batch_at(s, s->digesting++);

		digest_batch(s, b);
		atomic_store(&b->digested, true);
	} while (atomic_fetch_sub(&s->backlog, 1) != 1);
}

/* ---- what the reader does ---- */

static bool
is_done(const struct cm_sealing *s, const struct batch *b)
{
	return atomic_load(&b->hashed) && (!s->job.file_digest || atomic_load(&b->digested));
}

static void
wait_for(struct cm_sealing *s, struct batch *b)
{
	cm_pool_wait(s->job.pool, &b->hashed);
	if (s->job.file_digest)
		cm_pool_wait(s->job.pool, &b->digested);
}

static void
drop_panes(struct batch *b)
{
	while (b->n_panes > 0)
		b->pane[--b->n_panes]->held--;
}

/* Joins the oldest batch to what came before, when threads are done with it. */
static enum cm_result
retire(struct cm_sealing *s)
{
	struct batch *b = batch_at(s, s->oldest);
	enum cm_result rc;
	size_t i;

	wait_for(s, b);
	drop_panes(b);
	s->oldest++;
	rc = (enum cm_result)atomic_load(&s->failed);
	for (i = 0; rc == CM_OK && i < b->n_pieces; i++)
		rc = cm_committer_add(&s->committer, &b->piece[i]);
	if (rc == CM_OK && s->pairs != NULL)
		rc = cm_pair_book_add_all(s->pairs, b->first, b->pair, b->n);
	return rc;
}

/* What is done is joined at once, so that few panes go round, which stay in the cache. */
static enum cm_result
hand_out(struct cm_sealing *s)
{
	struct batch *b = batch_at(s, s->filling++);
	enum cm_result rc = CM_OK;

	atomic_store(&b->hashed, false);
	atomic_store(&b->digested, false);
	if (s->job.file_digest && atomic_fetch_add(&s->backlog, 1) == 0)
		cm_pool_put(s->job.pool, digest_batches, s);
	cm_pool_put(s->job.pool, hash_batch, b);
	while (rc == CM_OK && s->oldest < s->filling &&
	       (s->filling - s->oldest == s->n_batches || is_done(s, batch_at(s, s->oldest))))
		rc = retire(s);
	b = batch_at(s, s->filling);
	b->first = s->rows;
	b->offset = s->bytes;
	b->bytes = 0;
	b->n = 0;
	return rc;
}

static enum cm_result
said(struct cm_err *err, enum cm_result rc)
{
	return rc == CM_OK ? CM_OK :
			     cm_err_set(err, rc, "the table could not be sealed: %s", cm_result_word(rc));
}

static bool
is_full(const struct batch *b)
{
	return b->n == BATCH_ROWS ||
	       (b->bytes >= BATCH_BYTES && (b->first + b->n) % CM_TILE_ROWS == 0);
}

/* Sees to it that the bytes of the next row stay for the batch that it goes to. */
static enum cm_result
hold_pane(struct cm_sealing *s)
{
	struct batch *b = batch_at(s, s->filling);
	struct cm_pane *now = s->job.window == NULL ? NULL : s->job.window->now;
	enum cm_result rc = CM_OK;

	if (now == NULL || (b->n_panes > 0 && b->pane[b->n_panes - 1] == now))
		return CM_OK;
	if (b->n_panes == CM_SEALING_PANES) {
		rc = hand_out(s);
		b = batch_at(s, s->filling);
	}
	now->held++;
	b->pane[b->n_panes++] = now;
	return rc;
}

CM_RESULT
cm_sealing_row(struct cm_sealing *s, const struct cm_row *row, struct cm_err *err)
{
	const struct cm_record *r = row->record;
	enum cm_result rc;
	struct batch *b;
	struct row *to;

	if (s->rows == CM_ROWS_MAX)
		return cm_err_set(err, CM_E_LIMIT, "the exhibit has more than 2^40 rows");
	if (row->offset != s->bytes)
		return cm_err_set(err, CM_E_USAGE, "rows were left out");
	rc = hold_pane(s);
	if (rc != CM_OK)
		return said(err, rc);
	b = batch_at(s, s->filling);
	to = &b->row[b->n++];
	*to = (struct row) { .ptr = row->bytes.ptr, .len = (uint32_t)row->bytes.len,
		.continues = row->continues };
	if (r != NULL) {
		to->cut = r->cut;
		to->form = r->form;
		to->tsresol = r->tsresol;
		to->linktype = r->linktype;
		to->tsoffset = r->tsoffset;
	}
	b->bytes += row->bytes.len;
	s->rows++;
	s->bytes += row->bytes.len;
	return is_full(b) ? said(err, hand_out(s)) : CM_OK;
}

static enum cm_result
end_pairs(struct cm_sealing *s, struct cm_sealed *done)
{
	struct cm_together together = cm_pool_together(s->job.pool);
	enum cm_result rc;

	done->crowded = s->pairs != NULL && cm_pair_book_crowded(s->pairs);
	if (s->pairs == NULL || done->crowded)
		return CM_OK;
	rc = cm_pair_book_end(s->pairs, &together, &s->list);
	if (rc == CM_OK)
		rc = cm_pairs_root(&s->list, s->job.secret, &together, done->seal.pairs);
	done->seal.has_pairs = rc == CM_OK;
	return rc;
}

CM_RESULT
cm_sealing_pairs(const struct cm_sealing *s, const struct cm_sink *index)
{
	if (s->pairs == NULL || cm_pair_book_crowded(s->pairs))
		return CM_OK;
	return cm_pair_list_write(&s->list, index);
}

CM_RESULT
cm_sealing_end(struct cm_sealing *s, struct cm_sealed *out, struct cm_err *err)
{
	struct cm_sealed done = { .bytes = s->bytes };
	enum cm_result rc = CM_OK;

	if (batch_at(s, s->filling)->n > 0)
		rc = hand_out(s);
	while (rc == CM_OK && s->oldest < s->filling)
		rc = retire(s);
	if (rc == CM_OK)
		rc = cm_committer_end(&s->committer, &done.seal.rows, done.seal.root);
	if (rc == CM_OK)
		rc = end_pairs(s, &done);
	if (rc != CM_OK)
		return said(err, rc);
	done.seal.schema = *s->job.schema;
	memcpy(done.seal.x, s->job.secret->x, CM_HASH_LEN);
	if (s->job.file_digest) {
		done.seal.has_file = true;
		cm_sha256_end(&s->file, done.sha256);
		cm_table_file(s->job.secret, done.sha256, done.seal.file);
	}
	*out = done;
	return CM_OK;
}

/* ---- life ---- */

static enum cm_result
make_hands(struct cm_sealing *s)
{
	unsigned n = cm_pool_threads(s->job.pool), i;
	enum cm_result rc = CM_OK;

	s->hand = calloc(n, sizeof(s->hand[0]));
	if (s->hand == NULL)
		return CM_E_NOMEM;
	for (i = 0; rc == CM_OK && i < n; i++) {
		rc = cm_tile_init(&s->hand[i].tile, s->job.schema);
		if (rc == CM_OK)
			rc = cm_tile_hasher_new(s->job.schema, s->job.secret, &s->hand[i].hasher);
	}
	return rc;
}

static enum cm_result
make_batches(struct cm_sealing *s)
{
	size_t i;

	s->n_batches = CM_SEALING_BATCHES + 2 * cm_pool_threads(s->job.pool);
	s->batch = calloc(s->n_batches, sizeof(s->batch[0]));
	if (s->batch == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < s->n_batches; i++)
		s->batch[i].of = s;
	return CM_OK;
}

CM_RESULT
cm_sealing_new(const struct cm_sealing_job *job, struct cm_sealing **out, struct cm_err *err)
{
	struct cm_sealing *s = calloc(1, sizeof(*s));
	enum cm_result rc = CM_E_NOMEM;

	if (s != NULL) {
		s->job = *job;
		cm_committer_init(&s->committer, job->index);
		cm_sha256_init(&s->file);
		rc = make_batches(s);
	}
	if (rc == CM_OK)
		rc = make_hands(s);
	if (rc == CM_OK && job->schema->kind == CM_KIND_CAPTURE && !job->no_pairs)
		rc = cm_pair_book_new(job->secret, &s->pairs);
	if (rc != CM_OK) {
		cm_sealing_free(s);
		return cm_err_set(err, rc, "no memory to seal with");
	}
	*out = s;
	return CM_OK;
}

void
cm_sealing_free(struct cm_sealing *s)
{
	unsigned i;

	if (s == NULL)
		return;
	for (; s->batch != NULL && s->oldest < s->filling; s->oldest++) {
		wait_for(s, batch_at(s, s->oldest));
		drop_panes(batch_at(s, s->oldest));
	}
	if (s->batch != NULL)
		drop_panes(batch_at(s, s->filling));
	for (i = 0; s->hand != NULL && i < cm_pool_threads(s->job.pool); i++) {
		cm_tile_hasher_free(s->hand[i].hasher);
		cm_tile_release(&s->hand[i].tile);
	}
	explicit_bzero(&s->file, sizeof(s->file));
	cm_pair_book_free(s->pairs);
	cm_pair_list_release(&s->list);
	free(s->hand);
	free(s->batch);
	free(s);
}
