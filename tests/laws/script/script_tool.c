/* The room as a filter over many texts, for those who make and unpack scripts in another way
 * (test_packer.py).
 *
 *	script_tool packer|escapes|percent|codes|base64|joined|..	one pass over each text
 *	script_tool read	what each text would ask for, in lines
 *	script_tool answer	the same of an HTTP answer
 *
 * Texts come and go as their length in a line, then their bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "script/rewrite.h"
#include "script/script.h"

static const struct {
	const char *name;
	cm_pass_fn *run;
} passes[] = {
	{ "packer", cm_pass_packer },
	{ "escapes", cm_pass_escapes },
	{ "percent", cm_pass_percent },
	{ "codes", cm_pass_codes },
	{ "base64", cm_pass_base64 },
	{ "joined", cm_pass_joined },
	{ "turned", cm_pass_turned },
	{ "replaced", cm_pass_replaced },
	{ "members", cm_pass_members },
	{ "names", cm_pass_names },
	{ "written", cm_pass_written },
	{ "data", cm_pass_data },
	{ "entities", cm_pass_entities },
};

static void
give(const void *ptr, size_t len)
{
	printf("%zu\n", len);
	fwrite(ptr, 1, len, stdout);
}

static int
run_pass(struct cm_span in, const char *name)
{
	struct cm_rewrite rw;

	for (size_t i = 0; i < sizeof(passes) / sizeof(passes[0]); i++) {
		if (strcmp(passes[i].name, name) != 0)
			continue;
		cm_rewrite_begin(&rw, in, CM_SCRIPT_BYTES);
		passes[i].run(&rw);
		if (cm_rewrite_end(&rw))
			give(rw.out.ptr, rw.out.len);
		else
			give(in.ptr, in.len);
		cm_rewrite_release(&rw);
		return 0;
	}
	return 1;
}

static int
run_read(struct cm_span in, bool answer)
{
	struct cm_arena arena = { 0 };
	struct cm_script s;
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (f == NULL ||
	    (answer ? cm_script_of(in, &arena, &s) : cm_script_read(in, &arena, &s)) != CM_OK)
		return 1;
	for (unsigned i = 0; i < s.n_layers; i++)
		fprintf(f, "layer %s\n", s.layers[i]);
	for (size_t i = 0; i < s.n_targets; i++)
		fprintf(f, "%s %u %s://%s:%u%s?%s\n", cm_script_how_word(s.targets[i].how),
		    s.targets[i].layer, s.targets[i].scheme, s.targets[i].host, s.targets[i].port,
		    s.targets[i].path, s.targets[i].query);
	fprintf(f, "repeats %d %u\nbusts %d\nscript %d\nredirects %d\ncut %s\n", s.repeats,
	    s.period_ms, s.busts_caches, s.is_script, s.redirects, s.cut == NULL ? "-" : s.cut);
	fclose(f);
	give(text, len);
	free(text);
	cm_arena_fini(&arena);
	return 0;
}

int
main(int argc, char **argv)
{
	char line[32];
	int rc = argc != 2;

	while (rc == 0 && fgets(line, sizeof(line), stdin) != NULL) {
		size_t len = strtoul(line, NULL, 10);
		uint8_t *in = malloc(len + 1);

		if (in == NULL || fread(in, 1, len, stdin) != len)
			rc = 1;
		else if (strcmp(argv[1], "read") == 0 || strcmp(argv[1], "answer") == 0)
			rc = run_read(cm_span_of(in, len), argv[1][0] == 'a');
		else
			rc = run_pass(cm_span_of(in, len), argv[1]);
		free(in);
	}
	return rc;
}
