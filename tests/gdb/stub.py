"""gdb's side of its remote protocol, written from gdb's manual (appendix E): $DATA#SUM, + and -, 0x03 to interrupt; and
a hartbeat that waits for it."""
import re
import select
import socket
import subprocess
import time

SECONDS = 60  # for any one answer


class Failed(Exception):
    pass


def check(holds, what):
    if not holds:
        raise Failed(what)


class Stub:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""

    def send(self, data):
        self.socket.sendall(b"$%s#%02x" % (data, sum(data) % 256))

    def byte(self):
        if not self.received:
            self.received = self.socket.recv(65536)
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

    def monitor(self, line):
        return bytes.fromhex(self.ask(b"qRcmd," + line.encode().hex().encode()).decode()).decode()

    def go_on(self):
        self.send(b"vCont;c")
        check(self.acknowledged() == b"+", "vCont was not acknowledged")

    def interrupt(self):
        began = time.monotonic()
        self.socket.sendall(b"\x03")
        reply = self.packet()
        check(reply.startswith(b"T02"), "after an interrupt: %r" % reply)
        return time.monotonic() - began

    def is_silent(self, seconds):
        return not self.received and not select.select([self.socket], [], [], seconds)[0]


class Server:
    """hartbeat exec --gdb 0 OPTIONS: it says where it waits."""

    def __init__(self, hartbeat, options, keyboard=subprocess.DEVNULL):
        self.process = subprocess.Popen([hartbeat, "exec", "--gdb", "0"] + options, stdin=keyboard,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        line = self.process.stderr.readline().decode()
        found = re.fullmatch(r"hartbeat: waiting for gdb on 127\.0\.0\.1:(\d+): target remote :(\d+)\n", line)
        check(found and found[1] == found[2], "it does not say where it waits: %r" % line)
        self.port = int(found[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def connect(self):
        return Stub(self.port)

    def end(self):
        return self.process.wait(SECONDS)

    @staticmethod
    def symbols(program, names):
        listed = subprocess.run(["riscv64-unknown-elf-nm", program], capture_output=True, check=True).stdout.decode()
        return {name: int(address, 16) for address, _, name in map(str.split, listed.splitlines()) if name in names}

    @staticmethod
    def run(hartbeat, options, status):
        done = subprocess.run([hartbeat, "exec"] + options, stdin=subprocess.DEVNULL, capture_output=True)
        check(done.returncode == status, "exec %s: status %d, wanted %d: %s" % (options, done.returncode, status,
                                                                                 done.stderr.decode()))
        return done.stdout
