#!/usr/bin/env python3
"""Assessments come to the same bits whoever compiles them: gcc and clang, with and without optimisation, also with the
options that let a compiler round as it likes; another machine, if it can be imitated here; and JavaScript.

    test_assess_bits.py

All of them answer the same questions, made with their answers by tests/laws/assess.  There is no build for 32 bits: the
arithmetic takes integers of 128 bits (__int128), which compilers have on machines of 64 bits only.
"""
import concurrent.futures
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
LAWS = os.path.join(ROOT, "tests", "laws", "assess")
sys.dont_write_bytecode = True
sys.path.insert(0, LAWS)

import integers  # noqa: E402
import test_assess  # noqa: E402

CASES = 2400
SHAPES = ((CASES - 400, 41, {}), (400, 42, {"most_items": 14, "most_plain": 3, "wide": 0.6}))
ROOMS = ("assess", "registry", "codec", "base")
NOT_NEEDED = ("build.c", "source.c")  # of base: which sources the program is made of
ARM = "aarch64-linux-gnu-gcc"
WAYS = ("-O0", "-O3", "-O3 -ffast-math -march=native -funroll-loops")
JOBS = int(os.environ.get("JOBS") or os.cpu_count() or 2)


class Missing(Exception):
    """What could not be tried, and why."""


def run(command, **more):
    got = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **more)
    if got.returncode != 0:
        raise AssertionError(f"{os.path.basename(command[0])}: exit {got.returncode}: {got.stdout.strip()[-800:]}")
    return got.stdout


# ---- questions ----

def questions():
    """As they are asked, and what must come back."""
    out = []
    for count, seed, shape in SHAPES:
        out += test_assess.questions(count, seed, **shape)
    return out


def wanted(want, answer):
    return {k: answer.get(k) for k in want} == want


def first_wrong(asked, answers):
    if len(answers) != len(asked):
        return f"{len(answers)} answers to {len(asked)} questions"
    for number, ((question, want), line) in enumerate(zip(asked, answers)):
        if not wanted(want, json.loads(line)):
            return f"question {number} of seed {SHAPES[0][1]}, {question['ask']}: want {json.dumps(want)[:300]} got {line[:300]}"
    return None


# ---- programs ----

def sources(folder):
    data = os.path.join(folder, "registry-data.c")
    run([sys.executable, os.path.join(ROOT, "tools", "embed.py"), "cm_registry_files", data,
         os.path.join(ROOT, "data", "evidence-types.txt")])
    found = [path for room in ROOMS for path in sorted(glob.glob(os.path.join(ROOT, "src", room, "*.c")))
             if os.path.basename(path) not in NOT_NEEDED]
    return [*found, data, os.path.join(LAWS, "assess_tool.c"), os.path.join(LAWS, "lines.c")]


def libraries(compiler):
    if not shutil.which("pkg-config"):
        raise Missing("no pkg-config")
    if compiler != ARM:
        return run(["pkg-config", "--cflags", "--libs", "jansson", "zlib"]).split()
    folder = "/usr/lib/aarch64-linux-gnu"
    names = [os.path.join(folder, f"lib{name}.a") for name in ("jansson", "z")]
    if not all(map(os.path.exists, names)):
        raise Missing(f"no {' and '.join(map(os.path.basename, names))} for arm64")
    return [*names, "-static"]


def program(folder, compiler, way, files):
    """The tool, made with that compiler."""
    if not shutil.which(compiler):
        raise Missing(f"no {compiler}")
    more = libraries(compiler)
    name = os.path.join(folder, f"{compiler}{way}".replace(" ", ""))
    run([compiler, "-std=c11", "-D_GNU_SOURCE", "-w", *way.split(), f"-I{ROOT}/src", "-o", name, *files, *more])
    return name


def ask_program(command, text):
    got = subprocess.run(command, input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if got.returncode != 0:
        raise AssertionError(f"exit {got.returncode}: {got.stderr.strip()[-800:]}")
    return got.stdout


def arm(folder, files, text):
    imitator = next(filter(shutil.which, ("qemu-aarch64", "qemu-aarch64-static")), None)
    if not imitator:
        raise Missing("no qemu-aarch64 (qemu-user), which runs programs for arm64 on this machine")
    return ask_program([imitator, program(folder, ARM, "-O2", files)], text)


def answers_of(folder, files, text):
    """{build: its whole output, or why there is none}, as many made at a time as there are processors."""
    makers = {f"{compiler} {way}": lambda c=compiler, w=way: ask_program([program(folder, c, w, files)], text)
              for compiler in ("gcc", "clang") for way in WAYS}
    makers["arm64, imitated"] = lambda: arm(folder, files, text)
    out = {}
    with concurrent.futures.ThreadPoolExecutor(max_workers=JOBS) as pool:
        for name, made in [(name, pool.submit(make)) for name, make in makers.items()]:
            try:
                out[name] = made.result()
            except (AssertionError, Missing) as why:
                out[name] = why
    return out


# ---- JavaScript ----

def ask_node(asked):
    """{number of a question: [[name, lo, mid, hi], ...]} of those that ask for a posterior."""
    if not shutil.which("node"):
        raise Missing("no node")
    numbers = [i for i, (question, _) in enumerate(asked) if question["ask"] == "posterior"]
    text = json.dumps([{"rows": q["rows"], "ask": [{"layer": q["layer"], "view": q["view"].split(" ")[0],
                                                   "items": q.get("items", integers.seen(q["rows"], q["view"]))}]}
                       for q, _ in (asked[i] for i in numbers)])
    got = json.loads(ask_program(["node", os.path.join(HERE, "assess_tool.mjs")], text))
    assert len(got) == len(numbers), f"{len(got)} answers to {len(numbers)} questions"
    return {i: [[name, *map(int, ends)] for name, *ends in answer] for i, [answer] in zip(numbers, got)}


def try_node(asked):
    made = ask_node(asked)
    wrong = [i for i, answer in made.items() if answer != asked[i][1]["p"]]
    assert not wrong, f"{len(wrong)} of {len(made)} differ, the first is {wrong[0]}: want {asked[wrong[0]][1]} got {made[wrong[0]]}"
    return f"{len(made)} posteriors"


# ---- all ----

def judge(name, output, first, asked):
    """One line of the report; whether it is good."""
    if isinstance(output, Missing):
        return f"skip {name}: {output}", True
    if isinstance(output, AssertionError):
        return f"FAIL {name}: {output}", False
    wrong = first_wrong(asked, output.splitlines())
    if wrong is None and output != first:
        wrong = "its output is not the first build's, byte for byte"
    return (f"FAIL {name}: {wrong}", False) if wrong else (f"ok   {name}: {len(asked)} answers", True)


def main():
    asked = questions()
    text = "".join(json.dumps(question, separators=(",", ":")) + "\n" for question, _ in asked)
    with tempfile.TemporaryDirectory(prefix="comity-") as folder:
        outputs = answers_of(folder, sources(folder), text)
    first = next((o for o in outputs.values() if isinstance(o, str)), None)
    good = True
    for name, output in outputs.items():
        line, fine = judge(name, output, first, asked)
        print(line)
        good = good and fine
    try:
        print(f"ok   JavaScript: {try_node(asked)}")
    except Missing as why:
        print(f"skip JavaScript: {why}")
    except AssertionError as why:
        print(f"FAIL JavaScript: {why}")
        good = False
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
