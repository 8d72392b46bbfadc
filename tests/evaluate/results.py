"""One capture looked at by everybody, and what of it was an alarm."""
import fnmatch
import os

import fit
import packets
import rates
import systems
import traffic
from captures import tsv
from said import SEVERE, inspect

HERE = os.path.dirname(os.path.abspath(__file__))


class Result:
    """`quick`: what comity says only."""

    def __init__(self, capture, comity):
        self.capture, self.said = capture, inspect(comity, capture.path)
        self.sha256, self.flows, self.where, self.alarms, self.marks = None, set(), {}, {}, None

    def fill(self, tool, there):
        self.sha256 = self.capture.sha256()
        seen = packets.read(self.capture.path)
        self.limit = rates.alarms_of_packets(seen)
        self.where = {p.frame: p.key() for p in seen}
        self.flows = packets.counted_flows(seen) | {key for key, _ in self.forged_flows()}
        self.alarms = systems.all_of(self.capture.path, seen, self.said, there)
        self.marks = fit.Marks(tool, self.capture.path)
        self.packets = len(seen)
        return self

    def forged_flows(self):
        """{(flow, type)}; of a capture whose truth is a matter of frames that compete, the flow all the same."""
        return {(self.where[f], kind) for f, kind in self.capture.forged.items() if f in self.where}

    def truth(self):
        c = self.capture
        return set(c.frames) | set(c.forged) | {t for t in c.twin.values() if t is not None}

    def raised(self):
        """(detector, frames) of each alarm that is not about a packet known to be forged."""
        truth, undetermined = self.truth(), self.capture.undetermined
        for x in self.said.incidents:
            if x["verdict"] == "explained":
                continue
            named = set(x["forged"]) | set(x["suspect"])
            severe = x["verdict"] in SEVERE
            innocent = named - truth if severe else named if not named & truth else set()
            if undetermined and not self.capture.real:
                continue
            if undetermined or innocent:
                yield f"{x['verdict']} {x['type']}", sorted(named if undetermined else innocent)
        for x in traffic.judge(self.capture, self.said)[2]:
            yield f"{x['kind']}:{x['verdict']}", []
        if not self.capture.must:
            for x in self.said.traffic:
                if x["verdict"] == "surge":
                    yield f"{x['kind']}:surge", []


class Explained:
    """The table of explanations, and which of them were wanted."""

    def __init__(self):
        self.rows = tsv(os.path.join(HERE, "explained.tsv"))
        self.used = set()

    def why(self, capture, detector, frames):
        text = ",".join(map(str, frames))
        for i, row in enumerate(self.rows):
            if (fnmatch.fnmatchcase(capture.name, row["capture"].replace("[", "[[]")) and row["detector"] == detector
                    and row["frames"] in ("*", text)):
                self.used.add(i)
                return row["why"]
        return None

    def unused(self, names):
        return [row for i, row in enumerate(self.rows) if i not in self.used and row["capture"] in names]


class Missed:
    """The table of what was planted and is not named, or named and not planted."""

    def __init__(self):
        self.rows = tsv(os.path.join(HERE, "missed.tsv"))
        self.used = set()

    def find(self, run, episode, said):
        for i, row in enumerate(self.rows):
            if (row["scenario"], row["said"]) == (run.scenario(), said) and row["made"] in (run.variant, "*") and \
                    row["episode"] in (episode, "*"):
                self.used.add(i)
                return row["why"]
        return None

    def missed(self, run, item):
        return self.find(run, item.name, "-")

    def wrong(self, run, said):
        return self.find(run, run.line.partition("--only ")[2].split()[0] if "--only" in run.line else "-", said["kind"])

    def unused(self):
        return [row for i, row in enumerate(self.rows) if i not in self.used]
