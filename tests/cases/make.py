#!/usr/bin/env python3
"""Makes the case folders from the generator: input, expectation, README.

usage: make.py COMITY-GEN [--check]

Every case is one line of the table below.  What is expected of a detector comes
from the generator's truth file and from the word in the table, never from what
a detector said.  --check makes nothing: it compares, byte by byte.
"""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))

# name, word, what it shows, arguments of comity-gen
# words: forged       exactly the forged frames are called forged
#        flagged      the forged frames are at least called suspect, no other frame is called forged
#        noticed      an incident names some of them, no other frame is called forged
#        undecidable  an incident says so, and none says more
#        quiet        no incident says more than undecidable
#        clean        no incident but explained ones
CASES = [
    ("great-cannon", "forged", "In-path injection as published: the request is suppressed, three packets whose TTL "
     "rises by one answer it; in one flow the burst is lost and the repeated request is answered by the server",
     "great-cannon --connections 20 --rate 20000 --seed 13"),
    ("great-cannon-rare", "forged", "One injected connection among many: 1.75 % is the published share",
     "great-cannon --connections 11 --rate 4000 --seed 59"),
    ("in-path-redirect", "forged", "307 with FIN from another stack, equal TTL, no overlap",
     "sandvine --only redirect --background 1"),
    ("in-path-plain-server", "forged", "The same before a server that offers no TCP options",
     "sandvine --only plain-server --background 1"),
    ("in-path-other-hand", "forged", "An injector with other habits: IPID 0x00f2, TTL + 9, DF set, no time stamps to miss",
     "sandvine --only other-hand --background 1"),
    ("race-first", "forged", "The forged answer comes first; its headers are crude",
     "race --only first --background 1"),
    ("race-first-ipv6", "forged", "The same over IPv6: no IPID, no DF",
     "race --only first --background 1 --ip 6 --seed 2"),
    ("race-first-snaplen", "forged", "The same, 96 bytes of each packet captured",
     "race --only first --background 1 --snaplen 96 --seed 3"),
    ("race-first-tags", "forged", "The same inside QinQ and PPPoE",
     "race --only first --background 1 --link pppoe-qinq --seed 4"),
    ("race-careful", "forged", "The forged answer has the server's TTL, DF and next IPID; it lacks the time stamps",
     "race --only careful --background 1"),
    ("race-late", "forged", "The forged segment comes more than a round trip after the ACK of the genuine one",
     "race --only late --background 1"),
    ("race-same-range", "forged", "In the middle of a transfer: same range, other bytes",
     "race --only same-range --background 1"),
    ("race-overlap", "forged", "In the middle of a transfer: the range is shifted by 400 bytes",
     "race --only overlap --background 1"),
    ("race-fin-data", "forged", "In the middle of a transfer: other bytes and a FIN",
     "race --only fin-data --background 1"),
    ("race-client-side", "forged", "A request under the client's address",
     "race --only client-side --background 1"),
    ("race-mimic", "undecidable", "The forger copies TTL, DF, IPID, window and time stamps: two answers, and nothing "
     "passive says which is forged", "mimic --background 1"),
    ("reset-single", "flagged", "One forged RST with odd TTL and window; the server's data follow",
     "reset --only single --background 1"),
    ("reset-burst", "flagged", "RST/ACK triples X, X+1460, X+4380 to both ends",
     "reset --only burst --background 1"),
    ("reset-ignored", "flagged", "A forged RST in the middle; the transfer goes on",
     "reset --only ignored --background 1"),
    ("dns-copied-id", "forged", "Forged DNS answers first; their IPID is the query's",
     "dns --only copied-id"),
    ("dns-several", "forged", "Three forged DNS answers with one IPID",
     "dns --only several"),
    ("dns-late", "forged", "The forged DNS answer comes after the genuine one",
     "dns --only late"),
    ("dns-wrong-type", "forged", "A records in answer to AAAA questions",
     "dns --only wrong-type"),
    ("hijack", "forged", "A forged SYN-ACK wins, and the connection goes on with its numbers",
     "hijack --background 1"),
    ("keepalive-zero", "clean", "Keep-alives with one byte 0x00", "benign --only keepalive-zero --background 1"),
    ("keepalive-garbage", "clean", "Keep-alives with one byte of garbage", "benign --only keepalive-garbage --background 1"),
    ("zero-padding", "clean", "Zero bytes of padding counted as payload", "benign --only zero-padding --background 1"),
    ("fast-open", "clean", "Data on the SYN", "benign --only fast-open --background 1"),
    ("offload", "clean", "Super-segments captured at the sender, checksums not yet made",
     "benign --only offload --background 1"),
    ("retransmission", "clean", "The same bytes again", "benign --only retransmission --background 1"),
    ("repacketised", "clean", "The same bytes again in other cuts", "benign --only repacketised --background 1"),
    ("duplicate", "clean", "Packets captured twice", "benign --only duplicate --background 1"),
    ("duplicate-hop", "clean", "Packets captured twice, one hop apart",
     "benign --only duplicate-hop --background 1"),
    ("reordered", "clean", "Segments that overtake one another", "benign --only reordered --background 1"),
    ("rst-after-fin", "clean", "RSTs with several sequence numbers after a close", "benign --only rst-after-fin --background 1"),
    ("load-balancer", "clean", "SYN-ACK by the balancer, data by a server: in every flow",
     "benign --only load-balancer --background 1"),
    ("load-balancer-fin", "clean", "Data by the server, FIN by the balancer", "benign --only load-balancer-fin --background 1"),
    ("reroute", "clean", "TTL changes in the middle of a flow", "benign --only reroute --background 1"),
    ("nat-two-taps", "clean", "Each packet inside and outside of an address translator",
     "benign --only nat-two-taps --format pcapng --interfaces 2 --background 1"),
    ("one-sided", "clean", "One direction only", "benign --only one-sided --background 1"),
    ("options-stripped", "clean", "TSopt offered and taken out on the way", "benign --only options-stripped --background 1"),
    ("tuple-reuse", "clean", "The same four-tuple and sequence range 70 s and a year later",
     "benign --only tuple-reuse --background 1"),
    ("stamps", "clean", "Time stamps that run backwards", "benign --only stamps --background 1"),
    ("ipv6", "clean", "IPv6", "benign --only ipv6 --background 1"),
    ("tags", "clean", "VLAN, QinQ, PPPoE, MPLS", "benign --only tags --background 1"),
    ("tls", "clean", "Records that look like TLS", "benign --only tls"),
    ("dns-rotation", "clean", "Repeated query, two genuine answers, records rotated", "benign --only dns-rotation --background 1"),
    ("dns-refresh", "quiet", "A gateway answers twice, its cache refreshed in between", "benign --only dns-refresh --background 1"),
    ("several-synacks", "clean", "Three SYN-ACKs of one host, seconds apart", "benign --only several-synacks --background 1"),
    ("syn-proxy", "clean", "SYN-ACK made from the SYN", "benign --only syn-proxy --background 1"),
    ("fragments", "clean", "UDP in fragments", "benign --only fragments --background 1"),
    ("fragments-reversed", "clean", "The last fragment comes first", "benign --only fragments-reversed --background 1"),
    ("fragments-overlapping", "clean", "Fragments that overlap", "benign --only fragments-overlapping --background 1"),
    ("fragments-lost", "clean", "Datagrams whose end never comes", "benign --only fragments-lost --background 1"),
    ("tcp-in-fragments", "clean", "TCP segments in fragments", "benign --only tcp-in-fragments --background 1"),
    ("file-pcapng-sections", "forged", "pcapng: sections of both byte orders, four time resolutions, other blocks, comments",
     "dns --only copied-id --format pcapng --sections 9 --endian mixed --interfaces 4 --extras --comments"),
    ("file-pcapng-odd-packets", "forged", "pcapng: some frames as Simple and obsolete Packet Blocks",
     "dns --only several --format pcapng --odd-packets"),
    ("file-pcap-be-ns", "forged", "pcap: big-endian, nanoseconds",
     "dns --only several --endian be --resolution ns"),
    ("file-sll", "forged", "Linux cooked capture", "dns --only copied-id --link sll --seed 5"),
    ("file-sll2", "forged", "Linux cooked capture v2", "dns --only copied-id --link sll2 --seed 6"),
    ("file-raw", "forged", "Raw IP", "dns --only copied-id --link raw --seed 7"),
    ("file-null", "forged", "BSD loopback", "dns --only copied-id --link null --seed 8"),
    ("file-loop", "forged", "OpenBSD loopback", "dns --only copied-id --link loop --seed 9"),
    ("file-mpls", "forged", "MPLS", "dns --only copied-id --link mpls --seed 10"),
    ("file-cut", "forged", "The file ends inside its last packet: exit 4, what was readable is still told",
     "hijack --background 1 --cut 30"),
    ("probe-ttl", "forged", "Requests whose TTL lets them die on the way: from hop 18 on some are answered by a burst, the "
     "others by a router", "inject-probe --connections 1 --rate 60000"),
    ("inject-by-draw", "forged", "Only first connections of their sources are hit; every second of those hit asks again",
     "inject-rate --connections 12 --rate 90000 --seed 3"),
    ("portal", "clean", "A gateway answers for everybody: one redirect from many addresses, all of one stack",
     "inject-many --only portal --connections 16"),
    ("many-addresses", "clean", "One name, several addresses, one file", "inject-many --only cdn --connections 8"),
    ("flood-syn", "clean", "SYNs from addresses that are lies: no packet of a connection is forged",
     "flood --only syn --packets 60 --no-background --before 0 --after 1"),
    ("flood-syn-ack", "clean", "SYN-ACKs that nobody asked for", "flood --only syn-ack --packets 40 --no-background --before 0 --after 1"),
    ("flood-fragments", "clean", "Pieces of 24 bytes that overlap",
     "flood --only fragments-tiny --packets 60 --no-background --before 0 --after 1"),
    ("scan-connect", "clean", "Ports connected to and dropped", "scan --only connect --packets 30 --no-background --before 0 --after 1"),
    ("scan-udp", "clean", "Ports probed; ICMP errors quote the probes",
     "scan --only udp --packets 30 --no-background --before 0 --after 1"),
    ("peers-gone", "clean", "A peer-to-peer client whose peers are mostly gone",
     "scan --only p2p --packets 8 --no-background --before 0 --after 1"),
    ("mailing", "clean", "One image each, with a token of its own",
     "crowd --only mailing --clients 10 --packets 80 --rate-pps 20 --no-background --before 0 --after 1"),
]

TYPES = {"great-cannon": "injection", "sandvine": "injection", "race": "injection", "mimic": "injection",
         "reset": "reset", "dns": "dns", "hijack": "handshake", "inject-probe": "injection", "inject-rate": "injection"}
# What is counted there and named, kind by kind; nothing elsewhere.  The other floods here are too small for that.
COUNTED = {"scan-udp": ["udp-scan"]}
EXIT = {"forged": 1, "flagged": 1, "noticed": 1, "undecidable": 1, "quiet": None, "clean": None}


def build(gen, args, out, truth):
    subprocess.run([gen, *args, "--out", out, "--truth", truth], check=True)
    rows = []
    with open(truth, encoding="utf-8") as f:
        for line in f:
            if line[0].isdigit():
                rows.append(line.rstrip("\n").split("\t"))
    return rows


def expectation(word, says, args, rows, file):
    frames = {k: [int(r[0]) for r in rows if r[2] == k] for k in ("forged", "genuine", "benign-trap")}
    want = {"says": says, "file": file, "made_by": "comity-gen " + " ".join(args), "expect": word}
    if word not in ("clean", "quiet"):
        want["type"] = TYPES[args[0]]
        want["forged"] = frames["forged"]
        want["genuine"] = frames["genuine"]
        if args[0] == "hijack":  # the SYN-ACK decides; what follows on its numbers may be named
            want["allowed"] = want["forged"][1:]
            want["forged"] = want["forged"][:1]
    else:
        want["traps"] = frames["benign-trap"]
    want["exit"] = 4 if "--cut" in args else EXIT[word]
    return want


def readme(name, want):
    text = f"# {name}\n\n{want['says']}.\n\nMade by `{want['made_by']}`; "
    text += "`tests/cases/make.py` makes it again, byte for byte.\n"
    if want["expect"] == "clean":
        counted = f"; what is counted is called {', '.join(want['traffic'])}" if "traffic" in want else ""
        return text + f"Expected: nothing is called forged, a stack break or undecidable{counted}.\n"
    if want["expect"] == "quiet":
        return text + "Expected: nothing is called forged or a stack break.\n"
    frames = ", ".join(map(str, want["forged"]))
    words = {"forged": "exactly frames %s are called forged.", "flagged": "frames %s are called forged or suspect, no other forged.",
             "noticed": "an incident names some of frames %s, no other frame is called forged.",
             "undecidable": "a conflict about frames %s, and no word on which side is forged."}
    return text + "Expected: " + words[want["expect"]] % frames + "\n"


def same(path, content):
    try:
        with open(path, "rb") as f:
            return f.read() == content
    except FileNotFoundError:
        return False


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    gen, check = sys.argv[1], "--check" in sys.argv[2:]
    wrong = 0
    for name, word, says, line in CASES:
        args = line.split()
        file = "input.pcapng" if "pcapng" in args else "input.pcap"
        with tempfile.TemporaryDirectory() as tmp:
            rows = build(gen, args, f"{tmp}/{file}", f"{tmp}/truth")
            with open(f"{tmp}/{file}", "rb") as f:
                data = f.read()
        want = expectation(word, says, args, rows, file)
        if name in COUNTED:
            want["traffic"] = COUNTED[name]
        made = {file: data, "expect.json": (json.dumps(want, indent=1) + "\n").encode(),
                "README.md": readme(name, want).encode()}
        folder = os.path.join(HERE, name)
        if not check:
            os.makedirs(folder, exist_ok=True)
        for part, content in made.items():
            path = os.path.join(folder, part)
            if check and not same(path, content):
                print(f"differs: {name}/{part}")
                wrong += 1
            elif not check and not same(path, content):
                with open(path, "wb") as f:
                    f.write(content)
    print(f"{len(CASES)} cases, {wrong} files differ" if check else f"{len(CASES)} cases made")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
