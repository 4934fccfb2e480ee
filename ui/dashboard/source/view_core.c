/* One CPU from near: its registers, the instructions around its own, and the last lines of the console. */
#include <stdio.h>
#include <string.h>

#include "cpu/disasm.h"
#include "memory/source.h"
#include "ui/dashboard/source/machine_session.h"

#define BEFORE_BYTES 24 /* that are shown before the program counter */

/* Instructions are found from the start of their function: going backwards, their length is not known. */
static uint64_t first_shown(const struct hb_machine *machine, uint64_t pc) {
    uint64_t offset = 0;
    if (hb_symbols_at(&machine->symbols, pc, &offset) == NULL)
        return pc;
    uint64_t at = pc - offset;
    while (pc - at > BEFORE_BYTES) {
        uint16_t half = 0;
        if (!hb_bus_debug_read(&machine->bus, at, &half, sizeof half))
            return pc;
        at += (half & 3) == 3 ? 4 : 2;
    }
    return at;
}

static void fill_code(const struct hb_machine *machine, uint64_t pc, struct hb_view_core *view) {
    uint64_t at = first_shown(machine, pc);
    view->codes = 0;
    while (view->codes < HB_VIEW_CODES) {
        struct hb_view_code *code = &view->code[view->codes];
        uint32_t bits = 0;
        if (!hb_bus_debug_read(&machine->bus, at, &bits, 2))
            return;
        uint32_t bytes = (bits & 3) == 3 ? 4 : 2;
        if (bytes == 4 && !hb_bus_debug_read(&machine->bus, at, &bits, 4))
            return;
        code->address = at;
        hb_disassemble(at, bits, &machine->symbols, code->text, sizeof code->text);
        view->codes++;
        at += bytes;
    }
}

static void fill_stack(const struct hb_machine *machine, uint64_t sp, struct hb_view_core *view) {
    view->words = 0;
    while (view->words < HB_VIEW_WORDS &&
           hb_bus_debug_read(&machine->bus, sp + 8ull * view->words, &view->word[view->words], 8))
        view->words++;
}

void hb_view_fill_core(struct hb_machine_session *self, uint32_t hart, struct hb_view_core *view) {
    const struct hb_machine *machine = self->machine;
    const struct hb_hart *at = &machine->hart[hart];
    memcpy(view->x, at->x, sizeof view->x);
    for (uint32_t i = 0; i < 32; i++)
        snprintf(view->name[i], sizeof view->name[i], "%s", hb_register_name(i));
    view->pc = at->pc;
    fill_code(machine, at->pc, view);
    fill_stack(machine, at->x[2], view);
    hb_machine_source(self, at->pc, view->source, sizeof view->source);
    snprintf(view->console, sizeof view->console, "%s", hb_console_tail(&self->console));
}
