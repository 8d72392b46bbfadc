/* tests/laws/store/sim_node.h -- a file or a folder of the disk in memory, as it is and as it lasts. */
#ifndef TESTS_SIM_NODE_H
#define TESTS_SIM_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_NAME 80u
#define SIM_SECTOR 512u

struct sim_bytes {
	uint8_t *ptr;
	size_t len, cap;
};

struct sim_name {
	char name[SIM_NAME];
	size_t node;
};
struct sim_names {
	struct sim_name *item;
	size_t n;
};

struct sim_change {
	enum { SIM_WRITE, SIM_CUT, SIM_LINK, SIM_UNLINK, SIM_MOVE } kind;
	uint64_t at; /* of a write; of a cut, the size */
	struct sim_bytes bytes;
	struct sim_name name; /* the one made or removed */
	char from[SIM_NAME];  /* of a move */
};

struct sim_node {
	bool folder;
	unsigned mode;
	struct sim_bytes now, lasting;
	struct sim_names names, lasting_names;
	struct sim_change *change;
	size_t n_changes;
};

struct sim_choice {
	uint64_t (*below)(void *arg, uint64_t n);
	void *arg;
};

void *sim_again(void *ptr, size_t n, size_t size); /* realloc that does not fail */

void sim_node_release(struct sim_node *n);
struct sim_node sim_node_copy(const struct sim_node *n);

/* Does it now, and remembers it; takes over what ${c} holds. */
void sim_node_do(struct sim_node *n, struct sim_change c);
/* All that was done lasts. */
void sim_node_sync(struct sim_node *n);
/* A sync that fails: of what was done to a file some lasts, and no later sync brings the rest,
 * though it is to be seen until then.  Names are kept by a journal: they may last later. */
void sim_node_fail_sync(struct sim_node *n, const struct sim_choice *by);
/* Of what was done some lasts, and the rest is gone. */
void sim_node_lose(struct sim_node *n, const struct sim_choice *by);

const struct sim_name *sim_names_find(const struct sim_names *s, const char *name);

#endif
