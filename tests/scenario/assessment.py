#!/usr/bin/env python3
"""A signs who may have done it, and shows of it what each may see; B computes again what he is shown.

usage: assessment.py COMITY COMITY-GEN
"""
import glob
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "interop", "stranger")]
sys.dont_write_bytecode = True

import assess_text  # noqa: E402
from parties import CHARTER, Lab, fail  # noqa: E402

FRAME, ITEMS, RESULTS = 1 + 5 + 4 + 1, 6, 5    # results: public, shared B, shared U, panel, all
STRANGER = os.path.join(os.path.dirname(HERE), "interop", "stranger", "verify.py")
SEEN = {"public": 3, "shared": 4, "panel": 5, "all": 6}
SHOWN = {"public": 1, "shared": 2, "panel": 4, "all": 5}
OUTCOME = {"all": "reproduced"}
GIVES_G1 = """allow R7: release types G1 to government for attribution when tlp <= amber+strict
    oblige retain <= 180d
    because "what we think of it, our friends may know".
"""
DENIES_G1 = """deny D7: anything when type = G1 because "what we think of it is nobody's".
"""


def digest_of(party, what):
    name = sorted(glob.glob(party.path(f".comity/statements/*-{what}-*.json")))[0]
    with open(name, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def investigate(lab):
    a = lab["A"]
    a.do("race", "--only", "first", "--background", "1", "--out", "a.pcap", program=lab.gen)
    a.do("investigate", "a.pcap", "-o", "own.dossier", code=1)


def sign(a, name="who.assess", *options, **how):
    with open(a.path(name), "w", encoding="utf-8") as f:
        f.write(assess_text.text(digest_of(a, "finding"), digest_of(a, "seal"), **how))
    return a.json("assess", "sign", name, *options)


def raw(path):
    """All bytes that left: the ZIP as it is, and each of its files."""
    with open(path, "rb") as f:
        whole = f.read()
    with zipfile.ZipFile(path) as z:
        return whole + b"".join(b"\n" + n.encode() + b"\n" + z.read(n) for n in z.namelist())


def gives_away(path, words):
    whole = raw(path)
    return [w for w in words if w.encode() in whole or w.encode().hex().encode() in whole]


def forbidden(view):
    """What may not be in a dossier of that view."""
    return [] if view == "all" else assess_text.OWN + (
        [] if view == "panel" else assess_text.PANEL + (assess_text.SHARED if view == "public" else []))


def check_words(view, one, said):
    """What the view shows is computed again, and what it rests on is said."""
    n, r = SEEN[view], SHOWN[view]
    also = "redone from this dossier for 1, " if one["finding"] else ""
    here = 2 if one["finding"] else 0       # the seal of the capture comes with the finding
    words = [f"{n} of {ITEMS} items are open; {r} result{'s' * (r > 1)} computed again from them, the same to the last unit"]
    if r < RESULTS:
        words.append(f"{RESULTS - r} results stay shut")
    words.append("what the open items rest on: " + also)
    if one["finding"]:
        words.append("stated in this dossier for 1")
    words += ["a report, by its digest only for 1", f"nothing that this dossier shows for {n - 1 - here}"]
    words.append("findings: " + ("1 reproduced" if one["finding"] else "no findings are stated; assessments: 1 "))
    flat = " ".join(said.split())
    for word in words:
        if word not in flat and "nothing that this dossier shows for 0" not in word:
            fail(f"view {view}: does not say `{word}'", flat)


def check_json(view, found):
    want = {"title": "Who answered for V?", "items": ITEMS, "items_open": SEEN[view], "results": RESULTS,
            "results_open": SHOWN[view], "evidence": "G1", "outcome": OUTCOME.get(view, "reproduced as shown")}
    for name, value in want.items():
        if found.get(name) != value:
            fail(f"view {view}: {name} is {found.get(name)}, not {value}", json.dumps(found))


def show(a, b, view, finding, arguments=()):
    """One dossier, and what B sees in it."""
    name = f"{view}{'-finding' * finding}.dossier"
    to = ["--to", "B"] if view == "shared" else []
    a.do("disclose", "--assessment", "1", "--view", view, *to, *(["--finding", "1"] if finding else []), "-o", name, *arguments)
    a.give(name, b)
    signers = ["--signers", os.path.join(a.folder, ".comity", "allowed_signers")]
    said = b.do("verify", name, *signers, says=["Assessment: Who answered for V? [G1]", "HOLDS"])
    check_words(view, {"finding": finding}, said)
    check_json(view, b.json("verify", name, *signers)["assessments"][0])
    found = gives_away(b.path(name), forbidden(view))
    if found:
        fail(f"{name} gives away {found}")
    if view == "all" and len(gives_away(b.path(name), assess_text.OWN)) < 6:
        fail("the view `all' does not show all")
    return name


def only_rows_are_known(b, name):
    """Of what stays shut, how many rows there are; nothing else that changes with what stands in them."""
    with zipfile.ZipFile(b.path(name)) as z:
        seal, opened = json.loads(z.read("seal-1.json")), z.read("seal-1.jsonl").decode()
        stated = json.loads(z.read("assessment-1.json"))["predicate"]
    if (stated["frame"], stated["items"], stated["results"]) != (FRAME, ITEMS, RESULTS):
        fail("the statement counts other rows", stated)
    shut = [json.loads(line)["rows_not_shown"] for line in opened.splitlines() if "rows_not_shown" in line]
    if shut != [[FRAME + 3, FRAME + 5], [FRAME + 7, FRAME + 10]] or seal["predicate"]["rows"] != FRAME + ITEMS + RESULTS:
        fail("other rows are shut", shut)
    return {k: v for k, v in stated.items() if k in ("frame", "items", "results")}


def without_charter(lab):
    a, b = lab["A"], lab["B"]
    investigate(lab)
    done = sign(a)
    if (done["items"], done["results"], done["exhibit"]) != (ITEMS, RESULTS, 2):
        fail("assess sign counts otherwise", done)
    if len(re.findall(r"^1 +2 +6 +5 +G1", a.do("show"), re.M)) != 1:
        fail("show does not list it")
    names = [show(a, b, view, finding) for view in SEEN for finding in (False, True)]
    for name in names:
        stranger(lab, name)
    only_rows_are_known(b, "public.dossier")
    print("ok   each view shows its items, and what they give is computed again, with and without the finding", flush=True)
    print("ok   what is A's own is in no byte of a lower view, and of what is shut only rows are known", flush=True)


def stranger(lab, name):
    signers = os.path.join(lab["A"].folder, ".comity", "allowed_signers")
    theirs = lab["A"].json("verify", name, "--signers", signers)["assessments"]
    said = lab["A"].do(STRANGER, name, "--signers", signers, program=sys.executable, says="HOLDS")
    for n, one in enumerate(theirs, 1):
        if f"assessment-{n}.json: {one['outcome']}:" not in said:
            fail(f"{name}: a verifier from the formats alone does not say {one['outcome']}", said)


def to_others(lab):
    """What is shared with B is not shared with U, and by default who is named gets what is shared with him."""
    a, b = lab["A"], lab["B"]
    a.do("disclose", "--assessment", "1", "--to", "X", "-o", "x.dossier")
    if gives_away(a.path("x.dossier"), assess_text.OWN + assess_text.PANEL + assess_text.SHARED):
        fail("X is shown what is shared with B")
    a.do("disclose", "--assessment", "1", "--to", "B", "-o", "b.dossier")
    if len(gives_away(a.path("b.dossier"), assess_text.SHARED)) != 3 or gives_away(a.path("b.dossier"), assess_text.OWN + assess_text.PANEL):
        fail("B is shown something else than what is shared with him")
    a.do("disclose", "--assessment", "1", "--view", "own", "-o", "no.dossier", code=(1, 2), says="--view is public, shared, panel or all")
    a.do("disclose", "--assessment", "9", "-o", "no.dossier", code=3, says="no such assessment")
    if os.path.exists(a.path("no.dossier")):
        fail("what was refused is there")
    print("ok   what is shared with one is not shown to another", flush=True)


def names(lab):
    """An item that is shown does not name one that stays shut, unless that is accepted."""
    a = lab["A"]
    with open(a.path("who.assess"), encoding="utf-8") as f:
        text = f.read()
    for field in ("derived", "repeats"):
        changed = re.sub("(derived forged-answer)", r"derived forged-answer" if field == "repeats" else "derived canary-item-9", text)
        if field == "repeats":
            changed = changed.replace("item capture-itself\n", "item capture-itself\n  repeats canary-item-9\n")
        with open(a.path(field + ".assess"), "w", encoding="utf-8") as f:
            f.write(changed)
        n = str(len(a.json("show").get("assessments", [])) + 1)
        a.json("assess", "sign", field + ".assess")
        a.do("disclose", "--assessment", n, "--view", "public", "-o", "named.dossier", code=(1, 2, 3),
             says="names the item canary-item-9, which would not")
        if os.path.exists(a.path("named.dossier")):
            fail("what was refused is there")
        a.do("disclose", "--assessment", n, "--view", "public", "-o", "named.dossier", "--leak-ok")
        found = a.json("verify", "named.dossier")["assessments"][0]
        if found["outcome"] != "reproduced as shown" or gives_away(a.path("named.dossier"), [w for w in assess_text.OWN if w != "canary-item-9"]):
            fail("named, and more than that", found)
        stranger(lab, "named.dossier")
        os.remove(a.path("named.dossier"))
    print("ok   what is shown names no item that stays shut, unless that is accepted", flush=True)


def superseded(lab):
    """A second one takes the place of the first; in one dossier both are computed again, and the later is said."""
    a, b = lab["A"], lab["B"]
    a.do("assess", "sign", "who.assess", "--supersedes", "7", code=(1, 2, 3), says="there is no assessment 7")
    sign(a, "second.assess", "--supersedes", "1", title="Who answered for V, again?", less=("newspaper",))
    signers = ["--signers", os.path.join(a.folder, ".comity", "allowed_signers")]
    for which in ("1", "2", "all"):
        name = f"both-{which}.dossier"
        a.do("disclose", "--assessment", which, "--view", "panel", "-o", name)
        a.give(name, b)
        found = b.json("verify", name, *signers)["assessments"]
        titles = [one["title"] for one in found]
        want = {"1": ["Who answered for V?"], "2": ["Who answered for V, again?"],
                "all": ["Who answered for V?", "Who answered for V, again?"]}[which]
        if titles != want or any(one["outcome"] != "reproduced as shown" for one in found):
            fail(f"{name} holds other assessments", titles)
        if gives_away(b.path(name), assess_text.OWN):
            fail(f"{name} gives away what is A's own")
        said = " ".join(b.do("verify", name, *signers).split())
        if which == "all" and "A2 takes the place of A1" not in said:
            fail("it is not said that the second takes the place of the first", said)
        if which == "2" and "takes the place of an assessment that is not in this dossier" not in said:
            fail("it is not said that it takes the place of another", said)
        stranger(lab, name)
    print("ok   two assessments in one dossier: both are computed again, and which is the later is said", flush=True)


def by_hand(lab):
    """Rows opened by hand, `cells` shut: such a row counts as shut, and contradicts nothing."""
    a, b = lab["A"], lab["B"]
    signers = ["--signers", os.path.join(a.folder, ".comity", "allowed_signers")]
    with zipfile.ZipFile(a.path("all.dossier")) as z:
        columns = [c["name"] for c in json.loads(z.read("seal-1.json"))["predicate"]["columns"]][:-1]
    last = FRAME + ITEMS + RESULTS - 1
    tries = [("no cells", f"0-{last}", [c for c in columns if c != "cells"], 0, 0, "not redone"),
             ("asides shut", f"0-{last}", [c for c in columns if c not in ("text", "because", "rests", "by", "cost", "derived", "actor")],
              ITEMS, RESULTS, "reproduced"),
             ("no frame", f"{FRAME}-{last}", columns, ITEMS, RESULTS, "not redone"),
             ("less than its view", f"0-{FRAME + 1},{FRAME + ITEMS}-{last}", columns, 2, RESULTS, "not redone"),
             ("no results", f"0-{FRAME + ITEMS - 1}", columns, ITEMS, 0, "not redone")]
    for what, rows, which, items, results, want in tries:
        name = what.replace(" ", "-") + ".dossier"
        done = a.run("disclose", "--assessment", "1", "--view", "public", "-o", "plain.dossier")
        if done.returncode != 0:
            fail("no plain dossier", done.stderr)
        a.do("disclose", "--exhibit", "2", "--rows", rows, "--columns", ",".join(which), "-o", name, "--leak-ok")
        remade(a, name, want, items, results, signers, what)
    print("ok   rows opened by hand: of which something is shut that sums need counts as shut, and contradicts nothing", flush=True)


def remade(a, name, want, items, results, signers, what):
    """Rows alone are no assessment: its statement is put beside them, and the list signed anew."""
    import maker  # noqa: PLC0415
    import zipfmt  # noqa: PLC0415
    from liar import relist  # noqa: PLC0415
    with open(a.path(name), "rb") as f:
        files = zipfmt.read(f.read())
    with open(a.path("plain.dossier"), "rb") as f:
        plain = zipfmt.read(f.read())
    for ending in ("json", "json.sig"):
        files["assessment-1." + ending] = plain["assessment-1." + ending]
    with open(a.path(name), "wb") as f:
        f.write(relist(files, a.path(".comity/key"), maker))
    done = a.run("verify", name, *signers, "--json")
    if done.returncode not in (0, 5):
        fail(f"{what}: exit {done.returncode}", done.stdout[-600:], done.stderr)
    one = json.loads(done.stdout)["assessments"][0]
    if (one["outcome"], one["items_open"], one["results_open"]) != (want, items, results):
        fail(f"{what}: {one}")


def under_charter(comity, gen, folder, rule, goes):
    lab = Lab(comity, gen, folder, charter=CHARTER + rule)
    a, b = lab["A"], lab["B"]
    lab.agree()
    investigate(lab)
    sign(a)
    for x in ("1", "2"):
        a.do("mark", "exhibit", x, "tlp", "amber", "pap", "amber")
    out = ["disclose", "--assessment", "1", "--to", "B", "--purpose", "attribution", "-o", "b.dossier", "--explain"]
    if not goes:
        a.do(*out, code=1, says=["D7" if "D7" in rule else "no rule allows it"])
        if os.path.exists(a.path("b.dossier")):
            fail("what no rule allows has left")
        return
    a.do(*out, says="allowed by R7")
    a.give("b.dossier", b)
    found = gives_away(b.path("b.dossier"), assess_text.OWN + assess_text.PANEL)
    if found or len(gives_away(b.path("b.dossier"), assess_text.SHARED)) != 3:
        fail("B is shown something else than what is shared with him", found)
    b.do("verify", "b.dossier", code=(0, 5), says=["nothing against them", "4 of 6 items are open; 2 results computed again", "HOLDS"])
    one = b.json("verify", "b.dossier", code=0)["assessments"][0]
    if one["outcome"] != "reproduced as shown":
        fail("under a charter it is not redone", one)
    a.do("disclose", "--assessment", "1", "--to", "U", "--purpose", "attribution", "-o", "u.dossier", code=1, says="no rule allows it")
    a.do("disclose", "--assessment", "1", "--to", "B", "--purpose", "sanctions", "-o", "u.dossier", code=1, says="no rule allows it")
    if os.path.exists(a.path("u.dossier")):
        fail("what no rule allows has left")
    stranger(lab, "b.dossier")


def main(comity, gen):
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(comity, gen, folder, names="AB")
        without_charter(lab)
        to_others(lab)
        by_hand(lab)
        superseded(lab)
        names(lab)
    for what, rule, goes in (("a rule that gives it out", GIVES_G1, True), ("no rule of it", "", False),
                             ("a rule that denies it", GIVES_G1 + DENIES_G1, False)):
        with tempfile.TemporaryDirectory() as folder:
            under_charter(comity, gen, folder, rule, goes)
        print(f"ok   under a charter with {what}: {'it goes to B, and to nobody else' if goes else 'nothing leaves'}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
