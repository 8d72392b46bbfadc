#!/usr/bin/env python3
"""What a capture is made of: sizes, flows, protocols, tags; with a truth file also what is forged in it.

usage: shape.py FILE.pcap [--truth FILE.tsv]

For classic little-endian microsecond pcap files of Ethernet, which is what the bench is run on.  A flow is two addresses,
protocol and two ports, in whatever direction; fragments and what is no TCP or UDP count by addresses and protocol; the
flow of a tunnel is that of its outside.
"""
import argparse
import collections
import mmap
import struct
import sys

SIZES = (66, 128, 256, 576, 1300, 1518)
RECORD = struct.Struct("<IIII")
TAGS = (0x8100, 0x88a8)


class Shape:
    def __init__(self):
        self.packets = self.bytes = self.data_segments = 0
        self.sizes = [0] * (len(SIZES) + 1)
        self.kinds = collections.Counter()
        self.flows = {}
        self.first = self.last = 0.0


def of_packet(s, p):
    """Adds the packet's kinds; returns the key of its flow, or None."""
    if len(p) < 14:
        s.kinds["too short"] += 1
        return None
    kind, at = p[12] << 8 | p[13], 14
    while kind in TAGS and at + 4 <= len(p):
        s.kinds["VLAN"] += at == 14
        kind, at = p[at + 2] << 8 | p[at + 3], at + 4
    ip = p[at:at + 60]
    if kind == 0x0800 and len(ip) >= 20:
        return of_v4(s, ip)
    if kind == 0x86dd and len(ip) >= 40:
        return of_v6(s, ip)
    s.kinds["no IP"] += 1
    return None


def of_v4(s, ip):
    s.kinds["IPv4"] += 1
    head, proto = (ip[0] & 15) * 4, ip[9]
    ends = ip[12:16], ip[16:20]
    if (ip[6] & 0x3f) | ip[7]:
        s.kinds["fragment"] += 1
        return proto, *sorted(ends)
    return of_transport(s, proto, ends, ip[head:], (ip[2] << 8 | ip[3]) - head)


def of_v6(s, ip):
    s.kinds["IPv6"] += 1
    ends = ip[8:24], ip[24:40]
    if ip[6] == 44:
        s.kinds["fragment"] += 1
        return 44, *sorted(ends)
    return of_transport(s, ip[6], ends, ip[40:], ip[4] << 8 | ip[5])


NAMES = {6: "TCP", 17: "UDP", 1: "ICMP", 58: "ICMP", 4: "tunnel", 41: "tunnel", 47: "tunnel"}


def of_transport(s, proto, ends, body, length):
    s.kinds[NAMES.get(proto, "other protocol")] += 1
    if proto not in (6, 17) or len(body) < 8:
        return proto, *sorted(ends)
    ports = body[0:2], body[2:4]
    if proto == 6 and len(body) > 12:
        s.data_segments += length > (body[12] >> 4) * 4
    if proto == 17 and (b"\x00\x35" in ports):
        s.kinds["DNS"] += 1
    if proto == 17 and ports[1] in (b"\x12\xb5", b"\x17\xc1"):
        s.kinds["tunnel"] += 1
    return proto, *sorted(((ends[0], ports[0]), (ends[1], ports[1])))


def look(path):
    s = Shape()
    with open(path, "rb") as f, mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ) as m:
        at, end = 24, len(m)
        while at + 16 <= end:
            sec, us, got, wire = RECORD.unpack_from(m, at)
            s.last = sec + us / 1e6
            s.first = s.first or s.last
            s.packets += 1
            s.bytes += wire
            s.sizes[sum(wire > limit for limit in SIZES)] += 1
            key = of_packet(s, m[at + 16:at + 16 + min(got, 82)])
            if key is not None:
                s.flows[key] = s.flows.get(key, 0) + 1
            at += 16 + got
    return s


def marked(path):
    kinds = collections.Counter()
    flows = set()
    with open(path, encoding="utf-8") as f:
        for line in f:
            if line[0].isdigit():
                _, name, kind, flow, *_ = line.split("\t")
                if kind != "genuine":
                    kinds[f"{kind} {name}"] += 1
                if kind == "forged":
                    flows.add(flow)
    return kinds, len(flows)


def numbers(path, truth):
    """What the table of inputs says, by the names of inputs.THERE."""
    s = look(path)
    kinds, flows = marked(truth)
    forged = sum(n for k, n in kinds.items() if k.startswith("forged"))
    words = [f"<={x} %" for x in SIZES] + [f">{SIZES[-1]} %"]
    out = {"packets": f"{s.packets:,}", "mean bytes": f"{s.bytes / s.packets:.0f}", "flows": f"{len(s.flows):,}",
           "packets a flow": f"{s.packets / max(1, len(s.flows)):.0f}", "seconds": f"{s.last - s.first:.0f}",
           "flows a million packets": f"{len(s.flows) / s.packets * 1e6:,.0f}", "forged": f"{forged:,}",
           "% of data segments": f"{100 * forged / max(1, s.data_segments - forged):.3f}", "flows with a forged packet": f"{flows:,}"}
    out |= {w: f"{100 * n / s.packets:.1f}" for w, n in zip(words, s.sizes)}
    out |= {f"{k} %": f"{100 * n / s.packets:.1f}" for k, n in s.kinds.items()}
    for k, n in kinds.items():
        kind, name = k.split(" ", 1)
        out[f"{name} %" if kind == "forged" else name] = f"{100 * n / forged:.1f}" if kind == "forged" else f"{n:,}"
    return out


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("file")
    p.add_argument("--truth")
    a = p.parse_args()
    s = look(a.file)
    print(f"packets {s.packets}  mean on the wire {s.bytes / s.packets:.0f} B  seconds {s.last - s.first:.1f}")
    print(f"flows {len(s.flows)}: {s.packets / max(1, len(s.flows)):.1f} packets a flow, "
          f"{len(s.flows) / s.packets * 1e3:.0f} thousand a million packets; data segments {s.data_segments}")
    words = [f"<={x}" for x in SIZES] + [f">{SIZES[-1]}"]
    print("sizes %: " + "  ".join(f"{w} {100 * n / s.packets:.1f}" for w, n in zip(words, s.sizes)))
    print("kinds %: " + "  ".join(f"{k} {100 * n / s.packets:.2f}" for k, n in sorted(s.kinds.items())))
    if a.truth:
        kinds, flows = marked(a.truth)
        forged = sum(n for k, n in kinds.items() if k.startswith("forged"))
        print(f"forged {forged}: {100 * forged / max(1, s.data_segments):.3f} % of data segments, in {flows} flows")
        for k, n in sorted(kinds.items()):
            print(f"  {k} {n}" + (f" ({100 * n / forged:.1f} %)" if k.startswith("forged") else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())
