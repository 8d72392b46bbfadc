#!/usr/bin/env python3
"""The rules of the house that a program can check.

Files at most 800 lines, functions at most 60, braces nested at most 3 deep; a header
begins with what it is for; no function that writes without a bound; no note to do
something later; no trailing white space; each command has a man page that names
exactly its options (needs build/comity).
"""
import json
import os
import re
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FILE_LINES, FUNCTION_LINES, NESTING = 800, 60, 3
BANNED = re.compile(r"\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|strncpy|strncat|alloca|atoi|atol|setjmp|longjmp|"
                    r"scanf|sscanf|mktemp|tmpnam)\s*\(")
LATER = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
TEXT = (".c", ".h", ".py", ".sh", ".md", ".scd", ".build", ".txt", ".json", ".html", ".svg", ".yml", ".mjs", ".css")
# The tools of the trade of our tests.
TEST_MAY = {"setjmp", "longjmp", "atoi", "sscanf", "strcpy", "strcat", "strncat"}


def tracked():
    run = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode == 0 and run.stdout:
        names = run.stdout.split("\n")
    else:
        names = [os.path.relpath(os.path.join(d, n), ROOT) for top in ("src", "data", "web", "tests", "tools", "docs", "man")
                 for d, _, files in os.walk(os.path.join(ROOT, top)) for n in files]
    return [n for n in names if n and os.path.isfile(os.path.join(ROOT, n))]


def code_only(text):
    def blank(m):
        return re.sub(r"[^\n]", " ", m[0])
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


def functions(code):
    """(first line, lines, deepest nesting) of each; a body begins with { in column 0."""
    begin, depth, deepest = None, 0, 0
    for number, line in enumerate(code.splitlines(), 1):
        if line.startswith("{"):
            begin, depth, deepest = number, 0, 0
        if begin is not None:
            if line.startswith("}"):
                yield begin, number - begin + 1, deepest
                begin = None
                continue
            depth += line.rstrip().endswith("{") - line.lstrip().startswith("}")
            deepest = max(deepest, depth)


def check_c(name, text):
    code = code_only(text)
    if name.endswith(".h") and not text.startswith("/* "):
        yield 1, "a header begins with a comment that says what it is for"
    for begin, lines, deepest in functions(code):
        if lines > FUNCTION_LINES:
            yield begin, f"a function of {lines} lines; at most {FUNCTION_LINES}"
        if deepest > NESTING + name.startswith("tests/"):
            yield begin, f"braces nested {deepest} deep; at most {NESTING}, in tests one more"
    for number, line in enumerate(code.splitlines(), 1):
        m = BANNED.search(line)
        if m and not line.lstrip().startswith("#") and not (name.startswith("tests/") and m[1] in TEST_MAY):
            yield number, f"{m[1]}() is not used here"


def check_text(name, text):
    lines = text.splitlines()
    if len(lines) > FILE_LINES and name.endswith((".c", ".h", ".py", ".sh", ".mjs")):
        yield FILE_LINES, f"{len(lines)} lines; at most {FILE_LINES}"
    if text and not text.endswith("\n"):
        yield len(lines), "no newline at the end"
    for number, line in enumerate(lines, 1):
        if line != line.rstrip():
            yield number, "white space at the end of the line"
        if line.startswith(("<<<<<<<", ">>>>>>>")):
            yield number, "a merge that was not finished"
        if LATER.search(line) and name != "tools/check-house.py":
            yield number, "a note to do something later: do it, or file an issue"


def check_files():
    bad, files = 0, 0
    for name in tracked():
        if not name.endswith(TEXT) and name not in ("Makefile", "tests/run", ".ci/run"):
            continue
        if name.startswith(("tests/fuzz/corpus/", "tests/cases/")) and not name.endswith(".py"):
            continue
        files += 1
        with open(os.path.join(ROOT, name), encoding="utf-8") as f:
            text = f.read()
        wrong = list(check_text(name, text))
        if name.endswith((".c", ".h")):
            wrong += check_c(name, text)
        for number, what in wrong:
            print(f"FAIL {name}:{number}: {what}")
        bad += len(wrong)
    if not bad:
        print(f"ok   house: {files} files")
    return bad


def options_of(text):
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text))


def check_man(comity):
    run = subprocess.run([comity, "help"], capture_output=True, text=True, check=True)
    commands = re.findall(r"^  ([a-z]+) {2,}", run.stdout, flags=re.M)
    bad = 0
    for command in commands:
        page = os.path.join(ROOT, "man", f"comity-{command}.1.scd")
        if not os.path.exists(page):
            print(f"FAIL man: no page for {command}")
            bad += 1
            continue
        said = json.loads(subprocess.run([comity, "help", command, "--json"], capture_output=True, text=True, check=True).stdout)
        listed = {"--" + option["name"] for part in said for option in part["options"]}
        with open(page, encoding="utf-8") as f:
            heads = set(re.findall(r"^\*(?:-\w\*, \*)?(--[a-z-]+)\*", f.read(), flags=re.M)) - {"--help"}
        for missing in sorted(listed - heads):
            print(f"FAIL man: comity-{command}.1 does not have {missing}")
        for extra in sorted(heads - listed):
            print(f"FAIL man: comity-{command}.1 has {extra}, the program does not")
        bad += len(listed ^ heads)
    if not bad:
        print(f"ok   man: {len(commands)} commands, each with its page and its options")
    return bad


def check_pages():
    if not shutil.which("scdoc") or not shutil.which("mandoc"):
        print("skip man pages: no scdoc or no mandoc")
        return 0
    bad = 0
    pages = sorted(n for n in os.listdir(os.path.join(ROOT, "man")) if n.endswith(".scd"))
    for name in pages:
        with open(os.path.join(ROOT, "man", name), "rb") as f:
            made = subprocess.run(["scdoc"], stdin=f, capture_output=True, check=False)
        lint = subprocess.run(["mandoc", "-Tlint", "-Werror"], input=made.stdout, capture_output=True, check=False)
        if made.returncode != 0 or lint.returncode != 0:
            print(f"FAIL man/{name}: {(made.stderr or lint.stdout).decode().splitlines()[0]}")
            bad += 1
    if not bad:
        print(f"ok   man pages: {len(pages)} are well-formed")
    return bad


def main():
    bad = check_files() + check_pages()
    comity = os.environ.get("COMITY", os.path.join(ROOT, "build", "comity"))
    if os.access(comity, os.X_OK):
        bad += check_man(comity)
    else:
        print("skip man: no program to compare with")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
