#include <string.h>

#include "crypto/sha256.h"
#include "exhibit.h"

#define RECORD "\x01\0\0\0\x02\0\0\0"
#define ETHER "\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0"

/* A pcap of three packets: TCP with options, UDP with padding, ARP. */
static const char capture[] =
    "\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\4\0\x01\0\0\0" RECORD
    "\x4a\0\0\0\x4a\0\0\0" ETHER
    "\x45\0\0\x3c\x12\x34\x40\0\x40\x06\xab\xcd\x0a\0\0\1\xc6\x33\x64\7"
    "\x9c\x40\0\x50\0\0\0\1\0\0\0\2\xa0\x02\x20\0\xbe\xef\0\0"
    "\2\4\5\xb4\1\1\x42\4\xff\xff\x08\x0a\0\0\0\1\0\0\0\2GET " RECORD "\x3c\0\0\0\x3c\0\0\0" ETHER
    "\x45\0\0\x1f\0\1\0\0\x40\x11\xab\xcd\x0a\0\0\2\xc6\x33\x64\7\0\1\0\x35\0\x0b\x22\x22"
    "abc\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" RECORD "\x12\0\0\0\x12\0\0\0"
    "\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\x06\0\1\x08\0";
static const char lines[] = "first\nsecond\n\nlast without its newline";
static const char records[] =
    "{\"a\": 1, \"b\": [2, {}]}\nnot an object\n {\"b\":\"x\",\"c\":null}\n";
static const char blob[] = "a few bytes";

static struct cm_schema
schema_of(enum cm_kind kind)
{
	const struct cm_span names[2] = { cm_span_str("a"), cm_span_str("b") };
	struct cm_schema s = cm_schema_of(kind);

	if (kind == CM_KIND_RECORDS && cm_schema_records(names, 2, &s, NULL) != CM_OK)
		__builtin_trap();
	return s;
}

bool
exhibit_make(unsigned which, struct exhibit *out)
{
	static const struct cm_span files[EXHIBITS] = {
		{ (const uint8_t *)capture, sizeof(capture) - 1 },
		{ (const uint8_t *)lines, sizeof(lines) - 1 },
		{ (const uint8_t *)records, sizeof(records) - 1 },
		{ (const uint8_t *)blob, sizeof(blob) - 1 },
	};
	struct cm_cut_rows *rows;
	uint8_t hash[CM_HASH_LEN];
	enum cm_result rc;

	memset(out, 0, sizeof(*out));
	out->schema = schema_of((enum cm_kind)which);
	out->file = files[which];
	memset(out->secret.x, 0x11, sizeof(out->secret.x));
	memset(out->secret.s, 0x22, sizeof(out->secret.s));
	if (cm_cut_rows_new(
		&out->schema, cm_source_of_memory(&out->file), "exhibit", &rows, NULL) != CM_OK)
		return false;
	rc = cm_table_commit(
	    &out->schema, &out->secret, cm_cut_rows_source(rows), NULL, &out->seal, NULL);
	cm_cut_rows_free(rows);
	cm_sha256(out->file.ptr, out->file.len, hash);
	out->seal.has_file = true;
	cm_table_file(&out->secret, hash, out->seal.file);
	memset(out->seal.statement, 0x33, CM_HASH_LEN);
	return rc == CM_OK;
}
