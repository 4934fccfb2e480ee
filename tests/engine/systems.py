#!/usr/bin/env python3
"""Whole systems by both engines: the same result, state hash and console at several cycles.

    systems.py [--hartbeat build/hartbeat] [--opensbi FIRMWARE] [--xv6 KERNEL DISK] [--linux IMAGE INITRD FIRMWARE]
               [--programs ELF... [--harts N]] [--cycles N,N,... | --piece N --pieces FIRST-LAST --keep FOLDER [--fast-only]]

What is not named is not run; no system is part of hartbeat. OpenSBI is Debian's (package opensbi:
/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_jump.elf), xv6 is built from https://github.com/mit-pdos/xv6-riscv (make
kernel/kernel fs.img TOOLPREFIX=riscv64-unknown-elf-), Linux by tests/linux/build.sh. At the cycle --type-at xv6 is typed
`usertests -q`, Linux a job for each CPU. Programs are those of riscv-tests, or others that end by themselves.

What takes too long for one run is compared by pieces of N cycles: the fast engine saves the machine at the end of each,
and both engines begin the next from there, so what is the same in every piece is the same from beginning to end. Pieces
that have been run are in FOLDER and not run again; --fast-only leaves lockstep for later.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile

ENGINES = ["lockstep", "fast"]
PROGRAM_CYCLES = 20000000
XV6_TYPED = "usertests -q\\n"
LINUX_TYPED = ("grep -c ^processor /proc/cpuinfo\\n"
               "for i in 1 2 3 4; do awk 'BEGIN {for (i = 1; i < 2000; i++) s += 1 / i; print s}' & done; wait\\n"
               "cat /proc/interrupts; echo done; exit\\n")


def run(options, arguments, engine, cycles, out, more=()):
    command = [options.hartbeat, "exec"] + arguments + ["--engine", engine, "--cycles", str(cycles), "--quiet",
                                                        "--out", out] + list(more)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    if done.returncode not in options.statuses:
        raise SystemExit("%s: exit status %d\n%s" % (" ".join(command), done.returncode, done.stderr))
    with open(os.path.join(out, "result.json")) as file:
        result = json.load(file)
    with open(os.path.join(out, "console.txt"), errors="replace") as file:
        console = file.read()
    for key in ("engine", "engine_notes"):
        result.pop(key, None)
    return {"result": result, "console": console, "seconds": seconds}


def say(name, slow, quick):
    a, b = slow["result"], quick["result"]
    same = a == b and slow["console"] == quick["console"]
    lines = quick["console"].strip().splitlines()
    print("%s, %d cycles: %s, %s; %.2f times as fast; last line \"%s\""
          % (name, a["cycles"], a["state_hash"], "the same" if same else "DIFFERENT FROM " + b["state_hash"],
             slow["seconds"] / quick["seconds"], lines[-1] if lines else ""), flush=True)
    return same


def compare(options, name, arguments):
    same = True
    for cycles in map(int, options.cycles.split(",")):
        with tempfile.TemporaryDirectory() as out:
            same &= say(name, *[run(options, arguments, engine, cycles, out) for engine in ENGINES])
    return same


def piece(options, name, arguments, engine, number):
    """What one piece gives, run only if it has not been."""
    place = os.path.join(options.keep, "%s-%d" % (name, number))
    kept = "%s.%s.json" % (place, engine)
    before = os.path.join(options.keep, "%s-%d.snapshot" % (name, number - 1))
    end = str((number + 1) * options.piece)
    if not os.path.exists(kept):
        more = (["--from", before] if number else []) + (["--save-at", end, place + ".snapshot"] if engine == "fast" else [])
        with tempfile.TemporaryDirectory() as out:
            made = run(options, arguments, engine, end, out, more)
        with open(kept + ".new", "w") as file:
            json.dump(made, file)
        os.rename(kept + ".new", kept)
    with open(kept) as file:
        return json.load(file)


def compare_pieces(options, name, arguments):
    first, last = map(int, options.pieces.split("-"))
    same = True
    for number in range(first, last + 1):
        quick = piece(options, name, arguments, "fast", number)
        if not options.fast_only:
            same &= say("%s, piece %d" % (name, number), piece(options, name, arguments, "lockstep", number), quick)
        if quick["result"]["outcome"] != "limit":
            break
    return same


def compare_programs(options):
    """Only those that fail or differ are named."""
    options.statuses = (0, 1, 3)
    passed = wrong = 0
    for program in options.programs:
        with tempfile.TemporaryDirectory() as out:
            a, b = [run(options, ["--harts", str(options.harts), program], engine, PROGRAM_CYCLES, out) for engine in ENGINES]
        same = a["result"] == b["result"] and a["console"] == b["console"]
        passed += a["result"]["outcome"] == "passed"
        wrong += not same
        if not same or a["result"]["outcome"] != "passed":
            print("%s: %s, %s" % (program, a["result"]["outcome"], "the same" if same else "DIFFERENT"), flush=True)
    print("%d programs on %d harts: %d passed, %d different" % (len(options.programs), options.harts, passed, wrong))
    return wrong == 0


def systems(options):
    """Name and arguments of each that is asked for."""
    if options.opensbi:
        yield "OpenSBI", ["--harts", "4", options.opensbi]
    typed = 'input=[{"cycle":%d,"text":"%s"}]'
    if options.xv6:
        yield "xv6", ["--harts", "3", "--disk", options.xv6[1], "--set",
                      typed % (options.type_at or 400000000, XV6_TYPED), options.xv6[0]]
    if options.linux:
        image, initrd, firmware = options.linux
        yield "Linux", ["--harts", "4", "--bios", firmware, "--initrd", initrd, "--append", "console=ttyS0", "--set",
                        typed % (options.type_at or 90000000, LINUX_TYPED), image]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hartbeat", default="build/hartbeat")
    parser.add_argument("--opensbi", metavar="FIRMWARE")
    parser.add_argument("--xv6", nargs=2, metavar=("KERNEL", "DISK"))
    parser.add_argument("--type-at", type=int)
    parser.add_argument("--linux", nargs=3, metavar=("IMAGE", "INITRD", "FIRMWARE"))
    parser.add_argument("--programs", nargs="+", default=[], metavar="ELF")
    parser.add_argument("--harts", type=int, default=1, help="for programs")
    parser.add_argument("--cycles", default="3456789,60000000,500000000")
    parser.add_argument("--piece", type=int, help="cycles of a piece")
    parser.add_argument("--pieces", default="0-9", metavar="FIRST-LAST")
    parser.add_argument("--keep", default="build/systems", metavar="FOLDER")
    parser.add_argument("--fast-only", action="store_true")
    options = parser.parse_args()
    options.statuses = (0, 3) # passed, or the cycles ended
    if options.piece:
        os.makedirs(options.keep, exist_ok=True)
    how = compare_pieces if options.piece else compare
    same = [how(options, name, arguments) for name, arguments in systems(options)]
    if options.programs:
        same.append(compare_programs(options))
    return 0 if all(same) else 1


if __name__ == "__main__":
    sys.exit(main())
