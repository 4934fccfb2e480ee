#!/usr/bin/env python3
"""own.py HARTBEAT EXAMPLES ANSWER BUSY: campaigns on programs of the user's own. The one in examples/ ends by its exit code.
ANSWER neither ends nor knows what is right: a text on its console or a variable ends it, and its signature judges it. BUSY writes
to a disk, whose contents every run finds as they were at its beginning."""
import os, shutil, sys

from common import KILL, call, check, finish, path_of, read_json, read_runs, refused, write_json

hartbeat, examples, answer, busy = map(os.path.abspath, sys.argv[1:5])
MEMORY = {"memory": {"size": "8MiB"}}


def campaign(name, experiment, **changes):
    """A campaign of kills on this experiment, in a folder that has its name."""
    document = {"schema": "hartbeat-campaign/1", "name": name, "experiment": write_json(f"{name}-experiment.json", experiment),
                "faults": [KILL], "sampling": {"mode": "random", "runs": 24}, **changes}
    return call(hartbeat, "campaign", write_json(f"{name}.json", document), "--out", name, "--quiet")


def classes(out):
    """How often each class came."""
    return {key: part["count"] for key, part in read_json(out, "summary.json")["p0"].items()
            if isinstance(part, dict) and part.get("count") and key != "failed"}


def again(out, runs):
    """Do these runs end in the same state when `hartbeat run` repeats them?"""
    for line in runs:
        done = call(hartbeat, "run", out, "--run", str(line["index"]))
        check("the same as in the campaign" in done.stdout, f"{out}, run {line['index']}: {done.stdout} {done.stderr}")


def by_exit_code():
    if not shutil.which("make"):
        print("without make the example is not built")
        return
    shutil.copytree(os.path.join(examples, "primes"), path_of("primes"))
    done = call("make", "-s", "-C", "primes", "primes.elf")
    check(done.returncode == 0, f"make: {done.stderr}")
    done = call(hartbeat, "campaign", "primes/kill.json", "--out", "out", "--quiet")
    check(done.returncode == 0, f"examples/primes/kill.json ends with {done.returncode}: {done.stderr}")
    again("out", read_runs("out")[:2])


def of_answer(harts=4, **stop):
    return {"image": answer, "machine": {"harts": harts, **MEMORY}, "stop": {"cycles": 3000000, **stop}}


SAYS, SETS = {"console": {"passed": "all done"}}, {"word": "finished"}


def by_what_it_says():
    """The text comes in two pieces; the variable has 4 bytes, and what stands beside it is never 0."""
    cycles = []
    for name, stop in ("says", SAYS), ("sets", SETS):
        done = campaign(name, of_answer(**stop))
        check(done.returncode == 0, f"{name}: {done.stderr}")
        golden, runs = read_json(name, "golden.json")["p0"], read_runs(name)
        cycles.append(golden["result"]["cycles"])
        check(golden["result"]["outcome"] == "passed" and len(golden.get("signature", "")) == 16, f"{name}: {golden}")
        known = classes(name)
        check(set(known) <= {"SDC", "HANG_TASK", "HANG_SYSTEM", "MASKED", "LATENT"} and known.get("SDC"), f"{name}: {known}")
        for line in runs:
            check((line["class"] == "SDC") == ("wrong" in line["flags"]), f"{name}: {line}")
            if line["class"] == "SDC":  # a share is missing
                check(line["outcome"] == "passed" and line["faults"][0]["hart"] != 0, f"{name}: {line}")
        again(name, [line for line in runs if line["class"] == "SDC"][:1])
    check(0 < cycles[1] - cycles[0] < 1000, f"the text ends it in {cycles[0]}, the variable in {cycles[1]}")


def by_another_signature():
    """Of how many harts there are a death changes nothing; on the console everything is as before."""
    done = campaign("console", of_answer(**SETS), signature={"console": True, "memory": ["noise"]})
    check(done.returncode == 0, done.stderr)
    known = classes("console")
    check("SDC" not in known and known.get("LATENT"), f"judged by console and a counter: {known}")
    check(read_json("console", "golden.json")["p0"]["signature"] != read_json("sets", "golden.json")["p0"]["signature"],
          "another signature has the same hash")


def fails():
    done = call(hartbeat, "run", write_json("fails.json", of_answer(console={"failed": "all"})), "--out", "fails")
    result = read_json("fails", "result.json")
    check(done.returncode == 1 and result["guest_outcome"] == "failed" and "stop.console.failed" in result["reason"],
          f"a text of failure: {done} {result['reason']}")
    done = call(hartbeat, "run", write_json("fails.json", of_answer(word="noise")), "--out", "fails")
    check(done.returncode == 0, f"the first value that is not 0 is 1: {done}")
    done = call(hartbeat, "run", write_json("fails.json", of_answer(harts=1, word="answer")), "--out", "fails")
    code = read_json("fails", "result.json")["exit_code"]
    check(done.returncode == 1 and code == 40000 * 39999 // 2, f"any other value is the code of a failure: {code} {done}")


def by_disk():
    """The program reads what it wrote, so that another disk is another end; a run begins in mid-work, after many others."""
    with open(path_of("disk.img"), "wb") as file:
        file.write(b"h" * 32768)
    experiment = {"image": busy, "machine": {"harts": 3, "disk": "disk.img", **MEMORY}, "stop": {"cycles": 20000000}}
    done = campaign("disk", experiment, sampling={"mode": "random", "runs": 12})
    check(done.returncode == 0, f"with a disk: {done.stderr}")
    golden, runs = read_json("disk", "golden.json")["p0"], read_runs("disk")
    check(golden["result"]["bus"]["transactions"]["DmaWr"] > 0 and len(golden["disk_hash"]) == 16, "it does not use its disk")
    again("disk", runs[-4:])
    late = dict(KILL, trigger={"cycle": golden["result"]["cycles"] * 2})
    done = campaign("late", experiment, faults=[dict(late, target={"hart": [0, 1]})], sampling={"mode": "grid"})
    check(done.returncode == 0, f"faults that never strike: {done.stderr}")
    for line in read_runs("late"):
        check(line["class"] == "NOT_ACTIVATED" and line["state_hash"] == golden["result"]["state_hash"], f"never struck: {line}")
    with open(path_of("disk.img"), "r+b") as file:
        file.write(b"x")
    done = call(hartbeat, "campaign", "disk.json", "--out", "disk", "--resume", "--quiet")
    refused(done, "was another")
    with open(path_of("disk.img"), "rb") as file:
        check(file.read() == b"x" + b"h" * 32767, "the image was written")


def bad():
    for what, words, experiment, changes in (
            ("no disk", "machine.disk", {"image": answer, "machine": {"disk": "nowhere.img"}}, {}),
            ("a word that is none", 'stop.word: "no_such"', of_answer(word="no_such"), {}),
            ("a word outside", "is not in RAM", of_answer(word="0x10"), {}),
            ("a signature of nothing", "list of variables", of_answer(**SETS), {"signature": {"memory": []}}),
            ("an unknown signature", '"no_such" is no variable', of_answer(**SETS), {"signature": {"memory": ["no_such"]}}),
            ("a console that is none", "true or false", of_answer(**SETS), {"signature": {"console": 1}})):
        done = campaign("bad", experiment, **changes)
        refused(done, words)
        check(not os.path.exists(path_of("bad")), f"{what}: something was written")


by_exit_code()
by_what_it_says()
by_another_signature()
fails()
by_disk()
bad()
finish()
