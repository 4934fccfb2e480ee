#!/usr/bin/env python3
"""locks_none.py HARTBEAT CONFIGS [RUNS]: where locks are not taken from the dead, the system hangs as often as a CPU holds a
kernel lock, and in those runs in which the dead one did: both are read off the golden run's tracepoints alone."""
import bisect, json, math, os, subprocess, sys

from common import check, finish, folder

hartbeat, configs = sys.argv[1:3]
runs = int(sys.argv[3]) if len(sys.argv) > 3 else 2000
TAKING = 60       # cycles from the change of a lock's word to its tracepoint, or the other way round, at most
MUTEX = "its task held a mutex, and nobody looks at that again"
CONFIDENCE = 0.999
EXCEPTIONS = 0.05 # of the runs, at most


def below(k, n, p):
    """The probability of at most k in n."""
    return sum(math.exp(math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1) + i * math.log(p) +
                        (n - i) * math.log(1 - p)) for i in range(k + 1))


def bisection(holds):
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def interval(k, n):
    """Clopper and Pearson."""
    half = (1 - CONFIDENCE) / 2
    low = 0.0 if k == 0 else bisection(lambda p: 1 - below(k - 1, n, p) < half if 0 < p < 1 else p == 0)
    high = 1.0 if k == n else bisection(lambda p: below(k, n, p) > half if 0 < p < 1 else p == 0)
    return low, high


def holdings(path):
    """Of each CPU: the stretches [from, to) in which it holds a kernel lock, and that lock."""
    held, since = {}, {}
    with open(path) as file:
        for line in file:
            fields = line.split(",", 5)
            if fields[2] == "lock taken":
                since[fields[1]] = int(fields[0]), fields[3]
            elif fields[2] == "lock released" and fields[1] in since:
                begun, lock = since.pop(fields[1])
                held.setdefault(int(fields[1]), []).append((begun, int(fields[0]), lock))
    for hart, (begun, lock) in since.items():
        held.setdefault(int(hart), []).append((begun, 1 << 62, lock))
    return held


def near(stretches, cycle):
    """The lock that is held then, if any; and whether it is just being taken or released."""
    n = bisect.bisect_right(stretches, (cycle, 1 << 63, ""))
    around = stretches[max(n - 1, 0):n + 1]
    lock = next((lock for begun, ended, lock in around if begun <= cycle < ended), None)
    edge = any(abs(cycle - at) <= TAKING for begun, ended, _ in around for at in (begun, ended))
    return lock, edge


def share_of_time(held, harts, window):
    inside = sum(max(0, min(ended, window["to"]) - max(begun, window["from"]))
                 for stretches in held.values() for begun, ended, _ in stretches)
    return inside / (harts * (window["to"] - window["from"]))


def sets_of(settings):
    return [text for key, value in settings.items() for text in ("--set", f"{key}={json.dumps(value)}")]


def golden_run(settings):
    path = os.path.join(folder, "golden.csv")
    subprocess.run([hartbeat, "run", os.path.join(configs, "contend-short.json"), "--quiet", "--trace", path,
                    *sets_of(settings)], capture_output=True, check=True)
    return holdings(path)


def waits_for_mutex(settings):
    """Does the run end with tasks that wait for a mutex of the dead CPU's task, which nobody is left to look at?"""
    out = os.path.join(folder, "run")
    subprocess.run([hartbeat, "run", os.path.join(configs, "contend-short.json"), "--quiet", "--out", out, *sets_of(settings)],
                   capture_output=True)
    with open(os.path.join(out, "result.json")) as file:
        return "blocked: what they wait for is never freed" in (json.load(file)["reason"] or "")


def is_wanted(settings, lock, cycle):
    """Does any CPU find that lock held after the death?"""
    path = os.path.join(folder, "run.csv")
    subprocess.run([hartbeat, "run", os.path.join(configs, "contend-short.json"), "--quiet", "--trace", path,
                    *sets_of(settings)], capture_output=True)
    with open(path) as file:
        waits = [line.split(",", 4) for line in file if ",lock wait," in line]
    return any(int(fields[0]) > cycle and fields[3] == lock for fields in waits)


def judge(point, golden, lines):
    held = golden_run(golden["set"])
    hung = [entry["class"].startswith("HANG") for entry in lines]
    share = share_of_time(held, golden["harts"], golden["window"])
    exceptions = []
    for entry, hangs in zip(lines, hung):
        fault = entry["faults"][0]
        lock, edge = near(held.get(fault["hart"], []), fault["cycle"])
        if (lock is not None) != hangs:
            repeated = dict(golden["set"], **{"faults.0.model": "fail_stop"}, **entry["set"])
            why = ("it is just being taken or released" if edge else
                   MUTEX if hangs and waits_for_mutex(repeated) else
                   "nobody wants it again" if not hangs and not is_wanted(repeated, lock, fault["cycle"]) else None)
            exceptions.append(why)
            check(why, f"{point}: run {entry['index']} {'hangs' if hangs else 'does not hang'}, though CPU {fault['hart']} "
                  f"held {lock or 'no lock'} in cycle {fault['cycle']}")
    mutex = sum(why == MUTEX for why in exceptions)
    low, high = interval(sum(hung) - mutex, len(hung) - mutex)
    print(f"{point}: a lock is held {share:.4f} of the time; {sum(hung)} of {len(hung)} runs hang, "
          f"{low:.4f} to {high:.4f} without those that wait for a task's mutex; "
          f"{len(hung) - len(exceptions)} are foretold, {len(exceptions)} are not: "
          f"{ {why: exceptions.count(why) for why in set(exceptions)} }")
    check(low <= share <= high, f"{point}: {share:.4f} is not between {low:.4f} and {high:.4f}")
    check(len(exceptions) <= max(3, EXCEPTIONS * len(hung)), f"{point}: {len(exceptions)} exceptions")


def main():
    with open(os.path.join(configs, "campaigns", "kill-one.json")) as file:
        campaign = json.load(file)
    campaign["experiment"] = os.path.join(configs, "contend-short.json")
    campaign["sampling"]["runs"] = runs
    campaign["sweep"] = {"cross": {"os.recovery.locks": ["none"]}}
    del campaign["expect"]
    path, out = os.path.join(folder, "locks-none.json"), os.path.join(folder, "out")
    with open(path, "w") as file:
        json.dump(campaign, file)
    done = subprocess.run([hartbeat, "campaign", path, "--out", out, "--quiet"], capture_output=True, text=True)
    check(done.returncode == 0, f"the campaign ends with {done.returncode}: {done.stderr}")
    with open(os.path.join(out, "golden.json")) as file:
        golden = json.load(file)
    with open(os.path.join(out, "runs.jsonl")) as file:
        lines = [json.loads(line) for line in file]
    for point in golden:
        judge(point, golden[point], [entry for entry in lines if entry["point"] == point])


main()
finish()
