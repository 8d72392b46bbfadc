#include "script/script.h"

CM_RESULT
cm_script_read(struct cm_span body, struct cm_arena *arena, struct cm_script *out)
{
	(void)body, (void)arena;
	*out = (struct cm_script) { 0 };
	return CM_OK;
}

CM_RESULT
cm_script_body(struct cm_span stream, struct cm_arena *arena, struct cm_span *body,
    struct cm_span *location)
{
	(void)arena;
	*body = stream;
	*location = (struct cm_span) { 0 };
	return CM_OK;
}
