"""Text lines as rows (docs/formats.md 1): each with its newline, cut after 2^20 bytes."""

from cbor import Refused

MAX_LINE = 1 << 20


def lines_of(data):
    """(row, whole) for each text line; a line beyond 2^20 bytes gives several rows, none of them whole."""
    at, begun = 0, False
    while at < len(data):
        end = data.find(b"\n", at, at + MAX_LINE)
        end = min(len(data), at + MAX_LINE) if end < 0 else end + 1
        row = data[at:end]
        ends = row.endswith(b"\n") or end == len(data)
        yield row, ends and not begun
        begun = not ends
        at = end


def check_line(number, line, total):
    """Refuse bytes that are no row of text: `number` is the row, `total` how many there are."""
    short = len(line) < MAX_LINE and number + 1 < total and not line.endswith(b"\n")
    if not 1 <= len(line) <= MAX_LINE or b"\n" in line[:-1] or short:
        raise Refused("row %d: bytes that are no row of text" % number)
