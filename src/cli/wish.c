/* Options that every making of a dossier has. */
#include <string.h>

#include "cli/dossier.h"

/* "addresses,payload" */
static bool
hide(const struct cm_args *a, uint8_t *hides)
{
	static const char *const word[] = { "addresses", "payload" };
	static const uint8_t bit[] = { CM_HIDE_ADDRESSES, CM_HIDE_PAYLOAD };
	const char *at = a->value;
	size_t len, i;

	do {
		len = strcspn(at, ",");
		for (i = 0; i < 2 && (strlen(word[i]) != len || strncmp(at, word[i], len) != 0); i++)
			;
		if (i == 2) {
			(void)cm_cli_usage(a->ctx, a->command,
			    "%.*s can not be hidden; addresses and payload can", (int)len, at);
			return false;
		}
		*hides |= bit[i];
		at += len;
	} while (*at++ == ',');
	return true;
}

bool
cm_cli_wish(const struct cm_args *a, int id, struct cm_dossier_wish *w)
{
	switch (id) {
	case 'o':
		w->out = a->value;
		w->replace = true;
		return true;
	case CM_WISH_HIDE:
	case CM_WISH_ALSO:
		return hide(a, &w->select.hides);
	case CM_WISH_LEAK_OK:
		w->leak_ok = true;
		return true;
	case CM_WISH_WHOLE_HOST:
		w->select.whole_host = true;
		return true;
	case CM_WISH_WHOLE_PAIR:
		w->select.whole_pair = true;
		return true;
	case CM_WISH_TIE_ALL:
		w->select.tie_all = true;
		return true;
	case CM_WISH_FOR:
	case CM_WISH_TO:
		w->to = a->value;
		return true;
	case CM_WISH_NO_CONFINE:
		w->no_confine = true;
		return true;
	default:
		return false;
	}
}
