#!/usr/bin/env python3
"""Every flood, scan and crowd of comity-gen through inspect, against its story; and real captures for what they are.

usage: floods.py COMITY COMITY-GEN CAPTURES

Planted floods and scans are named once, as what they are: kind, verdict, target, port, service, source, when and how
many.  Crowds are no flood, look-alikes nothing, and nothing else is said of anybody; twice the same, though tables have
another seed in each run.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

KINDS = ("syn-flood", "volume-flood", "reflection", "amplification", "fragment-flood", "http-flood", "lease-flood",
         "syn-scan", "connect-scan", "udp-scan")
VARIANTS = (("", ()), ("seed 2", ("--seed", "2")), ("seed 3", ("--seed", "3")), ("begun inside", ("--begin-inside",)),
            ("by itself", ("--no-background",)))
SLOWER = {"flood": ("--packets", "24000", "--rate-pps", "1500")}
FASTER = {"ack": ("--packets", "90000", "--rate-pps", "6000")}  # on a busy site few ACKs are nothing
OWN_PACE = ("http", "http-bots", "slowloris", "dhcp")
# Told besides: the first pieces, which have no ports, are volume of no protocol.
ALSO = {"fragments-tiny": "volume-flood"}
# Not told: without a time before, connections that never ask may be a habit, and datagrams of all lengths to one port
# a service of which one direction was captured; one probe is no scan.
NOT_TOLD = {("flood", "udp", "by itself"), ("flood", "slowloris", "begun inside"), ("flood", "slowloris", "by itself"),
            ("scan", "slow", "begun inside")}
REAL = {"StopDDoS__pkt.TCP.synflood.spoofed.pcap": ("syn-flood", "flood"),
        "StopDDoS__amp.TCP.reflection.SYNACK.pcap": ("reflection", "flood"),
        "StopDDoS__amp.UDP.isakmp.pcap": ("amplification", "flood"), "ntop__synscan.pcap": ("syn-scan", "scan"),
        "zeek__dhcp_flood.pcap": ("lease-flood", "flood")}


def ns(text):
    h, m, s, frac = re.search(r"T(\d\d):(\d\d):(\d\d)\.(\d+)Z", text).groups()
    return (int(h) * 3600 + int(m) * 60 + int(s)) * 10**9 + int(frac.ljust(9, "0"))


def episodes(gen):
    said = subprocess.run([gen, "list"], capture_output=True, text=True, check=True).stdout
    rows = [line.split("\t") for line in said.splitlines()]
    return [(row[0], row[1]) for row in rows if row[0] in ("flood", "crowd", "scan") and row[1]]


def told(text):
    return [f for f in map(json.loads, text.splitlines()) if f.get("kind") in KINDS]


def wrong_with(p, found):
    """What is wrong with how a planted thing is told; None: nothing."""
    mine = [f for f in found if f["kind"] == p["kind"] and f["verdict"] == p["verdict"]]
    if len(mine) != 1:
        return f"{p['kind']} told {len(mine)} times"
    f = mine[0]
    for key in ("target", "port", "service", "source"):
        want = p.get(key)
        if want is not None and f.get(key) not in (want, None, 0):
            return f"{key} {f[key]}, not {want}"
        if want is not None and f.get(key) in (None, 0) and not (p["kind"] == "lease-flood" and key == "target"):
            return f"no {key}, though it is {want}"
    if not (ns(f["from"]) <= ns(p["to"]) and ns(f["to"]) >= ns(p["from"])):
        return f"from {f['from']} to {f['to']}, not {p['from']} to {p['to']}"
    least, most = bounds(p)
    if not least * p["packets"] <= f["packets"] <= most * p["packets"] + 30:
        return f"{f['packets']} packets of {p['packets']}"
    return None


def bounds(p):
    """How many of the packets are told.  Requests are fewer than packets; of answers in pieces those with a head count."""
    if p["kind"] == "http-flood":
        return 0.05, 1
    if p["kind"] == "amplification":
        return 0.3, 1.05
    return 0.8, 1.1


def judge(story, found):
    wrong, names = [], []
    for p in story["planted"]:
        if p["verdict"] in ("flood", "scan") and p["packets"] > 0:
            names.append(p["kind"])
            wrong.append(wrong_with(p, found))
    calm = all(p["kind"] == "look-alike" for p in story["planted"])
    for f in found:
        if f["verdict"] == "surge" and not calm:
            continue
        if f["kind"] not in names:
            wrong.append(f"and {f['kind']} ({f['verdict']}) is told")
    return "; ".join(w for w in wrong if w)


def piped(comity, command):
    made = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    got = subprocess.run([comity, "inspect", "--json", "-"], stdin=made.stdout, capture_output=True, text=True, check=False)
    made.stdout.close()
    return made.wait(), got


def one(comity, gen, folder, scenario, name, variant):
    label, options = variant
    where = os.path.join(folder, f"{scenario}-{name}-{label.replace(' ', '')}.json")
    slower = () if name in OWN_PACE else FASTER.get(name, SLOWER.get(scenario, ()))
    command = [gen, scenario, "--only", name, "--story", where, *slower, *options]
    code, got = piped(comity, command)
    if code != 0:
        return None
    with open(where, encoding="utf-8") as f:
        story = json.load(f)
    for p in story["planted"]:
        p["verdict"] = "not told" if (scenario, name, label) in NOT_TOLD else p["verdict"]
    wrong = judge(story, [f for f in told(got.stdout) if f["kind"] != ALSO.get(name)]) if got.returncode in (0, 1) else f"exit {got.returncode}: {got.stderr[:100]}"
    if not label and piped(comity, command)[1].stdout != got.stdout:
        wrong = f"{wrong}; another run says something else"
    what = f"{scenario} {name}{', ' + label if label else ''}"
    return f"FAIL {what}: {wrong}" if wrong else f"ok {what}"


def real(comity, captures):
    for name, (kind, verdict) in REAL.items():
        path = os.path.join(captures, name)
        if not os.path.exists(path):
            yield f"skip {name}: not there"
            continue
        got = subprocess.run([comity, "inspect", "--json", path], capture_output=True, text=True, check=False)
        found = [(f["kind"], f["verdict"]) for f in told(got.stdout) if f["verdict"] in ("flood", "scan")]
        yield f"ok {name}" if found == [(kind, verdict)] else f"FAIL {name}: {found}"


def main():
    comity, gen, captures = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        tasks = [pool.submit(one, comity, gen, folder, *episode, variant) for episode in episodes(gen) for variant in VARIANTS]
        for done in tasks:
            if done.result():
                print(done.result(), flush=True)
    for line in real(comity, captures):
        print(line)


if __name__ == "__main__":
    main()
