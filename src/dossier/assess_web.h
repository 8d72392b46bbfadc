/* dossier/assess_web.h -- the files of web/ that are built in (web/meson.build). */
#ifndef CM_DOSSIER_ASSESS_WEB_H
#define CM_DOSSIER_ASSESS_WEB_H

#include "base/span.h"

/* By name, which must be one of them: "assess.css", "assess.js". */
struct cm_span cm_assess_web(const char *name);

#endif
