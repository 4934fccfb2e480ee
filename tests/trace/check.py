#!/usr/bin/env python3
"""Traces of a run with a kill and migrations: each is parsed and compared with what result.json says.

    check.py HARTBEAT EXPERIMENT json|late|vcd|csv|window|split

json    slices nest, the file is in the order of ends, flows are pairs inside slices, sums are those of the result
late    times far from zero are read exactly
vcd     parsed here, counted against the result, and read by GTKWave's vcd2fst and back
csv     a line an event: as many of each as the result counts
window  a traced part holds nothing from outside it
split   several transactions at once, and store buffers: no two share the address or the data lines
"""

import bisect
import collections
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

KILLED = 2


def fail(text):
    print("FAILED: " + text)
    sys.exit(1)


def check(holds, text, *arguments):
    if not holds:
        fail(text % arguments)


def equal(what, here, wanted):
    if here != wanted and isinstance(here, list):
        here, wanted = [h for h in here if h not in wanted], [w for w in wanted if w not in here]
        fail("%s: only in the trace %s, only wanted %s" % (what, here[:5], wanted[:5]))
    check(here == wanted, "%s: %s in the trace, %s in the result", what, here, wanted)


class Runs:
    """The experiment, run with options; without a trace once, to compare with."""

    def __init__(self, hartbeat, experiment, *options):
        self.hartbeat, self.experiment, self.options = hartbeat, experiment, list(options)
        self.plain = self.run("plain")

    def run(self, out, *options):
        command = [self.hartbeat, "run", self.experiment, "--quiet", "--out", out] + self.options + list(options)
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        check(done.returncode == 0 and not done.stderr, "%s: status %d, %s", " ".join(command), done.returncode, done.stderr)
        with open(os.path.join(out, "result.json")) as file:
            return re.sub(r'  "engine_notes": \[[^]]*\],\n', "", file.read())  # what is traced closely, lockstep runs

    def traced(self, name, *options):
        """A trace, and the result, which must not differ from that without a trace."""
        check(self.run("traced", "--trace", name, *options) == self.plain, "%s: the result differs from that without", name)
        return json.loads(self.plain)


# ---- JSON


def cycles_of(microseconds):
    """As the strictest reader takes a time, Perfetto's importer: nanoseconds, a double whose rest is cut off."""
    nanoseconds = int(microseconds * 1000.0)
    check(nanoseconds % 10 == 0, "%r us is read as %d ns, no whole number of cycles", microseconds, nanoseconds)
    check(round(microseconds * 1000) == nanoseconds, "%r us is read as %d ns or one more", microseconds, nanoseconds)
    return nanoseconds // 10


class Tracks:
    """A trace event file: its slices by track, in cycles."""

    def __init__(self, path):
        with open(path) as file:
            self.events = json.load(file)
        self.names, self.processes = {}, {}
        self.slices, self.flows = collections.defaultdict(list), collections.defaultdict(list)
        self.instants = []
        for event in self.events:
            self.take(event)

    def take(self, event):
        key = (event["pid"], event.get("tid"))
        if event["ph"] == "M":
            if event["name"] == "thread_name":
                check(key not in self.names, "track %s is named twice", key)
                self.names[key] = event["args"]["name"]
            if event["name"] == "process_name":
                self.processes[event["pid"]] = event["args"]["name"]
            return
        start = cycles_of(event["ts"])
        check(event["pid"] in self.processes, "%s: its process has no name", event)
        if event["ph"] == "C":
            return
        check(key in self.names, "%s: its track has no name", event)
        if event["ph"] == "X":
            self.slices[key].append((start, start + cycles_of(event["dur"]), event))
        elif event["ph"] in "sf":
            self.flows[event["id"]].append((event["ph"], start, key, event))
        else:
            check(event["ph"] == "i" and event["args"]["text"], "%s: what is this?", event)
            self.instants.append((start, event))

    def track(self, name):
        return [slice for key, named in self.names.items() if named == name for slice in self.slices[key]]


def check_order(tracks):
    """Written when they end."""
    last = 0
    for event in tracks.events:
        if event["ph"] not in "Xi":
            continue
        end = cycles_of(event["ts"]) + cycles_of(event.get("dur", 0))
        check(end >= last or is_inner(event), "%s: is written after something that ends in %d", event, last)
        last = max(last, end)


def is_inner(event):
    return event["name"] == "address" or event["name"] == "memory" or event["name"].startswith("CPU ") or event["name"] == "-"


def check_nesting(tracks):
    for key, slices in tracks.slices.items():
        open_ends = []
        for start, end, event in sorted(slices, key=lambda slice: (slice[0], -slice[1])):
            check(start < end, "%s: takes no time", event)
            while open_ends and open_ends[-1] <= start:
                open_ends.pop()
            check(not open_ends or end <= open_ends[-1], "%s: %s does not nest", tracks.names[key], event)
            open_ends.append(end)


def check_file_order_inside(tracks):
    """Viewers take the first of two that begin together for the outer one."""
    for slices in tracks.slices.values():
        seen = {}
        for start, end, event in slices:
            check(seen.get(start, end) >= end, "%s: stands after one that it holds", event)
            seen[start] = end


def spans(slices, cycle):
    """Does one of the slices, sorted and not nested, span the cycle?"""
    place = bisect.bisect_right(slices, (cycle, float("inf"))) - 1
    return place >= 0 and slices[place][0] <= cycle < slices[place][1]


def check_flows(tracks):
    kinds = collections.Counter()
    sorted_slices = {key: sorted(slice[:2] for slice in slices) for key, slices in tracks.slices.items()}
    for identity, ends in tracks.flows.items():
        check([end[0] for end in ends] == ["s", "f"], "flow %s: is no pair", identity)
        (_, from_cycle, source, start), (_, to_cycle, target, finish) = ends
        check(start["name"] == finish["name"] and start["cat"] == finish["cat"], "flow %s: two names", identity)
        check(from_cycle <= to_cycle and source != target, "flow %s: goes back, or nowhere", identity)
        for cycle, key in ((from_cycle, source), (to_cycle, target)):
            check(spans(sorted_slices[key], cycle), "flow %s: no slice of %s spans cycle %d", identity, tracks.names[key], cycle)
        kinds[start["name"]] += 1
    return kinds


def check_harts(tracks, result):
    for hart in result["harts"]:
        name = "CPU %d" % hart["id"]
        slices = tracks.track(name)
        total = collections.Counter()
        at = 0
        for start, end, event in slices:
            check(start == at, "%s: nothing from %d to %d", name, at, start)
            at = end
            total[event["name"]] += end - start
        equal(name + " is seen to", at, result["cycles"])
        for cause, cycles in hart["cycles_stalled"].items():
            if cause.endswith("miss") or cause == "device":
                equal("%s waits for %s" % (name, cause), total["waits: " + cause], cycles)
        equal(name + " dead", total["dead"], result["cycles"] - result["faults"][0]["cycle"] if hart["state"] == "dead" else 0)
        if hart["state"] != "dead":
            equal(name + " idle", total["idle"], hart["cycles_idle"])


def check_bus(tracks, result):
    slices = tracks.track("transactions")
    outer = [slice for slice in slices if "args" in slice[2]]
    for kind, n in result["bus"]["transactions"].items():
        finished = [s for s in outer if "unfinished" not in s[2]["args"]]
        equal(kind, len([s for s in finished if s[2]["name"].split(" ")[0] == kind]), n)
    busy = sum(end - start for start, end, _ in outer)
    equal("bus in use", round(busy / result["cycles"], 6), result["bus"]["utilisation"])
    phases = sum(end - start for start, end, event in slices if "args" not in event)
    equal("cycles of phases", phases, busy)
    given = len([s for s in finished if s[2]["args"]["supplier"].startswith("CPU")])
    equal("lines given", given, sum(len([s for s in tracks.track("CPU %d gives and takes" % h) if s[2]["name"].startswith("gives")]) for h in range(4)))


def check_tasks(tracks, result):
    names = [name for name in tracks.names.values() if name.startswith("task ")]
    equal("tasks", len(names), result["os"]["tasks_created"])
    runs = collections.Counter()
    for h in range(4):
        for start, end, event in tracks.track("CPU %d task" % h):
            runs[event["name"]] += end - start
    for name in names:
        slices = tracks.track(name)
        for before, after in zip(slices, slices[1:]):
            check(before[1] <= after[0], "%s is in two states: %s %s", name, before, after)
        own = sum(end - start for start, end, event in slices if event["name"].startswith("running"))
        equal(name + " runs", own, runs[name])
    for start, end, event in tracks.track("CPU %d task" % KILLED):
        check(end <= result["faults"][0]["cycle"], "%s: on a dead CPU", event)


def held_and_waited(rows, result):
    """From the lines of a .csv: who held each lock from when to when, and who waited for it."""
    held, waited, holder, waits = [], [], {}, {}
    dead = result["faults"][0]["hart"]
    end = result["cycles"]
    for row in rows:
        cycle, hart, lock = int(row["cycle"]), int(row["hart"]) if row["hart"].isdigit() else None, row["symbol"]
        if row["event"] in ("lock taken", "lock released", "lock recovered") and lock in holder:
            held.append((lock,) + holder.pop(lock) + (cycle,))
        if row["event"] == "lock taken":
            holder[lock] = (hart, cycle)
        ends_wait = row["event"] == "lock taken" or (row["event"] == "lock wait" and waits.get(hart, [lock])[0] != lock)
        if (ends_wait or row["detail"] in ("dead", "fenced")) and hart in waits:
            waited.append((hart,) + waits.pop(hart) + (cycle,))
        if row["event"] == "lock wait":
            waits.setdefault(hart, (lock, cycle))
    held += [(lock,) + of + (end,) for lock, of in holder.items()]
    waited += [(hart,) + of + (end,) for hart, of in waits.items()]
    check(dead not in waits, "CPU %d still waits at the end", dead)
    return (sorted(times for times in intervals if times[-2] < times[-1]) for intervals in (held, waited))


def check_locks(tracks, rows, result):
    held, waited = held_and_waited(rows, result)
    shown = []
    for key, name in tracks.names.items():
        if tracks.processes[key[0]] == "locks":
            shown += [(name, int(event["name"].split(" ")[-1]), start, end) for start, end, event in tracks.slices[key]]
    equal("locks held", sorted(shown), held)
    shown = [
        (h, event["name"], start, end)
        for h in range(4)
        for start, end, event in tracks.track("CPU %d waits for a lock" % h)
    ]
    equal("locks waited for", sorted(shown), waited)
    return len(held), len(waited)


def check_lines(tracks, name):
    """MESI: one that is E or M is alone."""
    states = [slice + (h,) for h in range(4) for slice in tracks.track("%s CPU %d" % (name, h))]
    check({state[2]["name"] for state in states} >= {"S", "M"}, "%s is never shared, or never modified", name)
    for start, end, event, h in states:
        if event["name"] in "EM":
            for other in states:
                check(other[3] == h or other[1] <= start or end <= other[0], "%s and %s together", event, other[2])


def test_death_at_lock(runs, name, trigger):
    """A CPU dies while it waits for a lock, or holds one."""
    result = json.loads(runs.run(name, "--trace", name + ".json", "--set", trigger))
    runs.run(name, "--trace", name + ".csv", "--set", trigger)
    tracks = Tracks(name + ".json")
    check_nesting(tracks)
    check_locks(tracks, read_csv(name + ".csv"), result)
    death = result["faults"][0]["cycle"]
    if name == "waiter":
        ends = [end for _, end, _ in tracks.track("CPU %d waits for a lock" % KILLED)]
    else:
        ends = [start for key in tracks.slices for start, end, event in tracks.slices[key]
                if event["name"] == "held by CPU %d" % KILLED and end > death]
        death -= 1  # taken in the cycle before
    check(death in ends, "the %s's last slice ends, or begins, in %s, not %d", name, ends, death)


def test_json(runs):
    result = runs.traced("trace.json", "--set", 'trace.lines=["hb_live", "counters"]')
    tracks = Tracks("trace.json")
    check_order(tracks)
    check_nesting(tracks)
    check_file_order_inside(tracks)
    kinds = check_flows(tracks)
    equal("migrations", kinds["migration"], result["os"]["migrations"])
    check(kinds["transfer"] > 100, "only %d lines go from cache to cache", kinds["transfer"])
    check_harts(tracks, result)
    check_bus(tracks, result)
    check_tasks(tracks, result)
    runs.traced("trace.csv")
    print("locks: held %d times, waited for %d times" % check_locks(tracks, read_csv("trace.csv"), result))
    check_lines(tracks, "counters")
    told = {event["name"]: cycle for cycle, event in tracks.instants}
    equal("suspected", told["suspect"], result["faults"][0]["suspected_cycle"])
    equal("recovered", told["recovered"], result["faults"][0]["recovered_cycle"])
    print("%d events, flows: %s" % (len(tracks.events), dict(kinds)))
    for name, trigger in (
        ("waiter", '{"tracepoint": "lock_wait", "count": 10}'),
        ("owner", '{"tracepoint": "lock_acquire", "count": 60}'),
    ):
        test_death_at_lock(runs, name, "faults.0.trigger=" + trigger)
    runs.traced("functions.json", "--set", "trace.functions=true")
    tracks = Tracks("functions.json")
    check_nesting(tracks)
    check(tracks.track("CPU 0 function"), "no functions are shown")


# ---- VCD


class Dump:
    """A value change dump: for each signal its changes, (time, value)."""

    def __init__(self, path):
        self.changes, names, scope, time = collections.defaultdict(list), {}, [], None
        self.times, defined = [], False
        with open(path) as file:
            for line in file:
                words = line.split() or ["-"]
                if words[0] == "$scope":
                    scope.append(words[2])
                elif words[0] == "$upscope":
                    scope.pop()
                elif words[0] == "$var":
                    check(words[3] not in names, "identifier %s twice", words[3])
                    names[words[3]] = ".".join(scope + [words[4]])
                elif words[0] == "$enddefinitions":
                    defined = True
                elif not defined:
                    continue
                elif words[0][0] == "#":
                    time = int(words[0][1:])
                    check(not self.times or time > self.times[-1], "time %d is not after %d", time, self.times[-1:])
                    self.times.append(time)
                elif words[0][0] in "bs":
                    self.changes[names[words[1]]].append((time, words[0][1:]))
                elif words[0][0] in "01x":
                    self.changes[names[words[0][1:]]].append((time, words[0][0]))
        self.names = set(names.values())
        check(scope == [], "scopes are left open")

    def high(self, name):
        """For how long it is 1."""
        total, since = 0, None
        for time, value in self.changes[name]:
            if since is not None:
                total += time - since
            since = time if value == "1" else None
        return total

    def settled(self, name, time):
        """The value at the end of a time step."""
        last = None
        for at, value in self.changes[name]:
            if at > time:
                break
            last = value
        return last


def check_waves(dump, result):
    grants = [value for _, value in dump.changes["machine.bus.grant"] if value != "x"]
    sure = sum(result["bus"]["transactions"].values())
    equal("grants", len(grants), sure)
    changes = dump.changes["machine.bus.grant"]
    for (time, value), after in zip(changes, changes[1:]):
        check(value == "x" or after == (time + 1, "x"), "the grant of %d lasts longer than its cycle", time)
    for hart in range(4):
        n = len([g for g in grants if int(g, 2) == hart])
        check(n > 10, "CPU %d is granted %d times", hart, n)
    equal("bus in use", round(dump.high("machine.bus.busy") / result["cycles"], 6), result["bus"]["utilisation"])
    equal("address phases", dump.high("machine.bus.address.active"), result["bus"]["address_cycles"])
    equal("data phases", dump.high("machine.bus.data.active"), result["bus"]["data_cycles"])
    equal("the last time", dump.times[-1], result["cycles"])
    states = dump.changes["machine.cpu%d.state" % KILLED]
    equal("the death", states[-1], (result["faults"][0]["cycle"], "dead"))
    check(dump.settled("machine.cpu0.state", 0) == "waits", "CPU 0 does not fetch in cycle 0")


def read_by_gtkwave(path, dump):
    if not shutil.which("vcd2fst"):
        print("skipped: vcd2fst (package gtkwave) is not installed")
        sys.exit(77)
    for command in (["vcd2fst", path, "t.fst"], ["fst2vcd", "t.fst", "-o", "back.vcd"]):
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        check(done.returncode == 0, "%s: status %d: %s", " ".join(command), done.returncode, done.stdout + done.stderr)
    back = Dump("back.vcd")
    equal("signals that GTKWave reads", back.names, dump.names)
    for name in dump.names:
        mine, theirs = final_values(dump.changes[name]), final_values(back.changes[name])
        check(mine == theirs, "%s: GTKWave reads %s", name, [pair for pair in zip(mine, theirs) if pair[0] != pair[1]][:3])


def final_values(changes):
    """What is left of changes when those of one step and those that change nothing are taken together. Numbers lose
    their leading zeros."""
    steps, last = [], None
    for time, value in dict(changes).items():
        value = value.lstrip("0") or "0"
        if set(value) == {"x"}:
            value = "x"
        if value != last:
            steps.append((time, value))
        last = value
    return steps


def test_vcd(runs):
    result = runs.traced("trace.vcd", "--set", 'trace.lines=["counters"]', "--set", "trace.functions=true")
    dump = Dump("trace.vcd")
    check_waves(dump, result)
    letters = {value for h in range(4) for _, value in dump.changes["machine.line_counters.cpu%d" % h]}
    check(letters >= {"I", "S", "M"} and letters <= set("IESM"), "states of the line: %s", letters)
    check(len(dump.changes["machine.cpu0.function"]) > 100, "no functions are shown")
    print("%d steps, %d signals" % (len(dump.times), len(dump.names)))
    read_by_gtkwave("trace.vcd", dump)


# ---- CSV


def read_csv(path):
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        check(len(row) == 6 and None not in row.values(), "%s: has not 6 fields", row)
    for before, after in zip(rows, rows[1:]):
        check(int(before["cycle"]) <= int(after["cycle"]), "%s comes before %s", before, after)
    return rows


def check_counters(rows, result):
    events = collections.Counter(row["event"] for row in rows)
    for kind, n in result["bus"]["transactions"].items():
        equal(kind, events[kind], n)
    waits = collections.Counter()
    for row in rows:
        if row["event"] == "grant":
            waits[row["hart"]] += int(row["detail"].split(" after ")[1])
    for hart in range(4):
        equal("cycles that CPU %d waits for the bus" % hart, waits[str(hart)], result["bus"]["wait_cycles"]["per_hart"][hart])
    equal("migrations", events["task moves"], result["os"]["migrations"])
    check_letters(rows)
    lost = collections.Counter()
    for row in rows:
        # Its own write-back gives a line away; its own read may have the L2 take one from it.
        if row["event"] == "line" and ">I " in row["detail"] and not row["detail"].endswith("BusWB of CPU " + row["hart"]):
            lost[row["hart"], row["detail"][:3].lower()] += 1
    for cache in result["caches"]:
        if cache["kind"] == "l1d":
            equal("lines taken from %s" % cache, lost[str(cache["hart"]), "l1d"], cache["invalidations_received"] + cache["back_invalidations_received"])


def check_letters(rows):
    """A line goes on from the state that it had."""
    states = {}
    for row in rows:
        if row["event"] != "line":
            continue
        key = row["hart"], row["detail"][:3], row["address"]
        before, after = row["detail"].split(" ")[1].split(">")
        check(states.get(key, "I") == before != after, "%s: it was %s", row, states.get(key, "I"))
        states[key] = after


def check_accesses(rows, result):
    """What hits is told when it is done; what does not is asked for first, and may not be done: an SC that fails, the
    last access of a hart that dies."""
    hits, asked, done = collections.Counter(), collections.Counter(), collections.Counter()
    kinds = ("load", "store", "lr", "sc", "amo", "fetch")
    for row in rows:
        kind = row["detail"] if row["event"] == "request" else row["event"]
        if kind not in kinds:
            continue
        key = int(row["hart"]), "l1i" if kind == "fetch" else "l1d"
        counter = asked if row["event"] == "request" else hits if row["detail"].startswith("hit") else done
        counter[key] += 1
    for cache in result["caches"]:
        key = cache["hart"], cache["kind"]
        equal("accesses of CPU %d's %s" % key, hits[key] + asked[key], cache["accesses"])
        check(asked[key] - 20 <= done[key] <= asked[key], "CPU %d's %s: %d asked for", *key, asked[key])


def check_values(rows):
    """A load gives what the last store of all CPUs to these bytes has put there."""
    last, compared = {}, 0
    for row in rows:
        if row["event"] not in ("load", "store", "sc", "amo"):
            continue
        _, size, value = row["detail"].split()
        word = int(row["address"], 16)
        if row["event"] == "load" and size == "bytes=8" and word in last:
            equal("what is loaded from %s in cycle %s" % (row["address"], row["cycle"]), value, last[word])
            compared += 1
        elif row["event"] != "load":
            last.pop(word & ~7, None)
        if row["event"] == "store" and size == "bytes=8":
            last[word] = value
    check(compared > 1000, "%d loads compared", compared)


def test_csv(runs):
    result = runs.traced("trace.csv")
    rows = read_csv("trace.csv")
    check_counters(rows, result)
    check(not [row for row in rows if row["event"] == "load"], "accesses are told without being asked for")
    runs.traced("accesses.csv", "--set", "trace.accesses=true")
    accesses = read_csv("accesses.csv")
    check_counters(accesses, result)
    check_accesses(accesses, result)
    check_values(accesses)
    print("%d rows, %d with accesses" % (len(rows), len(accesses)))


# ---- A part of a run


def test_window(runs):
    first, last = 80000, 130000
    part = ["--set", "trace.from_cycle=%d" % first, "--set", "trace.to_cycle=%d" % last]
    runs.traced("part.json", *part)
    tracks = Tracks("part.json")
    check_nesting(tracks)
    check_flows(tracks)
    for h in range(4):
        slices = tracks.track("CPU %d" % h)
        equal("CPU %d is seen" % h, (slices[0][0], slices[-1][1]), (first, last))
    for slices in tracks.slices.values():
        check(all(first <= s[0] and s[1] <= last for s in slices), "a slice lies outside")
    runs.traced("part.vcd", *part)
    times = Dump("part.vcd").times
    equal("times", (times[0], times[-1]), (first, last))
    runs.traced("part.csv", *part)
    runs.traced("all.csv")
    rows = [row for row in read_csv("all.csv") if first <= int(row["cycle"]) < last]
    equal("rows", read_csv("part.csv")[4:], rows)  # after the states at its beginning
    runs.run("slice", "--save-at", "90000", "snapshot")
    runs.run("goes-on", "--from", "snapshot", "--trace", "rest.json")
    tracks = Tracks("rest.json")
    check_nesting(tracks)
    check_flows(tracks)
    equal("the beginning", min(s[0] for s in tracks.track("CPU 0")), 90000)


# ---- Times late in a run


def test_late(runs):
    """Times that doubles hold less and less exactly: two CPUs write to one line, late."""
    for begin in (6553600, 2**25 - 1000):
        for cpu in range(2):
            with open("late%d.data" % cpu, "w") as file:
                file.write("2 0x%x\n" % begin + "1 0x80001000\n2 0x3\n" * 300)
        command = [runs.hartbeat, "exec", "--quiet", "--mem-trace", "late0.data", "late1.data", "--cycles", str(2 * begin)]
        command += ["--set", "trace.from_cycle=%d" % begin, "--trace", "late.json"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        check(done.returncode == 0, "status %d: %s", done.returncode, done.stderr)
        tracks = Tracks("late.json")
        check_nesting(tracks)
        check_file_order_inside(tracks)
        for cpu in range(2):
            slices = tracks.track("CPU %d" % cpu)
            check(len(slices) > 500, "CPU %d: only %d slices from cycle %d on", cpu, len(slices), begin)
            for before, after in zip(slices, slices[1:]):
                check(before[1] == after[0], "CPU %d: %s does not begin where %s ends", cpu, after, before)


# ---- A split bus and store buffers


def test_split(runs):
    options = ["machine.bus.split=true", "machine.store_buffer.depth=4", "machine.bus.protocol=moesi", "machine.l2.size=64KiB"]
    runs = Runs(runs.hartbeat, runs.experiment, *[word for option in options for word in ("--set", option)])
    result = runs.traced("split.json")
    tracks = Tracks("split.json")
    check_nesting(tracks)
    check_flows(tracks)
    check_harts(tracks, result)
    ended = sum(s[1] - s[0] for s in tracks.track("address lines") if "unfinished" not in s[2]["args"])
    equal("address phases", ended, result["bus"]["address_cycles"])
    ahead = result["bus"]["data_cycles"] - sum(s[1] - s[0] for s in tracks.track("data lines"))
    check(0 <= ahead <= 8 * 64 // 8, "data phases: %d cycles are missing", ahead)  # planned, but behind the end
    for name in ("address lines", "data lines"):
        slices = sorted(tracks.track(name), key=lambda slice: slice[0])
        for before, after in zip(slices, slices[1:]):
            check(before[1] <= after[0], "the %s are shared: %s %s", name, before, after)
    for hart in result["harts"]:
        for start, end, event in tracks.track("CPU %d requests" % hart["id"]):
            check(event["name"] == "asks" or "Bus" in event["name"] or "Dev" in event["name"], "%s: what is this?", event)
    runs.traced("split.vcd")
    dump = Dump("split.vcd")
    under_way = int(dump.changes["machine.bus.outstanding"][-1][1], 2)
    grants = len([value for _, value in dump.changes["machine.bus.grant"] if value != "x"])
    equal("grants", grants, sum(result["bus"]["transactions"].values()) + under_way)
    equal("address phases", dump.high("machine.bus.address.active"), result["bus"]["address_cycles"])
    equal("data phases", dump.high("machine.bus.data.active") + ahead, result["bus"]["data_cycles"])
    most = max(int(v, 2) for _, v in dump.changes["machine.bus.outstanding"])
    check(most > 1, "there is never more than one transaction")
    runs.traced("split.csv")
    check_counters(read_csv("split.csv"), result)
    print("at most %d transactions at once" % most)


def main():
    hartbeat, experiment, what = sys.argv[1:]
    hartbeat, experiment = os.path.abspath(hartbeat), os.path.abspath(experiment)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            {
                "json": test_json,
                "late": test_late,
                "vcd": test_vcd,
                "csv": test_csv,
                "window": test_window,
                "split": test_split,
            }[what](Runs(hartbeat, experiment))
        finally:
            os.chdir("/")


main()
