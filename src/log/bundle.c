#include "log/bundle.h"
