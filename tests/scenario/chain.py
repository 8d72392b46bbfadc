#!/usr/bin/env python3
"""Does inspect tell the story that was planted?  And captures of which the story is another.

usage: chain.py told STORY INSPECT.json NAME [ROWS-BEFORE-EACH-FILE...]   every figure against the story
       chain.py untold INSPECT.json NAME    no flood is said to be a script's
       chain.py aim IN.pcap OUT.pcap        the scripts aim at another host
       chain.py quiet STORY IN OUT          clients with script never ask (pcap, or a log)

Prints `ok' and `FAIL' lines.
"""
import json
import math
import re
import sys

import vantage

VICTIM = bytes([203, 0, 113, 10])


def check(name, good, seen=""):
    print(f"ok {name}" if good else f"FAIL {name}: {seen}")


def load(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def story(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def ns(text):
    """Nanoseconds of a day."""
    h, m, s, frac = re.search(r"T(\d\d):(\d\d):(\d\d)\.(\d+)Z", text).groups()
    return (int(h) * 3600 + int(m) * 60 + int(s)) * 10**9 + int(frac.ljust(9, "0"))


def chance(t):
    """Fisher's exact test, one-sided, as a power of ten."""
    a, b, c, d = (t[x] for x in ("script_asked", "script_not", "none_asked", "none_not"))
    ways = sum(math.comb(a + b, k) * math.comb(c + d, a + c - k) for k in range(a, min(a + b, a + c) + 1))
    return math.log10(ways) - math.log10(math.comb(a + b + c + d, a + c))


def frames(chain, before):
    """As numbers of the whole run; files of a run are in order of their names."""
    names = sorted({chain["file"]} | {f["file"] for f in chain["script_frames"] if isinstance(f, dict)})
    place = dict(zip(names, before or [0]))
    return {f["frame"] + place[f["file"]] if isinstance(f, dict) else f + place[chain["file"]]
            for f in chain["script_frames"]}


def script_told(s, c, before):
    check("the chain's host and paths are the script's targets",
          sorted(f"http://{c['chain']}{p}" for p in c["paths"]) == sorted(s["targets"]), c["paths"])
    check("instead of what", c["instead_of"] == [s["script_host"] + s["script_path"]], c["instead_of"])
    check("it asks every two seconds, and busts caches", c["period_ms"] == s["period_ms"] == 2000 and c["busts_caches"])
    check("it was unpacked", c["layers"] == "packer", c["layers"])
    check("as many scripts as were injected", c["scripts"] == s["injected"], (c["scripts"], s["injected"]))
    hit = {x["script_frame"] for x in s["clients"] if x["script_seen"]}
    check("the clients' scripts are among them", hit <= frames(c, before), sorted(hit - frames(c, before)))


def table_told(s, c):
    t = c["table"]
    check("with script, in the flood", t["script_asked"] == s["with_script_in_flood"], t)
    check("without script, in the flood", t["none_asked"] == s["without_script_in_flood"], t)
    got = t["script_asked"] + t["script_not"]
    check("clients with script are all that were hit", got == c["script_clients"], t)
    check("and no more than were injected", t["script_asked"] <= got <= s["injected"], t)
    check("all who were there count once", sum(t.values()) <= s["bystanders"] and
          sum(t.values()) >= s["bystanders"] * 9 // 10, t)
    p = -float(c["p_at_most"].removeprefix("10^-"))
    check("chance is as small as the table says", p - 0.01 <= chance(t) <= p + 0.0001, (p, chance(t)))
    check("and that is tiny", p < -6, p)


def lags_told(s, c):
    true = sorted(ns(x["first_request"]) - ns(x["script_at"]) for x in s["clients"] if x["script_seen"])
    lag, slack = c["lag"], 3000000
    check("lags of all that asked", c["before"] == 0 and lag["of"] == len(true), (c["before"], lag))
    for word, want in (("least", true[0]), ("median", true[len(true) // 2]), ("most", true[-1])):
        got = lag[word + "_ms"] * 1000000
        check(f"the {word} lag is true", abs(got - want) <= slack + lag["unsure_ms"] * 1000000, (got, want))


def clocks_told(s, c):
    for f in c["floods"]:
        k = f["clock"]
        skew = {s["skew_ns"], s["skew_ns"] + s["drift_ppb"] * 120}
        check(f"the clock of vantage {f['vantage']} is between its bounds ({k['how']})",
              k["least_ns"] <= min(skew) and max(skew) <= k["most_ns"], (k, skew))
        check(f"and these are no wider than they must be ({f['vantage']})",
              k["most_ns"] - k["least_ns"] <= (2 * s["way_least_ns"] + 40000000 if k["how"] == "both-ways" else 2 * 10**9 + 10**8), k)


def floods_told(s, planted, c, findings, places):
    """${places}: numbers of the vantages that show the flood."""
    there = [f for f in findings if f.get("kind") == "http-flood"]
    check("the flood is named once per vantage", len(there) == len(places) and
          sorted(f["vantage"] for f in c["floods"]) == places, [(f["file"], f["from"]) for f in there])
    truth = next(p for p in planted if p["where"] == "victim")
    for f in there:
        name = f["file"]
        check(f"as a flood, {name}", f["verdict"] == "flood", f["verdict"])
        check(f"with its requests, {name}", 0.9 <= f["packets"] / truth["requests"] <= 1.15, (f["packets"], truth["requests"]))
        check(f"its clients, {name}", 0.9 <= f["sources"] / truth["clients"] <= 1.1, (f["sources"], truth["clients"]))
        check(f"its paths, {name}", [p["text"] for p in sorted(f["http"]["paths"][:2], key=lambda p: p["text"])] ==
              sorted(truth["paths"]), f["http"]["paths"])
        check(f"its sites, {name}", 0.8 <= f["http"]["referers_seen"] / truth["referer_sites"] <= 1.2, f["http"]["referers_seen"])
        check(f"its cache-buster, {name}", f["http"]["cache_buster"] == truth["buster"], f["http"]["cache_buster"])
        check(f"its period, {name}", truth["period_least_ms"] - 50 <= f["http"]["period_ms"] <= truth["period_most_ms"] + 50,
              f["http"]["period_ms"])
        if f["target"] is not None:
            check(f"whom it hit, {name}", (f["target"], f["port"]) == (truth["target"], truth["port"]), f["target"])
    for f in c["floods"]:
        check(f"clients in both places, vantage {f['vantage']}",
              (f["shared_clients"], f["shared_with_script"]) == (
                  s["with_script_in_flood"] + s["without_script_in_flood"], s["with_script_in_flood"]), f)


def told(path, said, name, before):
    s, findings = story(path), load(said)
    chains = [f for f in findings if "chain" in f]
    check(f"{name}: one chain", len(chains) == 1, len(chains))
    if len(chains) != 1:
        return
    c, there = chains[0], story(path)["chain"]
    places = sorted({f["vantage"] for f in c["floods"]})
    files = {f["file"] for f in findings if f.get("kind") == "http-flood"}
    check(f"{name}: every vantage with the flood is in it", len(files) == len(places), (files, places))
    forged = [f for f in findings if f.get("type") == "injection"]
    check(f"{name}: every injection is forged", len(forged) == there["injected"] and
          all(f["verdict"] == "forged" for f in forged), len(forged))
    script_told(there, c, before)
    table_told(there, c)
    lags_told(there, c)
    clocks_told(there, c)
    floods_told(there, s["planted"], c, findings, places)


def untold(said, name):
    """A script that aims may be told of; that it made a flood, not."""
    chains = [f for f in load(said) if "chain" in f]
    check(f"{name}: no flood is said to be a script's", not any(c["made_a_flood"] for c in chains), chains)
    check(f"{name}: no client with script shows in one",
          not any(f["shared_with_script"] for c in chains for f in c["floods"]), chains)


def aim(path, out):
    link, frames_ = vantage.read(path)
    n = 0
    for f in frames_:
        at = vantage.ip_at(link, f[1])
        if b"|mirror|" in f[1]:
            f[1][:] = f[1].replace(b"|mirror|", b"|nobody|")
            vantage.seal_tcp(f[1], at, vantage.tcp_at(f[1], at))
            n += 1
    vantage.write(out, link, frames_)
    print(n)


def quiet(path, source, out):
    gone = {x["address"] for x in story(path)["chain"]["clients"] if x["script_seen"]}
    if source.endswith(".log"):
        with open(source, encoding="utf-8") as f, open(out, "w", encoding="utf-8") as g:
            g.writelines(line for line in f if not any(a in line for a in gone))
        return
    link, frames_ = vantage.read(source)
    addresses = {bytes(map(int, a.split("."))) for a in gone}

    def stays(frame):
        at = vantage.ip_at(link, frame[1])
        if at is None:
            return True
        pair = set(vantage.ends(frame[1], at))
        return not (VICTIM in pair and pair & addresses)
    vantage.write(out, link, [f for f in frames_ if stays(f)])


def main():
    what, *rest = sys.argv[1:]
    if what == "told":
        told(rest[0], rest[1], rest[2], [int(n) for n in rest[3:]])
    else:
        {"untold": untold, "aim": aim, "quiet": quiet}[what](*rest)


if __name__ == "__main__":
    main()
