#include "cli/case_registry.h"

#include "charter/weighed.h"
#include "store/team.h"

enum cm_result
cm_case_registry(struct cm_case *c, struct cm_arena *arena, struct cm_registry *out, struct cm_err *err)
{
	struct cm_weighed *weighed;
	struct cm_team team;
	enum cm_result rc;

	if (c == NULL)
		return cm_registry_builtin(arena, out, err);
	rc = cm_case_team(c, arena, &team, err);
	if (rc != CM_OK || team.in_force == NULL)
		return rc != CM_OK ? rc : cm_registry_builtin(arena, out, err);
	weighed = cm_arena_alloc(arena, sizeof(*weighed));
	if (weighed == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	rc = cm_charter_weigh(team.in_force->file.text, arena, weighed, err);
	if (rc == CM_OK)
		*out = weighed->registry;
	return rc;
}
