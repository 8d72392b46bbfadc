"""What the dossier shows: counts per seal (docs/formats.md 2.4) and the facts of the report (3.3)."""

import json

import counted
import terms
from capture import DST, HEADERS, MASK, PAYLOAD, SRC, is_packet
from cbor import Refused
from statement import COLLECTED
from table import OPEN, TIED

BEGIN = b'<script type="application/json" id="facts">'
END = b"</script>"


def shows(kind, columns, rows):
    """Counts over opened rows {number: [Cell or None]}; columns are (name, link)."""
    def count(column, state):
        return sum(1 for row in rows.values() if row[column] is not None and row[column].state == state)

    if kind != "capture/1":
        opened = [{"name": name, "open": count(i, OPEN)} for i, (name, _) in enumerate(columns)]
        return {"rows": len(rows), "columns": opened}
    both = lambda column: {"named": count(column, OPEN), "tied": count(column, TIED)}
    return {"rows": len(rows), "packets": sum(map(is_packet, rows.values())), "headers": count(HEADERS, OPEN),
        "mask": count(MASK, OPEN), "payload": count(PAYLOAD, OPEN), "src": both(SRC), "dst": both(DST)}


def collected(claims):
    """The collector's claims in the order of 2.1, whatever their order in the statement."""
    return {name: claims[name] for name in COLLECTED if name in claims}


def make(disclosure, seals, findings, shown, traffic=(), chains=(), assessments=()):
    """The facts as bytes. seals, findings, traffic, chains: lists of Statement; shown: list of shows(); assessments: of Assessed."""
    cue = lambda one: {name: one[name] for name in ("name", "bits", "rests_on", "rows")}
    facts = {
        "layout": 1, "by": disclosure["by"], "made": disclosure["made"],
        **({"terms": terms.in_order(disclosure["terms"])} if "terms" in disclosure.predicate else {}),
        "seals": [{"statement": seal.digest, **{name: seal[name] for name in ("exhibit", "kind", "rows", "root")},
            "collected": collected(seal.predicate.get("collected", {}))} for seal in seals],
        "shows": shown,
        "findings": [{"statement": finding.digest, **{name: finding[name] for name in
            ("type", "verdict", "bits", "forged", "genuine", "suspect", "support")},
            "cues": [cue(one) for one in finding["cues"]]} for finding in findings],
    }
    if traffic:
        facts["traffic"] = [counted.traffic_facts(statement) for statement in traffic]
    if chains:
        facts["chains"] = [counted.chain_facts(statement) for statement in chains]
    if assessments:
        facts["assessments"] = [one.facts() for one in assessments]
    return json.dumps(facts, ensure_ascii=False).replace("<", "\\u003c").encode("utf-8")


def in_report(report):
    """The facts block of report.html, which must be there once."""
    if report.count(BEGIN) != 1:
        raise Refused("report.html: not exactly one block of facts")
    start = report.index(BEGIN) + len(BEGIN)
    end = report.find(END, start)
    if end < 0:
        raise Refused("report.html: the block of facts does not end")
    return report[start:end]
