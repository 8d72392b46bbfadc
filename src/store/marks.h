/* store/marks.h -- the file `marks` of a case folder: what its owner says of his exhibits (charter/marks.h). */
#ifndef CM_STORE_MARKS_H
#define CM_STORE_MARKS_H

#include "charter/marks.h"

#define CM_MARKS_FILE "marks"

/* No file: nothing is marked.  As cm_marks_read, with the file's name; CM_E_IO. */
CM_RESULT cm_case_marks(const char *folder, struct cm_arena *arena, struct cm_marks *out, struct cm_err *err);

/* Appends the file as it is; nothing if there is none. */
CM_RESULT cm_case_marks_text(const char *folder, struct cm_buf *out, struct cm_err *err);

/* Adds a line, if all can be read with it.  The caller has begun a change of the case, so that no line of
 * another process is lost. */
CM_RESULT cm_case_marks_add(const char *folder, const char *line, struct cm_err *err);

#endif
