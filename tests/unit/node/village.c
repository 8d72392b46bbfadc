#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/private.h"
#include "village.h"

/* Starts bad_witness.py beside this source, and reads its port. */
static void
start_server(struct village *v)
{
	const char *script = getenv("BAD_WITNESS");
	char text[16] = { 0 };
	int out[2];

	assert_non_null(script);
	assert_int_equal(pipe(out), 0);
	v->pid = fork();
	assert_true(v->pid >= 0);
	if (v->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* when a test fails */
		dup2(out[1], STDOUT_FILENO);
		execlp("python3", "python3", script, v->folder, (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	assert_true(read(out[0], text, sizeof(text) - 1) > 0);
	close(out[0]);
	v->port = (unsigned)atoi(text);
	assert_int_not_equal(v->port, 0);
}

struct village *
village_open(void)
{
	struct village *v = calloc(1, sizeof(*v));

	assert_non_null(v);
	v->log = made_key(VILLAGE_ORIGIN, CM_NOTE_ED25519, 1);
	v->policy.member = v->member;
	strcpy(v->folder, "/tmp/comity-test-XXXXXX");
	assert_non_null(mkdtemp(v->folder));
	start_server(v);
	return v;
}

void
village_close(struct village *v)
{
	char command[96];

	kill(v->pid, SIGKILL);
	waitpid(v->pid, NULL, 0);
	snprintf(command, sizeof(command), "rm -r %s", v->folder);
	assert_int_equal(system(command), 0);
	free(v);
}

size_t
village_add(struct village *v, const char *name, const char *url)
{
	size_t i = v->policy.n_members++;
	struct cm_policy_member *m = &v->member[i];

	assert_true(i < VILLAGE_WITNESSES);
	v->key[i] = made_key(name, CM_NOTE_COSIGNATURE, (uint8_t)(10 + i));
	snprintf(v->url[i], sizeof(v->url[i]), "http://127.0.0.1:%u/%s", v->port, name);
	*m = (struct cm_policy_member) {
		.name = name, .key = v->key[i].v, .url = url == NULL ? v->url[i] : url
	};
	return i;
}

void
village_tell(struct village *v, const char *name, unsigned n, const char *word, struct cm_span body)
{
	const struct cm_write_mode mode = { CM_WRITE_LOOSE, 0600 };
	struct cm_buf b = { 0 };
	char path[160];

	snprintf(path, sizeof(path), "%s/%s.%u", v->folder, name, n);
	cm_buf_add_str(&b, word);
	cm_buf_add_u8(&b, '\n');
	cm_buf_add_span(&b, body);
	assert_int_equal(cm_whole_write(path, cm_buf_span(&b), mode, NULL), CM_OK);
	cm_buf_release(&b);
}

bool
village_asked(struct village *v, const char *name, unsigned n, struct cm_buf *out)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s.asked.%u", v->folder, name, n);
	return cm_whole_read(path, 1 << 20, out, NULL) == CM_OK;
}

void
village_text(unsigned salt, uint64_t size, struct cm_buf *out)
{
	struct cm_checkpoint c = { .origin = VILLAGE_ORIGIN, .size = size };

	grove_root(salt, size, c.root);
	cm_checkpoint_write(&c, out);
}

void
village_note(struct village *v, unsigned salt, uint64_t size, struct cm_buf *out)
{
	struct cm_buf text = { 0 };

	village_text(salt, size, &text);
	made_note(cm_buf_span(&text), &v->log, out);
	cm_buf_release(&text);
}

void
village_cosign(const struct made_key *key, struct cm_span text, uint64_t time, struct cm_buf *out)
{
	assert_int_equal(cm_cosign(text, &key->v, key->seed, time, out, NULL), CM_OK);
}
