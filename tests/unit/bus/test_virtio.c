/* The virtio disk as a driver meets it: registers, requests, everything that a driver can do wrong, and thousands of
 * queues of random bytes. Memory is a plain array here; every DMA that the device asks for is checked and carried out.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bus/devices/memory_map.h"
#include "bus/devices/virtio_blk.h"

#define SECTORS   64u
#define RAM_BYTES 65536u
#define QUEUE     8u

/* Where a test's driver keeps its things. */
#define TABLE     (HB_RAM_BASE + 0x1000)
#define AVAILABLE (HB_RAM_BASE + 0x2000)
#define USED      (HB_RAM_BASE + 0x3000)
#define HEADER    (HB_RAM_BASE + 0x4000)
#define STATUS_AT (HB_RAM_BASE + 0x4100)
#define INDIRECT  (HB_RAM_BASE + 0x5000)
#define DATA      (HB_RAM_BASE + 0x6000)

enum {
    MAGIC = 0x000,
    VERSION = 0x004,
    DEVICE_ID = 0x008,
    VENDOR = 0x00c,
    FEATURES = 0x010,
    FEATURES_SELECT = 0x014,
    ACCEPTED = 0x020,
    ACCEPTED_SELECT = 0x024,
    QUEUE_SELECT = 0x030,
    QUEUE_MAX = 0x034,
    QUEUE_SIZE = 0x038,
    READY = 0x044,
    NOTIFY = 0x050,
    INTERRUPT = 0x060,
    ACKNOWLEDGE = 0x064,
    STATUS = 0x070,
    CONFIG = 0x100
};
enum { NEXT = 1, WRITE = 2, INDIRECT_FLAG = 4 };
enum { IN, OUT, FLUSH = 4, GET_ID = 8 };

static struct hb_virtio_blk blk;
static struct hb_disk disk;
static char path[64];
static uint8_t ram[RAM_BYTES];
static uint64_t now, moves;

/* ---- Memory, and the bus in between ---------------------------------------------------------------------------- */

static uint8_t *at(uint64_t address) {
    return ram + (address - HB_RAM_BASE);
}

static void put_memory(uint64_t address, uint32_t bytes, uint64_t value) {
    for (uint32_t i = 0; i < bytes; i++)
        at(address)[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t get_memory(uint64_t address, uint32_t bytes) {
    uint64_t value = 0;
    for (uint32_t i = 0; i < bytes; i++)
        value |= (uint64_t)at(address)[i] << (8 * i);
    return value;
}

static void check_state(void) {
    const struct hb_dma *dma = &blk.dma;
    ck_assert_uint_gt(dma->bytes, 0);
    ck_assert_uint_le(dma->at + dma->bytes, HB_DMA_BYTES);
    ck_assert_uint_ge(dma->address, HB_RAM_BASE);
    ck_assert_uint_le(dma->address - HB_RAM_BASE, RAM_BYTES - dma->bytes);
    if (blk.step == HB_BLK_DATA && blk.type <= OUT)
        ck_assert_uint_lt(blk.sector, blk.sectors);
    ck_assert_uint_le(blk.chain.segments, HB_VIRTIO_BLK_SEGMENTS_MAX);
}

/* One DMA, or the end of a wait. False: the device has nothing to do. */
static bool step(void) {
    if (blk.dma.kind == HB_DMA_NONE) {
        if (blk.due_cycle == UINT64_MAX)
            return false;
        now = blk.due_cycle;
        hb_virtio_blk_due(&blk, &disk);
        return true;
    }
    check_state();
    if (blk.dma.kind == HB_DMA_READ)
        memcpy(blk.dma.data + blk.dma.at, at(blk.dma.address), blk.dma.bytes);
    else
        memcpy(at(blk.dma.address), blk.dma.data + blk.dma.at, blk.dma.bytes);
    blk.dma.kind = HB_DMA_NONE;
    moves++;
    hb_virtio_blk_moved(&blk, &disk, now);
    return true;
}

static void work(void) {
    for (uint32_t steps = 0; step(); steps++)
        ck_assert_uint_lt(steps, 10000);
    ck_assert_uint_eq(blk.step, HB_BLK_IDLE);
}

/* ---- The driver ------------------------------------------------------------------------------------------------ */

static uint32_t get(uint32_t offset) {
    return (uint32_t)hb_virtio_blk_read(&blk, offset, 4);
}

static void put(uint32_t offset, uint32_t value) {
    hb_virtio_blk_write(&blk, offset, 4, value);
}

static void place_queue(uint32_t size, uint64_t table, uint64_t available, uint64_t used) {
    const uint64_t places[] = {table, available, used};
    put(QUEUE_SIZE, size);
    for (uint32_t i = 0; i < 3; i++) {
        put(0x80 + 0x10 * i, (uint32_t)places[i]);
        put(0x84 + 0x10 * i, (uint32_t)(places[i] >> 32));
    }
    put(READY, 1);
}

static void negotiate(void) {
    put(STATUS, 0);
    put(STATUS, 1);
    put(STATUS, 3);
    put(ACCEPTED_SELECT, 1);
    put(ACCEPTED, 1);
    put(ACCEPTED_SELECT, 0);
    put(ACCEPTED, 1u << 28 | 1u << 9);
    put(STATUS, 11);
}

static void start(void) {
    put_memory(AVAILABLE, 4, 0);
    put_memory(USED, 4, 0);
    negotiate();
    place_queue(QUEUE, TABLE, AVAILABLE, USED);
    put(STATUS, 15);
    ck_assert_uint_eq(get(STATUS), 15);
}

static void set_up(void) {
    uint8_t sector[512];
    strcpy(path, "/tmp/hartbeat-virtio-XXXXXX");
    int file = mkstemp(path);
    ck_assert_int_ge(file, 0);
    for (uint32_t i = 0; i < SECTORS; i++) {
        memset(sector, (int)i, sizeof sector);
        ck_assert_int_eq(write(file, sector, sizeof sector), sizeof sector);
    }
    close(file);
    char message[128];
    ck_assert(hb_disk_open(&disk, path, false, message, sizeof message));
    memset(&blk, 0xa5, sizeof blk);
    memset(ram, 0, sizeof ram);
    hb_virtio_blk_reset(&blk, SECTORS, RAM_BYTES);
    now = 1000;
    start();
}

static void tear_down(void) {
    hb_disk_close(&disk);
    unlink(path);
}

static void describe_in(uint64_t table, uint32_t i, uint64_t address, uint32_t bytes, uint16_t flags, uint16_t next) {
    put_memory(table + 16 * i, 8, address);
    put_memory(table + 16 * i + 8, 4, bytes);
    put_memory(table + 16 * i + 12, 2, flags);
    put_memory(table + 16 * i + 14, 2, next);
}

static void describe(uint32_t i, uint64_t address, uint32_t bytes, uint16_t flags, uint16_t next) {
    describe_in(TABLE, i, address, bytes, flags, next);
}

static void offer(uint16_t head) {
    uint16_t index = (uint16_t)get_memory(AVAILABLE + 2, 2);
    put_memory(AVAILABLE + 4 + 2 * (index % QUEUE), 2, head);
    put_memory(AVAILABLE + 2, 2, (uint16_t)(index + 1));
}

static uint16_t used_index(void) {
    return (uint16_t)get_memory(USED + 2, 2);
}

static void make_request(uint32_t type, uint64_t sector, uint32_t bytes) {
    put_memory(HEADER, 4, type);
    put_memory(HEADER + 8, 8, sector);
    put_memory(STATUS_AT, 1, 0xee);
    describe(0, HEADER, 16, NEXT, 1);
    describe(1, DATA, bytes, NEXT | (type == OUT ? 0 : WRITE), 2);
    describe(2, STATUS_AT, 1, WRITE, 0);
}

/* The status of a request, and that it came back by the used ring with this length. */
static uint8_t request(uint32_t type, uint64_t sector, uint32_t bytes, uint32_t used_bytes) {
    uint16_t before = used_index();
    make_request(type, sector, bytes);
    offer(0);
    put(NOTIFY, 0);
    work();
    ck_assert_uint_eq(used_index(), (uint16_t)(before + 1));
    ck_assert_uint_eq(get_memory(USED + 4 + 8 * (before % QUEUE), 4), 0);
    ck_assert_uint_eq(get_memory(USED + 8 + 8 * (before % QUEUE), 4), used_bytes);
    ck_assert(hb_virtio_blk_interrupts(&blk));
    ck_assert_uint_eq(get(INTERRUPT), 1);
    put(ACKNOWLEDGE, 1);
    ck_assert(!hb_virtio_blk_interrupts(&blk));
    return (uint8_t)get_memory(STATUS_AT, 1);
}

/* The queue as it stands makes the device ask for a reset; afterwards it works again. */
static void breaks(const char *what) {
    uint16_t before = used_index();
    put(NOTIFY, 0);
    work();
    ck_assert_msg(get(STATUS) == (15 | 0x40), "%s: status %x", what, get(STATUS));
    ck_assert_msg(get(INTERRUPT) & 2, "%s: no interrupt", what);
    ck_assert_uint_eq(used_index(), before);
    uint64_t before_moves = moves;
    put(NOTIFY, 0);
    put(STATUS, 15);
    put(NOTIFY, 0);
    work();
    ck_assert_uint_eq(moves, before_moves); /* it leaves memory alone */
    ck_assert_uint_eq(get(STATUS), 15 | 0x40);
    start();
    ck_assert_uint_eq(get(INTERRUPT), 0);
    ck_assert_uint_eq(request(IN, 7, 512, 513), 0);
    ck_assert_uint_eq(get_memory(DATA, 1), 7);
    start();
}

/* ---- Registers ------------------------------------------------------------------------------------------------- */

START_TEST(it_says_what_it_is) {
    ck_assert_uint_eq(get(MAGIC), 0x74726976);
    ck_assert_uint_eq(get(VERSION), 2);
    ck_assert_uint_eq(get(DEVICE_ID), 2);
    ck_assert_uint_eq(get(VENDOR), 0x554d4551);
    ck_assert_uint_eq(get(QUEUE_MAX), 1024);
    ck_assert_uint_eq(get(CONFIG), SECTORS);
    ck_assert_uint_eq(get(CONFIG + 20), 512);
    ck_assert_uint_eq(hb_virtio_blk_read(&blk, CONFIG, 8), SECTORS);
    ck_assert_uint_eq(hb_virtio_blk_read(&blk, CONFIG, 1), SECTORS);
    ck_assert_uint_eq(hb_virtio_blk_read(&blk, CONFIG + 21, 1), 2);
    ck_assert_uint_eq(hb_virtio_blk_read(&blk, CONFIG + 0xfc, 8), 0);
    ck_assert_uint_eq(get(0x0b0), UINT32_MAX); /* no shared memory */
    ck_assert_uint_eq(hb_virtio_blk_read(&blk, MAGIC, 1), 0);
    ck_assert_uint_eq(hb_virtio_mmio_read_empty(MAGIC, 4), 0x74726976);
    ck_assert_uint_eq(hb_virtio_mmio_read_empty(VERSION, 4), 2);
    ck_assert_uint_eq(hb_virtio_mmio_read_empty(DEVICE_ID, 4), 0);
    ck_assert_uint_eq(hb_virtio_mmio_read_empty(STATUS, 4), 0);
}
END_TEST

START_TEST(features_that_were_not_offered_are_refused) {
    put(STATUS, 0);
    put(FEATURES_SELECT, 0);
    uint32_t low = get(FEATURES);
    put(FEATURES_SELECT, 1);
    ck_assert_uint_eq(get(FEATURES), 1);
    put(FEATURES_SELECT, 2);
    ck_assert_uint_eq(get(FEATURES), 0);
    for (uint32_t bit = 0; bit < 32; bit++) {
        put(STATUS, 0);
        put(STATUS, 3);
        put(ACCEPTED_SELECT, 0);
        put(ACCEPTED, 1u << bit);
        put(STATUS, 11);
        ck_assert_uint_eq(get(STATUS), low >> bit & 1 ? 11 : 3);
    }
    negotiate();
    put(ACCEPTED, UINT32_MAX); /* too late */
    put(STATUS, 15);
    ck_assert_uint_eq(get(STATUS), 15);
}
END_TEST

START_TEST(a_queue_has_a_power_of_two_up_to_1024) {
    static const uint32_t sizes[] = {0, 3, 7, 1023, 1025, 2048, 0x80000000, UINT32_MAX};
    negotiate();
    for (uint32_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        put(QUEUE_SIZE, sizes[i]);
        put(READY, 1);
        ck_assert_uint_eq(get(READY), 0);
    }
    put(QUEUE_SELECT, 1);
    ck_assert_uint_eq(get(QUEUE_MAX), 0);
    put(QUEUE_SIZE, 8);
    put(READY, 1);
    ck_assert_uint_eq(get(READY), 0);
    put(QUEUE_SELECT, 0);
    put(READY, 1);
    ck_assert_uint_eq(get(READY), 0);
    put(QUEUE_SIZE, 1024);
    put(READY, 1);
    ck_assert_uint_eq(get(READY), 1);
    put(QUEUE_SIZE, 8); /* not while it is in use */
    ck_assert_uint_eq(blk.mmio.queue.size, 1024);
}
END_TEST

START_TEST(nothing_happens_before_the_driver_is_ready) {
    make_request(IN, 1, 512);
    negotiate();
    place_queue(QUEUE, TABLE, AVAILABLE, USED);
    offer(0);
    put(NOTIFY, 0);
    ck_assert_uint_eq(blk.dma.kind, HB_DMA_NONE);
    put(STATUS, 15);
    put(NOTIFY, 1); /* another queue */
    ck_assert_uint_eq(blk.dma.kind, HB_DMA_NONE);
    put(NOTIFY, 0);
    ck_assert_uint_eq(blk.dma.kind, HB_DMA_READ);
    work();
    ck_assert_uint_eq(used_index(), 1);
}
END_TEST

/* ---- Requests -------------------------------------------------------------------------------------------------- */

START_TEST(sectors_are_read_and_written) {
    ck_assert_uint_eq(request(IN, 5, 1024, 1025), 0);
    ck_assert_uint_eq(get_memory(DATA + 511, 2), 0x0605);
    memset(at(DATA), 0x77, 1536);
    ck_assert_uint_eq(request(OUT, 61, 1536, 1), 0);
    memset(at(DATA), 0, 2048);
    ck_assert_uint_eq(request(IN, 60, 2048, 2049), 0);
    ck_assert_uint_eq(get_memory(DATA + 511, 2), 0x773c);
    ck_assert_uint_eq(get_memory(DATA + 2047, 1), 0x77);
    ck_assert_uint_eq(request(FLUSH, 0, 512, 1), 0);
    ck_assert_uint_eq(request(GET_ID, 0, 20, 21), 0);
    ck_assert_str_eq((const char *)at(DATA), "hartbeat disk");
    memset(at(DATA), 0xbb, 8);
    ck_assert_uint_eq(request(GET_ID, 0, 4, 5), 0);
    ck_assert_mem_eq(at(DATA), "hart\xbb", 5);
}
END_TEST

START_TEST(a_request_takes_its_time) {
    uint64_t from = now;
    ck_assert_uint_eq(request(IN, 5, 512, 513), 0);
    ck_assert_uint_eq(now - from, HB_VIRTIO_BLK_ACCESS_CYCLES);
}
END_TEST

START_TEST(what_cannot_be_done_is_answered_with_an_error) {
    ck_assert_uint_eq(request(IN, SECTORS, 512, 1), 1);
    ck_assert_uint_eq(request(IN, SECTORS - 1, 1024, 1), 1);
    ck_assert_uint_eq(request(IN, UINT64_MAX, 512, 1), 1);
    ck_assert_uint_eq(request(OUT, UINT64_MAX - 1, 1024, 1), 1);
    ck_assert_uint_eq(request(IN, 0, 511, 1), 1);
    ck_assert_uint_eq(request(OUT, 0, 513, 1), 1);
    ck_assert_uint_eq(request(2, 0, 512, 1), 2);
    ck_assert_uint_eq(request(UINT32_MAX, 0, 512, 1), 2);
    ck_assert_uint_eq(hb_disk_hash(&disk), 0); /* nothing was written */
    ck_assert_int_eq(truncate(path, 512), 0);
    ck_assert_uint_eq(request(IN, 5, 512, 1), 1); /* the host cannot read it any more */
    ck_assert_uint_eq(request(OUT, 15, 512, 1), 1);
}
END_TEST

START_TEST(several_requests_are_answered_in_order) {
    make_request(IN, 9, 512);
    describe(3, HEADER, 16, NEXT, 4);
    describe(4, STATUS_AT + 1, 1, WRITE, 0); /* no data: sector 9 for 0 bytes */
    put_memory(STATUS_AT + 1, 1, 0xee);
    offer(0);
    offer(3);
    offer(0);
    put(NOTIFY, 0);
    work();
    ck_assert_uint_eq(used_index(), 3);
    ck_assert_uint_eq(get_memory(USED + 4, 4), 0);
    ck_assert_uint_eq(get_memory(USED + 12, 4), 3);
    ck_assert_uint_eq(get_memory(USED + 16, 4), 1);
    ck_assert_uint_eq(get_memory(USED + 20, 4), 0);
    ck_assert_uint_eq(get_memory(STATUS_AT + 1, 1), 0);
}
END_TEST

START_TEST(a_notification_while_it_works_is_not_lost) {
    for (uint32_t after = 0; after < 40; after++) {
        start();
        make_request(IN, 9, 512);
        offer(0);
        put(NOTIFY, 0);
        for (uint32_t i = 0; i < after && step();)
            i++;
        offer(0);
        put(NOTIFY, 0);
        work();
        ck_assert_uint_eq(used_index(), 2);
    }
}
END_TEST

START_TEST(indices_go_around) {
    blk.available = blk.used = 65500; /* as after so many requests */
    put_memory(AVAILABLE + 2, 2, 65500);
    for (uint32_t i = 0; i < 56; i++) {
        make_request(FLUSH, 0, 1);
        offer(0);
        put(NOTIFY, 0);
        work();
    }
    ck_assert_uint_eq(used_index(), 20);
    ck_assert_uint_eq(get(STATUS), 15);
}
END_TEST

START_TEST(the_driver_may_want_no_interrupt) {
    put_memory(AVAILABLE, 2, 1);
    make_request(IN, 3, 512);
    offer(0);
    put(NOTIFY, 0);
    work();
    ck_assert_uint_eq(used_index(), 1);
    ck_assert_uint_eq(get(INTERRUPT), 0);
}
END_TEST

START_TEST(a_reset_at_any_moment_ends_everything) {
    for (uint32_t after = 0; after < 40; after++) {
        start();
        make_request(IN, 9, 512);
        offer(0);
        put(NOTIFY, 0);
        for (uint32_t i = 0; i < after && step();)
            i++;
        put(after & 1 ? STATUS : READY, 0);
        ck_assert_uint_eq(blk.dma.kind, HB_DMA_NONE);
        ck_assert_uint_eq(blk.due_cycle, UINT64_MAX);
        ck_assert_uint_eq(blk.step, HB_BLK_IDLE);
        start();
        ck_assert_uint_eq(request(IN, 11, 512, 513), 0);
        ck_assert_uint_eq(get_memory(DATA, 1), 11);
    }
}
END_TEST

/* ---- Drivers that are wrong ------------------------------------------------------------------------------------ */

static const uint64_t outside[] = {
    0,         0x10000000, HB_RAM_BASE - 1, HB_RAM_BASE + RAM_BYTES - 511, HB_RAM_BASE + RAM_BYTES, UINT64_MAX - 511,
    UINT64_MAX};
#define OUTSIDE (sizeof outside / sizeof outside[0])

START_TEST(data_outside_ram_break_it) {
    for (uint32_t i = 0; i < OUTSIDE; i++) {
        make_request(IN, 0, 512);
        describe(1, outside[i], 512, NEXT | WRITE, 2);
        offer(0);
        breaks("data in");
        make_request(OUT, 0, 512);
        describe(1, outside[i], 512, NEXT, 2);
        offer(0);
        breaks("data out");
    }
    make_request(IN, 0, 512);
    describe(1, DATA, UINT32_MAX, NEXT | WRITE, 2);
    offer(0);
    breaks("4 GiB of data");
}
END_TEST

START_TEST(rings_outside_ram_break_it) {
    for (uint32_t i = 0; i < OUTSIDE; i++)
        for (uint32_t ring = 0; ring < 3; ring++) {
            uint64_t where[] = {TABLE, AVAILABLE, USED};
            where[ring] = outside[i];
            negotiate();
            place_queue(512, where[0], where[1], where[2]);
            put(STATUS, 15);
            breaks("a ring");
        }
}
END_TEST

START_TEST(chains_that_lead_nowhere_break_it) {
    describe(0, HEADER, 16, NEXT, 0);
    offer(0);
    breaks("a circle of one");
    for (uint16_t i = 0; i < QUEUE; i++)
        describe(i, HEADER, 16, NEXT, (uint16_t)(i + 1) % QUEUE);
    offer(3);
    uint64_t before = moves;
    put(NOTIFY, 0);
    work();
    ck_assert_uint_eq(moves - before, 2 + QUEUE); /* it looked at each once */
    breaks("a circle of all");
    make_request(IN, 0, 512);
    describe(1, DATA, 512, NEXT | WRITE, QUEUE);
    offer(0);
    breaks("a next outside the table");
    offer(QUEUE);
    breaks("a head outside the table");
    offer(UINT16_MAX);
    breaks("a head far outside the table");
    put_memory(AVAILABLE + 2, 2, QUEUE + 1);
    breaks("an index that jumps");
    put_memory(AVAILABLE + 2, 2, UINT16_MAX);
    breaks("an index that goes back");
}
END_TEST

START_TEST(chains_that_make_no_request_break_it) {
    describe(0, HEADER, 16, 0, 0);
    offer(0);
    breaks("no status");
    describe(0, STATUS_AT, 1, WRITE, 0);
    offer(0);
    breaks("no header");
    describe(0, HEADER, 15, NEXT, 1);
    describe(1, STATUS_AT, 1, WRITE, 0);
    offer(0);
    breaks("a short header");
    describe(0, STATUS_AT, 1, NEXT | WRITE, 1);
    describe(1, HEADER, 16, 0, 0);
    offer(0);
    breaks("the wrong order");
    make_request(IN, 0, 0);
    offer(0);
    breaks("an empty descriptor");
}
END_TEST

START_TEST(indirect_tables_are_checked_likewise) {
    describe_in(INDIRECT, 0, HEADER, 16, NEXT, 1);
    describe_in(INDIRECT, 1, STATUS_AT, 1, WRITE, 0);
    static const uint32_t lengths[] = {0, 1, 15, 17, 16 * 1025, UINT32_MAX, 16};
    for (uint32_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) { /* the last: its next is outside */
        describe(0, INDIRECT, lengths[i], INDIRECT_FLAG, 0);
        offer(0);
        breaks("the length of a table");
        describe_in(INDIRECT, 0, HEADER, 16, NEXT, 1);
    }
    describe(0, HB_RAM_BASE + RAM_BYTES - 16, 32, INDIRECT_FLAG, 0);
    offer(0);
    breaks("a table outside RAM");
    describe(0, INDIRECT, 32, INDIRECT_FLAG | NEXT, 1);
    offer(0);
    breaks("a table with a next");
    describe_in(INDIRECT, 1, INDIRECT + 64, 16, INDIRECT_FLAG, 0);
    describe_in(INDIRECT, 4, STATUS_AT, 1, WRITE, 0);
    describe(0, INDIRECT, 32, INDIRECT_FLAG, 0);
    offer(0);
    breaks("a table in a table");
    describe_in(INDIRECT, 1, STATUS_AT, 1, WRITE | NEXT, 1);
    describe(0, INDIRECT, 32, INDIRECT_FLAG, 0);
    offer(0);
    breaks("a table in a circle");
    put(STATUS, 0);
    put(STATUS, 3);
    put(STATUS, 11); /* no feature accepted */
    place_queue(QUEUE, TABLE, AVAILABLE, USED);
    put(STATUS, 15);
    describe_in(INDIRECT, 1, STATUS_AT, 1, WRITE, 0);
    describe(0, INDIRECT, 32, INDIRECT_FLAG, 0);
    put_memory(AVAILABLE + 2, 2, 0);
    offer(0);
    breaks("a table that was not negotiated");
}
END_TEST

START_TEST(a_chain_may_fill_its_table) {
    put_memory(HEADER, 4, OUT);
    put_memory(HEADER + 8, 8, 0);
    for (uint16_t i = 0; i < 1023; i++)
        describe_in(INDIRECT, i, i == 0 ? HEADER : HEADER + i % 16, i == 0 ? 16 : 1, NEXT, (uint16_t)(i + 1));
    describe_in(INDIRECT, 1023, STATUS_AT, 1, WRITE, 0);
    describe(0, INDIRECT, 16 * 1024, INDIRECT_FLAG, 0);
    offer(0);
    put(NOTIFY, 0);
    work();
    ck_assert_uint_eq(used_index(), 1);
    ck_assert_uint_eq(get_memory(STATUS_AT, 1), 1); /* 1022 bytes are no sectors */
}
END_TEST

START_TEST(a_chain_of_more_than_1024_breaks_it) {
    uint64_t table = HB_RAM_BASE + 0x8000;
    for (uint16_t i = 0; i < 600; i++) {
        describe_in(table, i, HEADER, 16, NEXT, (uint16_t)(i + 1));
        describe_in(INDIRECT, i, STATUS_AT, 1, WRITE | (i == 599 ? 0 : NEXT), (uint16_t)(i + 1));
    }
    describe_in(table, 600, INDIRECT, 600 * 16, INDIRECT_FLAG, 0);
    negotiate();
    place_queue(1024, table, AVAILABLE, HB_RAM_BASE + 0xd000);
    put(STATUS, 15);
    put_memory(AVAILABLE + 4, 2, 0);
    put_memory(AVAILABLE + 2, 2, 1);
    breaks("1200 descriptors");
}
END_TEST

/* ---- Random bytes ---------------------------------------------------------------------------------------------- */

static uint64_t seed;

static uint32_t random_below(uint32_t n) {
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(seed >> 33) % n;
}

/* Rather inside RAM than not, and often in the same places. */
static uint64_t random_address(void) {
    static const uint64_t places[] = {TABLE, AVAILABLE, USED, HEADER, STATUS_AT, INDIRECT, DATA};
    switch (random_below(16)) {
    case 0: return outside[random_below(OUTSIDE)];
    case 1: return HB_RAM_BASE + random_below(RAM_BYTES + 100);
    default: return places[random_below(7)] + 16 * random_below(8);
    }
}

static uint32_t random_length(void) {
    static const uint32_t lengths[] = {0, 1, 15, 16, 17, 511, 512, 513, 1024, 4096, 65536, UINT32_MAX};
    return random_below(3) ? lengths[random_below(12)] : random_below(2048);
}

static void random_descriptor(uint64_t address) {
    uint16_t flags = (uint16_t)(random_below(20) ? random_below(4) : random_below(65536));
    put_memory(address, 8, random_address());
    put_memory(address + 8, 4, random_length());
    put_memory(address + 12, 2, random_below(12) ? flags : flags | 4);
    put_memory(address + 14, 2, random_below(20) ? random_below(QUEUE) : random_below(65536));
}

static void random_memory(void) {
    for (uint32_t i = 0; i < QUEUE; i++) {
        random_descriptor(TABLE + 16 * i);
        random_descriptor(INDIRECT + 16 * i);
        put_memory(AVAILABLE + 4 + 2 * i, 2, random_below(20) ? random_below(QUEUE) : random_below(65536));
    }
    put_memory(HEADER, 4, random_below(10));
    put_memory(HEADER + 8, 8, random_below(SECTORS + 2));
    if (random_below(2)) { /* half of them nearly right */
        make_request(random_below(2), random_below(SECTORS + 2), 512 * random_below(4));
        put_memory(AVAILABLE + 4, 2, 0);
    }
    if (random_below(4) == 0)
        random_descriptor(TABLE + 16 * random_below(3));
}

static void random_register(void) {
    uint32_t offset = random_below(16) ? 4 * random_below(0x40) : random_below(0x200);
    uint32_t value = random_below(3) ? random_below(16) : (uint32_t)random_address();
    if (offset != STATUS || random_below(4) == 0)
        hb_virtio_blk_write(&blk, offset, 1u << random_below(4), value);
    hb_virtio_blk_read(&blk, offset, 1u << random_below(4));
}

START_TEST(no_queue_can_harm_it) {
    uint64_t answered = 0, broken = 0;
    seed = 3;
    for (uint32_t round = 0; round < 10000; round++) {
        start();
        random_memory();
        put_memory(AVAILABLE + 2, 2, 1 + random_below(QUEUE + 1));
        put(NOTIFY, 0);
        bool disturbs = random_below(4) == 0;
        for (uint32_t i = 0; i < 600 && step(); i++) {
            if (disturbs && random_below(8) == 0)
                random_register();
            if (disturbs && random_below(8) == 0)
                put_memory(HB_RAM_BASE + random_below(RAM_BYTES - 8), 8, random_address());
        }
        answered += blk.used != 0;
        broken += get(STATUS) >> 6 & 1;
    }
    /* Else the rounds would not be about anything. */
    ck_assert_uint_gt(answered, 2000);
    ck_assert_uint_gt(broken, 3000);
    start();
    hb_disk_forget_written(&disk);
    ck_assert_uint_eq(request(IN, 13, 512, 513), 0);
    ck_assert_uint_eq(get_memory(DATA, 1), 13);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("virtio");
    TCase *tests = tcase_create("virtio");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, it_says_what_it_is);
    tcase_add_test(tests, features_that_were_not_offered_are_refused);
    tcase_add_test(tests, a_queue_has_a_power_of_two_up_to_1024);
    tcase_add_test(tests, nothing_happens_before_the_driver_is_ready);
    tcase_add_test(tests, sectors_are_read_and_written);
    tcase_add_test(tests, a_request_takes_its_time);
    tcase_add_test(tests, what_cannot_be_done_is_answered_with_an_error);
    tcase_add_test(tests, several_requests_are_answered_in_order);
    tcase_add_test(tests, a_notification_while_it_works_is_not_lost);
    tcase_add_test(tests, indices_go_around);
    tcase_add_test(tests, the_driver_may_want_no_interrupt);
    tcase_add_test(tests, a_reset_at_any_moment_ends_everything);
    tcase_add_test(tests, data_outside_ram_break_it);
    tcase_add_test(tests, rings_outside_ram_break_it);
    tcase_add_test(tests, chains_that_lead_nowhere_break_it);
    tcase_add_test(tests, chains_that_make_no_request_break_it);
    tcase_add_test(tests, indirect_tables_are_checked_likewise);
    tcase_add_test(tests, a_chain_may_fill_its_table);
    tcase_add_test(tests, a_chain_of_more_than_1024_breaks_it);
    tcase_add_test(tests, no_queue_can_harm_it);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
