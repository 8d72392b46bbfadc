#!/usr/bin/env python3
"""A pcap on standard output: 30,000 packets of one kind in six seconds, all to one IPv6 host.

usage: floods6.py syn|udp|icmp|ntp|fragments
"""
import random
import struct
import sys

DICE = random.Random(3)
SITE = bytes.fromhex("20010db8")
VICTIM = SITE + bytes(11) + b"\x10"


def anybody():
    return SITE + DICE.randbytes(12)


def syn():
    return anybody(), 6, struct.pack(">HHIIBBHHH", 1024 + DICE.randrange(60000), 80, DICE.getrandbits(32), 0, 0x50, 2, 8192, 0, 0)


def udp():
    return anybody(), 17, struct.pack(">HHHH", 1024 + DICE.randrange(60000), DICE.getrandbits(16), 408, 0) + bytes(400)


def icmp():
    return anybody(), 58, struct.pack(">BBHI", 128, 0, 0, DICE.getrandbits(32)) + bytes(40)


def ntp():
    """What two hundred servers answer to monlist (RFC 9327, mode 7)."""
    server = SITE + bytes(11) + bytes([32 + DICE.randrange(200)])
    return server, 17, struct.pack(">HHHH", 123, 40000, 448, 0) + b"\xd7\x00\x03\x2a" + bytes(436)


def fragments():
    offset = DICE.randrange(1, 100) << 3
    return anybody(), 44, struct.pack(">BBHI", 17, 0, offset | 1, DICE.getrandbits(32)) + bytes(1000)


def main():
    kind = {"syn": syn, "udp": udp, "icmp": icmp, "ntp": ntp, "fragments": fragments}[sys.argv[1]]
    out, us = sys.stdout.buffer, 1700000000 * 10**6
    out.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 101))
    for _ in range(30000):
        us += 200
        source, next_header, body = kind()
        packet = struct.pack(">IHBB", 0x60000000, len(body), next_header, 60) + source + VICTIM + body
        out.write(struct.pack("<IIII", us // 10**6, us % 10**6, len(packet), len(packet)) + packet)


if __name__ == "__main__":
    main()
