/* How long one entry takes until the witnesses of a case have cosigned it.  For logs.py:
 *
 *	bench_log_witnessed CASE WITNESSES [N]
 *
 * In one process, with connections that are kept, N (100) times in turn: one entry is appended to
 * the log of the case, and is on disk under a signed checkpoint; so many witnesses are asked to
 * cosign it, all at once; their cosignatures are put on disk.  Prints milliseconds: median and
 * 99th hundredth of all that, then the median of each of these three.  The case's database knows nothing of
 * these entries: take one that is thrown away. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "node/gather.h"
#include "store/log_files.h"
#include "store/trust.h"

enum { MOST = 10000, WAIT_MS = 3000 };

struct bench {
	struct cm_log_files *log;
	struct cm_trust trust;
	struct cm_arena arena;
	struct cm_http_client *http;
	struct cm_gathered *got;
	uint64_t *known;
	size_t wanted;
};

struct took {
	double append, gather, keep;
};

static void
begin(struct bench *b, const char *folder)
{
	static const struct cm_http_client_new usual = { .connect_ms = 0 };
	struct cm_err err = { 0 };
	char log[4096];

	cm_arena_init(&b->arena, 0);
	snprintf(log, sizeof(log), "%s/log", folder);
	bench_must(cm_trust_read(folder, &b->arena, &b->trust, &err), &err);
	bench_must(cm_log_files_open(cm_disk_here(), log, CM_LOG_APPEND, &b->log, &err), &err);
	bench_must(cm_http_client_new(&usual, &b->http, &err), &err);
	b->got = calloc(b->trust.policy.n_members + 1, sizeof(*b->got));
	b->known = calloc(b->trust.policy.n_members + 1, sizeof(*b->known));
	if (b->got == NULL || b->known == NULL)
		abort();
}

static void
end(struct bench *b)
{
	cm_http_client_free(b->http);
	cm_log_files_close(b->log);
	cm_arena_fini(&b->arena);
	free(b->got);
	free(b->known);
}

static void
check_all(const struct bench *b, size_t n)
{
	size_t cosigned = 0, i;

	for (i = 0; i < n; i++)
		cosigned += b->got[i].how == CM_GATHER_COSIGNED;
	if (cosigned == b->wanted)
		return;
	fprintf(stderr, "%zu witnesses cosigned, not %zu\n", cosigned, b->wanted);
	exit(1);
}

static void
gather(struct bench *b, struct cm_buf *lines)
{
	const struct cm_checkpoint *head = cm_log_files_head(b->log);
	struct cm_tile_source source = cm_log_files_source(b->log);
	struct cm_err err = { 0 };
	struct cm_gather_ask ask;
	struct cm_hashes hashes;
	struct cm_buf note = { 0 };
	struct cm_tiles *tiles = NULL;
	size_t n = 0;

	bench_must(cm_tiles_new(&source, head->size, head->root, &tiles), &err);
	bench_must(cm_log_files_published(b->log, &note, &err), &err);
	hashes = cm_tiles_hashes(tiles);
	ask = (struct cm_gather_ask) { cm_buf_span(&note), &hashes, &b->trust.policy, b->known,
		WAIT_MS };
	bench_must(cm_gather(b->http, &ask, b->got, &n, lines, &err), &err);
	check_all(b, n);
	cm_tiles_free(tiles);
	cm_buf_release(&note);
}

static struct took
one(struct bench *b, uint64_t number)
{
	uint8_t room[1][BENCH_ENTRY];
	struct cm_buf lines = { 0 };
	struct cm_err err = { 0 };
	struct cm_span entry;
	double from, appended, gathered;
	uint64_t first;

	bench_entries(room, &entry, 1, number);
	from = bench_wall();
	bench_must(cm_log_files_append(b->log, &entry, 1, &first, &err), &err);
	appended = bench_wall();
	gather(b, &lines);
	gathered = bench_wall();
	bench_must(
	    cm_log_files_cosigned(b->log, cm_log_files_head(b->log), cm_buf_span(&lines), &err),
	    &err);
	cm_buf_release(&lines);
	return (struct took) { appended - from, gathered - appended, bench_wall() - gathered };
}

static void
run(struct bench *b, size_t n)
{
	static double all[MOST], append[MOST], gathering[MOST], keep[MOST];
	size_t i;

	one(b, n); /* connects, and tells the witnesses of the log */
	for (i = 0; i < n; i++) {
		struct took t = one(b, i);

		append[i] = t.append;
		gathering[i] = t.gather;
		keep[i] = t.keep;
		all[i] = t.append + t.gather + t.keep;
	}
	printf("%.3f %.3f %.3f %.3f %.3f\n", bench_hundredth(all, n, 50) * 1e3,
	    bench_hundredth(all, n, 99) * 1e3, bench_hundredth(append, n, 50) * 1e3,
	    bench_hundredth(gathering, n, 50) * 1e3, bench_hundredth(keep, n, 50) * 1e3);
}

int
main(int argc, char **argv)
{
	size_t n = argc > 3 ? strtoul(argv[3], NULL, 10) : 100;
	struct bench b = { 0 };

	if (argc < 3 || n == 0 || n > MOST) {
		fprintf(stderr, "usage: bench_log_witnessed CASE WITNESSES [N]\n");
		return 2;
	}
	b.wanted = strtoul(argv[2], NULL, 10);
	begin(&b, argv[1]);
	run(&b, n);
	end(&b);
	return 0;
}
