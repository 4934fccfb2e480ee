#!/usr/bin/env python3
"""Whole systems by both engines: the same result, state hash and console at several cycles.

    systems.py [--hartbeat build/hartbeat] [--opensbi FIRMWARE] [--xv6 KERNEL DISK] [--linux IMAGE INITRD FIRMWARE]
               [--cycles N,N,...]

What is not named is not run; no system is part of hartbeat. OpenSBI is Debian's (package opensbi:
/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_jump.bin), xv6 is built from https://github.com/mit-pdos/xv6-riscv (make
kernel/kernel fs.img TOOLPREFIX=riscv64-unknown-elf-), Linux by tests/linux/build.sh. xv6 is typed `usertests -q` at
the cycle --type-at.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile

ENGINES = ["lockstep", "fast"]


def run(options, arguments, engine, cycles, out):
    command = [options.hartbeat, "exec"] + arguments + ["--engine", engine, "--cycles", str(cycles), "--quiet",
                                                        "--out", out]
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    if done.returncode not in (0, 3): # passed, or the cycles ended
        raise SystemExit("%s: exit status %d\n%s" % (" ".join(command), done.returncode, done.stderr))
    with open(os.path.join(out, "result.json")) as file:
        result = json.load(file)
    with open(os.path.join(out, "console.txt"), errors="replace") as file:
        console = file.read()
    for key in ("engine", "engine_notes"):
        result.pop(key, None)
    return result, console, seconds


def compare(options, name, arguments, all_cycles):
    same = True
    for cycles in all_cycles:
        with tempfile.TemporaryDirectory() as out:
            (a, x, slow), (b, y, quick) = [run(options, arguments, engine, cycles, out) for engine in ENGINES]
        same = same and a == b and x == y
        lines = x.strip().splitlines()
        print("%s, %d cycles: %s, %s; %.2f times as fast; last line \"%s\""
              % (name, a["cycles"], a["state_hash"], "the same" if a == b and x == y else "DIFFERENT FROM " +
                 b["state_hash"], slow / quick, lines[-1] if lines else ""), flush=True)
    return same


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hartbeat", default="build/hartbeat")
    parser.add_argument("--opensbi", metavar="FIRMWARE")
    parser.add_argument("--xv6", nargs=2, metavar=("KERNEL", "DISK"))
    parser.add_argument("--type-at", type=int, default=400000000)
    parser.add_argument("--linux", nargs=3, metavar=("IMAGE", "INITRD", "FIRMWARE"))
    parser.add_argument("--cycles", default="3456789,60000000,500000000")
    options = parser.parse_args()
    cycles = [int(text) for text in options.cycles.split(",")]
    same = True
    if options.opensbi:
        same &= compare(options, "OpenSBI", ["--harts", "4", options.opensbi], cycles)
    if options.xv6:
        typed = 'input=[{"cycle":%d,"text":"usertests -q\\n"}]' % options.type_at
        same &= compare(options, "xv6", ["--harts", "3", "--disk", options.xv6[1], "--set", typed, options.xv6[0]], cycles)
    if options.linux:
        image, initrd, firmware = options.linux
        same &= compare(options, "Linux", ["--harts", "4", "--bios", firmware, "--initrd", initrd, "--append",
                                           "console=ttyS0", image], cycles)
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
