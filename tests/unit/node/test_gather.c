/* Witnesses of every kind are asked at once; each is reported, and only what holds counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "log/witness.h"
#include "node/gather.h"
#include "os/clock.h"
#include "village.h"

#define SIZE 40u
#define TIME 1700000000u
#define LIMIT_MS 2500u

/* What a 200 brings. */
enum lines {
	NO_LINE,
	GOOD,     /* by its key, over this checkpoint */
	OTHER,    /* by its key, over another checkpoint */
	STRANGER, /* by a key that is not in the trust file */
	WITH_STRANGER,
	SPOILT, /* a good one, and one of its key that does not hold */
	TWICE   /* at two times */
};

struct answer {
	const char *word;
	const char *body; /* NULL: `lines` */
	enum lines lines;
};

struct kind {
	const char *name;
	uint64_t known;
	struct answer answer[2];
	enum cm_gather_how how;
	int status;
	uint64_t size;       /* in the outcome */
	const char *text;    /* in the sentence */
	uint64_t old[2];     /* that it is asked from */
	unsigned asked;      /* how often */
	uint64_t known_then; /* afterwards */
};

static const struct kind kinds[] = {
	{ "good", 0, { { "200", NULL, GOOD } }, CM_GATHER_COSIGNED, 200, 0, "good cosigned size 40",
	    { 0 }, 1, 40 },
	{ "known", 10, { { "200", NULL, GOOD } }, CM_GATHER_COSIGNED, 200, 0, "cosigned", { 10 }, 1,
	    40 },
	{ "again", 40, { { "200", NULL, GOOD } }, CM_GATHER_COSIGNED, 200, 0, "cosigned", { 40 }, 1,
	    40 },
	{ "smaller", 0, { { "409", "10\n", 0 }, { "200", NULL, GOOD } }, CM_GATHER_COSIGNED, 200,
	    10, "cosigned", { 0, 10 }, 2, 40 },
	{ "forgot", 10, { { "409", "0\n", 0 }, { "200", NULL, GOOD } }, CM_GATHER_COSIGNED, 200, 0,
	    "cosigned", { 10, 0 }, 2, 40 },
	{ "same", 0, { { "409", "40\n", 0 }, { "200", NULL, GOOD } }, CM_GATHER_COSIGNED, 200, 40,
	    "cosigned", { 0, 40 }, 2, 40 },
	{ "larger", 0, { { "409", "41\n", 0 } }, CM_GATHER_AHEAD, 409, 41,
	    "larger is ahead: it cosigned size 41 of this log, which has only 40; a restored "
	    "backup",
	    { 0 }, 1, 41 },
	{ "beyond", 99, { { "409", "99\n", 0 } }, CM_GATHER_AHEAD, 409, 99, "is ahead", { 40 }, 1,
	    99 },
	{ "smaller-larger", 0, { { "409", "10\n", 0 }, { "409", "41\n", 0 } }, CM_GATHER_AHEAD, 409,
	    41, "is ahead", { 0, 10 }, 2, 41 },
	{ "loops", 0, { { "409", "10\n", 0 } }, CM_GATHER_NONSENSE, 409, 10,
	    "does not settle: asked to go on from size 10, it says it holds 10", { 0, 10 }, 2, 10 },
	{ "wanders", 0, { { "409", "10\n", 0 }, { "409", "20\n", 0 } }, CM_GATHER_NONSENSE, 409, 20,
	    "does not settle", { 0, 10 }, 2, 20 },
	{ "elsewhere", 10, { { "422", "no\n", 0 } }, CM_GATHER_ELSEWHERE, 422, 0,
	    "elsewhere holds another tree of this log: what it cosigned at size 10", { 10 }, 1,
	    10 },
	{ "elsewhere-old", 40, { { "409", "40\n", 0 } }, CM_GATHER_ELSEWHERE, 409, 40,
	    "holds another tree", { 40 }, 1, 40 },
	{ "unknown", 0, { { "404", "not found\n", 0 } }, CM_GATHER_UNKNOWN, 404, 0,
	    "unknown answers 404: not found", { 0 }, 1, 0 },
	{ "forbidden", 0, { { "403", "bad \x1b[31msignature\nx", 0 } }, CM_GATHER_REFUSED, 403, 0,
	    "forbidden answers 403: bad ?[31msignature", { 0 }, 1, 0 },
	{ "malformed", 0, { { "400", "", 0 } }, CM_GATHER_REFUSED, 400, 0, "malformed answers 400",
	    { 0 }, 1, 0 },
	{ "busy", 0, { { "429", "", 0 } }, CM_GATHER_PUSHBACK, 429, 0, "busy answers 429", { 0 }, 1,
	    0 },
	{ "down", 0, { { "503", "", 0 } }, CM_GATHER_PUSHBACK, 503, 0, "down answers 503", { 0 }, 1,
	    0 },
	{ "broken", 0, { { "500", "oops", 0 } }, CM_GATHER_NONSENSE, 500, 0,
	    "broken answers 500: oops", { 0 }, 1, 0 },
	{ "moved", 0, { { "302", "", 0 } }, CM_GATHER_NONSENSE, 302, 0, "moved answers 302", { 0 },
	    1, 0 },
	{ "empty", 0, { { "200", "", 0 } }, CM_GATHER_NONSENSE, 200, 0, "empty answers 200", { 0 },
	    1, 0 },
	{ "page", 0, { { "200", "<html>hello</html>\n", 0 } }, CM_GATHER_NONSENSE, 200, 0,
	    "page answers 200: <html>hello</html>", { 0 }, 1, 0 },
	{ "no-size", 0, { { "409", "", 0 } }, CM_GATHER_NONSENSE, 409, 0, "no-size answers 409",
	    { 0 }, 1, 0 },
	{ "zeros", 0, { { "409", "010\n", 0 } }, CM_GATHER_NONSENSE, 409, 0, "zeros answers 409",
	    { 0 }, 1, 0 },
	{ "huge", 0, { { "409", "99999999999999999999999\n", 0 } }, CM_GATHER_NONSENSE, 409, 0,
	    "huge answers 409", { 0 }, 1, 0 },
	{ "other", 0, { { "200", NULL, OTHER } }, CM_GATHER_NOT_GOOD, 200, 0,
	    "other answers 200, but its cosignature does not count", { 0 }, 1, 0 },
	{ "stranger", 0, { { "200", NULL, STRANGER } }, CM_GATHER_NOT_GOOD, 200, 0,
	    "stranger answers 200, but its cosignature does not count", { 0 }, 1, 0 },
	{ "company", 0, { { "200", NULL, WITH_STRANGER } }, CM_GATHER_COSIGNED, 200, 0, "cosigned",
	    { 0 }, 1, 40 },
	{ "spoilt", 0, { { "200", NULL, SPOILT } }, CM_GATHER_NOT_GOOD, 200, 0, "does not count",
	    { 0 }, 1, 0 },
	{ "twice", 0, { { "200", NULL, TWICE } }, CM_GATHER_COSIGNED, 200, 0, "cosigned", { 0 }, 1,
	    40 },
	{ "silent", 0, { { "hang", "", 0 } }, CM_GATHER_LATE, 0, 0,
	    "silent did not answer within 2.5 s", { 0 }, 1, 0 },
	{ "silent-then", 0, { { "409", "10\n", 0 }, { "hang", "", 0 } }, CM_GATHER_LATE, 409, 10,
	    "did not answer within 2.5 s", { 0, 10 }, 2, 10 },
	{ "drips", 0, { { "drip", "", 0 } }, CM_GATHER_LATE, 0, 0, "did not answer within 2.5 s",
	    { 0 }, 1, 0 },
	{ "closes", 0, { { "close", "", 0 } }, CM_GATHER_UNREACHABLE, 0, 0,
	    "closes can not be asked: ", { 0 }, 1, 0 },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static void
put_lines(enum lines how, const struct made_key *key, struct cm_buf *out)
{
	const struct made_key stranger = made_key("stranger.example", CM_NOTE_COSIGNATURE, 200);
	struct cm_buf text = { 0 }, other = { 0 };

	village_text(0, SIZE, &text);
	village_text(0, SIZE - 1, &other);
	if (how == STRANGER || how == WITH_STRANGER)
		village_cosign(&stranger, cm_buf_span(&text), TIME, out);
	if (how == OTHER || how == SPOILT)
		village_cosign(key, cm_buf_span(&other), TIME, out);
	if (how == GOOD || how == WITH_STRANGER || how == SPOILT || how == TWICE)
		village_cosign(key, cm_buf_span(&text), TIME, out);
	if (how == TWICE)
		village_cosign(key, cm_buf_span(&text), TIME + 5, out);
	cm_buf_release(&text);
	cm_buf_release(&other);
}

static void
tell(struct village *v, const struct kind *k, const struct made_key *key)
{
	for (unsigned i = 0; i < 2 && k->answer[i].word != NULL; i++) {
		const struct answer *a = &k->answer[i];
		struct cm_buf body = { 0 };

		if (a->body == NULL)
			put_lines(a->lines, key, &body);
		else
			cm_buf_add_str(&body, a->body);
		village_tell(v, k->name, i + 1, a->word, cm_buf_span(&body));
		cm_buf_release(&body);
	}
}

/* Would a witness that holds ${old} have cosigned this? */
static void
check_request(struct village *v, const struct kind *k, unsigned n, uint64_t old)
{
	struct cm_witness_held held = { .size = old };
	struct cm_witness_ruling ruling;
	struct cm_witness_request q;
	struct cm_buf asked = { 0 };
	struct cm_arena arena;

	cm_arena_init(&arena, 0);
	assert_true(village_asked(v, k->name, n, &asked));
	assert_int_equal(cm_witness_request_parse(cm_buf_span(&asked), &arena, &q, NULL), CM_OK);
	if (q.old != old)
		fail_msg("%s: asked from %llu", k->name, (unsigned long long)q.old);
	grove_root(0, old, held.root);
	assert_int_equal(cm_witness_rule(&q, &v->log.v, &held, &ruling, NULL), CM_OK);
	if (ruling.status != 200)
		fail_msg("%s: request %u: %s", k->name, n, ruling.reason);
	cm_arena_fini(&arena);
	cm_buf_release(&asked);
}

static void
check_kind(struct village *v, const struct kind *k, const struct cm_gathered *g, uint64_t known)
{
	struct cm_buf more = { 0 };

	if (g->how != k->how)
		fail_msg("%s: %s: %s", k->name, cm_gather_word(g->how), g->text);
	if (strstr(g->text, k->text) == NULL)
		fail_msg("%s: %s", k->name, g->text);
	if (g->status != k->status || g->size != k->size || known != k->known_then)
		fail_msg("%s: status %d, size %llu, known %llu", k->name, g->status,
		    (unsigned long long)g->size, (unsigned long long)known);
	for (unsigned i = 0; i < k->asked; i++)
		check_request(v, k, i + 1, k->old[i]);
	assert_false(village_asked(v, k->name, k->asked + 1, &more));
	cm_buf_release(&more);
}

/* One line of each that cosigned, in order, and no other. */
static void
check_lines(struct village *v, struct cm_span lines)
{
	struct cm_buf want = { 0 }, text = { 0 };

	village_text(0, SIZE, &text);
	for (size_t i = 0; i < KINDS; i++)
		if (kinds[i].how == CM_GATHER_COSIGNED)
			village_cosign(&v->key[i], cm_buf_span(&text),
			    strcmp(kinds[i].name, "twice") == 0 ? TIME + 5 : TIME, &want);
	assert_true(cm_span_eq(lines, cm_buf_span(&want)));
	cm_buf_release(&want);
	cm_buf_release(&text);
}

static struct cm_http_client *
client(void)
{
	struct cm_http_client_new in = { 0 };
	struct cm_http_client *c = NULL;

	assert_int_equal(cm_http_client_new(&in, &c, NULL), CM_OK);
	return c;
}

static void
each_witness_is_reported_and_only_what_holds_counts(void **state)
{
	struct village *v = village_open();
	struct cm_gathered got[KINDS];
	uint64_t known[KINDS];
	unsigned salt = 0;
	struct cm_hashes hashes = grove_hashes(&salt);
	struct cm_buf note = { 0 }, lines = { 0 };
	struct cm_http_client *c = client();
	struct cm_err err = { 0 };
	size_t n = 0;
	int64_t begun;

	(void)state;
	village_note(v, 0, SIZE, &note);
	for (size_t i = 0; i < KINDS; i++) {
		village_add(v, kinds[i].name, NULL);
		tell(v, &kinds[i], &v->key[i]);
		known[i] = kinds[i].known;
	}
	begun = cm_clock_ms();
	assert_int_equal(cm_gather(c,
			     &(struct cm_gather_ask) { .note = cm_buf_span(&note),
				 .hashes = &hashes,
				 .policy = &v->policy,
				 .known = known,
				 .limit_ms = LIMIT_MS },
			     got, &n, &lines, &err),
	    CM_OK);
	assert_true(cm_clock_ms() - begun < LIMIT_MS + 2500);
	assert_int_equal(n, KINDS);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(got[i].member, i);
		check_kind(v, &kinds[i], &got[i], known[i]);
		if (got[i].how == CM_GATHER_COSIGNED)
			assert_true(got[i].time == TIME || got[i].time == TIME + 5);
	}
	check_lines(v, cm_buf_span(&lines));
	cm_buf_release(&note);
	cm_buf_release(&lines);
	cm_http_client_free(c);
	village_close(v);
}

static void
who_can_not_be_asked_is_reported(void **state)
{
	static const char *const url[] = { "http://127.0.0.1:1/x", "ftp://127.0.0.1/x",
		"nonsense" };
	struct village *v = village_open();
	struct cm_gathered got[5];
	uint64_t known[5] = { 0 };
	unsigned salt = 0;
	struct cm_hashes hashes = grove_hashes(&salt);
	struct cm_buf note = { 0 }, lines = { 0 }, long_body = { 0 };
	struct cm_http_client *c = client();
	size_t n = 0;

	(void)state;
	village_note(v, 0, SIZE, &note);
	for (size_t i = 0; i < 3; i++)
		village_add(v, "away", url[i]);
	village_add(v, "no-url", NULL);
	v->member[3].url = NULL;
	village_add(v, "long", NULL);
	for (unsigned i = 0; i < 300000; i++)
		cm_buf_add_u8(&long_body, 'x');
	village_tell(v, "long", 1, "200", cm_buf_span(&long_body));
	assert_int_equal(cm_gather(c,
			     &(struct cm_gather_ask) { .note = cm_buf_span(&note),
				 .hashes = &hashes,
				 .policy = &v->policy,
				 .known = known,
				 .limit_ms = 10000 },
			     got, &n, &lines, NULL),
	    CM_OK);
	assert_int_equal(n, 5);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(got[i].how, CM_GATHER_UNREACHABLE);
		assert_non_null(strstr(got[i].text, "away can not be asked: "));
	}
	assert_non_null(strstr(got[1].text, "neither with http:// nor with https://"));
	assert_int_equal(got[3].how, CM_GATHER_NOT_ASKED);
	assert_string_equal(got[3].text, "no-url has no URL in the trust file");
	assert_int_equal(got[4].how, CM_GATHER_NONSENSE);
	assert_non_null(strstr(got[4].text, "the answer has more than 262144 bytes"));
	assert_int_equal(lines.len, 0);
	cm_buf_release(&note);
	cm_buf_release(&long_body);
	cm_buf_release(&lines);
	cm_http_client_free(c);
	village_close(v);
}

static enum cm_result
no_hashes(void *arg, unsigned level, uint64_t n, uint8_t out[32], struct cm_err *err)
{
	(void)arg;
	(void)level;
	(void)n;
	(void)out;
	return cm_err_set(err, CM_E_IO, "a tile is gone");
}

static void
a_log_that_can_not_be_read_asks_nobody(void **state)
{
	struct village *v = village_open();
	struct cm_gathered got[2];
	uint64_t known[2] = { 0, 10 };
	struct cm_hashes hashes = { no_hashes, NULL };
	struct cm_buf note = { 0 }, lines = { 0 };
	struct cm_http_client *c = client();
	struct cm_http_reply none = { 0 };
	struct cm_err err = { 0 };
	size_t n = 0;
	struct cm_gather_ask ask = {
		.hashes = &hashes, .policy = &v->policy, .known = known, .limit_ms = 5000
	};

	(void)state;
	village_note(v, 0, SIZE, &note);
	village_add(v, "hangs", NULL);
	village_tell(v, "hangs", 1, "hang", cm_span_of(NULL, 0));
	village_add(v, "proof", NULL);
	ask.note = cm_buf_span(&note);
	assert_int_equal(cm_gather(c, &ask, got, &n, &lines, &err), CM_E_IO);
	assert_string_equal(err.text, "a tile is gone");
	assert_int_equal(cm_http_client_next(c, &none, NULL), CM_E_NOTFOUND); /* nothing is left */
	ask.note = cm_span_str("not a note\n");
	err = (struct cm_err) { 0 };
	assert_int_equal(cm_gather(c, &ask, got, &n, &lines, &err), CM_E_MALFORMED);
	cm_buf_release(&note);
	cm_http_client_free(c);
	village_close(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_witness_is_reported_and_only_what_holds_counts),
		cmocka_unit_test(who_can_not_be_asked_is_reported),
		cmocka_unit_test(a_log_that_can_not_be_read_asks_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
