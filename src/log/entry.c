#include "log/entry.h"
