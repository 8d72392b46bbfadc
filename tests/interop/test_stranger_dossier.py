#!/usr/bin/env python3
"""The stranger makes a dossier and verifies it; then every byte of it is changed."""

import hashlib
import json
import os
import random
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, "stranger"))

import capture  # noqa: E402
import maker  # noqa: E402
import support  # noqa: E402
import verify  # noqa: E402
import zipfmt  # noqa: E402
from cbor import Refused  # noqa: E402
from table import OPEN, SHUT, TIED  # noqa: E402


def sample(dice, row, column):
    """A choice of cells that respects the mask rule: whole rows, headers with ties, or nothing."""
    kind = dice[row % len(dice)]
    if kind == "all":
        return OPEN
    if kind == "tied" and column in (capture.SRC, capture.DST):
        return TIED
    return OPEN if kind == "tied" and column == capture.HEADERS else SHUT


def one_connection():
    """A little-endian pcap of three TCP packets, made here."""
    def packet(number, source, target):
        ip = bytes.fromhex("450000%02x000%d40004006beef" % (43, number)) + source + target
        tcp = bytes.fromhex("c0000050000000%02x000000015018ffffcafe0000" % number) + b"abc"
        frame = bytes.fromhex("020000000001020000000002" "0800") + ip + tcp
        return number.to_bytes(4, "little") + bytes(4) + 2 * len(frame).to_bytes(4, "little") + frame
    here, there = bytes([192, 0, 2, 1]), bytes([198, 51, 100, 7])
    head = bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000")
    return head + packet(1, here, there) + packet(2, there, here) + packet(3, here, there)


class OwnDossier(unittest.TestCase):
    def test_zip_has_one_spelling(self):
        files = {"a.json": b"x", "b": b""}
        data = zipfmt.write(files)
        self.assertEqual(zipfmt.read(data), files)
        for at in range(len(data)):
            changed = bytearray(data)
            changed[at] ^= 1 << at % 8
            with self.assertRaises(Refused):
                zipfmt.read(bytes(changed))
        with self.assertRaises(Refused):
            zipfmt.read(data + b"\0")

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.party = maker.Party(cls.folder.name)
        data = one_connection()
        made, signature, sealer = maker.seal(cls.party, capture.cut_file(data), data)
        kinds_of_rows = ["none", "all", "tied", "all"]
        cls.files = maker.disclose(cls.party, [(made, signature, sealer, lambda r, c: sample(kinds_of_rows, r, c))])
        cls.data = maker.archive(cls.files)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def verify(self, data):
        return verify.verify(data, self.party.signers)

    def test_it_holds(self):
        accepted, lines = self.verify(self.data)
        self.assertTrue(accepted, lines)

    def test_every_changed_byte_is_refused(self):
        for at in range(len(self.data)):
            changed = bytearray(self.data)
            changed[at] ^= 1 << at % 8
            self.assertFalse(self.verify(bytes(changed))[0], "byte %d" % at)

    def test_another_signer_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            other = maker.Party(folder)
            accepted, lines = verify.verify(self.data, other.signers)
        self.assertFalse(accepted)
        self.assertIn("UNKNOWN SIGNER", lines[-1])

    def test_changed_contents_are_refused_even_if_the_sender_signs_them(self):
        """The sender's own key signs a disclosure over a changed file: the file itself must not hold."""
        dice = random.Random(3)
        for name in ("seal-1.opening", "seal-1.pcapng", "seal-1.json.sig", "report.html"):
            for _ in range(12):
                files = dict(self.files)
                low, high = 0, len(files[name])
                if name == "report.html":
                    low, high = files[name].index(b"{"), files[name].rindex(b"}") + 1
                at = dice.randrange(low, high)
                changed = bytearray(files[name])
                changed[at] ^= 1 << dice.randrange(8)
                files[name] = bytes(changed)
                self.resign(files)
                accepted, lines = self.verify(maker.archive(files))
                self.assertFalse(accepted, "%s byte %d" % (name, at))
                self.assertIn(name.removesuffix(".sig"), lines[-1])

    def resign(self, files):
        """List the files anew in the disclosure and sign it again."""
        thing = json.loads(files["disclosure.json"])
        thing["predicate"]["files"] = [
            {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in sorted(files.items()) if not name.startswith("disclosure.")]
        files["disclosure.json"] = json.dumps(thing).encode("utf-8")
        files["disclosure.json.sig"] = self.party.sign(files["disclosure.json"])

    def test_statements_are_read_strictly(self):
        original = self.files["disclosure.json"]
        changes = [(b'"layout": 1', b'"layout": 1.0'), (b'"layout": 1', b'"layout": 2'),
                   (b'"layout": 1', b'"layout": true'),
                   (b'"layout": 1', b'"layout": 1, "layout": 1'), (b'"layout": 1', b'"layout": 1, "more": 1'),
                   (b"2026-01-02T03:04:05Z", b"2026-01-02T03:04:05+00:00"), (b'"leaks_accepted": 0, ', b""),
                   (b'"number": 2', b'"number": 9007199254740992'), (b'"packets": 3', b'"packets": 4')]
        files = [b"\xef\xbb\xbf" + original, original + b"\n", original + b" ", b"[" + original + b"]"]
        for old, new in changes:
            self.assertIn(old, original)
            files.append(original.replace(old, new))
        for data in files:
            changed = {**self.files, "disclosure.json": data, "disclosure.json.sig": self.party.sign(data)}
            accepted, lines = self.verify(maker.archive(changed))
            self.assertFalse(accepted, data)
            self.assertIn("disclosure.json", lines[-1])


if __name__ == "__main__":
    support.main()
