/* Every mutation, in every protocol that it fits: the search finds it with two caches and one line, and the random
 * tester sees it on the machine's own bus. Prints a line each. */
#include "bus/protocol/mutations.h"
#include "bus/verify/story.h"
#include "bus/verify/verify.h"
#include "tests/coherence/random_rig.h"

#define VARIANTS 8

/* One-way caches, so that victims and cancelled write-backs abound. */
static struct rig_variant variant_of(enum hb_protocol_id protocol, uint32_t mutation, bool split, uint32_t n) {
    struct rig_variant v = {
        .protocol = (uint8_t)protocol,
        .mutation = (uint8_t)(mutation + 1),
        .arbiter = n % 2 ? HB_ARBITER_RANDOM : HB_ARBITER_ROUND_ROBIN,
        .split = split || n / 2 % 2,
        .device = true,
        .cache = {.size_bytes = n < 4 ? 32 : 64, .ways = n < 4 ? 1 : 2, .line_bytes = 16, .hit_cycles = 1},
    };
    v.cache.write_through = hb_protocol_find(protocol)->write_through;
    return v;
}

static bool tester_sees(enum hb_protocol_id protocol, uint32_t mutation, bool split, char *wrong, size_t size) {
    static struct rig r;
    for (uint32_t n = 0; n < VARIANTS; n++) {
        struct rig_variant v = variant_of(protocol, mutation, split, n);
        rig_set_up(&r, &v);
        bool seen = !rig_run(&r, 100000, 2000000);
        snprintf(wrong, size, "%s", r.wrong);
        rig_tear_down(&r);
        if (seen)
            return true;
    }
    return false;
}

static bool search_finds(const struct hb_protocol *protocol, const struct hb_mutation *mutation, uint32_t *moves,
                         uint8_t *found) {
    struct hb_protocol mutated = *protocol;
    struct hb_verify_result result;
    hb_mutation_apply(mutation, &mutated);
    struct hb_verify_options options = {.protocol = &mutated, .caches = 2, .lines = 1, .split = mutation->split};
    if (!hb_verify(&options, &result))
        abort();
    bool told = result.found != HB_FOUND_NOTHING && result.story && result.story[0];
    *found = result.found;
    *moves = result.moves;
    hb_verify_free(&result);
    return told;
}

static bool is_caught(enum hb_protocol_id id, uint32_t n) {
    const struct hb_protocol *protocol = hb_protocol_find(id);
    const struct hb_mutation *mutation = hb_mutation_at(n);
    char wrong[160] = "";
    uint32_t moves;
    uint8_t found;
    bool searched = search_finds(protocol, mutation, &moves, &found);
    bool seen = tester_sees(id, n, mutation->split, wrong, sizeof wrong);
    printf("%s %s: ", mutation->name, protocol->name);
    if (searched)
        printf("in %u moves %s; ", moves, hb_verify_story_found((enum hb_flaw_found)found));
    else
        printf("NOT FOUND by the search; ");
    printf("tester: %s\n", seen ? wrong : "NOT SEEN");
    return searched && seen;
}

int main(void) {
    bool all = true;
    for (uint32_t n = 0; hb_mutation_at(n); n++) {
        uint32_t fits = 0;
        for (uint32_t id = 0; id < HB_PROTOCOLS; id++) {
            if (!hb_mutation_fits(hb_mutation_at(n), hb_protocol_find((enum hb_protocol_id)id), true))
                continue;
            fits++;
            all &= is_caught((enum hb_protocol_id)id, n);
        }
        if (fits == 0)
            printf("%s fits NO PROTOCOL\n", hb_mutation_at(n)->name);
        all &= fits > 0;
    }
    return all ? 0 : 1;
}
