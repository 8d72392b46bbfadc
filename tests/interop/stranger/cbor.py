"""The little CBOR an opening uses (RFC 8949, 8742), read so strictly that there is one spelling only.

A reader meets unsigned integers, byte strings, text strings, arrays and one map. Everything else
(negative numbers, floats, tags, indefinite lengths, integers not in shortest form) is refused, as is
nesting deeper than three. `Reader` walks a CBOR sequence held in memory; offsets in errors are bytes.
"""

MAX_DEPTH = 3
UINT, BYTES, TEXT, ARRAY, MAP = 0, 2, 3, 4, 5


class Refused(Exception):
    """The file breaks the format. str() says how; a verifier stops here."""


class Reader:
    """Reads one data item after another from `data`."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def done(self):
        return self.at == len(self.data)

    def _take(self, count):
        if count > len(self.data) - self.at:
            raise Refused("cut short at byte %d" % self.at)
        part = self.data[self.at:self.at + count]
        self.at += count
        return part

    def _head(self):
        """Major type and argument of the next item, the argument in its shortest form."""
        first = self._take(1)[0]
        major, info = first >> 5, first & 31
        if info < 24:
            return major, info
        if info > 27:
            raise Refused("indefinite or reserved length at byte %d" % (self.at - 1))
        size = 1 << (info - 24)
        value = int.from_bytes(self._take(size), "big")
        shortest = 24 if size == 1 else 1 << (8 * size // 2)
        if value < shortest:
            raise Refused("integer not in shortest form before byte %d" % self.at)
        return major, value

    def item(self, depth=1):
        """The next item as int, bytes, str, list, or list of pairs in a tuple for a map."""
        major, value = self._head()
        if major == UINT:
            return value
        if major == BYTES:
            return bytes(self._take(value))
        if major == TEXT:
            try:
                return self._take(value).decode("utf-8")
            except UnicodeDecodeError:
                raise Refused("text that is not UTF-8 before byte %d" % self.at) from None
        if major not in (ARRAY, MAP):
            raise Refused("a kind of item no opening has, at byte %d" % self.at)
        if depth > MAX_DEPTH:
            raise Refused("nested too deep at byte %d" % self.at)
        if value > len(self.data) - self.at:
            raise Refused("cut short at byte %d" % self.at)
        if major == ARRAY:
            return [self.item(depth + 1) for _ in range(value)]
        return tuple((self.item(depth + 1), self.item(depth + 1)) for _ in range(value))


def encode(thing):
    """The one encoding of int, bytes, str, list, or a tuple of pairs (a map)."""
    if isinstance(thing, int):
        return _encode_head(UINT, thing)
    if isinstance(thing, bytes):
        return _encode_head(BYTES, len(thing)) + thing
    if isinstance(thing, str):
        raw = thing.encode("utf-8")
        return _encode_head(TEXT, len(raw)) + raw
    if isinstance(thing, list):
        return _encode_head(ARRAY, len(thing)) + b"".join(map(encode, thing))
    pairs = b"".join(encode(key) + encode(value) for key, value in thing)
    return _encode_head(MAP, len(thing)) + pairs


def _encode_head(major, value):
    if value < 24:
        return bytes([major << 5 | value])
    for info, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if value < 1 << (8 * size):
            return bytes([major << 5 | info]) + value.to_bytes(size, "big")
    raise ValueError("an integer beyond 64 bits")
