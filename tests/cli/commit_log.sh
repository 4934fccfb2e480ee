#!/bin/bash
# commit_log.sh HARTBEAT PROGRAM EXPECTED IMAGES: the log of commits of a small program, line by line; a log does not
# change what it tells of; several harts by (cycle, hart); what cannot be logged is refused in one line.
set -u

hartbeat=$(realpath "$1")
program=$(realpath "$2")
expected=$(realpath "$3")
images=$(realpath "$4")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

fail() { echo "FAILED: $*"; exit 1; }
run() { timeout 60 "$hartbeat" "$@" --quiet </dev/null; }
hash_of() { sed -n 's/.*"state_hash": *"\([0-9a-f]*\)".*/\1/p' "$1/result.json"; }

run exec "$program" --harts 1 --log-commits one.log --out with || fail "exec: status $?"
grep -v '^core   0: 3 0x00000000000010' one.log >program.log # without the boot ROM
diff "$expected" program.log || fail "the lines differ"
[ "$(grep -c '^core   0: 3 0x00000000000010' one.log)" = 6 ] || fail "the boot ROM is missing"

run exec "$program" --harts 1 --out without || fail "exec without a log"
[ -n "$(hash_of with)" ] && [ "$(hash_of with)" = "$(hash_of without)" ] || fail "the log has changed the run"

# All harts are told of, and a hart's own lines are in their order.
run exec "$program" --harts 4 --log-commits four.log || fail "exec on four harts"
for hart in 0 1 2 3; do
    pcs=$(grep "^core   $hart: 3 0x00000000800000[01]" four.log | cut -d' ' -f6 | uniq)
    [ "$pcs" = "$(echo "$pcs" | sort)" ] && [ -n "$pcs" ] || fail "hart $hart"
done

# An experiment, and what happens below M mode.
echo '{"image": "smp", "machine": {"harts": 2}, "stop": {"cycles": 300000}}' >short.json
run run short.json --log-commits smp.log --out run-with >out.txt
[ $? = 3 ] || fail "run"
run run short.json --out run-without >out.txt
[ "$(hash_of run-with)" = "$(hash_of run-without)" ] || fail "the log has changed the experiment"
grep -q '^core   1: 0 0x' smp.log || fail "nothing of U mode"

refused() {
    local words=$1
    shift
    run "$@" >out.txt 2>err.txt
    [ $? = 2 ] && [ "$(wc -l <err.txt)" = 1 ] && grep -qF -- "$words" err.txt || fail "$* is not refused with: $words"
}
refused '/none/log: cannot be written' exec "$program" --log-commits /none/log
refused '--log-commits: does not go with --gdb' exec "$program" --log-commits log --gdb 1234
echo '{"image": "smp", "variants": {"a": {}}}' >variants.json
refused 'the experiment has variants' run variants.json --log-commits log
echo "$(wc -l <four.log) lines of four harts"
