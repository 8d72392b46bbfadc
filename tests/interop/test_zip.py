#!/usr/bin/env python3
"""Our ZIP against other people's: they read ours, we refuse whatever is not it.

    test_zip.py STATEMENT_TOOL
"""

import io
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

TOOL = None
FILES = {"seal-1.json": b"{}\n", "disclosure.json": b"x" * 70000, "seal-1.json.sig": b"", "0.a_b-c": bytes(range(256))}


class Zip(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="comity-test-")
        self.addCleanup(shutil.rmtree, self.dir)
        paths = [self.put(n, b) for n, b in FILES.items()]
        self.ours = subprocess.run([TOOL, "zip", *paths], check=True, capture_output=True).stdout

    def put(self, name, content):
        path = os.path.join(self.dir, name)
        with open(path, "wb") as f:
            f.write(content)
        return path

    def read(self, content):
        return subprocess.run([TOOL, "unzip", self.put("t.zip", content)], capture_output=True, text=True)

    def test_python_reads_ours(self):
        with zipfile.ZipFile(io.BytesIO(self.ours)) as z:
            self.assertIsNone(z.testzip())
            self.assertEqual(z.namelist(), sorted(FILES))
            for name, content in FILES.items():
                self.assertEqual(z.read(name), content)
                self.assertEqual(z.getinfo(name).external_attr >> 16, 0o100644)

    @unittest.skipIf(shutil.which("unzip") is None, "no unzip")
    def test_unzip_reads_ours_without_a_warning(self):
        p = subprocess.run(["unzip", "-t", self.put("t.zip", self.ours)], capture_output=True, text=True)
        self.assertEqual((p.returncode, p.stderr), (0, ""))
        self.assertIn("No errors detected", p.stdout)

    def test_we_read_ours(self):
        want = "".join(f"{n} {len(FILES[n])}\n" for n in sorted(FILES))
        self.assertEqual(self.read(self.ours).stdout, want)

    def make(self, names, **more):
        b = io.BytesIO()
        with zipfile.ZipFile(b, "w") as z:
            for n in names:
                i = zipfile.ZipInfo(n)
                i.external_attr = 0o100644 << 16
                for k, v in more.items():
                    setattr(i, k, v)
                z.writestr(i, b"content")
        return b.getvalue()

    def test_we_refuse_what_others_write(self):
        plain = self.make(["a", "b"])
        kinds = {
            "another version": plain, "deflated": self.make(["a"], compress_type=zipfile.ZIP_DEFLATED),
            "a comment": self.make(["a"], comment=b"c"), "an extra field": self.make(["a"], extra=b"\1\0\0\0"),
            "a folder": self.make(["a/"]), "a way up": self.make(["../a"]), "order": self.make(["b", "a"]),
            "something before": b"#!" + self.ours, "something behind": self.ours + b"\n",
        }
        for name, content in kinds.items():
            with self.subTest(name):
                p = self.read(content)
                self.assertEqual(p.returncode, 1)
                self.assertIn("malformed", p.stderr)


if __name__ == "__main__":
    TOOL = sys.argv.pop(1)
    unittest.main()
