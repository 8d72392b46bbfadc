/* base/result.h -- how a function says that it failed.
 *
 * A fallible function returns a cm_result, and the compiler insists that it be
 * looked at.  Detail for people travels beside it in a struct cm_err, filled by
 * the lowest function that knows file, offset and expectation; libraries never
 * print and never exit.  Malformed evidence is not an error of ours: readers
 * count it, keep it as a row, and go on. */
#ifndef CM_BASE_RESULT_H
#define CM_BASE_RESULT_H

#include <stdbool.h>
#include <stdint.h>

enum cm_result {
	CM_OK = 0,
	CM_E_NOMEM,	  /* an allocation failed or a budget is used up */
	CM_E_IO,	  /* the system refused: open, read, write, connect */
	CM_E_MALFORMED,	  /* the bytes are not what the format says */
	CM_E_LIMIT,	  /* well-formed so far, but beyond a bound of ours */
	CM_E_REFUSED,	  /* a proof, signature or rule says no */
	CM_E_UNSUPPORTED, /* known, and on purpose not read here */
	CM_E_NOTFOUND,	  /* no such row, file, key, statement */
	CM_E_USAGE	  /* the caller asked for something that makes no sense */
};

/* Put in front of a declaration: the result must be used. */
#define CM_RESULT __attribute__((warn_unused_result)) enum cm_result
#define CM_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* One line for a person.  Zero-initialise; the first error set stays. */
struct cm_err {
	enum cm_result code;
	bool has_offset;
	uint64_t offset; /* in the file or value named by the text */
	char text[400];
};

/* Fills ${err} (which may be NULL) unless it holds an error already, and
 * returns ${code}, so that a failure is one line: return cm_err_set(...). */
enum cm_result cm_err_set(struct cm_err *err, enum cm_result code, const char *fmt, ...)
    CM_PRINTF(3, 4);

/* The same, with the offset at which the bytes stopped making sense. */
enum cm_result cm_err_at(struct cm_err *err, enum cm_result code, uint64_t offset, const char *fmt,
    ...) CM_PRINTF(4, 5);

/* A word for ${code}: "malformed", "refused", ... */
const char *cm_result_word(enum cm_result code);

#endif
