"""A log, and witnesses, that make receipts as docs/formats.md 3.5 says; the other half of receipt.py, for tests."""

import base64
import hashlib
import os
import subprocess

import receipt

TIME = 1790000000


def b64(data):
    return base64.b64encode(data).decode("ascii")


class Signer:
    """A key in a file of a folder, with the name and the type of its notes."""

    def __init__(self, folder, name, kind):
        self.name, self.kind = name, kind
        self.path = os.path.join(folder, name.replace("/", "_") + ".pem")
        run("openssl", "genpkey", "-algorithm", "ed25519", "-out", self.path)
        self.public = run("openssl", "pkey", "-in", self.path, "-pubout", "-outform", "DER")[-32:]
        self.id = hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + self.public).digest()[:4]

    def key(self):
        return "%s+%s+%s" % (self.name, self.id.hex(), b64(bytes([self.kind]) + self.public))

    def sign(self, message):
        path = self.path + ".message"
        with open(path, "wb") as file:
            file.write(message)
        return run("openssl", "pkeyutl", "-sign", "-inkey", self.path, "-rawin", "-in", path)

    def line(self, text, time=None):
        if self.kind == receipt.LOG:
            blob = self.sign(text)
        else:
            blob = time.to_bytes(8, "big") + self.sign(b"cosignature/v1\ntime %d\n" % time + text)
        return "\u2014 %s %s\n" % (self.name, b64(self.id + blob))


def run(*argv):
    return subprocess.run(argv, capture_output=True, check=True).stdout


def root_of(leaves):
    """RFC 9162, 2.1.1."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + root_of(leaves[:k]) + root_of(leaves[k:])).digest()


def path_of(m, leaves):
    """RFC 9162, 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    if m < k:
        return path_of(m, leaves[:k]) + [root_of(leaves[k:])]
    return path_of(m - k, leaves[k:]) + [root_of(leaves[:k])]


class Log:
    def __init__(self, signer):
        self.signer, self.leaves = signer, []

    def add(self, entry):
        """Number of the entry."""
        self.leaves.append(hashlib.sha256(b"\0" + entry).digest())
        return len(self.leaves) - 1

    def text(self, size=None, extension=""):
        leaves = self.leaves[:size]
        return ("%s\n%d\n%s\n%s" % (self.signer.name, len(leaves), b64(root_of(leaves)), extension)).encode()

    def note(self, witnesses=(), extension=""):
        """The checkpoint, cosigned by (witness, time)."""
        text = self.text(extension=extension)
        lines = [self.signer.line(text)] + [witness.line(text, time) for witness, time in witnesses]
        return text + b"\n" + "".join(lines).encode()

    def receipt(self, index, note, extra=""):
        proof = "".join(b64(part) + "\n" for part in path_of(index, self.leaves))
        return ("c2sp.org/tlog-proof@v1\n%sindex %d\n%s\n" % (extra, index, proof)).encode() + note
