#!/bin/sh
# From a capture to a dossier, and what others make of it.
[ -x "$COMITY" ] || { echo "no program"; exit 77; }
scenario=$(cd "$(dirname "$0")" && pwd)
cases=$scenario/../cases
attack=$cases/race-first/input.pcap

is() { # is NAME WANTED-EXIT COMMAND...
	name=$1 want=$2
	shift 2
	"$@" >out 2>err
	got=$?
	if [ $got -eq "$want" ]; then echo "ok $name"; else echo "FAIL $name: exit $got, not $want: $(head -n2 err)"; fi
}
says() { # says NAME TEXT FILE
	if grep -qF -- "$2" "$3"; then echo "ok $1"; else echo "FAIL $1: no '$2' in: $(tail -n3 "$3")"; fi
}
silent() { # silent NAME TEXT FILE: the text is not there
	if grep -qaF -- "$2" "$3"; then echo "FAIL $1: '$2' is in $3"; else echo "ok $1"; fi
}
last() { # last NAME TEXT: begins the last line of out
	case $(tail -n1 out) in
	"$2"*) echo "ok $1" ;;
	*) echo "FAIL $1: $(tail -n1 out)" ;;
	esac
}
have() { command -v "$1" >/dev/null 2>&1; }

rm -rf one two
mkdir one two
unset COMITY_CASE
cp "$attack" capture.pcap
cd one || exit 1
is "a case is made" 0 "$COMITY" init --name "Lab One"
signers=$PWD/.comity/allowed_signers

# investigate
is "an attack is a finding" 1 "$COMITY" investigate ../capture.pcap -o ../a.dossier --collected-by "A <b>Lab</b>"
last "the last line is the dossier's path" "../a.dossier"
is "no finding, and still a seal" 0 "$COMITY" investigate "$cases/retransmission/input.pcap" -o ../none.dossier
is "what ends early is reported and sealed" 4 "$COMITY" investigate "$cases/file-cut/input.pcap" -o ../cut.dossier
gzip -c ../capture.pcap >../v1.2-access.pcap.gz
is "a packed capture is unpacked and sealed" 1 "$COMITY" investigate ../v1.2-access.pcap.gz
last "its dossier has its name, dots and all" "v1.2-access.dossier"
is "text is no capture" 4 "$COMITY" investigate "$0"
cd ../two || exit 1

# verify: no case, no key
is "it holds for who knows the signer" 0 "$COMITY" verify ../a.dossier --signers "$signers"
last "the verdict is the last line" "HOLDS: "
says "what rests on more than its rows is said" "rests on what the sender showed of this host:" out
says "what is not proven is said" "who did it" out
is "nothing stated holds, too" 0 "$COMITY" verify ../none.dossier --signers "$signers"
is "a cut capture's dossier holds" 0 "$COMITY" verify ../cut.dossier --signers "$signers"
is "an unknown signer is refused" 1 "$COMITY" verify ../a.dossier
last "and named" "UNKNOWN SIGNER SHA256:"
is "as JSON" 0 "$COMITY" verify --json ../a.dossier --signers "$signers"
says "JSON has the outcome" '"outcome": "reproduced as shown"' out
is "the receiver's own report" 0 "$COMITY" verify ../a.dossier --signers "$signers" --report own.html
says "says who is known" "Known to the receiver as: Lab One" own.html
silent "and has no markup of the sender's" "<b>Lab</b>" own.html
head -c 2000 ../a.dossier >t.dossier
is "a truncated dossier is malformed" 4 "$COMITY" verify t.dossier --signers "$signers"
echo "no signers" >bad
is "signers that cannot be read" 3 "$COMITY" verify ../a.dossier --signers bad
is "a dossier that is not there" 3 "$COMITY" verify nowhere.dossier
is "no dossier" 2 "$COMITY" verify

# other tools
if have unzip && have ssh-keygen; then
	is "unzip unpacks it" 0 unzip -q ../a.dossier -d x
	for s in x/*.json; do
		if ssh-keygen -Y verify -f "$signers" -I "Lab One" -n statement@comity -s "$s.sig" <"$s" >out 2>&1; then
			echo "ok ssh-keygen verifies $(basename "$s")"
		else
			echo "FAIL ssh-keygen on $s: $(cat out)"
		fi
	done
	silent "no text of the collector becomes markup" "<b>Lab</b>" x/report.html
	if have tshark; then
		is "tshark reads the packets" 0 tshark -r x/seal-1.pcapng -Y 'frame.comment contains "forged"' -T fields -e frame.comment
		says "and the forged one is marked" "row 14; forged" out
	fi
	if have capinfos; then
		is "capinfos reads them" 0 capinfos -c x/seal-1.pcapng
	fi
fi

# hiding
cd ../one || exit 1
is "addresses hidden" 1 "$COMITY" investigate ../capture.pcap -o ../h.dossier --hide addresses
silent "are not in the dossier" "203.0.113.141" ../h.dossier
says "stand-ins are" "240." ../h.dossier
is "and all is redone" 0 "$COMITY" verify ../h.dossier --signers "$signers"
is "both hidden, as a list" 1 "$COMITY" investigate ../capture.pcap -o ../b.dossier --hide addresses,payload
silent "no address is there" "203.0.113.141" ../b.dossier
silent "nor any payload" "HTTP/1.1" ../b.dossier
is "half a list" 2 "$COMITY" investigate ../capture.pcap -o ../b.dossier --hide addresses,
is "payload hidden" 1 "$COMITY" investigate ../capture.pcap -o ../p.dossier --hide payload
silent "is not in the dossier" "HTTP/1.1" ../p.dossier
is "and not all can be redone" 5 "$COMITY" verify ../p.dossier --signers "$signers"
last "which the verdict says" "HOLDS IN PART: "
says "with the signs that are shut" "shut, so not redone: conflict" out
python3 - ../capture.pcap leak.pcap <<'PY'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
at = data.find(b"Host: ")
while at >= 0:
    data[at + 6:at + 6 + 13] = b"203.0.113.141"
    at = data.find(b"Host: ", at + 20)
open(sys.argv[2], "wb").write(data)
PY
is "an address that shows in a payload refuses" 3 "$COMITY" investigate leak.pcap -o ../l.dossier --hide addresses
says "the place is named" ", payload, offset " err
says "and what to do" "--also payload" err
[ ! -e ../l.dossier ] && echo "ok and nothing was written" || echo "FAIL a dossier was written"
is "hiding the payload, too" 1 "$COMITY" investigate leak.pcap -o ../l.dossier --hide addresses --also payload
silent "leaves no address" "203.0.113.141" ../l.dossier
is "accepting it" 1 "$COMITY" investigate leak.pcap -o ../l.dossier --hide addresses --leak-ok
# the edited packets no longer have good checksums, and what is hidden hides that, too
is "verifies, as far as checksums that are shut allow" 5 "$COMITY" verify ../l.dossier --signers "$signers"

# disclose
is "a dry run" 0 "$COMITY" disclose --finding 1 --dry-run
says "says in bytes what would be given away" "bytes of the exhibits" out
is "frames by hand" 0 "$COMITY" disclose --exhibit 1 --frames 14,17 -o ../e.dossier
says "how much was compared is said" "rows" err
is "frames and columns by hand" 0 "$COMITY" disclose --exhibit 1 --frames 14,17 --columns headers -o ../f.dossier
is "hold" 0 "$COMITY" verify ../f.dossier --signers "$signers"
is "of nothing" 2 "$COMITY" disclose
is "of a finding that is not there" 3 "$COMITY" disclose --finding 999
is "a hand-over" 0 "$COMITY" handover 1 --to "Court" --how "by <i>hand</i>"
is "without saying to whom" 2 "$COMITY" handover 1 --how "by hand"
is "is shown" 0 "$COMITY" disclose --finding 1 -o ../k.dossier
is "and verified" 0 "$COMITY" verify ../k.dossier --signers "$signers" --report k.html
says "in the chain of custody" "by &lt;i&gt;hand" k.html
printf 'X' | dd of=leak.pcap bs=1 seek=700 conv=notrunc 2>/dev/null
n=$("$COMITY" show findings | tail -n1 | cut -d' ' -f1)
is "of an exhibit that has changed" 3 "$COMITY" disclose --finding "$n" -o ../c.dossier
says "names the first row that differs" "the first row that differs is" err
mv leak.pcap moved.pcap
is "of an exhibit that was moved" 3 "$COMITY" disclose --finding "$n" -o ../c.dossier
says "names it" "/leak.pcap: No such file or directory" err
says "and says what to do" "put it, or a link to it," err
[ ! -e ../c.dossier ] && echo "ok and nothing was written" || echo "FAIL a dossier was written"

# a capture in several files
python3 "$scenario/split.py" ../capture.pcap 15 first.pcap second.pcap
is "a finding across two files" 1 "$COMITY" investigate first.pcap second.pcap -o ../s.dossier
is "is found again" 0 "$COMITY" verify ../s.dossier --signers "$signers" --report s.html
last "from both" "HOLDS: signatures and openings hold; findings: 1 reproduced as shown"
says "rows of both are counted" "12 rows open, 22 rows of the capture shut" out
is "by ties only" 1 "$COMITY" investigate first.pcap second.pcap -o ../s.dossier --hide addresses
is "it is found in part" 5 "$COMITY" verify ../s.dossier --signers "$signers"
says "and it says why" "shows only where addresses are named" out
is "with all of it tied" 1 "$COMITY" investigate first.pcap second.pcap -o ../s.dossier --tie-all
is "it holds" 0 "$COMITY" verify ../s.dossier --signers "$signers"
says "and says whose the shut rows are" "22 rows of the capture shut, 22 of them to or from this host" out

# datagrams in fragments
python3 "$scenario/fragment.py" "$cases/dns-copied-id/input.pcap" fragments.pcap
for hide in "" "--hide addresses"; do
	# shellcheck disable=SC2086
	is "forged answers in fragments $hide" 1 "$COMITY" investigate fragments.pcap -o ../fr.dossier $hide
	is "are found again $hide" 0 "$COMITY" verify ../fr.dossier --signers "$signers"
	last "by all their parts $hide" "HOLDS: signatures and openings hold; findings: 2 reproduced as shown"
done
python3 "$scenario/fragment.py" ../capture.pcap fragments.pcap 5
is "a damaged copy in fragments" 1 "$COMITY" investigate fragments.pcap -o ../fr.dossier
is "is known for one" 0 "$COMITY" verify ../fr.dossier --signers "$signers"
last "by its checksum" "HOLDS: signatures and openings hold; findings: 1 reproduced as shown"
damaged=$cases/reset-burst/input.pcap
for hide in payload addresses; do
	for piece in 40 65536; do
		python3 "$scenario/fragment.py" "$damaged" fragments.pcap 5 $piece
		is "a damaged copy, pieces of $piece, $hide hidden" 1 \
			"$COMITY" investigate fragments.pcap -o ../fr.dossier --hide $hide --leak-ok
		is "is not contradicted, pieces of $piece, $hide hidden" 5 \
			"$COMITY" verify ../fr.dossier --signers "$signers"
		says "what is not redone, pieces of $piece, $hide hidden" "shut, so not redone: " out
		says "and why, pieces of $piece, $hide hidden" "shut in its rows: " out
	done
done

# So many findings that the rows shown for some excuse others.
"$COMITY_GEN" http --seed 2 --bytes 40M --out many.pcap
is "very many findings" 1 "$COMITY" investigate --findings 2000 many.pcap -o ../m.dossier
says "what is left out is said" "left out, since the rows shown for all together do not bear" err
is "and the others hold" 0 "$COMITY" verify ../m.dossier --signers "$signers"
is "the three strongest" 1 "$COMITY" investigate --findings 3 many.pcap -o ../m3.dossier
says "the others are counted" "the 3 strongest are stated and shown" err
is "hold, too" 0 "$COMITY" verify ../m3.dossier --signers "$signers"
last "three" "HOLDS: signatures and openings hold; findings: 3 reproduced as shown"
rm -f many.pcap
