"""Assessments at random, as sealed rows: whatever the contract lets in, and its edges more often than is natural."""

MILLION = 10**6
ONE = 10**12
LAYERS = ("machine", "operator", "organisation", "state", "beneficiary")
TYPES = ("N1", "N4", "M3", "H2", "O2", "P1", "P2", "P3", "G1")
FORMS = (["C2"], ["C8"], ["C8", "C7"], ["C1", "C6"], ["C5"], ["C3", "C7"], ["C7", "C8", "C3"])
PARTIES = ("A", "B", "panel-of-three")
CLASSES = {"F0": 900000, "F1": 700000, "F2": 400000, "F3": 150000, "F4": 30000}


def likelihood(r):
    """In 10^-12: mostly of few digits, as people write them, sometimes at an edge."""
    kind = r.randrange(12)
    if kind < 7:
        return r.randrange(1, 101) * ONE // 100
    if kind < 9:
        return r.choice((1, 2, 10**6, ONE - 1, ONE, ONE // 3, ONE // 2))
    return int(10 ** (12 * r.random())) if kind < 10 else r.randrange(1, ONE + 1)


def stretch(r, wide):
    p = likelihood(r)
    if r.random() >= wide:
        return [p, p]
    q = r.choice((likelihood(r), min(ONE, p + r.randrange(3)), min(ONE, p * 2)))
    return sorted((p, q))


def hypotheses(r, layer, most):
    plain = ["A", "B", "C", "D"][:r.randrange(1, most)] + ["other"]
    pairs = [f"{b}>{a}" for a in plain for b in plain if a not in ("other", b)]
    names = plain + r.sample(pairs, r.randrange(min(len(pairs), 4) + 1))
    shares = [r.choice((1, 2, 5, 10, 30, 100, 10**6)) if r.random() < 0.2 else r.randrange(1, 60) for _ in names]
    priors = [max(1, s * ONE // sum(shares)) for s in shares]
    if r.random() < 0.3:
        priors = [max(1, min(ONE, p + p * r.randrange(-999, 1000) // MILLION)) for p in priors]
    return [{"kind": "hypothesis", "layer": layer, "name": n, "value": p} for n, p in zip(names, priors)]


def item(r, number, before, layers, wide, grades):
    row = {"kind": "item", "name": f"i{number}", "type": r.choice(TYPES), "group": f"g{r.randrange(3)}",
           "forge": r.choice(sorted(CLASSES)), "cost": f"D{r.randrange(5)}", "form": r.choice(FORMS), "by": r.choice(PARTIES),
           "view": r.choice(("public", "shared", "panel", "own")), "rests": [["finding", "%064x" % r.getrandbits(256)]], "cells": []}
    if r.random() < grades:
        row["source"] = r.choice("ABCDEFFGG") + str(r.randrange(1, 7))
    if row["view"] == "shared":
        row["shown"] = r.sample(PARTIES, r.randrange(1, 3))
    if row["type"] == "G1" or "source" in row and r.random() < 0.1:
        row["report"] = True
        if "source" in row:
            row["rests"] = [["report", "%064x" % r.getrandbits(256)]]
    if before and r.random() < 0.2:
        row["repeats"] = r.choice(before)
    if before and r.random() < (0.7 if "report" in row else 0.1):
        row["derived"] = r.sample(before, min(len(before), r.randrange(1, 3)))
    if r.random() < 0.15:
        row["background"] = likelihood(r)
    for layer, plain in layers.items():
        if len(layers) > 1 and r.random() < 0.2:
            continue  # does not speak there
        same = stretch(r, wide) if r.random() < 0.1 else None
        row["cells"] += [[layer, h, *(same or stretch(r, wide))] for h in plain if r.random() > 0.004]
    return row


def sealed(rows):
    """As they are sealed: each item says the rho of its group, and there are no rows of groups."""
    rho = {row["name"]: row["value"] for row in rows if row["kind"] == "group"}
    return [{**row, "rho": rho.get(row["group"], 800000)} if row["kind"] == "item" else row for row in rows if row["kind"] != "group"]


def settled(rows):
    """What a sealed row has settled: a report's group is that of what it repeats or rests on (not both: then it is clear which);
    what leads to nothing but reports carries no weight."""
    by_name = {}
    for row in rows:
        if row["kind"] == "item":
            if row.get("report") and row.get("repeats"):
                row.pop("derived", None)
            upstream = row.get("repeats") or (row.get("derived") or [None])[0]
            if row.get("report") and upstream:
                row["group"] = by_name[upstream]["group"]
            if row.get("repeats"):
                hollow = by_name[row["repeats"]].get("weightless", False)
            else:
                hollow = row.get("report", False) and all(by_name[d].get("weightless", False) for d in row.get("derived", []))
            if hollow:
                row["weightless"] = True
            by_name[row["name"]] = row
    return rows


def assessment(r, most_items=7, most_plain=4, wide=0.3, grades=0.35, n_layers=None):
    rows = [{"kind": "assessment", "name": "who?", "by": "A", "value": 1}]
    own = r.random() < 0.4
    for name, c in CLASSES.items():
        value = r.choice((1, 999999, 500000, r.randrange(1, MILLION))) if own and r.random() < 0.5 else c
        rows.append({"kind": "class", "name": name, "value": value})
    layers = {}
    for layer in sorted(r.sample(LAYERS, n_layers or r.choice((1, 1, 1, 2, 3))), key=LAYERS.index):
        hs = hypotheses(r, layer, most_plain + 1)
        rows += hs
        layers[layer] = [h["name"] for h in hs if ">" not in h["name"]]
    for g in range(3):
        rows.append({"kind": "group", "name": f"g{g}", "value": r.choice((0, 300000, 800000, 800000, MILLION, r.randrange(MILLION + 1)))})
    names = []
    for number in range(r.randrange(1, most_items + 1)):
        rows.append(item(r, number, names, layers, wide, grades))
        names.append(rows[-1]["name"])
    return rows


def of_vector(case):
    """A known answer's rows, at the layer `state`."""
    def unit(text, one=ONE):
        whole, _, part = text.partition(".")
        return int(whole) * one + int(part.ljust(len(str(one)) - 1, "0"))
    rows = [{"kind": "class", "name": f, "value": c} for f, c in CLASSES.items()]
    rows += [{"kind": "hypothesis", "layer": "state", "name": h, "value": unit(case["prior"][h])} for h in case["hypotheses"]]
    rows += [{"kind": "group", "name": g, "value": unit(case["rho"].get(g, "0"), MILLION)}
             for g in sorted({i["group"] for i in case["items"]})]
    for number, i in enumerate(case["items"]):
        row = {"kind": "item", "name": str(number), "type": i.get("type", "N1"), "group": i["group"], "forge": i["forge"], "cost": "D1",
               "form": ["C2"], "by": "A", "view": "public" if i.get("public", True) else "own",
               "rests": [["finding", "0" * 64]], "cells": [["state", h, unit(p), unit(p)] for h, p in i["p"].items()]}
        if i.get("type") == "G1":
            row["report"] = True
        if "repeats" in i:
            row["repeats"] = str(i["repeats"])
        rows.append(row)
    return rows
