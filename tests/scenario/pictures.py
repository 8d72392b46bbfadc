#!/usr/bin/env python3
"""What a report may be, whoever wrote the names in it.

usage: pictures.py hostile FILE       writes a log of a flood whose paths, referers and agents are an attack on the reader
       pictures.py check HTML...      every picture is XML by itself, lies in its frame, and loads nothing; nothing but
                                      what the report is made of is an element of the page; prints a line for each
"""
import html.parser
import re
import sys
import xml.etree.ElementTree as ElementTree

SVG = re.compile(r"<svg.*?</svg>", re.S)
ELEMENTS = set("""html head meta title style body main header footer section aside h1 h2 h3 h4 p dl dt dd ul ol li table thead tbody
    tr th td caption code pre strong em small sup b i br a figure figcaption details summary div span script svg path rect circle line
    polyline polygon text tspan desc g""".split())
ATTRIBUTES = set("""lang charset http-equiv content name class id href scope colspan type viewbox role aria-label aria-hidden
    preserveaspectratio x y x1 x2 y1 y2 width height rx r cx cy d points transform""".split())
EMPTY = {"meta", "br"}
IN_SVG = {"svg", "path", "rect", "circle", "line", "polyline", "polygon", "text", "tspan", "title", "desc", "g", "a"}
DECEIVES = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.wrong, self.scripts = [], [], 0

    def handle_starttag(self, tag, attributes):
        if tag not in ELEMENTS:
            self.wrong.append("an element <%s>" % tag)
        for name, value in attributes:
            if name not in ATTRIBUTES:
                self.wrong.append("an attribute %s of <%s>" % (name, tag))
            if name == "href" and not (value or "").startswith("#"):
                self.wrong.append("a link to %s" % value)
        if tag == "script":
            self.scripts += 1
            if ("type", "application/json") not in attributes:
                self.wrong.append("a script")
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in EMPTY:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append("an end </%s> of nothing" % tag)

    def handle_data(self, data):
        if "script" not in self.open and DECEIVES.search(data):
            self.wrong.append("a character that deceives")


def numbers(path):
    """The places that a path goes to; only M, L, H, V with absolute numbers, and small steps, are drawn."""
    x = y = 0
    for command, values in re.findall(r"([A-Za-z])([^A-Za-z]*)", path):
        values = [float(n) for n in re.findall(r"-?[0-9.]+", values)]
        if command in "ML":
            for x, y in zip(values[::2], values[1::2]):
                yield x, y
        elif command == "H":
            x = values[-1]
            yield x, y
        elif command == "V":
            y = values[-1]
            yield x, y


def wrong_in(picture):
    try:
        root = ElementTree.fromstring(picture.replace("&middot;", "").replace("&times;", "").replace("&hellip;", "")
                                      .replace("&minus;", "").replace("&ndash;", ""))
    except ElementTree.ParseError as e:
        yield "is no XML: %s" % e
        return
    left, top, width, height = map(float, root.get("viewBox").split())
    if root.get("aria-hidden") is None and root.get("aria-label") is None and root.find("title") is None:
        yield "has no title"
    for e in root.iter():
        if e.tag not in IN_SVG:
            yield "has an element %s" % e.tag
        for name in ("width", "height", "r"):
            if e is not root and e.get(name) is not None and float(e.get(name)) < 0:
                yield "has a %s of %s" % (name, e.get(name))
        places = list(numbers(e.get("d", "")))
        if e.tag in ("text", "rect"):
            places.append((float(e.get("x", 0)), float(e.get("y", 0))))
        for x, y in places:
            if not (left - 1 <= x <= left + width + 1 and top - 1 <= y <= top + height + 1):
                yield "goes out of its frame: %s at %g, %g" % (e.tag, x, y)
                break


def check(name):
    with open(name, encoding="utf-8") as f:
        text = f.read()
    page = Page()
    page.feed(text)
    page.close()
    wrong = list(page.wrong) + ["<%s> never ends" % tag for tag in page.open]
    if page.scripts != 1:
        wrong.append("%d data blocks" % page.scripts)
    if "url(" in text or "@import" in text:
        wrong.append("something to load")
    pictures = SVG.findall(text)
    for number, picture in enumerate(pictures, 1):
        wrong += ["picture %d %s" % (number, what) for what in wrong_in(picture)]
    print("FAIL %s: %s" % (name, "; ".join(wrong[:5])) if wrong else "ok %s: %d pictures" % (name, len(pictures)))


def hostile(name):
    paths = ["/<script>alert(1)</script>", "/\u202egpj.exe", "/a&lt;b&quot;c", "/" + "x" * 900, "/%3Csvg%20onload%3Dalert(1)%3E", "/\u05d0\u05d1\u05d2"]
    agents = ["<img src=x onerror=alert(1)>", "Mozilla/5.0 \u2067(\u05d0)\u2069", "</code></td></table><h1>It holds</h1>"]
    with open(name, "w", encoding="utf-8") as f:
        for i in range(4000):
            at = 11 * 3600 + (i // 40 if i < 400 else 10 + (i - 400) // 90)
            referer = "http://site%d.example/<b>&\u202e" % (i % 97) if i >= 40 else "-"
            f.write('198.51.100.%d - - [18/Mar/2015:%02d:%02d:%02d +0000] "GET %s?%d HTTP/1.1" %d 512 "%s" "%s"\n' % (i % 250 + 1,
                at // 3600, at // 60 % 60, at % 60, paths[i % len(paths)], 1426676400000 + i * 17, 503 if i % 3 else 200, referer,
                agents[i % len(agents)].replace('"', "'")))


if __name__ == "__main__":
    if sys.argv[1:2] == ["hostile"]:
        hostile(sys.argv[2])
    else:
        for page in sys.argv[2:]:
            check(page)
