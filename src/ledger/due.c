#include <stdlib.h>
#include <string.h>

#include "ledger/due.h"

#include "base/time.h"

#define HOUR INT64_C(3600)

/* The name that an obligation begins with. */
static const struct {
	const char *name;
	enum cm_due_what what;
	int64_t unit; /* seconds; 0: it has no date */
	char mark;
} known[] = {
	{ "retain", CM_DUE_DELETE, CM_TIME_DAY, 'd' },
	{ "acknowledge", CM_DUE_ACKNOWLEDGE, HOUR, 'h' },
	{ "receipt", CM_DUE_RECEIPT, 0, 0 },
	{ "delete-on-close", CM_DUE_CLOSE, 0, 0 },
	{ "notify-victim", CM_DUE_NOTIFY, 0, 0 },
	{ "encrypt", CM_DUE_ENCRYPT, 0, 0 },
	{ "onward", CM_DUE_STANDS, 0, 0 },
	{ "mark-tlp", CM_DUE_STANDS, 0, 0 },
	{ "mark-pap", CM_DUE_STANDS, 0, 0 },
	{ "warning-lists", CM_DUE_STANDS, 0, 0 },
};

static const char *const words[CM_DUE_N] = { "delete", "acknowledge", "receipt", "delete-on-close", "notify-victim",
	"encrypt", "stands", "unknown" };

const char *
cm_due_word(enum cm_due_what what)
{
	return what < CM_DUE_N ? words[what] : "";
}

enum cm_due_what
cm_due_find(const char *word)
{
	size_t i;

	for (i = 0; i < CM_DUE_STANDS; i++)
		if (strcmp(words[i], word) == 0 && i != CM_DUE_ACKNOWLEDGE && i != CM_DUE_RECEIPT)
			return (enum cm_due_what)i;
	return CM_DUE_N;
}

const char *
cm_due_state_word(enum cm_due_state s)
{
	static const char *const state[] = { "overdue", "open", "done", "done late", "always" };

	return s <= CM_DUE_ALWAYS ? state[s] : "";
}

/* " <= 180d" with the unit's letter; false: another spelling, or more than a date can be. */
static bool
read_bound(const char *text, char mark, int64_t *out)
{
	int64_t n = 0;
	size_t digits = 0;

	while (*text == ' ')
		text++;
	if (strncmp(text, "<=", 2) != 0)
		return false;
	for (text += 2; *text == ' '; text++)
		;
	for (; *text >= '0' && *text <= '9' && digits < 9; text++, digits++)
		n = n * 10 + (*text - '0');
	*out = n;
	return digits > 0 && text[0] == mark && text[1] == '\0';
}

static void
read_text(const char *text, int64_t made, struct cm_due *out)
{
	size_t len = strcspn(text, " <=>"), i;
	int64_t n;

	out->what = CM_DUE_UNKNOWN;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strlen(known[i].name) != len || memcmp(known[i].name, text, len) != 0)
			continue;
		if (known[i].unit == 0) {
			out->what = known[i].what;
		} else if (read_bound(text + len, known[i].mark, &n)) {
			out->what = known[i].what;
			out->has_by = true;
			out->by = made + n * known[i].unit;
		}
	}
}

/* What is deleted is deleted for whatever reason. */
static enum cm_due_what
settled_as(const struct cm_due_in *in, enum cm_due_what what)
{
	if (what == CM_DUE_DELETE && !in->settled[CM_DUE_DELETE])
		return CM_DUE_CLOSE;
	if (what == CM_DUE_CLOSE && !in->settled[CM_DUE_CLOSE])
		return CM_DUE_DELETE;
	return what;
}

static void
settle(const struct cm_due_in *in, struct cm_due *out)
{
	bool by_receipt = out->what == CM_DUE_ACKNOWLEDGE || out->what == CM_DUE_RECEIPT;
	enum cm_due_what by = settled_as(in, out->what);

	if (by_receipt && in->received) {
		out->has_done = true;
		out->done = in->received_at;
	} else if (in->settled[by]) {
		out->has_done = true;
		out->done = in->settled_at[by];
	}
	if (out->what == CM_DUE_CLOSE && in->closed) {
		out->has_by = true;
		out->by = in->closed_at;
	}
}

void
cm_due_of(const char *text, const struct cm_due_in *in, struct cm_due *out)
{
	*out = (struct cm_due) { .text = text };
	read_text(text, in->made, out);
	if (out->what == CM_DUE_STANDS || out->what == CM_DUE_UNKNOWN) {
		out->state = CM_DUE_ALWAYS;
		return;
	}
	settle(in, out);
	if (out->has_done)
		out->state = out->has_by && out->what != CM_DUE_CLOSE && out->done > out->by ? CM_DUE_LATE : CM_DUE_DONE;
	else
		out->state = out->has_by && in->now >= out->by ? CM_DUE_OVERDUE : CM_DUE_OPEN;
}

int
cm_due_order(const struct cm_due *a, const struct cm_due *b)
{
	if (a->state != b->state)
		return a->state < b->state ? -1 : 1;
	if (a->has_by != b->has_by)
		return a->has_by ? -1 : 1;
	if (a->has_by && a->by != b->by)
		return a->by < b->by ? -1 : 1;
	return a->what < b->what ? -1 : a->what > b->what;
}
