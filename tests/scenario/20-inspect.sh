#!/bin/sh
# inspect: the same finding from every container, and what its exit codes promise.
[ -x "$COMITY" ] || { echo "no program"; exit 77; }
cases=$(dirname "$0")/../cases
attack=$cases/race-first/input.pcap

. "$(dirname "$0")/checks.sh"
same() { # same NAME FILE: as first, but for the name of the file
	sed 's/file": "[^"]*"/file": ""/g' "$2" >now
	if cmp -s first now; then echo "ok $1"; else echo "FAIL $1: another answer"; fi
}
quiet() { # quiet NAME: nothing on stdout
	if [ -s out ]; then echo "FAIL $1: $(head -n1 out)"; else echo "ok $1"; fi
}
from_pipe() { cat "$1" | "$COMITY" inspect --json -; }

cp "$attack" a.pcap
is "an attack is a finding" 1 "$COMITY" inspect --json a.pcap
says "the forged frame is named" '"forged": [14]' out
sed 's/file": "[^"]*"/file": ""/g' out >first
is "from a pipe" 1 from_pipe a.pcap
same "from a pipe it is the same" out
is "without confinement" 1 "$COMITY" inspect --json --no-confine a.pcap
same "without confinement it is the same" out
if gzip -c a.pcap >packed.one 2>/dev/null; then
	is "gzip, whatever the name" 1 "$COMITY" inspect --json packed.one
	same "gzip gives the same" out
	is "gzip from a pipe" 1 from_pipe packed.one
	same "gzip from a pipe gives the same" out
	head -c 600 packed.one >cut.one
	is "a truncated gzip is malformed" 4 "$COMITY" inspect --json cut.one
	says "and one line says where" "offset 600" err
	if [ "$(wc -l <err)" -eq 1 ]; then echo "ok just one line"; else echo "FAIL $(wc -l <err) lines"; fi
else
	echo "skip gzip: there is no gzip"
fi
if zstd -qc a.pcap >packed.two 2>/dev/null; then
	is "zstd, whatever the name" 1 "$COMITY" inspect --json packed.two
	same "zstd gives the same" out
else
	echo "skip zstd: there is no zstd"
fi

is "in words" 1 "$COMITY" inspect a.pcap
says "what happened" "frame 14 was not sent by the host whose address it bears" out
says "what it does not prove" "Not proven: who sent" out
is "nothing in one direction's absence" 0 "$COMITY" inspect --filter "udp port 9" a.pcap
says "what was checked is said" "Checked: 0 of" out
is "nothing before the beginning" 0 "$COMITY" inspect --to 1971-01-01 a.pcap
is "everything after the beginning" 1 "$COMITY" inspect --from 1971-01-01 a.pcap

is "a summary" 1 "$COMITY" inspect --json --summary s.json a.pcap
says "the summary counts" '"one_sided"' s.json
says "the summary lists what was skipped" '"skipped"' s.json
is "a summary that can not be written" 3 "$COMITY" inspect --summary no/such/folder/s.json a.pcap

is "no file" 2 "$COMITY" inspect
is "a filter that is none" 2 "$COMITY" inspect --filter "tcp prot 80" a.pcap
is "a filter asks no name server" 2 "$COMITY" inspect --filter "host www.example.net" a.pcap
is "a time that is none" 2 "$COMITY" inspect --from yesterday a.pcap
is "standard input twice" 2 "$COMITY" inspect - -
is "a file that is not there" 3 "$COMITY" inspect nothing.pcap
: >empty
is "an empty file" 4 "$COMITY" inspect empty
quiet "says nothing of what it did not read"
says "but one line" "the file is empty" err
echo "Dear colleague" >letter
is "a text" 4 "$COMITY" inspect letter
printf 'snoop\0\0\0\0\0\0\2\0\0\0\4' >'a b.snoop'
is "a snoop capture" 3 "$COMITY" inspect 'a b.snoop'
says "names the command" "editcap -F pcap 'a b.snoop' 'a b.snoop.pcap'" err
printf 'GMBU\0\2\1\0' >netmon.cap
is "a netmon capture" 3 "$COMITY" inspect netmon.cap
head -c "$(($(wc -c <a.pcap) - 3))" a.pcap >cut.pcap
is "a capture cut short wins over its finding" 4 "$COMITY" inspect --json cut.pcap
says "which is still told" '"forged": [14]' out
says "and where it was cut" "the file ends inside a packet record" err
is "one bad file among good ones" 4 "$COMITY" inspect --json letter a.pcap
says "the good one is read" '"forged": [14]' out
