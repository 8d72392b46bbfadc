#!/bin/sh
# The ledger: three disclosures to B and one to U under a charter, what each completes, receipts that come, are wrong,
# come late, what is overdue, the page, and a program that is killed at any moment.
[ -x "$COMITY" ] || { echo "no program"; exit 77; }
capture=$(cd "$(dirname "$0")/../cases/race-first" && pwd)/input.pcap
unset COMITY_CASE SSH_AUTH_SOCK

is() { # is NAME WANTED-EXIT COMMAND...
	name=$1 want=$2
	shift 2
	"$@" >out 2>err
	got=$?
	if [ $got -eq "$want" ]; then echo "ok $name"; else echo "FAIL $name: exit $got, not $want: $(tail -n2 err)"; fi
}
says() { # says NAME TEXT FILE
	if grep -qF -- "$2" "$3"; then echo "ok $1"; else echo "FAIL $1: no '$2' in: $(head -n8 "$3")"; fi
}
silent() { # silent NAME TEXT FILE
	if grep -qF -- "$2" "$3"; then echo "FAIL $1: '$2' in: $(grep -F -- "$2" "$3" | head -n2)"; else echo "ok $1"; fi
}
in_dir() { (cd "$1" && shift && "$@"); }
same() { # same NAME A B
	if [ "$2" = "$3" ]; then echo "ok $1"; else echo "FAIL $1: $2, not $3"; fi
}
ledger() { # ledger FOLDER JQ-like python expression over the answer l
	folder=$1
	shift
	(cd "$folder" && "$COMITY" ledger --json --at "${AT:-@$(date +%s)}") | python3 -c "import json, sys; l = json.load(sys.stdin); print($1)"
}

# --- a team under a charter ---
for who in A:government B:academic U:private; do
	mkdir "${who%:*}"
	in_dir "${who%:*}" "$COMITY" init --name "${who%:*}" --role "${who#*:}" >/dev/null 2>&1
done
{
	printf '# A team\n\n## Members\n\n'
	for who in A B; do in_dir $who "$COMITY" charter member 2>/dev/null; done
	in_dir U "$COMITY" charter member --recipient "$(in_dir U "$COMITY" key age 2>/dev/null)" 2>/dev/null
	cat <<'CHARTER'

## Rules

    allow R1: release to academic for attribution
        oblige retain <= 30d, acknowledge <= 24h, receipt, delete-on-close, onward = none
        because "members see what was found".
    allow R2: release to private for attribution
        oblige retain <= 30d, acknowledge <= 24h, receipt, delete-on-close, onward = none, encrypt
        because "others on the way do not".
CHARTER
} >charter.md
cp "$capture" A/in.pcap
is "the charter is proposed" 0 in_dir A "$COMITY" charter propose ../charter.md -o ../charter
for who in B U; do
	is "$who signs it" 0 in_dir $who "$COMITY" charter sign ../charter.json --yes
done
for who in A B U; do
	is "$who takes the signatures" 0 in_dir $who "$COMITY" take ../charter.json
done
is "an attack is found" 1 in_dir A "$COMITY" investigate in.pcap -o own.dossier
is "without disclosures there is nothing to list" 0 in_dir A "$COMITY" ledger
says "... and that is said" "Nothing was disclosed to anybody" out
says "... and the dossier for the own use is not anybody's" "1 dossier for your own use" out

# --- what is completed ---
give() { # give NAME WANTED-EXIT OPTIONS...
	name=$1 want=$2
	shift 2
	is "$name" "$want" in_dir A "$COMITY" disclose --purpose attribution "$@"
}
give "the first to B" 0 --rows 1-12 --hide addresses,payload --to B -o ../b1.dossier
silent "... completes nothing" completes err
give "what would be completed is said in a dry run" 0 --rows 3-8 --to B -o ../b2.dossier --dry-run
says "... a name for pseudonyms" "names 2 hosts that earlier openings showed as pseudonyms" err
says "... with the rows that showed them" "in at least 12 rows" err
says "... payload beside headers" "rows of which headers were shown earlier" err
same "... and nothing is stored" "$(ledger A 'len(l["recipients"][0]["disclosures"])')" 1
give "--no-completion refuses" 3 --rows 3-8 --to B -o ../b2.dossier --no-completion
[ -e b2.dossier ] && echo "FAIL it was written all the same" || echo "ok ... and writes nothing"
give "without it, it is done" 0 --rows 3-8 --to B -o ../b2.dossier
says "... and said" "completes for B: exhibit 1: names 2 hosts" err
give "what is there already completes nothing" 0 --rows 3-8 --to B -o ../b2-again.dossier --no-completion
give "the finding to B" 0 --finding 1 --to B -o ../b3.dossier --json
says "... completes its rows, in JSON" '"what": "statement"' out
give "the same to U" 0 --finding 1 --to U -o ../u1.dossier --no-completion
silent "... completes nothing for U" completes err

# --- receipts ---
receive() { # receive WHO DOSSIER RECEIPT OPTIONS...
	who=$1 dossier=$2 receipt=$3
	shift 3
	in_dir "$who" "$COMITY" verify "../$dossier" --receipt "../$receipt" "$@" >out 2>err
	says "$who gives $receipt" "send ../$receipt and ../$receipt.sig" err
}
receive B b1.dossier r1.json --accept
receive B b2.dossier r2.json
receive U b2.dossier foreign.json --accept
in_dir B "$COMITY" verify ../b3.dossier --receipt ../r3.txt >out 2>err
says "a receipt is NAME.json" "NAME.json.sig" err
is "a receipt is never written over another" 3 in_dir B "$COMITY" verify ../b3.dossier --receipt ../r1.json
command -v ssh-keygen >/dev/null && is "OpenSSH verifies a receipt" 0 sh -c \
	"ssh-keygen -Y verify -f B/.comity/allowed_signers -I B -n statement@comity -s r1.json.sig <r1.json"
is "the sender takes them" 0 in_dir A "$COMITY" take ../r1.json ../r2.json
is "a receipt of somebody else is refused" 1 in_dir A "$COMITY" take ../foreign.json
says "... with the reason" 'a receipt by "U", but the disclosure was made to "B"' err
is "a receipt for what another party disclosed is refused" 1 in_dir U "$COMITY" take ../r1.json
says "... with the reason" "this party never made" err
cp r1.json changed.json
cp r1.json.sig changed.json.sig
sed -i 's/"accepts": true/"accepts": false/' changed.json
in_dir A "$COMITY" take ../changed.json >out 2>err && echo "FAIL a changed receipt was taken" || echo "ok a changed receipt is refused"
printf x >b1-changed.dossier
cat b1.dossier >>b1-changed.dossier
in_dir B "$COMITY" verify ../b1-changed.dossier --receipt ../none.json >out 2>err
says "of bytes that are no dossier there is no receipt" "nothing to give a receipt for" err
receive B b2.dossier r2b.json --accept
is "who accepts after all is heard" 0 in_dir A "$COMITY" take ../r2b.json
silent "... and contradicts nothing" contradicts err
receive B b2.dossier r2c.json
is "who takes it back" 0 in_dir A "$COMITY" take ../r2c.json
says "... is kept, and said" "contradicts an earlier receipt" err

# --- what is due ---
is "nothing is overdue today" 0 in_dir A "$COMITY" ledger
says "... B acknowledged two" "B: 4 disclosures, 2 acknowledged, 0 obligations overdue" out
says "... a receipt is shown" "receipt: holds, obligations accepted" out
says "... one that was taken back, too" "another receipt CONTRADICTS it" out
says "... deletion has a date" "retain <= 30d: until" out
says "... the union in a picture" "[" out
now=$(date +%s)
AT=@$((now + 2 * 86400))
is "two days later" 1 in_dir A "$COMITY" ledger --at "$AT"
same "... what is overdue stands first" "$(head -n1 out)" "3 obligations are overdue"
says "... the word and the obligation" "OVERDUE  U, disclosure 6: acknowledge <= 24h (since" out
silent "... what was acknowledged is not" "OVERDUE  B, disclosure 2" out
same "... the same in JSON" "$(ledger A 'l["overdue"], sum(d["state"] == "overdue" for r in l["recipients"] for x in r["disclosures"] for d in x["due"])')" "3 3"
AT=@$((now + 31 * 86400))
is "a month later all should have been deleted" 1 in_dir A "$COMITY" ledger --at "$AT" --to U
says "... that, too" "2 obligations are overdue" out
is "who hears that it was deleted notes it" 0 in_dir A "$COMITY" ledger --done 6:delete
is "... and it is not overdue" 1 in_dir A "$COMITY" ledger --at "$AT" --to U
says "... any more" "1 obligation is overdue" out
is "what nobody can note is refused" 2 in_dir A "$COMITY" ledger --done 6:acknowledge
is "... and what is not there" 3 in_dir A "$COMITY" ledger --done 99:delete
is "B knows what it owes" 0 in_dir B "$COMITY" ledger --owed
says "... to whom" "from A" out
says "... until when" "retain <= 30d: until" out
is "... and when it is overdue" 1 in_dir B "$COMITY" ledger --owed --at "$AT"
is "B deletes, and notes it" 0 in_dir B "$COMITY" ledger --owed --done 1:delete
is "a recipient who got nothing" 3 in_dir A "$COMITY" ledger --to Nobody
is "the page" 0 in_dir A "$COMITY" ledger --html ../ledger.html
says "... has no script" "default-src 'none'" ledger.html
silent "... none at all" "<script" ledger.html
says "... and the figures" "4 disclosures, 2 acknowledged" ledger.html
is "U reads what was encrypted to it, and gives a receipt" 0 in_dir U "$COMITY" verify ../u1.dossier.age --receipt ../ru.json --accept
is "... which the sender takes" 0 in_dir A "$COMITY" take ../ru.json
is "... and who encrypted has met that" 0 in_dir A "$COMITY" ledger --to U
says "... as the ledger says" "encrypt: done" out
says "... and U acknowledged" "U: 1 disclosure, 1 acknowledged, 0 obligations overdue" out
for who in A B U; do
	is "$who closes the case" 0 in_dir $who "$COMITY" charter close -o ../close-$who
done
is "the others' closing is taken" 0 in_dir A "$COMITY" take ../close-B.json ../close-U.json
is "then all is to be deleted" 1 in_dir A "$COMITY" ledger --at "@$(($(date +%s) + 60))"
says "... by that" "delete-on-close" out

# --- a case without a charter ---
mkdir F
in_dir F "$COMITY" init --name F >/dev/null 2>&1
cp "$capture" F/in.pcap
in_dir F "$COMITY" investigate in.pcap -o own.dossier >/dev/null 2>&1
# Killed after 1, 20, 39, ... milliseconds: a disclosure and its map are there together, or neither.
ms=1
while [ $ms -le 400 ]; do
	(cd F && timeout -s KILL "0.$(printf %03d $ms)" "$COMITY" disclose --rows 1-5 --to B -o d.dossier) >/dev/null 2>&1
	rm -f F/d.dossier
	ms=$((ms + 19))
done
in_dir F "$COMITY" disclose --rows 1-5 --to B -o d.dossier >/dev/null 2>&1
same "after every kill each disclosure has its map" "$(ledger F 'l["recipients"][0]["unknown"]')" 0
same "... and the union is that of one" "$(ledger F 'l["recipients"][0]["has"][0]["open_rows"]')" 5
in_dir F "$COMITY" trust add "$(cat B/.comity/allowed_signers)" >/dev/null 2>&1
in_dir B "$COMITY" trust add "$(cat F/.comity/allowed_signers)" >/dev/null 2>&1
receive B F/d.dossier rf.json --accept
is "a receipt without a charter is taken by the keys that are known" 0 in_dir F "$COMITY" take ../rf.json
is "... and shown" 0 in_dir F "$COMITY" ledger
says "... as acknowledged" "1 acknowledged" out
# A receipt, killed: it is there whole, or not at all; what is owed is what was signed.
ms=1
while [ $ms -le 300 ]; do
	(cd B && timeout -s KILL "0.$(printf %03d $ms)" "$COMITY" verify ../F/d.dossier --receipt ../k.json) >/dev/null 2>&1
	if [ -e k.json ] && ! [ -s k.json.sig ]; then echo "FAIL a receipt without its signature after $ms ms"; fi
	rm -f k.json k.json.sig k.json.tmp k.json.sig.tmp
	ms=$((ms + 23))
done
is "after every kill the case goes on" 0 in_dir B "$COMITY" ledger --owed
is "... and gives a receipt" 0 in_dir B "$COMITY" verify ../F/d.dossier --receipt ../last.json
is "... with a number of its own" 0 in_dir F "$COMITY" take ../last.json
