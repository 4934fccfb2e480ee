#!/usr/bin/env python3
"""Random programs on QEMU and on hartbeat: their consoles must be equal, byte for byte.

    compare.py --hartbeat "build/hartbeat [OPTIONS OF exec]" --seeds 1-24 [--passes N] [--least INSTRUCTIONS] [--keep DIR]

Each seed gives one program (programs.py). It prints a hash of its registers at every block's end and of its traps after every pass, and in the end
all registers and a hash of every 256 bytes of its memory. When the consoles differ, the program is built again so that
it prints every block's registers and every trap, and the first difference is shown with its seed.

Exit status: 0 equal; 1 different, or fewer instructions than --least, or an instruction that no program used; 77 a
program that is needed is not here (said in the last line).
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import programs  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
GCC = "riscv64-unknown-elf-gcc"
QEMU = "qemu-system-riscv64"
# The board's own CPU, cut down to what hartbeat has.
QEMU_CPU = "rv64,h=off,v=off,zba=on,zbb=on,zbc=off,zbs=on,Zfh=off,Zfhmin=off,Zawrs=off,Zihintpause=off"
# Not in random programs: what QEMU 7.2 has not.
EXEMPT = {"cbo.inval", "cbo.clean", "cbo.flush", "cbo.zero", "czero.eqz", "czero.nez"}
COMPRESSED = ("c.addi c.addiw c.li c.lui c.slli c.srli c.srai c.andi c.sub c.xor c.or c.and c.subw c.addw c.mv c.add "
              "c.addi4spn c.nop c.addi16sp c.lwsp c.ldsp c.swsp c.sdsp c.lw c.ld c.sw c.sd c.beqz c.bnez c.j c.jr c.jalr "
              "c.ebreak c.fld c.fsd c.fldsp c.fsdsp").split()


def qemu_cpu():
    """QEMU_CPU without the properties that this QEMU does not know."""
    help_text = subprocess.run([QEMU, "-machine", "none", "-device", "rv64-riscv-cpu,help"], capture_output=True,
                               text=True).stdout
    known = set(re.findall(r"^\s+(\w+)=", help_text, re.M))
    name, *properties = QEMU_CPU.split(",")
    return ",".join([name] + [p for p in properties if not known or p.split("=")[0] in known])


def build(program, passes, trace, to):
    source = to + ".S"
    with open(source, "w") as file:
        file.write(program.text())
    command = [GCC, "-march=rv64gc_zba_zbb_zbs", "-mabi=lp64", "-nostdlib", "-static", "-I", HERE,
               "-DPASSES=%d" % passes, "-DTRACE=%d" % trace, "-DDATA_BYTES=%d" % programs.DATA_BYTES,
               "-Wl,-T,%s/link.ld,--no-relax,--no-warn-rwx-segments" % HERE,
               source, "-o", to + ".elf"]
    subprocess.run(command, check=True)
    return to + ".elf"


def run(command, seconds):
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds)
    except subprocess.TimeoutExpired as late:
        return late.stdout or b"", "not finished after %d s" % seconds
    error = done.stderr.decode(errors="replace").strip()
    return done.stdout, "" if done.returncode == 0 else "exit status %d %s" % (done.returncode, error)


def on_qemu(elf, cpu):
    return run([QEMU, "-machine", "virt", "-smp", "2", "-cpu", cpu, "-bios", "none", "-nographic", "-kernel", elf], 120)


def on_hartbeat(command, elf, out):
    """`command`: the program, and options for exec."""
    console, trouble = run([command[0], "exec", elf, "--harts", "1", "--out", out] + command[1:], 120)
    instructions = 0
    if not trouble:
        with open(os.path.join(out, "result.json")) as file:
            instructions = sum(hart["instructions"] for hart in json.load(file)["harts"])
    return console, trouble, instructions


def text_lines(console):
    return console.decode(errors="replace").replace("\r", "").splitlines()


def first_difference(a, b):
    for number in range(max(len(a), len(b))):
        if a[number:number + 1] != b[number:number + 1]:
            return number
    return None


def explain(program, seed, passes, cpu, hartbeat, folder):
    """Run it again, telling everything, and show the last block and the first lines that differ."""
    elf = build(program, passes, 1, os.path.join(folder, "trace-%d" % seed))
    qemu = text_lines(on_qemu(elf, cpu)[0])
    ours = text_lines(on_hartbeat(hartbeat, elf, os.path.join(folder, "trace-out"))[0])
    at = first_difference(qemu, ours)
    if at is None:
        print("  with tracing there is no difference: it hangs on the layout or on the order of accesses")
        return
    blocks = [line for line in qemu[:at] if line.startswith("block")]
    print("  after %s (of %s) the first difference is in line %d of the traced run:" %
          (blocks[-1] if blocks else "the start", elf, at + 1))
    for name, lines in (("qemu", qemu), ("hartbeat", ours)):
        for line in lines[at:at + 9]:
            print("    %-8s %s" % (name, line))


def compare(seed, options, cpu, folder, used):
    program = programs.Program(seed, options.blocks, options.items)
    for mnemonic, count in program.used.items():
        used[mnemonic] = used.get(mnemonic, 0) + count
    elf = build(program, options.passes, 0, os.path.join(folder, "seed-%d" % seed))
    if options.run:
        done = subprocess.run(options.run + ["elf", elf, str(seed)], capture_output=True, text=True)
        print("" if done.returncode == 0 else done.stdout, end="")
        return done.returncode == 0, 0
    qemu, qemu_trouble = on_qemu(elf, cpu)
    if qemu_trouble or b"memory" not in qemu:
        print("seed %d: the program does not end on QEMU: %s" % (seed, qemu_trouble or "no dump"))
        return False, 0
    if options.qemu_only:
        return True, 0
    ours, trouble, instructions = on_hartbeat(options.hartbeat, elf, os.path.join(folder, "out"))
    if not trouble and text_lines(qemu) == text_lines(ours):
        os.remove(elf)
        return True, instructions
    print("seed %d: %s" % (seed, trouble or "the consoles differ"))
    for line in (text_lines(qemu), text_lines(ours)):
        print("  passes: %d lines, last: %s" % (len(line), line[-1] if line else "(nothing)"))
    explain(program, seed, options.passes, cpu, options.hartbeat, folder)
    return False, instructions


def unused(used):
    with open(os.path.join(HERE, "../../cpu/hart/op.h")) as file:
        table = re.findall(r'^ +X\(\w+, "([^"]+)"', file.read(), re.M)
    plain = {re.sub(r"\.(aq|rl|aqrl)$", "", mnemonic) for mnemonic in used}
    return [mnemonic for mnemonic in table + COMPRESSED if mnemonic not in plain and mnemonic not in EXEMPT]


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hartbeat", default="build/hartbeat")
    parser.add_argument("--seeds", default="1-4")
    parser.add_argument("--passes", type=int, default=20)
    parser.add_argument("--blocks", type=int, default=64)
    parser.add_argument("--items", type=int, default=16)
    parser.add_argument("--least", type=int, default=0)
    parser.add_argument("--keep")
    parser.add_argument("--qemu-only", action="store_true", help="only see that the programs end on QEMU")
    parser.add_argument("--run", help="only run this with \"elf FILE SEED\", for each program; it must exit with 0")
    options = parser.parse_args()
    options.run = options.run.split() if options.run else None
    options.hartbeat = options.hartbeat.split()
    return options


def main():
    options = arguments()
    for needed in (GCC, QEMU):
        if not shutil.which(needed):
            print("%s is not here" % needed)
            return 77
    folder = options.keep or tempfile.mkdtemp(prefix="hartbeat-isa-")
    os.makedirs(folder, exist_ok=True)
    first, _, last = options.seeds.partition("-")
    cpu, used, total, equal = qemu_cpu(), {}, 0, 0
    seeds = range(int(first), int(last or first) + 1)
    for seed in seeds:
        same, instructions = compare(seed, options, cpu, folder, used)
        total += instructions
        equal += same
        if not same:
            break
    if equal == len(seeds) and not options.keep:
        shutil.rmtree(folder)
    print("%d of %d programs equal, %d instructions" % (equal, len(seeds), total))
    missing = unused(used) if equal == len(seeds) and not options.run else []
    if missing:
        print("never used: " + " ".join(missing))
    short = total < options.least
    if short:
        print("fewer than %d instructions" % options.least)
    return 0 if equal == len(seeds) and not missing and not short else 1


if __name__ == "__main__":
    sys.exit(main())
