"""Statements (docs/formats.md 2): strict JSON, and the members each predicate must have. No signatures here."""

import hashlib
import json
import re
from datetime import datetime

from cbor import Refused

MAX_DEPTH = 32
MAX_INT = (1 << 53) - 1
TYPE = "https://in-toto.io/Statement/v1"
PREFIX = "urn:x-comity:"
COLLECTED = ("by", "vantage", "tool", "clock", "from", "to", "filter", "drops")
WORDS = {
    "type": ("injection", "reset", "dns", "handshake"),
    "verdict": ("forged", "stack-break", "undecidable", "explained"),
    "rests_on": ("local", "flow", "host-model"),
    "reads": ("headers", "addresses", "mask", "payload"),
    "hides": ("addresses", "payload"),
    "kind": ("syn-flood", "volume-flood", "reflection", "amplification", "fragment-flood", "http-flood", "lease-flood",
        "syn-scan", "connect-scan", "udp-scan"),
    "counted": ("flood", "surge", "scan"),
    "baseline": ("none", "before", "others"),
    "clock": ("same", "unknown", "one-way", "both-ways", "seconds"),
}


def _pairs(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Refused("a member that stands twice")
    return members


def _no(text):
    raise Refused("a number that is no integer: %s" % text)


def _integer(text):
    value = int(text)
    if abs(value) > MAX_INT or text == "-0":
        raise Refused("a number beyond 2^53-1")
    return value


def _depth(thing, depth):
    if depth > MAX_DEPTH:
        raise Refused("nested deeper than %d" % MAX_DEPTH)
    for part in thing.values() if isinstance(thing, dict) else thing if isinstance(thing, list) else ():
        _depth(part, depth + 1)


def parse(data):
    """The JSON object of a statement file, as dict in file order."""
    if data.startswith(b"\xef\xbb\xbf"):
        raise Refused("a byte order mark")
    body = data[:-1] if data.endswith(b"\n") else data
    if not body.lstrip(b" \t\r\n").startswith(b"{") or not body.endswith(b"}"):
        raise Refused("bytes around the one JSON object")
    try:
        text = body.decode("utf-8")
        thing = json.loads(text, object_pairs_hook=_pairs, parse_float=_no, parse_int=_integer, parse_constant=_no)
        _depth(thing, 1)
        json.dumps(thing, ensure_ascii=False).encode("utf-8")	# no lone surrogates
    except Refused:
        raise
    except (ValueError, RecursionError) as why:
        raise Refused("not JSON: %s" % why) from None
    if "\\u0000" in json.dumps(thing):
        raise Refused("a string with a zero character")
    return thing


# Checkers: each takes a value and says whether it may stand there.

def text(value):
    return isinstance(value, str)


def number(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def integer(value):
    return isinstance(value, int) and not isinstance(value, bool)


def between(low, high):
    return lambda value: integer(value) and low <= value <= high


def boolean(value):
    return isinstance(value, bool)


def matches(pattern):
    compiled = re.compile(pattern)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None


def time(value):
    """RFC 3339, UTC, whole seconds, a day that is in the calendar, from 1970 on."""
    if not _time(value):
        return False
    try:
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").year >= 1970
    except ValueError:
        return False


def list_of(check, least=0, most=None):
    return lambda value: isinstance(value, list) and len(value) >= least and (
        most is None or len(value) <= most) and all(map(check, value))


def one_of(words):
    return lambda value: isinstance(value, str) and value in words


def members(required, optional=()):
    """An object with all required members, any of the optional ones, and no other."""
    required, optional = dict(required), dict(optional)
    both = {**required, **optional}
    return lambda value: isinstance(value, dict) and set(required) <= set(value) and all(
        name in both and both[name](part) for name, part in value.items())


digest = matches("[0-9a-f]{64}")
evidence = matches("[A-Z][1-9][0-9]?")
_time = matches("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
fingerprint = matches("SHA256:[A-Za-z0-9+/]{43}")
shut_or_text = lambda value: text(value) or members({"shut": digest})(value)
shut_or_time = lambda value: time(value) if text(value) else members({"shut": digest})(value)
shut_or_time = lambda value: time(value) or members({"shut": digest})(value)
tool = members({"name": text, "version": text, "source": digest})
addressee = lambda value: text(value) and 1 <= len(value.encode("utf-8")) <= 256
row_set = list_of(lambda rows: list_of(number)(rows) and all(a < b for a, b in zip(rows, rows[1:])))
column = members({"name": text}, {"link": number})
in_order = lambda words: lambda value: isinstance(value, list) and value == [word for word in words if word in value]
hides = in_order(WORDS["hides"])
cue = members({"name": text, "bits": between(-1000, 1000), "base_rate": text, "rests_on": one_of(WORDS["rests_on"]),
    "reads": in_order(WORDS["reads"]), "rows": row_set})
fingerprint_of_packets = members({name: text for name in ("ipid", "df", "ttl", "window", "options", "fin")},
    {"name": text})
named_tied = members({"named": number, "tied": number})
shows_capture = members({"rows": number, "packets": number, "headers": number, "mask": number, "payload": number,
    "src": named_tied, "dst": named_tied})
shows_other = members({"rows": number, "columns": list_of(members({"name": text, "open": number}))})

_time_ns = matches("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{9}Z")


def time_ns(value):
    """The same with nine digits of a second, below 2^63 nanoseconds."""
    return _time_ns(value) and time(value[:19] + "Z") and value <= "2262-04-11T23:47:16.854775807Z"


power_of_two = lambda n: number(n) and 1 <= n <= 1 << 40 and n & (n - 1) == 0
detector = members({"name": text, "version": number, "source": digest})
sign = members({"name": text, "value": integer, "limit": integer, "unit": text, "base_rate": text, "against": boolean})
span = lambda value: value is None or list_of(number, 2, 2)(value)
figures = {"from": time_ns, "to": time_ns, "packets": number, "bytes": number, "peak_per_s": number, "mean_per_s": number}
two = list_of(between(-1, MAX_INT), 2, 2)
bins = list_of(number, 1, 240)
effect = members({name: two for name in ("syn_answered_ppm", "answer_ms", "errors_ppm", "answered_ppm")},
    {"degraded": time_ns, "recovered": time_ns, "unseen": text})
claimed = members({**figures, **{name: number for name in ("sources", "targets", "hosts", "ports")},
    **{name: boolean for name in ("slow", "cut_begin", "cut_end")},
    "baseline": members({"how": one_of(WORDS["baseline"]), "milli": number, "span_ms": number}),
    "signs": list_of(sign, 0, 256), "effect": effect},
    {"series": members({"from": time_ns, "width_ns": lambda n: number(n) and n > 0, "in": bins, "rest": bins, "out": bins},
        {name: bins for name in ("errors", "wait_us", "opened", "answered")}),
    "name": text})
clock = members({"how": one_of(WORDS["clock"])},
    {"least_ns": integer, "most_ns": integer, "middle_ns": integer, "matched": number})
script = members({"finding": digest, "rows": row_set, "target": number})
lag = members({"before": number, "known": number},
    {"least_ns": integer, "median_ns": integer, "most_ns": integer, "unsure_ns": number})

words_up = lambda value: list_of(text, 1, 256)(value) and sorted(set(value)) == value
COMMON = {"by": fingerprint, "nonce": matches("[0-9a-f]{32}"), "made": time, "number": lambda n: number(n) and n > 0}
checkpoint = members({"origin": text, "size": number, "root": digest})
COMMON_OPTIONAL = {"previous": digest, "case": digest, "to": addressee, "supersedes": digest,
    "after": list_of(checkpoint, 1, 64)}
PREDICATES = {
    "seal/v1": ({"exhibit": digest, "kind": text, "columns": list_of(column), "rows": number,
        "root": digest, "tool": tool},
        {"file": digest, "pairs": digest,
        "collected": members({}, {name: shut_or_text for name in COLLECTED})}),
    "finding/v1": ({"seals": list_of(digest), "detector": members({"name": text, "version": number, "source": digest}),
        "parameters": members({"memory": number, "window": between(0, (1 << 32) - 1),
            "forged_bits": between(-1000, 1000), "break_bits": between(-1000, 1000)}),
        "frames": list_of(list_of(between(0, (1 << 44) - 1))),
        "type": one_of(WORDS["type"]), "verdict": one_of(WORDS["verdict"]), "bits": between(-100000, 100000),
        **{name: row_set for name in
            ("forged", "genuine", "suspect", "support", "support_host", "against", "trigger")},
        "cues": list_of(cue),
        "fingerprint": lambda value: value == {} or fingerprint_of_packets(value),
        "alternatives": list_of(members({"name": text, "holds": boolean}))}, {"explained_by": text, "evidence": evidence}),
    "custody/v1": ({"seals": list_of(digest), "from": shut_or_text, "to_whom": shut_or_text, "at": shut_or_time,
        "how": shut_or_text}, {}),
    "disclosure/v1": ({"tool": tool, "seals": list_of(digest), "findings": list_of(digest),
        "files": list_of(members({"name": text, "bytes": number, "sha256": digest})),
        "shows": list_of(lambda value: shows_capture(value) or shows_other(value)),
        "hides": hides, "leaks_accepted": number,
        "layout": lambda n: number(n) and n == 1},
        {"traffic": list_of(digest, 1), "chains": list_of(digest, 1), "assessments": list_of(digest, 1, 16), "terms": lambda value: isinstance(value, dict)}),
    "consent/v1": ({"charter": digest, "says": one_of(("given", "revoked"))},
        {"types": words_up, "purposes": words_up, "to_whom": words_up, "until": time}),
    "traffic/v1": ({"seals": list_of(digest, 1, 256), "detector": detector, "parameters": members({"memory": number}),
        "kind": one_of(WORDS["kind"]), "verdict": one_of(WORDS["counted"]), "thin": power_of_two,
        "range": list_of(span), "support": row_set, "port": between(0, 65535), "proto": between(0, 255),
        "signs": list_of(sign, 0, 256), "drawn": members(figures), "claimed": claimed}, {"service": text, "evidence": evidence}),
    "chain/v1": ({"seals": list_of(digest, 1, 256), "detector": detector, "vantages": list_of(number),
        "clocks": list_of(clock, 1, 256), "scripts": list_of(script, 1, 4096), "layers": list_of(text, 0, 64),
        "floods": list_of(digest, 1, 64), "clients": row_set,
        "table": members({name: number for name in ("a", "b", "c", "d", "p_milli")}), "lag": lag}, {"evidence": evidence}),
}
PREDICATES["assessment/v1"] = ({"seals": list_of(digest, 1, 1), "detector": detector,
    **{name: between(0, 65536) for name in ("frame", "items", "results")}}, {"evidence": evidence})
_subject = list_of(members({"name": text, "digest": members({"comity-seal": digest})}), 1, 256)
_under = list_of(members({"name": digest, "digest": members({"comity-charter": digest})}), 1, 1)


class Statement:
    """A statement file: its bytes' digest, predicate type without prefix, subject and predicate."""

    def __init__(self, name, data, want):
        """Parse and check the members; `want` is the predicate type it must have, as `seal/v1`."""
        self.name, self.kind, self.digest = name, want, hashlib.sha256(data).hexdigest()
        try:
            self._read(parse(data), want)
        except Refused as why:
            raise Refused("%s: %s" % (name, why)) from None

    def _read(self, thing, want):
        if set(thing) != {"_type", "subject", "predicateType", "predicate"} or thing["_type"] != TYPE:
            raise Refused("not the members of a statement")
        if thing["predicateType"] != PREFIX + want:
            raise Refused("not a %s" % want)
        self.subject, self.predicate = thing["subject"], thing["predicate"]
        if not (_under if want == "consent/v1" else _subject)(self.subject) or not isinstance(self.predicate, dict):
            raise Refused("a subject or predicate of another shape")
        required, optional = PREDICATES[want]
        required, optional = {**COMMON, **required}, {**COMMON_OPTIONAL, **optional}
        both = {**required, **optional}
        for member in required:
            if member not in self.predicate:
                raise Refused("no member %s" % member)
        for member, value in self.predicate.items():
            if member not in both or not both[member](value):
                raise Refused("the member %s" % member)
        if ("previous" in self.predicate) != (self.predicate["number"] > 1):
            raise Refused("previous is there exactly from number 2 on")

    def __getitem__(self, member):
        return self.predicate[member]
