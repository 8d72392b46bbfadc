/* Put in front of the C library (LD_PRELOAD), makes an allocation of any program fail.
 *
 *	FAIL_ALLOC=N		the Nth one, counted from main on (a child counts on from its parent)
 *	FAIL_ALLOC_ALL=1	and all after it
 *	FAIL_ALLOC_TRACE=1	says on stderr where that was
 *	FAIL_ALLOC_COUNT=FILE	appends how many there were at the end of each process
 *
 * Only allocations made by the program itself and by the libraries named below count.
 * OpenSSL 3.0 and the C library do not all survive failures within their own set-up
 * (measured: OPENSSL_init_crypto), which is theirs to mend.
 *
 * Built by tests/scenario/no_memory.py; glibc only. */
#include <errno.h>
#include <execinfo.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define RANGES 64

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *ptr, size_t size);

static atomic_ulong seen;
static unsigned long fail_at;
static bool started, all_after, trace;

/* Where the code of the program and of the libraries that count lies. */
static struct {
	uintptr_t from, to;
} range[RANGES];
static unsigned n_ranges;

static bool
counts(const char *line)
{
	static const char *const names[] = { "libjansson", "libsqlite3", "libz.so", "libzstd", "libpcap", "libmicrohttpd", "libcurl", NULL };
	const char *file = strchr(line, '/');

	if (file == NULL)
		return false;
	for (size_t i = 0; names[i] != NULL; i++)
		if (strstr(file, names[i]) != NULL)
			return true;
	return strstr(file, ".so") == NULL;
}

static void
find_ranges(void)
{
	FILE *f = fopen("/proc/self/maps", "r");
	char line[512];
	char *end;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL && n_ranges < RANGES) {
		if (!counts(line))
			continue;
		range[n_ranges].from = strtoul(line, &end, 16);
		range[n_ranges++].to = strtoul(end + 1, NULL, 16);
	}
	if (f != NULL)
		fclose(f);
}

static bool
is_ours(const void *caller)
{
	uintptr_t at = (uintptr_t)caller;

	for (unsigned i = 0; i < n_ranges; i++)
		if (at >= range[i].from && at < range[i].to)
			return true;
	return false;
}

__attribute__((constructor)) static void
start(void)
{
	const char *at = getenv("FAIL_ALLOC");

	fail_at = at != NULL ? strtoul(at, NULL, 10) : 0;
	all_after = getenv("FAIL_ALLOC_ALL") != NULL;
	trace = getenv("FAIL_ALLOC_TRACE") != NULL;
	if (trace) {
		/* The first call loads a library; no time for that later. */
		void *here[1];

		backtrace(here, 1);
	}
	find_ranges();
	started = true;
}

__attribute__((destructor)) static void
report(void)
{
	const char *path = getenv("FAIL_ALLOC_COUNT");
	unsigned long n = atomic_load(&seen);
	FILE *f;

	started = false;
	f = path != NULL ? fopen(path, "a") : NULL;
	if (f == NULL)
		return;
	fprintf(f, "%lu\n", n);
	fclose(f);
}

static void
say_where(void)
{
	void *from[24];

	started = false;
	backtrace_symbols_fd(from, backtrace(from, 24), 2);
	started = true;
}

static bool
fails_now(const void *caller)
{
	unsigned long n;

	if (!started || !is_ours(caller))
		return false;
	n = atomic_fetch_add(&seen, 1) + 1;
	if (fail_at == 0 || n < fail_at || (n > fail_at && !all_after))
		return false;
	if (trace)
		say_where();
	errno = ENOMEM;
	return true;
}

void *
malloc(size_t size)
{
	return fails_now(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	return fails_now(__builtin_return_address(0)) ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *ptr, size_t size)
{
	return fails_now(__builtin_return_address(0)) ? NULL : __libc_realloc(ptr, size);
}
