#!/usr/bin/env python3
"""`comity types` against another reader of data/evidence-types.txt, and findings that name their type."""
import importlib.util
import json
import os
import subprocess
import unittest

ROOT = os.environ.get("COMITY_ROOT") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COMITY = os.environ.get("COMITY", os.path.join(ROOT, "build", "comity"))
LETTER = {"malware": "M", "infrastructure": "I", "control": "C", "telemetry": "T", "intelligence": "I", "cui-bono": "U"}


def page():
    spec = importlib.util.spec_from_file_location("types_page", os.path.join(ROOT, "tools", "types-page.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PAGE = page()


def run(*arguments):
    return subprocess.run([COMITY, "types", *arguments], capture_output=True, text=True, check=False)


class Types(unittest.TestCase):
    def setUp(self):
        self.data = PAGE.read()
        self.said = json.loads(run("--json").stdout)

    def test_definitions(self):
        classes = [text.split(", ", 1) for text in self.data["class"].values()]
        self.assertEqual(self.said["version"], self.data["version"])
        self.assertEqual(self.said["plantable_milli"], [int(c) for c, _ in classes])
        self.assertEqual(self.said["classes"], [text for _, text in classes])
        self.assertEqual(self.said["costs"], list(self.data["cost"].values()))
        self.assertEqual(self.said["forms"], list(self.data["form"].values()))
        self.assertEqual(self.said["groups"], self.data["group"])
        self.assertEqual(self.said["works"], self.data["work"])

    def test_every_field_of_every_type(self):
        self.assertEqual([t["id"] for t in self.said["types"]], [t["id"] for t in self.data["type"]])
        for said, t in zip(self.said["types"], self.data["type"]):
            for name in ("name", "supports", "forms", "group", "mictic", "stix", "because", "values", "after"):
                self.assertEqual(said[name], t[name], t["id"])
            self.assertEqual(said.get("note"), t.get("note"))
            self.assertEqual(said["layers"], t["layers"].split(", "))
            self.assertEqual(said["letter"], LETTER[t["mictic"]])
            cost = t["cost"].split(" to ")
            self.assertEqual(said["cost"], [cost[0], cost[-1]])
            c = PAGE.plantable(self.data, t["forge"])
            self.assertEqual(said["graded"], c is None)
            self.assertEqual(said["own_judgement"], t["values"] == "Comity's own judgement")
            if c is not None:
                forge = t["forge"].split(" to ")
                self.assertEqual(said["forge"], [forge[0], forge[-1]])
                self.assertEqual(said["plantable_milli"], list(c))
            else:
                self.assertNotIn("forge", said)

    def test_one_type_and_the_table(self):
        lines = run().stdout.splitlines()
        self.assertEqual([line.split()[0] for line in lines[1:]], [t["id"] for t in self.data["type"]])
        for t in self.data["type"]:
            self.assertEqual(json.loads(run("--json", t["id"]).stdout)["because"], t["because"])
            text = " ".join(run(t["id"]).stdout.split())
            for name in ("name", "supports", "because", "stix", "forms", "after", "values"):
                self.assertIn(t[name], text, t["id"])

    def test_an_unknown_type(self):
        for arguments in (("N9",), ("n1",), ("--json", "Q1")):
            ended = run(*arguments)
            self.assertEqual((ended.returncode, ended.stdout), (3, ""))
            self.assertIn("there is no evidence type", ended.stderr)
        self.assertEqual(run("N1", "N2").returncode, 2)


if __name__ == "__main__":
    unittest.main()
