/* What services answer that others asked to answer somebody else: as their protocols have it, as
 * long as such answers are. */
#include "raw.h"

#include <stdio.h>
#include <string.h>

static size_t
put_text(uint8_t *out, const char *text)
{
	size_t n = strlen(text);

	memcpy(out, text, n);
	return n;
}

/* ANY of a name with long TXT records: about 3,400 bytes, so in three pieces (RFC 1035). */
static size_t
dns(struct gen_rng *r, uint8_t *out)
{
	static const uint8_t head[] = { 0, 0, 0x81, 0x80, 0, 1, 0, 13, 0, 0, 0, 1, 3, 'b', 'i', 'g',
		7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0, 0, 255, 0, 1 };
	static const uint8_t edns[] = { 0, 0, 41, 0x10, 0, 0, 0, 0, 0, 0, 0 };
	size_t at = sizeof(head);

	memcpy(out, head, sizeof(head));
	cm_put16(out, gen_rng_u16(r));
	for (uint32_t i = 0; i < 13; i++) {
		static const uint8_t rr[] = { 0xc0, 0x0c, 0, 16, 0, 1, 0, 0, 14, 16, 0, 249, 248 };

		memcpy(out + at, rr, sizeof(rr));
		at += sizeof(rr);
		for (uint32_t k = 0; k < 248; k++)
			out[at++] = (uint8_t)('A' + (i * 7 + k * 5) % 26);
	}
	memcpy(out + at, edns, sizeof(edns));
	return at + sizeof(edns);
}

/* Mode 7, MON_GETLIST_1: six items of 72 bytes. */
static size_t
ntp(struct gen_rng *r, uint8_t *out)
{
	static const uint8_t head[] = { 0xd7, 0, 3, 42, 0, 6, 0, 72 };
	size_t at = sizeof(head);

	memcpy(out, head, sizeof(head));
	out[1] = (uint8_t)(0x80 | gen_rng_below(r, 100));
	for (uint32_t i = 0; i < 6; i++, at += 72) {
		memset(out + at, 0, 72);
		cm_put32(out + at, gen_rng_below(r, 90000));
		cm_put32(out + at + 12, gen_rng_below(r, 9000));
		cm_put32(out + at + 16, 0xc6336400u + gen_rng_below(r, 250));
		cm_put32(out + at + 28, 123);
	}
	return at;
}

static size_t
ssdp(struct gen_rng *r, uint8_t *out)
{
	char text[512];

	snprintf(text, sizeof(text),
	    "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nST: upnp:rootdevice\r\n"
	    "USN: uuid:%08x-1dd2-11b2-a105-000000000000::upnp:rootdevice\r\nEXT:\r\n"
	    "SERVER: Linux/3.4 UPnP/1.0 device/1.0\r\nLOCATION: "
	    "http://192.0.2.%u:49152/root.xml\r\n\r\n",
	    (unsigned)(gen_rng_next(r) >> 32), gen_rng_below(r, 250));
	return put_text(out, text);
}

/* GetResponse of a GetBulk: version 2c, community public, one long OCTET STRING (RFC 3416). */
static size_t
snmp(struct gen_rng *r, uint8_t *out)
{
	static const uint8_t head[] = { 0x30, 0x82, 0x04, 0xda, 0x02, 1, 1, 0x04, 6, 'p', 'u', 'b',
		'l', 'i', 'c', 0xa2, 0x82, 0x04, 0xcb, 0x02, 4, 0, 0, 0, 0, 0x02, 1, 0, 0x02, 1, 0,
		0x30, 0x82, 0x04, 0xbb, 0x30, 0x82, 0x04, 0xb7, 0x06, 8, 0x2b, 6, 1, 2, 1, 1, 1, 0,
		0x04, 0x82, 0x04, 0xa9 };
	size_t at = sizeof(head);

	memcpy(out, head, sizeof(head));
	cm_put32(out + 21, (uint32_t)(gen_rng_next(r) >> 33));
	for (uint32_t i = 0; i < 0x4a9; i++)
		out[at++] = (uint8_t)(' ' + i % 90);
	return at;
}

/* searchResEntry of the root, with one long attribute (RFC 4511). */
static size_t
cldap(struct gen_rng *r, uint8_t *out)
{
	static const uint8_t head[] = { 0x30, 0x82, 0, 0, 0x02, 1, 7, 0x64, 0x82, 0, 0, 0x04, 0,
		0x30, 0x82, 0, 0, 0x30, 0x82, 0, 0, 0x04, 4, 'n', 'a', 'm', 'e', 0x31, 0x82, 0, 0,
		0x04, 0x82, 0, 0 };
	static const uint8_t lengths[] = { 2, 9, 15, 19, 29, 33 }; /* where they stand */
	static const char item[] = "CN=Aggregate,CN=Schema,DC=example,DC=org ";
	size_t at = sizeof(head);

	memcpy(out, head, sizeof(head));
	out[6] = (uint8_t)gen_rng_range(r, 1, 120);
	while (at < 1380)
		at += put_text(out + at, item);
	for (size_t i = 0; i < sizeof(lengths); i++)
		cm_put16(out + lengths[i], (uint16_t)(at - lengths[i] - 2));
	return at;
}

/* Frame header of the UDP protocol, then a value. */
static size_t
memcached(struct gen_rng *r, uint8_t *out)
{
	size_t at;

	cm_put16(out, gen_rng_u16(r));
	cm_put16(out + 2, (uint16_t)gen_rng_below(r, 700));
	cm_put16(out + 4, 700);
	cm_put16(out + 6, 0);
	at = 8 + put_text(out + 8, "VALUE a 0 1000000\r\n");
	memset(out + at, 'a', 1400 - at);
	return 1400;
}

static size_t
chargen(struct gen_rng *r, uint8_t *out)
{
	size_t at = 0;
	uint32_t from = gen_rng_below(r, 95);

	for (uint32_t line = 0; line < 14; line++) {
		for (uint32_t k = 0; k < 72; k++)
			out[at++] = (uint8_t)(' ' + (from + line + k) % 95);
		out[at++] = '\r';
		out[at++] = '\n';
	}
	return at;
}

/* Main mode, SA and vendor ids (RFC 2408). */
static size_t
isakmp(struct gen_rng *r, uint8_t *out)
{
	static const uint8_t sa[] = { 13, 0, 0, 56, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 44, 1, 1, 0, 1,
		0, 0, 0, 36, 1, 1, 0, 0 }; /* one proposal, one transform, seven attributes */

	memset(out, 0, 372);
	gen_rng_fill(r, out, 16);
	out[16] = 1;
	out[17] = 0x10;
	out[18] = 2;
	cm_put32(out + 24, 372);
	memcpy(out + 28, sa, sizeof(sa));
	for (size_t i = 0; i < 7; i++)
		cm_put32(out + 56 + 4 * i, 0x80010001u + (uint32_t)i * 0x10000u);
	for (size_t at = 84; at < 372; at += 24) {
		out[at] = at + 24 < 372 ? 13 : 0;
		cm_put16(out + at + 2, 24);
		gen_rng_fill(r, out + at + 4, 16);
	}
	return 372;
}

static size_t
ws_discovery(struct gen_rng *r, uint8_t *out)
{
	char text[1400];

	snprintf(text, sizeof(text),
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><SOAP-ENV:Envelope "
	    "xmlns:SOAP-ENV=\"http://www.w3.org/2003/05/soap-envelope\" "
	    "xmlns:wsa=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" "
	    "xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\"><SOAP-ENV:Header>"
	    "<wsa:MessageID>uuid:%08x-0000-1000-8000-000000000000</wsa:MessageID>"
	    "<wsa:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</wsa:Action>"
	    "</SOAP-ENV:Header><SOAP-ENV:Body><d:ProbeMatches><d:ProbeMatch>"
	    "<d:XAddrs>http://192.0.2.%u/onvif/device_service</d:XAddrs>"
	    "</d:ProbeMatch></d:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>",
	    (unsigned)(gen_rng_next(r) >> 32), gen_rng_below(r, 250));
	return put_text(out, text);
}

/* The discovery of video recorders: 32 bytes, then JSON. */
static size_t
recorder(struct gen_rng *r, uint8_t *out)
{
	char text[700];
	size_t n;

	snprintf(text, sizeof(text),
	    "{\"mac\":\"02:00:5e:%02x:%02x:%02x\",\"method\":\"client.notifyDevInfo\",\"params\":"
	    "{\"deviceInfo\":{\"AlarmInputChannels\":4,\"DeviceClass\":\"HCVR\",\"DeviceType\":"
	    "\"HCVR\",\"HttpPort\":80,\"IPv4Address\":{\"DefaultGateway\":\"192.0.2.1\","
	    "\"DhcpEnable\":"
	    "false,\"IPAddress\":\"192.0.2.%u\",\"SubnetMask\":\"255.255.255.0\"},\"MachineName\":"
	    "\"recorder\",\"Manufacturer\":\"General\",\"Port\":37777,\"Version\":\"3.2.0.0\"}}}\n",
	    gen_rng_below(r, 256), gen_rng_below(r, 256), gen_rng_below(r, 256),
	    gen_rng_below(r, 250));
	memset(out, 0, 32);
	out[0] = 0x20;
	memcpy(out + 4, "DHIP", 4);
	n = put_text(out + 32, text);
	out[16] = (uint8_t)n;
	out[17] = (uint8_t)(n >> 8);
	return 32 + n;
}

const struct gen_amplifier gen_amplifiers[] = {
	{ "amp-dns", "DNS", 53, dns },
	{ "amp-ntp", "NTP", 123, ntp },
	{ "amp-ssdp", "SSDP", 1900, ssdp },
	{ "amp-snmp", "SNMP", 161, snmp },
	{ "amp-cldap", "CLDAP", 389, cldap },
	{ "amp-memcached", "memcached", 11211, memcached },
	{ "amp-chargen", "chargen", 19, chargen },
	{ "amp-isakmp", "ISAKMP", 500, isakmp },
	{ "amp-wsd", "WS-Discovery", 3702, ws_discovery },
	{ "amp-recorder", "DVR", 37810, recorder },
	{ NULL, NULL, 0, NULL },
};
