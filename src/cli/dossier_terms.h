/* cli/dossier_terms.h -- what a charter said to a disclosure, in words or as JSON. */
#ifndef CM_CLI_DOSSIER_TERMS_H
#define CM_CLI_DOSSIER_TERMS_H

#include "cli/cli.h"
#include "codec/json_write.h"
#include "dossier/governed.h"
#include "store/case.h"

/* How it is told. */
struct cm_dossier_told {
	const struct cm_context *ctx;
	const struct cm_governed *governed;
	const char *title; /* of the charter */
	const struct cm_case_exhibit *exhibits;
	size_t n_exhibits;
	bool explain; /* each answer with the rules that gave it */
};

/* On ctx->out: what is allowed, what stays hidden and why, what it obliges to. */
void cm_dossier_tell_terms(const struct cm_dossier_told *t);

/* The same as members of the object that ${w} stands in. */
void cm_dossier_put_terms(struct cm_jsonw *w, const struct cm_dossier_told *t);

#endif
