#include "charter/vocabulary.h"

#define WORDS(...) (const char *const[]) { __VA_ARGS__ }, sizeof((const char *const[]) { __VA_ARGS__ }) / sizeof(char *)

/* The words of type and of both members are put in later. */
static const struct cm_attribute ATTRIBUTE[CM_ASKS_N] = {
	[CM_ASKS_ACTION] = { "action", CM_ATTRIBUTE_WORD, CM_SLOT_ACTION, false,
	    WORDS("release", "publish", "derive", "onward"),
	    "what is done: shown to a party, to everybody, worked into something new, or passed on", 0, 0 },
	[CM_ASKS_TYPE] = { "type", CM_ATTRIBUTE_WORD, CM_SLOT_TYPES, false, NULL, 0, "the type of the evidence in the registry", 0, 0 },
	[CM_ASKS_FORM] = { "form", CM_ATTRIBUTE_WORD, CM_SLOT_AS, false,
	    WORDS("C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8"), "the form in which it can be checked; C1 is the thing itself", 0, 0 },
	[CM_ASKS_FROM] = { "from", CM_ATTRIBUTE_WORD, CM_SLOT_FROM, false,
	    WORDS("victim", "government", "private", "academic", "panel"), "the role of the party that shows it", 0, 0 },
	[CM_ASKS_FROM_MEMBER] = { "from-member", CM_ATTRIBUTE_WORD, CM_SLOT_FROM, true, NULL, 0, "the member that shows it", 0, 0 },
	[CM_ASKS_TO] = { "to", CM_ATTRIBUTE_WORD, CM_SLOT_TO, false,
	    WORDS("victim", "government", "private", "academic", "panel", "public"), "the role of the party that it is shown to", 0, 0 },
	[CM_ASKS_TO_MEMBER] = { "to-member", CM_ATTRIBUTE_WORD, CM_SLOT_TO, true, NULL, 0,
	    "the member that it is shown to, or other: no member", 1, 0 },
	[CM_ASKS_PURPOSE] = { "purpose", CM_ATTRIBUTE_WORD, CM_SLOT_FOR, false,
	    WORDS("attribution", "corroboration", "defence", "warning", "prosecution", "sanctions", "research", "targeting"),
	    "what the recipient may use it for", 0, 0 },
	[CM_ASKS_CONTENT] = { "content", CM_ATTRIBUTE_WORD, CM_SLOT_NONE, false,
	    WORDS("headers", "address", "pseudonym", "payload", "mask", "text", "bytes", "statement", "count", "picture"),
	    "what kind of thing is shown", 0, 0 },
	[CM_ASKS_TLP] = { "tlp", CM_ATTRIBUTE_ORDERED, CM_SLOT_NONE, false, WORDS("clear", "green", "amber", "amber+strict", "red"),
	    "its marking: who may see it", 0, 0 },
	[CM_ASKS_PAP] = { "pap", CM_ATTRIBUTE_ORDERED, CM_SLOT_NONE, false, WORDS("clear", "green", "amber", "red"),
	    "its marking: what may be done with it", 0, 0 },
	[CM_ASKS_VICTIM_DATA] = { "victim-data", CM_ATTRIBUTE_WORD, CM_SLOT_NONE, false, WORDS("no", "yes"),
	    "does it name the victim, or show an address of it", 0, 0 },
	[CM_ASKS_THIRD_PARTY_DATA] = { "third-party-data", CM_ATTRIBUTE_WORD, CM_SLOT_NONE, false, WORDS("no", "yes"),
	    "is it about somebody who is no member", 0, 0 },
	[CM_ASKS_PERSONAL_DATA] = { "personal-data", CM_ATTRIBUTE_WORD, CM_SLOT_NONE, false, WORDS("no", "yes"),
	    "is it about a person", 0, 0 },
	[CM_ASKS_EXPLOIT] = { "exploit", CM_ATTRIBUTE_WORD, CM_SLOT_NONE, false, WORDS("no", "yes"),
	    "is it code that attacks, as it is", 0, 0 },
	[CM_ASKS_CONSENT] = { "consent", CM_ATTRIBUTE_WORD, CM_SLOT_NONE, false, WORDS("none", "given", "revoked"),
	    "the victim's consent to this type, purpose, recipient and time", 0, 0 },
	[CM_ASKS_COST] = { "cost", CM_ATTRIBUTE_ORDERED, CM_SLOT_NONE, false, WORDS("D0", "D1", "D2", "D3", "D4"),
	    "what showing it costs the party that shows it", 0, 0 },
	[CM_ASKS_PHASE] = { "phase", CM_ATTRIBUTE_ORDERED, CM_SLOT_NONE, false, WORDS("open", "closing", "closed"),
	    "where the case stands", 0, 0 },
	[CM_ASKS_APPROVED] = { "approved", CM_ATTRIBUTE_ORDERED, CM_SLOT_NONE, false, WORDS("none", "some", "all"),
	    "which members approved this very release", 0, 0 },
	[CM_ASKS_DATE] = { "date", CM_ATTRIBUTE_DATE, CM_SLOT_NONE, false, NULL, 0, "the day on which it is shown", 0, 0 },
};

static const struct cm_obligation OBLIGATION[CM_OBLIGES_N] = {
	[CM_OBLIGES_RETAIN] = { "retain", CM_OBLIGATION_AT_MOST, 'd', NULL, 0, "the recipient deletes it after %s at the latest" },
	[CM_OBLIGES_ACKNOWLEDGE] = { "acknowledge", CM_OBLIGATION_AT_MOST, 'h', NULL, 0, "the recipient says within %s that it came" },
	[CM_OBLIGES_ONWARD] = { "onward", CM_OBLIGATION_WORD_AT_MOST, 0, WORDS("none", "members", "any"),
	    "the recipient passes it on to: %s" },
	[CM_OBLIGES_MARK_TLP] = { "mark-tlp", CM_OBLIGATION_WORD_AT_LEAST, 0, WORDS("clear", "green", "amber", "amber+strict", "red"),
	    "it is marked TLP:%s or stricter" },
	[CM_OBLIGES_MARK_PAP] = { "mark-pap", CM_OBLIGATION_WORD_AT_LEAST, 0, WORDS("clear", "green", "amber", "red"),
	    "it is marked PAP:%s or stricter" },
	[CM_OBLIGES_RECEIPT] = { "receipt", CM_OBLIGATION_FLAG, 0, NULL, 0, "the recipient signs a receipt" },
	[CM_OBLIGES_DELETE_ON_CLOSE] = { "delete-on-close", CM_OBLIGATION_FLAG, 0, NULL, 0, "the recipient deletes it when the case is closed" },
	[CM_OBLIGES_ENCRYPT] = { "encrypt", CM_OBLIGATION_FLAG, 0, NULL, 0, "it goes out encrypted to the recipient" },
	[CM_OBLIGES_WARNING_LISTS] = { "warning-lists", CM_OBLIGATION_FLAG, 0, NULL, 0, "nothing goes out that a warning list knows" },
	[CM_OBLIGES_NOTIFY_VICTIM] = { "notify-victim", CM_OBLIGATION_FLAG, 0, NULL, 0, "the victim is told that it was shown" },
};

static const char **
copy_words(struct cm_arena *arena, const char *const *words, size_t n, const char *last)
{
	const char **copy = cm_arena_array(arena, n + 1, sizeof(*copy));

	for (size_t i = 0; copy != NULL && i < n; i++)
		copy[i] = words[i];
	if (copy != NULL)
		copy[n] = last;
	return copy;
}

static enum cm_result
check_members(const char *const *members, size_t n, struct cm_err *err)
{
	for (size_t i = 0; i < n; i++)
		if (cm_span_eq(cm_span_str(members[i]), cm_span_str("other")))
			return cm_err_set(err, CM_E_MALFORMED, "a member can not be called `other`, which means no member");
	return CM_OK;
}

enum cm_result
cm_charter_vocabulary(const char *const *types, size_t n_types, const char *const *members, size_t n_members,
    struct cm_arena *arena, const struct cm_vocabulary **out, struct cm_err *err)
{
	struct cm_vocabulary *v = cm_arena_array(arena, 1, sizeof(*v));
	struct cm_attribute *a = cm_arena_copy(arena, ATTRIBUTE, sizeof(ATTRIBUTE));
	const char **type = copy_words(arena, types, n_types, NULL);
	const char **member = copy_words(arena, members, n_members, "other");

	if (n_types > CM_RULES_WORDS_MAX || n_members >= CM_RULES_WORDS_MAX)
		return cm_err_set(err, CM_E_LIMIT, "more than %u types or members", CM_RULES_WORDS_MAX - 1);
	if (v == NULL || a == NULL || type == NULL || member == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory for the words of the charter");
	a[CM_ASKS_TYPE].words = type;
	a[CM_ASKS_TYPE].n_words = n_types;
	a[CM_ASKS_FROM_MEMBER].words = member;
	a[CM_ASKS_FROM_MEMBER].n_words = n_members;
	a[CM_ASKS_TO_MEMBER].words = member;
	a[CM_ASKS_TO_MEMBER].n_words = n_members + 1;
	*v = (struct cm_vocabulary) { a, CM_ASKS_N, OBLIGATION, CM_OBLIGES_N };
	*out = v;
	return check_members(members, n_members, err);
}
