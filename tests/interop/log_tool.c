/* Makes logs, reads them and hands out receipts, for tests that let other people's programs do the same.
 *
 *	log_tool make FOLDER SIZE...		grows to each size in turn; prints the log's key and the cosigner's
 *	log_tool fork FOLDER SIZE		signs another root for that size
 *	log_tool check FOLDER VKEY [COSIGNER]	every entry, and all checkpoints
 *	log_tool receipt FOLDER INDEX		writes FOLDER/receipt and FOLDER/entry
 *	log_tool verify RECEIPT ENTRY VKEY [COSIGNER]
 *
 * FOLDER is laid out as C2SP tlog-tiles has it; beside `checkpoint` there are the older ones,
 * `checkpoint.SIZE`.  Keys are made of fixed seeds.  Prints "ok ..." lines, or says what is wrong and ends
 * with status 1. */
#include <errno.h>
#include <glob.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "crypto/ed25519.h"
#include "log/bundle.h"
#include "log/cosignature.h"
#include "log/growth.h"
#include "log/receipt.h"

#define ORIGIN "log.example/a"
#define COSIGNER "witness.example/b"
#define TIME 1790000000u

static const uint8_t log_seed[32] = { 1 }, witness_seed[32] = { 2 };

CM_PRINTF(1, 2) static _Noreturn void stop(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("log_tool: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(1);
}

static void
need(enum cm_result r, const struct cm_err *err)
{
	if (r != CM_OK)
		stop("%s: %s", cm_result_word(r), err->text);
}

/* ---- files ---- */

static void
path_of(char out[4096], const char *folder, const char *name)
{
	if (snprintf(out, 4096, "%s/%s", folder, name) >= 4096)
		stop("%s: too long a name", folder);
}

static enum cm_result
read_file(const char *path, struct cm_buf *out, struct cm_err *err)
{
	FILE *f = fopen(path, "rb");
	uint8_t part[65536];
	size_t n;

	if (f == NULL)
		return cm_err_set(err, errno == ENOENT ? CM_E_NOTFOUND : CM_E_IO, "%s: %s", path,
		    strerror(errno));
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		cm_buf_add(out, part, n);
	fclose(f);
	return CM_OK;
}

/* Makes the folders on the way. */
static enum cm_result
write_file(const char *path, struct cm_span bytes, struct cm_err *err)
{
	char part[4096];
	const char *slash;
	FILE *f;

	for (slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
		(void)mkdir(part, 0777);
	}
	f = fopen(path, "wb");
	if (f == NULL || fwrite(bytes.ptr, 1, bytes.len, f) != bytes.len || fclose(f) != 0)
		return cm_err_set(err, CM_E_IO, "%s: %s", path, strerror(errno));
	return CM_OK;
}

static void
tile_path(const char *folder, const struct cm_log_tile *t, char out[4096])
{
	struct cm_buf name = { 0 };

	cm_log_tile_path(t, &name);
	path_of(out, folder, cm_buf_cstr(&name));
	cm_buf_release(&name);
}

union folder {
	const char *path;
	void *arg;
};

static enum cm_result
put(void *arg, const struct cm_log_tile *t, struct cm_span bytes, struct cm_err *err)
{
	char path[4096];

	tile_path(arg, t, path);
	return write_file(path, bytes, err);
}

static enum cm_result
fetch(void *arg, const struct cm_log_tile *t, struct cm_buf *out, struct cm_err *err)
{
	char path[4096];

	tile_path(arg, t, path);
	return read_file(path, out, err);
}

/* ---- making ---- */

/* One is empty, and one as long as can be. */
static struct cm_span
entry_of(uint64_t i, uint8_t bytes[CM_LOG_ENTRY_MAX])
{
	size_t len = i == 7 ? 0 : i == 11 ? CM_LOG_ENTRY_MAX : 40 + (size_t)(i % 211);

	memset(bytes, (int)i, len);
	if (len > 0)
		snprintf((char *)bytes, 40, "entry %" PRIu64, i);
	return cm_span_of(bytes, len);
}

static void
grow(struct cm_growth *g, uint64_t from, uint64_t to, const struct cm_tile_sink *sink)
{
	static uint8_t bytes[300][CM_LOG_ENTRY_MAX];
	struct cm_span entries[300];
	struct cm_err err = { 0 };
	size_t n, i;

	for (; from < to; from += n) {
		n = to - from < 300 ? (size_t)(to - from) : 300;
		for (i = 0; i < n; i++)
			entries[i] = entry_of(from + i, bytes[i]);
		need(cm_growth_add(g, entries, n, sink, &err), &err);
	}
}

static struct cm_vkey
key_of(const char *name, enum cm_note_type type, const uint8_t seed[32])
{
	struct cm_err err = { 0 };
	struct cm_vkey key;
	uint8_t public[32];

	need(cm_ed25519_public(seed, public), &err);
	need(cm_vkey_of(cm_span_str(name), type, public, &key, &err), &err);
	return key;
}

/* Signs and cosigns; the file is called for the size. */
static void
publish(const char *folder, uint64_t size, const uint8_t root[32], bool newest)
{
	const struct cm_vkey log = key_of(ORIGIN, CM_NOTE_ED25519, log_seed),
			     witness = key_of(COSIGNER, CM_NOTE_COSIGNATURE, witness_seed);
	struct cm_checkpoint c = { .origin = ORIGIN, .size = size };
	struct cm_buf note = { 0 }, text = { 0 };
	char path[4096], name[40];
	struct cm_err err = { 0 };

	memcpy(c.root, root, 32);
	cm_checkpoint_write(&c, &text);
	cm_buf_add_span(&note, cm_buf_span(&text));
	cm_buf_add_str(&note, "\n");
	need(cm_note_sign(cm_buf_span(&text), &log, log_seed, &note, &err), &err);
	need(cm_cosign(cm_buf_span(&text), &witness, witness_seed, TIME + size, &note, &err), &err);
	snprintf(name, sizeof(name), "checkpoint.%" PRIu64, size);
	path_of(path, folder, name);
	need(write_file(path, cm_buf_span(&note), &err), &err);
	path_of(path, folder, "checkpoint");
	if (newest)
		need(write_file(path, cm_buf_span(&note), &err), &err);
	cm_buf_release(&note);
	cm_buf_release(&text);
}

static void
print_key(const struct cm_vkey *key)
{
	struct cm_buf b = { 0 };

	cm_vkey_write(key, &b);
	printf("%s\n", cm_buf_cstr(&b));
	cm_buf_release(&b);
}

/* Each time from what is in the folder. */
static void
make(const char *folder, char **sizes)
{
	const union folder u = { .path = folder };
	const struct cm_tile_source source = { fetch, u.arg };
	const struct cm_tile_sink sink = { put, u.arg };
	const struct cm_vkey log = key_of(ORIGIN, CM_NOTE_ED25519, log_seed),
			     witness = key_of(COSIGNER, CM_NOTE_COSIGNATURE, witness_seed);
	struct cm_err err = { 0 };
	struct cm_growth *g;
	uint64_t size = 0, to;
	uint8_t root[32];

	cm_sha256(NULL, 0, root);
	for (; *sizes != NULL; sizes++) {
		need(cm_growth_new(&source, size, root, &g, &err), &err);
		to = strtoull(*sizes, NULL, 10);
		grow(g, size, to, &sink);
		need(cm_growth_settle(g, &sink, &size, root, &err), &err);
		publish(folder, size, root, true);
		cm_growth_free(g);
	}
	print_key(&log);
	print_key(&witness);
}

/* ---- checking ---- */

struct keys {
	struct cm_vkey log, cosigner;
	bool cosigned;
};

static struct keys
keys_of(const char *log, const char *cosigner)
{
	struct keys k = { .cosigned = cosigner != NULL };
	struct cm_err err = { 0 };

	need(cm_vkey_parse(cm_span_str(log), &k.log, &err), &err);
	if (cosigner != NULL)
		need(cm_vkey_parse(cm_span_str(cosigner), &k.cosigner, &err), &err);
	return k;
}

static void
check_cosigner(const struct keys *k, const struct cm_note *note)
{
	struct cm_err err = { 0 };
	uint64_t time;

	if (k->cosigned)
		need(cm_cosignature_verify(note, &k->cosigner, &time, &err), &err);
}

static struct cm_checkpoint
open_checkpoint(const char *path, const struct keys *k)
{
	struct cm_buf bytes = { 0 };
	struct cm_arena arena;
	struct cm_err err = { 0 };
	struct cm_checkpoint c;
	struct cm_note note;

	cm_arena_init(&arena, 0);
	need(read_file(path, &bytes, &err), &err);
	need(cm_checkpoint_open(cm_buf_span(&bytes), &k->log, &arena, &c, &note, &err), &err);
	check_cosigner(k, &note);
	c.extensions = cm_span_of(NULL, 0);
	cm_arena_fini(&arena);
	cm_buf_release(&bytes);
	return c;
}

static struct cm_tiles *
open_tiles(const char *folder, const struct cm_checkpoint *c)
{
	const union folder u = { .path = folder };
	const struct cm_tile_source source = { fetch, u.arg };
	struct cm_err err = { .text = "no memory" };
	struct cm_tiles *t;

	need(cm_tiles_new(&source, c->size, c->root, &t), &err);
	return t;
}

static void
check_older(
    const char *folder, const struct keys *k, struct cm_tiles *t, const struct cm_checkpoint *c)
{
	const struct cm_hashes h = cm_tiles_hashes(t);
	struct cm_checkpoint older;
	struct cm_err err = { 0 };
	struct cm_proof proof;
	char path[4096];
	glob_t found;
	size_t i;

	path_of(path, folder, "checkpoint.*");
	if (glob(path, 0, NULL, &found) != 0)
		stop("%s: none", path);
	for (i = 0; i < found.gl_pathc; i++) {
		older = open_checkpoint(found.gl_pathv[i], k);
		need(cm_proof_consistency(&h, older.size, c->size, &proof, &err), &err);
		if (cm_proof_check_consistency(older.size, older.root, c->size, c->root, &proof) !=
		    CM_OK)
			stop("%s is not the beginning of the log", found.gl_pathv[i]);
	}
	printf("ok %zu older checkpoints\n", found.gl_pathc);
	globfree(&found);
}

static void
check(const char *folder, const char *vkey, const char *cosigner)
{
	const struct keys k = keys_of(vkey, cosigner);
	struct cm_checkpoint c;
	struct cm_err err = { 0 };
	struct cm_tiles *t;
	struct cm_span e;
	char path[4096];
	uint64_t i;

	path_of(path, folder, "checkpoint");
	c = open_checkpoint(path, &k);
	t = open_tiles(folder, &c);
	for (i = 0; i < c.size; i++)
		need(cm_tiles_entry(t, i, &e, &err), &err);
	printf("ok %" PRIu64 " entries\n", c.size);
	check_older(folder, &k, t, &c);
	cm_tiles_free(t);
}

/* ---- receipts and forks ---- */

static void
fork_log(const char *folder, const char *size)
{
	const struct keys k = { .log = key_of(ORIGIN, CM_NOTE_ED25519, log_seed) };
	char path[4096], name[40];
	struct cm_checkpoint c;

	snprintf(name, sizeof(name), "checkpoint.%.20s", size);
	path_of(path, folder, name);
	c = open_checkpoint(path, &k);
	c.root[31] ^= 1;
	publish(folder, c.size, c.root, false);
}

static void
receipt(const char *folder, uint64_t index)
{
	const struct keys k = { .log = key_of(ORIGIN, CM_NOTE_ED25519, log_seed) };
	struct cm_buf note = { 0 }, out = { 0 };
	struct cm_receipt r = { .index = index };
	struct cm_checkpoint c;
	struct cm_err err = { 0 };
	struct cm_hashes h;
	struct cm_tiles *t;
	struct cm_span e;
	char path[4096];

	path_of(path, folder, "checkpoint");
	c = open_checkpoint(path, &k);
	need(read_file(path, &note, &err), &err);
	t = open_tiles(folder, &c);
	h = cm_tiles_hashes(t);
	need(cm_proof_inclusion(&h, index, c.size, &r.proof, &err), &err);
	need(cm_tiles_entry(t, index, &e, &err), &err);
	r.checkpoint = cm_buf_span(&note);
	cm_receipt_write(&r, &out);
	path_of(path, folder, "receipt");
	need(write_file(path, cm_buf_span(&out), &err), &err);
	path_of(path, folder, "entry");
	need(write_file(path, e, &err), &err);
	cm_tiles_free(t);
	cm_buf_release(&note);
	cm_buf_release(&out);
}

static void
verify(const char *path, const char *entry_path, const char *vkey, const char *cosigner)
{
	const struct keys k = keys_of(vkey, cosigner);
	struct cm_buf bytes = { 0 }, entry = { 0 };
	struct cm_arena arena;
	struct cm_receipt r;
	struct cm_checkpoint c;
	struct cm_err err = { 0 };
	struct cm_note note;

	cm_arena_init(&arena, 0);
	need(read_file(path, &bytes, &err), &err);
	need(read_file(entry_path, &entry, &err), &err);
	need(cm_receipt_parse(cm_buf_span(&bytes), &arena, &r, &err), &err);
	need(cm_receipt_check(&r, cm_buf_span(&entry), &k.log, &arena, &c, &note, &err), &err);
	check_cosigner(&k, &note);
	printf("ok entry %" PRIu64 " of %" PRIu64 "\n", r.index, c.size);
	cm_arena_fini(&arena);
	cm_buf_release(&bytes);
	cm_buf_release(&entry);
}

int
main(int argc, char **argv)
{
	const char *what = argc > 3 ? argv[1] : "";

	if (strcmp(what, "make") == 0)
		make(argv[2], argv + 3);
	else if (strcmp(what, "fork") == 0)
		fork_log(argv[2], argv[3]);
	else if (strcmp(what, "check") == 0)
		check(argv[2], argv[3], argc > 4 ? argv[4] : NULL);
	else if (strcmp(what, "receipt") == 0)
		receipt(argv[2], strtoull(argv[3], NULL, 10));
	else if (strcmp(what, "verify") == 0 && argc > 4)
		verify(argv[2], argv[3], argv[4], argc > 5 ? argv[5] : NULL);
	else
		stop("make|fork|check|receipt|verify ...");
	return 0;
}
