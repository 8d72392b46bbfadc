#include <string.h>

#include "charter/templates.h"

const struct cm_embedded *
cm_charter_template(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < cm_charter_templates_n; i++) {
		const char *is = cm_charter_templates[i].name;

		if (strncmp(is, name, len) == 0 && (is[len] == 0 || strcmp(is + len, ".md") == 0))
			return &cm_charter_templates[i];
	}
	return NULL;
}
