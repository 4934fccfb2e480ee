#!/bin/bash
# sanitized.sh SOURCE BUILD: the harness of the engines, built with the address and undefined-behaviour sanitizers in
# BUILD/full/engine: random machines, traces and programs by lockstep, by the fast engine, and without translation.
set -u

source=$1 build=$2
place=$build/full/engine
command -v ninja >/dev/null || { echo "skipped: ninja is not installed"; exit 77; }

mkdir -p "$place"
cmake -G Ninja -S "$source" -B "$place" -DCMAKE_BUILD_TYPE=RelWithDebInfo -DHB_SANITIZE=ON -DHB_GUI=OFF -DHB_TESTS=ON \
    -DCMAKE_C_COMPILER_LAUNCHER="$(command -v ccache)" >"$place/configure.log" 2>&1 || { cat "$place/configure.log"; exit 1; }
ninja -C "$place" hb_images engine_images bare_programs engine_equivalence engine_attack engine_stops isa_lookups \
    >"$place/build.log" 2>&1 || { tail -n 40 "$place/build.log"; exit 1; }

cd "$place" || exit 1
failed=0
run() {
    echo "$*"
    "$@" >run.log 2>&1 && { tail -n 1 run.log; return; }
    tail -n 60 run.log
    failed=1
}
run tests/engine/engine_equivalence 3000 80
run tests/engine/engine_equivalence 4000 30 fast-interpreted
run tests/engine/engine_attack 30000
run tests/engine/engine_stops 100 50
run tests/isa/isa_lookups random 5000 5040
exit $failed
