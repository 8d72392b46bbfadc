/* Where the key lies, who may read it, and what the error says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec/sshwire.h"
#include "hand.h"
#include "os/private.h"
#include "statement/keyring.h"

static char folder[] = "/tmp/comity-test-XXXXXX";
static char path[64], pub[64];

static int
set_up(void **state)
{
	uint8_t seed[32] = { 1 };
	struct cm_key_new fresh = { path, "a name", seed, 7 };
	struct cm_key k;

	(void)state;
	strcpy(folder, "/tmp/comity-test-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/key", folder);
	snprintf(pub, sizeof(pub), "%s/key.pub", folder);
	return cm_keyring_create(&fresh, &k, NULL) == CM_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(path);
	unlink(pub);
	return rmdir(folder);
}

static void
a_fresh_key_is_its_owner_s_alone_and_signs(void **state)
{
	struct cm_key want = hand_key(1);
	struct cm_keyring k = { 0 };
	struct cm_ssh_public p;
	struct stat st;

	(void)state;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(cm_keyring_open(path, NULL, &k, NULL), CM_OK);
	assert_true(cm_ssh_public_same(&k.signer.key, &want.pub));
	assert_int_equal(cm_keyring_public(pub, &p, NULL), CM_OK);
	assert_true(cm_ssh_public_same(&p, &want.pub));
	cm_keyring_close(&k);
}

static void
an_existing_key_is_never_written_over(void **state)
{
	uint8_t seed[32] = { 2 };
	struct cm_key_new fresh = { path, "other", seed, 7 };
	struct cm_keyring k = { 0 };
	struct cm_key out, want = hand_key(1);

	(void)state;
	assert_int_equal(cm_keyring_create(&fresh, &out, NULL), CM_E_USAGE);
	assert_int_equal(cm_keyring_open(path, NULL, &k, NULL), CM_OK);
	assert_true(cm_ssh_public_same(&k.signer.key, &want.pub));
}

static void
a_key_that_others_can_read_is_refused(void **state)
{
	static const mode_t modes[] = { 0640, 0604, 0620, 0601, 0666 };
	struct cm_keyring k = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		struct cm_err err = { 0 };

		assert_int_equal(chmod(path, modes[i]), 0);
		assert_int_equal(cm_keyring_open(path, NULL, &k, &err), CM_E_REFUSED);
		assert_non_null(strstr(err.text, "chmod 600"));
	}
	assert_int_equal(chmod(path, 0400), 0);
	assert_int_equal(cm_keyring_open(path, NULL, &k, NULL), CM_OK);
}

static void
without_its_private_half_the_error_says_what_to_do(void **state)
{
	struct cm_keyring k = { 0 };
	struct cm_err err = { 0 };

	(void)state;
	assert_int_equal(unlink(path), 0);
	assert_int_equal(cm_keyring_open(path, NULL, &k, &err), CM_E_NOTFOUND);
	assert_non_null(strstr(err.text, "ssh-add "));
	err = (struct cm_err) { 0 };
	assert_int_equal(cm_keyring_open(path, "/nonexistent/socket", &k, &err), CM_E_NOTFOUND);
	assert_non_null(strstr(err.text, "ssh-add "));
	assert_int_equal(unlink(pub), 0);
	assert_int_equal(cm_keyring_open(path, NULL, &k, NULL), CM_E_NOTFOUND);
	assert_int_equal(cm_whole_write(pub, cm_span_str(""),
			     (struct cm_write_mode) { CM_WRITE_NEW, 0600 }, NULL),
	    CM_OK);
	assert_int_equal(cm_whole_write(path, cm_span_str(""),
			     (struct cm_write_mode) { CM_WRITE_NEW, 0600 }, NULL),
	    CM_OK);
	assert_int_equal(cm_keyring_open(path, NULL, &k, NULL), CM_E_MALFORMED);
}

static void
an_agent_s_list_is_read_as_any_other_bytes(void **state)
{
	struct cm_key k = hand_key(1), other = hand_key(2);
	struct cm_buf b = { 0 };

	(void)state;
	cm_buf_add_u8(&b, 12);
	cm_buf_add_u32(&b, 2);
	cm_sshwire_put(&b, cm_ssh_public_blob(&other.pub));
	cm_sshwire_put_str(&b, "comment");
	cm_sshwire_put(&b, cm_ssh_public_blob(&k.pub));
	cm_sshwire_put_str(&b, "comment");
	assert_int_equal(cm_agent_holds(cm_buf_span(&b), &k.pub, NULL), CM_OK);
	k = hand_key(3);
	assert_int_equal(cm_agent_holds(cm_buf_span(&b), &k.pub, NULL), CM_E_NOTFOUND);
	for (size_t n = 0; n < b.len; n++)
		assert_int_equal(
		    cm_agent_holds(cm_span_of(b.ptr, n), &k.pub, NULL), CM_E_MALFORMED);
	b.ptr[0] = 5;
	assert_int_equal(cm_agent_holds(cm_buf_span(&b), &k.pub, NULL), CM_E_MALFORMED);
	cm_buf_release(&b);
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(a_fresh_key_is_its_owner_s_alone_and_signs),
		IN_FOLDER(an_existing_key_is_never_written_over),
		IN_FOLDER(a_key_that_others_can_read_is_refused),
		IN_FOLDER(without_its_private_half_the_error_says_what_to_do),
		cmocka_unit_test(an_agent_s_list_is_read_as_any_other_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
