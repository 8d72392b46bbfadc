#!/usr/bin/env python3
"""A flame graph: where the time of a command goes, as one picture.

usage: perf record -F 4000 -g -o DATA COMMAND...; perf script -i DATA | flame.py --title WORDS > OUT.svg

Wants a build with frame pointers (CFLAGS=-fno-omit-frame-pointer meson setup ...).  Each box is a function, as wide as
its share of the samples; what it called stands on it.  Boxes of the system are grey, the C library's blue, ours warm.
"""
import argparse
import html
import re
import sys

WIDTH, ROW, LEAST = 1200, 17, 0.3  # pixels; what is narrower in per cent is left out
FRAME = re.compile(r"^\s+[0-9a-f]+ (.+?)(?:\+0x[0-9a-f]+)? \(([^)]*)\)$")


class Box:
    def __init__(self, name, kind):
        self.name, self.kind, self.count, self.on = name, kind, 0, {}


def kind_of(where):
    if "kernel" in where or where.startswith("["):
        return "system"
    return "ours" if "comity" in where else "library"


def stacks(lines):
    """Of each sample the frames, outermost first."""
    frames = []
    for line in lines:
        found = FRAME.match(line)
        if found and "[unknown]" not in line:  # the C library has no frame pointers
            frames.append((found[1], kind_of(found[2])))
        elif not found and frames:
            yield from_main(frames[::-1])
            frames = []
    if frames:
        yield from_main(frames[::-1])


def from_main(frames):
    at = next((i for i, (name, _) in enumerate(frames) if name == "main"), 0)
    return frames[at:]


def tree_of(lines):
    root = Box("all", "library")
    for frames in stacks(lines):
        root.count += 1
        at = root
        for name, kind in frames:
            at = at.on.setdefault(name, Box(name, kind))
            at.count += 1
    return root


def draw(box, x, depth, total, out):
    width = WIDTH * box.count / total
    if 100 * box.count / total < LEAST:
        return
    share = f"{100 * box.count / total:.1f} %"
    fits = int(width / 6.6)
    text = box.name if len(box.name) <= fits else box.name[:max(0, fits - 1)] + "…" if fits > 4 else ""
    out.append((depth, f'<g class="{box.kind}" transform="translate({x:.1f},Y{depth})"><title>{html.escape(box.name)}, {share}</title>'
                f'<rect width="{max(width - 0.5, 0.5):.1f}" height="{ROW - 1}" rx="1"/><text x="3" y="12">{html.escape(text)}</text></g>'))
    for name in sorted(box.on):
        draw(box.on[name], x, depth + 1, total, out)
        x += WIDTH * box.on[name].count / total


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--title", default="flame graph")
    a = p.parse_args()
    root, out = tree_of(sys.stdin), []
    if root.count == 0:
        sys.exit("no samples: perf script gives them on standard input")
    draw(root, 0, 0, root.count, out)
    deepest = max(depth for depth, _ in out)
    height = (deepest + 1) * ROW + 28
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="monospace" font-size="11">')
    print("<style>rect{stroke:none}.ours rect{fill:#e8a25c}.library rect{fill:#8fb4d8}.system rect{fill:#b9b9b9}text{fill:#111}"
          ".t{font:bold 13px sans-serif;fill:#555}</style>")
    print(f'<text class="t" x="2" y="15">{html.escape(a.title)}: {root.count} samples</text>')
    for depth, box in out:
        print(box.replace(f"Y{depth})", f"{height - (depth + 1) * ROW - 2})", 1))
    print("</svg>")


if __name__ == "__main__":
    main()
