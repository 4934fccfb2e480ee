#!/usr/bin/env python3
"""speed.py HARTBEAT CONFIGS [PART...]: how fast campaigns are, and how much memory a worker takes. At least 80,000 kills an
hour of processor time by the engine `lockstep`, on contend of 600,000 cycles, told again with `fast`; two jobs do 1.8 times
the runs of one, where two cores are free; a worker stays under 300 MiB, and is as large after 10,000 runs as after 1,000.
Parts: kills, jobs, memory; without any, all."""
import os, shutil, subprocess, sys, time

from common import KILL, check, finish, folder, read_json, write_json

hartbeat, configs = map(os.path.abspath, sys.argv[1:3])
LENGTH = {"os.workload.work": 18}  # about 600,000 cycles
CHEAP = {"os.workload.tasks": 4, "os.workload.work": 2}


def write(name, runs, settings):
    return write_json(name, {"schema": "hartbeat-campaign/1", "experiment": os.path.join(configs, "contend-short.json"),
                             "set": settings, "faults": [KILL], "sampling": {"mode": "random", "runs": runs}})


def campaign(path, jobs, watch=None):
    out = os.path.join(folder, "out")
    shutil.rmtree(out, ignore_errors=True)
    process = subprocess.Popen([hartbeat, "campaign", path, "--jobs", str(jobs), "--out", out, "--quiet"])
    while process.poll() is None:
        if watch:
            watch(process.pid, os.path.join(out, "parts"))
        time.sleep(0.05)
    check(process.returncode == 0, f"the campaign ends with {process.returncode}")
    return dict(read_json("out", "speed.json"), cycles=read_json("out", "golden.json")["p0"]["result"]["cycles"])


def kills():
    """By the length of the golden run, which a kernel's changes move a little; and with the engine that is not the definition."""
    for engine in ("lockstep", "fast"):
        speed = campaign(write("speed.json", 600, dict(LENGTH, engine=engine)), 1)
        check(540000 < speed["cycles"] < 660000, f"the golden run has {speed['cycles']} cycles")
        an_hour = speed["runs_per_cpu_hour"] * speed["cycles"] / 600000
        print(f"{engine}: {an_hour:.0f} kills an hour of processor time")
        check(an_hour >= 80000, f"{engine}: fewer than 80,000")


def jobs():
    """On the wall where cores are free; in any case two workers need no more processor time for a run than one."""
    load = os.getloadavg()[0]
    path = write("jobs.json", 1000, {})
    one, two = campaign(path, 1), campaign(path, 2)
    share = one["worker_cpu_seconds"] / two["worker_cpu_seconds"]
    print(f"two jobs: {one['seconds'] / two['seconds']:.2f} times the runs of one, each at {100 * share:.0f} % of its speed by processor time")
    if load > 0.7 or len(os.sched_getaffinity(0)) < 2:
        print(f"two cores were not free: the load was {load}")
        return
    check(one["seconds"] / two["seconds"] >= 1.8, "two jobs are less than 1.8 times one")


def resident(pid):
    """MiB of the worker; 0: there is none."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            worker = int(file.read().split()[0])
        with open(f"/proc/{worker}/status") as file:
            return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmRSS"))
    except (OSError, IndexError, StopIteration):
        return 0


def memory():
    after = {1000: 0, 9900: 0}  # runs: MiB

    def watch(pid, parts):
        try:
            with open(os.path.join(parts, "000000"), "rb") as file:
                runs = file.read().count(b"\n")
        except OSError:
            return
        for wanted in after:
            if runs >= wanted and not after[wanted]:
                after[wanted] = resident(pid)

    campaign(write("memory.json", 10000, dict(CHEAP, engine="fast")), 1, watch)
    early, late = after.values()
    print(f"a worker has {early:.0f} MiB after 1,000 runs, {late:.0f} MiB after 10,000")
    check(0 < late < 300, "more than 300 MiB")
    check(abs(late - early) < 0.05 * early, "it grows")


for part in sys.argv[3:] or ["kills", "jobs", "memory"]:
    {"kills": kills, "jobs": jobs, "memory": memory}[part]()
finish()
