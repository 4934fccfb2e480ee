#!/usr/bin/env python3
"""recompute.py HARTBEAT EXPERIMENT: what result.json counts, counted again from nothing but the rows of a .csv trace
with accesses, for several machines."""
import collections
import csv
import json
import os
import subprocess
import sys
import tempfile

HARTBEAT, EXPERIMENT = (os.path.abspath(argument) for argument in sys.argv[1:3])
LINE = 64
READS, WRITES = ("load", "lr", "fetch"), ("store", "sc", "amo")
BRING_A_LINE = ("BusRd", "BusRdX", "BusRdUpd")
MACHINES = {
    "mesi": [],
    "dragon": ["machine.bus.protocol=dragon"],
    "vi, buffered": ["machine.bus.protocol=vi", "machine.store_buffer.depth=4"],
    "moesi, split, L2": ["machine.bus.protocol=moesi", "machine.bus.split=true", "machine.l2.size=16KiB",
                         "machine.l1i.size=4KiB", "machine.l1d.size=4KiB"],
}


class Failed(Exception):
    pass


def equal(what, here, wanted):
    if here != wanted:
        raise Failed("%s: %s by the trace, %s in the result" % (what, here, wanted))


def run(options):
    command = [HARTBEAT, "run", EXPERIMENT, "--quiet", "--out", "out", "--trace", "t.csv"]
    options = options + ["trace.accesses=true", "stop.cycles=110000", "stats.lines=1"]
    command += [word for key in options for word in ("--set", key)]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=60)
    if done.returncode != 3:  # the limit
        raise Failed("status %d: %s" % (done.returncode, done.stderr))
    with open("out/result.json") as file:
        return json.load(file)


class Count:
    """Follows the rows in their order."""

    def __init__(self):
        self.cache = collections.defaultdict(collections.Counter)  # (CPU, "l1d"): key: how many
        self.hart = collections.defaultdict(collections.Counter)
        self.bus, self.waited = collections.Counter(), collections.Counter()
        self.state = collections.defaultdict(lambda: "I")  # (CPU, "l1d", line): letter
        self.granted = {}  # CPU: line of its transaction
        self.moved = {}  # CPU: (cycle, bytes) of its last access that needed the bus
        self.device_transactions = collections.Counter()

    def take(self, row):
        cpu, event, words = row["hart"], row["event"], row["detail"].split(" ")
        address = int(row["address"], 16) if row["address"] else 0
        if event == "request" and words[0] in READS + WRITES:
            self.access(cpu, words[0], address, True)
        elif event in READS + WRITES and words[0] == "hit":
            self.access(cpu, event, address, False)
        elif event in READS + WRITES and words[0] in ("bus", "memory"):
            self.moved[cpu] = int(row["cycle"]), int(words[1].split("=")[1]), event
        elif event == "grant":
            self.granted[cpu] = address
            self.waited[cpu] += int(words[-1])
            self.cache[cpu, "l1d"]["writebacks"] += words[0] == "BusWB"  # the line is given up, though the run may end
        elif event == "line":
            self.change(cpu, words, address)
        elif event.startswith("Bus") or event.startswith("Dev"):
            self.finish(cpu, event, row, words)

    def access(self, cpu, kind, address, needs_bus):
        level = "l1i" if kind == "fetch" else "l1d"
        cache = self.cache[cpu, level]
        hits = self.state[cpu, level, address // LINE] != "I"
        way = "write" if kind in WRITES else "read"
        cache["accesses"] += 1
        cache[way + "s"] += 1
        cache["hits"] += hits
        cache[way + "_misses"] += not hits
        cache["upgrades"] += needs_bus and hits and way == "write"

    def change(self, cpu, words, address):
        level = words[0].lower()
        before, after = words[1].split(">")
        self.state[cpu, level, address // LINE] = after
        if after != "I" or len(words) < 5 or words[2] == "BusWB":
            return  # another state, or for want of room in the same cache
        taker = words[5]
        if self.granted[taker] != address:
            self.cache[cpu, level]["back_invalidations_received"] += 1
        elif taker != cpu or level == "l1i":
            self.cache[cpu, level]["invalidations_received"] += 1

    def finish(self, cpu, event, row, words):
        told = dict(word.split("=", 1) for word in words if "=" in word)
        hart, cycles = self.hart[cpu], int(told["data_cycles"])
        self.bus[event] += 1
        self.bus["address_cycles"] += int(told["snooped"]) - int(told["granted"])
        hart["bus_transactions"] += 1
        hart["bus_bytes"] += self.bytes_of(cpu, event, row, cycles)
        if told["supplier"] == "CPU" and event in BRING_A_LINE:
            hart["lines_from_caches"] += 1
            self.hart[words[4]]["lines_to_caches"] += 1

    def bytes_of(self, cpu, event, row, cycles):
        if event.startswith("Dev"):
            self.device_transactions[cpu] += 1  # how many bytes each, the trace does not say
            return 0
        if event in ("BusUpgr", "BusFlush", "BusClean", "BusInval"):
            return cycles * 8
        cycle, n, kind = self.moved.get(cpu, (-1, 0, ""))
        n = n if cycle == int(row["cycle"]) else 8  # not performed: of a CPU that died, say
        if event in ("BusWr", "BusUpd"):
            return n
        if event == "BusAtomic":
            return 2 * n
        return LINE + (n if event == "BusRdUpd" and cycles > LINE // 8 else 0)


def compare(count, result):
    for cache in result["caches"]:
        mine = count.cache[str(cache["hart"]), cache["kind"]]
        if cache["kind"] == "l2":
            equal("back-invalidations", sum(c["back_invalidations_received"] for c in count.cache.values()),
                  cache["back_invalidations"])
            if cache["back_invalidations"] < 10:
                raise Failed("the L2 takes back only %d lines: another is needed" % cache["back_invalidations"])
            continue
        for key in ("accesses", "hits", "reads", "writes", "read_misses", "write_misses", "upgrades", "writebacks",
                    "invalidations_received", "back_invalidations_received"):
            equal("%s of CPU %d's %s" % (key, cache["hart"], cache["kind"]), mine[key], cache[key])
        equal("misses", mine["accesses"] - mine["hits"], cache["misses"]["total"])
        equal("hit rate", round(mine["hits"] / mine["accesses"], 6) if mine["accesses"] else None, cache["hit_rate"])
    for hart in result["harts"]:
        name = str(hart["id"])
        for key in ("bus_transactions", "lines_from_caches", "lines_to_caches"):
            equal("%s of CPU %s" % (key, name), count.hart[name][key], hart[key])
        of_devices = hart["bus_bytes"] - count.hart[name]["bus_bytes"]
        n = count.device_transactions[name]
        if not n <= of_devices <= 8 * n:
            raise Failed("CPU %s: %d bytes for %d transactions of devices" % (name, of_devices, n))
        equal("waiting of CPU " + name, count.waited[name], result["bus"]["wait_cycles"]["per_hart"][hart["id"]])
    for kind, n in result["bus"]["transactions"].items():
        equal(kind, count.bus[kind], n)
    equal("bytes", sum(hart["bus_bytes"] for hart in result["harts"]), result["bus"]["bytes"])
    received = sum(hart["lines_from_caches"] for hart in count.hart.values())
    equal("lines from cache to cache", received, result["bus"]["cache_to_cache"])
    equal("interventions", received, result["bus"]["interventions"])


def check(name, options):
    result = run(options)
    count = Count()
    with open("t.csv", newline="") as file:
        for row in csv.DictReader(file):
            count.take(row)
    compare(count, result)
    kinds = {kind: n for kind, n in result["bus"]["transactions"].items() if n}
    print("%s: %s, %d bytes, %d lines from cache to cache" % (name, kinds, result["bus"]["bytes"], result["bus"]["cache_to_cache"]))


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    try:
        for name, options in MACHINES.items():
            try:
                check(name, options)
            except Failed as failed:
                raise Failed("%s: %s" % (name, failed)) from None
    except Failed as failed:
        print("FAILED: %s" % failed)
        sys.exit(1)
    finally:
        os.chdir("/")
