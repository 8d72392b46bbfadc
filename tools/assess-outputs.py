#!/usr/bin/env python3
"""What the program prints for the examples, put into docs/assessment-examples.md.

In that page a line `<!-- OUTPUT: comity ... -->` stands for what this command prints, run in
the root of the repository.  What stood behind it, up to `<!-- END -->`, is replaced.  A line
`<!-- OUTPUT from "TEXT" to "TEXT": comity ... -->` takes only the lines from the first that begins
with the one text to the line before the next that begins with the other.

usage: tools/assess-outputs.py [--check]     COMITY, or build/comity, is the program
"""
import os
import re
import shlex
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PAGE = os.path.join(ROOT, "docs", "assessment-examples.md")
COMITY = os.environ.get("COMITY") or os.path.join(ROOT, "build", "comity")
MARK = re.compile(r'^<!-- OUTPUT(?: from "([^"]*)" to "([^"]*)")?: comity (.*) -->$')
END = "<!-- END -->"


def printed(arguments):
    env = {k: v for k, v in os.environ.items() if k != "COMITY_CASE"}
    env.update(LC_ALL="C.UTF-8", COLUMNS="100")
    run = subprocess.run([COMITY, *shlex.split(arguments)], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if run.returncode not in (0, 1):
        sys.exit(f"FAIL comity {arguments}: {run.stderr.strip()}")
    return run.stdout.rstrip("\n").split("\n")


def part(lines, begin, end):
    at = next(i for i, line in enumerate(lines) if line.startswith(begin))
    to = next((i for i in range(at + 1, len(lines)) if lines[i].startswith(end)), len(lines))
    while not lines[to - 1]:
        to -= 1
    return lines[at:to]


def fill(page):
    out, filled, lines = [], 0, iter(page.split("\n"))
    held = list(lines)
    i = 0
    while i < len(held):
        out.append(held[i])
        m = MARK.match(held[i])
        i += 1
        if m is None:
            continue
        said = printed(m[3])
        if m[1] is not None:
            said = part(said, m[1], m[2])
        out += ["", *(("    " + line).rstrip() for line in said), "", END]
        filled += 1
        behind = next((k for k in range(i, len(held)) if held[k] == END or MARK.match(held[k])), None)
        if behind is not None and held[behind] == END:
            i = behind + 1
    return "\n".join(out), filled


def main():
    with open(PAGE, encoding="utf-8") as f:
        page = f.read()
    if not os.access(COMITY, os.X_OK):
        print("skip outputs: no program")
        return 0
    now, filled = fill(page)
    if "--check" not in sys.argv[1:]:
        with open(PAGE, "w", encoding="utf-8") as f:
            f.write(now)
        return 0
    if now != page:
        first = next((a, b) for a, b in zip(page.split("\n") + [""], now.split("\n") + [""]) if a != b)
        print(f"FAIL outputs: docs/assessment-examples.md has {first[0]!r}, the program prints {first[1]!r}; run tools/assess-outputs.py")
        return 1
    print(f"ok   outputs: {filled} in docs/assessment-examples.md are what the program prints")
    return 0


if __name__ == "__main__":
    sys.exit(main())
