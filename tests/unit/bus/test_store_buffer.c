/* The store buffer: what a load sees, what waits, in which order stores are performed, what a death loses. */
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
static uint8_t *blocks;
static uint8_t rom[HB_ROM_BYTES];
static uint64_t now;

static void set_up_with(uint8_t order, uint8_t depth, uint32_t drain_cycles) {
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
                   .store_depth = depth,
                   .store_order = order,
                   .store_drain_cycles = drain_cycles},
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
    hb_bus_reset(&bus);
    now = 100;
}

static void set_up(void) {
    set_up_with(HB_STORES_FIFO, 2, 0);
}

static void tear_down(void) {
    ck_assert_msg(!checker.first.found, "cycle %lu: %s", (unsigned long)checker.first.cycle, checker.first.what);
    hb_ram_free(&ram);
    free(blocks);
    free(checker.shadow);
}

static bool access(uint32_t hart, enum hb_access kind, uint64_t address, uint8_t bytes, uint64_t operand,
                   uint64_t *value) {
    struct hb_request request = {.kind = (uint8_t)kind, .address = address, .bytes = bytes, .operand = operand};
    *value = 0;
    return hb_bus_access(&bus, hart, &request, now, value);
}

static void run_to(uint64_t cycle) {
    while (now < cycle) {
        now++;
        if (state.next_cycle <= now)
            hb_bus_step(&bus, now);
    }
}

/* An access to its end. */
static uint64_t complete(uint32_t hart, enum hb_access kind, uint64_t address, uint64_t operand) {
    uint64_t value;
    while (!access(hart, kind, address, 8, operand, &value)) {
        while (state.port[hart].response == HB_RESPONSE_NONE)
            run_to(now + 1);
        enum hb_response response = state.port[hart].response;
        value = state.port[hart].value;
        state.port[hart].response = HB_RESPONSE_NONE;
        if (response == HB_RESPONSE_DONE)
            break;
    }
    now++;
    return value;
}

static uint64_t in_memory(uint64_t address) {
    uint64_t value;
    ck_assert(hb_bus_debug_read(&bus, address, &value, sizeof value));
    return value;
}

static void store(uint32_t hart, uint64_t address, uint64_t operand) {
    uint64_t value;
    ck_assert(access(hart, HB_ACCESS_STORE, address, 8, operand, &value));
}

START_TEST(a_store_waits_and_is_seen_by_its_own_hart_alone) {
    uint64_t value;
    store(0, X, 0x1122334455667788);
    ck_assert(access(0, HB_ACCESS_LOAD, X, 8, 0, &value));
    ck_assert_uint_eq(value, 0x1122334455667788);
    ck_assert(access(0, HB_ACCESS_LOAD, X + 2, 2, 0, &value));
    ck_assert_uint_eq(value, 0x5566);
    ck_assert_uint_eq(in_memory(X), 0);
    ck_assert_uint_eq(complete(1, HB_ACCESS_LOAD, X, 0), 0); /* its request was posted first */
    run_to(now + 200);
    ck_assert_uint_eq(in_memory(X), 0x1122334455667788);
    ck_assert_uint_eq(state.port[0].stores, 0);
}
END_TEST

START_TEST(the_youngest_store_is_forwarded) {
    uint64_t value;
    store(0, X, 1);
    store(0, X, 2);
    ck_assert(access(0, HB_ACCESS_LOAD, X, 8, 0, &value));
    ck_assert_uint_eq(value, 2);
}
END_TEST

START_TEST(a_load_of_more_bytes_waits_until_the_store_is_performed) {
    uint64_t value;
    ck_assert(access(0, HB_ACCESS_STORE, X + 4, 1, 0xab, &value));
    ck_assert(!access(0, HB_ACCESS_LOAD, X, 8, 0, &value));
    ck_assert_uint_eq(state.port[0].held.kind, HB_ACCESS_LOAD);
    while (state.port[0].response == HB_RESPONSE_NONE)
        run_to(now + 1);
    ck_assert_uint_eq(state.port[0].value, 0xab00000000);
    ck_assert_uint_eq(state.port[0].stores, 0);
}
END_TEST

START_TEST(a_load_that_hits_goes_past_a_store_on_the_bus) {
    uint64_t value;
    complete(0, HB_ACCESS_LOAD, Y, 0);
    store(0, X, 7);
    run_to(now + 3);
    ck_assert(state.port[0].draining && state.port[0].granted);
    ck_assert(access(0, HB_ACCESS_LOAD, Y, 8, 0, &value));  /* in the L1 */
    ck_assert(!access(0, HB_ACCESS_LOAD, Z, 8, 0, &value)); /* not there: the port has one request at a time */
    ck_assert_uint_eq(state.port[0].held.kind, HB_ACCESS_LOAD);
    run_to(now + 300);
    ck_assert_uint_eq(state.port[0].response, HB_RESPONSE_DONE);
    ck_assert_uint_eq(in_memory(X), 7);
}
END_TEST

START_TEST(a_full_buffer_holds_the_next_store) {
    uint64_t value;
    store(0, X, 1);
    store(0, Y, 2);
    ck_assert(!access(0, HB_ACCESS_STORE, Z, 8, 3, &value));
    run_to(now + 3); /* the first is on its way: it leaves room only when it is performed */
    ck_assert_uint_eq(state.port[0].response, HB_RESPONSE_NONE);
    while (state.port[0].response == HB_RESPONSE_NONE)
        run_to(now + 1);
    ck_assert_uint_eq(in_memory(X), 1);
    ck_assert_uint_eq(in_memory(Y), 0);
    ck_assert_uint_eq(in_memory(Z), 0);
    ck_assert_uint_eq(state.port[0].stores, 2);
    state.port[0].response = HB_RESPONSE_NONE;
    run_to(now + 300);
    ck_assert_uint_eq(in_memory(Z), 3);
}
END_TEST

/* Fences, atomics and unbuffered stores find everything performed. */
START_TEST(what_orders_waits_for_all_stores) {
    static const enum hb_access kinds[] = {HB_ACCESS_FENCE, HB_ACCESS_AMO, HB_ACCESS_LR, HB_ACCESS_CLEAN};
    uint64_t value;
    store(0, X, 1);
    store(0, Y, 2);
    ck_assert(!access(0, kinds[_i], Z, 8, 0, &value));
    while (state.port[0].response == HB_RESPONSE_NONE) {
        ck_assert(kinds[_i] == HB_ACCESS_FENCE || state.port[0].request.address != Z ||
                  (in_memory(X) == 1 && in_memory(Y) == 2));
        run_to(now + 1);
    }
    ck_assert_uint_eq(in_memory(X), 1);
    ck_assert_uint_eq(in_memory(Y), 2);
}
END_TEST

START_TEST(an_unbuffered_store_comes_last_and_at_once) {
    struct hb_request last = {.kind = HB_ACCESS_STORE, .address = Z, .bytes = 8, .operand = 3, .unbuffered = 1};
    uint64_t value;
    store(0, X, 1);
    ck_assert(!hb_bus_access(&bus, 0, &last, now, &value));
    while (state.port[0].response == HB_RESPONSE_NONE)
        run_to(now + 1);
    ck_assert_uint_eq(in_memory(X), 1);
    ck_assert_uint_eq(in_memory(Z), 3);
}
END_TEST

/* In which order two stores to different lines are performed: bit 0: X first seen, bit 1: Y first seen. */
static unsigned orders_seen(uint8_t order) {
    unsigned seen = 0;
    for (uint64_t seed = 0; seed < 32; seed++) {
        set_up_with(order, 4, 5);
        bus.config.seed = seed;
        store(0, X, 1);
        store(0, Y, 1);
        while (in_memory(X) == 0 && in_memory(Y) == 0)
            run_to(now + 1);
        seen |= in_memory(X) ? 1 : 2;
        run_to(now + 300);
        ck_assert_uint_eq(in_memory(X) + in_memory(Y), 2);
        tear_down();
    }
    return seen;
}

START_TEST(in_order_or_not) {
    tear_down();
    ck_assert_uint_eq(orders_seen(HB_STORES_FIFO), 1);
    ck_assert_uint_eq(orders_seen(HB_STORES_ANY), 3);
    set_up();
}
END_TEST

/* Two stores to the same bytes keep their order whatever is drawn. */
START_TEST(the_same_bytes_stay_in_order) {
    tear_down();
    for (uint64_t seed = 0; seed < 32; seed++) {
        set_up_with(HB_STORES_ANY, 4, 5);
        bus.config.seed = seed;
        store(0, X, 1);
        store(0, Y, 1);
        store(0, X, 2);
        run_to(now + 500);
        ck_assert_uint_eq(in_memory(X), 2);
        tear_down();
    }
    set_up();
}
END_TEST

START_TEST(a_death_loses_what_waits) {
    store(0, X, 1);
    store(0, Y, 2);
    run_to(now + 3);
    ck_assert(state.port[0].granted); /* X: performed all the same, for the cache goes on answering */
    hb_bus_silence(&bus, 0, _i);
    ck_assert_uint_eq(state.port[0].stats.stores_lost, _i ? 2 : 1);
    run_to(now + 300);
    ck_assert_uint_eq(in_memory(X), _i ? 0 : 1);
    ck_assert_uint_eq(in_memory(Y), 0);
    ck_assert_uint_eq(state.port[0].response, HB_RESPONSE_NONE);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("store buffer");
    TCase *tests = tcase_create("store buffer");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_store_waits_and_is_seen_by_its_own_hart_alone);
    tcase_add_test(tests, the_youngest_store_is_forwarded);
    tcase_add_test(tests, a_load_of_more_bytes_waits_until_the_store_is_performed);
    tcase_add_test(tests, a_load_that_hits_goes_past_a_store_on_the_bus);
    tcase_add_test(tests, a_full_buffer_holds_the_next_store);
    tcase_add_loop_test(tests, what_orders_waits_for_all_stores, 0, 4);
    tcase_add_test(tests, an_unbuffered_store_comes_last_and_at_once);
    tcase_add_test(tests, in_order_or_not);
    tcase_add_test(tests, the_same_bytes_stay_in_order);
    tcase_add_loop_test(tests, a_death_loses_what_waits, 0, 2);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
