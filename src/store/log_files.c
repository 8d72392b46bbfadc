#include "store/log_files.h"
