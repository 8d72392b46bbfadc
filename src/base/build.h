/* base/build.h -- which program this is.
 *
 * Two parties compare these to see whether they run the same one.  The source
 * digest is the SHA-256 of a list of the digests of all source files; see
 * docs/reproducible.md, which says how to make it with sha256sum. */
#ifndef CM_BASE_BUILD_H
#define CM_BASE_BUILD_H

const char *cm_build_name(void);    /* "comity" */
const char *cm_build_version(void); /* "0.1.0" */
const char *cm_build_source(void);  /* 64 lower-case hexadecimal digits */

#endif
