"""Run inside gdb-multiarch, with $TIMES in the environment: breakpoints in a function that four harts call, stepped over
again and again, with scheduler-locking on, step and off. Each hart's counters say who has moved: with locking on none
but the one that was told to. Prints a line for every check that fails, and "all checks hold" at the end."""
import os
import gdb

TIMES = int(os.environ["TIMES"])
HARTS = 4
failures = 0


def check(what, found, wanted):
    global failures
    if found != wanted:
        failures += 1
        print(f"FAILED: {what}: {found!r}, wanted {wanted!r}")


def do(command):
    return gdb.execute(command, to_string=True)


def value(expression):
    return int(gdb.parse_and_eval(expression)) & (1 << 64) - 1


def thread():
    return gdb.selected_thread().num


def counters():
    """Of every hart: pc, instructions retired, calls counted."""
    here, found = thread(), []
    for number in range(1, HARTS + 1):
        do(f"thread {number}")
        found.append((value("$pc"), value("$minstret"), value(f"ticks[{number - 1}].value")))
    do(f"thread {here}")
    return found


def others(found):
    return [one for number, one in enumerate(found, 1) if number != thread()]


check("harts", len(gdb.selected_inferior().threads()), HARTS)
do("break tick")

# Everybody runs: each stop is one call by one hart, and none is lost or told twice.
calls = [0] * HARTS
for _ in range(TIMES):
    do("continue")
    hart = thread() - 1
    check("stopped in", gdb.selected_frame().name(), "tick")
    check("argument", value("$a0"), hart)
    check(f"calls of hart {hart}", value(f"ticks[{hart}].value"), calls[hart])
    calls[hart] += 1
check("all four came by", min(calls) > 0, True)

# Locked: only the one that is told to moves, over the breakpoint and round to it again.
do("set scheduler-locking on")
for turn in range(TIMES):
    do(f"thread {turn % HARTS + 1}")
    before = counters()
    if turn % 3 == 0:
        do("continue")
        check("the breakpoint again", (gdb.selected_frame().name(), value("$a0")), ("tick", turn % HARTS))
    elif turn % 3 == 1:
        do("stepi")
        check("one instruction", value("$minstret") - before[thread() - 1][1], 1)
    else:
        do("next")
    check("the same hart", thread(), turn % HARTS + 1)
    check(f"turn {turn}: nobody else moved", others(counters()), others(before))

# Locked while stepping only.
do("set scheduler-locking step")
for turn in range(TIMES // 10 + 1):
    before = counters()
    do("stepi")
    check("step: nobody else moved", others(counters()), others(before))
do("continue")
check("step: continue moves all", others(counters()) != others(before), True)

# Locked while history is replayed; that of a machine that is not recorded by gdb is none, so everybody runs.
do("set scheduler-locking replay")
do("continue")
check("replay: it goes on", gdb.selected_frame().name(), "tick")

# Off: while one hart steps through its loop the others run.
do("set scheduler-locking off")
do("delete")
before = counters()
for _ in range(60):
    do("stepi")
check("off: the others run", all(now[1] > then[1] for now, then in zip(counters(), before)), True)

# Back through all of it: to the first instruction.
do("reverse-continue")
check("the beginning", [one[:2] for one in counters()], [(0x1000, 0)] * HARTS)
print("all checks hold" if failures == 0 else f"{failures} checks failed")
