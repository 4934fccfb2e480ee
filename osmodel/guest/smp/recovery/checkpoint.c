#include "osmodel/guest/smp/recovery/checkpoint.h"

#include "osmodel/guest/lib/lock.h"
#include "osmodel/guest/lib/tasks_memory.h"
#include "osmodel/guest/lib/times.h"
#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/board.h"
#include "osmodel/guest/machine/tracepoint.h"
#include "osmodel/guest/smp/hart.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/recovery/doubt.h"
#include "osmodel/guest/smp/task.h"
#include "osmodel/guest/workloads/kinds.h"

#define SOON_TICKS  50u  /* it owns a mutex now */
#define PIECE_BYTES 512u /* between two looks at what else there is to do */

/* What stands in a slot, before the bytes of the memory. */
struct slot {
    struct hb_context context;
    struct hb_fp fp;
    uint64_t from; /* the copied memory begins there, and ends with the task's */
    uint64_t words[];
};

_Static_assert(sizeof(struct slot) <= HB_CHECKPOINT_HEAD_BYTES, "the host reserves as much");
_Static_assert(HB_CHECKPOINT_ALIGN % HB_LINE_ALIGN == 0, "no line has bytes of two slots");

/* How many copies have been made of each task. */
static uint64_t copies[HB_TASKS_MAX] __attribute__((aligned(HB_LINE_ALIGN)));

/* How long it has run since the last one, in ticks. Lost with a cache, the next copy comes at another time. */
HB_TIMES static uint64_t unsaved[HB_TASKS_MAX];

/* Written at boot; 0: there is no room for copies. */
static uint64_t slots, slot_bytes;

void hb_checkpoints_prepare(void) {
    if (!hb_checkpoints_are_on())
        return;
    HB_PUT(slots, hb_checkpoints_memory());
    HB_PUT(slot_bytes, hb_checkpoint_slot_bytes(&hb_params));
}

static struct slot *slot_of(uint32_t task, uint64_t number) {
    return (struct slot *)(slots + (2ull * task + (number & 1)) * slot_bytes);
}

/* ---- When ------------------------------------------------------------------------------------------------------ */

static bool may_be_copied(uint32_t task) {
    return slots != 0 && hb_kinds[hb_params.group[hb_task_group(task)].kind].may_go_back;
}

void hb_checkpoint_begin_slice(uint32_t task, uint64_t now) {
    struct hb_smp_hart *self = hb_self();
    self->saved_at = now - unsaved[task];
    self->checkpoint_at = UINT64_MAX;
    if (may_be_copied(task))
        self->checkpoint_at = self->saved_at + hb_ticks(hb_params.checkpoint_cycles);
}

void hb_checkpoint_note_trap(uint32_t task, uint64_t now) {
    unsaved[task] = now - hb_self()->saved_at;
}

/* Such a task has nothing to do with mutexes either that it waits for or was woken for. */
static bool owns_nothing(uint32_t task) {
    uint64_t bits = 0;
    for (uint32_t i = 0; i < HB_THINGS_MAX / 64; i++)
        bits |= hb_tasks[task].things.bits[i];
    return bits == 0;
}

/* ---- Copying --------------------------------------------------------------------------------------------------- */

/* All is in whole words. The empty asm keeps GCC from calling memcpy, which takes byte after byte. A large set takes
 * longer than a hart may be silent, or leave its neighbour unwatched. */
static void copy(uint64_t *to, const uint64_t *from, uint64_t bytes) {
    for (uint64_t i = 0; i < bytes / sizeof *to; i++) {
        to[i] = from[i];
        __asm__ volatile("");
        if (i % (PIECE_BYTES / sizeof *to) == 0)
            hb_spin_poll();
    }
}

static void clean(uint64_t from, uint64_t end) {
    for (uint64_t at = from; at < end; at += PIECE_BYTES) {
        hb_clean((const void *)at, end - at < PIECE_BYTES ? end - at : PIECE_BYTES);
        hb_spin_poll();
    }
}

/* What is below sp is not in use. A task whose sp is not in its stack is in a bad way, and is copied whole. */
static uint64_t lowest_in_use(uint32_t task) {
    const struct hb_task_reach *reach = &hb_tasks[task].reach;
    uint64_t sp = hb_tasks[task].context.x[HB_REG_SP] & ~15ull;
    return sp >= reach->begin && sp < reach->begin + HB_TASK_STACK_BYTES ? sp : reach->begin;
}

static void fill(struct slot *slot, uint32_t task) {
    slot->context = hb_tasks[task].context;
    if (slot->context.fp != NULL)
        slot->fp = hb_tasks[task].fp;
    slot->from = lowest_in_use(task);
    uint64_t bytes = hb_tasks[task].reach.end - slot->from;
    copy(slot->words, (const uint64_t *)slot->from, bytes);
    clean((uint64_t)slot, (uint64_t)slot->words + bytes);
}

/* Where data are flushed, what a task has computed is not believed before all harts that it has run on have been seen
 * alive (doubt.h). Then every line of its memory has been read here, and so is in memory or in this hart's cache: from
 * this copy on, the deaths of the others do not touch it. */
static void take(uint32_t task) {
    uint64_t number = hb_load(&copies[task]) + 1;
    HB_TRACE(HB_TP_SAVE_BEGIN, task, number);
    fill(slot_of(task, number), task);
    if (hb_flushes())
        hb_doubt_settle(task);
    hb_store(&copies[task], number);
    if (hb_flushes())
        hb_doubt_note_run(task, true);
    else
        hb_clean(&copies[task], sizeof copies[task]);
    HB_TRACE(HB_TP_SAVED, task, number);
}

void hb_checkpoint_as_due(uint32_t task) {
    struct hb_smp_hart *self = hb_self();
    uint64_t now = hb_now_ticks();
    if (now < self->checkpoint_at)
        return;
    if (may_be_copied(task) && !owns_nothing(task)) {
        self->checkpoint_at = now + SOON_TICKS;
        return;
    }
    if (may_be_copied(task))
        take(task);
    unsaved[task] = 0;
    hb_checkpoint_begin_slice(task, hb_now_ticks());
}

bool hb_checkpoint_restore(uint32_t task) {
    uint64_t number = hb_load(&copies[task]);
    unsaved[task] = 0;
    if (slots == 0 || number == 0)
        return false;
    const struct slot *slot = slot_of(task, number);
    hb_tasks[task].context = slot->context;
    if (slot->context.fp != NULL)
        hb_tasks[task].fp = slot->fp;
    copy((uint64_t *)slot->from, slot->words, hb_tasks[task].reach.end - slot->from);
    HB_TRACE(HB_TP_RESTORED, task, number);
    return true;
}
