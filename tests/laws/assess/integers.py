#!/usr/bin/env python3
"""Section 3 of docs/assessments.md, line for line, in Python's integers.

The program and the browser must say the same to the last bit.  `answer` takes one question as they do, a dict that was a
line of JSON, and gives what they must answer; as a program it does so line by line.  How far the integers are from the
numbers that they stand for, test_assess.py tries.
"""
import json
import sys
from decimal import Decimal, localcontext
from itertools import combinations, product

MILLION = 10**6
ONE = 10**12  # of probabilities
P_ONE = 10**14  # of P'
LO, MID, HI = range(3)
R = {"A": 95, "B": 80, "C": 60, "D": 40, "E": 10}


def tables():
    with localcontext() as context:
        context.prec = 60

        def at_62(x):
            return int((x * 2**62).to_integral_value())
        return (at_62(Decimal(2).ln()), [at_62((1 + Decimal(j) / 128).ln()) for j in range(128)],
                [at_62((-Decimal(j) / 128).exp()) for j in range(89)])


LN2, LN, EXP = tables()
END = 44 << 44  # exp of that, and of more, is 0


def ln(m):
    if m == 1 << 63:
        return LN2
    j = (m >> 55) - 128
    c = (128 + j) << 55
    t = ((m - c) << 63) // (m + c)
    q = (t * t) >> 63
    t3 = (t * q) >> 63
    t5 = (t3 * q) >> 63
    t7 = (t5 * q) >> 63
    return LN[j] + t + t3 // 3 + t5 // 5 + t7 // 7


COSTS = {}


def cost(n):
    if n not in COSTS:
        assert 1 <= n <= P_ONE
        k = n.bit_length() - 1
        x = 46 * LN2 + ln(P_ONE << 16) - k * LN2 - ln(n << (62 - k)) + (1 << 17)
        assert x >= 0
        COSTS[n] = x >> 18
    return COSTS[n]


def weighted(c, w):
    return (c * w + 500000) // MILLION


def exp(d):
    if d >= END:
        return 0
    wide = d << 18
    n = wide // LN2
    r = wide - n * LN2
    j = r >> 55
    s = r - (j << 55)
    e, power = (1 << 62) - s, s
    for i in range(2, 8):
        power = (power * s >> 62) // i
        e += -power if i % 2 else power
    return ((EXP[j] * e) >> 62) >> n


def either(x, y):
    return min(x, y) - ((ln((1 << 62) + exp(abs(x - y))) + (1 << 17)) >> 18)


class Weighed:
    """What counts of one layer and one set of items, and its sums."""

    def __init__(self, rows, layer, names, view="all"):
        self.c = {r["name"]: r["value"] for r in rows if r["kind"] == "class"}
        self.rho = {r["name"]: r["value"] for r in rows if r["kind"] == "group"}  # as tests have them; sealed rows say it item by item
        self.rho.update((r["group"], r["rho"]) for r in rows if r["kind"] == "item" and "rho" in r)
        self.prior = {r["name"]: cost(100 * r["value"]) for r in rows if r["kind"] == "hypothesis" and r["layer"] == layer}
        self.plain = [h for h in self.prior if ">" not in h]
        self.deceivers = {h: h.split(">") for h in self.prior if ">" in h}
        self.by_name = {r["name"]: r for r in rows if r["kind"] == "item"}
        self.layer, self.view = layer, view
        self.either = {}
        items = self.counting(set(names))
        weights = self.weights(items)
        self.classes = sorted({i["forge"] for i, _, _, letter in items if letter != "G"})
        self.n = len(items)
        self.s = [{h: {f: 0 for f in self.classes} for h in self.plain} for _ in range(3)]
        self.s_g, self.t = 0, [dict.fromkeys(self.plain, 0) for _ in range(3)]
        for (item, cells, b, letter), w in zip(items, weights):
            if letter == "G":
                self.s_g += weighted(cost(100 * b), w)
            for end in range(3):
                for h in self.plain:
                    if letter == "G":
                        lo, hi = self.cell(item)[h]
                        p = (lo, (lo + hi) // 2, hi)[end]
                        p = min(p, 3 * b) if self.capped(item) else p
                        self.t[end][h] += weighted(min(cost(100 * b), cost(100 * p)), w)
                    else:
                        self.s[end][h][item["forge"]] += weighted(cost(cells[h][end]), w)

    def cell(self, item):
        return {h: (lo, hi) for layer, h, lo, hi in item["cells"] if layer == self.layer}

    def counting(self, names):
        items, families = [], set()
        for name, item in self.by_name.items():
            cells = self.cell(item)
            if name not in names or any(h not in cells for h in self.plain):
                continue
            if item.get("weightless"):
                continue
            first = name
            while self.by_name[first].get("repeats"):
                first = self.by_name[first]["repeats"]
            if first not in families:
                families.add(first)
                items.append(self.effective(item, cells))
        return items

    def effective(self, item, cells):
        letter = item["source"][0] if item.get("source") else ""
        b = item.get("background") or (cells["other"][0] + cells["other"][1]) // 2
        out = {}
        for h in self.plain:
            lo, hi = cells[h]
            mid = (lo + hi) // 2
            if letter == "G":
                out[h] = [100 * b] * 3
            elif letter == "F":
                out[h] = [min(10 * lo + 90 * b, 90 * lo + 10 * b), 50 * mid + 50 * b, max(10 * hi + 90 * b, 90 * hi + 10 * b)]
            else:
                r = R.get(letter, 100)
                out[h] = [r * p + (100 - r) * b for p in (lo, mid, hi)]
        if self.capped(item):
            f = (max(p[HI] for p in out.values()) + 2) // 3
            out = {h: [max(p, f) for p in ps] for h, ps in out.items()}
        return item, out, b, letter

    def capped(self, item):
        claim = item["type"] in ("P1", "P2") or item["form"] == ["C8"]
        return claim and not ("C7" in item["form"] and self.view in ("panel", "all"))

    def group(self, item):
        while item.get("report") and item.get("derived"):
            item = self.by_name[item["derived"][0]]
        return item["group"]

    def weights(self, items):
        best = {}
        for i, (item, cells, _, _) in enumerate(items):
            high = max(cells[h][MID] for h in self.plain)
            low = min(cells[h][MID] for h in self.plain)
            g = self.group(item)
            if g not in best or high * best[g][2] > best[g][1] * low:
                best[g] = (i, high, low)
        return [MILLION if best[self.group(item)][0] == i else MILLION - self.rho.get(self.group(item), 800000)
                for i, (item, _, _, _) in enumerate(items)]

    def planted(self, f, x, y):
        if x == y:
            return x
        if (f, x, y) not in self.either:
            c = self.c[f] * 10**8
            self.either[f, x, y] = either(cost(c) + x, cost(P_ONE - c) + y)
        return self.either[f, x, y]

    def costs(self, s, t):
        out = {}
        for h, prior in self.prior.items():
            if h in self.deceivers:
                b, a = self.deceivers[h]
                out[h] = prior + t[a] + sum(self.planted(f, s[a][f], s[b][f]) for f in self.classes)
            else:
                out[h] = prior + sum(s[h].values()) + self.s_g
        return out

    def middle_costs(self):
        return self.costs(self.s[MID], self.t[MID])

    def posterior(self, s, t):
        costs = self.costs(s, t)
        least = min(costs.values())
        e = {h: exp(c - least) for h, c in costs.items()}
        total = sum(e.values())
        return {h: e[h] * ONE // total for h in e}

    def middle(self):
        return self.posterior(self.s[MID], self.t[MID])

    def ends(self):
        """{hypothesis: (lo, hi)}"""
        out = {}
        for h in self.plain:
            out[h] = tuple(self.posterior({g: self.s[own if g == h else other][g] for g in self.plain}, self.t[other])[h]
                           for own, other in ((LO, HI), (HI, LO)))
        for h, (b, a) in self.deceivers.items():
            # Where both ends are equal there is no corner to look at twice.
            moving = [(g, f) for g in (a, b) for f in self.classes if self.s[LO][g][f] != self.s[HI][g][f]]
            found = []
            for own, other, choose in ((LO, HI, min), (HI, LO, max)):
                s = {g: dict(self.s[LO if g in (a, b) else other][g]) for g in self.plain}
                t = {g: self.t[own if g == a else other][g] for g in self.plain}
                values = []
                for pick in product((LO, HI), repeat=len(moving)):
                    for (g, f), end in zip(moving, pick):
                        s[g][f] = self.s[end][g][f]
                    values.append(self.posterior(s, t)[h])
                found.append(choose(values))
            out[h] = tuple(found)
        return out


def seen(rows, view):
    word, _, reader = view.partition(" ")
    out = []
    for row in rows:
        if row["kind"] == "item" and (word == "all" or word == "panel" and row["view"] != "own" or row["view"] == "public"
                                      or word == "shared" and row["view"] == "shared" and reader in row["shown"]):
            out.append(row["name"])
    return out


def top(posterior):
    most = max(posterior.values())
    return next(h for h, p in posterior.items() if p == most)


def flips(rows, layer, names, view):
    """All smallest sets, up to three, without which another hypothesis is on top; size 0: none that small."""
    before = top(Weighed(rows, layer, names, view).middle())
    for size in (1, 2, 3):
        sets = [list(out) for out in combinations(names, size)
                if top(Weighed(rows, layer, [n for n in names if n not in out], view).middle()) != before]
        if sets:
            return {"top": before, "size": size, "exact": True, "sets": sets}
    return {"top": before, "size": 0, "exact": False, "sets": []}


def answer(question):
    rows, layer, view = question["rows"], question["layer"], question.get("view", "all")
    names = question["items"] if "items" in question else seen(rows, view)
    if question["ask"] == "flips":
        return flips(rows, layer, names, view)
    if question["ask"] == "posterior":
        w = Weighed(rows, layer, names, view)
        middle, ends = w.middle(), w.ends()
        return {"p": [[h, ends[h][0], middle[h], ends[h][1]] for h in middle]}
    raise ValueError(question["ask"])


if __name__ == "__main__":
    for asked in sys.stdin:
        print(json.dumps(answer(json.loads(asked)), separators=(",", ":")))
