#!/bin/sh
# Three parties, each with folder and keys of its own, on loopback: A states, the witnesses of B
# and V cosign, others check; then A lies.
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

rm -rf a b v c old stolen twin parts
mkdir a b v c
unset COMITY_CASE
for p in a b v; do
	in_dir $p "$COMITY" init --name "Party $p" --json >$p.json || echo "FAIL init $p: $(cat err)"
	python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["lines"], end="")' $p.json >$p.lines
done
says "init gives the lines for others: log" "log comity.invalid/log/" a.lines
says "... witness" "witness Party-a comity.invalid/witness/" a.lines
says "... and statement key" '"Party a" namespaces="statement@comity" ssh-ed25519' a.lines

# who trusts whom; the witnesses' URLs are known once they serve
loglines() { grep '^log' $1.lines; }
is "V's witness takes A's log" 0 in_dir v "$COMITY" witness add-log "$(loglines a)"
is "B's witness takes A's log" 0 in_dir b "$COMITY" witness add-log "$(loglines a)"
is "B's witness takes V's log" 0 in_dir b "$COMITY" witness add-log "$(loglines v)"
serve witness_b b witness serve
serve witness_v v witness serve
for p in b v; do
	url=$(cat witness_$p.url)
	sed "s|^\(witness .*\)\$|\1 $url|" $p.lines >$p.with-url
done
is "A takes B's lines" 0 in_dir a "$COMITY" trust add ../b.with-url
says "and is shown what to compare" "read out to you over another channel" out
is "A takes V's lines" 0 in_dir a "$COMITY" trust add ../v.with-url
is "twice is nothing new" 0 in_dir a "$COMITY" trust add ../v.with-url
says "and says so" "No key is new" out
is "A wants both" 0 in_dir a "$COMITY" trust quorum 2
is "not four of three" 2 in_dir a "$COMITY" trust quorum 4
is "A's trust holds together" 0 in_dir a "$COMITY" trust check
is "B takes A's and V's lines" 0 in_dir b "$COMITY" trust add ../a.lines ../v.lines
in_dir b "$COMITY" trust show >b.trust
is "V takes A's and B's lines" 0 in_dir v "$COMITY" trust add ../a.lines ../b.lines
sed -n 's/^witness \([^ ]*\) \(.*\)$/log \2/p' b.lines >two-roles
is "one key in two roles is refused" 4 in_dir a "$COMITY" trust add ../two-roles
key=$(sed -n 's/^"Party b" //p' b.lines)
is "one key under two names is refused" 1 in_dir a "$COMITY" trust add "Somebody $key"
cp -r a old # backups, before anything is stated
cp -r a twin
says "B wants two, since A's own is among them" "quorum: 2 of the 3" b.trust

# A states
is "A investigates" 1 in_dir a "$COMITY" investigate "$attack" -o ../a.dossier
says "it is logged" "Logged 3 statements: the log has 3 now" out
says "and cosigned by both" "cosigned by 2: not later than" out
is "A's log is clean" 0 in_dir a "$COMITY" log fsck
is "A's log shows who cosigned" 0 in_dir a "$COMITY" log show --json
says "both" '"quorum": true' out

# nobody is asked any more
stop witness_b
stop witness_v
is "B verifies without a network" 0 in_dir b "$COMITY" verify ../a.dossier
fold out
says "and is told since when it existed" "not later than" folded
is "who trusts no log verifies, too" 0 in_dir c "$COMITY" verify ../a.dossier --signers ../a/.comity/allowed_signers
rm -rf parts
mkdir parts
unzip -q a.dossier -d parts
is "a receipt alone" 0 in_dir b "$COMITY" log verify ../parts/seal-1.tlog-proof ../parts/seal-1.json
says "says since when" "existed not later than" out
is "a receipt of another statement is refused" 1 in_dir b "$COMITY" log verify ../parts/seal-1.tlog-proof ../parts/disclosure.json
sed 's/^index 0/index 1/' parts/seal-1.tlog-proof >changed
is "a changed receipt is refused" 1 in_dir b "$COMITY" log verify ../changed ../parts/seal-1.json
sed 's/^index 0/index 00/' parts/seal-1.tlog-proof >changed
is "a receipt with another spelling is malformed" 4 in_dir b "$COMITY" log verify ../changed ../parts/seal-1.json

# a statement that names a checkpoint of B's own log can not be older than it
is "B states" 0 in_dir b "$COMITY" seal "$attack"
serve log_b b log serve
is "A follows B's log" 0 in_dir a "$COMITY" log follow "$(cat log_b.url)"
stop log_b
in_dir v "$COMITY" verify ../a.dossier >/dev/null 2>&1
in_dir v "$COMITY" seal "$attack" >/dev/null 2>&1
if grep -q '"after"' v/.comity/statements/*seal*.json; then echo "ok V, who saw A's receipt, names A's checkpoint"; else echo "FAIL V names no checkpoint"; fi
in_dir a "$COMITY" investigate "$attack" -o ../after.dossier >/dev/null 2>&1
in_dir b "$COMITY" verify ../after.dossier >out 2>err
fold out
says "B knows when it is not older than" "not earlier than" folded

# witnesses that are not there delay nobody, and their cosignatures can be had later
begun=$(date +%s)
is "A states without witnesses" 1 in_dir a "$COMITY" investigate "$other" -o ../later.dossier
took=$(($(date +%s) - begun))
if [ $took -le 20 ]; then echo "ok it did not wait for them"; else echo "FAIL it waited $took s"; fi
says "it is logged all the same" "is not enough yet" out
is "B wants to see it cosigned" 5 in_dir b "$COMITY" verify ../later.dossier
before=$(sha256sum <later.dossier)
cat witness_b.url >url_b
cat witness_v.url >url_v
serve witness_b b witness serve --port "$(sed 's|.*:\([0-9]*\)/|\1|' url_b)"
serve witness_v v witness serve --port "$(sed 's|.*:\([0-9]*\)/|\1|' url_v)"
is "A asks again" 0 in_dir a "$COMITY" log checkpoint
says "dossiers get receipts" "Put receipts into" out
if [ "$(sha256sum <later.dossier)" != "$before" ]; then echo "ok the dossier was renewed"; else echo "FAIL the dossier is the same"; fi
is "B is content now" 0 in_dir b "$COMITY" verify ../later.dossier
is "A asks once more" 0 in_dir a "$COMITY" log checkpoint

# a witness without a network
size=$(in_dir a "$COMITY" log show --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["size"])')
stop witness_v
in_dir a "$COMITY" handover --to "Party b" --how "by hand" >/dev/null 2>&1
is "A's request as a file" 0 in_dir a "$COMITY" log prove --from "$size"
cp out request
(cd v && "$COMITY" witness cosign <../request >../answer 2>../err)
if [ -s answer ]; then echo "ok V cosigns by hand"; else echo "FAIL V cosigns by hand: $(cat err)"; fi
is "A takes the answer" 0 in_dir a "$COMITY" log checkpoint --answer ../answer
(cd v && "$COMITY" witness cosign <../changed >../answer 2>../err)
got=$?
if [ $got -eq 4 ]; then echo "ok nonsense is malformed"; else echo "FAIL nonsense: exit $got"; fi
serve witness_v v witness serve --port "$(sed 's|.*:\([0-9]*\)/|\1|' url_v)"

# a backup put back in place, so that the folder still is where it was: nothing may be signed
put_back() { # put_back WHAT...: of the saved case
	for what in "$@"; do cp -r "saved/$what" a/.comity/; done
}
rm -rf saved newest
cp -r a/.comity saved
in_dir a "$COMITY" handover --to "Party b" --how "by hand" >/dev/null 2>&1
cp -r a/.comity newest
rm -r a/.comity/log/tile
put_back log
cmp -s saved/log/head newest/log/head && echo "FAIL the log did not grow"
is "a log older than its case does not sign" 3 in_dir a "$COMITY" log checkpoint
says "and says who knows more" "is ahead" err
put_back case.db
is "one older than what witnesses hold does not sign" 3 in_dir a "$COMITY" handover --to "Party b" --how "again"
says "and says so again" "a witness knows another history" err
if cmp -s a/.comity/log/head saved/log/head; then echo "ok nothing was signed"; else echo "FAIL it signed a second history"; fi
rm -r a/.comity/log/tile
cp -r newest/. a/.comity/
is "with the newest copy all goes on" 0 in_dir a "$COMITY" log checkpoint

# A's key ends; a thief has a copy of it
cp -r a stolen
is "A makes a new key" 0 in_dir a "$COMITY" key rotate --reason "a copy was stolen" -o ../key-ended
is "A states with it" 1 in_dir a "$COMITY" investigate "$attack" -o ../new-key.dossier
is "B does not know the new key yet" 1 in_dir b "$COMITY" verify ../new-key.dossier
is "B takes note" 0 in_dir b "$COMITY" trust add ../key-ended.json
says "of where the line is" "what it had logged before entry" out
is "what was logged before stands" 0 in_dir b "$COMITY" verify ../a.dossier
is "the new key counts, for the old one named it" 0 in_dir b "$COMITY" verify ../new-key.dossier
is "the thief states" 3 in_dir stolen "$COMITY" investigate "$attack" -o ../stolen.dossier
is "and counts for nothing" 1 in_dir b "$COMITY" verify ../stolen.dossier
says "since" "the key has ended" out
sed 's/"succeeded"/"revoked"/' key-ended.json >forged.json
cp key-ended.json.sig forged.json.sig
is "a changed end is refused" 1 in_dir v "$COMITY" trust add ../forged.json
is "V revokes" 0 in_dir v "$COMITY" key revoke -o ../v-ended
is "and states nothing more" 3 in_dir v "$COMITY" seal "$attack"
says "since" "has ended" err

# an old copy put back
is "a copy of the folder does not sign" 3 in_dir old "$COMITY" seal "$attack"
says "and says what to do" "--resume" err
is "not even on purpose, since witnesses know more" 3 in_dir old "$COMITY" log checkpoint --resume
says "it is said who" "Party-" err

# A lies: a second history, made where no witness is asked
printf 'log %s\nquorum none\n' "$(loglines a | cut -d' ' -f2)" >twin/.comity/trust
is "A's twin takes the log for its own" 0 in_dir twin "$COMITY" log checkpoint --resume
is "and states something else" 1 in_dir twin "$COMITY" investigate "$attack" -o ../twin.dossier
is "B has seen another checkpoint of that size" 1 in_dir b "$COMITY" verify ../twin.dossier
says "and says so" "FORK: " out
says "and keeps both" "both checkpoints are kept" err
proof=$(sed -n 's/.*comity verify \([^ ]*fork.dossier\).*/\1/p' err)
is "which proves it to anybody" 5 in_dir c "$COMITY" verify "$proof"
is "V follows A's log" 0 in_dir v "$COMITY" log verify ../parts/seal-1.tlog-proof ../parts/seal-1.json
serve log_a a log serve
is "V follows A's log over HTTP" 0 in_dir v "$COMITY" log follow "$(cat log_a.url)" --key "$(loglines a | cut -d' ' -f2)"
stop log_a
grep -v '^witness\|^group\|^quorum' old/.comity/trust >trust && echo "quorum none" >>trust && cp trust old/.comity/trust
is "A signs a second history" 0 in_dir old "$COMITY" log checkpoint --resume
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do in_dir old "$COMITY" seal "$attack" >/dev/null 2>&1 || echo "FAIL seal $i"; done
serve log_old old log serve
is "V sees the fork" 1 in_dir v "$COMITY" log follow "$(cat log_old.url)" --key "$(loglines a | cut -d' ' -f2)"
stop log_old
found=$(ls v/.comity/forks/*/fork.dossier 2>/dev/null | head -n1)
if [ -n "$found" ]; then echo "ok it is kept"; else echo "FAIL no fork.dossier in v/.comity/forks"; fi
is "B checks it, trusting nobody" 0 in_dir b "$COMITY" verify "../$found"
says "and knows whose it is" "signed two histories" out
is "a stranger sees it proven by a key that he does not know" 5 in_dir c "$COMITY" verify "../$found"
in_dir a "$COMITY" log show --checkpoint >one.note
in_dir old "$COMITY" log show --checkpoint >two.note
is "of two sizes notes alone prove nothing" 1 in_dir b "$COMITY" log evidence ../one.note ../two.note
is "of one history there is no fork" 1 in_dir b "$COMITY" log evidence ../one.note ../one.note
is "a witness that knows the first does not sign the second" 3 in_dir old sh -c \
    '"$COMITY" trust add ../b.with-url >/dev/null && "$COMITY" trust quorum 1 >/dev/null && exec "$COMITY" log checkpoint'
says "and says why" "Party-b cosigned another tree" err

is "V's witness says what it cosigned, while it serves" 0 in_dir v "$COMITY" witness status
says "A's log" "comity.invalid/log/" out
exit 0
