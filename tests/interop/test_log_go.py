#!/usr/bin/env python3
"""Our logs and receipts read by Go's x/mod/sumdb, and Go's by us: both accept what is whole, and both
refuse whatever is not.

    test_log_go.py LOG_TOOL
"""

import os
import random
import shutil
import subprocess
import sys
import tempfile
import unittest

TOOL = None
HERE = os.path.dirname(os.path.abspath(__file__))
GOPATH = "/usr/share/gocode"  # Debian's golang-golang-x-mod-dev
SIZES = [0, 1, 2, 255, 256, 257, 65535, 65536, 65537, 70000]
FULL = 65836  # has full and partial tiles of two levels, and a third level
FILES = {
    "the checkpoint": "checkpoint", "an older checkpoint": "checkpoint.256",
    "a full tile": "tile/0/007", "the partial tile": "tile/0/257.p/44",
    "the full tile above": "tile/1/000", "the partial one above": "tile/1/001.p/1", "the top tile": "tile/2/000.p/1",
    "a full bundle": "tile/entries/255", "the partial bundle": "tile/entries/257.p/44",
}


def go():
    for path in (shutil.which("go"), "/usr/lib/go-1.19/bin/go"):
        if path and os.path.exists(path) and os.path.isdir(os.path.join(GOPATH, "src/golang.org/x/mod/sumdb/note")):
            return path
    return None


def run(*command):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False)


class LogGo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if go() is None:
            raise unittest.SkipTest("no golang-1.19-go or golang-golang-x-mod-dev")
        cls.dir = tempfile.mkdtemp(prefix="comity-test-")
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        cls.go = os.path.join(cls.dir, "log_go")
        env = {**os.environ, "GO111MODULE": "off", "GOPATH": GOPATH, "GOFLAGS": "",
               "GOCACHE": os.path.join(cls.dir, "cache")}
        subprocess.run([go(), "build", "-o", cls.go, "."], cwd=os.path.join(HERE, "log_go"), env=env, check=True)
        cls.log = os.path.join(cls.dir, "log")
        cls.keys = cls.make(cls.log, 1, 256, FULL)
        run(TOOL, "receipt", cls.log, 300)

    @classmethod
    def make(cls, folder, *sizes):
        return subprocess.run([TOOL, "make", folder, *map(str, sizes)], check=True, capture_output=True,
                              text=True).stdout.split()

    def both(self, ours, theirs, good):
        """Both say the same; what they print."""
        runs = [run(TOOL, *ours), run(self.go, *theirs)]
        for p in runs:
            self.assertEqual(p.returncode, 0 if good else 1, p.args + [p.stdout, p.stderr])
            self.assertEqual(p.stderr == "", good, p.stderr)
        return [p.stdout if good else p.stderr for p in runs]

    def check(self, folder, keys=None, good=True):
        command = ["check", folder, *(self.keys if keys is None else keys)]
        return self.both(command, command, good)

    def verify(self, receipt, entry, keys, good):
        return self.both(["verify", receipt, entry, *keys], ["receipt", receipt, entry, *keys], good)

    def folder(self):
        path = tempfile.mkdtemp(dir=self.dir)
        self.addCleanup(shutil.rmtree, path)
        return path

    def test_a_log_of_each_size(self):
        for size in SIZES:
            with self.subTest(size):
                path = self.folder()
                keys = self.make(path, size)
                ours, theirs = self.check(path, keys)
                self.assertIn(f"ok {size} entries\n", ours)
                self.assertIn(f"ok {size} entries make the root\n", theirs)

    def test_one_log_as_it_grew(self):
        path = self.folder()
        keys = self.make(path, *SIZES)
        for n, size in reversed(list(enumerate(SIZES))):
            with self.subTest(size):
                shutil.copy(os.path.join(path, f"checkpoint.{size}"), os.path.join(path, "checkpoint"))
                ours, theirs = self.check(path, keys)
                self.assertIn(f"ok {n + 1} older checkpoints\n", ours)
                self.assertIn(f"ok {n + 1} consistency proofs\n", theirs)
                os.remove(os.path.join(path, f"checkpoint.{size}"))

    def test_a_log_made_by_go(self):
        path = self.folder()
        p = run(self.go, "make", path, "log.example/go", *SIZES)
        self.assertEqual(p.returncode, 0, p.stderr)
        keys = p.stdout.split()
        ours, _ = self.check(path, keys)
        self.assertIn("ok 70000 entries\n", ours)
        self.assertIn("ok 10 older checkpoints\n", ours)
        self.check(path, self.keys, good=False)

    def test_our_files_are_among_those_that_go_writes(self):
        ours, theirs = self.folder(), self.folder()
        self.make(ours, *SIZES)
        run(self.go, "make", theirs, "log.example/go", *SIZES)
        names = [{os.path.relpath(os.path.join(d, f), path) for d, _, files in os.walk(path) for f in files}
                 for path in (ours, theirs)]
        self.assertEqual(names[0] - names[1], set())
        # x/mod also writes the partial tiles of sizes without a checkpoint
        self.assertTrue(all(".p/" in name for name in names[1] - names[0]))

    def test_keys_and_cosigners_count(self):
        log, witness = self.keys
        other = self.keys_of_go()
        self.check(self.log, [log])
        self.check(self.log, [other], good=False)
        self.check(self.log, [log, witness.replace("witness", "witnesz")], good=False)
        name, key_id, key = witness.split("+", 2)
        self.check(self.log, [log, f"{name}+{int(key_id, 16) ^ 1:08x}+{key}"], good=False)

    def keys_of_go(self):
        return run(self.go, "make", self.folder(), "log.example/a", 0).stdout.strip()

    def test_a_fork_is_refused(self):
        path = self.folder()
        keys = self.make(path, 1, 256, 300)
        self.check(path, keys)
        run(TOOL, "fork", path, 256)
        ours, theirs = self.check(path, keys, good=False)
        self.assertIn("checkpoint.256 is not the beginning of the log", ours)
        self.assertIn("the checkpoint of 256 entries is not its beginning", theirs)

    def changed(self, name, change):
        """The log with one file changed, for both to refuse; then it is as it was."""
        path = os.path.join(self.log, name)
        with open(path, "rb") as f:
            whole = f.read()
        try:
            change(path, whole)
            return self.check(self.log, good=False)
        finally:
            with open(path, "wb") as f:
                f.write(whole)

    @staticmethod
    def write(path, content):
        with open(path, "wb") as f:
            f.write(content)

    def test_a_flipped_bit_in_any_file_is_refused(self):
        chance = random.Random(8)
        for kind, name in FILES.items():
            for where in (0.0, 1.0, chance.random(), chance.random()):
                def flip(path, whole, where=where):
                    at = round(where * (len(whole) - 1))
                    self.write(path, whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1:])
                with self.subTest(kind, where=where):
                    self.changed(name, flip)
        self.check(self.log)

    def test_a_file_cut_or_lengthened_or_gone_is_refused(self):
        for kind, name in FILES.items():
            if name == "checkpoint.256":
                continue  # who does not have it does not miss it
            with self.subTest(kind):
                self.changed(name, lambda path, whole: self.write(path, whole[:-1]))
                self.changed(name, lambda path, whole: self.write(path, whole[:-32]))
                self.changed(name, lambda path, whole: self.write(path, whole + b"\n"))
                self.changed(name, lambda path, whole: self.write(path, b""))
                self.changed(name, lambda path, whole: os.remove(path))
        self.check(self.log)

    def test_a_partial_tile_that_was_dropped_is_no_loss_to_us(self):
        path = self.folder()
        keys = self.make(path, 300, 512)
        shutil.copy(os.path.join(path, "checkpoint.300"), os.path.join(path, "checkpoint"))
        os.remove(os.path.join(path, "checkpoint.512"))
        self.check(path, keys)
        for name in ("tile/0/001.p/44", "tile/entries/001.p/44"):
            os.remove(os.path.join(path, name))
        p = run(TOOL, "check", path, *keys)
        self.assertEqual((p.returncode, p.stdout.split("\n")[0]), (0, "ok 300 entries"))

    def test_receipts(self):
        path = self.folder()
        for size, indexes in ((1, [0]), (256, [0, 255]), (70000, [0, 255, 256, 65535, 65536, 69999])):
            keys = self.make(os.path.join(path, str(size)), size)
            for index in indexes:
                with self.subTest(size=size, index=index):
                    run(TOOL, "receipt", os.path.join(path, str(size)), index)
                    receipt, entry = (os.path.join(path, str(size), name) for name in ("receipt", "entry"))
                    said = self.verify(receipt, entry, keys, good=True)
                    self.assertEqual(said, [f"ok entry {index} of {size}\n"] * 2)
        self.verify(receipt, os.path.join(self.log, "entry"), keys, good=False)
        self.verify(receipt, entry, [self.keys_of_go()], good=False)

    def test_a_receipt_with_a_flipped_bit_is_refused(self):
        receipt, entry = (os.path.join(self.log, name) for name in ("receipt", "entry"))
        self.verify(receipt, entry, self.keys, good=True)
        with open(receipt, "rb") as f:
            whole = f.read()
        path = os.path.join(self.folder(), "receipt")
        chance = random.Random(9)
        for at in range(0, len(whole), 4):
            self.write(path, whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1:])
            with self.subTest(at=at):
                self.verify(path, entry, self.keys, good=False)
        for n in range(0, len(whole), 40):
            self.write(path, whole[:n])
            with self.subTest(cut=n):
                self.verify(path, entry, self.keys, good=False)


if __name__ == "__main__":
    TOOL = os.path.abspath(sys.argv.pop(1))
    unittest.main()
