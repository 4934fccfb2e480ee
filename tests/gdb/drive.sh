#!/bin/bash
# drive.sh HARTBEAT PROGRAM.elf SCRIPT.py: the machine under gdb-multiarch; the script says what must hold.
set -u

hartbeat=$1 program=$2 script=$3
command -v gdb-multiarch >/dev/null || { echo "skipped: gdb-multiarch is not installed"; exit 77; }
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT

timeout 100 "$hartbeat" exec --harts 2 --gdb 0 "$program" >"$work/out" 2>"$work/err" </dev/null &
server=$!
for _ in $(seq 100); do
    port=$(sed -n 's/^hartbeat: waiting for gdb on 127.0.0.1:\([0-9]*\): .*/\1/p' "$work/err")
    [ -z "$port" ] || break
    sleep 0.05
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
