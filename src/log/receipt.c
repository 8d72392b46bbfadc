#include "log/receipt.h"
