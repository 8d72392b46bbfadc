#!/usr/bin/env python3
"""How fast, in how much memory and how rightly, beside tools people know: ours and theirs in turn, on the same file.

usage: run.py [--size small|full] [--runs N] [--write docs/performance.md] [--long] [...]

Inputs are made by the generator in a folder outside the repository and removed again (kept with --dir).  Every command
is run in pairs with `tcpdump -n -r F -w /dev/null` on the same file: other, tcpdump, other, tcpdump...; a ratio is the
median of the pairs' ratios.  Before that it runs once to warm up, while its memory is looked at.  Nothing is gated on
time.  --save keeps what was measured as JSON, --from makes the tables and plots of it again.
"""
import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time

import assessments
import inputs
import kernels
import limits
import logs
import measure
import peers
import quality
import report
import scale
import shape

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PARTS = ("speed", "limits", "quality", "kernels", "shape", "scale", "pipe", "log", "assess")
SIGSUM = (("dpkg-query", "-W", "-f", "${Package} ${Version}", "sigsum-go"),)  # its witness says no version


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def first_line(command):
    try:
        got = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return None
    words = (got.stdout + got.stderr).strip().splitlines()
    return words[0].strip() if words else None


def machine(a, tools=(("tcpdump", "--version"), ("tshark", "--version"), ("openssl", "version"), ("nfpcapd", "-V"),
                      ("ndpiReader", "--version"))):
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        cpu = next((line.split(":", 1)[1].strip() for line in f if line.startswith("model name")), "?")
    with open("/proc/meminfo", encoding="utf-8") as f:
        mem = int(f.readline().split()[1]) / 1048576
    commit = first_line(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"]) or "?"
    versions = [first_line(c) for c in tools if shutil.which(c[0])]
    return (f"Machine: {os.cpu_count()} CPUs ({cpu}), {mem:.0f} GiB, {platform.system()} "
            f"{'.'.join(platform.release().split('.')[:2])}. Comity at commit {'; '.join([commit, *(v for v in versions if v)])}. "
            f"`run.py --size {a.size} --runs {a.runs}`, load before: {os.getloadavg()[0]:.2f}.")


def measured(a, commands, path, got):
    """Rows of those commands that work."""
    size, packets = os.path.getsize(path), inputs.packets_of(path)
    limit = limits.of_file(a.benches, path)["walk-touch"]["seconds"]
    rows = []
    for c in peers.there(commands):
        try:
            row = measure.in_turn(c, peers.tcpdump(path), a.runs, size, packets)
        except measure.Failed as e:
            got["failed"].append(f"{c.name} ({e})")
            say(f"  {c.name}: {e}")
            continue
        rows.append({**row, "read_limit_s": limit})
        say(f"  {c.name}: {row['wall_s']:.3f} s")
    return rows


def speed(a, kind):
    path, _ = inputs.get(a, kind)
    say(kind)
    got = {"bytes": os.path.getsize(path), "packets": inputs.packets_of(path), "command": inputs.command_line(kind, a.size),
           "limits": limits.of_file(a.benches, path), "failed": []}
    ours = peers.ours(a.comity, path, a.scratch, investigate=not a.no_seal)
    theirs = peers.debian(path, a.scratch) + peers.elsewhere(path, a.scratch)
    got["rows"] = measured(a, [peers.tcpdump(path), *ours, *(c for c in theirs if "on" not in c.about)], path, got)
    if a.no_slow:
        got["slow"] = []
        return got
    path, _ = inputs.get(a, kind, "slow")
    slow = peers.debian(path, a.scratch) + peers.elsewhere(path, a.scratch)
    got["slow"] = measured(a, [c for c in slow if "on" in c.about], path, got)
    return got


def few_packets(a, name, http, mix):
    """For counting and for bench_seal, which go through every instruction or through memory several times."""
    out = {}
    for kind, args in (("http", ["http-bench", "--rate", "1790", "--packets", http]), ("mix", ["mix-bench", "--packets", mix])):
        path, _ = inputs.make(a, args, f"{kind}-{name}")
        out[kind] = (path, inputs.packets_of(path))
    return out


def all_of(a):
    found = {"machine": machine(a)}
    kinds = a.inputs.split(",")
    if "limits" in a.parts:
        say("limits")
        found["limits"] = limits.machine(a.benches)
    if "speed" in a.parts:
        found["inputs"] = {kind: speed(a, kind) for kind in kinds}
    elif "limits" in a.parts:
        found.pop("limits")  # they stand beside the inputs'
    if "quality" in a.parts:
        say("quality")
        found["quality"] = {kind: quality.look(a.comity, *inputs.get(a, kind)) for kind in ("http", "mix")}
    if "shape" in a.parts:
        say("shape")
        found["shape"] = {kind: shape.numbers(*inputs.get(a, kind)) for kind in ("http", "mix")}
    if "kernels" in a.parts:
        say("kernels")
        found["kernels"] = kernels.all_of(a.comity, a.benches, few_packets(a, "little", "40K", "80K"), few_packets(a, "tiny", "4K", "8K"),
                                          a.scratch)
    if "scale" in a.parts:
        say("scale")
        found["scale"] = scale.all_of(a)
    if "pipe" in a.parts:
        say("pipe")
        found["pipe"] = scale.pipe(a, scale.PIPE["long" if a.long else a.size])
    if "log" in a.parts:
        found["log"] = {"machine": machine(a, SIGSUM if shutil.which("sigsum-witness") else ()), **logs.all_of(a)}
    if "assess" in a.parts:
        say("assess")
        found["assess"] = {"machine": machine(a, (("node", "--version"),)), **assessments.all_of(a)}
    return found


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--comity", default=os.path.join(ROOT, "build", "comity"))
    p.add_argument("--generator", default=os.path.join(ROOT, "build", "comity-gen"))
    p.add_argument("--benches", default=os.path.join(ROOT, "build", "release", "tests", "bench"))
    p.add_argument("--size", choices=("small", "full"), default="small")
    p.add_argument("--runs", type=int, default=3)
    p.add_argument("--inputs", default=",".join(inputs.KINDS))
    p.add_argument("--parts", default=",".join(PARTS), help="of " + ", ".join(PARTS))
    p.add_argument("--long", action="store_true", help="50 GB through the pipe; a log of 10^8 entries, which takes 20 GB of the disk")
    p.add_argument("--no-seal", action="store_true", help="no investigate and no verify")
    p.add_argument("--no-slow", action="store_true", help="nothing that is measured on a smaller file")
    p.add_argument("--dir", help="where the inputs are, or are made and kept; on whose disk the log is measured")
    p.add_argument("--save", metavar="FILE", help="what was measured, as JSON")
    p.add_argument("--from", dest="saved", metavar="FILE", help="measure nothing: take what was saved")
    p.add_argument("--write", metavar="FILE", help="put tables into this document, plots into the folder of its name")
    a = p.parse_args()
    a.parts = a.parts.split(",")
    for word in set(a.parts) - set(PARTS):
        p.error(f"no such part: {word}")
    a.comity, a.generator, a.benches = (os.path.abspath(x) for x in (a.comity, a.generator, a.benches))
    return a


def found_of(a):
    if a.saved:
        with open(a.saved, encoding="utf-8") as f:
            return json.load(f)
    a.scratch = os.path.abspath(a.dir) if a.dir else tempfile.mkdtemp(prefix="comity-bench-")
    os.makedirs(a.scratch, exist_ok=True)
    begin = time.monotonic()
    try:
        found = all_of(a)
    finally:
        if not a.dir:
            shutil.rmtree(a.scratch, ignore_errors=True)
    say(f"measured in {(time.monotonic() - begin) / 60:.1f} minutes")
    return found


def main():
    a = arguments()
    found = found_of(a)
    if a.save:
        with open(a.save, "w", encoding="utf-8") as f:
            json.dump(found, f, indent=1)
            f.write("\n")
    for lines in report.blocks(found).values():
        print("\n".join(lines))
    if a.write:
        report.write(a.write, found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
