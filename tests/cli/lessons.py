#!/usr/bin/env python3
"""lessons.py HARTBEAT SOURCE [STUDENTS]: lessons play, grade and refuse. STUDENTS (default 3) are those of one lesson; the
others have two. With more than three the others have three, and all of them are graded.

Every lesson plays; its questions are enough; worksheets of any two students differ in at least two exact answers, and each
student's own answers score full while a neighbour's fail in just those that differ. Lessons with one thing wrong give one
line. What is expected of a student's exact answers is read off a run of the worksheet's own command, not off the lesson.
"""
import copy
import glob
import itertools
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

hartbeat, source = os.path.realpath(sys.argv[1]), os.path.realpath(sys.argv[2])
students = int(sys.argv[3]) if len(sys.argv) > 3 else 3
lessons = os.path.join(source, "configs/lessons")
failures = 0


def fail(text):
    global failures
    failures += 1
    print(f"FAILED: {text}")


def run(*arguments):
    return subprocess.run([hartbeat, *arguments], capture_output=True, text=True, timeout=300)


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def write(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file)


# ---- Playing and grading ----------------------------------------------------------------------------------------------

def answers_of(output):
    """The answers that a played lesson prints at the ends of its questions."""
    found = []
    for line in output.splitlines():
        match = re.search(r"[?:] (?:([a-h])|(-?[\d.,]+)(?: [\w ]+)?)$", line)
        if match and re.match(r" *\d+  ", line):
            found.append(match.group(1) or float(match.group(2).replace(",", "")))
    return found


def play(path, folder, student):
    """The student's answers, with a sheet filled in."""
    done = run("run", path, "--set", f"student={student}", "--out", folder)
    if done.returncode:
        fail(f"{path}, student {student}: {done.stderr.strip()}")
        return None, None
    sheet = read(os.path.join(folder, "answers.json"))
    answers = answers_of(done.stdout)
    if len(answers) != len(sheet["answers"]):
        fail(f"{path}: {len(answers)} answers to {len(sheet['answers'])} questions: {done.stdout}")
    sheet["lesson"] = path
    return sheet, answers


def grade(sheet, answers, folder):
    given = dict(sheet, answers={str(i + 1): answer for i, answer in enumerate(answers)})
    place = os.path.join(folder, "given.json")
    write(place, given)
    done = run("check", place, "--out", folder)
    if done.returncode not in (0, 1):
        fail(f"{sheet['lesson']}: {done.stderr.strip()}")
        return []
    result = read(os.path.join(folder, "grade.json"))
    if (done.returncode == 0) != (result["score"] == result["max_score"]):
        fail(f"{sheet['lesson']}: exit {done.returncode} with {result['score']} of {result['max_score']}")
    return [test["score"] == 1 for test in result["tests"]]


def exact(path):
    """Which questions ask for an exact number."""
    return ["answer" in step and "within" not in step for step in read(path)["steps"] if "ask" in step]


def difference(one, other, asks_exactly):
    return sum(a != b and e for a, b, e in zip(one, other, asks_exactly))


def check_grades(path, sheet, own, other, folder):
    asks_exactly = exact(path)
    if not all(grade(sheet, own, folder)):
        fail(f"{path}: the own answers of student {sheet['student']} do not score full")
    right = grade(sheet, other, folder)
    for question, (a, b, e, r) in enumerate(zip(own, other, asks_exactly, right)):
        if e and r != (a == b):
            fail(f"{path}, question {question + 1}: a neighbour's answer {b} is {'right' if r else 'wrong'} for {a}")


def check_students(path, count, folder):
    sheets = [play(path, os.path.join(folder, f"s{n}"), n) for n in range(1, count + 1)]
    if None in (sheet for sheet, _ in sheets):
        return
    for (one, a), (other, b) in itertools.combinations(sheets, 2):
        if difference(a, b, exact(path)) < 2:
            fail(f"{path}: students {one['student']} and {other['student']} differ in fewer than two exact answers: {a} {b}")
    for n, (sheet, answers) in enumerate(sheets):
        if students > 3 or (n == 0 and count == students):
            check_grades(path, sheet, answers, sheets[n - 1][1], folder)


def steps_of(lesson):
    """Its steps; those of a lecture stand in other lessons."""
    found = []
    for step in lesson["steps"]:
        whole = read(os.path.join(lessons, step["from"] + ".json"))["steps"] if "from" in step else [step]
        found += [whole[i - 1] for i in step.get("steps", range(1, len(whole) + 1))]
    return found


def check_name(path, name):
    """Its name opens the lesson, and no experiment."""
    done = run("check", name)
    if name != os.path.basename(path)[:-5] or f"the lesson {name}," not in done.stdout:
        fail(f"`hartbeat check {name}` is not {path}: {done.stdout}{done.stderr}")


def check_lesson(path, count):
    lesson = read(path)
    check_name(path, lesson["lesson"])
    asked = steps_of(lesson)
    if sum("ask" in step for step in asked) < 3:
        fail(f"{path}: fewer than three questions")
    if not {"objective", "misconception", "minutes"} <= set(lesson):
        fail(f"{path}: objective, misconception or minutes is missing")
    if "from" not in lesson["steps"][0]:
        with tempfile.TemporaryDirectory() as folder:
            check_students(path, count, folder)
    done = run("run", path)
    if done.returncode or len(answers_of(done.stdout)) != sum("ask" in step for step in asked):
        fail(f"{path}: exit {done.returncode}: {done.stdout}{done.stderr}")


# ---- An exact answer, read off the worksheet's own command --------------------------------------------------------------

WORKSHEETS = [  # a lesson that draws, one that sets keys, one of each; where the answer is; of which question it is
    ("a-cpu-fails", "", lambda r: r["faults"][0]["suspected_cycle"] - r["faults"][0]["cycle"], 3),
    ("starvation", "fixed", lambda r: r["os"]["groups"]["low"]["response"]["max"], 1),
    ("lost-update", "mutex", lambda r: r["os"]["increments_counted"], 4),
]


def check_worksheet(name, place, value, question):
    """The worksheet's own command gives the answer that is graded."""
    with tempfile.TemporaryDirectory() as folder:
        sheet, answers = play(os.path.join(lessons, name + ".json"), folder, 17)
        with open(os.path.join(folder, "worksheet.md"), encoding="utf-8") as page:
            line = re.search(r"^    (hartbeat run .*)$", page.read(), re.M).group(1)
        run(*shlex.split(line)[1:-1], folder, "--quiet")
        found = value(read(os.path.join(folder, place, "result.json")))
        if found != answers[question - 1]:
            fail(f"{name}: the worksheet's run gives {found}, the lesson {answers[question - 1]}: {line}")


# ---- Lessons with one thing wrong ---------------------------------------------------------------------------------------

def short():
    return {"lesson": "short", "title": "Short", "experiment": "smp2.json",
            "steps": [{"say": "Two CPUs.", "until": {"event": "all_harts_up"}},
                      {"ask": "Lost?", "until": {"end": True},
                       "choices": [{"text": "none", "when": "os.tasks_lost == 0", "why": "Nothing fails."},
                                   {"text": "some", "when": "os.tasks_lost > 0", "why": "Nothing fails."}]},
                      {"ask": "When?", "answer": "os.last_completion_cycle", "unit": "cycles"}]}


WRONG = [  # what is changed, exit status, what the line says
    (lambda l: l["steps"][0].update(scene="lane"), 2, "did you mean \"lanes\""),
    (lambda l: l["steps"][0].update(asks="x"), 2, "unknown key \"asks\"; did you mean \"ask\""),
    (lambda l: l["steps"][0]["until"].update(event="suspct"), 2, "did you mean \"suspect\""),
    (lambda l: l.update(experiment="smp22.json"), 2, "smp22.json"),
    (lambda l: l["steps"][2].update(answer="os.last_completion"), 2, "os.last_completion"),
    (lambda l: l["steps"][2].update(answer="os.tasks_lost =="), 2, "column"),
    (lambda l: l["steps"][2].pop("answer"), 2, "a question needs either"),
    (lambda l: l["steps"][1].update(answer="os.tasks_lost"), 2, "a question needs either"),
    (lambda l: l["steps"][1]["choices"][0].pop("why"), 2, "steps.1.choices.0.why: is missing"),
    (lambda l: l["steps"][0].update(branch="of"), 2, "branch"),
    (lambda l: l["steps"][0].update(focus={"hart": 9}), 2, "there is no hart 9"),
    (lambda l: l["steps"].clear(), 2, "steps"),
    (lambda l: l.update(draw={"os.workload.wrok": [1, 9]}), 2, "wrong.json: draw.os.workload.wrok: unknown key (did you mean \"work\""),
    (lambda l: l.update(set={"os.workload.kind": "bach"}), 2, "wrong.json: set.os.workload.kind: "),
    (lambda l: l.update(branches={"b": {"os.wrkload": 1}}), 2, "wrong.json: branches.b.os.wrkload: unknown key"),
    (lambda l: l.update(draw={"os.workload.work": 9}), 2, "the least and the most"),
    (lambda l: l.update(draw={"os.workload.work": [9, 9]}), 2, "draw.os.workload.work"),
    (lambda l: l["steps"][1]["choices"][1].update(when="os.tasks_lost == 0"), 1, "more than one choice is right: a, b"),
    (lambda l: l["steps"][1]["choices"][0].update(when="os.tasks_lost == 1"), 1, "no choice is right"),
    (lambda l: l["steps"][0]["until"].update(event="suspect"), 1, "suspect is not reached"),
    (lambda l: l["steps"][0].update(until={"cycle": 10 ** 15}), 1, "is after the end"),
    (lambda l: l["steps"][0].update(until={"fault": 0}), 1, "has no fault"),
    (lambda l: l["steps"][0].update(holds="os.tasks_lost == 1"), 1, "what is said is not so"),
    (lambda l: l["steps"][2].update(answer="os.last_completion_cycle + 0.5"), 1, "within"),
]


def check_wrong(folder):
    good = os.path.join(folder, "short.json")
    write(good, short())
    done = run("run", good)
    if done.returncode or len(answers_of(done.stdout)) != 2:
        fail(f"a lesson of three steps: {done.stdout}{done.stderr}")
    for change, status, said in WRONG:
        lesson = copy.deepcopy(short())
        change(lesson)
        place = os.path.join(folder, "wrong.json")
        write(place, lesson)
        done = run("run", place, "--quiet")
        lines = done.stderr.strip().splitlines()
        if done.returncode != status or len(lines) != 1 or said not in lines[0]:
            fail(f"exit {done.returncode}, not {status}, or not in one line \"{said}\": {lines}")


LECTURE = [  # what is changed of a lecture, and what the line says
    (lambda l: l["steps"].append({"say": "x"}), "a lecture takes everything else from its lessons"),
    (lambda l: l.update(experiment="smp2.json"), "a lecture takes everything else from its lessons"),
    (lambda l: l["steps"][0].update({"from": "shrot.json"}), "\"shrot.json\" is no lesson"),
    (lambda l: l["steps"][0].update({"from": "lecture"}), "\"lecture\" is no lesson of its own"),
    (lambda l: l["steps"][0].update(steps=[4]), "has no step 4; they are 1 to 3"),
    (lambda l: l["steps"][0].update(step=[1]), "unknown key \"step\"; did you mean \"steps\""),
]


def check_lecture(folder):
    lecture = {"lesson": "both", "title": "Both", "steps": [{"from": "short.json", "steps": [3, 1]}, {"from": "short.json"}]}
    place = os.path.join(folder, "lecture.json")
    write(place, lecture)
    done = run("run", place)
    if done.returncode or "5 steps, 3 questions" not in done.stdout or len(answers_of(done.stdout)) != 3:
        fail(f"a lecture: exit {done.returncode}: {done.stdout}{done.stderr}")
    for change, said in LECTURE:
        wrong = copy.deepcopy(lecture)
        change(wrong)
        write(place, wrong)
        done = run("run", place, "--quiet")
        lines = done.stderr.strip().splitlines()
        if done.returncode != 2 or len(lines) != 1 or said not in lines[0]:
            fail(f"a lecture: exit {done.returncode}, or not in one line \"{said}\": {lines}")


def check_handout(folder):
    done = run("run", os.path.join(folder, "short.json"), "--quiet", "--out", folder)
    with open(os.path.join(folder, "handout.md"), encoding="utf-8") as file:
        handout = file.read()
    if done.returncode or ("minutes" in short()) != ("minutes" in handout):
        fail(f"minutes that the lesson does not say, or not those it says: exit {done.returncode}: {handout[:80]}")


def check_answers(folder):
    for answers, status in ((["a", 1], 1), (["b"], 1), ([], 1), (None, 2)):
        place = os.path.join(folder, "answers.json")
        given = {"schema": "hartbeat-answers/1", "lesson": "short.json", "student": 0,
                 "answers": {str(i + 1): a for i, a in enumerate(answers)} if answers is not None else {"9": "a"}}
        write(place, given)
        done = run("check", place)
        if done.returncode != status:
            fail(f"answers {answers}: exit {done.returncode}, not {status}: {done.stdout}{done.stderr}")
    done = run("run", os.path.join(folder, "short.json"), "--set", "student=3", "--out", folder, "--notes")
    if done.returncode != 2 or "notes" not in done.stderr:
        fail(f"notes in a student's folder: exit {done.returncode}: {done.stderr}")


# ---- All -----------------------------------------------------------------------------------------------------------------

names = sorted(glob.glob(os.path.join(lessons, "*.json")))
if len(names) < 10:
    fail(f"only {len(names)} lessons in {lessons}")
for name in names:
    check_lesson(name, students if "a-cpu-fails" in name else 3 if students > 3 else 2)
for worksheet in WORKSHEETS:
    check_worksheet(*worksheet)
with tempfile.TemporaryDirectory() as scratch:
    check_wrong(scratch)
    check_lecture(scratch)
    check_answers(scratch)
    check_handout(scratch)
print(f"{len(names)} lessons, {len(WRONG)} wrong ones, {failures} failures")
sys.exit(failures != 0)
