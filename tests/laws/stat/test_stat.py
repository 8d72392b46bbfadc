#!/usr/bin/env python3
"""Our integers against exact fractions: Wilson's interval, trials to see, Fisher's test.

    test_stat.py STAT_TOOL

Nothing here shares a formula with the program: intervals are tried against the definition in
fractions, tails are summed with math.comb, and large factorials come from Stirling's series with
forty digits.
"""
import random
import subprocess
import sys
import unittest
from decimal import Decimal, getcontext
from fractions import Fraction
from math import comb

TOOL = None
M = 10**6
Z2 = Fraction(3841458820694124, 10**15)  # the square of 1.95996398454...
getcontext().prec = 50
PI = Decimal("3.14159265358979323846264338327950288419716939937511")


def ask(lines):
    run = subprocess.run([TOOL], input="".join(f"{x}\n" for x in lines), capture_output=True, text=True, check=True)
    return [[int(n) for n in line.split()] for line in run.stdout.splitlines()]


def outside(p, k, n):
    """Is the share p, from 0 to 1, outside Wilson's interval of k in n, or its end?"""
    return n * (Fraction(k, n) - p) ** 2 >= Z2 * p * (1 - p)


def ln_factorial(n):
    if n < 64:
        f = 1
        for i in range(2, n + 1):
            f *= i
        return Decimal(f).ln()
    x = Decimal(n)
    series = 1 / (12 * x) - 1 / (360 * x**3) + 1 / (1260 * x**5) - 1 / (1680 * x**7) + 1 / (1188 * x**9)
    return (x + Decimal("0.5")) * x.ln() - x + (2 * PI).ln() / 2 + series


def tail_exact(a, b, c, d):
    """minus a thousand times the decimal logarithm of Fisher's p, by adding up all tables."""
    whole = comb(a + b + c + d, a + c)
    p = sum(comb(a + b, a + i) * comb(c + d, c - i) for i in range(min(b, c) + 1))
    return -1000 * (Decimal(p) / Decimal(whole)).log10()


def tail_large(a, b, c, d):
    """The same from one logarithm and the ratios of the terms, until they add nothing."""
    ln = sum(map(ln_factorial, (a + b, c + d, a + c, b + d))) - sum(map(ln_factorial, (a, b, c, d, a + b + c + d)))
    total, term, i = Decimal(1), Decimal(1), 0
    while i < min(b, c) and term > Decimal("1e-15"):
        term = term * (b - i) * (c - i) / ((a + i + 1) * (d + i + 1))
        total += term
        i += 1
    return -1000 * (ln + total.ln()) / Decimal(10).ln()


class Wilson(unittest.TestCase):
    def check(self, cases):
        for (k, n), (ppm, low, high) in zip(cases, ask(f"w {k} {n}" for k, n in cases)):
            with self.subTest(k=k, n=n):
                self.assertLessEqual(abs(Fraction(ppm, M) - Fraction(k, n)), Fraction(1, 2 * M))
                self.assertTrue(outside(Fraction(low, M), k, n) and outside(Fraction(high, M), k, n))
                self.assertTrue(low * n <= k * M <= high * n)
                # One of nothing else, or none of anything: the share itself is no end.
                self.assertTrue(low < M and high > 0)
                # One more towards the share would be inside, but for z's last digit.
                if low * n + 2 * n < k * M:
                    self.assertFalse(outside(Fraction(low + 2, M), k, n))
                if high * n - 2 * n > k * M:
                    self.assertFalse(outside(Fraction(high - 2, M), k, n))

    def test_every_small_share(self):
        self.check([(k, n) for n in range(1, 60) for k in range(n + 1)])

    def test_shares_of_all_sizes(self):
        r = random.Random(1)
        sizes = [r.randrange(1, 1 << r.randrange(1, 64)) for _ in range(4000)] + [2**64 - 1]
        self.check([(r.choice([0, 1, n, n - 1, r.randrange(n + 1)]), n) for n in sizes])

    def test_the_published_share_of_the_great_cannon(self):
        ((ppm, low, high),) = ask(["w 526 30000"])
        self.assertEqual(ppm, 17533)
        self.check([(526, 30000)])
        # Within 3 ppm of what the square root says: 0.0161056.., 0.0190848..
        root = Decimal(526 * (30000 - 526)) / 30000 + Decimal("0.9603647")
        half = Decimal("1.9599640") * root.sqrt() / (30000 + Decimal("3.8414588"))
        middle = (526 + Decimal("1.9207294")) / (30000 + Decimal("3.8414588"))
        self.assertLess(abs(low - M * (middle - half)) + abs(high - M * (middle + half)), 3)


class Trials(unittest.TestCase):
    def test_the_fewest_after_which_95_in_100_have_seen_it(self):
        asked = sorted({1, 2, 3, 17500, 500000, 949999, 950000, 950001, 999999, *random.Random(2).sample(range(1, M), 500)})
        for ppm, (n,) in zip(asked, ask(f"t {p}" for p in asked)):
            with self.subTest(ppm=ppm):
                q = Decimal(M - ppm) / M
                self.assertLessEqual(q**n, Decimal("0.05"))
                self.assertGreater(q ** (n - 1), Decimal("0.05"))

    def test_never_always_and_the_published_share(self):
        self.assertEqual(ask(["t 0", "t 1000000", "t 17500"]), [[0], [1], [170]])


class Fisher(unittest.TestCase):
    def check(self, cases, true, slack):
        for table, (milli,) in zip(cases, ask("f %d %d %d %d" % t for t in cases)):
            a, b, c, d = table
            with self.subTest(table=table):
                if a * d <= b * c:
                    self.assertEqual(milli, 0)
                    continue
                want = true(*table)
                self.assertLessEqual(milli, want + Decimal("1e-9"))
                self.assertGreaterEqual(milli, int(want - Decimal(slack)))

    def test_every_table_of_up_to_seven(self):
        self.check([(a, b, c, d) for a in range(8) for b in range(8) for c in range(8) for d in range(8)], tail_exact, "1e-5")

    def test_tables_of_some_hundred(self):
        r = random.Random(3)
        cases = []
        while len(cases) < 400:
            t = tuple(r.randrange(1 << r.randrange(1, 10)) for _ in range(4))
            if t[0] * t[3] > t[1] * t[2]:
                cases.append(t)
        self.check(cases, tail_exact, "1e-5")

    def test_tables_of_up_to_a_hundred_thousand(self):
        r = random.Random(4)
        cases = []
        while len(cases) < 200:
            t = tuple(r.randrange(1 << r.randrange(1, 16)) for _ in range(4))
            if t[0] * t[3] > t[1] * t[2] and sum(t) <= 100000:
                cases.append(t)
        self.check(cases, tail_large, "1e-5")

    def test_the_tea_that_a_lady_tasted(self):
        # Fisher 1935; 0.2429 in the manual page of R's fisher.test: 17/70.
        self.assertEqual(tail_exact(3, 1, 1, 3), -1000 * (Decimal(17) / 70).log10())
        self.assertEqual(ask(["f 3 1 1 3"]), [[614]])

    def test_a_tail_of_more_terms_than_are_summed_is_bounded_from_above(self):
        n = 1 << 34
        deviation = 1 << 16  # of the first field: the root of (2n)^4 / (4n)^3
        cases = [(n + z * deviation, n - z * deviation, n - z * deviation, n + z * deviation) for z in (1, 2, 4)]
        for z, table, (milli,) in zip((1, 2, 4), cases, ask("f %d %d %d %d" % t for t in cases)):
            with self.subTest(z=z):
                want = tail_large(*table)
                self.assertLessEqual(milli, want)
                self.assertGreaterEqual(milli + 2, want - 1000 * (1 + Decimal(1) / z**2).log10())

    def test_up_to_two_to_the_forty_it_is_bounded_and_never_too_sure(self):
        r = random.Random(5)
        big = 1 << 40
        cases = [(big, 0, 0, big), (big, big - 1, big, big), (1, big, 1, big + 1)]
        while len(cases) < 30:
            n = 1 << r.randrange(20, 39)
            m = 1 << r.randrange(10, 39)
            extra = int(n**0.5 * r.randrange(3, 30) / 4)
            cases.append((n + extra, n, m, m))
        for table, (milli,) in zip(cases, ask("f %d %d %d %d" % t for t in cases)):
            a, b, c, d = table
            with self.subTest(table=table):
                if max(table) > big:
                    self.assertEqual(milli, 0)
                    continue
                ln = sum(map(ln_factorial, (a + b, c + d, a + c, b + d)))
                ln -= sum(map(ln_factorial, (a, b, c, d, a + b + c + d)))
                first = -1000 * ln / Decimal(10).ln()
                # The tail is at least 65,536 terms of its own, or what they add up to.
                below = 1 - Decimal(b) * c / ((Decimal(a) + 1) * (d + 1))
                self.assertLessEqual(milli, min(first, Decimal(2**32 - 1)))
                self.assertGreaterEqual(milli + 1, min(first + 1000 * below.log10(), Decimal(2**32 - 1)))


if __name__ == "__main__":
    TOOL = sys.argv.pop(1)
    unittest.main()
