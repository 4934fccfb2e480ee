#!/usr/bin/env python3
"""healthy.py HARTBEAT CONFIGS: a sweep of healthy machines over seeds. Each mean and its interval is that of the golden runs, as
worked out here; the same bytes as shards; what cannot be measured is refused; the report has a figure of each measure."""
import csv, io, math, os, re, shutil, statistics, sys

from common import KILL, call, check, finish, path_of, read_json, read_runs, read_text, refused, write_json

hartbeat, configs = map(os.path.abspath, sys.argv[1:3])
HARTS, SEEDS, KINDS = [1, 4], [1, 9], ["batch", "contend"]
T = 12.7062047  # Student's, of one degree of freedom, at 0.975


def campaign(**changes):
    """A sweep of two kinds, two sizes and two seeds; None takes a key away."""
    document = {"schema": "hartbeat-campaign/1", "name": "healthy", "experiment": os.path.join(configs, "contend-short.json"),
                "set": {"os.workload.work": 3, "os.workload.tasks": 8, "machine.memory.size": "16MiB"}, "sweep": {"cross": {"os.workload.kind": KINDS, "machine.harts": HARTS}, "seeds": SEEDS},
                "measure": {"cycles": "cycles", "bus": "bus.utilisation"},
                "expect": [{"that": "means.0.cycles.mean > means.1.cycles.mean and means.1.bus.mean > means.0.bus.mean"}]}
    return {key: value for key, value in dict(document, **changes).items() if value is not None}


def run(document, *options, out="out"):
    return call(hartbeat, "campaign", write_json("healthy.json", document), "--out", out, "--quiet", *options)


def near(left, right):
    return abs(left - right) <= 1e-6 * (1 + abs(right))


def means():
    done = call(hartbeat, "campaign", write_json("healthy.json", campaign()), "--out", "out")
    check(done.returncode == 0, f"it ends with {done.returncode}: {done.stderr}")
    check("means over seeds" in done.stdout and "machine.harts=4" in done.stdout and "p0" not in done.stdout, f"{done.stdout}")
    golden, table = read_json("out", "golden.json"), list(csv.DictReader(io.StringIO(read_text("out", "means.csv"))))
    groups = read_json("out", "summary.json")["means"]
    check(len(groups) == 4 and len(table) == 8, f"{len(groups)} combinations, {len(table)} rows")
    for g, group in enumerate(groups):
        check(group["set"]["machine.harts"] == str(HARTS[g % 2]) and "seed" not in group["set"], f"{group['set']}")
        results = [golden[f"p{len(SEEDS) * g + i}"]["result"] for i in range(len(SEEDS))]
        for m, (name, values) in enumerate((("cycles", [result["cycles"] for result in results]),
                                            ("bus", [result["bus"]["utilisation"] for result in results]))):
            mean, half = statistics.mean(values), T * statistics.stdev(values) / math.sqrt(len(values))
            wanted, row = [mean, mean - half, mean + half], table[2 * g + m]
            for found in group[name], row:
                check(all(near(float(found[key]), value) for key, value in zip(("mean", "low", "high"), wanted)),
                      f"{name} of {group['set']}: {found}, not {wanted}")
            check(row["measure"] == name and row["os.workload.kind"] == KINDS[g // 2] and row["seeds"] == str(len(SEEDS)), f"{row}")


def shards():
    for i in range(2):
        done = run(campaign(), "--shard", f"{i}/2", out=f"shard{i}")
        check(done.returncode == 0, f"shard {i}: {done.stderr}")
    done = call(hartbeat, "merge", "shard0", "shard1", "--out", "merged")
    check(done.returncode == 0, f"merge: {done.stderr}")
    for name in "summary.json", "summary.csv", "means.csv":
        check(read_text("merged", name) == read_text("out", name), f"{name} of the shards is another")


def bad():
    for what, words, document in (
            ("no such place", 'measure.bus: "bus.utilization" is no number', campaign(measure={"bus": "bus.utilization"})),
            ("a name with a dot", "no name of letters", campaign(measure={"bus.use": "bus.utilisation"})),
            ("a place that is none", "should be a place", campaign(measure={"bus": 3})),
            ("one seed", "a sweep over seeds", campaign(sweep={"cross": {"machine.harts": HARTS}})),
            ("with faults", "a sweep over seeds", campaign(faults=[KILL])),
            ("too sure", "confidence", campaign(confidence=1))):
        refused(run(document, out="bad"), words)
        check(not os.path.exists(path_of("bad")), f"{what}: something was written")
    done = run(campaign(measure=None, confidence=0.5, expect=None, sweep={"seeds": [1, 2]}), out="out")
    mean = read_json("out", "summary.json")["means"][0]["cycles"]
    values = [line["cycles"] for line in read_runs("out")]
    check(done.returncode == 0 and near(mean["high"] - mean["mean"], statistics.stdev(values) / math.sqrt(2)), f"at 50 % t is 1: {mean} of {values}")
    run(campaign(measure=None, expect=None, sweep={"cross": {"machine.harts": HARTS}}), out="out")
    check(not os.path.exists(path_of("out", "means.csv")), "means.csv of another campaign was left")


def lists():
    """A value with commas is one cell."""
    tickets = [[1, 1], [3, 1]]
    done = run(campaign(sweep={"cross": {"machine.bus.tickets": tickets}, "seeds": SEEDS}, expect=None,
                        set=dict(campaign()["set"], **{"machine.harts": 2, "machine.bus.arbiter": "lottery"})), out="lists")
    check(done.returncode == 0, f"lists: {done.stderr}")
    for name, column in ("means.csv", "machine.bus.tickets"), ("summary.csv", "point"):
        rows = list(csv.DictReader(io.StringIO(read_text("lists", name))))
        check(rows and all(None not in row and None not in row.values() for row in rows), f"{name}: a row of other length: {rows[:1]}")
        found = {row[column] for row in rows}
        check(name != "means.csv" or found == {str(each).replace(" ", "") for each in tickets}, f"{name}: {found}")


def report():
    if not shutil.which("gnuplot"):
        return
    done = call(hartbeat, "report", "merged")
    check(done.returncode == 0, f"report: {done.stderr}")
    text = read_text("merged", "report.html")
    found = re.findall("<h2>Means over seeds</h2>\\s*<svg.*?</svg>\\s*<p>(.*?):", text, re.S)
    check(found == ["cycles", "bus.utilisation"], f"figures of {found}")
    check("kind=batch" in text and "machine.harts" in text, "lines and axis are not named")


means()
shards()
report()
lists()
bad()
finish()
