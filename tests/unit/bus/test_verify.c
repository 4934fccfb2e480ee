/* The search: it passes what is right, finds what is wrong by as few moves as can be counted by hand, and keeping
 * requests in the state or not comes to the same. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bus/protocol/mutations.h"
#include "bus/shared/bus.h"
#include "bus/verify/search.h"
#include "bus/verify/story.h"

static struct hb_verify_result result;

static void verify(const struct hb_protocol *protocol, uint8_t caches, uint8_t lines, bool split) {
    struct hb_verify_options options = {.protocol = protocol, .caches = caches, .lines = lines, .split = split};
    ck_assert(hb_verify(&options, &result));
}

static void forget(void) {
    hb_verify_free(&result);
}

static struct hb_protocol copy_of(enum hb_protocol_id id) {
    return *hb_protocol_find(id);
}

/* ---- What is right --------------------------------------------------------------------------------------------- */

/* Every protocol but none, with one cache, with two and with three, atomic and split. */
START_TEST(passes_what_is_right) {
    const struct hb_protocol *protocol = hb_protocol_find((enum hb_protocol_id)(_i / 6));
    char rows[512];
    verify(protocol, (uint8_t)(1 + _i % 3), 1, _i % 6 >= 3);
    ck_assert_msg(result.found == HB_FOUND_NOTHING, "%s: %s\n%s", protocol->name,
                  hb_verify_story_found((enum hb_flaw_found)result.found), result.story);
    ck_assert(!result.gave_up);
    if (_i % 3 > 0)
        ck_assert_msg(hb_verify_unreached(protocol, &result.reach, rows, sizeof rows) == 0, "%s: %s", protocol->name,
                      rows);
}
END_TEST

START_TEST(passes_two_lines) {
    const struct hb_protocol *protocol = hb_protocol_find((enum hb_protocol_id)_i);
    verify(protocol, 2, 2, false);
    ck_assert_msg(result.found == HB_FOUND_NOTHING, "%s: %s", protocol->name, result.story);
}
END_TEST

/* A row that nothing can need is named. */
START_TEST(names_what_is_never_used) {
    char rows[128];
    struct hb_protocol protocol = copy_of(HB_PROTOCOL_MSI);
    protocol.row[2][HB_SNOOP_UPGRADE] = (struct hb_row){.defined = true};
    verify(&protocol, 2, 1, false);
    ck_assert_uint_eq(result.found, HB_FOUND_NOTHING);
    ck_assert_uint_eq(hb_verify_unreached(&protocol, &result.reach, rows, sizeof rows), 1);
    ck_assert_str_eq(rows, "M+BusUpgr");
}
END_TEST

/* ---- Requests in the state or not ------------------------------------------------------------------------------ */

/* What is left of a state when nobody looks at requests that wait. */
static void forget_posted(const struct hb_model *model, struct hb_model_state *state) {
    for (uint32_t hart = 0; hart < model->caches; hart++) {
        struct hb_model_port *port = &state->port[hart];
        if (port->phase == HB_PHASE_POSTED)
            *port = (struct hb_model_port){.reserved = port->reserved};
    }
}

/* Two searches of two or three harts: with the requests that wait taken out, the first reaches exactly what the second
 * does.
 */
START_TEST(waiting_changes_nothing) {
    enum hb_protocol_id id = (enum hb_protocol_id)(_i / 2);
    bool small = id == HB_PROTOCOL_VI || id == HB_PROTOCOL_MESI || id == HB_PROTOCOL_FIREFLY;
    struct hb_verify_options options = {
        .protocol = hb_protocol_find(id), .caches = small ? 3 : 2, .lines = 1, .split = _i % 2};
    struct hb_search with, without;
    ck_assert(hb_search_begin(&with, &options));
    options.without_posts = true;
    ck_assert(hb_search_begin(&without, &options));
    hb_search_all(&with);
    hb_search_all(&without);
    bool *seen = calloc(without.states, sizeof *seen);
    uint32_t distinct = 0;
    for (uint32_t i = 0; i < with.states; i++) {
        struct hb_model_state state;
        uint64_t key[HB_MODEL_KEY_WORDS];
        hb_search_state(&with, i, &state);
        forget_posted(&with.model, &state);
        hb_model_pack(&without.model, &state, key, NULL);
        uint32_t at = hb_search_find(&without, key);
        ck_assert_uint_ne(at, UINT32_MAX);
        distinct += !seen[at];
        seen[at] = true;
    }
    ck_assert_uint_eq(distinct, without.states);
    ck_assert_uint_lt(without.states, with.states);
    free(seen);
    hb_search_end(&with);
    hb_search_end(&without);
}
END_TEST

/* Packed and unpacked a state is itself, up to names; and a hart's name makes no difference. */
START_TEST(keys_forget_names_only) {
    struct hb_verify_options options = {
        .protocol = hb_protocol_find(HB_PROTOCOL_MOESI), .caches = 2, .lines = 2, .split = true};
    struct hb_search search;
    ck_assert(hb_search_begin(&search, &options));
    search.states_max = 20000;
    hb_search_all(&search);
    for (uint32_t i = 0; i < search.states; i += 7) {
        struct hb_model_state state, other;
        uint64_t key[HB_MODEL_KEY_WORDS];
        hb_search_state(&search, i, &state);
        other = state;
        memcpy(other.l1d[0], state.l1d[1], sizeof other.l1d[0]);
        memcpy(other.l1d[1], state.l1d[0], sizeof other.l1d[0]);
        memcpy(other.l1i[0], state.l1i[1], sizeof other.l1i[0]);
        memcpy(other.l1i[1], state.l1i[0], sizeof other.l1i[0]);
        other.port[0] = state.port[1];
        other.port[1] = state.port[0];
        hb_model_pack(&search.model, &state, key, NULL);
        ck_assert_uint_eq(hb_search_find(&search, key), i);
        hb_model_pack(&search.model, &other, key, NULL);
        ck_assert_uint_eq(hb_search_find(&search, key), i);
    }
    hb_search_end(&search);
}
END_TEST

/* ---- What is wrong --------------------------------------------------------------------------------------------- */

static void expect(enum hb_flaw_found found, uint32_t moves) {
    ck_assert_msg(result.found == found && result.moves == moves, "%s in %u moves:\n%s",
                  hb_verify_story_found((enum hb_flaw_found)result.found), result.moves, result.story);
}

static void verify_mutated(enum hb_protocol_id id, const char *name, uint8_t lines) {
    struct hb_protocol protocol = copy_of(id);
    const struct hb_mutation *mutation = hb_mutation_at(hb_mutation_find(name));
    ck_assert_ptr_nonnull(mutation);
    hb_mutation_apply(mutation, &protocol);
    verify(&protocol, 2, lines, mutation->split);
}

/* Counted by hand; a transaction of a hart is four moves: post, grant, snoop, finish; of a device three. */
START_TEST(tells_a_shortest_story) {
    static const struct {
        enum hb_protocol_id id;
        const char *mutation;
        enum hb_flaw_found found;
        uint32_t moves;
    } known[] = {
        /* read into V (4), a device writes (3), read again */
        {HB_PROTOCOL_NONE, NULL, HB_FOUND_STALE_READ, 8},
        /* two read (4 + 4), one of them upgrades (4) */
        {HB_PROTOCOL_MSI, "no-invalidation-on-upgrade", HB_FOUND_TWO_WRITERS, 12},
        /* one reads (4), the other reads to write (4) */
        {HB_PROTOCOL_MSI, "no-invalidation-on-read-x", HB_FOUND_TWO_WRITERS, 8},
        /* one writes (4), and drops the line */
        {HB_PROTOCOL_MSI, "victim-not-written-back", HB_FOUND_LOST_WRITE, 5},
        /* one writes (4), a device's read is granted and seen (2) */
        {HB_PROTOCOL_MESI, "no-write-back-on-read", HB_FOUND_LOST_WRITE, 6},
        /* one writes (4), the other reads to write: posted, granted, seen (3) */
        {HB_PROTOCOL_MOESI, "no-write-back-on-read-x", HB_FOUND_LOST_WRITE, 7},
        /* both read (4 + 4) */
        {HB_PROTOCOL_MESI, "shared-line-not-asserted", HB_FOUND_TWO_WRITERS, 8},
        {HB_PROTOCOL_MESI, "exclusive-kept", HB_FOUND_TWO_WRITERS, 8},
        /* LR (4), its SC is posted (1), a device writes (3), the SC is granted, seen and ends (3) */
        {HB_PROTOCOL_VI, "sc-ignores-reservation", HB_FOUND_WRONG_SC, 11},
        /* one writes (4), asks to write back (1), a device reads (3), the write-back is granted and cancelled (1) */
        {HB_PROTOCOL_MESI, "cancel-not-answered", HB_FOUND_DEADLOCK, 9},
        /* one writes (4) and writes back, which nobody looks at (post, grant, finish: 3); after that it is the same
         * again and again (3) */
        {HB_PROTOCOL_MESI, "write-back-keeps-dirty", HB_FOUND_LIVELOCK, 10},
        /* one writes: posted, granted, seen (3), a device's read is granted, seen (2); the first
         * ends, then the second */
        {HB_PROTOCOL_MESI, "two-of-a-line", HB_FOUND_STALE_DEVICE_READ, 7},
    };
    if (known[_i].mutation)
        verify_mutated(known[_i].id, known[_i].mutation, 1);
    else
        verify(hb_protocol_find(known[_i].id), 2, 1, false);
    expect(known[_i].found, known[_i].moves);
}
END_TEST

START_TEST(names_the_row_that_is_missing) {
    struct hb_protocol protocol = copy_of(HB_PROTOCOL_MSI);
    protocol.row[1][HB_SNOOP_READ_X].defined = false;
    verify(&protocol, 2, 1, false);
    ck_assert_uint_eq(result.found, HB_FOUND_NO_ROW);
    ck_assert_ptr_nonnull(strstr(result.story, "In S hart 0's L1D sees or asks BusRdX, for which there is no row."));
}
END_TEST

/* A write-back that leaves the line dirty never makes place: with two lines the hart tries for ever. */
START_TEST(finds_a_livelock_of_two_lines) {
    verify_mutated(HB_PROTOCOL_DRAGON, "write-back-keeps-dirty", 2);
    ck_assert_uint_eq(result.found, HB_FOUND_LIVELOCK);
    ck_assert_ptr_nonnull(strstr(result.story, "round and round"));
}
END_TEST

START_TEST(promises_of_cbo) {
    struct hb_protocol protocol = copy_of(HB_PROTOCOL_MESI);
    protocol.row[3][HB_SNOOP_CLEAN] = (struct hb_row){.defined = true, .next = 3};
    verify(&protocol, 2, 1, false);
    ck_assert_uint_eq(result.found, HB_FOUND_NOT_CLEANED);
    forget();
    protocol = copy_of(HB_PROTOCOL_MESI);
    protocol.row[1][HB_SNOOP_FLUSH].next = 1;
    verify(&protocol, 2, 1, false);
    /* the device's write is seen as a flush, too, and is found by fewer moves or as many */
    ck_assert(result.found == HB_FOUND_NOT_FLUSHED || result.found == HB_FOUND_STALE_READ);
}
END_TEST

START_TEST(gives_up_where_told_to) {
    struct hb_verify_options options = {
        .protocol = hb_protocol_find(HB_PROTOCOL_MESI), .caches = 3, .lines = 1, .states_max = 1000};
    ck_assert(hb_verify(&options, &result));
    ck_assert(result.gave_up);
    ck_assert_uint_eq(result.states, 1000);
}
END_TEST

START_TEST(tells_it_in_sentences) {
    verify(hb_protocol_find(HB_PROTOCOL_NONE), 2, 1, false);
    ck_assert_str_eq(result.story, "  1. Hart 0 loads from the line, which it has in I, and asks for the bus.\n"
                                   "  2. Hart 0 is granted the bus: BusRd.\n"
                                   "  3. All caches see the BusRd of hart 0: no copy changes.\n"
                                   "  4. The BusRd of hart 0 ends: the line comes from memory; its copy goes from I to "
                                   "V; what it reads is performed.\n"
                                   "  5. A device writes the line and is granted the bus: DmaWr.\n"
                                   "  6. All caches see the DmaWr of the device: no copy changes.\n"
                                   "  7. The DmaWr of the device ends.\n"
                                   "  8. Hart 0 loads from the line: a hit in V.\n"
                                   "     Now the line: hart 0 V (stale); hart 1 I; memory newest\n");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("verify");
    TCase *right = tcase_create("right"), *wrong = tcase_create("wrong");
    tcase_set_timeout(right, 240);
    tcase_set_timeout(wrong, 240);
    tcase_add_checked_fixture(wrong, NULL, forget);
    tcase_add_checked_fixture(right, NULL, forget);
    tcase_add_loop_test(right, passes_what_is_right, 0, 6 * HB_PROTOCOL_NONE);
    tcase_add_loop_test(right, passes_two_lines, 0, HB_PROTOCOL_NONE);
    tcase_add_test(right, names_what_is_never_used);
    tcase_add_loop_test(right, waiting_changes_nothing, 0, 2 * HB_PROTOCOL_NONE);
    tcase_add_test(right, keys_forget_names_only);
    tcase_add_loop_test(wrong, tells_a_shortest_story, 0, 12);
    tcase_add_test(wrong, names_the_row_that_is_missing);
    tcase_add_test(wrong, finds_a_livelock_of_two_lines);
    tcase_add_test(wrong, promises_of_cbo);
    tcase_add_test(wrong, gives_up_where_told_to);
    tcase_add_test(wrong, tells_it_in_sentences);
    suite_add_tcase(suite, right);
    suite_add_tcase(suite, wrong);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
