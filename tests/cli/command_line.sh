#!/bin/bash
# command_line.sh HARTBEAT SOURCE: options in all their forms, standard input, what `list`, `keys` and `help` print, and
# completion.
set -u

hartbeat=$(realpath "$1")
source=$(realpath "$2")
PATH=$(dirname "$hartbeat"):$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0

fail() {
    echo "FAILED: $*"
    failed=1
}

# ---- Options
printf '{"image": "smp", "name": "small", "stop": {"cycles": 2000}}' >small.json
"$hartbeat" run small.json --quiet --out one </dev/null
"$hartbeat" run --out=two --quiet -- small.json </dev/null
"$hartbeat" run --quiet --out=three - <small.json
cp small.json ./--quiet
"$hartbeat" run --out four --cycles=2,000 -- --quiet >four.txt </dev/null
for other in two three four; do
    cmp -s one/result.json $other/result.json || fail "$other/result.json is another than one/result.json"
done
grep -q '^small: limit' four.txt || fail "after -- an argument was taken for an option"
printf '{"image": "smp"}' | "$hartbeat" run - --quiet --cycles 100 --out five
grep -q '"name": "stdin"' five/result.json || fail "an experiment from standard input has no name"
[ "$("$hartbeat" -V)" = "$("$hartbeat" --version)" ] || fail "-V is not --version"
for help in "help run" "run --help" "run -h" "run small.json --quiet --help"; do
    "$hartbeat" $help >help.txt || fail "$help: status $?"
    grep -q -- '--save-at CYCLE FILE' help.txt || fail "$help does not list the options of run"
done

# ---- Lists
"$hartbeat" list >list.txt || fail "list: status $?"
for file in "$source"/configs/{,campaigns/}*.json; do
    about=$(sed -n 's/.*"about": *"\([^"]*\)".*/\1/p' "$file")
    [ -n "$about" ] || fail "$(basename "$file") does not say what it is about"
    grep -E "^  $(basename "$file" .json) +" list.txt | grep -qF -- " $about" || fail "list: $(basename "$file")"
done
for name in mesi round-robin lru batch fail_stop patterns; do
    grep -qE "^  $name +[a-z]" list.txt || fail "list: $name has no line"
done
"$hartbeat" keys >keys.txt || fail "keys: status $?"
grep -qE '^machine\.l1d\.size +size +16KiB +64 to 1MiB, a power of two$' keys.txt || fail "keys: machine.l1d.size"
"$hartbeat" keys faults.12.trigger.cycle | grep -q '^faults\.\*\.trigger\.cycle: ' || fail "keys of places in lists"
"$hartbeat" keys machine.bus | grep -q '^machine\.bus\.protocol ' || fail "keys of a group"

# ---- Completion: words that are offered at the end of a line
# offered LINE WORD: WORD is among what bash is offered.
"$hartbeat" help --completion bash >bash.txt || fail "completion for bash: status $?"
. ./bash.txt
offered() {
    read -ra COMP_WORDS <<<"$1"
    [[ $1 != *' ' ]] || COMP_WORDS+=('')
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _hartbeat hartbeat "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    printf '%s\n' "${COMPREPLY[@]}" | grep -qxF -- "$2" || fail "bash is not offered $2 after '$1'"
}
offered 'hartbeat pro' protocol
offered 'hartbeat run smp4-' smp4-kill
offered 'hartbeat run --sa' --save-at
offered 'hartbeat run --out t' two
offered 'hartbeat run --from bash' bash.txt
offered 'hartbeat protocol mo' moesi
offered 'hartbeat keys machine.bus.pro' machine.bus.protocol
offered 'hartbeat run smp4 --set machine.bus.pro' machine.bus.protocol=
offered 'hartbeat help ex' exec
"$hartbeat" help --completion zsh >zsh.txt || fail "completion for zsh: status $?"
grep -qF -- "'--out[write result.json and console.txt there]:DIR:_files -/'" zsh.txt || fail "zsh: --out"
if command -v zsh >/dev/null; then zsh -n zsh.txt || fail "zsh does not read its completion"; fi

# ---- Man pages: every command has one, whose lines are all of roff or text
for command in "" $("$hartbeat" help | sed -n 's/^  hartbeat \([a-z]*\) .*/\1/p'); do
    "$hartbeat" help --man $command >page.txt || fail "help --man $command: status $?"
    grep -q '^\.SH NAME$' page.txt || fail "the page of hartbeat $command has no name"
    ! grep -nE "^[.']" page.txt | grep -vE ':\.(TH|SH|TP|B|BR|PP|nf|fi)\b' || fail "the page of $command: no request of ours"
done
exit $failed
