#!/usr/bin/env python3
"""order.py HARTBEAT MEMORY-TRACES: memory traces of all CPUs in one file, and snapshots of machines that play traces.

Sequences are worked out by hand for each protocol; random ones must be performed in exactly the order of their file
(`order`), or in each CPU's own (`order-bus`), whatever the protocol, the bus and the store buffers; and a run goes on
from a snapshot at any cycle as if it had never stopped.
"""
import csv
import json
import os
import random
import subprocess
import sys
import tempfile

HARTBEAT, TRACES = (os.path.abspath(argument) for argument in sys.argv[1:3])

# P1 reads u, P3 reads u, P3 writes u, P1 reads u, P2 reads u: what is on the bus, and which cache supplies ("": memory).
SHARING = {
    "vi": ["BusRd", "BusRd", "BusWr", "BusRd", "BusRd"],
    "write-once": ["BusRd", "BusRd", "BusWr", "BusRd", "BusRd"],
    "msi": ["BusRd", "BusRd", "BusUpgr", "BusRd 2", "BusRd"],
    "mesi": ["BusRd", "BusRd 0", "BusUpgr", "BusRd 2", "BusRd 0"],
    "mesif": ["BusRd", "BusRd 0", "BusUpgr", "BusRd 2", "BusRd 0"],
    "moesi": ["BusRd", "BusRd", "BusUpgr", "BusRd 2", "BusRd 2"],
    "berkeley": ["BusRd", "BusRd", "BusUpgr", "BusRd 2", "BusRd 2"],
    "firefly": ["BusRd", "BusRd 0", "BusUpd", "BusRd 0"],
    "dragon": ["BusRd", "BusRd", "BusUpd", "BusRd 2"],
    "none": ["BusRd", "BusRd", "BusWr", "BusRd"],  # P1 reads its old copy
}
# The same word by turns: under MESI every access but the first two goes to the bus, and each line comes from the other.
TURNS = ["0 w 40", "1 w 40", "0 w 40", "1 w 40", "0 r 40", "1 r 40"]
OF_TURNS = {
    "msi": ["BusRdX", "BusRdX 0", "BusRdX 1", "BusRdX 0", "BusRd 1"],
    "mesi": ["BusRdX", "BusRdX 0", "BusRdX 1", "BusRdX 0", "BusRd 1"],
    "moesi": ["BusRdX", "BusRdX 0", "BusRdX 1", "BusRdX 0", "BusRd 1"],
    "dragon": ["BusRdUpd", "BusRdUpd 0", "BusUpd", "BusUpd"],
    "vi": ["BusWr", "BusWr", "BusWr", "BusWr", "BusRd", "BusRd"],
}
MACHINES = [
    [],
    ["machine.bus.protocol=dragon", "machine.bus.split=true"],
    ["machine.bus.protocol=vi", "machine.store_buffer.depth=4"],
    ["machine.bus.protocol=moesi", "machine.bus.split=true", "machine.store_buffer.depth=8",
     "machine.store_buffer.order=any", "machine.l1d.size=1KiB"],
    ["machine.l2.size=16KiB", "machine.l1d.size=1KiB", "machine.l1d.hit_cycles=3", "machine.bus.arbiter=lottery"],
]
CPUS = 4


class Failed(Exception):
    pass


def check(holds, text, *arguments):
    if not holds:
        raise Failed(text % arguments)


def play(files, options=(), *words):
    command = [HARTBEAT, "exec", "--quiet", "--out", "out", "--mem-trace"] + files + list(words)
    command += [word for key in options for word in ("--set", key)]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=60)
    check(done.returncode == 0 and not done.stderr, "%s: status %d: %s", " ".join(command), done.returncode, done.stderr)
    with open("out/result.json", "rb") as file:
        return file.read()


def rows_of(files, options=(), *words):
    play(files, list(options) + ["trace.accesses=true"], "--trace", "t.csv", *words)
    with open("t.csv", newline="") as file:
        return list(csv.DictReader(file))


def write(name, lines):
    with open(name, "w") as file:
        file.writelines(line + "\n" for line in lines)
    return [name]


# ---- By hand


def on_the_bus(rows):
    seen = []
    for row in rows:
        if row["event"].startswith("Bus"):
            supplier = row["detail"].split("supplier=")[1].split(" ")
            seen.append(row["event"] + (" " + supplier[1] if supplier[0] == "CPU" else ""))
    return seen


def check_by_hand():
    turns = write("turns.order", TURNS)
    for table, files in ((SHARING, [os.path.join(TRACES, "sharing.order")]), (OF_TURNS, turns)):
        for protocol, wanted in table.items():
            seen = on_the_bus(rows_of(files, ["machine.bus.protocol=" + protocol]))
            check(seen == wanted, "%s, %s: %s on the bus, wanted %s", files[0], protocol, seen, wanted)


# ---- Random ones


def at_random(draw, n):
    """Few lines that all fight for, and some of each CPU's own."""
    lines = []
    for _ in range(n):
        cpu = draw.randrange(CPUS)
        address = 4 * draw.randrange(64) if draw.random() < 0.7 else 0x1000 * (cpu + 1) + 4 * draw.randrange(2048)
        lines.append("%d %s 0x%x" % (cpu, draw.choice("rrw"), address))
    return lines


def performed(rows, ordered):
    """(CPU, r or w, address) in the order in which they were performed; in each CPU's own, when they went in."""
    seen = []
    for row in rows:
        if row["event"] not in ("load", "store"):
            continue
        buffered = row["detail"].startswith("buffered")
        if row["event"] == "store" and ordered and buffered:
            continue  # performed when it is drained
        seen.append((int(row["hart"]), "r" if row["event"] == "load" else "w", int(row["address"], 16) - 0x80000000))
    return seen


def wanted_of(lines):
    return [(int(cpu), way, int(address, 16)) for cpu, way, address in (line.split() for line in lines)]


def check_order(draw, options):
    lines = at_random(draw, 400)
    files = write("random.order", lines)
    wanted = wanted_of(lines)
    seen = performed(rows_of(files, options), True)
    check(seen == wanted, "%s: the order is another from %s on", options,
          next((n for n in range(len(wanted)) if n >= len(seen) or seen[n] != wanted[n]), "the end"))
    by_order = json.loads(play(files, options))
    by_bus = json.loads(play(files, options, "--mem-trace-format", "order-bus"))
    check(by_bus["cycles"] < by_order["cycles"], "%s: nothing overlaps on the bus's own order", options)
    if any("store_buffer" in key for key in options):
        return
    rows = performed(rows_of(files, options, "--mem-trace-format", "order-bus"), False)
    for cpu in range(CPUS):
        own = [access for access in rows if access[0] == cpu]
        check(own == [access for access in wanted if access[0] == cpu], "%s: CPU %d's own order is another", options, cpu)


# ---- Snapshots


def check_snapshots(draw, options, n):
    files = write("random.order", at_random(draw, 200))
    own = []
    for cpu in range(CPUS):
        lines = ["%d %x" % (draw.randrange(2), 4 * draw.randrange(256)) if draw.random() < 0.8 else "2 0x%x" % draw.randrange(1, 40) for _ in range(60)]
        own += write("own%d.data" % cpu, lines)
    for played, words in ((files, ()), (files, ("--mem-trace-format", "order-bus")), (own, ())):
        straight = play(played, options, *words)
        cycles = json.loads(straight)["cycles"]
        for _ in range(n):
            at = str(draw.randrange(1, cycles))
            check(play(played, options, "--save-at", at, "s", *words) == straight, "saving changes the run")
            check(play(played, options, "--from", "s", *words) == straight, "%s %s: from cycle %s on it is another run",
                  options, words, at)


def check_another_trace_is_refused():
    files = write("one.order", ["0 r 0", "1 w 0"])
    play(files, [], "--save-at", "5", "s")
    files = write("two.order", ["0 r 0", "1 w 4"])
    command = [HARTBEAT, "exec", "--quiet", "--mem-trace"] + files + ["--from", "s"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    check(done.returncode == 2 and done.stderr.count("\n") == 1, "a snapshot of another trace is taken: %s", done.stderr)


# ---- What is refused


def check_refusals():
    for lines, words, told in (
        (["0 r 0", "64 r 0"], [], "bad.order:2: \"64\" is no CPU (0 to 63)"),
        (["p r 0"], [], "is no CPU"),
        (["0 x 0"], [], "\"x\" is neither r nor w"),
        (["0 r"], [], "bad.order:1: a CPU, r or w, and an address must stand in the line"),
        (["0 r 0 0"], [], "a CPU, r or w, and an address must stand in the line"),
        (["0 w 0xg"], [], "is not a hexadecimal address"),
        (["# nothing"], [], "has no accesses"),
        (["5 r 0"], ["--harts", "4"], "bad.order: CPU 5 makes accesses, but machine.harts is 4"),
        (["0 r 0"], ["bad.order"], "one file holds the accesses of all CPUs in the format order, and 2 are given"),
        (["0 r 0"], ["--save-at", "5", "s", "--clean"], "--clean"),
    ):
        files = write("bad.order", lines)
        done = subprocess.run([HARTBEAT, "exec", "--quiet", "--mem-trace"] + files + words, capture_output=True, text=True, timeout=60)
        check(done.returncode == 2 and done.stderr.count("\n") == 1 and told in done.stderr, "%s %s: status %d, %s", lines,
              words, done.returncode, done.stderr)


# ---- A CPU dies


def check_death():
    """What a dead CPU would have done is passed over; nobody waits for it."""
    files = write("dies.order", ["%d w %x" % (n % 3, 64 * n) for n in range(60)])
    fault = 'faults=[{"model": "fail_stop", "target": {"hart": 1}, "trigger": {"cycle": 500}}]'
    rows = performed(rows_of(files, [fault]), True)
    died = [access for access in rows if access[0] == 1]
    check(0 < len(died) < 20 and len(rows) == 40 + len(died), "%d accesses, %d of the dead CPU", len(rows), len(died))


def main():
    draw = random.Random(7)
    check_by_hand()
    for options in MACHINES:
        check_order(draw, options)
        check_snapshots(draw, options, 1)
    check_another_trace_is_refused()
    check_refusals()
    check_death()


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    try:
        main()
    except Failed as failed:
        print("FAILED: %s" % failed)
        sys.exit(1)
    finally:
        os.chdir("/")
