#!/usr/bin/env python3
"""campaign.py HARTBEAT CONFIGS: `hartbeat campaign` gives the same bytes with one worker and two, after kills and resumption,
and each of its runs is the run that `hartbeat run` makes of the same settings."""
import json, os, shutil, signal, subprocess, sys, tempfile, time

hartbeat, configs = sys.argv[1:3]
folder = tempfile.mkdtemp()
FILES = ["campaign.json", "golden.json", "runs.jsonl", "summary.json", "summary.csv"]
campaign = {
    "schema": "hartbeat-campaign/1", "name": "small", "seed": 3,
    "experiment": os.path.join(configs, "contend-short.json"),
    "sweep": {"cross": {"os.recovery.locks": ["steal", "none"]}},
    "faults": [{"model": "fail_stop", "target": {"hart": "any"}, "trigger": {"cycle": "uniform"}}],
    "sampling": {"mode": "random", "runs": 24, "strata": ["faults.0.target.hart"]},
    "expect": [{"that": "p0.HANG_SYSTEM.count == 0 and p0.SDC.count == 0"}, {"that": "p1.HANG_SYSTEM.count > 0"}],
}
wrong = 0


def check(holds, what):
    global wrong
    if not holds:
        wrong += 1
        print("wrong:", what)


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
    golden, lines = json.loads(read(out, "golden.json")), read(out, "runs.jsonl").splitlines()
    for line in (lines[0], lines[13], lines[-1]):
        entry = json.loads(line)
        settings = dict(golden[entry["point"]]["set"], **{"faults.0.model": "fail_stop"}, **entry["set"])
        sets = [text for key, value in settings.items() for text in ("--set", f"{key}={json.dumps(value)}")]
        subprocess.run([hartbeat, "run", campaign["experiment"], "--quiet", "--out", os.path.join(folder, "run"), *sets],
                       capture_output=True)
        check(json.loads(read("run", "result.json"))["state_hash"] == entry["state_hash"],
              f"run {entry['index']} is another when it is repeated")


def killed_and_resumed(path):
    """Killed as a whole, workers and all, until it comes to its end."""
    options = []
    for n in range(8):
        process = subprocess.Popen([hartbeat, "campaign", path, "--out", os.path.join(folder, "resumed"), *options],
                                   stderr=subprocess.DEVNULL)
        try:
            process.wait(timeout=0.3 + 0.2 * n)
            break
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            time.sleep(0.05)
        if os.path.exists(os.path.join(folder, "resumed", "campaign.json")):
            options = ["--resume"]
    else:
        process = run(path, "resumed", *options)
    check(process.returncode == 0, f"resuming ends with {process.returncode}")


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


try:
    path = write("small.json", campaign)
    first = run(path, "one", "--jobs", "1")
    check(first.returncode == 0, f"the campaign ends with {first.returncode}: {first.stderr}")
    check(run(path, "two", "--jobs", "2").returncode == 0, "with two workers it fails")
    same("one", "two")
    replay("one")
    shards(path)
    killed_and_resumed(path)
    same("one", "resumed")
finally:
    shutil.rmtree(folder)
print(f"{wrong} wrong")
sys.exit(1 if wrong else 0)
