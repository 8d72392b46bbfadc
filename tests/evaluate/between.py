"""`comity compare` held against the generator's story of two vantages."""
import collections
import json
import os
import subprocess

from captures import place
from said import SEVERE, inspect, marked

SEEDS = 6
VARIANTS = ["", "--skew -300 --drift 20000", "--skew 86400000", "--background 20"]
TRUTHS = ("born", "suppressed", "rewritten", "lost", "unseen", "passed")
WORDS = ("born", "suppressed", "rewritten", "lost", "unseen", "nothing")
ACCUSE = ("born", "suppressed", "rewritten")  # right only if it is said; of the others, what accuses nobody
HARMLESS = ("lost", "unseen", "nothing")


class Pair:
    """Two captures, what happened in between, and what is said of it."""

    def __init__(self, line, story, lines, innocent=()):
        self.line, self.story, self.innocent = line, story, list(innocent)
        self.found = [x for x in lines if x["type"] == "finding"]
        self.clock = next(x["clock"] for x in lines if x["type"] == "comparison")

    def said_of(self, event):
        """The words of the findings that hold the event's frame at A, or at B."""
        return {x["what"] for x in self.found
                if event["frame_a"] in x["frames"]["a"] or (event["frame_a"] == 0 and event["frame_b"] in x["frames"]["b"])}

    def word(self, event):
        said = self.said_of(event)
        if event["what"] in said:
            return event["what"]
        return next((w for w in WORDS if w in said), "nothing")

    def confusion(self):
        """{(truth, word): events}"""
        return collections.Counter((e["what"], self.word(e)) for e in self.story["events"])

    def wrong(self):
        """(word, frames at A and B) of findings that name a packet of which the story says no such thing."""
        for x in self.found:
            of = {e[k] for e in self.story["events"] if e["what"] == x["what"] for k in ("frame_a",)} - {0}
            at_b = {e["frame_b"] for e in self.story["events"] if e["what"] == x["what"]} - {0}
            innocent = [f for f in x["frames"]["a"] if f not in of], [f for f in x["frames"]["b"] if f not in at_b]
            named_by_a = any(f in of for f in x["frames"]["a"])
            if innocent[0] or (innocent[1] and not named_by_a):
                yield x["what"], innocent, x["why"]

    def clock_holds(self):
        """Does the offset lie where it is said to?"""
        at = self.story["skew_ns"]
        drifted = abs(self.story["drift_ppb"]) * 120  # two minutes
        return self.clock["how"] != "unknown" and \
            self.clock["least_ns"] - drifted <= at <= self.clock["most_ns"] + drifted


def run(comity, generator, folder):
    """A Pair for each variant and seed."""
    for more in VARIANTS:
        for seed in range(1, SEEDS + 1):
            line = " ".join(f"vantage {more} --seed {seed}".split())
            yield one(comity, generator, folder, line)


def accused(comity, capture, truth):
    """Packets of one of the two that `inspect` accuses and nobody forged."""
    forged = {frame for frame, m in marked(truth).items() if m[1] == "forged"}
    return {f for x in inspect(comity, capture).incidents if x["verdict"] in SEVERE for f in x["forged"] + x["suspect"]} - forged


def one(comity, generator, folder, line):
    at = place(folder, line)
    a, b, story, truth = at + "-a.pcapng", at + "-b.pcapng", at + ".json", (at + "-a.tsv", at + "-b.tsv")
    try:
        subprocess.run([generator, *line.split(), "--out", a, "--out-b", b, "--story", story, "--truth", truth[0],
                        "--truth-b", truth[1]], check=True)
        done = subprocess.run([comity, "compare", "--json", a, b], capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1):
            raise RuntimeError(f"compare: exit {done.returncode}: {done.stderr[:200]}")
        with open(story, encoding="utf-8") as f:
            told = json.load(f)["vantage"]
        innocent = [f for capture, t in zip((a, b), truth) for f in accused(comity, capture, t)]
        return Pair(line, told, [json.loads(x) for x in done.stdout.splitlines()], innocent)
    finally:
        for path in (a, b, story, *truth):
            if os.path.exists(path):
                os.unlink(path)
