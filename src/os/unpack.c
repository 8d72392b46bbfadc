#include <stdlib.h>

#include <zlib.h>
#include <zstd.h>

#include "os/stream.h"
#include "os/unpack.h"

/* Of the packed file, looked at in one go. */
#define WINDOW ((size_t)256 << 10)
#define ZSTD_WINDOW_LOG 27

struct cm_unpack {
	struct cm_source packed;
	uint64_t at;	 /* in the packed file */
	uint64_t output; /* bytes unpacked so far */
	enum cm_packing how;
	bool ended;
	bool between; /* members: the next byte would begin one */
	z_stream z;
	ZSTD_DStream *zstd;
	struct cm_stream stream;
	struct cm_err damage;
};

enum cm_packing
cm_packing_of(struct cm_span head)
{
	if (head.len >= 3 && head.ptr[0] == 0x1f && head.ptr[1] == 0x8b && head.ptr[2] == 8)
		return CM_PACKING_GZIP;
	if (head.len >= 4 && cm_get32le(head.ptr) == ZSTD_MAGICNUMBER)
		return CM_PACKING_ZSTD;
	return CM_PACKING_NONE;
}

const char *
cm_packing_word(enum cm_packing p)
{
	switch (p) {
	case CM_PACKING_GZIP:
		return "gzip";
	case CM_PACKING_ZSTD:
		return "zstd";
	default:
		return "none";
	}
}

/* The file ends here for the reader; what was expected is said once. */
static void
end_damaged(struct cm_unpack *u, const char *expected, const char *found)
{
	u->ended = true;
	(void)cm_err_at(&u->damage, CM_E_MALFORMED, u->at,
	    "in the %s file: expected %s, %s; the %llu bytes unpacked before are used, the rest is lost",
	    cm_packing_word(u->how), expected, found, (unsigned long long)u->output);
}

static bool
all_zero(struct cm_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] != 0)
			return false;
	return true;
}

/* One step of inflate.  Sets how much of ${in} was used and of ${to} written. */
static void
step_gzip(struct cm_unpack *u, struct cm_span in, uint8_t *to, size_t room, size_t *used,
    size_t *got)
{
	int rc;

	if (u->between && !(in.ptr[0] == 0x1f && (in.len < 2 || in.ptr[1] == 0x8b))) {
		/* gzip(1) pads tapes with zeros, and so do we let it. */
		*used = in.len;
		if (!all_zero(in))
			end_damaged(u, "another gzip member or the end", "found something else");
		return;
	}
	u->between = false;
	u->z.next_in = (Bytef *)(uintptr_t)in.ptr;
	u->z.avail_in = (uInt)in.len;
	u->z.next_out = to;
	u->z.avail_out = (uInt)room;
	rc = inflate(&u->z, Z_NO_FLUSH);
	*used = in.len - u->z.avail_in;
	*got = room - u->z.avail_out;
	if (rc == Z_STREAM_END) {
		u->between = true;
		rc = inflateReset(&u->z);
	}
	if (rc == Z_OK || (rc == Z_BUF_ERROR && (*used > 0 || *got > 0)))
		return;
	u->at += *used;
	u->output += *got;
	end_damaged(u, "deflate data", u->z.msg == NULL ? "found none" : u->z.msg);
	u->at -= *used;
	u->output -= *got;
}

static void
step_zstd(struct cm_unpack *u, struct cm_span in, uint8_t *to, size_t room, size_t *used,
    size_t *got)
{
	ZSTD_inBuffer i = { in.ptr, in.len, 0 };
	ZSTD_outBuffer o = { to, room, 0 };
	size_t rc = ZSTD_decompressStream(u->zstd, &o, &i);

	*used = i.pos;
	*got = o.pos;
	u->between = rc == 0;
	if (ZSTD_isError(rc))
		end_damaged(u, "a zstd frame", ZSTD_getErrorName(rc));
}

static enum cm_result
more(void *arg, uint8_t *to, size_t room, size_t *got, struct cm_err *err)
{
	struct cm_unpack *u = arg;

	if (room > WINDOW)
		room = WINDOW;
	while (!u->ended && *got == 0) {
		struct cm_span in;
		size_t used = 0;
		enum cm_result rc = u->packed.fill(u->packed.arg, u->at, 2, &in, err);

		if (rc != CM_OK)
			return rc;
		if (in.len == 0) {
			if (!u->between)
				end_damaged(u, "more packed data", "the file ends");
			u->ended = true;
			return CM_OK;
		}
		in = cm_span_part(in, 0, WINDOW);
		if (u->how == CM_PACKING_GZIP)
			step_gzip(u, in, to, room, &used, got);
		else
			step_zstd(u, in, to, room, &used, got);
		u->at += used;
		u->output += *got;
	}
	return CM_OK;
}

static bool
begin(struct cm_unpack *u)
{
	if (cm_stream_init(&u->stream, more, u) != CM_OK)
		return false;
	if (u->how == CM_PACKING_GZIP)
		return inflateInit2(&u->z, 15 + 16) == Z_OK;
	u->zstd = ZSTD_createDStream();
	return u->zstd != NULL &&
	    !ZSTD_isError(ZSTD_DCtx_setParameter(u->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG));
}

enum cm_result
cm_unpack_new(struct cm_source packed, enum cm_packing how, struct cm_unpack **out,
    struct cm_err *err)
{
	struct cm_unpack *u = calloc(1, sizeof(*u));

	if (u == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	u->packed = packed;
	u->how = how;
	if (!begin(u)) {
		cm_unpack_free(u);
		return cm_err_set(err, CM_E_NOMEM, "out of memory for unpacking");
	}
	*out = u;
	return CM_OK;
}

void
cm_unpack_free(struct cm_unpack *u)
{
	if (u == NULL)
		return;
	if (u->how == CM_PACKING_GZIP)
		inflateEnd(&u->z);
	ZSTD_freeDStream(u->zstd);
	cm_stream_fini(&u->stream);
	free(u);
}

struct cm_source
cm_unpack_source(struct cm_unpack *u)
{
	struct cm_source s = cm_stream_source(&u->stream);

	s.damage = &u->damage;
	return s;
}
