/* Laws of notes, receipts and requests: what was written is read as it was, and whoever changes a
 * bit of what was signed is refused. */
#include <stdlib.h>
#include <string.h>

#include "../../unit/log/made.h"
#include "../gen.h"
#include "log/receipt.h"
#include "log/witness.h"

/* ---- made-up values ---- */

/* A character that a name may have. */
static void
put_char(struct gen *g, struct cm_buf *out)
{
	static const char *const rare[] = { "\xc3\xa8", "\xe2\x80\x94", "\xe2\x80\x8b",
		"\xf0\x9f\x94\x91", "\x7f", "=", "/", "\xef\xbf\xbf" };

	if (gen_one_in(g, 5))
		cm_buf_add_str(out, rare[gen_below(g, 8)]);
	else
		cm_buf_add_u8(out, (uint8_t)('a' + gen_below(g, 26)));
}

static struct cm_buf
made_name(struct gen *g)
{
	struct cm_buf b = { 0 };
	uint64_t n = 1 + gen_upto(g, g->size < 60 ? g->size : 60);

	while (n-- > 0)
		put_char(g, &b);
	return b;
}

static struct made_key
random_key(struct gen *g, enum cm_note_type type)
{
	struct cm_buf name = made_name(g);
	struct made_key k = made_key(cm_buf_cstr(&name), type, (uint8_t)(1 + gen_below(g, 255)));

	cm_buf_release(&name);
	return k;
}

static uint64_t
made_size(struct gen *g)
{
	return gen_u64(g) >> (1 + gen_below(g, 63));
}

/* A text with empty lines, and lines that look like signatures. */
static struct cm_buf
made_lines(struct gen *g)
{
	uint64_t n = 1 + gen_upto(g, g->size);
	struct cm_buf b = { 0 };

	while (n-- > 0) {
		if (gen_one_in(g, 8))
			cm_buf_add_str(&b, "\xe2\x80\x94 a AAAAAAA=");
		for (uint64_t i = gen_upto(g, 20); i > 0 && !gen_one_in(g, 6); i--)
			put_char(g, &b);
		cm_buf_add_u8(&b, '\n');
	}
	return b;
}

/* ---- round trips ---- */

static bool
a_key_comes_back(struct gen *g)
{
	struct made_key k = random_key(g, gen_one_in(g, 2) ? CM_NOTE_ED25519 : CM_NOTE_COSIGNATURE);
	struct cm_buf text = { 0 };
	struct cm_err err = { 0 };
	struct cm_vkey back;
	bool holds = true;

	cm_vkey_write(&k.v, &text);
	if (cm_vkey_parse(cm_buf_span(&text), &back, &err) != CM_OK)
		holds = gen_fail(g, "%s: %s", cm_buf_cstr(&text), err.text);
	else if (strcmp(back.name, k.v.name) != 0 || back.id != k.v.id || back.type != k.v.type ||
		 memcmp(back.key, k.v.key, 32) != 0)
		holds = gen_fail(g, "%s: another key", cm_buf_cstr(&text));
	cm_buf_release(&text);
	return holds;
}

static bool
a_checkpoint_comes_back(struct gen *g)
{
	struct cm_buf origin = made_name(g), text = { 0 }, again = { 0 };
	struct cm_checkpoint c = { .size = made_size(g) }, back;
	struct cm_err err = { 0 };
	bool holds = true;

	memcpy(c.origin, origin.ptr, origin.len);
	gen_bytes(g, c.root, sizeof(c.root));
	c.extensions = cm_span_str(gen_one_in(g, 2) ? "" : "an extension\nand more\n");
	cm_checkpoint_write(&c, &text);
	if (cm_checkpoint_parse(cm_buf_span(&text), &back, &err) != CM_OK)
		holds = gen_fail(g, "%s", err.text);
	else if (strcmp(back.origin, c.origin) != 0 || back.size != c.size ||
		 memcmp(back.root, c.root, 32) != 0 || !cm_span_eq(back.extensions, c.extensions))
		holds = gen_fail(g, "another checkpoint");
	else
		cm_checkpoint_write(&back, &again);
	if (holds && !cm_span_eq(cm_buf_span(&text), cm_buf_span(&again)))
		holds = gen_fail(g, "another text");
	cm_buf_release(&origin);
	cm_buf_release(&text);
	cm_buf_release(&again);
	return holds;
}

/* Signed by each of ${key}, among lines of nobody. */
static void
put_note(
    struct gen *g, struct cm_span text, const struct made_key *key, size_t n, struct cm_buf *out)
{
	struct made_key nobody;
	uint8_t bytes[100];

	cm_buf_add_span(out, text);
	cm_buf_add_u8(out, '\n');
	for (size_t i = 0; i < n; i++) {
		if (gen_one_in(g, 3)) {
			nobody = random_key(g, CM_NOTE_ED25519);
			nobody.v.id ^= 1;
			gen_bytes(g, bytes, sizeof(bytes));
			cm_note_put_line(
			    &nobody.v, cm_span_of(bytes, 1 + gen_below(g, sizeof(bytes))), out);
		}
		if (cm_note_sign(text, &key[i].v, key[i].seed, out, NULL) != CM_OK)
			abort();
	}
}

static bool
a_note_comes_back_and_holds_for_each_signer(struct gen *g)
{
	struct cm_buf text = made_lines(g), note = { 0 };
	struct made_key key[8];
	struct cm_err err = { 0 };
	struct cm_arena arena;
	struct cm_note n;
	size_t n_key = 1 + (size_t)gen_below(g, 8);
	bool holds = true;

	cm_arena_init(&arena, 0);
	for (size_t i = 0; i < n_key; i++)
		key[i] = random_key(g, CM_NOTE_ED25519);
	put_note(g, cm_buf_span(&text), key, n_key, &note);
	if (cm_note_parse(cm_buf_span(&note), &arena, &n, &err) != CM_OK)
		holds = gen_fail(g, "%s", err.text);
	else if (!cm_span_eq(n.text, cm_buf_span(&text)))
		holds = gen_fail(g, "another text");
	for (size_t i = 0; holds && i < n_key; i++)
		if (cm_note_verify(&n, &key[i].v, &err) != CM_OK)
			holds = gen_fail(g, "signer %zu: %s", i, err.text);
	cm_arena_fini(&arena);
	cm_buf_release(&text);
	cm_buf_release(&note);
	return holds;
}

/* ---- a receipt, and what it tells ---- */

enum { WITNESSES = 2 };

/* A receipt of the log A with lines of two witnesses and of somebody else, and its parts. */
struct made {
	struct made_key log, witness[WITNESSES];
	uint64_t index;
	struct cm_buf bytes;
	size_t note;                        /* where the note begins */
	size_t log_line;                    /* where its signatures begin: the log's, */
	size_t witness_line[WITNESSES + 1]; /* the witnesses', and somebody's, up to the end */
	size_t extra, extra_end;            /* the line of that name */
};

static void
put_cosigned(struct gen *g, struct made *m, uint64_t size, struct cm_buf *note)
{
	struct cm_checkpoint c = { .origin = "A", .size = size };
	struct made_key somebody = made_key("somebody", CM_NOTE_ED25519, 77);
	struct cm_buf text = { 0 };

	if (cm_merkle_root(&made_tree, size, c.root, NULL) != CM_OK)
		abort();
	cm_checkpoint_write(&c, &text);
	cm_buf_add_span(note, cm_buf_span(&text));
	cm_buf_add_u8(note, '\n');
	m->log_line = note->len;
	if (cm_note_sign(cm_buf_span(&text), &m->log.v, m->log.seed, note, NULL) != CM_OK)
		abort();
	for (unsigned i = 0; i < WITNESSES; i++) {
		m->witness_line[i] = note->len;
		if (cm_cosign(cm_buf_span(&text), &m->witness[i].v, m->witness[i].seed,
			1700000000 + gen_below(g, 1000), note, NULL) != CM_OK)
			abort();
	}
	m->witness_line[WITNESSES] = note->len;
	cm_note_put_line(&somebody.v, cm_span_str("what we can not read"), note);
	cm_buf_release(&text);
}

static struct made
made_receipt(struct gen *g, uint64_t size)
{
	struct made m = { .log = made_key("A", CM_NOTE_ED25519, 1),
		.witness = { made_key("w", CM_NOTE_COSIGNATURE, 2),
		    made_key("x", CM_NOTE_COSIGNATURE, 3) },
		.index = gen_below(g, size) };
	struct cm_receipt r = { .index = m.index };
	struct cm_buf note = { 0 };

	put_cosigned(g, &m, size, &note);
	r.checkpoint = cm_buf_span(&note);
	r.extra = cm_span_str(gen_one_in(g, 2) ? "" : "some extra bytes");
	if (cm_proof_inclusion(&made_tree, m.index, size, &r.proof, NULL) != CM_OK)
		abort();
	cm_receipt_write(&r, &m.bytes);
	m.note = m.bytes.len - note.len;
	m.extra = strlen("c2sp.org/tlog-proof@v1\n");
	m.extra_end = m.extra + (r.extra.len == 0 ? 0 : strlen("extra c29tZSBleHRyYSBieXRlcw==\n"));
	cm_buf_release(&note);
	return m;
}

/* What is reported of it; zero where nothing is. */
struct report {
	enum cm_result result;
	uint64_t index, size, time[WITNESSES];
	uint8_t root[32];
};

static struct report
report_of(const struct made *m, struct cm_span bytes)
{
	struct report out = { 0 };
	struct cm_checkpoint c;
	struct cm_receipt r;
	struct cm_arena arena;
	struct cm_note n;
	uint8_t entry[8];
	enum cm_result code;

	cm_put64(entry, m->index);
	cm_arena_init(&arena, 0);
	code = cm_receipt_parse(bytes, &arena, &r, NULL);
	if (code == CM_OK)
		code = cm_receipt_check(&r, cm_span_of(entry, 8), &m->log.v, &arena, &c, &n, NULL);
	for (unsigned i = 0; i < WITNESSES && code == CM_OK; i++) {
		code = cm_cosignature_verify(&n, &m->witness[i].v, &out.time[i], NULL);
		code = code == CM_E_NOTFOUND ? CM_OK : code;
	}
	if (code == CM_OK) {
		out.index = r.index;
		out.size = c.size;
		memcpy(out.root, c.root, sizeof(out.root));
	}
	out.result = code;
	cm_arena_fini(&arena);
	return out;
}

static bool
same_report(const struct report *a, const struct report *b)
{
	return a->result == b->result && a->index == b->index && a->size == b->size &&
	       memcmp(a->time, b->time, sizeof(a->time)) == 0 && memcmp(a->root, b->root, 32) == 0;
}

static bool
a_receipt_comes_back_and_proves_its_entry(struct gen *g)
{
	struct made m = made_receipt(g, 1 + gen_upto(g, g->size));
	struct report said = report_of(&m, cm_buf_span(&m.bytes));
	struct cm_buf again = { 0 };
	struct cm_arena arena;
	struct cm_receipt r;
	bool holds = true;

	cm_arena_init(&arena, 0);
	if (said.result != CM_OK || said.index != m.index || said.time[0] == 0)
		holds = gen_fail(g, "entry %d of %d: %s", (int)m.index, (int)said.size,
		    cm_result_word(said.result));
	if (cm_receipt_parse(cm_buf_span(&m.bytes), &arena, &r, NULL) != CM_OK)
		abort();
	cm_receipt_write(&r, &again);
	if (holds && !cm_span_eq(cm_buf_span(&again), cm_buf_span(&m.bytes)))
		holds = gen_fail(g, "another receipt");
	cm_arena_fini(&arena);
	cm_buf_release(&again);
	cm_buf_release(&m.bytes);
	return holds;
}

/* ---- one bit changed ---- */

/* Which witness's line ${at} is in; WITNESSES: somebody's; -1: none. */
static int
witness_at(const struct made *m, size_t at)
{
	int who = -1;

	for (int i = 0; i <= WITNESSES; i++)
		if (at >= m->note + m->witness_line[i])
			who = i;
	return who;
}

/* Is ${now} what may be reported once the byte at ${at} was changed?  A line of a witness may have
 * become one of somebody else. */
static bool
may_be(const struct made *m, size_t at, struct report was, const struct report *now)
{
	int who = witness_at(m, at);

	if (now->result != CM_OK)
		return true;
	if (who == WITNESSES || (at >= m->extra && at < m->extra_end))
		return same_report(&was, now);
	if (who < 0)
		return false;
	was.time[who] = 0;
	return same_report(&was, now);
}

static bool
a_bit_changed_in_a_receipt_is_refused_or_tells_nothing(struct gen *g)
{
	struct made m = made_receipt(g, 1 + gen_upto(g, g->size));
	struct report was = report_of(&m, cm_buf_span(&m.bytes)), now;
	bool holds = was.result == CM_OK;

	for (size_t bit = 0; holds && bit < 8 * m.bytes.len; bit++) {
		m.bytes.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
		now = report_of(&m, cm_buf_span(&m.bytes));
		if (!may_be(&m, bit / 8, was, &now))
			holds = gen_fail(g, "bit %zu of byte %zu of\n%s", bit % 8, bit / 8,
			    cm_buf_cstr(&m.bytes));
		m.bytes.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	cm_buf_release(&m.bytes);
	return holds;
}

/* A byte that is missing, and one too many. */
static bool
a_byte_more_or_less_in_a_receipt_is_refused_or_tells_nothing(struct gen *g)
{
	struct made m = made_receipt(g, 1 + gen_upto(g, g->size));
	struct report was = report_of(&m, cm_buf_span(&m.bytes)), now;
	struct cm_span whole = cm_buf_span(&m.bytes);
	bool holds = was.result == CM_OK;

	for (size_t at = 0; holds && at < whole.len; at++) {
		struct cm_buf less = { 0 }, more = { 0 };

		cm_buf_add_span(&less, cm_span_part(whole, 0, at));
		cm_buf_add_span(&more, cm_buf_span(&less));
		cm_buf_add_u8(&more, gen_one_in(g, 2) ? '\n' : whole.ptr[at]);
		cm_buf_add_span(&more, cm_span_part(whole, at, whole.len));
		cm_buf_add_span(&less, cm_span_part(whole, at + 1, whole.len));
		now = report_of(&m, cm_buf_span(&less));
		holds = may_be(&m, at, was, &now);
		now = report_of(&m, cm_buf_span(&more));
		holds = holds && may_be(&m, at, was, &now);
		if (!holds)
			gen_fail(g, "at byte %zu", at);
		cm_buf_release(&less);
		cm_buf_release(&more);
	}
	cm_buf_release(&m.bytes);
	return holds;
}

/* ---- requests ---- */

static int
status_of(struct cm_span body, const struct cm_vkey *log, const struct cm_witness_held *held)
{
	struct cm_witness_ruling out = { .status = 400 };
	struct cm_witness_request q;
	struct cm_arena arena;

	cm_arena_init(&arena, 0);
	if (cm_witness_request_parse(body, &arena, &q, NULL) == CM_OK &&
	    cm_witness_rule(&q, log, held, &out, NULL) != CM_OK)
		abort();
	cm_arena_fini(&arena);
	return out.status;
}

/* A request from ${old} to ${size}, cosigned by two already; gives where the first byte is that
 * is not for this witness to judge. */
static size_t
put_request(struct gen *g, uint64_t old, uint64_t size, struct made *m)
{
	struct cm_proof proof;
	struct cm_buf note = { 0 };
	size_t behind;

	if (cm_proof_consistency(&made_tree, old, size, &proof, NULL) != CM_OK)
		abort();
	put_cosigned(g, m, size, &note);
	cm_witness_request_write(old, &proof, cm_buf_span(&note), &m->bytes);
	behind = m->bytes.len - note.len + m->witness_line[0];
	cm_buf_release(&note);
	return behind;
}

static bool
growth_is_cosigned_and_one_bit_less_is_not(struct gen *g)
{
	uint64_t size = gen_upto(g, g->size), old = gen_upto(g, size);
	struct made m = { .log = made_key("A", CM_NOTE_ED25519, 1),
		.witness = { made_key("w", CM_NOTE_COSIGNATURE, 2),
		    made_key("x", CM_NOTE_COSIGNATURE, 3) } };
	struct cm_witness_held held = { .size = old };
	size_t behind = put_request(g, old, size, &m);
	bool holds = true;
	int status;

	if (old > 0 && cm_merkle_root(&made_tree, old, held.root, NULL) != CM_OK)
		abort();
	status = status_of(cm_buf_span(&m.bytes), &m.log.v, &held);
	if (status != 200)
		holds = gen_fail(g, "from %d to %d: %d", (int)old, (int)size, status);
	for (size_t bit = 0; holds && bit < 8 * behind; bit++) {
		m.bytes.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (status_of(cm_buf_span(&m.bytes), &m.log.v, &held) == 200)
			holds = gen_fail(g, "bit %zu of byte %zu", bit % 8, bit / 8);
		m.bytes.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	cm_buf_release(&m.bytes);
	return holds;
}

int
main(void)
{
	static const struct law laws[] = {
		{ "a key is read as it was written", a_key_comes_back, 1000, 60 },
		{ "a checkpoint is read as it was written", a_checkpoint_comes_back, 2000, 60 },
		{ "a note is read as it was written, and holds for each signer",
		    a_note_comes_back_and_holds_for_each_signer, 300, 40 },
		{ "a receipt is read as it was written, and proves its entry",
		    a_receipt_comes_back_and_proves_its_entry, 100, 100 },
		{ "a bit changed in a receipt is refused, or tells nothing",
		    a_bit_changed_in_a_receipt_is_refused_or_tells_nothing, 3, 40 },
		{ "a byte more or less in a receipt is refused, or tells nothing",
		    a_byte_more_or_less_in_a_receipt_is_refused_or_tells_nothing, 3, 40 },
		{ "growth is cosigned, and what differs in a bit is not",
		    growth_is_cosigned_and_one_bit_less_is_not, 6, 40 },
	};

	return laws_hold(laws, sizeof(laws) / sizeof(laws[0]));
}
