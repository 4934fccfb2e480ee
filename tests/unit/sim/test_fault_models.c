/* Faults that leave a hart alive, frozen for a while or slow, or that let it be started again. Their time lines against
 * ones that are worked out from the machine without the fault; and that nothing else changes a run: snapshots, replay,
 * the order of harts. */
#include "memory/hash.h"
#include "sim/engine/run.h"
#include "sim/machine/snapshot.h"
#include "sim/machine/state_hash.h"
#include "sim/machine/stats.h"
#include "sim/result/gather.h"
#include "sim/state/recording.h"
#include "tests/unit/guest.h"

static char pace[HB_PATH_BYTES], far[HB_PATH_BYTES], mix[HB_PATH_BYTES], heir[HB_PATH_BYTES], nap[HB_PATH_BYTES];
static struct hb_config config;

static struct hb_fault_config *add_fault(enum hb_fault_model model, uint32_t hart, uint64_t cycle, uint64_t duration) {
    struct hb_fault_config *fault = &config.faults[config.n_faults++];
    *fault = (struct hb_fault_config){.hart = hart, .trigger = HB_TRIGGER_CYCLE, .cycle = cycle, .count = 1};
    fault->terms = (struct hb_fault_terms){.model = (uint8_t)model, .duration_cycles = duration};
    return fault;
}

/* ---- The time line of a hart that is alone --------------------------------------------------------------------- */

#define LINE 4000

/* In which cycles its instructions retired, and how long each then occupied it. */
struct time_line {
    struct hb_watcher watcher;
    uint32_t n;
    uint64_t at[LINE], cost[LINE];
};

static void retired(void *context, const struct hb_trace_record *record) {
    struct time_line *line = context;
    if (record->kind == HB_TRACE_RETIRE && line->n < LINE)
        line->at[line->n++] = record->cycle;
}

/* From cycle 2,000 on, when it has left its start behind, as far as there is room. */
static struct hb_machine *run_line(const char *image, struct time_line *line, bool costs) {
    uint32_t faults = config.n_faults;
    struct hb_fault_config kept[2] = {config.faults[0], config.faults[1]};
    guest_config(&config, image, 1);
    config.n_faults = faults;
    memcpy(config.faults, kept, sizeof kept);
    struct hb_machine *machine = guest_machine(&config);
    line->n = 0;
    hb_machine_run(machine, 2000);
    line->watcher = (struct hb_watcher){.context = line, .record = retired, .retired = true};
    hb_machine_watch_add(machine, &line->watcher);
    for (uint64_t cycle = 2001; line->n < LINE && costs; cycle++) {
        uint32_t before = line->n;
        hb_machine_run(machine, cycle);
        if (line->n > before)
            line->cost[before] = machine->hart[0].ready_at - line->at[before];
    }
    while (line->n < LINE)
        hb_machine_run(machine, machine->saved->cycle + 5000);
    return machine;
}

static struct time_line well, ill;

static void make_well(const char *image) {
    config.n_faults = 0;
    hb_machine_destroy(run_line(image, &well, true));
}

/* The first cycle after `cycle` in which the bus has answered what the hart waits for then; `cycle` if it waits for
 * nothing. */
static uint64_t answer_after(struct hb_machine *machine, uint64_t cycle) {
    const struct hb_hart *hart = &machine->hart[0];
    hb_machine_run(machine, cycle);
    uint64_t since = hart->in_flight.since;
    if (!hart->in_flight.active || hart->ready_at != HB_NEVER)
        return cycle;
    while (hart->in_flight.active && hart->ready_at == HB_NEVER && hart->in_flight.since == since)
        hb_machine_run(machine, machine->saved->cycle + 1);
    return machine->saved->cycle - 1;
}

/* A running hart is late by the whole freeze, one that waits for the bus by what its answer finds left of it. */
START_TEST(a_freeze_moves_the_time_line) {
    const char *image = _i & 1 ? far : pace;
    make_well(image);
    for (uint64_t i = 0; i < 25; i++) {
        uint64_t cycle = 2500 + hb_choice(1, (uint64_t)_i, i) % 4000, length = 1 + hb_choice(2, (uint64_t)_i, i) % 150;
        config.n_faults = 0;
        guest_config(&config, image, 1);
        struct hb_machine *probe = guest_machine(&config);
        uint64_t answer = answer_after(probe, cycle), thaw = cycle + length;
        hb_machine_destroy(probe);
        uint64_t late = answer == cycle ? length : answer < thaw ? thaw - answer : 0;
        add_fault(HB_FAULT_FREEZE, 0, cycle, length);
        struct hb_machine *machine = run_line(image, &ill, false);
        ck_assert(machine->saved->fault[0].activated && machine->saved->fault[0].ended);
        ck_assert_uint_eq(machine->saved->fault[0].end_cycle, thaw);
        for (uint32_t k = 0; k < LINE; k++)
            ck_assert_uint_eq(ill.at[k], well.at[k] < cycle ? well.at[k] : well.at[k] + late);
        hb_machine_destroy(machine);
    }
}
END_TEST

/* What begins in the time of the fault costs `factor` times as much; the waits for the bus between are as they were. */
static void check_slow_line(uint64_t from, uint64_t to, uint64_t factor) {
    uint64_t at = well.at[0];
    for (uint32_t k = 0; k + 1 < LINE; k++) {
        ck_assert_uint_eq(ill.at[k], at);
        uint64_t wait = well.at[k + 1] - well.at[k] - well.cost[k];
        at += wait + well.cost[k] * (at >= from && at < to ? factor : 1);
    }
}

START_TEST(a_slow_hart_takes_its_factor) {
    const char *image = _i & 1 ? far : pace;
    make_well(image);
    for (uint64_t i = 0; i < 25; i++) {
        uint64_t from = 2500 + hb_choice(3, (uint64_t)_i, i) % 4000, factor = 2 + hb_choice(4, (uint64_t)_i, i) % 6;
        uint64_t length = i % 3 ? 1 + hb_choice(5, (uint64_t)_i, i) % 3000 : 0;
        config.n_faults = 0;
        add_fault(HB_FAULT_FAIL_SLOW, 0, from, length)->terms.factor = (uint32_t)factor;
        struct hb_machine *machine = run_line(image, &ill, false);
        check_slow_line(from, length ? from + length : HB_NEVER, factor);
        ck_assert_int_eq(machine->saved->fault[0].ended, length != 0);
        hb_machine_destroy(machine);
    }
}
END_TEST

START_TEST(of_two_that_slow_a_hart_the_worst_counts) {
    make_well(pace);
    config.n_faults = 0;
    add_fault(HB_FAULT_FAIL_SLOW, 0, 1000, 0)->terms.factor = 2;
    add_fault(HB_FAULT_FAIL_SLOW, 0, 1500, 10)->terms.factor = 5;
    struct hb_machine *machine = run_line(pace, &ill, false);
    ck_assert_uint_eq(machine->hart[0].slow_factor, 2);
    ck_assert(!machine->saved->fault[0].ended && machine->saved->fault[1].ended);
    hb_machine_destroy(machine);
}
END_TEST

/* Two freezes that overlap are one from the beginning of the first to the later end. */
START_TEST(freezes_that_overlap_are_one) {
    make_well(pace);
    config.n_faults = 0;
    add_fault(HB_FAULT_FREEZE, 0, 3000, 500);
    add_fault(HB_FAULT_FREEZE, 0, 3200, (uint64_t[]){100, 1000}[_i]);
    uint64_t late = (uint64_t[]){500, 1200}[_i];
    struct hb_machine *machine = run_line(pace, &ill, false);
    for (uint32_t k = 0; k < LINE; k++)
        ck_assert_uint_eq(ill.at[k], well.at[k] < 3000 ? well.at[k] : well.at[k] + late);
    ck_assert(machine->saved->fault[0].ended && machine->saved->fault[1].ended);
    hb_machine_destroy(machine);
}
END_TEST

/* ---- What goes on meanwhile ------------------------------------------------------------------------------------ */

START_TEST(a_frozen_cache_answers) {
    guest_config(&config, heir, 2);
    add_fault(HB_FAULT_FREEZE, 1, 10000, 1000000);
    struct hb_machine *machine = guest_machine(&config);
    hb_machine_run(machine, UINT64_MAX);
    ck_assert_uint_eq(machine->saved->exit_code, 42); /* and the power controller still says "started" */
    ck_assert_int_eq(machine->hart[1].run_state, HB_HART_RUNNING);
    hb_machine_destroy(machine);
}
END_TEST

/* A timer that comes due in a freeze waits; the sleeper goes on in the very cycle of the thaw. */
START_TEST(interrupts_wait_for_a_sleeper) {
    guest_config(&config, nap, 1);
    struct hb_machine *machine = guest_machine(&config);
    while (machine->hart[0].run_state != HB_HART_IDLE)
        hb_machine_run(machine, machine->saved->cycle + 1);
    uint64_t begin = machine->saved->cycle + 10;
    while (machine->hart[0].run_state == HB_HART_IDLE)
        hb_machine_run(machine, machine->saved->cycle + 1);
    uint64_t due = machine->saved->cycle - 1, thaw = due + (uint64_t[]){0, 1, 700}[_i];
    hb_machine_destroy(machine);
    add_fault(HB_FAULT_FREEZE, 0, begin, thaw - begin);
    machine = guest_machine(&config);
    hb_machine_run(machine, thaw);
    ck_assert_int_eq(machine->hart[0].run_state, HB_HART_IDLE);
    ck_assert(thaw == due || machine->hart[0].mip_lines & HB_MIP_MTIP);
    hb_machine_run(machine, thaw + 1);
    ck_assert_int_eq(machine->hart[0].run_state, HB_HART_RUNNING);
    hb_machine_destroy(machine);
}
END_TEST

static void command(struct hb_machine *machine, uint32_t hart, uint32_t what, uint64_t entry) {
    uint64_t base = HB_POWER_BASE + HB_POWER_STRIDE * hart, now = machine->saved->cycle;
    ck_assert(hb_devices_write(&machine->saved->devices, base + HB_POWER_ENTRY, 8, entry, now));
    ck_assert(hb_devices_write(&machine->saved->devices, base + HB_POWER_COMMAND, 4, what, now));
    hb_machine_devices_changed(machine, now);
}

/* Software fences a frozen hart and starts it again, and it is still frozen: the fault is none of software's. */
START_TEST(a_frozen_hart_may_be_fenced_and_started) {
    guest_config(&config, mix, 4);
    add_fault(HB_FAULT_FREEZE, 2, 20000, 5000);
    struct hb_machine *machine = guest_machine(&config);
    hb_machine_run(machine, 21000);
    uint64_t instructions = machine->hart[2].instructions, entry = machine->elf.entry;
    command(machine, 2, HB_POWER_CMD_FENCE, 0);
    hb_machine_run(machine, 21002);
    ck_assert_int_eq(machine->hart[2].run_state, HB_HART_FENCED);
    command(machine, 2, HB_POWER_CMD_START, entry);
    hb_machine_run(machine, 25000);
    ck_assert_int_eq(machine->hart[2].run_state, HB_HART_RUNNING);
    ck_assert_uint_eq(machine->hart[2].pc, entry);
    ck_assert_uint_eq(machine->hart[2].instructions, instructions);
    hb_machine_run(machine, 26000);
    ck_assert_uint_gt(machine->hart[2].instructions, instructions);
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(a_frozen_hart_may_die) {
    guest_config(&config, mix, 4);
    add_fault(HB_FAULT_FREEZE, 2, 20000, 5000);
    add_fault(HB_FAULT_FAIL_STOP, 2, 22000, 0)->terms.lost = _i;
    struct hb_machine *machine = guest_machine(&config);
    hb_machine_run(machine, 40000);
    ck_assert(machine->saved->fault[1].activated && machine->saved->fault[0].ended);
    ck_assert_int_eq(machine->hart[2].run_state, HB_HART_DEAD);
    hb_machine_destroy(machine);
}
END_TEST

/* Until its time it ignores a start, though the power controller says that it is started; then it begins with nothing
 * in its caches, and a lost cache answers again. */
START_TEST(a_dead_hart_starts_when_its_time_has_come) {
    guest_config(&config, mix, 4);
    add_fault(HB_FAULT_RESTART, 2, 20000, 5000)->terms.lost = _i;
    struct hb_machine *machine = guest_machine(&config);
    hb_machine_run(machine, 21000);
    uint64_t instructions = machine->hart[2].instructions, entry = machine->elf.entry;
    command(machine, 2, HB_POWER_CMD_FENCE, 0);
    hb_machine_run(machine, 21100);
    command(machine, 2, HB_POWER_CMD_START, entry);
    hb_machine_run(machine, 25000);
    ck_assert_int_eq(machine->hart[2].run_state, HB_HART_DEAD);
    ck_assert_int_eq(machine->saved->devices.power.hart[2].state, HB_POWER_IS_STARTED);
    hb_machine_run(machine, 26000);
    ck_assert(machine->saved->fault[0].ended && machine->hart[2].run_state == HB_HART_STOPPED);
    command(machine, 2, HB_POWER_CMD_START, entry);
    hb_machine_run(machine, 30000);
    ck_assert_int_eq(machine->hart[2].run_state, HB_HART_RUNNING);
    ck_assert_uint_gt(machine->hart[2].instructions, instructions);
    ck_assert(!machine->saved->bus.port[2].lost && !machine->saved->bus.port[2].silent);
    struct hb_hart_stats stats;
    hb_stats_hart(machine, 2, &stats);
    ck_assert_uint_eq(stats.busy_cycles + hb_stats_stalled(&stats) + stats.idle_cycles, machine->saved->cycle);
    hb_machine_destroy(machine);
}
END_TEST

/* Each fault of a hart that dies, starts and dies again has its own story. */
START_TEST(each_death_is_dealt_with_by_itself) {
    guest_config(&config, mix, 4);
    add_fault(HB_FAULT_RESTART, 2, 20000, 100);
    add_fault(HB_FAULT_FAIL_STOP, 2, 28000, 0);
    struct hb_machine *machine = guest_machine(&config);
    hb_machine_run(machine, 22000);
    machine->saved->os.harts[2].recovery.suspected_cycle = 21000;
    command(machine, 2, HB_POWER_CMD_START, machine->elf.entry);
    hb_machine_run(machine, 27000);
    machine->saved->os.harts[2].recovery.suspected_cycle = HB_OS_NONE;
    hb_machine_run(machine, 29000);
    machine->saved->os.harts[2].recovery.suspected_cycle = 28500;
    struct hb_run_result *result = hb_result_gather(machine);
    ck_assert(result->fault[0].activated && result->fault[1].activated);
    ck_assert_uint_eq(result->fault[0].recovery.suspected_cycle, 21000);
    ck_assert_uint_eq(result->fault[1].recovery.suspected_cycle, 28500);
    hb_result_free(result);
    hb_machine_destroy(machine);
}
END_TEST

static struct hb_fault_config *add_irq(enum hb_fault_interrupt line, enum hb_fault_effect effect, uint64_t duration) {
    struct hb_fault_config *fault = add_fault(HB_FAULT_IRQ, 2, 20000, duration);
    fault->terms.interrupt = (uint8_t)line;
    fault->terms.effect = (uint8_t)effect;
    return fault;
}

static void set_clint(struct hb_machine *machine, uint64_t offset, uint32_t bytes, uint64_t value) {
    uint64_t now = machine->saved->cycle;
    ck_assert(hb_devices_write(&machine->saved->devices, 0x2000000 + offset, bytes, value, now));
    hb_machine_devices_changed(machine, now);
}

static uint32_t lines_of_2(const struct hb_machine *machine) {
    return hb_machine_interrupt_lines(machine, 2, machine->saved->cycle) & (HB_MIP_MSIP | HB_MIP_MTIP);
}

/* Hart 2 is frozen, so that nothing but the test writes to its registers. */
static struct hb_machine *machine_with_2_frozen(void) {
    add_fault(HB_FAULT_FREEZE, 2, 18000, 20000);
    struct hb_machine *machine = guest_machine(&config);
    hb_machine_run(machine, 19000);
    set_clint(machine, 0x4000 + 8 * 2, 8, UINT64_MAX);
    set_clint(machine, 4 * 2, 4, 0);
    return machine;
}

START_TEST(the_next_software_interrupt_is_lost) {
    struct hb_clint clint = {.cycles_per_tick = 10};
    for (uint32_t pending = 0; pending < 2; pending++) {
        clint.msip[2] = (uint8_t)pending;
        hb_clint_lose(&clint, 2, false);
        ck_assert(!hb_clint_software_pending(&clint, 2));
        hb_clint_write(&clint, 8, 4, 1, 0, 4);
        ck_assert_int_eq(hb_clint_software_pending(&clint, 2), pending); /* the pending one was the one to lose */
        hb_clint_write(&clint, 8, 4, 0, 0, 4);
        hb_clint_write(&clint, 8, 4, 1, 0, 4);
        ck_assert(hb_clint_software_pending(&clint, 2));
    }
}
END_TEST

START_TEST(a_timer_is_forgotten_or_early) {
    struct hb_clint clint = {.cycles_per_tick = 10};
    clint.mtimecmp[2] = 100;
    hb_clint_lose(&clint, 2, true);
    ck_assert(!hb_clint_timer_pending(&clint, 2, 5000));
    hb_clint_raise(&clint, 2, true, 5000);
    ck_assert(hb_clint_timer_pending(&clint, 2, 5000));
    clint.msip[2] = 0;
    hb_clint_raise(&clint, 2, false, 5000);
    ck_assert(hb_clint_software_pending(&clint, 2));
}
END_TEST

/* What came while a line was held comes at the end; the other line is none of it. */
START_TEST(a_held_line_catches_up) {
    const bool timer = _i & 1;
    guest_config(&config, mix, 4);
    add_irq(timer ? HB_FAULT_TIMER : HB_FAULT_SOFTWARE, HB_FAULT_DELAY, 5000);
    struct hb_machine *machine = machine_with_2_frozen();
    hb_machine_run(machine, 21000);
    set_clint(machine, 4 * 2, 4, 1);
    set_clint(machine, 0x4000 + 8 * 2, 8, 0);
    ck_assert_uint_eq(lines_of_2(machine), timer ? HB_MIP_MSIP : HB_MIP_MTIP);
    hb_machine_run(machine, 25000);
    ck_assert_uint_eq(lines_of_2(machine), timer ? HB_MIP_MSIP : HB_MIP_MTIP);
    hb_machine_run(machine, 25001);
    ck_assert_uint_eq(lines_of_2(machine), HB_MIP_MSIP | HB_MIP_MTIP);
    ck_assert_uint_eq(machine->hart[2].mip_lines & HB_MIP_MSIP, HB_MIP_MSIP);
    hb_machine_destroy(machine);
}
END_TEST

/* A freeze is no stretch with interrupts off: J is the image's, and its bound would fail the run. */
START_TEST(the_time_of_a_freeze_is_not_j) {
    guest_config(&config, pace, 1);
    struct hb_machine *machine = guest_machine(&config);
    hb_machine_run(machine, 10000);
    struct hb_hart_stats before, after;
    hb_stats_hart(machine, 0, &before);
    hb_machine_destroy(machine);
    add_fault(HB_FAULT_FREEZE, 0, 5000, 3000);
    machine = guest_machine(&config);
    for (uint64_t cycle = 4000; cycle <= 13000; cycle += 500) {
        hb_machine_run(machine, cycle);
        hb_stats_hart(machine, 0, &after);
        uint64_t frozen = cycle < 5000 ? 0 : cycle < 8000 ? cycle - 5000 : 3000;
        ck_assert_uint_eq(after.irq_off_max_cycles, cycle - frozen);
    }
    ck_assert_uint_eq(after.irq_off_max_cycles, before.irq_off_max_cycles);
    hb_machine_destroy(machine);
}
END_TEST

/* ---- What must not change a run -------------------------------------------------------------------------------- */

#define END_CYCLE 30000

static void add_random_faults(uint64_t seed) {
    for (uint64_t i = 0; i < 3; i++) {
        uint64_t cycle = hb_choice(seed, 10, i) % END_CYCLE, length = 1 + hb_choice(seed, 11, i) % 4000;
        uint32_t hart = (uint32_t)(hb_choice(seed, 12, i) % 4), kind = (uint32_t)(hb_choice(seed, 13, i) % 6);
        if (kind < 2)
            add_fault(HB_FAULT_FREEZE, hart, cycle, length);
        else if (kind < 4)
            add_fault(HB_FAULT_FAIL_SLOW, hart, cycle, kind == 2 ? 0 : length)->terms.factor = 2 + kind * 3;
        else if (seed % 4 == 0) {
            struct hb_fault_config *fault =
                add_irq((enum hb_fault_interrupt)(seed / 4 % 2), (enum hb_fault_effect)(i % 3),
                        i % 3 == HB_FAULT_DELAY ? length : 0);
            fault->hart = hart;
            fault->cycle = cycle;
        } else
            add_fault(kind == 4 ? HB_FAULT_FAIL_STOP : HB_FAULT_RESTART, hart, cycle, kind == 4 ? 0 : length)
                ->terms.lost = seed & 1;
    }
}

static void set_up_random(uint64_t seed) {
    guest_config(&config, mix, 4);
    add_random_faults(seed);
    if (seed % 3 == 0)
        config.bus.store_depth = 4;
    config.bus.split = seed % 5 == 0;
}

static void check_accounts(const struct hb_machine *machine, uint64_t seed) {
    for (uint32_t h = 0; h < 4; h++) {
        struct hb_hart_stats stats;
        hb_stats_hart(machine, h, &stats);
        uint64_t sum = stats.busy_cycles + hb_stats_stalled(&stats) + stats.idle_cycles;
        bool dead = machine->hart[h].run_state == HB_HART_DEAD;
        ck_assert_msg(sum == (dead ? machine->hart[h].halted_at : machine->saved->cycle), "seed %d, hart %u", (int)seed,
                      h);
    }
}

static uint64_t end_hash(struct hb_machine *machine, uint64_t seed) {
    hb_machine_run(machine, END_CYCLE);
    check_accounts(machine, seed);
    uint64_t hash = hb_state_hash(machine);
    hb_machine_destroy(machine);
    return hash;
}

static uint64_t with_snapshots(uint64_t seed) {
    struct hb_machine *machine = guest_machine(&config);
    for (uint64_t i = 0; i < 3; i++) {
        uint64_t left = END_CYCLE - machine->saved->cycle;
        hb_machine_run(machine, machine->saved->cycle + hb_choice(seed, 20, i) % left);
        struct hb_snapshot *snapshot = hb_snapshot_take(machine);
        uint64_t hash = hb_state_hash(machine);
        hb_machine_run(machine, machine->saved->cycle + 700);
        hb_snapshot_restore(machine, snapshot);
        ck_assert_uint_eq(hb_state_hash(machine), hash);
        hb_snapshot_free(snapshot);
    }
    return end_hash(machine, seed);
}

static uint64_t in_reverse_order(uint64_t seed, bool host_lookups) {
    config.host_lookups = host_lookups;
    struct hb_machine *machine = guest_machine(&config);
    for (uint32_t h = 0; h < 4; h++)
        machine->order[h] = (uint8_t)(3 - h);
    return end_hash(machine, seed);
}

START_TEST(nothing_else_changes_a_run) {
    uint64_t seed = (uint64_t)_i;
    set_up_random(seed);
    uint64_t hash = end_hash(guest_machine(&config), seed);
    ck_assert_uint_eq(with_snapshots(seed), hash);
    ck_assert_uint_eq(in_reverse_order(seed, seed & 1), hash);
}
END_TEST

START_TEST(a_freeze_in_mid_run_is_replayed) {
    char path[600];
    struct hb_error error;
    uint64_t hash[2];
    snprintf(path, sizeof path, "%s/inputs.txt", guest_folder());
    guest_config(&config, mix, 4);
    for (int i = 0; i < 2; i++) {
        struct hb_machine *machine = guest_machine(&config);
        struct hb_input freeze = {.cycle = 10000, .kind = HB_INPUT_FAULT, .hart = 1},
                        slow = {.cycle = 12000, .kind = HB_INPUT_FAULT, .hart = 2};
        freeze.terms = (struct hb_fault_terms){.model = HB_FAULT_FREEZE, .duration_cycles = 2500};
        slow.terms = (struct hb_fault_terms){.model = HB_FAULT_FAIL_SLOW, .factor = 3};
        if (i == 0)
            hb_machine_input(machine, &freeze), hb_machine_input(machine, &slow);
        else
            ck_assert_msg(hb_recording_read(machine, path, &error), "%s", error.text);
        hb_machine_run(machine, END_CYCLE);
        if (i == 0)
            ck_assert_msg(hb_recording_write(machine, path, &error), "%s", error.text);
        ck_assert(machine->saved->fault[0].ended && machine->saved->fault[1].activated);
        hash[i] = hb_state_hash(machine);
        hb_machine_destroy(machine);
    }
    ck_assert_uint_eq(hash[0], hash[1]);
}
END_TEST

START_TEST(recordings_of_no_such_fault_are_refused) {
    static const char *const line[] = {"5 fault 1 freeze", "5 fault 1 freeze factor 3", "5 fault 1 melt",
                                       "5 fault 1 fail_slow factor 2000", "5 fault 1 freeze duration_cycles 0"};
    char path[600];
    struct hb_error error;
    snprintf(path, sizeof path, "%s/inputs-%d.txt", guest_folder(), _i);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fprintf(file, "hartbeat-inputs 1\n%s\n", line[_i]);
    ck_assert_int_eq(fclose(file), 0);
    guest_config(&config, mix, 4);
    struct hb_machine *machine = guest_machine(&config);
    ck_assert(!hb_recording_read(machine, path, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "is not an input of this machine"));
    hb_machine_destroy(machine);
}
END_TEST

/* ---- The result ------------------------------------------------------------------------------------------------ */

START_TEST(the_result_says_what_ailed) {
    guest_config(&config, mix, 4);
    add_fault(HB_FAULT_FREEZE, 1, 5000, 1500);
    add_fault(HB_FAULT_FAIL_SLOW, 2, 6000, 0)->terms.factor = 3;
    struct hb_machine *machine = guest_machine(&config);
    hb_machine_run(machine, 20000);
    struct hb_run_result *result = hb_result_gather(machine);
    char *json = hb_result_json(result, NULL, 0), *faults = strstr(json, "\"faults\"");
    static const char *const words[] = {"\"model\": \"freeze\"",
                                        "\"duration_cycles\": 1500",
                                        "\"cycle\": 5000",
                                        "\"ended_cycle\": 6500",
                                        "\"instructions_at_death\": null",
                                        "\"model\": \"fail_slow\"",
                                        "\"duration_cycles\": null",
                                        "\"factor\": 3",
                                        "\"ended_cycle\": null"};
    ck_assert_ptr_nonnull(faults);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        char *found = strstr(faults, words[i]);
        ck_assert_msg(found != NULL, "%s, in %s", words[i], faults);
        faults = found;
    }
    ck_assert_uint_ge(result->hart[1].stalled_cycles[HB_STALL_FAULT], 1000);
    ck_assert_uint_eq(result->hart[0].stalled_cycles[HB_STALL_FAULT], 0);
    free(json);
    hb_result_free(result);
    hb_machine_destroy(machine);
}
END_TEST

/* The kernel fences a hart that is frozen for longer than its patience: nobody healthy was suspected, no task is
 * harmed. */
START_TEST(who_suspects_a_frozen_hart_raises_no_false_alarm) {
    hb_config_defaults(&config);
    snprintf(config.image, sizeof config.image, "%s", HB_BINARY_DIR "/images/smp.elf");
    config.os.workload_tasks = config.os.group[0].tasks = 60;
    add_fault(HB_FAULT_FREEZE, 2, 150000, 100000);
    struct hb_machine *machine = guest_machine(&config);
    hb_machine_run(machine, 40000000);
    struct hb_run_result *result = hb_result_gather(machine);
    ck_assert_msg(result->outcome == HB_OUTCOME_PASSED, "%s", result->reason);
    ck_assert_uint_gt(result->fault[0].recovery.suspected_cycle, 150000);
    ck_assert_uint_ne(result->fault[0].recovery.fenced_cycle, HB_OS_NONE);
    ck_assert(!result->fault[0].false_alarm);
    ck_assert_int_eq(machine->hart[2].run_state, HB_HART_FENCED);
    hb_result_free(result);
    hb_machine_destroy(machine);
}
END_TEST

static void start(void) {
    config.n_faults = 0;
}

static Suite *models(void) {
    Suite *suite = suite_create("fault models");
    TCase *tests = tcase_create("fault models");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, start, NULL);
    tcase_add_loop_test(tests, a_freeze_moves_the_time_line, 0, 4);
    tcase_add_loop_test(tests, a_slow_hart_takes_its_factor, 0, 4);
    tcase_add_test(tests, of_two_that_slow_a_hart_the_worst_counts);
    tcase_add_loop_test(tests, freezes_that_overlap_are_one, 0, 2);
    tcase_add_test(tests, a_frozen_cache_answers);
    tcase_add_loop_test(tests, interrupts_wait_for_a_sleeper, 0, 3);
    tcase_add_test(tests, a_frozen_hart_may_be_fenced_and_started);
    tcase_add_loop_test(tests, a_frozen_hart_may_die, 0, 2);
    tcase_add_loop_test(tests, a_dead_hart_starts_when_its_time_has_come, 0, 2);
    tcase_add_test(tests, each_death_is_dealt_with_by_itself);
    tcase_add_test(tests, the_next_software_interrupt_is_lost);
    tcase_add_test(tests, a_timer_is_forgotten_or_early);
    tcase_add_loop_test(tests, a_held_line_catches_up, 0, 2);
    tcase_add_test(tests, the_time_of_a_freeze_is_not_j);
    tcase_add_loop_test(tests, nothing_else_changes_a_run, 0, getenv("HB_CASES") ? atoi(getenv("HB_CASES")) : 40);
    tcase_add_test(tests, a_freeze_in_mid_run_is_replayed);
    tcase_add_loop_test(tests, recordings_of_no_such_fault_are_refused, 0, 5);
    tcase_add_test(tests, the_result_says_what_ailed);
    tcase_add_test(tests, who_suspects_a_frozen_hart_raises_no_false_alarm);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void) {
    guest_need_compiler();
    guest_make("pace", "", "pace", pace);
    guest_make("pace", "-DSTRIDE=24", "far", far);
    guest_make("mix", "", "mix", mix);
    guest_make("heir", "", "heir", heir);
    guest_make("ticks", "", "nap", nap);
    SRunner *runner = srunner_create(models());
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    guest_clean_up();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
