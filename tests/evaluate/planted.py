"""Made captures of floods, scans, crowds and look-alikes: what was planted, and what is said of it.

Each line of PLANTED is run for every episode of its scenario that fits and with each seed.  Truth is
the generator's story: what, to or from whom, when.  A finding is about a planted thing if it
names its target (of a scan its source) and lies in its time.
"""
import collections
import os
import subprocess

import rates
from captures import episodes, place
from said import inspect
from traffic import FIRM, read_story

# variant, scenario, arguments, episodes it is not for, seeds
PLANTED = [
    ("as it is", "flood", "", (), 3),
    ("small", "flood", "--packets 3000 --rate-pps 1000", (), 2),
    ("short", "flood", "--packets 2000 --rate-pps 4000", (), 2),
    ("weak", "flood", "--packets 6000 --rate-pps 250", (), 2),
    ("large", "flood", "--packets 200K --rate-pps 50K", ("slowloris", "dhcp"), 1),
    ("begun before", "flood", "--begin-inside", (), 2),
    ("nobody else", "flood", "--no-background", (), 1),
    ("over IPv6", "flood", "--ip 6", (), 1),
    ("as it is", "scan", "", (), 3),
    ("small", "scan", "--packets 120", (), 2),
    ("large", "scan", "--packets 20K", ("slow",), 1),
    ("begun before", "scan", "--begin-inside", (), 2),
    ("over IPv6", "scan", "--ip 6", (), 1),
    ("as it is", "crowd", "", (), 3),
    ("small", "crowd", "--packets 3000", (), 2),
    ("large", "crowd", "--packets 200K", (), 1),
    ("begun before", "crowd", "--begin-inside", (), 2),
    ("over IPv6", "crowd", "--ip 6", (), 1),
]
# No flood and no scan in it; forged packets in some.
OTHERS = [("inject-many --only script", 3), ("inject-many --only redirect", 3), ("inject-many --only library", 3),
          ("inject-many --only portal", 3), ("inject-many --only cdn", 3), ("inject-probe", 2), ("inject-rate", 2),
          ("great-cannon", 1), ("sandvine", 1), ("race", 1), ("reset", 1), ("dns", 1), ("benign", 5), ("benign --ip 6", 5),
          ("mix --packets 20000", 2), ("mix-bench --packets 30K", 2)]
INJECT = ("inject-many --only script", "inject-many --only redirect", "inject-probe", "inject-rate", "great-cannon", "sandvine",
          "race", "reset", "dns", "mix")


class Item:
    """One thing that was planted."""

    def __init__(self, story):
        self.kind, self.verdict, self.name = story["kind"], story["verdict"], story["name"]
        self.target, self.source, self.host = story.get("target"), story.get("source"), story.get("host")
        self.start, self.end, self.packets = story.get("from"), story.get("to"), story.get("packets", 0)
        self.requests = story.get("requests")
        # What is sent again, or asked by who is still there, comes later.
        self.stopped = min(filter(None, (self.end, story.get("planned_to"))), default=None)

    def group(self):
        return self.verdict if self.verdict in FIRM else self.kind

    def about(self, x):
        """Is the finding about this?"""
        if self.start is None or x["from"] > self.end or x["to"] < self.start:
            return False
        if x["verdict"] == "scan" and x.get("source"):
            return self.source in (None, x["source"])
        if x["kind"] == "http-flood" and x.get("target") is None:
            return self.host is not None and x["http"]["name"] == self.host
        return x.get("target") in (self.target, None)

    def right(self, x):
        return x["kind"] == self.kind and x["verdict"] == self.verdict and self.about(x) and \
            (self.verdict == "scan" or self.kind == "lease-flood" or x.get("target") == self.target or self.host is not None)


class Run:
    """One made capture, and what was said of it and of its items."""

    def __init__(self, variant, line, items, said, alarms):
        self.variant, self.line, self.items, self.alarms = variant, line, items, alarms
        self.said, self.incidents, self.patterns = said.traffic, said.incidents, said.patterns

    def scenario(self):
        return self.line.split()[0]

    def injects(self):
        """Are there forged packets in it?"""
        return self.line.startswith(INJECT)

    def word(self, item):
        """What became of it: one of WORDS."""
        about = [x for x in self.said if item.about(x)]
        if any(item.right(x) for x in about):
            return "right"
        for verdict, word in (("flood", "flood"), ("scan", "scan"), ("surge", "surge")):
            if any(x["verdict"] == verdict for x in about):
                return word
        return "nothing"

    def wrong(self):
        """Floods and scans that were said and nobody planted."""
        return [x for x in self.said if x["verdict"] in FIRM and not any(i.right(x) for i in self.items)]

    def right(self):
        return [x for x in self.said if x["verdict"] in FIRM and any(i.right(x) for i in self.items)]


WORDS = ("right", "flood", "scan", "surge", "nothing")


def lines(generator):
    """(variant, command line) of all that is to be made."""
    known = episodes(generator)
    for variant, scenario, more, without, seeds in PLANTED:
        for episode in known.get(scenario, ()):
            if episode in without:
                continue
            for seed in range(1, seeds + 1):
                yield variant, " ".join(f"{scenario} --only {episode} {more} --seed {seed}".split())
    for scenario, seeds in OTHERS:
        if scenario.split()[0] in known:
            for seed in range(1, seeds + 1):
                yield "nothing of it", f"{scenario} --seed {seed}"


def all_of(comity, generator, folder, pool):
    """([Run], [(line, why it was left out)])"""
    made = list(pool.map(lambda x: (x, make(comity, generator, folder, *x)), list(lines(generator))))
    return [r for _, r in made if isinstance(r, Run)], [(x[1], r) for x, r in made if isinstance(r, str)]


def make(comity, generator, folder, variant, line):
    """A Run, or why there is none."""
    at = place(folder, line)
    argv = [generator, *line.split(), "--out", at + ".pcap"]
    if variant != "nothing of it":
        argv += ["--story", at + ".json"]
    run = subprocess.run(argv, capture_output=True, text=True, check=False)
    try:
        if run.returncode != 0:
            return run.stderr.strip()
        planted = read_story(at + ".json") if variant != "nothing of it" else []
        items = [Item(x) for x in planted if x.get("packets", 0) > 0 and x["verdict"] != "forged"]
        return Run(variant, line, items, inspect(comity, at + ".pcap"), rates.alarms_of_file(at + ".pcap"))
    finally:
        for end in (".pcap", ".json"):
            if os.path.exists(at + end):
                os.unlink(at + end)


# ---- counts ----

def confusion(runs):
    """{(group, kind): Counter of WORDS}"""
    out = collections.defaultdict(collections.Counter)
    for r in runs:
        for item in r.items:
            out[item.group(), item.name if item.group() not in FIRM else item.kind][r.word(item)] += 1
    return out


def by_kind(runs):
    """{kind: [found, planted, firm findings that are right, firm findings]}"""
    out = collections.defaultdict(lambda: [0, 0, 0, 0])
    for r in runs:
        for item in r.items:
            if item.verdict in FIRM:
                out[item.kind][0] += r.word(item) == "right"
                out[item.kind][1] += 1
        for x in r.right():
            out[x["kind"]][2] += 1
            out[x["kind"]][3] += 1
        for x in r.wrong():
            out[x["kind"]][3] += 1
    return out
