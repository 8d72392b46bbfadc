"""One command, measured: wall seconds, CPU seconds, peak memory; alone, or in turn with another."""
import os
import statistics
import subprocess
import time

PATIENCE = 60  # seconds of one command, after which fewer runs than asked for must do


class Failed(Exception):
    pass


class Command:
    """What is run: name, argv, where, on how many cores, what puts things in order before each run, which exits are good."""

    def __init__(self, name, argv, *, cwd=None, cores=0, before=None, good=(0,), stdin=None, **about):
        self.name, self.argv, self.cwd, self.cores, self.before = name, argv, cwd, cores, before
        self.good, self.stdin, self.about = good, stdin, about


def start(c):
    """The child, and when it began; pinned to the first cores if the command says how many."""
    if c.before:
        c.before()
    first = sorted(os.sched_getaffinity(0))[:c.cores] if c.cores else None
    null = subprocess.DEVNULL
    begin = time.monotonic()
    child = subprocess.Popen(c.argv, stdin=c.stdin or null, stdout=null, stderr=null, cwd=c.cwd,
                             preexec_fn=(lambda: os.sched_setaffinity(0, first)) if first else None)
    return child, begin


def end(c, child):
    _, status, use = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in c.good:
        raise Failed(f"exit {child.returncode}")
    return use


def once(c):
    """Wall seconds, CPU seconds of the child and of all it waited for."""
    child, begin = start(c)
    use = end(c, child)
    return time.monotonic() - begin, use.ru_utime + use.ru_stime


def tree(pid):
    out = [pid]
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
            for kid in f.read().split():
                out += tree(int(kid))
    except OSError:
        pass
    return out


def own_kib(pid):
    """Own and shared anonymous memory: pages of a mapped capture belong to the page cache."""
    total = 0
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as f:
            for line in f:
                if line.startswith(("RssAnon:", "RssShmem:")):
                    total += int(line.split()[1])
    except OSError:
        pass
    return total


def tree_kib(pid):
    return sum(own_kib(p) for p in tree(pid))


def peak(c, every=0.01, seen=None):
    """Peak KiB of own memory over the tree of processes, looked at every 10 ms: a confined child is not in its
    parent's ru_maxrss.  ${seen} is called with each sample."""
    child, _ = start(c)
    top = 0
    while os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        now = tree_kib(child.pid)
        top = max(top, now)
        if seen:
            seen(now)
        time.sleep(every)
    end(c, child)
    return top


class Row:
    """Runs of one command and of what it was run in turn with."""

    def __init__(self, c, size, packets):
        self.name, self.about, self.size, self.packets, self.cores = c.name, c.about, size, packets, c.cores
        self.wall, self.cpu, self.ratio, self.cpu_ratio, self.peak_mib = [], [], [], [], 0.0

    def dump(self):
        m = statistics.median
        return {"name": self.name, "runs": len(self.wall), "wall_s": m(self.wall), "wall_least_s": min(self.wall),
                "wall_most_s": max(self.wall), "cpu_s": m(self.cpu), "peak_mib": self.peak_mib, "bytes": self.size,
                "packets": self.packets, "ratio": m(self.ratio), "cpu_ratio": m(self.cpu_ratio), "cores": self.cores,
                **self.about}


def in_turn(c, other, runs, size, packets):
    """Warms up and looks at memory, then ${c}, ${other}, ${c}, ${other}...; the ratios are those of the pairs."""
    row = Row(c, size, packets)
    row.peak_mib = peak(c) / 1024
    once(other)
    begin = time.monotonic()
    for _ in range(runs):
        wall, cpu = once(c)
        base_wall, base_cpu = once(other)
        row.wall.append(wall)
        row.cpu.append(cpu)
        row.ratio.append(wall / base_wall)
        row.cpu_ratio.append(cpu / base_cpu)
        if time.monotonic() - begin > PATIENCE:
            break
    return row.dump()
