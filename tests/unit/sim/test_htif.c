/* What programs ask of the host through tohost. */
#include "sim/engine/run.h"
#include "tests/unit/guest.h"

#include "sim/machine/htif.h"
#include "sim/machine/snapshot.h"
#include "sim/machine/state_hash.h"
#include "sim/result/gather.h"

static struct hb_config config;
static char image[2][HB_PATH_BYTES]; /* for one hart, and for four */

static void set_up(void) {
    guest_config(&config, image[1], 4);
}

static void set(struct hb_machine *machine, const char *symbol, uint32_t word, uint64_t value) {
    uint64_t at;
    ck_assert(hb_symbols_find(&machine->symbols, symbol, &at, NULL));
    ck_assert(hb_bus_debug_write(&machine->bus, at + 8ull * word, &value, sizeof value));
}

/* A machine to which `text` comes in, a byte every 3000 cycles. */
static struct hb_machine *machine_with(const char *text) {
    struct hb_machine *machine = guest_machine(&config);
    for (uint64_t i = 0; text[i]; i++)
        hb_machine_input(machine,
                         &(struct hb_input){.cycle = 3000 * i, .kind = HB_INPUT_TEXT, .byte = (uint8_t)text[i]});
    return machine;
}

/* Every line is whole; harts come in any order. */
static void check_console(const struct hb_machine *machine, const char *echo) {
    char line[] = "hart 0+\n", text[256] = "";
    ck_assert_uint_lt(machine->saved->console_bytes, sizeof text);
    memcpy(text, machine->console, machine->saved->console_bytes);
    for (uint32_t h = 0; h < config.harts; h++) {
        line[5] = (char)('0' + h);
        ck_assert_msg(strstr(text, line) != NULL, "%s not in: %s", line, text);
    }
    ck_assert_str_eq(text + strlen(line) * config.harts, echo);
}

START_TEST(lines_bytes_and_exits_are_served) {
    static const uint32_t depths[] = {0, 4};
    static const uint8_t protocols[] = {HB_PROTOCOL_MESI, HB_PROTOCOL_VI, HB_PROTOCOL_DRAGON};
    config.bus.protocol = protocols[_i / 2];
    config.bus.store_depth = (uint8_t)depths[_i % 2];
    for (uint64_t code = 0; code < 4; code++) {
        struct hb_machine *machine = machine_with("ping\n");
        set(machine, "code", 0, code);
        hb_machine_run(machine, UINT64_MAX);
        ck_assert_uint_eq(machine->saved->outcome, code ? HB_OUTCOME_FAILED : HB_OUTCOME_PASSED);
        ck_assert_uint_eq(machine->saved->exit_code, code);
        check_console(machine, "ping\n");
        hb_machine_destroy(machine);
    }
}
END_TEST

static uint64_t tohost_of(const struct hb_machine *machine) {
    uint64_t value = 0;
    ck_assert(hb_bus_debug_read(&machine->bus, machine->elf.tohost, &value, sizeof value));
    return value;
}

/* At the close of the cycle in which the store is performed the request is pending; in the next one it is served. */
START_TEST(a_store_is_seen_when_it_is_performed) {
    guest_config(&config, image[0], 1);
    config.bus.protocol = (uint8_t[]){HB_PROTOCOL_MESI, HB_PROTOCOL_VI, HB_PROTOCOL_DRAGON}[_i / 4];
    config.bus.store_depth = _i % 2 ? 4 : 0;
    config.bus.split = _i / 2 % 2;
    struct hb_machine *machine = guest_machine(&config);
    set(machine, "ask", 0, 1);
    while (tohost_of(machine) == 0) {
        ck_assert_uint_eq(machine->saved->outcome, HB_OUTCOME_RUNNING);
        ck_assert(!machine->saved->htif.pending);
        hb_machine_run(machine, machine->saved->cycle + 1);
    }
    ck_assert(machine->saved->htif.pending);
    ck_assert_uint_eq(machine->saved->outcome, HB_OUTCOME_RUNNING);
    hb_machine_run(machine, machine->saved->cycle + 1);
    ck_assert_uint_eq(machine->saved->outcome, HB_OUTCOME_PASSED);
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(a_snapshot_goes_on_wherever_it_is_taken) {
    struct hb_machine *straight = machine_with("ping\n"), *stopped = machine_with("ping\n");
    hb_machine_run(straight, UINT64_MAX);
    for (uint64_t cycle = 97; stopped->saved->outcome == HB_OUTCOME_RUNNING; cycle += 97) {
        hb_machine_run(stopped, cycle);
        struct hb_snapshot *snapshot = hb_snapshot_take(stopped);
        hb_machine_run(stopped, cycle + 200);
        hb_snapshot_restore(stopped, snapshot);
        hb_snapshot_free(snapshot);
    }
    ck_assert_uint_eq(hb_state_hash(straight), hb_state_hash(stopped));
    check_console(stopped, "ping\n");
    hb_machine_destroy(straight);
    hb_machine_destroy(stopped);
}
END_TEST

/* ---- What is refused ---- */

static const struct {
    uint64_t ask, block[4];
    const char *words;
} refusals[] = {
    {2ull << 56, {0}, "command 0 of device 2 is not served"},
    {1ull << 56 | 2ull << 48, {0}, "command 2 of device 1 is not served"},
    {1ull << 48 | 1, {0}, "command 1 of device 0 is not served"},
    {UINT64_MAX, {0}, "command 255 of device 255 is not served"},
    {8, {0}, "a system call's block at 0x8 is not in RAM"},
    {0xfffffffffff8, {0}, "a system call's block at 0xfffffffffff8 is not in RAM"},
    {0, {63, 0, 0, 0}, "system call 63 is not served"},
    {0, {64, 3, 0x80000000, 1}, "write to file 3 is not served"},
    {0, {64, 1, 0, 1}, "write of 1 bytes at 0x0 reaches outside RAM"},
    {0, {64, 1, 0x80000000, UINT64_MAX}, "write of 18446744073709551615 bytes at 0x80000000 reaches outside RAM"},
    {0, {64, 1, 0x80fffff8, 9}, "write of 9 bytes at 0x80fffff8 reaches outside RAM"},
};

/* The block's address stands for 0. */
static uint64_t prepare_ask(struct hb_machine *machine, uint32_t i) {
    uint64_t at = refusals[i].ask;
    for (uint32_t word = 0; word < 4; word++)
        set(machine, "ask_block", word, refusals[i].block[word]);
    if (at == 0)
        ck_assert(hb_symbols_find(&machine->symbols, "ask_block", &at, NULL));
    return at;
}

START_TEST(anything_else_ends_the_run_with_the_reason) {
    guest_config(&config, image[0], 1);
    struct hb_machine *machine = guest_machine(&config);
    set(machine, "ask", 0, prepare_ask(machine, (uint32_t)_i));
    hb_machine_run(machine, UINT64_MAX);
    struct hb_run_result *result = hb_result_gather(machine);
    ck_assert_uint_eq(result->outcome, HB_OUTCOME_FAILED);
    ck_assert(!result->has_exit_code);
    ck_assert_msg(strstr(result->reason, refusals[_i].words) != NULL, "%s", result->reason);
    ck_assert_uint_eq(machine->saved->console_bytes, 0);
    hb_result_free(result);
    hb_machine_destroy(machine);
}
END_TEST

int main(void) {
    guest_need_compiler();
    guest_make("htif", "-DHARTS=1", "htif1", image[0]);
    guest_make("htif", "-DHARTS=4", "htif4", image[1]);
    Suite *suite = suite_create("htif");
    TCase *test_case = tcase_create("htif");
    tcase_set_timeout(test_case, 60);
    tcase_add_checked_fixture(test_case, set_up, NULL);
    tcase_add_loop_test(test_case, lines_bytes_and_exits_are_served, 0, 6);
    tcase_add_loop_test(test_case, a_store_is_seen_when_it_is_performed, 0, 12);
    tcase_add_test(test_case, a_snapshot_goes_on_wherever_it_is_taken);
    tcase_add_loop_test(test_case, anything_else_ends_the_run_with_the_reason, 0,
                        (int)(sizeof refusals / sizeof refusals[0]));
    suite_add_tcase(suite, test_case);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    guest_clean_up();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
