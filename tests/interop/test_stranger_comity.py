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
import counted  # noqa: E402
import maker  # noqa: E402
import pairs  # noqa: E402
import support  # noqa: E402
import table  # noqa: E402
import verify  # noqa: E402
import zipfmt  # noqa: E402
from sealer import Sealer  # noqa: E402

LIMIT = 60000           # bytes of a capture of others
LINKS = [link for _, link in capture.COLUMNS]
OPTIONS = (["--hide", "addresses"], ["--hide", "payload"], ["--hide", "addresses", "--hide", "payload"],
           ["--whole-host"], ["--no-pairs"], ["--tie-all", "--for", "somebody"],
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


def first_not_drawn(traffic):
    """A row in range that the draw does not give is cited, too."""
    row = traffic["range"][0][0]
    while counted.is_drawn(traffic["seals"][0], traffic["thin"], row):
        row += 1
    traffic["support"][0] = sorted(traffic["support"][0] + [row])


def forget_clock(chain, clock):
    chain["clocks"] = [one if one["how"] == "same" else clock for one in chain["clocks"]]


# The same of what was counted, and of chains.
TRAFFIC = {
    "as it was": (lambda traffic: None, True), "another kind": (lambda traffic: traffic.update(kind="flood"), False),
    "another verdict": (lambda traffic: traffic.update(verdict="surge"), True),
    "a verdict in other words": (lambda traffic: traffic.update(verdict="attack"), False),
    "one in three": (lambda traffic: traffic.update(thin=3), False),
    "one in none": (lambda traffic: traffic.update(thin=0), False),
    "one in two to the 41st": (lambda traffic: traffic.update(thin=1 << 41), False),
    "fewer are drawn": (lambda traffic: traffic.update(thin=traffic["thin"] * 4096), False),
    "a row that is not drawn": (first_not_drawn, False),
    "a row less": (lambda traffic: traffic["support"][0].pop(), True),
    "rows descending": (lambda traffic: traffic["support"][0].reverse(), False),
    "rows of two seals": (lambda traffic: traffic["support"].append([]), False),
    "a range that is short": (lambda traffic: traffic["range"][0].__setitem__(1, traffic["range"][0][0]), False),
    "a range beyond": (lambda traffic: traffic["range"][0].__setitem__(1, 10 ** 7), False),
    "no range": (lambda traffic: traffic.update(range=[None]), False),
    "a range of one": (lambda traffic: traffic["range"][0].pop(), False),
    "signs in another order": (lambda traffic: traffic["signs"].reverse(), False),
    "a sign twice": (lambda traffic: traffic["signs"].append(traffic["signs"][-1]), False),
    "a sign drawn and claimed": (lambda traffic: traffic["claimed"].update(signs=traffic["signs"]), False),
    "no signs": (lambda traffic: traffic.update(signs=[]), True),
    "a sign of half a value": (lambda traffic: traffic["signs"][0].update(value=0.5), False),
    "a sign without unit": (lambda traffic: traffic["signs"][0].pop("unit"), False),
    "more packets": (lambda traffic: traffic["drawn"].update(packets=7), True),
    "fewer than none": (lambda traffic: traffic["drawn"].update(packets=-7), False),
    "a time of whole seconds": (lambda traffic: traffic["drawn"].update(to="2026-01-01T00:00:00Z"), False),
    "an end before the beginning": (lambda traffic: traffic["drawn"].update(to="1970-01-01T00:00:00.000000000Z"), False),
    "a time that is too late": (lambda traffic: traffic["drawn"].update(to="2262-04-11T23:47:16.854775808Z"), False),
    "a day that is none": (lambda traffic: traffic["drawn"].update(to="2261-02-30T23:47:16.854775808Z"), False),
    "no series": (lambda traffic: traffic["claimed"].pop("series", None), True),
    "a series of three lengths": (lambda traffic: traffic["claimed"]["series"]["in"].pop(), False),
    "a series of no width": (lambda traffic: traffic["claimed"]["series"].update(width_ns=0), False),
    "an effect of one number": (lambda traffic: traffic["claimed"]["effect"].update(answer_ms=[1]), False),
    "a service": (lambda traffic: traffic.update(service="x"), True),
    "a target": (lambda traffic: traffic.update(target="192.0.2.1"), False),
    "a port too high": (lambda traffic: traffic.update(port=65536), False),
    "another detector": (lambda traffic: traffic["detector"].update(name="x"), True),
    "another seal": (lambda traffic: traffic.update(seals=["ab" * 32]), False),
    "the number before": (lambda traffic: traffic.update(number=traffic["number"] - 1), False),
}
CHAIN = {
    "as it was": (lambda chain: None, True), "no scripts": (lambda chain: chain.update(scripts=[]), False),
    "no floods": (lambda chain: chain.update(floods=[]), False),
    "a flood twice": (lambda chain: chain["floods"].append(chain["floods"][0]), False),
    "a flood of elsewhere": (lambda chain: chain.update(floods=["ab" * 32]), False),
    "a finding of elsewhere": (lambda chain: chain["scripts"][0].update(finding="ab" * 32), False),
    "rows of nobody": (lambda chain: chain["scripts"][0].update(rows=[[1], []]), False),
    "no rows": (lambda chain: chain["scripts"][0].update(rows=[[], []]), False),
    "another target": (lambda chain: chain["scripts"][0].update(target=77), True),
    "clients beyond": (lambda chain: chain.update(clients=[[10 ** 8], []]), False),
    "no clients": (lambda chain: chain.update(clients=[[], []]), True),
    "a vantage more": (lambda chain: chain.update(vantages=[0, 2]), False),
    "two clocks of its own": (lambda chain: chain.update(clocks=[{"how": "same"}, {"how": "same"}]), False),
    "a clock unknown": (lambda chain: forget_clock(chain, {"how": "unknown"}), True),
    "a clock that says more": (lambda chain: forget_clock(chain, {"how": "unknown", "matched": 1}), False),
    "another table": (lambda chain: chain["table"].update(d=7), True),
    "a table in words": (lambda chain: chain["table"].update(d="7"), False),
    "lags out of order": (lambda chain: chain["lag"].update(least_ns=1 << 50), False),
    "lags of nobody": (lambda chain: chain["lag"].update(known=0), False),
    "no layers": (lambda chain: chain.update(layers=[]), True),
    "a name": (lambda chain: chain.update(host="mirror.example"), False),
}


# Other rows of a pair than it has: what a sealer may have counted.
LIES = {
    "one less": lambda rows, n: rows[:-1],
    "the first one missing": lambda rows, n: rows[1:],
    "another row": lambda rows, n: [(rows[0] + 1) % n] + rows[1:],
    "in another order": lambda rows, n: rows[::-1],
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
        self.check_pairs(sealer, files, opened)

    def check_pairs(self, sealer, files, opened):
        """The same root of the pairs; and of the pairs of findings, which are all opened, the same opening."""
        seal, ours = maker.Made(files["seal-1.json"]), pairs.Pairs(sealer)
        self.assertEqual(seal["pairs"], ours.root().hex())
        table_of = table.Table(sealer.exhibit, LINKS, len(sealer.rows), sealer.root())
        accused = set()
        for name in files:
            if name.startswith("finding-") and name.endswith(".json"):
                finding = maker.Made(files[name])
                accused.update((finding["forged"][0] if any(finding["forged"]) else finding["suspect"][0]))
        keys = set(pairs.rows_by_pair(table_of, {row: opened[row] for row in accused}))
        shown = [row for row, cells in opened.items() if cells[capture.SRC] and cells[capture.DST]]
        made = ours.open(bytes.fromhex(seal.digest), keys, shown) if keys else None
        self.assertEqual(files.get("seal-1.pairs"), made)

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
        for name in ("seal-1.opening", "seal-1.pcapng", "seal-1.pairs"):
            for _ in range(60):
                at, bit = self.dice.randrange(len(remaker.files[name])), self.dice.randrange(8)
                files = remaker.remake(name, lambda data, at=at, bit=bit: flip(data, at, bit))
                held, said = self.both(zipfmt.write(files))
                self.assertFalse(held, (name, at, said))

    def test_rows_that_are_left_out_are_seen(self):
        """Openings of pairs that a lying sender makes, with the sealer's own secret: both verifiers refuse them."""
        files = zipfmt.read(self.sample())
        seal = maker.Made(files["seal-1.json"])
        path = os.path.join(support.ROOT, "tests", "cases", "race-first", "input.pcap")
        sealer = Sealer(bytes.fromhex(seal["exhibit"]), self.secret(seal["exhibit"]), LINKS,
                        capture.cut_file(support.read(path)))
        remaker, statement = maker.Remaker(files, self.key), bytes.fromhex(seal.digest)
        held, said = self.both(zipfmt.write(remaker.remake("seal-1.pairs", bytes)))
        self.assertTrue(held, said)
        mine = table.Table(sealer.exhibit, LINKS, len(sealer.rows), sealer.root())
        (pair,) = pairs._Verifier(mine, files["seal-1.pairs"]).all(statement, bytes.fromhex(seal["pairs"]))
        for what, rows in LIES.items():
            lying = pairs.Pairs(sealer)
            lying.rows[pair.key] = rows(lying.rows[pair.key], len(sealer.rows))
            for shown in ((), range(len(sealer.rows))):
                made = lying.open(statement, {pair.key}, shown)
                # with the root that was sealed it proves nothing; with that of the lie the rows speak against it
                for lie in (False, True):
                    both = maker.Remaker(remaker.remake("seal-1.pairs", lambda _, made=made: made), self.key)
                    if lie:
                        both = maker.Remaker(both.remake("seal-1.json", lambda text: text.replace(
                            seal["pairs"].encode(), lying.root().hex().encode())), self.key)
                        made_again = lying.open(bytes.fromhex(maker.Made(both.files["seal-1.json"]).digest), {pair.key}, shown)
                        both = maker.Remaker(both.remake("seal-1.pairs", lambda _, again=made_again: again), self.key)
                    held, said = self.both(zipfmt.write(both.files))
                    self.assertFalse(held, (what, lie, said))

    def alike(self, data, name, edits):
        remaker = maker.Remaker(zipfmt.read(data), self.key)
        for what, (change, holds) in edits.items():
            def edited(text, change=change):
                thing = json.loads(text)
                change(thing["predicate"])
                return json.dumps(thing).encode("utf-8")
            with self.subTest(what):
                held, said = self.both(zipfmt.write(remaker.remake(name, edited)))
                self.assertEqual(held, holds, said)

    def generated(self, *arguments):
        """Whether comity-gen has made a capture, or two."""
        if not os.access(support.GEN, os.X_OK):
            return False
        return subprocess.run([support.GEN, *arguments], cwd=self.folder.name, capture_output=True,
                              check=False).returncode == 0

    def test_what_was_counted_is_read_alike(self):
        if not self.generated("flood", "--only", "syn", "--packets", "30000", "--out", "flood.pcap"):
            self.skipTest("no comity-gen that floods")
        self.alike(self.investigate("flood.pcap"), "traffic-1.json", TRAFFIC)

    def test_chains_are_read_alike(self):
        if not self.generated("chain", "--bystander", "b.pcap", "--victim", "v.pcap"):
            self.skipTest("no comity-gen that makes chains")
        self.alike(self.investigate("b.pcap", "v.pcap"), "chain-1.json", CHAIN)

    def test_findings_are_read_alike(self):
        self.alike(self.sample(), "finding-1.json", FINDING)


def flip(data, at, bit):
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1:]


if __name__ == "__main__":
    support.main()
