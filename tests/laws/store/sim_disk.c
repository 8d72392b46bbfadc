#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim_disk.h"
#include "sim_node.h"

struct sim_file {
	bool used, writes, locked;
	size_t node;
};

_Thread_local bool sim_inside;

/* Begins an operation: 0, or why it can not be done. */
static int
begin(struct sim_disk *s, bool changes)
{
	pthread_mutex_lock(&s->mutex);
	sim_inside = true;
	s->steps++;
	if (changes)
		s->changes++;
	if (s->stop_at != 0 && s->changes >= s->stop_at)
		s->stopped = true;
	if (s->stopped)
		return EIO;
	if (s->fail_at == 0 || s->steps < s->fail_at)
		return 0;
	return s->steps == s->fail_at || (s->fail_on && changes) ? s->fail_with : 0;
}

static int
end(struct sim_disk *s, int e)
{
	sim_inside = false;
	pthread_mutex_unlock(&s->mutex);
	return e;
}

static struct sim_choice
choice(struct sim_disk *s)
{
	return (struct sim_choice) { s->choose, s->choose_arg };
}

/* The folder that ${path} lies in, and its last name. */
static int
find_folder(const struct sim_disk *s, const char *path, size_t *folder, char name[SIM_NAME])
{
	*folder = 0;
	name[0] = '\0';
	for (;;) {
		const struct sim_name *it;
		size_t len;

		path += strspn(path, "/");
		len = strcspn(path, "/");
		if (len == 0)
			return 0;
		if (name[0] != '\0') {
			it = sim_names_find(&s->node[*folder].names, name);
			if (it == NULL || !s->node[it->node].folder)
				return ENOENT;
			*folder = it->node;
		}
		if (len >= SIM_NAME)
			return ENAMETOOLONG;
		memcpy(name, path, len);
		name[len] = '\0';
		path += len;
	}
}

static int
find(const struct sim_disk *s, const char *path, size_t *node)
{
	const struct sim_name *it;
	char name[SIM_NAME];
	size_t folder;
	int e = find_folder(s, path, &folder, name);

	*node = 0;
	if (e != 0 || name[0] == '\0')
		return e;
	it = sim_names_find(&s->node[folder].names, name);
	if (it == NULL)
		return ENOENT;
	*node = it->node;
	return 0;
}

static int
make(struct sim_disk *s, const char *path, bool folder, unsigned mode, size_t *node)
{
	struct sim_change c = { .kind = SIM_LINK };
	size_t in;
	int e = find_folder(s, path, &in, c.name.name);

	if (e != 0)
		return e;
	s->node = sim_again(s->node, s->n_nodes + 1, sizeof(*s->node));
	s->node[s->n_nodes] = (struct sim_node) { .folder = folder, .mode = mode };
	*node = c.name.node = s->n_nodes++;
	sim_node_do(&s->node[in], c);
	return 0;
}

static int
hand_out(struct sim_disk *s, size_t node, bool writes, int *fd)
{
	size_t i = 0;

	while (i < s->n_open && s->open[i].used)
		i++;
	if (i == s->n_open)
		s->open = sim_again(s->open, ++s->n_open, sizeof(*s->open));
	s->open[i] = (struct sim_file) { .used = true, .writes = writes, .node = node };
	*fd = (int)i;
	return 0;
}

static int
sim_open(void *arg, const char *path, enum cm_disk_open how, unsigned mode, int *fd)
{
	struct sim_disk *s = arg;
	bool makes = how == CM_DISK_FRESH || how == CM_DISK_NEW;
	size_t node;
	int e = begin(s, makes);

	if (e != 0)
		return end(s, e);
	e = find(s, path, &node);
	if (e == 0 && how == CM_DISK_NEW)
		return end(s, EEXIST);
	if (e == 0 && s->node[node].folder)
		return end(s, EISDIR);
	if (e == ENOENT && makes)
		e = make(s, path, false, mode, &node);
	else if (e == 0 && how == CM_DISK_FRESH)
		sim_node_do(&s->node[node], (struct sim_change) { .kind = SIM_CUT });
	return end(s, e != 0 ? e : hand_out(s, node, how != CM_DISK_READ, fd));
}

static void
sim_close(void *arg, int fd)
{
	struct sim_disk *s = arg;

	pthread_mutex_lock(&s->mutex);
	if ((size_t)fd < s->n_open)
		s->open[fd].used = false;
	pthread_mutex_unlock(&s->mutex);
}

static struct sim_node *
opened(struct sim_disk *s, int fd)
{
	return (size_t)fd < s->n_open && s->open[fd].used ? &s->node[s->open[fd].node] : NULL;
}

static int
sim_read(void *arg, int fd, uint64_t at, void *out, size_t len, size_t *got)
{
	struct sim_disk *s = arg;
	int e = begin(s, false);
	struct sim_node *n = opened(s, fd);

	*got = 0;
	if (e != 0 || n == NULL)
		return end(s, e != 0 ? e : EBADF);
	if (at < n->now.len)
		*got = len < n->now.len - at ? len : n->now.len - (size_t)at;
	if (*got > 0)
		memcpy(out, n->now.ptr + at, *got);
	return end(s, 0);
}

static void
write_to(struct sim_node *n, uint64_t at, struct cm_span bytes)
{
	struct sim_change c = { .kind = SIM_WRITE, .at = at };

	c.bytes.ptr = sim_again(NULL, bytes.len, 1);
	c.bytes.len = c.bytes.cap = bytes.len;
	memcpy(c.bytes.ptr, bytes.ptr, bytes.len);
	sim_node_do(n, c);
}

/* One that fails has written something all the same. */
static int
sim_write(void *arg, int fd, uint64_t at, struct cm_span bytes)
{
	struct sim_disk *s = arg;
	bool before = s->stopped;
	int e = begin(s, true);
	struct sim_node *n = opened(s, fd);

	if (n == NULL || !s->open[fd].writes)
		return end(s, EBADF);
	if (e != 0 && !before)
		bytes = cm_span_part(bytes, 0, (size_t)s->choose(s->choose_arg, bytes.len + 1));
	if (!before && bytes.len > 0)
		write_to(n, at, bytes);
	return end(s, e);
}

static int
sim_set_size(void *arg, int fd, uint64_t size)
{
	struct sim_disk *s = arg;
	int e = begin(s, true);
	struct sim_node *n = opened(s, fd);

	if (e == 0 && n != NULL)
		sim_node_do(n, (struct sim_change) { .kind = SIM_CUT, .at = size });
	return end(s, n == NULL ? EBADF : e);
}

/* ${e} is of begin. */
static int
sync_node(struct sim_disk *s, struct sim_node *n, int e)
{
	struct sim_choice by = choice(s);

	if (e == 0)
		sim_node_sync(n);
	else if (!s->stopped)
		sim_node_fail_sync(n, &by);
	return e;
}

static int
sim_sync(void *arg, int fd)
{
	struct sim_disk *s = arg;
	int e = begin(s, true);
	struct sim_node *n = opened(s, fd);

	return end(s, n == NULL ? EBADF : sync_node(s, n, e));
}

static int
sim_sync_folder(void *arg, const char *path)
{
	struct sim_disk *s = arg;
	int e = begin(s, true), found;
	size_t node;

	found = find(s, path, &node);
	return end(s, found != 0 ? found : sync_node(s, &s->node[node], e));
}

static int
sim_sync_all(void *arg, const char *path)
{
	struct sim_disk *s = arg;
	int e = begin(s, true);

	(void)path;
	for (size_t i = 0; i < s->n_nodes; i++)
		(void)sync_node(s, &s->node[i], e);
	return end(s, e);
}

static int
sim_rename(void *arg, const char *from, const char *to)
{
	struct sim_disk *s = arg;
	struct sim_change c = { .kind = SIM_MOVE };
	size_t folder, other, node, there;
	int e = begin(s, true);

	if (e == 0)
		e = find_folder(s, from, &folder, c.from);
	if (e == 0)
		e = find_folder(s, to, &other, c.name.name);
	if (e == 0)
		e = folder != other ? EXDEV : find(s, from, &node);
	if (e == 0 && find(s, to, &there) == 0 && s->node[there].folder &&
	    s->node[there].names.n > 0)
		e = ENOTEMPTY;
	if (e == 0) {
		c.name.node = node;
		sim_node_do(&s->node[folder], c);
	}
	return end(s, e);
}

static int
sim_remove(void *arg, const char *path)
{
	struct sim_disk *s = arg;
	struct sim_change c = { .kind = SIM_UNLINK };
	size_t folder, node;
	int e = begin(s, true);

	if (e == 0)
		e = find(s, path, &node);
	if (e == 0 && s->node[node].folder && s->node[node].names.n > 0)
		e = ENOTEMPTY;
	if (e == 0)
		e = find_folder(s, path, &folder, c.name.name);
	if (e == 0)
		sim_node_do(&s->node[folder], c);
	return end(s, e);
}

static int
sim_mkdir(void *arg, const char *path, unsigned mode)
{
	struct sim_disk *s = arg;
	size_t node;
	int e = begin(s, true);

	if (e == 0 && find(s, path, &node) == 0)
		e = EEXIST;
	if (e == 0)
		e = make(s, path, true, mode, &node);
	return end(s, e);
}

static int
sim_list(void *arg, const char *path, void (*name)(void *to, const char *name), void *to)
{
	struct sim_disk *s = arg;
	size_t node;
	int e = begin(s, false);

	if (e == 0)
		e = find(s, path, &node);
	if (e == 0 && !s->node[node].folder)
		e = ENOTDIR;
	sim_inside = false;
	for (size_t i = 0; e == 0 && i < s->node[node].names.n; i++)
		name(to, s->node[node].names.item[i].name);
	return end(s, e);
}

static int
sim_lock(void *arg, int fd, unsigned ms)
{
	struct sim_disk *s = arg;
	int e = begin(s, false);

	(void)ms;
	if (e == 0 && opened(s, fd) == NULL)
		e = EBADF;
	for (size_t i = 0; e == 0 && i < s->n_open; i++)
		if (s->open[i].used && s->open[i].locked && s->open[i].node == s->open[fd].node)
			e = EWOULDBLOCK;
	if (e == 0)
		s->open[fd].locked = true;
	return end(s, e);
}

static int
sim_stat(void *arg, const char *path, struct cm_disk_stat *out)
{
	struct sim_disk *s = arg;
	size_t node;
	int e = begin(s, false);

	if (e == 0)
		e = find(s, path, &node);
	if (e == 0)
		*out = (struct cm_disk_stat) { .folder = s->node[node].folder,
			.size = s->node[node].now.len,
			.inode = node,
			.born = (int64_t)node + 1,
			.mode = s->node[node].mode,
			.ours = true };
	return end(s, e);
}

static void
sim_machine(void *arg, char out[CM_DISK_MACHINE + 1])
{
	struct sim_disk *s = arg;

	memcpy(out, s->machine, sizeof(s->machine));
}

static const struct cm_disk_ops sim_ops = {
	.open = sim_open,
	.close = sim_close,
	.read = sim_read,
	.write = sim_write,
	.cut = sim_set_size,
	.sync = sim_sync,
	.sync_folder = sim_sync_folder,
	.sync_all = sim_sync_all,
	.rename = sim_rename,
	.remove = sim_remove,
	.mkdir = sim_mkdir,
	.list = sim_list,
	.lock = sim_lock,
	.stat = sim_stat,
	.machine = sim_machine,
};

static uint64_t
choose_least(void *arg, uint64_t n)
{
	(void)arg;
	(void)n;
	return 0;
}

struct sim_disk *
sim_new(void)
{
	struct sim_disk *s = sim_again(NULL, 1, sizeof(*s));

	*s = (struct sim_disk) { .choose = choose_least, .machine = "0123" };
	s->disk = (struct cm_disk) { &sim_ops, s };
	s->node = sim_again(NULL, 1, sizeof(*s->node));
	s->node[0] = (struct sim_node) { .folder = true, .mode = 0755 };
	s->n_nodes = 1;
	pthread_mutex_init(&s->mutex, NULL);
	return s;
}

struct sim_disk *
sim_copy(struct sim_disk *s)
{
	struct sim_disk *c = sim_again(NULL, 1, sizeof(*c));

	*c = *s;
	c->disk.arg = c;
	c->open = NULL;
	c->n_open = 0;
	c->node = sim_again(NULL, s->n_nodes, sizeof(*s->node));
	for (size_t i = 0; i < s->n_nodes; i++)
		c->node[i] = sim_node_copy(&s->node[i]);
	pthread_mutex_init(&c->mutex, NULL);
	return c;
}

void
sim_free(struct sim_disk *s)
{
	for (size_t i = 0; i < s->n_nodes; i++)
		sim_node_release(&s->node[i]);
	free(s->node);
	free(s->open);
	pthread_mutex_destroy(&s->mutex);
	free(s);
}

void
sim_leave(struct sim_disk *s)
{
	for (size_t i = 0; i < s->n_open; i++)
		s->open[i].used = false;
	s->stopped = false;
	s->stop_at = s->fail_at = 0;
	s->fail_on = false;
}

void
sim_lose_power(struct sim_disk *s)
{
	struct sim_choice by = choice(s);

	sim_leave(s);
	for (size_t i = 0; i < s->n_nodes; i++)
		sim_node_lose(&s->node[i], &by);
}

size_t
sim_pending(const struct sim_disk *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_nodes; i++)
		n += s->node[i].n_changes;
	return n;
}

void
sim_flip(struct sim_disk *s, const char *path, uint64_t bit)
{
	size_t node;

	if (find(s, path, &node) != 0 || bit / 8 >= s->node[node].now.len)
		abort();
	sim_node_sync(&s->node[node]);
	s->node[node].now.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
	s->node[node].lasting.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
}

void
sim_cut(struct sim_disk *s, const char *path, uint64_t size)
{
	size_t node;

	if (find(s, path, &node) != 0)
		abort();
	sim_node_do(&s->node[node], (struct sim_change) { .kind = SIM_CUT, .at = size });
	sim_node_sync(&s->node[node]);
}
