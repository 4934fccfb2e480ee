#!/usr/bin/env python3
"""lock.py HARTBEAT CONFIGS: one process at a time works in a campaign's folder. Another is refused in one line and changes
nothing; a lock does not outlive its process, however that ends."""
import os, signal, subprocess, sys, time

from common import FILES, KILL, call, check, finish, path_of, read_text, refused, write_json

hartbeat, configs = map(os.path.abspath, sys.argv[1:3])
path = write_json("campaign.json", {"schema": "hartbeat-campaign/1", "name": "mine", "faults": [KILL],
                                    "experiment": os.path.join(configs, "contend-short.json"), "sampling": {"runs": 16}})


def started(out, *options):
    """A campaign whose workers have begun."""
    process = subprocess.Popen([hartbeat, "campaign", path, "--jobs", "2", "--quiet", "--out", path_of(out), *options],
                               stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not os.path.isdir(path_of(out, "parts")):
        time.sleep(0.01)
    return process


alone = call(hartbeat, "campaign", path, "--quiet", "--out", path_of("alone"))
check(alone.returncode == 0, alone.stderr)
process = started("out")
process.send_signal(signal.SIGSTOP)  # it stays at work as long as we like
for options in ([], ["--resume"], ["--shard", "0/2"]):
    refused(call(hartbeat, "campaign", path, "--quiet", "--out", path_of("out"), *options), "another hartbeat is at work")
check(call(hartbeat, "campaign", path, "--quiet", "--out", path_of("elsewhere")).returncode == 0, "elsewhere there is no room")
process.send_signal(signal.SIGCONT)
process.send_signal(signal.SIGKILL)
resumed = call(hartbeat, "campaign", path, "--quiet", "--out", path_of("out"), "--resume")  # at once
check(resumed.returncode == 0, f"a dead process keeps the folder: {resumed.stderr}")
for name in FILES:
    check(read_text("out", name) == read_text("alone", name), f"{name} differs")
again = call(hartbeat, "campaign", path, "--quiet", "--out", path_of("out"))
check(again.returncode == 0, f"an end does not give the folder up: {again.stderr}")
finish()
