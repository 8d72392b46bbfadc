#include "log/note.h"
