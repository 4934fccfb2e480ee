/* The shared L2: how long it takes, what it gives up, and what the L1s lose with it. */
#include <check.h>
#include <stdlib.h>

#include "bus/shared/bus.h"
#include "bus/shared/checker.h"

#define HARTS     2
#define LINE      64
#define RAM_BYTES 65536u
#define X         HB_RAM_BASE
#define Y         (HB_RAM_BASE + 0x100)
#define Z         (HB_RAM_BASE + 0x200)

static struct hb_bus bus;
static struct hb_bus_state state;
static struct hb_devices devices;
static struct hb_ram ram;
static struct hb_checker checker;
static uint8_t *blocks, *l2_block;
static uint8_t rom[HB_ROM_BYTES];
static uint64_t now;

static void set_up(void) {
    static const struct hb_cache_config cache = {.size_bytes = 1024, .ways = 2, .line_bytes = LINE, .hit_cycles = 1};
    ck_assert(hb_ram_init(&ram, RAM_BYTES));
    bus = (struct hb_bus){
        .config = {.protocol = HB_PROTOCOL_MESI,
                   .arbiter = HB_ARBITER_ROUND_ROBIN,
                   .width_bytes = 8,
                   .arbitration_cycles = 1,
                   .address_cycles = 1,
                   .cache_supply_cycles = 4,
                   .device_cycles = 3,
                   .l2_latency_cycles = 10},
        .harts = HARTS,
        .line_bytes = LINE,
        .memory_latency_cycles = 40,
        .state = &state,
        .devices = &devices,
        .ram = &ram,
        .rom = rom,
        .checker = &checker,
        .cycles_per_tick = 10,
    };
    checker = (struct hb_checker){.shadow = calloc(1, RAM_BYTES), .shadow_bytes = RAM_BYTES};
    size_t block = hb_cache_block_bytes(&cache);
    blocks = malloc(2 * HARTS * block);
    for (uint32_t hart = 0; hart < HARTS; hart++) {
        hb_cache_init(&bus.l1d[hart], &cache, blocks + 2 * hart * block);
        hb_cache_init(&bus.l1i[hart], &cache, blocks + (2 * hart + 1) * block);
    }
    hb_devices_reset(&devices, HARTS, 10);
    /* One set of two lines. */
    static const struct hb_cache_config l2 = {.size_bytes = 2 * LINE, .ways = 2, .line_bytes = LINE, .hit_cycles = 1};
    l2_block = malloc(hb_cache_block_bytes(&l2));
    hb_cache_init(&bus.l2, &l2, l2_block);
    hb_bus_reset(&bus);
    now = 100;
}

static void tear_down(void) {
    ck_assert_msg(!checker.first.found, "cycle %lu: %s", (unsigned long)checker.first.cycle, checker.first.what);
    hb_ram_free(&ram);
    free(blocks);
    free(l2_block);
    free(checker.shadow);
}

/* An access to its end. Gives how many cycles it took. */
static uint64_t cycles_of(uint32_t hart, enum hb_access kind, uint64_t address, uint64_t operand) {
    struct hb_request request = {.kind = (uint8_t)kind, .address = address, .bytes = 8, .operand = operand};
    uint64_t value, began = now;
    while (!hb_bus_access(&bus, hart, &request, now, &value)) {
        while (state.port[hart].response == HB_RESPONSE_NONE) {
            now++;
            if (state.next_cycle <= now)
                hb_bus_step(&bus, now);
        }
        enum hb_response response = state.port[hart].response;
        state.port[hart].response = HB_RESPONSE_NONE;
        if (response == HB_RESPONSE_DONE)
            break;
    }
    uint64_t cycles = now - began;
    now += 10;
    return cycles;
}

static char letter(uint32_t hart, uint64_t address) {
    const struct hb_line *line = hb_cache_find(&bus.l1d[hart], address);
    return line ? bus.protocol->state[line->state].letter : '-';
}

static bool in_l2(uint64_t address) {
    return hb_cache_find(&bus.l2, address) != NULL;
}

/* Posted in cycle c, granted in c + 1; then arbitration 1, address 1, source, 64 bytes in 8 cycles. */
START_TEST(takes_its_time) {
    ck_assert_uint_eq(cycles_of(0, HB_ACCESS_LOAD, X, 0), 1 + 2 + 10 + 40 + 8); /* neither has it */
    ck_assert_uint_eq(cycles_of(1, HB_ACCESS_LOAD, X, 0), 1 + 2 + 4 + 8);       /* hart 0 supplies */
    cycles_of(0, HB_ACCESS_FLUSH, X, 0);
    ck_assert_uint_eq(cycles_of(0, HB_ACCESS_LOAD, X, 0), 1 + 2 + 10 + 8); /* the L2 has it */
    ck_assert_uint_eq(state.l2.accesses, 2);
    ck_assert_uint_eq(state.l2.hits, 1);
}
END_TEST

START_TEST(takes_lines_from_the_l1s_with_their_data) {
    uint64_t value;
    cycles_of(0, HB_ACCESS_STORE, X, 5);
    cycles_of(1, HB_ACCESS_LOAD, Y, 0);
    ck_assert(letter(0, X) == 'M' && letter(1, Y) == 'E' && in_l2(X) && in_l2(Y));
    cycles_of(1, HB_ACCESS_LOAD, Z, 0); /* X came first */
    ck_assert(letter(0, X) == '-' && letter(1, Y) == 'E' && letter(1, Z) == 'E');
    ck_assert(!in_l2(X) && in_l2(Y) && in_l2(Z));
    ck_assert_uint_eq(state.l2.back_invalidations, 1);
    ck_assert_uint_eq(state.l2.writebacks, 1);
    ck_assert_uint_eq(state.port[0].stats.taken_back[0], 1);
    hb_ram_read(&ram, X - HB_RAM_BASE, &value, sizeof value);
    ck_assert_uint_eq(value, 5);
    ck_assert_uint_eq(cycles_of(1, HB_ACCESS_LOAD, X, 0), 1 + 2 + 50 + 8);
}
END_TEST

START_TEST(takes_a_reservation_too) {
    struct hb_request sc = {.kind = HB_ACCESS_SC, .address = X, .bytes = 8, .operand = 1};
    uint64_t value;
    cycles_of(0, HB_ACCESS_LR, X, 0);
    cycles_of(1, HB_ACCESS_LOAD, Y, 0);
    cycles_of(1, HB_ACCESS_LOAD, Z, 0);
    ck_assert(hb_bus_access(&bus, 0, &sc, now, &value));
    ck_assert_uint_eq(value, 1);
}
END_TEST

START_TEST(keeps_what_is_written_back) {
    uint64_t value;
    cycles_of(0, HB_ACCESS_STORE, X, 5);
    cycles_of(0, HB_ACCESS_FLUSH, X, 0);
    hb_ram_read(&ram, X - HB_RAM_BASE, &value, sizeof value);
    ck_assert_uint_eq(value, 0);
    ck_assert(hb_bus_debug_read(&bus, X, &value, sizeof value));
    ck_assert_uint_eq(value, 5);
    ck_assert_uint_eq(cycles_of(1, HB_ACCESS_LOAD, X, 0), 1 + 2 + 10 + 8);
}
END_TEST

/* As at power-on: nothing that a cache held covers what is loaded into RAM then. */
START_TEST(is_empty_after_a_reset) {
    uint64_t value = 7;
    cycles_of(0, HB_ACCESS_STORE, X, 5);
    cycles_of(0, HB_ACCESS_FLUSH, X, 0);
    cycles_of(1, HB_ACCESS_STORE, Y, 6);
    hb_bus_clear(&bus, now);
    ck_assert(letter(1, Y) == '-' && !in_l2(X) && !in_l2(Y));
    hb_ram_write(&ram, X - HB_RAM_BASE, &value, sizeof value);
    hb_checker_write(&checker, X, &value, sizeof value);
    value = 0;
    ck_assert(hb_bus_debug_read(&bus, X, &value, sizeof value));
    ck_assert_uint_eq(value, 7);
    ck_assert_uint_eq(cycles_of(0, HB_ACCESS_LOAD, X, 0), 1 + 2 + 50 + 8);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("l2");
    TCase *tests = tcase_create("l2");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, takes_its_time);
    tcase_add_test(tests, takes_lines_from_the_l1s_with_their_data);
    tcase_add_test(tests, takes_a_reservation_too);
    tcase_add_test(tests, keeps_what_is_written_back);
    tcase_add_test(tests, is_empty_after_a_reset);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
