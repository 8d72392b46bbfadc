#!/usr/bin/env python3
"""Known answers of the pairs of a capture (docs/formats.md 1.6), made by the verifier that was written from that document
alone: tests/unit/seal/pairs.json, and the corpus of the fuzz target.

usage: make_pairs.py        writes both, where they belong
"""
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, "tests", "interop", "stranger"))

import pairs  # noqa: E402
from sealer import Sealer  # noqa: E402

X, S, STATEMENT = b"\x11" * 32, b"\x22" * 32, b"\x33" * 32
LINKS = [None, 0, 0, None, None]


def hosts(row):
    """Of a row of the exhibit; both empty: it has no pair."""
    if row % 8 == 7:
        return b"", b""
    if row % 11 == 3:
        return bytes(15) + b"\x01", bytes(14) + b"\x01" + bytes([row % 2])
    if row % 13 == 5:
        return bytes([192, 0, 2, 1]), bytes([192, 0, 2, 1])     # a host with itself
    there = bytes([10, 0, 0, row % 5]), bytes([10, 0, 1, row % 3])
    return there if row % 4 else there[::-1]


def made(n):
    return Sealer(X, S, LINKS, [[b"", *hosts(row), b"", b""] for row in range(n)])


def openings(ours, n):
    keys = sorted(ours.rows)
    yield "one, of which all is shown", keys[:1], range(n)
    yield "one, of which something is shut", keys[-1:], ours.rows[keys[-1]][1:]
    yield "all, all shown", keys, range(n)
    yield "every other one, some shown", keys[::2], range(n // 2)


def main():
    ours = pairs.Pairs(made(60))
    answers = {"exhibit": X.hex(), "secret": S.hex(), "statement": STATEMENT.hex(),
        "rows": [[part.hex() for part in hosts(row)] for row in range(60)],
        "root": ours.root().hex(), "root_of_none": pairs.Pairs(made(0)).root().hex(),
        "pairs": [{"key": key.hex(), "rows": rows, "salt": ours.salt(key).hex(), "cover": ours.cover(key).hex(),
            "leaf": ours.leaf(key).hex()} for key, rows in sorted(ours.rows.items())], "openings": []}
    corpus = os.path.join(ROOT, "tests", "fuzz", "corpus", "pairs")
    os.makedirs(corpus, exist_ok=True)
    for at, (name, keys, shown) in enumerate(openings(ours, 60)):
        data = ours.open(STATEMENT, keys, shown)
        answers["openings"].append({"name": name, "keys": [key.hex() for key in keys],
            "whole": [key in ours.whole for key in keys], "bytes": data.hex()})
        with open(os.path.join(corpus, "opening-%d" % at), "wb") as file:
            file.write(b"\x00" + data)
    notes = b"".join(key + len(rows).to_bytes(8, "big") + ours.cover(key) for key, rows in sorted(ours.rows.items()))
    with open(os.path.join(corpus, "notes"), "wb") as file:
        file.write(b"\x01" + b"index" + notes + len(ours.rows).to_bytes(8, "big") + b"CMpairs1")
    with open(os.path.join(corpus, "rows"), "wb") as file:
        file.write(b"\x02" + bytes(at * 37 % 256 for at in range(40)))
    with open(os.path.join(HERE, "pairs.json"), "w", encoding="ascii") as file:
        json.dump(answers, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
