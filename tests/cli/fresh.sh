#!/bin/bash
# fresh.sh SOURCE: what ./run builds from nothing makes every image that a bundled experiment or `hartbeat bench` names.
# Nothing is built: ninja lists the commands that it would give.
set -u

source=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

cmake -G Ninja -S "$source" -B build -DHB_TESTS=OFF >configure.txt 2>&1 || { cat configure.txt; exit 1; }
ninja -C build -t commands hartbeat >steps.txt || exit 1
named=$(sed -n 's/.*"image": *"\([a-z0-9-]*\)".*/\1/p' "$source"/configs/*.json; echo contention; echo speed)
failed=0
for image in $(sort -u <<<"$named"); do
    grep -q -- "-o [^ ]*/images/$image\.elf" steps.txt && continue
    echo "FAILED: \`ninja hartbeat\` does not make images/$image.elf"
    failed=1
done
exit $failed
