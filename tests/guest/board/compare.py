#!/usr/bin/env python3
"""A program that looks at the board prints the same on QEMU's virt board and on ours, and leaves the same disk behind.

    compare.py PROGRAM.elf --hartbeat build/hartbeat

Exit status: 0 the same; 1 not; 77 QEMU is needed and not here.
"""

import argparse
import difflib
import os
import shutil
import subprocess
import sys
import tempfile

SECTORS = 128


def image():
    return bytes((i * 13 + i // 512 * 7 + i // 4096) & 0xff for i in range(512 * SECTORS))


def on_qemu(program, disk):
    command = ["qemu-system-riscv64", "-machine", "virt", "-smp", "2", "-bios", "none", "-nographic", "-kernel", program,
               "-global", "virtio-mmio.force-legacy=false", "-drive", "file=%s,if=none,format=raw,id=disk" % disk,
               "-device", "virtio-blk-device,drive=disk,bus=virtio-mmio-bus.0,serial=hartbeat disk"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
    return done.returncode, done.stdout.decode(errors="replace")


def on_hartbeat(hartbeat, program, disk, more):
    command = [hartbeat, "exec", program, "--harts", "2", "--disk", disk, "--cycles", "200000000", *more]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=300)
    return done.returncode, done.stdout.decode(errors="replace") + done.stderr.decode(errors="replace")


def read(path):
    with open(path, "rb") as file:
        return file.read()


def compare(name, ours, theirs):
    if ours == theirs:
        return True
    print("%s: the consoles differ (- QEMU, + hartbeat)" % name)
    sys.stdout.writelines(difflib.unified_diff(theirs[1].splitlines(True), ours[1].splitlines(True), "QEMU", "hartbeat"))
    print("exit status %d and %d" % (theirs[0], ours[0]))
    return False


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--hartbeat", default="build/hartbeat")
    options = parser.parse_args()
    if not shutil.which("qemu-system-riscv64"):
        print("qemu-system-riscv64 is not here")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        theirs, ours = os.path.join(folder, "theirs.img"), os.path.join(folder, "ours.img")
        for path in (theirs, ours):
            with open(path, "wb") as file:
                file.write(image())
        qemu = on_qemu(options.program, theirs)
        good = qemu[0] == 0 and qemu[1].endswith("end\n")
        if not good:
            print("QEMU ended with %d:\n%s" % qemu)
        for setting in (None, "machine.bus.protocol=vi", "machine.l1d.size=1KiB", "machine.l2.size=32KiB"):
            more = ["--set", setting] if setting else []
            good &= compare("hartbeat %s" % " ".join(more), on_hartbeat(options.hartbeat, options.program, ours, more), qemu)
            if read(ours) != image():
                print("the image was written without --disk-write")
                good = False
        on_hartbeat(options.hartbeat, options.program, ours, ["--disk-write"])
        if read(ours) != read(theirs):
            print("the images differ after --disk-write")
            good = False
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
