#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <seccomp.h>

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

bool
cm_linux_has_seccomp(void)
{
	uint32_t action = SECCOMP_RET_KILL_PROCESS;

	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

/* Reading and writing what is open, memory, time, threads, an orderly end. */
static const int allowed[] = {
	SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(preadv), SCMP_SYS(write),
	SCMP_SYS(writev), SCMP_SYS(pwrite64), SCMP_SYS(lseek), SCMP_SYS(fstat), SCMP_SYS(close),
	SCMP_SYS(fsync), SCMP_SYS(fdatasync), SCMP_SYS(ftruncate), SCMP_SYS(fadvise64), SCMP_SYS(dup),
	SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(select), SCMP_SYS(pselect6), SCMP_SYS(munmap),
	SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk),
	SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(restart_syscall), SCMP_SYS(getpid), SCMP_SYS(gettid),
	SCMP_SYS(getrandom), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
	SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(futex), SCMP_SYS(sched_yield),
	SCMP_SYS(sched_getaffinity), SCMP_SYS(getrusage), SCMP_SYS(set_robust_list), SCMP_SYS(rseq),
	SCMP_SYS(rt_sigtimedwait), SCMP_SYS(uname), SCMP_SYS(getuid), SCMP_SYS(geteuid),
	SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(sysinfo)
};

/* What libraries try and do without: refused, not fatal. */
static const int refused[] = { SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(stat), SCMP_SYS(lstat),
	SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(access), SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd),
	SCMP_SYS(socket), SCMP_SYS(fcntl), SCMP_SYS(prlimit64), SCMP_SYS(ioctl), SCMP_SYS(unlink),
	SCMP_SYS(unlinkat), SCMP_SYS(clone3) };

static int
add_rules(scmp_filter_ctx f)
{
	int rc = 0;

	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		rc |= seccomp_rule_add(f, SCMP_ACT_ALLOW, allowed[i], 0);
	/* A new thread is allowed, a new process is not; clone3 can not be told apart. */
	rc |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
	    SCMP_A0(SCMP_CMP_MASKED_EQ, 0x00010000, 0x00010000));
	/* Memory, but none that can be run. */
	rc |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	rc |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	/* abort() signals oneself, nobody else. */
	rc |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
	    SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
	/* Is it a terminal?  Only the reading kind. */
	rc |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, TCGETS));
	rc |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
	    SCMP_A1(SCMP_CMP_EQ, TIOCGWINSZ));
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		int err = refused[i] == SCMP_SYS(clone3) ? ENOSYS : EACCES;

		if (refused[i] == SCMP_SYS(ioctl))
			continue;
		rc |= seccomp_rule_add(f, SCMP_ACT_ERRNO((uint32_t)err), refused[i], 0);
	}
	return rc;
}

bool
cm_linux_seccomp(void)
{
	scmp_filter_ctx f;
	bool ok;

	if (SANITIZED || !cm_linux_has_seccomp())
		return false;
	f = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (f == NULL)
		return false;
	ok = add_rules(f) == 0 && seccomp_load(f) == 0;
	seccomp_release(f);
	return ok;
}
