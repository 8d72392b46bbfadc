"""The pairs of a capture (docs/formats.md 1.6): `verify_pairs` checks an opening of them against a seal and the rows
that are shown; `Pairs` is the sealing half, written for clearness.
"""

from capture import DST, HEADERS, SRC
from cbor import Reader, Refused, encode
from table import H, OPEN, u8, u64

SHALLOWEST, DEEPEST = 16, 127


def make_key(x8, tie, other):
    return H(b"\x17", x8, *sorted((tie, other)))


def make_cover(rows, salt):
    return H(b"\x19", *map(u64, rows), salt)


def make_leaf(key, rows, cover):
    return H(b"\x1a", key, u64(rows), cover)


def make_node(left, right):
    return H(b"\x1c", left, right)


def bits(key):
    return "".join("%d" % (byte >> place & 1) for byte in key for place in range(7, -1, -1))


class Pair:
    """One opened pair; salt is None where it is covered."""

    def __init__(self, key, rows, cover, salt):
        self.key, self.rows, self.cover, self.salt = key, rows, cover, salt


class _Verifier:
    SHAPES = {0: (bytes, int, int, bytes, bytes), 1: (bytes, int, int, bytes), 2: (int, bytes), 4: ()}

    def __init__(self, table, data):
        self.table, self.reader, self.next, self.found = table, Reader(data), None, []

    def advance(self):
        item = self.reader.item()
        if not isinstance(item, list) or not item or not isinstance(item[0], int) or item[0] not in self.SHAPES:
            raise Refused("an unknown item before byte %d" % self.reader.at)
        shape = self.SHAPES[item[0]]
        if len(item) != 1 + len(shape) or not all(isinstance(part, kind) for part, kind in zip(item[1:], shape)) \
                or any(isinstance(part, bytes) and len(part) != 32 for part in item):
            raise Refused("an item of another shape before byte %d" % self.reader.at)
        self.next = item

    def place(self, way):
        """(hash, is shut) of the place that the bits `way` lead to."""
        item = self.next
        if item[0] == 4:
            raise Refused("the end before every place was told of")
        depth = item[1] if item[0] == 2 else item[2]
        if depth < len(way) or depth > DEEPEST:
            raise Refused("an item of depth %d at depth %d" % (depth, len(way)))
        if depth > len(way):
            left, left_shut = self.place(way + "0")
            right, right_shut = self.place(way + "1")
            if left_shut and right_shut:
                raise Refused("two hashes that could have been one")
            return make_node(left, right), False
        if item[0] == 2:
            self.advance()
            return item[2], True
        pair = Pair(item[1], item[3], item[4], item[5] if item[0] == 0 else None)
        if not bits(pair.key).startswith(way) or depth < SHALLOWEST or not 0 < pair.rows <= self.table.rows:
            raise Refused("a pair that can not stand at its place")
        self.found.append(pair)
        self.advance()
        return make_leaf(pair.key, pair.rows, pair.cover), False

    def all(self, statement, root):
        if self.reader.item() != (("v", 1), ("statement", statement)):
            raise Refused("not of this statement, or not of version 1")
        self.advance()
        have, _ = self.place("")
        if self.next[0] != 4 or not self.reader.done():
            raise Refused("no end where it ends")
        if have != root:
            raise Refused("the root of the pairs is another one")
        if not self.found:
            raise Refused("it shows no pair")
        return self.found


def rows_by_pair(table, rows):
    """{key: [numbers of the rows that show it]}"""
    found = {}
    for number, cells in sorted(rows.items()):
        if cells[SRC] and cells[DST]:
            found.setdefault(make_key(table.x8, cells[SRC].tie, cells[DST].tie), []).append(number)
    return found


def is_settled(cells):
    """Its pair shows, or that it is no packet."""
    return (cells[SRC] and cells[DST]) or (cells[HEADERS] and cells[HEADERS].value == b"\x00")


def verify_pairs(table, root, statement, data, rows):
    """{key: (rows shown with headers, rows of the pair)} of the pairs that `data` opens, or raises Refused."""
    shown, told = rows_by_pair(table, rows), {}
    settled = len(rows) == table.rows and all(map(is_settled, rows.values()))
    for pair in _Verifier(table, data).all(statement, root):
        numbers = shown.get(pair.key, [])
        if not numbers:
            raise Refused("a pair of which no row is shown")
        if len(numbers) > pair.rows:
            raise Refused("more rows of a pair than the sealer counted: he lied")
        if (len(numbers) == pair.rows) != (pair.salt is not None):
            raise Refused("a pair with a salt and rows that are shut, or the other way round")
        if len(numbers) < pair.rows and settled:
            raise Refused("the sealer counted rows that there are not: he lied")
        if pair.salt is not None and make_cover(numbers, pair.salt) != pair.cover:
            raise Refused("other rows of a pair than the sealer counted")
        with_headers = sum(rows[number][HEADERS] is not None and rows[number][HEADERS].state == OPEN for number in numbers)
        told[pair.key] = (with_headers, pair.rows)
    return told


class Pairs:
    """The pairs of a sealer's capture: their root, and openings."""

    def __init__(self, sealer):
        self.sealer, self.rows, self.whole = sealer, {}, set()
        for number, values in enumerate(sealer.rows):
            if values[SRC] and values[DST]:
                key = make_key(sealer.x8, sealer.tie(0, values[SRC]), sealer.tie(0, values[DST]))
                self.rows.setdefault(key, []).append(number)

    def salt(self, key):
        return H(b"\x18", key[:16], self.sealer.secret)

    def pad(self, way):
        start = int(way.ljust(128, "0"), 2).to_bytes(16, "big")
        return H(b"\x1b", u8(len(way)), start, self.sealer.secret)

    def cover(self, key):
        return make_cover(self.rows[key], self.salt(key))

    def leaf(self, key):
        return make_leaf(key, len(self.rows[key]), self.cover(key))

    def _tree(self, way, keys, wanted, out):
        """The hash of a place; what is wanted of it goes to `out`, which may be None."""
        shown = out if wanted & set(keys) else None
        if not keys:
            have = self.pad(way)
        elif len(keys) == 1 and len(way) >= SHALLOWEST:
            have = self.leaf(keys[0])
            if shown is not None:
                out.append(self._item(keys[0], len(way)))
        else:
            halves = [[key for key in keys if bits(key)[len(way)] == bit] for bit in "01"]
            have = make_node(*[self._tree(way + bit, half, wanted, shown) for bit, half in zip("01", halves)])
        if out is not None and shown is None:
            out.append(encode([2, len(way), have]))
        return have

    def _item(self, key, depth):
        whole = key in self.whole
        item = [0 if whole else 1, key, depth, len(self.rows[key]), self.cover(key)]
        return encode(item + [self.salt(key)] if whole else item)

    def root(self):
        return self._tree("", sorted(self.rows), set(), None)

    def open(self, statement, keys, shown):
        """The one opening that shows these keys; shown: numbers of the rows that show their pair."""
        self.whole = {key for key in keys if set(self.rows[key]) <= set(shown)}
        out = [encode((("v", 1), ("statement", statement)))]
        self._tree("", sorted(self.rows), set(keys), out)
        return b"".join(out + [encode([4])])
