#!/usr/bin/env python3
"""The arithmetic of assessments in JavaScript (web/assess.mjs), which reports carry, against answers that are known.

    test_assess_js.py

$COMITY_SHARED/vectors/assess/*.json have posteriors computed by others with another arithmetic (floating point of high
precision, straight from the formulas of probability).  Here they become rows as an assessment seals them; node does the sums.
"""
import glob
import json
import os
import shutil
import subprocess
import sys
from decimal import Decimal

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHARED = os.environ.get("COMITY_SHARED") or os.path.join(ROOT, "..", "shared")
CLASSES = {"F0": 900000, "F1": 700000, "F2": 400000, "F3": 150000, "F4": 30000}  # the registry's
ENOUGH = Decimal("0.000000001")  # all nine digits of the answers


def skip(why):
    print(why)
    sys.exit(77)


def units(text):
    return int((Decimal(text) * 10**12).to_integral_value())


def item_row(case, number):
    item = case["items"][number]
    row = {"kind": "item", "name": f"item-{number}", "text": item.get("name", ""), "type": item.get("type", "N1"),
           "group": item["group"], "forge": item["forge"], "cost": "D1", "form": ["C2"],
           "view": "public" if item.get("public") else "own", "rests": [["finding", "00" * 32]],
           "cells": [["state", name, units(p), units(p)] for name, p in item["p"].items()]}
    if item.get("type") == "G1":
        row["report"] = True
    row["rho"] = int(Decimal(case["rho"].get(row["group"], "0")) * 10**6)
    if "repeats" in item:
        row["repeats"] = f"item-{item['repeats']}"
    return row


def rows_of(case):
    """A case as an assessment would seal it, but for its results."""
    return [{"kind": "assessment", "name": "a case", "value": 1},
            *({"kind": "class", "name": name, "value": c} for name, c in CLASSES.items()),
            *({"kind": "hypothesis", "layer": "state", "name": name, "value": units(case["prior"][name])} for name in case["hypotheses"]),
            *(item_row(case, number) for number in range(len(case["items"])))]


def ask(items):
    return {"layer": "state", "items": [f"item-{i}" for i in items], "view": "all"}


def without_deceivers(rows):
    return [row for row in rows if row["kind"] != "hypothesis" or ">" not in row["name"]]


def questions(case):
    """(rows, what is asked, what is expected) of each answer of a case."""
    rows, every = rows_of(case), range(len(case["items"]))
    public = [i for i in every if case["items"][i].get("public")]
    for key, expected in case["expected"].items():
        if key == "all":
            yield rows, ask(every), expected
        elif key == "first half":
            yield rows, ask(every[:(len(every) + 1) // 2]), expected
        elif key == "public":
            yield rows, ask(public), expected
        elif key == "public, no deception hypothesis":
            yield without_deceivers(rows), ask(public), expected
        elif key == "all without":
            for left_out, what in expected.items():
                yield rows, ask([i for i in every if i != int(left_out)]), what


def run_node(cases, *arguments):
    tool = os.path.join(os.path.dirname(os.path.abspath(__file__)), "assess_tool.mjs")
    run = subprocess.run(["node", tool, *arguments], input=json.dumps(cases), capture_output=True, text=True, check=False)
    if run.returncode:
        raise SystemExit(f"FAIL node: {run.stderr.strip()}")
    return json.loads(run.stdout)


def worst_difference(asked, answers):
    worst = Decimal(0)
    for (_, _, expected), [answer] in zip(asked, answers):
        made = {name: (int(lo), int(mid), int(hi)) for name, lo, mid, hi in answer}
        if made.keys() != expected.keys() or any(lo != mid or mid != hi for lo, mid, hi in made.values()):
            return Decimal(1)
        worst = max([worst, *(abs(Decimal(made[name][1]) / 10**12 - Decimal(p)) for name, p in expected.items())])
    return worst


def main():
    if not shutil.which("node"):
        skip("no node")
    paths = sorted(glob.glob(os.path.join(SHARED, "vectors", "assess", "*.json")))
    if not paths:
        skip("no vectors/assess in the shared folder")
    bad = 0
    for path in paths:
        with open(path, encoding="utf-8") as f:
            cases = json.load(f)
        asked = [q for case in (cases if isinstance(cases, list) else [cases]) for q in questions(case)]
        worst = worst_difference(asked, run_node([{"rows": rows, "ask": [what]} for rows, what, _ in asked]))
        good = worst <= ENOUGH
        bad += not good
        print(f"{'ok  ' if good else 'FAIL'} {os.path.basename(path)}: {len(asked)} posteriors, the worst is off by {worst:.1e}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
