/* gen/truth.h -- what the generator did, for those who test detectors.
 *
 * A tab-separated file: a comment line with the command, a line of column names,
 * then one line for each marked frame, ascending:
 *   frame  class  kind  flow  twin  note
 * kind is forged, genuine (the twin of a forged frame), benign-trap, flood, scan or crowd; twin is
 * the frame of the other side, `-` where there is none. */
#ifndef GEN_TRUTH_H
#define GEN_TRUTH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum gen_kind { GEN_FORGED, GEN_GENUINE, GEN_TRAP, GEN_FLOOD, GEN_SCAN, GEN_CROWD };

struct gen_mark {
	uint64_t frame; /* 0: not in the file */
	const char *class;
	const char *note; /* const text */
	uint32_t twin;    /* tag; 0: none */
	uint8_t kind;
	char flow[104];
};

struct gen_truth {
	struct gen_mark *mark;
	uint32_t n, cap;
};

/* Returns a tag > 0 to be put on a frame; 0 when there is no memory. */
uint32_t gen_truth_mark(struct gen_truth *t, const struct gen_mark *m);
void gen_truth_pair(struct gen_truth *t, uint32_t forged, uint32_t genuine);
void gen_truth_seen(struct gen_truth *t, uint32_t tag, uint64_t frame);
bool gen_truth_write(struct gen_truth *t, FILE *f, const char *command);
void gen_truth_release(struct gen_truth *t);

#endif
