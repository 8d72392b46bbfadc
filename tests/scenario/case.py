#!/usr/bin/env python3
"""A, B, an academic U and the victim V: charter, consent, exhibits, disclosure with hidden parts, verification, receipt, a
refusal with its reason, revocation.  What each of them types is printed in docs/case.md.

usage: case.py COMITY COMITY-GEN
"""
import glob
import os
import re
import shutil
import sys
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

from parties import CHARTER, Lab, fail  # noqa: E402

NAME = b"www.victim.example"
ADDRESS = "198.51.100.141"


def everything(path):
    """Every byte of a dossier, decompressed."""
    with zipfile.ZipFile(path) as z:
        return b"\n".join([n.encode() + b"\n" + z.read(n) for n in z.namelist()])


def spellings(address):
    four = bytes(int(x) for x in address.split("."))
    return [four, address.encode(), four.hex().encode(), four.hex().upper().encode()]


def shows(path, *values):
    whole = everything(path)
    return [v for v in values if v in whole]


def before_any_charter(a):
    a.do("race", "--only", "first", "--background", "1", "--out", "a.pcap", program=a.lab.gen)
    a.do("investigate", "a.pcap", "-o", "own.dossier", code=1)
    a.do("verify", "own.dossier", says="made it for his own use")
    a.do("disclose", "--finding", "1", "--to", "B", "-o", "free.dossier", says="free.dossier")
    a.do("verify", "free.dossier", says="no charter governed this disclosure")
    a.do("mark", "exhibit", "1", "tlp", "red")
    a.do("disclose", "--finding", "1", "--tlp", "green", "--to", "B", "-o", "low.dossier", code=2, says="marked TLP:red")


def who_and_what_for(a):
    one = ["disclose", "--finding", "2", "-o", "no.dossier"]
    a.do(*one, code=2, says="to which member?")
    a.do(*one, "--to", "B", code=2, says="--purpose is one of")
    a.do(*one, "--to", "X", "--purpose", "attribution", code=1, says="X is no member")
    a.do(*one, "--to", "A", "--purpose", "attribution", code=1, says="A is you")
    a.do(*one, "--to", "B", "--purpose", "targeting", code=1, says="no rule allows it")
    a.do(*one, "--to", "public", "--purpose", "attribution", code=1, says="no rule allows it")
    a.do(*one, "--to", "B", "--purpose", "attribution", "--leak-ok", code=2, says="no --leak-ok")
    if os.path.exists(a.path("no.dossier")):
        fail("what was refused is there")


def without_consent(a, b):
    """Cells in which the victim is named or addressed stay shut; the rest can be checked."""
    a.do("mark", "victim", ADDRESS)
    a.do("mark", "victim", NAME.decode())
    said = a.do("disclose", "--finding", "2", "--to", "B", "--purpose", "attribution", "-o", "b1.dossier", "--explain",
                says=["denied by D1 (nothing about the victim without its consent)", "allowed by R1", "about the victim",
                      "the recipient deletes it after 180 days", "Marked TLP:amber+strict"])
    if "b1.dossier" not in said:
        fail("the path is not said", said)
    found = shows(a.path("b1.dossier"), NAME, *spellings(ADDRESS))
    if found:
        fail("the victim is seen in a dossier that it did not consent to", found)
    a.give("b1.dossier", b)
    seen = b.do("verify", "b1.dossier", code=5, says=["An attack on V", "signatures of all 4", "nothing against them",
                                                      "(retain <= 180d)",
                                                      "signed this charter before the disclosure"])
    if "AGAINST" in seen:
        fail("a breach where there is none", seen)


def with_consent(a, b, v):
    a.do("consent", "give", code=(1, 2, 3), says="victim")
    v.do("consent", "give", "--for", "attribution", "--to", "B", "-o", "consent")
    v.give("consent.json", a, b)
    a.do("take", "consent.json")
    b.do("take", "consent.json")
    a.do("disclose", "--finding", "2", "--to", "B", "--purpose", "attribution", "-o", "b2.dossier",
         says=["about the victim): allowed by R1", "completes for B"])
    if not shows(a.path("b2.dossier"), *spellings(ADDRESS)[:1]):
        fail("with consent the victim's address is not there")
    a.give("b2.dossier", b)
    b.do("verify", "b2.dossier", says=["HOLDS", "consent-1.json", "V"])
    b.do("verify", "b2.dossier", "--receipt", "receipt.json", "--accept")
    b.give("receipt.json", a)
    a.do("take", "receipt.json")
    a.do("ledger", "--to", "B", code=(0, 1), says=["B", "holds"])


def for_the_university(a, u):
    """Another purpose, other rules: no contents, and for its eyes only."""
    a.do("mark", "exhibit", "2", "tlp", "amber")
    a.do("disclose", "--finding", "2", "--to", "U", "--purpose", "research", "-o", "u.dossier",
         says=["denied by D3 (the university needs no contents)", "u.dossier.age"])
    if os.path.exists(a.path("u.dossier")):
        fail("the unencrypted dossier is still there")
    a.give("u.dossier.age", u)
    u.do("verify", "u.dossier.age", code=5, says=["decrypted with", "An attack on V", "delete-on-close"])
    a.do("verify", "u.dossier.age", code=3, says="1 recipient")


def revoked(a, b, v):
    digest = re.search(r"\b[0-9a-f]{8,64}\b", v.do("consent", "show")).group()
    v.do("consent", "revoke", digest, "-o", "revoked")
    v.give("revoked.json", a, b)
    a.do("take", "revoked.json")
    b.do("take", "revoked.json")
    a.do("disclose", "--finding", "2", "--to", "B", "--purpose", "attribution", "-o", "b3.dossier", says="denied by D1")
    if shows(a.path("b3.dossier"), NAME, *spellings(ADDRESS)):
        fail("the victim is seen although it revoked its consent")
    b.do("verify", "b2.dossier", says="has been revoked")
    a.do("consent", "show", says="revoked")


def gone(a, b, u):
    """Who leaves is shown nothing more."""
    u.do("charter", "withdraw", "-o", "leaves")
    u.give("leaves.json", a, b)
    a.do("take", "leaves.json")
    a.do("disclose", "--finding", "2", "--to", "U", "--purpose", "research", "-o", "u2.dossier", code=1,
         says="U has withdrawn")


def by_a_stranger(lab):
    """A verifier that was written from docs/formats.md alone agrees."""
    signers = os.path.join(lab.folder, "signers")
    with open(signers, "w", encoding="utf-8") as out:
        for p in lab.party.values():
            with open(p.path(".comity/allowed_signers"), encoding="utf-8") as f:
                out.write(f.read())
    stranger = os.path.join(os.path.dirname(HERE), "interop", "stranger", "verify.py")
    for name in ("free", "own2", "b1", "b2", "b3"):
        lab["A"].do(stranger, name + ".dossier", "--signers", signers, says="HOLDS", program=sys.executable)


def play(comity, gen, folder):
    lab = Lab(comity, gen, folder)
    a, b, u, v = (lab[n] for n in "ABUV")
    before_any_charter(a)
    lab.agree()
    for p in (a, b, u, v):
        p.do("charter", "show", says="in force")
    a.do("investigate", "a.pcap", "-o", "own2.dossier", code=1)
    who_and_what_for(a)
    without_consent(a, b)
    with_consent(a, b, v)
    for_the_university(a, u)
    revoked(a, b, v)
    gone(a, b, u)
    by_a_stranger(lab)
    return lab


PUBLISH = """allow P1: publish types N1, N7 to public for attribution
    when tlp = clear and content in (headers, pseudonym, statement, count, picture) and approved = all
    oblige warning-lists because "all stand for what the public is told".
"""


def publish(comity, gen, folder):
    """To the public goes what all members approved, without addresses and contents."""
    lab = Lab(comity, gen, folder, charter=CHARTER + PUBLISH)
    a = lab["A"]
    lab.agree()
    a.do("race", "--only", "first", "--background", "1", "--out", "a.pcap", program=gen)
    a.do("investigate", "a.pcap", "-o", "own.dossier", code=1)
    a.do("mark", "exhibit", "1", "tlp", "clear", "pap", "clear")
    out = ["disclose", "--finding", "1", "--to", "public", "--purpose", "attribution", "-o", "public.dossier"]
    a.do(*out, code=1, says="no rule allows it")
    finding = glob.glob(a.path(".comity/statements/*-finding-*.json"))[0]
    for other in (lab[n] for n in "BUV"):
        shutil.copy(finding, other.path("finding.json"))
        other.do("approve", "finding.json", "--to", "public", "--for", "attribution", "-o", "approval-" + other.name)
        other.give(f"approval-{other.name}.json", a)
        a.do("take", f"approval-{other.name}.json")
    a.do(*out, says=["to publish this for attribution", "addresses as pseudonyms", "allowed by P1"])
    found = shows(a.path("public.dossier"), *spellings(ADDRESS)[:2], *spellings("203.0.113.141")[:2])
    if found:
        fail("addresses are in what was published", found)
    a.give("public.dossier", lab["B"])
    lab["B"].do("verify", "public.dossier", code=5, says=["nothing against them", "is the sender's word", "partly reproduced"])


def printed():
    """What docs/case.md says that they type."""
    with open(os.path.join(HERE, "..", "..", "docs", "case.md"), encoding="utf-8") as f:
        return [line.rstrip("\n") for line in f if re.match(r"[ABUV]\$ comity ", line)]


def check_printed(typed):
    """The manual prints what was played, in that order."""
    left = iter([re.sub(r"\b[0-9a-f]{8,64}\b", "DIGEST", one) for one in typed])
    lines = printed()
    for line in lines:
        if not any(line == one for one in left):
            fail("docs/case.md prints what was not typed, or not then: " + line)
    if len(lines) < 20:
        fail("docs/case.md prints %d commands" % len(lines))


def main(comity, gen):
    with tempfile.TemporaryDirectory() as folder:
        lab = play(comity, gen, folder)
    with tempfile.TemporaryDirectory() as folder:
        publish(comity, os.path.abspath(gen), folder)
    check_printed(lab.typed)
    print("ok   four parties play a case through: charter, consent, disclosure, receipt, refusal, revocation")
    print("ok   docs/case.md prints what they typed")
    print("ok   the public is shown what all approved, without addresses and contents")


if __name__ == "__main__":
    main(*sys.argv[1:])
