"""The generated parts of docs/evaluation.md, each between two markers."""
import collections
import re

import manifest
import traffic
from share import percent, said as share, wilson


def table(head, rows):
    out = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(out + ["| " + " | ".join(str(x) for x in row) + " |" for row in rows])


def put(text, name, body):
    """${text} with what is between the markers of ${name} replaced."""
    form = re.compile(rf"(<!-- {name}: begin -->\n).*?(<!-- {name}: end -->)", re.S)
    if not form.search(text):
        raise ValueError(f"no markers for {name}")
    return form.sub(lambda m: m[1] + body.rstrip("\n") + "\n" + m[2], text)


def get(text, name):
    m = re.search(rf"<!-- {name}: begin -->\n(.*?)<!-- {name}: end -->", text, re.S)
    return m[1].rstrip("\n") if m else None


# ---- real captures, by comity alone: what the test holds the document to ----

def known_of(c):
    text = (c.expect or "") + (" " + ", ".join(map(str, c.frames)) if c.frames else "")
    return text + (f"; {', '.join(c.must)}" if c.must else "")


def outcome(r):
    trouble = manifest.wrong(r.capture.expect, r.capture.frames, r.said.incidents)
    _, missed, wrong = traffic.judge(r.capture, r.said)
    out = [f"**{trouble}**"] if trouble else []
    out += [f"**not named: {m}**" for m in missed] + [f"**wrongly {x['kind']}**" for x in wrong]
    return "; ".join(out) or "ok"


def real_rows(results):
    rows = [(r.capture.name, r.capture.kind, known_of(r.capture), manifest.summary(r.said.incidents),
             traffic.words(r.said), outcome(r)) for r in results]
    return table(("capture", "class", "known", "said of packets", "said of floods and scans", ""), rows)


def alarm_rows(results, explained):
    """The table, and how many have no explanation."""
    counts = collections.OrderedDict()
    for r in results:
        for detector, frames in r.raised():
            why = explained.why(r.capture, detector, frames)
            key = (r.capture.name, detector, ", ".join(map(str, frames)) or "-", why)
            counts[key] = counts.get(key, 0) + 1
    rows = [(name, detector if n == 1 else f"{detector} ({n} times)", frames, why or "**unexplained**")
            for (name, detector, frames, why), n in counts.items()]
    bad = sum(why is None for *_, why in counts)
    if not rows:
        return "None.", 0
    return table(("capture", "alarm", "frames", "why"), rows), bad


def law(results, explained):
    alarms, bad = alarm_rows(results, explained)
    return (f"{real_rows(results)}\n\nAlarms on packets that nobody is known to have forged, all of them:\n\n{alarms}"), bad


# ---- everybody ----

def decided(results):
    return [r for r in results if not r.capture.undetermined]


def systems_of(results):
    return list(results[0].alarms)


def caught(results, system, kind=None):
    """(alarmed, all) of flows with forged packets."""
    pairs = [(r, flow) for r in decided(results) for flow, k in r.forged_flows() if kind in (None, k)]
    return sum(flow in r.alarms[system].flows for r, flow in pairs), len(pairs)


def recall(results):
    kinds = sorted({k for r in decided(results) for _, k in r.forged_flows()})
    hands = [len({r.capture.source for r in results if k in r.capture.forged.values()}) for k in kinds]
    head = ["", *(f"{k} ({n} {'hand' if n == 1 else 'hands'})" for k, n in zip(kinds, hands)), "all"]
    return table(head, [[s, *(share(*caught(results, s, k)) for k in kinds), share(*caught(results, s))]
                        for s in systems_of(results)])


def made_recall(results):
    kinds = sorted({k for r in decided(results) for _, k in r.forged_flows()})
    return table(["", *kinds, "all"], [[s, *(share(*caught(results, s, k)) for k in kinds), share(*caught(results, s))]
                                      for s in systems_of(results)])


def precision(results, system):
    """(alarmed flows with a forged packet, alarmed flows)"""
    right = every = 0
    for r in decided(results):
        bad = {flow for flow, _ in r.forged_flows()}
        alarmed = r.alarms[system].flows & r.flows
        right, every = right + len(alarmed & bad), every + len(alarmed)
    return right, every


def false_alarms(results, system):
    """(flows, of all without a forged packet), (captures, of all that hold none)"""
    flows = every = captures = clean = 0
    for r in decided(results):
        if r.capture.kind in ("FLOOD", "SCAN"):
            continue
        good = r.flows - {flow for flow, _ in r.forged_flows()}
        flows, every = flows + len(r.alarms[system].flows & good), every + len(good)
        if not r.capture.forged:
            clean += 1
            captures += bool(r.alarms[system].flows & r.flows)
    return (flows, every), (captures, clean)


def alarms_table(results):
    rows = []
    for s in systems_of(results):
        flows, captures = false_alarms(results, s)
        right, every = precision(results, s)
        rows.append((s, share(right, every) if every else "no alarm", share(*flows), f"{captures[0]} of {captures[1]}"))
    return table(("", "precision: alarmed flows that hold a forged packet", "flows without one that are alarmed",
                  "captures without any that are"), rows)


def named_rows(results, system):
    """Forged frames named, innocent frames named."""
    right = every = wrong = 0
    for r in decided(results):
        frames = r.alarms[system].frames or set()
        right, every = right + len(frames & set(r.capture.forged)), every + len(r.capture.forged)
        wrong += len(frames - set(r.capture.forged))
    return right, every, wrong


def naming(real, made):
    rows = []
    for s in ("comity, forged", "Nakibly et al., done here (R7)"):
        for word, results in (("real", real), ("made", made)):
            right, every, wrong = named_rows(results, s)
            rows.append((s, word, share(right, every), wrong))
    return table(("", "captures", "forged packets named as such", "others named so"), rows)


def incident_types(results):
    """By type and verdict: incidents that name a forged packet, of all."""
    right, every = collections.Counter(), collections.Counter()
    for r in decided(results):
        truth = r.truth()
        for x in r.said.incidents:
            if x["verdict"] == "explained":
                continue
            key = x["type"], x["verdict"]
            every[key] += 1
            right[key] += bool(truth & set(x["forged"] + x["suspect"]))
    return table(("type", "verdict", "incidents that name a packet known to be forged"),
                 [(*key, share(right[key], every[key])) for key in sorted(every)])


def word_of(r, frame):
    """The strongest thing that is said of a frame."""
    for verdicts, sets, word in ((("forged",), ("forged",), "forged"), (("forged", "stack-break"), ("suspect",), "suspect"),
                                 (("undecidable",), ("suspect", "genuine", "forged"), "undecidable")):
        if any(x["verdict"] in verdicts and frame in x[s] for x in r.said.incidents for s in sets):
            return word
    return "missed"


def classes(results):
    count = collections.defaultdict(collections.Counter)
    for r in results:
        for frame, name in r.capture.classes.items():
            count[name][word_of(r, frame)] += 1
    rows = []
    for name in sorted(count):
        c = count[name]
        rows.append((name, share(c["forged"], c.total()), c["suspect"], c["undecidable"], c["missed"]))
    return table(("class", "called forged", "suspect", "undecidable", "missed"), rows)


def totals(results):
    by = collections.OrderedDict()
    for r in results:
        t = by.setdefault(r.capture.kind, collections.Counter())
        t["captures"] += 1
        t["packets"] += r.packets
        t["flows"] += len(r.flows)
        t["forged"] += len(r.capture.forged)
        t["alarms"] += len(list(r.raised()))
    rows = [(k, *(f"{t[n]:,}" for n in ("captures", "packets", "flows", "forged", "alarms"))) for k, t in by.items()]
    return table(("class", "captures", "TCP and UDP packets", "flows with data, or DNS", "packets known to be forged",
                  "alarms by comity on others"), rows)


def files(results):
    rows = [(r.capture.name if r.capture.real else f"`{r.capture.origin}`", r.capture.kind,
             r.capture.origin if r.capture.real else "", f"`{r.sha256}`") for r in results]
    return table(("capture", "class", "where from", "SHA-256"), rows)


# ---- floods ----

def floods(results):
    """By kind: named of those that must be, and named where it must not be."""
    must, named, wrong = collections.Counter(), collections.Counter(), collections.Counter()
    for r in results:
        good, missed, bad = traffic.judge(r.capture, r.said)
        for token in good + missed:
            must[token] += 1
            named[token] += token in good
        for kind in {x["kind"] for x in bad}:
            wrong[kind] += 1
    n = len(results)
    rows = []
    for token in sorted(set(must) | set(wrong)):
        firm = named[token] + wrong[token]
        rows.append((token, share(named[token], must[token]), share(named[token], firm) if firm else "never named",
                     share(wrong[token], n - must[token])))
    return table(("kind", "named where it must be", "precision", "named where it must not be"), rows)


# ---- cues ----

def fit_rows(tables, weights, rates):
    from fit import fitted, verdict
    rows = []
    for cue in tables.cues:
        f, o = tables.forged[cue], tables.others[cue]
        x = fitted(f, o, rates[cue])
        weight = weights.get(cue)
        older = f"{x.older:.1f}" if x and x.older is not None else "-"
        rows.append((f"`{cue}`", "-" if weight is None else weight, f.text(), f.sources() if f.n else "-", o.text(),
                     f"{o.sources()}, worth {o.worth():.0f}", upper(o), x.text() if x else "-", older, verdict(weight, x, f)))
    counts = collections.Counter(row[-1] for row in rows)
    summary = "Of {} cues: {}.".format(len(rows), "; ".join(f"{n} {word}" for word, n in counts.most_common()))
    return summary + "\n\n" + table(("cue", "weight", "forged directions", "hands", "others", "senders", "others, at most", "bits (95 %)",
                  "by the older rate", ""), rows)


def upper(count):
    return f"{percent(wilson(count.k / count.n * count.worth(), count.worth())[1])} %" if count.n else "-"


def made_fit_rows(tables):
    rows = [(f"`{cue}`", tables.forged[cue].text(), tables.others[cue].text()) for cue in tables.cues]
    return table(("cue", "forged directions", "others"), rows)


def ablation(results):
    """By cue: frames that have it and were called forged; what they are called without it."""
    out = collections.defaultdict(collections.Counter)
    for r in results:
        has = collections.defaultdict(set)
        for _, frame, _, cue, _ in r.marks.marks:
            has[cue].add(frame)
        for cue, frame, _, status in r.marks.without:
            if frame not in r.capture.forged or r.marks.status[frame] != "forged":
                continue
            out[cue]["has"] += frame in has[cue]
            out[cue][status] += status != "forged"
    return out


def ablation_rows(real, made, cues):
    a, b = ablation(real), ablation(made)
    rows = [(f"`{c}`", *(x for t in (a[c], b[c]) for x in (t["has"], t["suspect"], t["clear"])))
            for c in cues if a[c]["has"] or b[c]["has"]]
    lost = sum(t["suspect"] + t["clear"] for t in a.values())
    return f"Real ones that hang on a single cue: {lost}.\n\n" + table(("without", "real: forged frames with it", "only suspect", "let go", "made: forged frames with it",
                  "only suspect", "let go"), rows)


def agreement(results):
    """Does the tool that counts cues call forged what the program calls forged?"""
    same = every = 0
    for r in results:
        tool = {f for f, s in r.marks.status.items() if s == "forged"}
        program = {f for x in r.said.incidents if x["verdict"] == "forged" for f in x["forged"]}
        same, every = same + len(tool & program), every + len(tool | program)
    return same, every
