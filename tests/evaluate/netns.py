"""Home-made benign captures: two ends of this machine's own kernel, and a path between them that
loses, repeats, delays and overtakes packets.

Two network namespaces, each with a tun device; this process is the path, and the tap in its
middle.  `curl` in one fetches from `python3 -m http.server` (and nginx, where it is installed) in
the other.  Nothing leaves the machine.  Other packets every time, so none of it stands in
docs/evaluation.md; needs root, ip(8) and /dev/net/tun.
"""
import collections
import contextlib
import ctypes
import fcntl
import heapq
import os
import random
import select
import shutil
import struct
import subprocess
import tempfile
import threading
import time

import fit
from share import said as share
from said import inspect

CLONE_NEWNET = 0x40000000
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
ENDS = ("198.18.0.1", "198.18.0.2")
SIZES = (200, 1500, 20_000, 300_000, 2_000_000)
PATHS = [  # name, share lost, repeated, overtaken, delay and its jitter in ms
    ("calm", 0.0, 0.0, 0.0, 10, 0), ("lossy", 0.02, 0.0, 0.0, 10, 1), ("overtaking", 0.0, 0.0, 0.05, 10, 2),
    ("repeating", 0.0, 0.03, 0.0, 10, 0), ("rough", 0.03, 0.01, 0.05, 30, 15),
]


def within(name, work):
    """Runs ${work} in a namespace, in a thread of its own: a thread's namespace is not the others'."""
    out = []

    def run():
        libc = ctypes.CDLL(None, use_errno=True)
        with open(f"/run/netns/{name}", "rb") as f:
            if libc.setns(f.fileno(), CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "setns")
        out.append(work())
    t = threading.Thread(target=run)
    t.start()
    t.join()
    if not out:
        raise RuntimeError(f"could not work in namespace {name}")
    return out[0]


def open_tun():
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH14x", b"path0", IFF_TUN | IFF_NO_PI))
    return fd


def ip(*argv):
    subprocess.run(["ip", *argv], check=True)


@contextlib.contextmanager
def two_ends():
    """(names, tun descriptors)"""
    names = [f"comity{os.getpid()}{x}" for x in "ab"]
    fds = []
    try:
        for name, own, other in zip(names, ENDS, ENDS[::-1]):
            ip("netns", "add", name)
            fds.append(within(name, open_tun))
            ip("-n", name, "link", "set", "lo", "up")
            ip("-n", name, "addr", "add", own, "peer", other, "dev", "path0")
            ip("-n", name, "link", "set", "path0", "up")
        yield names, fds
    finally:
        for fd in fds:
            os.close(fd)
        for name in names:
            subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL, check=False)


class Path(threading.Thread):
    """Carries packets, and writes what passes its middle."""

    def __init__(self, fds, plan, out, seed):
        super().__init__()
        self.fds, self.plan, self.out = fds, plan, out
        self.rng, self.queue, self.serial, self.stopped = random.Random(seed), [], 0, False
        self.counts = collections.Counter()
        out.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 101))  # nanoseconds, raw IP

    def tap(self, data):
        now = time.time_ns()
        self.out.write(struct.pack("<IIII", now // 10**9, now % 10**9, len(data), len(data)) + data)
        self.counts["packets"] += 1

    def take(self, side, data):
        _, lost, repeated, overtaken, delay, jitter = self.plan
        if self.rng.random() < lost / 2:  # before the tap; as much again behind it
            self.counts["lost"] += 1
            return
        for _ in range(2 if self.rng.random() < repeated else 1):
            wait = delay + self.rng.random() * jitter + (20 if self.rng.random() < overtaken else 0)
            self.serial += 1
            heapq.heappush(self.queue, (time.monotonic() + wait / 2000, self.serial, "middle", side, data))

    def pass_on(self, when, place, side, data):
        _, lost, *_ = self.plan
        if place == "middle":
            self.tap(data)
            if self.rng.random() >= lost / 2:
                self.serial += 1
                heapq.heappush(self.queue, (when + self.plan[4] / 2000, self.serial, "end", side, data))
            return
        with contextlib.suppress(BlockingIOError):
            os.write(self.fds[1 - side], data)

    def run(self):
        while not self.stopped:
            wait = max(0.0, self.queue[0][0] - time.monotonic()) if self.queue else 0.05
            ready, _, _ = select.select(self.fds, [], [], min(wait, 0.05))
            for fd in ready:
                with contextlib.suppress(BlockingIOError):
                    self.take(self.fds.index(fd), os.read(fd, 65536))
            while self.queue and self.queue[0][0] <= time.monotonic():
                when, _, place, side, data = heapq.heappop(self.queue)
                self.pass_on(when, place, side, data)


def server_of(name, folder, program):
    if program == "nginx":
        conf = os.path.join(folder, "nginx.conf")
        with open(conf, "w", encoding="utf-8") as f:
            f.write(f"daemon off; pid {folder}/pid; error_log {folder}/log;\nevents {{}}\n"
                    f"http {{ access_log off; server {{ listen {ENDS[1]}:80; root {folder}; }} }}\n")
        argv = ["nginx", "-c", conf]
    else:
        argv = ["python3", "-m", "http.server", "80", "--bind", ENDS[1], "--directory", folder]
    return subprocess.Popen(["ip", "netns", "exec", name, *argv], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def fetch(name, rounds):
    """All sizes at once, some of them given up half way."""
    for n in range(rounds):
        argv = ["curl", "-s", "-m", "20", "--parallel"]
        for size in SIZES:
            argv += ["-o", "/dev/null", f"http://{ENDS[1]}/{size}"]
        subprocess.run(["ip", "netns", "exec", name, *argv], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=False)
        subprocess.run(["ip", "netns", "exec", name, "curl", "-s", "-m", "0.15", "-o", "/dev/null",
                        f"http://{ENDS[1]}/{SIZES[-1]}"], check=False)
        if n % 3 == 0:
            subprocess.run(["ip", "netns", "exec", name, "curl", "-s", "-m", "5", "-o", "/dev/null",
                            f"http://{ENDS[1]}:81/refused"], check=False)


def capture(folder, plan, program, seed, rounds=4):
    path = os.path.join(folder, f"{plan[0]}-{program}.pcap")
    with two_ends() as (names, fds), open(path, "wb") as out:
        carrier = Path(fds, plan, out, seed)
        carrier.start()
        server = server_of(names[1], folder, program)
        try:
            time.sleep(0.7)
            fetch(names[0], rounds)
            time.sleep(0.3)
        finally:
            server.terminate()
            server.wait()
            carrier.stopped = True
            carrier.join()
    return path, carrier.counts


def evaluate(comity, tool):
    if os.geteuid() != 0 or not os.path.exists("/dev/net/tun"):
        print("needs root and /dev/net/tun")
        return 77
    rates = fit.kinds(tool)
    others = {c: fit.Count() for c in rates}
    bad = 0
    with tempfile.TemporaryDirectory(prefix="comity-ends-") as folder:
        os.chmod(folder, 0o755)
        for size in SIZES:
            with open(os.path.join(folder, str(size)), "wb") as f:
                f.write(random.Random(size).randbytes(size))
        for program in ["http.server"] + (["nginx"] if shutil.which("nginx") else []):
            for seed, plan in enumerate(PATHS):
                path, counts = capture(folder, plan, program, seed)
                said = [x for x in inspect(comity, path).incidents if x["verdict"] != "explained"]
                bad += len(said)
                count_marks(others, fit.Marks(tool, path), plan[0] + program)
                print(f"{plan[0]}, {program}: {counts['packets']:,} packets, {counts['lost']} lost, {len(said)} alarms "
                      f"{[(x['verdict'], x['type'], x['forged'] + x['suspect'], x['bits']) for x in said]}")
    for cue, count in others.items():
        if count.k:
            print(f"{cue}: {share(count.k, count.n)}, two ends of one kernel over {len(count.by_source) // 2} paths")
    print(f"of {others['ts-missing'].n} directions with data; cues that are not named did not fire; {bad} alarms")
    return 1 if bad else 0


def count_marks(others, marks, path):
    fired = collections.defaultdict(set)
    for direction, _, kind, cue, _ in marks.marks:
        if kind in (fit.UNITS[fit.group_of(cue)], "other"):
            fired[direction].add(cue)
    for direction, d in marks.directions.items():
        for cue, count in others.items():
            if d.has[fit.group_of(cue)]:
                count.add((path, d.sender), cue in fired[direction])
