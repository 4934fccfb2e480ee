#!/usr/bin/env python3
"""wire.py HARTBEAT ECHO.elf: the remote protocol without gdb: interrupts, the guest's keyboard, connections that end.

ECHO prints what it reads, as capitals, until a full stop comes; hart 1 sleeps. Ours is the client's side of the
protocol, written from gdb's manual (appendix E): $DATA#SUM, + and -, and 0x03 to interrupt.
"""
import random
import re
import select
import socket
import subprocess
import sys
import time

HARTBEAT, PROGRAM = sys.argv[1:3]
SECONDS = 20  # for any one answer


class Failed(Exception):
    pass


def check(holds, what):
    if not holds:
        raise Failed(what)


class Stub:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), SECONDS)
        self.received = b""

    def send(self, data):
        self.socket.sendall(b"$%s#%02x" % (data, sum(data) % 256))

    def byte(self):
        if not self.received:
            self.received = self.socket.recv(4096)
            check(self.received, "the connection was closed")
        first, self.received = self.received[:1], self.received[1:]
        return first

    def acknowledged(self):
        return self.byte()

    def packet(self):
        check(self.byte() == b"$", "no packet")
        data = b""
        while (byte := self.byte()) != b"#":
            data += byte
        check(int(self.byte() + self.byte(), 16) == sum(data) % 256, "a wrong checksum")
        self.socket.sendall(b"+")
        return data

    def ask(self, data):
        self.send(data)
        check(self.acknowledged() == b"+", "%r was not acknowledged" % data)
        return self.packet()

    def go_on(self):
        self.send(b"vCont;c")
        check(self.acknowledged() == b"+", "vCont was not acknowledged")

    def interrupt(self):
        began = time.monotonic()
        self.socket.sendall(b"\x03")
        reply = self.packet()
        check(reply.startswith(b"T02") or reply.startswith(b"S02"), "after an interrupt: %r" % reply)
        return time.monotonic() - began

    def is_silent(self, seconds):
        return not self.received and not select.select([self.socket], [], [], seconds)[0]


def start():
    for _ in range(5):
        port = random.randrange(20000, 30000)
        process = subprocess.Popen([HARTBEAT, "exec", "--harts", "2", "--gdb", str(port), PROGRAM],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(100):
            try:
                return process, port, Stub(port)
            except ConnectionRefusedError:
                if process.poll() is not None:
                    break
                time.sleep(0.05)
        process.kill()
        process.wait()
    raise Failed("no port is free")


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
    check(stub.packet() == b"W00", "it did not end")
    check(process.wait(SECONDS) == 0, "exec ended with status %s" % process.returncode)


process, port, stub = start()
try:
    check_all(process, port, stub)
except (Failed, OSError) as failed:
    sys.exit("FAILED: %s" % failed)
finally:
    if process.poll() is None:
        process.kill()
        process.wait()
