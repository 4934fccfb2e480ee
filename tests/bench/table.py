#!/usr/bin/env python3
"""The speed of the fast engine beside that of another build's lockstep, as a table.

    table.py --old PATH/TO/hartbeat [--new build/hartbeat] [--runs 3] [--only NAME...] [--xv6 KERNEL DISK]

`--old` is a command built from an earlier commit, with its images beside it (cmake --build; nothing is installed). Each
program is run by both in turn, and the median of the ratios of pairs is printed: million instructions of processor time
a second, since kernels may differ between the builds. The target of each row stands beside it.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile

SPEED = {"kernels": "k", "stream": "s", "storm": "l", "idle": "i"}


def batch(harts, kind="batch", work=400):
    sets = ["machine.harts=%d" % harts, "os.workload.kind=%s" % kind, "os.workload.tasks=160",
            "os.workload.work=%d" % work, "stop.cycles=0"]
    return ["run", "smp4"] + [word for text in sets for word in ("--set", text)]


def program(folder, name, harts):
    if name not in SPEED:
        return ["exec", os.path.join(folder, name + ".elf"), "--harts", str(harts)]
    typed = 'input=[{"cycle":0,"text":"%s"}]' % SPEED[name]
    return ["exec", os.path.join(folder, "speed.elf"), "--harts", str(harts), "--set", typed]


def rows(folder, xv6):
    """Name, harts, arguments, the ratio that is asked for."""
    found = [("batch", 4, batch(4), 6), ("contention", 4, program(folder, "contention", 4), 4),
             ("contend", 4, batch(4, "contend", 100), 4), ("kernels", 4, program(folder, "kernels", 4), 8),
             ("stream", 4, program(folder, "stream", 4), 1.5), ("storm", 8, program(folder, "storm", 8), 1.5),
             ("idle", 8, program(folder, "idle", 8), 1)]
    found += [("batch", harts, batch(harts), 4) for harts in (1, 2, 8, 16, 32)]
    if xv6:
        found.append(("xv6", 3, ["exec", xv6[0], "--disk", xv6[1], "--harts", "3", "--set", "stop.cycles=600000000"], 3))
    return found


def run(command, arguments, engine, out):
    """Instructions, cycles, requests of the bus, and processor seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([command] + arguments + ["--engine", engine, "--quiet", "--out", out],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1, 3): # an expectation, or a limit, may not hold
        raise SystemExit("%s %s: exit status %d\n%s" % (command, " ".join(arguments), done.returncode, done.stderr))
    with open(os.path.join(out, "result.json")) as file:
        result = json.load(file)
    requests = sum(hart.get("bus_transactions", 0) for hart in result["harts"])
    return (sum(hart["instructions"] for hart in result["harts"]), result["cycles"], requests,
            after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def compare(options, arguments, out):
    ratios, news = [], []
    for _ in range(options.runs):
        old = run(options.old, arguments, "lockstep", out)
        new = run(options.new, arguments, "fast", out)
        ratios.append(new[0] / new[3] / (old[0] / old[3]))
        news.append(new)
    seconds = statistics.median(new[3] for new in news)
    return statistics.median(ratios), news[0], seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--old", required=True)
    parser.add_argument("--new", default="build/hartbeat")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--xv6", nargs=2, metavar=("KERNEL", "DISK"))
    options = parser.parse_args()
    folder = os.path.join(os.path.dirname(os.path.abspath(options.new)), "images")
    cost = {}
    missed = 0
    print("| program | harts | ratio | asked | M instr/s | requests | ns a request |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as out:
        for name, harts, arguments, asked in rows(folder, options.xv6):
            if options.only and name not in options.only:
                continue
            ratio, new, seconds = compare(options, arguments, out)
            missed += ratio < asked
            if name == "batch":
                cost[harts] = seconds / (new[1] * harts)
            print("| %s | %d | %.2f | %g%s | %.0f | %d | %.0f |"
                  % (name, harts, ratio, asked, "" if ratio >= asked else ", missed", new[0] / seconds / 1e6, new[2],
                     seconds * 1e9 / max(new[2], 1)), flush=True)
    if 4 in cost and 32 in cost:
        print("cost of a hart-cycle at 32 harts: %.2f times that at 4 (asked: at most 2)" % (cost[32] / cost[4]))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
