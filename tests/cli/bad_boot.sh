#!/bin/bash
# bad_boot.sh HARTBEAT IMAGES: disks, firmware, RAM disks and command lines that are unfit. Each must end with status 2
# and exactly one line on standard error, which says what is wrong, and nothing on standard output.
set -u

hartbeat=$(realpath "$1")
image=$(realpath "$2")/smp.elf
work=$(mktemp -d)
trap 'chmod -R u+rwX "$work"; rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0 tried=0

# refused WORDS OPTIONS...: exec is refused, and its line contains WORDS.
refused() {
    local words=$1 status lines
    shift
    timeout 60 "$hartbeat" exec "$@" >out.txt 2>err.txt </dev/null
    status=$?
    lines=$(wc -l <err.txt)
    tried=$((tried + 1))
    if [ $status != 2 ] || [ "$lines" != 1 ] || ! grep -qF -- "$words" err.txt || [ -s out.txt ]; then
        failed=$((failed + 1))
        echo "FAILED: hartbeat exec $*"
        echo "  status $status (2), $lines lines of error (1), wanted: $words"
        head -c 600 err.txt | sed 's/^/  error: /'
    fi
}

# ---- Disks
: >empty.img
head -c 513 /dev/zero >odd.img
head -c 511 /dev/zero >short.img
mkdir folder
refused 'missing.img: No such file' "$image" --disk missing.img
refused 'empty.img: is empty' "$image" --disk empty.img
refused 'odd.img: is not a multiple of 512' "$image" --disk odd.img
refused 'short.img: is not a multiple of 512' "$image" --disk short.img
refused 'folder: is not a file' "$image" --disk folder
refused '/dev/zero: is not a file' "$image" --disk /dev/zero
refused '--disk-write: needs --disk' "$image" --disk-write
refused '--disk: a value must follow' "$image" --disk
if [ "$(id -u)" != 0 ]; then
    head -c 512 /dev/zero >locked.img
    chmod 444 locked.img
    refused 'locked.img: Permission denied' "$image" --disk locked.img --disk-write
fi

# ---- Firmware, and what it goes on to
head -c 4096 /dev/zero >raw.bin
head -c 3000000 /dev/zero >large.bin
refused 'missing.bin: ' "$image" --bios missing.bin
refused 'folder: ' "$image" --bios folder
refused 'empty.img: is empty' "$image" --bios empty.img
refused 'lies over' "$image" --bios raw.bin
refused 'lies over' raw.bin --bios large.bin
refused 'empty.img: is empty' empty.img --bios raw.bin
refused '/bin/true: ' /bin/true --bios raw.bin
refused 'beyond the end of RAM' large.bin --bios raw.bin --set machine.memory.size=4MiB
refused 'raw.bin: ' raw.bin

# ---- RAM disk
refused 'missing.bin: cannot be read' "$image" --initrd missing.bin
refused 'folder: cannot be read' "$image" --initrd folder
refused 'empty.img: is empty' "$image" --initrd empty.img
refused 'beyond the end of RAM' "$image" --initrd large.bin --set machine.memory.size=4MiB --set os.workload.tasks=8
# One that ends 30,000 bytes below the end of RAM, wherever the image ends.
begin=$("$hartbeat" exec "$image" --initrd large.bin --set machine.memory.size=4MiB --set os.workload.tasks=8 2>&1 | sed -n 's/.*reaches from \(0x[0-9a-f]*\) .*/\1/p')
head -c $((0x80400000 - begin - 30000)) /dev/zero >tight.bin
refused 'lies over the device tree' "$image" --initrd tight.bin --set machine.memory.size=4MiB --set os.workload.tasks=8

# ---- Command line
refused 'the device tree does not fit into 65536 bytes; the text of --append is too long' "$image" \
    --append "$(head -c 65000 /dev/zero | tr '\0' x)"
refused '--append: a value must follow' "$image" --append

echo "$tried bad inputs, $failed not refused as they should be"
[ $failed = 0 ]
