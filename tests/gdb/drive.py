"""Run inside gdb-multiarch: two harts, from their first instruction to the end. Prints a line for every check that
fails, and "all checks hold" at the end."""
import gdb

failures = 0
events = []


def check(what, found, wanted):
    global failures
    if found != wanted:
        failures += 1
        print(f"FAILED: {what}: {found!r}, wanted {wanted!r}")


def value(expression):
    return int(gdb.parse_and_eval(expression)) & (1 << 64) - 1


def do(command):
    return gdb.execute(command, to_string=True)


def hart():
    return gdb.selected_thread().num - 1


def function():
    return gdb.selected_frame().name()


def instructions():
    return value("$minstret")


gdb.events.stop.connect(lambda event: events.append(getattr(event, "stop_signal", None)))

check("threads", len(gdb.selected_inferior().threads()), 2)
check("reset", value("$pc"), 0x1000)
check("the hart of thread 2", (do("thread 2"), value("$mhartid"))[1], 1)

# A function that both harts call: both stop there, whichever comes first, and neither is lost.
do("break both")
seen = []
for _ in range(2):
    do("continue")
    check("stopped in", function(), "both")
    check("argument", value("$a0"), hart())
    seen.append(hart())
check("both harts were seen", sorted(seen), [0, 1])
do("delete")

# Break in one hart, step it, look at what it has.
do("hbreak count")
do("continue")
check("hart that counts", (hart(), function(), value("$a0")), (1, "count", 1))
pc, before = value("$pc"), instructions()
do("stepi")
check("one step, one instruction", instructions() - before, 1)
check("pc has moved", value("$pc") != pc, True)
check("the same hart", hart(), 1)
do("reverse-stepi")
check("a step back", (value("$pc"), instructions()), (pc, before))
do("stepi")
do("stepi")
do("reverse-stepi")
do("reverse-stepi")
check("two steps there and back", (value("$pc"), instructions()), (pc, before))
do("delete")

# Watch from one hart what the other writes.
do("thread 1")
do("watch shared")
for wanted in (1, 2, 3):
    do("continue")
    check("watched value", value("shared"), wanted)
    check("who wrote it", hart(), 1)
do("reverse-continue")
check("back before the write", (value("shared"), function(), value("round")), (2, "count", 3))
do("reverse-continue")
check("back before the one before", value("shared"), 1)
do("continue")
check("forward again", value("shared"), 2)
do("delete")
do("rwatch done")
do("continue")
check("who reads", (hart(), function(), value("done")), (0, "behind_tables", 0))
do("delete")

# Memory through the page tables of hart 0, which is in S mode; hart 1, in M mode, has none.
check("mode", value("$priv"), 1)
check("satp is on", value("$satp") >> 60, 8)
check("as it is", value("secret"), 0x5EC7E75EC7E7)
check("through the table", value("*(unsigned long *)((char *)&secret - 0x40000000)"), 0x5EC7E75EC7E7)
try:
    value("*(unsigned long *)0xc0000000")
    check("an unmapped page", "read", "refused")
except gdb.MemoryError:
    pass
do("thread 2")
try:
    value("*(unsigned long *)((char *)&secret - 0x40000000)")
    check("the other hart's table", "used", "not used")
except gdb.MemoryError:
    pass

# Writing: registers, CSRs, memory.
do("set var secret = 42")
check("memory written", value("secret"), 42)
do("set var $mscratch = 0x1234")
check("CSR written", value("$mscratch"), 0x1234)
do("set var $t6 = 77")
check("register written", value("$t6"), 77)

# What was written is history like the rest: gone before it, there again after it.
do("stepi")
do("reverse-stepi")
check("a step back keeps what was written", (value("secret"), value("$mscratch"), value("$t6")), (42, 0x1234, 77))
do("reverse-continue")
check("before it was written", (value("$pc"), value("secret")), (0x1000, 0x5EC7E75EC7E7))
do("hbreak done_counting")
do("continue")
check("written again", (hart(), value("secret"), value("$mscratch"), value("$t6")), (1, 42, 0x1234, 77))
do("delete")

# Over, and still there: to look at, and to go back from.
do("continue")
check("the end", events[-1], "SIGTERM")
check("what is left", (value("shared"), value("done")), (5, 1))
do("reverse-stepi")
check("back from the end", value("$pc") != 0, True)
do("continue")
do("continue")
check("the end again", events[-2:], ["SIGTERM", "SIGTERM"])
print("all checks hold" if failures == 0 else f"{failures} checks failed")
