#include <stdio.h>
#include <string.h>

#include "cli/acknowledge.h"
#include "cli/publish.h"
#include "crypto/sha256.h"
#include "os/clock.h"
#include "os/private.h"
#include "os/random.h"
#include "statement/receipt_v1.h"
#include "store/ledger.h"

/* ---- in the child ---- */

static const struct cm_loaded_part *
disclosure_of(const struct cm_loaded *held)
{
	size_t i;

	for (i = 0; i < held->n_parts; i++)
		if (held->part[i].name != NULL && strcmp(held->part[i].name, "disclosure.json") == 0 &&
		    held->part[i].doc.head.type == CM_PREDICATE_DISCLOSURE)
			return &held->part[i];
	return NULL;
}

static const char *
discloser(const struct cm_verified *v)
{
	size_t i;

	for (i = 0; v != NULL && i < v->n_signers; i++)
		if (strcmp(v->signers[i].file, "disclosure.json") == 0 && v->signers[i].principals != NULL)
			return v->signers[i].principals;
	return "";
}

static void
put_subject(struct cm_jsonw *w, const struct cm_statement *head)
{
	size_t i;

	cm_jsonw_key(w, "subject");
	cm_jsonw_array(w);
	for (i = 0; i < head->n_subject; i++) {
		cm_jsonw_object(w);
		cm_jsonw_khex(w, "exhibit", cm_span_of(head->subject[i].exhibit, 32));
		cm_jsonw_khex(w, "root", cm_span_of(head->subject[i].root, 32));
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
put_terms(struct cm_jsonw *w, const struct cm_disclosure *d)
{
	bool under = d->has_terms && d->terms.use == CM_TERMS_CHARTER;
	size_t i;

	cm_jsonw_kstr(w, "purpose", under ? d->terms.purpose : "");
	cm_jsonw_key(w, "obliges");
	cm_jsonw_array(w);
	for (i = 0; under && i < d->terms.n_obliges; i++)
		cm_jsonw_str(w, d->terms.obliges[i]);
	cm_jsonw_array_end(w);
}

void
cm_acknowledge_collect(const struct cm_loaded *held, const struct cm_verified *v, struct cm_span dossier, struct cm_buf *out)
{
	uint8_t sha256[32];
	const struct cm_loaded_part *p = disclosure_of(held);
	struct cm_jsonw w = cm_jsonw_of(out, 0);
	enum cm_receipt_found found = CM_RECEIPT_REFUSED;

	if (p == NULL)
		return;
	if (v != NULL && v->end != CM_VERIFY_REFUSED)
		found = v->end == CM_VERIFY_HOLDS ? CM_RECEIPT_HOLDS : CM_RECEIPT_PARTLY;
	cm_jsonw_object(&w);
	cm_jsonw_kstr(&w, "found", cm_receipt_found_word(found));
	cm_jsonw_khex(&w, "disclosure", cm_span_of(p->doc.digest, 32));
	cm_sha256(dossier.ptr, dossier.len, sha256);
	cm_jsonw_khex(&w, "dossier", cm_span_of(sha256, 32));
	cm_jsonw_kstr(&w, "by", p->doc.head.by);
	cm_jsonw_kstr(&w, "from", discloser(v));
	cm_jsonw_kint(&w, "made", p->doc.head.made);
	put_subject(&w, &p->doc.head);
	put_terms(&w, &held->disclosure);
	cm_jsonw_object_end(&w);
}

/* ---- in the parent ---- */

struct record {
	struct cm_receipt_v1 receipt;
	struct cm_case_owed owed;
	struct cm_subject *subject;
	size_t n_subject;
};

static CM_RESULT
read_subject(struct cm_json root, struct cm_arena *arena, struct record *r, struct cm_err *err)
{
	struct cm_json list;
	enum cm_result rc = cm_json_get_list(root, "subject", &list, err);
	size_t i, n = rc == CM_OK ? cm_json_len(list) : 0;

	r->subject = cm_arena_array(arena, n + 1, sizeof(r->subject[0]));
	if (r->subject == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	for (i = 0; rc == CM_OK && i < n; i++) {
		rc = cm_json_get_hex(cm_json_at(list, i), "exhibit", r->subject[i].exhibit, 32, err);
		if (rc == CM_OK)
			rc = cm_json_get_hex(cm_json_at(list, i), "root", r->subject[i].root, 32, err);
	}
	r->n_subject = n;
	return rc;
}

/* A line each; what is no line of text stays one. */
static CM_RESULT
read_obliges(struct cm_json root, struct cm_arena *arena, struct record *r, struct cm_err *err)
{
	struct cm_buf lines = { 0 };
	struct cm_json list;
	const char *text = "";
	enum cm_result rc = cm_json_get_list(root, "obliges", &list, err);
	size_t i, k, n = rc == CM_OK ? cm_json_len(list) : 0;

	for (i = 0; rc == CM_OK && i < n; i++) {
		rc = cm_json_str(cm_json_at(list, i), "an obligation", &text, err);
		for (k = 0; rc == CM_OK && text[k] != '\0'; k++)
			cm_buf_add_u8(&lines, (uint8_t)text[k] < 0x20 ? ' ' : (uint8_t)text[k]);
		cm_buf_add_str(&lines, "\n");
	}
	if (rc == CM_OK) {
		r->owed.obliges = cm_arena_printf(arena, "%s", lines.len > 0 && cm_buf_cstr(&lines) != NULL ? cm_buf_cstr(&lines) : "");
		rc = r->owed.obliges == NULL || !cm_buf_ok(&lines) ? cm_err_set(err, CM_E_NOMEM, "out of memory") : CM_OK;
	}
	cm_buf_release(&lines);
	return rc;
}

static CM_RESULT
read_word(struct cm_json root, struct record *r, struct cm_err *err)
{
	const char *word = "";
	enum cm_result rc = cm_json_get_str(root, "found", &word, err);
	int f;

	r->receipt.found = CM_RECEIPT_REFUSED;
	for (f = CM_RECEIPT_HOLDS; f <= CM_RECEIPT_REFUSED; f++)
		if (strcmp(cm_receipt_found_word((enum cm_receipt_found)f), word) == 0)
			r->receipt.found = (enum cm_receipt_found)f;
	return rc;
}

static CM_RESULT
read_texts(struct cm_json root, struct cm_arena *arena, struct record *r, struct cm_err *err)
{
	static const char *const name[] = { "by", "from", "purpose" };
	const char **to[] = { &r->owed.by, &r->owed.from, &r->owed.purpose };
	const char *text = "";
	enum cm_result rc = CM_OK;
	size_t i;

	for (i = 0; rc == CM_OK && i < 3; i++) {
		rc = cm_json_get_str(root, name[i], &text, err);
		*to[i] = rc == CM_OK ? cm_arena_printf(arena, "%s", text) : "";
		if (*to[i] == NULL)
			rc = cm_err_set(err, CM_E_NOMEM, "out of memory");
	}
	return rc;
}

static CM_RESULT
read_record(struct cm_span text, struct cm_arena *arena, struct record *r, struct cm_err *err)
{
	struct cm_json_doc doc = { 0 };
	struct cm_json root;
	enum cm_result rc = cm_json_parse(text, &doc, err);

	if (rc != CM_OK)
		return rc;
	root = cm_json_root(&doc);
	rc = read_word(root, r, err);
	if (rc == CM_OK)
		rc = cm_json_get_hex(root, "disclosure", r->receipt.disclosure, 32, err);
	if (rc == CM_OK)
		rc = cm_json_get_hex(root, "dossier", r->receipt.dossier, 32, err);
	if (rc == CM_OK)
		rc = cm_json_get_int(root, "made", 0, INT64_MAX, &r->owed.made, err);
	if (rc == CM_OK)
		rc = read_texts(root, arena, r, err);
	if (rc == CM_OK)
		rc = read_subject(root, arena, r, err);
	if (rc == CM_OK)
		rc = read_obliges(root, arena, r, err);
	cm_json_release(&doc);
	return rc;
}

static void
write_body(void *arg, struct cm_jsonw *w)
{
	const struct record *r = arg;

	cm_receipt_v1_write(w, &r->receipt);
}

static CM_RESULT
state(const struct cm_acknowledge *a, struct record *r, struct cm_case_stated *out, struct cm_err *err)
{
	struct cm_case_draft d = { .type = CM_PREDICATE_RECEIPT, .subject = r->subject, .n_subject = r->n_subject,
		.made = cm_clock_now(), .body = write_body, .arg = r };
	struct cm_keyring keyring = { 0 };
	enum cm_result rc = cm_case_keyring(a->c, a->ctx->agent, &keyring, err);

	if (r->owed.from[0] != '\0')
		d.to = r->owed.from;
	if (rc == CM_OK && cm_random(d.nonce, sizeof(d.nonce)) != CM_OK)
		rc = cm_err_set(err, CM_E_IO, "the system gives no randomness");
	if (rc == CM_OK)
		rc = cm_case_state(a->c, &keyring.signer, &d, out, err);
	cm_keyring_close(&keyring);
	return rc;
}

static const struct cm_write_mode fresh = { CM_WRITE_NEW, 0644 };

/* Both files lie there when the case knows of them, without their names. */
static CM_RESULT
stage(const struct cm_acknowledge *a, const struct cm_case_stated *stated, const char *sig_path, struct cm_err *err)
{
	struct cm_buf json = { 0 }, sig = { 0 };
	enum cm_result rc = cm_case_statement_text(a->c, stated->digest, &json, &sig, err);

	if (rc == CM_OK)
		rc = cm_whole_stage(a->path, cm_buf_span(&json), fresh, err);
	if (rc == CM_OK) {
		rc = cm_whole_stage(sig_path, cm_buf_span(&sig), fresh, err);
		if (rc != CM_OK)
			cm_whole_drop(a->path);
	}
	cm_buf_release(&json);
	cm_buf_release(&sig);
	return rc;
}

static CM_RESULT
place(const struct cm_acknowledge *a, const char *sig_path, struct cm_err *err)
{
	enum cm_result rc = cm_case_commit(a->c, err);

	if (rc != CM_OK) {
		cm_whole_drop(a->path);
		cm_whole_drop(sig_path);
		return rc;
	}
	/* the signature first: where the receipt lies, its signature does */
	rc = cm_whole_place(sig_path, fresh, err);
	return rc == CM_OK ? cm_whole_place(a->path, fresh, err) : rc;
}

/* From the number to the files: all of it, or nothing. */
static CM_RESULT
keep(const struct cm_acknowledge *a, struct record *r, const char *sig_path, struct cm_case_stated *out, struct cm_err *err)
{
	enum cm_result rc = cm_case_begin(a->c, err);

	if (rc != CM_OK)
		return rc;
	rc = state(a, r, out, err);
	if (rc == CM_OK) {
		memcpy(r->owed.receipt, out->digest, 32);
		rc = cm_case_owed_add(a->c, &r->owed, err);
	}
	if (rc == CM_OK)
		rc = stage(a, out, sig_path, err);
	if (rc == CM_OK)
		return place(a, sig_path, err);
	cm_case_rollback(a->c);
	return rc;
}

static CM_RESULT
make(const struct cm_acknowledge *a, struct cm_arena *arena, struct record *r, struct cm_case_stated *out, struct cm_err *err)
{
	const char *sig_path = cm_arena_printf(arena, "%s.sig", a->path);
	enum cm_result rc;

	if (sig_path == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	if (a->record.len == 0)
		return cm_err_set(err, CM_E_REFUSED, "no disclosure could be read in it, so there is nothing to give a receipt for");
	rc = read_record(a->record, arena, r, err);
	if (rc != CM_OK)
		return rc;
	r->receipt.accepts = a->accepts;
	memcpy(r->owed.disclosure, r->receipt.disclosure, 32);
	memcpy(r->owed.dossier, r->receipt.dossier, 32);
	r->owed.found = r->receipt.found;
	r->owed.accepts = a->accepts;
	return keep(a, r, sig_path, out, err);
}

bool
cm_acknowledge_ready(const struct cm_context *ctx, const char *path)
{
	size_t len = strlen(path);

	if (len <= 5 || strcmp(path + len - 5, ".json") != 0)
		cm_cli_say(ctx, "%s: a receipt is a file NAME.json, with its signature in NAME.json.sig", path);
	else if (cm_path_exists(path))
		cm_cli_say(ctx, "%s: exists already", path);
	else
		return true;
	return false;
}

enum cm_exit
cm_acknowledge_state(const struct cm_acknowledge *a)
{
	struct cm_case_stated stated;
	struct cm_arena arena;
	struct record r = { .owed = { .by = "", .from = "", .purpose = "", .obliges = "" } };
	struct cm_err err = { 0 };
	enum cm_exit code;
	enum cm_result rc;

	cm_arena_init(&arena, 0);
	rc = make(a, &arena, &r, &stated, &err);
	cm_arena_fini(&arena);
	if (rc != CM_OK) {
		(void)cm_cli_error(a->ctx, NULL, &err, "no receipt was made");
		return CM_EXIT_CANNOT;
	}
	code = cm_cli_publish_usual(a->ctx, a->c, true);
	cm_cli_say(a->ctx, "receipt number %llu: %s, obligations %s; send %s and %s.sig to who sent the dossier",
	    (unsigned long long)stated.number, cm_receipt_found_word(r.receipt.found),
	    a->accepts ? "accepted" : "not accepted (--accept)", a->path, a->path);
	return code;
}
