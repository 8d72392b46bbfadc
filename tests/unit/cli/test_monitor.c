/* Entries of somebody's log: whose they are, which stand there twice, and how many were not shown.
 * Forks are kept once each, whole, and read again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/monitor.h"
#include "crypto/ed25519.h"
#include "dossier/fork.h"
#include "os/private.h"
#include "statement/keyring.h"

#define ORIGIN "a.example/log"
#define ENTRIES 16u

static const uint8_t seed[32] = { 9 };
static char place[64];
static struct cm_monitor m;
static struct cm_keyring keyring;

static int
set_up(void **state)
{
	static const uint8_t case_seed[32] = { 1 };
	char folder[80], mirror[80];
	uint8_t point[32];
	struct cm_case_new fresh = { .folder = folder, .name = "B", .seed = case_seed, .now = 1795475200 };

	(void)state;
	m = (struct cm_monitor) { .hash = "0011223344556677" };
	snprintf(place, sizeof(place), "/tmp/comity-monitor-XXXXXX");
	if (mkdtemp(place) == NULL)
		return -1;
	snprintf(folder, sizeof(folder), "%s/.comity", place);
	snprintf(mirror, sizeof(mirror), "%s/mirror", place);
	cm_arena_init(&m.arena, 0);
	cm_arena_init(&m.round, 0);
	return cm_ed25519_public(seed, point) != CM_OK ||
	    cm_vkey_of(cm_span_str(ORIGIN), CM_NOTE_ED25519, point, &m.key, NULL) != CM_OK ||
	    cm_case_create(&fresh, NULL) != CM_OK || cm_case_open(folder, &m.c, NULL) != CM_OK ||
	    cm_case_keyring(m.c, NULL, &keyring, NULL) != CM_OK ||
	    cm_mirror_files_open(cm_disk_here(), mirror, &m.key, &m.mirror, NULL) != CM_OK;
}

static int
tear_down(void **state)
{
	(void)state;
	cm_keyring_close(&keyring);
	cm_mirror_files_close(m.mirror);
	cm_case_close(m.c);
	cm_leaf_places_fini(&m.place);
	cm_leaf_places_fini(&m.own_place);
	cm_leaf_places_fini(&m.shown_place);
	cm_arena_fini(&m.round);
	cm_arena_fini(&m.arena);
	return cm_disk_clear(cm_disk_here(), place, 12, NULL) != CM_OK;
}

/* A checkpoint, signed. */
static struct cm_span
note_of(const struct cm_checkpoint *c)
{
	struct cm_buf text = { 0 }, note = { 0 };
	struct cm_span out;

	cm_checkpoint_write(c, &text);
	cm_buf_add_span(&note, cm_buf_span(&text));
	cm_buf_add_u8(&note, '\n');
	assert_int_equal(cm_note_sign(cm_buf_span(&text), &m.key, seed, &note, NULL), CM_OK);
	out = cm_span_of(cm_arena_copy(&m.arena, note.ptr, note.len), note.len);
	cm_buf_release(&text);
	cm_buf_release(&note);
	return out;
}

static enum cm_result
no_tile(void *arg, const struct cm_log_tile *t, struct cm_span bytes, struct cm_err *err)
{
	(void)arg;
	(void)t;
	(void)bytes;
	(void)err;
	return CM_OK;
}

/* Puts these into the mirror, which is empty, under the log's signature. */
static void
mirror(const struct cm_span *entries, size_t n)
{
	struct cm_checkpoint c = { .origin = ORIGIN };
	struct cm_tile_sink sink = { no_tile, NULL };
	struct cm_growth *g = NULL;

	cm_sha256("", 0, c.root);
	assert_int_equal(cm_growth_new(NULL, 0, c.root, &g, NULL), CM_OK);
	assert_int_equal(cm_growth_add(g, entries, n, &sink, NULL), CM_OK);
	assert_int_equal(cm_growth_settle(g, &sink, &c.size, c.root, NULL), CM_OK);
	cm_growth_free(g);
	assert_int_equal(cm_mirror_files_add(m.mirror, entries, n, NULL), CM_OK);
	assert_int_equal(cm_mirror_files_keep(m.mirror, &c, note_of(&c), NULL), CM_OK);
}

static void
nothing(void *arg, struct cm_jsonw *w)
{
	(void)arg;
	(void)w;
}

/* The entry of a statement of the case. */
static struct cm_entry
own_statement(void)
{
	static const struct cm_subject subject = { { 1 }, { 2 } };
	struct cm_case_draft d = { .type = CM_PREDICATE_SEAL, .subject = &subject, .n_subject = 1,
		.made = 1795475200, .body = nothing };
	struct cm_buf json = { 0 }, sig = { 0 };
	struct cm_case_stated s;
	struct cm_entry e = { 0 };

	assert_int_equal(cm_case_state(m.c, &keyring.signer, &d, &s, NULL), CM_OK);
	assert_int_equal(cm_case_statement_text(m.c, s.digest, &json, &sig, NULL), CM_OK);
	cm_entry_digest(cm_buf_span(&json), cm_buf_span(&sig), e.digest);
	snprintf(e.key, sizeof(e.key), "%s", cm_case_self(m.c)->fingerprint);
	cm_buf_release(&json);
	cm_buf_release(&sig);
	return e;
}

static struct cm_entry
entry_by(const struct cm_ssh_public *key, uint8_t n)
{
	struct cm_entry e = { { n }, "" };

	cm_ssh_fingerprint(key, e.key);
	return e;
}

static struct cm_span
text_of(const struct cm_entry *e)
{
	struct cm_buf text = { 0 };
	struct cm_span out;

	cm_entry_write(e, &text);
	out = cm_span_of(cm_arena_copy(&m.arena, text.ptr, text.len), text.len);
	cm_buf_release(&text);
	return out;
}

static struct cm_monitor_entry said[ENTRIES];
static size_t n_said;

static enum cm_result
say(void *arg, const struct cm_monitor_entry *e)
{
	(void)arg;
	assert_true(n_said < ENTRIES);
	said[n_said++] = *e;
	return CM_OK;
}

static void
each_entry_is_known_for_what_it_is(void **state)
{
	static const uint8_t a_point[32] = { 0x58, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
		0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
		0x66, 0x66, 0x66, 0x66, 0x66 };
	struct cm_ssh_public a = cm_ssh_public_of(a_point), nobody = cm_ssh_public_of(seed);
	struct cm_signer_line line = { .principals = "A", .key = a };
	struct cm_entry mine = own_statement(), stolen = mine, a1 = entry_by(&a, 1), a2 = entry_by(&a, 2),
			a3 = entry_by(&a, 3), other = entry_by(&nobody, 4);
	struct cm_shown_statement shown[] = { { "d", "seal-1.json", a1, { 0 }, 1, CM_PREDICATE_SEAL, 0 },
		{ "d", "finding-1.json", entry_by(&a, 77), { 0 }, 9, CM_PREDICATE_FINDING, 0 },
		{ "e", "seal-1.json", a1, { 0 }, 1, CM_PREDICATE_SEAL, 0 } };
	struct cm_span entries[] = { text_of(&a1), text_of(&mine), text_of(&other), cm_span_str("junk"),
		text_of(&a2), text_of(&a1), cm_span_str("junk"), text_of(&a3), cm_span_of("", 0), { NULL, 0 } };
	const struct cm_shown_key *k;
	uint64_t at;

	(void)state;
	stolen.digest[0] ^= 1;
	entries[9] = text_of(&stolen);
	m.trust.signers = (struct cm_signers) { &line, 1, 0 };
	m.shown = shown;
	m.n_shown = 3;
	assert_int_equal(cm_monitor_know_signers(&m), CM_OK);
	assert_int_equal(cm_monitor_know_shown(&m), CM_OK);
	assert_int_equal(cm_monitor_know_own(&m), CM_OK);
	mirror(entries, 10);
	n_said = 0;
	assert_int_equal(cm_monitor_scan(&m, 1, say, NULL), CM_OK);
	assert_int_equal(n_said, 9);
	for (size_t i = 0; i < 9; i++)
		assert_int_equal(said[i].place, i + 1);

	assert_true(said[0].is_mine && said[0].own != NULL && said[0].own->number == 1);
	assert_true(said[1].is_statement && said[1].principals == NULL && !said[1].is_mine);
	assert_false(said[2].is_statement);
	assert_string_equal(said[3].principals, "A");
	assert_null(said[3].shown);
	assert_int_equal(said[4].first, 0);
	assert_string_equal(said[4].shown->name, "seal-1.json");
	assert_int_equal(said[5].first, 3);
	assert_int_equal(said[7].first, 8);
	assert_true(said[8].is_mine);
	assert_null(said[8].own);

	assert_true(cm_leaf_places_find(&m.place, shown[0].leaf, &at));
	assert_int_equal(at, 0);
	assert_false(cm_leaf_places_find(&m.place, shown[1].leaf, &at));
	assert_int_equal(m.n_shown_keys, 1);
	k = cm_monitor_shown_key(&m, a1.key);
	assert_int_equal(k->logged, 3); /* the one that stands there twice is one */
	assert_int_equal(k->shown, 1);
	assert_int_equal(k->highest, 9);
	assert_null(cm_monitor_shown_key(&m, other.key));
	/* nothing is counted twice when it is looked at again */
	assert_int_equal(cm_monitor_scan(&m, 0, say, NULL), CM_OK);
	assert_int_equal(k->logged, 3);
}

/* Two roots of one size. */
static struct cm_fork
fork_at(uint64_t size, uint8_t one, uint8_t two)
{
	struct cm_checkpoint a = { .origin = ORIGIN, .size = size, .root = { one } };
	struct cm_checkpoint b = { .origin = ORIGIN, .size = size, .root = { two } };

	return (struct cm_fork) { .key = m.key, .one = note_of(&a), .two = note_of(&b) };
}

static void
keep(const struct cm_fork *f, bool want_again, const char *want_end)
{
	const char *path = NULL;
	bool again = false;

	if (cm_monitor_keep_fork(&m, f, &path, &again) != CM_OK)
		fail_msg("%s", m.err.text);
	assert_int_equal(again, want_again);
	assert_string_equal(strrchr(path, '/'), want_end);
}

static void
forks_are_kept_once_each(void **state)
{
	struct cm_fork f = fork_at(5, 1, 2), g = fork_at(5, 1, 3), h = fork_at(6, 1, 2), back = f, got;
	struct cm_buf path = { 0 }, bytes = { 0 };
	struct cm_forked k;

	(void)state;
	assert_int_equal(cm_monitor_find_forks(&m), CM_OK);
	assert_int_equal(m.n_forks, 0);
	keep(&f, false, "/0011223344556677-5-1");
	keep(&f, true, "/0011223344556677-5-1");
	back.one = f.two;
	back.two = f.one;
	keep(&back, true, "/0011223344556677-5-1");
	keep(&g, false, "/0011223344556677-5-2");
	keep(&h, false, "/0011223344556677-6-1");
	assert_int_equal(cm_monitor_find_forks(&m), CM_OK);
	assert_int_equal(m.n_forks, 3);

	cm_buf_printf(&path, "%s/fork.dossier", m.fork[1]);
	assert_int_equal(cm_whole_read(cm_buf_cstr(&path), CM_FORK_DOSSIER_BYTES, &bytes, NULL), CM_OK);
	assert_int_equal(cm_fork_unpack(cm_buf_span(&bytes), &m.arena, &got, NULL), CM_OK);
	assert_int_equal(cm_fork_check(&got, &m.arena, &k, NULL), CM_OK);
	assert_true(cm_span_eq(got.one, g.one) && cm_span_eq(got.two, g.two));
	cm_buf_release(&path);
	cm_buf_release(&bytes);
	/* another log's are not this one's */
	m.hash[0] = '1';
	assert_int_equal(cm_monitor_find_forks(&m), CM_OK);
	assert_int_equal(m.n_forks, 0);
}

/* A folder that a crash left half written is no fork, and in nobody's way. */
static void
what_a_crash_left_is_cleared_away(void **state)
{
	struct cm_fork f = fork_at(5, 1, 2);
	char path[120];

	(void)state;
	snprintf(path, sizeof(path), "%s/forks", cm_case_folder(m.c));
	assert_int_equal(cm_private_mkdir(path, NULL), CM_OK);
	snprintf(path, sizeof(path), "%s/forks/0011223344556677-5-1.tmp", cm_case_folder(m.c));
	assert_int_equal(cm_private_mkdir(path, NULL), CM_OK);
	snprintf(path, sizeof(path), "%s/forks/0011223344556677-5-1.tmp/one.note", cm_case_folder(m.c));
	assert_int_equal(cm_whole_write(path, cm_span_str("rubb"), (struct cm_write_mode) { CM_WRITE_NEW, 0644 }, NULL),
	    CM_OK);
	assert_int_equal(cm_monitor_find_forks(&m), CM_OK);
	assert_int_equal(m.n_forks, 0);
	keep(&f, false, "/0011223344556677-5-1");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_entry_is_known_for_what_it_is),
		TEST(forks_are_kept_once_each),
		TEST(what_a_crash_left_is_cleared_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
