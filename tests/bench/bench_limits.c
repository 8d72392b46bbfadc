/* What this machine can do at most, for the figures of others to be held against.  Run by run.py:
 *
 *	bench_limits            memory: bytes read a second by one thread and by two, bytes copied
 *	bench_limits FILE.pcap  a little-endian pcap file in the page cache, mapped anew each time:
 *	                        every byte touched; every record's header looked at; both
 *
 * Prints `name seconds bytes items` lines, the best of five rounds: a limit is the best that was seen, not the
 * usual.  Knows nothing of Comity: no room is linked. */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 5
#define BLOCK (1u << 30)

struct task {
	const uint8_t *p;
	size_t len;
	uint64_t sum, items;
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Four sums, so that the addition is not what one waits for. */
static uint64_t
touch(const uint8_t *p, size_t len)
{
	uint64_t sum[4] = { 0 }, w[4];
	size_t at = 0;

	for (; at + sizeof(w) <= len; at += sizeof(w)) {
		memcpy(w, p + at, sizeof(w));
		for (int i = 0; i < 4; i++)
			sum[i] += w[i];
	}
	for (; at < len; at++)
		sum[0] += p[at];
	return sum[0] + sum[1] + sum[2] + sum[3];
}

static void *
touch_all(void *arg)
{
	struct task *t = arg;

	t->sum += touch(t->p, t->len);
	return NULL;
}

static uint32_t
le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void
walk(struct task *t, int with_bytes)
{
	size_t at = 24;

	t->items = 0;
	while (at + 16 <= t->len) {
		size_t len = le32(t->p + at + 8);

		at += 16;
		if (len > t->len - at)
			break;
		t->sum += with_bytes ? touch(t->p + at, len) : len;
		t->items++;
		at += len;
	}
}

static void
walk_headers(struct task *t)
{
	walk(t, 0);
}

static void
walk_all(struct task *t)
{
	walk(t, 1);
}

static void
touch_one(struct task *t)
{
	(void)touch_all(t);
}

static void
die(const char *what)
{
	perror(what);
	exit(3);
}

/* Mapped anew each round: the faults are part of what reading costs. */
static void
on_file(const char *path, const char *name, void (*run)(struct task *t))
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), round;
	struct stat st;
	double best = 1e9;
	struct task t = { 0 };

	if (fd < 0 || fstat(fd, &st) != 0 || st.st_size == 0)
		die(path);
	t.len = (size_t)st.st_size;
	for (round = 0; round < ROUNDS; round++) {
		double from = now(), took;
		uint8_t *p = mmap(NULL, t.len, PROT_READ, MAP_PRIVATE, fd, 0);

		if (p == MAP_FAILED)
			die("mmap");
		t.p = p;
		run(&t);
		munmap(p, t.len);
		took = now() - from;
		best = took < best ? took : best;
	}
	close(fd);
	printf("%s %.6f %zu %llu\n", name, best, t.len, (unsigned long long)t.items);
	fprintf(stderr, "%llx\n", (unsigned long long)t.sum); /* so that the sums are made */
}

static void
on_memory(const uint8_t *p, size_t threads)
{
	struct task t[2] = { 0 };
	pthread_t id[2];
	double best = 1e9;

	for (int round = 0; round < ROUNDS; round++) {
		double from = now(), took;

		for (size_t i = 0; i < threads; i++) {
			t[i].p = p + BLOCK / threads * i;
			t[i].len = BLOCK / threads;
			if (pthread_create(&id[i], NULL, touch_all, &t[i]) != 0)
				die("pthread_create");
		}
		for (size_t i = 0; i < threads; i++)
			pthread_join(id[i], NULL);
		took = now() - from;
		best = took < best ? took : best;
	}
	printf("memory-%zu %.6f %u 0\n", threads, best, BLOCK);
	fprintf(stderr, "%llx\n", (unsigned long long)(t[0].sum + t[1].sum));
}

static void
copy(uint8_t *p)
{
	double best = 1e9;

	for (int round = 0; round < ROUNDS; round++) {
		double from = now(), took;

		memcpy(p, p + BLOCK / 2, BLOCK / 2);
		took = now() - from;
		best = took < best ? took : best;
	}
	printf("copy %.6f %u 0\n", best, BLOCK / 2);
}

int
main(int argc, char **argv)
{
	uint8_t *p;

	if (argc > 1) {
		on_file(argv[1], "touch", touch_one);
		on_file(argv[1], "walk", walk_headers);
		on_file(argv[1], "walk-touch", walk_all);
		return 0;
	}
	p = malloc(BLOCK);
	if (p == NULL)
		die("malloc");
	memset(p, 1, BLOCK);
	on_memory(p, 1);
	on_memory(p, 2);
	copy(p);
	free(p);
	return 0;
}
