#!/usr/bin/env python3
"""How fast, and in how much memory, beside tools people know: ours and theirs in turn, on the same file.

usage: run.py [--comity PROGRAM] [--generator COMITY-GEN] [--size small|full] [--runs N]
              [--inputs http,http-few,mix] [--write docs/performance.md] [--dir FOLDER]

Inputs are made by the generator in a folder outside the repository and removed
again (kept with --dir).  Every command is run in pairs with `tcpdump -n -r F -w /dev/null`
on the same file: other, tcpdump, other, tcpdump...; the ratio is the median of the pairs'
ratios.  Wall and CPU seconds and peak memory are those of the whole process tree as
wait4 reports them.  One warm-up each, so that files are in the page cache
(it counts where it takes more than five seconds).
"""
import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SIZES = {
    "small": {"http": ["http", "--bytes", "50M"], "http-few": ["http", "--rate", "20", "--bytes", "50M"],
              "mix": ["mix", "--packets", "150K"]},
    "full": {"http": ["http", "--bytes", "1005M"], "http-few": ["http", "--rate", "5", "--bytes", "1005M"],
             "mix": ["mix", "--packets", "4000K"]},
}
# With thousands of incidents `investigate` writes a dossier of hundreds of megabytes: that is
# not what anybody seals, and no figure for sealing.
NO_SEAL = ("http",)
BEGIN, END = "<!-- table: tests/bench/run.py -->", "<!-- end of table -->"


class Row:
    def __init__(self, name):
        self.name, self.wall, self.cpu, self.peak, self.ratio, self.cpu_ratio = name, [], [], 0, [], []


def measure(command, cwd):
    """Wall seconds, CPU seconds, peak KiB of the child and what it waited for; None if it failed."""
    with open(os.devnull, "wb") as null:
        start = time.monotonic()
        child = subprocess.Popen(command, stdout=null, stderr=null, cwd=cwd)
        _, status, use = os.wait4(child.pid, 0)
        wall = time.monotonic() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1, 4):
        return None
    return wall, use.ru_utime + use.ru_stime, use.ru_maxrss


def peak_of_tree(command, cwd, log):
    """Peak KiB summed over the tree: a confined child is not in its parent's ru_maxrss."""
    if not shutil.which("strace") and not os.path.exists("/proc/self/smaps_rollup"):
        return 0
    child = subprocess.Popen(command, stdout=log, stderr=log, cwd=cwd)
    peak = 0
    while child.poll() is None:
        peak = max(peak, sum(rss_kib(p) for p in tree(child.pid)))
        time.sleep(0.01)
    return peak


def tree(pid):
    out = [pid]
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
            for kid in f.read().split():
                out += tree(int(kid))
    except OSError:
        pass
    return out


def rss_kib(pid):
    """Own and shared anonymous memory: pages of the mapped capture belong to the page cache."""
    total = 0
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as f:
            for line in f:
                if line.startswith(("RssAnon:", "RssShmem:")):
                    total += int(line.split()[1])
    except OSError:
        pass
    return total


def commands(a, label, path, scratch):
    """Name, command, what has to be put in order before each run."""
    tcpdump = ["tcpdump", "-n", "-r", path, "-w", "/dev/null"]
    out = [("tcpdump -r F -w /dev/null", tcpdump, None)]
    if os.access(a.comity, os.X_OK):
        dossier = os.path.join(scratch, "case", "x.dossier")
        out.append(("comity inspect", [a.comity, "inspect", "--json", path], None))
        if not a.no_seal and label not in NO_SEAL:
            out.append(("comity investigate (inspect, seal, state, dossier)",
                        [a.comity, "investigate", path, "-o", dossier], lambda: fresh_case(a.comity, scratch)))
    out.append(("openssl dgst -sha256", ["openssl", "dgst", "-sha256", path], None))
    out.append(("capinfos, no hash", ["capinfos", "-c", "-d", "-u", "-i", path], None))
    out.append(("tshark -q -z conv,tcp", ["tshark", "-q", "-n", "-r", path, "-z", "conv,tcp"], None))
    return [c for c in out if shutil.which(c[1][0])]


def fresh_case(comity, scratch):
    case = os.path.join(scratch, "case")
    shutil.rmtree(case, ignore_errors=True)
    os.makedirs(case)
    subprocess.run([comity, "init", "--name", "Bench"], cwd=case, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def one_input(a, label, path, scratch):
    todo = commands(a, label, path, scratch)
    tcpdump = todo[0][1]
    rows = []
    for name, command, before in todo:
        row = Row(name)
        cwd = os.path.join(scratch, "case") if before else scratch
        for i in range(a.runs + 1):
            if len(row.wall) >= a.runs:
                break
            if before:
                before()
            got = measure(command, cwd)
            base = measure(tcpdump, scratch)
            if got is None:
                print(f"  {label}: {name}: failed", file=sys.stderr)
                break
            if i > 0 or got[0] > 5:
                row.wall.append(got[0])
                row.cpu.append(got[1])
                row.peak = max(row.peak, got[2])
                row.ratio.append(got[0] / base[0])
                row.cpu_ratio.append(got[1] / base[1])
        if row.wall:
            if name.startswith("comity"):
                if before:
                    before()
                with open(os.devnull, "wb") as null:
                    row.peak = peak_of_tree(command, cwd, null) or row.peak
            rows.append(row)
            print(f"  {label}: {name}: {statistics.median(row.wall):.3f} s", file=sys.stderr)
    return rows


def packets_of(path):
    got = subprocess.run(["capinfos", "-c", "-M", "-T", "-r", path], capture_output=True, text=True, check=False)
    try:
        return int(got.stdout.split()[-1])
    except (IndexError, ValueError):
        return 0


def table(label, path, rows):
    size, packets = os.path.getsize(path), packets_of(path)
    lines = [f"### {label}: {size / 1e9:.3f} GB, {packets / 1e6:.3f} M packets", "",
             "| command | wall s | CPU s | peak MiB | GB/s | M packets/s | times tcpdump: wall | CPU |",
             "|---|---|---|---|---|---|---|---|"]
    for r in rows:
        wall = statistics.median(r.wall)
        lines.append(f"| {r.name} | {wall:.3f} | {statistics.median(r.cpu):.3f} | {r.peak / 1024:.0f} | "
                     f"{size / wall / 1e9:.2f} | {packets / wall / 1e6:.2f} | {statistics.median(r.ratio):.2f} | "
                     f"{statistics.median(r.cpu_ratio):.2f} |")
    return lines + [""]


def first_line(command):
    try:
        got = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return "absent"
    text = (got.stdout + got.stderr).strip().splitlines()
    return text[0] if text else "?"


def machine():
    cpu = "?"
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        for line in f:
            if line.startswith("model name"):
                cpu = line.split(":", 1)[1].strip()
                break
    with open("/proc/meminfo", encoding="utf-8") as f:
        mem = int(f.readline().split()[1]) / 1048576
    return (f"{os.cpu_count()} CPUs ({cpu}), {mem:.0f} GiB, {platform.system()} {'.'.join(platform.release().split('.')[:2])}; "
            f"{first_line(['tcpdump', '--version'])}; {first_line(['tshark', '--version'])}; "
            f"{first_line(['openssl', 'version'])}")


def write_into(path, lines):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    head, rest = text.split(BEGIN, 1)
    tail = rest.split(END, 1)[1]
    with open(path, "w", encoding="utf-8") as f:
        f.write(head + BEGIN + "\n\n" + "\n".join(lines) + "\n" + END + tail)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--comity", default=os.path.join(ROOT, "build", "comity"))
    p.add_argument("--generator", default=os.path.join(ROOT, "build", "comity-gen"))
    p.add_argument("--size", choices=SIZES, default="small")
    p.add_argument("--runs", type=int, default=3)
    p.add_argument("--inputs", default="http,http-few,mix")
    p.add_argument("--no-seal", action="store_true")
    p.add_argument("--dir")
    p.add_argument("--write", metavar="FILE")
    a = p.parse_args()
    a.comity, a.generator = os.path.abspath(a.comity), os.path.abspath(a.generator)
    scratch = os.path.abspath(a.dir) if a.dir else tempfile.mkdtemp(prefix="comity-bench-")
    os.makedirs(scratch, exist_ok=True)
    lines = [f"Machine: {machine()}.", ""]
    try:
        for label in a.inputs.split(","):
            path = os.path.join(scratch, f"{label}-{a.size}.pcap")
            if not os.path.exists(path):
                subprocess.run([a.generator, *SIZES[a.size][label], "--out", path], check=True)
            lines += table(label, path, one_input(a, label, path, scratch))
    finally:
        if not a.dir:
            shutil.rmtree(scratch, ignore_errors=True)
    print("\n".join(lines))
    if a.write:
        write_into(a.write, lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
