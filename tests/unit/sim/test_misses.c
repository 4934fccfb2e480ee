/* Classes of misses: sequences whose classes were worked out on paper, and random ones against a slow count that knows
 * nothing of the fast one. All go through a real bus with real caches, on which the observer hangs. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bus/shared/bus.h"
#include "bus/shared/dma.h"
#include "sim/observe/observer.h"

#define HARTS     3u
#define LINE      64u
#define RAM_BYTES 65536u
#define LINES     16u /* that a cache holds: 1 KiB */

static struct hb_bus bus;
static struct hb_bus_state state;
static struct hb_devices devices;
static struct hb_ram ram;
static struct hb_observer observer;
static uint8_t rom[HB_ROM_BYTES];
static uint8_t *blocks;
static uint64_t now;

static void build(enum hb_protocol_id protocol, uint32_t ways) {
    const struct hb_cache_config cache = {.size_bytes = LINES * LINE, .ways = ways, .line_bytes = LINE};
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
}

static void look(void) {
    hb_observer_start(&observer, &bus, NULL, true, true);
    observer.counts = true;
}

static void set_up(enum hb_protocol_id protocol, uint32_t ways) {
    build(protocol, ways);
    look();
}

static void direct_mapped(void) {
    set_up(HB_PROTOCOL_MESI, 1);
}

static void tear_down(void) {
    if (observer.bus)
        hb_observer_stop(&observer);
    hb_ram_free(&ram);
    free(blocks);
}

/* ---- Driving it ------------------------------------------------------------------------------------------------ */

static uint64_t word(uint32_t line, uint32_t n) {
    return HB_RAM_BASE + line * LINE + 8 * n;
}

/* To its end, however long it takes; then the bus is idle. */
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

static void go(uint32_t hart, enum hb_access kind, uint64_t address) {
    complete(hart, (struct hb_request){.kind = (uint8_t)kind, .address = address, .bytes = 8, .operand = now});
}

static void load(uint32_t hart, uint32_t line, uint32_t n) {
    go(hart, HB_ACCESS_LOAD, word(line, n));
}

static void store(uint32_t hart, uint32_t line, uint32_t n) {
    go(hart, HB_ACCESS_STORE, word(line, n));
}

static void fetch(uint32_t hart, uint32_t line, uint32_t n) {
    go(hart, HB_ACCESS_FETCH, word(line, n));
}

/* The classes of an agent's misses, in the order of enum hb_miss, and that they make up what its port has counted. */
static void expect_agent(uint8_t agent, uint64_t cold, uint64_t capacity, uint64_t conflict, uint64_t true_sharing,
                         uint64_t false_sharing) {
    const uint64_t wanted[HB_MISSES] = {cold, capacity, conflict, true_sharing, false_sharing};
    uint64_t counts[HB_MISSES], sum = 0;
    hb_observer_misses(&observer, agent, counts);
    for (uint32_t i = 0; i < HB_MISSES; i++) {
        ck_assert_msg(counts[i] == wanted[i], "%s of agent %u: %lu, should be %lu", hb_miss_key(i), agent,
                      (unsigned long)counts[i], (unsigned long)wanted[i]);
        sum += counts[i];
    }
    ck_assert_uint_eq(sum, state.port[agent / 2].stats.misses[hb_agent_is_l1i(agent)]);
}

#define EXPECT(hart, cold, capacity, conflict, true_sharing, false_sharing)                                            \
    expect_agent(hb_agent_l1d(hart), cold, capacity, conflict, true_sharing, false_sharing)

/* ---- Cold, capacity, conflict ---------------------------------------------------------------------------------- */

START_TEST(the_first_of_each_line_is_cold) {
    load(0, 1, 0);
    load(0, 1, 5); /* a hit */
    store(0, 2, 0);
    load(1, 1, 0); /* another cache begins for itself */
    EXPECT(0, 2, 0, 0, 0, 0);
    EXPECT(1, 1, 0, 0, 0, 0);
}
END_TEST

/* Lines 1 and 17 share set 1 of 16; a fully associative cache would have held both. */
START_TEST(two_lines_of_one_set_conflict) {
    load(0, 1, 0);
    load(0, 17, 0);
    load(0, 1, 0);
    load(0, 17, 0);
    load(0, 1, 0);
    EXPECT(0, 2, 0, 3, 0, 0);
}
END_TEST

/* 17 lines one after the other, twice, in a fully associative cache of 16: LRU has thrown out what comes next. */
START_TEST(one_line_too_many_misses_for_capacity) {
    for (uint32_t i = 0; i < 34; i++)
        load(0, i % 17, 0);
    EXPECT(0, 17, 17, 0, 0, 0);
}
END_TEST

/* The same where each line has one place: 0 and 16 want the same, 1 to 15 stay and hit. A fully associative cache would
 * have missed 0 and 16, too: not a conflict. */
START_TEST(a_direct_mapped_cache_misses_two_of_them_for_capacity) {
    for (uint32_t i = 0; i < 34; i++)
        load(0, i % 17, 0);
    EXPECT(0, 17, 2, 0, 0, 0);
}
END_TEST

/* Modified victims leave by transactions of their own; that makes no miss more. */
START_TEST(written_back_victims_do_not_count) {
    store(0, 1, 0);
    store(0, 17, 0);
    store(0, 1, 0);
    EXPECT(0, 2, 0, 1, 0, 0);
    ck_assert_uint_eq(state.transactions[HB_TXN_WRITE_BACK], 2);
}
END_TEST

/* What another reads in between changes nothing. */
START_TEST(a_reader_in_between_leaves_a_conflict_what_it_is) {
    load(0, 1, 0);
    load(0, 17, 0);
    load(1, 1, 0);
    load(0, 1, 0);
    EXPECT(0, 2, 0, 1, 0, 0);
}
END_TEST

/* A line taken away makes room in the fully associative cache, too: after 0 to 15 line 3 is taken, 16 takes its room,
 * and 0 is still there - though the direct-mapped cache has put 16 in its place. */
START_TEST(an_invalidated_line_leaves_room) {
    for (uint32_t i = 0; i < 16; i++)
        load(0, i, 0);
    store(1, 3, 0);
    load(0, 16, 0);
    load(0, 0, 0);
    EXPECT(0, 17, 0, 1, 0, 0);
}
END_TEST

/* ---- Sharing --------------------------------------------------------------------------------------------------- */

START_TEST(ping_pong_on_one_word_is_true_sharing) {
    for (uint32_t i = 0; i < 5; i++) {
        store(0, 1, 0);
        store(1, 1, 0);
    }
    EXPECT(0, 1, 0, 0, 4, 0);
    EXPECT(1, 1, 0, 0, 4, 0);
}
END_TEST

START_TEST(ping_pong_on_two_words_is_false_sharing) {
    for (uint32_t i = 0; i < 5; i++) {
        store(0, 1, 0);
        store(1, 1, 1);
    }
    EXPECT(0, 1, 0, 0, 0, 4);
    EXPECT(1, 1, 0, 0, 0, 4);
}
END_TEST

/* The unit is the byte: neighbours in one word are not shared either. */
START_TEST(two_bytes_of_one_word_are_not_shared) {
    for (uint32_t i = 0; i < 4; i++)
        complete(i % 2, (struct hb_request){.kind = HB_ACCESS_STORE, .address = word(1, 0) + i % 2, .bytes = 1});
    EXPECT(0, 1, 0, 0, 0, 1);
    EXPECT(1, 1, 0, 0, 0, 1);
}
END_TEST

START_TEST(a_producer_and_a_consumer_share) {
    for (uint32_t i = 0; i < 4; i++) {
        store(0, 1, 2);
        load(1, 1, 2);
    }
    EXPECT(0, 1, 0, 0, 0, 0); /* it is left a copy: its later stores are upgrades, which hit */
    EXPECT(1, 1, 0, 0, 3, 0);
}
END_TEST

/* While only word 0 was used the miss was useless; the word 1 that hart 1 has written makes it essential after all. */
START_TEST(a_useless_miss_becomes_essential_later) {
    load(0, 1, 0);
    store(1, 1, 1);
    load(0, 1, 0);
    EXPECT(0, 1, 0, 0, 0, 1);
    load(0, 1, 1); /* a hit */
    EXPECT(0, 1, 0, 0, 1, 0);
    load(0, 1, 1);
    EXPECT(0, 1, 0, 0, 1, 0);
}
END_TEST

/* A useless miss has brought word 1, but nobody has used it; it is news until an essential miss brings it. */
START_TEST(news_outlive_a_useless_miss) {
    load(0, 1, 0);
    store(1, 1, 1);
    load(0, 1, 0); /* useless */
    store(1, 1, 2);
    load(0, 1, 1); /* what hart 1 wrote before the useless miss */
    EXPECT(0, 1, 0, 0, 1, 1);
}
END_TEST

/* An essential miss brings everything that was new by then: word 1 was, and so is nothing new at the last miss. */
START_TEST(an_essential_miss_brings_all_the_news) {
    load(0, 1, 0);
    store(1, 1, 0);
    store(1, 1, 1);
    load(0, 1, 0); /* essential: word 0 */
    store(1, 1, 2);
    load(0, 1, 1); /* useless: word 1 has not changed since */
    EXPECT(0, 1, 0, 0, 1, 1);
}
END_TEST

/* A cold miss is essential, too: what hart 1 wrote before it is not news. */
START_TEST(a_cold_miss_brings_all_the_news) {
    store(1, 1, 1);
    load(0, 1, 0); /* cold */
    store(1, 1, 2);
    load(0, 1, 1);
    EXPECT(0, 1, 0, 0, 0, 1);
}
END_TEST

/* What the hart has written over itself is known to it. */
START_TEST(own_stores_make_no_news) {
    store(0, 1, 0);
    store(1, 1, 1);
    store(0, 1, 1); /* true: a store is an access to what hart 1 wrote */
    store(1, 1, 2); /* true for hart 1? its word 2 was never written by hart 0: false */
    load(0, 1, 1);  /* its own value: false */
    EXPECT(0, 1, 0, 0, 1, 1);
    EXPECT(1, 1, 0, 0, 0, 1);
}
END_TEST

/* Thrown out, then written by another: a cache of any size would have missed. */
START_TEST(written_since_it_was_thrown_out) {
    load(0, 1, 0);
    load(0, 17, 0);
    store(1, 1, _i ? 1 : 0);
    load(0, 1, 0);
    EXPECT(0, 2, 0, 0, !_i, _i);
}
END_TEST

/* In a lifetime whose first miss is useless so far, the line is thrown out and comes back (a conflict); only then is
 * the news used: the first miss was essential. */
START_TEST(a_lifetime_lasts_over_a_conflict) {
    load(0, 1, 0);
    store(1, 1, 1);
    load(0, 1, 0);
    load(0, 17, 0);
    load(0, 1, 1);
    EXPECT(0, 2, 0, 1, 1, 0);
}
END_TEST

/* The second upgrade finds its line taken and becomes a read-exclusive. It was counted as a hit, and makes no class. */
START_TEST(an_upgrade_that_lost_its_line_is_no_miss) {
    load(0, 1, 0);
    load(1, 1, 0);
    uint64_t value;
    for (uint32_t hart = 0; hart < 2; hart++) {
        struct hb_request request = {.kind = HB_ACCESS_STORE, .address = word(1, 0), .bytes = 8};
        ck_assert(!hb_bus_access(&bus, hart, &request, now, &value));
    }
    for (uint32_t i = 0; i < 100; i++)
        hb_bus_step(&bus, ++now);
    ck_assert_uint_eq(state.transactions[HB_TXN_READ_X], 1);
    EXPECT(0, 1, 0, 0, 0, 0);
    EXPECT(1, 1, 0, 0, 0, 0);
}
END_TEST

/* ---- Instructions, software, devices, harts that start --------------------------------------------------------- */

START_TEST(an_l1i_shares_with_its_own_l1d) {
    fetch(0, 1, 0);
    store(0, 1, 0);
    fetch(0, 1, 0); /* what the store wrote: true */
    store(0, 1, 1);
    fetch(0, 1, 0); /* not: false */
    expect_agent(hb_agent_l1i(0), 1, 0, 0, 1, 1);
    EXPECT(0, 1, 0, 0, 0, 0);
}
END_TEST

START_TEST(what_software_gives_up_is_cold_again) {
    load(0, 1, 0);
    load(1, 1, 0);
    go(0, _i ? HB_ACCESS_INVALIDATE : HB_ACCESS_FLUSH, word(1, 0));
    load(0, 1, 0);
    load(1, 1, 0);
    EXPECT(0, 2, 0, 0, 0, 0);
    EXPECT(1, 2, 0, 0, 0, 0);
}
END_TEST

START_TEST(what_software_cleans_stays) {
    store(0, 1, 0);
    go(0, HB_ACCESS_CLEAN, word(1, 0));
    load(0, 1, 0);
    EXPECT(0, 1, 0, 0, 0, 0);
}
END_TEST

START_TEST(a_hart_that_starts_is_cold) {
    load(0, 1, 0);
    fetch(0, 2, 0);
    load(1, 1, 0);
    hb_bus_restart(&bus, 0);
    hb_observer_hart_started(&observer, 0);
    load(0, 1, 0);
    fetch(0, 2, 0);
    EXPECT(0, 2, 0, 0, 0, 0);
    expect_agent(hb_agent_l1i(0), 2, 0, 0, 0, 0);
    EXPECT(1, 1, 0, 0, 0, 0);
}
END_TEST

/* Straight to the classifier: a device's write is somebody's. */
START_TEST(a_device_is_somebody_else) {
    const uint32_t lines[2] = {LINES, LINES};
    struct hb_misses *misses = hb_misses_new(2, LINE, lines);
    uint64_t counts[HB_MISSES];
    for (uint32_t i = 0; i < 3; i++) {
        hb_misses_fill(misses, 0, 0, true);
        hb_misses_access(misses, 0, i == 2 ? 32 : 0, 8);
        hb_misses_write(misses, HB_MISSES_NOBODY, 0, 16, true);
    }
    hb_misses_of_agent(misses, 0, counts);
    ck_assert_uint_eq(counts[HB_MISS_COLD], 1);
    ck_assert_uint_eq(counts[HB_MISS_TRUE_SHARING], 1);
    ck_assert_uint_eq(counts[HB_MISS_FALSE_SHARING], 1);
    hb_misses_of_line(misses, 0, counts);
    ck_assert_uint_eq(counts[HB_MISS_COLD], 1);
    ck_assert_uint_eq(counts[HB_MISS_TRUE_SHARING], 1);
    ck_assert_uint_eq(counts[HB_MISS_FALSE_SHARING], 1);
    hb_misses_free(misses);
}
END_TEST

/* A disk's port behind those of the harts: what it wrote is news, what lies beside that is not. */
START_TEST(a_disk_writes_for_somebody) {
    static struct hb_disk disk; /* never used: the request is the test's own */
    struct hb_dma *dma = &devices.virtio_blk.dma;
    hb_devices_add_disk(&devices, 8, RAM_BYTES);
    bus.disk = &disk;
    for (uint32_t i = 0; i < 3; i++) {
        load(0, 1, i == 1 ? 2 : 0); /* cold; useless; essential */
        *dma = (struct hb_dma){.kind = HB_DMA_WRITE, .address = word(1, 0), .bytes = 16};
        hb_dma_post(&bus, now);
        while (dma->kind != HB_DMA_NONE)
            hb_bus_step(&bus, ++now);
    }
    EXPECT(0, 1, 0, 0, 1, 1);
    ck_assert_uint_eq(hb_lines_at(observer.lines, word(1, 0))->device_writes, 3);
    ck_assert_uint_eq(observer.invalidations, 3);
    ck_assert_uint_eq(hb_lines_at(observer.lines, word(1, 0))->taken[HB_TAKER_DEVICE], 3);
}
END_TEST

/* The hart dies while it waits: the miss has been counted, and is judged by what it asked for. */
START_TEST(a_miss_that_is_never_performed_has_a_class) {
    uint64_t value;
    load(0, 1, 0);
    store(1, 1, 1);
    struct hb_request request = {.kind = HB_ACCESS_LOAD, .address = word(1, _i ? 1 : 0), .bytes = 8};
    ck_assert(!hb_bus_access(&bus, 0, &request, now, &value));
    hb_bus_silence(&bus, 0, true);
    EXPECT(0, 1, 0, 0, _i, !_i);
}
END_TEST

/* An L2 of four lines gives up line 0 for line 4, and the L1 must do so, too. That is want of room, not somebody's
 * write; line 1 goes when 0 comes again. */
START_TEST(what_the_l2_takes_back_is_missed_for_capacity) {
    const struct hb_cache_config cache = {.size_bytes = 4 * LINE, .ways = 4, .line_bytes = LINE};
    uint8_t *block = malloc(hb_cache_block_bytes(&cache));
    ck_assert_ptr_nonnull(block);
    hb_cache_init(&bus.l2, &cache, block);
    for (uint32_t i = 0; i < 5; i++)
        load(0, i, 0);
    load(0, 0, 0);
    load(0, 1, 0);
    EXPECT(0, 5, 2, 0, 0, 0);
    ck_assert_uint_eq(state.l2.back_invalidations, 3);
    ck_assert_uint_eq(observer.invalidations, 0);
    free(block);
}
END_TEST

/* ---- Other protocols ------------------------------------------------------------------------------------------- */

/* Stores of vi bring no line. To one that was never read each is cold; to one that hart 1 has taken away it is judged
 * by its own bytes. */
START_TEST(stores_that_bring_no_line) {
    tear_down();
    set_up(HB_PROTOCOL_VI, 1);
    store(0, 1, 0);
    store(0, 1, 0);
    EXPECT(0, 2, 0, 0, 0, 0);
    load(0, 1, 0);
    EXPECT(0, 3, 0, 0, 0, 0);
    store(1, 1, 1);
    store(0, 1, 0);
    EXPECT(0, 3, 0, 0, 0, 1);
    store(0, 1, 1);
    EXPECT(0, 3, 0, 0, 1, 1);
}
END_TEST

/* A store of vi to a line that was thrown out goes past the real cache. The full one holds the line: it is used there
 * later than 17, which is why 18 throws out 17. And the unbounded one finds in it what hart 1 has written, though the
 * line's last miss seemed useless. */
START_TEST(a_store_past_the_cache_is_seen_by_the_others) {
    tear_down();
    set_up(HB_PROTOCOL_VI, 1);
    load(0, 1, 0);
    store(1, 1, 1);
    load(0, 1, 0); /* useless so far */
    load(0, 17, 0);
    EXPECT(0, 2, 0, 0, 0, 1);
    store(0, 1, 1); /* conflict, and what it writes hart 1 had written */
    EXPECT(0, 2, 0, 1, 1, 0);
    for (uint32_t i = 2; i < 16; i++)
        load(0, i, 0);
    load(0, 18, 0); /* 1 would go if the store had not used it */
    load(0, 1, 0);  /* conflict */
    EXPECT(0, 17, 0, 2, 1, 0);
}
END_TEST

/* Updates take nothing away. Hart 0 looks at one of the words that were brought up to date in its copy. */
START_TEST(updates_make_no_sharing_misses) {
    tear_down();
    set_up(_i ? HB_PROTOCOL_FIREFLY : HB_PROTOCOL_DRAGON, 1);
    for (uint32_t i = 0; i < 5; i++) {
        store(0, 1, 0);
        store(1, 1, 1);
    }
    load(0, 1, 1);
    load(0, 17, 0);
    store(1, 1, 1);
    load(0, 1, 1);
    EXPECT(0, 2, 0, 1, 0, 0);
    EXPECT(1, 1, 0, 0, 0, 0);
    ck_assert_uint_eq(hb_misses_updates_used(observer.misses, word(1, 0)), 2);
    ck_assert_uint_eq(hb_lines_at(observer.lines, word(1, 0))->updates,
                      state.port[0].stats.updates_received + state.port[1].stats.updates_received);
    ck_assert_uint_gt(observer.updates, 8);
}
END_TEST

/* ---- When the observer looks ----------------------------------------------------------------------------------- */

START_TEST(what_is_there_at_the_start_is_known) {
    hb_observer_stop(&observer);
    load(0, 1, 0);
    load(0, 2, 0);
    look();
    uint64_t before = state.port[0].stats.misses[0];
    load(0, 17, 0); /* cold */
    load(0, 1, 0);  /* conflict */
    uint64_t counts[HB_MISSES];
    hb_observer_misses(&observer, 0, counts);
    ck_assert_uint_eq(state.port[0].stats.misses[0] - before, 2);
    ck_assert_uint_eq(counts[HB_MISS_COLD], 1);
    ck_assert_uint_eq(counts[HB_MISS_CONFLICT], 1);
}
END_TEST

/* History is followed outside the region of interest, but nothing counts; a miss of the region may be found essential
 * after it. */
START_TEST(only_the_region_counts) {
    observer.counts = false;
    load(0, 1, 0);
    store(1, 1, 1);
    observer.counts = true;
    load(0, 1, 0);
    observer.counts = false;
    load(0, 1, 1);
    store(1, 1, 1);
    load(0, 1, 1);
    uint64_t counts[HB_MISSES];
    hb_observer_misses(&observer, 0, counts);
    ck_assert_uint_eq(counts[HB_MISS_COLD] + counts[HB_MISS_FALSE_SHARING], 0);
    ck_assert_uint_eq(counts[HB_MISS_TRUE_SHARING], 1);
    const struct hb_line_counts *line = hb_lines_at(observer.lines, word(1, 0));
    ck_assert_uint_eq(line->all_transactions, 1);
    ck_assert_uint_eq(line->interventions, 1);
    ck_assert_uint_eq(hb_lines_invalidations(line->taken), 0);
}
END_TEST

/* ---- The slow count -------------------------------------------------------------------------------------------- */

/* Everything that happened, in order; and each class found by searching through it from the definitions. */
#define EVENTS_MAX 8192u

struct event {
    uint8_t agent;
    bool miss, in_cache, writes, gives_up; /* in_cache: the cache holds the line when the access is done */
    uint64_t line;
    uint32_t first, bytes;
    int class; /* of a miss */
};

static struct event events[EVENTS_MAX];
static uint32_t n_events;
static bool writes_end_copies, coherent;

static bool takes_away(const struct event *event, uint8_t agent, uint64_t line) {
    bool is_l1i = hb_agent_is_l1i(agent);
    if (event->line != line)
        return false;
    if (event->gives_up)
        return coherent || is_l1i || event->agent == agent;
    return event->writes && event->agent != agent && (writes_end_copies || is_l1i);
}

/* The last event before `at` with the agent's cache holding the line; UINT32_MAX: none since software gave it up. */
static uint32_t last_held(uint32_t at, uint8_t agent, uint64_t line) {
    for (uint32_t i = at; i-- > 0;) {
        if (events[i].gives_up && takes_away(&events[i], agent, line))
            return UINT32_MAX;
        if (events[i].agent == agent && events[i].line == line && events[i].in_cache)
            return i;
    }
    return UINT32_MAX;
}

static bool was_taken_since(uint32_t since, uint32_t at, uint8_t agent, uint64_t line) {
    for (uint32_t i = since + 1; i < at; i++)
        if (takes_away(&events[i], agent, line))
            return true;
    return false;
}

/* Play the agent's accesses into a fully associative LRU cache from the beginning; does it hold the line at `at`? */
static bool full_cache_holds(uint32_t at, uint8_t agent, uint64_t line) {
    uint64_t held[LINES + 1];
    uint32_t n = 0;
    for (uint32_t i = 0; i < at; i++) {
        const struct event *event = &events[i];
        uint32_t j = 0;
        while (j < n && held[j] != event->line)
            j++;
        const bool found = j < n, own = event->agent == agent && !event->gives_up;
        if (found && (own || takes_away(event, agent, event->line)))
            memmove(held + j, held + j + 1, (--n - j) * sizeof held[0]);
        if (own && (found || event->in_cache))
            held[n++] = event->line; /* the newest is the last */
        if (n > LINES)
            memmove(held, held + 1, --n * sizeof held[0]);
    }
    for (uint32_t j = 0; j < n; j++)
        if (held[j] == line)
            return true;
    return false;
}

static uint32_t last_essential(uint32_t at, uint8_t agent, uint64_t line) {
    for (uint32_t i = at; i-- > 0;)
        if (events[i].agent == agent && events[i].line == line && events[i].miss && events[i].in_cache &&
            (events[i].class == HB_MISS_COLD || events[i].class == HB_MISS_TRUE_SHARING))
            return i;
    return 0;
}

/* Does the access `i` touch a byte that another has written after event `since`? */
static bool finds_news(uint32_t i, uint32_t since) {
    const struct event *access = &events[i];
    for (uint32_t w = since + 1; w < i; w++) {
        const struct event *write = &events[w];
        if (write->writes && write->agent != access->agent && write->line == access->line &&
            write->first < access->first + access->bytes && access->first < write->first + write->bytes)
            return true;
    }
    return false;
}

static bool is_essential(uint32_t at) {
    const struct event *miss = &events[at];
    uint32_t since = last_essential(at, miss->agent, miss->line);
    for (uint32_t i = at; i < n_events; i++) {
        if (i > at && takes_away(&events[i], miss->agent, miss->line))
            return false;
        if (events[i].agent == miss->agent && events[i].line == miss->line && finds_news(i, since))
            return true;
        if (!miss->in_cache)
            return false;
    }
    return false;
}

static int class_of(uint32_t at) {
    const struct event *miss = &events[at];
    uint32_t held = last_held(at, miss->agent, miss->line);
    if (held == UINT32_MAX)
        return HB_MISS_COLD;
    if (was_taken_since(held, at, miss->agent, miss->line))
        return is_essential(at) ? HB_MISS_TRUE_SHARING : HB_MISS_FALSE_SHARING;
    return full_cache_holds(at, miss->agent, miss->line) ? HB_MISS_CONFLICT : HB_MISS_CAPACITY;
}

/* ---- Random traffic -------------------------------------------------------------------------------------------- */

static uint64_t random_state;

static uint32_t random_below(uint32_t n) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)((random_state >> 20) % n);
}

/* Mostly loads and stores; few lines, so that harts meet, but more than a cache holds. */
static struct hb_request random_request(void) {
    static const uint8_t kinds[] = {HB_ACCESS_LOAD,  HB_ACCESS_LOAD,  HB_ACCESS_LOAD, HB_ACCESS_STORE,
                                    HB_ACCESS_STORE, HB_ACCESS_FETCH, HB_ACCESS_AMO,  HB_ACCESS_LR};
    uint32_t line = random_below(4) ? random_below(6) : random_below(40), size = random_below(4);
    struct hb_request request = {
        .kind = random_below(200) ? kinds[random_below(8)] : HB_ACCESS_FLUSH,
        .bytes = (uint8_t)(1u << size),
        .operand = random_state,
    };
    if (request.kind == HB_ACCESS_AMO || request.kind == HB_ACCESS_LR)
        request.bytes = 8;
    request.address = word(line, 0) + random_below(LINE / request.bytes) * request.bytes;
    return request;
}

static bool holds(uint32_t hart, const struct hb_request *request) {
    const struct hb_cache *cache = request->kind == HB_ACCESS_FETCH ? &bus.l1i[hart] : &bus.l1d[hart];
    return hb_cache_find(cache, request->address) != NULL;
}

static void note(uint32_t hart, const struct hb_request *request, bool missed) {
    uint64_t line = request->address & ~(uint64_t)(LINE - 1);
    bool flush = request->kind == HB_ACCESS_FLUSH;
    events[n_events++] = (struct event){
        .agent = request->kind == HB_ACCESS_FETCH ? hb_agent_l1i(hart) : hb_agent_l1d(hart),
        .miss = missed,
        .in_cache = !flush && holds(hart, request),
        .writes = request->kind == HB_ACCESS_STORE || request->kind == HB_ACCESS_AMO,
        .gives_up = flush,
        .line = line,
        .first = (uint32_t)(request->address - line),
        .bytes = flush ? 0 : request->bytes,
    };
}

static void compare_with_slow_count(void) {
    uint64_t slow[2 * HARTS][HB_MISSES] = {{0}};
    for (uint32_t i = 0; i < n_events; i++)
        if (events[i].miss) {
            events[i].class = class_of(i);
            slow[events[i].agent][events[i].class]++;
        }
    for (uint8_t agent = 0; agent < 2 * HARTS; agent++)
        expect_agent(agent, slow[agent][0], slow[agent][1], slow[agent][2], slow[agent][3], slow[agent][4]);
}

START_TEST(random_accesses_against_the_slow_count) {
    const enum hb_protocol_id protocol = (enum hb_protocol_id)(_i % HB_PROTOCOLS);
    const uint32_t ways = 1u << (_i / HB_PROTOCOLS % 3 * 2); /* 1, 4, 16 */
    tear_down();
    set_up(protocol, ways);
    writes_end_copies =
        protocol != HB_PROTOCOL_DRAGON && protocol != HB_PROTOCOL_FIREFLY && protocol != HB_PROTOCOL_NONE;
    coherent = protocol != HB_PROTOCOL_NONE;
    random_state = 0x9e3779b97f4a7c15ull * (uint64_t)(_i + 1);
    n_events = 0;
    for (uint32_t i = 0; i < 3000; i++) {
        uint32_t hart = random_below(HARTS);
        struct hb_request request = random_request();
        if (request.kind == HB_ACCESS_LR && !coherent)
            request.kind = HB_ACCESS_LOAD; /* else it is locked, and takes copies from L1Is without having written */
        const uint64_t *misses = &state.port[hart].stats.misses[request.kind == HB_ACCESS_FETCH], before = *misses;
        complete(hart, request);
        note(hart, &request, *misses != before);
    }
    compare_with_slow_count();
}
END_TEST

/* Many at once: nobody can say beforehand what is a miss, but the classes add up, under each
 * protocol, on both buses. */
START_TEST(classes_add_up_when_harts_race) {
    tear_down();
    build((enum hb_protocol_id)(_i % HB_PROTOCOLS), 2);
    bus.config.split = _i / HB_PROTOCOLS % 2;
    bus.config.store_depth = _i / HB_PROTOCOLS >= 2 ? 4 : 0;
    bus.config.store_order = HB_STORES_ANY;
    bus.config.outstanding = 4;
    hb_bus_reset(&bus);
    look();
    random_state = 0x2545f4914f6cdd1dull * (uint64_t)(_i + 1);
    struct hb_request wanted[HARTS] = {{0}};
    bool waits[HARTS] = {false};
    for (uint32_t i = 0; i < 30000; i++) {
        now++;
        if (state.next_cycle <= now)
            hb_bus_step(&bus, now);
        for (uint32_t hart = 0; hart < HARTS; hart++) {
            uint64_t value;
            struct hb_port *port = &state.port[hart];
            if (waits[hart] && port->response == HB_RESPONSE_NONE)
                continue;
            if (!waits[hart] || port->response == HB_RESPONSE_DONE)
                wanted[hart] = random_request();
            port->response = HB_RESPONSE_NONE;
            waits[hart] = !hb_bus_access(&bus, hart, &wanted[hart], now, &value);
        }
    }
    for (uint8_t agent = 0; agent < 2 * HARTS; agent++) {
        uint64_t counts[HB_MISSES], sum = 0;
        hb_observer_misses(&observer, agent, counts);
        for (uint32_t i = 0; i < HB_MISSES; i++)
            sum += counts[i];
        ck_assert_uint_eq(sum, state.port[agent / 2].stats.misses[hb_agent_is_l1i(agent)]);
        ck_assert_uint_gt(sum, 50);
    }
}
END_TEST

static TCase *paper(void) {
    TCase *tests = tcase_create("on paper");
    tcase_add_checked_fixture(tests, direct_mapped, tear_down);
    tcase_add_test(tests, the_first_of_each_line_is_cold);
    tcase_add_test(tests, two_lines_of_one_set_conflict);
    tcase_add_test(tests, a_direct_mapped_cache_misses_two_of_them_for_capacity);
    tcase_add_test(tests, written_back_victims_do_not_count);
    tcase_add_test(tests, a_reader_in_between_leaves_a_conflict_what_it_is);
    tcase_add_test(tests, an_invalidated_line_leaves_room);
    tcase_add_test(tests, ping_pong_on_one_word_is_true_sharing);
    tcase_add_test(tests, ping_pong_on_two_words_is_false_sharing);
    tcase_add_test(tests, two_bytes_of_one_word_are_not_shared);
    tcase_add_test(tests, a_producer_and_a_consumer_share);
    tcase_add_test(tests, a_useless_miss_becomes_essential_later);
    tcase_add_test(tests, news_outlive_a_useless_miss);
    tcase_add_test(tests, an_essential_miss_brings_all_the_news);
    tcase_add_test(tests, a_cold_miss_brings_all_the_news);
    tcase_add_test(tests, own_stores_make_no_news);
    tcase_add_loop_test(tests, written_since_it_was_thrown_out, 0, 2);
    tcase_add_test(tests, a_lifetime_lasts_over_a_conflict);
    tcase_add_test(tests, an_upgrade_that_lost_its_line_is_no_miss);
    tcase_add_test(tests, an_l1i_shares_with_its_own_l1d);
    tcase_add_loop_test(tests, what_software_gives_up_is_cold_again, 0, 2);
    tcase_add_test(tests, what_software_cleans_stays);
    tcase_add_test(tests, a_hart_that_starts_is_cold);
    tcase_add_test(tests, a_device_is_somebody_else);
    tcase_add_test(tests, a_disk_writes_for_somebody);
    tcase_add_loop_test(tests, a_miss_that_is_never_performed_has_a_class, 0, 2);
    tcase_add_test(tests, what_the_l2_takes_back_is_missed_for_capacity);
    tcase_add_test(tests, stores_that_bring_no_line);
    tcase_add_test(tests, a_store_past_the_cache_is_seen_by_the_others);
    tcase_add_loop_test(tests, updates_make_no_sharing_misses, 0, 2);
    tcase_add_test(tests, what_is_there_at_the_start_is_known);
    tcase_add_test(tests, only_the_region_counts);
    return tests;
}

static void fully_associative(void) {
    set_up(HB_PROTOCOL_MESI, 16);
}

int main(void) {
    Suite *suite = suite_create("misses");
    TCase *full = tcase_create("fully associative"), *chance = tcase_create("random");
    suite_add_tcase(suite, paper());
    tcase_add_checked_fixture(full, fully_associative, tear_down);
    tcase_add_test(full, one_line_too_many_misses_for_capacity);
    suite_add_tcase(suite, full);
    tcase_add_checked_fixture(chance, direct_mapped, tear_down);
    tcase_set_timeout(chance, 60);
    tcase_add_loop_test(chance, random_accesses_against_the_slow_count, 0, 3 * HB_PROTOCOLS);
    tcase_add_loop_test(chance, classes_add_up_when_harts_race, 0, 4 * HB_PROTOCOLS);
    suite_add_tcase(suite, chance);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
