#include "sim/result/crash.h"

#include <inttypes.h>
#include <string.h>

#include "cpu/disasm.h"
#include "sim/machine/machine.h"

#define STRAIGHT_MAX 4096 /* instructions shown between two control transfers */
#define INTERRUPT    (1ull << 63)

/* ---- Words ----------------------------------------------------------------------------------------------------- */

static const char *trap_name(uint64_t cause) {
    static const char *const names[] = {
        [0] = "instruction address misaligned",
        [1] = "instruction access fault",
        [2] = "illegal instruction",
        [3] = "breakpoint",
        [4] = "load address misaligned",
        [5] = "load access fault",
        [6] = "store address misaligned",
        [7] = "store access fault",
        [8] = "environment call from U mode",
        [11] = "environment call from M mode",
    };
    if (cause & INTERRUPT)
        return "interrupt";
    return cause < sizeof names / sizeof names[0] && names[cause] ? names[cause] : "unknown trap";
}

/* For these mtval says where, or which bits. */
static void describe_trap(uint64_t cause, uint64_t value, char *text, size_t size) {
    bool address = cause == 1 || (cause >= 4 && cause <= 7);
    if (address)
        snprintf(text, size, "%s at 0x%" PRIx64, trap_name(cause), value);
    else if (cause == 2)
        snprintf(text, size, "%s 0x%" PRIx64, trap_name(cause), value);
    else
        snprintf(text, size, "%s", trap_name(cause));
}

static void name_place(const struct hb_machine *machine, uint64_t address, char *symbol, size_t size) {
    symbol[0] = 0;
    if (hb_symbols_at(&machine->symbols, address, NULL))
        hb_symbols_text(&machine->symbols, address, symbol, size);
}

/* ---- What was executed last ------------------------------------------------------------------------------------ */

/* The instruction at `pc`; 0 bytes if there is none to be read. */
static uint32_t read_instruction(const struct hb_machine *machine, uint64_t pc, uint32_t *bits) {
    uint16_t half[2] = {0};
    if (pc & 1 || !hb_bus_debug_read(&machine->bus, pc, &half[0], 2))
        return 0;
    *bits = half[0];
    if ((half[0] & 3) != 3)
        return 2;
    if (!hb_bus_debug_read(&machine->bus, pc + 2, &half[1], 2))
        return 0;
    *bits |= (uint32_t)half[1] << 16;
    return 4;
}

static void add_step(struct hb_crash_report *report, uint64_t pc) {
    if (report->steps == HB_CRASH_LAST) {
        memmove(&report->last[0], &report->last[1], (HB_CRASH_LAST - 1) * sizeof report->last[0]);
        report->steps--;
    }
    report->last[report->steps++] = (struct hb_crash_step){.pc = pc};
}

/* From `from` straight on to `to`, both included. If memory no longer leads there, `to` alone. */
static void add_straight(const struct hb_machine *machine, struct hb_crash_report *report, uint64_t from, uint64_t to) {
    uint64_t pc = from;
    uint32_t bits, bytes = 1;
    for (uint32_t i = 0; i < STRAIGHT_MAX && pc < to && bytes; i++) {
        bytes = read_instruction(machine, pc, &bits);
        pc += bytes;
    }
    for (uint64_t at = from; pc == to && at < to; at += read_instruction(machine, at, &bits))
        add_step(report, at);
    add_step(report, to);
}

static void add_steps(const struct hb_machine *machine, struct hb_crash_report *report) {
    const struct hb_hart *hart = &machine->hart[report->hart];
    uint32_t known = hart->branches < HB_BRANCHES ? hart->branches : HB_BRANCHES;
    for (uint32_t i = 0; i < known; i++) {
        const struct hb_branch *branch = &hart->branch[(hart->branches - known + i) % HB_BRANCHES];
        const struct hb_branch *next = &hart->branch[(hart->branches - known + i + 1) % HB_BRANCHES];
        if (i == 0)
            add_step(report, branch->from);
        add_straight(machine, report, branch->to, i + 1 < known ? next->from : hart->pc);
    }
    if (known == 0)
        add_step(report, hart->pc);
}

static void describe_steps(const struct hb_machine *machine, struct hb_crash_report *report) {
    for (uint32_t i = 0; i < report->steps; i++) {
        struct hb_crash_step *step = &report->last[i];
        uint32_t bits;
        name_place(machine, step->pc, step->symbol, sizeof step->symbol);
        if (read_instruction(machine, step->pc, &bits))
            hb_disassemble(step->pc, bits, &machine->symbols, step->text, sizeof step->text);
        else
            snprintf(step->text, sizeof step->text, "(no instruction can be fetched here)");
    }
}

/* ---- The report ------------------------------------------------------------------------------------------------ */

static bool has_crashed(const struct hb_machine *machine) {
    return machine->saved->outcome == HB_OUTCOME_CRASH && machine->hart[machine->saved->crash_hart].crashed;
}

static void fill_trap(const struct hb_machine *machine, struct hb_crash_report *report) {
    const struct hb_hart *hart = &machine->hart[machine->saved->crash_hart];
    char trap[HB_CRASH_CAUSE_BYTES / 2];
    describe_trap(hart->crash_cause, hart->crash_value, trap, sizeof trap);
    report->hart = machine->saved->crash_hart;
    report->pc = hart->crash_pc;
    snprintf(report->cause, sizeof report->cause, "%s, and its handler at 0x%" PRIx64 " cannot be executed", trap,
             hart->pc);
}

static void fill_panic(const struct hb_machine *machine, struct hb_crash_report *report) {
    const struct hb_os_view *os = &machine->saved->os;
    report->hart = os->panic_hart < machine->bus.harts ? os->panic_hart : 0;
    report->panic = true;
    report->pc = machine->hart[report->hart].pc;
    snprintf(report->cause, sizeof report->cause, "kernel panic %" PRIu64, os->panic_cause);
}

bool hb_crash_report(const struct hb_machine *machine, struct hb_crash_report *report) {
    *report = (struct hb_crash_report){0};
    if (has_crashed(machine))
        fill_trap(machine, report);
    else if (machine->saved->panicked)
        fill_panic(machine, report);
    else
        return false;
    name_place(machine, report->pc, report->symbol, sizeof report->symbol);
    add_steps(machine, report);
    describe_steps(machine, report);
    return true;
}

void hb_crash_print(const struct hb_machine *machine, FILE *out) {
    struct hb_crash_report report;
    if (!hb_crash_report(machine, &report))
        return;
    fprintf(out, "crash on hart %u: %s\n  pc 0x%" PRIx64 "%s%s\n  executed last:\n", report.hart, report.cause,
            report.pc, report.symbol[0] ? " in " : "", report.symbol);
    for (uint32_t i = 0; i < report.steps; i++) {
        const struct hb_crash_step *step = &report.last[i];
        fprintf(out, "    0x%08" PRIx64 "  %-28s  %s\n", step->pc, step->symbol, step->text);
    }
}
