#!/bin/sh
# A witness and who asks it, with every allocation failing in turn.
[ -x "$COMITY" ] || { echo "no program"; exit 77; }
exec python3 "$COMITY_ROOT/tests/scenario/serve_no_memory.py"
