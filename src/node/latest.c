#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "log/cosignature.h"
#include "node/gather.h"
#include "node/latest.h"
#include "node/said.h"

const char *
cm_latest_word(enum cm_latest_how how)
{
	static const char *const word[] = { "not asked", "behind", "nothing", "ahead", "elsewhere",
		"nonsense", "late", "unreachable" };

	return word[how];
}

static CM_RESULT
no_memory(struct cm_err *err)
{
	return cm_err_set(err, CM_E_NOMEM, "out of memory");
}

/* "<hex SHA-256 of the origin>/checkpoint" */
static const char *
path_of(const char *origin, struct cm_arena *arena)
{
	char hex[2 * CM_SHA256_LEN + 1] = { 0 };
	uint8_t hash[CM_SHA256_LEN];

	cm_sha256(origin, strlen(origin), hash);
	cm_hex_encode(cm_span_of(hash, sizeof(hash)), hex);
	return cm_arena_printf(arena, "%s/checkpoint", hex);
}

/* Is this the tree of which the log is a continuation? */
static CM_RESULT
is_ours(
    const struct cm_latest_ask *ask, const struct cm_checkpoint *c, bool *yes, struct cm_err *err)
{
	uint8_t root[CM_SHA256_LEN];
	enum cm_result r = CM_OK;

	if (c->size == ask->head->size)
		memcpy(root, ask->head->root, sizeof(root));
	else
		r = cm_merkle_root(ask->hashes, c->size, root, err);
	*yes = r == CM_OK && memcmp(root, c->root, sizeof(root)) == 0;
	return r;
}

static CM_RESULT
judge(const struct cm_latest_ask *ask, const char *name, const struct cm_checkpoint *c,
    struct cm_latest *out, struct cm_err *err)
{
	unsigned long long size = c->size, ours = ask->head->size;
	bool same = false;
	enum cm_result r = CM_OK;

	out->size = c->size;
	if (c->size <= ask->head->size)
		r = is_ours(ask, c, &same, err);
	if (c->size > ask->head->size) {
		out->how = CM_LATEST_AHEAD;
		snprintf(out->text, sizeof(out->text),
		    "%.80s is ahead: it cosigned size %llu of this log, which has only %llu; a "
		    "restored backup, or a fork",
		    name, size, ours);
	} else if (same) {
		out->how = CM_LATEST_BEHIND;
		snprintf(out->text, sizeof(out->text), "%.100s holds size %llu", name, size);
	} else {
		out->how = CM_LATEST_ELSEWHERE;
		snprintf(out->text, sizeof(out->text),
		    "%.80s cosigned another tree of size %llu of this log, signed by its key: a "
		    "restored backup, or a fork",
		    name, size);
	}
	return r;
}

/* A 200: counts if both keys signed it. */
static CM_RESULT
take_note(const struct cm_latest_ask *ask, const struct cm_policy_member *m, struct cm_span bytes,
    struct cm_arena *arena, struct cm_latest *out, struct cm_err *err)
{
	struct cm_err why = { 0 };
	struct cm_checkpoint c;
	struct cm_note note;
	const uint8_t *kept = cm_arena_copy(arena, bytes.ptr, bytes.len);
	enum cm_result r = CM_E_NOMEM;

	if (kept != NULL || bytes.len == 0)
		r = cm_checkpoint_open(
		    cm_span_of(kept, bytes.len), ask->log, arena, &c, &note, &why);
	if (r == CM_OK)
		r = cm_cosignature_verify(&note, &m->key, &out->time, &why);
	if (r == CM_E_NOMEM)
		return no_memory(err);
	if (r == CM_OK) {
		out->note = cm_span_of(kept, bytes.len);
		return judge(ask, m->name, &c, out, err);
	}
	out->how = CM_LATEST_NONSENSE;
	snprintf(out->text, sizeof(out->text),
	    "%.80s shows a checkpoint that does not count: %.300s", m->name, why.text);
	return CM_OK;
}

static CM_RESULT
take(const struct cm_latest_ask *ask, const struct cm_policy_member *m,
    const struct cm_http_reply *r, struct cm_arena *arena, struct cm_latest *out,
    struct cm_err *err)
{
	if (r->end == CM_HTTP_ANSWERED) {
		if (r->status == 200)
			return take_note(ask, m, cm_buf_span(&r->body), arena, out, err);
		out->how = r->status == 404 ? CM_LATEST_NOTHING : CM_LATEST_NONSENSE;
		cm_said_answer(out->text, m->name, r);
		return CM_OK;
	}
	if (r->end == CM_HTTP_LATE)
		out->how = CM_LATEST_LATE;
	else
		out->how = r->end == CM_HTTP_TOO_LONG ? CM_LATEST_NONSENSE : CM_LATEST_UNREACHABLE;
	cm_said_nothing(out->text, m->name, r, ask->limit_ms);
	return CM_OK;
}

/* The witnesses that have a URL, and what to ask them: ${which}[i] is the place in ${out} of
 * ${asks}[i]. */
struct questions {
	struct cm_http_ask *ask;
	struct cm_http_reply *reply;
	size_t *which;
	size_t n;
};

static CM_RESULT
write_questions(const struct cm_latest_ask *ask, struct cm_arena *arena, struct cm_latest *out,
    size_t *n, struct questions *q, struct cm_err *err)
{
	const struct cm_policy *p = ask->policy;
	const char *path = path_of(ask->head->origin, arena);

	q->ask = cm_arena_array(arena, p->n_members + 1, sizeof(*q->ask));
	q->reply = cm_arena_array(arena, p->n_members + 1, sizeof(*q->reply));
	q->which = cm_arena_array(arena, p->n_members + 1, sizeof(*q->which));
	if (path == NULL || q->ask == NULL || q->reply == NULL || q->which == NULL)
		return no_memory(err);
	*n = 0;
	for (size_t i = 0; i < p->n_members; i++) {
		const struct cm_policy_member *m = &p->member[i];

		if (m->is_group)
			continue;
		out[*n] = (struct cm_latest) { .member = (uint16_t)i };
		if (m->url == NULL) {
			snprintf(out[*n].text, sizeof(out[*n].text),
			    "%.100s has no URL in the trust file", m->name);
		} else {
			q->ask[q->n] = (struct cm_http_ask) { .url = cm_said_url(m, path, arena),
				.answer_max = CM_NOTE_BYTES,
				.total_ms = ask->limit_ms };
			if (q->ask[q->n].url == NULL)
				return no_memory(err);
			q->which[q->n++] = *n;
		}
		(*n)++;
	}
	return CM_OK;
}

/* What an answer to a checkpoint that is public already says of what a witness holds. */
static void
take_gathered(const struct cm_latest_ask *ask, const struct cm_gathered *g, struct cm_latest *out)
{
	out->time = g->time;
	out->size = g->how == CM_GATHER_AHEAD ? g->size : ask->head->size;
	memcpy(out->text, g->text, sizeof(out->text));
	switch (g->how) {
	case CM_GATHER_COSIGNED:
		out->how = CM_LATEST_BEHIND;
		break;
	case CM_GATHER_AHEAD:
		out->how = CM_LATEST_AHEAD;
		break;
	case CM_GATHER_ELSEWHERE:
		out->how = CM_LATEST_ELSEWHERE;
		break;
	case CM_GATHER_LATE:
		out->how = CM_LATEST_LATE;
		break;
	case CM_GATHER_UNREACHABLE:
		out->how = CM_LATEST_UNREACHABLE;
		break;
	case CM_GATHER_UNKNOWN:
	case CM_GATHER_NOT_ASKED:
		out->how = CM_LATEST_NOTHING;
		break;
	case CM_GATHER_PUSHBACK:
	case CM_GATHER_REFUSED:
	case CM_GATHER_NOT_GOOD:
	case CM_GATHER_NONSENSE:
		out->how = CM_LATEST_NONSENSE;
		break;
	}
	if (out->how == CM_LATEST_NOTHING)
		out->size = out->time = 0;
}

/* Has those that show nothing cosign the head again. */
static CM_RESULT
ask_the_others(struct cm_http_client *c, const struct cm_latest_ask *ask, struct cm_arena *arena,
    struct cm_latest *out, size_t n, struct cm_err *err)
{
	struct cm_policy p = *ask->policy;
	struct cm_policy_member *m = cm_arena_copy(arena, p.member, p.n_members * sizeof(*m));
	struct cm_gathered *g = cm_arena_array(arena, p.n_members, sizeof(*g));
	uint64_t *known = cm_arena_array(arena, p.n_members, sizeof(*known));
	struct cm_buf lines = { 0 };
	enum cm_result r;

	if (m == NULL || g == NULL || known == NULL)
		return no_memory(err);
	for (size_t i = 0; i < n; i++) {
		known[out[i].member] = ask->head->size;
		if (out[i].how != CM_LATEST_NOTHING)
			m[out[i].member].url = NULL;
	}
	p.member = m;
	r = cm_gather(c,
	    &(struct cm_gather_ask) { ask->note, ask->hashes, &p, known, ask->limit_ms }, g, &n,
	    &lines, err);
	for (size_t i = 0; i < n && r == CM_OK; i++)
		if (out[i].how == CM_LATEST_NOTHING)
			take_gathered(ask, &g[i], &out[i]);
	cm_buf_release(&lines);
	return r;
}

static bool
any_shows_nothing(const struct cm_latest *l, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (l[i].how == CM_LATEST_NOTHING)
			return true;
	return false;
}

CM_RESULT
cm_latest_ask(struct cm_http_client *c, const struct cm_latest_ask *ask, struct cm_arena *arena,
    struct cm_latest *out, size_t *n, struct cm_err *err)
{
	struct questions q = { 0 };
	enum cm_result r = write_questions(ask, arena, out, n, &q, err);

	if (r == CM_OK)
		r = cm_http_client_all(c, q.ask, q.n, q.reply, err);
	if (r != CM_OK)
		return r;
	for (size_t i = 0; i < q.n; i++) {
		struct cm_latest *l = &out[q.which[i]];

		if (r == CM_OK)
			r = take(ask, &ask->policy->member[l->member], &q.reply[i], arena, l, err);
		cm_buf_release(&q.reply[i].body);
	}
	if (r == CM_OK && ask->note.len > 0 && any_shows_nothing(out, *n))
		r = ask_the_others(c, ask, arena, out, *n, err);
	return r;
}
