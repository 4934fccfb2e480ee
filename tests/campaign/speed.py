#!/usr/bin/env python3
"""speed.py HARTBEAT CONFIGS: how fast campaigns are, and how much memory a worker takes. At least 80,000 kills an hour of
processor time by the engine `lockstep`, on contend of 600,000 cycles; two jobs do 1.8 times the runs of one, where two cores
are free; a worker stays under 300 MiB, and over 10,000 runs it does not grow."""
import json, os, shutil, subprocess, sys, time

from common import check, finish, folder

hartbeat, configs = sys.argv[1:3]


def write(name, runs, settings):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        json.dump({"schema": "hartbeat-campaign/1", "experiment": os.path.join(configs, "contend-short.json"), "set": settings,
                   "faults": [{"model": "fail_stop", "target": {"hart": "any"}, "trigger": {"cycle": "uniform"}}],
                   "sampling": {"mode": "random", "runs": runs}}, file)
    return path


def campaign(path, jobs, watch=None):
    out = os.path.join(folder, "out")
    shutil.rmtree(out, ignore_errors=True)
    process = subprocess.Popen([hartbeat, "campaign", path, "--jobs", str(jobs), "--out", out, "--quiet"])
    while process.poll() is None:
        if watch:
            watch(process.pid, os.path.join(out, "parts"))
        time.sleep(0.05)
    check(process.returncode == 0, f"the campaign ends with {process.returncode}")
    with open(os.path.join(out, "speed.json")) as speed, open(os.path.join(out, "golden.json")) as golden:
        return dict(json.load(speed), cycles=json.load(golden)["p0"]["result"]["cycles"])


def kills_an_hour():
    """Of runs of 600,000 cycles; those of this kernel's are about as long, and are counted by their length."""
    for engine in ("lockstep", "fast"):
        speed = campaign(write("speed.json", 600, {"engine": engine}), 1)
        kills = speed["runs_per_cpu_hour"] * speed["cycles"] / 600000
        print(f"{engine}: {kills:.0f} kills an hour of processor time")
        check(kills >= 80000, f"{engine}: fewer than 80,000")


def two_jobs():
    load = os.getloadavg()[0]
    if load > 0.7 or len(os.sched_getaffinity(0)) < 2:
        print(f"two jobs were not compared with one: two free cores are needed, and the load is {load}")
        return
    path = write("jobs.json", 2000, {})
    one, two = campaign(path, 1)["seconds"], campaign(path, 2)["seconds"]
    print(f"two jobs: {one / two:.2f} times the runs of one")
    check(one / two >= 1.8, "two jobs are less than 1.8 times one")


def memory():
    seen = []  # runs, MiB of the worker

    def watch(pid, parts):
        try:
            with open(f"/proc/{pid}/task/{pid}/children") as file:
                worker = int(file.read().split()[0])
            with open(f"/proc/{worker}/status") as file:
                mib = next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmRSS"))
            with open(os.path.join(parts, "000000"), "rb") as file:
                seen.append((file.read().count(b"\n"), mib))
        except (OSError, IndexError, StopIteration):
            pass

    campaign(write("memory.json", 10000, {}), 1, watch)
    early = max(mib for runs, mib in seen if runs < 2000)
    late = max(mib for runs, mib in seen if runs >= 2000)
    print(f"a worker has {early:.0f} MiB in its first 2,000 runs, {late:.0f} MiB in the 8,000 after them")
    check(late < 300, "more than 300 MiB")
    check(late < early * 1.02 + 1, "it grows")


two_jobs()
kills_an_hour()
memory()
finish()
