#!/usr/bin/env python3
"""Files that want to crash, hang or starve the reader; each must give a result or one clear line.

usage: hostile.py COMITY COMITY-GEN

Every run has to end by itself with 0, 1, 3 or 4, say something on stderr where it
ends with 3 or 4, print nothing but JSON lines, and stay within 512 MiB of memory
of its own.  COMITY_LONG=1 sends 20 GB through the pipe instead of 300 MB.
"""
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

LIMIT_KIB = 512 * 1024
ABSURD = (0, 1, 0x7FFFFFFF, 0xFFFFFFFF)


class Wrong(Exception):
    pass


def check_end(code, out, err, what):
    if code not in (0, 1, 3, 4):
        raise Wrong(f"{what}: exit {code}: {err.decode(errors='replace').strip()[:200]}")
    if code in (3, 4) and not err.strip():
        raise Wrong(f"{what}: exit {code} and not a word")
    if len(err.splitlines()) > 20:
        raise Wrong(f"{what}: {len(err.splitlines())} lines of talk")
    for line in out.splitlines():
        try:
            json.loads(line)
        except ValueError as e:
            raise Wrong(f"{what}: not JSON: {line[:100]!r}") from e


def inspect_file(comity, path, what, seconds=30):
    try:
        got = subprocess.run([comity, "inspect", "--json", path], capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as e:
        raise Wrong(f"{what}: no answer within {seconds} s") from e
    check_end(got.returncode, got.stdout, got.stderr, what)
    return got.returncode


def own_memory(pid):
    """Anonymous and shared KiB of a process and its children."""
    total = 0
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as f:
            total = sum(int(x.split()[1]) for x in f if x.startswith(("RssAnon:", "RssShmem:")))
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
            kids = f.read().split()
    except OSError:
        return total
    return total + sum(own_memory(k) for k in kids)


def watch(child, out, err, what, seconds):
    """Waits, with an eye on memory and clock; the result is the peak in KiB."""
    peak, end = 0, time.monotonic() + seconds
    while child.poll() is None:
        peak = max(peak, own_memory(child.pid))
        if time.monotonic() > end:
            child.kill()
            child.wait()
            raise Wrong(f"{what}: no end within {seconds} s")
        time.sleep(0.02)
    out.seek(0)
    err.seek(0)
    check_end(child.returncode, out.read(), err.read(), what)
    if peak > LIMIT_KIB:
        raise Wrong(f"{what}: {peak // 1024} MiB")
    return peak


def piped(comity, source, what, seconds):
    """source | comity inspect --json -"""
    start = time.monotonic()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        feed = subprocess.Popen(source, stdout=subprocess.PIPE)
        child = subprocess.Popen([comity, "inspect", "--json", "-"], stdin=feed.stdout, stdout=out, stderr=err)
        feed.stdout.close()
        try:
            peak = watch(child, out, err, what, seconds)
        finally:
            feed.kill() if feed.poll() is None else None
            feed.wait()
    print(f"ok   {what}: exit {child.returncode}, {peak // 1024} MiB, {time.monotonic() - start:.1f} s", flush=True)


def mapped(comity, path, what, seconds):
    start = time.monotonic()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = subprocess.Popen([comity, "inspect", "--json", path], stdout=out, stderr=err)
        peak = watch(child, out, err, what, seconds)
    print(f"ok   {what}: exit {child.returncode}, {peak // 1024} MiB, {time.monotonic() - start:.1f} s", flush=True)


def make(gen, folder, name, *args):
    path = os.path.join(folder, name)
    subprocess.run([gen, *args, "--out", path], check=True)
    return path


def cut_everywhere(comity, path):
    """From whole to empty, a byte less each time."""
    victim = path + ".cut"
    shutil.copy(path, victim)
    size = os.path.getsize(path)
    for n in range(size, -1, -1):
        os.truncate(victim, n)
        inspect_file(comity, victim, f"{os.path.basename(path)} cut to {n} bytes")
    print(f"ok   {os.path.basename(path)} cut at every one of its {size} bytes", flush=True)


def absurd_everywhere(comity, path, step):
    """Any four bytes may be a length: let each be none, one, huge, more than huge."""
    with open(path, "rb") as f:
        data = f.read()
    victim = path + ".absurd"
    runs = 0
    for at in range(0, len(data) - 4, step):
        for value in ABSURD:
            bad = bytearray(data)
            bad[at:at + 4] = value.to_bytes(4, "little")
            with open(victim, "wb") as f:
                f.write(bad)
            inspect_file(comity, victim, f"{os.path.basename(path)} with {value:#x} at {at}")
            runs += 1
    print(f"ok   {os.path.basename(path)} with absurd numbers, {runs} of them", flush=True)


def packed_nothing(comity, folder):
    """A small .gz of 100 MB of zero bytes behind a file header: six million records of no length."""
    path = os.path.join(folder, "nothing.pcap.gz")
    head = bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000")
    with gzip.open(path, "wb", compresslevel=6) as f:
        f.write(head)
        for _ in range(100):
            f.write(bytes(1 << 20))
    mapped(comity, path, "100 MB of nothing in a small .gz", 180)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    comity, gen = map(os.path.abspath, sys.argv[1:])
    long = os.environ.get("COMITY_LONG") == "1"
    folder = tempfile.mkdtemp(prefix="comity-hostile-")
    try:
        small = make(gen, folder, "small.pcap", "dns", "--only", "several", "--packets", "16" if long else "8")
        blocks = make(gen, folder, "blocks.pcapng", "dns", "--only", "several", "--packets", "12" if long else "6", "--format", "pcapng",
                      "--sections", "5", "--interfaces", "4", "--extras", "--odd-packets", "--endian", "mixed")
        stream = make(gen, folder, "stream.pcap", "race", "--only", "first", "--background", "0")
        pieces = make(gen, folder, "pieces.pcap", "benign", "--only", "tcp-in-fragments", "--packets", "8",
                      "--background", "0", "--ip", "6")
        for path in (small, blocks, stream) if long else (small, blocks):
            cut_everywhere(comity, path)
        for path, step in ((small, 17), (blocks, 23), (stream, 37), (pieces, 37)):
            absurd_everywhere(comity, path, 1 if long else step)
        packed_nothing(comity, folder)
        piped(comity, [gen, "flows", "--packets", "1000K"], "a million flows of one packet, piped", 300)
        flows = make(gen, folder, "flows.pcap", "flows", "--packets", "1000K")
        mapped(comity, flows, "a million flows of one packet, from a file", 300)
        for kind in ("sources", "names", "hosts", "scan", "scanners"):
            n = 3000000 if long else 150000
            scale = os.path.join(os.path.dirname(os.path.abspath(__file__)), "scale.py")
            piped(comity, [sys.executable, scale, kind, str(n)], f"{n} different {kind}, piped", 600 if long else 60)
        size = "20G" if long else "300M"
        piped(comity, [gen, "big", "--bytes", size], f"{size} through a pipe", 3600 if long else 300)
    except Wrong as e:
        print(f"FAIL {e}")
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
