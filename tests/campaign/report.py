#!/usr/bin/env python3
"""report.py HARTBEAT CONFIGS: pages of a campaign, an experiment and a sweep; what has no results is refused in one line. Of
campaigns whose faults have a rate the numbers on the page are compared with ones worked out here."""
import math, os, re, shutil, statistics, subprocess, sys

from common import KILL, check, finish, folder, read_runs, write_json

hartbeat, configs = sys.argv[1:3]
if not shutil.which("gnuplot"):
    print("gnuplot is missing")
    sys.exit(77)


def out(name):
    return os.path.join(folder, name)


def call(*words, **more):
    return subprocess.run([hartbeat, *words], capture_output=True, text=True, **more)


def page(name, titles):
    """The page of a folder has a plot under each title, nothing from the network, and a command under each plot."""
    done = call("report", out(name))
    check(done.returncode == 0 and done.stdout == os.path.join(out(name), "report.html") + "\n",
          f"report of {name}: {done}")
    with open(os.path.join(out(name), "report.html")) as file:
        text = file.read()
    for title in titles:
        check(re.search(f"<h2>{title}</h2>\\s*<svg.*?</svg>\\s*<p>.*?</p>\\s*<pre>hartbeat ", text, re.S),
              f"{name}: no plot \"{title}\" with its command")
    plots = re.findall("<svg.*?</svg>", text, re.S)
    files = sorted(file for file in os.listdir(out(name)) if re.fullmatch(r"figure\d+\.svg", file))
    check(files == sorted(f"figure{i + 1}.svg" for i in range(len(plots))), f"{name}: {len(plots)} plots, and {files}")
    for i, plot in enumerate(plots):
        with open(os.path.join(out(name), f"figure{i + 1}.svg")) as file:
            check(plot in file.read(), f"{name}: figure{i + 1}.svg is another plot")
    check(not re.search(r"(src|href)=.https?:", text), f"{name}: the page needs a network")
    check(not re.search(r"\b(nan|inf)\b", re.sub("<[^>]*>", "", text)), f"{name}: a number that is none")
    return text


def refuses(words, code, *command, **more):
    done = call(*command, **more)
    lines = done.stderr.splitlines()
    check(done.returncode == code and len(lines) == 1 and words in lines[0], f"should say \"{words}\": {done}")


def write(name, runs, faults, **more):
    return write_json(name + ".json", dict({"schema": "hartbeat-campaign/1", "name": name, "faults": faults,
                                            "experiment": os.path.join(configs, "contend-short.json"),
                                            "sampling": {"runs": runs}}, **more))


def rows(text, title):
    """The table below a figure: its cells, row by row."""
    table = re.search(f"<h2>{title}</h2>.*?<table>(.*?)</table>", text, re.S).group(1)
    return [re.findall(r"<td>(.*?)</td>", row) for row in re.findall("<tr>(.*?)</tr>", table, re.S)[1:]]


def lifetimes():
    """Four CPUs that die, each by its own clock: k of them live for the sum of 1 / (i lambda), i from k to 4."""
    mean, start, runs = 150000, 100000, 60
    path = write("life", runs, [{"model": "fail_stop", "target": {"harts": [0, 1, 2, 3]}, "rate": {"exponential": mean},
                                 "trigger": {"cycle": start}}],
                 set={"os.workload.work": 150}, limits={"quiet_factor": 1})
    check(call("campaign", path, "--out", out("life"), "--quiet").returncode == 0, "lives: the campaign fails")
    deaths = [sorted(fault["cycle"] - start for fault in run["faults"] if fault["activated"]) for run in read_runs("life")]
    table = rows(page("life", ["How the runs ended", "How long the system lives"]), "How long the system lives")
    check(len(table) == 4 and all(len(death) == 4 for death in deaths), f"not four lives: {table}")
    for k, (name, expected, seen, interval, count) in zip((1, 2, 3, 4), table):
        lives = [death[4 - k] for death in deaths]
        closed, error = sum(mean / i for i in range(k, 5)), statistics.stdev(lives) / math.sqrt(runs)
        low, high = map(float, interval.split(" to "))
        check(name == f"p0, {k} of 4" and count == f"{runs} of {runs}", f"{name}: {count}")
        check(abs(float(expected) - closed) <= 1, f"{k} of 4: {expected} is not {closed}")
        check(abs(float(seen) - statistics.mean(lives)) <= 1, f"{k} of 4: {seen} is not the mean {statistics.mean(lives)}")
        check(abs(low - (statistics.mean(lives) - 1.96 * error)) <= 2, f"{k} of 4: the interval is {interval}")
        check(abs(statistics.mean(lives) - closed) < 4 * error, f"{k} of 4: the runs live {statistics.mean(lives)}, not {closed}")


def wear():
    """Two CPUs that wear out, of three: the closed form is an integral, and without a CPU that lasts it is finite."""
    scale, shape = 200000, 2
    path = write("wear", 4, [{"model": "fail_stop", "target": {"harts": [1, 2]}, "rate": {"weibull": [scale, shape]},
                               "trigger": {"cycle": 100000}}], set={"os.workload.work": 40, "machine.harts": 3})
    check(call("campaign", path, "--out", out("wear"), "--quiet").returncode == 0, "wear: the campaign fails")
    table = rows(page("wear", ["How long the system lives"]), "How long the system lives")
    one = scale * math.gamma(1 + 1 / shape)
    least = scale / 2 ** (1 / shape) * math.gamma(1 + 1 / shape)  # of the two that may die the first
    for row, closed in zip(table, ("never", 2 * one - least, least)):
        right = row[1] == closed if closed == "never" else abs(float(row[1]) - closed) < 1e-3 * closed
        check(right, f"{row[0]}: {row[1]} is not {closed}")


def availability():
    """CPUs that come back: M / (M + the mean time away), and what the runs say of it."""
    mean, start = 300000, 100000
    path = write("repair", 4, [{"model": "restart", "duration": {"cycles": 20000}, "target": {"harts": [1, 2]},
                                "rate": {"exponential": mean}, "trigger": {"cycle": start}}],
                 set={"os.workload.work": 60, "os.recovery.replug_cycles": 50000})
    check(call("campaign", path, "--out", out("repair"), "--quiet").returncode == 0, "repair: the campaign fails")
    faults = [(run["cycles"] - start, fault) for run in read_runs("repair") for fault in run["faults"]]
    strikes, down = sum(fault["strikes"] for _, fault in faults), sum(fault["down_cycles"] for _, fault in faults)
    up = sum(cycles for cycles, _ in faults) - down
    row, = rows(page("repair", []), "What share of the time a CPU is there")
    wanted = [strikes, mean, up / strikes, down / strikes, mean / (mean + down / strikes), up / (up + down)]
    check(all(abs(float(cell) - number) <= 1e-4 * number + 0.5 * (number > 2) for cell, number in zip(row[1:], wanted)),
          f"{row} is not {wanted}")
    check(abs(up / strikes - mean) < 4 * mean / math.sqrt(strikes), f"a CPU lives {up / strikes} on average, not {mean}")


def sweep():
    path = write("sweep", 6, [KILL], sweep={"cross": {"os.heartbeat.timeout_cycles": [30000, 40000]}})
    check(call("campaign", path, "--out", out("sweep"), "--quiet").returncode == 0, "sweep: the campaign fails")
    text = page("sweep", ["Goodput around the fault", "How the runs ended, along the sweep", "How long the runs took"])
    check(f"hartbeat campaign {path} --out" in text.replace("&amp;", "&"), "the command does not name the campaign's file")


lifetimes()
wear()
availability()
sweep()
call("campaign", os.path.join(configs, "campaigns", "classes", "detected-recovered.json"), "--out", out("c"), "--quiet")
text = page("c", ["How the runs ended", "Goodput around the fault", "How long a dead CPU is not suspected", "The parts of the outage"])
check(re.search(r"DETECTED_RECOVERED</td><td>\d+</td><td>\d+\.\d\d %", text), "the table lacks the runs")
call("run", "smp4-kill", "--quiet", "--out", out("e"))
with open(os.path.join(out("e"), "figure2.svg"), "w") as file:
    file.write("of a page with more plots")
page("e", ["Goodput around the fault"])
call("run", "speedup", "--quiet", "--out", out("v"))
page("v", ["How long each variant took"])
refuses("no results", 2, "report", folder)
refuses("no results", 2, "report", out("nowhere"))
refuses("gnuplot-nox", 4, "report", out("c"), env={"PATH": folder})
finish()
