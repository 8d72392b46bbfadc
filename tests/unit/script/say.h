/* tests/unit/script/say.h -- what a script would ask for, as one text that tests compare with. */
#ifndef TESTS_SCRIPT_SAY_H
#define TESTS_SCRIPT_SAY_H

#include "script/script.h"

/* "how layer scheme://host:port/path?query" for each target, joined by a blank; kept until the next call. */
const char *say_targets(const struct cm_script *s);

/* Of the text, all targets; fails the test if it can not be read. */
const char *say_of(const char *text);

/* The layers it was packed in, joined by a blank. */
const char *say_layers(const char *text);

/* The text of the last layer. */
const char *say_unpacked(const char *text);

#endif
