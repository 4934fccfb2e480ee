#!/usr/bin/env python3
"""What result.json says of harts, of the bus's time, of the kernel and of faults, computed again from what happened: from
a .csv trace and the log of commits, by nothing but the definitions of docs/results.md. (Caches, transactions and their
traffic: recompute.py.)

    system.py HARTBEAT

Each of a few small machines (system.json) is run once; each of its numbers must be found again. Of those called "beats",
only heartbeats and waits are looked at: each hart that lives must beat once a period.
"""

import collections
import csv
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile

EXPERIMENT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "system.json")
OF_THE_BUS = ("fetch_miss", "load_miss", "store_miss", "device")  # causes of stalls that are nothing but waiting for it
SUPERVISOR_TRACEPOINT = re.compile(r"core +\d+: [13] 0x[0-9a-f]+ \(0x([0-9a-f]{8})\)")

failures = 0


def equal(what, found, told):
    global failures
    if found != told:
        failures += 1
        print("FAILED: %s: %s by the trace, %s in result.json" % (what, found, told))


def check(holds, text, *arguments):
    global failures
    if not holds:
        failures += 1
        print("FAILED: " + text % arguments)


def ratio(part, whole):
    """As result.json writes it."""
    return round(part / whole, 6) if whole else 0


class Row:
    __slots__ = ("cycle", "hart", "event", "detail")

    def __init__(self, fields):
        cycle, hart, self.event, _, _, self.detail = fields
        self.cycle = int(cycle)
        self.hart = int(hart) if hart.isdigit() else hart


class Run:
    """One variant: what it said, and what happened."""

    def __init__(self, hartbeat, name, config):
        with open(name + ".json", "w") as file:
            json.dump(config, file)
        self.all = not name.startswith("beats")
        command = [hartbeat, "run", name + ".json", "--out", name, "--trace", name + ".csv"]
        command += ["--log-commits", name + ".log"] if self.all else []
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        if done.returncode not in (0, 3):
            sys.exit("FAILED: %s: status %d: %s" % (name, done.returncode, done.stderr))
        self.name, self.config, self.table = name, config, done.stdout
        with open(os.path.join(name, "result.json")) as file:
            self.result = json.load(file)
        with open(name + ".csv", newline="") as file:
            self.rows = [Row(fields) for fields in itertools.islice(csv.reader(file), 1, None)]
        self.harts = len(self.result["harts"])
        self.cycles = self.result["cycles"]
        self.split = config["machine"].get("bus", {}).get("split", False)

    def of(self, *events):
        return [row for row in self.rows if row.event in events]


# ---- Harts


def commits_of(run):
    """For each hart, and each tracepoint that it has executed in a mode other than U: how many instructions it had
    retired in U mode before; and how many it retired in all, and in U mode."""
    points = [[] for _ in range(run.harts)]
    retired, user = [0] * run.harts, [0] * run.harts
    with open(run.name + ".log") as log:
        for line in log:
            hart, mode = int(line[4:8]), line[10]
            retired[hart] += 1
            user[hart] += mode == "0"
            found = SUPERVISOR_TRACEPOINT.match(line)
            if found:
                word = int(found[1], 16)
                if word & 0x7FFF == 0x2013:  # slti x0, rs1, ID
                    points[hart].append((word >> 20, user[hart]))
    return points, retired, user


def time_of(run):
    """What each hart was at, for how many cycles."""
    total = [collections.Counter() for _ in range(run.harts)]
    present = {}
    for row in run.of("state") + [Row([str(run.cycles), str(h), "state", "", "", ""]) for h in range(run.harts)]:
        if row.hart in present:
            what, since = present[row.hart]
            total[row.hart][what] += row.cycle - since
        present[row.hart] = row.detail, row.cycle
    return total


def check_harts(run, retired, user):
    for hart, time in zip(run.result["harts"], time_of(run)):
        name, h = "%s: hart %d: " % (run.name, hart["id"]), hart["id"]
        equal(name + "instructions", retired[h], hart["instructions"])
        equal(name + "user_instructions", user[h], hart["user_instructions"])
        equal(name + "cycles_busy", retired[h], hart["cycles_busy"])
        equal(name + "cycles_idle", time["idle"] + time["stopped"] + time["fenced"], hart["cycles_idle"])
        stalled = hart["cycles_stalled"]
        for cause in OF_THE_BUS:
            equal(name + "cycles_stalled." + cause, time["waits: " + cause], stalled[cause])
        waits = sum(cycles for what, cycles in time.items() if what.startswith("waits: "))
        runs = sum(cycles for what, cycles in time.items() if what.endswith(" mode"))
        equal(name + "busy and stalled", runs + waits, hart["cycles_busy"] + sum(stalled.values()))
        lived = run.cycles - time["dead"]
        equal(name + "ipc", ratio(retired[h], lived), hart["ipc"])
        equal(name + "busy, stalled and idle", lived, hart["cycles_busy"] + sum(stalled.values()) + hart["cycles_idle"])
        equal(name + "state", [w for w in ("dead", "fenced", "stopped") if time[w]][-1:],
              [w for w in (hart["state"],) if w in ("dead", "fenced", "stopped")])


# ---- The bus


def check_bus(run):
    bus = run.result["bus"]
    finished = [(row, dict(re.findall(r"(\w+)=(\w+)", row.detail))) for row in run.of(*bus["transactions"])]
    equal(run.name + ": transactions", len(finished), sum(bus["transactions"].values()))
    address = sum(int(of["snooped"]) - int(of["granted"]) for _, of in finished)
    data = sum(int(of["data_cycles"]) for _, of in finished)
    ended = {(row.hart, int(of["granted"])) for row, of in finished}
    open_grants = [row for row in run.of("grant") if (row.hart, row.cycle) not in ended]
    under_way = len(open_grants)
    equal(run.name + ": transactions that were granted", under_way + len(finished), len(run.of("grant")))
    check(under_way <= 8, "%s: %d transactions never finish", run.name, under_way)
    if run.split or under_way:  # the address and data phases of those are not in the trace
        check(0 <= bus["address_cycles"] - address <= 8 * under_way, "%s: address_cycles: %d, by the trace %d", run.name,
              bus["address_cycles"], address)
        check(0 <= bus["data_cycles"] - data <= 64 * under_way, "%s: data_cycles: %d, by the trace %d", run.name,
              bus["data_cycles"], data)
    else:
        equal(run.name + ": address_cycles", address, bus["address_cycles"])
        equal(run.name + ": data_cycles", data, bus["data_cycles"])
    if run.split:
        equal(run.name + ": utilisation", ratio(bus["data_cycles"], run.cycles), bus["utilisation"])
    else:
        busy = sum(row.cycle - int(of["granted"]) for row, of in finished)
        busy += sum(run.cycles - row.cycle for row in open_grants)
        equal(run.name + ": utilisation", ratio(busy, run.cycles), bus["utilisation"])


def check_waits(run):
    told = run.result["bus"]["wait_cycles"]
    waited = collections.defaultdict(list)
    asked = {}
    for row in run.of("request", "grant"):
        if row.event == "request":
            asked[row.hart] = row.cycle
        else:
            waited[row.hart].append(row.cycle - asked.pop(row.hart))
            equal("%s: the grant of %s in cycle %d" % (run.name, row.hart, row.cycle), waited[row.hart][-1],
                  int(row.detail.split(" after ")[1]))
    every = [wait for waits in waited.values() for wait in waits]
    harts = [waited[h] for h in range(run.harts)]
    equal(run.name + ": waits", [sum(waits) for waits in harts], told["per_hart"])
    equal(run.name + ": mean waits", [ratio(sum(waits), len(waits)) for waits in harts], told["mean_per_hart"])
    longest = [max(waits + [0]) for waits in harts]
    check(all(found <= max_ for found, max_ in zip(longest, told["max_per_hart"])), "%s: longest waits: %s, %s", run.name,
          longest, told["max_per_hart"])
    for h, (found, max_) in enumerate(zip(longest, told["max_per_hart"])):
        if found != max_:  # then it is of a request that still waits
            equal("%s: longest wait of hart %d" % (run.name, h), run.cycles - asked.get(h, run.cycles), max_)
    equal(run.name + ": mean wait", ratio(sum(every), len(every)), told["mean"])
    equal(run.name + ": longest wait", max(told["max_per_hart"]), told["max"])


# ---- The table


def check_table(run):
    """The table on the terminal says what result.json says, as far as it has digits."""
    def share(part, whole):
        return "%.1f%%" % (100 * part / whole)

    rows = re.findall(r"^ +(\d+)  \w+ +\w+ +([\d,]+)  ([\d.]+) +([\d.]+%) +([\d.]+%) +([\d.]+%) +(\S+) +(\S+)", run.table, re.M)
    equal(run.name + ": rows of the table", len(rows), run.harts)
    rates = {(cache["hart"], cache["kind"]): cache["hit_rate"] for cache in run.result["caches"]}
    for row, hart in zip(rows, run.result["harts"]):
        stalled = sum(hart["cycles_stalled"].values())
        lived = hart["cycles_busy"] + stalled + hart["cycles_idle"]
        told = [str(hart["id"]), "{:,}".format(hart["instructions"]), "%.3f" % (hart["instructions"] / lived)]
        told += [share(hart["cycles_busy"], lived), share(stalled, lived), share(hart["cycles_idle"], lived)]
        told += ["%.1f%%" % (100 * rates[hart["id"], kind]) for kind in ("l1i", "l1d")]
        equal("%s: hart %d in the table" % (run.name, hart["id"]), list(row), told)
    bus = run.result["bus"]
    said = "%.1f%% in use; a request waits %.1f cycles on average, %s at most" % (
        100 * bus["utilisation"], bus["wait_cycles"]["mean"], "{:,}".format(bus["wait_cycles"]["max"]))
    check(said in run.table, "%s: the table does not say: %s", run.name, said)


# ---- The kernel


def subject(row):
    """The task that a sentence is about."""
    return int(re.search(r"[Tt]ask (\d+)", row.detail)[1])


def first_cycle(rows, after=0):
    return next((row.cycle for row in rows if row.cycle >= after), None)


def attempts_of(run, points):
    """The U-mode instructions of each task's attempts, by (task, attempt)."""
    events = {"task run", "task stop", "task done"}
    executed, present, attempt = collections.Counter(), {}, {}
    ids, known = {}, collections.defaultdict(collections.deque)
    for h, of_hart in enumerate(points):
        known[h].extend(of_hart)
    for row in run.rows:
        if row.event in HAVE_NO_POINT or row.hart not in known or row.event not in run.points:
            continue
        number, user = known[row.hart].popleft()
        equal("%s: cycle %d: %s" % (run.name, row.cycle, row.event), ids.setdefault(row.event, number), number)
        if row.event in events and row.hart in present:
            task, since = present.pop(row.hart)
            executed[task, attempt[task]] += user - since
        if row.event == "task run":
            task = subject(row)
            found = re.search(r"attempt (\d+)", row.detail)
            attempt[task] = int(found[1]) if found else 1
            present[row.hart] = task, user
    check(not any(known.values()), "%s: the log of commits has more tracepoints than the trace", run.name)
    return executed, attempt


def check_kernel(run, points):
    told, result = run.result["os"], run.result
    done = {}
    for row in run.of("task done"):
        done.setdefault(subject(row), row.cycle)
    equal(run.name + ": tasks_created", len({subject(row) for row in run.of("task created")}), told["tasks_created"])
    equal(run.name + ": tasks_completed", len(done), told["tasks_completed"])
    equal(run.name + ": last_completion_cycle", max(done.values(), default=None), told["last_completion_cycle"])
    equal(run.name + ": harts_up_cycle", first_cycle(run.of("all CPUs up")), told["harts_up_cycle"])
    equal(run.name + ": migrations", len(run.of("task moves")), told["migrations"])
    equal(run.name + ": tasks_restarted", len(run.of("task restarts")), told["tasks_restarted"])
    equal(run.name + ": locks_recovered", len(run.of("lock recovered")), told["locks_recovered"])
    last, switches = {}, 0
    for row in run.of("task run"):
        switches += last.get(row.hart, subject(row)) != subject(row)
        last[row.hart] = subject(row)
    equal(run.name + ": context_switches", switches, told["context_switches"])
    executed, attempt = attempts_of(run, points)
    completed = sum(executed[task, attempt[task]] for task in done)
    equal(run.name + ": instructions_completed", completed, told["instructions_completed"])
    if done:
        equal(run.name + ": goodput", ratio(completed, max(done.values()) - told["harts_up_cycle"]), told["goodput"])
    series = told.get("goodput_series", [])
    check(len(series) > 0, "%s: no series of goodput", run.name)
    equal(run.name + ": completions in the series", len(done), sum(window["tasks_completed"] for window in series))
    spread = sum(window["goodput"] * (window["to_cycle"] - window["from_cycle"]) for window in series)
    check(abs(spread - completed) < 1, "%s: the series holds %s instructions of %d", run.name, spread, completed)
    for index, fault in enumerate(result["faults"]):
        check_fault(run, "%s: faults.%d: " % (run.name, index), fault)


def check_fault(run, name, fault):
    hart, struck = fault["hart"], fault["cycle"]
    dead = [row for row in run.of("state") if row.hart == hart and row.detail == "dead"]
    equal(name + "cycle", dead[0].cycle if dead else None, struck)
    equal(name + "activated", bool(dead), fault["activated"])
    for key, event, words in (("suspected_cycle", "suspect", r"suspects CPU %d\b"), ("fenced_cycle", "fenced", r"fenced CPU %d\b"),
                              ("recovered_cycle", "recovered", r"^CPU %d is recovered")):
        rows = [row for row in run.of(event) if re.search(words % hart, row.detail)]
        check(rows, "%sno row tells of %s", name, event)
        equal(name + key, first_cycle(rows, struck), fault[key])


def check_beats(run):
    """A hart that lives beats once a period, and is no later than the longest that anything of the run took."""
    os_keys = run.config.get("os", {}).get("heartbeat", {})
    period = os_keys.get("period_cycles", 10000)
    late = run.result["os"]["jitter_cycles"]
    up = run.result["os"]["harts_up_cycle"]
    for h in range(run.harts):
        times = [row.cycle for row in run.of("heartbeat") if row.hart == h and row.cycle >= up]
        gaps = [after - before for before, after in zip(times, times[1:])]
        lives = run.result["harts"][h]["state"] in ("running", "idle")
        check(len(gaps) > 3 or not lives, "%s: hart %d beats %d times", run.name, h, len(times))
        check(max(gaps, default=0) <= period + late, "%s: hart %d is silent for %d cycles; its period is %d, and nothing "
              "took longer than %d", run.name, h, max(gaps, default=0), period, late)


# ---- All


HAVE_NO_POINT = {"state", "line", "request", "grant", "function", "reservation lost"}


def check_all(run):
    run.points = {row.event for row in run.rows} - HAVE_NO_POINT - set(run.result["bus"]["transactions"])
    points, retired, user = commits_of(run)
    check_harts(run, retired, user)
    check_bus(run)
    check_kernel(run, points)


def main():
    hartbeat = os.path.abspath(sys.argv[1])
    with open(EXPERIMENT) as file:
        machines = json.load(file)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            for name, config in machines.items():
                run = Run(hartbeat, name, config)
                check_beats(run)
                check_waits(run)
                check_table(run)
                if run.all:
                    check_all(run)
                print("%s: %d cycles, %d rows" % (name, run.cycles, len(run.rows)))
        finally:
            os.chdir("/")
    sys.exit(failures > 0)


main()
