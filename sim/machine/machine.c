#include "sim/machine/machine.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/shared/dma.h"
#include "sim/machine/debug.h"
#include "sim/machine/measure.h"

static uint64_t earlier(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

void hb_machine_end(struct hb_machine *machine, enum hb_outcome outcome, uint32_t exit_code) {
    machine->saved->outcome = (uint8_t)outcome;
    machine->saved->exit_code = exit_code;
}

/* ---- Interrupt lines and timers -------------------------------------------------------------------------------- */

/* Sstc: S mode's own timer, in the hart. */
static bool has_stimecmp(const struct hb_hart *hart) {
    return hart->menvcfg & HB_MENVCFG_STCE;
}

uint32_t hb_machine_interrupt_lines(const struct hb_machine *machine, uint32_t h, uint64_t now) {
    const struct hb_devices *devices = &machine->saved->devices;
    const struct hb_hart *hart = &machine->hart[h];
    bool s_timer = has_stimecmp(hart) && hb_devices_mtime(devices, now) >= hart->stimecmp;
    return (hb_clint_software_pending(&devices->clint, h) ? HB_MIP_MSIP : 0) |
           (hb_clint_timer_pending(&devices->clint, h, now) ? HB_MIP_MTIP : 0) | (s_timer ? HB_MIP_STIP : 0) |
           (hb_devices_external_m(devices, h) ? HB_MIP_MEIP : 0) |
           (hb_devices_external_s(devices, h) ? HB_MIP_SEIP : 0);
}

uint64_t hb_machine_timer_cycle(const struct hb_machine *machine, uint32_t h, uint64_t now) {
    const struct hb_clint *clint = &machine->saved->devices.clint;
    const struct hb_hart *hart = &machine->hart[h];
    uint64_t of_m = hb_clint_tick_cycle(clint, clint->mtimecmp[h], now);
    return has_stimecmp(hart) ? earlier(of_m, hb_clint_tick_cycle(clint, hart->stimecmp, now)) : of_m;
}

static uint64_t next_timer_cycle(const struct hb_machine *machine, uint64_t now) {
    const struct hb_clint *clint = &machine->saved->devices.clint;
    uint64_t next = hb_clint_next_timer_cycle(clint, machine->bus.harts, now);
    for (uint32_t h = 0; h < machine->bus.harts; h++)
        if (has_stimecmp(&machine->hart[h]))
            next = earlier(next, hb_clint_tick_cycle(clint, machine->hart[h].stimecmp, now));
    return next;
}

static void update_interrupt_lines(struct hb_machine *machine, uint64_t now) {
    for (uint32_t h = 0; h < machine->bus.harts; h++) {
        struct hb_core *core = &machine->cores.core[h];
        uint32_t lines = hb_machine_interrupt_lines(machine, h, now);
        uint32_t all = HB_MIP_MSIP | HB_MIP_MTIP | HB_MIP_STIP | HB_MIP_MEIP | HB_MIP_SEIP;
        if ((machine->hart[h].mip_lines & all) == lines)
            continue;
        hb_core_set_pending(core, all & ~lines, false, now);
        hb_core_set_pending(core, lines, true, now);
    }
    machine->saved->next_timer = next_timer_cycle(machine, now);
}

/* ---- What software asks of the machine: it takes effect in the next cycle -------------------------------------- */

static void fence(struct hb_machine *machine, uint32_t hart, uint64_t now) {
    machine->saved->start_pending &= ~(1ull << hart);
    hb_bus_silence(&machine->bus, hart, false);
    hb_core_halt(&machine->cores.core[hart], HB_HART_FENCED, now);
    hb_os_view_hart_stopped(&machine->saved->os, now, hart, hb_hart_user_instructions(&machine->hart[hart]));
}

static void stop(struct hb_machine *machine, uint32_t hart, uint64_t now) {
    hb_bus_silence(&machine->bus, hart, false);
    hb_core_halt(&machine->cores.core[hart], HB_HART_STOPPED, now);
}

static void begin(struct hb_machine *machine, uint32_t hart, uint64_t now) {
    const struct hb_power_hart *power = &machine->saved->devices.power.hart[hart];
    hb_hart_restart(&machine->cores.core[hart], power->entry, now);
    machine->hart[hart].x[10] = hart;
    machine->hart[hart].x[11] = power->argument;
    update_interrupt_lines(machine, now);
}

/* A hart starts with a cold cache, so what its cache holds modified is written back first. */
static void start_when_clean(struct hb_machine *machine, uint32_t hart, uint64_t now) {
    struct hb_saved *saved = machine->saved;
    if (hb_bus_flushing(&machine->bus, hart) || saved->bus.port[hart].request.kind != HB_ACCESS_NONE)
        return;
    saved->start_pending &= ~(1ull << hart);
    hb_bus_restart(&machine->bus, hart);
    begin(machine, hart, now);
    hb_measure_hart_started(machine, hart);
    hb_fault_hart_started(machine, hart, now);
}

static void start(struct hb_machine *machine, uint32_t hart, uint64_t now) {
    if (machine->hart[hart].run_state == HB_HART_DEAD)
        return; /* and no register tells: software may try again later */
    machine->saved->start_pending |= 1ull << hart;
    hb_bus_flush(&machine->bus, hart, now);
}

/* It goes on at once, with its cache. Another hart that asks for it may come in the middle of an access, which would
 * end in the new life: that is a start. */
static void reset(struct hb_machine *machine, uint32_t hart, uint64_t now) {
    uint8_t state = machine->hart[hart].run_state;
    if (state != HB_HART_RUNNING && state != HB_HART_IDLE)
        return;
    stop(machine, hart, now);
    if (machine->saved->bus.port[hart].request.kind != HB_ACCESS_NONE) {
        start(machine, hart, now);
        return;
    }
    hb_bus_resume(&machine->bus, hart);
    begin(machine, hart, now);
}

static void serve_power_requests(struct hb_machine *machine, uint64_t now) {
    uint32_t hart, command;
    while (hb_power_take(&machine->saved->devices.power, machine->bus.harts, &hart, &command)) {
        switch (command) {
        case HB_POWER_CMD_FENCE: fence(machine, hart, now); break;
        case HB_POWER_CMD_STOP: stop(machine, hart, now); break;
        case HB_POWER_CMD_START: start(machine, hart, now); break;
        case HB_POWER_CMD_FLUSH: hb_bus_flush(&machine->bus, hart, now); break;
        case HB_POWER_CMD_RESET: reset(machine, hart, now); break;
        default: break;
        }
    }
}

static void serve_finisher(struct hb_machine *machine, uint64_t now) {
    uint32_t value;
    if (!hb_finisher_take(&machine->saved->devices.finisher, &value))
        return;
    if ((value & 0xffff) == HB_FINISHER_RESET) {
        hb_machine_restart(machine, now);
        update_interrupt_lines(machine, now);
        return;
    }
    bool failed = (value & 0xffff) == HB_FINISHER_FAIL;
    enum hb_outcome bad = machine->saved->panicked ? HB_OUTCOME_CRASH : HB_OUTCOME_FAILED;
    hb_machine_end(machine, failed ? bad : HB_OUTCOME_PASSED, failed ? value >> 16 : 0);
}

/* What has just been written, from `held` on, may be the rest of a text. */
static bool has_said(const struct hb_machine *machine, const char *text, size_t held) {
    size_t length = strlen(text), at = held > length ? held - length : 0;
    for (; length && at + length <= machine->saved->console_bytes; at++)
        if (memcmp(machine->console + at, text, length) == 0)
            return true;
    return false;
}

static void heed_console(struct hb_machine *machine, size_t held) {
    const struct hb_config *config = &machine->config;
    if (has_said(machine, config->stop_text[HB_STOP_FAILED], held))
        machine->saved->said = HB_OUTCOME_FAILED;
    else if (has_said(machine, config->stop_text[HB_STOP_PASSED], held))
        machine->saved->said = HB_OUTCOME_PASSED;
}

/* Unless something else has ended it in the same cycle. */
static void end_as_said(struct hb_machine *machine) {
    if (machine->saved->said && machine->saved->outcome == HB_OUTCOME_RUNNING)
        hb_machine_end(machine, machine->saved->said, machine->saved->said == HB_OUTCOME_FAILED);
}

void hb_machine_show(struct hb_machine *machine, const char *text, size_t n) {
    size_t held = machine->saved->console_bytes;
    if (held + n > machine->console_capacity) {
        machine->console_capacity = 2 * (held + n) + 4096;
        machine->console = realloc(machine->console, machine->console_capacity);
        if (!machine->console)
            abort();
    }
    memcpy(machine->console + held, text, n);
    machine->saved->console_bytes += n;
    heed_console(machine, held);
    hb_watchers_tell_console(&machine->watchers, machine->console + held, n);
}

static void take_console_output(struct hb_machine *machine) {
    struct hb_uart *uart = &machine->saved->devices.uart;
    if (uart->sent_bytes)
        hb_machine_show(machine, (const char *)uart->sent, uart->sent_bytes);
    uart->sent_bytes = 0;
}

void hb_machine_devices_changed(struct hb_machine *machine, uint64_t now) {
    struct hb_saved *saved = machine->saved;
    saved->devices.changed = false;
    update_interrupt_lines(machine, now);
    take_console_output(machine);
    hb_machine_schedule(machine, now);
}

/* ---- Input from outside ---------------------------------------------------------------------------------------- */

void hb_machine_input(struct hb_machine *machine, const struct hb_input *input) {
    struct hb_input_log *log = &machine->log;
    if (log->inputs == log->capacity) {
        log->capacity = log->capacity ? 2 * log->capacity : 64;
        log->input = realloc(log->input, log->capacity * sizeof *log->input);
        if (!log->input)
            abort();
    }
    uint32_t at = log->inputs++;
    for (; at > machine->saved->next_input && log->input[at - 1].cycle > input->cycle; at--)
        log->input[at] = log->input[at - 1];
    log->input[at] = *input;
    machine->had_fault |= input->kind == HB_INPUT_FAULT;
    machine->saved->next_event = earlier(machine->saved->next_event, input->cycle);
}

void hb_machine_type(struct hb_machine *machine, const struct hb_input_config *typing, uint64_t from_cycle) {
    struct hb_input input = {.cycle = typing->cycle, .kind = HB_INPUT_TEXT};
    for (const char *at = typing->text; *at; at++) {
        input.byte = (uint8_t)*at;
        if (input.cycle >= from_cycle)
            hb_machine_input(machine, &input);
        input.cycle += typing->every_cycles;
    }
}

void hb_machine_forget_inputs(struct hb_machine *machine, uint64_t cycle) {
    struct hb_input_log *log = &machine->log;
    while (log->inputs > machine->saved->next_input && log->input[log->inputs - 1].cycle >= cycle)
        log->inputs--;
}

static void set_parameter(struct hb_machine *machine, const struct hb_input *input) {
    if (machine->params_address)
        hb_bus_debug_write(&machine->bus, machine->params_address + 8ull * input->parameter, &input->value, 8);
    if (input->parameter == offsetof(struct hb_params, heartbeat_period_cycles) / sizeof(uint64_t))
        hb_os_view_forget_beats(&machine->saved->os);
}

static void ask_for_fault(struct hb_machine *machine, const struct hb_input *input, uint64_t now) {
    struct hb_saved *saved = machine->saved;
    if (saved->faults == HB_FAULTS_MAX || input->hart >= machine->bus.harts)
        return;
    saved->fault[saved->faults] = (struct hb_fault_state){.hart = input->hart, .terms = input->terms};
    hb_fault_strike(machine, saved->faults++, now);
}

static void take_input(struct hb_machine *machine, const struct hb_input *input, uint64_t now) {
    switch (input->kind) {
    case HB_INPUT_TEXT: hb_devices_receive(&machine->saved->devices, input->byte); break;
    case HB_INPUT_FAULT: ask_for_fault(machine, input, now); break;
    case HB_INPUT_PARAMETER: set_parameter(machine, input); break;
    default: hb_debug_take(machine, input, now); break;
    }
}

void hb_machine_take_inputs(struct hb_machine *machine, uint32_t end, uint64_t now) {
    struct hb_saved *saved = machine->saved;
    const struct hb_input_log *log = &machine->log;
    hb_faults_due(machine, now);
    while (saved->next_input < end && log->input[saved->next_input].cycle <= now)
        take_input(machine, &log->input[saved->next_input++], now);
}

/* ---- Phase 1 --------------------------------------------------------------------------------------------------- */

static uint64_t quiet_deadline(const struct hb_machine *machine) {
    if (!machine->cores.trace_points || !machine->config.stop_quiet_cycles)
        return HB_NEVER;
    uint64_t last = machine->saved->os.last_progress_cycle;
    return (last == HB_OS_NONE ? 0 : last) + machine->config.stop_quiet_cycles;
}

uint64_t hb_machine_next_but_timers(const struct hb_machine *machine, uint64_t now) {
    const struct hb_saved *saved = machine->saved;
    const struct hb_input_log *log = &machine->log;
    uint64_t next = earlier(hb_fault_next_cycle(machine), hb_devices_due_cycle(&saved->devices));
    if (saved->next_input < log->inputs)
        next = earlier(next, log->input[saved->next_input].cycle);
    if (hb_devices_has_request(&saved->devices) || saved->htif.pending || saved->start_pending || saved->said)
        next = earlier(next, now);
    return earlier(next, quiet_deadline(machine));
}

void hb_machine_schedule(struct hb_machine *machine, uint64_t now) {
    machine->saved->next_event = earlier(machine->saved->next_timer, hb_machine_next_but_timers(machine, now + 1));
}

void hb_machine_events(struct hb_machine *machine, uint64_t now) {
    struct hb_saved *saved = machine->saved;
    hb_machine_take_inputs(machine, machine->log.inputs, now);
    hb_dma_due(&machine->bus, now);
    if (saved->next_timer <= now || saved->devices.changed)
        update_interrupt_lines(machine, now);
    saved->devices.changed = false;
    serve_power_requests(machine, now);
    for (uint64_t harts = saved->start_pending; harts; harts &= harts - 1)
        start_when_clean(machine, (uint32_t)__builtin_ctzll(harts), now);
    serve_finisher(machine, now);
    if (saved->htif.pending || saved->htif.reads)
        hb_htif_serve(machine);
    end_as_said(machine);
    if (saved->outcome == HB_OUTCOME_RUNNING && quiet_deadline(machine) <= now)
        hb_machine_end(machine, HB_OUTCOME_HANG, 0);
    hb_machine_schedule(machine, now);
}

/* ---- Phase 4 --------------------------------------------------------------------------------------------------- */

/* The longest stretch with interrupts off is of interest once tasks run: boot does not count. */
static void measure_interrupts_from(struct hb_machine *machine, uint64_t now) {
    for (uint32_t h = 0; h < machine->bus.harts; h++)
        hb_hart_measure_interrupts_from(&machine->hart[h], now);
}

static void see_tracepoint(struct hb_machine *machine, const struct hb_trace_record *record) {
    struct hb_saved *saved = machine->saved;
    bool users = record->id >= HB_TP_USER;
    if (record->privilege == HB_PRIV_U && !users)
        return;
    if (machine->measure)
        machine->pause |= hb_measure_seen(machine, record);
    if (record->id == HB_TP_ALL_HARTS_UP)
        measure_interrupts_from(machine, record->cycle);
    if (record->id == HB_TP_PANIC)
        saved->panicked = true;
    hb_os_view_feed(&saved->os, record->cycle, record->hart, record->id, record->value, record->user_instructions);
}

static void commit_hart(struct hb_machine *machine, struct hb_core *core) {
    for (uint32_t i = 0; i < core->traces; i++) {
        const struct hb_trace_record *record = &core->trace[i];
        if (record->kind == HB_TRACE_POINT)
            see_tracepoint(machine, record);
        hb_fault_seen(machine, record);
        if (machine->watchers.records)
            hb_watchers_tell_record(&machine->watchers, record);
    }
    core->traces = 0;
}

static void note_crash(struct hb_machine *machine) {
    machine->cores.told.crashed = false;
    for (uint32_t h = 0; h < machine->bus.harts; h++) {
        if (!machine->hart[h].crashed)
            continue;
        machine->saved->crash_hart = h;
        hb_machine_end(machine, HB_OUTCOME_CRASH, 0);
        return;
    }
}

void hb_machine_commit(struct hb_machine *machine, uint64_t now) {
    for (uint32_t h = 0; h < machine->bus.harts; h++)
        commit_hart(machine, &machine->cores.core[h]);
    machine->cores.told.traced = false;
    if (machine->cores.told.tohost_written) {
        machine->cores.told.tohost_written = false;
        machine->saved->htif.pending = true;
    }
    if (machine->cores.told.timer_written) {
        machine->cores.told.timer_written = false;
        update_interrupt_lines(machine, now);
    }
    if (machine->cores.told.crashed)
        note_crash(machine);
    hb_machine_schedule(machine, now);
}
