#include <stdatomic.h>
#include <string.h>

#include "cli/dossier_draft.h"
#include "crypto/sha256.h"
#include "dossier/load.h"
#include "dossier/pack.h"
#include "os/pool.h"

static CM_RESULT
no_memory(struct cm_err *err)
{
	return cm_err_set(err, CM_E_NOMEM, "out of memory");
}

/* The SHA-256 of many files, by two threads: the last ones, which are long, first. */
struct hashing {
	const struct cm_zip *zip;
	uint8_t (*sha256)[32];
	atomic_size_t done;
};

static void
hash_files(void *arg)
{
	struct hashing *h = arg;
	size_t i;

	while ((i = atomic_fetch_add(&h->done, 1)) < h->zip->n) {
		i = h->zip->n - 1 - i;
		cm_sha256(h->zip->entry[i].data.ptr, h->zip->entry[i].data.len, h->sha256[i]);
	}
}

static CM_RESULT
hash_all(const struct cm_dossier_draft_in *in, const struct cm_zip *zip, uint8_t (*sha256)[32], struct cm_err *err)
{
	struct hashing h = { .zip = zip, .sha256 = sha256 };
	struct cm_together together;
	struct cm_pool *pool;

	if (sha256 == NULL || cm_pool_new(in->threads, &pool) != CM_OK)
		return no_memory(err);
	together = cm_pool_together(pool);
	cm_together_do(&together, hash_files, &h, hash_files, &h);
	cm_pool_free(pool);
	return CM_OK;
}

/* The members that the child drafted, and every file that it made, with room for two more. */
enum cm_result
cm_dossier_draft(const struct cm_dossier_draft_in *in, struct cm_dossier_draft *out, struct cm_err *err)
{
	struct cm_arena *arena = in->arena;
	struct cm_zip *zip = &out->zip;
	struct cm_json_doc doc = { 0 };
	struct cm_zip_entry *entry;
	struct cm_zip_sum *sum;
	uint8_t (*sha256)[32];
	struct cm_span draft;
	enum cm_result rc;
	size_t i, n = 0;

	/* the dossier made of it is read as a receiver would */
	rc = cm_zip_list(in->files, arena, zip, err);
	if (rc == CM_OK)
		rc = cm_zip_find(zip, CM_PACK_DRAFT, &draft);
	if (rc == CM_OK)
		rc = cm_json_parse(draft, &doc, err);
	if (rc == CM_OK)
		rc = cm_disclosure_read(cm_json_root(&doc), arena, &out->disclosure, err);
	cm_json_release(&doc);
	if (rc != CM_OK)
		return cm_err_set(err, rc, "the confined reader's answer makes no sense");
	entry = cm_arena_array(arena, zip->n + 2, sizeof(*entry));
	sum = cm_arena_array(arena, zip->n + 2, sizeof(*sum));
	out->disclosure.files = cm_arena_array(arena, zip->n + 1, sizeof(out->disclosure.files[0]));
	if (entry == NULL || sum == NULL || out->disclosure.files == NULL)
		return no_memory(err);
	sha256 = cm_arena_array(arena, zip->n + 1, 32);
	out->digest = cm_arena_array(arena, zip->n + 2, 32);
	if (out->digest == NULL)
		return no_memory(err);
	rc = hash_all(in, zip, sha256, err);
	for (i = 0; rc == CM_OK && i < zip->n; i++) {
		struct cm_disclosed_file *f = &out->disclosure.files[out->disclosure.n_files];

		if (cm_span_eq(zip->entry[i].name, cm_span_str(CM_PACK_MAP)))
			out->map = zip->entry[i].data;
		if (cm_span_eq(zip->entry[i].name, cm_span_str(CM_PACK_DRAFT)) ||
		    cm_span_eq(zip->entry[i].name, cm_span_str(CM_PACK_MAP)))
			continue;
		sum[n] = zip->sum[i];
		memcpy(out->digest[n], sha256[i], 32);
		entry[n++] = zip->entry[i];
		if (cm_load_is_unlisted(zip->entry[i].name))
			continue;
		f->name = cm_arena_printf(arena, "%.*s", (int)zip->entry[i].name.len,
		    (const char *)zip->entry[i].name.ptr);
		f->bytes = zip->entry[i].data.len;
		memcpy(f->sha256, sha256[i], 32);
		if (f->name == NULL)
			return no_memory(err);
		out->disclosure.n_files++;
	}
	out->entry = entry;
	*zip = (struct cm_zip) { entry, n, sum };
	return rc;
}
