#!/bin/sh
# No canary of a cell that a charter denies leaves in any byte; what it allows and a plan asked for does.
[ -x "$COMITY" ] && [ -x "$COMITY_GEN" ] || { echo "no program"; exit 77; }
command -v ssh-keygen >/dev/null 2>&1 || { echo "no ssh-keygen"; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)
exec python3 "$here/taint.py" "$COMITY" "$COMITY_GEN"
