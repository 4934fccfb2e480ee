#!/bin/bash
# step_over.sh HARTBEAT PROGRAM.elf SCRIPT.py TIMES: gdb-multiarch steps over breakpoints on four harts.
set -u

hartbeat=$1 program=$2 script=$3
command -v gdb-multiarch >/dev/null || { echo "skipped: gdb-multiarch is not installed"; exit 77; }
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT

"$hartbeat" exec --harts 4 --gdb 0 "$program" >"$work/out" 2>"$work/err" </dev/null &
server=$!
for _ in $(seq 100); do
    port=$(sed -n 's/^hartbeat: waiting for gdb on 127.0.0.1:\([0-9]*\): .*/\1/p' "$work/err")
    [ -z "$port" ] || break
    sleep 0.05
done

TIMES=$4 timeout 500 gdb-multiarch -nx -batch -ex 'set confirm off' -ex 'set pagination off' \
    -ex "target remote 127.0.0.1:$port" -x "$script" -ex kill "$program" >"$work/gdb" 2>&1
cat "$work/err"
grep -aE 'FAILED|rror|all checks hold' "$work/gdb" | tail -40
grep -aqx 'all checks hold' "$work/gdb"
