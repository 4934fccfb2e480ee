/* Random accesses of several harts, and of a device, to caches and bus that stand alone: no hart, no program. Tiny
 * caches, all on a few falsely shared lines.
 *
 * Four oracles: the checker of bus/shared/checker.h (one writer or many readers, copies equal, every read gives what
 * was last written); each hart's own byte in every line, which only it writes and which must read back as it left it; a
 * word that all harts add to by AMO and by LR/SC, whose sum is known at the end; and that everybody is answered.
 *
 * RIG_HARTS may be defined before this header is included.
 */
#ifndef HB_TESTS_COHERENCE_RANDOM_RIG_H
#define HB_TESTS_COHERENCE_RANDOM_RIG_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/shared/bus.h"
#include "bus/shared/checker.h"
#include "bus/shared/dma.h"
#include "memory/hash.h"

#ifndef RIG_HARTS
#define RIG_HARTS 8
#endif
#define RIG_LINES        12
#define RIG_RAM_BYTES    65536u
#define RIG_COUNTER      (HB_RAM_BASE + 32768u) /* a line of its own, in the same sets as the others */
#define RIG_QUIET_CYCLES 100000u                /* with no new request everything must be answered by then */

struct rig_variant {
    uint8_t protocol; /* enum hb_protocol_id */
    uint8_t mutation;
    uint8_t arbiter;
    bool split;
    bool device;
    uint8_t store_depth;
    uint8_t store_order;
    struct hb_cache_config cache;
    struct hb_cache_config l2; /* size_bytes 0: there is none */
};

struct rig {
    struct hb_bus bus;
    struct hb_bus_state state;
    struct hb_devices devices;
    struct hb_disk disk; /* never used: the device's requests are the rig's own */
    struct hb_ram ram;
    struct hb_checker checker;
    uint8_t *blocks;
    uint8_t *l2_block;
    uint32_t lines;                    /* that accesses go to, 1 .. RIG_LINES */
    uint8_t own[RIG_HARTS][RIG_LINES]; /* what each hart last wrote into its byte of each line */
    uint64_t added;                    /* to the counter, by accesses that were performed */
    uint64_t draws;
    uint64_t performed;
    uint64_t sc_tried, sc_done;
    struct hb_request request[RIG_HARTS];
    bool waiting[RIG_HARTS];
    bool reserved[RIG_HARTS]; /* LR done: the next access is the SC with this value */
    uint64_t reserved_value[RIG_HARTS];
    char wrong[160]; /* what was found; empty: nothing */
    uint8_t rom[HB_ROM_BYTES];
};

static inline uint64_t rig_draw(struct rig *r, uint64_t below) {
    return hb_choice(7, 1, r->draws++) % below;
}

static inline void rig_set_up(struct rig *r, const struct rig_variant *v) {
    memset(r, 0, sizeof *r);
    if (!hb_ram_init(&r->ram, RIG_RAM_BYTES))
        abort();
    r->bus = (struct hb_bus){
        .config = {.arbiter = v->arbiter,
                   .protocol = v->protocol,
                   .mutation = v->mutation,
                   .split = v->split,
                   .outstanding = 4,
                   .store_depth = v->store_depth,
                   .store_order = v->store_order,
                   .width_bytes = 8,
                   .arbitration_cycles = 1,
                   .address_cycles = 1,
                   .cache_supply_cycles = 2,
                   .device_cycles = 2,
                   .seed = 7,
                   .tickets = {1, 2, 3, 4, 1, 2, 3, 4}},
        .harts = RIG_HARTS,
        .line_bytes = v->cache.line_bytes,
        .memory_latency_cycles = 5,
        .state = &r->state,
        .devices = &r->devices,
        .ram = &r->ram,
        .rom = r->rom,
        .disk = v->device ? &r->disk : NULL,
        .checker = &r->checker,
        .cycles_per_tick = 10,
    };
    size_t block = hb_cache_block_bytes(&v->cache);
    r->lines = RIG_LINES;
    r->blocks = malloc(2 * RIG_HARTS * block);
    r->checker.shadow = calloc(1, RIG_RAM_BYTES);
    r->checker.shadow_bytes = RIG_RAM_BYTES;
    r->l2_block = v->l2.size_bytes ? malloc(hb_cache_block_bytes(&v->l2)) : NULL;
    if (!r->blocks || !r->checker.shadow || (v->l2.size_bytes && !r->l2_block))
        abort();
    for (uint32_t h = 0; h < RIG_HARTS; h++) {
        hb_cache_init(&r->bus.l1d[h], &v->cache, r->blocks + 2 * h * block);
        hb_cache_init(&r->bus.l1i[h], &v->cache, r->blocks + (2 * h + 1) * block);
    }
    if (r->l2_block)
        hb_cache_init(&r->bus.l2, &v->l2, r->l2_block);
    hb_devices_reset(&r->devices, RIG_HARTS, 10);
    if (v->device)
        hb_devices_add_disk(&r->devices, 8, RIG_RAM_BYTES);
    hb_bus_reset(&r->bus);
}

static inline void rig_tear_down(struct rig *r) {
    hb_ram_free(&r->ram);
    free(r->l2_block);
    free(r->blocks);
    free(r->checker.shadow);
}

static inline uint64_t rig_line(const struct rig *r, uint64_t line) {
    return HB_RAM_BASE + line * r->bus.line_bytes;
}

/* ---- Accesses -------------------------------------------------------------------------------------------------- */

static inline struct hb_request rig_invent(struct rig *r, uint32_t hart) {
    uint64_t line = rig_draw(r, r->lines);
    struct hb_request q = {.address = rig_line(r, line) + hart, .bytes = 1};
    if (r->reserved[hart]) {
        r->reserved[hart] = false;
        return (struct hb_request){
            .kind = HB_ACCESS_SC, .address = RIG_COUNTER, .bytes = 8, .operand = r->reserved_value[hart] + 1};
    }
    switch (rig_draw(r, 16)) {
    case 0:
    case 1:
    case 2:
    case 3: q.kind = HB_ACCESS_LOAD; break; /* the hart's own byte */
    case 4:
    case 5:
    case 6:
    case 7:
        q.kind = HB_ACCESS_STORE;
        q.operand = rig_draw(r, 256);
        break;
    case 8:
        q.kind = HB_ACCESS_LOAD;
        q.address = rig_line(r, line) + 8;
        q.bytes = 8;
        break; /* everybody's */
    case 9:
        q.kind = HB_ACCESS_STORE;
        q.address = rig_line(r, line) + 8;
        q.bytes = 8;
        q.operand = r->draws;
        break;
    case 10:
        q.kind = HB_ACCESS_AMO;
        q.amo = HB_AMO_ADD;
        q.address = RIG_COUNTER;
        q.bytes = 8;
        q.operand = 1;
        break;
    case 11:
        q.kind = HB_ACCESS_LR;
        q.address = RIG_COUNTER;
        q.bytes = 8;
        break;
    case 12:
    case 13:
        q.kind = HB_ACCESS_FETCH;
        q.address &= ~1ull;
        q.bytes = 2;
        break;
    case 14: q.kind = HB_ACCESS_CLEAN; break;
    default: q.kind = HB_ACCESS_FLUSH; break;
    }
    return q;
}

static inline void rig_done(struct rig *r, uint32_t hart, uint64_t value, uint64_t now) {
    const struct hb_request *q = &r->request[hart];
    uint64_t line = (q->address - HB_RAM_BASE) / r->bus.line_bytes;
    bool own = q->bytes == 1 && line < RIG_LINES;
    r->performed++;
    if (own && q->kind == HB_ACCESS_STORE)
        r->own[hart][line] = (uint8_t)q->operand;
    if (own && q->kind == HB_ACCESS_LOAD && value != r->own[hart][line] && !r->bus.protocol->incoherent)
        snprintf(r->wrong, sizeof r->wrong,
                 "cycle %" PRIu64 ": hart %u reads %" PRIu64 " from its own byte of line %" PRIu64 ", and wrote %u",
                 now, hart, value, line, r->own[hart][line]);
    if (q->kind == HB_ACCESS_AMO)
        r->added++;
    if (q->kind == HB_ACCESS_LR) {
        r->reserved[hart] = true;
        r->reserved_value[hart] = value;
    }
    if (q->kind == HB_ACCESS_SC) {
        r->sc_tried++;
        r->sc_done += value == 0;
        r->added += value == 0;
    }
}

static inline void rig_try(struct rig *r, uint32_t hart, uint64_t now) {
    uint64_t value;
    if (hb_bus_access(&r->bus, hart, &r->request[hart], now, &value))
        rig_done(r, hart, value, now);
    else
        r->waiting[hart] = true;
}

static inline void rig_collect(struct rig *r, uint64_t now) {
    for (uint32_t hart = 0; hart < RIG_HARTS; hart++) {
        struct hb_port *port = &r->state.port[hart];
        if (!r->waiting[hart] || port->response == HB_RESPONSE_NONE)
            continue;
        enum hb_response response = port->response;
        port->response = HB_RESPONSE_NONE;
        r->waiting[hart] = false;
        if (response == HB_RESPONSE_RETRY)
            rig_try(r, hart, now);
        else
            rig_done(r, hart, port->value, now);
    }
    r->state.hart_wake = 0;
}

/* The device reads or writes everybody's eight bytes of a line. */
static inline void rig_ask_device(struct rig *r, uint64_t now) {
    struct hb_dma *dma = &r->devices.virtio_blk.dma;
    if (!r->bus.disk || dma->kind != HB_DMA_NONE || rig_draw(r, 16) != 0)
        return;
    dma->kind = rig_draw(r, 2) ? HB_DMA_READ : HB_DMA_WRITE;
    dma->address = rig_line(r, rig_draw(r, r->lines)) + 8;
    dma->bytes = 8;
    dma->at = dma->done = 0;
    memcpy(dma->data, &r->draws, 8);
    hb_dma_post(&r->bus, now);
}

/* ---- Cycles ---------------------------------------------------------------------------------------------------- */

static inline void rig_look(struct rig *r) {
    const struct hb_violation *first = &r->checker.first;
    if (first->found && !r->wrong[0])
        snprintf(r->wrong, sizeof r->wrong, "cycle %" PRIu64 ": line 0x%" PRIx64 ", hart %u: %s", first->cycle,
                 first->address, first->hart, first->what);
}

static inline void rig_cycle(struct rig *r, uint64_t now) {
    if (r->state.next_cycle <= now)
        hb_bus_step(&r->bus, now);
    rig_collect(r, now);
    for (uint32_t hart = 0; hart < RIG_HARTS; hart++) {
        if (r->waiting[hart] || rig_draw(r, 4) == 0)
            continue;
        r->request[hart] = rig_invent(r, hart);
        rig_try(r, hart, now);
    }
    rig_ask_device(r, now);
    rig_look(r);
}

/* Accesses may be performed on the bus and not be answered yet: let all come in. */
static inline void rig_drain(struct rig *r, uint64_t now) {
    uint64_t end = now + RIG_QUIET_CYCLES;
    for (uint32_t left = 1; left && now < end && !r->wrong[0]; now++) {
        hb_bus_step(&r->bus, now);
        rig_collect(r, now);
        rig_look(r);
        left = 0;
        for (uint32_t hart = 0; hart < RIG_HARTS; hart++)
            left += r->waiting[hart];
    }
    if (now == end && !r->wrong[0])
        snprintf(r->wrong, sizeof r->wrong, "somebody is not answered in %u cycles without a new request",
                 RIG_QUIET_CYCLES);
}

static inline void rig_check_sum(struct rig *r) {
    uint64_t counter = 0;
    hb_bus_debug_read(&r->bus, RIG_COUNTER, &counter, sizeof counter);
    if (counter != r->added || r->sc_done == 0 || r->sc_done == r->sc_tried)
        snprintf(r->wrong, sizeof r->wrong,
                 "the counter holds %" PRIu64 " after %" PRIu64 " additions (%" PRIu64 " of %" PRIu64 " SC succeeded)",
                 counter, r->added, r->sc_done, r->sc_tried);
}

/* False: something is wrong, and `wrong` says what. */
static inline bool rig_run(struct rig *r, uint64_t accesses, uint64_t cycles) {
    uint64_t now = 0;
    for (; r->performed < accesses && now < cycles && !r->wrong[0]; now++)
        rig_cycle(r, now);
    if (!r->wrong[0])
        rig_drain(r, now);
    if (!r->wrong[0])
        rig_check_sum(r);
    return !r->wrong[0];
}

#endif
