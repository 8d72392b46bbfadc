#!/usr/bin/env python3
"""comity compare on real captures and on made ones: each is held against what another place would have
captured of the same traffic (vantage.py), of which it is known what is missing in it.

usage: compare.py real CAPTURES MANIFEST | way CAPTURE | story GENERATOR     ($COMITY: the program; works in the current folder)
"""
import argparse
import json
import os
import shutil
import subprocess
import sys

import vantage

COMITY = os.environ["COMITY"]
SKEW, WAY, HOPS = 3250000123, 7000000, 3


def compare(a, b, *more):
    run = subprocess.run([COMITY, "compare", "--json", a, b, *more], capture_output=True, text=True, check=False)
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    return run.returncode, lines, lines[-1] if lines else {}


def found(lines, what, place="a"):
    return sorted(n for x in lines if x["type"] == "finding" and x["what"] == what for n in x["frames"][place])


def tell(name, wrong):
    print(f"FAIL {name}: {wrong}" if wrong else f"ok {name}")


def options(**named):
    a = argparse.Namespace(skew=SKEW, way=WAY, hops=HOPS, loss=0, cut=0, random=0, lower_mss=0, drift=0, without="", nat="",
                           gap="")
    for k, v in named.items():
        setattr(a, k, v)
    return a


def beat(link, t):
    """A datagram of somebody else's: the capture is running still."""
    ip = bytearray(b"\x45\0\0\x28\x12\x34\0\0\x40\x11\0\0\xc6\x33\x64\x63\xcb\0\x71\x63" + b"\x10\0\x20\0\0\x14\0\0still here.")
    ip += bytes(40 - len(ip))
    head = {1: b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0", 113: bytes(14) + b"\x08\0", 0: b"\2\0\0\0"}.get(link, b"")
    data = bytearray(head) + ip
    vantage.seal_ip(data, len(head))
    return [t, data, len(data)]


def two_places(path, **named):
    """Writes a.pcap and b.pcap; what was left out."""
    link, frames = vantage.read(path)
    frames.append(beat(link, max(f[0] for f in frames) + 1000000000))
    vantage.write("a.pcap", link, frames)
    out, left_out = vantage.there(options(**named), link, frames)
    vantage.write("b.pcap", link, out)
    return left_out


def as_pcap(path):
    with open(path, "rb") as f:
        if f.read(4) != b"\n\r\r\n":
            return path
    if shutil.which("editcap") is None:
        return None
    subprocess.run(["editcap", "-F", "nsecpcap", path, "plain.pcap"], check=True)
    return "plain.pcap"


# ---- real captures ----


def wrong_of(lines, whole, code, forged):
    if code != (1 if forged else 0) and code != 4:
        return f"exit {code}"
    if found(lines, "born") != forged or found(lines, "born", "b"):
        return f"born are {found(lines, 'born')}, not {forged}"
    for what in ("suppressed", "rewritten", "lost", "unseen"):
        if whole["packets"][what]:
            return f"{whole['packets'][what]} {what}"
    if whole["holes"] != {"a": 0, "b": 0} or whole["evicted"] or whole["outside"]:
        return f"holes {whole['holes']}, evicted {whole['evicted']}, outside {whole['outside']}"
    return None


def wrong_clock(clock):
    if clock["how"] == "unknown":
        return None
    low, high = clock.get("least_ns"), clock.get("most_ns")
    if clock["how"] == "both-ways" and not low <= SKEW <= high:
        return f"the offset is said to lie between {low} and {high}"
    if clock["drift_ppb"] != 0:
        return f"it is said to drift by {clock['drift_ppb']}"
    return None


def real(captures, manifest):
    """What was forged between client and server is what compare says was born there, and nothing else is."""
    with open(manifest, encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f if "\t" in line and not line.startswith(("#", "file"))]
    for name, class_, _, frames in rows:
        source = os.path.join(captures, name)
        path = as_pcap(source) if os.path.exists(source) else None
        if path is None:
            print(f"skip {name}: it is not there, or there is no editcap")
            continue
        forged = [int(n) for n in frames.split(",")] if class_ == "INJECT" else []
        # Within one microsecond there and back is nowhere on earth: some were written so.
        two_places(path, without=",".join(map(str, forged)), way=WAY if forged else 10000)
        code, lines, whole = compare("a.pcap", "b.pcap")
        tell(name, wrong_of(lines, whole, code, forged) or wrong_clock(whole["clock"]))


# ---- what a way does ----


def rewrites(lines):
    return " | ".join(x["what"] for x in lines if x["type"] == "rewrite")


def nothing(lines, whole):
    bad = {k: v for k, v in whole["packets"].items() if v and k in ("born", "suppressed", "rewritten")}
    return f"{bad}, {lines[0]}" if bad else None


def way(path):
    _, frames = vantage.read(path)
    two_places(path)
    code, lines, whole = compare("a.pcap", "b.pcap")
    hops = {whole[k]["hops"][x] for k in ("a_to_b", "b_to_a") for x in ("usual", "least", "most")}
    clock = whole["clock"]
    tell("the distance is exact", hops != {HOPS} and f"{hops}")
    tell("the offset is exact, within the way", (clock["middle_ns"], clock["least_ns"], clock["most_ns"]) !=
         (SKEW, SKEW - WAY, SKEW + WAY) and clock)
    tell("all is seen at both", whole["a_to_b"]["both"] + whole["b_to_a"]["both"] < len(frames) and whole)

    left = two_places(path, loss=30, random=7)
    code, lines, whole = compare("a.pcap", "b.pcap")
    tell("a capture that drops accuses nobody", nothing(lines, whole) or (code != 0 and f"exit {code}"))
    n = whole["a_to_b"]["only_a"] + whole["b_to_a"]["only_a"]
    tell("and what it lacks is counted", n != len(left) and f"{n}, not {len(left)}")
    code, swapped, other = compare("b.pcap", "a.pcap")
    same = [whole[k] == other[k] for k in ("packets", "copies")] + [whole["holes"]["b"] == other["holes"]["a"]]
    tell("B and A for each other say the same", not all(same) and f"{whole} {other}")

    two_places(path, gap="0.2,1.5")
    _, lines, whole = compare("a.pcap", "b.pcap")
    tell("a gap of a capture accuses nobody", nothing(lines, whole))

    two_places(path, nat="203.0.113.9", lower_mss=1300)
    code, lines, whole = compare("a.pcap", "b.pcap")
    tell("a NAT is seen through", nothing(lines, whole) or (whole["flows"]["only_a"] and whole["flows"]))
    tell("and told once", rewrites(lines).count("(NAT)") != 1 and rewrites(lines))
    tell("a lower MSS is told", "MSS 1400 -> 1300" not in rewrites(lines) and rewrites(lines))

    two_places(path, cut=500)
    code, lines, whole = compare("a.pcap", "b.pcap")
    tell("segments cut anew are the same bytes", nothing(lines, whole) or
         ((whole["a_to_b"]["only_b"] or whole["b_to_a"]["only_b"]) and whole))
    tell("and told once", rewrites(lines).count("cut anew") != 1 and rewrites(lines))
    unmapped()


def unmapped():
    """An attack put into a real stream by hand, byte by byte."""
    link, frames = vantage.read("a.pcap")
    k = next(i for i, f in enumerate(frames) if len(f[1]) > 500 and vantage.tcp_at(f[1], vantage.ip_at(link, f[1])))
    at = vantage.ip_at(link, frames[k][1])
    changed = bytearray(frames[k][1])
    changed[-200:-190] = b"EVIL BYTES"
    vantage.seal_tcp(changed, at, vantage.tcp_at(changed, at))
    out, _ = vantage.there(options(), link, frames[:k] + [[frames[k][0], changed, frames[k][2]]] + frames[k + 1:])
    vantage.write("b.pcap", link, out)
    code, lines, _ = compare("a.pcap", "b.pcap")
    tell("ten other bytes are found", (code != 1 or found(lines, "rewritten") != [k + 1]) and lines[:2])


def shifted(path):
    """editcap moves the clock; nothing of ours made this one."""
    if shutil.which("editcap") is None:
        print("skip a clock moved by editcap: there is no editcap")
        return
    subprocess.run(["editcap", "-F", "pcap", "-t", "-86399.25", path, "moved.pcap"], check=True)
    code, lines, whole = compare(path, "moved.pcap")
    tell("a clock moved by editcap is found to the microsecond",
         (code != 0 or whole["clock"]["middle_ns"] != -86399250000000) and whole["clock"])


# ---- made captures, with a story ----


def story(gen):
    told = subprocess.run([gen, "list"], capture_output=True, text=True, check=True).stdout
    if not told.startswith("vantage\t") and "\nvantage\t" not in told:
        print("skip the generator's two captures: it makes none")
        return
    for seed, ms, ppb in ((1, 0, 0), (2, -300, 30000), (3, 7200000, -20000), (4, 12, 0)):
        subprocess.run([gen, "vantage", "--seed", str(seed), "--skew", str(ms), "--drift", str(ppb), "--out", "a.pcapng", "--out-b",
                        "b.pcapng", "--story", "story", "--truth", "t", "--truth-b", "u"], check=True)
        with open("story", encoding="utf-8") as f:
            s = json.load(f)["vantage"]
        held(seed, ms, s, *compare("a.pcapng", "b.pcapng"))


def frames_of(events, what, place):
    return sorted(e[place] for e in events if e["what"] == what and e[place])


def held(seed, ms, s, code, lines, whole):
    name = f"story {seed}: "
    tell(name + "what was born", (code != 1 or found(lines, "born") != frames_of(s["events"], "born", "frame_a")) and
         f"{found(lines, 'born')}, not {frames_of(s['events'], 'born', 'frame_a')}")
    # A request that was held back and sent again is lost, as far as anybody can tell.
    held_back = set(frames_of(s["events"], "suppressed", "frame_a"))
    said = set(found(lines, "suppressed"))
    again = held_back & set(found(lines, "lost"))
    tell(name + "what was suppressed", (said | again != held_back or not said or found(lines, "suppressed", "b")) and
         f"{said} and {again}, not {held_back}")
    same = found(lines, "rewritten") == frames_of(s["events"], "rewritten", "frame_a") and \
        found(lines, "rewritten", "b") == frames_of(s["events"], "rewritten", "frame_b")
    tell(name + "what was rewritten", not same and found(lines, "rewritten"))
    lost = all(n in found(lines, "lost", p) for p in ("a", "b") for n in frames_of(s["events"], "lost", "frame_" + p))
    tell(name + "what was lost", not lost and found(lines, "lost"))
    hops = (whole["a_to_b"]["hops"]["usual"], whole["b_to_a"]["hops"]["usual"])
    tell(name + "how many hops", hops != (s["hops_between"],) * 2 and hops)
    clock = whole["clock"]
    ours = s["skew_ns"] + (seconds(clock["at"]) - seconds("2024-01-01T00:00:00.000000000Z")) * s["drift_ppb"]
    tell(name + "the clocks", not clock["least_ns"] <= ours <= clock["most_ns"] and f"{ours}: {clock}")
    words = rewrites(lines)
    tell(name + "what is rewritten on the way", not all(w in words for w in ("client (NAT)", "shifted by a constant",
         "1460 -> 1380", "time stamps taken out of SYNs", "Don't Fragment cleared", "cut anew")) and words)


def seconds(text):
    h, m, rest = text[11:-1].split(":")
    return int(h) * 3600 + int(m) * 60 + float(rest)


if __name__ == "__main__":
    if sys.argv[1] == "real":
        real(*sys.argv[2:])
    elif sys.argv[1] == "way":
        way(sys.argv[2])
        shifted(sys.argv[2])
    else:
        story(sys.argv[2])
