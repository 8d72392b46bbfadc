#!/usr/bin/env python3
"""Runs comity on every case folder and compares what it says with what is known to be true.

usage: run.py [--comity PROGRAM] [--generator COMITY-GEN] [CASE...]

One line a case, then a count.  With --generator a few inputs are made again and
must come out byte for byte.  Exit 1 if anything failed, 77 (skipped, for meson)
if there is no program to try.
"""
import argparse
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SEVERE = ("forged", "stack-break")
# made again when --generator is given: one of each kind of file
REMADE = ("great-cannon", "race-late", "dns-several", "file-pcapng-sections", "file-cut", "tags")


def incidents(text):
    out = []
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("{"):
            item = json.loads(line)
            if "verdict" in item:
                out.append(item)
    return out


def frames(found, verdicts, *keys):
    return sorted({f for i in found if i["verdict"] in verdicts for k in keys for f in i.get(k, [])})


def judge_forged(want, found):
    allowed = set(want.get("allowed", []))
    said = [f for f in frames(found, ("forged",), "forged") if f not in allowed]
    if said != want["forged"]:
        missing = sorted(set(want["forged"]) - set(said))
        extra = sorted(set(said) - set(want["forged"]))
        return f"called forged: missing {missing}, too many {extra}"
    more = sorted(set(frames(found, SEVERE, "suspect")) - set(want["forged"]) - allowed)
    if more:
        return f"also suspects {more}"
    return None


def judge_flagged(want, found):
    extra = sorted(set(frames(found, SEVERE, "forged", "suspect")) - set(want["forged"]))
    if extra:
        return f"accuses genuine frames {extra}"
    if want["expect"] == "noticed":
        named = frames(found, (*SEVERE, "undecidable"), "forged", "suspect")
        return None if set(named) & set(want["forged"]) else "nothing noticed"
    missing = sorted(set(want["forged"]) - set(frames(found, SEVERE, "forged", "suspect")))
    return f"does not accuse {missing}" if missing else None


def judge_undecidable(want, found):
    severe = [i for i in found if i["verdict"] in SEVERE]
    if severe:
        return f"says {severe[0]['verdict']} of what cannot be decided"
    named = frames(found, ("undecidable",), "forged", "genuine", "suspect", "support")
    return None if set(want["forged"]) <= set(named) else f"the conflict at {want['forged']} is not named"


def judge_quiet(want, found):
    return judge_clean(want, [i for i in found if i["verdict"] != "undecidable"])


def judge_clean(_want, found):
    bad = [i for i in found if i["verdict"] != "explained"]
    if not bad:
        return None
    cues = ",".join(sorted({c["name"] for c in bad[0].get("cues", [])}))
    named = frames(bad[:1], (bad[0]["verdict"],), "forged", "suspect", "genuine")
    return f"{bad[0]['verdict']} ({bad[0].get('type')}, {cues}) of {named}: {len(bad)} in all"


JUDGES = {"forged": judge_forged, "flagged": judge_flagged, "noticed": judge_flagged,
          "undecidable": judge_undecidable, "quiet": judge_quiet, "clean": judge_clean}


def judge(want, run):
    if run.returncode not in (0, 1, 4):
        return f"exit {run.returncode}: {run.stderr.strip()[:200]}"
    try:
        found = incidents(run.stdout)
    except ValueError as e:
        return f"not JSON: {e}"
    counted = sorted(i["kind"] for i in found if "kind" in i)
    if counted != want.get("traffic", []):
        return f"counted: {counted}, not {want.get('traffic', [])}"
    found = [i for i in found if "kind" not in i]
    wrong = JUDGES[want["expect"]](want, found)
    if wrong:
        return wrong
    if want["expect"] in ("forged", "flagged") and want["type"] not in {i.get("type") for i in found}:
        return f"no incident of type {want['type']}"
    if want["exit"] is not None and run.returncode != want["exit"]:
        return f"exit {run.returncode}, not {want['exit']}"
    if want["exit"] is None and run.returncode == 4:
        return "exit 4: called malformed"
    return None


def check_case(comity, name):
    folder = os.path.join(HERE, name)
    with open(os.path.join(folder, "expect.json"), encoding="utf-8") as f:
        want = json.load(f)
    try:
        run = subprocess.run([comity, "inspect", "--json", os.path.join(folder, want["file"])],
                             capture_output=True, text=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        return want, "no answer within 60 s"
    return want, judge(want, run)


def remake(generator, name):
    folder = os.path.join(HERE, name)
    with open(os.path.join(folder, "expect.json"), encoding="utf-8") as f:
        want = json.load(f)
    with open(os.path.join(folder, want["file"]), "rb") as f:
        kept = f.read()
    path = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"comity-case-{os.getpid()}")
    try:
        subprocess.run([generator, *want["made_by"].split()[1:], "--out", path], check=True)
        with open(path, "rb") as f:
            return None if f.read() == kept else "the generator makes other bytes"
    finally:
        if os.path.exists(path):
            os.unlink(path)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--comity", default=os.path.join(ROOT, "build", "comity"))
    p.add_argument("--generator")
    p.add_argument("case", nargs="*")
    a = p.parse_args()
    if not os.access(a.comity, os.X_OK):
        print(f"no program {a.comity}")
        return 77
    names = a.case or sorted(n for n in os.listdir(HERE) if os.path.exists(os.path.join(HERE, n, "expect.json")))
    failed = 0
    for name in names:
        want, wrong = check_case(a.comity, name)
        failed += wrong is not None
        print(f"{'FAIL' if wrong else 'ok  '} {name} [{want['expect']}]{': ' + wrong if wrong else ''}")
    for name in REMADE if a.generator and not a.case else ():
        wrong = remake(a.generator, name)
        failed += wrong is not None
        print(f"{'FAIL' if wrong else 'ok  '} made again: {name}{': ' + wrong if wrong else ''}")
    print(f"{len(names)} cases, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
