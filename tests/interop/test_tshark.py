#!/usr/bin/env python3
"""Every frame of every capture: do reader and decoder see what tshark sees?

usage: test_tshark.py DUMP_PACKETS CAPTURE_OR_FOLDER...

Compares frame count, TTL, IPID, ports, seq, flags, window, MSS, time stamps,
payload length and checksum state of the outermost IP header.  Skipped (77)
where tshark or the captures are not there.

One difference is ours on purpose: the IP header says how long a datagram is,
tshark cuts it where the frame or the PPPoE header ends.  Such frames are counted.
"""
import os
import shutil
import subprocess
import sys

FIELDS = ["frame.number", "frame.time_epoch", "ip.version", "ip.ttl", "ip.id", "ip.proto", "ipv6.version", "ipv6.hlim",
          "tcp.srcport", "tcp.dstport", "tcp.seq_raw", "tcp.ack_raw", "tcp.flags",
          "tcp.window_size_value", "tcp.len", "tcp.checksum.status", "tcp.options.mss_val",
          "tcp.options.timestamp.tsval", "udp.srcport", "udp.dstport", "udp.length",
          "udp.checksum.status", "frame.protocols"]
OFF = ["tcp.desegment_tcp_streams:FALSE", "tcp.analyze_sequence_numbers:FALSE",
       "ip.defragment:FALSE", "ipv6.defragment:FALSE", "tcp.check_checksum:TRUE",
       "udp.check_checksum:TRUE", "ip.use_geoip:FALSE", "tcp.try_heuristic_first:FALSE"]
CSUM = {"0": "bad", "1": "good", "2": "unknown", "3": "unknown"}
FRAGMENT, HEADLESS = 1, 2
# Blocks that are no packets, and frames to tshark: counted alike, not compared.
NO_PACKET = ("data", "systemd_journal", "sysdig")


def ours(dump, path):
    out = subprocess.run([dump, path], stdout=subprocess.PIPE, check=True, text=True).stdout
    names = ["frame", "link", "t_ns", "net", "ttl", "ipid", "proto", "decoded", "transport",
             "sport", "dport", "seq", "ack", "flags", "window", "payload", "checksum", "mss",
             "wscale", "tsval", "tsecr", "beyond"]
    for line in out.splitlines():
        cells = line.split("\t")
        row = dict(zip(names, cells))
        for name in names:
            if name != "checksum":
                row[name] = int(row[name])
        yield row


def theirs(path):
    args = ["tshark", "-n", "-r", path, "-T", "fields", "-E", "occurrence=f", "-E", "separator=\t"]
    for option in OFF:
        args += ["-o", option]
    for field in FIELDS:
        args += ["-e", field]
    run = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    for line in run.stdout.splitlines():
        row = dict(zip(FIELDS, line.split("\t")))
        if row["frame.protocols"] not in NO_PACKET:
            yield row


def number(text):
    return int(text, 0) if text else 0


def outer_is_shorter(a, b):
    """True if tshark cuts the datagram by a length outside the IP header."""
    length = number(b["tcp.len"]) if a["proto"] == 6 else number(b["udp.length"]) - 8
    return a["payload"] > length and (a["beyond"] > 0 or ":pppoes:" in b["frame.protocols"])


def compare_transport(a, b, differ):
    if outer_is_shorter(a, b):
        differ("outer", 0, 0)
        return
    if a["proto"] == 6 and b["tcp.srcport"]:
        for mine, other in (("sport", "tcp.srcport"), ("dport", "tcp.dstport"),
                            ("seq", "tcp.seq_raw"), ("ack", "tcp.ack_raw"),
                            ("window", "tcp.window_size_value"), ("payload", "tcp.len"),
                            ("mss", "tcp.options.mss_val"),
                            ("tsval", "tcp.options.timestamp.tsval")):
            differ(mine, a[mine], number(b[other]))
        differ("flags", a["flags"], number(b["tcp.flags"]) & 63)
        differ("checksum", a["checksum"], CSUM[b["tcp.checksum.status"]])
    if a["proto"] == 17 and b["udp.srcport"]:
        differ("sport", a["sport"], number(b["udp.srcport"]))
        differ("dport", a["dport"], number(b["udp.dstport"]))
        differ("udp length", a["payload"] + 8, number(b["udp.length"]))
        differ("checksum", a["checksum"], CSUM[b["udp.checksum.status"]])


def compare(a, b, differ):
    differ("number", a["frame"], number(b["frame.number"]))
    whole, _, part = b["frame.time_epoch"].partition(".")
    if whole:  # a Simple Packet Block has no time
        differ("time", a["t_ns"], int(whole) * 10**9 + int(part.ljust(9, "0")))
    if a["net"] == 4:
        differ("ttl", a["ttl"], number(b["ip.ttl"]))
        differ("ipid", a["ipid"], number(b["ip.id"]))
        differ("proto", a["proto"], number(b["ip.proto"]))
    elif a["net"] == 6:
        differ("hop limit", a["ttl"], number(b["ipv6.hlim"]))
    else:
        differ("no IP", "", b["ip.version"] + b["ipv6.version"])
    if a["transport"] and a["decoded"] == 0:
        compare_transport(a, b, differ)


def check(dump, path):
    """Differences of one capture, as text."""
    found, outer = [], 0
    mine, other = list(ours(dump, path)), list(theirs(path))
    if len(mine) != len(other):
        found.append(f"{len(mine)} frames, tshark has {len(other)}")
    for a, b in zip(mine, other):
        def differ(what, x, y):
            nonlocal outer
            outer += what == "outer"
            if x != y:
                found.append(f"frame {a['frame']}: {what} {x}, tshark has {y}")
        compare(a, b, differ)
    return len(mine), outer, found


def main(argv):
    dump, paths = argv[1], []
    for path in argv[2:]:
        if os.path.isdir(path):
            paths += [os.path.join(path, f) for f in sorted(os.listdir(path))
                      if f.endswith((".pcap", ".pcapng"))]
        elif os.path.exists(path):
            paths.append(path)
    if shutil.which("tshark") is None or not paths:
        print("skipped: no tshark, or no captures (COMITY_SHARED)")
        return 77
    frames = outer = bad = 0
    for path in paths:
        n, cut, found = check(dump, path)
        frames += n
        outer += cut
        bad += bool(found)
        for line in found[:5]:
            print(f"{os.path.basename(path)}: {line}")
        if len(found) > 5:
            print(f"{os.path.basename(path)}: and {len(found) - 5} more")
    print(f"{len(paths)} captures, {frames} frames, {outer} longer than what holds them, "
          f"{bad} captures differ")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
