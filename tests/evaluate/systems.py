"""Who says what of a capture: comity, tools from Debian, and two baselines done here.

Each gives the flows it raises an alarm for, and, where it tells which packet is forged, those
frames.  Of a tool that names other frames than the forged ones (most name the genuine one, which
came later) only the flow is taken: that favours them.
"""
import glob
import os
import re
import shutil
import subprocess
import tempfile

from packets import key_of

HERE = os.path.dirname(os.path.abspath(__file__))
RACE_NS = 0.2  # seconds between the two of a race
FINDJECT_CACHE = 10000
STREAM_RULES = "/etc/suricata/rules/stream-events.rules"
OVERLAP_SID = 2210050


class Alarms:
    def __init__(self, flows=(), frames=None):
        self.flows, self.frames = set(flows), frames  # frames None: does not say which


def of_flags(packets, wanted):
    return Alarms(p.key() for p in packets if wanted(p))


# ---- comity ----

def comity_levels(said, packets):
    """Called forged; that or a stack break; anything that is not explained."""
    where = {p.frame: p.key() for p in packets}

    def alarms(verdicts, sets, also=None):
        named = {f for x in said.incidents if x["verdict"] in verdicts for s in sets for f in x[s]}
        frames = {f for x in said.incidents if x["verdict"] in (also or verdicts) for f in x["forged"]}
        return Alarms((where[f] for f in named if f in where), frames)

    return {
        "comity, forged": alarms(("forged",), ("forged",)),
        "comity, forged or stack break": alarms(("forged", "stack-break"), ("forged", "suspect")),
        "comity, any but explained": alarms(("forged", "stack-break", "undecidable"), ("forged", "suspect", "genuine")),
    }


# ---- baselines ----

def common(a, b):
    n = min(len(a), len(b))
    return n, a[:n] == b[:n]


def findject(packets, path):
    """Of findject.py: one cache of 10,000 segments, port 80, IPv4, pcap only; same ends and sequence number, other
    bytes, and one of TTL, flags and length differs.  Written from its description, not its source."""
    if path.endswith(".pcapng"):
        return Alarms()
    cache, flows = {}, set()
    for p in packets:
        if p.proto != "tcp" or p.version != 4 or 80 not in (p.sport, p.dport) or not p.payload:
            continue
        key = (p.src, p.sport, p.dst, p.dport, p.seq)
        old = cache.get(key)
        if old is None:
            if len(cache) >= FINDJECT_CACHE:
                cache.pop(next(iter(cache)))
            cache[key] = p
        elif (old.ttl, old.flags, old.ip_len) != (p.ttl, p.flags, p.ip_len) and not common(old.payload, p.payload)[1]:
            flows.add(p.key())
    return Alarms(flows)


def farther(a, b, others, of):
    """Which of the two is farther from the mean of the others; None: neither."""
    if not others:
        return None
    mean = sum(of(o) for o in others) / len(others)
    da, db = abs(of(a) - mean), abs(of(b) - mean)
    return None if da == db else a if da > db else b


def race_forged(a, b, others):
    """Identification and TTL each name the one farther from the others' mean; if they disagree or are silent, the one
    that came first."""
    others = [o for o in others if o is not a and o is not b]
    by_id = farther(a, b, others, lambda p: p.ipid) if a.version == 4 else None
    by_ttl = farther(a, b, others, lambda p: p.ttl)
    named = {p.frame: p for p in (by_id, by_ttl) if p is not None}
    return next(iter(named.values())) if len(named) == 1 else a


def nakibly(packets):
    """R7, our reading of Nakibly et al., USENIX Security 2016: a race is two segments of one direction with one sequence
    number and other payload (in the length both have) within 200 ms."""
    by_direction, seen = {}, {}
    flows, frames = set(), set()
    for p in packets:
        if p.proto == "tcp":
            by_direction.setdefault(p.direction(), []).append(p)
    for p in packets:
        if p.proto != "tcp" or not p.payload:
            continue
        slot = seen.setdefault((p.direction(), p.seq), [])
        for old in slot[-8:]:
            if p.time - old.time < RACE_NS and not common(old.payload, p.payload)[1]:
                flows.add(p.key())
                frames.add(race_forged(old, p, by_direction[p.direction()]).frame)
        slot.append(p)
    return Alarms(flows, frames)


# ---- tools from Debian ----

def fast_log(path, rules):
    with tempfile.TemporaryDirectory() as logs:
        subprocess.run(["suricata", "-r", path, "-l", logs, "-S", rules, "-k", "none", "--runmode", "single"],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        alerts = os.path.join(logs, "fast.log")
        if not os.path.exists(alerts):
            return []
        with open(alerts, encoding="utf-8", errors="replace") as f:
            return f.read().splitlines()


def suricata(path):
    """One run with its own stream-events.rules; the one rule about overlaps is told apart."""
    form = re.compile(r"\[1:(\d+):\d+\].*\{(TCP)\} (\S+):(\d+) -> (\S+):(\d+)$")
    hits = [(int(m[1]), key_of("tcp", m[3], m[4], m[5], m[6])) for m in map(form.search, fast_log(path, STREAM_RULES)) if m]
    return {"Suricata, overlap with other bytes": Alarms(k for sid, k in hits if sid == OVERLAP_SID),
            "Suricata, all stream events": Alarms(k for _, k in hits)}


def suricata_all(path):
    """How many alarms all rules that come with it raise, of floods or not."""
    if not os.path.exists(STREAM_RULES) or shutil.which("suricata") is None:
        return "not installed"
    with tempfile.NamedTemporaryFile("wb", suffix=".rules") as rules:
        for name in sorted(glob.glob(os.path.join(os.path.dirname(STREAM_RULES), "*.rules"))):
            with open(name, "rb") as f:
                rules.write(f.read() + b"\n")
        rules.flush()
        n = len(fast_log(path, rules.name))
    return f"{n:,} alarms, none about a flood or scan" if n else "silent"


def version(argv, pattern):
    if shutil.which(argv[0]) is None:
        return None
    run = subprocess.run(argv, capture_output=True, text=True, check=False)
    m = re.search(pattern, run.stdout + run.stderr)
    return m[1] if m else "of an unknown version"


def versions():
    return {"tshark": version(["tshark", "--version"], r"(\d+\.\d+\.\d+)"),
            "suricata": version(["suricata", "-V"], r"version (\S+)") if os.path.exists(STREAM_RULES) else None}


def all_of(path, packets, said, there):
    """{name of system: Alarms}, in the order of the document."""
    out = comity_levels(said, packets)
    out["tshark, repeated or out of order"] = of_flags(packets, lambda p: p.repeats)
    out["tshark, overlap with other bytes"] = of_flags(packets, lambda p: p.conflict)
    out["tshark, DNS answered again"] = of_flags(packets, lambda p: p.dns_again)
    if there.get("suricata"):
        out.update(suricata(path))
    out["findject's logic, done here"] = findject(packets, path)
    out["Nakibly et al., done here (R7)"] = nakibly(packets)
    return out
