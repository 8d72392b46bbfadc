#include <stdlib.h>
#include <string.h>

#include "sim_node.h"

void *
sim_again(void *ptr, size_t n, size_t size)
{
	void *p = realloc(ptr, n * size + 1);

	if (p == NULL)
		abort();
	return p;
}

static void
bytes_put(struct sim_bytes *b, uint64_t at, const uint8_t *from, size_t len)
{
	size_t end = (size_t)at + len;

	if (end > b->cap) {
		b->cap = 2 * end;
		b->ptr = sim_again(b->ptr, b->cap, 1);
	}
	if (at > b->len)
		memset(b->ptr + b->len, 0, (size_t)at - b->len);
	if (len > 0)
		memcpy(b->ptr + at, from, len);
	if (end > b->len)
		b->len = end;
}

static void
bytes_cut(struct sim_bytes *b, uint64_t size)
{
	if (size > b->len)
		bytes_put(b, size, NULL, 0);
	b->len = (size_t)size;
}

static struct sim_bytes
bytes_copy(const struct sim_bytes *b)
{
	struct sim_bytes c = { NULL, 0, 0 };

	bytes_put(&c, 0, b->ptr, b->len);
	return c;
}

const struct sim_name *
sim_names_find(const struct sim_names *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->item[i].name, name) == 0)
			return &s->item[i];
	return NULL;
}

static void
names_drop(struct sim_names *s, const char *name)
{
	const struct sim_name *it = sim_names_find(s, name);

	if (it != NULL)
		s->item[it - s->item] = s->item[--s->n];
}

static void
names_set(struct sim_names *s, const struct sim_name *name)
{
	names_drop(s, name->name);
	s->item = sim_again(s->item, s->n + 1, sizeof(*s->item));
	s->item[s->n++] = *name;
}

static struct sim_names
names_copy(const struct sim_names *s)
{
	struct sim_names c = { sim_again(NULL, s->n, sizeof(*s->item)), s->n };

	if (s->n > 0)
		memcpy(c.item, s->item, s->n * sizeof(*s->item));
	return c;
}

static void
change_release(struct sim_change *c)
{
	free(c->bytes.ptr);
}

void
sim_node_release(struct sim_node *n)
{
	free(n->now.ptr);
	free(n->lasting.ptr);
	free(n->names.item);
	free(n->lasting_names.item);
	for (size_t i = 0; i < n->n_changes; i++)
		change_release(&n->change[i]);
	free(n->change);
}

struct sim_node
sim_node_copy(const struct sim_node *n)
{
	struct sim_node c = *n;

	c.now = bytes_copy(&n->now);
	c.lasting = bytes_copy(&n->lasting);
	c.names = names_copy(&n->names);
	c.lasting_names = names_copy(&n->lasting_names);
	c.change = sim_again(NULL, n->n_changes, sizeof(*n->change));
	for (size_t i = 0; i < n->n_changes; i++) {
		c.change[i] = n->change[i];
		c.change[i].bytes = bytes_copy(&n->change[i].bytes);
	}
	return c;
}

static void
apply(const struct sim_change *c, struct sim_bytes *bytes, struct sim_names *names)
{
	switch (c->kind) {
	case SIM_WRITE:
		bytes_put(bytes, c->at, c->bytes.ptr, c->bytes.len);
		break;
	case SIM_CUT:
		bytes_cut(bytes, c->at);
		break;
	case SIM_MOVE:
		names_drop(names, c->from);
		names_set(names, &c->name);
		break;
	case SIM_LINK:
		names_set(names, &c->name);
		break;
	case SIM_UNLINK:
		names_drop(names, c->name.name);
		break;
	}
}

/* Of a write: its first bytes, some of its sectors, or something else in its place. */
static void
apply_torn(const struct sim_change *c, struct sim_bytes *bytes, const struct sim_choice *by)
{
	size_t len = c->bytes.len, first = SIM_SECTOR - (size_t)(c->at % SIM_SECTOR);
	uint64_t how = by->below(by->arg, 4);

	if (how == 0) {
		bytes_put(bytes, c->at, c->bytes.ptr, (size_t)by->below(by->arg, len + 1));
		return;
	}
	for (size_t at = 0, step = first; at < len; at += step, step = SIM_SECTOR) {
		size_t n = step < len - at ? step : len - at;

		if (how == 1 && by->below(by->arg, 2) == 0)
			continue;
		bytes_put(bytes, c->at + at, c->bytes.ptr + at, n);
		if (how == 2)
			memset(bytes->ptr + c->at + at, 0, n);
		for (size_t i = 0; how == 3 && i < n; i++)
			bytes->ptr[c->at + at + i] = (uint8_t)by->below(by->arg, 256);
	}
}

static void
apply_perhaps(const struct sim_change *c, struct sim_bytes *bytes, struct sim_names *names,
    const struct sim_choice *by)
{
	switch (by->below(by->arg, c->kind == SIM_WRITE ? 3 : 2)) {
	case 0:
		break;
	case 1:
		apply(c, bytes, names);
		break;
	default:
		apply_torn(c, bytes, by);
	}
}

void
sim_node_do(struct sim_node *n, struct sim_change c)
{
	apply(&c, &n->now, &n->names);
	n->change = sim_again(n->change, n->n_changes + 1, sizeof(*n->change));
	n->change[n->n_changes++] = c;
}

static void
forget(struct sim_node *n)
{
	for (size_t i = 0; i < n->n_changes; i++)
		change_release(&n->change[i]);
	n->n_changes = 0;
}

void
sim_node_sync(struct sim_node *n)
{
	for (size_t i = 0; i < n->n_changes; i++)
		apply(&n->change[i], &n->lasting, &n->lasting_names);
	forget(n);
}

static void
half_sync(struct sim_node *n, const struct sim_choice *by)
{
	for (size_t i = 0; i < n->n_changes; i++)
		apply_perhaps(&n->change[i], &n->lasting, &n->lasting_names, by);
	forget(n);
}

void
sim_node_fail_sync(struct sim_node *n, const struct sim_choice *by)
{
	if (!n->folder)
		half_sync(n, by);
}

void
sim_node_lose(struct sim_node *n, const struct sim_choice *by)
{
	half_sync(n, by);
	free(n->now.ptr);
	free(n->names.item);
	n->now = bytes_copy(&n->lasting);
	n->names = names_copy(&n->lasting_names);
}
