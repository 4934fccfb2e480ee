#!/bin/bash
# fuzz.sh TARGET SECONDS SOURCE BUILD [FOLDER OR OPTION OF LIBFUZZER...]: build TARGET with clang, libFuzzer and the sanitizers, and
# let it look for inputs that hartbeat does not survive, beginning with those in corpus/ and in each FOLDER. What it finds stays in
# BUILD/full/fuzz/found; how many inputs it tried and how much of the code they reached stands in the last line.
set -u

target=$1 seconds=$2 source=$3 build=$4
shift 4
place=$build/full/fuzz
for tool in clang ninja; do
    command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
echo 'int LLVMFuzzerTestOneInput(const char *a, long n) { (void)a; return (int)n * 0; }' |
    clang -fsanitize=fuzzer -x c - -o /dev/null 2>/dev/null ||
    { echo "skipped: clang has no libFuzzer (Debian's package libclang-rt-14-dev)"; exit 77; }

mkdir -p "$place/found" "$place/corpus/$target" "$place/build"
ln -sfn "$(realpath "$build")/images" "$place/build/images"
# Two targets at a time are looked through, and make the same build.
exec 9>"$place/lock"
flock 9
cmake -G Ninja -S "$source" -B "$place/build" -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=RelWithDebInfo -DHB_FUZZ=ON \
    -DHB_GUI=OFF -DHB_TESTS=OFF -DHB_IMAGES_DIR="$build" >"$place/configure.log" 2>&1 || { cat "$place/configure.log"; exit 1; }
ninja -C "$place/build" "fuzz_$target" >"$place/build.log" 2>&1 || { tail -n 40 "$place/build.log"; exit 1; }
exec 9>&-

# What sanitizers do with freed memory and with new is most of the time otherwise.
export ASAN_OPTIONS=quarantine_size_mb=8:max_malloc_fill_size=0:abort_on_error=0
"$place/build/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3000 -print_final_stats=1 \
    -artifact_prefix="$place/found/$target-" "$place/corpus/$target" "$source/tests/fuzz/corpus/$target" "$@" \
    >"$place/$target.log" 2>&1
status=$?
if [ $status != 0 ]; then
    tail -n 60 "$place/$target.log"
    echo "FAILED: what was found lies in $place/found"
    exit 1
fi
reached=$(grep -o 'cov: [0-9]*' "$place/$target.log" | tail -n 1)
echo "$target: $(sed -n 's/stat::number_of_executed_units: *//p' "$place/$target.log") inputs in $seconds s, $reached"
