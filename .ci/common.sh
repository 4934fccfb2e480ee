# What ./run, ./test and .ci/lint share: packages, configuring, building. Sourced by bash at the top of the tree.
#
#   need_packages WHAT LIST...   install the Debian packages of the LIST files that are missing; says how large first
#   configure KEY=VALUE...       (re)configure build/ when it is new or one of the options has another value
#   build WHAT TARGET...         build the targets with a short progress line
#
# build/ is one for all of them and keeps its compiler options, so ./run and ./test never undo each other's work.
# Whoever wants another sets build_dir and preset first.

build_dir=${build_dir:-build}
preset=${preset:-release}

# mawk reads a pipe in blocks, and lines would come late, unless it is told that somebody watches.
live_awk=awk
if awk -W version 2>&1 </dev/null | grep -q '^mawk'; then live_awk="awk -W interactive"; fi

say() { printf '%s\n' "$*"; }
fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 2; }

# The packages of the list files that dpkg does not know as installed.
missing_packages() {
    local wanted
    wanted=$(cat "$@" | sed 's/#.*//' | tr -s ' \n' '\n\n')
    { dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null || true; echo; echo "$wanted"; } |
        awk 'NF == 2 { if ($1 == "installed") have[$2] = 1; next } NF == 1 && !have[$1] { print $1 }'
}

# Set as_root to what makes a command root's, or say what root has to install.
choose_root() {
    local by_hand="as root: apt-get install --no-install-recommends $*"
    as_root=
    [ "$(id -u)" = 0 ] && return
    command -v sudo >/dev/null || fail "installing needs root, and sudo is not here; $by_hand"
    # With nobody at the terminal, a password cannot be asked for.
    if [ -t 0 ]; then as_root=sudo; else as_root="sudo -n"; fi
    $as_root -v ||
        fail "sudo does not let $(id -un) install packages; $by_hand"
}

# apt-get's status lines (dlstatus:N:PERCENT:..., pmstatus:PACKAGE:PERCENT:...) as one line that rewrites itself.
show_apt_progress() {
    if [ -t 1 ]; then
        $live_awk -F: '{ printf "\r  %s %3d %%   ", $1 == "dlstatus" ? "downloading" : "installing ", $3; fflush() }
                 END { printf "\r%30s\r", "" }'
    else
        cat >/dev/null
    fi
}

# sudo passes no descriptors on but the first three, so the status lines take standard output and the rest goes to a log.
apt_install() {
    $as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C sh -c 'log=$1; shift
        exec apt-get install -y --no-install-recommends -o APT::Status-Fd=3 -o Dpkg::Use-Pty=0 "$@" \
            3>&1 >>"$log" 2>&1 </dev/null' apt_install "$apt_log" "$@" | show_apt_progress
    return "${PIPESTATUS[0]}"
}

# "112 packages, 215 MB to download, 1020 MB on disk", from what apt-get would do.
apt_size() {
    LC_ALL=C apt-get install --no-install-recommends --assume-no -o Debug::NoLocking=1 "$@" 2>/dev/null |
        awk '/ newly installed, / { n = $1 + $3 }
             /^Need to get / { get = $4 " " $5; sub(/\/.*/, "", get); if (get !~ / /) get = get " " $5 }
             /^After this operation, / { disk = $4 " " $5 }
             END { if (n) printf "%d packages with what they depend on: %s to download, %s on disk", n, get, disk }'
}

need_packages() {
    local what=$1 missing size
    shift
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        say "This is no Debian system: going on with what is here. $what needs what these lists name: $*"
        return
    fi
    missing=$(missing_packages "$@" | tr '\n' ' ')
    [ -z "$missing" ] && return
    missing=${missing% }
    choose_root "$missing"
    mkdir -p "$build_dir"
    apt_log=$build_dir/apt.log
    say "$what needs Debian packages that are not installed here:"
    say "$missing" | fold -s -w 100 | sed 's/^/  /'
    $as_root env LC_ALL=C apt-get update >"$apt_log" 2>&1 </dev/null ||
        { tail -n 5 "$apt_log" >&2; fail "apt-get update failed: is the network there?"; }
    size=$(apt_size $missing)
    [ -n "$size" ] || { LC_ALL=C apt-get install -s --no-install-recommends $missing 2>&1 | tail -n 5 >&2
        fail "apt-get cannot find these packages; hartbeat is made for Debian 12"; }
    say "  $size."
    say "Installing them with apt-get, without recommended extras ..."
    apt_install $missing || { tail -n 15 "$apt_log" >&2; fail "apt-get install failed (see $apt_log)"; }
    say "Installed."
}

# True when the build directory was configured for this place and every KEY has its VALUE.
configured() {
    local cache=$build_dir/CMakeCache.txt option
    [ -f "$build_dir/build.ninja" ] && grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$cache" || return 1
    for option; do
        grep -q "^${option%%=*}:[A-Z]*=${option#*=}\$" "$cache" || return 1
    done
}

configure() {
    local log=$build_dir/configure.log options=() option
    configured "$@" && return
    mkdir -p "$build_dir"
    # A cache made at another place (a moved or copied tree) cannot be used again.
    grep -qsxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$build_dir/CMakeCache.txt" ||
        rm -rf "$build_dir/CMakeCache.txt" "$build_dir/CMakeFiles"
    for option; do options+=("-D$option"); done
    say "Configuring ..."
    cmake --preset $preset "${options[@]}" >"$log" 2>&1 || { cat "$log" >&2; fail "configuring failed"; }
}

build() {
    local what=$1 status=0
    shift
    # A dry run would tell that there is nothing to do, but with globs, which every build checks, it never does.
    say "Building $what ..."
    if [ -t 1 ]; then
        NINJA_STATUS="  step %f of %t: " ninja -C "$build_dir" -j "$(nproc)" "$@" || status=$?
    else
        ninja -C "$build_dir" -j "$(nproc)" --quiet "$@" | { grep -v '^ninja: no work to do' || true; }
        status=${PIPESTATUS[0]}
    fi
    [ $status = 0 ] || fail "the build failed; what the compiler said stands above"
}
