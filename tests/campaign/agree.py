#!/usr/bin/env python3
"""agree.py HARTBEAT CONFIGS [RUNS]: the same deaths under os.recovery.detect "ring" and "agree": none does harm, and the CPU that
is asked finds the dead one at most a look later than its watcher alone would have."""
import os, sys

from common import call, check, finish, of_few, path_of, read_json, read_runs, write_json

hartbeat, configs = map(os.path.abspath, sys.argv[1:3])
runs = int(sys.argv[3]) if len(sys.argv) > 3 else 1000


def load(*names):
    return read_json(configs, *names)  # an absolute path


def run(out, **keys):
    campaign = load("campaigns", "agree.json")
    campaign["experiment"] = os.path.join(configs, "contend-short.json")
    campaign["sampling"]["runs"] = runs
    campaign["expect"] = of_few(campaign["expect"])
    campaign.update(keys)
    done = call(hartbeat, "campaign", write_json("agree.json", campaign), "--out", path_of(out), "--quiet")
    check(done.returncode == 0, f"the campaign ends with {done.returncode}: {done.stdout}{done.stderr}")
    return read_json(out, "golden.json"), read_runs(out)


def suspected(lines, point):
    lines = [line for line in lines if line["point"] == point]
    return {line["index"] % len(lines): line["faults"][0] for line in lines}


def compare(golden, lines, ring, agree, look):
    cycles = [golden[point]["result"]["cycles"] for point in (ring, agree)]
    check(cycles[0] == cycles[1], f"{ring}, {agree}: without a fault they take {cycles} cycles")
    alone, asked = suspected(lines, ring), suspected(lines, agree)
    later = []
    for index, fault in alone.items():
        other = asked[index]
        check((fault["hart"], fault["cycle"]) == (other["hart"], other["cycle"]), f"run {index}: not the same death")
        if fault["suspected_cycle"] is None or other["suspected_cycle"] is None:
            continue
        later.append(other["suspected_cycle"] - fault["suspected_cycle"])
        check(0 <= later[-1] <= look, f"{agree}: run {index}: suspected {later[-1]} cycles later (0 to {look})")
    check(len(later) > len(alone) * 3 / 4, f"{agree}: of {len(alone)} deaths {len(later)} were noticed by both")
    print(f"{agree}: {len(later)} deaths, suspected {min(later)} to {max(later)} cycles later than by the watcher alone, "
          f"{sum(later) / len(later):.0f} on average; a look is {look}")


look = load("contend-short.json")["os"]["heartbeat"]["check_cycles"]
golden, lines = run("out")
compare(golden, lines, "p0", "p1", look)
compare(golden, lines, "p2", "p3", look)
first = golden["p0"]["window"]["from"]
golden, lines = run("early", window={"from": {"cycle": first}, "to": {"cycle": first + 3000}},  # when some begin to watch
                    sampling={"mode": "random", "runs": 20})
compare(golden, lines, "p0", "p1", look)
compare(golden, lines, "p2", "p3", look)
finish()
