#!/usr/bin/env python3
"""The page of an assessment as the program writes it, in a real browser: Chromium, headless, without a network.

    test_assess_page.py TOOL [PICTURES]      PICTURES: a folder in which to leave what it looks like

Skipped where there is no chromium or no chromedriver.
"""
import base64
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import browser  # noqa: E402

EXAMPLES = os.path.join(os.path.dirname(os.path.dirname(HERE)), "docs", "examples")
TOY, ONE, OTHER = (os.path.join(EXAMPLES, f"{name}.assess") for name in ("toy", "volt-typhoon-us", "volt-typhoon-cverc"))
BAD = "<script>document.title='owned'</script></style></script><img src=x onerror=alert(1)> \u202egpj.exe\u2066 \u05d0\u05d1"
DARK = ["--force-dark-mode", "--blink-settings=preferredColorScheme=0"]
# What a row of the last layer says in the page, and the same row in the box for trying: those that are not alike.
ASK_NUMBERS = """const layer = document.querySelector('#assessment-1-try select').value;
const text = cell => cell.innerText.replace(/\\s+/g, ' ').trim();
const rows = where => new Map([...document.querySelectorAll(where + ' tbody tr')].map(tr => [tr.querySelector('th').innerText.split('\\n')[0].trim(),
    [...tr.querySelectorAll('td')].slice(1, 3).map(text).join('; ')]));
const page = rows('#a1-' + layer + ' .answer'), box = rows('#assessment-1-try');
return page.size < 3 ? ["no rows"] : [...page].filter(([name, said]) => box.get(name) !== said).map(([name, said]) => [name, said, box.get(name)]);"""


class Trial:
    def __init__(self, tool, tab, folder):
        self.tool, self.tab, self.folder, self.bad = tool, tab, folder, 0

    def that(self, what, holds, found=""):
        print(f"ok   {what}" if holds else f"FAIL {what}: {found}")
        self.bad += not holds

    def made(self, *arguments):
        run = subprocess.run([self.tool, *arguments], capture_output=True, check=False)
        if run.returncode != 0:
            raise RuntimeError(run.stderr.decode(errors="replace"))
        return run.stdout.decode()

    def show(self, page):
        path = os.path.join(self.folder, "page.html")
        with open(path, "w", encoding="utf-8") as f:
            f.write(page)
        self.tab.open(path)

    def verdict(self, page):
        self.show(page)
        self.tab.until("return !document.getElementById('assessment-1-recomputed').textContent.startsWith('recomputing')")
        return self.tab.text("#assessment-1-recomputed")

    def quiet(self, what):
        errors = [entry["message"] for entry in self.tab.log("browser")]
        self.that(f"{what}: nothing on the console", not errors, errors)
        asked = self.tab.requested()
        self.that(f"{what}: nothing asked of any network", not asked, asked)

    def width(self, width):
        self.tab.command("goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride",
                                              "params": {"width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": False}})

    def fits(self, what):
        for width in (1200, 400):
            self.width(width)
            wide = self.tab.run("return document.documentElement.scrollWidth")
            self.that(f"{what}: nothing to scroll sideways at {width}", wide <= width, wide)
        self.width(1200)


def as_it_is(trial):
    for path, results in ((TOY, 4), (ONE, 12), (OTHER, 12)):
        name = os.path.basename(path)
        page = trial.made("text", path)
        trial.that(f"{name}: the same text gives the same page", page == trial.made("text", path))
        said = trial.verdict(page)
        trial.that(f"{name}: recomputed and the same", f"the same, {results} results" in said, said)
        trial.that(f"{name}: can be tried", trial.tab.run("return document.querySelectorAll('#assessment-1-try [data-item]').length") > 0, "")
        dangling = trial.tab.run("return [...document.querySelectorAll('a[href^=\"#\"]')].filter(a => !document.querySelector(a.hash)).map(a => a.hash)")
        trial.that(f"{name}: every link leads somewhere", not dangling, dangling)
        trial.that(f"{name}: says what it is not", "elicited judgements" in trial.tab.text(".limits"), "")
        differ = trial.tab.run(ASK_NUMBERS)
        trial.that(f"{name}: the page and its script put numbers in the same words", not differ, differ)
        trial.quiet(name)
        trial.fits(name)


def tampered(trial):
    """One digit of a number of a result is another, and then something of an item."""
    page = trial.made("text", TOY)
    begin = page.index('"kind": "result"')
    numbers = [m for m in re.finditer(r"\d{6,}", page) if m.start() > begin and m.end() < page.index("]}</script>")]
    trial.that("there are results to tamper with", len(numbers) >= 12, len(numbers))
    for m in numbers[:12]:
        at = m.end() - 1
        said = trial.verdict(page[:at] + str((int(page[at]) + 1) % 10) + page[at + 1:])
        trial.that(f"the digit at {at} DIFFERS", "DIFFERS" in said, said)
    said = trial.verdict(page.replace('"forge": "F3"', '"forge": "F2"'))
    trial.that("an item of another forge class DIFFERS", "DIFFERS" in said, said)
    trial.quiet("what is tampered with")
    trial.show(page.replace('"use strict";', '"use strict"; '))
    said = trial.tab.text("#assessment-1-recomputed")
    trial.that("a script that is not the one of the policy does not run", said == "not recomputed: scripts are off", said)
    trial.tab.log("browser")


def hostile(trial):
    with open(TOY, encoding="utf-8") as f:
        text = f.read()
    text = re.sub(r"^(title |about |  text +|  because +).*$", lambda m: m[1] + BAD, text, flags=re.M)
    path = os.path.join(trial.folder, "hostile.assess")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    for what, page in (("hostile", trial.made("text", path)), ("hostile pair", trial.made("pair", path, path))):
        if what == "hostile":
            said = trial.verdict(page)
            trial.that("hostile: recomputed and the same", "the same, 4 results" in said, said)
        else:
            trial.show(page)
        found = trial.tab.run("return [document.querySelectorAll('img').length, document.scripts.length, document.querySelectorAll('style').length]")
        trial.that(f"{what}: markup stays text", found == [0, 2 if what == "hostile" else 0, 1], found)
        trial.that(f"{what}: no title of the text's own", trial.tab.run("return document.title").startswith("Assessment: <script>"), "")
        shown = trial.tab.run("return [...document.querySelectorAll('main h1, .evidence, .answer, .try')].map(e => e.textContent).join(' ')")
        trial.that(f"{what}: it is shown as text", "<script>document.title='owned'</script>" in shown, shown[:200])
        trial.that(f"{what}: nothing turns the line round", not re.search("[\u202a-\u202e\u2066-\u2069]", shown), "")
        trial.fits(what)
        trial.quiet(what)


def long_and_large(trial):
    """Names as long as they may be, and more items than a picture has room for."""
    name = "n" * 60
    text = ["assessment 1", "title Large", f"party {name}"]
    sides = [f"{name}{i:03}" for i in range(12)]
    for side in sides:
        text += [f"hypothesis state {side}", "  prior 0.05"]
    text += [f"hypothesis state {sides[1]}>{sides[0]}", "  prior 0.05", "hypothesis state other", "  prior 0.35"]
    for i in range(300):
        text += [f"item {name}-{i:03}", "  type N4", f"  group g{i % 40}", f"  rests finding {i:064x}", "  view public" if i % 2 else "  view own"]
        text += [f"  state {side} 0.{(i * 7 + k * 13) % 89 + 10}" for k, side in enumerate([*sides, "other"])]
    path = os.path.join(trial.folder, "large.assess")
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(text) + "\n")
    page = trial.made("text", path)
    trial.that("what is left out is counted", "The 40 most telling items of 300 are shown; 260 are left out." in page, "")
    said = trial.verdict(page)
    trial.that("the large one is the same", "the same, 4 results" in said, said)
    trial.fits("the large one")
    trial.quiet("the large one")


def pair(trial):
    page = trial.made("pair", ONE, OTHER)
    trial.that("the same two give the same page", page == trial.made("pair", ONE, OTHER))
    trial.show(page)
    trial.that("two sides: nothing is merged", "nothing here is merged" in trial.tab.text("main"), "")
    crux = trial.tab.run("return document.querySelectorAll('.crux').length")
    trial.that("two sides: each layer has its crux", crux == 3, crux)
    trial.quiet("two sides")
    trial.fits("two sides")


def pictures(tool, folder, into):
    for mode, options in (("light", []), ("dark", DARK)):
        with browser.Browser(*options) as tab:
            trial = Trial(tool, tab, folder)
            for name, arguments in (("toy", ("text", TOY)), ("one", ("text", ONE)), ("pair", ("pair", ONE, OTHER))):
                trial.show(trial.made(*arguments))
                with open(os.path.join(into, f"{name}-{mode}.png"), "wb") as f:
                    f.write(base64.b64decode(tab.picture()))


def main():
    why = browser.missing()
    if why:
        print(f"skip: {why}")
        return 77
    tool = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="comity-page-") as folder:
        if len(sys.argv) > 2:
            pictures(tool, folder, sys.argv[2])
        with browser.Browser() as tab:
            trial = Trial(tool, tab, folder)
            for part in (as_it_is, tampered, hostile, long_and_large, pair):
                part(trial)
    return 1 if trial.bad else 0


if __name__ == "__main__":
    sys.exit(main())
