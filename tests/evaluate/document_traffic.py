"""The generated parts of docs/evaluation.md that speak of floods, scans, chains and two places."""
import collections
import datetime

import between
import chains
import planted
import signs
import traffic
from document import table
from share import said as share
from traffic import FIRM


def seconds(text):
    """Of an RFC 3339 time with nanoseconds, as whole microseconds are enough here."""
    return datetime.datetime.fromisoformat(text[:26] + "+00:00").timestamp()


# ---- real captures, beside others ----

def real_rows(results, limit, suricata):
    """Those with a flood or scan: found by whom."""
    rows = []
    for r in results:
        if not r.capture.must:
            continue
        _, missed, _ = traffic.judge(r.capture, r.said)
        rows.append((r.capture.name, ", ".join(r.capture.must), "missed" if missed else "named",
                     "alarm" if limit[r.capture.name] else "silent",
                     suricata.get(r.capture.name, "not run")))
    return table(("capture", "is", "comity", "a limit of rate", "Suricata, all rules as packaged"), rows)


def real_false(results, limit):
    quiet = [r for r in results if signs.is_quiet(r.capture)]
    firm = sum(any(x["verdict"] in FIRM for x in r.said.traffic) for r in quiet)
    surge = sum(any(x["verdict"] == "surge" for x in r.said.traffic) for r in quiet)
    return (f"Real captures without flood or scan that are said to hold one: {share(firm, len(quiet))}; a surge: {surge}. "
            f"By the limit of rate: {sum(bool(limit[r.capture.name]) for r in quiet)}.")


# ---- planted ----

def by_kind(runs):
    rows = []
    for kind, (found, all_, right, firm) in sorted(planted.by_kind(runs).items()):
        rows.append((kind, share(found, all_), share(right, firm) if firm else "never named", share(*limit_found(runs, kind))))
    return table(("kind", "named, of those planted", "precision of what is named so", "a limit of rate finds"), rows)


def limit_found(runs, kind):
    """By the limit of rate, whatever it takes it for."""
    items = [(r, i) for r in runs for i in r.items if i.verdict in FIRM and i.kind == kind]
    return sum(any(target == i.target for _, target in r.alarms) for r, i in items), len(items)


def by_variant(runs):
    """Floods and scans, by how they were made."""
    rows = collections.OrderedDict()
    for r in runs:
        for i in r.items:
            if i.verdict in FIRM:
                row = rows.setdefault((r.scenario(), r.variant), [0, 0, 0])
                row[0] += r.word(i) == "right"
                row[1] += 1
                row[2] += any(target == i.target for _, target in r.alarms)
    return table(("scenario", "made", "named", "a limit of rate"),
                 [(*key, share(a, n), share(b, n)) for key, (a, n, b) in rows.items()])


HEADS = {"right": "by its name", "flood": "another flood", "scan": "a scan", "surge": "a surge", "nothing": "nothing"}


def confusion(runs):
    rows = [(group, kind, *(c[w] or "" for w in planted.WORDS), c.total())
            for (group, kind), c in sorted(planted.confusion(runs).items())]
    return table(("what it is", "", *(HEADS[w] for w in planted.WORDS), "all"), rows)


def benign_rows(runs):
    """What is said of crowds, look-alikes and captures in which nothing of the kind was planted."""
    quiet = [r for r in runs if not any(i.verdict in FIRM for i in r.items)]
    firm = sum(any(x["verdict"] in FIRM for x in r.said) for r in quiet)
    surge = sum(any(x["verdict"] == "surge" for x in r.said) for r in quiet)
    limit = sum(bool(r.alarms) for r in quiet)
    severe = [r.line for r in runs if not r.injects() and any(x["verdict"] in ("forged", "stack-break") for x in r.incidents)]
    calm = sum(not r.injects() for r in runs)
    text = (f"Captures without a planted flood or scan: {len(quiet)}. Said to hold one: {share(firm, len(quiet))}; a surge: "
            f"{share(surge, len(quiet))}; alarmed by the limit of rate: {share(limit, len(quiet))}. Of all {calm} made captures here in "
            f"which nothing is injected, `forged` or `stack-break` is said of {len(severe)}")
    return text + (": " + ", ".join(f"`{x}`" for x in severe) if severe else "") + "."


def edges(runs):
    """How far begin and end of what is named lie from those of what was planted."""
    off = collections.defaultdict(lambda: ([], []))
    for r in runs:
        for i in r.items:
            for x in r.said:
                if i.verdict in FIRM and i.right(x):
                    off[i.kind][0].append(seconds(x["from"]) - seconds(i.start))
                    off[i.kind][1].append(seconds(x["to"]) - seconds(i.stopped))
    rows = []
    for kind, both in sorted(off.items()):
        cells = []
        for values in both:
            values.sort(key=abs)
            cells += [f"{abs(values[len(values) // 2]):.2f}", f"{abs(values[len(values) * 9 // 10]):.2f}"]
        rows.append((kind, len(both[0]), *cells))
    return table(("kind", "named", "begin off by, median (s)", "of nine in ten", "end off by, median", "of nine in ten"), rows)


def misses(runs, why):
    """(table, how many have no explanation)"""
    rows, bad = collections.OrderedDict(), 0
    for r in runs:
        for i in r.items:
            if i.verdict not in FIRM or r.word(i) == "right":
                continue
            reason = why(r, i)
            bad += reason is None
            key = r.scenario(), r.variant, i.name, HEADS[r.word(i)], reason or "**unexplained**"
            rows.setdefault(key, []).append(i.requests or i.packets)
    out = [(f"`{s} --only {name}`", variant, n_of(found), word, reason)
           for (s, variant, name, word, reason), found in rows.items()]
    return table(("made by", "made", "packets (HTTP: requests)", "said", "why"), out) if out else "None.", bad


def n_of(found):
    return ", ".join(f"{n:,}" for n in sorted(set(found)))


def wrongs(runs, why):
    """Floods and scans that are said and were not planted."""
    rows, bad = collections.OrderedDict(), 0
    for r in runs:
        for x in r.wrong():
            reason = why(r, x)
            bad += reason is None
            key = r.line.partition(" --seed")[0], r.variant, x["kind"], reason or "**unexplained**"
            rows[key] = rows.get(key, 0) + 1
    out = [(f"`{line}`", kind, n, reason) for (line, _, kind, reason), n in rows.items()]
    return table(("made by", "said", "times", "why"), out) if out else "None.", bad


# ---- base rates ----

def base_rates(tool, rows, found):
    out = []
    for sign, _, group in signs.kinds(tool):
        row = rows.get((group, sign))
        if row is None:
            out.append((f"`{sign}`", group, "-", "-", "-"))
        else:
            out.append((f"`{sign}`", group, share(row.k, row.n), len(row.of), len(row.fired)))
    return f"{signs.quiet(found)} captures.\n\n" + \
        table(("sign", "of a", "of those at hand", "captures they are in", "captures that have it"), out)


# ---- chains, probes, rates ----

def chain_rows(told):
    rows = []
    for c in told:
        said, truth = c.table()
        rows.append((f"`{c.line}`", c.injected(), len(c.right()), len(c.wrong()), "%d of %d" % c.clocks(),
                     "-" if said is None else ", ".join(map(str, said)), ", ".join(map(str, truth))))
    held = sum(bool(c.right()) == (c.injected() > 0) and not c.wrong() for c in told)
    return f"As the story has it: {share(held, len(told))}.\n\n" + table(
        ("made by", "scripts that came", "chains to the victim", "other chains", "clocks that hold",
         "script and asked, script and not, none and asked, none and not: said", "story"), rows)


def probe_rows(probes, rates):
    right, hops = sum(p[0] for p in probes), sum(p[1] for p in probes)
    first, exact = sum(p[2] for p in probes), sum(p[3] and p[2] for p in probes)
    shares, spared = sum(a == b for a, b, _ in rates), sum(c for *_, c in rates)
    return table(("asked", "as the story has it"), [
        ("requests sent and hit, by TTL", share(right, hops)), ("the lowest TTL that is hit", share(first, len(probes))),
        ("that is the injector's own hop", f"{exact} of {len(probes)}: with few hits the first may be behind it"),
        ("share of a server's requests that are hit", share(shares, len(rates))),
        ("that who was hit once is spared, at 1 in 100 or less by chance", f"{spared} of {len(rates)}: five or six hits are too few to show it")])


# ---- two places ----

def between_rows(pairs):
    all_ = collections.Counter()
    for p in pairs:
        all_ += p.confusion()
    rows = []
    for truth in between.TRUTHS:
        n = sum(all_[truth, w] for w in between.WORDS)
        right = (truth,) if truth in between.ACCUSE else between.HARMLESS
        rows.append((truth, *(all_[truth, w] or "" for w in between.WORDS), share(sum(all_[truth, w] for w in right), n)))
    wrong = collections.Counter(what for p in pairs for what, *_ in p.wrong())
    held = sum(p.clock_holds() for p in pairs)
    return table(("what happened", *(f"said: {w}" for w in between.WORDS), "right"), rows) + \
        f"\n\nFindings on packets of which the story says no such thing: born {wrong['born']}, suppressed {wrong['suppressed']}, " \
        f"rewritten {wrong['rewritten']}; lost {wrong['lost']}, unseen {wrong['unseen']} (both accuse nobody). The clock's offset lies " \
        f"where it is said to in {held} of {len(pairs)} pairs. Packets of one of these captures that `inspect` accuses and nobody " \
        f"forged: {sum(len(p.innocent) for p in pairs)}."


# ---- patterns ----

def pattern_rows(real, runs):
    """`same` and `bodies` where nothing is forged."""
    quiet_real = [r for r in real if not r.capture.forged and not r.capture.undetermined]
    quiet_made = [r for r in runs if not r.injects()]
    with_forged = [r for r in real if r.capture.forged]
    many = [r for r in runs if r.line.startswith("inject-many --only") and r.injects()]
    rows = []
    for name in ("same", "bodies"):
        rows.append((f"`{name}`", share(sum(any(n == name for n, _ in r.said.patterns) for r in quiet_real), len(quiet_real)),
                     share(sum(any(n == name for n, _ in r.patterns) for r in quiet_made), len(quiet_made)),
                     share(sum(any(n == name for n, _ in r.said.patterns) for r in with_forged), len(with_forged)),
                     share(sum(any(n == name for n, _ in r.patterns) for r in many), len(many))))
    return table(("pattern", "real captures, nothing forged", "made captures, nothing forged", "real captures with forged packets",
                  "one body in many servers' answers (`inject-many`)"), rows)
