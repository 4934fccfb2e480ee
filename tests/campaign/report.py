#!/usr/bin/env python3
"""report.py HARTBEAT CONFIGS: pages of a campaign, an experiment and a sweep; what has no results is refused in one line."""
import os, re, shutil, subprocess, sys, tempfile

hartbeat, configs = sys.argv[1:3]
if not shutil.which("gnuplot"):
    print("gnuplot is missing")
    sys.exit(77)
folder = tempfile.mkdtemp()
wrong = 0


def check(holds, what):
    global wrong
    if not holds:
        wrong += 1
        print("wrong:", what)


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
    check(not re.search(r"(src|href)=.https?:", text), f"{name}: the page needs a network")
    check(not re.search(r"\b(nan|inf)\b", re.sub("<[^>]*>", "", text)), f"{name}: a number that is none")
    return text


def refuses(words, code, *command, **more):
    done = call(*command, **more)
    lines = done.stderr.splitlines()
    check(done.returncode == code and len(lines) == 1 and words in lines[0], f"should say \"{words}\": {done}")


try:
    call("campaign", os.path.join(configs, "campaigns", "classes", "detected-recovered.json"), "--out", out("c"), "--quiet")
    text = page("c", ["How the runs ended", "How long a dead CPU is not suspected", "The parts of the outage"])
    check(re.search(r"DETECTED_RECOVERED</td><td>\d+</td><td>\d+\.\d\d %", text), "the table lacks the runs")
    call("run", "smp4-kill", "--quiet", "--out", out("e"))
    page("e", ["Goodput around the fault"])
    call("run", "speedup", "--quiet", "--out", out("v"))
    page("v", ["How long each variant took"])
    refuses("no results", 2, "report", folder)
    refuses("no results", 2, "report", out("nowhere"))
    refuses("gnuplot-nox", 4, "report", out("c"), env={"PATH": folder})
finally:
    shutil.rmtree(folder)
print(f"{wrong} wrong")
sys.exit(1 if wrong else 0)
