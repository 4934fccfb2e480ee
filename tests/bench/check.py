#!/usr/bin/env python3
"""hartbeat bench: what it prints, and with --least how fast it must be.

    check.py --hartbeat build/hartbeat [--runs N] [--least MILLION_INSTRUCTIONS_A_SECOND]
    check.py --hartbeat build/hartbeat --compare

A speed is asked for only where nothing else runs (./test --full); a busy computer says nothing about the program.
"""

import argparse
import json
import subprocess
import sys


def wrong_with(line, least):
    if line["engine"] != "fast" or line["harts"] != 4:
        return "%(program)s ran with %(engine)s on %(harts)d harts" % line
    rate = line["instructions"] / line["seconds"] / 1e6
    if abs(rate - line["minstr_per_s"]) > 0.01 * rate + 0.01:
        return "%s: %f million a second, but the figures give %f" % (line["program"], line["minstr_per_s"], rate)
    if not 20e6 < line["instructions"] < 400e6:
        return "%(program)s executes %(instructions)d instructions: too few or too many to measure" % line
    if rate < least:
        return "%s: %.1f million instructions a second, fewer than %.1f" % (line["program"], rate, least)
    return None


def wrong_with_pair(lockstep, fast, pair):
    """Two engines did the same work, and their ratio is that of their times."""
    if [line["engine"] for line in (lockstep, fast)] != ["lockstep", "fast"] or pair["compared"] != "fast":
        return "%(program)s was not run by lockstep and fast" % pair
    if any(lockstep[key] != fast[key] for key in ("program", "harts", "instructions", "cycles")):
        return "%(program)s was not the same with both" % pair
    if not pair["least"] <= pair["ratio"] <= pair["most"] or pair["requests"] == 0:
        return "%(program)s: %(least)f to %(most)f, in the middle %(ratio)f; %(requests)d requests" % pair
    if not 0.5 < pair["translated"] <= 1:
        return "%(program)s: %(translated)f of its instructions were translated" % pair
    return None


def compare(options):
    done = subprocess.run([options.hartbeat, "bench", "--compare", "--json", "--runs", "1", "--harts", "1"],
                          capture_output=True, text=True, timeout=250)
    print(done.stdout + done.stderr)
    lines = json.loads(done.stdout) if done.returncode == 0 else []
    complaints = [wrong_with_pair(*lines[i:i + 3]) for i in range(0, len(lines), 3)]
    print("\n".join(filter(None, complaints)))
    return 1 if any(complaints) or len(lines) != 3 * 7 else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hartbeat", default="build/hartbeat")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--least", type=float, default=0)
    parser.add_argument("--compare", action="store_true")
    options = parser.parse_args()
    if options.compare:
        return compare(options)
    command = [options.hartbeat, "bench", "--json", "--runs", str(options.runs)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=250)
    print(done.stdout + done.stderr)
    if done.returncode != 0:
        print("exit status %d" % done.returncode)
        return 1
    lines = json.loads(done.stdout)
    complaints = [wrong for wrong in (wrong_with(line, options.least) for line in lines) if wrong]
    if [line["program"] for line in lines] != ["batch", "contention"]:
        complaints.append("the programs are not batch and contention")
    for wrong in complaints:
        print(wrong)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
