#!/bin/sh
# The second party lies about what was counted and joined, and signs it: said to the face, or said what it rests on.
[ -x "$COMITY" ] && [ -x "$COMITY_GEN" ] || { echo "no program"; exit 77; }
command -v ssh-keygen >/dev/null 2>&1 || { echo "no ssh-keygen"; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)
exec python3 "$here/lies_counted.py" "$COMITY" "$COMITY_GEN"
