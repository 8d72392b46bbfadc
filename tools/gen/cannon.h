/* gen/cannon.h -- the Great Cannon's shot at one connection. */
#ifndef GEN_CANNON_H
#define GEN_CANNON_H

#include "episode.h"

struct gen_forgery {
	const char *request; /* the first data of the connection */
	size_t len;
	const char *script; /* what the browser gets */
	uint8_t ttl;        /* of the request; 0: as the client has it */
	bool mark;          /* the request stands in the truth file, too */
	int64_t came;       /* out: when its last packet passed the tap */
	bool lost;          /* the burst does not reach it: it asks again, and the server answers */
};

/* The request is sent and suppressed, the burst answers it; returns the tag of its first packet.
 * With ${lost} the client ends with the genuine answer, else with the script. */
uint32_t gen_cannon_fire(struct gen_conn *c, struct gen_forgery *f);

/* The script as p,a,c,k,e,r writes it (Dean Edwards): every word replaced by its number to base
 * 62, the commonest first, and a table of the words behind.  At most 512 different words.
 * False: it does not fit. */
bool gen_pack(const char *source, char *out, size_t size);

#endif
