#!/bin/bash
# mem_trace.sh HARTBEAT SOURCE: the examples of docs/traces.md give the numbers that it tells, the console is empty, and
# memory traces go with the other options: --machine, --set, --out, --trace, --quiet, --cycles.
set -u

hartbeat=$(realpath "$1")
source=$(realpath "$2")
traces=$source/configs/memory-traces
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0 runs=0

complain() {
    failed=$((failed + 1))
    echo "FAILED: $*"
}

# gives EXPRESSION ARGUMENT...: the run passes, and of its result r the expression (Python) is true: seen to at the end.
gives() {
    local expression=$1 status
    shift
    runs=$((runs + 1))
    timeout 60 "$hartbeat" exec --quiet --out out$runs --mem-trace "$@" >out.txt 2>err.txt </dev/null
    status=$?
    [ $status = 0 ] && [ ! -s err.txt ] && [ ! -s out.txt ] && [ ! -s out$runs/console.txt ] ||
        complain "$*: status $status: $(head -c 300 err.txt out.txt)"
    printf '%s\n' "$expression" >out$runs/expression
}

small='--set machine.l1d.size=64 --set machine.l1d.line=16 --set machine.l1i.line=16'
gives 'l1d[0]["misses"]["total"] == 5' "$traces/associativity.din" $small --set machine.l1d.ways=1
gives 'l1d[0]["misses"]["total"] == 4' "$traces/associativity.din" $small --set machine.l1d.ways=2
gives 'l1d[0]["misses"]["total"] == 3' "$traces/associativity.din" $small --set machine.l1d.ways=4
gives 'bus == {"BusRd": 4, "BusUpgr": 1} and r["cycles"] == 820' "$traces"/sharing-?.data --set machine.bus.protocol=msi
gives 'bus == {"BusRdX": 8} and r["cycles"] == 512' "$traces"/false-sharing-?.data
gives 'all(c["misses"]["cold"] == 1 and c["misses"]["false_sharing"] == 3 for c in l1d)' "$traces"/false-sharing-?.data \
    --set stats.misses=true
gives 'bus == {"BusRdX": 2} and r["cycles"] == 503' "$traces/false-sharing-0.data" "$traces/padded-1.data"
gives 'bus == {"BusRd": 2} and l1i[0]["hits"] == 2 and l1d[0]["hits"] == 2' "$traces/loop.prg"
gives 'l1i[0]["accesses"] == 3' "$traces/loop.prg" --mem-trace-format smpcache

# A machine of a file, with more harts than traces.
printf '{"machine": {"harts": 4, "l1d": {"ways": 1}}, "image": "smp"}' >machine.json
gives 'len(r["harts"]) == 4 and r["harts"][3]["instructions"] == 0 and r["harts"][3]["state"] == "stopped"' \
    "$traces"/false-sharing-?.data --machine machine.json
gives 'l1d[1]["hits"] == 0 and r["harts"][1]["state"] == "dead"' "$traces"/false-sharing-?.data \
    --set 'faults=[{"target": {"hart": 1}, "trigger": {"cycle": 100}}]'

# Traced, in all formats: the same result.
gives True "$traces"/false-sharing-?.data
plain=out$runs
for suffix in csv vcd json; do
    gives True "$traces"/false-sharing-?.data --trace "x.$suffix" --set 'trace.lines=["0x80001000"]'
    cmp -s out$runs/result.json $plain/result.json || complain "the result differs with --trace x.$suffix"
done
[ "$(grep -c ',BusRdX,0x80001000,' x.csv)" = 8 ] || complain "x.csv tells $(grep -c ',BusRdX,' x.csv) BusRdX"
[ "$(grep -c '"name":"takes ' x.json)" = 7 ] || complain "x.json does not show 7 lines that are taken"

# The write-back of a victim and the read behind it are two waits.
printf '1 0\n0 100\n' >victim.din
gives 'bus == {"BusRd": 1, "BusRdX": 1, "BusWB": 1}' victim.din --trace victim.json --set machine.l1d.size=256 \
    --set machine.l1d.ways=1
[ "$(grep -c '"name":"waits: load_miss"' victim.json)" = 2 ] || complain "victim.json does not show two waits"

# The table, without --quiet; a limit; what falls together.
timeout 60 "$hartbeat" exec --mem-trace "$traces/loop.prg" >out.txt 2>err.txt
grep -q '^loop: passed after 108 cycles$' err.txt && [ ! -s out.txt ] || complain "no table: $(cat err.txt out.txt)"
timeout 60 "$hartbeat" exec --mem-trace "$traces/loop.prg" --cycles 50 --quiet 2>err.txt
[ $? = 3 ] || complain "a limit does not end with status 3"
printf '0 1000\n0 8001000\n' >far.din
timeout 60 "$hartbeat" exec --mem-trace far.din 2>err.txt >out.txt
grep -q '^warning: 1 of the 1 pages of RAM' err.txt || complain "no warning: $(cat err.txt)"
timeout 60 "$hartbeat" exec --mem-trace far.din --set machine.memory.size=1GiB 2>err.txt >out.txt
grep -q warning err.txt && complain "a warning that is not due: $(cat err.txt)"

python3 - $runs <<'END' || failed=$((failed + 1))
import json, sys
wrong = 0
for run in range(1, int(sys.argv[1]) + 1):
    r = json.load(open("out%d/result.json" % run))
    expression = open("out%d/expression" % run).read()
    l1d = [c for c in r["caches"] if c["kind"] == "l1d"]
    l1i = [c for c in r["caches"] if c["kind"] == "l1i"]
    bus = {kind: n for kind, n in r["bus"]["transactions"].items() if n}
    if r["outcome"] != "passed" or not eval(expression):
        print("FAILED: run %d: %s%s, %s, %d cycles, %s" % (run, expression, r["outcome"], bus, r["cycles"], l1d))
        wrong += 1
sys.exit(wrong)
END

echo "$runs runs, $failed failed"
[ $failed = 0 ]
