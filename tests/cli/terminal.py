#!/usr/bin/env python3
"""terminal.py HARTBEAT SOURCES: `hartbeat exec` on a terminal, with a program that sends back what it receives.

The terminal is raw while the program runs (a key comes back once, Ctrl-C is the guest's), Ctrl-A x leaves with status 3,
Ctrl-A Ctrl-A is one Ctrl-A, and the terminal is as before at the end and after a signal. A program that sleeps until a key
comes costs next to nothing, however often its timer wakes it, and its time passes about as it does for who types.
"""
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import termios
import time

hartbeat, sources = sys.argv[1:3]
compiler = "riscv64-unknown-elf-gcc"
failed = 0


def check(what, holds, seen):
    global failed
    if not holds:
        failed += 1
        print(f"FAILED: {what}: {seen!r}")


def make(folder, name):
    guests = os.path.join(sources, "tests/unit/guests")
    subprocess.run([compiler, "-march=rv64imac_zicsr_zifencei", "-mabi=lp64", "-mcmodel=medany", "-ffreestanding",
                    "-nostdlib", "-O2", "-I", sources, "-T", f"{guests}/bare.ld", f"{guests}/start.S",
                    f"{guests}/{name}.c", "-o", f"{folder}/{name}.elf", "-Wl,--no-warn-rwx-segments"], check=True)
    return f"{folder}/{name}.elf"


class Session:
    def __init__(self, echo):
        try:
            self.master, self.slave = pty.openpty()
        except OSError as trouble:
            print("skipped: this system gives no pseudo-terminal (%s)" % trouble)
            sys.exit(77)
        self.before = termios.tcgetattr(self.slave)
        self.seen = b""
        self.process = subprocess.Popen([hartbeat, "exec", echo], stdin=self.slave, stdout=self.slave,
                                        stderr=self.slave)

    def wait_for(self, text, seconds=60):
        end = time.monotonic() + seconds
        while text not in self.seen and time.monotonic() < end:
            if select.select([self.master], [], [], 0.1)[0]:
                self.seen += os.read(self.master, 4096)
        check(f"{text!r} on the terminal", text in self.seen, self.seen)

    def type(self, keys):
        os.write(self.master, keys)

    def status(self):
        try:
            return self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return "it does not end"

    def close(self, what):
        after = termios.tcgetattr(self.slave)
        check(f"the terminal is as before {what}", after == self.before, after)
        os.close(self.master)
        os.close(self.slave)


def keys_and_leaving(echo):
    session = Session(echo)
    session.wait_for(b"Ctrl-A x leaves")
    session.type(b"ab\x03\x01\x01c\x01qd")  # Ctrl-C, Ctrl-A Ctrl-A, and Ctrl-A q, which is dropped
    session.wait_for(b"ab\x03\x01cd")
    check("nothing is echoed by the terminal", session.seen.count(b"ab") == 1, session.seen)
    check("the announcement comes once", session.seen.count(b"leaves") == 1, session.seen)
    session.type(b"\x01x")
    session.wait_for(b"left by Ctrl-A x")
    check("status 3 after Ctrl-A x", session.status() == 3, session.process.returncode)
    session.close("after Ctrl-A x")


def killed(echo, number):
    session = Session(echo)
    session.wait_for(b"Ctrl-A x leaves")
    session.type(b"Z")
    session.wait_for(b"Z")
    raw = termios.tcgetattr(session.slave)
    check("the terminal is raw", raw != session.before, raw)
    session.process.send_signal(number)
    check(f"it dies of signal {number}", session.status() == -number, session.process.returncode)
    session.close(f"after signal {number}")


def sleeping(ticks):
    session = Session(ticks)
    session.wait_for(b"ready")
    start = time.monotonic()
    time.sleep(3)
    with open(f"/proc/{session.process.pid}/stat") as file:
        user, system = file.read().split()[13:15]
    used = (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    session.type(b"\n")
    session.wait_for(b" ticks")
    passed = time.monotonic() - start
    counted = int(session.seen.split(b" ticks")[0].split()[-1])
    print(f"{used} s of processor time in 3 s of sleep; {counted} ticks of a millisecond in {passed:.2f} s")
    check("sleeping costs next to nothing", used < 0.6, used)
    check("its time passes as it does here", 300 < counted < 1500 * passed, counted)
    check("it ends", session.status() == 0, session.process.returncode)
    session.wait_for(b"in use")
    table = session.seen.split(b" ticks")[1].split(b"\n")
    check("a table ends it", [line.split()[:1] for line in table[1:4]] == [[b"hart"], [b"0"], [b"bus:"]], table)
    session.close("after sleeping")


def piped(ticks):
    seen = subprocess.run([hartbeat, "exec", ticks], input=b"\n", capture_output=True, check=False)
    check("no table in a pipe", seen.returncode == 0 and seen.stderr == b"", seen.stderr)


if not shutil.which(compiler):
    print(f"skipped: {compiler} is not installed")
    sys.exit(77)

with tempfile.TemporaryDirectory() as scratch:
    image = make(scratch, "echo")
    keys_and_leaving(image)
    sleeping(make(scratch, "ticks"))
    piped(os.path.join(scratch, "ticks.elf"))
    killed(image, signal.SIGTERM)
    killed(image, signal.SIGINT)
sys.exit(1 if failed else 0)
