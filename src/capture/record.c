#include "capture/record.h"

__extension__ typedef unsigned __int128 u128;

/* Nanoseconds of ${ticks} of 10^-n or, the top bit of ${tsresol} set, 2^-n seconds. */
static u128
ticks_to_ns(uint64_t ticks, uint8_t tsresol)
{
	unsigned n = tsresol & 0x7f;
	u128 ns = ticks;

	if (tsresol == 6)
		return ns * 1000;
	if (tsresol == 9)
		return ns;
	if (tsresol & 0x80)
		return n >= 96 ? 0 : ns * 1000000000 >> n;
	for (; n < 9; n++)
		ns *= 10;
	for (; n > 9 && ns != 0; n--)
		ns /= 10;
	return ns;
}

int64_t
cm_record_time(uint64_t ticks, uint8_t tsresol, uint64_t tsoffset)
{
	u128 ns = ticks_to_ns(ticks, tsresol);
	bool before = tsoffset >> 63;
	u128 offset = before ? 0 - tsoffset : tsoffset;

	/* ns < 2^95 and offset < 2^95: neither sum nor difference wraps. */
	offset *= 1000000000;
	if (!before)
		ns += offset;
	if (!before || ns >= offset) {
		ns -= before ? offset : 0;
		return ns > CM_RECORD_TIME_MAX ? CM_RECORD_TIME_MAX : (int64_t)ns;
	}
	ns = offset - ns;
	return ns > CM_RECORD_TIME_MAX ? -CM_RECORD_TIME_MAX : -(int64_t)ns;
}
