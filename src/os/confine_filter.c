/* The seccomp filter, as the few BPF instructions it is.
 *
 * Written out rather than made by libseccomp: that allocates some 600 times for it, and
 * crashes or loops when one of these fails (2.5.4), which a confined reader on a full
 * machine would meet first.  See seccomp(2) and docs/design/0002-own-seccomp-filter.md. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "os/confine_linux.h"

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#define NUMBERS_END 0x40000000u /* from here on the x32 numbers */
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#define NUMBERS_END 0xffffffffu
#endif

#ifdef ARCH

/* Reading and writing what is open, memory, time, threads, an orderly end. */
static const uint32_t allowed[] = {
	SYS_read, SYS_write, SYS_readv, SYS_writev, SYS_pread64, SYS_preadv, SYS_pwrite64, SYS_lseek,
	SYS_fstat, SYS_close, SYS_fsync, SYS_fdatasync, SYS_ftruncate, SYS_fadvise64, SYS_dup, SYS_ppoll,
	SYS_pselect6, SYS_munmap, SYS_mremap, SYS_madvise, SYS_brk, SYS_exit, SYS_exit_group,
	SYS_rt_sigreturn, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigtimedwait, SYS_restart_syscall,
	SYS_getpid, SYS_gettid, SYS_getrandom, SYS_clock_gettime, SYS_gettimeofday, SYS_clock_nanosleep,
	SYS_nanosleep, SYS_futex, SYS_sched_yield, SYS_sched_getaffinity, SYS_getrusage,
	SYS_set_robust_list, SYS_rseq, SYS_uname, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid,
	SYS_sysinfo,
#ifdef SYS_poll
	SYS_poll, SYS_select,
#endif
};

/* What libraries try and do without: refused, not fatal. */
static const uint32_t refused[] = {
	SYS_openat, SYS_newfstatat, SYS_statx, SYS_faccessat, SYS_faccessat2, SYS_readlinkat, SYS_getcwd,
	SYS_socket, SYS_fcntl, SYS_prlimit64, SYS_unlinkat,
#ifdef SYS_open
	SYS_open, SYS_stat, SYS_lstat, SYS_access, SYS_readlink, SYS_unlink,
#endif
};

/* Allowed if the ${arg}th argument, and'ed with ${mask}, is ${value}.  All of them are
 * 32 bits wide, or have nothing of ours in the upper half. */
struct condition {
	uint32_t number;
	uint32_t arg, mask, value;
};

/* clone(2): a new thread, no new process. */
#define CLONE_A_THREAD 0x00010000u

struct program {
	struct sock_filter step[320];
	unsigned short n;
};

static void
add(struct program *p, uint16_t code, uint32_t k, uint8_t yes, uint8_t no)
{
	p->step[p->n++] = (struct sock_filter) { code, yes, no, k };
}

static void
load(struct program *p, size_t offset)
{
	add(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

/* If what is loaded is ${k}: the end of it. */
static void
if_equal(struct program *p, uint32_t k, uint32_t action)
{
	add(p, BPF_JMP | BPF_JEQ | BPF_K, k, 0, 1);
	add(p, BPF_RET | BPF_K, action, 0, 0);
}

static void
if_condition(struct program *p, const struct condition *c)
{
	add(p, BPF_JMP | BPF_JEQ | BPF_K, c->number, 0, 5);
	/* the lower half, on the little-endian machines named above */
	load(p, offsetof(struct seccomp_data, args) + 8 * (size_t)c->arg);
	add(p, BPF_ALU | BPF_AND | BPF_K, c->mask, 0, 0);
	if_equal(p, c->value, SECCOMP_RET_ALLOW);
	load(p, offsetof(struct seccomp_data, nr));
}

static void
assemble(struct program *p)
{
	const struct condition conditions[] = {
		{ SYS_mmap, 2, PROT_EXEC, 0 }, /* memory, but none that can be run */
		{ SYS_mprotect, 2, PROT_EXEC, 0 },
		{ SYS_tgkill, 0, 0xffffffffu, (uint32_t)getpid() }, /* abort() signals oneself */
		{ SYS_clone, 0, CLONE_A_THREAD, CLONE_A_THREAD },
		{ SYS_ioctl, 1, 0xffffffffu, TCGETS }, /* is it a terminal? */
		{ SYS_ioctl, 1, 0xffffffffu, TIOCGWINSZ },
	};
	size_t i;

	load(p, offsetof(struct seccomp_data, arch));
	add(p, BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0);
	add(p, BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS, 0, 0);
	load(p, offsetof(struct seccomp_data, nr));
	add(p, BPF_JMP | BPF_JGE | BPF_K, NUMBERS_END, 0, 1);
	add(p, BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS, 0, 0);
	for (i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		if_equal(p, allowed[i], SECCOMP_RET_ALLOW);
	for (i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++)
		if_condition(p, &conditions[i]);
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if_equal(p, refused[i], SECCOMP_RET_ERRNO | EACCES);
	/* The C library then tries clone, whose flags can be looked at. */
	if_equal(p, SYS_clone3, SECCOMP_RET_ERRNO | ENOSYS);
	add(p, BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS, 0, 0);
}

bool
cm_linux_has_seccomp(void)
{
	uint32_t action = SECCOMP_RET_KILL_PROCESS;

	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

bool
cm_linux_seccomp(void)
{
	struct program p = { .n = 0 };
	struct sock_fprog prog;

	if (cm_linux_sanitized() || !cm_linux_has_seccomp())
		return false;
	assemble(&p);
	prog = (struct sock_fprog) { p.n, p.step };
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog) == 0;
}

#else /* a machine whose numbers nobody has looked at */

bool
cm_linux_has_seccomp(void)
{
	return false;
}

bool
cm_linux_seccomp(void)
{
	return false;
}

#endif
