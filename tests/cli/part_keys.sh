#!/bin/bash
# part_keys.sh SOURCE: the keys of long parts (.ci/part-keys) change with what a part runs and with nothing else. The
# changes are made to copies.
set -u

source=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/.ci" "$work/tests/long" "$work/configs" "$work/build/images" "$work/sim"
cp "$source/.ci/part-keys" "$work/.ci"
cd "$work" || exit 1
for file in configs/a.json build/program build/images/smp.elf build/images/amp.elf tests/long/run.sh tests/long/part.py sim/a.c; do
    echo "$file" >$file
done
cat >build/CTestTestfile.cmake <<EOF
add_test(script "$work/tests/long/run.sh" "$work/build/program")
set_tests_properties(script PROPERTIES REQUIRED_FILES "$work/build/images/smp.elf")
add_test(program "$work/build/program" "all")
set_tests_properties(program PROPERTIES REQUIRED_FILES "$work/build/program")
add_test(unsaid "$work/build/program")
add_test(sources "$work/tests/long/run.sh" "$work" "$work/build")
set_tests_properties(sources PROPERTIES REQUIRED_FILES "$work/configs")
EOF
keys() { .ci/part-keys build script program unsaid sources || echo "no keys"; }
failed=0
# changes FILE PART...: after a change of FILE these parts have other keys, and the others have not.
changes() {
    local file=$1 before after
    shift
    before=$(keys)
    echo changed >>"$file"
    after=$(keys)
    changed=$(diff <(echo "$before") <(echo "$after") | sed -n 's/^> \([a-z]*\) .*/\1/p' | tr '\n' ' ')
    [ "$changed" = "$* " ] || { echo "FAILED: $file changes the keys of: $changed (wanted: $*)"; failed=1; }
}
[ "$(keys | awk 'NF == 2 && length($2) == 16' | wc -l)" = 4 ] || { echo "FAILED: keys: $(keys)"; failed=1; }
changes build/program script program unsaid
changes build/images/smp.elf script unsaid
changes build/images/amp.elf unsaid
changes configs/a.json unsaid sources
changes tests/long/part.py script sources
changes sim/a.c sources
exit $failed
