/* Receipts that others gave for what this party disclosed. */
#include <limits.h>
#include <string.h>

#include "os/private.h"
#include "store/case_state.h"
#include "store/ledger.h"

/* Whom was it for?  CM_E_REFUSED: it was never made. */
static enum cm_result
find_disclosure(struct cm_case *c, const uint8_t statement[32], struct cm_arena *arena, const char **whom, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db, "SELECT whom FROM disclosure WHERE statement = ?");
	bool row = false;
	enum cm_result r;

	cm_query_blob(&q, 1, cm_span_of(statement, 32));
	r = cm_query_step(&q, &row, err);
	if (r == CM_OK && !row)
		r = cm_err_set(err, CM_E_REFUSED, "a receipt for a disclosure that this party never made");
	else if (r == CM_OK)
		r = cm_column_text(&q, 0, arena, whom, err);
	cm_query_end(&q);
	return r;
}

/* Members of every version count: a receipt may come after a later one took the place of the charter. */
static const char *
member_of(const struct cm_team *t, const char *fingerprint)
{
	const struct cm_member *m = NULL;

	if (t->in_force == NULL)
		return NULL;
	m = cm_members_keyed(&t->in_force->file.says.members, fingerprint);
	for (size_t i = 0; m == NULL && i < t->n_charters; i++)
		if (cm_team_in_chain(t, t->charter[i].file.digest))
			m = cm_members_keyed(&t->charter[i].file.says.members, fingerprint);
	return m != NULL ? m->name : NULL;
}

/* By the file that `trust add' keeps. */
static enum cm_result
signer_of(
    struct cm_case *c, const char *fingerprint, struct cm_arena *arena, const char **out, struct cm_err *err)
{
	char path[PATH_MAX], print[CM_FINGERPRINT_LEN + 1];
	struct cm_buf text = { 0 };
	struct cm_signers signers = { 0 };
	enum cm_result r = cm_case_path(c->folder, "signers", path, err);

	if (r != CM_OK || !cm_path_exists(path))
		return r;
	r = cm_whole_read(path, CM_SIGNERS_BYTES, &text, err);
	if (r == CM_OK)
		r = cm_signers_parse(cm_buf_span(&text), arena, &signers, err);
	cm_buf_release(&text);
	for (size_t i = 0; r == CM_OK && i < signers.n; i++) {
		cm_ssh_fingerprint(&signers.line[i].key, print);
		if (strcmp(print, fingerprint) == 0)
			*out = signers.line[i].principals;
	}
	return r;
}

/* One of a list with commas. */
static bool
is_one_of(const char *list, const char *name)
{
	size_t len = strlen(name), n;

	for (; *list != '\0'; list += n + (list[n] == ',')) {
		n = strcspn(list, ",");
		if (n == len && memcmp(list, name, len) == 0)
			return true;
	}
	return false;
}

enum cm_result
cm_case_receipt_admits(struct cm_case *c, const struct cm_team *t, const struct cm_said *s, struct cm_arena *arena,
    struct cm_err *err)
{
	const char *whom = "", *name = member_of(t, s->head.by);
	enum cm_result r = find_disclosure(c, s->as.receipt.disclosure, arena, &whom, err);

	if (r == CM_OK && t->in_force != NULL && s->head.has_case && memcmp(s->head.case_id, t->case_id, 32) != 0)
		return cm_err_set(err, CM_E_REFUSED, "it is of another case");
	if (r == CM_OK && name == NULL)
		r = signer_of(c, s->head.by, arena, &name, err);
	if (r != CM_OK)
		return r;
	if (name == NULL)
		return cm_err_set(err, CM_E_REFUSED, "a receipt signed by %s, whose key this case does not know", s->head.by);
	if (whom[0] != '\0' && !is_one_of(name, whom))
		return cm_err_set(err, CM_E_REFUSED, "a receipt by \"%.60s\", but the disclosure was made to \"%.60s\"", name, whom);
	return CM_OK;
}

static enum cm_result
read_receipt(struct cm_query *q, struct cm_arena *arena, void *item, struct cm_err *err)
{
	struct cm_case_receipt *out = item;
	struct cm_statement_doc doc = { 0 };
	enum cm_result r = cm_column_fixed(q, 0, out->digest, 32, err);

	if (r == CM_OK)
		r = cm_statement_read(cm_column_blob(q, 2), arena, &doc, err);
	if (r == CM_OK)
		r = cm_receipt_v1_read(&doc, &out->says, err);
	if (r == CM_OK) {
		out->by = cm_arena_printf(arena, "%s", doc.head.by);
		out->number = doc.head.number;
		out->made = doc.head.made;
		r = out->by != NULL ? CM_OK : cm_err_set(err, CM_E_NOMEM, "out of memory");
	}
	out->taken = cm_column_int(q, 1);
	cm_statement_release(&doc);
	return r;
}

/* Of one file two results, or of one disclosure a promise that is taken back. */
static bool
contradict(const struct cm_case_receipt *a, const struct cm_case_receipt *b)
{
	return memcmp(a->says.disclosure, b->says.disclosure, 32) == 0 && strcmp(a->by, b->by) == 0 &&
	    ((memcmp(a->says.dossier, b->says.dossier, 32) == 0 && a->says.found != b->says.found) ||
		(a->says.accepts && !b->says.accepts));
}

enum cm_result
cm_case_receipts(struct cm_case *c, struct cm_arena *arena, struct cm_case_receipts *out, struct cm_err *err)
{
	struct cm_query q = cm_query_of(
	    &c->db, "SELECT digest, taken, json FROM told WHERE predicate = 'receipt' ORDER BY taken, signer, number");
	struct cm_case_list l = { arena, sizeof(*out->item), read_receipt, NULL, 0 };
	struct cm_case_receipt *item;
	enum cm_result r = cm_case_list(&q, &l, err);

	item = l.item;
	for (size_t i = 0; r == CM_OK && i < l.n; i++) {
		r = cm_case_written_has(c, item[i].says.disclosure, item[i].says.dossier, &item[i].ours, err);
		for (size_t k = 0; k < i; k++)
			item[i].differs = item[i].differs || contradict(&item[k], &item[i]);
	}
	if (r == CM_OK)
		*out = (struct cm_case_receipts) { l.item, l.n };
	return r;
}

enum cm_result
cm_case_receipt_note(
    struct cm_case *c, const uint8_t digest[32], struct cm_arena *arena, const char **out, struct cm_err *err)
{
	struct cm_case_receipts all;
	enum cm_result r = cm_case_receipts(c, arena, &all, err);

	*out = "";
	for (size_t i = 0; r == CM_OK && i < all.n; i++) {
		const struct cm_case_receipt *x = &all.item[i];

		if (memcmp(x->digest, digest, 32) != 0)
			continue;
		if (!x->ours)
			*out = "it is for another file than was ever written here, and acknowledges nothing; it is kept";
		else if (x->differs)
			*out = "it contradicts an earlier receipt of the same party for the same disclosure; both are kept";
	}
	return r;
}
