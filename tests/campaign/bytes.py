#!/usr/bin/env python3
"""bytes.py HARTBEAT CONFIGS [full]: `hartbeat campaign` gives the same bytes with one worker and two, as three shards that are
merged, and killed by kill -9 again and again and resumed; each of its runs is the run that `hartbeat run` repeats. In full
there are 20 kills and 50 repetitions."""
import json, os, signal, subprocess, sys, time

from common import FILES, check, finish, folder

hartbeat, configs = sys.argv[1:3]
RUNS, KILLS, REPEATED = (400, 20, 50) if "full" in sys.argv else (24, 4, 3)
campaign = {
    "schema": "hartbeat-campaign/1", "name": "small", "seed": 3,
    "experiment": os.path.join(configs, "contend-short.json"),
    "sweep": {"cross": {"os.recovery.locks": ["steal", "none"]}},
    "faults": [{"model": "fail_stop", "target": {"hart": "any"}, "trigger": {"cycle": "uniform"}}],
    "sampling": {"mode": "random", "runs": RUNS, "strata": ["faults.0.target.hart"]},
    "expect": [{"that": "p0.HANG_SYSTEM.count == 0 and p0.SDC.count == 0"}, {"that": "p1.HANG_SYSTEM.count > 0"}],
}


def write(name, document):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        json.dump(document, file)
    return path


def run(path, out, *options):
    return subprocess.run([hartbeat, "campaign", path, "--out", os.path.join(folder, out), *options],
                          capture_output=True, text=True)


def read(out, name):
    with open(os.path.join(folder, out, name)) as file:
        return file.read()


def same(left, right):
    for name in FILES:
        check(read(left, name) == read(right, name), f"{name} differs between {left} and {right}")


def replay(out):
    lines = [json.loads(line) for line in read(out, "runs.jsonl").splitlines()]
    for i in range(REPEATED):
        index = i * (2 * RUNS - 1) // (REPEATED - 1)
        done = subprocess.run([hartbeat, "run", os.path.join(folder, out), "--run", str(index), "--quiet", "--out",
                               os.path.join(folder, "run")], capture_output=True, text=True)
        check("in the campaign" not in done.stderr, done.stderr)
        check(json.loads(read("run", "result.json"))["state_hash"] == lines[index]["state_hash"],
              f"run {index} is another when it is repeated")


def ended(out):
    """How many runs the journal has."""
    parts = os.path.join(folder, out, "parts")
    try:
        return sum(read(out, os.path.join("parts", part)).count("\n") for part in os.listdir(parts))
    except OSError:  # not begun, or the journal is gone: all have ended
        return 2 * RUNS if os.path.exists(os.path.join(folder, out, "summary.json")) else 0


def killed_and_resumed(path):
    """Killed as a whole, workers and all, as soon as there is some progress, until it comes to its end."""
    options, kills = [], 0
    while True:
        begun = ended("resumed") if kills else 0
        process = subprocess.Popen([hartbeat, "campaign", path, "--out", os.path.join(folder, "resumed"), *options],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and (kills == KILLS or ended("resumed") <= begun + kills % 3):
            time.sleep(0.002)
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
        options = ["--resume"]
    check(process.returncode == 0, f"resuming ends with {process.returncode}")
    check(kills == KILLS, f"it was killed {kills} times")
    left = [name for name in os.listdir(os.path.join(folder, "resumed")) if "part" in name]
    check(not left, f"left over: {left}")


def shards(path):
    for i in range(3):
        check(run(path, f"shard{i}", "--shard", f"{i}/3").returncode in (0, 1), f"shard {i} fails")
    dirs = [os.path.join(folder, f"shard{i}") for i in range(3)]

    def merge(*dirs):
        return subprocess.run([hartbeat, "merge", *dirs, "--out", os.path.join(folder, "merged")],
                              capture_output=True, text=True)
    for given, words in ((dirs[:2], "and 2 are given"), (dirs[:2] + dirs[:1], "there twice"),
                         ([os.path.join(folder, "one")], "is no shard")):
        process = merge(*given)
        check(process.returncode == 2 and words in process.stderr, f"merge should say {words}: {process.stderr}")
        check(not os.path.exists(os.path.join(folder, "merged")), "a merge that was refused has written something")
    check(merge(dirs[2], dirs[0], dirs[1]).returncode == 0, "the shards cannot be merged")
    same("one", "merged")


path = write("small.json", campaign)
first = run(path, "one", "--jobs", "1")
check(first.returncode == 0, f"the campaign ends with {first.returncode}: {first.stderr}")
check(run(path, "two", "--jobs", "2").returncode == 0, "with two workers it fails")
same("one", "two")
replay("one")
shards(path)
killed_and_resumed(path)
same("one", "resumed")
finish()
