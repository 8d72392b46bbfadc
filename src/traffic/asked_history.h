/* traffic/asked_history.h -- how much a name was asked for over time, and what it answered, for the picture.
 *
 * A name whose first block is over gets a history, which goes on until the input ends, so that a flood
 * stands between what came before it and what came after.  There are so many as the memory allows; the name
 * asked for least gives its up.  A history has a fixed number of parts: where there are too many, those
 * neighbours become one that are short and have few requests.  No judgement depends on it.
 * Private to src/traffic. */
#ifndef CM_TRAFFIC_ASKED_HISTORY_H
#define CM_TRAFFIC_ASKED_HISTORY_H

#include "traffic/asked_names.h"

#define CM_HISTORY_PARTS 200u

struct cm_history_part {
	int64_t from_ns, to_ns; /* of the first and last event */
	uint32_t asked, answered, errors;
	uint32_t timed; /* of the answers; these took so long together: */
	uint32_t took_ms;
};

struct cm_history {
	uint32_t name, generation; /* whose it is: index + 1; 0: nobody's */
	uint32_t n;
	struct cm_history_part part[CM_HISTORY_PARTS];
};

struct cm_histories {
	struct cm_history *all;
	uint32_t max;
};

CM_RESULT cm_histories_init(struct cm_histories *h, size_t memory);
void cm_histories_release(struct cm_histories *h);

/* The one of ${name}, an element of ${names}; NULL: it has none. */
struct cm_history *cm_history_of(const struct cm_histories *h, const struct cm_asked_names *names, const struct cm_name *name);

/* Gives ${name} one that begins with its block and the answers since, if it has none and is asked for more than
 * the least of those that have. */
void cm_history_begin(struct cm_histories *h, const struct cm_asked_names *names, struct cm_name *name);

/* NULL is fine. */
void cm_history_ask(struct cm_history *h, int64_t t_ns);
void cm_history_answer(struct cm_history *h, int64_t t_ns, bool error, int64_t took_ns); /* took_ns < 0: not known */

/* The series of a finding from ${from_ns} to ${to_ns}, with a quarter of its time before and after it as far as ${seen} (its
 * first and last moment) reaches: what lies in it is `in`, else `rest`. */
void cm_history_series(const struct cm_history *h, int64_t from_ns, int64_t to_ns, const int64_t seen[2],
    struct cm_traffic_series *out);

#endif
