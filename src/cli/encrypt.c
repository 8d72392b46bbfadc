#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "age/encrypt.h"
#include "cli/encrypt.h"
#include "os/random.h"
#include "worker/seal_exhibit.h"

static enum cm_result
encrypt_to(int fd, const struct cm_encrypt *in, struct cm_err *err)
{
	struct cm_fd_sink to = { fd, 0 };
	struct cm_sink out = cm_sink_of_fd(&to);
	size_t len = CM_AGE_RANDOM(in->n);
	struct cm_age_encrypt job = { .to = in->to, .n = in->n, .random = malloc(len), .in = in->in, .out = &out };
	enum cm_result r;

	if (job.random == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	r = cm_random(job.random, len);
	if (r != CM_OK)
		(void)cm_err_set(err, r, "the system gives no randomness");
	else
		r = cm_age_encrypt(&job, err);
	if (r == CM_E_IO)
		cm_err_set(err, r, "%s: %s", in->out, strerror(to.why));
	free(job.random); /* wiped */
	return r;
}

enum cm_result
cm_encrypt_stage(const struct cm_encrypt *in, struct cm_err *err)
{
	int fd;
	enum cm_result r = cm_whole_begin(in->out, in->mode, &fd, err);

	if (r != CM_OK)
		return r;
	r = encrypt_to(fd, in, err);
	if (r == CM_OK)
		return cm_whole_end(in->out, in->mode, fd, err);
	close(fd);
	cm_whole_drop(in->out);
	return r;
}

enum cm_result
cm_encrypt_file(const struct cm_encrypt *in, struct cm_err *err)
{
	enum cm_result r = cm_encrypt_stage(in, err);

	return r == CM_OK ? cm_whole_place(in->out, in->mode, err) : r;
}
