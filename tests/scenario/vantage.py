#!/usr/bin/env python3
"""Makes of one capture what another place would have captured of the same traffic.

usage: vantage.py IN.pcap OUT.pcap [--skew NS] [--way NS] [--hops N] [--drift PPM] [--without N,N...] [--random SEED]
                  [--loss PERMILLE] [--nat ADDR] [--cut BYTES] [--gap FROM,TO] [--lower-mss N]

IN is taken for the client's side, OUT is the server's.  What a client sends comes there ${way} later, with its TTL
lower by ${hops}; what a server sends passed there ${way} earlier, with its TTL as much higher.  All is stamped by a
clock that is ${skew} ahead and runs ${drift} parts per million fast.  The client of two hosts is the one that
sent a SYN or, without one, the first packet.

--without   leaves frames out (as numbered in IN): what was forged between the places
--loss      leaves out so many in a thousand frames, drawn with --random
--nat       gives the clients' side another address and port (IPv4)
--cut       cuts TCP segments into pieces of at most so many bytes
--gap       leaves out all frames from FROM to TO, in seconds after the first
--lower-mss writes MSS options of SYNs down to N

Prints as JSON: what was left out, and how many frames OUT has.
"""
import argparse
import json
import random
import struct
import sys

LINK = {1: 14, 101: 0, 12: 0, 113: 16, 276: 20, 0: 4}


def read(path):
    with open(path, "rb") as f:
        data = f.read()
    magic = data[:4]
    order = {b"\xd4\xc3\xb2\xa1": "<", b"\x4d\x3c\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">", b"\xa1\xb2\x3c\x4d": ">"}.get(magic)
    if order is None:
        sys.exit(f"{path}: no pcap")
    unit = 1 if magic in (b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d") else 1000
    link = struct.unpack(order + "I", data[20:24])[0] & 0xffff
    at, frames = 24, []
    while at + 16 <= len(data):
        sec, frac, cap, orig = struct.unpack(order + "IIII", data[at:at + 16])
        if at + 16 + cap > len(data):
            break
        frames.append([sec * 10**9 + frac * unit, bytearray(data[at + 16:at + 16 + cap]), orig])
        at += 16 + cap
    return link, frames


def write(path, link, frames):
    with open(path, "wb") as f:
        f.write(struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 262144, link))
        for t, data, orig in frames:
            f.write(struct.pack("<IIII", t // 10**9, t % 10**9, len(data), orig) + data)


def ip_at(link, b):
    """Where the IP header stands; None: there is none."""
    at = LINK.get(link)
    if at is None or len(b) < at + 20:
        return None
    if link == 1:
        kind = struct.unpack(">H", b[12:14])[0]
        while kind in (0x8100, 0x88a8) and len(b) >= at + 4:
            kind = struct.unpack(">H", b[at + 2:at + 4])[0]
            at += 4
        if kind == 0x8864:
            at += 8
        elif kind not in (0x0800, 0x86dd):
            return None
    return at if len(b) >= at + 20 and b[at] >> 4 in (4, 6) else None


def ends(b, at):
    if b[at] >> 4 == 4:
        return bytes(b[at + 12:at + 16]), bytes(b[at + 16:at + 20])
    return bytes(b[at + 8:at + 24]), bytes(b[at + 24:at + 40])


def tcp_at(b, at):
    """Of an unfragmented IPv4 TCP packet, where its header stands; else None."""
    if b[at] >> 4 != 4 or b[at + 9] != 6 or struct.unpack(">H", b[at + 6:at + 8])[0] & 0x3fff:
        return None
    up = at + (b[at] & 15) * 4
    return up if len(b) >= up + 20 else None


def checksum(b):
    s = sum(struct.unpack(f">{len(b) // 2}H", b[:len(b) // 2 * 2])) + (b[-1] << 8 if len(b) % 2 else 0)
    while s >> 16:
        s = (s & 0xffff) + (s >> 16)
    return ~s & 0xffff


def seal_ip(b, at):
    n = (b[at] & 15) * 4
    b[at + 10:at + 12] = b"\0\0"
    b[at + 10:at + 12] = struct.pack(">H", checksum(b[at:at + n]))


def seal_tcp(b, at, up):
    end = at + struct.unpack(">H", b[at + 2:at + 4])[0]
    b[up + 16:up + 18] = b"\0\0"
    pseudo = bytes(b[at + 12:at + 20]) + struct.pack(">HH", 6, end - up)
    b[up + 16:up + 18] = struct.pack(">H", checksum(pseudo + bytes(b[up:end])))


def clients(link, frames):
    """(client, server) of each pair of hosts."""
    who, sure = {}, set()
    for _, b, _ in frames:
        at = ip_at(link, b)
        if at is None:
            continue
        src, dst = ends(b, at)
        pair = tuple(sorted((src, dst)))
        up = tcp_at(b, at)
        syn = up is not None and b[up + 13] & 0x12 == 2
        if pair not in who or (syn and pair not in sure):
            who[pair] = src
        if syn:
            sure.add(pair)
    return who


def shift_ttl(b, at, by):
    where = at + 8 if b[at] >> 4 == 4 else at + 7
    if not 1 <= b[where] + by <= 255:
        return False
    b[where] += by
    if b[at] >> 4 == 4:
        seal_ip(b, at)
    return True


def translate(b, at, forth, addr):
    up = tcp_at(b, at)
    if up is None:
        return
    where, port = (at + 12, up) if forth else (at + 16, up + 2)
    b[where:where + 4] = addr
    b[port:port + 2] = struct.pack(">H", 20000 + struct.unpack(">H", b[port:port + 2])[0] % 40000)
    seal_ip(b, at)
    seal_tcp(b, at, up)


def lower_mss(b, at, mss):
    up = tcp_at(b, at)
    if up is None or not b[up + 13] & 2:
        return
    k, end = up + 20, up + (b[up + 12] >> 4) * 4
    while k + 4 <= end and b[k]:
        if b[k] == 2 and struct.unpack(">H", b[k + 2:k + 4])[0] > mss:
            b[k + 2:k + 4] = struct.pack(">H", mss)
            seal_tcp(b, at, up)
        k += 1 if b[k] == 1 else max(b[k + 1], 2)


def cut(b, at, size):
    """The segment in pieces, flags on the last one."""
    up = tcp_at(b, at)
    total = struct.unpack(">H", b[at + 2:at + 4])[0] if up is not None else 0
    head = up + (b[up + 12] >> 4) * 4 if up is not None else 0
    end = at + total
    if up is None or end - head <= size or len(b) < end or b[up + 13] & 6:
        return [b]
    seq, ident, out = struct.unpack(">I", b[up + 4:up + 8])[0], struct.unpack(">H", b[at + 4:at + 6])[0], []
    for k, start in enumerate(range(head, end, size)):
        data = b[start:min(start + size, end)]
        piece = bytearray(b[:head]) + data
        piece[at + 2:at + 4] = struct.pack(">H", head - at + len(data))
        piece[at + 4:at + 6] = struct.pack(">H", (ident + k) & 0xffff)
        piece[up + 4:up + 8] = struct.pack(">I", (seq + start - head) & 0xffffffff)
        if start + size < end:
            piece[up + 13] &= 0xf6  # neither PSH nor FIN
        seal_ip(piece, at)
        seal_tcp(piece, at, up)
        out.append(piece)
    return out


def there(a, link, frames):
    who, rng = clients(link, frames), random.Random(a.random)
    without = {int(n) for n in a.without.split(",") if n}
    gap = [float(x) * 1e9 for x in a.gap.split(",")] if a.gap else None
    out, left_out, t0 = [], [], frames[0][0] if frames else 0
    for number, (t, data, orig) in enumerate(frames, 1):
        drop = rng.random() * 1000 < a.loss
        if number in without or drop or (gap and gap[0] <= t - t0 < gap[1]):
            left_out.append(number)
            continue
        b, at, forth = bytearray(data), ip_at(link, data), True
        if at is not None:
            src, dst = ends(b, at)
            forth = who[tuple(sorted((src, dst)))] == src
            shift_ttl(b, at, -a.hops if forth else a.hops)
            if a.nat:
                translate(b, at, forth, bytes(int(x) for x in a.nat.split(".")))
            if a.lower_mss:
                lower_mss(b, at, a.lower_mss)
        arrives = t + (a.way if forth else -a.way)
        stamp = arrives + a.skew + int((arrives - t0) * a.drift / 1e6)
        pieces = cut(b, at, a.cut) if a.cut and at is not None else [b]
        out += [[stamp, p, orig if len(pieces) == 1 else len(p)] for p in pieces]
    return sorted(out, key=lambda f: f[0]), left_out


def main():
    p = argparse.ArgumentParser()
    p.add_argument("input")
    p.add_argument("output")
    for name in ("skew", "way", "hops", "loss", "cut", "random", "lower-mss"):
        p.add_argument("--" + name, type=int, default=0)
    p.add_argument("--drift", type=float, default=0)
    for name in ("without", "nat", "gap"):
        p.add_argument("--" + name, default="")
    a = p.parse_args()
    link, frames = read(a.input)
    out, left_out = there(a, link, frames)
    write(a.output, link, out)
    print(json.dumps({"frames": len(out), "left_out": left_out}))


if __name__ == "__main__":
    main()
