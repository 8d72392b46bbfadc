#!/usr/bin/env python3
"""What it costs that a charter is asked for every cell: `comity disclose --dry-run` of all packets of a capture, headers and
addresses, and once more with payload, in a case without a charter and in one with the charter of tests/scenario/parties.py.

usage: governed.py COMITY COMITY-GEN [PACKETS]

Both are run in turn, three times; printed are the least processor seconds of each, the ratio, and the peak memory.
"""
import os
import resource
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "scenario"))
sys.dont_write_bytecode = True

from parties import Lab  # noqa: E402

RUNS = 3


def run(party, *arguments):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with subprocess.Popen([party.lab.comity, *arguments], cwd=party.folder, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as p:
        _, status, usage = os.wait4(p.pid, 0)
        p.returncode = os.waitstatus_to_exitcode(status)
    if p.returncode != 0:
        sys.exit(f"{' '.join(arguments)}: exit {p.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, usage.ru_maxrss / 1024


def measure(party, columns, *under):
    return run(party, "disclose", "--exhibit", "1", "--rows", "all", "--columns", columns, "--dry-run", *under)


def main(comity, gen, packets="300000"):
    under = ("--to", "B", "--purpose", "attribution")
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "free"))
        os.mkdir(os.path.join(folder, "team"))
        free = Lab(comity, gen, os.path.join(folder, "free"), names="A")["A"]
        lab = Lab(comity, gen, os.path.join(folder, "team"))
        team = lab["A"]
        lab.agree()
        free.do("mix", "--packets", packets, "--out", "a.pcap", program=free.lab.gen)
        shutil.copy(free.path("a.pcap"), team.path("a.pcap"))
        for party in (free, team):
            party.do("seal", "a.pcap")
        team.do("mark", "victim", "198.51.100.0/24")
        team.do("mark", "victim", "www.victim.example")
        for columns in ("headers,src,dst", "headers,src,dst,payload"):
            got = [(measure(free, columns), measure(team, columns, *under)) for _ in range(RUNS)]
            plain, asked = (min(one[i][0] for one in got) for i in (0, 1))
            peak = [max(one[i][1] for one in got) for i in (0, 1)]
            print(f"{columns}, {packets} packets: without a charter {plain:.2f} s, {peak[0]:.0f} MiB; "
                  f"asked for every cell {asked:.2f} s, {peak[1]:.0f} MiB; x {asked / plain:.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
