#!/bin/sh
# What was planted is named for what it is, a crowd for none; a large one is shown by a draw that others count again.
[ -x "$COMITY" ] && [ -x "$COMITY_GEN" ] || { echo "no program"; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)

. "$(dirname "$0")/checks.sh"
says() { # says NAME TEXT FILE; lines are joined, since people's lines are wrapped
	if tr -s '\n ' ' ' <"$3" | grep -qF -- "$2"; then echo "ok $1"; else echo "FAIL $1: no '$2' in: $(tail -n3 "$3")"; fi
}
silent() { # silent NAME TEXT FILE
	if grep -qaF -- "$2" "$3"; then echo "FAIL $1: '$2' is in $3"; else echo "ok $1"; fi
}
drawn() { # drawn NAME DOSSIER: thinned, and as many rows as a draw gives
	python3 - "$1" "$2" <<'PY'
import json, sys, zipfile
name, path = sys.argv[1:]
t = json.loads(zipfile.ZipFile(path).read("traffic-1.json"))["predicate"]
rows = sum(map(len, t["support"]))
good = t["thin"] > 1 and 1500 <= rows <= 4096 and rows * t["thin"] > 0.8 * t["claimed"]["packets"]
print(f"ok {name}" if good else f"FAIL {name}: 1 in {t['thin']}, {rows} rows, {t['claimed']['packets']} packets")
PY
}

python3 "$here/floods.py" "$COMITY" "$COMITY_GEN" "$COMITY_SHARED/captures"

"$COMITY" init --name "Lab One" >/dev/null 2>&1
signers=$PWD/.comity/allowed_signers
for kind in syn udp; do
	"$COMITY_GEN" flood --only $kind --packets 300000 --mss 100 --out big.pcap
	is "300,000 of $kind" 1 "$COMITY" investigate -o big.dossier big.pcap
	drawn "are shown by a draw, $kind" big.dossier
	is "which is counted again, $kind" 0 "$COMITY" verify big.dossier --signers "$signers"
	says "as shown, $kind" "-> reproduced as shown: of the " out
	says "with a share that all have, $kind" "(with 95 % confidence)" out
	is "all hidden, $kind" 1 "$COMITY" investigate -o big.dossier --hide addresses,payload big.pcap
	silent "no address is in it, $kind" "203.0.113.10" big.dossier
	is "is counted again in part, $kind" 5 "$COMITY" verify big.dossier --signers "$signers"
	says "but for how the sources are spread, which only addresses show, $kind" \
		"-> partly reproduced: the sign sources-spread comes out differently (addresses of " out
done
"$COMITY_GEN" flood --only http --out http.pcap
is "requests" 1 "$COMITY" investigate -o http.dossier http.pcap
drawn "are shown by a draw" http.dossier
is "with what they say" 0 "$COMITY" verify http.dossier --signers "$signers"
is "all hidden" 1 "$COMITY" investigate -o http.dossier --hide addresses,payload http.pcap
silent "nothing that was said is in it" "HTTP/1.1" http.dossier
is "only in part" 5 "$COMITY" verify http.dossier --signers "$signers"
says "and it is said why" "addresses of " out
rm -f big.pcap http.pcap

for kind in syn:syn-flood udp:volume-flood icmp:volume-flood ntp:amplification fragments:fragment-flood; do
	python3 "$here/floods6.py" ${kind%:*} >six.pcap
	is "30,000 of ${kind%:*} to an IPv6 host" 1 "$COMITY" inspect --json six.pcap
	says "are a ${kind#*:}" "{\"kind\": \"${kind#*:}\", \"verdict\": \"flood\"" out
	is "and go into a dossier" 1 "$COMITY" investigate -o six.dossier six.pcap
	is "that others check" 0 "$COMITY" verify six.dossier --signers "$signers"
	says "and make again" "-> reproduced" out
done
rm -f six.pcap six.dossier
