"""What liars share: a dossier whose list of files is made anew and signed, with facts that fit."""
import hashlib
import json

import assessed
import facts
import table
import zipfmt
from cbor import Refused
from kinds import of as kind_of


def read_rows(files, k, seal):
    """(columns, {row: cells}) of what seal K opens."""
    columns = [(c["name"], c.get("link")) for c in seal["columns"]]
    name = f"seal-{k}.opening"
    if name not in files:
        return columns, {}
    kind = kind_of(seal["kind"], columns)
    file = seal.predicate.get("file")
    sealed = table.Table(bytes.fromhex(seal["exhibit"]), [link for _, link in columns], seal["rows"], bytes.fromhex(seal["root"]),
                         bytes.fromhex(file) if file else None)
    return columns, table.verify_opening(sealed, bytes.fromhex(seal.digest), files[name], kind.join).rows


def relist(files, key, maker):
    """The ZIP of these files, of which the list, the assessments that it names and the facts are made to fit; signed with ${key}."""
    files = {n: d for n, d in files.items() if not n.endswith((".tlog-proof", ".tsr"))}
    remaker = maker.Remaker(files, key)
    thing = json.loads(files["disclosure.json"])
    said = thing["predicate"]
    named = lambda word: [maker.Made(files[n]) for n in sorted(files, key=lambda n: (len(n), n))
                          if n.startswith(word + "-") and n.endswith(".json")]
    seals, there = named("seal"), named("assessment")
    said["tool"] = maker.TOOL
    if there:
        said["assessments"] = [one.digest for one in there]
    try:
        rows = {seal.digest: read_rows(files, k, seal) for k, seal in enumerate(seals, 1)}
        block = facts.make(maker.Said(said), seals, named("finding"), said["shows"], named("traffic"), named("chain"),
                           [assessed.Assessed(one, *rows.get(one["seals"][0], ([], {}))) for one in there])
        files["report.html"] = files["report.html"].replace(facts.in_report(files["report.html"]), block)
    except (KeyError, TypeError, Refused):
        pass    # what is no statement, or no opening, has no facts
    said["files"] = [{"name": n, "bytes": len(d), "sha256": hashlib.sha256(d).hexdigest()} for n, d in sorted(files.items())
                     if not n.startswith("disclosure.")]
    files["disclosure.json"] = json.dumps(thing).encode()
    files["disclosure.json.sig"] = remaker.sign(files["disclosure.json"])
    return zipfmt.write(files)
