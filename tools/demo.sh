#!/bin/sh
# From a capture of an attack to a dossier that the other side has checked, in build/demo.
# The capture is a generated one (tests/cases): forged packets written to a file, sent to nobody.
set -eu
cd "$(dirname "$0")/.."
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

say "What you have now"
cat <<EOF
  $demo/story/story.html           the story as the receiver's program tells it, with pictures: open it in a browser
  $demo/sender/attack.dossier      the dossier: a ZIP; unzip -l, ssh-keygen -Y verify and tshark read what is in it
  $demo/receiver/mine.html         the receiver's own report: open it in a browser
EOF
