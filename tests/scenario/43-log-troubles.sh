#!/bin/sh
# Several at once, a log that is away, a key that changes while the power goes, a thief's successor:
# nothing is logged twice or lost, and what to do next is said.
[ -x "$COMITY" ] || { echo "no program"; exit 77; }
scenario=$(cd "$(dirname "$0")" && pwd)
attack=$scenario/../cases/race-first/input.pcap

. "$(dirname "$0")/checks.sh"
same() { # same NAME WANTED GOT
	if [ "$2" = "$3" ]; then echo "ok $1"; else echo "FAIL $1: $3, not $2"; fi
}
in_dir() { (cd "$1" && shift && "$@"); }
made() { # made FOLDER NAME: a case, its lines for others in FOLDER.lines
	mkdir "$1"
	in_dir "$1" "$COMITY" init --name "$2" --json >"$1.json" || echo "FAIL init $1"
	python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["lines"], end="")' "$1.json" >"$1.lines"
}
size() { in_dir "$1" "$COMITY" log show --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["size"])'; }
# Each statement of the database once among the entries of the log, and nothing else.
each_once() { # each_once NAME FOLDER
	in_dir "$2" "$COMITY" log show --entries >entries 2>&1
	python3 - "$2/.comity/case.db" entries <<-'PY' && echo "ok $1" || echo "FAIL $1"
	import hashlib, re, sqlite3, sys
	rows = sqlite3.connect(sys.argv[1]).execute("SELECT json, sig FROM statement").fetchall()
	want = sorted(hashlib.sha256(j + s).hexdigest() for j, s in rows)
	got = sorted(re.findall(r"^ *[0-9]+ +([0-9a-f]{64}) ", open(sys.argv[2]).read(), re.M))
	if want != got:
	    sys.exit(f"{len(want)} statements, {len(got)} entries")
	PY
	is "$1: the log is clean" 0 in_dir "$2" "$COMITY" log fsck
}

rm -rf a b c d e n w key-ended* k2* thief*
unset COMITY_CASE
made a "Party a"
made b "Party b"
made n none
made w witnesses
is "who is called none or witnesses can be trusted" 0 in_dir a "$COMITY" trust add ../n.lines ../w.lines
says "as a witness, too" "witness party-none " n.lines
is "and the other way round" 0 in_dir w "$COMITY" trust add ../a.lines ../n.lines

is "A asks for no witness" 0 in_dir a "$COMITY" trust quorum none

# eight seals at once
pids=
for i in 1 2 3 4 5 6 7 8; do
	in_dir b "$COMITY" seal "$attack" >"seal.$i" 2>&1 &
	pids="$pids $!"
done
bad=0
for p in $pids; do wait "$p" || bad=$((bad + 1)); done
same "eight seals at once do it all" 0 $bad
is "what was left is logged" 0 in_dir b "$COMITY" log checkpoint
same "the log has eight entries" 8 "$(size b)"
each_once "each statement is there once" b

# lines of several at once
pids=
for i in a n w; do
	in_dir b "$COMITY" trust add "../$i.lines" >/dev/null 2>&1 &
	pids="$pids $!"
done
for p in $pids; do wait "$p" || echo "FAIL trust add at once"; done
same "no line is lost" "3 4" "$(grep -vc '^#\|^$' b/.comity/signers) $(grep -c '^witness ' b/.comity/trust)"

# keys that change at once, and while the power goes
is "B asks for no witness" 0 in_dir b "$COMITY" trust quorum none
pids=
for i in 1 2 3 4; do
	in_dir b "$COMITY" key rotate -o "../key-ended.$i" >"rotate.$i" 2>&1 &
	pids="$pids $!"
done
bad=0
for p in $pids; do wait "$p" || bad=$((bad + 1)); done
if [ $bad -lt 4 ]; then echo "ok of four at once $((4 - bad)) changed the key"; else echo "FAIL nobody changed the key: $(cat rotate.*)"; fi
same "as many keys have ended" $((4 - bad)) "$(find b/.comity -name 'key.ended-*.pub' | wc -l)"
is "the case states with the one that it names" 0 in_dir b "$COMITY" seal "$attack"
for ms in 02 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 24 26 28 30 40 60 80; do
	in_dir b timeout -s KILL "0.0$ms" "$COMITY" key rotate >/dev/null 2>&1
	in_dir b "$COMITY" seal "$attack" >/dev/null 2>err || echo "FAIL killed after 0.0$ms s: $(cat err)"
done
is "what was left is logged" 0 in_dir b "$COMITY" log checkpoint
each_once "killed again and again" b
named=$(python3 -c 'import sqlite3; print(sqlite3.connect("b/.comity/case.db").execute("SELECT fingerprint FROM party WHERE own = 1").fetchall()[0][0])')
same "the key is the one that the case names" "$named" "$(ssh-keygen -l -f b/.comity/key.pub | cut -d' ' -f2)"
same "its halves belong together" "$(cut -d' ' -f2 <b/.comity/key.pub)" "$(ssh-keygen -y -f b/.comity/key | cut -d' ' -f2)"
same "and others are given it" "$(cut -d' ' -f2 <b/.comity/key.pub)" "$(sed 's/.*ssh-ed25519 //' b/.comity/allowed_signers)"

# the log is away
is "A states" 1 in_dir a "$COMITY" investigate "$attack" -o ../a.dossier
mv a/.comity/log log-away
is "A states without a log" 0 in_dir a "$COMITY" seal "$attack"
for command in "log show" "log prove 1" "log checkpoint" "log fsck" "log serve" "log prove --from 0"; do
	# shellcheck disable=SC2086
	is "$command without a log" 3 in_dir a "$COMITY" $command
	says "says what to do" "log init" err
done
touch key-ended.tlog-proof
is "A changes its key without a log" 0 in_dir a "$COMITY" key rotate -o ../key-ended
same "with no receipt beside it, not even an old one" "key-ended.json key-ended.json.sig" "$(echo key-ended.[jt]*)"
is "what was stated before counts for A itself no more" 1 in_dir a "$COMITY" verify ../a.dossier
says "since" "the key has ended" out
mv log-away a/.comity/log
is "the log is back" 0 in_dir a "$COMITY" log checkpoint
is "and draws the line" 0 in_dir a "$COMITY" verify ../a.dossier
each_once "what was stated meanwhile is logged" a
rm -r a/.comity/log
is "the log is lost" 0 in_dir a "$COMITY" log init
is "another one gets everything" 0 in_dir a "$COMITY" log checkpoint
each_once "everything" a
is "and draws its own line" 0 in_dir a "$COMITY" verify ../a.dossier

# a file that no place is for
is "a place that is not there is said before the key ends" 3 in_dir a "$COMITY" key rotate -o ../no/such/place
same "nothing has ended since" 1 "$(find a/.comity -name 'key.ended-*.pub' | wc -l)"

# a thief with a key that has ended names a successor of his own
made d "Party d"
cp -r d thief
is "B knows D" 0 in_dir b "$COMITY" trust add ../d.lines
is "D changes its key" 0 in_dir d "$COMITY" key rotate -o ../d-ended
is "the thief does, too" 3 in_dir thief "$COMITY" key rotate -o ../thief-ended
is "B takes note of D's" 0 in_dir b "$COMITY" trust add ../d-ended.json
cp b/.comity/signers signers
is "and not of the thief's" 1 in_dir b "$COMITY" trust add ../thief-ended.json
says "since" "had ended before" err
is "nothing was added" 0 cmp b/.comity/signers signers
is "D's may come again" 0 in_dir b "$COMITY" trust add ../d-ended.json
is "as JSON it is JSON" 0 in_dir b "$COMITY" trust add --json ../d-ended.json
cp out taken
is "whole" 0 python3 -c 'import json; json.load(open("taken"))'

# a witness that is asked by hand, about a log that has grown meanwhile
made e "Party e"
is "D's witness takes E's log" 0 in_dir d "$COMITY" witness add-log "$(grep ^log e.lines)"
is "E knows D" 0 in_dir e "$COMITY" trust add ../d.lines
is "E states" 0 in_dir e "$COMITY" seal "$attack"
is "E asks" 0 in_dir e "$COMITY" log prove --from 0
cp out request
(cd d && "$COMITY" witness cosign <../request >../answer 2>../err) || echo "FAIL D does not cosign: $(cat err)"
is "E states more" 0 in_dir e "$COMITY" seal "$attack"
is "an answer about a shorter log is refused" 3 in_dir e "$COMITY" log checkpoint --answer ../answer
says "it is said what to do" "asks anew" err
is "nothing of it was published" 5 in_dir e "$COMITY" log checkpoint
is "E asks anew" 0 in_dir e "$COMITY" log prove --from 1
cp out request
(cd d && "$COMITY" witness cosign <../request >../answer 2>../err) || echo "FAIL D does not cosign: $(cat err)"
is "and takes the answer" 0 in_dir e "$COMITY" log checkpoint --answer ../answer
is "nonsense is malformed" 4 in_dir e "$COMITY" log checkpoint --answer ../e.lines
is "a stranger's answer is refused" 3 in_dir a "$COMITY" log checkpoint --answer ../answer

# a case of before there were logs
made c "Party c"
rm -r c/.comity/log c/.comity/witness c/.comity/trust
python3 - c/.comity/case.db <<'PY'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
for t in ("logged", "known", "head", "ended", "seen"):
    db.execute("DROP TABLE " + t)
db.execute("PRAGMA user_version = 2")
db.commit()
PY
is "an older case states" 0 in_dir c "$COMITY" seal "$attack"
is "gets a log" 0 in_dir c "$COMITY" log init
is "and all of it in there" 0 in_dir c "$COMITY" log checkpoint
each_once "of an older case" c
exit 0
