#include "log/cosignature.h"
