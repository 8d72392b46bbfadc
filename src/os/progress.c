#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "os/progress.h"
#include "os/tty.h"

#define SECOND 1000000000
#define EACH 4096u

static int64_t
now_ns(void)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_MONOTONIC, &ts) != 0)
		return 0;
	return (int64_t)ts.tv_sec * SECOND + ts.tv_nsec;
}

/* A terminal that does not take the line is no reason to fail. */
static void
put(const struct cm_progress *p, const char *text, int len)
{
	ssize_t n;

	if (len <= 0)
		return;
	n = write(p->fd, text, (size_t)len);
	(void)n;
}

struct cm_progress
cm_progress_of(int fd, const char *label, uint64_t total)
{
	struct cm_progress p = { .fd = fd, .on = cm_tty_is(fd), .label = label, .total = total };

	if (p.on) {
		p.begun_ns = now_ns();
		p.next_ns = p.begun_ns + SECOND;
	}
	return p;
}

static void
draw(struct cm_progress *p, uint64_t done, int64_t now)
{
	char line[256];
	double mb = (double)done / 1e6;
	double rate = mb / ((double)(now - p->begun_ns) / SECOND);
	int n;

	if (p->unit != NULL && p->total > 0)
		n = snprintf(line, sizeof(line), "\r\033[K%.100s: %llu of %llu %.20s", p->label,
		    (unsigned long long)done, (unsigned long long)p->total, p->unit);
	else if (p->unit != NULL)
		n = snprintf(line, sizeof(line), "\r\033[K%.100s: %llu %.20s", p->label,
		    (unsigned long long)done, p->unit);
	else if (p->total > 0 && done <= p->total)
		n = snprintf(line, sizeof(line), "\r\033[K%.100s: %3.0f %% of %.0f MB, %.0f MB/s", p->label,
		    100 * (double)done / (double)p->total, (double)p->total / 1e6, rate);
	else
		n = snprintf(line, sizeof(line), "\r\033[K%.100s: %.0f MB, %.0f MB/s", p->label, mb, rate);
	put(p, line, n);
	p->drawn = true;
}

void
cm_progress_at(struct cm_progress *p, uint64_t done)
{
	int64_t now;

	if (!p->on || p->calls++ % (p->each != 0 ? p->each : EACH) != 0)
		return;
	now = now_ns();
	if (now < p->next_ns)
		return;
	draw(p, done, now);
	p->next_ns = now + SECOND / 5;
}

void
cm_progress_end(struct cm_progress *p)
{
	static const char wipe[] = "\r\033[K";

	if (p->drawn)
		put(p, wipe, sizeof(wipe) - 1);
	p->on = p->drawn = false;
}
