"""How time and memory grow: with the size of the file, of the packets, with the number of flows, of cores; and with a
pipe that does not end."""
import os
import subprocess
import time

import inputs
import measure
import peers

BYTES = {"small": ("10M", "20M", "40M", "80M"), "full": ("50M", "100M", "200M", "400M", "800M")}
MSS = (64, 128, 256, 512, 1024, 1460)
MSS_PACKETS = {"small": "50K", "full": "400K"}
FLOWS = {"small": ("10", "100", "1K", "10K", "100K"), "full": ("10", "100", "1K", "10K", "100K", "1M")}
FLOW_PACKETS = {"small": "100K", "full": "1M"}
PIPE = {"small": 2, "full": 2, "long": 50}  # GB


def point(a, x, args, name):
    """Medians of `inspect`, of `seal` if there is one, and of tcpdump over one capture, which is removed again."""
    path, truth = inputs.make(a, args, name)
    size, packets = os.path.getsize(path), inputs.packets_of(path)
    case = peers.Case(a.comity, a.scratch)
    todo = {"inspect": peers.inspect(a.comity, path, 1)}
    if peers.knows(a.comity, "seal"):
        todo["seal"] = measure.Command("seal", [a.comity, "seal", path], cwd=case.folder, cores=1, before=case.fresh)
    out = {"x": x, "bytes": size, "packets": packets}
    for word, c in todo.items():
        row = measure.in_turn(c, peers.tcpdump(path), a.runs, size, packets)
        out[word] = row["cpu_s"]
        out[word + "_mib"] = row["peak_mib"]
        out["tcpdump"] = row["cpu_s"] / row["cpu_ratio"]
    os.remove(path)
    os.remove(truth)
    return out


def all_of(a):
    out = {"bytes": [], "mss": [], "flows": []}
    for n in BYTES[a.size]:
        out["bytes"].append(point(a, n, ["http-bench", "--rate", "5", "--bytes", n], f"bytes-{n}"))
    for n in MSS:
        args = ["http-bench", "--rate", "5", "--packets", MSS_PACKETS[a.size], "--mss", str(n)]
        out["mss"].append(point(a, n, args, f"mss-{n}"))
    for n in FLOWS[a.size]:
        args = ["flows", "--packets", FLOW_PACKETS[a.size], "--flows", n]
        out["flows"].append(point(a, n, args, f"flows-{n}"))
    return out


def sent_by(pid):
    with open(f"/proc/{pid}/io", encoding="ascii") as f:
        return int(f.read().split("wchar:")[1].split()[0])


def pipe(a, gigabytes):
    """Own memory of all processes of `inspect -` against the bytes that went in, a tenth of a second apart."""
    begin = time.monotonic()
    samples = [(0, 0)]
    with subprocess.Popen([a.generator, "big", "--bytes", f"{gigabytes}G"], stdout=subprocess.PIPE) as gen:
        def seen(kib):
            try:
                samples.append((sent_by(gen.pid), kib))
            except (OSError, IndexError):
                pass

        c = measure.Command("inspect -", [a.comity, "inspect", "--json", "-"], stdin=gen.stdout, good=(0, 1))
        top = measure.peak(c, every=0.1, seen=seen)
    return {"gb": gigabytes, "seconds": time.monotonic() - begin, "peak_mib": top / 1024,
            "samples": [[sent / 1e9, kib / 1024] for sent, kib in thinned(samples)]}


def thinned(samples):
    """At most 200, the highest of each stretch; those after the last byte, when processes end, are one."""
    last = samples[-1][0]
    going = [s for s in samples if s[0] < last] + [(last, max(kib for sent, kib in samples if sent == last))]
    step = max(1, len(going) // 200)
    return [max(going[i:i + step], key=lambda s: s[1]) for i in range(0, len(going), step)]
