#!/bin/bash
# first_frame.sh HARTBEAT FILE...: opens each experiment or lesson in the real window under a display of its own, and
# measures how long it takes from the start of the command to the first frame on the screen: at the best of three tries at
# most $MOST_MS milliseconds, 1000 unless told otherwise. Prints the three slowest.
. "${0%/*}/display.sh"

hartbeat=$1 most=$((1000 * ${MOST_MS:-1000}))
shift
[ -x "$hartbeat" ] || { echo "$hartbeat is not there: the window was not tried"; exit 77; }
display_opens

# microseconds FILE: from the start to the first frame, after which the description is written for the first time.
microseconds() {
    rm -f "$now"
    local begin=${EPOCHREALTIME/[.,]/}
    "$hartbeat" gui "$1" --describe "$now" > "$work/messages" 2>&1 &
    dashboard=$!
    until [ -s "$now" ]; do
        kill -0 $dashboard 2> /dev/null || fail "$1: the dashboard has ended by itself"
        [ $((${EPOCHREALTIME/[.,]/} - begin)) -lt 30000000 ] || fail "$1: no frame within 30 s"
        sleep 0.01
    done
    took=$((${EPOCHREALTIME/[.,]/} - begin))
    stop $dashboard
    dashboard=0
}

for file; do
    best=
    for _ in 1 2 3; do
        microseconds "$file"
        [ -z "$best" ] || [ $took -lt $best ] && best=$took
        [ $best -lt $most ] && break
    done
    [ $best -lt $most ] || fail "$file: $((best / 1000)) ms to the first frame"
    echo "$((best / 1000)) ms to the first frame of $file" >> "$work/times"
done
sort -rn "$work/times" | head -3
echo "window: $# files open within $((most / 1000)) ms"
