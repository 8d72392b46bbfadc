#!/usr/bin/env python3
"""Runs comity over the collection of real captures and compares with what is known of them.

usage: manifest.py [--comity PROGRAM] [--markdown | --ablation]

The captures are looked for in $COMITY_SHARED/captures (default ../shared beside the
repository); what is known of them stands in manifest-truth.tsv.  Prints one line a
capture, with --markdown the table of docs/detection.md, with --ablation how many bits
each forged frame would have without its strongest cues.  Exit 1 if anything differs,
77 (skipped, for meson) if there is no program or no capture; captures that are
absent are counted.
"""
import argparse
import os
import subprocess
import sys

from said import SEVERE, frames as named, inspect

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def truth():
    with open(os.path.join(HERE, "manifest-truth.tsv"), encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f if not line.startswith("#")]
    for name, kind, expect, frames in rows[1:]:
        yield name, kind, expect, [int(x) for x in frames.split(",") if x]


def wrong(expect, frames, found):
    forged = named(found, ("forged",), "forged")
    severe = [x for x in found if x["verdict"] in SEVERE]
    if expect == "exact":
        if forged != frames:
            return f"forged {forged}, not {frames}"
        return "a stack break besides" if len(severe) > len([x for x in severe if x["verdict"] == "forged"]) else None
    if expect == "together":
        held = [x for x in found if set(frames) <= set(x["forged"] + x["suspect"] + x["genuine"])]
        return None if len(held) == 1 else f"{len(held)} incidents hold {frames}"
    if expect == "ambiguous":
        return f"forged {forged}" if forged else None
    if severe:
        return f"{severe[0]['verdict']} of {severe[0]['forged'] + severe[0]['suspect']}"
    if expect == "undecidable":
        return None if set(frames) <= set(named(found, ("undecidable",), "suspect")) else "not noticed"
    if expect == "clean" and any(x["verdict"] == "undecidable" for x in found):
        return "undecidable"
    return None


def summary(found):
    out = []
    for x in found:
        frames = x["forged"] + x["suspect"]
        text = ", ".join(str(f) for f in frames[:4]) + (", ..." if len(frames) > 4 else "")
        out.append(f"{x['verdict']} {text} ({x['explained_by'] or str(x['bits']) + ' bits'})")
    if len(out) > 4:
        out = out[:3] + [f"{len(out) - 3} more like these"]
    return "; ".join(out) or "nothing"


def ablation(name, found):
    """Cues of each forged frame, strongest first, and what is left without the first one and two."""
    for x in (x for x in found if x["verdict"] == "forged"):
        for frame in x["forged"]:
            cues = sorted(((c["bits"], c["name"]) for c in x["cues"] if c["frames"][0] == frame), reverse=True)
            total = sum(bits for bits, _ in cues)
            text = ", ".join(f"{n} {bits:+d}" for bits, n in cues)
            print(f"| {name} | {frame} | {total} | {total - sum(b for b, _ in cues[:1])} | "
                  f"{total - sum(b for b, _ in cues[:2])} | {text} |")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--comity", default=os.path.join(ROOT, "build", "comity"))
    p.add_argument("--markdown", action="store_true")
    p.add_argument("--ablation", action="store_true")
    a = p.parse_args()
    folder = os.path.join(os.environ.get("COMITY_SHARED", os.path.join(ROOT, "..", "shared")), "captures")
    if not os.access(a.comity, os.X_OK):
        print(f"no program at {a.comity}")
        return 77
    failed = absent = done = 0
    if a.markdown:
        print("| capture | class | known | said | |\n|---|---|---|---|---|")
    if a.ablation:
        print("| capture | frame | bits | without the strongest cue | without two | cues |\n|---|---|---|---|---|---|")
    for name, kind, expect, frames in truth():
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            absent += 1
            continue
        done += 1
        try:
            found = inspect(a.comity, path).incidents
            trouble = wrong(expect, frames, found)
        except (RuntimeError, ValueError, subprocess.TimeoutExpired) as e:
            found, trouble = [], str(e)
        failed += trouble is not None
        known = expect + (" " + ", ".join(map(str, frames)) if frames else "")
        if a.ablation:
            ablation(name, found)
        elif a.markdown:
            print(f"| {name} | {kind} | {known} | {summary(found)} | {'**' + trouble + '**' if trouble else 'ok'} |")
        else:
            print(f"{'FAIL' if trouble else 'ok  '} {name} [{known}]: {trouble or summary(found)}")
    if not (a.markdown or a.ablation):
        print(f"{done} captures, {failed} failed, {absent} absent")
    if done == 0:
        return 77
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
