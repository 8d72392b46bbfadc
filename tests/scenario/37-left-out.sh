#!/bin/sh
# A shows B a finding, and leaves out the connections of the same two hosts that speak against it.  What B sees.
[ -x "$COMITY" ] || { echo "no program"; exit 77; }
scenario=$(cd "$(dirname "$0")" && pwd)

is() { # is NAME WANTED-EXIT COMMAND...
	name=$1 want=$2
	shift 2
	"$@" >out 2>err
	got=$?
	if [ $got -eq "$want" ]; then echo "ok $name"; else echo "FAIL $name: exit $got, not $want: $(head -n2 err)"; fi
}
says() { # says NAME TEXT FILE: the text, wherever lines are broken
	if tr -s ' \n' '  ' <"$3" | grep -qF -- "$2"; then echo "ok $1"; else echo "FAIL $1: no '$2' in: $(tail -n3 "$3")"; fi
}
silent() { # silent NAME TEXT FILE
	if tr -s ' \n' '  ' <"$3" | grep -qaF -- "$2"; then echo "FAIL $1: '$2' is in $3"; else echo "ok $1"; fi
}
has() { # has NAME FILE DOSSIER: 1 if it is there
	python3 -c 'import sys, zipfile; sys.exit(sys.argv[1] not in zipfile.ZipFile(sys.argv[2]).namelist())' "$2" "$3"
}

rm -rf a b
mkdir a b
unset COMITY_CASE
python3 "$scenario/left_out.py" "$scenario/../cases/race-first/input.pcap" capture.pcap 12
cd a || exit 1
is "A makes a case" 0 "$COMITY" init --name A
signers=$PWD/.comity/allowed_signers

# All of the capture is sealed; looked at is one connection, and there the finding is strong.
is "A looks at one connection only" 1 "$COMITY" investigate --filter "port 32769" ../capture.pcap -o ../one.dossier
says "and finds 24 bits" "forged: injection, 24 bits" out
is "the whole capture says less" 1 "$COMITY" inspect ../capture.pcap
says "because other connections speak against it" "forged: injection, 19 bits" out

cd ../b || exit 1
is "B verifies it" 0 "$COMITY" verify ../one.dossier --signers "$signers"
says "it is reproduced as shown, as before" "reproduced as shown" out
says "B sees how many rows there were, and are not shown" \
    "= 12 of 154 rows between 203.0.113.141 and 198.51.100.141 were shown; the other 142 stay shut" out
says "and that the count was in the seal" "seal-1.pairs: how many rows 1 pair of hosts has" out
says "and what even that does not prove" "that a sealer counted every row of two hosts when sealing" out
echo "what B sees:"
grep -A2 "^     [-=]" out | grep -v "^[A-Z]" | sed 's/^/    /'
is "as JSON" 0 "$COMITY" verify --json ../one.dossier --signers "$signers"
says "JSON has the figures" '"pairs": [{"seal": 1, "shown": "part", "rows": 154, "known": 12, "headers": 12, "payload": 12' out
is "B's own report" 0 "$COMITY" verify ../one.dossier --signers "$signers" --report own.html
says "the report says it, too" "12 of 154 rows between 203.0.113.141 and 198.51.100.141 were shown" own.html

# B asks for the others, and gets them.
cd ../a || exit 1
is "A shows all rows of the two hosts" 0 "$COMITY" disclose --finding 1 --whole-pair -o ../all.dossier
cd ../b || exit 1
is "B verifies again" 0 "$COMITY" verify ../all.dossier --signers "$signers"
says "nothing between the two hosts is missing now" \
    "= all 154 rows between 203.0.113.141 and 198.51.100.141 were shown" out
says "and what was left out speaks against it" "from all rows that are shown, other signs or bits come out" out
echo "what B sees when all rows are there:"
grep -A2 "^     [-=]" out | grep -v "^[A-Z]" | sed 's/^/    /'

# A does not want that to be seen.
cat >hide.py <<'PY'
import os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(sys.argv[1], "..", "interop", "stranger"))
import maker, zipfmt
files = zipfmt.read(open(sys.argv[2], "rb").read())
how, remaker = sys.argv[4], maker.Remaker(files, sys.argv[5])
other = zipfmt.read(open(sys.argv[6], "rb").read()) if len(sys.argv) > 6 else None
if how == "without":
    del remaker.files["seal-1.pairs"]
    made = remaker.remake("report.html", bytes)
elif how == "other":
    made = remaker.remake("seal-1.pairs", lambda _: other["seal-1.pairs"])
open(sys.argv[3], "wb").write(zipfmt.write(made))
PY
key=../a/.comity/key
is "A takes the count out of the dossier, and signs again" 0 \
    python3 hide.py "$scenario" ../one.dossier ../without.dossier without $key
is "it is reproduced" 0 "$COMITY" verify ../without.dossier --signers "$signers"
says "but B sees that A could have shown it" \
    "the seal has counted, and the sender could have shown it and did not" out
is "A gives the proof of the other dossier with fewer rows" 0 \
    python3 hide.py "$scenario" ../one.dossier ../mixed.dossier other $key ../all.dossier
is "which is refused" 1 "$COMITY" verify ../mixed.dossier --signers "$signers"
cat out >>err
says "with the reason" "it gives a salt, and not all their rows are shown" err

# With hidden addresses it is the same.
cd ../a || exit 1
is "with addresses hidden" 0 "$COMITY" disclose --finding 1 --hide addresses -o ../hidden.dossier
cd ../b || exit 1
is "B verifies it" 0 "$COMITY" verify ../hidden.dossier --signers "$signers"
says "and sees the same count" "= 12 of 154 rows between" out
silent "without learning who it is" "203.0.113.141" out

# Without the notes of the case, and without any.
cd ../a || exit 1
rm -f .comity/index/*
is "A has lost its index: every row is read" 0 "$COMITY" disclose --finding 1 -o ../again.dossier
cmp -s ../again.dossier ../one.dossier && echo "FAIL they are two dossiers"
cd ../b || exit 1
is "B verifies it" 0 "$COMITY" verify ../again.dossier --signers "$signers"
says "and sees the same count" "= 12 of 154 rows between" out
cd ../a || exit 1
is "a seal without pairs" 1 "$COMITY" investigate --no-pairs ../capture.pcap -o ../none.dossier
has "it has no opening of pairs" seal-1.pairs ../none.dossier && echo "FAIL there are pairs"
cd ../b || exit 1
is "holds as before" 0 "$COMITY" verify ../none.dossier --signers "$signers"
silent "and nothing is said of pairs" "rows between" out
