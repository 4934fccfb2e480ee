/* The whole proof: every protocol but none, with two, three and four caches on the atomic bus, two and three on the
 * split one, and two lines of one set with two caches on both. Prints what was searched, a line each, and the sum; a
 * protocol may be named. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "bus/verify/story.h"
#include "bus/verify/verify.h"

static const struct {
    uint8_t caches, lines;
    bool split;
} settings[] = {{2, 1, false}, {3, 1, false}, {4, 1, false}, {2, 1, true}, {3, 1, true}, {2, 2, false}, {2, 2, true}};

static double seconds(void) {
    return (double)clock() / CLOCKS_PER_SEC;
}

static bool verify(const struct hb_protocol *protocol, uint32_t n) {
    struct hb_verify_options options = {
        .protocol = protocol, .caches = settings[n].caches, .lines = settings[n].lines, .split = settings[n].split};
    struct hb_verify_result result;
    char rows[512];
    double from = seconds();
    if (!hb_verify(&options, &result))
        return false;
    uint32_t unreached = hb_verify_unreached(protocol, &result.reach, rows, sizeof rows);
    printf("%-10s %u caches, %u line%s, %s: %9u states, %10llu transitions, %5.1f s\n", protocol->name, options.caches,
           options.lines, options.lines > 1 ? "s" : " ", options.split ? "split " : "atomic", result.states,
           (unsigned long long)result.transitions, seconds() - from);
    if (result.found != HB_FOUND_NOTHING)
        printf("WRONG: %s\n%s", hb_verify_story_found((enum hb_flaw_found)result.found), result.story);
    if (unreached)
        printf("WRONG: never used: %s\n", rows);
    fflush(stdout);
    hb_verify_free(&result);
    return result.found == HB_FOUND_NOTHING && !result.gave_up && unreached == 0;
}

int main(int argc, char **argv) {
    bool good = true;
    double from = seconds();
    for (uint32_t id = 0; id < HB_PROTOCOL_NONE; id++)
        for (uint32_t n = 0; n < sizeof settings / sizeof settings[0]; n++) {
            const struct hb_protocol *protocol = hb_protocol_find((enum hb_protocol_id)id);
            if (argc < 2 || strcmp(argv[1], protocol->name) == 0)
                good &= verify(protocol, n);
        }
    printf("%s in %.0f s\n", good ? "all is well" : "SOMETHING IS WRONG", seconds() - from);
    return good ? 0 : 1;
}
