"""The kinds of exhibit (docs/formats.md 1): cut a file into rows, join rows, check opened rows.

`capture/1` lives in capture.py, `records/1` in records.py; `lines/1` and `blob/1` stand here.
"""

import capture
from cbor import Refused
from lines import check_line, lines_of
from records import Records

BLOB = 4096


class Capture:
    columns = capture.COLUMNS
    join = staticmethod(capture.join)
    check = staticmethod(capture.check_rows)

    @staticmethod
    def cut(data):
        return capture.cut_file(data)


class Lines:
    columns = [("line", None)]

    @staticmethod
    def cut(data):
        return [[row] for row, _ in lines_of(data)]

    @staticmethod
    def join(rows):
        return b"".join(row[0] for row in rows)

    @staticmethod
    def check(rows, total):
        for number, row in rows.items():
            check_line(number, row[0].value, total)
        return {}


class Blob:
    columns = [("bytes", None)]
    join = Lines.join

    @staticmethod
    def cut(data):
        return [[data[at:at + BLOB]] for at in range(0, len(data), BLOB)]

    @staticmethod
    def check(rows, total):
        for number, row in rows.items():
            size = len(row[0].value)
            if size != BLOB and (number + 1 < total or not 1 <= size <= BLOB):
                raise Refused("row %d: a block of %d bytes" % (number, size))
        return {}


def of(kind, columns):
    """The kind by its name, checked against the columns of the seal statement [(name, link)]."""
    if kind == "records/1":
        return Records(columns)
    known = {"capture/1": Capture, "lines/1": Lines, "blob/1": Blob}.get(kind)
    if known is None:
        raise Refused("an exhibit of the kind %s, which this verifier cannot read" % kind)
    if list(columns) != known.columns:
        raise Refused("columns that %s does not have" % kind)
    return known
