#!/usr/bin/env python3
"""ends.py HARTBEAT FOLDER: machines that sleep for ever, crash, or come to their end under gdb.

They stay open to inspection and say again how they ended; and being looked at changes nothing: a run under gdb that
only goes on has the result.json of one without it.
"""
import json
import os
import re
import signal
import sys
import tempfile

from stub import Failed, Server, check

HARTBEAT, FOLDER = sys.argv[1:3]


def program(name):
    return os.path.join(FOLDER, name + ".elf")


def looks_alive(stub, threads):
    for thread in range(1, threads + 1):
        check(stub.ask(b"Hg%x" % thread) == b"OK", "Hg")
        check(len(stub.ask(b"g")) == 65 * 16, "no registers of thread %d" % thread)
        check(b"hart" in bytes.fromhex(stub.ask(b"qThreadExtraInfo,%x" % thread).decode()), "no state of a thread")
    check(len(stub.ask(b"m80000000,10")) == 32, "no memory")
    check("hart 0: " in stub.monitor("harts"), "monitor harts")


def same_result(name, harts, status, ending, options=()):
    """`ending`: what the stop reply begins with."""
    with tempfile.TemporaryDirectory() as folder:
        results = [os.path.join(folder, "a"), os.path.join(folder, "b")]
        options = ["--harts", str(harts), *options, program(name)]
        Server.run(HARTBEAT, ["--out", results[0]] + options, status)
        with Server(HARTBEAT, ["--out", results[1]] + options) as server:
            stub = server.connect()
            reply = stub.ask(b"vCont;c")
            check(reply.startswith(ending), "%s: %r" % (name, reply))
            for packet in (b"?", b"c", b"vCont;c"):
                check(stub.ask(packet) == reply, "%s: %r: not what it said before" % (name, packet))
            looks_alive(stub, harts)
            check(stub.ask(b"vCont;c") == reply, "%s: not what it said before it was looked at" % name)
            check(stub.ask(b"D") == b"OK", "D")
            check(server.end() == status, "%s: status %s, wanted %d" % (name, server.process.returncode, status))
        first, second = (open(os.path.join(one, "result.json")).read() for one in results)
        check(first == second, "%s: another result.json under gdb" % name)


def sleeper_is_woken():
    """What is written to a machine that sleeps for ever can wake it; so can another hart that was held."""
    with Server(HARTBEAT, ["--harts", "4", program("sleep")]) as server:
        stub = server.connect()
        # Hart 1 alone waits for what hart 0 has yet to set: interrupted, not ended.
        stub.send(b"vCont;c:2")
        check(stub.acknowledged() == b"+", "vCont")
        check(stub.is_silent(0.3), "hart 1 did not wait")
        stub.interrupt()
        check(stub.ask(b"?").startswith(b"T02thread:2;"), "it is not hart 1 that was interrupted")
        # All but hart 0 asleep and held back: at rest, though hart 0 has not slept yet.
        symbols = Server.symbols(program("sleep"), ["begun", "woken"])
        check(stub.ask(b"M%x,8:0100000000000000" % symbols["begun"]) == b"OK", "begun")
        check(stub.ask(b"vCont;c:2;c:3;c:4").startswith(b"T00"), "the three did not come to rest")
        check("at rest" in stub.monitor("cycle"), "monitor does not say that it is at rest")
        check(stub.ask(b"vCont;s:1").startswith(b"T05thread:1;"), "hart 0 did not step")
        check(stub.ask(b"vCont;c").startswith(b"T00"), "the four did not come to rest")
        check(stub.ask(b"vCont;s:3").startswith(b"T00"), "a sleeper stepped")
        # The debugger writes what they wait for, and gives one an interrupt that it has enabled.
        check(stub.ask(b"M%x,8:0100000000000000" % symbols["woken"]) == b"OK", "woken")
        check(stub.ask(b"vCont;c").startswith(b"T00"), "nobody has woken them, and they went on")
        check(stub.ask(b"Hg3") == b"OK", "Hg3")
        check(stub.ask(b"P%x=0200000000000000" % (65 + 0x344)) == b"OK", "mip.SSIP")
        check(stub.ask(b"P%x=0200000000000000" % (65 + 0x304)) == b"OK", "mie.SSIE")
        reply = stub.ask(b"vCont;c")
        check(reply.startswith(b"T0f"), "hart 2, woken, did not end the run: %r" % reply)
        check(stub.ask(b"bs").startswith(b"T05"), "no way back from the end")
        check(stub.ask(b"D") == b"OK", "D")
        check(server.end() == 1, "status %s, wanted 1" % server.process.returncode)


def reversing_is_interrupted():
    """Ctrl-C while it looks for a stop in the past: it stays where it was."""
    with Server(HARTBEAT, ["--harts", "4", program("four")]) as server:
        stub = server.connect()
        check(stub.ask(b"Z0,0,2") == b"OK", "Z0")
        stub.go_on()
        check(stub.is_silent(1.0), "it stopped by itself")
        check(stub.interrupt() < 2, "the interrupt took long")
        before = stub.monitor("cycle"), stub.monitor("hash")
        stub.send(b"bc")
        check(stub.acknowledged() == b"+", "bc")
        check(stub.is_silent(0.1), "going back was over at once: nothing to interrupt")
        check(stub.interrupt() < 5, "the interrupt took long")
        check((stub.monitor("cycle"), stub.monitor("hash")) == before, "it is not where it was")
        check(stub.ask(b"k") == b"OK", "k")


def killed_is_written():
    """gdb ends a machine that runs: its results and its recording are written, as after any interrupt."""
    with tempfile.TemporaryDirectory() as folder:
        out, record = os.path.join(folder, "out"), os.path.join(folder, "record")
        options = ["--harts", "4", "--out", out, "--csv", "--record", record]
        with Server(HARTBEAT, options + ["--save-at", "900000000", os.path.join(folder, "late"), program("four")]) as server:
            stub = server.connect()
            stub.go_on()
            check(stub.is_silent(0.3), "it stopped by itself")
            stub.interrupt()
            check(stub.ask(b"P1=0100000000000000") == b"OK", "P1")
            cycle = int(re.search(r"[\d,]+", stub.monitor("cycle"))[0].replace(",", ""))
            check(stub.ask(b"k") == b"OK", "k")
            check(server.end() == 3, "status %s, wanted 3" % server.process.returncode)
            said = server.process.stderr.read().decode()
            check(said.startswith("hartbeat: ended by gdb\nhartbeat: interrupted after "), "it says %r" % said)
        result = json.load(open(os.path.join(out, "result.json")))
        check(result["outcome"] == "interrupted" and result["cycles"] == cycle, "the result is of another moment")
        check(sorted(os.listdir(out)) == ["caches.csv", "console.txt", "faults.csv", "harts.csv", "result.csv", "result.json"],
              "not all is in %s: %s" % (out, os.listdir(out)))
        check(any(line.startswith("%d " % cycle) for line in open(record)), "the debugger's write is not recorded")
        Server.run(HARTBEAT, ["--harts", "4", "--replay", record, "--cycles", str(cycle), "--out", out, program("four")], 3)
        again = json.load(open(os.path.join(out, "result.json")))
        check(again["harts"] == result["harts"] and again["bus"] == result["bus"], "the replay has another result")


signal.alarm(100)
try:
    killed_is_written()
    same_result("two", 2, 0, b"T0f")
    same_result("sleep", 4, 3, b"T00")
    same_result("crash", 4, 1, b"T06thread:3;")
    same_result("four", 4, 3, b"T18", ["--cycles", "300000"])
    sleeper_is_woken()
    reversing_is_interrupted()
except (Failed, OSError) as failed:
    sys.exit("FAILED: %s" % failed)
