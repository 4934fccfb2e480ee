#!/bin/bash
# linked.sh HARTBEAT FOLDER: what linkers make without a linker script. What lies inside RAM is loaded, one line warns of
# headers that do not, and an image that would miss something is refused.
set -u

hartbeat=$(realpath "$1")
source=$(realpath "$2")/linked.c
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0 tried=0

flags=(-march=rv64gc -mabi=lp64d -mcmodel=medany -mno-relax -ffreestanding -O1)
riscv64-unknown-elf-gcc "${flags[@]}" -c "$source" -o plain.o || exit 1
riscv64-unknown-elf-gcc "${flags[@]}" -fpie -fvisibility=hidden -c "$source" -o pie.o || exit 1

# runs NAME STATUS OUTPUT LINES WORDS: exec of NAME.elf ends so, with LINES lines of error that hold WORDS.
runs() {
    local status lines
    timeout 60 "$hartbeat" exec "$1.elf" --cycles 1000000 >out.txt 2>err.txt </dev/null
    status=$?
    lines=$(wc -l <err.txt)
    tried=$((tried + 1))
    if [ $status != "$2" ] || [ "$(cat out.txt)" != "$3" ] || [ "$lines" != "$4" ] || ! grep -qF -- "$5" err.txt; then
        [ $status = "$2" ] && [ "$(cat out.txt)" = "$3" ] && [ "$4$lines" = 00 ] && return
        failed=$((failed + 1))
        echo "FAILED: $1: status $status ($2), output $(cat out.txt) ($3), $lines lines of error ($4), wanted: $5"
        head -c 600 err.txt | sed 's/^/  error: /'
    fi
}

link() {
    local name=$1
    shift
    riscv64-unknown-elf-gcc -nostdlib -static "$@" plain.o -o "$name.elf" 2>link.txt || { cat link.txt; exit 1; }
}

link front -Wl,-Ttext=0x80000000,--build-id=none
link noted -Wl,-Ttext=0x80000000,--build-id
link segment -Wl,-Ttext-segment=0x80000000,--build-id
link omagic -Wl,-Ttext=0x80000000,-N
link nowhere
link apart -Wl,-Ttext=0x80000000,-Tdata=0x10000
runs front 0 fromC 1 'warning: front.elf: 4096 bytes from 0x7ffff000 on lie outside RAM and are not loaded'
runs noted 0 fromC 1 'from 0x10000 on lie outside RAM'
runs segment 0 fromC 0 ''
runs omagic 0 fromC 0 ''
runs nowhere 2 '' 1 'nowhere.elf: has a segment at 0x10000'
runs apart 2 '' 1 'it must lie inside RAM, from 0x80000000 to 0x87ffffff'

# An experiment says the same of its image, once, however many variants have it; --quiet takes it away.
printf '{"image": "front.elf"}' >one.json
printf '{"image": "front.elf", "variants": {"a": {"seed": 1}, "b": {"seed": 2}, "c": {"image": "noted.elf"}}}' >three.json
warned='lie outside RAM and are not loaded (ELF headers and the like, which no program misses)$'
for command in "run one" "run three" "check one" "check three" "run --quiet three" "run --quiet one"; do
    lines=1 tried=$((tried + 1))
    [[ $command = *three ]] && lines=2
    [[ $command = *quiet* ]] && lines=0
    # shellcheck disable=SC2086
    "$hartbeat" $command.json >out.txt 2>&1
    status=$? found=$(grep -c "^warning: .*\.elf: [0-9]* bytes from 0x[0-9a-f]* on $warned" out.txt)
    [ $status = 0 ] && [ "$found" = $lines ] && continue
    failed=$((failed + 1))
    echo "FAILED: $command: status $status, $found warnings in place of $lines: $(head -c 600 out.txt)"
done

# The bare-metal linker makes nothing position-independent.
for linker in riscv64-linux-gnu-ld ld.lld; do
    command -v $linker >/dev/null || continue
    $linker -pie --no-dynamic-linker -static -e _start pie.o -o pie.elf || exit 1
    $linker -pie --no-dynamic-linker -static -e _start -Ttext=0x80000000 pie.o -o placed.elf || exit 1
    $linker -pie -dynamic-linker /lib/ld.so -e _start pie.o -o dynamic.elf || exit 1
    runs pie 0 fromC 0 ''
    runs placed 0 fromC 1 'warning: placed.elf: '
    runs dynamic 2 '' 1 'dynamic.elf: needs a dynamic linker; link it with -static or -static-pie'
done
echo "$tried images, $failed not as they should be"
[ $failed = 0 ]
