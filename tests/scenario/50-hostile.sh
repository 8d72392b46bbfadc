#!/bin/sh
# Hostile captures: cut everywhere, absurd lengths, a million flows, a long pipe (COMITY_LONG=1: 20 GB).
# usage: 50-hostile.sh [COMITY [COMITY-GEN]]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
comity=${1:-${COMITY:-$root/build/comity}}
gen=${2:-${COMITY_GEN:-$root/build/comity-gen}}
[ -x "$comity" ] && [ -x "$gen" ] || { echo "no $comity or no $gen"; exit 77; }
exec python3 "$here/hostile.py" "$comity" "$gen"
