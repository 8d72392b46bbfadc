#!/bin/sh
# A sanctions file: all sections, what is OPEN and what is not, whom it does not speak of, and nothing of what its view does not have.
[ -x "$COMITY" ] || { echo "no program"; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
case=$root/docs/examples/brief.assess
toy=$root/docs/examples/toy.assess

. "$(dirname "$0")/checks.sh"
first() { # first NAME TEXT: the first line of out has it
	if head -n1 out | grep -qF -- "$2"; then echo "ok $1"; else echo "FAIL $1: the first line is $(head -n1 out)"; fi
}
opens() { # opens NAME N: questions of section 8
	n=$(sed -n '/^## 8/,/^## 9/p' out | grep -c '| \*\*OPEN\*\*')
	if [ "$n" -eq "$2" ]; then echo "ok $1"; else echo "FAIL $1: $n are open, not $2"; fi
}
brief() { "$COMITY" assess brief --for sanctions "$@"; }

is "the case has open questions" 1 brief "$case"
for section in "1. Who" "2. Acts" "3. Evidence, by type" "4. Rival hypotheses" "5. What stays shut" "6. Right of reply" \
	"7. The measure" "8. The questions a court asks" "9. Limits"; do
	says "section $section" "## $section" out
done
for limit in "no base rates" "A deceiver who is stronger" "was not found is evidence" "not anybody's law"; do
	says "it says: $limit" "$limit" out
done
first "nothing in capitals" "# Brief for a decision on sanctions"
opens "two questions are open" 2
says "not all is shown to the listed party" "3. Can the listed party see it, and comment on it? | **OPEN**" out
says "there is no review" "**OPEN**: no review is said" out
says "how it stands" "Office-B at the layer organisation: very likely" out
says "what speaks most against the firm" "firm: almost no chance (0.38 % to 0.51 %). Most against it: timing" out
says "and for it" "Most for it: working-hours" out
says "a deceiver has a ceiling" "never exceed 2.64 to 1" out
says "the degree" "If B holds (unlikely): ordered" out
says "layers are apart" "none of these says that a state answers for it" out
says "its digest" "$(sha256sum "$case" | cut -d' ' -f1)" out
says "the command" "comity assess brief --for sanctions --view all brief.assess" out
silent "no folder" "$root" out
says "what a reader of the public items can conclude" "bureau | likely (55.3 % to 60.1 %), leads | very likely" out

# With all that is missing, nothing is open.
sed -e 's/view   panel/view   public/' -e 's/^  law .*/&\n  review   2027-03-14, by the council of V/' "$case" >whole.assess
is "with the rest it is all answered" 0 brief whole.assess
opens "nothing is open" 0
silent "and nowhere" "**OPEN**" out
sed 's/, answered on.*//' whole.assess >asked.assess
is "asked, and not answered" 1 brief asked.assess
says "that is open" "**OPEN**: no answer is written down." out
grep -v '^  lift' whole.assess >lift.assess
is "nothing lifts it" 1 brief lift.assess
says "that is open, too" "**OPEN**: nothing is said that would lift it" out
sed 's/act      2026-03-14: /act      In March /' whole.assess >act.assess
is "an act without a date" 1 brief act.assess
says "it has none" "**OPEN**: it has no date." out

# Whom it does not speak of, and who does not lead.
is "no brief at all" 1 brief "$toy"
says "nobody is named" "**OPEN**: nobody is named as who would be listed" out
with() { { cat "$toy"; printf 'brief sanctions\n  entity %s\n' "$1"; } >named.assess; }
with "Z, a unit"
is "somebody else" 1 brief named.assess
first "said first" "**THIS ASSESSMENT DOES NOT SPEAK OF Z: NO HYPOTHESIS HAS THAT NAME OR ACTOR.**"
with "A"
is "one who does not lead" 1 brief named.assess
first "said first, too" "**THIS EVIDENCE DOES NOT CARRY A LISTING OF A: AT THE LAYER STATE IT IS NOT THE LIKELIEST (2.49 % to 4.07 %)"
with "B"
is "who poses as another leads" 1 brief named.assess
first "by both" "# Brief for a decision on sanctions"
is "with public items only the same one does not" 1 brief --view public named.assess
first "as the view has it" "**THIS EVIDENCE DOES NOT CARRY A LISTING OF B"
with "other"
is "other is nobody" 1 brief named.assess
first "so nobody is spoken of" "DOES NOT SPEAK OF other"

# Nothing of an item outside of the view: names, texts, reasons, digests, parties, groups, numbers.
canary() { # canary NAME VIEW...
	for format in "" --json; do
		# shellcheck disable=SC2086
		is "$1 $format" 1 brief $format --view $2 view.assess
		for word in canary kanarie 7777777777 c0ffee 0.0424 0.424; do silent "$1 $format: $word" "$word" out; done
	done
}
cat >view.assess <<'A'
assessment 1
title t
party P
about a canary in the text about it
hypothesis state A
  prior 0.5
hypothesis state other
  prior 0.5
rho canary-group 0.042424
item canary-own
  text canary text
  because canary reason
  type N4
  group canary-group
  rests finding c0ffee7777777777777777777777777777777777777777777777777777777777
  by canary-party
  source C5
  state A 0.0424242 to 0.424 because "canary why"
  state other 0.5
item seen
  type G1
  rests report 1111111111111111111111111111111111111111111111111111111111111111
  source B2
  repeats canary-own
  by Q
  view public
  state A 0.6
  state other 0.2
item also
  type G1
  rests report 2222222222222222222222222222222222222222222222222222222222222222
  source B2
  derived seen, canary-own
  by Q
  view public
  state A 0.6
  state other 0.2
item shared-canary
  type N4
  rests finding c0ffee7777777777777777777777777777777777777777777777777777777777
  view shared Kanarie
  state A 0.7
  state other 0.1
brief sanctions
  entity A
A
canary "public" public
canary "shared with another" "shared --to Z"
is "of the panel's view" 1 brief --view panel view.assess
silent "nothing of one's own" "canary-own" out
says "how many are left out" "Items in it: 3 of 4; left out: 1." out
is "of all" 1 brief view.assess
says "there it is" "canary-own" out

# What others wrote is text.
cat >hostile.assess <<'A'
assessment 1
title # | <script>alert(1)</script> [x](http://x.example) `rm`
hypothesis state A
  text | cell | <b>
  prior 0.5
hypothesis state other
  prior 0.5
brief sanctions
  entity A **bold**
  act # heading
A
is "Markdown in it" 1 brief hostile.assess
silent "no tag" "<script" out
says "no cell" '\| cell \|' out
says "no heading" '- \# heading' out

# Files, usage, JSON, rows.
is "to a file" 1 brief -o brief.md "$case"
brief "$case" >printed
if cmp -s brief.md printed; then echo "ok the same"; else echo "FAIL the file differs from what is printed"; fi
is "no second time" 2 brief -o brief.md "$case"
is "what for" 2 "$COMITY" assess brief "$case"
is "for what is not known" 2 "$COMITY" assess brief --for war "$case"
is "no such view" 2 brief --view mine "$case"
is "--to without shared" 2 brief --to B "$case"
is "no file" 2 brief
printf 'assessment 1\ntitle t\nbrief war\n' >bad.assess
is "malformed" 4 brief bad.assess
is "no such file" 3 brief nowhere.assess
is "as JSON" 1 brief --json "$case"
python3 - <<'P'
import json
said = json.load(open("out"))
good = said["carried"] and said["open"] == 2 == sum(q["open"] for q in said["questions"]) and len(said["questions"]) == 16
good = good and len(said["limits"]) == 4 and said["review"] == [] and len(said["lift"]) == 2 and said["left_out"] == 0
good = good and said["who"][0]["name"] == "Office-B" and said["who"][0]["layers"][0]["leads"]
good = good and all(sum(x["weight_milli"].get("organisation", 0) for x in said["evidence"]) > 990 for _ in "1")
print(("ok " if good else "FAIL ") + "the JSON says the same")
P
"$COMITY" assess show --json "$case" | python3 -c 'import json, sys
for r in json.load(sys.stdin)["rows"]: print(json.dumps(r))' >rows.jsonl
silent "what people wrote for it never goes into rows" "harm to hospitals" rows.jsonl
is "of rows" 1 brief rows.jsonl
says "the acts are open" "**OPEN**: no act is said" out
says "the evidence is there" "passive-dns" out
