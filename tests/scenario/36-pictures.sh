#!/bin/sh
# What people are shown of floods: pictures that are whole, that say what they are, and that no sender can write in.
[ -x "$COMITY" ] && [ -x "$COMITY_GEN" ] || { echo "no program"; exit 77; }
command -v python3 >/dev/null || { echo "no python3"; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)

is() { # is NAME WANTED-EXIT COMMAND...
	name=$1 want=$2
	shift 2
	"$@" >out 2>err
	got=$?
	if [ $got -eq "$want" ]; then echo "ok $name"; else echo "FAIL $name: exit $got, not $want: $(head -n2 err)"; fi
}
says() { # says NAME TEXT FILE
	if grep -qF -- "$2" "$3"; then echo "ok $1"; else echo "FAIL $1: no '$2' in $3"; fi
}
silent() { # silent NAME TEXT FILE
	if grep -qaF -- "$2" "$3"; then echo "FAIL $1: '$2' is in $3"; else echo "ok $1"; fi
}
shown() { # shown NAME EXIT FILE...: a dossier of these files, NAME.html its report by who checked
	made=$1 end=$2
	shift 2
	(
		mkdir "$made" && cd "$made" && "$COMITY" init --name "Operator A" >/dev/null &&
		    "$COMITY" investigate "$@" -o a.dossier >/dev/null 2>err
		"$COMITY" verify a.dossier --signers .comity/allowed_signers --report "../$made.html" >/dev/null 2>&1
		[ $? -eq "$end" ] || echo "FAIL $made: $(head -n2 err)"
	)
}

unset COMITY_CASE
root=$PWD
"$COMITY_GEN" chain --bystander b.pcapng --victim v.pcapng --log access.log --story s.json --truth b.tsv --skew 3217 >/dev/null
"$COMITY_GEN" flood --only mixed --out syn.pcapng >/dev/null
"$COMITY_GEN" flood --only amp-dns --begin-inside --out dns.pcapng >/dev/null
"$COMITY_GEN" crowd --only news --out news.pcapng >/dev/null
python3 "$here/pictures.py" hostile hostile.log

shown chain 0 "$root/b.pcapng" "$root/v.pcapng" "$root/access.log"
shown syn 0 "$root/syn.pcapng"
shown dns 0 "$root/dns.pcapng"
shown news 0 "$root/news.pcapng"
shown hostile 0 "$root/hostile.log"
python3 "$here/pictures.py" check chain.html syn.html dns.html news.html hostile.html

says "the chain is a picture" "From the script to the flood, chain C1" chain.html
says "and says what the script came in place of" "In place of" chain.html
says "all is on one line of time" "All that was found, over time" chain.html
says "with clocks that the chain knows" "is moved by" chain.html
says "findings of one chain are one line" "all carry the script of" chain.html
says "a flood shows what came before" "requests before and after" chain.html
says "and what it did to answers" "of the answers are errors" chain.html
says "and how often one asks" "pairs of requests of one sender" chain.html
says "openings show which were answered" "of the openings are answered" syn.html
says "addresses that are lies lie everywhere" "by the first number of their address" syn.html
says "what was cut is said" "It was going on where the capture" dns.html
says "figures are the sender's word" "the sender's word" news.html
says "the hostile log is a flood" "What the requests have in common" hostile.html
silent "and no markup" "<img" hostile.html
silent "nor a heading" "<h1>It holds" hostile.html
cp hostile.html once.html
(cd hostile && "$COMITY" verify a.dossier --signers .comity/allowed_signers --report ../again.html >/dev/null 2>&1)
if cmp -s once.html again.html; then echo "ok the same dossier gives the same report"; else echo "FAIL the same dossier gives another report"; fi
