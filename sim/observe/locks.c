#include "sim/observe/locks.h"

#include <stdlib.h>

#include "osmodel/abi.h"

#define NEVER UINT64_MAX

#define LOCKS_MAX 4096u /* a guest that reports more makes them up, and must not use up the host's memory */

/* There are dozens of locks, not thousands. NULL: too many, this one is not followed. */
static struct hb_lock *lock_at(struct hb_locks *locks, uint32_t address) {
    for (uint32_t i = 0; i < locks->locks; i++)
        if (locks->lock[i].address == address)
            return &locks->lock[i];
    if (locks->locks == LOCKS_MAX)
        return NULL;
    if (locks->locks == locks->capacity) {
        locks->capacity = locks->capacity ? 2 * locks->capacity : 32;
        locks->lock = realloc(locks->lock, locks->capacity * sizeof *locks->lock);
        if (!locks->lock)
            abort();
    }
    struct hb_lock *lock = &locks->lock[locks->locks++];
    *lock = (struct hb_lock){.address = address, .held_since = NEVER, .released_at = NEVER};
    return lock;
}

static void add(struct hb_lock_times *times, uint64_t cycles, bool counts) {
    if (!counts)
        return;
    times->n++;
    times->cycles += cycles;
    times->max_cycles = cycles > times->max_cycles ? cycles : times->max_cycles;
}

static void wait(struct hb_lock *lock, uint64_t cycle, uint8_t hart) {
    lock->waiting |= 1ull << hart;
    lock->waiting_since[hart] = cycle;
}

static void hand(struct hb_lock *lock, uint64_t cycle, uint8_t from, uint8_t to) {
    lock->handed = true;
    lock->handed_from = from;
    lock->handed_to = to;
    lock->handed_at = cycle;
}

static void acquire(struct hb_lock *lock, uint64_t cycle, uint8_t hart, bool counts) {
    lock->acquisitions += counts;
    if (lock->waiting >> hart & 1)
        add(&lock->wait, cycle - lock->waiting_since[hart], counts);
    if (lock->released_at != NEVER) {
        add(&lock->handover, cycle - lock->released_at, counts);
        hand(lock, cycle, lock->released_by, hart);
    }
    lock->waiting &= ~(1ull << hart);
    lock->released_at = NEVER;
    lock->held_since = cycle;
}

static void release(struct hb_lock *lock, uint64_t cycle, uint8_t hart, uint64_t alive, bool counts) {
    if (lock->held_since != NEVER)
        add(&lock->held, cycle - lock->held_since, counts);
    lock->waiting &= alive & ~(1ull << hart);
    lock->held_since = NEVER;
    lock->released_at = lock->waiting ? cycle : NEVER;
    lock->released_by = hart;
}

/* The recoverer owns it from here on and releases it as its own. */
static void recover(struct hb_lock *lock, uint64_t cycle, bool counts) {
    lock->recovered += counts;
    lock->held_since = cycle;
    lock->released_at = NEVER;
}

void hb_locks_see(struct hb_locks *locks, uint64_t cycle, uint8_t hart, uint32_t id, uint64_t value, uint64_t alive,
                  bool counts) {
    bool is_lock = (id >= HB_TP_LOCK_WAIT && id <= HB_TP_LOCK_RELEASE) || id == HB_TP_LOCK_RECOVERED;
    struct hb_lock *lock = is_lock ? lock_at(locks, (uint32_t)value) : NULL;
    if (!lock)
        return;
    switch (id) {
    case HB_TP_LOCK_WAIT: wait(lock, cycle, hart); break;
    case HB_TP_LOCK_ACQUIRE: acquire(lock, cycle, hart, counts); break;
    case HB_TP_LOCK_RELEASE: release(lock, cycle, hart, alive, counts); break;
    default:
        recover(lock, cycle, counts);
        hand(lock, cycle, (uint8_t)(value >> 32), hart);
        break;
    }
}

static int compare(const void *left, const void *right) {
    const struct hb_lock *a = left, *b = right;
    if (a->wait.cycles != b->wait.cycles)
        return a->wait.cycles > b->wait.cycles ? -1 : 1;
    if (a->acquisitions != b->acquisitions)
        return a->acquisitions > b->acquisitions ? -1 : 1;
    return a->address < b->address ? -1 : a->address > b->address;
}

void hb_locks_sort(struct hb_lock *lock, uint32_t n) {
    if (n)
        qsort(lock, n, sizeof *lock, compare);
}

void hb_locks_free(struct hb_locks *locks) {
    free(locks->lock);
    *locks = (struct hb_locks){0};
}
