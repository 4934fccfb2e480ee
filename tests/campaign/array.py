#!/usr/bin/env python3
"""array.py HARTBEAT CONFIGS: the scripts that `hartbeat campaign --slurm` writes, run as Slurm would run them (with
Slurm itself: slurm.sh): a task that is killed and started again goes on, and the merge job gives the bytes of one computer."""
import json, os, re, signal, subprocess, sys, time

from common import FILES, check, finish, folder

hartbeat, configs = map(os.path.abspath, sys.argv[1:3])
jobs = os.path.join(folder, "jobs")


def read(*names):
    with open(os.path.join(folder, *names)) as file:
        return file.read()


def run(*words, **options):
    return subprocess.run(words, capture_output=True, text=True, cwd=folder, **options)


def start_task(number):
    env = dict(os.environ, SLURM_ARRAY_TASK_ID=str(number))
    return subprocess.Popen(["bash", os.path.join(jobs, "array.sbatch")], env=env, stderr=subprocess.PIPE, text=True)


def journal_lines(number):
    parts = os.path.join(jobs, f"shard{number}", "parts")
    return sum(read(parts, part).count("\n") for part in os.listdir(parts)) if os.path.isdir(parts) else 0


def submit():
    """With an sbatch that only says what it was asked."""
    fake = os.path.join(folder, "bin")
    os.mkdir(fake)
    with open(os.path.join(fake, "sbatch"), "w") as file:
        file.write('#!/bin/bash\necho "$@" >> "%s/asked"\necho "17;cluster"\n' % folder.replace('"', '\\"'))
    os.chmod(os.path.join(fake, "sbatch"), 0o755)
    done = run("bash", os.path.join(jobs, "submit.sh"), "--time=5", env=dict(os.environ, PATH=f"{fake}:{os.environ['PATH']}"))
    check(done.returncode == 0, f"submit.sh: {done.stderr}")
    first, second = read("asked").splitlines()
    check(first == "--parsable --time=5 array.sbatch", first)
    check(second == "--parsable --dependency=afterok:17 --kill-on-invalid-dep=yes --time=5 merge.sbatch", second)


campaign = {"schema": "hartbeat-campaign/1", "name": "three of us", "experiment": os.path.join(configs, "contend-short.json"),
            "sweep": {"cross": {"os.recovery.locks": ["steal", "none"]}},
            "faults": [{"model": "fail_stop", "target": {"hart": "any"}, "trigger": {"cycle": "uniform"}}],
            "sampling": {"mode": "random", "runs": 20}, "expect": [{"that": "p0.runs == 20"}]}
with open(os.path.join(folder, "campaign.json"), "w") as file:
    json.dump(campaign, file)
done = run(hartbeat, "campaign", "campaign.json", "--slurm", "jobs", "--tasks", "3")
check(done.returncode == 0 and "jobs/submit.sh" in done.stdout, f"no scripts: {done.stderr}")
array = read("jobs", "array.sbatch")
for line in ("--array=0-2", "--requeue", "--job-name=three-of-us"):
    check(f"#SBATCH {line}\n" in array, f"array.sbatch has no {line}")
submit()

killed = start_task(1)
while journal_lines(1) < 2 and killed.poll() is None:
    time.sleep(0.002)
killed.send_signal(signal.SIGKILL)
killed.wait()
check(journal_lines(1) >= 2 and not os.path.exists(os.path.join(jobs, "shard1", "summary.json")), "it was not killed midway")
for number in (0, 1, 2, 1):  # a task that has ended may be requeued, too
    task = start_task(number)
    _, told = task.communicate()
    check(task.returncode == 0, f"a task ends with {task.returncode}: {told}")
    check(not told, told)
done = run("bash", os.path.join(jobs, "merge.sbatch"))
check(done.returncode == 0, f"the merge job ends with {done.returncode}: {done.stderr}")
run(hartbeat, "campaign", "campaign.json", "--out", "alone", "--quiet")
for name in FILES:
    check(read("jobs", "merged", name) == read("alone", name), f"{name} differs")
left = [name for name in os.listdir(os.path.join(jobs, "shard1")) if re.search("part", name)]
check(not left, f"left over: {left}")
finish()
