/* The gdb stub goes to and fro through many keyframes, holds and writes: what was seen in a cycle is found there
 * again. */
#include "memory/hash.h"
#include "sim/gdb/gdb_command.h"
#include "sim/machine/state_hash.h"
#include "tests/unit/guest.h"

#define HARTS           3u
#define END_CYCLES      60000u
#define KEYFRAME_CYCLES 150u
#define OPERATIONS      600u

static char mix[HB_PATH_BYTES];
static struct hb_config config;
static struct hb_machine *machine;
static struct hb_gdb_session *session;
static uint64_t seen[END_CYCLES + 2]; /* 0: nothing was */
static uint64_t found_again;

static void set_up(void) {
    guest_config(&config, mix, HARTS);
    config.stop_cycles = END_CYCLES;
    machine = guest_machine(&config);
    session = malloc(sizeof *session);
    ck_assert_ptr_nonnull(session);
    hb_gdb_session_begin(session, machine);
    session->run.interval_cycles = KEYFRAME_CYCLES;
    memset(seen, 0, sizeof seen);
    found_again = 0;
}

static void tear_down(void) {
    hb_gdb_session_end(session);
    free(session);
    hb_machine_destroy(machine);
}

static void ask(const char *packet) {
    hb_gdb_answer(session, packet);
    ck_assert_msg(strchr("TO", session->reply.data[0]) != NULL, "%s: %s", packet, session->reply.data);
}

/* Another future: nothing is known of it. */
static void go_forward(const char *packet) {
    uint64_t from = machine->saved->cycle;
    memset(seen + from + 1, 0, (END_CYCLES + 1 - from) * sizeof *seen);
    ask(packet);
    seen[machine->saved->cycle] = hb_state_hash(machine);
}

static void go_back(const char *packet) {
    uint64_t from = machine->saved->cycle;
    ask(packet);
    uint64_t cycle = machine->saved->cycle, hash = hb_state_hash(machine);
    ck_assert_uint_le(cycle, from);
    ck_assert_msg(!seen[cycle] || seen[cycle] == hash, "%s from cycle %lu to %lu", packet, (unsigned long)from,
                  (unsigned long)cycle);
    found_again += seen[cycle] != 0;
    seen[cycle] = hash;
}

static void do_one(uint64_t seed) {
    char packet[96];
    uint32_t thread = 1 + (uint32_t)hb_choice(1, seed, 0) % HARTS;
    unsigned long long value = hb_hash_u64(seed, 1);
    const char *step = hb_choice(2, seed, 0) % 2 ? "vCont;s:%x" : "vCont;s:%x;c";
    switch (hb_choice(3, seed, 0) % 8) {
    case 0:
    case 1:
    case 2:
        snprintf(packet, sizeof packet, step, thread);
        for (uint64_t i = 0; i < 1 + value % 30; i++)
            go_forward(packet);
        break;
    case 3:
        snprintf(packet, sizeof packet, "Hg%x", thread);
        ask(packet);
        snprintf(packet, sizeof packet, "P1f=%016llx", value);
        go_forward(packet);
        break;
    case 4:
        snprintf(packet, sizeof packet, "M%llx,8:%016llx", 0x80200000 + value % 4096, value);
        go_forward(packet);
        break;
    case 5:
    case 6:
        snprintf(packet, sizeof packet, "Hc%x", thread);
        ask(packet);
        for (uint64_t i = 0; i < 1 + value % 20; i++)
            go_back("bs");
        break;
    default:
        ask("Z2,80000000,800000");
        go_back("bc");
        ask("z2,80000000,800000");
        break;
    }
}

START_TEST(what_was_seen_is_found_again) {
    for (uint64_t i = 0; i < OPERATIONS && machine->saved->outcome == HB_OUTCOME_RUNNING; i++)
        do_one(hb_hash_u64((uint64_t)_i, i));
    ck_assert_uint_gt(found_again, OPERATIONS / 2);
    ck_assert_uint_gt(session->run.keyframes, 3);
}
END_TEST

int main(void) {
    guest_need_compiler();
    guest_folder();
    guest_make("mix", "", "mix", mix);
    TCase *tests = tcase_create("gdb_history");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, what_was_seen_is_found_again, 0, 4);
    Suite *suite = suite_create("gdb_history");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    guest_clean_up();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
