#!/usr/bin/env python3
"""Linux under OpenSBI on four harts: to a shell, a job on all of them, a disk, a CPU taken offline and online again.

    boot.py FOLDER [--hartbeat build/hartbeat] [--harts N] [--boot-only] [--qemu] [--show] [OPTION-OF-EXEC...]

FOLDER holds the Image and the initrd that build.sh makes; docs/linux.md tells the whole. With --qemu the same images
and the same conversation run on QEMU instead: what fails there too is not hartbeat's. --boot-only turns the machine off
as soon as the shell is there; further options go to hartbeat as they are.

Exit status: 0 all is as it should be; 1 something is not; 77 an image or a package is not here.
"""

import argparse
import hashlib
import json
import os
import re
import resource
import select
import shutil
import subprocess
import sys
import tempfile
import time

OPENSBI = "/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin"
APPEND = "console=ttyS0"
PROMPT = "hartbeat# "
DISK_BYTES = 4 << 20
TEXT = "A file that Linux reads.\n"
SECONDS = 600
TERMS = 3000
COMPLAINTS = ("BUG:", "WARNING:", "Oops", "stall", "Unable to handle", "segfault", "unhandled signal", "I/O error")

# The sum of a harmonic series: a job of some length whose result shows that no floating-point register was lost between
# one time slice and the next.
JOB = 'job() { awk "BEGIN {for (i = $1; i < $1 + %d; i++) s += 1 / i; printf \\"job-%%.17g\\n\\", s}"; }' % TERMS


def mkfs():
    return shutil.which("mkfs.ext2") or shutil.which("mkfs.ext2", path="/sbin:/usr/sbin")


def make_disk(folder):
    root = os.path.join(folder, "root")
    os.mkdir(root)
    with open(os.path.join(root, "greeting.txt"), "w") as file:
        file.write(TEXT)
    disk = os.path.join(folder, "disk.img")
    with open(disk, "wb") as file:
        file.truncate(DISK_BYTES)
    subprocess.run([mkfs(), "-q", "-F", "-d", root, disk], check=True, capture_output=True)
    return disk


def hash_of(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def checksum(path):
    with open(path, "rb") as file:
        return subprocess.run(["cksum"], stdin=file, check=True, capture_output=True, text=True).stdout.split()[0]


class Failed(Exception):
    pass


def expect(what, found, right):
    if found != right:
        raise Failed("%s: %r instead of %r" % (what, found, right))


class Console:
    """The guest's console: wait for words, then type, as a person would."""

    def __init__(self, command, show):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.text, self.seen, self.show = "", 0, show
        self.end = time.monotonic() + SECONDS

    def more(self):
        ready, _, _ = select.select([self.process.stdout], [], [], max(0, self.end - time.monotonic()))
        got = os.read(self.process.stdout.fileno(), 65536).decode(errors="replace") if ready else ""
        if self.show:
            sys.stdout.write(got)
            sys.stdout.flush()
        self.text += got.replace("\r", "")
        return got != ""

    def wait_for(self, words):
        """Gives what was written before them."""
        while words not in self.text[self.seen:]:
            if not self.more():
                raise Failed("no %r on the console" % words)
        start, at = self.seen, self.text.index(words, self.seen)
        self.seen = at + len(words)
        return self.text[start:at]

    def type(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def run(self, command):
        """Types a command at the prompt; gives what it writes."""
        self.type(command)
        self.wait_for("\n")  # its echo
        return self.wait_for(PROMPT).strip()

    def rest(self):
        while self.more():
            pass
        return self.process.wait()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def boot(console, harts):
    console.wait_for("OpenSBI v")
    console.wait_for("Platform HART Count       : %d" % harts)
    console.wait_for("smp: Brought up 1 node, %d CPU" % harts)
    console.wait_for("Run /init")
    console.wait_for(PROMPT)


def count_cpus(console, right):
    expect("CPUs in /proc/cpuinfo", console.run("grep -c ^processor /proc/cpuinfo"), str(right))


def user_ticks(console):
    """Of each CPU: ticks of the timer that found a program running there."""
    lines = console.run("grep ^cpu[0-9] /proc/stat").splitlines()
    return [int(line.split()[1]) for line in lines]


def parallel_job(console, harts):
    console.run(JOB)
    before = user_ticks(console)
    firsts = range(1, 2 * harts + 1)
    written = console.run("%s wait" % " ".join("job %d &" % first for first in firsts))
    after = user_ticks(console)
    sums = sorted(float(result) for result in re.findall(r"job-([0-9.]+)", written))
    expect("the jobs' results", sums, sorted(sum_of(first) for first in firsts))
    ticks = [late - early for early, late in zip(before, after)]
    if min(ticks) < 2:
        raise Failed("a CPU took no part: ticks in programs %r" % ticks)
    return ticks


def sum_of(first):
    total = 0.0
    for i in range(first, first + TERMS):
        total += 1 / i
    return total


def use_disk(console, disk):
    expect("the disk's checksum", console.run("cksum </dev/vda").split()[0], checksum(disk))
    console.run("mount -t ext2 /dev/vda /mnt")
    expect("the file on the disk", console.run("cat /mnt/greeting.txt"), TEXT.strip())
    console.run("cat /bin/busybox >/mnt/copy; umount /mnt; echo 3 >/proc/sys/vm/drop_caches")
    console.run("mount -t ext2 /dev/vda /mnt")
    sums = console.run("cksum </bin/busybox; cksum </mnt/copy").splitlines()
    expect("the checksum of what was written", sums[1], sums[0])
    console.run("umount /mnt")


def hotplug(console, harts):
    cpu = harts - 1
    folder = "/sys/devices/system/cpu"
    for _ in range(2):
        console.run("echo 0 >%s/cpu%d/online" % (folder, cpu))
        expect("what is online", console.run("cat %s/online" % folder), "0-%d" % (cpu - 1) if cpu > 1 else "0")
        count_cpus(console, harts - 1)
        console.run("echo 1 >%s/cpu%d/online" % (folder, cpu))
        expect("what is online", console.run("cat %s/online" % folder), "0-%d" % cpu)
        count_cpus(console, harts)
    alone = console.run("taskset %x sh -c 'read -r s </proc/self/stat; set -- $s; shift 38; echo $1'" % (1 << cpu))
    expect("the CPU of a program bound to it", alone, str(cpu))


def reboot(console, harts):
    console.type("reboot -f")
    console.wait_for("reboot: Restarting system")
    boot(console, harts)


def use(console, disk, harts):
    count_cpus(console, harts)
    print("timer ticks in the jobs' programs: %s" % parallel_job(console, harts))
    use_disk(console, disk)
    if harts > 1:
        hotplug(console, harts)
    reboot(console, harts)


def talk(console, disk, options):
    start = time.monotonic()
    boot(console, options.harts)
    print("a shell after %.1f s" % (time.monotonic() - start))
    if not options.boot_only:
        use(console, disk, options.harts)
    console.type("exit")
    console.wait_for("reboot: Power down")
    expect("the exit status", console.rest(), 0)
    for complaint in COMPLAINTS:
        if complaint in console.text:
            raise Failed("the kernel complains: %s" % complaint)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = used.ru_utime + used.ru_stime
    print("turned off after %.1f s, %.1f s of processor time" % (time.monotonic() - start, processor))


def tell_result(folder):
    with open(os.path.join(folder, "result.json")) as file:
        result = json.load(file)
    each = [hart["instructions"] for hart in result["harts"]]
    idle = [hart["cycles_idle"] for hart in result["harts"]]
    print("%d cycles; %d instructions: %s; idle cycles %s" % (result["cycles"], sum(each), each, idle))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--hartbeat", default="build/hartbeat")
    parser.add_argument("--harts", type=int, default=4)
    parser.add_argument("--boot-only", action="store_true")
    parser.add_argument("--qemu", action="store_true")
    parser.add_argument("--show", action="store_true", help="the console as it comes")
    options, rest = parser.parse_known_args()
    image, initrd = (os.path.join(options.folder, name) for name in ("Image", "initrd"))
    for path in (OPENSBI, image, initrd, mkfs() or "mkfs.ext2"):
        if not os.path.exists(path):
            print("%s is not here" % path)
            return 77
    with tempfile.TemporaryDirectory() as folder:
        disk = make_disk(folder)
        before = hash_of(disk)
        if options.qemu:
            command = ["qemu-system-riscv64", "-M", "virt", "-m", "128", "-nographic", "-smp", str(options.harts),
                       "-bios", OPENSBI, "-kernel", image, "-initrd", initrd, "-append", APPEND,
                       "-drive", "file=%s,format=raw,if=none,id=disk,snapshot=on" % disk,
                       "-device", "virtio-blk-device,drive=disk", "-global", "virtio-mmio.force-legacy=false"]
        else:
            command = [options.hartbeat, "exec", "--quiet", "--harts", str(options.harts), "--bios", OPENSBI,
                       "--initrd", initrd, "--append", APPEND, "--disk", disk, "--out", folder, *rest, image]
        console = Console(command, options.show)
        try:
            talk(console, disk, options)
            expect("the image of the disk", hash_of(disk), before)
        except Failed as failure:
            print("%s\n----\n%s\n----\n%s" % (failure, console.text, failure))
            return 1
        finally:
            console.kill()
        if not options.qemu:
            tell_result(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
