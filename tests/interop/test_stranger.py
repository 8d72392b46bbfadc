#!/usr/bin/env python3
"""The stranger's sealed table against known answers, and against itself."""

import json
import os
import random
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, "stranger"))

import capture  # noqa: E402
import cut  # noqa: E402
import kinds  # noqa: E402
import records  # noqa: E402
import support  # noqa: E402
from cbor import Reader, Refused, encode  # noqa: E402
from sealer import Sealer  # noqa: E402
from table import OPEN, SHUT, TIED, Cell, Table, one_value_two_names, verify_opening  # noqa: E402


def concatenated(rows):
    return b"".join(b"".join(row) for row in rows)


def states(opening):
    return {number: [cell.state if cell else SHUT for cell in row] for number, row in opening.rows.items()}


@unittest.skipUnless(os.path.exists(support.KAT), "no known answers")
class KnownAnswers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kat = kat = json.loads(support.read(support.KAT))
        unhex = bytes.fromhex
        cls.links = [column.get("link") for column in kat["columns"]]
        cls.rows = [[unhex(cell) for cell in row] for row in kat["table"]]
        cls.sealer = Sealer(unhex(kat["exhibit"]), unhex(kat["secret"]), cls.links, cls.rows)
        cls.statement = unhex(kat["statement"])
        cls.table = Table(unhex(kat["exhibit"]), cls.links, len(cls.rows), unhex(kat["root"]), unhex(kat["file"]))

    def test_sealing_gives_the_known_commitments(self):
        kat, sealer, host = self.kat, self.sealer, bytes.fromhex("0a000001")
        self.assertEqual([sealer.seed(c, 40, 0).hex() for c in range(5)], kat["root_seed"])
        self.assertEqual(sealer.seed(0, 0, 5).hex(), kat["salt_0_5"])
        self.assertEqual(sealer.name(0, host).hex(), kat["name_0a000001"])
        self.assertEqual(sealer.tie(0, host).hex(), kat["tie_0a000001"])
        self.assertEqual([leaf.hex() for leaf in sealer.leaves], kat["leaf"])
        self.assertEqual(sealer.root().hex(), kat["root"])
        self.assertEqual(sealer.file(concatenated(self.rows)).hex(), kat["file"])
        self.assertEqual(sealer.file_key().hex(), kat["file_key"])

    def test_openings_are_accepted_with_exactly_their_cells(self):
        for one in self.kat["openings"]:
            with self.subTest(one["name"]):
                opening = verify_opening(self.table, self.statement, bytes.fromhex(one["cbor"]), concatenated)
                got = {str(number): {str(column): cell.state for column, cell in enumerate(row) if cell}
                       for number, row in opening.rows.items()}
                self.assertEqual(got, one["open"])
                for number, row in opening.rows.items():
                    for column, cell in enumerate(row):
                        if cell and cell.state == OPEN:
                            self.assertEqual(cell.value, self.rows[number][column])

    def test_openings_are_made_byte_for_byte(self):
        for one in self.kat["openings"]:
            with self.subTest(one["name"]):
                choose = lambda row, column: one["open"].get(str(row), {}).get(str(column), SHUT)
                made = self.sealer.open(self.statement, choose, "file key" in one["name"])
                self.assertEqual(made.hex(), one["cbor"])

    def test_what_must_be_refused_is_refused(self):
        for one in self.kat["refuse"]:
            with self.subTest(one["why"]), self.assertRaises(Refused):
                verify_opening(self.table, self.statement, bytes.fromhex(one["cbor"]), concatenated)

    def test_every_changed_byte_of_an_opening_is_refused(self):
        data = bytes.fromhex(self.kat["openings"][5]["cbor"])
        for at in range(len(data)):
            changed = data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1:]
            with self.assertRaises(Refused, msg="byte %d" % at):
                verify_opening(self.table, self.statement, changed, concatenated)

    def test_packets_are_cut_as_known(self):
        for one in self.kat["cuts"]:
            with self.subTest(one["frame"], form=one["form"]):
                block = bytes.fromhex(one["block"])
                cells = cut.cut_block(one["form"], one["tsresol"], one["linktype"], one["tsoffset"], block)
                self.assertEqual([cell.hex() for cell in cells], one["cells"])
                self.assertEqual(capture.join([cells]), block)


class Itself(unittest.TestCase):
    def test_random_openings_show_what_was_chosen(self):
        dice = random.Random(1)
        for _ in range(150):
            links = [dice.choice([None, 0, 1]) for _ in range(dice.randint(1, 6))]
            rows = [[dice.randbytes(dice.randint(0, 3)) for _ in links] for _ in range(dice.randint(0, 40))]
            sealer = Sealer(dice.randbytes(32), dice.randbytes(32), links, rows)
            shape = dice.random()
            chosen = [[SHUT if dice.random() < shape else OPEN if link is None or dice.random() < 0.5 else TIED
                       for link in links] for _ in rows]
            data = sealer.open(b"s" * 32, lambda row, column: chosen[row][column])
            table = Table(sealer.exhibit, links, len(rows), sealer.root())
            opening = verify_opening(table, b"s" * 32, data, concatenated)
            self.assertEqual(states(opening), {n: row for n, row in enumerate(chosen) if set(row) != {SHUT}})
            self.assertEqual(opening.remarks, [])
            if len(data) > 1:
                with self.assertRaises(Refused):
                    verify_opening(table, b"s" * 32, data[:-1], concatenated)

    def test_two_names_for_one_value_are_noticed(self):
        rows = {0: [Cell(OPEN, b"v", b"t" * 32, b"n" * 32)], 1: [Cell(OPEN, b"v", b"u" * 32, b"m" * 32)]}

        class Made:
            pass
        opening, table = Made(), Made()
        opening.rows, table.links = rows, [0]
        self.assertEqual(len(one_value_two_names(table, [opening])), 1)

    def test_cbor_has_one_spelling(self):
        for thing in (0, 23, 24, 255, 256, 1 << 16, 1 << 32, b"x" * 300, [1, [b"", [2]]], (("v", 1),)):
            self.assertEqual(Reader(encode(thing)).item(), thing)
        for bad in ("1817", "1900ff", "20", "f4", "c000", "9f", "5f", "81818181", "1c", "61ff", "82"):
            with self.assertRaises(Refused, msg=bad):
                Reader(bytes.fromhex(bad)).item()

    def test_records_cut_and_join(self):
        kind = kinds.of("records/1", [("a", None), ("b", None), ("rest", None)])
        lines = [b'{"a": 1 , "b":{"a":[1,{}]}}\n', b"{}\n",
                 b' { "c":"\\"a", "a":null,"a":2 } \r\n', b'{"a":}\n', b"nope\n",
                 b'{"b":[],"x":[[]]}', b'{"a":1}{"a":1}\n', b'{"a":1,}\n', b'{,"a":1}\n', b'{"a":01}\n']
        for line in lines:
            rows = kind.cut(line)
            self.assertEqual(kind.join(rows), line)
            kind.check({n: [Cell(OPEN, cell) for cell in row] for n, row in enumerate(rows)}, len(rows))
            try:
                whole = isinstance(json.loads(line), dict)
            except ValueError:
                whole = False
            self.assertEqual(records.members(line) is not None, whole, line)

    def test_captures_cut_and_join(self):
        for path in support.captures(200000):
            data = support.read(path)
            with self.subTest(os.path.basename(path)):
                self.check_cut(data, random.Random(path))

    def test_broken_captures_cut_and_join(self):
        dice = random.Random(2)
        for path in support.captures(4000):
            data = support.read(path)
            for _ in range(30):
                changed = bytearray(data[:dice.randint(0, len(data))] if dice.random() < 0.3 else data)
                for _ in range(dice.randint(1, 20)):
                    if changed:
                        changed[dice.randrange(len(changed))] = dice.randrange(256)
                self.check_cut(bytes(changed), dice)

    def check_cut(self, data, dice):
        """Rows join to the file; opened in full, and in any part the mask rule allows, they pass the check."""
        rows = capture.cut_file(data)
        self.assertEqual(capture.join(rows), data)
        whole = {n: [Cell(OPEN, value, value) for value in row] for n, row in enumerate(rows)}
        capture.check_rows(whole)
        part = {n: [cell if column != capture.MASK and dice.random() < 0.5 else None for column, cell in enumerate(row)]
                for n, row in whole.items()}
        capture.check_rows(part)


if __name__ == "__main__":
    support.main()
