#!/usr/bin/env python3
"""docs/evidence-types.md: the part between its two marks is made of data/evidence-types.txt.

usage: types-page.py           writes it anew
       types-page.py --check   says whether it is as it would be written
"""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DATA = os.path.join(ROOT, "data", "evidence-types.txt")
PAGE = os.path.join(ROOT, "docs", "evidence-types.md")
BEGIN, END = "<!-- made of data/evidence-types.txt -->\n", "<!-- end -->\n"


def read(path=DATA):
    """The registry as {"version", "class", "cost", "form", "layer", "group", "work": {name: text}, "type": [dict]}."""
    out = {word: {} for word in ("class", "cost", "form", "layer", "group", "work")}
    out["type"] = []
    with open(path, encoding="utf-8") as f:
        for line in f.read().split("\n"):
            if not line or line.startswith("#"):
                continue
            if line.startswith("  "):
                name, value = line[2:].split(": ", 1)
                out["type"][-1][name] = value
                continue
            word, rest = line.split(" ", 1)
            if word == "version":
                out["version"] = int(rest)
                continue
            name, text = rest.split(": ", 1)
            if word == "type":
                out["type"].append({"id": name, "name": text})
            else:
                out[word][name] = text
    return out


def plantable(registry, forge):
    """(least, most) in thousandths; None if it is graded."""
    if forge == "graded":
        return None
    c = [int(registry["class"][k].split(", ")[0]) for k in forge.split(" to ")]
    return min(c), max(c)


def plain(text):
    return re.sub(r"([|*_<])", r"\\\1", text)


def made(registry):
    yield f"Version {registry['version']} of the registry, {len(registry['type'])} types."
    for word, head in (("class", "Forge class: c in thousandths, and what it takes to plant such evidence"),
                       ("cost", "Disclosure cost: what showing it gives away"), ("form", "Check form"), ("layer", "Layer"),
                       ("group", "Dependence group"), ("work", "Source")):
        yield f"\n### {head}\n"
        for name, text in registry[word].items():
            yield f"- **{plain(name)}**: {plain(text)}"
    yield "\n### All types\n\n| id | type | supports | layers | forge | c | cost | forms | group |\n|---|---|---|---|---|---|---|---|---|"
    for t in registry["type"]:
        c = plantable(registry, t["forge"])
        text = "-" if c is None else ("." + "%03d" % c[0] if c[0] == c[1] else ".%03d to .%03d" % c)
        yield "| " + " | ".join(plain(x) for x in (t["id"], t["name"], t["supports"], t["layers"], t["forge"], text, t["cost"],
                                                   t["forms"], t["group"])) + " |"
    yield "\n### Why\n"
    for t in registry["type"]:
        note = f" *{plain(t['note'])}*" if "note" in t else ""
        yield (f"- **{t['id']}**, {plain(t['name'])}. {plain(t['because'])}{note} Values: {plain(t['values'])}; after "
               f"{plain(t['after'])}. MICTIC: {t['mictic']}. STIX: {plain(t['stix'])}.")


def main():
    with open(PAGE, encoding="utf-8") as f:
        page = f.read()
    head, rest = page.split(BEGIN)
    tail = rest.split(END)[1]
    want = head + BEGIN + "\n" + "\n".join(made(read())) + "\n\n" + END + tail
    if sys.argv[1:] == ["--check"]:
        print("ok   docs/evidence-types.md is what data/evidence-types.txt says" if want == page else
              "FAIL docs/evidence-types.md is not what data/evidence-types.txt says; run tools/types-page.py")
        return want != page
    with open(PAGE, "w", encoding="utf-8") as f:
        f.write(want)
    return 0


if __name__ == "__main__":
    sys.exit(main())
