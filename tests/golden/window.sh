#!/bin/bash
# window.sh COMMAND [ARGUMENT...]: opens the dashboard's real window under a display of its own (Xvfb) and drives it with
# the mouse and the keyboard (xdotool), as a person would: kill a CPU by a click, back to before the fault, again with
# recovery off, pause, step, leave. What happened is read from the command log (--commands) and from the description
# (--describe) that the dashboard keeps up to date. While the machine runs it must show FRAMES frames a second
# (from the environment; 58 where it is not set, for which the host must have nothing else to do).
#
# Takes about half a minute and ends by itself. Exit 0 when all is well, 1 when not, 77 when Xvfb or xdotool is missing.
set -u

. "${0%/*}/display.sh"

dashboard_opens "$@"
until_told 20 '^says Click a CPU to kill it'

least=${FRAMES:-58}
# Frames a second, measured by the dashboard over the last two seconds while the machine runs.
first=$(told cycle)
rate=0
for _ in 1 2 3 4 5; do
    sleep 3
    rate=$(sed -nE 's/^frames-recent .* rate ([0-9.]+) .*/\1/p' "$now")
    awk "BEGIN { exit !($rate >= $least) }" && break
done
awk "BEGIN { exit !($rate >= $least) }" || fail "$rate frames a second, $least asked"
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
dashboard_ends
echo "window: killed at cycle $killed, back, again with recovery off, stepped, left"
