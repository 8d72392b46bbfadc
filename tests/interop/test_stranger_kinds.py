#!/usr/bin/env python3
"""Lines, records and blobs: what Comity seals and shows the stranger verifies, what the stranger shows of cells
that no honest program would seal Comity judges alike, and whoever changes an opened row is refused by both."""

import json
import os
import random
import re
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, "stranger"))

import kinds  # noqa: E402
import maker  # noqa: E402
import support  # noqa: E402
import verify  # noqa: E402
import zipfmt  # noqa: E402
from table import OPEN, SHUT  # noqa: E402

NAMES = ["ip", "user", "n"]
COLUMNS = {"lines": ["line"], "blob": ["bytes"], "records": NAMES + ["rest"]}
ENDING = {"lines": ".txt", "blob": ".hex", "records": ".jsonl"}
WORDS = [b'"alice"', b"1", b"-2.5e3", b'{"name": "bob", "n": [1, {}]}', b"[]", b"null", b'"\\u00e9\\\\"', b'"\xff\xc3"',
         b'"\xe2\x82\xac"', b' "a" ', b"\t0 ", b'"', b"", b"x", b'"a\nb"', b"\n1", b"1\n", b'{"a":}', b"{,}"]
LINES = [b"plain text", b"", b"\x1b[31mred\x00\xff", b"not {json}", b'{"ip":,"x":1}', b'{"user": }', b"{}", b"[1]",
         b'{"ip": 1, "ip": 2}', b'{"rest": 5, "n": "\xff"}', b'  {"a": {"ip": 1}}\t']


def record(dice):
    """A JSON line, mostly."""
    if dice.random() < 0.2:
        return dice.choice(LINES)
    names = [dice.choice(NAMES + ["rest", "by", "x\\u0041", ""]) for _ in range(dice.randrange(6))]
    values = [dice.choice(WORDS[:11]) for _ in names]
    blank = lambda: dice.choice([b"", b"", b" "])
    return b"{" + blank() + b",".join(b'%s"%s"%s:%s%s' % (blank(), name.encode(), blank(), blank(), value)
                                      for name, value in zip(names, values)) + blank() + b"}" + blank()


def sample(dice, kind):
    """The bytes of an exhibit of that kind."""
    if kind == "blob":
        return dice.randbytes(dice.choice([1, 4095, 4096, 4097, 20000]))
    make = record if kind == "records" else lambda dice: dice.choice(LINES)
    text = b"".join(make(dice) + dice.choice([b"\n", b"\n", b"\r\n"]) for _ in range(dice.randrange(1, 12)))
    return text + dice.choice([b"", make(dice), b"x" * (1 << 20) + b"yz"] if dice.random() < 0.3 else [b""])


@unittest.skipUnless(os.access(support.COMITY, os.X_OK), "no comity")
class Kinds(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.run_comity("init", "--name", "holder")
        cls.signers = os.path.join(cls.folder.name, ".comity", "allowed_signers")
        cls.key = os.path.join(cls.folder.name, ".comity", "key")
        cls.dice = random.Random(5)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def run_comity(cls, *arguments):
        return subprocess.run([support.COMITY, *arguments], cwd=cls.folder.name, capture_output=True, check=False,
                              stdin=subprocess.DEVNULL)

    def both(self, data, signers=None):
        """Do both verifiers take it?  They must agree."""
        path = support.write(os.path.join(self.folder.name, "x.dossier"), data)
        done = self.run_comity("verify", "--signers", signers or self.signers, path)
        ours, lines = verify.verify(data, signers or self.signers)
        theirs = done.stdout.decode("utf-8", "replace").strip().split("\n")[-1]
        self.assertEqual(done.returncode == 0, ours, (theirs, lines[-1]))
        return ours, (theirs, lines[-1])

    def seal(self, kind, data):
        path = support.write(os.path.join(self.folder.name, "exhibit"), data)
        options = ["--members", ",".join(NAMES)] if kind == "records" else []
        options += ["--file-digest"] if self.dice.random() < 0.5 else []
        done = self.run_comity("seal", "--json", "--kind", kind, *options, path)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def disclose(self, kind, made):
        """A dossier of some rows and columns; None if there is no row."""
        if made["rows"] == 0:
            return None
        rows = sorted(self.dice.sample(range(made["rows"]), self.dice.randint(1, made["rows"])))
        columns = self.dice.sample(COLUMNS[kind], self.dice.randint(1, len(COLUMNS[kind])))
        out = os.path.join(self.folder.name, "made.dossier")
        chosen = "all" if self.dice.random() < 0.2 else ",".join(map(str, rows))
        done = self.run_comity("disclose", "--exhibit", str(made["no"]), "--rows", chosen, "--columns",
                               ",".join(columns), "--leak-ok", "-o", out)
        self.assertEqual(done.returncode, 0, done.stderr)
        return support.read(out)

    def test_what_comity_shows_the_stranger_verifies(self):
        for kind in COLUMNS:
            for _ in range(12):
                bytes_of = sample(self.dice, kind)
                made = self.seal(kind, bytes_of)
                columns = [(name, None) for name in COLUMNS[kind]]
                self.assertEqual(made["rows"], len(kinds.of(kind + "/1", columns).cut(bytes_of)))
                data = self.disclose(kind, made)
                if data is not None:
                    held, said = self.both(data)
                    self.assertTrue(held, said)
                    self.check_text(kind, zipfmt.read(data))

    def test_what_is_hidden_changes_nothing_that_is_shown(self):
        """Two exhibits that differ in shut cells only: the same opened rows, and the same report but for digests."""
        line = b'{"ip": "192.0.2.%d", "user": "%s", "n": %d, "x": 1}\n'
        pair = {
            "records": [b"".join(line % (i, name, i) for i in range(9)) for name in (b"somebody", b"another-one")],
            "lines": [b"".join(b"line %d\n" % i if i % 3 else secret for i in range(9)) for secret in (b"a\n", b"xyz\n")],
            "blob": [fill * 4096 + b"s" * 4096 + fill * 9 for fill in (b"a", b"b")]}
        shown = {"records": ("all", "ip,n,rest"), "lines": ("1,2,4,5,7,8", "line"), "blob": ("1", "bytes")}
        for kind, files in pair.items():
            seen = []
            for data in files:
                made = self.seal(kind, data)
                out = os.path.join(self.folder.name, "pair.dossier")
                done = self.run_comity("disclose", "--exhibit", str(made["no"]), "--rows", shown[kind][0], "--columns",
                                       shown[kind][1], "-o", out)
                self.assertEqual(done.returncode, 0, done.stderr)
                made = zipfmt.read(support.read(out))
                report = re.sub(rb"[0-9a-f]{64}|\d{4}-\d\d-\d\dT[0-9:]+Z", b"?", made["report.html"])
                seen.append((made["seal-1" + ENDING[kind]], report, sorted(made)))
            self.assertEqual(seen[0], seen[1])

    def check_text(self, kind, files):
        """Each line of the records is JSON; of the others each is a row or a remark."""
        text = files["seal-1" + ENDING[kind]]
        self.assertTrue(text.endswith(b"\n"))
        for line in text.split(b"\n")[:-1]:
            if kind == "records":
                thing = json.loads(line)
                self.assertTrue("row" in thing or "rows_not_shown" in thing)
            else:
                self.assertTrue(line[:1] in b"#0123456789abcdef", line)

    def test_opened_rows_that_were_changed_are_refused_though_the_sender_signs_them(self):
        for kind, ending in ENDING.items():
            data = None
            while data is None:
                data = self.disclose(kind, self.seal(kind, sample(self.dice, kind)))
            remaker = maker.Remaker(zipfmt.read(data), self.key)
            name = "seal-1" + ending
            for _ in range(12):
                at, bit = self.dice.randrange(len(remaker.files[name])), self.dice.randrange(8)
                change = lambda old, at=at, bit=bit: old[:at] + bytes([old[at] ^ 1 << bit]) + old[at + 1:]
                held, said = self.both(zipfmt.write(remaker.remake(name, change)))
                self.assertFalse(held, said)
                self.assertIn(name, said[0])
            held, said = self.both(zipfmt.write(remaker.remake(name, lambda old: old)))
            self.assertTrue(held, said)

    def test_files_of_another_kind_are_refused(self):
        data = self.disclose("lines", self.seal("lines", b"a\nb\n"))
        files = zipfmt.read(data)
        for change in (lambda f: f.pop("seal-1.txt"), lambda f: f.update({"seal-1.hex": b""}),
                       lambda f: f.update({"seal-1.jsonl": f["seal-1.txt"]}),
                       lambda f: f.update({"seal-1.pcapng": b""}), lambda f: f.update({"seal-2.txt": b""})):
            changed = dict(files)
            change(changed)
            remaker = maker.Remaker(changed, self.key)
            held, said = self.both(zipfmt.write(remaker.remake("report.html", lambda old: old)))
            self.assertFalse(held, said)

    def test_cells_that_nobody_honest_seals_are_judged_alike(self):
        party = maker.Party(self.folder.name)
        accepted = 0
        for _ in range(120):
            kind = self.dice.choice(["records"] * 6 + ["lines", "blob"])
            columns = [(name, None) for name in COLUMNS[kind]]
            rows = [self.odd_row(kind) for _ in range(self.dice.randint(1, 2))]
            made, signature, sealer = maker.seal(party, rows, kind=kind + "/1", names=columns)
            open_cells = {(r, c): self.dice.random() < 0.7 for r in range(len(rows)) for c in range(len(columns))}
            if not any(open_cells.values()):
                continue
            choose = lambda r, c, cells=open_cells: OPEN if cells[r, c] else SHUT
            files = maker.disclose(party, [(made, signature, sealer, choose)])
            held, said = self.both(zipfmt.write(files), party.signers)
            accepted += held
        self.assertGreater(accepted, 20)

    def odd_row(self, kind):
        if kind != "records":
            return [self.dice.choice(LINES) + self.dice.choice([b"", b"\n"])]
        if self.dice.random() < 0.5:
            line = record(self.dice) + b"\n"
            cells = kinds.of("records/1", [(name, None) for name in COLUMNS["records"]]).cut(line)[0]
        else:
            cells = [self.dice.choice(WORDS) for _ in NAMES]
            cells.append(self.dice.choice([b'{"ip":,"user":,"n":}', b'{"ip":,"x":1}', b"{}", b'{"user":}\n',
                                           b'{"ip":"in rest","n":}', b"text", b"", b'{"x":\n1}',
                                           b'{\n"ip":}']))
        if self.dice.random() < 0.3:
            cells[self.dice.randrange(len(cells))] = self.dice.choice(WORDS)
        return cells


if __name__ == "__main__":
    support.main()
