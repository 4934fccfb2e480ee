# What ./test and .ci/sanitized share: running the tests that ctest knows in $build_dir and telling how they went.
# Sourced by bash after common.sh.
#
#   registered -L|-LE            names of the tests with or without the label "full"
#   run_tests STAMPS NAME...     run them, two at a time
#   finish DONE ALL              the closing line, and the status of the whole

limit_seconds=300 # of a test that states no TIMEOUT of its own
results=$build_dir/test-results

# Names of the registered tests: those labelled "full" (-L) or the others (-LE).
registered() { ctest --test-dir "$build_dir" -N "$1" '^full$' | sed -n 's/^ *Test *#[0-9]*: //p'; }

# ctest's output as "ok 3.2 s NAME", failures with what they printed. Appends "WORD SECONDS NAME" to $results, and
# leaves a stamp in the folder $1, when there is one, for each test that passed.
show_results() {
    $live_awk -v stamps="$1" -v results="$results" '
        /^ *Start +[0-9]+: / || /^Test project / || /^Internal ctest/ { next }
        /^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / {
            name = $0; sub(/^[^#]*#[0-9]+: /, "", name); sub(/ .*/, "", name)
            seconds = $(NF - 1); failing = 0
            if (/ Passed +[0-9.]+ sec/) word = "ok"
            else if (/\*\*\*Skipped/ || /\(Disabled\)/) word = "skipped"
            else { word = /\*\*\*Timeout/ ? "TIMEOUT" : "FAILED"; failing = 1 }
            if (word == "ok" && stamps) { print seconds > (stamps "/" name); close(stamps "/" name) }
            printf "%-8s %6.1f s  %s\n", word, seconds, name; fflush()
            print word, seconds, name > results; fflush(results); next
        }
        /% tests passed, / { exit }
        failing && NF { print "    " $0; fflush() }'
}

# Why tests were skipped: the last line that each of them printed, from the log of ctest.
show_skipped() {
    awk 'FNR == NR { if ($1 == "skipped") skipped[$3] = "it gave no reason"; next }
         /^[0-9]+\/[0-9]+ Testing: / { name = $3 }
         /^Output:$/ { inside = 1; next }
         /^-----/ { next }
         /^<end of output>/ { inside = 0 }
         inside && NF && name in skipped { skipped[name] = $0 }
         END { for (name in skipped) print "skipped: " name ": " skipped[name] }' \
        "$results" "$build_dir/Testing/Temporary/LastTest.log"
}

# run_tests STAMPS NAME...: run them; STAMPS is a folder or empty.
run_tests() {
    local stamps=$1 pattern
    shift
    : >"$results"
    [ $# = 0 ] && return
    pattern="^($(IFS='|'; echo "$*" | sed 's/[.+]/\\&/g'))\$"
    ctest --test-dir "$build_dir" -R "$pattern" --parallel 2 --timeout $limit_seconds --output-on-failure \
        </dev/null 2>&1 | show_results "$stamps"
    if grep -q '^skipped ' "$results"; then show_skipped; fi
}

# finish DONE ALL: the closing line; DONE of ALL tests had passed before. A test without a result has failed.
finish() {
    local passed failed skipped
    passed=$(($1 + $(grep -c '^ok ' "$results" || true)))
    skipped=$(grep -c '^skipped ' "$results" || true)
    failed=$(($2 - passed - skipped))
    say "$passed passed, $failed failed, $skipped skipped"
    [ $failed = 0 ]
}
