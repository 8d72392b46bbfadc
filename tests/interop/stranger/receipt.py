"""Receipts and trust files, from docs/formats.md 3.5 alone. `openssl pkeyutl` says whether a signature holds."""

import base64
import hashlib
import os
import re
import subprocess
import tempfile

import sshsig
from cbor import Refused

ENDING, STAMP = ".tlog-proof", ".tsr"
LOG, WITNESS = 1, 4
LIMIT = 1 << 63
MAX_BYTES, MAX_HASHES, MAX_LINES, MAX_NAME = 270336, 63, 64, 255
SPACE = re.compile(r"[\s\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
SPKI = bytes.fromhex("302a300506032b6570032100")	# what stands before an Ed25519 key in DER


def unbase64(text):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Refused("no base64: %r" % text) from None
    if base64.b64encode(data).decode() != text:
        raise Refused("base64 in another than its one spelling: %r" % text)
    return data


def number(text):
    if not re.fullmatch(r"0|[1-9][0-9]*", text, re.ASCII) or int(text) >= LIMIT:
        raise Refused("no number: %r" % text)
    return int(text)


def a_hash(text):
    data = unbase64(text)
    if len(data) != 32:
        raise Refused("no hash: %r" % text)
    return data


def check_name(name):
    if not name or "+" in name or SPACE.search(name) or min(name) < " ":
        raise Refused("no name of a key: %r" % name)
    return name


def holds(key, message, signature):
    """Is it Ed25519 of this key over the message?"""
    if len(signature) != 64 or int.from_bytes(signature[32:], "little") >= sshsig.ORDER:
        return False
    with tempfile.TemporaryDirectory() as folder:
        def path(name, data):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
            return file.name
        done = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey",
            path("key", SPKI + key), "-rawin", "-in", path("message", message), "-sigfile",
            path("signature", signature)], capture_output=True, check=False)
    return done.returncode == 0


class Key:
    """NAME+ID+BASE64 of type and key."""

    def __init__(self, text, kind):
        parts = text.split("+", 2)
        if len(parts) != 3:
            raise Refused("no key: %r" % text)
        self.name, data = check_name(parts[0]), unbase64(parts[2])
        self.key = data[1:]
        if len(data) != 33 or data[0] != kind or len(self.name.encode()) > MAX_NAME:
            raise Refused("a key of another type: %r" % text)
        y = int.from_bytes(self.key, "little") & (2 ** 255 - 1)
        if y >= sshsig.P or y in sshsig.SMALL_ORDER:
            raise Refused("a key under which one signature fits many texts")
        self.id = hashlib.sha256(self.name.encode() + b"\n" + data).digest()[:4]
        if parts[1] != self.id.hex():
            raise Refused("a key whose id is another: %r" % text)


class Trust:
    """The verifier's own file."""

    def __init__(self, text):
        self.logs, self.members, self.quorum = {}, {}, False
        for line in text.splitlines():
            word = line.split()
            if not word or line.startswith("#"):
                continue
            if word[0] == "log":
                key = Key(word[1], LOG)
                self.logs[key.name] = key
            elif word[0] == "witness":
                self.members[word[1]] = Key(word[2], WITNESS)
            elif word[0] == "group":
                names = word[3:]
                self.members[word[1]] = ({"any": 1, "all": len(names)}.get(word[2]) or int(word[2]), names)
            elif word[0] == "quorum":
                self.quorum = None if word[1] == "none" else word[1]
            else:
                raise Refused("trust file: %r" % line)
        if self.quorum is False:
            raise Refused("trust file: no quorum")

    def time(self, name, times):
        """When this member had cosigned; None: it had not."""
        member = self.members[name]
        if isinstance(member, Key):
            return times.get(name)
        known = sorted(filter(None, (self.time(part, times) for part in member[1])))
        return known[member[0] - 1] if len(known) >= member[0] else None


class Note:
    """A checkpoint with its signature lines."""

    def __init__(self, data):
        if any(byte < 0x20 and byte != 0x0a for byte in data):
            raise Refused("a control character in a note")
        at = data.rfind(b"\n\n")
        if at < 0 or not data.endswith(b"\n"):
            raise Refused("a note without signatures")
        self.text = data[:at + 1]
        lines = data[at + 2:-1].decode().split("\n")
        if len(lines) > MAX_LINES:
            raise Refused("a note with many signatures")
        self.lines = [self.signature(line) for line in lines]
        body = self.text[:-1].decode().split("\n")
        if len(body) < 3 or "" in body or len(body[0].encode()) > MAX_NAME or body[0] == "cosignature/v1":
            raise Refused("no checkpoint")
        self.origin, self.size, self.root = body[0], number(body[1]), a_hash(body[2])

    @staticmethod
    def signature(line):
        if not line.startswith("\u2014 ") or line.count(" ") != 2:
            raise Refused("no signature line: %r" % line)
        name, data = line[2:].split(" ")
        data = unbase64(data)
        if len(data) < 5:
            raise Refused("an empty signature")
        return check_name(name), data[:4], data[4:]

    def by(self, key):
        return [data for name, ident, data in self.lines if name == key.name and ident == key.id]

    def check_log(self, key):
        if not self.by(key):
            raise Refused("not signed by the log %s" % self.origin)
        if not all(holds(key.key, self.text, data) for data in self.by(key)):
            raise Refused("the signature of %s does not hold" % key.name)

    def time_of(self, key):
        """Earliest time at which this witness cosigned; None: it did not."""
        times = []
        for data in self.by(key):
            time = int.from_bytes(data[:8], "big")
            message = b"cosignature/v1\ntime %d\n" % time + self.text
            if not 0 < time < LIMIT or not holds(key.key, message, data[8:]):
                raise Refused("the cosignature of %s does not hold" % key.name)
            times.append(time)
        return min(times, default=None)


class Receipt:
    def __init__(self, data):
        if len(data) > MAX_BYTES:
            raise Refused("a receipt that is too long")
        try:
            data.decode("utf-8")
        except ValueError:
            raise Refused("no UTF-8") from None
        head, empty, note = data.partition(b"\n\n")
        lines = head.decode().split("\n")
        if not empty or lines.pop(0) != "c2sp.org/tlog-proof@v1":
            raise Refused("no receipt")
        if lines and lines[0].startswith("extra ") and not unbase64(lines.pop(0)[6:]):
            raise Refused("an empty extra")
        if not lines or not lines[0].startswith("index "):
            raise Refused("a receipt without index")
        self.index = number(lines.pop(0)[6:])
        if len(lines) > MAX_HASHES:
            raise Refused("a long proof")
        self.proof = [a_hash(line) for line in lines]
        self.note = Note(note)

    def check_inclusion(self, entry):
        """The entry is in the tree of the checkpoint; gives its leaf."""
        h = hashlib.sha256
        fn, sn, leaf = self.index, self.note.size - 1, h(b"\0" + entry).digest()
        root = leaf
        if fn > sn:
            raise Refused("entry %d of %d" % (fn, sn + 1))
        for part in self.proof:
            if sn == 0:
                raise Refused("a proof that is too long")
            if fn % 2 or fn == sn:
                root = h(b"\1" + part + root).digest()
                while fn % 2 == 0 and fn:
                    fn, sn = fn >> 1, sn >> 1
            else:
                root = h(b"\1" + root + part).digest()
            fn, sn = fn >> 1, sn >> 1
        if sn or root != self.note.root:
            raise Refused("it does not prove that the statement is in the log")
        return leaf


def entry(statement, signature, by):
    return b"comity statement v1\nsha256 %s\nkey %s\n" % (
        hashlib.sha256(statement + signature).hexdigest().encode(), by.encode())


class Receipts:
    """All receipts of a dossier, judged by one trust file or by none."""

    def __init__(self, trust):
        self.trust = trust
        self.seen = []

    def check(self, name, data, logged):
        """(known and enough, a line to say) of one receipt."""
        receipt = Receipt(data)
        leaf, note = receipt.check_inclusion(logged), receipt.note
        place = "entry %d of %d in the log %s" % (receipt.index, note.size, note.origin)
        if self.trust is None:
            return False, place + ", which nobody here knows"
        witnesses = {name: key for name, key in self.trust.members.items() if isinstance(key, Key)}
        log = self.trust.logs.get(note.origin)
        if log is not None:
            note.check_log(log)
        times = {name: note.time_of(key) for name, key in witnesses.items()}
        if log is None:
            return False, place + ", which the trust file does not name"
        self.look_for_fork(name, note, receipt.index, leaf)
        if self.trust.quorum is None:
            return True, place
        when = self.trust.time(self.trust.quorum, times)
        if when is None:
            return False, place + ", not cosigned by the quorum"
        return True, "existed not later than %d: %s" % (when, place)

    def look_for_fork(self, name, note, index, leaf):
        for other, origin, size, root, place, what in self.seen:
            if origin == note.origin and (size == note.size and root != note.root or place == index and what != leaf):
                raise Refused("%s and %s: %s signed two histories" % (other, name, origin))
        self.seen.append((name, note.origin, note.size, note.root, index, leaf))
