#!/bin/bash
# tohost.sh HARTBEAT FOLDER: what exec tells of requests through tohost: the console goes to standard output, an exit code
# and a refusal are one line on standard error, and a refusal is the reason in result.json.
set -u

hartbeat=$(realpath "$1")
script=$(realpath "$2")/../bare/link.ld
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0

# asks REQUEST...: a program that stores these into tohost, each once the one before was taken.
asks() {
    {
        printf '.globl _start, tohost\n_start:\n    la t0, tohost\n'
        for request in "$@"; do
            printf '1:  ld t1, 0(t0)\n    bnez t1, 1b\n    li t1, %s\n    sd t1, 0(t0)\n' "$request"
        done
        printf '1:  j 1b\n    .balign 64\ntohost: .dword 0\n'
    } >program.S
    riscv64-unknown-elf-gcc -march=rv64imac -mabi=lp64 -nostdlib -static -Wl,--no-warn-rwx-segments -T "$script" \
        program.S -o program.elf || exit 1
}

# ends STATUS OUTPUT ERRORS: so does the program.
ends() {
    timeout 60 "$hartbeat" exec program.elf --cycles 100000 --out out >out.txt 2>err.txt </dev/null
    local status=$?
    if [ $status != "$1" ] || [ "$(cat out.txt)" != "$2" ] || [ "$(cat err.txt)" != "$3" ]; then
        failed=1
        echo "FAILED: status $status ($1), output '$(cat out.txt)' ('$2'), errors:"
        cat err.txt
    fi
}

asks 0x0101000000000068 0x0101000000000069 1
ends 0 hi ''
asks 0x0101000000000068 85
ends 1 h 'hartbeat: the program failed with code 42'
served='(device 0: exit and system calls; device 1: read and write a byte)'
asks 0x0200000000000001
ends 1 '' "hartbeat: tohost: command 0 of device 2 is not served $served"
grep -qF "\"reason\": \"tohost: command 0 of device 2 is not served $served\"" out/result.json ||
    { echo 'FAILED: no reason in result.json'; failed=1; }
exit $failed
