#!/usr/bin/env python3
"""A sender lies in an assessment, seals and signs that: contradicted, refused, not redone or foreign, in one clear line.

usage: lies_assessment.py COMITY COMITY-GEN

The program and a verifier that was written from the formats alone must say the same. With a build that checks memory
(COMITY_CHECK) that one is asked, too.
"""
import copy
import glob
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "interop", "stranger")]
sys.dont_write_bytecode = True

import assess_text  # noqa: E402
import assessed  # noqa: E402
import kinds  # noqa: E402
import liar  # noqa: E402
import maker  # noqa: E402
import table  # noqa: E402
import verify  # noqa: E402
import zipfmt  # noqa: E402
from parties import Lab, fail  # noqa: E402

FRAME, ITEMS, RESULTS = 11, 6, 5
SECONDS = 30        # that a lie may take
CONTRADICTED, NOT, PARTLY, REPRODUCED, AS_SHOWN, FOREIGN = (
    "contradicted", "not redone", "partly reproduced", "reproduced", "reproduced as shown", "reproduced only on the sender's terms")
REFUSED, MALFORMED = "REFUSED", "MALFORMED"
COLUMNS = [(one, None) for one in assessed.COLUMNS]
IN = ["assessment", *["class"] * 5]


def line(row):
    return row if isinstance(row, bytes) else json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


class Liar:
    def __init__(self, lab):
        a = lab["A"]
        self.a, self.folder = a, lab.folder
        self.party, self.other = maker.Party(lab.folder, "liar"), maker.Party(lab.folder, "other")
        with open(a.path("toy.assess"), "w", encoding="utf-8") as f:
            f.write(assess_text.text("22" * 32, "33" * 32))
        a.do("assess", "sign", "toy.assess")
        with open(glob.glob(a.path(".comity/exhibits/*.jsonl"))[0], "rb") as f:
            self.rows = [json.loads(one) for one in f.read().splitlines()]
        if [r["kind"] for r in self.rows[:6]] != IN:
            fail("rows in another order", self.rows)
        with open(a.path("known"), "w", encoding="utf-8") as out:
            for path in (self.party.signers, self.other.signers):
                with open(path, encoding="utf-8") as f:
                    out.write(f.read())

    def row(self, kind, name):
        """Number of a row: an item by its name, a result by its view."""
        return next(n for n, r in enumerate(self.rows) if r["kind"] == kind and name in (r.get("name"), r.get("view")))

    def seal(self, rows, columns=None, kind="records/1"):
        data = b"".join(line(r) + b"\n" for r in rows)
        columns = columns or COLUMNS
        cut = kinds.of(kind, columns).cut(data)
        return maker.seal(self.party, cut, data, kind, columns)

    def state(self, seal, said=None, party=None, subject=None):
        one = maker.Made(seal[0])
        predicate = {"seals": [one.digest], "detector": {"name": "comity-assess", "version": 1, "source": "00" * 32}, "evidence": "G1",
                     "frame": FRAME, "items": ITEMS, "results": RESULTS}
        if said:
            said(predicate)
        return (party or self.party).state("assessment/v1", subject or one.subject, predicate)

    def tell(self, rows=None, said=None, seal=None, choose=None, **how):
        """The dossier of one assessment with these rows."""
        seal = seal or self.seal(rows if rows is not None else self.rows, how.pop("columns", None), how.pop("kind", "records/1"))
        made, signature = self.state(seal, said, **how)
        return self.pack([seal], [(made, signature)], choose)

    def pack(self, seals, stated, choose=None):
        opened = [(*one, (lambda row, column: table.OPEN if choose is None or choose(row, column) else table.SHUT)) for one in seals]
        files = maker.disclose(self.party, opened)
        for n, (made, signature) in enumerate(stated, 1):
            files[f"assessment-{n}.json"], files[f"assessment-{n}.json.sig"] = made, signature
        return liar.relist(files, self.party.key, maker)

    def relist(self, data, change):
        """The same dossier, of which the disclosure says something else."""
        files = zipfmt.read(data)
        thing = json.loads(files["disclosure.json"])
        change(thing["predicate"], files)
        thing["predicate"]["files"] = [{"name": n, "bytes": len(d), "sha256": hashlib.sha256(d).hexdigest()}
                                       for n, d in sorted(files.items()) if not n.startswith("disclosure.")]
        files["disclosure.json"] = json.dumps(thing).encode()
        files["disclosure.json.sig"] = self.party.sign(files["disclosure.json"])
        return zipfmt.write(files)

    def ask(self, data, *options, program=None):
        with open(self.a.path("lie.dossier"), "wb") as f:
            f.write(data)
        return self.a.run("verify", "lie.dossier", "--signers", "known", *options, program=program)


# ---- what is made of the rows ----

def rows_with(of, number, **members):
    rows = copy.deepcopy(of.rows)
    for name, value in members.items():
        if value is None:
            rows[number].pop(name, None)
        else:
            rows[number][name] = value(rows[number].get(name)) if callable(value) else value
    return rows


def without(of, *numbers):
    return [r for n, r in enumerate(of.rows) if n not in numbers]


def swapped(of, x, y):
    rows = copy.deepcopy(of.rows)
    rows[x], rows[y] = rows[y], rows[x]
    return rows


def renamed(of, old, new):
    """A hypothesis by another name, wherever it stands."""
    whole = json.dumps(of.rows).replace(json.dumps(old), json.dumps(new))
    return json.loads(whole)


def cell(number, place, value):
    def change(cells):
        cells[number][place] = value(cells[number][place]) if callable(value) else value
        return cells
    return change


def counts(**members):
    return lambda p: p.update(members)


def raw(of, number, text):
    rows = list(of.rows)
    rows[number] = text
    return rows


def lies(of):
    """(what, dossier, outcome or verdict, words)"""
    item, result = lambda n: of.row("item", n), lambda v: of.row("result", v)
    one, two = item("forged-answer"), item("capture-itself")
    tell = of.tell
    up = lambda n: n + 1
    yield "the truth", tell(), REPRODUCED, "5 results computed again"
    # results
    for place, what in ((1, "lower end"), (2, "middle"), (3, "upper end")):
        yield f"one digit of a {what}", tell(rows_with(of, result("all"), cells=cell(0, place, up))), CONTRADICTED, "is not what its items give"
    yield "a digit of what only the panel is shown", tell(rows_with(of, result("panel"), cells=cell(1, 2, up))), CONTRADICTED, "the view panel"
    yield "a likelihood changed behind its results", tell(rows_with(of, one, cells=cell(0, 3, lambda n: n + 10**6))), CONTRADICTED, "is not what its items give"
    yield "a prior changed behind its results", tell(rows_with(of, 6, value=up)), CONTRADICTED, "is not what its items give"
    yield "a plantability changed", tell(rows_with(of, 1, value=lambda v: v - 1)), CONTRADICTED, "is not what its items give"
    yield "hypotheses in another order", tell(rows_with(of, result("all"), cells=lambda c: c[::-1])), CONTRADICTED, "is not what"
    yield "a hypothesis less in a result", tell(rows_with(of, result("all"), cells=lambda c: c[:-1])), CONTRADICTED, "is not what"
    yield "no numbers in a result", tell(rows_with(of, result("all"), cells=[])), CONTRADICTED, "is not what"
    yield "another's name in a result", tell(rows_with(of, result("all"), cells=cell(0, 0, "\x1b[2J<script>"))), CONTRADICTED, "is not what"
    yield "a result of a layer that is not used", tell(rows_with(of, result("all"), layer="machine")), CONTRADICTED, "layer machine"
    yield "a result of no layer", tell(rows_with(of, result("all"), layer="galaxy")), NOT, "layer"
    yield "a result of no view", tell(rows_with(of, result("all"), view="own")), NOT, "view"
    yield "a probability above 1", tell(rows_with(of, result("all"), cells=cell(0, 3, 10**12 + 1))), NOT, "row 22"
    yield "one result twice", tell(rows_with(of, result("panel"), view="all", value=6)), NOT, "a second time"
    yield "a result that counts an item less", tell(rows_with(of, result("all"), value=5)), CONTRADICTED, "counts 5 items"
    yield "a result that counts an item more", tell(rows_with(of, result("all"), value=7)), CONTRADICTED, "counts 7 items"
    shut = lambda row, column: row not in (item("canary-item-9"), item("canary-panel-7"))
    yield ("a public result that counts what is shut", tell(rows_with(of, result("public"), value=5), choose=shut), PARTLY, "stay shut")
    yield ("a public result that counts more than there is", tell(rows_with(of, result("public"), value=6), choose=shut), CONTRADICTED, "counts 6 items")
    yield "a result shared with controls", tell(rows_with(of, result("public"), view="shared", to="\x1b[2J\u202e<b>", value=3, cells=cell(0, 1, up))), \
        CONTRADICTED, "shared with"
    # counts
    yield "another sum of rows", tell(said=counts(items=ITEMS + 1)), NOT, "counts other rows than its seal has"
    yield "a frame of less rows", tell(said=counts(frame=FRAME - 1, items=ITEMS + 1)), NOT, "other kinds"
    yield "a frame of more rows", tell(said=counts(frame=FRAME + 1, items=ITEMS - 1)), NOT, "other kinds"
    yield "all rows are items", tell(said=counts(frame=0, items=FRAME + ITEMS + RESULTS, results=0)), NOT, "other kinds"
    yield "no results counted", tell(said=counts(items=ITEMS + RESULTS, results=0)), NOT, "other kinds"
    yield "more rows than can be", tell(said=counts(items=65537)), MALFORMED, "items"
    yield "an item in the frame", tell(swapped(of, one, 5)), NOT, ""
    yield "a class among the items", tell(swapped(of, item("newspaper"), 3)), NOT, ""
    yield "an item among the results", tell(swapped(of, item("canary-item-9"), result("all"))), NOT, "other kinds"
    # the statement
    yield "another version of the engine", tell(said=lambda p: p["detector"].update(version=2)), FOREIGN, "another engine"
    yield "another engine", tell(said=lambda p: p["detector"].update(name="<script>\x1b")), FOREIGN, "another engine"
    yield "no engine", tell(said=lambda p: p.pop("detector")), MALFORMED, "detector"
    yield "evidence of no type", tell(said=counts(evidence="7G")), MALFORMED, "evidence"
    yield "no rows of a kind", tell(said=lambda p: p.pop("frame")), MALFORMED, "frame"
    yield "a member more", tell(said=counts(more=1)), MALFORMED, "more"
    yield "two seals", tell(said=lambda p: p["seals"].append("11" * 32)), MALFORMED, "seals"
    yield "a seal of elsewhere", tell(said=counts(seals=["11" * 32])), REFUSED, "seal"
    yield "another subject", tell(subject=[{"name": "11" * 32, "digest": {"comity-seal": "22" * 32}}]), REFUSED, "subject"
    yield "the seal of a text", tell(columns=[("line", None)], kind="lines/1"), REFUSED, "no table of records"
    yield "signed by another", tell(party=of.other), REPRODUCED, "signed by other"
    yield "by another, in a third one's name", tell(party=of.other, said=counts(by="SHA256:" + "A" * 43)), REFUSED, ""
    # columns
    names = [c for c, _ in COLUMNS]
    for what, other in (("in another order", names[1::-1] + names[2:]), ("one less", names[:5] + names[6:]),
                        ("one more", [*names[:-1], "more", "rest"]), ("of others", ["a", "rest"])):
        yield "columns " + what, tell(columns=[(c, None) for c in other]), NOT, "other columns"
    # the frame
    yield "no title row", tell(without(of, 0), counts(frame=FRAME - 1)), NOT, "title"
    yield "a class less", tell(without(of, 3), counts(frame=FRAME - 1)), NOT, "classes"
    yield "a class twice", tell(rows_with(of, 3, name="F1")), NOT, "a second time"
    yield "two frames", tell(raw(of, 5, of.rows[0])), NOT, "a second one"
    yield "another version of rows", tell(rows_with(of, 0, value=2)), NOT, "version 2"
    yield "a deceiver without its sides", tell(without(of, 7), counts(frame=FRAME - 1)), NOT, "two sides"
    yield "a deceiver before its sides", tell(swapped(of, 6, 8)), NOT, "two sides"
    yield "a deceiver of itself", tell(rows_with(of, 8, name="A>A")), NOT, "two sides"
    yield "a deceiver of deceivers", tell(rows_with(of, 8, name="B>A>A")), NOT, "two sides"
    yield "nobody blamed", tell(swapped(of, 8, 9)[:9] + [dict(of.rows[8], name="A>other")] + of.rows[10:]), NOT, "two sides"
    yield "a layer without other", tell(renamed(of, "other", "rest")), NOT, "`other'"
    yield "priors that sum to more than 1", tell(rows_with(of, 7, value=lambda p: p + 10**10)), NOT, "sum to 1"
    yield "one hypothesis twice", tell(rows_with(of, 7, name="A")), NOT, "a second time"
    yield "a hypothesis of script", tell(renamed(of, "A", "<script>")), NOT, "two sides"
    yield "a hypothesis of controls", tell(renamed(of, "A", "A\x1b[2J\u202e")), NOT, "not a name"
    yield "a hypothesis without end", tell(renamed(of, "A", "A" * 65)), NOT, "not a name"
    yield "a layer that there is not", tell(rows_with(of, 6, layer="galaxy")), NOT, "layer"
    yield "a kind of row that there is not", tell(rows_with(of, 5, kind="\x1b[2J")), NOT, "kind"
    yield "a title of controls", tell(rows_with(of, 0, name="\x1b[2J\u202e</script><script>alert(1)")), REPRODUCED, "5 results"
    yield "a huge title", tell(rows_with(of, 0, name="x" * 200000)), REPRODUCED, "5 results"
    # items
    for what, value in (("0", 0), ("above 1", 10**12 + 1), ("a text", "1"), ("a half", 0.5), ("nothing", None), ("below 0", -1),
                        ("of 20 digits", 10**19), ("above its end", 999999999999)):
        rows = rows_with(of, one, cells=lambda c, value=value: [[*c[0][:2], value, *c[0][3:]], *c[1:]])
        yield "a likelihood that is " + what, tell(rows), NOT, "row 12" if what not in ("a half", "of 20 digits") else ""
    yield "a likelihood of a deceiver", tell(rows_with(of, one, cells=cell(0, 1, "B>A"))), NOT, "deceives"
    yield "a likelihood twice", tell(rows_with(of, one, cells=lambda c: [c[0], *c])), NOT, "two cells"
    yield "two items of one name", tell(rows_with(of, two, name="forged-answer")), NOT, "two items named"
    yield "an item of no name", tell(rows_with(of, two, name="a b\x1b")), NOT, "not a name"
    yield "a copy of itself", tell(rows_with(of, one, repeats="forged-answer")), NOT, "copies of each other"
    rows = rows_with(of, one, repeats="capture-itself")
    rows[two]["repeats"] = "forged-answer"
    yield "copies of each other", tell(rows), NOT, "copies of each other"
    yield "a group with two values of rho", tell(rows_with(of, one, rho=1, group=of.rows[one + 1]["group"])), NOT, "rho"
    yield "a forge class that there is not", tell(rows_with(of, one, forge="F5")), NOT, "forge"
    yield "a grade that there is not", tell(rows_with(of, one, source="H7")), NOT, "source"
    yield "a form that there is not", tell(rows_with(of, one, form=["C9"])), NOT, ""
    yield "a view that there is not", tell(rows_with(of, one, view="\x1b[2Jown\u202e" + "\u00e9" * 40)), NOT, "view"
    yield "a report in words", tell(rows_with(of, one, report="true")), NOT, "report"
    yield "derived from itself", tell(rows_with(of, one, derived=["forged-answer"], report=True)), REPRODUCED, "5 results"
    yield "it rests on nothing", tell(rows_with(of, one, rests=None)), NOT, "without a statement behind it"
    yield "it rests on an empty list", tell(rows_with(of, one, rests=[])), NOT, "without a statement behind it"
    yield "it rests on nothing that there is", tell(rows_with(of, one, rests=[["hope", "11" * 32]])), NOT, "rests"
    yield "it rests on no digest", tell(rows_with(of, one, rests=[["finding", "xx"]])), NOT, "rests"
    # lines
    yield "a row that is no JSON", tell(raw(of, one, b"<script>alert(1)</script>")), NOT, "row 12"
    yield "a row that is a list", tell(raw(of, one, b"[1]")), NOT, "row 12"
    yield "an empty row", tell(raw(of, one, b"")), NOT, "row 12"
    yield "a member twice within one", tell(raw(of, 6, line(of.rows[6])[:-1] + b',"needs":{"a":1,"a":2}}')), NOT, ""
    yield "a member twice, the first counts", tell(raw(of, one, line(of.rows[one])[:-1] + b',"name":"other"}')), REPRODUCED, ""
    yield "60 lists in each other", tell(raw(of, one, line(of.rows[one])[:-1] + b',"background":' + b"[" * 60 + b"]" * 60 + b"}")), NOT, ""
    yield "bytes that are no UTF-8", tell(raw(of, 0, line(of.rows[0]).replace(b"Who", b"\xff\xc3"))), NOT, ""
    yield "half a surrogate", tell(raw(of, 0, line(of.rows[0]).replace(b"Who", b"\\ud800"))), NOT, ""
    yield "a zero in a text", tell(raw(of, 0, line(of.rows[0]).replace(b"Who", b"\\u0000"))), NOT, ""
    yield "a cell with a row of its own", injected(of, one), REFUSED, "row 11"
    # many
    many = [dict(of.rows[one], name=f"n{n}") for n in range(5000)]
    yield "5,000 items", tell(of.rows[:FRAME] + many + of.rows[FRAME + ITEMS:], counts(items=5000)), NOT, "more than 4096 items"
    many = [{"kind": "hypothesis", "layer": "state", "name": f"h{n}", "value": 1} for n in range(253)]
    yield "257 hypotheses", tell(of.rows[:FRAME - 1] + many + of.rows[FRAME - 1:], counts(frame=FRAME + 253)), NOT, "more than 256 hypotheses"
    # files
    honest = tell()
    yield "not in the list", of.relist(honest, lambda p, f: p.pop("assessments")), REFUSED, "assessments"
    yield "another in the list", of.relist(honest, lambda p, f: p.update(assessments=["11" * 32])), REFUSED, "assessments"
    yield "an empty list", of.relist(honest, lambda p, f: p.update(assessments=[])), (REFUSED, MALFORMED), "assessments"
    yield "twice in the list", of.relist(honest, lambda p, f: p["assessments"].append(p["assessments"][0])), REFUSED, "assessments"
    yield "the file left out", of.relist(honest, lambda p, f: (f.pop("assessment-1.json"), f.pop("assessment-1.json.sig"))), REFUSED, "assessment"
    yield "the signature left out", of.relist(honest, lambda p, f: f.pop("assessment-1.json.sig")), (REFUSED, MALFORMED), "assessment-1"
    yield "number 2 without 1", of.relist(honest, lambda p, f: f.update({n.replace("-1", "-2"): f.pop(n) for n in list(f) if n.startswith("assessment")})), \
        REFUSED, "assessment"
    seal = of.seal(of.rows)
    yield "17 assessments", of.pack([seal], [of.state(seal) for _ in range(17)]), (REFUSED, MALFORMED), "16"
    yield "two of one seal", of.pack([seal], [of.state(seal), of.state(seal)]), REPRODUCED, ""
    yield "one twice", of.pack([seal], [of.state(seal)] * 2), REFUSED, ""
    earlier = of.state(seal, party=of.other)
    later = of.state(seal, counts(supersedes=hashlib.sha256(earlier[0]).hexdigest()))
    yield "in the place of another's", of.pack([seal], [earlier, later]), REPRODUCED, ""
    yield "nothing is open", tell(choose=lambda row, column: False), NOT, "frame"


def injected(of, number):
    """Rows that no file is cut into: a value that ends its row and begins another."""
    rows = kinds.of("records/1", COLUMNS).cut(b"".join(line(r) + b"\n" for r in of.rows))
    rows[number][2] = b'"x"},{"kind":"item"'
    rows[number][-1] = b""
    return of.tell(seal=maker.seal(of.party, rows, None, "records/1", COLUMNS))


# ---- what is said of them ----

def outcomes(done):
    try:
        return [one["outcome"] for one in json.loads(done.stdout).get("assessments", [])], \
            " ".join(one["detail"] for one in json.loads(done.stdout).get("assessments", []))
    except ValueError:
        return [], ""


def clear(done):
    text = done.stdout + done.stderr
    if done.returncode not in (0, 1, 4, 5) or "Sanitizer" in done.stderr or "runtime error" in done.stderr:
        return f"exit {done.returncode}: {done.stderr[-400:]}"
    if any(ord(c) < 32 and c not in "\n\t" or c == "\u202e" for c in text):
        return "it prints controls"
    return None


def judge(of, data, want, words, program=None):
    """None, or what is wrong."""
    plain = of.ask(data, program=program)
    wrong = clear(plain)
    if wrong:
        return wrong
    last = ((plain.stdout.strip() or plain.stderr.strip()).splitlines() or [""])[-1]
    flat = " ".join((plain.stdout + plain.stderr).split())
    if isinstance(want, tuple) or want in (REFUSED, MALFORMED):
        if not last.startswith(want):
            return f"'{last[:300]}', not {want}"
        return None if words in last and len(last) < 800 else f"no '{words}': {last[:800]}"
    done = of.ask(data, "--json", program=program)
    found, detail = outcomes(done)
    if not found or set(found) != {want}:
        return f"{found or last[:300]}, not {want}: {detail[:300]}"
    first = {CONTRADICTED: "CONTRADICTED", NOT: "HOLDS IN PART", PARTLY: "HOLDS IN PART", FOREIGN: "HOLDS IN PART"}.get(want, "HOLDS")
    if not last.startswith(first):
        return f"'{last[:200]}' of what is {want}"
    if (want in (CONTRADICTED, NOT) and len(detail) > 300) or words not in detail + flat:
        return f"no '{words}': {detail[:500]}"
    return None


def strangers(of, data, want):
    """Does a verifier from the formats alone say the same?"""
    held, lines = verify.verify(data, of.a.path("known"))
    if isinstance(want, tuple) or want in (REFUSED, MALFORMED):
        return None if not held and lines[-1].startswith("REFUSED") else f"the stranger says {lines[-1][:300]}"
    said = [re.match(r"assessment-[0-9]+\.json: ([a-z' ]+): ", one) for one in lines]
    found = {one[1] for one in said if one and not one[1].startswith(("signed", "not shown"))}
    return None if found == {want} else f"the stranger says {found or lines[-1]}"


def one_lie(of, what, data, want, words, check):
    begun = time.monotonic()
    try:
        wrong = judge(of, data, want, words) or strangers(of, data, want)
        if not wrong and check:
            wrong = judge(of, data, want, words, program=check)
    except subprocess.TimeoutExpired:
        wrong = "it does not end"
    if not wrong and time.monotonic() - begun > SECONDS:
        wrong = f"it takes {time.monotonic() - begun:.0f} s"
    print(f"FAIL {what}: {wrong}" if wrong else f"ok   {what}: {' or '.join(want) if isinstance(want, tuple) else want}", flush=True)


def many_sums(of):
    """Who asks for days of sums does not get them: 60 deceivers, with ranges, of as many views as can be."""
    names = [f"h{n}" for n in range(9)] + ["other"]
    pairs = [f"{b}>{a}" for b in names for a in names if a not in (b, "other")]
    frame = of.rows[:6] + [{"kind": "hypothesis", "layer": "state", "name": n, "value": 10**12 // len(names + pairs)} for n in names + pairs]
    items = [dict(of.rows[FRAME], name=f"i{k}", forge=f"F{k}", view="public",
                  cells=[["state", n, 10**9 * (k + 1) * (7 + 3 * j), 2 * 10**9 * (k + 1) * (8 + 3 * j)] for j, n in enumerate(names)]) for k in range(5)]
    nothing = [[n, 0, 0, 0] for n in names + pairs]
    results = [{"kind": "result", "layer": "state", "value": 5, "view": "shared", "to": f"p{n}", "cells": nothing} for n in range(300)]
    return of.tell(frame + items + results, counts(frame=len(frame), items=5, results=300))


def in_time(of, what):
    """All numbers of these results are wrong, but most of them nobody looks at."""
    data = many_sums(of)
    try:
        begun = time.monotonic()
        found, detail = outcomes(of.ask(data, "--json"))
        took = time.monotonic() - begun
        wrong = None if found == [CONTRADICTED] else f"{found}: {detail[:300]}"
        if not wrong and took > 2 * SECONDS:
            wrong = f"it takes {took:.0f} s"
    except subprocess.TimeoutExpired:
        wrong = "it does not end"
    print(f"FAIL {what}: {wrong}" if wrong else f"ok   {what}: contradicted", flush=True)


def sealed_by_the_program(of):
    """The same with the program's own seal: a doctored file of rows, stated by hand with the case's key."""
    a = of.a
    with open(a.path("doctored.jsonl"), "wb") as f:
        row = of.row("result", "all")
        f.write(b"".join(line(r) + b"\n" for r in rows_with(of, row, cells=cell(0, 2, lambda n: n + 1))))
    a.do("seal", "doctored.jsonl", "--kind", "records", "--members", ",".join(assessed.COLUMNS[:-1]))
    a.do("disclose", "--exhibit", "2", "--rows", f"0-{FRAME + ITEMS + RESULTS - 1}", "-o", "rows.dossier")
    with open(a.path("rows.dossier"), "rb") as f:
        files = zipfmt.read(f.read())
    seal = (files["seal-1.json"], files["seal-1.json.sig"])
    files["assessment-1.json"], files["assessment-1.json.sig"] = of.state(seal)
    data = liar.relist(files, a.path(".comity/key"), maker)
    with open(a.path("known"), "a", encoding="utf-8") as out, open(a.path(".comity/allowed_signers"), encoding="utf-8") as f:
        out.write(f.read())
    return data


def main(comity, gen):
    check = os.path.join(os.environ.get("COMITY_CHECK", ""), "src", "cli", "comity")
    check = check if os.environ.get("COMITY_CHECK") and os.access(check, os.X_OK) else None
    with tempfile.TemporaryDirectory() as folder:
        of = Liar(Lab(comity, gen, folder, names="A"))
        for what, data, want, words in lies(of):
            one_lie(of, what, data, want, words, check)
        one_lie(of, "one digit, sealed by the program", sealed_by_the_program(of), CONTRADICTED, "is not what its items give", check)
        in_time(of, "days of sums")


if __name__ == "__main__":
    main(*sys.argv[1:])
