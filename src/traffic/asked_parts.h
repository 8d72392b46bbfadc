/* traffic/asked_parts.h -- how requests are counted, and what is said of the counts.
 *
 * Each name has its requests in blocks, of 32 requests and two seconds at least.  A block faster than
 * 10 requests a second, and than three times what the name is used to, begins an episode; one of
 * less than half of that begins a pause, and a pause of a minute ends it.  An episode has the
 * sketches; when it ends, it is judged, and its memory serves the next.  Private to src/traffic. */
#ifndef CM_TRAFFIC_ASKED_PARTS_H
#define CM_TRAFFIC_ASKED_PARTS_H

#include "traffic/asked.h"
#include "traffic/asked_query.h"
#include "traffic/asked_sketch.h"

#define CM_ASKED_SECOND INT64_C(1000000000)
#define CM_ASKED_NAME 127u
#define CM_ASKED_GAPS 8u
#define CM_ASKED_SERVERS 4u
#define CM_ASKED_MARKS 64u /* referers of a flood that are looked for in other traffic */

/* ---- answers (asked_effect.c) ---- */

#define CM_ANSWER_BINS 80u /* a quarter of a power of two each, from 1/4 ms on */

struct cm_answers {
	uint64_t asked, answered, errors, timed;
	uint32_t bins[CM_ANSWER_BINS];
};

void cm_answers_add_time(struct cm_answers *a, int64_t took_ns);
void cm_answers_merge(struct cm_answers *a, const struct cm_answers *more);
int64_t cm_answers_median_ms(const struct cm_answers *a);   /* -1: none was timed */
int32_t cm_answers_error_ppm(const struct cm_answers *a);   /* -1: none was seen */
int32_t cm_answers_answered_ppm(const struct cm_answers *a); /* -1 */

/* ---- an episode (asked_episode.c) ---- */

struct cm_pace { /* of one client */
	struct cm_sample_slot slot;
	int64_t last_ns;
	uint32_t n_gaps;
	uint32_t gap_ms[CM_ASKED_GAPS]; /* the last ones */
};

struct cm_server {
	struct cm_host host;
	uint16_t port;
	uint64_t n;
};

/* Logs are written when answers end: lines of one second stand among those of many later ones. */
#define CM_ASKED_SECONDS 64
struct cm_asked_second {
	int64_t at;
	uint64_t n;
};

struct cm_episode {
	uint64_t n, bytes; /* drawn; n of them in the sketches: sketched */
	uint64_t sketched;
	int64_t from_ns, to_ns, active_ns, paused_ns;
	bool paused;
	cm_packet_id first, last;
	bool cut_begin;
	struct cm_asked_second second[CM_ASKED_SECONDS]; /* by time modulo their number */
	uint64_t peak;

	uint64_t cookie_known, cookies, referer_known, no_referer, own_referer, foreign_referer, agent_known;
	uint64_t parts; /* of pages */
	uint64_t kinds[CM_BUSTERS];
	struct cm_server server[CM_ASKED_SERVERS];
	struct cm_asked_top paths, referers, agents, clients;
	struct cm_sample client, again, value, referer, agent, path, pace; /* again: client and path */
	struct cm_traffic_series series;

	struct cm_answers answers;
	int64_t slow_ns; /* an answer later than this is slow */
	bool degraded, recovered;
	int64_t degraded_ns, recovered_ns;
	uint8_t *samples; /* their memory */
	struct cm_episode *next; /* in the list of free ones */
};

/* NULL: no memory.  ${draw}: requests stand for more than one. */
struct cm_episode *cm_episode_new(bool draw);
size_t cm_episode_bytes(bool draw);
size_t cm_episode_scratch_bytes(bool draw);
void cm_episode_free(struct cm_episode *e); /* NULL is fine */
void cm_episode_begin(struct cm_episode *e, bool draw, uint64_t seed); /* clears all */

/* A request, and what was found of it on the way. */
struct cm_asked_look {
	const struct cm_request *r;
	uint64_t client; /* keys; 0: not known */
	uint64_t referer;
	struct cm_span referer_host;
	enum { CM_REFERER_UNKNOWN, CM_REFERER_NONE, CM_REFERER_OWN, CM_REFERER_FOREIGN } referer_is;
	struct cm_span path;
	uint64_t path_key;
	bool part; /* of a page */
};

void cm_episode_add(struct cm_episode *e, const struct cm_asked_look *look, bool draw, void *scratch);

/* ---- signs (asked_signs.c) ---- */

enum cm_asked_sign {
	CM_ASKED_ABOVE_BASELINE,
	CM_ASKED_AGENT_UNIFORM,
	CM_ASKED_AGAIN,
	CM_ASKED_BUSTERS,
	CM_ASKED_COOKIES,
	CM_ASKED_FOREIGN_REFERERS,
	CM_ASKED_NO_COOKIES,
	CM_ASKED_NO_REFERERS,
	CM_ASKED_NO_PARTS,
	CM_ASKED_ONE_EACH,
	CM_ASKED_ONE_REFERER,
	CM_ASKED_OWN_REFERERS,
	CM_ASKED_PERIOD,
	CM_ASKED_REFERERS_SPREAD,
	CM_ASKED_SAME_PATHS,
	CM_ASKED_SHARED_SCRIPT,
	CM_ASKED_SINGLE_SOURCE,
	CM_ASKED_PARTS,
	CM_ASKED_SIGNS
};

struct cm_asked_rule {
	struct cm_traffic_sign_kind kind;
	int weight; /* towards a flood; negative: away from it */
	int64_t limit;
	bool below; /* the sign is there at or below the limit, not at or above */
};

const struct cm_asked_rule *cm_asked_rules(void); /* CM_ASKED_SIGNS of them, by name */

#define CM_ASKED_FLOOD_SCORE 9	     /* by form alone */
#define CM_ASKED_FLOOD_SCORE_ABOVE 5 /* with far more than usual */

/* ---- judging (asked_judge.c) ---- */

struct cm_asked_found {
	struct cm_traffic_finding f;
	struct cm_traffic_http http;
	struct cm_traffic_series series;
	struct cm_traffic_sign signs[CM_ASKED_SIGNS];
	uint64_t marks[CM_ASKED_MARKS]; /* keys of referers */
	uint32_t n_marks;
	uint32_t name_at, generation; /* of its name, for the picture */
	uint64_t name_key;
	char name[CM_ASKED_NAME + 1];
	char shared[CM_ASKED_NAME + 1];
	char text[3][CM_TRAFFIC_TOP][CM_TOP_TEXT + 1]; /* paths, referers, agents */
};

/* What is known of the name besides the episode. */
struct cm_asked_context {
	struct cm_span name; /* empty: not known */
	uint64_t thin;
	uint64_t base_n; /* drawn */
	int64_t base_ns;
	cm_packet_id base_first; /* the first request that the baseline was learnt from */
	const struct cm_answers *base_answers;
	bool from_packets, pairs; /* requests came in packets; answers of them were looked for */
	bool cut_end;
};

/* Judges an episode that is over; true if there is something to say, which then is in ${out}
 * (but for shared and others' baseline).  Pointers in it are set by cm_asked_bind. */
bool cm_asked_judge(const struct cm_episode *e, const struct cm_asked_context *c, struct cm_asked_found *out);

/* Is what it has so far something to say?  The same question without the answer. */
bool cm_asked_would(const struct cm_episode *e, const struct cm_asked_context *c);

/* What each sign comes to, or CM_ASKED_NOT_KNOWN where it can not be asked for. */
#define CM_ASKED_NOT_KNOWN INT64_MIN
void cm_asked_measure(const struct cm_episode *e, const struct cm_asked_context *c, int64_t value[CM_ASKED_SIGNS]);

/* Adds a sign where it belongs by name. */
void cm_asked_sign_add(struct cm_asked_found *found, enum cm_asked_sign s, int64_t value);

/* Points ${found}'s finding to what lies in ${found} itself. */
void cm_asked_bind(struct cm_asked_found *found);

/* ---- scripts that pages ask others for (asked_scripts.c) ---- */

struct cm_scripts;
struct cm_scripts *cm_scripts_new(size_t memory, uint64_t seed); /* NULL: no memory */
void cm_scripts_free(struct cm_scripts *s);		 /* NULL is fine */

/* A page of the host with the key ${referer} asked ${host} for a script. */
void cm_scripts_add(struct cm_scripts *s, uint64_t referer, struct cm_span host);
uint64_t cm_scripts_lost(const struct cm_scripts *s); /* for want of room */

/* The host that most of ${found}'s referers share, into ${found}. */
void cm_scripts_share(struct cm_scripts *s, struct cm_asked_found *found);

/* ---- requests that wait for their answer (asked_effect.c) ---- */

struct cm_waiting;
struct cm_waiting *cm_waiting_new(size_t memory, uint64_t seed); /* NULL: no memory */
void cm_waiting_free(struct cm_waiting *w); /* NULL is fine */

struct cm_wait {
	uint64_t key; /* of the connection, from client to server; 0: none */
	int64_t t_ns;
	uint32_t name; /* index and generation of its name */
	uint32_t generation;
};

void cm_waiting_put(struct cm_waiting *w, const struct cm_request *r, struct cm_wait wait);
/* Takes out what ${p}, an answer, answers; false: nothing. */
bool cm_waiting_take(struct cm_waiting *w, const struct cm_packet *p, struct cm_wait *out);

#endif
