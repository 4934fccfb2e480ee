#!/usr/bin/env python3
"""bounds.py BOUNDS: the statistics of campaigns against ones worked out here. Intervals by bisecting the sum of binomial
terms, those of means by integrating the density of Student's t, sizes of samples by Leveugle's formula, and the coverage of campaigns that stop early: of 10,000 simulated ones for
each share the interval at the end must hold the share as often as it says, less three standard errors."""
import bisect, itertools, math, random, statistics, subprocess, sys
from statistics import NormalDist

from common import check, finish

program = sys.argv[1]
CAMPAIGNS = 10000


def ask(lines):
    done = subprocess.run([program], input="".join(line + "\n" for line in lines), capture_output=True, text=True, check=True)
    return [[float(word) for word in line.split()] for line in done.stdout.splitlines()]


# ---- Intervals -------------------------------------------------------------------------------------------------------

def term(k, n, p):
    return math.exp(math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * math.log(p) + (n - k) * math.log1p(-p))


def at_most(hits, n, p):
    return math.fsum(term(k, n, p) for k in range(hits + 1))


def where(chance_of, chance):
    """The p at which a falling chance has come down to this one."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if chance_of(middle) > chance:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def clopper_pearson(hits, n, confidence):
    tail = (1 - confidence) / 2
    low = where(lambda p: at_most(hits - 1, n, p), 1 - tail) if hits else 0
    high = where(lambda p: at_most(hits, n, p), tail) if hits < n else 1
    return low, high


def check_intervals():
    cases = [(hits, n, confidence) for n in (1, 2, 7, 40, 300, 2000) for confidence in (0.9, 0.99, 0.999)
             for hits in sorted({0, 1, n // 50, n // 3, n - 1, n}) if 0 <= hits <= n and min(hits, n - hits) < 200]
    for case, (low, high) in zip(cases, ask("interval %d %d %r" % case for case in cases)):
        mine = clopper_pearson(*case)
        check(abs(low - mine[0]) < 1e-9 and abs(high - mine[1]) < 1e-9, f"{case}: {low}, {high}, but by bisection {mine}")


def check_none():
    """None of n: at 99.9 % at most 1 - 0.0005^(1/n)."""
    for n in (6, 200, 1000, 2000, 100000):
        (low, high), = ask([f"interval 0 {n} 0.999"])
        check(low == 0 and abs(high - (1 - 0.0005 ** (1 / n))) < 1e-9, f"0 of {n}: {low}, {high}")


# ---- Means -----------------------------------------------------------------------------------------------------------

def student_below(t, freedom, steps=4000):
    """The chance of less than t, t not below 0: Simpson's rule over the density, whose argument is turned into an angle."""
    scale = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(math.pi)
    end = math.atan(t / math.sqrt(freedom))
    value = lambda i: math.cos(end * i / steps) ** (freedom - 1)
    inner = sum((4 if i % 2 else 2) * value(i) for i in range(1, steps))
    return 0.5 + scale * (value(0) + inner + value(steps)) * end / steps / 3


def check_means():
    for freedom, p in itertools.product((1, 2, 4, 9, 29, 200), (0.9, 0.975, 0.9995)):
        (quantile,), (other,) = ask([f"student {p} {freedom}", f"student {1 - p} {freedom}"])
        check(abs(student_below(quantile, freedom) - p) < 1e-8 and abs(quantile + other) < 1e-6 * quantile,
              f"t({freedom}) at {p}: {quantile}, {other}")
    check(abs(ask(["student 0.975 4"])[0][0] - 2.776) < 5e-4, "not the 2.776 of every table")
    dice = random.Random(3)
    samples = [[dice.gauss(7, 3) for _ in range(dice.randint(2, 8))] for _ in range(500)]
    quantile = {freedom: ask([f"student 0.95 {freedom}"])[0][0] for freedom in range(1, 8)}
    held = 0
    for values, (mean, low, high) in zip(samples, ask(["mean 0.9 " + " ".join(map(repr, values)) for values in samples])):
        held += low <= 7 <= high
        half = quantile[len(values) - 1] * statistics.stdev(values) / math.sqrt(len(values))
        check(max(abs(mean - statistics.mean(values)), abs(high - mean - half), abs(mean - low - half)) < 1e-9,
              f"the mean of {values}: {mean}, {low} to {high}")
    least = 0.9 - 3 * math.sqrt(0.9 * 0.1 / len(samples))
    check(held / len(samples) >= least, f"{held} of {len(samples)} intervals at 90 % hold the mean")


# ---- Sizes -----------------------------------------------------------------------------------------------------------

def leveugle(space, margin, confidence):
    t = NormalDist().inv_cdf((1 + confidence) / 2)
    return math.ceil(space / (1 + margin ** 2 * (space - 1) / (t ** 2 * 0.25)))


def check_sizes():
    cases = [(space, margin, confidence) for space in (1, 50, 1000, 123456, 10 ** 9) for margin in (0.01, 0.02, 0.05)
             for confidence in (0.95, 0.99, 0.998)]
    for case, (size,) in zip(cases, ask("size %d %r %r" % case for case in cases)):
        check(size == leveugle(*case), f"of {case} {size} are needed, by the formula {leveugle(*case)}")
    check(ask(["size 0 0.01 0.95"]) == [[9604]], "of an infinite space not the well-known 9,604")


# ---- Stopping --------------------------------------------------------------------------------------------------------

def drawer(n, p, dice):
    """Draws how many of n hit."""
    sums = list(itertools.accumulate(term(k, n, p) for k in range(n + 1)))
    return lambda: min(bisect.bisect_left(sums, dice.random()), n)


def check_coverage(p, runs, looks, confidence):
    """Stop at the first look at which the share is known well enough; then give the interval of that look. The margin is one
    that is reached after about half the runs, sooner or later as the dice fall."""
    each = runs // looks
    draw = drawer(each, p, random.Random(f"{p}"))
    (level,), = ask([f"looks {confidence} {looks}"])
    margin = NormalDist().inv_cdf((1 + level) / 2) * math.sqrt(p * (1 - p) / (runs / 2))
    stops, inside = {}, {}
    for n in range(each, runs + 1, each):
        reach = int(7 * math.sqrt(n * p * (1 - p))) + 2
        hits = range(max(0, int(n * p) - reach), min(n, int(n * p) + reach) + 1)
        answers = ask([f"suffice {h} {n} {margin} {confidence} {looks}" for h in hits] +
                      [f"interval {h} {n} {level!r}" for h in hits])
        for h, (stop,), (low, high) in zip(hits, answers, answers[len(hits):]):
            stops[h, n], inside[h, n] = stop > 0, low <= p <= high
    held, ends = 0, set()
    for _ in range(CAMPAIGNS):
        hits, n = draw(), each
        while n < runs and not stops[hits, n]:
            hits, n = hits + draw(), n + each
        held += inside[hits, n]
        ends.add(n)
    least = confidence - 3 * math.sqrt(confidence * (1 - confidence) / CAMPAIGNS)
    print(f"p = {p}, {looks} looks, confidence {confidence}: {held / CAMPAIGNS:.4f} hold it, at least {least:.4f} should; "
          f"they end after {min(ends)} to {max(ends)} runs")
    check(held / CAMPAIGNS >= least, "too few")
    return len(ends)


check_intervals()
check_none()
check_means()
check_sizes()
ends = [check_coverage(p, 2000, looks, confidence) for p in (0.01, 0.1, 0.5) for looks, confidence in ((5, 0.99), (20, 0.9))]
check(max(ends) > 5, f"the campaigns do not stop at different looks: {ends}")
finish()
