#!/bin/sh
# compare: two places, real captures and made ones, and what its exit codes promise.
[ -x "$COMITY" ] || { echo "no program"; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)
captures=$COMITY_SHARED/captures

. "$(dirname "$0")/checks.sh"
from_pipe() { cat "$1" | "$COMITY" compare - "$2"; }

# The fourteenth frame was forged: the server's side never saw it.
cp "$here/../cases/race-first/input.pcap" a.pcap
python3 "$here/vantage.py" a.pcap b.pcap --skew 1500000000 --way 2000000 --hops 4 --without 14 >/dev/null
is "a forged frame is a finding" 1 "$COMITY" compare a.pcap b.pcap
says "it was born in between" "born in between: 1 packet" out
says "it is named" "at A: frame 14" out
says "what it rests on" "Rests on: " out
says "what else it could be" "Could also be: " out
says "the clocks" "B minus A is +1.500000000 s" out
says "the distance" "A to B 4 hops; B to A 4 hops" out
is "as JSON" 1 "$COMITY" compare --json a.pcap b.pcap
says "with its frame" '"frames": {"a": [14], "b": []}' out
cp out first
is "without confinement" 1 "$COMITY" compare --json --no-confine a.pcap b.pcap
if cmp -s first out; then echo "ok it is the same"; else echo "FAIL without confinement: another answer"; fi
is "swapped" 1 "$COMITY" compare --json b.pcap a.pcap
says "the frame is at B" '"frames": {"a": [], "b": [14]}' out
is "a capture and itself" 0 "$COMITY" compare a.pcap a.pcap
says "nothing happened" "Nothing happened in between." out
is "filtered away" 0 "$COMITY" compare --filter "udp port 9" a.pcap b.pcap
says "then nothing is known of the clocks" "unknown: no packet was seen at both places" out
if gzip -c b.pcap >b.gz 2>/dev/null; then
	is "packed" 1 "$COMITY" compare --json a.pcap b.gz
	sed 's/b\.gz/b.pcap/' out >now
	if cmp -s first now; then echo "ok packed it is the same"; else echo "FAIL packed: another answer"; fi
	head -c 900 b.gz >cut.gz
	is "packed and cut short" 4 "$COMITY" compare a.pcap cut.gz
fi
is "one capture" 2 "$COMITY" compare a.pcap
is "three captures" 2 "$COMITY" compare a.pcap b.pcap a.pcap
is "no such file" 3 "$COMITY" compare a.pcap none.pcap
is "a pipe" 3 from_pipe a.pcap b.pcap
says "and what to do" "write it to a file first" err
echo "no capture at all" >text
is "no capture" 4 "$COMITY" compare a.pcap text
is "a wrong filter" 2 "$COMITY" compare --filter "(" a.pcap b.pcap
head -c 3000 b.pcap >cut.pcap
is "cut short" 4 "$COMITY" compare a.pcap cut.pcap
says "where" "offset" err

export PYTHONPATH="$here" PYTHONDONTWRITEBYTECODE=1
if [ -d "$captures" ]; then
	python3 "$here/compare.py" real "$captures" "$here/../cases/manifest-truth.tsv"
	python3 "$here/compare.py" way "$captures/zeek__206_example_b.pcap"
else
	echo "skip real captures: there is no $captures"
fi
python3 "$here/compare.py" story "$COMITY_GEN"
