/* cli/seal_file.h -- one file that was brought (cli/bring.h) sealed in a confined child; shared by seal and assess sign. */
#ifndef CM_CLI_SEAL_FILE_H
#define CM_CLI_SEAL_FILE_H

#include "cli/bring.h"
#include "cli/state_seal.h"

struct cm_seal_file {
	const struct cm_bring *bring;
	const struct cm_seal_wish *wish;
	unsigned threads; /* 0: as many as there are processors */
	const struct cm_brought *of; /* with its index */
	const struct cm_schema *schema;
};

/* Fills ${out}, its schema too.  Anything but CM_EXIT_OK has been said. */
enum cm_exit cm_seal_file(const struct cm_seal_file *in, struct cm_sealed *out);

#endif
