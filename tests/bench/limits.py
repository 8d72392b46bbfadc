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


def of_ours(program, capture):
    """{implementation: bytes a second}, from the lines `sha256 NAME N ns a block` (or `N GB/s`) of bench_seal."""
    if not os.access(program, os.X_OK):
        return {}
    got = subprocess.run([program, capture], capture_output=True, text=True, check=False)
    return {name.strip(): 64 / float(n) * 1e9 if unit == "ns a block" else float(n) * 1e9
            for name, n, unit in re.findall(r"^sha256 (.+?)\s+([\d.]+) (ns a block|GB/s)", got.stdout, re.M)}


def machine(benches, capture):
    """${capture} is small: bench_seal goes through it several times."""
    mem = lines_of(os.path.join(benches, "bench_limits"))
    sha = of_ours(os.path.join(benches, "bench_seal"), capture)
    sha = {f"own, {name}": rate for name, rate in sha.items()}
    rate = of_openssl()
    if rate:
        sha["openssl speed -evp sha256 -bytes 16384"] = rate
    return {"memory": {n: size / s for n, (s, size, _) in mem.items()}, "sha256": sha}


def of_file(benches, path):
    """Seconds to touch every byte, to look at every record, and both, of a mapped file in the page cache."""
    return {n: {"seconds": s, "bytes": size, "packets": items}
            for n, (s, size, items) in lines_of(os.path.join(benches, "bench_limits"), path).items()}
