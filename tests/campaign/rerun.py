#!/usr/bin/env python3
"""rerun.py HARTBEAT CONFIGS IMAGES: every run of a campaign can be repeated from its folder alone, by `hartbeat run
DIR --run I`, and looked at by `hartbeat gui DIR --run I`, which stops before the fault (the window needs Xvfb)."""
import json, math, os, re, shutil, subprocess, sys, time

from common import check, finish, folder

hartbeat, configs, images = map(os.path.abspath, sys.argv[1:4])
out = os.path.join(folder, "out")
CLOCK, MEAN = 90000, 40000  # cycles


def draw(seed, stream, fault, mean):
    """The first time to failure of a fault with an exponential rate: a hash, put through the inverse of the distribution."""
    def mix(z):
        for shift, factor in ((30, 0xbf58476d1ce4e5b9), (27, 0x94d049bb133111eb)):
            z = (z ^ z >> shift) * factor % 2 ** 64
        return z ^ z >> 31

    def choice(seed, component, event):
        step = 0x9e3779b97f4a7c15
        return mix((mix((mix(seed) + step + component) % 2 ** 64) + step + event) % 2 ** 64)
    x = choice(choice(seed, 0x72617465, stream), fault, 0) | 1
    return int(-math.log(x / 2 ** 64) * mean)


def command(*words):
    return subprocess.run([hartbeat, *words], capture_output=True, text=True, cwd=folder)


def make_campaign():
    """Two points, constants, choices of all kinds; the image and the experiment have paths of their own."""
    os.mkdir(os.path.join(folder, "mine"))
    shutil.copy(os.path.join(images, "smp.elf"), os.path.join(folder, "mine", "kernel.elf"))
    with open(os.path.join(configs, "contend-short.json")) as file:
        experiment = dict(json.load(file), image="kernel.elf", expect=[{"that": "faults.0.lines_lost == 12345"}])
    experiment.pop("$schema")
    with open(os.path.join(folder, "mine", "experiment.json"), "w") as file:
        json.dump(experiment, file)
    with open(os.path.join(folder, "mine", "campaign.json"), "w") as file:
        json.dump({"schema": "hartbeat-campaign/1", "name": "mine", "experiment": "experiment.json",
                   "sweep": {"cross": {"os.recovery.locks": ["steal", "none"]}}, "set": {"seed": 5},
                   "faults": [{"model": "fail_stop", "target": {"hart": "any"}, "trigger": {"cycle": "uniform"},
                               "cache_on_death": ["snoopable", "lost"]},
                              {"model": "fail_slow", "factor": 3, "target": {"hart": 0},
                               "trigger": {"cycle": {"from": 150000, "to": 160000}}},
                              {"model": "freeze", "duration": {"cycles": 500}, "target": {"harts": [2, 3]},
                               "rate": {"exponential": MEAN}, "trigger": {"cycle": CLOCK}}],
                   "sampling": {"mode": "random", "runs": 4}}, file)
    done = command("campaign", "mine/campaign.json", "--out", "out", "--quiet")
    check(done.returncode == 0, f"the campaign ends with {done.returncode}: {done.stderr}")
    with open(os.path.join(out, "runs.jsonl")) as file:
        return [json.loads(line) for line in file]


def streams_of(lines, point="p0"):
    return [line["set"]["faults.2.rate.stream"] for line in lines if line["point"] == point]


def streams(lines):
    """Each run has a stream of its own, the same at every point, and others with another seed."""
    mine = streams_of(lines)
    check(len(set(mine)) == 4, f"runs share a stream: {mine}")
    check(streams_of(lines, "p1") == mine, f"another point has other streams: {mine}")
    with open(os.path.join(folder, "mine", "campaign.json")) as file:
        campaign = dict(json.load(file), seed=2)
    with open(os.path.join(folder, "mine", "other.json"), "w") as file:
        json.dump(campaign, file)
    command("campaign", "mine/other.json", "--out", "other", "--quiet")
    with open(os.path.join(folder, "other", "runs.jsonl")) as file:
        other = streams_of(json.loads(line) for line in file)
    check(len(other) == 4 and not set(mine) & set(other), f"another seed has the same streams: {mine}, {other}")


def run_again(lines):
    for line in lines:
        done = command("run", "out", "--run", str(line["index"]), "--out", "again")
        check("the same as in the campaign" in done.stdout, f"run {line['index']}: {done.stdout} {done.stderr}")
        with open(os.path.join(folder, "again", "result.json")) as file:
            result = json.load(file)
        check(result["state_hash"] == line["state_hash"] and result["cycles"] == line["cycles"],
              f"run {line['index']} is another when it is repeated")
    other = command("run", "out", "--run", "3", "--set", "seed=9", "--quiet")
    check("in the campaign" not in other.stderr, f"a run that was changed is compared with the old one: {other.stderr}")


def refusals():
    for words, told in ((["run", "out"], "--run I says which"), (["run", "out", "--run", "8"], "has no run 8 among its 8"),
                        (["run", "mine", "--run", "0"], "mine/campaign.json"), (["gui", "--run", "0"], "Its folder"),
                        (["run", "out", "--run", "x"], "not a whole number"), (["gui", "out"], "--run I says which"),
                        (["run", "nowhere", "--run", "0"], "cannot be read")):
        done = command(*words)
        check(done.returncode == 2 and told in done.stderr and done.stderr.count("\n") == 1,
              f"{words} should be refused with \"{told}\": {done.returncode} {done.stderr}")
    path = os.path.join(out, "runs.jsonl")
    with open(path) as file:
        text = file.read()
    with open(path, "w") as file:
        file.write(re.sub('state_hash":"....', 'state_hash":"0123', text))
    done = command("run", "out", "--run", "0", "--quiet")
    check(done.returncode == 1 and "has changed" in done.stderr, f"another image is not noticed: {done.stderr}")


def has_gui():
    return "was built without" not in command("gui", "--shot", "/nowhere/x.png").stderr


def picture():
    done = command("gui", "out", "--run", "5", "--shot", "run5.png")
    with open(os.path.join(folder, "run5.png"), "rb") as file:
        check(done.returncode == 0 and file.read(4) == b"\x89PNG", f"no picture: {done.stderr}")


def told_cycles(display, run):
    """What the window's description says of the cycle, for a second."""
    path, cycles = os.path.join(folder, "description"), set()
    env = dict(os.environ, DISPLAY=display, SDL_VIDEODRIVER="x11")
    process = subprocess.Popen([hartbeat, "gui", out, "--run", str(run), "--describe", path], env=env)
    end = time.monotonic() + 20
    while len(cycles) < 1 and time.monotonic() < end or time.monotonic() < end - 19:
        if os.path.exists(path):
            with open(path) as file:
                cycles.update(int(cycle) for cycle in re.findall(r"^cycle (\d+)", file.read(), re.M))
        time.sleep(0.05)
    process.terminate()
    process.wait()
    return cycles


def window(lines):
    if not shutil.which("Xvfb"):
        print("Xvfb is not installed: the window was not tried")
        return
    read, write = os.pipe()
    server = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x900x24", "-nolisten", "tcp"],
                              pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    display = ":" + os.read(read, 16).decode().strip()
    try:
        drawn = [CLOCK + draw(5, lines[5]["set"]["faults.2.rate.stream"], fault, MEAN) for fault in (2, 3)]
        first = min(drawn + [fault["cycle"] for fault in lines[5]["faults"][:2]])
        cycles = told_cycles(display, 5)
        check(len(cycles) == 1 and first - 50000 < min(cycles) < first, f"{cycles}, and the first fault comes at {first}")
    finally:
        server.terminate()
        server.wait()


lines = make_campaign()
streams(lines)
run_again(lines)
if has_gui():
    picture()
    window(lines)
refusals()
finish()
