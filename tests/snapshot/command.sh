#!/bin/bash
# command.sh HARTBEAT PROGRAM: snapshots by the command, of a machine in S mode behind page tables with its disk at work.
# What goes on from one in a new process comes to the same state, byte for byte in result.json; the image is unchanged;
# what was saved clean goes on under every protocol and arbiter and with other caches to the right end; any other
# difference is refused in one line.
set -u

hartbeat=$(realpath "$1")
program=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

fail() { echo "FAILED: $*"; exit 1; }
run() {
    local machine=()
    [[ $* == *machine.memory.size=* ]] || machine+=(--set machine.memory.size=8MiB)
    [[ $* == *--harts* ]] || machine+=(--harts 3)
    timeout 60 "$hartbeat" exec "$program" --disk disk.img --quiet "${machine[@]}" "$@" </dev/null
}
end_of() { tail -n 6 "$1"; } # the dots before may have been printed before the snapshot

head -c 32768 /dev/zero | tr '\0' 'h' >disk.img
cp disk.img before.img
run --out whole >whole.txt || fail "the program: status $?"
[ "$(wc -l <whole.txt)" = 7 ] || fail "the program prints something else"
cycles=$(sed -n 's/.*"cycles": *\([0-9]*\),.*/\1/p' whole/result.json | head -n 1)

# In the middle of everything, and saving does not disturb.
for part in 2 5 9; do
    at=$((cycles * part / 10 + part))
    run --out saved --save-at "$at" a.snapshot >saved.txt || fail "saving at $at"
    cmp -s saved.txt whole.txt && cmp -s saved/result.json whole/result.json || fail "saving at $at changes the run"
    run --out on --from a.snapshot >on.txt || fail "going on from $at"
    cmp -s on/result.json whole/result.json || fail "from $at: another end"
    cmp -s on/console.txt whole/console.txt || fail "from $at: another console"
done
cmp -s disk.img before.img || fail "the image has changed"

# In steps: a snapshot of what goes on from a snapshot.
run --out on --from a.snapshot --save-at $((cycles - 1000)) b.snapshot >on.txt || fail "a second snapshot"
run --out on --from b.snapshot >on.txt || fail "going on from the second"
cmp -s on/result.json whole/result.json || fail "from the second: another end"

# Clean: at four places, each with every fourth of these.
others=(bus.protocol={mesi,vi,write-once,msi,mesif,moesi,berkeley,firefly,dragon} bus.arbiter={fixed,fcfs,tdma,lottery,random}
    l1d.size=1KiB l1d.ways=1 l1i.replacement=fifo l2.size=32KiB l1d.line=32)
places=(0 $((cycles / 3)) $((cycles / 2 + 7)) $((cycles * 4 / 5)))
for place in 0 1 2 3; do
    at=${places[$place]}
    run --out saved --save-at "$at" clean.snapshot --clean >saved.txt || fail "saving clean at $at"
    cmp -s saved.txt whole.txt && cmp -s saved/result.json whole/result.json || fail "saving clean at $at changes the run"
    for ((i = place; i < ${#others[@]}; i += 4)); do
        other=${others[$i]}
        more=()
        [ $other = l1d.line=32 ] && more=(--set machine.l1i.line=32)
        run --out on --from clean.snapshot --set "machine.$other" "${more[@]}" >on.txt ||
            fail "from $at with $other: status $?"
        [ "$(end_of on.txt)" = "$(end_of whole.txt)" ] || fail "from $at with $other: another end"
        cmp -s on/console.txt whole/console.txt || fail "from $at with $other: another console"
    done
done

# One clean snapshot of the kernel is where every variant of an experiment begins.
kernel='"image": "smp", "machine": {"harts": 2}, "os": {"workload": {"kind": "contend", "tasks": 8, "work": 10}}'
echo "{$kernel}" >kernel.json
echo "{$kernel, \"variants\": {\"mesi\": {}, \"dragon\": {\"machine.bus.protocol\": \"dragon\"},
      \"fcfs\": {\"machine.bus.arbiter\": \"fcfs\"}}}" >variants.json
timeout 60 "$hartbeat" run kernel.json --save-at 100000 kernel.snapshot --clean --quiet >out.txt || fail "saving the kernel"
timeout 60 "$hartbeat" run variants.json --from kernel.snapshot --out variants --quiet >out.txt || fail "variants"
for variant in mesi dragon fcfs; do
    grep -q '"outcome": "passed"' variants/$variant/result.json || fail "variant $variant from the snapshot"
done
grep -q '"BusUpd": [1-9]' variants/dragon/result.json || fail "the variant dragon does not update"

# Tracepoints that were passed before the snapshot count: a region begins where it does in the whole run.
region='"stats": {"roi": {"from": {"tracepoint": "task_run", "count": 16}, "to": {"tracepoint": "task_done", "count": 3}}}'
echo "{$kernel, $region}" >region.json
roi() { tr -d '\n' <"$1/result.json" | grep -o '"roi": *{[^}]*}'; }
timeout 60 "$hartbeat" run region.json --save-at 90000 region.snapshot --out region --quiet >out.txt || fail "a region"
from=$(roi region | grep -o '[0-9]\+' | head -n 1)
[ "${from:-0}" -gt 90000 ] || fail "the region begins before the snapshot: $(roi region)"
timeout 60 "$hartbeat" run region.json --from region.snapshot --out region_on --quiet >out.txt || fail "a region, from"
[ "$(roi region)" = "$(roi region_on)" ] || fail "another region: $(roi region) and $(roi region_on)"

# Write-through with a store buffer: what waits to be written needs no place in the cache.
through=(--set machine.bus.protocol=vi --set machine.store_buffer.depth=4 --set machine.l1d.size=4KiB --cycles 305010)
timeout 60 "$hartbeat" run smp4 "${through[@]}" --save-at 305000 through.snapshot --quiet >out.txt 2>err.txt
timeout 60 "$hartbeat" run smp4 "${through[@]}" --from through.snapshot --quiet >out.txt 2>err.txt
[ $? = 1 ] || { cat err.txt; fail "a snapshot under vi with a store buffer"; }

# Refused.
refused() {
    local words=$1
    shift
    run "$@" >out.txt 2>err.txt
    [ $? = 2 ] && [ "$(wc -l <err.txt)" = 1 ] && grep -qF -- "$words" err.txt ||
        { cat err.txt; fail "$* is not refused with: $words"; }
}
refused 'its configuration differs (one saved with --clean' --from a.snapshot --set machine.bus.protocol=msi
refused 'its configuration differs (one saved with --clean' --from a.snapshot --set machine.l1d.size=8KiB
for other in bus.split=true bus.width_bytes=16 memory.latency_cycles=41 l1d.hit_cycles=2 l2.latency_cycles=11 \
    store_buffer.depth=4 cpu.div_cycles=21 memory.size=64MiB; do
    refused 'its configuration differs in more than protocol, arbiter and caches' \
        --from clean.snapshot --set "machine.$other"
done
refused 'is a snapshot of another machine: its configuration' --from clean.snapshot --harts 2
refused 'is a snapshot of another machine: what it booted' --from clean.snapshot --append quiet
refused '--clean: needs --save-at' --clean
refused 'is not a snapshot' --from /dev/zero
refused 'is not a snapshot' --from disk.img
head -c 5000 clean.snapshot >cut.snapshot
refused 'is cut or damaged' --from cut.snapshot
run --save-at $((cycles + 5)) late.snapshot --clean >out.txt 2>err.txt
[ $? = 2 ] && grep -q 'was not reached: the run ended in cycle' err.txt || fail "a cycle that is not reached"
run --save-at $((cycles - 1)) late.snapshot --clean >out.txt 2>err.txt
status=$?
printf 'x' | dd of=disk.img bs=1 conv=notrunc status=none
refused 'its disk image differs' --from clean.snapshot
echo "$cycles cycles; at rest in the last one: status $status"
