#include "log/witness.h"
