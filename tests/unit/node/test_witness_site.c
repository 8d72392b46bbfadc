/* The own witness over HTTP: each thing that C2SP tlog-witness says of status, type and body. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>
#include <unistd.h>

#include "base/hex.h"
#include "crypto/sha256.h"
#include "grove.h"
#include "log/witness.h"
#include "node/http_client.h"
#include "node/witness_site.h"
#include "os/clock.h"
#include "../log/made.h"

#define PLAIN "text/plain; charset=utf-8"

struct stage {
	char folder[64];
	struct made_key log, fresh, key; /* a log, one of which nothing was cosigned, the witness */
	struct cm_witness_site site;
	struct cm_http_site sites[1];
	struct cm_http_server *server;
	struct cm_http_client *client;
	struct cm_http_reply r; /* the last one */
};

static struct stage *
open_stage(void)
{
	struct stage *g = calloc(1, sizeof(*g));
	struct cm_http_client_new client = { 0 };
	struct cm_http_server_new server = {
		.address = "127.0.0.1", .limits = { .body = CM_WITNESS_SITE_BODY }, .n_sites = 1
	};
	char path[80];
	struct cm_witness_new made = { .folder = path, .name = "witness.example/w", .check = 7 };

	assert_non_null(g);
	strcpy(g->folder, "/tmp/comity-test-XXXXXX");
	assert_non_null(mkdtemp(g->folder));
	snprintf(path, sizeof(path), "%s/witness", g->folder);
	g->log = made_key("log.example/a", CM_NOTE_ED25519, 1);
	g->fresh = made_key("log.example/fresh", CM_NOTE_ED25519, 2);
	g->key = made_key(made.name, CM_NOTE_COSIGNATURE, 3);
	made.seed = g->key.seed;
	assert_int_equal(cm_witness_files_create(cm_disk_here(), &made, NULL), CM_OK);
	assert_int_equal(cm_witness_files_open(cm_disk_here(), path, &g->site.files, NULL), CM_OK);
	assert_int_equal(cm_witness_files_add_log(g->site.files, &g->log.v, NULL), CM_OK);
	assert_int_equal(cm_witness_files_add_log(g->site.files, &g->fresh.v, NULL), CM_OK);
	g->sites[0] = (struct cm_http_site) { "/w", cm_witness_site_handle, &g->site };
	server.site = g->sites;
	assert_int_equal(cm_http_server_start(&server, &g->server, NULL), CM_OK);
	assert_int_equal(cm_http_client_new(&client, &g->client, NULL), CM_OK);
	return g;
}

static void
close_stage(struct stage *g)
{
	char command[96];

	cm_buf_release(&g->r.body);
	cm_http_client_free(g->client);
	cm_http_server_stop(g->server);
	cm_witness_files_close(g->site.files);
	snprintf(command, sizeof(command), "rm -r %s", g->folder);
	assert_int_equal(system(command), 0);
	free(g);
}

static const char *
url(struct stage *g, const char *path, char out[200])
{
	snprintf(out, 200, "http://127.0.0.1:%u/w/%s", cm_http_server_port(g->server), path);
	return out;
}

/* ${body} NULL: GET. */
static void
ask(struct stage *g, const char *path, const struct cm_buf *body)
{
	char at[200];
	struct cm_http_ask a = {
		.url = url(g, path, at), .answer_max = 1 << 20, .total_ms = 20000
	};

	if (body != NULL) {
		a.post = "text/plain";
		a.body = cm_buf_span(body);
	}
	cm_buf_release(&g->r.body);
	assert_int_equal(cm_http_client_all(g->client, &a, 1, &g->r, NULL), CM_OK);
	assert_int_equal(g->r.end, CM_HTTP_ANSWERED);
}

static void
post_text(struct stage *g, const char *text)
{
	struct cm_buf b = { 0 };

	cm_buf_add_str(&b, text);
	ask(g, "add-checkpoint", &b);
	cm_buf_release(&b);
}

/* What is asked, and how it is spoilt. */
struct probe {
	const struct made_key *log; /* whose origin, and who signs */
	uint64_t old, size;
	unsigned salt;
	uint64_t proof_from;           /* 0: none */
	const struct made_key *signer; /* NULL: the log */
	bool bad_signature, bad_hash, no_last_hash, one_hash_more, bad_root;
};

static void
put_note(const struct probe *p, struct cm_buf *out)
{
	struct made_key signer = *p->log;
	struct cm_checkpoint c = { .size = p->size };
	struct cm_buf text = { 0 };

	memcpy(c.origin, p->log->v.name, sizeof(c.origin));
	grove_root(p->salt, p->size, c.root);
	c.root[0] ^= p->bad_root;
	if (p->signer != NULL)
		signer = *p->signer;
	cm_checkpoint_write(&c, &text);
	made_note(cm_buf_span(&text), &signer, out);
	if (p->bad_signature)
		out->ptr[out->len - 10] = out->ptr[out->len - 10] == 'A' ? 'B' : 'A';
	cm_buf_release(&text);
}

static void
put_request(const struct probe *p, struct cm_buf *out)
{
	struct cm_hashes hashes = grove_hashes(&p->salt);
	struct cm_proof proof = { 0 };
	struct cm_buf note = { 0 };

	if (p->proof_from > 0)
		assert_int_equal(
		    cm_proof_consistency(&hashes, p->proof_from, p->size, &proof, NULL), CM_OK);
	proof.hash[0][5] ^= p->bad_hash;
	proof.n -= p->no_last_hash;
	proof.n += p->one_hash_more;
	put_note(p, &note);
	cm_witness_request_write(p->old, &proof, cm_buf_span(&note), out);
	cm_buf_release(&note);
}

static void
probe(struct stage *g, struct probe p)
{
	struct cm_buf b = { 0 };

	put_request(&p, &b);
	ask(g, "add-checkpoint", &b);
	cm_buf_release(&b);
}

/* A refusal: a line for people. */
static void
assert_refused(struct stage *g, int status)
{
	if (g->r.status != status)
		fail_msg("%d, not %d: %s", g->r.status, status, cm_buf_cstr(&g->r.body));
	assert_string_equal(g->r.type, PLAIN);
	assert_true(g->r.body.len > 1 && g->r.body.ptr[g->r.body.len - 1] == '\n');
}

static void
assert_holds(struct stage *g, const char *size)
{
	assert_int_equal(g->r.status, 409);
	assert_string_equal(g->r.type, "text/x.tlog.size");
	assert_string_equal(cm_buf_cstr(&g->r.body), size);
}

/* One line, by the witness's key, over this checkpoint, made now. */
static void
assert_cosigned(struct stage *g, const struct made_key *log, uint64_t size)
{
	struct probe p = { .log = log, .size = size };
	struct cm_buf whole = { 0 };
	struct cm_arena arena;
	struct cm_note note;
	uint64_t time = 0, now = (uint64_t)cm_clock_now();

	if (g->r.status != 200)
		fail_msg("%d: %s", g->r.status, cm_buf_cstr(&g->r.body));
	assert_string_equal(g->r.type, PLAIN);
	cm_arena_init(&arena, 0);
	put_note(&p, &whole);
	cm_buf_add_span(&whole, cm_buf_span(&g->r.body));
	assert_int_equal(cm_note_parse(cm_buf_span(&whole), &arena, &note, NULL), CM_OK);
	assert_int_equal(note.n, 2);
	assert_int_equal(cm_cosignature_verify(&note, &g->key.v, &time, NULL), CM_OK);
	assert_in_range(time, now - 60, now + 1);
	cm_arena_fini(&arena);
	cm_buf_release(&whole);
}

static void
latest(struct stage *g, const struct made_key *log)
{
	uint8_t hash[32];
	char path[80] = { 0 };

	cm_sha256(log->v.name, strlen(log->v.name), hash);
	cm_hex_encode(cm_span_of(hash, 32), path);
	strcat(path, "/checkpoint");
	ask(g, path, NULL);
}

static void
assert_latest(struct stage *g, const struct made_key *log, uint64_t size)
{
	struct cm_checkpoint c = { 0 };
	struct cm_arena arena;
	struct cm_note note;
	uint64_t time;

	latest(g, log);
	assert_int_equal(g->r.status, 200);
	assert_string_equal(g->r.type, PLAIN);
	cm_arena_init(&arena, 0);
	assert_int_equal(
	    cm_checkpoint_open(cm_buf_span(&g->r.body), &log->v, &arena, &c, &note, NULL), CM_OK);
	assert_int_equal(c.size, size);
	assert_int_equal(cm_cosignature_verify(&note, &g->key.v, &time, NULL), CM_OK);
	cm_arena_fini(&arena);
}

static void
a_log_that_grows_is_cosigned(void **state)
{
	struct stage *g = open_stage();

	(void)state;
	latest(g, &g->log);
	assert_refused(g, 404);
	probe(g, (struct probe) { &g->log, .old = 0, .size = 5 });
	assert_cosigned(g, &g->log, 5);
	assert_latest(g, &g->log, 5);
	probe(g, (struct probe) { &g->log, .old = 3, .size = 10, .proof_from = 3 });
	assert_holds(g, "5\n");
	probe(g, (struct probe) { &g->log, .old = 5, .size = 10, .proof_from = 5 });
	assert_cosigned(g, &g->log, 10);
	probe(g, (struct probe) { &g->log, .old = 10, .size = 10 });
	assert_cosigned(g, &g->log, 10);
	probe(g, (struct probe) { &g->log, .old = 0, .size = 11 });
	assert_holds(g, "10\n");
	assert_latest(g, &g->log, 10);
	latest(g, &g->fresh);
	assert_refused(g, 404);
	close_stage(g);
}

static void
what_does_not_fit_is_refused_and_changes_nothing(void **state)
{
	struct stage *g = open_stage();
	struct made_key other = made_key("log.example/other", CM_NOTE_ED25519, 8);
	struct made_key false_key = made_key("log.example/a", CM_NOTE_ED25519, 9);
	const struct probe good = { &g->log, .old = 10, .size = 20, .proof_from = 10 };
	const struct {
		int status;
		struct probe p;
	} refused[] = {
		{ 422, { &g->log, .old = 10, .size = 10, .salt = 1 } },
		{ 400, { &g->log, .old = 11, .size = 10 } },
		{ 422, { &g->log, .old = 10, .size = 20, .proof_from = 10, .bad_hash = true } },
		{ 422, { &g->log, .old = 10, .size = 20, .proof_from = 10, .no_last_hash = true } },
		{ 422,
		    { &g->log, .old = 10, .size = 20, .proof_from = 10, .one_hash_more = true } },
		{ 422, { &g->log, .old = 10, .size = 20 } },
		{ 422, { &g->log, .old = 10, .size = 20, .salt = 1, .proof_from = 10 } },
		{ 403,
		    { &g->log, .old = 10, .size = 20, .proof_from = 10, .bad_signature = true } },
		{ 403, { &g->log, .old = 10, .size = 20, .proof_from = 10, .signer = &other } },
		{ 403, { &g->log, .old = 10, .size = 20, .proof_from = 10, .signer = &false_key } },
		{ 404, { &other, .size = 1 } },
		/* the order of answers: who is not known is told nothing of what is held */
		{ 404, { &other, .old = 9, .size = 1 } },
		{ 403, { &g->log, .old = 3, .size = 2, .bad_signature = true } },
	};

	(void)state;
	probe(g, (struct probe) { &g->log, .size = 10 });
	assert_cosigned(g, &g->log, 10);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		probe(g, refused[i].p);
		assert_refused(g, refused[i].status);
	}
	assert_latest(g, &g->log, 10);
	probe(g, good); /* it was what was spoilt that did not fit */
	assert_cosigned(g, &g->log, 20);
	close_stage(g);
}

static void
the_empty_log_has_one_root_and_no_proof(void **state)
{
	struct stage *g = open_stage();

	(void)state;
	probe(g, (struct probe) { &g->fresh, .size = 0, .bad_root = true });
	assert_refused(g, 422);
	probe(g, (struct probe) { &g->fresh, .old = 0, .size = 5, .one_hash_more = true });
	assert_refused(g, 422);
	probe(g, (struct probe) { &g->fresh, .old = 1, .size = 5, .proof_from = 1 });
	assert_holds(g, "0\n");
	probe(g, (struct probe) { &g->fresh, .size = 0 });
	assert_cosigned(g, &g->fresh, 0);
	close_stage(g);
}

static void
what_is_no_request_is_400(void **state)
{
	static const char *const text[] = { "", "\n", "old 0\n", "old 0\n\n", "old 00\n\n",
		"old -1\n\n", "old 0\r\n\r\n", "hello\n\nlog.example/a\n1\n",
		"old 9223372036854775808\n\n" };
	struct stage *g = open_stage();
	struct probe p = { &g->log, .size = 300 };
	struct cm_buf note = { 0 }, b = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		post_text(g, text[i]);
		assert_refused(g, 400);
	}
	put_note(&p, &note);
	/* leading zeros */
	cm_buf_printf(&b, "old 0300\n\n%s", cm_buf_cstr(&note));
	ask(g, "add-checkpoint", &b);
	assert_refused(g, 400);
	/* a line too many of the proof */
	cm_buf_clear(&b);
	cm_buf_add_str(&b, "old 0\n");
	for (int i = 0; i < 64; i++)
		cm_buf_add_str(&b, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
	cm_buf_printf(&b, "\n%s", cm_buf_cstr(&note));
	ask(g, "add-checkpoint", &b);
	assert_refused(g, 400);
	/* no more than may be */
	cm_buf_clear(&b);
	for (size_t i = 0; i < CM_WITNESS_SITE_BODY + 1; i++)
		cm_buf_add_u8(&b, 'x');
	ask(g, "add-checkpoint", &b);
	assert_refused(g, 413);
	latest(g, &g->log);
	assert_refused(g, 404);
	cm_buf_release(&note);
	cm_buf_release(&b);
	close_stage(g);
}

static void
other_doors_are_shut(void **state)
{
	static const char *const path[] = { "", "add-checkpoint/", "add-checkpoints", "checkpoint",
		"key", "journal", "../witness/key",
		"0000000000000000000000000000000000000000000000000000000000000000/checkpoint",
		"0000000000000000000000000000000000000000000000000000000000000000",
		"sign-subtree" };
	struct stage *g = open_stage();
	struct cm_buf b = { 0 };
	char upper[96];
	uint8_t hash[32];

	(void)state;
	for (size_t i = 0; i < sizeof(path) / sizeof(path[0]); i++) {
		ask(g, path[i], NULL);
		assert_refused(g, 404);
	}
	ask(g, "add-checkpoint", NULL);
	assert_refused(g, 405);
	/* a hash has one spelling */
	probe(g, (struct probe) { &g->log, .size = 5 });
	cm_sha256(g->log.v.name, strlen(g->log.v.name), hash);
	for (size_t i = 0; i < 32; i++)
		snprintf(upper + 2 * i, 3, "%02X", hash[i]);
	strcat(upper, "/checkpoint");
	ask(g, upper, NULL);
	assert_refused(g, 404);
	ask(g, upper, &b);
	assert_refused(g, 404);
	/* nor is there anything beside it */
	cm_hex_encode(cm_span_of(hash, 32), upper);
	strcpy(upper + 64, "/checkpoints");
	ask(g, upper, NULL);
	assert_refused(g, 404);
	close_stage(g);
}

/* Many go on from the same size at once: one wins, the others are told of it. */
static void
of_many_that_grow_from_one_size_one_wins(void **state)
{
	struct stage *g = open_stage();
	struct cm_http_ask asks[40];
	struct cm_http_reply r[40];
	struct cm_buf body[40] = { 0 };
	char at[200], won[24] = { 0 };
	unsigned n = 0;

	(void)state;
	probe(g, (struct probe) { &g->log, .size = 10 });
	url(g, "add-checkpoint", at);
	for (unsigned i = 0; i < 40; i++) {
		put_request(
		    &(struct probe) { &g->log, .old = 10, .size = 11 + i, .proof_from = 10 },
		    &body[i]);
		asks[i] = (struct cm_http_ask) { .url = at,
			.post = "text/plain",
			.body = cm_buf_span(&body[i]),
			.answer_max = 10000,
			.total_ms = 20000 };
	}
	assert_int_equal(cm_http_client_all(g->client, asks, 40, r, NULL), CM_OK);
	for (unsigned i = 0; i < 40; i++)
		if (r[i].status == 200) {
			n++;
			snprintf(won, sizeof(won), "%u\n", 11 + i);
		}
	assert_int_equal(n, 1);
	for (unsigned i = 0; i < 40; i++) {
		if (r[i].status != 200) {
			assert_int_equal(r[i].status, 409);
			assert_string_equal(cm_buf_cstr(&r[i].body), won);
		}
		cm_buf_release(&r[i].body);
		cm_buf_release(&body[i]);
	}
	assert_latest(g, &g->log, strtoull(won, NULL, 10));
	close_stage(g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_log_that_grows_is_cosigned),
		cmocka_unit_test(what_does_not_fit_is_refused_and_changes_nothing),
		cmocka_unit_test(the_empty_log_has_one_root_and_no_proof),
		cmocka_unit_test(what_is_no_request_is_400),
		cmocka_unit_test(other_doors_are_shut),
		cmocka_unit_test(of_many_that_grow_from_one_size_one_wins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
