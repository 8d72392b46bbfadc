#!/bin/sh
# What has to be installed on Debian 12 for: build, test, fuzz, bench (arguments).
# Prints the apt line if something is missing, and runs it only as root or through sudo.
build="gcc libc6-dev make meson ninja-build pkg-config python3 libssl-dev libjansson-dev
	libsqlite3-dev libzstd-dev zlib1g-dev libpcap-dev libmicrohttpd-dev libcurl4-openssl-dev openssh-client"
check="git libcmocka-dev scdoc mandoc tshark unzip gzip zstd
	golang-1.19-go golang-golang-x-mod-dev openssl"
fuzz="clang libclang-rt-14-dev"
bench="tcpdump tshark openssl libndpi-bin argus-server nfdump valgrind"

want=
for what in "$@"; do
	case $what in
	build) want="$want $build" ;;
	test) want="$want $check" ;;
	fuzz) want="$want $fuzz" ;;
	bench) want="$want $bench" ;;
	esac
done

command -v dpkg-query >/dev/null || {
	echo "not a Debian: please see to it that there are:" $want >&2
	exit 0
}
missing=
for p in $want; do
	dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
done
[ -z "$missing" ] && exit 0

line="apt-get install -y --no-install-recommends$missing"
echo "needed: $line"
if [ "$(id -u)" -eq 0 ]; then
	sudo=
elif command -v sudo >/dev/null; then
	sudo=sudo
else
	echo "neither root nor sudo: please have somebody run that line, then come back" >&2
	exit 1
fi
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq || echo "the package lists could not be renewed; trying with the old ones" >&2
# shellcheck disable=SC2086
$sudo env DEBIAN_FRONTEND=noninteractive $line >/dev/null
