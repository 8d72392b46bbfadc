"""The sealed table: commitments (docs/formats.md 1.1), the tree, and the check of an opening (1.4).

Nothing here knows what the columns mean. `Table` describes what a seal statement says of an exhibit;
`verify_opening` returns the opened cells, or raises `Refused`. The sealing half stands in sealer.py.
"""

import hashlib

from cbor import Reader, Refused

SHUT, TIED, OPEN = "shut", "tied", "open"
MAX_HEIGHT = 40
MAX_ROWS = 1 << 40
MAX_COLUMNS = 64


def H(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def u8(value):
    return value.to_bytes(1, "big")


def u64(value):
    return value.to_bytes(8, "big")


def child_seed(x8, column, height, index, parent, bit):
    """seed(c, h-1, 2a+b) from seed(c, h, a); height and index are the parent's."""
    where = u8(column) + u8(height - 1) + u64(2 * index + bit)
    return H(b"\x11", u8(bit), x8, where, parent)


def make_tie(group, name, value):
    return H(b"\x14", u8(0x80 + group), name, value)


def make_cell(column, salt, value):
    """Commitment of one cell; for a linked column `value` is the tie."""
    return H(b"\x14", u8(column), salt, value)


def make_leaf(cells):
    return H(b"\x00", *cells)


def make_node(left, right):
    return H(b"\x01", left, right)


def split(count):
    """The largest power of two smaller than count (RFC 9162 section 2.1); count >= 2."""
    return 1 << ((count - 1).bit_length() - 1)


class Table:
    """What the seal statement says: exhibit X, columns, rows, root, and the file commitment if any."""

    def __init__(self, exhibit, links, rows, root, file=None):
        if not 1 <= len(links) <= MAX_COLUMNS or not 0 <= rows <= MAX_ROWS:
            raise Refused("a table of an impossible size")
        self.x8 = exhibit[:8]
        self.links = links		# one per column: None, or the link group
        self.rows = rows
        self.root = root
        self.file = file


class Cell:
    """One cell that is not shut. value is None where tied; tie, name are None in a plain column."""

    __slots__ = ("state", "value", "tie", "name")

    def __init__(self, state, value, tie=None, name=None):
        self.state, self.value, self.tie, self.name = state, value, tie, name


class Live:
    """A column's newest seed, and how far it reaches; derives the salts of its rows in order."""

    def __init__(self, x8, column, height, index, seed):
        self.x8, self.column, self.height, self.index = x8, column, height, index
        self.end = (index + 1) << height
        self.stack = [(height, index, seed)]

    def next_salt(self):
        """Salt of the next row: walk down to the leftmost leaf that was not yet used."""
        height, index, seed = self.stack.pop()
        while height > 0:
            right = child_seed(self.x8, self.column, height, index, seed, 1)
            seed = child_seed(self.x8, self.column, height, index, seed, 0)
            height, index = height - 1, 2 * index
            self.stack.append((height, index + 1, right))
        return seed


class Opening:
    """A verified opening: rows {number: [Cell or None, ...]}, file_key or None, and remarks on the sealer."""

    def __init__(self):
        self.rows = {}
        self.file_key = None
        self.remarks = []


def _exactly32(thing, what):
    if not isinstance(thing, bytes) or len(thing) != 32:
        raise Refused("%s that is not 32 bytes" % what)
    return thing


def _count(thing, what):
    if not isinstance(thing, int):
        raise Refused("%s that is not an integer" % what)
    return thing


class _Verifier:
    """One pass over an opening. `next` is the item at hand, `row` the first row not yet accounted for."""

    def __init__(self, table, data):
        self.table = table
        self.reader = Reader(data)
        self.next = None
        self.live = [None] * len(table.links)
        self.past = {}			# column: its newest seed that ran out
        self.opening = Opening()
        self.all_open = True

    def advance(self):
        item = self.reader.item()
        if not isinstance(item, list) or not item or item[0] not in (0, 2, 3, 4) or isinstance(item[0], bytes):
            raise Refused("an unknown item before byte %d" % self.reader.at)
        self.next = item

    def header(self, statement):
        want = (("v", 1), ("statement", statement))
        if self.reader.item() != want:
            raise Refused("not the opening of this statement, or not of version 1")

    def subtree(self, low, high):
        """Hash of rows low..high-1, and whether it was one skip."""
        if self.next[0] == 3:
            hash_ = self.skip(high - low)
            if hash_ is not None:
                return hash_, True
        if high - low == 1:
            return self.row(low), False
        middle = low + split(high - low)
        left, left_skipped = self.subtree(low, middle)
        right, right_skipped = self.subtree(middle, high)
        if left_skipped and right_skipped:
            raise Refused("two skips that are siblings before row %d" % high)
        return make_node(left, right), False

    def skip(self, count):
        """The hash of a skip over exactly `count` rows; None if it covers fewer, as a smaller subtree may."""
        if len(self.next) != 3:
            raise Refused("a skip of another shape")
        have = _count(self.next[1], "a count")
        hash_ = _exactly32(self.next[2], "a hash")
        if not 1 <= have <= count:
            raise Refused("a skip that is no subtree here")
        if have < count:
            if count == 1:
                raise Refused("a skip that is no subtree here")
            return None
        if any(self.live):
            raise Refused("a skip while a seed is live")
        self.all_open = False
        self.advance()
        return hash_

    def row(self, number):
        last = -1
        while self.next[0] == 0:
            last = self.seed(number, last)
            self.advance()
        if self.next[0] != 2 or len(self.next) != 2 or not isinstance(self.next[1], list):
            raise Refused("row %d is missing" % number)
        cells = self.next[1]
        if len(cells) != len(self.table.links):
            raise Refused("row %d has %d cells" % (number, len(cells)))
        commitments, opened = [], []
        for column, cell in enumerate(cells):
            commitment, shown = self.cell(number, column, cell)
            commitments.append(commitment)
            opened.append(shown)
        if not any(opened):
            raise Refused("row %d has every cell shut" % number)
        if not all(cell and cell.state == OPEN for cell in opened):
            self.all_open = False
        self.opening.rows[number] = opened
        self.expire(number)
        self.advance()
        return make_leaf(commitments)

    def seed(self, number, last):
        if len(self.next) != 5:
            raise Refused("a seed of another shape")
        column, height, index = (_count(part, "a seed's place") for part in self.next[1:4])
        seed = _exactly32(self.next[4], "a seed")
        if column <= last or column >= len(self.table.links):
            raise Refused("a seed of column %d out of order before row %d" % (column, number))
        if height > MAX_HEIGHT or index << height != number or (index + 1) << height > self.table.rows:
            raise Refused("a seed that does not begin at row %d or reaches too far" % number)
        before = self.live[column] or self.past.get(column)
        if before and before.end > number:
            raise Refused("a seed of column %d while another is live" % column)
        if before and before.height == height and index % 2 == 1 and before.index == index - 1:
            raise Refused("one seed given as its two children")
        self.live[column] = Live(self.table.x8, column, height, index, seed)
        return column

    def expire(self, number):
        for column, live in enumerate(self.live):
            if live and live.end == number + 1:
                self.past[column] = live
                self.live[column] = None

    def cell(self, number, column, cell):
        """(commitment, Cell or None if shut) of one cell as it stands in the opening."""
        live, group = self.live[column], self.table.links[column]
        where = "row %d column %d" % (number, column)
        if live is None:
            if not isinstance(cell, list) or len(cell) != 2 or cell[0] != 1 or isinstance(cell[0], bytes):
                raise Refused("%s is open without a seed" % where)
            return _exactly32(cell[1], "a commitment"), None
        salt = live.next_salt()
        if group is None:
            if not isinstance(cell, bytes):
                raise Refused("%s is not an opened plain cell though a seed is live" % where)
            return make_cell(column, salt, cell), Cell(OPEN, cell)
        if not isinstance(cell, list) or not cell or not isinstance(cell[0], int):
            raise Refused("%s is not an opened linked cell though a seed is live" % where)
        if cell[0] == 0 and len(cell) == 3 and isinstance(cell[2], bytes):
            name = _exactly32(cell[1], "a name")
            tie = make_tie(group, name, cell[2])
            return make_cell(column, salt, tie), Cell(OPEN, cell[2], tie, name)
        if cell[0] == 2 and len(cell) == 2:
            tie = _exactly32(cell[1], "a tie")
            return make_cell(column, salt, tie), Cell(TIED, None, tie)
        raise Refused("%s is neither named nor tied though a seed is live" % where)

    def end(self):
        if self.next[0] != 4 or len(self.next) > 2:
            raise Refused("no end where the rows end")
        if not self.reader.done():
            raise Refused("bytes after the end")
        if len(self.next) == 2:
            self.opening.file_key = _exactly32(self.next[1], "a file key")
            if not self.all_open or self.table.file is None:
                raise Refused("a file key though something is shut, or the statement has no file")


def verify_opening(table, statement, data, join):
    """Check `data` against the seal with this statement digest. join(rows) gives the file's bytes back.

    Raises Refused; otherwise returns an Opening. A file key is checked over the joined rows.
    """
    verifier = _Verifier(table, data)
    verifier.header(statement)
    verifier.advance()
    root = verifier.subtree(0, table.rows)[0] if table.rows else H(b"")
    verifier.end()
    if root != table.root:
        raise Refused("the root is another one")
    opening = verifier.opening
    if opening.file_key is not None:
        rows = [[cell.value for cell in opening.rows[i]] for i in range(table.rows)]
        if H(b"\x15", opening.file_key, hashlib.sha256(join(rows)).digest()) != table.file:
            raise Refused("the file key does not fit the file")
    opening.remarks = one_value_two_names(table, [opening])
    return opening


def one_value_two_names(table, openings):
    """Remarks on a sealer that gave one value two names, over all openings of one exhibit."""
    names, remarks = {}, []
    for opening in openings:
        for number, cells in opening.rows.items():
            for column, cell in enumerate(cells):
                if cell is None or cell.name is None:
                    continue
                key = (table.links[column], cell.value)
                if names.setdefault(key, cell.name) != cell.name:
                    remarks.append("row %d: the sealer gave one value two names" % number)
    return remarks
