/* What the confined reader answers, stated: its line about the files, then one for each finding. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli/investigate_state.h"
#include "cli/strongest.h"

static CM_RESULT
no_memory(struct cm_answered *a)
{
	return cm_err_set(&a->err, CM_E_NOMEM, "out of memory");
}

static CM_RESULT
no_sense(struct cm_answered *a)
{
	return cm_err_set(&a->err, CM_E_MALFORMED, "the confined reader's answer makes no sense");
}

/* ---- seals ---- */

static CM_RESULT
state_seal(struct cm_answered *a, size_t i, struct cm_json v)
{
	struct cm_case_exhibit *x = &a->exhibit[a->n_exhibits];
	struct cm_subject *subject = &a->subject[a->n_exhibits];
	struct cm_sealed sealed;
	bool lines = false;
	enum cm_result rc = cm_sealed_read(v, &sealed, &a->err);

	if (rc == CM_OK)
		rc = cm_json_get_bool(v, "lines", &lines, &a->err);
	sealed.seal.schema = cm_schema_of(lines ? CM_KIND_LINES : CM_KIND_CAPTURE);
	if (rc == CM_OK)
		rc = cm_state_seal(a->how, &a->file[i], &sealed, x, &a->err);
	if (rc != CM_OK)
		return rc;
	memcpy(subject->exhibit, x->x, 32);
	memcpy(subject->root, x->root, 32);
	a->exhibit_of[i] = a->n_exhibits++;
	a->file[i].stated = true;
	return CM_OK;
}

/* The child may wait for it; one that is gone needs no telling. */
static void
tell_seals(struct cm_answered *a)
{
	size_t i, at;
	ssize_t n;

	for (i = 0; i < a->n_exhibits; i++) {
		for (at = 0; at < 32; at += (size_t)n) {
			n = write(a->seals_fd, a->exhibit[i].statement + at, 32 - at);
			if (n < 0 && errno == EINTR)
				n = 0;
			else if (n <= 0)
				break;
		}
	}
	close(a->seals_fd);
	a->seals_fd = -1;
}

static CM_RESULT
state_seals(struct cm_answered *a, struct cm_json files)
{
	enum cm_result rc = CM_OK;
	bool sealed;
	size_t i;

	if (cm_json_len(files) != a->n_files)
		return no_sense(a);
	for (i = 0; rc == CM_OK && i < a->n_files; i++) {
		a->exhibit_of[i] = SIZE_MAX;
		rc = cm_json_get_bool(cm_json_at(files, i), "sealed", &sealed, &a->err);
		if (rc == CM_OK && sealed)
			rc = state_seal(a, i, cm_json_at(files, i));
	}
	if (rc == CM_OK)
		tell_seals(a);
	return rc;
}

/* ---- what cites them ---- */

/* The subjects of what cites the seals of the listed files; their seals' digests into ${seals}. */
static CM_RESULT
cite(struct cm_answered *a, struct cm_json v, size_t n, uint8_t (*seals)[32], struct cm_case_draft *d)
{
	struct cm_subject *subject = cm_arena_array(a->arena, n + 1, sizeof(*subject));
	struct cm_json files;
	enum cm_result rc = cm_json_get_list(v, "files", &files, &a->err);
	uint64_t file;
	size_t i, x;

	if (subject == NULL)
		return no_memory(a);
	if (rc == CM_OK && cm_json_len(files) != n)
		return no_sense(a);
	for (i = 0; rc == CM_OK && i < n; i++) {
		rc = cm_json_u64(cm_json_at(files, i), "files", a->n_files - 1, &file, &a->err);
		if (rc != CM_OK)
			return rc;
		x = a->exhibit_of[file];
		if (x >= a->n_exhibits)
			return no_sense(a);
		memcpy(seals[i], a->exhibit[x].statement, 32);
		subject[i] = a->subject[x];
	}
	d->subject = subject;
	d->n_subject = n;
	return rc;
}

/* Signs and stores one, and notes its digest. */
static CM_RESULT
put(struct cm_answered *a, struct cm_case_draft *d, uint8_t (*digest)[32], size_t *n)
{
	struct cm_case_stated stated;
	enum cm_result rc;

	if (*n == CM_STATED_MAX)
		return no_sense(a);
	rc = cm_state(a->how, d, &stated, &a->err);
	if (rc == CM_OK)
		memcpy(digest[(*n)++], stated.digest, 32);
	return rc;
}

static void
write_finding(void *arg, struct cm_jsonw *w)
{
	cm_finding_write(w, arg);
}

static CM_RESULT
state_finding(struct cm_answered *a, struct cm_json v)
{
	struct cm_finding f;
	struct cm_case_draft d = { .type = CM_PREDICATE_FINDING, .body = write_finding, .arg = &f };
	struct cm_case_finding row;
	enum cm_result rc = cm_finding_read(v, a->arena, &f, &a->err);

	if (rc == CM_OK)
		rc = cite(a, v, f.n_seals, f.seals, &d);
	if (rc == CM_OK)
		rc = put(a, &d, a->findings, &a->n_findings);
	if (rc != CM_OK)
		return rc;
	row = (struct cm_case_finding) { .type = cm_incident_type_word(f.type),
		.verdict = cm_verdict_word(f.verdict), .bits = f.bits, .forged = f.forged.n,
		.genuine = f.genuine.n, .suspect = f.suspect.n, .support = f.support.n };
	memcpy(row.statement, a->findings[a->n_findings - 1], 32);
	return cm_case_finding_add(a->how->c, &row, &a->err);
}

static void
write_traffic(void *arg, struct cm_jsonw *w)
{
	cm_traffic_v1_write(w, arg);
}

static CM_RESULT
state_traffic(struct cm_answered *a, struct cm_json v)
{
	struct cm_traffic_v1 t;
	struct cm_case_draft d = { .type = CM_PREDICATE_TRAFFIC, .body = write_traffic, .arg = &t };
	enum cm_result rc = cm_traffic_v1_read(v, a->arena, &t, &a->err);

	if (rc == CM_OK)
		rc = cite(a, v, t.n_seals, t.seals, &d);
	return rc == CM_OK ? put(a, &d, a->traffic, &a->n_traffic) : rc;
}

/* The statement that has this number among those: its digest takes the number's place. */
static CM_RESULT
resolve(struct cm_answered *a, uint8_t digest[32], uint8_t (*of)[32], size_t n)
{
	uint64_t number = 0;
	size_t i;

	for (i = 0; i < 8; i++)
		number = number << 8 | digest[i];
	if (number >= n)
		return no_sense(a);
	memcpy(digest, of[number], 32);
	return CM_OK;
}

static void
write_chain(void *arg, struct cm_jsonw *w)
{
	cm_chain_v1_write(w, arg);
}

static CM_RESULT
state_chain(struct cm_answered *a, struct cm_json v)
{
	struct cm_chain_v1 c;
	struct cm_case_draft d = { .type = CM_PREDICATE_CHAIN, .body = write_chain, .arg = &c };
	enum cm_result rc = cm_chain_v1_read(v, a->arena, &c, &a->err);
	size_t i;

	if (rc == CM_OK)
		rc = cite(a, v, c.n_seals, c.seals, &d);
	for (i = 0; rc == CM_OK && i < c.n_scripts; i++)
		rc = resolve(a, c.scripts[i].finding, a->findings, a->n_findings);
	for (i = 0; rc == CM_OK && i < c.n_floods; i++)
		rc = resolve(a, c.floods[i], a->traffic, a->n_traffic);
	return rc == CM_OK ? put(a, &d, a->chains, &a->n_chains) : rc;
}

static CM_RESULT
state_line(struct cm_answered *a, struct cm_json v)
{
	const char *what;
	enum cm_result rc = cm_json_get_str(v, "what", &what, &a->err);

	if (rc != CM_OK)
		return rc;
	if (strcmp(what, "finding") == 0)
		return state_finding(a, v);
	if (strcmp(what, "traffic") == 0)
		return state_traffic(a, v);
	return strcmp(what, "chain") == 0 ? state_chain(a, v) : no_sense(a);
}

/* ---- lines ---- */

/* The next line of the answer, for which it waits; empty: that was the last.  It stays until
 * the next one is asked for. */
static struct cm_span
next_line(struct cm_answered *a)
{
	const struct cm_buf *answer = a->child->job.result;
	size_t seen = a->read, len;
	const uint8_t *end = NULL;
	struct cm_span left;

	for (;;) {
		left = cm_span_part(cm_buf_span(answer), seen, answer->len);
		end = left.len == 0 ? NULL : memchr(left.ptr, '\n', left.len);
		seen = answer->len;
		if (end != NULL || !cm_confine_hear(a->child))
			break;
	}
	left = cm_span_part(cm_buf_span(answer), a->read, answer->len);
	len = end == NULL ? left.len : (size_t)(end - left.ptr);
	a->read += len + (end != NULL);
	return cm_span_part(left, 0, len);
}

static CM_RESULT
state_all(struct cm_answered *a)
{
	struct cm_span line = next_line(a);
	struct cm_json_doc doc = { 0 };
	enum cm_result rc = CM_OK;
	size_t i;

	for (i = 0; rc == CM_OK && line.len > 0; i++, line = next_line(a)) {
		rc = cm_json_parse(line, &doc, &a->err);
		if (rc == CM_OK)
			rc = i == 0 ? state_seals(a, cm_json_root(&doc)) : state_line(a, cm_json_root(&doc));
		cm_json_release(&doc);
		doc = (struct cm_json_doc) { 0 };
	}
	return rc;
}

CM_RESULT
cm_answer_state(struct cm_answered *a)
{
	enum cm_result rc;

	a->exhibit = cm_arena_array(a->arena, a->n_files, sizeof(a->exhibit[0]));
	a->subject = cm_arena_array(a->arena, a->n_files, sizeof(a->subject[0]));
	a->exhibit_of = cm_arena_array(a->arena, a->n_files, sizeof(a->exhibit_of[0]));
	a->findings = cm_arena_array(a->arena, CM_STATED_MAX, 32);
	a->traffic = cm_arena_array(a->arena, CM_STATED_MAX, 32);
	a->chains = cm_arena_array(a->arena, CM_STATED_MAX, 32);
	if (a->exhibit == NULL || a->subject == NULL || a->exhibit_of == NULL || a->findings == NULL ||
	    a->traffic == NULL || a->chains == NULL)
		return no_memory(a);
	rc = cm_case_begin(a->how->c, &a->err);
	return rc == CM_OK ? state_all(a) : rc;
}
