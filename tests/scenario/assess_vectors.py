#!/usr/bin/env python3
"""Each case of the vectors as a text; `comity assess show --json` has to give its expected rows to six digits, and the sets
of items that turn the answer.

usage: assess_vectors.py COMITY FILE..."""
import json
import os
import subprocess
import sys
from decimal import Decimal

VIEWS = {"all": "all", "public": "public", "first half": "public"}


def is_public(case, number):
    """What the view `public` of the text has: what is public, or else the first half."""
    item, n = case["items"][number], len(case["items"])
    return item["public"] if "public" in item else number < (n + 1) // 2


def text(case):
    lines = ["assessment 1", "title Known answers", "party A"]
    for name in case["hypotheses"]:
        lines += ["hypothesis state " + name, "  prior " + case["prior"][name]]
    lines += [f"rho {group} {rho}" for group, rho in case["rho"].items()]
    for i, item in enumerate(case["items"]):
        lines += [f"item i{i}", "  type " + item.get("type", "N4"), "  form C1", "  forge " + item["forge"], "  group " + item["group"],
                  f"  rests finding {i + 1:064x}", "  view " + ("public" if is_public(case, i) else "own")]
        if "repeats" in item:
            lines.append(f"  repeats i{item['repeats']}")
        lines += [f"  state {name} {p}" for name, p in item["p"].items()]
    return "\n".join(lines) + "\n"


def asked(program, case):
    with open("case.assess", "w", encoding="utf-8") as f:
        f.write(text(case))
    run = subprocess.run([program, "assess", "show", "--json", "case.assess"], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise ValueError(run.stderr.strip())
    return json.loads(run.stdout)["layers"][0]


def near(got, want):
    return abs(Decimal(got) - Decimal(want)) < Decimal("5e-7")


def pairs(case, layer):
    """What the program says, and what is expected, of all that it says."""
    views = {v["view"]: {h["name"]: h["mid"] for h in v["hypotheses"]} for v in layer["views"]}
    without = {m["name"]: m["share"] for m in layer["left_out"] if m["what"] == "item"}
    for what, expected in case["expected"].items():
        if what in VIEWS:
            for name, p in expected.items():
                yield f"{what}, {name}", views[VIEWS[what]][name], p
        elif what == "all without":
            for number, shares in expected.items():
                yield f"without {number}", without["i" + number], shares[layer["likelihood"]["name"]]


def flips_differ(expected, layer):
    """By which sets another hypothesis leads."""
    found = layer["flips"]
    sets = [[int(name[1:]) for name in s["items"]] for s in found["sets"]]
    got = (layer["likelihood"]["name"], found["size"], sets, found["exact"])
    want = (expected["top"], expected["size"], expected["sets"], True)
    return None if got == want else f"flips: {got}, not {want}"


def differs(program, case):
    """The first answer that is another one, and how many were looked at."""
    layer, n = asked(program, case), 0
    for what, got, want in pairs(case, layer):
        n += 1
        if not near(got, want):
            return f"{what}: {got}, not {want}", n
    if "flip" in case["expected"]:
        return flips_differ(case["expected"]["flip"], layer), n + 1
    return None, n


def main():
    bad = 0
    for path in sys.argv[2:]:
        with open(path, encoding="utf-8") as f:
            found = json.load(f)
        tried, before = 0, bad
        for number, case in enumerate(found if isinstance(found, list) else [found]):
            why, n = differs(sys.argv[1], case)
            tried += n
            if why:
                bad += 1
                print(f"FAIL {os.path.basename(path)}, case {number}: {why}")
        print(f"{'ok' if tried and bad == before else 'FAIL'} {os.path.basename(path)}: {tried} answers, probabilities to six digits")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
