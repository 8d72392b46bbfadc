#!/usr/bin/env python3
"""A log is followed, and its fork found and kept, with the first, second, ... allocation failing (tests/alloc/fail.c).

It ends with its usual result, or 3 and a word; a fork that was found is kept whole, and none is found that is none.
"""
import os
import shutil
import signal
import subprocess
import sys

import no_memory

COMITY, HERE, SO = no_memory.COMITY, no_memory.HERE, no_memory.SO
A = os.path.join(HERE, "a")
CASE = os.path.join(HERE, ".comity")


def comity(*argv, cwd=HERE, may=(0,)):
    done = subprocess.run([COMITY, *argv], cwd=cwd, check=False, capture_output=True, text=True)
    if done.returncode not in may:
        sys.exit(f"{argv}: exit {done.returncode}: {done.stderr}")
    return done.stdout


def states(name):
    comity("investigate", no_memory.SAMPLE, "-o", name, cwd=A, may=(1,))
    comity("log", "checkpoint", cwd=A)


def serve():
    p = subprocess.Popen([COMITY, "log", "serve"], cwd=A, stdout=subprocess.PIPE, text=True)
    return p, p.stdout.readline().strip()


def stop(server):
    server.send_signal(signal.SIGTERM)
    server.wait(20)


def put_back(peers=None):
    for name in ("peers", "forks"):
        shutil.rmtree(os.path.join(CASE, name), ignore_errors=True)
    if peers:
        shutil.copytree(peers, os.path.join(CASE, "peers"))


def kept_badly():
    """Forks that were kept and do not hold."""
    forks = os.path.join(CASE, "forks")
    names = [n for n in os.listdir(forks) if "." not in n] if os.path.isdir(forks) else []
    return [n for n in names if subprocess.run([COMITY, "verify", os.path.join(forks, n, "fork.dossier")], check=False,
                                               capture_output=True).returncode != 5]


def main():
    if subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", SO, os.path.join(no_memory.ROOT, "tests/alloc/fail.c")],
                      check=False).returncode != 0:
        print("no compiler")
        return 77
    os.mkdir(A)
    comity("init", "--name", "a", cwd=A)
    comity("init", "--name", "b")
    with open(os.path.join(A, ".comity/log/vkey"), encoding="ascii") as f:
        key = f.read().strip()
    states("one.dossier")
    shutil.copytree(A, "then", symlinks=True)
    states("two.dossier")
    server, url = serve()
    no_memory.starve("log follow", ["log", "follow", url, "--key", key, "a/one.dossier"], put_back)
    put_back()
    comity("log", "follow", url, "--key", key)
    shutil.copytree(os.path.join(CASE, "peers"), "peers")
    stop(server)
    shutil.rmtree(A)
    shutil.move("then", A)
    comity("log", "checkpoint", "--resume", cwd=A)
    states("other.dossier")
    states("other2.dossier")
    server, url = serve()
    bad = []

    def before():
        bad.extend(kept_badly())
        put_back("peers")

    no_memory.starve("log follow, a fork", ["log", "follow", url, "--key", key], before)
    print(f"FAIL kept, and proves nothing: {bad}" if bad else "ok what was kept proves the fork")
    stop(server)
    return 0


if __name__ == "__main__":
    sys.exit(main())
