#!/usr/bin/env python3
"""The sealed table, Comity's and the stranger's, on the same files with the same X and S.

Every capture at hand gives the same cells, root and openings; captures and lines broken at random do; and
openings that a lying sealer made (cells no record cuts into) are held or refused by both alike.
"""

import os
import random
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, "stranger"))

import capture  # noqa: E402
import kinds  # noqa: E402
import support  # noqa: E402
from cbor import Refused  # noqa: E402
from sealer import Sealer  # noqa: E402
from table import OPEN, SHUT, TIED, Table, verify_opening  # noqa: E402

X, S, STATEMENT = b"x" * 32, b"s" * 32, b"t" * 32
LINKS = [link for _, link in capture.COLUMNS]
NAMES = ("a", "b")
RECORDS = kinds.of("records/1", [(name, None) for name in NAMES + ("rest",)])
WHOLE_LIMIT, CELLS_LIMIT = 100000, 1500000
ROUNDS = 150
# Bytes that mean something somewhere in a header.
TELLING = [0, 1, 2, 3, 4, 5, 6, 8, 0x11, 17, 43, 44, 0x45, 0x46, 0x47, 0x4f, 58, 60, 0x60, 0x64, 0x80, 0x81, 0x86,
           0x88, 0xa8, 0xdd, 0xff]
PATTERNS = [(OPEN,) * 5, (OPEN, TIED, TIED, SHUT, OPEN), (OPEN, SHUT, SHUT, SHUT, SHUT), (SHUT, OPEN, OPEN, OPEN, OPEN),
            (OPEN, OPEN, OPEN, SHUT, SHUT), (SHUT, OPEN, TIED, SHUT, OPEN)]


@unittest.skipUnless(os.path.exists(support.SEAL_TOOL), "no seal_tool was built")
class BesideComity(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = lambda name: os.path.join(folder.name, name)
        self.dice = random.Random(7)

    @staticmethod
    def tool(*arguments):
        done = subprocess.run([support.SEAL_TOOL, *map(str, arguments)], capture_output=True, check=False)
        if done.returncode != 0:
            raise AssertionError("seal_tool: " + done.stderr.decode("utf-8", "replace"))
        return done.stdout

    def cells(self, kind, path):
        lines = self.tool("cells", kind, path).decode("ascii").split("\n")[:-1]
        return [[bytes.fromhex(cell) for cell in line.split("\t")] for line in lines]

    def check(self, kind, sealer, paths):
        """What Comity says of openings: `holds`, `refused` or `two-names`, and the cells it found open."""
        where = [X.hex(), len(sealer.rows), sealer.root().hex(), STATEMENT.hex(), "-"]
        return self.tool("check", kind, *where, *paths).decode("utf-8", "replace").splitlines()

    def both(self, kind, sealer, rules, openings):
        """Both readers on each opening; returns how many held."""
        paths = [support.write(self.path("%d.opening" % i), data) for i, data in enumerate(openings)]
        table, held = Table(X, sealer.links, len(sealer.rows), sealer.root()), 0
        for data, theirs in zip(openings, self.check(kind, sealer, paths), strict=True):
            try:
                opening = verify_opening(table, STATEMENT, data, None)
                rules(opening.rows, len(sealer.rows))
                ours = describe(opening, sealer.links)
            except Refused as why:
                ours = "refused %s" % why
            self.assertEqual(theirs.split()[0], ours.split()[0], (theirs, ours))
            if ours.startswith("holds"):
                self.assertEqual(theirs, ours)
                held += 1
        return held

    def test_every_capture_gives_the_same_cells(self):
        for path in support.captures(CELLS_LIMIT):
            with self.subTest(os.path.basename(os.path.dirname(path)) + "/" + os.path.basename(path)):
                self.assertEqual(self.cells("capture/1", path), capture.cut_file(support.read(path)))

    def test_every_small_capture_gives_the_same_root_and_openings(self):
        for path in support.captures(WHOLE_LIMIT):
            with self.subTest(os.path.basename(os.path.dirname(path)) + "/" + os.path.basename(path)):
                self.check_capture(path)

    def check_capture(self, path):
        data = support.read(path)
        sealer = Sealer(X, S, LINKS, capture.cut_file(data))
        said = self.tool("root", "capture/1", path, X.hex(), S.hex()).decode("ascii").split()
        self.assertEqual(said, [str(len(sealer.rows)), sealer.root().hex(), sealer.file(data).hex()])
        plan, states = self.plan(sealer.rows)
        support.write(self.path("plan"), plan)
        theirs = self.tool("open", "capture/1", path, X.hex(), S.hex(), STATEMENT.hex(), self.path("plan"))
        ours = sealer.open(STATEMENT, lambda row, column: states[row][column])
        self.assertEqual(theirs, ours)
        self.assertEqual(self.both("capture/1", sealer, capture.check_rows, [ours]), 1)

    def plan(self, rows):
        """Some rows in some way: (plan for seal_tool, states by row). `mask` stays shut, it is never part of a mix."""
        lines, states, at = [], [(SHUT,) * 5 for _ in rows], 0
        while at < len(rows):
            end = min(len(rows), at + self.dice.choice([1, 1, 2, 3, 8, 20]))
            pattern = self.dice.choice([PATTERNS[1], PATTERNS[2], PATTERNS[4], PATTERNS[5], (SHUT,) * 5])
            states[at:end] = [pattern] * (end - at)
            opened = sum(1 << column for column, state in enumerate(pattern) if state != SHUT)
            tied = sum(1 << column for column, state in enumerate(pattern) if state == TIED)
            lines.append("%d %d %d %d\n" % (at, end, opened, tied))
            at = end
        return "".join(lines).encode("ascii"), states

    def test_broken_captures_give_the_same_cells(self):
        files = [support.read(path)[:12000] for path in support.captures(60000)]
        for _ in range(ROUNDS if files else 0):
            data = bytearray(self.dice.choice(files))
            for _ in range(self.dice.randint(1, 40)):
                value = self.dice.choice(TELLING) if self.dice.random() < 0.7 else self.dice.randrange(256)
                data[self.dice.randrange(24, len(data))] = value
            if data[0] != 0x0a and self.dice.random() < 0.4:
                data[20:22] = bytes([self.dice.choice([0, 1, 12, 14, 101, 108, 113, 228, 229, 7]), 0])
            data = bytes(data[:self.dice.choice([len(data), self.dice.randrange(24, len(data))])])
            path = support.write(self.path("broken"), data)
            self.assertEqual(self.cells("capture/1", path), capture.cut_file(data), data.hex())

    def test_a_lying_sealer_is_refused_by_both_alike(self):
        files = [support.read(path) for path in support.captures(30000)]
        held = tried = 0
        for _ in range(ROUNDS if files else 0):
            rows = capture.cut_file(self.dice.choice(files))
            start = self.dice.randrange(len(rows))
            rows = rows[start:start + self.dice.randint(1, 4)]
            place = self.dice.randrange(len(rows))
            for _ in range(self.dice.randint(1, 3)):
                rows[place] = self.lie(rows[place])
            sealer = Sealer(X, S, LINKS, rows)
            choices = self.dice.sample(PATTERNS, 4)
            openings = [sealer.open(STATEMENT, lambda row, column, way=way: way[column]) for way in choices]
            held += self.both("capture/1", sealer, capture.check_rows, openings)
            tried += len(openings)
        self.assertTrue(tried == 0 or 0 < held < tried)

    def lie(self, row):
        column = self.dice.choice([0, 0, 0, 0, 1, 2, 3, 4])
        value, way = bytearray(row[column]), self.dice.random()
        if value and (way < 0.7 or column == 0):
            at = self.dice.randrange(len(value))
            value[at] = self.dice.choice(TELLING + [value[at] ^ 1 << self.dice.randrange(8)])
        elif value and way < 0.85:
            del value[self.dice.randrange(len(value)):]
        else:
            value += self.dice.randbytes(self.dice.randint(1, 6))
        return row[:column] + [bytes(value)] + row[column + 1:]

    def test_text_gives_the_same_rows_and_records(self):
        long = b'{"a":"' + b"x" * (1 << 20) + b'"}\n{"a":1}\n' + b"y" * ((1 << 20) - 1) + b"\n{}"
        texts = [long, b"\n", b"{}"] + [self.text() for _ in range(ROUNDS)]
        kind = "records/1:" + ",".join(NAMES)
        for data in texts:
            path = support.write(self.path("text"), data)
            self.assertEqual(self.cells("lines/1", path), kinds.of("lines/1", [("line", None)]).cut(data))
            self.assertEqual(self.cells("blob/1", path), kinds.of("blob/1", [("bytes", None)]).cut(data))
            rows = RECORDS.cut(data)
            self.assertEqual(self.cells(kind, path), rows, data[:200])
            sealer = Sealer(X, S, [None] * 3, [self.lie_in_text(row) for row in rows[:5]])
            ways = [[self.dice.choice([SHUT, OPEN, OPEN]) for _ in range(3)] for _ in range(3)]
            openings = [sealer.open(STATEMENT, lambda row, column, way=way: way[column]) for way in ways]
            self.both(kind, sealer, RECORDS.check, openings)

    def text(self):
        """Lines that are JSON objects, nearly, or not at all."""
        tokens = ["{", "}", "[", "]", ",", ":", '"a"', '"b"', '"c"', " ", "\t", "\r", "1", "-0", "01", "1.5e3", "1e",
                  "null", "true", "tru", '"\\u0041"', '"\\x"', '"', "\\", "\x01", "\xe9", '""', "-", '{"a":1}']
        deep = ["[" * 62 + "]" * 62, "[" * 64 + "]" * 64]
        values = ["1", "null", '"x"', " 2 ", "-1.5e+7", '"\\n"', "[]", "{}", "[ {} ]", '{"a":[1]}'] + deep
        lines = []
        for _ in range(self.dice.randint(1, 20)):
            pick = self.dice.choice
            pairs = [pick(["", " "]) + pick(['"a"', '"b"', '"c"', '"\\u0061"']) + ":" + pick(values)
                     for _ in range(pick([0, 1, 2, 3]))]
            line = "{" + ",".join(pairs) + "}"
            if self.dice.random() < 0.4:
                at = self.dice.randrange(len(line))
                line = line[:at] + pick(tokens) + line[at + self.dice.randint(0, 2):]
            lines.append(line)
        return ("\n".join(lines) + self.dice.choice(["", "\n"])).encode("latin-1")

    def lie_in_text(self, row):
        row = list(row)
        if len(b"".join(row)) < 10000 and self.dice.random() < 0.5:
            column = self.dice.randrange(3)
            row[column] = self.dice.choice([b"", b"1", b" 1 ", b"1,", b"x", b'{"a":}\n', b'{"a":,"b":}\n', b"{}\n",
                                            row[column] + b"\n"])
        return row


def describe(opening, links):
    """An opening in the words of seal_tool."""
    letter = lambda cell, link: "-" if cell is None else "t" if cell.state == TIED else "o" if link is None else "n"
    rows = [" %d:%s" % (number, "".join(map(letter, row, links))) for number, row in opening.rows.items()]
    return ("two-names" if opening.remarks else "holds") + "".join(rows)


if __name__ == "__main__":
    support.main()
