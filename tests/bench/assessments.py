"""Assessments: how long each question takes, how that grows, and the worst that we could think of."""
import json
import os
import shutil
import subprocess

from tables import grid

RUNS = {"small": 5, "full": 21}
NODE_RUNS = 3  # the first of which also warms up
BESIDE = ("points, clear", "points, near ties", "ranges, clear")  # what JavaScript is asked, too
QUESTIONS = ("one view", "all views", "leave one out", "flips to 2", "flips to 3", "persuasion", "views, leave one out, flips to 2")


def on_one_core(argv, **more):
    core = {min(os.sched_getaffinity(0))}
    return subprocess.run(argv, check=True, stdout=subprocess.PIPE, text=True, preexec_fn=lambda: os.sched_setaffinity(0, core), **more).stdout


def beside(bench, name):
    """Seconds of JavaScript for one view, or why none."""
    rows = on_one_core([bench, "1", "rows", name])
    tool = os.path.join(os.path.dirname(os.path.abspath(__file__)), "assess.mjs")
    return json.loads(on_one_core(["node", tool, str(NODE_RUNS)], input=rows))


def all_of(a):
    bench, runs = os.path.join(a.benches, "bench_assess"), RUNS[a.size]
    rows = []
    for line in on_one_core([bench, str(runs)]).splitlines():
        shape, items, hypotheses, question, middle, least, most, found, kib = line.split("\t")
        rows.append({"shape": shape, "items": int(items), "hypotheses": int(hypotheses), "question": question, "s": float(middle),
                     "least_s": float(least), "most_s": float(most), "found": found, "kib": int(kib)})
    node = {name: beside(bench, name) for name in BESIDE} if shutil.which("node") else {}
    return {"runs": runs, "rows": rows, "node": node}


def ms(r):
    if r["found"] == "refused":
        return "refused"
    return f"{r['s'] * 1e3:,.1f}" if r["s"] < 0.1 else f"{r['s'] * 1e3:,.0f}"


def table(rows, questions, first):
    out = []
    for key in dict.fromkeys((r["shape"], r["items"], r["hypotheses"]) for r in rows):
        of = {r["question"]: r for r in rows if (r["shape"], r["items"], r["hypotheses"]) == key}
        words = [key[0]] if first else []
        words += [f"{key[1]:,} x {key[2]}", *(ms(of[q]) for q in questions), f"{max(of[q]['kib'] for q in questions) / 1024:.0f}"]
        out.append(words + ([of["flips to 3"]["found"]] if "flips to 3" in of else []))
    head = (["assessment"] if first else []) + ["items x hypotheses", *(f"{q}: ms" for q in questions), "MiB"]
    return grid(head + (["flips to 3 found"] if first else []), out)


def spread(rows):
    """By how much runs of one question differ, where it takes long enough to tell."""
    return max(r["most_s"] / r["least_s"] for r in rows if r["least_s"] > 0.01)


def beside_words(got):
    def words(x):
        return f"{x * 1e3:,.0f}" if isinstance(x, float) else x
    ours = {(r["shape"], r["question"]): r for r in got["rows"]}
    return grid(["one view", "Comity, with ranges: ms", "middles only", "JavaScript, with ranges: ms", "middles only"],
                [[name, ms(ours[name, "one view"]), ms(ours[name, "one view, middles"]), words(x["ranges"]), words(x["middle"])]
                 for name, x in got["node"].items()])


def block(found):
    got = found["assess"]
    scale = [r for r in got["rows"] if r["shape"] == "scale"]
    rest = [r for r in got["rows"] if r["shape"] != "scale"]
    return [f"{got['machine']} Medians of {got['runs']} runs, seconds of one core's processor; the slowest run of a question took at most "
            f"{spread(got['rows']):.1f} times as long as its fastest. MiB: of the process that asks, at its peak, the largest of its row.", "",
            *table(rest, QUESTIONS, True), "As it grows, with ranges in one number of three:", "",
            *table(scale, [q for q in QUESTIONS if any(r["question"] == q for r in scale)], False),
            *(beside_words(got) if got["node"] else ["No node on that machine: JavaScript was not measured.", ""])]
