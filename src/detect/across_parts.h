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

/* What is told of one accused incident. */
struct cm_across_of {
	struct cm_across_reach reach;
	struct cm_across_place place;
};

/* Makes that for found incidents from number ${from} on, all of one flow, while it is in the
 * cache.  CM_E_NOMEM. */
CM_RESULT cm_across_flow(struct cm_engine *e, size_t from);

/* An accused flow, and what its incidents accuse. */
struct cm_flow_look {
	struct cm_engine *e;
	const struct cm_found *found; /* of one flow, */
	size_t n;		      /* so many */
	const struct cm_found *f;     /* one of them */
	uint32_t trigger;	      /* its; CM_NONE */
	int plain; /* the commonest (TTL, DF), as of cm_ttl_class, of those segments of the accused
		      direction, in the head of the flow, that nobody accuses; -1: there are none */
	struct cm_id_list *ids;
};

bool cm_flow_accused(const struct cm_flow_look *l, cm_packet_id id);

CM_RESULT cm_across_reach(const struct cm_flow_look *l, struct cm_across_reach *o);
CM_RESULT cm_across_place(const struct cm_flow_look *l, struct cm_across_place *o);

struct cm_maker {
	struct cm_engine *e;
	struct cm_arena *a;
	struct cm_across *out;
	struct cm_id_set triggers; /* what forged data answers */
	struct cm_id_list ids;     /* for whoever needs one */
};

/* All of it, into e->across. */
CM_RESULT cm_across_make(struct cm_engine *e);

CM_RESULT cm_across_make_hands(struct cm_maker *m);
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

/* SYN and SYN-ACK of the flow, the latter from ${server}: where they are, and the time
 * between them; false: not both were kept. */
bool cm_across_handshake(const struct cm_candidate *c, unsigned server, uint32_t at[2], int64_t *ns);

/* The text of a span, ended by NUL; "" if it is empty, NULL: no memory. */
const char *cm_across_text(struct cm_arena *a, struct cm_span s);

#endif
