#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/landlock.h>

#include "os/confine_linux.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

/* Bits newer than Debian 12's headers (Landlock ABI 3 to 5, see landlock(7)). */
#define FS_TRUNCATE (1ull << 14)
#define FS_IOCTL_DEV (1ull << 15)
#define NET_TCP_BOTH 3ull

/* The attribute with the member of ABI 4; older kernels take its first 8 bytes. */
struct ruleset {
	uint64_t fs;
	uint64_t net;
};

bool
cm_linux_sanitized(void)
{
	return SANITIZED;
}

void
cm_linux_close_from(unsigned int low)
{
	if (syscall(SYS_close_range, low, ~0u, 0) == 0)
		return;
	for (int fd = (int)low; fd < 1024; fd++)
		close(fd);
}

int
cm_linux_landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return abi > 0 ? (int)abi : 0;
}

bool
cm_linux_landlock(void)
{
	int abi = cm_linux_landlock_abi();
	struct ruleset all = { .fs = (1ull << 13) - 1 };
	long fd;
	bool ok;

	if (SANITIZED || abi == 0)
		return false;
	if (abi >= 2)
		all.fs |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		all.fs |= FS_TRUNCATE;
	if (abi >= 4)
		all.net = NET_TCP_BOTH;
	if (abi >= 5)
		all.fs |= FS_IOCTL_DEV;
	fd = syscall(SYS_landlock_create_ruleset, &all, abi >= 4 ? sizeof(all) : sizeof(all.fs), 0);
	if (fd < 0)
		return false;
	ok = syscall(SYS_landlock_restrict_self, (int)fd, 0) == 0;
	close((int)fd);
	return ok;
}
