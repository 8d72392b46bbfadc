#!/bin/sh
# The sender lies in its assessment and signs that: contradicted, refused, or not computed, in one line.
[ -x "$COMITY" ] && [ -x "$COMITY_GEN" ] || { echo "no program"; exit 77; }
command -v ssh-keygen >/dev/null 2>&1 || { echo "no ssh-keygen"; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)
exec python3 "$here/lies_assessment.py" "$COMITY" "$COMITY_GEN"
