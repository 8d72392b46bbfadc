/* Decides requests by the rules in a file, over the vocabulary of charters:
 *	rules_tool RULES MEMBER... <requests
 * Each line of standard input is a JSON object of attributes and words; what is not there is not known.
 * Prints `allow` or `deny` for each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "charter/vocabulary.h"
#include "codec/json_read.h"
#include "registry/registry.h"
#include "rules/rules.h"

static const struct cm_vocabulary *v;
static const struct cm_rules *rules;

static int
fail(const char *what)
{
	fprintf(stderr, "%s\n", what);
	return 1;
}

static int
read_rules(const char *path, char **members, size_t n, struct cm_arena *arena, struct cm_err *err)
{
	static char text[CM_RULES_BYTES + 1];
	const char *types[CM_REGISTRY_TYPES];
	struct cm_registry registry;
	FILE *f = fopen(path, "rb");
	size_t len = f == NULL ? 0 : fread(text, 1, sizeof(text), f);

	if (f == NULL || fclose(f) != 0 || cm_registry_builtin(arena, &registry, err) != CM_OK)
		return 1;
	for (size_t i = 0; i < registry.n_types; i++)
		types[i] = registry.type[i].id;
	return cm_charter_vocabulary(cm_arena_copy(arena, types, registry.n_types * sizeof(*types)), registry.n_types,
	           (const char *const *)members, n, arena, &v, err) != CM_OK ||
	       cm_rules_read(cm_span_of(text, len), 1, v, arena, &rules, err) != CM_OK;
}

static int
decide(const char *line, size_t len, struct cm_err *err)
{
	struct cm_ask q = cm_ask_unknown();
	struct cm_decision d;
	struct cm_json_doc doc = { 0 };
	struct cm_json value;
	const char *name = NULL, *word;
	int bad = cm_json_parse(cm_span_of(line, len), &doc, err) != CM_OK;

	while (!bad && cm_json_next(cm_json_root(&doc), &name, &value))
		bad = cm_json_str(value, name, &word, err) != CM_OK || cm_ask_set(&q, v, name, word) != CM_OK;
	cm_json_release(&doc);
	if (bad)
		return 1;
	cm_rules_decide(rules, &q, &d);
	puts(d.allowed ? "allow" : "deny");
	return 0;
}

int
main(int argc, char **argv)
{
	struct cm_arena arena;
	struct cm_err err = { 0 };
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;
	int bad = 0;

	cm_arena_init(&arena, 0);
	if (argc < 2 || read_rules(argv[1], argv + 2, (size_t)argc - 2, &arena, &err) != 0)
		return fail(err.text[0] != 0 ? err.text : "usage: rules_tool RULES MEMBER...");
	while (!bad && (len = getline(&line, &cap, stdin)) > 0)
		bad = decide(line, (size_t)len, &err);
	free(line);
	cm_arena_fini(&arena);
	return bad ? fail(err.text[0] != 0 ? err.text : "no such word") : 0;
}
