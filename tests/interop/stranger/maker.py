"""Makes a whole dossier without any of the project's code: the other half of the verifier, for tests.

It seals exhibits, opens what `choose(row, column)` says, signs with ssh-keygen and writes the ZIP. It has no
detector, so it shows no findings.
"""

import hashlib
import json
import os
import secrets
import subprocess

import capture
import facts
import opened
import pcapng
import sshsig
import table
import zipfmt
from sealer import Sealer
from statement import TYPE, PREFIX

TOOL = {"name": "stranger", "version": "1", "source": "00" * 32}
MADE = "2026-01-02T03:04:05Z"


class Party:
    """A signing key in a folder, its allowed signers file, and its count of statements."""

    def __init__(self, folder, name="sender"):
        self.key = os.path.join(folder, name)
        self.signers = self.key + ".signers"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", self.key], check=True)
        with open(self.key + ".pub", encoding="ascii") as file:
            kind, blob = file.read().split()[:2]
        with open(self.signers, "w", encoding="ascii") as file:
            file.write("%s %s %s\n" % (name, kind, blob))
        self.number, self.previous = 0, None
        self.edits = {}         # predicate type: what a test does to the statement's bytes before they are signed

    def sign(self, data):
        namespace = sshsig.NAMESPACE.decode("ascii")
        done = subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-f", self.key, "-n", namespace],
                              input=data, capture_output=True, check=True)
        return done.stdout

    def state(self, predicate_type, subject, predicate):
        """The file and the signature of this party's next statement."""
        self.number += 1
        by = sshsig.fingerprint(self.sign(b""))
        common = {"by": by, "nonce": secrets.token_hex(16), "made": MADE, "number": self.number}
        if self.previous:
            common["previous"] = self.previous
        thing = {"_type": TYPE, "subject": subject, "predicateType": PREFIX + predicate_type,
                 "predicate": {**common, **predicate}}
        data = json.dumps(thing).encode("utf-8") + b"\n"
        data = self.edits.get(predicate_type, bytes)(data)
        self.previous = hashlib.sha256(data).hexdigest()
        return data, self.sign(data)


class Made:
    """A statement of our own as facts.make wants it: no questions asked."""

    def __init__(self, data):
        thing = json.loads(data)
        self.digest = hashlib.sha256(data).hexdigest()
        self.subject, self.predicate = thing["subject"], thing["predicate"]

    def __getitem__(self, member):
        return self.predicate.get(member)


class Said(dict):
    """A disclosure's members, as facts.make wants them."""
    predicate = property(lambda self: self)


def seal(party, rows, data=None, kind="capture/1", names=capture.COLUMNS, exhibit=None):
    """(statement file, signature, Sealer) of an exhibit's rows. `data` is the file, for its own digest."""
    links = [link for _, link in names]
    sealer = Sealer(exhibit or secrets.token_bytes(32), secrets.token_bytes(32), links, rows)
    exhibit, root = sealer.exhibit.hex(), sealer.root().hex()
    columns = [{"name": name} if link is None else {"name": name, "link": link} for name, link in names]
    predicate = {"exhibit": exhibit, "kind": kind, "columns": columns, "rows": len(rows), "root": root,
                 "tool": TOOL}
    if data is not None:
        predicate["file"] = sealer.file(data).hex()
    made, signature = party.state("seal/v1", [{"name": exhibit, "digest": {"comity-seal": root}}], predicate)
    return made, signature, sealer


def shown_rows(sealer, choose):
    """The rows a reader of the opening will have: {number: [Cell or None]}."""
    rows = {}
    for number, values in enumerate(sealer.rows):
        cells = []
        for column, value in enumerate(values):
            state, group = choose(number, column), sealer.links[column]
            tie = None if group is None else sealer.tie(group, value)
            shown = None if state == table.TIED else value
            cells.append(None if state == table.SHUT else table.Cell(state, shown, tie))
        if any(cells):
            rows[number] = cells
    return rows


def hand_over(party, seals):
    """Files of a custody statement over seals as in disclose()."""
    statements = [Made(made) for made, *_ in seals]
    made = party.state("custody/v1", [part for one in statements for part in one.subject], {
        "seals": [one.digest for one in statements], "from": "here", "to_whom": {"shut": "00" * 32}, "at": MADE,
        "how": "by hand"})
    return dict(zip(("custody-1.json", "custody-1.json.sig"), made))


def disclose(party, seals, more=None):
    """The dossier's files for seals [(statement, signature, sealer, choose)], and `more` files."""
    files, statements, shown = dict(more or {}), [], []
    for k, (made, signature, sealer, choose) in enumerate(seals, 1):
        name = "seal-%d" % k
        statement = Made(made)
        statements.append(statement)
        rows = shown_rows(sealer, choose)
        files[name + ".json"], files[name + ".json.sig"] = made, signature
        if rows:
            files[name + ".opening"] = sealer.open(bytes.fromhex(statement.digest), choose)
            files[name + opened.ENDING.get(statement["kind"], ".pcapng")] = opened_rows(statement, rows)
        shown.append(facts.shows(statement["kind"], columns_of(statement), rows))
    return finish(party, files, statements, shown)


def columns_of(statement):
    return [(column["name"], column.get("link")) for column in statement["columns"]]


def opened_rows(statement, rows):
    """The file for other tools; of a kind that nobody knows, that of the capture which it is."""
    if statement["kind"] not in ("lines/1", "records/1", "blob/1"):
        nobody = {"forged": (), "genuine": (), "suspect": ()}
        return pcapng.make(rows, capture.check_rows(rows), nobody)
    return opened.make(statement["kind"], columns_of(statement), rows, statement["rows"])


def finish(party, files, statements, shown):
    """Add report and disclosure. The report holds the facts, which name the disclosure's `by` and `made`."""
    by = sshsig.fingerprint(party.sign(b""))
    block = facts.make(Said(by=by, made=MADE), statements, [], shown)
    report = b"<!DOCTYPE html><title>Made by a stranger</title>" + facts.BEGIN + block + facts.END + b"\n"
    files["report.html"] = report
    subject = [part for statement in statements for part in statement.subject]
    listed = [{"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
              for name, data in sorted(files.items())]
    made = party.state("disclosure/v1", subject, {
        "seals": [statement.digest for statement in statements], "findings": [], "files": listed,
        "shows": shown, "hides": [], "tool": TOOL, "leaks_accepted": 0, "layout": 1})
    files["disclosure.json"], files["disclosure.json.sig"] = made
    return files


def archive(files):
    return zipfmt.write(files)


class Remaker:
    """Changes a dossier that somebody else made and signs it again with the sender's own key.

    What follows from the change is mended: digests, `previous`, the facts in the report, the list of files.
    """

    def __init__(self, files, key):
        # receipts are of the statements as they were: who changes them has none
        self.files = {name: data for name, data in files.items() if not name.endswith((".tlog-proof", ".tsr"))}
        self.key = key

    def sign(self, data):
        command = ["ssh-keygen", "-q", "-Y", "sign", "-f", self.key, "-n", sshsig.NAMESPACE.decode("ascii")]
        return subprocess.run(command, input=data, capture_output=True, check=True).stdout

    def remake(self, name, change):
        """The dossier's files after change(bytes) -> bytes of one of them, and all that follows from it."""
        files = dict(self.files)
        digest = lambda data: hashlib.sha256(data).hexdigest().encode("ascii")
        before, files[name] = files[name], change(files[name])
        disclosure = files["disclosure.json"].replace(digest(before), digest(files[name]))
        if name.endswith(".json"):
            files[name + ".sig"] = self.sign(files[name])
            changed = {digest(before): digest(files[name])}
            for other in self.in_order(files):
                old = files[other]
                for was, now in changed.items():
                    files[other] = files[other].replace(was, now)
                if files[other] != old:
                    files[other + ".sig"] = self.sign(files[other])
                    disclosure = disclosure.replace(digest(old), digest(files[other]))
                    changed[digest(old)] = digest(files[other])
            if name != "disclosure.json":
                files["report.html"] = self.report(files, json.loads(disclosure))
        thing = json.loads(disclosure if name != "disclosure.json" else files[name])
        thing["predicate"]["tool"] = TOOL       # so that nobody expects the report of its own program
        thing["predicate"]["files"] = [
            {"name": other, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for other, data in sorted(files.items()) if not other.startswith("disclosure.")]
        files["disclosure.json"] = json.dumps(thing).encode("utf-8")
        files["disclosure.json.sig"] = self.sign(files["disclosure.json"])
        return files

    @staticmethod
    def in_order(files):
        """Statements that name others, each behind those that it names."""
        words = ("finding-", "traffic-", "chain-")
        of = lambda word: sorted((name for name in files if name.startswith(word) and name.endswith(".json")),
            key=lambda name: (len(name), name))
        return [name for word in words for name in of(word)]

    @staticmethod
    def report(files, disclosure):
        """The report with the facts as they are now; a report of another program, so its prose may be old."""
        in_order = sorted(files, key=lambda name: (len(name), name))
        kind = lambda word: [Made(files[name]) for name in in_order if name.startswith(word) and name.endswith(".json")]
        predicate = disclosure["predicate"]
        block = facts.make(Said(predicate), kind("seal-"), kind("finding-"), predicate["shows"], kind("traffic-"),
            kind("chain-"))
        old = facts.in_report(files["report.html"])
        return files["report.html"].replace(old, block)
