"""The packets of a capture as tshark sees them: which flow each frame is of, and what a
baseline looks at.  One run of tshark a capture."""
import ipaddress
import subprocess

ANALYSIS = ("tcp.analysis.retransmission", "tcp.analysis.fast_retransmission",
            "tcp.analysis.spurious_retransmission", "tcp.analysis.out_of_order")
CONFLICT = ("tcp.segment.overlap.conflict", "ip.fragment.overlap.conflict", "ipv6.fragment.overlap.conflict")
DNS_AGAIN = ("dns.retransmit_response", "dns.retransmit_response_in")
BASE = ("frame.number", "frame.time_epoch", "ip.src", "ipv6.src", "ip.dst", "ipv6.dst", "tcp.srcport", "udp.srcport",
        "tcp.dstport", "udp.dstport", "tcp.seq_raw", "tcp.flags", "ip.ttl", "ipv6.hlim", "ip.id", "ip.len",
        "icmp.type", "icmpv6.type", "tcp.payload", "tcp.len")
FIELDS = BASE + ANALYSIS + CONFLICT + DNS_AGAIN


class Packet:
    __slots__ = ("frame", "time", "src", "dst", "sport", "dport", "proto", "seq", "flags", "ttl", "ipid", "ip_len",
                 "payload", "length", "version", "repeats", "conflict", "dns_again")

    def key(self):
        """Of the flow, whoever sent it."""
        a, b = (self.src, self.sport), (self.dst, self.dport)
        return (self.proto, *min(a, b), *max(a, b))

    def direction(self):
        return self.proto, self.src, self.sport, self.dst, self.dport


def address(text):
    """Spelt in one way."""
    return str(ipaddress.ip_address(text)) if ":" in text else text


def key_of(proto, src, sport, dst, dport):
    a, b = (address(src), int(sport)), (address(dst), int(dport))
    return (proto, *min(a, b), *max(a, b))


def number(text):
    return int(text, 0) if text else 0


def packet_of(row):
    p = Packet()
    value = dict(zip(FIELDS, row))
    p.proto = "tcp" if value["tcp.srcport"] else "udp" if value["udp.srcport"] else None
    p.src, p.dst = value["ip.src"] or value["ipv6.src"], value["ip.dst"] or value["ipv6.dst"]
    if p.proto is None or not p.src or value["icmp.type"] or value["icmpv6.type"]:
        return None
    p.version = 4 if value["ip.src"] else 6
    p.src, p.dst = address(p.src), address(p.dst)
    p.frame, p.time = int(value["frame.number"]), float(value["frame.time_epoch"])
    p.sport, p.dport = number(value[p.proto + ".srcport"]), number(value[p.proto + ".dstport"])
    p.seq, p.flags = number(value["tcp.seq_raw"]), number(value["tcp.flags"])
    p.ttl, p.ipid = number(value["ip.ttl"] or value["ipv6.hlim"]), number(value["ip.id"])
    p.ip_len, p.payload = number(value["ip.len"]), value["tcp.payload"]
    p.length = number(value["tcp.len"])
    p.repeats = any(value[f] for f in ANALYSIS)
    p.conflict = any(value[f] not in ("", "0", "False") for f in CONFLICT)
    p.dns_again = any(value[f] for f in DNS_AGAIN)
    return p


def read(path):
    argv = ["tshark", "-n", "-r", path, "-T", "fields", "-E", "occurrence=l"]
    for f in FIELDS:
        argv += ["-e", f]
    run = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    rows = (line.split("\t") for line in run.stdout.splitlines())
    return [p for p in map(packet_of, rows) if p is not None]


def counted_flows(packets):
    """Flows in which something could be injected: TCP with data, and DNS."""
    tcp = {p.key() for p in packets if p.proto == "tcp" and p.length > 0}
    return tcp | {p.key() for p in packets if p.proto == "udp" and 53 in (p.sport, p.dport)}
