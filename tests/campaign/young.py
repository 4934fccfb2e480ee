#!/usr/bin/env python3
"""young.py HARTBEAT CONFIGS [RUNS]: what checkpoints cost, and what they save. configs/campaigns/young.json, with the cost C of a
copy as it is measured here and failures of the mean M = 200 C: at the interval sqrt(2CM) between copies, and at a quarter and four
times that.

The overhead is the time that a task takes above that of a run without faults and without copies, less the outages: from each
failure that has struck the task until it runs again (detection and restart). Young (1974): C / T + T / (2 M) for the interval T,
which is least, sqrt(2C / M), at sqrt(2CM).

With RUNS, fewer than the campaign has, failures are few, and M is what they came to. What 100 failures cost varies by some 3 % of
itself, and Young's formula leaves out that an interval may be struck twice, which is 7 %: so the short form is held against the
exact one, M (exp((T + C) / M) - 1) / T - 1 (Daly 2006), and has its runs where they are needed: at a quarter nearly all is copies,
whose number does not vary."""
import json, math, os, sys

from common import call, check, finish, path_of, read_json, read_runs, write_json

hartbeat, configs = sys.argv[1:3]
runs = int(sys.argv[3]) if len(sys.argv) > 3 else None
RATIO = 200        # of M to C
WITHIN = 0.2       # of Young's overhead, at his interval
WORSE = 1.6        # times as much, at a quarter and at four times it
LENGTHS = 20       # a task is longer than so many of his intervals
FAILURES = 400     # of the task, at each point of the whole campaign
PARTS = [("a quarter of it", 0.25, 1 / 4), ("Young's interval", 1, 5 / 2), ("four times it", 4, 1)]  # and of RUNS, how many

with open(os.path.join(configs, "campaigns", "young.json")) as file:
    campaign = json.load(file)
campaign["experiment"] = os.path.abspath(os.path.join(configs, "contend-short.json"))


def time_of(result):
    """What the task took, in a run without faults."""
    return result["os"]["last_completion_cycle"] - result["os"]["harts_up_cycle"]


def golden(name, **more):
    """The task without faults, with other keys; gives how long it takes."""
    keys = dict(campaign["set"], **{"stop.quiet_cycles": 10**9}, **more)
    sets = [word for key, value in keys.items() for word in ("--set", f"{key}={json.dumps(value)}")]
    done = call(hartbeat, "run", campaign["experiment"], *sets, "--out", path_of(name), "--quiet")
    check(done.returncode == 0, f"{name} ends with {done.returncode}: {done.stderr}")
    return time_of(read_json(name, "result.json"))


def cost(plain):
    """Of a copy: by what the task takes longer, for each copy that it had time for."""
    rough = campaign["sweep"]["cross"]["os.recovery.checkpoint_cycles"][1] // 4
    cycles = {"os.recovery.checkpoint_cycles": rough}
    return (golden("copied", **cycles) - plain) * rough / plain


def overhead(entries, plain, base):
    """Of the runs of a point: the overhead, failures of the task, and the M that these came to."""
    resumed = sum(fault["resumed"] for entry in entries for fault in entry["faults"])
    outages = sum(fault["resumed_cycles"] for entry in entries for fault in entry["faults"])
    taken = sum(entry["cycles"] - base for entry in entries)
    return (taken - outages) / (len(entries) * plain) - 1, resumed, (taken - outages) / resumed, outages / resumed


plain = golden("plain", **{"os.recovery.restart": "start"})
base = read_json("plain", "result.json")["cycles"] - plain  # the start and the end, which are no part of the task
c = cost(plain)
m = RATIO * c
best = math.sqrt(2 * c * m)
print(f"C is {c:.0f} cycles, M {m:.0f}; Young's interval is {best:.0f}, and the task takes {plain / best:.0f} of these")
check(plain > LENGTHS * best, "the task is too short")
campaign["faults"][0]["rate"]["exponential"] = round(m)
seen = []
for name, part, share in PARTS:
    interval = round(best * part)
    campaign["sweep"]["cross"]["os.recovery.checkpoint_cycles"] = [interval]
    if runs:
        campaign["sampling"]["runs"] = round(runs * share)
    done = call(hartbeat, "campaign", write_json("young.json", campaign), "--out", path_of("young"), "--quiet")
    check(done.returncode == 0, f"the campaign ends with {done.returncode}: {done.stderr}")
    lost, failures, mean, outage = overhead(read_runs("young"), plain, base)
    if not runs:
        check(failures >= FAILURES, f"{failures} failures are too few")
        mean = m
    young = c / interval + interval / (2 * mean)
    exact = mean * (math.exp((interval + c) / mean) - 1) / interval - 1
    seen.append(lost)
    print(f"{name}, {interval} cycles: {failures} failures, each an outage of {outage:.0f} cycles; "
          f"overhead {100 * lost:.2f} %, Young {100 * young:.2f} %, exact {100 * exact:.2f} %")
    if part == 1:
        formula, foretold = ("the exact", exact) if runs else ("Young's", young)
        check(abs(lost / foretold - 1) <= WITHIN, f"{name}: {100 * (lost / foretold - 1):+.0f} % from {formula} formula")
for place in 0, 2:
    print(f"{PARTS[place][0]}: {seen[place] / seen[1]:.2f} times as much")
    check(seen[place] >= WORSE * seen[1], f"{PARTS[place][0]}: not {WORSE} times as much")
finish()
