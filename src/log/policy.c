#include "log/policy.h"
