#!/bin/bash
# drive.sh HARTBEAT PROGRAM.elf SCRIPT.py: the machine under gdb-multiarch; the script says what must hold.
set -u

hartbeat=$1 program=$2 script=$3
command -v gdb-multiarch >/dev/null || { echo "skipped: gdb-multiarch is not installed"; exit 77; }
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT

# A port that is taken is told at once: try another.
for _ in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 10000))
    timeout 100 "$hartbeat" exec --harts 2 --gdb "$port" "$program" >"$work/out" 2>"$work/err" </dev/null &
    server=$!
    sleep 0.5
    kill -0 "$server" 2>/dev/null && break
done

timeout 90 gdb-multiarch -nx -batch -ex 'set confirm off' -ex 'set pagination off' \
    -ex "target remote 127.0.0.1:$port" -x "$script" "$program" >"$work/gdb" 2>&1
wait "$server"
status=$?
server=
cat "$work/gdb" "$work/err"
[ "$status" = 0 ] || { echo "FAILED: exec ended with status $status"; exit 1; }
[ "$(cat "$work/out")" = counted ] || { echo "FAILED: the console is not \"counted\", once:"; cat "$work/out"; exit 1; }
grep -qx 'all checks hold' "$work/gdb"
