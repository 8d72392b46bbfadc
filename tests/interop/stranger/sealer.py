"""The sealing half of docs/formats.md 1.1 and 1.4: root and openings of a table whose cells are all known.

`choose(row, column)` says SHUT, TIED or OPEN for each cell; TIED only in linked columns.
Written for clearness: every salt is derived from its column's root seed.
"""

import hashlib

from cbor import encode
from table import H, MAX_HEIGHT, OPEN, SHUT, TIED
from table import child_seed, make_cell, make_leaf, make_node, make_tie, split, u8


class Sealer:
    """One exhibit: X, S, the link groups of its columns and its rows (lists of bytes)."""

    def __init__(self, exhibit, secret, links, rows):
        self.exhibit, self.secret, self.links, self.rows = exhibit, secret, links, rows
        self.x8 = exhibit[:8]
        self.link_secret = H(b"\x13", self.x8, secret)
        self.seeds = {}
        self.commitments = [self._row(i, row) for i, row in enumerate(rows)]
        self.leaves = [make_leaf(row) for row in self.commitments]
        self.nodes = {}

    def seed(self, column, height, index):
        key = (column, height, index)
        if key not in self.seeds:
            if height == MAX_HEIGHT:
                made = H(b"\x10", self.x8, u8(column), self.secret)
            else:
                parent = self.seed(column, height + 1, index >> 1)
                made = child_seed(self.x8, column, height + 1, index >> 1, parent, index & 1)
            self.seeds[key] = made
        return self.seeds[key]

    def name(self, group, value):
        return H(b"\x12", self.x8, u8(group), self.link_secret, value)

    def tie(self, group, value):
        return make_tie(group, self.name(group, value), value)

    def _row(self, number, row):
        cells = []
        for column, value in enumerate(row):
            group = self.links[column]
            inner = value if group is None else self.tie(group, value)
            cells.append(make_cell(column, self.seed(column, 0, number), inner))
        return cells

    def node(self, low, high):
        """Hash of the subtree over rows low..high-1."""
        if low == high:
            return H(b"")
        if high - low == 1:
            return self.leaves[low]
        if (low, high) not in self.nodes:
            middle = low + split(high - low)
            self.nodes[low, high] = make_node(self.node(low, middle), self.node(middle, high))
        return self.nodes[low, high]

    def root(self):
        return self.node(0, len(self.rows))

    def file_key(self):
        return H(b"\x16", self.x8, self.secret)

    def file(self, data):
        return H(b"\x15", self.file_key(), hashlib.sha256(data).digest())

    def open(self, statement, choose, with_key=False):
        """The one opening of this seal that shows exactly what `choose` says."""
        states = [[choose(i, c) for c in range(len(self.links))] for i in range(len(self.rows))]
        seeds = {}
        for column in range(len(self.links)):
            for height, index in self._runs([row[column] != SHUT for row in states]):
                seeds.setdefault(index << height, []).append((column, height, index))
        out = [encode((("v", 1), ("statement", statement)))]
        if self.rows:
            self._emit(out, states, seeds, 0, len(self.rows))
        out.append(encode([4, self.file_key()] if with_key else [4]))
        return b"".join(out)

    @staticmethod
    def _runs(wanted):
        """The fewest seeds (height, index) that cover exactly the wanted rows."""
        at, found = 0, []
        while at < len(wanted):
            if not wanted[at]:
                at += 1
                continue
            end = at
            while end < len(wanted) and wanted[end]:
                end += 1
            while at < end:
                height = 0
                while at % (2 << height) == 0 and at + (2 << height) <= end and height < MAX_HEIGHT:
                    height += 1
                found.append((height, at >> height))
                at += 1 << height
        return found

    def _emit(self, out, states, seeds, low, high):
        if all(state == SHUT for row in states[low:high] for state in row):
            out.append(encode([3, high - low, self.node(low, high)]))
            return
        if high - low > 1:
            middle = low + split(high - low)
            self._emit(out, states, seeds, low, middle)
            self._emit(out, states, seeds, middle, high)
            return
        for column, height, index in seeds.get(low, []):
            out.append(encode([0, column, height, index, self.seed(column, height, index)]))
        out.append(encode([2, [self._cell(low, c, states[low][c]) for c in range(len(self.links))]]))

    def _cell(self, number, column, state):
        value, group = self.rows[number][column], self.links[column]
        if state == SHUT:
            return [1, self.commitments[number][column]]
        if group is None:
            return value
        if state == TIED:
            return [2, self.tie(group, value)]
        return [0, self.name(group, value), value]
