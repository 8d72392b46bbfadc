"""Instructions, counted by callgrind: a number that is the same on a busy machine.

Valgrind 3.19 knows neither SHA-NI nor AVX-512, so the program is counted on the paths it takes without them; the number
says whether a change made it do more or less work, not how fast it is.
"""
import glob
import os
import re
import shutil
import subprocess

from peers import Case, knows

SHOWN = 12


def count(argv, scratch, cwd=None):
    """Instructions of the process and its children, and of each function by itself; None without valgrind."""
    for old in glob.glob(os.path.join(scratch, "callgrind.*")):
        os.remove(old)
    subprocess.run(["valgrind", "--tool=callgrind", "--trace-children=yes",
                    f"--callgrind-out-file={scratch}/callgrind.%p", *argv], cwd=cwd, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, check=False)
    total, functions = 0, {}
    for path in glob.glob(os.path.join(scratch, "callgrind.*")):
        with open(path, encoding="utf-8", errors="replace") as f:
            found = re.search(r"^(?:summary|totals): (\d+)", f.read(), re.M)
        total += int(found.group(1)) if found else 0
        add_functions(path, functions)
    return total, functions


def add_functions(path, functions):
    got = subprocess.run(["callgrind_annotate", "--threshold=99", path], capture_output=True, text=True, check=False)
    for n, name in re.findall(r"^\s*([\d,]+) \([^)]*\)\s+\S*?:(\S+)", got.stdout, re.M):
        name = "(a library without names)" if name.startswith("0x") else name.split("'")[0]
        functions[name] = functions.get(name, 0) + int(n.replace(",", ""))


def heaviest(functions):
    return sorted(functions.items(), key=lambda x: -x[1])[:SHOWN]


def all_of(comity, benches, files, tiny, scratch):
    """${files}: {name: (path, packets)}, small; ${tiny}: smaller, for what hashes each packet in software."""
    if not shutil.which("valgrind"):
        return None
    out = {"commands": [], "kernels": [], "ways": {}}
    case = Case(comity, scratch)
    todo = [(f"inspect, {n}", f, ["inspect", "--json", f[0]]) for n, f in files.items()]
    todo += [(f"seal, {n}", f, ["seal", f[0]]) for n, f in tiny.items()]
    todo += [(f"investigate, {n}", f, ["investigate", f[0], "-o", case.dossier]) for n, f in tiny.items()]
    for name, (_, packets), argv in todo:
        if not knows(comity, argv[0]):
            continue
        case.fresh()
        total, functions = count([comity, *argv], scratch, case.folder)
        out["commands"].append({"name": name, "instructions": total, "packets": packets, "heaviest": heaviest(functions)[:5]})
    one = next(iter(tiny.values()))[0]
    for bench, argv in (("bench_seal", [one]), ("bench_inspect", ["steps", one])):
        path = os.path.join(benches, bench)
        if os.access(path, os.X_OK):
            total, functions = count([path, *argv], scratch)
            out["kernels"].append({"name": " ".join([bench, *argv[:-1]]), "instructions": total, "heaviest": heaviest(functions)})
    out["ways"] = ways(os.path.join(benches, "bench_lanes"), scratch)
    return out


def ways(program, scratch):
    """{way of hashing: instructions a block}, of those that valgrind's processor can go."""
    out = {}
    if not os.access(program, os.X_OK):
        return out
    for way in ("avx512", "sha-ni", "avx2", "neon", "portable"):
        got = subprocess.run(["valgrind", "-q", "--tool=none", program, way], capture_output=True, text=True, check=False)
        if got.returncode == 0:
            out[way] = count([program, way], scratch)[0] / int(got.stdout)
    return out
