#!/bin/bash
# same_images.sh SOURCES BUILD: images do not depend on the folders in which they are made. The build's own commands make
# one bare-metal image and a file of the kernel again, from a copy of the sources, into a folder of another name and depth.
set -u
sources=$(realpath "$1") build=$(realpath "$2")
again=$(mktemp -d)
trap 'rm -rf "$again"' EXIT
mkdir -p "$again/tree/tests/bench" "$again/tree/out/made"
cp -r "$sources/osmodel" "$again/tree/"
cp -r "$sources/tests/bare" "$again/tree/tests/"
cp -r "$sources/tests/bench/contention" "$again/tree/tests/bench/"

for made in images/contention.elf guest/smp/osmodel/guest/smp/queue.c.o; do
    commands=$(ninja -C "$build" -t commands "$made" | sed "s|$build|$again/tree/out/made|g; s|$sources|$again/tree|g") || exit 1
    grep -oE '^cd [^ ]*' <<< "$commands" | cut -c 4- | xargs mkdir -p
    grep -oE ' -o [^ ]*' <<< "$commands" | cut -c 5- | xargs dirname | xargs mkdir -p
    (cd "$again/tree/out/made" && bash -e <<< "$commands") || { echo "FAILED: $made is not made elsewhere"; exit 1; }
    cmp "$build/$made" "$again/tree/out/made/$made" || { echo "FAILED: $made differs"; exit 1; }
done
