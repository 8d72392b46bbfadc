"""What `comity inspect --json` says of a capture, for all who hold it against what is known."""
import json
import subprocess

SEVERE = ("forged", "stack-break")


class Said:
    """`incidents`: of single packets; `traffic`: floods, surges and scans, which have a `kind`;
    `patterns`: what several flows show together, `same` and `bodies`."""

    def __init__(self, items):
        self.patterns = [(name, x) for item in items if "verdict" not in item for name in ("same", "bodies")
                         for x in item.get(name, [])]
        self.incidents = [x for x in items if "verdict" in x and "kind" not in x]
        self.traffic = [x for x in items if "verdict" in x and "kind" in x]


def inspect_lines(comity, *paths, timeout=300):
    """All objects that are printed of files looked at together."""
    run = subprocess.run([comity, "inspect", "--json", *paths], capture_output=True, text=True,
                         timeout=timeout, check=False)
    if run.returncode not in (0, 1, 4):  # 4: the capture is damaged, and was read as far as it goes
        raise RuntimeError(f"exit {run.returncode}: {run.stderr.strip()[:200]}")
    return [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]


def inspect(comity, path, timeout=300):
    return Said(inspect_lines(comity, path, timeout=timeout))


def frames(found, verdicts, *sets):
    return sorted({f for x in found if x["verdict"] in verdicts for s in sets for f in x.get(s, [])})


def marked(path):
    """Of a truth file: {frame: (class, kind, flow, twin or None)}."""
    with open(path, encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f if line[0].isdigit()]
    return {int(r[0]): (r[1], r[2], r[3], int(r[4]) if r[4].isdigit() else None) for r in rows}
