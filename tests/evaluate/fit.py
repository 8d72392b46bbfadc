"""What the captures say of the weights: how often each cue fires on forged directions and on others.

A direction is one side of a connection, or a name server's answers to one port.  It counts for a
cue if it has what the cue speaks of: data, a reset, a SYN-ACK, a DNS answer.  Forged: the
direction holds a packet known to be forged, and the cue fires on such a packet.  Others: those
of flows without any, and it fires on any packet.

Directions of one injector, or of one sender in one capture, are no independent observations: the
interval is that of so many as would tell as much if those of one source were all one and the same
(share.effective).  Bits: log2 of how many times likelier the cue is on forged ones.
"""
import collections
import math
import os
import re
import subprocess

from share import effective, wilson

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GROUPS = {"rst": "resets", "synack": "synacks", "dns": "answers"}
UNITS = {"data": "data", "resets": "rst", "synacks": "synack", "answers": "dns"}


def group_of(cue):
    return GROUPS.get(cue.split("-")[0], "data")


class Direction:
    def __init__(self, sender):
        self.sender, self.has = sender, collections.Counter()


class Marks:
    """What cues_tool says of a capture."""

    def __init__(self, tool, path):
        self.directions, self.packets, self.marks, self.status, self.without = {}, {}, [], {}, []
        run = subprocess.run([tool, path], capture_output=True, text=True, check=True)
        for line in run.stdout.splitlines():
            getattr(self, "take_" + line[0])(line.split("\t")[1:])

    def take_D(self, w):
        d = self.directions.setdefault((w[0], w[1]), Direction(w[2]))
        for name, n in zip(("data", "resets", "synacks", "answers"), w[3:7]):
            d.has[name] += int(n)

    def take_P(self, w):
        self.packets[int(w[2])] = ((w[0], w[1]), w[3])

    def take_M(self, w):
        self.marks.append(((w[0], w[1]), int(w[2]), w[3], w[4], int(w[5])))

    def take_S(self, w):
        self.status[int(w[0])] = w[1]

    def take_A(self, w):
        self.without.append((w[0], int(w[1]), int(w[2]), w[3]))


class Count:
    """k of n, with the sources that n are from."""

    def __init__(self):
        self.k, self.n, self.by_source, self.firing = 0, 0, collections.Counter(), set()

    def add(self, source, fired):
        self.n += 1
        self.k += fired
        self.by_source[source] += 1
        if fired:
            self.firing.add(source)

    def worth(self):
        return effective(self.by_source.values())

    def interval(self):
        n = self.worth()
        return wilson(self.k / self.n * n if self.n else 0, n)

    def text(self):
        return f"{self.k:,} of {self.n:,}" if self.n else "-"

    def sources(self):
        return f"{len(self.firing)} of {len(self.by_source)}"


class Table:
    """By cue, over many captures."""

    def __init__(self, cues):
        self.cues = cues
        self.forged = {c: Count() for c in cues}
        self.others = {c: Count() for c in cues}

    def add(self, capture, marks):
        """Of an ambiguous capture nothing is counted; of a flood, where addresses are borrowed, nothing benign."""
        if capture.undetermined:
            return
        units = collections.defaultdict(set)  # direction with forged packets -> their kinds
        for frame in capture.forged:
            if frame in marks.packets:
                direction, kind = marks.packets[frame]
                units[direction].add(kind)
        bad_flows = {flow for flow, _ in units}
        fired, on_forged = collections.defaultdict(set), collections.defaultdict(set)
        for direction, frame, kind, cue, _ in marks.marks:
            if kind == UNITS[group_of(cue)] or (kind == "other" and group_of(cue) == "data"):
                fired[direction].add(cue)
                if frame in capture.forged:
                    on_forged[direction].add(cue)
        for direction, d in marks.directions.items():
            for cue in self.cues:
                group = group_of(cue)
                if UNITS[group] in units.get(direction, ()):
                    self.forged[cue].add(capture.source, cue in on_forged[direction])
                elif direction[0] not in bad_flows and d.has[group] > 0 and capture.kind not in ("FLOOD", "SCAN"):
                    self.others[cue].add((capture.name, d.sender), cue in fired[direction])


# ---- what it comes to ----

OLDER = re.compile(r"^([0-9,]+) of (13,810|10,969) benign directions")


class Fitted:
    """Bits, with the interval; an end is None where nothing bounds it."""

    def __init__(self, forged, others, older=None):
        f, o = forged.interval(), others.interval()
        self.middle = ratio((forged.k + 0.5) / (forged.n + 1), (others.k + 0.5) / (others.n + 1))
        self.low, self.high = ratio(f[0], o[1]), ratio(f[1], o[0])
        self.older = ratio((forged.k + 0.5) / (forged.n + 1), older) if older else None

    def text(self):
        low = "?" if self.low is None else f"{self.low:.1f}"
        return f"{self.middle:.1f} ({low} to {'?' if self.high is None else f'{self.high:.1f}'})"


def ratio(a, b):
    return math.log2(a / b) if a > 0 and b > 0 else None


def older_rate(base_rate):
    """Of the larger collection that the weights came from, which is no longer at hand."""
    m = OLDER.match(base_rate)
    return (int(m[1].replace(",", "")) + 0.5) / (int(m[2].replace(",", "")) + 1) if m else None


def fitted(forged, others, base_rate):
    """None: nothing to count, or never seen on a forged packet."""
    if forged.n == 0 or others.n == 0 or forged.k == 0:
        return None
    return Fitted(forged, others, older_rate(base_rate))


def verdict(weight, fit, forged):
    """Supported: the cue speaks the way it is weighed, and the weight is not out of reach."""
    if forged.n == 0:
        return "no such packet is known to be forged here"
    if fit is None:
        return "never seen on a forged packet here"
    if weight is None:
        return "has no weight of its own"
    if fit.high is not None and fit.high < weight:
        return "**contradicts**: too heavy"
    return "supported" if fit.low is not None and fit.low > 0 else "too few to tell"


def weights():
    """{cue: its first weight}, in the words of docs/detection.md."""
    with open(os.path.join(ROOT, "docs", "detection.md"), encoding="utf-8") as f:
        rows = re.findall(r"^\| `([a-z0-9-]+)` \| ([^|]+) \|", f.read(), re.M)
    out = {}
    for cue, text in rows:
        m = re.match(r"-?\d+", text.strip())
        out[cue] = int(m[0]) if m else None
    return out


def kinds(tool):
    run = subprocess.run([tool, "--kinds"], capture_output=True, text=True, check=True)
    return dict(line.split("\t") for line in run.stdout.splitlines())
