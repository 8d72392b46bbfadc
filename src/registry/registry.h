/* registry/registry.h -- what kinds of evidence there are, how easily each is planted, what showing it costs.
 *
 * The registry is a text that people edit (data/evidence-types.txt says how it is written) and that is built
 * into the program.  A case may change forge classes, costs and plantabilities in the section `## Evidence
 * types` of its charter: registry/override.h.
 *
 * Plantability c of a forge class, in thousandths: how often, it is judged, a capable deceiver could and would
 * leave such evidence.  Evidence of one class, however much of it, never raises the odds of A against
 * somebody who poses as A by more than 1/c.  So a high c is the careful value. */
#ifndef CM_REGISTRY_REGISTRY_H
#define CM_REGISTRY_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/result.h"
#include "base/span.h"

#define CM_REGISTRY_TEXT ((size_t)1 << 20) /* longest text read */
#define CM_REGISTRY_TYPES 256u
#define CM_REGISTRY_NAMES 256u /* groups, and works */
#define CM_EVIDENCE_ID 3u      /* a capital letter and one or two digits, the first of them not 0 */

/* How `values` says that a value was published by nobody. */
#define CM_REGISTRY_OWN "Comity's own judgement"

#define CM_FORGE_CLASSES 5
#define CM_FORGE_GRADED (-1) /* somebody's word: its source is graded, no class is given */
#define CM_COST_CLASSES 5
#define CM_CHECK_FORMS 8

enum cm_layer { CM_LAYER_MACHINE, CM_LAYER_OPERATOR, CM_LAYER_ORGANISATION, CM_LAYER_STATE, CM_LAYER_BENEFICIARY };
#define CM_LAYERS 5

/* Aspects of MICTIC; cm_mictic_letter has their letters. */
enum cm_mictic {
	CM_MICTIC_MALWARE,
	CM_MICTIC_INFRASTRUCTURE,
	CM_MICTIC_CONTROL,
	CM_MICTIC_TELEMETRY,
	CM_MICTIC_INTELLIGENCE,
	CM_MICTIC_CUI_BONO
};
#define CM_MICTICS 6

struct cm_evidence_type {
	const char *id; /* "N1" */
	const char *name;
	const char *supports;
	uint8_t layers;              /* bits 1 << enum cm_layer */
	int8_t forge_lo, forge_hi;   /* 0..4; both CM_FORGE_GRADED: none */
	uint8_t cost_lo, cost_hi;    /* 0..4 */
	uint8_t forms;               /* bits 1 << (number of the check form - 1) */
	const char *forms_text;      /* the same with what belongs to each: "C5 (court file)" */
	const char *group;           /* dependence group */
	enum cm_mictic mictic;
	const char *stix;
	const char *why;             /* one sentence, for forge class and cost */
	const char *values;          /* whose values these are: CM_REGISTRY_OWN, or a work */
	const char *after;           /* works, with ", " between them */
	const char *note;            /* NULL: none */
};

struct cm_registry_name {
	const char *name, *text;
};

struct cm_registry {
	uint64_t version;
	uint16_t plantable[CM_FORGE_CLASSES]; /* c in thousandths, descending */
	const char *class_text[CM_FORGE_CLASSES];
	const char *cost_text[CM_COST_CLASSES];
	const char *form_text[CM_CHECK_FORMS];
	const char *layer_text[CM_LAYERS];
	const struct cm_registry_name *group;
	size_t n_groups;
	const struct cm_registry_name *work;
	size_t n_works;
	const struct cm_evidence_type *type; /* as in the text */
	size_t n_types;
};

/* Reads such a text; all memory from ${arena}.  Total, linear but for names, which are compared with each
 * other.  CM_E_MALFORMED with line, column and offset; CM_E_LIMIT; CM_E_NOMEM. */
CM_RESULT cm_registry_parse(struct cm_span text, struct cm_arena *arena, struct cm_registry *out, struct cm_err *err);

/* The one that is built in.  CM_E_NOMEM, and what cm_registry_parse says. */
CM_RESULT cm_registry_builtin(struct cm_arena *arena, struct cm_registry *out, struct cm_err *err);

/* NULL: there is no such type. */
const struct cm_evidence_type *cm_registry_find(const struct cm_registry *r, const char *id);
const char *cm_registry_group_text(const struct cm_registry *r, const char *group); /* NULL: no such group */

/* Is ${id} spelled as an id of a type, known or not? */
bool cm_evidence_id_ok(const char *id);

/* c of a type in thousandths, from its classes: the least and the most.  False: it is graded. */
bool cm_evidence_plantable(const struct cm_registry *r, const struct cm_evidence_type *t, unsigned *lo, unsigned *hi);

#define CM_EVIDENCE_RANGE 12 /* "F1 to F2", "graded" */
void cm_evidence_forge_word(const struct cm_evidence_type *t, char out[CM_EVIDENCE_RANGE]);
void cm_evidence_cost_word(const struct cm_evidence_type *t, char out[CM_EVIDENCE_RANGE]);
const char *cm_layer_word(enum cm_layer layer);    /* "machine", ... */
const char *cm_mictic_word(enum cm_mictic aspect); /* "malware", ... */
char cm_mictic_letter(enum cm_mictic aspect);      /* M I C T I U */

#endif
