#!/usr/bin/env python3
"""wrong.py LAB: files that are wrong (wrong/), given to ./lab: each fails with its reason in one line, and gets a grade."""
import json, subprocess, sys, tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent

# (file, experiment or None, exit status, what the line says)
WRONG = [
    ("loses-a-task", None, 1, 'scheduler "mine" lost task 17 (tried'),
    ("gives-one-twice", None, 1, 'scheduler "mine" returned task 17, which does not wait in this queue'),
    ("forgets-rebuilt", None, 1, 'scheduler "mine" lost task 0, which joined its queue as REBUILT'),
    ("keeps-the-last", None, 1, 'scheduler "mine" lost task '),
    ("starves-the-last", "round-robin", 1, "not so: every task has its first turn within a round"),
    ("loops-for-ever", None, 1, "pick loops for ever (tried on the host)"),
    ("loops-on-the-guest", None, 1, "no task makes progress any more"),
    ("own-variable", None, 2, "the variable turns is the file's own"),
    ("does-not-compile", None, 2, "does-not-compile.c:13: expected ';' before '}' token"),
    ("too-long", None, 2, "too-long.c:61: the file has 76 lines; 60 are enough"),
    ("unlocks-nothing", None, 1, "acquire, of a lock that has been released, loops for ever"),
    ("excludes-nobody", None, 1, "the lock lets two threads in at once: "),
    ("wrong-everywhere", None, 1, "the task's result is wrong: alone on the host"),
    ("meets-nobody", "barrier", 1, "tasks have a wrong result"),
    ("opens-a-file", None, 1, "was stopped on the host"),
    ("defines-nothing", None, 2, "should define either hb_mine (a scheduler), or acquire and release (a lock), or task"),
    ("no-such-file", None, 2, "no-such-file.c: no such file"),
    ("excludes-nobody", "ticket-lok", 2, "ticket-lok: no such experiment; there are barrier, "),
    ("excludes-nobody", "mlfq", 2, 'os.scheduler: "mine" needs an image with a scheduler of yours'),
]


def check(lab, work, file, experiment, status, words):
    grade = Path(work) / "grade.json"
    grade.unlink(missing_ok=True)
    command = [lab, str(HERE / "wrong" / f"{file}.c")] + ([experiment] if experiment else [])
    run = subprocess.run(command, cwd=work, capture_output=True, text=True)
    lines = run.stderr.splitlines()
    found = json.loads(grade.read_text())
    good = run.returncode == status and len(lines) == 1 and words in lines[0] and found["score"] < found["max_score"]
    if not good:
        print(f"FAILED: {file} {experiment or ''}: status {run.returncode} ({status}), wanted: {words}\n{run.stderr}{found}")
    return good


def main():
    with tempfile.TemporaryDirectory() as work:
        wrong = [case for case in WRONG if not check(str(Path(sys.argv[1]).resolve()), work, *case)]
    unused = {path.stem for path in (HERE / "wrong").glob("*.c")} - {case[0] for case in WRONG}
    assert not unused, f"files that nobody gives to the lab: {unused}"
    print(f"{len(WRONG) - len(wrong)} of {len(WRONG)} are refused for their reason")
    return 1 if wrong else 0


sys.exit(main())
