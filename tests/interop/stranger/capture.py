"""Captures as tables (docs/formats.md 1.2): a file into rows, and what opened rows must satisfy.

Rows are lists of five cells: headers, src, dst, mask, payload. A row that is no packet has 0x00 in
`headers`, its bytes in `payload`, and nothing between.
"""

from cbor import Refused
from cut import MAX_BLOCK, MAX_CHUNK, NG_BE, NG_LE, PCAP_BE, PCAP_LE, PREFIX
from cut import block_layout, cut_block, frame_place, hidden
from table import OPEN

HEADERS, SRC, DST, MASK, PAYLOAD = range(5)
COLUMNS = [("headers", None), ("src", 0), ("dst", 0), ("mask", None), ("payload", None)]
SHB, IDB = b"\x0a\x0d\x0d\x0a", 1
PCAP_MAGIC = {b"\xd4\xc3\xb2\xa1": (PCAP_LE, 6), b"\x4d\x3c\xb2\xa1": (PCAP_LE, 9),
    b"\xa1\xb2\xc3\xd4": (PCAP_BE, 6), b"\xa1\xb2\x3c\x4d": (PCAP_BE, 9)}

PCAPNG_MAGIC = {b"\x4d\x3c\x2b\x1a": NG_LE, b"\x1a\x2b\x3c\x4d": NG_BE}


def no_packet(data):
    """Rows for bytes that are no packet."""
    return [[b"\x00", b"", b"", b"", data[at:at + MAX_CHUNK]] for at in range(0, len(data), MAX_CHUNK)]


def cut_file(data):
    """All rows of a pcap or pcapng file. Any file gives rows; bytes that do not frame are no packets."""
    if data[:4] == SHB:
        return _cut_pcapng(data)
    if data[:4] in PCAP_MAGIC and len(data) >= 24:
        return _cut_pcap(data)
    return no_packet(data)


def _cut_pcap(data):
    form, tsresol = PCAP_MAGIC[data[:4]]
    order = "little" if form == PCAP_LE else "big"
    linktype = int.from_bytes(data[20:24], order) & 0xffff
    rows, at = no_packet(data[:24]), 24
    while len(data) - at >= 16:
        size = 16 + int.from_bytes(data[at + 8:at + 12], order)
        if size > len(data) - at:
            break
        block = data[at:at + size]
        cells = cut_block(form, tsresol, linktype, 0, block)
        rows += [cells] if cells else no_packet(block)
        at += size
    return rows + no_packet(data[at:])


class _Section:
    """Byte order and interfaces of the pcapng section at hand."""

    def __init__(self, form):
        self.form = form
        self.order = "little" if form == NG_LE else "big"
        self.interfaces = []

    def describe(self, block):
        """Note an Interface Description Block: (tsresol, linktype, tsoffset)."""
        if not 20 <= len(block) <= MAX_BLOCK:
            self.interfaces.append(None)
            return
        known, at, end = {}, 16, len(block) - 4
        while at + 4 <= end:
            code = int.from_bytes(block[at:at + 2], self.order)
            size = int.from_bytes(block[at + 2:at + 4], self.order)
            value = block[at + 4:at + 4 + size]
            if code == 0 or at + 4 + size > end:
                break
            if (code, size) in ((9, 1), (14, 8)):
                known.setdefault(code, int.from_bytes(value, self.order))
            at += 4 + size + -size % 4
        linktype = int.from_bytes(block[8:10], self.order)
        self.interfaces.append((known.get(9, 6), linktype, known.get(14, 0)))

    def cut(self, block):
        """Cells of an Enhanced Packet Block whose interface is known, else None."""
        if frame_place(self.form, block) is None:
            return None
        interface = int.from_bytes(block[8:12], self.order)
        if interface >= len(self.interfaces) or self.interfaces[interface] is None:
            return None
        return cut_block(self.form, *self.interfaces[interface], block)


def _cut_pcapng(data):
    rows, at, section = [], 0, None
    while len(data) - at >= 12:
        begins = data[at:at + 4] == SHB
        if begins:
            form = PCAPNG_MAGIC.get(data[at + 8:at + 12])
            section = None if form is None else _Section(form)
        if section is None:
            break
        size = int.from_bytes(data[at + 4:at + 8], section.order)
        if size < 12 or size % 4 or size > len(data) - at:
            break
        block = data[at:at + size]
        if block[-4:] != block[4:8]:
            break
        if not begins and int.from_bytes(block[:4], section.order) == IDB:
            section.describe(block)
        cells = section.cut(block)
        rows += [cells] if cells else no_packet(block)
        at += size
    return rows + no_packet(data[at:])


class Packet:
    """What an opened `headers` cell tells. `block` has zeros where cells are shut; ranges stand in `layout`."""

    def __init__(self, headers, payload):
        """payload is None if shut. Raises Refused unless a record cuts into this."""
        self.form, self.tsresol = headers[1], headers[2]
        self.linktype = int.from_bytes(headers[3:5], "big")
        self.tsoffset = int.from_bytes(headers[5:13], "big")
        self.pcapng = self.form in (NG_LE, NG_BE)
        self.order = "little" if self.form in (PCAP_LE, NG_LE) else "big"
        start = int.from_bytes(headers[13:PREFIX], "big")
        rest = headers[PREFIX:]
        if self.form > NG_BE or (not self.pcapng and (self.tsresol not in (6, 9) or self.tsoffset)):
            raise Refused("a packet of no known form")
        if start < (28 if self.pcapng else 16) or start > len(rest):
            raise Refused("a payload that lies outside its block")
        framed = int.from_bytes(rest[4:8], self.order) if self.pcapng else 16 + int.from_bytes(rest[8:12], self.order)
        length = framed - len(rest)
        if length < 0 or framed > MAX_BLOCK or (payload is not None and len(payload) != length):
            raise Refused("a payload of another length than its block says")
        middle = bytes(length) if payload is None else payload
        self.block = rest[:start] + middle + rest[start:]
        self.layout = block_layout(self.form, self.linktype, self.block, start if payload is None else None)
        if self.layout is None or self.layout.payload != (start, start + length):
            raise Refused("a payload where no record has it")
        if any(any(self.block[low:high]) for low, high in hidden(self.layout)):
            raise Refused("hidden ranges that are not zero")

    def place(self):
        """(start, end) of the captured bytes in the block."""
        return frame_place(self.form, self.block)

    def original_length(self):
        at = 24 if self.pcapng else 12
        return int.from_bytes(self.block[at:at + 4], self.order)

    def timestamp(self):
        """In units of 10^-tsresol (or as if_tsresol says) seconds."""
        words = [int.from_bytes(self.block[at:at + 4], self.order) for at in ((12, 16) if self.pcapng else (0, 4))]
        return words[0] << 32 | words[1] if self.pcapng else words[0] * 10 ** self.tsresol + words[1]

    def filled(self, values):
        """The block with ranges replaced: values is [(start, bytes)]."""
        block = bytearray(self.block)
        for start, value in values:
            block[start:start + len(value)] = value
        return bytes(block)


def spread(ranges, value):
    """[(start, bytes)] that put `value` back into its ranges."""
    out, at = [], 0
    for start, end in ranges:
        out.append((start, value[at:at + end - start]))
        at += end - start
    return out


def is_packet(row):
    """Whether the row is known to be a packet: its headers are open and say so."""
    return row[HEADERS] is not None and row[HEADERS].value[:1] == b"\x01"


def check_row(row):
    """Packet of an opened row, or None if it is no packet or its headers are shut. Raises Refused."""
    value = [cell.value if cell is not None and cell.state == OPEN else None for cell in row]
    headers, src, dst, mask, payload = value
    if mask is not None and None in (src, dst, payload):
        raise Refused("mask is open, but not src, dst and payload of its row")
    if headers is None:
        _check_without_headers(src, dst, len(mask or b"") + len(payload or b""))
        return None
    if headers == b"\x00":
        if src or dst or mask or (payload is not None and not 1 <= len(payload) <= MAX_CHUNK):
            raise Refused("cells of a row that is no packet")
        return None
    if headers[:1] != b"\x01" or len(headers) < PREFIX:
        raise Refused("headers of no known kind")
    packet = Packet(headers, payload)
    masks = sum(end - start for start, end in packet.layout.masks)
    address = packet.layout.src[1] - packet.layout.src[0] if packet.layout.src else 0
    for have, want in ((src, address), (dst, address), (mask, masks)):
        if have is not None and len(have) != want:
            raise Refused("an opened cell that does not fit its ranges")
    if None not in value and cut_again(packet, value) != value:
        raise Refused("a row that is cut otherwise")
    return packet


def _check_without_headers(src, dst, rest):
    lengths = {len(address) for address in (src, dst) if address is not None}
    if len(lengths) > 1 or not lengths <= {0, 4, 16} or rest > MAX_BLOCK:
        raise Refused("opened cells that no record cuts into")


def cut_again(packet, value):
    return cut_block(packet.form, packet.tsresol, packet.linktype, packet.tsoffset, join_packet(packet, value))


def join_packet(packet, value):
    parts = spread(packet.layout.masks, value[MASK])
    for place, column in ((packet.layout.src, SRC), (packet.layout.dst, DST)):
        if place:
            parts.append((place[0], value[column]))
    return packet.filled(parts)


def join(rows):
    """The file's bytes from rows of plain values."""
    out = []
    for row in rows:
        if row[HEADERS] == b"\x00":
            out.append(row[PAYLOAD])
        else:
            out.append(join_packet(Packet(row[HEADERS], row[PAYLOAD]), row))
    return b"".join(out)


def check_rows(rows, total=None):
    """Check every opened row; {row: Packet}. Raises Refused with the row. `total` is of no interest here."""
    packets = {}
    for number, row in rows.items():
        try:
            packet = check_row(row)
        except Refused as why:
            raise Refused("row %d: %s" % (number, why)) from None
        if packet is not None:
            packets[number] = packet
    return packets
