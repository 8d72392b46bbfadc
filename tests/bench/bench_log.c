/* How fast a log grows, and how fast and how long its proofs are as it grows.  For logs.py, and by hand:
 *
 *	bench_log [ENTRIES]		(100,000,000 unless said otherwise)
 *
 * One thread.  Entries of 147 bytes, as statements give them (log/entry.h), made up in memory before the
 * clock runs, 4096 of them again and again, each with its number in it.  Files are counted and dropped, but
 * the hash tiles are kept in memory for the proofs: 32 bytes an entry.  The clock counts the processor's
 * time, not the wall's.
 *
 * Columns: entries so far; growth alone, millions of entries a second over the last stretch; to settle,
 * microseconds; then proofs of inclusion of random entries, and of consistency with random smaller sizes:
 * microseconds to make one with up to 64 tiles kept, to make one with none ("cold": four to eight tiles
 * are fetched from memory and checked), to check one, and the bytes of the longest; last, the bytes of all files
 * of the log by the number of entries. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "log/entry.h"
#include "log/growth.h"

enum { AT_ONCE = 4096, LEVELS = 6, PROOFS = 2000, COLD = 200 };

/* The hash tiles of a log, joined, level by level: a partial tile lies where the full one will. */
struct kept {
	uint8_t *level[LEVELS];
	uint64_t room;  /* entries */
	uint64_t bytes; /* of all files */
};

static void
kept_init(struct kept *k, uint64_t room)
{
	unsigned l;

	*k = (struct kept) { .room = room };
	for (l = 0; l < LEVELS; l++) {
		k->level[l] = malloc(((room >> CM_LOG_TILE_HEIGHT * l) + 1) * CM_SHA256_LEN);
		if (k->level[l] == NULL)
			abort();
	}
}

static enum cm_result
put(void *arg, const struct cm_log_tile *t, struct cm_span bytes, struct cm_err *err)
{
	struct kept *k = arg;

	(void)err;
	k->bytes += bytes.len;
	if (!t->entries)
		memcpy(k->level[t->level] + t->n * CM_LOG_TILE_WIDTH * CM_SHA256_LEN, bytes.ptr,
		    bytes.len);
	return CM_OK;
}

static enum cm_result
fetch(void *arg, const struct cm_log_tile *t, struct cm_buf *out, struct cm_err *err)
{
	const struct kept *k = arg;

	(void)err;
	cm_buf_add(out, k->level[t->level] + t->n * CM_LOG_TILE_WIDTH * CM_SHA256_LEN,
	    (size_t)t->width * CM_SHA256_LEN);
	return CM_OK;
}

static void
make_entries(struct cm_buf *b, struct cm_span entries[AT_ONCE])
{
	struct cm_entry e = { .key = "SHA256:j6Oqsvqpt54KA5jaW1q9B4AUJEKlvoC5pkYI1xjLH80" };
	size_t i, len;

	for (i = 0; i < AT_ONCE; i++)
		cm_entry_write(&e, b);
	if (!cm_buf_ok(b))
		abort();
	len = b->len / AT_ONCE;
	for (i = 0; i < AT_ONCE; i++)
		entries[i] = cm_span_of(b->ptr + i * len, len);
}

/* The number of each, in place of eight digits of its hash. */
static void
number(struct cm_buf *b, uint64_t from)
{
	const size_t len = b->len / AT_ONCE;
	size_t i;

	for (i = 0; i < AT_ONCE; i++)
		cm_put64(b->ptr + i * len + 30, from + i);
}

struct proofs {
	double make, check, cold;
	size_t most;
};

static enum cm_result
prove(bool inclusion, const struct cm_hashes *h, uint64_t at, uint64_t size, struct cm_proof *p)
{
	return inclusion ? cm_proof_inclusion(h, at, size, p, NULL)
			 : cm_proof_consistency(h, at, size, p, NULL);
}

static struct cm_tiles *
tiles_of(const struct kept *k, uint64_t size, const uint8_t root[32])
{
	union {
		const struct kept *in;
		void *out;
	} u = { .in = k };
	const struct cm_tile_source source = { fetch, u.out };
	struct cm_tiles *t;

	if (cm_tiles_new(&source, size, root, &t) != CM_OK)
		abort();
	return t;
}

static double
cold(bool inclusion, const struct kept *k, uint64_t size, const uint8_t root[32])
{
	double from = bench_processor();
	struct cm_hashes h;
	struct cm_tiles *t;
	struct cm_proof p;
	int i;

	for (i = 0; i < COLD; i++) {
		t = tiles_of(k, size, root);
		h = cm_tiles_hashes(t);
		if (prove(inclusion, &h, bench_below(size), size, &p) != CM_OK)
			abort();
		cm_tiles_free(t);
	}
	return (bench_processor() - from) / COLD;
}

/* Many proofs in one log, and each checked. */
static struct proofs
prove_some(bool inclusion, const struct kept *k, uint64_t size, const uint8_t root[32])
{
	struct cm_tiles *t = tiles_of(k, size, root);
	const struct cm_hashes h = cm_tiles_hashes(t);
	static struct cm_proof proof[PROOFS];
	static uint8_t first[PROOFS][32];
	static uint64_t at[PROOFS];
	struct proofs p = { 0 };
	double from = bench_processor();
	size_t i;

	for (i = 0; i < PROOFS; i++) {
		at[i] = bench_below(size);
		if (prove(inclusion, &h, at[i], size, &proof[i]) != CM_OK)
			abort();
		p.most = proof[i].n > p.most ? proof[i].n : p.most;
	}
	p.make = (bench_processor() - from) / PROOFS;
	for (i = 0; i < PROOFS; i++)
		if ((inclusion ? h.at(h.arg, 0, at[i], first[i], NULL)
			       : cm_merkle_root(&h, at[i], first[i], NULL)) != CM_OK)
			abort();
	from = bench_processor();
	for (i = 0; i < PROOFS; i++)
		if ((inclusion ? cm_proof_check_inclusion(at[i], size, first[i], &proof[i], root)
			       : cm_proof_check_consistency(
				     at[i], first[i], size, root, &proof[i])) != CM_OK)
			abort();
	p.check = (bench_processor() - from) / PROOFS;
	cm_tiles_free(t);
	p.cold = cold(inclusion, k, size, root);
	return p;
}

static void
print_proofs(const struct proofs *p)
{
	printf("  %7.1f %7.1f %6.1f %5zu", p->make * 1e6, p->cold * 1e6, p->check * 1e6,
	    p->most * CM_SHA256_LEN);
}

struct bench {
	struct cm_growth *growth;
	struct kept kept;
	struct cm_buf text;
	struct cm_span entries[AT_ONCE];
};

/* Seconds. */
static double
grow(struct bench *b, uint64_t from, uint64_t to)
{
	const struct cm_tile_sink sink = { put, &b->kept };
	double clock = 0, begun;
	uint64_t n;

	for (; from < to; from += n) {
		n = to - from < AT_ONCE ? to - from : AT_ONCE;
		number(&b->text, from);
		begun = bench_processor();
		if (cm_growth_add(b->growth, b->entries, (size_t)n, &sink, NULL) != CM_OK)
			abort();
		clock += bench_processor() - begun;
	}
	return clock;
}

/* Grows, and measures there. */
static void
stretch(struct bench *b, uint64_t from, uint64_t to)
{
	const struct cm_tile_sink sink = { put, &b->kept };
	double clock = grow(b, from, to), begun = bench_processor();
	uint8_t root[32];
	struct proofs p;
	uint64_t size;

	if (cm_growth_settle(b->growth, &sink, &size, root, NULL) != CM_OK || size != to)
		abort();
	printf("%12llu  %7.2f %7.1f", (unsigned long long)to, (double)(to - from) / clock * 1e-6,
	    (bench_processor() - begun) * 1e6);
	p = prove_some(true, &b->kept, size, root);
	print_proofs(&p);
	p = prove_some(false, &b->kept, size, root);
	print_proofs(&p);
	printf("  %8.1f\n", (double)b->kept.bytes / (double)to);
	fflush(stdout);
}

int
main(int argc, char **argv)
{
	uint64_t most = argc > 1 ? strtoull(argv[1], NULL, 0) : 100000000, size = 0, next;
	static struct bench b;
	uint8_t root[32];

	make_entries(&b.text, b.entries);
	kept_init(&b.kept, most);
	cm_sha256(NULL, 0, root);
	if (cm_growth_new(NULL, 0, root, &b.growth, NULL) != CM_OK)
		return 1;
	printf("%12s  %7s %7s  %28s  %28s  %8s\n", "", "growth", "settle", "inclusion",
	    "consistency", "bytes");
	printf("%12s  %7s %7s  %7s %7s %6s %5s  %7s %7s %6s %5s  %8s\n", "entries", "M/s", "us",
	    "make", "cold", "check", "bytes", "make", "cold", "check", "bytes", "an entry");
	for (next = 10000; size < most; next *= 10) {
		next = next < most ? next : most;
		stretch(&b, size, next);
		size = next;
	}
	cm_growth_free(b.growth);
	return 0;
}
