#!/usr/bin/env python3
"""wire.py HARTBEAT ECHO.elf: the remote protocol without gdb: interrupts, the guest's keyboard, connections that end.

ECHO prints what it reads, as capitals, until a full stop comes; hart 1 sleeps.
"""
import re
import select
import subprocess
import sys

from stub import SECONDS, Failed, Server, Stub, check

HARTBEAT, PROGRAM = sys.argv[1:3]


def type_in(process, text):
    process.stdin.write(text)
    process.stdin.flush()


def read_console(process, n):
    text = b""
    while len(text) < n:
        check(select.select([process.stdout], [], [], SECONDS)[0], "the console is silent after %r" % text)
        byte = process.stdout.read1(1)
        check(byte, "the console was closed after %r" % text)
        text += byte
    return text


def pc(stub):
    return int.from_bytes(bytes.fromhex(stub.ask(b"p20").decode()), "little")


def check_all(process, port, stub):
    check(b"PacketSize" in stub.ask(b"qSupported:multiprocess+"), "qSupported")

    # It stands still until it is told to go; then it runs, and an interrupt stops it.
    check(stub.is_silent(0.3), "something came without being asked for")
    before = pc(stub)
    check(pc(stub) == before, "it does not stand still")
    stub.go_on()
    check(stub.is_silent(0.3), "it stopped by itself")
    check(stub.interrupt() < 2, "the interrupt took long")
    check(pc(stub) != before, "it did not run")

    # Keys reach the guest while it runs, and stay for it while it does not.
    stub.go_on()
    type_in(process, b"abc")
    check(read_console(process, 3) == b"ABC", "abc")
    stub.interrupt()
    type_in(process, b"d")
    check(not select.select([process.stdout], [], [], 0.3)[0], "it ran while it was stopped")
    stub.go_on()
    check(read_console(process, 1) == b"D", "d")
    stub.interrupt()

    # A wrong checksum is answered by -, and - by what was sent before.
    stub.socket.sendall(b"$p20#00")
    check(stub.acknowledged() == b"-", "a wrong checksum was taken")
    value = stub.ask(b"p20")
    stub.socket.sendall(b"-")
    check(stub.packet() == value, "- was not answered by the same again")

    # Packets that come while it runs are out of turn, and do not stop it.
    stub.go_on()
    stub.send(b"g")
    check(stub.is_silent(0.3), "a packet was answered while it ran")
    stub.interrupt()

    # Who leaves in mid-run leaves it stopped; the next one finds it where it is, and lets it come to its end.
    stub.go_on()
    stub.socket.close()
    stub = Stub(port)
    check(re.match(rb"[ST][0-9a-f]{2}", stub.ask(b"?")), "the next one is not told why it stands")
    stub.go_on()
    type_in(process, b".")
    check(read_console(process, 1) == b".", "a full stop")
    check(stub.packet().startswith(b"T0f"), "it did not end")
    check(stub.ask(b"c").startswith(b"T0f"), "it does not say again how it ended")
    check(stub.monitor("cycle").endswith(", over: passed\n"), "monitor does not know how it ended")
    stub.socket.close()
    check(process.wait(SECONDS) == 0, "exec ended with status %s" % process.returncode)


try:
    with Server(HARTBEAT, ["--harts", "2", PROGRAM], subprocess.PIPE) as server:
        check_all(server.process, server.port, server.connect())
except (Failed, OSError) as failed:
    sys.exit("FAILED: %s" % failed)
