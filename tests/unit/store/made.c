#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "made.h"

int
made_begin(struct made_place *m)
{
	uint8_t seed[32] = { 1 }, log_seed[32] = { 2 };
	struct cm_case_new fresh = { .folder = m->folder, .name = "CERT Alpha", .seed = seed, .check = 3,
		.now = 1795475200 };
	struct cm_log_new log = { .folder = m->log, .origin = "log.example/alpha", .seed = log_seed, .check = 4 };

	strcpy(m->top, "/tmp/comity-test-XXXXXX");
	if (mkdtemp(m->top) == NULL)
		return -1;
	snprintf(m->folder, sizeof(m->folder), "%s/.comity", m->top);
	snprintf(m->log, sizeof(m->log), "%s/log", m->folder);
	return cm_case_create(&fresh, NULL) == CM_OK && cm_log_files_create(cm_disk_here(), &log, NULL) == CM_OK ? 0 : -1;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int
made_end(const struct made_place *m)
{
	return nftw(m->top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void
made_copy(const char *from, const char *to)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		execlp("cp", "cp", "-r", "--", from, to, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		abort();
}

static void
nothing(void *arg, struct cm_jsonw *w)
{
	(void)arg;
	(void)w;
}

enum cm_result
made_state(struct cm_case *c, const struct cm_signer *signer, struct cm_case_stated *out)
{
	static const struct cm_subject subject = { { 1 }, { 2 } };
	struct cm_case_draft d = { .type = CM_PREDICATE_SEAL, .subject = &subject, .n_subject = 1,
		.made = 1795475200, .body = nothing };

	return cm_case_state(c, signer, &d, out, NULL);
}
