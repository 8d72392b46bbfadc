#include <string.h>

#include "dossier/ended.h"
#include "statement/sshkey.h"

static bool
is_of(const struct cm_ended_key *e, const struct cm_vkey *v)
{
	struct cm_ssh_public key = cm_ssh_public_of(v->key);
	char fingerprint[CM_FINGERPRINT_LEN + 1];

	cm_ssh_fingerprint(&key, fingerprint);
	return e->logged && strcmp(e->fingerprint, fingerprint) == 0;
}

bool
cm_ended_log(const struct cm_ended_keys *e, const struct cm_vkey *log, uint64_t index)
{
	size_t i;

	for (i = 0; i < e->n; i++)
		if (is_of(&e->key[i], log) && (strcmp(e->key[i].origin, log->name) != 0 || index >= e->key[i].place))
			return true;
	return false;
}

static bool
is_void(const struct cm_ended_keys *e, const struct cm_vkey *witness, const struct cm_checkpoint *c)
{
	size_t i;

	for (i = 0; i < e->n; i++)
		if (is_of(&e->key[i], witness) &&
		    (strcmp(e->key[i].origin, c->origin) != 0 || c->size > e->key[i].place))
			return true;
	return false;
}

void
cm_ended_witnesses(const struct cm_ended_keys *e, const struct cm_policy *p, const struct cm_checkpoint *c,
    bool *out)
{
	size_t i;

	for (i = 0; i < p->n_members; i++)
		out[i] = !p->member[i].is_group && is_void(e, &p->member[i].key, c);
}
