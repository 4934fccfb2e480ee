#!/bin/bash
# protocol.sh HARTBEAT SOURCE: `hartbeat protocol` as the user meets it: what it prints, its exit statuses, its mistakes in
# one line each, and that Graphviz takes the diagrams (where it is not installed, a check of brackets and edges).
set -u

hartbeat=$(realpath "$1")
source=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0 tried=0

complain() { echo "FAILED: $*"; failed=$((failed + 1)); }

# gives STATUS WORDS ARGUMENTS...: ends with that status, and standard output contains WORDS.
gives() {
    local wanted=$1 words=$2 status
    shift 2
    timeout 120 "$hartbeat" protocol "$@" >out.txt 2>err.txt </dev/null
    status=$?
    tried=$((tried + 1))
    [ $status = "$wanted" ] || complain "protocol $*: status $status, not $wanted"
    grep -qF -- "$words" out.txt || { complain "protocol $*: no \"$words\""; head -c 800 out.txt; }
    [ ! -s err.txt ] || { complain "protocol $*: says on standard error"; cat err.txt; }
}

# refused WORDS ARGUMENTS...: one line on standard error with WORDS, nothing on standard output, status 2.
refused() {
    local words=$1 status
    shift
    timeout 120 "$hartbeat" protocol "$@" >out.txt 2>err.txt </dev/null
    status=$?
    tried=$((tried + 1))
    if [ $status != 2 ] || [ "$(wc -l <err.txt)" != 1 ] || [ -s out.txt ] || ! grep -qF -- "$words" err.txt; then
        complain "protocol $*: status $status; wanted: $words"
        head -c 800 err.txt out.txt
    fi
}

is_a_graph() {
    if command -v dot >/dev/null; then
        dot -Tsvg "$1" >graph.svg 2>dot.txt && [ ! -s dot.txt ] && grep -q '</svg>' graph.svg
    else
        awk '/^\/\// { next }
             /^digraph "[^"]*" \{$/ { open++; next }
             /^\}$/ { open--; next }
             !/^    (rankdir=LR|node \[shape=circle\]|[A-Z] \[tooltip="[^"]*"(, shape=doublecircle)?\]|[A-Z] -> [A-Z] \[label="[^"]+"(, style=dashed)?\]);$/ { bad = 1 }
             END { exit bad || open != 0 }' "$1"
    fi
}

for name in vi write-once msi mesi mesif moesi berkeley firefly dragon; do
    gives 0 "every row of the table is used" $name --verify --caches 2
    gives 0 "no livelock" $name --verify --caches 2 --split
    gives 0 "digraph \"$name\" {" $name --dot
    is_a_graph out.txt || { complain "$name: Graphviz does not take the diagram"; cat out.txt; }
done
gives 1 "wrong: a read returns something other than what was last written" none --verify --caches 2
gives 0 "BusUpgr M" mesi
gives 0 "| write | BusRdX M |" mesi --table=markdown
gives 0 "mesi: 3 caches, 1 line, atomic bus" mesi --verify
gives 0 "2 lines of one set, split bus" vi --verify --caches 2 --lines 2 --split
gives 0 "Requests are posted and granted in one move" msi --verify --caches 6
gives 1 "in 12 moves, and not in fewer:" mesi --verify --mutation no-invalidation-on-upgrade
gives 1 "mesi with silent-store: a store into a shared copy is not announced to anybody" mesi --verify --mutation silent-store
gives 0 "S shared data E shared data" mesi --mutation exclusive-kept
gives 0 "my-msi: 2 caches" "$source/configs/protocols/my-msi.json" --verify --caches 2
gives 0 "BusUpgr M" "$source/configs/protocols/my-msi.json" --table
gives 0 'digraph "my-msi"' "$source/configs/protocols/my-msi.json" --dot
is_a_graph out.txt || complain "my-msi: Graphviz does not take the diagram"

sed 's/"BusUpgr": {"next": "I"}/"BusUpgr": {"next": "S"}/' "$source/configs/protocols/my-msi.json" >wrong.json
gives 1 "wrong: one cache may write the line while another holds it" wrong.json --verify --caches 2
sed 's/"BusUpgr": {"next": "I"},//' "$source/configs/protocols/my-msi.json" >gap.json
refused "gap.json: rows.S.BusUpgr: is missing (null where it cannot happen)" gap.json --verify
refused "gap.json: rows.S.BusUpgr: is missing" gap.json
sed 's/"BusUpgr": null/"BusUpgr": {"next": "I"}/' "$source/configs/protocols/my-msi.json" >spare.json
gives 1 "1 row of the table is never used: M+BusUpgr" spare.json --verify --caches 2
printf '{"image": "smp", "machine": {"bus": {"protocol": "gap.json"}}}' >gap-experiment.json
timeout 60 "$hartbeat" run gap-experiment.json >out.txt 2>err.txt
[ $? = 2 ] && [ "$(wc -l <err.txt)" = 1 ] &&
    grep -qF "gap-experiment.json: machine.bus.protocol: gap.json: rows.S.BusUpgr: is missing" err.txt ||
    { complain "run gap-experiment.json"; cat err.txt; }

refused "one protocol is needed"
refused "one protocol is needed" msi mesi
refused "mesy: no such protocol; did you mean \"mesi\"? (vi, write-once, msi, mesi, mesif, moesi, berkeley, firefly, dragon, none, or a file" mesy
refused "there-is-none.json" there-is-none.json
refused "--caches: 0 is not from 1 to 6" mesi --verify --caches 0
refused "--caches: 7 is not from 1 to 6" mesi --verify --caches 7
refused "is not a whole number" mesi --verify --caches two
refused "--lines: 3 is not from 1 to 2" mesi --verify --lines 3
refused "--caches: needs --verify" mesi --caches 2
refused "--table, --table=markdown, --dot, --verify: one of them" mesi --dot --verify
refused "\"foo\" is unknown for vi (those that fit: no-invalidation-on-write, silent-store, sc-ignores-reservation, l1i-not-snooping, device-not-snooped)" vi --verify --mutation foo
refused "\"exclusive-kept\" does not fit msi (those that fit: " msi --verify --mutation exclusive-kept
refused "\"two-of-a-line\" does not fit msi without --split" msi --verify --mutation two-of-a-line
refused "--frobnicate: no such option" mesi --frobnicate

# The page lists the mutations that there are.
"$hartbeat" help protocol | sed -n 's/^  \([a-z0-9-]*\)  *\(.*[a-z)]\)$/\1 \2/p' | grep -v '^-' >mutations.txt
[ "$(wc -l <mutations.txt)" = "$(grep -cE '^\| `[a-z0-9-]+` \| .*[a-z)] \|$' "$source/docs/protocols.md")" ] || complain "docs/protocols.md lists other mutations"
while read -r name what; do
    grep -qF "| \`$name\` | $what |" "$source/docs/protocols.md" || complain "docs/protocols.md does not tell of $name: $what"
done <mutations.txt

echo "$tried tried, $failed failed"
[ $failed = 0 ]
