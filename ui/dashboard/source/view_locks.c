/* The kernel's locks: who has each and who spins for it at this cycle, and what was counted since the machine came here
 * by running. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/dashboard/source/machine_session.h"

void hb_view_lock_brief(const char *name, char *brief, size_t bytes) {
    static const struct {
        const char *words, *brief;
    } shorter[] = {
        {"the run queue of CPU ", "queue "}, {"the lock of the end", "the end"}, {"the console's lock", "console"}};
    snprintf(brief, bytes, "%s", name);
    for (size_t i = 0; i < sizeof shorter / sizeof *shorter; i++) {
        size_t length = strlen(shorter[i].words);
        if (strncmp(name, shorter[i].words, length) == 0)
            snprintf(brief, bytes, "%s%.30s", shorter[i].brief, name + length);
    }
}

static void fill_lock(const struct hb_machine *machine, const struct hb_lock *lock, struct hb_view_lock *view) {
    *view = (struct hb_view_lock){.taken = lock->acquisitions,
                                  .address = lock->address,
                                  .contended = lock->wait.n,
                                  .wait_cycles = lock->wait.cycles,
                                  .handed_over = lock->handover.n,
                                  .handed_from = lock->handed ? lock->handed_from : -1,
                                  .handed_to = lock->handed ? lock->handed_to : -1,
                                  .handed_cycle = lock->handed_at};
    char name[sizeof view->name];
    hb_view_lock_name(machine, lock->address, name, sizeof name);
    memcpy(view->name, name, sizeof name);
    hb_view_lock_brief(name, view->brief, sizeof view->brief);
    view->owner = hb_view_lock_owner(machine, lock->address);
    for (uint32_t h = 0; h < machine->bus.harts; h++)
        if (hb_view_spins(machine, h) && machine->saved->os.harts[h].lock_wanted == lock->address)
            view->waiters |= 1ull << h;
}

/* A dead hart has it, and others want it: they will for good, unless it is freed. */
static bool is_stuck(const struct hb_machine *machine, const struct hb_view_lock *lock) {
    return lock->owner >= 0 && lock->waiters != 0 && machine->hart[lock->owner].run_state >= HB_HART_STOPPED;
}

static void add_lock(struct hb_view_locks *view, const struct hb_view_lock *lock) {
    if (view->count < HB_VIEW_LOCKS)
        view->lock[view->count++] = *lock;
}

void hb_view_fill_locks(const struct hb_machine_session *self, struct hb_view_locks *view) {
    uint32_t n = self->locks.locks;
    struct hb_lock *sorted = calloc(n + 1, sizeof *sorted);
    if (sorted == NULL)
        abort();
    if (n > 0)
        memcpy(sorted, self->locks.lock, n * sizeof *sorted);
    hb_locks_sort(sorted, n);
    view->since_cycle = self->locks_since_cycle;
    view->total = n;
    view->count = 0;
    for (int stuck = 1; stuck >= 0; stuck--)
        for (uint32_t i = 0; i < n; i++) {
            struct hb_view_lock lock;
            fill_lock(self->machine, &sorted[i], &lock);
            if (is_stuck(self->machine, &lock) == (stuck != 0))
                add_lock(view, &lock);
        }
    free(sorted);
}
