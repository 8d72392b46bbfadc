#!/usr/bin/env python3
"""A witness that serves, and a log that has it cosign, with the first, second, ... allocation failing (tests/alloc/fail.c).

Who asks ends with its usual result, or 3 and a word.  A server that has started answers, says 500 or 503, or hangs up, once;
it answers the next request as ever, and stops when it is told to.
"""
import os
import re
import shutil
import signal
import socket
import subprocess
import sys

import no_memory

COMITY, HERE, SO = no_memory.COMITY, no_memory.HERE, no_memory.SO
COUNT = os.path.join(HERE, "count")
WITNESS = os.path.join(HERE, "w")


def comity(*argv, cwd=HERE):
    return subprocess.run([COMITY, *argv], cwd=cwd, check=True, capture_output=True, text=True).stdout


def serve(**env):
    """The process, and its port or None."""
    p = subprocess.Popen([COMITY, "witness", "serve"], cwd=WITNESS, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                         env={**os.environ, **env})
    line = p.stdout.readline()
    return p, int(line.strip().rstrip("/").rsplit(":", 1)[1]) if line else None


def ask(port, request):
    """The status; None: it hung up."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=20) as s:
            s.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(request))
            s.sendall(request)
            answer = b"".join(iter(lambda: s.recv(65536), b""))
    except OSError:
        return None
    return int(answer.split()[1]) if answer else None


def wrong_with(at, request):
    """What is wrong when allocation ${at} of the server fails; 0: none does."""
    p, port = serve(LD_PRELOAD=SO, FAIL_ALLOC=str(at), FAIL_ALLOC_COUNT=COUNT)
    if port is None:
        said = p.stderr.read()
        return None if p.wait(20) == 3 and said else f"it does not start: exit {p.returncode}: {said[:200]}"
    said = [ask(port, request) for _ in range(3)]
    p.send_signal(signal.SIGTERM)
    code = p.wait(20)
    if [answer for answer in said if answer not in (200, 409, 500, 503, None)]:
        return f"it answers {said}"
    if sum(answer in (200, 409) for answer in said) < 2:
        return f"one allocation spoils more than one answer: {said}"
    return None if code == 0 else f"it ends with {code}: {p.stderr.read()[:200]}"


def starve_server(request):
    bad, tried = [wrong_with(0, request)], 0
    with open(COUNT, encoding="ascii") as f:
        total = max(int(line) for line in f)
    for at in range(1, total + 1, max(1, total // no_memory.ROUNDS)):
        wrong = wrong_with(at, request)
        tried += 1
        if wrong:
            bad.append(f"allocation {at} failing: {wrong}")
    bad = [line for line in bad if line]
    for line in bad[:8]:
        print(f"FAIL witness serve: {line}")
    if not bad:
        print(f"ok witness serve: {tried} places, up to allocation {total}")


def main():
    if subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", SO, os.path.join(no_memory.ROOT, "tests/alloc/fail.c")],
                      check=False).returncode != 0:
        print("no compiler")
        return 77
    os.mkdir(WITNESS)
    lines = comity("init", "--name", "a")
    theirs = comity("init", "--name", "w", cwd=WITNESS)
    comity("witness", "add-log", re.search(r"^log (\S+)", lines, flags=re.M)[1], cwd=WITNESS)
    request = comity("log", "prove", "--from", "0").encode()
    starve_server(request)
    p, port = serve()
    comity("trust", "add", re.search(r"^witness .*$", theirs, flags=re.M)[0] + f" http://127.0.0.1:{port}/")
    comity("trust", "quorum", "1")
    no_memory.starve("log checkpoint", ["log", "checkpoint"])
    p.send_signal(signal.SIGTERM)
    print("ok the witness ends" if p.wait(20) == 0 else "FAIL the witness ends")
    shutil.rmtree(WITNESS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
