#!/usr/bin/env python3
"""Notes and cosignatures against OpenSSL, in both directions, and with nothing of ours in between.

    test_note.py NOTE_TOOL
"""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

TOOL = None
TEXT = "a.example/log\n3\nAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n".encode()
SEED = "07" * 32
LOG, WITNESS = "a.example/log", "b.example/witness"
DASH = "\u2014"
TIME = 1795475200


def run(*argv, text=b"", ok=True):
    p = subprocess.run(argv, input=text, capture_output=True, check=False)
    if (p.returncode == 0) != ok:
        raise AssertionError(f"{argv}: exit {p.returncode}\n{p.stdout!r}\n{p.stderr!r}")
    return p.stdout


def cosigned(text, time):
    """What a cosigner signs (C2SP tlog-cosignature)."""
    return f"cosignature/v1\ntime {time}\n".encode() + text


def blob_of(line, name):
    """(key id, what is behind it) of a signature line, by the words of C2SP signed-note."""
    dash, who, b64 = line.decode().rstrip("\n").split(" ")
    assert dash == DASH and who == name, line
    blob = base64.b64decode(b64, validate=True)
    return blob[:4], blob[4:]


class Note(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="comity-test-")
        self.addCleanup(shutil.rmtree, self.dir)
        # PKCS #8 and SubjectPublicKeyInfo of Ed25519 (RFC 8410)
        self.private = self.path("private.der", bytes.fromhex("302e020100300506032b657004220420" + SEED))
        self.public = self.path("public.der")
        run("openssl", "pkey", "-inform", "DER", "-in", self.private, "-pubout", "-outform", "DER", "-out", self.public)
        with open(self.public, "rb") as f:
            self.key = f.read()[-32:]

    def path(self, name, content=None):
        p = os.path.join(self.dir, name)
        if content is not None:
            with open(p, "wb") as f:
                f.write(content)
        return p

    def openssl_verify(self, message, signature, ok=True):
        run("openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", self.public, "-rawin",
            "-in", self.path("message", message), "-sigfile", self.path("signature", signature), ok=ok)

    def openssl_sign(self, message):
        return run("openssl", "pkeyutl", "-sign", "-keyform", "DER", "-inkey", self.private, "-rawin",
                   "-in", self.path("message", message))

    def key_id(self, name, kind):
        return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + self.key).digest()[:4]

    def vkey(self, name, kind):
        b64 = base64.b64encode(bytes([kind]) + self.key).decode()
        return f"{name}+{self.key_id(name, kind).hex()}+{b64}"

    def test_our_verifier_keys_are_spelt_by_the_specification(self):
        self.assertEqual(run(TOOL, "key", "log", LOG, SEED).decode(), self.vkey(LOG, 1))
        self.assertEqual(run(TOOL, "key", "witness", WITNESS, SEED).decode(), self.vkey(WITNESS, 4))

    def test_openssl_accepts_our_signature_of_a_note(self):
        key_id, signature = blob_of(run(TOOL, "sign", LOG, SEED, text=TEXT), LOG)
        self.assertEqual(key_id, self.key_id(LOG, 1))
        self.openssl_verify(TEXT, signature)
        self.openssl_verify(TEXT[:-1], signature, ok=False)

    def test_openssl_accepts_our_cosignature(self):
        key_id, blob = blob_of(run(TOOL, "cosign", WITNESS, SEED, str(TIME), text=TEXT), WITNESS)
        self.assertEqual(key_id, self.key_id(WITNESS, 4))
        self.assertEqual(int.from_bytes(blob[:8], "big"), TIME)
        self.openssl_verify(cosigned(TEXT, TIME), blob[8:])
        self.openssl_verify(cosigned(TEXT, TIME + 1), blob[8:], ok=False)

    def line(self, name, kind, blob):
        return f"{DASH} {name} {base64.b64encode(self.key_id(name, kind) + blob).decode()}\n".encode()

    def test_we_accept_what_openssl_signed(self):
        note = TEXT + b"\n" + self.line(LOG, 1, self.openssl_sign(TEXT))
        self.assertEqual(run(TOOL, "verify", self.vkey(LOG, 1), text=note), TEXT)
        run(TOOL, "verify", self.vkey(LOG, 1), text=note.replace(b"\n3\n", b"\n4\n"), ok=False)

    def test_we_accept_what_openssl_cosigned(self):
        blob = TIME.to_bytes(8, "big") + self.openssl_sign(cosigned(TEXT, TIME))
        note = TEXT + b"\n" + self.line(WITNESS, 4, blob)
        self.assertEqual(run(TOOL, "verify", self.vkey(WITNESS, 4), text=note), f"{TIME}\n".encode() + TEXT)
        late = TEXT + b"\n" + self.line(WITNESS, 4, (TIME + 1).to_bytes(8, "big") + blob[8:])
        run(TOOL, "verify", self.vkey(WITNESS, 4), text=late, ok=False)


if __name__ == "__main__":
    if not shutil.which("openssl"):
        print("skipped: no openssl")
        sys.exit(77)
    TOOL = os.path.abspath(sys.argv.pop(1))
    unittest.main()
