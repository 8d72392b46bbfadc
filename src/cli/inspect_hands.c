/* One hand at several vantages, by its fingerprint's rules alone. */
#include <inttypes.h>

#include "base/hex.h"
#include "cli/inspect_places.h"
#include "codec/json_write.h"
#include "crypto/sha256.h"
#include "detect/across.h"

static const struct cm_across_hand *
hand_at(const struct cm_survey *s, size_t vantage, const char *text)
{
	const struct cm_across *a = cm_engine_across(s->vantage[vantage].engine);

	for (size_t i = 0; a != NULL && i < a->n_hands; i++)
		if (cm_span_eq(cm_span_str(a->hands[i].text), cm_span_str(text)))
			return &a->hands[i];
	return NULL;
}

/* At how many vantages is it, if ${vantage} is the first of them?  Else 0. */
static size_t
count_vantages(const struct cm_survey *s, size_t vantage, const char *text)
{
	size_t n = 0;

	for (size_t k = 0; k < s->n; k++) {
		if (hand_at(s, k, text) == NULL)
			continue;
		if (k < vantage)
			return 0;
		n++;
	}
	return n;
}

static void
digest_of(const char *text, char hex[65])
{
	uint8_t digest[32];
	struct cm_span s = cm_span_str(text);

	cm_sha256(s.ptr, s.len, digest);
	hex[64] = '\0';
	cm_hex_encode(cm_span_of(digest, 32), hex);
}

static void
tell(struct cm_paragraph *p, const struct cm_survey *s, const struct cm_file_names *names, const char *text)
{
	char hex[65];
	bool any = false;

	digest_of(text, hex);
	cm_buf_add_str(&p->text, "One hand at several vantages: ");
	for (size_t k = 0; k < s->n; k++) {
		const struct cm_across_hand *h = hand_at(s, k, text);

		if (h == NULL)
			continue;
		cm_buf_printf(&p->text, "%s%" PRIu64 " incident%s in %s", any ? ", " : "", h->incidents,
		    h->incidents == 1 ? "" : "s", names->name[s->vantage[k].file[0]]);
		any = true;
	}
	cm_buf_printf(&p->text, ".  Other parties who find %.16s... as a hand saw the same; a likeness, no proof.", hex);
	cm_paragraph_end(p, 0, 3);
}

void
cm_inspect_hands(struct cm_paragraph *p, const struct cm_survey *s, const struct cm_file_names *names)
{
	for (size_t k = 0; k < s->n; k++) {
		const struct cm_across *a = cm_engine_across(s->vantage[k].engine);

		for (size_t i = 0; a != NULL && i < a->n_hands; i++)
			if (count_vantages(s, k, a->hands[i].text) > 1)
				tell(p, s, names, a->hands[i].text);
	}
}

void
cm_inspect_hand_json(struct cm_buf *out, const struct cm_survey *s, size_t vantage, size_t hand)
{
	const char *text = cm_engine_across(s->vantage[vantage].engine)->hands[hand].text;
	struct cm_jsonw w = cm_jsonw_of(out, 0);
	char hex[65];

	digest_of(text, hex);
	cm_jsonw_object(&w);
	cm_jsonw_kstr(&w, "hand", hex);
	cm_jsonw_kstr(&w, "rules", text);
	cm_jsonw_key(&w, "vantages");
	cm_jsonw_array(&w);
	for (size_t k = 0; k < s->n; k++) {
		const struct cm_across_hand *h = hand_at(s, k, text);

		if (h == NULL)
			continue;
		cm_jsonw_object(&w);
		cm_jsonw_kuint(&w, "vantage", k + 1);
		cm_jsonw_kuint(&w, "incidents", h->incidents);
		cm_jsonw_kuint(&w, "packets", h->packets);
		cm_jsonw_object_end(&w);
	}
	cm_jsonw_array_end(&w);
	cm_jsonw_object_end(&w);
}

bool
cm_inspect_hand_is_first(const struct cm_survey *s, size_t vantage, size_t hand)
{
	return count_vantages(s, vantage, cm_engine_across(s->vantage[vantage].engine)->hands[hand].text) > 0;
}
