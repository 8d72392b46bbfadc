"""A case whose exhibits, charter, marks, consents and disclosures are drawn by lot; each dossier comes with what was asked for."""
import hashlib
import json
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "interop", "stranger")]
sys.dont_write_bytecode = True

import kinds  # noqa: E402
import plans  # noqa: E402
import table  # noqa: E402
import zipfmt  # noqa: E402
from parties import Lab, fail  # noqa: E402

HEAD = "# Round {n}\n\n## Purpose\n\nTo try what leaves.\n\n## Members\n\n{members}\n\n## Rules\n\n{rules}\n"


class Asked:
    """What a disclosure asked for; cells by (exhibit, row, column)."""

    def __init__(self, to, purpose, arguments, whole=(), cells=None):
        self.to, self.purpose, self.arguments = to, purpose, arguments
        self.exhibits = list(whole)     # it may be about
        self.cells = cells              # None: whatever findings need
        self.hides = set()


class Disclosed:
    """A dossier, read by the stranger's code: {exhibit: {row: [Cell or None]}}."""

    def __init__(self, path, exhibits):
        with open(path, "rb") as f:
            self.data = f.read()
        self.files = zipfmt.read(self.data)
        self.rows, self.seal_of, self.opening = {}, {}, {}
        by_statement = {x.statement: x for x in exhibits}
        for n in range(1, 100):
            if f"seal-{n}.json" not in self.files:
                break
            text = self.files[f"seal-{n}.json"]
            x = by_statement[hashlib.sha256(text).hexdigest()]
            self.seal_of[x] = n
            self.rows[x] = self.read(n, x, json.loads(text)["predicate"])

    def read(self, n, x, seal):
        if f"seal-{n}.opening" not in self.files:
            return {}
        links = [c.get("link") for c in seal["columns"]]
        t = table.Table(bytes.fromhex(seal["exhibit"]), links, seal["rows"], bytes.fromhex(seal["root"]))
        join = kinds.of(seal["kind"], x.columns).join
        opening = table.verify_opening(t, bytes.fromhex(x.statement), self.files[f"seal-{n}.opening"], join)
        kinds.of(seal["kind"], x.columns).check(opening.rows, seal["rows"])
        self.opening[x] = opening
        return opening.rows

    def cells(self, state=table.OPEN):
        return {(x, row, column) for x, rows in self.rows.items() for row, cells in rows.items()
                for column, cell in enumerate(cells) if cell is not None and cell.state == state}


class Case:
    def __init__(self, comity, gen, folder, rnd):
        self.rnd, self.lab = rnd, Lab(comity, gen, folder)
        self.a = self.lab["A"]
        self.exhibits, self.consents, self.n, self.rules = [], [], 0, []
        self.found = {}         # exhibits that findings and floods are about, by option
        self.members = "\n".join("- " + p.do("charter", "member").strip().lstrip("- ") for p in self.lab.party.values())
        self.detected()

    # ---- exhibits ----

    def detected(self):
        """Two captures with findings and a flood, made by the generator."""
        for name, option, arguments in (
                ("race.pcap", "--finding", ["race", "--only", "first", "--background", "1"]),
                ("flood.pcap", "--traffic", ["flood", "--only", "syn", "--packets", "1000", "--before", "1", "--after", "1",
                                             "--background", "1"])):
            made = self.a.run(*arguments, "--seed", str(self.rnd.randrange(1000)), "--out", name, program=self.lab.gen)
            if made.returncode != 0:
                fail(f"generator: {arguments}", made.stderr)
            done = self.a.run("investigate", name, "-o", name + ".own")
            if done.returncode != 1:
                fail(f"nothing was found in {name}", done.stdout, done.stderr)
            with open(self.a.path(name), "rb") as f:
                x = plans.made_elsewhere(self.rnd, name, f.read())
            x.number = len(self.exhibits) + 1
            with open(self.a.path(name + ".own"), "rb") as f:
                x.statement = hashlib.sha256(zipfmt.read(f.read())["seal-1.json"]).hexdigest()
            self.exhibits.append(x)
            self.found[option] = x

    def seal(self, maker):
        name = f"x{len(self.exhibits) + 1}"
        x = maker(self.rnd, name)
        with open(self.a.path(name), "wb") as f:
            f.write(x.data)
        members = ["--members", ",".join(x.members)] if x.members else []
        said = json.loads(self.a.do("seal", "--json", "--kind", x.kind, *members, name).strip().splitlines()[-1])
        x.number, x.statement = said["no"], said["statement"]
        if said["rows"] != len(x.rows):
            fail(f"{name}: {said['rows']} rows, the stranger cuts {len(x.rows)}")
        self.exhibits.append(x)

    # ---- a round: another charter, other marks, other consents ----

    def begin(self):
        self.n += 1
        for maker in plans.MAKERS:
            if self.n == 1 or self.rnd.random() < 0.5:
                self.seal(maker)
        self.rules = plans.make_rules(self.rnd)
        self.agree()
        for x in self.exhibits:
            plans.mark(self.rnd, x)
        with open(self.a.path(".comity/marks"), "w", encoding="utf-8") as f:
            f.write(plans.marks_text(self.exhibits))
        if self.rnd.random() < 0.6:
            self.consent()

    def agree(self):
        name = f"charter-{self.n}"
        with open(self.a.path("charter.md"), "w", encoding="utf-8") as f:
            f.write(HEAD.format(n=self.n, members=self.members, rules="\n".join(r.text() for r in self.rules)))
        self.a.do("charter", "propose", "charter.md", "-o", name)
        last = self.a
        for p in (self.lab[n] for n in "BUV"):
            last.give(name + ".json", p)
            p.do("charter", "sign", "--yes", name + ".json")
            last = p
        for p in (self.lab[n] for n in "ABU"):
            last.give(name + ".json", p)
            p.do("take", name + ".json")

    def consent(self):
        v, rnd = self.lab["V"], self.rnd
        types = sorted(rnd.sample(plans.TYPES, 3)) if rnd.random() < 0.5 else []
        purposes = sorted(rnd.sample(plans.PURPOSES, 2)) if rnd.random() < 0.5 else []
        members = sorted(rnd.sample("BU", 1)) if rnd.random() < 0.5 else []
        name = f"consent-{self.n}"
        words = (["--types", ",".join(types)] if types else []) + (["--for", ",".join(purposes)] if purposes else [])
        for m in members:
            words += ["--to", m]
        v.do("consent", "give", *words, "-o", name)
        v.give(name + ".json", self.a)
        self.a.do("take", name + ".json")
        self.consents.append([types, purposes, members, False])
        if rnd.random() < 0.3:
            with open(v.path(name + ".json"), "rb") as f:
                digest = hashlib.sha256(f.read()).hexdigest()
            v.do("consent", "revoke", digest[:16], "-o", "revoked-" + name)
            v.give(f"revoked-{name}.json", self.a)
            self.a.do("take", f"revoked-{name}.json")
            self.consents[-1][3] = True

    # ---- plans ----

    def plan(self):
        rnd = self.rnd
        to = rnd.choice(["B", "B", "U", "U", "V", "public"])
        purpose = "warning" if to == "public" else rnd.choice(plans.PURPOSES[:2] if to == "U" else plans.PURPOSES)
        kind = rnd.random()
        if kind < 0.35:
            option = rnd.choice(["--finding", "--finding", "--traffic"])
            asked = Asked(to, purpose, [option, "all"], [self.found[option]])
        else:
            weight = {"capture": 4, "records": 3, "lines": 2, "blob": 1}
            asked = self.by_row(to, purpose, rnd.choices(self.exhibits, [weight[x.kind] for x in self.exhibits])[0])
        if asked.exhibits[0].kind == "capture":
            self.hide(asked)
        asked.arguments += ["--to", to, "--purpose", purpose]
        return asked

    def by_row(self, to, purpose, x):
        rnd, count = self.rnd, min(len(x.rows), 400)
        rows = range(len(x.rows)) if rnd.random() < 0.6 else sorted(rnd.sample(range(count), rnd.randrange(1, min(count, 20) + 1)))
        words = "all" if len(rows) == len(x.rows) else ",".join(map(str, rows))
        columns = range(len(x.columns))
        arguments = ["--exhibit", str(x.number), "--rows", words]
        if rnd.random() < 0.35:
            columns = sorted(rnd.sample(columns, rnd.randrange(1, len(x.columns) + 1)))
            arguments += ["--columns", ",".join(x.columns[c][0] for c in columns)]
        return Asked(to, purpose, arguments, [x], {(x, row, c) for row in rows for c in columns})

    def hide(self, asked):
        rnd = self.rnd
        if rnd.random() < 0.3:
            asked.hides = set(rnd.choice([["addresses"], ["payload"], ["addresses", "payload"]]))
            asked.arguments += ["--hide", ",".join(sorted(asked.hides))]
        for option in ("--tie-all", "--whole-host", "--whole-pair"):
            if rnd.random() < 0.2:
                asked.arguments.append(option)

    def disclose(self, asked, name):
        """A Disclosed, or None: the charter lets nothing out.  What was printed goes to the owner."""
        show = self.rnd.choice([[], [], ["--explain"], ["--json"]])
        done = self.a.run("disclose", *asked.arguments, *show, "-o", name)
        if done.returncode == 1 and not os.path.exists(self.a.path(name)):
            return None, done
        if done.returncode != 0:
            if "hidden" in done.stderr + done.stdout and asked.hides and done.returncode == 3:
                return None, done
            fail(f"disclose {' '.join(asked.arguments)}: exit {done.returncode}", done.stdout[-1500:], done.stderr[-1500:])
        return Disclosed(self.a.path(name), self.exhibits), done

    def received(self, asked, name):
        """All that the recipient makes of it: {name: bytes}."""
        p = self.lab[asked.to if asked.to != "public" else "U"]
        shutil.copy(self.a.path(name), p.path(name))
        out = {}
        done = p.run("verify", name, "--report", "own.html", *(
            ["--receipt", "receipt.json"] if asked.to != "public" and self.rnd.random() < 0.3 else []))
        if done.returncode not in (0, 5) or "AGAINST" in done.stdout:
            fail(f"{asked.to} verifies {' '.join(asked.arguments)}: exit {done.returncode}", done.stdout[-3000:], done.stderr[-500:])
        out["verify.stdout"] = (done.stdout + done.stderr).encode()
        if self.rnd.random() < 0.4:
            done = p.run("verify", "--json", name)
            out["verify.json.stdout"] = (done.stdout + done.stderr).encode()
            done = p.run("ledger", "--json")
            out["ledger.stdout"] = (done.stdout + done.stderr).encode()
        for made in ("own.html", "receipt.json", "receipt.json.sig", "receipt.json.tlog-proof"):
            if os.path.exists(p.path(made)):
                with open(p.path(made), "rb") as f:
                    out["made-" + made] = f.read()
                os.remove(p.path(made))
        return out
