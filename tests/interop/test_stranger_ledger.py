#!/usr/bin/env python3
"""The ledger's union of what was opened, worked out again from the dossiers alone: cells, ties and names as the openings
have them, and the salts that somebody with all of these seeds can derive (docs/formats.md 1.1, rule 1)."""

import json
import os
import random
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, "stranger"))

import cbor  # noqa: E402
import support  # noqa: E402
import table  # noqa: E402
import zipfmt  # noqa: E402

LINKED = {1, 2}  # src and dst of a capture
CASES = ["race-first", "in-path-redirect", "race-first-ipv6", "reset-burst"]
WHOM = ["B", "U"]


def has_ledger():
    if not os.access(support.COMITY, os.X_OK):
        return False
    return subprocess.run([support.COMITY, "ledger", "--help"], capture_output=True, check=False).returncode == 0


class Union:
    """What one party holds of one exhibit."""

    def __init__(self):
        self.cells = {}     # (row, column) -> "open", "tied" or "named"
        self.salts = set()  # (row, column) of which some seed gives the salt
        self.hosts = {}     # first bytes of a tie -> [most rows in one opening, named]

    def cell(self, row, column, cell, seen):
        """One cell of an opening that is not shut."""
        if isinstance(cell, bytes):
            self.cells[row, column] = "open"
            return
        named = cell[0] == 0
        tie = table.make_tie(0, cell[1], cell[2]) if named else cell[1]
        if named or self.cells.get((row, column)) != "named":
            self.cells[row, column] = "named" if named else "tied"
        if named and cell[2] == b"":
            return
        seen.setdefault(tie[:8].hex(), {}).setdefault(row, False)
        seen[tie[:8].hex()][row] |= named

    def add(self, opening):
        reader = cbor.Reader(opening)
        reader.item()
        row, seen = 0, {}
        while not reader.done():
            item = reader.item()
            if item[0] == 0:
                _, column, height, index, _ = item
                self.salts |= {(i, column) for i in range(index << height, (index + 1) << height)}
            elif item[0] == 2:
                for column, cell in enumerate(item[1]):
                    if isinstance(cell, bytes) or cell[0] != 1 or len(cell) == 3:
                        self.cell(row, column, cell, seen)
                row += 1
            elif item[0] == 3:
                row += item[1]
        for tie, rows in seen.items():
            host = self.hosts.setdefault(tie, [0, False])
            host[0] = max(host[0], len(rows))
            host[1] |= any(rows.values())


def mapped(exhibit):
    """The same of the ledger's answer."""
    union = Union()
    for first, end, opened, tied in exhibit["ranges"]:
        for row in range(first, end):
            for column in range(64):
                if opened >> column & 1:
                    union.cells[row, column] = ("open" if column not in LINKED else
                                                "tied" if tied >> column & 1 else "named")
    union.hosts = {tie: [rows, named] for tie, rows, named in exhibit["hosts"]}
    return union


def options(dice, rows):
    """What to disclose, at random."""
    first = dice.randrange(rows)
    chosen = ["--rows", "%d-%d" % (first, dice.randrange(first, rows))] if dice.random() < .7 else []
    chosen += ["--finding", "1"] if not chosen or dice.random() < .2 else []
    if "--rows" in chosen and dice.random() < .3:
        chosen += ["--columns", dice.choice(["headers", "payload", "headers,src", "src,dst"])]
    hide = dice.choice([None, None, "addresses", "payload", "addresses,payload"])
    chosen += ["--hide", hide] if hide else []
    chosen += ["--tie-all"] if dice.random() < .15 else []
    chosen += ["--whole-host"] if dice.random() < .15 and "--finding" in chosen else []
    return chosen + ["--leak-ok"]


@unittest.skipUnless(has_ledger(), "no build/comity with a ledger")
class Ledger(unittest.TestCase):
    def comity(self, *argv, want=(0,)):
        run = subprocess.run([support.COMITY, *argv], cwd=self.folder, capture_output=True, check=False)
        self.assertIn(run.returncode, want, run.stderr.decode())
        return run.stdout

    def disclose(self, dice, number, rows, unions):
        whom = dice.choice(WHOM)
        name = "%d.dossier" % number
        self.comity("disclose", *options(dice, rows), "--to", whom, "-o", name)
        files = zipfmt.read(support.read(os.path.join(self.folder, name)))
        unions.setdefault(whom, Union())
        if "seal-1.opening" in files:
            unions[whom].add(files["seal-1.opening"])

    def check(self, unions):
        ledger = json.loads(self.comity("ledger", "--json", "--map"))
        self.assertEqual({one["to"] for one in ledger["recipients"]}, set(unions))
        self.assertTrue(any(one.cells for one in unions.values()))
        for one in ledger["recipients"]:
            mine = unions[one["to"]]
            theirs = mapped(one["has"][0]) if one["has"] else Union()
            self.assertEqual(theirs.cells, mine.cells)
            self.assertEqual(set(theirs.cells), mine.salts)
            self.assertEqual(theirs.hosts, mine.hosts)

    def run_case(self, case, seed):
        dice = random.Random(seed)
        with tempfile.TemporaryDirectory() as self.folder:
            source = os.path.join(support.ROOT, "tests", "cases", case, "input.pcap")
            support.write(os.path.join(self.folder, "in.pcap"), support.read(source))
            self.comity("init", "--name", "A")
            self.comity("investigate", "in.pcap", "-o", "own.dossier", want=(0, 1))
            rows = json.loads(self.comity("show", "exhibits", "--json"))["exhibits"][0]["rows"]
            unions = {}
            for number in range(6):
                self.disclose(dice, number, rows, unions)
            self.check(unions)

    def test_the_union_of_the_ledger_is_that_of_the_dossiers(self):
        for case in CASES:
            for seed in range(2):
                with self.subTest(case=case, seed=seed):
                    self.run_case(case, "%s %d" % (case, seed))


if __name__ == "__main__":
    support.main()
