#include <inttypes.h>

#include "detect/cues.h"
#include "dossier/needs.h"

/* Is a cell of ${reads} shut, in these rows? */
static bool
is_shut(const struct cm_dossier *d, const struct cm_ids *rows, uint8_t reads)
{
	const struct cm_shown_row *r;
	size_t i;

	for (i = 0; i < rows->n; i++) {
		r = cm_dossier_row(d, rows->id[i]);
		if (r == NULL || !r->is_packet || (r->packet.open & reads) != reads)
			return true;
	}
	return false;
}

static bool
ties_across(const struct cm_dossier *d, const struct cm_finding *f)
{
	const struct cm_shown_row *row;
	size_t i;

	if (f->n_seals < 2)
		return false;
	for (i = 0; i < f->support.n; i++) {
		row = cm_dossier_row(d, f->support.id[i]);
		if (row != NULL && (row->packet.src.tied || row->packet.dst.tied))
			return true;
	}
	return false;
}

/* What fixes a host model: without its payload no message of DNS is one. */
static uint8_t
host_reads(const struct cm_finding *f)
{
	return CM_OPEN_HEADERS | CM_OPEN_ADDRESSES | (f->type == CM_INCIDENT_DNS ? CM_OPEN_PAYLOAD : 0);
}

/* What the signs of this finding read, taken together: one may show only where
 * another has led (a race is seen by its bytes, then by its headers). */
static uint8_t
all_reads(const struct cm_finding *f)
{
	uint8_t reads = host_reads(f);
	const struct cm_cue_kind *kind;
	size_t i;

	for (i = 0; i < f->n_cues; i++) {
		kind = cm_cue_kind_find(f->cues[i].name);
		reads |= kind != NULL ? kind->reads : 0;
	}
	return reads;
}

static void
note_part(struct cm_needs *n, uint8_t open, bool host)
{
	bool whole = (open | CM_OPEN_MASK) == CM_OPEN_ALL;

	n->host_parts += host && !whole;
	n->parts += !host && !whole;
	n->unsure += !host && whole && (open & CM_OPEN_MASK) == 0;
}

static void
note_row(struct cm_needs *n, const struct cm_shown_row *row, bool host)
{
	if (row == NULL || !row->has_packet)
		return;
	if (row->packet.fragment)
		note_part(n, row->packet.open, host);
	else
		n->checksums += !host && (row->packet.open & CM_OPEN_MASK) == 0;
}

struct cm_needs
cm_needs_of(const struct cm_dossier *d, const struct cm_finding *f)
{
	struct cm_needs n = { .weighs = f->type != CM_INCIDENT_DNS };
	uint8_t reads = all_reads(f);
	struct cm_ids one = { NULL, 1 };
	size_t i;
	bool host;

	for (i = 0; i < f->n_cues; i++)
		n.hosted |= f->cues[i].rests == CM_RESTS_HOST;
	n.across = ties_across(d, f);
	n.cells = n.flow = n.across;
	for (i = 0; i < f->support.n; i++) {
		one.id = &f->support.id[i];
		host = cm_ids_has(&f->support_host, *one.id);
		n.cells |= is_shut(d, &one, host ? host_reads(f) : reads);
		n.flow |= !host && is_shut(d, &one, CM_OPEN_ALL);
		note_row(&n, cm_dossier_row(d, *one.id), host);
	}
	return n;
}

bool
cm_needs_excuse(const struct cm_needs *n, const struct cm_dossier *d, const struct cm_finding *f,
    const struct cm_finding_cue *c)
{
	/* in its own rows, and in what else it looks at: the support; of what only fixes
	 * a host model the headers */
	return n->cells || n->parts != 0 || (n->hosted && n->host_parts != 0) ||
	    (n->weighs && n->unsure + n->checksums != 0) || is_shut(d, &c->rows, all_reads(f));
}

bool
cm_needs_excuse_rest(const struct cm_needs *n, const struct cm_finding *f,
    const struct cm_incident *in, bool more)
{
	bool parts = n->parts + n->host_parts != 0;

	/* bits follow from the signs, and the verdict, too, but for other traffic of the host, or
	 * in a capture with many bad checksums; the rest may hang on what is shut */
	if (!n->flow && !parts)
		return false;
	return more || (f->bits == in->bits && (f->verdict == in->verdict || parts ||
	    (f->verdict == CM_VERDICT_UNDECIDABLE && n->unsure + n->checksums != 0)));
}

static void
say(struct cm_buf *out, const char **before, uint64_t n, const char *one, const char *many)
{
	if (n == 0)
		return;
	cm_buf_printf(out, "%s%" PRIu64 " %s", *before, n, n == 1 ? one : many);
	*before = ", ";
}

void
cm_needs_say(const struct cm_needs *n, struct cm_buf *out)
{
	const char *before = out->len != 0 ? "; shut in its rows: " : "shut in its rows: ";

	say(out, &before, n->parts, "part of a datagram, which is not put together without it",
	    "parts of datagrams, which are not put together without them");
	say(out, &before, n->host_parts, "part of a datagram of the host's other traffic",
	    "parts of datagrams of the host's other traffic");
	say(out, &before, n->unsure, "checksum of a datagram in parts, which alone says that they belong together",
	    "checksums of datagrams in parts, which alone say that these belong together");
	say(out, &before, n->checksums, "checksum, by which a damaged packet would count for nothing",
	    "checksums, by which a damaged packet would count for nothing");
}
