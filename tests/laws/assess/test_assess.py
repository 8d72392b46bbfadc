#!/usr/bin/env python3
"""Assessments three times: products in 60 digits (oracle.py), the contract's integers (integers.py), the program.

    test_assess.py [ASSESS_TOOL]
    test_assess.py --emit N SEED     N lines {"rows":, "layer":, "ask":, ..., "want":} for whoever says to speak the contract
    test_assess.py --large           the same with many times as many numbers tried

The tool reads one line of JSON for each question, without its `want`, and writes one: it must be equal, to the last bit.
Without a tool only the contract is tried: whether its integers are what they say they are.
"""
import glob
import json
import os
import random
import subprocess
import sys
import time
from decimal import Decimal

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)

import cases  # noqa: E402
import integers  # noqa: E402
import oracle  # noqa: E402

SHARED = os.environ.get("COMITY_SHARED") or os.path.join(HERE, "..", "..", "..", "..", "shared")
ONE = 10**12
UNIT = Decimal(2) ** -44
LARGE = 1
WORST = {}


class Skipped(Exception):
    """What could not be tried, and why."""


def worst(what, value):
    WORST[what] = max(WORST.get(what, Decimal(0)), abs(Decimal(value)))


def bound(p, n):
    """By how much a posterior of n items may be off before it is rounded down: the contract's **The error**."""
    delta = (Decimal("1.01") * n + 8) * UNIT
    return 2 * p * (1 - p) * delta + 4 * delta * delta + Decimal(2) ** -51


def close(got, p, n, what):
    off = Decimal(got) / ONE - p
    allowed = bound(p, n)
    assert -allowed - Decimal(1) / ONE <= off <= allowed, f"{got} is not {p * ONE:.3f}, {n} items"
    worst(what + ", 10^-12", off * ONE)
    worst(what + ", share of what is allowed", off / (allowed + Decimal(1) / ONE))


def middle(rows, layer, names, view="all"):
    return integers.Weighed(rows, layer, names, view).middle()


def layers_of(rows):
    return list(dict.fromkeys(r["layer"] for r in rows if r["kind"] == "hypothesis"))


def names_of(rows):
    return [r["name"] for r in rows if r["kind"] == "item"]


def views(r):
    return r.choice(("all", "all", "panel", "public", "shared B", "shared A"))


def some(count, seed, **shape):
    r = random.Random(seed)
    for _ in range(count * LARGE):
        yield r, cases.assessment(r, **shape)


# What the contract says of its parts.

def test_ln():
    """From above 0.5 for the table; from below four floors more."""
    r = random.Random(4)
    ms = {(j << 55) + e for j in range(128, 256) for e in (0, 1, (1 << 54), (1 << 55) - 1)} | {1 << 63}
    for m in ms | {r.randrange(1 << 62, 1 << 63) for _ in range(2000 * LARGE)}:
        off = integers.ln(m) - (Decimal(m) / 2**62).ln() * 2**62
        worst("ln, 2^-62", off)
        assert Decimal("-4.6") <= off <= Decimal("0.51"), m


def test_cost():
    r, ln_one = random.Random(1), Decimal(10**14).ln()
    ns = {1, 2, 3, 10**14, 10**14 - 1, 10**14 - 2}
    ns |= {((j << k) >> 7) + e for j in range(128, 257) for k in (7, 8, 20, 33, 46) for e in (-1, 0, 1)}
    ns |= {int(10 ** (14 * r.random())) for _ in range(3000 * LARGE)} | {r.randrange(1, 10**14) for _ in range(2000 * LARGE)}
    ns = sorted(n for n in ns if 1 <= n <= 10**14)
    found = [integers.cost(n) for n in ns]
    assert found == sorted(found, reverse=True) and found[-1] == 0
    for n, c in zip(ns, found):
        off = c - (ln_one - Decimal(n).ln()) / UNIT
        worst("cost, 2^-44", off)
        assert abs(off) <= Decimal("0.5002"), n


def test_exp():
    r, end = random.Random(2), integers.END
    ds = {0, 1, 2, end - 2, end - 1, end, end + 1, 1 << 60}
    ds |= {((n * integers.LN2 + (j << 55)) >> 18) + e for n in range(0, 64, 3) for j in range(90) for e in (-1, 0, 1)}
    ds |= {int(end * r.random()) for _ in range(2000 * LARGE)} | {int(2 ** (49 * r.random())) for _ in range(2000 * LARGE)}
    before = 1 << 62
    for d in sorted(d for d in ds if d >= 0):
        got = integers.exp(d)
        off = got - (-d * UNIT).exp() * 2**62
        worst("exp, 2^-62", off)
        # Five floors and a table may be 5; what was seen is tighter, and tells a missing term of the series.
        assert -4 <= off <= Decimal("2.5"), d
        assert got <= before, f"exp({d}) grows"
        before = got


def test_either():
    r, end = random.Random(3), integers.END
    for _ in range(4000 * LARGE):
        x = int(2 ** (50 * r.random()))
        d = r.choice((0, 1, end - 1, end, end + 1)) if r.random() < 0.1 else int(2 ** (49.6 * r.random()))
        got = integers.either(x, x + d)
        assert got == integers.either(x + d, x) <= x
        off = got - x + (1 + (-d * UNIT).exp()).ln() / UNIT
        worst("either, 2^-44", off)
        assert abs(off) <= Decimal("0.5001"), (x, d)


def test_either_of_a_whole_stays_between():
    """c and 1 - c of two costs is neither below the smaller nor above the larger: so no cost is below 0."""
    for c in range(1, 10**6, 211 if LARGE == 1 else 1):
        x, y = integers.cost(c * 10**8), integers.cost((10**6 - c) * 10**8)
        for d in (1, 2, 1000):
            assert 0 <= integers.either(x, y + d) <= d and 0 <= integers.either(x + d, y) <= d, c


# Known answers.

def test_known_answers():
    files = sorted(glob.glob(os.path.join(SHARED, "vectors", "assess", "*.json")))
    if not files:
        raise Skipped(f"no known answers in {SHARED}")
    for path in files:
        with open(path, encoding="utf-8") as f:
            found = json.load(f)
        for case in found if isinstance(found, list) else [found]:
            known(case)


def known(case):
    rows = cases.of_vector(case)
    simple = [r for r in rows if ">" not in r["name"]]
    names = names_of(rows)
    public = integers.seen(rows, "public")

    def check(which, keep, expected):
        both = (oracle.middle(oracle.Assessment(which), "state", keep), middle(which, "state", keep))
        assert list(expected) == list(both[1])
        for h, text in expected.items():
            for p in (both[0][h], Decimal(both[1][h]) / ONE):
                worst("known answers, 10^-9", (p - Decimal(text)) * 10**9)
                assert abs(p - Decimal(text)) < Decimal("1e-9"), (h, p, text)

    for what, expected in case["expected"].items():
        if what == "flip":
            sets = [[str(i) for i in s] for s in expected["sets"]]
            want = (expected["top"], expected["size"], sets)
            assert oracle.flips(oracle.Assessment(rows), "state", names) == want
            got = integers.flips(rows, "state", names, "all")
            assert (got["top"], got["size"], got["sets"]) == want and got["exact"]
        elif what == "all without":
            for out, p in expected.items():
                check(rows, [n for n in names if n != out], p)
        elif what == "public, no deception hypothesis":
            check(simple, public, expected)
        else:
            check(rows, {"all": names, "first half": names[:(len(names) + 1) // 2], "public": public}[what], expected)


# The integers against the products.

def test_integers_are_within_the_bound():
    for r, rows in some(2000, 10):
        a, view = oracle.Assessment(rows), views(r)
        names = integers.seen(rows, view)
        assert names == a.seen(view)
        if r.random() < 0.3:
            names = [n for n in names if r.random() < 0.7]
        for layer in layers_of(rows):
            agree(a, rows, layer, names, view)


def agree(a, rows, layer, names, view, what="posterior"):
    table, weighed = oracle.Table(a, layer, names, view), integers.Weighed(rows, layer, names, view)
    assert table.n == weighed.n
    exact, got = table.middle(), weighed.middle()
    assert list(exact) == list(got)
    ends, got_ends = table.ends(), weighed.ends()
    for h, p in exact.items():
        close(got[h], p, table.n, what)
        assert ends[h][0] <= p * (1 + Decimal("1e-40")) and p <= ends[h][1] * (1 + Decimal("1e-40")), "the middle is outside"
        low, high = got_ends[h]
        worst("middle outside of its ends, 10^-12", max(low - got[h], got[h] - high, 0))
        assert low - 1 <= got[h] <= high + 1, "the middle is outside"
        for g, p_end in zip(got_ends[h], ends[h]):
            close(g, p_end, table.n, "ends")


def test_many_items():
    for r, rows in some(4, 11, most_items=1):
        layer = layers_of(rows)[0]
        plain = [h["name"] for h in rows if h["kind"] == "hypothesis" and h["layer"] == layer and ">" not in h["name"]]
        rows = [row for row in rows if row["kind"] != "item"]
        for i in range(400):
            row = cases.item(r, i, [], {layer: plain}, 0.3, 0.2)
            # Weak ones: of strong ones the first ten decide, and no error is seen any more.
            row["cells"] = [[layer, h, *sorted(r.randrange(ONE * 9 // 10, ONE * 91 // 100) for _ in "ab")] for h in plain]
            rows.append(row)
        agree(oracle.Assessment(rows), rows, layer, names_of(rows), "all", "posterior of 400 items")


def test_ends_are_those_of_all_vertices():
    tried = 0
    for r, rows in some(1400, 12, most_items=4, most_plain=3, wide=0.6, n_layers=1):
        a, view = oracle.Assessment(rows), views(r)
        layer, names = layers_of(rows)[0], integers.seen(rows, view)
        table = oracle.Table(a, layer, names, view)
        if not 2 <= table.bits() <= 9 or not table.deceivers or tried > 150 * LARGE:
            continue
        tried += 1
        brute, ends, got = table.brute(), table.ends(), integers.Weighed(rows, layer, names, view).ends()
        for h, both in brute.items():
            for p, q, g in zip(both, ends[h], got[h]):
                assert abs(p - q) < Decimal("1e-45"), f"{h}: {q} is not the end, {p} is"
                close(g, p, table.n, "ends by brute force")
    assert tried >= 100


def test_flips():
    tried = 0
    for _, rows in some(60, 13, most_items=6, n_layers=1):
        a, layer, names = oracle.Assessment(rows), layers_of(rows)[0], names_of(rows)
        want, got = oracle.flips(a, layer, names), integers.flips(rows, layer, names, "all")
        p = sorted(middle(rows, layer, names).values())
        if len(p) > 1 and p[-1] - p[-2] < 100:
            continue  # who is on top hangs on the last digit
        assert (got["top"], got["size"], got["sets"]) == want
        tried += want[1] > 0
    assert tried > 10


def test_leaving_one_out():
    for r, rows in some(60, 14, n_layers=1):
        a, layer, names = oracle.Assessment(rows), layers_of(rows)[0], names_of(rows)
        group, party = r.choice(names), r.choice(names)
        for what, label, one in (("item", lambda n: n, group), ("group", a.group, a.group(group)),
                                 ("party", lambda n: a.items[n]["by"], a.items[party]["by"])):
            keep = [n for n in names if label(n) != one]
            n = oracle.Table(a, layer, keep).n
            for h, p in oracle.leave_one(a, layer, names, what)[one].items():
                close(middle(rows, layer, keep)[h], p, n, "one left out")
            # Twice is once, and the order of the names says nothing.
            again = [n for n in keep if label(n) != one]
            r.shuffle(again)
            assert middle(rows, layer, again + again[:1]) == middle(rows, layer, keep)


# What holds of every assessment.

def test_ceiling():
    for r, rows in some(500, 20):
        if r.random() < 0.5:
            one = r.choice(sorted(cases.CLASSES))
            for row in rows:
                row.update({"forge": one} if row["kind"] == "item" else {})
        a = oracle.Assessment(rows)
        for layer in layers_of(rows):
            for odds, limit in oracle.ceiling(a, layer, a.items).values():
                assert odds <= limit * (1 + Decimal("1e-40"))
            w = integers.Weighed(rows, layer, a.items)
            for s, t in ((w.s[e], w.t[f]) for e in range(3) for f in range(3)):
                costs = w.costs(s, t)
                for h, (_, blamed) in w.deceivers.items():
                    limit = sum(integers.cost(w.c[f] * 10**8) for f in w.classes)
                    assert costs[h] - w.prior[h] <= costs[blamed] - w.prior[blamed] + limit


def single(r, f, b_over_a):
    """Items of one class, alone in their groups, all of them for A."""
    rows = [{"kind": "class", "name": g, "value": c} for g, c in cases.CLASSES.items()]
    priors = {"A": 200, "B": 300, "other": 500 - b_over_a, "B>A": b_over_a}
    rows += [{"kind": "hypothesis", "layer": "state", "name": h, "value": p * ONE // 1000} for h, p in priors.items() if p]
    for i in range(30):
        row = cases.item(r, i, [], {"state": ["A", "B", "other"]}, 0, 0)
        row.update(forge=f, group=f"own{i}", type="N1", form=["C2"])
        row.pop("report", None), row.pop("weightless", None)
        high, low = sorted((cases.likelihood(r) for _ in "ab"), reverse=True)
        row["cells"] = [["state", "A", high, high], ["state", "B", low, low], ["state", "other", low, low]]
        rows.append(row)
    return rows


def test_a_deceiver_taken_from_other_keeps_up():
    r = random.Random(21)
    for f in sorted(cases.CLASSES) * 4 * LARGE:
        rows = single(r, f, 100)
        for n in (0, 1, 2, 5, 30):
            p = middle(rows, "state", [f"i{i}" for i in range(n)])
            # 2 is the odds of the priors; two units for what is rounded down.
            assert (p["A"] - 1) * cases.CLASSES[f] <= 2 * (p["B>A"] + 2) * 10**6, (f, n, p)
        # The other way round: without the hypothesis everything ends at A.
        without = middle(single(r, f, 0), "state", [f"i{i}" for i in range(30)])
        assert without["A"] > max(without["B"], without["other"])


def test_fifty_copies():
    for r, rows in some(120, 22, n_layers=1):
        layer, names = layers_of(rows)[0], names_of(rows)
        of = r.choice([row for row in rows if row["kind"] == "item"])
        if of.get("weightless"):
            continue  # counts for nothing itself
        copies = [{**of, "name": f"copy{i}", "repeats": of["name"] if i % 3 == 0 or not i else f"copy{i - 1}"} for i in range(50)]
        more = rows + copies
        assert middle(more, layer, names_of(more)) == middle(rows, layer, names)
        assert integers.Weighed(more, layer, names_of(more)).ends() == integers.Weighed(rows, layer, names).ends()
        # Without the original one copy is left, and counts where it stands: as the last.
        if of["name"] == names[-1] and not of.get("repeats"):
            rest = [n for n in names_of(more) if n != of["name"]]
            assert middle(more, layer, rest) == middle(rows, layer, names)
        # Copies that do not say so, in a group in which the others weigh nothing.
        if of.get("report") or of.get("repeats"):
            continue
        whole = [{**row, "value": 10**6} if row["kind"] == "group" else row for row in rows]
        unsaid = whole + [{**of, "name": f"copy{i}"} for i in range(50)]
        assert middle(unsaid, layer, names_of(unsaid)) == middle(whole, layer, names)


def ratios(rows, layer):
    w = integers.Weighed(rows, layer, names_of(rows))
    found = []
    for name in w.by_name:
        for item, cells, _, _ in w.counting({name}):
            mids = [p[1] for p in cells.values()]
            found.append((w.group(item), Decimal(max(mids)) / min(mids)))
    return found


def test_order_says_nothing():
    tried = 0
    for r, rows in some(300, 23, n_layers=1):
        layer = layers_of(rows)[0]
        strengths = ratios(rows, layer)
        head = [x for x in rows if x["kind"] != "item"]
        items = [x for x in rows if x["kind"] == "item"]
        before = integers.Weighed(rows, layer, names_of(rows))
        r.shuffle(head)
        # Of a family the first counts, of equals too: there the order of the items is part of what is said.
        if not any(x.get("repeats") for x in items) and len(set(strengths)) == len(strengths):
            r.shuffle(items)
            tried += len(items) > 1
        after = integers.Weighed(head + items, layer, names_of(rows))
        assert before.middle() == after.middle() and before.ends() == after.ends()
    assert tried > 20


def test_what_is_equally_likely_says_nothing():
    for r, rows in some(200, 24, n_layers=1):
        layer, names = layers_of(rows)[0], names_of(rows)
        p = cases.likelihood(r)
        plain = [h["name"] for h in rows if h["kind"] == "hypothesis" and ">" not in h["name"]]
        row = cases.item(r, 99, [], {layer: plain}, 0, 0.5)
        row.update(group="its-own", type="N1", background=p, cells=[[layer, h, p, p] for h in plain])
        row.pop("report", None), row.pop("weightless", None)
        more = rows + [row]
        w = integers.Weighed(more, layer, names_of(more))
        before, after = middle(rows, layer, names), w.middle()
        if (row.get("source") or "A")[0] in "F":
            continue  # 10 and 90 in 100 of the same: equal too, but its ends round with the others
        # To the last bit: every cost has grown by the same.
        assert before == after
        assert integers.Weighed(rows, layer, names).ends() == w.ends()


def test_more_likely_if_true_never_makes_it_less_likely():
    tried = 0
    for r, rows in some(800, 25, n_layers=1, wide=0):
        layer, names = layers_of(rows)[0], names_of(rows)
        number = r.choice([i for i, row in enumerate(rows) if row["kind"] == "item" and row["cells"]])
        row = rows[number]
        cell = r.randrange(len(row["cells"]))
        h, p = row["cells"][cell][1:3]
        # What a deceiver says is planted if it is likely; `other` may be the background of all.
        if (row.get("source") or " ")[0] == "G" or h == "other" and not row.get("background"):
            continue
        q = min(ONE, p + r.choice((1, p // 100, p, ONE)))
        cells = [list(c) for c in row["cells"]]
        cells[cell][2:] = [q, q]
        raised = rows[:number] + [{**row, "cells": cells}] + rows[number + 1:]
        a, b = (oracle.Table(oracle.Assessment(x), layer, names) for x in (rows, raised))
        if a.weight != b.weight:
            continue  # it became the strongest of its group: others weigh less now
        tried += 1
        before, after = a.middle()[h], b.middle()[h]
        # With a cap all rise with the largest hi, of which a third is rounded up; and if that is not its own mid (letter F), by more.
        ps = b.effective.get(row["name"], {"": (1,)}).values()
        capped = row["type"] in ("P1", "P2") or row["form"] == ["C8"]
        if capped and any(len(set(p)) > 1 for p in ps):
            continue
        thirds = Decimal(4) / max(map(max, ps)) if capped and row["name"] in b.effective else 0
        assert after >= before * (1 - max(thirds, Decimal("1e-45"))), (h, before, after)
        for x, p in ((rows, before), (raised, after)):
            close(middle(x, layer, names)[h], p, a.n, "raised")
    assert tried > 200


def test_inconsistency():
    rows = single(random.Random(26), "F1", 100)
    for row in rows[-30:]:
        row["cells"] = [["state", "A", ONE // 2, ONE // 2], ["state", "B", ONE // 10, ONE // 10], ["state", "other", ONE // 100, ONE // 100]]
    assert oracle.inconsistency(oracle.Assessment(rows), "state", names_of(rows)) == {"A": 0, "B": 30 * 10**6, "other": 60 * 10**6}


# The same for others.

def questions(count, seed, **shape):
    """Questions with the answers of the contract's integers."""
    r = random.Random(seed)
    while count:
        rows = cases.settled(cases.assessment(r, **shape))
        layer, view = r.choice(layers_of(rows)), views(r)
        question = {"rows": rows, "layer": layer, "ask": "flips" if r.random() < 0.2 else "posterior", "view": view}
        if r.random() < 0.3:
            names = integers.seen(rows, "all")
            question["items"] = [n for n in names if r.random() < 0.8]
        want = integers.answer(question)
        if want.get("size") == 0:
            continue  # above three it is an upper bound, and anybody's
        count -= 1
        yield {**question, "rows": cases.sealed(rows)}, want


def test_tool(tool):
    asked = list(questions(400 * LARGE, 30))
    text = "".join(json.dumps(q, separators=(",", ":")) + "\n" for q, _ in asked)
    run = subprocess.run([tool], input=text, capture_output=True, text=True, check=True)
    answers = run.stdout.splitlines()
    assert len(answers) == len(asked), f"{len(answers)} answers to {len(asked)} questions {run.stderr}"
    for (question, want), line in zip(asked, answers):
        got = json.loads(line)
        assert {k: got.get(k) for k in want} == want, f"{json.dumps(question)}\n  want {json.dumps(want)}\n  got  {line}"


def emit(count, seed):
    for question, want in questions(count, seed):
        print(json.dumps({**question, "want": want}, separators=(",", ":")))


def main(arguments):
    failed = 0
    tests = [(name, f, ()) for name, f in globals().items() if name.startswith("test_") and name != "test_tool"]
    tests += [("test_tool", test_tool, (tool,)) for tool in arguments]
    for name, f, more in tests:
        begun = time.monotonic()
        try:
            f(*more)
            print(f"ok   {name[5:].replace('_', ' ')}, {time.monotonic() - begun:.1f} s")
        except Skipped as why:
            print(f"skip {name[5:].replace('_', ' ')}: {why}")
        except AssertionError as why:
            failed += 1
            print(f"FAIL {name[5:].replace('_', ' ')}: {why}")
        sys.stdout.flush()
    for what, value in WORST.items():
        print(f"     worst of {what}: {value:.6f}")
    return 1 if failed else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--emit"]:
        emit(int(sys.argv[2]), int(sys.argv[3]))
        sys.exit(0)
    if sys.argv[1:2] == ["--large"]:
        del sys.argv[1]
        LARGE = 20
    sys.exit(main(sys.argv[1:]))
