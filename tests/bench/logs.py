"""The log: how it grows, what lasts on a disk and how fast, what one statement waits for, our witness beside Sigsum's."""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import witness

# Entries in memory; of a folder; with --long; seconds of appending; rounds of commands; how the witnesses are asked.
SIZES = {
    "small": {"memory": 10 ** 7, "grown": 6, "seconds": 1, "rounds": 5, "one": 100, "clients": "1,64", "runs": 1, "asked": 1},
    "full": {"memory": 10 ** 8, "grown": 7, "seconds": 4, "rounds": 21, "one": 500, "clients": "1,16,64", "runs": 3, "asked": 3},
}
LONG = 8           # powers of ten
ENTRY_BYTES = 200  # of a disk, a little more than an entry takes
WITNESSES = 3
SETTLE = 6  # seconds for the disk, after files were removed or servers were started


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def words_of(*argv, cores=0):
    """What it prints, a list of words for each line; on the first ${cores}."""
    first = sorted(os.sched_getaffinity(0))[:cores]
    got = subprocess.run(argv, check=True, stdout=subprocess.PIPE, text=True,
                         preexec_fn=(lambda: os.sched_setaffinity(0, first)) if cores else None)
    return [line.split() for line in got.stdout.splitlines()]


def numbers(names, row):
    return dict(zip(names, (float(x) for x in row)))


# ---- in memory ----

MEMORY = ("entries", "growth_m_s", "settle_us", "make_us", "cold_us", "check_us", "bytes", "c_make_us", "c_cold_us", "c_check_us",
          "c_bytes", "entry_bytes")


def memory(a, size):
    rows = words_of(os.path.join(a.benches, "bench_log"), str(size["memory"]), cores=1)
    return [numbers(MEMORY, r) for r in rows if r and r[0].isdigit()]


# ---- the disk ----

def disk(a, folder):
    """Its limits: 4 KiB appended and synced, times a second; bytes a second, written in one go and synced."""
    n, seconds = words_of(os.path.join(a.benches, "bench_witness"), "sync", folder)[0]
    chunk = os.urandom(1 << 20)
    path = os.path.join(folder, "written")
    begin = time.monotonic()
    with open(path, "wb") as f:
        for _ in range(256):
            f.write(chunk)
        f.flush()
        os.fsync(f.fileno())
    took = time.monotonic() - begin
    os.remove(path)
    return {"syncs_s": int(n) / float(seconds), "bytes_s": 256 * len(chunk) / took, "kind": kind_of(folder)}


def kind_of(folder):
    got = subprocess.run(["findmnt", "-no", "FSTYPE", "-T", folder], capture_output=True, text=True, check=False)
    return got.stdout.strip() or "?"


def appends(a, folder, size):
    limit, *rows = words_of(os.path.join(a.benches, "bench_log_files"), "append", folder, str(size["seconds"]), cores=1)
    return {**numbers(("sync_ms", "replace_ms"), limit), "rows": [numbers(("batch", "entries_s", "p50_ms", "p99_ms", "cpu_ns"), r) for r in rows]}


USE = ("open_ms", "append_ms", "prove_us", "check_us", "use_kib", "receipt_0", "receipt_1", "receipt_3", "receipt_10")


def taken(folder):
    """Bytes of the files, and of the disk."""
    return tuple(int(subprocess.run(["du", "-s", "--block-size=1", *more, folder], check=True, capture_output=True,
                                    text=True).stdout.split()[0]) for more in (["--apparent-size"], []))


def grown(a, folder, size):
    """One log, ten times as long each time."""
    bench, log = os.path.join(a.benches, "bench_log_grown"), os.path.join(folder, "log")
    out, had = [], 0
    for power in range(4, (LONG if a.long else size["grown"]) + 1):
        n = 10 ** power
        if shutil.disk_usage(folder).free < (n - had) * ENTRY_BYTES * 1.2:
            say(f"  no room on that disk for {n:,} entries")
            break
        row = {"entries": n, "added": n - had}
        row.update(numbers(("add_s", "add_cpu_s", "add_kib"), words_of(bench, "add", log, str(n - had), cores=1)[0]))
        row["bytes"], row["disk_bytes"] = taken(log)
        row.update(numbers(USE, words_of(bench, "use", log, cores=1)[0]))
        say(f"  {n:,} entries: {row['add_s']:.1f} s")
        out.append(row)
        had = n
    return out


# ---- one statement ----

class Party:
    """A case folder, and its witness if it serves."""

    def __init__(self, a, folder, name):
        self.comity, self.folder, self.server = a.comity, os.path.join(folder, name), None
        os.mkdir(self.folder)
        self.lines = json.loads(self.run("init", "--name", name, "--json"))["lines"].splitlines()

    def run(self, *argv):
        env = {k: v for k, v in os.environ.items() if k != "COMITY_CASE"}
        got = subprocess.run([self.comity, *argv], cwd=self.folder, env=env, capture_output=True, text=True, check=False)
        if got.returncode != 0:
            raise SystemExit(f"comity {' '.join(argv)}: exit {got.returncode}: {got.stderr.strip()}")
        return got.stdout

    def line(self, word):
        return next(x for x in self.lines if x.startswith(word + " "))

    def serve(self):
        """The line of its witness, with the URL."""
        self.server = subprocess.Popen([self.comity, "witness", "serve"], cwd=self.folder, stdout=subprocess.PIPE, text=True,
                                       stderr=subprocess.DEVNULL)
        return f"{self.line('witness')} {self.server.stdout.readline().strip()}"

    def stop(self):
        if self.server:
            self.server.terminate()
            self.server.wait()

    def path(self, *names):
        return os.path.join(self.folder, ".comity", *names)


def timed(party, *argv):
    begin = time.monotonic()
    party.run(*argv)
    return (time.monotonic() - begin) * 1e3


def checkpoint(party):
    """A statement that is not logged yet, as after a crash in between; then what logs it."""
    os.rename(party.path("log"), party.path("log.away"))
    party.run("handover", "--to", "V", "--how", "by hand")
    os.rename(party.path("log.away"), party.path("log"))
    return timed(party, "log", "checkpoint")


def commands(party, alone, rounds):
    """Milliseconds: a tiny file sealed with log and witnesses, and in turn in a case that has no log."""
    rows = {"seal_ms": [], "seal_alone_ms": [], "logging_ms": [], "checkpoint_ms": []}
    for i in range(rounds + 1):
        for p in (party, alone):
            with open(os.path.join(p.folder, f"tiny{i}"), "w", encoding="utf-8") as f:
                f.write(f"line {i}\n")
        seal, bare = timed(party, "seal", f"tiny{i}"), timed(alone, "seal", f"tiny{i}")
        if i == 0:
            continue  # warms up
        rows["seal_ms"].append(seal)
        rows["seal_alone_ms"].append(bare)
        rows["logging_ms"].append(seal - bare)
        rows["checkpoint_ms"].append(checkpoint(party))
    return {k: {"median": statistics.median(v), "most": max(v)} for k, v in rows.items()}


def check_cosigned(party):
    if not json.loads(party.run("log", "show", "--json"))["quorum"]:
        raise SystemExit("not all witnesses cosigned")


def one_statement(a, folder, size):
    party, alone = Party(a, folder, "A"), Party(a, folder, "B")
    shutil.rmtree(alone.path("log"))
    others = [Party(a, folder, f"W{i}") for i in range(WITNESSES)]
    try:
        for w in others:
            w.run("witness", "add-log", party.line("log"))
            with open(os.path.join(folder, "line"), "w", encoding="utf-8") as f:
                f.write(w.serve() + "\n")
            party.run("trust", "add", os.path.join(folder, "line"))
        party.run("trust", "quorum", str(WITNESSES))
        time.sleep(SETTLE)
        out = commands(party, alone, size["rounds"])
        check_cosigned(party)
        row = words_of(os.path.join(a.benches, "bench_log_witnessed"), party.path(), str(WITNESSES), str(size["one"]))[0]
        out["kept"] = numbers(("p50_ms", "p99_ms", "append_ms", "gather_ms", "keep_ms"), row)
        check_cosigned(party)
    finally:
        for w in others:
            w.stop()
    return out


# ---- all ----

def witnesses(a, folder, size):
    return witness.compare(argparse.Namespace(
        runs=size["runs"], seconds=size["asked"], clients=size["clients"], dir=folder, comity=a.comity,
        bench=os.path.join(a.benches, "bench_witness")))


def all_of(a):
    """In a folder of its own on the disk of --dir, which is removed at the end: not before, for that slows what comes next,
    on the disk and beside it."""
    size = SIZES[a.size]
    folder = tempfile.mkdtemp(prefix="log-", dir=a.scratch)
    say("log: memory")
    out = {"entries_of_commands": size["rounds"], "entries_of_one": size["one"], "memory": memory(a, size)}
    try:
        for name, make in (("disk", disk), ("one", lambda *x: one_statement(*x, size)), ("grown", lambda *x: grown(*x, size)),
                           ("witnesses", lambda *x: witnesses(*x, size)), ("appends", lambda *x: appends(*x, size))):
            say(f"log: {name}")
            if name in ("witnesses", "appends"):
                time.sleep(SETTLE)
            out[name] = make(a, folder)
    finally:
        shutil.rmtree(folder)
    return out
