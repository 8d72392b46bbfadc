#!/bin/sh
# Two parties: B follows A's log.  A states, discloses, restores a backup and signs another history.
[ -x "$COMITY" ] || { echo "no program"; exit 77; }
capture=$(cd "$(dirname "$0")/../cases/race-first" && pwd)/input.pcap
unset COMITY_CASE SSH_AUTH_SOCK

is() { # is NAME WANTED-EXIT COMMAND...
	name=$1 want=$2
	shift 2
	"$@" >out 2>err
	got=$?
	if [ $got -eq "$want" ]; then echo "ok $name"; else echo "FAIL $name: exit $got, not $want: $(head -n2 err out)"; fi
}
says() { # says NAME TEXT FILE
	if grep -qF -- "$2" "$3"; then echo "ok $1"; else echo "FAIL $1: no '$2' in: $(head -n3 "$3")"; fi
}
silent() { # silent NAME TEXT FILE
	if grep -qF -- "$2" "$3"; then echo "FAIL $1: '$2' is said"; else echo "ok $1"; fi
}
# states DIR DOSSIER: investigates, and what was stated is in the log
states() {
	comity_in "$1" investigate "$capture" -o "$2" && return 3
	comity_in "$1" log checkpoint
}
comity_in() { dir=$1; shift; (cd "$dir" && "$COMITY" "$@"); }
# serve FOLDER: in the background; sets url and server
serve() {
	rm -f "$1.url"
	(cd "$1" && exec "$COMITY" log serve) >"$1.url" 2>"$1.err" &
	server=$!
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ -s "$1.url" ] && break
		sleep 0.2
	done
	url=$(cat "$1.url")
}
stop() { kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; }
trap stop EXIT

mkdir a b
is "A has a case" 0 comity_in a init --name A
is "B has a case" 0 comity_in b init --name B
[ -d a/.comity/log ] || is "A has a log" 0 comity_in a log init
is "A states and discloses" 0 states a one.dossier
vkey=$(cat a/.comity/log/vkey)
serve a

is "a log that nobody trusts is not followed" 3 comity_in b log follow "$url"
says "... and what helps is said" "comity trust add" err
is "it is followed by its key" 0 comity_in b log follow "$url" --key "$vkey"
says "... and its entries are nobody's" "nobody you know" out
is "nothing is new the second time" 0 comity_in b log follow "$url" --key "$vkey"
says "... which is said" "nothing new" out
printf 'log %s %s\n' "$vkey" "$url" >>b/.comity/trust
cp a/.comity/allowed_signers b/.comity/signers
is "the trust file knows the URL" 0 comity_in b log follow "$url"
is "... and the name" 0 comity_in b log follow "${vkey%%+*}"

is "B is shown all of what is logged" 0 comity_in b log follow "$url" ../a/one.dossier
says "... each statement has its place" "seal-1.json              entry 0" out
silent "... and none is lacking" "NOT in this log" out
if command -v age >/dev/null; then
	age -r "$(comity_in b key age 2>/dev/null)" -o one.dossier.age a/one.dossier
	is "... encrypted to it, too" 0 comity_in b log follow "$url" ../one.dossier.age
	age -R a/.comity/key.pub -o one.dossier.age a/one.dossier
	is "... but not encrypted to others" 3 comity_in b log follow "$url" ../one.dossier.age
fi
is "A states more" 0 states a two.dossier
is "B is not shown all of it" 0 comity_in b log follow "$url" ../a/one.dossier
says "... which is said as a fact" "logged that you were not shown" out
says "... of a key that is known" "(A)" out
is "the same in JSON" 0 comity_in b log follow "$url" ../a/one.dossier ../a/two.dossier --json
if python3 - out <<-'END'
	import json, sys
	o = json.load(open(sys.argv[1]))
	assert o["how"] == "same" and o["forks_before"] == [] and o["entries"] == []
	assert all(s["logged"] for s in o["statements"]) and len(o["statements"]) > 4
	(k,) = o["keys"]
	assert k["signer"] == "A" and k["not_shown"] == 0, k
	assert o["receipts"] and all(r["how"] in ("same", "older") for r in o["receipts"])
END
then echo "ok ... and it says the same"; else echo "FAIL ... and it says the same: $(head -c600 out)"; fi

is "B states after A" 0 states b b.dossier
if grep -q "${vkey%%+*}" b/.comity/statements/*seal*.json; then
	echo "ok B's statements name A's checkpoint"; else echo "FAIL B's statements do not name A's checkpoint"; fi
is "B's statements are not in A's log" 5 comity_in b log follow "$url" b.dossier
says "... which is said" "NOT in this log" out
is "a dossier that is none is refused" 4 comity_in b log follow "$url" .comity/trust
head -c 3000 a/one.dossier >cut.dossier
is "a dossier cut short is refused" 4 comity_in b log follow "$url" ../cut.dossier

# A backup of A is put back, and goes on: first an older log, then another history.
stop
cp -a a then
is "A states once more" 0 states a three.dossier
serve a
is "B sees it" 0 comity_in b log follow "$url" --key "$vkey"
says "... each entry by its place" "       6  " out
says "... and whose it is" "  A" out
stop
rm -rf a && cp -a then a
serve a
is "an older checkpoint is no fork" 0 comity_in b log follow "$url" --key "$vkey"
says "... and it is said" "older checkpoint" out
is "a restored log goes on only when told to" 3 comity_in a log checkpoint
is "... and is told to" 0 comity_in a log checkpoint --resume
is "A states something else" 0 states a other.dossier
stop
serve then
is "a receipt shows the fork that the log hides" 1 comity_in b log follow "$url" ../a/other.dossier
says "... by name" "ANOTHER history" out
stop
serve a
is "B finds the fork" 1 comity_in b log follow "$url" --key "$vkey"
says "... which it has kept already" "kept already" out
says "... and says what to do" "comity verify" out
dossier=$(sed -n 's/.*comity verify //p' out)
is "... which anybody can check" 5 "$COMITY" verify "$(cd b && readlink -f "$dossier")"
says "... without a case" "signed two histories" out
printf 'log %s\nquorum none\n' "$vkey" >trust
is "... and who knows the log gets a plain answer" 0 "$COMITY" verify --trust trust "$(cd b && readlink -f "$dossier")"
is "A goes on" 0 states a other2.dossier
is "B finds that, too" 1 comity_in b log follow "$url" --key "$vkey"
says "... and remembers the first one" "FORKED before" out
is "it is said again" 1 comity_in b log follow "$url" --key "$vkey" --json
says "... in JSON" '"how": "fork"' out
[ "$(find b/.comity/forks -name fork.dossier | wc -l)" -eq 2 ] && echo "ok each fork is kept once" ||
	echo "FAIL forks are kept: $(ls b/.comity/forks)"
for f in b/.comity/forks/*/; do
	is "what is kept proves it: ${f##*forks/}" 0 "$COMITY" log evidence "$f/one.note" "$f/two.note" \
		--proof "$f/fork.txt" -o made.dossier
	if cmp -s made.dossier "$f/fork.dossier"; then echo "ok ... and makes the dossier"; else echo "FAIL ... and makes the dossier"; fi
	rm -f made.dossier
done
is "receipts of more than was shown are no proof, and are named" 1 comity_in b log follow "$url" ../a/other2.dossier
says "... by name" "more than the log shows here" out
stop

# Again and again, until told to stop.
mkdir c
is "C has a case" 0 comity_in c init --name C
serve a
(cd c && exec "$COMITY" log follow "$url" --key "$vkey" --every 1) >watched 2>&1 &
watcher=$!
sleep 2.5
states a more.dossier >/dev/null 2>&1
sleep 2.5
kill "$watcher"
wait "$watcher"
got=$?
[ $got -eq 0 ] && echo "ok a watcher ends when told to" || echo "FAIL a watcher ends: exit $got: $(cat watched)"
[ "$(grep -c ' new, ' watched)" -eq 2 ] && echo "ok a watcher says what changes, once" || echo "FAIL a watcher says: $(cat watched)"
stop
is "who does not answer is waited for no longer than told" 3 comity_in c log follow "$url" --key "$vkey" --wait 1
