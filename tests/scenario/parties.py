"""Parties of a case in folders of their own, who have nothing in common but files that they hand round."""
import json
import os
import shlex
import shutil
import subprocess
import sys

ROLES = {"A": "government", "B": "government", "U": "academic", "V": "victim"}
CHARTER = """# An attack on V

## Purpose

To find out how V was attacked, and by whom.

## Members

{members}

## Rules

deny D1: anything when victim-data = yes and consent != given
    because "nothing about the victim without its consent".
deny D2: anything when exploit = yes because "attack code stays where it is".
deny D3: anything when content = payload and to = academic
    because "the university needs no contents".
deny D9: release, onward to other because "only members are shown anything".
allow R1: release types N1, N7, N2, N4, N8, H2 to government for attribution when tlp <= amber+strict
    oblige retain <= 180d, onward = none, receipt, acknowledge <= 24h
    because "packets are shown inside the team".
allow R2: release types N1, N7, N2 to academic for research when tlp <= amber
    oblige retain <= 90d, delete-on-close, mark-tlp >= amber, encrypt
    because "the university checks the method".
"""


def fail(what, *more):
    sys.exit("FAIL " + what + "".join("\n" + str(m) for m in more))


class Party:
    def __init__(self, lab, name):
        self.lab, self.name = lab, name
        self.folder = os.path.join(lab.folder, name)
        os.mkdir(self.folder)
        self.do("init", "--name", name, "--role", ROLES[name])
        self.do("key", "age")

    def run(self, *arguments, program=None):
        return subprocess.run([program or self.lab.comity, *arguments], cwd=self.folder, capture_output=True, text=True,
                              check=False, stdin=subprocess.DEVNULL, timeout=240)

    def do(self, *arguments, code=0, says=(), program=None):
        """Runs a command that must end with ${code} and say all of ${says}; what it printed."""
        done = self.run(*arguments, program=program)
        if program is None:
            self.lab.typed.append(f"{self.name}$ comity " + shlex.join(arguments))
        both = done.stdout + done.stderr
        if done.returncode not in (code if isinstance(code, tuple) else (code,)):
            fail(f"{self.name}: {' '.join(arguments)}: exit {done.returncode}, not {code}", both)
        for word in [says] if isinstance(says, str) else says:
            if word not in both:
                fail(f"{self.name}: {' '.join(arguments)}: does not say `{word}'", both)
        return both

    def json(self, *arguments, code=0):
        done = self.run(*arguments, "--json")
        if done.returncode != code:
            fail(f"{self.name}: {' '.join(arguments)}: exit {done.returncode}, not {code}", done.stdout, done.stderr)
        return json.loads(done.stdout)

    def path(self, name):
        return os.path.join(self.folder, name)

    def give(self, name, *others):
        """Hands files round: NAME, and what lies beside it."""
        for other in others:
            for ending in ("", ".sigs", ".sig"):
                if os.path.exists(self.path(name + ending)):
                    shutil.copy(self.path(name + ending), other.path(name + ending))


class Lab:
    def __init__(self, comity, gen, folder, names="ABUV", charter=CHARTER):
        self.comity, self.gen, self.folder = os.path.abspath(comity), os.path.abspath(gen), folder
        self.typed = []  # what was typed, in order
        self.party = {name: Party(self, name) for name in names}
        self.charter = charter

    def __getitem__(self, name):
        return self.party[name]

    def agree(self):
        """A charter that all have signed and taken."""
        first, *rest = self.party.values()
        members = "\n".join("- " + p.do("charter", "member").strip().lstrip("- ") for p in self.party.values())
        with open(first.path("charter.md"), "w", encoding="utf-8") as f:
            f.write(self.charter.format(members=members))
        first.do("charter", "propose", "charter.md", "-o", "charter")
        last = first
        for p in rest:
            last.give("charter.json", p)
            p.do("charter", "sign", "--yes", "charter.json")
            last = p
        for p in self.party.values():
            if p is not last:
                last.give("charter.json", p)
                p.do("take", "charter.json")
