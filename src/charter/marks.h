/* charter/marks.h -- what the owner says of his exhibits, so that rules can be asked about cells.
 *
 * A text of lines, kept by the owner and never handed out:
 *
 *	exhibit 1 type N1 tlp amber+strict pap amber
 *	exhibit 2 exploit			all of it attacks, as it is
 *	exhibit 2 exploit rows 10-40		... or these rows
 *	victim 198.51.100.0/24			addresses and names of the victim: what shows one of them is
 *	victim "victim.example"			about the victim, in whatever column it stands
 *	own 203.0.113.0/24			the owner's: no third party's data
 *	known 192.0.2.7				the same, since everybody may know it
 *
 * # begins a comment.  What is not said is taken the cautious way: an exhibit is TLP:AMBER+STRICT and
 * PAP:AMBER, addresses and contents are personal data of third parties, a sample attacks.  Later lines about
 * one exhibit add to earlier ones; of one thing the later word counts.  Pure; reading is total and bounded. */
#ifndef CM_CHARTER_MARKS_H
#define CM_CHARTER_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/result.h"
#include "base/span.h"

#define CM_MARKS_BYTES ((size_t)1 << 20)
#define CM_MARKS_MAX 4096u  /* lines that say something */
#define CM_MARKS_NAME_MIN 4 /* bytes: a shorter one would be found everywhere */
#define CM_MARKS_NAME_MAX 253
#define CM_MARKS_BITS_MIN 16 /* a wider IPv4 prefix would be found by chance in any payload */

enum cm_tlp { CM_TLP_CLEAR, CM_TLP_GREEN, CM_TLP_AMBER, CM_TLP_AMBER_STRICT, CM_TLP_RED, CM_TLP_N };
enum cm_pap { CM_PAP_CLEAR, CM_PAP_GREEN, CM_PAP_AMBER, CM_PAP_RED, CM_PAP_N };
extern const char *const cm_tlp_word[CM_TLP_N]; /* "amber+strict" */
extern const char *const cm_pap_word[CM_PAP_N];
/* CM_E_NOTFOUND: no such word. */
CM_RESULT cm_tlp_of(const char *word, enum cm_tlp *out);
CM_RESULT cm_pap_of(const char *word, enum cm_pap *out);

enum cm_mark_who { CM_MARK_VICTIM, CM_MARK_OWN, CM_MARK_KNOWN };

struct cm_mark_prefix {
	enum cm_mark_who who;
	uint8_t addr[16];
	uint8_t len;  /* 4 or 16 */
	uint8_t bits; /* all others are zero */
};

/* Lower case, without the dot at an end. */
struct cm_mark_name {
	const char *text;
	size_t len;
};

struct cm_mark_rows {
	uint64_t exhibit, from, to; /* rows [from, to) */
};

struct cm_mark_exhibit {
	uint64_t id;
	const char *type; /* of the registry; NULL: not said */
	enum cm_tlp tlp;
	enum cm_pap pap;
	bool harmless; /* "exploit no": it is known not to attack */
};

struct cm_marks {
	const struct cm_mark_exhibit *exhibit;
	size_t n_exhibits;
	const struct cm_mark_prefix *prefix;
	size_t n_prefixes;
	const struct cm_mark_name *name;
	size_t n_names;
	const struct cm_mark_rows *exploit;
	size_t n_exploits;
};

/* CM_E_MALFORMED: "line 3: what was expected"; CM_E_LIMIT, CM_E_NOMEM.  All memory from the arena. */
CM_RESULT cm_marks_read(struct cm_span text, struct cm_arena *arena, struct cm_marks *out, struct cm_err *err);

/* What is known of an exhibit, or what has to be taken. */
struct cm_mark_exhibit cm_marks_exhibit(const struct cm_marks *m, uint64_t id);

/* Is the address in a prefix of that kind? */
bool cm_marks_has(const struct cm_marks *m, enum cm_mark_who who, struct cm_span addr);

/* Do rows of the exhibit attack, as marked? */
bool cm_marks_exploit(const struct cm_marks *m, uint64_t exhibit, uint64_t row);

/* Is one of the victim's names there, in any case; also as DNS spells names in packets? */
bool cm_marks_names(const struct cm_marks *m, struct cm_span value);

#endif
