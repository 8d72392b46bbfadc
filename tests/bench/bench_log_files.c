/* How fast a log in a folder takes entries that last, and a witness cosigns.  Run by hand:
 *
 *	bench_log_files FOLDER [ENTRIES]
 *
 * Makes and removes files in FOLDER, on whose disk all depends.
 *	disk		what it needs by itself to sync two new files of 38 and 8 KiB, and to replace
 *			one of 300 bytes: an append has to wait for both
 *	append		batches of 1 to 10,000 entries of 148 bytes, each batch on disk under a
 *			signed checkpoint before the next one; the wall's clock
 *	load		ENTRIES (1,000,000) of them under one checkpoint, in steps of 100,000
 *	cosign		add-checkpoint by 1 to 256 threads, each for a growing log of its own, with a
 *			consistency proof; answered when on disk */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "asker.h"
#include "store/log_files.h"
#include "store/witness_files.h"

#define ENTRY 148u
#define STEP 100000u

static double
now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double
wall(void)
{
	return now(CLOCK_MONOTONIC);
}

static double
processor(void)
{
	return now(CLOCK_PROCESS_CPUTIME_ID);
}

static void
must(enum cm_result r, const struct cm_err *err)
{
	if (r == CM_OK)
		return;
	fprintf(stderr, "%s\n", err->text);
	exit(1);
}

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
	must(cm_log_files_create(disk, &in, &err), &err);
	must(cm_log_files_open(disk, log_folder, CM_LOG_APPEND, &l, &err), &err);
	return l;
}

static void
make_entries(uint8_t (*room)[ENTRY], struct cm_span *entry, size_t n, uint64_t from)
{
	for (size_t i = 0; i < n; i++) {
		memset(room[i], 'e', ENTRY);
		cm_put64(room[i], from + i);
		entry[i] = cm_span_of(room[i], ENTRY);
	}
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static uint8_t room[STEP][ENTRY];
static struct cm_span entry[STEP];

#define SYNCS 200u

static double
median_of(double *took, size_t n)
{
	qsort(took, n, sizeof(*took), compare);
	return took[n / 2];
}

static void
bench_disk(void)
{
	static const uint8_t bytes[38912];
	static double synced[SYNCS], replaced[SYNCS];
	struct cm_err err = { 0 };
	char path[2][4096];

	for (unsigned i = 0; i < SYNCS; i++) {
		double t = wall();

		for (unsigned k = 0; k < 2; k++) {
			struct cm_disk_put p = { path[k], CM_DISK_NEW, 0644 };

			snprintf(path[k], sizeof(path[k]), "%s/%u-%u", base, i, k);
			must(cm_disk_put(
				 disk, &p, cm_span_of(bytes, k == 0 ? sizeof(bytes) : 8192), &err),
			    &err);
		}
		if (disk->ops->sync_all(disk->arg, base) != 0)
			exit(1);
		synced[i] = wall() - t;
		t = wall();
		must(cm_disk_replace(disk, base, "replaced", cm_span_of(bytes, 300), &err), &err);
		replaced[i] = wall() - t;
	}
	printf("disk: new files synced in %.2f ms, one replaced in %.2f ms\n",
	    median_of(synced, SYNCS) * 1e3, median_of(replaced, SYNCS) * 1e3);
}

#define BATCHES 4000u

static void
bench_append(size_t n)
{
	static double took[BATCHES];
	struct cm_log_files *l = new_log();
	struct cm_err err = { 0 };
	double begun = wall(), used = processor();
	uint64_t first, done = 0;
	size_t batches = 0;

	while (batches < BATCHES && (batches < 20 || wall() - begun < 3)) {
		double t;

		make_entries(room, entry, n, done);
		t = wall();
		must(cm_log_files_append(l, entry, n, &first, &err), &err);
		took[batches++] = wall() - t;
		done += n;
	}
	begun = wall() - begun;
	used = processor() - used;
	qsort(took, batches, sizeof(*took), compare);
	printf("append %6zu at a time: %9.0f entries/s, %5.0f batches/s; a batch takes %.2f ms, "
	       "99%% at most %.2f "
	       "ms; %.0f ns of processor an entry\n",
	    n, (double)done / begun, (double)batches / begun, took[batches / 2] * 1e3,
	    took[batches * 99 / 100] * 1e3, used / (double)done * 1e9);
	cm_log_files_close(l);
}

static void
bench_load(uint64_t n)
{
	struct cm_log_files *l = new_log();
	struct cm_err err = { 0 };
	struct rusage u;
	double begun = wall(), used = processor();
	uint64_t first;

	for (uint64_t done = 0; done < n; done += STEP) {
		size_t some = n - done < STEP ? (size_t)(n - done) : STEP;

		make_entries(room, entry, some, done);
		must(cm_log_files_add(l, entry, some, &first, &err), &err);
	}
	must(cm_log_files_commit(l, &err), &err);
	begun = wall() - begun;
	used = processor() - used;
	getrusage(RUSAGE_SELF, &u);
	printf("load %10llu at once: %9.0f entries/s, %.0f ns of processor an entry, %ld MiB at "
	       "most\n",
	    (unsigned long long)n, (double)n / begun, used / (double)n * 1e9, u.ru_maxrss / 1024);
	cm_log_files_close(l);
	begun = wall();
	must(cm_log_files_open(disk, log_folder, CM_LOG_APPEND, &l, &err), &err);
	printf("open again: %.1f ms\n", (wall() - begun) * 1e3);
	cm_log_files_close(l);
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
		must(cm_witness_files_ask(c->w, cm_buf_span(&c->request[i]), 1000, &out, &err),
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
	must(cm_witness_files_add_log(w, &c->log.key, &err), &err);
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
	must(cm_witness_files_create(disk, &in, &err), &err);
	must(cm_witness_files_open(disk, witness_folder, &w, &err), &err);
	for (unsigned i = 0; i < threads; i++)
		make_client(&c[i], w, i, each);
	begun = wall();
	used = processor();
	for (unsigned i = 0; i < threads; i++)
		if (pthread_create(&t[i], NULL, ask, &c[i]) != 0)
			exit(1);
	for (unsigned i = 0; i < threads; i++)
		pthread_join(t[i], NULL);
	begun = wall() - begun;
	used = processor() - used;
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

int
main(int argc, char **argv)
{
	static const size_t batch[] = { 1, 16, 256, 1000, 10000 };
	uint64_t n = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000000;
	struct cm_err err = { 0 };

	if (argc < 2) {
		fprintf(stderr, "usage: bench_log_files FOLDER [ENTRIES]\n");
		return 2;
	}
	disk = cm_disk_here();
	snprintf(base, sizeof(base), "%s/bench-log-files", argv[1]);
	if (disk->ops->mkdir(disk->arg, base, 0755) != 0) {
		perror(base);
		return 1;
	}
	bench_disk();
	for (size_t i = 0; i < sizeof(batch) / sizeof(*batch); i++)
		bench_append(batch[i]);
	bench_load(n);
	bench_cosign(1, 2000);
	bench_cosign(16, 500);
	bench_cosign(64, 150);
	bench_cosign(256, 40);
	must(cm_disk_clear(disk, base, 12, &err), &err);
	return 0;
}
