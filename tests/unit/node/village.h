/* tests/unit/node/village.h -- a log in memory and witnesses of every kind, for tests. */
#ifndef TEST_NODE_VILLAGE_H
#define TEST_NODE_VILLAGE_H

#include "../log/made.h"
#include "grove.h"
#include "log/policy.h"

#define VILLAGE_ORIGIN "log.example/a"
#define VILLAGE_WITNESSES 64u

struct village {
	struct made_key log;
	char folder[64];
	int pid; /* of bad_witness.py */
	unsigned port;
	struct cm_policy policy;
	struct cm_policy_member member[VILLAGE_WITNESSES];
	struct made_key key[VILLAGE_WITNESSES];
	char url[VILLAGE_WITNESSES][96];
};

struct village *village_open(void);
void village_close(struct village *v);

/* Adds a witness; its place.  ${url}: NULL: the bad witness's of this name. */
size_t village_add(struct village *v, const char *name, const char *url);
/* What it says to the n-th request, from 1 on. */
void village_tell(
    struct village *v, const char *name, unsigned n, const char *word, struct cm_span body);
/* What the n-th request to it was; false: there was none. */
bool village_asked(struct village *v, const char *name, unsigned n, struct cm_buf *out);

/* Text and note of the checkpoint of ${size} in the tree number ${salt} (grove.h). */
void village_text(unsigned salt, uint64_t size, struct cm_buf *out);
void village_note(struct village *v, unsigned salt, uint64_t size, struct cm_buf *out);

/* Appends the line of this witness over that text. */
void village_cosign(
    const struct made_key *key, struct cm_span text, uint64_t time, struct cm_buf *out);

#endif
