/* A note from others: an error, or the one spelling of its text, its lines and, if it is one, its
 * checkpoint.  The same bytes are also read as a key. */
#include "../../unit/log/made.h"
#include "fuzz.h"

static void
check_key(struct cm_span text)
{
	struct cm_buf again = { 0 };
	struct cm_vkey v;

	if (cm_vkey_parse(text, &v, NULL) != CM_OK)
		return;
	must(cm_note_name_ok(cm_span_str(v.name)));
	cm_vkey_write(&v, &again);
	must(cm_span_eq(cm_buf_span(&again), text));
	cm_buf_release(&again);
}

static void
check_checkpoint(struct cm_span text)
{
	struct cm_buf again = { 0 };
	struct cm_checkpoint c;

	if (cm_checkpoint_parse(text, &c, NULL) != CM_OK)
		return;
	must(c.size <= INT64_MAX && c.origin[0] != '\0');
	cm_checkpoint_write(&c, &again);
	must(cm_span_eq(cm_buf_span(&again), text));
	cm_buf_release(&again);
}

/* The line of a name and an id is written as it was read. */
static void
check_line(const struct cm_note_signature *s)
{
	struct cm_vkey key = { .id = s->id };
	struct cm_buf again = { 0 };

	must(cm_note_lines_ok(s->line));
	if (!cm_note_name_ok(s->name))
		return;
	for (size_t i = 0; i < s->name.len; i++)
		key.name[i] = (char)s->name.ptr[i];
	must(cm_note_is_of(s, &key));
	cm_note_put_line(&key, s->bytes, &again);
	must(cm_span_eq(cm_buf_span(&again), s->line));
	cm_buf_release(&again);
}

static void
check_note(const struct cm_note *n, struct cm_span whole)
{
	const struct made_key log = made_key("A", CM_NOTE_ED25519, 1);
	const struct made_key witness = made_key("w", CM_NOTE_COSIGNATURE, 2);
	struct cm_buf again = { 0 };
	uint64_t first = 0, last = 0;
	enum cm_result r = cm_note_verify(n, &log.v, NULL);

	must(r == CM_OK || r == CM_E_REFUSED || r == CM_E_NOTFOUND);
	r = cm_cosignature_times(n, &witness.v, &first, &last, NULL);
	must(r == CM_OK || r == CM_E_REFUSED || r == CM_E_NOTFOUND);
	must(r != CM_OK || (first > 0 && first <= last && last <= INT64_MAX));
	must(n->n > 0 && n->n <= CM_NOTE_SIGNATURES);
	cm_buf_add_span(&again, n->text);
	cm_buf_add_u8(&again, '\n');
	for (size_t i = 0; i < n->n; i++) {
		check_line(&n->signature[i]);
		cm_buf_add_span(&again, n->signature[i].line);
	}
	must(cm_span_eq(cm_buf_span(&again), whole));
	cm_buf_release(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_span in = cm_span_of(data, size);
	struct cm_err err = { 0 };
	struct cm_arena arena;
	struct cm_note n;
	enum cm_result r;

	cm_arena_init(&arena, (size_t)4 << 20);
	r = cm_note_parse(in, &arena, &n, &err);
	must(err.code == r && (!err.has_offset || err.offset <= size));
	if (r == CM_OK) {
		check_note(&n, in);
		check_checkpoint(n.text);
	}
	check_key(in);
	check_checkpoint(in);
	cm_arena_fini(&arena);
	return 0;
}
