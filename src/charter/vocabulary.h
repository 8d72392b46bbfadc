/* charter/vocabulary.h -- what the rules of a charter speak of (DESIGN 6).
 *
 * The attributes of a request to show something to somebody.  Words of `type` come from the registry
 * of evidence types, of `from-member` and `to-member` from the members' list of the charter. */
#ifndef CM_CHARTER_VOCABULARY_H
#define CM_CHARTER_VOCABULARY_H

#include "base/arena.h"
#include "base/result.h"
#include "rules/vocabulary.h"

/* In this order in the vocabulary. */
enum cm_asks {
	CM_ASKS_ACTION,	     /* release publish derive onward: slot action */
	CM_ASKS_TYPE,	     /* N1 ... : slot types */
	CM_ASKS_FORM,	     /* C1 ... C8: slot as */
	CM_ASKS_FROM,	     /* role of the discloser: victim government private academic panel; slot from */
	CM_ASKS_FROM_MEMBER, /* its name in the charter; quoted; slot from */
	CM_ASKS_TO,	     /* role of the recipient: victim government private academic panel public; slot to */
	CM_ASKS_TO_MEMBER,   /* quoted names of members, then `other`: no member; slot to */
	CM_ASKS_PURPOSE, /* attribution corroboration defence warning prosecution sanctions research targeting; slot for */
	CM_ASKS_CONTENT, /* headers address pseudonym payload mask text bytes statement count picture (enum cm_content) */
	CM_ASKS_TLP,	 /* clear green amber amber+strict red; ordered */
	CM_ASKS_PAP,	 /* clear green amber red; ordered */
	CM_ASKS_VICTIM_DATA,	  /* no yes: names the victim, or shows an address of it */
	CM_ASKS_THIRD_PARTY_DATA, /* no yes */
	CM_ASKS_PERSONAL_DATA,	  /* no yes */
	CM_ASKS_EXPLOIT,	  /* no yes: code that attacks, as it is */
	CM_ASKS_CONSENT,	  /* none given revoked: the victim's, for this type, purpose, recipient and time */
	CM_ASKS_COST,		  /* D0 ... D4; ordered */
	CM_ASKS_PHASE,		  /* open closing closed; ordered */
	CM_ASKS_APPROVED,	  /* none some all: members that approved this very release; ordered */
	CM_ASKS_DATE,		  /* day of the release */
	CM_ASKS_N
};

/* In this order, too. */
enum cm_obliges {
	CM_OBLIGES_RETAIN,	    /* at most days */
	CM_OBLIGES_ACKNOWLEDGE,	    /* at most hours */
	CM_OBLIGES_ONWARD,	    /* at most: none members any */
	CM_OBLIGES_MARK_TLP,	    /* at least */
	CM_OBLIGES_MARK_PAP,	    /* at least */
	CM_OBLIGES_RECEIPT,	    /* flag */
	CM_OBLIGES_DELETE_ON_CLOSE, /* flag */
	CM_OBLIGES_ENCRYPT,	    /* flag: the dossier goes out encrypted to the recipient */
	CM_OBLIGES_WARNING_LISTS,   /* flag: nothing goes out that a warning list knows */
	CM_OBLIGES_NOTIFY_VICTIM,   /* flag: the victim is told of the disclosure */
	CM_OBLIGES_N
};

/* Words in the arena; ${types} and ${members} must live as long.  CM_E_MALFORMED: a member called
 * `other`; CM_E_LIMIT, CM_E_NOMEM. */
CM_RESULT cm_charter_vocabulary(const char *const *types, size_t n_types, const char *const *members, size_t n_members,
    struct cm_arena *arena, const struct cm_vocabulary **out, struct cm_err *err);

#endif
