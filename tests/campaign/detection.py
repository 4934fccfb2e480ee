#!/usr/bin/env python3
"""detection.py HARTBEAT CONFIGS [RUNS]: how long a death goes unnoticed, checked run by run against what the golden run's
tracepoints say, and on average against the first look that was due; false alarms come exactly where a look saw too much."""
import bisect, json, os, re, statistics, subprocess, sys

from common import check, finish, folder

hartbeat, configs = sys.argv[1:3]
runs = int(sys.argv[3]) if len(sys.argv) > 3 else 2000
TICK = 10       # cycles
WRITING = 200   # cycles: a beat whose stamp was read so shortly before the death may have been written, or not
SUSPECTING = 1000  # cycles from the look to the suspicion, with every line of code from memory
MEAN_SHARE = 0.02


def number(text):
    return int(text.replace(",", ""))


class Trace:
    """Beats (cycle, stamp) of each CPU and looks (cycle, seen) at each, in cycles."""

    def __init__(self, path):
        self.beats, self.looks, self.suspected = {}, {}, []
        stamps = {}
        with open(path) as file:
            for line in file:
                fields = line.rstrip("\n").split(",", 5)
                if fields[2] == "heartbeat":
                    hart, stamp = map(int, re.findall(r"\d+", fields[5]))
                    self.beats.setdefault(hart, []).append((int(fields[0]), stamp * TICK))
                elif fields[2] == "look":
                    self.look(int(fields[0]), fields[5])
                elif fields[2] == "suspect":
                    self.suspected.append(int(fields[0]))

    def look(self, cycle, sentence):
        words = re.findall(r"-?\d[\d,]*\d|\d", sentence)
        hart, seen = int(words[1]), number(words[2]) if len(words) > 2 else 0
        self.looks.setdefault(hart, []).append((cycle, seen))

    def last_beat(self, hart, cycle):
        """The stamps that may be the last that `hart` wrote before it died in `cycle`: one, or two."""
        beats = self.beats[hart]
        n = bisect.bisect_left(beats, (cycle,))
        being_written = n < len(beats) and beats[n][1] <= cycle <= beats[n][1] + WRITING
        return [beats[n - 1][1]] + ([beats[n][1]] if being_written else [])


def run(settings, trace):
    sets = [text for key, value in settings.items() for text in ("--set", f"{key}={json.dumps(value)}")]
    path = os.path.join(folder, "trace.csv")
    done = subprocess.run([hartbeat, "run", os.path.join(configs, "contend-short.json"), "--quiet", "--trace", path, *sets],
                          capture_output=True, text=True)
    check(done.returncode in (0, 1), f"run: {done.stderr}")
    return Trace(path)


def predicted(golden, hart, stamp, timeout):
    """When the silence of `hart` since `stamp` would have been noticed: the golden run's first look that was due then.

    A look counts the silence up to when it was due; what it saw is taken from the last stamp before it."""
    looks, beats = golden.looks.get(hart, []), golden.beats[hart]
    for cycle, seen in looks[bisect.bisect_left(looks, (stamp + timeout,)):]:
        read = beats[bisect.bisect_right(beats, (cycle,)) - 1][1]
        if read + seen >= stamp + timeout:
            return cycle
    return None


def bounds(point, golden, result, lines, os_):
    """The bounds of every run; and the means, seen and predicted."""
    timeout, look = os_["timeout_cycles"], os_["check_cycles"]
    j = result["os"]["jitter_cycles"]
    room = look + (j if j <= look else 2 * j)
    seen, foretold, unseen = [], [], 0
    for entry in lines:
        fault = entry["faults"][0]
        if fault["suspected_cycle"] is None:
            unseen += 1
            continue
        stamps = golden.last_beat(fault["hart"], fault["cycle"])
        late = [fault["suspected_cycle"] - stamp - timeout for stamp in stamps]
        check(any(0 <= cycles <= room for cycles in late),
              f"{point}: run {entry['index']}: suspected {late} cycles after the timeout (0 to {room})")
        when = predicted(golden, fault["hart"], stamps[0], timeout)
        if when is not None:
            seen.append(fault["suspected_cycle"] - fault["cycle"])
            foretold.append(when - fault["cycle"])
    check(unseen < len(lines) / 8, f"{point}: {unseen} deaths were not noticed")
    mean, expected = sum(seen) / len(seen), sum(foretold) / len(foretold)
    textbook = timeout - os_["period_cycles"] / 2 + look / 2
    print(f"{point}: {len(lines)} deaths, {unseen} too late to be noticed; J {j}; noticed after {mean:.0f} cycles, "
          f"foretold {expected:.0f} ({100 * (mean / expected - 1):+.1f} %), textbook {textbook:.0f} "
          f"({100 * (mean / textbook - 1):+.1f} %)")
    error = statistics.stdev(a - b for a, b in zip(seen, foretold)) / len(seen) ** 0.5
    check(abs(mean - expected) <= max(MEAN_SHARE * expected, 3 * error if runs < 1000 else 0), f"{point}: the mean, {mean:.0f}, is not what the looks say: {expected:.0f}")


def kills():
    with open(os.path.join(configs, "contend-short.json")) as file:
        heartbeat = json.load(file)["os"]["heartbeat"]
    with open(os.path.join(configs, "campaigns", "detection.json")) as file:
        campaign = json.load(file)
    campaign["experiment"] = os.path.join(configs, "contend-short.json")
    campaign["sampling"]["runs"] = runs
    path, out = os.path.join(folder, "detection.json"), os.path.join(folder, "out")
    with open(path, "w") as file:
        json.dump(campaign, file)
    done = subprocess.run([hartbeat, "campaign", path, "--out", out, "--quiet"], capture_output=True, text=True)
    check(done.returncode == 0, f"the campaign ends with {done.returncode}: {done.stderr}")
    with open(os.path.join(out, "golden.json")) as file:
        golden = json.load(file)
    with open(os.path.join(out, "runs.jsonl")) as file:
        lines = [json.loads(line) for line in file]
    for point in golden:
        of_point = [entry for entry in lines if entry["point"] == point]
        bounds(point, run(golden[point]["set"], True), golden[point]["result"], of_point, heartbeat)
    return [{key: value for key, value in golden[point]["set"].items() if key.startswith("os.")} for point in golden]


def false_alarms(settings):
    """The timeout becomes shorter and shorter: a CPU is suspected exactly when a look saw as long a silence."""
    calm = alarmed = 0
    for timeout in range(15011, 3000, -1500 if runs < 1000 else -250):
        trace = run(dict(settings, **{"os.heartbeat.timeout_cycles": timeout}), True)
        seen = [cycle for looks in trace.looks.values() for cycle, silent in looks if silent >= timeout]
        first = min(seen) if seen else None
        check(bool(seen) == bool(trace.suspected), f"timeout {timeout}: looks saw as much at {seen[:3]}, "
              f"suspected at {trace.suspected[:3]}")
        if seen and trace.suspected:
            check(first <= trace.suspected[0] <= first + SUSPECTING, f"timeout {timeout}: seen at {first}, "
                  f"suspected at {trace.suspected[0]}")
        alarmed += bool(seen)
        calm += not seen
    print(f"{alarmed} timeouts with false alarms, {calm} without")
    check(alarmed and calm, "the timeouts are all too long, or all too short")


for settings in kills():
    false_alarms(settings)
finish()
