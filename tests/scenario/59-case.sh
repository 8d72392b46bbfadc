#!/bin/sh
# Four parties who do not trust each other play a case through on files alone.
[ -x "$COMITY" ] && [ -x "$COMITY_GEN" ] || { echo "no program"; exit 77; }
command -v ssh-keygen >/dev/null 2>&1 || { echo "no ssh-keygen"; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)
exec python3 "$here/case.py" "$COMITY" "$COMITY_GEN"
