/* What a log in a folder costs when it has grown: to open, for one entry more, for a receipt.  For logs.py, and by
 * hand:
 *
 *	bench_log_grown add FOLDER N
 *		N entries more under one checkpoint, in steps of 100,000, in a log that is made if it is
 *		not there.  Prints seconds, those of the processor, KiB resident at most.
 *	bench_log_grown use FOLDER
 *		Prints, medians: ms to open the log to append, ms for one entry more, us to prove a
 *		random entry and us to check the receipt with the log's signature; then KiB
 *		resident at most, and the bytes of the receipt with 0, 1, 3 and 10 cosignatures.
 *
 * Nothing is kept from one proof to the next: tiles come from the folder, which lies in the page
 * cache if it was made just before, and are checked. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "crypto/ed25519.h"
#include "log/cosignature.h"
#include "log/receipt.h"
#include "store/log_files.h"

enum { STEP = 100000, OPENINGS = 5, ENTRIES = 21, PROOFS = 200 };

static const uint8_t seed[32] = { 1 };

/* Of this program alone: ru_maxrss begins with that of the one that started it. */
static long
most_kib(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[200];
	long kib = 0;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "VmHWM:", 6) == 0)
			kib = strtol(line + 6, NULL, 10);
	if (f != NULL)
		fclose(f);
	return kib;
}

static struct cm_log_files *
open_log(const char *folder)
{
	struct cm_log_files *l = NULL;
	struct cm_err err = { 0 };

	bench_must(cm_log_files_open(cm_disk_here(), folder, CM_LOG_APPEND, &l, &err), &err);
	return l;
}

/* ---- add ---- */

static void
make_log(const char *folder)
{
	struct cm_log_new in = { folder, "bench.example/log", seed, 1 };
	struct cm_err err = { 0 };
	enum cm_result r = cm_log_files_create(cm_disk_here(), &in, &err);

	if (r != CM_E_USAGE) /* it is there */
		bench_must(r, &err);
}

static void
add(const char *folder, uint64_t n)
{
	static uint8_t room[STEP][BENCH_ENTRY];
	static struct cm_span entry[STEP];
	struct cm_log_files *l;
	struct cm_err err = { 0 };
	double begun, used;
	uint64_t first;

	make_log(folder);
	l = open_log(folder);
	begun = bench_wall();
	used = bench_processor();
	for (uint64_t done = 0; done < n; done += STEP) {
		size_t some = n - done < STEP ? (size_t)(n - done) : STEP;

		bench_entries(room, entry, some, done);
		bench_must(cm_log_files_add(l, entry, some, &first, &err), &err);
	}
	bench_must(cm_log_files_commit(l, &err), &err);
	printf("%.3f %.3f %ld\n", bench_wall() - begun, bench_processor() - used, most_kib());
	cm_log_files_close(l);
}

/* ---- use ---- */

static double
time_to_open(const char *folder)
{
	double took[OPENINGS];

	for (size_t i = 0; i < OPENINGS; i++) {
		double begun = bench_wall();
		struct cm_log_files *l = open_log(folder);

		took[i] = bench_wall() - begun;
		cm_log_files_close(l);
	}
	return bench_hundredth(took, OPENINGS, 50);
}

static double
time_to_append(struct cm_log_files *l)
{
	uint8_t room[1][BENCH_ENTRY];
	struct cm_err err = { 0 };
	double took[ENTRIES];
	struct cm_span entry;
	uint64_t first;

	for (size_t i = 0; i < ENTRIES; i++) {
		double begun;

		bench_entries(room, &entry, 1, i);
		begun = bench_wall();
		bench_must(cm_log_files_append(l, &entry, 1, &first, &err), &err);
		took[i] = bench_wall() - begun;
	}
	return bench_hundredth(took, ENTRIES, 50);
}

static struct cm_tiles *
tiles_of(struct cm_log_files *l)
{
	const struct cm_checkpoint *head = cm_log_files_head(l);
	const struct cm_tile_source source = cm_log_files_source(l);
	struct cm_tiles *t = NULL;
	struct cm_err err = { .text = "out of memory" };

	bench_must(cm_tiles_new(&source, head->size, head->root, &t), &err);
	return t;
}

/* As `comity log prove` makes it. */
static void
prove(struct cm_log_files *l, uint64_t place, struct cm_span note, struct cm_buf *out)
{
	struct cm_receipt receipt = { .index = place, .checkpoint = note };
	struct cm_tiles *t = tiles_of(l);
	const struct cm_hashes h = cm_tiles_hashes(t);
	struct cm_err err = { 0 };

	bench_must(
	    cm_proof_inclusion(&h, place, cm_log_files_head(l)->size, &receipt.proof, &err), &err);
	cm_receipt_write(&receipt, out);
	cm_tiles_free(t);
}

/* As `comity log verify` checks it; the entry is at hand. */
static double
time_to_check(struct cm_log_files *l, uint64_t place, struct cm_span receipt)
{
	struct cm_tiles *t = tiles_of(l);
	struct cm_checkpoint checkpoint;
	struct cm_receipt r;
	struct cm_arena arena;
	struct cm_note note;
	struct cm_err err = { 0 };
	struct cm_span entry;
	double begun;

	bench_must(cm_tiles_entry(t, place, &entry, &err), &err);
	begun = bench_wall();
	cm_arena_init(&arena, 0);
	bench_must(cm_receipt_parse(receipt, &arena, &r, &err), &err);
	bench_must(
	    cm_receipt_check(&r, entry, cm_log_files_key(l), &arena, &checkpoint, &note, &err),
	    &err);
	cm_arena_fini(&arena);
	begun = bench_wall() - begun;
	cm_tiles_free(t);
	return begun;
}

static void
print_proofs(struct cm_log_files *l)
{
	static double make[PROOFS], check[PROOFS];
	struct cm_buf note = { 0 }, receipt = { 0 };
	struct cm_err err = { 0 };

	bench_must(cm_log_files_published(l, &note, &err), &err);
	for (size_t i = 0; i < PROOFS; i++) {
		uint64_t place = bench_below(cm_log_files_head(l)->size);
		double begun = bench_wall();

		cm_buf_clear(&receipt);
		prove(l, place, cm_buf_span(&note), &receipt);
		make[i] = bench_wall() - begun;
		check[i] = time_to_check(l, place, cm_buf_span(&receipt));
	}
	printf(" %.1f %.1f", bench_hundredth(make, PROOFS, 50) * 1e6,
	    bench_hundredth(check, PROOFS, 50) * 1e6);
	cm_buf_release(&note);
	cm_buf_release(&receipt);
}

/* Witness ${n} of names as `comity init` gives them. */
static void
cosign(struct cm_span text, unsigned n, struct cm_buf *note)
{
	const uint8_t of[32] = { 2, (uint8_t)n };
	struct cm_vkey key;
	struct cm_err err = { 0 };
	char name[60];
	uint8_t public[32];

	snprintf(name, sizeof(name), "comity.invalid/witness/%016x", n);
	bench_must(cm_ed25519_public(of, public), &err);
	bench_must(cm_vkey_of(cm_span_str(name), CM_NOTE_COSIGNATURE, public, &key, &err), &err);
	bench_must(cm_cosign(text, &key, of, 1800000000, note, &err), &err);
}

static void
print_sizes(struct cm_log_files *l)
{
	static const unsigned many[] = { 0, 1, 3, 10 };
	struct cm_buf note = { 0 }, text = { 0 }, receipt = { 0 };
	struct cm_err err = { 0 };
	unsigned n = 0;

	bench_must(cm_log_files_published(l, &note, &err), &err);
	cm_checkpoint_write(cm_log_files_head(l), &text);
	for (size_t i = 0; i < sizeof(many) / sizeof(*many); i++) {
		while (n < many[i])
			cosign(cm_buf_span(&text), n++, &note);
		cm_buf_clear(&receipt);
		prove(l, cm_log_files_head(l)->size / 3, cm_buf_span(&note), &receipt);
		printf(" %zu", receipt.len);
	}
	cm_buf_release(&note);
	cm_buf_release(&text);
	cm_buf_release(&receipt);
}

static void
use(const char *folder)
{
	struct cm_log_files *l;

	printf("%.3f", time_to_open(folder) * 1e3);
	l = open_log(folder);
	printf(" %.3f", time_to_append(l) * 1e3);
	print_proofs(l);
	printf(" %ld", most_kib());
	print_sizes(l);
	printf("\n");
	cm_log_files_close(l);
}

int
main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "add") == 0) {
		add(argv[2], strtoull(argv[3], NULL, 10));
	} else if (argc == 3 && strcmp(argv[1], "use") == 0) {
		use(argv[2]);
	} else {
		fprintf(stderr, "usage: bench_log_grown add FOLDER N | use FOLDER\n");
		return 2;
	}
	return 0;
}
