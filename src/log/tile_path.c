#include "log/tile_path.h"

#include <string.h>

#include "merkle/proof.h"

#define LEVELS 8u /* of tiles; 256^8 leaves are more than there can be */

static uint64_t
hashes_at(uint64_t size, unsigned level)
{
	return level < LEVELS ? size >> (CM_LOG_TILE_HEIGHT * level) : 0;
}

void
cm_log_tile_path(const struct cm_log_tile *t, struct cm_buf *out)
{
	uint64_t unit = 1;

	if (t->entries)
		cm_buf_add_str(out, "tile/entries/");
	else
		cm_buf_printf(out, "tile/%u/", t->level);
	while (t->n / unit >= 1000)
		unit *= 1000;
	for (; unit > 1; unit /= 1000)
		cm_buf_printf(out, "x%03u/", (unsigned)(t->n / unit % 1000));
	cm_buf_printf(out, "%03u", (unsigned)(t->n % 1000));
	if (t->width < CM_LOG_TILE_WIDTH)
		cm_buf_printf(out, ".p/%u", t->width);
}

/* Takes ${word} off the front. */
static bool
take(struct cm_span *s, const char *word)
{
	size_t len = strlen(word);

	if (!cm_span_eq(cm_span_part(*s, 0, len), cm_span_str(word)))
		return false;
	*s = cm_span_part(*s, len, s->len);
	return true;
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
take_digit(struct cm_span *s, unsigned *digit)
{
	if (s->len == 0 || !is_digit(s->ptr[0]))
		return false;
	*digit = (unsigned)(s->ptr[0] - '0');
	*s = cm_span_part(*s, 1, s->len);
	return true;
}

/* Adds a group of three digits behind ${n}. */
static bool
take_group(struct cm_span *s, uint64_t *n)
{
	unsigned a, b, c;

	if (!take_digit(s, &a) || !take_digit(s, &b) || !take_digit(s, &c) ||
	    *n > CM_MERKLE_SIZE_MAX / 1000 - 1)
		return false;
	*n = *n * 1000 + a * 100 + b * 10 + c;
	return true;
}

static bool
take_number(struct cm_span *s, uint64_t *n)
{
	*n = 0;
	while (take(s, "x")) {
		/* The first group of several is not 000. */
		if (!take_group(s, n) || !take(s, "/") || *n == 0)
			return false;
	}
	return take_group(s, n);
}

/* What is left is nothing, or a width below the full one. */
static bool
read_width(struct cm_span s, unsigned *width)
{
	unsigned digit;

	*width = CM_LOG_TILE_WIDTH;
	if (s.len == 0)
		return true;
	if (!take(&s, ".p/") || s.len > 3)
		return false;
	*width = 0;
	while (s.len > 0) {
		if (!take_digit(&s, &digit) || (*width == 0 && digit == 0))
			return false;
		*width = *width * 10 + digit;
	}
	return *width > 0 && *width < CM_LOG_TILE_WIDTH;
}

enum cm_result
cm_log_tile_parse(struct cm_span path, struct cm_log_tile *out)
{
	struct cm_log_tile t = { 0 };

	if (!take(&path, "tile/"))
		return CM_E_MALFORMED;
	t.entries = take(&path, "entries/");
	if (!t.entries && (!take_digit(&path, &t.level) || t.level >= LEVELS || !take(&path, "/")))
		return CM_E_MALFORMED;
	if (!take_number(&path, &t.n) || !read_width(path, &t.width) ||
	    !cm_log_tile_is_of(&t, CM_MERKLE_SIZE_MAX))
		return CM_E_MALFORMED;
	*out = t;
	return CM_OK;
}

struct cm_log_level
cm_log_level_of(uint64_t size, unsigned level)
{
	uint64_t n = hashes_at(size, level);

	return (struct cm_log_level) { n / CM_LOG_TILE_WIDTH, (unsigned)(n % CM_LOG_TILE_WIDTH) };
}

bool
cm_log_tile_is_of(const struct cm_log_tile *t, uint64_t size)
{
	struct cm_log_level has = cm_log_level_of(size, t->entries ? 0 : t->level);

	if (t->width == 0 || t->width > CM_LOG_TILE_WIDTH)
		return false;
	return t->n < has.full || (t->n == has.full && t->width <= has.partial);
}
