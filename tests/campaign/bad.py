#!/usr/bin/env python3
"""bad.py HARTBEAT CONFIGS IMAGES: what is wrong with a campaign is said in one line, with exit status 2 and before
anything is written; a run without faults that does not pass ends it before any injection; a full disk leaves it resumable."""
import json, os, resource, shutil, subprocess, sys

from common import FILES, check, finish, folder

hartbeat, configs, images = map(os.path.abspath, sys.argv[1:4])
short = os.path.join(configs, "contend-short.json")
CAMPAIGN = {
    "schema": "hartbeat-campaign/1", "name": "small", "seed": 3, "experiment": short,
    "faults": [{"model": "fail_stop", "target": {"hart": "any"}, "trigger": {"cycle": "uniform"}}],
    "sampling": {"mode": "random", "runs": 6},
}


def write(name, document):
    with open(os.path.join(folder, name), "w") as file:
        json.dump(document, file)


def command(*words, **options):
    return subprocess.run([hartbeat, *words], capture_output=True, text=True, cwd=folder, **options)


def campaign(**changes):
    """The small campaign with some keys changed; None takes a key away."""
    return {key: value for key, value in dict(CAMPAIGN, **changes).items() if value is not None}


def fault(**changes):
    return dict(CAMPAIGN["faults"][0], **changes)


def experiment(name, **changes):
    with open(short) as file:
        document = dict(json.load(file), **changes)
    document.pop("$schema")
    write(name, document)
    return name


def refused(what, words, *command_words):
    """Exit 2, one line with `words` in it, and the folder "bad" is not there."""
    done = command(*command_words)
    check(done.returncode == 2 and done.stderr.count("\n") == 1 and words in done.stderr,
          f"{what}: should be refused with \"{words}\": {done.returncode} {done.stderr!r}")
    check(not os.path.exists(os.path.join(folder, "bad")), f"{what}: something was written")
    shutil.rmtree(os.path.join(folder, "bad"), ignore_errors=True)


UNIFORM = {"cycle": "uniform"}
HUGE = {"cycle": {"from": 0, "to": 40000000}}
SLOW = {"model": "fail_slow", "factor": 2, "target": {"hart": 0}, "trigger": {"cycle": 200000}}
# What, the words of the refusal, the campaign.
FILES_REFUSED = [
    ("no schema", "schema", lambda: campaign(schema=None)),
    ("another schema", "hartbeat-campaign/1", lambda: campaign(schema="hartbeat-campaign/9")),
    ("no experiment", "experiment", lambda: campaign(experiment=None)),
    ("an experiment that is not there", "there is no", lambda: campaign(experiment="nowhere.json")),
    ("faults in the experiment", "has faults of its own",
     lambda: campaign(experiment=experiment("faults.json", faults=[SLOW]))),
    ("variants in the experiment", "has variants of its own",
     lambda: campaign(experiment=experiment("variants.json", variants={"a": {"seed": 2}}))),
    ("an unknown key", 'did you mean "sampling"', lambda: campaign(samplings={})),
    ("an unknown key of sampling", "runns", lambda: campaign(sampling={"runns": 3})),
    ("an unknown key of limits", "quit_factor", lambda: campaign(limits={"quit_factor": 3})),
    ("an unknown key of a fault", "modle", lambda: campaign(faults=[fault(modle="freeze")])),
    ("an unknown key that is set", "os.recoverry", lambda: campaign(set={"os.recoverry.locks": "none"})),
    ("an unknown key in the second point", "nonsense",
     lambda: campaign(sweep={"cross": {"os.recovery.locks": ["steal", "nonsense"]}})),
    ("a point of another kind", "machine.harts", lambda: campaign(faults=[], sweep={"cross": {"machine.harts": [2, 0]}})),
    ("faults that are set", "cannot be set here", lambda: campaign(set={"faults.0.model": "freeze"})),
    ("faults that are swept", "cannot be set here", lambda: campaign(sweep={"cross": {"faults.0.hart": [1]}})),
    ("lists of two lengths", "equally long", lambda: campaign(sweep={"zip": {"seed": [1, 2], "machine.harts": [2]}})),
    ("too many points", "4096", lambda: campaign(sweep={"seeds": list(range(100)), "cross": {"machine.harts": [2] * 41}})),
    ("an unknown class to stop at", "HANG_SYSTEM", lambda: campaign(sampling={"runs": 6, "stop": {"class": "HANG"}})),
    ("stopping a grid", "random", lambda: campaign(sampling={"mode": "grid", "stop": {"class": "SDC"}})),
    ("an unknown stratum", "is unknown", lambda: campaign(sampling={"runs": 6, "strata": ["faults.0.target.cpu"]})),
    ("cycles as strata", "too many for strata", lambda: campaign(sampling={"runs": 6, "strata": ["faults.0.trigger.cycle"]})),
    ("more strata than runs", "more strata than runs",
     lambda: campaign(sampling={"runs": 2, "strata": ["faults.0.target.hart"]})),
    ("an empty window", "it is empty", lambda: campaign(window={"from": {"cycle": 9}, "to": {"cycle": 9}})),
    ("a window that ends before it begins", "it is empty",
     lambda: campaign(window={"from": {"tracepoint": "task_run", "count": "last"}, "to": {"tracepoint": "all_harts_up"}})),
    ("a window that never comes", "does not pass that tracepoint",
     lambda: campaign(window={"from": {"tracepoint": "task_run", "count": 999999}, "to": {"cycle": 9}})),
    ("an unknown tracepoint", "checkpoint, task_restored)", lambda: campaign(window={"from": {"tracepoint": "tasc_run"}})),
    ("an empty range", "the range is empty", lambda: campaign(faults=[fault(trigger={"cycle": {"from": 7, "to": 7}})])),
    ("an empty list", "an empty list", lambda: campaign(faults=[fault(cache_on_death=[])])),
    ("a symbol that is missing", "no_such_symbol",
     lambda: campaign(faults=[fault(target={"hart": 1}, trigger={"symbol": ["hb_schedule", "no_such_symbol"]})])),
    ("a wrong value in the middle of a list", "maybe",
     lambda: campaign(faults=[fault(cache_on_death=["snoopable", "maybe", "lost"])])),
    ("a CPU that is not there, at the end of a range", "faults.0.target.hart",
     lambda: campaign(faults=[fault(target={"hart": {"from": 0, "to": 9}})])),
    ("an unknown model", "did you mean", lambda: campaign(faults=[fault(model="fail_stopp")])),
    ("a fault after itself", "faults.0.after", lambda: campaign(faults=[fault(after=0)])),
    ("a fault after a later one", "faults.0.after", lambda: campaign(faults=[fault(after=1), fault()])),
    ("a fault after one that is not there", "faults.1.after", lambda: campaign(faults=[fault(), fault(after=7)])),
    ("a list entry that is wrong", "faults.0.target.hart",
     lambda: campaign(sampling={"mode": "list", "list": [{"faults.0.target.hart": 1, "faults.0.trigger.cycle": 9},
                                                         {"faults.0.target.hart": 7, "faults.0.trigger.cycle": 9}]})),
    ("a list that sets other keys", "no key of a fault", lambda: campaign(sampling={"mode": "list", "list": [{"seed": 1}]})),
    ("a mode without runs of its own", "goes with the mode", lambda: campaign(sampling={"mode": "exhaustive", "runs": 2})),
    ("a grid of a uniform cycle", "a grid has no", lambda: campaign(sampling={"mode": "grid"})),
    ("exhausting 10^8", "at most 100000000",
     lambda: campaign(faults=[fault(trigger=HUGE)], sampling={"mode": "exhaustive"})),
    ("runs that are all the same", "all runs would be the same",
     lambda: campaign(faults=[fault(target={"hart": 1}, trigger={"cycle": 90000})])),
    ("an expectation that cannot be read", "expect", lambda: campaign(expect=[{"that": "p0.runs =="}])),
]
# The same with options of the command.
OPTIONS_REFUSED = [
    ("a shard that there is not", "should be I/N", campaign(), ["--shard", "3/2"]),
    ("a shard of none", "should be I/N", campaign(), ["--shard", "0/0"]),
    ("no shard", "should be I/N", campaign(), ["--shard", "one"]),
    ("a shard that would stop", "a shard does not know", campaign(sampling={"runs": 6, "stop": {"class": "SDC"}}),
     ["--shard", "0/2"]),
    ("no jobs", "from 1 to 256", campaign(), ["--jobs", "0"]),
    ("nothing to resume", "there is no campaign to resume", campaign(), ["--resume"]),
]


def bad_files():
    for what, words, make in FILES_REFUSED:
        write("bad.json", make())
        refused(what, words, "campaign", "bad.json", "--out", "bad")
    for what, words, document, options in OPTIONS_REFUSED:
        write("bad.json", document)
        refused(what, words, "campaign", "bad.json", "--out", "bad", *options)
    write("bad.json", campaign(sampling={"runs": 6, "stop": {"class": "SDC"}}))
    refused("a job array that would stop", "a shard does not know", "campaign", "bad.json", "--slurm", "bad")
    refused("a job array of none", "from 1 to 1000", "campaign", "bad.json", "--slurm", "bad", "--tasks", "0")
    refused("two folders", "goes with --tasks alone", "campaign", "bad.json", "--slurm", "bad", "--out", "bad")
    refused("no folder", "--out DIR", "campaign", "bad.json")
    refused("an experiment", "is an experiment", "campaign", "smp4", "--out", "bad")
    for command in "gui", "run", "check":
        refused(f"a campaign, to {command}", "is a campaign: `hartbeat campaign bad.json --out DIR`", command, "bad.json")
    refused("an unknown tracepoint, of which all are named", "checkpoint, task_restored)", "run", "smp4", "--set",
            "stats.roi.from.tracepoint=tasc_run")
    refused("no file", "nowhere.json", "campaign", "nowhere.json", "--out", "bad")


def by_name():
    done = command("campaign", "classes/not-activated", "--out", "named", "--quiet")
    check(done.returncode == 0, f"a bundled campaign by its name: {done.stderr}")


def other_results():
    """Folders that hold something else than what is asked of them; they stay as they are."""
    write("mine.json", dict(CAMPAIGN, experiment=experiment("mine-experiment.json", image="mine.elf")))
    shutil.copy(os.path.join(images, "smp.elf"), os.path.join(folder, "mine.elf"))
    for i in range(2):
        done = command("campaign", "mine.json", "--out", f"half{i}", "--shard", f"{i}/2", "--quiet")
        check(done.returncode == 0, f"shard {i}: {done.stderr}")
    command("campaign", "mine.json", "--out", "third", "--shard", "1/3", "--quiet")
    write("other.json", campaign(seed=4))
    command("campaign", "other.json", "--out", "other", "--shard", "1/2", "--quiet")
    refused("another campaign", "holds another campaign", "campaign", "other.json", "--out", "half0", "--resume", "--shard", "0/2")
    refused("another shard", "holds another shard", "campaign", "mine.json", "--out", "half0", "--resume", "--shard", "1/2")
    refused("no shard", "holds another shard", "campaign", "mine.json", "--out", "half0", "--resume")
    for what, words, dirs in (("overlap", "which is there twice", ["half0", "half0"]), ("miss", "and 1 are given", ["half0"]),
                              ("differ", "another campaign", ["half0", "other"]), ("of 3 and 2", "shards", ["half0", "third"]),
                              ("no folder", "nowhere", ["nowhere", "half0"])):
        refused(f"shards that {what}", words, "merge", *dirs, "--out", "bad")
    os.mkdir(os.path.join(folder, "empty"))
    refused("a page of no campaign", "no results", "report", "empty")
    rewrite("half0/campaign.json", '"hartbeat":\t"', '"hartbeat":\t"0')
    refused("another version", "another version", "campaign", "mine.json", "--out", "half0", "--resume", "--shard", "0/2")
    rewrite("half0/campaign.json", '"hartbeat":\t"0', '"hartbeat":\t"')
    with open(os.path.join(folder, "mine.elf"), "r+b") as file:  # the least change: the name in a message
        text = file.read()
        file.seek(text.index(b"harts up"))
        file.write(b"hurts")
    refused("another image", "was another", "campaign", "mine.json", "--out", "half0", "--resume", "--shard", "0/2")


def rewrite(name, old, new):
    path = os.path.join(folder, name)
    with open(path) as file:
        text = file.read()
    check(old in text, f"{name} has no {old}")
    with open(path, "w") as file:
        file.write(text.replace(old, new))


def golden_fails():
    """In the second point, whose machine is stopped before it is done."""
    write("fails.json", campaign(sweep={"cross": {"stop.cycles": [100000000, 100000]}}))
    done = command("campaign", "fails.json", "--out", "bad")
    check(done.returncode == 1 and "without faults, does not pass" in done.stderr and done.stderr.count("\n") == 1,
          f"a golden run that fails: {done.returncode} {done.stderr}")
    check(not os.path.exists(os.path.join(folder, "bad")), "something was injected before a golden run failed")


def limit_files(size):
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def full_disk():
    """No file grows beyond a size: the journal in mid-line, then nothing at all."""
    write("full.json", campaign(sampling={"runs": 40}))
    check(command("campaign", "full.json", "--out", "whole").returncode == 0, "on an empty disk it fails")
    sizes = [os.path.getsize(os.path.join(folder, "whole", name)) for name in ("golden.json", "runs.jsonl")]
    check(sizes[0] + 1000 < sizes[1], f"the runs are too few for this test: {sizes}")
    options = ["campaign", "full.json", "--out", "full", "--jobs", "1"]
    for step, size in enumerate((100, sizes[0] + 1000, sizes[0] + 1000)):
        done = command(*options, preexec_fn=limit_files(size), restore_signals=False)
        check(done.returncode == 4 and done.stderr.count("\n") == 1, f"disk full, step {step}: {done.returncode} {done.stderr}")
        if os.path.exists(os.path.join(folder, "full", "campaign.json")):
            options += ["--resume"][:"--resume" not in options]
    check("--resume" in options, "nothing is left to resume")
    done = command(*options)
    check(done.returncode == 0, f"it cannot be resumed: {done.stderr}")
    for name in FILES:
        with open(os.path.join(folder, "full", name)) as left, open(os.path.join(folder, "whole", name)) as right:
            check(left.read() == right.read(), f"{name} is another after a full disk")


bad_files()
by_name()
other_results()
golden_fails()
full_disk()
finish()
