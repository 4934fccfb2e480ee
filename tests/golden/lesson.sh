#!/bin/bash
# lesson.sh HARTBEAT LESSON [FOLDER [OPTION...]]: plays a lesson in the real window (Xvfb, xdotool) from its first page to
# its last by the key of a presenter, Page Down, and back to the first by Page Up. Each page must stand at its moment,
# paused. With FOLDER, and ImageMagick, a picture of every page is put there, to be looked at, and with --notes among the
# options of `hartbeat gui` one of the teacher's window: so a lecturer sees his own lesson before the class does.
set -u

screen=2560x1000 # both windows beside each other
. "${0%/*}/display.sh"

hartbeat=$1 lesson=$2 folder=${3:-}
shift $(($# < 3 ? $# : 3))
pages=$("$hartbeat" run "$lesson" | sed -nE '1s/.*: ([0-9]+) steps, ([0-9]+) questions.*/\1 \2/p')
read -r steps questions <<< "$pages"
[ -n "$steps" ] || fail "$lesson cannot be played"
dashboard_opens "$hartbeat" gui "$lesson" "${@:---size=1280x720}"
worked_out() { # the moment of the page that is shown, and its answer
    for _ in $(seq 600); do
        grep -q '^the page is being worked out' "$now" || return
        sleep 0.1
    done
    fail "page $(told page) is never worked out"
}
until_told 60 '^page 1 of '
xdotool mousemove 2558 998
notes=$(xdotool search --name '^Notes of the lesson' 2> /dev/null | head -1)
[ -z "$notes" ] || xdotool windowmove "$notes" 1600 0 windowmove "$window" 0 0
shoot() { # shoot NUMBER
    local name
    [ -n "$folder" ] || return
    name=$folder/$(printf '%02d' "$1")
    import -silent -window "$window" "$name.png"
    [ -z "$notes" ] || import -silent -window "$notes" "$name-notes.png"
}
last="page $steps of $steps"
shots=0 turns=0
while :; do
    worked_out
    sleep 0.4
    shoot $((++shots))
    at=$(told page)
    [ "page $at" = "$last" ] || [ "page $at" = "$last, answered" ] && { [ $turns = $((steps + questions - 1)) ] && break; }
    key Next
    turns=$((turns + 1))
    for _ in $(seq 600); do
        [ "$(told page)" != "$at" ] && break
        sleep 0.1
    done
    [ "$(told page)" != "$at" ] || fail "Page Down does not turn page $at"
    grep -q '^paused' "$now" || fail "page $(told page) runs on by itself"
done
for _ in $(seq "$steps"); do
    key Prior
    sleep 0.2
done
until_told 60 '^page 1 of '
dashboard_ends
echo "lesson: $lesson, $steps pages, $questions questions, $turns turns"
