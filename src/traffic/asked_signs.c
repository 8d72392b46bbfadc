#include "traffic/asked_parts.h"

#define NO_NAME "not counted: no such name in 35 captures"

/* By name.  Weights and limits: docs/floods.md.  Base rates: of the names with five requests or more in real
 * captures without flood, see docs/evaluation.md. */
static const struct cm_asked_rule rules[CM_ASKED_SIGNS] = {
	[CM_ASKED_ABOVE_BASELINE] = { { "above-baseline", "Requests came so many times as often as before.", "times",
		NO_NAME, false, false }, 0, 5, false },
	[CM_ASKED_AGENT_UNIFORM] = { { "agent-uniform", "Many clients name one and the same agent.", "ppm",
		NO_NAME, false, true }, 1, 900000, false },
	[CM_ASKED_AGAIN] = { { "asked-again", "A client asks for the same path again and again: so many thousandths of other requests each has.", "thousandths",
		"3 of 10 benign names in 4 captures", false, true }, 2, 2000, false },
	[CM_ASKED_BUSTERS] = { { "cache-busters", "The query is a time, or a value never used twice, so that no cache can answer.", "ppm",
		"0 of 10 benign names in 4 captures", false, true }, 3, 500000, false },
	[CM_ASKED_COOKIES] = { { "cookies", "Clients bring cookies: they have been here before.", "ppm",
		"1 of 8 benign names in 3 captures", true, true }, -3, 300000, false },
	[CM_ASKED_FOREIGN_REFERERS] = { { "foreign-referers", "Pages of other sites made the clients ask.", "ppm",
		"1 of 8 benign names in 3 captures", false, true }, 2, 500000, false },
	[CM_ASKED_NO_COOKIES] = { { "no-cookies", "Hardly a request has a cookie.", "ppm",
		"7 of 8 benign names in 3 captures", false, true }, 1, 100000, true },
	[CM_ASKED_NO_REFERERS] = { { "no-referers", "Hardly a request says which page it comes from.", "ppm",
		"3 of 8 benign names in 3 captures", false, true }, 1, 950000, false },
	[CM_ASKED_NO_PARTS] = { { "no-sub-resources", "Hardly a style, script or image is asked for: nobody looks at pages.", "ppm",
		"6 of 10 benign names in 4 captures", false, true }, 1, 100000, true },
	[CM_ASKED_ONE_EACH] = { { "one-each", "A client asks for a path once: so many thousandths of other requests, for whatever, each has.", "thousandths",
		"1 of 5 benign names in 2 captures", true, true }, -5, 3000, true },
	[CM_ASKED_ONE_REFERER] = { { "one-referer", "Those who come from elsewhere come from one page's site.", "ppm",
		"2 of 2 benign names in 1 capture", true, true }, -1, 600000, false },
	[CM_ASKED_OWN_REFERERS] = { { "own-referers", "The site's own pages made the clients ask.", "ppm",
		"2 of 8 benign names in 3 captures", true, true }, -5, 500000, false },
	[CM_ASKED_PERIOD] = { { "period", "Half of the clients ask again after this time or sooner.", "ms",
		"5 of 7 benign names in 4 captures", false, false }, 0, 5000, true },
	[CM_ASKED_REFERERS_SPREAD] = { { "referers-spread", "The pages are of many sites: the most frequent one has this share.", "ppm",
		"0 of 1 benign names in 1 capture", false, true }, 2, 333333, true },
	[CM_ASKED_SAME_PATHS] = { { "same-paths", "Four paths or fewer are what nearly all ask for.", "ppm",
		"6 of 10 benign names in 4 captures", false, true }, 2, 700000, false },
	[CM_ASKED_SHARED_SCRIPT] = { { "shared-script", "Pages of the referers embed scripts of one and the same third host.", "ppm",
		NO_NAME, false, false }, 0, 500000, false },
	[CM_ASKED_SINGLE_SOURCE] = { { "single-source", "One client asks nearly all: a test, a crawler, a job.", "ppm",
		"8 of 10 benign names in 4 captures", true, true }, -8, 800000, false },
	[CM_ASKED_PARTS] = { { "sub-resources", "Styles, scripts and images of pages are asked for, as browsers do.", "ppm",
		"4 of 10 benign names in 4 captures", true, true }, -4, 300000, false },
};

const struct cm_asked_rule *
cm_asked_rules(void)
{
	return rules;
}
