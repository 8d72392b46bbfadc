#include "log/tile_path.h"
