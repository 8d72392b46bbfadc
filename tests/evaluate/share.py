"""How sure a share is, in the words of the document."""
import math

Z = 1.959963984540054  # 95 %


def wilson(k, n):
    """(low, high); numbers need not be whole, for those that stand for fewer than were counted."""
    if n <= 0:
        return 0.0, 1.0
    p, z2 = k / n, Z * Z
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, middle - half) if k > 0 else 0.0, min(1.0, middle + half) if k < n else 1.0


def percent(x):
    """One digit behind the point; more of what would be nothing."""
    return f"{100 * x:.1g}" if 0 < x < 0.0005 else f"{100 * x:.1f}".removesuffix(".0")


def said(k, n):
    """`k of n`, its share and 95 % interval."""
    if n == 0:
        return "none to find"
    low, high = wilson(k, n)
    return f"{k:,} of {n:,}: {percent(k / n)} % ({percent(low)} to {percent(high)})"


def effective(counts):
    """Of how many independent ones a count is worth, if those of one source were one and the
    same observation as far as can be: Kish's (sum n)^2 / sum n^2, at least 1 where there are any."""
    total = sum(counts)
    return total * total / sum(c * c for c in counts) if total else 0.0
