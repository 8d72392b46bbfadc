/* A private key file, a line of public key, an agent's list: bytes from others like any.  The
 * first byte says which; the rest is it. */
#include <string.h>

#include "fuzz.h"
#include "statement/key.h"
#include "statement/keyring.h"

static void
private_key(struct cm_span s)
{
	struct cm_buf file = { 0 };
	struct cm_key k = { 0 }, again = { 0 };

	if (cm_key_parse(s, &k, NULL) != CM_OK)
		return;
	cm_key_write(&k, 1, "", &file);
	must(cm_key_parse(cm_buf_span(&file), &again, NULL) == CM_OK);
	must(memcmp(k.seed, again.seed, sizeof(k.seed)) == 0);
	cm_buf_release(&file);
}

static void
public_key(struct cm_span s)
{
	struct cm_buf text = { 0 };
	char fingerprint[CM_FINGERPRINT_LEN + 1];
	struct cm_ssh_public k;

	if (cm_ssh_public_parse(s, &k, NULL) != CM_OK)
		return;
	must(cm_span_eq(cm_ssh_public_blob(&k), s));
	cm_ssh_fingerprint(&k, fingerprint);
	must(cm_ssh_fingerprint_ok(fingerprint));
	cm_ssh_public_text(&k, &text);
	must(text.len > 0);
	cm_buf_release(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t point[32] = { 9 };
	struct cm_ssh_public want = cm_ssh_public_of(point);
	struct cm_span rest = cm_span_part(cm_span_of(data, size), 1, size);
	enum cm_result r;

	if (size == 0)
		return 0;
	switch (data[0]) {
	case 'k':
		private_key(rest);
		break;
	case 'p':
		public_key(rest);
		break;
	default:
		r = cm_agent_holds(rest, &want, NULL);
		must(r == CM_OK || r == CM_E_NOTFOUND || r == CM_E_MALFORMED);
	}
	return 0;
}
