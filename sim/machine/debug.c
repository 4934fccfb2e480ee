#include "sim/machine/debug.h"

#include "cpu/hart/trap.h"

#define PIECE_BYTES 8u

/* ---- Doing it -------------------------------------------------------------------------------------------------- */

static void hold(struct hb_machine *machine, uint64_t harts, uint64_t now) {
    uint64_t freed = machine->saved->held & ~harts;
    for (; freed; freed &= freed - 1)
        hb_hart_held_until(&machine->hart[__builtin_ctzll(freed)], now);
    machine->saved->held = harts;
}

/* As an instruction in M mode would, whatever the mode of the hart. */
static void set_csr(struct hb_machine *machine, uint32_t h, uint32_t number, uint64_t value, uint64_t now) {
    struct hb_core *core = &machine->cores.core[h];
    uint8_t mode = core->hart->privilege;
    uint64_t old;
    core->hart->privilege = HB_PRIV_M;
    hb_csr_access(core, number, true, value, now, &old);
    core->hart->privilege = mode;
    hb_mode_changed(core, now);
    hb_core_drop_lookups(core);
    hb_core_set_pending(core, 0, true, now); /* it may be asleep, unlike one that writes its own mie */
    if (machine->cores.told.timer_written) {
        machine->cores.told.timer_written = false;
        machine->saved->devices.changed = true; /* interrupt lines are looked at in this phase, too */
    }
}

static void set_register(struct hb_machine *machine, const struct hb_input *input, uint64_t now) {
    struct hb_core *core = &machine->cores.core[input->hart];
    struct hb_hart *hart = core->hart;
    uint32_t number = input->parameter;
    if (hart->in_flight.active)
        return; /* a recording of another run */
    if (number < HB_REGISTER_PC) {
        hart->x[number] = input->value;
    } else if (number == HB_REGISTER_PC) {
        hart->pc = input->value & ~1ull;
        hb_core_drop_lookups(core);
    } else if (number < HB_REGISTER_CSR) {
        hart->f[number - HB_REGISTER_F] = input->value;
        if (hart->mstatus & HB_MSTATUS_FS)
            hb_fp_changed(hart);
    } else if (number == HB_REGISTER_MODE) {
        hb_set_privilege(core, (uint8_t)input->value, now);
    } else {
        set_csr(machine, input->hart, number - HB_REGISTER_CSR, input->value, now);
    }
}

void hb_debug_take(struct hb_machine *machine, const struct hb_input *input, uint64_t now) {
    switch (input->kind) {
    case HB_INPUT_HOLD: hold(machine, input->value, now); break;
    case HB_INPUT_REGISTER: set_register(machine, input, now); break;
    default:
        hb_bus_debug_write(&machine->bus, input->address, &input->value, input->byte);
        hb_cores_drop_lookups(&machine->cores); /* it may have been code */
        break;
    }
}

/* ---- Asking for it --------------------------------------------------------------------------------------------- */

static bool is_a_debuggers(const struct hb_input *input) {
    return input->kind >= HB_INPUT_HOLD;
}

static bool is_due(const struct hb_machine *machine, uint32_t index) {
    return index < machine->log.inputs && machine->log.input[index].cycle <= machine->saved->cycle;
}

uint64_t hb_debug_held(const struct hb_machine *machine) {
    uint64_t held = machine->saved->held;
    for (uint32_t i = machine->saved->next_input; is_due(machine, i); i++)
        if (machine->log.input[i].kind == HB_INPUT_HOLD)
            held = machine->log.input[i].value;
    return held;
}

bool hb_debug_acts_later(const struct hb_machine *machine) {
    for (uint32_t i = machine->saved->next_input; i < machine->log.inputs; i++)
        if (is_a_debuggers(&machine->log.input[i]) && !is_due(machine, i))
            return true;
    return false;
}

/* A machine in which nothing would ever have happened again now has something to do. */
static void wake_up(struct hb_machine *machine) {
    if (machine->saved->outcome == HB_OUTCOME_HANG)
        hb_machine_end(machine, HB_OUTCOME_RUNNING, 0);
}

static void add(struct hb_machine *machine, struct hb_input input) {
    input.cycle = machine->saved->cycle;
    hb_machine_input(machine, &input);
    wake_up(machine);
}

void hb_debug_hold(struct hb_machine *machine, uint64_t harts) {
    add(machine, (struct hb_input){.kind = HB_INPUT_HOLD, .value = harts});
}

/* The last of those that are due; the end of the log: there is none. */
static uint32_t last_write(const struct hb_machine *machine) {
    uint32_t last = machine->log.inputs;
    for (uint32_t i = machine->saved->next_input; is_due(machine, i); i++)
        if (machine->log.input[i].kind > HB_INPUT_HOLD)
            last = i;
    return last;
}

void hb_debug_take_writes(struct hb_machine *machine) {
    uint32_t last = last_write(machine);
    if (last == machine->log.inputs)
        return;
    hb_machine_take_inputs(machine, last + 1, machine->saved->cycle);
    machine->saved->next_event = machine->saved->cycle; /* the rest of the phase is still to come */
    wake_up(machine);
}

static bool is_writable(uint32_t number, uint64_t value) {
    enum { READ_ONLY = 3 }; /* bits 10 and 11 of a CSR's number */
    if (number == HB_REGISTER_MODE)
        return value == HB_PRIV_U || value == HB_PRIV_S || value == HB_PRIV_M;
    bool csr = number >= HB_REGISTER_CSR;
    return number > 0 && number < HB_REGISTER_MODE && !(csr && (number - HB_REGISTER_CSR) >> 10 == READ_ONLY);
}

static bool is_there(struct hb_machine *machine, uint32_t hart, uint32_t number) {
    uint64_t value;
    return number < HB_REGISTER_CSR || number == HB_REGISTER_MODE ||
           hb_core_csr(&machine->cores.core[hart], number - HB_REGISTER_CSR, machine->saved->cycle, &value);
}

bool hb_debug_set_register(struct hb_machine *machine, uint32_t hart, uint32_t number, uint64_t value) {
    if (number == 0)
        return value == 0;
    if (!is_writable(number, value) || machine->hart[hart].in_flight.active || !is_there(machine, hart, number))
        return false;
    add(machine,
        (struct hb_input){.kind = HB_INPUT_REGISTER, .hart = (uint8_t)hart, .parameter = number, .value = value});
    hb_debug_take_writes(machine);
    return true;
}

bool hb_debug_write(struct hb_machine *machine, uint64_t address, const void *from, uint64_t bytes) {
    if (!hb_ram_contains(&machine->ram, address - HB_RAM_BASE, bytes))
        return false;
    for (const uint8_t *at = from; bytes;) {
        uint64_t n = bytes < PIECE_BYTES ? bytes : PIECE_BYTES;
        struct hb_input input = {.kind = HB_INPUT_MEMORY, .byte = (uint8_t)n, .address = address};
        memcpy(&input.value, at, n);
        add(machine, input);
        at += n;
        address += n;
        bytes -= n;
    }
    hb_debug_take_writes(machine);
    return true;
}

void hb_debug_forget(struct hb_machine *machine) {
    struct hb_input_log *log = &machine->log;
    uint32_t kept = machine->saved->next_input;
    for (uint32_t i = kept; i < log->inputs; i++)
        if (!is_a_debuggers(&log->input[i]))
            log->input[kept++] = log->input[i];
    log->inputs = kept;
}

bool hb_debug_is_fit(const struct hb_input *input, uint32_t harts) {
    switch (input->kind) {
    case HB_INPUT_HOLD: return harts == 64 || input->value >> harts == 0;
    case HB_INPUT_REGISTER: return input->hart < harts && is_writable(input->parameter, input->value);
    case HB_INPUT_MEMORY: return input->byte >= 1 && input->byte <= PIECE_BYTES;
    default: return true;
    }
}
