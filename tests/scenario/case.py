#!/usr/bin/env python3
"""A, B, an academic U and the victim V: charter, consent, exhibits, disclosure with hidden parts, verification, a refusal
with its reason, revocation.

usage: case.py COMITY COMITY-GEN
"""
import os
import sys
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

from parties import Lab, fail  # noqa: E402

SERVER = "198.51.100.10"


def names_in(path):
    with zipfile.ZipFile(path) as z:
        return set(z.namelist())


def main(comity, gen):
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(comity, gen, folder)
        a, b, u, v = (lab[n] for n in "ABUV")

        # nothing governs yet: it can be disclosed, and says so
        a.do("race", "--only", "first", "--background", "1", "--out", "a.pcap", program=lab.gen)
        a.do("investigate", "a.pcap", "-o", "own.dossier", code=1)
        a.do("disclose", "--finding", "1", "--to", "B", "-o", "free.dossier", says="free.dossier")
        a.do("verify", "free.dossier", says="no charter governed this disclosure")
        a.do("verify", "own.dossier", says="made it for his own use")

        lab.agree()
        a.do("charter", "show", says="in force")
        a.do("investigate", "a.pcap", "-o", "own2.dossier", code=1)

        # who, what for
        a.do("disclose", "--finding", "all", code=2, says="to which member?")
        a.do("disclose", "--finding", "all", "--to", "B", code=2, says="--purpose is one of")
        a.do("disclose", "--finding", "all", "--to", "X", "--purpose", "attribution", code=1, says="no member")
        a.do("disclose", "--finding", "all", "--to", "B", "--purpose", "targeting", code=1, says="no rule allows it")

        # the victim is seen in every packet, and has not consented
        a.do("mark", "victim", "victim.example")
        a.do("mark", "exhibit", "1", "tlp", "amber")
        print(a.do("disclose", "--finding", "2", "--to", "B", "--purpose", "attribution", "-o", "b1.dossier", "--explain"))
        b_sees = b
        a.give("b1.dossier", b)
        print(b_sees.do("verify", "b1.dossier", code=(0, 5)))
    print("ok")


if __name__ == "__main__":
    main(*sys.argv[1:])
