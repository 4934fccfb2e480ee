#!/bin/bash
# example.sh HARTBEAT EXAMPLES: the program in examples/primes is built by its own Makefile, and runs on 1, 2 and 4 harts,
# each of which does its share.
set -u

hartbeat=$(realpath "$1")
examples=$(realpath "$2")
command -v make >/dev/null || { echo "skipped: make is not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$examples/primes" "$work" && cd "$work/primes" || exit 1
make -s clean && make -s || exit 1

failed=0
for harts in 1 2 4; do
    make -s run HARTBEAT="$hartbeat" HARTS=$harts >out.txt 2>err.txt </dev/null
    status=$?
    shares=$(grep -cE '^hart [0-9]+: [1-9][0-9]* pieces, [1-9][0-9]* primes$' out.txt)
    if [ $status != 0 ] || [ "$shares" != $harts ] || [ "$(tail -n 1 out.txt)" != '2262 primes below 20000' ] ||
        [ "$(wc -l <out.txt)" != $((harts + 1)) ] || [ -s err.txt ]; then
        echo "FAILED: $harts harts: status $status"
        cat out.txt err.txt
        failed=1
    fi
done
exit $failed
