#include "vantage/compare_state.h"

#define LONGEST (UINT32_C(1) << 30) /* numbers come again: what is further back is forgotten */

static void
take_out(struct cm_cover *c, unsigned at)
{
	c->n--;
	for (unsigned i = at; i < c->n; i++) {
		c->from[i] = c->from[i + 1];
		c->to[i] = c->to[i + 1];
	}
}

static void
put_in(struct cm_cover *c, unsigned at, uint32_t from, uint32_t to)
{
	for (unsigned i = c->n; i > at; i--) {
		c->from[i] = c->from[i - 1];
		c->to[i] = c->to[i - 1];
	}
	c->from[at] = from;
	c->to[at] = to;
	c->n++;
}

void
cm_cover_add(struct cm_cover *c, uint32_t from, uint32_t to)
{
	unsigned at = 0;

	if (from == to)
		return;
	while (at < c->n && cm_seq_diff(c->to[at], from) < 0)
		at++;
	/* All that touch become one. */
	while (at < c->n && cm_seq_diff(c->from[at], to) <= 0) {
		if (cm_seq_diff(c->from[at], from) < 0)
			from = c->from[at];
		if (cm_seq_diff(c->to[at], to) > 0)
			to = c->to[at];
		take_out(c, at);
	}
	if (to - from > LONGEST)
		from = to - LONGEST;
	if (c->n == CM_COVER) {
		c->ragged = true;
		take_out(c, 0);
		at -= at > 0;
	}
	put_in(c, at, from, to);
}

bool
cm_cover_has(const struct cm_cover *c, uint32_t from, uint32_t to)
{
	for (unsigned i = 0; i < c->n; i++)
		if (cm_seq_diff(c->from[i], from) <= 0 && cm_seq_diff(c->to[i], to) >= 0)
			return true;
	return false;
}

bool
cm_cover_touches(const struct cm_cover *c, uint32_t from, uint32_t to)
{
	for (unsigned i = 0; i < c->n; i++)
		if (cm_seq_diff(c->from[i], to) < 0 && cm_seq_diff(c->to[i], from) > 0)
			return true;
	return false;
}

bool
cm_cover_beyond(const struct cm_cover *c, uint32_t to)
{
	for (unsigned i = 0; i < c->n; i++)
		if (cm_seq_diff(c->to[i], to) > 0)
			return true;
	return false;
}
