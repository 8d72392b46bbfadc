#!/usr/bin/env python3
"""Checkpoints a second: our witness beside Sigsum's, same clients, same disk, in turn.

usage: witness.py [--runs N] [--seconds S] [--clients 1,16,64] [--dir FOLDER]

Each client has a log of its own, for a log can only grow one step after the other.  Sigsum's witness holds one log: N
clients ask N processes of it, whose syncs the file system joins, or the one client asks the one process; ours is one
process.  A ratio is the median of the pairs' ratios.  Sigsum's renames a synced file without syncing the folder, so a
loss of power may take back what it answered; ours may not.  Needs make benches and build/comity; the folder must lie on
a real disk.
"""
import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

import tables

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def output(*argv, cwd=None):
    return subprocess.run(argv, cwd=cwd, check=True, stdout=subprocess.PIPE, text=True).stdout


def free_ports(n):
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return ports


def wait_for(port):
    for _ in range(400):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.025)
    raise SystemExit(f"nobody listens at port {port}")


class Ours:
    name = "comity"

    def __init__(self, a, folder, keys):
        self.comity, self.folder = a.comity, folder
        output(self.comity, "init", "--name", "Bench", cwd=folder)
        output(self.comity, "witness", "add-log", *(vkey for vkey, _ in keys), cwd=folder)

    def start(self, n):
        p = subprocess.Popen([self.comity, "witness", "serve", "--port", "0"], cwd=self.folder, stdout=subprocess.PIPE,
                             text=True)
        port = p.stdout.readline().strip().rstrip("/").rsplit(":", 1)[1]
        return [p], [port] * n


class Sigsum:
    name = "sigsum-witness"

    def __init__(self, _, folder, keys):
        self.folder = folder
        output("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "witness.key", cwd=folder)
        for i, (_, ssh) in enumerate(keys):
            with open(os.path.join(folder, f"log{i}.pub"), "w", encoding="utf-8") as f:
                f.write(ssh + " log\n")

    def start(self, n):
        ports = free_ports(n)
        env = dict(os.environ, GODEBUG="httpmuxgo121=0")
        started = [subprocess.Popen(["sigsum-witness", "-k", "witness.key", "--log-key", f"log{i}.pub", "--state-file",
                                     f"state{i}", f"127.0.0.1:{port}"], cwd=self.folder, env=env,
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                   for i, port in enumerate(ports)]
        for port in ports:
            wait_for(port)
        return started, [str(port) for port in ports]


def cpu_of(p):
    """Seconds, of a process that runs."""
    with open(f"/proc/{p.pid}/stat", encoding="utf-8") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def one_run(a, kind, keys, n):
    """A witness that knows nothing yet; requests a second, p50, p99 in ms, its processor time for each in ms."""
    folder = tempfile.mkdtemp(prefix="comity-bench-", dir=a.dir)
    started = []
    try:
        started, ports = kind(a, folder, keys[:n]).start(n)
        got = output(a.bench, "run", str(a.seconds), *ports).split()
        cpu = sum(cpu_of(p) for p in started)
    finally:
        for p in started:
            p.terminate()
        for p in started:
            p.wait()
        shutil.rmtree(folder)
    return int(got[0]) / float(got[1]), float(got[2]) / 1000, float(got[3]) / 1000, cpu / int(got[0]) * 1000


def in_turn(a, keys, n, kinds):
    rows = {kind.name: [] for kind in kinds}
    for _ in range(a.runs):
        for kind in kinds:
            rows[kind.name].append(one_run(a, kind, keys, n))
    return rows


def ratio(ours, theirs):
    pairs = [o[0] / t[0] for o, t in zip(ours, theirs)]
    return [statistics.median(pairs), min(pairs), max(pairs)]


def medians(n, rows, alone):
    """${alone}: of one process of Sigsum's, asked by one client."""
    for name, got in rows.items():
        rate, p50, p99, cpu = (statistics.median(column) for column in zip(*got))
        row = {"clients": n, "witness": name, "rate": rate, "p50_ms": p50, "p99_ms": p99, "cpu_ms": cpu}
        if name == "comity" and alone:
            row["as_many"], row["against_one"] = ratio(got, rows["sigsum-witness"]), ratio(got, alone)
        yield row


def compare(a):
    """How often the disk syncs, and the rows."""
    clients = [int(n) for n in a.clients.split(",")]
    keys = [line.split("\t") for line in output(a.bench, "keys", str(max(clients))).splitlines()]
    kinds = [Ours, Sigsum]
    if shutil.which("sigsum-witness") is None:
        print("no sigsum-witness here (package sigsum-go of bookworm-backports): ours alone", file=sys.stderr)
        kinds = [Ours]
    n, seconds = output(a.bench, "sync", a.dir).split()
    out = {"syncs_s": int(n) / float(seconds), "runs": a.runs, "seconds": a.seconds, "beside": len(kinds) > 1, "rows": []}
    alone = None
    for count in clients:
        rows = in_turn(a, keys, count, kinds)
        if count == 1:
            alone = rows.get("sigsum-witness")
        out["rows"] += medians(count, rows, alone)
    return out


HEAD = ["clients", "witness", "checkpoints/s", "50th hundredth, ms", "99th, ms", "CPU of each, ms", "against as many processes",
        "against one"]


def words(r):
    ratios = [f"{r[k][0]:.1f} ({r[k][1]:.1f} to {r[k][2]:.1f})" if k in r else "" for k in ("as_many", "against_one")]
    return [str(r["clients"]), r["witness"], f"{r['rate']:,.0f}", f"{r['p50_ms']:.2f}", f"{r['p99_ms']:.2f}", f"{r['cpu_ms']:.3f}",
            *ratios]


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--runs", type=int, default=5)
    p.add_argument("--seconds", type=float, default=3)
    p.add_argument("--clients", default="1,16,64")
    p.add_argument("--dir", default=os.path.join(ROOT, "build"))
    p.add_argument("--comity", default=os.path.join(ROOT, "build", "comity"))
    p.add_argument("--bench", default=os.path.join(ROOT, "build", "release", "tests", "bench", "bench_witness"))
    got = compare(p.parse_args())
    print(f"Appending and syncing 4 KiB in the same place: {got['syncs_s']:,.0f} a second.\n")
    print("\n".join(tables.grid(HEAD, [words(r) for r in got["rows"]])))


if __name__ == "__main__":
    main()
