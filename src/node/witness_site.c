#include <string.h>

#include "base/hex.h"
#include "crypto/sha256.h"
#include "node/witness_site.h"
#include "os/clock.h"

static void
add_checkpoint(
    struct cm_witness_site *s, const struct cm_http_request *request, struct cm_http_answer *out)
{
	struct cm_witness_answer_out a = { 0 };
	struct cm_err err = { 0 };

	if (!request->post) {
		cm_http_say(out, 405, "a checkpoint is sent with POST");
		out->allow = "POST";
	} else if (cm_witness_files_ask(
		       s->files, request->body, (uint64_t)cm_clock_now(), &a, &err) == CM_OK) {
		out->status = a.status;
		out->type = a.type;
		out->body = a.body;
	} else {
		cm_buf_release(&a.body);
		cm_http_say(out, 500, "the witness can not keep what it is asked to cosign");
		cm_trouble_say(&s->trouble, &err);
	}
	out->cache = "no-store";
}

/* 64 digits and "/checkpoint"? */
static bool
is_latest(const char *path, uint8_t origin_hash[CM_SHA256_LEN])
{
	const size_t digits = (size_t)2 * CM_SHA256_LEN;

	return strlen(path) > digits && strcmp(path + digits, "/checkpoint") == 0 &&
	       cm_hex_decode(cm_span_of(path, digits), origin_hash, CM_SHA256_LEN) == CM_OK;
}

static void
latest(struct cm_witness_site *s, const uint8_t origin_hash[CM_SHA256_LEN],
    const struct cm_http_request *request, struct cm_http_answer *out)
{
	struct cm_err err = { 0 };
	enum cm_result r;

	if (request->post) {
		cm_http_say(out, 405, "this is only read");
		out->allow = "GET, HEAD";
		return;
	}
	r = cm_witness_files_latest(s->files, origin_hash, &out->body, &err);
	if (r == CM_OK) {
		out->status = 200;
	} else if (r == CM_E_NOTFOUND) {
		cm_http_say(out, 404, "no checkpoint of this log was cosigned here");
	} else {
		cm_http_say(out, 500, "the checkpoint can not be given");
		cm_trouble_say(&s->trouble, &err);
	}
	out->type = "text/plain; charset=utf-8";
	out->cache = "max-age=1, must-revalidate";
}

void
cm_witness_site_handle(void *arg, const struct cm_http_request *request, struct cm_http_answer *out)
{
	uint8_t origin_hash[CM_SHA256_LEN];

	if (strcmp(request->path, "add-checkpoint") == 0)
		add_checkpoint(arg, request, out);
	else if (is_latest(request->path, origin_hash))
		latest(arg, origin_hash, request, out);
	else
		cm_http_say(out, 404, "there is nothing of that name");
}
