/* How fast a log in a folder takes entries that last, and a witness cosigns.  For logs.py, and by hand:
 *
 *	bench_log_files append FOLDER [SECONDS]
 *		batches of 1 to 10,000 entries of 147 bytes, each batch on disk under a signed
 *		checkpoint before the next one, SECONDS (3) of each.  First what the disk needs by
 *		itself, medians in ms: to sync two new files of 38 and 8 KiB, and to replace one of
 *		300 bytes; an append has to wait for both.  Then a line each: entries of a batch; entries a
 *		second; half of the batches, and 99 of 100, took no longer, ms; nanoseconds of
 *		processor an entry
 *	bench_log_files cosign FOLDER
 *		add-checkpoint by 1 to 256 threads, each for a growing log of its own, with a
 *		consistency proof; answered when on disk
 *
 * Makes and removes files in FOLDER, on whose disk all depends.  The clock is the wall's. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asker.h"
#include "bench.h"
#include "store/log_files.h"
#include "store/witness_files.h"

#define MOST 10000u /* entries at a time */

static const struct cm_disk *disk;
static char base[4000], log_folder[4096], witness_folder[4096];
static unsigned n_logs;

/* A new folder each time: ext4 looks long for an inode where many were just given back. */
static struct cm_log_files *
new_log(void)
{
	static const uint8_t seed[32] = { 1 };
	struct cm_log_new in = { log_folder, "bench.example/log", seed, 1 };
	struct cm_log_files *l;
	struct cm_err err = { 0 };

	snprintf(log_folder, sizeof(log_folder), "%s/log%u", base, n_logs++);
	bench_must(cm_log_files_create(disk, &in, &err), &err);
	bench_must(cm_log_files_open(disk, log_folder, CM_LOG_APPEND, &l, &err), &err);
	return l;
}

static uint8_t room[MOST][BENCH_ENTRY];
static struct cm_span entry[MOST];

#define SYNCS 200u

static void
bench_disk(void)
{
	static const uint8_t bytes[38912];
	static double synced[SYNCS], replaced[SYNCS];
	struct cm_err err = { 0 };
	char path[2][4096];

	for (unsigned i = 0; i < SYNCS; i++) {
		double t = bench_wall();

		for (unsigned k = 0; k < 2; k++) {
			struct cm_disk_put p = { path[k], CM_DISK_NEW, 0644 };

			snprintf(path[k], sizeof(path[k]), "%s/%u-%u", base, i, k);
			bench_must(cm_disk_put(disk, &p,
				       cm_span_of(bytes, k == 0 ? sizeof(bytes) : 8192), &err),
			    &err);
		}
		if (disk->ops->sync_all(disk->arg, base) != 0)
			exit(1);
		synced[i] = bench_wall() - t;
		t = bench_wall();
		bench_must(
		    cm_disk_replace(disk, base, "replaced", cm_span_of(bytes, 300), &err), &err);
		replaced[i] = bench_wall() - t;
	}
	printf("%.3f %.3f\n", bench_hundredth(synced, SYNCS, 50) * 1e3,
	    bench_hundredth(replaced, SYNCS, 50) * 1e3);
}

#define BATCHES 4000u

static void
bench_append(size_t n, double seconds)
{
	static double took[BATCHES];
	struct cm_log_files *l = new_log();
	struct cm_err err = { 0 };
	double begun = bench_wall(), used = bench_processor(), median;
	uint64_t first, done = 0;
	size_t batches = 0;

	while (batches < BATCHES && (batches < 20 || bench_wall() - begun < seconds)) {
		double t;

		bench_entries(room, entry, n, done);
		t = bench_wall();
		bench_must(cm_log_files_append(l, entry, n, &first, &err), &err);
		took[batches++] = bench_wall() - t;
		done += n;
	}
	begun = bench_wall() - begun;
	used = bench_processor() - used;
	median = bench_hundredth(took, batches, 50);
	printf("%zu %.0f %.3f %.3f %.0f\n", n, (double)done / begun, median * 1e3,
	    bench_hundredth(took, batches, 99) * 1e3, used / (double)done * 1e9);
	fflush(stdout);
	cm_log_files_close(l);
}

static void
append(double seconds)
{
	static const size_t batch[] = { 1, 16, 256, 1000, MOST };

	bench_disk();
	for (size_t i = 0; i < sizeof(batch) / sizeof(*batch); i++)
		bench_append(batch[i], seconds);
}

/* ---- the witness ---- */

struct client {
	struct cm_witness_files *w;
	struct asker log;
	struct cm_buf *request;
	size_t n;
};

static void *
ask(void *arg)
{
	struct client *c = arg;
	struct cm_witness_answer_out out;
	struct cm_err err = { 0 };

	for (size_t i = 0; i < c->n; i++) {
		bench_must(
		    cm_witness_files_ask(c->w, cm_buf_span(&c->request[i]), 1000, &out, &err),
		    &err);
		if (out.status != 200)
			exit(1);
		cm_buf_release(&out.body);
	}
	return NULL;
}

static void
make_client(struct client *c, struct cm_witness_files *w, unsigned number, size_t n)
{
	char origin[40];
	struct cm_err err = { 0 };

	snprintf(origin, sizeof(origin), "log%u.example/log", number);
	*c = (struct client) { .w = w, .log = asker_of(origin, (uint8_t)number, 1u << 30), .n = n };
	bench_must(cm_witness_files_add_log(w, &c->log.key, &err), &err);
	c->request = calloc(n, sizeof(*c->request));
	for (size_t i = 0; i < n; i++)
		asker_request(&c->log, i, i + 1, false, &c->request[i]);
}

static void
bench_cosign(unsigned threads, size_t each)
{
	static const uint8_t seed[32] = { 2 };
	struct cm_witness_new in = { witness_folder, "bench.example/witness", seed, 1 };
	struct client *c = calloc(threads, sizeof(*c));
	pthread_t *t = calloc(threads, sizeof(*t));
	struct cm_witness_files *w;
	struct cm_err err = { 0 };
	double begun, used;

	snprintf(witness_folder, sizeof(witness_folder), "%s/witness%u", base, threads);
	bench_must(cm_witness_files_create(disk, &in, &err), &err);
	bench_must(cm_witness_files_open(disk, witness_folder, &w, &err), &err);
	for (unsigned i = 0; i < threads; i++)
		make_client(&c[i], w, i, each);
	begun = bench_wall();
	used = bench_processor();
	for (unsigned i = 0; i < threads; i++)
		if (pthread_create(&t[i], NULL, ask, &c[i]) != 0)
			exit(1);
	for (unsigned i = 0; i < threads; i++)
		pthread_join(t[i], NULL);
	begun = bench_wall() - begun;
	used = bench_processor() - used;
	printf("cosign, %3u threads: %6.0f a second; %.0f us of processor each\n", threads,
	    (double)(threads * each) / begun, used / (double)(threads * each) * 1e6);
	for (unsigned i = 0; i < threads; i++) {
		for (size_t k = 0; k < each; k++)
			cm_buf_release(&c[i].request[k]);
		free(c[i].request);
	}
	cm_witness_files_close(w);
	free(c);
	free(t);
}

static void
cosign(void)
{
	bench_cosign(1, 2000);
	bench_cosign(16, 500);
	bench_cosign(64, 150);
	bench_cosign(256, 40);
}

int
main(int argc, char **argv)
{
	struct cm_err err = { 0 };
	bool appends = argc >= 3 && strcmp(argv[1], "append") == 0;

	if (!appends && (argc != 3 || strcmp(argv[1], "cosign") != 0)) {
		fprintf(stderr, "usage: bench_log_files append|cosign FOLDER [SECONDS]\n");
		return 2;
	}
	disk = cm_disk_here();
	snprintf(base, sizeof(base), "%s/bench-log-files", argv[2]);
	if (disk->ops->mkdir(disk->arg, base, 0755) != 0) {
		perror(base);
		return 1;
	}
	if (appends)
		append(argc > 3 ? strtod(argv[3], NULL) : 3);
	else
		cosign();
	bench_must(cm_disk_clear(disk, base, 12, &err), &err);
	return 0;
}
