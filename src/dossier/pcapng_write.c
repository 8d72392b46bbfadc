#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "dossier/cited.h"
#include "dossier/pcapng_write.h"
#include "dossier/view.h"

/* draft-ietf-opsawg-pcapng: block and option types used here. */
enum {
	BLOCK_IDB = 1,
	BLOCK_EPB = 6,
	OPT_COMMENT = 1,
	OPT_USERAPPL = 4,
	OPT_TSRESOL = 9,
	OPT_TSOFFSET = 14
};
#define BLOCK_SHB 0x0a0d0d0au

struct iface {
	uint64_t tsoffset;
	uint16_t linktype;
	uint8_t tsresol;
};

/* The interfaces in order of first use; a table finds them, for a file may have as many as
 * it has packets. */
struct writing {
	const struct cm_dossier *d;
	struct cm_buf text; /* of the comment, and of the block: scratch */
	struct cm_buf body, block;
	struct iface *iface;
	size_t n;
	uint32_t *slot; /* number plus 1; 0: free */
	size_t cap;	/* a power of two; room for half as many interfaces */
	struct cm_cited roles; /* as: enum role */
};

enum role { ROLE_FORGED, ROLE_GENUINE, ROLE_SUSPECT, ROLE_N };

static void
put16(struct cm_buf *b, uint16_t v)
{
	cm_buf_add_u8(b, (uint8_t)v);
	cm_buf_add_u8(b, (uint8_t)(v >> 8));
}

static void
put32(struct cm_buf *b, uint32_t v)
{
	put16(b, (uint16_t)v);
	put16(b, (uint16_t)(v >> 16));
}

static void
pad(struct cm_buf *b, size_t len)
{
	for (; len % 4 != 0; len++)
		cm_buf_add_u8(b, 0);
}

static void
put_option(struct cm_buf *b, uint16_t type, struct cm_span value)
{
	put16(b, type);
	put16(b, (uint16_t)value.len);
	cm_buf_add_span(b, value);
	pad(b, value.len);
}

/* Type, both lengths and body; ${body} is a multiple of four. */
static void
put_block(struct cm_buf *b, uint32_t type, const struct cm_buf *body)
{
	put32(b, type);
	put32(b, (uint32_t)(body->len + 12));
	cm_buf_add_span(b, cm_buf_span(body));
	put32(b, (uint32_t)(body->len + 12));
	b->failed |= body->failed;
}

static void
put_section(struct cm_buf *out)
{
	struct cm_buf body = { 0 };

	put32(&body, 0x1a2b3c4du);
	put16(&body, 1);
	put16(&body, 0);
	put32(&body, 0xffffffffu);
	put32(&body, 0xffffffffu);
	put_option(&body, OPT_USERAPPL, cm_span_str("comity"));
	put_option(&body, 0, cm_span_of(NULL, 0));
	put_block(out, BLOCK_SHB, &body);
	cm_buf_release(&body);
}

static void
put_iface(struct cm_buf *out, const struct iface *f)
{
	struct cm_buf body = { 0 };
	uint8_t offset[8];
	int i;

	put16(&body, f->linktype);
	put16(&body, 0);
	put32(&body, 0);
	put_option(&body, OPT_TSRESOL, cm_span_of(&f->tsresol, 1));
	if (f->tsoffset != 0) {
		for (i = 0; i < 8; i++)
			offset[i] = (uint8_t)(f->tsoffset >> (8 * i));
		put_option(&body, OPT_TSOFFSET, cm_span_of(offset, 8));
	}
	put_option(&body, 0, cm_span_of(NULL, 0));
	put_block(out, BLOCK_IDB, &body);
	cm_buf_release(&body);
}

static bool
same_iface(const struct iface *a, const struct iface *b)
{
	return a->tsoffset == b->tsoffset && a->linktype == b->linktype && a->tsresol == b->tsresol;
}

static uint32_t *
find_iface(const struct writing *w, const struct iface *f)
{
	uint64_t h = (f->tsoffset ^ (uint64_t)f->linktype << 48 ^ (uint64_t)f->tsresol << 40) *
		     UINT64_C(0x9e3779b97f4a7c15);
	size_t i = (size_t)(h >> 20) & (w->cap - 1);

	while (w->slot[i] != 0 && !same_iface(&w->iface[w->slot[i] - 1], f))
		i = (i + 1) & (w->cap - 1);
	return &w->slot[i];
}

static CM_RESULT
grow_ifaces(struct writing *w)
{
	size_t cap = w->cap == 0 ? 16 : 2 * w->cap, i;
	struct iface *iface;
	uint32_t *slot;

	if (w->n < w->cap / 2)
		return CM_OK;
	slot = calloc(cap, sizeof(*slot));
	if (slot == NULL)
		return CM_E_NOMEM;
	free(w->slot);
	w->slot = slot;
	iface = realloc(w->iface, cap / 2 * sizeof(*iface));
	if (iface == NULL) {
		w->cap = 0; /* the table is empty, and is not looked at again */
		return CM_E_NOMEM;
	}
	w->iface = iface;
	w->cap = cap;
	for (i = 0; i < w->n; i++)
		*find_iface(w, &w->iface[i]) = (uint32_t)i + 1;
	return CM_OK;
}

/* Number of the interface of ${r}, added if it is new. */
static CM_RESULT
iface_of(struct writing *w, const struct cm_record *r, uint32_t *out)
{
	struct iface f = { r->tsoffset, r->linktype, r->tsresol };
	enum cm_result rc = grow_ifaces(w);
	uint32_t *slot;

	if (rc != CM_OK)
		return rc;
	slot = find_iface(w, &f);
	if (*slot == 0) {
		w->iface[w->n] = f;
		*slot = (uint32_t)++w->n;
	}
	*out = *slot - 1;
	return CM_OK;
}

static void
put_shut(struct cm_buf *b, const struct cm_shown_row *r)
{
	static const char *const name[] = { "headers", "src", "dst", "mask", "payload" };
	bool any = false;
	size_t i;

	for (i = 0; i < CM_CAPTURE_COLUMNS; i++) {
		if (r->cell[i] == CM_CELL_OPEN || r->cell[i] == CM_CELL_NAMED)
			continue;
		cm_buf_printf(b, "%s%s%s", any ? ", " : "; shut: ", name[i],
		    r->cell[i] == CM_CELL_TIED ? " (tied)" : "");
		any = true;
	}
}

static CM_RESULT
note_roles(struct writing *w)
{
	const struct cm_finding *f;
	enum cm_result rc = CM_OK;
	uint32_t i;

	for (i = 0; rc == CM_OK && i < w->d->n_findings; i++) {
		f = w->d->findings[i].body;
		rc = cm_cited_add(&w->roles, &f->forged, i, ROLE_FORGED);
		if (rc == CM_OK)
			rc = cm_cited_add(&w->roles, &f->genuine, i, ROLE_GENUINE);
		if (rc == CM_OK)
			rc = cm_cited_add(&w->roles, &f->suspect, i, ROLE_SUSPECT);
	}
	cm_cited_sort(&w->roles);
	return rc;
}

static void
put_comment(struct writing *w, const struct cm_shown_row *r)
{
	static const char *const word[] = { "; forged", "; genuine", "; suspect" };
	const struct cm_cited_row *of;
	bool is[ROLE_N] = { false };
	struct cm_buf *text = &w->text;
	size_t i, n;

	cm_buf_clear(text);
	cm_buf_printf(text, "row %" PRIu64, r->row);
	n = cm_cited_of(&w->roles, r->packet.id, &of);
	for (i = 0; i < n; i++)
		is[of[i].as] = true;
	for (i = 0; i < ROLE_N; i++) {
		if (is[i])
			cm_buf_add_str(text, word[i]);
	}
	put_shut(text, r);
	put_option(&w->body, OPT_COMMENT, cm_buf_span(text));
	w->body.failed |= text->failed;
}

static void
put_alias(uint8_t *data, size_t len, uint32_t at, const struct cm_pseudonym *alias)
{
	if (alias->len != 0 && at <= len && alias->len <= len - at)
		memcpy(data + at, alias->addr, alias->len);
}

static void
put_pcap_time(struct cm_buf *b, const struct cm_record *r, uint64_t seconds, uint64_t part)
{
	uint64_t units = seconds * (r->tsresol == 9 ? 1000000000u : 1000000u) + part;

	put32(b, (uint32_t)(units >> 32));
	put32(b, (uint32_t)units);
}

/* The row's own units of time: the high and low half as the block has them. */
static void
put_time(struct cm_buf *b, const struct cm_record *r)
{
	const uint8_t *p = r->bytes.ptr;

	switch (r->form) {
	case CM_FORM_PCAPNG_LE:
		put32(b, cm_get32le(p + 12));
		put32(b, cm_get32le(p + 16));
		return;
	case CM_FORM_PCAPNG_BE:
		put32(b, cm_get32(p + 12));
		put32(b, cm_get32(p + 16));
		return;
	case CM_FORM_PCAP_LE:
		put_pcap_time(b, r, cm_get32le(p), cm_get32le(p + 4));
		return;
	default:
		put_pcap_time(b, r, cm_get32(p), cm_get32(p + 4));
	}
}

static CM_RESULT
put_packet(struct writing *w, const struct cm_sink *out, const struct cm_shown_row *r)
{
	const struct cm_record *rec = &r->record;
	struct cm_span data = cm_span_part(rec->bytes, rec->data_at, rec->cap_len);
	struct cm_buf *body = &w->body;
	uint32_t iface = 0;
	size_t at;
	enum cm_result rc = iface_of(w, rec, &iface);

	if (rc != CM_OK)
		return rc;
	cm_buf_clear(body);
	cm_buf_clear(&w->block);
	put32(body, iface);
	put_time(body, rec);
	put32(body, (uint32_t)data.len);
	put32(body, rec->orig_len);
	at = body->len;
	cm_buf_add_span(body, data);
	if (cm_buf_ok(body) && r->addr_len != 0) {
		put_alias(body->ptr + at, data.len, r->src_at - rec->data_at, &r->alias_src);
		put_alias(body->ptr + at, data.len, r->dst_at - rec->data_at, &r->alias_dst);
	}
	pad(body, data.len);
	put_comment(w, r);
	put_option(body, 0, cm_span_of(NULL, 0));
	put_block(&w->block, BLOCK_EPB, body);
	return cm_buf_ok(&w->block) ? cm_sink_write(out, w->block.ptr, w->block.len) : CM_E_NOMEM;
}

/* The file's head: the interfaces of all its packets, which come behind. */
static CM_RESULT
put_head(struct writing *w, const struct cm_shown_exhibit *x, const struct cm_sink *out)
{
	struct cm_view_pass pass = cm_view_begin(x);
	const struct cm_shown_row *row;
	uint32_t ignored;
	enum cm_result rc;
	size_t i;

	while ((rc = cm_view_next(&pass, &row)) == CM_OK) {
		if (row->is_packet && iface_of(w, &row->record, &ignored) != CM_OK)
			return CM_E_NOMEM;
	}
	if (rc != CM_E_NOTFOUND)
		return rc;
	cm_buf_clear(&w->block);
	put_section(&w->block);
	for (i = 0; i < w->n; i++)
		put_iface(&w->block, &w->iface[i]);
	return cm_buf_ok(&w->block) ? cm_sink_write(out, w->block.ptr, w->block.len) : CM_E_NOMEM;
}

static CM_RESULT
put_packets(struct writing *w, const struct cm_shown_exhibit *x, const struct cm_sink *out)
{
	struct cm_view_pass pass = cm_view_begin(x);
	const struct cm_shown_row *row;
	enum cm_result rc;

	while ((rc = cm_view_next(&pass, &row)) == CM_OK) {
		if (row->is_packet)
			rc = put_packet(w, out, row);
		if (rc != CM_OK)
			return rc;
	}
	return rc == CM_E_NOTFOUND ? CM_OK : rc;
}

CM_RESULT
cm_pcapng_write(const struct cm_dossier *d, uint32_t seal, const struct cm_sink *out)
{
	const struct cm_shown_exhibit *x = &d->exhibits[seal];
	struct writing w = { .d = d };
	enum cm_result rc = note_roles(&w);

	if (rc == CM_OK)
		rc = put_head(&w, x, out);
	if (rc == CM_OK)
		rc = put_packets(&w, x, out);
	cm_buf_release(&w.text);
	cm_buf_release(&w.body);
	cm_buf_release(&w.block);
	free(w.iface);
	free(w.slot);
	cm_cited_release(&w.roles);
	return rc;
}
