#!/usr/bin/env python3
"""How often the detectors are right, by class, over generated captures.

usage: score.py COMITY COMITY-GEN [--law] [--seeds N] [SCENARIO ARGUMENTS...]

Without arguments: every attack and every trap, --seeds of each (default 10).
A forged frame counts as found if it is called forged, as suspected if it is only
a suspect of a forged or stack-break incident, as conflict if it is named by an
undecidable one.  Innocent: frames called forged or suspect (not undecidable)
that are not forged.

--law: fails if a frame that is not forged is called forged, or a forged one genuine.
Without scenario arguments it looks at small captures of those scenarios in which
forged and genuine segments come close together.
"""
import collections
import os
import subprocess
import sys
import tempfile

from said import SEVERE, inspect, marked as truth

DEFAULT = ["great-cannon --connections 40 --rate 15000", "sandvine", "race", "race --ip 6", "mimic", "reset", "dns",
           "dns --ip 6", "hijack", "benign", "benign --ip 6", "mix --packets 20000"]

LAW = ["http --bytes 6M --rate 20000", "http --bytes 6M", "http-bench --bytes 6M --rate 20000", "mix --packets 4000",
       "mix-bench --packets 30K", "great-cannon --connections 20 --rate 30000",
       "race", "sandvine", "hijack", "reset", "dns"]


def one(comity, gen, args, score, folder):
    out, told = f"{folder}/x.pcap", f"{folder}/t"
    subprocess.run([gen, *args, "--out", out, "--truth", told], check=True)
    marked = {n: m[0] for n, m in truth(told).items()}
    forged = {n: m[0] for n, m in truth(told).items() if m[1] == "forged"}
    named = collections.defaultdict(set)
    for i in inspect(comity, out).incidents:
        severe = i["verdict"] in SEVERE
        named["forged"] |= set(i["forged"])
        named["suspect" if severe else i["verdict"]] |= set(i["suspect"]) | (set() if severe else set(i["genuine"]))
        score["law"]["genuine called forged"] += len(set(i["forged"]) - set(forged))
        score["law"]["forged called genuine"] += len(set(i["genuine"]) & set(forged))
        for n in sorted((set(i["forged"]) - set(forged)) | (set(i["genuine"]) & set(forged))):
            print(f"frame {n} ({marked.get(n, 'unmarked')}) is {'genuine' if n in i['genuine'] else 'forged'}: {' '.join(args)}")
        innocent = (set(i["forged"]) | (set(i["suspect"]) if severe else set())) - set(forged)
        for n in sorted(innocent):
            key = marked.get(n, "unmarked")
            score[key]["innocent " + i["verdict"]] += 1
            score[key]["where"] = f"{' '.join(args)} frame {n}"
    for n, name in forged.items():
        score[name]["all"] += 1
        word = next((w for w in ("forged", "suspect", "undecidable", "explained") if n in named[w]), "missed")
        score[name][word] += 1
        if word == "missed":
            score[name]["where"] = f"{' '.join(args)} frame {n}"


def main():
    argv = sys.argv[1:]
    seeds = 10
    law = "--law" in argv
    if law:
        argv.remove("--law")
    if "--seeds" in argv:
        at = argv.index("--seeds")
        seeds = int(argv[at + 1])
        del argv[at:at + 2]
    if len(argv) < 2:
        sys.exit(__doc__)
    lines = [" ".join(argv[2:])] if len(argv) > 2 else LAW if law else DEFAULT
    score = collections.defaultdict(collections.Counter)
    with tempfile.TemporaryDirectory() as folder:
        for line in lines:
            for seed in range(1, seeds + 1):
                one(os.path.abspath(argv[0]), argv[1], [*line.split(), "--seed", str(seed)], score, folder)
    broken = sum(score.pop("law", {}).values())
    print(f"{'class':24} {'all':>6} {'forged':>7} {'suspect':>8} {'conflict':>9} {'explained':>10} {'missed':>7}  innocent")
    for name in sorted(score):
        c = score[name]
        wrong = ", ".join(f"{v} {k.split()[1]}" for k, v in c.items() if k.startswith("innocent"))
        print(f"{name:24} {c['all']:6} {c['forged']:7} {c['suspect']:8} {c['undecidable']:9} {c['explained']:10} "
              f"{c['missed']:7}  {wrong}{'  e.g. ' + c['where'] if c['where'] else ''}")
    return 1 if law and broken else 0


if __name__ == "__main__":
    sys.exit(main())
