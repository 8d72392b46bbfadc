/* Our notes from the command line, for test_note.py.
 *
 *	note_tool key TYPE NAME SEED		prints the verifier key; TYPE is log or witness
 *	note_tool sign NAME SEED <text		prints the signature line
 *	note_tool cosign NAME SEED TIME <text	prints the cosignature line
 *	note_tool verify KEY <note		prints the text, or "TIME" and a newline before it
 * SEED is 64 hexadecimal digits and no secret.  Exit: 0, or 1 with the reason on stderr. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "crypto/ed25519.h"
#include "log/cosignature.h"

static void
read_stdin(struct cm_buf *out)
{
	char part[4096];
	size_t n;

	while ((n = fread(part, 1, sizeof(part), stdin)) > 0)
		cm_buf_add(out, part, n);
}

static enum cm_result
key_of(const char *name, const char *hex, enum cm_note_type type, uint8_t seed[32],
    struct cm_vkey *out, struct cm_err *err)
{
	uint8_t key[32];

	if (cm_hex_decode(cm_span_str(hex), seed, 32) != CM_OK ||
	    cm_ed25519_public(seed, key) != CM_OK)
		return cm_err_set(err, CM_E_USAGE, "no seed: %s", hex);
	return cm_vkey_of(cm_span_str(name), type, key, out, err);
}

static enum cm_result
print_key(char **a, struct cm_buf *out, struct cm_err *err)
{
	enum cm_note_type type = strcmp(a[0], "log") == 0 ? CM_NOTE_ED25519 : CM_NOTE_COSIGNATURE;
	struct cm_vkey key;
	uint8_t seed[32];
	enum cm_result r = key_of(a[1], a[2], type, seed, &key, err);

	if (r == CM_OK)
		cm_vkey_write(&key, out);
	return r;
}

static enum cm_result
sign(char **a, struct cm_span text, struct cm_buf *out, struct cm_err *err)
{
	struct cm_vkey key;
	uint8_t seed[32];
	enum cm_result r = key_of(a[0], a[1], CM_NOTE_ED25519, seed, &key, err);

	return r == CM_OK ? cm_note_sign(text, &key, seed, out, err) : r;
}

static enum cm_result
cosign(char **a, struct cm_span text, struct cm_buf *out, struct cm_err *err)
{
	struct cm_vkey key;
	uint8_t seed[32];
	enum cm_result r = key_of(a[0], a[1], CM_NOTE_COSIGNATURE, seed, &key, err);

	return r == CM_OK ? cm_cosign(text, &key, seed, strtoull(a[2], NULL, 10), out, err) : r;
}

static enum cm_result
verify(char **a, struct cm_span note, struct cm_buf *out, struct cm_err *err)
{
	struct cm_arena arena;
	struct cm_vkey key;
	struct cm_note n;
	uint64_t time;
	enum cm_result r = cm_vkey_parse(cm_span_str(a[0]), &key, err);

	cm_arena_init(&arena, 0);
	if (r == CM_OK)
		r = cm_note_parse(note, &arena, &n, err);
	if (r == CM_OK && key.type == CM_NOTE_ED25519)
		r = cm_note_verify(&n, &key, err);
	else if (r == CM_OK)
		r = cm_cosignature_verify(&n, &key, &time, err);
	if (r == CM_OK && key.type != CM_NOTE_ED25519)
		cm_buf_printf(out, "%" PRIu64 "\n", time);
	if (r == CM_OK)
		cm_buf_add_span(out, n.text);
	cm_arena_fini(&arena);
	return r;
}

int
main(int argc, char **argv)
{
	struct cm_buf in = { 0 }, out = { 0 };
	struct cm_err err = { 0 };
	enum cm_result r = CM_E_USAGE;

	if (argc == 5 && strcmp(argv[1], "key") == 0) {
		r = print_key(argv + 2, &out, &err);
	} else if (argc > 2) {
		read_stdin(&in);
		if (argc == 4 && strcmp(argv[1], "sign") == 0)
			r = sign(argv + 2, cm_buf_span(&in), &out, &err);
		if (argc == 5 && strcmp(argv[1], "cosign") == 0)
			r = cosign(argv + 2, cm_buf_span(&in), &out, &err);
		if (argc == 3 && strcmp(argv[1], "verify") == 0)
			r = verify(argv + 2, cm_buf_span(&in), &out, &err);
	}
	if (r == CM_OK)
		fwrite(out.ptr, 1, out.len, stdout);
	else
		fprintf(stderr, "%s: %s\n", cm_result_word(r), err.text);
	cm_buf_release(&in);
	cm_buf_release(&out);
	return r == CM_OK ? 0 : 1;
}
