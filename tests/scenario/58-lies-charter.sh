#!/bin/sh
# The sender lies about its charter and signs that: refused, or said to be against the charter, in one line.
[ -x "$COMITY" ] && [ -x "$COMITY_GEN" ] || { echo "no program"; exit 77; }
command -v ssh-keygen >/dev/null 2>&1 || { echo "no ssh-keygen"; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)
exec python3 "$here/lies_charter.py" "$COMITY" "$COMITY_GEN"
