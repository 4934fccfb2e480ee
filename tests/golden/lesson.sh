#!/bin/bash
# lesson.sh HARTBEAT LESSON [FOLDER]: plays a lesson in the real window (Xvfb, xdotool) from its first page to its last by
# the key of a presenter, Page Down, and back to the first by Page Up. Each page must stand at its moment, paused. With
# FOLDER, and ImageMagick, a picture of every page is put there, to be looked at.
set -u

. "${0%/*}/display.sh"

hartbeat=$1 lesson=$2 folder=${3:-}
pages=$("$hartbeat" run "$lesson" | sed -nE '1s/.*: ([0-9]+) steps, ([0-9]+) questions.*/\1 \2/p')
read -r steps questions <<< "$pages"
[ -n "$steps" ] || fail "$lesson cannot be played"
dashboard_opens "$hartbeat" gui "$lesson" --size 1280x720
worked_out() { # the moment of the page that is shown, and its answer
    for _ in $(seq 600); do
        grep -q '^the page is being worked out' "$now" || return
        sleep 0.1
    done
    fail "page $(told page) is never worked out"
}
until_told 60 '^page 1 of '
xdotool mousemove 2 2
shoot() { [ -z "$folder" ] || import -silent -window root -crop 1280x720+160+90 +repage "$folder/$(printf '%02d' "$1").png"; }
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
