#include <inttypes.h>
#include <string.h>

#include "codec/rfc3339.h"
#include "dossier/logged.h"
#include "log/entry.h"
#include "log/receipt.h"
#include "merkle/proof.h"

#define DISCLOSURE "disclosure.json"

/* What the keys of a policy say of a checkpoint; many receipts have the same one. */
struct judged {
	struct cm_span checkpoint;
	const struct cm_policy_log *log; /* NULL: it is not in the policy */
	struct cm_witnessed by;
};

struct judging {
	const struct cm_logged_in *in;
	struct cm_arena *arena;
	struct cm_err *err;
	struct judged last;
	const char *at;
};

const char *
cm_logged_word(enum cm_logged_how how)
{
	static const char *const word[] = { "no", "unknown-log", "too-few", "yes" };

	return word[how];
}

static CM_RESULT
no_memory(struct cm_err *err)
{
	return cm_err_set(err, CM_E_NOMEM, "no memory to check the receipts");
}

/* "seal-1.json" with another ending. */
static const char *
beside(struct cm_arena *arena, const char *file, const char *ending)
{
	return cm_arena_printf(arena, "%.*s%s", (int)(strlen(file) - strlen(".json")), file, ending);
}

/* ---- one statement ---- */

static CM_RESULT
entry_of(const struct judging *j, const struct cm_loaded_part *p, struct cm_buf *out)
{
	struct cm_entry e = { 0 };
	const char *sig = cm_arena_printf(j->arena, "%s.sig", p->name);
	struct cm_span json, armour = p->armour;

	if (sig == NULL)
		return no_memory(j->err);
	if (cm_zip_find(j->in->zip, p->name, &json) != CM_OK ||
	    (armour.ptr == NULL && cm_zip_find(j->in->zip, sig, &armour) != CM_OK))
		return cm_err_set(j->err, CM_E_REFUSED, "statement or signature is missing");
	cm_entry_digest(json, armour, e.digest);
	memcpy(e.key, p->doc.head.by, strnlen(p->doc.head.by, CM_ENTRY_KEY));
	cm_entry_write(&e, out);
	return cm_buf_ok(out) ? CM_OK : no_memory(j->err);
}

/* Is the statement in the tree that the checkpoint is about, whoever signed that? */
static CM_RESULT
check_inclusion(const struct judging *j, const struct cm_loaded_part *p, const struct cm_receipt *r,
    const struct cm_checkpoint *c, uint8_t leaf[CM_SHA256_LEN])
{
	struct cm_buf entry = { 0 };
	enum cm_result rc = entry_of(j, p, &entry);

	if (rc == CM_OK) {
		cm_merkle_leaf(cm_buf_span(&entry), leaf);
		rc = cm_proof_check_inclusion(r->index, c->size, leaf, &r->proof, c->root);
		if (rc == CM_E_REFUSED)
			rc = cm_err_set(j->err, rc, "it does not prove that %s is entry %" PRIu64 " of %" PRIu64
			    " in the log %.120s", p->name, r->index, c->size, c->origin);
	}
	cm_buf_release(&entry);
	return rc;
}

/* Without what witnesses cosigned after their end. */
static CM_RESULT
judge_witnesses(const struct judging *j, const struct cm_checkpoint *c, const struct cm_note *note,
    struct cm_witnessed *out, struct cm_err *why)
{
	const struct cm_policy *policy = j->in->policy;
	bool *ended = cm_arena_array(j->arena, policy->n_members + 1, sizeof(*ended));

	if (ended == NULL)
		return no_memory(why);
	cm_ended_witnesses(&j->in->ended, policy, c, ended);
	return cm_policy_judge_without(policy, note, ended, j->arena, out, why);
}

/* The log's own signature, and those of witnesses. */
static CM_RESULT
judge(struct judging *j, struct cm_span bytes, const struct cm_checkpoint *c, const struct cm_note *note)
{
	const struct cm_policy_log *log;
	struct judged now = { .checkpoint = bytes };
	struct cm_err why = { 0 };
	enum cm_result rc = CM_OK;

	if (j->last.checkpoint.ptr != NULL && cm_span_eq(j->last.checkpoint, bytes))
		return CM_OK;
	log = j->in->policy == NULL ? NULL : cm_policy_find_log(j->in->policy, c->origin);
	if (log != NULL)
		rc = cm_note_verify(note, &log->key, &why);
	if (rc == CM_E_NOTFOUND)
		return cm_err_set(j->err, CM_E_REFUSED, "its checkpoint says it is of the log %.120s, whose "
		    "key did not sign it", c->origin);
	if (rc == CM_OK && j->in->policy != NULL)
		rc = judge_witnesses(j, c, note, &now.by, &why);
	now.log = log;
	if (rc == CM_OK)
		j->last = now;
	return rc == CM_OK ? CM_OK : cm_err_set(j->err, rc, "%s", why.text);
}

static CM_RESULT
take_witnesses(const struct judging *j, struct cm_logged *l)
{
	const struct cm_witnessed *by = &j->last.by;
	struct cm_logged_witness *w = cm_arena_array(j->arena, by->n + 1, sizeof(*w));
	size_t i;

	if (w == NULL)
		return no_memory(j->err);
	for (i = 0; i < by->n; i++)
		w[i] = (struct cm_logged_witness) { j->in->policy->member[by->witness[i]].name, by->at[i] };
	l->witness = w;
	l->n_witnesses = by->n;
	return CM_OK;
}

static CM_RESULT
take_checkpoint(struct judging *j, const struct cm_checkpoint *c, uint64_t index, struct cm_logged *l)
{
	bool known = j->last.log != NULL;

	l->log_ended = known && cm_ended_log(&j->in->ended, &j->last.log->key, index);
	known = known && !l->log_ended;
	l->how = !known ? CM_LOGGED_UNKNOWN : j->last.by.enough ? CM_LOGGED_ENOUGH : CM_LOGGED_FEW;
	l->not_later = l->how == CM_LOGGED_ENOUGH ? j->last.by.time : 0;
	l->index = index;
	l->size = c->size;
	memcpy(l->root, c->root, 32);
	l->origin = cm_arena_printf(j->arena, "%s", c->origin);
	if (l->origin == NULL)
		return no_memory(j->err);
	return known ? take_witnesses(j, l) : CM_OK;
}

static CM_RESULT
check_receipt(struct judging *j, const struct cm_loaded_part *p, struct cm_span bytes,
    struct cm_logged *l, struct cm_span *text)
{
	struct cm_checkpoint c;
	struct cm_receipt r;
	struct cm_note note;
	enum cm_result rc = cm_receipt_parse(bytes, j->arena, &r, j->err);

	if (rc == CM_OK)
		rc = cm_checkpoint_read(r.checkpoint, (size_t)(r.checkpoint.ptr - bytes.ptr), j->arena, &c, &note, j->err);
	if (rc == CM_OK)
		rc = check_inclusion(j, p, &r, &c, l->leaf);
	if (rc == CM_OK)
		rc = judge(j, r.checkpoint, &c, &note);
	if (rc == CM_OK)
		rc = take_checkpoint(j, &c, r.index, l);
	l->note = rc == CM_OK ? r.checkpoint : cm_span_of(NULL, 0);
	*text = rc == CM_OK ? note.text : cm_span_of(NULL, 0);
	return rc;
}

static CM_RESULT
check_stamp(struct judging *j, struct cm_span bytes, struct cm_span text, struct cm_logged *l)
{
	struct cm_timestamp t;
	struct cm_err why = { 0 };
	enum cm_result rc = cm_timestamp_verify(bytes, text, NULL, j->in->tsa, &t, &why);

	if (rc == CM_E_NOTFOUND)
		return CM_OK; /* somebody's; what is said of it follows from l->stamp */
	if (rc != CM_OK && why.has_offset)
		return cm_err_at(j->err, rc, why.offset, "%s", why.text);
	if (rc != CM_OK)
		return cm_err_set(j->err, rc, "%s", why.text);
	l->stamp = cm_arena_copy(j->arena, &t, sizeof(t));
	return l->stamp != NULL ? CM_OK : no_memory(j->err);
}

/* ---- in words ---- */

static void
add_time(struct cm_buf *b, uint64_t at)
{
	char text[CM_RFC3339_LEN + 1];

	if (at > (uint64_t)CM_RFC3339_MAX) {
		cm_buf_add_str(b, "a time beyond the year 9999");
		return;
	}
	cm_rfc3339_format((int64_t)at, text);
	cm_buf_add_str(b, text);
}

static void
add_place(struct cm_buf *b, const struct cm_logged *l)
{
	cm_buf_printf(b, "entry %" PRIu64 " of %" PRIu64 " in the log %s", l->index, l->size, l->origin);
}

/* Those who had cosigned by then; 0: all. */
static void
add_names(struct cm_buf *b, const struct cm_logged *l, uint64_t by)
{
	bool any = false;
	size_t i;

	for (i = 0; i < l->n_witnesses; i++) {
		if (by != 0 && l->witness[i].at > by)
			continue;
		cm_buf_printf(b, "%s%s", any ? ", " : "", l->witness[i].name);
		any = true;
	}
}

/* "1 of 2 needed", where the quorum is so plain that this says it all. */
static void
add_count(struct cm_buf *b, const struct cm_policy *policy, const struct cm_logged *l)
{
	const struct cm_policy_member *q = &policy->member[policy->quorum];
	bool plain = q->is_group && q->n_part == policy->n_members - 1;
	size_t i;

	for (i = 0; plain && i < q->n_part; i++)
		plain = !policy->member[q->part[i]].is_group;
	cm_buf_add_str(b, "cosigned by ");
	if (plain)
		cm_buf_printf(b, "%zu of %u needed%s", l->n_witnesses, q->k, l->n_witnesses > 0 ? ": " : "");
	else if (l->n_witnesses == 0)
		cm_buf_add_str(b, "nobody you know");
	add_names(b, l, 0);
	if (!plain && l->n_witnesses > 0)
		cm_buf_add_str(b, ", who are not the quorum");
}

static void
add_logged(struct cm_buf *b, const struct cm_logged_in *in, const struct cm_logged *l)
{
	switch (l->how) {
	case CM_LOGGED_NOT:
		cm_buf_add_str(b, "not shown to be logged");
		return;
	case CM_LOGGED_UNKNOWN:
		cm_buf_add_str(b, "not shown to be logged by anybody known: ");
		add_place(b, l);
		cm_buf_add_str(b, l->log_ended ? ", whose key had ended before" : in->policy == NULL ?
							 ", and no trust file was given" :
							 ", which your trust file does not name");
		return;
	case CM_LOGGED_FEW:
		cm_buf_add_str(b, "logged: ");
		add_place(b, l);
		cm_buf_add_str(b, ", ");
		add_count(b, in->policy, l);
		return;
	case CM_LOGGED_ENOUGH:
		break;
	}
	if (l->not_later == 0) {
		cm_buf_add_str(b, "logged: ");
		add_place(b, l);
		cm_buf_add_str(b, "; your trust file asks for no witness");
		return;
	}
	cm_buf_add_str(b, "existed not later than ");
	add_time(b, l->not_later);
	cm_buf_add_str(b, " (witnesses ");
	add_names(b, l, l->not_later);
	cm_buf_add_str(b, "): ");
	add_place(b, l);
}

static CM_RESULT
put_in_words(const struct judging *j, bool stamped, struct cm_logged *l)
{
	struct cm_buf b = { 0 };
	const char *text;

	add_logged(&b, j->in, l);
	if (l->stamp != NULL) {
		cm_buf_add_str(&b, "; time-stamped not later than ");
		add_time(&b, (uint64_t)l->stamp->not_later);
		cm_buf_printf(&b, " by %s", l->stamp->tsa);
	} else if (stamped) {
		cm_buf_add_str(&b, j->in->tsa == NULL ? "; there is a time stamp, but no certificates were given to check it by" :
							"; there is a time stamp, by nobody of your certificates");
	}
	text = cm_buf_cstr(&b);
	l->text = text == NULL ? NULL : cm_arena_printf(j->arena, "%s", text);
	cm_buf_release(&b);
	return l->text != NULL ? CM_OK : no_memory(j->err);
}

static CM_RESULT
check_part(struct judging *j, const struct cm_loaded_part *p, struct cm_logged *l)
{
	const char *receipt = beside(j->arena, p->name, CM_RECEIPT_ENDING);
	const char *stamp = beside(j->arena, p->name, CM_STAMP_ENDING);
	struct cm_span bytes, text = { 0 };
	enum cm_result rc = CM_OK;
	bool stamped;

	*l = (struct cm_logged) { .file = p->name };
	if (receipt == NULL || stamp == NULL)
		return no_memory(j->err);
	j->at = receipt;
	if (cm_zip_find(j->in->zip, receipt, &bytes) == CM_OK) {
		l->receipt = receipt;
		rc = check_receipt(j, p, bytes, l, &text);
	}
	if (rc != CM_OK)
		return rc;
	j->at = stamp;
	stamped = cm_zip_find(j->in->zip, stamp, &bytes) == CM_OK;
	if (stamped && l->receipt == NULL)
		return cm_err_set(j->err, CM_E_REFUSED, "it stamps the checkpoint of a receipt that is not there");
	if (stamped)
		rc = check_stamp(j, bytes, text, l);
	return rc == CM_OK ? put_in_words(j, stamped, l) : rc;
}

/* ---- all of them ---- */

/* A log's signature stands under both, and both can not be of one history: one size has one root,
 * and one place one entry. */
static bool
are_forked(const struct cm_logged *a, const struct cm_logged *b)
{
	if (a->how < CM_LOGGED_FEW || b->how < CM_LOGGED_FEW || strcmp(a->origin, b->origin) != 0)
		return false;
	return (a->size == b->size && memcmp(a->root, b->root, 32) != 0) ||
	    (a->index == b->index && memcmp(a->leaf, b->leaf, 32) != 0);
}

static CM_RESULT
look_for_forks(const struct cm_logged *l, size_t n, struct cm_err *err)
{
	size_t i, k;

	for (i = 1; i < n; i++) {
		for (k = 0; k < i; k++) {
			if (are_forked(&l[k], &l[i]))
				return cm_err_set(err, CM_E_REFUSED, "FORK: %s and %s have checkpoints of %" PRIu64 " and %" PRIu64
				    " entries that exclude each other: keep this file, it proves that the log %.160s "
				    "signed two histories", l[k].receipt, l[i].receipt, l[k].size, l[i].size, l[i].origin);
		}
	}
	return CM_OK;
}

CM_RESULT
cm_logged_check(const struct cm_logged_in *in, struct cm_arena *arena, struct cm_logged *out,
    const char **at, struct cm_err *err)
{
	struct judging j = { .in = in, .arena = arena, .err = err };
	enum cm_result rc = CM_OK;
	size_t i;

	for (i = 0; rc == CM_OK && i < in->n; i++)
		rc = check_part(&j, &in->part[i], &out[i]);
	*at = rc == CM_OK ? NULL : j.at;
	return rc == CM_OK ? look_for_forks(out, in->n, err) : rc;
}

size_t
cm_logged_lacking(const struct cm_policy *policy, const struct cm_logged *l, size_t n)
{
	size_t i, lacking = 0;

	if (policy == NULL || !policy->has_quorum)
		return 0;
	for (i = 0; i < n; i++)
		lacking += l[i].how != CM_LOGGED_ENOUGH && strcmp(l[i].file, DISCLOSURE) != 0;
	return lacking;
}
