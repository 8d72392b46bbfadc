/* cli/encrypt.h -- writes a file that only its recipients can read (age/encrypt.h). */
#ifndef CM_CLI_ENCRYPT_H
#define CM_CLI_ENCRYPT_H

#include "age/keys.h"
#include "base/source.h"
#include "os/private.h"

struct cm_encrypt {
	const char *out; /* path of the file to be */
	struct cm_write_mode mode;
	struct cm_source in;
	const struct cm_age_recipient *to;
	size_t n;
};

/* As cm_whole_stage does with bytes: all of it lies beside ${out}, synced, under another name; cm_whole_place gives
 * it the name, cm_whole_drop removes it.  Unless CM_OK nothing is left.  CM_E_USAGE: there is such a file, or no
 * recipient.  As cm_age_encrypt; CM_E_IO. */
CM_RESULT cm_encrypt_stage(const struct cm_encrypt *in, struct cm_err *err);

/* Both steps at once. */
CM_RESULT cm_encrypt_file(const struct cm_encrypt *in, struct cm_err *err);

#endif
