#!/bin/bash
# experiment.sh HARTBEAT NAME: a bundled experiment, named from another folder, is without fault or warning, holds what it
# expects, and gives the same bytes a second time.
set -u

hartbeat=$(realpath "$1")
name=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

fail() {
    echo "FAILED: $name: $*"
    exit 1
}

"$hartbeat" check "configs/$name.json" >check.txt 2>&1 || fail "check: $(cat check.txt)"
[ "$(wc -l <check.txt)" = 1 ] || fail "check warns: $(cat check.txt)"
"$hartbeat" run "configs/$name.json" --out first >first.txt 2>error.txt || fail "status $?: $(cat first.txt error.txt)"
[ ! -s error.txt ] || fail "standard error in a pipe: $(head -c 300 error.txt)"
grep -q '"expect": \[' first/result.json || fail "no \"expect\" in result.json"
"$hartbeat" run "$name" --out second --quiet >second.txt || fail "status $? the second time"
diff -r first second >diff.txt || fail "the second run differs: $(head -c 300 diff.txt)"
