#include <stdio.h>

#include "base/time.h"

#define SECOND INT64_C(1000000000)

/* Days since 1970 of a day of the proleptic Gregorian calendar, and back: years
 * counted from March, so that the leap day is the last (H. Hinnant's method). */
static int64_t
days_of(int64_t y, int64_t m, int64_t d)
{
	int64_t era, yoe, doy;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static void
date_of(int64_t days, int64_t *y, int64_t *m, int64_t *d)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*d = doy - (153 * mp + 2) / 5 + 1;
	*m = mp < 10 ? mp + 3 : mp - 9;
	*y = yoe + era * 400 + (*m <= 2);
}

void
cm_time_text(int64_t t_ns, char out[CM_TIME_TEXT])
{
	int64_t ns = t_ns % SECOND, s = t_ns / SECOND, day, y, m, d;

	if (ns < 0) {
		ns += SECOND;
		s--;
	}
	day = s / 86400 - (s % 86400 < 0);
	s -= day * 86400;
	date_of(day, &y, &m, &d);
	snprintf(out, CM_TIME_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d.%09dZ", (int)y, (int)m, (int)d,
	    (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60), (int)ns);
}

/* Exactly ${digits} digits. */
static int64_t
number(struct cm_cursor *c, int digits)
{
	int64_t v = 0;

	for (int i = 0; i < digits; i++) {
		uint8_t b = cm_cursor_u8(c);

		if (b < '0' || b > '9')
			c->bad = true;
		v = v * 10 + (b - '0');
	}
	return v;
}

static uint8_t
peek(const struct cm_cursor *c)
{
	return cm_cursor_left(c) > 0 ? c->in.ptr[c->pos] : 0;
}

static bool
accept(struct cm_cursor *c, char want)
{
	if (peek(c) != (uint8_t)want)
		return false;
	cm_cursor_u8(c);
	return true;
}

static void
expect(struct cm_cursor *c, char want)
{
	if (!accept(c, want))
		c->bad = true;
}

static bool
is_digit(uint8_t b)
{
	return b >= '0' && b <= '9';
}

/* `.` and 1 to 9 digits, as nanoseconds; 0 if there is no `.`. */
static int64_t
fraction(struct cm_cursor *c)
{
	int64_t ns = 0;
	int digits = 0;

	if (!accept(c, '.'))
		return 0;
	for (; digits < 9 && is_digit(peek(c)); digits++)
		ns = ns * 10 + number(c, 1);
	if (digits == 0)
		c->bad = true;
	for (; digits < 9; digits++)
		ns *= 10;
	return ns;
}

/* Seconds to take away for what follows the time of day: Z, +HH:MM, -HH:MM, nothing. */
static int64_t
zone(struct cm_cursor *c)
{
	bool west = peek(c) == '-';
	int64_t h, m;

	if (accept(c, 'Z') || cm_cursor_left(c) == 0)
		return 0;
	if (!west && peek(c) != '+')
		c->bad = true;
	cm_cursor_u8(c);
	h = number(c, 2);
	expect(c, ':');
	m = number(c, 2);
	if (h > 23 || m > 59)
		c->bad = true;
	return (west ? -1 : 1) * (h * 3600 + m * 60);
}

static int64_t
time_of_day(struct cm_cursor *c, int64_t *ns)
{
	int64_t h, m, s = 0;

	if (!accept(c, 'T'))
		expect(c, ' ');
	h = number(c, 2);
	expect(c, ':');
	m = number(c, 2);
	if (accept(c, ':')) {
		s = number(c, 2);
		*ns = fraction(c);
	}
	if (h > 23 || m > 59 || s > 60)
		c->bad = true;
	return h * 3600 + m * 60 + s - zone(c);
}

static int64_t
month_days(int64_t y, int64_t m)
{
	return m == 12 ? 31 : days_of(y, m + 1, 1) - days_of(y, m, 1);
}

static int64_t
calendar(struct cm_cursor *c, int64_t *ns)
{
	int64_t y, m, d, s = 0;

	y = number(c, 4);
	expect(c, '-');
	m = number(c, 2);
	expect(c, '-');
	d = number(c, 2);
	if (y < 1678 || y > 2261 || m < 1 || m > 12 || d < 1 || d > month_days(y, m))
		c->bad = true;
	if (cm_cursor_left(c) > 0)
		s = time_of_day(c, ns);
	return c->bad ? 0 : days_of(y, m, d) * 86400 + s;
}

static int64_t
since_1970(struct cm_cursor *c, int64_t *ns)
{
	int64_t s = 0;

	if (!is_digit(peek(c)))
		c->bad = true;
	for (int i = 0; i < 10 && is_digit(peek(c)); i++)
		s = s * 10 + number(c, 1);
	*ns = fraction(c);
	return s;
}

enum cm_result
cm_time_parse(struct cm_span text, int64_t *out)
{
	struct cm_cursor c = cm_cursor_of(text);
	int64_t ns = 0, s, t;

	s = accept(&c, '@') ? since_1970(&c, &ns) : calendar(&c, &ns);
	if (c.bad || cm_cursor_left(&c) > 0)
		return CM_E_MALFORMED;
	if (__builtin_mul_overflow(s, SECOND, &t) || __builtin_add_overflow(t, ns, &t))
		return CM_E_MALFORMED;
	*out = t;
	return CM_OK;
}
