#!/usr/bin/env python3
"""A sender lies about the charter it disclosed under, and signs that with its own key.

usage: lies_charter.py COMITY COMITY-GEN

Each lie is met with REFUSED, or with AGAINST ITS CHARTER, in one clear line. What only the sender can know is said to be
its word. The dossier is mended around the lie, so that nothing else can give it away.
"""
import copy
import hashlib
import json
import os
import re

import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "interop", "stranger")]
sys.dont_write_bytecode = True

import maker  # noqa: E402
import sshsig  # noqa: E402
import zipfmt  # noqa: E402
from parties import CHARTER, Lab, fail  # noqa: E402

RULES = """deny D4: anything when phase = closed.
allow R3: release types N1, N7 to private, academic for warning when approved = all.
"""
AGAINST, REFUSED, MALFORMED, HOLDS = "AGAINST ITS CHARTER", "REFUSED", "MALFORMED", "HOLDS"


class Liar:
    """A's key, an honest dossier, and B who verifies."""

    def __init__(self, a, b, name):
        with open(a.path(name), "rb") as f:
            files = zipfmt.read(f.read())
        self.b, self.remaker = b, maker.Remaker(files, a.path(".comity/key"))
        self.files = self.remaker.files

    def tell(self, change=None, files=None):
        """The dossier after change(predicate of the disclosure), with other ${files} (None takes one away)."""
        now = dict(self.files)
        for name, data in (files or {}).items():
            now.pop(name, None)
            if data is not None:
                now[name] = data
        thing = json.loads(now["disclosure.json"])
        if change:
            change(thing["predicate"])
        thing["predicate"]["tool"] = maker.TOOL
        if "report.html" in now:
            try:
                now["report.html"] = self.remaker.report(now, thing)
            except (KeyError, TypeError, ValueError, AttributeError):
                pass    # what is no statement any more has no facts
        thing["predicate"]["files"] = [
            {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in sorted(now.items()) if not name.startswith("disclosure.")]
        now["disclosure.json"] = json.dumps(thing).encode("utf-8")
        now["disclosure.json.sig"] = self.remaker.sign(now["disclosure.json"])
        return zipfmt.write(now)

    def ask(self, data):
        with open(self.b.path("lie.dossier"), "wb") as f:
            f.write(data)
        return self.b.run("verify", "lie.dossier")


def flat(done):
    return " ".join((done.stdout + done.stderr).split())


def judge(done, want, words):
    lines = (done.stdout.strip() or done.stderr.strip()).splitlines()
    last = lines[-1] if lines else ""
    if done.returncode not in (0, 1, 4, 5) or "Sanitizer" in done.stderr:
        return f"exit {done.returncode}: {done.stderr[-300:]}"
    if want == HOLDS:
        good = last.startswith("HOLDS") and AGAINST not in last
    else:
        good = want in last if want == AGAINST else last.startswith(want)
    if not good:
        return f"'{last[:300]}', not {want}"
    if words not in flat(done):
        return f"no '{words}': {last[:300]} {re.findall(r'AGAINST ITS CHARTER: [^.]{0,150}', flat(done))}"
    return None


def report(name, wrong):
    print(f"FAIL {name}: {wrong}" if wrong else f"ok {name}", flush=True)
    return not wrong


def terms(**members):
    """Sets members of the terms; a function is given what is there."""
    def change(p):
        if "to" in members:
            p["to"] = members["to"]["member"]
            if not p["to"]:
                del p["to"]
        for name, value in members.items():
            p["terms"][name.rstrip("_")] = value(p["terms"].get(name.rstrip("_"))) if callable(value) else value
    return change


def who(member, role):
    return {"member": member, "role": role}


def one_exhibit(**members):
    return terms(exhibits=lambda all_: [{**all_[0], **members}, *all_[1:]])


LIES = [
    ("the truth, signed again", None, HOLDS, "nothing against them"),
    ("payload to the university", terms(to=who("U", "academic"), purpose="research", rules=["R2"]), AGAINST,
     "rule D3 of the charter denies it"),
    ("another purpose", terms(purpose="sanctions"), AGAINST, "no rule of the charter allows it"),
    ("a purpose that there is not", terms(purpose="revenge"), REFUSED, "no such purpose"),
    ("a recipient that is no member", terms(to=who("X", "government")), REFUSED, "no member"),
    ("the public", terms(to=who("", "public"), action="publish"), AGAINST, "no rule of the charter allows it"),
    ("the public by another word", terms(to=who("", "government")), REFUSED, "no member"),
    ("an action that there is not", terms(action="onward"), REFUSED, "no such action"),
    ("another role of the recipient", terms(to=who("B", "victim")), REFUSED, "another role"),
    ("another role of its own", terms(from_=who("A", "victim")), REFUSED, "another role"),
    ("another's name", terms(from_=who("B", "government")), REFUSED, "its key is not"),
    ("a lower TLP than the exhibit's", terms(tlp="clear"), AGAINST, "marked higher"),
    ("a lower PAP than the exhibit's", terms(pap="clear"), AGAINST, "marked higher"),
    ("a TLP that there is not", terms(tlp="purple"), REFUSED, "no such marking"),
    ("an exhibit too red for the rule", one_exhibit(tlp="red"), AGAINST, ""),
    ("a marking of an exhibit that there is not", one_exhibit(pap="ultra"), REFUSED, "no such marking"),
    ("a type that the rule does not have", one_exhibit(type="M1"), AGAINST, "no rule of the charter allows it"),
    ("a type that there is not", one_exhibit(type="Z9"), AGAINST, "no rule of the charter allows it"),
    ("an exhibit more", terms(exhibits=lambda x: x + x), MALFORMED, "one for each of 1 seals"),
    ("no exhibits", terms(exhibits=[]), MALFORMED, "one for each of 1 seals"),
    ("a phase in which nothing leaves", terms(phase="closed"), AGAINST, "rule D4 of the charter denies it"),
    ("a phase that there is not", terms(phase="over"), REFUSED, "no such phase"),
    ("an approval of nobody", terms(to=who("U", "academic"), purpose="warning", approved="all", rules=["R3"]), AGAINST, "D3"),
    ("an approval that nobody can see", terms(approved="all"), HOLDS, "that `all' approved it is the sender's word"),
    ("an approval that there is not", terms(approved="most"), REFUSED, "no such approved"),
    ("a rule that is not there", terms(rules=["R1", "R99"]), AGAINST, "R99, and the charter has no such allowance"),
    ("a deny as an allowance", terms(rules=["D1"]), AGAINST, "D1, and the charter has no such allowance"),
    ("no obligations", terms(obliges=[]), AGAINST, "it leaves out what the charter obliges to: `retain <= 180d'"),
    ("an obligation less", terms(obliges=lambda x: [o for o in x if o != "receipt"]), AGAINST, "`receipt'"),
    ("a looser obligation", terms(obliges=lambda x: [o.replace("180d", "181d") for o in x]), AGAINST,
     "less strictly than the charter asks: `retain <= 180d'"),
    ("obligations and rules less", terms(obliges=[], rules=[]), AGAINST, "`onward = none'"),
    ("onward to members", terms(obliges=lambda x: [o.replace("onward = none", "onward <= members") for o in x]), AGAINST, "`onward"),
    ("a stricter obligation", terms(obliges=lambda x: [o.replace("180d", "17d") for o in x]), HOLDS, "retain <= 17d"),
    ("an obligation that there is not", terms(obliges=lambda x: x + ["forget"]), REFUSED, "obliges"),
    ("an obligation twice", terms(obliges=lambda x: x + [x[0].replace("180d", "9d")]), REFUSED, "twice"),
    ("another rule's obligations", terms(rules=["R1", "R2"]), AGAINST, "`delete-on-close'"),
    ("made for its own use", lambda p: p.update(terms={"use": "own"}), REFUSED, "charter.json is there"),
    ("under no charter", lambda p: p.update(terms={"use": "free", "tlp": "amber"}), REFUSED, "charter.json is there"),
    ("no terms", lambda p: p.pop("terms"), REFUSED, "charter.json is there"),
    ("another case", lambda p: p.update(case="00" * 32), REFUSED, "case"),
    ("no case", lambda p: p.pop("case"), REFUSED, "case"),
    ("another charter", terms(charter="11" * 32), REFUSED, "another charter than the disclosure names"),
    ("a consent that is not there", terms(consent=lambda x: x + ["22" * 32]), REFUSED, "consent"),
    ("a consent that is not named", terms(consent=[]), REFUSED, "does not name it"),
]


def without_files(liar, a, v):
    """(name, change, files, want, words) of lies that need other files."""
    sigs = liar.files["charter.json.sigs"]
    armours = re.findall(rb"-----BEGIN.*?-----END SSH SIGNATURE-----\n", sigs, re.S)
    drop = {"charter.json": None, "charter.json.sigs": None}
    no_consent = {"consent-1.json": None, "consent-1.json.sig": None}
    yield "without the charter", None, drop, REFUSED, "charter.json is missing"
    yield "without the signatures", None, {"charter.json.sigs": None}, REFUSED, "charter.json is missing"
    yield "without one signature", None, {"charter.json.sigs": b"".join(armours[1:])}, REFUSED, "signature"
    yield "one signature twice", None, {"charter.json.sigs": b"".join([armours[0], *armours])}, None, ""
    yield "signatures in another order", None, {"charter.json.sigs": b"".join(armours[::-1])}, None, ""
    text = liar.files["charter.json"].replace(b"180d", b"999d")
    yield ("another text of the charter", terms(charter=hashlib.sha256(text).hexdigest()), {"charter.json": text}, None, "")
    yield "without the consent", None, no_consent, REFUSED, "a consent that is not there"
    yield "without the report", None, {"report.html": None}, REFUSED, "report.html"
    yield "own use, and no charter", lambda p: p.update(terms={"use": "own"}), {**drop, **no_consent}, HOLDS, "for his own use"
    yield ("under no charter, and without it", lambda p: p.update(terms={"use": "free", "tlp": "amber"}), {**drop, **no_consent}, HOLDS,
           "though its sender signed one that is in force for you")
    yield from consents(liar, a)


def consents(liar, a):
    """Somebody else says what is the victim's to say."""
    thing = json.loads(liar.files["consent-1.json"])
    said = thing["predicate"]
    own = sshsig.fingerprint(liar.remaker.sign(b""))
    said.update(by=own, number=9000, previous="33" * 32)
    said.pop("log", None)
    data = json.dumps(thing).encode()
    files = {"consent-1.json": data, "consent-1.json.sig": liar.remaker.sign(data)}
    yield "a consent of the sender's own", terms(consent=[hashlib.sha256(data).hexdigest()]), files, REFUSED, "no victim's"
    thing["predicate"]["by"] = json.loads(liar.files["consent-1.json"])["predicate"]["by"]
    data = json.dumps(thing).encode()
    files = {"consent-1.json": data, "consent-1.json.sig": liar.remaker.sign(data)}
    yield "a consent in the victim's name", terms(consent=[hashlib.sha256(data).hexdigest()]), files, REFUSED, ""


def mangled(value):
    """What a member could be instead."""
    yield "dropped", None
    for kind, other in (("a number", 7), ("text", "x"), ("a list", [[]]), ("an object", {"a": {}}), ("null", None),
                        ("true", True), ("empty", type(value)()), ("huge text", "a" * 300000), ("a huge list", ["a"] * 5000),
                        ("a huge list of lists", [{"a": 1}] * 5000), ("controls", "\u001b[2J\u202e\u0000")):
        yield kind, [other]


def paths(thing, at=()):
    """Each member below, and first elements of lists."""
    items = thing.items() if isinstance(thing, dict) else [(0, thing[0])] if isinstance(thing, list) and thing else []
    for key, value in items:
        yield (*at, key), value
        yield from paths(value, (*at, key))


def fuzz(liar, every):
    """Every member of the terms dropped, of another kind, empty and huge: one clear line each."""
    there = json.loads(liar.files["disclosure.json"])["predicate"]["terms"]
    tried, bad, ends = 0, [], {}
    cases = [(path, word, to) for path, value in paths(there) for word, to in mangled(value)]
    for path, word, to in cases[::every]:
        def change(p, path=path, to=to):
            at = p["terms"]
            for key in path[:-1]:
                at = at[key]
            if to is None:
                del at[path[-1]]
            else:
                at[path[-1]] = copy.deepcopy(to[0])
        done = liar.ask(liar.tell(change))
        tried += 1
        wrong = clear(done)
        if wrong:
            bad.append(f"{'.'.join(map(str, path))} {word}: {wrong}")
        ends[done.returncode] = ends.get(done.returncode, 0) + 1
    report(f"{tried} mangled terms end in one clear line each ({dict(sorted(ends.items()))})", "; ".join(bad[:4]))


def clear(done):
    """None if it ends as it should, with what there is to say in one line that acts on no terminal."""
    text = done.stdout + done.stderr
    if done.returncode not in (0, 1, 4, 5) or "Sanitizer" in done.stderr:
        return f"exit {done.returncode}: {done.stderr[-200:]}"
    if any(ord(c) < 32 and c not in "\n\t" or c == "\u202e" for c in text):
        return "it prints controls"
    lines = done.stdout.strip().splitlines() or done.stderr.strip().splitlines()
    last = lines[-1] if lines else ""
    if done.returncode in (1, 4) and (not re.search("REFUSED|MALFORMED", last) or len(last) > 1200):
        return f"no clear line: {last[:200]}"
    if done.returncode in (0, 5) and not last.startswith("HOLDS"):
        return last[:200]
    return None


def prepare(comity, gen, folder):
    lab = Lab(comity, gen, folder, charter=CHARTER + RULES)
    a, b, v = lab["A"], lab["B"], lab["V"]
    lab.agree()
    a.do("race", "--only", "first", "--background", "1", "--out", "a.pcap", program=lab.gen)
    a.do("investigate", "a.pcap", "-o", "own.dossier", code=1)
    a.do("mark", "victim", "198.51.100.0/24")
    a.do("mark", "victim", "203.0.113.0/24")
    a.do("mark", "exhibit", "1", "tlp", "amber", "pap", "amber")
    v.do("consent", "give", "-o", "consent")
    v.give("consent.json", a, b)
    a.do("take", "consent.json")
    b.do("take", "consent.json")
    a.do("disclose", "--finding", "all", "--to", "B", "--purpose", "attribution", "-o", "honest.dossier")
    return lab, Liar(a, b, "honest.dossier")


def older_version(lab):
    """A charter that has been superseded, as the receiver knows."""
    a, b = lab["A"], lab["B"]
    with open(a.path("charter.md"), encoding="utf-8") as f:
        text = f.read()
    with open(a.path("charter.md"), "w", encoding="utf-8") as f:
        f.write(text.replace("retain <= 180d", "retain <= 10d"))
    a.do("charter", "propose", "charter.md", "-o", "two")
    last = a
    for p in (lab[n] for n in "BUV"):
        last.give("two.json", p)
        p.do("charter", "sign", "--yes", "two.json")
        last = p
    last.give("two.json", b)
    b.do("take", "two.json")


def main(comity, gen):
    with tempfile.TemporaryDirectory() as folder:
        lab, liar = prepare(comity, gen, folder)
        if "consent-1.json" not in liar.files:
            fail("the honest dossier has no consent")
        for name, change, want, words in LIES:
            report(name, judge(liar.ask(liar.tell(change)), want, words))
        for name, change, files, want, words in without_files(liar, lab["A"], lab["V"]):
            done = liar.ask(liar.tell(change, files))
            if want is None:
                want = MALFORMED if done.returncode == 4 else REFUSED
            report(name, judge(done, want, words))
        fuzz(liar, 1 if os.environ.get("COMITY_LONG") else 5)
        older_version(lab)
        report("an older version of the charter", judge(liar.ask(liar.tell()), HOLDS, "another version, than the one in force for you"))


if __name__ == "__main__":
    main(*sys.argv[1:])
