#!/usr/bin/env python3
"""shipped.py HARTBEAT CONFIGS [NAME]: the campaigns of configs/campaigns. With a name that one is run whole, and all that it
expects must hold; without, each is run with a few runs a point, and must meet what does not take many: that nothing goes wrong,
and what is true of a large share."""
import json, os, subprocess, sys

from common import check, finish, folder, of_few

hartbeat, configs = sys.argv[1:3]
RUNS = 6  # of each point in the short form; as many as any has strata
OTHERS = ["agree.json", "detection.json", "young.json"]  # whose short forms are tests of their own
campaigns = os.path.join(configs, "campaigns")


def shortened(name):
    with open(os.path.join(campaigns, name)) as file:
        campaign = json.load(file)
    campaign["experiment"] = os.path.normpath(os.path.join(campaigns, campaign["experiment"]))
    campaign.get("sampling", {}).pop("stop", None)
    if "runs" in campaign.get("sampling", {}):
        campaign["sampling"]["runs"] = min(RUNS, campaign["sampling"]["runs"])
    if "sweep" in campaign and "seeds" in campaign["sweep"]:
        campaign["sweep"]["seeds"] = campaign["sweep"]["seeds"][:2]
    campaign["expect"] = of_few(campaign["expect"])
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        json.dump(campaign, file)
    return path


def none_of(runs, confidence):
    """The bound for the share of what came in none of the runs."""
    return 1 - ((1 - confidence) / 2) ** (1 / runs)


def run(path):
    name = os.path.basename(path)[:-5]
    done = subprocess.run([hartbeat, "campaign", path, "--out", os.path.join(folder, name), "--quiet"], capture_output=True,
                          text=True)
    check(done.returncode == 0, f"{name} ends with {done.returncode}:\n{done.stderr}")
    with open(os.path.join(folder, name, "summary.json")) as file:
        summary = json.load(file)
    for point, part in summary.items():
        if isinstance(part, dict) and "runs" in part and point != "all":
            check(part["failed"]["count"] or abs(part["failed"]["high"] - none_of(part["runs"], summary["confidence"])) < 1e-6,
                  f"{name} {point}: none of {part['runs']} failed, which bounds their share by {part['failed']['high']}")
            counts = {key: value["count"] for key, value in part.items() if isinstance(value, dict) and value.get("count") and key != "failed"}
            print(f"{name} {point}: {part['runs']} runs, {counts}")
    return summary


if len(sys.argv) > 3:
    check(run(os.path.join(campaigns, sys.argv[3] + ".json")).get("expect"), "it expects nothing")
else:
    for name in sorted(os.listdir(campaigns)):
        if name.endswith(".json") and name not in OTHERS:
            run(shortened(name))
finish()
