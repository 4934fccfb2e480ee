#!/bin/bash
# qemu_boot.sh IMAGE HARTS EXPECTED_HASH: the SMP image boots on QEMU's virt board, every hart comes up, and its batch
# completes with the checksums that the host computes. 64 tasks of 100 units are what osmodel/guest/lib/params.c says.
set -u
image=$1 harts=$2 expected_hash=$3
command -v qemu-system-riscv64 > /dev/null || { echo "qemu-system-riscv64 is not installed"; exit 77; }

console=$(timeout 120 qemu-system-riscv64 -machine virt -bios none -smp "$harts" -nographic -kernel "$image" < /dev/null)
status=$?
wanted="smp: $harts of $harts harts up, 64 tasks
smp: 64 tasks done, 0 lost, results $("$expected_hash" 64 100)"
if [ $status != 0 ] || [ "$console" != "$wanted" ]; then
    printf 'QEMU ended with status %s; its console:\n%s\nwanted:\n%s\n' "$status" "$console" "$wanted"
    exit 1
fi
