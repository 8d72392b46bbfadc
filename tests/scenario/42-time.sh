#!/bin/sh
# Time stamps over checkpoints, from an authority on loopback that openssl makes: an honest one,
# and such as err or lie.
[ -x "$COMITY" ] || { echo "no program"; exit 77; }
command -v openssl >/dev/null || { echo "no openssl"; exit 77; }
scenario=$(cd "$(dirname "$0")" && pwd)
attack=$scenario/../cases/race-first/input.pcap

. "$(dirname "$0")/checks.sh"
in_dir() { (cd "$1" && shift && "$@"); }
pid=
authority() { # authority MODE: its URL goes to url
	[ -n "$pid" ] && { kill "$pid"; wait "$pid" 2>/dev/null; }
	rm -f url
	python3 "$scenario/tsa.py" tsa "$1" >url 2>tsa.err &
	pid=$!
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
		[ -s url ] && break
		sleep 0.1
	done
}
trap '[ -n "$pid" ] && kill $pid 2>/dev/null' EXIT

rm -rf a b tsa parts
mkdir a b tsa
unset COMITY_CASE
in_dir a "$COMITY" init --name A >/dev/null || echo "FAIL init"
authority honest
is "A names an authority" 0 in_dir a "$COMITY" trust tsa "$(cat url)" ../tsa/root.pem
is "not one without certificates" 4 in_dir a "$COMITY" trust tsa "$(cat url)" ../tsa/ts.cnf
is "A investigates" 1 in_dir a "$COMITY" investigate "$attack" -o ../a.dossier
mkdir parts
unzip -q a.dossier -d parts
if [ -s parts/seal-1.tsr ]; then echo "ok the dossier has the stamp"; else echo "FAIL no stamp in the dossier"; fi
# the text of the note: what stands before the empty line behind the checkpoint
sed '1,/^$/d' parts/seal-1.tlog-proof | sed '/^$/,$d' >checkpoint
is "openssl agrees" 0 openssl ts -verify -data checkpoint -in parts/seal-1.tsr -CAfile tsa/root.pem
is "a receiver who knows the root" 0 in_dir b "$COMITY" verify ../a.dossier --signers ../a/.comity/allowed_signers --tsa-ca ../tsa/root.pem --trust ../a/.comity/trust
says "is told since when" "stamped" out
is "the case knows its roots" 0 in_dir a "$COMITY" verify ../a.dossier
says "it is told, too" "stamped" out
before=$(sha256sum <parts/seal-1.tsr)
is "nothing new is stated" 0 in_dir a "$COMITY" log checkpoint
rm -rf parts
mkdir parts
unzip -q a.dossier -d parts
if [ "$(sha256sum <parts/seal-1.tsr)" = "$before" ]; then echo "ok one checkpoint is stamped once"; else echo "FAIL another stamp"; fi

for mode in error nonsense other-root replay; do
	authority $mode
	in_dir a "$COMITY" trust tsa "$(cat url)" ../tsa/root.pem >/dev/null 2>&1 || echo "FAIL trust tsa"
	[ $mode = replay ] && in_dir a "$COMITY" seal "$attack" >/dev/null 2>&1 # its first stamp
	is "an authority with $mode hinders nothing" 1 in_dir a "$COMITY" investigate "$attack" -o ../$mode.dossier
	says "and it is said" "time stamp" err
	is "that dossier holds all the same" 0 in_dir a "$COMITY" verify ../$mode.dossier
done
kill $pid
wait $pid 2>/dev/null
pid=
is "an authority that is not there hinders nothing" 1 in_dir a "$COMITY" investigate "$attack" -o ../none.dossier
says "and it is said" "no time stamp from" err
exit 0
