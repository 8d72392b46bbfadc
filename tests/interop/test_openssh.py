#!/usr/bin/env python3
"""Keys, signatures and allowed signers against OpenSSH, in both directions.

    test_openssh.py STATEMENT_TOOL
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

TOOL = None
NS = "statement@comity"
TEXT = b'{"a statement": 1}\n'
NOW = "1795475200"


def run(*argv, text=b"", ok=True, env=None):
    p = subprocess.run(argv, input=text, capture_output=True, env=env)
    if ok is not None and (p.returncode == 0) != ok:
        raise AssertionError(f"{argv}: exit {p.returncode}\n{p.stdout!r}\n{p.stderr!r}")
    return p


class Openssh(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="comity-test-")
        self.addCleanup(shutil.rmtree, self.dir)

    def path(self, name, content=None):
        p = os.path.join(self.dir, name)
        if content is not None:
            with open(p, "wb") as f:
                f.write(content)
        return p

    def keygen(self, name, *more):
        p = self.path(name)
        run("ssh-keygen", "-q", "-t", "ed25519", "-C", "theirs", "-f", p, *(more or ("-N", "")))
        return p

    def public(self, key):
        with open(key + ".pub", encoding="utf-8") as f:
            return " ".join(f.read().split()[:2])

    def signers(self, key, who="alpha", options=""):
        return self.path("signers", f"{who} {options} {self.public(key)}\n".encode())

    def sign_theirs(self, key, *more, env=None, ns=NS):
        text = self.path("text", TEXT)
        if os.path.exists(text + ".sig"):
            os.remove(text + ".sig")
        run("ssh-keygen", "-q", "-Y", "sign", "-f", key, "-n", ns, *more, text, env=env)
        return text + ".sig"

    def verify_theirs(self, sig, signers, who="alpha", text=TEXT, ok=True):
        return run("ssh-keygen", "-Y", "verify", "-f", signers, "-I", who, "-n", NS, "-s", sig, text=text, ok=ok)

    def verify_ours(self, sig, signers, text=TEXT, ok=True, when=NOW):
        return run(TOOL, "verify", sig, signers, when, text=text, ok=ok)

    def test_they_read_our_key_and_we_theirs(self):
        ours, theirs = self.path("ours"), self.keygen("theirs")
        run(TOOL, "key", ours, "our key")
        out = run("ssh-keygen", "-y", "-f", ours).stdout.decode().split()
        self.assertEqual(" ".join(out[:2]), self.public(ours))
        self.assertEqual(" ".join(out[2:]), "our key")
        sig = self.path("s", run(TOOL, "sign", theirs, text=TEXT).stdout)
        shown = self.verify_ours(sig, self.signers(theirs)).stdout.decode().split()
        listed = run("ssh-keygen", "-l", "-f", theirs).stdout.decode().split()
        self.assertEqual(shown, ["alpha", listed[1]])

    def test_they_accept_our_signature_and_no_other_text(self):
        key = self.path("ours")
        run(TOOL, "key", key, "k")
        sig = self.path("s", run(TOOL, "sign", key, text=TEXT).stdout)
        for who, options in (("alpha", ""), ('"CERT Alpha"', f'namespaces="{NS}"')):
            signers = self.signers(key, who, options)
            self.verify_theirs(sig, signers, who.strip('"'))
            self.verify_theirs(sig, signers, who.strip('"'), TEXT + b"x", ok=False)

    def test_both_make_the_same_bytes(self):
        key = self.keygen("theirs")
        with open(self.sign_theirs(key), "rb") as f:
            self.assertEqual(run(TOOL, "sign", key, text=TEXT).stdout, f.read())

    def test_we_accept_their_signature_with_both_hashes(self):
        key = self.keygen("theirs")
        for more in ((), ("-O", "hashalg=sha256"), ("-O", "hashalg=sha512")):
            sig = self.sign_theirs(key, *more)
            self.verify_ours(sig, self.signers(key))
            self.verify_ours(sig, self.signers(key), TEXT + b"x", ok=False)

    def test_we_refuse_another_namespace_and_other_key_types(self):
        key = self.keygen("theirs")
        p = self.verify_ours(self.sign_theirs(key, ns="file"), self.signers(key), ok=False)
        self.assertIn(b"namespace", p.stderr)
        for kind in ("rsa", "ecdsa"):
            other = self.path(kind)
            run("ssh-keygen", "-q", "-t", kind, "-N", "", "-f", other)
            p = self.verify_ours(self.sign_theirs(other), self.signers(other), ok=False)
            self.assertIn(b"not supported", p.stderr)

    def test_a_key_with_passphrase_signs_through_the_agent_only(self):
        key = self.keygen("locked", "-N", "secret")
        p = run(TOOL, "sign", key, text=TEXT, ok=False)
        self.assertIn(b"ssh-add " + key.encode(), p.stderr)
        out = run("ssh-agent", "-a", self.path("agent")).stdout.decode()
        pid = re.search(r"SSH_AGENT_PID=(\d+)", out).group(1)
        env = dict(os.environ, SSH_AUTH_SOCK=self.path("agent"), SSH_AGENT_PID=pid)
        self.addCleanup(run, "ssh-agent", "-k", env=env)
        p = run(TOOL, "sign", key, self.path("agent"), text=TEXT, ok=False)
        self.assertIn(b"ssh-add " + key.encode(), p.stderr)
        # ssh-add takes the passphrase from a program when there is no terminal.
        ask = self.path("ask", b"#!/bin/sh\necho secret\n")
        os.chmod(ask, 0o700)
        run("ssh-add", key, env=dict(env, SSH_ASKPASS=ask, SSH_ASKPASS_REQUIRE="force", DISPLAY=":0"))
        sig = self.path("s", run(TOOL, "sign", key, self.path("agent"), text=TEXT).stdout)
        signers = self.signers(key)
        self.verify_ours(sig, signers)
        self.verify_theirs(sig, signers)
        # Without the file, the public half is enough to find it in the agent.
        os.remove(key)
        with open(sig, "rb") as f:
            self.assertEqual(run(TOOL, "sign", key, self.path("agent"), text=TEXT).stdout, f.read())

    def test_allowed_signers_mean_the_same_to_both(self):
        key, other = self.keygen("theirs"), self.keygen("other")
        sig = self.sign_theirs(key)
        k, o = self.public(key), self.public(other)
        cases = [
            (f"alpha {k}", True), (f"# c\n\nalpha {k} comment here", True), (f"alpha {o}", False),
            (f'alpha namespaces="file" {k}', False), (f'alpha namespaces="file,{NS}" {k}', True),
            (f'alpha namespaces="*,!{NS}" {k}', False), (f'alpha namespaces="stat*" {k}', True),
            (f"beta {o}\nalpha {k}", True), (f'alpha valid-before="20200101Z" {k}', False),
            (f'alpha valid-after="20200101Z" {k}', True), (f'alpha valid-after="20990101Z" {k}', False),
            (f'alpha valid-after="20200101Z",namespaces="{NS}",valid-before="20990101Z" {k}', True),
            (f"alpha cert-authority {k}", False), (f"alpha no-such-option {k}", False),
            ("alpha", False), (f'"alpha {k}', False), ("alpha ssh-ed25519 AAAA", False),
        ]
        for text, good in cases:
            signers = self.path("signers", text.encode() + b"\n")
            with self.subTest(text):
                self.verify_theirs(sig, signers, ok=good)
                self.verify_ours(sig, signers, ok=good)


if __name__ == "__main__":
    TOOL = sys.argv.pop(1)
    if any(shutil.which(p) is None for p in ("ssh-keygen", "ssh-agent", "ssh-add")):
        print("skipped: no OpenSSH here")
        sys.exit(77)
    unittest.main()
