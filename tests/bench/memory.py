#!/usr/bin/env python3
"""What the fast engine takes of the host's memory: less than twice what lockstep takes, and 64 MiB for code.

    memory.py --hartbeat build/hartbeat
"""

import argparse
import subprocess
import sys
import os

MACHINES = [["smp4", "--cycles", "3000000"], ["contend4", "--cycles", "800000", "--set", "machine.harts=64"]]
CODE_KIB = 64 << 10


def peak_kib(command):
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1, 3): # the cycles end, or what is expected at the end does not hold yet
        raise SystemExit("%s: exit status %d" % (" ".join(command), child.returncode))
    return usage.ru_maxrss


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hartbeat", required=True)
    options = parser.parse_args()
    wrong = 0
    for machine in MACHINES:
        kib = [peak_kib([options.hartbeat, "run", *machine, "--quiet", "--engine", engine])
               for engine in ("lockstep", "fast")]
        wrong += kib[1] >= 2 * kib[0] + CODE_KIB
        print("%s: lockstep %d KiB, fast %d KiB" % (" ".join(machine), *kib))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
