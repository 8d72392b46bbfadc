#!/usr/bin/env python3
"""How detection degrades when memory runs out: recall and precision against the budget.

usage: budget.py BENCH_INSPECT COMITY-GEN [--bytes 1005M] [--idle 1000K] [--budgets 8,16,...] [--dir FOLDER]

Makes a capture with forgeries (`comity-gen http --bytes N`, with its truth file) and, for --idle,
one of so many flows of one packet, which is read before it as the older file of a rotated capture:
its flows lie in the table, idle, when the other begins.  Then runs bench_inspect on them with each
budget (MiB, for all: flows have five eighths of it) and prints a line for each:

  found      of the frames that are forged, how many are called forged, %
  named      ... or suspect, or one of two of which one is forged, %
  right      of the frames called forged, how many are, %
  genuine    forged frames called genuine: must be 0
  evicted    flows judged before they were over; odd flows forgotten

The program is not confined, and nothing depends on these figures.
"""
import argparse
import json
import os
import subprocess
import tempfile

BUDGETS = "8,16,24,32,48,64,96,128,192,256,320,512"


def truth(path):
    """Frame -> class of what is forged."""
    with open(path, encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f if line[0].isdigit()]
    return {int(r[0]): r[1] for r in rows if r[2] == "forged"}


def frames(named, capture, filed):
    """Those of ${capture}; a plain number is of the file that the incident is filed under."""
    for n in named:
        if isinstance(n, int):
            if filed == capture:
                yield n
        elif n["file"] == capture:
            yield n["frame"]


def inspect(bench, budget, files, capture):
    run = subprocess.run([bench, "inspect", str(budget), *files], capture_output=True, text=True, check=True)
    called, other, genuine, stats = set(), set(), set(), {}
    for line in run.stdout.splitlines():
        i = json.loads(line)
        if "verdict" not in i:
            stats = i
            continue
        if i["verdict"] == "explained":
            continue
        called |= set(frames(i["forged"], capture, i["file"]))
        other |= set(frames(i["suspect"], capture, i["file"]))
        if i["verdict"] == "undecidable":
            other |= set(frames(i["genuine"], capture, i["file"]))
        else:
            genuine |= set(frames(i["genuine"], capture, i["file"]))
    return called, other, genuine, stats


def curve(a, files, capture, forged):
    print(f"{'MiB':>5} {'found':>7} {'named':>7} {'right':>7} {'genuine':>8} {'evicted':>9} {'forgotten':>9} "
          f"{'peak MiB':>9} {'CPU s':>6}")
    for budget in a.budgets.split(","):
        called, other, genuine, s = inspect(a.bench, budget, files, capture)
        found = len(called & forged.keys()) / len(forged)
        named = len((called | other) & forged.keys()) / len(forged)
        right = len(called & forged.keys()) / len(called) if called else 1
        print(f"{budget:>5} {100 * found:7.2f} {100 * named:7.2f} {100 * right:7.2f} "
              f"{len(genuine & forged.keys()):8} {s['evicted_flows']:9} {s['evicted_candidates']:9} "
              f"{s['peak_kib'] // 1024:9} {s['cpu']:6.2f}", flush=True)


def make(a, folder):
    http, told, idle = (os.path.join(folder, n) for n in ("http.pcap", "http.tsv", "idle.pcap"))
    if not os.path.exists(told):
        subprocess.run([a.generator, "http", "--bytes", a.bytes, "--out", http, "--truth", told], check=True)
    if not os.path.exists(idle):
        subprocess.run([a.generator, "flows", "--packets", a.idle, "--out", idle], check=True)
    return http, told, idle


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("bench")
    p.add_argument("generator")
    p.add_argument("--bytes", default="1005M")
    p.add_argument("--idle", default="1000K")
    p.add_argument("--budgets", default=BUDGETS)
    p.add_argument("--dir")
    a = p.parse_args()
    with tempfile.TemporaryDirectory(prefix="comity-budget-") as scratch:
        http, told, idle = make(a, a.dir or scratch)
        forged = truth(told)
        print(f"http --bytes {a.bytes}: {len(forged)} forged frames")
        curve(a, [http], http, forged)
        print(f"\nthe same behind {a.idle} idle flows")
        curve(a, [idle, http], http, forged)


if __name__ == "__main__":
    main()
