#!/usr/bin/env python3
"""`comity log serve` and `comity witness serve` against clients that are slow, many, or talk nonsense; stopped and killed."""
import hashlib
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

COMITY = os.environ["COMITY"]
TOOL = os.path.join(os.environ["COMITY_CHECK"], "tests", "interop", "node_tool")
ROOT = os.environ["COMITY_ROOT"]
SEED = "07" * 32
STEPS = 600  # of a log between two killings: more than there is time for
ORIGIN = "log.example/serve"


def say(name, good, why=""):
    print(f"ok {name}" if good else f"FAIL {name}: {why}", flush=True)


def comity(folder, *argv):
    p = subprocess.run([COMITY, *argv], cwd=folder, capture_output=True, text=True, check=False)
    return p.returncode, p.stdout, p.stderr


class Serving:
    """`comity WHAT serve` in a folder."""

    def __init__(self, what, folder, port=0):
        self.process = subprocess.Popen([COMITY, what, "serve", "--port", str(port)], cwd=folder, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{what} serve: {self.process.stderr.read()}")
        self.port = int(line.strip().rstrip("/").rsplit(":", 1)[1])

    def end(self, how=signal.SIGTERM, seconds=20):
        self.process.send_signal(how)
        return self.process.wait(seconds)

    def dial(self, seconds=20):
        return socket.create_connection(("127.0.0.1", self.port), timeout=seconds)

    def say(self, data):
        """Everything that is answered to these bytes."""
        with self.dial() as s:
            try:
                s.sendall(data)
                s.shutdown(socket.SHUT_WR)
                return b"".join(iter(lambda: s.recv(65536), b""))
            except OSError:
                return b""

    def get(self, path):
        answer = self.say(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode("latin-1"))
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]) if head else 0, head.decode("latin-1"), body


def log_of(folder):
    """Serves the log of the case there, while it grows."""
    served = Serving("log", folder)
    status, head, before = served.get("/checkpoint")
    say("a checkpoint is served", status == 200 and "Content-Type: text/plain; charset=utf-8" in head, head)
    for path in ("/tile/0/000.p/3", "/tile/entries/000.p/3"):
        status, head, _ = served.get(path)
        say(f"{path} is served, for ever",
            status == 200 and "Content-Type: application/octet-stream" in head and "immutable" in head, head)
    comity(folder, "handover", "--to", "Party b", "--how", "by hand")
    status, _, after = served.get("/checkpoint")
    say("it grows while it is served", status == 200 and after.split(b"\n")[1] != before.split(b"\n")[1], after[:80])
    inside = os.path.join(folder, ".comity", "log")
    names = [os.path.relpath(os.path.join(d, n), inside) for d, _, files in os.walk(inside) for n in files]
    shown = sorted(n for n in names if served.get("/" + n)[0] == 200)
    wrong = [n for n in shown if n != "checkpoint" and not n.startswith("tile/")]
    say("nothing else of the folder is served", not wrong and "key" in names and "checkpoint" in shown, wrong)
    tricks = ["/../key", "/tile/../key", "/tile/0/../../key", "/%2e%2e/key", "/..%2fkey", "//key", "/./key", "/key%00",
              "/tile/0/000.p/1/../../../../key", "/checkpoint/../key", "/tile", "/tile/", "/", "/.comity/log/key",
              inside + "/key", "http://x/key", "/key\0/checkpoint", "/tile/0/x00/000"]
    with open(os.path.join(inside, "key"), "rb") as f:
        secret = f.read()[60:120]
    got = [(t, served.get(t)) for t in tricks]
    say("no trick gets the key", not [t for t, (status, _, body) in got if status == 200 or secret in body],
        [t for t, (status, _, _) in got if status == 200])
    say("it stops when told to", served.end() == 0)
    try:
        served.dial(1).close()
        say("nobody listens any more", False, "somebody does")
    except OSError:
        say("nobody listens any more", True)


def nonsense(served):
    dice = random.Random(1)
    good = b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\nold 0\n\n\n"
    for _ in range(300):
        data = bytearray(good)
        for _ in range(dice.randrange(1, 8)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        served.say(bytes(data[:dice.randrange(len(data) + 1)]))
    for data in (b"\0" * 100000, b"A" * 100000, b"\r\n" * 50000, b"GET /" + b"a" * 70000 + b" HTTP/1.1\r\n\r\n",
                 b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20000 + b"\r\n",
                 b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                 b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
                 b"POST /add-checkpoint HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx",
                 b"POST /add-checkpoint HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"):
        served.say(data)
    status, _, body = served.get("/nothing")
    say("after much nonsense it answers as before", status == 404 and served.process.poll() is None, (status, body))


def crowd(served):
    """Many that say nothing, or never enough; one that is polite does not wait for them."""
    silent = [served.dial() for _ in range(300)]
    for i, s in enumerate(silent):
        if i % 2:
            s.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nold")
    begun = time.monotonic()
    status, _, _ = served.get("/nothing")
    took = time.monotonic() - begun
    say("a crowd of the silent delays nobody", status == 404 and took < 5, f"{status} after {took:.1f} s")
    for s in silent[0::2]:
        s.settimeout(30)
    gone = sum(s.recv(1) == b"" for s in silent[0::2])
    say("and is hung up on", gone == len(silent[0::2]), gone)
    for s in silent:
        s.close()


def under_way(served):
    """What was begun when it is told to stop is answered."""
    body = b"hello\n"
    s, idle = served.dial(), served.dial()
    idle.sendall(b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n")
    idle.recv(65536)
    s.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body))
    time.sleep(0.3)
    served.process.send_signal(signal.SIGTERM)
    gone = idle.recv(1) == b""
    s.sendall(body)
    answer = b"".join(iter(lambda: s.recv(65536), b""))
    say("what is under way is answered before the end", answer.startswith(b"HTTP/1.1 400 ") and gone, answer[:80])
    say("and then it ends", served.process.wait(20) == 0)


def gather(policy, sizes, kill):
    """Has a log grow; ${kill} is called in the middle.  The sizes that were cosigned, and whether all were."""
    p = subprocess.Popen([TOOL, "gather", policy, ORIGIN, SEED, *map(str, sizes)], stdout=subprocess.PIPE, text=True)
    thread = threading.Thread(target=kill)
    thread.start()
    got = [int(m[1]) for m in map(re.compile(r"size \d+ cosigned 200 \d+: w cosigned size (\d+)").match, p.stdout) if m]
    thread.join()
    return got, p.wait()


def killed(folder, served, vkey):
    """Killed at any moment, a witness remembers what it answered."""
    policy = os.path.abspath("policy")
    last, wrong, cut = 0, [], 0
    for turn in range(8):
        with open(policy, "w", encoding="utf-8") as f:
            f.write(f"witness w {vkey} http://127.0.0.1:{served.port}/\nquorum w\n")
        dice = random.Random(turn)
        wait = dice.uniform(0.02, 0.25)
        got, code = gather(policy, range(last + 1, last + STEPS + 1), lambda w=wait, s=served: (time.sleep(w), s.end(signal.SIGKILL)))
        cut += code == 0 and len(got) < STEPS
        last = max([last, *got])
        served = Serving("witness", folder, served.port)
        status, _, note = served.get(f"/{hashlib.sha256(ORIGIN.encode()).hexdigest()}/checkpoint")
        held = int(note.split(b"\n")[1]) if status == 200 else 0
        if held < last:
            wrong.append(f"turn {turn}: it answered {last}, and holds {held}")
        # one more than what was answered may be on disk: its answer was on its way
        if held > last + 1:
            wrong.append(f"turn {turn}: it holds {held} after {last}")
        last = max(last, held)
    say("killed eight times, it takes nothing back", not wrong and last > 0, wrong or "nothing was cosigned")
    say("and most times it was killed in the middle", cut >= 3, cut)
    got, _ = gather(policy, [last + 1], lambda: None)
    say("and goes on", got == [last + 1], got)
    return served


def main():
    case = os.path.join(ROOT, "tests", "cases", "race-first", "input.pcap")
    os.mkdir("a")
    code, out, err = comity("a", "init", "--name", "a")
    say("a case", code == 0, err)
    comity("a", "investigate", case, "-o", "../a.dossier")
    log_of("a")
    os.mkdir("w")
    _, out, _ = comity("w", "init", "--name", "w")
    vkey = next(line.split()[2] for line in out.splitlines() if line.startswith("witness "))
    served = Serving("witness", "w")
    nonsense(served)
    crowd(served)
    under_way(served)
    if not os.access(TOOL, os.X_OK):
        print("skip killed witnesses: no node_tool")
        return
    public = subprocess.run([TOOL, "vkey", ORIGIN, SEED], capture_output=True, text=True, check=True).stdout.strip()
    code, _, err = comity("w", "witness", "add-log", public)
    say("a log is added", code == 0, err)
    served = killed("w", Serving("witness", "w"), vkey)
    say("it stops when told to, in the end", served.end(signal.SIGINT) == 0)


if __name__ == "__main__":
    try:
        main()
    finally:
        shutil.rmtree("a", ignore_errors=True)
    sys.exit(0)
