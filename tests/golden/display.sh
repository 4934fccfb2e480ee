# display.sh, to be sourced: `dashboard_opens COMMAND [ARGUMENT...]` opens a dashboard under a display of its own (Xvfb,
# which `display_opens` starts alone), for mouse and keys by xdotool. What happens is read from the description that it
# keeps up to date ($now) and from the log of its commands ($log). The screen has $screen pixels. Ends the script with 77
# when Xvfb or xdotool is missing.
set -u

for tool in Xvfb xdotool; do
    command -v $tool > /dev/null || { echo "$tool is not installed: the window was not tried"; exit 77; }
done

work=$(mktemp -d)
screen=${screen:-1600x900}
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

display_opens() {
    # The server itself takes a display number that is free and writes it to the file.
    Xvfb -displayfd 3 -screen 0 "${screen}x24" -nolisten tcp 3> "$work/display" 2> "$work/xvfb" &
    server=$!
    for _ in $(seq 100); do
        [ -s "$work/display" ] && break
        kill -0 $server 2> /dev/null || { cat "$work/xvfb"; echo "Xvfb does not start: the window was not tried"; exit 77; }
        sleep 0.1
    done
    [ -s "$work/display" ] || { echo "Xvfb gives no display within 10 s: the window was not tried"; exit 77; }
    DISPLAY=:$(cat "$work/display")
    export DISPLAY SDL_VIDEODRIVER=x11
}

dashboard_opens() {
    [ -x "$1" ] || { echo "$1 is not there: the window was not tried"; exit 77; }
    display_opens
    dashboard_starts "$@"
}
# The same on the display that is open already, after the dashboard before it has ended.
dashboard_starts() {
    rm -f "$now"
    "$@" --commands "$log" --describe "$now" > "$work/messages" 2>&1 &
    dashboard=$!
    until_told 60 '^(playing|paused)'
    window=$(xdotool search --sync --onlyvisible --name '^hartbeat' 2> /dev/null | head -1)
    [ -n "$window" ] || fail "no window of that name"
    xdotool windowfocus "$window" 2> /dev/null
}
# Leaves by Q.
dashboard_ends() {
    key q
    for _ in $(seq 100); do
        kill -0 $dashboard 2> /dev/null || break
        sleep 0.1
    done
    kill -0 $dashboard 2> /dev/null && fail "Q does not close the window"
    wait $dashboard || fail "the dashboard ends with status $?"
    dashboard=0
}
