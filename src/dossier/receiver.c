#include <string.h>

#include "dossier/receiver.h"

/* By a log that the receiver knows. */
static bool
is_known(const struct cm_logged *l)
{
	return l->how == CM_LOGGED_FEW || l->how == CM_LOGGED_ENOUGH;
}

static bool
is_before(const struct cm_ended_key *e, const struct cm_logged *l)
{
	return e->logged && is_known(l) && strcmp(e->origin, l->origin) == 0 && l->index < e->place;
}

const char *
cm_receiver_trouble(const struct cm_receiver *r, const char *fingerprint, const struct cm_logged *l)
{
	size_t i;

	for (i = 0; i < r->ended.n; i++)
		if (strcmp(r->ended.key[i].fingerprint, fingerprint) == 0 && !is_before(&r->ended.key[i], l))
			return "the key has ended, and this is not shown to have been logged before";
	return NULL;
}

static const struct cm_own_head *
find_head(const struct cm_receiver *r, const struct cm_after *a)
{
	size_t i;

	for (i = 0; i < r->n_heads; i++)
		if (r->head[i].size == a->size && strcmp(r->head[i].origin, a->origin) == 0 &&
		    memcmp(r->head[i].root, a->root, 32) == 0)
			return &r->head[i];
	return NULL;
}

const struct cm_own_head *
cm_receiver_head(const struct cm_receiver *r, const struct cm_statement *statement)
{
	const struct cm_own_head *best = NULL, *h;
	size_t i;

	for (i = 0; i < statement->n_after; i++) {
		h = find_head(r, &statement->after[i]);
		if (h != NULL && (best == NULL || h->made > best->made))
			best = h;
	}
	return best;
}

const struct cm_seen_checkpoint *
cm_receiver_other(const struct cm_receiver *r, const struct cm_logged *l)
{
	size_t i;

	for (i = 0; is_known(l) && i < r->n_seen; i++)
		if (r->seen[i].size == l->size && strcmp(r->seen[i].origin, l->origin) == 0 &&
		    memcmp(r->seen[i].root, l->root, 32) != 0)
			return &r->seen[i];
	return NULL;
}
