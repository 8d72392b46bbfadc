#!/usr/bin/env python3
"""The digest of the source, as `comity version` prints it.

It is the SHA-256 of what `sha256sum` prints for every file below src/, data/ and web/ and
for meson.build and meson_options.txt, in bytewise order of their paths:

    find data src web meson.build meson_options.txt -type f | LC_ALL=C sort | xargs sha256sum | sha256sum

usage: source-digest.py SOURCE_ROOT [VERSION HEADER]
With a header it writes that (only if it changes), else it prints the digest.
"""
import hashlib
import os
import sys


def paths(root):
    found = ["meson.build", "meson_options.txt"]
    for top in ("data", "src", "web"):
        for folder, _, names in os.walk(os.path.join(root, top)):
            found += [os.path.relpath(os.path.join(folder, n), root) for n in names]
    return sorted(found, key=os.fsencode)


def digest(root):
    lines = hashlib.sha256()
    for path in paths(root):
        with open(os.path.join(root, path), "rb") as f:
            lines.update(hashlib.sha256(f.read()).hexdigest().encode() + b"  " + os.fsencode(path) + b"\n")
    return lines.hexdigest()


def main():
    value = digest(sys.argv[1])
    if len(sys.argv) == 2:
        print(value)
        return
    text = f'#define CM_VERSION "{sys.argv[2]}"\n#define CM_SOURCE_DIGEST "{value}"\n'
    try:
        with open(sys.argv[3]) as f:
            if f.read() == text:
                return
    except FileNotFoundError:
        pass
    with open(sys.argv[3], "w") as f:
        f.write(text)


main()
