#!/bin/sh
# Assessments: computed, checked, begun, taken through a spreadsheet, read from rows; and what is malformed or hostile.
[ -x "$COMITY" ] || { echo "no program"; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
toy=$root/docs/examples/toy.assess

. "$(dirname "$0")/checks.sh"
limits() { # limits NAME: no output goes without them
	for limit in "no base rates" "A deceiver who is stronger" "was not found is evidence" "not anybody's law"; do
		says "$1 says: $limit" "$limit" out
	done
}

# What the toy comes to stands in docs: no other numbers.
is "the toy" 0 "$COMITY" assess show --brute "$toy"
limits "the toy"
says "B>A is likeliest" "Likelihood: B>A (B, made to look like A): very likely to almost certain" out
says "confidence is on a line of its own" "Confidence: low." out
if grep -i likelihood out | grep -qi confidence; then echo "FAIL likelihood and confidence in one line"; else echo "ok never in one line"; fi
says "what flips it" "Leaving out config-key alone makes A likeliest." out
says "the second opinion agrees" "Least contradicted: B>A.  That is what is likeliest above." out
says "what it costs to show" "showing config-key (cost D3" out
says "all corners" "all 2 corners were tried, and give the same ends" out
cat >toy.numbers <<'N'
A      0.7273                 0.0309
B      0.0031                 0.0182
B>A    0.2620                 0.9505
other  0.0076                 0.0003
N
grep -E '^(A|B|B>A|other) +0\.[0-9]+ +0\.[0-9]+$' out >got
same "the numbers of the toy" toy.numbers got
says "without the key" "item      config-key      0.4676  -13.4  A" out
is "the toy in public" 0 "$COMITY" assess show --view public "$toy"
says "A is likeliest" "Likelihood: A: likely (72.7 %)" out
is "the toy as JSON" 0 "$COMITY" assess show --json "$toy"
python3 - <<'P'
import json
said = json.load(open("out"))
layer = said["layers"][0]
views = {v["view"]: {h["name"]: float(h["mid"]) for h in v["hypotheses"]} for v in layer["views"]}
good = abs(sum(views["all"].values()) - 1) < 1e-9 and abs(views["public"]["A"] - .7273) < 1e-4 and len(said["limits"]) == 4
good = good and layer["flips"]["sets"] == [{"items": ["config-key"], "top": "A"}] and layer["confidence"]["level"] == "low"
good = good and all(set(i["marks"]) == {"header-and-code", "addresses", "compile-times", "config-key", "keyboard-hours"}
                    for i in layer["inconsistency"])
print(("ok " if good else "FAIL ") + "the toy as JSON says the same")
with open("rows.jsonl", "w") as f:
    f.writelines(json.dumps(r) + "\n" for r in said["rows"])
with open("lies.jsonl", "w") as f:
    f.writelines(json.dumps(r).replace('"value": 250000000000', '"value": 240000000000').replace(
        '"value": 400000000000', '"value": 420000000000') + "\n" for r in said["rows"])
with open("sums.jsonl", "w") as f:
    f.writelines(json.dumps(r).replace('"value": 250000000000', '"value": 240000000000') + "\n" for r in said["rows"])
with open("some.jsonl", "w") as f:
    f.writelines(json.dumps(r) + "\n" for r in said["rows"] if r.get("name") != "keyboard-hours")
P
for file in volt-typhoon-us volt-typhoon-cverc; do
	is "$file" 0 "$COMITY" assess show "$root/docs/examples/$file.assess"
	limits "$file"
	says "$file has three layers" "Layer state" out
	is "$file as JSON" 0 "$COMITY" assess show --json "$root/docs/examples/$file.assess"
	if python3 -m json.tool out >/dev/null; then echo "ok $file is JSON"; else echo "FAIL $file is no JSON"; fi
	is "one layer of $file" 0 "$COMITY" assess show --layer operator "$root/docs/examples/$file.assess"
	if grep -q '^Layer state' out; then echo "FAIL the others are not"; else echo "ok the others are not"; fi
done

# Rows.
is "rows" 0 "$COMITY" assess show rows.jsonl
says "give the same" "state  all     6              6     the same, to the last digit" out
printf '%s' "$(cat rows.jsonl)" >unended.jsonl
is "rows of which the last does not end" 0 "$COMITY" assess show unended.jsonl
says "have all of them" "state  all     6              6     the same" out
is "rows that lie" 1 "$COMITY" assess show lies.jsonl
says "are found out" "NOT what follows from the rows" out
is "rows whose priors are more or less than all" 4 "$COMITY" assess show sums.jsonl
says "are none" "the priors of the layer state do not sum to 1" err
is "some of the rows" 0 "$COMITY" assess show some.jsonl
says "claim what can not be said" "not all that it rests on is here" out
says "and what can" "state  public  4              4     the same" out
is "rows are checked, too" 1 "$COMITY" assess check rows.jsonl

# Remarks.
is "check" 1 "$COMITY" assess check "$toy"
says "a warning has its line" "toy.assess: line 46: warning: item header-and-code" out
says "and they are counted" "4 hypotheses, 6 items, 3 warnings, 11 notes" out
sed -n 's/.*: line \([0-9]*\): .*/\1/p' out >lines
sort -n lines >sorted
same "remarks come by line" lines sorted
is "check as JSON" 1 "$COMITY" assess check --json "$toy"
python3 - <<'P'
import json
said = json.load(open("out"))
good = said["warnings"] == 3 == sum(r["severity"] == "warning" for r in said["remarks"]) and "rests" not in said
print(("ok " if good else "FAIL ") + "remarks as JSON")
P

# Through a spreadsheet.
is "csv" 0 "$COMITY" assess csv "$toy"
cp out toy.csv
if grep -qE '(^|,|")[=+@-]' toy.csv; then echo "FAIL a cell that a spreadsheet would compute"; else echo "ok no cell is a formula"; fi
cp "$toy" toy.assess
is "nothing was edited" 0 "$COMITY" assess csv toy.assess --take toy.csv
says "and that is said" "nothing differs" out
same "and the text is the same, byte for byte" "$toy" toy.assess
python3 - <<'P'
text = open("toy.csv", newline="").read()
edited = text.replace("0.3 to 0.5", "0.4")
open("edited.csv", "w", newline="").write(edited)
rows = [line.split(",") for line in edited.strip().split("\r\n")]
swap = lambda c: c.replace(".", ",") if c[:1].isdigit() else c
open("semicolons.csv", "w", newline="", encoding="utf-8").write("\ufeff" + "".join(";".join(map(swap, r)) + "\r\n" for r in rows))
P
is "one number is edited" 0 "$COMITY" assess csv toy.assess --take edited.csv --out edited.assess
says "that is said" "config-key, state B: 0.3 to 0.5 -> 0.4" out
sed 's/B      0.30 to 0.50 because/B      0.4 because/' "$toy" >wanted
same "all else stays, the comments above all" wanted edited.assess
same "and what it came from" "$toy" toy.assess
is "out is not overwritten" 2 "$COMITY" assess csv toy.assess --take edited.csv --out edited.assess
is "semicolons, decimal commas, a mark" 0 "$COMITY" assess csv toy.assess --take semicolons.csv
same "are the same" wanted toy.assess
take() { # take NAME EXIT TEXT CSV
	printf "$4" >bad.csv
	cp toy.assess before
	is "$1" "$2" "$COMITY" assess csv toy.assess --take bad.csv
	says "$1: is said" "$3" err
	same "$1: nothing changed" before toy.assess
}
take "an unknown column" 4 "row 1, column 4: there is no item \`nix'" 'layer,hypothesis,prior,nix\n'
take "an unknown row" 4 "row 2, column 2: there is at that layer no hypothesis \`C'" 'layer,hypothesis,prior\nstate,C,0.1\n'
take "an unknown layer" 4 "row 2, column 1: expected a layer" 'layer,hypothesis,prior\nmoon,A,0.1\n'
take "a row twice" 4 "row 3, column 2: a second row" 'layer,hypothesis,prior\nstate,A,0.25\nstate,A,0.25\n'
take "a column twice" 4 "row 1, column 5: a second column" 'layer,hypothesis,prior,addresses,addresses\n'
take "a deceiver's likelihood" 4 "row 2, column 4: a deceiver has no likelihoods" 'layer,hypothesis,prior,addresses\nstate,B>A,0.1,0.5\n'
take "a formula" 4 "row 2, column 3: expected a prior" 'layer,hypothesis,prior\nstate,A,=1+1\n'
take "nothing for something" 4 "row 2, column 4: a number that is there" 'layer,hypothesis,prior,addresses\nstate,A,0.25,\n'
take "a line in a cell" 4 "row 2, column 4: a character" 'layer,hypothesis,prior,addresses\nitem,view,,"own\n  by X"\n'
take "zero" 4 "row 2, column 4: expected" 'layer,hypothesis,prior,addresses\nstate,A,0.25,0\n'
take "above one" 4 "row 2, column 4: expected" 'layer,hypothesis,prior,addresses\nstate,A,0.25,1.5\n'
take "a quote that does not end" 4 "row 2, column 2: a quote" 'layer,hypothesis,prior\nstate,"A\n'
take "priors that do not sum to 1" 4 "as changed it is no assessment" 'layer,hypothesis,prior\nstate,A,0.9\n'
take "no table" 4 "row 1, column 1: expected" 'hello\n'
printf 'layer;hypothesis;prior;addresses;config-key\nitem;source;;C3;\nitem;view;;;"shared B, C"\n' >fields.csv
is "a field can not be taken away" 4 "$COMITY" assess csv toy.assess --take fields.csv
printf 'layer;hypothesis;prior;addresses\nitem;source;;C3\nitem;view;;"shared B, C"\nstate;other;0,4;?\n' >fields.csv
is "fields and an unknown number" 0 "$COMITY" assess csv toy.assess --take fields.csv
says "one that was not there is put in" "addresses, source: nothing -> C3" out
is "it still is an assessment" 1 "$COMITY" assess check toy.assess
says "that asks" "the likelihood for state other is still asked" out
is "what B has" 0 "$COMITY" assess show --view shared --for B toy.assess
says "has a name" "the view: shared with B." out
is "what U has" 0 "$COMITY" assess show --for U toy.assess
says "... is what everybody has" "Nothing is shared with U, who has what is public." out
is "a folder is no table" 3 "$COMITY" assess csv toy.assess --take .
says "... said once" "comity: . is not a regular file" err
is "rows are not edited" 2 "$COMITY" assess csv rows.jsonl --take toy.csv

# Begun.
is "new" 0 "$COMITY" assess new --title "Who?" --party P
cp out new.assess
is "has nothing missing" 0 "$COMITY" assess check new.assess
says "nor odd" "13 hypotheses, 0 items, 0 warnings, 0 notes" out
is "can be computed" 0 "$COMITY" assess show new.assess
limits "the new one"
is "four actors, three layers" 0 "$COMITY" assess new --actors A,B,C,D --layer operator --layer state --layer beneficiary -o four.assess
is "have nothing missing" 0 "$COMITY" assess check four.assess
is "it is not overwritten" 2 "$COMITY" assess new -o four.assess
is "one actor" 0 "$COMITY" assess new --actors only -o one.assess
is "has nothing missing" 0 "$COMITY" assess check one.assess
is "an actor who is no name" 2 "$COMITY" assess new --actors 'A,=B'
is "an actor twice" 2 "$COMITY" assess new --actors A,A
is "other is there anyway" 2 "$COMITY" assess new --actors other
is "a title of two lines" 2 "$COMITY" assess new --title 'a
item b'
is "no layer" 2 "$COMITY" assess new --layer moon
is "findings without a case" 3 "$COMITY" assess new --finding all
mkdir case && cd case || exit 1
"$COMITY" init --name Victim >/dev/null
"$COMITY" investigate "$root/tests/cases/race-first/input.pcap" -o x.dossier >/dev/null
is "new in a case" 0 "$COMITY" assess new --finding all -o f.assess
says "has the party" "party Victim" f.assess
says "has the finding" "item finding-1" f.assess
says "and its type" "  type   N7" f.assess
says "and leaves the numbers" "  state A ?" f.assess
is "which are missing" 1 "$COMITY" assess check f.assess
says "and its statement is here" "finding-1  finding" out
grep '^finding-1' out >row
says "and was found" "checked" row
is "as JSON" 1 "$COMITY" assess check --json f.assess
says "too" '"checked": true' out
is "the toy rests on nothing here" 1 "$COMITY" assess check "$toy"
says "that is said" "only claimed: not in this case" out
is "no such finding" 3 "$COMITY" assess new --finding 99
is "a finding by its number" 0 "$COMITY" assess new --finding 1
sed 's/ ?$/ 0.5/' f.assess >given.assess
is "numbers are given" 0 "$COMITY" assess check given.assess
cd ..

# Malformed, hostile.
frame='assessment 1\ntitle T\nhypothesis state A\n  prior 0.5\nhypothesis state other\n  prior 0.5\n'
item() { # item NAME FIELD
	printf 'item %s\n  type N4\n  rests finding %064d\n%s  state A %s\n  state other 0.1\n' "$1" 0 "$2" "${3:-0.5}"
}
bad() { # bad NAME EXIT TEXT: of the file `bad'
	for part in show check csv; do
		is "$part: $1" "$2" "$COMITY" assess $part bad
		says "$part: $1: is said" "$3" err
		if [ "$(wc -l <err)" -eq 1 ]; then echo "ok in one line"; else echo "FAIL $part: $1: not one line"; fi
	done
}
{ printf "$frame"; item x "" 0; } >bad
bad "a likelihood of 0" 4 "line 10, column 11: a likelihood of 0 would decide everything"
{ printf "$frame"; item x '  repeats y
'; item y '  repeats x
'; } >bad
bad "a circle" 4 "a circle of 2 items"
{ printf "$frame"; item x '  derived x
'; } >bad
bad "what rests on itself" 4 "line "
python3 -c 'print("assessment 1\ntitle T\n" + "".join(f"hypothesis state h{i}\n  prior 0.001\n" for i in range(1000)))' >bad
bad "a thousand hypotheses" 3 "more than 256 lines"
printf 'assessment 1\ntitle \033[31mred\n' >bad
bad "an escape sequence" 4 "line 2, column 7: a control character"
printf 'assessment 2\ntitle T\nhypothesis state other\n  prior 1\n' >bad
bad "another version" 3 "bad: "
: >bad
bad "nothing" 4 "line 1, column 1: expected"
printf '{' >bad
bad "no rows" 4 "bad: "
printf '{"kind": "item"}\n' >bad
bad "an item of nobody" 4 "row 1 of the assessment"
head -c 100000000 /dev/zero | tr '\0' a >bad
small() {
	( ulimit -v 300000; exec "$@" )
}
for part in show check csv; do
	is "$part: 100 MB in one line, little memory" 3 small "$COMITY" assess $part bad
	says "$part: that is said" "has 100000000 bytes" err
done
head -c 8000000 bad >large
{ printf "$frame"; printf 'about '; cat large; } >bad
is "8 MB in one line" 0 small "$COMITY" assess csv bad
rm -f bad large
python3 - <<'P'
with open("many.assess", "w") as f:
    f.write("assessment 1\ntitle T\n" + "".join(f"hypothesis state h{i}\n  prior 0.015\n" for i in range(60)))
    f.write("hypothesis state other\n  prior 0.1\n")
    for k in range(4000):
        f.write(f"item i{k}\n  type N4\n  group g{k % 300}\n  rests finding {'ab' * 32}\n")
        f.write("".join(f"  state h{i} 0.{(k * 7 + i * 13) % 9 + 1} to 0.95\n" for i in range(60)) + "  state other 0.5\n")
P
is "four thousand items, by nobody" 0 timeout 120 "$COMITY" assess show many.assess
limits "that"
is "too many corners" 3 "$COMITY" assess show --brute many.assess
says "is said" "too many corners" err

# Help.
is "help" 0 "$COMITY" help assess
for part in new check show csv; do
	says "help has $part" "assess $part" out
	"$COMITY" assess $part --help >part 2>err
	says "$part has its own" "assess $part" part
done
is "no part" 2 "$COMITY" assess
is "an unknown part" 2 "$COMITY" assess merge
is "no file" 2 "$COMITY" assess show
is "no such file" 3 "$COMITY" assess show none.assess
is "no such view" 2 "$COMITY" assess show --view moon "$toy"
is "no such layer in it" 3 "$COMITY" assess show --layer machine "$toy"
