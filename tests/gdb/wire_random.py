#!/usr/bin/env python3
"""wire_random.py HARTBEAT FOUR.elf OPERATIONS [SEED]: random steps, continues, writes and ways back over the wire.

Four harts, each in a loop of its own. What must hold:
- a hart that a packet does not name does not move: its registers and counters stay;
- going back to a cycle finds the state_hash that was seen there, through writes and holds;
- the recording of all that, replayed without gdb, ends in the same result.json as the run that gdb has left.
"""
import os
import random
import sys
import tempfile

from stub import Failed, Server, check

HARTBEAT, PROGRAM, OPERATIONS = sys.argv[1], sys.argv[2], int(sys.argv[3])
SEED = int(sys.argv[4]) if len(sys.argv) > 4 else 1
HARTS, CYCLES = 4, 3000000
MSCRATCH = 65 + 0x340
MINSTRET = 65 + 0xB02
FREE = range(28, 32)  # registers that the program does not use


class Session:
    def __init__(self, server):
        self.stub, self.random = server.connect(), random.Random(SEED)
        self.seen, self.point, self.points = {}, None, 0
        self.counts = {}
        places = server.symbols(PROGRAM, ["tick", "shared", "ticks"])
        self.tick, self.shared, self.ticks = (places[name] for name in ("tick", "shared", "ticks"))
        self.note()

    def hash(self):
        return self.stub.monitor("hash").split()[1]

    def ask(self, packet):
        return self.stub.ask(packet.encode()).decode()

    def fine(self, packet):
        check(self.ask(packet) == "OK", "%s was refused" % packet)

    def now(self):
        return int(self.stub.monitor("cycle").split()[1].rstrip(","))

    def note(self):
        cycle = self.now()
        self.seen[cycle] = self.hash()
        return cycle

    def registers(self, thread):
        self.fine("Hg%x" % thread)
        return self.ask("g"), self.ask("p%x" % MINSTRET)

    def all_registers(self):
        return {thread: self.registers(thread) for thread in range(1, HARTS + 1)}

    # ---- What is done, one at a time ----

    def forward(self, packet, moves):
        here = self.now()
        self.seen = {cycle: hash for cycle, hash in self.seen.items() if cycle <= here}
        before = self.all_registers()
        reply = self.ask(packet)
        check(reply.startswith("T05"), "%s: %s" % (packet, reply))
        after = self.all_registers()
        for thread in range(1, HARTS + 1):
            check(thread in moves or after[thread] == before[thread], "%s: thread %d has moved" % (packet, thread))
        self.note()

    def any_thread(self):
        return self.random.randint(1, HARTS)

    def step_one(self):
        thread = self.any_thread()
        self.forward("vCont;s:%x" % thread, {thread})

    def step_two(self):
        one, other = self.random.sample(range(1, HARTS + 1), 2)
        self.forward("vCont;s:%x;c:%x" % (one, other), {one, other})

    def step_among_all(self):
        self.forward("vCont;s:%x;c" % self.any_thread(), set(range(1, HARTS + 1)))

    def step_by_hc(self):
        thread = self.any_thread()
        self.fine("Hc%x" % thread)
        self.forward("s", {thread})

    def go_one(self):
        thread = self.any_thread()
        self.fine("Z0,%x,2" % self.tick)
        self.forward("vCont;c:%x" % thread, {thread})
        self.fine("z0,%x,2" % self.tick)

    def go_all(self):
        self.fine("Z0,%x,2" % self.tick)
        self.forward("vCont;c", set(range(1, HARTS + 1)))
        self.fine("z0,%x,2" % self.tick)

    def change(self, packet):
        here = self.now()
        self.seen = {cycle: hash for cycle, hash in self.seen.items() if cycle <= here}
        self.fine(packet)
        self.note()

    def value(self):
        return self.random.getrandbits(64).to_bytes(8, "little").hex()

    def write_register(self):
        thread, value = self.any_thread(), self.value()
        number = self.random.choice(list(FREE) + [MSCRATCH, 33 + self.random.randrange(32)])
        before = self.all_registers()
        self.fine("Hg%x" % thread)
        self.change("P%x=%s" % (number, value))
        after = self.all_registers()
        check(all(after[other] == before[other] for other in after if other != thread), "a write moved another thread")
        self.fine("Hg%x" % thread)
        check(self.ask("p%x" % number) == value, "register %d of thread %d is not what was written" % (number, thread))

    def write_memory(self):
        address = self.random.choice([self.shared, self.ticks + 64 * self.random.randrange(HARTS)])
        value = self.value()
        self.change("M%x,8:%s" % (address, value))
        check(self.ask("m%x,8" % address) == value, "memory is not what was written")

    def arrive(self, packet):
        reply = self.ask(packet)
        check(reply.startswith("T05"), "%s: %s" % (packet, reply))
        cycle, hash = self.now(), self.hash()
        if cycle in self.seen:
            self.counts["found again"] = self.counts.get("found again", 0) + 1
            check(self.seen[cycle] == hash, "%s to cycle %d: %s, it was %s" % (packet, cycle, hash, self.seen[cycle]))
        self.seen[cycle] = hash

    def step_back(self):
        self.fine("Hc%x" % self.any_thread())
        for _ in range(self.random.randint(1, 4)):
            self.arrive("bs")
        self.fine("Hc0")

    def go_back(self):
        self.fine("Z0,%x,2" % self.tick)
        self.arrive("bc")
        self.fine("z0,%x,2" % self.tick)

    def again(self):
        """Back and forth: the same way leads to the same place."""
        thread, here = self.any_thread(), self.now()
        self.fine("Hc%x" % thread)
        packet = self.random.choice(["vCont;s:%x" % thread, "vCont;s:%x;c" % thread])
        self.forward(packet, set(range(1, HARTS + 1)))
        end = (self.now(), self.seen[self.now()])
        self.arrive("bs")
        if self.now() == here:
            self.forward(packet, set(range(1, HARTS + 1)))
            check((self.now(), self.seen[self.now()]) == end, "%s from cycle %d led elsewhere" % (packet, here))
        self.fine("Hc0")

    def do_one(self):
        ways = [self.step_one, self.step_two, self.step_among_all, self.step_by_hc, self.go_one, self.go_all,
                self.go_all, self.write_register, self.write_register, self.write_memory, self.step_back,
                self.go_back, self.again]
        way = self.random.choice(ways)
        self.counts[way.__name__] = self.counts.get(way.__name__, 0) + 1
        way()
        self.fine("Hc0")


def main(folder):
    recording, results = os.path.join(folder, "inputs"), [os.path.join(folder, "a"), os.path.join(folder, "b")]
    options = ["--harts", str(HARTS), "--cycles", str(CYCLES), PROGRAM]
    with Server(HARTBEAT, ["--record", recording, "--out", results[0]] + options) as server:
        session = Session(server)
        for _ in range(OPERATIONS):
            session.do_one()
        session.fine("D")
        check(server.end() == 3, "it did not run to its limit")
    check(session.counts.get("found again", 0) > OPERATIONS // 10, "too few cycles were found again")
    Server.run(HARTBEAT, ["--replay", recording, "--out", results[1]] + options, 3)
    first, second = (open(os.path.join(one, "result.json")).read() for one in results)
    check(first == second, "the recording, replayed, has another result")
    print(session.counts)


try:
    with tempfile.TemporaryDirectory() as folder:
        main(folder)
except (Failed, OSError) as failed:
    sys.exit("FAILED (seed %d): %s" % (SEED, failed))
