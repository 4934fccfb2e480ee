"""lab.py BUILD FILE.c [EXPERIMENT]: what ./lab does. Compiles the file for guest and host, tries it on the host, links it with
the kernel, runs the experiment, and writes grade.json. Everything that is wrong with the file is one line on standard error."""
import json, os, re, subprocess, sys, tempfile
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[2]
LINES_MOST = 60
POINTS = 10
TRIAL_SECONDS = 60
KINDS = {"scheduler": ["hb_mine"], "lock": ["acquire", "release"], "task": ["task"]}
STRICT = ["-Wno-unused-parameter", "-Werror=implicit-function-declaration", "-Werror=int-conversion",
          "-Werror=incompatible-pointer-types", "-Werror=return-type"]
NUMERIC = ["-march=rv64imafdc_zicsr_zifencei", "-ffp-contract=off"]


class Wrong(Exception):
    """What is wrong, in one line, and the exit status: 1 the file does not do what it should, 2 it cannot be used."""

    def __init__(self, status, line):
        super().__init__(line)
        self.status, self.line = status, line


def lines_of(path):
    return path.read_text().splitlines()


# ---- From the file to an image and a trial ----------------------------------------------------------------------------


class Tools:
    def __init__(self, build):
        self.build = build
        self.guest_cc, *flags = lines_of(build / "lab" / "guest-flags.txt")
        self.guest_flags = [flag for flag in flags if not flag.startswith("-W")] + STRICT
        self.objects = lines_of(build / "lab" / "guest-objects.txt")
        self.host_cc, trials, *archives, self.reference = lines_of(build / "lab" / "host.txt")
        self.trials, self.archives = Path(trials), archives
        self.prefix = self.guest_cc[: -len("gcc")]


def compile_one(command, source, out, name):
    """Compile the student's file; its first error is the one that matters."""
    run = subprocess.run(command + ["-fdiagnostics-color=never", "-I", str(SOURCES / "osmodel" / "lab"), "-c", str(source), "-o", str(out)],
                         capture_output=True, text=True)
    if run.returncode == 0:
        return
    found = re.search(r"^([^\s:][^:\n]*):(\d+):(?:\d+:)? (?:fatal )?error: (.*)$", run.stderr, re.M)
    if not found:
        raise Wrong(2, f"{name}: does not compile: {run.stderr.strip().splitlines()[-1]}")
    place = name if Path(found[1]).name == source.name else found[1]
    raise Wrong(2, f"{place}:{found[2]}: {found[3]}")


def symbols_of(tools, made):
    """Names that the file defines, with nm's letter: T code, R constants, D and B variables."""
    listing = subprocess.run([tools.prefix + "nm", "--defined-only", str(made)], capture_output=True, text=True, check=True)
    return {fields[-1]: fields[-2] for fields in map(str.split, listing.stdout.splitlines())}


def kind_of(symbols, name):
    kinds = [kind for kind, needed in KINDS.items() if all(symbols.get(n, "").isupper() for n in needed)]
    if len(kinds) == 1:
        return kinds[0]
    raise Wrong(2, f"{name}: should define either hb_mine (a scheduler), or acquire and release (a lock), or task"
                   f" (a task), not static; it defines {'more than one of these' if kinds else 'none of these'}")


def check_variables(symbols, name):
    for variable, letter in symbols.items():
        if letter.upper() in "BDC" and variable != "hb_mine":
            raise Wrong(2, f"{name}: the variable {variable} is the file's own; what it knows belongs into the memory"
                           " that it is given, or it is lost when a CPU dies")


def check_sections(tools, made, name):
    listing = subprocess.run(["objdump", "-h", str(made)], capture_output=True, text=True, check=True)
    if re.search(r"\.(preinit_array|init_array|fini_array|ctors|dtors)", listing.stdout):
        raise Wrong(2, f"{name}: has code that runs before it is called; that is not allowed")


def keep_only(objcopy, kind, made):
    """What else the file defines is its own business, and in the way of nobody."""
    subprocess.run([objcopy] + [f"--keep-global-symbol={name}" for name in KINDS[kind]] + [str(made)], check=True)


def link(command, name):
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode == 0:
        return
    missing = re.search(r"undefined reference to [`']([^']*)'", run.stderr)
    if missing:
        raise Wrong(2, f"{name}: calls {missing[1]}, which is not there")
    raise Wrong(2, f"{name}: does not link: {run.stderr.strip().splitlines()[-1]}")


def build_guest(tools, source, work, name):
    made = work / "user" / "mine.o"
    made.parent.mkdir()
    flags = [tools.guest_cc] + tools.guest_flags
    compile_one(flags, source, made, name)
    symbols = symbols_of(tools, made)
    kind = kind_of(symbols, name)
    check_variables(symbols, name)
    objects = [made]
    if kind == "scheduler":
        made = made.rename(work / "mine.o")  # the linker puts what lies in user/ where tasks may execute
        objects = [made]
    else:
        compile_one(flags + NUMERIC, source, made, name)
        objects.append(work / "user" / "glue.o")
        compile_one(flags, SOURCES / "osmodel" / "lab" / "user" / f"{kind}.c", objects[1], name)
    keep_only(tools.prefix + "objcopy", kind, made)
    image = work / "mine.elf"
    script = SOURCES / "osmodel" / "guest" / "machine" / "kernel.ld"
    link(flags + ["-static", "-Wl,--build-id=none,--no-relax,--gc-sections,--no-warn-rwx-segments", "-T", str(script)]
         + tools.objects + [str(o) for o in objects] + ["-o", str(image)], name)
    return kind, image


def build_trial(tools, kind, source, work, name):
    made, trial = work / "host.o", work / "trial"
    host = str(SOURCES / "osmodel" / "lab" / "host.h")
    compile_one([tools.host_cc, "-O1", "-g", "-std=gnu11", "-ffp-contract=off", "-fno-builtin", "-include", host,
                 "-I", str(SOURCES)] + STRICT, source, made, name)
    check_sections(tools, made, name)
    keep_only("objcopy", kind, made)
    link([tools.host_cc, str(made), "-Wl,--whole-archive", str(tools.trials / f"libhb_trial_{kind}.a"),
          "-Wl,--no-whole-archive"] + tools.archives + ["-o", str(trial)], name)
    return trial


# ---- On the host ------------------------------------------------------------------------------------------------------


def run_trial(command, name):
    """In a cage of its own (cage.h). Gives the last line that it printed; None: there is no trial for this."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={})
    said = child.stdout.read(4096).decode(errors="replace").strip().splitlines()
    child.stdout.close()
    try:
        status = child.wait(TRIAL_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        status = -1
    if status in (0, 2):
        return said[-1] if said else None
    if status == 1 and said:
        raise Wrong(1, f"{name}: {said[-1]} (tried on the host)")
    raise Wrong(1, f"{name}: was stopped on the host: it may compute, and nothing else")


def first_group(experiment):
    group = experiment.get("os", {}).get("workload", {})
    return group[0] if isinstance(group, list) else group


def try_on_host(tools, kind, trial, experiment, name):
    if kind != "task":
        run_trial([str(trial)], name)
        return
    group = first_group(experiment)
    job = [str(group.get(key, default)) for key, default in [("kind", "batch"), ("work", 100), ("size", 16)]]
    found = run_trial([str(trial)] + job, name)
    right = subprocess.run([tools.reference] + job, capture_output=True, text=True).stdout.strip()
    if found is not None and right and found != right:
        raise Wrong(1, f"{name}: the task's result is wrong: alone on the host, with work {job[1]}, it gives {found},"
                       f" and {right} is right")


# ---- The experiment ---------------------------------------------------------------------------------------------------


def find_experiment(given, kind):
    if given is None:
        return SOURCES / "examples" / "lab" / f"{kind}.json"
    for path in (Path(given), SOURCES / "examples" / "lab" / f"{given}.json", SOURCES / "configs" / f"{given}.json"):
        if path.is_file():
            return path
    known = sorted(path.stem for path in (SOURCES / "examples" / "lab").glob("*.json"))
    raise Wrong(2, f"{given}: no such experiment; there are {', '.join(known)}, those of configs/, and files of yours")


def read_experiment(path):
    try:
        experiment = json.loads(path.read_text())
    except (ValueError, OSError) as error:
        raise Wrong(2, f"{path}: not JSON: {error}") from None
    if not isinstance(experiment, dict):
        raise Wrong(2, f"{path}: should be an object")
    return experiment


def make_mine(experiment, kind):
    """An experiment that does not say where the file comes in: everywhere."""
    if '"mine"' in json.dumps(experiment):
        return
    system = experiment.setdefault("os", {})
    if kind == "scheduler":
        system["scheduler"] = "mine"
    groups = system.setdefault("workload", {})
    for group in groups if isinstance(groups, list) else [groups]:
        if kind == "lock" and group.get("kind") == "share":
            group["lock"] = "mine"


def run_experiment(tools, experiment, image, work):
    experiment["image"] = str(image)
    (work / "experiment.json").write_text(json.dumps(experiment))
    run = subprocess.run([str(tools.build / "hartbeat"), "run", str(work / "experiment.json"), "--out", str(work / "out"),
                          "--quiet", "--jobs", str(os.cpu_count() or 1)], capture_output=True, text=True)
    if run.returncode in (2, 4):
        raise Wrong(run.returncode, run.stderr.strip().replace(str(work) + "/", ""))


def outcomes_of(work, experiment):
    """(variant, its result, its console), in the order of the file."""
    for variant in experiment.get("variants") or [""]:
        folder = work / "out" / variant
        console = folder / "console.txt"
        yield variant, json.loads((folder / "result.json").read_text()), console.read_text(errors="replace") if console.is_file() else ""


def blame(kind, result, console):
    """What went wrong in a run, in a line; None: nothing."""
    system = result.get("os") or {}
    said = re.search(r'scheduler "mine" .*', console)
    if said:
        return said[0]
    if result["outcome"] == "passed":
        return None
    counted, expected = system.get("increments_counted"), system.get("increments_expected")
    if kind == "lock" and result["outcome"] == "failed" and counted is not None and counted != expected:
        return f"the lock lets two threads in at once: {expected} increments were made, and {counted} are in the counters"
    if result["outcome"] == "hang":
        waits = {"scheduler": "no task makes progress any more", "lock": "threads wait for the lock for ever",
                 "task": "threads wait for each other for ever"}
        return waits[kind]
    if system.get("tasks_wrong"):
        return f"{system['tasks_wrong']} of {system['tasks_created']} tasks have a wrong result"
    crash = result.get("crash")
    if crash:
        return f"the kernel stops on CPU {crash['hart']}: {crash.get('cause') or 'a panic'} at {crash.get('symbol') or crash.get('pc')}"
    if system.get("tasks_created", 0) > system.get("tasks_completed", 0):
        return f"{result['outcome']}: {system['tasks_created'] - system['tasks_completed']} of {system['tasks_created']} tasks have not ended"
    return f"the run ended as {result['outcome']}"


# ---- Grades -----------------------------------------------------------------------------------------------------------


def write_grade(tests):
    grade = {"score": sum(t["score"] for t in tests), "max_score": sum(t["max_score"] for t in tests), "tests": tests}
    Path("grade.json").write_text(json.dumps(grade, indent=2) + "\n")
    return grade


def tests_of(expect, fallback):
    """`expect`: of a result, or of an experiment that has not run; then nothing of it holds, and `fallback` says why."""
    return [{"name": item["because"] if "because" in item else item["that"], "max_score": POINTS,
             "score": POINTS if item.get("holds") else 0,
             "output": fallback or f"{item['that']}: {item.get('values')}"} for item in expect]


def grade(work, experiment, kind, name):
    reasons = [(variant, blame(kind, result, console)) for variant, result, console in outcomes_of(work, experiment)]
    reason = next((f"{line} (in \"{variant}\")" if variant else line for variant, line in reasons if line), None)
    result = json.loads((work / "out" / "result.json").read_text())
    expect = result.get("expect") or [{"that": "the run passes", "holds": reason is None}]
    own = len(experiment.get("expect") or expect)  # others are implied: that faults strike, and runs end
    tests = tests_of(expect[:own], None)
    implied = next((item for item in expect[own:] if not item["holds"]), None)
    reason = reason or (implied and f"{implied['because']} ({implied['that']})")
    total = write_grade(tests)
    for test in tests:
        print(f"{test['score']:3}/{test['max_score']}  {test['name']}")
    print(f"{total['score']:3}/{total['max_score']}  {name}; grade.json has the values")
    failed = next((test for test in tests if test["score"] == 0), None)
    if failed or reason:
        raise Wrong(1, f"{name}: {reason}" if reason else f"{name}: not so: {failed['name']} ({failed['output']})")


def check_length(source, name):
    lines = source.read_bytes().count(b"\n")
    if lines > LINES_MOST:
        raise Wrong(2, f"{name}:{LINES_MOST + 1}: the file has {lines} lines; {LINES_MOST} are enough")


def lab(build, name, given, work):
    experiment = {}
    try:
        if given is not None:
            experiment = read_experiment(find_experiment(given, None))
        source, tools = Path(name).resolve(), Tools(build)
        if not source.is_file():
            raise Wrong(2, f"{name}: no such file")
        check_length(source, name)
        kind, image = build_guest(tools, source, work, name)
        experiment = experiment or read_experiment(find_experiment(None, kind))
        try_on_host(tools, kind, build_trial(tools, kind, source, work, name), experiment, name)
        make_mine(experiment, kind)
        run_experiment(tools, experiment, image, work)
    except Wrong as wrong:
        write_grade(tests_of(experiment.get("expect") or [{"that": "the file can be run"}], wrong.line))
        raise
    grade(work, experiment, kind, name)


def main():
    if len(sys.argv) not in (3, 4):
        print("lab: usage: ./lab FILE.c [EXPERIMENT]", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as work:
        try:
            lab(Path(sys.argv[1]).resolve(), sys.argv[2], sys.argv[3] if len(sys.argv) == 4 else None, Path(work))
        except Wrong as wrong:
            print(wrong.line, file=sys.stderr)
            return wrong.status
    return 0


sys.exit(main())
