/* gen/options.h -- what the command line asks for. */
#ifndef GEN_OPTIONS_H
#define GEN_OPTIONS_H

#include "sim.h"

struct gen_task {
	struct gen_opts o;
	const char *out, *truth, *story;    /* files; "-": standard output */
	const char *second, *log, *truth_b; /* of scenarios with two captures */
	uint64_t cut;                       /* bytes off the end of the file */
	char command[512];                  /* as told in the truth file: without names of files */
};

/* Says what is wrong, and how it is used; returns the exit code. */
int gen_usage(const char *what, const char *word);

/* The options behind the scenario's name; 0, or the exit code after a complaint. */
int gen_options_read(struct gen_task *t, int argc, char **argv);
void gen_options_keep(struct gen_task *t, int argc, char **argv);

#endif
