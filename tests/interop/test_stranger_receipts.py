#!/usr/bin/env python3
"""`comity verify --trust` and the stranger on receipts that a stranger's log made: both say the same of good ones,
of such that break a rule, and of a log that signed two histories."""

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
import logger  # noqa: E402
import maker  # noqa: E402
import receipt  # noqa: E402
import support  # noqa: E402
import verify  # noqa: E402
import zipfmt  # noqa: E402
from test_stranger_dossier import one_connection, sample  # noqa: E402
from test_timestamp import Tsa  # noqa: E402

HOLDS, REFUSED, MALFORMED, PARTLY = 0, 1, 4, 5
T = logger.TIME


def takes_trust():
    if not os.access(support.COMITY, os.X_OK):
        return False
    done = subprocess.run([support.COMITY, "verify", "--help"], capture_output=True, check=False)
    return b"--trust" in done.stdout + done.stderr


def swap(old, new):
    def edited(data):
        if old not in data:
            raise AssertionError("%r is not in %r" % (old, data))
        return data.replace(old, new, 1)
    return edited


def line(begins, change):
    """An edit of the first line that begins so; None takes it away."""
    def edited(data):
        lines = data.split(b"\n")
        at = next(i for i, one in enumerate(lines) if one.startswith(begins))
        new = change(lines[at])
        lines[at:at + 1] = [] if new is None else new if isinstance(new, list) else [new]
        return b"\n".join(lines)
    return edited


LOG_LINE, W1, W3 = "\u2014 log.example ".encode(), "\u2014 w1.example ".encode(), "\u2014 w3.example ".encode()
FLIP = lambda one: one[:60] + (b"A" if one[60:61] != b"A" else b"B") + one[61:]
UNKNOWN_LINE = "\u2014 nobody.example AAAAAAAA\n".encode()

# What may be done to the receipt of the seal, and what comes of it under a quorum of 2 of w1, w2, w3 (all cosigned).
EDITS = {
    "as it was": (lambda data: data, HOLDS),
    "an extra": (swap(b"index", b"extra AAAA\nindex"), HOLDS),
    "an empty extra": (swap(b"index", b"extra \nindex"), MALFORMED),
    "an extra that is no base64": (swap(b"index", b"extra AAA\nindex"), MALFORMED),
    "an extra with trailing bits": (swap(b"index", b"extra AAB=\nindex"), MALFORMED),
    "another version": (swap(b"@v1", b"@v2"), MALFORMED),
    "no index": (line(b"index", lambda one: None), MALFORMED),
    "another index": (line(b"index", lambda one: b"index 0"), REFUSED),
    "an index beyond": (line(b"index", lambda one: b"index 99"), REFUSED),
    "an index with a zero": (swap(b"index ", b"index 0"), MALFORMED),
    "an index with a sign": (swap(b"index ", b"index +"), MALFORMED),
    "an index of 2^63": (line(b"index", lambda one: b"index 9223372036854775808"), MALFORMED),
    "a hash less": (lambda data: data.replace(data.split(b"\n")[2] + b"\n", b"", 1), REFUSED),
    "a hash twice": (lambda data: data.replace(data.split(b"\n")[2], data.split(b"\n")[2] + b"\n" + data.split(b"\n")[2],
                                               1), REFUSED),
    "a short hash": (lambda data: data.replace(data.split(b"\n")[2], b"AAAA", 1), MALFORMED),
    "no newline at the end": (lambda data: data[:-1], MALFORMED),
    "an empty line behind": (lambda data: data + b"\n", MALFORMED),
    "a carriage return": (swap(b"\n", b"\r\n"), MALFORMED),
    "a zero byte": (swap(b"index", b"\0index"), MALFORMED),
    "another size": (swap(b"log.example\n9\n", b"log.example\n8\n"), REFUSED),
    "another origin": (swap(b"log.example\n", b"log.examplf\n"), REFUSED),         # the witnesses did not cosign that
    "an origin that is none": (swap(b"\nlog.example\n", b"\n\n"), MALFORMED),
    "a false signature of the log": (line(LOG_LINE, FLIP), REFUSED),
    "no signature of the log": (line(LOG_LINE, lambda one: None), REFUSED),
    "twice signed by the log": (line(LOG_LINE, lambda one: [one, one]), HOLDS),
    "once right and once wrong": (line(LOG_LINE, lambda one: [one, FLIP(one)]), REFUSED),
    "a false cosignature": (line(W1, FLIP), REFUSED),
    "a false cosignature that is not needed": (line(W3, FLIP), REFUSED),
    "one witness less": (line(W3, lambda one: None), HOLDS),
    "a signature of nobody": (lambda data: data + UNKNOWN_LINE, HOLDS),
    "a signature without a name": (lambda data: data + "\u2014  AAAAAAAA\n".encode(), MALFORMED),
    "a signature with a plus in its name": (lambda data: data + "\u2014 a+b AAAAAAAA\n".encode(), MALFORMED),
    "a signature without a signature": (lambda data: data + "\u2014 a AAAAAA==\n".encode(), MALFORMED),
    "a hyphen for a dash": (lambda data: data + b"- a AAAAAAAA\n", MALFORMED),
    "64 signatures": (lambda data: data + 60 * UNKNOWN_LINE, HOLDS),
    "65 signatures": (lambda data: data + 61 * UNKNOWN_LINE, MALFORMED),
    "an empty file": (lambda data: b"", MALFORMED),
}


@unittest.skipUnless(takes_trust(), "no comity verify --trust")
class Receipts(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.party = maker.Party(folder.name)
        self.log_key = logger.Signer(folder.name, "log.example", receipt.LOG)
        self.witness = [logger.Signer(folder.name, "w%d.example" % i, receipt.WITNESS) for i in (1, 2, 3)]

    def seal(self, exhibit=None, edit=bytes):
        data = edit(one_connection())
        made, signature, sealer = maker.seal(self.party, capture.cut_file(data), data, exhibit=exhibit)
        return made, signature, sealer, lambda row, column: sample(("all",), row, column)

    def dossier(self):
        seals = [self.seal()]
        return maker.disclose(self.party, seals, maker.hand_over(self.party, seals))

    def trust(self, quorum="some", k="2", log=True):
        lines = ["# whom we believe", "log " + self.log_key.key() if log else ""]
        lines += ["witness w%d %s https://w%d.example/" % (i, one.key(), i) for i, one in enumerate(self.witness, 1)]
        lines += ["group some %s w1 w2 w3" % k, "quorum " + quorum, ""]
        return "\n".join(lines)

    def entry(self, files, stem):
        made, signature = files[stem + ".json"], files[stem + ".json.sig"]
        return receipt.entry(made, signature, verify.sshsig.fingerprint(signature))

    def log(self, files, witnesses=3, before=2, behind=4, extension="", stems=("custody-1", "disclosure", "seal-1")):
        """{name: receipt} of these statements, cosigned at T+10, T+20, T+30."""
        log = logger.Log(self.log_key)
        for i in range(before):
            log.add(b"something else %d" % i)
        places = {stem: log.add(self.entry(files, stem)) for stem in stems}
        for i in range(behind):
            log.add(b"something later %d" % i)
        cosigned = [(one, T + 10 * i) for i, one in enumerate(self.witness[:witnesses], 1)]
        note = log.note(cosigned, extension)
        return {stem + ".tlog-proof": log.receipt(place, note) for stem, place in places.items()}

    def both(self, files, trust=None):
        """Exit code and last line of comity; the stranger agrees."""
        data = zipfmt.write(files)
        path = support.write(os.path.join(self.folder, "dossier"), data)
        command = [support.COMITY, "verify", "--signers", self.party.signers, path]
        if trust is not None:
            command += ["--trust", support.write(os.path.join(self.folder, "trust"), trust.encode())]
        done = subprocess.run(command, capture_output=True, check=False, cwd=self.folder)
        accepted, lines = verify.verify(data, self.party.signers, receipt.Trust(trust) if trust is not None else None)
        theirs = REFUSED if not accepted else PARTLY if lines[-1].startswith("HOLDS IN PART") else HOLDS
        self.assertEqual(REFUSED if done.returncode == MALFORMED else done.returncode, theirs,
                         (done.stdout[-400:], done.stderr[-400:], lines[-1]))
        return done.returncode, done.stdout.decode(), lines

    def test_without_receipts(self):
        files = self.dossier()
        self.assertEqual(self.both(files)[0], HOLDS)
        self.assertEqual(self.both(files, self.trust("none"))[0], HOLDS)
        code, text, _ = self.both(files, self.trust())
        self.assertEqual(code, PARTLY)
        self.assertIn("not shown to be logged as your trust file asks: 2 of 2 statements", text.replace("\n", " "))

    def test_times(self):
        files = self.dossier()
        files.update(self.log(files))
        when = {"1": 10, "2": 20, "3": 30, "any": 10, "all": 30}
        for k, seconds in when.items():
            code, text, lines = self.both(files, self.trust(k=k))
            self.assertEqual(code, HOLDS)
            self.assertIn("existed not later than 2026-09-21T14:13:%02dZ" % (20 + seconds), text.replace("\n    ", " "))
            self.assertIn("seal-1.json: existed not later than %d: entry 4 of 9 in the log log.example" % (T + seconds),
                          lines)
        self.assertEqual(self.both(files, self.trust("w3"))[0], HOLDS)
        self.assertEqual(self.both(files, self.trust("none"))[0], HOLDS)
        self.assertEqual(self.both(files, self.trust(log=False))[0], PARTLY)
        self.assertEqual(self.both(files)[0], HOLDS)

    def test_few_witnesses(self):
        for witnesses, code in ((0, PARTLY), (1, PARTLY), (2, HOLDS)):
            files = self.dossier()
            files.update(self.log(files, witnesses))
            self.assertEqual(self.both(files, self.trust())[0], code)

    def test_trees_of_every_shape(self):
        files = self.dossier()
        for before in range(6):
            for behind in range(4):
                receipts = self.log(files, 2, before, behind, stems=("seal-1",))
                self.assertEqual(self.both({**files, **receipts}, self.trust("none"))[0], HOLDS)

    def test_edits(self):
        files = self.dossier()
        receipts = self.log(files)
        for what, (change, expected) in EDITS.items():
            with self.subTest(what):
                changed = {**receipts, "seal-1.tlog-proof": change(receipts["seal-1.tlog-proof"])}
                self.assertEqual(self.both({**files, **changed}, self.trust())[0], expected)

    def test_extension_lines(self):
        files = self.dossier()
        files.update(self.log(files, extension="more\nand more\n"))
        self.assertEqual(self.both(files, self.trust())[0], HOLDS)

    def test_a_receipt_of_another_statement(self):
        files = self.dossier()
        receipts = self.log(files)
        receipts["seal-1.tlog-proof"] = receipts["custody-1.tlog-proof"]
        self.assertEqual(self.both({**files, **receipts})[0], REFUSED)

    def test_receipts_that_do_not_belong(self):
        files = self.dossier()
        receipts = self.log(files)
        for name in ("seal-2.tlog-proof", "report.tlog-proof", "seal-1.json.tlog-proof", "seal-1.tsr", "seal-2.tsr"):
            less = {other: data for other, data in receipts.items() if other != "seal-1.tlog-proof"}
            self.assertEqual(self.both({**files, **less, name: receipts["seal-1.tlog-proof"]})[0], REFUSED, name)

    def test_a_fork(self):
        files = self.dossier()
        first = self.log(files, stems=("seal-1",), before=3, behind=2)
        for before, behind in ((2, 3), (3, 7)):         # one size and two roots; one place and two entries
            other = self.log(files, stems=("custody-1",), before=before, behind=behind)
            code, text, _ = self.both({**files, **first, **other}, self.trust())
            self.assertEqual(code, REFUSED)
            self.assertIn("FORK: seal-1.tlog-proof and custody-1.tlog-proof", text)
            self.assertEqual(self.both({**files, **first, **other}, self.trust(log=False))[0], PARTLY)
        grown = self.log(files, stems=("custody-1",), before=4, behind=7)
        self.assertEqual(self.both({**files, **first, **grown}, self.trust())[0], HOLDS)

    def test_two_tables_of_one_exhibit(self):
        exhibit = bytes(range(32))
        seals = [self.seal(exhibit), self.seal(exhibit, lambda data: data.replace(b"abc", b"abd", 1))]
        code, text, lines = self.both(maker.disclose(self.party, seals))
        self.assertEqual(code, HOLDS)
        self.assertIn("seal-1 and seal-2 are two different tables of one exhibit", text.replace("\n    ", " "))
        self.assertIn("seal-1.json and seal-2.json are two tables of one exhibit", lines)

    def stamp(self, tsa, receipt_of_seal):
        """A response of `openssl ts` over the text of the checkpoint, and the text."""
        text = receipt.Receipt(receipt_of_seal).note.text
        path = support.write(os.path.join(self.folder, "checkpoint.txt"), text)
        request = logger.run("openssl", "ts", "-query", "-data", path, "-sha256", "-cert")
        return support.read(tsa.reply(request)), path

    def test_time_stamps(self):
        """Made and checked by openssl ts, over what the stranger says is the text of the checkpoint."""
        files = self.dossier()
        files.update(self.log(files))
        for kind in ("ec", "rsa:2048"):
            tsa = Tsa(tempfile.mkdtemp(dir=self.folder), kind)
            other = Tsa(tempfile.mkdtemp(dir=self.folder), kind, root="Another root")
            response, path = self.stamp(tsa, files["seal-1.tlog-proof"])
            logger.run("openssl", "ts", "-verify", "-data", path, "-in", tsa.path("answer.tsr"), "-CAfile",
                       tsa.path("root.pem"))
            stamped = {**files, "seal-1.tsr": response}
            self.both(stamped, self.trust())
            for ca, code, says in (
                    (tsa, HOLDS, "; time-stamped not later than 20"), (other, HOLDS, "by nobody of your certificates")):
                got, text = self.with_ca(stamped, ca.path("root.pem"))
                self.assertEqual(got, code, text)
                self.assertIn(says, text)
            wrong = {**stamped, "seal-1.tlog-proof": self.log(files, behind=5)["seal-1.tlog-proof"]}
            self.assertEqual(self.with_ca(wrong, tsa.path("root.pem"))[0], REFUSED)
            self.assertEqual(self.with_ca({**files, "seal-1.tsr": response[:-1]}, tsa.path("root.pem"))[0], MALFORMED)
        self.assertEqual(self.with_ca(files, tsa.path("tsa.key"))[0], 3)        # no certificate in it

    def with_ca(self, files, path):
        dossier = support.write(os.path.join(self.folder, "dossier"), zipfmt.write(files))
        done = subprocess.run([support.COMITY, "verify", "--signers", self.party.signers, "--tsa-ca", path, dossier],
                              capture_output=True, check=False, cwd=self.folder)
        return done.returncode, " ".join(done.stdout.decode().split())

    def test_the_case_folder_has_a_trust_file(self):
        files = self.dossier()
        path = support.write(os.path.join(self.folder, "dossier"), zipfmt.write(files))
        command = [support.COMITY, "verify", "--signers", self.party.signers, path]
        here = os.path.join(self.folder, "here")
        os.mkdir(here)
        environment = {**os.environ, "HOME": here}
        environment.pop("COMITY_CASE", None)
        run = lambda *more: subprocess.run(command + list(more), capture_output=True, check=False, cwd=here, env=environment)
        subprocess.run([support.COMITY, "init", "--name", "B"], capture_output=True, check=False, cwd=here, env=environment)
        self.assertTrue(os.path.isdir(os.path.join(here, ".comity")))
        self.assertEqual(run().returncode, HOLDS)
        support.write(os.path.join(here, ".comity", "trust"), self.trust().encode())
        done = run()
        self.assertEqual(done.returncode, PARTLY)
        self.assertIn(b".comity", done.stderr)
        none = support.write(os.path.join(self.folder, "none"), self.trust("none").encode())
        self.assertEqual(run("--trust", none).returncode, HOLDS)
        support.write(os.path.join(here, ".comity", "trust"), b"quorum\n")
        done = run()
        self.assertEqual(done.returncode, 3)
        self.assertIn(b".comity/trust", done.stderr)


if __name__ == "__main__":
    support.main()
