"""Opened rows of texts, records and blobs for other tools (docs/formats.md 3.4), from verified cells only."""

import codecs

import records
from kinds import BLOB

ENDING = {"capture/1": ".pcapng", "lines/1": ".txt", "records/1": ".jsonl", "blob/1": ".hex"}
SHORT = {0x08: "b", 0x0c: "f", 0x0a: "n", 0x0d: "r", 0x09: "t"}
NOT_SHOWN = b'"(not shown)"'
WHITE = b" \t\n\r"


def _each(error):
    """U+FFFD for one byte that is no UTF-8, and on with the next."""
    return "\ufffd", error.start + 1


codecs.register_error("each-byte", _each)


def _clean(data):
    return data.decode("utf-8", "each-byte").encode("utf-8")


def _string(data):
    out = []
    for byte in data:
        if byte in b'"\\':
            out.append(b"\\%c" % byte)
        elif byte < 0x20:
            out.append(b"\\" + (SHORT[byte].encode() if byte in SHORT else b"u%04x" % byte))
        else:
            out.append(b"%c" % byte)
    return b'"' + _clean(b"".join(out)) + b'"'


def _run(first, last):
    return b"row %d is" % first if first == last else b"rows %d to %d are" % (first, last)


def _line(number, values):
    line = values[0]
    remark = b"" if line.endswith(b"\n") else b"\n#\trow %d ends here, without a newline\n" % number
    return b"%d\t" % number + line + remark


def _missing_lines(first, last):
    return b"#\t" + _run(first, last) + b" not shown\n"


def _block(number, values):
    out = []
    for at in range(0, len(values[0]), 16):
        part = values[0][at:at + 16]
        pairs = [part[i:i + 2].hex().ljust(4) for i in range(0, 16, 2)]
        text = "".join(chr(byte) if 0x20 <= byte <= 0x7e else "." for byte in part)
        out.append("%08x: %s  %s\n" % (number * BLOB + at, " ".join(pairs), text))
    return "".join(out).encode("ascii")


def _missing_blocks(first, last):
    return b"%08x: ---- " % (first * BLOB) + _run(first, last) + b" not shown\n"


def _missing_records(first, last):
    return b'{"rows_not_shown": [%d, %d]}\n' % (first, last)


def _whole(names, values):
    """The line with what is shut marked, or its text."""
    rest, cells = values[-1], dict(zip(names, values))
    found = records.members(rest, optional=names)
    places, seen = [], set()
    for name, start, end in found or []:
        if name in cells and name not in seen:
            seen.add(name)
            places.append((name, start, end))
    if found is None or any(start != end or cells[name] == b"" for name, start, end in places):
        return b'"text": ' + _string(rest)
    out, at = [], 0
    for name, start, _ in places:
        out += [rest[at:start], NOT_SHOWN if cells[name] is None else cells[name]]
        at = start
    return b'"record": ' + _clean((b"".join(out) + rest[at:]).strip(WHITE))


def _record(names):
    def one(number, values):
        shut = [_string(name) for name, value in zip(names + [b"rest"], values) if value is None]
        head = b'{"row": %d, "not_shown": [' % number + b", ".join(shut) + b"], "
        if values[-1] is not None:
            return head + _whole(names, values) + b"}\n"
        shown = [_string(name) + b": " + _clean(value.strip(WHITE)) for name, value in zip(names, values) if value]
        return head + b'"record": {' + b", ".join(shown) + b"}}\n"
    return one


def make(kind, columns, rows, total):
    """The file for opened rows {number: [Cell or None]} of a table of `total` rows."""
    names = [name.encode("utf-8") for name, _ in columns[:-1]]
    row, missing = {"lines/1": (_line, _missing_lines), "blob/1": (_block, _missing_blocks),
                    "records/1": (_record(names), _missing_records)}[kind]
    out, following = [], 0
    for number in sorted(rows):
        if number > following:
            out.append(missing(following, number - 1))
        out.append(row(number, [None if cell is None else cell.value for cell in rows[number]]))
        following = number + 1
    if following < total:
        out.append(missing(following, total - 1))
    return b"".join(out)
