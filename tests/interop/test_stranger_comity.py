#!/usr/bin/env python3
"""Dossiers that Comity made, of every sample capture: the stranger verifies them, seals the capture again with
the secret of the case, and makes the same opening. Then dossiers are changed: both verifiers refuse."""

import glob
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, "stranger"))

import capture  # noqa: E402
import maker  # noqa: E402
import support  # noqa: E402
import table  # noqa: E402
import verify  # noqa: E402
import zipfmt  # noqa: E402
from sealer import Sealer  # noqa: E402

LIMIT = 60000           # bytes of a capture of others
LINKS = [link for _, link in capture.COLUMNS]
OPTIONS = (["--hide", "addresses"], ["--hide", "payload"], ["--hide", "addresses", "--hide", "payload"],
           ["--whole-host"], ["--tie-all", "--for", "somebody"],
           ["--collected-by", "a<b", "--vantage", "tap", "--clock", "n\u00e9"])
HOLDS, IN_PART = 0, 5


def has_investigate():
    if not os.access(support.COMITY, os.X_OK):
        return False
    return subprocess.run([support.COMITY, "investigate", "--help"], capture_output=True, check=False).returncode == 0



# Edits of a finding's predicate, and whether its form still holds (what it claims is not for us to say).
FINDING = {
    "as it was": (lambda finding: None, True), "a word for a type": (lambda finding: finding.update(type="x"), False),
    "bits in words": (lambda finding: finding.update(bits="3"), False),
    "bits": (lambda finding: finding.update(bits=-7), True),
    "bits far below": (lambda finding: finding.update(bits=-100001), False),
    "a row beyond": (lambda finding: finding.update(trigger=[[10 ** 6]]), False),
    "rows descending": (lambda finding: finding["support"][0].reverse(), False),
    "rows of two seals": (lambda finding: finding["support"].append([]), False),
    "two triggers": (lambda finding: finding.update(trigger=[[1, 2]]), False),
    "no trigger": (lambda finding: finding.update(trigger=[[]]), True),
    "frames of another shape": (lambda finding: finding["frames"][0].pop(), False),
    "cues in another order": (lambda finding: finding["cues"].reverse(), False),
    "no cues": (lambda finding: finding.update(cues=[]), True),
    "cue without rows": (lambda finding: finding["cues"][0].update(rows=[[]]), False),
    "cue that reads twice": (lambda finding: finding["cues"][0].update(reads=["headers", "headers"]), False),
    "cue that reads backwards": (lambda finding: finding["cues"][0].update(reads=["payload", "headers"]), False),
    "cue with a number for a rate": (lambda finding: finding["cues"][0].update(base_rate=1), False),
    "cue that rests elsewhere": (lambda finding: finding["cues"][0].update(rests_on="hope"), False),
    "cue with many bits": (lambda finding: finding["cues"][0].update(bits=1001), False),
    "fingerprint of nothing": (lambda finding: finding.update(fingerprint={}), True),
    "half a fingerprint": (lambda finding: finding.update(fingerprint={"ttl": "64"}), False),
    "no alternatives": (lambda finding: finding.update(alternatives=[]), True),
    "alternative that holds 1": (lambda finding: finding["alternatives"][0].update(holds=1), False),
    "explained": (lambda finding: finding.update(explained_by="x"), True),
    "another detector": (lambda finding: finding["detector"].update(name="x", version=2, source="00" * 32), True),
    "detector without digest": (lambda finding: finding["detector"].update(source="x"), False),
    "other parameters": (lambda finding: finding["parameters"].update(forged_bits=9, break_bits=-1), True),
    "parameters less": (lambda finding: finding["parameters"].pop("window"), False),
    "window too wide": (lambda finding: finding["parameters"].update(window=1 << 32), False),
    "another seal": (lambda finding: finding.update(seals=["ab" * 32]), False),
    "no seal": (lambda finding: finding.update(seals=[]), False),
    "the seal twice": (lambda finding: finding["seals"].append(finding["seals"][0]), False),
    "the number before": (lambda finding: finding.update(number=finding["number"] - 1), False),
    "a member more": (lambda finding: finding.update(x=1), False),
}


@unittest.skipUnless(has_investigate(), "no comity investigate")
class Comitys(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.run_comity("init", "--name", "victim", "--role", "victim")
        cls.case = os.path.join(cls.folder.name, ".comity")
        cls.signers = os.path.join(cls.case, "allowed_signers")
        cls.key = os.path.join(cls.case, "key")
        cls.dice = random.Random(11)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def run_comity(cls, *arguments):
        return subprocess.run([support.COMITY, *arguments], cwd=cls.folder.name, capture_output=True, check=False,
                              stdin=subprocess.DEVNULL)

    def investigate(self, path, *options):
        out = os.path.join(self.folder.name, "made.dossier")
        done = self.run_comity("investigate", "-o", out, *options, path)
        self.assertIn(done.returncode, (0, 1, 4), done.stderr.decode("utf-8", "replace"))
        data = support.read(out)
        os.remove(out)
        return data

    def theirs(self, data):
        """(accepted, last line) of comity verify. A finding that is contradicted is not for us to say."""
        path = support.write(os.path.join(self.folder.name, "changed.dossier"), data)
        done = self.run_comity("verify", "--signers", self.signers, path)
        last = (done.stdout or done.stderr).decode("utf-8", "replace").strip().split("\n")[-1]
        return done.returncode in (HOLDS, IN_PART) or last.startswith("CONTRADICTED"), last

    def both(self, data):
        theirs, last = self.theirs(data)
        ours, lines = verify.verify(data, self.signers)
        self.assertEqual(theirs, ours, (last, lines[-1]))
        return ours, (last, lines[-1])

    def test_every_capture_makes_a_dossier_that_holds(self):
        for path in support.captures(LIMIT):
            with self.subTest(os.path.relpath(path, support.ROOT)):
                data = self.investigate(path)
                held, said = self.both(data)
                self.assertTrue(held, said)
                self.check_seal(path, zipfmt.read(data))

        out = os.path.join(self.folder.name, "all.dossier")
        if self.run_comity("disclose", "-o", out, "--finding", "all").returncode == 0:
            held, said = self.both(support.read(out))
            self.assertTrue(held, said)

    def check_seal(self, path, files):
        """The same root from the same capture, X and S; and the same opening for the cells that are open."""
        seal = json.loads(files["seal-1.json"])["predicate"]
        sealer = Sealer(bytes.fromhex(seal["exhibit"]), self.secret(seal["exhibit"]), LINKS,
                        capture.cut_file(support.read(path)))
        self.assertEqual((seal["rows"], seal["root"]), (len(sealer.rows), sealer.root().hex()))
        if "seal-1.opening" not in files:
            return
        statement = bytes.fromhex(maker.Made(files["seal-1.json"]).digest)
        sealed = table.Table(sealer.exhibit, LINKS, len(sealer.rows), sealer.root())
        opened = table.verify_opening(sealed, statement, files["seal-1.opening"], capture.join).rows

        def choose(row, column):
            cell = opened[row][column] if row in opened else None
            return cell.state if cell is not None else table.SHUT
        self.assertEqual(sealer.open(statement, choose), files["seal-1.opening"])

    def secret(self, exhibit):
        with sqlite3.connect("file:%s?mode=ro" % os.path.join(self.case, "case.db"), uri=True) as case:
            row = case.execute("SELECT secret FROM exhibit WHERE x = ?", (bytes.fromhex(exhibit),)).fetchone()
        case.close()
        return row[0]

    def test_whatever_is_hidden_the_dossier_holds(self):
        for name in ("race-first", "race-first-ipv6", "race-first-tags", "dns-several"):
            for path in glob.glob(os.path.join(support.ROOT, "tests", "cases", name, "input.pcap*")):
                for options in OPTIONS:
                    with self.subTest(name, options=" ".join(options)):
                        held, said = self.both(self.investigate(path, *options))
                        self.assertTrue(held, said)

    def sample(self):
        """A dossier with a finding; of the smallest capture that gives one."""
        path = os.path.join(support.ROOT, "tests", "cases", "race-first", "input.pcap")
        if not os.path.exists(path):
            self.skipTest("no sample captures")
        return self.investigate(path)

    def test_every_changed_byte_is_refused(self):
        path = os.path.join(support.ROOT, "tests", "cases", "dns-rotation", "input.pcap")
        if not os.path.exists(path):
            self.skipTest("no sample captures")
        small, large = self.investigate(path), self.sample()
        for at in range(len(small)):
            self.assertFalse(verify.verify(flip(small, at, at % 8), self.signers)[0], "byte %d" % at)
        for data in (small, large):
            for at in self.dice.sample(range(len(data)), 120):
                self.assertFalse(self.both(flip(data, at, self.dice.randrange(8)))[0], "byte %d" % at)

    def test_changed_files_are_refused_though_the_sender_signs_them(self):
        remaker = maker.Remaker(zipfmt.read(self.sample()), self.key)
        for name in ("seal-1.opening", "seal-1.pcapng"):
            for _ in range(60):
                at, bit = self.dice.randrange(len(remaker.files[name])), self.dice.randrange(8)
                files = remaker.remake(name, lambda data, at=at, bit=bit: flip(data, at, bit))
                held, said = self.both(zipfmt.write(files))
                self.assertFalse(held, (name, at, said))

    def test_findings_are_read_alike(self):
        remaker = maker.Remaker(zipfmt.read(self.sample()), self.key)
        for what, (change, holds) in FINDING.items():
            def edited(data, change=change):
                thing = json.loads(data)
                change(thing["predicate"])
                return json.dumps(thing).encode("utf-8")
            with self.subTest(what):
                held, said = self.both(zipfmt.write(remaker.remake("finding-1.json", edited)))
                self.assertEqual(held, holds, said)


def flip(data, at, bit):
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1:]


if __name__ == "__main__":
    support.main()
