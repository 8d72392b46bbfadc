"""The baseline that floods are told with where nothing better is at hand: a limit of packets a second
to one address.

1,000 openings (SYN without ACK), or 5,000 datagrams of UDP, in a second of the clock.  Reads pcap
as the generator writes it, and what packets.py gives of real captures.
"""
import collections
import struct

SYN_PER_S, UDP_PER_S = 1000, 5000


def over(counts):
    """{(kind, address)}, of counts by (kind, address, second)."""
    limit = {"syn": SYN_PER_S, "udp": UDP_PER_S}
    return {key[:2] for key, n in counts.items() if n > limit[key[0]]}


def kind_of_ip(ip):
    """(kind, bytes of the address of the target), or None."""
    if len(ip) < 20:
        return None
    if ip[0] >> 4 == 4:
        proto, dst, head = ip[9], ip[16:20], (ip[0] & 15) * 4
        if ip[6] & 0x1F or ip[7]:
            return ("udp", dst) if proto == 17 else None
    else:
        proto, dst, head = ip[6], ip[24:40], 40
    if proto == 17:
        return "udp", dst
    if proto == 6 and len(ip) > head + 13 and ip[head + 13] & 0x12 == 0x02:
        return "syn", dst
    return None


def text_of(address):
    if len(address) == 4:
        return ".".join(map(str, address))
    import ipaddress
    return str(ipaddress.ip_address(bytes(address)))


def alarms_of_file(path):
    """Of a little-endian pcap of Ethernet, as comity-gen writes it without options."""
    counts = collections.Counter()
    with open(path, "rb") as f:
        data = f.read()
    at, unpack = 24, struct.Struct("<IIII").unpack_from
    while at + 16 <= len(data):
        second, _, size, _ = unpack(data, at)
        what = kind_of_ip(data[at + 30:at + 110]) if data[at + 28:at + 30] in (b"\x08\x00", b"\x86\xdd") else None
        if what is not None:
            counts[(*what, second)] += 1
        at += 16 + size
    return {(kind, text_of(address)) for kind, address in over(counts)}


def alarms_of_packets(packets):
    counts = collections.Counter()
    for p in packets:
        if p.proto == "udp":
            counts["udp", p.dst, int(p.time)] += 1
        elif p.proto == "tcp" and p.flags & 0x12 == 0x02:
            counts["syn", p.dst, int(p.time)] += 1
    return over(counts)
