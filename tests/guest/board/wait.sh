#!/bin/bash
# wait.sh HARTBEAT PROGRAM: a program that sleeps until input interrupts it gets it whenever it comes, costs next to no
# processor time meanwhile, and hangs when no more can come.
set -u
hartbeat=$1 program=$2
fail() { echo "$*"; exit 1; }

console=$( (sleep 1; printf 'hello '; sleep 1; printf 'there\n') | timeout 60 "$hartbeat" exec "$program" --harts 2 --quiet)
[ $? = 0 ] || fail "exit status $?"
[ "$console" = "HELLO THERE" ] || fail "the console is: $console"

# The same from a file, and in the same number of cycles each time.
printf 'hello there\n' >"$program.in"
trap 'rm -f "$program.in"' EXIT
console=$(timeout 60 "$hartbeat" exec "$program" --harts 2 --quiet <"$program.in")
[ "$console" = "HELLO THERE" ] || fail "the console, from a file, is: $console"

timeout 60 "$hartbeat" exec "$program" --harts 2 --quiet </dev/null >/dev/null 2>&1
[ $? = 3 ] || fail "without input it does not hang"

start=$(date +%s%N)
exec 3< <(sleep 5)
TIMEFORMAT='%U %S'
times=$( { time timeout 3 "$hartbeat" exec "$program" --harts 2 --quiet <&3 >/dev/null 2>&1; } 2>&1)
[ $(($(date +%s%N) - start)) -gt 2500000000 ] || fail "it did not wait"
echo "processor time of 3 seconds of waiting, user and system: $times"
awk -v t="$times" 'BEGIN {split(t, s, " "); exit !(s[1] + s[2] < 0.5)}' || fail "waiting is not free: $times"
