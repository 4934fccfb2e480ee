/* The bus against the cycle contract: every cycle number here was worked out by hand from docs/timing.md. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bus/shared/bus.h"
#include "bus/shared/checker.h"

#define HARTS     4
#define LINE      64u
#define RAM_BYTES 65536u
#define WAY_BYTES 512u /* 1 KiB, 2 ways: addresses this far apart meet in one set */

enum { I, S, E, M }; /* of MESI, as in bus/protocol/protocol_mesi.c */

static struct hb_bus bus;
static struct hb_bus_state state;
static struct hb_devices devices;
static struct hb_ram ram;
static struct hb_checker checker;
static uint8_t rom[HB_ROM_BYTES];
static uint8_t *blocks;
static uint64_t now;

static const struct hb_cache_config cache = {.size_bytes = 1024, .ways = 2, .line_bytes = LINE, .hit_cycles = 1};

static void set_up_with(enum hb_protocol_id protocol) {
    ck_assert(hb_ram_init(&ram, RAM_BYTES));
    bus = (struct hb_bus){
        .config = {.arbiter = HB_ARBITER_ROUND_ROBIN,
                   .protocol = (uint8_t)protocol,
                   .width_bytes = 8,
                   .arbitration_cycles = 1,
                   .address_cycles = 1,
                   .cache_supply_cycles = 4,
                   .device_cycles = 3},
        .protocol = hb_protocol_find(protocol),
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
    set_up_with(HB_PROTOCOL_MESI);
}

static void set_up_vi(void) {
    set_up_with(HB_PROTOCOL_VI);
}

/* Whatever a test did, the checker must have found nothing wrong with it. */
static void tear_down(void) {
    ck_assert_msg(!checker.first.found, "cycle %lu: %s", (unsigned long)checker.first.cycle, checker.first.what);
    hb_ram_free(&ram);
    free(blocks);
    free(checker.shadow);
}

static uint64_t line_number(uint32_t n) {
    return HB_RAM_BASE + n * LINE;
}

/* ---- Driving it ------------------------------------------------------------------------------------------------ */

static struct hb_request request_of(enum hb_access kind, uint64_t address, uint64_t operand) {
    return (struct hb_request){.kind = (uint8_t)kind, .address = address, .bytes = 8, .operand = operand};
}

/* Post in this cycle; it must not be a hit. */
static void post(uint32_t hart, enum hb_access kind, uint64_t address, uint64_t operand) {
    struct hb_request request = request_of(kind, address, operand);
    uint64_t value;
    ck_assert(!hb_bus_access(&bus, hart, &request, now, &value));
    ck_assert_uint_eq(state.port[hart].response, HB_RESPONSE_NONE);
}

/* An access that must hit in this cycle. */
static uint64_t hit(uint32_t hart, enum hb_access kind, uint64_t address, uint64_t operand) {
    struct hb_request request = request_of(kind, address, operand);
    uint64_t value = 0, requests = state.port[hart].stats.requests;
    ck_assert(hb_bus_access(&bus, hart, &request, now, &value));
    ck_assert_uint_eq(state.port[hart].stats.requests, requests);
    return value;
}

/* Phase 2 of the following cycles, up to that of `cycle`. */
static void run_to(uint64_t cycle) {
    while (now < cycle) {
        now++;
        if (state.next_cycle <= now)
            hb_bus_step(&bus, now);
    }
}

/* The hart is answered in exactly this cycle, and not before. Gives the value. */
static uint64_t answered_at(uint32_t hart, uint64_t cycle, enum hb_response response) {
    run_to(cycle - 1);
    ck_assert_uint_eq(state.port[hart].response, HB_RESPONSE_NONE);
    run_to(cycle);
    ck_assert_uint_eq(state.port[hart].response, response);
    ck_assert_uint_eq(state.port[hart].request.kind, HB_ACCESS_NONE);
    state.port[hart].response = HB_RESPONSE_NONE;
    return state.port[hart].value;
}

/* Do an access to its end, however long it takes; afterwards the bus is idle. For making a scene. */
static uint64_t complete(uint32_t hart, enum hb_access kind, uint64_t address, uint64_t operand) {
    struct hb_request request = request_of(kind, address, operand);
    uint64_t value = 0;
    while (!hb_bus_access(&bus, hart, &request, now, &value)) {
        while (state.port[hart].response == HB_RESPONSE_NONE)
            run_to(now + 1);
        value = state.port[hart].value;
        enum hb_response response = state.port[hart].response;
        state.port[hart].response = HB_RESPONSE_NONE;
        if (response == HB_RESPONSE_DONE)
            break;
    }
    now++;
    return value;
}

static struct hb_line *line_in(uint32_t hart, uint64_t address) {
    return hb_cache_find(&bus.l1d[hart], address);
}

static uint8_t state_in(uint32_t hart, uint64_t address) {
    const struct hb_line *line = line_in(hart, address);
    return line ? line->state : I;
}

/* What RAM holds behind the caches. */
static uint64_t in_memory(uint64_t address) {
    uint64_t value;
    hb_ram_read(&ram, address - HB_RAM_BASE, &value, sizeof value);
    return value;
}

static uint64_t newest(uint64_t address) {
    uint64_t value;
    ck_assert(hb_bus_debug_read(&bus, address, &value, sizeof value));
    return value;
}

static void put_in_memory(uint64_t address, uint64_t value) {
    ck_assert(hb_bus_debug_write(&bus, address, &value, sizeof value));
}

static uint64_t transactions(void) {
    uint64_t sum = 0;
    for (uint32_t kind = 0; kind < HB_TXNS; kind++)
        sum += state.transactions[kind];
    return sum;
}

/* ---- How long things take -------------------------------------------------------------------------------------- */

START_TEST(a_line_from_memory_takes_50_cycles_from_the_grant) {
    put_in_memory(line_number(1) + 8, 77);
    post(0, HB_ACCESS_LOAD, line_number(1) + 8, 0); /* posted 100, granted 101, snooped 103, finished 151 */
    run_to(101);
    ck_assert(state.transaction[0].active && state.port[0].granted);
    ck_assert_uint_eq(state.transaction[0].grant_cycle, 101);
    run_to(102);
    ck_assert(!state.transaction[0].snooped);
    run_to(103);
    ck_assert(state.transaction[0].snooped);
    ck_assert_uint_eq(state.transaction[0].finish_cycle, 151);
    ck_assert_uint_eq(answered_at(0, 151, HB_RESPONSE_DONE), 77);
    ck_assert_uint_eq(state_in(0, line_number(1)), E);
    ck_assert_uint_eq(state.busy_cycles, 50);
    ck_assert_uint_eq(state.hart_wake, 1);
}
END_TEST

START_TEST(a_line_from_another_cache_takes_14_and_memory_takes_it_too) {
    complete(1, HB_ACCESS_STORE, line_number(1), 55);
    ck_assert_uint_eq(state_in(1, line_number(1)), M);
    uint64_t posted = now;
    post(0, HB_ACCESS_LOAD, line_number(1), 0);
    run_to(posted + 14);
    ck_assert_uint_eq(in_memory(line_number(1)), 0); /* stale until the finish */
    ck_assert_uint_eq(newest(line_number(1)), 55);
    ck_assert_uint_eq(answered_at(0, posted + 15, HB_RESPONSE_DONE), 55);
    ck_assert_uint_eq(state_in(0, line_number(1)), S);
    ck_assert_uint_eq(state_in(1, line_number(1)), S);
    ck_assert_uint_eq(in_memory(line_number(1)), 55);
}
END_TEST

START_TEST(a_read_to_write_takes_the_only_copy_and_leaves_memory_stale) {
    complete(1, HB_ACCESS_STORE, line_number(1), 55);
    uint64_t posted = now;
    post(0, HB_ACCESS_STORE, line_number(1) + 8, 66);
    answered_at(0, posted + 15, HB_RESPONSE_DONE);
    ck_assert_uint_eq(state_in(0, line_number(1)), M);
    ck_assert_uint_eq(state_in(1, line_number(1)), I);
    ck_assert_uint_eq(in_memory(line_number(1)), 0);
    ck_assert_uint_eq(newest(line_number(1)), 55);
    ck_assert_uint_eq(newest(line_number(1) + 8), 66);
    ck_assert_uint_eq(state.port[1].stats.invalidations[0], 1);
}
END_TEST

START_TEST(an_upgrade_takes_2_cycles) {
    complete(0, HB_ACCESS_LOAD, line_number(1), 0);
    complete(1, HB_ACCESS_LOAD, line_number(1), 0);
    uint64_t posted = now;
    post(0, HB_ACCESS_STORE, line_number(1), 9);
    answered_at(0, posted + 3, HB_RESPONSE_DONE);
    ck_assert_uint_eq(state.transactions[HB_TXN_UPGRADE], 1);
    ck_assert_uint_eq(state_in(0, line_number(1)), M);
    ck_assert_uint_eq(state_in(1, line_number(1)), I);
    ck_assert_uint_eq(newest(line_number(1)), 9);
}
END_TEST

START_TEST(a_write_back_takes_10_cycles) {
    complete(0, HB_ACCESS_STORE, line_number(1), 9);
    uint64_t posted = now;
    post(0, HB_ACCESS_CLEAN, line_number(1), 0);
    run_to(posted + 10);
    ck_assert_uint_eq(in_memory(line_number(1)), 0);
    ck_assert_uint_eq(newest(line_number(1)), 9); /* the bus carries it */
    answered_at(0, posted + 11, HB_RESPONSE_DONE);
    ck_assert_uint_eq(state.transactions[HB_TXN_WRITE_BACK], 1);
    ck_assert_uint_eq(in_memory(line_number(1)), 9);
    ck_assert_uint_eq(state_in(0, line_number(1)), E);
    ck_assert_uint_eq(state.port[0].stats.writebacks, 1);
}
END_TEST

START_TEST(a_miss_over_a_modified_line_takes_two_transactions) {
    complete(0, HB_ACCESS_STORE, line_number(1), 11);
    complete(0, HB_ACCESS_STORE, line_number(1) + WAY_BYTES, 22);
    uint64_t posted = now, misses = state.port[0].stats.misses[0];
    post(0, HB_ACCESS_LOAD, line_number(1) + 2 * WAY_BYTES, 0);
    ck_assert_uint_eq(state.port[0].request.kind, HB_ACCESS_EVICT);
    run_to(posted + 1);
    ck_assert_uint_eq(state_in(0, line_number(1)), I); /* granted: it has left the cache */
    answered_at(0, posted + 11, HB_RESPONSE_RETRY);
    ck_assert_uint_eq(in_memory(line_number(1)), 11);
    post(0, HB_ACCESS_LOAD, line_number(1) + 2 * WAY_BYTES, 0);
    answered_at(0, posted + 11 + 51, HB_RESPONSE_DONE);
    ck_assert_uint_eq(state.port[0].stats.misses[0], misses + 1);
    ck_assert_uint_eq(state_in(0, line_number(1) + WAY_BYTES), M);
    ck_assert_uint_eq(state_in(0, line_number(1) + 2 * WAY_BYTES), E);
}
END_TEST

START_TEST(a_clean_victim_goes_without_a_word) {
    complete(0, HB_ACCESS_LOAD, line_number(1), 0);
    complete(0, HB_ACCESS_LOAD, line_number(1) + WAY_BYTES, 0);
    hit(0, HB_ACCESS_LOAD, line_number(1), 0); /* now the other one is the older */
    now++;
    post(0, HB_ACCESS_LOAD, line_number(1) + 2 * WAY_BYTES, 0);
    answered_at(0, now + 51, HB_RESPONSE_DONE);
    ck_assert_uint_eq(state_in(0, line_number(1)), E);
    ck_assert_uint_eq(state_in(0, line_number(1) + WAY_BYTES), I);
}
END_TEST

START_TEST(a_wider_and_slower_bus_follows_the_formula) {
    bus.config.width_bytes = 32;
    bus.config.arbitration_cycles = 3;
    bus.config.address_cycles = 2;
    bus.memory_latency_cycles = 100;
    post(0, HB_ACCESS_LOAD, line_number(1), 0);
    answered_at(0, 100 + 1 + 3 + 2 + 100 + 2, HB_RESPONSE_DONE);
}
END_TEST

START_TEST(a_device_register_takes_its_own_time) {
    post(0, HB_ACCESS_DEVICE_WRITE, HB_CLINT_BASE + 0x4000, 1234); /* 1 + 1 + 3 + 1 */
    answered_at(0, 107, HB_RESPONSE_DONE);
    ck_assert_uint_eq(devices.clint.mtimecmp[0], 1234);
    post(1, HB_ACCESS_DEVICE_READ, HB_CLINT_BASE + 0x4000, 0);
    ck_assert_uint_eq(answered_at(1, 114, HB_RESPONSE_DONE), 1234);
    post(1, HB_ACCESS_DEVICE_READ, HB_CLINT_BASE + 0xc000, 0);
    answered_at(1, 121, HB_RESPONSE_FAULT);
}
END_TEST

START_TEST(write_through_writes_memory_and_allocates_nothing) {
    post(0, HB_ACCESS_STORE, line_number(1), 5); /* 1 + 1 + 0 + 1 */
    answered_at(0, 104, HB_RESPONSE_DONE);
    ck_assert_uint_eq(in_memory(line_number(1)), 5);
    ck_assert_ptr_null(line_in(0, line_number(1)));
    complete(0, HB_ACCESS_LOAD, line_number(1), 0);
    complete(1, HB_ACCESS_LOAD, line_number(1), 0);
    uint64_t posted = now;
    post(0, HB_ACCESS_STORE, line_number(1), 6);
    answered_at(0, posted + 4, HB_RESPONSE_DONE);
    ck_assert_uint_eq(hit(0, HB_ACCESS_LOAD, line_number(1), 0), 6);
    ck_assert_ptr_null(line_in(1, line_number(1)));
}
END_TEST

START_TEST(an_atomic_under_write_through_is_one_locked_transaction) {
    put_in_memory(line_number(1), 40);
    struct hb_request add = request_of(HB_ACCESS_AMO, line_number(1), 2);
    uint64_t value;
    add.amo = HB_AMO_ADD;
    ck_assert(!hb_bus_access(&bus, 0, &add, now, &value));
    ck_assert_uint_eq(answered_at(0, 101 + 1 + 1 + 40 + 2, HB_RESPONSE_DONE), 40);
    ck_assert_uint_eq(in_memory(line_number(1)), 42);
    ck_assert_uint_eq(transactions(), 1);
}
END_TEST

/* ---- Who is next ----------------------------------------------------------------------------------------------- */

START_TEST(nothing_is_granted_in_the_cycle_it_is_posted_in) {
    post(0, HB_ACCESS_LOAD, line_number(1), 0);
    hb_bus_step(&bus, now);
    ck_assert(!state.transaction[0].active);
    ck_assert_uint_eq(state.next_cycle, 101);
}
END_TEST

START_TEST(round_robin_goes_on_after_the_last_one) {
    for (uint32_t hart = 0; hart < HARTS; hart++)
        post(hart, HB_ACCESS_LOAD, line_number(hart), 0);
    for (uint32_t hart = 0; hart < HARTS; hart++) /* granted in the cycle in which the one before finishes */
        answered_at(hart, 101 + 50 * (hart + 1), HB_RESPONSE_DONE);
    complete(1, HB_ACCESS_LOAD, line_number(8), 0);
    uint64_t posted = now;
    static const uint32_t order[HARTS] = {2, 3, 0, 1};
    for (uint32_t hart = 0; hart < HARTS; hart++)
        post(hart, HB_ACCESS_LOAD, line_number(16 + hart), 0);
    for (uint32_t i = 0; i < HARTS; i++)
        answered_at(order[i], posted + 1 + 50 * (i + 1), HB_RESPONSE_DONE);
    ck_assert_uint_eq(state.port[1].stats.wait_max_cycles, 151);
    ck_assert_uint_eq(state.port[2].stats.wait_cycles, 101 + 1);
}
END_TEST

START_TEST(a_hart_waits_for_at_most_one_transaction_of_each_other) {
    for (uint32_t hart = 0; hart < HARTS; hart++)
        post(hart, HB_ACCESS_LOAD, line_number(hart), 0);
    answered_at(0, 151, HB_RESPONSE_DONE);
    post(0, HB_ACCESS_LOAD, line_number(8), 0); /* greedy, but behind all others */
    answered_at(1, 201, HB_RESPONSE_DONE);
    answered_at(2, 251, HB_RESPONSE_DONE);
    answered_at(3, 301, HB_RESPONSE_DONE);
    answered_at(0, 351, HB_RESPONSE_DONE);
}
END_TEST

/* ---- Looked up at the grant ------------------------------------------------------------------------------------ */

START_TEST(an_upgrade_whose_line_was_taken_becomes_a_read_exclusive) {
    complete(0, HB_ACCESS_LOAD, line_number(1), 0);
    complete(3, HB_ACCESS_LOAD, line_number(1), 0);
    uint64_t posted = now;
    post(0, HB_ACCESS_STORE, line_number(1), 1);
    post(3, HB_ACCESS_STORE, line_number(1) + 8, 2);
    answered_at(0, posted + 3, HB_RESPONSE_DONE);
    ck_assert_uint_eq(state_in(3, line_number(1)), I);
    answered_at(3, posted + 3 + 14, HB_RESPONSE_DONE);
    ck_assert_uint_eq(state.transactions[HB_TXN_UPGRADE], 1);
    ck_assert_uint_eq(state.transactions[HB_TXN_READ_X], 1);
    ck_assert_uint_eq(state_in(3, line_number(1)), M);
    ck_assert_uint_eq(state_in(0, line_number(1)), I);
    ck_assert_uint_eq(newest(line_number(1)), 1);
    ck_assert_uint_eq(newest(line_number(1) + 8), 2);
}
END_TEST

/* Hart 1 holds line 1 modified and must write it back to make room; hart 0, which is granted first, touches it. */
static uint64_t race_for_a_victim(enum hb_access kind) {
    complete(1, HB_ACCESS_STORE, line_number(1), 11);
    complete(1, HB_ACCESS_STORE, line_number(1) + WAY_BYTES, 22);
    complete(3, HB_ACCESS_LOAD, line_number(2), 0);
    uint64_t posted = now;
    post(0, kind, line_number(1) + 8, 33);
    post(1, HB_ACCESS_LOAD, line_number(1) + 2 * WAY_BYTES, 0);
    ck_assert_uint_eq(state.port[1].request.kind, HB_ACCESS_EVICT);
    run_to(posted + 2);
    ck_assert_uint_eq(state_in(1, line_number(1)), M); /* the victim stays, and answers */
    answered_at(1, posted + 15, HB_RESPONSE_RETRY);
    ck_assert_uint_eq(state.port[0].response, HB_RESPONSE_DONE);
    ck_assert_uint_eq(state.transactions[HB_TXN_WRITE_BACK], 0);
    ck_assert_uint_eq(newest(line_number(1)), 11);
    return posted + 15;
}

START_TEST(a_write_back_whose_line_was_taken_is_cancelled) {
    uint64_t retried = race_for_a_victim(HB_ACCESS_STORE);
    ck_assert_uint_eq(state_in(1, line_number(1)), I);
    post(1, HB_ACCESS_LOAD, line_number(1) + 2 * WAY_BYTES, 0);
    answered_at(1, retried + 51, HB_RESPONSE_DONE);
    ck_assert_uint_eq(state_in(0, line_number(1)), M);
}
END_TEST

START_TEST(a_write_back_of_a_line_that_was_cleaned_by_a_read_is_cancelled) {
    uint64_t retried = race_for_a_victim(HB_ACCESS_LOAD);
    ck_assert_uint_eq(state_in(1, line_number(1)), S);
    post(1, HB_ACCESS_LOAD, line_number(1) + 2 * WAY_BYTES, 0);
    answered_at(1, retried + 51, HB_RESPONSE_DONE);
    ck_assert_uint_eq(state_in(1, line_number(1)), I);
}
END_TEST

START_TEST(a_clean_whose_line_was_taken_asks_its_new_owner) {
    complete(1, HB_ACCESS_STORE, line_number(1), 11);
    complete(3, HB_ACCESS_LOAD, line_number(2), 0);
    uint64_t posted = now;
    post(0, HB_ACCESS_STORE, line_number(1), 12);
    post(1, HB_ACCESS_CLEAN, line_number(1), 0); /* posted as a write-back */
    answered_at(1, posted + 15 + 14, HB_RESPONSE_DONE);
    ck_assert_uint_eq(state.transactions[HB_TXN_CLEAN], 1);
    ck_assert_uint_eq(state.transactions[HB_TXN_WRITE_BACK], 0);
    ck_assert_uint_eq(in_memory(line_number(1)), 12);
    ck_assert_uint_eq(state_in(0, line_number(1)), E);
}
END_TEST

/* ---- LR and SC ------------------------------------------------------------------------------------------------- */

START_TEST(an_sc_whose_reservation_is_gone_fails_and_uses_no_bus) {
    complete(0, HB_ACCESS_LR, line_number(1), 0);
    complete(1, HB_ACCESS_LR, line_number(1), 0); /* a remote read leaves the first reservation */
    complete(3, HB_ACCESS_LOAD, line_number(2), 0);
    ck_assert_uint_eq(state.port[0].reservation, line_number(1));
    uint64_t posted = now, before = transactions();
    post(0, HB_ACCESS_SC, line_number(1), 10);
    post(1, HB_ACCESS_SC, line_number(1), 20);
    post(2, HB_ACCESS_LOAD, line_number(3), 0);
    ck_assert_uint_eq(answered_at(0, posted + 3, HB_RESPONSE_DONE), 0);
    ck_assert_uint_eq(state.port[1].response, HB_RESPONSE_DONE); /* in the same cycle, and the bus goes to hart 2 */
    ck_assert_uint_eq(state.port[1].value, 1);
    ck_assert(state.port[2].granted);
    ck_assert_uint_eq(state.transaction[0].grant_cycle, posted + 3);
    answered_at(2, posted + 3 + 50, HB_RESPONSE_DONE);
    ck_assert_uint_eq(transactions(), before + 2);
    ck_assert_uint_eq(newest(line_number(1)), 10);
    ck_assert_uint_eq(state.port[0].reservation, HB_NO_LINE);
    ck_assert_uint_eq(state.port[1].reservation, HB_NO_LINE);
}
END_TEST

START_TEST(an_sc_without_a_reservation_fails_at_once) {
    ck_assert_uint_eq(hit(0, HB_ACCESS_SC, line_number(1), 5), 1);
    complete(0, HB_ACCESS_LR, line_number(1), 0);
    ck_assert_uint_eq(hit(0, HB_ACCESS_SC, line_number(2), 5), 1);
    ck_assert_uint_eq(hit(0, HB_ACCESS_SC, line_number(1), 5), 1); /* any SC gives the reservation up */
    complete(0, HB_ACCESS_LR, line_number(1), 0);
    hb_bus_drop_reservation(&bus, 0);
    ck_assert_uint_eq(hit(0, HB_ACCESS_SC, line_number(1), 5), 1);
    ck_assert_uint_eq(newest(line_number(1)), 0);
}
END_TEST

START_TEST(an_sc_to_an_exclusive_line_hits) {
    complete(0, HB_ACCESS_LR, line_number(1), 0);
    ck_assert_uint_eq(hit(0, HB_ACCESS_SC, line_number(1), 5), 0);
    ck_assert_uint_eq(state_in(0, line_number(1)), M);
    ck_assert_uint_eq(newest(line_number(1)), 5);
}
END_TEST

START_TEST(an_eviction_takes_the_reservation) {
    complete(0, HB_ACCESS_LR, line_number(1), 0);
    complete(0, HB_ACCESS_LOAD, line_number(1) + WAY_BYTES, 0);
    ck_assert_uint_eq(state.port[0].reservation, line_number(1));
    complete(0, HB_ACCESS_LOAD, line_number(1) + 2 * WAY_BYTES, 0);
    ck_assert_uint_eq(state.port[0].reservation, HB_NO_LINE);
}
END_TEST

/* ---- The L1I --------------------------------------------------------------------------------------------------- */

START_TEST(a_store_to_a_line_in_the_own_l1i_goes_to_the_bus) {
    complete(0, HB_ACCESS_STORE, line_number(1), 5);
    ck_assert_uint_eq(complete(0, HB_ACCESS_FETCH, line_number(1), 0), 5); /* its own L1D supplies */
    ck_assert_uint_eq(state_in(0, line_number(1)), S);
    ck_assert_uint_eq(in_memory(line_number(1)), 5);
    uint64_t posted = now;
    post(0, HB_ACCESS_STORE, line_number(1), 6);
    answered_at(0, posted + 3, HB_RESPONSE_DONE);
    ck_assert_ptr_null(hb_cache_find(&bus.l1i[0], line_number(1)));
    ck_assert_uint_eq(state.port[0].stats.invalidations[1], 1);
    ck_assert_uint_eq(complete(0, HB_ACCESS_FETCH, line_number(1), 0), 6);
}
END_TEST

START_TEST(a_line_that_an_l1i_holds_is_never_exclusive) {
    complete(2, HB_ACCESS_FETCH, line_number(1), 0);
    complete(0, HB_ACCESS_LOAD, line_number(1), 0);
    ck_assert_uint_eq(state_in(0, line_number(1)), S);
}
END_TEST

/* ---- Silence: a hart that died or was fenced ------------------------------------------------------------------- */

START_TEST(an_ungranted_request_is_withdrawn) {
    post(0, HB_ACCESS_LOAD, line_number(1), 0);
    post(1, HB_ACCESS_STORE, line_number(2), 5);
    run_to(110); /* hart 0 has the bus */
    hb_bus_silence(&bus, 1, _i);
    answered_at(0, 151, HB_RESPONSE_DONE);
    run_to(300);
    ck_assert_uint_eq(transactions(), 1);
    ck_assert_uint_eq(newest(line_number(2)), 0);
    ck_assert_uint_eq(state.next_cycle, HB_NEVER);
}
END_TEST

START_TEST(snoopable_a_granted_store_is_performed_without_an_answer) {
    post(0, HB_ACCESS_STORE, line_number(1), 5);
    run_to(_i == 0 ? 101 : 150); /* just granted; or one cycle before its finish */
    now++;
    hb_bus_silence(&bus, 0, false);
    hb_bus_step(&bus, now);
    run_to(160);
    ck_assert_uint_eq(state.port[0].response, HB_RESPONSE_NONE);
    ck_assert_uint_eq(state.hart_wake, 0);
    ck_assert_uint_eq(state_in(0, line_number(1)), M);
    ck_assert_uint_eq(in_memory(line_number(1)), 0);
    post(1, HB_ACCESS_LOAD, line_number(1), 0);
    ck_assert_uint_eq(answered_at(1, 160 + 15, HB_RESPONSE_DONE), 5);
}
END_TEST

START_TEST(snoopable_a_granted_sc_is_performed) {
    complete(0, HB_ACCESS_LR, line_number(1), 0);
    complete(1, HB_ACCESS_LOAD, line_number(1), 0);
    post(0, HB_ACCESS_SC, line_number(1), 5);
    run_to(now + 1);
    hb_bus_silence(&bus, 0, false);
    run_to(now + 10);
    ck_assert_uint_eq(newest(line_number(1)), 5);
    ck_assert_uint_eq(state_in(1, line_number(1)), I);
}
END_TEST

START_TEST(snoopable_an_ungranted_sc_is_not) {
    complete(0, HB_ACCESS_LR, line_number(1), 0);
    complete(1, HB_ACCESS_LOAD, line_number(1), 0);
    post(0, HB_ACCESS_SC, line_number(1), 5);
    hb_bus_silence(&bus, 0, false);
    run_to(now + 10);
    ck_assert_uint_eq(newest(line_number(1)), 0);
    ck_assert_uint_eq(state_in(1, line_number(1)), S);
}
END_TEST

START_TEST(snoopable_a_granted_lr_leaves_no_reservation) {
    post(0, HB_ACCESS_LR, line_number(1), 0);
    run_to(110);
    hb_bus_silence(&bus, 0, false);
    run_to(160);
    ck_assert_uint_eq(state_in(0, line_number(1)), E);
    ck_assert_uint_eq(state.port[0].reservation, HB_NO_LINE);
}
END_TEST

START_TEST(snoopable_it_answers_for_ever) {
    complete(0, HB_ACCESS_STORE, line_number(1), 5);
    complete(0, HB_ACCESS_STORE, line_number(2), 6);
    hb_bus_silence(&bus, 0, false);
    ck_assert_uint_eq(complete(1, HB_ACCESS_LOAD, line_number(1), 0), 5);
    ck_assert_uint_eq(in_memory(line_number(1)), 5);
    now += 1000000;
    ck_assert_uint_eq(complete(2, HB_ACCESS_AMO, line_number(2), 7), 6);
    ck_assert_uint_eq(state_in(0, line_number(2)), I);
}
END_TEST

START_TEST(lost_it_answers_nothing_and_memory_gives_what_it_has) {
    put_in_memory(line_number(1), 1);
    complete(0, HB_ACCESS_STORE, line_number(1), 5);
    complete(0, HB_ACCESS_LOAD, line_number(2), 0);
    uint64_t addresses[4] = {0};
    ck_assert_uint_eq(hb_bus_dirty_lines(&bus, 0, addresses, 4), 1);
    ck_assert_uint_eq(addresses[0], line_number(1));
    hb_bus_silence(&bus, 0, true);
    ck_assert_uint_eq(newest(line_number(1)), 1);
    uint64_t posted = now;
    post(1, HB_ACCESS_LOAD, line_number(1), 0);
    ck_assert_uint_eq(answered_at(1, posted + 51, HB_RESPONSE_DONE), 1);
    ck_assert_uint_eq(state_in(1, line_number(1)), E); /* nobody says that it is shared */
    complete(1, HB_ACCESS_LOAD, line_number(2), 0);
    ck_assert_uint_eq(state_in(1, line_number(2)), E);
    put_in_memory(line_number(1), 9); /* and nothing is written into it any more */
    uint64_t kept;
    memcpy(&kept, hb_line_data(line_in(0, line_number(1))), sizeof kept);
    ck_assert_uint_eq(kept, 5);
}
END_TEST

/* Hart 1 reads what hart 0 holds modified; hart 0 dies on the way, before or after the snoop. */
START_TEST(lost_the_owner_dies_under_a_read) {
    put_in_memory(line_number(1), 1);
    complete(0, HB_ACCESS_STORE, line_number(1), 5);
    uint64_t posted = now;
    bool snooped = _i;
    post(1, HB_ACCESS_LOAD, line_number(1), 0);
    run_to(posted + (snooped ? 3 : 2));
    ck_assert_uint_eq(hb_bus_dirty_lines(&bus, 0, NULL, 0), snooped ? 0 : 1);
    hb_bus_silence(&bus, 0, true);
    ck_assert_uint_eq(newest(line_number(1)), snooped ? 5 : 1);
    uint64_t finish = posted + (snooped ? 15 : 51);
    ck_assert_uint_eq(answered_at(1, finish, HB_RESPONSE_DONE), snooped ? 5 : 1);
    ck_assert_uint_eq(in_memory(line_number(1)), snooped ? 5 : 1);
}
END_TEST

/* Hart 0 asks to write what hart 1 holds modified, and dies: what hart 1 gave up goes to memory. */
START_TEST(lost_what_another_cache_gave_to_the_dying_goes_to_memory) {
    complete(1, HB_ACCESS_STORE, line_number(1), 5);
    uint64_t posted = now;
    post(0, HB_ACCESS_STORE, line_number(1) + 8, 6);
    run_to(posted + (_i ? 8 : 1)); /* after, or before the snoop */
    hb_bus_silence(&bus, 0, true);
    ck_assert_uint_eq(hb_bus_dirty_lines(&bus, 0, NULL, 0), 0);
    ck_assert_uint_eq(newest(line_number(1)), 5);
    run_to(posted + 20);
    ck_assert_uint_eq(state_in(1, line_number(1)), I);
    ck_assert_uint_eq(in_memory(line_number(1)), 5);
    ck_assert_uint_eq(in_memory(line_number(1) + 8), 0); /* its own store was not performed */
    ck_assert_uint_eq(state.port[0].response, HB_RESPONSE_NONE);
    ck_assert_uint_eq(complete(2, HB_ACCESS_LOAD, line_number(1), 0), 5);
}
END_TEST

/* Two harts read the boot ROM, and one dies while the other's copy is on its way: there is no memory to write it to. */
START_TEST(lost_what_came_of_the_boot_rom_goes_nowhere) {
    complete(1, HB_ACCESS_LOAD, HB_ROM_BASE, 0);
    post(0, HB_ACCESS_LOAD, HB_ROM_BASE, 0);
    run_to(now + 4); /* snooped: hart 1 supplies */
    ck_assert(state.transaction[0].active && state.transaction[0].carries);
    hb_bus_silence(&bus, 0, true);
    run_to(now + 60);
    ck_assert(!state.transaction[0].active);
    ck_assert_uint_eq(hb_ram_hash(&ram), 0);
}
END_TEST

START_TEST(lost_a_granted_write_back_arrives) {
    complete(0, HB_ACCESS_STORE, line_number(1), 5);
    complete(0, HB_ACCESS_STORE, line_number(2), 6);
    uint64_t posted = now;
    post(0, HB_ACCESS_FLUSH, line_number(1), 0);
    run_to(posted + 1);
    uint64_t address;
    ck_assert_uint_eq(hb_bus_dirty_lines(&bus, 0, &address, 1), 1); /* the granted one counts no more */
    ck_assert_uint_eq(address, line_number(2));
    hb_bus_silence(&bus, 0, true);
    ck_assert_uint_eq(newest(line_number(1)), 5);
    run_to(posted + 11);
    ck_assert_uint_eq(in_memory(line_number(1)), 5);
    ck_assert_uint_eq(in_memory(line_number(2)), 0);
}
END_TEST

START_TEST(lost_a_granted_upgrade_takes_the_other_copies_and_changes_nothing) {
    put_in_memory(line_number(1), 1);
    complete(0, HB_ACCESS_LOAD, line_number(1), 0);
    complete(1, HB_ACCESS_LOAD, line_number(1), 0);
    post(0, HB_ACCESS_STORE, line_number(1), 5);
    run_to(now + 1);
    hb_bus_silence(&bus, 0, true);
    run_to(now + 10);
    ck_assert_uint_eq(state_in(1, line_number(1)), I);
    ck_assert_uint_eq(complete(1, HB_ACCESS_LOAD, line_number(1), 0), 1);
}
END_TEST

START_TEST(lost_a_granted_register_write_is_not_performed) {
    post(0, HB_ACCESS_DEVICE_WRITE, HB_CLINT_BASE + 0x4000, 1234);
    run_to(101);
    hb_bus_silence(&bus, 0, _i);
    run_to(120);
    ck_assert_uint_eq(devices.clint.mtimecmp[0], _i ? UINT64_MAX : 1234);
}
END_TEST

START_TEST(a_granted_write_through_is_performed_unless_lost) {
    post(0, HB_ACCESS_STORE, line_number(1), 5);
    run_to(101);
    hb_bus_silence(&bus, 0, _i);
    run_to(120);
    ck_assert_uint_eq(in_memory(line_number(1)), _i ? 0 : 5);
}
END_TEST

/* ---- Flush and restart by the power controller ----------------------------------------------------------------- */

START_TEST(a_flush_writes_back_one_line_after_the_other) {
    complete(0, HB_ACCESS_STORE, line_number(1), 5);
    complete(0, HB_ACCESS_STORE, line_number(2), 6);
    complete(0, HB_ACCESS_LOAD, line_number(3), 0);
    hb_bus_flush(&bus, 0, now);
    ck_assert(!hb_bus_flushing(&bus, 0)); /* it runs: nobody may flush it */
    hb_bus_silence(&bus, 0, false);
    uint64_t asked = now;
    hb_bus_flush(&bus, 0, now);
    run_to(asked + 11);
    ck_assert_uint_eq(in_memory(line_number(1)), 5);
    ck_assert_uint_eq(in_memory(line_number(2)), 0);
    run_to(asked + 21);
    ck_assert(hb_bus_flushing(&bus, 0));
    run_to(asked + 22); /* the second was posted in the cycle in which the first was done, and granted in the next */
    ck_assert_uint_eq(in_memory(line_number(2)), 6);
    ck_assert(!hb_bus_flushing(&bus, 0));
    ck_assert_uint_eq(hb_bus_dirty_lines(&bus, 0, NULL, 0), 0);
    ck_assert_uint_eq(state_in(0, line_number(3)), E);
    hb_bus_restart(&bus, 0);
    ck_assert_ptr_null(line_in(0, line_number(3)));
    post(0, HB_ACCESS_LOAD, line_number(1), 0);
    ck_assert_uint_eq(answered_at(0, now + 51, HB_RESPONSE_DONE), 5);
}
END_TEST

START_TEST(a_second_fence_leaves_a_flush_going) {
    complete(0, HB_ACCESS_STORE, line_number(1), 5);
    complete(0, HB_ACCESS_STORE, line_number(2), 6);
    hb_bus_silence(&bus, 0, false);
    post(1, HB_ACCESS_LOAD, line_number(3), 0);
    hb_bus_flush(&bus, 0, now);
    hb_bus_silence(&bus, 0, false);
    run_to(now + 100);
    ck_assert(!hb_bus_flushing(&bus, 0));
    ck_assert_uint_eq(in_memory(line_number(1)), 5);
    ck_assert_uint_eq(in_memory(line_number(2)), 6);
}
END_TEST

START_TEST(a_lost_cache_is_not_flushed) {
    complete(0, HB_ACCESS_STORE, line_number(1), 5);
    hb_bus_silence(&bus, 0, false);
    hb_bus_flush(&bus, 0, now);
    hb_bus_silence(&bus, 0, true);
    ck_assert(!hb_bus_flushing(&bus, 0));
    hb_bus_flush(&bus, 0, now);
    run_to(now + 100);
    ck_assert_uint_eq(in_memory(line_number(1)), 0);
}
END_TEST

/* ---- Debug access ---------------------------------------------------------------------------------------------- */

START_TEST(debug_access_reads_the_newest_and_writes_every_copy) {
    complete(0, HB_ACCESS_STORE, line_number(1), 5);
    complete(1, HB_ACCESS_LOAD, line_number(2), 0);
    complete(2, HB_ACCESS_FETCH, line_number(2), 0);
    uint64_t across[16] = {0}; /* from the middle of line 1 on into line 2 */
    ck_assert(hb_bus_debug_read(&bus, line_number(1) - 8, across, sizeof across));
    ck_assert_uint_eq(across[1], 5);
    for (uint32_t i = 0; i < 16; i++)
        across[i] = 100 + i;
    uint64_t busy = state.busy_cycles;
    ck_assert(hb_bus_debug_write(&bus, line_number(1) - 8, across, sizeof across));
    ck_assert_uint_eq(hit(0, HB_ACCESS_LOAD, line_number(1), 0), 101);
    ck_assert_uint_eq(hit(1, HB_ACCESS_LOAD, line_number(2), 0), 109);
    ck_assert_uint_eq(hit(2, HB_ACCESS_FETCH, line_number(2), 0), 109);
    ck_assert_uint_eq(in_memory(line_number(2)), 109);
    ck_assert_uint_eq(state.busy_cycles, busy);
}
END_TEST

START_TEST(debug_access_keeps_inside_memory) {
    uint64_t value = 0;
    ck_assert(!hb_bus_debug_read(&bus, HB_RAM_BASE + RAM_BYTES - 4, &value, 8));
    ck_assert(!hb_bus_debug_read(&bus, HB_RAM_BASE - 8, &value, 8));
    ck_assert(!hb_bus_debug_read(&bus, UINT64_MAX - 3, &value, 8));
    ck_assert(!hb_bus_debug_write(&bus, HB_ROM_BASE, &value, 8));
    ck_assert(hb_bus_debug_read(&bus, HB_ROM_BASE + HB_ROM_BYTES - 8, &value, 8));
    ck_assert(!hb_bus_debug_read(&bus, HB_ROM_BASE + HB_ROM_BYTES - 4, &value, 8));
}
END_TEST

/* ---- The checker itself must be able to find something --------------------------------------------------------- */

START_TEST(the_checker_finds_a_stale_read_and_a_second_writer) {
    complete(0, HB_ACCESS_STORE, line_number(1), 5);
    hb_line_data(line_in(0, line_number(1)))[0] = 6;
    complete(0, HB_ACCESS_LOAD, line_number(1), 0);
    ck_assert(checker.first.found);
    ck_assert_uint_eq(checker.first.address, line_number(1));
    memset(&checker.first, 0, sizeof checker.first);
    complete(0, HB_ACCESS_LOAD, line_number(2), 0);
    complete(1, HB_ACCESS_LOAD, line_number(2), 0);
    line_in(0, line_number(2))->attributes |= HB_LINE_WRITABLE;
    hb_checker_line(&checker, &bus, line_number(2), now);
    ck_assert(checker.first.found);
    memset(&checker.first, 0, sizeof checker.first);
}
END_TEST

static TCase *group(Suite *suite, const char *name, void (*begin)(void)) {
    TCase *tests = tcase_create(name);
    tcase_add_checked_fixture(tests, begin, tear_down);
    suite_add_tcase(suite, tests);
    return tests;
}

static void add_timing(Suite *suite) {
    TCase *tests = group(suite, "timing", set_up);
    tcase_add_test(tests, a_line_from_memory_takes_50_cycles_from_the_grant);
    tcase_add_test(tests, a_line_from_another_cache_takes_14_and_memory_takes_it_too);
    tcase_add_test(tests, a_read_to_write_takes_the_only_copy_and_leaves_memory_stale);
    tcase_add_test(tests, an_upgrade_takes_2_cycles);
    tcase_add_test(tests, a_write_back_takes_10_cycles);
    tcase_add_test(tests, a_miss_over_a_modified_line_takes_two_transactions);
    tcase_add_test(tests, a_clean_victim_goes_without_a_word);
    tcase_add_test(tests, a_wider_and_slower_bus_follows_the_formula);
    tcase_add_test(tests, a_device_register_takes_its_own_time);
    tcase_add_test(tests, nothing_is_granted_in_the_cycle_it_is_posted_in);
    tcase_add_test(tests, round_robin_goes_on_after_the_last_one);
    tcase_add_test(tests, a_hart_waits_for_at_most_one_transaction_of_each_other);
    TCase *vi = group(suite, "write-through", set_up_vi);
    tcase_add_test(vi, write_through_writes_memory_and_allocates_nothing);
    tcase_add_test(vi, an_atomic_under_write_through_is_one_locked_transaction);
    tcase_add_loop_test(vi, a_granted_write_through_is_performed_unless_lost, 0, 2);
}

static void add_coherence(Suite *suite) {
    TCase *tests = group(suite, "coherence", set_up);
    tcase_add_test(tests, an_upgrade_whose_line_was_taken_becomes_a_read_exclusive);
    tcase_add_test(tests, a_write_back_whose_line_was_taken_is_cancelled);
    tcase_add_test(tests, a_write_back_of_a_line_that_was_cleaned_by_a_read_is_cancelled);
    tcase_add_test(tests, a_clean_whose_line_was_taken_asks_its_new_owner);
    tcase_add_test(tests, an_sc_whose_reservation_is_gone_fails_and_uses_no_bus);
    tcase_add_test(tests, an_sc_without_a_reservation_fails_at_once);
    tcase_add_test(tests, an_sc_to_an_exclusive_line_hits);
    tcase_add_test(tests, an_eviction_takes_the_reservation);
    tcase_add_test(tests, a_store_to_a_line_in_the_own_l1i_goes_to_the_bus);
    tcase_add_test(tests, a_line_that_an_l1i_holds_is_never_exclusive);
    tcase_add_test(tests, debug_access_reads_the_newest_and_writes_every_copy);
    tcase_add_test(tests, debug_access_keeps_inside_memory);
    tcase_add_test(tests, the_checker_finds_a_stale_read_and_a_second_writer);
}

static void add_silence(Suite *suite) {
    TCase *tests = group(suite, "silence", set_up);
    tcase_add_loop_test(tests, an_ungranted_request_is_withdrawn, 0, 2);
    tcase_add_loop_test(tests, snoopable_a_granted_store_is_performed_without_an_answer, 0, 2);
    tcase_add_test(tests, snoopable_a_granted_sc_is_performed);
    tcase_add_test(tests, snoopable_an_ungranted_sc_is_not);
    tcase_add_test(tests, snoopable_a_granted_lr_leaves_no_reservation);
    tcase_add_test(tests, snoopable_it_answers_for_ever);
    tcase_add_test(tests, lost_what_came_of_the_boot_rom_goes_nowhere);
    tcase_add_test(tests, lost_it_answers_nothing_and_memory_gives_what_it_has);
    tcase_add_loop_test(tests, lost_the_owner_dies_under_a_read, 0, 2);
    tcase_add_loop_test(tests, lost_what_another_cache_gave_to_the_dying_goes_to_memory, 0, 2);
    tcase_add_test(tests, lost_a_granted_write_back_arrives);
    tcase_add_test(tests, lost_a_granted_upgrade_takes_the_other_copies_and_changes_nothing);
    tcase_add_loop_test(tests, lost_a_granted_register_write_is_not_performed, 0, 2);
    tcase_add_test(tests, a_flush_writes_back_one_line_after_the_other);
    tcase_add_test(tests, a_second_fence_leaves_a_flush_going);
    tcase_add_test(tests, a_lost_cache_is_not_flushed);
}

int main(void) {
    Suite *suite = suite_create("bus");
    add_timing(suite);
    add_coherence(suite);
    add_silence(suite);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
