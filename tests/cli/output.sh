#!/bin/bash
# output.sh HARTBEAT PROGRAM DISK-PROGRAM: what is written, and what is not. A run that is interrupted says so, writes what it has found
# and destroys nothing; a disk that is full is one line and status 4, whichever file it is.
set -u

hartbeat=$(realpath "$1")
program=$(realpath "$2")
writer=$(realpath "$3")
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
for file in result.json console.txt result.csv harts.csv caches.csv faults.csv; do
    rm -f out/*
    ln -s /dev/full out/$file
    full "${brief[@]}" --csv --out out
done
for file in result.json harts.csv; do # what could not be opened is said before the run
    rm -rf out/*
    mkdir out/$file
    "${brief[@]}" --csv --out out >out.txt 2>err.txt
    status=$?
    [ $status = 2 ] && [ ! -s out.txt ] && grep -q "out/$file: cannot be written" err.txt ||
        fail "$file is a folder: status $status: $(cat err.txt)"
    rmdir out/$file
done
rm -f out/*
ln -s /dev/full out/result.json
full "$hartbeat" exec "$program" --out out
rm -f out/*
ln -s /dev/full out/caches.csv
full "$hartbeat" exec "$program" --csv --out out
rm -f out/*
# What the guest wrote goes into a file that must not grow or change any more; the limit of the shell is as good as a full disk.
head -c 65536 /dev/zero >full.img
told=$(ulimit -f 0 && "$hartbeat" exec "$writer" --harts 2 --disk full.img --disk-write --quiet 2>&1 >/dev/null)
status=$?
[ $status = 4 ] && [ "$told" = "full.img: cannot be written: File too large" ] || fail "--disk-write: status $status: $told"
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

# The dashboard's files: its picture, the log of its commands and its description.
if "$hartbeat" gui --shot no/picture.png 2>&1 | grep -q 'built without'; then
    exit 0
fi
ln -s /dev/full full.png
full "$hartbeat" gui smp1 --at 60000 --shot full.png
[ -s full.png ] && fail "a picture that could not be written"
for files in "--shot no/where" "--shot shot.png --record no/where" "--shot shot.png --commands no/where"; do
    # shellcheck disable=SC2086
    "$hartbeat" gui smp1 $files 2>err.txt
    status=$?
    [ $status = 2 ] && grep -q 'no/where: cannot be written: No such file' err.txt || fail "gui $files: status $status: $(cat err.txt)"
done
command -v Xvfb >/dev/null || exit 0
Xvfb -displayfd 3 -screen 0 1600x900x24 -nolisten tcp 3>display 2>/dev/null &
server=$!
trap 'kill $server; rm -rf "$work"' EXIT
for ((i = 0; i < 100; i++)); do
    [ -s display ] && break
    sleep 0.1
done
printf '@0 play\n@1 quit\n' >commands
export DISPLAY=:$(cat display) SDL_VIDEODRIVER=x11
full "$hartbeat" gui smp1 --replay commands --record /dev/full
full "$hartbeat" gui smp1 --replay commands --commands /dev/full
full "$hartbeat" gui smp1 --replay commands --describe /dev/full
