#!/usr/bin/env python3
"""lost.py HARTBEAT CONFIGS [RUNS]: a CPU dies and its cache with it. Where the kernel's data were in that cache, over half of the
runs go wrong, and none of these is called recovered; where no lost line differed from memory, nothing is wrong or lost, whatever
was flushed. What flushing costs is printed."""
import os, sys

from common import call, check, finish, path_of, read_json, read_runs, write_json

hartbeat, configs = sys.argv[1:3]
runs = int(sys.argv[3]) if len(sys.argv) > 3 else 2000
RIGHT = {"DETECTED_RECOVERED", "DELAYED", "MASKED", "LATENT"}

campaign = {
    "schema": "hartbeat-campaign/1", "name": "lost", "seed": 1,
    "experiment": os.path.abspath(os.path.join(configs, "contend-short.json")),
    "set": {"os.workload.sets": "small", "os.heartbeat.period_cycles": 20011, "os.heartbeat.timeout_cycles": 90001},
    "sweep": {"zip": {"os.recovery.kernel_data": ["cached", "cached", "flushed", "flushed", "cached"],
                      "os.workload.kind": ["contend", "batch"] * 2 + ["batch"], "os.workload.work": [12, 60] * 2 + [60],
                      "machine.bus.protocol": ["mesi"] * 4 + ["vi"], "machine.l1d.write": ["back"] * 4 + ["through"]}},
    "faults": [{"model": "fail_stop", "target": {"hart": "any"}, "trigger": {"cycle": "uniform"}, "cache_on_death": "lost"}],
    "sampling": {"mode": "random", "runs": runs},
}


def is_wrong(run):
    return run["outcome"] != "passed" or run["tasks"]["wrong"] + run["tasks"]["lost"] + run["tasks"]["unfinished"] > 0


done = call(hartbeat, "campaign", write_json("lost.json", campaign), "--out", path_of("lost"), "--quiet")
check(done.returncode == 0, f"the campaign ends with {done.returncode}: {done.stderr}")
of = {f"p{i}": [run for run in read_runs("lost") if run["point"] == f"p{i}"] for i in range(5)}
for point, kind in ("p0", "contend"), ("p1", "batch"):
    bad = sum(map(is_wrong, of[point]))
    print(f"cached, {kind}: {bad} of {len(of[point])} go wrong")
    check(bad > len(of[point]) / 2, f"{kind}: a kernel that loses its data goes right")
for point, kind in ("p2", "contend"), ("p3", "batch"):
    bad = [run["index"] for run in of[point] if is_wrong(run)]
    print(f"flushed, {kind}: {len(bad)} of {len(of[point])} go wrong")
    check(not bad, f"{kind}: goes wrong although flushed: runs {bad[:5]}")
harmless = 0
for run in sum(of.values(), []):
    if is_wrong(run):
        check(run["class"] not in RIGHT, f"run {run['index']} went wrong, and is called {run['class']}")
    if run["faults"][0]["lines_differing"] == 0:
        harmless += 1
        check(not is_wrong(run), f"run {run['index']} lost nothing, and went wrong")
check(harmless >= len(of["p4"]), "under write-through lines differ from memory")
print(f"{harmless} runs lost no line that differed from memory")
golden = read_json("lost", "golden.json")
for cached, flushed, kind in ("p0", "p2", "contend"), ("p1", "p3", "batch"):
    took = [golden[point]["result"]["cycles"] for point in (cached, flushed)]
    print(f"{kind}: {took[0]} cycles cached, {took[1]} flushed: {100 * took[1] / took[0] - 100:.1f} % more")
    check(took[0] < took[1] < 2 * took[0], f"{kind}: flushing costs something, but not as much as the work itself")
finish()
