#include <inttypes.h>
#include <string.h>

#include "dossier/html.h"
#include "dossier/recounted.h"
#include "dossier/words.h"
#include "stat/fisher.h"
#include "stat/wilson.h"

const char *
cm_words_kind(enum cm_traffic_kind kind)
{
	static const char *const says[CM_TRAFFIC_KINDS] = {
		[CM_TRAFFIC_SYN] = "Openings of connections that nobody completes",
		[CM_TRAFFIC_VOLUME] = "Packets far beyond what the host is used to",
		[CM_TRAFFIC_REFLECTION] = "Answers over TCP that nobody asked for",
		[CM_TRAFFIC_AMPLIFICATION] = "Large answers over UDP that nobody asked for",
		[CM_TRAFFIC_FRAGMENTS] = "Fragments of datagrams that never begin",
		[CM_TRAFFIC_HTTP] = "Requests with a common cause",
		[CM_TRAFFIC_LEASES] = "Addresses asked for until none is left",
		[CM_TRAFFIC_SCAN_SYN] = "Doors tried, one after the other, and left half open",
		[CM_TRAFFIC_SCAN_CONNECT] = "Doors tried, one after the other, with nothing said",
		[CM_TRAFFIC_SCAN_UDP] = "Doors tried with datagrams, one after the other",
	};

	return says[kind];
}

const char *
cm_words_counted_verdict(enum cm_traffic_verdict v)
{
	switch (v) {
	case CM_TRAFFIC_FLOOD:
		return "So much came, and of such a kind, that no ordinary cause that was looked for explains it.";
	case CM_TRAFFIC_SURGE:
		return "Far more than usual, but nothing seen here says that it is not a crowd or a job.";
	case CM_TRAFFIC_SCAN:
		return "One source tried many places and said nothing. Surveys and monitors do that, too.";
	}
	return "?";
}

void
cm_words_number(struct cm_buf *out, uint64_t n)
{
	if (n >= 1000) {
		cm_words_number(out, n / 1000);
		cm_buf_printf(out, ",%03" PRIu64, n % 1000);
		return;
	}
	cm_buf_printf(out, "%" PRIu64, n);
}

void
cm_words_ppm(struct cm_buf *out, int64_t ppm)
{
	cm_buf_printf(out, "%s%" PRId64 ".%" PRId64 " %%", ppm < 0 ? "-" : "", (ppm < 0 ? -ppm : ppm) / 10000,
	    (ppm < 0 ? -ppm : ppm) / 1000 % 10);
}

void
cm_words_seconds(struct cm_buf *out, int64_t ns)
{
	uint64_t ms = (uint64_t)(ns < 0 ? -(ns / 1000000) : ns / 1000000);

	cm_buf_printf(out, "%s%" PRIu64 ".%03" PRIu64 " s", ns < 0 ? "-" : "", ms / 1000, ms % 1000);
}

void
cm_words_sign(struct cm_buf *out, const struct cm_traffic_sign_kind *kind, int64_t value)
{
	if (strcmp(kind->unit, "ppm") == 0) {
		cm_words_ppm(out, value);
		return;
	}
	cm_buf_printf(out, "%s", value < 0 ? "-" : "");
	cm_words_number(out, (uint64_t)(value < 0 ? -value : value));
	cm_buf_printf(out, "%s%s", kind->unit[0] == 0 ? "" : " ", kind->unit);
}

/* A row of the support in which a tied host stands. */
static const struct cm_pseudonym *
stand_in(const struct cm_dossier *d, const struct cm_ids *set, const struct cm_host *h)
{
	const struct cm_counted_row *r;
	size_t i;

	for (i = 0; i < set->n; i++) {
		r = cm_dossier_counted_row(d, set->id[i]);
		if (r != NULL && cm_host_eq(&r->packet.src, h))
			return &r->alias_src;
		if (r != NULL && cm_host_eq(&r->packet.dst, h))
			return &r->alias_dst;
	}
	return NULL;
}

void
cm_words_counted_host(struct cm_buf *out, const struct cm_dossier *d, size_t i, const struct cm_host *h,
    const char *many)
{
	static const struct cm_pseudonym none;
	const struct cm_pseudonym *alias;

	if (h->net == 0) {
		cm_buf_add_str(out, many);
		return;
	}
	if (!h->tied) {
		cm_words_host(out, cm_span_of(h->addr, h->net == 6 ? 16 : 4), &none);
		return;
	}
	alias = stand_in(d, &d->traffic[i].body->support, h);
	if (alias == NULL || alias->len == 0)
		cm_buf_add_str(out, "a host that is not shown");
	else
		cm_words_host(out, cm_span_of(NULL, 0), alias);
}

const char *
cm_words_chain(const struct cm_chain_v1 *c)
{
	return c->a > c->before && c->p_milli >= CM_FISHER_RARE ? "A script that made a flood" :
								  "A script that aims at what was flooded";
}

static void
say_flood(struct cm_buf *out, const struct cm_dossier *d, size_t i, const struct cm_traffic_finding *f)
{
	const struct cm_traffic_finding *all = &d->traffic[i].body->claimed;
	const char *many = f->kind == CM_TRAFFIC_HTTP ? "this server" : "many hosts";

	cm_words_number(out, all->packets);
	cm_buf_printf(out, " %s went to ", f->kind == CM_TRAFFIC_HTTP ? "requests" : "packets");
	if (f->http != NULL && f->http->name != NULL && f->http->name[0] != 0)
		cm_buf_printf(out, "%.255s at ", f->http->name);
	cm_words_counted_host(out, d, i, &f->target, many);
	if (f->port != 0)
		cm_buf_printf(out, " port %u", f->port);
	if (f->service != NULL)
		cm_buf_printf(out, ", as answers of %s", f->service);
	cm_buf_add_str(out, ", ");
	cm_words_number(out, all->mean_per_s);
	cm_buf_add_str(out, " a second, ");
	cm_words_number(out, all->peak_per_s);
	cm_buf_add_str(out, " in the fullest one, from about ");
	cm_words_number(out, all->sources);
	cm_buf_printf(out, " source%s.", all->sources == 1 ? "" : "s");
}

static void
say_scan(struct cm_buf *out, const struct cm_dossier *d, size_t i, const struct cm_traffic_finding *f)
{
	const struct cm_traffic_finding *all = &d->traffic[i].body->claimed;

	cm_words_counted_host(out, d, i, &f->source, "several hosts together");
	cm_buf_add_str(out, " tried ");
	cm_words_number(out, all->targets);
	cm_buf_printf(out, " place%s with ", all->targets == 1 ? "" : "s");
	cm_words_number(out, all->packets);
	cm_buf_printf(out, " packets%s.", all->slow ? ", slowly" : "");
}

void
cm_words_traffic(struct cm_buf *out, const struct cm_dossier *d, size_t i, const struct cm_recounted *r)
{
	const struct cm_traffic_v1 *t = d->traffic[i].body;
	const struct cm_traffic_finding *f = r->found != NULL ? r->found : &t->drawn;
	char when[CM_HTML_TIME];

	cm_html_time(t->claimed.from_ns < 0 ? 0 : t->claimed.from_ns, when);
	cm_buf_printf(out, "From %s on, for ", when);
	cm_words_seconds(out, t->claimed.to_ns - t->claimed.from_ns);
	cm_buf_add_str(out, ", ");
	if (t->drawn.verdict == CM_TRAFFIC_SCAN)
		say_scan(out, d, i, f);
	else
		say_flood(out, d, i, f);
	if (r->found == NULL)
		cm_buf_add_str(out, " From the rows shown this does not come out.");
}

void
cm_words_share(struct cm_buf *out, const struct cm_shown_traffic *t)
{
	uint64_t k = t->body->drawn.packets / t->body->thin;
	struct cm_share share;

	cm_words_number(out, k);
	if (t->body->thin == 1) {
		cm_buf_add_str(out, " of the ");
		cm_words_number(out, t->rows);
		cm_buf_add_str(out, " rows in range are of this kind");
		return;
	}
	share = cm_wilson(k < t->drawn ? k : t->drawn, t->drawn);
	cm_buf_add_str(out, " of the drawn rows are of this kind, so of all ");
	cm_words_number(out, t->rows);
	cm_buf_add_str(out, " rows in its range at least ");
	cm_words_ppm(out, share.low_ppm);
	cm_buf_add_str(out, " are (with 95 % confidence)");
}
