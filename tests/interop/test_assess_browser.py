#!/usr/bin/env python3
"""What the script of a report does with an assessment in a real browser: Chromium, headless, without a network.

    test_assess_browser.py [PICTURES]      PICTURES: a folder in which to leave what it looks like

Skipped where there is no chromium or no chromedriver.
"""
import base64
import copy
import hashlib
import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import browser  # noqa: E402
import test_assess_js  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(HERE))
MODULES = ("assess-tables.mjs", "assess.mjs", "assess-ui.mjs")
KEY = "item-4"  # the configuration key of the toy case
COLOURS = """:root{color-scheme:light dark;--bg:#fdfcf9;--ink:#1d1d1b;--soft:#5d5a53;--line:#d9d4c8;--pane:#f4f1e9;--forged:#a8201a;
--genuine:#1d6a4f;--suspect:#96590a;--other:#5b6675;--link:#1a4f8b}
@media (prefers-color-scheme:dark){:root{--bg:#171816;--ink:#e9e6df;--soft:#a9a59b;--line:#3b3b37;--pane:#21221f;--forged:#ff8a7d;
--genuine:#6fd3a8;--suspect:#f1b55c;--other:#9fadc0;--link:#8fc0ff}}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:17px/1.55 Georgia,"DejaVu Serif",serif}
main{max-width:52rem;margin:0 auto;padding:2.5rem 1.25rem}h1{font-size:2rem;line-height:1.2;font-weight:600}
h2{font-size:1.35rem;margin:2.6rem 0 .6rem;font-weight:600}small,.note{color:var(--soft);font-size:.86rem;line-height:1.45}
table{border-collapse:collapse;width:100%;margin:.7rem 0}th,td{text-align:left;padding:.4rem .7rem .4rem 0;border-bottom:1px solid var(--line)}
thead th{color:var(--soft);font-weight:600}.num{white-space:nowrap}summary{cursor:pointer;color:var(--link)}"""


def result_row(view, count, answer):
    return {"kind": "result", "view": view, "layer": "state", "value": count, "cells": [[name, int(lo), int(mid), int(hi)] for name, lo, mid, hi in answer]}


def toy_rows():
    """The toy case with ranges on the key and three results, computed by the same modules outside of a browser."""
    path = os.path.join(test_assess_js.SHARED, "vectors", "assess", "toy.json")
    if not os.path.exists(path):
        test_assess_js.skip("no vectors/assess/toy.json in the shared folder")
    with open(path, encoding="utf-8") as f:
        case = json.load(f)
    rows = test_assess_js.rows_of(case)
    rows[0]["name"] = "Who injected the script? <img src=x onerror=alert(1)>"
    [key] = [row for row in rows if row["name"] == KEY]
    key["cells"] = [[layer, name, 300000000000 if name == "B" else lo, 500000000000 if name == "B" else hi] for layer, name, lo, hi in key["cells"]]
    public = [row["name"] for row in rows if row["kind"] == "item" and row["view"] == "public"]
    answers = test_assess_js.run_node([{"rows": rows, "ask": [{"layer": "state", "items": public, "view": "public"}, {"layer": "state", "view": "all"}]}])
    return [*rows, result_row("public", len(public), answers[0][0]), result_row("all", len(case["items"]), answers[0][1])]


def page_of(rows, folder):
    """A page as a report has it: the script inline, and the policy naming it by its digest."""
    script_path = os.path.join(folder, "assess.js")
    subprocess.run([sys.executable, os.path.join(ROOT, "tools", "join-script.py"), script_path, *(os.path.join(ROOT, "web", m) for m in MODULES)],
                   check=True)
    with open(script_path, encoding="utf-8") as f:
        script = f.read()
    with open(os.path.join(ROOT, "web", "assess.css"), encoding="utf-8") as f:
        style = COLOURS + "\n" + f.read()
    with open(os.path.join(HERE, "assess_page.html"), encoding="utf-8") as f:
        page = f.read()
    policy = "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    for name, text in (("POLICY", policy), ("STYLE", style), ("TITLE", "Who injected the script into the traffic of V?"),
                       ("ROWS", json.dumps({"rows": rows}).replace("<", "\\u003c")), ("SCRIPT", script)):
        page = page.replace(f"@{name}@", text)
    path = os.path.join(folder, "page.html")
    with open(path, "w", encoding="utf-8") as f:
        f.write(page)
    return path


class Trial:
    def __init__(self, tab, folder):
        self.tab, self.folder, self.bad = tab, folder, 0

    def that(self, what, holds, found=""):
        print(f"ok   {what}" if holds else f"FAIL {what}: {found}")
        self.bad += not holds

    def verdict(self, rows):
        self.tab.open(page_of(rows, self.folder))
        self.tab.until("return !document.getElementById('assessment-1-recomputed').textContent.startsWith('recomputing')")
        said = self.tab.text("#assessment-1-recomputed")
        marks = self.tab.run("return document.getElementById('assessment-1-recomputed').className").split()
        return said, [m for m in marks if m in ("ok", "bad", "part")]

    def quiet(self, what):
        errors = [entry["message"] for entry in self.tab.log("browser")]
        self.that(f"{what}: nothing on the console", not errors, errors)
        asked = self.tab.requested()
        self.that(f"{what}: nothing asked of any network", not asked, asked)

    def top(self):
        return self.tab.run("return document.querySelector('#assessment-1-try tr.top th').firstChild.data")


def verdicts(trial, rows):
    said, marks = trial.verdict(rows)
    trial.that("the same is said to be the same", "recomputed in this browser: the same, 2 results" in said and marks == ["ok"], (said, marks))
    trial.quiet("the same")

    tampered = copy.deepcopy(rows)
    tampered[-1]["cells"][2][2] += 1
    said, marks = trial.verdict(tampered)
    trial.that("one unit of 10^-12 more in one result DIFFERS", "DIFFERS" in said and "B>A" in said and marks == ["bad"], (said, marks))

    tampered = copy.deepcopy(rows)
    next(row for row in tampered if row["name"] == KEY)["forge"] = "F2"
    said, marks = trial.verdict(tampered)
    trial.that("another forge class of one item DIFFERS", "DIFFERS" in said and "1 result of 2" in said and marks == ["bad"], (said, marks))

    said, marks = trial.verdict([row for row in rows if row.get("name") != KEY])
    trial.that("with one item shut, what it is needed for is not from what is open",
               "the same, 1 result" in said and "not from what is open: 1 of 6 items stays shut" in said and marks == ["ok"], (said, marks))
    said, marks = trial.verdict([row for row in rows if row.get("name") != KEY and row.get("view") != "public" or row["kind"] == "item" and row["name"] != KEY])
    trial.that("with nothing to recompute, that is said", said.startswith("not recomputed: not from what is open") and marks == ["part"], (said, marks))
    said, marks = trial.verdict([row for row in rows if row.get("name") != "F3"])
    trial.that("rows that can not be read are no success", "NOT RECOMPUTED" in said and marks == ["bad"], (said, marks))
    trial.quiet("what is wrong")


def hostile(trial, rows):
    """Texts of a sender stay texts."""
    bad = "<img src=x onerror=\"document.title='owned'\"></script><script>document.title='owned'</script>"
    rows = copy.deepcopy(rows)
    for row in rows:
        if row["kind"] == "item":
            row["text"] = bad
    trial.verdict(rows)
    inside = trial.tab.run("return [document.title, document.querySelectorAll('img').length, document.scripts.length]")
    trial.that("markup in a row stays text", inside == ["An assessment", 0, 2], inside)
    trial.that("and is shown as it is", bad in trial.tab.text("#assessment-1-try fieldset"), "")
    trial.quiet("markup in a row")


def trying(trial, rows, picture):
    tab = trial.tab
    trial.verdict(rows)
    trial.that("first the assessment stands there", trial.top() == "B>A" and "as it stands" in tab.text(".basis"), trial.top())
    trial.that("B>A is explained", "B, made to look like A" in tab.text("tr.top"), tab.text("tr.top"))
    before = tab.run("return document.querySelector('fieldset').offsetTop")
    picture("as-assessed")
    tab.click(f"[data-item={KEY}]")
    trial.that("without the configuration key the most likely is another", trial.top() == "A", trial.top())
    trial.that("and that is said", "most likely is now A; as assessed it is B>A" in tab.text(".said"), tab.text(".said"))
    trial.that("and that it is no longer the assessment", "not the assessment" in tab.text(".whatif"), "")
    after = tab.run("return document.querySelector('fieldset').offsetTop")
    trial.that("and nothing moved away from under the hand", abs(before - after) <= 2, (before, after))
    picture("without-the-key")
    tab.keys(f"[data-item={KEY}]", " ")
    trial.that("the space bar takes it back in", trial.top() == "B>A", trial.top())
    tab.click("[data-group=code]")
    left = tab.run("return document.querySelectorAll('[data-item]:checked').length")
    trial.that("a group goes out as a whole", left == 3, left)
    tab.click("summary")
    tab.run("const f = document.querySelectorAll('.number input[type=text]')[0]; f.focus(); f.select()")
    tab.keys(".number input[type=text]", "0.02")
    trial.that("a plantability of one's own counts", "0.02" == tab.run("return document.querySelector('.number input[type=range]').value"), "")
    picture("what-if")
    tab.click(".try button")
    trial.that("and one button leads back", trial.top() == "B>A" and "From 6 of 6 items" in tab.text(".said"), tab.text(".said"))
    trial.quiet("trying")


def no_script(trial, rows):
    """If one byte of the script is another, the policy keeps it from running."""
    path = page_of(rows, trial.folder)
    with open(path, encoding="utf-8") as f:
        page = f.read()
    with open(path, "w", encoding="utf-8") as f:
        f.write(page.replace('"use strict";', '"use strict"; '))
    trial.tab.open(path)
    said = trial.tab.text("#assessment-1-recomputed")
    trial.that("a script that is not the one of the policy does not run", said == "not recomputed: scripts are off", said)


def would_be_seen(trial):
    """That a test which finds no request and no error would find one if there were one."""
    path = os.path.join(trial.folder, "asks.html")
    with open(path, "w", encoding="utf-8") as f:
        f.write("<!DOCTYPE html><title>asks</title><img src='http://asked.invalid/x.png'><script>undefinedName()</script>")
    trial.tab.open(path)
    asked, errors = trial.tab.requested(), [entry["message"] for entry in trial.tab.log("browser")]
    trial.that("a request would be seen", "http://asked.invalid/x.png" in asked, asked)
    trial.that("an error would be seen", any("undefinedName" in e for e in errors), errors)


def main():
    why = browser.missing() or (None if test_assess_js.shutil.which("node") else "no node")
    if why:
        test_assess_js.skip(why)
    rows = toy_rows()

    with tempfile.TemporaryDirectory(prefix="comity-page-") as folder:
        for mode, options in (("light", []), ("dark", ["--force-dark-mode", "--blink-settings=preferredColorScheme=0"])):
            with browser.Browser(*options) as tab:
                def picture(name, mode=mode, tab=tab):
                    if len(sys.argv) > 1:
                        with open(os.path.join(sys.argv[1], f"{name}-{mode}.png"), "wb") as f:
                            f.write(base64.b64decode(tab.picture()))
                trial = Trial(tab, folder)
                if mode == "light":
                    verdicts(trial, rows)
                    hostile(trial, rows)
                    trying(trial, rows, picture)
                    no_script(trial, rows)
                    would_be_seen(trial)
                elif len(sys.argv) > 1:
                    trying(trial, rows, picture)
            if trial.bad:
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
