/* The running sums of the kernel's locks, for the lanes: how long each was held and spun for, and who has it. A lock
 * keeps its place however often the machine goes back. */
#include <stdio.h>

#include "ui/dashboard/source/machine_session.h"

/* Where a lock's sums are; NULL: there is no room for one more. */
static struct hb_session_lock *lock_at(struct hb_machine_session *self, uint32_t address) {
    for (uint32_t i = 0; i < self->lanes; i++)
        if (self->lane[i].address == address)
            return &self->lane[i];
    if (self->lanes == HB_VIEW_LOCK_LANES)
        return NULL;
    self->lane[self->lanes] = (struct hb_session_lock){.address = address, .owner = -1};
    return &self->lane[self->lanes++];
}

static void let_go(struct hb_session_lock *lock, uint64_t cycle) {
    if (lock->owner >= 0 && cycle > lock->since_cycle)
        lock->held_cycles += cycle - lock->since_cycle;
    lock->owner = -1;
}

void hb_machine_locks_see(struct hb_machine_session *self, const struct hb_trace_record *record) {
    const bool taken = record->id == HB_TP_LOCK_ACQUIRE || record->id == HB_TP_LOCK_RECOVERED;
    if (!taken && record->id != HB_TP_LOCK_RELEASE)
        return;
    struct hb_session_lock *lock = lock_at(self, (uint32_t)record->value);
    if (lock == NULL)
        return;
    let_go(lock, record->cycle);
    if (taken) {
        lock->owner = (int8_t)record->hart;
        lock->since_cycle = record->cycle;
    }
}

void hb_machine_locks_spun(struct hb_machine_session *self, uint32_t address, uint64_t cycles) {
    struct hb_session_lock *lock = lock_at(self, address);
    if (lock != NULL)
        lock->spun_cycles += cycles;
}

void hb_machine_locks_reset(struct hb_machine_session *self) {
    for (uint32_t i = 0; i < self->lanes; i++) {
        self->lane[i].owner = (int8_t)hb_view_lock_owner(self->machine, self->lane[i].address);
        self->lane[i].since_cycle = self->machine->saved->cycle;
    }
}

static uint64_t still_spun(const struct hb_machine_session *self, uint32_t address, uint64_t now) {
    uint64_t cycles = 0;
    for (uint64_t harts = self->spinning; harts != 0; harts &= harts - 1) {
        uint32_t h = (uint32_t)__builtin_ctzll(harts);
        if (self->spins_for[h] == address && self->machine->hart[h].run_state < HB_HART_STOPPED)
            cycles += now - self->spins_since[h];
    }
    return cycles;
}

void hb_machine_locks_count(const struct hb_machine_session *self, struct hb_counters *counters) {
    counters->locks = self->lanes;
    for (uint32_t i = 0; i < self->lanes; i++) {
        const struct hb_session_lock *lock = &self->lane[i];
        uint64_t held = lock->owner >= 0 ? counters->cycle - lock->since_cycle : 0;
        counters->lock[i] = (struct hb_counters_lock){
            .held = lock->held_cycles + held,
            .spun = lock->spun_cycles + (self->spinning != 0 ? still_spun(self, lock->address, counters->cycle) : 0),
            .owner = lock->owner};
    }
}

void hb_machine_locks_name(const struct hb_machine_session *self, struct hb_view_timeline *timeline) {
    for (uint32_t i = 0; i < self->lanes; i++) {
        char name[48];
        timeline->lock[i].address = self->lane[i].address;
        hb_view_lock_name(self->machine, self->lane[i].address, name, sizeof name);
        hb_view_lock_brief(name, timeline->lock[i].name, sizeof timeline->lock[i].name);
    }
}
