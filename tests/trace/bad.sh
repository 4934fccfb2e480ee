#!/bin/bash
# bad.sh HARTBEAT SOURCE: what can go wrong with traces, given to the command. Each must end with status 2 and exactly one
# line on standard error, which says what is wrong, and nothing on standard output.
set -u

hartbeat=$(realpath "$1")
source=$(realpath "$2")
experiment=$source/tests/trace/kill.json
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0 tried=0

# refused WORDS COMMAND...: the command is refused, and its line contains WORDS.
refused() {
    local words=$1 status lines
    shift
    timeout 60 "$hartbeat" "$@" >out.txt 2>err.txt </dev/null
    status=$?
    lines=$(wc -l <err.txt)
    tried=$((tried + 1))
    if [ $status != 2 ] || [ "$lines" != 1 ] || ! grep -qF -- "$words" err.txt || [ -s out.txt ]; then
        failed=$((failed + 1))
        echo "FAILED: hartbeat $*"
        echo "  status $status (2), $lines lines of error (1), wanted: $words"
        head -c 600 err.txt | sed 's/^/  error: /'
        head -c 200 out.txt | sed 's/^/  output: /'
    fi
}

# ---- Traces that are written --------------------------------------------------------------------------------------------
refused '--trace: x.txt: the suffix names no format (.json for Perfetto, .vcd for GTKWave, .csv, .grants)' \
    run "$experiment" --quiet --trace x.txt
refused '--trace: .csv: the suffix names no format' run "$experiment" --quiet --trace .csv
refused '--trace: a value must follow' run "$experiment" --trace
refused 'nowhere/x.csv: cannot be written: No such file or directory' run "$experiment" --quiet --trace nowhere/x.csv
mkdir folder.vcd
refused 'folder.vcd: cannot be written: Is a directory' run "$experiment" --quiet --trace folder.vcd
refused 'trace.lines.0: "count" is not a symbol of the image' \
    run "$experiment" --quiet --trace x.vcd --set 'trace.lines=["count"]'
refused 'trace.lines.1: "counters+0x" is not a number' \
    run "$experiment" --quiet --trace x.vcd --set 'trace.lines=["counters", "counters+0x"]'
refused 'trace.lines.0: "0x10000000" is not in RAM' \
    run "$experiment" --quiet --trace x.vcd --set 'trace.lines=["0x10000000"]'
refused 'trace.lines.0: "99999999999999999999999" is not a number' \
    run "$experiment" --quiet --trace x.vcd --set 'trace.lines=["99999999999999999999999"]'
refused 'trace.to_cycle: nothing is traced' \
    run "$experiment" --quiet --trace x.csv --set trace.from_cycle=10 --set trace.to_cycle=10
refused '--trace: the experiment has variants, and a trace covers one run' run speedup --quiet --trace x.csv
refused '--trace: does not go with --gdb' exec "$source/configs/smp4.json" --gdb 1234 --trace x.csv
cp "$experiment" quiet.json
for suffix in csv vcd json grants; do
    ln -s /dev/full full.$suffix
    # The console is the guest's: it may have been shown before the disk is full.
    timeout 60 "$hartbeat" run quiet.json --quiet --trace full.$suffix >out.txt 2>err.txt
    status=$? tried=$((tried + 1))
    if [ $status != 4 ] || [ "$(cat err.txt)" != "full.$suffix: cannot be written: No space left on device" ]; then
        failed=$((failed + 1))
        echo "FAILED: full disk, .$suffix: status $status: $(head -c 300 err.txt)"
    fi
done
timeout 60 "$hartbeat" run quiet.json --quiet --trace x.csv --set trace.from_cycle=90000000 >out.txt 2>err.txt
status=$? tried=$((tried + 1))
if [ $status != 2 ] || ! grep -q '^trace.from_cycle: nothing is traced: no cycle from 90000000 on was run' err.txt; then
    failed=$((failed + 1))
    echo "FAILED: a window that is not reached: status $status: $(head -c 300 err.txt)"
fi

# ---- Memory traces ------------------------------------------------------------------------------------------------------
printf '0 10\n1 20\n' >good.din
refused '--mem-trace: no files are given' exec --mem-trace
refused '--mem-trace-format: needs --mem-trace' exec good.din --mem-trace-format din
refused '--mem-trace-format: "dinero" is none (din, smpcache, parsec, order, order-bus)' exec --mem-trace good.din --mem-trace-format dinero
refused 'missing.din: cannot be read: No such file or directory' exec --mem-trace missing.din
refused 'suffix names no format' exec --mem-trace good.txt
refused '2 memory traces are given, one a hart, but machine.harts is 1' exec --mem-trace good.din good.din --harts 1
refused '65 memory traces are given, one a hart, but a machine has at most 64 harts' exec --mem-trace $(printf 'good.din %.0s' $(seq 65))
for option in '--gdb 1234' '--bios b' '--initrd i' '--append a' '--disk d' '--record r' '--replay r' \
    '--signature s'; do
    refused "${option%% *}: needs a program, not memory traces" exec --mem-trace good.din $option
done
refused 'trigger: with memory traces only "cycle" can come' exec --mem-trace good.din good.din \
    --set 'faults=[{"target": {"hart": 1}, "trigger": {"instructions": 5}}]'
refused 'machine.l1d.ways: 3 is not a power of two' exec --mem-trace good.din --set machine.l1d.ways=3
printf '0 10\n1 2' >cut.din
refused 'cut.din:2: the file ends in the middle of a line: is it cut?' exec --mem-trace cut.din
printf '0 10\n5 20\n' >label.din
refused 'label.din:2: "5" is not a label of the format din' exec --mem-trace good.din label.din
printf '0 10\n1 0x2z\n' >address.din
refused 'address.din:2: "0x2z" is not a hexadecimal address' exec --mem-trace address.din
head -c 100000 /dev/urandom >noise.din
refused 'noise.din:1: ' exec --mem-trace noise.din
head -c 3000000 /dev/zero >zeros.prg
refused 'zeros.prg:1: no text' exec --mem-trace zeros.prg

# ---- Orders of grants --------------------------------------------------------------------------------------------------
script='--quiet --set machine.bus.arbiter=script --set machine.bus.script='
refused 'nowhere.grants: cannot be read: No such file or directory' run "$experiment" ${script}nowhere.grants
refused 'folder.vcd: cannot be read: Is a directory' run "$experiment" ${script}folder.vcd
printf '# nothing\n\n' >empty.grants
refused 'empty.grants: holds no grant' run "$experiment" ${script}empty.grants
printf '0\n1 # one\n65\n' >port.grants
refused 'port.grants:3: should begin with a port (0 to 64) or with #' run "$experiment" ${script}port.grants
printf '0\n1 2\n' >two.grants
refused 'two.grants:2: has more than a port (comments follow #)' run "$experiment" ${script}two.grants
printf -- '-1\n' >minus.grants
refused 'minus.grants:1: should begin with a port' run "$experiment" ${script}minus.grants
printf '0\n1\0\n' >zero.grants
refused 'zero.grants:2: no text' run "$experiment" ${script}zero.grants
printf '0\n63\n' >far.grants
refused 'machine.bus.script.1: there is no CPU 63 (the machine has 0 to 3)' run "$experiment" ${script}far.grants
refused 'machine.bus.script: goes with the arbiter "script" only' \
    run "$experiment" --quiet --set machine.bus.script=far.grants

echo "$tried mistakes tried, $failed not refused as they should be"
[ $failed = 0 ]
