#!/usr/bin/env python3
"""What is proved of rules, with every allocation failing in turn: no answer, or the usual one."""
import os
import shutil
import subprocess
import sys

from no_memory import HERE, ROOT, SO, starve


def main():
    build = subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", SO, os.path.join(ROOT, "tests/alloc/fail.c"), "-ldl"],
                           capture_output=True, check=False)
    if build.returncode != 0:
        print(f"could not build tests/alloc/fail.c: {build.stderr[:200]}")
        return 77
    charter = os.path.join(ROOT, "data/charters/joint-team.md")
    two = os.path.join(ROOT, "data/charters/two-parties.md")
    bare = os.path.join(HERE, "bare")

    def loose():
        with open(bare, "w", encoding="ascii") as f:
            f.write('allow R1: release to "B" when tlp<=amber or (to = public and not date > 2026-01-01) oblige retain<=9d\n# last')

    few = {"rounds": 25}
    starve("charter check", ["charter", "check", charter], **few)
    starve("charter check, JSON", ["charter", "check", "--json", charter], **few)
    starve("charter ask", ["charter", "ask", charter, "exploit = yes and form != C1"], **few)
    starve("charter ask, a request", ["charter", "ask", "--json", charter, "--request", 'action=release type=N1 to-member="V"'], **few)
    starve("charter diff", ["charter", "diff", charter, two], **few)
    starve("charter diff, JSON", ["charter", "diff", "--json", two, charter], **few)
    starve("charter fmt", ["charter", "fmt", bare], loose, **few)
    shutil.rmtree(os.path.join(HERE, "__pycache__"), ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
