#!/usr/bin/env python3
"""What it costs to compare two captures: seconds and memory, by the number of bytes.

usage: vantage.py COMITY COMITY-GEN [--bytes 200M,400M,...] [--dir FOLDER]

Makes a capture of web traffic (`comity-gen http-bench`) and what the server's side has of it (tests/scenario/vantage.py, 3 hops
and 7 us away, with one packet in a thousand not captured), and runs `comity compare`.  Prints a line for each size:

  MB         of both files together; each is read twice
  seconds    on the clock; of the processor
  MiB        at the peak
  holes      packets that B's capture is found to lack, and is said to
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TWIN = os.path.join(HERE, "..", "scenario", "vantage.py")


def run(comity, a, b):
    begun = time.monotonic()
    p = subprocess.Popen([comity, "compare", "--json", a, b], stdout=subprocess.PIPE)
    text = p.stdout.read()
    _, status, used = os.wait4(p.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit("compare failed")
    # The confined child is the one that works; its peak is in what its parent has waited for.
    return time.monotonic() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, json.loads(text.splitlines()[-1])


def main():
    p = argparse.ArgumentParser()
    p.add_argument("comity")
    p.add_argument("generator")
    p.add_argument("--bytes", default="100M,200M,400M")
    p.add_argument("--dir")
    o = p.parse_args()
    with tempfile.TemporaryDirectory(dir=o.dir) as folder:
        a, b = os.path.join(folder, "a.pcap"), os.path.join(folder, "b.pcap")
        print(f"{'MB':>8} {'seconds':>8} {'cpu':>8} {'MiB':>6} {'both':>10} {'holes':>7}")
        for size in o.bytes.split(","):
            subprocess.run([o.generator, "http-bench", "--bytes", size, "--out", a], check=True)
            subprocess.run([sys.executable, TWIN, a, b, "--skew", "3250000123", "--way", "7000", "--hops", "3", "--loss", "1"],
                           check=True, stdout=subprocess.DEVNULL)
            wall, cpu, peak, said = run(o.comity, a, b)
            mb = (os.path.getsize(a) + os.path.getsize(b)) / 1e6
            both = said["a_to_b"]["both"] + said["b_to_a"]["both"]
            print(f"{mb:8.0f} {wall:8.2f} {cpu:8.2f} {peak:6.0f} {both:10} {said['holes']['b']:7}")


if __name__ == "__main__":
    main()
