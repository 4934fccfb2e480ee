#!/bin/bash
# qemu_workload.sh TOOL IMAGE HARTS TASKS FIELD=NUMBER...: the image with these parameters (qemu_workload.c) runs on QEMU's
# virt board to its end, and its tasks find what the host computes. TYPED lines are typed meanwhile, and each is answered.
set -u
tool=$1 image=$2 harts=$3 tasks=$4
shift 4
command -v qemu-system-riscv64 > /dev/null || { echo "qemu-system-riscv64 is not installed"; exit 77; }

kernel=$(basename "$image" .elf)
typed=$(for ((line = 1; line <= ${TYPED:-0}; line++)); do echo "line number $line"; done)
typed=${typed:+ $typed} # a UART forgets what has come when its queue is switched on
copy=$(mktemp)
trap 'rm -f "$copy"' EXIT
hash=$("$tool" "$image" "$copy" "workload_tasks=$tasks" "group.tasks=$tasks" "$@") || exit 1
console=$(timeout 120 qemu-system-riscv64 -machine virt -bios none -smp "$harts" -nographic -kernel "$copy" <<< "$typed")
status=$?
if [ $status != 0 ] || ! grep -q "^$kernel: $tasks tasks done, 0 lost, results $hash\$" <<< "$console"; then
    printf 'QEMU ended with status %s; wanted the results %s; its console:\n%s\n' "$status" "$hash" "$console"
    exit 1
fi
while read -r line; do
    [ -z "$line" ] || grep -qx " \?$line" <<< "$console" && continue
    printf '"%s" is not answered; the console:\n%s\n' "$line" "$console"
    exit 1
done <<< "$typed"
