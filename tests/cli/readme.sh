#!/bin/bash
# readme.sh HARTBEAT README: the JSON example of the README is without fault or warning, its fault strikes, and what it
# expects holds.
set -u

hartbeat=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sed -n '/^```json$/,/^```$/p' "$2" | sed '/^```/d' >"$work/example.json"
cd "$work" || exit 1

fail() {
    echo "FAILED: $*"
    exit 1
}

[ -s example.json ] || fail "the README has no JSON example"
"$hartbeat" check example.json >check.txt 2>&1 || fail "check: $(cat check.txt)"
[ "$(wc -l <check.txt)" = 1 ] || fail "check warns: $(cat check.txt)"
"$hartbeat" run example.json --out out >table.txt 2>error.txt || fail "status $?: $(cat table.txt error.txt)"
[ ! -s error.txt ] || fail "a warning: $(cat error.txt)"
grep -q '"activated": true' out/result.json || fail "the fault does not strike"
