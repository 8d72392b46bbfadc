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
    out = {"commands": [], "kernels": []}
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
    for bench in sorted(glob.glob(os.path.join(benches, "bench_*"))):
        if os.access(bench, os.X_OK) and os.path.isfile(bench) and not bench.endswith("_limits"):
            total, functions = count([bench, next(iter(tiny.values()))[0]], scratch)
            out["kernels"].append({"name": os.path.basename(bench), "instructions": total, "heaviest": heaviest(functions)})
    return out
