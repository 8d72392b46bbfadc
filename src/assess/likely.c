#include "assess/likely.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define HUNDREDTH (CM_ASSESS_ONE / 100)

static const struct {
	int64_t below; /* hundredths */
	const char *word;
} bands[] = { { 5, "almost no chance" }, { 20, "very unlikely" }, { 45, "unlikely" }, { 55, "roughly even chance" },
	{ 80, "likely" }, { 95, "very likely" }, { 101, "almost certain" } };

const char *
cm_likely_word(int64_t share)
{
	size_t i = 0;

	while (i + 1 < sizeof(bands) / sizeof(bands[0]) && share >= bands[i].below * HUNDREDTH)
		i++;
	return bands[i].word;
}

void
cm_likely_words(struct cm_posterior s, char out[CM_LIKELY_TEXT])
{
	const char *lo = cm_likely_word(s.lo), *hi = cm_likely_word(s.hi);

	if (lo == hi)
		snprintf(out, CM_LIKELY_TEXT, "%s", lo);
	else
		snprintf(out, CM_LIKELY_TEXT, "%s to %s", lo, hi);
}

/* To the nearest. */
static int64_t
rounded(int64_t share, int64_t unit)
{
	return (share + unit / 2) / unit;
}

void
cm_likely_figure(int64_t share, char out[CM_LIKELY_TEXT])
{
	int64_t v = rounded(share, CM_ASSESS_ONE / 10000);

	if (v == 0)
		snprintf(out, CM_LIKELY_TEXT, "below 0.0001");
	else if (v == 10000)
		snprintf(out, CM_LIKELY_TEXT, "above 0.9999");
	else
		snprintf(out, CM_LIKELY_TEXT, "0.%04" PRId64, v);
}

void
cm_likely_range(struct cm_posterior s, char out[CM_LIKELY_TEXT])
{
	char lo[CM_LIKELY_TEXT], hi[CM_LIKELY_TEXT];

	cm_likely_figure(s.lo, lo);
	cm_likely_figure(s.hi, hi);
	if (strcmp(lo, hi) == 0)
		snprintf(out, CM_LIKELY_TEXT, "%s", lo);
	else
		snprintf(out, CM_LIKELY_TEXT, "%.24s to %.24s", lo, hi);
}

void
cm_likely_percent(int64_t share, char out[CM_LIKELY_TEXT])
{
	int64_t v = rounded(share, CM_ASSESS_ONE / 10000);

	if (v == 0)
		snprintf(out, CM_LIKELY_TEXT, "below 0.01 %%");
	else if (v == 10000)
		snprintf(out, CM_LIKELY_TEXT, "above 99.99 %%");
	else if (v < 1000 || v > 9000)
		snprintf(out, CM_LIKELY_TEXT, "%" PRId64 ".%02" PRId64 " %%", v / 100, v % 100);
	else
		snprintf(out, CM_LIKELY_TEXT, "%" PRId64 ".%" PRId64 " %%", rounded(v, 10) / 10, rounded(v, 10) % 10);
}

void
cm_likely_exact(int64_t share, char out[CM_LIKELY_TEXT])
{
	snprintf(out, CM_LIKELY_TEXT, "%" PRId64 ".%012" PRId64, share / CM_ASSESS_ONE, share % CM_ASSESS_ONE);
}
