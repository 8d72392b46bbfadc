"""What was counted and what was joined (docs/formats.md 2.6, 2.7): rows, draws, references. Nothing is counted again."""

import hashlib

from cbor import Refused


def key(digest, row):
    """The key of a row of the exhibit whose seal statement has that digest (hexadecimal)."""
    made = hashlib.sha256(b"comity draw v1" + bytes.fromhex(digest) + row.to_bytes(8, "big")).digest()
    return int.from_bytes(made[:8], "big")


def is_drawn(digest, thin, row):
    return key(digest, row) * thin < 1 << 64


def check_series(statement, series):
    effect = set(series) - {"from", "width_ns", "in", "rest", "out"}
    if effect not in (set(), {"errors", "wait_us"}, {"opened", "answered"}):
        raise Refused("%s: a series with half of an effect" % statement.name)
    if len({len(series[name]) for name in {"in", "rest", "out"} | effect}) != 1:
        raise Refused("%s: a series of several lengths" % statement.name)


def check_traffic(statement, rows):
    """rows: how many each of its seals has."""
    signs, claimed = ([sign["name"] for sign in part["signs"]] for part in (statement, statement["claimed"]))
    for names in (signs, claimed):
        if names != sorted(set(names), key=lambda name: name.encode("utf-8")):
            raise Refused("%s: signs not by name, each once" % statement.name)
    if set(signs) & set(claimed):
        raise Refused("%s: a sign that is drawn and claimed" % statement.name)
    for part in (statement["drawn"], statement["claimed"]):
        if part["to"] < part["from"]:
            raise Refused("%s: it ends before it begins" % statement.name)
    series = statement["claimed"].get("series")
    if series:
        check_series(statement, series)
    if len(statement["range"]) != len(rows) or len(statement["support"]) != len(rows):
        raise Refused("%s: not one list for each seal" % statement.name)
    if sum(map(len, statement["support"])) > 4096:
        raise Refused("%s: more rows than a draw gives" % statement.name)
    for digest, span, part, limit in zip(statement["seals"], statement["range"], statement["support"], rows):
        check_draw(statement, digest, span, part, limit)


def check_draw(statement, digest, span, part, limit):
    if span is not None and (span[0] > span[1] or span[1] >= limit):
        raise Refused("%s: a range that its seal does not have" % statement.name)
    if part and (span is None or part[0] < span[0] or part[-1] > span[1]):
        raise Refused("%s: support beyond its range" % statement.name)
    for row in part:
        if not is_drawn(digest, statement["thin"], row):
            raise Refused("%s: row %d, which the draw does not give" % (statement.name, row))


def check_chain(statement, rows, findings, traffic):
    """findings, traffic: what the dossier has, by digest."""
    clocks = [clock["how"] for clock in statement["clocks"]]
    if clocks.count("same") != 1 or any(number >= len(clocks) for number in statement["vantages"]):
        raise Refused("%s: clocks that fit no vantage" % statement.name)
    if len(statement["vantages"]) != len(rows):
        raise Refused("%s: not one vantage for each seal" % statement.name)
    for clock in statement["clocks"]:
        if ("matched" in clock) != (clock["how"] not in ("same", "unknown")):
            raise Refused("%s: a clock of another shape" % statement.name)
    for one in [script["rows"] for script in statement["scripts"]] + [statement["clients"]]:
        if len(one) != len(rows) or any(part and part[-1] >= limit for part, limit in zip(one, rows)):
            raise Refused("%s: rows that its seals do not have" % statement.name)
    check_lag(statement)
    for script in statement["scripts"]:
        check_script(statement, script, findings)
    if len(set(statement["floods"])) != len(statement["floods"]) or not set(statement["floods"]) <= set(traffic):
        raise Refused("%s: floods that the dossier does not have once" % statement.name)


def check_lag(statement):
    lag, table = statement["lag"], statement["table"]
    if ("median_ns" in lag) != (lag["known"] > 0) or lag["known"] + lag["before"] > table["a"]:
        raise Refused("%s: lags of more clients than asked" % statement.name)
    if lag["known"] and not lag["least_ns"] <= lag["median_ns"] <= lag["most_ns"]:
        raise Refused("%s: lags out of order" % statement.name)


def check_script(statement, script, findings):
    """Its rows are accused by its finding, which may cite fewer seals."""
    if script["finding"] not in findings or not any(script["rows"]):
        raise Refused("%s: a script of no finding" % statement.name)
    finding = findings[script["finding"]]
    if finding["verdict"] != "forged":
        raise Refused("%s: a script of what is not called forged" % statement.name)
    accused = {(seal, row) for name in ("forged", "suspect") for seal, part in zip(finding["seals"], finding[name])
        for row in part}
    mine = {(seal, row) for seal, part in zip(statement["seals"], script["rows"]) for row in part}
    if not mine <= accused:
        raise Refused("%s: a script of rows that nobody accuses" % statement.name)


def _figures(part):
    return {name: part[name] for name in ("from", "to", "packets", "bytes", "peak_per_s", "mean_per_s")}


def traffic_facts(statement):
    """As they stand in the report (3.3)."""
    made = {"statement": statement.digest, **{name: statement[name] for name in
        ("kind", "verdict", "thin", "range", "support", "port", "proto")}}
    if "service" in statement.predicate:
        made["service"] = statement["service"]
    made["signs"] = [{"name": sign["name"], "value": sign["value"]} for sign in statement["signs"]]
    made["drawn"] = _figures(statement["drawn"])
    made["claimed"] = _figures(statement["claimed"])
    return made


def chain_facts(statement):
    return {"statement": statement.digest,
        "scripts": [{name: script[name] for name in ("finding", "rows", "target")} for script in statement["scripts"]],
        "floods": statement["floods"], "clients": statement["clients"],
        "table": {name: statement["table"][name] for name in ("a", "b", "c", "d", "p_milli")}}
