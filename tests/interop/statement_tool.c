/* Our signatures, keys and ZIP files from the command line, for test_openssh.py and test_zip.py.
 *
 *	statement_tool key PATH COMMENT		makes a key (of a seed that is no secret)
 *	statement_tool sign KEY [AGENT] <text	writes the armour
 *	statement_tool verify SIG SIGNERS TIME <text	prints principals and fingerprint
 *	statement_tool zip FILE... 		writes the ZIP of these files
 *	statement_tool unzip FILE		lists names and sizes
 * Exit: 0, or 1 with the reason on stderr. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/zip.h"
#include "os/private.h"
#include "statement/keyring.h"
#include "statement/signers.h"

#define MAX ((size_t)64 << 20)

static struct cm_arena arena;

static void
read_stdin(struct cm_buf *out)
{
	char part[4096];
	size_t n;

	while ((n = fread(part, 1, sizeof(part), stdin)) > 0)
		cm_buf_add(out, part, n);
}

static enum cm_result
to_stdout(void *arg, const void *ptr, size_t len)
{
	(void)arg;
	return fwrite(ptr, 1, len, stdout) == len ? CM_OK : CM_E_IO;
}

static enum cm_result
make_key(char **a, struct cm_err *err)
{
	uint8_t seed[32] = { 0 };
	struct cm_key_new fresh = { a[0], a[1], seed, 0x12345678 };
	struct cm_key k;

	memcpy(seed, a[1], strlen(a[1]) < 32 ? strlen(a[1]) : 32);
	return cm_keyring_create(&fresh, &k, err);
}

static enum cm_result
sign(char **a, struct cm_err *err)
{
	struct cm_keyring k = { 0 };
	struct cm_buf text = { 0 }, armour = { 0 };
	enum cm_result r = cm_keyring_open(a[0], a[1], &k, err);

	read_stdin(&text);
	if (r == CM_OK)
		r = cm_sshsig_sign(&k.signer, cm_buf_span(&text), &armour, err);
	if (r == CM_OK)
		r = to_stdout(NULL, armour.ptr, armour.len);
	cm_keyring_close(&k);
	cm_buf_release(&text);
	cm_buf_release(&armour);
	return r;
}

static enum cm_result
verify(char **a, struct cm_err *err)
{
	struct cm_buf text = { 0 }, armour = { 0 }, file = { 0 };
	char fingerprint[CM_FINGERPRINT_LEN + 1];
	const struct cm_signer_line *line = NULL;
	struct cm_signers signers;
	struct cm_sshsig s;
	enum cm_result r = cm_whole_read(a[0], MAX, &armour, err);

	read_stdin(&text);
	if (r == CM_OK)
		r = cm_sshsig_parse(cm_buf_span(&armour), &s, err);
	if (r == CM_OK)
		r = cm_sshsig_verify(&s, cm_buf_span(&text), err);
	if (r == CM_OK)
		r = cm_whole_read(a[1], MAX, &file, err);
	if (r == CM_OK)
		r = cm_signers_parse(cm_buf_span(&file), &arena, &signers, err);
	if (r == CM_OK)
		r = cm_signers_find(&signers, &s.key, strtoll(a[2], NULL, 10), &line, err);
	if (r == CM_OK) {
		cm_ssh_fingerprint(&s.key, fingerprint);
		printf("%s %s\n", line->principals, fingerprint);
	}
	cm_buf_release(&text);
	cm_buf_release(&armour);
	cm_buf_release(&file);
	return r;
}

static enum cm_result
zip(char **a, struct cm_err *err)
{
	static struct cm_zip_entry entry[64];
	static struct cm_buf file[64];
	struct cm_sink out = { to_stdout, NULL };
	enum cm_result r = CM_OK;
	size_t n = 0;

	for (; a[n] != NULL && n < 64 && r == CM_OK; n++) {
		const char *name = strrchr(a[n], '/');

		r = cm_whole_read(a[n], MAX, &file[n], err);
		entry[n].name = cm_span_str(name == NULL ? a[n] : name + 1);
		entry[n].data = cm_buf_span(&file[n]);
	}
	if (r == CM_OK)
		r = cm_zip_write(entry, n, &out, err);
	while (n > 0)
		cm_buf_release(&file[--n]);
	return r;
}

static enum cm_result
unzip(char **a, struct cm_err *err)
{
	struct cm_buf file = { 0 };
	struct cm_zip z;
	enum cm_result r = cm_whole_read(a[0], MAX, &file, err);

	if (r == CM_OK)
		r = cm_zip_read(cm_buf_span(&file), &arena, &z, err);
	for (size_t i = 0; r == CM_OK && i < z.n; i++)
		printf("%.*s %zu\n", (int)z.entry[i].name.len, (const char *)z.entry[i].name.ptr,
		    z.entry[i].data.len);
	cm_buf_release(&file);
	return r;
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int least;
		enum cm_result (*run)(char **a, struct cm_err *err);
	} verbs[] = { { "key", 2, make_key }, { "sign", 1, sign }, { "verify", 3, verify },
		{ "zip", 0, zip }, { "unzip", 1, unzip } };
	struct cm_err err = { 0 };
	enum cm_result r = CM_E_USAGE;

	cm_arena_init(&arena, 0);
	for (size_t i = 0; argc > 1 && i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(argv[1], verbs[i].name) == 0 && argc - 2 >= verbs[i].least)
			r = verbs[i].run(argv + 2, &err);
	cm_arena_fini(&arena);
	if (r != CM_OK)
		fprintf(stderr, "%s: %s\n", cm_result_word(r), err.text);
	return r == CM_OK ? 0 : 1;
}
