#!/usr/bin/env python3
"""Every change of what was signed breaks the signature: here and with ssh-keygen.

    test_signed_bytes.py STATEMENT_TOOL        (needs COMITY, the program)

A charter, a consent, a seal, a finding and a disclosure, made by the program, are changed in ways that a format which
signs meanings, or a cleaned-up copy, would let pass: white space inside of strings and between tokens, order of members,
members twice, characters nobody sees, escapes, other normal forms of Unicode, spellings of numbers, newlines, case, and any
single byte.
"""

import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
import unittest

TOOL = None
COMITY = os.environ.get("COMITY", "")
ROOT = os.environ.get("COMITY_ROOT", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
NS = "statement@comity"
BYTES = 20  # single bytes changed of each statement, tried with both programs
KINDS = ("charter", "consent", "seal", "finding", "disclosure")


def first_string(text, key):
    """Where the value of a member begins: behind its quote."""
    return re.search(rf'"{key}": ?"', text).end()


def swap_members(text):
    """The same JSON, its outer members the other way round."""
    v = json.loads(text)
    return json.dumps({k: v[k] for k in reversed(v)}, indent=2, ensure_ascii=False) + "\n"


def twice(text):
    return text.replace('"predicateType"', '"_type": "https://in-toto.io/Statement/v1",\n  "predicateType"', 1)


def ways(text):
    """(what is changed, changed text); those that change nothing of this one are left out."""
    inside = first_string(text, "made")
    yield "a blank inside of a string", text[:inside] + " " + text[inside:]
    yield "a blank at the end of a string", re.sub(r'("nonce": "[0-9a-f]+)"', r'\1 "', text, count=1)
    yield "a blank between tokens", text.replace('": ', '":  ', 1)
    yield "a tab between tokens", text.replace("  ", "\t", 1)
    yield "no white space between tokens", json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False)
    yield "other indentation", json.dumps(json.loads(text), indent=4, ensure_ascii=False) + "\n"
    yield "the order of members", swap_members(text)
    yield "members sorted", json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    yield "a member twice, with one value", twice(text)
    for name, c in (("a zero width space", "\u200b"), ("a no-break space", "\u00a0"), ("a soft hyphen", "\u00ad"),
                    ("a byte order mark", "\ufeff"), ("a right-to-left override", "\u202e"), ("a joiner", "\u200d")):
        yield name + " inside of a string", text[:inside] + c + text[inside:]
        yield name + " between tokens", text.replace("{", "{" + c, 1)
    yield "a byte order mark at the beginning", "\ufeff" + text
    yield "an escape for a letter", re.sub(r'"https', r'"\\u0068ttps', text, count=1)
    yield "an escape for a slash", text.replace("https://", "https:\\/\\/", 1)
    yield "all that is not ASCII as escapes", json.dumps(json.loads(text), indent=2) + "\n"
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        yield "Unicode's form " + form, unicodedata.normalize(form, text)
    yield "no newline at the end", text.rstrip("\n")
    yield "a newline more at the end", text + "\n"
    yield "a newline at the beginning", "\n" + text
    yield "lines that end with CR LF", text.replace("\n", "\r\n")
    yield "a number with a point", re.sub(r'("number": \d+)', r"\1.0", text, count=1)
    yield "a number with an exponent", re.sub(r'("number": \d+)', r"\1e0", text, count=1)
    yield "a number with a zero before it", re.sub(r'"number": (\d)', r'"number": 0\1', text, count=1)
    yield "a number as a string", re.sub(r'"number": (\d+)', r'"number": "\1"', text, count=1)
    yield "digits in upper case", re.sub(r'"nonce": "([0-9a-f]+)"', lambda m: m[0].replace(m[1], m[1].upper()), text, count=1)
    yield "a member more", text.replace('"predicateType"', '"note": "",\n  "predicateType"', 1)


def spoil(rnd, data):
    """One byte changed, put in, or taken out."""
    at, how = rnd.randrange(len(data)), rnd.randrange(3)
    if how == 0:
        return data[:at] + bytes([data[at] ^ (1 << rnd.randrange(8))]) + data[at + 1:]
    if how == 1:
        return data[:at] + bytes([rnd.randrange(256)]) + data[at:]
    return data[:at] + data[at + 1:]


def run(*argv, cwd=None, text=None, want=(0,)):
    env = {k: v for k, v in os.environ.items() if k not in ("COMITY_CASE", "SSH_AUTH_SOCK")}
    p = subprocess.run(argv, cwd=cwd, input=text, capture_output=True, env=env, check=False)
    if want is not None and p.returncode not in want:
        raise AssertionError(f"{argv}: exit {p.returncode}\n{p.stdout!r}\n{p.stderr!r}")
    return p


class SignedBytes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not os.access(COMITY, os.X_OK) or shutil.which("ssh-keygen") is None:
            raise unittest.SkipTest("no program in COMITY, or no ssh-keygen")
        cls.dir = tempfile.mkdtemp(prefix="comity-test-")
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        run(COMITY, "init", "--name", "V", "--role", "victim", cwd=cls.dir)
        line = run(COMITY, "charter", "member", cwd=cls.dir).stdout.decode()
        with open(os.path.join(cls.dir, "charter.md"), "w", encoding="utf-8") as f:
            f.write("# Caf\u00e9 und \u1e9b\u0323\n\nOf one \ufb01nds more, e\u0301galement.\n\n## Members\n" + line + "\n## Rules\n"
                    "allow R1: release types N1 to victim for attribution.\n")
        run(COMITY, "charter", "propose", "charter.md", "-o", "charter", cwd=cls.dir)
        run(COMITY, "consent", "give", "--types", "N1", cwd=cls.dir)
        capture = os.path.join(ROOT, "tests", "cases", "race-first", "input.pcap")
        run(COMITY, "investigate", capture, "-o", "a.dossier", cwd=cls.dir, want=(0, 1))
        cls.signers = os.path.join(cls.dir, ".comity", "allowed_signers")
        cls.found = {}
        folder = os.path.join(cls.dir, ".comity", "statements")
        for name in sorted(os.listdir(folder)):
            kind = name.split("-")[1]
            if name.endswith(".json") and kind in KINDS:
                with open(os.path.join(folder, name), "rb") as f:
                    cls.found[kind] = (f.read(), os.path.join(folder, name + ".sig"))

    def both(self, data, sig):
        """(ours, theirs): did it verify?"""
        ours = run(TOOL, "verify", sig, self.signers, "1795475200", text=data, want=(0, 1))
        theirs = run("ssh-keygen", "-Y", "verify", "-f", self.signers, "-I", "V", "-n", NS, "-s", sig, text=data, want=None)
        return ours.returncode == 0, theirs.returncode == 0

    def test_each_kind_is_there_and_verifies_as_it_is(self):
        self.assertEqual(set(self.found), set(KINDS))
        for kind, (data, sig) in self.found.items():
            with self.subTest(kind):
                self.assertEqual(self.both(data, sig), (True, True))

    def test_what_means_the_same_is_refused_if_it_is_not_the_same(self):
        tried = set()
        for kind, (data, sig) in self.found.items():
            text = data.decode()
            for what, changed in ways(text):
                if changed == text:
                    continue
                tried.add(what)
                with self.subTest(f"{kind}: {what}"):
                    self.assertEqual(self.both(changed.encode(), sig), (False, False))
        every = {what for what, _ in ways(self.found["consent"][0].decode())}
        self.assertEqual(every - tried, set(), "ways that changed nothing of anything")

    def test_any_single_byte(self):
        rnd = random.Random(7)
        for kind, (data, sig) in self.found.items():
            for _ in range(BYTES):
                changed = spoil(rnd, data)
                if changed == data:
                    continue
                with self.subTest(f"{kind}: {changed[:20]!r}..."):
                    self.assertEqual(self.both(changed, sig), (False, False))

    def test_a_charter_that_was_changed_is_not_taken(self):
        """The whole way: `comity take` of the changed file, by the party that has the right one."""
        data, _ = self.found["charter"]
        path = os.path.join(self.dir, "changed.json")
        shutil.copy(os.path.join(self.dir, "charter.json.sigs"), path + ".sigs")
        for what, changed in ways(data.decode()):
            if changed.encode() == data:
                continue
            with open(path, "wb") as f:
                f.write(changed.encode())
            with self.subTest(what):
                self.assertIn(run(COMITY, "take", path, cwd=self.dir, want=None).returncode, (1, 4))


if __name__ == "__main__":
    TOOL = sys.argv.pop(1)
    unittest.main(verbosity=2)
