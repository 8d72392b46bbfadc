"""The kinds of exhibit (docs/formats.md 1): cut a file into rows, join rows, check opened rows.

`capture/1` lives in capture.py, `records/1` in records.py; `lines/1` and `blob/1` stand here.
"""

import capture
from cbor import Refused
from lines import MAX_LINE, lines_of
from records import Records

BLOB = 4096


class Capture:
    columns = capture.COLUMNS
    join = staticmethod(capture.join)
    check = staticmethod(capture.check_rows)

    @staticmethod
    def cut(data):
        return capture.cut_file(data)


class Plain:
    """lines/1 and blob/1: one column, joined by writing the cells one after another."""

    def __init__(self, column, limit):
        self.columns, self.limit = [(column, None)], limit

    def cut(self, data):
        if self.limit == BLOB:
            return [[data[at:at + BLOB]] for at in range(0, len(data), BLOB)]
        return [[row] for row, _ in lines_of(data)]

    @staticmethod
    def join(rows):
        return b"".join(b"".join(row) for row in rows)

    def check(self, rows):
        for number, row in rows.items():
            value = row[0].value
            broken = self.limit == MAX_LINE and b"\n" in value[:-1]
            if not 1 <= len(value) <= self.limit or broken:
                raise Refused("row %d: an opened cell that no record cuts into" % number)
        return {}


def of(kind, columns):
    """The kind by its name, checked against the columns of the seal statement [(name, link)]."""
    if kind == "records/1":
        return Records(columns)
    known = {"capture/1": Capture(), "lines/1": Plain("line", MAX_LINE), "blob/1": Plain("bytes", BLOB)}.get(kind)
    if known is None:
        raise Refused("an exhibit of the kind %s, which this verifier cannot read" % kind)
    if list(columns) != known.columns:
        raise Refused("columns that %s does not have" % kind)
    return known
