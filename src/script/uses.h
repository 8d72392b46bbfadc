/* script/uses.h -- how a text uses what it names. */
#ifndef CM_SCRIPT_USES_H
#define CM_SCRIPT_USES_H

#include <stdbool.h>
#include <stdint.h>

#include "script/held.h"
#include "script/lex.h"
#include "script/script.h"
#include "script/url.h"

/* What holds of the whole text. */
struct cm_uses {
	bool timer;
	uint32_t period_ms; /* of the shortest with a number above 0; 0: none */
	bool loads;         /* code in it loads something */
	bool clock;         /* reads the time or random numbers */
	bool open_query;    /* a literal that ends in a query to which something is added */
	bool no_cache;      /* asks for it by name, or in one template */
	bool is_script;
};

void cm_uses_find(struct cm_lex l, struct cm_uses *out);

/* How the URL at this place is used; ${redirects} is set if the page goes there by itself. */
enum cm_script_how cm_uses_of(struct cm_span text, const struct cm_url *u,
    const struct cm_uses *uses, bool held, bool *redirects);

#endif
