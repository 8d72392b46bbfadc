#!/bin/sh
# What has to be installed on Debian 12 for: build, test, fuzz, bench, evaluate (arguments).
# Prints the apt line if something is missing, and runs it only as root or through sudo.
# For test and bench also tries to get sigsum-witness, another's witness to compare with, and for
# evaluate Suricata; where one can not be had, what needs it is skipped.  nginx brings a service, and is
# not asked for: where it is, the test of its logs is run.
build="gcc libc6-dev make meson ninja-build pkg-config python3 libssl-dev libsodium-dev libjansson-dev
	libsqlite3-dev libzstd-dev zlib1g-dev libpcap-dev libmicrohttpd-dev libcurl4-openssl-dev openssh-client"
check="age git clang libcmocka-dev scdoc mandoc tshark unzip gzip zstd
	golang-1.19-go golang-golang-x-mod-dev openssl nodejs chromium chromium-driver"
fuzz="clang libclang-rt-14-dev"
bench="tcpdump tshark openssl libndpi-bin argus-server nfdump valgrind"
evaluate="tshark"

want=
for what in "$@"; do
	case $what in
	build) want="$want $build" ;;
	test) want="$want $check" ;;
	fuzz) want="$want $fuzz" ;;
	bench) want="$want $bench" ;;
	evaluate) want="$want $evaluate" ;;
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

# Some are in the backports of Debian 12 only: they are asked from where the rest comes from,
# with lists of their own, so that nothing else of this machine changes.
get_backport() {
	[ "$(id -u)" -eq 0 ] && sudo= || sudo="sudo -n"
	package=$1
	from=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Release: bookworm' 2>/dev/null | head -n 1)
	[ -n "$from" ] || return 1
	lists=$(mktemp -d)
	mkdir -p "$lists/lists/partial" "$lists/parts"
	key=/usr/share/keyrings/debian-archive-keyring.gpg
	printf 'deb [signed-by=%s] %s %s main\n' $key "$from" bookworm $key "$from" bookworm-backports \
		>"$lists/parts/backports.list"
	chmod -R a+rX "$lists"
	set -- -qq -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$lists/parts" \
		-o Dir::State::lists="$lists/lists" -o Acquire::Retries=0 -o Acquire::http::Timeout=10
	$sudo apt-get "$@" update >/dev/null 2>&1 &&
		$sudo env DEBIAN_FRONTEND=noninteractive apt-get "$@" -y --no-install-recommends \
			install "$package/bookworm-backports" >/dev/null 2>&1
	got=$?
	$sudo rm -r "$lists"
	return $got
}
want_backports() {
	case " $* " in
	*" test "* | *" bench "*) command -v sigsum-witness >/dev/null || get_backport sigsum-go ||
		echo "without sigsum-witness (package sigsum-go of bookworm-backports): what needs it is skipped" >&2 ;;
	esac
	case " $* " in
	*" evaluate "*) command -v suricata >/dev/null || get_backport suricata ||
		echo "without suricata (of bookworm-backports): its rows are missing" >&2 ;;
	esac
	return 0
}

if [ -z "$missing" ]; then
	want_backports "$@"
	exit 0
fi

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
$sudo env DEBIAN_FRONTEND=noninteractive $line >/dev/null || exit
want_backports "$@"
