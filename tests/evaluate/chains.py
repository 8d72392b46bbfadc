"""The chain from script to flood, and what repeated requests tell of an injector, held against the
generator's stories.

A chain is right if it names the host the script aims at, and every frame it calls a script is one; where no
script was injected (--rate 0), or the two captures are of other runs, none may be told of a flood.
"""
import json
import os
import subprocess

from captures import place
from said import inspect_lines, marked

CHAINS = [("chain", 3), ("chain --skew 1234 --drift 20000", 2), ("chain --clients 200", 2), ("chain --rate 500", 2),
          ("chain --rate 0", 2), ("chain --skew 86400000", 1)]
PROBES = [("inject-probe", 5), ("inject-probe --connections 60", 2), ("inject-probe --rate 5000", 3)]
RATES = [("inject-rate", 5), ("inject-rate --rate 5000", 3)]


def story_of(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def remove(paths):
    for path in paths:
        if os.path.exists(path):
            os.unlink(path)


class Chain:
    """One run of both captures and the log, and the chains that are told."""

    def __init__(self, line, story, truth, lines):
        self.line, self.story = line, story
        self.told = [x for x in lines if "chain" in x]
        self.floods = [x for x in lines if x.get("kind") == "http-flood" and x.get("verdict") == "flood"]
        self.scripts = {f for f, m in truth.items() if m[1] == "forged"}

    def injected(self):
        return self.story["injected"] - self.story["burst_lost"]

    def right(self):
        """Those that are tied to a flood and name the victim, of which every script is forged."""
        hosts = {t.split("//")[-1].split("/")[0] for t in self.story["targets"]}
        return [x for x in self.told if x["floods"] and x["chain"] in hosts and set(x["script_frames"]) <= self.scripts]

    def wrong(self):
        right = self.right()
        return [x for x in self.told if x["floods"] and x not in right]

    def clocks(self):
        """(held, all) of those floods whose clock is told."""
        spans = [f["clock"] for x in self.right() for f in x["floods"] if f["clock"]["how"] != "unknown"]
        slack = abs(self.story["drift_ppb"]) * 200
        held = [c["least_ns"] - slack <= self.story["skew_ns"] <= c["most_ns"] + slack for c in spans]
        return sum(held), len(held)

    def table(self):
        """What the first right chain says, and the story, of who had the script and who asked."""
        s = self.story
        truth = s["with_script_in_flood"], s["with_script_not_in_flood"], s["without_script_in_flood"], s["without_script_not_in_flood"]
        t = self.right()[0]["table"] if self.right() else None
        return t and (t["script_asked"], t["script_not"], t["none_asked"], t["none_not"]), truth


def chain(comity, generator, folder, line):
    at = place(folder, line)
    b, v, log, story, truth = (at + end for end in ("-b.pcapng", "-v.pcapng", ".log", ".json", ".tsv"))
    try:
        subprocess.run([generator, *line.split(), "--bystander", b, "--victim", v, "--log", log, "--story", story,
                        "--truth", truth], check=True)
        return Chain(line, story_of(story)["chain"], marked(truth), inspect_lines(comity, b, v, log))
    finally:
        remove((b, v, log, story, truth))


def across_of(comity, generator, folder, line):
    """(story, the object of what several flows show)"""
    at = place(folder, line)
    out, story = at + ".pcap", at + ".json"
    try:
        subprocess.run([generator, *line.split(), "--out", out, "--story", story], check=True)
        return story_of(story), next((x for x in inspect_lines(comity, out) if "probes" in x), None)
    finally:
        remove((out, story))


def probe(comity, generator, folder, line):
    """(hops that are right, hops, exact place of the injector or None)"""
    story, said = across_of(comity, generator, folder, line)
    truth = story["probe"]
    by_ttl = {t["ttl"]: t for t in truth["by_ttl"]}
    found = said["probes"][0] if said and said["probes"] else {"steps": [], "first_forged": None, "last_without": None}
    right = sum(s["asked"] == by_ttl[s["ttl"]]["sent"] and s["forged"] == by_ttl[s["ttl"]]["injected"]
                for s in found["steps"] if s["ttl"] in by_ttl)
    first = min((t["ttl"] for t in truth["by_ttl"] if t["injected"]), default=None)
    return right, len(by_ttl), found["first_forged"] == first, first == truth["injector_hop"]


def rate(comity, generator, folder, line):
    """Is the share of the server that of the story, and is `later ones are spared` noticed?"""
    story, said = across_of(comity, generator, folder, line)
    groups = story["rate"]["groups"]
    k, n = sum(g["injected"] for g in groups), sum(g["connections"] for g in groups)
    server = next((x["share"] for x in (said or {}).get("rates", []) if x["of"] == "server"), {"k": None, "n": None})
    before = [t for t in (said or {}).get("tables", []) if t["a"]["what"].startswith("requests of a client up to")]
    return (server["k"], server["n"]), (k, n), any(t["p_exponent_milli"] >= 2000 for t in before)
