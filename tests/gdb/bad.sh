#!/bin/bash
# bad.sh HARTBEAT PROGRAM.elf: ports that are none, a port that is taken, and rubbish from the network.
set -u

hartbeat=$1 program=$2
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
failed=0

# refused WORDS OPTIONS...: exit status 2, and one line that contains WORDS.
refused() {
    local words=$1 status
    shift
    timeout 20 "$hartbeat" exec "$program" "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
    if [ $status != 2 ] || [ "$(wc -l <"$work/err")" != 1 ] || ! grep -qF -- "$words" "$work/err"; then
        echo "FAILED: exec $*: status $status, wanted 2 and: $words"
        cat "$work/err"
        failed=1
    fi
}

refused 'a value must follow' --gdb
refused 'is not a whole number' --gdb x
refused 'is not a port' --gdb 65536

for _ in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 10000))
    timeout 60 "$hartbeat" exec --harts 2 --gdb "$port" "$program" >"$work/served" 2>"$work/served.err" </dev/null &
    server=$!
    sleep 0.5
    kill -0 "$server" 2>/dev/null && break
done
refused 'cannot be listened on' --gdb "$port"

# Rubbish, then nobody: the machine waits for the next one, who ends it.
for _ in 1 2 3; do
    head -c 20000 /dev/urandom | tr -d 'kD' >"/dev/tcp/127.0.0.1/$port"
done
printf '$m80000000,ffffffffffffffff#00$Hg0#df$k#6b' >"/dev/tcp/127.0.0.1/$port"
wait "$server"
status=$?
server=
[ $status = 3 ] || { echo "FAILED: killed by gdb, status $status, wanted 3"; failed=1; }
grep -qF 'ended by gdb' "$work/served.err" || { echo "FAILED: it does not say by whom it was ended"; failed=1; }

# gdb leaves: the machine goes on by itself to its end.
timeout 60 "$hartbeat" exec --harts 2 --gdb "$port" "$program" >"$work/served" 2>"$work/served.err" </dev/null &
server=$!
sleep 0.5
printf '$D#44' >"/dev/tcp/127.0.0.1/$port"
wait "$server"
status=$?
server=
[ $status = 0 ] && [ "$(cat "$work/served")" = counted ] || { echo "FAILED: detached, status $status"; failed=1; }
exit $failed
