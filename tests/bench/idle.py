#!/usr/bin/env python3
"""A hart that waits for interrupts costs the emulator next to nothing.

    idle.py --hartbeat build/hartbeat --image build/tests/bench/idle.elf

The same program (idle/idle.c: hart 0 computes, the others sleep) runs with one hart and with 64, in turn, and the
processor times are compared: they, and the least of several, because a busy computer adds to them and never takes
away. An idle hart may cost 1 % of what the busy one does. Asking each of them in every cycle cost six times that.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

RUNS = 4
HARTS = 64
LIMIT = 0.01 # of a busy hart, for each idle one


def run(options, harts, out):
    """Its processor time in seconds, and the instructions of each hart."""
    command = [options.hartbeat, "exec", options.image, "--harts", str(harts), "--quiet", "--out", out]
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit("exit status %d with %d harts" % (child.returncode, harts))
    with open(os.path.join(out, "result.json")) as file:
        return usage.ru_utime + usage.ru_stime, [hart["instructions"] for hart in json.load(file)["harts"]]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hartbeat", required=True)
    parser.add_argument("--image", required=True)
    options = parser.parse_args()
    alone, together = [], []
    with tempfile.TemporaryDirectory() as out:
        for _ in range(RUNS):
            seconds, busy = run(options, 1, out)
            alone.append(seconds)
            seconds, instructions = run(options, HARTS, out)
            together.append(seconds)
    ticks = [count for hart, count in enumerate(instructions) if hart and hart % 2 == 0]
    print("the busy hart: %d instructions; an idle one with ticks: %d to %d" % (busy[0], min(ticks), max(ticks)))
    if abs(instructions[0] - busy[0]) > 0.01 * busy[0] or min(ticks) < 100 or max(ticks) > 0.001 * busy[0]:
        print("these programs do not measure what they should")
        return 1
    share = (min(together) / min(alone) - 1) / (HARTS - 1)
    print("%.3f s alone, %.3f s with %d idle harts: each costs %.3f %% of the busy one"
          % (min(alone), min(together), HARTS - 1, 100 * share))
    return 0 if share < LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
