#!/usr/bin/env python3
"""A pcap on standard output of much that is different each time: what tables and sketches have to bear.

usage: scale.py sources|names|hosts|scan|scanners PACKETS

sources   a SYN each of another host to one
names     a request each for another name, path and query, from another site
hosts     datagrams between 100,000 hosts
scan      one host, a SYN each to any address and port
scanners  the same of 200,000 hosts
"""
import random
import struct
import sys

VICTIM, SCANNER = bytes([203, 0, 113, 10]), bytes([198, 51, 100, 66])
ASK = (b"GET /p%d?%d HTTP/1.1\r\nHost: n%x.example\r\nReferer: http://r%x.example/\r\nUser-Agent: a%x\r\n\r\n")
DICE = random.Random(5)


def ip(src, dst, proto, body):
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(body), DICE.getrandbits(16), 0x4000, 64, proto, 0, src, dst) + body


def tcp(sport, dport, flags, payload=b""):
    return struct.pack(">HHIIBBHHH", sport, dport, DICE.getrandbits(32), flags >> 4, 0x50, flags, 8192, 0, 0) + payload


def host(n):
    return struct.pack(">I", 0x0a000000 + n)


def packet(kind, i):
    if kind == "sources":
        return ip(host(11 * i), VICTIM, 6, tcp(DICE.getrandbits(16), 80, 0x02))
    if kind == "names":
        text = ASK % (i, i, DICE.getrandbits(48), DICE.getrandbits(40), DICE.getrandbits(32))
        return ip(host(i % 60000), VICTIM, 6, tcp(1024 + i % 60000, 80, 0x18, text))
    if kind == "hosts":
        body = struct.pack(">HHHH", DICE.getrandbits(16), DICE.getrandbits(16), 20, 0) + b"x" * 12
        return ip(host(DICE.randrange(100000)), host(DICE.randrange(100000)), 17, body)
    scanner = SCANNER if kind == "scan" else host(DICE.randrange(200000))
    return ip(scanner, struct.pack(">I", DICE.getrandbits(32)), 6, tcp(40000, DICE.getrandbits(16), 0x02))


def main():
    kind, n, us, out = sys.argv[1], int(sys.argv[2]), 1700000000 * 10**6, sys.stdout.buffer
    out.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 101))
    part = []
    for i in range(n):
        frame = packet(kind, i)
        us += 12
        part.append(struct.pack("<IIII", us // 10**6, us % 10**6, len(frame), len(frame)) + frame)
        if len(part) == 2000:
            out.write(b"".join(part))
            part = []
    out.write(b"".join(part))


if __name__ == "__main__":
    main()
