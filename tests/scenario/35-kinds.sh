#!/bin/sh
# Logs, records and samples: sealed by one party, shown in part, checked by the other; and a liar.
[ -x "$COMITY" ] || { echo "no program"; exit 77; }
scenario=$(cd "$(dirname "$0")" && pwd)
capture=$scenario/../cases/race-first/input.pcap

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
same() { # same NAME FILE FILE
	if cmp -s "$2" "$3"; then echo "ok $1"; else echo "FAIL $1: $2 is not $3"; fi
}
into() { # into FILE COMMAND...
	file=$1
	shift
	"$@" >"$file"
}
have() { command -v "$1" >/dev/null 2>&1; }

mkdir one two
unset COMITY_CASE
cd one || exit 1
"$COMITY" init --name "Operator A" >/dev/null
signers=$PWD/.comity/allowed_signers

# what an analyst has
python3 - <<'PY'
with open("access.log", "w") as f:
    for i in range(2000):
        f.write('198.51.100.%d - user%d [17/Mar/2015:10:%02d:%02d] "GET /page/%d HTTP/1.1" 200\n'
                % (i % 250, i % 7, i // 60 % 60, i % 60, i))
with open("alerts.json", "w") as f:
    for i in range(300):
        f.write('{"time": "10:%02d", "src_ip": "203.0.113.%d", "user": "person-%03d", "alert": {"name": "scan"}, "n": %d}\n'
                % (i % 60, i % 200, i, i))
    f.write('{"time": "11:00", "src_ip": "203.0.113.9", "user": "person-900", "alert": {"name": "login of person-007"}}\n')
with open("sample.bin", "wb") as f:
    f.write(b"MZ\x90\0" + bytes((i * i >> 3) & 255 for i in range(30000)))
PY

is "a log, alerts and a sample are sealed" 0 "$COMITY" seal --collected-by "A's operators" --vantage "front end" access.log sample.bin
says "a log is guessed" "lines/1 (guessed: it is text; --kind says otherwise)" out
says "a sample is guessed" "blob/1 (guessed: it is neither a capture nor text" out
is "alerts, with members" 0 "$COMITY" seal --members src_ip,user,alert --file-digest alerts.json
says "are records" "records/1 (guessed: its first lines are JSON objects" out
says "with these columns" "src_ip, user, alert, rest" out
says "and a digest that was asked for" "sha256     $(sha256sum alerts.json | cut -d' ' -f1)" out
is "JSON without members is text" 0 "$COMITY" seal --json alerts.json
says "and it is said what members would do" "with --members ip,user each" out
is "a capture is sealed, too" 0 "$COMITY" seal "$capture"
says "as one" "capture/1 (guessed" out
is "members that are no records" 2 "$COMITY" seal --members a access.log
is "members of a kind that has none" 2 "$COMITY" seal --kind blob --members a access.log
is "records without members" 2 "$COMITY" seal --kind records alerts.json
is "rest is no member" 2 "$COMITY" seal --members a,rest alerts.json
is "nor is nothing" 2 "$COMITY" seal --members a,,b alerts.json
is "an unknown kind" 2 "$COMITY" seal --kind text access.log
is "no file" 2 "$COMITY" seal
is "a file that is not there" 3 "$COMITY" seal access.log nowhere
is "text is no capture" 4 "$COMITY" seal --kind capture alerts.json
says "and nothing was stated" "nothing was stated" err
n=$("$COMITY" show exhibits | tail -n +3 | wc -l)
[ "$n" -eq 5 ] && echo "ok only what was sealed is an exhibit" || echo "FAIL $n exhibits, not 5"
is "exhibits as JSON" 0 "$COMITY" show --json exhibits
says "have their columns" '"columns": ["src_ip", "user", "alert", "rest"]' out
[ "$(grep -o '"sha256"' out | wc -l)" -eq 1 ] && echo "ok no digest that nobody asked for" || echo "FAIL digests that nobody asked for"

# packed, piped
gzip -c access.log >packed.log.gz
is "a packed log is unpacked" 0 "$COMITY" seal packed.log.gz
says "and kept" "kept as" err
is "as a blob it is not" 0 "$COMITY" seal --kind blob packed.log.gz
says "but sealed as it lies" "/packed.log.gz" out
cat access.log | "$COMITY" seal --json - >out 2>err && echo "ok a pipe is kept" || echo "FAIL a pipe: $(cat err)"
says "and read as text" '"kind": "lines/1"' out
same "with all its bytes" access.log "$(python3 -c 'import json,sys; print(json.load(open("out"))["file"])')"
cat packed.log.gz | "$COMITY" seal --json --kind blob - >out 2>err && echo "ok a piped blob is kept" || echo "FAIL a pipe: $(cat err)"
same "as it came" packed.log.gz "$(python3 -c 'import json,sys; print(json.load(open("out"))["file"])')"
: >nothing.log
is "an empty log" 0 "$COMITY" seal nothing.log
says "has no rows" "rows       0, 0 bytes" out
n=$("$COMITY" show exhibits | tail -n1 | cut -d' ' -f1)
is "and none to show" 2 "$COMITY" disclose --exhibit "$n" --rows 0
head -c 9000 packed.log.gz >early.gz
is "a packed log that ends early" 4 "$COMITY" seal early.gz
kept=$(find .comity/exhibits -type f | wc -l)
cat alerts.json | "$COMITY" seal --kind capture - >out 2>err
[ $? -eq 4 ] && echo "ok a pipe that is no capture" || echo "FAIL a pipe that is no capture"
[ "$(find .comity/exhibits -type f | wc -l)" -eq "$kept" ] && echo "ok leaves nothing in the case" || echo "FAIL something was left in the case"

# show some of it
is "lines of a log" 0 "$COMITY" disclose --exhibit 1 --rows 10-12,1999 -o ../lines.dossier --for B
is "dry run in words" 0 "$COMITY" disclose --exhibit 3 --rows 0-9 --columns src_ip,alert --dry-run
says "says what a member is" "the values of this member" out
says "and that something stays shut" "of 10 rows some columns stay shut" out
is "dry run in JSON" 0 "$COMITY" disclose --exhibit 3 --rows 0-9 --columns src_ip,alert --dry-run --json
says "counts by column" '{"name": "src_ip", "open": 10, "tied": 0, "bytes": ' out
is "members of records" 0 "$COMITY" disclose --exhibit 3 --rows 0-9 --columns src_ip,alert -o ../some.dossier
is "all but one member" 0 "$COMITY" disclose --exhibit 3 --rows 0-299 --columns src_ip,alert,rest -o ../nobody.dossier
says "other spellings are the sender's to look for" "other spellings are for you to look for" err
is "a hidden value that stands elsewhere" 3 "$COMITY" disclose --exhibit 3 --rows all --columns src_ip,alert,rest -o ../leak.dossier
says "is named, row and column" "row 300, alert, offset 20: repeats the hidden user of row 7" err
[ ! -e ../leak.dossier ] && echo "ok and nothing was written" || echo "FAIL a dossier was written"
is "accepted, it goes" 0 "$COMITY" disclose --exhibit 3 --rows all --columns src_ip,alert,rest --leak-ok -o ../leak.dossier --json
says "and is counted" '"leaks_accepted": 1' out
is "all of it" 0 "$COMITY" disclose --exhibit 3 --rows all -o ../all.dossier
is "blocks of a sample" 0 "$COMITY" disclose --exhibit 2 --rows 0,7 -o ../blocks.dossier
is "a capture, with its digest" 0 "$COMITY" seal --file-digest --json "$capture"
n=$(sed 's/.*"no": \([0-9]*\).*/\1/' out)
is "all of a capture" 0 "$COMITY" disclose --exhibit "$n" --rows all -o ../capture.dossier
is "rows that are not there" 2 "$COMITY" disclose --exhibit 2 --rows 8
is "an exhibit that is not there" 3 "$COMITY" disclose --exhibit 99 --rows 0
is "a column that is not there" 2 "$COMITY" disclose --exhibit 3 --rows 0 --columns src_ip,password
is "columns of nothing" 2 "$COMITY" disclose --exhibit 3 --columns src_ip
is "frames of a log" 2 "$COMITY" disclose --exhibit 1 --frames 1
says "has none" "it has --rows, no frames" err
is "a payload of a log" 2 "$COMITY" disclose --exhibit 1 --rows 1 --hide payload
says "is nothing to hide" "--columns says which cells are opened" err
is "hosts of a log" 2 "$COMITY" disclose --exhibit 1 --rows 1 --tie-all
is "a hand-over of the alerts" 0 "$COMITY" handover 3 --to B --how "by courier" --json
says "as JSON" '"how": "by courier"' out
is "goes with them" 0 "$COMITY" disclose --exhibit 3 --rows 1 -o ../custody.dossier

# the other side
cd ../two || exit 1
for d in lines some nobody leak all blocks custody capture; do
	is "$d holds" 0 "$COMITY" verify "../$d.dossier" --signers "$signers" --report "$d.html"
	last "$d says so" "HOLDS: signatures and openings hold; findings: no findings are stated"
	cp out "$d.out"
done
says "what is hidden is said" "hidden in all of them: user" nobody.out
says "what is accepted, too" "hidden values stand in what is shown" leak.out
says "and when it is the whole file" "that is the whole" all.out
says "or capture" "that is the whole" capture.out
silent "who did it is no question here" "who did it" lines.out
silent "no hidden value is in the dossier" "person-" ../nobody.dossier
silent "nor any other line" "page/13 " ../lines.dossier
says "the hand-over is in the report" "by courier" custody.html
says "hidden cells are marked in it" "not shown: user" nobody.html
says "rows not shown are, too" "rows 13 to 1998 are not shown" lines.html
says "long ones are cut with a word" "(cut here: 3968 more bytes)" blocks.html
is "an unknown signer is refused" 1 "$COMITY" verify ../lines.dossier
is "as JSON" 0 "$COMITY" verify --json ../all.dossier --signers "$signers"
says "JSON says it is the whole file" '"whole_file": true' out

# without Comity
if have unzip; then
	for d in lines nobody blocks all; do
		mkdir "$d" && is "unzip unpacks $d" 0 unzip -q "../$d.dossier" -d "$d"
	done
	sed -n '11,13p;2000p' ../one/access.log >wanted
	grep -av '^#' lines/seal-1.txt | cut -f2- >got
	same "grep and cut give the lines" wanted got
	says "what is not shown is marked" "#	rows 13 to 1998 are not shown" lines/seal-1.txt
	if have jq; then
		into got jq -c 'select(.row) | .record' all/seal-1.jsonl
		into wanted jq -c . ../one/alerts.json
		same "jq gives the records" wanted got
		[ "$(jq -r 'select(.row == 5) | .record.user' nobody/seal-1.jsonl)" = "(not shown)" ] &&
			echo "ok with a mark for what is hidden" || echo "FAIL no mark for what is hidden"
	fi
	if have xxd; then
		xxd -r blocks/seal-1.hex part.bin
		python3 - <<'PY' && echo "ok xxd puts the bytes where they were" || echo "FAIL xxd puts them elsewhere"
import sys
whole, part = open("../one/sample.bin", "rb").read(), open("part.bin", "rb").read()
here = lambda b: b[:4096] + b[7 * 4096:]
sys.exit(here(whole) != here(part) or len(whole) != len(part) or any(part[4096:7 * 4096]))
PY
	fi
fi

# a liar changes the readable file, and signs what he did
if have unzip && have ssh-keygen; then
	for what in lines/seal-1.txt:page:evil nobody/seal-1.jsonl:scan:ping blocks/seal-1.hex:4d5a:5a4d; do
		file=${what%%:*} words=${what#*:}
		python3 "$scenario/relist.py" "${file%/*}" "${file#*/}" "${words%:*}" "${words#*:}" ../one/.comity/key liar.dossier
		is "a changed ${file#*/} is refused" 1 "$COMITY" verify liar.dossier --signers "$signers"
		last "and named" "REFUSED: ${file#*/} does not hold the rows that are opened"
	done
	python3 "$scenario/relist.py" lines report.html "17/Mar/2015" "18/Mar/2015" ../one/.comity/key liar.dossier
	is "a changed report is refused" 1 "$COMITY" verify liar.dossier --signers "$signers"
fi

# a changed exhibit
cd ../one || exit 1
sed -i 's/page\/700 /page\/70x /' access.log
is "a line that changed" 3 "$COMITY" disclose --exhibit 1 --rows 600-800 -o ../c.dossier
says "is named" "the first row that differs is 700" err
is "lines elsewhere can still be shown" 0 "$COMITY" disclose --exhibit 1 --rows 0-100 -o ../c.dossier
sed -i '5d' alerts.json
is "a record that is gone" 3 "$COMITY" disclose --exhibit 3 --rows 0-10 -o ../d.dossier
says "is noticed" "the first row that differs is 4" err
mv sample.bin moved.bin
is "a sample that was moved" 3 "$COMITY" disclose --exhibit 2 --rows 0 -o ../d.dossier
says "what to do is said" "put it, or a link to it," err
ln -s moved.bin sample.bin
is "a link will do" 0 "$COMITY" disclose --exhibit 2 --rows 0 -o ../d.dossier
