/* Runs a fuzz target over files without a fuzzer.
 *
 *	fuzz_x [--alloc] FILE|FOLDER...
 *
 * Each file is handed in whole and cut at every offset (at 512 of them if it is
 * longer), in a heap block of its exact size, so that a sanitizer sees a read past
 * its end.  With --alloc it is handed in whole again and again, with the first, the
 * second, ... allocation of our own code failing, until none fails (beyond the 200th
 * some are left out); tests/starve.h. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../starve.h"
#include "fuzz.h"

#define CUTS 512u
#define EACH_UP_TO 200u

#if defined(__SANITIZE_ADDRESS__)
#define HAVE_LSAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_LSAN 1
#endif
#endif
#ifdef HAVE_LSAN
#include <sanitizer/lsan_interface.h>
#endif

/* Allocations until one fails; 0: none does. */
static unsigned long countdown;
static bool starved;

bool
allocation_fails(void)
{
	if (countdown == 0 || --countdown > 0)
		return false;
	starved = true;
	return true;
}

bool
fuzz_starved(void)
{
	return starved;
}

static int
leaked(void)
{
#ifdef HAVE_LSAN
	return __lsan_do_recoverable_leak_check();
#else
	return 0;
#endif
}

static void
run_once(const uint8_t *data, size_t size)
{
	uint8_t *copy = __real_malloc(size > 0 ? size : 1);

	if (copy == NULL)
		abort();
	if (size > 0)
		memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void
run_cut(const uint8_t *data, size_t size)
{
	size_t step = size / CUTS + 1, at;

	for (at = 0; at < size; at += step)
		run_once(data, at);
	run_once(data, size);
}

static int
run_starved(const char *path, const uint8_t *data, size_t size)
{
	unsigned long n;

	for (n = 1; n < UINT32_MAX; n += n < EACH_UP_TO ? 1 : n / 32) {
		starved = false;
		countdown = n;
		run_once(data, size);
		countdown = 0;
		if (!starved)
			break;
	}
	if (!leaked())
		return 0;
	fprintf(stderr, "%s: a leak when an allocation fails; where, stands above\n", path);
	return 1;
}

static int
run_file(const char *path, bool alloc)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	uint8_t *data;
	size_t size;
	int rc = 0;

	if (f == NULL || fstat(fileno(f), &st) != 0) {
		perror(path);
		return 1;
	}
	size = (size_t)st.st_size;
	data = __real_malloc(size > 0 ? size : 1);
	if (data == NULL || fread(data, 1, size, f) != size) {
		perror(path);
		free(data);
		fclose(f);
		return 1;
	}
	fclose(f);
	if (alloc)
		rc = run_starved(path, data, size);
	else
		run_cut(data, size);
	free(data);
	return rc;
}

static int
run_path(const char *path, bool alloc, unsigned *files)
{
	char name[4096];
	struct dirent *e;
	int rc = 0;
	DIR *d = opendir(path);

	if (d == NULL) {
		++*files;
		return run_file(path, alloc);
	}
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, e->d_name);
		++*files;
		rc |= run_file(name, alloc);
	}
	closedir(d);
	return rc;
}

int
main(int argc, char **argv)
{
	bool alloc = argc > 1 && strcmp(argv[1], "--alloc") == 0;
	unsigned files = 0;
	int i, rc = 0;

	for (i = alloc ? 2 : 1; i < argc; i++)
		rc |= run_path(argv[i], alloc, &files);
	printf("%u files%s\n", files, alloc ? ", every allocation failed once" : ", cut everywhere");
	if (files == 0) {
		fprintf(stderr, "no corpus: a target without inputs tests nothing\n");
		return 1;
	}
	return rc != 0;
}
