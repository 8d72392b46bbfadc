/* What a round of following came to, as text or as one JSON object. */
#include <inttypes.h>
#include <string.h>

#include "base/hex.h"
#include "cli/monitor.h"

#define FLUSH ((size_t)64 << 10)

static enum cm_result
no_memory(struct cm_monitor *m)
{
	return cm_err_set(&m->err, CM_E_NOMEM, "out of memory");
}

static void
text(FILE *f, const char *s)
{
	cm_cli_text(f, cm_span_str(s));
}

/* What there is so far of a JSON object that may be long. */
static enum cm_result
pass_on(struct cm_monitor_round *r)
{
	if (!cm_buf_ok(&r->text))
		return no_memory(r->m);
	fwrite(r->text.ptr, 1, r->text.len, r->m->ctx->out);
	cm_buf_clear(&r->text);
	return CM_OK;
}

/* ---- entries ---- */

static void
text_whose(FILE *f, const struct cm_monitor_entry *e)
{
	if (e->own != NULL)
		fprintf(f, "yours, your statement %" PRIu64 " (%s)", e->own->number, cm_predicate_word(e->own->type));
	else if (e->is_mine)
		fprintf(f, "by your key, but NO statement of this case");
	else if (e->principals != NULL)
		text(f, e->principals);
	else
		fprintf(f, "nobody you know");
	if (e->shown != NULL) {
		fprintf(f, ", statement %" PRIu64 " (%s) in ", e->shown->number, cm_predicate_word(e->shown->type));
		text(f, e->shown->dossier);
	}
}

static enum cm_result
text_entry(void *arg, const struct cm_monitor_entry *e)
{
	struct cm_monitor_round *r = arg;
	FILE *f = r->m->ctx->out;
	char hex[65] = { 0 };

	fprintf(f, "%8" PRIu64 "  ", e->place);
	if (e->is_statement) {
		cm_hex_encode(cm_span_of(e->e.digest, 32), hex);
		fprintf(f, "%s  %s  ", hex, e->e.key);
		text_whose(f, e);
	} else {
		fprintf(f, "(no statement) ");
		cm_cli_text(f, e->text);
	}
	if (e->first != e->place)
		fprintf(f, "; AGAIN: the same stands at %" PRIu64, e->first);
	fputc('\n', f);
	return CM_OK;
}

static void
json_whose(struct cm_jsonw *w, const struct cm_monitor_entry *e)
{
	cm_jsonw_kbool(w, "yours", e->is_mine);
	cm_jsonw_kstr(w, "signer", e->principals);
	if (e->own != NULL || e->shown != NULL) {
		cm_jsonw_kuint(w, "number", e->own != NULL ? e->own->number : e->shown->number);
		cm_jsonw_kstr(w, "type", cm_predicate_word(e->own != NULL ? e->own->type : e->shown->type));
	}
	cm_jsonw_kbool(w, "in_case", e->own != NULL);
	cm_jsonw_kstr(w, "dossier", e->shown != NULL ? e->shown->dossier : NULL);
}

static enum cm_result
json_entry(void *arg, const struct cm_monitor_entry *e)
{
	struct cm_monitor_round *r = arg;
	struct cm_jsonw *w = &r->w;

	cm_jsonw_object(w);
	cm_jsonw_kuint(w, "place", e->place);
	if (e->is_statement) {
		cm_jsonw_khex(w, "sha256", cm_span_of(e->e.digest, 32));
		cm_jsonw_kstr(w, "key", e->e.key);
		json_whose(w, e);
	} else {
		cm_jsonw_khex(w, "other", e->text);
	}
	if (e->first != e->place)
		cm_jsonw_kuint(w, "again", e->first);
	cm_jsonw_object_end(w);
	return r->text.len < FLUSH ? CM_OK : pass_on(r);
}

/* ---- dossiers ---- */

static void
text_shown(struct cm_monitor_round *r)
{
	const struct cm_monitor *m = r->m;
	FILE *f = m->ctx->out;
	const char *dossier = NULL;
	uint64_t place;
	size_t i;

	for (i = 0; i < m->n_shown; i++) {
		const struct cm_shown_statement *s = &m->shown[i];
		bool there = cm_leaf_places_find(&m->place, s->leaf, &place);

		if (dossier != s->dossier) {
			dossier = s->dossier;
			text(f, dossier);
			fputc('\n', f);
		}
		fprintf(f, "  %-24s ", s->name);
		if (there)
			fprintf(f, "entry %" PRIu64 "\n", place);
		else
			fprintf(f, "NOT in this log\n");
		r->lacking = r->lacking || !there;
	}
}

/* Of receipts only those that do not fit are worth a line. */
static void
text_receipts(const struct cm_monitor_round *r)
{
	FILE *f = r->m->ctx->out;
	size_t i;

	for (i = 0; i < r->m->n_receipts; i++) {
		const struct cm_shown_receipt *s = &r->m->receipt[i];

		if (!s->is_here || s->how == CM_FOLLOW_SAME || s->how == CM_FOLLOW_OLDER)
			continue;
		text(f, s->dossier);
		fprintf(f, " %s: ", s->name);
		if (s->how == CM_FOLLOW_FORK)
			fprintf(f, "a checkpoint of ANOTHER history, of %" PRIu64 " entries\n", s->size);
		else if (s->how == CM_FOLLOW_BROKEN)
			fprintf(f, "a checkpoint of %" PRIu64 " entries, more than the log shows here\n", s->size);
		else
			fprintf(f, "its checkpoint is not signed by this log's key\n");
	}
}

static void
json_receipts(struct cm_monitor_round *r)
{
	struct cm_jsonw *w = &r->w;
	size_t i;

	cm_jsonw_key(w, "receipts");
	cm_jsonw_array(w);
	for (i = 0; i < r->m->n_receipts; i++) {
		const struct cm_shown_receipt *s = &r->m->receipt[i];

		if (!s->is_here)
			continue;
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "dossier", s->dossier);
		cm_jsonw_kstr(w, "file", s->name);
		cm_jsonw_kuint(w, "size", s->size);
		cm_jsonw_kstr(w, "how", s->how == CM_FOLLOW_BROKEN ? "ahead" : cm_follow_word(s->how));
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static const char *
whose_key(const struct cm_monitor *m, const char *key)
{
	size_t i;

	if (strcmp(key, cm_case_self(m->c)->fingerprint) == 0)
		return "you";
	for (i = 0; i < m->trust.signers.n; i++)
		if (strcmp(m->signer[i], key) == 0)
			return m->trust.signers.line[i].principals;
	return NULL;
}

static void
text_keys(const struct cm_monitor_round *r)
{
	FILE *f = r->m->ctx->out;
	size_t i;

	for (i = 0; i < r->m->n_shown_keys; i++) {
		const struct cm_shown_key *k = &r->m->shown_key[i];
		const char *who = whose_key(r->m, k->key);

		fprintf(f, "%s (", k->key);
		text(f, who != NULL ? who : "nobody you know");
		fprintf(f, "): %" PRIu64 " of its statements logged, %" PRIu64 " of them shown to you\n", k->logged,
		    k->shown);
		if (k->logged > k->shown)
			fprintf(f, "  %" PRIu64 " statement%s by this key %s logged that you were not shown\n",
			    k->logged - k->shown, k->logged - k->shown == 1 ? "" : "s",
			    k->logged - k->shown == 1 ? "is" : "are");
		if (k->highest > k->logged)
			fprintf(f, "  one that you were shown is its number %" PRIu64 ": at least %" PRIu64
				   " of its statements are not in this log\n", k->highest, k->highest - k->logged);
	}
}

static void
json_shown(struct cm_monitor_round *r)
{
	struct cm_jsonw *w = &r->w;
	uint64_t place;
	size_t i;

	cm_jsonw_key(w, "statements");
	cm_jsonw_array(w);
	for (i = 0; i < r->m->n_shown; i++) {
		const struct cm_shown_statement *s = &r->m->shown[i];
		bool there = cm_leaf_places_find(&r->m->place, s->leaf, &place);

		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "dossier", s->dossier);
		cm_jsonw_kstr(w, "file", s->name);
		cm_jsonw_kstr(w, "key", s->entry.key);
		cm_jsonw_kuint(w, "number", s->number);
		cm_jsonw_kbool(w, "logged", there);
		if (there)
			cm_jsonw_kuint(w, "place", place);
		cm_jsonw_object_end(w);
		r->lacking = r->lacking || !there;
	}
	cm_jsonw_array_end(w);
}

static void
json_keys(struct cm_monitor_round *r)
{
	struct cm_jsonw *w = &r->w;
	size_t i;

	cm_jsonw_key(w, "keys");
	cm_jsonw_array(w);
	for (i = 0; i < r->m->n_shown_keys; i++) {
		const struct cm_shown_key *k = &r->m->shown_key[i];

		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "key", k->key);
		cm_jsonw_kstr(w, "signer", whose_key(r->m, k->key));
		cm_jsonw_kuint(w, "logged", k->logged);
		cm_jsonw_kuint(w, "shown", k->shown);
		cm_jsonw_kuint(w, "not_shown", k->logged - k->shown);
		cm_jsonw_kuint(w, "highest", k->highest);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

/* ---- the whole ---- */

/* Nothing of a mirror is read unless there is something to say of it. */
static enum cm_result
scan(struct cm_monitor_round *r, enum cm_result (*say)(void *arg, const struct cm_monitor_entry *e))
{
	bool grown = cm_mirror_files_head(r->m->mirror)->size > r->f->from;

	return grown || r->shown ? cm_monitor_scan(r->m, r->f->from, say, r) : CM_OK;
}

/* That nobody answers is no answer. */
static void
text_head(const struct cm_monitor_round *r)
{
	FILE *f = r->f->how == CM_FOLLOW_UNANSWERED ? r->m->ctx->err : r->m->ctx->out;
	size_t i;

	for (i = 0; i < r->m->n_forks; i++) {
		fprintf(f, "This log has FORKED before; the proof: ");
		text(f, r->m->fork[i]);
		fprintf(f, "/fork.dossier\n");
	}
	if (r->when != NULL)
		fprintf(f, "%s  ", r->when);
	text(f, r->m->key.name);
	fprintf(f, ": ");
	text(f, r->f->text);
	fputc('\n', f);
	if (r->fork_path == NULL)
		return;
	fprintf(f, r->fork_again ? "It is kept already: " : "Both are kept, with the proof.  Show it to anybody: ");
	fprintf(f, "comity verify ");
	text(f, r->fork_path);
	fprintf(f, "/fork.dossier\n");
}

static enum cm_result
say_text(struct cm_monitor_round *r)
{
	enum cm_result rc;

	text_head(r);
	rc = scan(r, text_entry);
	if (rc == CM_OK && r->shown) {
		text_shown(r);
		text_receipts(r);
		text_keys(r);
	}
	fflush(r->m->ctx->out);
	return rc;
}

static void
json_head(struct cm_monitor_round *r)
{
	const struct cm_checkpoint *head = cm_mirror_files_head(r->m->mirror);
	struct cm_jsonw *w = &r->w;
	size_t i;

	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "origin", r->m->key.name);
	if (r->when != NULL)
		cm_jsonw_kstr(w, "time", r->when);
	cm_jsonw_kstr(w, "how", cm_follow_word(r->f->how));
	cm_jsonw_kstr(w, "line", r->f->text);
	cm_jsonw_kuint(w, "from", r->f->from);
	cm_jsonw_kuint(w, "size", head->size);
	cm_jsonw_khex(w, "root", cm_span_of(head->root, 32));
	if (r->fork_path != NULL)
		cm_jsonw_kstr(w, "fork", r->fork_path);
	cm_jsonw_key(w, "forks_before");
	cm_jsonw_array(w);
	for (i = 0; i < r->m->n_forks; i++)
		cm_jsonw_str(w, r->m->fork[i]);
	cm_jsonw_array_end(w);
}

static enum cm_result
say_json(struct cm_monitor_round *r)
{
	enum cm_result rc;

	r->w = cm_jsonw_of(&r->text, 0);
	json_head(r);
	cm_jsonw_key(&r->w, "entries");
	cm_jsonw_array(&r->w);
	rc = scan(r, json_entry);
	cm_jsonw_array_end(&r->w);
	if (rc == CM_OK && r->shown) {
		json_shown(r);
		json_receipts(r);
		json_keys(r);
	}
	cm_jsonw_object_end(&r->w);
	cm_buf_add_u8(&r->text, '\n');
	if (rc == CM_OK)
		rc = pass_on(r);
	cm_buf_release(&r->text);
	fflush(r->m->ctx->out);
	return rc;
}

enum cm_result
cm_monitor_say(struct cm_monitor_round *r)
{
	r->lacking = false;
	return r->json ? say_json(r) : say_text(r);
}
