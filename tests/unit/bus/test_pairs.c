/* Which states of a line go together: as the papers say, and closed under everything that more caches than were
 * searched can do. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bus/protocol/coherence.h"
#include "bus/protocol/pairs.h"

#define HARTS  5u
#define AGENTS (2 * HARTS)

static uint8_t state_named(const struct hb_protocol *protocol, char letter) {
    for (uint8_t s = 0; s < protocol->states; s++)
        if (protocol->state[s].letter == letter)
            return s;
    ck_abort_msg("%s has no state %c", protocol->name, letter);
    return 0;
}

static bool may_meet(enum hb_protocol_id id, char a, char b) {
    const struct hb_protocol *protocol = hb_protocol_find(id);
    struct hb_pairs pairs;
    hb_pairs_find(protocol, &pairs);
    uint8_t one = state_named(protocol, a), other = state_named(protocol, b);
    ck_assert(hb_pairs_allow(&pairs, 0, one, 2, other) == hb_pairs_allow(&pairs, 2, other, 0, one));
    return hb_pairs_allow(&pairs, 0, one, 2, other);
}

START_TEST(as_the_papers_say) {
    ck_assert(may_meet(HB_PROTOCOL_MESI, 'S', 'S'));
    ck_assert(may_meet(HB_PROTOCOL_MESI, 'M', 'I'));
    ck_assert(!may_meet(HB_PROTOCOL_MESI, 'M', 'S'));
    ck_assert(!may_meet(HB_PROTOCOL_MESI, 'M', 'M'));
    ck_assert(!may_meet(HB_PROTOCOL_MESI, 'E', 'S'));
    ck_assert(!may_meet(HB_PROTOCOL_MESI, 'E', 'M'));
    ck_assert(may_meet(HB_PROTOCOL_MOESI, 'O', 'S'));
    ck_assert(!may_meet(HB_PROTOCOL_MOESI, 'O', 'O'));
    ck_assert(!may_meet(HB_PROTOCOL_MESIF, 'F', 'F'));
    ck_assert(may_meet(HB_PROTOCOL_MESIF, 'F', 'S'));
}
END_TEST

START_TEST(code_is_held_by_nobody_who_may_write) {
    const struct hb_protocol *protocol = hb_protocol_find(HB_PROTOCOL_MESI);
    struct hb_pairs pairs;
    hb_pairs_find(protocol, &pairs);
    for (uint8_t hart = 0; hart < 2; hart++) {
        uint8_t l1i = hb_agent_l1i(hart);
        ck_assert(hb_pairs_allow(&pairs, 0, state_named(protocol, 'S'), l1i, 1));
        ck_assert(!hb_pairs_allow(&pairs, 0, state_named(protocol, 'M'), l1i, 1));
        ck_assert(!hb_pairs_allow(&pairs, l1i, 1, 0, state_named(protocol, 'E')));
        ck_assert(hb_pairs_allow(&pairs, l1i, 1, hb_agent_l1i(3), 1));
    }
}
END_TEST

/* ---- Closed ---------------------------------------------------------------------------------------------------- */

static bool go_together(const struct hb_pairs *pairs, const uint8_t *state) {
    for (uint8_t a = 0; a < AGENTS; a++)
        for (uint8_t b = 0; b < a; b++)
            if (!hb_pairs_allow(pairs, a, state[a], b, state[b]))
                return false;
    return true;
}

static void transact(const struct hb_protocol *protocol, const struct hb_pairs *pairs, const uint8_t *state,
                     uint8_t agent, uint8_t event) {
    struct hb_coherence line = {
        .snoopers = hb_agents_below(AGENTS), .requester = agent, .event = event, .supplier = HB_NO_AGENT};
    memcpy(line.state, state, AGENTS);
    if (hb_coherence_grant(protocol, &line) != HB_VERDICT_GRANTED)
        return;
    ck_assert_msg(hb_coherence_snoop(protocol, &line), "%s: a row that cannot happen", protocol->name);
    hb_coherence_finish(protocol, &line, state[agent]);
    ck_assert_msg(go_together(pairs, line.state), "%s: event %u of agent %u", protocol->name, event, agent);
}

/* Five harts, in every combination that the pairs allow: no transaction needs a row that cannot happen, and none leads
 * out of what they allow. L1Is of two harts only: those of the others see and do the same. */
START_TEST(more_caches_stay_inside) {
    const struct hb_protocol *protocol = hb_protocol_find((enum hb_protocol_id)_i);
    struct hb_pairs pairs;
    uint32_t combinations = 4;
    uint64_t tried = 0;
    hb_pairs_find(protocol, &pairs);
    for (uint32_t hart = 0; hart < HARTS; hart++)
        combinations *= protocol->states;
    for (uint32_t tuple = 0; tuple < combinations; tuple++) {
        uint8_t state[AGENTS] = {0};
        uint32_t rest = tuple / 4;
        state[1] = tuple & 1;
        state[3] = tuple >> 1 & 1;
        for (uint32_t hart = 0; hart < HARTS; hart++, rest /= protocol->states)
            state[2 * hart] = (uint8_t)(rest % protocol->states);
        if (!go_together(&pairs, state))
            continue;
        tried++;
        for (uint8_t agent = 0; agent < AGENTS; agent++)
            for (uint8_t event = HB_EVENT_READ; event <= (uint8_t)HB_EVENT_INVALIDATE; event++)
                transact(protocol, &pairs, state, agent, event);
    }
    ck_assert_uint_gt(tried, 10);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("pairs");
    TCase *tests = tcase_create("pairs");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, as_the_papers_say);
    tcase_add_test(tests, code_is_held_by_nobody_who_may_write);
    tcase_add_loop_test(tests, more_caches_stay_inside, 0, HB_PROTOCOLS);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
