/* What the pictures of an assessment share: numbers and names. */
#include <inttypes.h>
#include <stdio.h>

#include "assess/fixed.h"
#include "assess/likely.h"
#include "dossier/assess_parts.h"
#include "dossier/html.h"

void
cm_assess_put_percent(struct cm_buf *out, int64_t p)
{
	char text[CM_LIKELY_TEXT];

	cm_likely_percent(p, text);
	cm_html_text(out, text);
}

void
cm_assess_put_decimal(struct cm_buf *out, int64_t value, unsigned digits)
{
	char text[24];
	int64_t one = 1;
	size_t len;

	for (unsigned i = 0; i < digits; i++)
		one *= 10;
	len = (size_t)snprintf(text, sizeof(text), "%0*" PRId64, (int)digits, value % one);
	while (len > 1 && text[len - 1] == '0')
		len--;
	cm_buf_printf(out, "%" PRId64 ".%.*s", value / one, (int)len, text);
}

int64_t
cm_assess_bans(int64_t cost)
{
	int64_t m = cm_cost_millibans(cost < 0 ? -cost : cost);

	m = (m + 500) / 1000;
	return cost < 0 ? -m : m;
}

void
cm_assess_put_bans(struct cm_buf *out, int64_t cost)
{
	int64_t d = cm_assess_bans(cost);

	if (d < 0)
		cm_buf_printf(out, "\xe2\x88\x92%" PRId64, -d);
	else
		cm_buf_printf(out, d > 0 ? "+%" PRId64 : "%" PRId64, d);
}

void
cm_assess_put_tenths(struct cm_buf *out, int64_t cost)
{
	int64_t t = (cm_cost_millibans(cost < 0 ? -cost : cost) + 50) / 100;

	cm_buf_printf(out, "%s%" PRId64 ".%" PRId64, t == 0 ? "" : cost < 0 ? "\xe2\x88\x92" : "+", t / 10, t % 10);
}

void
cm_assess_put_name(struct cm_buf *out, const char *name)
{
	cm_buf_add_str(out, "<b class=\"nm\">");
	cm_html_text(out, name);
	cm_buf_add_str(out, "</b>");
}

void
cm_assess_put_meaning(struct cm_buf *out, const struct cm_assessment *a, const struct cm_hypothesis *h)
{
	if (h->text != NULL)
		cm_html_text(out, h->text);
	else if (cm_hypothesis_deceives(h))
		cm_html_printf(out, "%s, made to look like %s", a->hypothesis[h->by].name, a->hypothesis[h->as].name);
}

const char *
cm_assess_layer_head(enum cm_layer layer)
{
	static const char *const head[CM_LAYERS] = { "Machine", "Operator", "Organisation", "State", "Beneficiary" };

	return head[layer];
}

void
cm_assess_put_many(struct cm_buf *out, uint64_t n, const char *one, const char *more)
{
	cm_buf_printf(out, "%" PRIu64 " %s", n, n == 1 ? one : more);
}
