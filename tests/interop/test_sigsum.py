#!/usr/bin/env python3
"""Sigsum's witness cosigns our checkpoints, live; openssl checks what it wrote.

    test_sigsum.py NODE_TOOL
"""

import base64
import hashlib
import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

TOOL = None
SEED = bytes(range(32))
PKCS8 = bytes.fromhex("302e020100300506032b657004220420")  # before the seed of an Ed25519 key
SPKI = bytes.fromhex("302a300506032b6570032100")  # before a public one


def run(*argv, text=b"", ok=True):
    p = subprocess.run(argv, input=text, capture_output=True, check=False)
    if ok and p.returncode != 0:
        raise AssertionError(f"{argv}: exit {p.returncode}\n{p.stdout!r}\n{p.stderr!r}")
    return p.stdout


def public_of(seed):
    return run("openssl", "pkey", "-inform", "DER", "-pubout", "-outform", "DER", text=PKCS8 + seed)[-32:]


def ssh_public(raw):
    blob = b"".join(len(s).to_bytes(4, "big") + s for s in (b"ssh-ed25519", raw))
    return b"ssh-ed25519 " + base64.b64encode(blob) + b" log\n"


def vkey(name, kind, raw):
    body = bytes([kind]) + raw
    return f"{name}+{hashlib.sha256(name.encode() + chr(10).encode() + body).hexdigest()[:8]}+{base64.b64encode(body).decode()}"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Sigsum(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="comity-test-")
        self.addCleanup(shutil.rmtree, self.dir)
        self.log = public_of(SEED)
        self.origin = "sigsum.org/v1/tree/" + hashlib.sha256(self.log).hexdigest()
        self.write("log.pub", ssh_public(self.log))
        self.witnesses = [self.start(name) for name in ("w1", "w2")]
        self.policy = self.write("policy", ("".join(
            f"witness {name} {vkey(f'sigsum.org/v1/witness/{hashlib.sha256(raw).hexdigest()}', 4, raw)} "
            f"http://127.0.0.1:{port}/\n" for name, raw, port in self.witnesses) + "quorum none\n").encode())

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, content):
        with open(self.path(name), "wb") as f:
            f.write(content)
        return self.path(name)

    def start(self, name):
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.path(name))
        with open(self.path(name + ".pub"), "rb") as f:
            raw = base64.b64decode(f.read().split()[1])[-32:]
        port = free_port()
        p = subprocess.Popen(
            ["sigsum-witness", "-k", self.path(name), "--log-key", self.path("log.pub"), "--state-file",
             self.path(name + ".state"), f"127.0.0.1:{port}"],
            env=dict(os.environ, GODEBUG="httpmuxgo121=0"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(p.wait)
        self.addCleanup(p.kill)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return name, raw, port
            except OSError:
                time.sleep(0.05)
        raise AssertionError("sigsum-witness does not listen")

    def gather(self, *sizes):
        out = run(TOOL, "gather", self.policy, self.origin, SEED.hex(), *sizes).decode()
        return [part.split("\n", 2) for part in out.split("\n.\n")[:-1]]

    def check_cosignature(self, raw, note, when):
        """Does a line of ${note} hold over its text, by this key and at this time?"""
        text, _, lines = note.rpartition("\n\n")
        name = "sigsum.org/v1/witness/" + hashlib.sha256(raw).hexdigest()
        found = re.findall(f"^— {re.escape(name)} (.*)$", lines, flags=re.M)
        self.assertEqual(len(found), 1, note)
        blob = base64.b64decode(found[0])
        self.assertEqual(int.from_bytes(blob[4:12], "big"), when)
        message = self.write("message", f"cosignature/v1\ntime {when}\n{text}\n".encode())
        run("openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", self.write("pub", SPKI + raw),
            "-rawin", "-in", message, "-sigfile", self.write("sig", blob[12:]))

    def test_it_cosigns_what_grows_and_says_when_it_does_not(self):
        before = int(time.time())
        for size, (first, second, note) in zip((1, 5, 5, 300), self.gather("1", "5", "5", "300")):
            for (name, raw, _), line in zip(self.witnesses, (first, second)):
                m = re.fullmatch(f"size {size} cosigned 200 (\\d+): {name} cosigned size {size}", line)
                self.assertTrue(m, line)
                self.assertTrue(before <= int(m[1]) <= time.time())
                self.check_cosignature(raw, note, int(m[1]))
        # nothing is known of them any more: the first question is refused with a 409, the second is not
        (first, second, _), = self.gather("1000")
        self.assertIn("w1 cosigned size 1000", first)
        self.assertIn("w2 cosigned size 1000", second)
        # a log that was set back, and one that forked
        (first, second, _), = self.gather("999")
        for line in (first, second):
            self.assertRegex(line, "^size 999 ahead 409 .* is ahead: it cosigned size 1000 of this log, which has only 999")
        # the guard of a log that was restored: it shows nothing, and says it all the same
        for size, want in (("1000", "behind 1000: w1 cosigned size 1000"), ("5", "ahead 1000: w1 is ahead"),
                           ("1000/1", "elsewhere 1000: w1 holds another tree")):
            out = run(TOOL, "latest", self.policy, self.origin, SEED.hex(), size).decode()
            self.assertTrue(out.startswith(want), out)
        for other in ("1000/1", "1001/1"):
            (first, second, _), = self.gather(other)
            self.assertRegex(first, "^size [0-9]+ elsewhere 422 .* w1 holds another tree of this log")

    def serve_ours(self):
        """Our witness of the same log; its port."""
        comity = os.environ.get("COMITY", "")
        if not os.access(comity, os.X_OK):
            self.skipTest("no comity to compare with")
        os.mkdir(self.path("case"))

        def call(*argv):
            return subprocess.run([comity, *argv], cwd=self.path("case"), check=True, capture_output=True)
        call("init", "--name", "w")
        call("witness", "add-log", run(TOOL, "vkey", self.origin, SEED.hex()).decode().strip())
        p = subprocess.Popen([comity, "witness", "serve"], cwd=self.path("case"), stdout=subprocess.PIPE, text=True)
        self.addCleanup(p.stdout.close)
        self.addCleanup(p.wait)
        self.addCleanup(p.terminate)
        return int(p.stdout.readline().strip().rstrip("/").rsplit(":", 1)[1])

    def ask(self, port, body):
        """(status, type and body where they are laid down)"""
        c = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        c.request("POST", "/add-checkpoint", body)
        r = c.getresponse()
        text = r.read()
        c.close()
        return r.status, (r.getheader("Content-Type"), text) if r.status == 409 else len(text.splitlines()) if r.status == 200 else 0

    def test_it_and_ours_say_the_same(self):
        theirs, ours = self.witnesses[0][2], self.serve_ours()

        def make(size, old, proof_from, origin=self.origin, seed=SEED):
            return run(TOOL, "request", origin, seed.hex(), size, str(old), str(proof_from))
        text = b"\n\n" + self.origin.encode()

        def flipped(request):  # one bit of the last signature
            at = request.rindex(b"=") - 12
            return request[:at] + (b"B" if request[at:at + 1] == b"A" else b"A") + request[at + 1:]
        probes = [
            ("first", make("5", 0, 0), 200), ("stale", make("10", 3, 3), 409), ("grow", make("10", 5, 5), 200),
            ("same again", make("10", 10, 10), 200), ("another root", make("10/1", 10, 10), 422),
            ("old beyond size", make("10", 11, 10), 400), ("proof of another size", make("20", 10, 9), 422), ("of a fork", make("20/1", 10, 10), 422),
            ("no old size known", make("20", 0, 0), 409), ("bad signature", flipped(make("20", 10, 10)), 403),
            ("signed by another", make("20", 10, 10, seed=SEED[::-1]), 403),
            ("another origin", make("20", 10, 10, origin="sigsum.org/v1/tree/" + "0" * 64), 404),
            ("leading zeros", make("20", 10, 10).replace(b"old 10", b"old 010"), 400),
            ("64 hashes", make("20", 10, 20).replace(text, (b"\n" + base64.b64encode(bytes(32))) * 64 + text), 400),
            ("63 hashes", make("20", 10, 20).replace(text, (b"\n" + base64.b64encode(bytes(32))) * 63 + text), 422),
            ("no note", b"old 10\n\n", 400), ("nothing", b"", 400), ("grow again", make("300", 10, 10), 200)]
        for name, request, want in probes:
            with self.subTest(name):
                ours_said, theirs_said = self.ask(ours, request), self.ask(theirs, request)
                self.assertEqual(ours_said, theirs_said)
                self.assertEqual(ours_said[0], want)
        # here they differ: it takes a proof that is missing for a request that is none
        self.assertEqual((self.ask(ours, make("310", 300, 310))[0], self.ask(theirs, make("310", 300, 310))[0]), (422, 400))

    def test_a_case_is_cosigned_by_it_and_a_restored_log_is_seen(self):
        comity = os.environ.get("COMITY", "")
        if not os.access(comity, os.X_OK):
            self.skipTest("no comity")
        os.mkdir(self.path("case"))

        def call(*argv):
            p = subprocess.run([comity, *argv], cwd=self.path("case"), capture_output=True, text=True, check=False)
            return p.returncode, p.stdout + p.stderr
        self.assertEqual(call("init", "--name", "a", "--origin", "sigsum.org/v1/tree/%h")[0], 0)
        log = self.path("case/.comity/log")
        shutil.copy(os.path.join(log, "key.pub"), self.path("log.pub"))
        name, raw, port = self.start("w3")
        line = f"witness {name} {vkey('sigsum.org/v1/witness/' + hashlib.sha256(raw).hexdigest(), 4, raw)} http://127.0.0.1:{port}"
        for argv in (("trust", "add", line), ("trust", "quorum", "1")):
            code, said = call(*argv)
            self.assertEqual(code, 0, said)
        shutil.copytree(log, self.path("backup"))
        code, said = call("investigate", os.path.join(os.environ["COMITY_ROOT"], "tests/cases/race-first/input.pcap"))
        self.assertIn("cosigned by 1: not later than", said)
        shutil.rmtree(log)
        os.rename(self.path("backup"), log)
        os.chmod(log, 0o700)
        for argv in (("handover", "--to", "b", "--how", "by hand"), ("log", "checkpoint")):
            code, said = call(*argv)
            self.assertNotEqual(code, 0, (argv, said))
        code, said = call("log", "checkpoint", "--resume")
        self.assertIn("w3 is ahead: it cosigned size", said)

    def test_another_log_is_not_its(self):
        self.origin = "sigsum.org/v1/tree/" + "0" * 64
        (first, _, _), = self.gather("1")
        self.assertRegex(first, "^size 1 unknown 404 ")

    def test_one_that_is_gone_holds_up_nobody(self):
        with open(self.policy, "a", encoding="utf-8") as f:
            f.seek(0)
            f.truncate()
            for (name, raw, _), port in zip(self.witnesses, (self.witnesses[0][2], free_port())):
                f.write(f"witness {name} {vkey('sigsum.org/v1/witness/' + hashlib.sha256(raw).hexdigest(), 4, raw)} "
                        f"http://127.0.0.1:{port}\n")
            f.write("quorum none\n")
        (first, second, _), = self.gather("7")
        self.assertIn("w1 cosigned size 7", first)
        self.assertRegex(second, "^size 7 unreachable 0 0: w2 can not be asked: ")


if __name__ == "__main__":
    TOOL = sys.argv.pop(1)
    if any(shutil.which(p) is None for p in ("sigsum-witness", "openssl", "ssh-keygen")):
        print("skipped: no sigsum-witness here (package sigsum-go of bookworm-backports), or no openssl")
        sys.exit(77)
    unittest.main()
