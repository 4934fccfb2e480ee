#!/bin/bash
# output.sh HARTBEAT PROGRAM: what is written, and what is not. A run that is interrupted says so, writes what it has found
# and destroys nothing; a disk that is full is one line and status 4, whichever file it is.
set -u

hartbeat=$(realpath "$1")
program=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

fail() {
    echo "FAILED: $*"
    exit 1
}

# Full: every file, and standard output.
full() {
    "$@" >out.txt 2>err.txt
    status=$?
    [ $status = 4 ] && [ "$(wc -l <err.txt)" = 1 ] && grep -q 'full[a-z./]*: cannot be written: No space left\|out/.*: cannot be written: No space left' err.txt ||
        fail "$*: status $status: $(cat err.txt)"
}
brief=("$hartbeat" run smp1 --cycles 60000 --quiet)
mkdir out
ln -s /dev/full full.csv
ln -s /dev/full full.json
full "${brief[@]}" --trace full.csv
full "${brief[@]}" --trace full.json
full "${brief[@]}" --record /dev/full
full "${brief[@]}" --save-at 1000 /dev/full
full "${brief[@]}" --save-at 1000 /dev/full --clean
full "${brief[@]}" --log-commits /dev/full
full "$hartbeat" exec "$program" --signature /dev/full
full "$hartbeat" exec "$program" --record /dev/full
full "$hartbeat" exec "$program" --log-commits /dev/full
full "$hartbeat" exec "$program" --trace full.csv
for file in result.json console.txt; do
    rm -f out/*
    ln -s /dev/full out/$file
    full "${brief[@]}" --out out
done
rm -f out/*
ln -s /dev/full out/result.json
full "$hartbeat" exec "$program" --out out
rm -f out/*
for command in "run smp1 --cycles 60000" "protocol mesi" "help run" "check smp1" --version; do
    # shellcheck disable=SC2086
    "$hartbeat" $command >/dev/full 2>err.txt
    status=$?
    [ $status = 4 ] && [ "$(wc -l <err.txt)" = 1 ] && grep -q 'standard output: cannot be written' err.txt ||
        fail "$command >/dev/full: status $status: $(cat err.txt)"
done

# Interrupted: the old result stays until the new one is whole; then it says how far the run came.
endless=(smp2 --set os.workload.work=1000000 --set stop.quiet_cycles=0 --set stop.cycles=900000000)
"${brief[@]}" --out out
before=$(cat out/result.json)
for signal in INT TERM; do
    setsid env --default-signal=INT "$hartbeat" run "${endless[@]}" --out out --trace trace.csv >table.txt 2>err.txt &
    for ((i = 0; i < 200; i++)); do
        [ -s trace.csv ] && break
        sleep 0.05
    done
    [ $signal = TERM ] || [ "$(cat out/result.json)" = "$before" ] || fail "the result of before is gone while a run goes on"
    kill -s $signal $!
    wait $!
    status=$?
    [ $status = 3 ] || fail "$signal: status $status: $(cat err.txt)"
    grep -q '"outcome": "interrupted"' out/result.json || fail "$signal: the result does not say so"
    grep -q 'interrupted after' table.txt || fail "$signal: the table does not say so"
    [ "$(head -n 1 trace.csv)" = cycle,hart,event,address,symbol,detail ] || fail "$signal: no trace"
    rm trace.csv
done
[ "$(ls -A out | tr '\n' ' ')" = "console.txt result.json " ] || fail "something is left behind: $(ls -A out)"

# Killed: nothing is said, but what was there is there, and the trace as far as it came.
before=$(cat out/result.json)
"$hartbeat" run "${endless[@]}" --out out --trace trace.csv >table.txt 2>err.txt &
for ((i = 0; i < 200; i++)); do
    [ -s trace.csv ] && break
    sleep 0.05
done
kill -s KILL $!
wait $! 2>/dev/null
[ "$(cat out/result.json)" = "$before" ] || fail "the result of before is gone"
[ "$(wc -l <trace.csv)" -gt 100 ] || fail "the trace did not reach the disk"
