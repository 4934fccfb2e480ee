/* What a bus counts for each hart, under every protocol: reads and writes, their misses, write hits that need the bus,
 * lines from cache to cache, bytes. Random accesses; the states in which a write needs the bus stand here by hand. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bus/shared/bus.h"
#include "bus/shared/l1.h"
#include "bus/shared/presence.h"

#define HARTS     3u
#define LINE      32u
#define RAM_BYTES 262144u
#define LINES     8u /* that a cache holds */
#define ACCESSES  4000

static struct hb_bus bus;
static struct hb_bus_state state;
static struct hb_devices devices;
static struct hb_ram ram;
static uint8_t rom[HB_ROM_BYTES];
static uint8_t *blocks;
static uint64_t now, random_state;

/* Of each protocol's table: states of a line that a store hits without the bus, and those in which it asks for what. */
static const struct {
    enum hb_protocol_id id;
    const char *silent, *asks;
    enum hb_txn what;
} protocols[] = {
    {HB_PROTOCOL_VI, "", "V", HB_TXN_WRITE},           {HB_PROTOCOL_WRITE_ONCE, "RD", "V", HB_TXN_WRITE},
    {HB_PROTOCOL_MSI, "M", "S", HB_TXN_UPGRADE},       {HB_PROTOCOL_MESI, "EM", "S", HB_TXN_UPGRADE},
    {HB_PROTOCOL_MESIF, "EM", "SF", HB_TXN_UPGRADE},   {HB_PROTOCOL_MOESI, "EM", "SO", HB_TXN_UPGRADE},
    {HB_PROTOCOL_BERKELEY, "X", "VN", HB_TXN_UPGRADE}, {HB_PROTOCOL_FIREFLY, "ED", "S", HB_TXN_UPDATE},
    {HB_PROTOCOL_DRAGON, "EM", "SN", HB_TXN_UPDATE},   {HB_PROTOCOL_NONE, "", "V", HB_TXN_WRITE},
};

static void build(enum hb_protocol_id protocol) {
    const struct hb_cache_config cache = {.size_bytes = LINES * LINE, .ways = 2, .line_bytes = LINE};
    ck_assert(hb_ram_init(&ram, RAM_BYTES));
    bus = (struct hb_bus){
        .config = {.protocol = (uint8_t)protocol,
                   .arbiter = HB_ARBITER_ROUND_ROBIN,
                   .width_bytes = 8,
                   .arbitration_cycles = 1,
                   .address_cycles = 1,
                   .cache_supply_cycles = 4},
        .harts = HARTS,
        .line_bytes = LINE,
        .incoherent_base = HB_RAM_BASE,
        .incoherent_bytes = protocol == HB_PROTOCOL_NONE ? RAM_BYTES : 0,
        .memory_latency_cycles = 10,
        .state = &state,
        .devices = &devices,
        .ram = &ram,
        .rom = rom,
        .cycles_per_tick = 10,
    };
    const size_t block = hb_cache_block_bytes(&cache);
    blocks = malloc(2 * HARTS * block);
    ck_assert_ptr_nonnull(blocks);
    for (uint32_t hart = 0; hart < HARTS; hart++) {
        hb_cache_init(&bus.l1d[hart], &cache, blocks + 2 * hart * block);
        hb_cache_init(&bus.l1i[hart], &cache, blocks + (2 * hart + 1) * block);
    }
    hb_devices_reset(&devices, HARTS, 10);
    hb_bus_reset(&bus);
    now = 100;
    random_state = 88172645463325252u;
}

static void tear_down(void) {
    hb_ram_free(&ram);
    hb_presence_free(&bus);
    free(blocks);
}

static uint32_t draw(uint32_t below) { /* xorshift64 */
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 20) % below;
}

/* To its end; then the bus is idle. */
static void complete(uint32_t hart, struct hb_request request) {
    uint64_t value;
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
    now++;
}

/* ---- The tables ------------------------------------------------------------------------------------------------ */

START_TEST(write_hits_ask_what_is_written_here) {
    const struct hb_protocol *protocol = hb_protocol_find(protocols[_i].id);
    for (uint8_t s = 1; s < protocol->states; s++) {
        const char letter = protocol->state[s].letter;
        const enum hb_txn asked = protocol->row[s][HB_EVENT_WRITE].transaction;
        if (asked == HB_TXN_NONE)
            ck_assert_msg(strchr(protocols[_i].silent, letter) != NULL, "%s: %c", protocol->name, letter);
        else
            ck_assert_msg(strchr(protocols[_i].asks, letter) && asked == protocols[_i].what, "%s: %c asks for %s",
                          protocol->name, letter, hb_txn_name(asked));
    }
}
END_TEST

/* ---- Random accesses ------------------------------------------------------------------------------------------- */

static struct { uint64_t reads, writes, read_misses, write_misses, upgrades; } expected[HARTS];

static char letter_at(uint32_t hart, uint64_t address) {
    const struct hb_line *line = hb_cache_find(&bus.l1d[hart], address);
    return line ? hb_bus_protocol_at(&bus, address)->state[line->state].letter : 'I';
}

static void expect(uint32_t protocol, uint32_t hart, bool writes, char letter) {
    expected[hart].reads += !writes;
    expected[hart].writes += writes;
    expected[hart].read_misses += !writes && letter == 'I';
    expected[hart].write_misses += writes && letter == 'I';
    expected[hart].upgrades += writes && letter != 'I' && strchr(protocols[protocol].asks, letter) != NULL;
}

static void access_at_random(uint32_t protocol) {
    const uint32_t hart = draw(HARTS), kind = draw(3);
    const uint64_t address = HB_RAM_BASE + 8 * draw(12 * LINE / 8);
    struct hb_request request = {.kind = HB_ACCESS_LOAD, .address = address, .bytes = 8, .operand = now};
    if (kind == 1)
        request.kind = HB_ACCESS_STORE;
    if (kind == 2 && draw(3) == 0) {
        request.kind = HB_ACCESS_AMO;
        request.amo = HB_AMO_ADD;
    }
    expect(protocol, hart, request.kind != HB_ACCESS_LOAD, letter_at(hart, address));
    complete(hart, request);
}

static uint64_t bytes_of(const uint64_t *transactions) {
    const uint64_t lines = transactions[HB_TXN_READ] + transactions[HB_TXN_READ_X] + transactions[HB_TXN_READ_UPDATE] +
                           transactions[HB_TXN_WRITE_BACK];
    return LINE * lines + 8 * (transactions[HB_TXN_WRITE] + transactions[HB_TXN_UPDATE]) +
           16 * transactions[HB_TXN_ATOMIC];
}

static void check_bus(void) {
    uint64_t transactions = 0, all = 0, bytes = 0, received = 0, supplied = 0;
    for (uint32_t hart = 0; hart < HARTS; hart++) {
        const struct hb_port_stats *stats = &state.port[hart].stats;
        transactions += stats->transactions;
        bytes += stats->bytes;
        received += stats->received;
        supplied += stats->supplied;
    }
    for (uint32_t i = 0; i < HB_TXNS; i++)
        all += state.transactions[i];
    ck_assert_uint_eq(transactions, all);
    ck_assert_uint_eq(received, supplied);
    const uint64_t least = bytes_of(state.transactions); /* BusRdUpd may have moved the bytes of the store besides */
    ck_assert_uint_ge(bytes, least);
    ck_assert_uint_le(bytes, least + 8 * state.transactions[HB_TXN_READ_UPDATE]);
}

START_TEST(counts_are_those_of_the_accesses) {
    memset(expected, 0, sizeof expected);
    build(protocols[_i].id);
    for (uint32_t n = 0; n < ACCESSES; n++)
        access_at_random((uint32_t)_i);
    for (uint32_t hart = 0; hart < HARTS; hart++) {
        const struct hb_port_stats *stats = &state.port[hart].stats;
        ck_assert_uint_eq(stats->write_hits + stats->write_misses, expected[hart].writes);
        ck_assert_uint_eq(stats->hits[0] + stats->misses[0], expected[hart].reads + expected[hart].writes);
        ck_assert_uint_eq(stats->write_misses, expected[hart].write_misses);
        ck_assert_uint_eq(stats->misses[0], expected[hart].read_misses + expected[hart].write_misses);
        ck_assert_uint_eq(stats->upgrades, expected[hart].upgrades);
        ck_assert_uint_gt(stats->upgrades, 10);
    }
    check_bus();
    tear_down();
}
END_TEST

/* ---- Who holds what -------------------------------------------------------------------------------------------- */

static uint64_t line_of_ram(uint32_t n) {
    return HB_RAM_BASE + (uint64_t)n * LINE;
}

static uint32_t check_presence(uint32_t n) {
    const struct hb_agents named = hb_presence_of(&bus, line_of_ram(n));
    uint32_t held = 0;
    for (uint8_t agent = 0; agent < 2 * HARTS; agent++) {
        bool holds = hb_bus_copy(&bus, agent, line_of_ram(n)) != NULL;
        held += holds;
        ck_assert_msg(hb_agents_have(&named, agent) == holds, "line %u, cache %u", n, agent);
    }
    return held;
}

START_TEST(copies_are_where_they_are_looked_for) {
    const uint32_t lines = RAM_BYTES / LINE;
    uint32_t held = 0;
    build(protocols[_i].id);
    ck_assert(hb_presence_create(&bus));
    for (uint32_t n = 0; n < 3 * lines; n++) {
        uint32_t line = draw(2) ? n % lines : draw(16);
        bool fetches = draw(4) == 0, stores = !fetches && draw(2);
        uint8_t kind = fetches ? HB_ACCESS_FETCH : stores ? HB_ACCESS_STORE : HB_ACCESS_LOAD;
        complete(draw(HARTS), (struct hb_request){.kind = kind, .address = line_of_ram(line), .bytes = 4});
        held += check_presence(line) + check_presence(draw(16));
    }
    ck_assert_uint_gt(held, 3 * lines);
    tear_down();
}
END_TEST

int main(void) {
    Suite *suite = suite_create("traffic");
    TCase *tests = tcase_create("traffic");
    const int n = (int)(sizeof protocols / sizeof protocols[0]);
    tcase_add_loop_test(tests, write_hits_ask_what_is_written_here, 0, n);
    tcase_add_loop_test(tests, counts_are_those_of_the_accesses, 0, n);
    tcase_add_loop_test(tests, copies_are_where_they_are_looked_for, 0, n);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
