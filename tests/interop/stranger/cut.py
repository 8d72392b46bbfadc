"""How a packet is cut into five cells, and joined again (docs/formats.md 1.2).

`walk` reads the headers of a frame; it never looks at a byte that the cut sets to zero, so it gives the
same ranges for the frame and for the frame with its addresses and mask zeroed. Given `stop`, the frame's
bytes from there on are unknown (the payload is shut) and the walk must end exactly there.
"""

from cbor import Refused

PCAP_LE, PCAP_BE, NG_LE, NG_BE = range(4)
PREFIX = 17			# bytes of a `headers` cell before the block
MAX_BLOCK = 1 << 18
MAX_CHUNK = 65536
EPB = 6
VLAN = (0x8100, 0x88a8)
MPLS = (0x8847, 0x8848)
AF_INET6 = (24, 28, 30)
SHOWN_OPTIONS = (0, 1, 2, 3, 4, 5, 8)


class Layout:
    """Ranges (start, end) in a frame: src and dst (or None), masks in file order, and the payload."""

    def __init__(self, captured):
        self.src = self.dst = None
        self.masks = []
        self.payload = (captured, captured)

    def mask(self, start, end):
        if end > start:
            self.masks.append((start, end))


class _Walk:
    """`limit` is where the understood bytes end: the captured length, or later the datagram's end."""

    def __init__(self, frame, stop):
        self.frame, self.stop = frame, stop
        self.layout = Layout(len(frame))
        self.limit = len(frame)
        self.at = 0

    def has(self, count):
        """Whether a header of `count` bytes may start here."""
        if self.stop is not None and self.at >= self.stop:
            return False
        return self.at + count <= self.limit

    def u16(self, offset):
        return int.from_bytes(self.frame[self.at + offset:self.at + offset + 2], "big")

    def ethernet(self):
        if not self.has(14):
            return
        self.layout.mask(0, 12)
        kind = self.u16(12)
        self.at = 14
        while kind in VLAN and self.has(4):
            kind = self.u16(2)
            self.at += 4
        if kind in MPLS:
            self.mpls()
        elif kind == 0x8864:
            self.pppoe()
        else:
            self.ethertype(kind)

    def mpls(self):
        bottom = False
        while not bottom and self.has(4):
            bottom = self.frame[self.at + 2] & 1 == 1
            self.at += 4
        if bottom:
            self.raw_ip()

    def pppoe(self):
        if not self.has(8) or self.u16(0) != 0x1100:
            return
        protocol = self.u16(6)
        self.at += 8
        if protocol == 0x0021:
            self.ipv4()
        elif protocol == 0x0057:
            self.ipv6()

    def ethertype(self, kind):
        if kind == 0x0800:
            self.ipv4()
        elif kind == 0x86dd:
            self.ipv6()

    def raw_ip(self):
        if not self.has(1):
            return
        version = self.frame[self.at] >> 4
        if version == 4:
            self.ipv4()
        elif version == 6:
            self.ipv6()

    def sll(self):
        if not self.has(16):
            return
        self.layout.mask(6, 14)
        kind = self.u16(14)
        self.at = 16
        self.ethertype(kind)

    def sll2(self):
        if not self.has(20):
            return
        self.layout.mask(12, 20)
        kind = self.u16(0)
        self.at = 20
        self.ethertype(kind)

    def loop(self):
        self.null(False)

    def null(self, either_order=True):
        if not self.has(4):
            return
        raw = self.frame[0:4]
        family = int.from_bytes(raw, "big")
        if family > 0xffff and either_order:
            family = int.from_bytes(raw, "little")
        self.at = 4
        if family == 2:
            self.ipv4()
        elif family in AF_INET6:
            self.ipv6()

    def datagram(self, length):
        """The datagram's length is known: 0 means to the end of the captured bytes."""
        if length and self.at + length < self.limit:
            self.limit = self.at + length

    def ipv4(self):
        if not self.has(20) or self.frame[self.at] >> 4 != 4:
            return
        header, total = 4 * (self.frame[self.at] & 15), self.u16(2)
        if header < 20 or not self.has(header) or (total and total < header):
            return
        self.datagram(total)
        at = self.at
        protocol, fragment = self.frame[at + 9], self.u16(6) & 0x1fff
        self.layout.mask(at + 10, at + 12)
        self.layout.src, self.layout.dst = (at + 12, at + 16), (at + 16, at + 20)
        self.layout.mask(at + 20, at + header)
        self.at += header
        if fragment == 0:
            self.transport(protocol, 1)

    def ipv6(self):
        if not self.has(40) or self.frame[self.at] >> 4 != 6:
            return
        at, length = self.at, self.u16(4)
        self.datagram(40 + length if length else 0)
        self.layout.src, self.layout.dst = (at + 8, at + 24), (at + 24, at + 40)
        kind = self.frame[at + 6]
        self.at += 40
        while kind in (0, 43, 44, 60):
            if not self.has(8):
                return
            size = 8 if kind == 44 else 8 * (self.frame[self.at + 1] + 1)
            if not self.has(size):
                return
            later = kind == 44 and self.u16(2) & 0xfff8
            if kind != 44:
                self.layout.mask(self.at + 2, self.at + size)
            kind = self.frame[self.at]
            self.at += size
            if later:
                return
        self.transport(kind, 58)

    def transport(self, protocol, icmp):
        if protocol == 6:
            self.tcp()
        elif protocol == 17 and self.has(8):
            self.layout.mask(self.at + 6, self.at + 8)
            self.at += 8
        elif protocol == icmp and self.has(4):
            self.layout.mask(self.at + 2, self.at + 4)
            self.at += 4

    def tcp(self):
        if not self.has(20):
            return
        header = 4 * (self.frame[self.at + 12] >> 4)
        if header < 20 or not self.has(header):
            return
        self.layout.mask(self.at + 16, self.at + 18)
        self.options(self.at + 20, self.at + header)
        self.at += header

    def options(self, at, end):
        while at < end:
            kind = self.frame[at]
            if kind == 0:
                self.layout.mask(at + 1, end)
                return
            if kind == 1:
                at += 1
                continue
            size = self.frame[at + 1] if at + 1 < end else 0
            if size < 2 or at + size > end:
                self.layout.mask(at + 1, end)
                return
            if kind not in SHOWN_OPTIONS:
                self.layout.mask(at + 2, at + size)
            at += size


FIRST = {1: _Walk.ethernet, 113: _Walk.sll, 276: _Walk.sll2, 0: _Walk.null, 108: _Walk.loop,
    101: _Walk.raw_ip, 12: _Walk.raw_ip, 14: _Walk.raw_ip, 228: _Walk.ipv4, 229: _Walk.ipv6}


def walk(linktype, frame, stop=None):
    """Layout of a frame. Raises Refused if it does not end at `stop`."""
    self = _Walk(frame, stop)
    FIRST.get(linktype, lambda _: None)(self)
    if stop is not None and self.at != stop:
        raise Refused("the payload is said to begin where it does not")
    self.layout.payload = (self.at, self.limit)
    self.layout.mask(self.limit, len(frame))
    return self.layout


def frame_place(form, block):
    """(start, end) of the captured bytes in a block, or None if it is no packet."""
    order = "little" if form in (PCAP_LE, NG_LE) else "big"
    word = lambda at: int.from_bytes(block[at:at + 4], order)
    if len(block) > MAX_BLOCK:
        return None
    if form in (PCAP_LE, PCAP_BE):
        return (16, len(block)) if len(block) >= 16 and word(8) == len(block) - 16 else None
    if len(block) < 32 or len(block) % 4 or word(0) != EPB:
        return None
    if word(4) != len(block) or word(len(block) - 4) != len(block):
        return None
    return (28, 28 + word(20)) if word(20) <= len(block) - 32 else None


def block_layout(form, linktype, block, stop=None):
    """Layout with offsets in the block, or None if the block is no packet."""
    place = frame_place(form, block)
    if place is None:
        return None
    start, end = place
    inner = walk(linktype, block[start:end], None if stop is None else stop - start)
    move = lambda part: part and (part[0] + start, part[1] + start)
    inner.src, inner.dst, inner.payload = move(inner.src), move(inner.dst), move(inner.payload)
    inner.masks = [move(part) for part in inner.masks]
    if form in (NG_LE, NG_BE):
        inner.mask(end + -(end - start) % 4, len(block) - 4)
    return inner


def hidden(layout):
    """All ranges that `headers` holds as zeros."""
    return layout.masks + [part for part in (layout.src, layout.dst) if part]


def cut_block(form, tsresol, linktype, tsoffset, block):
    """The five cells of a packet, or None if the block is no packet."""
    layout = block_layout(form, linktype, block)
    if layout is None:
        return None
    take = lambda part: block[part[0]:part[1]] if part else b""
    left = bytearray(block)
    for start, end in hidden(layout):
        left[start:end] = bytes(end - start)
    start, end = layout.payload
    head = bytes([1, form, tsresol]) + linktype.to_bytes(2, "big") + (tsoffset & (1 << 64) - 1).to_bytes(8, "big")
    headers = head + start.to_bytes(4, "big") + bytes(left[:start] + left[end:])
    return [headers, take(layout.src), take(layout.dst), b"".join(map(take, layout.masks)), take(layout.payload)]
