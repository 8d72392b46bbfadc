#!/usr/bin/env python3
"""What it costs to count: floods, scans and crowds through a pipe, a web server's log; seconds and memory.

usage: counted.py COMITY COMITY-GEN [--packets 5M] [--only NAME,...] [--log-lines 1000000]

Each scenario of the generator is written to a pipe that `comity inspect --json -` reads.  Prints a line for each:

  packets/s   packets over the time on the clock: of both programs, which run side by side
  cpu ns      of the processor, for each packet, of comity alone (two threads)
  MiB         own memory of comity and the process that reads for it, at the peak (looked at every 20 ms)
  named       what it called it

An hour at a million packets a second: `--packets 3600M --only syn`.
"""
import argparse
import collections
import json
import os
import subprocess
import sys
import tempfile
import time

import measure

SCENARIOS = {
    "syn": ["flood", "--only", "syn", "--no-background", "--rate-pps", "1000000"],
    "syn-ack": ["flood", "--only", "syn-ack", "--no-background", "--rate-pps", "1000000"],
    "udp": ["flood", "--only", "udp", "--no-background", "--rate-pps", "1000000"],
    "amp-dns": ["flood", "--only", "amp-dns", "--no-background", "--rate-pps", "1000000"],
    "fragments": ["flood", "--only", "fragments", "--no-background", "--rate-pps", "1000000"],
    "mix": ["mix-bench"],
    "flows": ["flows"],
}


def number(text):
    return int(text[:-1]) * {"K": 10**3, "M": 10**6, "G": 10**9}[text[-1]] if text[-1] in "KMG" else int(text)


def watch(child):
    """Its peak, in KiB, and what it used of the processor."""
    most = 0
    while True:
        pid, status, used = os.wait4(child.pid, os.WNOHANG)
        if pid != 0:
            return most, used.ru_utime + used.ru_stime, os.waitstatus_to_exitcode(status)
        most = max(most, measure.tree_kib(child.pid))
        time.sleep(0.02)


def run(comity, source, stdin):
    with tempfile.TemporaryFile() as out:
        begun = time.monotonic()
        child = subprocess.Popen([comity, "inspect", "--json", source], stdin=stdin, stdout=out)
        peak, cpu, code = watch(child)
        wall = time.monotonic() - begun
        out.seek(0)
        said = [json.loads(line) for line in out.read().splitlines()]
    if code not in (0, 1):
        sys.exit(f"comity ended with {code}")
    named = collections.Counter(f"{x['kind']} {x['verdict']}" for x in said if "kind" in x)
    return wall, cpu, peak / 1024, ", ".join(f"{n} x {k}" if n > 1 else k for k, n in sorted(named.items())) or "nothing"


def line(name, n, got):
    wall, cpu, peak, named = got
    print(f"{name:10} {n:12,} {wall:8.2f} {n / wall:12,.0f} {cpu / n * 1e9:8.0f} {peak:6.0f}  {named}", flush=True)


def flood(o, name):
    gen = subprocess.Popen([o.generator, *SCENARIOS[name], "--packets", o.packets, "--out", "-"], stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL)
    got = run(o.comity, "-", gen.stdout)
    gen.stdout.close()
    gen.wait()
    line(name, number(o.packets), got)


def log(o):
    """Ten pages of a log, again and again: what is parsed is all different lines, what is counted one crowd."""
    with tempfile.NamedTemporaryFile("w", suffix=".log") as f:
        for i in range(o.log_lines):
            s = i // 200
            f.write(f"198.51.{i % 100}.{i * 7 % 250} - - [18/Mar/2015:{s // 3600 % 24:02}:{s // 60 % 60:02}:{s % 60:02} +0000] "
                    f"\"GET /page/{i % 10}.html?id={i} HTTP/1.1\" 200 {i % 5000} \"http://news.example/{i % 50}\" \"Mozilla/5.0 (X11)\"\n")
        f.flush()
        size = os.path.getsize(f.name)
        got = run(o.comity, f.name, subprocess.DEVNULL)
    line("log", o.log_lines, got)
    print(f"           ({size / 1e6:.0f} MB: {size / 1e6 / got[0]:.0f} MB/s)")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("comity")
    p.add_argument("generator")
    p.add_argument("--packets", default="5M")
    p.add_argument("--only", default=",".join([*SCENARIOS, "log"]))
    p.add_argument("--log-lines", type=int, default=1000000)
    o = p.parse_args()
    print(f"{'':10} {'packets':>12} {'seconds':>8} {'packets/s':>12} {'cpu ns':>8} {'MiB':>6}  named")
    for name in o.only.split(","):
        if name == "log":
            log(o)
        else:
            flood(o, name)


if __name__ == "__main__":
    main()
