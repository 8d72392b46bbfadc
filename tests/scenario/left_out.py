#!/usr/bin/env python3
"""A capture in which other connections of the same two hosts speak against a finding.

usage: left_out.py IN.pcap OUT.pcap COPIES

In tests/cases/race-first one answer bears another hand than the server's other packets. Here that connection is
there again, COPIES times at other times and ports, and every time that hand answers alone and the client is content:
so this is how this host answers, and no forger's doing.
"""
import struct
import sys

PORT, LEFT_OUT = 32769, {16, 17}     # frames: the other answer, and the acknowledgement before it


def frames(data):
    at, number = 24, 0
    while at < len(data):
        seconds, micro, length, original = struct.unpack_from("<IIII", data, at)
        number += 1
        yield number, seconds * 10 ** 6 + micro, original, data[at + 16:at + 16 + length]
        at += 16 + length


def total(data):
    data += b"\0" * (len(data) % 2)
    value = sum(struct.unpack(">%dH" % (len(data) // 2), data))
    while value >> 16:
        value = (value & 0xffff) + (value >> 16)
    return value ^ 0xffff


def with_port(frame, port):
    """The frame with another port of the client, and the checksum that goes with it."""
    head, length = frame[14:34], struct.unpack(">H", frame[16:18])[0]
    tcp = bytearray(frame[34:14 + length])
    at = 0 if struct.unpack(">H", tcp[:2])[0] == PORT else 2
    tcp[at:at + 2] = struct.pack(">H", port)
    tcp[16:18] = b"\0\0"
    tcp[16:18] = struct.pack(">H", total(head[12:20] + struct.pack(">HH", 6, len(tcp)) + bytes(tcp)))
    return frame[:34] + bytes(tcp) + frame[14 + length:]


def main():
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    packets = [(when, original, frame) for _, when, original, frame in frames(data)]
    flow = [(when, original, frame) for number, when, original, frame in frames(data)
        if PORT in struct.unpack(">HH", frame[34:38]) and number not in LEFT_OUT]
    for copy in range(1, int(sys.argv[3]) + 1):
        packets += [(when + copy * 2000000, original, with_port(frame, PORT + 100 + copy)) for when, original, frame in flow]
    with open(sys.argv[2], "wb") as file:
        file.write(data[:24])
        for when, original, frame in sorted(packets):
            file.write(struct.pack("<IIII", when // 10 ** 6, when % 10 ** 6, len(frame), original) + frame)


if __name__ == "__main__":
    main()
