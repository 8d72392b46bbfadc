#include <string.h>

#include "cli/dossier_apart.h"
#include "worker/seal_exhibit.h"

/* Statements that a receiver judges: findings, then traffic, then chains, then assessments. */
static size_t
n_judged(const struct cm_verified *v)
{
	return v->dossier->n_findings + v->dossier->n_traffic + v->dossier->n_chains + v->dossier->n_assessments;
}

static const struct cm_redone *
judged(const struct cm_verified *v, size_t i, const char **what, size_t *number)
{
	const struct cm_dossier *d = v->dossier;
	const struct {
		const char *what;
		const struct cm_redone *redone;
		size_t n;
	} kind[] = { { "finding ", v->findings, d->n_findings }, { "flood or scan T", v->traffic, d->n_traffic },
		{ "chain C", v->chains, d->n_chains }, { "assessment A", v->assessments, d->n_assessments } };
	size_t k = 0;

	while (k < 3 && i >= kind[k].n)
		i -= kind[k++].n;
	*what = kind[k].what;
	*number = i + 1;
	return &kind[k].redone[i];
}

void
cm_apart_say(const struct cm_context *ctx, const struct cm_verified *v, bool left_out)
{
	const struct cm_redone *r;
	const char *what;
	size_t i, number;

	for (i = 0; i < n_judged(v); i++) {
		r = judged(v, i, &what, &number);
		if (r->outcome <= CM_OUTCOME_AS_SHOWN || (left_out && r->outcome != CM_OUTCOME_CONTRADICTED))
			continue;
		fprintf(ctx->err, "comity: a receiver will see %s%zu as ", what, number);
		cm_cli_text(ctx->err, cm_span_str(r->text));
		fputc('\n', ctx->err);
	}
}

static bool
is_contradicted(const struct cm_verified *v, size_t i)
{
	const char *what;
	size_t number;

	return judged(v, i, &what, &number)->outcome == CM_OUTCOME_CONTRADICTED;
}

bool
cm_apart(const struct cm_verified *v)
{
	size_t n = 0, i;

	for (i = 0; i < n_judged(v); i++)
		n += is_contradicted(v, i);
	return n > 0 && n < n_judged(v);
}

bool
cm_apart_tell(const struct cm_verified *v, int fd)
{
	struct cm_fd_sink to = { fd, 0 };
	struct cm_sink sink = cm_sink_of_fd(&to);
	struct cm_buf b = { 0 };
	size_t i;
	bool ok;

	for (i = 0; i < n_judged(v); i++)
		cm_buf_add_u8(&b, is_contradicted(v, i));
	ok = cm_buf_ok(&b) && cm_sink_write(&sink, b.ptr, b.len) == CM_OK;
	cm_buf_release(&b);
	return ok;
}

size_t
cm_apart_leave_out(struct cm_apart_list *l, const struct cm_buf *marks, size_t *at)
{
	size_t n = *l->n, i;

	*l->n = 0;
	for (i = 0; i < n; i++, (*at)++)
		if (*at >= marks->len || marks->ptr[*at] == 0)
			memmove(l->item[(*l->n)++], l->item[i], 32);
	return n - *l->n;
}

bool
cm_apart_list(struct cm_arena *arena, const uint8_t (**list)[32], size_t *n, struct cm_apart_list *out)
{
	out->item = cm_arena_array(arena, *n + 1, 32);
	out->n = n;
	if (out->item == NULL)
		return false;
	if (*n > 0)
		memcpy(out->item, *list, *n * 32);
	*list = (const uint8_t (*)[32])out->item;
	return true;
}
