#include "log/tiles.h"
