#!/usr/bin/env python3
"""Turns files of data/ into one C array, so that the program carries them.

usage: embed.py NAME OUTPUT.c FILE...

defines `const struct cm_embedded NAME[]`, ascending by name, and `const size_t NAME_n`; the same files give
the same text, wherever they lie.
"""
import os
import sys


def array(number, content):
    yield f"static const unsigned char file_{number}[] = {{"
    for at in range(0, len(content), 20):
        yield "\t" + ", ".join(str(b) for b in content[at:at + 20]) + ","
    yield "\t0, /* not counted: C has no empty array */"
    yield "};"


def main():
    name, output, files = sys.argv[1], sys.argv[2], sorted(sys.argv[3:], key=os.path.basename)
    lines = [f"/* Made by tools/embed.py of {', '.join(map(os.path.basename, files))}. */", '#include "base/embedded.h"', "",
             f"extern const struct cm_embedded {name}[];", f"extern const size_t {name}_n;", ""]
    table = []
    for number, path in enumerate(files):
        with open(path, "rb") as f:
            lines += array(number, f.read())
        table.append(f'\t{{ "{os.path.basename(path)}", {{ file_{number}, sizeof(file_{number}) - 1 }} }},')
    lines += [f"const struct cm_embedded {name}[] = {{", *table, "};", f"const size_t {name}_n = {len(files)};"]
    with open(output, "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")


main()
