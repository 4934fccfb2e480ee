#!/bin/bash
# bad_input.sh HARTBEAT IMAGES: what the user can get wrong, given to the command. Each must end with status 2 and exactly
# one line on standard error, which says what is wrong, and nothing on standard output.
set -u

hartbeat=$(realpath "$1")
images=$(realpath "$2")
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

# bad_file WORDS TEXT: a file of that text is refused by every command that reads experiments.
bad_file() {
    printf '%s' "$2" >bad.json
    for command in run check gui bisect; do
        case $command in
        gui) refused "$1" gui bad.json --shot shot.png --at 1 ;;
        bisect) refused "$1" bisect bad.json bad.json ;;
        *) refused "$1" $command bad.json ;;
        esac
    done
}

# bad_image WORDS FILE: an image that is refused by run, check and exec.
bad_image() {
    printf '{"image": "%s"}' "$2" >image.json
    refused "$1" run image.json
    refused "$1" check image.json
    refused "$1" exec "$2"
}

# ---- Files that are no JSON ---------------------------------------------------------------------------------------------
bad_file 'bad.json: line 3, column 3: not JSON' '{
  "image": "smp"
  "seed": 1
}'
bad_file 'bad.json: line 1, column 17: not JSON' '{"image": "smp",}'
bad_file 'bad.json: line 1, column 1: not JSON' ''
head -c 1000000 /dev/zero | tr '\0' '[' >deep.json
refused 'deep.json: line 1, column 65: not JSON: nested too deeply' run deep.json
refused 'nested too deeply' check deep.json
yes '{"machine":[' | head -n 500000 >deeper.json
refused 'nested too deeply' run deeper.json
head -c 20000000 /dev/zero >large.json
refused 'large.json: too large' run large.json
refused 'none.json: cannot be read: No such file' run none.json
refused 'none.json: cannot be read: No such file' check none.json
refused 'none.json: cannot be read: No such file' gui none.json --shot shot.png --at 1
refused 'none.elf: ' exec none.elf
refused '.: cannot be read: Is a directory' run .

# ---- Keys and values ----------------------------------------------------------------------------------------------------
machine() { bad_file "$1" '{"image": "smp", "machine": {'"$2"'}}'; }
machine 'bad.json: machine.l1d.wayz: unknown key (did you mean "ways"?)' '"l1d": {"wayz": 4}'
machine 'bad.json: machine.l1d.ways: 3 is not a power of two (1, 2, 4, 8, 16)' '"l1d": {"ways": 3}'
machine 'bad.json: machine.l1d.size: "12KiB" is not a power of two' '"l1d": {"size": "12KiB"}'
machine 'bad.json: machine.harts: 0 is out of range (1 to 64)' '"harts": 0'
machine 'bad.json: machine.harts: 65 is out of range (1 to 64)' '"harts": 65'
machine 'bad.json: machine.harts: "four" is a string, should be a whole number' '"harts": "four"'
machine 'bad.json: machine.bus: [] is a list, should be an object' '"bus": []'
machine 'bad.json: machine.bus.outstanding: goes with split: true only' '"bus": {"outstanding": 4}'
machine 'bad.json: machine.l1d.write: "through" does not go with the protocol "mesi"' '"l1d": {"write": "through"}'
machine 'bad.json: machine.harts: this key appears twice' '"harts": 1, "harts": 2'
bad_file 'bad.json: image: is missing' '{"seed": 1}'
bad_file 'bad.json: faults.0.target.hart: "recoverers" is unknown; did you mean "recoverer"?' \
    '{"image": "smp", "faults": [{"target": {"hart": "recoverers"}, "trigger": {"cycle": 1}}]}'
bad_file 'bad.json: faults.0.after: is missing: whose recoverer or watcher is struck?' \
    '{"image": "smp", "faults": [{"target": {"hart": "watcher"}, "trigger": {"cycle": 1}}]}'
bad_file 'bad.json: faults.0.after: the first fault waits for none' \
    '{"image": "smp", "faults": [{"target": {"hart": 1}, "after": 0, "trigger": {"cycle": 1}}]}'
bad_file 'bad.json: faults.1.after: should be the number of a fault before this one, 0 to 0' \
    '{"image": "smp", "faults": [{"target": {"hart": 1}, "trigger": {"cycle": 1}}, {"target": {"hart": 2}, "after": 1, "trigger": {"cycle": 1}}]}'
bad_file 'bad.json: faults.0.trigger.instructions: goes with a CPU that is named by its number' \
    '{"image": "smp", "faults": [{"target": {"hart": "master"}, "trigger": {"instructions": 1}}]}'
bad_file 'bad.json: faults.0.target: should have exactly one of hart, harts' \
    '{"image": "smp", "faults": [{"target": {"hart": 1, "harts": [1]}, "trigger": {"cycle": 1}}]}'
bad_file 'bad.json: faults.0.rate: should have exactly one of exponential, weibull' \
    '{"image": "smp", "faults": [{"target": {"hart": 1}, "rate": {"exponential": 5, "weibull": [5, 1]}}]}'
bad_file 'bad.json: faults.0: model "restart" needs duration' \
    '{"image": "smp", "faults": [{"model": "restart", "target": {"hart": 1}, "trigger": {"cycle": 1}}]}'
bad_file 'bad.json: faults.0: effect "delay" needs duration' \
    '{"image": "smp", "faults": [{"model": "irq", "interrupt": "timer", "effect": "delay", "target": {"hart": 1}, "trigger": {"cycle": 1}}]}'
bad_file 'bad.json: faults.0.duration: goes with effect "delay" alone' \
    '{"image": "smp", "faults": [{"model": "irq", "interrupt": "timer", "effect": "drop", "duration": {"cycles": 5}, "target": {"hart": 1}, "trigger": {"cycle": 1}}]}'
bad_file 'bad.json: faults.0: model "irq" needs effect' \
    '{"image": "smp", "faults": [{"model": "irq", "interrupt": "timer", "target": {"hart": 1}, "trigger": {"cycle": 1}}]}'
bad_file 'bad.json: os.recovery.kernel_data: needs image "smp"' \
    '{"image": "amp", "os": {"recovery": {"kernel_data": "flushed"}}}'
bad_file 'bad.json: os.recovery.checkpoint_cycles: 100 is out of range (5000 to' \
    '{"image": "smp", "os": {"recovery": {"restart": "checkpoint", "checkpoint_cycles": 100}}}'
bad_file 'bad.json: os.recovery.restart: "checkpoint" needs image "smp" (none, start)' \
    '{"image": "amp", "os": {"recovery": {"restart": "checkpoint"}}}'
bad_file 'bad.json: os.recovery.replug_cycles: 100 is out of range: it should be 0, or at least 50000' \
    '{"image": "smp", "os": {"recovery": {"replug_cycles": 100}}}'
bad_file 'bad.json: faults.0.target.hart: there is no hart 4 (the machine has 0 to 3)' \
    '{"image": "smp", "faults": [{"target": {"hart": 4}, "trigger": {"cycle": 1}}]}'
bad_file 'bad.json: os.workload.work: 100001 units for each of 2000 tasks are more than the host would compute again, to check what they found (at most 200000000 in all)' \
    '{"image": "smp", "os": {"workload": {"tasks": 2000, "work": 100001}}}'
bad_file 'bad.json: os.workload.work: 200000001 is out of range (1 to 200000000)' \
    '{"image": "smp", "os": {"workload": {"work": 200000001}}}'
workload() { bad_file "$1" '{"image": "smp", "os": {"workload": '"$2"'}}'; }
workload 'bad.json: os.workload: 3 is a number, should be an object, or a list of objects' '3'
workload 'bad.json: os.workload: has 0 entries (1 to 8)' '[]'
workload 'bad.json: os.workload: has 9 entries (1 to 8)' '[{}, {}, {}, {}, {}, {}, {}, {}, {}]'
workload 'bad.json: os.workload.kind: "bacth" is unknown; did you mean "batch"?' '{"kind": "bacth"}'
workload 'bad.json: os.workload.1.kind: "bacth" is unknown; did you mean "batch"?' '[{}, {"kind": "bacth"}]'
bad_file 'bad.json: os.recovery.ipi_retry: 1 is a number, should be true or false' \
    '{"image": "smp", "os": {"recovery": {"ipi_retry": 1}}}'
bad_file 'bad.json: os.recovery.detect: "agree" needs image "smp" (none, ring)' \
    '{"image": "amp", "machine": {"harts": 2}, "os": {"recovery": {"detect": "agree"}}}'
bad_file 'bad.json: os.recovery.failover: needs image "amp"' '{"image": "smp", "os": {"recovery": {"failover": "election"}}}'
workload 'bad.json: os.workload.tasks: are more threads than such a group may have (64)' \
    '{"kind": "stencil", "tasks": 65, "work": 1}'
workload 'bad.json: os.workload.tasks: are more threads than such a group may have (64)' \
    '{"kind": "share", "tasks": 65, "lock": "mcs"}'
workload 'bad.json: os.workload.tasks: 1 is too few: there should be 2 or more' '{"kind": "philosophers", "tasks": 1}'
workload 'bad.json: os.workload.stages: 1 is too few' '{"kind": "pipeline", "tasks": 4, "stages": 1}'
workload 'bad.json: os.workload.work: is more than the host would compute again, to check what the threads found' \
    '{"kind": "stencil", "tasks": 64, "size": 512, "work": 1000}'
workload 'bad.json: os.workload: the groups need 527 locks, conditions and barriers together (at most 256)' \
    '[{"kind": "philosophers", "name": "a"}, {"kind": "philosophers", "name": "b"}, {"kind": "philosophers", "name": "c"},
      {"kind": "philosophers", "name": "d"}, {"kind": "philosophers", "name": "e"}, {"kind": "philosophers", "name": "f"},
      {"kind": "pipeline", "name": "g", "tasks": 46, "work": 1}]'
workload 'bad.json: os.workload.lock: "spin" is unknown' '{"kind": "share", "lock": "spin"}'
bad_file 'bad.json: os.workload.kind: "pipeline" needs a system whose CPUs share memory' \
    '{"image": "amp", "os": {"workload": {"kind": "pipeline", "tasks": 4}}}'
workload 'bad.json: os.workload.1.wrok: unknown key (did you mean "work"?)' '[{}, {"wrok": 5}]'
workload 'bad.json: os.workload.1.name: "batch" is the name of group 0, too' '[{}, {}]'
workload 'bad.json: os.workload.0.name: "no good" should begin with a letter' '[{"name": "no good"}]'
workload 'bad.json: os.workload: 2100 tasks in all groups together are too many (at most 2048)' \
    '[{"tasks": 1100}, {"name": "b", "tasks": 1000}]'
workload 'bad.json: os.workload.1.work: 100001 units for each of 1000 tasks are more' \
    '[{"tasks": 1000, "work": 100001}, {"name": "b", "tasks": 1000, "work": 100001}]'
workload 'bad.json: os.workload.priority: 8 is out of range (0 to 7)' '{"priority": 8}'
workload 'bad.json: os.workload.0.weight: 0 is out of range (1 to 1000)' '[{"weight": 0}]'
bad_file 'os.workload: the tasks need 98304 KiB of memory, and beside the image there are' \
    '{"image": "smp", "machine": {"memory": {"size": "64MiB"}}, "os": {"workload": {"tasks": 1536, "set_bytes": 64512, "work": 1}}}'
bad_file 'os.workload: the tasks need' \
    '{"image": "smp", "machine": {"memory": {"size": "4MiB"}}, "os": {"workload": [{"kind": "stencil", "size": 512, "work": 1, "tasks": 4}]}}'
bad_file 'os.workload: the two tasks that each CPU has at a time need 8200 KiB of memory' \
    '{"image": "amp", "machine": {"memory": {"size": "8MiB"}}, "os": {"workload": {"set_bytes": "1MiB"}}}'
workload 'bad.json: os.workload.work: 1048576 increments of a task are too many (at most 1048575)' \
    '{"kind": "contend", "work": 1048576}'
bad_file 'os.scheduler: "mine" needs an image with a scheduler of yours' '{"image": "smp", "os": {"scheduler": "mine"}}'
bad_file 'os.workload.lock: "mine" needs an image with a lock of yours' \
    '{"image": "smp", "os": {"workload": {"kind": "share", "lock": "mine"}}}'
workload 'bad.json: os.workload.placement: there is no CPU 4 (the machine has 0 to 3; 64: any)' '{"placement": 4}'
workload 'bad.json: os.workload.1.work: 1000 units for each of 2000 tasks are more' \
    '[{"tasks": 8}, {"name": "b", "tasks": 2000, "work": 1000, "long_times": 200}]'
bad_file 'bad.json: os.scheduler: "fifi" is unknown; did you mean "fifo"?' '{"image": "smp", "os": {"scheduler": "fifi"}}'
bad_file 'bad.json: os.scheduler: "gang" needs groups' '{"image": "smp", "os": {"scheduler": "gang"}}'
bad_file 'bad.json: os.scheduler: "mlfq" needs image "smp"' '{"image": "amp", "os": {"scheduler": "mlfq"}}'
bad_file 'bad.json: os.balance: "stael" is unknown; did you mean "steal"?' '{"image": "smp", "os": {"balance": "stael"}}'
workload 'bad.json: os.workload.arrival_cycles: 20000000 should be less than stop.quiet_cycles, 20000000' \
    '{"arrival_cycles": 20000000}'
workload 'bad.json: os.workload.0.sleep_cycles: 20000000 should be less than stop.quiet_cycles' \
    '[{"kind": "interactive", "sleep_cycles": 20000000}]'
workload 'bad.json: os.workload.work: 300000000 units for each of 1 tasks are more' \
    '{"kind": "interactive", "tasks": 1, "work": 1000, "bursts": 300000}'
workload 'bad.json: os.workload.tasks: 65 tasks with a queue each are too many (at most 64)' \
    '{"kind": "server", "tasks": 65, "queues": "dealt"}'
workload 'bad.json: os.workload.1.requests: 10000 requests of all servers together are too many (at most 8192)' \
    '[{"kind": "server", "requests": 5000}, {"name": "b", "kind": "server", "requests": 5000}]'
workload 'bad.json: os.workload.service: "sale" is unknown (read, transaction)' '{"kind": "server", "service": "sale"}'
workload 'bad.json: os.workload.work: 100000 units for each of 4000 requests are more' \
    '{"kind": "server", "requests": 4000, "work": 100000}'
bad_file 'bad.json: os.workload.0.arrival_cycles: needs the image "smp"' \
    '{"image": "amp", "os": {"workload": [{"arrival_cycles": 1000}]}}'
bad_file 'bad.json: os.workload.kind: "contend" needs a system whose CPUs share memory' \
    '{"image": "amp", "os": {"workload": {"kind": "contend"}}}'
bad_file 'os.irq: "some" is unknown (one, spread, all)' '{"image": "smp", "os": {"irq": "some", "workload": {"kind": "echo"}}}'
bad_file 'os.irq: needs a group of the kind "echo"' '{"image": "smp", "os": {"irq": "all"}}'
bad_file 'os.workload.kind: "echo" needs' '{"image": "amp", "os": {"workload": {"kind": "echo"}}}'
bad_file 'machine.harts: 1 is too few for image "amp"' '{"image": "amp", "machine": {"harts": 1}}'
bad_file 'os.amp.roles.1: "disk" is unknown (any, compute, io' '{"image": "amp", "os": {"amp": {"roles": ["io", "disk"]}}}'
bad_file 'os.amp.roles: 2 roles are too many for 1 workers' \
    '{"image": "amp", "machine": {"harts": 2}, "os": {"amp": {"roles": ["io", "io"]}}}'
bad_file 'group "batch" has the role "io", and no worker has it' \
    '{"image": "amp", "machine": {"harts": 2}, "os": {"amp": {"roles": ["compute"]}, "workload": {"role": "io"}}}'
bad_file 'os.workload.role: "disk" is unknown' '{"image": "amp", "os": {"workload": {"role": "disk"}}}'
bad_file 'os.amp: needs image "amp"' '{"image": "smp", "os": {"amp": {"locked": false}}}'
bad_file '"no_such_lock" is not a symbol of the image' \
    '{"image": "smp", "faults": [{"target": {"hart": 1}, "trigger": {"lock_held": "no_such_lock"}}]}'
bad_file 'bad.json: expect.0.that: column 10: expected a value' '{"image": "smp", "expect": [{"that": "cycles > "}]}'
echo '{"image": "smp", "trace": {"lines": ["hb_queues", "hb_queue"]}}' >lines.json
refused 'trace.lines.1: "hb_queue" is not a symbol of the image' check lines.json
echo '{"image": "smp", "faults": [{"target": {"hart": 1}, "trigger": {"lock_held": "hb_queues+0xg"}}]}' >offset.json
refused 'faults.0.trigger: "hb_queues+0xg" is not a number' check offset.json
refused 'faults.0.trigger: "hb_queues+0xg" is not a number' run offset.json
refused 'the experiment has variants (one, two, four, eight), and a bisection covers one run' bisect speedup smp1
bad_file 'bad.json: expect.0.that: "os.task_lost": "task_lost" is not a key of os (did you mean "os.tasks_lost"?)' \
    '{"image": "smp", "expect": [{"that": "os.task_lost == 0"}]}'
bad_file 'bad.json: expect.0.that: "four.cycles": "four" is not a key of a result' \
    '{"image": "smp", "expect": [{"that": "four.cycles > 0"}]}'
bad_file '"two" is not a variant (one)' \
    '{"image": "smp", "variants": {"one": {}}, "expect": [{"that": "two.cycles > 0"}]}'

# ---- The command line ---------------------------------------------------------------------------------------------------
printf '{"image": "smp"}' >good.json
refused 'machine.l1d.wayz: unknown key (did you mean "ways"?)' run good.json --set machine.l1d.wayz=4
refused '65' exec "$images/smp.elf" --harts 65
refused '0' exec "$images/smp.elf" --harts 0
refused 'KEY=VALUE' run good.json --set machine.harts
refused '--no-such-option' run good.json --no-such-option
refused 'nonsense' exec "$images/smp.elf" --engine nonsense
refused 'cycles' run good.json --cycles many
refused 'no-such-command' no-such-command
refused '' run
refused 'none.txt' run good.json --replay none.txt
refused '--otu: no such option; did you mean --out?' run good.json --otu dir
refused '--ENGINE: no such option; did you mean --engine?' run good.json --ENGINE lockstep
refused '-x: no such option' run good.json -x
refused '--quiet: is given twice' run good.json --quiet --quiet
refused '--out: is given twice' run good.json --out=a --out b
refused '--quiet: takes no value' run good.json --quiet=yes
refused '--out: a value must follow' run good.json --out
refused '--out: a value must follow' run good.json --out --quiet
refused '"" is not a folder' run good.json --out=
refused '--set: seed is set twice' run good.json --set seed=1 --set seed=2
refused '--set: machine.harts is set twice' exec "$images/smp.elf" --harts 2 --set machine.harts=4
refused '"nonsense" is unknown' exec "$images/smp.elf" --engine nonsense
refused '"nonsense" is unknown' bench --engine nonsense
refused '--csv: needs --out' run good.json --csv
refused '--jobs: 0 is not from 1 to 256' run speedup --jobs 0
refused '--jobs: "all" is not a whole number' run speedup --jobs all
refused '--jobs: no such option' exec "$images/smp.elf" --jobs 2
refused '--at: needs --shot' gui good.json --at 1
refused '--scene: "lane" is unknown; did you mean "lanes"' gui good.json --shot shot.png --scene lane
refused '--size: "1024" should be WIDTHxHEIGHT' gui good.json --shot shot.png --size 1024
refused '--describe: goes with a window' gui good.json --shot shot.png --describe text.txt
refused '--split: needs --verify or --mutation' protocol mesi --split
refused '--runs: "few" is not a whole number' bench --runs few
refused 'more: takes no arguments' bench more
refused 'more: takes no arguments' list more
refused 'one key at a time' keys seed name
refused 'one command at a time' help run exec
refused '--completion: "fish" is not a known shell' help --completion fish
refused '--completion: is for all commands' help run --completion bash
refused 'machine.l1d.sise: unknown key (did you mean "machine.l1d.size"?)' keys machine.l1d.sise
refused 'HARTS: unknown key (did you mean "machine.harts"?)' keys HARTS
refused 'rum: no such command (did you mean "run"?)' rum
refused 'PROTOCOL: no such command (did you mean "protocol"?)' PROTOCOL
refused 'nothing may follow' --version now
refused 'smp44: cannot be read: No such file or directory (did you mean "smp4"?)' run smp44
refused '(did you mean "smp4-kill"?)' check configs/SMP4_kill.json
refused '"MESI" is unknown; did you mean "mesi"?' run good.json --set machine.bus.protocol=MESI
refused 'MESI: no such protocol; did you mean "mesi"?' protocol MESI
refused 'machine.Harts: unknown key (did you mean "harts"?)' run good.json --set machine.Harts=2
refused 'SMP: cannot be read: No such file or directory (did you mean "smp"?)' run good.json --set image=SMP
refused 'standard input: line 1, column 1: not JSON' run -
refused '--help.json: cannot be read' run -- --help.json

# ---- No display
export -n DISPLAY WAYLAND_DISPLAY SDL_VIDEODRIVER
refused 'there is no display' gui good.json
DISPLAY=:7777 refused 'no window can be opened' gui good.json
SDL_VIDEODRIVER=dummy refused 'shows no window' gui good.json

# ---- No SDL: no windows and no pictures, and everything else
sed 's/libSDL2-2\.0\.so\.0/libSDL-none.so.0/' "$hartbeat" >without
chmod +x without
[ -e images ] || ln -s "$images" images
hartbeat=./without refused 'windows and pictures need SDL: libSDL-none.so.0: cannot open' gui good.json --shot a.png
tried=$((tried + 1))
./without run good.json --cycles 1000 >out.txt 2>err.txt
grep -q 'stop.cycles was reached' out.txt || { failed=$((failed + 1)); cat err.txt; }

# ---- Snapshots
refused '--save-at: a value must follow' run good.json --save-at
refused '--save-at: two values must follow' exec "$images/smp.elf" --save-at 100
refused '--save-at: "soon" is not a whole number' run good.json --save-at soon a.snapshot
refused '/none/a.snapshot: cannot be written' run good.json --quiet --save-at 100 /none/a.snapshot
refused '--save-at: cycle 200 was not reached: the run ended in cycle 100' run good.json --cycles 100 --save-at 200 a.snapshot
refused 'none.snapshot: cannot be read: No such file' run good.json --from none.snapshot
refused 'none.snapshot: cannot be read: No such file' exec "$images/smp.elf" --from none.snapshot
refused 'good.json: is not a snapshot' run good.json --from good.json
timeout 60 "$hartbeat" exec "$images/smp.elf" --quiet --cycles 100 --save-at 100 a.snapshot >out.txt 2>err.txt </dev/null
[ -s a.snapshot ] || { echo "FAILED: no snapshot was written"; failed=$((failed + 1)); }
head -c 1000 a.snapshot >cut.snapshot
refused 'cut.snapshot: is cut or damaged' exec "$images/smp.elf" --from cut.snapshot
refused 'its configuration differs' exec "$images/smp.elf" --harts 2 --from a.snapshot
refused 'what it booted' exec "$images/contention.elf" --from a.snapshot
refused 'cycle 50 is before cycle 100' exec "$images/smp.elf" --from a.snapshot --save-at 50 b.snapshot
refused '--replay: the snapshot' exec "$images/smp.elf" --from a.snapshot --replay a.snapshot
refused 'is a snapshot of another machine' run speedup --from a.snapshot
refused 'm.json: ' exec "$images/smp.elf" --machine m.json

# ---- Images -------------------------------------------------------------------------------------------------------------
# patched OFFSET BYTE FILE: the bundled image with one byte changed.
patched() {
    cp "$images/smp.elf" "$3"
    printf "%b" "\\x$2" | dd of="$3" bs=1 seek="$1" conv=notrunc status=none
}
patched 4 01 bits32.elf
bad_image '32-bit' bits32.elf
patched 18 3e x86.elf
bad_image 'RISC-V' x86.elf
cp "$hartbeat" host.elf
bad_image 'RISC-V' host.elf
head -c 3000 "$images/smp.elf" >truncated.elf
bad_image 'truncated.elf: ' truncated.elf
head -c 20 "$images/smp.elf" >header.elf
bad_image 'header.elf: ' header.elf
printf 'hello\n' >text.elf
bad_image 'text.elf: ' text.elf
: >empty.elf
bad_image 'empty.elf: ' empty.elf
printf '.globl _start\n_start: j _start\n' >outside.S
if riscv64-unknown-elf-gcc -nostdlib -Wl,-Ttext=0x40000000 outside.S -o outside.elf; then
    bad_image 'must lie inside RAM' outside.elf
else
    failed=$((failed + 1))
fi
printf '{"image": "smp", "machine": {"memory": {"size": "1MiB"}}}' >small.json
refused 'smp.elf' run small.json

# ---- Folders that cannot be written -------------------------------------------------------------------------------------
: >file
refused 'file' run good.json --out file
refused 'file/below' run good.json --out file/below
refused '/proc/none' run good.json --out /proc/none

echo "$tried bad inputs, $failed not refused as they should be"
[ $failed = 0 ]
