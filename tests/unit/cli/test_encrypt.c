/* A file is encrypted whole or not at all, and read by who has the key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/age_keys.h"
#include "cli/encrypt.h"
#include "cli/encrypted.h"

static char folder[] = "test_encrypt.XXXXXX";
static char out[64], key[64], case_folder[64];
static const struct cm_write_mode fresh = { CM_WRITE_NEW, 0644 };

static int
set_up(void **state)
{
	(void)state;
	memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(out, sizeof(out), "%s/out", folder);
	snprintf(key, sizeof(key), "%s/key", folder);
	snprintf(case_folder, sizeof(case_folder), "%s/case", folder);
	return 0;
}

static int
tear_down(void **state)
{
	char command[80];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

static struct cm_age_identity
some_key(void)
{
	static const uint8_t secret[32] = { 1, 2, 3 };
	struct cm_age_identity k;

	assert_int_equal(cm_age_identity_of_secret(secret, &k), CM_OK);
	return k;
}

static void
put_key(const struct cm_age_identity *k)
{
	char text[CM_AGE_IDENTITY_TEXT];
	struct cm_write_mode mode = { CM_WRITE_NEW, 0600 };

	cm_age_identity_text(k, text);
	assert_int_equal(cm_whole_write(key, cm_span_str(text), mode, NULL), CM_OK);
}

/* A source whose size lies: it breaks off. */
static enum cm_result
broken(void *arg, uint64_t offset, size_t want, struct cm_span *got, struct cm_err *err)
{
	static const uint8_t some[200000];

	(void)arg;
	(void)want;
	if (offset > 100000)
		return cm_err_at(err, CM_E_IO, offset, "it breaks off");
	*got = cm_span_of(some, sizeof(some));
	return CM_OK;
}

static void
what_is_written_is_read_with_the_key(void **state)
{
	struct cm_age_identity k = some_key();
	struct cm_span text = cm_span_str("for one reader"), plain;
	struct cm_encrypt in = { out, fresh, cm_source_of_memory(&text), &k.to, 1 };
	struct cm_context ctx = { .program = "test", .out = stdout, .err = stderr };
	struct cm_encrypted e = { 0 };
	struct cm_buf file = { 0 };
	struct cm_err err = { 0 };

	(void)state;
	put_key(&k);
	assert_int_equal(cm_encrypt_stage(&in, &err), CM_OK);
	assert_false(cm_path_exists(out));
	assert_int_equal(cm_whole_place(out, fresh, &err), CM_OK);
	assert_int_equal(cm_whole_read(out, 10000, &file, &err), CM_OK);
	struct cm_encrypted_in prepare = { &ctx, cm_buf_span(&file), key, 1000 };

	assert_int_equal(cm_encrypted_prepare(&prepare, &e), CM_EXIT_OK);
	assert_true(e.is);
	assert_int_equal(cm_encrypted_open(&ctx, &e, &plain, &err), CM_OK);
	assert_true(cm_span_eq(plain, text));
	/* what looks at the text afterwards has no key */
	assert_int_equal(e.keys.n, 0);
	assert_int_equal(e.keys.item[0].secret[0], 0);
	cm_encrypted_release(&e);
	/* the name is taken now */
	assert_int_equal(cm_encrypt_file(&in, NULL), CM_E_USAGE);
	cm_buf_release(&file);
}

static void
what_is_not_encrypted_goes_through(void **state)
{
	struct cm_context ctx = { .program = "test", .out = stdout, .err = stderr };
	struct cm_encrypted e = { 0 };
	struct cm_encrypted_in in = { &ctx, cm_span_str("PK..."), "/nonexistent", 1000 };
	struct cm_span plain;

	(void)state;
	assert_int_equal(cm_encrypted_prepare(&in, &e), CM_EXIT_OK);
	assert_false(e.is);
	assert_int_equal(cm_encrypted_open(&ctx, &e, &plain, NULL), CM_OK);
	assert_true(cm_span_eq(plain, in.file));
	cm_encrypted_release(&e);
}

static void
of_what_fails_nothing_is_left(void **state)
{
	struct cm_age_identity k = some_key();
	struct cm_span text = cm_span_str("x");
	struct cm_encrypt none = { out, fresh, cm_source_of_memory(&text), &k.to, 0 },
			  breaks = { out, fresh, { .fill = broken }, &k.to, 1 };
	struct cm_err err = { 0 };
	char tmp[80];

	(void)state;
	snprintf(tmp, sizeof(tmp), "%s.tmp", out);
	assert_int_equal(cm_encrypt_file(&none, NULL), CM_E_USAGE);
	assert_int_equal(cm_encrypt_file(&breaks, &err), CM_E_IO);
	assert_string_equal(err.text, "it breaks off");
	assert_false(cm_path_exists(out));
	assert_false(cm_path_exists(tmp));
}

static void
a_case_makes_its_key_once(void **state)
{
	static const uint8_t seed[32] = { 7 };
	struct cm_case_new fresh_case = { .folder = case_folder, .name = "A", .seed = seed, .check = 1, .now = 1 };
	struct cm_context ctx = { .program = "test", .err = stderr, .case_folder = case_folder };
	struct cm_age_identity one = { 0 }, two = { 0 };
	struct cm_age_identities all;
	struct cm_case *c = NULL;
	struct stat st;
	char path[80];
	bool made = false, locked = true;

	(void)state;
	assert_int_equal(cm_case_create(&fresh_case, NULL), CM_OK);
	assert_int_equal(cm_case_open(case_folder, &c, NULL), CM_OK);
	/* the statement key alone */
	assert_int_equal(cm_age_keys_here(&ctx, &all, &locked, NULL), CM_OK);
	assert_int_equal(all.n, 1);
	assert_int_equal(all.item[0].to.kind, CM_AGE_SSH_ED25519);
	assert_int_equal(cm_age_keys_own(c, false, &one, &made, NULL), CM_E_NOTFOUND);
	assert_int_equal(cm_age_keys_own(c, true, &one, &made, NULL), CM_OK);
	assert_true(made);
	assert_int_equal(cm_age_keys_own(c, true, &two, &made, NULL), CM_OK);
	assert_false(made);
	assert_memory_equal(&one, &two, sizeof(one));
	snprintf(path, sizeof(path), "%s/age", case_folder);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(cm_age_keys_here(&ctx, &all, &locked, NULL), CM_OK);
	assert_int_equal(all.n, 2);
	assert_false(locked);
	assert_memory_equal(&all.item[0], &one, sizeof(one));
	cm_case_close(c);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_written_is_read_with_the_key),
		TEST(what_is_not_encrypted_goes_through),
		TEST(of_what_fails_nothing_is_left),
		TEST(a_case_makes_its_key_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
