"""What was measured, as tables for people and as plots; and where they go in the document."""
import os
import re

import assessments
import inputs
import log_report
import plot
from tables import grid

BEGIN, END = "<!-- begin {}: tests/bench/run.py -->", "<!-- end {} -->"


def percent(limit, took):
    return f"{100 * limit / took:.0f}" if limit and took else "-"


def hashing_rate(r, found):
    """Bytes a second of one core at best: of the library on one message, or ours on many of the packets' size."""
    got = found.get("limits", {})
    mean = r["bytes"] / max(1, r["packets"]) - 16
    if r["hashes"] == "file":
        return got.get("openssl", 0.0)
    return max([way[min(way, key=lambda size: abs(int(size) - mean))] for way in got.get("lanes", {}).values()], default=0.0)


def hashing_seconds(r, found):
    rate = hashing_rate(r, found) if r.get("hashes") else 0.0
    return r["bytes"] / rate / (r["cores"] or 1) if rate else 0.0


def speed_row(r, found):
    wall = r["wall_s"]
    dossier = r.get("reads") == "dossier"
    return [r["name"], str(r["runs"]), f"{wall:.3f} ({r['wall_least_s']:.3f}-{r['wall_most_s']:.3f})", f"{r['cpu_s']:.3f}",
            f"{r['peak_mib']:.0f}", "-" if dossier else f"{r['bytes'] / wall / 1e9:.2f}",
            "-" if dossier else f"{r['packets'] / wall / 1e6:.2f}", f"{r['ratio']:.2f}", f"{r['cpu_ratio']:.2f}",
            "-" if dossier else percent(r.get("read_limit_s"), wall), percent(hashing_seconds(r, found), wall), r["finds"]]


def speed(kind, got, found):
    head = ["command", "runs", "wall s (least-most)", "CPU s", "peak MiB", "GB/s", "M packets/s", "times tcpdump: wall", "CPU",
            "% of reading", "% of SHA-256", "finds"]
    out = [f"### {kind}: {inputs.SAYS[kind]}; {got['bytes'] / 1e9:.3f} GB, {got['packets'] / 1e6:.3f} M packets", "",
           f"`{got['command']}`", ""]
    out += grid(head, [speed_row(r, found) for r in got["rows"]])
    if got["slow"]:
        some = got["slow"][0]
        out += [f"Slower ones, on a smaller file of the same kind ({some['bytes'] / 1e9:.3f} GB, {some['packets'] / 1e6:.3f} M packets), "
                "in turn with tcpdump on that file:", ""]
        out += grid(head, [speed_row(r, found) for r in got["slow"]])
    out += [f"Not measured, since it failed: {', '.join(got['failed'])}.", ""] if got["failed"] else []
    return out + [f"![Packets a second, {kind}](performance/speed-{kind}.svg)", ""]


def limits(found):
    got = found["limits"]
    rows = [[f"memory read, {n[-1]} thread{'s' * (n[-1] != '1')}" if n != "copy" else "memory copied", f"{v / 1e9:.1f} GB/s"]
            for n, v in got["memory"].items()]
    rows.append(["SHA-256, one core: openssl speed -evp sha256 -bytes 16384", f"{got['openssl'] / 1e9:.2f} GB/s"])
    rows += [[f"SHA-256, one core: ours on many messages, {way}", ", ".join(f"{size} B: {rate / 1e9:.2f}" for size, rate in sizes.items()) +
              " GB/s"] for way, sizes in got["lanes"].items()]
    for kind, i in found["inputs"].items():
        for name, says in (("touch", "every byte touched"), ("walk", "every record's header looked at"), ("walk-touch", "both")):
            x = i["limits"][name]
            rate = f", {x['packets'] / x['seconds'] / 1e6:.1f} M packets/s" if x["packets"] else ""
            rows.append([f"{kind}, mapped from the page cache: {says}", f"{x['seconds']:.3f} s, {x['bytes'] / x['seconds'] / 1e9:.1f} GB/s{rate}"])
    return grid(["limit, best of five", "measured"], rows)


def part(n, of):
    return f"{n / of:.4f}" if of else "-"


def quality_of(kind, got):
    rows = []
    for n, c in [*got["classes"].items(), ("**all that carry data**", got["data"]), ("**bare resets**", got["bare"])]:
        rows.append([n, str(c["all"])] + [part(c[k], c["all"]) for k in ("reported", "blamed", "forged")])
    out = [f"`{kind}`:", ""] + grid(["class", "forged frames", "recall: it or its genuine twin is reported",
                                     "blamed: forged or suspect", "called forged"], rows)
    words = (("frames called forged", "called_forged", "rightly", "are"), ("frames blamed", "blamed", "blamed_rightly", "are forged"),
             ("flows reported", "flows", "flows_rightly", "hold a forged frame"))
    says = "; ".join(f"of {got[n]:,} {what} {got[right]:,} {verb} ({part(got[right], got[n])})" for what, n, right, verb in words)
    cut = f" Left out, as its genuine twin lies beyond the end of the file: {got['cut']}." if got["cut"] else ""
    return out + [f"Precision: {says}.{cut}", ""]


def quality(found):
    return sum((quality_of(kind, got) for kind, got in found["quality"].items()), [])


def kernels(found):
    got = found["kernels"]
    if not got:
        return ["No valgrind on that machine.", ""]
    rows = [[c["name"], f"{c['instructions'] / 1e6:,.1f}", f"{c['instructions'] / max(1, c['packets']):,.0f}",
             ", ".join(f"{n} {100 * v / max(1, c['instructions']):.0f} %" for n, v in c["heaviest"])] for c in got["commands"]]
    out = grid(["command, small input", "M instructions", "a packet", "heaviest functions, by themselves"], rows)
    out += grid(["SHA-256 of many messages, by way", "instructions a block"], [[n, f"{v:,.0f}"] for n, v in got["ways"].items()])
    for bench in got["kernels"]:
        rows = [[n, f"{v / 1e6:,.1f}"] for n, v in [("all", bench["instructions"]), *bench["heaviest"]]]
        out += grid([f"in {bench['name']}", "M instructions"], rows)
    return out


def cores(found):
    rows = []
    for kind, i in found["inputs"].items():
        ours = [r for r in i["rows"] if r.get("ours") and r["cores"]]
        for one in (r for r in ours if r["cores"] == 1):
            word = one["name"].split(",")[0]
            for more in (r for r in ours if r["cores"] > 1 and r["name"].startswith(word + ",")):
                rows.append([f"{word}, {kind}", f"{one['wall_s']:.3f}", f"{more['wall_s']:.3f}", f"{one['wall_s'] / more['wall_s']:.2f}"])
    return grid(["command", "wall s, one core", "wall s, all cores", "times faster"], rows)


def shape(found):
    rows = [[kind, what, there, here.get(what, "-")] for kind, here in found["shape"].items()
            for what, there in inputs.THERE[kind].items()]
    return grid(["input", "what", "the peers' bench", "here"], rows)


def scale(found):
    out = []
    for key, what in (("bytes", "bytes of file"), ("mss", "longest segment"), ("flows", "flows")):
        points = found["scale"][key]
        words = [w for w in ("tcpdump", "inspect", "seal") if w in points[0]]
        rows = [[str(p["x"]), f"{p['bytes'] / 1e6:.0f}", f"{p['packets'] / 1e6:.2f}"] + [f"{p[w]:.3f}" for w in words] +
                [f"{p[w] / p['packets'] * 1e9:.0f}" for w in words] + [f"{p['inspect_mib']:.0f}"] for p in points]
        out += grid([what, "MB", "M packets"] + [f"{w}: CPU s" for w in words] + [f"{w}: ns a packet" for w in words] +
                    ["inspect: MiB"], rows)
    return out + ["![Time and size of the file](performance/scale-bytes.svg)", "",
                  "![Time and size of packets](performance/scale-packet.svg)", "",
                  "![Time and number of flows](performance/scale-flows.svg)", "",
                  "![Memory and number of flows](performance/memory-flows.svg)", ""]


def pipe(found):
    got = found["pipe"]
    at = [(gb, next((mib for sent, mib in got["samples"] if sent >= gb), None)) for gb in (0.5, 1, 2, 5, 10, 20, 30, 40, 50)]
    rows = [[f"{gb:g}", f"{mib:.0f}"] for gb, mib in at if mib is not None]
    return [f"`comity-gen big --bytes {got['gb']}G | comity inspect --json -`: {got['seconds']:.0f} s, at most {got['peak_mib']:.0f} MiB "
            "of own memory over all processes of `inspect`.", ""] + grid(["GB that went in", "MiB"], rows) + [
                "![Memory and bytes through a pipe](performance/memory-pipe.svg)", ""]


def machine(found):
    return [found["machine"], ""]


BLOCKS = {"machine": machine, "limits": limits, "quality": quality, "kernels": kernels, "shape": shape, "scale": scale, "pipe": pipe,
          "log": log_report.block, "assess": assessments.block}


def blocks(found):
    """{name of a generated part: its lines}, of what was measured this time.  The log and assessments, which are often measured
    alone, say their machine by themselves."""
    if set(found) <= {"machine", "log", "assess"}:
        found = {name: got for name, got in found.items() if name != "machine"}
    out = {name: make(found) for name, make in BLOCKS.items() if found.get(name)}
    if found.get("inputs"):
        out["speed"] = sum((speed(k, i, found) for k, i in found["inputs"].items()), [])
        out["cores"] = cores(found)
    return out


def seconds(r):
    """Wall seconds, but of those who sleep whole seconds at their end."""
    return r["cpu_s"] if r.get("sleeps") else r["wall_s"]


KINDS = ("Comity", "finds injection or conflicts", "finds neither")


def speed_plot(kind, got):
    rows = []
    for r in sorted((r for r in got["rows"] + got["slow"] if r.get("reads") != "dossier"), key=lambda r: -r["packets"] / seconds(r)):
        rate = r["packets"] / seconds(r)
        name = re.sub(r"^comity (\w+(?: --file-digest)?)[^,]*", r"comity \1", r["name"]) + (" (by CPU)" if r.get("sleeps") else "")
        rows.append((name, rate, 0 if r.get("ours") else 1 if r["finds"] in ("conflicts", "forgeries") else 2, short_rate(rate)))
    x = got["limits"]["walk-touch"]
    return plot.dots(f"{kind}: packets a second", "packets a second (wall, whole process; powers of ten)", rows, KINDS,
                     limit=("every record and byte touched", x["packets"] / x["seconds"]))


def short_rate(rate):
    return f"{rate / 1e6:.2f} M" if rate >= 1e5 else f"{rate / 1e3:.0f} k"


def plots_of_scale(got):
    def series(key, x, y):
        return [(w, [(x(p), y(p, w)) for p in got[key]]) for w in ("inspect", "seal", "tcpdump") if w in got[key][0]]

    return {
        "scale-bytes": plot.lines("Time against size of the file (http)", "size of the file, MB", "CPU seconds",
                                  series("bytes", lambda p: p["bytes"] / 1e6, lambda p, w: p[w])),
        "scale-packet": plot.lines("Time against size of packets (http)", "mean bytes a packet, on the wire", "CPU nanoseconds a packet",
                                   series("mss", lambda p: p["bytes"] / p["packets"] - 16, lambda p, w: p[w] / p["packets"] * 1e9)),
        "scale-flows": plot.lines("Time against number of flows (packets of 100 bytes)", "flows at a time (powers of ten)",
                                  "CPU nanoseconds a packet", series("flows", lambda p: number(p["x"]),
                                                                     lambda p, w: p[w] / p["packets"] * 1e9), log_x=True),
        "memory-flows": plot.lines("Memory against number of flows", "flows at a time (powers of ten)", "own memory at its peak, MiB",
                                   [("inspect", [(number(p["x"]), p["inspect_mib"]) for p in got["flows"]])], log_x=True),
    }


def number(word):
    return float(word[:-1]) * {"K": 1e3, "M": 1e6, "G": 1e9}[word[-1]] if word[-1] in "KMG" else float(word)


def plots(found):
    out = {f"speed-{kind}": speed_plot(kind, i) for kind, i in found.get("inputs", {}).items()}
    if found.get("scale"):
        out |= plots_of_scale(found["scale"])
    if found.get("pipe"):
        out["memory-pipe"] = plot.lines("Memory while reading a pipe (comity-gen big)", "GB that went in",
                                        "own memory, all processes, MiB", [("inspect", found["pipe"]["samples"])])
    if found.get("log"):
        out |= log_report.plots(found["log"])
    return out


def write(path, found):
    """Replaces the generated parts of the document; what stands around them stays."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    for name, lines in blocks(found).items():
        begin, end = BEGIN.format(name), END.format(name)
        if begin not in text or end not in text:
            raise SystemExit(f"{path}: no place for the part `{name}`: it needs a line `{begin}` and a line `{end}`")
        head, rest = text.split(begin, 1)
        text = head + begin + "\n\n" + "\n".join(lines) + "\n" + end + rest.split(end, 1)[1]
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    folder = os.path.splitext(path)[0]
    os.makedirs(folder, exist_ok=True)
    for name, svg in plots(found).items():
        with open(os.path.join(folder, name + ".svg"), "w", encoding="utf-8") as f:
            f.write(svg)
