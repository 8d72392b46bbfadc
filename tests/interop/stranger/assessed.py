"""Assessments (docs/formats.md 2.14, 3.3, section 4): rows from open cells, and results from rows.

The sums are those of docs/assessments.md section 3, for which tests/laws/assess/integers.py stands; what counts of rows that are
open in part is read here.
"""

import os
import sys

from cbor import Refused
from statement import matches, members, parse, text, list_of, between, boolean, one_of, digest
from table import OPEN

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "laws", "assess"))

import integers  # noqa: E402

COLUMNS = ("kind layer name text because value admits actor sort degree needs type group rho rho_because forge cost form source by view shown to "
           "repeats derived report weightless rests background cells rest").split()
ASIDE = {"text", "because", "admits", "actor", "sort", "degree", "needs", "cost", "by", "derived", "rho_because", "rests", "rest"}
LAYERS = ("machine", "operator", "organisation", "state", "beneficiary")
KINDS = ("state", "state-sponsored", "criminal", "company", "activist", "individual", "unknown")
DEGREES = ("prohibited", "prohibited-but-inadequate", "ignored", "encouraged", "shaped", "coordinated", "ordered",
           "rogue-conducted", "executed", "integrated")
RESTS = ("finding", "traffic", "chain", "seal", "disclosure", "assessment", "report")
MOST_ITEMS, MOST_CELLS, MOST_HYPOTHESES, MOST_GROUPS, MOST_RESULTS = 4096, 262144, 256, 1024, 4096
ONE, MILLION = 10**12, 10**6
CONTRADICTED, NOT, PARTLY, REPRODUCED, AS_SHOWN, FOREIGN = (
    "contradicted", "not redone", "partly reproduced", "reproduced", "reproduced as shown", "reproduced only on the sender's terms")

name = matches(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
pair = lambda first, second: lambda v: isinstance(v, list) and len(v) == 2 and first(v[0]) and second(v[1])


def span(most):
    number = between(1, most)
    return lambda v: isinstance(v, list) and len(v) == 2 and all(map(number, v)) and v[0] <= v[1]


def cell(v):
    return isinstance(v, list) and len(v) in (4, 5) and text(v[0]) and text(v[1]) and span(ONE)(v[2:4]) and all(map(text, v[4:]))


def share(v):
    return isinstance(v, list) and len(v) == 4 and text(v[0]) and all(map(between(0, ONE), v[1:]))


ROWS = {    # what must be there, and what may
    "assessment": ({"value": lambda v: v == 1}, {"name": text, "text": text, "by": text}),
    "class": ({"name": matches("F[0-4]"), "value": between(1, MILLION - 1)}, {"because": text, "admits": span(MILLION - 1)}),
    "hypothesis": ({"layer": one_of(LAYERS), "name": text, "value": between(1, ONE)},
                   {"text": text, "because": text, "admits": span(ONE), "actor": text, "sort": one_of(KINDS), "degree": one_of(DEGREES),
                    "needs": lambda v: v == [] or pair(one_of(LAYERS), text)(v)}),
    "without": ({"layer": one_of(LAYERS), "cells": pair(text, text)}, {"because": text}),
    "item": ({"name": name, "group": name, "rho": between(0, MILLION), "forge": matches("F[0-4]")},
             {"rho_because": text, "text": text, "because": text, "type": text, "cost": matches("D[0-4]"), "form": list_of(matches("C[1-8]"), 0, 8),
              "source": matches("[A-G][1-6]"), "by": text, "view": one_of(("public", "shared", "panel", "own")),
              "shown": list_of(text, 0, 64), "repeats": text, "derived": list_of(text, 0, 64), "report": boolean,
              "weightless": boolean, "rests": list_of(pair(one_of(RESTS), digest), 1, 64), "background": between(1, ONE),
              "cells": list_of(cell)}),
    "result": ({"layer": one_of(LAYERS), "view": one_of(("public", "shared", "panel", "all")), "value": between(0, MOST_ITEMS),
                "cells": list_of(share, 0, MOST_HYPOTHESES)}, {"to": text}),
}


class Weighed(integers.Weighed):
    """Groups are settled in the rows."""

    def group(self, item):
        return item["group"]


class Assessed:
    """An assessment/v1 and the open rows {number: [Cell or None]} of its seal."""

    def __init__(self, statement, columns, rows):
        self.statement = statement
        self.fits = [column for column, _ in columns] == COLUMNS
        self.open = {}
        if self.fits:
            self.open = {n: cells for n, cells in sorted(rows.items()) if all(
                name in ASIDE or one is not None and one.state == OPEN for name, one in zip(COLUMNS, cells))}
        frame, items = statement["frame"], statement["items"]
        self.frame_open = sum(n < frame for n in self.open)
        self.items_open = sum(frame <= n < frame + items for n in self.open)
        self.results_open = len(self.open) - self.frame_open - self.items_open

    def facts(self):
        s = self.statement
        return {"statement": s.digest, "by": s["by"], "made": s["made"], "seal": s["seals"][0], "items": s["items"],
                "items_open": self.items_open, "results": s["results"], "results_open": self.results_open}

    def redo(self, seal):
        """(outcome, why)"""
        s = self.statement
        if s["detector"]["name"] != "comity-assess" or s["detector"]["version"] != 1:
            return FOREIGN, "another engine"
        if not self.fits:
            return NOT, "other columns"
        if s["frame"] + s["items"] + s["results"] != seal["rows"]:
            return NOT, "other rows than its seal has"
        if self.frame_open < s["frame"]:
            return NOT, "its frame is not all open"
        try:
            self.read()
        except Refused as why:
            return NOT, str(why)
        found = [self.result(row) for row in self.rows if row["kind"] == "result"]
        if CONTRADICTED in found:
            return CONTRADICTED, "another number in a result"
        if REPRODUCED not in found:
            return NOT, "no open result of which all items are open"
        if NOT in found:
            return PARTLY, "items of some views stay shut"
        return (REPRODUCED if self.items_open == s["items"] else AS_SHOWN), "%d results" % len(found)

    # ---- rows ----

    def read(self):
        s = self.statement
        self.rows = []
        for n, cells in self.open.items():
            line = b",".join(b'"%s":%s' % (name.encode(), one.value) for name, one in zip(COLUMNS[:-1], cells)
                             if one is not None and one.value)
            row = parse(b"{" + line + b"}")
            of = ROWS.get(row.get("kind"))
            if of is None:
                raise Refused("row %d is of no kind" % n)
            if not members({**of[0], "kind": text}, of[1])({k: v for k, v in row.items() if k in of[0] or k in of[1] or k == "kind"}):
                raise Refused("row %d: a member of another shape" % n)
            rests = cells[COLUMNS.index("rests")]
            if row["kind"] == "item" and rests is not None and rests.state == OPEN and "rests" not in row:
                raise Refused("row %d: an item without a statement behind it" % n)
            want = "frame" if n < s["frame"] else "item" if n < s["frame"] + s["items"] else "result"
            if want != (row["kind"] if row["kind"] in ("item", "result") else "frame"):
                raise Refused("rows of other kinds than are counted")
            self.rows.append(row)
        self.check_frame()
        self.check_items()
        self.check_results()

    def check_frame(self):
        of = lambda kind: [row for row in self.rows if row["kind"] == kind]
        if len(of("assessment")) != 1 or sorted(row["name"] for row in of("class")) != ["F0", "F1", "F2", "F3", "F4"]:
            raise Refused("not one frame")
        self.layer = {}
        for row in of("hypothesis"):
            there = self.layer.setdefault(row["layer"], [])
            by, mark, blamed = row["name"].partition(">")
            plain = [h for h in there if ">" not in h]
            if row["name"] in there or (by not in plain or blamed not in plain or by == blamed or blamed == "other" if mark else not name(by)):
                raise Refused("a hypothesis twice, or a deceiver without its sides")
            there.append(row["name"])
        if not self.layer or any("other" not in there for there in self.layer.values()):
            raise Refused("a layer without `other'")
        for layer in self.layer:
            if not 999 * ONE <= 1000 * sum(row["value"] for row in of("hypothesis") if row["layer"] == layer) <= 1001 * ONE:
                raise Refused("priors that do not sum to 1")
        for row in of("hypothesis"):
            if row.get("needs"):
                layer, needed = row["needs"]
                if LAYERS.index(layer) >= LAYERS.index(row["layer"]) or needed not in self.layer.get(layer, []):
                    raise Refused("needs of what is not there")
        if any(one not in self.layer.get(row["layer"], []) for row in of("without") for one in row["cells"]):
            raise Refused("without what is not there")
        if sum(map(len, self.layer.values())) > MOST_HYPOTHESES:
            raise Refused("too many hypotheses")

    def check_items(self):
        items = [row for row in self.rows if row["kind"] == "item"]
        by_name = {row["name"]: row for row in items}
        if len(by_name) != len(items) or len(items) > MOST_ITEMS or len(items) * sum(map(len, self.layer.values())) > MOST_CELLS:
            raise Refused("an item twice, or too many")
        first, rho = {}, {}
        for row in items:
            row.setdefault("form", []), row.setdefault("cells", []), row.setdefault("shown", []), row.setdefault("type", "")
            row.setdefault("view", "own")
            row["cells"] = [one[:4] for one in row["cells"]]
            places = [tuple(one[:2]) for one in row["cells"]]
            if rho.setdefault(row["group"], row["rho"]) != row["rho"] or len(rho) > MOST_GROUPS or len(set(places)) != len(places) or any(
                    ">" in h or h not in self.layer.get(layer, []) for layer, h in places):
                raise Refused("a group with two values of rho, too many groups, or cells of nobody")
            original = row.get("repeats")
            if original is not None and original not in by_name:
                row["repeats"] = first.setdefault(original, row["name"])
                if row["repeats"] == row["name"]:
                    del row["repeats"]
        for row in items:
            seen = set()
            while row.get("repeats"):
                if row["name"] in seen:
                    raise Refused("copies of each other")
                seen.add(row["name"])
                row = by_name[row["repeats"]]
        self.items = items

    def check_results(self):
        seen = [(row["layer"], row["view"], row.get("to")) for row in self.rows if row["kind"] == "result"]
        if len(set(seen)) != len(seen) or len(seen) > MOST_RESULTS:
            raise Refused("a result twice, or too many")

    # ---- results ----

    def result(self, row):
        view = row["view"]
        if view == "shared":
            there = [i for i in self.items if i["view"] == "public" or i["view"] == "shared" and (
                row["to"] in i["shown"] if "to" in row else i["shown"])]
        else:
            there = [i for i in self.items if view == "all" or i["view"] == "public" or view == "panel" and i["view"] != "own"]
        if row["layer"] not in self.layer:
            return CONTRADICTED
        shut = self.statement["items"] - self.items_open
        if row["value"] != len(there):
            return NOT if len(there) < row["value"] <= len(there) + shut else CONTRADICTED
        weighed = Weighed(self.rows, row["layer"], [i["name"] for i in there], view)
        middle, ends = weighed.middle(), weighed.ends()
        return REPRODUCED if row["cells"] == [[h, ends[h][0], middle[h], ends[h][1]] for h in middle] else CONTRADICTED
