#!/usr/bin/env python3
"""Things go wrong while floods and chains are looked at, sealed and stated.

usage: faults.py COMITY COMITY-GEN      in an empty folder, where b.pcap, v.pcap, access.log are left

One clear line, an exit code of its own, no dossier by halves, a case that goes on.  Child: the confined process that
reads; it waits for the seals' digests in the midst of its work.
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import time

COMITY, GEN = map(os.path.abspath, sys.argv[1:3])
FILES = ["b.pcap", "v.pcap", "access.log"]


def tell(name, wrong):
    print(f"FAIL {name}: {wrong}" if wrong else f"ok {name}", flush=True)


def comity(*arguments, stdin=subprocess.DEVNULL, seconds=60):
    return subprocess.run([COMITY, *arguments], capture_output=True, text=True, errors="replace", check=False, stdin=stdin,
                          timeout=seconds)


def generate(*arguments):
    subprocess.run([GEN, *arguments], check=True)


def found(text):
    return [f for f in map(json.loads, text.splitlines()) if "kind" in f or "chain" in f]


def holds(dossier):
    done = comity("verify", "--signers", ".comity/allowed_signers", dossier)
    return None if done.returncode == 0 else f"exit {done.returncode}: {done.stdout.strip().splitlines()[-1:]}"


def children(pid):
    """Of all threads."""
    kids = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as f:
                kids += map(int, f.read().split())
    except OSError:
        pass
    return kids


def goes_on(name):
    show = comity("show", "--json")
    wrong = None if show.returncode == 0 and '"chain": []' in show.stdout else f"exit {show.returncode}: {show.stderr}"
    again = comity("investigate", "-o", "again.dossier", *FILES)
    tell(f"after {name} the case goes on", wrong or (None if again.returncode == 1 else again.stderr) or holds("again.dossier"))


def investigated():
    begun = time.monotonic()
    done = comity("investigate", "-o", "k.dossier", *FILES)
    tell("all of it", None if done.returncode == 1 else done.stderr)
    return time.monotonic() - begun


def killed(seconds):
    """Parent and all, at twenty moments."""
    whole = 0
    for k in range(20):
        if os.path.exists("k.dossier"):
            os.remove("k.dossier")
        p = subprocess.Popen([COMITY, "investigate", "-o", "k.dossier", *FILES], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(seconds * (k + 0.5) / 18)
        kids = children(p.pid)
        p.kill()
        p.wait()
        for kid in kids:
            for _ in range(200):  # it ends by itself: nobody reads what it writes
                if not os.path.exists(f"/proc/{kid}") or ended(kid):
                    break
                time.sleep(0.01)
            else:
                os.kill(kid, signal.SIGKILL)
                tell("a child whose parent was killed", "it stays")
        if os.path.exists("k.dossier"):
            whole += 1
            wrong = holds("k.dossier")
            if wrong:
                tell("a dossier that is there is whole", wrong)
    tell(f"killed twenty times ({whole} dossiers were whole)", None)
    goes_on("kills")


def ended(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as f:
            return f.read().rsplit(")", 1)[1].split()[0] in "ZX"
    except OSError:
        return True


def child_killed(seconds):
    """Only the confined child, at twenty moments."""
    met = 0
    for k in range(20):
        if os.path.exists("k.dossier"):
            os.remove("k.dossier")
        p = subprocess.Popen([COMITY, "investigate", "-o", "k.dossier", *FILES], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(seconds * (k + 0.5) / 22)
        kids = children(p.pid)
        for kid in kids:
            os.kill(kid, signal.SIGKILL)
        try:
            _, err = p.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            p.kill()
            tell("the parent of a killed child", "hangs")
            continue
        if p.returncode == 3:
            met += 1
            if len(err.strip().splitlines()) != 1:
                tell("a killed child is one line", err)
            if os.path.exists("k.dossier"):
                tell("a killed child leaves no dossier", "there is one")
        elif p.returncode != 1:
            tell("a killed child", f"exit {p.returncode}: {err}")
    tell(f"a killed child is said in one line ({met} of 20 times)", None if met > 3 else f"{met} times only")
    goes_on("killed children")


def stopped_at_seals():
    """The child is killed as it waits: the parent has all of its rows, and states none of its findings."""
    p = subprocess.Popen([COMITY, "investigate", "-o", "k.dossier", *FILES], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    kid, end = None, time.monotonic() + 20
    while p.poll() is None and time.monotonic() < end:
        for kid in children(p.pid):
            try:
                with open(f"/proc/{kid}/syscall", encoding="ascii") as f:
                    if f.read().split()[0] == "0":  # read: of the seals
                        os.kill(kid, signal.SIGKILL)
            except (OSError, IndexError):
                pass
    _, err = p.communicate(timeout=30)
    tell("a child killed as it waits for the seals", None if p.returncode in (1, 3) and len(err.strip().splitlines()) <= 1
         else f"exit {p.returncode}: {err}")


def cut_short():
    size = os.path.getsize("v.pcap")
    for part in (0.6, 0.8, 0.95):
        shutil.copy("v.pcap", "cut.pcap")
        os.truncate("cut.pcap", int(size * part) | 1)
        done = comity("investigate", "-o", "cut.dossier", "b.pcap", "cut.pcap")
        wrong = None if done.returncode == 4 and len(done.stderr.strip().splitlines()) <= 3 else f"exit {done.returncode}: {done.stderr}"
        tell(f"a victim's capture cut at {part}", wrong or (None if "http-flood" in done.stdout else "no flood") or holds("cut.dossier"))
    shutil.copy("access.log", "cut.log")
    os.truncate("cut.log", os.path.getsize("cut.log") - 30)
    done = comity("inspect", "--json", "b.pcap", "cut.log")
    tell("a log cut in its last line", None if done.returncode in (1, 4) and len(found(done.stdout)) == 2 else done.stderr)


def absurd_logs():
    with open("access.log", "rb") as f:
        lines = f.read()
    for name, more in (("NULs", b"\0" * (3 << 20)), ("one line of many bytes", b"x" * (8 << 20)), ("no ends of lines", b"\r" * 100000)):
        with open("odd.log", "wb") as f:
            f.write(lines + more + b"\n" + lines[-2000:])
        done = comity("inspect", "--json", "odd.log")
        kinds = [f["kind"] for f in found(done.stdout)]
        tell(f"a log with {name}", None if done.returncode == 4 and kinds == ["http-flood"] and len(done.stderr.splitlines()) == 1
             else f"exit {done.returncode}, {kinds}: {done.stderr[:300]}")
    with open("odd.log", "wb") as f:
        f.write(lines)
        f.truncate(len(lines) + (1 << 28))
    done = comity("inspect", "--json", "odd.log")
    tell("a line of 256 MiB", None if done.returncode == 4 and len(done.stderr.splitlines()) == 1 else f"exit {done.returncode}: {done.stderr[:300]}")


def many_files():
    few = "few.pcap"
    generate("benign", "--only", "tuple-reuse", "--out", few)
    for n, want in ((64, (0, 1)), (65, (2, 3))):
        names = [f"f{k}.pcap" for k in range(n)]
        for name in names:
            shutil.copy(few, name)
        done = comity("inspect", "--apart", *names)
        tell(f"{n} places", None if done.returncode in want and len(done.stderr.strip().splitlines()) <= 1 else
             f"exit {done.returncode}: {done.stderr[:300]}")
        for name in names:
            os.remove(name)
    done = comity("investigate", "-o", "twice.dossier", "v.pcap", "v.pcap", "b.pcap")
    tell("the same file twice", (None if done.returncode == 1 else f"exit {done.returncode}: {done.stderr}") or holds("twice.dossier"))
    with open("b.pcap", "rb") as f:
        done = comity("inspect", "--json", "-", "v.pcap", "access.log", stdin=f)
    chains = [f for f in found(done.stdout) if "chain" in f]
    tell("standard input for one of several", None if done.returncode == 1 and len(chains) == 1 and chains[0]["made_a_flood"] else
         f"exit {done.returncode}, {len(chains)} chains: {done.stderr[:300]}")
    done = comity("inspect", "-", "-", stdin=subprocess.DEVNULL)
    tell("standard input twice", None if done.returncode in (2, 3, 4) and done.stderr else f"exit {done.returncode}")


def main():
    generate("chain", "--seed", "1", "--rate", "20000", "--clients", "60", "--elsewhere", "40", "--after", "3", "--bystander", "b.pcap",
             "--victim", "v.pcap", "--log", "access.log")
    comity("init", "--name", "Lab")
    seconds = investigated()
    killed(seconds)
    child_killed(seconds)
    stopped_at_seals()
    cut_short()
    absurd_logs()
    many_files()


if __name__ == "__main__":
    main()
