"""Assessments in 60 digits: what the integers of docs/assessments.md, section 3, must come close to.

Written from section 2 (what counts) and from the formulae alone: products of likelihoods to the power of
their weights, a deceiver's sum for each forge class, a division by the sum.  Nothing of section 3 is used:
no costs, no tables, no corners but where `ends` says so, and `brute` tries those against all vertices.

Rows are those of a sealed assessment.  P' are integers in units of 10^-14, as section 2 makes them.
"""
from decimal import Decimal, getcontext
from itertools import combinations, product

getcontext().prec = 60

MILLION = 10**6
P_ONE = 10**14  # of P'
RELIABLE = {None: 100, "A": 95, "B": 80, "C": 60, "D": 40, "E": 10}  # in hundredths
LO, MID, HI = range(3)
POWERS = {}  # most powers are asked for again, once for each set


def power(p, weight):
    """(P' / 10^14) ^ (weight / 10^6)"""
    if weight == 0:
        return Decimal(1)
    if (p, weight) not in POWERS:
        base = Decimal(p) / P_ONE
        POWERS[p, weight] = base if weight == MILLION else (base.ln() * weight / MILLION).exp()
    return POWERS[p, weight]


def times(values):
    result = Decimal(1)
    for value in values:
        result *= value
    return result


class Assessment:
    def __init__(self, rows):
        self.plantable, self.rho, self.layers, self.items = {}, {}, {}, {}
        for row in rows:
            if row["kind"] == "class":
                self.plantable[row["name"]] = Decimal(row["value"]) / MILLION
            elif row["kind"] == "group":
                self.rho[row["name"]] = row["value"]
            elif row["kind"] == "hypothesis":
                self.layers.setdefault(row["layer"], {})[row["name"]] = row["value"]
            elif row["kind"] == "item":
                self.items[row["name"]] = row

    def plain(self, layer):
        return [h for h in self.layers[layer] if ">" not in h]

    def deceivers(self, layer):
        """(itself, who deceives, who is blamed)"""
        return [(h, *h.split(">")) for h in self.layers[layer] if ">" in h]

    def seen(self, view):
        """Names of the items of a view: `public`, `shared NAME`, `panel`, `all`."""
        word, _, reader = view.partition(" ")

        def shows(item):
            if word == "all":
                return True
            if word == "panel":
                return item["view"] != "own"
            return item["view"] == "public" or word == item["view"] == "shared" and reader in item["shown"]
        return [name for name, item in self.items.items() if shows(item)]

    def cells(self, name, layer):
        return {h: (lo, hi) for where, h, lo, hi in self.items[name]["cells"] if where == layer}

    def carries(self, name, layer):
        """Does the item speak at the layer, and does it rest on anything?"""
        item = self.items[name]
        return set(self.plain(layer)) <= set(self.cells(name, layer)) and not item.get("weightless")

    def family(self, name):
        while self.items[name].get("repeats"):
            name = self.items[name]["repeats"]
        return name

    def group(self, name):
        item = self.items[name]
        if item.get("report") and item.get("derived"):
            return self.group(item["derived"][0])
        return item["group"]

    def letter(self, name):
        return (self.items[name].get("source") or [None])[0]

    def background(self, name, layer):
        said = self.items[name].get("background")
        return said or sum(self.cells(name, layer)["other"]) // 2

    def counting(self, layer, names):
        """Of the names those that count, in the order of the text: of each family the first."""
        firsts = {}
        for name in self.items:
            if name in names and self.carries(name, layer):
                firsts.setdefault(self.family(name), name)
        return list(firsts.values())

    def effective(self, name, layer, view):
        """{hypothesis: (lo, mid, hi)} of P', graded and capped."""
        b, letter = self.background(name, layer), self.letter(name)
        result = {}
        for h, (lo, hi) in self.cells(name, layer).items():
            ps = (lo, (lo + hi) // 2, hi)
            if letter == "G":
                result[h] = (100 * b,) * 3
            elif letter == "F":
                mixed = [[r * p + (100 - r) * b for r in (10, 50, 90)] for p in ps]
                result[h] = (min(mixed[LO]), mixed[MID][1], max(mixed[HI]))
            else:
                r = RELIABLE[letter]
                result[h] = tuple(r * p + (100 - r) * b for p in ps)
        if self.capped(name, view):
            floor = -(-max(p[HI] for p in result.values()) // 3)
            result = {h: tuple(max(p, floor) for p in ps) for h, ps in result.items()}
        return result

    def capped(self, name, view):
        item = self.items[name]
        looked_at = "C7" in item["form"] and view in ("panel", "all")
        return (item["type"] in ("P1", "P2") or item["form"] == ["C8"]) and not looked_at

    def weights(self, layer, effective):
        """{item: weight in millionths}: the strongest of a group whole, the others less."""
        strongest = {}
        for name, ps in effective.items():
            mids = [p[MID] for p in ps.values()]
            high, low = max(mids), min(mids)
            best = strongest.get(self.group(name))
            if best is None or high * best[2] > best[1] * low:
                strongest[self.group(name)] = (name, high, low)
        return {name: MILLION if strongest[self.group(name)][0] == name
                else MILLION - self.rho.get(self.group(name), 800000) for name in effective}


class Table:
    """One layer, one set of items: likelihoods to the power of their weights, by forge class."""

    def __init__(self, a, layer, names, view="all", deceivers=True):
        effective = {name: a.effective(name, layer, view) for name in a.counting(layer, names)}
        weight = a.weights(layer, effective)
        self.plain = a.plain(layer)
        self.deceivers = a.deceivers(layer) if deceivers else []
        self.prior = a.layers[layer]
        self.plantable = a.plantable
        self.weight, self.n = weight, len(effective)
        self.effective = effective
        self.likely = []  # (class, {hypothesis: (lo, mid, hi)}) of each item that a deceiver did not write
        self.common = Decimal(1)  # of what deceivers said: speaks for nobody
        self.planted = []  # but for whoever wants the blamed one to look guilty
        for name, ps in effective.items():
            w = weight[name]
            if a.letter(name) == "G":
                b = 100 * a.background(name, layer)
                self.common *= power(b, w)
                most = 3 * b if a.capped(name, view) else P_ONE
                self.planted.append({h: tuple(power(max(b, min(100 * p, most)), w) for p in (lo, (lo + hi) // 2, hi))
                                     for h, (lo, hi) in a.cells(name, layer).items()})
            else:
                self.likely.append((a.items[name]["forge"], {h: tuple(power(p, w) for p in ps[h]) for h in self.plain}))
        self.classes = sorted({f for f, _ in self.likely})

    def posterior(self, x, t):
        """x[hypothesis][class]: products of likelihoods; t[hypothesis]: product of what was planted on it."""
        mass = {}
        for h in self.plain:
            mass[h] = self.prior[h] * self.common * times(x[h].values())
        for h, b, a in self.deceivers:
            mass[h] = self.prior[h] * t[a]
            for f in self.classes:
                c = self.plantable[f]
                mass[h] *= c * x[a][f] + (1 - c) * x[b][f]
        total = sum(mass.values())
        return {h: mass[h] / total for h in self.prior if h in mass}

    def x_at(self, h, end):
        return {f: times(ps[h][end] for g, ps in self.likely if g == f) for f in self.classes}

    def t_at(self, h, end):
        return times(ps[h][end] for ps in self.planted)

    def middle(self):
        return self.posterior({h: self.x_at(h, MID) for h in self.plain}, {h: self.t_at(h, MID) for h in self.plain})

    def vertex(self, pick, pick_planted):
        """pick(place of the item, hypothesis) says LO, MID or HI for each single likelihood."""
        x = {h: {f: times(ps[h][pick(i, h)] for i, (g, ps) in enumerate(self.likely) if g == f) for f in self.classes}
             for h in self.plain}
        return self.posterior(x, {h: times(ps[h][pick_planted(i, h)] for i, ps in enumerate(self.planted)) for h in self.plain})

    def bits(self):
        """How many likelihoods have two ends: so many dimensions has the box."""
        blamed = {a for _, _, a in self.deceivers}
        return (sum(ps[h][LO] != ps[h][HI] for _, ps in self.likely for h in self.plain)
                + sum(ps[h][LO] != ps[h][HI] for ps in self.planted for h in blamed))

    def brute(self):
        """{hypothesis: (least, largest)} over all vertices of the box."""
        def both(ps):
            return (LO, HI) if ps[LO] != ps[HI] else (LO,)
        blamed = {a for _, _, a in self.deceivers}
        xs, ts = [], []
        for h in self.plain:
            picks = product(*(both(ps[h]) for _, ps in self.likely))
            xs.append([{f: times(ps[h][e] for e, (g, ps) in zip(pick, self.likely) if g == f) for f in self.classes}
                       for pick in picks])
            picks = product(*(both(ps[h]) for ps in self.planted)) if h in blamed else [(LO,) * len(self.planted)]
            ts.append([times(ps[h][e] for e, ps in zip(pick, self.planted)) for pick in picks])
        found = {}
        for x in product(*xs):
            for t in product(*ts):
                for h, p in self.posterior(dict(zip(self.plain, x)), dict(zip(self.plain, t))).items():
                    least, largest = found.get(h, (p, p))
                    found[h] = (min(least, p), max(largest, p))
        return found

    def ends(self):
        """The same without looking at all of them, for larger boxes; `brute` says whether that is right."""
        found = {}
        x = {(h, e): self.x_at(h, e) for h in self.plain for e in (LO, HI)}
        t = {(h, e): self.t_at(h, e) for h in self.plain for e in (LO, HI)}
        for h in self.plain:
            found[h] = tuple(self.posterior({g: x[g, own if g == h else other] for g in self.plain},
                                            {g: t[g, other] for g in self.plain})[h] for own, other in ((LO, HI), (HI, LO)))
        for h, b, a in self.deceivers:
            moving = [(g, f) for g in (a, b) for f in self.classes if x[g, LO][f] != x[g, HI][f]]
            extreme = []
            for own, other, choose in ((LO, HI, min), (HI, LO, max)):
                at = {g: dict(x[g, LO if g in (a, b) else other]) for g in self.plain}
                planted = {g: t[g, own if g == a else other] for g in self.plain}
                values = []
                for pick in product((LO, HI), repeat=len(moving)):
                    for (g, f), e in zip(moving, pick):
                        at[g][f] = x[g, e][f]
                    values.append(self.posterior(at, planted)[h])
                extreme.append(choose(values))
            found[h] = tuple(extreme)
        return found


def middle(a, layer, names, view="all"):
    return Table(a, layer, names, view).middle()


def top(posterior):
    """The first of the largest; what differs by less than our digits is equal."""
    most = max(posterior.values())
    return next(h for h, p in posterior.items() if most - p < Decimal("1e-40"))


def flips(a, layer, names, view="all", largest=3):
    """(top, size, all sets of that size without which another one is on top); size 0: no set that small."""
    names = [n for n in a.items if n in names and a.carries(n, layer)]
    before = top(middle(a, layer, names, view))
    for size in range(1, min(largest, len(names)) + 1):
        sets = [list(out) for out in combinations(names, size)
                if top(middle(a, layer, [n for n in names if n not in out], view)) != before]
        if sets:
            return before, size, sets
    return before, 0, []


def leave_one(a, layer, names, what, view="all"):
    """{what was left out: posterior of the rest}; what: `item`, `group`, `party`."""
    label = {"item": lambda n: n, "group": a.group, "party": lambda n: a.items[n]["by"]}[what]
    return {out: middle(a, layer, [n for n in names if label(n) != out], view) for out in dict.fromkeys(map(label, names))}


def ceiling(a, layer, names, view="all"):
    """{deceiver: (odds of the blamed one against it, what they never exceed)}"""
    table = Table(a, layer, names, view)
    posterior = table.middle()
    result = {}
    for h, _, blamed in table.deceivers:
        limit = Decimal(table.prior[blamed]) / table.prior[h] / times(table.plantable[f] for f in table.classes)
        result[h] = (posterior[blamed] / posterior[h], limit)
    return result


def inconsistency(a, layer, names, view="all", weak=3, strong=10):
    """Heuer's count: what speaks against each hypothesis, each item by its weight in millionths.

    An item is inconsistent (1) with a hypothesis that makes it at least `weak` times less likely than the one that explains it
    best, very inconsistent (2) from `strong` times on; what speaks for one counts nothing."""
    table = Table(a, layer, names, view)
    count = dict.fromkeys(table.plain, 0)
    for name, ps in table.effective.items():
        best = max(p[MID] for p in ps.values())
        for h in table.plain:
            count[h] += table.weight[name] * sum(ps[h][MID] * ratio <= best for ratio in (weak, strong))
    return count
