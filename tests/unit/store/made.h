/* tests/unit/store/made.h -- a case and a log in a folder of their own, for the tests of the store. */
#ifndef TESTS_UNIT_STORE_MADE_H
#define TESTS_UNIT_STORE_MADE_H

#include "store/case.h"
#include "store/log_files.h"

struct made_place {
	char top[64];
	char folder[80]; /* of the case */
	char log[96];
};

/* A case of CERT Alpha with a log.  0, or -1. */
int made_begin(struct made_place *m);
int made_end(const struct made_place *m);

/* ${m}'s case or log, copied with all that is in it to NAME beside. */
void made_copy(const char *from, const char *to);

/* States one thing, with ${signer}. */
enum cm_result made_state(struct cm_case *c, const struct cm_signer *signer, struct cm_case_stated *out);

#endif
