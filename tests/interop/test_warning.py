#!/usr/bin/env python3
"""Warning lists: ours against hashlib and ipaddress, and real ones of MISP against a slow reader in Python.

Real lists are taken from $COMITY_SHARED/cti/misp-warninglists; without them those tests are skipped.
"""
import glob
import hashlib
import ipaddress
import json
import os
import random
import subprocess
import tempfile
import unittest

ROOT = os.environ.get("COMITY_ROOT") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COMITY = os.environ.get("COMITY", os.path.join(ROOT, "build", "comity"))
REAL = os.path.join(os.environ.get("COMITY_SHARED") or os.path.join(ROOT, "..", "shared"), "cti", "misp-warninglists")
OURS = os.path.join(ROOT, "data", "warninglists")


def comity(*arguments, cwd=None):
    env = {k: v for k, v in os.environ.items() if k != "COMITY_CASE"}
    return subprocess.run([COMITY, "warning", *arguments], capture_output=True, text=True, check=False, cwd=cwd or "/", env=env)


def load(folder):
    lists = []
    for path in sorted(glob.glob(os.path.join(folder, "*.json"))):
        with open(path, encoding="utf-8") as f:
            lists.append(json.load(f))
    return lists


def kinds(one):
    attributes = one.get("matching_attributes") or ["ip-", "domain", "md5"]
    out = set()
    for a in attributes:
        out |= {"address"} if a.startswith("ip-") or a == "domain|ip" else set()
        out |= {"host"} if a.startswith(("hostname", "domain")) else set()
        out |= {"hash"} if any(word in a for word in ("md5", "sha", "ssdeep", "hash", "tlsh")) else set()
    return out & {"cidr": {"address"}, "hostname": {"host", "hash"}, "substring": {"host", "hash"}}.get(
        one["type"], {"address", "host", "hash"})


def network(entry):
    try:
        n = ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return None
    return n if n.prefixlen > 0 else None


class Slow:
    """One list, and what of it matches, an entry at a time."""

    def __init__(self, one):
        self.name, self.type, self.kinds = one["name"], one["type"], kinds(one)
        self.used = []
        for e in one["list"]:
            net = network(e) if "address" in self.kinds else None
            if self.type == "cidr":
                if net is not None:
                    self.used.append((e, net))
            elif self.type != "regex" and e.rstrip(".") != "":
                self.used.append((e, net if self.type == "string" else None))
        self.ignored = len(one["list"]) - len(self.used)

    def matches(self, kind, value):
        if kind not in self.kinds:
            return []
        if kind == "address":
            a = ipaddress.ip_address(value)
            return [e for e, net in self.used if net is not None and a.version == net.version and a in net]
        v = value.lower().rstrip(".")
        out = []
        for e, net in self.used:
            low = e.lower().rstrip(".")
            below = self.type == "hostname" or (self.type == "string" and low.startswith(".") and len(low) > 1)
            low = low[1:] if below and low.startswith(".") else low
            if net is None and (low in v if self.type == "substring" else
                                v == low or (below and kind == "host" and v.endswith("." + low))):
                out.append(e)
        return out


class Ours(unittest.TestCase):
    def test_they_are_lists_of_misp_with_their_sources(self):
        for one in load(OURS):
            for name in ("name", "type", "list", "description", "blunder", "matching_attributes", "source", "version"):
                self.assertTrue(one.get(name), (one["name"], name))
            self.assertEqual(len(one["list"]), len(set(one["list"])))
            if one["type"] == "cidr":
                for e in one["list"]:
                    ipaddress.ip_network(e)    # strict: no host bits

    def test_the_program_has_them_all(self):
        said = json.loads(comity("lists", "--json").stdout)
        self.assertEqual(sorted((s["name"], s["entries"], s["ignored"]) for s in said),
                         sorted((one["name"], len(one["list"]), 0) for one in load(OURS)))

    def test_hashes_are_of_what_they_say(self):
        [one] = [x for x in load(OURS) if x["type"] == "string"]
        want = [hashlib.new(h, c).hexdigest() for c in (b"", b"\n", b"\r\n", b"\0", b" ")
                for h in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")]
        self.assertEqual(sorted(one["list"]), sorted(want))

    def test_no_address_that_python_calls_global_is_on_a_list_of_addresses_but_resolvers_and_groups(self):
        for one in load(OURS):
            if one["type"] != "cidr" or "resolver" in one["name"] or "Multicast" in one["name"]:
                continue
            for e in one["list"]:
                net = ipaddress.ip_network(e)
                if str(net) in ("192.88.99.0/24", "3fff::/20"):    # older and newer than some Pythons know
                    continue
                self.assertFalse(net.network_address.is_global, e)

    def test_sentences(self):
        ended = comity("check", "10.0.0.1", "93.184.216.34", "d41d8cd98f00b204e9800998ecf8427e")
        self.assertEqual(ended.returncode, 1)
        self.assertEqual(ended.stdout.splitlines(), [
            "10.0.0.1 is private: it names nobody outside that network  [Private addresses: 10.0.0.0/8]",
            "d41d8cd98f00b204e9800998ecf8427e is the digest of a file that is empty or nearly so: every machine has it"
            "  [Hashes of empty and trivial files: d41d8cd98f00b204e9800998ecf8427e]"])
        ended = comity("check", "93.184.216.34")
        self.assertEqual((ended.returncode, ended.stdout), (0, ""))

    def test_wrong_use(self):
        self.assertEqual(comity("check").returncode, 2)
        self.assertEqual(comity("lists", "10.0.0.1").returncode, 2)
        self.assertEqual(comity("check", "--lists", "/nowhere/at/all", "10.0.0.1").returncode, 3)


class Folders(unittest.TestCase):
    def setUp(self):
        self.work = tempfile.TemporaryDirectory()
        self.addCleanup(self.work.cleanup)

    def write(self, name, text):
        path = os.path.join(self.work.name, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)

    def test_a_list_is_named_and_what_is_ignored_is_said(self):
        self.write("a.json", '{"name":"L","type":"string","list":["evil.example.org"]}')
        self.write("b/list.json", '{"name":"R","type":"regex","list":["/(a+)+$/","/b/"]}')
        self.write("notes.txt", "no list")
        ended = comity("check", "--lists", self.work.name, "Evil.Example.ORG")
        self.assertEqual(ended.returncode, 1)
        self.assertIn('Evil.Example.ORG is on the warning list "L" (as evil.example.org)', ended.stdout)
        self.assertIn("R: regex not supported, 2 entries ignored", ended.stderr)

    def test_a_file_that_is_no_list_is_an_error_and_named(self):
        self.write("a.json", '{"name":"L","type":"glob","list":[]}')
        ended = comity("check", "--lists", self.work.name, "10.0.0.1")
        self.assertNotEqual(ended.returncode, 0)
        self.assertEqual(ended.stdout, "")
        self.assertIn("a.json: type: expected cidr", ended.stderr)
        self.write("a.json", '{"name":"L",')
        ended = comity("check", "--lists", self.work.name, "10.0.0.1")
        self.assertEqual(ended.returncode, 4)

    def test_lists_of_the_case_are_taken(self):
        subprocess.run([COMITY, "init", "--name", "A"], cwd=self.work.name, check=True, capture_output=True,
                       env={k: v for k, v in os.environ.items() if k not in ("COMITY_CASE", "SSH_AUTH_SOCK")})
        self.write(".comity/warninglists/own.json", '{"name":"Own ranges","type":"cidr","list":["77.1.0.0/16"]}')
        ended = comity("check", "77.1.2.3", cwd=self.work.name)
        self.assertIn('77.1.2.3 is on the warning list "Own ranges" (as 77.1.0.0/16)', ended.stdout)
        self.assertEqual(comity("check", "77.1.2.3").returncode, 0)


@unittest.skipUnless(os.path.isdir(REAL), f"no {REAL}")
class Real(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.slow = [Slow(one) for one in load(REAL)]
        cls.ours = [Slow(one) for one in load(OURS)]

    def test_counts_of_each_list(self):
        said = json.loads(comity("lists", "--json", "--lists", REAL).stdout)[len(self.ours):]
        self.assertEqual(len(said), len(self.slow))
        for s, slow in zip(said, self.slow):
            self.assertEqual((s["name"], s["type"], s["entries"], s["ignored"]),
                             (slow.name, slow.type, len(slow.used), slow.ignored))
            self.assertEqual(set(s["for"]), slow.kinds, slow.name)

    def ask(self, kind, values):
        ended = comity("check", "--json", "--lists", REAL, *values)
        for said in json.loads(ended.stdout):
            self.assertEqual(said["kind"], kind, said["value"])
            want = sorted((s.name, e) for s in self.ours + self.slow for e in s.matches(kind, said["value"]))
            self.assertEqual(said["matches"], len(want), said["value"])
            self.assertEqual(sorted((m["list"], m["entry"]) for m in said["on"]), want, said["value"])
            yield said["value"], len(want)

    def test_addresses(self):
        rng = random.Random(1)
        values = [str(ipaddress.IPv4Address(rng.getrandbits(32))) for _ in range(30)]
        values += [str(ipaddress.IPv6Address((0x2001 << 112) + rng.getrandbits(112))) for _ in range(10)]
        nets = [net for s in self.slow if s.type == "cidr" for _, net in rng.sample(s.used, min(3, len(s.used)))]
        values += [str(net[rng.randrange(net.num_addresses)]) for net in nets]
        found = dict(self.ask("address", values))
        self.assertTrue(all(found[v] > 0 for v in values[40:]))

    def test_hosts(self):
        rng = random.Random(2)
        names = [e for s in self.slow if "host" in s.kinds for e, _ in rng.sample(s.used, min(4, len(s.used)))]
        values = [n.strip(".") for n in names] + ["x." + n.strip(".") for n in names] + [n.strip(".").upper() + "." for n in names]
        values += ["x" + n.strip(".") for n in names]
        found = dict(self.ask("host", [v for v in values if network(v) is None]))
        self.assertGreater(sum(n > 0 for n in found.values()), len(names))
        self.assertGreater(sum(n == 0 for n in found.values()), 10)

    def test_hashes(self):
        values = [e for s in self.slow if "hash" in s.kinds for e, _ in s.used
                  if len(e) in (32, 40, 56, 64, 96, 128)] + ["0" * 64, "f" * 32]
        found = dict(self.ask("hash", values))
        self.assertTrue(all(found[v] > 0 for v in values[:-2]))
        self.assertEqual((found["0" * 64], found["f" * 32]), (0, 0))


if __name__ == "__main__":
    unittest.main()
