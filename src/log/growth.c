#include "log/growth.h"
