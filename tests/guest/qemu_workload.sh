#!/bin/bash
# qemu_workload.sh TOOL IMAGE HARTS TASKS FIELD=NUMBER...: the image with these parameters (qemu_workload.c) runs on QEMU's
# virt board to its end, and its tasks find what the host computes.
set -u
tool=$1 image=$2 harts=$3 tasks=$4
shift 4
command -v qemu-system-riscv64 > /dev/null || { echo "qemu-system-riscv64 is not installed"; exit 77; }

copy=$(mktemp)
trap 'rm -f "$copy"' EXIT
hash=$("$tool" "$image" "$copy" "workload_tasks=$tasks" "group.tasks=$tasks" "$@") || exit 1
console=$(timeout 120 qemu-system-riscv64 -machine virt -bios none -smp "$harts" -nographic -kernel "$copy" < /dev/null)
status=$?
if [ $status != 0 ] || ! grep -q "^smp: $tasks tasks done, 0 lost, results $hash\$" <<< "$console"; then
    printf 'QEMU ended with status %s; wanted the results %s; its console:\n%s\n' "$status" "$hash" "$console"
    exit 1
fi
