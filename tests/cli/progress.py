#!/usr/bin/env python3
"""progress.py HARTBEAT: long work shows a line of progress on a terminal, takes it away at the end, and shows none in a
pipe; what stands on standard output is the same either way.
"""
import os
import pty
import subprocess
import sys
import tempfile
import threading

hartbeat = os.path.realpath(sys.argv[1])
failed = 0

# Command, and what its progress says.
LONG = [
    (["run", "speedup", "--cycles", "800000"], b"of 4 variants"),
    (["run", "smp4", "--cycles", "1000000"], b"smp4: cycle "),
    (["protocol", "mesi", "--verify", "--caches", "4"], b"searching: "),
    (["bisect", "smp4", "smp4", "--set", "stop.cycles=10000000", "--set", "engine=lockstep"], b"comparing: "),
]


def check(what, holds, seen):
    global failed
    if not holds:
        failed += 1
        print("FAILED: %s: %r" % (what, seen[-300:]))


def on_terminal(command):
    """What it writes to standard output (a pipe) and to standard error (a terminal)."""
    try:
        master, slave = pty.openpty()
    except OSError as trouble:
        print("skipped: this system gives no pseudo-terminal (%s)" % trouble)
        sys.exit(77)
    process = subprocess.Popen([hartbeat] + command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=slave)
    os.close(slave)
    seen = []

    def read():
        try:
            while True:
                seen.append(os.read(master, 65536))
        except OSError:  # the other end is closed
            pass
    reader = threading.Thread(target=read)
    reader.start()
    out = process.communicate()[0]
    reader.join()
    os.close(master)
    return out, b"".join(seen)


def without_times(text):
    return [line for line in text.splitlines() if b"lockstep" not in line and b" s" not in line[-3:]]


os.chdir(tempfile.mkdtemp())
for command, words in LONG:
    out, shown = on_terminal(command)
    piped = subprocess.run([hartbeat] + command, stdin=subprocess.DEVNULL, capture_output=True)
    check("%s shows its progress" % command, words in shown, shown)
    check("%s takes it away" % command, shown.endswith(b"\r\x1b[K"), shown)
    check("%s is silent in a pipe" % command, piped.stderr == b"", piped.stderr)
    check("%s prints the same" % command, without_times(out) == without_times(piped.stdout), out)
sys.exit(failed != 0)
