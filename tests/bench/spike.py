#!/usr/bin/env python3
"""hartbeat's speed and Spike's on the same program, in turn: million instructions a second of processor time.

    spike.py --spike SPIKE [--hartbeat build/hartbeat] [--image build/tests/bench/spike.elf] [--harts 4] [--pairs 5]

Spike is built from https://github.com/riscv-software-src/riscv-isa-sim; it is no part of hartbeat. It has no time: its
harts execute 5,000 instructions each in turn, so it executes four times what hart 0 says, most of it waiting for a lock
whose owner has no turn. Both rates are therefore given, and both times to the program's end.
"""

import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile


def timed(command):
    """(what it printed, seconds of processor time)"""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0 or "all sums are right" not in done.stdout:
        raise SystemExit("%s: exit status %d\n%s%s" % (" ".join(command), done.returncode, done.stdout, done.stderr))
    return done.stdout, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def hartbeat(options):
    with tempfile.TemporaryDirectory() as out:
        _, seconds = timed([options.hartbeat, "exec", options.image, "--harts", str(options.harts), "--quiet", "--out", out])
        with open(os.path.join(out, "result.json")) as file:
            return sum(hart["instructions"] for hart in json.load(file)["harts"]), seconds


def spike(options):
    text, seconds = timed([options.spike, "-p%d" % options.harts, options.image])
    return options.harts * int(re.search(r"hart 0: (\d+)", text).group(1)), seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spike", required=True)
    parser.add_argument("--hartbeat", default="build/hartbeat")
    parser.add_argument("--image", default="build/tests/bench/spike.elf")
    parser.add_argument("--harts", type=int, default=4)
    parser.add_argument("--pairs", type=int, default=5)
    options = parser.parse_args()
    rates, times = [], []
    for _ in range(options.pairs):
        (ours, our_seconds), (theirs, their_seconds) = hartbeat(options), spike(options)
        rates.append(ours / our_seconds / (theirs / their_seconds))
        times.append(their_seconds / our_seconds)
        print("hartbeat %5.1f M in %.2f s: %5.1f M/s; Spike %6.1f M in %.2f s: %5.1f M/s; rates %.2f, times %.2f"
              % (ours / 1e6, our_seconds, ours / our_seconds / 1e6, theirs / 1e6, their_seconds,
                 theirs / their_seconds / 1e6, rates[-1], times[-1]), flush=True)
    print("medians: hartbeat's rate is %.2f of Spike's (%.2f to %.2f); Spike takes %.2f of its time (%.2f to %.2f)"
          % (statistics.median(rates), min(rates), max(rates), statistics.median(times), min(times), max(times)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
