"""How often `inspect` is right on a capture whose truth is known.

A forged frame is *reported* if it, or the genuine frame it competes with, is named by an incident that is not explained
away: this is how others were scored, which say of a conflict only that it is there.  It is *called forged* if the
frame itself is named so, and *blamed* if it is that or the suspect of a forged or stack-break incident.  Precision is of
frames called forged, of frames blamed, and of flows in which any is reported.
"""
import collections
import json
import subprocess

BARE = ("rst", "rst-burst", "rst-single", "rst-then-data")  # carry no data: nothing of theirs conflicts with anything
RIVALS = ("fin", "late", "late_acked", "mid_same", "overlap", "race_first")  # conflict with a genuine one

SEVERE = ("forged", "stack-break")
COUNTS = ("all", "reported", "forged", "blamed")


def truth_of(path):
    """{forged frame: (class, twin or None, flow)}"""
    out = {}
    with open(path, encoding="utf-8") as f:
        for line in f:
            if not line[0].isdigit():
                continue
            frame, name, kind, flow, twin, _ = line.rstrip("\n").split("\t")
            if kind == "forged":
                out[int(frame)] = (name, int(twin) if twin.isdigit() else None, flow)
    return out


def flow_of(incident):
    """As the truth names it: IPv6 in brackets."""
    f = incident.get("flow", {})
    if "client_port" not in f or "server_port" not in f:
        return None
    client, server = (f"[{x}]" if ":" in x else x for x in (f["client"], f["server"]))
    return f"{client}:{f['client_port']}>{server}:{f['server_port']}"


class Said:
    def __init__(self):
        self.forged, self.blamed, self.reported, self.flows = set(), set(), set(), set()

    def add(self, i):
        if i.get("verdict") in (None, "explained"):
            return
        self.forged |= set(i["forged"])
        self.blamed |= set(i["forged"]) | (set(i["suspect"]) if i["verdict"] in SEVERE else set())
        self.reported |= set(i["forged"]) | set(i["genuine"]) | set(i["suspect"])
        if flow_of(i):
            self.flows.add(flow_of(i))


def said_of(comity, path):
    said = Said()
    with subprocess.Popen([comity, "inspect", "--json", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        for line in child.stdout:
            said.add(json.loads(line))
    return said


def look(comity, path, truth_path):
    truth, said = truth_of(truth_path), said_of(comity, path)
    classes = collections.defaultdict(lambda: dict.fromkeys(COUNTS, 0))
    cut = 0
    for frame, (name, twin, _) in truth.items():
        if twin is None and name in RIVALS:
            cut += 1  # the file ends before the genuine one comes: there is no conflict in it
            continue
        c = classes[name]
        c["all"] += 1
        c["reported"] += frame in said.reported or twin in said.reported
        c["forged"] += frame in said.forged
        c["blamed"] += frame in said.blamed
    data = [c for name, c in classes.items() if name not in BARE]
    bad = {flow for _, _, flow in truth.values()}
    return {
        "classes": dict(sorted(classes.items())),
        "data": {k: sum(c[k] for c in data) for k in COUNTS},
        "bare": {k: sum(c[k] for n, c in classes.items() if n in BARE) for k in COUNTS},
        "cut": cut, "called_forged": len(said.forged), "rightly": len(said.forged & set(truth)),
        "blamed": len(said.blamed), "blamed_rightly": len(said.blamed & set(truth)),
        "flows": len(said.flows), "flows_rightly": len(said.flows & bad),
    }
