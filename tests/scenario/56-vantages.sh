#!/bin/sh
# Several files in one run: rotated captures are one vantage, captures that overlap are two, a log is one.
[ -x "$COMITY" ] || { echo "no program"; exit 77; }
here=$(dirname "$0")
attack=$here/../cases/race-first/input.pcap

. "$(dirname "$0")/checks.sh"
silent() { # silent NAME TEXT FILE: it does not say that
	if grep -qF -- "$2" "$3"; then echo "FAIL $1: '$2' in: $(grep -F -- "$2" "$3" | head -n1)"; else echo "ok $1"; fi
}
counts() { # counts NAME N TEXT FILE: so many lines have it
	n=$(grep -cF -- "$3" "$4")
	if [ "$n" -eq "$2" ]; then echo "ok $1"; else echo "FAIL $1: $n lines with '$3', not $2"; fi
}
lines_of() { # lines_of N: a log in combined form
	awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) printf("198.51.100.%d - - [18/Mar/2015:11:%02d:%02d +0000] " \
	    "\"GET /page/%d HTTP/1.1\" 200 512 \"-\" \"Mozilla/5.0\"\n", i % 9 + 1, i / 60 % 60, i % 60, i % 4) }'
}

cp "$attack" whole.pcap
python3 "$here/split.py" whole.pcap 12 one.pcap two.pcap
is "a rotated capture is one" 1 "$COMITY" inspect one.pcap two.pcap
silent "and no vantages are told of" "Vantage" out
is "its finding crosses the files" 1 "$COMITY" inspect --json one.pcap two.pcap
says "as one incident" '"files": ' out
is "the same capture twice overlaps" 1 "$COMITY" inspect whole.pcap whole.pcap
says "so it is two vantages" "Vantage 2: whole.pcap" out
is "each with its own finding" 1 "$COMITY" inspect --json whole.pcap whole.pcap
counts "told once each" 2 '"verdict": "forged"' out
is "a later capture can be set apart" 1 "$COMITY" inspect --apart one.pcap two.pcap
says "and then is a vantage of its own" "Vantage 2: two.pcap" out

lines_of 200 >access.log
is "a web server's log is read" 0 "$COMITY" inspect access.log
says "line by line" "Read: 200 lines of web servers' logs, 0 of which are no requests." out
is "from a pipe, too" 0 sh -c '"$0" inspect - <access.log' "$COMITY"
says "all of it" "Read: 200 lines" out
is "beside a capture" 1 "$COMITY" inspect whole.pcap access.log
says "it is a vantage of its own" "Vantage 2: a web server's log, access.log" out
{ lines_of 100; echo "this is no request"; lines_of 100; } >bad.log
is "a line that is none is malformed" 4 "$COMITY" inspect bad.log
says "which is said with its place" "bad.log: offset 9" err
says "and what became of the rest" "1 of 201 lines were not read as requests" err
if [ "$(wc -l <err)" -eq 1 ]; then echo "ok in one line"; else echo "FAIL $(wc -l <err) lines: $(cat err)"; fi
says "the others are read" "Read: 201 lines" out
echo "dear diary" >diary.txt
is "another text is neither" 4 "$COMITY" inspect diary.txt
says "and refused as a capture" "diary.txt:" err

"$COMITY" init --name A >/dev/null 2>&1
is "all of it is investigated" 1 "$COMITY" investigate -o x.dossier whole.pcap access.log whole.pcap
counts "and sealed, each as what it is" 3 "Sealed " out
"$COMITY" show >shown 2>&1
says "a log as lines" "lines/1" shown
is "the dossier holds" 0 "$COMITY" verify --signers .comity/allowed_signers x.dossier
says "each vantage's finding is made again" "reproduced" out
is "a log by itself is investigated" 0 "$COMITY" investigate -o y.dossier access.log
is "and its dossier holds" 0 "$COMITY" verify --signers .comity/allowed_signers y.dossier
