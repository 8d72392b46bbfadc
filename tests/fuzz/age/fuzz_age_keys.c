/* Recipients and identities as text: what is read is written again as it was. */
#include <string.h>

#include "age/bech32.h"
#include "age/keys.h"
#include "fuzz.h"

static void
recipient(struct cm_span text)
{
	char again[CM_AGE_RECIPIENT_TEXT];
	struct cm_age_recipient r;
	struct cm_err err = { 0 };

	if (cm_age_recipient_parse(text, &r, &err) != CM_OK)
		return;
	cm_age_recipient_text(&r, again);
	must(cm_span_eq(cm_span_part(text, 0, strlen(again)), cm_span_str(again)));
	must(text.len == strlen(again) || (r.kind == CM_AGE_SSH_ED25519 && text.ptr[strlen(again)] == ' '));
}

static void
identities(struct cm_span file)
{
	static struct cm_age_identities all;
	char text[CM_AGE_IDENTITY_TEXT];
	struct cm_err err = { 0 };

	if (cm_age_identities_parse(file, &all, &err) != CM_OK) {
		must(all.n == 0 && err.text[0] != '\0');
		return;
	}
	must(all.n > 0 && all.n <= CM_AGE_IDENTITIES);
	for (size_t i = 0; i < all.n; i++) {
		cm_age_identity_text(&all.item[i], text);
		must(memmem(file.ptr, file.len, text, strlen(text)) != NULL);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_span text = cm_span_of(data, size);
	char again[5 + CM_BECH32_TAIL];
	uint8_t bytes[32];

	if (cm_bech32_decode("age", text, bytes, NULL) == CM_OK) {
		cm_bech32_encode("age", bytes, again);
		must(cm_span_eq(text, cm_span_str(again)));
	}
	recipient(text);
	identities(text);
	return 0;
}
