#!/usr/bin/env python3
"""Joins modules of web/ to the one script that a report carries inline.

usage: join-script.py OUTPUT.js FIRST.mjs [NEXT.mjs...]      each after those it imports from

Imports between the files and the word `export` go, the rest stays as it is, inside of one function: the same files give the
same bytes.  The policy of the page names the script by 'sha256-' and the Base64 of the SHA-256 of exactly these bytes,
all that stands between <script> and </script>.
"""
import os
import re
import sys

IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([^"]+)";\n', re.M)
EXPORT = re.compile(r"^export (?=(?:const|function|async function|class) ([A-Za-z_$][\w$]*))", re.M)
TOP = re.compile(r"^(?:const|let|function|async function|class) ([A-Za-z_$][\w$]*)", re.M)
MORE = re.compile(r", ([A-Z_]+) = ")  # const LO = 0, MID = 1


def fail(why):
    raise SystemExit(f"join-script.py: {why}")


def body_of(path, exported):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    for names, source in IMPORT.findall(text):
        for name in (n.strip() for n in names.split(",")):
            if name not in exported.get(source, ()):
                fail(f"{path}: {name} is not among what {source} exports, or {source} comes later")
    exported[os.path.basename(path)] = EXPORT.findall(text)
    return EXPORT.sub("", IMPORT.sub("", text))


def names_of(body):
    for line in body.splitlines():
        m = TOP.match(line)
        if m:
            yield m[1]
            yield from MORE.findall(line)


def main():
    if len(sys.argv) < 3:
        fail(__doc__)
    output, paths = sys.argv[1], sys.argv[2:]
    exported, bodies, seen = {}, [], {}
    for path in paths:
        body = body_of(path, exported)
        for name in names_of(body):
            if seen.setdefault(name, path) != path:
                fail(f"{name} is in {path} and in {seen[name]}: joined, they would be one")
        # each file a block of its own would hide its names from the next: so they share one, and must not collide
        bodies.append(body)
    script = '\n(() => {\n"use strict";\n' + "".join(bodies) + "})();\n"
    if re.search(r"^\s*(import|export)\b|</script|<!--|\r", script, re.M | re.I):
        fail("something is left that a script inside of a page can not have")
    with open(output, "w", encoding="utf-8", newline="\n") as f:
        f.write(script)


main()
