#!/bin/bash
# spin.sh COUNTS FOLDER: SPIN searches the models in FOLDER, finds nothing wrong, and stores as many states as COUNTS, which
# runs hartbeat's own search under the same abstraction, says. Skipped (77) where SPIN is not installed.
set -u

counts=$(realpath "$1")
folder=$(realpath "$2")
command -v spin >/dev/null || { echo "SPIN is not installed (Debian package spin)"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0
"$counts" >counts.txt || { echo "FAILED: our own search finds something"; exit 1; }
while read -r name caches states; do
    spin -a -DN="$caches" "$folder/$name.pml" >spin.txt 2>&1 &&
        gcc -O2 -w -DSAFETY -DNOREDUCE -o pan pan.c && ./pan -m1000000 >pan.txt 2>&1
    stored=$(sed -n 's/^ *\([0-9]*\) states, stored.*/\1/p' pan.txt)
    if [ "${stored:-0}" = "$states" ] && grep -q 'errors: 0' pan.txt && ! grep -q 'max search depth' pan.txt; then
        echo "$name, $caches caches: $states states by both"
    else
        echo "FAILED: $name, $caches caches: ours $states, SPIN's ${stored:-none}"
        cat spin.txt pan.txt
        failed=1
    fi
done <counts.txt
exit $failed
