#!/usr/bin/env python3
"""Reads what comity-gen writes with a reader of its own, and holds it to its word.

usage: check_generator.py COMITY-GEN

For every scenario: twice the same bytes; another seed, other bytes; lengths and
checksums right (but where an offload trap wants them otherwise); each line of the
truth file names a frame of the flow it says; a frame is marked once; kinds and
twins fit.  mix-bench breaks packets on purpose: there a few unmarked frames may be wrong, and some must be.
"""
import struct
import subprocess
import sys
import tempfile

SCENARIOS = ("great-cannon --rate 20000 --connections 60", "sandvine", "race", "mimic", "reset", "dns", "hijack", "benign",
             "http --packets 8000", "http-bench --packets 8000", "mix --packets 8000", "mix-bench --packets 8000",
             "flows --packets 3000", "big --packets 60000",
             "race --ip 6", "dns --ip 6", "mix --packets 5000 --ip mix")


class Wrong(Exception):
    pass


def frames(data):
    at, n = 24, 0
    while at < len(data):
        sec, usec, cap, size = struct.unpack_from("<IIII", data, at)
        n += 1
        if usec > 999999 or cap != size or at + 16 + cap > len(data):
            raise Wrong(f"frame {n}: bad record header")
        yield n, data[at + 16:at + 16 + cap]
        at += 16 + cap


def datagram(frame):
    """Version and bytes of the IP datagram behind tags and tunnels."""
    kind, at = struct.unpack_from(">H", frame, 12)[0], 14
    while kind in (0x8100, 0x88A8):
        kind, at = struct.unpack_from(">H", frame, at + 2)[0], at + 4
    if kind == 0x8864:
        at += 8
    elif kind == 0x8847:
        while not frame[at + 2] & 1:
            at += 4
        at += 4
    return frame[at:]


def total(data):
    if len(data) % 2:
        data += b"\0"
    s = sum(struct.unpack(f">{len(data) // 2}H", data))
    while s >> 16:
        s = (s & 0xFFFF) + (s >> 16)
    return s


def read_v4(ip):
    head, size = (ip[0] & 15) * 4, struct.unpack_from(">H", ip, 2)[0]
    if total(ip[:head]) != 0xFFFF:
        raise Wrong("IPv4 header checksum")
    if size > len(ip):
        raise Wrong("IPv4 length")
    if struct.unpack_from(">H", ip, 6)[0] & 0x3FFF:
        return None
    return ip[9], ip[12:16], ip[16:20], ip[head:size]


def read_v6(ip):
    size, proto, at = struct.unpack_from(">H", ip, 4)[0] + 40, ip[6], 40
    if size > len(ip):
        raise Wrong("IPv6 length")
    if proto == 44:
        return None
    while proto == 60:
        proto, at = ip[at], at + 8 + ip[at + 1] * 8
    return proto, ip[8:24], ip[24:40], ip[at:size]


def name(addr, port):
    if len(addr) == 4:
        return f"{'.'.join(map(str, addr))}:{port}"
    return f"[2001:db8:{struct.unpack_from('>H', addr, 4)[0]:x}::{struct.unpack_from('>I', addr, 12)[0]:x}]:{port}"


def look(frame):
    """Flow names both ways round, and whether the transport checksum holds; None for a fragment."""
    ip = datagram(frame)
    got = read_v4(ip) if ip[0] >> 4 == 4 else read_v6(ip)
    if got is None:
        return None
    proto, src, dst, body = got
    sport, dport = struct.unpack_from(">HH", body)
    good = total(src + dst + struct.pack(">II", proto, len(body)) + body) == 0xFFFF
    a, b = name(src, sport), name(dst, dport)
    return {f"{a}>{b}", f"{b}>{a}"}, good


def truth(path):
    with open(path, encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f if line[0].isdigit()]
    return {int(r[0]): r for r in rows}, len(rows)


def check(gen, args, folder):
    out, told = f"{folder}/x.pcap", f"{folder}/truth"
    subprocess.run([gen, *args, "--out", out, "--truth", told], check=True)
    with open(out, "rb") as f:
        data = f.read()
    again = subprocess.run([gen, *args], check=True, capture_output=True).stdout
    other = subprocess.run([gen, *args, "--seed", "99"], check=True, capture_output=True).stdout
    if again != data:
        raise Wrong("another time, other bytes")
    if other == data and args[0] != "flows":
        raise Wrong("another seed, the same bytes")
    marks, n_marks = truth(told)
    if len(marks) != n_marks:
        raise Wrong("a frame is marked twice")
    count = broken = 0
    for n, frame in frames(data):
        count += 1
        try:
            got = look(frame)
        except (Wrong, struct.error, IndexError):
            if args[0] != "mix-bench" or n in marks:
                raise
            broken += 1
            continue
        if got is None:
            continue
        if not got[1] and not marks.get(n, ["", ""])[1] == "offload" and args[0] not in ("benign", "mix", "mix-bench"):
            raise Wrong(f"frame {n}: transport checksum")
        if n in marks and marks[n][3] not in got[0]:
            raise Wrong(f"frame {n} is of {got[0]}, the truth says {marks[n][3]}")
    if args[0] == "mix-bench" and not 0 < broken < count / 20:
        raise Wrong(f"{broken} broken frames of {count}")
    for n, r in marks.items():
        if n > count or (args[0] == "benign" and r[2] != "benign-trap"):
            raise Wrong(f"truth line of frame {n}")
        if r[4] != "-" and int(r[4]) not in marks:
            raise Wrong(f"frame {n}: its twin is not marked")
    return count, n_marks


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    failed = 0
    for line in SCENARIOS:
        with tempfile.TemporaryDirectory() as folder:
            try:
                count, marks = check(sys.argv[1], line.split(), folder)
                print(f"ok   {line}: {count} frames, {marks} marked")
            except Wrong as e:
                failed += 1
                print(f"FAIL {line}: {e}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
