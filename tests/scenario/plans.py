"""Random exhibits, charters, marks and plans for 66-taint.sh, and what a charter lets out of them, decided anew.

Nothing here asks the program: cells are cut by the stranger's code, rules are kept as what they were made from, and each cell
is decided by itself from the raw file.
"""
import bisect
import ipaddress
import os
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "interop", "stranger"))

import kinds  # noqa: E402

ROLE = {"B": "government", "U": "academic", "V": "victim", "public": "public"}
TLP = ["clear", "green", "amber", "amber+strict", "red"]
PAP = ["clear", "green", "amber", "red"]
TYPES = ["N1", "N2", "N4", "N7", "H2", "M1"]
PURPOSES = ["attribution", "research", "warning"]
NET, NAME = b"\xc6\x33\x64", b"victim.example"  # 198.51.100.0/24
OWN, KNOWN = b"\xcb\x00\x71", b"\xc0\x00\x02"
ORDERED = {"tlp": TLP, "pap": PAP}


# ---- spellings ----

def dotted(a):
    return ".".join(map(str, a)).encode()


def spelled(a):
    """Texts of an address of four bytes."""
    high, low = a[:2].hex(), a[2:].hex()
    return [dotted(a), dotted(a[::-1]), a.hex().encode(), a.hex().upper().encode(), a[::-1].hex().encode(),
            f"{int(high, 16):x}:{int(low, 16):x}".encode(), f"{high}:{low}".encode()]


def about_victim(value):
    """Is one of its names or addresses there, spelled in one of the ways that docs/threat-model.md promises to see?"""
    low = value.lower()
    dns = b"".join(bytes([len(part)]) + part for part in NAME.split(b"."))
    if NAME in low or dns in low or NET in value[:-1] or NET[::-1] in value[1:]:
        return True
    words = "".join(chr(c) if chr(c) in "0123456789." else " " for c in value).split()
    if any(w.startswith("198.51.100.") and w[11:] or ".100.51.198" in w[1:] for w in words):
        return True
    return any(NET.hex().encode() in low[i:i + 6] and is_hex(low[i + 6:i + 8]) for i in range(len(low) - 7)) or any(
        NET[::-1].hex().encode() == low[i:i + 6] and is_hex(low[i - 2:i]) for i in range(2, len(low) - 5))


def is_hex(two):
    return len(two) == 2 and all(c in b"0123456789abcdef" for c in two)


# ---- exhibits ----

class Exhibit:
    """A file, its rows, what is marked of it, and the canaries that were put into it: [(bytes, what)]."""

    def __init__(self, name, kind, data, members=()):
        self.name, self.kind, self.data, self.members = name, kind, data, list(members)
        self.columns = [(m, None) for m in members] + [("rest", None)] if kind == "records" else \
            {"capture": kinds.Capture, "lines": kinds.Lines, "blob": kinds.Blob}[kind].columns
        of = kinds.of(kind + "/1", self.columns)
        self.rows = of.cut(data)
        self.number = self.statement = None
        self.canaries = []
        self.marks = {}

        self.whole, self.begins = b"", []       # all cells, and where each begins
        parts, at = [], 0
        for row in self.rows:
            for value in row:
                self.begins.append(at)
                parts.append(value)
                at += len(value) + 16
        self.whole = bytes(16).join(parts)

    def find(self, text):
        """The cells in which it is spelled."""
        at = self.whole.find(text)
        while at >= 0:
            row, column = divmod(bisect.bisect_right(self.begins, at) - 1, len(self.columns))
            if text in self.rows[row][column]:
                yield self, row, column
            at = self.whole.find(text, at + 1)

    def value(self, row, column):
        return self.rows[row][column]


def checksum(data):
    total = sum(struct.unpack(f">{(len(data) + 1) // 2}H", data + bytes(len(data) % 2)))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def packet(rnd, src, dst, payload, canaries):
    """A frame with canaries in everything that can be hidden: link addresses, an option of IP, numbers of TCP."""
    macs, option, numbers = rnd.randbytes(12), b"\x1e\x0a" + rnd.randbytes(8) + b"\0\0", rnd.randbytes(8)
    if rnd.random() < 0.2:
        numbers = dst + numbers[4:]  # as some scanners do
    tcp = b"".join([struct.pack(">HH", rnd.randrange(1024, 65536), 80), numbers, b"\x50\x18\x20\x00\0\0\0\0"])
    pseudo = src + dst + struct.pack(">BBH", 0, 6, len(tcp) + len(payload))
    tcp = tcp[:16] + struct.pack(">H", checksum(pseudo + tcp + payload)) + tcp[18:]
    ip = struct.pack(">BBHHHBBH", 0x48, 0, 32 + len(tcp) + len(payload), rnd.randrange(65536), 0, 64, 6, 0) + src + dst + option
    ip = ip[:10] + struct.pack(">H", checksum(ip)) + ip[12:]
    canaries += [(macs[:8], "link"), (option[2:10], "option"), (numbers, "numbers")]
    return macs + b"\x08\x00" + ip + tcp + payload


def host(rnd):
    while True:
        a = bytes([rnd.randrange(20, 190), rnd.randrange(256), rnd.randrange(256), rnd.randrange(1, 255)])
        if ipaddress.ip_address(a).is_global:
            return a


def hosts(rnd):
    return [host(rnd) for _ in range(4)] + [NET + bytes([rnd.randrange(1, 250)]) for _ in range(2)] + [
        OWN + bytes([rnd.randrange(1, 250)]), KNOWN + bytes([rnd.randrange(1, 250)])]


def saying(rnd, who):
    """A text in which somebody is spelled, or nobody."""
    a = rnd.choice(who)
    return rnd.choice([b"", b"", dotted(rnd.choice(who)), b"Host: www." + NAME.upper(), b"\x03www\x06victim\x07example\0", a, dotted(a),
                       dotted(a[::-1]) + b".in-addr.arpa", a.hex().encode()])


def make_capture(rnd, name):
    who, canaries, out = hosts(rnd), [], [struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)]
    for i in range(rnd.randrange(12, 24)):
        token = rnd.randbytes(16)
        src, dst = rnd.sample(who, 2)
        body = token + b" " + saying(rnd, who) + b" ."
        frame = packet(rnd, src, dst, body, canaries)
        canaries.append((token, "payload"))
        out.append(struct.pack("<IIII", 1700000000 + i, rnd.randrange(10 ** 6), len(frame), len(frame)) + frame)
    x = Exhibit(name, "capture", b"".join(out))
    x.canaries = canaries + [(a, "address") for a in who]
    return x


def make_lines(rnd, name):
    who, canaries, out = hosts(rnd), [], []
    for _ in range(rnd.randrange(8, 16)):
        token = rnd.randbytes(12).hex().encode()
        text = saying(rnd, who).replace(b"\n", b"_")
        out.append(dotted(rnd.choice(who)) + b" GET /" + token + b" <" + text + b"> 200\n")
        canaries.append((token, "line"))
    x = Exhibit(name, "lines", b"".join(out))
    x.canaries = canaries + [(a, "address") for a in who]
    return x


def make_records(rnd, name):
    who, canaries, out = hosts(rnd), [], []
    for n in range(rnd.randrange(8, 14)):
        t = [rnd.randbytes(10).hex().encode() for _ in range(4)]
        user = t[0] + rnd.choice([b"", b"@" + NAME])
        note = rnd.choice([b"login", b"login of " + user, b"from " + dotted(rnd.choice(who))])
        out.append(b'{"id": %d, "ip": "%s", "user": "%s", "deep": {"a": ["%s"]}, "note": "%s %s", "x": "%s"}\n' % (
            n, dotted(rnd.choice(who)), user, t[1], note, t[2], t[3]))
        canaries += [(one, "record") for one in t]
    x = Exhibit(name, "records", b"".join(out), ["ip", "user", "deep", "note"])
    x.canaries = canaries + [(a, "address") for a in who]
    return x


def make_blob(rnd, name):
    data = bytearray(rnd.randbytes(4096 * 3 + 100))
    data[5000:5000 + len(NAME)] = NAME
    x = Exhibit(name, "blob", bytes(data))
    x.canaries = [(x.data[at:at + 16], "blob") for at in range(64, len(data) - 16, 1024)]
    return x


def made_elsewhere(rnd, name, data):
    """A capture that was not made for this: its addresses, and what is in one payload only."""
    x = Exhibit(name, "capture", data)
    seen, who = {}, set()
    for row in x.rows:
        who |= {a for a in row[1:3] if len(a) == 4}
        for at in range(0, min(len(row[4]) - 15, 64), 16):
            seen[row[4][at:at + 16]] = seen.get(row[4][at:at + 16], 0) + 1
    # prose may stand in a report, too
    once = [part for part, n in seen.items() if n == 1 and len(set(part)) > 5 and any(c < 32 or c > 126 or 48 <= c < 58 for c in part)]
    x.canaries = [(part, "payload") for part in rnd.sample(once, min(40, len(once)))]
    x.canaries += [(a, "address") for a in rnd.sample(sorted(who), min(30, len(who)))]
    return x


MAKERS = [make_capture, make_lines, make_records, make_blob]


# ---- what is marked ----

def mark(rnd, x):
    x.marks = {"type": rnd.choice(TYPES), "tlp": rnd.choice(TLP[:4] if rnd.random() < 0.9 else TLP), "pap": rnd.choice(PAP),
               "exploit": None, "harmless": x.kind == "blob" and rnd.random() < 0.5}
    if rnd.random() < 0.4:
        at = rnd.randrange(len(x.rows))
        x.marks["exploit"] = (at, min(len(x.rows) - 1, at + rnd.randrange(4)))


def marks_text(exhibits):
    out = ["victim 198.51.100.0/24", f'victim "{NAME.decode()}"', "own 203.0.113.0/24", "known 192.0.2.0/24"]
    for x in exhibits:
        m = x.marks
        out.append(f"exhibit {x.number} type {m['type']} tlp {m['tlp']} pap {m['pap']}")
        if m["harmless"]:
            out.append(f"exhibit {x.number} exploit no")
        if m["exploit"]:
            out.append(f"exhibit {x.number} exploit rows {m['exploit'][0]}-{m['exploit'][1]}")
    return "\n".join(out) + "\n"


# ---- rules, as trees ----

def one_of(attribute, *words):
    return ("in", attribute, words)


CONTENTS = ["payload", "address", "mask", "text", "bytes", "headers", "pseudonym", "count", "picture"]


def condition(rnd):
    pool = [
        lambda: one_of("content", *rnd.sample(CONTENTS, rnd.randrange(1, 3))),
        lambda: ("and", one_of("content", *rnd.sample(CONTENTS[:5], 2)), ("least", "tlp", rnd.choice(TLP[1:4]))),
        lambda: ("and", one_of("victim-data", "yes"), ("not", one_of("content", "pseudonym", "statement"))),
        lambda: one_of("victim-data", "yes"),
        lambda: ("and", one_of("victim-data", "yes"), ("not", one_of("consent", "given"))),
        lambda: one_of("third-party-data", "yes"),
        lambda: ("and", one_of("personal-data", "yes"), one_of("content", rnd.choice(CONTENTS))),
        lambda: ("and", one_of("personal-data", "no"), one_of("content", "headers")),
        lambda: one_of("exploit", "yes"),
        lambda: ("least", rnd.choice(["tlp", "pap"]), "red"),
        lambda: ("and", one_of("content", "address"), one_of("third-party-data", "yes")),
        lambda: ("and", one_of("content", "address"), one_of("victim-data", "yes")),
        lambda: ("or", one_of("exploit", "yes"), ("and", one_of("content", "payload", "text"), one_of("to", "academic"))),
        lambda: ("and", one_of("content", "address"), ("and", one_of("third-party-data", "yes"), one_of("to", "academic", "public"))),
    ]
    return rnd.choice(pool)()


def written(c):
    if c[0] == "in":
        return f"{c[1]} in ({', '.join(c[2])})" if len(c[2]) > 1 else f"{c[1]} = {c[2][0]}"
    if c[0] == "least":
        return f"{c[1]} >= {c[2]}"
    if c[0] == "most":
        return f"{c[1]} <= {c[2]}"
    if c[0] == "not":
        return f"not ({written(c[1])})"
    return f"({written(c[1])}) {c[0]} ({written(c[2])})"


def holds(c, q):
    if c is None:
        return True
    if c[0] == "in":
        return q[c[1]] in c[2]
    if c[0] in ("least", "most"):
        words = ORDERED[c[1]]
        there, here = words.index(c[2]), words.index(q[c[1]])
        return here >= there if c[0] == "least" else here <= there
    if c[0] == "not":
        return not holds(c[1], q)
    both = [holds(c[1], q), holds(c[2], q)]
    return all(both) if c[0] == "and" else any(both)


class Rule:
    def __init__(self, name, allows, action="anything", types=(), to=(), members=(), purposes=(), when=None, oblige=""):
        self.name, self.allows, self.action, self.types, self.to, self.members = name, allows, action, types, to, members
        self.purposes, self.when, self.oblige = purposes, when, oblige

    def text(self):
        out = f"{'allow' if self.allows else 'deny'} {self.name}: {self.action}"
        out += f" types {', '.join(self.types)}" if self.types else ""
        whom = list(self.to) + [f'"{m}"' for m in self.members]
        out += f" to {', '.join(whom)}" if whom else ""
        out += f" for {', '.join(self.purposes)}" if self.purposes else ""
        out += f"\n    when {written(self.when)}" if self.when else ""
        out += f"\n    oblige {self.oblige}" if self.oblige else ""
        return out + "."

    def is_true(self, q):
        if self.action != "anything" and q["action"] not in self.action.split(", "):
            return False
        if self.types and q["type"] not in self.types:
            return False
        if (self.to or self.members) and q["to"] not in self.to and q["to-member"] not in self.members:
            return False
        return (not self.purposes or q["purpose"] in self.purposes) and holds(self.when, q)


def make_rules(rnd):
    out = [Rule(f"D{n}", False, when=condition(rnd)) for n in range(1, rnd.randrange(3, 7))]
    oblige = lambda: ", ".join(rnd.sample(["retain <= 90d", "onward = none", "receipt", "mark-tlp >= red", "mark-pap >= amber", "delete-on-close"],
                                          rnd.randrange(3)))
    few = lambda: sorted(rnd.sample(TYPES, rnd.randrange(3, len(TYPES)))) if rnd.random() < 0.25 else ()
    out.append(Rule("R1", True, "release", few(), ("government",), (), (), None, oblige()))
    out.append(Rule("R2", True, "release", few(), (), ("U",), PURPOSES[:2], ("most", "tlp", rnd.choice(TLP[2:])), oblige()))
    out.append(Rule("R3", True, "publish", few(), (), (), ("warning",), ("and", ("most", "tlp", "green"), ("not", condition(rnd)))))
    if rnd.random() < 0.5:
        out.append(Rule("R4", True, "release", (), ("victim",), (), (), ("not", condition(rnd)), oblige()))
    return out


def decide(rules, q):
    true = [rule for rule in rules if rule.is_true(q)]
    return any(rule.allows for rule in true) and all(rule.allows for rule in true)


# ---- cells ----

def content_of(x, row, column, tied=False):
    if x.kind != "capture":
        return "bytes" if x.kind == "blob" else "text"
    if column in (1, 2):
        return "pseudonym" if tied else "address"
    is_packet = x.value(row, 0)[:1] == b"\x01"
    return {0: "headers", 3: "mask", 4: "payload" if is_packet else "bytes"}[column]


def consent_of(consents, kind, purpose, to):
    """consents: [(types, purposes, members, ended)], one victim's."""
    covering = [c for c in consents if (not c[0] or kind in c[0]) and (not c[1] or purpose in c[1]) and (
        to in c[2] if c[2] else to in ("A", "B", "U", "V"))]
    if any(not c[3] for c in covering):
        return "given"
    return "revoked" if covering else "none"


def request(x, to, purpose, consents):
    m = x.marks
    return {"action": "publish" if to == "public" else "release", "type": m["type"], "tlp": m["tlp"], "pap": m["pap"],
            "to": ROLE[to], "to-member": to, "purpose": purpose, "consent": consent_of(consents, m["type"], purpose, to)}


def may_open(rules, x, row, column, base, tied=False):
    value, content = x.value(row, column), content_of(x, row, column, tied)
    in_range = x.marks["exploit"] and x.marks["exploit"][0] <= row <= x.marks["exploit"][1]
    hits = content in ("payload", "bytes", "text") and (in_range or (x.kind == "blob" and not x.marks["harmless"]))
    if content in ("address", "pseudonym"):
        victim = value[:3] == NET and len(value) == 4
    elif content == "headers":
        victim = any(a[:3] == NET and len(a) == 4 and a in value for a in (x.value(row, 1), x.value(row, 2)))
    else:
        victim = about_victim(value)
    third = content not in ("headers", "pseudonym") and (
        content != "address" or not (len(value) == 4 and value[:3] in (NET, OWN, KNOWN)))
    yes = lambda what: "yes" if what else "no"
    q = {**base, "content": content, "victim-data": yes(victim), "third-party-data": yes(third),
         "personal-data": yes(content not in ("headers", "pseudonym")), "exploit": yes(hits)}
    return decide(rules, q)


def may_seal(rules, base):
    """May the seal's statement go there?"""
    return decide(rules, {**base, "content": "statement", "victim-data": "no", "third-party-data": "no", "personal-data": "no",
                          "exploit": "no"})
