#!/bin/sh
# Rules are checked, asked, compared and formatted with every allocation failing in turn.
[ -x "$COMITY" ] || { echo "no program"; exit 77; }
exec python3 "$COMITY_ROOT/tests/scenario/charter_no_memory.py"
