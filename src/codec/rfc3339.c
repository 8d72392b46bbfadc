#include <stdbool.h>
#include <string.h>

#include "codec/rfc3339.h"

#include "base/time.h"


/* Days from 1970-01-01 to the first of March of ${year}'s count, and back: the year is
 * taken to begin in March, so that the leap day is its last. */
static int64_t
days_of(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = y / 400, of_era = y - era * 400;
	int64_t m = month > 2 ? month - 3 : month + 9;
	int64_t of_year = (153 * m + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static struct cm_date
date_of(int64_t t)
{
	int64_t z = t / CM_TIME_DAY + 719468, s = t % CM_TIME_DAY;
	int64_t era = z / 146097, doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t m = (5 * doy + 2) / 153;
	struct cm_date d = { 0 };

	d.day = (int)(doy - (153 * m + 2) / 5 + 1);
	d.month = (int)(m < 10 ? m + 3 : m - 9);
	d.year = (int)(yoe + era * 400 + (d.month <= 2 ? 1 : 0));
	d.hour = (int)(s / 3600);
	d.minute = (int)(s / 60 % 60);
	d.second = (int)(s % 60);
	return d;
}

static void
put_digits(char *p, int v, int n)
{
	for (int i = n - 1; i >= 0; i--, v /= 10)
		p[i] = (char)('0' + v % 10);
}

void
cm_rfc3339_format(int64_t t, char out[CM_RFC3339_LEN + 1])
{
	struct cm_date d = date_of(t < 0 ? 0 : t > CM_RFC3339_MAX ? CM_RFC3339_MAX : t);

	memcpy(out, "0000-00-00T00:00:00Z", CM_RFC3339_LEN + 1);
	put_digits(out, d.year, 4);
	put_digits(out + 5, d.month, 2);
	put_digits(out + 8, d.day, 2);
	put_digits(out + 11, d.hour, 2);
	put_digits(out + 14, d.minute, 2);
	put_digits(out + 17, d.second, 2);
}

static bool
in(int v, int lo, int hi)
{
	return v >= lo && v <= hi;
}

static int
month_days(int year, int month)
{
	static const uint8_t days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (leap && month == 2 ? 1 : 0);
}

enum cm_result
cm_date_to_unix(const struct cm_date *d, int64_t *out)
{
	if (!in(d->year, 1970, 9999) || !in(d->month, 1, 12) ||
	    !in(d->day, 1, month_days(d->year, d->month)))
		return CM_E_MALFORMED;
	if (!in(d->hour, 0, 23) || !in(d->minute, 0, 59) || !in(d->second, 0, 59))
		return CM_E_MALFORMED;
	*out =
	    days_of(d->year, d->month, d->day) * CM_TIME_DAY + d->hour * 3600 + d->minute * 60 + d->second;
	return CM_OK;
}

enum cm_result
cm_rfc3339_parse(struct cm_span text, int64_t *out)
{
	static const char shape[] = "dddd-dd-ddTdd:dd:ddZ";
	int v[6] = { 0 }, n = -1;

	if (text.len != CM_RFC3339_LEN)
		return CM_E_MALFORMED;
	for (size_t i = 0; i < text.len; i++) {
		bool digit = text.ptr[i] >= '0' && text.ptr[i] <= '9';

		if (shape[i] != 'd' ? text.ptr[i] != (uint8_t)shape[i] : !digit)
			return CM_E_MALFORMED;
		if (shape[i] != 'd')
			continue;
		if (i == 0 || shape[i - 1] != 'd')
			n++;
		v[n] = v[n] * 10 + text.ptr[i] - '0';
	}
	return cm_date_to_unix(&(struct cm_date) { v[0], v[1], v[2], v[3], v[4], v[5] }, out);
}
