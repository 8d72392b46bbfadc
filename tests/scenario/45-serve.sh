#!/bin/sh
# Log and witness as servers, and clients that mean no good; stopped, and killed at any moment.
[ -x "$COMITY" ] || { echo "no program"; exit 77; }
exec python3 "$COMITY_ROOT/tests/scenario/serve.py"
