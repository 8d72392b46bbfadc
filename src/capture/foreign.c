#include <string.h>

#include "capture/foreign.h"

struct magic {
	const char *format; /* for a person */
	const char *tool;   /* NULL: editcap; else the command that unpacks it */
	uint8_t len;
	char bytes[17];
};

static const struct magic magics[] = {
	{ "a Sun snoop capture", NULL, 8, "snoop\0\0\0" },
	{ "a btsnoop capture", NULL, 8, "btsnoop\0" },
	{ "a Microsoft Network Monitor 1 capture", NULL, 4, "RTSS" },
	{ "a Microsoft Network Monitor 2 capture", NULL, 4, "GMBU" },
	{ "a NetXRay or Windows Sniffer capture", NULL, 4, "XCP\0" },
	{ "a DOS Sniffer capture", NULL, 16, "TRSNIFF data    " },
	{ "an AIX iptrace capture", NULL, 9, "iptrace 1" },
	{ "an AIX iptrace capture", NULL, 9, "iptrace 2" },
	{ "a Network Instruments Observer capture", NULL, 16, "ObserverPktBuffe" },
	{ "a Visual Networks capture", NULL, 4, "\005VNF" },
	{ "a Tektronix K12 capture", NULL, 8, "\0\0\002\0\022\005\0\020" },
	{ "an Accellent 5Views capture", NULL, 4, "\252\252\252\252" },
	{ "a modified pcap capture (Kuznetzov)", NULL, 4, "\241\262\315\064" },
	{ "a modified pcap capture (Kuznetzov)", NULL, 4, "\064\315\262\241" },
	{ "a Novell LANalyzer capture", NULL, 4, "\001\020\114\0" },
	{ "an HP-UX nettl capture", NULL, 4, "\124\122\0\144" },
	{ "an IXIA pcap capture", NULL, 4, "\034\0\001\253" },
	{ "an IXIA pcap capture", NULL, 4, "\253\001\0\034" },
	{ "an IXIA pcap capture", NULL, 4, "\034\0\001\254" },
	{ "an IXIA pcap capture", NULL, 4, "\254\001\0\034" },
	{ "compressed by xz", "xz -dk", 6, "\3757zXZ\0" },
	{ "compressed by bzip2", "bzip2 -dk", 3, "BZh" },
	{ "compressed by lz4", "lz4 -dk", 4, "\004\"M\030" },
	{ "a ZIP archive", "unzip", 4, "PK\003\004" },
	{ "a 7-Zip archive", "7z x", 6, "7z\274\257\047\034" },
};

enum { ERF_META = 27, ERF_TYPES = 48 };

/* A record that describes the ones to come may have no time. */
static bool
is_erf_record(const uint8_t *p, uint32_t last)
{
	uint32_t seconds = cm_get32le(p + 4);
	uint8_t type = p[8] & 0x7f;
	uint16_t len = cm_get16(p + 10);

	if (type == ERF_META)
		return len >= 24 && len % 8 == 0 && cm_get16(p + 14) <= len;
	if (type == 0 || type > ERF_TYPES || len < 16)
		return false;
	return seconds >= 0x20000000 && seconds >= last && (last == 0 || seconds - last < 7 * 86400);
}

/* ERF has no magic.  Its records have a little-endian time (seconds in the high
 * word), type, flags, length: three of them in a row that agree are an ERF file. */
static bool
is_erf(struct cm_span head)
{
	uint32_t last = 0;
	size_t at = 0;
	int n = 0;

	while (n < 3 && head.len - at >= 16) {
		const uint8_t *p = head.ptr + at;
		uint16_t len = cm_get16(p + 10);

		if (!is_erf_record(p, last))
			return false;
		if ((p[8] & 0x7f) != ERF_META)
			last = cm_get32le(p + 4);
		n++;
		if (len > head.len - at)
			return n >= 2 || cm_get16(p + 14) <= len;
		at += len;
	}
	return n >= 3 || (n > 0 && at == head.len);
}

static bool
is_text(struct cm_span head)
{
	for (size_t i = 0; i < head.len; i++) {
		uint8_t c = head.ptr[i];

		if (c == 0x7f || (c < 0x20 && (c < '\t' || c > '\r') && c != 0x1b))
			return false;
	}
	return true;
}

static enum cm_result
refuse_foreign(const struct magic *m, const char *name, struct cm_err *err)
{
	if (m->tool == NULL)
		return cm_err_set(err, CM_E_UNSUPPORTED,
		    "%s, which is not read here; convert it first: editcap -F pcap '%s' '%s.pcap'",
		    m->format, name, name);
	return cm_err_set(err, CM_E_UNSUPPORTED,
	    "%s, which is not unpacked here; unpack it first: %s '%s'", m->format, m->tool, name);
}

enum cm_result
cm_foreign_refuse(struct cm_span head, const char *name, struct cm_err *err)
{
	static const struct magic erf = { "an Endace ERF capture", NULL, 0, "" };

	if (head.len == 0)
		return cm_err_at(err, CM_E_MALFORMED, 0,
		    "a pcap or pcapng capture was expected, the file is empty");
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		const struct magic *m = &magics[i];

		if (head.len >= m->len && memcmp(head.ptr, m->bytes, m->len) == 0)
			return refuse_foreign(m, name, err);
	}
	if (!is_text(head) && is_erf(head)) /* without a magic, a line of a log may look like one */
		return refuse_foreign(&erf, name, err);
	if (is_text(head))
		return cm_err_at(err, CM_E_MALFORMED, 0,
		    "a pcap or pcapng capture was expected, this is text; nothing was read");
	return cm_err_at(err, CM_E_MALFORMED, 0,
	    "a pcap or pcapng capture was expected, the file begins with %02x %02x %02x %02x; "
	    "nothing was read",
	    head.ptr[0], head.len > 1 ? head.ptr[1] : 0, head.len > 2 ? head.ptr[2] : 0,
	    head.len > 3 ? head.ptr[3] : 0);
}
