#!/usr/bin/env python3
"""workers.py HARTBEAT CONFIGS: a worker that is killed in mid-run costs a retry and changes no byte; a run that
kills its worker twice is a SIM_ERROR, and the campaign goes on; nothing is lost or done wrong whenever workers are killed."""
import json, os, shutil, signal, subprocess, sys, time

from common import check, finish, folder

hartbeat, configs = sys.argv[1:3]
KILLS = 10


def write(name, runs, tasks, cycle):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        json.dump({"schema": "hartbeat-campaign/1", "experiment": os.path.join(configs, "contend-short.json"),
                   "set": {"os.workload.tasks": tasks},
                   "faults": [{"model": "fail_stop", "target": {"hart": "any"}, "trigger": {"cycle": cycle}}],
                   "sampling": {"mode": "random", "runs": runs}}, file)
    return path


def workers(pid):
    """The children that live."""
    found = []
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            children = file.read().split()
        for child in children:
            with open(f"/proc/{child}/stat") as file:
                words = file.read().rsplit(")", 1)[1].split()
            if words[0] not in "ZX":
                found.append((int(child), words[0], int(words[11]) + int(words[12])))
    except (OSError, IndexError):
        pass
    return found


def ended(out):
    """How many runs the journal has."""
    parts, lines = os.path.join(out, "parts"), 0
    for part in os.listdir(parts) if os.path.isdir(parts) else []:
        with open(os.path.join(parts, part), "rb") as file:
            lines += file.read().count(b"\n")
    return lines


def kill(pid, out, run, killed, ticks_needed):
    """Kill the one worker while it is at the run: it has needed so many ticks since the runs before were all written. False:
    the run had ended before that was seen."""
    begun = {}
    while ended(out) <= run:
        for child, _, ticks in workers(pid) if ended(out) == run else []:
            if child in killed or ticks < begun.setdefault(child, ticks) + ticks_needed:
                continue
            os.kill(child, signal.SIGSTOP)  # what it has written by now is all that there will be
            killed.add(child)
            in_time = ended(out) == run
            os.kill(child, signal.SIGKILL)
            return in_time
        time.sleep(0.001)
    return False


def campaign(path, name, killer=None, jobs=1):
    """The lines of the campaign's runs.jsonl; None: the killer came too late."""
    out = os.path.join(folder, name)
    shutil.rmtree(out, ignore_errors=True)
    process = subprocess.Popen([hartbeat, "campaign", path, "--jobs", str(jobs), "--quiet", "--out", out])
    in_time = killer is None or killer(process, out)
    check(process.wait() == 0, f"{name} ends with {process.returncode}")
    with open(os.path.join(out, "runs.jsonl")) as file:
        lines = file.read().splitlines()
    return lines if in_time else None


def once_and_twice(process, out):
    """One death in run 0, two in run 1, the second as soon as there is a worker again."""
    killed = set()
    return all(kill(process.pid, out, run, killed, ticks) for run, ticks in ((0, 2), (1, 2), (1, 0)))


def often(process, out):
    """Workers at whatever they are: as soon as a line is written, and then in any place."""
    for kill in range(KILLS):
        begun = ended(out)
        while process.poll() is None and (ended(out) == begun or not workers(process.pid)):
            time.sleep(0.0005)
        time.sleep(0.0007 * kill * kill)
        for child, _, _ in workers(process.pid)[:1]:  # the oldest
            os.kill(child, signal.SIGKILL)
    return True


path = write("long.json", 3, 160, {"from": 200000, "to": 250000})  # early: each is long
whole = campaign(path, "whole")
lines = next(filter(None, (campaign(path, "killed", once_and_twice) for _ in range(5))), whole)
differ = [i for i in range(3) if lines[i] != whole[i]]
check(differ == [1] and json.loads(lines[1])["class"] == "SIM_ERROR", f"not run 1 is given up, but {differ}: {lines}")
with open(os.path.join(folder, "killed", "summary.json")) as file:
    check(json.load(file)["p0"]["SIM_ERROR"]["count"] == 1, "the summary does not count the run that was given up")

path = write("short.json", 24, 12, "uniform")
whole, lines = campaign(path, "short"), campaign(path, "often", often, jobs=2)
differ = [i for i in range(24) if lines[i] != whole[i]]
check(all(json.loads(lines[i])["class"] == "SIM_ERROR" for i in differ), f"other runs than before: {differ}")
check(len(differ) <= KILLS // 2, f"of 24 runs {len(differ)} are given up")
finish()
