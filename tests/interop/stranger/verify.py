#!/usr/bin/env python3
"""A verifier for dossiers, written from docs/formats.md alone. Python's standard library, ssh-keygen and openssl.

    verify.py DOSSIER --signers ALLOWED_SIGNERS [--trust FILE]

It does what section 4 says, steps 1 to 7; time stamps are left to `openssl ts`. It does not redo findings (step 8): that takes a detector.
Exit status 0 if everything it checks holds, 1 if not, 2 if it was called wrongly, 5 if a statement is not shown to
be logged as the trust file asks.
"""

import argparse
import hashlib
import itertools
import re
import sys

import assessed
import counted
import facts
import kinds
import opened
import pairs
import pcapng
import receipt
import sshsig
import table
import terms
import zipfmt
from cbor import Refused
from statement import Statement

PREDICATE_OF = {"seal": "seal/v1", "finding": "finding/v1", "custody": "custody/v1", "traffic": "traffic/v1",
    "chain": "chain/v1", "assessment": "assessment/v1", "consent": "consent/v1"}
NUMBERED = re.compile(r"(seal|finding|custody|traffic|chain|assessment|consent)-([1-9][0-9]*)\.(json|json\.sig|opening|pairs|pcapng|txt|jsonl|hex)")


class Dossier:
    """A dossier being verified. `said` collects lines for the reader."""

    def __init__(self, data, signers, trust=None):
        self.signers = signers
        self.trust = trust
        self.lacking = 0
        self.said = []
        self.files = zipfmt.read(data)
        self.say("%d files in a canonical ZIP" % len(self.files))
        self.used = set()
        self.unknown = set()

    def say(self, line):
        self.said.append(line)

    def file(self, name):
        if name not in self.files:
            raise Refused("%s is missing" % name)
        self.used.add(name)
        return self.files[name]

    def statement(self, name, predicate):
        """Read a statement, check its signature, and that its key is the one in `by` and is known."""
        data, signature = self.file(name), self.file(name + ".sig")
        statement = Statement(name, data, predicate)
        try:
            key = sshsig.fingerprint(signature)
        except Refused as why:
            raise Refused("%s.sig: %s" % (name, why)) from None
        if key != statement["by"]:
            raise Refused("%s is signed by %s, but says it is by %s" % (name, key, statement["by"]))
        principal = sshsig.check(name, data, signature, self.signers, statement["made"])
        if principal is None:
            self.unknown.add(key)
        self.say("%s: signed by %s (%s)" % (name, principal or "an UNKNOWN SIGNER", key))
        return statement

    def numbered(self, kind):
        """All statements KIND-1.json, KIND-2.json, ... without a hole."""
        matches = filter(None, map(NUMBERED.fullmatch, self.files))
        found = [int(match[2]) for match in matches if match[1] == kind and match[3] == "json"]
        if sorted(found) != list(range(1, len(found) + 1)):
            raise Refused("%s files that are not numbered 1, 2, ..." % kind)
        return [self.statement("%s-%d.json" % (kind, n), PREDICATE_OF[kind]) for n in range(1, len(found) + 1)]

    def verify(self):
        self.disclosure = self.statement("disclosure.json", "disclosure/v1")
        self.check_files()
        self.seals = self.numbered("seal")
        self.findings = self.numbered("finding")
        self.traffic = self.numbered("traffic")
        self.chains = self.numbered("chain")
        self.assessments = self.numbered("assessment")
        self.opened = {}
        custody = self.numbered("custody")
        consents = terms.check(self)
        everything = [self.disclosure] + self.seals + self.findings + self.traffic + self.chains + (
            self.assessments + custody + consents)
        self.check_chain(everything)
        self.check_receipts(everything)
        self.check_references(custody)
        shown = [self.check_seal(k, seal) for k, seal in enumerate(self.seals, 1)]
        if self.disclosure["shows"] != shown:
            raise Refused("disclosure.json: shows is not what the openings show")
        self.say("shows: as the openings have it")
        computed = [assessed.Assessed(one, *self.opened[one["seals"][0]]) for one in self.assessments]
        made = facts.make(self.disclosure, self.seals, self.findings, shown, self.traffic, self.chains, computed)
        self.check_report(made)
        self.check_assessments(computed)
        self.say("findings: not redone by this verifier (%d shown)" % len(self.findings))
        if self.traffic:
            self.say("floods and scans: every row that is cited was drawn; not counted again (%d, %d chains)" % (
                len(self.traffic), len(self.chains)))
        unused = sorted(set(self.files) - self.used)
        if unused:
            raise Refused("files a dossier does not have: %s" % ", ".join(unused))
        if self.unknown:
            raise Refused("UNKNOWN SIGNER %s" % ", ".join(sorted(self.unknown)))

    def check_report(self, made):
        withheld = self.disclosure.predicate.get("terms", {}).get("withheld", [])
        if "report.html" not in self.files and any(one["content"] == "picture" for one in withheld):
            self.say("report.html: withheld by the charter")
            return
        if facts.in_report(self.file("report.html")) != made:
            raise Refused("report.html: the facts are not those of the statements")
        self.say("report.html: the facts hold; its prose is the sender's word")

    def check_files(self):
        have = [{"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in self.files.items() if name not in ("disclosure.json", "disclosure.json.sig")
            and not name.endswith((receipt.ENDING, receipt.STAMP))]
        if self.disclosure["files"] != have:
            raise Refused("disclosure.json: files is not exactly what the dossier holds")
        self.say("files: %d, each with the digest the disclosure gives" % len(have))

    def check_receipts(self, statements):
        """Since when each statement existed at the latest (3.5)."""
        receipts = receipt.Receipts(self.trust)
        for statement in statements:
            stem = statement.name[:-len(".json")]
            enough, line = False, "not shown to be logged"
            if stem + receipt.STAMP in self.files and stem + receipt.ENDING not in self.files:
                raise Refused("%s: a time stamp without the receipt" % stem)
            if stem + receipt.ENDING in self.files:
                logged = receipt.entry(self.file(statement.name), self.file(statement.name + ".sig"), statement["by"])
                try:
                    enough, line = receipts.check(stem, self.file(stem + receipt.ENDING), logged)
                except Refused as why:
                    raise Refused("%s%s: %s" % (stem, receipt.ENDING, why)) from None
            if stem + receipt.STAMP in self.files:
                self.file(stem + receipt.STAMP)
                line += "; a time stamp, not checked here"
            self.say("%s: %s" % (statement.name, line))
            if self.trust is not None and self.trust.quorum is not None and statement is not self.disclosure:
                self.lacking += not enough

    def check_chain(self, statements):
        """Numbers and previous of one key agree; a gap is reported."""
        keys = {}
        for statement in statements:
            numbers = keys.setdefault(statement["by"], {})
            other = numbers.setdefault(statement["number"], statement)
            if other.digest != statement.digest:
                raise Refused("fork: %s and %s have one number" % (other.name, statement.name))
        of_digest = {statement.digest: statement for statement in statements}
        superseded = {}
        for statement in of_digest.values():
            if "supersedes" in statement.predicate:
                what = tuple(statement.predicate.get(name) for name in ("supersedes", "by", "case")) + (statement.kind,)
                if superseded.setdefault(what, statement) is not statement:
                    raise Refused("fork: %s and %s supersede one statement" % (superseded[what].name, statement.name))
        for key, numbers in keys.items():
            for number, statement in numbers.items():
                previous = statement.predicate.get("previous")
                before = numbers.get(number - 1)
                if before is not of_digest.get(previous):
                    raise Refused("%s does not follow the statement before it" % statement.name)
            withheld = max(numbers) - len(numbers)
            self.say("numbers of %s: %s" % (key, "%d withheld" % withheld if withheld else "none withheld"))
        cases = {statement.predicate["case"] for statement in statements if "case" in statement.predicate}
        if len(cases) > 1:
            raise Refused("statements of two cases")

    def check_references(self, custody):
        """What statements say of one another: digests, subjects, and row sets within their tables."""
        digests = [seal.digest for seal in self.seals]
        subject = dict(zip(digests, (seal.subject for seal in self.seals)))
        rows = dict(zip(digests, (seal["rows"] for seal in self.seals)))
        if self.disclosure["seals"] != digests or len(rows) != len(digests):
            raise Refused("disclosure.json: seals are not those of the dossier")
        if self.disclosure["findings"] != [finding.digest for finding in self.findings]:
            raise Refused("disclosure.json: findings are not those of the dossier")
        for name, there in (("traffic", self.traffic), ("chains", self.chains), ("assessments", self.assessments)):
            if self.disclosure.predicate.get(name, []) != [statement.digest for statement in there]:
                raise Refused("disclosure.json: %s are not those of the dossier" % name)
        for seal in self.seals:
            if seal.subject != [{"name": seal["exhibit"], "digest": {"comity-seal": seal["root"]}}]:
                raise Refused("%s: the subject is another table" % seal.name)
        for before, seal in itertools.combinations(self.seals, 2):
            if all(before[name] == seal[name] for name in ("by", "exhibit")) and before["root"] != seal["root"]:
                self.say("%s and %s are two tables of one exhibit" % (before.name, seal.name))
        for statement in [self.disclosure] + self.findings + self.traffic + self.chains + self.assessments + custody:
            if statement not in custody and not set(statement["seals"]) <= set(digests):
                raise Refused("%s: a seal that is not in the dossier" % statement.name)
            # A hand-over may be of more exhibits than the dossier has; of these nothing is known.
            pairs = zip(statement["seals"], statement.subject)
            if len(statement.subject) != len(statement["seals"]) or any(
                    digest in subject and subject[digest] != [part] for digest, part in pairs):
                raise Refused("%s: the subject is not its seals" % statement.name)
            if not set(statement["seals"]) & set(digests):
                raise Refused("%s: about no exhibit of the dossier" % statement.name)
        for before, finding in zip([None] + self.findings, self.findings):
            check_row_sets(finding, [rows[digest] for digest in finding["seals"]])
            if before and before["by"] == finding["by"] and before["number"] >= finding["number"]:
                raise Refused("findings are not ascending by number")
        self.check_counted(rows)

    def check_counted(self, rows):
        """Draws and joins; rows: by digest of the seal."""
        order = {seal.digest: at for at, seal in enumerate(self.seals)}
        for statement in self.traffic + self.chains:
            places = [order[digest] for digest in statement["seals"]]
            if places != sorted(set(places)):
                raise Refused("%s: seals in another order than the dossier's" % statement.name)
        for statement in self.traffic:
            counted.check_traffic(statement, [rows[digest] for digest in statement["seals"]])
        for statement in self.chains:
            counted.check_chain(statement, [rows[digest] for digest in statement["seals"]],
                {finding.digest: finding for finding in self.findings}, [one.digest for one in self.traffic])
        if len(self.assessments) > 16:
            raise Refused("more than 16 assessments")
        kinds_of = {seal.digest: seal["kind"] for seal in self.seals}
        for statement in self.assessments:
            if kinds_of[statement["seals"][0]] != "records/1":
                raise Refused("%s: its seal is no table of records" % statement.name)
        for kind in (self.traffic, self.chains, self.assessments):
            for before, after in zip(kind, kind[1:]):
                if before["by"] == after["by"] and before["number"] >= after["number"]:
                    raise Refused("%s is not ascending by number" % after.name)

    def check_seal(self, k, seal):
        """Opening, cut rules and opened rows of one seal; returns its shows."""
        columns = [(column["name"], column.get("link")) for column in seal["columns"]]
        kind = kinds.of(seal["kind"], columns)
        name = "seal-%d" % k
        rows, packets = {}, {}
        if name + ".opening" in self.files:
            rows, packets = self.check_opening(name, seal, kind)
        else:
            self.say("%s: nothing opened of %d rows" % (name, seal["rows"]))
        if name + ".opening" in self.files:
            other = name + opened.ENDING[seal["kind"]]
            if seal["kind"] == "capture/1":
                again = pcapng.make(rows, packets, self.marks(seal))
            else:
                again = opened.make(seal["kind"], columns, rows, seal["rows"])
            if again != self.file(other):
                raise Refused("%s is not made from the opened cells" % other)
            self.say("%s: made again byte for byte" % other)
        if "pairs" in seal.predicate and seal["kind"] != "capture/1":
            raise Refused("%s.json: pairs of a %s" % (name, seal["kind"]))
        if name + ".pairs" in self.files:
            self.check_pairs(name, seal, rows)
        self.opened[seal.digest] = columns, rows
        return facts.shows(seal["kind"], columns, rows)

    def check_assessments(self, computed):
        seals = {seal.digest: seal for seal in self.seals}
        self.contradicted = 0
        for one in computed:
            outcome, why = one.redo(seals[one.statement["seals"][0]])
            self.contradicted += outcome == assessed.CONTRADICTED
            self.say("%s: %s: %s" % (one.statement.name, outcome, why))

    def check_opening(self, name, seal, kind):
        unhex = bytes.fromhex
        file = seal.predicate.get("file")
        sealed = table.Table(unhex(seal["exhibit"]), [link for _, link in kind.columns], seal["rows"],
            unhex(seal["root"]), unhex(file) if file else None)
        try:
            opening = table.verify_opening(sealed, unhex(seal.digest), self.file(name + ".opening"), kind.join)
            packets = kind.check(opening.rows, seal["rows"])
            if not opening.rows:
                raise Refused("it opens nothing, and should not be there")
            if opening.remarks:
                raise Refused(opening.remarks[0])
        except Refused as why:
            raise Refused("%s.opening: %s" % (name, why)) from None
        self.say("%s.opening: the root holds; %d of %d rows have a cell open" % (name, len(opening.rows), seal["rows"]))
        return opening.rows, packets

    def check_pairs(self, name, seal, rows):
        """How many rows the hosts have between whom a finding accuses a packet, and how many are shown (1.6)."""
        unhex = bytes.fromhex
        sealed = table.Table(unhex(seal["exhibit"]), [None, 0, 0, None, None], seal["rows"], unhex(seal["root"]))
        try:
            if "pairs" not in seal.predicate or not rows:
                raise Refused("it is there, and should not be")
            told = pairs.verify_pairs(sealed, unhex(seal.predicate["pairs"]), unhex(seal.digest),
                self.file(name + ".pairs"), rows)
        except Refused as why:
            raise Refused("%s.pairs: %s" % (name, why)) from None
        for finding in self.findings:
            accused = [finding["forged"], finding["suspect"]][not any(finding["forged"])]
            of_seal = [row for digest, part in zip(finding["seals"], accused) if digest == seal.digest for row in part]
            keys = pairs.rows_by_pair(sealed, {row: rows[row] for row in of_seal if row in rows})
            for key in sorted(set(keys) & set(told)):
                self.say("%s: of its hosts %d of %d rows are shown (%s)" % ((finding.name,) + told[key] + (name,)))

    def marks(self, seal):
        """Rows of this seal that any finding shown calls forged, genuine or suspect."""
        marks = {word: set() for word in ("forged", "genuine", "suspect")}
        for finding in self.findings:
            for at, digest in enumerate(finding["seals"]):
                if digest == seal.digest:
                    for word, rows in marks.items():
                        rows.update(finding[word][at])
        return marks


def check_row_sets(finding, rows):
    """One list per seal, rows that exist; frames in the shape of support; at most one trigger."""
    sets = [finding[name] for name in ("forged", "genuine", "suspect", "support", "support_host", "against", "trigger")]
    sets += [cue["rows"] for cue in finding["cues"]]
    for one in sets:
        if len(one) != len(rows) or any(part and part[-1] >= limit for part, limit in zip(one, rows)):
            raise Refused("%s: rows that its seals do not have" % finding.name)
    if [len(part) for part in finding["frames"]] != [len(part) for part in finding["support"]]:
        raise Refused("%s: frames and support differ in shape" % finding.name)
    first = [(cue["name"], [(at, part[0]) for at, part in enumerate(cue["rows"]) if part][:1])
             for cue in finding["cues"]]
    if first != sorted(first) or not all(rows for _, rows in first):
        raise Refused("%s: cues not by name, then first row" % finding.name)
    if sum(map(len, finding["trigger"])) > 1:
        raise Refused("%s: more than one trigger" % finding.name)
    for name in ("support_host", "against"):
        if not all(set(part) <= set(whole) for part, whole in zip(finding[name], finding["support"])):
            raise Refused("%s: %s is not part of support" % (finding.name, name))


def verify(data, signers, trust=None):
    """(accepted, lines) for the bytes of a dossier, the path of an allowed signers file and a receipt.Trust."""
    dossier = None
    try:
        dossier = Dossier(data, signers, trust)
        dossier.verify()
    except Refused as why:
        return False, (dossier.said if dossier else []) + ["REFUSED: %s" % why]
    if dossier.contradicted:
        return False, dossier.said + ["CONTRADICTED: %d assessments" % dossier.contradicted]
    if dossier.lacking:
        return True, dossier.said + ["HOLDS IN PART: %d statements are not shown to be logged" % dossier.lacking]
    return True, dossier.said + ["HOLDS: seals, openings, signatures, packets and facts; findings not redone"]


def main():
    parser = argparse.ArgumentParser(description="Verify a dossier from its format document alone.")
    parser.add_argument("dossier")
    parser.add_argument("--signers", required=True, help="OpenSSH allowed signers file")
    parser.add_argument("--trust", help="whose logs and witnesses count")
    arguments = parser.parse_args()
    trust = None
    if arguments.trust:
        with open(arguments.trust, encoding="utf-8") as file:
            trust = receipt.Trust(file.read())
    with open(arguments.dossier, "rb") as file:
        accepted, lines = verify(file.read(), arguments.signers, trust)
    print("\n".join(lines))
    if not accepted:
        return 1
    return 5 if lines[-1].startswith("HOLDS IN PART") else 0


if __name__ == "__main__":
    sys.exit(main())
