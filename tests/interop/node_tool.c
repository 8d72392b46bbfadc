/* What the node does, one thing at a time, for tests with other people's programs.
 *
 *	node_tool gather POLICY ORIGIN SEED SIZE[/SALT]...
 *	node_tool latest POLICY ORIGIN SEED SIZE[/SALT]
 *	node_tool get URL [CA-FILE]
 *	node_tool vkey ORIGIN SEED
 *	node_tool request ORIGIN SEED SIZE[/SALT] OLD PROOF-FROM
 *
 * `gather` has each of these checkpoints of one log, whose tree is made up, cosigned by the
 * witnesses of the trust file, and prints the outcome of each, then the note.
 * A seed is 64 hexadecimal digits. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/node/grove.h"
#include "base/hex.h"
#include "crypto/ed25519.h"
#include "log/witness.h"
#include "node/gather.h"
#include "node/latest.h"
#include "os/private.h"

#define LIMIT_MS 10000u

static void
must(enum cm_result r, const struct cm_err *err)
{
	if (r == CM_OK)
		return;
	fprintf(stderr, "node_tool: %s: %s\n", cm_result_word(r), err->text);
	exit(1);
}

/* A log that is made up. */
struct log {
	struct cm_arena arena;
	struct cm_policy policy;
	uint8_t seed[32];
	struct cm_vkey key;
	struct cm_http_client *client;
	uint64_t known[CM_POLICY_MEMBERS];
	unsigned salt;
	uint64_t size;
};

static void
set_key(struct log *l, const char *origin, const char *seed_hex)
{
	struct cm_err err = { 0 };
	uint8_t public[32];

	must(cm_hex_decode(cm_span_str(seed_hex), l->seed, 32), &err);
	must(cm_ed25519_public(l->seed, public), &err);
	must(cm_vkey_of(cm_span_str(origin), CM_NOTE_ED25519, public, &l->key, &err), &err);
}

static void
set_up(struct log *l, char **argv)
{
	struct cm_http_client_new in = { 0 };
	struct cm_buf text = { 0 };
	struct cm_err err = { 0 };

	cm_arena_init(&l->arena, 0);
	must(cm_whole_read(argv[0], CM_POLICY_BYTES, &text, &err), &err);
	must(cm_policy_parse(cm_buf_span(&text), &l->arena, &l->policy, &err), &err);
	cm_buf_release(&text);
	set_key(l, argv[1], argv[2]);
	must(cm_http_client_new(&in, &l->client, &err), &err);
}

/* SIZE or SIZE/SALT */
static void
set_size(struct log *l, const char *text)
{
	char *rest = NULL;

	l->size = strtoull(text, &rest, 10);
	l->salt = *rest == '/' ? (unsigned)strtoul(rest + 1, NULL, 10) : 0;
}

static struct cm_checkpoint
checkpoint_of(const struct log *l)
{
	struct cm_checkpoint c = { .size = l->size };

	memcpy(c.origin, l->key.name, sizeof(c.origin));
	grove_root(l->salt, l->size, c.root);
	return c;
}

static void
put_note(const struct log *l, struct cm_buf *out)
{
	struct cm_checkpoint c = checkpoint_of(l);
	struct cm_buf text = { 0 };
	struct cm_err err = { 0 };

	cm_checkpoint_write(&c, &text);
	cm_buf_add_span(out, cm_buf_span(&text));
	cm_buf_add_u8(out, '\n');
	must(cm_note_sign(cm_buf_span(&text), &l->key, l->seed, out, &err), &err);
	cm_buf_release(&text);
}

static void
gather_one(struct log *l)
{
	struct cm_hashes hashes = grove_hashes(&l->salt);
	struct cm_gathered got[CM_POLICY_MEMBERS];
	struct cm_buf note = { 0 }, lines = { 0 };
	struct cm_err err = { 0 };
	size_t n = 0;

	put_note(l, &note);
	must(cm_gather(l->client,
		 &(struct cm_gather_ask) { .note = cm_buf_span(&note),
		     .hashes = &hashes,
		     .policy = &l->policy,
		     .known = l->known,
		     .limit_ms = LIMIT_MS },
		 got, &n, &lines, &err),
	    &err);
	for (size_t i = 0; i < n; i++)
		printf("size %" PRIu64 " %s %d %" PRIu64 ": %s\n", l->size,
		    cm_gather_word(got[i].how), got[i].status, got[i].time, got[i].text);
	printf("%s%s.\n", cm_buf_cstr(&note), lines.len == 0 ? "" : cm_buf_cstr(&lines));
	fflush(stdout); /* whoever kills a witness meanwhile wants to know how far it came */
	cm_buf_release(&note);
	cm_buf_release(&lines);
}

static void
latest_of(struct log *l)
{
	struct cm_checkpoint c = checkpoint_of(l);
	struct cm_hashes hashes = grove_hashes(&l->salt);
	struct cm_latest got[CM_POLICY_MEMBERS];
	struct cm_buf note = { 0 };
	struct cm_err err = { 0 };
	size_t n = 0;

	put_note(l, &note);
	must(cm_latest_ask(l->client,
		 &(struct cm_latest_ask) { .log = &l->key,
		     .head = &c,
		     .hashes = &hashes,
		     .policy = &l->policy,
		     .limit_ms = LIMIT_MS,
		     .note = cm_buf_span(&note) },
		 &l->arena, got, &n, &err),
	    &err);
	for (size_t i = 0; i < n; i++)
		printf(
		    "%s %" PRIu64 ": %s\n", cm_latest_word(got[i].how), got[i].size, got[i].text);
	cm_buf_release(&note);
}

static void
get(int argc, char **argv)
{
	struct cm_http_client_new in = { .ca_file = argc > 1 ? argv[1] : NULL };
	struct cm_http_ask ask = { .url = argv[0], .answer_max = 1 << 20, .total_ms = LIMIT_MS };
	struct cm_http_reply r = { 0 };
	struct cm_http_client *c = NULL;
	struct cm_err err = { 0 };

	must(cm_http_client_new(&in, &c, &err), &err);
	must(cm_http_client_all(c, &ask, 1, &r, &err), &err);
	if (r.end == CM_HTTP_ANSWERED)
		printf("%d %s\n%.*s", r.status, r.type, (int)r.body.len, (const char *)r.body.ptr);
	else
		printf("no answer: %s\n", r.why);
	cm_buf_release(&r.body);
	cm_http_client_free(c);
}

static void
print_vkey(const struct log *l)
{
	struct cm_buf line = { 0 };

	cm_vkey_write(&l->key, &line);
	printf("%s\n", cm_buf_cstr(&line));
	cm_buf_release(&line);
}

static void
print_request(const struct log *l, uint64_t old, uint64_t from)
{
	struct cm_hashes hashes = grove_hashes(&l->salt);
	struct cm_proof proof = { 0 };
	struct cm_buf note = { 0 }, request = { 0 };
	struct cm_err err = { 0 };

	must(cm_proof_consistency(&hashes, from, l->size, &proof, &err), &err);
	put_note(l, &note);
	cm_witness_request_write(old, &proof, cm_buf_span(&note), &request);
	fwrite(request.ptr, 1, request.len, stdout);
	cm_buf_release(&note);
	cm_buf_release(&request);
}

int
main(int argc, char **argv)
{
	static struct log l;

	if (argc >= 6 && strcmp(argv[1], "gather") == 0) {
		set_up(&l, argv + 2);
		for (int i = 5; i < argc; i++) {
			set_size(&l, argv[i]);
			gather_one(&l);
		}
	} else if (argc == 6 && strcmp(argv[1], "latest") == 0) {
		set_up(&l, argv + 2);
		set_size(&l, argv[5]);
		latest_of(&l);
	} else if (argc >= 3 && strcmp(argv[1], "get") == 0) {
		get(argc - 2, argv + 2);
	} else if (argc == 4 && strcmp(argv[1], "vkey") == 0) {
		set_key(&l, argv[2], argv[3]);
		print_vkey(&l);
	} else if (argc == 7 && strcmp(argv[1], "request") == 0) {
		set_key(&l, argv[2], argv[3]);
		set_size(&l, argv[4]);
		print_request(&l, strtoull(argv[5], NULL, 10), strtoull(argv[6], NULL, 10));
	} else {
		fprintf(stderr, "usage: see the head of node_tool.c\n");
		return 2;
	}
	return 0;
}
