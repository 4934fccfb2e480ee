#!/usr/bin/env python3
"""classes.py HARTBEAT CONFIGS DOCS: every class has a shipped campaign that lands in it, and a line on the page."""
import json, os, re, resource, subprocess, sys

from common import check, finish, folder

hartbeat, configs, docs = sys.argv[1:4]
classes = os.path.join(configs, "campaigns", "classes")
CPU_SECONDS = {"sim-error.json": 1}  # what each process may use: docs/classes.md names the command


def limit(name):
    """In the child that becomes the command."""
    if name in CPU_SECONDS:
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS[name], resource.RLIM_INFINITY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def counts(name):
    """How often each class came in the campaign of this file."""
    out = os.path.join(folder, name)
    done = subprocess.run([hartbeat, "campaign", os.path.join(classes, name), "--out", out, "--quiet"],
                          capture_output=True, text=True, preexec_fn=lambda: limit(name))
    check(done.returncode == 0, f"{name} ends with {done.returncode}: {done.stderr}")
    with open(os.path.join(out, "summary.json")) as file:
        return {key: part["count"] for key, part in json.load(file)["p0"].items()
                if isinstance(part, dict) and "count" in part and key != "failed"}


def fails(*options):
    """masked.json that expects too much: what the command prints."""
    with open(os.path.join(classes, "masked.json")) as file:
        campaign = json.load(file)
    campaign["experiment"] = os.path.join(configs, "contend-short.json")
    campaign["expect"] = [{"that": "p0.MASKED.count == 25", "because": "too much"}]
    path = os.path.join(folder, "fails.json")
    with open(path, "w") as file:
        json.dump(campaign, file)
    done = subprocess.run([hartbeat, "campaign", path, "--out", os.path.join(folder, "fails" + "".join(options)), *options],
                          capture_output=True, text=True)
    check(done.returncode == 1, f"an expectation that does not hold: {done.returncode}")
    return done.stdout, done.stderr


printed, _ = fails()
check(re.search(r"MASKED +24 +100.00 %", printed) and "DOES NOT HOLD  too much" in printed, f"printed: {printed}")
printed, errors = fails("--quiet")
check(not printed and errors == "does not hold: p0.MASKED.count == 25: p0.MASKED.count = 24\n", f"quiet: {errors}")
for name in sorted(os.listdir(classes)):
    wanted = name[:-5].upper().replace("-", "_")
    known = counts(name)
    check(known.get(wanted, 0) > 0, f"{name}: no run is {wanted}: {known}")
shipped = {name[:-5].upper().replace("-", "_") for name in os.listdir(classes)}
check(set(known) == shipped, f"without a campaign, or without a class: {set(known) ^ shipped}")
with open(os.path.join(docs, "classes.md")) as file:
    page = re.findall(r"^\| `(\w+)` \|", file.read(), re.M)
check(sorted(page) == sorted(known), f"docs/classes.md and the classes differ: {set(page) ^ set(known)}")
finish()
