#!/usr/bin/env python3
"""Encrypted files against age and age-keygen, in both directions.

    test_age.py AGE_TOOL
"""

import base64
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

TOOL = None
CHUNK = 65536
SIZES = (0, 1, 15, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17, 5_000_000)
# enum cm_result of base/result.h
OK, MALFORMED, LIMIT, REFUSED, UNSUPPORTED, NOTFOUND = 0, 3, 4, 5, 6, 7


def run(*argv, text=b"", code=0):
    p = subprocess.run(argv, input=text, capture_output=True, check=False)
    if code is not None and p.returncode != code:
        raise AssertionError(f"{argv}: exit {p.returncode}\n{p.stdout[:200]!r}\n{p.stderr!r}")
    return p


def bytes_of(size):
    return random.Random(size).randbytes(size)


class Age(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix="comity-test-")
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        cls.x, cls.x_to = cls.keygen("x")
        cls.other, cls.other_to = cls.keygen("other")
        cls.ssh, cls.ssh_to = cls.sshkey("ssh")
        cls.ours = cls.path("ours", run(TOOL, "identity").stdout)
        cls.ours_to = run(TOOL, "recipient", cls.ours).stdout.decode().strip()

    @classmethod
    def path(cls, name, content=None):
        p = os.path.join(cls.dir, name)
        if content is not None:
            with open(p, "wb") as f:
                f.write(content)
            os.chmod(p, 0o600)
        return p

    @classmethod
    def keygen(cls, name):
        p = cls.path(name)
        run("age-keygen", "-o", p)
        return p, run("age-keygen", "-y", p).stdout.decode().strip()

    @classmethod
    def sshkey(cls, name):
        p = cls.path(name)
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "a comment", "-f", p)
        with open(p + ".pub", encoding="utf-8") as f:
            return p, f.read().strip()

    def theirs(self, text, *to, more=()):
        return run("age", *more, *(word for r in to for word in ("-r", r)), text=text).stdout

    def open_theirs(self, file, key, code=0):
        return run("age", "-d", "-i", key, text=file, code=code).stdout

    def refused(self, file, *keys, codes=(MALFORMED, REFUSED)):
        p = run(TOOL, "decrypt", *(keys or (self.x,)), text=file, code=None)
        self.assertIn(p.returncode, codes, p.stderr)
        self.assertEqual(p.stderr.count(b"\n"), 1, p.stderr)
        return p

    def test_the_same_identities_have_the_same_recipients(self):
        self.assertEqual(run(TOOL, "recipient", self.x).stdout.decode().strip(), self.x_to)
        self.assertEqual(run("age-keygen", "-y", self.ours).stdout.decode().strip(), self.ours_to)
        self.assertEqual(run(TOOL, "recipient", self.ssh).stdout.decode().split(), self.ssh_to.split()[:2])

    def test_they_read_ours(self):
        for size in SIZES:
            for to, key in ((self.x_to, self.x), (self.ours_to, self.ours), (self.ssh_to, self.ssh)):
                with self.subTest(size=size, to=to):
                    file = run(TOOL, "encrypt", to, text=bytes_of(size)).stdout
                    self.assertEqual(self.open_theirs(file, key), bytes_of(size))

    def test_we_read_theirs(self):
        for size in SIZES:
            for to, key in ((self.x_to, self.x), (self.ours_to, self.ours), (self.ssh_to, self.ssh)):
                for more in ((), ("-a",)):
                    with self.subTest(size=size, to=to, more=more):
                        file = self.theirs(bytes_of(size), to, more=more)
                        self.assertEqual(run(TOOL, "decrypt", key, text=file).stdout, bytes_of(size))

    def test_many_recipients_both_ways(self):
        keys = [self.keygen(f"many-x{i}") for i in range(20)] + [self.sshkey(f"many-ssh{i}") for i in range(20)]
        random.Random(1).shuffle(keys)
        text = bytes_of(100_000)
        to = [r for _, r in keys]
        mine, other = run(TOOL, "encrypt", *to, text=text).stdout, self.theirs(text, *to)
        for key, _ in keys:
            self.assertEqual(self.open_theirs(mine, key), text)
            self.assertEqual(run(TOOL, "decrypt", key, text=other).stdout, text)
        # of several keys one is enough
        self.assertEqual(run(TOOL, "decrypt", self.other, keys[7][0], text=other).stdout, text)

    def test_as_many_recipients_as_there_can_be(self):
        file = run(TOOL, "encrypt", *([self.ssh_to] * 511 + [self.x_to]), text=b"x").stdout
        self.assertEqual(self.open_theirs(file, self.x), b"x")
        self.assertEqual(run(TOOL, "decrypt", self.x, text=file).stdout, b"x")
        run(TOOL, "encrypt", *([self.x_to] * 513), text=b"x", code=LIMIT)
        self.refused(self.theirs(b"x", *([self.x_to] * 513)), codes=(LIMIT,))

    def test_for_others_says_for_how_many_of_what_type(self):
        p = self.refused(self.theirs(b"secret", self.other_to, self.x_to, self.ssh_to), self.ours, codes=(NOTFOUND,))
        self.assertEqual(p.stdout, b"")
        self.assertIn(b"3 recipients (2 X25519, 1 ssh-ed25519)", p.stderr)
        p = self.refused(self.theirs(b"secret", self.x_to), self.ssh, self.ours, codes=(NOTFOUND,))
        self.assertIn(b"1 recipient (1 X25519), none of which is one of the keys here", p.stderr)

    def test_every_byte_counts(self):
        text = b"of a small file"
        for to, key in ((self.x_to, self.x), (self.ssh_to, self.ssh)):
            file = self.theirs(text, to)
            for i in range(len(file)):
                changed = bytearray(file)
                changed[i] ^= 1 << random.Random(i).randrange(8)
                p = self.refused(bytes(changed), key, codes=(MALFORMED, REFUSED, UNSUPPORTED, NOTFOUND))
                self.assertEqual(p.stdout, b"")

    def test_every_truncation_is_refused(self):
        file = self.theirs(b"of a small file", self.x_to)
        for n in range(len(file)):
            self.assertEqual(self.refused(file[:n]).stdout, b"")
        text = bytes_of(2 * CHUNK + 5)
        file = self.theirs(text, self.x_to)
        head = len(file) - (len(text) + 3 * 16)
        for n in (head, head + 1, head + CHUNK + 15, head + CHUNK + 16, head + CHUNK + 17, head + CHUNK + 32,
                  head + 2 * CHUNK + 32, head + 2 * CHUNK + 33, len(file) - 1):
            p = self.refused(file[:n])
            self.assertTrue(text.startswith(p.stdout) and len(p.stdout) < len(text))
        self.assertIn(f"offset {head + CHUNK + 16}: the file ends here without its last chunk".encode(),
                      self.refused(file[:head + CHUNK + 16]).stderr)

    def test_what_stands_behind_is_refused(self):
        for size in (0, 1, CHUNK, CHUNK + 1):
            file = self.theirs(bytes_of(size), self.x_to)
            for tail in (b"\0", b"\n", bytes(16), bytes(17), bytes(CHUNK)):
                with self.subTest(size=size, tail=len(tail)):
                    self.refused(file + tail)

    def test_chunks_that_change_places(self):
        file = self.theirs(bytes_of(3 * CHUNK), self.x_to)
        head, box = len(file) - 3 * (CHUNK + 16), CHUNK + 16
        one, two, three = (file[head + i * box:head + (i + 1) * box] for i in range(3))
        for order in ((two, one, three), (one, three), (one, one, three), (one, two, three, three), (one, three, two)):
            self.refused(file[:head] + b"".join(order))

    def test_a_header_that_is_too_large(self):
        grease = b"-> x\n" + b"".join(b"A" * 64 + b"\n" for _ in range(2000)) + b"\n"
        self.refused(b"age-encryption.org/v1\n" + grease, codes=(LIMIT,))
        self.refused(b"age-encryption.org/v1\n-> " + b"x" * 70000, codes=(LIMIT,))
        self.refused(b"age-encryption.org/v1\n" + b"-> x\n\n" * 513, codes=(LIMIT,))
        self.refused(b"age-encryption.org/v1" + b"1" * 70000, codes=(LIMIT,))

    def test_a_passphrase_is_not_asked_for(self):
        stanza = b"-> scrypt ajMFur+EJLGaohv/dLRGnw 18\n8SHBz/ldWnjyGFQqfjat6uNBarWqqEMDS7W8X7+Xq5Q\n"
        p = self.refused(b"age-encryption.org/v1\n" + stanza + b"--- " + b"A" * 43 + b"\n", codes=(UNSUPPORTED,))
        self.assertIn(b"passphrase", p.stderr)

    def test_armour_has_one_spelling(self):
        text = bytes_of(200)
        file = self.theirs(text, self.x_to, more=("-a",))
        lines = file.decode().splitlines()
        body = "".join(lines[1:-1])

        def armour(rows, begin=lines[0], end=lines[-1], eol="\n"):
            return eol.join([begin, *rows, end, ""]).encode()

        good = [file, file[:-1], armour(lines[1:-1], eol="\r\n")]
        for g in good:
            self.assertEqual(run(TOOL, "decrypt", self.x, text=g).stdout, text)
        wide = re.findall(".{1,76}", body)
        narrow = re.findall(".{1,60}", body)
        bad = {
            "wide lines": armour(wide), "narrow lines": armour(narrow), "an empty line": armour([*lines[1:-1], ""]),
            "a line first": b"\n" + file, "a word first": b"x" + file, "behind": file + b"x", "a line behind": file + b"\n",
            "another label": file.replace(b"AGE ENCRYPTED", b"AGE  ENCRYPTED"), "small": file.lower(),
            "a header": armour(["A: b", "", *lines[1:-1]]), "a blank": armour([lines[1] + " ", *lines[2:-1]]),
            "no end": file[:file.rindex(b"-----END")], "cut": file[:-20], "no padding": file.replace(b"=", b""),
            "not base64": armour(["*" + lines[1][1:], *lines[2:-1]]), "nothing": armour([]),
            "one more": armour([*lines[1:-1], "AAAA"]), "a cr alone": file.replace(b"\n", b"\r"),
            "not canonical": armour([*lines[1:-2], lines[-2].replace("A=", "B=").replace("g=", "h=")]),
        }
        for what, b in bad.items():
            if b == file:
                continue
            with self.subTest(what):
                self.assertEqual(self.refused(b).stdout, b"")
        raw = base64.b64decode(body)
        self.assertEqual(run(TOOL, "decrypt", self.x, text=raw).stdout, text)

    def test_recipients_and_identities_that_are_none(self):
        for bad in ("age1", self.x_to[:-1], self.x_to + "q", self.x_to.upper(), self.x_to[:-1] + "b", "",
                    "ssh-ed25519", "ssh-ed25519 AAAA", self.ssh_to[:-30][:60], "x" + self.x_to,
                    self.ssh_to.split()[0] + "  " + self.ssh_to.split()[1]):
            with self.subTest(bad):
                run(TOOL, "encrypt", bad, code=MALFORMED)
        run(TOOL, "encrypt", "ssh-rsa AAAAB3NzaC1yc2E", code=UNSUPPORTED)
        with open(self.x, "rb") as f:
            secret = f.read()
        for bad in (secret.lower(), secret[:-2], secret.replace(b"#", b""), b"# none\n", secret + b" "):
            p = run(TOOL, "recipient", self.path("bad", bad), code=MALFORMED)
            self.assertNotIn(secret.split()[-1][20:40], p.stderr.upper())
        run(TOOL, "recipient", self.path("bad", b"AGE-PLUGIN-X-1QQQQ\n"), code=UNSUPPORTED)

    def most_memory(self, *argv, file):
        """In KiB, of a program that reads a file through a pipe."""
        with subprocess.Popen(("cat", file), stdout=subprocess.PIPE) as cat:
            p = subprocess.run(argv, stdin=cat.stdout, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True,
                               env={**os.environ, "AGE_TOOL_MEMORY": "1"})
        return int(p.stderr.split()[1])

    def test_memory_does_not_grow_with_the_file(self):
        used = {}
        for size in (10_000_000, 50_000_000):
            text = bytes_of(1_000_000) * (size // 1_000_000)
            plain, file = self.path("plain", text), self.path("file", self.theirs(text, self.x_to))
            armoured = self.path("armoured", self.theirs(text, self.x_to, more=("-a",)))
            used[size] = [self.most_memory(TOOL, "encrypt", self.x_to, file=plain),
                          self.most_memory(TOOL, "decrypt", self.x, file=file),
                          self.most_memory(TOOL, "decrypt", self.x, file=armoured)]
        for small, large in zip(*used.values()):
            self.assertLess(large, small + 4096)


if __name__ == "__main__":
    TOOL = sys.argv.pop(1)
    if any(shutil.which(p) is None for p in ("age", "age-keygen", "ssh-keygen")):
        print("skipped: no age here")
        sys.exit(77)
    unittest.main()
