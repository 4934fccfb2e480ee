/* Every field of the arena is part of the state hash, or is listed here with the reason why it is not.
 *
 * A machine is put into a state in which everything is in use: an instruction in flight, requests and stores that wait,
 * a transaction under way, a disk at work. Then one bit of a field is turned over, and the hash must be another one.
 * The list must name every field of the structs: what it leaves out between two of them is no more than padding. */
#include "sim/machine/state_hash.h"
#include "tests/unit/cpu/cpu_rig.h"

/* Why a field need not be in the hash. */
#define COUNTED   "counted for results, and read by nothing that the machine does"
#define DERIVED   "follows from other fields"
#define OUTSIDE   "of what was configured, or of what the host has to do; not of the machine"
#define NESTED    "field by field below"
#define TRANSIENT "set and taken back within a cycle"

struct field {
    const char *name;
    size_t offset, bytes, alignment;
    size_t probe;       /* from the beginning of the field to the byte that is turned over */
    const char *reason; /* NULL: it is hashed */
};

#define AT(type, member, element, why)                                                                                 \
    {                                                                                                                  \
#type "." #member, offsetof(struct type, member), sizeof(((struct type *)0)->member),                          \
            _Alignof(__typeof__(((struct type *)0)->member)), (element) * sizeof(((struct type *)0)->member[0]), why   \
    }
#define FIELD(type, member, why)                                                                                       \
    {                                                                                                                  \
#type "." #member, offsetof(struct type, member), sizeof(((struct type *)0)->member),                          \
            _Alignof(__typeof__(((struct type *)0)->member)), 0, why                                                   \
    }
#define HASHED(type, member) FIELD(type, member, NULL)

static const struct field hart_fields[] = {
    AT(hb_hart, x, 1, NULL),
    HASHED(hb_hart, pc),
    HASHED(hb_hart, ready_at),
    HASHED(hb_hart, instructions),
    HASHED(hb_hart, load_rd),
    FIELD(hb_hart, attention, DERIVED),
    HASHED(hb_hart, privilege),
    HASHED(hb_hart, run_state),
    FIELD(hb_hart, id, "its place in the arena"),
    FIELD(hb_hart, lookup_hits, COUNTED),
    AT(hb_hart, f, 1, NULL),
    HASHED(hb_hart, fflags),
    HASHED(hb_hart, frm),
    HASHED(hb_hart, mstatus),
    HASHED(hb_hart, mtvec),
    HASHED(hb_hart, mscratch),
    HASHED(hb_hart, mepc),
    HASHED(hb_hart, mcause),
    HASHED(hb_hart, mtval),
    HASHED(hb_hart, mie),
    HASHED(hb_hart, menvcfg),
    HASHED(hb_hart, medeleg),
    HASHED(hb_hart, mideleg),
    HASHED(hb_hart, stvec),
    HASHED(hb_hart, sscratch),
    HASHED(hb_hart, sepc),
    HASHED(hb_hart, scause),
    HASHED(hb_hart, stval),
    HASHED(hb_hart, satp),
    HASHED(hb_hart, stimecmp),
    HASHED(hb_hart, mip_lines),
    HASHED(hb_hart, mip_software),
    HASHED(hb_hart, mcounteren),
    HASHED(hb_hart, scounteren),
    HASHED(hb_hart, senvcfg),
    HASHED(hb_hart, cycle_offset),
    HASHED(hb_hart, instruction_offset),
    AT(hb_hart, pmp_config, 1, NULL),
    AT(hb_hart, pmp_address, 1, NULL),
    HASHED(hb_hart, frozen_until), /* while it lies ahead */
    HASHED(hb_hart, slow_factor),
    FIELD(hb_hart, in_flight, NESTED),
    FIELD(hb_hart, tlb, NESTED),
    FIELD(hb_hart, stalled_cycles, COUNTED),
    FIELD(hb_hart, idle_cycles, COUNTED),
    HASHED(hb_hart, idle_since), /* while it lies ahead, the hart does not wake before */
    FIELD(hb_hart, halted_at, COUNTED),
    FIELD(hb_hart, last_stall, COUNTED),
    FIELD(hb_hart, fetches, COUNTED),
    FIELD(hb_hart, slow_fetches, COUNTED),
    FIELD(hb_hart, user_instructions, COUNTED),
    FIELD(hb_hart, user_since, COUNTED),
    FIELD(hb_hart, irq_off_since, COUNTED),
    FIELD(hb_hart, irq_off_max_cycles, COUNTED),
    FIELD(hb_hart, traps, COUNTED),
    FIELD(hb_hart, last_trap_instructions, "when a trap is hopeless: it ends the run as a crash, and no run goes on"),
    FIELD(hb_hart, branch, COUNTED),
    FIELD(hb_hart, branches, COUNTED),
    FIELD(hb_hart, crashed, "the outcome says it"),
    FIELD(hb_hart, crash_pc, COUNTED),
    FIELD(hb_hart, crash_cause, COUNTED),
    FIELD(hb_hart, crash_value, COUNTED),
};

static const struct field in_flight_fields[] = {
    HASHED(hb_in_flight, active),        HASHED(hb_in_flight, fetched),
    HASHED(hb_in_flight, half_fetched), /* of a fetch */
    HASHED(hb_in_flight, translated),    HASHED(hb_in_flight, faulted),
    HASHED(hb_in_flight, latched),       HASHED(hb_in_flight, order),
    FIELD(hb_in_flight, cause, COUNTED), HASHED(hb_in_flight, half), /* of a fetch */
    HASHED(hb_in_flight, bits),          FIELD(hb_in_flight, since, COUNTED),
    AT(hb_in_flight, physical, 1, NULL), AT(hb_in_flight, latch, 1, NULL),
};

static const struct field tlb_fields[] = {
    HASHED(hb_tlb_entry, page),
    HASHED(hb_tlb_entry, physical),
    HASHED(hb_tlb_entry, flags),
};

static const struct field port_fields[] = {
    FIELD(hb_port, request, NESTED),
    HASHED(hb_port, value),
    HASHED(hb_port, reservation),
    HASHED(hb_port, response),
    HASHED(hb_port, granted),
    HASHED(hb_port, silent),
    HASHED(hb_port, lost),
    HASHED(hb_port, flushing),
    HASHED(hb_port, draining),
    HASHED(hb_port, drained),
    FIELD(hb_port, victim, "the line that LRU names, unless the hart's hits have moved lines meanwhile"),
    HASHED(hb_port, stores),
    HASHED(hb_port, drains),
    FIELD(hb_port, store, NESTED),
    FIELD(hb_port, held, NESTED),
    FIELD(hb_port, stats, COUNTED),
};

static const struct field request_fields[] = {
    HASHED(hb_request, address),
    HASHED(hb_request, operand),
    HASHED(hb_request, expected),
    HASHED(hb_request, posted_cycle),
    HASHED(hb_request, kind),
    HASHED(hb_request, bytes),
    HASHED(hb_request, amo),
    HASHED(hb_request, order),
    FIELD(hb_request, unbuffered, "asked before it is posted"),
    HASHED(hb_request, posted_state),
};

#define UNPOSTED "set when it is posted"

static const struct field held_fields[] = {
    HASHED(hb_request, address),    HASHED(hb_request, operand),
    HASHED(hb_request, expected),   FIELD(hb_request, posted_cycle, UNPOSTED),
    HASHED(hb_request, kind),       HASHED(hb_request, bytes),
    HASHED(hb_request, amo),        HASHED(hb_request, order),
    HASHED(hb_request, unbuffered), FIELD(hb_request, posted_state, UNPOSTED),
};

static const struct field store_fields[] = {
    HASHED(hb_store, address), HASHED(hb_store, operand), HASHED(hb_store, due_cycle),
    HASHED(hb_store, bytes),   HASHED(hb_store, order),
};

static const struct field transaction_fields[] = {
    HASHED(hb_transaction, active),
    HASHED(hb_transaction, snooped),
    HASHED(hb_transaction, carries),
    HASHED(hb_transaction, broadcast),
    HASHED(hb_transaction, port),
    HASHED(hb_transaction, kind),
    HASHED(hb_transaction, before),
    HASHED(hb_transaction, shared),
    HASHED(hb_transaction, memory_takes),
    HASHED(hb_transaction, supplier),
    HASHED(hb_transaction, line),
    HASHED(hb_transaction, grant_cycle),
    HASHED(hb_transaction, snoop_cycle),
    HASHED(hb_transaction, finish_cycle),
    FIELD(hb_transaction, data_cycles, COUNTED),
    HASHED(hb_transaction, data),
};

static const struct field bus_fields[] = {
    FIELD(hb_bus_state, port, NESTED),
    FIELD(hb_bus_state, transaction, NESTED),
    FIELD(hb_bus_state, outstanding, DERIVED),
    FIELD(hb_bus_state, address_busy, DERIVED),
    HASHED(hb_bus_state, data_free_cycle),
    HASHED(hb_bus_state, grants), /* with an arbiter that draws */
    HASHED(hb_bus_state, script_place),
    FIELD(hb_bus_state, next_cycle, DERIVED),
    FIELD(hb_bus_state, last_finish_cycle, COUNTED),
    HASHED(hb_bus_state, last_port),
    FIELD(hb_bus_state, busy_cycles, COUNTED),
    FIELD(hb_bus_state, address_cycles, COUNTED),
    FIELD(hb_bus_state, data_cycles, COUNTED),
    FIELD(hb_bus_state, transactions, COUNTED),
    FIELD(hb_bus_state, l2, COUNTED),
    FIELD(hb_bus_state, hart_wake, TRANSIENT),
};

static const struct field line_fields[] = {
    HASHED(hb_line, address),         HASHED(hb_line, last_read), /* as far as it says which goes first */
    HASHED(hb_line, last_write),      HASHED(hb_line, state),     HASHED(hb_line, attributes),
    FIELD(hb_line, unused, "unused"), HASHED(hb_line, turn), /* with replacement in the order of coming */
};

static const struct field clint_fields[] = {
    FIELD(hb_clint, cycles_per_tick, OUTSIDE), HASHED(hb_clint, offset),    AT(hb_clint, msip, 1, NULL),
    AT(hb_clint, mtimecmp, 1, NULL),           AT(hb_clint, held, 1, NULL), AT(hb_clint, losing, 1, NULL),
};

static const struct field uart_fields[] = {
    HASHED(hb_uart, ier),
    HASHED(hb_uart, lcr),
    HASHED(hb_uart, mcr),
    HASHED(hb_uart, scr),
    HASHED(hb_uart, fcr),
    HASHED(hb_uart, dll),
    HASHED(hb_uart, dlm),
    HASHED(hb_uart, sent_pending),
    FIELD(hb_uart, signals, TRANSIENT),
    FIELD(hb_uart, overruns, "a statistic"),
    HASHED(hb_uart, received),
    HASHED(hb_uart, taken),
    AT(hb_uart, queue, 1, NULL),
    FIELD(hb_uart, sent_bytes, "on its way to the host, at the close of the same cycle"),
    FIELD(hb_uart, sent, "on its way to the host, at the close of the same cycle"),
};

static const struct field finisher_fields[] = {
    HASHED(hb_finisher, requested),
    HASHED(hb_finisher, value),
};

static const struct field power_fields[] = {
    HASHED(hb_power_hart, command), HASHED(hb_power_hart, state),    HASHED(hb_power_hart, requested),
    HASHED(hb_power_hart, entry),   HASHED(hb_power_hart, argument),
};

static const struct field plic_fields[] = {
    AT(hb_plic, priority, 1, NULL),
    HASHED(hb_plic, pending),
    HASHED(hb_plic, claimed),
    FIELD(hb_plic, context, NESTED),
};

static const struct field plic_context_fields[] = {
    HASHED(hb_plic_context, enabled),
    HASHED(hb_plic_context, threshold),
};

static const struct field mmio_fields[] = {
    HASHED(hb_virtio_mmio, status),
    HASHED(hb_virtio_mmio, interrupt_status),
    FIELD(hb_virtio_mmio, signals, TRANSIENT),
    HASHED(hb_virtio_mmio, device_features_select),
    HASHED(hb_virtio_mmio, driver_features_select),
    HASHED(hb_virtio_mmio, queue_select),
    HASHED(hb_virtio_mmio, driver_features),
    FIELD(hb_virtio_mmio, queue, NESTED),
};

static const struct field queue_fields[] = {
    HASHED(hb_virtio_queue, ready),       HASHED(hb_virtio_queue, size),        HASHED(hb_virtio_queue, descriptors),
    HASHED(hb_virtio_queue, driver_ring), HASHED(hb_virtio_queue, device_ring),
};

static const struct field blk_fields[] = {
    FIELD(hb_virtio_blk, sectors, OUTSIDE),
    FIELD(hb_virtio_blk, ram_bytes, OUTSIDE),
    FIELD(hb_virtio_blk, mmio, NESTED),
    HASHED(hb_virtio_blk, step),
    HASHED(hb_virtio_blk, completed),
    HASHED(hb_virtio_blk, available),
    HASHED(hb_virtio_blk, used),
    HASHED(hb_virtio_blk, type),
    HASHED(hb_virtio_blk, status),
    HASHED(hb_virtio_blk, sector),
    HASHED(hb_virtio_blk, left_bytes),
    HASHED(hb_virtio_blk, written_bytes),
    HASHED(hb_virtio_blk, chunk_bytes),
    HASHED(hb_virtio_blk, chunk_done),
    HASHED(hb_virtio_blk, cursor_segment),
    HASHED(hb_virtio_blk, cursor_bytes),
    HASHED(hb_virtio_blk, due_cycle),
    FIELD(hb_virtio_blk, chain, NESTED),
    FIELD(hb_virtio_blk, dma, NESTED),
};

static const struct field chain_fields[] = {
    HASHED(hb_virtio_blk_chain, head),
    HASHED(hb_virtio_blk_chain, indirect),
    HASHED(hb_virtio_blk_chain, descriptor),
    HASHED(hb_virtio_blk_chain, table_size),
    HASHED(hb_virtio_blk_chain, table),
    HASHED(hb_virtio_blk_chain, seen),
    HASHED(hb_virtio_blk_chain, readable),
    HASHED(hb_virtio_blk_chain, segments),
    FIELD(hb_virtio_blk_chain, readable_bytes, DERIVED),
    FIELD(hb_virtio_blk_chain, writable_bytes, DERIVED),
    HASHED(hb_virtio_blk_chain, segment),
};

static const struct field dma_fields[] = {
    HASHED(hb_dma, kind), HASHED(hb_dma, address), HASHED(hb_dma, bytes),
    HASHED(hb_dma, at),   HASHED(hb_dma, done),    AT(hb_dma, data, 9, NULL),
};

static const struct field devices_fields[] = {
    FIELD(hb_devices, changed, TRANSIENT), FIELD(hb_devices, harts, OUTSIDE),     FIELD(hb_devices, clint, NESTED),
    FIELD(hb_devices, uart, NESTED),       FIELD(hb_devices, finisher, NESTED),   FIELD(hb_devices, power, NESTED),
    FIELD(hb_devices, plic, NESTED),       FIELD(hb_devices, virtio_blk, NESTED),
};

static const struct field htif_fields[] = {
    HASHED(hb_htif, pending), FIELD(hb_htif, refused, "the outcome says it"),
    HASHED(hb_htif, answers), HASHED(hb_htif, reads),
    HASHED(hb_htif, answer),  FIELD(hb_htif, value, "told about a refusal, which ends the run"),
};

static const struct field play_fields[] = {
    HASHED(hb_mem_play, place),
    HASHED(hb_mem_play, player),
};

static const struct field saved_fields[] = {
    HASHED(hb_saved, cycle),
    FIELD(hb_saved, next_event, DERIVED),
    FIELD(hb_saved, next_timer, DERIVED),
    HASHED(hb_saved, outcome),
    FIELD(hb_saved, exit_code, "told with the outcome, after which no run goes on"),
    FIELD(hb_saved, crash_hart, "told with the outcome, after which no run goes on"),
    FIELD(hb_saved, panicked, "the view of the OS: of what the host was told"),
    FIELD(hb_saved, next_input, OUTSIDE),
    FIELD(hb_saved, console_bytes, OUTSIDE),
    FIELD(hb_saved, faults, OUTSIDE),
    FIELD(hb_saved, fault, OUTSIDE),
    FIELD(hb_saved, lost_lines, COUNTED),
    FIELD(hb_saved, lost_line, COUNTED),
    HASHED(hb_saved, start_pending),
    HASHED(hb_saved, said),
    HASHED(hb_saved, held),
    FIELD(hb_saved, bus, NESTED),
    FIELD(hb_saved, devices, NESTED),
    FIELD(hb_saved, htif, NESTED),
    FIELD(hb_saved, os, "the view of the OS: of what the host was told"),
    FIELD(hb_saved, region, COUNTED),
    FIELD(hb_saved, play, NESTED),
};

/* ---- The list is whole ----------------------------------------------------------------------------------------- */

static size_t round_up(size_t n, size_t to) {
    return (n + to - 1) / to * to;
}

static void check_list(const struct field *field, size_t n, size_t bytes, size_t alignment) {
    size_t end = 0;
    for (size_t i = 0; i < n; i++) {
        ck_assert_msg(round_up(end, field[i].alignment) == field[i].offset, "before %s a field is left out",
                      field[i].name);
        end = field[i].offset + field[i].bytes;
    }
    ck_assert_msg(round_up(end, alignment) == bytes, "after %s a field is left out", field[n - 1].name);
}

/* ---- States in which everything is used ------------------------------------------------------------------------ */

static void use_all(void *at, size_t bytes, uint8_t seed) {
    for (size_t i = 0; i < bytes; i++)
        ((uint8_t *)at)[i] = (uint8_t)(seed + 7 * i);
}

static void fill_flight(struct hb_in_flight *flight, bool fetched) {
    *flight = (struct hb_in_flight){.active = true,
                                    .fetched = fetched,
                                    .half_fetched = !fetched,
                                    .translated = 2,
                                    .latched = 2,
                                    .half = 0x13,
                                    .bits = 0x13,
                                    .physical = {RAM, RAM + 4096}};
}

static void fill_port(struct hb_port *port) {
    port->request = port->held =
        (struct hb_request){.kind = HB_ACCESS_AMO, .amo = HB_AMO_CAS, .address = RAM, .bytes = 8};
    port->response = HB_RESPONSE_DONE;
    port->draining = true;
    port->stores = 2;
    for (uint32_t i = 0; i < 2; i++)
        port->store[i] = (struct hb_store){.address = RAM + 64 * i, .bytes = 8, .due_cycle = 1u << 20};
}

static void fill_disk(struct hb_virtio_blk *blk) {
    blk->sectors = 8;
    blk->step = HB_BLK_USED_ENTRY;
    blk->due_cycle = 1u << 20;
    blk->chain.segments = 2;
}

static void fill(struct rig *rig, bool fetched) {
    struct hb_saved *saved = rig->machine->saved;
    struct hb_hart *hart = rig->hart;
    saved->cycle = 1000;
    saved->held = 2;
    saved->htif.pending = true;
    saved->htif.answers = 2;
    saved->bus.data_free_cycle = 1u << 20;
    hart->tlb[0][0] = (struct hb_tlb_entry){.page = RAM, .physical = RAM, .flags = 0xcf};
    hart->run_state = fetched ? HB_HART_RUNNING : HB_HART_IDLE;
    hart->idle_since = 1u << 20;
    hart->frozen_until = 1u << 20;
    hart->slow_factor = 4;
    hart->stimecmp = 77;
    fill_flight(&hart->in_flight, fetched);
    fill_port(&saved->bus.port[0]);
    saved->bus.transaction[0] = (struct hb_transaction){.active = true, .snooped = true, .carries = true, .line = RAM};
    fill_disk(&saved->devices.virtio_blk);
    saved->devices.uart.received = saved->devices.uart.taken + 3;
    saved->devices.clint.mtimecmp[1] = 5;
    for (uint32_t i = 0; i < 2; i++) {
        struct hb_line *line = hb_cache_line(&rig->machine->bus.l1d[0], i);
        line->address = RAM + 0x1000 * i;
        line->last_read = line->last_write = 1600 + i;
        line->turn = 1 + i;
        use_all(hb_line_data(line), rig->machine->bus.line_bytes, (uint8_t)i);
    }
}

/* ---- Turning fields over --------------------------------------------------------------------------------------- */

static bool is_noticed(struct rig *rig, const struct field *field, uint8_t *at) {
    uint8_t *byte = at + field->offset + field->probe, before = *byte;
    uint64_t hash = hb_state_hash(rig->machine);
    bool noticed = false;
    for (uint32_t bit = 0; bit < 8 && !noticed; bit += 7) {
        *byte = before ^ (uint8_t)(1u << bit);
        noticed = hb_state_hash(rig->machine) != hash;
        *byte = before;
    }
    return noticed;
}

struct group {
    const struct field *field;
    size_t n, bytes, alignment;
    uint8_t *at;
};

#define GROUP(fields, object)                                                                                          \
    { fields, sizeof fields / sizeof *fields, sizeof *(object), _Alignof(__typeof__(*(object))), (uint8_t *)(object) }
#define GROUPS 25

static void find_groups(struct rig *rig, struct group group[GROUPS]) {
    struct hb_saved *saved = rig->machine->saved;
    struct hb_virtio_blk *blk = &saved->devices.virtio_blk;
    const struct group all[GROUPS] = {
        GROUP(hart_fields, rig->hart),
        GROUP(in_flight_fields, &rig->hart->in_flight),
        GROUP(tlb_fields, &rig->hart->tlb[0][0]),
        GROUP(port_fields, &saved->bus.port[0]),
        GROUP(request_fields, &saved->bus.port[0].request),
        GROUP(held_fields, &saved->bus.port[0].held),
        GROUP(store_fields, &saved->bus.port[0].store[1]),
        GROUP(transaction_fields, &saved->bus.transaction[0]),
        GROUP(bus_fields, &saved->bus),
        GROUP(line_fields, hb_cache_line(&rig->machine->bus.l1d[0], 0)),
        GROUP(clint_fields, &saved->devices.clint),
        GROUP(uart_fields, &saved->devices.uart),
        GROUP(finisher_fields, &saved->devices.finisher),
        GROUP(power_fields, &saved->devices.power.hart[1]),
        GROUP(plic_fields, &saved->devices.plic),
        GROUP(plic_context_fields, &saved->devices.plic.context[1]),
        GROUP(mmio_fields, &blk->mmio),
        GROUP(queue_fields, &blk->mmio.queue),
        GROUP(blk_fields, blk),
        GROUP(chain_fields, &blk->chain),
        GROUP(dma_fields, &blk->dma),
        GROUP(devices_fields, &saved->devices),
        GROUP(htif_fields, &saved->htif),
        GROUP(play_fields, &saved->play),
        GROUP(saved_fields, saved),
    };
    memcpy(group, all, sizeof all);
}

/* An arbiter that draws, and caches that go by stamps; or a script, and caches that go by the order of coming. */
static void draws(struct hb_config *config) {
    config->bus.arbiter = HB_ARBITER_LOTTERY;
    for (uint32_t h = 0; h < config->harts; h++)
        config->hart[h].l1d.ways = 2;
}

static void follows(struct hb_config *config) {
    for (uint32_t h = 0; h < config->harts; h++) {
        config->hart[h].l1d.ways = 2;
        config->hart[h].l1d.replacement = HB_REPLACE_FIFO;
    }
}

START_TEST(every_field_is_hashed_or_has_a_reason_not_to_be) {
    struct rig rig[2];
    struct group group[2][GROUPS];
    for (int i = 0; i < 2; i++) {
        rig_make_with(&rig[i], 2, 0, i == 0 ? draws : follows);
        rig[i].machine->bus.config.script_length = 16;
        fill(&rig[i], i == 0);
        find_groups(&rig[i], group[i]);
    }
    for (size_t g = 0; g < GROUPS; g++)
        for (size_t i = 0; i < group[0][g].n; i++) {
            const struct field *field = &group[0][g].field[i];
            bool noticed = is_noticed(&rig[0], field, group[0][g].at) || is_noticed(&rig[1], field, group[1][g].at);
            if (field->reason == NULL)
                ck_assert_msg(noticed, "%s is not in the hash", field->name);
        }
    rig_free(&rig[0]);
    rig_free(&rig[1]);
}
END_TEST

START_TEST(no_field_is_left_out) {
    struct rig rig;
    struct group group[GROUPS];
    rig_make(&rig, 1, 0);
    find_groups(&rig, group);
    for (size_t g = 0; g < GROUPS; g++)
        check_list(group[g].field, group[g].n, group[g].bytes, group[g].alignment);
    rig_free(&rig);
}
END_TEST

static void add(TCase *tests) {
    tcase_add_test(tests, every_field_is_hashed_or_has_a_reason_not_to_be);
    tcase_add_test(tests, no_field_is_left_out);
}

int main(void) {
    return rig_run("flips", add);
}
