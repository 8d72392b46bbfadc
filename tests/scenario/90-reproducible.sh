#!/bin/sh
# The program that `make build` left, built again from a copy of the source: in another folder of
# another depth, by another user where we may, with another umask, locale, time zone and number of
# jobs, some seconds or days later.  The bytes must be the same, and the digest the documented one.
set -eu
[ -x "$COMITY" ] || { echo "no program"; exit 77; }
work=$(mktemp -d "${TMPDIR:-/tmp}/comity-again-XXXXXX")
trap 'rm -rf "$work"' EXIT
there=$work/quite/another/place
mkdir -p "$there"
chmod -R 755 "$work"
cd "$COMITY_ROOT"
cp -r data src web tools man meson.build meson_options.txt LICENSE "$there"
find "$there" -exec touch -d '2001-02-03 04:05:06' {} +

as=
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null && command -v meson | grep -q '^/usr/'; then
	as="setpriv --reuid=65534 --regid=65534 --clear-groups"
	chown -R 65534:65534 "$work"
fi
# meson may not read the tree above ours
cat >"$work/again.sh" <<'EOF'
set -eu
umask 027
export HOME=$1 LC_ALL=tr_TR.UTF-8 LANG=tr_TR.UTF-8 TZ=Pacific/Kiritimati USER=somebody PATH=/usr/bin:/bin
cd "$1/quite/another/place"
meson setup b -Dtests=disabled >setup.log 2>&1 || { cat setup.log; exit 1; }
ninja --quiet -C b -j3 src/cli/comity
EOF
$as sh "$work/again.sh" "$work"
cmp "$there/b/src/cli/comity" "$COMITY"
echo "ok two builds, the same bytes: $(sha256sum <"$COMITY" | cut -c1-16)..."

said=$("$COMITY" version --json | sed 's/.*"source": "\([0-9a-f]*\)".*/\1/')
made=$(find data src web meson.build meson_options.txt -type f | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -d' ' -f1)
if [ "$said" = "$made" ]; then
	echo "ok the source digest is what sha256sum makes of the source"
else
	echo "FAIL the program says source $said, sha256sum says $made"
fi
