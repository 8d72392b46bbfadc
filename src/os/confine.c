#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/confine.h"
#include "os/confine_linux.h"

#define PIPE ((size_t)1 << 20) /* bytes, if the system grants it so many */

/* Closes all descriptors but 0, 1, 2, ${out} and those of the job. */
static void
shed_descriptors(const struct cm_confine_job *job, int out)
{
	int high = 3;

	for (size_t i = 0; i < job->n_keep; i++)
		if (job->keep[i] >= high)
			high = job->keep[i] + 1;
	if (out >= high)
		high = out + 1;
	for (int fd = 3; fd < high; fd++) {
		bool keep = fd == out;

		for (size_t i = 0; i < job->n_keep; i++)
			keep = keep || fd == job->keep[i];
		if (!keep)
			close(fd);
	}
	cm_linux_close_from((unsigned int)high);
}

static void
say_what_is_missing(const struct cm_confine_job *job, bool landlock, bool seccomp)
{
	static const char none[] = "comity: note: this system has neither seccomp nor Landlock; "
				   "untrusted bytes are read without confinement\n";
	static const char no_landlock[] = "comity: note: this kernel has no Landlock; "
					  "confined by seccomp alone\n";
	static const char no_seccomp[] = "comity: note: seccomp is not available; "
					 "confined by Landlock alone\n";
	const char *text = landlock ? no_seccomp : seccomp ? no_landlock : none;

	if ((landlock && seccomp) || job->quiet || cm_linux_sanitized())
		return;
	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		return;
}

static void
child(const struct cm_confine_job *job, int out)
{
	struct rlimit no_core = { 0, 0 };
	bool landlock, seccomp;

	shed_descriptors(job, out);
	setrlimit(RLIMIT_CORE, &no_core);
	if (!job->unconfined) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		landlock = cm_linux_landlock();
		seccomp = cm_linux_seccomp();
		say_what_is_missing(job, landlock, seccomp);
	}
	_exit(job->run(job->arg, out) & 0x7f);
}

/* How much of the result can be read to where it is to lie; 0: it is whole, or too much. */
static size_t
room_in(struct cm_buf *result)
{
	size_t n = result->max == 0 || result->max - result->len > PIPE ? PIPE : result->max - result->len;

	return n > 0 && cm_buf_reserve(result, n) ? n : 0;
}

/* Reads on in the child's result, also what is beyond the limit; false: it is at its end. */
static bool
hear(int fd, struct cm_buf *result, bool *torn)
{
	uint8_t beyond[4096];
	size_t room = room_in(result);
	ssize_t n;

	do
		n = read(fd, room > 0 ? result->ptr + result->len : beyond, room > 0 ? room : sizeof(beyond));
	while (n < 0 && errno == EINTR);
	if (n > 0 && room > 0)
		result->len += (size_t)n;
	else if (n > 0)
		cm_buf_add(result, beyond, (size_t)n);
	*torn = n < 0 || !cm_buf_ok(result);
	return n > 0;
}

static enum cm_result
died(const struct cm_confine_job *job, int sig, struct cm_err *err)
{
	if (sig == SIGBUS)
		return cm_err_set(err, CM_E_IO,
		    "%s: the file became shorter while it was read; nothing after that point was "
		    "looked at: work on a copy that nobody writes to",
		    job->what);
	if (sig == SIGSYS)
		return cm_err_set(err, CM_E_IO,
		    "%s: the confined reader asked the system for something it may not have and was "
		    "stopped: this is a bug or an attack, please report it with the file",
		    job->what);
	return cm_err_set(err, CM_E_IO,
	    "%s: the confined reader was stopped by signal %d (%s); the rest was not read: "
	    "this is a bug or an attack, please report it with the file",
	    job->what, sig, strsignal(sig));
}

static enum cm_result
reap(const struct cm_confine_job *job, pid_t pid, int *status, struct cm_err *err)
{
	int st;

	while (waitpid(pid, &st, 0) < 0)
		if (errno != EINTR)
			return cm_err_set(err, CM_E_IO, "%s: lost the confined reader: %s", job->what,
			    strerror(errno));
	if (WIFSIGNALED(st))
		return died(job, WTERMSIG(st), err);
	*status = WEXITSTATUS(st);
	return CM_OK;
}

enum cm_result
cm_confine_start(const struct cm_confine_job *job, struct cm_confine_child *out, struct cm_err *err)
{
	int ends[2] = { -1, -1 };
	pid_t pid;

	if (job->result != NULL && pipe2(ends, O_CLOEXEC) != 0)
		return cm_err_set(err, CM_E_IO, "no pipe: %s", strerror(errno));
	if (job->result != NULL)
		(void)fcntl(ends[1], F_SETPIPE_SZ, (int)PIPE);
	pid = fork();
	if (pid == 0)
		child(job, ends[1]);
	if (ends[1] >= 0)
		close(ends[1]);
	if (pid < 0) {
		if (ends[0] >= 0)
			close(ends[0]);
		return cm_err_set(err, CM_E_IO, "no new process: %s", strerror(errno));
	}
	*out = (struct cm_confine_child) { *job, pid, ends[0], false };
	return CM_OK;
}

bool
cm_confine_hear(struct cm_confine_child *c)
{
	if (c->pid == 0 || c->answer < 0)
		return false;
	if (hear(c->answer, c->job.result, &c->torn))
		return true;
	close(c->answer);
	c->answer = -1;
	return false;
}

void
cm_confine_listen(struct cm_confine_child *c)
{
	while (cm_confine_hear(c))
		;
}

enum cm_result
cm_confine_end(struct cm_confine_child *c, int *status, struct cm_err *err)
{
	enum cm_result r;

	cm_confine_listen(c);
	r = reap(&c->job, c->pid, status, err);
	c->pid = 0;
	if (r == CM_OK && c->torn)
		return cm_err_set(err, CM_E_LIMIT, "%s: the confined reader's answer is too long",
		    c->job.what);
	return r;
}

void
cm_confine_drop(struct cm_confine_child *c)
{
	int status;

	if (c->pid == 0)
		return;
	if (c->answer >= 0)
		close(c->answer);
	kill(c->pid, SIGKILL);
	(void)reap(&c->job, c->pid, &status, NULL);
	*c = (struct cm_confine_child) { .answer = -1 };
}

enum cm_result
cm_confine_run(const struct cm_confine_job *job, int *status, struct cm_err *err)
{
	struct cm_confine_child c;
	enum cm_result r = cm_confine_start(job, &c, err);

	return r == CM_OK ? cm_confine_end(&c, status, err) : r;
}

const char *
cm_confine_kind(void)
{
	bool landlock = cm_linux_landlock_abi() > 0, seccomp = cm_linux_has_seccomp();

	if (cm_linux_sanitized())
		return "none (built with sanitizers)";
	if (landlock && seccomp)
		return "seccomp+landlock";
	return seccomp ? "seccomp" : landlock ? "landlock" : "none";
}
