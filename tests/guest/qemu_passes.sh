#!/bin/bash
# qemu_passes.sh IMAGE HARTS: the image boots on QEMU's virt board and says that all tasks are done.
set -u
image=$1 harts=$2
command -v qemu-system-riscv64 > /dev/null || { echo "qemu-system-riscv64 is not installed"; exit 77; }

console=$(timeout 120 qemu-system-riscv64 -machine virt -bios none -smp "$harts" -nographic -kernel "$image" < /dev/null)
status=$?
if [ $status != 0 ] || ! grep -q ' tasks done, 0 lost' <<< "$console"; then
    printf 'QEMU ended with status %s; its console:\n%s\n' "$status" "$console"
    exit 1
fi
