"""The opened packets as pcapng (docs/formats.md 3.1), made from verified cells only. Little-endian."""

import struct

from capture import COLUMNS, DST, MASK, PAYLOAD, SRC, spread
from table import OPEN, TIED


def _option(code, value):
    return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)


def _block(kind, body):
    size = 12 + len(body)
    return struct.pack("<II", kind, size) + body + struct.pack("<I", size)


def _section():
    body = struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1)
    return _block(0x0a0d0d0a, body + _option(4, b"comity") + _option(0, b""))


def _interface(linktype, tsresol, tsoffset):
    options = _option(9, bytes([tsresol]))
    if tsoffset:
        options += _option(14, struct.pack("<Q", tsoffset))
    return _block(1, struct.pack("<HHI", linktype, 0, 0) + options + _option(0, b""))


class _Pseudonyms:
    """Addresses that stand for tied values; one for each tie and family, never two ties for one address."""

    def __init__(self):
        self.given = {}
        self.taken = set()

    def address(self, tie, size):
        if (tie, size) not in self.given:
            self.given[tie, size] = self._free(tie, size)
        return self.given[tie, size]

    def _free(self, tie, size):
        bits, prefix = (28, 0xf0 << 24) if size == 4 else (96, 0x20010db8 << 96)
        host = int.from_bytes(tie, "big") >> (256 - bits)
        while host == 0 or (size, host) in self.taken:
            host = (host + 1) % (1 << bits)
        self.taken.add((size, host))
        return (prefix | host).to_bytes(size, "big")


NOBODY = {4: b"\xf0\0\0\0", 16: b"\x20\x01\x0d\xb8" + bytes(12)}


def _address(cell, size, pseudonyms):
    if cell is None:
        return NOBODY[size]
    if cell.state == TIED:
        return pseudonyms.address(cell.tie, size)
    return cell.value


def _data(packet, row, pseudonyms):
    """The captured bytes with what is shut replaced."""
    layout = packet.layout
    parts = []
    for place, column in ((layout.src, SRC), (layout.dst, DST)):
        if place:
            parts.append((place[0], _address(row[column], place[1] - place[0], pseudonyms)))
    if row[MASK] is not None:
        parts += spread(layout.masks, row[MASK].value)
    start, end = packet.place()
    if row[PAYLOAD] is None:
        end = layout.payload[0]
    return packet.filled(parts)[start:end]


def _comment(number, row, marks):
    words = ["row %d" % number]
    words += [word for word in ("forged", "genuine", "suspect") if number in marks[word]]
    shut = []
    for column, (name, _) in enumerate(COLUMNS):
        if row[column] is None:
            shut.append(name)
        elif row[column].state != OPEN:
            shut.append(name + " (tied)")
    if shut:
        words.append("shut: " + ", ".join(shut))
    return "; ".join(words).encode("ascii")


def make(rows, packets, marks):
    """The pcapng of an opened capture. rows, packets by number; marks {"forged": {rows}, ...}."""
    interfaces, body, pseudonyms = [], [], _Pseudonyms()
    for number in sorted(packets):
        row, packet = rows[number], packets[number]
        interface = (packet.linktype, packet.tsresol, packet.tsoffset)
        if interface not in interfaces:
            interfaces.append(interface)
        data = _data(packet, row, pseudonyms)
        when = packet.timestamp()
        head = struct.pack("<IIIII", interfaces.index(interface), when >> 32, when & 0xffffffff,
            len(data), packet.original_length())
        comment = _option(1, _comment(number, row, marks)) + _option(0, b"")
        body.append(_block(6, head + data + bytes(-len(data) % 4) + comment))
    return b"".join([_section()] + [_interface(*interface) for interface in interfaces] + body)
