#!/usr/bin/env python3
"""The tables of the arithmetic of assessments (docs/assessments.md section 3), from exact arithmetic.

usage: assess-tables.py [--check]

Writes src/assess/tables.c for the program and web/assess-tables.mjs for the report; with --check, compares.
Every constant lies between two fractions; both have to round to the same integer, so that no digit is
a matter of trust in a library's logarithm.
"""
import os
import sys
from decimal import Decimal, localcontext
from fractions import Fraction

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ONE = 1 << 62
SMALL = Fraction(1, 10**60)


def nearest(low, high):
    rounded = {(2 * end.numerator * ONE + end.denominator) // (2 * end.denominator) for end in (low, high)}
    if len(rounded) != 1:
        raise SystemExit("not exact enough to round")
    return rounded.pop()


def ln_between(x):
    """ln x = 2 artanh((x - 1) / (x + 1)); what is left out is less than a geometric series."""
    y = (x - 1) / (x + 1)
    total, power, n = Fraction(0), y, 1
    while power > SMALL:
        total += power / n
        power *= y * y
        n += 2
    return 2 * total, 2 * (total + power / (n * (1 - y * y)))


def exp_between(x):
    """exp(-x), 0 <= x < 1: the terms alternate and fall, so the sum lies between two that follow each other."""
    total, term, n = Fraction(0), Fraction(1), 0
    while abs(term) > SMALL:
        total += term
        n += 1
        term *= -x / n
    return min(total, total + term), max(total, total + term)


def tables():
    ln2 = nearest(*ln_between(Fraction(2)))
    ln = [nearest(*ln_between(1 + Fraction(j, 128))) for j in range(128)]
    exp = [nearest(*exp_between(Fraction(j, 128))) for j in range(89)]
    with localcontext() as context:  # a second way, which has to agree
        context.prec = 80
        other = [Decimal(2).ln(), *((1 + Decimal(j) / 128).ln() for j in range(128)), *((-Decimal(j) / 128).exp() for j in range(89))]
        if [int((d * ONE + Decimal("0.5")).to_integral_value("ROUND_FLOOR")) for d in other] != [ln2, *ln, *exp]:
            raise SystemExit("two ways give two tables")
    return ln2, ln, exp


def rows(values, before, after, width):
    for at in range(0, len(values), width):
        yield "\t" + " ".join(f"{before}0x{v:016x}{after}," for v in values[at:at + width])


def c_text(ln2, ln, exp):
    return "\n".join(["/* Made by tools/assess-tables.py; do not edit. */", '#include "assess/tables.h"', "",
                      f"const int64_t cm_assess_ln2 = INT64_C(0x{ln2:016x});", "",
                      f"const int64_t cm_assess_ln[{len(ln)}] = {{", *rows(ln, "INT64_C(", ")", 4), "};", "",
                      f"const int64_t cm_assess_exp[{len(exp)}] = {{", *rows(exp, "INT64_C(", ")", 4), "};", ""])


def js_text(ln2, ln, exp):
    return "\n".join(["// Made by tools/assess-tables.py; do not edit.", "", f"export const LN2 = 0x{ln2:016x}n;", "",
                      "export const LN = [", *rows(ln, "", "n", 6), "];", "",
                      "export const EXP = [", *rows(exp, "", "n", 6), "];", ""])


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        raise SystemExit(__doc__)
    made = tables()
    bad = 0
    for path, text in (("src/assess/tables.c", c_text(*made)), ("web/assess-tables.mjs", js_text(*made))):
        full = os.path.join(ROOT, path)
        if not sys.argv[1:]:
            with open(full, "w", encoding="utf-8") as f:
                f.write(text)
            continue
        with open(full, encoding="utf-8") as f:
            same = f.read() == text
        print(f"{'ok   ' if same else 'FAIL '}{path} is what tools/assess-tables.py makes")
        bad += not same
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
