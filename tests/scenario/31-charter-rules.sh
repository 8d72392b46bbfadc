#!/bin/sh
# Rules of a charter: asked, checked, compared, formatted; what is wrong is said with line and column, and as an exit status.
[ -x "$COMITY" ] || { echo "no program"; exit 77; }
charters=$(cd "$(dirname "$0")/../../data/charters" && pwd)

. "$(dirname "$0")/checks.sh"

for charter in joint-team publication sharing-circle two-parties; do
	is "$charter is in canonical form" 0 "$COMITY" charter fmt --check "$charters/$charter.md"
	is "nothing is wrong with $charter" 0 "$COMITY" charter check "$charters/$charter.md"
	says "$charter keeps what is the victim's" "no   Can anything about the victim leave without its consent?" out
	is "$charter as JSON" 0 "$COMITY" charter check --json "$charters/$charter.md"
	python3 - "$charter" <<'P'
import json, sys
said = json.load(open("out"))
must = [q for q in said["questions"] if q["must_be_no"]]
good = said["good"] and len(must) >= 6 and not any(q["can"] for q in must) and 0 < int(said["allowed"]) < int(said["requests"])
print(("ok " if good else "FAIL ") + f"{sys.argv[1]}: {len(must)} questions are answered with no")
P
	is "no request of $charter lets the victim's data out" 0 "$COMITY" charter ask "$charters/$charter.md" \
		'victim-data = yes and consent in (none, revoked) and action in (release, publish, onward)'
done

cp "$charters/joint-team.md" charter.md
sed -i '/^deny D1:/,/consent"\./d' charter.md
is "without its first rule" 1 "$COMITY" charter check charter.md
says "it says which question" "yes  Can anything about the victim leave without its consent?  It must be no." out
is "that is a difference" 1 "$COMITY" charter diff "$charters/joint-team.md" charter.md
says "it is all newly allowed" "victim-data yes, third-party-data no, personal-data no, exploit no, consent none" out
is "and none of it is forbidden" 1 "$COMITY" charter diff --json "$charters/joint-team.md" charter.md
python3 - <<'P'
import json
said = json.load(open("out"))
good = int(said["allowed"]["requests"]) > 0 and all(int(said[k]["requests"]) == 0 for k in ("forbidden", "looser", "stricter"))
print(("ok " if good else "FAIL ") + "the difference is one-sided")
P
is "a rule less is a rule less" 1 "$COMITY" charter diff charter.md "$charters/joint-team.md"

# What check prints as an example, ask confirms; and the other way round.
is "an example" 1 "$COMITY" charter ask charter.md 'victim-data = yes and consent = none and action != derive'
request=$(sed -n "s/.*--request '\(.*\)'$/\1/p" out)
is "is allowed" 0 "$COMITY" charter ask charter.md --request "$request"
says "and says by which rule" "allows it (line" out
is "and by the whole charter it is not" 1 "$COMITY" charter ask "$charters/joint-team.md" --request "$request"
says "and says why" "nothing about the victim leaves without its consent" out
is "nothing is known of nothing" 1 "$COMITY" charter ask charter.md --request ''
is "as JSON" 0 "$COMITY" charter ask --json charter.md --request "$request"
says "with its obligations" '"onward": "none"' out

printf 'allow R1: release to "B" when tlp<=amber oblige onward=members,retain<=9d\n# last' >bare
is "bare rules are not in that form" 1 "$COMITY" charter fmt --check bare
is "and are written in it" 0 "$COMITY" charter fmt bare
is "and then are" 0 "$COMITY" charter fmt --check bare
says "one clause a line" '    oblige retain <= 9d, onward <= members.' bare
is "the same in other words is no difference" 1 "$COMITY" charter check bare
printf 'allow one: release to "B" when not tlp > amber oblige retain <= 9d, onward <= members.' >other
is "no difference" 0 "$COMITY" charter diff bare other
printf 'allow one: release to "C" when not tlp > amber oblige retain <= 8d, onward <= members.' >third
is "another member is one" 1 "$COMITY" charter diff bare third
printf 'allow one: release to "B" when tlp in (clear, red).' >odd
is "red and not amber" 1 "$COMITY" charter check odd
says "is said" "no   What is allowed at a tlp is allowed at all lower ones" out
printf 'allow one: release.\nallow two: release to government.\ndeny three: onward.' >dead
is "a rule that decides nothing" 1 "$COMITY" charter check dead
says "and which stands in its way" "two (line 2) changes nothing: all that it says, others say: one" out

printf 'allow R1: release\n    when tlp <= purple.' >bad
is "what is no rule" 4 "$COMITY" charter check bad
says "is said with line and column" "bad: line 2, column 17: expected a value of tlp" err
sed 's/^deny D2: .*/deny D2: releases/' "$charters/joint-team.md" >bad.md
line=$(grep -n '^deny D2: releases' bad.md | cut -d: -f1)
is "in a charter" 4 "$COMITY" charter check bad.md
says "with the line of the charter" "line $line, column 10: expected a value of action" err
printf '# Charter\n\n## Rules\n\nallow R1: release.\n' >nobody.md
is "a charter of nobody" 4 "$COMITY" charter check nobody.md
is "a condition that is none" 4 "$COMITY" charter ask bare 'tlp = '
is "no such file" 3 "$COMITY" charter check none.md
is "no condition" 2 "$COMITY" charter ask bare
is "one file" 2 "$COMITY" charter diff bare
is "no part" 2 "$COMITY" charter
