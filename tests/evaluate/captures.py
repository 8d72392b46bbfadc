"""The captures with known truth: real ones from the collection, and made ones.

Real: manifest-truth.tsv of tests/cases says what is known, MANIFEST.tsv of the collection where
each is from.  Made: one line of GENERATED with each seed.  Truth of floods and scans:
traffic-truth.tsv; made ones of these are in planted.py.
"""
import csv
import hashlib
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "cases"))

from manifest import truth as manifest_truth  # noqa: E402
from said import marked  # noqa: E402

# Who made the forged packets, where it is known; a source is one hand.
INJECTORS = {
    "fox-it__qi_local_SYNACK_curl_jsonip.pcap": "Fox-IT's demonstrator",
    "fox-it__qi_internet_SYNACK_curl_jsonip.pcap": "Fox-IT's demonstrator",
    "fox-it__qi_local_GET_slashdot_redirect.pcap": "Fox-IT's demonstrator",
    "fox-it__qi_local_SYNACK_putty_dl.pcap": "Fox-IT's demonstrator",
    "fox-it__id1.cn-inject.pcap": "a provider's box (id1.cn)",
    "citizenlab__adhose-trickle-riseupvpn.pcap": "Sandvine PacketLogic in Egypt",
    "amoghj8__spoofed.pcap": "a student's DNS tool",
}
TYPES = {
    "fox-it__id1.cn-inject.pcap": "race",
    "citizenlab__adhose-trickle-riseupvpn.pcap": "in-path",
    "amoghj8__spoofed.pcap": "DNS",
}
# Both bodies are somebody else's; by its owner's notes the second is the injected one.
BY_OWNER = {"fox-it__id1.cn-inject.pcap": [8]}

TYPE_OF = {
    "great-cannon": "in-path", "sandvine": "in-path", "sandvine-plain": "in-path", "hijack": "handshake",
    "rst": "reset", "rst-burst": "reset", "rst-single": "reset", "rst-then-data": "reset", "race-mimic": "perfect copy",
}

GENERATED = [
    ("great-cannon --connections 40 --rate 15000", 5), ("sandvine", 5), ("race", 5), ("race --ip 6", 5), ("mimic", 5),
    ("reset", 5), ("dns", 5), ("dns --ip 6", 5), ("hijack", 5), ("benign", 5), ("benign --ip 6", 5),
    ("http --bytes 6M --rate 20000", 2), ("http --bytes 6M --rate 0", 2), ("http-bench --bytes 6M", 2),
    ("mix --packets 20000", 2), ("mix-bench --packets 30K", 2),
]


class Capture:
    def __init__(self, name, path, kind, origin):
        self.name, self.path, self.kind, self.origin = name, path, kind, origin
        self.real = True
        self.source = name
        self.expect, self.frames = None, []
        self.forged = {}  # frame -> type
        self.classes = {}  # frame -> class, of made ones
        self.twin = {}
        self.undetermined = False  # ambiguous, or a conflict by design: neither counted as forged nor as benign
        self.must, self.must_not = [], []

    def sha256(self):
        digest = hashlib.sha256()
        with open(self.path, "rb") as f:
            for part in iter(lambda: f.read(1 << 20), b""):
                digest.update(part)
        return digest.hexdigest()


def type_of(name):
    if name in TYPE_OF:
        return TYPE_OF[name]
    if name.startswith("dns"):
        return "DNS"
    return "in-path" if name.startswith(("sandvine", "great-cannon")) else "race"


def tsv(path):
    with open(path, encoding="utf-8", newline="") as f:
        lines = [line for line in f if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def collection():
    return os.path.join(os.environ.get("COMITY_SHARED") or os.path.join(ROOT, "..", "shared"), "captures")


def traffic_truth():
    return {row["file"]: (row["must"].split(), row["must_not"].split())
            for row in tsv(os.path.join(HERE, "traffic-truth.tsv"))}


def real():
    """Those that are there, and how many are not."""
    folder = collection()
    listed = os.path.join(folder, "MANIFEST.tsv")
    origins = {row["file"]: f"{row['repo']} {row['path']}" for row in tsv(listed)} if os.path.exists(listed) else {}
    traffic = traffic_truth()
    found, absent = [], 0
    for name, kind, expect, frames in manifest_truth():
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            absent += 1
            continue
        c = Capture(name, path, kind, origins.get(name, "unknown"))
        c.expect, c.frames = expect, frames
        c.source = INJECTORS.get(name, name.split("__")[0])
        c.undetermined = kind in ("AMBIGUOUS", "OVERLAP")
        if kind == "INJECT":
            c.forged = {f: TYPES.get(name, "race") for f in BY_OWNER.get(name, frames)}
        c.must, c.must_not = traffic.get(name, ([], []))
        found.append(c)
    return found, absent


def episodes(generator):
    """{scenario: its episodes}"""
    run = subprocess.run([generator, "list"], capture_output=True, text=True, check=True)
    out = {}
    for line in run.stdout.splitlines():
        scenario, episode, *_ = line.split("\t")
        out.setdefault(scenario, []).extend([episode] if episode else [])
    return out


def generated(generator, folder):
    """Makes them in ${folder}."""
    known = episodes(generator)
    for line, seeds in GENERATED:
        if line.split()[0] not in known:
            continue
        for seed in range(1, seeds + 1):
            yield make(generator, folder, f"{line} --seed {seed}")


def place(folder, line):
    return os.path.join(folder, "".join(x if x.isalnum() else "-" for x in line))


def make(generator, folder, line):
    at = place(folder, line)
    subprocess.run([generator, *line.split(), "--out", at + ".pcap", "--truth", at + ".tsv"], check=True)
    c = Capture(line, at + ".pcap", "GENERATED", f"comity-gen {line}")
    c.real, c.source = False, line.split()[0]
    for frame, (name, kind, _, twin) in marked(at + ".tsv").items():
        if kind == "forged":
            c.forged[frame], c.classes[frame], c.twin[frame] = type_of(name), name, twin
    return c
