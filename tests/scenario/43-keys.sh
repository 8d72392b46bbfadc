#!/bin/sh
# Keys of a log and of a witness end and are followed by others: what was before stands, what a thief
# makes with them later does not, and nobody ends what is not his.
[ -x "$COMITY" ] || { echo "no program"; exit 77; }
scenario=$(cd "$(dirname "$0")" && pwd)
attack=$scenario/../cases/race-first/input.pcap
other=$scenario/../cases/hijack/input.pcap

. "$(dirname "$0")/checks.sh"
silent() { # silent NAME TEXT FILE: the text is not there
	if grep -qF -- "$2" "$3"; then echo "FAIL $1: '$2' is in $3"; else echo "ok $1"; fi
}
in_dir() { (cd "$1" && shift && "$@"); }
fold() { tr '\n' ' ' <"$1" | tr -s ' ' >folded; } # for sentences that were wrapped
# signed FILE FOLDER: signs a statement anew, with the key of that case
signed() { rm -f "$1.sig" && ssh-keygen -q -Y sign -f "$2/.comity/key" -n statement@comity "$1" 2>err || echo "FAIL $1 is not signed: $(cat err)"; }

pids=
serve() { # serve NAME FOLDER COMMAND...: starts it, its URL goes to NAME.url
	name=$1 folder=$2
	shift 2
	rm -f "$name.url"
	(cd "$folder" && exec "$COMITY" "$@") >"$name.url" 2>"$name.err" &
	eval "$name=$!"
	pids="$pids $!"
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ -s "$name.url" ] && break
		sleep 0.1
	done
	[ -s "$name.url" ] || echo "FAIL $name does not serve: $(cat "$name.err")"
}
stop() { eval "kill \$$1 2>/dev/null; wait \$$1 2>/dev/null"; }
trap 'kill $pids 2>/dev/null' EXIT

rm -rf a b v c c0 thief bthief ./*-ended* ./*.dossier forged* parts
mkdir a b v c
unset COMITY_CASE
for p in a b v c; do
	in_dir $p "$COMITY" init --name "Party $p" --json >$p.json || echo "FAIL init $p: $(cat err)"
	python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["lines"], end="")' $p.json >$p.lines
done
for p in a b; do
	is "B's witness takes the log of $p" 0 in_dir b "$COMITY" witness add-log "$(grep '^log' $p.lines)"
	is "V's witness takes the log of $p" 0 in_dir v "$COMITY" witness add-log "$(grep '^log' $p.lines)"
done
serve witness_b b witness serve
serve witness_v v witness serve
url=$(cat witness_b.url)
port=$(sed 's|.*:\([0-9]*\)/|\1|' witness_b.url)
sed "s|^\(witness .*\)\$|\1 $url|" b.lines >b.with-url
sed "s|^\(witness .*\)\$|\1 $(cat witness_v.url)|" v.lines >v.with-url
is "A asks both" 0 in_dir a "$COMITY" trust add ../b.with-url ../v.with-url
is "A wants both" 0 in_dir a "$COMITY" trust quorum 2
is "B asks its own witness" 0 in_dir b "$COMITY" trust add "$(grep '^witness' b.with-url)"
is "B wants it" 0 in_dir b "$COMITY" trust quorum 1
is "C knows all of them" 0 in_dir c "$COMITY" trust add ../a.lines ../b.lines ../v.lines
is "A investigates" 1 in_dir a "$COMITY" investigate "$attack" -o ../a.dossier
is "B investigates" 1 in_dir b "$COMITY" investigate "$attack" -o ../b.dossier
is "C verifies A's: two have cosigned" 0 in_dir c "$COMITY" verify ../a.dossier
is "one is not enough for B's" 5 in_dir c "$COMITY" verify ../b.dossier
stop witness_b
cp -r a thief
cp -r b bthief
cp -r c c0

# the log's key
is "A's log gets another key" 0 in_dir a "$COMITY" key rotate --role log --reason "a copy was stolen" -o ../log-ended
says "its witnesses get its line" "log $(cat a/.comity/log/vkey)" out
is "B's witness takes the new log" 0 in_dir b "$COMITY" witness add-log "$(grep '^log' out)"
old=$(sed -n 's/^log \([^+]*\)+.*/\1/p' a.lines)
in_dir a "$COMITY" log show --json >shown
silent "it is another log" "\"$old\"" shown
says "which has everything anew" '"size": 4' shown
is "its log is clean" 0 in_dir a "$COMITY" log fsck
[ -d a/.comity/log.ended-1 ] && [ ! -e a/.comity/log.next ] && echo "ok the old one is kept" || echo "FAIL the old log is not kept"
is "A's own old receipts hold" 0 in_dir a "$COMITY" verify ../a.dossier
is "A states in it" 0 in_dir a "$COMITY" seal "$other"
cp log-ended.json forged.json
cp log-ended.json.sig forged.json.sig
is "without its receipt nobody takes note" 1 in_dir c "$COMITY" trust add ../forged.json
says "and is told why" "has to be logged" err
is "C takes note" 0 in_dir c "$COMITY" trust add ../log-ended.json
says "of where the line is" "what the log has before entry 3 counts" out
is "twice is nothing new" 0 in_dir c "$COMITY" trust add ../log-ended.json
in_dir c cat .comity/trust >c.trust
says "the new log is trusted" "$(in_dir a cat .comity/log/vkey)" c.trust
says "the old one still stands there" "$old" c.trust
is "what was logged before stands" 0 in_dir c "$COMITY" verify ../a.dossier
is "what A investigates now" 1 in_dir a "$COMITY" investigate "$attack" -o ../new.dossier
in_dir c "$COMITY" verify ../new.dossier >out 2>err
fold out
says "is logged in the new one" "logged: entry" folded

printf 'log %s\nquorum none\n' "$(grep '^log' a.lines | cut -d' ' -f2)" >thief/.comity/trust
is "a thief goes on with a copy of the old log" 0 in_dir thief "$COMITY" log checkpoint --resume
is "and states" 1 in_dir thief "$COMITY" investigate "$other" -o ../thief.dossier
in_dir c0 "$COMITY" verify ../thief.dossier >out 2>err
fold out
says "who took no note believes the log" "logged: entry 3 of" folded
in_dir c "$COMITY" verify ../thief.dossier >out 2>err
fold out
says "who took note does not" "whose key had ended before" folded
rm -rf parts && mkdir parts && unzip -q thief.dossier -d parts
is "a receipt of it alone is refused" 1 in_dir c "$COMITY" log verify ../parts/seal-1.tlog-proof ../parts/seal-1.json
says "and it is said why" "had ended before" out
rm -rf parts && mkdir parts && unzip -q a.dossier -d parts
is "an older one is not" 0 in_dir c "$COMITY" log verify ../parts/seal-1.tlog-proof ../parts/seal-1.json

is "the thief ends the log, too" 0 in_dir thief "$COMITY" key rotate --role log -o ../thief-ended
is "but it has ended before: nothing follows twice" 1 in_dir c "$COMITY" trust add ../thief-ended.json
says "and it is said so" "had ended before" err

# a stranger, who is a signer of C's: V
fingerprint=$(ssh-keygen -lf v/.comity/key.pub | cut -d' ' -f2)
sed "s|\"by\": \"[^\"]*\"|\"by\": \"$fingerprint\"|" log-ended.json >forged.json
signed forged.json v
cp log-ended.tlog-proof forged.tlog-proof
is "V does not end A's log" 1 in_dir c0 "$COMITY" trust add ../forged.json
python3 - v/.comity/case.db forged.json <<'PY' || echo "FAIL V can not put it into its log"
import hashlib, json, sqlite3, sys
text, sig = open(sys.argv[2], "rb").read(), open(sys.argv[2] + ".sig", "rb").read()
said = json.loads(text)["predicate"]
db = sqlite3.connect(sys.argv[1])
digest = hashlib.sha256(text).digest()
row = {"digest": digest, "signer": said["by"], "number": said["number"], "predicate": "key",
       "made": 1, "path": "statements/forged.json", "json": text, "sig": sig}
db.execute(f"INSERT INTO statement ({','.join(row)}) VALUES ({','.join('?' * len(row))})", list(row.values()))
db.execute("INSERT INTO ended VALUES ('SHA256:of-another', NULL, 0, ?, ?, x'')", (text, sig))
db.execute("INSERT INTO entry VALUES (?, ?)", (digest, hashlib.sha256(text + sig).digest()))
db.commit()
PY
is "V puts it into its own log" 0 in_dir v "$COMITY" log checkpoint
is "and has a receipt" 0 in_dir v "$COMITY" log prove ../forged.json
cp out forged.tlog-proof
is "V does not end A's log with that, either" 1 in_dir c0 "$COMITY" trust add ../forged.json
says "since" "only who has that log's key can end it" err

# the witness's key
is "with B's word C would do" 0 in_dir c "$COMITY" trust quorum 1
is "and without the note" 0 in_dir c0 "$COMITY" trust quorum 1
is "B's is cosigned by B's own witness" 0 in_dir c "$COMITY" verify ../b.dossier
serve witness_b b witness serve --port "$port"
is "a witness that serves is not ended" 3 in_dir b "$COMITY" key rotate --role witness -o ../w-ended
stop witness_b
is "B's witness gets another key" 0 in_dir b "$COMITY" key rotate --role witness -o ../w-ended
[ -d b/.comity/witness.ended-1 ] && echo "ok the old one is kept" || echo "FAIL the old witness is not kept"
is "the new one knows the logs" 0 in_dir b "$COMITY" witness status
says "A's, too" "$old" out
sed 's|"agreed": "\(.\)\(.\)|"agreed": "\2\1|' w-ended.json >forged.json
signed forged.json b
cp w-ended.tlog-proof forged.tlog-proof
is "without the witness key's word it is not ended" 1 in_dir c "$COMITY" trust add ../forged.json
says "since" "is not the signature of the witness key" err
is "C takes note" 0 in_dir c "$COMITY" trust add ../w-ended.json
says "of where the line is" "that are of at most 3 entries" out
in_dir c cat .comity/trust >c.trust
says "both keys count as one" "group Party-b-keys any Party-b Party-b-2" c.trust
says "in the quorum" "Party-b-keys" c.trust
is "a quorum can be chosen as before" 0 in_dir c "$COMITY" trust quorum 2
is "not more than there are parties" 2 in_dir c "$COMITY" trust quorum 5
is "on A's log B's word counts no more" 5 in_dir c "$COMITY" verify ../a.dossier
is "one is enough" 0 in_dir c "$COMITY" trust quorum 1
is "V's does" 0 in_dir c "$COMITY" verify ../a.dossier
is "old cosignatures on B's old checkpoint do, too" 0 in_dir c "$COMITY" verify ../b.dossier
rm bthief/.comity/witness/seat
serve witness_t bthief witness serve --port "$port"
is "a thief of all of B's goes on" 0 in_dir bthief "$COMITY" log checkpoint --resume
is "and states" 1 in_dir bthief "$COMITY" investigate "$other" -o ../bthief.dossier
stop witness_t
is "who took no note believes the witness" 0 in_dir c0 "$COMITY" verify ../bthief.dossier
is "who took note does not" 5 in_dir c "$COMITY" verify ../bthief.dossier

# for good
is "V revokes its log" 0 in_dir v "$COMITY" key revoke --role log -o ../v-ended
[ -e v/.comity/log ] && echo "FAIL V has a log" || echo "ok V has no log"
is "V states without one" 0 in_dir v "$COMITY" seal "$attack"
is "and makes one" 0 in_dir v "$COMITY" log init
is "a role that is none" 2 in_dir v "$COMITY" key revoke --role judge

# while the power goes
is "C asks for no witness" 0 in_dir c "$COMITY" trust quorum none
for ms in 02 04 06 08 10 12 14 16 18 20 22 24 26 28 30 35 40 45 50 60 80; do
	for role in log witness; do
		in_dir c timeout -s KILL "0.0$ms" "$COMITY" key rotate --role $role >/dev/null 2>&1
		in_dir c "$COMITY" seal "$attack" >/dev/null 2>err || echo "FAIL $role, killed after 0.0$ms s: $(cat err)"
	done
done
# on a busy machine none may have got so far
for role in log witness; do is "with the power on the $role rotates" 0 in_dir c "$COMITY" key rotate --role $role; done
is "what was left is logged" 0 in_dir c "$COMITY" log checkpoint
is "the log is clean" 0 in_dir c "$COMITY" log fsck
is "the witness is there" 0 in_dir c "$COMITY" witness status
python3 - c/.comity <<'PY' && echo "ok as many have left as have ended" || echo "FAIL not as many have left as have ended"
import glob, json, sqlite3, sys
db = sqlite3.connect(sys.argv[1] + "/case.db")
said = [json.loads(j)["predicate"] for (j,) in db.execute("SELECT json FROM statement WHERE predicate = 'key'")]
for role in ("log", "witness"):
    left = len(glob.glob(f"{sys.argv[1]}/{role}.ended-*"))
    ended = sum(p.get("role") == role for p in said)
    now = open(f"{sys.argv[1]}/{role}/vkey").read().split("+")[0]
    named = [p["successor_name"] for p in said if p.get("role") == role]
    print(role, left, ended, file=sys.stderr)
    if left != ended or left == 0 or now not in named:
        sys.exit(f"{role}: {ended} have ended, {left} have left; now {now}")
waiting = db.execute("SELECT count(*) FROM statement WHERE digest NOT IN (SELECT statement FROM logged)").fetchone()
sys.exit(f"{waiting[0]} are not logged" if waiting[0] else 0)
PY
is "nothing more is left" 0 in_dir c "$COMITY" key rotate --role log
exit 0
