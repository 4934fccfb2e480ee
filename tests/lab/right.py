#!/usr/bin/env python3
"""right.py LAB [templates|solutions]: the files to start from pass the plain experiments, the solutions get all points of
their exercises, and the files to start from do not; each in less than ten seconds."""
import json, subprocess, sys, tempfile, time
from pathlib import Path

HERE = Path(__file__).resolve().parent
TEMPLATES = HERE.parents[1] / "examples" / "lab"
STARTS = {"round-robin": "scheduler", "mlfq": "scheduler", "tickets": "scheduler", "queues": "scheduler",
          "ticket-lock": "lock", "barrier": "task"}
SECONDS_MOST = 10


def points(lab, work, file, experiment):
    """(score, most, what was said)"""
    began = time.monotonic()
    run = subprocess.run([lab, str(file), experiment], cwd=work, capture_output=True, text=True)
    seconds = time.monotonic() - began
    assert seconds < SECONDS_MOST, f"{file.name} {experiment} took {seconds:.1f} s"
    grade = json.loads((Path(work) / "grade.json").read_text())
    assert grade["score"] == sum(test["score"] for test in grade["tests"])
    assert all(test["name"] and test["output"] and test["max_score"] > 0 for test in grade["tests"])
    assert (run.returncode == 0) == (grade["score"] == grade["max_score"]), run.stderr
    return grade["score"], grade["max_score"], run.stdout + run.stderr


def main():
    lab, part = str(Path(sys.argv[1]).resolve()), sys.argv[2]
    with tempfile.TemporaryDirectory() as work:
        if part == "templates":
            for name in ("scheduler", "lock", "task"):
                score, most, said = points(lab, work, TEMPLATES / f"{name}.c", name)
                assert score == most, said
            return
        known = {path.stem for path in TEMPLATES.glob("*.json")} - {"scheduler", "lock", "task"}
        assert known == set(STARTS), known
        for exercise, start in STARTS.items():
            score, most, said = points(lab, work, HERE / "solutions" / f"{exercise}.c", exercise)
            assert score == most, f"{exercise}: the solution does not get all points\n{said}"
            score, most, said = points(lab, work, TEMPLATES / f"{start}.c", exercise)
            assert score < most, f"{exercise}: {start}.c gets all points as it is\n{said}"


main()
