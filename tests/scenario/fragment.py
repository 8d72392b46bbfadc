"""fragment.py IN OUT: the same pcap (Ethernet, IPv4), each UDP datagram from port 53 in pieces of 24 bytes."""
import struct
import sys


def checksum(header):
    total = sum(struct.unpack("!10H", header))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def pieces(frame):
    ip = frame[14:]
    if frame[12:14] != b"\x08\x00" or ip[0] != 0x45 or ip[9] != 17 or ip[20:22] != b"\x00\x35":
        return [frame]
    length = struct.unpack("!H", ip[2:4])[0]
    body, made = ip[20:length], []
    for at in range(0, len(body), 24):
        part = body[at:at + 24]
        header = bytearray(ip[:20])
        header[2:4] = struct.pack("!H", 20 + len(part))
        header[6:8] = struct.pack("!H", (0x2000 if at + 24 < len(body) else 0) | at // 8)
        header[10:12] = b"\0\0"
        header[10:12] = struct.pack("!H", checksum(header))
        made.append(frame[:14] + bytes(header) + part)
    return made


def main():
    data = open(sys.argv[1], "rb").read()
    out, at = [data[:24]], 24
    while at < len(data):
        head = data[at:at + 16]
        length = struct.unpack("<I", head[8:12])[0]
        for piece in pieces(data[at + 16:at + 16 + length]):
            out.append(head[:8] + struct.pack("<II", len(piece), len(piece)) + piece)
        at += 16 + length
    open(sys.argv[2], "wb").write(b"".join(out))


main()
