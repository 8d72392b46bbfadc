/* detect/across_parts.h -- the makers of detect/across.h, one file each, and what they share.
 * Private to src/detect. */
#ifndef CM_DETECT_ACROSS_PARTS_H
#define CM_DETECT_ACROSS_PARTS_H

#include "detect/across.h"
#include "detect/engine_state.h"

/* Packet ids, and the number of an incident with each; a zeroed one is empty. */
struct cm_id_slot {
	uint64_t id; /* plus 1; 0: empty */
	size_t incident;
};

struct cm_id_set {
	struct cm_id_slot *slot;
	size_t n_slots, n;
};

/* The first number given for an id stays.  CM_E_NOMEM. */
CM_RESULT cm_id_set_add(struct cm_id_set *s, cm_packet_id id, size_t incident);
bool cm_id_set_has(const struct cm_id_set *s, cm_packet_id id);
size_t cm_id_set_incident(const struct cm_id_set *s, cm_packet_id id); /* which it has */

/* Ids collected, then sorted; bounded. */
#define CM_ID_LIST_MAX 8192u

struct cm_id_list {
	cm_packet_id *id;
	size_t n, room;
	bool failed; /* no memory */
};

void cm_id_list_add(struct cm_id_list *l, cm_packet_id id);
void cm_id_list_add_all(struct cm_id_list *l, const struct cm_ids *ids);

/* The list, sorted, each once, in ${a}; empties it.  CM_E_NOMEM. */
CM_RESULT cm_id_list_take(struct cm_id_list *l, struct cm_arena *a, struct cm_ids *out);

#define CM_PLAIN 256u

struct cm_plain {
	const struct cm_candidate *of; /* NULL: nothing yet */
	unsigned dir;
	int class;
};

struct cm_maker {
	struct cm_engine *e;
	struct cm_arena *a;
	struct cm_across *out;
	struct cm_id_set accused;  /* by incidents that are forged or a stack break */
	struct cm_id_set triggers; /* what forged data answers */
	struct cm_id_list ids;     /* for whoever needs one */
	struct cm_plain plain[CM_PLAIN]; /* what cm_across_plain said last */
};

/* All of it, into e->across. */
CM_RESULT cm_across_make(struct cm_engine *e);

CM_RESULT cm_across_make_hands(struct cm_maker *m);
CM_RESULT cm_across_make_reach(struct cm_maker *m); /* and places */
CM_RESULT cm_across_make_probes(struct cm_maker *m);
CM_RESULT cm_across_make_rates(struct cm_maker *m);
CM_RESULT cm_across_make_same(struct cm_maker *m);

/* Somebody is accused. */
static inline bool
cm_found_accuses(const struct cm_found *f)
{
	return f->incident.verdict == CM_VERDICT_FORGED ||
	    f->incident.verdict == CM_VERDICT_STACK_BREAK;
}

/* Forged data that answers a request over TCP. */
static inline bool
cm_found_answers(const struct cm_found *f)
{
	return f->incident.verdict == CM_VERDICT_FORGED && f->incident.has_trigger &&
	    f->incident.type == CM_INCIDENT_INJECTION && f->incident.flow.proto == 6;
}

/* The place of found incident ${number}; ${plain}: cm_across_plain of its accused direction. */
CM_RESULT cm_across_place(struct cm_maker *m, size_t number, uint32_t trigger, int plain,
    struct cm_across_place *o);

/* The commonest (TTL, DF), as of cm_ttl_class, of those segments of the accused direction, in the
 * head of the flow, that nobody accuses; -1: there are none. */
int cm_across_plain(struct cm_maker *m, const struct cm_found *f);

/* SYN and SYN-ACK of the flow, the latter from ${server}: where they are, and the time
 * between them; false: not both were kept. */
bool cm_across_handshake(const struct cm_candidate *c, unsigned server, uint32_t at[2], int64_t *ns);

/* The text of a span, ended by NUL; "" if it is empty, NULL: no memory. */
const char *cm_across_text(struct cm_arena *a, struct cm_span s);

#endif
