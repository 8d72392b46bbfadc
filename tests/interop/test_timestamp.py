#!/usr/bin/env python3
"""Time stamps against `openssl ts`: it answers our requests, and judges as we do.

    test_timestamp.py TIMESTAMP_TOOL

A root and a TSA are made here.  What others made lies in vectors/rfc3161 of COMITY_SHARED.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

TOOL = None
VECTORS = os.path.join(os.environ.get("COMITY_SHARED", "../shared"), "vectors", "rfc3161")
CONFIG = """
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[stamp]
serial = {dir}/serial
crypto_device = builtin
signer_digest = {digest}
default_policy = 1.2.3.4
digests = sha1, sha256, sha384, sha512
accuracy = {accuracy}
clock_precision_digits = {digits}
ordering = no
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = {ess}
"""


def run(*argv, text=b"", ok=True):
    p = subprocess.run(argv, input=text, capture_output=True, check=False)
    if ok is not None and (p.returncode == 0) != ok:
        raise AssertionError(f"{argv}: exit {p.returncode}\n{p.stdout!r}\n{p.stderr!r}")
    return p


class Tsa:
    """Files of a root and of a signer, in one folder."""

    def __init__(self, folder, kind="ec", root="Root"):
        self.folder = folder
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"] if kind == "ec" else ["-newkey", kind]
        self.configure()
        self.write("eku.cnf", "[tsa]\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n")
        with open(self.path("req.cnf"), "w", encoding="utf-8") as f:
            f.write("[req]\ndistinguished_name = dn\nprompt = no\n[dn]\nCN = \xc4rger of A, a TSA\n")
        run("openssl", "req", "-x509", *key, "-nodes", "-keyout", self.path("root.key"), "-out", self.path("root.pem"),
            "-subj", "/CN=" + root, "-days", "3650", "-addext", "keyUsage=critical,keyCertSign")
        run("openssl", "req", "-new", "-utf8", *key, "-nodes", "-config", self.path("req.cnf"), "-keyout", self.path("tsa.key"),
            "-out", self.path("tsa.csr"))
        run("openssl", "x509", "-req", "-in", self.path("tsa.csr"), "-CA", self.path("root.pem"), "-CAkey",
            self.path("root.key"), "-set_serial", "2", "-days", "30", "-extfile", self.path("eku.cnf"), "-extensions",
            "tsa", "-out", self.path("tsa.pem"))
        self.write("serial", "ABCDEF0123456789")

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        return self.path(name)

    def configure(self, digest="sha256", accuracy="secs:1, millisecs:1", digits=0, ess="sha256"):
        self.write("ts.cnf", CONFIG.format(dir=self.folder, digest=digest, accuracy=accuracy, digits=digits, ess=ess))

    def reply(self, request, name="answer.tsr", ok=True):
        run("openssl", "ts", "-reply", "-config", self.path("ts.cnf"), "-section", "stamp", "-queryfile",
            self.write("request.tsq", request), "-signer", self.path("tsa.pem"), "-inkey", self.path("tsa.key"), "-out",
            self.path(name), ok=ok)
        return self.path(name)


def ours(response, text, ca, *nonce):
    with open(response, "rb") as f:
        return run(TOOL, "verify", ca, text, *nonce, text=f.read(), ok=None)


def stamp_time(response):
    told = run("openssl", "ts", "-reply", "-in", response, "-text", ok=None).stdout.decode()
    m = re.search(r"Time stamp: (.*) GMT", told)
    if not m:
        return None
    when = re.sub(r"\.\d+", "", m[1])
    return int(time.mktime(time.strptime(when, "%b %d %H:%M:%S %Y"))) - time.timezone


def theirs(response, text, ca):
    """As of the stamp's own time."""
    at = stamp_time(response)
    return run("openssl", "ts", "-verify", "-data", text, "-in", response, "-CAfile", ca, "-untrusted", ca,
               *(["-attime", str(at)] if at else []), ok=None)


class Timestamp(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="comity-test-")
        self.addCleanup(shutil.rmtree, self.dir)

    def both(self, response, text, ca, expected):
        a, b = ours(response, text, ca), theirs(response, text, ca)
        self.assertEqual(b.returncode == 0, expected, b.stderr)
        self.assertEqual(a.returncode == 0, expected, a.stderr)
        return a

    def test_our_request_is_theirs(self):
        nonce = b"18364758544493064720"  # fedcba9876543210
        made = run(TOOL, "request", nonce.decode(), text=b"hello").stdout
        told = run("openssl", "ts", "-query", "-in", "/dev/stdin", "-text", text=made).stdout.decode()
        for part in ("Version: 1", "Hash Algorithm: sha256", "Nonce: 0xFEDCBA9876543210", "Certificate required: yes",
                     "2c f2 4d ba 5f b0 a3 0e-26 e8 3b 2a c5 b9 e2 9e"):
            self.assertIn(part, told)

    def test_their_answer_to_our_request_holds(self):
        for kind in ("ec", "rsa:2048"):
            tsa = Tsa(tempfile.mkdtemp(dir=self.dir), kind)
            text = tsa.write("text", b"origin\n3\nroot\n")
            before = int(time.time())
            answer = tsa.reply(run(TOOL, "request", "99", text=b"origin\n3\nroot\n").stdout)
            told = self.both(answer, text, tsa.path("root.pem"), True).stdout.decode().splitlines()
            self.assertTrue(before <= int(told[0]) <= time.time())
            self.assertEqual(int(told[1]), int(told[0]) + 2)
            self.assertEqual(told[2:4], ["abcdef012345678a", "1.2.3.4"])
            self.assertEqual(told[4], "CN=\\C3\\84rger of A\\, a TSA")
            self.assertEqual(ours(answer, text, tsa.path("root.pem"), "99").returncode, 0)
            self.assertEqual(ours(answer, text, tsa.path("root.pem"), "98").returncode, 1)
            self.both(answer, tsa.write("other", b"other"), tsa.path("root.pem"), False)

    def test_digests_and_fractions(self):
        tsa = Tsa(self.dir)
        text = tsa.write("text", b"hello")
        for digest in ("sha256", "sha384", "sha512"):
            for cert in ((), ("-cert",)):
                for ess in ("sha1", "sha256"):
                    tsa.configure(digest=digest, digits=6, accuracy="secs:0", ess=ess)
                    answer = tsa.reply(run("openssl", "ts", "-query", "-data", text, "-" + digest, *cert).stdout)
                    with open(tsa.path("bundle.pem"), "wb") as out:
                        for name in ("root.pem", "tsa.pem"):
                            with open(tsa.path(name), "rb") as f:
                                out.write(f.read())
                    told = self.both(answer, text, tsa.path("bundle.pem"), True).stdout.decode().splitlines()
                    self.assertEqual(int(told[0]), stamp_time(answer))
                    self.assertIn(int(told[1]) - int(told[0]), (0, 1))
                    if not cert:  # then the receiver must have the signer's certificate
                        self.both(answer, text, tsa.path("root.pem"), False)

    def test_sha_1_is_refused_by_us_alone(self):
        """Where we are stricter: an imprint or a signature by SHA-1."""
        tsa = Tsa(self.dir)
        text = tsa.write("text", b"hello")
        for imprint, digest in (("sha1", "sha256"), ("sha256", "sha1")):
            tsa.configure(digest=digest)
            answer = tsa.reply(run("openssl", "ts", "-query", "-data", text, "-" + imprint, "-cert").stdout)
            self.assertEqual(theirs(answer, text, tsa.path("root.pem")).returncode, 0)
            self.assertIn(b"refused", ours(answer, text, tsa.path("root.pem")).stderr)

    def test_each_byte_changed_gets_the_same_verdict(self):
        tsa = Tsa(self.dir)
        text = tsa.write("text", b"hello")
        with open(tsa.reply(run(TOOL, "request", "5", text=b"hello").stdout), "rb") as f:
            good = f.read()
        for at in range(0, len(good), 13):
            changed = bytearray(good)
            changed[at] ^= 1
            bad = tsa.write("changed.tsr", bytes(changed))
            if stamp_time(bad) is None:
                self.assertEqual(ours(bad, text, tsa.path("root.pem")).returncode, 1, at)
                continue
            a, b = ours(bad, text, tsa.path("root.pem")), theirs(bad, text, tsa.path("root.pem"))
            self.assertEqual(a.returncode == 0, b.returncode == 0, (at, a.stderr, b.stderr))

    def test_of_others(self):
        if not os.path.isdir(VECTORS):
            self.skipTest("no " + VECTORS)

        def at(name):
            return os.path.join(VECTORS, name)
        with open(os.path.join(self.dir, "hello"), "wb") as f:
            f.write(b"hello")
        hello = f.name
        chain, mock = at("test_tsa/ts_chain.pem"), at("sigstore.mock/ts_chain.pem")
        self.both(at("test_tsa/response.tsr"), hello, chain, True)
        # certificates of nobody lie beside the signer's; they are not signed, and no one uses them
        told = self.both(at("test_tsa/response-injected-certs.tsr"), hello, chain, True).stdout.decode().splitlines()
        self.assertEqual(told[4], "CN=Test TSA Timestamping,O=local")
        # of a root that has the same name and another key
        self.both(at("test_tsa/other_response.tsr"), hello, chain, False)
        self.both(at("test_tsa/response.tsr"), hello, mock, False)
        self.both(at("test_tsa/response.tsr"), chain, chain, False)
        # expired today, valid when it stamped: holds
        self.both(at("sigstore.mock/response-expired.tsr"), at("sigstore.mock/payload"), mock, True)


if __name__ == "__main__":
    TOOL = os.path.abspath(sys.argv.pop(1))
    unittest.main()
