#!/bin/bash
# build.sh FOLDER: a Linux kernel and a RAM disk for the board, from Debian's sources: FOLDER/Image and FOLDER/initrd.
#
# Needs Debian's linux-source-6.1, gcc-riscv64-linux-gnu, libc6-dev-riscv64-cross, dpkg-dev, flex, bison, bc and a line
# "deb-src" in its package sources, from which the source of busybox is fetched. What is already in FOLDER is not made
# again. docs/linux.md tells the rest.
set -eEu
files=$(cd "$(dirname "$0")" && pwd)
[ $# = 1 ] || { echo "usage: build.sh FOLDER" >&2; exit 2; }
mkdir -p "$1"
cd "$1"
folder=$PWD
trap 'echo "not made: the newest log in $folder says why" >&2' ERR
export CROSS_COMPILE=riscv64-linux-gnu-
jobs=$(nproc)

for tool in riscv64-linux-gnu-gcc flex bison bc dpkg-source; do
    command -v $tool >/dev/null || { echo "$tool is not here: see docs/linux.md" >&2; exit 2; }
done

# Nothing but what is asked for. The make of busybox is older and does not heed KCONFIG_ALLCONFIG, so its choices are
# merged by hand. An option that depends on one that is missing is dropped without a word: not here.
configure() { # WANTED BUILD-FOLDER MAKE-ARGUMENTS...
    local wanted=$1 build=$2
    shift 2
    mkdir -p "$build"
    KCONFIG_ALLCONFIG=$wanted make "$@" O="$build" allnoconfig
    cat "$wanted" "$build/.config" >"$build/all.config"
    awk '/CONFIG_/ {name = $1 == "#" ? $2 : $1; sub("=.*", "", name); if (seen[name]++) next} {print}' \
        "$build/all.config" >"$build/.config"
    yes '' | make "$@" O="$build" oldconfig
    while read -r line; do
        grep -qxF -- "$line" "$build/.config" || { echo "$wanted: \"$line\" was dropped"; return 1; }
    done < <(grep 'CONFIG_' "$wanted")
}

if [ ! -f Image ]; then
    [ -d linux-source-6.1 ] || tar xf /usr/src/linux-source-6.1.tar.xz
    cd linux-source-6.1
    configure "$files/kernel.config" "$folder/kernel" ARCH=riscv >"$folder/kernel.log" 2>&1
    make -j"$jobs" ARCH=riscv O="$folder/kernel" Image >>"$folder/kernel.log" 2>&1
    cd "$folder"
    cp kernel/arch/riscv/boot/Image Image
fi

if [ ! -f busybox/busybox ]; then
    [ -d busybox-[0-9]*/ ] || apt-get source busybox >apt.log 2>&1 || { cat apt.log >&2; exit 1; }
    cd busybox-[0-9]*/
    configure "$files/busybox.config" "$folder/busybox" >"$folder/busybox.log" 2>&1
    make -j"$jobs" O="$folder/busybox" busybox >>"$folder/busybox.log" 2>&1
    cd "$folder"
fi

FILES=$files BUSYBOX=$folder/busybox/busybox kernel/usr/gen_init_cpio "$files/initrd.list" >initrd.new
mv initrd.new initrd
ls -l Image initrd
