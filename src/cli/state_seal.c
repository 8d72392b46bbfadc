#include <string.h>

#include "base/build.h"
#include "cli/state_seal.h"
#include "os/clock.h"
#include "os/random.h"

bool
cm_cli_claim(const struct cm_args *a, int id, struct cm_seal_wish *w)
{
	struct cm_claim_text text = { .text = a->value };

	switch (id) {
	case CM_CLAIM_BY:
		w->collected[CM_COLLECTED_BY] = text;
		return true;
	case CM_CLAIM_VANTAGE:
		w->collected[CM_COLLECTED_VANTAGE] = text;
		return true;
	case CM_CLAIM_TOOL:
		w->collected[CM_COLLECTED_TOOL] = text;
		return true;
	case CM_CLAIM_CLOCK:
		w->collected[CM_COLLECTED_CLOCK] = text;
		return true;
	case CM_CLAIM_DIGEST:
		w->file_digest = true;
		return true;
	case CM_CLAIM_NO_PAIRS:
		w->no_pairs = true;
		return true;
	default:
		return false;
	}
}

void
cm_sealed_write(struct cm_jsonw *w, const struct cm_sealed *s)
{
	cm_jsonw_kuint(w, "rows", s->seal.rows);
	cm_jsonw_khex(w, "root", cm_span_of(s->seal.root, 32));
	cm_jsonw_kuint(w, "bytes", s->bytes);
	cm_jsonw_kbool(w, "has_file", s->seal.has_file);
	cm_jsonw_khex(w, "file", cm_span_of(s->seal.file, 32));
	cm_jsonw_khex(w, "sha256", cm_span_of(s->sha256, 32));
	cm_jsonw_kbool(w, "has_pairs", s->seal.has_pairs);
	cm_jsonw_khex(w, "pairs", cm_span_of(s->seal.pairs, 32));
	cm_jsonw_kbool(w, "crowded", s->crowded);
}

enum cm_result
cm_sealed_read(struct cm_json v, struct cm_sealed *out, struct cm_err *err)
{
	enum cm_result rc;

	*out = (struct cm_sealed) { 0 };
	rc = cm_json_get_u64(v, "rows", CM_ROWS_MAX, &out->seal.rows, err);
	if (rc == CM_OK)
		rc = cm_json_get_hex(v, "root", out->seal.root, 32, err);
	if (rc == CM_OK)
		rc = cm_json_get_u64(v, "bytes", CM_JSON_INT_MAX, &out->bytes, err);
	if (rc == CM_OK)
		rc = cm_json_get_bool(v, "has_file", &out->seal.has_file, err);
	if (rc == CM_OK)
		rc = cm_json_get_hex(v, "file", out->seal.file, 32, err);
	if (rc == CM_OK)
		rc = cm_json_get_hex(v, "sha256", out->sha256, 32, err);
	if (rc == CM_OK)
		rc = cm_json_get_bool(v, "has_pairs", &out->seal.has_pairs, err);
	if (rc == CM_OK)
		rc = cm_json_get_hex(v, "pairs", out->seal.pairs, 32, err);
	if (rc == CM_OK)
		rc = cm_json_get_bool(v, "crowded", &out->crowded, err);
	return rc;
}

void
cm_say_crowded(const struct cm_context *ctx, const char *name, const struct cm_sealed *s)
{
	if (s->crowded)
		cm_cli_say(ctx, "%s has more than %zu pairs of hosts: its seal does not count their rows", name, CM_PAIRS_MAX);
}

enum cm_result
cm_state(const struct cm_stating *s, struct cm_case_draft *d, struct cm_case_stated *out, struct cm_err *err)
{
	d->made = cm_clock_now();
	if (cm_random(d->nonce, sizeof(d->nonce)) != CM_OK)
		return cm_err_set(err, CM_E_IO, "the system gives no randomness");
	return cm_case_state(s->c, s->signer, d, out, err);
}

static void
write_seal(void *arg, struct cm_jsonw *w)
{
	cm_seal_v1_write(w, arg);
}

enum cm_result
cm_state_seal(const struct cm_stating *s, const struct cm_brought *f, const struct cm_sealed *sealed,
    struct cm_case_exhibit *out, struct cm_err *err)
{
	struct cm_seal_v1 seal = { .seal = sealed->seal, .has_collected = true, .tool_name = cm_build_name(),
		.tool_version = cm_build_version() };
	struct cm_subject subject = { 0 };
	struct cm_case_draft d = { .type = CM_PREDICATE_SEAL, .subject = &subject, .n_subject = 1,
		.body = write_seal, .arg = &seal };
	struct cm_case_stated stated;
	enum cm_result rc;

	memcpy(seal.seal.x, f->secret.x, 32);
	memcpy(seal.tool_source, s->source, 32);
	memcpy(seal.collected, s->wish->collected, sizeof(seal.collected));
	memcpy(subject.exhibit, f->secret.x, 32);
	memcpy(subject.root, sealed->seal.root, 32);
	rc = cm_state(s, &d, &stated, err);
	if (rc == CM_OK)
		rc = cm_case_index_keep(s->c, f->secret.x, f->index_fd, err);
	if (rc != CM_OK)
		return rc;
	*out = (struct cm_case_exhibit) { .path = f->path, .size = sealed->bytes,
		.has_sha256 = sealed->seal.has_file, .kind = cm_kind_word(sealed->seal.schema.kind),
		.rows = sealed->seal.rows };
	memcpy(out->x, f->secret.x, 32);
	memcpy(out->sha256, sealed->sha256, 32);
	memcpy(out->root, sealed->seal.root, 32);
	memcpy(out->statement, stated.digest, 32);
	return cm_case_exhibit_add(s->c, out, &f->secret, err);
}
