#include "merkle/proof.h"
