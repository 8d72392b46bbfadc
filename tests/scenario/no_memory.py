#!/usr/bin/env python3
"""Each command again and again, with its first, second, ... allocation failing (tests/alloc/fail.c).

It must end by itself with an exit code of its own; if that is the usual one, its output
must be the usual one too: an allocation that fails never changes a result in silence.
NO_MEMORY_ROUNDS: how many places to try at most per command (default 15), evenly spread.
"""
import json
import os
import re
import shutil
import subprocess
import sys

ROOT = os.environ["COMITY_ROOT"]
COMITY = os.environ["COMITY"]
ROUNDS = int(os.environ.get("NO_MEMORY_ROUNDS", "15"))
SAMPLE = os.path.join(ROOT, "tests/cases/race-first/input.pcap")
HERE = os.getcwd()
SO = os.path.join(HERE, "fail.so")
# What differs from run to run: keys, digests, times, and how long the log is by now.
BY_CHANCE = re.compile(rb"age1[a-z0-9]{58}|SHA256:\S+|ssh-ed25519 \S+|\+[0-9a-f]{8}\+[A-Za-z0-9+/]+|\b[0-9a-f]{8,64}\b"
                       rb"|\d{4}-\d\d-\d\dT[0-9:.]+Z|Logged \d+ statements?: the log has \d+ now")


def run(args, **env):
    try:
        return subprocess.run([COMITY, *args], cwd=HERE, capture_output=True, timeout=60, check=False,
                              env={**os.environ, "LD_PRELOAD": SO, **env})
    except subprocess.TimeoutExpired:
        return None


def allocations(args):
    """How many allocations parent and child make: the child counts on from the parent."""
    path = os.path.join(HERE, "count")
    if os.path.exists(path):
        os.unlink(path)
    usual = run(args, FAIL_ALLOC_COUNT=path)
    with open(path, encoding="ascii") as f:
        return usual, max(int(line) for line in f)


def judge(usual, got):
    if got is None:
        return "hangs"
    said = got.stderr.decode(errors="replace").strip()
    if got.returncode < 0 or "stopped by signal" in said or "may not have" in said:
        return f"crashes (exit {got.returncode}): {said[:300]}"
    if got.returncode == 3:
        return None if said else "exit 3 without a word"
    if got.returncode != usual.returncode:
        return f"exit {got.returncode}, not {usual.returncode} or 3: {said[:300]}"
    if BY_CHANCE.sub(b"?", got.stdout) != BY_CHANCE.sub(b"?", usual.stdout):
        return "another result, in silence"
    return None


def starve(name, args, before=None, after=lambda: None, rounds=ROUNDS):
    if before:
        before()
    usual, total = allocations(args)
    if usual is None or usual.returncode not in (0, 1, 5):
        print(f"FAIL {name}: does not work at all: {usual and usual.stderr[:300]}")
        return
    # The child does not run destructors, so what it allocates is found by going on until nothing fails.
    bad, tried, step, at = [], 0, max(1, total // rounds), 1
    quiet = 0
    while tried < 2 * rounds and quiet < 5:
        for mode in ({}, {"FAIL_ALLOC_ALL": "1"}):
            if before:
                before()
            got = run(args, FAIL_ALLOC=str(at), **mode)
            wrong = judge(usual, got) or after()
            if wrong:
                bad.append(f"{'from ' if mode else ''}allocation {at} {'on ' if mode else ''}failing: {wrong}")
            if mode:
                quiet = quiet + 1 if got is not None and got.returncode == usual.returncode else 0
        tried += 1
        at += step if at < total else max(step, at // max(3, rounds // 5))
    for line in bad[:8]:
        print(f"FAIL {name}: {line}")
    if not bad:
        print(f"ok {name}: {tried} places, one and all from there, up to allocation {at}")


def starve_kinds(case, made):
    """Records are sealed, shown in part, and verified."""
    alerts, dossier = os.path.join(HERE, "alerts.json"), os.path.join(HERE, "r.dossier")
    with open(alerts, "w", encoding="ascii") as f:
        f.write("".join('{"ip": "192.0.2.%d", "user": "person-%d", "n": [%d]}\n' % (i, i, i) for i in range(9)))
    seal = ["seal", "--members", "ip,user", "--file-digest", alerts]
    starve("seal", seal, made)
    starve("seal, JSON", [*seal, "--json"], made)
    made()
    subprocess.run([COMITY, *seal], cwd=HERE, check=True, capture_output=True)
    show = ["disclose", "--exhibit", "1", "--rows", "1-3,7", "--columns", "ip,rest", "-o", dossier]
    starve("disclose", show)
    starve("disclose, dry", [*show, "--dry-run", "--json"])
    subprocess.run([COMITY, *show], cwd=HERE, check=True, capture_output=True)
    starve("verify records, JSON", ["verify", "--json", "--signers", os.path.join(case, "allowed_signers"), dossier])
    starve("verify records", ["verify", "--signers", os.path.join(case, "allowed_signers"), dossier])


def starve_ledger(case, made):
    """What was disclosed is listed, and what a second dossier completes; a receipt is given whole, with its number, or not."""
    dossier, receipt = os.path.join(HERE, "l.dossier"), os.path.join(HERE, "receipt.json")

    def disclosed():
        made()
        subprocess.run([COMITY, "investigate", SAMPLE, "-o", dossier], cwd=HERE, check=False, capture_output=True)
        subprocess.run([COMITY, "disclose", "--rows", "1-9", "--hide", "addresses,payload", "--to", "B", "-o", dossier + "1"],
                       cwd=HERE, check=True, capture_output=True)

    def none():
        for path in (receipt, receipt + ".sig"):
            if os.path.exists(path):
                os.remove(path)

    def whole():
        """Where the receipt lies, its signature does."""
        return "a receipt without its signature" if os.path.exists(receipt) and not os.path.exists(receipt + ".sig") else None

    for path in (dossier, dossier + "1"):
        if os.path.exists(path):
            os.remove(path)
    disclosed()
    starve("disclose what completes", ["disclose", "--rows", "2-4", "--to", "B", "--dry-run", "--json", "-o", dossier + "2"])
    starve("ledger", ["ledger"])
    starve("ledger, JSON", ["ledger", "--json", "--map", "--at", "2100-01-01"])
    starve("ledger, page", ["ledger", "--html", os.path.join(HERE, "ledger.html")])
    check = ["verify", "--json", "--signers", os.path.join(case, "allowed_signers"), dossier + "1"]
    starve("verify with a receipt", [*check, "--receipt", receipt], none, whole)
    starve("ledger, owed", ["ledger", "--owed"])


def starve_age(case, made, dossier):
    """A key of age is made whole or not at all; what is encrypted to it is read."""
    signers, secret = os.path.join(case, "allowed_signers"), dossier + ".age"

    def same():
        """Whatever came of it, the next one makes or finds it."""
        got = [run(["key", "age"]) for _ in range(2)]
        good = all(g.returncode == 0 and g.stdout.startswith(b"age1") for g in got) and got[0].stdout == got[1].stdout
        return None if good else f"there is no key of age after it: {got[0].stderr[:300]}"

    starve("key age", ["key", "age"], made, same)
    starve("key age, JSON", ["key", "age", "--json"])
    if not shutil.which("age"):
        print("skip verify of what is encrypted: no age")
        return
    made()
    os.remove(dossier)
    subprocess.run([COMITY, "investigate", SAMPLE, "-o", dossier], cwd=HERE, check=False, capture_output=True)
    to = subprocess.run([COMITY, "key", "age"], cwd=HERE, check=True, capture_output=True, text=True).stdout.strip()
    subprocess.run(["age", "-r", to, "-a", "-o", secret, dossier], check=True)
    starve("verify what is encrypted", ["verify", "--signers", signers, secret])


def starve_assess(made):
    """An assessment says all it has to say, or that it can not."""
    toy = os.path.join(ROOT, "docs/examples/toy.assess")
    mine, csv, rows, out = (os.path.join(HERE, n) for n in ("mine.assess", "mine.csv", "mine.jsonl", "out.assess"))

    def none():
        if os.path.exists(out):
            os.remove(out)

    made()
    subprocess.run([COMITY, "investigate", SAMPLE, "-o", os.path.join(HERE, "a.dossier")], cwd=HERE, check=False, capture_output=True)
    with open(csv, "wb") as f:
        f.write(subprocess.run([COMITY, "assess", "csv", toy], check=True, capture_output=True).stdout.replace(b"0.3 to 0.5", b"0.4"))
    said = json.loads(subprocess.run([COMITY, "assess", "show", "--json", toy], check=True, capture_output=True).stdout)
    with open(rows, "w", encoding="utf-8") as f:
        f.writelines(json.dumps(row) + "\n" for row in said["rows"])
    starve("assess new", ["assess", "new", "--finding", "all", "-o", mine], lambda: os.path.exists(mine) and os.remove(mine))
    starve("assess check", ["assess", "check", toy])
    starve("assess check, JSON", ["assess", "check", "--json", toy])
    starve("assess show", ["assess", "show", "--brute", toy])
    starve("assess show, JSON", ["assess", "show", "--json", toy])
    starve("assess show, rows", ["assess", "show", rows])
    starve("assess csv", ["assess", "csv", toy])
    brief = ["assess", "brief", "--for", "sanctions", os.path.join(ROOT, "docs/examples/brief.assess")]
    starve("assess brief", brief)
    starve("assess brief, JSON, in a file", [*brief, "--json", "-o", out], none)
    starve("assess csv, taken", ["assess", "csv", toy, "--take", csv, "-o", out], none)


TRUST = """log log.example/a+1c873df7+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs
witness w1 w1.example+b212e3f5+BNYvAWoe/R5P33k+tCzYRHHhup8M8E0Sh7XMcfYWKHy4
witness w2 w2.example+0a3e4ff2+BDS02QQxVsttzwvrCilJt1WclA0ry22+jFOpswJ446dG
group both all w1 w2
quorum both
"""


def starve_receipts():
    """A dossier with receipts, by a signer whom nobody knows: exit 1, and all is said of it before."""
    trust = os.path.join(HERE, "trust.txt")
    with open(trust, "w", encoding="ascii") as f:
        f.write(TRUST)
    check = ["verify", "--trust", trust, os.path.join(ROOT, "tests/fuzz/corpus/dossier/lines-logged")]
    assert b"existed not later than" in subprocess.run([COMITY, *check], capture_output=True, check=False).stdout
    starve("verify receipts", check)
    starve("verify receipts, JSON", [*check, "--json"])


def starve_log(case, made):
    """Trust, the log, and a key that ends.  What is stated while the log is away is logged by `log checkpoint'."""
    sample = os.path.join(HERE, "alerts.json")
    lines, other = os.path.join(HERE, "other.lines"), os.path.join(HERE, "other")
    away, log = os.path.join(HERE, "away"), os.path.join(case, "log")
    shutil.rmtree(other, ignore_errors=True)
    os.mkdir(other)
    said = subprocess.run([COMITY, "init", "--name", "Other", "--json"], cwd=other, check=True, capture_output=True)
    with open(lines, "w", encoding="utf-8") as f:
        f.write(json.loads(said.stdout)["lines"])

    def unlogged():
        made()
        os.rename(log, away)
        subprocess.run([COMITY, "seal", sample], cwd=HERE, check=True, capture_output=True)
        os.rename(away, log)

    def known():
        made()
        subprocess.run([COMITY, "trust", "add", lines], cwd=HERE, check=True, capture_output=True)

    def states():
        """With the one key that it has now."""
        got = run(["seal", sample])
        return None if got.returncode == 0 else f"the case states nothing more: {got.stderr[:300]}"

    starve("trust add", ["trust", "add", lines], made)
    starve("trust add, JSON", ["trust", "add", "--json", lines], made)
    known()
    starve("trust show", ["trust", "show"])
    starve("trust quorum", ["trust", "quorum", "all"], known)
    starve("log checkpoint", ["log", "checkpoint"], unlogged)
    unlogged()
    subprocess.run([COMITY, "log", "checkpoint"], cwd=HERE, check=False, capture_output=True)
    starve("log show", ["log", "show", "--entries"])
    starve("log show, JSON", ["log", "show", "--json"])
    starve("log prove", ["log", "prove", "0"])
    starve("log prove, of size", ["log", "prove", "--from", "0"])
    starve("log fsck", ["log", "fsck"])
    starve("key rotate", ["key", "rotate", "-o", os.path.join(HERE, "k")], made, states)
    for role in ("log", "witness"):
        starve(f"key rotate, {role}", ["key", "rotate", "--role", role, "-o", os.path.join(HERE, "k")], made, states)
    starve("key revoke", ["key", "revoke", "--json", "-o", os.path.join(HERE, "k")], made)
    end = os.path.join(HERE, "end")
    subprocess.run([COMITY, "key", "rotate", "-o", end], cwd=other, check=True, capture_output=True)
    starve("trust add, a key's end", ["trust", "add", end + ".json"], known)


def starve_chain(case, made):
    """Floods, a log and the script: a small world of three files, by few places, since each run reads them all."""
    gen = os.environ.get("COMITY_GEN", "")
    if not os.access(gen, os.X_OK):
        print("skip floods and chains: no comity-gen")
        return
    files = [os.path.join(HERE, name) for name in ("bystander.pcap", "victim.pcap", "access.log")]
    subprocess.run([gen, "chain", "--seed", "1", "--rate", "20000", "--clients", "60", "--elsewhere", "40", "--after", "3",
                    "--bystander", files[0], "--victim", files[1], "--log", files[2]], check=True)
    dossier, few = os.path.join(HERE, "chain.dossier"), {"rounds": max(10, ROUNDS // 4)}
    starve("inspect a chain", ["inspect", "--json", *files], **few)
    starve("inspect a chain in words", ["inspect", *files], **few)
    starve("compare", ["compare", "--json", *files[:2]], **few)
    starve("compare in words", ["compare", *files[:2]], **few)
    starve("investigate a chain", ["investigate", *files, "-o", os.path.join(HERE, "z.dossier")], made, **few)
    made()
    subprocess.run([COMITY, "investigate", *files, "-o", dossier], cwd=HERE, check=False, capture_output=True)
    check = ["verify", "--signers", os.path.join(case, "allowed_signers"), dossier]
    starve("verify a chain", check, **few)
    starve("verify a chain, with a report", [*check, "--json", "--report", os.path.join(HERE, "own.html")], **few)


def starve_charter(fresh):
    """A charter of one, proposed, signed, taken; and what is said under it."""
    text, name, line = (os.path.join(HERE, n) for n in ("c.md", "c", "c.line"))
    said = os.path.join(HERE, "said")

    def made():
        fresh()
        run_usual("init", "--name", "Test", "--role", "victim")

    def agreed():
        made()
        run_usual("charter", "member", to=line)
        with open(text, "w", encoding="utf-8") as f, open(line, encoding="utf-8") as l:
            f.write("# C\n\n## Members\n" + l.read() + "\n## Rules\nallow R1: release types N1 to victim for attribution.\n")
        run_usual("charter", "propose", text, "-o", name)

    def run_usual(*args, to=None):
        out = subprocess.run([COMITY, *args], cwd=HERE, check=True, capture_output=True).stdout
        if to is not None:
            with open(to, "wb") as f:
                f.write(out)

    agreed()
    given = ["consent", "give", "--types", "N1", "--to", "Test", "-o", said]
    few = {"rounds": max(10, ROUNDS // 2)}
    starve("charter member", ["charter", "member"], **few)
    starve("charter propose", ["charter", "propose", text, "-o", name], made, **few)
    agreed()
    starve("charter show", ["charter", "show"], **few)
    starve("charter show, JSON", ["charter", "show", "--json"], **few)
    starve("charter sign", ["charter", "sign", "--yes", name + ".json"], **few)
    starve("take", ["take", name + ".json"], **few)
    starve("take, JSON", ["take", "--json", name + ".json"], **few)
    starve("charter withdraw", ["charter", "withdraw", "-o", said], agreed, **few)
    starve("charter close", ["charter", "close", "-o", said], agreed, **few)
    starve("consent give", given, agreed, **few)
    starve("consent show", ["consent", "show", "--json"], **few)
    starve("approve", ["approve", "0" * 64, "--to", "B", "--for", "attribution", "-o", said], **few)


def main():
    if subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", SO, os.path.join(ROOT, "tests/alloc/fail.c")],
                      check=False).returncode != 0:
        print("no compiler")
        return 77
    case = os.path.join(HERE, ".comity")

    def fresh():
        shutil.rmtree(case, ignore_errors=True)

    def made():
        fresh()
        subprocess.run([COMITY, "init", "--name", "Test"], cwd=HERE, check=True, capture_output=True)

    known = subprocess.run([COMITY, "help"], capture_output=True, text=True, check=True).stdout
    starve("version", ["version", "--json"])
    starve("types", ["types"])
    starve("one type", ["types", "N7"])
    starve("types, JSON", ["types", "--json"])
    starve("warning check", ["warning", "check", "10.0.0.1", "example.org"])
    starve("warning check, JSON", ["warning", "check", "--json", "10.0.0.1", "example.org"])
    starve("inspect", ["inspect", "--json", SAMPLE])
    starve("inspect in words", ["inspect", SAMPLE])
    starve("init", ["init", "--name", "Test"], fresh)
    made()
    starve("show", ["show"])
    if "  investigate " in known:
        dossier = os.path.join(HERE, "x.dossier")
        subprocess.run([COMITY, "investigate", SAMPLE, "-o", dossier], cwd=HERE, check=False, capture_output=True)
        starve("show statements", ["show", "--json", "statements"])
        starve("verify", ["verify", "--signers", os.path.join(case, "allowed_signers"), dossier])
        starve_assess(made)
        starve_kinds(case, made)
        starve_age(case, made, dossier)
        starve_receipts()
        starve_log(case, made)
        starve_charter(fresh)
        starve_chain(case, made)
        starve_ledger(case, made)
        starve("investigate", ["investigate", SAMPLE, "-o", os.path.join(HERE, "y.dossier")], made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
