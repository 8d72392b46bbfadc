#include "store/witness_files.h"
