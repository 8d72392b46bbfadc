#!/bin/sh
# The script, the flood it makes, and both ends of it: one report of three files, checked against what was planted.
[ -x "$COMITY" ] && [ -x "$COMITY_GEN" ] || { echo "no program"; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)

. "$(dirname "$0")/checks.sh"
says() { # says NAME TEXT FILE; lines are joined, since people's lines are wrapped
	if tr -s '\n ' ' ' <"$3" | grep -qF -- "$2"; then echo "ok $1"; else echo "FAIL $1: no '$2' in: $(tail -n3 "$3")"; fi
}
silent() { # silent NAME TEXT FILE
	if tr -s '\n ' ' ' <"$3" | grep -qaF -- "$2"; then echo "FAIL $1: '$2' is in $3"; else echo "ok $1"; fi
}
story() { python3 "$here/chain.py" "$@"; }
planted() { # planted NAME GEN-OPTION...: NAME.pcap of the bystander, v-NAME.pcap, NAME.log, NAME.json
	name=$1
	shift
	"$COMITY_GEN" chain --bystander "$name.pcap" --victim "v-$name.pcap" --log "$name.log" --story "$name.json" "$@" ||
		echo "FAIL no chain is made"
}
lines() { # lines NAME FILE: each is JSON
	if python3 -c 'import json, sys; [json.loads(x) for x in open(sys.argv[1], encoding="utf-8")]' "$2" 2>err; then
		echo "ok $1"
	else
		echo "FAIL $1: $(tail -n1 err)"
	fi
}

# Every figure, whatever the log's form and the clocks, one capture rotated, the other packed.
planted plain --seed 1
is "a bystander, a victim, a log" 1 "$COMITY" inspect --json plain.pcap v-plain.pcap plain.log
story told plain.json out plain
planted early --seed 3 --skew -1234 --drift 20000 --log-form json
python3 "$here/split.py" early.pcap 30000 early-1.pcap early-2.pcap
gzip -f v-early.pcap
is "a rotated capture, a packed one, a log in JSON" 1 "$COMITY" inspect --json early-1.pcap early-2.pcap v-early.pcap.gz early.log
story told early.json out early 0 30000
is "in words" 1 "$COMITY" inspect early-1.pcap early-2.pcap v-early.pcap.gz early.log
says "each frame with its file" "; in early-2.pcap " out
is "the files in another order" 1 "$COMITY" inspect --json early.log v-early.pcap.gz early-1.pcap early-2.pcap
story told early.json out reordered 0 30000
planted late --seed 5 --skew 90000 --drift -20000 --log-form combined --elsewhere 300
is "the victim's clock is a minute and a half ahead" 1 "$COMITY" inspect --json late.pcap v-late.pcap late.log
story told late.json out late
is "a log by itself is enough" 1 "$COMITY" inspect --json late.pcap late.log
story told late.json out log-only

# Another story: the same script, and no flood of its making.
story aim early.pcap aim.pcap >aimed
is "scripts that aim at another host" 1 "$COMITY" inspect --json aim.pcap v-early.pcap.gz early.log
story untold out aim
gunzip -kf v-early.pcap.gz
for f in early.pcap v-early.pcap early.log; do story quiet early.json $f quiet-$f; done
is "clients with script that never asked" 1 "$COMITY" inspect --json quiet-early.pcap quiet-v-early.pcap quiet-early.log
story untold out quiet
is "in words, too" 1 "$COMITY" inspect quiet-early.pcap quiet-v-early.pcap quiet-early.log
says "it aims at what was flooded" "A script that aims at what was flooded" out
silent "and made no flood" "made a flood" out
for other in "flood --only http" "flood --only syn --packets 20000" "crowd --only news"; do
	# shellcheck disable=SC2086
	"$COMITY_GEN" $other --seed 9 --out other.pcap
	is "beside another capture, $other" 1 "$COMITY" inspect --json early.pcap other.pcap
	story untold out "$other"
done

# The dossier, and who has nothing else.
mkdir -p one two
cd one || exit 1
"$COMITY" init --name "Lab One" >/dev/null 2>&1
signers=$PWD/.comity/allowed_signers
is "it is investigated" 1 "$COMITY" investigate -o ../c.dossier ../plain.pcap ../v-plain.pcap ../plain.log
says "stated" "Stated 18 findings, 2 floods and scans, 1 chain." out
is "as ties only" 1 "$COMITY" investigate -o ../h.dossier --hide addresses ../plain.pcap ../v-plain.pcap
is "without what was said" 1 "$COMITY" investigate -o ../p.dossier --hide payload ../plain.pcap ../v-plain.pcap
is "with few of its findings" 1 "$COMITY" investigate -o ../f.dossier --findings 3 ../plain.pcap ../v-plain.pcap
silent "nobody will call it a lie" "contradicted" err
python3 - ../early.pcap ../nobody.pcap "$here" <<'PY'
import sys
sys.path.insert(0, sys.argv[3])
import chain, vantage
link, frames = vantage.read(sys.argv[1])
at = lambda b: vantage.ip_at(link, b)
vantage.write(sys.argv[2], link, [f for f in frames if at(f[1]) is None or chain.VICTIM not in vantage.ends(f[1], at(f[1]))])
PY
"$COMITY_GEN" chain --seed 3 --bystander ../x.pcap --victim ../x-v.pcap --log ../nameless.log --log-form timed
is "where only the log shows who asked" 1 "$COMITY" investigate -o ../n.dossier ../nobody.pcap ../nameless.log
says "a chain is stated" "1 chain." out
silent "that nobody will call a lie" "contradicted" err
is "or only the victim's capture" 1 "$COMITY" inspect ../nobody.pcap ../v-early.pcap
says "nothing tells the clocks" "so how far the clocks are apart is unknown" out
silent "and nothing is said of times" "From script to first request" out

cd ../two || exit 1
is "it holds for the other party" 0 "$COMITY" verify ../c.dossier --signers "$signers" --report own.html
says "as a chain" "C1. A script that made a flood: 18 forged answers, 2 floods [N8] -> reproduced as shown:" out
says "that is made again" "18 forged answers carry a script that aims at mirror.example/greatfire/" out
says "with its clients" "14 clients got the script and asked for it, 0.280 to 1.502 s after it" out
says "and what is the sender's word" "that 4 more had it and did not ask, and that 3 of 582 without it asked, is the sender's word" out
for text in "A script that made a flood" "mirror.example" "/cn-nytimes/" "0.280 s to 1.502 s" "<td class=\"num\">14</td>"; do
	says "the report has $text" "$text" own.html
done
python3 - ../c.dossier ../plain.json <<'PY'
import json, re, sys, zipfile
z, s = zipfile.ZipFile(sys.argv[1]), json.load(open(sys.argv[2], encoding="utf-8"))["chain"]
facts = json.loads(re.search(rb'id="facts">(.*?)</script>', z.read("report.html"), re.S)[1])
chain, = facts["chains"]
good = (chain["table"]["a"] == s["with_script_in_flood"] == sum(map(len, chain["clients"])) and
        chain["table"]["c"] == s["without_script_in_flood"] and len(chain["scripts"]) == s["injected"] and
        sorted(chain["floods"]) == sorted(t["statement"] for t in facts["traffic"]) and len(facts["findings"]) == s["injected"])
print("ok the facts are the story's" if good else f"FAIL the facts are the story's: {chain}")
PY
is "as JSON" 0 "$COMITY" verify --json ../c.dossier --signers "$signers"
lines "which is JSON" out
is "by ties" 0 "$COMITY" verify ../h.dossier --signers "$signers"
says "the chain, too" "14 clients got the script and asked for it" out
silent "without an address" "203.0.113.10" ../h.dossier
is "without payload in part" 5 "$COMITY" verify ../p.dossier --signers "$signers"
says "since bodies are shut" "not redone: the bodies of the forged answers are shut" out
is "few findings in part" 5 "$COMITY" verify ../f.dossier --signers "$signers"
says "since most clients are not shown" "that it was 14 clients in all, and their times, is the sender's word" out
is "by a log without names" 0 "$COMITY" verify ../n.dossier --signers "$signers"
says "by its paths" "9 clients got the script and asked for it;" out

# What a newcomer does first.
cd .. && mkdir -p newcomer && cd newcomer || exit 1
is "a newcomer looks" 1 "$COMITY" inspect ../plain.pcap ../v-plain.pcap ../plain.log
says "reads what happened" "18 forged answers to 18 clients in ../plain.pcap carried it" out
says "and how sure that is" "Of 18 clients that got it 14 asked mirror.example; of 582 others 3 did. By chance alone" out
says "and what it does not prove" "Not proven: who injected the script" out
is "makes a case" 0 "$COMITY" init --name Newcomer
is "and hands it over" 1 "$COMITY" investigate -o mine.dossier ../plain.pcap ../v-plain.pcap ../plain.log
is "which holds at once" 0 "$COMITY" verify mine.dossier
