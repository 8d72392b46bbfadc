#include "cli/assess_json.h"

void
cm_assess_json_share(struct cm_jsonw *w, const char *name, int64_t share)
{
	char text[CM_LIKELY_TEXT];

	cm_likely_exact(share, text);
	cm_jsonw_kstr(w, name, text);
}

void
cm_assess_json_range(struct cm_jsonw *w, struct cm_posterior share)
{
	char words[CM_LIKELY_TEXT];

	cm_likely_words(share, words);
	cm_assess_json_share(w, "lo", share.lo);
	cm_assess_json_share(w, "mid", share.mid);
	cm_assess_json_share(w, "hi", share.hi);
	cm_jsonw_kstr(w, "words", words);
}

void
cm_assess_json_array(struct cm_jsonw *w, const char *name)
{
	cm_jsonw_key(w, name);
	cm_jsonw_array(w);
}
