"""`records/1` (docs/formats.md 1): lines that are JSON objects, cut by the members the sealer listed.

A member's value is all bytes after its colon up to the comma or brace that ends it, blanks included. The
`rest` cell keeps the other bytes, so a value that was cut out leaves a hole: nothing at all after a colon.
"""

import re

from cbor import Refused
from lines import MAX_LINE, check_line, lines_of
from table import OPEN

MAX_DEPTH = 64
MAX_NAMES = 63

SPACE = re.compile(rb"[ \t\r\n]*")
STRING = re.compile(rb'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
ATOM = re.compile(rb"true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


class _NotJson(Exception):
    pass


def _skip(pattern, line, at):
    found = pattern.match(line, at)
    if found is None:
        raise _NotJson
    return found.end()


def _value(line, at):
    """End of the JSON value that starts at `at`, without recursion; nesting is counted with the outer object."""
    stack, expect_key = [], False
    while True:
        at = SPACE.match(line, at).end()
        first = line[at:at + 1]
        if expect_key:
            at = SPACE.match(line, _skip(STRING, line, at)).end()
            if line[at:at + 1] != b":":
                raise _NotJson
            at, expect_key = at + 1, False
            continue
        if first in (b"{", b"["):
            if len(stack) + 2 > MAX_DEPTH:
                raise _NotJson
            after = SPACE.match(line, at + 1).end()
            closing = b"}" if first == b"{" else b"]"
            if line[after:after + 1] != closing:
                stack.append(closing)
                at, expect_key = at + 1, first == b"{"
                continue
            at = after + 1
        elif first == b'"':
            at = _skip(STRING, line, at)
        else:
            at = _skip(ATOM, line, at)
        while stack:
            at = SPACE.match(line, at).end()
            after = line[at:at + 1]
            if after == b",":
                at, expect_key = at + 1, stack[-1] == b"}"
                break
            if after != stack.pop():
                raise _NotJson
            at += 1
        else:
            return at


def members(line, holes=(), optional=()):
    """[(name, start, end)] of the line's members, or None if the line is not one JSON object.

    start..end is all between the colon and the comma or brace after the value. With `holes`, the first
    member of each of these names has lost its value; with `optional` it may have (then start is end).
    """
    try:
        return _members(line, set(holes), set(optional))
    except _NotJson:
        return None


def _members(line, holes, optional):
    at, found = SPACE.match(line).end(), []
    if line[at:at + 1] != b"{":
        raise _NotJson
    at = SPACE.match(line, at + 1).end()
    while line[at:at + 1] != b"}" or found:
        at = SPACE.match(line, at).end()
        end = _skip(STRING, line, at)
        name = line[at + 1:end - 1]
        at = SPACE.match(line, end).end()
        if line[at:at + 1] != b":":
            raise _NotJson
        start = at + 1
        if name in holes or (name in optional and line[start:start + 1] in (b",", b"}")):
            holes.discard(name)
            at = start
        else:
            at = SPACE.match(line, _value(line, start)).end()
        optional.discard(name)
        found.append((name, start, at))
        if line[at:at + 1] == b"}":
            break
        if line[at:at + 1] != b",":
            raise _NotJson
        at += 1
    if SPACE.match(line, at + 1).end() != len(line):
        raise _NotJson
    return found


def cut_record(line, whole, names):
    """Cells of one row: a value for each name, then the rest. `whole` is false in parts of an overlong line."""
    found = members(line) if whole else None
    cells, rest, at = [b""] * len(names), [], 0
    for name, start, end in found or []:
        if name in names and not cells[names.index(name)]:
            cells[names.index(name)] = line[start:end]
            rest.append(line[at:start])
            at = end
    return cells + [b"".join(rest) + line[at:]]


def join_record(cells, names):
    """The bytes of a row. Where every value is empty, all is in `rest`."""
    rest = cells[-1]
    if not any(cells[:-1]):
        return rest
    found, out, at = members(rest, names), [], 0
    if found is None:
        raise Refused("a rest that no record leaves")
    values = dict(zip(names, cells))
    for name, start, _ in found:
        if name in values:
            out += [rest[at:start], values.pop(name)]
            at = start
    return b"".join(out) + rest[at:]


class Records:
    """The kind records/1 with the columns of one seal: member names, then `rest`."""

    def __init__(self, columns):
        self.columns = list(columns)
        names = [name for name, _ in columns]
        if names[-1:] != ["rest"] or len(set(names)) != len(names) or any(link is not None for _, link in columns):
            raise Refused("columns that records/1 does not have")
        if len(names) - 1 > MAX_NAMES:
            raise Refused("more than %d members" % MAX_NAMES)
        self.names = [name.encode("utf-8") for name in names[:-1]]

    def cut(self, data):
        return [cut_record(row, whole, self.names) for row, whole in lines_of(data)]

    def join(self, rows):
        return b"".join(join_record(row, self.names) for row in rows)

    def check(self, rows, total):
        for number, row in rows.items():
            value = [cell.value if cell is not None and cell.state == OPEN else None for cell in row]
            if None in value:
                self._check_part(number, value)
                continue
            line = join_record(value, self.names)
            check_line(number, line, total)
            if value not in [cut_record(line, whole, self.names) for whole in (True, False)]:
                raise Refused("row %d: a row that is cut otherwise" % number)
        return {}

    def _check_part(self, number, value):
        """No newline but at the end of `rest`; values are JSON or empty; if `rest` is open, they are where it has places for them, all or none."""
        known = [one for one in value if one is not None]
        if any(b"\n" in one for one in value[:-1] if one) or b"\n" in (value[-1] or b"")[:-1]:
            raise Refused("row %d: a newline inside a line" % number)
        if sum(map(len, known)) > MAX_LINE:
            raise Refused("row %d: more bytes than a line has" % number)
        if not all(not one or members(b'{"":' + one + b"}") is not None for one in value[:-1]):
            raise Refused("row %d: a value that no record has" % number)
        if value[-1] is None:
            return
        rest = dict.fromkeys(name for name, _, _ in members(value[-1], self.names) or [])
        filled = [name for name, one in zip(self.names, value) if one]
        empty = [name for name, one in zip(self.names, value) if one == b"" and name in rest]
        if (filled and empty) or not set(filled) <= set(rest):
            raise Refused("row %d: values that do not fit the rest" % number)
