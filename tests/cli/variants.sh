#!/bin/bash
# variants.sh HARTBEAT: variants that run side by side give the same bytes as one after the other; --csv has them as rows.
set -u

hartbeat=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0

fail() {
    echo "FAILED: $*"
    failed=1
}

cat >three.json <<'EOF'
{ "image": "smp", "name": "three", "stats": { "lines": 4, "locks": true, "misses": true, "interval_cycles": 50000, "watch": [ "hb_params" ] },
  "os": { "workload": { "kind": "contend", "tasks": 16, "work": 20 } },
  "variants": { "killed": { "faults": [ { "target": { "hart": 1 }, "trigger": { "cycle": 150000 }, "cache_on_death": "lost" } ] },
                "two": { "machine.harts": 2 }, "short": { "stop.cycles": 100000 } },
  "expect": [ { "that": "two.cycles > short.cycles" }, { "that": "short.outcome == 'limit'" }, { "that": "killed.faults.0.activated" } ] }
EOF
for jobs in 1 2 8; do
    "$hartbeat" run three.json --jobs $jobs --csv --out $jobs >$jobs.txt 2>$jobs.err
    [ -s $jobs.err ] && fail "--jobs $jobs: standard error in a pipe: $(head -c 300 $jobs.err)"
    cmp -s 1.txt $jobs.txt || fail "the table differs between --jobs 1 and $jobs"
    diff -r 1 $jobs >diff.txt || fail "results differ between --jobs 1 and $jobs: $(head -c 300 diff.txt)"
done
for name in killed two short; do
    [ -s 1/$name/result.json ] || fail "no result of $name"
done
[ "$(cut -d, -f1 1/result.csv | tr '\n' ' ')" = 'variant killed two short ' ] || fail "rows of result.csv"
[ "$(cut -d, -f1,2 1/harts.csv | tail -n 6 | tr '\n' ' ')" = 'two,0 two,1 short,0 short,1 short,2 short,3 ' ] || fail "rows of harts.csv"
[ "$(wc -l <1/faults.csv)" = 2 ] || fail "rows of faults.csv"
# Each row has as many cells as the head, and the cells say what result.json says.
python3 - <<'EOF' || fail "result.csv says something else than result.json"
import csv, json
rows = list(csv.DictReader(open("1/result.csv")))
for row in rows:
    assert None not in row and None not in row.values(), row
    result = json.load(open("1/%s/result.json" % row["variant"]))
    assert row["cycles"] == str(result["cycles"]) and row["outcome"] == result["outcome"], row
    assert float(row["bus.utilisation"]) == result["bus"]["utilisation"], row
    assert row["state_hash"] == result["state_hash"], row
    assert row["exit_code"] == ("" if result["exit_code"] is None else str(result["exit_code"])), row
EOF

# Without variants there is one row, without a name; so with a program of one's own.
printf '{"image": "smp", "stop": {"cycles": 2000}}' >one.json
"$hartbeat" run one.json --quiet --csv --out plain
[ "$(tail -n +2 plain/result.csv | cut -d, -f1-3)" = ',hartbeat-result/1,one' ] || fail "result.csv without variants"
"$hartbeat" exec "$(dirname "$hartbeat")/images/smp.elf" --quiet --cycles 2000 --csv --out own </dev/null 2>/dev/null
[ "$(tail -n +2 own/result.csv | cut -d, -f1-3)" = ',hartbeat-result/1,smp' ] || fail "result.csv of exec"

# A worker that something else ends is no mistake of the user's.
cat >endless.json <<'EOF'
{ "image": "smp", "os": { "workload": { "work": 1000000 } }, "stop": { "cycles": 900000000, "quiet_cycles": 0 },
  "variants": { "two": { "machine.harts": 2 }, "three": { "machine.harts": 3 } } }
EOF
"$hartbeat" run endless.json --jobs 2 --quiet >/dev/null 2>killed.err &
for ((i = 0; i < 100; i++)); do
    worker=$(grep -l "^PPid:[[:space:]]$!\$" /proc/[0-9]*/status 2>/dev/null | head -n 1 | cut -d/ -f3)
    [ -n "$worker" ] && break
    sleep 0.05
done
kill -s KILL "$worker"
wait $!
status=$?
[ $status = 4 ] && grep -qE '^(two|three): its worker was ended by signal 9 \(Killed\)$' killed.err ||
    fail "a worker is killed: status $status: $(cat killed.err)"
exit $failed
