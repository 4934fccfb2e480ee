#!/usr/bin/env python3
"""grants.py HARTBEAT EXPERIMENT: orders of grants are recorded, played again and edited.

What is played again must be what was recorded: not only the same order but the same cycle of every grant, and the same
result. An edited order must be followed, and a recording without the choices that came to nothing must not do.
"""
import json
import os
import subprocess
import sys
import tempfile

HARTBEAT, EXPERIMENT = sys.argv[1:3]


class Failed(Exception):
    pass


def check(holds, what):
    if not holds:
        raise Failed(what)


def run(out, *options):
    command = [HARTBEAT, "run", EXPERIMENT, "--quiet", "--out", out, *options]
    subprocess.run(command, check=True, timeout=60, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    with open(os.path.join(out, "result.json")) as file:
        return json.load(file)


def sets(*keys):
    return [word for key in keys for word in ("--set", key)]


def record(name, options):
    result = run(name, "--trace", name + ".grants", *options)
    with open(name + ".grants") as file:
        return result, [line for line in file if not line.startswith("#")]


def play(name, order, options, trace):
    """The result, with what it says of the script apart; and the order that is recorded meanwhile, if `trace`. The
    arbiter is none that the options name."""
    with open(name + ".grants", "w") as file:
        file.writelines(order)
    kept = [key for key in options if key != "--set" and not key.startswith("machine.bus.arbiter=")]
    options = sets(*kept)
    script = sets("machine.bus.arbiter=script", "machine.bus.script=%s.grants" % name)
    result, again = record(name + "-again", options + script) if trace else (run(name, *options, *script), None)
    return result, result["bus"].pop("script"), again


def ports(order):
    return [int(line.split()[0]) for line in order]


def check_machine(name, keys):
    options = sets(*keys)
    recorded, order = record(name, options)
    granted = [line for line in order if "declined" not in line]
    transactions = sum(recorded["bus"]["transactions"].values())
    # One that ends with the run may be granted and not finished.
    check(0 <= len(granted) - transactions <= 4, "%s: %d grants, %d transactions" % (name, len(granted), transactions))
    played, script, again = play(name + "-played", order, options, True)
    if any("lottery" in key for key in keys):
        for result in recorded, played:
            del result["state_hash"]  # the number of draws is part of the machine
            del result["os"]["jitter_bound_cycles"]  # it follows the arbiter
    check(played == recorded, name + ": what is played ends otherwise")
    check(again == order, name + ": the bus did not do the same in the same cycles")
    check(script == {"length": len(order), "played": len(order)}, "%s: %s" % (name, script))
    print("%s: %d choices, %d of them declined" % (name, len(order), len(order) - len(granted)))
    return recorded, order, options


def changes_places(first, second):
    """Did the second wait already when the first was granted, and for the same line?"""
    a, b = first.split(), second.split()  # port # cycle after wait transaction line
    return a[0] != b[0] and a[3] == b[3] == "after" and a[6] == b[6] and int(b[2]) - int(b[4]) < int(a[2])


def check_edited(recorded, order, options):
    """Two that wait for one line change places: each is granted in the other's place, and the run goes on in another
    way."""
    at = next(i for i in range(1000, len(order)) if changes_places(order[i - 1], order[i]))
    edited = order[:at - 1] + [order[at], order[at - 1]] + order[at + 1:]
    played, script, again = play("edited", edited, options, True)
    check(again[:at - 1] == order[:at - 1], "edited: something was otherwise before the change")
    check(ports(again)[at - 1:at + 1] == ports(edited)[at - 1:at + 1], "edited: the change was not followed")
    check(played != recorded, "edited: nothing came of it")
    check(at < script["played"] <= script["length"], "edited: %s" % script)
    check(played["os"]["tasks_completed"] == recorded["os"]["tasks_created"], "edited: not all tasks were completed")


def check_choices_matter(recorded, order, options):
    granted = [line for line in order if "declined" not in line]
    check(len(granted) < len(order), "nothing was declined: another experiment is needed")
    played, _, _ = play("granted", granted, options, False)
    check(played != recorded, "the choices that came to nothing make no difference")


def check_list():
    """A list in the experiment does what a file does."""
    order = [0, 1, 2, 3, 3, 2, 1, 0] * 50
    listed = run("listed", *sets("machine.bus.arbiter=script", "machine.bus.script=%s" % order))
    played, script, _ = play("from-file", ["%d\n" % port for port in order], [], False)
    check(listed["bus"].pop("script") == script and listed == played, "a list and a file differ")


def check_all():
    plain = check_machine("plain", [])
    check_edited(*plain)
    check_choices_matter(*plain)
    check_machine("split", ["machine.bus.split=true"])
    check_machine("dragon", ["machine.bus.protocol=dragon"])
    times = ["os.heartbeat.timeout_cycles=60000", "os.heartbeat.check_cycles=10000"]  # else they follow the arbiter
    check_machine("lottery", ["machine.bus.arbiter=lottery"] + times)
    check_machine("buffered", ["machine.store_buffer.depth=8", "machine.store_buffer.order=any", "machine.l2.size=64KiB"])
    check_list()


with tempfile.TemporaryDirectory() as folder:
    EXPERIMENT, HARTBEAT = os.path.abspath(EXPERIMENT), os.path.abspath(HARTBEAT)
    os.chdir(folder)
    try:
        check_all()
    except Failed as failed:
        sys.exit("FAILED: %s" % failed)
