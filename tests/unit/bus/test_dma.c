/* Devices as agents on the bus: what a DMA sees and takes, how long it holds the bus, and random traffic of harts and
 * DMA over a few lines with the checker watching. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bus/shared/bus.h"
#include "bus/shared/checker.h"
#include "bus/shared/dma.h"

#define HARTS     4u
#define LINE      64u
#define RAM_BYTES 65536u

enum { I, S, E, M }; /* of MESI */

static struct hb_bus bus;
static struct hb_bus_state state;
static struct hb_devices devices;
static struct hb_disk disk; /* never used: the requests are the tests' own */
static struct hb_ram ram;
static struct hb_checker checker;
static uint8_t rom[HB_ROM_BYTES];
static uint8_t *blocks;
static uint64_t now;

static void set_up_with(enum hb_protocol_id protocol, uint32_t cache_bytes) {
    const struct hb_cache_config cache = {.size_bytes = cache_bytes, .ways = 2, .line_bytes = LINE, .hit_cycles = 1};
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
        .disk = &disk,
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
    hb_devices_add_disk(&devices, 8, RAM_BYTES);
    hb_bus_reset(&bus);
    now = 100;
}

static void set_up(void) {
    set_up_with(HB_PROTOCOL_MESI, 1024);
}

static void set_up_vi(void) {
    set_up_with(HB_PROTOCOL_VI, 1024);
}

static void tear_down(void) {
    ck_assert_msg(!checker.first.found, "cycle %lu: %s", (unsigned long)checker.first.cycle, checker.first.what);
    hb_ram_free(&ram);
    free(blocks);
    free(checker.shadow);
}

/* ---- Driving it ------------------------------------------------------------------------------------------------ */

static void cycle(void) {
    now++;
    if (state.next_cycle <= now)
        hb_bus_step(&bus, now);
}

static struct hb_dma *dma(void) {
    return &devices.virtio_blk.dma;
}

static void ask(enum hb_dma_kind kind, uint64_t address, uint32_t bytes) {
    dma()->kind = (uint8_t)kind;
    dma()->address = address;
    dma()->bytes = bytes;
    dma()->at = dma()->done = 0;
    hb_dma_post(&bus, now);
}

/* Gives the cycle, counted from the post, in which the whole DMA was done. */
static uint64_t move(enum hb_dma_kind kind, uint64_t address, uint32_t bytes) {
    uint64_t from = now;
    ask(kind, address, bytes);
    while (dma()->kind != HB_DMA_NONE)
        cycle();
    return now - from;
}

static uint64_t access_by(uint32_t hart, enum hb_access kind, uint64_t address, uint64_t operand) {
    uint8_t bytes = kind == HB_ACCESS_FETCH ? 4 : 8;
    struct hb_request request = {.kind = (uint8_t)kind, .address = address, .operand = operand, .bytes = bytes};
    uint64_t value;
    while (!hb_bus_access(&bus, hart, &request, now, &value)) {
        while (state.port[hart].response == HB_RESPONSE_NONE)
            cycle();
        enum hb_response response = state.port[hart].response;
        value = state.port[hart].value;
        state.port[hart].response = HB_RESPONSE_NONE;
        if (response == HB_RESPONSE_DONE)
            return value;
    }
    return value;
}

static uint8_t state_in(struct hb_cache *cache, uint64_t address) {
    const struct hb_line *line = hb_cache_find(cache, address);
    return line ? line->state : I;
}

static uint64_t in_memory(uint64_t address) {
    uint64_t value;
    hb_ram_read(&ram, address - HB_RAM_BASE, &value, 8);
    return value;
}

#define AT (HB_RAM_BASE + 0x400)

/* ---- What it sees ---------------------------------------------------------------------------------------------- */

START_TEST(a_read_gets_what_a_cache_has_modified) {
    access_by(2, HB_ACCESS_STORE, AT + 8, 0x1122334455667788);
    ck_assert_uint_eq(in_memory(AT + 8), 0);
    move(HB_DMA_READ, AT + 8, 8);
    uint64_t value;
    memcpy(&value, dma()->data, 8);
    ck_assert_uint_eq(value, 0x1122334455667788);
    ck_assert_uint_eq(in_memory(AT + 8), value); /* memory took it */
    ck_assert_uint_eq(state_in(&bus.l1d[2], AT), S);
}
END_TEST

START_TEST(a_write_takes_every_copy_and_loses_nothing_beside_it) {
    access_by(0, HB_ACCESS_LOAD, AT, 0);
    access_by(1, HB_ACCESS_FETCH, AT, 0);
    access_by(2, HB_ACCESS_LR, AT, 0);
    memset(dma()->data, 0xab, 8);
    move(HB_DMA_WRITE, AT + 16, 8);
    ck_assert_uint_eq(state_in(&bus.l1d[0], AT), I);
    ck_assert_uint_eq(state_in(&bus.l1i[1], AT), I);
    ck_assert_uint_eq(state_in(&bus.l1d[2], AT), I);
    ck_assert_uint_eq(state.port[2].reservation, HB_NO_LINE);
    access_by(3, HB_ACCESS_STORE, AT + 24, 0x77);
    memset(dma()->data, 0xcd, 8);
    move(HB_DMA_WRITE, AT + 16, 8);
    ck_assert_uint_eq(state_in(&bus.l1d[3], AT), I);
    ck_assert_uint_eq(in_memory(AT + 24), 0x77);
    ck_assert_uint_eq(access_by(0, HB_ACCESS_LOAD, AT + 16, 0), 0xcdcdcdcdcdcdcdcd);
    ck_assert_uint_eq(access_by(0, HB_ACCESS_LOAD, AT + 24, 0), 0x77);
}
END_TEST

START_TEST(write_through_caches_are_dropped_too) {
    access_by(0, HB_ACCESS_STORE, AT, 5);
    ck_assert_uint_eq(access_by(0, HB_ACCESS_LOAD, AT, 0), 5);
    move(HB_DMA_READ, AT, 8);
    ck_assert_uint_eq(dma()->data[0], 5);
    dma()->data[0] = 6;
    move(HB_DMA_WRITE, AT, 8);
    ck_assert_ptr_null(hb_cache_find(&bus.l1d[0], AT));
    ck_assert_uint_eq(access_by(0, HB_ACCESS_LOAD, AT, 0), 6);
}
END_TEST

START_TEST(a_lost_cache_answers_no_dma) {
    access_by(2, HB_ACCESS_STORE, AT, 9);
    hb_bus_silence(&bus, 2, true);
    move(HB_DMA_READ, AT, 8);
    ck_assert_uint_eq(dma()->data[0], 0);
}
END_TEST

/* ---- How long it takes (docs/timing.md) ------------------------------------------------------------------------ */

START_TEST(the_bus_is_held_as_for_any_line) {
    ck_assert_uint_eq(move(HB_DMA_READ, AT, 2), 1 + 2 + 40 + 8);
    access_by(1, HB_ACCESS_STORE, AT, 1);
    ck_assert_uint_eq(move(HB_DMA_READ, AT, 2), 1 + 2 + 4 + 8);
    ck_assert_uint_eq(move(HB_DMA_WRITE, AT + 0x1000, 64), 1 + 2 + 8);
    ck_assert_uint_eq(move(HB_DMA_WRITE, AT + 0x1000, 1), 1 + 2 + 1);
    access_by(1, HB_ACCESS_STORE, AT, 1);
    ck_assert_uint_eq(move(HB_DMA_WRITE, AT, 16), 1 + 2 + 4 + 8 + 2);
    ck_assert_uint_eq(state.transactions[HB_TXN_DMA_READ], 2);
    ck_assert_uint_eq(state.transactions[HB_TXN_DMA_WRITE], 3);
}
END_TEST

START_TEST(a_transaction_reaches_to_the_end_of_its_line) {
    for (uint32_t i = 0; i < 200; i++)
        dma()->data[i] = (uint8_t)(i + 1);
    move(HB_DMA_WRITE, AT + 40, 200);
    ck_assert_uint_eq(state.transactions[HB_TXN_DMA_WRITE], 4); /* 24, 64, 64 and 48 bytes */
    memset(dma()->data, 0, 200);
    move(HB_DMA_READ, AT + 40, 200);
    ck_assert_uint_eq(state.transactions[HB_TXN_DMA_READ], 4);
    for (uint32_t i = 0; i < 200; i++)
        ck_assert_uint_eq(dma()->data[i], i + 1);
    ck_assert_uint_eq(in_memory(AT + 32), 0);
    ck_assert_uint_eq(in_memory(AT + 240), 0);
}
END_TEST

START_TEST(it_has_its_turn_behind_the_last_hart) {
    struct hb_request request = {.kind = HB_ACCESS_LOAD, .bytes = 8};
    uint64_t value;
    for (uint32_t hart = 0; hart < HARTS; hart++) {
        request.address = AT + 0x1000 + hart * LINE;
        hb_bus_access(&bus, hart, &request, now, &value);
    }
    ask(HB_DMA_READ, AT, 8);
    state.last_port = 1;
    static const uint32_t order[] = {2, 3, HARTS, 0, 1};
    for (uint32_t i = 0; i < 5; i++) {
        while (!state.transaction[0].active || state.transaction[0].grant_cycle != now)
            cycle();
        ck_assert_uint_eq(state.transaction[0].port, order[i]);
        cycle();
    }
}
END_TEST

START_TEST(what_is_not_wanted_any_more_is_withdrawn) {
    struct hb_request request = {.kind = HB_ACCESS_LOAD, .bytes = 8, .address = AT + 0x1000};
    uint64_t value;
    hb_bus_access(&bus, 0, &request, now, &value);
    cycle();
    ask(HB_DMA_WRITE, AT, 8);
    dma()->kind = HB_DMA_NONE;
    hb_dma_post(&bus, now);
    ck_assert_uint_eq(state.port[hb_dma_port(&bus)].request.kind, HB_ACCESS_NONE);
    for (uint32_t i = 0; i < 200; i++)
        cycle();
    ck_assert_uint_eq(state.transactions[HB_TXN_DMA_WRITE], 0);
    ck_assert_uint_eq(state.transactions[HB_TXN_READ], 1);
}
END_TEST

/* ---- Random traffic -------------------------------------------------------------------------------------------- */

static uint64_t seed;

static uint32_t random_below(uint32_t n) {
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(seed >> 33) % n;
}

/* Eight lines that meet in two sets. */
static uint64_t random_place(uint32_t bytes) {
    return HB_RAM_BASE + random_below(8) * LINE + random_below(LINE / bytes) * bytes;
}

static void hart_turn(uint32_t hart, struct hb_request *waiting) {
    static const uint8_t kinds[] = {HB_ACCESS_LOAD, HB_ACCESS_STORE, HB_ACCESS_AMO,
                                    HB_ACCESS_LR,   HB_ACCESS_SC,    HB_ACCESS_FETCH};
    struct hb_port *port = &state.port[hart];
    uint64_t value;
    if (waiting->kind != HB_ACCESS_NONE) {
        if (port->response == HB_RESPONSE_NONE)
            return;
        bool retry = port->response == HB_RESPONSE_RETRY;
        port->response = HB_RESPONSE_NONE;
        if (retry && !hb_bus_access(&bus, hart, waiting, now, &value))
            return;
    }
    *waiting = (struct hb_request){.kind = kinds[random_below(6)], .bytes = 8, .operand = seed, .amo = HB_AMO_ADD};
    if (waiting->kind == HB_ACCESS_FETCH)
        waiting->bytes = 4;
    waiting->address = random_place(8);
    if (hb_bus_access(&bus, hart, waiting, now, &value))
        waiting->kind = HB_ACCESS_NONE;
}

static void device_turn(void) {
    if (dma()->kind != HB_DMA_NONE || random_below(4))
        return;
    uint64_t from = random_below(8 * LINE), bytes = 1 + random_below(8 * LINE - (uint32_t)from);
    for (uint32_t i = 0; i < bytes && i < HB_DMA_BYTES; i++)
        dma()->data[i] = (uint8_t)(seed >> 13) ^ (uint8_t)i;
    ask(random_below(2) ? HB_DMA_READ : HB_DMA_WRITE, HB_RAM_BASE + from, (uint32_t)bytes);
}

static void random_traffic(void) {
    struct hb_request waiting[HARTS] = {{0}};
    seed = 20261125;
    for (uint32_t i = 0; i < 400000 && !checker.first.found; i++) {
        cycle();
        for (uint32_t hart = 0; hart < HARTS; hart++)
            hart_turn(hart, &waiting[hart]);
        device_turn();
    }
    ck_assert_uint_gt(state.transactions[HB_TXN_DMA_READ], 1000);
    ck_assert_uint_gt(state.transactions[HB_TXN_DMA_WRITE], 1000);
    for (uint64_t address = HB_RAM_BASE; address < HB_RAM_BASE + 8 * LINE; address += 8) {
        uint64_t value;
        ck_assert(hb_bus_debug_read(&bus, address, &value, 8));
        ck_assert_mem_eq(&value, checker.shadow + (address - HB_RAM_BASE), 8);
    }
}

START_TEST(harts_and_dma_never_see_stale_bytes) {
    random_traffic();
}
END_TEST

START_TEST(not_even_in_tiny_caches) {
    tear_down();
    set_up_with(HB_PROTOCOL_MESI, 128);
    random_traffic();
}
END_TEST

int main(void) {
    Suite *suite = suite_create("dma");
    TCase *mesi = tcase_create("mesi"), *vi = tcase_create("vi");
    tcase_set_timeout(mesi, 60);
    tcase_set_timeout(vi, 60);
    tcase_add_checked_fixture(mesi, set_up, tear_down);
    tcase_add_test(mesi, a_read_gets_what_a_cache_has_modified);
    tcase_add_test(mesi, a_write_takes_every_copy_and_loses_nothing_beside_it);
    tcase_add_test(mesi, a_lost_cache_answers_no_dma);
    tcase_add_test(mesi, the_bus_is_held_as_for_any_line);
    tcase_add_test(mesi, a_transaction_reaches_to_the_end_of_its_line);
    tcase_add_test(mesi, it_has_its_turn_behind_the_last_hart);
    tcase_add_test(mesi, what_is_not_wanted_any_more_is_withdrawn);
    tcase_add_test(mesi, harts_and_dma_never_see_stale_bytes);
    tcase_add_test(mesi, not_even_in_tiny_caches);
    tcase_add_checked_fixture(vi, set_up_vi, tear_down);
    tcase_add_test(vi, write_through_caches_are_dropped_too);
    tcase_add_test(vi, harts_and_dma_never_see_stale_bytes);
    suite_add_tcase(suite, mesi);
    suite_add_tcase(suite, vi);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
