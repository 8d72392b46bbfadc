#include <stdlib.h>

#include "capture/reader_state.h"

enum block_type {
	BLOCK_IDB = 1,
	BLOCK_OPB = 2, /* obsolete Packet Block */
	BLOCK_SPB = 3,
	BLOCK_EPB = 6,
	BLOCK_JOURNAL = 9,	  /* systemd's */
	BLOCK_SYSDIG = 0x204, /* events of system calls, in three forms */
	BLOCK_SYSDIG_2 = 0x208,
	BLOCK_SYSDIG_LARGE = 0x216,
	BLOCK_CUSTOM = 0xbad,
	BLOCK_CUSTOM_STAYS = 0x40000bad,
	BLOCK_SHB = 0x0a0d0d0a
};

enum { OPT_END = 0, OPT_COMMENT = 1, OPT_TSRESOL = 9, OPT_TSOFFSET = 14 };
enum { IFACES_MAX = 65536 };

static const char cut_block[] = "the file ends inside a block";
static const char bad_length[] = "the block's length is no multiple of 4, or below 12";
static const char bad_magic[] = "a section header without byte-order magic";
static const char lengths_differ[] = "the block's two lengths differ";
static const char too_long[] = "the block is longer than 262,144 bytes";
static const char no_fit[] = "the captured length does not fit the block";
static const char no_iface[] = "the packet names an interface that is not described";

/* One option of a block's list: code, length, value padded to 4 bytes. */
struct option {
	uint16_t code;
	struct cm_span value;
};

/* Takes the next option off ${c}; false at the end of the list, or of its sense. */
static bool
next_option(const struct cm_reader *r, struct cm_cursor *c, struct option *out)
{
	struct cm_span head = cm_cursor_take(c, 4);
	uint16_t len;

	if (c->bad)
		return false;
	out->code = cm_reader_u16(r, head.ptr);
	len = cm_reader_u16(r, head.ptr + 2);
	if (out->code == OPT_END)
		return false;
	out->value = cm_cursor_take(c, len);
	if (c->bad)
		return false;
	cm_cursor_take(c, -(size_t)len & 3);
	return true;
}

static uint64_t
read_u64(const struct cm_reader *r, const uint8_t *p)
{
	uint64_t first = cm_reader_u32(r, p), second = cm_reader_u32(r, p + 4);

	return r->big_endian ? first << 32 | second : second << 32 | first;
}

static void
read_iface_options(const struct cm_reader *r, struct cm_span list, struct cm_iface *out)
{
	struct cm_cursor c = cm_cursor_of(list);
	bool has_resol = false, has_offset = false;
	struct option o;

	while (next_option(r, &c, &o)) {
		if (o.code == OPT_TSRESOL && o.value.len == 1 && !has_resol) {
			out->tsresol = o.value.ptr[0];
			has_resol = true;
		}
		if (o.code == OPT_TSOFFSET && o.value.len == 8 && !has_offset) {
			out->tsoffset = read_u64(r, o.value.ptr);
			has_offset = true;
		}
	}
}

static struct cm_span
read_comment(const struct cm_reader *r, struct cm_span list)
{
	struct cm_cursor c = cm_cursor_of(list);
	struct option o;

	while (next_option(r, &c, &o))
		if (o.code == OPT_COMMENT)
			return o.value;
	return cm_span_of(NULL, 0);
}

/* Gives the next interface number to ${iface}. */
static enum cm_result
add_iface(struct cm_reader *r, struct cm_iface iface, struct cm_err *err)
{
	struct cm_iface *more;
	uint32_t max;

	if (r->n_ifaces == IFACES_MAX)
		return CM_OK;
	if (r->n_ifaces == r->max_ifaces) {
		max = r->max_ifaces == 0 ? 8 : r->max_ifaces * 2;
		more = realloc(r->ifaces, max * sizeof(*more));
		if (more == NULL)
			return cm_err_set(err, CM_E_NOMEM, "out of memory for pcapng interfaces");
		r->ifaces = more;
		r->max_ifaces = max;
	}
	r->ifaces[r->n_ifaces++] = iface;
	return CM_OK;
}

static enum cm_result
read_idb(struct cm_reader *r, struct cm_span block, struct cm_err *err)
{
	struct cm_iface iface = { .tsresol = 6 };

	if (block.len >= 20) {
		iface.known = true;
		iface.linktype = cm_reader_u16(r, block.ptr + 8);
		iface.snaplen = cm_reader_u32(r, block.ptr + 12);
		read_iface_options(r, cm_span_part(block, 16, block.len - 20), &iface);
	}
	return add_iface(r, iface, err);
}

static const struct cm_iface *
find_iface(const struct cm_reader *r, uint32_t number)
{
	if (number >= r->n_ifaces || !r->ifaces[number].known)
		return NULL;
	return &r->ifaces[number];
}

static void
set_frame(struct cm_reader *r, struct cm_record *out, const struct cm_iface *iface, uint32_t number)
{
	out->frame = ++r->frames;
	out->is_frame = true;
	out->iface = number;
	out->tsresol = iface->tsresol;
	out->linktype = iface->linktype;
	out->tsoffset = iface->tsoffset;
}

/* What is wrong with the packet block whose body has room for ${room} captured bytes. */
static const char *
packet_trouble(const struct cm_iface *iface, uint32_t cap_len, size_t room)
{
	if (cap_len > room)
		return no_fit;
	return iface == NULL ? no_iface : NULL;
}

static void
set_packet(struct cm_reader *r, struct cm_record *out, const struct cm_iface *iface)
{
	const uint8_t *p = out->bytes.ptr;
	size_t options;

	out->has_time = true;
	out->data_at = 28;
	out->cap_len = cm_reader_u32(r, p + 20);
	out->orig_len = cm_reader_u32(r, p + 24);
	out->t_ns = cm_record_time((uint64_t)cm_reader_u32(r, p + 12) << 32 | cm_reader_u32(r, p + 16),
	    iface->tsresol, iface->tsoffset);
	options = 28 + (((size_t)out->cap_len + 3) & ~(size_t)3);
	if (options + 8 <= out->bytes.len)
		out->comment = read_comment(r,
		    cm_span_part(out->bytes, options, out->bytes.len - 4 - options));
}

/* Any block that is no packet of the table: whole rows, or a run of them. */
static enum cm_result
other_block(struct cm_reader *r, struct cm_span block, const char *trouble, struct cm_record *out,
    struct cm_err *err)
{
	if (block.len > CM_OTHER_ROW_MAX)
		return cm_reader_run(r, (struct cm_run) { block.len, 0, trouble }, out, err);
	cm_reader_take(r, block, out);
	out->trouble = trouble;
	return CM_OK;
}

static enum cm_result
enhanced_packet(struct cm_reader *r, struct cm_span block, struct cm_record *out, struct cm_err *err)
{
	const struct cm_iface *iface;
	const char *trouble;
	uint32_t number;

	if (block.len < 32)
		return other_block(r, block, no_fit, out, err);
	number = cm_reader_u32(r, block.ptr + 8);
	iface = find_iface(r, number);
	trouble = packet_trouble(iface, cm_reader_u32(r, block.ptr + 20), block.len - 32);
	if (trouble != NULL)
		return other_block(r, block, trouble, out, err);
	cm_reader_take(r, block, out);
	set_frame(r, out, iface, number);
	set_packet(r, out, iface);
	out->cut = true;
	return CM_OK;
}

/* A block of several rows: captured bytes beyond the first row are not looked at. */
static void
clip_to_row(struct cm_record *out)
{
	if (out->cap_len > out->bytes.len - out->data_at)
		out->cap_len = (uint32_t)out->bytes.len - out->data_at;
}

/* A frame for people, no packet for the table. */
static enum cm_result
obsolete_packet(struct cm_reader *r, struct cm_span block, struct cm_record *out, struct cm_err *err)
{
	const struct cm_iface *iface;
	const char *trouble;
	uint16_t number;
	enum cm_result rc;

	if (block.len < 32)
		return other_block(r, block, no_fit, out, err);
	number = cm_reader_u16(r, block.ptr + 8);
	iface = find_iface(r, number);
	trouble = packet_trouble(iface, cm_reader_u32(r, block.ptr + 20), block.len - 32);
	rc = other_block(r, block, trouble, out, err);
	if (rc != CM_OK || trouble != NULL)
		return rc;
	set_frame(r, out, iface, number);
	set_packet(r, out, iface);
	clip_to_row(out);
	return CM_OK;
}

static enum cm_result
simple_packet(struct cm_reader *r, struct cm_span block, struct cm_record *out, struct cm_err *err)
{
	const struct cm_iface *iface = find_iface(r, 0);
	const char *trouble = block.len < 16 ? no_fit : packet_trouble(iface, 0, 0);
	enum cm_result rc = other_block(r, block, trouble, out, err);
	uint32_t room;

	if (rc != CM_OK || trouble != NULL)
		return rc;
	set_frame(r, out, iface, 0);
	room = (uint32_t)block.len - 16;
	out->data_at = 12;
	out->orig_len = cm_reader_u32(r, block.ptr + 8);
	out->cap_len = out->orig_len < room ? out->orig_len : room;
	if (iface->snaplen != 0 && iface->snaplen < out->cap_len)
		out->cap_len = iface->snaplen;
	clip_to_row(out);
	return CM_OK;
}

/* A new section: its own byte order and interfaces.  False: no byte-order magic. */
static bool
begin_section(struct cm_reader *r, const uint8_t *block)
{
	bool big = cm_get32(block + 8) == 0x1a2b3c4d;

	if (!big && cm_get32le(block + 8) != 0x1a2b3c4d)
		return false;
	r->big_endian = big;
	r->form = big ? CM_FORM_PCAPNG_BE : CM_FORM_PCAPNG_LE;
	r->n_ifaces = 0;
	r->sections++;
	return true;
}

/* Wireshark shows these as frames, and people count as it does. */
static bool
takes_a_number(uint32_t type)
{
	switch (type) {
	case BLOCK_JOURNAL:
	case BLOCK_SYSDIG:
	case BLOCK_SYSDIG_2:
	case BLOCK_SYSDIG_LARGE:
	case BLOCK_CUSTOM:
	case BLOCK_CUSTOM_STAYS:
		return true;
	default:
		return false;
	}
}

/* More than a row may hold and more than we look into: framed by its end. */
static enum cm_result
long_block(struct cm_reader *r, uint32_t type, uint32_t len, struct cm_record *out,
    struct cm_err *err)
{
	bool packet = type == BLOCK_EPB || type == BLOCK_OPB || type == BLOCK_SPB;

	if (type == BLOCK_IDB) {
		enum cm_result rc = add_iface(r, (struct cm_iface) { 0 }, err);

		if (rc != CM_OK)
			return rc;
	}
	r->frames += takes_a_number(type);
	return cm_reader_run(r, (struct cm_run) { len, len, packet ? too_long : NULL }, out, err);
}

static enum cm_result
next_framed(struct cm_reader *r, uint32_t type, struct cm_span block, struct cm_record *out,
    struct cm_err *err)
{
	enum cm_result rc;

	switch (type) {
	case BLOCK_EPB:
		return enhanced_packet(r, block, out, err);
	case BLOCK_SPB:
		return simple_packet(r, block, out, err);
	case BLOCK_OPB:
		return obsolete_packet(r, block, out, err);
	case BLOCK_IDB:
		rc = read_idb(r, block, err);
		if (rc != CM_OK)
			return rc;
		return other_block(r, block, NULL, out, err);
	default:
		r->frames += takes_a_number(type);
		return other_block(r, block, NULL, out, err);
	}
}

static enum cm_result
no_frame(struct cm_reader *r, const char *trouble, struct cm_record *out, struct cm_err *err)
{
	return cm_reader_run(r, (struct cm_run) { CM_RUN_TO_END, 0, trouble }, out, err);
}

bool
cm_pcapng_ready(const struct cm_reader *r, struct cm_span in)
{
	uint32_t len = cm_reader_u32(r, in.ptr + 4);

	return cm_reader_u32(r, in.ptr) == BLOCK_EPB && len >= 12 && len % 4 == 0 &&
	    len <= in.len && cm_reader_u32(r, in.ptr + len - 4) == len;
}

enum cm_result
cm_pcapng_next(struct cm_reader *r, struct cm_record *out, struct cm_err *err)
{
	struct cm_span in;
	uint32_t type, len;
	enum cm_result rc = cm_reader_peek(r, 12, &in, err);

	if (rc != CM_OK)
		return rc;
	if (in.len == 0)
		return CM_E_NOTFOUND;
	if (in.len < 12)
		return no_frame(r, cut_block, out, err);
	type = cm_reader_u32(r, in.ptr);
	if (type == BLOCK_SHB && !begin_section(r, in.ptr))
		return no_frame(r, bad_magic, out, err);
	len = cm_reader_u32(r, in.ptr + 4);
	if (len < 12 || len % 4 != 0)
		return no_frame(r, bad_length, out, err);
	if (len > CM_PACKET_ROW_MAX)
		return long_block(r, type, len, out, err);
	if (in.len < len) {
		rc = cm_reader_peek(r, len, &in, err);
		if (rc != CM_OK)
			return rc;
	}
	if (in.len < len)
		return no_frame(r, cut_block, out, err);
	if (cm_reader_u32(r, in.ptr + len - 4) != len)
		return no_frame(r, lengths_differ, out, err);
	return next_framed(r, type, cm_span_part(in, 0, len), out, err);
}
