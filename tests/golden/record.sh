#!/bin/bash
# record.sh HARTBEAT: twenty clicks and keys in the real window (Xvfb, xdotool) among them kills, going back and another
# future, recorded by `hartbeat gui --record`: `hartbeat run --replay` of the recording gives the same machine, and so
# do `hartbeat gui --replay` and `hartbeat run` of what key J saved as an experiment.
set -u

. "${0%/*}/display.sh"

hartbeat=$1
cd "$work" || exit 1 # where experiments are saved
dashboard_opens "$hartbeat" gui smp4 --record "$work/inputs"
key space
until_told 5 '^paused'
for pressed in period i x e Tab; do key $pressed; done
until_told 10 '^event .* All CPUs are up'
click 'kill 1'
until_told 5 '^story acting'
killed=$(told cycle)
for pressed in period e p; do key $pressed; done
click 'go-to-cycle 0' # in the middle of the strip
until_told 5 '^story none'
key n
until_told 5 "^cycle $((killed - 1))\$"
key shift+k
until_told 5 '^story acting'
key b
until_told 5 '^story none'
key space
until_told 5 '^paused'
click 'kill 3'
until_told 5 '^story acting'
key o
until_told 5 '^playing'
key space
until_told 5 '^paused'
for pressed in e comma; do key $pressed; done
key f # a fault of another model, now
until_told 5 '^zone .* inject 1'
click 'fault-model 1'
click 'inject 1'
until_told 5 '^event .* CPU 1 freezes: it executes nothing for a while'
key m # another value of a key
until_told 5 '^zone .* set-key'
click 'set-key [0-9]+ [0-9]+'
until_told 5 '^notice os.scheduler=fifo'
key Escape
key space
sleep 0.5
key space
until_told 5 '^paused'
key j
until_told 5 '^notice Saved: hartbeat run hartbeat-[0-9]+.json'
saved=$(sed -nE 's/^notice Saved: hartbeat run ([^ ]+) .*/\1/p' "$now")
dashboard_ends

[ "$(wc -l < "$log")" -ge 20 ] || fail "only $(wc -l < "$log") commands"
read -r cycle hash < <(sed -nE 's/.*--cycles ([0-9]+) gives state_hash ([0-9a-f]+)$/\1 \2/p' "$work/messages")
[ -n "${hash:-}" ] || fail "it does not say where it was left"
grep -q ' set recovery_detect 0$' "$work/inputs" || fail "the recording does not hold that recovery was switched off"
"$hartbeat" run smp4 --replay "$work/inputs" --cycles "$cycle" --out "$work/run" > "$work/messages" 2>&1
grep -q "\"state_hash\": *\"$hash\"" "$work/run/result.json" || fail "the recording is not the same run: $(grep state_hash "$work/run/result.json") in place of $hash"
"$hartbeat" gui smp4 --replay "$work/inputs" --record "$work/again" --shot "$work/shot.png" --at "$cycle" > "$work/messages" 2>&1
grep -q "state_hash $hash\$" "$work/messages" || fail "gui --replay is not the same run: $(cat "$work/messages")"
cmp -s "$work/inputs" "$work/again" || fail "what was replayed is not recorded alike"
"$hartbeat" run "$saved" --cycles "$cycle" --out "$work/saved" > "$work/messages" 2>&1
grep -q "\"state_hash\": *\"$hash\"" "$work/saved/result.json" || fail "what was saved is not the same run: $(cat "$work/messages" "$saved")"
# A run that has begun anew with another key says with which: these options give the same machine.
dashboard_starts "$hartbeat" gui smp4 --record "$work/anew"
key m
until_told 5 '^zone .* doing 3'
click 'doing 3'
until_told 5 '^zone .* set-key [0-9]+ 5$'
click 'set-key [0-9]+ 5'
until_told 10 '^notice The run has begun anew with machine.harts=5'
key Escape
key k
until_told 5 '^event .* CPU 0 dies'
dashboard_ends
options=$(sed -nE 's/.*--replay with (.*) gives state_hash .*/\1/p' "$work/messages")
hash=$(sed -nE 's/.* gives state_hash ([0-9a-f]+)$/\1/p' "$work/messages")
# shellcheck disable=SC2086 # each of the options is a word
"$hartbeat" run smp4 --replay "$work/anew" $options --out "$work/run" > "$work/messages" 2>&1
grep -q "\"state_hash\": *\"$hash\"" "$work/run/result.json" || fail "with $options the recording is not the same run"
echo "record: $(wc -l < "$log") commands, $(($(wc -l < "$work/inputs") - 1)) inputs; left before cycle $cycle"
