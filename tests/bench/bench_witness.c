/* How many checkpoints a second does a witness cosign?  For witness.py.
 *
 *	bench_witness keys N               verifier key, then the ssh key, of each of N logs
 *	bench_witness run SECONDS PORT...  a client for each port, with a log of its own
 *	bench_witness sync FOLDER          appends and syncs 4 KiB, for a second
 *
 * Each client keeps its connection, and has its log grow by one entry with each request, which
 * was made and signed beforehand.  Prints requests, seconds, and the 50th, 99th and last hundredth of
 * the time an answer took, in microseconds. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/hex.h"
#include "codec/base64.h"
#include "crypto/ed25519.h"
#include "log/witness.h"

#define LEVELS 20
#define PER_SECOND 16000u /* more than any witness does, all clients together */

static void
must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "bench_witness: %s\n", what);
	exit(1);
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* One tree, which all the logs have. */
struct tree {
	uint64_t size;
	uint8_t (*level[LEVELS])[CM_SHA256_LEN];
};

static enum cm_result
at(void *arg, unsigned level, uint64_t n, uint8_t out[CM_SHA256_LEN], struct cm_err *err)
{
	const struct tree *t = arg;

	(void)err;
	memcpy(out, t->level[level][n], CM_SHA256_LEN);
	return CM_OK;
}

static void
grow_tree(struct tree *t, uint64_t size)
{
	uint8_t two[65] = { 1 };

	t->size = size;
	for (unsigned l = 0; l < LEVELS; l++) {
		t->level[l] = calloc((size >> l) + 1, CM_SHA256_LEN);
		must(t->level[l] != NULL, "out of memory");
		for (uint64_t i = 0; i < size >> l; i++) {
			if (l == 0) {
				cm_sha256(&i, sizeof(i), t->level[0][i]);
				continue;
			}
			memcpy(two + 1, t->level[l - 1][2 * i], 32);
			memcpy(two + 33, t->level[l - 1][2 * i + 1], 32);
			cm_sha256(two, sizeof(two), t->level[l][i]);
		}
	}
}

struct key {
	uint8_t seed[32], public[32];
	struct cm_vkey v;
};

static struct key
key_of(unsigned i)
{
	struct key k;
	char name[100] = "sigsum.org/v1/tree/";
	uint8_t hash[32];

	memset(k.seed, (int)(i & 0xff), 32);
	k.seed[0] = (uint8_t)(i >> 8);
	must(cm_ed25519_public(k.seed, k.public) == CM_OK, "no key");
	cm_sha256(k.public, 32, hash);
	cm_hex_encode(cm_span_of(hash, 32), name + strlen(name));
	must(cm_vkey_of(cm_span_str(name), CM_NOTE_ED25519, k.public, &k.v, NULL) == CM_OK,
	    "no key");
	return k;
}

static void
print_keys(unsigned n)
{
	static const uint8_t head[] = { 0, 0, 0, 11, 's', 's', 'h', '-', 'e', 'd', '2', '5', '5',
		'1', '9', 0, 0, 0, 32 };

	for (unsigned i = 1; i <= n; i++) {
		struct key k = key_of(i);
		struct cm_buf line = { 0 };
		uint8_t blob[sizeof(head) + 32];

		memcpy(blob, head, sizeof(head));
		memcpy(blob + sizeof(head), k.public, 32);
		cm_vkey_write(&k.v, &line);
		cm_buf_add_str(&line, "\tssh-ed25519 ");
		cm_base64_encode(cm_span_of(blob, sizeof(blob)), &line);
		printf("%s\n", cm_buf_cstr(&line));
		cm_buf_release(&line);
	}
}

struct client {
	const struct tree *tree;
	unsigned log;
	uint16_t port;
	uint64_t n; /* requests made beforehand */
	struct cm_buf *request;
	uint64_t done;
	double *took;
	pthread_t thread;
	pthread_barrier_t *start;
	atomic_bool *stop;
};

/* The request to go on from size ${from} to the next. */
static void
make_request(const struct client *c, const struct key *k, uint64_t from, struct cm_buf *out)
{
	struct cm_hashes hashes = { at, (void *)(uintptr_t)c->tree };
	struct cm_checkpoint cp = { .size = from + 1 };
	struct cm_proof proof = { 0 };
	struct cm_buf text = { 0 }, note = { 0 }, body = { 0 };

	memcpy(cp.origin, k->v.name, sizeof(cp.origin));
	must(cm_merkle_root(&hashes, cp.size, cp.root, NULL) == CM_OK &&
		 cm_proof_consistency(&hashes, from, cp.size, &proof, NULL) == CM_OK,
	    "no proof");
	cm_checkpoint_write(&cp, &text);
	cm_buf_add_span(&note, cm_buf_span(&text));
	cm_buf_add_u8(&note, '\n');
	must(cm_note_sign(cm_buf_span(&text), &k->v, k->seed, &note, NULL) == CM_OK, "not signed");
	cm_witness_request_write(from, &proof, cm_buf_span(&note), &body);
	cm_buf_printf(out,
	    "POST /add-checkpoint HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nContent-Length: %zu\r\n\r\n",
	    c->port, body.len);
	cm_buf_add_span(out, cm_buf_span(&body));
	must(cm_buf_ok(out), "out of memory");
	cm_buf_release(&text);
	cm_buf_release(&note);
	cm_buf_release(&body);
}

static int
dial(uint16_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	must(fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0, "can not connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

/* Reads one answer, which comes in few pieces; it must be a 200. */
static void
read_answer(int fd)
{
	char buf[4096];
	size_t len = 0, all = 0;

	while (all == 0 || len < all) {
		ssize_t n = recv(fd, buf + len, sizeof(buf) - 1 - len, 0);
		const char *end, *length;

		must(n > 0, "the witness hung up");
		len += (size_t)n;
		buf[len] = '\0';
		end = strstr(buf, "\r\n\r\n");
		if (all > 0 || end == NULL)
			continue;
		length = strcasestr(buf, "\r\nContent-Length: ");
		must(length != NULL && length < end, "an answer without length");
		all = (size_t)(end - buf) + 4 + strtoul(length + 18, NULL, 10);
	}
	if (strncmp(buf, "HTTP/1.1 200", 12) != 0)
		must(false, buf);
}

static void *
run_client(void *arg)
{
	struct client *c = arg;
	int fd = dial(c->port);

	pthread_barrier_wait(c->start);
	while (c->done < c->n && !atomic_load(c->stop)) {
		const struct cm_buf *r = &c->request[c->done];
		double begun = now();

		must(send(fd, r->ptr, r->len, MSG_NOSIGNAL) == (ssize_t)r->len, "can not send");
		read_answer(fd);
		c->took[c->done++] = now() - begun;
	}
	close(fd);
	return NULL;
}

static void
prepare(struct client *c)
{
	struct key k = key_of(c->log);

	c->request = calloc(c->n, sizeof(*c->request));
	c->took = calloc(c->n, sizeof(*c->took));
	must(c->request != NULL && c->took != NULL, "out of memory");
	for (uint64_t i = 0; i < c->n; i++)
		make_request(c, &k, i, &c->request[i]);
}

static int
by_time(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
print_result(struct client *c, size_t n, double seconds)
{
	uint64_t all = 0, k = 0;
	double *took;

	for (size_t i = 0; i < n; i++)
		all += c[i].done;
	took = calloc(all + 1, sizeof(*took));
	must(took != NULL, "out of memory");
	for (size_t i = 0; i < n; i++)
		for (uint64_t j = 0; j < c[i].done; j++)
			took[k++] = c[i].took[j];
	qsort(took, all, sizeof(*took), by_time);
	printf("%" PRIu64 " %.6f %.0f %.0f %.0f\n", all, seconds, took[all / 2] * 1e6,
	    took[all * 99 / 100] * 1e6, took[all - 1] * 1e6);
	free(took);
}

static void
run(double seconds, char **ports, size_t n)
{
	struct client *c = calloc(n, sizeof(*c));
	struct tree tree = { 0 };
	pthread_barrier_t start;
	atomic_bool stop = false;
	uint64_t each = (uint64_t)(seconds * PER_SECOND) / n + 100;
	double begun;

	must(c != NULL, "out of memory");
	if (n < 4)
		each /= 4; /* one client alone waits for each answer */
	grow_tree(&tree, each + 1);
	pthread_barrier_init(&start, NULL, (unsigned)n + 1);
	for (size_t i = 0; i < n; i++) {
		c[i] = (struct client) { .tree = &tree,
			.log = (unsigned)i + 1,
			.port = (uint16_t)strtoul(ports[i], NULL, 10),
			.n = each,
			.start = &start,
			.stop = &stop };
		prepare(&c[i]);
	}
	for (size_t i = 0; i < n; i++)
		must(pthread_create(&c[i].thread, NULL, run_client, &c[i]) == 0, "no thread");
	pthread_barrier_wait(&start);
	begun = now();
	usleep((unsigned)(seconds * 1e6));
	atomic_store(&stop, true);
	for (size_t i = 0; i < n; i++)
		pthread_join(c[i].thread, NULL);
	print_result(c, n, now() - begun);
	for (size_t i = 0; i < n; i++)
		must(c[i].done < c[i].n, "too few requests were made beforehand");
}

static void
sync_for_a_second(const char *folder)
{
	static const char block[4096];
	char path[500];
	double begun = now();
	unsigned n = 0;
	int fd;

	snprintf(path, sizeof(path), "%s/sync.tmp", folder);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	must(fd >= 0, "can not write there");
	while (now() - begun < 1) {
		must(
		    write(fd, block, sizeof(block)) == (ssize_t)sizeof(block) && fdatasync(fd) == 0,
		    "can not write there");
		n++;
	}
	printf("%u %.6f\n", n, now() - begun);
	close(fd);
	unlink(path);
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "keys") == 0)
		print_keys((unsigned)strtoul(argv[2], NULL, 10));
	else if (argc >= 4 && strcmp(argv[1], "run") == 0)
		run(strtod(argv[2], NULL), argv + 3, (size_t)argc - 3);
	else if (argc == 3 && strcmp(argv[1], "sync") == 0)
		sync_for_a_second(argv[2]);
	else
		must(false, "usage: see the head of bench_witness.c");
	return 0;
}
