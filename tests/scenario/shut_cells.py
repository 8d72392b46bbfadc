#!/usr/bin/env python3
"""Whole dossiers under random charters and plans tell nothing of a shut cell that is not salted (docs/formats.md 1.1).

usage: shut_cells.py COMITY COMITY-GEN

The secrets are taken from the sender's case, so that the stranger's code can make every salt, seed, name, tie and commitment of
the table, and look in all bytes that left for those which should not be there.
"""
import os
import random
import re
import sqlite3
import sys
import tempfile
import time
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "interop", "stranger")]
sys.dont_write_bytecode = True

import pairs  # noqa: E402
import sift  # noqa: E402
from cbor import Reader  # noqa: E402
from governed_lab import Case  # noqa: E402
from parties import fail  # noqa: E402
from sealer import Sealer  # noqa: E402
from statement import parse  # noqa: E402
from table import MAX_HEIGHT, SHUT, Live, Table  # noqa: E402

SECONDS, ROUNDS, LEAST = 20, 30, 4
WORD = re.compile(rb"(?<![0-9a-f])[0-9a-f]{8}(?![0-9a-f])")


class Known:
    """What the sealer of an exhibit can compute, made anew from its secret, and beside it that of another secret."""

    def __init__(self, case, x, seal):
        with sqlite3.connect(case.a.path(".comity/case.db")) as db:
            secret = db.execute("SELECT secret FROM exhibit WHERE x = ?", (bytes.fromhex(seal["exhibit"]),)).fetchone()[0]
        links = [c.get("link") for c in seal["columns"]]
        self.x, self.links = x, links
        self.own = Sealer(bytes.fromhex(seal["exhibit"]), secret, links, x.rows)
        self.other = Sealer(bytes.fromhex(seal["exhibit"]), bytes(32), links, x.rows)
        if self.own.root().hex() != seal["root"]:
            fail(f"{x.name}: the secret gives another root")
        self.pairs = pairs.Pairs(self.own) if "pairs" in seal else None
        self.cells = [(r, c) for r in range(len(x.rows)) for c in range(len(links))]
        self.given = set()      # cells whose salts some dossier gave
        self.laws_of_the_table()

    def laws_of_the_table(self):
        own = [one for row in self.own.commitments for one in row]
        other = [one for row in self.other.commitments for one in row]
        if len(set(own)) != len(own):
            fail(f"{self.x.name}: two cells have one commitment")
        if set(own) & set(other):
            fail(f"{self.x.name}: a commitment is the same under another secret")
        values = [(c, value) for row in self.x.rows for c, value in enumerate(row)]
        self.equal = len(values) - len(set(values))     # cells with the value of another one

    def salts(self, opening):
        """{(row, column): salt} of all that its seeds give."""
        reader, out = Reader(opening), {}
        while not reader.done():
            item = reader.item()
            if isinstance(item, list) and item[0] == 0:
                _, column, height, index, seed = item
                live = Live(self.own.x8, column, height, index, seed)
                for row in range(index << height, (index + 1) << height):
                    out[row, column] = live.next_salt()
        return out

    def secrets(self, shown):
        """[(bytes, what)] of what may not be seen by who was shown these cells (all of his dossiers)."""
        own, out = self.own, [(self.own.secret, "S"), (self.own.link_secret, "the secret of links"), (self.own.file_key(), "file key")]
        shut = [cell for cell in self.cells if cell not in shown]
        above = set()
        for row, column in shut:
            height, index = 0, row
            while height <= MAX_HEIGHT and (column, height, index) not in above:
                above.add((column, height, index))
                out.append((own.seed(column, height, index), f"seed {column} {height} {index}"))
                height, index = height + 1, index >> 1
        return out, shut

    def linked(self, shown, named):
        """Names and ties of values that are not named, or not even tied."""
        value = lambda cell: (self.links[cell[1]], self.x.value(*cell))
        tied, known = {value(cell) for cell in shown if self.links[cell[1]] is not None}, {value(cell) for cell in named}
        every = {value(cell) for cell in self.cells if self.links[cell[1]] is not None}
        return [(self.own.name(g, v), "a name") for g, v in every - known] + [(self.own.tie(g, v), "a tie") for g, v in every - tied]


def commitments(opening):
    """{(row, column): commitment} that stand in it."""
    reader, row, out = Reader(opening), 0, {}
    while not reader.done():
        item = reader.item()
        if not isinstance(item, list):
            continue
        if item[0] == 3:
            row += item[1]
        elif item[0] == 2:
            out.update({(row, c): cell[1] for c, cell in enumerate(item[1]) if isinstance(cell, list) and cell[0] == 1})
            row += 1
    return out


class Laws:
    def __init__(self, case):
        self.case, self.known, self.views = case, {}, {}
        self.count = {"dossiers": 0, "salts": 0, "shut": 0, "equal": 0, "digests": 0, "pairs": 0, "bytes": 0}

    def of(self, x, seal):
        if x not in self.known:
            self.known[x] = Known(self.case, x, seal)
            self.count["equal"] += self.known[x].equal
        return self.known[x]

    def check(self, asked, d, received):
        self.count["dossiers"] += 1
        prints, words = sift.Prints(), {}
        for x, n in d.seal_of.items():
            seal = parse(d.files[f"seal-{n}.json"])["predicate"]
            self.seal(asked, d, x, self.of(x, seal), n, seal, prints, words)
        files = {**d.files, **received}
        for name, data in files.items():
            self.count["bytes"] += len(data)
            for view in sift.views(data):
                found = prints.found(view) + [words[w] for w in WORD.findall(view.lower()) if w in words]
                if found:
                    fail(f"{name} tells {found[:3]}", asked.arguments)
        self.count["digests"] += len(prints.raw)

    def seal(self, asked, d, x, known, n, seal, prints, words):
        where = f"{x.name}: {' '.join(asked.arguments)}"
        data = d.files.get(f"seal-{n}.opening")
        shown = {(r, c) for r, cells in d.rows[x].items() for c, cell in enumerate(cells) if cell is not None}
        named = {(r, c) for r, c in shown if d.rows[x][r][c].name is not None}
        if data is not None:
            salts = known.salts(data)
            if set(salts) != shown:
                fail("the salts are not those of the open cells", where, sorted(set(salts) ^ shown)[:5])
            if any(known.own.seed(c, 0, r) != salt for (r, c), salt in salts.items()):
                fail("a salt that the secret does not give", where)
            for (r, c), have in commitments(data).items():
                if have != known.own.commitments[r][c] or have == known.other.commitments[r][c]:
                    fail(f"row {r} column {c}: a commitment of something else", where)
            known.given |= set(salts)
            self.count["salts"] += len(salts)
            again = known.own.open(bytes.fromhex(x.statement), lambda r, c: SHUT if d.rows[x].get(r) is None or
                                   d.rows[x][r][c] is None else d.rows[x][r][c].state, with_key=len(d.opening[x].file_key or b"") > 0)
            if again != data:
                fail("the opening is not the one of these cells", where)
        self.pairs(d, x, known, n, seal, prints, where)
        self.look_for(d, x, known, shown, named, prints, words)

    def pairs(self, d, x, known, n, seal, prints, where):
        told = {}
        data = d.files.get(f"seal-{n}.pairs")
        if data is not None:
            t = Table(bytes.fromhex(seal["exhibit"]), known.links, seal["rows"], bytes.fromhex(seal["root"]))
            told = pairs.verify_pairs(t, bytes.fromhex(seal["pairs"]), bytes.fromhex(x.statement), data, d.rows[x])
            shown = [r for rows in pairs.rows_by_pair(t, d.rows[x]).values() for r in rows]
            if known.pairs.open(bytes.fromhex(x.statement), list(told), shown) != data:
                fail("the pairs are not the ones of these rows", where)
            self.count["pairs"] += len(told)
        if known.pairs:
            for key in known.pairs.rows:
                if key not in told:
                    prints.secret(key, "the key of a pair that is shut")
                if key not in told or key not in known.pairs.whole:
                    prints.secret(known.pairs.salt(key), "the salt of a pair that is shut in part")

    def look_for(self, d, x, known, shown, named, prints, words):
        secrets, shut = known.secrets(shown)
        for one, what in secrets + known.linked(shown, named):
            prints.secret(one, f"{what} of {x.name}")
        open_values = {x.value(r, c) for r, c in shown}
        self.count["shut"] += len(shut)
        if shut:
            prints.add(x.data, f"{x.name}, the whole file")
        for r, c in shut:
            value = x.value(r, c)
            if len(value) >= 4 and value not in open_values:
                prints.add(value, f"{x.name} row {r} column {c}")
                words[b"%08x" % zlib.crc32(value)] = f"CRC of {x.name} row {r} column {c}"


def main(comity, gen):
    long = bool(os.environ.get("COMITY_LONG"))
    seed = int(os.environ.get("COMITY_SEED", "7"))
    rounds = int(os.environ.get("COMITY_ROUNDS", str(ROUNDS * (10 if long else 1))))
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        case = Case(comity, gen, folder, random.Random(seed))
        laws, done = Laws(case), 0
        while done < rounds and (long or done < LEAST or (laws.count["pairs"] == 0 and done < 3 * LEAST) or time.monotonic() - begun < SECONDS):
            case.begin()
            for k in range(5):
                asked, name = case.plan(), f"d{case.n}-{k}.dossier"
                d, _ = case.disclose(asked, name)
                if d:
                    laws.check(asked, d, case.received(asked, name))
            done += 1
    n = laws.count
    if n["dossiers"] < done or n["salts"] < 100 or n["shut"] < 100 or n["equal"] < 10 or (done >= LEAST and n["pairs"] == 0):
        fail(f"too little was tried: {n}")
    print(f"ok shut cells: seed {seed}, {done} rounds, {n['dossiers']} dossiers, {n['salts']} salts derived, {n['shut']} shut cells, "
          f"{n['equal']} cells equal to others, {n['pairs']} pairs, {n['digests']} digests and secrets looked for in {n['bytes'] >> 10} KiB, "
          f"{time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
