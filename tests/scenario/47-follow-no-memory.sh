#!/bin/sh
# Following a log, and finding its fork, with every allocation failing in turn.
[ -x "$COMITY" ] || { echo "no program"; exit 77; }
exec python3 "$COMITY_ROOT/tests/scenario/follow_no_memory.py"
