/* What witnesses hold of a log, against what the log has: the guard against a restored backup. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "node/latest.h"
#include "os/clock.h"
#include "village.h"

#define SIZE 40u
#define TIME 1700000000u

enum shown {
	BODY,       /* as it stands */
	CHECKPOINT, /* signed by the log, cosigned by the witness */
	NOT_COSIGNED,
	NOT_SIGNED,
	ANOTHER_ORIGIN
};

struct kind {
	const char *name, *word;
	enum shown shown;
	const char *body;
	unsigned salt;
	uint64_t size;
	enum cm_latest_how how;
	const char *text;
};

static const struct kind kinds[] = {
	{ "same", "200", CHECKPOINT, NULL, 0, SIZE, CM_LATEST_BEHIND, "same holds size 40" },
	{ "older", "200", CHECKPOINT, NULL, 0, 7, CM_LATEST_BEHIND, "older holds size 7" },
	{ "first", "200", CHECKPOINT, NULL, 0, 0, CM_LATEST_BEHIND, "first holds size 0" },
	{ "nothing", "404", BODY, "", 0, 0, CM_LATEST_NOTHING, "nothing answers 404" },
	{ "ahead", "200", CHECKPOINT, NULL, 0, SIZE + 1, CM_LATEST_AHEAD,
	    "ahead is ahead: it cosigned size 41 of this log, which has only 40; a restored "
	    "backup" },
	{ "fork", "200", CHECKPOINT, NULL, 1, SIZE, CM_LATEST_ELSEWHERE,
	    "fork cosigned another tree of size 40 of this log, signed by its key" },
	{ "old-fork", "200", CHECKPOINT, NULL, 1, 10, CM_LATEST_ELSEWHERE,
	    "another tree of size 10" },
	{ "before-fork", "200", CHECKPOINT, NULL, 1, 5, CM_LATEST_BEHIND, "holds size 5" },
	{ "not-cosigned", "200", NOT_COSIGNED, NULL, 0, SIZE + 1, CM_LATEST_NONSENSE,
	    "not-cosigned shows a checkpoint that does not count: " },
	{ "not-signed", "200", NOT_SIGNED, NULL, 0, SIZE + 1, CM_LATEST_NONSENSE,
	    "does not count: " },
	{ "another", "200", ANOTHER_ORIGIN, NULL, 0, SIZE + 1, CM_LATEST_NONSENSE,
	    "does not count: " },
	{ "nonsense", "200", BODY, "hello\n", 0, 0, CM_LATEST_NONSENSE, "does not count: " },
	{ "empty", "200", BODY, "", 0, 0, CM_LATEST_NONSENSE, "does not count: " },
	{ "broken", "500", BODY, "oops", 0, 0, CM_LATEST_NONSENSE, "broken answers 500: oops" },
	{ "silent", "hang", BODY, "", 0, 0, CM_LATEST_LATE, "silent did not answer within 1.5 s" },
	{ "drips", "drip", BODY, "", 0, 0, CM_LATEST_LATE, "drips did not answer within 1.5 s" },
	{ "closes", "close", BODY, "", 0, 0, CM_LATEST_UNREACHABLE, "closes can not be asked: " },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static void
put_note(struct village *v, const struct kind *k, const struct made_key *key, struct cm_buf *out)
{
	struct made_key log = v->log;
	struct cm_buf text = { 0 };

	if (k->shown == NOT_SIGNED)
		log = made_key(VILLAGE_ORIGIN, CM_NOTE_ED25519, 99);
	if (k->shown == ANOTHER_ORIGIN) {
		log = made_key("log.example/b", CM_NOTE_ED25519, 1);
		made_text("log.example/b", k->size, 5, &text);
	} else {
		village_text(k->salt, k->size, &text);
	}
	made_note(cm_buf_span(&text), &log, out);
	if (k->shown != NOT_COSIGNED)
		village_cosign(key, cm_buf_span(&text), TIME, out);
	cm_buf_release(&text);
}

static void
tell(struct village *v, const struct kind *k, const struct made_key *key)
{
	struct cm_buf body = { 0 };

	if (k->shown == BODY)
		cm_buf_add_str(&body, k->body);
	else
		put_note(v, k, key, &body);
	village_tell(v, k->name, 1, k->word, cm_buf_span(&body));
	cm_buf_release(&body);
}

static void
check(const struct kind *k, const struct cm_latest *l)
{
	bool counts = k->how == CM_LATEST_BEHIND || k->how == CM_LATEST_AHEAD ||
		      k->how == CM_LATEST_ELSEWHERE;

	if (l->how != k->how || strstr(l->text, k->text) == NULL)
		fail_msg("%s: %s: %s", k->name, cm_latest_word(l->how), l->text);
	if (counts) {
		assert_int_equal(l->size, k->size);
		assert_int_equal(l->time, TIME);
	}
	assert_int_equal(l->note.len > 0, counts);
}

static void
what_each_witness_holds_is_judged_by_the_log(void **state)
{
	struct village *v = village_open();
	struct cm_latest got[KINDS + 1];
	struct cm_checkpoint head = { .origin = VILLAGE_ORIGIN, .size = SIZE };
	unsigned salt = 0;
	struct cm_hashes hashes = grove_hashes(&salt);
	struct cm_http_client_new in = { 0 };
	struct cm_http_client *c = NULL;
	struct cm_latest_ask ask = { .log = &v->log.v,
		.head = &head,
		.hashes = &hashes,
		.policy = &v->policy,
		.limit_ms = 1500 };
	struct cm_arena arena;
	size_t n = 0;
	int64_t begun;

	(void)state;
	cm_arena_init(&arena, 0);
	grove_root(0, SIZE, head.root);
	for (size_t i = 0; i < KINDS; i++) {
		village_add(v, kinds[i].name, NULL);
		tell(v, &kinds[i], &v->key[i]);
	}
	village_add(v, "no-url", NULL);
	v->member[KINDS].url = NULL;
	assert_int_equal(cm_http_client_new(&in, &c, NULL), CM_OK);
	begun = cm_clock_ms();
	assert_int_equal(cm_latest_ask(c, &ask, &arena, got, &n, NULL), CM_OK);
	assert_true(cm_clock_ms() - begun < 5000);
	assert_int_equal(n, KINDS + 1);
	for (size_t i = 0; i < KINDS; i++)
		check(&kinds[i], &got[i]);
	assert_int_equal(got[KINDS].how, CM_LATEST_NOT_ASKED);
	cm_http_client_free(c);
	cm_arena_fini(&arena);
	village_close(v);
}

/* Those that show nothing, and what they say to the head that is public already. */
struct shy {
	const char *name;
	const char *word[2], *body[2]; /* NULL: a cosignature of the head */
	enum cm_latest_how how;
	uint64_t size;
	const char *text;
};

static const struct shy shy[] = {
	{ "cosigns", { "200" }, { NULL }, CM_LATEST_BEHIND, SIZE, "cosigns cosigned size 40" },
	{ "behind", { "409", "200" }, { "10\n", NULL }, CM_LATEST_BEHIND, SIZE,
	    "cosigned size 40" },
	{ "shy-ahead", { "409" }, { "41\n" }, CM_LATEST_AHEAD, SIZE + 1,
	    "shy-ahead is ahead: it cosigned size 41 of this log, which has only 40" },
	{ "shy-fork", { "422" }, { "no\n" }, CM_LATEST_ELSEWHERE, SIZE,
	    "shy-fork holds another tree of this log" },
	{ "stranger", { "404" }, { "" }, CM_LATEST_NOTHING, 0, "stranger answers 404" },
	{ "shy-busy", { "429" }, { "" }, CM_LATEST_NONSENSE, SIZE, "shy-busy answers 429" },
	{ "shy-silent", { "hang" }, { "" }, CM_LATEST_LATE, SIZE, "shy-silent did not answer" },
	{ "shy-closes", { "close" }, { "" }, CM_LATEST_UNREACHABLE, SIZE, "can not be asked" },
};
#define SHY (sizeof(shy) / sizeof(shy[0]))

static void
tell_shy(struct village *v, const struct shy *k, const struct made_key *key)
{
	village_tell(v, k->name, 1, "404", cm_span_of(NULL, 0));
	for (unsigned i = 0; i < 2 && k->word[i] != NULL; i++) {
		struct cm_buf body = { 0 }, text = { 0 };

		village_text(0, SIZE, &text);
		if (k->body[i] == NULL)
			village_cosign(key, cm_buf_span(&text), TIME, &body);
		else
			cm_buf_add_str(&body, k->body[i]);
		village_tell(v, k->name, 2 + i, k->word[i], cm_buf_span(&body));
		cm_buf_release(&body);
		cm_buf_release(&text);
	}
}

static void
who_shows_nothing_is_asked_in_another_way(void **state)
{
	struct village *v = village_open();
	struct cm_latest got[SHY + 1];
	struct cm_checkpoint head = { .origin = VILLAGE_ORIGIN, .size = SIZE };
	unsigned salt = 0;
	struct cm_hashes hashes = grove_hashes(&salt);
	struct cm_http_client_new in = { 0 };
	struct cm_http_client *c = NULL;
	struct cm_buf note = { 0 }, asked = { 0 };
	struct cm_latest_ask ask = { .log = &v->log.v,
		.head = &head,
		.hashes = &hashes,
		.policy = &v->policy,
		.limit_ms = 1500 };
	struct cm_arena arena;
	size_t n = 0;

	(void)state;
	cm_arena_init(&arena, 0);
	grove_root(0, SIZE, head.root);
	village_note(v, 0, SIZE, &note);
	for (size_t i = 0; i < SHY; i++) {
		village_add(v, shy[i].name, NULL);
		tell_shy(v, &shy[i], &v->key[i]);
	}
	village_add(v, "same", NULL); /* shows what it holds, and is not asked again */
	tell(v, &kinds[0], &v->key[SHY]);
	assert_int_equal(cm_http_client_new(&in, &c, NULL), CM_OK);
	ask.note = cm_buf_span(&note);
	assert_int_equal(cm_latest_ask(c, &ask, &arena, got, &n, NULL), CM_OK);
	assert_int_equal(n, SHY + 1);
	for (size_t i = 0; i < SHY; i++)
		if (got[i].how != shy[i].how || strstr(got[i].text, shy[i].text) == NULL ||
		    got[i].size != shy[i].size || got[i].note.len != 0)
			fail_msg(
			    "%s: %s: %s", shy[i].name, cm_latest_word(got[i].how), got[i].text);
	check(&kinds[0], &got[SHY]);
	assert_false(village_asked(v, "same", 2, &asked));
	/* the head is what the log has published: whoever cosigned it needs no proof */
	assert_true(village_asked(v, "cosigns", 2, &asked));
	assert_memory_equal(asked.ptr, "old 40\n\n", 8);
	cm_buf_release(&asked);
	cm_buf_release(&note);
	cm_http_client_free(c);
	cm_arena_fini(&arena);
	village_close(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_each_witness_holds_is_judged_by_the_log),
		cmocka_unit_test(who_shows_nothing_is_asked_in_another_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
