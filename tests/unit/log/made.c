#include <stdlib.h>
#include <string.h>

#include "crypto/ed25519.h"
#include "made.h"

struct made_key
made_key(const char *name, enum cm_note_type type, uint8_t n)
{
	struct made_key k;
	uint8_t key[32];

	memset(k.seed, n, sizeof(k.seed));
	if (cm_ed25519_public(k.seed, key) != CM_OK ||
	    cm_vkey_of(cm_span_str(name), type, key, &k.v, NULL) != CM_OK)
		abort();
	return k;
}

void
made_text(const char *origin, uint64_t size, uint8_t root, struct cm_buf *out)
{
	struct cm_checkpoint c = { .size = size };

	memcpy(c.origin, origin, strlen(origin) + 1);
	memset(c.root, root, sizeof(c.root));
	cm_checkpoint_write(&c, out);
}

void
made_note(struct cm_span text, const struct made_key *log, struct cm_buf *out)
{
	cm_buf_add_span(out, text);
	cm_buf_add_u8(out, '\n');
	if (cm_note_sign(text, &log->v, log->seed, out, NULL) != CM_OK)
		abort();
}
