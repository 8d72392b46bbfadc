#!/usr/bin/env python3
"""Do the rooms keep to tools/layers.txt?

Every #include below src/ is one of: a room of ours that the line of its room allows,
a third-party header that it allows, a header of the C library, or (outside the pure
rooms) one of the system.  Pure rooms name no function of the system either; no room
but os and cli reads the environment, and none but cli prints or exits.
"""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
C_LIBRARY = set("""assert.h ctype.h errno.h inttypes.h limits.h stdalign.h stdarg.h stdatomic.h stdbool.h
stddef.h stdint.h stdio.h stdlib.h string.h strings.h""".split())
PURE_TOO = {"arpa/inet.h", "time.h", "cpuid.h", "immintrin.h", "arm_neon.h", "comity-source.h"}  # of time.h: gmtime_r; the clock is caught below
SYSTEM = re.compile(r"^(sys/|linux/|netinet/|arpa/|asm/|net/)|^(unistd|fcntl|time|signal|poll|pthread|dirent|getopt|"
                    r"termios|sched|netdb|pwd|locale|nss|wchar|threads|sysexits|spawn|glob|endian|byteswap)\.h$")
INCLUDE = re.compile(r'^\s*#\s*include\s+(<([^>]+)>|"([^"]+)")')
IMPURE = re.compile(r"\b(fopen|fdopen|freopen|tmpfile|fprintf|printf|puts|fputs|putchar|perror|open|openat|read|write|"
                    r"socket|connect|clock_gettime|gettimeofday|time|localtime|gmtime|rand|random|srand|getrandom|"
                    r"system|popen|fork|sleep|nanosleep|setlocale)\s*\(")
NEVER = re.compile(r"\b(exit|_exit|abort|getenv|secure_getenv|setenv|putenv)\s*\(")
LOUD = re.compile(r"\b((printf|puts|putchar|perror)\s*\(|fprintf\s*\(\s*std(out|err)\b|fputs\s*\([^;]*,\s*std(out|err)\b)")
ATTRIBUTE = re.compile(r"__attribute__\s*\(\(.*\)\)")
NEVER_IS_FINE = {"cli": NEVER, "os": re.compile(r"\b_exit\s*\(")}


def rooms():
    found = {}
    with open(os.path.join(ROOT, "tools", "layers.txt"), encoding="utf-8") as f:
        for line in f:
            if line.startswith("#") or not line.strip():
                continue
            name, may, third, kind = (part.split() for part in line.split("|"))
            found[name[0]] = {"may": set(may) - {"-"} | {name[0]}, "third": set(third), "pure": kind == ["pure"]}
    return found


def code_only(text):
    """The text with comments and strings blanked, lines kept."""
    def blank(m):
        return re.sub(r"[^\n]", " ", m[0])
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


def check_include(room, rule, header, quoted):
    top = header.split("/")[0]
    if quoted and "/" in header:
        return None if top in rule["may"] else f"{room} may not include {header}"
    if header in C_LIBRARY or header in PURE_TOO or header in rule["third"]:
        return None
    if SYSTEM.match(header):
        return f"{room} is pure and includes <{header}>" if rule["pure"] else None
    return f"{room} may not include <{header}>"


def check_file(path, room, rule):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    for number, line in enumerate(text.splitlines(), 1):
        m = INCLUDE.match(line)
        wrong = check_include(room, rule, m[2] or m[3], m[3] is not None) if m else None
        if wrong:
            yield number, wrong
    code = code_only(text)
    own = set(re.findall(r"^([a-z_]+)\(", code, flags=re.M))  # a function of that name, defined here
    for number, line in enumerate(code.splitlines(), 1):
        if line.lstrip().startswith("#"):
            continue
        line = ATTRIBUTE.sub("", line)
        m = IMPURE.search(line) if rule["pure"] else None
        if m and m[1] not in own and not re.search(r"(->|\.)\s*$", line[:m.start()]):
            yield number, f"{room} is pure and calls {m[1]}()"
        m = NEVER.search(line)
        fine = NEVER_IS_FINE.get(room)
        if m and not (fine and fine.search(line)):
            yield number, f"{room} calls {m[1]}()"
        if room != "cli" and LOUD.search(line):
            yield number, f"{room} prints"


def main():
    table = rooms()
    names, bad = list(table), 0
    for room, rule in table.items():
        upward = [r for r in rule["may"] if r not in names or names.index(r) > names.index(room)]
        if upward:
            print(f"FAIL layers.txt: {room} looks up to {', '.join(sorted(upward))}")
            bad += 1
    files = 0
    for room in sorted(os.listdir(os.path.join(ROOT, "src"))):
        folder = os.path.join(ROOT, "src", room)
        if not os.path.isdir(folder):
            continue
        if room not in table:
            print(f"FAIL src/{room} stands in no line of layers.txt")
            bad += 1
            continue
        for name in sorted(n for n in os.listdir(folder) if n.endswith((".c", ".h"))):
            files += 1
            for number, wrong in check_file(os.path.join(folder, name), room, table[room]):
                print(f"FAIL src/{room}/{name}:{number}: {wrong}")
                bad += 1
    if not bad:
        print(f"ok   layers: {files} files keep to them")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
