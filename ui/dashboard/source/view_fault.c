/* What a death has taken, and what recovery is allowed to do. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "ui/dashboard/source/machine_session.h"

#define PARAMETER(field) ((uint32_t)(offsetof(struct hb_params, field) / sizeof(uint64_t)))

static const uint32_t parameters[HB_SWITCHES] = {
    [HB_SWITCH_DETECT] = PARAMETER(recovery_detect),   [HB_SWITCH_FENCE] = PARAMETER(recovery_fence),
    [HB_SWITCH_LOCKS] = PARAMETER(recovery_locks),     [HB_SWITCH_QUEUES] = PARAMETER(recovery_queues),
    [HB_SWITCH_RESTART] = PARAMETER(recovery_restart),
};

uint32_t hb_view_switch_parameter(uint32_t which) {
    return parameters[which];
}

/* The phases are the kernel's own (osmodel/guest/smp/recovery/phases.h); a phase begins when the one before it is done.
 */
void hb_view_fill_phases(const struct hb_machine *machine, struct hb_view_machine *view) {
    static const char *const smp[HB_VIEW_PHASES] = {
        [4] = "its lock and queue in order",
        [6] = "its task put back",
    };
    uint32_t obeyed = (1u << HB_SWITCHES) - 1;
    if (view->amp) /* nothing is ever locked there */
        obeyed &= ~(1u << HB_SWITCH_LOCKS);
    view->switches = machine->elf.has_note && machine->params_address != 0 ? obeyed : 0;
    for (uint32_t i = 0; i < HB_VIEW_PHASES; i++)
        snprintf(view->phase[i], sizeof view->phase[i], "%s", view->amp || smp[i] == NULL ? "" : smp[i]);
}

/* The last death that took a cache with it. */
static const struct hb_fault_state *last_loss(const struct hb_machine *machine) {
    const struct hb_fault_state *last = NULL;
    for (uint32_t i = 0; i < machine->saved->faults; i++) {
        const struct hb_fault_state *fault = &machine->saved->fault[i];
        bool lost = fault->activated && fault->terms.lost && hb_fault_model[fault->terms.model].flags & HB_MODEL_KILLS;
        if (lost && (last == NULL || fault->cycle >= last->cycle))
            last = fault;
    }
    return last;
}

/* One more line of this object. */
static void add_line(struct hb_view_loss *loss, const char *symbol) {
    for (uint32_t i = 0; i < loss->groups; i++)
        if (strcmp(loss->group[i].symbol, symbol) == 0) {
            loss->group[i].lines++;
            return;
        }
    if (loss->groups == HB_VIEW_GROUPS) {
        loss->others++;
        return;
    }
    snprintf(loss->group[loss->groups].symbol, sizeof loss->group[0].symbol, "%s", symbol);
    loss->group[loss->groups++].lines = 1;
}

static void fill_loss(const struct hb_machine *machine, struct hb_view_loss *loss) {
    const struct hb_fault_state *fault = last_loss(machine);
    *loss = (struct hb_view_loss){.known = fault != NULL};
    if (fault == NULL)
        return;
    loss->hart = fault->hart;
    loss->cycle = fault->cycle;
    loss->lines = fault->lines_lost;
    loss->differing = fault->lines_differing;
    loss->stores = fault->stores_lost;
    for (uint32_t i = 0; i < fault->lines_lost; i++) {
        uint32_t at = fault->first_lost_line + i;
        const char *symbol =
            at < HB_LOST_LINES_MAX ? hb_symbols_at(&machine->symbols, machine->saved->lost_line[at], NULL) : NULL;
        add_line(loss, symbol != NULL ? symbol : "memory of tasks");
    }
}

void hb_view_fill_fault(const struct hb_machine *machine, struct hb_view *view) {
    fill_loss(machine, &view->loss);
    for (uint32_t i = 0; i < HB_SWITCHES; i++) {
        uint64_t value = 0;
        if (machine->params_address != 0 &&
            hb_bus_debug_read(&machine->bus, machine->params_address + 8ull * parameters[i], &value, sizeof value))
            view->switch_on[i] = value != 0;
    }
}
