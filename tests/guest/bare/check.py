#!/usr/bin/env python3
"""Bare-metal programs under `hartbeat exec`, or on QEMU, and what must come of them.

    check.py CASE --hartbeat build/hartbeat --images build/tests/bare

Exit status: 0 as it must be; 1 not so; 77 QEMU is needed and not here.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

ONE_WAY = ["--set", "machine.l1d.ways=1", "--set", "machine.l1i.ways=1"]
TINY = ONE_WAY + ["--set", "machine.l1d.size=512", "--set", "machine.l1i.size=512"]
THROUGH = ["--set", "machine.bus.protocol=vi", "--set", "machine.l1d.write=through"]


class Wrong(Exception):
    pass


def must(condition, what):
    if not condition:
        raise Wrong(what)


class Run:
    """One run of hartbeat exec: status, console, messages, and its result."""

    def __init__(self, options, program, harts, more=(), stdin=b""):
        with tempfile.TemporaryDirectory() as out, tempfile.TemporaryFile() as file:
            file.write(stdin) # a file: what comes through a pipe may come later than the program asks for it
            file.seek(0)
            command = [options.hartbeat, "exec", os.path.join(options.images, program + ".elf"), "--harts", str(harts),
                       "--out", out, *more]
            done = subprocess.run(command, stdin=file, capture_output=True, timeout=200)
            self.status, self.console = done.returncode, done.stdout.decode()
            self.messages = done.stderr.decode()
            with open(os.path.join(out, "result.json")) as result:
                self.result = json.load(result)


def passes(options, program, harts, more, console):
    run = Run(options, program, harts, more)
    must(run.console == console or console is None, "the console is %r, not %r" % (run.console, console))
    must(run.status == 0, "exit status %d: %s%s" % (run.status, run.console, run.messages))
    must(run.result["outcome"] == "passed", "outcome " + run.result["outcome"])
    return run


def counters(options):
    for name, more in (("1-way caches", ONE_WAY), ("tiny 1-way caches", TINY), ("write-through", THROUGH)):
        run = passes(options, "counters", 8, more, None)
        must("harts 8, sum 16000 of 16000," in run.console, run.console)
        wait = run.result["bus"]["wait_cycles"]["max"]
        print("%s: %s   longest wait of a hart for the bus: %d cycles" % (name, run.console, wait))
        # Round robin: at most one transaction of every other hart, and one of the own hart's that is under way.
        longest = 1 + 1 + 40 + 8
        must(wait <= 8 * longest, "a hart waited for %d cycles" % wait)


def code(options):
    for harts in (1, 2, 8):
        for more in ([], TINY, THROUGH):
            passes(options, "code", harts, more, "harts %d, old code executed 0 times\n" % harts)
    for more in ([], TINY, THROUGH):
        passes(options, "immediate", 1, more, "old instruction executed 0 times\n")
    for engine in ("lockstep", "fast-interpreted", "fast"):
        passes(options, "apart", 4, ["--engine", engine], "harts 4, others' code executed 0 times\n")


def nowhere(options):
    run = Run(options, "nowhere", 4)
    must(run.status == 1, "exit status %d" % run.status)
    must(run.result["outcome"] == "crash", "outcome " + run.result["outcome"])
    crash = run.result["crash"]
    must(crash["hart"] == 3, "hart %s" % crash["hart"])
    must(int(str(crash["pc"]), 0) == 0x4000000000, "pc %s" % crash["pc"])
    must(len(crash["last"]) > 0, "no last instructions")
    must("fall" in json.dumps(crash["last"]), "the last jump does not name fall(): %s" % json.dumps(crash["last"]))
    must("crash" in run.messages and "4000000000" in run.messages, "the report is %r" % run.messages)
    print(json.dumps(crash))
    print(run.messages)


def echo(options):
    text = "Hello, %s and back: 0123456789.\n" % ("there " * 100)
    run = Run(options, "echo", 1, stdin=text.encode())
    must(run.status == 0 and run.console == text.upper()[:-1], "the console is %r" % run.console)
    again = Run(options, "echo", 1, stdin=text.encode())
    must(run.result == again.result, "input from a file is not taken in the same cycles every time")


def qemu(options):
    if not shutil.which("qemu-system-riscv64"):
        print("qemu-system-riscv64 is not here")
        return 77
    for program, harts, console in (("counters", 8, "harts 8, sum 16000 of 16000,"),
                                    ("apart", 4, "harts 4, others' code executed 0 times"),
                                    ("code", 1, "harts 1, old code executed 0 times")):
        done = subprocess.run(["qemu-system-riscv64", "-machine", "virt", "-smp", str(harts), "-bios", "none", "-nographic",
                               "-kernel", os.path.join(options.images, program + ".elf")],
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=200)
        must(console in done.stdout.decode(), "%s on QEMU: %r" % (program, done.stdout))
        must(done.returncode == 0, "%s on QEMU: exit status %d" % (program, done.returncode))
    return 0


CASES = {"counters": counters, "code": code, "nowhere": nowhere, "echo": echo, "qemu": qemu}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("case", choices=sorted(CASES))
    parser.add_argument("--hartbeat", default="build/hartbeat")
    parser.add_argument("--images", default="build/tests/bare")
    options = parser.parse_args()
    try:
        return CASES[options.case](options) or 0
    except Wrong as wrong:
        print("%s: %s" % (options.case, wrong))
        return 1


if __name__ == "__main__":
    sys.exit(main())
