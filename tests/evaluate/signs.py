"""How often the signs of floods and scans are there where there is no flood and no scan.

Of every host that got LEAST packets of a class, every source that tried LEAST targets, and every
name that was asked for LEAST times (tests/evaluate/signs_tool.c), in captures that hold neither flood nor scan.
"""
import collections
import subprocess

LEAST = {"target": 5, "source": 2, "name": 5}
# Asked for only when other signs are there: where they are not, it is not, either.
CONDITIONAL = {
    "more-than-usual": ("target:syn", "target:udp"), "amplified": ("target:service",), "one-client": ("target:leases",),
    "not-taken": ("target:leases",), "odd-flags": ("source:tcp",), "targets-many": ("source:tcp", "source:udp"),
}


class Row:
    """k of n have the sign; from how many captures n, and k, are."""

    def __init__(self):
        self.k, self.n, self.of, self.fired = 0, 0, collections.Counter(), set()

    def add(self, capture, held):
        self.n += 1
        self.k += held
        self.of[capture] += 1
        if held:
            self.fired.add(capture)


def is_quiet(capture):
    return not capture.must and capture.kind not in ("FLOOD", "SCAN")


def lines(tool, path):
    """{(what, who): [(sign, held)]} of those that are large enough to be counted."""
    run = subprocess.run([tool, path], capture_output=True, text=True, check=True)
    out = collections.defaultdict(list)
    for line in run.stdout.splitlines():
        what, who, events, sign, _, _, held = line.split("\t")
        if int(events) >= LEAST[what.partition(":")[0]]:
            out[what, who].append((sign, held == "1"))
    return out


def count(tool, captures):
    """{(group, sign): Row}"""
    rows = collections.defaultdict(Row)
    for c in captures:
        if not is_quiet(c):
            continue
        for (what, _), asked in lines(tool, c.path).items():
            asked = [(sign, held) for sign, held in asked if sign]
            asked += [(sign, False) for sign, where in CONDITIONAL.items()
                      if what in where and sign not in dict(asked)]
            for sign, held in asked:
                rows[what.partition(":")[0], sign].add(c.name, held)
    return rows


def kinds(tool):
    """[(sign, base rate in the program, groups)]: a sign that detectors of both share is one."""
    run = subprocess.run([tool, "--kinds"], capture_output=True, text=True, check=True)
    return [line.split("\t") for line in run.stdout.splitlines()]


def base_rate(rows, sign, group, captures):
    """In the words of src/traffic; `refused` is asked of sources, too."""
    row = rows.get((group, sign))
    if row is None:
        return f"not counted: no such {group} in {captures} captures"
    return f"{row.k} of {row.n} benign {group}s in {len(row.of)} {'capture' if len(row.of) == 1 else 'captures'}"


def quiet(captures):
    return sum(map(is_quiet, captures))


def drifted(tool, rows, captures):
    """Base rates of the program that are no longer what is counted."""
    for sign, said, group in kinds(tool):
        if said != base_rate(rows, sign, group, captures):
            yield f"base rate of {sign} ({group}): said {said!r}, counted {base_rate(rows, sign, group, captures)!r}"
