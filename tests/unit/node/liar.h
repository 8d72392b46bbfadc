/* tests/unit/node/liar.h -- two logs of one key that part somewhere, and a server that shows them, or lies.
 *
 * The logs are real (store/log_files.h) and lie in a folder of this test's own; so is the server. */
#ifndef TEST_NODE_LIAR_H
#define TEST_NODE_LIAR_H

#include "log/note.h"
#include "node/http_server.h"
#include "node/log_site.h"
#include "store/log_files.h"

#define LIAR_ORIGIN "example.org/log"
#define LIAR_RULES 8

enum liar_how {
	LIAR_MISSING, /* 404 */
	LIAR_STATUS,  /* ${arg} */
	LIAR_CUT,     /* without its last ${arg} bytes */
	LIAR_FLIP,    /* bit ${arg}, modulo its length, is another one */
	LIAR_LONG,    /* ${arg} bytes more */
	LIAR_SLOW,    /* after ${arg} ms */
	LIAR_BYTES    /* ${bytes} in its place */
};
struct liar_rule {
	const char *path; /* that it begins with; NULL: no more rules */
	enum liar_how how;
	size_t arg;
	struct cm_span bytes;
};

struct liar {
	char place[64];
	struct cm_log_files *log[2]; /* open to append */
	struct cm_log_site *site[2];
	unsigned shown; /* which one is */
	struct liar_rule rule[LIAR_RULES];
	unsigned asked; /* how many files were */
	struct cm_http_server *server;
	char url[64];
};

void liar_begin(struct liar *l);
void liar_end(struct liar *l);

/* Entries of both, then of one, which differ from the other's. */
void liar_grow_both(struct liar *l, size_t n);
void liar_grow(struct liar *l, unsigned which, size_t n);

/* Appends the note that log ${which} shows now. */
void liar_note(struct liar *l, unsigned which, struct cm_buf *out);
/* Appends a note by their key. */
void liar_sign(uint64_t size, const uint8_t root[32], struct cm_buf *out);

/* From now on only this. */
void liar_lie(struct liar *l, struct liar_rule rule);
void liar_be_honest(struct liar *l);

#endif
