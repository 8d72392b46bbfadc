#!/usr/bin/env python3
"""No canary of a cell that a charter denies stands in anything that leaves, however it is encoded.

usage: taint.py COMITY COMITY-GEN
"""
import base64
import gzip
import os
import random
import sys
import tempfile
import time
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "interop", "stranger")]
sys.dont_write_bytecode = True

import plans  # noqa: E402
import sift  # noqa: E402
from governed_lab import Case  # noqa: E402
from parties import fail  # noqa: E402
from table import OPEN, TIED  # noqa: E402

SECONDS, ROUNDS, LEAST = 25, 40, 3
MASK = 3


class Check:
    def __init__(self, case):
        self.case, self.where, self.got, self.opened = case, {}, {}, {}
        self.count = {"dossiers": 0, "nothing": 0, "denied": 0, "canaries": 0, "wanted": 0, "given": 0, "echoes": 0, "bytes": 0,
                      "by finding": 0}
        self.allowed = {}

    # ---- where canaries stand ----

    def cells_of(self, canary, what):
        """All cells of all exhibits in which it is spelled."""
        forms = [canary, canary[::-1], *plans.spelled(canary)] if what == "address" else [canary]
        found = set()
        for x in self.case.exhibits:
            if (canary, x) not in self.where:
                self.where[canary, x] = {cell for form in forms for cell in x.find(form)}
            found |= self.where[canary, x]
        return found

    def may(self, asked, cell, tied=False):
        x, row, column = cell
        key = (cell, asked.to, asked.purpose, self.case.n, tied)
        if key not in self.allowed:
            base = plans.request(x, asked.to, asked.purpose, self.case.consents)
            self.allowed[key] = plans.may_open(self.case.rules, x, row, column, base, tied)
        return self.allowed[key]

    # ---- one dossier ----

    def opened_only_what_may(self, asked, d):
        for state, tied in ((OPEN, False), (TIED, True)):
            for cell in d.cells(state):
                x, row, column = cell
                if not self.may(asked, cell, tied):
                    self.wrong(asked, f"{x.kind} {x.name} row {row} column {x.columns[column][0]} is {state}")
                if state == OPEN and d.rows[x][row][column].value != x.value(row, column):
                    self.wrong(asked, f"{x.name} row {row} is not what was sealed")

    def wrong(self, asked, what):
        fail(what, f"round {self.case.n}: {' '.join(asked.arguments)}", plans.marks_text(self.case.exhibits),
             "\n".join(r.text() for r in self.case.rules), self.case.consents)

    def forbidden(self, asked, d):
        """Canaries that may not be in it: in no cell that is open, or an address that is asked for and denied."""
        open_cells = d.cells() if d else set()
        rows = {(x, row) for x, row, _ in (asked.cells or ())} or {(x, r) for x in (d.rows if d else ()) for r in d.rows[x]}
        named = {x.value(r, c) for x, r, c in open_cells if x.kind == "capture" and c in (1, 2)}
        columns = {c for _, _, c in asked.cells} if asked.cells else {1, 2}
        denied = {x.value(r, c) for x, r in rows if x.kind == "capture" for c in (1, 2)
                  if c in columns and not self.may(asked, (x, r, c))} - named
        for x in self.case.exhibits:
            for canary, what in x.canaries:
                if what == "address" and canary in denied or not self.cells_of(canary, what) & open_cells:
                    yield canary, what, x

    def is_echo(self, cell, shut):
        value = cell[0].value(cell[1], cell[2])
        return any(text in value for text in shut)

    def gave_what_may(self, asked, d):
        """All that was asked for and is allowed is there, but what shows hidden values."""
        if asked.cells is None:
            self.count["by finding"] += len(d.cells()) if d else 0
            return
        x = asked.exhibits[0]
        open_cells = d.cells() if d else set()
        hid = {"addresses": {1, 2, MASK}, "payload": {4, MASK}}
        never = set().union(*(hid[h] for h in asked.hides)) | ({MASK} if x.kind == "capture" else set())
        wanted = {cell for cell in asked.cells if cell[2] not in never and self.may(asked, cell)}
        if x.kind == "capture":     # a row that is no packet opens whole or not at all
            wanted = {(y, r, c) for y, r, c in wanted if y.value(r, 0)[:1] == b"\x01" or (not asked.hides and all(
                (y, r, k) not in asked.cells or self.may(asked, (y, r, k)) for k in range(5)))}
        wanted = {(y, r, c) for y, r, c in wanted if y.kind != "capture" or y.value(r, c)}  # no packet, no addresses
        if not plans.may_seal(self.case.rules, plans.request(x, asked.to, asked.purpose, self.case.consents)):
            wanted = set()
        missing = wanted - open_cells
        if missing:
            shut = self.hidden_values(x, open_cells, asked)
            echoes = {cell for cell in missing if self.is_echo(cell, shut)}
            self.count["echoes"] += len(echoes)
            if missing - echoes:
                y, r, c = sorted(missing - echoes, key=lambda cell: cell[1:])[0]
                self.wrong(asked, f"{y.kind} {y.name} row {r} column {y.columns[c][0]} is allowed and not there "
                           f"({len(missing - echoes)} of {len(wanted)}): {y.value(r, c)[:80]}")
            wanted -= echoes
        self.count["wanted"] += len(wanted)
        self.count["given"] += len(wanted & open_cells)

    def hidden_values(self, x, open_cells, asked):
        if x.kind == "capture":
            rows = {r for _, r, _ in asked.cells}
            hosts = {x.value(r, c) for r in rows for c in (1, 2) if (x, r, c) not in open_cells and len(x.value(r, c)) == 4}
            return [form for a in hosts for form in (a, a[::-1], *plans.spelled(a))]
        out = []
        for r in {r for _, r, _ in asked.cells}:
            for c in range(len(x.columns)):
                if (x, r, c) not in open_cells:
                    value = x.value(r, c).strip(b' \t\r\n"')
                    out += [part for part in [value, *value.split(b'"')] if len(part) >= 4]
        return out

    def try_one(self, name):
        asked = self.case.plan()
        d, _ = self.case.disclose(asked, name)
        self.count["dossiers" if d else "nothing"] += 1
        if d:
            self.opened_only_what_may(asked, d)
        self.gave_what_may(asked, d)
        if not d:
            return
        given = {**d.files, name: b"", **self.case.received(asked, name)}
        self.count["bytes"] += sum(map(len, given.values()))
        sifted = sift.Given(given)
        tried = 0
        for canary, what, x in self.forbidden(asked, d):
            tried += 1
            seen = sifted.has(canary, what)
            if seen:
                where = [n for n, data in given.items() if sift.Given({n: data}).has(canary, what)]
                self.wrong(asked, f"{what} {canary.hex()} of {x.kind} {x.name} is seen as {seen!r} in {where}")
        self.count["canaries"] += tried
        if asked.cells:
            self.count["denied"] += sum(not self.may(asked, cell) for cell in asked.cells)
        self.unite(asked, d)

    def unite(self, asked, d):
        """Over all that one recipient has, and over all recipients: open is what a plan of some recipient allowed."""
        for who in (asked.to, "all"):
            self.opened.setdefault(who, set()).update(d.cells())
            self.got.setdefault(who, set()).update(cell for cell in d.cells() if self.may(asked, cell))
            if self.opened[who] - self.got[who]:
                self.wrong(asked, f"{who} has together what none of its dossiers was allowed")


def try_the_sieve():
    """Would it be seen?  Each spelling in turn, and nothing where nothing is."""
    rnd = random.Random(5)
    token, address = rnd.randbytes(16), bytes([93, 184, 216, 34])
    spell = {
        "as it is": lambda b: b, "backwards": lambda b: b[::-1], "base64": lambda b: b"ab" + base64.b64encode(b"x" + b + b"xyz"), "base64 of URLs": base64.urlsafe_b64encode,
        "hexadecimal": lambda b: b.hex().encode(), "in capitals": lambda b: b.hex().upper().encode(), "gzip": gzip.compress,
        "zlib": zlib.compress, "percent": lambda b: "".join(f"%{c:02x}" for c in b).encode(),
        "escapes of JSON": lambda b: "".join(f"\\u{c:04x}" for c in b).encode(),
        "entities": lambda b: "".join(f"&#{c};" for c in b).encode(),
        "a dump": lambda b: b"00000000: " + b" ".join(b.hex()[i:i + 4].encode() for i in range(0, 32, 4)) + b"\n",
        "base64 of hexadecimal": lambda b: base64.b64encode(b.hex().encode()),
    }
    for name, one in spell.items():
        if not sift.Given({"x": b"x\n" + one(token) + b" after"}).has(token, "payload"):
            fail(f"the sieve does not see a canary in {name}")
    for text in plans.spelled(address):
        if not sift.Given({"x": b"<td>" + text + b"</td>"}).has(address, "address"):
            fail(f"the sieve does not see {text}")
    if not sift.Given({"seal-1.pcapng": b"...." + address + b"...."}).has(address, "address"):
        fail("the sieve does not see four bytes")
    if sift.Given({"x": rnd.randbytes(5000)}).has(token, "payload") or sift.Given({"x": b"193.184.216.34"}).has(address, "address"):
        fail("the sieve sees what is not there")
    return len(spell) + len(plans.spelled(address)) + 1


def main(comity, gen):
    print(f"ok the sieve sees canaries in {try_the_sieve()} spellings")
    long = bool(os.environ.get("COMITY_LONG"))
    seed = int(os.environ.get("COMITY_SEED", "1"))
    rounds = int(os.environ.get("COMITY_ROUNDS", str(ROUNDS * (10 if long else 1))))
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        case = Case(comity, gen, folder, random.Random(seed))
        check, done = Check(case), 0
        while done < rounds and (long or done < LEAST or time.monotonic() - begun < SECONDS):
            case.begin()
            for k in range(6):
                check.try_one(f"d{case.n}-{k}.dossier")
            done += 1
    n = check.count
    if n["dossiers"] < 2 * done or n["given"] < 10 * done or n["denied"] < 5 * done or n["given"] != n["wanted"]:
        fail(f"too little was tried: {n}")
    print(f"ok taint: seed {seed}, {done} rounds, {n['dossiers']} dossiers ({n['nothing']} plans gave none), {n['canaries']} canaries looked "
          f"for in {n['bytes'] >> 10} KiB, {n['denied']} cells asked for and denied, {n['given']} asked for and given, {n['by finding']} "
          f"by findings, {n['echoes']} shut as echoes, {time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
