#!/usr/bin/env python3
"""What rules decide, compared with Cedar (cedarpolicy.com), which others wrote and proved.

    test_cedar.py RULES_TOOL [REQUESTS]

Rules are read here a second time, by a reader of its own, and become policies of Cedar: an allow is a permit that needs all
attributes it names; a deny is a forbid that also forbids where one of them is missing.  100,000 requests, on the
charters to start from and on rules made at random, are decided by both.  Cedar comes from npm, into build/cedar;
skipped where that can not be.
"""
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CEDAR = os.path.join(ROOT, "build", "cedar")
PACKAGE = "@cedar-policy/cedar-wasm"
VERSION = "4.13.0"
MEMBERS = ["CERT A", "CERT B", "V"]

TLP, PAP = ["clear", "green", "amber", "amber+strict", "red"], ["clear", "green", "amber", "red"]
WORDS = {
    "action": ["release", "publish", "derive", "onward"],
    "type": "N1 N2 N3 N4 N5 N6 N7 N8 H1 H2 H5 M1 M2 M3 M4 M5 M6 I1 I5 O1 O2 O4 L3 G1".split(),
    "form": [f"C{i}" for i in range(1, 9)],
    "from": ["victim", "government", "private", "academic", "panel"],
    "from-member": MEMBERS,
    "to": ["victim", "government", "private", "academic", "panel", "public"],
    "to-member": MEMBERS + ["other"],
    "purpose": "attribution corroboration defence warning prosecution sanctions research targeting".split(),
    "content": "headers address pseudonym payload mask text bytes statement count picture".split(),
    "tlp": TLP, "pap": PAP, "victim-data": ["no", "yes"], "third-party-data": ["no", "yes"], "personal-data": ["no", "yes"],
    "exploit": ["no", "yes"], "consent": ["none", "given", "revoked"], "cost": ["D0", "D1", "D2", "D3", "D4"],
    "phase": ["open", "closing", "closed"], "approved": ["none", "some", "all"],
    "date": ["2026-01-01", "2026-06-30", "2026-07-01", "2026-11-27", "2027-01-01"],
}
ORDERED = {"tlp", "pap", "cost", "phase", "approved"}
SLOTS = {"types": "type", "as": "form", "from": "from", "to": "to", "for": "purpose"}
TOKEN = re.compile(r'\s+|#[^\n]*|("[^"]*")|(\d{4}-\d\d-\d\d|\d+[a-z]*)|([A-Za-z][A-Za-z0-9+-]*)|(!=|<=|>=|[:,.()=<>])')


def day(text):
    """20261127 of 2026-11-27: the order of days is all that counts."""
    return int(text.replace("-", ""))


# ---- rules to policies ----

class Reader:
    def __init__(self, text):
        self.tokens, at = [], 0
        while at < len(text):
            m = TOKEN.match(text, at)
            assert m, text[at:at + 40]
            at = m.end()
            if m[1] or m[2] or m[3] or m[4]:
                self.tokens.append(m[0])
        self.tokens.append("")
        self.at, self.names = 0, set()

    def peek(self):
        return self.tokens[self.at]

    def take(self, *wanted):
        token = self.tokens[self.at]
        if wanted and token not in wanted:
            return None
        self.at += 1
        return token

    def need(self, word):
        assert self.take(word), f"{word}, not {self.peek()}"

    def list(self):
        items = [self.take()]
        while self.take(","):
            items.append(self.take())
        return items

    def is_in(self, name, words):
        self.names.add(name)
        values = json.dumps([w.strip('"') for w in words])
        return f'{values}.contains(context["{name}"])'

    def slot(self, name, items):
        quoted = [i for i in items if i.startswith('"') or i == "other"]
        bare = [i for i in items if i not in quoted]
        parts = [self.is_in(name, bare)] if bare else []
        parts += [self.is_in(name + "-member", quoted)] if quoted else []
        return "(" + " || ".join(parts) + ")"

    def comparison(self):
        name, op = self.take(), self.take()
        if op == "in":
            self.need("(")
            items = self.list()
            self.need(")")
            if name == "date":
                self.names.add(name)
                return f'{json.dumps([day(i) for i in items])}.contains(context["date"])'
            return self.is_in(name, items)
        value = self.take().strip('"')
        self.names.add(name)
        if name == "date":
            left, right = 'context["date"]', str(day(value))
        elif op in ("=", "!="):
            left, right = f'context["{name}"]', json.dumps(value)
        else:
            left, right = f'context["{name}#"]', str(WORDS[name].index(value))
        return f"({left} {'==' if op == '=' else op} {right})"

    def factor(self):
        if self.take("not"):
            return f"(!{self.factor()})"
        if self.take("("):
            inner = self.any()
            self.need(")")
            return inner
        return self.comparison()

    def joined(self, word, sign, part):
        parts = [part()]
        while self.take(word):
            parts.append(part())
        return "(" + f" {sign} ".join(parts) + ")"

    def any(self):
        return self.joined("or", "||", lambda: self.joined("and", "&&", self.factor))

    def rule(self):
        self.names = set()
        allow = self.take() == "allow"
        self.take()
        self.need(":")
        parts = [] if self.take("anything") else [self.slot("action", self.list())]
        while self.peek() in SLOTS:
            parts.append(self.slot(SLOTS[self.take()], self.list()))
        if self.take("when"):
            parts.append(self.any())
        while self.peek() not in ("", "allow", "deny"):  # obligations and reasons decide nothing
            self.take()
        true = " && ".join(parts) or "true"
        known = " && ".join(f'context has "{n}"' for n in sorted(self.names)) or "true"
        if allow:
            return f"permit(principal, action, resource) when {{ {known} && ({true}) }};"
        return f"forbid(principal, action, resource) when {{ !({known}) || ({true}) }};"

    def policies(self):
        out = []
        while self.peek():
            out.append(self.rule())
        return "\n".join(out)


# ---- rules at random ----

def words(rng, name):
    some = rng.sample(WORDS[name], rng.randint(1, min(4, len(WORDS[name]))))
    quoted = name.endswith("-member")
    return [f'"{w}"' if quoted and w != "other" else w for w in some]


def condition(rng, depth):
    if depth and rng.random() < .6:
        kind = rng.choice(["and", "or", "not"])
        if kind == "not":
            return f"not ({condition(rng, depth - 1)})"
        return f"({condition(rng, depth - 1)}) {kind} ({condition(rng, depth - 1)})"
    name = rng.choice(list(WORDS))
    one = words(rng, name)[0]
    ops = ["=", "!=", "in"] + (["<", "<=", ">", ">="] * 2 if name in ORDERED or name == "date" else [])
    op = rng.choice(ops)
    return f"{name} in ({', '.join(words(rng, name))})" if op == "in" else f"{name} {op} {one}"


def rule(rng, number):
    allow = rng.random() < .7
    parts = [f"{'allow' if allow else 'deny'} X{number}:"]
    parts.append(", ".join(words(rng, "action")) if rng.random() < .6 else "anything")
    for slot, name in SLOTS.items():
        if rng.random() < .2:
            some = words(rng, name)
            if name in ("from", "to") and rng.random() < .5:
                some += words(rng, name + "-member")
            parts.append(f"{slot} {', '.join(some)}")
    if rng.random() < .7:
        parts.append("when " + condition(rng, 3))
    if allow and rng.random() < .5:
        parts.append("oblige retain <= 9d, receipt")
    return " ".join(parts) + ' because "a (reason)."'


def request(rng):
    missing = rng.choice([0, 0, .02, .1])
    return {name: rng.choice(values) for name, values in WORDS.items() if rng.random() >= missing}


def context(asked):
    """A request as Cedar gets it: days as numbers, and where words have an order, their place in it."""
    out = {}
    for name, word in asked.items():
        out[name] = day(word) if name == "date" else word
        if name in ORDERED:
            out[name + "#"] = WORDS[name].index(word)
    return out


# ---- both ----

def shipped():
    folder = os.path.join(ROOT, "data", "charters")
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8") as f:
            text = f.read()
        rules = re.search(r"^## Rules$(.*?)^## ", text, flags=re.M | re.S)[1]
        members = re.findall(r'^- "([^"]*)"', text, flags=re.M)
        yield name, rules, members


def sets(total):
    rng = random.Random(20261127)
    charters = list(shipped())
    for name, rules, members in charters:
        found = []
        for _ in range(total // 2 // len(charters)):
            asked = request(rng)
            for end in ("from-member", "to-member"):
                if end in asked:
                    asked[end] = rng.choice(members + (["other"] if end == "to-member" else []))
            if rng.random() < .7:  # most of all requests are denied: lean towards what is allowed
                asked.update({"tlp": "clear", "victim-data": "no", "consent": "given", "phase": "open", "approved": "all", "exploit": "no",
                              "personal-data": "no", "third-party-data": "no", "cost": "D1", "pap": "clear", "to-member": members[0]})
            found.append(asked)
        yield name, rules, members, found
    for number in range(50):
        rules = "\n".join(rule(rng, i) for i in range(rng.randint(1, 12)))
        yield f"made {number}", rules, MEMBERS, [request(rng) for _ in range(total // 100)]


def get_cedar():
    """The file of the module; None: it can not be had."""
    main = os.path.join(CEDAR, "node_modules", PACKAGE, "nodejs", "cedar_wasm.js")
    if not shutil.which("node") or not shutil.which("npm"):
        return None
    if not os.path.exists(main):
        os.makedirs(CEDAR, exist_ok=True)
        try:
            subprocess.run(["npm", "install", "--prefix", CEDAR, "--no-audit", "--no-fund", "--silent", "--ignore-scripts",
                            f"{PACKAGE}@{VERSION}"], timeout=180, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            return None
    return main if os.path.exists(main) else None


def ours(tool, rules, members, requests):
    with tempfile.NamedTemporaryFile("w", suffix=".rules", encoding="utf-8") as f:
        f.write(rules)
        f.flush()
        run = subprocess.run([tool, f.name, *members], input="".join(json.dumps(r) + "\n" for r in requests), text=True,
                             capture_output=True, check=False)
    assert run.returncode == 0, run.stderr + rules
    return "".join(line[0] for line in run.stdout.split())


def main():
    tool, total = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100000
    module = get_cedar()
    if module is None:
        print(f"no node, no npm, or no {PACKAGE} to be had")
        return 77
    work = list(sets(total))
    lines = "".join(json.dumps({"policies": Reader(rules).policies(), "requests": [context(r) for r in requests]}) + "\n"
                    for _, rules, _, requests in work)
    # --no-opt: the V8 of some releases of node meets "unreachable code" when it takes an optimisation back
    cedar = subprocess.run(["node", "--no-opt", os.path.join(ROOT, "tests", "interop", "cedar_decide.mjs"), module], input=lines, text=True,
                           capture_output=True, check=False)
    if cedar.returncode != 0:
        print(f"FAIL cedar: {cedar.stderr[-1500:]}")
        return 1
    bad = compared = allowed = 0
    for (name, rules, members, requests), theirs in zip(work, cedar.stdout.split("\n")):
        mine = ours(tool, rules, members, requests)
        wrong = [i for i in range(len(requests)) if mine[i:i + 1] != theirs[i:i + 1]]
        compared += len(requests)
        allowed += mine.count("a")
        if wrong or len(mine) != len(theirs):
            print(f"FAIL {name}: {len(wrong)} of {len(requests)}; we say {mine[wrong[0]]}, Cedar {theirs[wrong[0]]}: {requests[wrong[0]]}\n{rules}")
            bad += 1
    print(f"{'FAIL' if bad else 'ok  '} {compared} requests on {len(work)} texts of rules decided as Cedar does, {allowed} of them allowed")
    return 1 if bad or allowed < compared // 20 else 0


if __name__ == "__main__":
    sys.exit(main())
