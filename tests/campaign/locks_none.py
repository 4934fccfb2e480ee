#!/usr/bin/env python3
"""locks_none.py HARTBEAT CONFIGS [RUNS]: where locks are not taken from the dead, the system hangs as often as a CPU holds a
kernel lock, and in those runs in which the dead one did. It also hangs in some of those in which the dead one's task owned a
mutex that others want: they are let go only if somebody comes later and asks for it again. All of this is read off the words of
locks and mutexes, as the golden run's trace of accesses has them."""
import bisect, collections, json, math, os, subprocess, sys

from common import check, finish, folder

hartbeat, configs = sys.argv[1:3]
runs = int(sys.argv[3]) if len(sys.argv) > 3 else 2000
CONFIDENCE = 0.999
EXCEPTIONS = 0.01 # of the runs, at most: the dead CPU held a lock, and the run passes
FOR_EVER = 1 << 62
LOCK = "it held a lock, which is wanted"
UNWANTED = "it held a lock, which nobody wants again"
MUTEX = "its task owned a mutex and never takes it again, and nobody else comes for it"
ASKED = "its task owned a mutex and never takes it again, but others come for it"
NOTHING = "nothing that others wait for was its own"


def below(k, n, p):
    """The probability of at most k in n."""
    return sum(math.exp(math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1) + i * math.log(p) +
                        (n - i) * math.log(1 - p)) for i in range(k + 1))


def bisection(holds):
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def interval(k, n):
    """Clopper and Pearson."""
    half = (1 - CONFIDENCE) / 2
    low = 0.0 if k == 0 else bisection(lambda p: 1 - below(k - 1, n, p) < half if 0 < p < 1 else p == 0)
    high = 1.0 if k == n else bisection(lambda p: below(k, n, p) > half if 0 < p < 1 else p == 0)
    return low, high


def locks_in(path):
    """The addresses of the kernel's locks that are taken; which of these guard mutexes; and those of the tasks' progress."""
    locks, mutexes, progress = set(), set(), None
    with open(path) as file:
        for line in file:
            if ",lock taken," in line:
                address, symbol = line.split(",", 5)[3:5]
                locks.add(address)
                if symbol.startswith("hb_syncs"):
                    mutexes.add(address)
            elif ",progress," in line and ",sc," in line:
                progress = line.split(",", 5)[3]
    return locks, mutexes, progress


class Stretches:
    """Who has something, from when to when: [from, to, what], in the order of time."""
    def __init__(self):
        self.of = {}

    def begin(self, whose, cycle, what):
        self.of.setdefault(whose, []).append([cycle, FOR_EVER, what])

    def end(self, whose, cycle):
        last = self.of.get(whose, [[0, 0, None]])[-1]
        last[1] = min(last[1], cycle)

    def at(self, whose, cycle):
        """The stretch that a death in this cycle falls into; None: none."""
        stretches = self.of.get(whose, [])
        n = bisect.bisect_right(stretches, [cycle, FOR_EVER + 1])
        return stretches[n - 1] if n > 0 and cycle < stretches[n - 1][1] else None


class Golden:
    """What a run did with its locks: `held`: a CPU's kernel lock; `owned`: the task that owns a mutex, by its lock's address;
    `runs`: a CPU's task; `counted`: when each task's increments were noted as done."""
    def __init__(self, path):
        self.held, self.owned, self.runs, self.counted = Stretches(), Stretches(), Stretches(), {}
        self.locks, self.mutexes, self.progress = locks_in(path)
        with open(path) as file:
            for line in file:
                self.read(*line.rstrip("\n").split(",", 5))

    def read(self, cycle, hart, event, address, symbol, detail):
        if event == "task run":
            self.runs.begin(hart, int(cycle), int(detail.split()[-1]))
        elif event == "task stop":
            self.runs.end(hart, int(cycle))
        elif event in ("sc", "store"):
            way, _, value = detail.split()
            # a CPU that dies executes nothing more in that cycle, but what the bus finishes for it is done
            when = int(cycle) + (way == "hit")
            self.write(when, hart, event, address, symbol, int(value[6:], 16))

    def write(self, cycle, hart, event, address, symbol, value):
        guard = f"0x{int(address, 16) - 8:08x}"
        if event == "sc" and value == 0 and address in self.locks:
            self.held.begin(hart, cycle, address)
        elif event == "sc" and value == 0 and symbol.startswith("progress"):
            task = int(symbol[9:] or "0", 16) // 8
            self.counted.setdefault(task, []).append(cycle)
        elif event == "store" and address in self.locks:
            self.held.end(hart, cycle)
        elif event == "store" and guard in self.mutexes:
            self.owned.end(guard, cycle)
            if value != 0:
                self.owned.begin(guard, cycle, (value & 0xffffffff) - 1)

    def mutex_of(self, hart, cycle):
        """A mutex that the CPU's task owns then and never takes again, but others do; its increment is done, so that the task
        does not repeat it when it begins again."""
        runs = self.runs.at(hart, cycle)
        for mutex in self.mutexes:
            owned = self.owned.at(mutex, cycle)
            if runs and owned and owned[2] == runs[2]:
                later = {stretch[2] for stretch in self.owned.of[mutex] if stretch[0] > cycle}
                if later and owned[2] not in later and any(owned[0] < when <= cycle for when in self.counted[owned[2]]):
                    return mutex
        return None

    def share_of_time(self, harts, window):
        inside = sum(max(0, min(ended, window["to"]) - max(begun, window["from"]))
                     for stretches in self.held.of.values() for begun, ended, _ in stretches)
        return inside / (harts * (window["to"] - window["from"]))


def sets_of(settings):
    return [text for key, value in settings.items() for text in ("--set", f"{key}={json.dumps(value)}")]


def run(settings, *options):
    return subprocess.run([hartbeat, "run", os.path.join(configs, "contend-short.json"), "--quiet", *options, *sets_of(settings)],
                          capture_output=True)


def golden_run(settings):
    path = os.path.join(folder, "golden.csv")
    run(dict(settings, **{"trace.accesses": True}), "--trace", path).check_returncode()
    return Golden(path)


def waits_for_mutex(settings):
    """Does the run end with tasks that are blocked, for nobody frees what they wait for?"""
    out = os.path.join(folder, "run")
    run(settings, "--out", out)
    with open(os.path.join(out, "result.json")) as file:
        return "blocked: what they wait for is never freed" in (json.load(file)["reason"] or "")


def is_wanted(settings, lock, cycle):
    """Does any CPU find that lock held after the death?"""
    path = os.path.join(folder, "run.csv")
    run(settings, "--trace", path)
    with open(path) as file:
        waits = [line.split(",", 4) for line in file if ",lock wait," in line]
    return any(int(fields[0]) > cycle and fields[3] == lock for fields in waits)


def explain(golden, entry, settings):
    """What the golden run says of a death, and whether the run agrees: (its words, the run is as foretold)."""
    hart, cycle = str(entry["faults"][0]["hart"]), entry["faults"][0]["cycle"]
    repeated = dict(settings, **{"faults.0.model": "fail_stop"}, **entry["set"])
    hangs = entry["class"].startswith("HANG")
    lock = golden.held.at(hart, cycle)
    if lock and not hangs and not is_wanted(repeated, lock[2], cycle):
        return UNWANTED, True
    if lock:
        return LOCK, hangs
    if golden.mutex_of(hart, cycle):
        return (MUTEX, waits_for_mutex(repeated)) if hangs else (ASKED, True)
    return NOTHING, not hangs


def judge(point, file, lines):
    golden = golden_run(file["set"])
    share = golden.share_of_time(file["harts"], file["window"])
    found = collections.Counter()
    for entry in lines:
        why, as_foretold = explain(golden, entry, file["set"])
        found[why] += 1
        check(as_foretold, f"{point}: run {entry['index']} ends as {entry['class']}, though of CPU {entry['faults'][0]['hart']} in "
                           f"cycle {entry['faults'][0]['cycle']} the golden run says: {why}")
    low, high = interval(found[LOCK], len(lines) - found[MUTEX])
    print(f"{point}: a lock is held {share:.4f} of the time; {found[LOCK] + found[MUTEX]} of {len(lines)} runs hang, "
          f"{low:.4f} to {high:.4f} without those that wait for a task's mutex: {dict(found)}")
    check(low <= share <= high, f"{point}: {share:.4f} is not between {low:.4f} and {high:.4f}")
    check(found[UNWANTED] <= max(2, EXCEPTIONS * len(lines)), f"{point}: in {found[UNWANTED]} runs {UNWANTED}")


def main():
    with open(os.path.join(configs, "campaigns", "kill-one.json")) as file:
        campaign = json.load(file)
    campaign["experiment"] = os.path.join(configs, "contend-short.json")
    campaign["sampling"]["runs"] = runs
    campaign["sweep"] = {"cross": {"os.recovery.locks": ["none"]}}
    del campaign["expect"]
    path, out = os.path.join(folder, "locks-none.json"), os.path.join(folder, "out")
    with open(path, "w") as file:
        json.dump(campaign, file)
    done = subprocess.run([hartbeat, "campaign", path, "--out", out, "--quiet"], capture_output=True, text=True)
    check(done.returncode == 0, f"the campaign ends with {done.returncode}: {done.stderr}")
    with open(os.path.join(out, "golden.json")) as file:
        golden = json.load(file)
    with open(os.path.join(out, "runs.jsonl")) as file:
        lines = [json.loads(line) for line in file]
    for point in golden:
        judge(point, golden[point], [entry for entry in lines if entry["point"] == point])


main()
finish()
