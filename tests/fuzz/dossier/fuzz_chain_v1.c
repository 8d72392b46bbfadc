/* The members of chain/v1: what can be read is written the same again. */
#include "fuzz.h"
#include "statement/chain_v1.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_json_doc doc = { 0 }, again = { 0 };
	struct cm_buf first = { 0 }, second = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&first, 0), w2 = cm_jsonw_of(&second, 0);
	struct cm_chain_v1 f;
	struct cm_arena arena;
	struct cm_err err = { 0 };

	cm_arena_init(&arena, (size_t)64 << 20);
	if (cm_json_parse(cm_span_of(data, size), &doc, &err) == CM_OK &&
	    cm_chain_v1_read(cm_json_root(&doc), &arena, &f, &err) == CM_OK) {
		cm_jsonw_object(&w);
		cm_chain_v1_write(&w, &f);
		cm_jsonw_object_end(&w);
		if (cm_buf_ok(&first) && cm_json_parse(cm_buf_span(&first), &again, &err) == CM_OK &&
		    cm_chain_v1_read(cm_json_root(&again), &arena, &f, &err) == CM_OK) {
			cm_jsonw_object(&w2);
			cm_chain_v1_write(&w2, &f);
			cm_jsonw_object_end(&w2);
			must(!cm_buf_ok(&second) || cm_span_eq(cm_buf_span(&first), cm_buf_span(&second)));
		}
	}
	cm_json_release(&doc);
	cm_json_release(&again);
	cm_buf_release(&first);
	cm_buf_release(&second);
	cm_arena_fini(&arena);
	return 0;
}
