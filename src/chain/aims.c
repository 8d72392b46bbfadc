#include <stdlib.h>
#include <string.h>

#include "chain/aims.h"

/* A target of one script. */
struct aim {
	const struct cm_script_target *target;
	size_t script;
};

static int
by_host(const void *a, const void *b)
{
	const struct aim *x = a, *y = b;
	int d = strcmp(x->target->host, y->target->host);

	return d != 0 ? d : (x->script > y->script) - (x->script < y->script);
}

static const char *
join_layers(const struct cm_script *s, struct cm_arena *arena)
{
	const char *text = "";
	unsigned i;

	for (i = 0; text != NULL && i < s->n_layers; i++)
		text = cm_arena_printf(arena, "%s%s%s", text, i > 0 ? ", " : "", s->layers[i]);
	return text;
}

static void
add_path(struct cm_chain *c, const char *path)
{
	size_t i;

	for (i = 0; i < c->n_paths; i++)
		if (strcmp(c->paths[i], path) == 0)
			return;
	if (c->n_paths < CM_CHAIN_PATHS)
		c->paths[c->n_paths++] = path;
}

/* What scripts came in place of. */
struct asked {
	const char *text;
	size_t first; /* of these scripts */
	uint64_t n;
};

static int
by_text(const void *a, const void *b)
{
	const struct asked *x = a, *y = b;
	int d = strcmp(x->text, y->text);

	return d != 0 ? d : (x->first > y->first) - (x->first < y->first);
}

static int
commonest_first(const void *a, const void *b)
{
	const struct asked *x = a, *y = b;

	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return (x->first > y->first) - (x->first < y->first);
}

static CM_RESULT
count_instead(const struct cm_chain_vantage *v, struct cm_arena *arena, struct cm_chain *c)
{
	struct asked *asked = cm_arena_array(arena, c->n_scripts, sizeof(*asked));
	size_t i, n = 0, kinds = 0;

	if (asked == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < c->n_scripts; i++)
		if (v->scripts[c->scripts[i]].asked[0] != '\0')
			asked[n++] = (struct asked) { v->scripts[c->scripts[i]].asked, i, 1 };
	qsort(asked, n, sizeof(*asked), by_text);
	for (i = 0; i < n; i++) {
		if (i == 0 || strcmp(asked[i].text, asked[kinds - 1].text) != 0)
			asked[kinds++] = asked[i];
		else
			asked[kinds - 1].n++;
	}
	qsort(asked, kinds, sizeof(*asked), commonest_first);
	for (i = 0; i < kinds && i < CM_CHAIN_INSTEAD; i++) {
		c->instead[i] = asked[i].text;
		c->instead_n[i] = asked[i].n;
	}
	c->n_instead = i;
	return CM_OK;
}

/* Takes the ${n} aims at one name. */
static CM_RESULT
begin(const struct cm_chain_vantage *v, const struct aim *aim, size_t n, struct cm_arena *arena,
    struct cm_chain *c)
{
	size_t *script = cm_arena_array(arena, n, sizeof(*script)), i;

	if (script == NULL)
		return CM_E_NOMEM;
	c->host = aim[0].target->host;
	for (i = 0; i < n; i++) {
		const struct cm_script *s = &v->scripts[aim[i].script].script;

		add_path(c, aim[i].target->path);
		if (c->n_scripts > 0 && script[c->n_scripts - 1] == aim[i].script)
			continue;
		script[c->n_scripts++] = aim[i].script;
		if (s->repeats && (c->period_ms == 0 || s->period_ms < c->period_ms))
			c->period_ms = s->period_ms;
		c->busts_caches |= s->busts_caches;
	}
	c->scripts = script;
	c->layers = join_layers(&v->scripts[script[0]].script, arena);
	return c->layers == NULL ? CM_E_NOMEM : count_instead(v, arena, c);
}

/* What is only mentioned, a namespace or a remark, is no aim. */
static struct aim *
gather(const struct cm_chain_vantage *v, struct cm_arena *arena, size_t *n)
{
	struct aim *aim;
	size_t i, k, all = 0;

	for (i = 0; i < v->n_scripts; i++)
		all += v->scripts[i].script.n_targets;
	aim = cm_arena_array(arena, all + 1, sizeof(*aim));
	*n = 0;
	for (i = 0; aim != NULL && i < v->n_scripts; i++)
		for (k = 0; k < v->scripts[i].script.n_targets; k++)
			if (v->scripts[i].script.targets[k].how != CM_SCRIPT_MENTIONED)
				aim[(*n)++] = (struct aim) { &v->scripts[i].script.targets[k], i };
	return aim;
}

CM_RESULT
cm_chain_aims(const struct cm_chain_vantage *v, size_t number, struct cm_arena *arena,
    struct cm_chain *chain, struct cm_chain_result *out)
{
	size_t n, i, same;
	struct aim *aim = gather(v, arena, &n);
	enum cm_result rc = CM_OK;

	if (aim == NULL)
		return CM_E_NOMEM;
	qsort(aim, n, sizeof(*aim), by_host);
	for (i = 0; rc == CM_OK && i < n; i += same) {
		for (same = 1; i + same < n && strcmp(aim[i + same].target->host, aim[i].target->host) == 0;)
			same++;
		if (out->n == CM_CHAINS_MAX) {
			out->not_listed++;
			continue;
		}
		chain[out->n] = (struct cm_chain) { .vantage = number };
		rc = begin(v, &aim[i], same, arena, &chain[out->n]);
		out->n++;
	}
	return rc;
}
