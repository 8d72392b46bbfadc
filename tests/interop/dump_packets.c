/* What reader and decoder see of a capture, one line a frame, tabs between, for
 * tests/interop/test_tshark.py: number, link type, time (ns), IP version, TTL, IPID,
 * protocol, ports, seq, flags, window, payload length, checksum state, bytes of the
 * datagram beyond the end of the frame. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "capture/decode.h"
#include "capture/reader.h"

static bool
slurp(const char *path, struct cm_span *out)
{
	FILE *f = fopen(path, "rb");
	uint8_t *p = NULL;
	long len;

	if (f == NULL)
		return false;
	if (fseek(f, 0, SEEK_END) == 0 && (len = ftell(f)) >= 0 && fseek(f, 0, SEEK_SET) == 0) {
		p = malloc((size_t)len + 1);
		if (p != NULL && fread(p, 1, (size_t)len, f) != (size_t)len) {
			free(p);
			p = NULL;
		}
		*out = cm_span_of(p, (size_t)len);
	}
	fclose(f);
	return p != NULL;
}

static void
print(const struct cm_record *r)
{
	static const char *const words[] = { "unknown", "good", "bad" };
	struct cm_frame f = cm_frame_of(r, 0);
	struct cm_layers l;
	struct cm_packet p;
	enum cm_decoded d = cm_decode(&f, &p, &l);

	printf("%" PRIu64 "\t%u\t%" PRId64 "\t%u\t%u\t%u\t%u\t%d\t%d\t%u\t%u\t%" PRIu32
	       "\t%" PRIu32 "\t%u\t%u\t%" PRIu32 "\t%s\t%u\t%u\t%" PRIu32 "\t%" PRIu32
	       "\t%" PRIu32 "\n",
	    r->frame, r->linktype, r->t_ns, l.net, p.ttl, p.ipid, p.proto, (int)d, p.transport,
	    p.sport, p.dport, p.seq, p.ack, p.flags, p.window, p.payload_len, words[p.checksum],
	    p.mss, p.wscale, p.tsval, p.tsecr,
	    l.datagram_end > r->orig_len ? l.datagram_end - r->orig_len : 0);
}

int
main(int argc, char **argv)
{
	struct cm_span file;
	struct cm_reader *reader;
	struct cm_record record;
	struct cm_err err = { 0 };

	if (argc != 2 || !slurp(argv[1], &file))
		return 2;
	if (cm_reader_new(cm_source_of_memory(&file), argv[1], &reader, &err) != CM_OK) {
		fprintf(stderr, "%s\n", err.text);
		return 4;
	}
	while (cm_reader_next(reader, &record, &err) == CM_OK)
		if (record.is_frame)
			print(&record);
	cm_reader_free(reader);
	free((void *)(uintptr_t)file.ptr);
	return 0;
}
