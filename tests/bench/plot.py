"""Plots as SVG, with nothing but the standard library.

Readable on white and on black (the file asks the reader's preference), for the colour-blind (colours of Okabe and Ito,
and each series its own mark and dash), and in text (title and axes are text; every bar bears its number).
"""
import math
from html import escape

# light, dark, mark, dash
SERIES = (("#0072b2", "#56b4e9", "circle", ""), ("#d55e00", "#e69f00", "square", "6 3"),
          ("#007a57", "#2fc79b", "triangle", "2 3"), ("#8f4a78", "#e39ac6", "diamond", "8 3 2 3"))
WIDE, LEFT, RIGHT, TOP, BOTTOM = 760, 78, 24, 48, 58


def style():
    light = "".join(f".s{i}{{stroke:{c[0]};fill:{c[0]}}}" for i, c in enumerate(SERIES))
    dark = "".join(f".s{i}{{stroke:{c[1]};fill:{c[1]}}}" for i, c in enumerate(SERIES))
    return ("<style>text{font:13px system-ui,sans-serif;fill:#1f2328}.t{font-size:16px;font-weight:600}.n{font-size:12px}"
            ".bg{fill:#fff}.g{stroke:#d5d9de;stroke-width:1}.a{stroke:#57606a;stroke-width:1}"
            ".l{fill:none!important;stroke-width:2}.lim{stroke:#57606a;stroke-width:1.5;stroke-dasharray:3 3;fill:none}" + light +
            "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.bg{fill:#0d1117}.g{stroke:#30363d}.a,.lim{stroke:#9198a1}" +
            dark + "}</style>")


def document(title, height, body):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {height}" width="{WIDE}" height="{height}" role="img" '
            f'aria-label="{escape(title)}">\n<title>{escape(title)}</title>\n{style()}\n'
            f'<rect class="bg" width="{WIDE}" height="{height}"/>\n' + text(20, 28, title, "t", "start") + "".join(body) + "</svg>\n")


def text(x, y, words, cls="", anchor="middle", turn=""):
    turn = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if turn else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{cls}" text-anchor="{anchor}"{turn}>{escape(words)}</text>\n'


def line(x1, y1, x2, y2, cls):
    return f'<path class="{cls}" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"/>\n'


def mark(kind, x, y, cls, r=4.5):
    if kind == "circle":
        return f'<circle class="{cls}" cx="{x:.1f}" cy="{y:.1f}" r="{r}"/>\n'
    shapes = {"square": ((-r, -r), (r, -r), (r, r), (-r, r)), "triangle": ((0, -r * 1.2), (r * 1.1, r), (-r * 1.1, r)),
              "diamond": ((0, -r * 1.3), (r * 1.3, 0), (0, r * 1.3), (-r * 1.3, 0))}
    points = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in shapes[kind])
    return f'<polygon class="{cls}" points="{points}"/>\n'


def short(v):
    if v == 0:
        return "0"
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(v) >= limit:
            return f"{v / limit:.3g}{unit}"
    return f"{v:.3g}"


class Axis:
    """Values to places, linear from zero or by powers of ten."""

    def __init__(self, values, lo, hi, log):
        values = [v for v in values if v > 0 or not log]
        self.lo, self.hi, self.log = lo, hi, log
        if log:
            self.least, self.most = math.log10(min(values)), math.log10(max(values))
            pad = max(0.05, (self.most - self.least) * 0.04)
            self.least, self.most = self.least - pad, self.most + pad
        else:
            self.least, self.most = 0.0, max(values) * 1.08 or 1.0

    def at(self, v):
        v = math.log10(v) if self.log else v
        return self.lo + (v - self.least) / (self.most - self.least) * (self.hi - self.lo)

    def ticks(self):
        if self.log:
            whole = range(math.ceil(self.least), math.floor(self.most) + 1)
            marks = [10.0 ** e for e in whole]
            if len(marks) < 3:
                marks = [m * 10.0 ** e for e in range(math.floor(self.least), math.ceil(self.most) + 1) for m in (1, 2, 5)]
            return [m for m in marks if self.least <= math.log10(m) <= self.most]
        step = 10.0 ** math.floor(math.log10(self.most / 4))
        step *= next(m for m in (1, 2, 2.5, 5, 10) if self.most / (step * m) <= 6)
        return [i * step for i in range(int(self.most / step) + 1)]


def lines(title, x_label, y_label, series, *, log_x=False, log_y=False, height=400):
    """${series}: [(name, [(x, y), ...]), ...]"""
    xs = [x for _, points in series for x, _ in points]
    ys = [y for _, points in series for _, y in points]
    top = TOP + 24
    ax = Axis(xs, LEFT, WIDE - RIGHT, log_x)
    ay = Axis(ys, height - BOTTOM, top, log_y)
    body = []
    for v in ax.ticks():
        body += [line(ax.at(v), top, ax.at(v), height - BOTTOM, "g"), text(ax.at(v), height - BOTTOM + 18, short(v))]
    for v in ay.ticks():
        body += [line(LEFT, ay.at(v), WIDE - RIGHT, ay.at(v), "g"), text(LEFT - 8, ay.at(v) + 4, short(v), "", "end")]
    body += [line(LEFT, height - BOTTOM, WIDE - RIGHT, height - BOTTOM, "a"), line(LEFT, top, LEFT, height - BOTTOM, "a"),
             text((LEFT + WIDE - RIGHT) / 2, height - 14, x_label), text(22, (top + height - BOTTOM) / 2, y_label, turn="up")]
    at = LEFT
    for i, (name, points) in enumerate(series):
        _, _, kind, dash = SERIES[i % len(SERIES)]
        cls = f"s{i % len(SERIES)}"
        path = "".join(f"{'L' if k else 'M'}{ax.at(x):.1f} {ay.at(y):.1f}" for k, (x, y) in enumerate(points))
        body.append(f'<path class="{cls} l" stroke-dasharray="{dash}" d="{path}"/>\n')
        if len(points) <= 40:
            body += [mark(kind, ax.at(x), ay.at(y), cls) for x, y in points]
        body += [f'<path class="{cls} l" stroke-dasharray="{dash}" d="M{at:.1f} {TOP + 4}h26"/>\n', mark(kind, at + 13, TOP + 4, cls),
                 text(at + 34, TOP + 8, name, "", "start")]
        at += 54 + 7.2 * len(name)
    return document(title, height, body)


def dots(title, x_label, rows, kinds, *, limit=None):
    """${rows}: [(name, value, kind, note)], kind an index of ${kinds}; ${limit}: (name, value), a line across.  By powers of
    ten, so that the fast and the slow are both seen; the number stands at each."""
    left, right, step = 312, WIDE - 74, 26
    top = TOP + 44
    height = top + step * len(rows) + BOTTOM
    ax = Axis([v for _, v, _, _ in rows] + ([limit[1]] if limit else []), left, right, True)
    body = []
    for v in ax.ticks():
        body += [line(ax.at(v), top, ax.at(v), height - BOTTOM, "g"), text(ax.at(v), height - BOTTOM + 18, short(v))]
    if limit:
        body += [line(ax.at(limit[1]), top - 4, ax.at(limit[1]), height - BOTTOM, "lim"),
                 text(min(ax.at(limit[1]), WIDE - 8 - 3.4 * len(limit[0])), top - 8, limit[0], "n")]
    for i, (name, value, kind, note) in enumerate(rows):
        y = top + step * i + step / 2
        body += [text(left - 10, y + 4, name, "n", "end"), line(left, y, ax.at(value), y, f"s{kind} l"),
                 mark(SERIES[kind][2], ax.at(value), y, f"s{kind}", 6), text(ax.at(value) + 11, y + 4, note, "n", "start")]
    body += [line(left, height - BOTTOM, right, height - BOTTOM, "a"), text((left + right) / 2, height - 14, x_label)]
    at = 20
    for i, name in enumerate(kinds):
        if all(kind != i for _, _, kind, _ in rows):
            continue
        body += [mark(SERIES[i][2], at + 6, TOP + 4, f"s{i}", 6), text(at + 18, TOP + 8, name, "", "start")]
        at += 36 + 7.2 * len(name)
    return document(title, height, body)
