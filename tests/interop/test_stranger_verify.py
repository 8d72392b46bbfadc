#!/usr/bin/env python3
"""`comity verify` and the stranger on dossiers that the stranger made: good ones, and ones that break a rule
and are signed by their sender all the same. Both hold, or both refuse."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, "stranger"))

import capture  # noqa: E402
import maker  # noqa: E402
import support  # noqa: E402
import verify  # noqa: E402
import zipfmt  # noqa: E402
from test_stranger_dossier import one_connection, sample  # noqa: E402

HEX = "ab" * 32
HOLDS, REDONE_NOT = 0, 5


def has_verify():
    if not os.access(support.COMITY, os.X_OK):
        return False
    return subprocess.run([support.COMITY, "verify", "--help"], capture_output=True, check=False).returncode == 0


def put(**members):
    """An edit of a statement: these members of its predicate."""
    return edit(lambda predicate, _: predicate.update(members))


def edit(change):
    def edited(data):
        thing = json.loads(data)
        change(thing["predicate"], thing)
        return json.dumps(thing).encode("utf-8") + b"\n"
    return edited


def swap(old, new):
    def edited(data):
        if old not in data:
            raise AssertionError("%r is not in the statement" % old)
        return data.replace(old, new, 1)
    return edited


def after(count):
    return put(after=[{"origin": "o%d" % i, "size": 3, "root": HEX} for i in range(count)])


def shows(change):
    return edit(lambda predicate, _: change(predicate["shows"]))


# What may be done to any statement: (edit, does it hold). Numbers: the seal is 1, the disclosure 2.
ANY = {
    "case": (put(case=HEX), True), "case of 63 digits": (put(case=HEX[1:]), False),
    "case in upper case": (put(case=HEX.upper()), False),
    "to": (put(to="x" * 256), True), "to is empty": (put(to=""), False),
    "to is long": (put(to="\u00e9" * 129), False),
    "supersedes": (put(supersedes=HEX), True), "a member more": (put(x=1), False),
    "a member more outside": (edit(lambda _, thing: thing.update(x=1)), False),
    "no nonce": (edit(lambda predicate, _: predicate.pop("nonce")), False),
    "a short nonce": (put(nonce="ab" * 15), False),
    "a day before 1970": (put(made="1969-12-31T23:59:59Z"), False),
    "the last day": (put(made="9999-12-31T23:59:59Z"), None),
    "a leap second": (put(made="2016-12-31T23:59:60Z"), False),
    "no such day": (put(made="2100-02-29T00:00:00Z"), False),
    "an offset": (put(made="2026-01-02T03:04:05+00:00"), False),
    "a fraction": (put(made="2026-01-02T03:04:05.0Z"), False),
    "number 0": (put(number=0), False), "another _type": (edit(lambda _, thing: thing.update(_type="x")), False),
    "a later version": (edit(lambda _, thing: thing.update(predicateType=thing["predicateType"][:-1] + "2")), False),
    "a member twice": (swap(b'"nonce": ', b'"nonce": "x", "nonce": '), False),
    "a float": (swap(b'"number": ', b'"number": 0.'), False),
    "minus zero": (swap(b'"number": ', b'"number": -0, "x": '), False),
    "a number too big": (swap(b'"number": ', b'"number": 900719925474099'), False),
    "no newline": (lambda data: data[:-1], True), "two newlines": (lambda data: data + b"\n", False),
    "a blank behind": (lambda data: data[:-1] + b" ", False),
    "white space before": (lambda data: b" \r\n\t" + data, True),
    "white space inside": (swap(b'"nonce": ', b'"nonce"\n:\t '), True),
    "a list around": (lambda data: b"[" + data[:-1] + b"]", False),
    "an escaped name": (swap(b'"nonce"', b'"\\u006eonce"'), True),
    "a byte order mark": (lambda data: b"\xef\xbb\xbf" + data, False),
    "a byte that is no UTF-8": (swap(b"stranger", b"\xff"), False),
    "an overlong form": (swap(b"stranger", b"\xc0\xaf"), False),
    "half a pair": (swap(b"stranger", b"\\ud800"), False), "a pair": (swap(b"stranger", b"\\ud83d\\ude00"), True),
    "a zero character": (swap(b"stranger", b"\\u0000"), False), "a control byte": (swap(b"stranger", b"\x01"), False),
    "members in another order": (
        edit(lambda predicate, thing: thing.update(predicate=dict(reversed(predicate.items())))), True),
    "a tool without version": (edit(lambda predicate, _: predicate["tool"].pop("version")), False),
    "a source that is no digest": (edit(lambda predicate, _: predicate["tool"].update(source="x")), False),
    "no subject": (edit(lambda _, thing: thing["subject"].clear()), False),
    "a subject twice": (edit(lambda _, thing: thing["subject"].append(thing["subject"][0])), False),
    "a digest more": (edit(lambda _, thing: thing["subject"][0]["digest"].update(sha256=HEX)), False),
    "another key": (put(by="SHA256:" + "A" * 43), False),
}
SEAL = {
    "collected": (put(collected={
        "to": "2", "by": "<\u00e9\n\x7f\u2028\"\\/&\x01\U0001f600", "clock": {"shut": HEX}}), True),
    "collected nothing": (put(collected={}), True), "collected a number": (put(collected={"drops": 7}), False),
    "collected by who": (put(collected={"who": "x"}), False),
    "shut in upper case": (put(collected={"by": {"shut": HEX.upper()}}), False),
    "shut and more": (put(collected={"by": {"shut": HEX, "x": 1}}), False),
    "after": (after(64), True), "after none": (after(0), False), "after many": (after(65), False),
    "after a root in base64": (put(after=[{"origin": "o", "size": 3, "root": "q83v"}]), False),
    "no file": (edit(lambda predicate, _: predicate.pop("file")), True), "a short file": (put(file="ab"), False),
    "another kind": (put(kind="blob/1"), False), "no such kind": (put(kind="capture/2"), False),
    "a link of 1": (edit(lambda predicate, _: predicate["columns"][1].update(link=1)), False),
    "columns in another order": (edit(lambda predicate, _: predicate["columns"].reverse()), False),
    "a row more": (put(rows=5), False), "a row less": (put(rows=3), False), "rows below 0": (put(rows=-1), False),
    "another root": (put(root=HEX), False), "another exhibit": (put(exhibit=HEX), False),
    "previous at 1": (put(previous=HEX), False), "the number of the disclosure": (put(number=2, previous=HEX), False),
    "a number that does not fit": (put(number=5, previous=HEX), False),
}
DISCLOSURE = {
    "layout 2": (put(layout=2), False), "layout true": (put(layout=True), False),
    "hides": (put(hides=["addresses", "payload"]), True),
    "hides in another order": (put(hides=["payload", "addresses"]), False),
    "hides twice": (put(hides=["payload"] * 2), False),
    "leaks": (put(leaks_accepted=3), True), "leaks below 0": (put(leaks_accepted=-1), False),
    "shows a row more": (shows(lambda items: items[0].update(rows=9)), False),
    "shows columns": (shows(lambda items: items[0].update(columns=[])), False),
    "shows twice": (shows(lambda items: items.append(items[0])), False),
    "shows in another order": (shows(lambda items: items.append(dict(reversed(items.pop().items())))), True),
    "files in another order": (edit(lambda predicate, _: predicate["files"].reverse()), False),
    "a file less": (edit(lambda predicate, _: predicate["files"].pop()), False),
    "a file of another size": (edit(lambda predicate, _: predicate["files"][0].update(bytes=1)), False),
    "a file twice": (edit(lambda predicate, _: predicate["files"].append(predicate["files"][-1])), False),
    "a seal twice": (edit(lambda predicate, _: predicate["seals"].append(predicate["seals"][0])), False),
    "no seal": (put(seals=[]), False), "a finding that is not there": (put(findings=[HEX]), False),
    "a fork": (edit(lambda predicate, _: (predicate.update(number=1), predicate.pop("previous"))), False),
    "number 7 behind 1": (put(number=7), False), "a gap": (put(number=7, previous=HEX), True),
    "another previous": (put(previous=HEX), False),
}

CUSTODY = {
    "as it was": (put(), True), "how it went": (put(how=""), True), "how in numbers": (put(how=1), False),
    "shut words": (put(how={"shut": HEX}), True), "shut in upper case": (put(how={"shut": HEX.upper()}), False),
    "at no time": (put(at="yesterday"), False), "at a shut time": (put(at={"shut": HEX}), True),
    "from nobody": (edit(lambda predicate, _: predicate.pop("from")), False), "a member more": (put(x="y"), False),
    "no seals": (put(seals=[]), False), "another seal": (put(seals=[HEX]), False),
    "a seal twice": (edit(lambda predicate, _: predicate["seals"].append(predicate["seals"][0])), False),
    "no subject": (edit(lambda _, thing: thing["subject"].clear()), False),
    "another number": (put(number=9), False), "no nonce": (edit(lambda predicate, _: predicate.pop("nonce")), False),
}


@unittest.skipUnless(has_verify(), "no comity verify")
class BothVerifiers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.party = maker.Party(folder.name)
        self.path = os.path.join(folder.name, "dossier")

    def build(self, edits=None, rows=("none", "all", "tied", "all"), custody=False):
        self.party.number, self.party.previous, self.party.edits = 0, None, edits or {}
        data = one_connection()
        made, signature, sealer = maker.seal(self.party, capture.cut_file(data), data)
        seals = [(made, signature, sealer, lambda row, column: sample(rows, row, column))]
        return maker.disclose(self.party, seals, maker.hand_over(self.party, seals) if custody else None)

    def agree(self, files, holds=None):
        """Both readers say the same; and, if given, what is expected."""
        data = zipfmt.write(files) if isinstance(files, dict) else files
        support.write(self.path, data)
        command = [support.COMITY, "verify", "--signers", self.party.signers, self.path]
        theirs = subprocess.run(command, capture_output=True, check=False)
        accepted, lines = verify.verify(data, self.party.signers)
        last = (theirs.stdout + theirs.stderr).decode("utf-8", "replace").strip().split("\n")[-1]
        self.assertEqual(theirs.returncode in (HOLDS, REDONE_NOT), accepted, (last, lines[-1]))
        if holds is not None:
            self.assertEqual(accepted, holds, (last, lines[-1]))

    def table(self, kind, rules):
        for what, (change, holds) in rules.items():
            with self.subTest(what):
                self.agree(self.build({kind: change}, custody=kind.startswith("custody")), holds)

    def test_what_seals_may_say(self):
        # Bytes that are no JSON are left to the disclosure: the maker has to read the seals it discloses.
        bad = ("UTF-8", "overlong", "half a pair", "control", "byte order", "list around")
        self.table("seal/v1", {what: rule for what, rule in ANY.items() if not any(part in what for part in bad)})
        self.table("seal/v1", SEAL)

    def test_what_disclosures_may_say(self):
        self.table("disclosure/v1", ANY)
        self.table("disclosure/v1", DISCLOSURE)

    def test_what_hand_overs_may_say(self):
        self.table("custody/v1", CUSTODY)

    def test_what_may_be_opened(self):
        for rows in (("none",), ("all",), ("tied",), ("none", "none", "tied", "all")):
            with self.subTest(rows):
                files = self.build(rows=rows) if rows[0] != "all" else self.build(rows=("none", "all", "all", "all"))
                self.agree(files, True)

    def relist(self, files):
        """The disclosure lists the files as they are now, and is signed again."""
        files = dict(files)
        thing = json.loads(files.pop("disclosure.json"))
        files.pop("disclosure.json.sig")
        thing["predicate"]["files"] = [{"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
                                       for name, data in sorted(files.items())]
        files["disclosure.json"] = json.dumps(thing).encode("utf-8")
        files["disclosure.json.sig"] = self.party.sign(files["disclosure.json"])
        return files

    def test_files_more_or_less(self):
        good = self.build()
        for name in ("x.txt", "seal-2.opening", "seal-2.json", "custody-1.json.sig", "seal-3.pcapng", "report.htm",
                     "seal-01.json"):
            with self.subTest(name):
                self.agree(self.relist({**good, name: b"x"}), False)
        for name in good:
            with self.subTest("without " + name):
                less = {other: data for other, data in good.items() if other != name}
                self.agree(less if name.startswith("disclosure") else self.relist(less), False)

    def test_reports(self):
        good = self.build()
        changes = {
            "prose": (lambda data: data + b"more", True), "none": (lambda data: b"", False),
            "twice": (lambda data: data * 2, False),
            "newline before": (lambda data: data.replace(b'facts">', b'facts">\n'), False),
            "newline behind": (lambda data: data.replace(b"}</script>", b"}\n</script>"), False),
            "other facts": (lambda data: data.replace(b'"layout": 1', b'"layout": 2'), False),
            "another spelling": (lambda data: data.replace(b'"layout": 1', b'"layout":1'), False),
        }
        for what, (change, holds) in changes.items():
            with self.subTest(what):
                self.agree(self.relist({**good, "report.html": change(good["report.html"])}), holds)

    def test_signature_files(self):
        good = self.build()
        armour = good["disclosure.json.sig"]
        body = b"".join(armour.split(b"\n")[1:-2])
        lines = [body[at:at + 76] for at in range(0, len(body), 76)]
        begin, end = armour.split(b"\n")[0], armour.split(b"\n")[-2]
        for changed in (armour[:-1], armour + b"\n", b"\n" + armour, armour.replace(b"\n", b"\r\n"),
                        b"\n".join([begin, body, end, b""]), b"\n".join([begin, *lines, end, b""]), b"",
                        good["seal-1.json.sig"], armour.replace(begin, b"-----BEGIN SIGNATURE-----")):
            self.agree({**good, "disclosure.json.sig": changed}, False)
        for algorithm in ("sha256", "sha512"):
            command = ["ssh-keygen", "-q", "-Y", "sign", "-f", self.party.key, "-n", "statement@comity"]
            command += ["-O", "hashalg=" + algorithm]
            done = subprocess.run(command, input=good["disclosure.json"], capture_output=True, check=False)
            if done.returncode == 0:
                self.agree({**good, "disclosure.json.sig": done.stdout})
        done = subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-f", self.party.key, "-n", "file"],
                              input=good["disclosure.json"], capture_output=True, check=True)
        self.agree({**good, "disclosure.json.sig": done.stdout}, False)

    def test_signatures_by_others(self):
        good = self.build()
        with tempfile.TemporaryDirectory() as folder:
            other = maker.Party(folder)
            self.agree({**good, "disclosure.json.sig": other.sign(good["disclosure.json"])}, False)
            mine, self.party.signers = self.party.signers, other.signers
            self.agree(good, False)
            self.party.signers = mine

    def test_every_changed_byte_of_the_archive(self):
        data = zipfmt.write(self.build())
        for at in list(range(0, len(data), 29)) + list(range(len(data) - 60, len(data))):
            self.agree(data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1:], False)
        for changed in (data[:-1], data + b"\0", b"\0" + data, b"", data[:4], data * 2):
            self.agree(changed, False)


if __name__ == "__main__":
    support.main()
