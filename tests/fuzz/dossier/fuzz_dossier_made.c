/* Any bytes as a capture, hidden in any way: what an honest sender makes of them, a
 * receiver never refuses.  So view, plan, pcapng, facts and report meet every frame. */
#include "../../laws/dossier/made.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct made_how how = { 0 };
	struct made_verdict v;
	struct made m;

	if (size < 1)
		return 0;
	how.hides = data[0] & (CM_HIDE_ADDRESSES | CM_HIDE_PAYLOAD);
	how.whole_host = data[0] & 4;
	how.tie_all = data[0] & 8;
	how.leak_ok = true;
	if (made_dossier(cm_span_of(data + 1, size - 1), &how, &m)) {
		v = made_verify(cm_buf_span(&m.dossier), true);
		must(v.rc == CM_OK || v.rc == CM_E_NOMEM);
	}
	made_release(&m);
	return 0;
}
