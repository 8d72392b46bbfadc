"""What the machine can do at most: reading the page cache, walking the records, memory, SHA-256."""
import os
import re
import subprocess


def lines_of(program, *args):
    """{name: (seconds, bytes, items)} as bench_limits prints it."""
    got = subprocess.run([program, *args], capture_output=True, text=True, check=True)
    out = {}
    for line in got.stdout.splitlines():
        name, seconds, size, items = line.split()
        out[name] = (float(seconds), int(size), int(items))
    return out


def of_openssl():
    """Bytes a second of one core, 16 KiB at a time."""
    got = subprocess.run(["openssl", "speed", "-seconds", "1", "-bytes", "16384", "-evp", "sha256"],
                         capture_output=True, text=True, check=False)
    found = re.search(r"^sha256\s+([\d.]+)k", got.stdout, re.M | re.I)
    return float(found.group(1)) * 1e3 if found else 0.0


def of_lanes(program):
    """{way: {bytes of a message: bytes a second}}: many short messages, side by side, as sealing has them."""
    if not os.access(program, os.X_OK):
        return {}
    got = subprocess.run([program], capture_output=True, text=True, check=True)
    out = {}
    for line in got.stdout.splitlines():
        way, size, ns = line.rsplit(None, 2)
        out.setdefault(way, {})[size] = int(size) / float(ns) * 1e9
    return out


def machine(benches):
    mem = lines_of(os.path.join(benches, "bench_limits"))
    return {"memory": {n: size / s for n, (s, size, _) in mem.items()}, "openssl": of_openssl(),
            "lanes": of_lanes(os.path.join(benches, "bench_lanes"))}


def of_file(benches, path):
    """Seconds to touch every byte, to look at every record, and both, of a mapped file in the page cache."""
    return {n: {"seconds": s, "bytes": size, "packets": items}
            for n, (s, size, items) in lines_of(os.path.join(benches, "bench_limits"), path).items()}
