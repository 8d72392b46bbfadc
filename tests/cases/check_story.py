#!/usr/bin/env python3
"""Holds what comity-gen writes of floods, scans, crowds and the chain to the story it tells.

usage: check_story.py COMITY-GEN [SCENARIO...]

With a reader of its own: packets and requests are counted and must be as many as the
story says, between the frames it names; checksums are right; the same arguments give the
same bytes; the site suffers while the flood lasts and not before or after; the packed
script unpacks to the targets; what both captures of the chain have is the same, as far
apart as the clocks are said to be; the log says what the capture shows.
"""
import calendar
import json
import re
import struct
import subprocess
import sys
import tempfile
import time

from check_generator import Wrong, datagram, read_v4, total

NO_COUNT = ("dhcp",)  # planted are the questions of some of the stations


def ask(gen, args):
    return subprocess.run([gen, *args], check=True, capture_output=True).stdout


def episodes(gen, scenario):
    for line in ask(gen, ["list"]).decode().splitlines():
        part = line.split("\t")
        if part[0] == scenario and part[1]:
            yield part[1]


def addr(b):
    return ".".join(map(str, b))


def packets(data):
    """(frame, time, source, destination, protocol, source port, destination port, flags, payload)"""
    for n, (t, frame) in enumerate(records(data), 1):
        ip = datagram(frame)
        got, ip = read_v4(ip), ip[:struct.unpack_from(">H", ip, 2)[0]]
        src, dst, proto = addr(ip[12:16]), addr(ip[16:20]), ip[9]
        if got is None or proto not in (6, 17):
            yield n, t, src, dst, proto, 0, 0, 0, b"", ip
            continue
        body = got[3]
        if total(ip[12:20] + struct.pack(">II", proto, len(body)) + body) != 0xFFFF:
            raise Wrong(f"frame {n}: transport checksum")
        sport, dport = struct.unpack_from(">HH", body)
        head = (body[12] >> 4) * 4 if proto == 6 else 8
        yield n, t, src, dst, proto, sport, dport, body[13] if proto == 6 else 0, body[head:], ip


def records(data):
    """Microseconds and bytes of each frame of a pcap or pcapng file."""
    return blocks(data) if data[:4] == b"\x0a\x0d\x0d\x0a" else stamps(data)


def stamps(data):
    at = 24
    while at < len(data):
        sec, usec, cap, _ = struct.unpack_from("<IIII", data, at)
        yield sec * 1000000 + usec, data[at + 16:at + 16 + cap]
        at += 16 + cap


def blocks(data):
    at = 0
    while at < len(data):
        kind, size = struct.unpack_from("<II", data, at)
        if kind == 6:
            hi, lo, cap = struct.unpack_from("<III", data, at + 12)
            yield hi << 32 | lo, data[at + 28:at + 28 + cap]
        at += size


def when(text):
    sec, frac = text.rstrip("Z").split(".")
    return calendar.timegm(time.strptime(sec, "%Y-%m-%dT%H:%M:%S")) * 1000000 + int(frac) // 1000


def told(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def mine(p, packet):
    """Is it one of those that were planted, in a capture with nothing else in it?"""
    _, _, src, dst, proto, sport, _, flags, _, _ = packet
    if "source" in p:
        return src == p["source"]
    if p["name"] == "resolver":
        return dst == p["target"] and sport == 53
    if p["kind"] == "syn-flood":
        return dst == p["target"] and proto == 6 and flags == 2
    return dst == p["target"]


def is_request(payload):
    return payload[:4] == b"GET " and b" HTTP/1.1\r\n" in payload


def check_counts(gen, scenario, episode, folder):
    args = [scenario, "--only", episode, "--packets", "900", "--no-background", "--before", "1", "--after", "1"]
    out, story = f"{folder}/x.pcap", f"{folder}/story"
    subprocess.run([gen, *args, "--out", out, "--story", story], check=True)
    with open(out, "rb") as f:
        data = f.read()
    if ask(gen, args) != data:
        raise Wrong("another time, other bytes")
    if ask(gen, [*args, "--seed", "99"]) == data:
        raise Wrong("another seed, the same bytes")
    whole = list(packets(data))
    planted = told(story)["planted"]
    for p in planted:
        if p["name"] in NO_COUNT or len(planted) > 1:
            continue
        seen = [x for x in whole if mine(p, x)]
        if len(seen) != p["packets"] or not seen:
            raise Wrong(f"{len(seen)} packets, the story says {p['packets']}")
        if (seen[0][0], seen[-1][0]) != (p["first_frame"], p["last_frame"]):
            raise Wrong(f"frames {seen[0][0]} to {seen[-1][0]}, the story says {p['first_frame']} to {p['last_frame']}")
        if (seen[0][1], seen[-1][1]) != (when(p["from"]), when(p["to"])):
            raise Wrong("times are not those of the story")
        asked = sum(is_request(x[8]) for x in seen)
        if "requests" in p and asked != p["requests"]:
            raise Wrong(f"{asked} requests, the story says {p['requests']}")
    return len(whole), sum(p["packets"] for p in planted)


def share(part, whole):
    return len(part) / len(whole) if whole else None


def answered_syns(whole, site, from_us, to_us):
    """Share of the ordinary visitors' first SYNs that got a SYN-ACK."""
    syns = {(x[2], x[5]) for x in whole if x[3] == site and x[7] == 2 and from_us <= x[1] < to_us}
    back = {(x[3], x[6]) for x in whole if x[2] == site and x[7] == 0x12}
    return share(syns & back, syns)


def errors(whole, site, from_us, to_us):
    """Share of 503 among the answers, and the median time from a request to its answer."""
    asked, took, codes = {}, [], []
    for x in whole:
        if x[3] == site and is_request(x[8]):
            asked[x[2], x[5]] = x[1]
        elif x[2] == site and x[8][:9] == b"HTTP/1.1 " and (x[3], x[6]) in asked:
            begun = asked.pop((x[3], x[6]))
            if from_us <= begun < to_us:
                codes.append(x[8][9:12])
                took.append(x[1] - begun)
    return share([c for c in codes if c == b"503"], codes), sorted(took)[len(took) // 2] / 1000 if took else None


def check_effect(gen, folder):
    lines = []
    for episode, args in (("http", ["--packets", "12K"]), ("udp", ["--packets", "60K", "--rate-pps", "4K"])):
        out, story = f"{folder}/x.pcap", f"{folder}/story"
        subprocess.run([gen, "flood", "--only", episode, *args, "--out", out, "--story", story], check=True)
        p = told(story)["planted"][0]
        with open(out, "rb") as f:
            whole = [x for x in packets(f.read()) if x[4] == 6]
        begin, end = when(p["planned_from"]), when(p["planned_to"])
        parts = ((0, begin - 1000000), (begin + 4000000, end), (end + 12000000, 1 << 62))
        syn = [answered_syns(whole, p["target"], *x) for x in parts]
        slow = [errors(whole, p["target"], *x) for x in parts]
        if syn[0] < 0.99 or syn[2] < 0.99 or syn[1] > 0.95:
            raise Wrong(f"{episode}: SYNs answered before, during, after: {syn}")
        if slow[1][1] < 10 * slow[0][1] or slow[2][1] > 3 * slow[0][1]:
            raise Wrong(f"{episode}: milliseconds before, during, after: {[x[1] for x in slow]}")
        if episode == "http" and (slow[0][0] > 0 or slow[1][0] < 0.2 or slow[2][0] > 0):
            raise Wrong(f"{episode}: errors before, during, after: {[x[0] for x in slow]}")
        lines.append(f"{episode}: SYNs answered {syn[1]:.2f}, {slow[1][1]:.0f} ms for {slow[0][1]:.0f} ms")
    return "; ".join(lines)


def digits(n, base):
    chars = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return (digits(n // base, base) if n >= base else "") + chars[n % base]


def unpack(script):
    """p,a,c,k,e,r by its table; never by running it."""
    m = re.search(r"\}\('((?:[^'\\]|\\.)*)',(\d+),(\d+),'([^']*)'\.split\('\|'\),0,\{\}\)\)", script)
    if not m:
        raise Wrong("the script is not of the packer's form")
    text, base, count, words = re.sub(r"\\(.)", r"\1", m[1]), int(m[2]), int(m[3]), m[4].split("|")
    if len(words) != count:
        raise Wrong(f"{len(words)} words, {count} are said")
    table = {digits(i, base): w for i, w in enumerate(words) if w}
    return re.sub(r"\w+", lambda x: table.get(x[0], x[0]), text)


def scripts(whole, truth):
    """The bodies of the forged bursts, by client."""
    parts = {}
    for x in whole:
        if x[0] in truth and x[8]:
            seq = struct.unpack_from(">I", x[9], 24)[0]
            parts.setdefault((x[3], x[6]), []).append((seq, x[8]))
    for (client, _), pieces in parts.items():
        base = pieces[0][0]
        stream = b"".join(p for _, p in sorted(pieces, key=lambda p: (p[0] - base) & 0xFFFFFFFF))
        yield client, stream.split(b"\r\n\r\n", 1)[1].decode()


def same_key(x):
    """What no hop changes."""
    return x[2], x[3], x[5], x[6], x[9][4:6], x[9][20:]


def check_both(b, v, chain, site):
    """Whatever goes between the bystanders and the site is in both captures."""
    there = {}
    for x in v:
        there.setdefault(same_key(x), []).append(x)
    ways = {True: [], False: []}
    for x in (x for x in b if site in (x[2], x[3])):
        other = there.get(same_key(x))
        if not other:
            raise Wrong(f"frame {x[0]} of the bystanders is not in the victim's capture")
        hops = x[9][8] - other[0][9][8]
        if hops != (chain["hops_between"] if x[3] == site else -chain["hops_between"]):
            raise Wrong(f"{hops} hops")
        if len(other) == 1:
            ways[x[3] == site].append(other[0][1] - x[1])
    middle = (min(ways[True]) + max(ways[False])) / 2  # the queue is the same both ways
    drift = chain["drift_ppb"] * 120 / 1000  # microseconds in two minutes
    if not -2000 <= middle - chain["skew_ns"] / 1000 <= 2000 + drift:
        raise Wrong(f"the clocks are {middle} us apart, the story says {chain['skew_ns']} ns")
    return len(ways[True]) + len(ways[False])


def check_causes(whole, left_out=()):
    """Nobody acknowledges what has not come."""
    ends = {}
    for x in (x for x in whole if x[4] == 6):
        here, there = (x[2], x[5], x[3], x[6]), (x[3], x[6], x[2], x[5])
        if f"{x[2]}:{x[5]}>{x[3]}:{x[6]}" in left_out or f"{x[3]}:{x[6]}>{x[2]}:{x[5]}" in left_out:
            continue
        seq, ack = struct.unpack_from(">II", x[9], 24)
        end = (seq + len(x[8]) + bool(x[7] & 3)) & 0xFFFFFFFF
        if x[7] & 2 or here not in ends or (end - ends[here]) & 0xFFFFFFFF < 1 << 31:
            ends[here] = end
        if x[7] & 0x10 and there in ends and 0 < (ack - ends[there]) & 0xFFFFFFFF < 1 << 31:
            raise Wrong(f"frame {x[0]} acknowledges what has not come")


def check_flooders(b, chain, site, bodies):
    table = [[0, 0], [0, 0]]
    clients = {c["address"]: c for c in chain["clients"]}
    asked = {}
    for x in b:
        if x[3] == site and is_request(x[8]) and any(t.split("/", 3)[3].encode() in x[8][:40] for t in chain["targets"]):
            asked.setdefault(x[2], []).append(x[1])
            if b"Cookie:" in x[8] or f"Referer: http://{site}".encode() in x[8] or b"Referer: http://" not in x[8]:
                raise Wrong(f"frame {x[0]}: not a request of the flood's kind")
    for address, times in asked.items():
        c = clients.get(address)
        if c is None or len(times) != c["requests"] or times[0] != when(c["first_request"]):
            raise Wrong(f"{address} asks {len(times)} times from {times[0]}; the story says {c}")
        table[c["script_seen"]][1] += 1
    if table[1][1] != chain["with_script_in_flood"] or table[0][1] != chain["without_script_in_flood"]:
        raise Wrong(f"in the flood {table}, the story says otherwise")
    if len(bodies) != chain["injected"]:
        raise Wrong(f"{len(bodies)} bursts, the story says {chain['injected']}")


def check_log(path, form, v, chain, site):
    """Each request with a query of its own stands in the log, at the same second."""
    seen = {}
    for x in v:
        if x[3] == site and is_request(x[8]):
            seen.setdefault((x[2], x[8].split(b" ", 2)[1].decode()), x[1])
    n = 0
    with open(path, encoding="utf-8") as f:
        for line in f:
            n += 1
            if form == "json":
                r = json.loads(line)
                client, target = r["remote_addr"], r["request_uri"]
                t = float(r["msec"]) - float(r["request_time"])
                slack = 0.01
            else:
                m = re.match(r'(?:mirror\.example:80 )?(\S+) - - \[([^]]+) \+0000\] "GET (\S+) HTTP/1.1" \d+ [\d-]+', line)
                client, target, slack = m[1], m[3], 1
                t = calendar.timegm(time.strptime(m[2], "%d/%b/%Y:%H:%M:%S"))
            if "?" not in target:
                continue
            begun = seen.get((client, target))
            if begun is None or not -0.01 <= begun / 1e6 - t <= slack:
                raise Wrong(f"log line {n}: {begun} in the capture")
    if n < chain["bystander_requests"]:
        raise Wrong(f"{n} lines")
    return n


def check_chain(gen, form, folder):
    args = ["chain", "--clients", "150", "--elsewhere", "60", "--rate", "8000", "--background", "5", "--skew", "-2750",
            "--drift", "20000", "--log-form", form, "--before", "10", "--after", "10"]
    files = {k: f"{folder}/{k}" for k in ("b.pcapng", "v.pcapng", "log", "story", "truth")}
    full = [*args, "--bystander", files["b.pcapng"], "--victim", files["v.pcapng"], "--log", files["log"],
            "--story", files["story"], "--truth", files["truth"]]
    kept = []
    for _ in range(2):
        subprocess.run([gen, *full], check=True)
        kept.append([open(path, "rb").read() for path in files.values()])
    if kept[0] != kept[1]:
        raise Wrong("another time, other bytes")
    story = told(files["story"])
    chain, site = story["chain"], story["planted"][0]["target"]
    b, v = list(packets(kept[0][0])), list(packets(kept[0][1]))
    with open(files["truth"], encoding="utf-8") as f:
        forged = {int(r[0]) for r in (line.split("\t") for line in f if line[0].isdigit()) if r[2] == "forged"}
    bodies = list(scripts(b, forged))
    for _, body in bodies:
        urls = re.findall(r'"(https?://[^"]+)"', unpack(body))
        if urls != chain["targets"]:
            raise Wrong(f"the script asks {urls}, the story says {chain['targets']}")
    both = check_both(b, v, chain, site)
    check_causes(b)
    check_causes(v)
    check_flooders(b, chain, site, bodies)
    lines = check_log(files["log"], form, v, chain, site)
    flood = story["planted"][1]
    asked = sum(1 for x in v if x[3] == site and is_request(x[8])
                and re.match(rb"GET /(greatfire|cn-nytimes)/\?\d+ ", x[8]))
    if asked != flood["requests"]:
        raise Wrong(f"{asked} requests at the victim, the story says {flood['requests']}")
    return f"{len(b)} and {len(v)} frames, {both} in both, {len(bodies)} scripts, {lines} lines"


def by_flow(whole):
    """Packets by client:port>server:port; the server's port is 80 or 53."""
    out = {}
    for x in whole:
        a, b = f"{x[2]}:{x[5]}", f"{x[3]}:{x[6]}"
        out.setdefault(f"{a}>{b}" if x[6] in (53, 80) else f"{b}>{a}", []).append(x)
    return out


def seq_of(x):
    return struct.unpack_from(">I", x[9], 24)[0]


def essence(x):
    return x[6] == 80, seq_of(x), x[7], x[8]


def stream(side, packets_of):
    data = {seq_of(x): x[8] for x in packets_of if (x[6] == 80) == side and x[8]}
    return b"".join(data[k] for k in sorted(data))


def options(x):
    opt, at, out = x[9][40:20 + (x[9][32] >> 4) * 4], 0, {}
    while at < len(opt):
        size = 1 if opt[at] < 2 else opt[at + 1]
        out[opt[at]] = opt[at + 2:at + size]
        at += size
    return out


def only_once(a, b, events):
    """What is at one place only is what the story says."""
    here, there = sorted(map(essence, a)), sorted(map(essence, b))
    for e in events:
        if e["frame_a"] and not e["frame_b"]:
            here.remove(next(essence(x) for x in a if x[0] == e["frame_a"]))
        if e["frame_b"] and not e["frame_a"]:
            there.remove(next(essence(x) for x in b if x[0] == e["frame_b"]))
    if here != there:
        raise Wrong("at one place only, and not in the story")


def check_way(episode, a, b, events, story):
    if episode in ("plain", "loss", "born", "suppressed", "nat", "scrub"):
        only_once(a, b, events)
    if episode == "scrub" and any(x[9][6] & 0x40 for x in b):
        raise Wrong("DF is set at B")
    if episode == "clamp":
        syns = [options(x) for x in b if x[7] & 2]
        if any(struct.unpack(">H", o[2])[0] != 1380 or 8 in o for o in syns):
            raise Wrong("options of a SYN at B")
    if episode == "one-sided" and any(x[6] != 80 for x in b):
        raise Wrong("an answer at B")
    if episode == "changed":
        there = {essence(x)[:3] + (len(x[8]),): x for x in b}
        other = {x[0]: there[essence(x)[:3] + (len(x[8]),)] for x in a}
        changed = {(n, y[0]) for n, y in other.items() if y[8] != next(x[8] for x in a if x[0] == n)}
        if changed != {(e["frame_a"], e["frame_b"]) for e in events}:
            raise Wrong(f"changed are {sorted(changed)}")
    if episode in ("recut", "syn-proxy") and (stream(False, a), stream(True, a)) != (stream(False, b), stream(True, b)):
        raise Wrong("not the same bytes")
    if episode == "recut" and (len(b) >= len(a) or max(len(x[8]) for x in b) <= 1460):
        raise Wrong("nothing is joined")
    if episode == "syn-proxy":
        first = [min(seq_of(x) for x in side if x[6] != 80 and x[8]) for side in (a, b)]
        if (first[0] - first[1]) & 0xFFFFFFFF != story["sequence_shift"]:
            raise Wrong("the numbers are shifted by something else")


def check_vantage(gen, folder):
    files = {k: f"{folder}/{k}" for k in ("a.pcapng", "b.pcapng", "story", "truth", "truth-b")}
    args = ["vantage", "--skew", "-300", "--drift", "30000", "--out", files["a.pcapng"], "--out-b", files["b.pcapng"],
            "--story", files["story"], "--truth", files["truth"], "--truth-b", files["truth-b"]]
    kept = []
    for _ in range(2):
        subprocess.run([gen, *args], check=True)
        kept.append([open(path, "rb").read() for path in files.values()])
    if kept[0] != kept[1]:
        raise Wrong("another time, other bytes")
    story = told(files["story"])["vantage"]
    a, b = list(packets(kept[0][0])), list(packets(kept[0][1]))
    here, there = by_flow(a), by_flow(b)
    for flow in story["flows"]:
        events = [e for e in story["events"] if e["flow"] == flow["flow_a"]]
        try:
            check_way(flow["episode"], here[flow["flow_a"]], there.get(flow["flow_b"], []), events, story)
        except Wrong as e:
            raise Wrong(f"{flow}: {e}") from e
    check_causes(a, {e["flow"] for e in story["events"]})
    check_causes(b, {e["flow"] for e in story["events"]} | {f["flow_b"] for f in story["flows"]
                                                           if f["episode"] in ("gap", "one-sided")})
    names = [e for e in story["events"] if e["flow"].endswith(":53")]
    for flow in here:
        if flow.endswith(":53"):
            only_once(here[flow], there[flow], [e for e in names if e["flow"] == flow])
    if len(names) != 3:
        raise Wrong("forged names")
    low, high = when(story["gap_from"]), when(story["gap_to"])
    if any(low < x[1] < high for x in b) or not any(low + 300000 < x[1] < high + 300000 for x in a):
        raise Wrong("the gap is not one")
    return f"{len(a)} and {len(b)} frames, {len(story['flows'])} flows, {len(story['events'])} events"


def answers(whole):
    """The bytes after the head of each server's first answer, by flow."""
    for flow, of in by_flow(whole).items():
        text = stream(False, of)
        if text:
            yield flow, of, text.split(b"\r\n\r\n", 1)


def run_told(gen, args, folder):
    out, story, marks = f"{folder}/x.pcap", f"{folder}/story", f"{folder}/truth"
    subprocess.run([gen, *args, "--out", out, "--story", story, "--truth", marks], check=True)
    with open(out, "rb") as f:
        data = f.read()
    if ask(gen, args) != data:
        raise Wrong("another time, other bytes")
    with open(marks, encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f if line[0].isdigit()]
    return list(packets(data)), told(story), rows


def check_many(gen, episode, folder):
    """As many answers have the commonest body (or Location) as the story says, from many addresses."""
    whole, story, rows = run_told(gen, ["inject-many", "--only", episode], folder)
    p = story["planted"][0]
    same = {}
    for flow, _, (head, body) in answers(whole):
        place = re.search(rb"Location: (\S+)", head)
        same.setdefault((place and place[1], body), []).append(flow)
    most = max(same.values(), key=len)
    servers = {f.split(">")[1] for f in most}
    if len(most) != p["same_body"] or len(servers) < 5:
        raise Wrong(f"{len(most)} answers of {len(servers)} servers, the story says {p['same_body']}")
    kind = "forged" if p["verdict"] == "forged" else "benign-trap"
    if {r[3] for r in rows if r[2] == kind} != set(most):
        raise Wrong("the truth names other flows")
    return f"{len(whole)} frames, {len(most)} of {p['answers']} answers, {len(servers)} servers"


def quoted_ports(whole):
    for x in whole:
        if x[4] == 1 and x[9][20] == 11:
            if total(x[9][20:]) != 0xFFFF or total(x[9][28:48]) != 0xFFFF:
                raise Wrong(f"frame {x[0]}: checksum")
            yield struct.unpack_from(">H", x[9], 48)[0]


def check_probe(gen, folder):
    whole, story, rows = run_told(gen, ["inject-probe", "--connections", "12"], folder)
    p = story["probe"]
    ttl_of = {x[5]: x[9][8] for x in whole if x[3] == p["target"] and is_request(x[8]) and x[9][8] <= p["target_hop"]}
    hit = {int(re.search(r":(\d+)>", r[3])[1]) for r in rows if r[2] == "forged"}
    died = set(quoted_ports(whole))
    for row in p["by_ttl"]:
        ports = {port for port, ttl in ttl_of.items() if ttl == row["ttl"]}
        seen = len(ports), len(ports & hit), len(ports & died)
        if seen != (row["sent"], row["injected"], row["exceeded"]):
            raise Wrong(f"TTL {row['ttl']}: {seen}, the story says {row}")
        if row["injected"] and row["ttl"] < p["injector_hop"]:
            raise Wrong("injected too near")
    return f"{len(whole)} frames, {len(ttl_of)} probes, {len(hit)} hit, {len(died)} died"


def check_rate(gen, folder):
    whole, story, rows = run_told(gen, ["inject-rate"], folder)
    p = story["rate"]
    hit = {r[3] for r in rows if r[2] == "forged"}
    sources, later = {}, 0
    for flow, of in by_flow(whole).items():
        first = of[0][2] not in sources
        sources.setdefault(of[0][2], flow)
        data = [x for x in of if x[6] == 80 and x[8]]
        if flow in hit and not (first and is_request(data[0][8])):
            raise Wrong(f"{flow} can not have been hit")
        later += not first
    if len(hit) != sum(g["injected"] for g in p["groups"]) or len(by_flow(whole)) != sum(g["connections"] for g in p["groups"]):
        raise Wrong("the groups do not add up")
    again = sum(len([x for x in of if x[6] == 80 and is_request(x[8])]) > 1 for f, of in by_flow(whole).items() if f in hit)
    if again != p["requests_repeated"]:
        raise Wrong(f"{again} requests are repeated, the story says {p['requests_repeated']}")
    return f"{len(whole)} frames, {len(hit)} hit of {len(sources)} sources, {later} later connections"


def attempt(what, run, *args):
    with tempfile.TemporaryDirectory() as folder:
        try:
            print(f"ok   {what}: {run(*args, folder)}")
            return 0
        except Wrong as e:
            print(f"FAIL {what}: {e}")
            return 1


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    gen, wanted = sys.argv[1], sys.argv[2:] or ("flood", "crowd", "scan", "effect", "chain", "vantage", "inject")
    failed = 0
    for scenario in ("flood", "crowd", "scan"):
        for episode in episodes(gen, scenario) if scenario in wanted else ():
            failed += attempt(f"{scenario} {episode}", check_counts, gen, scenario, episode)
    if "effect" in wanted:
        failed += attempt("effect", check_effect, gen)
    for form in ("common", "combined", "json", "vhost", "timed") if "chain" in wanted else ():
        failed += attempt(f"chain {form}", check_chain, gen, form)
    if "vantage" in wanted:
        failed += attempt("vantage", check_vantage, gen)
    for episode in episodes(gen, "inject-many") if "inject" in wanted else ():
        failed += attempt(f"inject-many {episode}", check_many, gen, episode)
    if "inject" in wanted:
        failed += attempt("inject-probe", check_probe, gen)
        failed += attempt("inject-rate", check_rate, gen)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
