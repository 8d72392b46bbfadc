/* statement/chain_v1.h -- chain/v1: which injected script made which flood (docs/formats.md 2.7).
 *
 * It joins statements: forged answers that carried a script (finding/v1), floods (traffic/v1), and
 * the requests that clients made after they got the one.  What can be made again from opened
 * rows is: the script's targets, that the flood asks for one of them, which clients did, and
 * how soon.  The fourfold table over all clients is the sealer's word but for its first field.
 * No name, address or payload stands in it.  Reading is total and bounded. */
#ifndef CM_STATEMENT_CHAIN_V1_H
#define CM_STATEMENT_CHAIN_V1_H

#include "base/arena.h"
#include "base/result.h"
#include "codec/json_read.h"
#include "codec/json_write.h"
#include "detect/incident.h"

#define CM_CHAIN_NAME "comity-chain"
#define CM_CHAIN_VERSION 1
#define CM_CHAIN_SCRIPTS_MAX 4096u
#define CM_CHAIN_FLOODS_MAX 64u
#define CM_CHAIN_CLIENTS_MAX 4096u
#define CM_CHAIN_LAYERS_MAX 64u
#define CM_CHAIN_CLOCKS_MAX 256u

/* A forged answer of which the body is a script. */
struct cm_chain_v1_script {
	uint8_t finding[32]; /* digest of a finding/v1 */
	struct cm_ids rows;  /* its forged and suspect rows: the body is put together of them, the first goes to
			      * the client, the earliest says when */
	uint64_t target;     /* which of the body's targets is the one, from 0 */
};

/* Clock of a vantage minus that of the scripts' vantage. */
enum cm_chain_clock_how {
	CM_CHAIN_CLOCK_SAME, /* it is the scripts' vantage */
	CM_CHAIN_CLOCK_UNKNOWN,
	CM_CHAIN_CLOCK_ONE_WAY, /* one bound only; */
	CM_CHAIN_CLOCK_BOTH_WAYS,
	CM_CHAIN_CLOCK_SECONDS
};
struct cm_chain_v1_clock {
	enum cm_chain_clock_how how;
	int64_t least_ns, most_ns, middle_ns; /* 0 of SAME and UNKNOWN */
	uint64_t matched;
};

struct cm_chain_v1 {
	uint8_t (*seals)[32]; /* digests of the seal statement files */
	size_t n_seals;
	const char *detector; /* CM_CHAIN_NAME */
	uint64_t version;
	uint8_t source[32];
	const char *evidence;    /* NULL: not said */
	const uint32_t *vantage; /* of each seal: number of the clock its times are by */
	const struct cm_chain_v1_clock *clock;
	size_t n_clocks;
	struct cm_chain_v1_script *scripts;
	size_t n_scripts;
	const char *const *layers; /* what the first script was wrapped in, outermost first */
	size_t n_layers;
	uint8_t (*floods)[32]; /* digests of traffic/v1, each once */
	size_t n_floods;
	struct cm_ids clients;	 /* for clients with the script: the first request for the target */
	uint64_t a, b, c, d;	 /* with the script: asked, did not; without: asked, did not */
	uint32_t p_milli;	 /* p <= 10^(-p_milli / 1000), Fisher's exact test, one-sided */
	uint64_t before;	 /* of a: asked before they got the script */
	uint64_t lags;		 /* known ones, of those who asked after it; of these: */
	int64_t lag_least_ns, lag_median_ns, lag_most_ns, lag_unsure_ns; /* 0 if there are none */
};

/* Members of a chain/v1 predicate besides the common ones; ends with NULL. */
extern const char *const cm_chain_v1_members[];

/* Writes them into the object ${w} stands in.  The same chain, the same bytes. */
void cm_chain_v1_write(struct cm_jsonw *w, const struct cm_chain_v1 *c);

/* Reads them out of ${predicate}; all memory from ${arena}.  CM_E_MALFORMED with the member;
 * CM_E_LIMIT; CM_E_NOMEM. */
CM_RESULT cm_chain_v1_read(struct cm_json predicate, struct cm_arena *arena, struct cm_chain_v1 *out,
    struct cm_err *err);

const char *cm_chain_clock_word(enum cm_chain_clock_how how); /* "same", "unknown", ... */

#endif
