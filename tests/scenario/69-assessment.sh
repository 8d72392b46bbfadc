#!/bin/sh
# Who may have done it: signed, shown to each as far as he may see it, and computed again by who gets it.
[ -x "$COMITY" ] && [ -x "$COMITY_GEN" ] || { echo "no program"; exit 77; }
command -v ssh-keygen >/dev/null 2>&1 || { echo "no ssh-keygen"; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)
exec python3 "$here/assessment.py" "$COMITY" "$COMITY_GEN"
