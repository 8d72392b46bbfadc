/* gen/story.h -- what was planted in a capture, told thing by thing.
 *
 * Of a flood every frame is marked, so a list of frames says little at great length.  The
 * story says for each thing planted (a flood, a scan, a crowd): what it is, whom it meets, from
 * when to when, how many packets, between which frames; and whatever else its maker knows.
 * Written as JSON, one object, times as RFC 3339 in UTC with nanoseconds. */
#ifndef GEN_STORY_H
#define GEN_STORY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "wire.h"

#define GEN_PLANTS 4096u

struct gen_plant {
	const char *kind;    /* "syn-flood", "crowd", ...: as the reports call it */
	const char *verdict; /* "flood", "scan", "benign" */
	const char *name;    /* the episode */
	const char *service; /* of an amplification; NULL */
	const char *where;   /* which of two captures; NULL: there is one */
	struct gen_addr target, source;
	bool has_target, has_source; /* one each; otherwise there are many, or none */
	uint16_t port;               /* 0: many, or none */
	int64_t from, to;            /* as planned: of what the capture may show a part only */
	uint64_t clients;            /* that send it; 0: not told */
	uint64_t requests, answered; /* HTTP; DNS */
	uint8_t truth;               /* enum gen_kind, of its frames in the truth file */
	/* as seen in the file */
	uint64_t packets, first_frame, last_frame;
	int64_t first_t, last_t;
	struct cm_buf more; /* further members, each with a comma before it */
};

struct gen_story {
	struct gen_plant *plant; /* from 1 on */
	uint16_t n;
	struct cm_buf more; /* members of the story itself */
};

/* Returns the number that frames bear; 0 when there is no memory, or no room. */
uint16_t gen_story_plant(struct gen_story *st, const struct gen_plant *p);
struct gen_plant *gen_story_at(struct gen_story *st, uint16_t plant);
void gen_story_seen(struct gen_story *st, uint16_t plant, uint64_t frame, int64_t t);
/* Takes over what ${other} holds, which is then empty. */
void gen_story_take(struct gen_story *st, struct gen_story *other, const char *where);
bool gen_story_write(const struct gen_story *st, FILE *f, const char *command);
void gen_story_release(struct gen_story *st);

/* ,"name":value behind what ${b} holds. */
void gen_json_text(struct cm_buf *b, const char *name, const char *value);
void gen_json_number(struct cm_buf *b, const char *name, int64_t value);
void gen_json_flag(struct cm_buf *b, const char *name, bool value);
void gen_json_time(struct cm_buf *b, const char *name, int64_t t_ns);
void gen_json_addr(struct cm_buf *b, const char *name, const struct gen_addr *a);

#endif
