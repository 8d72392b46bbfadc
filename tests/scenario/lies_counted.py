#!/usr/bin/env python3
"""A dossier's statements about floods, scans and chains, changed and signed again with the key of whoever made it.

usage: lies_counted.py COMITY COMITY-GEN

Each lie is met with an outcome of its own, in one clear line, in bounded memory and time: REFUSED or MALFORMED where
the form is broken, CONTRADICTED where the rows say otherwise, IN PART where they do not say enough.  What only the
sealer can know stays `the sender's word', and the report says so.  The dossier is mended around the lie, so that
nothing else can give it away (tests/interop/stranger/maker.py).
"""
import functools
import json
import os
import re
import resource
import sqlite3
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "interop", "stranger")]
sys.dont_write_bytecode = True

import capture  # noqa: E402
import maker  # noqa: E402
import table  # noqa: E402
import vantage  # noqa: E402
import zipfmt  # noqa: E402
from sealer import Sealer  # noqa: E402

MEMORY = 512 << 20
ENDS = {0: "HOLDS: ", 5: "HOLDS IN PART: ", 1: None, 4: "MALFORMED"}


class Lab:
    def __init__(self, comity, gen, folder):
        self.comity, self.gen, self.folder = os.path.abspath(comity), os.path.abspath(gen), folder
        self.run("init", "--name", "Lab")
        self.case = os.path.join(folder, ".comity")

    def run(self, *arguments, program=None):
        return subprocess.run([program or self.comity, *arguments], cwd=self.folder, capture_output=True, check=False,
                              stdin=subprocess.DEVNULL, timeout=120)

    def generate(self, *arguments):
        made = self.run(*arguments, program=self.gen)
        if made.returncode != 0:
            sys.exit(f"FAIL {arguments}: {made.stderr}")

    def investigate(self, *arguments):
        path = os.path.join(self.folder, "made.dossier")
        done = self.run("investigate", "-o", path, *arguments)
        if done.returncode != 1:
            sys.exit(f"FAIL investigate {arguments}: exit {done.returncode}: {done.stderr}")
        with open(path, "rb") as f:
            return maker.Remaker(zipfmt.read(f.read()), os.path.join(self.case, "key"))

    def verify(self, data, *options):
        path = os.path.join(self.folder, "lie.dossier")
        with open(path, "wb") as f:
            f.write(data)
        return subprocess.run([self.comity, "verify", "--signers", os.path.join(self.case, "allowed_signers"), *options, path],
                              cwd=self.folder, capture_output=True, text=True, errors="surrogateescape", check=False, timeout=60,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY)))


def judge(done, want, words):
    """None, or what is wrong with the answer: ${want} is the beginning of the last line."""
    out = " ".join((done.stdout + done.stderr).split())
    lines = done.stdout.strip().splitlines() or done.stderr.strip().splitlines() or [""]
    if done.returncode not in ENDS or done.returncode < 0:
        return f"exit {done.returncode}: {done.stderr[-200:]}"
    if not lines[-1].startswith(want):
        return f"'{lines[-1][:200]}', not {want}"
    if words not in out:
        return f"no '{words}' in {re.findall(r'-> [^>]*', out)[:3] or lines[-1][:300]}"
    return None


def tell(name, wrong):
    print(f"FAIL {name}: {wrong}" if wrong else f"ok {name}", flush=True)


def lie(lab, remaker, name, file, change, want, words=""):
    def edited(text):
        thing = json.loads(text)
        change(thing["predicate"])
        return json.dumps(thing).encode("utf-8")
    try:
        done = lab.verify(zipfmt.write(remaker.remake(file, edited)), "--report", os.path.join(lab.folder, "own.html"))
        tell(name, judge(done, want, words) or shows(done.stdout) or shows_page(lab))
    except subprocess.TimeoutExpired:
        tell(name, "no end within a minute")


def shows(text):
    """What would act on a terminal or in a page."""
    bad = [c for c in text if (ord(c) < 32 and c not in "\n\t") or 0x7f <= ord(c) < 0xa0 or ord(c) in (0x202e, 0x202d, 0x2066, 0x2067)
           or 0xdc80 <= ord(c) <= 0xdcff]
    return f"it prints {bad[:4]!r}" if bad else None


def shows_page(lab):
    try:
        with open(os.path.join(lab.folder, "own.html"), encoding="utf-8", errors="surrogateescape") as f:
            page = re.sub(r'(?s)<script type="application/json".*?</script>', "", f.read())  # nobody looks at these
    except FileNotFoundError:
        return None
    os.remove(os.path.join(lab.folder, "own.html"))
    return shows(page) or ("markup of others" if "<b onclick" in page or "<!--\ufffd" in page or "<script>alert" in page else None)


def put(*path, to):
    """Sets the member at the end of the path; a function is given what is there."""
    def change(x):
        for key in path[:-1]:
            x = x[key]
        x[path[-1]] = to(x[path[-1]]) if callable(to) else to
    return change


def both(*changes):
    def change(x):
        for one in changes:
            one(x)
    return change


def drop(*path):
    def change(x):
        for key in path[:-1]:
            x = x[key]
        del x[path[-1]]
    return change


REFUSED, MALFORMED, CONTRADICTED, PART, HOLDS = "REFUSED", "MALFORMED", "CONTRADICTED", "HOLDS IN PART", "HOLDS: "
HUGE = {"from": "2024-01-01T00:00:00.000000000Z", "width_ns": 1, "in": [1] * 10**6, "rest": [1] * 10**6, "out": [1] * 10**6}


def sign_of(t):
    return next(s for s in t["signs"])


# What is said of a flood of SYNs, of which a draw is shown.
COUNTED = [
    ("a packet more", put("drawn", "packets", to=lambda n: n + 1), CONTRADICTED, "other times, packets, bytes or rates come out"),
    ("more bytes", put("drawn", "bytes", to=lambda n: n * 2), CONTRADICTED, "other times, packets, bytes"),
    ("a higher peak", put("drawn", "peak_per_s", to=lambda n: n * 2), CONTRADICTED, "other times, packets"),
    ("an earlier begin", put("drawn", "from", to="2024-01-01T00:00:01.000000000Z"), CONTRADICTED, "other times"),
    ("ten times the packets in all", put("claimed", "packets", to=lambda n: n * 10), PART, "does not fit the draw"),
    ("a tenth in all", put("claimed", "packets", to=lambda n: n // 10), PART, "does not fit the draw"),
    ("another kind", put("kind", to="volume-flood"), CONTRADICTED, "nothing of the kind"),
    ("a kind nobody knows", put("kind", to="attack"), MALFORMED, "kind"),
    ("a crowd", put("verdict", to="surge"), CONTRADICTED, "nothing of the kind"),
    ("another port", put("port", to=443), CONTRADICTED, "nothing of the kind"),
    ("another protocol", put("proto", to=17), CONTRADICTED, "nothing of the kind"),
    ("a service", put("service", to="DNS"), CONTRADICTED, "nothing of the kind"),
    ("each row stands for half", put("thin", to=lambda n: n // 2), CONTRADICTED, ""),
    ("each row stands for all", put("thin", to=1), CONTRADICTED, ""),
    ("each row stands for more", put("thin", to=lambda n: n * 64), REFUSED, "draw"),
    ("a thinning that is none", put("thin", to=3), MALFORMED, "power of two"),
    ("a narrower range", put("range", 0, 1, to=lambda n: n - 1000), MALFORMED, "not in range"),
    ("a range beyond the table", put("range", 0, 1, to=2**39), REFUSED, "beyond the seal's rows"),
    ("a range beyond numbers", put("range", 0, 1, to=2**52), MALFORMED, "range"),
    ("a wider range", put("range", 0, 0, to=1), HOLDS, "are shut: the sender says that they have nothing to do with it"),
    ("a row less", put("support", 0, to=lambda rows: rows[:-1]), CONTRADICTED, ""),
    ("half of the rows", put("support", 0, to=lambda rows: rows[::2]), CONTRADICTED, ""),
    ("no rows", put("support", 0, to=[]), CONTRADICTED, ""),
    ("a row that was not drawn", put("support", 0, to=lambda rows: sorted(rows + [rows[5] + 1]) if rows[5] + 1 != rows[6] else rows),
     REFUSED, "draw"),
    ("a sign less", drop("signs", 0), CONTRADICTED, "comes out, too"),
    ("a sign renamed", lambda t: (sign_of(t).update(name="zz-proof"), t["signs"].sort(key=lambda s: s["name"])), CONTRADICTED,
     "does not come out"),
    ("another limit", lambda t: sign_of(t).update(limit=1), CONTRADICTED, "comes out differently"),
    ("another value", lambda t: sign_of(t).update(value=0), CONTRADICTED, "comes out differently"),
    ("a better base rate", lambda t: sign_of(t).update(base_rate="0 of 4,100 captures"), CONTRADICTED, "comes out differently"),
    ("a sign against for one for", lambda t: sign_of(t).update(against=True), CONTRADICTED, "comes out differently"),
    ("a series of a million", put("claimed", "series", to=HUGE), MALFORMED, ""),
    ("a hundred megabytes", put("claimed", "effect", to={"unseen": "x" * (100 << 20)}), MALFORMED, ""),
    ("another detector", put("detector", "name", to="better"), PART, "made by detector better"),
    ("a memory of its own", put("parameters", "memory", to=1 << 45), PART, "is not the published"),
    ("a name with an escape", put("claimed", "name", to="\x1b[2J\x1b]0;x\x07 <script>alert(1)</script> \u202egnp"), HOLDS, ""),
    ("an excuse with an escape", put("claimed", "effect", "unseen", to="\x1b[2J\x1b]0;x\x07 <script>alert(1)</script> \u202egnp"), HOLDS, ""),
    ("a service with an escape", put("service", to="\x1b[2J<script>alert(1)</script>\u202egnp"), CONTRADICTED, ""),
    ("a sign's name with an escape", lambda t: (sign_of(t).update(name="zz\x1b[2J<script>alert(1)</script>\u202e"),
                                               t["signs"].sort(key=lambda s: s["name"])), CONTRADICTED, ""),
    ("a target", put("target", to="192.0.2.1"), MALFORMED, "target"),
]




def wide(c):
    """Clocks that may be hours apart, so that any lag is known."""
    for k in c["clocks"]:
        if k["how"] != "same":
            k.update(least_ns=-10**13, most_ns=10**13)


def swap(c):
    c["clocks"].reverse()


CHAIN = [
    ("another table", put("table", "d", to=7), CONTRADICTED, "its table does not give that p"),
    ("a better p", put("table", "p_milli", to=99000), CONTRADICTED, "its table does not give that p"),
    ("fewer clients than shown", put("table", "a", to=1), MALFORMED, ""),
    ("no clients shown", put("clients", to=lambda rows: [[] for _ in rows]), PART, "0 clients got the script and asked for it; that it was 14"),
    ("half of the clients", put("clients", 0, to=lambda rows: rows[::2]), PART, "that it was 14 clients in all, and their times, is the"),
    ("rows of nobody for clients", put("clients", 0, to=lambda rows: [n + 3 for n in rows]), PART, "requests are shut or hidden"),
    ("requests of clients without script", lambda c: c.update(scripts=c["scripts"][:3]), CONTRADICTED, "by a client that got the script"),
    ("a script's rows for clients", lambda c: put("clients", 0, to=sorted(c["clients"][0][1:] + c["scripts"][0]["rows"][0][:1]))(c),
     CONTRADICTED, "a row of its clients is no first request"),
    ("another target", put("scripts", 0, "target", to=77), CONTRADICTED, "no such target"),
    ("another finding's rows", lambda c: c["scripts"][0].update(rows=c["scripts"][1]["rows"]), REFUSED, "does not accuse"),
    ("rows that nobody accuses", put("scripts", 0, "rows", 0, to=[1]), REFUSED, "does not accuse"),
    ("no layers", put("layers", to=[]), CONTRADICTED, "not wrapped as stated"),
    ("other layers", put("layers", to=["magic"]), CONTRADICTED, "not wrapped as stated"),
    ("a flood of elsewhere", put("floods", 0, to="ab" * 32), REFUSED, "a flood that is not in the dossier"),
    ("the flood twice", lambda c: c["floods"].append(c["floods"][0]), REFUSED, "joins a flood twice"),
    ("clocks swapped", swap, CONTRADICTED, "other times between script and request"),
    ("clocks that may be anything", wide, HOLDS, ""),
    ("two clocks of its own", lambda c: c.update(clocks=[{"how": "same"}] * 2), MALFORMED, ""),
    ("times before", both(put("lag", "least_ns", to=-5 * 10**9)), CONTRADICTED, "other times between script and request"),
    ("shorter times", both(put("lag", "least_ns", to=1), put("lag", "median_ns", to=2), put("lag", "most_ns", to=3)), CONTRADICTED,
     "other times between script and request"),
    ("no times", lambda c: c.update(lag={"before": 0, "known": 0}), CONTRADICTED, "other times between script and request"),
    ("more before", put("lag", "before", to=10**6), MALFORMED, ""),
    ("4,096 times one script", lambda c: c.update(scripts=[c["scripts"][0]] * 4096), CONTRADICTED, ""),
    ("a layer with an escape", put("layers", to=["\x1b[2J<script>alert(1)</script>\u202e"]), CONTRADICTED, ""),
    ("4,096 times one script and its client", lambda c: c.update(scripts=[c["scripts"][0]] * 4096, clients=[[] for _ in c["clients"]]),
     PART, ""),
    ("a detector that joins better", put("detector", "name", to="better"), HOLDS, ""),
    ("a name", put("host", to="victim.example"), MALFORMED, "host"),
]


def lies_about_a_chain(lab):
    lab.generate("chain", "--seed", "1", "--bystander", "b.pcap", "--victim", "v.pcap")
    lab.generate("flood", "--only", "syn", "--packets", "30000", "--out", "syn.pcap")
    remaker = lab.investigate("b.pcap", "v.pcap", "syn.pcap")
    kinds = {name: json.loads(remaker.files[name])["predicate"]["kind"] for name in remaker.files
             if re.fullmatch(r"traffic-\d+\.json", name)}
    syn = next(name for name, kind in kinds.items() if kind == "syn-flood")
    digest = maker.Made(remaker.files[syn]).digest
    tell("a chain as it was", judge(lab.verify(zipfmt.write(remaker.remake("chain-1.json", bytes))), HOLDS, "A script that made a flood"))
    for name, change, want, words in CHAIN:
        lie(lab, remaker, f"chain, {name}", "chain-1.json", change, want, words)
    lie(lab, remaker, "chain, another flood", "chain-1.json", put("floods", to=[digest]), CONTRADICTED,
        "of a kind that no script in a browser makes")
    lie(lab, remaker, "chain, a finding that is not called forged", "finding-1.json", put("verdict", to="undecidable"), REFUSED,
        "does not call forged")
    modest = both(put("table", to={"a": 14, "b": 400, "c": 579, "d": 3, "p_milli": 0}))
    lie(lab, remaker, "chain, one that its own table does not bear out", "chain-1.json", modest, HOLDS,
        "C1. A script that aims at what was flooded")


def shut_rows(lab, remaker):
    """The sender opens nine of ten rows that his draw gave."""
    seal, support = maker.Made(remaker.files["seal-1.json"]), json.loads(remaker.files["traffic-1.json"])["predicate"]["support"][0]
    with sqlite3.connect(f"file:{lab.case}/case.db?mode=ro", uri=True) as case:
        secret = case.execute("SELECT secret FROM exhibit WHERE x = ?", (bytes.fromhex(seal["exhibit"]),)).fetchone()[0]
    with open(os.path.join(lab.folder, "flood.pcap"), "rb") as f:
        rows = capture.cut_file(f.read())
    sealer = Sealer(bytes.fromhex(seal["exhibit"]), secret, [link for _, link in capture.COLUMNS], rows)
    kept = set(support) - set(support[::10])

    def choose(row, column):
        return table.OPEN if row in kept and column in (capture.HEADERS, capture.SRC, capture.DST) else table.SHUT
    shown = maker.shown_rows(sealer, choose)
    files = dict(remaker.files)
    files["seal-1.opening"] = sealer.open(bytes.fromhex(seal.digest), choose)
    files["seal-1.pcapng"] = maker.opened_rows(seal, shown)
    disclosure = json.loads(files["disclosure.json"])
    disclosure["predicate"]["shows"] = [maker.facts.shows(seal["kind"], maker.columns_of(seal), shown)]
    files["report.html"] = remaker.report(files, disclosure)
    again = maker.Remaker(files, remaker.key)
    return again.remake("disclosure.json", lambda _: json.dumps(disclosure).encode("utf-8"))


def lies_about_a_flood(lab):
    lab.generate("flood", "--only", "syn", "--packets", "30000", "--out", "flood.pcap")
    remaker = lab.investigate("flood.pcap")
    tell("a flood as it was", judge(lab.verify(zipfmt.write(remaker.remake("traffic-1.json", bytes))), HOLDS, ""))
    for name, change, want, words in COUNTED:
        lie(lab, remaker, f"flood, {name}", "traffic-1.json", change, want, words)
    tell("flood, rows of the draw are shut", judge(lab.verify(zipfmt.write(shut_rows(lab, remaker))), PART, "rows that it needs are shut"))


# ---- what stands in requests ----

HOSTILE = [b"\x1b[31m\x1b]0;x\x07.v", b"<b onclick=x>.", b"\xe2\x80\xaemoc.live\xe2\x80", b"\"'&<!--\xff\xfe\x80\x00\x7fz", b"${jndi:x}`id`;"]


def hostile_names(lab):
    """The same flood, for a host and with a path, of names that want more than to be read."""
    lab.generate("flood", "--only", "http", "--out", "asked.pcap")
    link, frames = vantage.read(os.path.join(lab.folder, "asked.pcap"))
    for n, name in enumerate(HOSTILE):
        changed = []
        for t, b, orig in frames:
            c = bytearray(b)
            at, host = vantage.ip_at(link, c), c.find(b"\r\nHost: mirror.example\r\n")
            if at is not None and host > 0:
                c[host + 8:host + 22] = name.ljust(14, b".")[:14]
                vantage.seal_tcp(c, at, vantage.tcp_at(c, at))
            changed.append([t, c, orig])
        vantage.write(os.path.join(lab.folder, "hostile.pcap"), link, changed)
        done = lab.run("inspect", "hostile.pcap")
        said = done.stdout.decode("utf-8", "surrogateescape")
        tell(f"hostile name {n}, inspect", shows(said) or (None if done.returncode in (0, 1) else f"exit {done.returncode}"))
        done = lab.run("inspect", "--json", "hostile.pcap")
        tell(f"hostile name {n}, JSON", functools.reduce(lambda bad, line: bad or not_json(line), done.stdout.splitlines(), None))
        out = os.path.join(lab.folder, "hostile.dossier")
        if lab.run("investigate", "-o", out, "hostile.pcap").returncode != 1:
            continue
        with open(out, "rb") as f:
            data = f.read()
        done = lab.verify(data, "--report", os.path.join(lab.folder, "own.html"))
        tell(f"hostile name {n}, verify", shows(done.stdout) or judge(done, HOLDS, ""))
        tell(f"hostile name {n}, report", shows_page(lab))


def not_json(line):
    try:
        return None if json.loads(line.decode("utf-8")) else "empty"
    except ValueError as e:
        return f"{e}: {line[:80]!r}"


def long_requests(lab):
    """A log of whose lines some have 64 KiB of path, of host, of referer."""
    line = '198.51.100.%d - - [18/Mar/2015:11:%02d:%02d +0000] "GET /%s?t=%d HTTP/1.1" 200 512 "http://%s/" "%s"\n'
    with open(os.path.join(lab.folder, "long.log"), "w", encoding="utf-8") as f:
        for i in range(6000):
            far = "x" * 65536 if i % 100 == 7 else "p"
            f.write(line % (i % 200 + 1, i // 600, i // 10 % 60, far, i * 7919, far[:65000] + ".example", "<u>" + far))
    done = lab.run("inspect", "long.log")
    tell("lines of 64 KiB", None if done.returncode in (0, 1, 4) and len(done.stdout) < 65536 else
         f"exit {done.returncode}, {len(done.stdout)} bytes")


def main():
    with tempfile.TemporaryDirectory(prefix="comity-lies-") as folder:
        lab = Lab(sys.argv[1], sys.argv[2], folder)
        lies_about_a_flood(lab)
        lies_about_a_chain(lab)
        hostile_names(lab)
        long_requests(lab)


if __name__ == "__main__":
    main()
