#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/ed25519.h"
#include "dossier/pack.h"
#include "log/cosignature.h"
#include "log/entry.h"
#include "log/receipt.h"
#include "receipts.h"
#include "statement/sshsig.h"

struct leaves {
	uint8_t (*hash)[32];
	size_t n;
};

static void
need(bool ok)
{
	if (!ok)
		abort();
}

/* ---- the tree of RFC 9162, 2.1, as the text has it ---- */

static size_t
split(size_t n)
{
	size_t k = 1;

	while (2 * k < n)
		k *= 2;
	return k;
}

static void
root_of(const uint8_t (*leaf)[32], size_t n, uint8_t out[32])
{
	uint8_t both[65] = { 1 };

	if (n == 1) {
		memcpy(out, leaf[0], 32);
		return;
	}
	root_of(leaf, split(n), both + 1);
	root_of(leaf + split(n), n - split(n), both + 33);
	cm_sha256(both, sizeof(both), out);
}

static void
path_of(const uint8_t (*leaf)[32], size_t m, size_t n, struct cm_proof *out)
{
	size_t k;

	if (n == 1)
		return;
	k = split(n);
	if (m < k) {
		path_of(leaf, m, k, out);
		root_of(leaf + k, n - k, out->hash[out->n++]);
	} else {
		path_of(leaf + k, m - k, n - k, out);
		root_of(leaf, k, out->hash[out->n++]);
	}
}

static void
add_leaf(struct leaves *l, struct cm_span entry)
{
	struct cm_buf b = { 0 };

	l->hash = realloc(l->hash, (l->n + 1) * 32);
	need(l->hash != NULL);
	cm_buf_add_u8(&b, 0);
	cm_buf_add_span(&b, entry);
	need(cm_buf_ok(&b));
	cm_sha256(b.ptr, b.len, l->hash[l->n++]);
	cm_buf_release(&b);
}

static void
add_others(struct leaves *l, size_t n)
{
	char text[40];

	while (n-- > 0) {
		snprintf(text, sizeof(text), "about something else, %zu", l->n);
		add_leaf(l, cm_span_str(text));
	}
}

/* ---- keys ---- */

static struct cm_vkey
key_of(const char *name, enum cm_note_type type, uint8_t n, uint8_t seed[32])
{
	struct cm_vkey v;
	uint8_t pub[32];

	memset(seed, n, 32);
	need(cm_ed25519_public(seed, pub) == CM_OK);
	need(cm_vkey_of(cm_span_str(name), type, pub, &v, NULL) == CM_OK);
	return v;
}

static struct cm_vkey
witness(unsigned i, uint8_t seed[32])
{
	char name[40];

	snprintf(name, sizeof(name), "w%u.example", i);
	return key_of(name, CM_NOTE_COSIGNATURE, (uint8_t)(100 + i), seed);
}

void
receipts_trust(unsigned k, struct cm_buf *out)
{
	uint8_t seed[32];
	struct cm_vkey v = key_of(RECEIPTS_ORIGIN, CM_NOTE_ED25519, 7, seed);
	unsigned i;

	cm_buf_add_str(out, "# of a test\nlog ");
	cm_vkey_write(&v, out);
	cm_buf_add_str(out, "\n");
	for (i = 1; i <= 3; i++) {
		v = witness(i, seed);
		cm_buf_printf(out, "witness w%u ", i);
		cm_vkey_write(&v, out);
		cm_buf_add_str(out, "\n");
	}
	if (k == 0)
		cm_buf_add_str(out, "quorum none\n");
	else
		cm_buf_printf(out, "group some %u w1 w2 w3\nquorum some\n", k);
}

/* ---- receipts ---- */

struct adding {
	const struct receipts_how *how;
	struct cm_arena arena;
	struct cm_zip zip;
	struct cm_zip_entry *entry;
	size_t n;
	struct leaves leaves;
	struct cm_buf checkpoint, stamp, *kept;
	size_t n_kept;
};

static bool
is_statement(const struct adding *a, struct cm_span name)
{
	const char *only = a->how->only, *not = a->how->not;

	return name.len > 5 && memcmp(name.ptr + name.len - 5, ".json", 5) == 0 &&
	    (only == NULL || cm_span_eq(name, cm_span_str(only))) &&
	    (not == NULL || !cm_span_eq(name, cm_span_str(not)));
}

static void
entry_of(struct adding *a, const struct cm_zip_entry *e, struct cm_buf *out)
{
	const char *sig = cm_arena_printf(&a->arena, "%.*s.sig", (int)e->name.len, (const char *)e->name.ptr);
	char by[CM_FINGERPRINT_LEN + 1];
	struct cm_entry entry = { 0 };
	struct cm_sshsig s;
	struct cm_span armour;

	need(sig != NULL && cm_zip_find(&a->zip, sig, &armour) == CM_OK);
	need(cm_sshsig_parse(armour, &s, NULL) == CM_OK);
	cm_ssh_fingerprint(&s.key, by);
	memcpy(entry.key, by, CM_ENTRY_KEY);
	cm_entry_digest(e->data, armour, entry.digest);
	cm_entry_write(&entry, out);
}

static void
sign_checkpoint(struct adding *a)
{
	const char *origin = a->how->origin != NULL ? a->how->origin : RECEIPTS_ORIGIN;
	struct cm_checkpoint c = { .size = a->leaves.n };
	struct cm_buf text = { 0 };
	uint8_t seed[32];
	struct cm_vkey key = key_of(origin, CM_NOTE_ED25519, 7, seed);
	unsigned i;

	snprintf(c.origin, sizeof(c.origin), "%s", origin);
	root_of((const uint8_t (*)[32])a->leaves.hash, a->leaves.n, c.root);
	cm_checkpoint_write(&c, &text);
	cm_buf_add_span(&a->checkpoint, cm_buf_span(&text));
	cm_buf_add_str(&a->checkpoint, "\n");
	need(cm_note_sign(cm_buf_span(&text), &key, seed, &a->checkpoint, NULL) == CM_OK);
	for (i = 1; i <= a->how->witnesses; i++) {
		key = witness(i, seed);
		need(cm_cosign(cm_buf_span(&text), &key, seed, RECEIPTS_TIME + 100 * i, &a->checkpoint, NULL) == CM_OK);
	}
	if (a->how->tsa != NULL)
		tsa_stamp(a->how->tsa, a->how->stamped != NULL ? cm_span_str(a->how->stamped) : cm_buf_span(&text),
		    (int64_t)RECEIPTS_TIME + 50, &a->stamp);
	cm_buf_release(&text);
}

static void
add_file(struct adding *a, struct cm_span beside, const char *ending, struct cm_span bytes)
{
	const char *name = cm_arena_printf(&a->arena, "%.*s%s", (int)beside.len - 5, (const char *)beside.ptr, ending);

	need(name != NULL);
	a->entry[a->n++] = (struct cm_zip_entry) { cm_span_str(name), bytes };
}

static void
add_receipt(struct adding *a, struct cm_span name, size_t index)
{
	struct cm_receipt r = { .index = index, .checkpoint = cm_buf_span(&a->checkpoint) };
	struct cm_buf *out = &a->kept[a->n_kept++];

	path_of((const uint8_t (*)[32])a->leaves.hash, index, a->leaves.n, &r.proof);
	cm_receipt_write(&r, out);
	add_file(a, name, ".tlog-proof", cm_buf_span(out));
	if (a->stamp.len > 0)
		add_file(a, name, ".tsr", cm_buf_span(&a->stamp));
}

static void
begin(struct adding *a, struct cm_span dossier)
{
	cm_arena_init(&a->arena, 0);
	need(cm_zip_read(dossier, &a->arena, &a->zip, NULL) == CM_OK);
	a->entry = cm_arena_array(&a->arena, 3 * a->zip.n + 1, sizeof(a->entry[0]));
	a->kept = cm_arena_array(&a->arena, a->zip.n + 1, sizeof(a->kept[0]));
	need(a->entry != NULL && a->kept != NULL);
}

static void
end(struct adding *a, struct cm_buf *out)
{
	struct cm_sink sink = cm_sink_of_buf(out);
	size_t i;

	need(cm_zip_write(a->entry, a->n, &sink, NULL) == CM_OK);
	for (i = 0; i < a->n_kept; i++)
		cm_buf_release(&a->kept[i]);
	cm_buf_release(&a->checkpoint);
	cm_buf_release(&a->stamp);
	free(a->leaves.hash);
	cm_arena_fini(&a->arena);
}

void
receipts_add(struct cm_span dossier, const struct receipts_how *how, struct cm_buf *out)
{
	struct adding a = { .how = how };
	struct cm_buf entry = { 0 };
	size_t i, index = how->before;

	begin(&a, dossier);
	add_others(&a.leaves, how->before);
	for (i = 0; i < a.zip.n; i++) {
		a.entry[a.n++] = a.zip.entry[i];
		if (!is_statement(&a, a.zip.entry[i].name))
			continue;
		cm_buf_clear(&entry);
		entry_of(&a, &a.zip.entry[i], &entry);
		add_leaf(&a.leaves, cm_buf_span(&entry));
	}
	add_others(&a.leaves, how->behind);
	sign_checkpoint(&a);
	for (i = 0; i < a.zip.n; i++) {
		if (is_statement(&a, a.zip.entry[i].name))
			add_receipt(&a, a.zip.entry[i].name, index++);
	}
	cm_buf_release(&entry);
	end(&a, out);
}

void
receipts_replace(struct cm_span dossier, const char *name, struct cm_span bytes, struct cm_buf *out)
{
	struct adding a = { 0 };
	size_t i;

	begin(&a, dossier);
	for (i = 0; i < a.zip.n; i++) {
		if (cm_span_eq(a.zip.entry[i].name, cm_span_str(name)))
			continue;
		a.entry[a.n++] = a.zip.entry[i];
	}
	if (bytes.ptr != NULL)
		a.entry[a.n++] = (struct cm_zip_entry) { cm_span_str(name), bytes };
	end(&a, out);
}

void
receipts_without(struct cm_span dossier, const char *name, struct cm_buf *out)
{
	receipts_replace(dossier, name, cm_span_of(NULL, 0), out);
}
