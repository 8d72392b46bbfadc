"""fragment.py IN OUT [N [PIECE]]: the same pcap (Ethernet, IPv4), DNS answers and TCP data in pieces of 40 bytes, or of
PIECE, a multiple of 8 (65536: in no pieces); before the Nth of these datagrams a copy of it with one byte changed, so
that its checksum is bad."""
import struct
import sys

PIECE = int(sys.argv[4]) if len(sys.argv) > 4 else 40


def checksum(header):
    total = sum(struct.unpack("!10H", header))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def in_pieces(ip, body):
    for at in range(0, len(body), PIECE):
        part = body[at:at + PIECE]
        header = bytearray(ip[:20])
        header[2:4] = struct.pack("!H", 20 + len(part))
        header[6:8] = struct.pack("!H", (0x2000 if at + PIECE < len(body) else 0) | at // 8)
        header[10:12] = b"\0\0"
        header[10:12] = struct.pack("!H", checksum(header))
        yield bytes(header) + part


def is_chosen(frame):
    ip = frame[14:]
    if frame[12:14] != b"\x08\x00" or ip[0] != 0x45:
        return False
    return ip[9] == 6 and len(ip) >= 80 or ip[9] == 17 and ip[20:22] == b"\x00\x35"


def main():
    data, number = open(sys.argv[1], "rb").read(), 0
    damaged = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    out, at = [data[:24]], 24
    while at < len(data):
        head = data[at:at + 16]
        length = struct.unpack("<I", head[8:12])[0]
        frame = data[at + 16:at + 16 + length]
        made = [frame]
        if is_chosen(frame):
            ip, number = frame[14:], number + 1
            body = ip[20:struct.unpack("!H", ip[2:4])[0]]
            made = list(in_pieces(ip, body))
            if number == damaged:
                other = ip[:4] + bytes([ip[4] ^ 0x11]) + ip[5:]
                made = list(in_pieces(other, body[:-1] + bytes([body[-1] ^ 0x20]))) + made
            made = [frame[:14] + piece for piece in made]
        for piece in made:
            out.append(head[:8] + struct.pack("<II", len(piece), len(piece)) + piece)
        at += 16 + length
    open(sys.argv[2], "wb").write(b"".join(out))


main()
