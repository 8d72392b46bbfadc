#!/bin/sh
# Every command with every allocation failing: one line and exit 3, or the same result as ever.
[ -x "$COMITY" ] || { echo "no program"; exit 77; }
exec python3 "$COMITY_ROOT/tests/scenario/no_memory.py"
