#!/usr/bin/env python3
"""pages.py HARTBEAT SOURCE: what the pages name exists.

Links and their headings; files, also those that comments and scripts name; commands with their options; keys and values
that are set; paths into results; identifiers. Experiments that a page makes up ("my.json") are taken for smp4.
"""
import glob
import os
import re
import shlex
import subprocess
import sys

hartbeat, source = os.path.realpath(sys.argv[1]), os.path.realpath(sys.argv[2])
os.chdir(source)

PAGES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"] + sorted(glob.glob("docs/*.md"))
FOLDERS = ["bus", "configs", "cpu", "docs", "examples", "memory", "osmodel", "sim", "tests", "ui", ".ci"]
# What stands for a name, and what only an example or a test makes up.
PLACEHOLDER = re.compile(r"[A-Z\[]|\.\.\.")
MADE_UP = {"configs/x.json", "configs/no-such-experiment.json", "configs/SMP4_kill.json"}
MAKES_UP_FILES = {"tests/cli/pages.py", "tests/cli/part_keys.sh"}
OTHER_OPTIONS = {"--full", "--build-only", "--install", "--prefix", "--qemu", "--show", "--boot-only", "--version", "--name"}
SCOPES = {"bus.address", "bus.data"}  # of a .vcd

failures = 0


def fail(page, line, text):
    global failures
    failures += 1
    print(f"FAILED: {page}:{line}: {text}")


def run(*arguments):
    return subprocess.run([hartbeat, *arguments], capture_output=True, text=True, errors="replace")


def source_files():
    for folder in FOLDERS + ["."]:
        for place, _, names in os.walk(folder):
            yield from (os.path.join(place, name) for name in names)
            if folder == ".":
                break


def read_text(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


# ---- Links ------------------------------------------------------------------------------------------------------------

def anchors(page):
    """The headings of a page as GitHub and Debian's Markdown tools name them."""
    found = re.findall(r"^#+ +(.*)$", read_text(page), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


def check_links(page, line, text):
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        path = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
        if not os.path.exists(path):
            fail(page, line, f"link to {target}, which is not there")
        elif anchor and anchor not in anchors(path):
            fail(page, line, f"link to {target}: {path} has no such heading")


# ---- Files ------------------------------------------------------------------------------------------------------------

FILE = re.compile(r"(?<![\w./$~{}<>*-])(?:\.\./)*((?:%s)/[\w./*-]*\.(?:c|h|S|ld|md|json|sh|py|txt|png|config|cmake))\b"
                  % "|".join(re.escape(folder) for folder in FOLDERS))


def check_files(path, line, text):
    for name in FILE.findall(text):
        if name not in MADE_UP and not PLACEHOLDER.search(name.rsplit(".", 1)[0]) and not glob.glob(name):
            fail(path, line, f"{name} is not there")


def check_span_file(page, line, span):
    """`sim/`, `.ci/lint`, `./test`: what begins with a folder of ours, or looks like a file of the page's own folder."""
    word = span.split()[0] if span.split() else ""
    word = word.removeprefix("./").rstrip(":")
    if word in MADE_UP:
        return
    if word.split("/")[0] in FOLDERS and "/" in word and not PLACEHOLDER.search(word) and not glob.glob(word):
        fail(page, line, f"{word} is not there")


# ---- Commands ---------------------------------------------------------------------------------------------------------

class Command:
    """The options of a command, by its own help: those with how many values they take."""

    def __init__(self, name):
        help_text = run("help", name).stdout
        self.options = {"-h": 0}
        for option, values in re.findall(r"^  (--[\w=-]+)((?: [A-Za-z.=/]+)*)  ", help_text, re.M):
            self.options[option] = len(values.split())

    def values_of(self, option):
        return self.options.get(option)


COMMANDS = {name: Command(name) for name in re.findall(r"^  hartbeat ([a-z]+) ", run("help").stdout, re.M)}
checked = {}


def check_settings(page, line, experiment, settings):
    """By `hartbeat check`, once for each set: unknown keys and impossible values are refused there."""
    known = os.path.isfile(experiment) or os.path.exists(f"configs/{experiment}.json")
    experiment = experiment if known else "smp4-kill" if any(s.startswith("faults.") for s in settings) else "smp4"
    settings = tuple(re.sub(r"(?<=\.script)=.*", "=[0, 1]", s) for s in settings if not re.match(r"KEY=|.*=NAME$", s))
    if (experiment, settings) in checked or not settings and not known:
        return
    answer = run("check", experiment, *(f"--set={setting}" for setting in settings))
    checked[experiment, settings] = answer.returncode
    if answer.returncode != 0:
        fail(page, line, f"check {experiment} {' '.join(settings)}: {(answer.stdout + answer.stderr).strip()}")


def check_command(page, line, words):
    """One call of hartbeat: its command and options exist, and `check` takes what it sets."""
    if not words or PLACEHOLDER.match(words[0]) or words[0] in ("--version", "-V", "help"):
        names = [word for word in words[1:] if not word.startswith("-") and not PLACEHOLDER.search(word)]
        for name in names if words and words[0] == "help" else []:
            if name not in COMMANDS:
                fail(page, line, f"hartbeat help {name}: there is no such command")
        return
    command = COMMANDS.get(words[0])
    if not command:
        fail(page, line, f"hartbeat {words[0]}: there is no such command")
        return
    rest, arguments, settings = list(words[1:]), [], []
    while rest:
        word = rest.pop(0)
        if not word.startswith("-") or word == "-":
            arguments.append(word)
            continue
        option, _, value = word.partition("=")
        count = command.values_of(word if word in command.options else option)
        if count is None:
            fail(page, line, f"hartbeat {words[0]} takes no {option}")
            return
        values = [value] if value and word not in command.options else [rest.pop(0) for _ in range(min(count, len(rest)))]
        settings += values if option == "--set" else []
    if "--run" not in words:  # else the argument is the folder of a campaign
        check_arguments(page, line, words[0], arguments, settings)


def check_arguments(page, line, name, arguments, settings):
    experiments = arguments if name in ("run", "gui", "check", "bisect") else []
    if name == "keys" and arguments and run("keys", arguments[0]).returncode != 0:
        fail(page, line, f"hartbeat keys {arguments[0]}: there is no such key")
    if name == "protocol":
        settings = [f"machine.bus.protocol={argument}" for argument in arguments
                    if re.fullmatch(r"[a-z-]+", argument) and argument[0] != "-"]
    for experiment in experiments or [""]:
        if experiment and name in ("run", "gui") and "." not in experiment and not PLACEHOLDER.search(experiment) \
                and not any(os.path.exists(f"configs/{folder}{experiment}.json") for folder in ("", "lessons/")):
            fail(page, line, f"hartbeat {name} {experiment}: there is no such experiment")
        check_settings(page, line, experiment, settings)


def words_of(text):
    """The words of a shell line up to its comment or to a pipe."""
    try:
        words = shlex.split(text, comments=True)
    except ValueError:
        return []
    for end in ("|", "&&", ">", "<"):
        words = words[:words.index(end)] if end in words else words
    return words


def check_shell(page, line, text):
    words = words_of(re.sub(r"^\$ ", "", text.strip()))
    if not words:
        return
    if words[0] in ("hartbeat", "build/hartbeat"):
        check_command(page, line, words[1:])
    elif words[0] in ("./run", "./test") and len(words) > 1 and words[1].startswith("--"):
        if words[1] not in run_options(words[0]):
            fail(page, line, f"{words[0]} takes no {words[1]}")


def run_options(script):
    return re.findall(r"--[a-z-]+", "\n".join(re.findall(r"^#.*$", read_text(script), re.M)))


# ---- Names ------------------------------------------------------------------------------------------------------------

KEYS = {line.split()[0] for line in run("keys").stdout.splitlines()}
GROUPS = {".".join(key.split(".")[:n]) for key in KEYS for n in range(1, key.count(".") + 1)}
OPTIONS = {option for command in COMMANDS.values() for option in command.options}
RESULT_ROOTS = ("bus", "caches", "expect", "faults", "harts", "lines", "locks", "os", "roi", "series")


def words_of_sources():
    """Every identifier of code, scripts and configurations (a page does not vouch for itself)."""
    words = set()
    for path in source_files():
        if re.search(r"\.(c|h|S|ld|json|sh|py|cmake|txt|awk)$|/(run|test|[a-z-]+)$", path) and path not in MAKES_UP_FILES:
            words.update(re.findall(r"[A-Za-z_][\w-]*", read_text(path)))
    return words


def is_key(name):
    generic = re.sub(r"(?<=\.)\d+(?=\.|$)|(?<=\.)N(?=\.)", "*", name)
    return any(form in KEYS or form in GROUPS for form in (generic, "machine." + generic))


def is_result(name):
    path = re.sub(r"\[\]", ".0", name).replace(".N.", ".0.")
    answer = subprocess.run([hartbeat, "check", "-"], capture_output=True, text=True,
                            input='{"image": "smp", "stats": {"misses": true, "lines": 9, "locks": true,'
                                  ' "interval_cycles": 1000, "roi": {}}, "faults": [{"target": {"hart": 1}, "trigger":'
                                  ' {"cycle": 9}}], "expect": [{"that": "%s == null", "because": "x"}]}' % path)
    return answer.returncode == 0


def check_name(page, line, span):
    """`machine.l1d.size`, `os.goodput`, `--jobs`, `hb_bus_tick`, `cycles_on_death`."""
    if re.fullmatch(r"--[a-z-]+", span.split(" ")[0].split("=")[0]) and page != "CONTRIBUTING.md":
        if span.split(" ")[0].split("=")[0] not in OPTIONS | OTHER_OPTIONS:
            fail(page, line, f"no command takes {span}")
    dotted = re.fullmatch(r"(?:[a-z0-9_$]+(?:\[\])?)(?:\.(?:[a-z0-9_]+|N)(?:\[\])?)+", span)
    if dotted and span not in SCOPES and not re.search(r"\.(csv|json|h|c)$", span) and span.split(".")[0].rstrip("[]") in tuple(g for g in GROUPS if "." not in g) + RESULT_ROOTS:
        if not is_key(span) and not is_result(span):
            fail(page, line, f"{span} is neither a key nor in a result")
    elif re.fullmatch(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+", span) and span not in identifiers:
        fail(page, line, f"nothing is called {span}")


identifiers = words_of_sources()


# ---- Pages ------------------------------------------------------------------------------------------------------------

def lines_of(page):
    """(number, text, in a block of code) with continued lines joined."""
    code, held, start = False, "", 0
    for number, text in enumerate(read_text(page).splitlines(), 1):
        if text.startswith("```"):
            code = not code
            continue
        start = start if held else number
        if code and text.endswith("\\"):
            held += text[:-1]
            continue
        yield start, held + text, code
        held = ""


def check_page(page):
    for number, text, code in lines_of(page):
        check_files(page, number, text)
        if code:
            check_shell(page, number, text)
            continue
        check_links(page, number, re.sub(r"`[^`]*`", "", text))
        for span in re.findall(r"`([^`]+)`", text):
            check_span_file(page, number, span)
            check_shell(page, number, span)
            check_name(page, number, span)
            for setting in re.findall(r"--set ([\w.]+=\S+)", span) if span.startswith("--set") else []:
                check_settings(page, number, "", [setting])


def check_sources():
    """Files that comments, help texts and scripts name."""
    for path in source_files():
        if re.search(r"\.(c|h|S|json|sh|py|cmake|txt)$|^\./(run|test)$|/\.?ci/[a-z-]+$", path) and path not in MAKES_UP_FILES:
            text = read_text(path)
            if FILE.search(text):
                for number, line in enumerate(text.splitlines(), 1):
                    if not re.search(r"^# *include|^#include", line):
                        check_files(path, number, line)


def check_complete():
    """The other way round: what there is has its place on a page."""
    readme, contributing = read_text("README.md"), read_text("CONTRIBUTING.md")
    for name in COMMANDS:
        if name != "help" and f"build/hartbeat {name} " not in readme and f"build/hartbeat {name}\n" not in readme:
            fail("README.md", 1, f"the command {name} is missing")
    for path in glob.glob("configs/*.json"):
        if f"`{os.path.basename(path)}`" not in readme:
            fail("README.md", 1, f"{path} is missing")
    for path in glob.glob("docs/*.md"):
        if f"({path})" not in readme + read_text("docs/protocols.md").replace("(", "(docs/"):
            fail("README.md", 1, f"{path} is not linked")
    for path in glob.glob("tests/*/"):
        if f"`{path.rstrip('/')}`" not in contributing:
            fail("CONTRIBUTING.md", 1, f"{path} is missing")


for page_name in PAGES:
    check_page(page_name)
check_sources()
check_complete()
print(f"{len(PAGES)} pages, {len(checked)} calls of check, {failures} failures")
sys.exit(failures > 0)
