#!/usr/bin/env python3
"""U-Boot as Debian packages it for QEMU's virt board (u-boot-qemu) reaches its prompt, lists and reads a file system on
the virtio disk, and is there again after a reset: by itself in machine mode, and in supervisor mode under OpenSBI.

    uboot.py machine|supervisor --hartbeat build/hartbeat

Exit status: 0 it does; 1 it does not; 77 a package, or mkfs.ext4, is not here.
"""

import argparse
import hashlib
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time

U_BOOT = "/usr/lib/u-boot/qemu-riscv64/uboot.elf"
U_BOOT_S = "/usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin"
OPENSBI = "/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin"
TEXT = "A file that U-Boot reads.\n"
SECONDS = 150


def make_disk(folder):
    root = os.path.join(folder, "root")
    os.mkdir(root)
    with open(os.path.join(root, "greeting.txt"), "w") as file:
        file.write(TEXT)
    disk = os.path.join(folder, "disk.img")
    with open(disk, "wb") as file:
        file.truncate(4 << 20)
    subprocess.run([mkfs(), "-q", "-F", "-d", root, disk], check=True, capture_output=True)
    return disk


def mkfs():
    return shutil.which("mkfs.ext4") or shutil.which("mkfs.ext4", path="/sbin:/usr/sbin")


class Console:
    """The guest's console: wait for words, then type, as a person would."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.text, self.seen, self.end = "", 0, time.monotonic() + SECONDS

    def wait_for(self, words):
        while words not in self.text[self.seen:]:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, self.end - time.monotonic()))
            got = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            if not got:
                raise SystemExit("no %r on the console:\n%s" % (words, self.text))
            self.text += got.decode(errors="replace").replace("\r", "")
        self.seen = self.text.index(words, self.seen) + len(words)

    def type(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def close(self):
        self.process.kill()
        self.process.wait()


def hash_of(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def talk(console, opensbi):
    if opensbi:
        console.wait_for("OpenSBI v")
        console.wait_for("Platform HART Count       : 4")
        console.wait_for("Domain0 Next Mode         : S-mode")
    console.wait_for("Hit any key")
    console.type("")
    for command, answer in (("virtio info", "8192 x 512"),
                            ("ls virtio 0", "greeting.txt"),
                            ("load virtio 0 0x84000000 greeting.txt", "%d bytes read" % len(TEXT)),
                            ("md.b 0x84000000 10", "41 20 66 69 6c 65 20 74"),
                            ("reset", "Hit any key")):
        console.wait_for("=> ")
        console.type(command)
        console.wait_for(answer)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=["machine", "supervisor"])
    parser.add_argument("--hartbeat", default="build/hartbeat")
    options = parser.parse_args()
    opensbi = options.mode == "supervisor"
    for path in (U_BOOT_S, OPENSBI) if opensbi else (U_BOOT,):
        if not os.path.exists(path):
            print("%s is not here" % path)
            return 77
    if not mkfs():
        print("mkfs.ext4 is not here")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        disk = make_disk(folder)
        before = hash_of(disk)
        boots = [U_BOOT_S, "--bios", OPENSBI] if opensbi else [U_BOOT]
        console = Console([options.hartbeat, "exec", *boots, "--harts", "4", "--disk", disk, "--quiet"])
        try:
            talk(console, opensbi)
        finally:
            console.close()
        if hash_of(disk) != before:
            print("the image was written")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
