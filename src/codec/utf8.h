/* codec/utf8.h -- characters in UTF-8 (RFC 3629): shortest form, no surrogates, up to U+10FFFF. */
#ifndef CM_CODEC_UTF8_H
#define CM_CODEC_UTF8_H

#include <stddef.h>

#include "base/span.h"

/* The length of the well-formed character ${s} begins with, 0 if there is none. */
size_t cm_utf8_len(struct cm_span s);

#endif
