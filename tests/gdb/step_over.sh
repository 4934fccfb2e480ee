#!/bin/bash
# step_over.sh HARTBEAT PROGRAM.elf SCRIPT.py TIMES: gdb-multiarch steps over breakpoints on four harts.
set -u

hartbeat=$1 program=$2 script=$3
command -v gdb-multiarch >/dev/null || { echo "skipped: gdb-multiarch is not installed"; exit 77; }
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT

for _ in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 10000))
    "$hartbeat" exec --harts 4 --gdb "$port" "$program" >"$work/out" 2>"$work/err" </dev/null &
    server=$!
    sleep 0.5
    kill -0 "$server" 2>/dev/null && break
done

TIMES=$4 timeout 500 gdb-multiarch -nx -batch -ex 'set confirm off' -ex 'set pagination off' \
    -ex "target remote 127.0.0.1:$port" -x "$script" -ex kill "$program" >"$work/gdb" 2>&1
cat "$work/err"
grep -aE 'FAILED|rror|all checks hold' "$work/gdb" | tail -40
grep -aqx 'all checks hold' "$work/gdb"
