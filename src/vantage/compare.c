#include "vantage/compare.h"
