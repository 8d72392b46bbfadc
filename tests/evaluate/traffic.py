"""Floods, surges and scans: objects with a `kind` in what `comity inspect --json` prints.

The words are those of src/traffic/traffic.h.  A capture's truth is what must be named and what
must not (traffic-truth.tsv); of made ones the generator's story, see planted.py.
"""
import json

FIRM = ("flood", "scan")  # a surge is not yet an accusation


def read_story(path):
    """Each object of the story that says what was planted."""
    with open(path, encoding="utf-8") as f:
        return json.load(f)["planted"]


def holds(token, kind, verdict):
    want, _, how = token.partition(":")
    return kind == want and (verdict == how if how else verdict in FIRM)


def judge(capture, said):
    """(kinds that must be and are, that must be and are not, objects that may not be)"""
    must_not = capture.must_not or ([] if capture.must else ["*"])
    pairs = [(x["kind"], x["verdict"]) for x in said.traffic]
    named = [m for m in capture.must if any(holds(t, *p) for t in m.split("/") for p in pairs)]
    wanted = {t.partition(":")[0] for m in capture.must for t in m.split("/")}
    wrong = [x for x in said.traffic
             if ("*" in must_not and x["kind"] not in wanted and x["verdict"] in FIRM)
             or any(holds(t, x["kind"], x["verdict"]) for t in must_not)]
    return named, [m for m in capture.must if m not in named], wrong


def words(said):
    counts = {}
    for x in said.traffic:
        key = f"{x['kind']} ({x['verdict']})"
        counts[key] = counts.get(key, 0) + 1
    return ", ".join(k if n == 1 else f"{n} {k}" for k, n in sorted(counts.items())) or "nothing"
