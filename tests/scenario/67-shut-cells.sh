#!/bin/sh
# What a dossier tells of cells that are shut: nothing that is not salted, over random plans under charters.
[ -x "$COMITY" ] && [ -x "$COMITY_GEN" ] || { echo "no program"; exit 77; }
command -v ssh-keygen >/dev/null 2>&1 || { echo "no ssh-keygen"; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)
exec python3 "$here/shut_cells.py" "$COMITY" "$COMITY_GEN"
