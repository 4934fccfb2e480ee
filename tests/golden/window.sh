#!/bin/bash
# window.sh COMMAND [ARGUMENT...]: opens the dashboard's real window under a display of its own (Xvfb) and drives it with
# the mouse and the keyboard (xdotool), as a person would: kill a CPU by a click, back to before the fault, again with
# recovery off, pause, step, leave. What happened is read from the command log (--record) and from the description
# (--describe) that the dashboard keeps up to date. While the machine runs it must show 60 frames a second.
#
# Takes about half a minute and ends by itself. Exit 0 when all is well, 1 when not, 77 when Xvfb or xdotool is missing.
set -u

for tool in Xvfb xdotool; do
    command -v $tool > /dev/null || { echo "$tool is not installed: the window was not tried"; exit 77; }
done
[ -x "$1" ] || { echo "$1 is not there: the window was not tried"; exit 77; }

work=$(mktemp -d)
log=$work/commands now=$work/description
server=0 dashboard=0

stop() { # ends a process that this script has started
    [ "$1" = 0 ] && return
    kill "$1" 2> /dev/null
    for _ in $(seq 50); do
        kill -0 "$1" 2> /dev/null || return
        sleep 0.1
    done
    kill -9 "$1" 2> /dev/null
}
clean_up() {
    stop $dashboard
    stop $server
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

fail() {
    echo "window: $*"
    echo "--- description"; cat "$now" 2> /dev/null | grep -v '^zone'
    echo "--- commands"; cat "$log" 2> /dev/null
    echo "--- messages"; cat "$work/messages" 2> /dev/null
    exit 1
}

# The server itself takes a display number that is free and writes it to the file.
Xvfb -displayfd 3 -screen 0 1600x900x24 -nolisten tcp 3> "$work/display" 2> "$work/xvfb" &
server=$!
for _ in $(seq 100); do
    [ -s "$work/display" ] && break
    kill -0 $server 2> /dev/null || { cat "$work/xvfb"; echo "Xvfb does not start: the window was not tried"; exit 77; }
    sleep 0.1
done
[ -s "$work/display" ] || { echo "Xvfb gives no display within 10 s: the window was not tried"; exit 77; }
DISPLAY=:$(cat "$work/display")
export DISPLAY SDL_VIDEODRIVER=x11

"$@" --record "$log" --describe "$now" > "$work/messages" 2>&1 &
dashboard=$!

# until SECONDS WORDS PATTERN: waits for a line of the description that matches.
until_told() {
    for _ in $(seq $((10 * $1))); do
        grep -Eq "$2" "$now" 2> /dev/null && return
        kill -0 $dashboard 2> /dev/null || fail "the dashboard has ended by itself"
        sleep 0.1
    done
    fail "not within $1 s: $2"
}
told() { sed -n "s/^$1 //p" "$now"; }
# click COMMAND [DISABLED]: a click into the middle of the zone that has this command.
click() {
    local zone
    zone=$(sed -nE "s/^zone ([0-9]+) ([0-9]+) ([0-9]+) ([0-9]+) $1\$/\1 \2 \3 \4/p" "$now" | head -1)
    [ -n "$zone" ] || fail "there is nothing to click for: $1"
    read -r x y w h <<< "$zone"
    xdotool mousemove $((x + w / 2)) $((y + h / 2)) sleep 0.1 click 1
}
key() { xdotool key "$1"; }

until_told 20 '^playing'
window=$(xdotool search --sync --onlyvisible --name '^hartbeat' 2> /dev/null | head -1)
[ -n "$window" ] || fail "no window of that name"
xdotool windowfocus "$window" 2> /dev/null
until_told 20 '^says Click a CPU to kill it'

# 60 frames a second, measured by the dashboard over the last two seconds while the machine runs.
first=$(told cycle)
rate=0
for _ in 1 2 3 4 5; do
    sleep 3
    rate=$(sed -nE 's/^frames-recent .* rate ([0-9.]+) .*/\1/p' "$now")
    awk "BEGIN { exit !($rate >= 58) }" && break
done
awk "BEGIN { exit !($rate >= 58) }" || fail "$rate frames a second in place of 60"
[ "$(told cycle)" -gt "$first" ] || fail "the machine does not run"
echo "window: $(sed -n 's/^frames-recent/frames/p' "$now")"

# Kill by a click; the others notice, fence, recover and work on.
click 'kill 2'
until_told 3 '^story acting'
killed=$(sed -nE 's/^event ([0-9]+) CPU 2 dies.*/\1/p' "$now")
[ -n "$killed" ] || fail "the death is not told"
until_told 20 '^story settled'
grep -Eq '^event [0-9]+ CPU [0-9]+ suspects CPU 2' "$now" || fail "nobody has suspected CPU 2"
grep -Eq '^cpu 2 FENCED' "$now" || fail "CPU 2 is not fenced"

# Back to before the fault, with all CPUs alive.
click 'back-to-before-the-fault'
until_told 3 '^story none'
grep -Eq '^cpu 2 (DEAD|FENCED)' "$now" && fail "CPU 2 is still dead"
grep -q '^@'"[0-9]* back-to-before-the-fault" "$log" || fail "the command is not in the log"

# The same fault again with recovery off: nobody notices. The buttons come with the end of a story, so kill first.
click 'kill 2'
until_told 20 '^story settled'
click 'again-with-recovery-off'
until_told 40 '^story unnoticed'
grep -Eq '^event [0-9]+ CPU [0-9]+ suspects CPU 2' "$now" && fail "somebody watches although recovery is off"
grep -Eq '^cpu 2 DEAD' "$now" || fail "CPU 2 is not dead"

# Keys: pause, one cycle on, one cycle back.
key space
until_told 3 '^paused'
sleep 0.3
cycle=$(told cycle) hash=$(told hash)
key period
until_told 3 "^cycle $((cycle + 1))\$"
key comma
until_told 3 "^cycle $cycle\$"
[ "$(told hash)" = "$hash" ] || fail "a cycle forth and back is not the same machine"

# Paused, it leaves the processor alone: less than 2 % of a core.
sleep 1
before=$(awk '{ print $14 + $15 }' /proc/$dashboard/stat)
sleep 4
ticks=$(($(awk '{ print $14 + $15 }' /proc/$dashboard/stat) - before))
[ $((100 * ticks)) -lt $((2 * 4 * $(getconf CLK_TCK))) ] || fail "paused, it takes $ticks ticks of 4 s"
echo "window: paused, $ticks ticks of the processor in 4 s"
key q
for _ in $(seq 50); do
    kill -0 $dashboard 2> /dev/null || break
    sleep 0.1
done
kill -0 $dashboard 2> /dev/null && fail "Q does not close the window"
wait $dashboard || fail "the dashboard ends with status $?"
dashboard=0
echo "window: killed at cycle $killed, back, again with recovery off, stepped, left"
