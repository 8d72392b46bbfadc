"""Looks for canaries in all bytes that leave: as they are, decompressed, and decoded as far as somebody might try."""
import base64
import hashlib
import html
import os
import re
import sys
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "interop", "stranger"))

from cbor import Reader, Refused  # noqa: E402
from plans import spelled  # noqa: E402

HEX = re.compile(rb"(?:[0-9a-fA-F]{1,4}[ :]?){8,}")
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{4}[A-Za-z0-9+/_\r\n-]{12,}={0,2}")
DIGEST = re.compile(rb"(?<![0-9a-fA-F])[0-9a-f]{64}(?![0-9a-fA-F])")
ESCAPE = re.compile(rb"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.S)
ENTITY = re.compile(rb"&#(?:([0-9]{1,7})|[xX]([0-9a-fA-F]{1,6}));")
PERCENT = re.compile(rb"%([0-9a-fA-F]{2})")
PLAIN = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def unescaped(data):
    def one(m):
        if m[1]:
            code = int(m[1], 16)
            return bytes([code]) if code < 256 else chr(code).encode("utf-8", "surrogatepass")
        return bytes([int(m[2], 16)]) if m[2] else PLAIN.get(m[3], m[3])
    return ESCAPE.sub(one, data)


def entities(data):
    def one(m):
        code = int(m[1]) if m[1] else int(m[2], 16)
        return bytes([code]) if code < 256 else m[0]
    numbers = ENTITY.sub(one, data)
    return html.unescape(numbers.decode("latin-1")).encode("latin-1", "replace")


def inflated(data):
    for at in [m.start() for m in re.finditer(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]", data)][:50]:
        try:
            unpacked = zlib.decompressobj(47).decompress(data[at:], 1 << 22)
            if len(unpacked) > 8:
                yield unpacked
        except zlib.error:
            pass


def unbased(data):
    for m in BASE64.finditer(data):
        text = re.sub(rb"[\r\n=]", b"", m[0]).replace(b"-", b"+").replace(b"_", b"/")
        for part in (text[at:] for at in range(4)):     # wherever it begins
            yield base64.b64decode(part + b"A" * (-len(part) % 4))


def unhexed(data):
    runs = [re.sub(rb"[ :]", b"", m[0]) for m in HEX.finditer(data)]
    return [bytes.fromhex(part[:len(part) // 2 * 2].decode()) for run in runs for part in (run, run[1:])]


def dumped(data):
    """Hexadecimal dumps, whose lines begin with an offset."""
    lines = [re.match(rb"[0-9a-f]{8}:? +((?:[0-9a-f]{2,4} ?)+)", line) for line in data.split(b"\n")]
    found = b"".join(re.sub(rb"\s", b"", m[1]) for m in lines if m)
    return bytes.fromhex(found[:len(found) // 2 * 2].decode()) if found else b""


def views(data, depth=2):
    """The bytes, and what they decode to; each once."""
    seen, todo = set(), [(data, depth)]
    while todo:
        at, left = todo.pop()
        if len(at) < 4 or hash(at) in seen:
            continue
        seen.add(hash(at))
        yield at
        if left:
            more = [unescaped(at) if b"\\" in at else at, PERCENT.sub(lambda m: bytes([int(m[1], 16)]), at),
                    entities(at) if b"&" in at else at, dumped(at),
                    b"\0\0\0\0\0\0\0\0".join(unhexed(at)), b"\0\0\0\0\0\0\0\0".join(unbased(at)), *inflated(at)]
            todo += [(one, left - 1) for one in more]


def strings(thing):
    if isinstance(thing, bytes):
        yield thing
    elif isinstance(thing, (list, tuple)):
        for one in thing:
            yield from strings(one)


def cbor_cells(data):
    """The byte strings of an opening that are no hashes."""
    reader, out = Reader(data), []
    try:
        while not reader.done():
            out += [one for one in strings(reader.item()) if len(one) != 32]
    except Refused:
        return data
    return b"\0\0\0\0\0\0\0\0".join(out)


class Given:
    """What somebody got: names with their bytes, and all that these decode to."""

    def __init__(self, files):
        """files: {name: bytes}"""
        self.wide, self.narrow, self.binary = [], [], []
        for name, data in files.items():
            self.wide.append(name.encode())
            for view in views(data):
                self.wide.append(view)
                self.narrow.append(DIGEST.sub(b" ", view))
            if name.endswith((".opening", ".pairs")):
                self.binary.append(cbor_cells(data))
            elif name.endswith((".pcapng", ".txt", ".jsonl")):
                self.binary.append(data)
            elif name.endswith(".hex"):
                self.binary.append(dumped(data))
        self.low = [view.lower() for view in self.wide]

    def has(self, canary, what):
        """The spelling in which it is there, or None."""
        if what != "address":
            if any(canary in view or canary[::-1] in view for view in self.wide):
                return canary
            low = canary.lower()
            return low if canary.isalnum() and any(low in view for view in self.low) else None
        for text in spelled(canary):
            if any(self.stands(text, view) for view in self.narrow):
                return text
        # four bytes among hashes would be found by chance, and so would those with zeros among the fields of a capture
        forms = () if 0 in canary else (canary, canary[::-1])
        return next((one for one in forms if any(one in data for data in self.binary)), None)

    @staticmethod
    def stands(text, view):
        at = view.find(text)
        while at >= 0:
            around = view[at - 1:at] + view[at + len(text):at + len(text) + 1] if at else view[len(text):len(text) + 1]
            if b"." not in text or not re.search(rb"[0-9]", around):
                return True
            at = view.find(text, at + 1)
        return False


def digests_of(value):
    """What somebody could compute from a value without a secret, beginning of each."""
    return [hashlib.new(name, value).digest() for name in ("sha256", "sha1", "md5", "sha512", "sha384")]


class Prints:
    """Digests of many values, looked for all at once."""

    def __init__(self):
        self.raw, self.text = {}, {}

    def add(self, value, what):
        for one in digests_of(value):
            self.secret(one, what)

    def secret(self, one, what):
        """Something of 16 bytes or more, by its beginning."""
        self.raw[one[:8]] = what
        self.text[one.hex()[:16].encode()] = what

    def found(self, data):
        low = data.lower()
        windows = {data[i:i + 8] for i in range(len(data) - 7)} & self.raw.keys()
        runs = [m[0] for m in re.finditer(rb"[0-9a-f]{16,}", low)]
        texts = {run[i:i + 16] for run in runs for i in range(len(run) - 15)} & self.text.keys()
        return [self.raw[w] for w in windows] + [self.text[t] for t in texts]
