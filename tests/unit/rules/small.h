/* tests/unit/rules/small.h -- a vocabulary with one attribute of each sort. */
#ifndef TESTS_UNIT_RULES_SMALL_H
#define TESTS_UNIT_RULES_SMALL_H

#include "rules/rules.h"

enum { ACT, TYPE, TO, WHO, TLP, CONSENT, SIZE, DAY, SMALL_N };
enum { RETAIN, ONWARD, MARK, RECEIPT, SMALL_OBLIGES };

static const char *const small_act[] = { "release", "publish" };
static const char *const small_type[] = { "N1", "N2", "M6" };
static const char *const small_to[] = { "government", "academic", "public" };
static const char *const small_who[] = { "A", "CERT B", "other" };
static const char *const small_tlp[] = { "clear", "amber", "amber+strict", "red" };
static const char *const small_consent[] = { "none", "given" };
static const char *const small_onward[] = { "none", "members", "any" };

static const struct cm_attribute small_attribute[SMALL_N] = {
	[ACT] = { .name = "action", .slot = CM_SLOT_ACTION, .words = small_act, .n_words = 2 },
	[TYPE] = { .name = "type", .slot = CM_SLOT_TYPES, .words = small_type, .n_words = 3 },
	[TO] = { .name = "to", .slot = CM_SLOT_TO, .words = small_to, .n_words = 3 },
	[WHO] = { .name = "to-member", .slot = CM_SLOT_TO, .quoted = true, .words = small_who, .n_words = 3, .n_bare = 1 },
	[TLP] = { .name = "tlp", .kind = CM_ATTRIBUTE_ORDERED, .words = small_tlp, .n_words = 4 },
	[CONSENT] = { .name = "consent", .words = small_consent, .n_words = 2 },
	[SIZE] = { .name = "size", .kind = CM_ATTRIBUTE_NUMBER, .unit = 'd' },
	[DAY] = { .name = "date", .kind = CM_ATTRIBUTE_DATE },
};
static const struct cm_obligation small_obligation[SMALL_OBLIGES] = {
	[RETAIN] = { "retain", CM_OBLIGATION_AT_MOST, 'd', NULL, 0, "it is deleted after %s" },
	[ONWARD] = { "onward", CM_OBLIGATION_WORD_AT_MOST, 0, small_onward, 3, "it is passed on to: %s" },
	[MARK] = { "mark-tlp", CM_OBLIGATION_WORD_AT_LEAST, 0, small_tlp, 4, "it is marked TLP:%s or stricter" },
	[RECEIPT] = { "receipt", CM_OBLIGATION_FLAG, 0, NULL, 0, "a receipt is signed" },
};
static const struct cm_vocabulary small = { small_attribute, SMALL_N, small_obligation, SMALL_OBLIGES };

#endif
