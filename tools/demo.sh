#!/bin/sh
# From a capture of an attack to a dossier that the other side has checked, in build/demo.
# The capture is a generated one (tests/cases): forged packets written to a file, sent to nobody.
set -eu
cd "$(dirname "$0")/.."
root=$PWD
comity=$PWD/build/comity
sample=$PWD/tests/cases/great-cannon-rare/input.pcap
demo=$PWD/build/demo
unset COMITY_CASE || true
rm -rf "$demo"
mkdir -p "$demo/sender" "$demo/receiver"
cp "$sample" "$demo/sender/attack.pcap"

if [ -t 1 ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); else bold= plain=; fi
say() {
	printf '\n%s== %s%s\n' "$bold" "$*" "$plain"
}
try() { # try EXIT COMMAND...: shows it, runs it, and insists on how it ends
	want=$1
	shift
	printf '%s$ comity' "$bold"
	for word in "$@"; do
		case $word in *[\ \']*) printf ' "%s"' "$word" ;; *) printf ' %s' "$word" ;; esac
	done
	printf '%s\n' "$plain"
	got=0
	"$comity" "$@" || got=$?
	[ $got -eq "$want" ] || { echo "demo: that ended with $got, not $want" >&2; exit 1; }
}

say "The sender makes a case: a folder with a key"
cd "$demo/sender"
try 0 init --name "CERT Example" --role government

say "The sender looks into a capture, seals it, and packs what was found (exit 1: something was)"
try 1 investigate attack.pcap -o attack.dossier --collected-by "CERT Example" --vantage "the client's access line"

say "The receiver has the dossier, and the sender's public key by another way; nothing else"
cp attack.dossier "$demo/receiver/"
cp .comity/allowed_signers "$demo/receiver/signers"
cd "$demo/receiver"
try 0 verify --signers signers --report mine.html attack.dossier

say "Somebody changes one byte on the way"
cp attack.dossier changed.dossier
size=$(wc -c <changed.dossier)
printf '!' | dd of=changed.dossier bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null
try 4 verify --signers signers changed.dossier

say "And without the sender's key nothing is believed"
try 1 verify attack.dossier | sed -n '1p;$p'

say "The whole story: bystanders' traffic, what reached the victim, and the victim's web log"
mkdir -p "$demo/story"
cd "$demo/story"
"$demo/../comity-gen" chain --bystander bystander.pcapng --victim victim.pcapng --log access.log --skew 3217 --seed 7
"$comity" init --name "CERT Example" >/dev/null
echo "$ comity investigate bystander.pcapng victim.pcapng access.log -o story.dossier >story.txt"
"$comity" investigate bystander.pcapng victim.pcapng access.log -o story.dossier >story.txt || [ $? -eq 1 ]
sed -n '/^Taken together/,/^$/p;/^[0-9][0-9]*\. .*flood/,/Over time/p;/^Chain/,/^$/p' story.txt

say "The receiver makes it again from what is shown"
"$comity" verify --signers .comity/allowed_signers --report story.html story.dossier 2>/dev/null >verified.txt
sed -n '/^  T1\./,/^Not proven/p;$p' verified.txt

say "A team under rules: A, B and the victim V sign one charter, each in a folder of its own"
mkdir -p "$demo/team/A" "$demo/team/B" "$demo/team/V"
cd "$demo/team"
for who in A B V; do
	role=government
	[ $who = V ] && role=victim
	(cd $who && "$comity" init --name $who --role $role && "$comity" key age && "$comity" charter member) >/dev/null
done
cd "$demo/team/A"
"$comity" charter new --template joint-team -o charter.md >/dev/null
{
	sed '/^- "/,$d' charter.md
	for who in A B V; do (cd ../$who && "$comity" charter member); done
	sed '1,/^- "V"/d' charter.md
} >team.md
try 0 charter check team.md | sed -n '1,8p'
try 0 charter propose team.md -o charter >/dev/null
for who in B V; do
	cp charter.json charter.json.sigs ../$who/
	cd ../$who
	try 0 charter sign --yes charter.json >/dev/null
	cp charter.json.sigs ../A/
	cd ../A
done
try 0 take charter.json
cp charter.json charter.json.sigs ../B/
(cd ../B && "$comity" take charter.json >/dev/null)

say "A shows B a finding; the victim, whose address this is, has not consented"
cp "$sample" attack.pcap
"$comity" investigate attack.pcap -o mine.dossier >/dev/null 2>&1 || [ $? -eq 1 ]
try 0 mark victim 203.0.113.7 >/dev/null
try 0 disclose --finding 1 --to B --purpose attribution -o for-b.dossier 2>/dev/null

say "B reads it with its own key, sees what is hidden and by which rule, and asks the rules again"
cp for-b.dossier.age ../B/
cd ../B
"$comity" verify --report hidden.html for-b.dossier.age 2>/dev/null | sed -n '/charter/p;/obliges/p;$p' || true

say "V consents, for B and for attribution, and may revoke it; B gets the rest, makes the finding again, and signs a receipt"
cd "$demo/team/V"
try 0 take ../A/charter.json >/dev/null
try 0 consent give --for attribution --to B -o consent >/dev/null
cd ../A
try 0 take ../V/consent.json
try 0 disclose --finding 1 --to B --purpose attribution -o more.dossier 2>&1 >/dev/null | sed -n '/completes/p'
cd ../B
try 0 verify --receipt receipt.json --accept ../A/more.dossier.age 2>/dev/null | tail -1
cd ../A
try 0 take ../B/receipt.json
"$comity" ledger || true

say "Who was it?  An assessment: what everybody can see points at A; with two items that its author keeps, at B, made to look like A"
cd "$demo/sender"
cp "$root/docs/examples/toy.assess" who.assess
"$comity" assess show who.assess | sed -n '/^Layer/,/^Confidence/p'
try 0 assess sign who.assess >/dev/null 2>&1
try 0 disclose --assessment 1 --view public -o who.dossier 2>/dev/null

say "The receiver computes again what follows from the four items that are open, to the last digit; two stay shut"
cp who.dossier "$demo/receiver/"
cd "$demo/receiver"
"$comity" verify --signers signers --report who.html who.dossier 2>/dev/null | sed -n '/^  A1/,/->/p;$p'

say "What you have now"
cat <<EOF
  $demo/story/story.html           the story as the receiver's program tells it, with pictures: open it in a browser
  $demo/sender/attack.dossier      the dossier: a ZIP; unzip -l, ssh-keygen -Y verify and tshark read what is in it
  $demo/team/B/hidden.html         what B was shown under the charter, and what not
  $demo/receiver/who.html          who may have done it, as a page that computes it again and lets you leave items out
  $demo/receiver/mine.html         the receiver's own report: open it in a browser
EOF
