#include "capture/record.h"
#include "seal/packet_form.h"

enum { PCAP_HEAD = 16, EPB_HEAD = 28, EPB_TYPE = 6, EPB_MIN = 32 };

static bool
is_big_endian(uint8_t form)
{
	return form == CM_FORM_PCAP_BE || form == CM_FORM_PCAPNG_BE;
}

static bool
is_pcapng(uint8_t form)
{
	return form == CM_FORM_PCAPNG_LE || form == CM_FORM_PCAPNG_BE;
}

static uint32_t
get32(const struct cm_packet_form *f, const uint8_t *p)
{
	return is_big_endian(f->form) ? cm_get32(p) : cm_get32le(p);
}

static uint32_t
pad4(uint32_t len)
{
	return (len + 3) & ~(uint32_t)3;
}

static bool
frame_pcapng(struct cm_packet_form *f, const uint8_t *head, size_t len)
{
	uint32_t end;

	if (len < EPB_HEAD || get32(f, head) != EPB_TYPE)
		return false;
	f->row_len = get32(f, head + 4);
	f->cap_len = get32(f, head + 20);
	f->data_at = EPB_HEAD;
	if (f->row_len < EPB_MIN || f->row_len % 4 != 0 || f->row_len > CM_PACKET_ROW_MAX ||
	    f->cap_len > f->row_len - EPB_MIN)
		return false;
	end = EPB_HEAD + pad4(f->cap_len);
	f->options_at = end;
	f->options_len = f->row_len - 4 - end;
	return true;
}

bool
cm_packet_frame_of(struct cm_packet_form *f, const uint8_t *head, size_t len)
{
	if (is_pcapng(f->form))
		return frame_pcapng(f, head, len);
	if (len < PCAP_HEAD)
		return false;
	f->cap_len = get32(f, head + 8);
	if (f->cap_len > CM_PACKET_ROW_MAX - PCAP_HEAD)
		return false;
	f->row_len = f->cap_len + PCAP_HEAD;
	f->data_at = PCAP_HEAD;
	f->options_at = f->row_len;
	f->options_len = 0;
	return true;
}

static bool
is_time_of_pcap(const struct cm_packet_form *f)
{
	return (f->tsresol == 6 || f->tsresol == 9) && f->tsoffset == 0;
}

/* The payload lies inside the captured bytes, and the block is all the rest. */
static bool
payload_fits(struct cm_packet_form *f)
{
	if (f->block.len > f->row_len)
		return false;
	f->payload_len = f->row_len - (uint32_t)f->block.len;
	return f->cut >= f->data_at && f->cut - f->data_at <= f->cap_len &&
	       f->payload_len <= f->cap_len - (f->cut - f->data_at);
}

enum cm_result
cm_packet_form_read(struct cm_span headers, struct cm_packet_form *out, struct cm_err *err)
{
	struct cm_cursor c = cm_cursor_of(headers);
	struct cm_packet_form f = { 0 };
	uint8_t kind = cm_cursor_u8(&c);

	f.form = cm_cursor_u8(&c);
	f.tsresol = cm_cursor_u8(&c);
	f.linktype = cm_cursor_u16(&c);
	f.tsoffset = cm_cursor_u64(&c);
	f.cut = cm_cursor_u32(&c);
	f.block = cm_cursor_take(&c, cm_cursor_left(&c));
	if (c.bad || kind != 0x01 || f.form > CM_FORM_PCAPNG_BE)
		return cm_err_set(
		    err, CM_E_REFUSED, "`headers` is not of the form that FORMATS 1.2 gives it");
	if (!is_pcapng(f.form) && !is_time_of_pcap(&f))
		return cm_err_set(err, CM_E_REFUSED,
		    "`headers` gives a pcap record a time resolution that pcap does not have");
	if (!cm_packet_frame_of(&f, f.block.ptr, f.block.len))
		return cm_err_set(
		    err, CM_E_REFUSED, "the block in `headers` does not frame as a packet");
	if (!payload_fits(&f))
		return cm_err_set(
		    err, CM_E_REFUSED, "the payload does not fit where `headers` cuts it");
	if (is_pcapng(f.form) && get32(&f, f.block.ptr + f.block.len - 4) != f.row_len)
		return cm_err_set(
		    err, CM_E_REFUSED, "the two lengths of the block in `headers` differ");
	*out = f;
	return CM_OK;
}

enum cm_result
cm_packet_layers(
    const struct cm_packet_form *f, struct cm_span data, struct cm_layers *out, struct cm_err *err)
{
	uint32_t at = f->cut - f->data_at, end = f->cap_len;
	struct cm_layers l;

	cm_layers_walk(cm_span_part(data, 0, at), f->linktype, &l);
	if (l.net != 0 && l.length_known && l.datagram_end < end)
		end = l.datagram_end;
	if (l.payload_at != at || end < at || end - at != f->payload_len)
		return cm_err_set(err, CM_E_REFUSED, "`headers` is not cut where its headers end");
	l.payload_end = end;
	if (l.net != 0 && !l.length_known)
		l.datagram_end = f->cap_len;
	*out = l;
	return CM_OK;
}
